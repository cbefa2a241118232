"""What captionkit promises, each by the real command against the stand-in Canvas.

A promise is tried where a user would see it broken: what is sent, what is there afterwards, what is said, and the exit
code. So it does not matter in which module it is kept, and it fails where that module stops keeping it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from campus import Campus
from desk import vtt

from captionkit.errors import ExitCode


def sync(campus: Campus, **files: str) -> None:
    """Lecture 1 with these languages, in the folder and in Canvas."""
    for locale, words in files.items():
        campus.write(f"Lecture 1.{locale}.vtt", vtt(words))
    said = campus.push()
    assert said.code == ExitCode.OK, said.all
    campus.box.set(clock_skew_s=60.0)  # Canvas's times have whole seconds


def remove(campus: Campus, *locales: str) -> None:
    for locale in locales:
        (campus.folder / f"Lecture 1.{locale}.vtt").unlink()


def edit_there(campus: Campus, locale: str, text: str, title: str = "Lecture 1") -> None:
    track = next(track for track in campus.box.tracks(campus.media[title]) if track["locale"] == locale)
    campus.box.edit_track(track["id"], text)


def sync_table(campus: Campus, text: str) -> None:
    file = campus.folder / "captionkit.toml"
    file.write_text(f"{file.read_text()}\n[sync]\n{text}\n")


class TestNoMoreDeletionsThanAllowed:
    @pytest.fixture(autouse=True)
    def three_files_of_four_are_gone(self, campus: Campus) -> None:
        sync(campus, de="eins", en="one", fr="un", it="uno")
        remove(campus, "de", "fr", "it")

    @pytest.mark.parametrize(
        ("option", "configured", "allowed"),
        [
            ("2", "", False),
            ("3", "", True),
            ("74%", "", False),
            ("75%", "", True),
            ("0", "", False),
            ("", "max_delete = 2", False),
            ("", "max_delete = 3", True),
            ("", 'max_delete = "74%"', False),
            ("", 'max_delete = "75%"', True),
            ("3", "max_delete = 0", True),
            ("2", "max_delete = 99", False),
        ],
    )
    @pytest.mark.parametrize("leave", ["--delete", "--mirror"])
    def test_the_limit(self, campus: Campus, option: str, configured: str, allowed: bool, leave: str) -> None:
        sync_table(campus, configured)
        puts = campus.puts()
        said = campus.push(leave, *(["--max-delete", option] if option else []))
        if allowed:
            assert said.code == ExitCode.OK, said.all
            assert set(campus.tracks("Lecture 1")) == {"en"}
        else:
            assert said.code == ExitCode.GUARD_REFUSED
            assert "the plan deletes 3 tracks" in said.err
            assert "--max-delete 3" in said.err
            assert campus.puts() == puts

    def test_a_plan_that_goes_beyond_it_is_not_even_written(self, campus: Campus, tmp_path: Path) -> None:
        said = campus.shell("plan", campus.folder, "--delete", "--max-delete", "2", "--out", tmp_path / "plan.json")
        assert said.code == ExitCode.GUARD_REFUSED
        assert not (tmp_path / "plan.json").exists()

    @pytest.mark.parametrize("text", ["--5", "-1", "x", "", "101%", "1.5", "٣x"])
    def test_what_is_no_limit_is_said(self, campus: Campus, text: str) -> None:
        said = campus.push("--delete", f"--max-delete={text}")
        assert said.code == ExitCode.USAGE
        assert "--max-delete: expected a number" in said.err


def test_ten_deletions_are_the_limit_where_none_is_set(campus: Campus) -> None:
    for number in range(11):
        title = f"Seminar {number}"
        campus.media[title] = campus.box.add_media(campus.course, title, in_files=True)
        campus.write(f"{title}.en.vtt", vtt(title))
        campus.write(f"{title}.fr.vtt", vtt(f"{title} fr"))
    assert campus.push().code == ExitCode.OK
    for number in range(11):
        (campus.folder / f"Seminar {number}.fr.vtt").unlink()
    puts = campus.puts()
    assert campus.push("--delete").code == ExitCode.GUARD_REFUSED
    assert campus.puts() == puts
    campus.write("Seminar 0.fr.vtt", vtt("Seminar 0 fr"))
    assert campus.push("--delete").code == ExitCode.OK


class TestResolve:
    """`--resolve` decides about the one track that it names, whatever else would be done with it."""

    def named(self, campus: Campus, choice: str) -> tuple[str, str]:
        return ("--resolve", f"{campus.media['Lecture 1']}/en={choice}")

    @pytest.mark.parametrize(("choice", "there"), [("local", {"fr"}), ("remote", {"en", "fr"})])
    def test_removed_here_and_edited_there(self, campus: Campus, choice: str, there: set[str]) -> None:
        sync(campus, en="one", fr="un")
        remove(campus, "en")
        edit_there(campus, "en", vtt("edited there"))
        said = campus.push(*self.named(campus, choice))
        assert said.code == ExitCode.OK, said.all
        assert set(campus.tracks("Lecture 1")) == there
        assert (vtt("edited there") in campus.saved()) is (choice == "local")

    @pytest.mark.parametrize(("choice", "there"), [("local", {"fr"}), ("remote", {"en", "fr"})])
    def test_removed_here(self, campus: Campus, choice: str, there: set[str]) -> None:
        sync(campus, en="one", fr="un")
        remove(campus, "en")
        assert campus.push("--delete", *self.named(campus, choice)).code == ExitCode.OK
        assert set(campus.tracks("Lecture 1")) == there

    @pytest.mark.parametrize("choice", ["local", "remote"])
    def test_edited_here(self, campus: Campus, choice: str) -> None:
        sync(campus, en="one")
        campus.write("Lecture 1.en.vtt", vtt("edited here"))
        assert campus.push(*self.named(campus, choice)).code == ExitCode.OK
        assert campus.tracks("Lecture 1")["en"] == vtt("edited here" if choice == "local" else "one")

    @pytest.mark.parametrize("choice", ["local", "remote"])
    def test_new_here(self, campus: Campus, choice: str) -> None:
        campus.write("Lecture 1.en.vtt", vtt("new"))
        assert campus.push(*self.named(campus, choice)).code == ExitCode.OK
        assert campus.tracks("Lecture 1") == ({"en": vtt("new")} if choice == "local" else {})

    def test_it_stays_within_the_limits(self, campus: Campus) -> None:
        sync(campus, en="one", fr="un")
        sync_table(campus, 'protect = ["en"]')
        remove(campus, "en")
        said = campus.push(*self.named(campus, "local"))
        assert said.code == ExitCode.GUARD_REFUSED
        assert "protected" in said.err

    @pytest.mark.parametrize("command", ["push", "pull"])
    def test_a_track_about_which_there_is_nothing_to_decide_is_said(self, campus: Campus, command: str) -> None:
        sync(campus, en="one")
        campus.add("Lecture 2", "fr", vtt("un"))
        puts = campus.puts()
        options = ["--yes"] if command == "push" else []
        for key in ("en", "xx"):
            said = campus.shell(
                command, campus.folder, *options, "--resolve", f"{campus.media['Lecture 1']}/{key}=local"
            )
            assert said.code == ExitCode.USAGE
            assert "nothing to decide" in said.err
        assert campus.puts() == puts

    @pytest.mark.parametrize(("choice", "here"), [("local", "edited here"), ("remote", "one")])
    def test_a_pull_of_what_was_edited_here(self, campus: Campus, choice: str, here: str) -> None:
        sync(campus, en="one")
        file = campus.write("Lecture 1.en.vtt", vtt("edited here"))
        assert campus.shell("pull", campus.folder, *self.named(campus, choice)).code == ExitCode.OK
        assert file.read_text() == vtt(here)
        assert (vtt("edited here") in campus.saved()) is (choice == "remote")

    @pytest.mark.parametrize(("choice", "here"), [("local", "one"), ("remote", "edited there")])
    def test_a_pull_of_what_was_edited_there(self, campus: Campus, choice: str, here: str) -> None:
        sync(campus, en="one")
        edit_there(campus, "en", vtt("edited there"))
        assert campus.shell("pull", campus.folder, *self.named(campus, choice)).code == ExitCode.OK
        assert (campus.folder / "Lecture 1.en.vtt").read_text() == vtt(here)
