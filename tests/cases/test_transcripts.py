"""Who speaks in a transcript, and what is not in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from captionkit import convert
from captionkit.cli.frame import run
from captionkit.documents import loads
from captionkit.transcripts import Settings, transcript


def vtt(*texts: str) -> str:
    cues = [f"00:{n:02d}.000 --> 00:{n:02d}.900\n{text}\n\n" for n, text in enumerate(texts, 1)]
    return "WEBVTT\n\n" + "".join(cues)


def spoken(*texts: str) -> list[tuple[str, str]]:
    return [(one.speaker or ("-" if one.turn else ""), one.text) for one in transcript(loads(vtt(*texts), "vtt"))]


@pytest.mark.parametrize(
    "sentence",
    [
        "Remember how it scales: we come back to a binary search next week.",
        "Ask yourself this: is it sorted?",
        "Note: this is on the exam.",
        "Here's the trick: halve it.",
        "The point: it is fast.",
        "当我们预处理 MRPC 数据集时：它是成对的",
    ],
)
def test_a_sentence_with_a_colon_that_is_said_again_is_no_speaker(sentence: str) -> None:
    texts = ["Bees dance.", sentence, "They go far.", "And back.", sentence, "So it goes.", f"{sentence} Again."]
    assert [speaker for speaker, _ in spoken(*texts)] == [""]
    made = convert(loads(vtt(*texts), "vtt"), "srt").document
    assert not any("<v" in cue.text for cue in convert(made, "vtt", speakers="keep").document.cues)


@pytest.mark.parametrize("name", ["Ana", "Male student", "Dr. Ana de la Cruz", "Woman in the back", "ana ruiz"])
def test_a_name_that_says_two_things_is_a_speaker(name: str) -> None:
    said = spoken("Bees dance.", f"{name}: Why do they?", "They go far.", "And back.", f"{name}: Thank you.", "So.")
    assert name in [speaker for speaker, _ in said]


def test_words_outside_a_voice_stand_under_nobodys_name() -> None:
    assert spoken("<v Ana>Hi Ben.</v>", "<v>Who is it?</v>", "<v Cy>Here</v> and a narrator", "<v Ana>Bye</v>.") == [
        ("Ana", "Hi Ben."),
        ("-", "Who is it?"),
        ("Cy", "Here"),
        ("-", "and a narrator"),
        ("Ana", "Bye."),
    ]


def test_words_that_are_in_no_caption_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    cue = "1\n00:00:01,000 --> 00:00:02,000\nHi\n\n"
    Path("a.srt").write_text(cue + "2\n00:00:0l,000 --> 00:00:06,000\nlost words\n", encoding="utf-8")
    Path("b.srt").write_text("WEBVTT\n\n" + cue, encoding="utf-8")
    assert run(["transcript", "a.srt"]) == 0
    told = capsys.readouterr().err
    assert "a.srt: line 5: " in told and "lost words" in told and "left out" in told
    assert run(["transcript", "b.srt"]) == 0
    assert not capsys.readouterr().err


def test_a_header_inside_a_file_is_named_on_the_way_to_srt() -> None:
    inner = "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:1440000,LOCAL:00:00:00.000\n\n00:01.000 --> 00:03.000\nlater\n"
    for glue in ("", "\n"):
        converted = convert(loads("WEBVTT\n\n00:01.000 --> 00:03.000\nfirst\n" + glue + inner, "vtt"), "srt")
        [loss] = converted.losses
        assert loss.kind == "header line" and "another file" in loss.message and "fix" in loss.message
        assert loss.line == 5 + len(glue)


def test_text_that_no_browser_shows_is_quoted_where_it_is_lost() -> None:
    [loss] = convert(loads("WEBVTT\n\nlost words\n\n00:01.000 --> 00:03.000\nfirst\n", "vtt"), "srt").losses
    assert loss.kind == "stray text" and "lost words" in loss.message


@pytest.mark.parametrize("wrong", ["00:59:00.000", "00:10:01.500", "00:00:00.000"])
def test_words_stay_in_the_order_of_the_file_around_a_wrong_time(wrong: str) -> None:
    """https://github.com/ggml-org/whisper.cpp/issues/466"""
    times = ["00:10:00.000", "00:10:04.000", wrong, "00:10:12.000", "00:10:15.000", "00:10:19.000"]
    words = ["first", "second words", "third", "fourth", "fifth"]
    cues = [f"{times[n]} --> {times[n + 1]}\n{word}\n\n" for n, word in enumerate(words)]
    [one] = transcript(loads("WEBVTT\n\n" + "".join(cues), "vtt"), Settings(pause_ms=10**8))
    assert one.text == " ".join(words)


def test_a_cue_that_stands_in_the_wrong_place_is_said_in_its_time() -> None:
    text = vtt("one", "two", "three", "four").split("\n\n")
    text[2], text[3] = text[3], text[2]
    assert [said for _, said in [(one.speaker, one.text) for one in transcript(loads("\n\n".join(text), "vtt"))]] == [
        "one two three four"
    ]


def test_a_name_in_brackets_on_its_own_line_is_the_speaker_of_what_is_below() -> None:
    assert spoken("(Ana Ruiz)\nHello class.", "(Ben Cole)\nHi.", "(laughter)", "(Ana Ruiz)\nSo.") == [
        ("Ana Ruiz", "Hello class."),
        ("Ben Cole", "Hi."),
        ("", "(laughter)"),
        ("Ana Ruiz", "So."),
    ]


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u202f"])
def test_french_labels_have_a_blank_before_the_colon(blank: str) -> None:
    texts = [f"Ana{blank}: Bonjour.", f"Ben{blank}: Salut.", f"Ana{blank}: On y va."]
    assert [speaker for speaker, _ in spoken(*texts)] == ["Ana", "Ben", "Ana"]
    made = convert(convert(loads(vtt(*texts), "vtt"), "srt").document, "vtt", speakers="keep").document
    assert [cue.text for cue in made.cues] == ["<v Ana>Bonjour.", "<v Ben>Salut.", "<v Ana>On y va."]
