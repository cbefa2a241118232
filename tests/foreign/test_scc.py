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


# --- what a decoder does (47 CFR 15.119); words are written without parity, on which no reader may depend ------------


def words(*pieces: str | int) -> str:
    """Words for letters, two by two, and for commands, which are sent twice."""
    found: list[int] = []
    for piece in pieces:
        if isinstance(piece, str):
            letters = [ord(letter) for letter in piece] + [0] * (len(piece) % 2)
            found += [one << 8 | other for one, other in zip(letters[::2], letters[1::2], strict=True)]
        else:
            found += [piece, piece]
    return " ".join([f"{word:04x}" for word in found])


POP_ON, ROLL_2, ROLL_3, PAINT, TEXT = 0x1420, 0x1425, 0x1426, 0x1429, 0x142B
BACK, TO_END, CLEAR, RETURN, EMPTY, SHOW = 0x1421, 0x1424, 0x142C, 0x142D, 0x142E, 0x142F
ROW_1, ROW_2, ROW_3, ROW_14, ROW_15 = 0x1150, 0x1170, 0x1250, 0x1450, 0x1470
ITALICS, WHITE, RED = 0x112E, 0x1120, 0x1128


def shown(*lines: tuple[int, str]) -> tuple[list[tuple[str, str]], Converted]:
    """(text, settings) of each cue of words that are sent at these seconds; the last ones erase everything."""
    converted = read(*(f"00:00:{second:02d}:00\t{what}" for second, what in (*lines, (50, words(CLEAR)))))
    return [(cue.text, cue.settings) for cue in converted.document.cues], converted


LEFT = "position:10%,line-left align:left"


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (words("Caf", 0x1137), "Caf♪"),
        (words("CafE", 0x1221, "!"), "CafÉ!"),  # the E before is for decoders that do not know É
        (words("ab") + " " + words("ab"), "abab"),  # letters are not sent twice
        (words(0x1137) + " " + words(0x1137), "♪♪"),
        ("1137", "♪"),  # once is enough
        (words("a", 0x1139, 0x1139, "b"), "a b"),  # transparent spaces
        (words("a", 0x1722, "b"), "a b"),  # tab offset
        (words("aX", BACK, "b"), "ab"),
        (words("abcd", ROW_15, "ef", TO_END), "ef"),
        (words("so", ITALICS, "it", WHITE, "is"), "so <i>it</i> is"),
        (words("so ", RED, "it"), "so <c.red>it</c>"),
        (words(RED, ITALICS, "both"), "<c.red><i>both</i></c>"),
        (words(0x1121, "line"), "<u>line</u>"),
        (words(0x102A, "on yellow"), "<c.bg_yellow>on yellow</c>"),
        (words("\x2a\x5c\x5e\x5f\x60\x7b\x7c\x7d\x7e"), "áéíóúç÷Ññ"),
        (words("x" * 40), "x" * 40),  # a row has 32 columns, and no letter is lost
        (words("a") + " 8080 0000 " + words("b"), "ab"),
        (words("a") + " 80c2 c380", "aBC"),
        (words("hidden", EMPTY, "new"), "new"),
    ],
)
def test_what_words_mean(sent: str, text: str) -> None:
    cues, converted = shown((1, f"{words(POP_ON, EMPTY, ROW_15)} {sent} {words(SHOW)}"))
    assert [cue for cue, _ in cues] == [text]
    assert not converted.losses


def test_captions_roll_up_in_the_row_that_they_are_in() -> None:
    cues, converted = shown(
        (1, words(ROLL_2, RETURN, ROW_2, "one")), (3, words(RETURN, ROW_2, "two")), (5, words(RETURN, ROW_2, "three"))
    )
    assert cues == [
        ("one", f"line:15.33% {LEFT}"), ("one\ntwo", f"line:10% {LEFT}"), ("two\nthree", f"line:10% {LEFT}")
    ]  # fmt: skip
    assert not converted.losses


def test_three_rows_cannot_roll_up_above_row_3() -> None:
    cues, _ = shown((1, words(ROLL_3, RETURN, ROW_1, "one")))
    assert cues == [("one", f"line:20.67% {LEFT}")]


