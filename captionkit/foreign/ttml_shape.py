"""A TTML tree in the shape that ttconv knows; what it would pass over or stumble on is dealt with here, and named.

ttconv logs what it cannot read and goes on without it: a time, a namespace of 2006, a p that is in no div, ruby that is
put together in another way, an element it does not know, with all words in it. A value of a style that it does not know
ends it. Agents (who speaks), identifiers and lines have no place in its model: each element gets a key instead of its
language, and the key leads back to its `Origin`.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from ttconv.imsc.style_properties import StyleProperties as ImscStyles
from ttconv.model import ContentDocument

from captionkit.foreign.reading import Reading
from captionkit.foreign.text import shortened
from captionkit.foreign.timed import Origin
from captionkit.foreign.ttml_languages import XML_LANG, languages_spoken, matching, stand_for_each_other
from captionkit.foreign.ttml_timeline import TIMES, count_from_parents, remove, resolve, seconds
from captionkit.foreign.ttml_times import TT, TTP, Times, times_of
from captionkit.foreign.xml_tree import LINE

TTS = "{http://www.w3.org/ns/ttml#styling}"
TTM = "{http://www.w3.org/ns/ttml#metadata}"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_RUBY = f"{TTS}ruby"
_ANIMATIONS = (f"{TT}set", f"{TT}animate")

#: Drafts, and names that programs write by mistake.
_OLD = re.compile(r"http://www\.w3\.org/(?:200\d/\d\d/ttaf1|ns/ttml)/?(?:#(\w*?)(?:-extension|-attribs)?)?/?")
_PARTS = {"": "", "style": "#styling", "styling": "#styling", "parameter": "#parameter", "metadata": "#metadata"}
_PICTURES = ("backgroundImage",)

#: Elements of HTML in TTML, as some programs write them, and the style that they stand for.
_HTML = {
    "i": ("fontStyle", "italic"), "em": ("fontStyle", "italic"), "b": ("fontWeight", "bold"),
    "strong": ("fontWeight", "bold"), "u": ("textDecoration", "underline"),
}  # fmt: skip

#: What else an element may say and WebVTT cannot: the kind of loss, and the values that ask for nothing.
_LOST_ATTRIBUTES = {
    "{urn:ebu:tt:style}multiRowAlign": ("font attribute", ("auto",)),
    "{http://www.w3.org/ns/ttml/profile/imsc1#styling}forcedDisplay": ("font attribute", ("false",)),
    f"{TTM}role": ("class", ("caption", "dialog", "subtitle", "text", "transcription")),
    "condition": ("font attribute", ("true", "true()")),
    "animate": ("animation", ()),
}  # fmt: skip
#: Styles that change what a viewer sees of the words, and that WebVTT in a browser does not take from a caption file.
_LOST_STYLES = frozenset((
    "fontFamily", "fontSize", "fontVariant", "letterSpacing", "opacity", "textOutline", "textShadow", "textEmphasis",
    "textCombine", "fontShear", "shear", "rubyPosition", "rubyAlign", "luminanceGain", "disparity", "unicodeBidi",
))  # fmt: skip
#: ... and values of them that ask for what is so anyway.
_USUAL = frozenset((
    "100%", "1c", "1em", "default", "none", "normal", "1", "1.0", "0",
    "0%", "auto", "outside", "center", "embed", "isolate",
))  # fmt: skip
#: Styles that are played where they change: what is to be seen, and how it looks.
_PLAYED = frozenset(("color", "backgroundColor", "fontStyle", "fontWeight", "textDecoration", "visibility", "display",
                     "opacity"))  # fmt: skip


class Shape:
    """One file on its way to ttconv.

    Attributes:
        root: its tree, changed in place by `fit`.
        times: how it counts time.
        origins: by key.
    """

    def __init__(self, root: ET.Element, reading: Reading) -> None:
        self.root, self.reading = root, reading
        self.origins: dict[str, Origin] = {}
        self.times = Times()
        self._agents: dict[str, str] = {}
        self._readable: dict[tuple[str, str], bool] = {}
        self._lost: dict[tuple[str, str], tuple[list[str], int]] = {}  # (kind, name): values, first line
        self._styles: set[str] = set()  # that are defined
        self._context: Any = None
        self._has_size = False
        self._times: dict[ET.Element, dict[str, Fraction]] = {}
        self._unknown: set[ET.Element] = set()  # whose begin cannot be read

    def fit(self) -> None:
        """Make the tree fit.

        Raises:
            ContentError: if it is no TTML, holds pictures instead of words, or has several languages to choose from.
        """
        self._rename()
        if self.root.tag != f"{TT}tt":
            raise self.reading.error("its outermost element is not tt")
        elements = list(self.root.iter())
        timed = [value for element in elements for name in TIMES if (value := element.get(name))]
        counts_frames = any(value.endswith("f") or value.count(":") + value.count(";") == 3 for value in timed)
        self.times = times_of(self.root.attrib, self.reading, counts_frames=counts_frames)
        self._root_attributes()
        self._agents = dict(_agents(self.root))
        self._pictures(elements)
        self._metadata()
        body = self.root.find(f"{TT}body")
        if body is None:
            raise self.reading.error("it has no body, so no captions")
        if not timed:
            raise self.reading.error("none of its captions has a time")
        self._choose(body)
        self._styles = {name for style in self.root.iter(f"{TT}style") if (name := style.get(XML_ID))}
        document = ContentDocument()
        self._context = SimpleNamespace(doc=document)
        for element in self.root.iter():
            if element is not self.root and element.tag != f"{TT}animate":
                self._clean(element)
        for region in self.root.iter(f"{TT}region"):
            self._play(region)
        self._within(body, Origin(language=self.root.get(XML_LANG, "")))
        if count_from_parents(body, self._times):
            self.reading.remark(
                "The times of what is nested count from the beginning of the video, not from what they are in, as the "
                "standard has it; they were taken so, since otherwise captions would be lost."
            )
        resolve(body, self._times, self._timeless)
        for (kind, name), (values, line) in sorted(self._lost.items()):
            more = " ..." if len(values) > 3 else ""
            self.reading.lose(kind, f"{name} ({', '.join(map(shortened, values[:3]))}{more})", line=line)

    def _root_attributes(self) -> None:
        """Of the root ttconv needs how large picture and cells are; all else is known by now, or raises there."""
        kept = {XML_LANG, LINE, "{http://www.w3.org/XML/1998/namespace}space", f"{TTP}cellResolution"}
        size = re.fullmatch(r"([1-9][0-9]{0,5})px\s+([1-9][0-9]{0,5})px", self.root.get(f"{TTS}extent", "").strip())
        for name in [name for name in self.root.attrib if name not in kept]:
            del self.root.attrib[name]
        if size:
            self.root.set(f"{TTS}extent", f"{size[1]}px {size[2]}px")
        self._has_size = size is not None

    # --- names -------------------------------------------------------------------------------------------------------

    def _rename(self) -> None:
        """Today's namespaces; `id` and `lang` as those of XML."""
        renamed: dict[str, str] = {}

        def today(name: str) -> str:
            if name not in renamed:
                uri, _, local = name[1:].partition("}") if name[:1] == "{" else ("", "", name)
                match = _OLD.fullmatch(uri)
                if match and (match[1] or "") in _PARTS:
                    renamed[name] = f"{{http://www.w3.org/ns/ttml{_PARTS[match[1] or '']}}}{local}"
                else:
                    renamed[name] = name
            return renamed[name]

        root = self.root
        own = root.tag[1:].partition("}")[0] if root.tag[:1] == "{" else ""
        is_unknown = root.tag.rpartition("}")[2] == "tt" and today(root.tag) != f"{TT}tt"
        for element in root.iter():
            tag = element.tag
            if is_unknown and (not own or tag.startswith(f"{{{own}}}")):
                tag = f"{TT}{tag.rpartition('}')[2]}"
            element.tag = today(tag)
            attributes = {today(name): value for name, value in element.attrib.items()}
            for plain, qualified in (("id", XML_ID), ("lang", XML_LANG)):
                if plain in attributes:
                    attributes.setdefault(qualified, attributes.pop(plain))
            element.attrib.clear()
            element.attrib.update(attributes)
        if is_unknown:
            self.reading.remark("It does not say that it is TTML (its namespace is another); it was read as TTML.")

    # --- what is not words ------------------------------------------------------------------------------------------

    def _pictures(self, elements: list[ET.Element]) -> None:
        pictures = [
            element
            for element in elements
            if element.tag == f"{TT}image" or any(name.rpartition("}")[2] in _PICTURES for name in element.attrib)
        ]
        for element in pictures:
            self.reading.lose("picture", "a caption that is a picture; left out", line=_line(element))
        has_words = any((element.text or "").strip() for element in elements if element.tag in (f"{TT}p", f"{TT}span"))
        if pictures and not has_words:
            raise self.reading.error(
                f"its captions are pictures ({len(pictures)} of them), not words",
                "Have the text recognised: Subtitle Edit does that (OCR). Or ask for a file with words.",
            )

    def _metadata(self) -> None:
        """What the head says of the file as a whole: a header line each that WebVTT has no place for."""
        head = self.root.find(f"{TT}head")
        for element in head.iter() if head is not None else ():
            local = element.tag.rpartition("}")[2]
            is_said = element.tag.startswith(TTM) and local in ("title", "desc", "copyright")
            if (is_said or "urn:ebu:tt:metadata" in element.tag) and (words := (element.text or "").strip()):
                self.reading.lose("header line", f"{local}: {shortened(words)}", line=_line(element))

    # --- languages --------------------------------------------------------------------------------------------------

    def _choose(self, body: ET.Element) -> None:
        """Leave the captions of one language, where div or body say that they are in several."""
        spoken = dict(languages_spoken(body, self.root.get(XML_LANG, "")))
        by_caption = {p: p.get(XML_LANG, language) for p, language in spoken.items()}
        if stand_for_each_other(by_caption):
            spoken = by_caption
        languages = sorted({language for language in spoken.values() if language})
        wanted = self.reading.options.language
        if len(languages) > 1:
            if not wanted:
                raise self.reading.error(
                    f"it has captions in several languages: {', '.join(languages)}",
                    f"Say which you want: --language {languages[0]}.",
                )
            chosen = matching(wanted, languages)
            if not chosen:
                raise self.reading.error(
                    f"it has captions in {', '.join(languages)} and none in {wanted}",
                    f"Say which you want: --language {languages[0]}.",
                )
            for parent in list(body.iter()):
                remove(parent, {child for child in parent if spoken.get(child, "") not in ("", chosen)})
            others = [language for language in languages if language != chosen]
            self.reading.remark(
                f"It has captions in several languages; those in {chosen} were taken, not {', '.join(others)}."
            )
            languages = [chosen]
        own = languages[0] if languages else self.root.get(XML_LANG, "")
        if _TAG.fullmatch(own) and own.lower() not in ("und", "zxx", "mul"):
            self.reading.language = own

    # --- attributes -------------------------------------------------------------------------------------------------

    def _clean(self, element: ET.Element) -> None:
        """Leave only values that ttconv can read, and times as plain seconds."""
        attributes = element.attrib
        line = _line(element)
        if "style" in attributes:
            # Of one that is named twice the later place counts.
            attributes["style"] = " ".join([*dict.fromkeys(attributes["style"].split()[::-1])][::-1])
            for name in attributes["style"].split():
                if name not in self._styles:
                    self._lose("font attribute", "styles that are not defined", name, line)
        for name in attributes.keys() & _LOST_ATTRIBUTES.keys():
            kind, usual = _LOST_ATTRIBUTES[name]
            for value in set(attributes[name].split()).difference(usual):
                self._lose(kind, name.rpartition("}")[2], value, line)
        for name in [name for name in attributes if name.startswith(TTS)]:
            value = attributes[name] = " ".join(attributes[name].split())
            local = name[len(TTS) :]
            if local in _LOST_STYLES and value not in _USUAL:
                self._lose("font attribute", local, value, line)
            if local in ("extent", "origin") and value == "auto":
                del attributes[name]
            elif local in ("extent", "origin", "position") and "px" in value and not self._has_size:
                del attributes[name]
                self.reading.lose("position", "in pixels of a picture whose size the file does not say", line=line)
            elif plainly := next((each for each in _as_meant(value) if self._is_readable(name, each)), None):
                attributes[name] = plainly
            else:
                del attributes[name]
                if local not in _LOST_STYLES:
                    self.reading.lose("font attribute", f"{local}={value!r} is not TTML; passed over", line=line)
        for name in TIMES:
            if name not in attributes:
                continue
            value = attributes[name]
            time = self.times.seconds(value) if len(value) < 60 else None
            if time is not None:
                self._times.setdefault(element, {})[name] = time
                attributes[name] = seconds(time)
                continue
            del attributes[name]
            if value.strip():
                self._bad_time(element, name, value, line)
        if element in self._unknown:
            self._times[element] = {"end": Fraction(0)}

    def _lose(self, kind: str, name: str, value: str, line: int) -> None:
        """What files say again and again is named once, with its values."""
        values, _ = self._lost.setdefault((kind, name), ([], line))
        if value not in values:
            values.append(value)

    def _bad_time(self, element: ET.Element, name: str, value: str, line: int) -> None:
        message = f"{name}={value[:40]!r} is no time"
        if name == "begin":
            # When it is shown is not known; showing it from zero on would be wrong.
            self._unknown.add(element)
            message += "; left out"
        else:
            message += "; shown as if it were not there"
        self.reading.lose("unreadable time", message, line=line)

    def _timeless(self, element: ET.Element, why: str) -> None:
        if element not in self._unknown:
            self.reading.lose("caption without time", why, line=_line(element))

    def _is_readable(self, name: str, value: str) -> bool:
        """Whether ttconv can read this value of a style; most files say the same few again and again."""
        known = self._readable.get((name, value))
        if known is None:
            style = ImscStyles.BY_QNAME.get(name)
            try:
                known = style is None or style.model_prop.validate(style.extract(self._context, value))
            except Exception:  # a KeyError for an unknown word, a ValueError for a number, an AttributeError ...
                known = False
            self._readable[name, value] = bool(known)
        return bool(known)

    # --- elements ---------------------------------------------------------------------------------------------------

    def _within(self, element: ET.Element, above: Origin) -> None:
        """Make an element of the body, and all below it, as ttconv knows them."""
        local = element.tag[len(TT) :]
        origin = self._origin(element, above)
        element.set(XML_LANG, self._key(origin))
        if local in ("body", "div"):
            self._boxes(element, local)
        else:
            self._words(element)
        for child in element:
            if child.tag in (f"{TT}div", f"{TT}p", f"{TT}span"):
                self._within(child, origin)

    def _origin(self, element: ET.Element, above: Origin) -> Origin:
        voice = above.voice
        if agents := element.get(f"{TTM}agent", "").split():
            voice = ", ".join([self._agents.get(agent, agent) for agent in agents])
        language = element.get(XML_LANG, above.language)
        return Origin(
            _line(element), language if _TAG.fullmatch(language) else above.language, voice, element.get(XML_ID, "")
        )

    def _key(self, origin: Origin) -> str:
        key = f"{len(self.origins)}"
        self.origins[key] = origin
        return key

    def _play(self, element: ET.Element) -> None:
        """Leave the animations that are played: steps (`<set>`) of what counts, of one style each, as ttconv has it."""
        gone: set[ET.Element] = set()
        for place, child in reversed([*enumerate(element)]):
            if child.tag not in _ANIMATIONS:
                continue
            styles = [name for name in child.attrib if name.startswith(TTS)]
            is_played = child.tag == f"{TT}set" and not element.get(_RUBY)
            played = [name for name in styles if is_played and name[len(TTS) :] in _PLAYED]
            if not played or len(played) < len(styles):
                what = ", ".join([name[len(TTS) :] for name in styles if name not in played]) or "something"
                self.reading.lose("animation", f"{what} that changes while it is shown", line=_line(child))
            if not played or child in self._unknown:
                gone.add(child)
            said = {name: value for name, value in child.attrib.items() if name not in styles}
            for name in played[1:]:
                step = ET.Element(child.tag, {**said, name: child.attrib[name]})
                self._times[step] = dict(self._times.get(child, {}))
                element.insert(place, step)
            for name in styles:
                if name not in played[:1]:
                    del child.attrib[name]
        remove(element, gone)

    def _boxes(self, element: ET.Element, local: str) -> None:
        """A body has only div, a div only div and p."""
        self._play(element)
        self._stray(element.text, _line(element))
        for place, child in enumerate(element):
            self._stray(child.tail, _line(child))
            if child.tag == f"{TT}p" and local == "body":
                box = ET.Element(f"{TT}div", {LINE: child.get(LINE, "0")})
                box.append(child)
                element[place] = box
            elif child.tag in (f"{TT}span", f"{TT}br"):
                box = ET.Element(f"{TT}p", {LINE: child.get(LINE, "0")})
                box.append(child)
                child.tail = None
                if local == "body":
                    inner, box = box, ET.Element(f"{TT}div", {LINE: child.get(LINE, "0")})
                    box.append(inner)
                element[place] = box
            elif child.tag.startswith(TT) and child.tag[len(TT) :] not in ("div", "p", "metadata", "image", "set"):
                self._stray("".join(child.itertext()), _line(child))

    def _stray(self, text: str | None, line: int) -> None:
        if text and (words := text.strip()):
            self.reading.lose("stray text", f"words that are in no caption: {shortened(words)!r}", line=line)

    def _words(self, element: ET.Element) -> None:
        """A p or span has only span, br and set; a ruby container only what ttconv knows as one."""
        self._play(element)
        gone: set[ET.Element] = set()
        for child in element:
            local = child.tag.rpartition("}")[2]
            if not child.tag.startswith(TT) or local == "metadata":
                gone.add(child)
                if (
                    local != "metadata"
                    and not child.tag.startswith(TTM)
                    and (words := "".join(child.itertext()).strip())
                ):
                    message = f"<{local}> is not of TTML; left out with its words: {shortened(words)!r}"
                    self.reading.lose("literal tag", message, line=_line(child))
            elif local in _HTML:
                name, value = _HTML[local]
                child.tag = f"{TT}span"
                child.attrib.setdefault(f"{TTS}{name}", value)
            elif local == "br":
                for inner in list(child):
                    child.remove(inner)
                child.text = None
            elif local not in ("span", "set"):
                child.tag = f"{TT}span"
        remove(element, gone)
        if element.get(_RUBY) == "container" and not _is_ruby(element):
            self.reading.lose("ruby annotation", "put together in a way that is not read; its words stand in the line",
                              line=_line(element))  # fmt: skip
            for each in element.iter():
                each.attrib.pop(_RUBY, None)
        elif element.get(_RUBY) == "container":
            _without_spaces(element)


