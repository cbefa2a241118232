"""VTT001 to VTT020: what a WebVTT file is made of. Seen by the reader, except where a rule below has a body."""

from __future__ import annotations

import re
from collections.abc import Iterator

from captionkit.hls import inner_header
from captionkit.lint.places import Places
from captionkit.lint.rule import ERROR, INFO, RESTORES, SAFE, UNSAFE, WARNING, Finding, rule, vtt_example
from captionkit.lint.subject import Subject
from captionkit.patterns import pattern

_GOOD = vtt_example("00:01.000 --> 00:03.000\nHello there.")
_TWO = vtt_example("00:01.000 --> 00:03.000\nHello there.", "00:04.000 --> 00:06.000\nHow are you?")
_SYNTAX = "https://www.w3.org/TR/webvtt1/#file-structure"
_STYLE = "STYLE\n::cue(i) { color: yellow }"
_STYLED = vtt_example(_STYLE, "00:01.000 --> 00:03.000\n<i>Hello</i> there.")
_REGION = "REGION\nid:top\nwidth:40%"
_REGIONED = vtt_example(_REGION, "00:01.000 --> 00:03.000 region:top\nHello there.")


def _nothing() -> Iterator[Finding]:
    return iter(())


@rule(
    "VTT001",
    "missing-signature",
    ERROR,
    fix=RESTORES,
    reader=True,
    source=_SYNTAX,
    bad="00:01.000 --> 00:03.000\nHello there.\n",
    good=_GOOD,
)
def missing_signature(subject: Subject) -> Iterator[Finding]:
    """The file does not begin with the line `WEBVTT`.

    Browsers and Canvas's player then show no captions at all. The fix adds the line.
    """
    return _nothing()


@rule(
    "VTT002",
    "malformed-signature",
    ERROR,
    fix=RESTORES,
    reader=True,
    source=_SYNTAX,
    bad=_GOOD.replace("WEBVTT", "WebVTT"),
    good=_GOOD,
)
def malformed_signature(subject: Subject) -> Iterator[Finding]:
    """The first line is nearly `WEBVTT`, but not quite.

    Upper and lower case count, nothing may stand before it, and only a space or a tab may follow. Browsers refuse the
    whole file otherwise.
    """
    return _nothing()


@rule(
    "VTT003",
    "no-blank-line-after-header",
    ERROR,
    fix=RESTORES,
    reader=True,
    source=_SYNTAX,
    bad=_GOOD.replace("WEBVTT\n\n", "WEBVTT\n"),
    good=_GOOD,
)
def no_blank_line_after_header(subject: Subject) -> Iterator[Finding]:
    """No blank line stands between the header and the first block.

    Readers differ in whether they take the first cue for a part of the header.
    """
    return _nothing()


@rule(
    "VTT004",
    "header-metadata",
    INFO,
    fix=UNSAFE,
    reader=True,
    source=_SYNTAX,
    bad=_GOOD.replace("WEBVTT\n", "WEBVTT\nKind: captions\nLanguage: en\n"),
    good=_GOOD,
)
def header_metadata(subject: Subject) -> Iterator[Finding]:
    """Lines such as `Kind: captions` stand under the signature.

    YouTube writes them and readers step over them, but the format does not have them any more. Harmless; the fix
    removes them.
    """
    return _nothing()


@rule(
    "VTT005",
    "hls-timestamp-map",
    WARNING,
    fix=UNSAFE,
    reader=True,
    source="RFC 8216, 3.5",
    bad=_GOOD.replace("WEBVTT\n", "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n"),
    good=_GOOD,
)
def hls_timestamp_map(subject: Subject) -> Iterator[Finding]:
    """The header has `X-TIMESTAMP-MAP`: the file is a segment of a live stream.

    Outside of that stream the times are usually off by a constant. The fix removes the line; check the times.
    """
    return _nothing()


