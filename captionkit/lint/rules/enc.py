"""ENC: bytes, encoding, and the file as a whole. Most of it is seen while reading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from captionkit.lint.rule import (
    ERROR,
    HINT,
    INFO,
    RESTORES,
    SAFE,
    UNSAFE,
    WARNING,
    Finding,
    rule,
    srt_example,
    vtt_example,
)
from captionkit.lint.subject import MOST_A_CUE, Subject
from captionkit.patterns import pattern

_GOOD_SRT = srt_example("00:01,000 --> 00:03,000\nÜber die Brücke.")
_GOOD_VTT = vtt_example("00:01.000 --> 00:03.000\nHello there.")
_SPEC = "https://www.w3.org/TR/webvtt1/"


@rule(
    "ENC001",
    "not-utf8",
    ERROR,
    fix=SAFE,
    unsafe_if="guess",
    reader=True,
    file="lecture.de.srt",
    source=f"{_SPEC}#file-structure",
    bad=_GOOD_SRT.encode("utf-16"),
    good=_GOOD_SRT,
)
def not_utf8(subject: Subject) -> Iterator[Finding]:
    """The file is not UTF-8.

    WebVTT must be UTF-8 and browsers read it as nothing else; Canvas stores text as UTF-8. In any other encoding
    accents turn into question marks, or nothing is shown at all. Where the file says what it is by a byte order mark
    (UTF-16, UTF-32) rewriting it is safe; where the encoding had to be guessed the fix is unsafe, because the guess
    may be wrong.
    """
    return iter(())


@rule(
    "ENC002",
    "utf8-bom",
    INFO,
    fix=SAFE,
    reader=True,
    file="lecture.de.srt",
    bad=b"\xef\xbb\xbf" + _GOOD_SRT.encode(),
    good=_GOOD_SRT,
)
def utf8_bom(subject: Subject) -> Iterator[Finding]:
    """The file starts with a byte order mark.

    WebVTT allows it, UTF-8 does not need it. Some SRT readers take it for a part of the first number and lose the first
    cue, and Canvas's conversion leaves it standing in the middle of its WebVTT.
    """
    return iter(())


@rule(
    "ENC003",
    "mixed-line-endings",
    WARNING,
    fix=SAFE,
    reader=True,
    bad="WEBVTT\r\n\r\n00:01.000 --> 00:03.000\r\nHello\nthere.\r\n",
    good="WEBVTT\r\n\r\n00:01.000 --> 00:03.000\r\nHello\r\nthere.\r\n",
)
def mixed_line_endings(subject: Subject) -> Iterator[Finding]:
    """The lines end in different ways, or with a bare carriage return.

    Tools that look for one kind of line end run lines together or see blank lines where there are none. A bare carriage
    return is not turned into a line feed by Canvas's conversion, so the whole file becomes one line.
    """
    return iter(())


@rule(
    "ENC004",
    "nul-character",
    ERROR,
    fix=UNSAFE,
    reader=True,
    bad=vtt_example("00:01.000 --> 00:03.000\nHello\0 there."),
    good=_GOOD_VTT,
    source=f"{_SPEC}#file-parsing",
)
def nul_character(subject: Subject) -> Iterator[Finding]:
    """A NUL character stands in the file.

    A WebVTT reader shows U+FFFD (a black diamond) in its place; other readers stop there, and Canvas's database refuses
    it. It is a sign of a file that was cut off or decoded wrongly. The fix removes it.
    """
    return iter(())


@rule(
    "ENC005",
    "replacement-character",
    WARNING,
    reader=True,
    bad=vtt_example("00:01.000 --> 00:03.000\nCaf\ufffd culture."),
    good=vtt_example("00:01.000 --> 00:03.000\nCafé culture."),
)
def replacement_character(subject: Subject) -> Iterator[Finding]:
    """The text contains U+FFFD, the mark of a character that was lost.

    Some earlier step read the file in the wrong encoding and wrote this mark where it did not understand. What stood
    there cannot be worked out from the file: get the original again, or type the letter.
    """
    return iter(())


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
        sure: a stretch that nobody writes.
        any: all that may be mended once one such stretch was seen.
    """

    codec: str
    sure: re.Pattern[str]
    any: re.Pattern[str]


