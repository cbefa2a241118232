"""STY: house style, as other linters and style guides hold it. All off unless asked for: `--extend-select STY`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from unicodedata import category

from captionkit.lint.context import Context
from captionkit.lint.edits import FixTask, fixes, with_texts_changed
from captionkit.lint.rule import INFO, SAFE, UNSAFE, Finding, rule, vtt_example
from captionkit.model import Document
from captionkit.patterns import pattern

#: When the fixes below run: bytes first, then timing lines, blocks, order, markup, words, times and lines.
ORDER = 45


_NETFLIX = "Netflix Timed Text Style Guide"


_SUBTITLE_EDIT = "Subtitle Edit, Fix common errors"


def _cue(text: str) -> str:
    return vtt_example(f"00:01.000 --> 00:05.000\n{text}")


def _cues(*texts: str) -> str:
    return vtt_example(*[f"00:{4 * n + 1:02d}.000 --> 00:{4 * n + 4:02d}.000\n{text}" for n, text in enumerate(texts)])


def _only(code: str) -> dict[str, str]:
    return {"select": code}


#: Signs that fonts of players have besides letters, digits and punctuation.
_USUAL_SIGNS = frozenset("$+<=>^`|~¢£¤¥¦§¨©¬®¯°±´¶·¸×÷‰€™№♪♫♭♯½¼¾¹²³−√∞≈≠≤≥µ")


@rule(
    "STY001",
    "unusual-glyph",
    INFO,
    default=False,
    bad=_cue("And so it goes ➤ on."),
    good=_cue("And so it goes – on ♪."),
    arguments=_only("STY001"),
    source=f"{_NETFLIX}: Netflix Glyph List, by Unicode category",
)
def unusual_glyph(context: Context) -> Iterator[Finding]:
    """A sign that not every player's font has: an emoji, an arrow, a dingbat, a box.

    Netflix takes no glyph that is not on its list. Letters, digits and punctuation of all scripts and the usual signs
    are; this looks at the category of the character and not at the list itself.
    """
    text = context.all_text
    if text.isascii():
        return
    odd = {char for char in set(text) if not char.isascii() and category(char)[0] == "S" and char not in _USUAL_SIGNS}
    odd = {char for char in odd if category(char) != "Sc"}
    if odd:
        for index, at, match in context.search(re.compile(f"[{re.escape(''.join(sorted(odd)))}]")):
            yield context.in_text(index, at, at + 1, f"{match[0]} (U+{ord(match[0]):04X}) is missing in many fonts")


_DASH = pattern(r"(?m)^[ \t]*([-–—])([ \t]?)(?=[^\s-])")


@rule(
    "STY002",
    "mixed-dash-style",
    INFO,
    default=False,
    bad=_cues("- Are you?\n- I am.", "- Really?\n- Yes.", "-Well?\n-So be it."),
    good=_cues("- Are you?\n- I am.", "- Really?\n- Yes."),
    arguments=_only("STY002"),
    source=f"{_NETFLIX}: Dual speakers",
)
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
SINGLE_DASH = pattern(r"\A[ \t]*[-–—][ \t]*(?=[^\s-])(?![^\n]*[.!?…][\"'”’»)\]]*[ \t]+[-–—])(?![\s\S]*\n[ \t]*[-–—])")


@rule(
    "STY003",
    "dash-before-single-speaker",
    INFO,
    default=False,
    fix=UNSAFE,
    bad=_cue("- Hello there."),
    good=_cue("Hello there."),
    arguments=_only("STY003"),
    source=_SUBTITLE_EDIT,
)
def dash_before_single_speaker(context: Context) -> Iterator[Finding]:
    """A dash stands before the words of the only one who speaks in the cue.

    Dashes tell two speakers apart. The fix removes it.
    """
    for index, text in enumerate(context.texts):
        match = SINGLE_DASH.match(text) if text.lstrip()[:1] in ("-", "–", "—") else None
        if match:
            yield context.in_text(index, match.start(), match.end(), "a dash, and nobody else speaks")


@fixes("STY003", fix=UNSAFE)
def without_dash(task: FixTask) -> Document | None:
    return with_texts_changed(task, lambda text: SINGLE_DASH.sub("", text))


#: A line that is a sound in round brackets.
ROUND_SOUND = pattern(r"(?m)^([ \t]*)\(([^\W\d_][^()\n]{1,40})\)(?=[ \t]*$|[ \t]+\S)")


@rule(
    "STY004",
    "round-brackets-for-sounds",
    INFO,
    default=False,
    fix=UNSAFE,
    bad=_cue("(applause)"),
    good=_cue("[applause]"),
    arguments=_only("STY004"),
    source=f"{_NETFLIX}: SDH: use brackets [ ] to enclose sound effects",
)
def round_brackets_for_sounds(context: Context) -> Iterator[Finding]:
    """A sound stands in round brackets.

    Netflix and most American guides want `[ ]`, the DCMP takes both; one of them in a file. The fix writes `[ ]`.
    """
    if "(" in context.all_text:
        for index, at, match in context.search(ROUND_SOUND):
            yield context.in_text(index, at, at + len(match[0]), f"({match[2]}) is written [{match[2]}]")


@fixes("STY004", fix=UNSAFE)
def square_brackets(task: FixTask) -> Document | None:
    return with_texts_changed(task, lambda text: ROUND_SOUND.sub(r"\1[\2]", text))


THREE_DOTS = pattern(r"(?<!\.)\.{3}(?!\.)")


@rule(
    "STY005",
    "dots-for-ellipsis-sign",
    INFO,
    default=False,
    fix=UNSAFE,
    bad=_cue("And so... we go."),
    good=_cue("And so… we go."),
    arguments=_only("STY005"),
    source=f"{_NETFLIX}: use the single smart character (U+2026)",
)
def dots_for_ellipsis_sign(context: Context) -> Iterator[Finding]:
    """Three dots stand for an ellipsis.

    Netflix wants the one character …, which no line break can part. The fix writes it.
    """
    if "..." in context.all_text:
        for index, at, _ in context.search(THREE_DOTS):
            yield context.in_text(index, at, at + 3, "three dots are written …")


@fixes("STY005", fix=UNSAFE)
def ellipsis_sign(task: FixTask) -> Document | None:
    return with_texts_changed(task, lambda text: THREE_DOTS.sub("…", text))


_ONE_TO_TEN = pattern(r"(?<![\w$€£¥#.,:/+-])(?:10|[1-9])(?![\w%°]|[.,:/-]\d|[ \t]?(?:%|°|[ap]\.?m\b|o'clock\b))")


_SPOKEN = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@rule(
    "STY006",
    "number-one-to-ten",
    INFO,
    default=False,
    bad=_cue("There are 3 of them."),
    good=_cue("There are three of them, at 3:30."),
    arguments=_only("STY006"),
    source=f"{_NETFLIX}: from 1 to 10, numbers should be written out",
)
def number_one_to_ten(context: Context) -> Iterator[Finding]:
    """A number from one to ten stands in figures.

    Most guides want it in words, unless it is a time, a measure or a name. English only. Never changed.
    """
    if context.language[:2].lower() in ("", "en") and any(map(str.isdigit, context.all_text)):
        for index, at, match in context.search(_ONE_TO_TEN):
            word = _SPOKEN[int(match[0]) - 1]
            yield context.in_text(index, at, at + len(match[0]), f"{match[0]} is written {word!r}")


_FIRST_NUMBER = pattern(r"(?:\A|(?<=[.!?][ \n]))(?:[-–—][ \t]?)?(\d++)(?![%:.,/-]\d|\w|[.)][ \t]|%)")


@rule(
    "STY007",
    "number-begins-sentence",
    INFO,
    default=False,
    bad=_cue("25 people came."),
    good=_cue("We saw 25 people."),
    arguments=_only("STY007"),
    source=f"{_NETFLIX}: numbers at the beginning of a sentence should be spelled out",
)
def number_begins_sentence(context: Context) -> Iterator[Finding]:
    """A sentence begins with a number in figures.

    Most guides want it in words there. English only. Never changed.
    """
    if context.language[:2].lower() in ("", "en") and any(map(str.isdigit, context.all_text)):
        for index, at, match in context.search(_FIRST_NUMBER):
            begins = index == 0 or context.texts[index - 1].rstrip()[-1:] in (".", "!", "?", "")
            if at or begins:
                yield context.in_text(index, at, at + len(match[0]), f"the sentence begins with {match[1]}")


#: A mark between two words without a space: `Hello,there`, `the end.Next`.
MISSING_SPACE = pattern(
    r"(?<![\w@/.:-])([^\W\d_]{2,}(?:[,;!?](?=[^\W\d_]{2})|\.(?=[A-ZÀ-ÖØ-Þ][a-zß-ÿ]|[А-ЯЁ][а-яё])))(?!\w+(?:[@/:]|\.\w))"
)


@rule(
    "STY008",
    "missing-space-after-punctuation",
    INFO,
    default=False,
    fix=UNSAFE,
    bad=_cue("Hello,there."),
    good=_cue("Hello, there, at uni.edu."),
    arguments=_only("STY008"),
    source=_SUBTITLE_EDIT,
)
def missing_space_after_punctuation(context: Context) -> Iterator[Finding]:
    """No space follows a comma, full stop, question or exclamation mark.

    Two words run together, and the line cannot be broken there. The fix puts a space.
    """
    for index, at, match in context.search(MISSING_SPACE):
        end = at + len(match[1])
        yield context.in_text(index, end - 1, end, f"no space after {match[1][-1]!r}")


@fixes("STY008", fix=UNSAFE)
def space_after_marks(task: FixTask) -> Document | None:
    return with_texts_changed(task, lambda text: MISSING_SPACE.sub(r"\1 ", text))


DOUBLED = pattern(r"([,;:])[ \t]?\1+|(?<=[^\W\d_]{3})(?<!etc)(?<!Inc)[.](?=,)|,(?=\.(?!\.))|([!?])\2{2,}")


@rule(
    "STY009",
    "doubled-punctuation",
    INFO,
    default=False,
    fix=UNSAFE,
    bad=_cue("Hello,, there."),
    good=_cue("Hello, there!?"),
    arguments=_only("STY009"),
    source=_SUBTITLE_EDIT,
)
def doubled_punctuation(context: Context) -> Iterator[Finding]:
    """A mark stands twice, or two marks stand together that do not belong together: `,,`, `.,`, `!!!`.

    It is a slip of the keyboard or of a merge. The fix leaves one mark.
    """
    for index, at, match in context.search(DOUBLED):
        yield context.in_text(index, at, at + len(match[0]), f"{match[0]!r} is one mark too many")


@fixes("STY009", fix=UNSAFE)
def one_mark(task: FixTask) -> Document | None:
    """Leave one of marks that are the same, and the later of a full stop and a comma."""

    def mended(match: re.Match[str]) -> str:
        return match[1] or match[2] or ""

    return with_texts_changed(task, lambda text: DOUBLED.sub(mended, text))


@rule(
    "STY010",
    "unpaired-quotes",
    INFO,
    default=False,
    bad=_cue('He said "hello there.'),
    good=_cue('He said "hello" there.'),
    arguments=_only("STY010"),
    source=_SUBTITLE_EDIT,
)
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
SECOND_SPEAKER = pattern(r"(?<=[.!?…][\"'”’»)\] ])[ \t]*(?:(?=[-–—][ \t]?[^\s\d-])|(?=>>[ \t]*\S))")


@rule(
    "STY011",
    "two-speakers-on-one-line",
    INFO,
    default=False,
    fix=UNSAFE,
    bad=_cue("- Are you? - I am."),
    good=_cue("- Are you?\n- I am."),
    arguments=_only("STY011"),
    source=_SUBTITLE_EDIT,
)
def two_speakers_on_one_line(context: Context) -> Iterator[Finding]:
    """Two speak on one line.

    Each speaker has a line, or nobody sees that the speaker changes. The fix breaks the line there.
    """
    for index, text in enumerate(context.texts):
        begins_with_dash = _DASH.match(text) is not None
        for match in SECOND_SPEAKER.finditer(text) if begins_with_dash or ">>" in text else ():
            yield context.in_text(index, match.end(), match.end() + 1, "another one speaks from here on")


@fixes("STY011", fix=UNSAFE)
def line_for_each_speaker(task: FixTask) -> Document | None:
    return with_texts_changed(task, lambda text: re.sub(r"[ \t]+\n", "\n", SECOND_SPEAKER.sub("\n", text)))


@rule(
    "STY012",
    "tab",
    INFO,
    default=False,
    fix=SAFE,
    bad=_cue("Hello\tthere."),
    good=_cue("Hello there."),
    arguments=_only("STY012"),
)
def tab(context: Context) -> Iterator[Finding]:
    """A tab stands in the text.

    Some players show a wide gap or a box. The fix puts a space.
    """
    if "\t" in context.all_text:
        for index, at, _ in context.search(re.compile("\t")):
            yield context.in_text(index, at, at + 1, "a tab where a space belongs")


@fixes("STY012", fix=SAFE)
def spaces_for_tabs(task: FixTask) -> Document | None:
    return with_texts_changed(task, lambda text: text.replace("\t", " "))


@rule(
    "STY013",
    "chevrons",
    INFO,
    default=False,
    bad=_cue(">> Hello there."),
    good=_cue("BOB: Hello there."),
    arguments=_only("STY013"),
    source="DCMP Captioning Key: speaker identification",
)
def chevrons(context: Context) -> Iterator[Finding]:
    """Another speaker is marked with `>>`.

    It is the custom of American live captions; it says that somebody else speaks, and not who. Screen readers say
    "greater than". Write the name.
    """
    if ">>" in context.all_text:
        for index, at, match in context.search(re.compile(r"(?m)^[ \t]*>>+")):
            yield context.in_text(index, at, at + len(match[0]), ">> does not say who speaks")
