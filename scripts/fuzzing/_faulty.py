"""Caption files with the faults that fixes are for, in any company: what `fix` must keep its promises about."""

from __future__ import annotations

import random

_USUAL_FIELD = "{h:02d}:{m:02d}:{s:02d}{mark}{f:03d}"
_FIELDS = ["{h:02d}:{m:02d}:{s:02d}.{f:03d}", "{h}:{m:02d}:{s:02d},{f:03d}", "{m:02d}:{s:02d}{mark}{f:03d}"]
_FIELDS += ["{h:02d}:{m:02d}:{s:02d}", "{h:02d}:{m:02d}:{s:02d},{f:01d}", "{h:02d}:{m}:{s:02d},{f:03d}"]
_FIELDS += ["{h:02d}:{m:02d}:{s:02d},{f:04d}", "{h:02d}:{m:02d}:{s:02d}:{f:03d}"]
_ARROWS = ["-->", "  -->  ", " -> ", " --> \u200e"]
_GAPS = [*["\n\n"] * 8, "\n\n\n", "\n", "\n \n", "\r\n\r\n", "\r\r\n", "\n\n\ufeff"]
_TEXTS = ["Hello there.", "  spaced  out ", "Hello\n there \nyou", "<i>open", "5 apples", "2024", "one\n7"]
_TEXTS += ["a & b &amp; c", "zero\u200bwidth", "bell\x07", "", " ", "<b>x</b> y</i>", "12:30 pm", "A --> B", "-->"]
_TEXTS += ["{\\an8}top", "s\u00ad", "a\x0bb", "tab\there", "caf\u00c3\u00a9", "a<br>b", "<i></i>", "x\\Ny", "WEBVTT"]
_TEXTS += ["\ufeffx", "> quote", "[inaudible] ,, x", "1\n00:00:01,000", "NOTE x", "{y:i}z", "&nbsp;", "a\n \nb"]
_SRT_NUMBERS = ["N", "N", "N", "7", "", "Nb", "0N", "#N", "Words here"]
_SRT_TAILS = ["", "", "", " align:start", " Hello all", " X1:1 X2:2 Y1:1 Y2:2", "  "]
_SRT_HEADS = ["", "", "", "\ufeff", "\n", "WEBVTT\n\n"]
_VTT_TEXTS = ["<c..loud>x</c>", "<i></i>y", "<v Bob>z", "List<String> x", "caf&eacute;", "5 > 3", "&amp", "two\nlines "]
_VTT_TEXTS += ["<b>a</i></b>", "<00:00:09.000>x", "<i loud>x</i>", "&copy b", "<rt>x", "<b><i>x</b></i>", "</c>x"]
_VTT_NAMES = ["", "", "", "1", "1", "2", "a", "NOTE about", "STYLE", "REGION", "NOTE", "a --> b", "NOTE\ttab"]
_VTT_TAILS = [
    "",
    "",
    "",
    "",
    " align:middle",
    " line:0",
    " start",
    " position:10%,start",
    " align: end",
    " Align:start",
]
_VTT_TAILS += [" size:120%", " line:5.5%,middle", " align:start align:end", " some words here"]
_VTT_BLOCKS = ["NOTE x", "NOTE captionkit: ignore TIM003", "NOTE captionkit: ignore-file LAY,SPD", "STYLE", "7"]
_VTT_BLOCKS += ["STYLE\n::cue{color:red}", "STYLE\n/* n */", "REGION\nid:a width:40%", "orphan text\nhere"]
_VTT_HEADS = [*["WEBVTT\n\n"] * 5, "WEBVTT\n", "webvtt\n\n", "", "WEBVTT\nKind: captions\n\n", "\ufeffWEBVTT\n\n"]


def faulty(chance: random.Random) -> tuple[str, bytes]:
    """A file's name and its bytes."""
    is_srt = chance.random() < 0.5
    parts = [chance.choice(_SRT_HEADS if is_srt else _VTT_HEADS)]
    in_order, moment = chance.random() < 0.6, 0
    for number in range(1, chance.choice((2, 3, 4, 6, 8, 12))):
        if not is_srt and chance.random() < 0.2:
            parts += [chance.choice(_VTT_BLOCKS), chance.choice(_GAPS)]
            continue
        start = moment if in_order else chance.randrange(40_000)
        end = start + chance.randrange(5000)
        moment = max(end + chance.choice((0, 0, 10, 100, 1000, -200)), 0)
        name = chance.choice(_SRT_NUMBERS).replace("N", str(number)) if is_srt else chance.choice(_VTT_NAMES)
        field = chance.choice(_FIELDS) if chance.random() < 0.3 else _USUAL_FIELD
        times = [_clock(ms, field, "," if is_srt else ".") for ms in (start, end)]
        arrow = chance.choice(_ARROWS) if chance.random() < 0.2 else " --> "
        tail = chance.choice(_SRT_TAILS if is_srt else _VTT_TAILS)
        text = chance.choice(_TEXTS if is_srt or chance.random() < 0.4 else _VTT_TEXTS)
        parts += [f"{name}\n" if name else "", arrow.join(times), tail, "\n", text, chance.choice(_GAPS)]
    text = "".join(parts)
    if chance.random() < 0.1:
        text = text.replace("\n", chance.choice(("\r\n", "\r\n", "\r")))
    data = text.encode("utf-8" if chance.random() < 0.96 else chance.choice(("utf-16", "cp1252")), "replace")
    return f"a.en.{'srt' if is_srt else 'vtt'}", data if chance.random() < 0.95 else data.rstrip(b"\r\n")


def _clock(ms: int, field: str, mark: str) -> str:
    return field.format(h=ms // 3_600_000, m=ms // 60_000 % 60, s=ms // 1000 % 60, f=ms % 1000, mark=mark)
