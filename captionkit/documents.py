"""Reading and writing caption files, in the habit of `json`: load, loads, dump, dumps.

Which format a text has is decided by what it is, not by what it is called: an explicit argument; else a signature
(WEBVTT); else the file's extension, unless the content is plainly another format; else SRT. A name that says something
else than the content is a diagnostic (ENC010), not an error. All that `load` raises is `LocalError`, where the file
cannot be had.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from captionkit import decoding
from captionkit.errors import ContentError, UsageError
from captionkit.files import bytes_of, quoted
from captionkit.findings import finding
from captionkit.foreign.sniff import sniff
from captionkit.formats import by_extension, by_name, formats
from captionkit.formats.base import PLACE, Format, Likeness, Reading, Starts
from captionkit.model import Cue, Diagnostic, Document, Source, Stray
from captionkit.patterns import pattern

#: Which of its fields is the path of a diagnostic: a library has a million of them, and `_replace` takes its time.
_PATH = Diagnostic._fields.index("path")
#: Enough of a text to know what it is.
_HEAD = 1 << 16

if TYPE_CHECKING:
    from pathlib import Path


def load(
    path: str | os.PathLike[str], format: str | None = None, *, encoding: str = "", language: str = ""
) -> Document:
    """Read a caption file.

    Args:
        path: the file.
        format: "srt" or "vtt" if the caller knows better than the content; None to find out.
        encoding: of the text, any name of it, where it is not UTF-8; "" to find out.
        language: BCP 47, for a guess at the encoding, where neither the name of the file nor its header says it.

    Returns:
        The document, whatever the file holds; see its diagnostics.

    Raises:
        LocalError: if the file cannot be read.
        UsageError: if there is no such format or encoding.
    """
    if not isinstance(path, str | os.PathLike) or ("\n" in os.fspath(path) and not os.path.exists(path)):
        raise _no_captions(path)
    path = os.fspath(path)
    return loads(bytes_of(path), format, path=path, encoding=encoding, language=language)


def loads(
    text: str | bytes,
    format: str | None = None,
    *,
    path: str = "",
    encoding: str = "",
    language: str = "",
    encoding_is_guess: bool = False,
) -> Document:
    """Read captions from a string, or from the bytes of a file.

    Args:
        text: the captions. A byte order mark at the beginning counts as one.
        format: "srt" or "vtt"; None to find out.
        path: where they came from, for messages, for the extension, and for the language that it may state.
        encoding: of bytes, any name of it, where they are not UTF-8; "" to find out.
        language: BCP 47, for a guess at the encoding, where neither the path nor the header says it.
        encoding_is_guess: whether `encoding` is an earlier guess, to be read so again.

    Raises:
        UsageError: if there is no such format or encoding.
    """
    if not isinstance(text, (str, bytes, bytearray, memoryview)):
        raise _no_captions(text)
    chosen = by_name(format) if format is not None else None
    data: bytes | None = None
    if isinstance(text, str):
        bom = text.startswith("\ufeff")
        decoded = decoding.Decoded(text[1:] if bom else text, "utf-8", bom, True)
        if bom:
            decoded = decoded._replace(diagnostics=decoding.decode(b"\xef\xbb\xbf").diagnostics)
    else:
        content = data = bytes(text)
        decoded = decoding.decode(
            content, encoding, lambda: _language(content, path) or language, is_guess=encoding_is_guess
        )
    flat = decoding.flatten(decoded.text)
    diagnostics: list[Diagnostic] = [*decoded.diagnostics, *flat.diagnostics]
    if chosen is not None:
        reading = chosen.read(flat.text)
    elif (kind := sniff(_head(data, flat.text))) is not None and kind.is_certain:
        chosen = by_extension(_extension(path)) or formats()["srt"]
        reading = _unread(flat.text)
    else:
        chosen = _recognised(flat.text, path, diagnostics)
        reading = chosen.read(flat.text)
    is_utf8 = data is not None and decoded.encoding == "utf-8" and decoded.exact
    diagnostics += decoding.character_diagnostics(flat.text, data if is_utf8 else None)
    diagnostics += decoding.marks_within(flat.text)
    is_text = _whole_file(flat.text, Cue in map(type, reading.blocks), data, diagnostics, path)
    found = sorted([*diagnostics, *(reading.diagnostics if is_text else ())], key=PLACE)
    if path:
        found = [tuple.__new__(Diagnostic, (*one[:_PATH], path, *one[_PATH + 1 :])) for one in found]
    kept = None if decoded.exact else data
    source = Source(decoded.text, reading.blocks, Starts(decoded.text, reading.blocks), kept)
    return Document(
        chosen.name, reading.blocks, tuple(found), decoded.encoding, decoded.bom, flat.newline, path, source,
        decoded.is_guess,
    )  # fmt: skip


def _unread(text: str) -> Reading:
    """All of the text as one block that no viewer sees."""
    if not text:
        return Reading((), [], [])
    top = len(text) - len(text.lstrip("\n"))
    return Reading((Stray(text.strip("\n"), top + 1 if top < len(text) else 1),), [0], [])


_HEADER_LANGUAGE = pattern(rb"(?:\xef\xbb\xbf)?WEBVTT[^\n]*\n(?:[^\n]+\n)*?Language:[ \t]*([A-Za-z0-9-]+)", re.I)


def _language(data: bytes, path: str) -> str:
    """The language that the name of a file states, or its header; "" where neither does."""
    from captionkit.languages import language_of_name

    header = _HEADER_LANGUAGE.match(data[:2000])
    return language_of_name(path) or (header[1].decode("ascii") if header else "")


def document_of(captions: Document | str | os.PathLike[str]) -> Document:
    """The document, or the one in the file of this path.

    Raises:
        LocalError: if the file cannot be read.
        UsageError: if it is neither.
    """
    return captions if isinstance(captions, Document) else load(captions)


def _no_captions(given: object) -> UsageError:
    kind = "text" if isinstance(given, str | bytes | bytearray) else type(given).__name__
    return UsageError(
        f"captions are a document or the path of a file, not {kind}",
        hint="captionkit.loads(text) makes a document of text or bytes, captionkit.load(path) of a file.",
    )


def dumps(document: Document, format: str | None = None) -> str:
    """The text of a document, without a byte order mark. Untouched, it is the text that was read.

    Raises:
        UsageError: if `format` is not the document's: that is a conversion, see `captionkit.convert`.
    """
    _check_document(document)
    if format is not None and format != document.format:
        by_name(format)
        raise UsageError(
            f"the document is {document.format!r}, not {format!r}",
            hint=f"Use captionkit.convert(document, {format!r}).document, which says what gets lost.",
        )
    return by_name(document.format).write(document)


def to_bytes(document: Document) -> bytes:
    """The bytes of a document, in its own encoding. Untouched, they are the bytes that were read.

    Raises:
        ContentError: if the encoding has no bytes for a character of the document.
    """
    if document.source is not None and document.source.data is not None and document.is_untouched:
        return document.source.data
    try:
        return decoding.encode(dumps(document), document.encoding, document.bom)
    except UnicodeEncodeError as error:
        char = error.object[error.start]
        raise ContentError(
            f"{char!r} (U+{ord(char):04X}) cannot be written in {document.encoding}",
            where=document.path,
            unchanged="Nothing was written.",
            hint="Write it as UTF-8: dataclasses.replace(document, encoding='utf-8').",
        ) from error


def dump(document: Document, path: str | os.PathLike[str]) -> None:
    """Write a document to a file, whole or not at all, with its encoding, byte order mark and line ends.

    Raises:
        UsageError: if the file's name says another format than the document has: that is a conversion; or the name
            of what captionkit cannot write. A file that was named so already may be written back.
        LocalError: if the file cannot be written; what was there before is untouched.
        ContentError: if the encoding has no bytes for a character of the document.
    """
    _check_document(document)
    path = os.fspath(path)
    named = by_extension(_extension(path))
    if named is None and path != document.path and _extension(path).lower() in _NEVER_WRITTEN:
        known = " or ".join(extension for each in formats().values() for extension in each.extensions)
        raise UsageError(
            f"{_extension(path)} files cannot be written",
            where=path,
            unchanged="Nothing was written.",
            hint=f"Captions are written as {known}; captionkit.transcript(document).write() writes text and documents.",
        )
    if named is not None and named.name != document.format and path != document.path:
        raise UsageError(
            f"the document is {document.format!r}, and the file would be named {named.name!r}",
            where=path,
            unchanged="Nothing was written.",
            hint=f"Use captionkit.convert(document, {named.name!r}).document, which says what gets lost.",
        )
    from captionkit.files import write_atomically  # tempfile and what it needs; reading needs none of it

    write_atomically(path, to_bytes(document))


def _check_document(document: object) -> None:
    if not isinstance(document, Document):
        raise UsageError(
            f"a document is written, not {type(document).__name__}",
            unchanged="Nothing was written.",
            hint="captionkit.load(path) reads one; what convert and fix give has it as .document.",
        )


def _recognised(text: str, path: str, diagnostics: list[Diagnostic]) -> Format:
    """The format of a text, by its content and then by the name of its file."""
    likeness = {each.name: each.sniff(text) for each in formats().values()}
    extension = _extension(path)
    named = by_extension(extension)
    best = max(formats().values(), key=lambda each: (likeness[each.name], each is named, each.name != "srt"))
    if named is None:
        return best if likeness[best.name] == Likeness.SIGNED or path == "" else formats()["srt"]
    if best is named or likeness[best.name] < Likeness.LIKELY:
        return named
    if likeness[best.name] == Likeness.SIGNED or likeness[named.name] == Likeness.NO:
        message = f"The file is named {extension}, but it is {best.title}; it was read as that."
        diagnostics.append(finding("ENC010", message, 1, 1, hint=f"Name it {best.extensions[0]}."))
        return best
    return named


def _head(data: bytes | None, text: str) -> bytes:
    """What tells of what kind a file is: its bytes, or the beginning of the text where there are none."""
    return data if data is not None else text[:_HEAD].encode("utf-8", "surrogatepass")


def _whole_file(text: str, has_cues: bool, data: bytes | None, diagnostics: list[Diagnostic], path: str) -> bool:
    """ENC009, ENC011, ENC012: what is to be said about the file as a whole.

    Returns:
        Whether it holds captions at all, so that what is wrong with them is worth saying.
    """
    is_empty = not text.strip("\ufeff \t\n")
    if not has_cues and not is_empty:
        if not _SIGNED.match(text) and (kind := sniff(_head(data, text))) is not None:
            how = _how_to_convert(_head(data, text), path) if kind.is_converted and path else ""
            diagnostics[:] = [finding("ENC012", kind.sentence, 1, 1, hint=how)]
            return False
        if _is_binary(text):
            # One finding is enough; the characters of a picture mean nothing.
            diagnostics[:] = [finding("ENC011", "The file holds no text but binary data, and no cues.", 0)]
            return False
    if text and not text.endswith("\n"):
        last = text.count("\n") + 1
        diagnostics.append(finding("ENC009", "The last line has no line end.", last, len(text) - text.rfind("\n")))
    if not has_cues:
        diagnostics.append(finding("ENC011", "The file is empty." if is_empty else "The file has no cues.", 0))
    return True


def _how_to_convert(head: bytes, path: str) -> str:
    from captionkit.foreign.table import row_of

    row = row_of(head)
    asked = row.asks(head) if row else None
    meaning, option = (f" with {asked.meaning}", f" {asked.text}") if asked else ("", "")
    return f"Convert it{meaning}: captionkit convert {quoted(path)}{option}"


_SIGNED = pattern(r"[\s\ufeff]*WEB[ -]?VTT", re.IGNORECASE)


def _is_binary(text: str) -> bool:
    sample = text[:4000]
    odd = sum(1 for char in sample if (char < " " and char not in "\n\t\r\f") or "\x7f" <= char <= "\x9f")
    return "\0" in sample or odd * 10 > len(sample)


#: Names of other caption formats, and of what else a person may expect of captions. Other names promise nothing.
_NEVER_WRITTEN = frozenset(
    {
        *(".ass", ".ssa", ".stl", ".scc", ".ttml", ".dfxp", ".itt", ".xml", ".smi", ".sami", ".sub", ".mpl", ".sbv"),
        *(".json", ".json3", ".srv1", ".srv2", ".srv3", ".ytt", ".lrc", ".cap"),
        *(".docx", ".doc", ".odt", ".rtf", ".pdf", ".html", ".htm", ".md", ".csv", ".xlsx", ".xls", ".pptx", ".zip"),
        *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mp3", ".m4a", ".wav", ".ogg", ".flac"),
    }
)


def _extension(path: str | Path) -> str:
    """`.srt` of a file's name. Loading pathlib for it would be a tenth of a command on one lecture."""
    return os.path.splitext(path)[1]
