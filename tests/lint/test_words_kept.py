"""No fix damages words: what is said is never doubled, dropped or moved, but for what a rule's documentation names."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from corpus import Lecture, lectures
from hypothesis import given, settings
from hypothesis import strategies as st

from captionkit.documents import loads, to_bytes
from captionkit.lint import settings_for
from captionkit.lint.checker import Checker
from captionkit.lint.fixing import Fixed, fix_document
from captionkit.markup import visible_text
from captionkit.model import Document

LECTURES = list(lectures(4))

#: What the documentation of these rules says that words go, or letters change.
NAMED = {
    "ENC004", "ENC006", "SRT033", "SRT034", "SRT036", "TIM005", "TIM008", "TXT005", "TXT006", "TXT010", "TXT011",
    "TXT020", "VTT015", "VTT212", "VTT216",
}  # fmt: skip


def mended(text: str, name: str = "a.en.srt", *, restore: bool = False, unsafe: bool = True, **more: Any) -> Fixed:
    return fix_document(
        loads(text, path=name), Checker(settings_for(**more)), restore=restore, unsafe=unsafe, path=name
    )


def words(document: Document) -> list[str]:
    """What is read, in the order of the file."""
    return re.findall(r"\w+", " ".join(visible_text(cue.text, document.format) for cue in document.cues))


def is_within(some: list[str], all_words: list[str]) -> bool:
    rest = iter(all_words)
    return all(word in rest for word in some)


def texts(result: Fixed) -> list[str]:
    return [" ".join(visible_text(cue.text, result.document.format).split()) for cue in result.document.cues]


def rolled_srt(lines: list[str], hold_ms: int = 10) -> str:
    """Lines as YouTube's automatic captions show them, saved as SRT by yt-dlp."""
    cues = []
    for number, line in enumerate(lines):
        start = 100 + number * 2_500
        above = f"{lines[number - 1]}\n" if number else ""
        cues.append((start, start + 2_500 - hold_ms, f"{above}{line}"))
        cues.append((start + 2_500 - hold_ms, start + 2_500, line))
    return "\n".join(f"{n}\n{srt_time(a)} --> {srt_time(b)}\n{text}\n" for n, (a, b, text) in enumerate(cues, 1))


def srt_time(ms: int) -> str:
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d},{ms % 1000:03d}"


def srt(*cues: tuple[int, int, str]) -> str:
    return "\n".join(f"{n}\n{srt_time(a)} --> {srt_time(b)}\n{text}\n" for n, (a, b, text) in enumerate(cues, 1))


LINES = ["so this is the plan", "for the whole term", "we read one book", "and write two papers", "that is all"]


@pytest.mark.parametrize("hold_ms", [10, 40])
@pytest.mark.parametrize("count", [3, 4, 5])
def test_captions_that_roll_up_keep_each_line_once(count: int, hold_ms: int) -> None:
    result = mended(rolled_srt(LINES[:count], hold_ms))
    assert texts(result) == LINES[:count]
    assert all(cue.duration > 1_000 for cue in result.document.cues)


def test_captions_that_roll_up_in_webvtt_with_words_timed_keep_each_line_once() -> None:
    blocks = ["WEBVTT\nKind: captions\nLanguage: en\n"]
    for number, line in enumerate(LINES):
        start = 40 + number * 2_510
        timed = re.sub(r" (\w+)", rf"<00:00:{start // 1000 + 1:02d}.000><c> \1</c>", line)
        above = LINES[number - 1] if number else " "
        begin, hold, end = (f"00:00:{ms // 1000:02d}.{ms % 1000:03d}" for ms in (start, start + 2_500, start + 2_510))
        blocks.append(f"{begin} --> {hold} align:start position:0%\n{above}\n{timed}\n")
        blocks.append(f"{hold} --> {end} align:start position:0%\n{line}\n \n")
    result = mended("\n".join(blocks), "talk.en.vtt", ignore="VTT211")
    assert texts(result) == LINES
    assert all(cue.duration > 2_000 for cue in result.document.cues)


def test_a_line_that_grows_word_by_word_is_kept_once() -> None:
    grown = [(0, 900, "we"), (900, 1_800, "we look"), (1_800, 2_700, "we look at"), (2_700, 3_600, "we look at it")]
    assert " ".join(texts(mended(srt(*grown), select="TXT006"))) == "we look at it"


def test_what_two_people_say_alike_is_kept_and_never_joined() -> None:
    text = srt((0, 1_000, "No."), (1_000, 1_400, "No."), (1_400, 3_000, "I said no."))
    assert texts(mended(text)) == ["No.", "No.", "I said no."]