def _page(codec: str, leads: bytes, least: int) -> _Page:
    tail = "".join([bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in range(0x80, 0xC0)])
    pair = f"[{leads.decode(codec)}][{re.escape(tail)}]"
    long = f"[{bytes([0xE2]).decode(codec)}][{re.escape(tail)}]{{2}}"
    return _Page(codec, pattern(f"(?:{pair}){{{least},}}"), pattern(f"(?:{long}|{pair})++"))


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
        match = page.sure.search(text)
        if match is not None and unmangled(match[0], page.codec) is not None:
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
def mojibake(subject: Subject) -> Iterator[Finding]:
    """The text was read in the wrong encoding and written again: `Ã©` for `é`, `â€™` for an apostrophe.

    Only sequences are reported that turn into proper text when the mistake is undone, so `Ã` in Portuguese is left
    alone. Invisible characters U+0080 to U+009F are what dashes and quotation marks became on the same way; in Turkish
    `þ`, `ð` and `ý` are `ş`, `ğ` and `ı`. The fix undoes it; it is unsafe because it changes letters.
    """
    text = subject.all_text
    if text.isascii():
        return
    if subject.language[:2].lower() == "tr":
        yield from _mangled_turkish(subject)
    for index, start, end in _lone_controls(subject):
        raw = subject.texts[index][start:end]
        yield subject.in_text(index, start, end, f"{raw!r} looks like a mangled {as_windows(raw)!r}")
    if (page := page_of(text)) is not None:
        for index, at, match in subject.search(page.any):
            repaired = unmangled(match[0], page.codec)
            if repaired is not None:
                yield subject.in_text(index, at, at + len(match[0]), f"{match[0]!r} looks like a mangled {repaired!r}")
        return
    if not any(lead in text for lead in "ÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïð"):
        return
    if not _MANGLED_START.search(text):
        return
    for index, at, match in subject.search(_MOJIBAKE):
        repaired = unmangled(match[0])
        if repaired is not None and (repaired.isprintable() or repaired == "\u00a0"):
            yield subject.in_text(index, at, at + len(match[0]), f"{match[0]!r} looks like a mangled {repaired!r}")


#: Characters that no text has, where Windows-1252 has its dashes and quotation marks.
_C1 = pattern("[\u0080-\u009f]+")


def _lone_controls(subject: Subject) -> Iterator[tuple[int, int, int]]:
    """Where such characters stand by themselves and not in a sequence that `unmangled` mends: cue, start and end."""
    if not _C1.search(subject.all_text):
        return
    for index, text in enumerate(subject.texts):
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


def _mangled_turkish(subject: Subject) -> Iterator[Finding]:
    for index, at, match in subject.search(_MANGLED_TURKISH):
        made = match[0].translate(TURKISH)
        yield subject.in_text(index, at, at + len(match[0]), f"{match[0]!r} looks like a mangled {made!r}")


@rule(
    "ENC007",
    "control-character",
    WARNING,
    fix=SAFE,
    unsafe_if=r"U\+00[89]",
    reader=True,
    bad=vtt_example("00:01.000 --> 00:03.000\nHello \x07there."),
    good=_GOOD_VTT,
)
def control_character(subject: Subject) -> Iterator[Finding]:
    """A control character stands in the text.

    It is not seen, but some players show a box for it and XML-based tools refuse the whole file. The fix removes it,
    unless it is one of those (U+0080 to U+009F) that mangled text is made of: those hold what ENC006 brings back.
    """
    return iter(())


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
def unbalanced_bidi_control(subject: Subject) -> Iterator[Finding]:
    """A direction mark is opened and not closed, or closed and not opened.

    What follows then runs in the wrong direction, and a player that puts two cues on the screen may reverse both.
    """
    if not subject.has_odd_characters:
        return
    for index, text in enumerate(subject.texts):
        stray, missing = bidi_imbalance(text)
        for at in stray[:MOST_A_CUE]:
            yield subject.in_text(index, at, at + 1, f"U+{ord(text[at]):04X} closes nothing")
        if missing:
            count = len(missing)
            what = "a direction mark is" if count == 1 else f"{count} direction marks are"
            yield subject.in_text(index, len(text), len(text), f"{what} not closed in this cue")


@rule(
    "ENC009",
    "no-final-newline",
    INFO,
    fix=SAFE,
    reader=True,
    bad=_GOOD_VTT.rstrip("\n"),
    good=_GOOD_VTT,
    source=f"{_SPEC}#file-structure",
)
def no_final_newline(subject: Subject) -> Iterator[Finding]:
    """The last line does not end.

    Each block of a caption file ends with a line end. Programs that join files put the next file's first line into the
    last cue.
    """
    return iter(())


@rule(
    "ENC010",
    "extension-mismatch",
    ERROR,
    fix=HINT,
    reader=True,
    file="lecture.en.srt",
    bad=_GOOD_VTT,
    good=_GOOD_SRT.replace("Über die Brücke", "Hello there"),
)
def extension_mismatch(subject: Subject) -> Iterator[Finding]:
    """The file's name says one format, its content is another.

    Players choose the reader by the name. WebVTT under `.srt` shows its settings as text or nothing at all; SRT under
    `.vtt` is refused, because the first line is not WEBVTT. Rename it, or convert it.
    """
    return iter(())


