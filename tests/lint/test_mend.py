"""Mending: what it does, what it must never do."""

from __future__ import annotations

import re
from typing import Any

import pytest
from corpus import Lecture, lectures
from hypothesis import given, settings
from hypothesis import strategies as st

from captionkit.conversion.viewer import rendered
from captionkit.documents import loads, to_bytes
from captionkit.lint import settings_for
from captionkit.lint.checker import Checker
from captionkit.lint.fixing import Fixed, fix_document, harm_to_viewers
from captionkit.lint.rules import _room, lay
from captionkit.markup import visible_text

LECTURES = list(lectures(4))


def mended(
    text: str | bytes, name: str = "a.en.srt", *, restore: bool = False, unsafe: bool = True, **arguments: Any
) -> Fixed:
    return fix_document(
        loads(text, path=name), Checker(settings_for(**arguments)), restore=restore, unsafe=unsafe, path=name
    )


def srt(*cues: str) -> str:
    return "\n".join(f"{number}\n{cue}\n" for number, cue in enumerate(cues, 1))


def words(data: bytes) -> list[str]:
    """What is read, in the order in which it is shown; where a space stands before a comma does not count."""
    document = loads(data)
    shown_cues = sorted(document.cues, key=lambda cue: cue.start)
    return re.findall(r"\w+|[^\w\s]", " ".join(visible_text(cue.text, document.format) for cue in shown_cues))


@pytest.mark.parametrize("lecture", LECTURES, ids=lambda lecture: f"{lecture.language}-{lecture.name}")
def test_lectures_keep_what_viewers_see_under_safe_fixes_and_their_words_under_unsafe_ones(lecture: Lecture) -> None:
    checker = Checker(settings_for())
    before = loads(lecture.data, path=f"{lecture.name}.{lecture.language}.srt")
    safe = fix_document(before, checker, path=before.path)
    assert harm_to_viewers(before, safe.document) == ""
    assert [(one.start, one.end) for one in rendered(safe.document)] == sorted(
        (one.start, one.end) for one in rendered(before)
    )
    unsafe = fix_document(before, checker, unsafe=True, path=before.path)
    removed = {"TXT005", "TXT006", "TXT010", "TXT011", "ENC006", "SRT034", "SRT033"} & unsafe.fixed.keys()
    if not removed:
        assert words(unsafe.data) == words(to_bytes(before))
    for result in (safe, unsafe):
        again = fix_document(result.document, checker, unsafe=result is unsafe, path=before.path)
        assert again.data == result.data
    assert len(unsafe.remaining) <= len(safe.remaining) <= len(checker.check(before, before.path, each=True))


moments = st.integers(0, 30_000)
lines = st.sampled_from(
    [
        "Hello there.",
        "We look at the first example of the group and the rest",
        "a < b & c",
        "<i>italic",
        "- Yes.\n- No.",
        "",
        "  spaced  out ",
        "[inaudible]",
        "Thanks for watching!",
        "{\\an8}Up here",
        "one\ntwo\nthree\nfour",
        "Caf\u00e9 \u200b\u00e0 la",
        "x" * 60,
        "&amp; so on",
        "# la la #",
    ]
)
cues = st.lists(st.tuples(moments, moments, lines), max_size=12)


def as_srt(given_cues: list[tuple[int, int, str]]) -> str:
    def time(ms: int) -> str:
        return f"00:00:{ms // 1000:02d},{ms % 1000:03d}"

    return srt(*[f"{time(start)} --> {time(end)}\n{text}" for start, end, text in given_cues])


@settings(max_examples=60)
@given(cues)
def test_safe_fixes_never_change_what_is_shown_and_mending_twice_is_mending_once(
    given_cues: list[tuple[int, int, str]],
) -> None:
    text = as_srt(given_cues)
    once = mended(text, unsafe=False)
    assert harm_to_viewers(loads(text, path="a.en.srt"), once.document) == ""
    assert mended(once.data, unsafe=False).data == once.data


@settings(max_examples=60)
@given(cues, st.sampled_from(["default", "netflix-en", "dcmp", "ted", "bbc"]))
def test_unsafe_fixes_come_to_rest_and_make_no_new_errors(given_cues: list[tuple[int, int, str]], profile: str) -> None:
    text = as_srt(given_cues)
    once = mended(text, profile=profile)
    assert mended(once.data, profile=profile).data == once.data
    assert all(
        cue.start <= cue.end or (cue.start > cue.end and any(s > e for s, e, _ in given_cues))
        for cue in once.document.cues
    )