def test_a_flash_of_what_its_neighbour_shows_becomes_one_cue_with_the_words_once() -> None:
    text = srt(
        (0, 2_000, "Welcome to this lecture."), (2_000, 2_010, "Welcome to this lecture."), (5_000, 7_000, "Now.")
    )
    result = mended(text)
    assert texts(result) == ["Welcome to this lecture.", "Now."]
    assert result.document.cues[0].end == 2_010


def test_a_loop_of_speech_recognition_is_not_held_for_minutes() -> None:
    cues = [(n * 30_000, n * 30_000 + 30_000, "Thank you all.") for n in range(50)]
    result = mended(srt(*cues), select="TXT005")
    assert [(cue.start, cue.end) for cue in result.document.cues] == [(0, 30_000)]
    shorter = [(n * 2_000, n * 2_000 + 2_000, "Thank you all.") for n in range(50)]
    assert mended(srt(*shorter), select="TXT005").document.cues[0].end == 7_000


@pytest.mark.parametrize("wrong", [5_000, 900_000])
@pytest.mark.parametrize("at", [1, 2])
def test_one_wrong_moment_between_two_cues_is_put_between_them_and_the_words_stay_in_order(at: int, wrong: int) -> None:
    moments = [60_000, 64_000, 67_000, 71_000, 74_000]
    moments[at] = wrong
    spoken = ["first of all", "second words here", "then a third", "and the fourth"]
    text = srt(*[(moments[n], moments[n + 1], spoken[n]) for n in range(4)])
    for safe_only in (True, False):
        result = mended(text, unsafe=not safe_only)
        assert texts(result) == spoken
        if not safe_only:
            assert [one.code for one in result.remaining] == []
            starts = [cue.start for cue in result.document.cues]
            assert starts == sorted(starts) and all(cue.duration > 0 for cue in result.document.cues)


def test_two_wrong_moments_are_mended_each_from_its_neighbours() -> None:
    moments = [0, 3_000, 600_000, 9_000, 1_000, 15_000]
    spoken = ["one is here", "two is here", "three is here", "four is here", "five is here"]
    result = mended(srt(*[(moments[n], moments[n + 1], spoken[n]) for n in range(5)]))
    assert texts(result) == spoken
    starts = [cue.start for cue in result.document.cues]
    assert starts[:2] == [0, 3_000] and starts[3] == 9_000
    assert 5_000 < starts[2] < 7_000 and 11_000 < starts[4] < 13_000


def test_a_cue_far_out_of_the_order_stays_where_there_is_room_for_it() -> None:
    text = srt((0, 2_000, "one"), (3_000, 5_000, "two"), (900_000, 902_000, "three"), (8_000, 10_000, "four"))
    assert texts(mended(text, unsafe=False)) == ["one", "two", "three", "four"]


def test_a_cue_added_at_the_end_of_the_file_is_sorted_in() -> None:
    text = srt((0, 2_000, "one"), (6_000, 8_000, "three"), (3_000, 5_000, "two"))
    assert texts(mended(text, unsafe=False)) == ["one", "two", "three"]


def marked(phrase: str, start: int, tag: str = "u") -> list[tuple[int, int, str]]:
    parts = phrase.split()
    return [
        (start + n * 400, start + n * 400 + 400, " ".join([*parts[:n], f"<{tag}>{one}</{tag}>", *parts[n + 1 :]]))
        for n, one in enumerate(parts)
    ]


@pytest.mark.parametrize("tag", ["u", "b", "i"])
def test_a_mark_that_moves_through_a_phrase_goes_and_the_phrase_stays_once(tag: str) -> None:
    phrases = ["Good morning to all", "Sit down", "Now", "We begin with a word"]
    cues = [cue for n, phrase in enumerate(phrases) for cue in marked(phrase, n * 3_000, tag)]
    result = mended(srt(*cues), ignore="LAY,TIM,SPD")
    assert [cue.text for cue in result.document.cues] == phrases
    assert result.document.cues[0].end == 1_600


def test_a_phrase_shown_without_a_mark_between_its_words_is_still_one() -> None:
    cues = [
        cue for a, b, text in marked("So here we are", 0) for cue in ((a, b - 20, text), (b - 20, b, "So here we are"))
    ]
    assert [cue.text for cue in mended(srt(*cues)).document.cues] == ["So here we are"]


def test_italics_that_stay_are_no_moving_mark() -> None:
    text = srt((0, 2_000, "the <i>first</i> word"), (2_000, 4_000, "the <i>first</i> word"))
    assert "TXT020" not in {one.code for one in mended(text, unsafe=False).remaining}


def test_what_is_counted_as_fixed_was_there_before_and_what_is_left_is_not_called_fixable() -> None:
    text = srt((0, 2_000, "one"), (1_000, 1_100, "two two two two two two"), (1_200, 2_000, "three"))
    before = Counter(one.code for one in Checker(settings_for()).check(loads(text, path="a.en.srt"), each=True))
    result = mended(text)
    after = Counter(one.code for one in result.remaining)
    assert result.fixed == dict(before - after)