_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


def _as_meant(value: str) -> Iterator[str]:
    """A value of a style, and what it means where it is written as in HTML or CSS."""
    yield value
    small = value.lower()
    yield small
    if re.fullmatch("#[0-9a-f]{3}", small):
        yield "#" + "".join([digit * 2 for digit in small[1:]])
    if small in ("bolder", "600", "700", "800", "900"):
        yield "bold"
    if small in ("lighter", "100", "200", "300", "400", "500"):
        yield "normal"


def _line(element: ET.Element) -> int:
    return int(element.get(LINE, "0"))


def _agents(root: ET.Element) -> Iterator[tuple[str, str]]:
    """The identifiers of agents and the names of who they are."""
    for agent in root.iter(f"{TTM}agent"):
        names = {name.get("type", ""): " ".join((name.text or "").split()) for name in agent.iter(f"{TTM}name")}
        name = next((names[kind] for kind in ("alias", "full", "given", "family", "other", "") if names.get(kind)), "")
        if name and (identifier := agent.get(XML_ID)):
            yield identifier, name


_RUBY_SHAPES = (
    ["base", "text"],
    ["base", "delimiter", "text", "delimiter"],
    ["baseContainer", "textContainer"],
    ["baseContainer", "textContainer", "textContainer"],
)


def _is_ruby(container: ET.Element) -> bool:
    """Whether ttconv takes this as ruby: it has these parts, and no words between them."""
    if [child.get(_RUBY) for child in container] not in _RUBY_SHAPES:
        return False
    for outer in (container, *[child for child in container if child.get(_RUBY, "").endswith("Container")]):
        if (outer.text or "").strip() or any((child.tail or "").strip() for child in outer):
            return False
        if outer is not container:
            wanted = "base" if outer.get(_RUBY) == "baseContainer" else "text"
            if not len(outer) or any(child.get(_RUBY) != wanted for child in outer):
                return False
    inner = {"base", "text", "delimiter"}
    return not any(each.get(_RUBY) for child in container.iter() if child.get(_RUBY) in inner for each in child)


def _without_spaces(container: ET.Element) -> None:
    for each in container.iter():
        if each is container or each.get(_RUBY, "").endswith("Container"):
            each.text = None
            for child in each:
                child.tail = None