def test_safe_fixes_mend_a_vendors_file_without_touching_the_rest() -> None:
    text = "WEBVTT\n\n1\n00:01.000 --> 00:03.000 align:middle line:90%\nHello there.\n\n"
    text += "2\n00:04.000 --> 00:06.000\nUntouched  .\n"
    result = mended(text, "a.vtt", unsafe=False, select="VTT")
    assert result.data.decode() == text.replace("align:middle", "align:center")
    assert result.fixed == {"VTT129": 1}


def test_a_utf16_file_becomes_utf8() -> None:
    text = srt("00:00:01,000 --> 00:00:03,000\nÜber uns.")
    result = mended(text.encode("utf-16"), unsafe=False)
    assert result.data == text.encode()


def test_a_guessed_encoding_is_left_unless_asked_for() -> None:
    data = srt("00:00:01,000 --> 00:00:05,000\nEs ist schön hier, für große und für kleine Leute.").encode("cp1252")
    assert mended(data, "a.de.srt", unsafe=False).data == data
    assert mended(data, "a.de.srt").data.decode()


def test_a_hidden_cue_of_webvtt_comes_back_with_its_words() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:03.000\nHello there.\n\n00:00:04,000 --> 00:00:06,000\nHow are you?\n"
    assert mended(text, "a.vtt", unsafe=False).data.decode() == text
    result = mended(text, "a.vtt", unsafe=False, restore=True)
    assert [cue.text for cue in result.document.cues] == ["Hello there.", "How are you?"]


def test_a_fraction_that_can_be_read_in_two_ways_is_left_unless_asked_for() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:03.000\nHello there.\n\n00:00:04.5 --> 00:00:06.5\nHow are you?\n"
    assert mended(text, "a.vtt", unsafe=False).data.decode() == text
    assert [cue.start for cue in mended(text, "a.vtt").document.cues] == [1000, 4500]


def test_an_overlap_is_trimmed_to_the_next_start_but_two_who_speak_at_once_are_left() -> None:
    overlapping = srt("00:00:01,000 --> 00:00:04,000\nHello there.", "00:00:03,000 --> 00:00:06,000\nHow are you?")
    assert [cue.end for cue in mended(overlapping).document.cues] == [3000, 6000]
    together = srt("00:00:01,000 --> 00:00:04,000\nHello there.", "00:00:01,000 --> 00:00:04,000\nHow are you?")
    assert [one.code for one in mended(together).remaining] == ["TIM003"]


def test_a_profile_that_wants_a_gap_gets_one() -> None:
    text = srt("00:00:01,000 --> 00:00:04,000\nHello there.", "00:00:03,000 --> 00:00:06,000\nHow are you?")
    ends = [cue.end for cue in mended(text, profile="netflix-en").document.cues]
    assert ends == [3000 - 84, 6000]


def test_a_flickering_gap_is_closed_to_the_least_one() -> None:
    text = srt("00:00:01,000 --> 00:00:03,000\nHello there.", "00:00:03,250 --> 00:00:06,000\nHow are you?")
    assert mended(text, profile="netflix-en").document.cues[0].end == 3250 - 84


def test_a_short_cue_is_held_as_far_as_there_is_room() -> None:
    text = srt(
        "00:00:01,000 --> 00:00:01,300\nHello.",
        "00:00:05,000 --> 00:00:05,300\nYes.",
        "00:00:05,600 --> 00:00:08,000\nIt is.",
    )
    result = mended(text)
    assert [(cue.start, cue.end) for cue in result.document.cues] == [(1000, 1834), (5000, 5600), (5600, 8000)]
    assert [(one.code, one.cue) for one in result.remaining] == [("TIM008", 2)]


def test_a_cue_without_room_is_merged_with_the_sentence_it_belongs_to() -> None:
    text = srt(
        "00:00:01,000 --> 00:00:03,000\nWe look at",
        "00:00:03,000 --> 00:00:03,400\nboth of",
        "00:00:03,400 --> 00:00:06,000\nthem now.",
    )
    result = mended(text)
    assert words(result.data) == ["We", "look", "at", "both", "of", "them", "now", "."]
    assert len(result.document.cues) == 2
    assert result.remaining == []


