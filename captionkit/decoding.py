"""Bytes to text and back: byte order marks, character sets and line ends, and what was found on the way.

Theory of operation. The decision is made once, in this order, and always the same for the same bytes: a byte order
mark (it wins over what a person names, as in the Encoding Standard); the encoding that a person names for what is not
UTF-8, so that a folder can be named one while its files become UTF-8 one by one; UTF-16 or UTF-32 without a mark (an
arrow with zeros between its characters gives it away); UTF-8; and last a guess (`charsets`), which a diagnostic calls
a guess. Nothing here can fail: bytes that no character set explains are read as Latin-1, which takes
any. `Decoded.exact` says whether encoding the text again gives back the same bytes; where it does not, the document
keeps the bytes themselves.

Both formats are read from text whose only line end is LF (WebVTT 6.1, step 1, for one), which `flatten` makes. CR CR LF
is one line end too: programs that write text mode twice make it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from captionkit.errors import UsageError
from captionkit.findings import finding
from captionkit.model import Diagnostic, Fix
from captionkit.patterns import pattern

# Longest first: a UTF-32 mark begins with the UTF-16 one.
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")

_PIECE = 1 << 16

# ASCII control characters that no caption needs: all but tab, LF and CR.
_CONTROLS = (*range(9), 11, 12, *range(14, 32), 127)

# U+0080 to U+009F in UTF-8.
_C1_CONTROL = pattern(rb"\xc2[\x80-\x9f]")


class Decoded(NamedTuple):
    """Text, and how it stood in bytes.

    Attributes:
        text: without the byte order mark.
        encoding: the codec's Python name; without the mark in it ("utf-16-le", not "utf-16").
        bom: whether the bytes began with a byte order mark.
        exact: whether `encode` gives the same bytes again.
        diagnostics: ENC001 and ENC002.
        is_guess: whether the encoding is a guess.
    """

    text: str
    encoding: str
    bom: bool
    exact: bool
    diagnostics: tuple[Diagnostic, ...] = ()
    is_guess: bool = False


def encoding_named(name: str) -> str:
    """The Python name of a text encoding that a person names: "Windows-1250", "latin2", "UTF-16".

    Raises:
        UsageError: if there is no such encoding.
    """
    try:
        found = codecs.lookup(name.strip())
        if not found.name.startswith(("utf-16", "utf-32")) and b"-->".decode(found.name) != "-->":
            raise LookupError  # of another alphabet (EBCDIC), or no encoding of text (base64)
    except (LookupError, ValueError, UnicodeError):
        raise UsageError(
            f"there is no text encoding {name!r}",
            hint="Common are utf-8, windows-1252 (Western), windows-1250 (Central European), windows-1251 (Cyrillic), "
            "iso-8859-2, koi8-r, shift_jis, gb18030, big5, euc-kr.",
        ) from None
    return {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(found.name, found.name)


def decode(
    data: bytes, encoding: str = "", language: Callable[[], str] = lambda: "", *, is_guess: bool = False
) -> Decoded:
    """Decode the bytes of a caption file. Never raises because of what is in it.

    Args:
        encoding: what a person says it is, any name of it; "" to find out.
        language: gives it, as BCP 47, where it comes to a guess: it decides between encodings that look alike.
        is_guess: whether `encoding` is an earlier guess.

    Raises:
        UsageError: if there is no such encoding.
    """
    named = encoding_named(encoding) if encoding else ""
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return _decode_marked(data[len(mark) :], marked)
    if named and (is_guess or data.isascii() or b"\0" in data or not _is_utf8(data)):
        return _decode_named(data, named, is_guess)
    if b"\0" in data:
        for wide in _WIDE:
            width = len("-".encode(wide))
            # An arrow of the other byte order is there too, one byte off.
            if len(data) % width == 0 and (at := data.find("-->".encode(wide))) >= 0 and at % width == 0:
                try:
                    text = data.decode(wide)
                except UnicodeDecodeError:
                    continue
                return Decoded(text, wide, False, text.encode(wide) == data, (_not_utf8(wide),))
    if b"\x1b" in data or b"~{" in data:
        from captionkit import charsets

        if escaped := charsets.escaped(data):
            return _decode_named(data, escaped, is_guess=True)
    try:
        return Decoded(data.decode("utf-8"), "utf-8", False, True)
    except UnicodeDecodeError as error:
        return _guess(data, error, language)


def _is_utf8(data: bytes) -> bool:
    """Whether these bytes, not all ASCII, are UTF-8; text in another encoding is so only by a great chance."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def encode(text: str, encoding: str, bom: bool) -> bytes:
    """The bytes of a text.

    Raises:
        UnicodeEncodeError: if the encoding has no bytes for a character of the text.
    """
    # A lone surrogate can come in through a str; it has no UTF bytes by the standard, but dropping it would be worse.
    errors = "surrogatepass" if encoding.startswith("utf") else "strict"
    body = text.encode(encoding, errors)
    if not bom:
        return body
    return next((mark for mark, name in _MARKS if name == encoding), b"") + body


