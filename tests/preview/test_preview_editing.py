"""Corrections made in the page: just that cue changes, nothing is overwritten, and only our own page may ask."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from captionkit.documents import loads
from captionkit.errors import CaptionkitError, LocalError, StaleError, UsageError
from captionkit.lint.checker import Checker
from captionkit.lint.settings import Settings
from captionkit.preview.editing import Correction, Editor, Typed, digest_of
from captionkit.preview.page import asset
from captionkit.preview.server import PreviewServer
from captionkit.preview.session import Session

SRT = (
    "\ufeff1\r\n00:00:01,000 --> 00:00:02,000\r\nFirst\r\n\r\n"
    "7\r\n00:00:03,00 -->  00:00:04,000 X1:3\r\n<i>Two</i>\r\nlines"
    "\r\n\r\n\r\n3\r\n00:00:05,000 --> 00:00:06,000\r\nFirst"
)
VTT = (
    "WEBVTT - mine\n\nNOTE kept\n\nid\n00:01.000 --> 00:02.000 line:0\nFirst &amp; last\n\n"
    "00:03.000 --> 00:04.000\nTwo\n"
)


def editor(path: Path, text: str | bytes, encoding: str = "") -> Editor:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Editor([(path, lambda data: loads(data, path=path.name, encoding=encoding))])


def asked(path: Path, cue: int, text: str, begins: str = "", ends: str = "") -> Correction:
    data = path.read_bytes()
    old = loads(data, path=path.name).cues[cue]
    typed = Typed(begins or f"{old.start}ms", ends or f"{old.end}ms", text)
    return Correction(0, cue, 1, digest_of(data), (typed,))


def test_only_that_cue_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    ours = editor(path, SRT)
    assert ours.correct(asked(path, 2, "Last", ends="00:00:06.500")) == "Saved: cue 3 of a.srt."
    before, after = SRT.encode(), path.read_bytes()
    assert after.startswith(before[: before.index(b"3\r\n00:00:05")])
    assert after[len(before[: before.index(b"3\r\n00:00:05")]) :].startswith(
        b"3\r\n00:00:05,000 --> 00:00:06,500\r\nLast"
    )
    ours.correct(asked(path, 1, "<i>Two</i>\nnew lines"))
    assert path.read_bytes().startswith(SRT[: SRT.index("7\r\n")].encode())
    assert [cue.text for cue in loads(path.read_bytes()).cues] == ["First", "<i>Two</i>\nnew lines", "Last"]


def test_notes_settings_and_identifiers_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.vtt"
    editor(path, VTT).correct(asked(path, 0, "First &amp; best", begins="0:01.5"))
    changed = VTT.replace("First &amp; last", "First &amp; best").replace("00:01.000 -->", "00:01.500 -->")
    assert path.read_text(encoding="utf-8") in (
        changed,
        changed.replace("00:01.500 --> 00:02.000", "00:00:01.500 --> 00:00:02.000"),
    )


def test_undo_takes_back_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "a.vtt"
    ours = editor(path, VTT)
    ours.correct(asked(path, 0, "One"))
    once = path.read_bytes()
    ours.correct(asked(path, 1, "Two, too"))
    assert ours.undoable == "cue 2 of a.vtt"
    assert ours.undo() == "Undone: cue 2 of a.vtt."
    assert path.read_bytes() == once
    ours.undo()
    assert path.read_text(encoding="utf-8") == VTT and ours.undoable == ""
    with pytest.raises(UsageError, match="nothing to undo"):
        ours.undo()


def test_a_file_that_changed_meanwhile_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.vtt"
    ours = editor(path, VTT)
    wanted = asked(path, 0, "Mine")
    path.write_text(VTT.replace("Two", "Theirs"), encoding="utf-8")
    with pytest.raises(StaleError, match="changed by another program"):
        ours.correct(wanted)
    assert "Theirs" in path.read_text(encoding="utf-8") and "Mine" not in path.read_text(encoding="utf-8")
    ours.correct(asked(path, 0, "Mine"))
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    now = path.read_bytes()
    with pytest.raises(StaleError):
        ours.undo()
    assert path.read_bytes() == now


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("", "", ""),
        (" \n ", "", ""),
        ("One\n\nTwo", "", ""),
        ("One\n\n9\n00:00:01,000 --> 00:00:02,000\nTwo", "", ""),
        ("00:00:01.000 --> 00:00:02.000", "", ""),
        ("\x1b[2J", "", ""),
        ("One", "later", ""),
        ("One", "1:00", ""),
        ("One", "", "0"),
        ("One", "-1s", ""),
        ("x" * 20_000, "", ""),
        ("NOTE\n\nx", "", ""),
    ],
)
@pytest.mark.parametrize(("name", "source"), [("a.vtt", VTT), ("a.srt", SRT)])
def test_what_no_player_would_read_so_is_refused_and_nothing_is_written(
    tmp_path: Path, name: str, source: str, text: str, begins: str, ends: str
) -> None:
    path = tmp_path / name
    ours = editor(path, source)
    with pytest.raises(UsageError) as caught:
        ours.correct(asked(path, 0, text, begins, ends))
    assert "Nothing was written" in caught.value.unchanged
    assert path.read_bytes() == source.encode()


def test_an_encoding_that_has_no_such_letter_and_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    old = "1\n00:00:01,000 --> 00:00:02,000\nétude\n"
    ours = editor(path, old.encode("cp1252"), "cp1252")
    ours.correct(asked(path, 0, "été"))
    assert path.read_bytes().rstrip() == old.replace("étude", "été").encode("cp1252").rstrip()
    with pytest.raises(CaptionkitError, match="cannot be written"):
        ours.correct(asked(path, 0, "日本"))
    broken = b"WEBVTT\n\n00:01.000 --> 00:02.000\nbroken \xff\n\n00:03.000 --> 00:04.000\nfine\n"
    ours = editor(tmp_path / "b.vtt", broken, "utf-8")
    with pytest.raises(UsageError, match="would be lost"):
        ours.correct(asked(tmp_path / "b.vtt", 1, "finer"))
    assert (tmp_path / "b.vtt").read_bytes() == broken


@pytest.mark.parametrize(("file", "cue"), [(1, 0), (-1, 0), (0, 9), (0, -1)])
def test_a_cue_that_is_not_there(tmp_path: Path, file: int, cue: int) -> None:
    path = tmp_path / "a.vtt"
    ours = editor(path, VTT)
    with pytest.raises(UsageError):
        ours.correct(asked(path, 0, "x")._replace(file=file, cue=cue))
    path.unlink()
    with pytest.raises(LocalError):
        ours.correct(Correction(0, 0, 1, "", (Typed("0", "1s", "x"),)))


COUNTED = "".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\nCue {n}\n\n" for n in range(1, 5))


def change(path: Path, cue: int, replaces: int, *cues: tuple[str, str, str]) -> Correction:
    return Correction(0, cue, replaces, digest_of(path.read_bytes()), tuple(Typed(*one) for one in cues))


def texts(path: Path) -> list[tuple[str, str]]:
    return [(cue.identifier, cue.text) for cue in loads(path.read_bytes(), path=path.name).cues]


def test_a_cue_is_inserted_deleted_split_and_joined_and_each_is_undone(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    ours = editor(path, COUNTED)
    steps = [
        (change(path, 1, 0, ("1.9s", "1.95s", "New")), "a new cue 2", ["Cue 1", "New", "Cue 2", "Cue 3", "Cue 4"]),
        (None, "", ["Cue 1", "Cue 2", "Cue 3", "Cue 4"]),
        (change(path, 4, 0, ("5s", "6s", "Last")), "a new cue 5", ["Cue 1", "Cue 2", "Cue 3", "Cue 4", "Last"]),
        (None, "", ["Cue 1", "Cue 2", "Cue 3", "Cue 4"]),
        (change(path, 0, 1), "cue 1 deleted", ["Cue 2", "Cue 3", "Cue 4"]),
        (None, "", ["Cue 1", "Cue 2", "Cue 3", "Cue 4"]),
        (change(path, 3, 1), "cue 4 deleted", ["Cue 1", "Cue 2", "Cue 3"]),
        (None, "", ["Cue 1", "Cue 2", "Cue 3", "Cue 4"]),
        (
            change(path, 2, 1, ("3s", "3.4s", "Cue"), ("3.4s", "3.9s", "3")),
            "cue 3 split",
            ["Cue 1", "Cue 2", "Cue", "3", "Cue 4"],
        ),
        (None, "", ["Cue 1", "Cue 2", "Cue 3", "Cue 4"]),
        (
            change(path, 1, 2, ("2s", "3.9s", "Cue 2\nCue 3")),
            "cues 2 and 3 joined",
            ["Cue 1", "Cue 2\nCue 3", "Cue 4"],
        ),
    ]
    for wanted, what, then in steps:
        if wanted is None:
            ours.undo()
            assert path.read_text(encoding="utf-8") == COUNTED
        else:
            assert ours.correct(wanted) == f"Saved: {what} of a.srt."
        assert texts(path) == [(str(n), text) for n, text in enumerate(then, 1)]


def test_in_webvtt_a_split_cue_keeps_its_settings_and_notes_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.vtt"
    ours = editor(path, VTT)
    ours.correct(change(path, 0, 1, ("1s", "1.5s", "First"), ("1.5s", "2s", "&amp; last")))
    cues = loads(path.read_bytes(), path="a.vtt").cues
    assert [(cue.identifier, cue.settings, cue.text) for cue in cues] == [
        ("id", "line:0", "First"),
        ("", "line:0", "&amp; last"),
        ("", "", "Two"),
    ]
    assert "NOTE kept" in path.read_text(encoding="utf-8")
    ours.correct(change(path, 0, 3, ("1s", "4s", "All")))
    assert [cue.text for cue in loads(path.read_bytes(), path="a.vtt").cues] == ["All"]


def test_numbers_that_were_not_counted_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    editor(path, SRT).correct(change(path, 1, 1))
    assert path.read_bytes().startswith(SRT[: SRT.index("7\r\n")].encode())
    assert [identifier for identifier, _ in texts(path)] == ["1", "3"]


@pytest.mark.parametrize(
    ("cue", "replaces", "cues"),
    [
        (0, 0, ()),
        (4, 1, ()),
        (0, 5, ()),
        (0, -1, ()),
        (0, 1, (("1s", "1.5s", ""), ("1.5s", "2s", "x"))),
        (0, 1, (("1s", "1.5s", "x"), ("2s", "1.5s", "y"))),
    ],
)
def test_a_change_that_cannot_be_is_refused(
    tmp_path: Path, cue: int, replaces: int, cues: tuple[tuple[str, str, str], ...]
) -> None:
    path = tmp_path / "a.srt"
    ours = editor(path, COUNTED)
    with pytest.raises(UsageError):
        ours.correct(change(path, cue, replaces, *cues))
    assert path.read_text(encoding="utf-8") == COUNTED


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.sampled_from([SRT, VTT]), st.integers(0, 1), st.text(max_size=30), st.integers(0, 10**7))
def test_whatever_is_typed_is_read_back_or_refused(source: str, cue: int, text: str, start: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.vtt" if source is VTT else "a.srt")
        ours = editor(path, source)
        before = loads(path.read_bytes(), path=path.name).cues
        try:
            ours.correct(asked(path, cue, text, f"{start}ms", f"{start + 500}ms"))
        except CaptionkitError:
            assert path.read_bytes() == source.encode()
            return
        after = loads(path.read_bytes(), path=path.name).cues
        assert (after[cue].start, after[cue].end) == (start, start + 500)
        assert [one.content for i, one in enumerate(after) if i != cue] == [
            one.content for i, one in enumerate(before) if i != cue
        ]


# --- the server -------------------------------------------------------------------------------------------------------


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PreviewServer]:
    monkeypatch.chdir(tmp_path)
    Path("a.vtt").write_text(VTT, encoding="utf-8")
    session = Session([("a.vtt", Checker(Settings()))])
    with PreviewServer(session.page, editor=session.editor) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def post(server: PreviewServer, action: str, body: object, **headers: str) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    place = urlsplit(server.url)
    usual = {"Origin": f"http://{place.netloc}", "Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    wanted = {**usual, **{name.replace("_", "-"): value for name, value in headers.items()}}
    connection.request("POST", f"{place.path}{action}", data, {k: v for k, v in wanted.items() if v})
    answer = connection.getresponse()
    answered = answer.read()
    connection.close()
    return answer.status, json.loads(answered) if answered else {}


def correction(text: str = "New") -> dict[str, Any]:
    return asked(Path("a.vtt"), 0, text)._asdict()


def test_our_page_may_correct_and_undo_and_the_page_is_made_anew(served: PreviewServer) -> None:
    assert post(served, "correct", correction()) == (200, {"message": "Saved: cue 1 of a.vtt."})
    assert "New" in Path("a.vtt").read_text(encoding="utf-8")
    connection = http.client.HTTPConnection("127.0.0.1", served.server_port, timeout=10)
    connection.request("GET", urlsplit(served.url).path)
    page = connection.getresponse().read().decode()
    connection.close()
    assert ">New</td>" in page and "connect-src &#x27;self&#x27;" in page and '"undo":"cue 1 of a.vtt"' in page
    assert post(served, "undo", {})[0] == 200
    assert Path("a.vtt").read_text(encoding="utf-8") == VTT


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": ""},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://127.0.0.1"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
    ],
)
def test_no_other_page_may(served: PreviewServer, headers: dict[str, str]) -> None:
    assert post(served, "correct", correction(), **headers)[0] == 403
    assert post(served, "undo", {}, **headers)[0] == 403
    assert Path("a.vtt").read_text(encoding="utf-8") == VTT


def test_the_secret_address_is_needed_and_only_what_is_known_is_done(served: PreviewServer) -> None:
    assert post(served, "delete", {})[0] == 404
    assert post(served, "../x/correct", correction())[0] == 404
    served.secret = "other"
    assert post(served, "../correct", correction())[0] == 404
    assert Path("a.vtt").read_text(encoding="utf-8") == VTT


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff", b'{"file":0}', {**dict.fromkeys("abc", 1)}, b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_correction_is_refused(served: PreviewServer, body: object) -> None:
    assert post(served, "correct", body)[0] == 400
    assert post(served, "correct", {**correction(), "cue": True})[0] == 400
    assert post(served, "correct", b"x" * 300_000)[0] == 413
    assert Path("a.vtt").read_text(encoding="utf-8") == VTT


def test_a_refusal_is_in_words(served: PreviewServer) -> None:
    status, answered = post(served, "correct", {**correction(), "cues": [["0:01", "0:00.5", "New"]]})
    assert (status, answered["message"]) == (422, "The cue must end after it begins. Nothing was written.")
    wanted = correction()
    Path("a.vtt").write_text(VTT + "\n", encoding="utf-8")
    status, answered = post(served, "correct", wanted)
    assert status == 409 and "your words are still here" in answered["message"]


def test_a_page_that_is_written_to_a_file_takes_no_corrections(tmp_path: Path) -> None:
    from captionkit.cli.frame import run

    (tmp_path / "a.vtt").write_text(VTT, encoding="utf-8")
    assert run(["preview", str(tmp_path / "a.vtt"), "-o", str(tmp_path / "a.html")]) == 0
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "connect-src" not in page and 'id="editor"' not in page and 'class="edit"' not in page
    assert asset("preview.js") in page and asset("editor.js") not in page


def test_progress_and_the_editor_are_under_25_kb_of_script() -> None:
    progress = (files("captionkit.desk") / "assets" / "desk.js").read_bytes()
    assert len(progress) + len(asset("editor.js").encode()) < 25_000
