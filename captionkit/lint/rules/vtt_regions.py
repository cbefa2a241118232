"""VTT130, VTT131 and VTT140 to VTT144: regions. The parser of `captionkit.formats` says what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from captionkit.lint.context import Context
from captionkit.lint.edits import FixTask
from captionkit.lint.examples import vtt
from captionkit.lint.places import Places
from captionkit.lint.rule import ERROR, INFO, UNSAFE, WARNING, Finding, Words, example, fixes, rule
from captionkit.model import Block, Document, Region

ORDER = 23


def _cue(settings: str) -> str:
    return vtt(f"00:01.000 --> 00:03.000 {settings}\nHello there.")


_REGIONS = "https://www.w3.org/TR/webvtt1/#webvtt-region-settings"


def _in_region(region: str, settings: str = "region:top") -> str:
    return vtt(f"REGION\n{region}", f"00:01.000 --> 00:03.000 {settings}\nHello there.")


@rule("VTT130", ERROR, source=_REGIONS)
@example(_cue("region:top"), _in_region("id:top"))
def unknown_region(context: Context) -> Iterator[Finding]:
    """A cue names a region that the file does not define.

    It is shown at the usual place. Define the region in the head of the file, or remove the setting.
    """
    for index, name in _region_names(context):
        if name not in context.regions:
            yield context.in_settings(index, f"region:{name}", f"no region has the id {name!r}")


def _region_names(context: Context) -> Iterator[tuple[int, str]]:
    if context.format == "vtt":
        for index, cue in enumerate(context.cues):
            if "region:" in cue.settings:
                for token in cue.settings.split():
                    if token.startswith("region:") and len(token) > 7:
                        yield index, token[7:]


@rule("VTT131", WARNING, source=_REGIONS)
@example(_in_region("id:top", "region:top line:0"), _in_region("id:top"))
def region_ignored(context: Context) -> Iterator[Finding]:
    """A cue has a region and also `vertical`, `line` or `size`: it is then not shown in the region.

    Decide for one of them.
    """
    from captionkit.formats.webvtt import parse_settings

    for index, name in _region_names(context):
        if not parse_settings(context.cues[index].settings)[0].region:
            yield context.in_settings(index, f"region:{name}", "vertical, line or size switch the region off")


def _region_wrong(context: Context, code: str) -> Iterator[Finding]:
    from captionkit.formats.webvtt import parse_region

    for region in context.document.regions:
        problems = [problem for problem in parse_region(region.text)[1] if problem.code == code]
        places = Places(region.text if problems else "")
        for problem in problems:
            line, column = places.at(problem.offset)
            line, column = (region.line + 1 + line, column) if problem.token else (region.line, 1)
            yield context.on_line(line, problem.message, column=column, length=len(problem.token))


@rule("VTT140", ERROR, source=_REGIONS)
@example(_in_region("width:40%", "align:start"), _in_region("id:top"))
def region_without_id(context: Context) -> Iterator[Finding]:
    """A region has no id.

    No cue can name it, so it does nothing.
    """
    return _region_wrong(context, "VTT140")


@rule("VTT141", ERROR, source=_REGIONS)
@example(
    vtt("REGION\nid:top", "REGION\nid:top", "00:01.000 --> 00:03.000 region:top\nHello there."), _in_region("id:top")
)
def duplicate_region(context: Context) -> Iterator[Finding]:
    """Two regions have the same id.

    Browsers take the last, other players the first.
    """
    from captionkit.formats.webvtt import parse_region

    seen: set[str] = set()
    for region in context.document.regions:
        name = parse_region(region.text)[0].id
        if name and name in seen:
            yield context.on_line(region.line, f"there is already a region {name!r}", length=6)
        seen.add(name)


@rule("VTT142", ERROR, source=_REGIONS)
@example(_in_region("id:top\nwidth:wide"), _in_region("id:top\nwidth:40%"))
def bad_region_setting(context: Context) -> Iterator[Finding]:
    """A region's setting is not known or its value is not allowed.

    Known are id, width (%), lines (a number), regionanchor and viewportanchor (%,%), scroll (up). Browsers ignore
    others.
    """
    return _region_wrong(context, "VTT142")


@rule("VTT143", ERROR, UNSAFE, source=_REGIONS)
@example(_in_region("id:top\nwidth:40%\nwidth:50%"), _in_region("id:top\nwidth:40%"))
def repeated_region_setting(context: Context) -> Iterator[Finding]:
    """A region has a setting twice.

    The last one counts in a browser; others take the first. The fix keeps the last.
    """
    return _region_wrong(context, "VTT143")


@fixes("VTT143", fix=UNSAFE)
def region_settings_once(task: FixTask) -> Document | None:
    """Keep the last of each setting, which is the one that counts."""
    blocks: list[Block] = []
    for block in task.document.blocks:
        if type(block) is Region:
            tokens = block.text.split()
            last = {token.split(":", 1)[0]: at for at, token in enumerate(tokens)}
            kept = [token for at, token in enumerate(tokens) if last[token.split(":", 1)[0]] == at]
            if len(kept) < len(tokens):
                block = block._replace(text="\n".join(kept))
        blocks.append(block)
    return task.document.with_blocks(blocks)


@rule("VTT144", INFO, UNSAFE, source=_REGIONS)
@example(_in_region("id:top", "align:start"), _in_region("id:top"))
def unused_region(context: Context) -> Iterator[Finding]:
    """No cue names this region.

    A leftover, or the cues name it wrongly. The fix removes it.
    """
    if context.document.regions:
        used = {name for _, name in _region_names(context)}
        for name, line in context.regions.items():
            if name and name not in used:
                yield context.on_line(line, f"no cue is shown in region {name!r}", length=6)


@fixes("VTT144", fix=UNSAFE, words=Words.REMOVED)
def without_unused_regions(task: FixTask) -> Document | None:
    lines = {one.line for one in task.findings}
    blocks = [block for block in task.document.blocks if not (type(block) is Region and block.line in lines)]
    return task.document.with_blocks(blocks)