def _decode_marked(body: bytes, encoding: str) -> Decoded:
    if encoding == "utf-8":
        found = finding(
            "ENC002",
            "The file starts with a byte order mark.",
            1,
            1,
            hint="WebVTT allows it; some SRT players show it or lose the first cue.",
        )
    else:
        found = _not_utf8(encoding)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        text = body.decode(encoding, "replace")
        return Decoded(text, encoding, True, False, (found, _broken(body, error)))
    exact = encoding == "utf-8" or text.encode(encoding, "surrogatepass") == body
    return Decoded(text, encoding, True, exact, (found,))


def _decode_named(data: bytes, encoding: str, is_guess: bool) -> Decoded:
    found = () if encoding == "utf-8" else (_guessed(encoding) if is_guess else _not_utf8(encoding),)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        text = data.decode(encoding, "replace")
        return Decoded(text, encoding, False, False, (*found, _broken(data, error)), is_guess)
    try:
        exact = text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "strict") == data
    except UnicodeEncodeError:
        exact = False
    return Decoded(text, encoding, False, exact, found, is_guess)


def _guess(data: bytes, error: UnicodeDecodeError, language: Callable[[], str]) -> Decoded:
    """Bytes that are not UTF-8: text with a few broken bytes, an older character set, or no text at all."""
    if _is_mostly_utf8(data):
        return Decoded(data.decode("utf-8", "replace"), "utf-8", False, False, (_broken(data, error),))
    from captionkit import charsets  # unicodedata and tables that most files never need

    guessed = charsets.guess(data, language()) if b"\0" not in data else ""
    return _decode_named(data, guessed or "latin-1", is_guess=True)


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether most of what is not ASCII is good UTF-8, so that broken bytes are the exception.

    Text in an 8-bit character set hardly ever forms a good sequence by chance, and never three letters of them for each
    broken byte or two: such a file was put together from two encodings, or cut off.
    """
    foreign = len(data.translate(None, bytes(range(128))))
    good = len(data.decode("utf-8", "ignore").encode().translate(None, bytes(range(128))))
    broken = foreign - good
    return good > 0 and (broken * 10 <= good or (good >= 6 and broken * 2 <= good))


def _not_utf8(encoding: str) -> Diagnostic:
    return finding(
        "ENC001",
        f"The file is {encoding.upper()}, not UTF-8.",
        1,
        1,
        hint="Save it as UTF-8: browsers and Canvas read WebVTT only so.",
    )


def _guessed(encoding: str) -> Diagnostic:
    return finding(
        "ENC001",
        f"The file is not UTF-8; it was read as {encoding}, which is a guess.",
        1,
        1,
        hint="Look whether accents and other letters are right; if not, name the encoding: --encoding windows-1250.",
        fix=Fix.UNSAFE,
    )


def _broken(data: bytes, error: UnicodeDecodeError) -> Diagnostic:
    line = data.count(b"\n", 0, error.start) + 1
    message = (
        f"Byte 0x{data[error.start]:02x} at offset {error.start} is not valid {error.encoding.upper()}; "
        "such bytes are shown as U+FFFD."
    )
    return finding(
        "ENC001",
        message,
        line,
        hint="Restore the character from the original, then save the file as UTF-8.",
        fix=Fix.HINT,
    )


class Flat(NamedTuple):
    """A text whose only line end is LF, and how the original differs.

    Attributes:
        text: the flat text.
        newline: the line end used most in the original; LF where there is none.
        diagnostics: ENC003.
    """

    text: str
    newline: str = "\n"
    diagnostics: tuple[Diagnostic, ...] = ()


def flatten(text: str) -> Flat:
    """Make LF the only line end: CRLF, CR CR LF and CR become LF, and nothing else is a line end."""
    if "\r" not in text:
        return Flat(text)
    flat = text.replace("\r\n", "\n")
    pairs = len(text) - len(flat)
    feeds = flat.count("\n") - pairs
    left = flat.count("\r")
    if not feeds and not left:
        return Flat(flat, "\r\n")
    doubles = flat.count("\r\n")
    alone = left - doubles
    newline = max(("\n", feeds), ("\r\n", pairs), ("\r", alone), key=lambda pair: pair[1])[0]
    flat = flat.replace("\r\n", "\n").replace("\r", "\n")
    if alone and not feeds and not pairs:
        message = "Every line ends with a lone carriage return; many players then see one single line."
        return Flat(flat, newline, (finding("ENC003", message, 1),))
    if doubles == pairs and not feeds and not alone:
        message = (
            "Every line ends with CR CR LF: a program wrote its line ends twice. It was read as one line end; "
            "many players see a blank line after each line."
        )
        return Flat(flat, newline, (finding("ENC003", message, 1),))
    kinds = ((pairs - doubles, "CRLF"), (doubles, "CR CR LF"), (feeds, "LF"), (alone, "CR"))
    counts = ", ".join(f"{n} {name}" for n, name in kinds if n)
    found = finding("ENC003", f"Line ends are mixed: {counts}.", _first_odd_line(text, newline))
    return Flat(flat, newline, (found,))


def digest_of_file(data: bytes) -> str:
    """ "sha256:..." of a caption file, the same for CRLF and LF line ends: git changes them and so do editors, nobody
    sees it, and what is sent has LF anyway."""
    from hashlib import sha256

    return "sha256:" + sha256(data.replace(b"\r\n", b"\n")).hexdigest()


def one_line_end(text: str, newline: str = "\n") -> str:
    """The text with this as its only line end."""
    if "\r" in text:
        text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    return text if newline == "\n" else text.replace("\n", newline)


def _first_odd_line(text: str, newline: str) -> int:
    """The line that is the first to end unlike most."""
    for line, piece in enumerate(text.split(newline), 1):
        if "\n" in piece or "\r" in piece:
            return line
    return 0


def character_diagnostics(text: str, data: bytes | None = None) -> list[Diagnostic]:
    """ENC004, ENC005 and ENC007: characters that no caption should hold, each with its first place and the count.

    Args:
        text: flat text.
        data: the same in UTF-8, if at hand; looking through bytes is ten times as fast.
    """
    controls: set[int] = set()
    has_c1 = False
    for piece in (data,) if data is not None else _in_utf8(text):
        controls.update(filter(piece.__contains__, _CONTROLS))
        has_c1 = has_c1 or (b"\xc2" in piece and _C1_CONTROL.search(piece) is not None)
    found: list[Diagnostic] = []
    if controls or has_c1:
        present = {chr(byte) for byte in controls}
        if has_c1:
            present.update(chr(code) for code in range(0x80, 0xA0) if chr(code) in text)
        if "\0" in present:
            found.append(_character("ENC004", "NUL", "\0", text))
        found += [
            _character("ENC007", f"Control character U+{ord(char):04X}", char, text)
            for char in sorted(present - {"\0"})
        ]
    if "\N{REPLACEMENT CHARACTER}" in text:
        name = "U+FFFD, which stands for a lost character,"
        found.append(_character("ENC005", name, "\N{REPLACEMENT CHARACTER}", text))
    return found


_MARK_AGAIN = pattern(r"^\ufeff", re.MULTILINE)


def marks_within(text: str) -> list[Diagnostic]:
    """ENC016: byte order marks at the beginning of a line, that of the file taken away: copies run together have them.

    Args:
        text: flat text.
    """
    if "\ufeff" not in text:
        return []
    found: list[Diagnostic] = []
    line = at = 0
    for match in _MARK_AGAIN.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        message = "A second byte order mark" if not at else "A byte order mark in the middle of the file"
        found.append(finding("ENC016", f"{message}: players take it for a letter. It was dropped.", line + 1, 1))
        if len(found) == _MOST_MARKS:
            break
    return found


#: Findings about them in one file; one is enough to mend them all.
_MOST_MARKS = 100


def _in_utf8(text: str) -> Iterator[bytes]:
    """The text in UTF-8, in pieces that stay in the processor's cache: in half the time of one large one."""
    for begin in range(0, len(text), _PIECE):
        yield text[begin : begin + _PIECE].encode("utf-8", "surrogatepass")


def _character(code: str, name: str, char: str, text: str) -> Diagnostic:
    at = text.index(char)
    count = text.count(char)
    times = "once" if count == 1 else f"{count} times, here first"
    line = text.count("\n", 0, at) + 1
    # U+0080 to U+009F are what mangled text is made of: they hold what ENC006 brings back. A feed may part two words.
    fix = Fix.UNSAFE if "\x80" <= char <= "\x9f" or char in "\x0b\x0c" else None
    return finding(code, f"{name} stands in the text {times}.", line, at - text.rfind("\n", 0, at), fix=fix)
