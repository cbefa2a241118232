"""SRT001 to SRT024 and SRT035: numbers, timing lines and blank lines.

No standard exists; these are the faults that make readers lose cues. Most fixes need no more than a cue that is written
anew: the writer then writes all of it in the one way that every reader takes."""

from __future__ import annotations

import re
from bisect import bisect_right

from captionkit.lint.edits import (
    Change,
    FixTask,
    fixes,
    read_in_two_ways,
    reread,
    rewritten,
    source_text,
    with_cues_changed,
    with_words,
)
from captionkit.lint.rule import RESTORES, SAFE, UNSAFE, row, srt_example
from captionkit.model import Cue, Document, Stray
from captionkit.patterns import pattern

#: When the fixes below run: bytes first, then timing lines, blocks, order, markup, words, times and lines.
ORDER = 21


_GOOD = srt_example("00:01,000 --> 00:03,000\nHello there.", "00:04,000 --> 00:06,000\nHow are you?")


_ONE = srt_example("00:01,000 --> 00:03,000\nHello there.")


row(
    "SRT001",
    "missing-index",
    """A cue has no number above its timing line.

Many players do not mind; converters that look for number and time together skip the cue. The fix numbers the cues.
""",
    bad=_GOOD.replace("\n\n2\n", "\n\n"),
    good=_GOOD,
)


row(
    "SRT002",
    "non-integer-index",
    """The line above the timing line is not a number.

Strict readers reject the cue, others show the line as text of the cue before. The fix writes the number where the
line is one with something added (`2b`, `Cue 2`); a line of words is left to a person.
""",
    bad=_GOOD.replace("2\n00", "2b\n00"),
    good=_GOOD,
)


row(
    "SRT003",
    "non-sequential-index",
    """The numbers do not count up one by one.

Players ignore it. Some import forms (3Play among them) refuse the file, and a gap often means that a cue was lost.
""",
    bad=_GOOD.replace("2\n00", "7\n00"),
    good=_GOOD,
)


row(
    "SRT004",
    "index-not-from-1",
    """The first cue is not number 1.

The file may be a part of a longer one, cut without moving its times: compare the first cue with the media.
""",
    bad=srt_example("00:01,000 --> 00:03,000\nHello there.", first=5),
    good=_ONE,
)


@fixes("SRT001", "SRT003", "SRT004", fix=SAFE)
@fixes("SRT002", fix=RESTORES)
def numbered(task: FixTask) -> Document | None:
    """Number the cues from 1; a line of words in the place of a number stays, and so does what must stay as it is."""
    cues, unsure, restores = task.context.cues, read_in_two_ways(task), RESTORES in task.allowed
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
        if block.identifier == str(count) or index in unsure or not _NUMBER.fullmatch(block.identifier):
            continue
        # ffmpeg takes the last line of a cue for the missing number of the next, if it begins with one, and drops it;
        # after Canvas's conversion a byte order mark right before the first timing line hides that cue.
        hidden = _BEGINS_WITH_NUMBER.search(cues[index - 1].text) is not None if index else task.document.bom
        if block.identifier or restores or not hidden:
            changes[index] = block._replace(identifier=str(count))
    return with_cues_changed(task.document, changes)


_BEGINS_WITH_NUMBER = pattern(r"(?:^|\n)[ \t]*[+-]?\d[^\n]*$")


#: A number, or nothing, or a number with what programs and slips of the keyboard add to it.
_NUMBER = pattern(r"\W*(?:cue|nr|no|subtitle|caption)?\W*\d*\W*\w?\W*", re.IGNORECASE)


row(
    "SRT010",
    "malformed-timing-line",
    """A line has an arrow but no two times that can be read.

Every reader loses this cue or shows the line as text. What was meant cannot be guessed: type the times.
""",
    bad=_ONE + "\n2\n00:00:04,000 --> soon\nHow are you?\n",
    good=_GOOD,
)


row(
    "SRT011",
    "dot-decimal",
    """The times have a dot where SRT has a comma.

It is the WebVTT way. Canvas's conversion and strict readers do not take it.
""",
    bad=_ONE.replace(",", "."),
    good=_ONE,
)


row(
    "SRT012",
    "field-width",
    """Hours, minutes, seconds or milliseconds have too few or too many digits.

SRT times are HH:MM:SS,mmm. Canvas's conversion leaves `0:00:01,000` half converted, so the cue is never shown.
A fraction of one, two or more than three digits is read in two ways (ffmpeg takes `,5` for 5 milliseconds, others
for 500), so mending that is unsafe.
""",
    bad=_ONE.replace("00:00:01", "0:00:01"),
    good=_ONE,
)


row(
    "SRT016",
    "hours-missing",
    """The times have no hours.

WebVTT allows MM:SS.mmm, SRT does not: most SRT readers skip the cue without a word.
""",
    bad="1\n00:01,000 --> 00:03,000\nHello there.\n",
    good=_ONE,
)


row(
    "SRT017",
    "position-coordinates",
    """The timing line ends with screen coordinates.

Hardly any player uses them and some reject the line. The fix removes them; convert to WebVTT to keep the place.
""",
    bad=_ONE.replace("03,000", "03,000 X1:100 X2:200 Y1:10 Y2:50"),
    good=_ONE,
)


