"""VTT011 to VTT025: the blocks of a WebVTT file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator

from captionkit.lint.context import Context
from captionkit.lint.edits import (
    Change,
    FixTask,
    head_takes,
    least_fix,
    read_in_two_ways,
    reread,
    source_text,
    with_cues_changed,
)
from captionkit.lint.examples import TWO, vtt
from captionkit.lint.places import Places
from captionkit.lint.rule import (
    ERROR,
    INFO,
    NONE,
    RESTORES,
    SAFE,
    UNSAFE,
    WARNING,
    Finding,
    Fix,
    Words,
    example,
    fixes,
    row,
    rule,
)
from captionkit.model import Block, Cue, Diagnostic, Document, Note, Region, Stray, Style
from captionkit.patterns import pattern

ORDER = 22
_SYNTAX = "https://www.w3.org/TR/webvtt1/#file-structure"
_STYLE = "STYLE\n::cue(i) { color: yellow }"
_STYLED = vtt(_STYLE, "1-3 <i>Hello</i> there.")
_REGION = "REGION\nid:top\nwidth:40%"
_REGIONED = vtt(_REGION, "00:01.000 --> 00:03.000 region:top\nHello there.")


@row("VTT011", source="https://www.w3.org/TR/webvtt1/#collect-a-webvtt-block")
@example("WEBVTT\n\n00:01.000 --> 00:03.000\nHello\n\nthere,\nmy friend.\n")
def orphan_text() -> None:
    """A block of text has no timing line.

    Browsers drop it without a word: these captions are lost. Usually a blank line slipped into a cue; the fix joins the
    text to the cue before.
    """


@row("VTT012", source=_SYNTAX)
@example("WEBVTT\n\n7\n\n00:01.000 --> 00:03.000\nHello there.\n")
def lone_identifier() -> None:
    """A single line stands alone, like an identifier that has lost its cue.

    Nothing of it is shown. If it is the number of a cue that was deleted, the fix removes it.
    """


@rule("VTT013", ERROR, SAFE, source="https://www.w3.org/TR/webvtt1/#webvtt-cue-identifier")
@example(
    vtt("1\n00:01.000 --> 00:03.000\nHello there.", "1\n00:04.000 --> 00:06.000\nHow are you?"),
    vtt("1\n00:01.000 --> 00:03.000\nHello there.", "2\n00:04.000 --> 00:06.000\nHow are you?"),
)
def duplicate_identifier(context: Context) -> Iterator[Finding]:
    """Two cues have the same identifier.

    An identifier must be unique in its file: styles and scripts that name it meet only one. If all are numbers the fix
    numbers the cues afresh; otherwise it adds a number to the later one, which is unsafe where a style names it.
    """
    if context.format != "vtt":
        return
    seen: dict[str, int] = {}
    for index, cue in enumerate(context.cues):
        if cue.identifier:
            first = seen.setdefault(cue.identifier, index)
            if first != index:
                found = context.on_cue(index, f"identifier {cue.identifier!r} is already that of cue {first + 1}")
                yield found._replace(line=cue.line or found.line)


def _renumbering_takes(context: Context, one: Diagnostic) -> Fix:
    return context.once(_renumbering_all_takes)


def _renumbering_all_takes(context: Context) -> Fix:
    if not _are_numbers(context):
        return UNSAFE
    named = [cue.identifier for cue in context.cues]
    return least_fix(lambda allowed: not any(named[index] for index in read_in_two_ways(context, allowed)))


def _are_numbers(context: Context) -> bool:
    return all(cue.identifier.isdecimal() for cue in context.cues if cue.identifier)


@fixes("VTT013", fix=SAFE, takes=_renumbering_takes, keeps_text=True)
def unique_identifiers(task: FixTask) -> Document | None:
    """Number the cues afresh where all identifiers are numbers; else, if unsafe, add a number to the later ones."""
    cues = task.context.cues
    names = [cue.identifier for cue in cues]
    changes: dict[int, Change] = {}
    if _are_numbers(task.context):
        unsure = read_in_two_ways(task.context, task.allowed)
        for number, cue in enumerate(cues):
            if cue.identifier and cue.identifier != str(number + 1) and number not in unsure:
                changes[number] = cue._replace(identifier=str(number + 1))
    elif task.unsafe:
        taken = set(names)
        counts: dict[str, int] = {}  # the last number that was given to a name
        for number in task.indices():
            count = counts.get(names[number], 1) + 1
            while f"{names[number]}-{count}" in taken:
                count += 1
            counts[names[number]] = count
            taken.add(f"{names[number]}-{count}")
            changes[number] = cues[number]._replace(identifier=f"{names[number]}-{count}")
    return with_cues_changed(task.document, changes)


@row("VTT014", source="https://www.w3.org/TR/webvtt1/#webvtt-cue-identifier")
@example("WEBVTT\n\na --> b\n00:01.000 --> 00:03.000\nHello there.\n")
def arrow_in_identifier() -> None:
    """A cue's identifier contains `-->`.

    Browsers take it for a timing line that they cannot read, and drop the cue.
    """


@row("VTT015", source="https://www.w3.org/TR/webvtt1/#webvtt-cue-text")
@example(vtt("1-3 Hello there.\nFrom A --> B we go."), vtt("1-3 Hello there.\nFrom A --&gt; B we go."))
def arrow_in_text() -> None:
    """The text of a cue, a comment or a style contains `-->`.

    Browsers end the block there and take the line for a new cue's timing line: the rest is lost. Write `--&gt;`.
    """


@fixes("VTT015", fix=UNSAFE, words=Words.REWRITTEN)
def escaped_arrows(task: FixTask) -> Document | None:
    """Write --&gt; where an arrow cuts a cue's text off."""
    document = task.document
    lines = source_text(document).split("\n")
    changed = False
    for one in task.findings:
        if 0 < one.line <= len(lines) and "-->" in lines[one.line - 1]:
            lines[one.line - 1] = lines[one.line - 1].replace("-->", "--&gt;")
            changed = True
    return reread(document, "\n".join(lines)) if changed else None


