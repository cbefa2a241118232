"""Sending a file to the signed address: whole or not at all, from its start again, and never with the token."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import textwrap
import traceback
from pathlib import Path

import needs
import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from studio_clients import ImpatientClock, recording

from captionkit.errors import LocalError, NoConnection, Rejected, RemoteError, UnexpectedAnswer
from captionkit.remotes.studio.api import InstructureMedia
from captionkit.remotes.studio.uploads import AddressExpired, FileBody, Stopped, put_file
from captionkit.sandbox.studio import Studio


def digest(studio: Studio, media_id: str) -> str:
    return next(str(row["sha256"]) for row in studio.media() if row["id"] == int(media_id))


def test_the_file_arrives_byte_for_byte_without_token_or_content_type(
    studio: Studio, api: InstructureMedia, tmp_path: Path
) -> None:
    file, new, reported = recording(tmp_path), api.new_upload(), list[int]()
    put_file(new.url, file, sent=reported.append)
    assert digest(studio, new.id) == hashlib.sha256(file.read_bytes()).hexdigest()
    assert studio.uploads.leaked_tokens == 0
    assert reported[-1] == file.stat().st_size and reported == sorted(reported)
    assert len(studio.uploads.requests) == 1


def test_netrc_does_not_add_a_password(
    studio: Studio, api: InstructureMedia, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(
        "machine 127.0.0.1 login someone password secret\ndefault login someone password secret\n", encoding="utf-8"
    )
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    put_file(api.new_upload().url, recording(tmp_path))
    assert studio.uploads.leaked_tokens == 0


def test_netrc_does_not_add_a_password_for_a_host_on_the_web_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import requests

    from captionkit.remotes.studio.uploads import _session

    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password secret\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    url = "https://storage.example.com/x?X-Signature=abc"
    with requests.Session() as plain:
        assert "Authorization" in plain.prepare_request(requests.Request("PUT", url)).headers
    with _session(url) as ours:
        assert "Authorization" not in ours.prepare_request(requests.Request("PUT", url)).headers


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "error_before", "bad_gateway_after", "unavailable"])
def test_a_lost_connection_or_a_failing_host_gets_the_whole_file_again(
    studio: Studio, api: InstructureMedia, tmp_path: Path, fault: str
) -> None:
    file, new, clock = recording(tmp_path), api.new_upload(), ImpatientClock()
    studio.upload_fault(fault, method="PUT", times=2)
    put_file(new.url, file, clock=clock)
    assert digest(studio, new.id) == hashlib.sha256(file.read_bytes()).hexdigest()
    assert len(studio.uploads.requests) == 3 and clock.slept > 2


def test_a_connection_that_is_cut_in_the_middle_starts_at_the_first_byte_again(
    studio: Studio, api: InstructureMedia, tmp_path: Path
) -> None:
    file, new, reported = recording(tmp_path, size=8_000_000), api.new_upload(), list[int]()
    studio.upload_fault("drop_during", method="PUT", size=1_000_000)
    put_file(new.url, file, sent=reported.append, clock=ImpatientClock())
    assert digest(studio, new.id) == hashlib.sha256(file.read_bytes()).hexdigest()
    assert 0 in reported, "the progress says that it begins again"


def test_patience_ends_and_says_that_nothing_was_kept(studio: Studio, api: InstructureMedia, tmp_path: Path) -> None:
    new = api.new_upload()
    studio.upload_fault("error_before", method="PUT", times=0)
    with pytest.raises(UnexpectedAnswer, match="status 500") as raised:
        put_file(new.url, recording(tmp_path), clock=ImpatientClock(), attempts=3)
    assert "not kept" in raised.value.unchanged
    assert len(studio.uploads.requests) == 3


def test_an_address_that_has_ended_is_distinguished_and_not_tried_again(
    studio: Studio, api: InstructureMedia, tmp_path: Path
) -> None:
    new = api.new_upload()
    studio.end_upload_urls()
    with pytest.raises(AddressExpired, match="AccessDenied"):
        put_file(new.url, recording(tmp_path), clock=ImpatientClock())
    assert len(studio.uploads.requests) == 1


def test_no_error_and_nothing_that_hangs_on_it_holds_the_signed_address(
    studio: Studio, api: InstructureMedia, tmp_path: Path
) -> None:
    new, file = api.new_upload(), recording(tmp_path)
    signature = new.url.partition("X-Signature=")[2]
    assert signature and signature not in repr(new)
    studio.upload_fault("drop_during", method="PUT", times=0, size=1000)
    raised: list[BaseException] = []
    for url in (new.url, new.url.replace("127.0.0.1", "127.0.0.1.invalid").replace("http:", "https:"), new.url + "\n"):
        with pytest.raises(RemoteError) as one:
            put_file(url, file, clock=ImpatientClock(), attempts=2)
        raised.append(one.value)
    for error in raised:
        chain: list[str] = []
        link: BaseException | None = error
        while link is not None:
            chain.append(f"{link!r} {link} {link.args}")
            link = link.__cause__ or link.__context__
        reported = "".join(traceback.format_exception(error, chain=True)) + "".join(chain)
        assert signature not in reported


def test_an_address_that_is_not_encrypted_is_not_used(tmp_path: Path) -> None:
    with pytest.raises(UnexpectedAnswer, match="not encrypted"):
        put_file("http://storage.example.com/x?X-Signature=abc", recording(tmp_path))


def test_nobody_there_is_a_connection_error(tmp_path: Path) -> None:
    with pytest.raises(NoConnection):
        put_file("http://127.0.0.1:9/x", recording(tmp_path), clock=ImpatientClock(), attempts=2)


def test_an_empty_or_missing_file_is_not_sent(studio: Studio, api: InstructureMedia, tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    for name in ("empty.mp4", "missing.mp4"):
        with pytest.raises(LocalError):
            put_file(api.new_upload().url, tmp_path / name)
    assert not studio.uploads.requests


def test_a_file_that_changes_while_it_is_sent_is_refused(studio: Studio, api: InstructureMedia, tmp_path: Path) -> None:
    grows, shrinks = recording(tmp_path, "a.mp4", 3_000_000), recording(tmp_path, "b.mp4", 3_000_000)

    def grow(sent: int) -> None:
        with grows.open("ab") as file:
            file.write(b"more")

    def shrink(sent: int) -> None:
        with shrinks.open("r+b") as file:
            file.truncate(10)

    with pytest.raises(LocalError, match="was changed"):
        put_file(api.new_upload().url, grows, sent=grow)
    with pytest.raises(LocalError, match="shorter"):
        put_file(api.new_upload().url, shrinks, sent=shrink, clock=ImpatientClock())


def test_stop_ends_it_in_the_middle_of_the_file(studio: Studio, api: InstructureMedia, tmp_path: Path) -> None:
    taken: list[int] = []
    with pytest.raises(Stopped):
        put_file(
            api.new_upload().url,
            recording(tmp_path, size=3_000_000),
            sent=taken.append,
            stopped=lambda: bool(taken) and taken[-1] >= 1_000_000,
        )
    assert taken[-1] < 3_000_000


def test_the_body_knows_its_length_and_is_read_in_blocks(tmp_path: Path) -> None:
    with recording(tmp_path, size=600_000).open("rb") as file:
        body = FileBody(file, 600_000, lambda sent: None)
        assert len(body) == 600_000
        assert [len(block) for block in body] == [262_144, 262_144, 75_712]


@pytest.mark.parametrize(("status", "kind"), [(400, Rejected), (411, Rejected), (413, Rejected), (404, Rejected)])
def test_a_refusal_is_not_repeated(
    studio: Studio, api: InstructureMedia, tmp_path: Path, status: int, kind: type[RemoteError]
) -> None:
    studio.upload_fault("status", method="PUT", status=status, times=0)
    with pytest.raises(kind, match=str(status)):
        put_file(api.new_upload().url, recording(tmp_path), clock=ImpatientClock())
    assert len(studio.uploads.requests) == 1


@needs.needs(sys.platform != "win32", "resource and sparse files are of POSIX")
def test_two_gigabytes_go_up_in_flat_memory(studio: Studio, api: InstructureMedia, tmp_path: Path) -> None:
    sparse, new = tmp_path / "large.mp4", api.new_upload()
    with sparse.open("wb") as file:
        file.truncate(2 << 30)
    if sparse.stat().st_blocks * 512 > 1 << 20:
        pytest.skip("this file system has no sparse files")
    # In a process of its own, whose peak is then that of the upload; the address goes in by standard input.
    code = textwrap.dedent(
        """
        import resource, sys
        from pathlib import Path
        from captionkit.remotes.studio.uploads import put_file
        url, path, small = sys.stdin.read().split("\\n")[:3]
        put_file(url, Path(small))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        put_file(url, Path(path))
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print((after - before) * (1 if sys.platform == "darwin" else 1024))
        """
    )
    small = recording(tmp_path, "small.mp4", 3_000_000)
    done = subprocess.run(
        [sys.executable, "-c", code], input=f"{new.url}\n{sparse}\n{small}\n", capture_output=True, encoding="utf-8",
        cwd=Path(__file__).parent.parent.parent, check=True,
    )  # fmt: skip
    assert int(done.stdout) < 16 << 20
    row = next(row for row in studio.media() if row["id"] == int(new.id))
    assert row["size"] == 2 << 30
