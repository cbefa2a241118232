from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captionkit.conversion import convert
from captionkit.documents import dumps, loads
from captionkit.errors import ContentError, UsageError
from captionkit.lint import check
from captionkit.markup import visible_text
from captionkit.model import Cue, Document
from captionkit.timing import (
    append_offsets,
    frame_rate,
    merge,
    parse_time,
    retime,
    shift,
    split,
    through_points,
)

VTT = """WEBVTT - Lecture

STYLE
::cue(.x) { color: red }

REGION
id:left
width:40%

NOTE of the whole file

intro
00:00:01.000 --> 00:00:04.000 region:left  align:start
<v Bob>one <00:00:02.000>two

NOTE about the second

00:00:05.000 --> 00:00:06.000
three

NOTE at the end
"""
SRT = (
    "1\r\n00:00:01,000 --> 00:00:02,000 X1:1 X2:2 Y1:3 Y2:4\r\none\r\n\r\n\r\n"
    "2\r\n00:00:03.5 --> 0:00:04,5\r\n<b>two\r\n"
)

cues = st.builds(
    lambda start, duration: Cue(start, start + duration, "x"), st.integers(0, 10**8), st.integers(0, 10**5)
)
documents = st.lists(cues, max_size=8).map(
    lambda many: Document("srt", tuple([cue._replace(identifier=str(n)) for n, cue in enumerate(many, 1)]))
)


def times(document: Document) -> list[tuple[int, int]]:
    return [(cue.start, cue.end) for cue in document.cues]


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("90s", 90_000), ("-1.5s", -1500), ("+500ms", 500), ("2min", 120_000), ("1h", 3_600_000), ("1:30", 90_000),
        ("00:01:30.500", 90_500), ("00:01:30,5", 90_500), ("-0:02", -2000), ("100:00:00", 360_000_000), ("0", 0),
        ("0.0005s", 1), ("90:00", 5_400_000),
    ],
)  # fmt: skip
def test_times_are_read_as_people_write_them(text: str, ms: int) -> None:
    assert parse_time(text) == ms


@pytest.mark.parametrize(
    "text", ["", "5", "1.5", "s", "1:2:3:4", "1:75", "1:75:00", "--1s", "1e3s", "٣s", "1 : 30", "9" * 99 + "s"]
)
def test_what_is_no_time_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError):
        parse_time(text)


@given(documents, st.integers(0, 10**7))
def test_shifting_there_and_back_changes_nothing(document: Document, by: int) -> None:
    assert times(shift(shift(document, by), -by)) == times(document)


def test_a_shift_changes_only_the_timing_lines() -> None:
    before = loads(VTT)
    after = shift(before, 1500)
    text = dumps(after)
    expected = VTT.replace("00:00:01.000 --> 00:00:04.000", "00:00:02.500 --> 00:00:05.500")
    expected = expected.replace("00:00:05.000 --> 00:00:06.000", "00:00:06.500 --> 00:00:07.500")
    assert text.replace("left align", "left  align") == expected.replace("<00:00:02.000>", "<00:00:03.500>")
    assert after.blocks[0] is before.blocks[0]


def test_a_shift_of_some_cues_leaves_the_others_as_they_stood() -> None:
    text = dumps(shift(loads(SRT), 1000, since=3000))
    assert text == SRT.replace("00:00:03.5 --> 0:00:04,5", "00:00:04,500 --> 00:00:05,500") + "\r\n"
    assert times(shift(loads(SRT), 1000, until=3000)) == [(2000, 3000), (3500, 4500)]


def test_a_shift_of_nothing_is_the_same_document() -> None:
    document = loads(SRT)
    assert shift(document, 0) is document
    assert retime(document, 1) is document


def test_cues_that_would_end_before_zero_are_refused_or_dropped_and_one_across_zero_is_clipped() -> None:
    with pytest.raises(ContentError, match="1 cue would end before 0"):
        shift(loads(SRT), -2500)
    assert times(shift(loads(SRT), -2500, drop=True)) == [(1000, 2000)]
    assert times(shift(loads(SRT), -1500)) == [(0, 500), (2000, 3000)]


@given(documents, st.fractions(Fraction(1, 2), 2, max_denominator=1001))
def test_retiming_there_and_back_is_off_by_rounding_alone(document: Document, scale: Fraction) -> None:
    back = times(retime(retime(document, scale), 1 / scale))
    assert all(
        abs(a - b) <= 2 for old, new in zip(times(document), back, strict=True) for a, b in zip(old, new, strict=True)
    )


@pytest.mark.parametrize(
    ("made_for", "shown_with", "before", "after"),
    [
        ("25", "23.976", 3_600_000, 3_753_750), ("23.976", "25", 3_753_750, 3_600_000),
        ("24", "25", 3_600_000, 3_456_000),
        ("29.97", "30", 3_603_600, 3_600_000), ("30", "29.97", 3_600_000, 3_603_600), ("25", "25", 1234, 1234),
        ("24000/1001", "24", 1_001_000, 1_000_000),
    ],
)  # fmt: skip
def test_frame_rates_are_exact(made_for: str, shown_with: str, before: int, after: int) -> None:
    document = Document("srt", (Cue(before, before + 1000, "x"),))
    assert retime(document, frame_rate(made_for) / frame_rate(shown_with)).cues[0].start == after


@pytest.mark.parametrize("name", ["0", "x", "-25", "25/0", "1/2/3", ""])
def test_what_is_no_frame_rate_is_a_usage_error(name: str) -> None:
    with pytest.raises(UsageError):
        frame_rate(name)


