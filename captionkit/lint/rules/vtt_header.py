"""VTT001 to VTT006 and VTT024: the head of a WebVTT file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from captionkit.hls import inner_header
from captionkit.lint.context import Context
from captionkit.lint.edits import FixTask, reread, source_text
from captionkit.lint.rule import ERROR, RESTORES, UNSAFE, Finding, Words, fixes, row, rule, vtt_example
from captionkit.model import Document
from captionkit.timing import without_inner_headers

#: When the fixes below run: bytes first, then timing lines, blocks, order, markup, words, times and lines.
ORDER = 10

_GOOD = vtt_example("00:01.000 --> 00:03.000\nHello there.")

_TWO = vtt_example("00:01.000 --> 00:03.000\nHello there.", "00:04.000 --> 00:06.000\nHow are you?")

_SYNTAX = "https://www.w3.org/TR/webvtt1/#file-structure"


# Before all others: the map in the head says where the segments go.
@rule(
    "VTT024",
    "header-inside-the-file",
    ERROR,
    fix=UNSAFE,
    source="https://www.rfc-editor.org/rfc/rfc8216#section-3.5",
    bad=vtt_example("00:01.000 --> 00:03.000\nHello there.\n\nWEBVTT\n\n00:04.000 --> 00:06.000\nHow are you?"),
    good=_TWO,
)
def header_inside(context: Context) -> Iterator[Finding]:
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


row(
    "VTT001",
    "missing-signature",
    """The file does not begin with the line `WEBVTT`.

Browsers and Canvas's player then show no captions at all. The fix adds the line.
""",
    source=_SYNTAX,
    bad="00:01.000 --> 00:03.000\nHello there.\n",
    good=_GOOD,
)


@fixes("VTT001", fix=RESTORES)
def add_signature(task: FixTask) -> Document | None:
    document = task.document
    end = document.newline
    return reread(document, f"WEBVTT{end}{end}" + source_text(document).lstrip("\r\n"))


row(
    "VTT002",
    "malformed-signature",
    """The first line is nearly `WEBVTT`, but not quite.

Upper and lower case count, nothing may stand before it, and only a space or a tab may follow. Browsers refuse the
whole file otherwise.
""",
    source=_SYNTAX,
    bad=_GOOD.replace("WEBVTT", "WebVTT"),
    good=_GOOD,
)


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


row(
    "VTT003",
    "no-blank-line-after-header",
    """No blank line stands between the header and the first block.

Readers differ in whether they take the first cue for a part of the header.
""",
    source=_SYNTAX,
    bad=_GOOD.replace("WEBVTT\n\n", "WEBVTT\n"),
    good=_GOOD,
)


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


row(
    "VTT004",
    "header-metadata",
    """Lines such as `Kind: captions` stand under the signature.

YouTube writes them and readers step over them, but the format does not have them any more. Harmless; the fix
removes them.
""",
    source=_SYNTAX,
    bad=_GOOD.replace("WEBVTT\n", "WEBVTT\nKind: captions\nLanguage: en\n"),
    good=_GOOD,
)


row(
    "VTT005",
    "hls-timestamp-map",
    """The header has `X-TIMESTAMP-MAP`: the file is a segment of a live stream.

Outside of that stream the times are usually off by a constant. The fix removes the line; check the times.
""",
    source="RFC 8216, 3.5",
    bad=_GOOD.replace("WEBVTT\n", "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n"),
    good=_GOOD,
)


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


row(
    "VTT006",
    "arrow-in-header",
    """The header contains `-->`.

Browsers take that line for the first timing line and may lose the first cue.
""",
    source=_SYNTAX,
    bad=_GOOD.replace("WEBVTT\n", "WEBVTT - from A --> B\n"),
    good=_GOOD,
)