def test_a_line_that_comes_late_is_not_shown_from_the_carriage_return_on() -> None:
    converted = shown((1, words(ROLL_2, RETURN, ROW_15, "one", RETURN)), (10, words("two")))[1]
    assert [(cue.start // 1000, cue.end // 1000, cue.text) for cue in converted.document.cues] == [
        (1, 10, "one"), (10, 50, "one\ntwo")
    ]  # fmt: skip


def test_fewer_rows_and_another_mode_take_captions_away() -> None:
    cues, _ = shown(
        (1, words(ROLL_3, RETURN, "one")), (2, words(RETURN, "two")), (3, words(RETURN, "three")), (5, words(ROLL_2)),
        (7, words(PAINT, ROW_1, "painted")), (9, words(ROLL_2, RETURN, "four")),
    )  # fmt: skip
    assert [text for text, _ in cues] == [
        "one", "one\ntwo", "one\ntwo\nthree", "two\nthree", "painted", "two\nthree", "four"
    ]  # fmt: skip


def test_a_pop_on_caption_waits_while_another_is_displayed() -> None:
    converted = shown(
        (1, words(POP_ON, EMPTY, ROW_15, "one", SHOW)), (3, words(EMPTY, ROW_14, "two")), (5, words(SHOW))
    )[1]
    assert [(cue.start // 1000, cue.end // 1000, cue.text) for cue in converted.document.cues] == [
        (1, 5, "one"), (5, 50, "two")
    ]  # fmt: skip


def test_painting_on_in_another_row_shows_both() -> None:
    cues, converted = shown((1, words(PAINT, ROW_14, "one")), (5, words(ROW_15, "two")), (8, words(ROW_14, TO_END)))
    assert [text for text, _ in cues] == ["one", "one\ntwo", "two"]
    assert not converted.losses


def test_rows_far_apart_are_captions_of_their_own() -> None:
    cues, _ = shown((1, words(POP_ON, EMPTY, ROW_1, "top", ROW_15, "bottom", SHOW)))
    assert cues == [("top", f"line:10% {LEFT}"), ("bottom", LEFT)]


def test_text_mode_is_no_captions_and_is_named() -> None:
    cues, converted = shown((1, words(ROLL_2, RETURN, "one", TEXT, ROW_1, "news", ROLL_2, RETURN, "two")))
    assert [text for text, _ in cues][-1] == "one\ntwo"
    assert [(loss.kind, loss.line) for loss in converted.losses] == [("stray text", 3)]
    assert "'news'" in converted.losses[0].message


def test_letters_that_flash_are_named() -> None:
    cues, converted = shown((1, words(POP_ON, EMPTY, ROW_15, "one", 0x1428, "two", SHOW)))
    assert [text for text, _ in cues] == ["one two"]
    assert [loss.message for loss in converted.losses] == ["letters that flash"]


def test_what_is_sent_about_the_programme_is_no_caption() -> None:
    # Extended data services: a class and type (01 03), a name, and its end (0F and a checksum).
    cues, converted = shown((1, f"{words(POP_ON, EMPTY, ROW_15)} 0103 4e65 7773 0f1d {words(POP_ON, 'one', SHOW)}"))
    assert [text for text, _ in cues] == ["one"]
    assert not converted.losses


def test_a_word_that_is_no_code_is_named() -> None:
    cues, converted = shown((1, words(POP_ON, EMPTY, ROW_15, "one", 0x1478 - 0x40, SHOW)))
    assert [text for text, _ in cues] == ["one"]
    assert [(loss.kind, loss.message) for loss in converted.losses] == [
        ("unreadable code", "1438 is no code of line 21")
    ]  # fmt: skip


def test_of_two_channels_the_first_with_words_is_taken() -> None:
    second: list[str | int] = [0x1C20, 0x1C2E, 0x1C70, "zwei", 0x1C2F]
    cues, converted = shown((1, words(POP_ON, EMPTY, ROW_15, "one", *second, SHOW)))
    assert [text for text, _ in cues] == ["one"]
    assert [loss.kind for loss in converted.losses] == ["channel"]
    cues, converted = shown((1, words(CLEAR)), (2, words(*second)))
    assert [text for text, _ in cues] == ["zwei"]
    assert not converted.losses


def test_a_command_twice_with_time_between_is_two_commands() -> None:
    # Two carriage returns at once are one; the second one ten seconds later empties the screen.
    cues, _ = shown((1, words(ROLL_2, RETURN, "one")), (3, "142d"), (13, "142d"), (20, words("two")))
    assert [text for text, _ in cues] == ["one", "two"]


def test_a_caption_that_takes_longer_to_send_than_there_is_time_is_kept() -> None:
    long = words(POP_ON, EMPTY, ROW_14, "a" * 32, ROW_15, "b" * 32, SHOW)  # 42 frames
    converted = shown((1, long), (2, words(CLEAR)))[1]
    assert [(cue.start, cue.end) for cue in converted.document.cues] == [(1_001, 2_002)]
    assert any("longer to send" in said for said in converted.remarks)
