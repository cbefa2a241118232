"""SRT001 to SRT024 and SRT035: numbers, timing lines and blank lines.

No standard exists; these are the faults that make readers lose cues. Most fixes need no more than a cue that is written
anew: the writer then writes all of it in the one way that every reader takes."""

from __future__ import annotations

import re
from bisect import bisect_left

from captionkit.canvas_rules import is_converted
from captionkit.lint.context import Context
from captionkit.lint.edits import (
    Change,
    FixTask,
    head_takes,
    read_in_two_ways,
    reread,
    rewritten,
    source_text,
    takes_of,
    with_cues_changed,
    with_words,
)
from captionkit.lint.examples import GOOD_SRT, TWO_SRT, srt
from captionkit.lint.rule import NONE, RESTORES, SAFE, UNSAFE, Fix, example, fixes, row
from captionkit.model import Cue, Diagnostic, Document, Stray
from captionkit.patterns import pattern

ORDER = 21


@row("SRT001")
@example(TWO_SRT.replace("\n\n2\n", "\n\n"), TWO_SRT)
def missing_index() -> None:
    """A cue has no number above its timing line.

    Many players do not mind; converters that look for number and time together skip the cue. The fix numbers the cues.
    """


@row("SRT002")
@example(TWO_SRT.replace("2\n00", "2b\n00"), TWO_SRT)
def non_integer_index() -> None:
    """The line above the timing line is not a number.

    Strict readers reject the cue, others show the line as text of the cue before. The fix writes the number where the
    line is one with something added (`2b`, `Cue 2`); a line of words is left to a person.
    """


@row("SRT003")
@example(TWO_SRT.replace("2\n00", "7\n00"), TWO_SRT)
def non_sequential_index() -> None:
    """The numbers do not count up one by one.

    Players ignore it. Some import forms (3Play among them) refuse the file, and a gap often means that a cue was lost.
    """


@row("SRT004")
@example(srt("1-3 Hello there.", first=5))
def index_not_from_1() -> None:
    """The first cue is not number 1.

    The file may be a part of a longer one, cut without moving its times: compare the first cue with the media.
    """


def _left_unnumbered(context: Context, allowed: tuple[Fix, ...]) -> frozenset[int]:
    """The cues, by index, that keep what stands above their times: a line of words, and what players take for text."""
    kept = read_in_two_ways(context, allowed)
    return frozenset(
        index
        for index, cue in enumerate(context.cues)
        if index in kept
        or not (cue.identifier.isdecimal() or _NUMBER.fullmatch(cue.identifier))
        or (not cue.identifier and RESTORES not in allowed and _hides_number(context, index, kept))
    )


def _hides_number(context: Context, index: int, kept: frozenset[int]) -> bool:
    """Whether some player shows or drops something else once the cue has a number.

    ffmpeg takes the last line of a cue for the missing number of the next, if it begins with one, and drops it: also a
    timing line that it cannot read. After Canvas's conversion a byte order mark right before the first timing line
    hides that cue.
    """
    if index == 0:
        return context.document.bom
    above = context.texts[index - 1]
    return bool(_BEGINS_WITH_NUMBER.search(above)) or (not above and index - 1 in kept)


@fixes("SRT001", "SRT003", "SRT004", fix=SAFE, takes=takes_of(_left_unnumbered), keeps_text=True)
@fixes("SRT002", fix=RESTORES, takes=takes_of(_left_unnumbered), keeps_text=True)
def numbered(task: FixTask) -> Document | None:
    """Number the cues from 1, and from a number that stays as it is."""
    left = task.context.once(_left_unnumbered, task.allowed)
    changes: dict[int, Change] = {}
    count = 0
    index = -1
    for block in task.document.blocks:
        if type(block) is not Cue:
            top, _, more = block.text.partition("\n")
            count = int(top) if more and top.isascii() and top.isdigit() and len(top) < 10 else count
            continue  # a block that was meant as a cue has its number, which the next one counts on from
        index += 1
        count += 1
        if index not in left:
            if block.identifier != str(count):
                changes[index] = block._replace(identifier=str(count))
        elif block.identifier.isascii() and block.identifier.isdigit() and len(block.identifier) < 10:
            count = int(block.identifier)
    return with_cues_changed(task.document, changes)


_BEGINS_WITH_NUMBER = pattern(r"(?:^|\n)[ \t]*[+-]?\d[^\n]*$")

#: A number, or nothing, or a number with what programs and slips of the keyboard add to it.
_NUMBER = pattern(r"\W*(?:cue|nr|no|subtitle|caption)?\W*\d*\W*\w?\W*", re.IGNORECASE)


