"""A damaged or planted file of captionkit's own is one clear error with file and line, and costs no other object."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from sandbox_course import SandboxCourse, open_course
from strangers import SRT

from captionkit.errors import ExitCode
from captionkit.sync.state import canonical_json, digest_of

HELLO = SRT.format("Hello, and welcome to the first lecture of this course")

#: What may stand in the place of a line.
ODD_LINES = {
    "no JSON": b"garbage",
    "empty object": b"{}",
    "a list": b"[1]",
    "null": b"null",
    "nested": b"[" * 100_000,
    "nested in a key": b'{"media": ' + b"[" * 100_000 + b"}",
    "digits": b'{"serial": ' + b"9" * 5000 + b"}",
    "NUL": b"\0" * 40,
    "no UTF-8": b'{"media": "\xff"}',
    "NaN": b'{"serial": NaN}',
}

#: And what in the place of a value.
ODD_VALUES: list[object] = [None, True, -1, 1e300, [], {}, "\ud800", "\0", "../../x", "media_objects/../x", 10**30]


@pytest.fixture
def course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[SandboxCourse]:
    """A folder that was pulled and pushed once, with a track of each kind."""
    with open_course(tmp_path, monkeypatch, capsys) as course:
        for title in ("Lecture 1", "Lecture 2", "Lecture 3"):
            course.add(title, "de", SRT.format(f"Guten Tag zur Vorlesung {title}"))
        assert course.shell("pull", course.folder).code == ExitCode.OK
        course.write("Lecture 1.en.srt", HELLO)
        course.write("Lecture 1.de.srt", SRT.format("Guten Abend zur Vorlesung Nummer eins"))
        assert course.push().code == ExitCode.OK
        yield course


def pushed_run(course: SandboxCourse) -> Path:
    return max(course.folder.glob(".captionkit/runs/*/plan.json")).parent


def the_line(file: Path, about: str) -> int:
    return next(n for n, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1) if about in line)


def with_line(file: Path, number: int, line: bytes) -> None:
    lines = file.read_bytes().split(b"\n")
    file.write_bytes(b"\n".join([*lines[: number - 1], line, *lines[number:]]))


def values(line: str) -> Iterator[bytes]:
    """The line with each of its values in turn as something odd, and without it."""
    record = json.loads(line)
    for number, key in enumerate(record):
        odd = ODD_VALUES[number % len(ODD_VALUES)]
        yield json.dumps({**record, key: odd}).encode()
        yield json.dumps({name: value for name, value in record.items() if name != key}).encode()
    yield json.dumps({**record, "serial": "BIG"}).replace('"BIG"', "1e400").encode()


class TestManifest:
    @pytest.mark.parametrize("odd", ODD_LINES)
    def test_a_damaged_line_costs_its_own_record_alone(self, course: SandboxCourse, odd: str) -> None:
        manifest = course.folder / ".captionkit" / "manifest.jsonl"
        number = the_line(manifest, '"Lecture 3.de')
        with_line(manifest, number, ODD_LINES[odd])
        course.write("Lecture 2.en.srt", HELLO)
        for command in ("status", "plan"):
            result = course.shell(command, course.folder)
            assert result.code == ExitCode.DAMAGED
            assert result.err.count("error:") == 1
            assert f"manifest.jsonl, line {number}:" in result.err
        result = course.push()
        assert result.code == ExitCode.DAMAGED
        assert set(course.tracks("Lecture 2")) == {"de", "en"}
        assert set(course.tracks("Lecture 3")) == {"de"}
        assert course.push().code == ExitCode.OK, "what was compared afresh is recorded again"

    def test_no_value_of_a_line_makes_a_traceback(self, course: SandboxCourse) -> None:
        manifest = course.folder / ".captionkit" / "manifest.jsonl"
        number = the_line(manifest, '"Lecture 3.de')
        whole = manifest.read_bytes()
        for line in values(whole.decode().split("\n")[number - 1]):
            manifest.write_bytes(whole)
            with_line(manifest, number, line)
            result = course.shell("status", course.folder)
            assert result.code in (ExitCode.OK, ExitCode.DAMAGED)
            assert result.code == ExitCode.OK or f"manifest.jsonl, line {number}:" in result.err, line

    @pytest.mark.parametrize("odd", ODD_LINES)
    def test_without_its_first_line_it_is_none_and_nothing_is_sent(self, course: SandboxCourse, odd: str) -> None:
        manifest = course.folder / ".captionkit" / "manifest.jsonl"
        with_line(manifest, the_line(manifest, '"format"'), ODD_LINES[odd])
        course.write("Lecture 2.en.srt", HELLO)
        puts = course.puts()
        result = course.push()
        assert result.code == ExitCode.DAMAGED
        assert re.search(r"manifest\.jsonl(, line \d+)?:", result.err)
        assert course.puts() == puts


class TestRuns:
    @pytest.mark.parametrize("odd", ODD_LINES)
    def test_a_damaged_line_of_a_journal_is_reported_and_stops_no_push(self, course: SandboxCourse, odd: str) -> None:
        journal = pushed_run(course) / "journal.jsonl"
        number = the_line(journal, "COMMITTED")
        with_line(journal, number, ODD_LINES[odd])
        result = course.shell("history", course.folder)
        assert result.code == ExitCode.DAMAGED
        assert f"journal.jsonl, line {number}:" in result.err
        assert "pull" in result.out
        course.write("Lecture 2.en.srt", HELLO)
        assert course.push().code == ExitCode.OK
        assert set(course.tracks("Lecture 2")) == {"de", "en"}

    def test_no_value_of_a_journal_makes_a_traceback(self, course: SandboxCourse) -> None:
        journal = pushed_run(course) / "journal.jsonl"
        whole = journal.read_bytes()
        for number, text in enumerate(whole.decode().splitlines(), start=1):
            for line in [*values(text)][::3]:
                journal.write_bytes(whole)
                with_line(journal, number, line)
                result = course.shell("history", course.folder)
                assert result.code in (ExitCode.OK, ExitCode.DAMAGED)
                assert result.code == ExitCode.OK or f"journal.jsonl, line {number}:" in result.err, line

    def test_what_was_torn_by_a_crash_is_no_damage(self, course: SandboxCourse) -> None:
        journal = pushed_run(course) / "journal.jsonl"
        lines = journal.read_bytes().splitlines(keepends=True)
        journal.write_bytes(b"".join(lines[:1]) + lines[1][:20] + b"\n" + b"".join(lines))
        assert course.shell("history", course.folder).code == ExitCode.OK

    @pytest.mark.parametrize("name", ["plan.json", "backup"])
    @pytest.mark.parametrize("odd", ODD_LINES)
    def test_a_damaged_plan_or_backup_costs_its_run_alone(self, course: SandboxCourse, odd: str, name: str) -> None:
        run = pushed_run(course)
        file = run / name if name != "backup" else next(run.glob("backup/*/tracks.json"))
        file.write_bytes(ODD_LINES[odd])
        puts = course.puts()
        result = course.shell("restore", course.folder, run.name, "--yes")
        assert result.code == ExitCode.DAMAGED
        assert f"{file.name}:" in result.err
        assert course.puts() == puts
        if name == "plan.json":
            assert course.shell("history", course.folder).code == ExitCode.DAMAGED
            assert course.push().code == ExitCode.OK


def changed_plan(course: SandboxCourse, change: Callable[[dict[str, Any]], None]) -> Path:
    """A plan as a stranger may make it: with what they want in it, and the right digest."""
    course.write("Lecture 2.en.srt", HELLO)
    file = course.folder.parent / "plan.json"
    assert course.shell("plan", course.folder, "--out", file, "--force").code == ExitCode.OK
    raw = json.loads(file.read_bytes())
    del raw["plan_id"]
    step = next(s for media in raw["objects"] for s in media["steps"] if s["do"] == "create")
    change(step)
    raw["plan_id"] = digest_of(canonical_json(raw))
    file.write_text(json.dumps(raw), encoding="utf-8")
    return file


class TestPlans:
    @pytest.mark.parametrize(
        ("path", "send"),
        [
            ("../secret.srt", "vtt"),
            ("x/../../secret.srt", "vtt"),
            ("{folder}/../secret.srt", "vtt"),
            ("../secret.srt", "as-is"),
            (".captionkit/runs/x/backup/../../../../../secret.srt", "as-is"),
            ("Lecture 2.en.srt", "as-is"),
            (".git/config.srt", "vtt"),
            ("notes.txt", "vtt"),
            (".captionkit/manifest.jsonl", "as-is"),
        ],
    )
    def test_no_path_leaves_the_folder_and_only_captions_are_sent(
        self, course: SandboxCourse, path: str, send: str
    ) -> None:
        secret = SRT.format("the words of the secret")
        (course.folder.parent / "secret.srt").write_text(secret, encoding="utf-8")
        course.write("notes.txt", secret)
        course.write(".git/config.srt", secret)

        def change(step: dict[str, Any]) -> None:
            digests = {"local_digest": digest_of(secret), "digest_after": digest_of(secret)}
            step |= {"path": path.format(folder=course.folder), "send": send, **digests}

        plan = changed_plan(course, change)
        puts = course.puts()
        result = course.shell("apply", plan, course.folder)
        assert result.code == ExitCode.DAMAGED
        assert "plan.json" in result.err
        assert course.puts() == puts

    @pytest.mark.parametrize("locale", ["../../x", "a/b", "", "x" * 100, "\ud800"])
    def test_no_locale_of_a_plan_becomes_part_of_a_path(self, course: SandboxCourse, locale: str) -> None:
        try:
            plan = changed_plan(course, lambda step: step.update(locale=locale))
        except UnicodeEncodeError:
            pytest.skip("nobody can make the digest of such a plan")
        puts = course.puts()
        assert course.shell("apply", plan, course.folder).code == ExitCode.DAMAGED
        assert course.puts() == puts


def test_resume_of_a_planted_run_shows_what_it_would_send_and_asks(course: SandboxCourse) -> None:
    plan = changed_plan(course, lambda step: None)
    run = course.folder / ".captionkit" / "runs" / "20300101T000000000Z-00000000"
    run.mkdir()
    run.joinpath("plan.json").write_bytes(plan.read_bytes())
    run.joinpath("journal.jsonl").write_text(
        '{"at":"2030-01-01T00:00:00.000Z","plan_id":"x","serial":1,"state":"STARTED","what":"push"}\n',
        encoding="utf-8",
    )
    puts = course.puts()
    result = course.shell("resume", course.folder)
    assert result.code == ExitCode.USAGE
    assert "create" in result.out
    assert "--yes" in result.err
    assert course.puts() == puts
    assert course.shell("resume", course.folder, "--json").code == ExitCode.USAGE
    assert course.shell("resume", course.folder, "--yes").code == ExitCode.OK
    assert course.puts() == puts + 1


@pytest.mark.parametrize(
    "name", ["20391231T235959999Z-00000000", "20380230T000000000Z-0", "zzz", "99991231T235959999Z-0"]
)
def test_a_run_of_the_future_does_not_make_the_next_one_wait_for_it(course: SandboxCourse, name: str) -> None:
    run = course.folder / ".captionkit" / "runs" / name
    run.mkdir()
    (run / "plan.json").write_bytes(b"{}")  # an empty folder is no run
    course.write("Lecture 2.en.srt", HELLO)
    assert course.push().code == ExitCode.OK
    if name.startswith("2039"):
        assert sorted(entry.name for entry in (course.folder / ".captionkit" / "runs").iterdir())[-1][:9] == "20400101T"


@pytest.mark.parametrize("odd", ODD_LINES)
def test_a_damaged_baseline_or_snapshot_is_one_error(course: SandboxCourse, odd: str) -> None:
    file = course.write("damaged.json", ODD_LINES[odd])
    for words in (
        ["check", course.folder / "Lecture 1.en.srt", "--baseline", file],
        ["audit", course.folder, "--since", file],
        ["apply", file, course.folder],
    ):
        result = course.shell(*words)
        assert result.code == ExitCode.DAMAGED, result.all
        assert "damaged.json:" in result.err
        assert result.err.count("error:") == 1


def test_a_damaged_cache_is_as_good_as_none(course: SandboxCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = course.folder.parent / "cache"
    monkeypatch.setenv("CAPTIONKIT_CACHE_DIR", str(cache))
    for captions in course.folder.rglob("*.*t"):
        os.utime(captions, (1_700_000_000, 1_700_000_000))  # what is younger than a moment is not kept
    first = course.shell("check", course.folder)
    (file,) = cache.iterdir()
    whole = file.read_bytes()
    for damaged in (*ODD_LINES.values(), b"", whole[:-1], whole[:40], whole[:32] + b"(" * 100_000):
        file.write_bytes(damaged)
        assert course.shell("check", course.folder).out == first.out
