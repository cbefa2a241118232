"""CVS: readiness for Canvas. The rules do what Canvas's server does with the file (`captionkit.canvas_rules`) and say
which cue it would change, break or hide. On with `--profile canvas`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from captionkit import canvas_rules
from captionkit.lint.context import Context
from captionkit.lint.examples import srt, vtt
from captionkit.lint.rule import ERROR, INFO, WARNING, Finding, RuleFunction, example, rule
from captionkit.model import Cue, Severity

_GOOD = srt("1-4 Hello there.")
_CANVAS = "instructure/canvas-lms: app/models/media_track.rb"
_PICKER = "instructure/canvas-lms: packages/canvas-media"


def _canvas(code: str, severity: Severity, source: str = _CANVAS) -> Callable[[RuleFunction], RuleFunction]:
    return rule(code, severity, default=False, profile="canvas", source=source)


def _content(context: Context) -> str:
    """The text as it would be sent."""
    source = context.document.source
    return ("\ufeff" if context.document.bom else "") + source.text if source else ""


@_canvas("CVS001", ERROR)
@example(_GOOD, _GOOD, file="lecture.es-419.srt", good_file="lecture.es.srt")
def locale_refused(context: Context) -> Iterator[Finding]:
    """Canvas refuses the language as it stands: a locale has only letters and hyphens there.

    `es-419` and `en_US` fail with a validation error. `captionkit push` sends `es` and `en-US`.
    """
    language = context.language
    problem = canvas_rules.locale_problem(language) if language else ""
    if problem:
        yield context.on_file(problem, "captionkit push maps it; other tools must send another locale.")


@_canvas("CVS002", ERROR)
@example(vtt("1-3 It begins with &lt;tt.", "NOTE <tt xml:lang=en>"))
def ttml(context: Context) -> Iterator[Finding]:
    """The file contains `<tt xml`, which Canvas refuses as TTML.

    It looks for these characters anywhere, even in a comment.
    """
    for problem in canvas_rules.content_problems(_content(context)):
        if "<tt" in problem:
            yield context.on_file(problem)


@_canvas("CVS003", WARNING)
@example(srt("1-4 5, 6, 7 and 8."), _GOOD)
def canvas_edits_text(context: Context) -> Iterator[Finding]:
    """Canvas's conversion of SRT would change the words of a cue.

    It puts a 0 before a single digit at the beginning of a line or after a colon, if a comma or colon follows: a line
    `5, 6, 7` is shown as `05, 6, 7`, and `3:30 pm` as `03:30 pm`. Upload WebVTT (`captionkit convert`, or
    `captionkit push`, which does it).
    """
    for index, raw, converted in _converted_cues(context):
        if converted is not None and converted != raw:
            line = next((b for a, b in zip(raw.split("\n"), converted.split("\n"), strict=False) if a != b), converted)
            yield context.on_cue(index, f"Canvas would show {line!r}", "Convert it to WebVTT before uploading.")


def _converted_cues(context: Context) -> Iterator[tuple[int, str, str | None]]:
    """For each cue of an SRT file its text, and the text after Canvas's conversion; None where that loses the cue."""
    source = context.document.source
    if context.format == "srt" and source and canvas_rules.is_converted(_content(context)):
        yield from _conversion(source.text)


@lru_cache(maxsize=4)
def _conversion(text: str) -> tuple[tuple[int, str, str | None], ...]:
    from captionkit.formats.srt import read as read_srt

    flat = text.replace("\r\n", "\n").replace("\r", "\n")
    reading = read_srt(flat)
    ends = [*reading.starts[1:], len(flat)] if reading.blocks else []
    pieces = [
        (block, flat[start:end])
        for block, start, end in zip(reading.blocks, reading.starts, ends, strict=True)
        if type(block) is Cue
    ]
    whole = _as_canvas_shows(flat)
    if [cue[:2] for cue, _ in pieces] == [cue[:2] for cue in whole]:
        return tuple((number, cue.text, whole[number].text) for number, (cue, _) in enumerate(pieces))
    # Cues are lost. Which ones, each shows by itself: the conversion looks at one line at a time, so a piece that
    # begins at a line's start is converted as in the whole.
    found: list[tuple[int, str, str | None]] = []
    for number, (cue, piece) in enumerate(pieces):
        shown = _as_canvas_shows(piece)
        kept = len(shown) == 1 and shown[0][:2] == cue[:2]
        found.append((number, cue.text, shown[0].text if kept else None))
    return tuple(found)


def _as_canvas_shows(text: str) -> list[Cue]:
    """The cues that a player gets from Canvas for this SRT."""
    from captionkit.formats.webvtt import read as read_webvtt

    # The conversion strips the end of the text: of this stray line, and of no cue.
    converted = canvas_rules.canvas_webvtt(f"{text}\n\n.") or ""
    return [block for block in read_webvtt(f"{converted}\n").blocks if type(block) is Cue]


