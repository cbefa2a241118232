"""Fixes of numbers, timing lines, blank lines and blocks.

Most need no more than a new cue object: the writer then writes the whole cue in the canonical way.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict

from captionkit.formats._timing import Clock, recognise
from captionkit.lint.mend import (
    Change,
    Patient,
    Words,
    mends,
    reread,
    rewritten,
    source_text,
    with_cues_changed,
    with_words,
)
from captionkit.lint.rule import RESTORES, SAFE, UNSAFE
from captionkit.lint.rules.srt import words_of_settings
from captionkit.lint.rules.tim import duplicates
from captionkit.model import Block, Cue, Document, Note, Region, Stray, Style
from captionkit.order import is_order_wrong
from captionkit.patterns import pattern

ORDER = 20


@mends("SRT035", kind=RESTORES)
def without_webvtt_header(patient: Patient) -> Document | None:
    lines = {one.line for one in patient.findings}
    blocks = [b for b in patient.document.blocks if not (type(b) is Stray and b.line in lines)]
    return patient.document.with_blocks(blocks) if len(blocks) < len(patient.document.blocks) else None


@mends("VTT102", "VTT103", "TIM021", "TIM022", kind=RESTORES)
@mends("TIM020", "TIM023", "VTT103", "VTT109", kind=UNSAFE)
def readable_times(patient: Patient) -> Document | None:
    """Write the timing line of cues, and of blocks that are no cue only for their timing line, in the right way."""
    document = patient.document
    if document.format != "vtt":
        return None
    wanted = {one.line: one.code for one in patient.findings}
    blocks: list[Block] = []
    changed = False
    for block in document.blocks:
        if type(block) is Cue and wanted.keys() & {block.line, block.timing_line}:
            blocks.append(rewritten(block))
            changed = True
        elif type(block) is Stray:
            cue = _revived(block, patient, wanted)
            blocks.append(cue or block)
            changed = changed or cue is not None
        else:
            blocks.append(block)
    return document.with_blocks(blocks) if changed else None


#: What a time may need to be mended without being asked: the others are read in more ways than one.
_UNSAFE_TIMES = ("TIM020", "VTT109", "TIM023")


def _revived(stray: Stray, patient: Patient, wanted: dict[int, str]) -> Cue | None:
    lines = stray.text.split("\n")
    for at in range(min(2, len(lines))):
        timing = recognise(lines[at])
        if timing is None:
            continue
        codes = {wanted[line] for line in range(stray.line, stray.line + at + 1) if line in wanted}
        clocks = (timing.start, timing.end)
        guessed = codes & set(_UNSAFE_TIMES) or any(_is_guess(clock) for clock in clocks)
        if not codes or (guessed and not patient.unsafe):
            return None
        start, end = (_ms(clock, patient.subject.fps) for clock in clocks)
        text = "\n".join(lines[at + 1 :])
        return Cue(start, end, text, lines[0] if at else "", timing.settings)
    return None


def _is_guess(clock: Clock) -> bool:
    """Whether the fraction can be read in two ways: `,5` is 5 ms to some and 500 ms to others."""
    return clock.sign == "-" or clock.separator in (":", ";") or len(clock.fraction) in (1, 2)


def _ms(clock: Clock, fps: float) -> int:
    if clock.separator in (":", ";") and len(clock.fraction) == 2:
        whole = (int(clock.hours or 0) * 60 + int(clock.minutes)) * 60 + int(clock.seconds)
        return round(whole * 1000 + int(clock.fraction) * 1000 / fps)
    return 0 if clock.sign == "-" else clock.ms


@mends("SRT011", "SRT022", kind=SAFE)
@mends("SRT012", "SRT016", "SRT024", "TIM021", "TIM022", "ENC015", kind=RESTORES)
@mends("SRT012", "SRT024", "TIM020", kind=UNSAFE)
def canonical_cues(patient: Patient) -> Document | None:
    """Write the cues anew: comma or dot, digits, arrow, hours and blank lines come right by themselves."""
    document = patient.document
    codes = {one.code for one in patient.findings}
    lines = {one.line for one in patient.findings}
    if codes == {"SRT022"}:
        return _single_blank_lines(patient)
    chosen = {one.cue - 1 for one in patient.findings if one.cue}
    for number, cue in enumerate(patient.subject.cues):
        if lines & {cue.line, cue.timing_line}:
            chosen.add(number)
    if "SRT022" in codes:
        chosen |= set(_before_blank_lines(patient))
    chosen -= patient.held
    return with_cues_changed(document, {number: rewritten(patient.subject.cues[number]) for number in chosen})


def _before_blank_lines(patient: Patient) -> list[int]:
    """The cues after which too many blank lines stand, and those that have some inside their head."""
    begins = [cue.line for cue in patient.subject.cues]
    places = [bisect_right(begins, one.line) for one in patient.findings if one.code == "SRT022"]
    return [place - 1 for place in places if place]


def _single_blank_lines(patient: Patient) -> Document | None:
    cues = patient.subject.cues
    if not cues:
        return None
    chosen = set(_before_blank_lines(patient)) - patient.held
    document = with_cues_changed(patient.document, {number: rewritten(cues[number]) for number in chosen})
    if any(one.line < cues[0].line for one in patient.findings):
        text = source_text(document or patient.document)
        return reread(patient.document, text.lstrip("\r\n \t"))
    return document


@mends("SRT001", "SRT003", "SRT004", kind=SAFE)
@mends("SRT002", kind=RESTORES)
def numbered(patient: Patient) -> Document | None:
    """Number the cues from 1; a line of words in the place of a number stays, and so does what must stay as it is."""
    cues, held, restores = patient.subject.cues, patient.held, RESTORES in patient.kinds
    changes: dict[int, Change] = {}
    count = 0
    index = -1
    for block in patient.document.blocks:
        if type(block) is not Cue:
            top, _, more = block.text.partition("\n")
            count = int(top) if more and top.isascii() and top.isdigit() and len(top) < 10 else count
            continue  # a block that was meant as a cue has its number, which the next one counts on from
        index += 1
        count += 1
        if block.identifier == str(count) or index in held or not _NUMBER.fullmatch(block.identifier):
            continue
        # ffmpeg takes the last line of a cue for the missing number of the next, if it begins with one, and drops it;
        # after Canvas's conversion a byte order mark right before the first timing line hides that cue.
        hidden = _BEGINS_WITH_NUMBER.search(cues[index - 1].text) is not None if index else patient.document.bom
        if block.identifier or restores or not hidden:
            changes[index] = block._replace(identifier=str(count))
    return with_cues_changed(patient.document, changes)


#: A number, or nothing, or a number with what programs and slips of the keyboard add to it.
_NUMBER = pattern(r"\W*(?:cue|nr|no|subtitle|caption)?\W*\d*\W*\w?\W*", re.IGNORECASE)


_BEGINS_WITH_NUMBER = pattern(r"(?:^|\n)[ \t]*[+-]?\d[^\n]*$")


@mends("SRT018", kind=RESTORES)
def words_into_text(patient: Patient) -> Document | None:
    """Move the words on a timing line to where they are shown."""
    cues = patient.subject.cues
    changes: dict[int, Change] = {}
    for index in patient.indices():
        words = words_of_settings(cues[index].settings)
        if words:
            changes[index] = with_words(cues[index], words)
    return with_cues_changed(patient.document, changes)


@mends("SRT017", "SRT018", kind=UNSAFE)
def without_settings(patient: Patient) -> Document | None:
    cues = patient.subject.cues
    return with_cues_changed(
        patient.document,
        {i: cues[i]._replace(settings="") for i in patient.indices() if not words_of_settings(cues[i].settings)},
    )


@mends("TIM023", kind=UNSAFE)
def from_zero(patient: Patient) -> Document | None:
    if patient.document.format != "srt":
        return None
    cues = patient.subject.cues
    return with_cues_changed(
        patient.document,
        {i: cues[i]._replace(start=max(cues[i].start, 0)) for i in patient.indices() if cues[i].end > 0},
    )


@mends("SRT020", kind=UNSAFE)
def without_blank_lines(patient: Patient) -> Document | None:
    cues = patient.subject.cues
    changes: dict[int, Change] = {}
    for number, cue in enumerate(cues):
        lines = [line for line in cue.text.split("\n") if line.strip()]
        if len(lines) <= cue.text.count("\n") and lines:
            changes[number] = cue._replace(text="\n".join(lines))
    return with_cues_changed(patient.document, changes)


@mends("VTT011", "VTT012", "VTT018", kind=UNSAFE)
def joined_blocks(patient: Patient) -> Document | None:
    """Join a block that a blank line tore off: text to the cue above, an identifier to the cue below, CSS to CSS."""
    wanted = {one.line: one.code for one in patient.findings}
    blocks: list[Block] = []
    joined: defaultdict[int, list[str]] = defaultdict(list)  # by the place of the block that they belong to
    changed = False
    pending = ""
    for block in patient.document.blocks:
        code = wanted.get(block.line) if type(block) is Stray else None
        before = blocks[-1] if blocks else None
        if code == "VTT011" and type(before) is Cue and type(block) is Stray:
            joined[len(blocks) - 1].append("\n".join(line for line in block.text.split("\n") if line.strip()))
        elif code == "VTT018" and type(before) is Style and type(block) is Stray:
            joined[len(blocks) - 1].append(block.text)
        elif code == "VTT012" and type(block) is Stray:
            pending = block.text.strip()
            changed = True
        elif pending and type(block) is Cue and not block.identifier:
            blocks.append(block._replace(identifier=pending))
            pending = ""
        else:
            blocks.append(block)
    for place, texts in joined.items():
        block = blocks[place]
        blocks[place] = block._replace(text="\n".join([*([block.text] if block.text else ()), *texts]))
    return patient.document.with_blocks(blocks) if (changed or joined) and not pending else None


@mends("VTT015", kind=UNSAFE, words=Words.REWRITTEN)
def escaped_arrows(patient: Patient) -> Document | None:
    """Write --&gt; where an arrow cuts a cue's text off."""
    document = patient.document
    lines = source_text(document).split("\n")
    changed = False
    for one in patient.findings:
        if 0 < one.line <= len(lines) and "-->" in lines[one.line - 1]:
            lines[one.line - 1] = lines[one.line - 1].replace("-->", "--&gt;")
            changed = True
    return reread(document, "\n".join(lines)) if changed else None


