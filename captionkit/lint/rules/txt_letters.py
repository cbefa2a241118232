"""TXT007, TXT015, TXT021 and TXT023: letters: their case, script and direction, and those that nobody sees."""

from __future__ import annotations

import re
from collections.abc import Iterator

from captionkit.lint.context import Context
from captionkit.lint.examples import SENTENCES, spoken
from captionkit.lint.rule import INFO, NONE, SAFE, UNSAFE, WARNING, Finding, Words, example, rule
from captionkit.patterns import pattern

ORDER = 40
_GOOD = spoken("Hello there.")


def mostly_has_case(text: str) -> bool:
    """Whether the text is in a script with capitals: names and abbreviations do not make it one."""
    letters = [char for char in text if char.isalpha()]
    return len(letters) >= 40 and sum(1 for char in letters if char.lower() != char.upper()) > 0.8 * len(letters)


@rule("TXT007", INFO)
@example(spoken(*[text.upper() for text in SENTENCES]), spoken(*SENTENCES))
def all_capitals(context: Context) -> Iterator[Finding]:
    """The whole file is in capital letters.

    It was the custom of analogue television. Capitals are harder to read, hide names, and screen readers may spell
    them. Scripts without capitals have no such fault, whatever Latin words stand among them.
    """
    sample = context.all_visible
    head = sample[:200]
    if (
        context.cues
        and head.upper() == head
        and sample.upper() == sample
        and sample.lower() != sample
        and mostly_has_case(sample)
    ):
        yield context.on_file("everything is in capital letters")


_INVISIBLE = pattern("[\u200b\u00ad\u2060\ufeff]")


@rule("TXT015", INFO, SAFE)
@example(spoken("Hello\u200b there."), _GOOD)
def invisible_character(context: Context) -> Iterator[Finding]:
    """A zero-width space or soft hyphen stands in the text.

    It is not seen, but search does not find the word, screen readers stumble, and counts go wrong. Joiners and
    direction marks, which some scripts need, are left alone; so is the zero-width space in Thai, Khmer, Lao and
    Burmese. The fix removes it.
    """
    if not context.has_odd_characters or context.language[:2].lower() in ("th", "km", "lo", "my"):
        return
    for index, at, match in context.search(_INVISIBLE) if _INVISIBLE.search(context.foreign) else ():
        found = context.in_text(index, at, at + 1, f"invisible character U+{ord(match[0]):04X}", instead="")
        above = context.texts[index][max(at - 2, 0) : at]
        is_guard = context.format == "srt" and match[0] == "\u2060" and (above[-1:] in ("", "\n") or above == "--")
        # Without it the line would be read as the number or the times of another cue; the writer puts it back.
        yield found._replace(fix=NONE, spans=()) if is_guard else found


#: A letter that is read from right to left, and marks that belong at the end of what is said.
_RTL = "\u0590-\u05ff\u0600-\u06ff\u0700-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
_MARKS = r".,!?:;\u060c\u061b\u061f"
_DIRECTION = r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]"
_RTL_LETTER = pattern(f"[{_RTL}]")
#: A line whose last marks stand before its first letter, where players that read from left to right put the end.
_WRONG_END = pattern(
    rf"^({_DIRECTION}*)(?!\.\.)([{_MARKS}]{{1,3}})[ \t]*"
    rf"((?:[\"'«»“”]|{_DIRECTION})*[{_RTL}][^\n]*?)([ \t]{{1,8}}-)?({_DIRECTION}{{0,4}})$",
    re.MULTILINE,
)
_ENDED = pattern(rf"[{_MARKS}\u2026][\"'«»“”)\]]*{_DIRECTION}*$")