@rule("ENC011", "no-cues", ERROR, reader=True, bad="WEBVTT\n", good=_GOOD_VTT)
def no_cues(subject: Subject) -> Iterator[Finding]:
    """The file is empty or has no cue.

    To a viewer it is a video without captions, but every list counts it as captioned. Usually an export went wrong.
    """
    return iter(())


@rule(
    "ENC012",
    "not-a-caption-file",
    ERROR,
    reader=True,
    bad="<!DOCTYPE html>\n<html><head><title>Log in</title></head></html>\n",
    good=_GOOD_VTT,
    file="lecture.en.vtt",
)
def not_a_caption_file(subject: Subject) -> Iterator[Finding]:
    """The file is a web page, JSON, or another kind of file under a caption's name.

    It happens when a download is answered by a login page, or an error message is saved in place of the file. Download
    it again.
    """
    return iter(())


@rule(
    "ENC016",
    "second-byte-order-mark",
    WARNING,
    fix=SAFE,
    reader=True,
    file="lecture.de.srt",
    bad="1\n00:00:01,000 --> 00:00:03,000\nÜber die Brücke.\n\n\ufeff2\n00:00:04,000 --> 00:00:06,000\nUnd weiter.\n",
    good=srt_example("00:01,000 --> 00:03,000\nÜber die Brücke.", "00:04,000 --> 00:06,000\nUnd weiter."),
)
def second_byte_order_mark(subject: Subject) -> Iterator[Finding]:
    """A byte order mark stands a second time at the top, or again at the beginning of a line.

    Only the first one at the top is a mark. Another one is an invisible letter: players do not know the number behind
    it, and a browser shows nothing of a WebVTT file that begins with two. It comes from programs that add one without
    looking and from files that were copied into one. The fix removes it.
    """
    return iter(())


@rule(
    "ENC013",
    "other-line-separator",
    INFO,
    fix=UNSAFE,
    bad=vtt_example("00:01.000 --> 00:03.000\nHello\u2028there."),
    good=vtt_example("00:01.000 --> 00:03.000\nHello\nthere."),
)
def other_line_separator(subject: Subject) -> Iterator[Finding]:
    """U+2028 or U+2029 stands in the text: a line break to some readers, a character to others.

    Players do not break the line there and some show a box. Python-based tools see a new line and lose what follows.
    The fix puts a real line break in its place.
    """
    if subject.has_odd_characters:
        for index, at, match in subject.search(re.compile("[\u2028\u2029]")):
            yield subject.in_text(index, at, at + 1, f"U+{ord(match[0]):04X} is not a line end in caption files")


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
def unmerged_conflict(subject: Subject) -> Iterator[Finding]:
    """A merge left both versions in the file, between `<<<<<<<` and `>>>>>>>`.

    Viewers would read the marks and both texts. Whoever merged could not decide and forgot to: keep one of the two
    versions, and delete the lines with the marks.
    """
    source = subject.document.source
    if source is None or not subject.document.is_untouched:
        from captionkit.documents import dumps

        text = dumps(subject.document)
    else:
        text = source.text
    for line, marker in conflict_markers(text)[:MOST_A_CUE]:
        what = f"an unmerged conflict {_PARTS[marker[0]]} here: {marker[:60]}"
        yield subject.on_line(line, what, "Keep one of the two versions and delete the marks.", length=len(marker))


@rule(
    "ENC014",
    "private-use-character",
    WARNING,
    bad=vtt_example("00:01.000 --> 00:03.000\nThe \ue001 sign."),
    good=vtt_example("00:01.000 --> 00:03.000\nThe ∑ sign."),
)
def private_use_character(subject: Subject) -> Iterator[Finding]:
    """A character from Unicode's private use area: it means something only with one particular font.

    On a viewer's device it is an empty box. It comes from symbol fonts in slides and word processors.
    """
    if subject.has_odd_characters:
        for index, at, match in subject.search(re.compile("[\ue000-\uf8ff]")):
            yield subject.in_text(index, at, at + 1, f"private use character U+{ord(match[0]):04X}")


_TWO_SRT = srt_example("00:01,000 --> 00:03,000\nHello there.", "00:04,000 --> 00:06,000\nHow are you?")


@rule(
    "ENC015",
    "missing-blank-line",
    ERROR,
    fix=RESTORES,
    reader=True,
    source="https://www.w3.org/TR/webvtt1/#collect-a-webvtt-block",
    file="lecture.en.srt",
    bad=_TWO_SRT.replace("there.\n\n", "there.\n"),
    good=_TWO_SRT,
)
def missing_blank_line(subject: Subject) -> Iterator[Finding]:
    """No blank line stands between two cues.

    Browsers begin a new cue at the timing line, with its number as text of the cue before; VLC and others show the
    second cue's number, times and words as text of the first.
    """
    return iter(())
