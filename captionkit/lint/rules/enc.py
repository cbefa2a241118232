"""ENC: bytes, encoding and the file as a whole, as they are seen while reading."""

from __future__ import annotations

import re
from dataclasses import replace

from captionkit.decoding import one_line_end
from captionkit.lint.context import Context
from captionkit.lint.edits import FixTask, reread, source_text
from captionkit.lint.examples import GOOD, TWO_SRT, srt, vtt
from captionkit.lint.rule import NONE, RESTORES, SAFE, UNSAFE, Fix, Words, example, fixes, row
from captionkit.model import Diagnostic, Document
from captionkit.patterns import pattern

ORDER = 10
_GOOD_SRT = srt("1-3 Über die Brücke.")
_SPEC = "https://www.w3.org/TR/webvtt1/"


@row("ENC001", source=f"{_SPEC}#file-structure")
@example(_GOOD_SRT.encode("utf-16"), _GOOD_SRT, file="lecture.de.srt")
def not_utf8() -> None:
    """The file is not UTF-8.

    WebVTT must be UTF-8 and browsers read it as nothing else; Canvas stores text as UTF-8. In any other encoding
    accents turn into question marks, or nothing is shown at all. Where the file says what it is by a byte order mark
    (UTF-16, UTF-32) rewriting it is safe; where the encoding had to be guessed the fix is unsafe, because the guess
    may be wrong.
    """


def _rewriting_takes(context: Context, one: Diagnostic) -> Fix:
    """Where some bytes have no meaning rewriting would lose them; a guess may be wrong."""
    source = context.document.source
    if source and source.data is not None:
        return NONE
    return UNSAFE if context.document.encoding_is_guess else SAFE


@fixes("ENC001", fix=SAFE, takes=_rewriting_takes, keeps_text=True)
def to_utf8(task: FixTask) -> Document | None:
    """Write the file as UTF-8, with the mark that it has twice twice."""
    text = source_text(task.document)
    is_marked = text.startswith("\ufeff")
    return replace(reread(task.document, text), encoding="utf-8", bom=is_marked, encoding_is_guess=False)


@row("ENC002")
@example(b"\xef\xbb\xbf" + _GOOD_SRT.encode(), _GOOD_SRT, file="lecture.de.srt")
def utf8_bom() -> None:
    """The file starts with a byte order mark.

    WebVTT allows it, UTF-8 does not need it. Some SRT readers take it for a part of the first number and lose the first
    cue, and Canvas's conversion leaves it standing in the middle of its WebVTT.
    """


def _unmarking_takes(context: Context, one: Diagnostic) -> Fix:
    """Right before a timing line the mark hides the cue, once Canvas has converted the file, and a second one the whole
    file."""
    document, cues = context.document, context.cues
    if document.source and document.source.data is not None:
        return NONE
    if document.source and document.source.text.startswith("\ufeff"):
        return RESTORES
    return RESTORES if document.format == "srt" and cues and not cues[0].identifier else SAFE


@fixes("ENC002", fix=SAFE, takes=_unmarking_takes, keeps_text=True)
def without_bom(task: FixTask) -> Document | None:
    return replace(task.document, bom=False)


@row("ENC003")
@example(
    "WEBVTT\r\n\r\n00:01.000 --> 00:03.000\r\nHello\nthere.\r\n",
    "WEBVTT\r\n\r\n00:01.000 --> 00:03.000\r\nHello\r\nthere.\r\n",
)
def mixed_line_endings() -> None:
    """The lines end in different ways, or with a bare carriage return.

    Tools that look for one kind of line end run lines together or see blank lines where there are none. A bare carriage
    return is not turned into a line feed by Canvas's conversion, so the whole file becomes one line.
    """


def _unifying_takes(context: Context, one: Diagnostic) -> Fix:
    """Canvas's conversion of SRT mends times behind a line feed only."""
    source = context.document.source
    bare = context.format == "srt" and source is not None and re.search("\r(?!\n)", source.text)
    return RESTORES if bare else SAFE


@fixes("ENC003", fix=SAFE, takes=_unifying_takes, keeps_text=True)
def same_line_ends(task: FixTask) -> Document | None:
    document = task.document
    newline = "\r\n" if document.newline == "\r\n" else "\n"
    return reread(document, one_line_end(source_text(document), newline))


@row("ENC004", source=f"{_SPEC}#file-parsing")
@example(vtt("1-3 Hello\x00 there."))
def nul_character() -> None:
    """A NUL character stands in the file.

    A WebVTT reader shows U+FFFD (a black diamond) in its place; other readers stop there, and Canvas's database refuses
    it. It is a sign of a file that was cut off or decoded wrongly. The fix removes it.
    """


@fixes("ENC004", fix=UNSAFE, words=Words.REWRITTEN)
def without_nul(task: FixTask) -> Document | None:
    return reread(task.document, source_text(task.document).replace("\0", ""))