@mends("VTT016", "VTT017", kind=UNSAFE)
def head_blocks_first(patient: Patient) -> Document | None:
    """Move style sheets and regions before the first cue."""
    wanted = {one.line for one in patient.findings}
    moved: list[Block] = []
    rest: list[Block] = []
    for block in patient.document.blocks:
        if type(block) is Stray and block.line in wanted:
            name, _, text = block.text.partition("\n")
            moved.append((Style if name.strip() == "STYLE" else Region)(text))
        else:
            rest.append(block)
    first = next((at for at, block in enumerate(rest) if type(block) is Cue), len(rest))
    return patient.document.with_blocks([*rest[:first], *moved, *rest[first:]]) if moved else None


@mends("VTT025", kind=SAFE)
def comments_apart(patient: Patient) -> Document | None:
    """Make comments of identifiers that were meant as ones."""
    wanted = {one.line for one in patient.findings}
    blocks: list[Block] = []
    for block in patient.document.blocks:
        if type(block) is Cue and block.line in wanted and block.identifier.split(None, 1)[:1] == ["NOTE"]:
            blocks += [Note(block.identifier), block._replace(identifier="")]
        else:
            blocks.append(block)
    return patient.document.with_blocks(blocks) if len(blocks) > len(patient.document.blocks) else None


