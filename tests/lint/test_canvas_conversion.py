"""CVS003 and CVS005 say what Canvas's own conversion of the whole file does, no more and no less."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from captionkit.canvas_rules import canvas_webvtt
from captionkit.documents import loads
from captionkit.formats.webvtt import read
from captionkit.lint import check
from captionkit.model import Cue

LINES = [
    "Hello.",
    "5, 6, 7",
    "3:30 pm",
    "at 3:30",
    "a:5,b",
    "1:2:3",
    "12:34:56,789",
    "5,",
    "7:",
    "ends in a space ",
    "8",
]
TIMES = ["00:00:0{n},000 --> 00:00:0{n},900", "0:0:{n},000 --> 0:0:{n},900", "00:00:0{n},00 --> 00:00:0{n},90"]


def cues_of(text: str) -> list[Cue]:
    """What a player reads from what Canvas makes of a file."""
    return [block for block in read(f"{canvas_webvtt(text)}\n").blocks if type(block) is Cue]


def told(text: str, code: str) -> set[int | None]:
    return {one.cue for one in check(loads(text, "srt"), select=code)}


@given(
    st.lists(
        st.tuples(st.sampled_from(TIMES), st.lists(st.sampled_from(LINES), min_size=1, max_size=3)),
        min_size=1,
        max_size=6,
    )
)
def test_what_is_told_of_each_cue_is_what_the_conversion_does_to_it(cues: list[tuple[str, list[str]]]) -> None:
    text = "\n".join(
        f"{number}\n{time.format(n=number)}\n" + "\n".join(lines) + "\n" for number, (time, lines) in enumerate(cues, 1)
    )
    mine = [block for block in loads(text, "srt").blocks if type(block) is Cue]
    shown = {(cue.start, cue.end): cue.text for cue in cues_of(text)}
    lost, changed = told(text, "CVS005"), told(text, "CVS003")
    for number, cue in enumerate(mine, 1):
        theirs = shown.get((cue.start, cue.end))
        assert (number in lost) == (theirs is None)
        if theirs is not None:
            assert (number in changed) == (theirs.rstrip(" ") != cue.text.rstrip(" "))


def test_a_space_at_the_end_of_a_cue_is_no_change() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nHello \n\n2\n00:00:03,000 --> 00:00:04,000\nthere.\n"
    assert told(text, "CVS003") == set()


def test_the_number_that_a_missing_blank_line_puts_into_the_text_is_told() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\none\n2\n00:00:03,000 --> 00:00:04,000\ntwo\n"
    assert cues_of(text)[0].text == "one\n2"
    assert told(text, "CVS003") == {1}
