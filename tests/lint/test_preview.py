"""What the default report shows of a fix: the lines that would change, and no work for the rest of the file."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captionkit.documents import dumps, loads
from captionkit.line_diff import runs
from captionkit.lint.checker import Checker
from captionkit.lint.preview import MOST_CHARACTERS, MOST_TRIED, Previews, changed_lines
from captionkit.lint.settings import Settings
from captionkit.model import Block, Cue, Document

NUMBERED = "".join(f"{n}\n00:00:{n:02},000 --> 00:00:{n:02},500\nline {n}\n\n" for n in range(1, 9))
BARE = "".join(f"00:00:{n:02},000 --> 00:00:{n:02},500\nline {n}\n\n" for n in range(1, 9))
VTT = "WEBVTT - title\n\nNOTE hello\n\n" + "".join(f"00:0{n}.000 --> 00:0{n}.500\nline {n}\n\n" for n in range(1, 9))
TEXTS = {
    "srt": NUMBERED, "bare": BARE, "vtt": VTT, "crlf": NUMBERED.replace("\n", "\r\n"), "no end": NUMBERED.rstrip("\n"),
    "no header": VTT.partition("\n\n")[2], "run on": NUMBERED.replace("line 4\n\n", "line 4\n"),
}  # fmt: skip


def changed(document: Document, change: str, place: int) -> Document:
    blocks: list[Block] = list(document.blocks)
    place %= len(blocks)
    block = blocks[place]
    if change == "remove":
        del blocks[place]
    elif change == "reword" and type(block) is Cue:
        blocks[place] = block._replace(text="other words")
    elif change == "divide" and type(block) is Cue:
        blocks[place : place + 1] = [block._replace(text="first"), block._replace(text="second", identifier="")]
    elif change == "swap":
        blocks[place], blocks[-1] = blocks[-1], blocks[place]
    return document.with_blocks(blocks)


@pytest.mark.parametrize("name", TEXTS)
@given(st.lists(st.tuples(st.sampled_from(("remove", "reword", "divide", "swap")), st.integers(0, 9)), max_size=3))
def test_what_is_shown_is_what_the_whole_files_differ_in(name: str, changes: list[tuple[str, int]]) -> None:
    document = mended = loads(TEXTS[name], "vtt" if TEXTS[name] is VTT or name == "no header" else "srt")
    for change, place in changes:
        if mended.blocks:
            mended = changed(mended, change, place)
    old, new = (dumps(each).replace("\r", "").rstrip("\n").split("\n") for each in (document, mended))
    whole = Counter(
        line
        for run in runs(old, new)
        if not run.same
        for line in [
            *(f"- {line}" for line in old[run.begin : run.end]),
            *(f"+ {line}" for line in new[run.other_begin : run.other_end]),
        ]
    )
    assert (
        Counter(changed_lines(document, mended)) - whole
        == Counter()
        == whole - Counter(changed_lines(document, mended))
    )


def test_in_a_large_file_only_so_many_fixes_are_tried() -> None:
    checker = Checker(Settings())
    for cues, most in ((500, MOST_TRIED), (10_000, None)):
        blocks = [f"00:{n // 60 % 60:02}:{n % 60:02}.000 --> 99:00:00.000\nso , {n}\n\n" for n in range(cues)]
        text = "WEBVTT\n\n" + "".join(blocks)
        document = loads(text, "vtt", path="a.en.vtt")
        findings = [one for one in checker.check(document, "a.en.vtt", each=True) if one.code == "TXT004"]

        def read(path: str, document: Document = document) -> Document:
            return document

        previews = Previews(checker, read)
        shown = [lines for one in findings if (lines := previews(one))]
        assert shown[0] == ["- so , 0", "+ so, 0"]
        assert len(shown) == (most or MOST_CHARACTERS // len(text) + 1)