@row("ENC005")
@example(vtt("1-3 Caf� culture."), vtt("1-3 Café culture."))
def replacement_character() -> None:
    """The text contains U+FFFD, the mark of a character that was lost.

    Some earlier step read the file in the wrong encoding and wrote this mark where it did not understand. What stood
    there cannot be worked out from the file: get the original again, or type the letter.
    """


@row("ENC007")
@example(vtt("1-3 Hello \x07there."))
def control_character() -> None:
    """A control character stands in the text.

    It is not seen, but some players show a box for it and XML-based tools refuse the whole file. The fix removes it,
    unless it is one of those (U+0080 to U+009F) that mangled text is made of: those hold what ENC006 brings back. Of a
    vertical tab or form feed, which may part two words, the unsafe fix makes a space.
    """


_CONTROLS = pattern("[\x01-\x08\x0e-\x1f\x7f]")


def _control_takes(context: Context, one: Diagnostic) -> Fix:
    """A line that is no text and has one may not be read by players; what parts words is made a space."""
    char = context.line_text(one.line)[one.column - 1 : one.column]
    if char in ("\x0b", "\x0c"):
        return UNSAFE
    if not _CONTROLS.match(char):
        return NONE
    lines = [number for number, line in enumerate(context.lines, 1) if _CONTROLS.search(line)]
    return SAFE if all(map(context.is_spoken, lines)) else RESTORES


@fixes("ENC007", fix=SAFE, takes=_control_takes)
def without_controls(task: FixTask) -> Document | None:
    return reread(task.document, _CONTROLS.sub("", source_text(task.document)))


@fixes("ENC007", fix=UNSAFE)
def spaces_for_feeds(task: FixTask) -> Document | None:
    return reread(task.document, re.sub("[\x0b\x0c]+", " ", source_text(task.document)))


@row("ENC009", source=f"{_SPEC}#file-structure")
@example(GOOD.rstrip("\n"))
def no_final_newline() -> None:
    """The last line does not end.

    Each block of a caption file ends with a line end. Programs that join files put the next file's first line into the
    last cue.
    """


@fixes("ENC009", fix=SAFE, keeps_text=True)
def final_newline(task: FixTask) -> Document | None:
    text = source_text(task.document)
    if text.endswith(("\n", "\r")):
        return None
    return reread(task.document, text + task.document.newline)


@row("ENC010")
@example(GOOD, file="lecture.en.srt")
def extension_mismatch() -> None:
    """The file's name says one format, its content is another.

    Players choose the reader by the name. WebVTT under `.srt` shows its settings as text or nothing at all; SRT under
    `.vtt` is refused, because the first line is not WEBVTT. Rename it, or convert it.
    """


@row("ENC011")
@example("WEBVTT\n")
def no_cues() -> None:
    """The file is empty or has no cue.

    To a viewer it is a video without captions, but every list counts it as captioned. Usually an export went wrong.
    """


@row("ENC012")
@example("<!DOCTYPE html>\n<html><head><title>Log in</title></head></html>\n")
def not_a_caption_file() -> None:
    """The file is a web page, JSON, or another kind of file under a caption's name.

    It happens when a download is answered by a login page, or an error message is saved in place of the file. Download
    it again.
    """


@row("ENC016")
@example(
    "1\n00:00:01,000 --> 00:00:03,000\nÜber die Brücke.\n\n\ufeff2\n00:00:04,000 --> 00:00:06,000\nUnd weiter.\n",
    srt("1-3 Über die Brücke.", "4-6 Und weiter."),
    file="lecture.de.srt",
)
def second_byte_order_mark() -> None:
    """A byte order mark stands a second time at the top, or again at the beginning of a line.

    Only the first one at the top is a mark. Another one is an invisible letter: players do not know the number behind
    it, and a browser shows nothing of a WebVTT file that begins with two. It comes from programs that add one without
    looking and from files that were copied into one. The fix removes it, which
    brings back the cue that some players do not know by its number or its time.
    """


def _mark_takes(context: Context, one: Diagnostic) -> Fix:
    """A line of nothing but a mark is not blank, and parts no cues until it is."""
    return RESTORES if context.line_text(one.line).strip("\ufeff \t") else UNSAFE


@fixes("ENC016", fix=RESTORES, takes=_mark_takes)
def without_further_marks(task: FixTask) -> Document | None:
    alone = "" if UNSAFE in task.allowed else r"(?![ \t\ufeff]*+(?:[\r\n]|\Z))"
    text = source_text(task.document)
    return reread(task.document, re.sub(f"(?:\\A|(?<=[\r\n]))\ufeff++{alone}", "", text))


@row("ENC015", source="https://www.w3.org/TR/webvtt1/#collect-a-webvtt-block")
@example(TWO_SRT.replace("there.\n\n", "there.\n"), TWO_SRT)
def missing_blank_line() -> None:
    """No blank line stands between two cues.

    Browsers begin a new cue at the timing line, with its number as text of the cue before; VLC and others show the
    second cue's number, times and words as text of the first.
    """
