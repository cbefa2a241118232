"""SAMI: captions in HTML of 1998, one `<SYNC>` a moment and one class of paragraphs a language.

pysubs2 invents where captions end and mixes the languages; here a caption is shown until the next paragraph of its
language begins, which may be blank for just that, and of several languages one is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from captionkit.foreign.reading import SWITCHES, Run
from captionkit.foreign.text import Tag, attributes, decoded, pieces, shortened
from captionkit.languages import canonical, display_name, serves
from captionkit.markup import subrip

if TYPE_CHECKING:
    from captionkit.foreign.reading import Reading

_RULE = re.compile(r"\.([\w-]{1,60})\s*\{([^{}]*)\}")
_DECLARATION = re.compile(r"([\w-]{1,60})\s*:\s*([^;:]{0,200})")
_CSS_COLOUR = re.compile(r"(?<![\w-])color\s*:\s*([#\w]{3,20})", re.IGNORECASE)
_NAMES = SWITCHES | {"em": "italic", "strong": "bold", "strike": "strike", "del": "strike"}
#: Tags of HTML that show nothing and lay out what a caption does not lay out.
_SILENT = frozenset(("sami", "body", "head", "div", "center", "span", "font", "p", "sync", "br", "rb", "rp", "table",
                     "tr", "td", "ruby", "rt", "a", "big", "small", "html", *_NAMES))  # fmt: skip


#: No file has captions in more languages; of one that seems to, so many are named.
_SHOWN = 8


class _Paragraph(NamedTuple):
    """A `<P>` below a `<SYNC>`.

    Attributes:
        end: where the file says it, which is rare.
        name: of its class, in lower case; "" for none.
        is_source: whether it says who speaks.
        lost: (kind, message) of what it does not keep.
    """

    start: int
    end: int | None
    name: str
    is_source: bool
    runs: list[Run]
    lost: list[tuple[str, str]]
    line: int

    @property
    def words(self) -> str:
        return "".join([run.text for run in self.runs]).strip()


class _Class(NamedTuple):
    """A class of the style sheet: one language of the captions."""

    name: str
    title: str = ""
    language: str = ""

    def __str__(self) -> str:
        what = display_name(self.language) if self.language else self.title
        return f"{self.language or self.name} ({', '.join(filter(None, (what, self.language and self.name)))})"

    def is_meant(self, wanted: str) -> bool:
        if wanted.casefold() in (self.name.casefold(), self.title.casefold()):
            return True
        return bool(self.language) and (serves(self.language, wanted) or serves(wanted, self.language))


def read(data: bytes, reading: Reading) -> None:
    """Put the captions of a SAMI file into `reading`, in the one language that it has or that is asked for."""
    text = decoded(data, reading)
    first = re.search(r"<sync\b", text, re.IGNORECASE)
    top = first.start() if first else len(text)
    page = _Page(reading)
    page.read(text, top)
    known = {one.name.casefold(): one for one in map(_class_of, _RULE.finditer(text, 0, top))}
    spoken = list(dict.fromkeys([one.name for one in page.paragraphs if one.name and one.words and not one.is_source]))
    chosen = _chosen([known.get(name, _Class(name.upper())) for name in spoken], reading)
    if chosen:
        reading.language = reading.language or chosen.language
    paragraphs = [one for one in page.paragraphs if chosen is None or one.name in ("", chosen.name.casefold())]
    _in_order(sorted(paragraphs, key=lambda one: one.start), reading)


def _class_of(rule: re.Match[str]) -> _Class:
    said = {name.lower(): value.strip().strip("'\"") for name, value in _DECLARATION.findall(rule[2])}
    try:
        language = canonical(said.get("lang", ""))
    except ValueError:
        language = ""
    return _Class(rule[1], said.get("name", ""), language)


def _chosen(classes: Sequence[_Class], reading: Reading) -> _Class | None:
    """The class that is asked for; None where there is none at all."""
    wanted = reading.options.language
    if len(classes) < 2:
        if classes and wanted and classes[0].language and not classes[0].is_meant(wanted):
            raise reading.error(f"it has captions in {classes[0]} only, and {wanted!r} was asked for",
                                "Convert it without --language, or ask for another file.")  # fmt: skip
        return classes[0] if classes else None
    meant = [one for one in classes if wanted and one.is_meant(wanted)]
    if len(meant) == 1:
        others = [one for one in classes if one is not meant[0]]
        names = ", ".join(map(str, others[:_SHOWN]))
        reading.remark(f"It has captions in other languages too, each to be converted by itself: {names}.")
        return meant[0]
    names = " or ".join(f"--language {one.language or one.name}" for one in classes[:_SHOWN])
    asked = f"none or several of them are {wanted!r}" if wanted else "which one is wanted?"
    raise reading.error(f"it has captions in several languages: {', '.join(map(str, classes[:_SHOWN]))}; {asked}",
                        f"Say which: {names}.")  # fmt: skip


def _in_order(paragraphs: Sequence[_Paragraph], reading: Reading) -> None:
    """Add captions; each is shown until the next paragraph begins, which may be blank for just that."""
    groups: list[list[_Paragraph]] = []
    for one in paragraphs:
        if groups and groups[-1][0].start == one.start:
            groups[-1].append(one)
        else:
            groups.append([one])
    for place, group in enumerate(groups):
        following = groups[place + 1][0].start if place + 1 < len(groups) else None
        ends = [one.end for one in group if one.end is not None]
        end = min(filter(None, (*ends, following)), default=None)
        speaker = next((one.words for one in group if one.is_source and one.words), "")
        runs: list[Run] = []
        for one in group:
            for kind, message in one.lost:
                reading.lose(kind, message, line=one.line, time=one.start)
            if not one.is_source and one.words:
                runs += [Run("\n")] * bool(runs) + one.runs
        reading.caption(group[0].start, end, [run._replace(voice=speaker) for run in runs], line=group[0].line)


class _Page:
    """The tags of a SAMI file, one after the other."""

    def __init__(self, reading: Reading) -> None:
        self.paragraphs: list[_Paragraph] = []
        self._reading = reading
        self._start: int | None = None
        self._end: int | None = None
        self._line = 0
        self._fresh()

    def _fresh(self) -> None:
        """A new paragraph: whatever was open is closed."""
        self._look = Run("")
        self._colors: list[str] = []
        self._ruby: list[Run] | None = None
        self._above: list[str] | None = None

    def read(self, text: str, top: int) -> None:
        line, counted = text.count("\n", 0, top) + 1, top
        for piece in pieces(text, top):
            if type(piece) is Tag:
                line += text.count("\n", counted, piece.start)
                counted, self._line = piece.start, line
                self._tag(piece.name, piece.ends, piece.rest)
            elif isinstance(piece, str):
                self._words(piece)

    def _words(self, text: str) -> None:
        if self._start is None or not text:
            return
        if "&" in text:
            text = unescape(text)
        text = _WHITE.sub(" ", text)
        if not self.paragraphs or self.paragraphs[-1].start != self._start:
            if not text.strip(" "):
                return
            self._paragraph("", False)  # words below a SYNC without a P, a no-break space among them
        if self._above is not None:
            self._above.append(text)
        elif self._ruby is not None:
            self._ruby.append(self._look._replace(text=text))
        else:
            self.paragraphs[-1].runs.append(self._look._replace(text=text))

    def _paragraph(self, name: str, is_source: bool) -> None:
        assert self._start is not None
        self._fresh()
        self.paragraphs.append(_Paragraph(self._start, self._end, name, is_source, [], [], self._line))

    def _tag(self, name: str, ends: bool, rest: str) -> None:
        if name == "sync":
            said = attributes(rest)
            self._start, self._end = (None, None) if ends else (_ms(said.get("start")), _ms(said.get("end")))
            if not ends and self._start is None:
                message = f"{shortened(f'<{name}{rest}>')} says no time; what follows it is left out"
                self._reading.lose("unreadable line", message, line=self._line)
        elif self._start is None:
            return
        elif name == "p":
            said = attributes(rest)
            if not ends:
                self._paragraph(said.get("class", "").casefold(), said.get("id", "").lower() == "source")
        elif name == "br":
            self._words_as_they_are("\n")
        elif name in _NAMES:
            self._look = self._look.switched(_NAMES[name], not ends)
        elif name in ("font", "span"):
            self._font(ends, rest)
        elif name in ("ruby", "rt"):
            self._ruby_tag(name, ends)
        elif name not in _SILENT:
            self._lose("literal tag", f"<{name}> shows nothing; left out")

    def _words_as_they_are(self, text: str) -> None:
        if self.paragraphs and self.paragraphs[-1].start == self._start:
            self.paragraphs[-1].runs.append(self._look._replace(text=text))

    def _font(self, ends: bool, rest: str) -> None:
        if ends:
            color = self._colors.pop() if self._colors else ""
            self._look = self._look._replace(color=color)
            return
        self._colors.append(self._look.color)
        said = attributes(rest)
        css = _CSS_COLOUR.search(said.get("style", ""))
        color = subrip.parse_colour(said.get("color", "") or (css[1] if css else ""))
        if color:
            self._look = self._look._replace(color="" if color in ("white", "#ffffff") else color)
        for name in ("face", "size"):
            if value := said.get(name):
                self._lose("font attribute", f'<font {name}="{shortened(value)}"> has no WebVTT form')

    def _lose(self, kind: str, message: str) -> None:
        if self.paragraphs and self.paragraphs[-1].start == self._start:
            self.paragraphs[-1].lost.append((kind, message))

    def _ruby_tag(self, name: str, ends: bool) -> None:
        if name == "ruby" and not ends:
            self._ruby, self._above = [], None
        elif name == "rt" and not ends and self._ruby is not None:
            self._above = []
        elif self._ruby is not None and self._above is not None:  # the end of either
            above, below = "".join(self._above).strip(), "".join([run.text for run in self._ruby])
            runs = self.paragraphs[-1].runs
            runs.append(self._look._replace(text=below, ruby=above))
            self._ruby, self._above = ([] if name == "rt" else None), None
        elif name == "ruby" and self._ruby is not None:
            self.paragraphs[-1].runs.extend(self._ruby)
            self._ruby = None


_WHITE = re.compile(r"[ \t\n\r\f]+")


def _ms(text: str | None) -> int | None:
    match = re.match(r"\s*(-?\d{1,12})(?:\.(\d))?", text or "")
    return int(match[1]) + (match[2] is not None and match[2] >= "5") if match else None
