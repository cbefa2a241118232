"""The folder as it lies on disk: names as macOS spells them, files that are saved meanwhile, file systems that cannot
do all that a local disk can."""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from pathlib import Path

import needs
import pytest
from sandbox_course import SandboxCourse
from teacher import srt, vtt

from captionkit.errors import ExitCode, LocalError
from captionkit.files import sync_folder, write_atomically


class TestDecomposedNames:
    """A folder that was copied from a Mac: é is an e and an accent in the file's name."""

    @pytest.fixture
    def file(self, course: SandboxCourse) -> Path:
        course.media["Présentation"] = course.sandbox.add_media(course.id, "Présentation", in_files=True)
        return course.write(unicodedata.normalize("NFD", "été/Présentation.fr.vtt"), vtt("Bonjour"))

    def test_it_is_sent_and_goes_on_being_the_same_file(self, course: SandboxCourse, file: Path) -> None:
        assert course.push().code == 0
        assert course.tracks("Présentation") == {"fr": vtt("Bonjour")}
        file.write_text(vtt("Bonsoir"), encoding="utf-8")
        assert course.push().code == 0
        assert course.tracks("Présentation") == {"fr": vtt("Bonsoir")}

    def test_a_pull_replaces_that_file_and_makes_no_second_one(self, course: SandboxCourse, file: Path) -> None:
        course.push()
        course.sandbox.set(clock_skew_s=60.0)  # Canvas's times have whole seconds
        [track] = course.sandbox.tracks(course.media["Présentation"])
        course.sandbox.edit_track(track["id"], vtt("Salut"))
        assert course.shell("pull", course.folder).code == 0
        assert file.read_text(encoding="utf-8") == vtt("Salut")
        assert os.listdir(file.parent) == [file.name]
        course.sandbox.delete_track(track["id"])
        assert course.shell("pull", course.folder, "--delete").code == 0
        assert not file.exists()
        assert {vtt("Bonjour"), vtt("Salut")} <= set(course.saved())


class TestAFileThatIsSavedWhileAPullReads:
    """No byte in the folder is replaced or removed that the pull did not see when it decided."""

    @pytest.fixture
    def file(self, course: SandboxCourse) -> Path:
        file = course.write("Lecture 1.en.vtt", vtt("Hello"))
        course.push()
        course.sandbox.set(clock_skew_s=60.0)  # Canvas's times have whole seconds
        return file

    def pull(self, course: SandboxCourse, file: Path, text: str | None, *options: str) -> str:
        """Pull while somebody saves the file, or removes it, after it was looked at."""

        def meanwhile() -> None:
            file.unlink(missing_ok=True)
            if text is not None:
                file.write_text(text, encoding="utf-8")

        course.sandbox.fault("meanwhile", method="GET", path="media_tracks", do=meanwhile)
        result = course.shell("pull", course.folder, *options)
        assert result.code == ExitCode.STALE_OR_CONFLICT, result.all
        assert "while captionkit was at work" in result.out
        return result.out

    def edit_there(self, course: SandboxCourse, text: str) -> None:
        [track] = course.sandbox.tracks(course.media["Lecture 1"])
        course.sandbox.edit_track(track["id"], text)

    def test_it_is_not_replaced(self, course: SandboxCourse, file: Path) -> None:
        self.edit_there(course, vtt("Edited in Canvas"))
        self.pull(course, file, vtt("Edited here"))
        assert file.read_text(encoding="utf-8") == vtt("Edited here")
        # And the next pull knows that both changed.
        assert "! conflict" in course.shell("pull", course.folder).out
        assert file.read_text(encoding="utf-8") == vtt("Edited here")

    def test_it_is_not_replaced_by_one_of_the_other_format(self, course: SandboxCourse, file: Path) -> None:
        # As SRT it would lose the setting, so the pull writes another file and removes this one.
        self.edit_there(course, "1\n00:00:01,000 --> 00:00:02,000\n<font face=Arial>Edited</font>\n")
        self.pull(course, file, vtt("Edited here"))
        assert file.read_text(encoding="utf-8") == vtt("Edited here")
        assert [f.name for f in course.folder.glob("Lecture 1*")] == [file.name]

    def test_it_is_not_deleted(self, course: SandboxCourse, file: Path) -> None:
        course.add("Lecture 1", "fr", vtt("Bonjour"))
        track = next(t for t in course.sandbox.tracks(course.media["Lecture 1"]) if t["locale"] == "en")
        course.sandbox.delete_track(track["id"])
        self.pull(course, file, vtt("Edited here"), "--delete")
        assert file.read_text(encoding="utf-8") == vtt("Edited here")
        assert (course.folder / "Lecture 1.fr.vtt").read_text(encoding="utf-8") == vtt("Bonjour")

    def test_one_that_was_removed_does_not_come_back(self, course: SandboxCourse, file: Path) -> None:
        self.edit_there(course, vtt("Edited in Canvas"))
        self.pull(course, file, None)
        assert not file.exists()

    def test_one_that_was_made_meanwhile_stays(self, course: SandboxCourse, file: Path) -> None:
        course.add("Lecture 1", "fr", srt("Bonjour"))
        made = course.folder / "Lecture 1.fr.srt"
        course.sandbox.fault(
            "meanwhile",
            method="GET",
            path="media_tracks",
            do=lambda: made.write_text(srt("Made here"), encoding="utf-8"),
        )
        course.shell("pull", course.folder)
        assert made.read_text(encoding="utf-8") == srt("Made here")


@needs.folder_sync
class TestFoldersThatCannotBeSynced:
    """Network shares and FUSE file systems refuse to fsync a folder, and some do not let it be opened for that."""

    def refuse(self, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
        fsync = os.fsync

        def for_files_only(handle: int) -> None:
            if stat.S_ISDIR(os.fstat(handle).st_mode):
                raise OSError(number, os.strerror(number))
            fsync(handle)

        monkeypatch.setattr(os, "fsync", for_files_only)

    @pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EBADF])
    def test_captionkit_works_there(self, course: SandboxCourse, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
        self.refuse(monkeypatch, number)
        course.write("Lecture 1.en.vtt", vtt("Hello"))
        result = course.push()
        assert result.code == 0, result.all
        assert course.tracks("Lecture 1") == {"en": vtt("Hello")}

    def test_a_disk_that_fails_is_reported_with_what_stands_there_now(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "a.srt"
        file.write_bytes(b"old")
        self.refuse(monkeypatch, errno.EIO)
        with pytest.raises(LocalError, match="did not confirm") as error:
            write_atomically(file, b"new")
        assert file.read_bytes() == b"new"
        assert "The new file stands" in error.value.unchanged
        assert "untouched" not in str(error.value)

    def test_a_folder_that_cannot_be_opened_is_no_failure(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def denied(*_: object) -> int:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(os, "open", denied)
        sync_folder(tmp_path)