@row("VTT016", source=_SYNTAX)
@example(vtt("1-3 <i>Hello</i> there.", _STYLE), _STYLED)
def style_after_first_cue() -> None:
    """A STYLE block stands after the first cue.

    It has no effect there. The fix moves it up, which makes its styles work: that changes how the cues look.
    """


@row("VTT017", source=_SYNTAX)
@example(vtt("1-3 Hello there.", _REGION), _REGIONED)
def region_after_first_cue() -> None:
    """A REGION block stands after the first cue.

    It has no effect there. The fix moves it up, which changes where its cues are shown.
    """


@fixes("VTT016", "VTT017", fix=UNSAFE)
def head_blocks_first(task: FixTask) -> Document | None:
    """Move style sheets and regions before the first cue."""
    wanted = {one.line for one in task.findings}
    moved: list[Block] = []
    rest: list[Block] = []
    for block in task.document.blocks:
        if type(block) is Stray and block.line in wanted:
            name, _, text = block.text.partition("\n")
            moved.append((Style if name.strip() == "STYLE" else Region)(text))
        else:
            rest.append(block)
    first = next((at for at, block in enumerate(rest) if type(block) is Cue), len(rest))
    return task.document.with_blocks([*rest[:first], *moved, *rest[first:]]) if moved else None


@row("VTT018", source=_SYNTAX)
@example(vtt("STYLE\n::cue(i) {\n  color: yellow;\n\n  font-style: normal;\n}", "1-3 <i>Hello</i> there."), _STYLED)
def style_broken_by_blank_line() -> None:
    """A blank line stands inside a STYLE block.

    The block ends there: what follows is dropped, and the last rule is cut off. The fix removes the blank line.
    """


@fixes("VTT011", "VTT012", "VTT018", fix=UNSAFE)
def joined_blocks(task: FixTask) -> Document | None:
    """Join a block that a blank line tore off: text to the cue above, an identifier to the cue below, CSS to CSS."""
    wanted = {one.line: one.code for one in task.findings}
    blocks: list[Block] = []
    joined: defaultdict[int, list[str]] = defaultdict(list)  # by the place of the block that they belong to
    changed = False
    pending = ""
    for block in task.document.blocks:
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
    return task.document.with_blocks(blocks) if (changed or joined) and not pending else None


_EXTERNAL = pattern(r"@import\b|url\s*\(", re.IGNORECASE)


@rule("VTT019", WARNING, source="https://www.w3.org/TR/webvtt1/#webvtt-style-block")
@example(vtt('STYLE\n@import "captions.css";', "1-3 Hello there."))
def external_style(context: Context) -> Iterator[Finding]:
    """A STYLE block refers to something outside (`@import`, `url()`).

    Browsers never fetch it. Put the rules into the block itself.
    """
    for style in context.document.styles:
        places = Places(style.text)
        for match in _EXTERNAL.finditer(style.text):
            line, column = places.at(match.start())
            yield context.on_line(
                style.line + 1 + line, f"{match[0]} is never fetched by a browser", column=column, length=len(match[0])
            )


