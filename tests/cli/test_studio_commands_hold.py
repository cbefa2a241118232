"""The commands about Studio where it behaves as nobody outside knows whether it does, where somebody else made the
folder, and where its answers are odd: what is printed is true; no secret, no stranger's file and no copy goes out."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import needs
import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from studio_clients import recording, srt

from captionkit.errors import ExitCode
from captionkit.sandbox.studio import Studio

Run = Callable[..., tuple[int, str, str]]

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sleep only moves our clock on."""
    from captionkit.clock import SystemClock

    slept: list[float] = []
    monkeypatch.setattr(SystemClock, "now", lambda self: time.time() + sum(slept))
    monkeypatch.setattr(SystemClock, "sleep", lambda self, seconds: slept.append(seconds))


def posts(studio: Studio) -> int:
    return sum(r["method"] == "POST" and r["path"].endswith("caption_files") for r in studio.requests)


# --- push: after a 201 nothing is sent again


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("lag", [{"renames_languages": True}, {"listing_lag_s": 3600},
                                 {"renames_languages": True, "listing_lag_s": 3600}])  # fmt: skip
def test_a_push_sends_each_caption_once_however_studio_lists_it(
    ck: Run, studio: Studio, home: Path, lag: dict[str, Any]
) -> None:  # fmt: skip
    media = studio.add_media("Lecture 1")
    ck("studio", "init", home, "--account")
    studio.set(listing_lag_s=0)
    (home / "Lecture 1.pt-BR.srt").write_text(srt("Olá"), encoding="utf-8")
    (home / "Lecture 1.en.srt").write_text(srt("Hello"), encoding="utf-8")
    made = studio.media()[0]["created_at"]
    assert made
    lag_s = lag.pop("listing_lag_s", 0)
    studio.set(**lag)
    if lag_s:  # of captions alone: the media is old
        studio._state.run("UPDATE media SET created_at = '2025-01-01T00:00:00.000Z'")
        studio.set(listing_lag_s=lag_s)
    code, out, err = ck("push", home, "--yes")
    assert code == ExitCode.OK and "Nothing was changed" not in out + err, out + err
    assert "2 tracks of 1 media object sent, read back and verified" in out
    for _ in range(2):
        code, out, err = ck("push", home, "--yes")
        assert code == ExitCode.OK and "Nothing to send" in out, out + err
    assert posts(studio) == 2 == len(studio.captions(media))
    assert ck("pull", home)[0] == ExitCode.OK
    assert sorted(file.name for file in home.glob("*.srt")) == ["Lecture 1.en.srt", "Lecture 1.pt-BR.srt"]


@pytest.mark.usefixtures("signed_in")
def test_a_folder_that_was_never_synced_sends_nothing_again_that_is_there_by_another_tag(
    ck: Run, studio: Studio, home: Path
) -> None:  # fmt: skip
    media = studio.add_media("Lecture 1")
    studio.add_caption(media, "pt", srt("Olá"))
    ck("studio", "init", home, "--account")
    (home / "Lecture 1.pt-BR.srt").write_text(srt("Olá"), encoding="utf-8")
    code, out, err = ck("push", home, "--yes")
    assert code == ExitCode.OK, out + err
    assert not posts(studio) and "Nothing to send" in ck("push", home, "--yes")[1]


