"""SRT in one spelling: the same cues are the same text, however a service writes them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from captionkit.documents import loads
from captionkit.sync.plain_srt import plain_srt

#: Text of a cue that no reader takes for anything else.
LINE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
CUES = st.lists(
    st.tuples(st.integers(0, 10**7), st.integers(1, 10**5), st.lists(LINE, min_size=1, max_size=3)), max_size=6
)


def stamp(ms: int) -> str:
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d},{ms % 1000:03d}"


def file_of(cues: list[tuple[int, int, list[str]]], newline: str, first: int) -> str:
    blocks = [
        newline.join([str(first + n), f"{stamp(start)} --> {stamp(start + length)}", *lines, ""])
        for n, (start, length, lines) in enumerate(cues)
    ]
    return newline.join(blocks)


@given(CUES, st.sampled_from(["\n", "\r\n", "\r"]), st.integers(1, 50), st.booleans())
def test_line_ends_numbers_and_a_byte_order_mark_do_not_count(
    cues: list[tuple[int, int, list[str]]], newline: str, first: int, bom: bool
) -> None:
    plain = plain_srt(loads(file_of(cues, "\n", 1), "srt")).text
    other = plain_srt(loads(("\ufeff" if bom else "") + file_of(cues, newline, first), "srt")).text
    assert other == plain


@given(CUES)
def test_the_one_spelling_is_its_own_one_spelling_and_loses_no_cue(cues: list[tuple[int, int, list[str]]]) -> None:
    before = loads(file_of(cues, "\n", 1), "srt")
    text = plain_srt(before).text
    after = loads(text, "srt")
    assert plain_srt(after).text == text
    assert [(c.start, c.end) for c in after.cues] == [(c.start, c.end) for c in before.cues if c.text.strip()]


def test_what_webvtt_says_and_srt_cannot_is_named_and_never_shown_as_code() -> None:
    vtt = "WEBVTT\n\nNOTE hi\n\nid\n00:01.000 --> 00:02.000 line:0 align:left\n<v Ann>Hello <b>&lt;you&gt;</b>\n"
    plain = plain_srt(loads(vtt))
    assert plain.text == "1\n00:00:01,000 --> 00:00:02,000\nHello <b><you></b>\n"
    assert "voice" in plain.losses and "position" in plain.losses
    assert "{\\an" not in plain.text


def test_a_position_that_an_srt_file_says_itself_stays() -> None:
    srt = "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}Hello\n"
    assert plain_srt(loads(srt)) == (srt, "")


def test_blank_lines_in_a_cue_and_cues_without_text_go() -> None:
    srt = "1\n00:00:01,000 --> 00:00:02,000\na\n\n\nb\n\n2\n00:00:03,000 --> 00:00:04,000\n\n"
    assert plain_srt(loads(srt, "srt")).text == "1\n00:00:01,000 --> 00:00:02,000\na\nb\n"
    assert plain_srt(loads("", "srt")).text == ""
