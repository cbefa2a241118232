from __future__ import annotations

import csv
import io
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from captionkit.cli.frame import run
from captionkit.files import quoted
from captionkit.sandbox import Sandbox

SRT = "1\n00:00:01,000 --> 00:00:03,000\nHello there, everybody.\n\n2\n00:00:03,500 --> 00:00:06,000\nLet us begin.\n"


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        monkeypatch.setenv("CANVAS_API_URL", sandbox.url)
        monkeypatch.setenv("CANVAS_API_TOKEN", sandbox.tokens["teacher"])
        monkeypatch.chdir(tmp_path)
        yield sandbox


def audited(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = run(["audit", *arguments, "--output-format", "json"])
    return code, json.loads(capsys.readouterr().out)


def test_tracks_of_everybody_are_read_by_the_file(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    course = sandbox.add_course("Film")
    media = sandbox.add_media(course, "Lecture 1")
    sandbox.add_track(media, "en", SRT)
    sandbox.add_track(media, "fr", SRT, user="colleague")
    sandbox.add_track(media, "de", SRT, asr=True)
    sandbox.add_media(course, "Lecture 2")
    code, found = audited(capsys, "--course", str(course), "--require", "en,de")
    assert code == 0
    one, two = found["recordings"]
    assert [(t["locale"], t["origin"], t["cues"]) for t in one["tracks"]] == [
        ("de", "automatic", 2), ("en", "human", 2), ("fr", "human", 2),
    ]  # fmt: skip
    assert (one["status"], two["status"], two["missing"]) == ("automatic only", "missing", ["en", "de"])
    assert [x["status"] for x in one["languages"]] == ["captioned", "automatic only"]
    assert found["places"][0]["name"] == "Film"
    assert len({t["owner"] for t in one["tracks"]}) == 2
    assert any("Panopto" in limit for limit in found["limits"])


def test_nothing_is_written_to_canvas(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    course = sandbox.add_course("Film")
    sandbox.seed(course, 5, 2)
    audited(capsys, "--course", str(course))
    assert set(sandbox.counts) == {"GET"}


def test_an_old_server_leaves_origins_unknown(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    course = sandbox.add_course("Film")
    sandbox.add_track(sandbox.add_media(course, "Lecture 1"), "en", SRT)
    sandbox.set(old_server=True)
    _, found = audited(capsys, "--course", str(course))
    assert found["recordings"][0]["tracks"][0]["origin"] == "unknown"
    assert any("Who made" in limit for limit in found["limits"])


def test_one_course_that_fails_does_not_stop_the_others(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    course = sandbox.add_course("Film")
    sandbox.seed(course, 2, 1)
    code, found = audited(capsys, "--course", "9999", "--course", str(course))
    assert code == 5
    assert [bool(place["problem"]) for place in found["places"]] == [True, False]
    assert len(found["recordings"]) == 2
    assert run(["audit", "--course", "9999"]) == 7


def test_a_bad_token_ends_it_at_once(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANVAS_API_TOKEN", "wrong")
    assert run(["audit", "--course", "1"]) == 7


def test_an_audit_that_was_cut_off_goes_on_where_it_was(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from captionkit.auditing import collect

    courses = [sandbox.add_course(f"Course {i}") for i in range(4)]
    for course in courses:
        sandbox.seed(course, 2, 1)
    arguments = ["audit", *[x for c in courses for x in ("--course", str(c))], "-o", "a.json"]
    looked_at: list[str] = []
    original = collect.Collector._place

    def until_the_third(self: Any, key: str) -> Any:
        if len(looked_at) == 2:
            raise KeyboardInterrupt
        looked_at.append(key)
        return original(self, key)

    monkeypatch.setattr(collect.Collector, "_place", until_the_third)
    real = collect.Collector.collect
    monkeypatch.setattr(collect.Collector, "collect", lambda self, places, workers: real(self, places, workers=1))
    assert run(arguments) == 130
    assert Path("a.json.partial").exists() and not Path("a.json").exists()
    monkeypatch.setattr(collect.Collector, "_place", original)
    sandbox.reset_log()
    assert run(arguments) == 0
    assert "Going on: 2 of 4" in capsys.readouterr().err
    asked = {entry["path"] for entry in sandbox.requests}
    assert not any(f"/courses/{courses[0]}/" in path for path in asked)
    found = json.loads(Path("a.json").read_text(encoding="utf-8"))
    assert [place["key"] for place in found["places"]] == [f"courses/{c}" for c in courses]
    assert len(found["recordings"]) == 8
    assert not Path("a.json.partial").exists()


def test_the_progress_of_another_audit_is_not_taken_over(sandbox: Sandbox) -> None:
    course = sandbox.add_course("Film")
    Path("a.json.partial").write_text(
        '{"format": "captionkit-audit-progress/1", "source": "other"}\n', encoding="utf-8"
    )
    assert run(["audit", "--course", str(course), "-o", "a.json"]) == 8
    assert "other" in Path("a.json.partial").read_text(encoding="utf-8")


def test_a_torn_line_of_progress_is_looked_at_again(sandbox: Sandbox) -> None:
    from captionkit.auditing.model import Place
    from captionkit.auditing.progress import Progress

    path = Path("p")
    progress = Progress(path, {"places": ["a", "b"]})
    progress.add(Place("a", "A"), [])
    progress.add(Place("c", "C", problem="failed"), [])
    progress.close(finished=False)
    path.write_bytes(path.read_bytes() + b'{"place": {"key": "b"')
    again = Progress(path, {"places": ["a", "b"]})
    assert list(again.done) == ["a"]
    again.add(Place("b", "B"), [])
    again.close(finished=False)
    assert list(Progress(path, {"places": ["a", "b"]}).done) == ["a", "b"]


def test_listing_only_reads_no_track(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    course = sandbox.add_course("Film")
    sandbox.seed(course, 150, 1)
    sandbox.reset_log()
    _, found = audited(capsys, "--course", str(course), "--listing-only")
    assert sandbox.counts == {"GET": 4}  # the user, the course's name, two pages
    assert found["recordings"][0]["tracks"][0]["errors"] is None
    assert found["totals"]["whole"]["languages"][0]["not_read"] == 150
    assert found["not_counted"] == ["150 tracks were not read, so nobody knows what is in them."]


def test_courses_come_from_a_list_or_a_spreadsheet(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = sandbox.add_course("One"), sandbox.add_course("Two")
    Path("list.txt").write_text(f"# spring\n{one}\n{two}\n", encoding="utf-8")
    Path("sheet.csv").write_text(f"\ufeffcanvas_course_id;name\r\n{one};One\r\n{two};Two\r\n", encoding="utf-8")
    for name in ("list.txt", "sheet.csv"):
        code, found = audited(capsys, "--courses-from", name)
        assert code == 0 and [place["name"] for place in found["places"]] == ["One", "Two"]


def test_groups_and_own_files(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    group = sandbox.add_group("Reading circle")
    sandbox.add_media(None, "In the group", group=group)
    sandbox.add_media(None, "Mine")
    _, found = audited(capsys, "--group", str(group), "--mine")
    assert [(r["place"], r["title"]) for r in found["recordings"]] == [
        (f"groups/{group}", "In the group"), ("users/self", "Mine"),
    ]  # fmt: skip


def test_changes_since_and_check(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    course = sandbox.add_course("Film")
    media = sandbox.add_media(course, "Lecture 1")
    arguments = ["--course", str(course), "--require", "en"]
    assert run(["audit", *arguments, "-o", "1.json", "--check"]) == 1
    sandbox.add_track(media, "en", SRT)
    code, found = audited(capsys, *arguments, "--since", "1.json", "--check")
    assert code == 0
    assert [change["says"] for change in found["changes"]] == ["en added (human)", "English was missing, is captioned"]
    assert [point["languages"] for point in found["history"]] == [
        [{"language": "en", "captioned": captioned, "due": 1}] for captioned in (0, 1)
    ]
    assert run(["audit", *arguments, "--since", "1.json", "-o", "2.html"]) == 0
    assert "Over time" in Path("2.html").read_text(encoding="utf-8")


def test_durations_give_minutes_and_coverage(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    course = sandbox.add_course("Film")
    sandbox.add_track(sandbox.add_media(course, "Lecture 1"), "en", SRT)
    Path("d.csv").write_text("media,duration\nLecture 1,0:09\n", encoding="utf-8")
    _, found = audited(capsys, "--course", str(course), "--durations", "d.csv")
    assert found["recordings"][0]["duration_ms"] == 9000
    assert found["recordings"][0]["tracks"][0]["captioned_ms"] == 4500
    assert found["recordings"][0]["status"] == "partly captioned"
    assert found["recordings"][0]["languages"][0]["reason"] == "0:00:06 of 0:00:09"
    Path("d.csv").write_text("media,duration\nLecture 1,soon\n", encoding="utf-8")
    assert run(["audit", "--course", str(course), "--durations", "d.csv"]) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [".", "--course", "1"],
        [".", "--require", "klingonisch"],
        [".", "--output-format", "pdf"],
        [".", "--least-coverage", "nan"],
        [".", "--least-coverage", "101"],
        [".", "--standard", "section-508"],
        [".", "--evidence", "--output-format", "csv"],
        [".", "--evidence", "-o", "e.csv"],
        [".", "--evidence", "-o", "e.pdf"],
        ["--course", "x y"],
    ],
)
def test_what_makes_no_sense_is_refused(sandbox: Sandbox, arguments: list[str]) -> None:
    assert run(["audit", *arguments]) == 2
    assert sandbox.requests == []


# --- a folder ---------------------------------------------------------------------------------------------------------


def wave(path: Path, seconds: float) -> None:
    data = b"\x80" * round(8000 * seconds)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    body = b"WAVE" + form + struct.pack("<4sI", b"data", len(data)) + data
    path.write_bytes(struct.pack("<4sI", b"RIFF", len(body)) + body)


def test_a_folder_is_audited_with_its_recordings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    wave(Path("week 1.wav"), 6.5)
    wave(Path("week 2.wav"), 5)
    Path("week 1.en.srt").write_text(SRT, encoding="utf-8")
    Path("week 3.en.srt").write_text(SRT, encoding="utf-8")
    Path("en").mkdir()
    Path("en/week 4.srt").write_text(SRT, encoding="utf-8")
    Path("week 5.kr.srt").write_text(SRT, encoding="utf-8")
    code, found = audited(capsys, ".", "--require", "en")
    assert code == 0
    rows = {r["title"]: (r["status"], r["duration_ms"], len(r["tracks"])) for r in found["recordings"]}
    assert rows == {
        "week 1": ("captioned", 6500, 1),
        "week 2": ("missing", 5000, 0),
        "week 3": ("captioned", None, 1),
        "week 4": ("captioned", None, 1),
    }
    assert any("week 5.kr.srt" in line for line in found["not_counted"])
    (english,) = found["totals"]["whole"]["languages"]
    assert (english["minutes_due"], english["minutes_covered"], english["captioned_length_unknown"]) == (0.19, 0.11, 2)


def test_csv_of_a_folder_opens_as_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("=cmd.en.srt").write_text(SRT, encoding="utf-8")
    assert run(["audit", ".", "-o", "a.csv"]) == 0
    data = Path("a.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert row["title"] == "'=cmd" and row["cues"] == "2"


def test_of_two_files_of_one_recording_the_audit_reads_the_one_that_push_writes_to(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Somebody copied the recording within the course, so that it is listed once and has two files."""
    course = sandbox.add_course("Film")
    media = sandbox.add_media(course, "Lecture 1", in_files=True)
    first = sandbox.file_id(media)
    assert sandbox.copy_media(media, course) > first
    (tmp_path / "Lecture 1.en.srt").write_text(SRT, encoding="utf-8")
    assert run(["init", str(tmp_path), "--url", sandbox.url, "--course", str(course)]) == 0
    assert run(["push", str(tmp_path), "--yes"]) == 0
    assert f"file {first}" in capsys.readouterr().out
    _, found = audited(capsys, "--course", str(course))
    [recording] = found["recordings"]
    assert recording["media"] == f"media_attachments/{first}"
    assert [(track["locale"], track["cues"]) for track in recording["tracks"]] == [("en", 2)]


# --- what is handed in ------------------------------------------------------------------------------------------------


@pytest.fixture
def captions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two lectures of an hour: one captioned for seven seconds, one not at all; and a file of another format."""
    monkeypatch.chdir(tmp_path)
    folder = Path("captions")
    folder.mkdir()
    for name in ("Lecture 1", "Lecture 2"):
        mp4(folder / f"{name}.mp4", 3600)
    (folder / "Lecture 1.en.srt").write_text(SRT, encoding="utf-8")
    (folder / "Lecture 2.sbv").write_text("0:00:01.000,0:00:02.000\nHello\n", encoding="utf-8")
    return folder


def mp4(path: Path, seconds: int) -> None:
    """The boxes of an MP4 file that say how long it is."""
    head = struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0)
    movie = struct.pack(">I4sIIIII", 108, b"mvhd", 0, 0, 0, 1000, seconds * 1000) + bytes(80)
    path.write_bytes(head + struct.pack(">I4s", 8 + len(movie), b"moov") + movie)


def test_seven_seconds_of_an_hour_are_not_captioned(captions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "captions", "--require", "en,es", "-o", "r.html"]) == 0
    out = capsys.readouterr().out.splitlines()
    partly = "0 of 2 captioned (0 %), 1 partly captioned, 1 missing."
    waiting = "1 file in another format, such as Lecture 2.sbv (an SBV file)"
    how = f"captionkit convert {quoted(Path('captions', 'Lecture 2.sbv'))}"
    assert out[:4] == [
        "0 of 2 recordings have captions in English, 0 in Spanish, 0 in both.",
        f"  English: {partly} By time: 0:00 h of 2:00 h covered (under 1 %).",
        "  Spanish: 0 of 2 captioned (0 %), 2 missing. By time: 0:00 h of 2:00 h covered (0 %).",
        f"  Not counted: captions exist, not converted: {waiting} (to convert it: {how}).",
    ]
    assert run(["audit", "captions", "--require", "en", "--check"]) == 1
    assert run(["audit", "captions", "--require", "en", "--least-coverage", "0", "--output-format", "json"]) == 0
    assert '"status": "captioned"' in capsys.readouterr().out


@pytest.mark.parametrize("standard", ["wcag-1.2.2", "ada-title-ii"])
@pytest.mark.parametrize("name", ["r.html", "r.md"])
def test_a_standard_says_what_it_asks_and_what_cannot_be_known(captions: Path, standard: str, name: str) -> None:
    assert run(["audit", "captions", "--standard", standard, "-o", name]) == 0
    text = Path(name).read_text(encoding="utf-8")
    assert "1.2.2" in text and "It states no number" in text and "somebody has to watch" in text
    assert ("26 April 2027" in text) == (standard == "ada-title-ii")


def test_evidence_is_one_page_and_its_snapshot_can_be_checked(
    captions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from hashlib import sha256

    Path("x.csv").write_text("media,reason,until\nLecture 2,no speech,2027-04-26\n", encoding="utf-8")
    arguments = ["audit", "captions", "--require", "en", "--standard", "ada-title-ii", "--exceptions", "x.csv"]
    assert run([*arguments, "--evidence", "--author", "A. Person", "-o", "evidence.html"]) == 0
    page = Path("evidence.html").read_text(encoding="utf-8")
    digest = sha256(Path("evidence.json").read_bytes()).hexdigest()
    of_track = sha256(Path("captions/Lecture 1.en.srt").read_bytes()).hexdigest()
    for words in ("A. Person", digest, of_track, "no speech", "2027-04-26", "ADA Title II", "Known limits", "captions"):
        assert words in page, words
    assert "<script" not in page

    capsys.readouterr()
    assert run(["audit", "--verify", "evidence.json"]) == 0
    assert digest in (out := capsys.readouterr().out) and "The track is the same." in out
    with Path("captions/Lecture 1.en.srt").open("a", encoding="utf-8") as file:
        file.write("\n")
    Path("captions/Lecture 1.es.srt").write_text(SRT, encoding="utf-8")
    assert run(["audit", "--verify", "evidence.json"]) == 1
    out = capsys.readouterr().out
    assert "changed: Lecture 1, Lecture 1.en.srt" in out and "new: Lecture 1, Lecture 1.es.srt" in out
    Path("captions/Lecture 1.en.srt").unlink()
    assert run(["audit", "--verify", "evidence.json"]) == 1
    assert "gone: Lecture 1, Lecture 1.en.srt" in capsys.readouterr().out
    captions.rename("moved")
    assert run(["audit", "--verify", "evidence.json"]) == 2
    assert "Name the FOLDER" in capsys.readouterr().err
    assert run(["audit", "moved", "--verify", "evidence.json"]) == 1


def test_a_snapshot_of_canvas_is_checked_where_it_was_made(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    course = sandbox.add_course("Film")
    media = sandbox.add_media(course, "Lecture 1")
    sandbox.add_track(media, "en", SRT, user="colleague")
    assert run(["audit", "--course", str(course), "--evidence", "-o", "e.html"]) == 0
    assert run(["audit", "--verify", "e.json"]) == 0
    sandbox.add_track(media, "fr", SRT)
    capsys.readouterr()
    assert run(["audit", "--verify", "e.json"]) == 1
    assert "new: Lecture 1, fr" in capsys.readouterr().out
    assert set(sandbox.counts) <= {"GET", "POST", "PUT"} and not [r for r in sandbox.requests if r["method"] != "GET"]


def test_evidence_has_the_day_in_its_name(captions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "captions", "--evidence"]) == 0
    (page,) = Path().glob("evidence-????-??-??.html")
    assert f"Written: {page} and {page.with_suffix('.json')}" in capsys.readouterr().out
    assert run(["audit", "--verify", str(page.with_suffix(".json"))]) == 0


def test_titles_of_a_synced_folder_lead_to_canvas(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    course = sandbox.add_course("Film")
    sandbox.add_media(course, "Lecture 1")
    folder = Path("captions")
    folder.mkdir()
    (folder / "Lecture 1.en.srt").write_text(SRT, encoding="utf-8")
    (folder / "Only here.en.srt").write_text(SRT.replace("begin", "begin with something else"), encoding="utf-8")
    assert run(["init", str(folder), "--url", sandbox.url, "--course", str(course)]) == 0
    run(["push", str(folder), "--yes"])
    _, found = audited(capsys, str(folder), "--require", "en,es")
    urls = {one["title"]: one["url"] for one in found["recordings"]}
    assert urls["Only here"] == "" and urls["Lecture 1"].startswith(f"{sandbox.url}/media_")
    assert "_iframe/" in urls["Lecture 1"]
    Path("captions/.captionkit/manifest.jsonl").write_text("nonsense", encoding="utf-8")
    assert run(["audit", str(folder)]) == 0
