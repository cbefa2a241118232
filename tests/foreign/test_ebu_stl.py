"""EBU STL: files made block by block, and what each must give."""

from __future__ import annotations

from typing import Any

import pytest

import captionkit
from captionkit.conversion import Converted
from captionkit.errors import ContentError
from captionkit.markup import visible_text

Label = tuple[int, int, int, int]


def header(
    rate: str = "STL25.01", *, teletext: str = "1", table: str = "00", language: str = "09",
    starts: str = "00000000", title: str = "",
) -> bytes:  # fmt: skip
    """A GSI block (EBU Tech 3264, 3): code page, format, kind of display, character table, language, titles, start."""
    top = f"850{rate}{teletext}{table}{language}".encode("ascii")
    block = bytearray(b" " * 1024)
    block[: len(top)] = top
    block[16 : 16 + len(title)] = title.encode("ascii")
    block[238:255] = b"00001" + b"00001" + b"001" + b"40" + b"23"
    block[255:256] = b"1"
    block[256:264] = starts.encode("ascii")
    return bytes(block)


def block(
    begin: Label, end: Label, text: bytes, *, number: int = 1, row: int = 20, justified: int = 2, cumulative: int = 0,
    comment: int = 0, extension: int = 0xFF,
) -> bytes:  # fmt: skip
    """A TTI block (EBU Tech 3264, 4). Rows of teletext: 23, from the top."""
    top = bytes([0, *number.to_bytes(2, "little"), extension, cumulative, *begin, *end, row, justified, comment])
    return top + text.ljust(112, b"\x8f")


def shown(converted: Converted) -> list[tuple[int, int, str]]:
    return [(cue.start, cue.end, cue.text) for cue in converted.document.cues]


def read(*blocks: bytes, top: bytes | None = None, **options: Any) -> Converted:
    return captionkit.import_captions((header() if top is None else top) + b"".join(blocks), **options)


ONE = block((0, 0, 1, 0), (0, 0, 2, 12), b"One")
TWO = block((0, 0, 3, 0), (0, 0, 4, 0), b"Two", number=2)


def test_letters_lines_italics_and_teletext_colours() -> None:
    text = b"\x0b\x0b\x80It is\x81 caf\xc2e\x8a\x03yellow & \x0d\x06cyan"
    converted = read(block((0, 0, 1, 0), (0, 0, 2, 12), text))
    # 25 frames a second: 12 frames are 480 ms.
    assert shown(converted) == [(1000, 2480, "<i>It is </i>café\n<c.yellow>yellow &amp; </c><c.cyan>cyan</c>")]
    assert converted.document.header is not None and converted.document.header.text == "WEBVTT\nLanguage: en"


def test_spaces_are_where_they_are_shown_and_nowhere_else() -> None:
    text = b"\x80real\x81ly, \x82so\x83. Red:\x01red \x07 white " + b"\x80a\x81 " * 19
    converted = read(block((0, 0, 1, 0), (0, 0, 2, 0), text))
    assert visible_text(shown(converted)[0][2], "vtt") == "really, so. Red: red white" + " a" * 19


def test_other_alphabets() -> None:
    text = "Привет".encode("iso8859_5")
    assert shown(read(block((0, 0, 1, 0), (0, 0, 2, 0), text), top=header(table="01"))) == [(1000, 2000, "Привет")]


def test_a_row_in_the_upper_half_and_words_at_the_side_have_a_place() -> None:
    converted = read(
        block((0, 0, 1, 0), (0, 0, 2, 0), b"top", row=1, number=1),
        block((0, 0, 2, 0), (0, 0, 3, 0), b"left", row=20, justified=1, number=2),
        block((0, 0, 3, 0), (0, 0, 4, 0), b"bottom", row=22, number=3),
    )
    assert [cue.settings for cue in converted.document.cues] == ["line:10%", "position:5%,line-left align:left", ""]


def test_captions_at_the_same_time_are_both_there() -> None:
    other = block((0, 0, 1, 0), (0, 0, 2, 12), b"at the top", row=2, number=2)
    assert sorted(text for _, _, text in shown(read(ONE, other))) == ["One", "at the top"]


def test_captions_that_all_have_the_same_number_are_several() -> None:
    again = block((0, 0, 3, 0), (0, 0, 4, 0), b"Two", number=1)
    assert shown(read(ONE, again)) == [(1000, 2480, "One"), (3000, 4000, "Two")]