def test_a_long_cue_with_little_text_ends_sooner_and_one_with_much_is_divided() -> None:
    little = mended(srt("00:00:01,000 --> 00:00:20,000\nHello."))
    assert [(cue.start, cue.end) for cue in little.document.cues] == [(1000, 8000)]
    text = "We look at the first example of all. Then we go on to the second one, which takes its time."
    much = mended(srt(f"00:00:01,000 --> 00:00:11,000\n{text}"))
    parts = much.document.cues
    assert len(parts) == 2
    assert parts[0].text.replace("\n", " ") == "We look at the first example of all."
    assert parts[0].end == parts[1].start and parts[1].end == 11000
    assert [cue.identifier for cue in parts] == ["1", "2"]
    assert much.remaining == []


def test_dividing_closes_and_reopens_tags_and_repeats_the_position() -> None:
    text = "{\\an8}<i>We look at the first example of all. Then we go on to the second one, which takes time.</i>"
    parts = mended(srt(f"00:00:01,000 --> 00:00:11,000\n{text}"), ignore="SRT030").document.cues
    assert [cue.text.startswith("{\\an8}<i>") and cue.text.endswith("</i>") for cue in parts] == [True, True]


def test_lines_of_two_speakers_are_divided_between_them_and_never_joined() -> None:
    text = srt("00:00:01,000 --> 00:00:07,000\n- Are you sure about this?\n- No, I am not.\n- Then let us ask.")
    parts = mended(text).document.cues
    assert [cue.text.count("\n") + 1 for cue in parts] in ([1, 2], [2, 1])
    assert (
        "".join(cue.text + "\n" for cue in parts) == "- Are you sure about this?\n- No, I am not.\n- Then let us ask.\n"
    )


def test_a_long_line_is_broken_at_a_phrase() -> None:
    text = srt("00:00:01,000 --> 00:00:07,000\nWe look at the first example and then at the second one.")
    assert mended(text).document.cues[0].text == "We look at the first example\nand then at the second one."


def test_tags_are_neither_counted_nor_torn() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:07.000\n<v Bob Smith>We look at the <c.loud first>first</c> example "
    text += "and then at the second one.\n"
    broken = mended(text, "a.vtt", ignore="VTT").document.cues[0].text
    assert "<v Bob Smith>" in broken and "\n" in broken
    assert [len(visible_text(line, "vtt")) <= 42 for line in broken.split("\n")] == [True, True]


def test_words_are_never_changed_by_a_fix_that_does_not_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lay, "rewrapped", lambda subject, index: "Something else.")
    text = srt("00:00:01,000 --> 00:00:07,000\nWe look at the first example and then at the second one.")
    result = mended(text)
    assert result.data.decode() == text
    assert any("words" in reason for reason in result.refused)


def test_a_safe_fix_that_would_change_what_is_seen_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from captionkit.lint import edits

    monkeypatch.setattr(edits, "replaced", lambda text, spans: text.upper())
    text = srt("00:00:01,000 --> 00:00:03,000\nHello  there.")
    result = mended(text, unsafe=False)
    assert result.data.decode() == text
    assert result.fixed == {} and "would change" in result.refused[0]


def test_a_safe_fix_may_not_show_words_that_stood_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    before = loads(srt("00:00:01,000 --> 00:00:03,000\nHello."))
    after = loads(srt("00:00:01,000 --> 00:00:03,000\nHello.", "00:00:04,000 --> 00:00:05,000\nBuy this!"))
    assert "was not shown before" in harm_to_viewers(before, after)
    assert "would change" in harm_to_viewers(after, before)


def test_a_tapes_hours_are_taken_off_all_cues() -> None:
    text = srt("10:00:01,000 --> 10:00:03,000\nHello.", "11:00:01,000 --> 11:00:03,000\nStill here.")
    assert [cue.start for cue in mended(text).document.cues] == [1000, 3_601_000]


def test_a_mix_up_of_frame_rates_is_undone() -> None:
    text = srt("00:00:01,000 --> 00:00:03,000\nHello.", "01:02:27,000 --> 01:02:30,000\nGoodbye.")
    assert abs(mended(text, duration=3600.0).document.cues[-1].end - 3_600_000) < 50


def test_room_is_never_more_than_the_next_cue_leaves() -> None:
    document = loads(srt("00:00:01,000 --> 00:00:02,000\na", "00:00:03,000 --> 00:00:04,000\nb"))
    room = _room.Room(Checker(settings_for()).context(document))
    assert room.latest_end(0) == 3000
    assert room.settled_end(0, 2950) == 3000
    assert room.settled_end(0, 2500) == 2500
