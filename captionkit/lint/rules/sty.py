"""STY: house style, as other linters and style guides hold it. All off unless asked for: `--extend-select STY`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from unicodedata import category

from captionkit.lint.context import Context
from captionkit.lint.examples import spoken
from captionkit.lint.rule import INFO, NONE, SAFE, UNSAFE, Finding, Fix, RuleFunction, example, rule
from captionkit.patterns import pattern

ORDER = 45
_NETFLIX = "Netflix Timed Text Style Guide"
_SUBTITLE_EDIT = "Subtitle Edit, Fix common errors"


def _style(code: str, source: str = "", fix: Fix = NONE, needs: str = "") -> Callable[[RuleFunction], RuleFunction]:
    return rule(code, INFO, fix, default=False, source=source, needs=needs)


#: Signs that fonts of players have besides letters, digits and punctuation.
_USUAL_SIGNS = frozenset("$+<=>^`|~¢£¤¥¦§¨©¬®¯°±´¶·¸×÷‰€™№♪♫♭♯½¼¾¹²³−√∞≈≠≤≥µ")


@_style("STY001", f"{_NETFLIX}: Netflix Glyph List, by Unicode category")
@example(spoken("And so it goes ➤ on."), spoken("And so it goes – on ♪."))
def unusual_glyph(context: Context) -> Iterator[Finding]:
    """A sign that not every player's font has: an emoji, an arrow, a dingbat, a box.

    Netflix takes no glyph that is not on its list. Letters, digits and punctuation of all scripts and the usual signs
    are; this looks at the category of the character and not at the list itself.
    """
    odd = {char for char in set(context.foreign) - _USUAL_SIGNS if category(char)[0] == "S" and category(char) != "Sc"}
    if odd:
        yield from context.matches(
            re.compile(f"[{re.escape(''.join(sorted(odd)))}]"),
            lambda match: f"{match[0]} (U+{ord(match[0]):04X}) is missing in many fonts",
        )


_DASH = pattern(r"(?m)^[ \t]*([-–—])([ \t]?)(?=[^\s-])")


@_style("STY002", f"{_NETFLIX}: Dual speakers")
@example(spoken("- Are you?\n- I am.\n- Really?\n-Yes."), spoken("- Are you?\n- I am.\n- Really?\n- Yes."))
def mixed_dash_style(context: Context) -> Iterator[Finding]:
    """Two who speak are marked by dashes in another way than in most of the file: with or without a space, - or –.

    Any style will do, but one. Netflix wants a hyphen without a space in English, with one in other languages.
    """
    styles: list[tuple[int, int, str]] = []
    for index, text in enumerate(context.texts):
        found = list(_DASH.finditer(text)) if "\n" in text else []
        if len(found) > 1:
            styles += [(index, match.start(1), match[1] + match[2]) for match in found]
    counted = Counter(style for _, _, style in styles)
    if len(counted) > 1:
        usual = counted.most_common(1)[0][0]
        for index, at, style in styles:
            if style != usual:
                yield context.in_text(index, at, at + len(style), f"{style!r} here, {usual!r} in most places")


#: A cue of one speaker that begins with a dash.
_SINGLE_DASH = pattern(r"\A[ \t]*[-–—][ \t]*(?=[^\s-])(?![^\n]*[.!?…][\"'”’»)\]]*[ \t]+[-–—])(?![\s\S]*\n[ \t]*[-–—])")


@_style("STY003", _SUBTITLE_EDIT, fix=UNSAFE, needs="-–—")
@example(spoken("- Hello there."), spoken("Hello there."))
def dash_before_single_speaker(context: Context) -> Iterator[Finding]:
    """A dash stands before the words of the only one who speaks in the cue.

    Dashes tell two speakers apart. The fix removes it.
    """
    for index, text in enumerate(context.texts):
        match = _SINGLE_DASH.match(text) if text.lstrip()[:1] in ("-", "–", "—") else None
        if match:
            yield context.in_text(index, match.start(), match.end(), "a dash, and nobody else speaks", instead="")


#: A line that is a sound in round brackets.
_ROUND_SOUND = pattern(r"(?m)^([ \t]*)\(([^\W\d_][^()\n]{1,40})\)(?=[ \t]*$|[ \t]+\S)")


@_style("STY004", f"{_NETFLIX}: SDH: use brackets [ ] to enclose sound effects", fix=UNSAFE, needs="(")
@example(spoken("(applause)"), spoken("[applause]"))
def round_brackets_for_sounds(context: Context) -> Iterator[Finding]:
    """A sound stands in round brackets.

    Netflix and most American guides want `[ ]`, the DCMP takes both; one of them in a file. The fix writes `[ ]`.
    """
    return context.matches(
        _ROUND_SOUND,
        lambda match: f"({match[2]}) is written [{match[2]}]",
        lambda match: f"{match[1]}[{match[2]}]",
    )


@_style("STY005", f"{_NETFLIX}: use the single smart character (U+2026)", fix=UNSAFE, needs=".")
@example(spoken("And so... we go."), spoken("And so… we go."))
def dots_for_ellipsis_sign(context: Context) -> Iterator[Finding]:
    """Three dots stand for an ellipsis.

    Netflix wants the one character …, which no line break can part. The fix writes it.
    """
    return context.matches(re.compile(r"(?<!\.)\.{3}(?!\.)"), "three dots are written …", "…")


_ONE_TO_TEN = pattern(r"(?<![\w$€£¥#.,:/+-])(?:10|[1-9])(?![\w%°]|[.,:/-]\d|[ \t]?(?:%|°|[ap]\.?m\b|o'clock\b))")
_SPOKEN = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@_style("STY006", f"{_NETFLIX}: from 1 to 10, numbers should be written out")
@example(spoken("There are 3 of them."), spoken("There are three of them, at 3:30."))
def number_one_to_ten(context: Context) -> Iterator[Finding]:
    """A number from one to ten stands in figures.

    Most guides want it in words, unless it is a time, a measure or a name. English only. Never changed.
    """
    if context.language[:2].lower() in ("", "en"):
        yield from context.matches(_ONE_TO_TEN, lambda match: f"{match[0]} is written {_SPOKEN[int(match[0]) - 1]!r}")


_FIRST_NUMBER = pattern(r"(?:\A|(?<=[.!?][ \n]))(?:[-–—][ \t]?)?(\d++)(?![%:.,/-]\d|\w|[.)][ \t]|%)")


@_style("STY007", f"{_NETFLIX}: numbers at the beginning of a sentence should be spelled out")
@example(spoken("25 people came."), spoken("We saw 25 people."))
def number_begins_sentence(context: Context) -> Iterator[Finding]:
    """A sentence begins with a number in figures.

    Most guides want it in words there. English only. Never changed.
    """
    if context.language[:2].lower() in ("", "en"):
        for index, at, match in context.search(_FIRST_NUMBER):
            begins = index == 0 or context.texts[index - 1].rstrip()[-1:] in (".", "!", "?", "")
            if at or begins:
                yield context.in_text(index, at, at + len(match[0]), f"the sentence begins with {match[1]}")


#: A mark between two words without a space: `Hello,there`, `the end.Next`.
_MISSING_SPACE = pattern(
    r"(?<![\w@/.:-])[^\W\d_]{2,}(?:[,;!?](?=[^\W\d_]{2})|\.(?=[A-ZÀ-ÖØ-Þ][a-zß-ÿ]|[А-ЯЁ][а-яё]))(?!\w+(?:[@/:]|\.\w))"
)


@_style("STY008", _SUBTITLE_EDIT, fix=UNSAFE, needs=",;!?.")
@example(spoken("Hello,there."), spoken("Hello, there, at uni.edu."))
def missing_space_after_punctuation(context: Context) -> Iterator[Finding]:
    """No space follows a comma, full stop, question or exclamation mark.

    Two words run together, and the line cannot be broken there. The fix puts a space.
    """
    for index, at, match in context.search(_MISSING_SPACE):
        end, mark = at + len(match[0]), match[0][-1]
        yield context.in_text(index, end - 1, end, f"no space after {mark!r}", instead=f"{mark} ")


#: A mark that is there again, two that do not go together, and three marks of surprise: of all one is left.
_DOUBLED = pattern(r"([,;:])[ \t]?\1+|(?<=[^\W\d_]{3})(?<!etc)(?<!Inc)[.](?=,)|,(?=\.(?!\.))|([!?])\2{2,}")


@_style("STY009", _SUBTITLE_EDIT, fix=UNSAFE, needs=",;:!?.")
@example(spoken("Hello,, there."), spoken("Hello, there!?"))
def doubled_punctuation(context: Context) -> Iterator[Finding]:
    """A mark stands twice, or two marks stand together that do not belong together: `,,`, `.,`, `!!!`.

    It is a slip of the keyboard or of a merge. The fix leaves one mark.
    """
    return context.matches(_DOUBLED, lambda m: f"{m[0]!r} is one mark too many", lambda m: m[1] or m[2] or "")


@_style("STY010", _SUBTITLE_EDIT)
@example(spoken('He said "hello there.'), spoken('He said "hello" there.'))
def unpaired_quotes(context: Context) -> Iterator[Finding]:
    """A quotation is opened and never closed, or closed and never opened.

    Readers do not see where it ends. Quotations that run over up to five cues are followed; a sign for inches is not
    counted.
    """
    if '"' not in context.all_visible:
        return
    odd = [i for i, text in enumerate(context.visible) if len(re.findall(r'(?<!\d)"', text)) % 2]
    at = 0
    while at < len(odd):
        if at + 1 < len(odd) and odd[at + 1] - odd[at] <= 4:
            at += 2
            continue
        yield context.on_cue(odd[at], "a quotation mark has no partner")
        at += 1


#: A second speaker in the middle of a line.
_SECOND_SPEAKER = pattern(r"(?<=[.!?…][\"'”’»)\] ])[ \t]*(?:(?=[-–—][ \t]?[^\s\d-])|(?=>>[ \t]*\S))")


@_style("STY011", _SUBTITLE_EDIT, fix=UNSAFE, needs="->–—")
@example(spoken("- Are you? - I am."), spoken("- Are you?\n- I am."))
def two_speakers_on_one_line(context: Context) -> Iterator[Finding]:
    """Two speak on one line.

    Each speaker has a line, or nobody sees that the speaker changes. The fix breaks the line there.
    """
    for index, text in enumerate(context.texts):
        begins_with_dash = _DASH.match(text) is not None
        for match in _SECOND_SPEAKER.finditer(text) if begins_with_dash or ">>" in text else ():
            end = match.end()
            found = context.in_text(index, end, end + 1, "another one speaks from here on")
            yield found._replace(spans=((len(text[:end].rstrip(" \t")), end, "\n"),))


@_style("STY012", fix=SAFE, needs="\t")
@example(spoken("Hello\tthere."), spoken("Hello there."))
def tab(context: Context) -> Iterator[Finding]:
    """A tab stands in the text.

    Some players show a wide gap or a box. The fix puts a space.
    """
    return context.matches(re.compile("\t"), "a tab where a space belongs", " ")


@_style("STY013", "DCMP Captioning Key: speaker identification", needs=">")
@example(spoken(">> Hello there."), spoken("BOB: Hello there."))
def chevrons(context: Context) -> Iterator[Finding]:
    """Another speaker is marked with `>>`.

    It is the custom of American live captions; it says that somebody else speaks, and not who. Screen readers say
    "greater than". Write the name.
    """
    return context.matches(re.compile(r"(?m)^[ \t]*>>+"), ">> does not say who speaks")
