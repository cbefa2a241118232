"""What players show of a caption file: small models, each written after its player's own reader.

A model gives (start, end, words) for each cue that the player shows, in the order of their starts. Words are compared
without white space at edges, markup and characters of no ink, since no fix is held to those here.

- VLC: `modules/demux/subtitle.c`. A timing line is two words around ` --> `; text goes on to an empty line.
- ffmpeg, and mpv with it: `libavformat/srtdec.c`, `webvttdec.c`. Text goes on over blank lines to the next timing line.
- a browser after Canvas: the conversion of `canvas_rules`, and the specification's algorithm on what comes of it.
- pysrt: items between blank lines; a time has four parts, told apart by any of `:.,`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from webvtt_spec import parse

from captionkit.canvas_rules import canvas_webvtt, viewers_get
from captionkit.documents import loads
from captionkit.markup import visible_text

Seen = list[tuple[int, int, str]]

_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\xad\u200b\u2060\ufeff]")
_MARKUP = re.compile(r"</?(?:[ibus]|font|v|c|lang|ruby|rt)\b[^<>\n]*>|\{\\[^{}\n]*\}|<\d[\d:.]*>")


def _words(text: str) -> str:
    plain = unescape(_MARKUP.sub("", _INVISIBLE.sub("", text)))
    return "\n".join(line for raw in plain.split("\n") if (line := " ".join(raw.split())))


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _seen(cues: Seen) -> Seen:
    return sorted((start, end, _words(text)) for start, end, text in cues if end > start and _words(text))


_INT = r"[ \t]*([+-]?\d+)"
_VLC_TIMES = [re.compile(rf"{_INT}:{_INT}:{_INT},{_INT}"), re.compile(rf"{_INT}:{_INT}:{_INT}\.{_INT}")]
_VLC_WHOLE = re.compile(rf"{_INT}:{_INT}:{_INT}")


def _vlc_time(text: str) -> int | None:
    for pattern in _VLC_TIMES:
        if match := pattern.match(text):
            hours, minutes, seconds, ms = map(int, match.groups())
            return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms
    match = _VLC_WHOLE.match(text)
    if match:
        hours, minutes, seconds = map(int, match.groups())
        return ((hours * 60 + minutes) * 60 + seconds) * 1000
    return None


def vlc(text: str) -> Seen:
    """SRT in VLC 3."""
    cues: Seen = []
    lines = iter(_lines(text.removeprefix("\ufeff")))
    for line in lines:
        match = re.match(r"\s*(\S+)\s*-->\s*(\S+)", line)
        # `%s --> %s`: the first word ends at white space, so an arrow without a space belongs to it.
        if match is None or re.match(r"\s*\S*-->", line):
            continue
        start, end = _vlc_time(match[1]), _vlc_time(match[2])
        if start is None or end is None or start >= end:
            continue
        shown = []
        for below in lines:
            if not below:
                break
            shown.append(below)
        cues.append((start, end, "\n".join(shown)))
    return _seen(cues)


_FFMPEG_TIMING = re.compile(rf"{_INT}:{_INT}:{_INT}[,.]{_INT}\s*-->\s*([+-]?\d+):{_INT}:{_INT}[,.]{_INT}")


def ffmpeg(text: str) -> Seen:
    """SRT in ffmpeg and mpv."""
    cues: Seen = []
    times: tuple[int, int] | None = None
    shown: list[str] = []
    cached = ""
    for line in _lines(text.removeprefix("\ufeff")):
        if not line:
            continue
        match = _FFMPEG_TIMING.match(line)
        if match is None:
            if times is None:
                continue
            if cached:
                shown.append(cached)
                cached = ""
            if re.match(r"\s*\+?\d", line):
                cached = line
            else:
                shown.append(line)
            continue
        if times is not None:
            if cached and not shown and not re.fullmatch(r"\s*\+?\d+", cached):
                shown.append(cached)
            cues.append((*times, "\n".join(shown)))
        shown, cached = [], ""
        h1, m1, s1, f1, h2, m2, s2, f2 = map(int, match.groups())
        times = ((h1 * 60 + m1) * 60 + s1) * 1000 + f1, ((h2 * 60 + m2) * 60 + s2) * 1000 + f2
    if times is not None:
        cues.append((*times, "\n".join([*shown, *([cached] if cached else [])])))
    return _seen(cues)


def ffmpeg_webvtt(text: str) -> Seen:
    """WebVTT in ffmpeg and mpv. A timing line that it cannot read ends the file."""
    cues: Seen = []
    for chunk in re.split(r"\n{2,}", "\n".join(_lines(text.removeprefix("\ufeff")))):
        chunk = chunk.strip("\n")
        if not chunk or chunk.startswith(("WEBVTT", "STYLE", "REGION", "NOTE")):
            continue
        head, _, rest = chunk.partition("\n")
        timing, _, shown = (head, "", rest) if "-->" in head else rest.partition("\n")
        start, _, end = timing.partition("-->")
        times = [_ffmpeg_stamp(one.lstrip(" \t")) for one in (start, end)]
        if times[0] is None or times[1] is None:
            break
        cues.append((times[0], times[1], shown))
    return _seen(cues)


def _ffmpeg_stamp(text: str) -> int | None:
    match = re.match(r"(?:(\d+):)?\s*(\d+):\s*(\d+)\.\s*(\d+)", text)
    if match is None:
        return None
    hours, minutes, seconds, ms = (int(one or 0) for one in match.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms


def browser(text: str) -> Seen:
    """WebVTT in a browser."""
    cues = parse(text.removeprefix("\ufeff")).cues
    return _seen([(cue.start, cue.end, visible_text(cue.text, "vtt")) for cue in cues])


def after_canvas(text: str) -> Seen:
    """SRT in a browser, after Canvas has converted it."""
    return browser(viewers_get(text, canvas_webvtt(text)))


def pysrt(text: str) -> Seen:
    """SRT in pysrt."""
    cues: Seen = []
    item: list[str] = []
    for line in [*_lines(text.removeprefix("\ufeff")), ""]:
        if line.strip():
            item.append(line.rstrip())
            continue
        if len(item) >= 2 and "-->" not in item[0]:
            item.pop(0)
        if len(item) >= 1 and item[0].count("-->") == 1:
            start, rest = item[0].split("-->")
            times = [_pysrt_time(one) for one in (start.strip(), rest.lstrip().split(" ", 1)[0])]
            if times[0] is not None and times[1] is not None and len(item) >= 2:
                cues.append((times[0], times[1], "\n".join(item[1:])))
        item = []
    return _seen(cues)


def _pysrt_time(text: str) -> int | None:
    parts = re.split(r"[:.,]", text)
    if len(parts) != 4:
        return None
    found = [re.match(r"\s*([+-]?\d+)", part) for part in parts]
    hours, minutes, seconds, ms = (int(one[1]) if one else 0 for one in found)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms


def captionkit(text: str, format: str) -> Seen:
    """What captionkit itself reads."""
    return _seen([(cue.start, cue.end, visible_text(cue.text, format)) for cue in loads(text, format).cues])


PLAYERS: dict[str, dict[str, Callable[[str], Seen]]] = {
    "srt": {
        "VLC": vlc,
        "ffmpeg": ffmpeg,
        "Canvas": after_canvas,
        "pysrt": pysrt,
        "captionkit": lambda text: captionkit(text, "srt"),
    },
    "vtt": {"browser": browser, "ffmpeg": ffmpeg_webvtt, "captionkit": lambda text: captionkit(text, "vtt")},
}
