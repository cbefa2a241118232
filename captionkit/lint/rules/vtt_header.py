"""VTT001 to VTT006 and VTT024: the head of a WebVTT file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from captionkit.hls import inner_header
from captionkit.lint.context import Context
from captionkit.lint.edits import FixTask, reread, source_text
from captionkit.lint.examples import GOOD, TWO, vtt
from captionkit.lint.rule import ERROR, RESTORES, UNSAFE, Finding, Words, example, fixes, row, rule
from captionkit.model import Document
from captionkit.timing import without_inner_headers

ORDER = 10
_SYNTAX = "https://www.w3.org/TR/webvtt1/#file-structure"


# Before all others: the map in the head says where the segments go.
@rule("VTT024", ERROR, UNSAFE, source="https://www.rfc-editor.org/rfc/rfc8216#section-3.5")
@example(vtt("1-3 Hello there.\n\nWEBVTT\n\n00:04.000 --> 00:06.000\nHow are you?"), TWO)
def header_inside_the_file(context: Context) -> Iterator[Finding]:
    """The header of another file stands within this one: segments of a stream were run together as one file.

    Viewers see WEBVTT as words of a caption, and the times of what follows begin anew. The fix takes such headers out
    and moves what follows to where its X-TIMESTAMP-MAP puts it after the first; without one the times stay.
    """
    if context.format != "vtt":
        return
    for index, cue in enumerate(context.cues):
        if "WEBVTT" in cue.text and (found := inner_header(cue.text)):
            at = found[0] + (cue.text[found[0]] == "\n")
            yield context.in_text(index, at, len(cue.text), "the header of another file ends this cue")
    for block in context.document.strays:
        if (found := inner_header(block.text)) and context.document.header:
            line = block.line + block.text.count("\n", 0, found[0] + (found[0] > 0))
            yield context.on_line(line, "the header of another file stands here", length=6)


@fixes("VTT024", fix=UNSAFE, words=Words.REMOVED)
def segments_in_their_places(task: FixTask) -> Document | None:
    """Take out the headers of segments that were run together, and move the cues to where these say."""
    return without_inner_headers(task.document)


@row("VTT001", source=_SYNTAX)
@example("00:01.000 --> 00:03.000\nHello there.\n")
def missing_signature() -> None:
    """The file does not begin with the line `WEBVTT`.

    Browsers and Canvas's player then show no captions at all. The fix adds the line.
    """


@fixes("VTT001", fix=RESTORES)
def add_signature(task: FixTask) -> Document | None:
    document = task.document
    end = document.newline
    return reread(document, f"WEBVTT{end}{end}" + source_text(document).lstrip("\r\n"))


@row("VTT002", source=_SYNTAX)
@example(GOOD.replace("WEBVTT", "WebVTT"))
def malformed_signature() -> None:
    """The first line is nearly `WEBVTT`, but not quite.

    Upper and lower case count, nothing may stand before it, and only a space or a tab may follow. Browsers refuse the
    whole file otherwise.
    """


@fixes("VTT002", fix=RESTORES)
def mend_signature(task: FixTask) -> Document | None:
    """Put WEBVTT where something near it stands; what follows it in the line stays behind a space."""
    document = task.document
    text = source_text(document).lstrip("\ufeff \t\r\n")
    match = re.match(r"web[ _-]?vtt(?:[ \t]+file)?[ \t]*[:;,.-]*[ \t]*([^\r\n]*)", text, re.IGNORECASE)
    if match is None:
        return None
    rest = f" {match[1].strip()}" if match[1].strip() else ""
    return reread(document, f"WEBVTT{rest}{text[match.end() :]}")


@row("VTT003", source=_SYNTAX)
@example(GOOD.replace("WEBVTT\n\n", "WEBVTT\n"))
def no_blank_line_after_header() -> None:
    """No blank line stands between the header and the first block.

    Readers differ in whether they take the first cue for a part of the header.
    """


@fixes("VTT003", fix=RESTORES)
def blank_line_after_header(task: FixTask) -> Document | None:
    """Put the blank line where the reader saw that it is missing."""
    document = task.document
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\r?\n)", source_text(document))
    at = task.findings[0].line - 1
    if not 0 < at < len(lines) or not lines[at - 1].strip():
        return None
    lines.insert(at, document.newline)
    return reread(document, "".join(lines))


@row("VTT004", source=_SYNTAX)
@example(GOOD.replace("WEBVTT\n", "WEBVTT\nKind: captions\nLanguage: en\n"))
def header_metadata() -> None:
    """Lines such as `Kind: captions` stand under the signature.

    YouTube writes them and readers step over them, but the format does not have them any more. Harmless; the fix
    removes them.
    """


@row("VTT005", source="RFC 8216, 3.5")
@example(GOOD.replace("WEBVTT\n", "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n"))
def hls_timestamp_map() -> None:
    """The header has `X-TIMESTAMP-MAP`: the file is a segment of a live stream.

    Outside of that stream the times are usually off by a constant. The fix removes the line; check the times.
    """


@fixes("VTT004", "VTT005", fix=UNSAFE)
def plain_header(task: FixTask) -> Document | None:
    document = task.document
    header = document.header
    if header is None:
        return None
    lines = header.text.split("\n")
    doomed = {one.line - header.line for one in task.findings}
    kept = [line for number, line in enumerate(lines) if number == 0 or number not in doomed]
    changed = header._replace(text="\n".join(kept))
    return document.with_blocks([changed if block is header else block for block in document.blocks])


@row("VTT006", source=_SYNTAX)
@example(GOOD.replace("WEBVTT\n", "WEBVTT - from A --> B\n"))
def arrow_in_header() -> None:
    """The header contains `-->`.

    Browsers take that line for the first timing line and may lose the first cue.
    """