@rule(
    "VTT006",
    "arrow-in-header",
    ERROR,
    reader=True,
    source=_SYNTAX,
    bad=_GOOD.replace("WEBVTT\n", "WEBVTT - from A --> B\n"),
    good=_GOOD,
)
def arrow_in_header(subject: Subject) -> Iterator[Finding]:
    """The header contains `-->`.

    Browsers take that line for the first timing line and may lose the first cue.
    """
    return _nothing()


@rule(
    "VTT011",
    "orphan-text",
    ERROR,
    fix=UNSAFE,
    reader=True,
    source="https://www.w3.org/TR/webvtt1/#collect-a-webvtt-block",
    bad="WEBVTT\n\n00:01.000 --> 00:03.000\nHello\n\nthere,\nmy friend.\n",
    good=_GOOD,
)
def orphan_text(subject: Subject) -> Iterator[Finding]:
    """A block of text has no timing line.

    Browsers drop it without a word: these captions are lost. Usually a blank line slipped into a cue; the fix joins the
    text to the cue before.
    """
    return _nothing()


@rule(
    "VTT012",
    "lone-identifier",
    ERROR,
    fix=UNSAFE,
    reader=True,
    source=_SYNTAX,
    bad="WEBVTT\n\n7\n\n00:01.000 --> 00:03.000\nHello there.\n",
    good=_GOOD,
)
def lone_identifier(subject: Subject) -> Iterator[Finding]:
    """A single line stands alone, like an identifier that has lost its cue.

    Nothing of it is shown. If it is the number of a cue that was deleted, the fix removes it.
    """
    return _nothing()


@rule(
    "VTT013",
    "duplicate-identifier",
    ERROR,
    fix=SAFE,
    source="https://www.w3.org/TR/webvtt1/#webvtt-cue-identifier",
    bad=vtt_example("1\n00:01.000 --> 00:03.000\nHello there.", "1\n00:04.000 --> 00:06.000\nHow are you?"),
    good=vtt_example("1\n00:01.000 --> 00:03.000\nHello there.", "2\n00:04.000 --> 00:06.000\nHow are you?"),
)
def duplicate_identifier(subject: Subject) -> Iterator[Finding]:
    """Two cues have the same identifier.

    An identifier must be unique in its file: styles and scripts that name it meet only one. If all are numbers the fix
    numbers the cues afresh; otherwise it adds a number to the later one, which is unsafe where a style names it.
    """
    if subject.format != "vtt":
        return
    seen: dict[str, int] = {}
    for index, cue in enumerate(subject.cues):
        if cue.identifier:
            first = seen.setdefault(cue.identifier, index)
            if first != index:
                found = subject.on_cue(index, f"identifier {cue.identifier!r} is already that of cue {first + 1}")
                yield found._replace(line=cue.line or found.line)


@rule(
    "VTT014",
    "arrow-in-identifier",
    ERROR,
    reader=True,
    source="https://www.w3.org/TR/webvtt1/#webvtt-cue-identifier",
    bad="WEBVTT\n\na --> b\n00:01.000 --> 00:03.000\nHello there.\n",
    good=_GOOD,
)
def arrow_in_identifier(subject: Subject) -> Iterator[Finding]:
    """A cue's identifier contains `-->`.

    Browsers take it for a timing line that they cannot read, and drop the cue.
    """
    return _nothing()


@rule(
    "VTT015",
    "arrow-in-text",
    ERROR,
    fix=UNSAFE,
    reader=True,
    source="https://www.w3.org/TR/webvtt1/#webvtt-cue-text",
    bad=vtt_example("00:01.000 --> 00:03.000\nHello there.\nFrom A --> B we go."),
    good=vtt_example("00:01.000 --> 00:03.000\nHello there.\nFrom A --&gt; B we go."),
)
def arrow_in_text(subject: Subject) -> Iterator[Finding]:
    """The text of a cue, a comment or a style contains `-->`.

    Browsers end the block there and take the line for a new cue's timing line: the rest is lost. Write `--&gt;`.
    """
    return _nothing()


