"""What may be sent to a terminal, decided once for each kind of output. Pure.

A file name, the text of a caption and the answer of a server are other people's, and a terminal obeys what it is sent:
an escape sequence moves the cursor, renames the window or answers for the user, a bidirectional override turns a line
round. There are two kinds of output:

    words for a person     messages, tables, reports to read: cleaned always, in a pipe and in a file as well
    data for a program     captions, transcripts, diffs, JSON, CSV, pages: the exact bytes, but cleaned on a terminal

`captionkit.cli._output` is the only place of the command line that writes to the standard streams.
"""

from __future__ import annotations

from captionkit.patterns import pattern

#: Controls (C0 but tab and line feed, DEL, C1), line and paragraph separators, bidirectional embeddings, overrides and
#: isolates, language tags, and halves of surrogate pairs, which a file name on Linux may hold and no UTF-8 can.
_OBEYED = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\U000e0000-\U000e007f\ud800-\udfff"
_CLEANED = pattern(rf"[{_OBEYED}]|\r(?!\n)")
#: In one line of a table a line end is one too many, and what has no width makes two names look the same.
_CLEANED_IN_LINE = pattern(rf"[{_OBEYED}\t\n\r\u200b\u200e\u200f\ufeff]")

MARK = "\N{REPLACEMENT CHARACTER}"


def clean(text: str) -> str:
    """The text with a mark in place of every character that a terminal would obey; tabs and line ends stay."""
    return text if text.isascii() and text.isprintable() else _CLEANED.sub(MARK, text)


def clean_line(text: str) -> str:
    """The same for a piece of one line, such as a name: its line ends go too, and what has no width."""
    return text if text.isascii() and text.isprintable() else _CLEANED_IN_LINE.sub(MARK, text)