def test_a_caption_goes_on_in_an_extension_block() -> None:
    first = block((0, 0, 1, 0), (0, 0, 2, 0), b"Foo ", extension=0)
    assert shown(read(first, block((0, 0, 1, 0), (0, 0, 2, 0), b"Bar"))) == [(1000, 2000, "Foo Bar")]


def test_comments_are_no_captions_and_are_named() -> None:
    comment = block((0, 0, 5, 0), (0, 0, 6, 0), b"check the name", comment=1, number=2)
    converted = read(ONE, comment)
    assert shown(converted) == [(1000, 2480, "One")]
    assert [(loss.kind, loss.message) for loss in converted.losses] == [
        ("NOTE block", "a comment for translators: 'check the name'")
    ]


def test_captions_that_are_added_to() -> None:
    blocks = [
        block((0, 0, 1, 0), (0, 0, 4, 0), b"one", cumulative=1, row=20, number=1),
        block((0, 0, 2, 0), (0, 0, 4, 0), b"two", cumulative=3, row=22, number=2),
    ]
    assert shown(read(*blocks)) == [(1000, 2000, "one"), (2000, 4000, "one\ntwo")]
    assert shown(read(blocks[1])) == [(2000, 4000, "two")]  # what it would be added to is not there


def test_the_start_of_the_programme_counts_where_captions_come_after_it() -> None:
    late = block((10, 0, 1, 0), (10, 0, 2, 0), b"One")
    converted = read(late, top=header(starts="10000000"))
    assert shown(converted) == [(1000, 2000, "One")]
    assert converted.remarks == ("Its programme begins at 10:00:00:00; times count from there.",)
    assert shown(read(late, start_timecode="10:00:00:12")) == [(520, 1520, "One")]


def test_a_start_that_is_later_than_all_captions_is_not_heeded() -> None:
    converted = read(ONE, TWO, top=header(starts="10000000"))
    assert shown(converted) == [(1000, 2480, "One"), (3000, 4000, "Two")]
    assert "later than its captions" in converted.remarks[0]


def test_frame_rates() -> None:
    # Drop-frame: 1:00:00;00 is frame 107,892, shown after 3,599.9964 s.
    hour = block((1, 0, 0, 0), (1, 0, 1, 0), b"x")
    assert shown(read(hour, top=header("STL30.01"))) == [(3_599_996, 3_600_997, "x")]
    assert shown(read(hour, top=header("STL30.01"), fps=30)) == [(3_600_000, 3_601_000, "x")]
    half = block((0, 0, 0, 12), (0, 0, 1, 0), b"x")
    assert shown(read(half, top=header("STL24.01"))) == [(500, 1000, "x")]
    # 23.976: 12 frames are 500.5 ms, 24 are 1,001.
    assert shown(read(half, top=header("STL23.01"))) == [(501, 1001, "x")]


def test_a_format_that_says_no_rate_is_asked_about() -> None:
    unknown = header("STL60.01")
    with pytest.raises(ContentError, match="how many frames") as caught:
        read(ONE, top=unknown)
    assert "--fps" in caught.value.hint
    assert shown(read(ONE, top=unknown, fps=25)) == [(1000, 2480, "One")]


def test_a_rate_that_the_file_says_is_not_overruled() -> None:
    converted = read(ONE, fps=50)
    assert shown(converted) == [(1000, 2480, "One")]
    assert "25 frames a second; the given 50 was not used" in converted.remarks[0]


def test_a_file_that_is_cut_off_gives_what_is_there() -> None:
    converted = read(ONE, TWO[:60])
    assert shown(converted) == [(1000, 2480, "One")]
    assert [loss.kind for loss in converted.losses] == ["unreadable code"]
    with pytest.raises(ContentError, match="cut off"):
        read()


def test_no_time_at_all_is_named() -> None:
    converted = read(ONE, block((0, 0, 5, 0), (0, 0, 5, 0), b"never", number=2))
    assert [loss.message for loss in converted.losses] == ["block 2 ends when it begins, or before; left out"]


def test_titles_are_named() -> None:
    converted = read(ONE, top=header(title="Botany"))
    assert [loss.message for loss in converted.losses] == ["original programme title: Botany"]


def test_a_letter_that_the_table_does_not_have_is_named() -> None:
    converted = read(block((0, 0, 1, 0), (0, 0, 2, 0), b"a\xd8\xd9b"))
    assert shown(converted) == [(1000, 2000, "a\ufffd\ufffdb")]
    assert [(loss.kind, loss.message) for loss in converted.losses] == [
        ("unreadable code", "2 letters that its character table does not have, shown as \ufffd")
    ]
