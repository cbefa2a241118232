"""Captions in other formats: what they are, how many they hold, and the command that converts them."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest
from deliveries import FILES, KINDS, NO_CAPTIONS

import captionkit
from captionkit.cli.frame import run
from captionkit.config import Config, parse
from captionkit.files import quoted
from captionkit.library.others import command, listed, look_at
from captionkit.library.scan import explain, others_in, scan


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")


@pytest.mark.parametrize("extension", FILES)
def test_each_format_is_known_by_its_content_and_counted(extension: str, tmp_path: Path) -> None:
    write(tmp_path, {f"week 1.fr{extension}": FILES[extension]})
    (other,) = others_in(scan(tmp_path, Config()))
    assert str(other) == f"week 1.fr{extension}: {KINDS[extension]}, about 2 captions"
    assert (other.name, other.language, other.is_read) == ("week 1", "fr", True)


@pytest.mark.parametrize("extension", FILES)
def test_the_same_in_utf_16_and_with_windows_line_ends(extension: str, tmp_path: Path) -> None:
    text = FILES[extension].replace("\n", "\r\n").replace('encoding="UTF-8"', "").replace('encoding="utf-8"', "")
    (tmp_path / f"a.en{extension}").write_bytes(text.encode("utf-16"))
    (other,) = others_in(scan(tmp_path, Config()))
    assert KINDS[extension] in str(other) and "about 2 captions" in str(other)


def test_what_only_has_such_a_name_is_no_captions(tmp_path: Path) -> None:
    write(tmp_path, NO_CAPTIONS)
    assert others_in(scan(tmp_path, Config())) == ()


def test_a_format_that_is_not_read_says_what_to_do(tmp_path: Path) -> None:
    write(tmp_path, {"song.lrc": "[ti:Song]\n[00:12.00]Hello\n"})
    (other,) = others_in(scan(tmp_path, Config()))
    assert not other.is_read
    assert "an LRC file" in str(other) and "Subtitle Edit" in str(other)


def test_what_is_called_as_captions_only_are_is_named_whatever_it_is(tmp_path: Path) -> None:
    page = '<!DOCTYPE html><form><input type="password"></form>'
    write(tmp_path, {"a.en.ttml": page, "a.en.scc": "version https://git-lfs.github.com/spec/v1\n", "a.en.xml": page})
    assert {other.path: other.is_read for other in others_in(scan(tmp_path, Config()))} == {
        "a.en.scc": False, "a.en.ttml": False
    }  # fmt: skip
    assert command(tmp_path, ["a.en.ttml", "a.en.scc"]) == ""


def test_what_is_converted_is_not_named_any_more(tmp_path: Path) -> None:
    srt = "1\n00:00:01,000 --> 00:00:02,000\nHi\n"
    write(tmp_path, {
        "a.en.ass": FILES[".ass"], "a.en.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n",
        "b.ass": FILES[".ass"], "b.srt": srt,
        "vendor/c.fr.dfxp": FILES[".dfxp"], "fr/c.srt": srt,
        "vendor/c.de.dfxp": FILES[".dfxp"],
    })  # fmt: skip
    assert [other.path for other in others_in(scan(tmp_path, Config()))] == ["vendor/c.de.dfxp"]


def test_files_that_are_left_out_are_left_out_here_too(tmp_path: Path) -> None:
    write(tmp_path, {"drafts/a.en.ass": FILES[".ass"], "b.en.ass": FILES[".ass"], ".hidden.ass": FILES[".ass"]})
    config = parse('[files]\nexclude = ["drafts/**"]\n')
    assert [other.path for other in others_in(scan(tmp_path, config))] == ["b.en.ass"]


def test_of_a_large_file_a_bounded_part_is_read(tmp_path: Path) -> None:
    file = tmp_path / "long.sub"
    file.write_bytes(b"{1}{2}Hello there\n" * 400_000)
    other = look_at("long.sub", str(file))
    assert other is not None and not other.is_whole
    assert f"more than {(1 << 22) // 18 + 1:,} captions" in str(other)


def test_a_link_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"elsewhere/a.en.ass": FILES[".ass"]})
    folder = tmp_path / "captions"
    folder.mkdir()
    try:
        (folder / "a.en.ass").symlink_to(tmp_path / "elsewhere" / "a.en.ass")
    except OSError:
        pytest.skip("no links here")
    assert others_in(scan(folder, Config())) == ()


@pytest.mark.skipif(os.name == "nt", reason="a command line is taken apart as a POSIX shell does")
def test_the_command_can_be_pasted_and_does_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"my captions/it's $1 (week 1).fr.ass": FILES[".ass"], "my captions/keep.en.srt": "x"})
    (other,) = others_in(scan(Path("my captions"), Config()))
    first, *arguments = shlex.split(command("my captions", [other.path]))
    assert first == "captionkit" and run(arguments) == 0
    assert Path("my captions/it's $1 (week 1).fr.vtt").exists()
    write(tmp_path, {"my captions/a.fr.sbv": FILES[".sbv"], "my captions/b.fr.smi": FILES[".smi"]})
    those = [one.path for one in others_in(scan(Path("my captions"), Config()))]
    first, *arguments = shlex.split(command("my captions", those))
    assert run(arguments) == 0
    assert sorted(file.name for file in Path("my captions").glob("?.*")) == [
        "a.fr.sbv", "a.fr.vtt", "b.fr.smi", "b.fr.vtt",
    ]  # fmt: skip
    assert others_in(scan(Path("my captions"), Config())) == ()


def test_on_windows_a_path_is_quoted_as_powershell_and_cmd_take_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("captionkit.files.os.name", "nt")
    try:
        assert quoted("captions") == "captions"
        assert quoted("C:\\My captions\\a.ass") == '"C:\\My captions\\a.ass"'
        assert quoted("R&D") == '"R&D"'
    finally:
        monkeypatch.undo()


def test_long_lists_are_cut(tmp_path: Path) -> None:
    lines = list(listed([f"{n}.ass: x" for n in range(1000)], "captionkit convert captions --from other"))
    assert lines[0].startswith("1,000 caption files in other formats")
    assert lines[0].endswith("captionkit convert captions --from other")
    assert (len(lines), lines[-1]) == (22, "  ... and 980 more")
    assert list(listed([], "")) == []


def test_why_a_file_is_not_sent_is_explained(tmp_path: Path) -> None:
    write(tmp_path, {"a.en.ass": FILES[".ass"]})
    (line,) = explain(scan(tmp_path, Config()), "a.en.ass")
    assert "SubStation" in line and "captionkit convert" in line


FRAMES = "{25}{50}Hello\n"
TWO = "<SAMI><BODY><SYNC Start=1000><P Class=ENCC>Hello<P Class=FRCC>Allo<SYNC Start=2000><P Class=ENCC>&nbsp;</SAMI>"
DIVS = (
    '<div xml:lang="en"><p begin="1s" end="2s">Hello</p></div><div xml:lang="fr"><p begin="1s" end="2s">Allo</p></div>'
)


@pytest.mark.parametrize(
    ("name", "content", "option"),
    [
        ("a.en.sub", FRAMES, "--fps RATE"),
        ("a.en.sub", f"{{1}}{{1}}25\n{FRAMES}", ""),
        ("a.smi", TWO, "--language TAG"),
        ("a.smi", FILES[".smi"], ""),
        ("a.ttml", f'<tt xmlns="http://www.w3.org/ns/ttml"><body>{DIVS}</body></tt>', "--language TAG"),
    ],
)
def test_the_command_has_the_option_that_a_file_needs(tmp_path: Path, name: str, content: str, option: str) -> None:
    write(tmp_path, {name: content})
    assert command(tmp_path, [name]) == f"captionkit convert {quoted(tmp_path / name)} {option}".rstrip()
    if option:
        (other,) = others_in(scan(tmp_path, Config()))
        assert f"it needs {option}, " in str(other)
        assert f"captionkit convert {quoted(name)} {option}" in captionkit.loads(content, path=name).diagnostics[0].hint


def test_a_frame_rate_is_asked_for_a_whole_folder_and_a_language_is_not(tmp_path: Path) -> None:
    write(tmp_path, {"a.en.sub": FRAMES, "b.smi": TWO, "c.lrc": "[00:01.00]Hello\n"})
    assert command(tmp_path, ["a.en.sub", "b.smi"]) == f"captionkit convert {quoted(tmp_path)} --from other --fps RATE"
    assert command(tmp_path, ["c.lrc"]) == ""  # not read
    assert command(tmp_path, ["b.smi", "c.lrc"]) == f"captionkit convert {quoted(tmp_path / 'b.smi')} --language TAG"
