"""Cues with the same times: as one, where they belong together; one after the other, where they were said so."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from captionkit.cli.frame import run
from captionkit.documents import load, loads
from captionkit.lint import check, settings_for
from captionkit.lint.checker import Checker
from captionkit.lint.fixing import fix_document
from captionkit.stacking import stack

ENGLISH = "1\n00:00:01,000 --> 00:00:03,000\nGood morning\n\n2\n00:00:04,000 --> 00:00:06,000\nWe begin\nwith this\n"
SPANISH = "1\n00:00:01,000 --> 00:00:03,000\nBuenos días\n\n2\n00:00:04,000 --> 00:00:06,000\nEmpezamos\ncon esto\n"
BOTH = ["Good morning\nBuenos días", "We begin\nwith this\nEmpezamos\ncon esto"]


def as_webvtt(text: str) -> str:
    return "WEBVTT\n\n" + text.replace(",", ".")


@pytest.mark.parametrize("kind", ["srt", "vtt"])
def test_two_languages_become_one_cue_in_both_formats(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in (("en", ENGLISH), ("es", SPANISH)):
        Path(f"{name}.{kind}").write_text(text if kind == "srt" else as_webvtt(text), encoding="utf-8")
    assert run(["merge", f"en.{kind}", f"es.{kind}", "--stack", "-o", f"both.{kind}"]) == 0
    document = load(Path(f"both.{kind}"))
    assert [cue.text for cue in document.cues] == BOTH
    assert [(cue.start, cue.end) for cue in document.cues] == [(1000, 3000), (4000, 6000)]
    assert [cue.identifier for cue in document.cues] == ["1", "2"]
    assert run(["merge", f"en.{kind}", f"es.{kind}", "-o", f"apart.{kind}"]) == 0
    assert len(load(Path(f"apart.{kind}")).cues) == 4


def test_a_tag_left_open_does_not_reach_into_the_other_language() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:03.000\n<v Ana>Hello\n\n00:01.000 --> 00:03.000\n<v Ana>Hola\n"
    assert [cue.text for cue in stack(loads(text)).cues] == ["<v Ana>Hello</v>\n<v Ana>Hola"]


def test_what_is_shown_at_another_place_stays_apart_and_what_is_the_same_stands_once() -> None:
    text = "".join(f"{n}\n00:00:01,000 --> 00:00:03,000\n{t}\n\n" for n, t in enumerate(["a", "{\\an8}b", "a", "c"], 1))
    assert [(cue.identifier, cue.text) for cue in stack(loads(text)).cues] == [("1", "a\nc"), ("2", "{\\an8}b")]


def whisper(*texts: str) -> str:
    """Sentences that share one time, between two that do not."""
    cues = ["00:00:01,000 --> 00:00:03,000\nHello.", *[f"00:00:04,000 --> 00:00:16,000\n{text}" for text in texts]]
    cues += [f"00:00:{20 + 3 * n},000 --> 00:00:{22 + 3 * n},000\nAnd more of {n}." for n in range(6)]
    return "\n".join(f"{n}\n{cue}\n" for n, cue in enumerate(cues, 1))


@pytest.mark.parametrize(
    "texts", [("Short one.", "This is a rather longer sentence."), ("One.", "Two of them.", "Three.")]
)
def test_sentences_that_share_one_time_get_shares_of_it_by_length(texts: tuple[str, ...]) -> None:
    document = loads(whisper(*texts), path="a.en.srt")
    assert "TIM024" in {one.code for one in check(document)}
    result = fix_document(document, Checker(settings_for(ignore="TIM008,TIM009,SPD")), unsafe=True, path="a.en.srt")
    mine = result.document.cues[1 : 1 + len(texts)]
    assert [cue.text for cue in mine] == list(texts)
    assert (mine[0].start, mine[-1].end) == (4000, 16_000)
    assert all(one.end == other.start for one, other in pairwise(mine))
    lengths = [len(text) for text in texts]
    assert [abs(cue.duration - 12_000 * size / sum(lengths)) <= 1 for cue, size in zip(mine, lengths, strict=True)]


@pytest.mark.parametrize(
    "texts", [("- Who is it?", "- It is me."), ("Good morning", "Доброе утро"), ("Hello there.", "Hello there.")]
)
def test_what_belongs_together_is_not_taken_apart(texts: tuple[str, str]) -> None:
    assert "TIM024" not in {one.code for one in check(loads(whisper(*texts), path="a.en.srt"))}


def test_a_file_in_two_languages_is_not_taken_apart() -> None:
    pairs = [(ENGLISH.split("\n")[2], "Buenos dias"), ("We begin", "Empezamos"), ("The end", "El final")]
    text = "".join(
        f"{n}\n00:00:{4 * n:02d},000 --> 00:00:{4 * n + 3:02d},000\n{t}\n\n"
        for n, pair in enumerate(pairs)
        for t in pair
    )
    assert "TIM024" not in {one.code for one in check(loads(text, path="a.srt"))}