@mends("VTT013", kind=SAFE)
def unique_identifiers(patient: Patient) -> Document | None:
    """Number the cues afresh where all identifiers are numbers; else, if unsafe, add a number to the later ones."""
    cues = patient.subject.cues
    names = [cue.identifier for cue in cues]
    changes: dict[int, Change] = {}
    if all(name.isdecimal() for name in names if name):
        for number, cue in enumerate(cues):
            if cue.identifier and cue.identifier != str(number + 1):
                changes[number] = cue._replace(identifier=str(number + 1))
    elif patient.unsafe:
        taken = set(names)
        counts: dict[str, int] = {}  # the last number that was given to a name
        for number in patient.indices():
            count = counts.get(names[number], 1) + 1
            while f"{names[number]}-{count}" in taken:
                count += 1
            counts[names[number]] = count
            taken.add(f"{names[number]}-{count}")
            changes[number] = cues[number]._replace(identifier=f"{names[number]}-{count}")
    return with_cues_changed(patient.document, changes)


@mends("VTT021", kind=SAFE)
def without_empty_styles(patient: Patient) -> Document | None:
    lines = {one.line for one in patient.findings}
    blocks = [block for block in patient.document.blocks if not (type(block) is Style and block.line in lines)]
    return patient.document.with_blocks(blocks)