@row("SRT010")
@example(GOOD_SRT + "\n2\n00:00:04,000 --> soon\nHow are you?\n", TWO_SRT)
def malformed_timing_line() -> None:
    """A line has an arrow but no two times that can be read.

    Every reader loses this cue or shows the line as text. What was meant cannot be guessed: type the times.
    """


@row("SRT011")
@example(GOOD_SRT.replace(",", "."))
def dot_decimal() -> None:
    """The times have a dot where SRT has a comma.

    It is the WebVTT way. Canvas's conversion and strict readers do not take it.
    """


@row("SRT012")
@example(GOOD_SRT.replace("00:00:01", "0:00:01"))
def field_width() -> None:
    """Hours, minutes, seconds or milliseconds have too few or too many digits.

    SRT times are HH:MM:SS,mmm. Canvas's conversion leaves `0:00:01,000` half converted, so the cue is never shown.
    A fraction of one, two or more than three digits is read in two ways (ffmpeg takes `,5` for 5 milliseconds, others
    for 500), so mending that is unsafe.
    """


@row("SRT016")
@example("1\n00:01,000 --> 00:03,000\nHello there.\n")
def hours_missing() -> None:
    """The times have no hours.

    WebVTT allows MM:SS.mmm, SRT does not: most SRT readers skip the cue without a word.
    """


@row("SRT017")
@example(GOOD_SRT.replace("03,000", "03,000 X1:100 X2:200 Y1:10 Y2:50"))
def position_coordinates() -> None:
    """The timing line ends with screen coordinates.

    Hardly any player uses them and some reject the line. The fix removes them; convert to WebVTT to keep the place.
    """


@row("SRT018")
@example(
    GOOD_SRT.replace("03,000\nHello there.", "03,000 Hello\nthere, my friend."),
    GOOD_SRT.replace("Hello there.", "Hello\nthere, my friend."),
)
def text_after_timing() -> None:
    """Something follows the end time.

    Words there are shown by no player: the fix moves them into the text. WebVTT cue settings have no meaning in SRT,
    and strict readers reject the line: the unsafe fix removes them.
    """


@fixes("SRT018", fix=RESTORES, takes=head_takes)
def words_into_text(task: FixTask) -> Document | None:
    """Move the words on a timing line to where they are shown."""
    cues = task.context.cues
    changes: dict[int, Change] = {}
    unsure = read_in_two_ways(task.context, task.allowed)
    for index in task.indices():
        words = words_of_settings(cues[index].settings)
        if words and index not in unsure:
            changes[index] = with_words(cues[index], words)
    return with_cues_changed(task.document, changes)


@fixes("SRT017", "SRT018", fix=UNSAFE)
def without_settings(task: FixTask) -> Document | None:
    cues = task.context.cues
    return with_cues_changed(
        task.document,
        {i: cues[i]._replace(settings="") for i in task.indices() if not words_of_settings(cues[i].settings)},
    )


def words_of_settings(settings: str) -> str:
    """What follows the times of a cue from the first word on that is no setting; "" where all are settings."""
    match = _SETTINGS.match(settings)
    words = settings[match.end() if match else 0 :].strip()
    return "" if _VALUES.issuperset(words.split()) else words


_SETTINGS = pattern(
    r"(?:(?:(?:[XY][12]|align|line|position|size|vertical|region):[ \t]*+|[A-Za-z]++:(?=\S))\S*+(?:[ \t]++|$)"
    r"|[\d%,.+-]++(?:[ \t]++|$))*+",
    re.IGNORECASE,
)
_VALUES = frozenset(
    ("start", "center", "middle", "end", "left", "right", "line-left", "line-right", "rl", "lr", "up", "auto")
)


@row("SRT020")
@example("1\n00:00:01,000 --> 00:00:03,000\nHello\n\nthere.\n")
def blank_line_inside_cue() -> None:
    """A blank line stands in the middle of a cue's text.

    A blank line ends a cue: readers drop what follows, or take it for the next number. The fix joins the lines.
    """


@fixes("SRT020", fix=UNSAFE)
def without_blank_lines(task: FixTask) -> Document | None:
    cues = task.context.cues
    changes: dict[int, Change] = {}
    for number, cue in enumerate(cues):
        lines = [line for line in cue.text.split("\n") if line.strip()]
        if len(lines) <= cue.text.count("\n") and lines:
            changes[number] = cue._replace(text="\n".join(lines))
    return with_cues_changed(task.document, changes)


@row("SRT022")
@example(TWO_SRT.replace("\n\n", "\n\n\n"), TWO_SRT)
def extra_blank_lines() -> None:
    """More than one blank line stands between two cues, or before the first.

    Harmless in most players; some count blocks by blank lines and see an empty cue.
    """


