"""XML from anybody: to a tree with line numbers, with what is often wrong in it mended, and within bounds. Pure.

Nothing is looked up and nothing expands: a text that declares a document type or an entity is refused before a parser
sees it, and what the parser gets is the very text that was looked through.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html.entities import html5
from xml.parsers import expat

from captionkit import decoding
from captionkit.errors import UsageError
from captionkit.foreign.reading import Reading
from captionkit.foreign.text import refuse_entities

#: Captions nest seven or eight elements; what nests more than this is made to overflow a stack.
MOST_DEPTH = 50
#: Ten hours of captions with a span for every word have a third of this.
MOST_ELEMENTS = 400_000
#: The attribute under which each element has the line that it begins in.
LINE = "{line}"

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w.:-]{1,40})[\"']")
_DECLARATION = re.compile(r"[\s\ufeff]*<\?xml[^>]*\?>")


def text_of(data: bytes, reading: Reading) -> str:
    """The file as text, without its XML declaration.

    Raises:
        ContentError: if it declares a document type or entities.
    """
    text = _decoded(data, reading)
    text = _DECLARATION.sub(lambda match: "\n" * match[0].count("\n"), text, count=1)
    refuse_entities(text, reading)
    return text


def _decoded(data: bytes, reading: Reading) -> str:
    """By its byte order mark, else what a person says, what it declares, or what its first letter looks like."""
    wide = {b"<\0\0\0": "utf-32-le", b"\0\0\0<": "utf-32-be", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
    for beginning, encoding in wide.items():
        if data.startswith(beginning):
            return data.decode(encoding, "replace")
    declared = _DECLARED.search(data[:400])
    name = reading.options.encoding or (declared[1].decode("ascii") if declared else "")
    if not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")) and name.lower().startswith(
        ("utf-16", "utf-32")
    ):
        reading.remark(f"It says it is {name} and is not; it was read as what it looks like.")
        name = ""
    try:
        decoded = decoding.decode(data, name)
    except UsageError:
        reading.remark(f"It says that its encoding is {name}, which is not known; it was read as what it looks like.")
        decoded = decoding.decode(data)
    if decoded.is_guess and not name:
        reading.remark(f"Its encoding is a guess: {decoded.encoding}. If letters are wrong, name another: --encoding.")
    return decoded.text


def parse(text: str, reading: Reading) -> ET.Element:
    """The tree of a text; each element has its line in the attribute `LINE`.

    Raises:
        ContentError: if it is not XML and cannot be mended, or exceeds a bound.
    """
    remarks: list[str] = []
    for mend in (*_MENDS, None):
        tree = _Tree(reading)
        try:
            tree.feed(text)
        except expat.ExpatError as error:
            if tree.root is not None and error.code == _JUNK:
                reading.lose("stray text", "what follows the end of the captions was not read", line=error.lineno)
            elif mend is None:
                raise reading.error(_what(error), line=error.lineno) from error
            else:
                text = mend(text, remarks)
                continue
        for sentence in remarks:
            reading.remark(sentence)
        assert tree.root is not None
        return tree.root
    raise AssertionError("unreachable")


_JUNK = expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]
_CUT_OFF = {
    expat.errors.codes[getattr(expat.errors, name)]
    for name in ("XML_ERROR_NO_ELEMENTS", "XML_ERROR_UNCLOSED_TOKEN", "XML_ERROR_UNCLOSED_CDATA_SECTION")
}


def _what(error: expat.ExpatError) -> str:
    if error.code in _CUT_OFF:
        return "the file is cut off before its end"
    return f"its XML is damaged in column {error.offset + 1}: {expat.ErrorString(error.code)}"


class _Tree:
    """Builds the tree while expat reads."""

    def __init__(self, reading: Reading) -> None:
        self.root: ET.Element | None = None
        self._reading = reading
        self._builder = ET.TreeBuilder()
        self._depth = self._count = 0
        self._parser = parser = expat.ParserCreate("utf-8", "}")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._builder.data

    def feed(self, text: str) -> None:
        self._parser.Parse(text.encode("utf-8", "replace"), True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > MOST_DEPTH:
            raise self._reading.error(
                f"its elements are nested more than {MOST_DEPTH} deep", line=self._parser.CurrentLineNumber
            )
        if self._count > MOST_ELEMENTS:
            raise self._reading.error(f"it has more than {MOST_ELEMENTS:,} elements")
        named = {_braced(key): value for key, value in attributes.items()}
        named[LINE] = str(self._parser.CurrentLineNumber)
        self._builder.start(_braced(name), named)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._builder.end(_braced(name))
        if not self._depth:
            self.root = self._builder.close()


def _braced(name: str) -> str:
    """`uri}name` of expat as `{uri}name` of ElementTree."""
    return f"{{{name}" if "}" in name else name


# --- what is often wrong ---------------------------------------------------------------------------------------------

_REFERENCE = re.compile(r"&(?:#([0-9]+)|#[xX]([0-9A-Fa-f]+)|([A-Za-z][A-Za-z0-9]{1,30}));|&")
_OWN = frozenset(("amp", "lt", "gt", "quot", "apos"))
_NO_CHARACTER = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_OPENS = re.compile(r"<!--|<!\[CDATA\[")
_BARE_LESS = re.compile(r"<(?![A-Za-z_/!?:])")
_NO_SPACE = re.compile(r"(=[ \t]{0,9}(?:\"[^\"<>]*\"|'[^'<>]*'))(?=[A-Za-z_])")
_TAG = re.compile(r"<[A-Za-z_:][^<>]*>")


def _mend_characters(text: str, remarks: list[str]) -> str:
    """References that XML does not have, signs that have a meaning in XML, characters that it does not allow."""
    counts = {"bare &": 0, "bare <": 0, "names of HTML such as &nbsp;": 0, "characters that XML does not allow": 0}
    bare, less, html, characters = counts

    def reference(match: re.Match[str]) -> str:
        decimal, hexadecimal, name = match.groups()
        if name in _OWN:
            return match[0]
        if name:
            if (character := html5.get(f"{name};")) is not None:
                counts[html] += 1
                return "".join([f"&#{ord(one)};" for one in character])
        elif decimal or hexadecimal:
            digits = (decimal or hexadecimal).lstrip("0")[:8] or "0"
            code = int(digits, 10 if decimal else 16)
            if code in (9, 10, 13) or (
                32 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF and code & 0xFFFE != 0xFFFE
            ):
                return match[0]
            counts[characters] += 1
            return ""
        counts[bare] += 1
        return f"&amp;{match[0][1:]}"

    text, counts[characters] = _NO_CHARACTER.subn("", text)
    pieces = _sections(text)
    for place in range(0, len(pieces), 2):
        pieces[place] = _REFERENCE.sub(reference, pieces[place])
        pieces[place], found = _BARE_LESS.subn("&lt;", pieces[place])
        counts[less] += found
        pieces[place] = _TAG.sub(lambda tag: _NO_SPACE.sub(r"\1 ", tag[0]), pieces[place])
    mended = [f"{name} ({count})" for name, count in counts.items() if count]
    if mended:
        remarks.append(f"Its XML was damaged and was mended: {', '.join(mended)}.")
    return "".join(pieces)


def _sections(text: str) -> list[str]:
    """The text cut in pieces: every second one is a comment or a CDATA section, in which nothing is mended."""
    ends = {"<!--": "-->", "<![CDATA[": "]]>"}
    pieces: list[str] = []
    at = cut = 0
    while match := _OPENS.search(text, at):
        at = match.end()
        end = ends.get(match[0], "")
        closed = text.find(end, at) if end else -1
        if closed < 0:
            ends.pop(match[0], None)  # nor does any later one end
            continue
        at = closed + len(end)
        pieces += [text[cut : match.start()], text[match.start() : at]]
        cut = at
    return [*pieces, text[cut:]]


_PREFIX_USED = re.compile(r"[<\s/]([A-Za-z_][\w.-]*):[A-Za-z_]")
_PREFIX_DECLARED = re.compile(r"\sxmlns:([A-Za-z_][\w.-]*)\s*=")
_ROOT = re.compile(r"(?:<\?(?:[^?]|\?(?!>))*+\?>|<!--(?:[^-]|-(?!->))*+-->|\s)*+<[A-Za-z_][\w.:-]*")
_USUAL_PREFIXES = {
    "tt": "http://www.w3.org/ns/ttml",
    "tts": "http://www.w3.org/ns/ttml#styling",
    "ttp": "http://www.w3.org/ns/ttml#parameter",
    "ttm": "http://www.w3.org/ns/ttml#metadata",
}


def _mend_prefixes(text: str, remarks: list[str]) -> str:
    """Prefixes that are used and not declared."""
    tags = _TAG.findall(text)
    used = {prefix for tag in tags for prefix in _PREFIX_USED.findall(tag)}
    root = _ROOT.match(text)
    if root is None:
        return text
    # A declaration further in does not count further out; one at the root does no harm there.
    declared = set(_PREFIX_DECLARED.findall(text[root.start() : text.find(">", root.end())]))
    missing = sorted(used - declared - {"xml", "xmlns"})
    if not missing:
        return text
    remarks.append(
        f"Its XML uses prefixes that it does not declare ({', '.join(missing)}); their usual meaning was taken."
    )
    declarations = "".join(
        [f' xmlns:{name}="{_USUAL_PREFIXES.get(name, f"urn:undeclared:{name}")}"' for name in missing]
    )
    return f"{text[: root.end()]}{declarations}{text[root.end() :]}"


_ATTRIBUTE = re.compile(r"\s([A-Za-z_][\w.:-]*)\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')")
_OPEN_BREAK = re.compile(r"<((?:\w+:)?br)(\s[^<>]*)?(?<!/)>(?:\s*</\1>)?")


def _mend_tags(text: str, remarks: list[str]) -> str:
    """Attributes that stand twice in a tag, and line breaks written as in HTML."""
    twice = 0

    def once(tag: re.Match[str]) -> str:
        nonlocal twice
        seen: set[str] = set()

        def first(match: re.Match[str]) -> str:
            nonlocal twice
            if match[1] in seen:
                twice += 1
                return ""
            seen.add(match[1])
            return match[0]

        return _ATTRIBUTE.sub(first, tag[0])

    text = _TAG.sub(once, text)
    text, breaks = _OPEN_BREAK.subn(r"<\1\2/>", text)
    mended = [
        f"{name} ({count})" for count, name in ((twice, "attributes that stand twice"), (breaks, "<br>")) if count
    ]
    if mended:
        remarks.append(f"Its XML was damaged and was mended: {', '.join(mended)}.")
    return text


_MENDS: tuple[Callable[[str, list[str]], str], ...] = (_mend_characters, _mend_tags, _mend_prefixes)
