"""ENC: letters that were mangled on the way, direction marks, and marks of a merge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from captionkit.lint.context import MOST_A_CUE, Context
from captionkit.lint.edits import FixTask, Words, fixes, with_texts_changed
from captionkit.lint.rule import ERROR, INFO, UNSAFE, WARNING, Finding, rule, srt_example, vtt_example
from captionkit.model import Document
from captionkit.patterns import pattern

#: When the fixes below run: bytes first, then timing lines, blocks, order, markup, words, times and lines.
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
    """UTF-8 read as another Windows code page than 1252.

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


#: Cyrillic, Greek, Hebrew and Arabic letters are pairs of these bytes in UTF-8; of Central Europe's only some are.
_PAGES = (
    _page("cp1251", b"\xd0\xd1\xd2", 3),
    _page("cp1253", b"\xce\xcf", 3),
    _page("cp1255", b"\xd7", 3),
    _page("cp1256", b"\xd8\xd9\xda\xdb", 3),
)


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


@rule(
    "ENC006",
    "mojibake",
    WARNING,
    fix=UNSAFE,
    file="lecture.fr.vtt",
    bad=vtt_example("00:01.000 --> 00:03.000\nLe cafÃ© est fermÃ©."),
    good=vtt_example("00:01.000 --> 00:03.000\nLe café est fermé."),
)
def mojibake(context: Context) -> Iterator[Finding]:
    """The text was read in the wrong encoding and written again: `Ã©` for `é`, `â€™` for an apostrophe.

    Only sequences are reported that turn into proper text when the mistake is undone, so `Ã` in Portuguese is left
    alone. Invisible characters U+0080 to U+009F are what dashes and quotation marks became on the same way; in Turkish
    `þ`, `ð` and `ý` are `ş`, `ğ` and `ı`. The fix undoes it; it is unsafe because it changes letters.
    """
    text = context.all_text
    if text.isascii():
        return
    if context.language[:2].lower() == "tr":
        yield from _mangled_turkish(context)
    for index, start, end in _lone_controls(context):
        raw = context.texts[index][start:end]
        yield context.in_text(index, start, end, f"{raw!r} looks like a mangled {as_windows(raw)!r}")
    if (page := page_of(text)) is not None:
        for index, at, match in context.search(page.any):
            repaired = unmangled(match[0], page.codec)
            if repaired is not None:
                yield context.in_text(index, at, at + len(match[0]), f"{match[0]!r} looks like a mangled {repaired!r}")
        return
    if not _MANGLED_START.search(context.foreign):
        return  # what stands side by side in the text does so in what is left of it without ASCII
    for index, at, match in context.search(_MOJIBAKE):
        repaired = unmangled(match[0])
        if repaired is not None and (repaired.isprintable() or repaired == "\u00a0"):
            yield context.in_text(index, at, at + len(match[0]), f"{match[0]!r} looks like a mangled {repaired!r}")


@fixes("ENC006", fix=UNSAFE, words=Words.REWRITTEN)
def unmangle(task: FixTask) -> Document | None:
    is_turkish = task.context.language[:2].lower() == "tr"

    def repaired(match: re.Match[str]) -> str:
        made = unmangled(match[0])
        return made if made is not None and (made.isprintable() or made == "\u00a0") else match[0]

    page = page_of(task.context.all_text)
    if page is not None:
        return with_texts_changed(
            task,
            lambda text: page.any.sub(lambda match: unmangled(match[0], page.codec) or match[0], text),
        )

    def mended(text: str) -> str:
        text = _MOJIBAKE.sub(repaired, text)
        text = _C1.sub(lambda match: as_windows(match[0]) or match[0], text)
        return text.translate(TURKISH) if is_turkish else text

    return with_texts_changed(task, mended)


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


def _mangled_turkish(context: Context) -> Iterator[Finding]:
    for index, at, match in context.search(_MANGLED_TURKISH):
        made = match[0].translate(TURKISH)
        yield context.in_text(index, at, at + len(match[0]), f"{match[0]!r} looks like a mangled {made!r}")


_BIDI = pattern("[\u202a-\u202e\u2066-\u2069]")


_OPENERS = {
    "\u202a": "\u202c",
    "\u202b": "\u202c",
    "\u202d": "\u202c",
    "\u202e": "\u202c",
    "\u2066": "\u2069",
    "\u2067": "\u2069",
    "\u2068": "\u2069",
}


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