@row("SRT023")
@example("Translated by nobody\n\n" + GOOD_SRT)
def text_before_first_cue() -> None:
    """Text stands before the first cue.

    It has no timing line, so no viewer ever sees it. captionkit keeps it in the file. Give it a time or remove it.
    """


@row("SRT024")
@example(GOOD_SRT.replace("00:00:01,000", "00:00:01 ,000"))
def unreadable_time() -> None:
    """A time has a blank inside, digits of another script, or a semicolon or colon before the fraction.

    captionkit knows what is meant; most players cannot read the line and show nothing of the cue. It comes from
    translation programs and from typing. The fix writes the time in the one way that all players read; where a colon
    or semicolon may count frames it is unsafe.
    """


#: What a time may need to be mended without being asked: the others are read in more ways than one.
UNSAFE_TIMES = ("TIM020", "VTT109", "TIM023")


def _says_webvtt(context: Context) -> bool:
    source = context.document.source
    return source is not None and not is_converted(source.text)


def _left_as_written(context: Context, allowed: tuple[Fix, ...]) -> frozenset[int]:
    """The cues, by index, that cannot be written anew, or not with a number."""
    unnumbered = [i for i in context.once(_left_unnumbered, allowed) if not context.cues[i].identifier]
    return read_in_two_ways(context, allowed).union(unnumbered)


_writing_takes = takes_of(_left_as_written)


def _rewriting_takes(context: Context, one: Diagnostic) -> Fix:
    """A cue that is written anew gets a number where it has none, and commas: not while Canvas takes it for WebVTT."""
    fix = _writing_takes(context, one)
    return RESTORES if fix is SAFE and context.once(_says_webvtt) else fix


@fixes("SRT011", fix=SAFE, takes=_rewriting_takes, keeps_text=True)
@fixes("SRT012", "SRT016", "SRT024", "TIM021", "TIM022", "ENC015", fix=RESTORES, takes=head_takes, keeps_text=True)
@fixes("SRT012", "SRT024", "TIM020", fix=UNSAFE, keeps_text=True)
def canonical_cues(task: FixTask) -> Document | None:
    """Write the cues anew: comma or dot, digits, arrow, hours and blank lines come right by themselves."""
    cues = task.context.cues
    lines = {one.line for one in task.findings}
    chosen = {one.cue - 1 for one in task.findings if one.cue}
    chosen |= {number for number, cue in enumerate(cues) if cue.line in lines or cue.timing_line in lines}
    unsure = task.context.once(_left_as_written, task.allowed)
    missing = {one.cue - 1 for one in task.findings if one.code == "ENC015" and one.cue}
    chosen |= {number - 1 for number in missing & unsure if number}  # the cue above brings the blank line as well
    return with_cues_changed(task.document, {number: rewritten(cues[number]) for number in chosen - unsure})


def _blank_lines_take(context: Context, one: Diagnostic) -> Fix:
    """Blank lines below a block that is no cue stay, since that is not written anew."""
    place = bisect_left(context.block_lines, one.line) - 1
    return _rewriting_takes(context, one) if place < 0 or type(context.document.blocks[place]) is Cue else NONE


@fixes("SRT022", fix=SAFE, takes=_blank_lines_take, keeps_text=True)
def single_blank_lines(task: FixTask) -> Document | None:
    """Write the cues anew after which too many blank lines stand, and those that have some inside their head."""
    cues = task.context.cues
    chosen = {task.context.cue_above(one.line) for one in task.findings}
    changed = chosen - {-1} - task.context.once(_left_as_written, task.allowed)
    document = with_cues_changed(task.document, {number: rewritten(cues[number]) for number in changed})
    if -1 in chosen:
        text = source_text(document or task.document)
        return reread(task.document, text.lstrip("\r\n \t"))
    return document


@row("SRT035")
@example("WEBVTT\n\n" + GOOD_SRT, arguments={"format": "srt"})
def webvtt_header() -> None:
    """The file is named .srt and begins like WebVTT, but its times are SRT's.

    SRT readers take the first line for text, WebVTT readers refuse the times, and Canvas does not convert a file that
    says WEBVTT anywhere: nobody can show it. The fix removes the line.
    """


@fixes("SRT035", fix=RESTORES)
def without_webvtt_header(task: FixTask) -> Document | None:
    lines = {one.line for one in task.findings}
    blocks = [b for b in task.document.blocks if not (type(b) is Stray and b.line in lines)]
    return task.document.with_blocks(blocks) if len(blocks) < len(task.document.blocks) else None
