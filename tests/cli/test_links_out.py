"""A folder from somebody else may hold links to files of the user's: none is written, whatever the command."""

from __future__ import annotations

from pathlib import Path

import needs
import pytest

from captionkit.cli.frame import run

pytestmark = needs.links
MESSY = "1\n00:00:01,000 --> 00:00:02,000\n<i>Hello\n\n\n\n3\n00:00:03.000 --> 00:00:04,000\nWorld\n"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    folder.mkdir()
    return folder


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    file = tmp_path / "profile"
    file.write_text(MESSY, encoding="utf-8")
    return file


def test_fix_of_a_folder_writes_through_no_link_out_of_it(
    clone: Path, victim: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (clone / "x.en.srt").symlink_to(victim)
    (clone / "y.en.srt").write_text(MESSY, encoding="utf-8")
    assert run(["fix", str(clone)]) != 0
    assert victim.read_text(encoding="utf-8") == MESSY
    assert "leads out of its folder" in capsys.readouterr().out
    assert (clone / "y.en.srt").read_text(encoding="utf-8") != MESSY


def test_fix_writes_through_a_link_to_another_file_of_the_folder(clone: Path) -> None:
    (clone / "old").mkdir()
    (clone / "old" / "real.srt").write_text(MESSY, encoding="utf-8")
    (clone / "x.en.srt").symlink_to("old/real.srt")
    run(["fix", str(clone)])
    assert (clone / "x.en.srt").is_symlink()
    assert (clone / "old" / "real.srt").read_text(encoding="utf-8") != MESSY


@pytest.mark.parametrize("name", ["profile", "elsewhere.srt"])
def test_a_link_that_is_named_is_written_through_where_it_leads_to_captions(
    clone: Path, tmp_path: Path, name: str
) -> None:
    target = tmp_path / name
    target.write_text(MESSY, encoding="utf-8")
    (clone / "x.en.srt").symlink_to(target)
    run(["fix", str(clone / "x.en.srt")])
    assert (clone / "x.en.srt").is_symlink()
    assert (target.read_text(encoding="utf-8") != MESSY) == name.endswith(".srt")


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("named", ["folder", "file", "output folder"])
def test_convert_writes_through_no_link_out_of_the_folder(
    clone: Path, victim: Path, exists: bool, named: str, tmp_path: Path
) -> None:
    if not exists:
        victim.unlink()
    (clone / "x.srt").write_text(MESSY, encoding="utf-8")
    out = clone
    source = str(clone / "x.srt") if named == "file" else str(clone)
    if named == "output folder":
        out = tmp_path / "out"
        out.mkdir()
    (out / "x.vtt").symlink_to(victim)
    more = ["-o", str(out)] if named == "output folder" else []
    assert run(["convert", source, "--to", "vtt", "--force", *more]) == 8
    assert victim.exists() == exists
    assert not exists or victim.read_text(encoding="utf-8") == MESSY


def test_convert_makes_no_folder_behind_a_link(clone: Path, tmp_path: Path) -> None:
    (clone / "in" / "sub" / "deep").mkdir(parents=True)
    (clone / "in" / "sub" / "deep" / "x.srt").write_text(MESSY, encoding="utf-8")
    (tmp_path / "home").mkdir()
    (clone / "out").mkdir()
    (clone / "out" / "sub").symlink_to(tmp_path / "home")
    assert run(["convert", str(clone / "in"), "-o", str(clone / "out")]) == 8
    assert list((tmp_path / "home").iterdir()) == []


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize(
    "command",
    [
        ["audit", ".", "-o", "link.html"],
        ["check", ".", "--output-file", "link.html"],
        ["check", ".", "--write-baseline", "link.html"],
        ["init", ".", "--url", "https://canvas.example.edu", "--course", "1", "--force"],
        ["transcript", "x.en.srt", "-o", "link.html"],
        ["preview", "x.en.srt", "-o", "link.html", "--force"],
    ],
    ids=lambda command: " ".join(command[:3]),
)
def test_no_report_or_settings_file_is_written_through_a_link_out_of_the_folder(
    clone: Path, victim: Path, command: list[str], exists: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not exists:
        victim.unlink()
    (clone / "x.en.srt").write_text(MESSY, encoding="utf-8")
    (clone / "link.html").symlink_to(victim)
    (clone / "captionkit.toml").symlink_to(victim)
    monkeypatch.chdir(clone)
    if command[0] != "init":
        (clone / "captionkit.toml").unlink()
    assert run(command) != 0
    assert victim.exists() == exists
    assert not exists or victim.read_text(encoding="utf-8") == MESSY
