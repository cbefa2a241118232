"""Public reports about what a fix did to a file: each kind, as a user sees it through the command."""

from __future__ import annotations

from pathlib import Path

import pytest

from captionkit.cli.frame import run


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str) -> Path:
    file = Path(name)
    file.write_bytes(text.encode())
    return file


def fix(name: str, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    run(["fix", name, "--exit-zero", "--output-format", "concise", "--isolated", *options])
    return capsys.readouterr().out


ROLLED = "".join(
    f"{2 * n + 1}\n00:00:{3 * n:02d},000 --> 00:00:{3 * n + 2:02d},990\n{above}{line}\n\n"
    f"{2 * n + 2}\n00:00:{3 * n + 2:02d},990 --> 00:00:{3 * n + 3:02d},000\n{line}\n\n"
    for n, (above, line) in enumerate(
        [("", "one of us"), ("one of us\n", "goes to town"), ("goes to town\n", "to buy bread")]
    )
)


def test_rolled_up_captions_are_found_and_unrolled(capsys: pytest.CaptureFixture[str]) -> None:
    """https://github.com/yt-dlp/yt-dlp/issues/3589, https://github.com/yt-dlp/yt-dlp/issues/1734"""
    file = write("talk.en.srt", ROLLED)
    assert run(["check", "talk.en.srt", "--select", "TXT006", "--exit-zero"]) == 0
    assert "TXT006" in capsys.readouterr().out
    said = fix("talk.en.srt", capsys, "--unsafe-fixes")
    text = file.read_text(encoding="utf-8")
    assert [text.count(line) for line in ("one of us", "goes to town", "to buy bread")] == [1, 1, 1]
    assert "can be fixed" not in said
    assert run(["transcript", "talk.en.srt"]) == 0
    assert capsys.readouterr().out.count("town") == 1


def test_a_conversion_says_that_the_lines_roll_up(capsys: pytest.CaptureFixture[str]) -> None:
    write("talk.en.srt", ROLLED)
    write("plain.en.srt", ROLLED.split("\n\n")[0] + "\n")
    assert run(["convert", "talk.en.srt", "plain.en.srt"]) == 0
    said = capsys.readouterr().err
    assert said.count("roll up") == 1 and "talk.en" in next(line for line in said.split("\n") if "roll up" in line)


def test_the_safe_fix_and_the_unsafe_one_keep_speech_in_order_around_a_wrong_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """https://github.com/ggml-org/whisper.cpp/issues/466"""
    times = ["00:10:00,000", "00:10:04,000", "00:59:00,000", "00:10:12,000", "00:10:15,000"]
    words = ["first", "second words", "third", "fourth"]
    text = "".join(f"{n + 1}\n{times[n]} --> {times[n + 1]}\n{word}\n\n" for n, word in enumerate(words))
    file = write("w.en.srt", text)
    said = fix("w.en.srt", capsys)
    assert file.read_text(encoding="utf-8") == text
    assert "TIM004 starts" in said and "[*]" not in said
    fix("w.en.srt", capsys, "--unsafe-fixes")
    lines = file.read_text(encoding="utf-8").split("\n")
    assert [line for line in lines if line in words] == words
    assert "00:59:00,000" not in file.read_text(encoding="utf-8")


def test_what_was_fixed_is_counted_once_and_what_is_left_is_not_promised(capsys: pytest.CaptureFixture[str]) -> None:
    """https://github.com/pbs/pycaption/issues/48"""
    write("a.en.vtt", "WEBVTT\n\n00:03.000 --> 00:06.000\nfish &amp chips & more\n")
    run(["check", "a.en.vtt", "--exit-zero", "--output-format", "concise", "--isolated"])
    assert capsys.readouterr().out.count("VTT201 [*]") == 2
    assert "2 findings fixed." in fix("a.en.vtt", capsys)
    assert Path("a.en.vtt").read_text(encoding="utf-8").endswith("fish &amp; chips &amp; more\n")


def test_a_bracket_in_speech_comes_back_with_restore(capsys: pytest.CaptureFixture[str]) -> None:
    """https://github.com/SubtitleEdit/subtitleedit/issues/3721, https://github.com/rsimmons/voracious/issues/11"""
    file = write("a.en.vtt", "WEBVTT\n\n00:01.000 --> 00:04.000\nUse a Set<Integer> here\n")
    said = fix("a.en.vtt", capsys)
    assert "VTT202 [+]" in said and "--restore" in said
    assert "VTT202" not in fix("a.en.vtt", capsys, "--restore")
    assert "Use a Set&lt;Integer> here" in file.read_text(encoding="utf-8")


def test_a_substation_command_in_webvtt_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    """https://github.com/SubtitleEdit/subtitleedit/issues/2932"""
    file = write("a.en.vtt", "WEBVTT\n\n00:01.000 --> 00:04.000\n{\\an7}Up on the left\n")
    assert "VTT216 [!]" in fix("a.en.vtt", capsys)
    fix("a.en.vtt", capsys, "--unsafe-fixes")
    assert "00:01.000 --> 00:04.000 line:0 position:0% align:left\nUp on the left" in file.read_text(encoding="utf-8")


def test_words_on_a_timing_line_come_back_with_restore(capsys: pytest.CaptureFixture[str]) -> None:
    """https://github.com/tkarabela/pysubs2/issues/112"""
    file = write("a.en.srt", "1\n00:00:01,000 --> 00:00:04,000 Good morning\n")
    assert "SRT018 [+]" in fix("a.en.srt", capsys)
    fix("a.en.srt", capsys, "--restore")
    assert file.read_text(encoding="utf-8") == "1\n00:00:01,000 --> 00:00:04,000\nGood morning\n"


def test_a_moving_mark_goes_and_the_phrase_stays(capsys: pytest.CaptureFixture[str]) -> None:
    """https://github.com/m-bain/whisperX/issues/539, https://github.com/Softcatala/whisper-ctranslate2/issues/28"""
    cues = ["<u>We</u> begin", "We begin", "We <u>begin</u>", "<u>Now</u>"]
    text = "".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{cue}\n\n" for n, cue in enumerate(cues, 1))
    file = write("a.en.srt", text)
    fix("a.en.srt", capsys, "--unsafe-fixes")
    assert [line for line in file.read_text(encoding="utf-8").split("\n") if line[:1].isalpha() or "<" in line] == [
        "We begin",
        "Now",
    ]


def test_labels_of_meetings_are_speakers_in_the_transcript(capsys: pytest.CaptureFixture[str]) -> None:
    """https://github.com/sendrec/sendrec/pull/158, https://github.com/onyx-dot-app/onyx/pull/14861"""
    names = ["Lee, Ada", "Bo Chen", "Lee, Ada", "guest@uni.edu"]
    cues = [f"00:0{n}.000 --> 00:0{n}.900\n{name}: This is {n}.\n\n" for n, name in enumerate(names)]
    write("zoom.vtt", "WEBVTT\n\n" + "".join(cues))
    assert run(["transcript", "zoom.vtt"]) == 0
    spoken = capsys.readouterr().out.split("\n\n")
    assert [line.strip() for line in spoken[1:]] == [f"{name}: This is {n}." for n, name in enumerate(names)]


def test_the_old_name_of_a_rule_is_understood_and_its_new_one_told(capsys: pytest.CaptureFixture[str]) -> None:
    write("a.en.vtt", "WEBVTT\n\n00:03.000 --> 00:01.000\nHello there.\n")
    assert run(["check", "a.en.vtt", "--ignore", "VTT107", "--isolated"]) == 0
    assert "note: VTT107 is called TIM001 and TIM002 now" in capsys.readouterr().err
    assert run(["explain", "VTT107"]) == 0
    assert "TIM001 end-before-start" in capsys.readouterr().out