@given(*[st.integers(0, 10**8)] * 4)
def test_two_points_land_where_they_belong(a: int, b: int, c: int, d: int) -> None:
    (a, c), (b, d) = sorted((a, c)), sorted((b, d))
    if a == c or b == d:
        with pytest.raises(UsageError):
            through_points((a, b), (c, d))
        return
    scale, offset = through_points((a, b), (c, d))
    assert scale * a + offset == b and scale * c + offset == d


@pytest.mark.parametrize("scale", [0, -1, 0.0])
def test_a_scale_must_be_above_zero(scale: float) -> None:
    with pytest.raises(UsageError):
        retime(loads(SRT), scale)


def test_inline_timestamps_are_retimed_with_their_cue() -> None:
    assert "<00:00:04.000>" in dumps(retime(loads(VTT), 2))


def test_a_cue_at_a_cut_is_in_both_parts() -> None:
    first, second = split(loads(VTT), [2500])
    assert [cue.content for cue in first.cues] == [
        (1000, 2500, "<v Bob>one <00:00:02.000>two", "intro", "region:left  align:start")
    ]
    assert [(cue.start, cue.end) for cue in second.cues] == [(0, 1500), (2500, 3500)]
    assert [len(part.styles) + len(part.regions) for part in (first, second)] == [2, 2]
    assert [[note.text for note in part.notes] for part in (first, second)] == [
        ["NOTE of the whole file"],
        ["NOTE of the whole file", "NOTE about the second", "NOTE at the end"],
    ]


def test_parts_of_an_srt_are_numbered_from_one() -> None:
    parts = split(loads(SRT), [2500])
    assert [[cue.identifier for cue in part.cues] for part in parts] == [["1"], ["1"]]
    assert dumps(parts[1]).startswith("1\r\n00:00:01,000 --> 00:00:02,000\r\n<b>two")


@given(documents, st.lists(st.integers(1, 10**8), min_size=1, max_size=4, unique=True))
def test_splitting_loses_no_time_and_merging_the_parts_brings_every_moment_back(
    document: Document, cuts: list[int]
) -> None:
    cuts.sort()
    parts = split(document, cuts)
    shown = sum(cue.duration for cue in document.cues)
    assert sum(cue.duration for part in parts for cue in part.cues) == shown
    whole = merge(parts, [0, *cuts])
    assert sum(cue.duration for cue in whole.cues) == shown
    assert [times(part) for part in split(document, cuts, keep_times=True)] == [
        [(start + begin, end + begin) for start, end in times(part)]
        for part, begin in zip(parts, [0, *cuts], strict=True)
    ]


@pytest.mark.parametrize("cuts", [[], [0], [-5], [10, 10], [20, 10]])
def test_cuts_must_be_above_zero_and_ascending(cuts: list[int]) -> None:
    with pytest.raises(UsageError):
        split(loads(SRT), cuts)


def test_merged_cues_are_in_the_order_of_their_times_and_numbered() -> None:
    other = loads("7\n00:00:01,500 --> 00:00:02,500\nbetween\n", "srt")
    whole = merge([loads(SRT), other])
    assert [(cue.identifier, cue.text) for cue in whole.cues] == [("1", "one"), ("2", "between"), ("3", "<b>two")]
    assert whole.newline == "\r\n"


def test_a_merge_can_append() -> None:
    document = loads(SRT)
    assert append_offsets([document, document, document], 500) == [0, 5000, 10_000]
    assert times(merge([document, document], append_offsets([document, document]))) == [
        (1000, 2000), (3500, 4500), (5500, 6500), (8000, 9000),
    ]  # fmt: skip


def test_merged_webvtt_keeps_one_of_each_style_and_region_and_renames_what_would_clash() -> None:
    other = loads(VTT.replace("width:40%", "width:60%"))
    whole = merge([loads(VTT), other, loads(VTT)])
    assert [region.text.split("\n")[0] for region in whole.regions] == ["id:left", "id:left-2"]
    assert len(whole.styles) == 1
    assert [cue.settings.split()[0] for cue in whole.cues[:3]] == ["region:left", "region:left-2", "region:left"]
    assert [cue.identifier for cue in whole.cues] == ["intro", "", "", "", "", ""]
    assert [found for found in loads(dumps(whole)).diagnostics if found.severity.value == "error"] == []


def test_documents_of_two_formats_are_not_merged() -> None:
    with pytest.raises(UsageError, match="one format"):
        merge([loads(VTT), loads(SRT)])
    with pytest.raises(UsageError):
        merge([])


def test_what_is_carried_for_the_way_back_survives_a_shift() -> None:
    document = loads("1\n00:00:01,000 --> 00:00:02,000 X1:1 X2:2 Y1:3 Y2:4\n<I>one</I>\n", "srt")
    back = convert(shift(convert(document, "vtt").document, 500), "srt").document
    assert [cue.content for cue in back.cues] == [(1500, 2500, "<I>one</I>", "1", "X1:1 X2:2 Y1:3 Y2:4")]


WORDS = "WEBVTT\n\n00:00:01.000 --> 00:00:05.000\none <00:00:02.000>two <00:00:03.000>three <00:00:04.000>four\n"


@given(st.integers(1, 4999))
def test_timestamps_of_words_that_a_cut_leaves_outside_their_cue_are_left_out(at: int) -> None:
    document = loads(WORDS, "vtt")
    parts = [*split(document, [at]), *split(document, [at], keep_times=True), shift(document, -at)]
    for part in parts:
        again = loads(dumps(part), "vtt")
        assert not [one for one in check(again, select="VTT") if one.code == "VTT211"]
        for cue in again.cues:
            assert visible_text(cue.text, "vtt") == "one two three four"