@_canvas("CVS004", WARNING)
@example(srt("1-4 If a < b then stop."), _GOOD)
def markup_passed_through(context: Context) -> Iterator[Finding]:
    """What a viewer sees of this cue would differ after Canvas's conversion, because it escapes nothing.

    `a < b` hides the rest of the cue, `{\\an8}` is shown as text, `<font>` loses its colour, `&lt;` turns into `<`.
    Convert it yourself: `captionkit convert` escapes and translates.
    """
    if context.format == "srt" and canvas_rules.is_converted(_content(context)):
        text = context.all_text
        if "<" not in text and "&" not in text and "{" not in text:
            return
        from captionkit.markup import visible_text

        for index, raw in enumerate(context.texts):
            if "<" in raw or "&" in raw or "{" in raw:
                wanted, shown = visible_text(raw, "srt"), visible_text(raw, "vtt")
                if wanted != shown:
                    first = next(
                        (n for n, (a, b) in enumerate(zip(wanted, shown, strict=False)) if a != b),
                        min(len(wanted), len(shown)),
                    )
                    yield context.on_cue(
                        index, f"from character {first + 1} on viewers would see {shown[first : first + 40]!r}"
                    )


@_canvas("CVS005", ERROR)
@example(srt("00:00:01,00 --> 00:00:04,00\nHello there."), _GOOD, arguments={"ignore": "SRT"})
def cue_lost_in_conversion(context: Context) -> Iterator[Finding]:
    """After Canvas's conversion this cue has no time that a player can read: it is never shown.

    It mends `HH:MM:SS,mmm` and nothing else: no `0:01`, no `,5`, no missing hours. `captionkit check --fix` writes the
    times in full; `captionkit convert` makes WebVTT.
    """
    for index, _, converted in _converted_cues(context):
        if converted is None:
            yield context.on_cue(index, "Canvas's conversion leaves its times broken: players do not show it")


@_canvas("CVS006", ERROR)
@example(srt("1-4 We save it as WEBVTT."), _GOOD)
def srt_says_webvtt(context: Context) -> Iterator[Finding]:
    """An SRT file contains the word WEBVTT, so Canvas takes it for WebVTT and does not convert it.

    Players then get SRT and show nothing. Upload WebVTT.
    """
    if context.format == "srt" and not canvas_rules.is_converted(_content(context)):
        index = next((i for i, text in enumerate(context.texts) if "WEBVTT" in text), None)
        message = "the word WEBVTT keeps Canvas from converting the file: nothing of it is shown"
        yield context.on_file(message) if index is None else context.on_cue(index, message)


@_canvas("CVS007", WARNING, source=_PICKER)
@example(vtt("NOTE " + "x" * 295_000, "1-3 Hello there."))
def too_large_for_the_form(context: Context) -> Iterator[Finding]:
    """The file has more than 295,000 bytes, which Canvas's upload form refuses.

    `captionkit push` uses the API, which has no such limit.
    """
    size = len(_content(context).encode("utf-8", "replace"))
    if size > canvas_rules.PICKER_MAX_BYTES:
        yield context.on_file(f"{size:,} bytes, the form takes {canvas_rules.PICKER_MAX_BYTES:,}")


@_canvas("CVS008", INFO, source=_PICKER)
@example(_GOOD, _GOOD, file="lecture.yo.srt", good_file="lecture.es.srt")
def language_not_in_menu(context: Context) -> Iterator[Finding]:
    """Canvas's menu of languages has no name for this one: players show the bare code.

    It works all the same.
    """
    from captionkit.canvas_locales import PICKER_LOCALES, CanvasLocale, canvas_locale
    from captionkit.languages import is_known

    if is_known(context.language):
        found = canvas_locale(context.language)
        if isinstance(found, CanvasLocale) and not found.in_picker and context.language not in PICKER_LOCALES:
            yield context.on_file(f"{context.language} is not among the languages of Canvas's menu")


@_canvas("CVS009", WARNING)
@example("\ufeff" + _GOOD, _GOOD, arguments={"ignore": "ENC"})
def mark_in_the_middle(context: Context) -> Iterator[Finding]:
    """Canvas puts its WEBVTT line before the byte order mark of an SRT file, so the mark stands in the middle.

    It becomes a part of the first cue's identifier; harmless in browsers, not in all players. `--fix` removes the mark.
    """
    if context.format == "srt" and context.document.bom and canvas_rules.is_converted(_content(context)):
        yield context.on_file("the byte order mark would end up in the middle of Canvas's WebVTT")


@_canvas("CVS010", ERROR)
@example(_GOOD.replace("\n", "\r"), _GOOD, arguments={"ignore": "ENC,CVS003,CVS005"})
def carriage_returns_kept(context: Context) -> Iterator[Finding]:
    """Lines end with a bare carriage return, which Canvas's conversion leaves standing.

    It pads single digits only at the start of a line that begins after a line feed, so times stay broken. `--fix`
    writes line feeds.
    """
    text = _content(context)
    if context.format == "srt" and "\r" in text.replace("\r\n", ""):
        yield context.on_file("bare carriage returns stay in Canvas's WebVTT")


@_canvas("CVS011", ERROR)
@example(srt("1-4 Hello\x00 there."), _GOOD, arguments={"ignore": "ENC,CVS003"})
def content_refused(context: Context) -> Iterator[Finding]:
    """Canvas would refuse this file, or silently keep what it has.

    A NUL character makes the request fail; a blank file is read as "no new content".
    """
    for problem in canvas_rules.content_problems(_content(context)):
        if "<tt" not in problem:
            yield context.on_file(problem)