@rule(
    "VTT016",
    "style-after-first-cue",
    ERROR,
    fix=UNSAFE,
    reader=True,
    source=_SYNTAX,
    bad=vtt_example("00:01.000 --> 00:03.000\n<i>Hello</i> there.", _STYLE),
    good=_STYLED,
)
def style_after_first_cue(subject: Subject) -> Iterator[Finding]:
    """A STYLE block stands after the first cue.

    It has no effect there. The fix moves it up, which makes its styles work: that changes how the cues look.
    """
    return _nothing()


@rule(
    "VTT017",
    "region-after-first-cue",
    ERROR,
    fix=UNSAFE,
    reader=True,
    source=_SYNTAX,
    bad=vtt_example("00:01.000 --> 00:03.000\nHello there.", _REGION),
    good=_REGIONED,
)
def region_after_first_cue(subject: Subject) -> Iterator[Finding]:
    """A REGION block stands after the first cue.

    It has no effect there. The fix moves it up, which changes where its cues are shown.
    """
    return _nothing()


@rule(
    "VTT018",
    "style-broken-by-blank-line",
    ERROR,
    fix=UNSAFE,
    reader=True,
    source=_SYNTAX,
    bad=vtt_example(
        "STYLE\n::cue(i) {\n  color: yellow;\n\n  font-style: normal;\n}",
        "00:01.000 --> 00:03.000\n<i>Hello</i> there.",
    ),
    good=_STYLED,
)
def style_broken_by_blank_line(subject: Subject) -> Iterator[Finding]:
    """A blank line stands inside a STYLE block.

    The block ends there: what follows is dropped, and the last rule is cut off. The fix removes the blank line.
    """
    return _nothing()


_EXTERNAL = pattern(r"@import\b|url\s*\(", re.IGNORECASE)


@rule(
    "VTT019",
    "external-style",
    WARNING,
    source="https://www.w3.org/TR/webvtt1/#webvtt-style-block",
    bad=vtt_example('STYLE\n@import "captions.css";', "00:01.000 --> 00:03.000\nHello there."),
    good=_GOOD,
)
def external_style(subject: Subject) -> Iterator[Finding]:
    """A STYLE block refers to something outside (`@import`, `url()`).

    Browsers never fetch it. Put the rules into the block itself.
    """
    for style in subject.document.styles:
        places = Places(style.text)
        for match in _EXTERNAL.finditer(style.text):
            line, column = places.at(match.start())
            yield subject.on_line(
                style.line + 1 + line, f"{match[0]} is never fetched by a browser", column=column, length=len(match[0])
            )


@rule(
    "VTT020",
    "unknown-block",
    WARNING,
    reader=True,
    source=_SYNTAX,
    bad=vtt_example("STYLE", "00:01.000 --> 00:03.000\nHello there."),
    good=_GOOD,
)
def unknown_block(subject: Subject) -> Iterator[Finding]:
    """A block begins like a style or region, but is none.

    `STYLE` and `REGION` must stand alone on their line with their content right below. Browsers drop the block.
    """
    return _nothing()


@rule(
    "VTT021",
    "empty-style",
    INFO,
    fix=SAFE,
    bad=vtt_example("STYLE\n/* nothing yet */", "00:01.000 --> 00:03.000\nHello there."),
    good=_GOOD,
)
def empty_style(subject: Subject) -> Iterator[Finding]:
    """A STYLE block has no rule in it.

    Some exporters write one always. It does nothing; the fix removes it.
    """
    for style in subject.document.styles:
        if not re.sub(r"/\*.*?(?:\*/|\Z)", "", style.text, flags=re.DOTALL).strip():
            yield subject.on_line(style.line, "this STYLE block is empty", length=5)


