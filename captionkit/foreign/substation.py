"""SubStation Alpha (ASS, SSA): pysubs2 reads lines and styles, override tags are read here.

pysubs2 takes the fields of a line in the usual order whatever `Format:` says, and one time or number that it cannot
read ends the file. So each line is first written anew in that order, and what is wrong with a line concerns that line.

What the text of a line means is what libass does with it (ass_parse.c, ass_render.c): `\\N` is a line break, `\\n` one
only in scripts of wrap style 2, `\\h` a no-break space; braces without a backslash hold comments; what follows `\\p1`
is a drawing, up to `\\p0`; tags and their values are not parted by anything, so `\\b1` and `\\bord1` differ by name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pysubs2 import SSAFile, SSAStyle

from captionkit.conversion.placement import ANCHOR_SETTINGS, SCRIPT_PLANE, point_settings
from captionkit.foreign.reading import SWITCHES, Run, colour_of
from captionkit.foreign.text import counted, decoded, shortened

if TYPE_CHECKING:
    from captionkit.foreign.reading import Reading

_SECTION = re.compile(r"\[([^\[\]]{1,80})\]\s*")
_TIME = re.compile(r"(-?)(\d{1,5}):(\d{1,2}):(\d{1,2})(?:[.:](\d{1,9}))?")
_EVENT_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
_STYLE_FIELDS = {
    "ass": ("name", "fontname", "fontsize", "primarycolour", "secondarycolour", "outlinecolour", "backcolour", "bold",
            "italic", "underline", "strikeout", "scalex", "scaley", "spacing", "angle", "borderstyle", "outline",
            "shadow", "alignment", "marginl", "marginr", "marginv", "encoding"),
    "ssa": ("name", "fontname", "fontsize", "primarycolour", "secondarycolour", "tertiarycolour", "backcolour", "bold",
            "italic", "borderstyle", "outline", "shadow", "alignment", "marginl", "marginr", "marginv", "alphalevel",
            "encoding"),
}  # fmt: skip
_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,6})?")
_COLOUR = re.compile(r"(?:&[Hh]([0-9A-Fa-f]{1,8})&?|(-?\d{1,10}))")
#: SSA writes this for nobody.
_NOBODY = ("", "NTP")


class _Line(NamedTuple):
    """A line of the section [Events], beside what pysubs2 makes of it."""

    number: int
    start: int
    end: int
    text: str


def read(data: bytes, reading: Reading) -> None:
    """Put the captions of an ASS or SSA file into `reading`."""
    script = _Script(reading)
    for number, text in enumerate(decoded(data, reading).split("\n"), 1):
        script.take(number, text)
    subs = script.parsed()
    styles = {name: _style_of(style) for name, style in subs.styles.items()}
    plane = _plane(subs.info)
    breaks = subs.info.get("WrapStyle", "").strip() == "2"
    events = [pair for pair in zip(script.lines, subs.events, strict=True) if not pair[1].is_comment]
    seen: set[tuple[int, int, str]] = set()
    twice = 0
    for line, event in events:
        caption = _Caption(styles, event.style, line.start, breaks)
        caption.read(line.text)
        words = "".join(run.text for run in caption.runs).split()
        key = (line.start, line.end, " ".join(words))
        if words and key in seen:
            twice += 1
            continue
        seen.add(key)
        lost = [*caption.lost(), *_lost_effect(event.effect.strip())]
        for kind, message in lost:
            reading.lose(kind, message, line=line.number, time=line.start)
        speaker = event.name.strip()
        runs = caption.runs if speaker in _NOBODY else [run._replace(voice=speaker) for run in caption.runs]
        reading.caption(line.start, line.end, runs, caption.settings(plane), line=line.number)
    if comments := len(subs.events) - len(events):
        reading.lose("comment", f"{counted(comments, 'line')} marked Comment, which no viewer sees")
    if twice:
        message = f"{counted(twice, 'line')} saying on another layer what is said at the same time; left out"
        reading.lose("layer", message)
    _lose_styles(reading, subs, [(line.number, event.style) for line, event in events])


def _lost_effect(effect: str) -> Iterator[tuple[str, str]]:
    if effect and not effect.lower().startswith("karaoke"):
        yield "override tag", f"the effect {shortened(effect.partition(';')[0])!r} has no WebVTT form"


def _lose_styles(reading: Reading, subs: SSAFile, used: Sequence[tuple[int, str]]) -> None:
    """How captions look as a whole is the player's and the viewer's choice. What sets some apart is lost.

    Args:
        used: line number and style of each event.
    """
    counts = Counter([name for _, name in used])
    usual = subs.styles.get(max(counts, key=counts.__getitem__, default=""))
    for number, name in used:
        style = subs.styles.get(name)
        if not counts.pop(name, 0) or style is None or usual is None:
            continue
        parts = [f"font {style.fontname!r}"] if style.fontname != usual.fontname else []
        parts += [f"size {style.fontsize:g}"] if style.fontsize != usual.fontsize else []
        if parts:
            message = f"the style {name!r} has the {' and '.join(parts)}, which WebVTT cannot say"
            reading.lose("font attribute", message, line=number)


class _Script:
    """A file on its way to pysubs2: its lines anew, with their fields in the usual order.

    Attributes:
        lines: one for each line of [Events] that was taken over, in order.
    """

    def __init__(self, reading: Reading) -> None:
        self.lines: list[_Line] = []
        self._reading = reading
        self._section = ""
        self._kind = "ass"
        self._order: dict[str, list[str]] = {}
        self._info: list[str] = []
        self._styles: list[dict[str, str]] = []
        self._events: list[str] = []

    def take(self, number: int, line: str) -> None:
        line = line.strip()
        if match := _SECTION.fullmatch(line):
            name = match[1].lower().strip()
            # The lines of an attached font may look like a section; none of them is called so.
            if "styles" in name or name in ("script info", "events", "fonts", "graphics") or " " in name:
                self._section = "styles" if "styles" in name else name
                if self._section == "styles":
                    self._kind = "ass" if "+" in name else "ssa"
                return
        word, colon, rest = line.partition(":")
        word = word.strip().lower()
        if not colon or self._section in ("fonts", "graphics"):
            return
        if self._section == "script info":
            if not line.startswith((";", "!")):
                self._info.append(line)
        elif word == "format":
            self._order[self._section] = [name.strip().lower() for name in rest.split(",")]
        elif word == "style":
            self._styles.append(self._fields("styles", rest, _STYLE_FIELDS[self._kind]))
        elif word in ("dialogue", "comment"):
            self._take_event(number, word, rest)

    def _fields(self, section: str, rest: str, usual: Sequence[str]) -> dict[str, str]:
        order = [_ALSO.get(name, name) for name in self._order.get(section) or usual]
        values = rest.split(",", len(order) - 1)
        return dict(zip(order, values, strict=False))

    def _take_event(self, number: int, word: str, rest: str) -> None:
        found = self._fields("events", rest, _EVENT_FIELDS)
        start, end = _milliseconds(found.get("start", "")), _milliseconds(found.get("end", ""))
        text = found.get("text", "")
        if start is None or end is None:
            if word == "dialogue":
                message = f"its times cannot be read, so {shortened(text)!r} is left out"
                self._reading.lose("unreadable line", message, line=number)
            return
        self.lines.append(_Line(number, start, end, text))
        # Times are read above, to the millisecond and beyond 99 hours.
        style, name, effect = (found.get(key, "").strip() for key in ("style", "name", "effect"))
        self._events.append(f"{word.capitalize()}: 0,0:00:00.00,0:00:00.00,{style},{name},0,0,0,{effect},")

    def parsed(self) -> SSAFile:
        """What pysubs2 makes of it."""
        fields = _STYLE_FIELDS[self._kind]
        styles = [
            "Style: " + ",".join([_usable(name, style.get(name, ""), self._kind) for name in fields])
            for style in self._styles
        ]
        heading = "[V4+ Styles]" if self._kind == "ass" else "[V4 Styles]"
        text = "\n".join(["[Script Info]", *self._info, heading, *styles, "[Events]", *self._events, ""])
        return SSAFile.from_string(text, format_=self._kind)


#: Names of fields that programs write besides the usual ones.
_ALSO = {"actor": "name", "marked": "layer", "primarycolor": "primarycolour", "strikethrough": "strikeout"}


def _usable(field: str, value: str, kind: str) -> str:
    """The value of a field of a style as pysubs2 can read it; of fields that are not looked at, any."""
    value = value.strip()
    if field in ("name", "fontname"):
        return value or {"name": "Default", "fontname": "Arial"}[field]
    if field.endswith("colour"):
        match = _COLOUR.fullmatch(value)
        number = (int(match[1], 16) if match[1] else int(match[2]) & 0xFFFFFFFF) if match else 0xFFFFFF
        return f"&H{number:08X}" if kind == "ass" else str(number)
    if field == "alignment":
        known = map(str, range(1, 10) if kind == "ass" else _OLD_ANCHOR)
        return value if value in known else "2"
    if field == "fontsize":
        return value if _NUMBER.fullmatch(value) else "20"
    is_on = field in ("bold", "italic", "underline", "strikeout") and re.match(r"-?[1-9]", value)
    return "-1" if is_on else "0"


def _milliseconds(text: str) -> int | None:
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    sign, hours, minutes, seconds, fraction = match.groups()
    whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    return (-1 if sign else 1) * (whole * 1000 + int((fraction or "0")[:3].ljust(3, "0")))


def _plane(info: Mapping[str, str]) -> tuple[float, float]:
    """What positions are counted in; where only one side is said the other follows from 4 to 3 (libass, ass.c)."""
    sizes = [info.get(name, "").strip() for name in ("PlayResX", "PlayResY")]
    width, height = (int(size) if re.fullmatch(r"\d{1,6}", size) else 0 for size in sizes)
    if not width and not height:
        return SCRIPT_PLANE
    return width or height * 4 / 3, height or width * 3 / 4


class _Style(NamedTuple):
    """How words look, and where a line stands."""

    look: Run = Run("")
    anchor: int = 2


def _style_of(style: SSAStyle) -> _Style:
    color = colour_of(style.primarycolor.r, style.primarycolor.g, style.primarycolor.b)
    return _Style(
        Run("", style.italic, style.bold, style.underline, style.strikeout, color), int(style.alignment)
    )  # fmt: skip


_BLOCK = re.compile(r"(?<!\\)\{([^}]*)\}")
_ESCAPE = re.compile(r"\\([Nnh{}])")
#: libass/ass_parse.c looks for them in this order, longer names before those they begin with.
_TAG = re.compile(
    r"\\\s*+(xbord|ybord|bord|xshad|yshad|shad|fax|fay|fade|fad|iclip|clip|blur|be|fscx|fscy|fsc|fsp|fs|fn|frx|fry|frz|"
    r"fr|fe|move|org|pos|pbo|p|alpha|an|a|[1-4][ac]|c|kf|ko|kt|k|K|b|i|u|s|q|r|t)?"
    r"\s*+(\((?:[^()]|\([^()]*+\))*+\)?|[^\\]*+)"
)
_PAIR = re.compile(r"\(\s*(-?\d{1,6}(?:\.\d{0,6})?)\s*,\s*(-?\d{1,6}(?:\.\d{0,6})?)\s*[,)]")
#: The old SSA alignments: 1 to 3 at the bottom, +4 at the top, +8 in the middle.
_OLD_ANCHOR = {1: 1, 2: 2, 3: 3, 5: 7, 6: 8, 7: 9, 9: 4, 10: 5, 11: 6}


@dataclass
class _Caption:
    """One line: its words and how they look.

    Attributes:
        styles: by name. style: of the line. start: in milliseconds.
        breaks: whether `\\n` is a line break.
    """

    styles: Mapping[str, _Style]
    style: str
    start: int
    breaks: bool
    runs: list[Run] = field(default_factory=list)
    anchor: int = 0
    point: tuple[float, float] | None = None
    _drawn: bool = False
    _lost: dict[str, tuple[str, str]] = field(default_factory=dict)

    def read(self, text: str) -> None:
        self.base = self.look = self._style(self.style).look
        self.drawing = False
        self.clock = self.start
        self.stamp: int | None = None
        end = 0
        # Only up to the last brace, so that thousands that nothing closes are not looked through for each.
        for block in _BLOCK.finditer(text, 0, text.rfind("}") + 1):
            self._add(text[end : block.start()])
            end = block.end()
            if "\\" in block[1]:
                for tag in _TAG.finditer(block[1]):
                    self._take(tag[1] or "", tag[2].strip(), tag[0])
            elif block[1].strip():
                self._lost.setdefault(
                    "comment", ("comment", f"{{{shortened(block[1])}}} is a comment, which nobody sees")
                )
        self._add(text[end:])

    def _style(self, name: str) -> _Style:
        names = (name, name.lstrip("*"), "Default")
        return next((self.styles[each] for each in names if each in self.styles), _Style())

    def _add(self, text: str) -> None:
        if not text:
            return
        if self.drawing:
            self._drawn = self._drawn or bool(text.strip())
            return
        if "\\" in text:
            text = _ESCAPE.sub(self._escape, text)
        self.runs.append(self.look._replace(text=text, stamp=self.stamp))
        self.stamp = None

    def _escape(self, match: re.Match[str]) -> str:
        if match[1] == "n":
            return "\n" if self.breaks else " "
        return {"N": "\n", "h": "\N{NO-BREAK SPACE}"}.get(match[1], match[1])

    def _take(self, name: str, value: str, tag: str) -> None:
        """Take one override tag. The first that places the line counts, as in libass."""
        if name in SWITCHES:
            self._switch(SWITCHES[name], value)
        elif name in ("c", "1c"):
            match = re.match(r"&?[Hh]?([0-9A-Fa-f]{1,8})", value)
            code = match[1].rjust(6, "0")[-6:] if match else ""
            red, green, blue = (int(code[at : at + 2], 16) for at in (4, 2, 0)) if code else (0, 0, 0)
            self.look = self.look._replace(color=colour_of(red, green, blue) if code else self.base.color)
        elif name == "r":
            self.base = self.look = self._style(value or self.style).look
        elif name in ("an", "a"):
            number = int(value[:2]) if value[:2].isdecimal() else int(value[:1]) if value[:1].isdecimal() else 0
            anchor = number if name == "an" else _OLD_ANCHOR.get(number, 0)
            if 1 <= anchor <= 9 and not self.anchor:
                self.anchor = anchor
        elif name in ("pos", "move") and (pair := _PAIR.match(value)):
            self.point = self.point or (float(pair[1]), float(pair[2]))
            if name == "move":
                self._lost.setdefault(
                    name, ("override tag", f"{shortened(tag)} moves the line; it stands where it began")
                )
        elif name == "p":
            self.drawing = value[:1].isdecimal() and value[:1] != "0"
        elif name in ("k", "K", "kf", "ko"):
            self.stamp = self.clock if self.clock > self.start else None
            self.clock += 10 * int(float(value)) if re.fullmatch(r"\d{1,6}(?:\.\d{1,3})?", value) else 0
        elif name == "kt" and re.fullmatch(r"\d{1,6}(?:\.\d{1,3})?", value):
            self.clock = self.start + 10 * int(float(value))
        elif name in ("fn", "fs"):
            self._lost.setdefault(name, ("font attribute", f"{shortened(tag)} has no WebVTT form"))
        elif name not in ("q", "pbo", "org", "fe"):  # these say nothing of their own
            self._lost.setdefault(name or tag, ("override tag", f"{shortened(tag)} has no WebVTT form"))

    def _switch(self, what: str, value: str) -> None:
        """`\\b` takes a weight too, 100 to 900, of which up to 500 is not bold. Without a number the style counts."""
        if match := re.match(r"\d{1,5}", value):
            number = int(match[0])
            is_on = number != 0 and not 100 <= number <= 500
        else:
            is_on = getattr(self.base, what)
        self.look = self.look.switched(what, is_on)

    def lost(self) -> Iterator[tuple[str, str]]:
        """(kind, message) of each thing that the caption does not keep."""
        yield from self._lost.values()
        if self._drawn:
            yield "drawing", "a drawing (\\p), which is no text"

    def settings(self, plane: tuple[float, float]) -> str:
        anchor = self.anchor or self._style(self.style).anchor
        if self.point is not None:
            return point_settings(self.point, anchor, plane)
        return ANCHOR_SETTINGS.get(anchor, "")