@rule(
    "ENC008",
    "unbalanced-bidi-control",
    WARNING,
    fix=UNSAFE,
    file="lecture.ar.vtt",
    bad=vtt_example("00:01.000 --> 00:03.000\n\u202bالسلام عليكم"),
    good=vtt_example("00:01.000 --> 00:03.000\n\u202bالسلام عليكم\u202c"),
    source="https://www.unicode.org/reports/tr9/",
)
def unbalanced_bidi_control(context: Context) -> Iterator[Finding]:
    """A direction mark is opened and not closed, or closed and not opened.

    What follows then runs in the wrong direction, and a player that puts two cues on the screen may reverse both.
    """
    if not context.has_odd_characters or not _BIDI.search(context.foreign):
        return
    for index in dict.fromkeys([index for index, _, _ in context.search(_BIDI)]):
        text = context.texts[index]
        stray, missing = bidi_imbalance(text)
        for at in stray[:MOST_A_CUE]:
            yield context.in_text(index, at, at + 1, f"U+{ord(text[at]):04X} closes nothing")
        if missing:
            count = len(missing)
            what = "a direction mark is" if count == 1 else f"{count} direction marks are"
            yield context.in_text(index, len(text), len(text), f"{what} not closed in this cue")


@fixes("ENC008", fix=UNSAFE)
def balance_directions(task: FixTask) -> Document | None:
    def balanced(text: str) -> str:
        stray, missing = bidi_imbalance(text)
        kept = "".join(char for at, char in enumerate(text) if at not in stray)
        return kept + missing

    return with_texts_changed(task, balanced)


_SEPARATOR = pattern("[\u2028\u2029]")


@rule(
    "ENC013",
    "other-line-separator",
    INFO,
    fix=UNSAFE,
    bad=vtt_example("00:01.000 --> 00:03.000\nHello\u2028there."),
    good=vtt_example("00:01.000 --> 00:03.000\nHello\nthere."),
)
def other_line_separator(context: Context) -> Iterator[Finding]:
    """U+2028 or U+2029 stands in the text: a line break to some readers, a character to others.

    Players do not break the line there and some show a box. Python-based tools see a new line and lose what follows.
    The fix puts a real line break in its place.
    """
    if context.has_odd_characters and _SEPARATOR.search(context.foreign):
        for index, at, match in context.search(_SEPARATOR):
            yield context.in_text(index, at, at + 1, f"U+{ord(match[0]):04X} is not a line end in caption files")


@fixes("ENC013", fix=UNSAFE)
def real_line_breaks(task: FixTask) -> Document | None:
    return with_texts_changed(task, lambda text: re.sub("[\u2028\u2029]", "\n", text))


_MARKER = re.compile(r"([<=>|])\1{6}(?: (.*))?")


_COMMIT = re.compile(r"\S+|[0-9a-f]{7,40} \(.*\)")


_PARTS = {"<": "begins", "|": "goes on", "=": "goes on", ">": "ends"}


def conflict_markers(text: str) -> list[tuple[int, str]]:
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


@rule(
    "ENC020",
    "conflict-markers",
    ERROR,
    file="lecture.en.srt",
    source="https://git-scm.com/docs/git-merge#_how_conflicts_are_presented",
    bad=srt_example("00:01,000 --> 00:03,000\n<<<<<<< HEAD\nHello there.\n=======\nHello here.\n>>>>>>> vendor"),
    good=srt_example("00:01,000 --> 00:03,000\nHello there.\n======="),
)
def unmerged_conflict(context: Context) -> Iterator[Finding]:
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
    for line, marker in conflict_markers(text)[:MOST_A_CUE]:
        what = f"an unmerged conflict {_PARTS[marker[0]]} here: {marker[:60]}"
        yield context.on_line(line, what, "Keep one of the two versions and delete the marks.", length=len(marker))


_PRIVATE = pattern("[\ue000-\uf8ff]")


@rule(
    "ENC014",
    "private-use-character",
    WARNING,
    bad=vtt_example("00:01.000 --> 00:03.000\nThe \ue001 sign."),
    good=vtt_example("00:01.000 --> 00:03.000\nThe ∑ sign."),
)
def private_use_character(context: Context) -> Iterator[Finding]:
    """A character from Unicode's private use area: it means something only with one particular font.

    On a viewer's device it is an empty box. It comes from symbol fonts in slides and word processors.
    """
    if context.has_odd_characters and _PRIVATE.search(context.foreign):
        for index, at, match in context.search(_PRIVATE):
            yield context.in_text(index, at, at + 1, f"private use character U+{ord(match[0]):04X}")
