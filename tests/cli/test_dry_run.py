"""`--dry-run` where a service is asked: the same look and the same refusals as in earnest, and nothing written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sandbox_course import SandboxCourse

from captionkit.errors import ExitCode

VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n{}\n"


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("more", [[], ["--json"]], ids=["words", "json"])
def test_each_sync_command_shows_what_it_would_do_and_does_nothing(
    course: SandboxCourse, tmp_path: Path, more: list[str]
) -> None:
    course.write("Lecture 1.en.vtt", VTT.format("Hello"))
    plan = tmp_path / "plan.json"
    assert course.shell("plan", course.folder, "-o", plan).code == 0
    before, puts = files(course.folder), course.puts()
    for words in (["push", course.folder], ["apply", plan, course.folder], ["pull", course.folder]):
        result = course.shell(*words, "--dry-run", *more)
        assert result.code == 0 and result.out, result.all
        assert (files(course.folder), course.puts()) == (before, puts), words
    assert course.shell("push", course.folder, "--yes").code == 0
    before, puts = files(course.folder), course.puts()
    for words in (["restore", course.folder], ["resume", course.folder], ["resume", course.folder, "--abandon"]):
        result = course.shell(*words, "--dry-run", *more)
        assert result.code == 0 and result.out, result.all
        assert (files(course.folder), course.puts()) == (before, puts), words
    result = course.shell("apply", plan, course.folder, "--dry-run", *more)
    assert result.code == ExitCode.STALE_OR_CONFLICT, "another sync has run"


def test_a_dry_push_ends_as_the_push_would(course: SandboxCourse) -> None:
    course.write("Lecture 1.en.vtt", VTT.format("Hello"))
    course.write("No such lecture.en.vtt", VTT.format("Whose?"))
    dry = course.shell("push", course.folder, "--dry-run")
    assert dry.code == course.shell("push", course.folder, "--yes").code == ExitCode.FINDINGS
    for name in ("Lecture 1", "Lecture 2"):
        course.write(f"{name}.en.vtt", VTT.format(f"Welcome to {name}"))
        course.write(f"{name}.es.vtt", VTT.format(f"Bienvenidos a {name}"))
    course.shell("push", course.folder, "--yes")
    for path in course.folder.glob("*.es.vtt"):
        path.unlink()
    words = ["push", course.folder, "--delete", "--max-delete", "1"]
    assert course.shell(*words, "--dry-run").code == course.shell(*words, "--yes").code == ExitCode.GUARD_REFUSED


def test_a_media_object_is_renamed_only_in_earnest(course: SandboxCourse) -> None:
    media = course.media["Lecture 1"]
    result = course.shell("media", "rename", media, "Montage", "--dry-run")
    assert result.code == 0 and "would be called 'Montage'" in result.out
    assert json.loads(course.shell("media", "rename", media, "Montage", "--dry-run", "--json").out)["dry_run"] is True
    assert course.puts() == 0


def test_answers_of_a_table_are_written_only_in_earnest(course: SandboxCourse, tmp_path: Path) -> None:
    course.write("lect-1 final.en.vtt", VTT.format("Hello"))
    names = tmp_path / "names.csv"
    course.shell("match", course.folder, "-o", names, "--dry-run")
    assert not names.exists()
    course.shell("match", course.folder, "-o", names)
    names.write_text(names.read_text(encoding="utf-8-sig").replace(";;", ";Lecture 1;", 1), encoding="utf-8")
    before = files(course.folder)
    course.shell("match", course.folder, "--list", names, "--dry-run")
    assert files(course.folder) == before