@pytest.mark.parametrize("lecture", LECTURES, ids=lambda lecture: f"{lecture.language}-{lecture.name}")
def test_the_words_of_lectures_stay_in_their_order(lecture: Lecture) -> None:
    before = loads(lecture.data, path=f"{lecture.name}.{lecture.language}.srt")
    result = fix_document(before, Checker(settings_for()), unsafe=True, path=before.path)
    if result.applied & NAMED:
        assert is_within(words(result.document), words(before)) or result.applied & {"ENC006", "SRT034"}
    elif "TIM004" not in result.applied:
        assert words(result.document) == words(before)


pieces = st.sampled_from(
    ["Yes.", "and so we go on", "a <b>bold</b> word", "<u>one</u> two", "one <u>two</u>", "", "x\ny", "- No.\n- Why?",
     "00:00:05 is when", "1 2 3", "<i>open", "a & b", "AT&amp;T", "«what»", "<table> of it", "2 < 3", "{\\an8}up"]
)  # fmt: skip
moments = st.integers(0, 20_000)
cues = st.lists(st.tuples(moments, moments, pieces), max_size=10)


@settings(max_examples=120)
@given(cues, st.booleans())
def test_no_fix_takes_doubles_or_moves_words_of_any_file(given_cues: list[tuple[int, int, str]], as_vtt: bool) -> None:
    text = srt(*given_cues)
    name = "a.en.srt"
    if as_vtt:
        text, name = "WEBVTT\n\n" + text.replace(",", "."), "a.en.vtt"
    before = loads(text, path=name)
    for restore, unsafe in ((False, False), (True, False), (True, True)):
        result = mended(text, name, restore=restore, unsafe=unsafe)
        were, are = words(before), words(result.document)
        if result.applied & {"TIM004"}:
            were, are = sorted(were), sorted(are)
        if result.applied & {"SRT034", "VTT212"}:
            continue
        if result.applied & NAMED:
            assert is_within(are, were) or result.applied & {"VTT202", "VTT203", "VTT204"}
        elif result.applied & {"VTT202", "VTT204", "VTT203", "ENC015", "TXT001"}:
            assert is_within(were, are)
        else:
            assert were == are
        again = mended(result.data.decode(), name, restore=restore, unsafe=unsafe)
        assert again.data == result.data


def test_an_untouched_file_is_what_a_mended_clean_file_is() -> None:
    text = srt((0, 2_000, "All is well here."), (3_000, 5_000, "And here too."))
    assert mended(text).data == to_bytes(loads(text)) == text.encode()


@pytest.mark.parametrize("numbers", [[1, 1, 1], [1, 3, 4, 9], [2, 5, 5], [1, 2, 2, 3], [1, 10, 2]])
def test_what_is_said_of_a_number_and_what_the_fix_writes_agree(numbers: list[int]) -> None:
    text = "".join(
        f"{n}\n{srt_time(3_000 * at)} --> {srt_time(3_000 * at + 2_000)}\nx\n\n" for at, n in enumerate(numbers)
    )
    messages = [one.message for one in loads(text, path="a.en.srt").diagnostics if one.code == "SRT003"]
    assert messages and not any("should be" in message for message in messages)
    result = mended(text, unsafe=False)
    assert [cue.identifier for cue in result.document.cues] == [str(n + 1) for n in range(len(numbers))]
    assert not [one for one in result.remaining if one.code.startswith("SRT00")]


def test_a_broken_block_keeps_its_number_and_the_cues_below_count_on() -> None:
    text = (
        srt((0, 2_000, "one")) + "\n2\n00:0x:03,000 --> 00:00:05,000\ntwo\n\n7\n00:00:06,000 --> 00:00:08,000\nthree\n"
    )
    result = mended(text, unsafe=False)
    assert [cue.identifier for cue in result.document.cues] == ["1", "3"]
    assert "SRT003" not in {one.code for one in result.remaining}


@given(st.integers(0, 10**9), st.integers(2, 6), st.integers(0, 60_000))
def test_one_wrong_time_in_the_middle_of_a_talk_never_moves_words(seed: int, at: int, wrong: int) -> None:
    moments = [n * 3_000 + (seed >> n) % 900 for n in range(10)]
    times = [[start, end] for start, end in pairwise(moments)]
    times[at][seed % 2] = wrong
    spoken = [f"w{n} is said" for n in range(len(times))]
    text = srt(*[(start, end, words_) for (start, end), words_ in zip(times, spoken, strict=True)])
    for unsafe in (False, True):
        assert " ".join(texts(mended(text, unsafe=unsafe))) == " ".join(spoken)