@rule(
    "VTT024",
    "header-inside-the-file",
    ERROR,
    fix=UNSAFE,
    source="https://www.rfc-editor.org/rfc/rfc8216#section-3.5",
    bad=vtt_example("00:01.000 --> 00:03.000\nHello there.\n\nWEBVTT\n\n00:04.000 --> 00:06.000\nHow are you?"),
    good=_TWO,
)
def header_inside(subject: Subject) -> Iterator[Finding]:
    """The header of another file stands within this one: segments of a stream were run together as one file.

    Viewers see WEBVTT as words of a caption, and the times of what follows begin anew. The fix takes such headers out
    and moves what follows to where its X-TIMESTAMP-MAP puts it after the first; without one the times stay.
    """
    if subject.format != "vtt":
        return
    for index, cue in enumerate(subject.cues):
        if "WEBVTT" in cue.text and (found := inner_header(cue.text)):
            at = found[0] + (cue.text[found[0]] == "\n")
            yield subject.in_text(index, at, len(cue.text), "the header of another file ends this cue")
    for block in subject.document.strays:
        if (found := inner_header(block.text)) and subject.document.header:
            line = block.line + block.text.count("\n", 0, found[0] + (found[0] > 0))
            yield subject.on_line(line, "the header of another file stands here", length=6)


@rule(
    "VTT025",
    "block-above-timing-line",
    WARNING,
    fix=SAFE,
    bad=vtt_example("NOTE Check the name.\n00:01.000 --> 00:03.000\nHello there."),
    good=vtt_example("NOTE Check the name.", "00:01.000 --> 00:03.000\nHello there."),
)
def block_above_timing_line(subject: Subject) -> Iterator[Finding]:
    """NOTE, STYLE or REGION stands directly above a timing line, so that it is the identifier of the cue.

    A blank line is missing: without it there is no comment and no style sheet. The fix puts one below a NOTE.
    """
    if subject.format == "vtt":
        for cue in subject.cues:
            word = cue.identifier.split(None, 1)[0] if cue.identifier.strip() else ""
            if word in ("NOTE", "STYLE", "REGION"):
                hint = "Put a blank line below it."
                yield subject.on_line(
                    cue.line, f"this {word} is the identifier of the cue below", hint, length=len(word)
                )


@rule(
    "VTT022",
    "style-names-nothing",
    INFO,
    bad=vtt_example("STYLE\n::cue(.loud) { color: red }", "00:01.000 --> 00:03.000\nHello there."),
    good=vtt_example("STYLE\n::cue(.loud) { color: red }", "00:01.000 --> 00:03.000\n<c.loud>Hello</c> there."),
)
def style_names_nothing(subject: Subject) -> Iterator[Finding]:
    """A style names a class that no cue uses.

    A misspelt class, or a leftover.
    """
    styles = subject.document.styles
    if not styles:
        return
    used = set(re.findall(r"\.([^\s.<>]+)", " ".join(re.findall(r"<[a-z]+(\.[^\s<>]+)", subject.all_text))))
    for style in styles:
        places = Places(style.text)
        for match in re.finditer(r"::cue\([^()]*?\.([A-Za-z_][\w-]*)", style.text):
            if match[1] not in used:
                yield subject.on_line(
                    style.line + 1 + places.at(match.start())[0], f"no cue has the class {match[1]!r}"
                )


@rule(
    "VTT023",
    "some-identifiers-missing",
    INFO,
    default=False,
    bad=vtt_example("1\n00:01.000 --> 00:03.000\nHello there.", "00:04.000 --> 00:06.000\nHow are you?"),
    good=_TWO,
    profile="default",
    context={"select": "VTT023"},
)
def some_identifiers(subject: Subject) -> Iterator[Finding]:
    """Some cues have an identifier and some have none.

    Allowed, but where the identifiers are numbers a cue without one was usually put in by hand; check its place.
    """
    if subject.format != "vtt" or not subject.cues:
        return
    named = sum(1 for cue in subject.cues if cue.identifier)
    if 0 < named < len(subject.cues):
        yield subject.on_file(f"{named} of {len(subject.cues)} cues have an identifier")
