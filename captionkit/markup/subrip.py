"""SRT cue text to events and back, read as players read it.

SRT has no specification. What is followed here is what ffmpeg (libavcodec/htmlsubtitles.c; mpv and many others use it)
and VLC (modules/codec/subsdec.c) do, and where they differ, what loses no words:

- `<i> <b> <u> <s> <font>` in either case, with whatever attributes; `<br>` is a line break. An end tag without a start
  is not shown; a start without an end holds to the end of the cue.
- tags of HTML (`<em> <strong> <span> <sub> <strike>` ...) and tags with a blank in them (`< i>x</ i>`) are not shown
  where something closes them, and style what HTML styles; without an end they are words, as any other tag is;
- `\\N` is a line break and `\\h` a no-break space; `{i}` and `{y:i}` switch styles, other `{X:...}` are not shown;
- `{\\...}` is never shown. The first `{\\an1}` to `{\\an9}` (or the old `{\\a1}` to `{\\a11}`) places the cue,
  `{\\pos(x,y)}` places it on the default 384 by 288 script plane of ASS; \\i \\b \\u \\s \\c \\fn \\fs switch styles;
- `&amp;` and its like are shown as they stand: neither player resolves them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from captionkit.markup.events import End, Event, Font, Start, Text
from captionkit.patterns import pattern

# Names are ASCII: by Unicode's rules for letter case `ı` would be an `i`, and `ſ` an `s`.
_TAG = pattern(r"<(/?)((?a:[ibus]|font|br))(?:[\s/]([^<>]*))?>|\{\\([^{}]*)\}", re.IGNORECASE)
# The same for reading: plain tags in a row, all starting or all ending, are one token, so that thousands cost no more
# than a few. Groups: starts, ends, slash, name, attributes, overrides.
_TOKEN = pattern(rf"((?:<(?a:[ibus])>)++)|((?:</(?a:[ibus])>)++)|{_TAG.pattern}", re.IGNORECASE)
_HTML_NAMES = (
    r"(?a:em|strong|span|sub|sup|strike|del|ins|small|big|center|p|div|a|code|tt|q|cite|mark|abbr|h[1-6]|table|tr|td|"
    r"ul|ol|li|[bius])"
)
# What players know besides: HTML and blanks in tags, which count only with an end; line breaks of SubStation; styles in
# braces. Groups: slash, name; letter after a backslash; slash, letter in braces; letter, values of a MicroDVD style.
_RARE = pattern(
    rf"<(?=[ \t/]*+(?<=[ \t])|/?+(?!(?a:[ibus])[\s/>]))[ \t]*+(/?)[ \t]*+({_HTML_NAMES})(?:[ \t][^<>]*+|/)?>|"
    r"\\((?-i:[Nh]))|\{(/?)([ibus])\}|\{([A-Za-z]):([^{}\n]*+)\}",
    re.IGNORECASE,
)
_EITHER = pattern(rf"{_TOKEN.pattern}|(?:{_RARE.pattern})", re.IGNORECASE)
#: What HTML styles, in the names of SRT; "" for what only shows its words.
_SAME_AS = {"em": "i", "cite": "i", "strong": "b", "ins": "u", "strike": "s", "del": "s"} | {n: n for n in "ibus"}
_ATTRIBUTE = pattern(r"""(?<![a-z-])([a-z][a-z-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.IGNORECASE)
_OVERRIDE = pattern(r"\\?(an|pos|1c|c|fn|fs(?![a-z])|[ibus](?![a-z])|a(?![a-z])|r)(.*)", re.DOTALL)
_HEX = pattern(r"#?([0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)
_SHORT_HEX = pattern(r"#([0-9a-f]{3})", re.IGNORECASE)
_NAME = pattern(r"[a-zA-Z]{3,20}")
_ASS_COLOUR = pattern(r"&?H?([0-9A-F]{1,8})&?", re.IGNORECASE)
_POINT = pattern(r"\(\s*(-?[0-9]+(?:\.[0-9]+)?)\s*,\s*(-?[0-9]+(?:\.[0-9]+)?)\s*\)")
#: The old SSA alignments: 1 to 3 at the bottom, +4 at the top, +8 in the middle.
_OLD_ALIGNMENT = {1: 1, 2: 2, 3: 3, 5: 7, 6: 8, 7: 9, 9: 4, 10: 5, 11: 6}
#: SRT has no escapes. U+200C (zero width non-joiner) shows nothing, and what it stands in is no tag and no timing line.
GUARD = "\u200c"
_MOST_FONTS = 16  # as many as ffmpeg keeps; a limit keeps hostile nesting linear


class SubRipText(NamedTuple):
    """Cue text of an SRT file.

    Attributes:
        events: the words and their styles.
        anchor: where the cue stands, as on a numeric keypad, 1 to 9; 0 where it does not say.
        point: where `{\\pos}` puts that anchor, in 384ths of the width and 288ths of the height; None without one.
        ignored: override tags that are known to hide, but for which there is no event, as they stand.
    """

    events: list[Event]
    anchor: int = 0
    point: tuple[float, float] | None = None
    ignored: tuple[str, ...] = ()


def visible(text: str) -> str:
    """The words of the text; the same as joining the Text events of `parse`, only faster."""
    if _may_have_rare_markup(text):
        return "".join([event.value for event in parse(text).events if type(event) is Text])
    return _TAG.sub(_shown, text)


def _may_have_rare_markup(text: str) -> bool:
    return ("<" in text or "{" in text or "\\" in text) and _RARE.search(text) is not None


def _shown(match: re.Match[str]) -> str:
    return "\n" if (match[2] or "")[:2].lower() == "br" else ""


def parse(text: str) -> SubRipText:
    """The events of the text. Never raises."""
    reader = _Reader()
    if _may_have_rare_markup(text):
        return _parse_with_rare_markup(text, reader)
    end = 0
    for match in _TOKEN.finditer(text):
        start = match.start()
        if start > end:
            reader.add(text[end:start])
        end = match.end()
        reader.token(*match.groups())
    if end < len(text):
        reader.add(text[end:])
    return reader.finish()


def _parse_with_rare_markup(text: str, reader: _Reader) -> SubRipText:
    """The same for a text in which more than the usual tags may mean something."""
    matches = list(_EITHER.finditer(text))
    # Where the last end of each name stands, and how many starts of it are open.
    last_end: dict[str, int] = {}
    for match in matches:
        names = (match[8],) if match[7] else match[2][2::4] if match[2] else ()
        last_end.update(dict.fromkeys([name.lower() for name in names], match.start()))
    opened: dict[str, int] = {}
    end = 0
    for match in matches:
        start = match.start()
        groups = match.groups()
        name = (groups[7] or "").lower()
        is_open = opened.get(name, 0) > 0 or reader.depth.get(name, 0) > 0
        if name and not (is_open if groups[6] else last_end.get(name, -1) > start):
            continue  # without an end, or without a start: words
        if start > end:
            reader.add(text[end:start])
        end = match.end()
        if name:
            opened[name] = opened.get(name, 0) + (-1 if groups[6] else 1)
            if style := _SAME_AS.get(name):
                reader.close(style) if groups[6] else reader.open(style)
        elif groups[8]:
            reader.add("\n" if groups[8] == "N" else "\N{NO-BREAK SPACE}")
        elif groups[10]:
            reader.close(groups[10].lower()) if groups[9] else reader.open(groups[10].lower())
        elif groups[11]:
            for style in groups[12].lower().split(",") if groups[11] in "yY" else ():
                if style.strip() in reader.depth:
                    reader.open(style.strip())
        else:
            reader.token(*groups[:6])
    if end < len(text):
        reader.add(text[end:])
    return reader.finish()


def _counted(tags: str, at: int) -> list[tuple[str, int]]:
    """The names of plain tags in a row, in the order in which each comes first, and how many there are of each.

    Args:
        at: where in a tag its name stands.
    """
    tags = tags.lower()
    if len(tags) <= at + 2:
        return [(tags[at], 1)]
    counts = [(tags.find(name), name, tags.count(name)) for name in "ibus"]
    return [(name, times) for place, name, times in sorted(counts) if times]


class _Reader:
    """The styles that are on, in the order in which they were switched on, and the events made of them so far.

    Start and End events are made only when words follow, so a style without words leaves none, and wrongly nested tags
    (`<b>a<i>b</b>c</i>`) come out rightly nested.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.words: list[str] = []
        self.wanted: list[Start | Font] = []
        self.made: list[Start | Font] = []
        self.depth = {"i": 0, "b": 0, "u": 0, "s": 0}
        self.fonts: list[Font] = []
        self.too_many_fonts = 0
        self.anchor = 0
        self.point: tuple[float, float] | None = None
        self.ignored: list[str] = []

    def token(
        self, starts: str | None, ends: str | None, slash: str | None, name: str | None, attributes: str | None,
        overrides: str | None,
    ) -> None:  # fmt: skip
        """Take one token of the usual markup: the groups of `_TOKEN`."""
        if starts:
            for style, times in _counted(starts, 1):
                self.open(style, times)
        elif ends:
            for style, times in _counted(ends, 2):
                self.close(style, times)
        elif overrides is not None:
            self.override(overrides)
        elif (name := (name or "").lower()) == "br":
            self.add("\n")
        elif name == "font":
            self.close_font() if slash else self.open_font(_font(attributes or ""))
        elif slash:
            self.close(name)
        else:
            self.open(name)

    def add(self, words: str) -> None:
        if self.made != self.wanted:
            self._catch_up()
        self.words.append(words)

    def _catch_up(self) -> None:
        if self.words:
            self.events.append(Text("".join(self.words)))
            self.words.clear()
        same = 0
        for have, want in zip(self.made, self.wanted, strict=False):
            if have is not want:
                break
            same += 1
        for span in reversed(self.made[same:]):
            self.events.append(End("font" if type(span) is Font else span[0]))
        self.events += self.wanted[same:]
        self.made = self.wanted.copy()

    def open(self, name: str, times: int = 1) -> None:
        if not self.depth[name]:
            self.wanted.append(Start(name))
        self.depth[name] += times

    def close(self, name: str, times: int = 1, *, wholly: bool = False) -> None:
        if not self.depth[name]:
            return
        self.depth[name] = 0 if wholly else max(self.depth[name] - times, 0)
        if not self.depth[name]:
            self.wanted = [span for span in self.wanted if type(span) is Font or span[0] != name]

    def open_font(self, font: Font) -> None:
        if len(self.fonts) == _MOST_FONTS:
            self.too_many_fonts += 1
            return
        self.fonts.append(font)
        self.wanted.append(font)

    def close_font(self) -> None:
        if self.too_many_fonts:
            self.too_many_fonts -= 1
        elif self.fonts:
            font = self.fonts.pop()
            self.wanted = [span for span in self.wanted if span is not font]

    def override(self, overrides: str) -> None:
        for item in overrides.split("\\"):
            match = _OVERRIDE.fullmatch(item.strip())
            name, value = (match[1], match[2].strip()) if match else ("", "")
            if name in self.depth:
                # \b takes a weight too: 1, or 100 to 900, of which up to 500 is not bold.
                is_on = value.isdecimal() and int(value[:5]) != 0 and not 100 <= int(value[:5]) <= 500
                self.close(name, wholly=True)
                if is_on:
                    self.open(name)
            elif name in ("an", "a") and value[:2].isdecimal():
                number = int(value[:2])
                anchor = _OLD_ALIGNMENT.get(number, 0) if name == "a" else number
                if 1 <= anchor <= 9 and not self.anchor:
                    self.anchor = anchor
            elif name == "pos" and (point := _POINT.fullmatch(value)):
                self.point = self.point or (float(point[1][:9]), float(point[2][:9]))
            elif name in ("c", "1c", "fn", "fs"):
                self._switch_font(name, value)
            elif name == "r":
                for style in self.depth:
                    self.close(style, wholly=True)
                while self.fonts or self.too_many_fonts:
                    self.close_font()
            elif item.strip():
                self.ignored.append("\\" + item.strip())

    def _switch_font(self, name: str, value: str) -> None:
        """Overrides change one attribute of the font that holds, where tags open a new one."""
        color, face, size = self.fonts[-1] if self.fonts else Font()
        if name in ("c", "1c"):
            match = _ASS_COLOUR.fullmatch(value)
            blue_green_red = match[1].rjust(6, "0")[-6:].lower() if match else ""
            color = f"#{blue_green_red[4:]}{blue_green_red[2:4]}{blue_green_red[:2]}" if match else ""
        elif name == "fn":
            face = value
        else:
            size = value
        self.close_font()
        if color or face or size:
            self.open_font(Font(color, face, size))

    def finish(self) -> SubRipText:
        self.wanted = []
        self._catch_up()
        return SubRipText(self.events, self.anchor, self.point, tuple(self.ignored))


def _font(attributes: str) -> Font:
    # A new one each time, since two fonts that say the same are still two.
    return Font(*(_usual_attributes(attributes) if len(attributes) < _MOST_TO_REMEMBER else _attributes(attributes)))


def _attributes(attributes: str) -> tuple[str, str, str]:
    found = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(attributes)}
    return parse_colour(found.get("color", "")), found.get("face", ""), found.get("size", "")


_MOST_TO_REMEMBER = 200
_usual_attributes = lru_cache(maxsize=256)(_attributes)


def parse_colour(value: str) -> str:
    """A colour of a font tag as "#rrggbb" (or with alpha), or a name in lower case; "" for what is no colour."""
    value = value.strip()
    if match := _HEX.fullmatch(value):
        return f"#{match[1].lower()}"
    if match := _SHORT_HEX.fullmatch(value):
        return "#" + "".join([digit * 2 for digit in match[1].lower()])
    return value.lower() if _NAME.fullmatch(value) else ""


def write(events: Iterable[Event], anchor: int = 0) -> str:
    """The events as SRT cue text; `anchor` 1 to 9 puts a `{\\anN}` in front.

    WebVTT spans and timestamps have no form in SRT and are left out. Words that a player would take for a tag are
    guarded; see `guard`.
    """
    parts: list[str] = [f"{{\\an{anchor}}}"] if anchor else []
    for event in events:
        if type(event) is Text:
            parts.append(guard(event.value))
        elif type(event) is Font:
            attributes = zip(("color", "face", "size"), event, strict=True)
            parts.append("<font" + "".join([f' {name}="{value}"' for name, value in attributes if value]) + ">")
        elif type(event) is Start:
            if event.name in ("i", "b", "u", "s"):
                parts.append(f"<{event.name}>")
        elif type(event) is End and event.name in ("i", "b", "u", "s", "font"):
            parts.append(f"</{event.name}>")
    return "".join(parts)


_WOULD_BE_A_TAG = pattern(
    rf"<(?=/?(?a:font|br)(?:[\s/][^<>]*)?>|[ \t]*/?[ \t]*{_HTML_NAMES}(?:[\s/][^<>]*)?>)|"
    r"\{(?=\\[^{}]*\}|/?[ibus]\}|[A-Za-z]:[^{}\n]*\})|\\(?=(?-i:[Nh]))",
    re.IGNORECASE,
)


def guard(words: str) -> str:
    """The words, with `GUARD` wherever a player would take them for a tag."""
    if "<" in words or "{" in words or "\\" in words:
        return _WOULD_BE_A_TAG.sub(f"\\g<0>{GUARD}", words)
    return words
