"""Each fixture file reads as this table says: one oddity a file, as it is found in the wild.

The table holds, for each file: format, encoding, every cue as (start, end, text, identifier, settings), the other
blocks, and every finding as CODE@line:column. Every file must also be written back byte for byte.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from captionkit.documents import load, to_bytes
from captionkit.model import Cue

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"

Expected = tuple[str, str, list[tuple[int, int, str, str, str]], list[str], list[str]]

FILES: dict[str, Expected] = {
    "srt/arrow-in-text.srt": (
        "srt",
        "utf-8",
        [(1000, 2500, "go --> there at 10:30 -> 11:00\n10:30 - 11:45 lunch", "1", ""), (3000, 4000, "Next", "2", "")],
        [],
        [],
    ),
    "srt/binary.srt": ("srt", "latin-1", [], ["Stray"], ["ENC011@0:0"]),
    "srt/blank-line-in-cue.srt": (
        "srt",
        "utf-8",
        [(1000, 2500, "Hello\n\nworld", "1", ""), (3000, 4000, "Next", "2", "")],
        [],
        ["SRT020@4:1"],
    ),
    "srt/blank-line-under-number.srt": (
        "srt",
        "utf-8",
        [(1000, 2500, "Hello", "1", ""), (3000, 4000, "Next", "2", "")],
        [],
        ["SRT022@2:1"],
    ),
    "srt/blank-line-under-timing.srt": (
        "srt",
        "utf-8",
        [(1000, 2500, "\nHello", "1", ""), (3000, 4000, "Next", "2", "")],
        [],
        ["SRT020@3:1"],
    ),
    "srt/blank.srt": ("srt", "utf-8", [], ["Stray"], ["ENC011@0:0"]),
    "srt/bom.srt": ("srt", "utf-8", [(1000, 2500, "Hello", "1", "")], [], ["ENC002@1:1"]),
    "srt/broken-timing.srt": (
        "srt",
        "utf-8",
        [(1000, 2500, "Hello", "1", ""), (5000, 6000, "Next", "3", "")],
        ["Stray"],
        ["SRT010@6:1"],
    ),
    "srt/broken-utf-8.srt": (
        "srt",
        "utf-8",
        [(1000, 2500, "Žluťoučký kůň příšerně úpěl ďábelské ódy�", "1", "")],
        [],
        ["ENC001@3:0", "ENC005@3:41"],
    ),
    "srt/clean.srt": ("srt", "utf-8", [(1000, 2500, "Hello", "1", ""), (3000, 4000, "Two\nlines", "2", "")], [], []),
    "srt/colon-before-milliseconds.srt": ("srt", "utf-8", [(1000, 2500, "Hello", "1", "")], [], ["SRT024@2:1"]),
    "srt/coordinates.srt": (
        "srt",
        "utf-8",
        [(1000, 2500, "Hello", "1", "X1:40 X2:600 Y1:20 Y2:50")],
        [],
        ["SRT017@2:32"],
    ),
    "srt/cr.srt": (
        "srt",
        "utf-8",
        [(1000, 2500, "Hello", "1", ""), (3000, 4000, "World", "2", "")],
        [],
        ["ENC003@1:0"],
    ),
    "srt/crlf.srt": ("srt", "utf-8", [(1000, 2500, "Hello", "1", ""), (3000, 4000, "World", "2", "")], [], []),
    "srt/dots.srt": ("srt", "utf-8", [(1000, 2500, "Hello", "1", "")], [], ["SRT011@2:1"]),
    "srt/empty-cues.srt": (
        "srt",
        "utf-8",
        [(1000, 2500, "", "1", ""), (3000, 4000, "", "2", ""), (5000, 6000, "", "3", "")],
        [],
        [],
    ),
    "srt/empty.srt": ("srt", "utf-8", [], [], ["ENC011@0:0"]),
    "srt/extra-blank-lines.srt": (
        "srt",
        "utf-8",
        [(1000, 2500, "Hello", "1", ""), (3000, 4000, "Next", "2", "")],
        [],
        ["SRT022@1:1", "SRT022@7:1"],
    ),
    "srt/float-milliseconds.srt": ("srt", "utf-8", [(1000, 2560, "Hello", "1", "")], [], ["SRT012@2:18"]),
    "srt/html.srt": ("srt", "utf-8", [], ["Stray"], ["ENC012@1:1"]),
    "srt/is-webvtt.srt": ("vtt", "utf-8", [(1000, 2000, "Hello", "", "")], ["Header"], ["ENC010@1:1"]),
    "srt/json.srt": ("srt", "utf-8", [], ["Stray"], ["ENC012@1:1"]),
    "srt/missing-numbers.srt": (
        "srt",
        "utf-8",
        [(1000, 2500, "Hello", "", ""), (3000, 4000, "World", "", "")],
        [],
        ["SRT001@1:1", "SRT001@4:1"],
    ),
    "srt/mixed-line-ends.srt": (
        "srt",
        "utf-8",
        [(1000, 2500, "Hello", "1", ""), (3000, 4000, "World", "2", "")],
        [],
        ["ENC003@2:0"],
    ),
    "srt/negative.srt": ("srt", "utf-8", [(-1000, 2500, "Hello", "1", "")], [], ["TIM023@2:1"]),
    "srt/no-blank-lines.srt": (
        "srt",
        "utf-8",
        [(1000, 2500, "Hello", "1", ""), (3000, 4000, "World", "2", "")],
        [],
        ["ENC015@4:1"],
    ),
    "srt/no-hours.srt": ("srt", "utf-8", [(1000, 2500, "Hello", "1", "")], [], ["SRT016@2:1"]),
    "srt/no-line-breaks-but-lf.srt": (
        "srt",
        "utf-8",
        [(1000, 2500, "a\u2028b\x85c\x0bd\x0ce", "1", "")],
        [],
        ["ENC007@3:4", "ENC007@3:6", "ENC007@3:8"],
    ),
    "srt/null-character.srt": ("srt", "utf-8", [(1000, 2500, "He\x00llo", "1", "")], [], ["ENC004@3:3"]),
    "srt/number-as-text.srt": ("srt", "utf-8", [(1000, 2500, "42", "1", ""), (3000, 4000, "2024", "2", "")], [], []),
    "srt/odd-numbers.srt": (
        "srt",
        "utf-8",
        [
            (1000, 2500, "Hello", "5", ""),
            (3000, 4000, "World", "seven", ""),
            (5000, 6000, "Again", "9", ""),
            (7000, 8000, "Once more", "9", ""),
        ],
        [],
        ["SRT004@1:1", "SRT002@5:1", "SRT003@9:1", "SRT003@13:1"],
    ),
    "srt/other-arrows.srt": (
        "srt",
        "utf-8",
        [
            (1000, 2000, "a", "1", ""),
            (3000, 4000, "b", "2", ""),
            (5000, 6000, "c", "3", ""),
            (7000, 8000, "d", "4", ""),
        ],
        [],
        ["TIM022@2:14", "TIM022@6:14", "TIM022@10:14", "TIM021@14:1"],
    ),
    "srt/other-digits.srt": (
        "srt",
        "utf-8",
        [(1000, 2500, "مرحبا", "١", ""), (3000, 4000, "你好", "2", "")],
        [],
        ["SRT002@1:1", "SRT024@2:1", "SRT024@6:1"],
    ),
    "srt/over-59-minutes.srt": ("srt", "utf-8", [(3660000, 3720500, "Hello", "1", "")], [], ["TIM020@2:1"]),
    "srt/over-99-hours.srt": ("srt", "utf-8", [(445501000, 445502500, "Hello", "1", "")], [], []),
    "srt/sbv.srt": (
        "srt",
        "utf-8",
        [(1000, 2500, "Hello", "", ""), (3000, 4000, "World", "", "")],
        [],
        [
            "SRT001@1:1",
            "SRT011@1:1",
            "SRT012@1:1",
            "TIM022@1:12",
            "SRT001@4:1",
            "SRT011@4:1",
            "SRT012@4:1",
            "TIM022@4:12",
        ],
    ),
    "srt/short-fields.srt": ("srt", "utf-8", [(1500, 2000, "Hello", "1", "")], [], ["SRT012@2:1"]),
    "srt/text-after-timing.srt": ("srt", "utf-8", [(1000, 2500, "Hello", "1", "align:start")], [], ["SRT018@2:31"]),
    "srt/text-on-top.srt": ("srt", "utf-8", [(1000, 2500, "Hello", "1", "")], ["Stray"], ["SRT023@1:1"]),
    "srt/utf-16-without-mark.srt": ("srt", "utf-16-be", [(1000, 2500, "Žluťoučký", "1", "")], [], ["ENC001@1:1"]),
    "srt/utf-16.srt": ("srt", "utf-16-le", [(1000, 2500, "Žluťoučký", "1", "")], [], ["ENC001@1:1"]),
    "srt/utf-32.srt": ("srt", "utf-32-be", [(1000, 2500, "字幕", "1", "")], [], ["ENC001@1:1"]),
    "srt/webvtt-header.srt": ("srt", "utf-8", [(1000, 2500, "Hello", "1", "")], ["Stray"], ["SRT035@1:0"]),
    "srt/white-line-in-cue.srt": (
        "srt",
        "utf-8",
        [(1000, 2500, "Hello\n \nworld", "1", ""), (3000, 4000, "Next", "2", "")],
        [],
        ["SRT020@4:1"],
    ),
    "srt/windows-1252.srt": (
        "srt",
        "cp1252",
        [
            (1000, 2500, "Le café était déjà fermé à cause de la fête, où êtes-vous allés, chère Élise ?", "1", ""),
            (3000, 4000, "Nous étions très fatigués, ça va mieux après le dîner préparé par la mère.", "2", ""),
        ],
        [],
        ["ENC001@1:1"],
    ),
    "vtt/all-blocks.vtt": (
        "vtt",
        "utf-8",
        [(1000, 2500, "<v Bob>Hello", "intro", "region:a"), (3000, 4000, "World", "", "")],
        ["Header", "Note", "Style", "Region", "Note"],
        ["VTT004@2:1", "VTT004@3:1"],
    ),
    "vtt/arrow-in-identifier.vtt": (
        "vtt",
        "utf-8",
        [(1000, 2500, "Hello", "", "")],
        ["Header", "Stray"],
        ["VTT014@3:1"],
    ),
    "vtt/arrow-in-text.vtt": (
        "vtt",
        "utf-8",
        [(1000, 2500, "", "", ""), (3000, 4000, "World", "", "")],
        ["Header", "Stray"],
        ["VTT015@4:4"],
    ),
    "vtt/clean.vtt": (
        "vtt",
        "utf-8",
        [(1000, 2500, "Hello", "1", ""), (3000, 4000, "Two\nlines", "", "align:start line:0")],
        ["Header"],
        [],
    ),
    "vtt/cr.vtt": ("vtt", "utf-8", [(1000, 2500, "Hello", "", "")], ["Header"], ["ENC003@1:0"]),
    "vtt/empty-style.vtt": ("vtt", "utf-8", [(1000, 2500, "Hello", "", "")], ["Header", "Stray"], ["VTT020@3:1"]),
    "vtt/html.vtt": ("vtt", "utf-8", [], ["Stray"], ["ENC012@1:1"]),
    "vtt/is-srt.vtt": (
        "srt",
        "utf-8",
        [(1000, 2500, "Hello", "1", ""), (3000, 4000, "World", "2", "")],
        [],
        ["ENC010@1:1"],
    ),
    "vtt/lone-identifier.vtt": ("vtt", "utf-8", [(1000, 2500, "Hello", "", "")], ["Header", "Stray"], ["VTT012@3:1"]),
    "vtt/lower-case-signature.vtt": ("vtt", "utf-8", [], ["Stray"], ["ENC011@0:0", "VTT002@1:1"]),
    "vtt/no-blank-after-header.vtt": ("vtt", "utf-8", [(1000, 2500, "Hello", "", "")], ["Header"], ["VTT003@2:1"]),
    "vtt/no-blank-between-cues.vtt": (
        "vtt",
        "utf-8",
        [(1000, 2500, "Hello", "", ""), (3000, 4000, "World", "", "")],
        ["Header"],
        ["ENC015@5:1"],
    ),
    "vtt/no-signature.vtt": ("vtt", "utf-8", [], ["Stray"], ["ENC011@0:0", "VTT001@1:1"]),
    "vtt/null-character.vtt": ("vtt", "utf-8", [(1000, 2500, "He�llo", "", "")], ["Header"], ["ENC004@4:3"]),
    "vtt/orphan-text.vtt": (
        "vtt",
        "utf-8",
        [(1000, 2500, "Hello", "", ""), (3000, 4000, "World", "", "")],
        ["Header", "Stray", "Stray"],
        ["VTT011@6:1", "VTT011@8:1"],
    ),
    "vtt/over-99-hours.vtt": ("vtt", "utf-8", [(442801000, 442802500, "Hello", "", "")], ["Header"], []),
    "vtt/signature-only.vtt": ("vtt", "utf-8", [], ["Header"], ["ENC011@0:0", "ENC009@1:7"]),
    "vtt/signature-runs-on.vtt": ("vtt", "utf-8", [], ["Stray"], ["ENC011@0:0", "VTT002@1:1"]),
    "vtt/style-after-cue.vtt": (
        "vtt",
        "utf-8",
        [(1000, 2500, "Hello", "", "")],
        ["Header", "Stray", "Stray"],
        ["VTT016@6:1", "VTT017@9:1"],
    ),
    "vtt/style-with-blank-line.vtt": (
        "vtt",
        "utf-8",
        [(1000, 2500, "Hello", "", "")],
        ["Header", "Style", "Stray"],
        ["VTT018@6:1"],
    ),
    "vtt/timestamp-map.vtt": ("vtt", "utf-8", [(1000, 2500, "Hello", "", "")], ["Header"], ["VTT005@2:1"]),
    "vtt/timing-commas.vtt": ("vtt", "utf-8", [(3000, 4000, "World", "", "")], ["Header", "Stray"], ["VTT102@3:1"]),
    "vtt/timing-frames.vtt": ("vtt", "utf-8", [(3000, 4000, "World", "", "")], ["Header", "Stray"], ["VTT109@3:1"]),
    "vtt/timing-garbage.vtt": ("vtt", "utf-8", [(3000, 4000, "World", "", "")], ["Header", "Stray"], ["VTT101@3:1"]),
    "vtt/timing-negative.vtt": ("vtt", "utf-8", [(3000, 4000, "World", "", "")], ["Header", "Stray"], ["TIM023@3:1"]),
    "vtt/timing-one-digit-hours.vtt": (
        "vtt",
        "utf-8",
        [(1000, 2500, "Hello", "", "")],
        ["Header"],
        ["VTT103@3:1", "VTT103@3:17"],
    ),
    "vtt/timing-one-digit.vtt": ("vtt", "utf-8", [(3000, 4000, "World", "", "")], ["Header", "Stray"], ["VTT103@3:1"]),
    "vtt/timing-over-59.vtt": ("vtt", "utf-8", [(3000, 4000, "World", "", "")], ["Header", "Stray"], ["TIM020@3:1"]),
    "vtt/timing-tight-arrow.vtt": ("vtt", "utf-8", [(1000, 2500, "Hello", "", "")], ["Header"], ["TIM021@3:13"]),
    "vtt/timing-wrong-arrow.vtt": (
        "vtt",
        "utf-8",
        [(3000, 4000, "World", "", "")],
        ["Header", "Stray"],
        ["TIM022@3:1"],
    ),
    "vtt/white-line-in-cue.vtt": ("vtt", "utf-8", [(1000, 2500, "Hello\n \nworld", "", "")], ["Header"], []),
}


@pytest.mark.parametrize("name", FILES)
def test_a_fixture_reads_as_the_table_says(name: str) -> None:
    document = load(FIXTURES / name)
    cues = [tuple(cue.content) for cue in document.cues]
    others = [type(block).__name__ for block in document.blocks if type(block) is not Cue]
    findings = [f"{found.code}@{found.line}:{found.column}" for found in document.diagnostics]
    assert (document.format, document.encoding, cues, others, findings) == FILES[name]


@pytest.mark.parametrize("name", FILES)
def test_a_fixture_is_written_back_byte_for_byte(name: str) -> None:
    assert to_bytes(load(FIXTURES / name)) == (FIXTURES / name).read_bytes()


def test_every_fixture_is_in_the_table() -> None:
    here = {f"{folder}/{file.name}" for folder in ("srt", "vtt") for file in (FIXTURES / folder).iterdir()}
    assert here == set(FILES)