@pytest.mark.usefixtures("signed_in", "no_waiting")
def test_a_push_that_cannot_find_what_it_sent_says_so_and_sends_nothing_again(
    ck: Run, studio: Studio, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    media = studio.add_media("Lecture 1")
    studio._state.run("UPDATE media SET created_at = '2025-01-01T00:00:00.000Z'")
    ck("studio", "init", home, "--account")
    (home / "Lecture 1.en.srt").write_text(srt("Hello"), encoding="utf-8")
    studio.set(download_lag_s=3600, listing_lag_s=3600)
    code, out, err = ck("push", home, "--yes")
    assert code == ExitCode.OUTCOME_UNKNOWN and "Nothing was changed" not in out + err, out + err
    code, out, err = ck("push", home, "--yes")
    assert code == ExitCode.OUTCOME_UNKNOWN and posts(studio) == 1, out + err
    studio.set(download_lag_s=0, listing_lag_s=0)
    code, out, err = ck("push", home, "--yes")
    assert code == ExitCode.OK and posts(studio) == 1 == len(studio.captions(media)), out + err


@pytest.mark.usefixtures("signed_in", "no_waiting")
def test_studio_add_says_unknown_where_it_cannot_be_known(
    ck: Run, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    media = studio.add_media("Lecture 1")
    Path("a.srt").write_text(srt("Olá"), encoding="utf-8")
    studio.set(renames_languages=True, listing_lag_s=3600)
    assert ck("studio", "add", media, "pt-BR", "a.srt")[0] == ExitCode.OK
    studio.set(download_lag_s=3600)
    code, out, err = ck("studio", "add", media, "de", "a.srt")
    assert code == ExitCode.OUTCOME_UNKNOWN and "cannot be downloaded" in out + err
    assert posts(studio) == 2


# --- upload


@pytest.mark.usefixtures("signed_in")
def test_a_local_file_goes_to_a_user_or_to_a_collection(ck: Run, studio: Studio, home: Path) -> None:
    recording(home, "a.mp4")
    for more in ([], ["--dry-run"]):
        code, _, err = ck("upload", "a.mp4", "--user-id", "12", "--collection", "404", *more)
        assert code == ExitCode.USAGE and "--user-id" in err and "--collection" in err
    assert not studio.requests


@pytest.mark.usefixtures("signed_in")
def test_the_command_that_is_offered_puts_recordings_into_the_collection(
    ck: Run, studio: Studio, home: Path
) -> None:  # fmt: skip
    film = studio.add_collection("Film")
    for name in ("a.mp4", "b.mp4"):
        recording(home, name)
    (home / "a.en.srt").write_text(srt("Hello"), encoding="utf-8")
    code, out, _ = ck("upload", "a.mp4", "b.mp4", "--collection", film, "--parallel", "1")
    assert code == ExitCode.PARTIAL and "My Uploads" in out
    [offered] = [line.strip() for line in out.splitlines() if line.startswith("  captionkit studio move 9001 9002")]
    code, out, err = ck(*offered.split()[1:])
    assert code == ExitCode.GUARD_REFUSED and "--yes" in err
    code, out, err = ck(*offered.split()[1:], "--yes")
    assert code == ExitCode.OK and out.count("lies there now") == 2, out + err
    assert {row["collection_id"] for row in studio.media()} == {film}
    assert ck("upload", "a.mp4", "b.mp4", "--collection", film)[0] == ExitCode.OK
    assert "lies there already" in ck(*offered.split()[1:], "--yes")[1]
    assert [c["srclang"] for c in studio.captions(9001)] == ["en"]


@pytest.mark.usefixtures("signed_in")
def test_what_cannot_be_moved_lies_where_it_was_and_that_is_reported(ck: Run, studio: Studio) -> None:
    film, media = studio.add_collection("Film"), studio.add_media("One")
    assert ck("studio", "move", media, "--collection", "999", "--yes")[0] == ExitCode.REMOTE_FAILED
    assert all(r["method"] == "GET" for r in studio.requests)
    studio.fault("status", method="POST", path="unarchive$", status=403)
    code, _, err = ck("studio", "move", media, "--collection", film, "--yes")
    assert code == ExitCode.REMOTE_FAILED and "as before" in err
    assert "One" in ck("studio", "media")[1], "it is not in the archive"
    studio.fault("status", method="POST", path="unarchive$", status=403, times=0)
    code, _, err = ck("studio", "move", media, "--collection", film, "--yes")
    assert code == ExitCode.OUTCOME_UNKNOWN and f"take it out of the archive into collection {film}" in err
    studio.clear_faults()
    assert ck("studio", "unarchive", media, "--collection", film)[0] == ExitCode.OK
    assert studio.media()[0]["collection_id"] == film


PASSWORDS = [
    "https://user:s3cr~t@files.example.edu/x/video.mp4",
    "https://user:s3cr~t/more~s3cr~t@files.example.edu/x/video.mp4",
    "https://user:s3cr~t?more~s3cr~t@files.example.edu/x/video.mp4",
    "https://user:s3cr~t#s3cr~t@files.example.edu/x/video.mp4",
    "https://files.example.edu/x/video.mp4?sig=s3cr~t",
    "https://files.example.edu/x/video.mp4#s3cr~t",
    "ftp://user:s3cr~t@files.example.edu/video.mp4",
    "http:/user:s3cr~t@files.example.edu/video.mp4",
    "user:s3cr~t@files.example.edu",
    "https://user:s3cr~t",
]


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("url", PASSWORDS)
def test_a_password_in_an_address_is_never_printed_nor_written(
    ck: Run, studio: Studio, home: Path, tmp_path: Path, url: str
) -> None:  # fmt: skip
    printed: list[str] = []
    (home / "t.csv").write_text(f"url,title\n{url},T\n", encoding="utf-8")
    for arguments in (
        ["--link", url, "--title", "T"], ["--link", url, "--link", url], ["--link", url, "--external"],
        ["--url", url, "--title", "T", "--dry-run"], ["--url", url, "--title", "T", "--again", "--json"],
        ["--csv", "t.csv", "--url", "https://files.example.edu/other.mp4"], ["--url", url],
    ):  # fmt: skip
        printed += ck("upload", *arguments)[1:]
    studio.fault("status", method="POST", path="media$", status=422, times=0)
    printed += ck("upload", "--link", url, "--title", "T", "--again")[1:]
    written = [file.read_bytes() for file in (tmp_path / "home").rglob("*") if file.is_file()]
    assert "s3cr~t" not in "".join(printed)
    assert not [data for data in written if b"s3cr~t" in data]


@pytest.mark.usefixtures("signed_in")
def test_a_complaint_that_repeats_an_address_is_printed_without_its_password(
    ck: Run, studio: Studio
) -> None:  # fmt: skip
    url = "https://user:s3cr~t@files.example.edu/a.mp4"
    with Odd(studio, "POST", "/media", json.dumps({"error": f"could not open {url}"}).encode(), status=422):
        code, out, err = ck("upload", "--link", url)
    assert code == ExitCode.REMOTE_FAILED and "could not open" in out and "s3cr~t" not in out + err


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    ("arguments", "path", "absent"),
    [
        (["a.mp4"], "uploads$", ["user", "collection", "--user-id"]),
        (["--url", "https://x.example/a.mp4"], "media$", ["user", "collection"]),
        (["--url", "https://x.example/a.mp4", "--collection", "404"], "media$", ["user"]),
        (["--url", "https://x.example/a.mp4", "--user-id", "11"], "media$", ["collection"]),
    ],
)
@pytest.mark.parametrize("status", [404, 422])
def test_a_hint_names_only_what_was_given(
    ck: Run, studio: Studio, home: Path, arguments: list[str], path: str, absent: list[str], status: int
) -> None:  # fmt: skip
    studio.add_collection("Film")
    recording(home, "a.mp4")
    studio.fault("status", method="POST", path=path, status=status)
    code, out, _ = ck("upload", *arguments)
    assert code == ExitCode.REMOTE_FAILED
    [hint] = [line for line in out.splitlines() if line.startswith("  ") and "Nothing" not in line]
    assert not [word for word in absent if word in hint], hint


# --- a folder that somebody else made


@pytest.mark.usefixtures("signed_in")
@needs.links
def test_a_csv_file_can_only_have_recordings_of_its_own_folder_sent(
    ck: Run, studio: Studio, home: Path, tmp_path: Path
) -> None:  # fmt: skip
    secret = tmp_path / "home" / "captionkit" / "studio-x.json"
    secret.parent.mkdir(parents=True, exist_ok=True)
    secret.write_text('{"refresh_token": "s3cr~t"}', encoding="utf-8")
    recording(tmp_path, "private.mp4")
    (home / "link.mp4").symlink_to(tmp_path / "private.mp4")
    (home / "token.mp4").symlink_to(secret)
    (home / "notes.txt").write_text("notes", encoding="utf-8")
    for name in (str(secret), "../home/captionkit/studio-x.json", "../private.mp4", str(tmp_path / "private.mp4"),
                 "link.mp4", "token.mp4", "notes.txt", "a\0.mp4"):  # fmt: skip
        (home / "t.csv").write_text(f"file,title\n{name},T\n", encoding="utf-8")
        code, out, err = ck("upload", "--csv", "t.csv")
        assert code == ExitCode.USAGE and "s3cr~t" not in out + err, (name, out, err)
    for name in ("notes.txt", "token.mp4", str(secret)):
        code, _, err = ck("upload", name)
        assert code == ExitCode.USAGE and "no recording" in err, name
    assert not studio.requests and not studio.uploads.requests


@pytest.mark.usefixtures("signed_in")
@needs.links
def test_what_lies_beside_is_no_link(ck: Run, studio: Studio, home: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cr~t", encoding="utf-8")
    (tmp_path / "secret.json").write_text('{"title": "s3cr~t", "description": "s3cr~t"}', encoding="utf-8")
    (tmp_path / "secret.srt").write_text(srt("s3cr~t"), encoding="utf-8")
    recording(home, "lec.mp4")
    for name, target in (("title.txt", "secret"), ("description.txt", "secret"), ("info.json", "secret.json"),
                         ("en.srt", "secret.srt")):  # fmt: skip
        (home / f"lec.{name}").symlink_to(tmp_path / target)
    code, out, err = ck("upload", "lec.mp4")
    assert code == ExitCode.PARTIAL and out.count("is a link") + out.count("it is a link") >= 4
    [media] = studio.media()
    assert (media["title"], media["description"]) == ("lec", None)
    assert not studio.captions(media["id"]) and "s3cr~t" not in out + err


@pytest.mark.usefixtures("signed_in")
def test_a_studio_elsewhere_cannot_have_a_file_sent_to_this_computer(studio: Studio) -> None:
    from captionkit.errors import UnexpectedAnswer
    from captionkit.remotes.http.session import Answer
    from captionkit.remotes.studio.api import InstructureMedia

    class Remote:
        base_url = "https://school.instructuremedia.com"
        url = "http://127.0.0.1:631/x"

        def post_once(self, *_: object) -> Answer:
            return Answer(201, {}, json.dumps({"upload": {"id": 1, "url": self.url}}).encode(), "", "POST /uploads")

        def redact(self, text: str) -> str:
            return text

    api = InstructureMedia(Remote())  # type: ignore[arg-type]
    for url in ("http://127.0.0.1:631/x", "http://localhost/x", "http://bucket.example/x", "file:///etc/passwd", "//x"):
        Remote.url = url
        with pytest.raises(UnexpectedAnswer):
            api.new_upload()
    Remote.url = "https://bucket.example/x"
    assert api.new_upload().id == "1"


# --- odd answers


class Odd:
    """Studio does what is asked, and answers with these bytes instead."""

    def __init__(self, studio: Studio, method: str, path: str, body: bytes, *, status: int = 200) -> None:
        self.app, self.asked = studio._app, (method, path, body, status)

    def __enter__(self) -> None:
        self.original = self.app.execute
        method, path, body, status = self.asked

        def execute(environ: dict[str, Any], entry: Any, params: dict[str, Any]) -> Any:
            answer = self.original(environ, entry, params)
            if entry.method == method and entry.path.endswith(path):
                answer.status, answer.body = status, body
            return answer

        self.app.execute = execute  # type: ignore[method-assign]

    def __exit__(self, *_: object) -> None:
        self.app.execute = self.original  # type: ignore[method-assign]


NESTED = b"[" * 100_000 + b"]" * 100_000
DIGITS = b"9" * 5000
ODD = {
    "null": b"null", "list": b"[]", "text": b'"x"', "number": b"1e400", "nested": NESTED, "digits": DIGITS,
    "nan": b"NaN", "half": b'{"media": [', "nothing": b"", "bytes": b"\xff\xfe\x00", "html": b"<html>sign in</html>",
    "nested inside": b'{"media": ' + NESTED + b', "caption_files": ' + NESTED + b"}",
    "wrong types": b'{"media": 5, "caption_files": "x", "user": [], "collections": {}, "course": 1}',
    "odd parts": b'{"media": [1, null, {"id": []}, {"id": ' + DIGITS[:4000] + b'}], "caption_files": [{}, null]}',
    "odd numbers": (
        b'{"media": [{"id": 1, "title": "\\ud800\\u0000", "duration": 1e400, "size": -1e400, "created_at": 5}],'
        b' "caption_files": [{"id": 2, "srclang": "../../x"}, {"id": 3, "srclang": "en\\u0000"}],'
        b' "collections": [{"id": 1e400}, {"id": true}, {"id": 4, "name": "\\udfff", "owner": [1]}],'
        b' "meta": {"last_page": 1e400}}'
    ),
    "deep error": b'{"error": ' + b'{"a": [' * 400 + b'"x"' + b"]}" * 400 + b"}",
}  # fmt: skip
COMMANDS = [
    ("studio", "media"), ("studio", "media", "--collection", "401"), ("studio", "show", "9001"),
    ("studio", "collections"), ("studio", "captions", "9001"), ("studio", "ping"), ("login", "--status"),
    ("studio", "course", "101"), ("studio", "library", "11"), ("studio", "users", "--group", "1"),
    ("audit", "--studio-account"), ("status", "."), ("doctor", "."),
]  # fmt: skip


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("status", [200, 404, 422])
@pytest.mark.parametrize("kind", ODD)
def test_an_odd_answer_of_studio_is_one_clear_error_or_costs_one_thing(
    ck: Run, studio: Studio, home: Path, kind: str, status: int
) -> None:  # fmt: skip
    studio.add_media("Lecture 1")
    ck("studio", "init", home, "--account")
    for command in COMMANDS:
        with Odd(studio, "GET", "", ODD[kind], status=status):
            code, out, err = ck(*command)
        assert code in set(ExitCode), (command, out, err)
        assert "Traceback" not in out + err and "\x00" not in out + err
        (out + err).encode()


@pytest.mark.usefixtures("signed_in", "no_waiting")
@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("path", ["/media/uploads", "/complete", "/caption_files", "/media"])
def test_an_odd_answer_to_a_write_makes_nothing_twice(
    ck: Run, studio: Studio, home: Path, monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:  # fmt: skip
    recording(home, "a.mp4")
    (home / "a.en.srt").write_text(srt("Hello"), encoding="utf-8")
    what = ["--url", "https://x.example/a.mp4"] if path == "/media" else ["a.mp4"]
    with Odd(studio, "POST", path, ODD[kind], status=201):
        code, out, err = ck("upload", *what)
    assert code in set(ExitCode) and "Traceback" not in out + err
    assert len([m for m in studio.media() if m["is_complete"]]) <= 1
    code, out, err = ck("upload", *what)
    assert code == ExitCode.OK, out + err
    [media] = [m for m in studio.media() if m["is_complete"]]
    assert len(studio.captions(media["id"])) == (0 if path == "/media" else 1)


@pytest.mark.parametrize("field", ["expires_in", "refresh_token", "access_token", "error"])
@pytest.mark.parametrize("value", [b"1e400", b"-1e400", DIGITS, b"9" * 400, b'"\\ud800"', b'"\\u0000"', b"[]", b"null",
                                   b"true", NESTED, b'"a b"'])  # fmt: skip
def test_an_odd_answer_to_a_sign_in_is_one_clear_error_or_is_passed_over(
    ck: Run, studio: Studio, monkeypatch: pytest.MonkeyPatch, field: str, value: bytes
) -> None:  # fmt: skip
    monkeypatch.setenv("CAPTIONKIT_STUDIO_CLIENT_SECRET", studio.client_secret)
    code = studio.sign_in_code("teacher")
    parts = {"access_token": json.dumps(studio.tokens["teacher"]).encode(), "refresh_token": b'"r"', field: value}
    body = b"{" + b", ".join(b'"%s": %s' % (name.encode(), part) for name, part in parts.items()) + b"}"
    with Odd(studio, "POST", "/oauth/token", body):
        result, out, err = ck("login", "--client-id", studio.client_id, stdin=f"{code}\n")
    assert result in set(ExitCode) and "Traceback" not in out + err
    (out + err).encode()
    assert ck("login", "--status")[0] in (ExitCode.OK, ExitCode.USAGE)


@pytest.mark.parametrize("text", ["[", "{}", "[" * 100_000, '{"expires_at": 1e400}', "null", "\x00", "9" * 5000])
def test_a_kept_sign_in_that_was_spoilt_is_one_clear_error(
    ck: Run, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:  # fmt: skip
    monkeypatch.setenv("CAPTIONKIT_STUDIO_CLIENT_SECRET", studio.client_secret)
    ck("login", "--client-id", studio.client_id, stdin=studio.sign_in_code("teacher") + "\n")
    [kept] = (tmp_path / "home").rglob("studio-*.json")
    kept.write_text(text, encoding="utf-8")
    code, out, err = ck("studio", "media")
    assert code == ExitCode.USAGE and "captionkit login" in err, out + err


@pytest.mark.usefixtures("signed_in")
def test_a_caption_file_with_a_path_for_a_language_costs_no_other_and_writes_nothing_outside(
    ck: Run, studio: Studio, home: Path, tmp_path: Path
) -> None:  # fmt: skip
    first, second = studio.add_media("Lecture 1"), studio.add_media("Lecture 2")
    for language in ("../../../outside", "en", "/etc/x", "a b"):
        studio.add_caption(first, language, srt(language))
    studio.add_caption(second, "de", srt("Hallo"))
    ck("studio", "init", home, "--account")
    before = {file for file in tmp_path.rglob("*") if not file.is_relative_to(home)}
    code, out, err = ck("pull", home)
    assert code == ExitCode.OK and err.count("has a language that is none") == 3, out + err
    assert sorted(file.name for file in home.glob("*.srt")) == ["Lecture 1.en.srt", "Lecture 2.de.srt"]
    assert {file for file in tmp_path.rglob("*") if not file.is_relative_to(home)} == before
    assert "other" not in ck("studio", "captions", first)[1]


# --- sign-in


def test_login_offers_the_address_of_the_schools_own_studio_first(
    ck: Run, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("CAPTIONKIT_STUDIO_CLIENT_SECRET", studio.client_secret)
    studio.set(takes_oob=False, knows_users_me=False)
    pasted = f"{studio.url}/?code={studio.sign_in_code('teacher')}"
    code, out, err = ck("login", "--client-id", studio.client_id, stdin=f"{pasted}\n")
    assert code == ExitCode.OK and f"redirect URI {studio.url}." in out and "as Teacher" in out, out + err


def test_a_token_that_ended_is_explained(ck: Run, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPTIONKIT_STUDIO_TOKEN", "wrong")
    code, _, err = ck("studio", "media")
    assert code == ExitCode.REMOTE_FAILED and "about two hours" in err and "captionkit login" in err


@pytest.mark.usefixtures("signed_in")
def test_who_one_is_is_known_without_users_me(ck: Run, studio: Studio) -> None:
    with Odd(studio, "GET", "/users/me", b'{"user": null}'):
        assert "Teacher" in ck("studio", "ping")[1]
    studio.set(knows_users_me=False)
    assert "Teacher" in ck("studio", "ping")[1]


# --- what is documented and was missing


@pytest.fixture
def admin(home: Path, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPTIONKIT_STUDIO_TOKEN", studio.tokens["admin"])


@pytest.mark.usefixtures("admin")
def test_groups_libraries_and_collections_of_users(ck: Run, studio: Studio) -> None:
    studio.add_to_group(7, "teacher")
    studio.add_to_group(7, "colleague")
    film = studio.add_collection("Film")
    media = studio.add_media("One")
    _, out, _ = ck("studio", "users", "--group", "7")
    assert "Teacher" in out and "colleague@" in out
    assert ck("studio", "users", "--group", "8")[0] == ExitCode.REMOTE_FAILED
    assert str(studio.library("teacher")) in ck("studio", "library", "11")[1]
    found = json.loads(ck("studio", "collections", "--user", "11", "--json")[1])
    assert str(film) in [one["id"] for one in found]
    assert [one["id"] for one in json.loads(ck("studio", "media", "--user", "11", "--json")[1])] == [str(media)]


@pytest.mark.usefixtures("signed_in")
def test_what_nobody_watches_can_be_found_and_is_in_the_audit(ck: Run, studio: Studio) -> None:
    never, old, new = (studio.add_media(title) for title in ("Never", "Old", "New"))
    studio.view(old, "2024-03-01")
    studio.view(new, "2026-03-01", by_student=False)

    def found(*arguments: str) -> set[int]:
        return {int(one["id"]) for one in json.loads(ck("studio", "media", "--json", *arguments)[1])}

    assert found("--viewed-since", "2025-01-01") == {new} and found("--viewed-until", "2025-01-01") == {old}
    assert found("--viewed-by-students-since", "2020-01-01") == {old}
    assert found("--unwatched-since", "2025-01-01") == {never, old}
    assert ck("studio", "media", "--viewed-since", "March")[0] == ExitCode.USAGE
    assert "2024-03-01" in ck("studio", "media")[1] and "2024-03-01" in ck("studio", "show", old)[1]
    assert "2024-03-01" in ck("audit", "--studio-account", "--output-format", "csv")[1]


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("verb", ["delete", "archive"])
def test_deleting_and_archiving_are_asked_twice(
    ck: Run, studio: Studio, home: Path, verb: str
) -> None:  # fmt: skip
    media = studio.add_media("One")
    studio.add_caption(media, "en", srt("Hello"))
    for given in ([], ["--yes"]):
        assert ck("studio", verb, media, *given)[0] == ExitCode.GUARD_REFUSED
    assert "One" in ck("studio", "media")[1]
    code, out, _ = ck("studio", verb, media, "-y", "-y")
    assert code == ExitCode.OK and "One" not in ck("studio", "media")[1], out
    if verb == "delete":
        [saved] = (home / "deleted-captions").iterdir()
        assert saved.read_text(encoding="utf-8") == srt("Hello") and not studio.media()
    else:
        assert ck("studio", "unarchive", media)[0] == ExitCode.OK and "One" in ck("studio", "media")[1]


@pytest.mark.usefixtures("signed_in")
def test_what_would_change_media_can_be_tried_first_and_read_by_a_program(
    ck: Run, studio: Studio, home: Path
) -> None:  # fmt: skip
    film = studio.add_collection("Film")
    media = studio.add_media("One")
    caption = studio.add_caption(media, "en", srt("Hello"))
    (home / "l.srt").write_text(srt("Hola"), encoding="utf-8")
    commands = [
        ["move", media, "--collection", film], ["archive", media], ["delete", media], ["unarchive", media],
        ["add", media, "es", "l.srt"], ["download", caption, "-o", "x.srt"], ["download", caption],
    ]  # fmt: skip
    for words in commands:
        for more in ([], ["--json"]):
            code, out, err = ck("studio", *words, "--dry-run", *more)
            assert code == ExitCode.OK and (json.loads(out)["dry_run"] is True if more else "would" in out.lower()), err
    assert {request["method"] for request in studio.requests} == {"GET"}
    assert sorted(home.glob("*.srt")) == [home / "l.srt"]
    assert ck("studio", "archive", media, "--json")[0] == ExitCode.USAGE, "nobody can be asked"
    code, out, _ = ck("studio", "move", media, "--collection", film, "--yes", "--json")
    assert code == ExitCode.OK and json.loads(out)["problem"] is None
    code, out, _ = ck("studio", "delete", "123456", "-y", "-y", "--json")
    assert code != ExitCode.OK
    assert json.loads(ck("login", "--status", "--json")[1])["signed_in"] is True


@pytest.mark.usefixtures("signed_in")
def test_nothing_is_deleted_whose_captions_cannot_be_saved(ck: Run, studio: Studio, home: Path) -> None:
    media = studio.add_media("One")
    studio.add_caption(media, "en", srt("Hello"))
    studio.fault("status", path="download$", status=403, times=0)
    assert ck("studio", "delete", media, "-y", "-y")[0] == ExitCode.REMOTE_FAILED and studio.media()
    studio.clear_faults()
    (home / "deleted-captions").write_text("in the way", encoding="utf-8")
    assert ck("studio", "delete", media, "-y", "-y")[0] != ExitCode.OK and studio.media()


@pytest.mark.usefixtures("signed_in")
@needs.posix_terminals
@pytest.mark.parametrize(("typed", "is_deleted"), [("y\n9001\n", True), ("y\nyes\n", False), ("n\n", False)])
def test_a_person_is_asked_yes_or_no_and_then_for_the_number(
    studio: Studio, home: Path, typed: str, is_deleted: bool
) -> None:  # fmt: skip
    import pty
    import subprocess

    studio.add_media("One")
    ours, theirs = pty.openpty()
    os.write(ours, typed.encode())
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent.parent)}
    done = subprocess.run(
        [sys.executable, "-m", "captionkit", "studio", "delete", "9001"], stdin=theirs, capture_output=True,
        encoding="utf-8", timeout=60, env=environ,
    )  # fmt: skip
    os.close(ours)
    os.close(theirs)
    assert (done.returncode == 0) == is_deleted and bool(studio.media()) != is_deleted, done.stderr