@row("VTT020", source=_SYNTAX)
@example(vtt("STYLE", "1-3 Hello there."))
def unknown_block() -> None:
    """A block begins like a style or region, but is none.

    `STYLE` and `REGION` must stand alone on their line with their content right below. Browsers drop the block.
    """


@rule("VTT021", INFO, SAFE)
@example(vtt("STYLE\n/* nothing yet */", "1-3 Hello there."))
def empty_style(context: Context) -> Iterator[Finding]:
    """A STYLE block has no rule in it.

    Some exporters write one always. It does nothing; the fix removes it.
    """
    for style in context.document.styles:
        if not re.sub(r"/\*.*?(?:\*/|\Z)", "", style.text, flags=re.DOTALL).strip():
            yield context.on_line(style.line, "this STYLE block is empty", length=5)


def _emptying_takes(context: Context, one: Diagnostic) -> Fix:
    """Where no blank line stands below, ffmpeg takes the cue for a part of the style."""
    lines = context.block_lines
    place = bisect_right(lines, one.line)
    return RESTORES if place < len(lines) and context.line_text(lines[place] - 1) else SAFE


@fixes("VTT021", fix=SAFE, takes=_emptying_takes)
def without_empty_styles(task: FixTask) -> Document | None:
    lines = {one.line for one in task.findings}
    blocks = [block for block in task.document.blocks if not (type(block) is Style and block.line in lines)]
    return task.document.with_blocks(blocks)


@rule("VTT025", WARNING, RESTORES)
@example(
    vtt("NOTE Check the name.\n00:01.000 --> 00:03.000\nHello there."), vtt("NOTE Check the name.", "1-3 Hello there.")
)
def block_above_timing_line(context: Context) -> Iterator[Finding]:
    """NOTE, STYLE or REGION stands directly above a timing line, so that it is the identifier of the cue.

    A blank line is missing: without it there is no comment and no style sheet, and ffmpeg takes the cue for a part of
    it. The fix puts one below a NOTE; of a STYLE or REGION that is cut off so, what it was to hold is not known.
    """
    if context.format == "vtt":
        for cue in context.cues:
            word = cue.identifier.split(None, 1)[0] if cue.identifier.strip() else ""
            if word in ("NOTE", "STYLE", "REGION"):
                hint = "Put a blank line below it."
                found = context.on_line(
                    cue.line, f"this {word} is the identifier of the cue below", hint, length=len(word)
                )
                yield found if word == "NOTE" else found._replace(fix=NONE)


@fixes("VTT025", fix=RESTORES, takes=head_takes)
def comments_apart(task: FixTask) -> Document | None:
    """Make comments of identifiers that were meant as ones."""
    wanted = {one.line for one in task.findings} - {
        task.context.cues[index].line for index in read_in_two_ways(task.context, task.allowed)
    }
    blocks: list[Block] = []
    for block in task.document.blocks:
        if type(block) is Cue and block.line in wanted and block.identifier.split(None, 1)[:1] == ["NOTE"]:
            blocks += [Note(block.identifier), block._replace(identifier="")]
        else:
            blocks.append(block)
    return task.document.with_blocks(blocks) if len(blocks) > len(task.document.blocks) else None


@rule("VTT022", INFO)
@example(
    vtt("STYLE\n::cue(.loud) { color: red }", "1-3 Hello there."),
    vtt("STYLE\n::cue(.loud) { color: red }", "1-3 <c.loud>Hello</c> there."),
)
def style_names_nothing(context: Context) -> Iterator[Finding]:
    """A style names a class that no cue uses.

    A misspelt class, or a leftover.
    """
    styles = context.document.styles
    if not styles:
        return
    used = set(re.findall(r"\.([^\s.<>]+)", " ".join(re.findall(r"<[a-z]+(\.[^\s<>]+)", context.all_text))))
    for style in styles:
        places = Places(style.text)
        for match in re.finditer(r"::cue\([^()]*?\.([A-Za-z_][\w-]*)", style.text):
            if match[1] not in used:
                yield context.on_line(
                    style.line + 1 + places.at(match.start())[0], f"no cue has the class {match[1]!r}"
                )


@rule("VTT023", INFO, default=False)
@example(vtt("1\n00:01.000 --> 00:03.000\nHello there.", "4-6 How are you?"), TWO)
def some_identifiers_missing(context: Context) -> Iterator[Finding]:
    """Some cues have an identifier and some have none.

    Allowed, but where the identifiers are numbers a cue without one was usually put in by hand; check its place.
    """
    if context.format != "vtt" or not context.cues:
        return
    named = sum(1 for cue in context.cues if cue.identifier)
    if 0 < named < len(context.cues):
        yield context.on_file(f"{named} of {len(context.cues)} cues have an identifier")
