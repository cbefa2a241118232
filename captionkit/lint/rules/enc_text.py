"""ENC: letters that were mangled on the way, direction marks, and marks of a merge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from captionkit.lint.context import MOST_A_CUE, Context
from captionkit.lint.examples import spoken, srt
from captionkit.lint.rule import ERROR, INFO, UNSAFE, WARNING, Finding, Words, example, rule
from captionkit.patterns import pattern

ORDER = 10

# UTF-8 read as Windows-1252 and written again: a lead byte as a Latin letter, then what its continuation byte looks
# like.
_CONTINUATION = "\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d"
_CONTINUATION += "\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178"
_MOJIBAKE = pattern(
    f"[\u00c2-\u00df][{_CONTINUATION}]|[\u00e0-\u00ef][{_CONTINUATION}]{{2}}|\u00f0[{_CONTINUATION}]{{3}}"
)

#: How each of them begins: two sets are found much faster than the alternatives.
_MANGLED_START = pattern(f"[\u00c2-\u00f0][{_CONTINUATION}]")


def unmangled(text: str, codec: str = "") -> str | None:
    """The text as it was before UTF-8 was read as Windows-1252, or as `codec`; None where it cannot have been that."""
    try:
        if codec:
            raw = b"".join(char.encode(codec, "ignore") or char.encode("latin-1") for char in text)
        else:
            raw = b"".join(bytes([ord(char)]) if ord(char) < 0x100 else char.encode("cp1252") for char in text)
        repaired = raw.decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError, ValueError):
        return None
    return repaired if repaired != text else None


class _Page(NamedTuple):
    """UTF-8 read as another code page of Windows than 1252.

    Attributes:
        codec: of that page.
        sure: stretches that nobody writes, by the letter that each begins with, which is found fast.
        any: all that may be mended once one such stretch was seen.
    """

    codec: str
    sure: tuple[tuple[str, re.Pattern[str]], ...]
    any: re.Pattern[str]


def _page(codec: str, leads: bytes, least: int) -> _Page:
    tail = "".join([bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in range(0x80, 0xC0)])
    letters = leads.decode(codec)
    pair = f"[{letters}][{re.escape(tail)}]"
    long = f"[{bytes([0xE2]).decode(codec)}][{re.escape(tail)}]{{2}}"
    sure = tuple([(letter, pattern(f"{letter}[{re.escape(tail)}](?:{pair}){{{least - 1},}}")) for letter in letters])
    return _Page(codec, sure, pattern(f"(?:{long}|{pair})++"))


def _console_page(codec: str) -> _Page:
    """A code page of consoles, through which Windows PowerShell 5 sends what a program writes: letters become frames
    and corners, of which one pair is enough, and dashes and quotation marks three letters that nobody writes."""
    page = _page(codec, b"\xc2\xc3", 1)
    dash = b"\xe2\x80".decode(codec)
    return page._replace(sure=(*page.sure, (dash[0], pattern(f"{dash}."))))


#: Cyrillic, Greek, Hebrew and Arabic letters are pairs of these bytes in UTF-8; of Central Europe's only some are.
_PAGES = (
    _page("cp1251", b"\xd0\xd1\xd2", 3),
    _page("cp1253", b"\xce\xcf", 3),
    _page("cp1255", b"\xd7", 3),
    _page("cp1256", b"\xd8\xd9\xda\xdb", 3),
    _console_page("cp437"),
    _console_page("cp850"),
)

#: The bytes with which mangled letters begin in UTF-8: in most texts beyond ASCII there are none.
_MANGLED_LEADS = bytes({0xC2, 0xC3, *(letter.encode()[0] for page in _PAGES for letter, _ in page.sure)})


def page_of(text: str) -> _Page | None:
    """The code page as which UTF-8 was read to give this text; None where it surely was none of these."""
    for page in _PAGES:
        found = [match for letter, sure in page.sure if letter in text and (match := sure.search(text)) is not None]
        if found and unmangled(min(found, key=re.Match.start)[0], page.codec) is not None:
            return page
    return None


def mangled_in(texts: Iterable[str]) -> list[str]:
    """The stretches of these texts that ENC006 would mend."""
    text = "\n".join(texts)
    if text.isascii():
        return []
    page = page_of(text)
    found = (page.any if page else _MOJIBAKE).finditer(text)
    return [match[0] for match in found if unmangled(match[0], page.codec if page else "") is not None]


@rule("ENC006", WARNING, UNSAFE, words=Words.REWRITTEN)
@example(spoken("Le cafÃ© est fermÃ©."), spoken("Le café est fermé."), file="lecture.fr.vtt")
def mojibake(context: Context) -> Iterator[Finding]:
    """The text was read in the wrong encoding and written again: `Ã©` for `é`, `â€™` for an apostrophe.

    Only sequences are reported that turn into proper text when the mistake is undone, so `Ã` in Portuguese is left
    alone. Invisible characters U+0080 to U+009F are what dashes and quotation marks became on the same way; in Turkish
    `þ`, `ð` and `ý` are `ş`, `ğ` and `ı`. The fix undoes it; it is unsafe because it changes letters.
    """
    text = context.all_text
    if text.isascii() or not context.may_have(_MANGLED_LEADS):
        return
    if context.language[:2].lower() == "tr":
        for index, at, match in context.search(_MANGLED_TURKISH):
            yield _mangled(context, index, at, match[0], match[0].translate(TURKISH))
    for index, start, end in _lone_controls(context):
        raw = context.texts[index][start:end]
        yield _mangled(context, index, start, raw, as_windows(raw) or raw)
    # What stands side by side in the text does so in what is left of it without ASCII too.
    foreign = context.foreign
    may_be_page = any(sure.search(foreign) for page in _PAGES for letter, sure in page.sure if letter in foreign)
    if may_be_page and (page := page_of(text)) is not None:
        for index, at, match in context.search(page.any):
            repaired = unmangled(match[0], page.codec)
            if repaired is not None:
                yield _mangled(context, index, at, match[0], repaired)
    elif context.may_have(b"\xc3") and _MANGLED_START.search(context.foreign):
        for index, at, match in context.search(_MOJIBAKE):
            repaired = unmangled(match[0])
            if repaired is not None and (repaired.isprintable() or repaired == "\u00a0"):
                yield _mangled(context, index, at, match[0], repaired)


def _mangled(context: Context, index: int, at: int, raw: str, repaired: str) -> Finding:
    return context.in_text(index, at, at + len(raw), f"{raw!r} looks like a mangled {repaired!r}", instead=repaired)


#: Characters that no text has, where Windows-1252 has its dashes and quotation marks.
_C1 = pattern("[\u0080-\u009f]+")


def _lone_controls(context: Context) -> Iterator[tuple[int, int, int]]:
    """Where such characters stand by themselves and not in a sequence that `unmangled` mends: cue, start and end."""
    if not context.may_have(b"\xc2") or not _C1.search(context.foreign):
        return
    for index, text in enumerate(context.texts):
        mangled = {n for match in _MOJIBAKE.finditer(text) if unmangled(match[0]) for n in range(*match.span())}
        for match in _C1.finditer(text):
            if as_windows(match[0]) is not None and mangled.isdisjoint(range(*match.span())):
                yield index, *match.span()


def as_windows(text: str) -> str | None:
    """The text as Windows-1252, where it was read as ISO 8859-1; None where it cannot have been that."""
    try:
        return text.encode("latin-1").decode("cp1252")
    except UnicodeError:
        return None


#: The six letters in which Turkish Windows-1254 differs from the Windows-1252 that it was read as.
TURKISH = str.maketrans("ðþýÐÞÝ", "ğşıĞŞİ")
_MANGLED_TURKISH = pattern("[ðþýÐÞÝ]+")
_BIDI = pattern("[\u202a-\u202e\u2066-\u2069]")

#: What closes each mark that opens a direction.
_OPENERS = dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c") | dict.fromkeys("\u2066\u2067\u2068", "\u2069")


def bidi_imbalance(text: str) -> tuple[list[int], str]:
    """Where a direction mark closes nothing, and the marks that are missing at the end."""
    stray: list[int] = []
    expected: list[str] = []
    for match in _BIDI.finditer(text):
        mark = match[0]
        if mark in _OPENERS:
            expected.append(_OPENERS[mark])
        elif mark in expected:
            while expected.pop() != mark:
                pass
        else:
            stray.append(match.start())
    return stray, "".join(reversed(expected))


@rule("ENC008", WARNING, UNSAFE, source="https://www.unicode.org/reports/tr9/")
@example(spoken("\u202bالسلام عليكم"), spoken("\u202bالسلام عليكم\u202c"), file="lecture.ar.vtt")
def unbalanced_bidi_control(context: Context) -> Iterator[Finding]:
    """A direction mark is opened and not closed, or closed and not opened.

    What follows then runs in the wrong direction, and a player that puts two cues on the screen may reverse both.
    """
    if not context.has_odd_characters or not _BIDI.search(context.foreign):
        return
    for index in dict.fromkeys([index for index, _, _ in context.search(_BIDI)]):
        text = context.texts[index]
        stray, missing = bidi_imbalance(text)
        for at in stray[: context.most_a_cue]:
            yield context.in_text(index, at, at + 1, f"U+{ord(text[at]):04X} closes nothing", instead="")
        if missing:
            count = len(missing)
            what = "a direction mark is" if count == 1 else f"{count} direction marks are"
            yield context.in_text(index, len(text), len(text), f"{what} not closed in this cue", instead=missing)


_SEPARATOR = pattern("[\u2028\u2029]")


@rule("ENC013", INFO, UNSAFE)
@example(spoken("Hello\u2028there."), spoken("Hello\nthere."))
def other_line_separator(context: Context) -> Iterator[Finding]:
    """U+2028 or U+2029 stands in the text: a line break to some readers, a character to others.

    Players do not break the line there and some show a box. Python-based tools see a new line and lose what follows.
    The fix puts a real line break in its place.
    """
    if context.has_odd_characters and _SEPARATOR.search(context.foreign):
        yield from context.matches(
            _SEPARATOR, lambda match: f"U+{ord(match[0]):04X} is not a line end in caption files", "\n"
        )


_MARKER = re.compile(r"([<=>|])\1{6}(?: (.*))?")
_COMMIT = re.compile(r"\S+|[0-9a-f]{7,40} \(.*\)")
_PARTS = {"<": "begins", "|": "goes on", "=": "goes on", ">": "ends"}


def marker_lines(text: str) -> list[tuple[int, str]]:
    """The lines that git, Mercurial or Subversion leave where two versions could not be merged: number and text.

    A row of `=` alone is an underline, and `>>>` a change of speakers. A line counts that only a merge writes: seven
    `<` or `>` and a name, or both kinds of seven in the same file; and with it the lines of seven `=` or `|`.
    """
    if "<<<<<<<" not in text and ">>>>>>>" not in text:
        return []
    found = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        match = _MARKER.fullmatch(line.rstrip())
        if match is not None and (match[1] != "=" or not match[2]):
            found.append((number, match[1], match[2] or "", match[0]))
    kinds = {kind for _, kind, _, _ in found}
    is_sure = any((kind == "<" and label) or (kind == ">" and _COMMIT.fullmatch(label)) for _, kind, label, _ in found)
    if not is_sure and len(kinds & {"<", "=", ">"}) < 2:
        return []
    return [(number, line) for number, _, _, line in found]


@rule("ENC020", ERROR, source="https://git-scm.com/docs/git-merge#_how_conflicts_are_presented")
@example(srt("1-3 <<<<<<< HEAD\nHello there.\n=======\nHello here.\n>>>>>>> vendor"), srt("1-3 Hello there.\n======="))
def conflict_markers(context: Context) -> Iterator[Finding]:
    """A merge left both versions in the file, between `<<<<<<<` and `>>>>>>>`.

    Viewers would read the marks and both texts. Whoever merged could not decide and forgot to: keep one of the two
    versions, and delete the lines with the marks.
    """
    source = context.document.source
    if source is None or not context.document.is_untouched:
        from captionkit.documents import dumps

        text = dumps(context.document)
    else:
        text = source.text
    for line, marker in marker_lines(text)[:MOST_A_CUE]:
        what = f"an unmerged conflict {_PARTS[marker[0]]} here: {marker[:60]}"
        yield context.on_line(line, what, "Keep one of the two versions and delete the marks.", length=len(marker))


_PRIVATE = pattern("[\ue000-\uf8ff]")


@rule("ENC014", WARNING)
@example(spoken("The \ue001 sign."), spoken("The ∑ sign."))
def private_use_character(context: Context) -> Iterator[Finding]:
    """A character from Unicode's private use area: it means something only with one particular font.

    On a viewer's device it is an empty box. It comes from symbol fonts in slides and word processors.
    """
    if context.has_odd_characters and _PRIVATE.search(context.foreign):
        yield from context.matches(_PRIVATE, lambda match: f"private use character U+{ord(match[0]):04X}")