row(
    "SRT018",
    "text-after-timing",
    """Something follows the end time.

Words there are shown by no player: the fix moves them into the text. WebVTT cue settings have no meaning in SRT,
and strict readers reject the line: the unsafe fix removes them.
""",
    bad=_ONE.replace("03,000\nHello there.", "03,000 Hello\nthere, my friend."),
    good=_ONE.replace("Hello there.", "Hello\nthere, my friend."),
)


@fixes("SRT018", fix=RESTORES)
def words_into_text(task: FixTask) -> Document | None:
    """Move the words on a timing line to where they are shown."""
    cues = task.context.cues
    changes: dict[int, Change] = {}
    unsure = read_in_two_ways(task)
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


row(
    "SRT020",
    "blank-line-inside-cue",
    """A blank line stands in the middle of a cue's text.

A blank line ends a cue: readers drop what follows, or take it for the next number. The fix joins the lines.
""",
    bad="1\n00:00:01,000 --> 00:00:03,000\nHello\n\nthere.\n",
    good=_ONE,
)


@fixes("SRT020", fix=UNSAFE)
def without_blank_lines(task: FixTask) -> Document | None:
    cues = task.context.cues
    changes: dict[int, Change] = {}
    for number, cue in enumerate(cues):
        lines = [line for line in cue.text.split("\n") if line.strip()]
        if len(lines) <= cue.text.count("\n") and lines:
            changes[number] = cue._replace(text="\n".join(lines))
    return with_cues_changed(task.document, changes)


row(
    "SRT022",
    "extra-blank-lines",
    """More than one blank line stands between two cues, or before the first.

Harmless in most players; some count blocks by blank lines and see an empty cue.
""",
    bad=_GOOD.replace("\n\n", "\n\n\n"),
    good=_GOOD,
)


row(
    "SRT023",
    "text-before-first-cue",
    """Text stands before the first cue.

It has no timing line, so no viewer ever sees it. captionkit keeps it in the file. Give it a time or remove it.
""",
    bad="Translated by nobody\n\n" + _ONE,
    good=_ONE,
)


row(
    "SRT024",
    "unreadable-time",
    """A time has a blank inside, digits of another script, or a semicolon or colon before the fraction.

captionkit knows what is meant; most players cannot read the line and show nothing of the cue. It comes from
translation programs and from typing. The fix writes the time in the one way that all players read; where a colon
or semicolon may count frames it is unsafe.
""",
    bad=_ONE.replace("00:00:01,000", "00:00:01 ,000"),
    good=_ONE,
)


#: What a time may need to be mended without being asked: the others are read in more ways than one.
_UNSAFE_TIMES = ("TIM020", "VTT109", "TIM023")


@fixes("SRT011", "SRT022", fix=SAFE)
@fixes("SRT012", "SRT016", "SRT024", "TIM021", "TIM022", "ENC015", fix=RESTORES)
@fixes("SRT012", "SRT024", "TIM020", fix=UNSAFE)
def canonical_cues(task: FixTask) -> Document | None:
    """Write the cues anew: comma or dot, digits, arrow, hours and blank lines come right by themselves."""
    document = task.document
    codes = {one.code for one in task.findings}
    lines = {one.line for one in task.findings}
    if codes == {"SRT022"}:
        return _single_blank_lines(task)
    chosen = {one.cue - 1 for one in task.findings if one.cue}
    for number, cue in enumerate(task.context.cues):
        if lines & {cue.line, cue.timing_line}:
            chosen.add(number)
    if "SRT022" in codes:
        chosen |= set(_before_blank_lines(task))
    unsure = read_in_two_ways(task)
    missing = {one.cue - 1 for one in task.findings if one.code == "ENC015" and one.cue}
    chosen |= {number - 1 for number in missing & unsure if number}  # the cue above brings the blank line as well
    chosen -= unsure
    return with_cues_changed(document, {number: rewritten(task.context.cues[number]) for number in chosen})


def _single_blank_lines(task: FixTask) -> Document | None:
    cues = task.context.cues
    if not cues:
        return None
    chosen = set(_before_blank_lines(task)) - read_in_two_ways(task)
    document = with_cues_changed(task.document, {number: rewritten(cues[number]) for number in chosen})
    if any(one.line < cues[0].line for one in task.findings):
        text = source_text(document or task.document)
        return reread(task.document, text.lstrip("\r\n \t"))
    return document


def _before_blank_lines(task: FixTask) -> list[int]:
    """The cues after which too many blank lines stand, and those that have some inside their head."""
    begins = [cue.line for cue in task.context.cues]
    places = [bisect_right(begins, one.line) for one in task.findings if one.code == "SRT022"]
    return [place - 1 for place in places if place]


row(
    "SRT035",
    "webvtt-header",
    """The file is named .srt and begins like WebVTT, but its times are SRT's.

SRT readers take the first line for text, WebVTT readers refuse the times, and Canvas does not convert a file that
says WEBVTT anywhere: nobody can show it. The fix removes the line.
""",
    bad="WEBVTT\n\n" + _ONE,
    good=_ONE,
    arguments={"format": "srt"},
)


@fixes("SRT035", fix=RESTORES)
def without_webvtt_header(task: FixTask) -> Document | None:
    lines = {one.line for one in task.findings}
    blocks = [b for b in task.document.blocks if not (type(b) is Stray and b.line in lines)]
    return task.document.with_blocks(blocks) if len(blocks) < len(task.document.blocks) else None
