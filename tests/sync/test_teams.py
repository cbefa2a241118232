"""Two people with clones of one caption folder in git: the record merges by itself, and nobody overwrites the other."""

from __future__ import annotations

import subprocess
from pathlib import Path

import needs
import pytest
from teacher import Teacher, step, vtt

from captionkit.errors import ExitCode

pytestmark = needs.git


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.edu", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=True)
    return done.stdout


def commit(teacher: Teacher) -> None:
    git(teacher.folder, "add", "-A")
    git(teacher.folder, "commit", "-q", "-m", "captions")


def take_over(teacher: Teacher, other: Teacher) -> None:
    git(teacher.folder, "pull", "-q", "--no-rebase", "--no-edit", str(other.folder), "main")


@pytest.fixture
def team(teacher: Teacher, tmp_path: Path) -> tuple[Teacher, Teacher]:
    """Alice, who has pushed one lecture, and Bob, with a clone of her folder; both act as the same Canvas user."""
    teacher.write("m-1.en.vtt", vtt("Hello"))
    teacher.push()
    git(teacher.folder, "init", "-q", "-b", "main")
    commit(teacher)
    git(tmp_path, "clone", "-q", str(teacher.folder), str(tmp_path / "bob"))
    return teacher, Teacher(tmp_path / "bob", teacher.world, clock=teacher.clock)


def test_only_what_belongs_there_is_in_git(team: tuple[Teacher, Teacher]) -> None:
    alice, _ = team
    files = git(alice.folder, "ls-files").split()
    assert ".captionkit/manifest.jsonl" in files
    assert not [file for file in files if "runs/" in file or "lock" in file]


def test_syncs_of_different_lectures_merge_without_hand_work(team: tuple[Teacher, Teacher]) -> None:
    alice, bob = team
    alice.write("m-1.fr.vtt", vtt("Bonjour"))
    alice.push()
    commit(alice)
    bob.write("m-2.en.vtt", vtt("Two"))
    bob.push()
    commit(bob)
    take_over(alice, bob)
    take_over(bob, alice)
    puts = alice.puts()
    for teacher in (alice, bob):
        assert teacher.files() == ["m-1.en.vtt", "m-1.fr.vtt", "m-2.en.vtt"]
        assert teacher.push().exit_code is ExitCode.OK
        assert {locale for tracks in teacher.manifest.tracks.values() for locale in tracks} == {"en", "fr"}
    assert alice.puts() == puts


def test_the_same_lecture_in_two_languages_merges_too(team: tuple[Teacher, Teacher]) -> None:
    alice, bob = team
    alice.write("m-1.fr.vtt", vtt("Bonjour"))
    alice.push()
    commit(alice)
    bob.write("m-1.de.vtt", vtt("Hallo"))
    bob.push()
    commit(bob)
    take_over(alice, bob)
    puts = alice.puts()
    assert alice.push().exit_code is ExitCode.OK
    assert alice.puts() == puts
    assert alice.on_canvas("m-1") == {"de": vtt("Hallo"), "en": vtt("Hello"), "fr": vtt("Bonjour")}


def test_a_change_that_the_other_pushed_is_not_overwritten(team: tuple[Teacher, Teacher]) -> None:
    alice, bob = team
    alice.write("m-1.en.vtt", vtt("Alice was here"))
    alice.push()
    bob.write("m-1.en.vtt", vtt("Bob was here"))
    report = bob.push()
    assert report.exit_code is ExitCode.STALE_OR_CONFLICT
    assert step(report.plan, "en", "m-1").why == "both-edited"
    assert bob.on_canvas("m-1")["en"] == vtt("Alice was here")


def test_an_old_clone_reverts_nothing(team: tuple[Teacher, Teacher]) -> None:
    alice, bob = team
    alice.write("m-1.en.vtt", vtt("Alice was here"))
    alice.push()
    puts = bob.puts()
    report = bob.push(delete=True)
    assert step(report.plan, "en", "m-1").why == "remote-edit"
    assert bob.puts() == puts
    assert bob.on_canvas("m-1")["en"] == vtt("Alice was here")


def test_two_records_of_one_track_count_as_none(team: tuple[Teacher, Teacher]) -> None:
    """Both changed the same track one after the other; the merged record has two lines for it."""
    alice, bob = team
    alice.write("m-1.en.vtt", vtt("Alice was here"))
    alice.push()
    commit(alice)
    bob.pull()
    bob.write("m-1.en.vtt", vtt("Bob was here"))
    bob.push()
    commit(bob)
    with pytest.raises(subprocess.CalledProcessError):
        take_over(alice, bob)  # git asks about the caption file itself, and only about that
    assert git(alice.folder, "diff", "--name-only", "--diff-filter=U").split() == ["m-1.en.vtt"]
    alice.write("m-1.en.vtt", vtt("Bob was here"))
    commit(alice)
    puts = alice.puts()
    assert alice.push().exit_code is ExitCode.OK
    assert alice.puts() == puts
    assert alice.on_canvas("m-1")["en"] == vtt("Bob was here")
