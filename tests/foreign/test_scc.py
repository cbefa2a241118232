"""SCC: what a person says of it, and what is wrong with it. Words carry their parity bit, as files have them."""

from __future__ import annotations

from typing import Any

import pytest

import captionkit
from captionkit.conversion import Converted
from captionkit.errors import ContentError

#: Pop-on, erase the hidden memory, row 15: six words; "Hi", and show it: the eighth word, 7 frames after the first.
HI = "9420 9420 94ae 94ae 9470 9470 c8e9 942f 942f"
ERASE = "942c 942c"


def read(*lines: str, **options: Any) -> Converted:
    return captionkit.import_captions("\n\n".join(["Scenarist_SCC V1.0", *lines, ""]).encode(), **options)


def times(converted: Converted) -> list[tuple[int, int]]:
    return [(cue.start, cue.end) for cue in converted.document.cues]


def test_a_caption_is_shown_when_its_code_has_been_sent() -> None:
    # 37 frames of 1001/30 ms are 1234.57; 90 are 3003.
    assert times(read(f"00:00:01:00\t{HI}", f"00:00:03:00\t{ERASE}")) == [(1_235, 3_003)]


@pytest.mark.parametrize("mark", [";", ".", ","])
def test_drop_frame_by_any_of_its_marks(mark: str) -> None:
    # 10 minutes are 17,982 frames, which take 599.9994 s; 7 frames more.
    converted = read(f"00:10:00{mark}00\t{HI}", f"00:10:02{mark}00\t{ERASE}")
    assert times(converted) == [(600_233, 602_001)]


def test_without_drop_frame_time_codes_run_slower_than_the_clock() -> None:
    assert times(read(f"01:00:00:00\t{HI}", f"01:00:02:00\t{ERASE}")) == [(3_603_834, 3_605_602)]


def test_a_frame_rate_that_has_no_room_for_the_time_codes_is_not_used() -> None:
    lines = (f"00:00:01:00\t{HI}", f"00:00:03:29\t{ERASE}")
    converted = read(*lines, fps=25)
    assert times(converted) == times(read(*lines))
    assert converted.remarks == ("Its time codes have a frame 29, so the given 25 a second was not used.",)
    assert times(read(f"00:00:01:00\t{HI}", f"00:00:03:00\t{ERASE}", fps=30)) == [(1_233, 3_000)]


def test_the_start_of_the_video_counts_in_drop_frame_too() -> None:
    converted = read(f"01:00:01;00\t{HI}", f"01:00:03;00\t{ERASE}", start_timecode="01:00:00:00")
    assert times(converted) == [(1_235, 3_003)]


def test_a_last_caption_that_is_never_erased_has_an_end() -> None:
    converted = read(f"00:00:01:00\t{HI}")
    assert times(converted) == [(1_235, 6_235)]
    assert "do not say when they end" in converted.remarks[0]


def test_lines_that_go_back_in_time_are_put_in_order_and_that_is_said() -> None:
    converted = read(f"00:00:05:00\t{HI}", f"00:00:07:00\t{ERASE}", f"00:00:01:00\t{HI}", f"00:00:03:00\t{ERASE}")
    assert [start for start, _ in times(converted)] == [1_235, 5_239]
    assert "do not always go forward" in converted.remarks[0]


def test_capital_letters_blanks_and_no_header_are_read() -> None:
    text = f"00:00:01:00  {HI.upper()}\r\n\r\n00:00:03:00 {ERASE}\r\n"
    assert times(captionkit.import_captions(text.encode())) == [(1_235, 3_003)]


def test_the_second_field_is_read() -> None:
    # CC3 has its own commands: 15 instead of 14 (with parity, 15 and 94).
    spanish = HI.replace("9420", "1520").replace("94ae", "15ae").replace("942f", "152f")
    converted = read(f"00:00:01:00\t{spanish}", "00:00:03:00\t152c 152c")
    assert [cue.text for cue in converted.document.cues] == ["Hi"]


def test_a_file_without_captions_is_refused() -> None:
    with pytest.raises(ContentError, match="no line of it has a time code"):
        read("nothing")
    with pytest.raises(ContentError, match="no captions are left"):
        read(f"00:00:01:00\t{ERASE}")


def test_drop_frame_time_codes_say_the_rate_themselves() -> None:
    lines = (f"00:00:01;00\t{HI}", f"00:00:03;00\t{ERASE}")
    converted = read(*lines, fps=25)
    assert times(converted) == times(read(*lines))
    assert "29.97 frames a second; the given 25 was not used" in converted.remarks[0]
