"""VTT201, VTT211 to VTT222: references, timestamps and commands in the text of a WebVTT cue; titles of chapters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from captionkit.conversion.placement import ANCHOR_SETTINGS
from captionkit.lint.context import Context
from captionkit.lint.edits import Change, FixTask, with_cues_changed
from captionkit.lint.examples import spoken, vtt
from captionkit.lint.rule import ERROR, NONE, RESTORES, SAFE, UNSAFE, WARNING, Finding, Words, example, fixes, rule
from captionkit.lint.rules.srt_text import OVERRIDE
from captionkit.lint.rules.vtt_settings import unescaped
from captionkit.lint.rules.vtt_tags import markup_problems
from captionkit.markup.references import REFERENCE, escape, unescape
from captionkit.model import Document
from captionkit.patterns import pattern
from captionkit.timecode import timecode

ORDER = 30
_TEXT = "https://www.w3.org/TR/webvtt1/#webvtt-cue-text"

#: An ampersand that begins a reference: HTML's, by name or number, with its semicolon.
_REFERENCE = pattern(r"&(?:[A-Za-z][A-Za-z0-9]{0,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_OLD_REFERENCES = {"&amp;", "&lt;", "&gt;", "&lrm;", "&rlm;", "&nbsp;"}
_AMPERSAND = pattern("&(?!(?:[A-Za-z][A-Za-z0-9]{0,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});)")


@rule("VTT201", ERROR, SAFE, needs="&", source=_TEXT)
@example(spoken("Research & development."), spoken("Research &amp; development."))
def unescaped_ampersand(context: Context) -> Iterator[Finding]:
    """An `&` stands in the text that begins no reference.

    It must be written `&amp;`. Browsers forgive most of them; `&copy` without a semicolon turns into © in some,
    which the unsafe fix writes. The fix writes `&amp;` where browsers show an ampersand now, for `&amp` without its
    semicolon too.
    """
    for index, at, _ in context.search(_AMPERSAND):
        reference = REFERENCE.match(context.texts[index], at)
        raw = reference[0] if reference else "&"
        shown = unescape(raw)
        found = context.in_text(index, at, at + 1, "an ampersand is written &amp; in WebVTT")
        if not shown.startswith("&"):
            message = f"{raw} lacks its semicolon; browsers show {shown}, others do not"
            found = found._replace(message=message, fix=UNSAFE)
        yield found._replace(spans=((at, at + len(raw), escape(shown)),))


_STAMP = pattern(r"<((?:\d{2,}:)?\d\d:\d\d\.\d{3})>")


@rule("VTT211", ERROR, UNSAFE, needs="<", source="https://www.w3.org/TR/webvtt1/#webvtt-cue-timestamp")
@example(spoken("Hello <00:09.000>there."), spoken("Hello <00:02.000>there."))
def inner_timestamp_order(context: Context) -> Iterator[Finding]:
    """A timestamp within the text does not lie between the cue's start and end, or not after the one before it.

    The words behind it light up at the wrong time or never. The fix removes it.
    """
    from captionkit.markup.webvtt import parse_timestamp

    reached: dict[int, int] = {}
    for index, at, match in context.search(_STAMP):
        ms = parse_timestamp(match[1])
        if ms is None:
            continue
        cue = context.cues[index]
        before = reached.get(index, cue.start)
        if before < ms < cue.end:
            reached[index] = ms
        else:
            message = f"{match[0]} must lie between {timecode(before)} and {timecode(cue.end)}"
            yield context.in_text(index, at, at + len(match[0]), message, instead="")


@rule("VTT212", WARNING, RESTORES, needs="&", words=Words.REWRITTEN, source=_TEXT)
@example(spoken("A caf&eacute; nearby."), spoken("A café nearby."))
def rare_character_reference(context: Context) -> Iterator[Finding]:
    """A reference that older players do not know.

    The specification allows all of HTML's; older players know only `&amp; &lt; &gt; &lrm; &rlm; &nbsp;`
    and show the others as they stand. Names that HTML does not have are shown as they stand by all. The fix writes the
    character itself.
    """
    for index, at, match in context.search(_REFERENCE):
        if match[0] not in _OLD_REFERENCES:
            message, instead = f"older players show {match[0]} as it stands", _as_character(match[0])
            found = context.in_text(index, at, at + len(match[0]), message, instead=instead)
            yield found if instead else found._replace(fix=NONE)


def _as_character(reference: str) -> str | None:
    """The character itself, or its usual reference where it must be written as one; None where it cannot be seen."""
    character = unescaped(reference)
    if character == reference:
        return f"&amp;{reference[1:]}"
    known = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\u00a0": "&nbsp;", "\u200e": "&lrm;", "\u200f": "&rlm;"}
    return known.get(character, character if character.isprintable() else None)


@rule("VTT214", ERROR, UNSAFE, needs="<", source="https://www.w3.org/TR/webvtt1/#webvtt-cue-timestamp")
@example(spoken("Hello <00:02>there."), spoken("Hello <00:02.000>there."))
def bad_inner_timestamp(context: Context) -> Iterator[Finding]:
    """A timestamp within the text is not written as WebVTT writes times.

    Browsers drop it. The fix removes it.
    """
    for index, at, tag in markup_problems(context, "bad-timestamp"):
        yield context.in_text(index, at, at + len(tag), f"{tag} is no WebVTT time", instead="")


@rule("VTT216", WARNING, UNSAFE, needs="{")
@example(spoken("{\\an8}Hello there."), vtt("00:01.000 --> 00:05.000 line:0\nHello there."))
def ass_override_in_webvtt(context: Context) -> Iterator[Finding]:
    r"""The text has SubStation commands such as `{\an8}` or `{\i1}`.

    WebVTT has no such thing: viewers read the command. The fix makes a cue setting of the place, tags of italics, bold
    and underline, and takes the other commands away.
    """
    return context.matches(OVERRIDE, "{} is shown to viewers as it stands", first="{")


_ANCHOR = pattern(r"\{[^{}\n]*?\\an([1-9])[^{}\n]*\}")
_SWITCH = pattern(r"\{\\([ibu])([01])\}")


@fixes("VTT216", fix=UNSAFE, words=Words.REMOVED)
def settings_for_overrides(task: FixTask) -> Document | None:
    r"""Make a cue setting of `{\an8}`, tags of `{\i1}` and `{\i0}`, and take the other commands away."""
    cues = task.context.cues
    changes: dict[int, Change] = {}
    for index in task.indices():
        cue = cues[index]
        anchor = next((match[1] for match in _ANCHOR.finditer(cue.text)), "")
        has = {token.partition(":")[0] for token in cue.settings.split()}
        added = (
            [one for one in ANCHOR_SETTINGS[int(anchor)].split() if one.partition(":")[0] not in has] if anchor else []
        )
        text = _SWITCH.sub(lambda match: f"<{'/' if match[2] == '0' else ''}{match[1]}>", cue.text)
        text = OVERRIDE.sub("", text)
        changes[index] = cue._replace(text=text, settings=" ".join([*cue.settings.split(), *added]))
    return with_cues_changed(task.document, changes)


@rule("VTT220", ERROR, needs="<", kind="chapters", source="https://www.w3.org/TR/webvtt1/#chapters")
@example(spoken("<b>Introduction</b>"), spoken("Introduction"), arguments={"kind": "chapters"})
def tag_in_chapter_title(context: Context) -> Iterator[Finding]:
    """A chapter's title has tags.

    Titles are plain text; menus show the tags. Only with `--kind chapters`.
    """
    return context.matches(re.compile(r"<[^>]*+(?:>|\Z)"), "a chapter's title is plain text, {} is not")


@rule("VTT221", ERROR, kind="chapters", source="https://www.w3.org/TR/webvtt1/#chapters")
@example(vtt("1-5 One", "3-7 Two"), vtt("1-5 One", "3-5 One and a half"), arguments={"kind": "chapters"})
def chapters_cross(context: Context) -> Iterator[Finding]:
    """A chapter begins in one and ends after it: chapters may follow or contain each other, not cross.

    A menu cannot show them as a tree. Only with `--kind chapters`.
    """
    open_ends: list[int] = []
    for index in context.shown_order:
        start, end = context.starts[index], context.ends[index]
        while open_ends and open_ends[-1] <= start:
            open_ends.pop()
        if open_ends and end > open_ends[-1]:
            yield context.on_cue(index, f"begins within a chapter that ends before it, at {timecode(open_ends[-1])}")
        open_ends.append(end)


@rule("VTT222", ERROR, kind="chapters", source="https://www.w3.org/TR/webvtt1/#chapters")
@example(spoken("Introduction\nand overview"), spoken("Introduction and overview"), arguments={"kind": "chapters"})
def chapter_title_lines(context: Context) -> Iterator[Finding]:
    """A chapter's title has more than one line.

    Menus show one line. Only with `--kind chapters`.
    """
    for index, text in enumerate(context.texts):
        if "\n" in text:
            yield context.on_cue(index, "a chapter's title is one line")