@rule("TXT021", WARNING, UNSAFE, source="https://www.unicode.org/reports/tr9/")
@example(
    spoken(".\u05d6\u05d4 \u05e0\u05db\u05d5\u05df"),
    spoken("\u200f\u05d6\u05d4 \u05e0\u05db\u05d5\u05df.\u200f"),
    file="lecture.he.vtt",
)
def punctuation_at_wrong_end(context: Context) -> Iterator[Finding]:
    """A line that is read from right to left begins with the full stop, comma, question or exclamation mark that ends
    it.

    It was typed to look right in a player that writes every line from left to right; browsers, which look at the first
    letter, show it at the wrong end. The fix puts it where it is said, and direction marks on both sides, with which
    both kinds of players show it at the left.
    """
    may_be_rtl = context.may_have(b"\xd6\xd7\xd8\xd9\xda\xdb\xdc\xdd\xde\xdf\xe0\xef")
    if not may_be_rtl or not _RTL_LETTER.search(context.foreign) or not _may_begin_with_mark(context):
        return
    for index, at, match in context.search(_WRONG_END):
        if not _ENDED.search(match[3]):
            message, end = f"{match[2]!r} stands before the first letter", at + len(match[0])
            yield context.in_text(index, at, end, message, instead=_with_marks_at_the_end(match))


def _may_begin_with_mark(context: Context) -> bool:
    """Whether a line may begin with one of these marks, or with a direction mark that may stand before one."""
    lines = b"\n" + context.marks_as_stops
    return context.has_odd_characters or any(begin in lines for begin in _LINE_BEGINS)


_LINE_BEGINS = [f"\n{mark}".encode() for mark in ".\u060c\u061b\u061f"]


def _with_marks_at_the_end(line: re.Match[str]) -> str:
    """The line with the marks at its end, a dash at its beginning, and direction marks around."""
    before, marks, words, dash, after = line.groups("")
    start = "" if "\u202b" in before or "\u2067" in before else "\u200f"
    return f"{before}{start}{'- ' if dash.strip() else ''}{words.strip()}{marks}{start}{after}"


#: Letters of Latin that look like letters of Cyrillic, and those.
_LATIN = "aceiopxyABCEHIKMOPTXjsS"
_CYRILLIC = "асеіорхуАВСЕНІКМОРТХјѕЅ"
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)

#: Of UTF-8: one letter for those of Latin, one byte each for what begins and what ends a letter of Cyrillic.
_LATIN_OR_NOT = bytes(
    0xD0
    if 0xD0 <= byte <= 0xD3
    else 0x80
    if 0x80 <= byte < 0xC0
    else ord("a")
    if byte < 0x80 and chr(byte).isalpha()
    else ord(" ")
    for byte in range(256)
)
_MIXED = pattern(r"(?<![^\W\d_])[^\W\d_]*(?:[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z])[^\W\d_]*")


def _in_one_script(word: str) -> str | None:
    for table, foreign in ((_TO_CYRILLIC, "[A-Za-z]"), (_TO_LATIN, "[\u0400-\u04ff]")):
        made = word.translate(table)
        if not re.search(foreign, made):
            return made
    return None


@rule("TXT023", WARNING, UNSAFE, words=Words.REWRITTEN, source="https://www.unicode.org/reports/tr39/")
@example(spoken("Это oчень важно."), spoken("Это очень важно."), file="lecture.ru.vtt")
def mixed_scripts(context: Context) -> Iterator[Finding]:
    """A word has letters of two alphabets that look alike: a Latin `o` among Cyrillic letters.

    It looks right, and search, spell checkers and screen readers do not find the word. Scanned text and keyboards that
    were switched too late make such words. Only words that one alphabet can write alone are reported. The fix writes
    them so.
    """
    if not context.may_have(b"\xd0\xd1\xd2\xd3"):
        return
    kinds = context.data.translate(_LATIN_OR_NOT)
    if b"a\xd0" not in kinds and b"\x80a" not in kinds:
        return
    for index, at, match in context.search(_MIXED):
        made = _in_one_script(match[0])
        if made is not None:
            yield context.in_text(index, at, at + len(match[0]), f"{match[0]!r} mixes two alphabets", instead=made)