@mends("VTT144", kind=UNSAFE, words=Words.REMOVED)
def without_unused_regions(patient: Patient) -> Document | None:
    lines = {one.line for one in patient.findings}
    blocks = [block for block in patient.document.blocks if not (type(block) is Region and block.line in lines)]
    return patient.document.with_blocks(blocks)


@mends("VTT143", kind=UNSAFE)
def region_settings_once(patient: Patient) -> Document | None:
    """Keep the last of each setting, which is the one that counts."""
    blocks: list[Block] = []
    for block in patient.document.blocks:
        if type(block) is Region:
            tokens = block.text.split()
            last = {token.split(":", 1)[0]: at for at, token in enumerate(tokens)}
            kept = [token for at, token in enumerate(tokens) if last[token.split(":", 1)[0]] == at]
            if len(kept) < len(tokens):
                block = block._replace(text="\n".join(kept))
        blocks.append(block)
    return patient.document.with_blocks(blocks)


@mends("TIM004", kind=SAFE, words=Words.SORTED)
def sorted_by_start(patient: Patient) -> Document | None:
    """Sort the cues by their start, each with the comments right above it; equal starts stay in order."""
    if patient.held or not is_order_wrong(patient.subject.cues):
        return None
    head: list[Block] = []
    groups: list[tuple[int, list[Block]]] = []
    pending: list[Block] = []
    for block in patient.document.blocks:
        if type(block) is Cue:
            groups.append((block.start, [*pending, block]))
            pending = []
        elif type(block) is Note and groups:
            pending.append(block)
        elif groups:
            groups[-1][1].extend([*pending, block])
            pending = []
        else:
            head.append(block)
    order = sorted(groups, key=lambda group: group[0])
    return patient.document.with_blocks([*head, *(block for _, group in order for block in group), *pending])


@mends("TIM005", kind=UNSAFE, words=Words.REMOVED)
def without_duplicates(patient: Patient) -> Document | None:
    return with_cues_changed(patient.document, {index: None for index, _ in duplicates(patient.subject)})


@mends("SUP001", kind=SAFE, words=Words.REMOVED)
def without_unused_comments(patient: Patient) -> Document | None:
    """Remove comments that hide nothing, unless they hold more than that."""
    lines = {one.line for one in patient.findings}
    blocks = [
        block
        for block in patient.document.blocks
        if not (
            type(block) is Note
            and block.line in lines
            and block.text.strip().count("\n") == 0
            and "," not in block.text.split("--")[0]
        )
    ]
    return patient.document.with_blocks(blocks) if len(blocks) < len(patient.document.blocks) else None
