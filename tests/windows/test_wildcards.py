"""`captionkit convert captions\\*.srt`: cmd and PowerShell leave it to the program to find the files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
import needs
import pytest

from captionkit.cli._paths import PathArgument, expanded
from captionkit.cli.frame import captionkit as group
from captionkit.cli.frame import run

if TYPE_CHECKING:
    from windows.conftest import Run

SRT = b"1\n00:00:01,000 --> 00:00:02,000\nHello.\n"
#: Arguments that are no paths, by command.
NO_PATHS = {
    "completion": {"shell"}, "explain": {"names"}, "guide": {"name"},
    "verify": {"run"}, "restore": {"run"}, "tracks list": {"media"},
    "tracks show": {"media", "locale"}, "media rename": {"media", "title"},
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("b.en.srt", "a.en.srt", "Lecture [1].en.srt", "in/c.en.srt", ".hidden.srt", "x.vtt"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(SRT if name.endswith("srt") else b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello.\n")
    return tmp_path


def names(found: list[str]) -> list[str]:
    return [Path(name).as_posix() for name in found]


def test_a_pattern_stands_for_what_fits_sorted_and_brackets_are_letters() -> None:
    assert names(expanded(["*.srt"])) == ["Lecture [1].en.srt", "a.en.srt", "b.en.srt"]
    assert names(expanded(["?.en.srt"])) == ["a.en.srt", "b.en.srt"]
    assert names(expanded(["Lecture [1]*"])) == ["Lecture [1].en.srt"]
    assert names(expanded(["Lecture [1].en.srt", "-"])) == ["Lecture [1].en.srt", "-"]
    assert names(expanded([str(Path("**", "c*"))])) == ["in/c.en.srt"]
    assert expanded(["nothing*.srt"]) == ["nothing*.srt"]


def commands(command: click.Command, name: str = "") -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            assert found is not None
            yield from commands(found, f"{name} {inner}".strip())
    else:
        yield name, command


def test_every_argument_is_a_path_or_is_known_to_be_none() -> None:
    for name, command in commands(group):
        for argument in command.params:
            if isinstance(argument, click.Argument) and not isinstance(argument, PathArgument):
                is_of_studio = name.startswith("studio ") and argument.metavar in (
                    "MEDIA", "MEDIA...", "CAPTION...", "LANG", "USER", "COURSE"
                )  # fmt: skip
                assert is_of_studio or argument.name in NO_PATHS.get(name, set()), (name, argument.name)


@needs.windows
class TestOnWindows:
    def test_files_of_a_folder_are_converted(self, process: Run, folder: Path) -> None:
        done = process("convert", "*.srt", "in\\*.srt")
        assert done.code == 0, done.err
        made = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.en.vtt"))
        assert made == ["Lecture [1].en.vtt", "a.en.vtt", "b.en.vtt", "in/c.en.vtt"]

    def test_a_tilde_is_the_home_folder_unless_a_file_is_called_so(
        self, ck: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("USERPROFILE", str(folder / "in"))
        assert ck("convert", "~\\*.srt", "--to", "vtt").code == 0 and Path("in", "c.en.vtt").exists()
        (folder / "~").mkdir()
        (folder / "~" / "d.en.srt").write_bytes(SRT)
        assert ck("convert", "~\\d.en.srt").code == 0 and Path("~", "d.en.vtt").exists()

    @pytest.mark.parametrize(
        "given",
        ["C:{0}", ".\\in\\..\\{0}", "in/..\\{0}", "\\\\?\\{1}\\{0}", "{1}/{0}"],
    )
    def test_a_file_is_found_in_every_way_that_windows_writes_a_path(self, ck: Run, folder: Path, given: str) -> None:
        assert ck("check", given.format("a.en.srt", folder)).code == 0
        assert ck("check", given.format("in", folder)).out.decode().startswith("1 file checked")
        assert ck("check", given.format("in\\", folder)).out.decode().startswith("1 file checked")

    def test_what_windows_takes_for_no_name_is_said(self, ck: Run) -> None:
        assert "no name on Windows may have ? <" in ck("convert", "a.en.srt", "-o", "x?<.vtt").err
        for gone in ("Q:\\x.srt", "\\\\nowhere.invalid\\share\\x.srt"):
            assert f"{gone}: there is no such file" in ck("convert", gone).err

    def test_options_are_not_expanded(self, ck: Run, folder: Path) -> None:
        assert "a*.txt" in ck("transcript", "a.en.srt", "-o", "a*.txt").err
        assert ck("check", "*.srt", "--exclude", "*.vtt", "--per-file-ignores", "*.srt:ALL").code == 0

    def test_where_one_is_wanted_one_is_found_or_all_are_counted(self, ck: Run) -> None:
        assert ck("shift", "a*.srt", "--by", "1s").code == 0
        done = ck("shift", "*.en.srt", "--by", "1s")
        assert done.code == 2 and "fits 3 names" in done.err

    def test_what_fits_nothing_is_named(self, ck: Run) -> None:
        assert "nothing*.srt" in ck("check", "nothing*.srt").err

    def test_a_folder_whose_quote_windows_took_for_a_letter(self, ck: Run) -> None:
        assert ck("check", 'in"').code in (0, 1)


@needs.posix_names
def test_elsewhere_an_asterisk_is_a_letter_of_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a*.srt").write_bytes(SRT)
    assert run(["shift", "a*.srt", "--by", "0s", "-i"]) == 0
    assert run(["shift", "b*.srt", "--by", "0s", "-i"]) != 0
    assert "b*.srt" in capsys.readouterr().err
