"""`captionkit convert` on files in other formats."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from deliveries import ASS, FILES, NO_CAPTIONS, SBV, TTML

import captionkit
from captionkit.cli.frame import run

EXPECTED = [(1000, 2000, "Hello"), (3000, 4000, "Bye")]


def convert(*arguments: str) -> int:
    return run(["convert", *arguments])


def write(name: str, content: str | bytes) -> Path:
    file = Path(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def cues(name: str) -> list[tuple[int, int, str]]:
    return [(cue.start, cue.end, cue.text) for cue in captionkit.load(name).cues]


def tree(folder: str) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in Path(folder).rglob("*") if file.is_file())


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_delivery_is_converted_whole_and_names_keep_their_languages(capsys: pytest.CaptureFixture[str]) -> None:
    for number, (extension, text) in enumerate(FILES.items()):
        write(f"delivery/part {number % 2}/week {number}.fr{extension}", text)
    write("delivery/extra.en.srt", "1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:03,000 --> 00:00:04,000\nBye\n")
    vtt = b"WEBVTT - kept\r\n\r\n00:01.000 --> 00:02.000\r\nHello\r\n\r\n00:03.000 --> 00:04.000\r\nBye"
    write("delivery/fine.en.vtt", vtt)
    for name, text in NO_CAPTIONS.items():
        write(f"delivery/{name}", text)
    assert convert("delivery/", "-o", "captions/") == 0
    expected = [f"part {n % 2}/week {n}.fr.vtt" for n in range(len(FILES))]
    assert tree("captions") == sorted(["extra.en.vtt", "fine.en.vtt", *expected])
    assert all(cues(f"captions/{name}") == EXPECTED for name in tree("captions"))
    assert Path("captions/fine.en.vtt").read_bytes() == vtt
    assert f"{len(FILES) + 2} files converted, {2 * len(FILES) + 4} cues." in capsys.readouterr().out


def test_with_from_only_files_of_that_kind_are_taken(capsys: pytest.CaptureFixture[str]) -> None:
    write("d/a.en.ass", ASS)
    write("d/a.en.ttml", TTML)
    write("d/b.en.srt", "1\n00:00:01,000 --> 00:00:02,000\nHi\n")
    write("d/c.en.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n")
    assert convert("d", "--from", "ass", "-o", "one") == 0
    assert tree("one") == ["a.en.vtt"]
    assert convert("d", "--from", "srt", "-o", "two") == 0
    assert tree("two") == ["b.en.vtt"]
    assert convert("d", "--from", "scc", "-o", "three") == 2
    assert "no caption file of the kind scc" in capsys.readouterr().err
    assert convert("d", "--from", "docx", "-o", "three") == 2
    assert "no format 'docx'" in capsys.readouterr().err


def test_two_inputs_for_one_output_are_both_refused_with_both_names(capsys: pytest.CaptureFixture[str]) -> None:
    write("d/a.en.ass", ASS)
    write("d/a.en.ttml", TTML)
    write("d/b.en.sbv", SBV)
    assert convert("d", "--from", "other", "-o", "out") == 2
    error = capsys.readouterr().err
    ass, ttml = (str(Path("d", f"a.en.{kind}")) for kind in ("ass", "ttml"))
    assert f"{ass}: {ttml} would be written to the same file" in error
    assert f"{ttml}: {ass} would be written to the same file" in error
    assert "--from" in error
    assert tree("out") == ["b.en.vtt"]


def test_a_delivery_goes_whole_into_another_folder_and_webvtt_in_it_stays_as_it_is() -> None:
    write("d/a.en.ass", ASS)
    write("d/b.en.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n")
    assert convert("d", "-o", "out") == 0
    assert tree("out") == ["a.en.vtt", "b.en.vtt"]
    assert Path("out/b.en.vtt").read_bytes() == Path("d/b.en.vtt").read_bytes()
    assert convert("d", "--to", "srt", "-o", "srt") == 0
    assert tree("srt") == ["a.en.srt", "b.en.srt"]
    assert cues("srt/a.en.srt") == EXPECTED


def test_a_file_that_is_called_srt_is_converted_by_what_it_is() -> None:
    write("a.srt", ASS)
    assert convert("a.srt") == 0
    assert cues("a.vtt") == EXPECTED


def test_standard_input_is_known_by_its_content_or_by_from(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    for text, options in ((ASS, []), (SBV, ["--from", "sbv"]), ("{25}{50}Hello\n", ["--fps", "25"])):
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text.encode()), isatty=lambda: False))
        assert convert("-", *options) == 0
        out = capfdbinary.readouterr().out.decode()
        assert out.startswith("WEBVTT\n") and "00:00:01.000 --> 00:00:02.000\nHello\n" in out.replace("\r\n", "\n")


def test_a_frame_rate_is_asked_for_and_a_wrong_one_is_a_mistake_in_the_call(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("a.sub", "{25}{50}Hello\n")
    assert convert("a.sub") == 1
    assert "--fps 25" in capsys.readouterr().err
    assert convert("a.sub", "--fps", "soon") == 2
    assert "not a frame rate" in capsys.readouterr().err
    assert convert("a.sub", "--start-timecode", "ten") == 2
    assert "not a time code" in capsys.readouterr().err
    assert not Path("a.vtt").exists()
    assert convert("a.sub", "--fps", "25") == 0
    assert cues("a.vtt") == [(1000, 2000, "Hello")]


def test_losses_are_named_and_strict_refuses_them(capsys: pytest.CaptureFixture[str]) -> None:
    write("a.ass", ASS.replace("Hello", "{\\fad(1,1)}Hello").replace("Bye", "{\\i1}Bye"))
    assert convert("a.ass", "--strict") == 1
    assert "1 override tag not kept" in capsys.readouterr().err
    assert not Path("a.vtt").exists()
    assert convert("a.ass", "-v") == 0
    assert "line 6: override tag: \\fad(1,1) has no WebVTT form" in capsys.readouterr().err
    assert cues("a.vtt")[1][2] == "<i>Bye</i>"
    assert convert("a.ass", "-o", "a.srt") == 0
    assert "1 override tag not kept" in capsys.readouterr().err


def test_the_encoding_is_what_is_named_or_what_captionkit_toml_says(capsys: pytest.CaptureFixture[str]) -> None:
    data = SBV.replace("Hello", "Žluťoučký kůň").encode("windows-1250")
    write("a.ass", ASS.replace("Hello", "Žluťoučký kůň").encode("windows-1250"))
    write("a.sbv", data)
    for name in ("a.ass", "a.sbv"):
        assert convert(name, "--encoding", "windows-1250", "--force") == 0
        assert cues("a.vtt")[0][2] == "Žluťoučký kůň"
    write("captionkit.toml", '[encodings]\n"*.ass" = "windows-1250"\n')
    assert convert("a.ass", "--force") == 0
    assert cues("a.vtt")[0][2] == "Žluťoučký kůň"
    assert "guess" not in capsys.readouterr().err


def test_the_time_code_at_which_the_video_begins_is_taken_off() -> None:
    write("a.scc", "Scenarist_SCC V1.0\n\n01:00:01:00\t9420 9420 9470 9470 c8e5 ecec ef80 942f 942f\n\n"
                   "01:00:03:00\t942c 942c\n")  # fmt: skip
    assert convert("a.scc", "-o", "late.vtt") == 0
    assert convert("a.scc", "-o", "right.vtt", "--start-timecode", "01:00:00:00") == 0
    ((late, _, words),) = cues("late.vtt")
    ((right, _, _),) = cues("right.vtt")
    assert (words, late - right) == ("Hello", 3_603_600)  # an hour of 29.97 frames a second that are counted as 30


def test_a_second_reader_can_be_asked() -> None:
    for extension, text in FILES.items():
        write(f"a{extension}", text)
        assert convert(f"a{extension}", "-o", f"{extension[1:]}.vtt", "--crosscheck") == 0


def test_what_is_no_captions_is_named_as_ever(capsys: pytest.CaptureFixture[str]) -> None:
    for name, text, said in (
        ("a.srt", "{\\rtf1\\ansi x}", "an RTF document"),
        ("a.json", '{"error": "not found"}', "JSON"),
        ("a.txt", "Hello class.\n", "plain text without times"),
    ):
        write(name, text)
        assert convert(name, "-o", "out.vtt") == 1
        assert said in capsys.readouterr().err
    assert not Path("out.vtt").exists()


def test_without_the_extra_a_sentence_says_what_to_install_and_the_others_are_converted() -> None:
    write("d/a.en.ass", ASS)
    write("d/b.en.dfxp", TTML)
    write("d/c.en.sbv", SBV)
    write("d/d.en.json", FILES[".json"])
    code = (
        "import sys; sys.modules['pysubs2'] = sys.modules['ttconv'] = None\n"
        "from captionkit.cli.frame import run\n"
        "sys.exit(run(['convert', 'd', '-o', 'out']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    for file, library in (("a.en.ass", "pysubs2"), ("b.en.dfxp", "ttconv")):
        assert any(file in line and f"{library}, which is not installed" in line for line in done.stderr.splitlines())
    assert done.stderr.count('python -m pip install "captionkit[formats]"') == 2
    assert tree("out") == ["c.en.vtt", "d.en.vtt"]
