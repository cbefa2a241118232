"""The folder as it lies on disk: names as macOS spells them, files that are saved meanwhile, file systems that cannot
do all that a local disk can."""

from __future__ import annotations

import errno
import os
import stat
import sys
import unicodedata
from pathlib import Path

import pytest
from campus import Campus
from desk import srt, vtt

from captionkit.errors import ExitCode, LocalError
from captionkit.files import sync_folder, write_atomically

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no call to sync a folder")


class TestDecomposedNames:
    """A folder that was copied from a Mac: é is an e and an accent in the file's name."""

    @pytest.fixture
    def file(self, campus: Campus) -> Path:
        campus.media["Présentation"] = campus.sandbox.add_media(campus.course, "Présentation", in_files=True)
        return campus.write(unicodedata.normalize("NFD", "été/Présentation.fr.vtt"), vtt("Bonjour"))

    def test_it_is_sent_and_goes_on_being_the_same_file(self, campus: Campus, file: Path) -> None:
        assert campus.push().code == 0
        assert campus.tracks("Présentation") == {"fr": vtt("Bonjour")}
        file.write_text(vtt("Bonsoir"), encoding="utf-8")
        assert campus.push().code == 0
        assert campus.tracks("Présentation") == {"fr": vtt("Bonsoir")}

    def test_a_pull_replaces_that_file_and_makes_no_second_one(self, campus: Campus, file: Path) -> None:
        campus.push()
        campus.sandbox.set(clock_skew_s=60.0)  # Canvas's times have whole seconds
        [track] = campus.sandbox.tracks(campus.media["Présentation"])
        campus.sandbox.edit_track(track["id"], vtt("Salut"))
        assert campus.shell("pull", campus.folder).code == 0
        assert file.read_text(encoding="utf-8") == vtt("Salut")
        assert os.listdir(file.parent) == [file.name]
        campus.sandbox.delete_track(track["id"])
        assert campus.shell("pull", campus.folder, "--delete").code == 0
        assert not file.exists()
        assert {vtt("Bonjour"), vtt("Salut")} <= set(campus.saved())


class TestAFileThatIsSavedWhileAPullReads:
    """No byte in the folder is replaced or removed that the pull did not see when it decided."""

    @pytest.fixture
    def file(self, campus: Campus) -> Path:
        file = campus.write("Lecture 1.en.vtt", vtt("Hello"))
        campus.push()
        campus.sandbox.set(clock_skew_s=60.0)  # Canvas's times have whole seconds
        return file

    def pull(self, campus: Campus, file: Path, text: str | None, *options: str) -> str:
        """Pull while somebody saves the file, or removes it, after it was looked at."""

        def meanwhile() -> None:
            file.unlink(missing_ok=True)
            if text is not None:
                file.write_text(text, encoding="utf-8")

        campus.sandbox.fault("meanwhile", method="GET", path="media_tracks", do=meanwhile)
        said = campus.shell("pull", campus.folder, *options)
        assert said.code == ExitCode.STALE_OR_CONFLICT, said.all
        assert "while captionkit was at work" in said.out
        return said.out

    def edit_there(self, campus: Campus, text: str) -> None:
        [track] = campus.sandbox.tracks(campus.media["Lecture 1"])
        campus.sandbox.edit_track(track["id"], text)

    def test_it_is_not_replaced(self, campus: Campus, file: Path) -> None:
        self.edit_there(campus, vtt("Edited in Canvas"))
        self.pull(campus, file, vtt("Edited here"))
        assert file.read_text(encoding="utf-8") == vtt("Edited here")
        # And the next pull knows that both changed.
        assert "! conflict" in campus.shell("pull", campus.folder).out
        assert file.read_text(encoding="utf-8") == vtt("Edited here")

    def test_it_is_not_replaced_by_one_of_the_other_format(self, campus: Campus, file: Path) -> None:
        # As SRT it would lose the setting, so the pull writes another file and removes this one.
        self.edit_there(campus, "1\n00:00:01,000 --> 00:00:02,000\n<font face=Arial>Edited</font>\n")
        self.pull(campus, file, vtt("Edited here"))
        assert file.read_text(encoding="utf-8") == vtt("Edited here")
        assert [f.name for f in campus.folder.glob("Lecture 1*")] == [file.name]

    def test_it_is_not_deleted(self, campus: Campus, file: Path) -> None:
        campus.add("Lecture 1", "fr", vtt("Bonjour"))
        track = next(t for t in campus.sandbox.tracks(campus.media["Lecture 1"]) if t["locale"] == "en")
        campus.sandbox.delete_track(track["id"])
        self.pull(campus, file, vtt("Edited here"), "--delete")
        assert file.read_text(encoding="utf-8") == vtt("Edited here")
        assert (campus.folder / "Lecture 1.fr.vtt").read_text() == vtt("Bonjour")

    def test_one_that_was_removed_does_not_come_back(self, campus: Campus, file: Path) -> None:
        self.edit_there(campus, vtt("Edited in Canvas"))
        self.pull(campus, file, None)
        assert not file.exists()

    def test_one_that_was_made_meanwhile_stays(self, campus: Campus, file: Path) -> None:
        campus.add("Lecture 1", "fr", srt("Bonjour"))
        made = campus.folder / "Lecture 1.fr.srt"
        campus.sandbox.fault(
            "meanwhile", method="GET", path="media_tracks", do=lambda: made.write_text(srt("Made here"))
        )
        campus.shell("pull", campus.folder)
        assert made.read_text() == srt("Made here")


@posix
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
    def test_captionkit_works_there(self, campus: Campus, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
        self.refuse(monkeypatch, number)
        campus.write("Lecture 1.en.vtt", vtt("Hello"))
        said = campus.push()
        assert said.code == 0, said.all
        assert campus.tracks("Lecture 1") == {"en": vtt("Hello")}

    def test_a_disk_that_fails_is_told_with_what_stands_there_now(
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
