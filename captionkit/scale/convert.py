"""Convert objects: from one place into another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from captionkit.errors import CaptionkitError, LocalError
from captionkit.files import is_of_one_file
from captionkit.scale.check import Unread
from captionkit.scale.parts import Entry
from captionkit.scale.stores import CAPTIONS, UNREAD, UNWRITTEN, NoAccess, Store

_FORMATS = dict(zip(CAPTIONS, ("srt", "vtt", "vtt"), strict=True))


class Conversion(NamedTuple):
    """What is to be made of each file.

    Attributes:
        target: the address that the results are written to, under their own names.
        to: "srt" or "vtt"; "" for the other one.
        speakers, strict, notes: as `captionkit.convert` takes them.
        encoding: of what is not UTF-8; "" to find out.
        force: whether files that are there already are overwritten.
    """

    target: str
    to: str = ""
    speakers: str = ""
    encoding: str = ""
    strict: bool = False
    notes: bool = True
    force: bool = False

    def fingerprint(self) -> str:
        """A short text that differs where the results may differ."""
        from hashlib import sha256

        return sha256(repr(self).encode("utf-8", "backslashreplace")).hexdigest()[:16]


class Made(NamedTuple):
    """What became of a file.

    Attributes:
        target: the file that was written, below the target's address; "" for none.
        data: its bytes.
        cues: how many there are.
        losses: what the new format cannot say, counted; "" for nothing.
        error: why nothing was written; "" where something was.
    """

    target: str
    data: bytes
    cues: int
    losses: str
    error: str = ""


def convert_bytes(path: str, data: bytes | Unread, conversion: Conversion) -> Made:
    """Convert one file: pure, and whatever the bytes are."""
    if isinstance(data, Unread):
        return Made("", b"", 0, "", str(data))
    from captionkit.conversion import convert
    from captionkit.documents import loads, to_bytes

    try:
        document = loads(data, path=path, encoding=conversion.encoding)
        if not document.cues:
            why = next((one.message for one in document.diagnostics if one.code in ("ENC012", "ENC011")), "")
            return Made("", b"", 0, "", why or "The file has no cues.")
        to = conversion.to or ("srt" if document.format == "vtt" else "vtt")
        made = convert(document, to, strict=conversion.strict, carry=conversion.notes, speakers=conversion.speakers)
        target = f"{_stem(path)}.{to}"
        losses = made.summary() if made.losses else ""
        return Made(target, to_bytes(made.document), len(document.cues), losses)
    except CaptionkitError as error:
        return Made("", b"", 0, "", error.message)
    except Exception as error:
        return Made(
            "", b"", 0, "", f"captionkit itself failed here: {type(error).__name__}: {error}. Please report it."
        )


def convert_object(path: str, data: bytes | Unread, conversion: Conversion, target: Store) -> Made:
    """Convert one file and write the result.

    Raises:
        NoAccess, LocalError: nothing can be written there.
    """
    made = convert_bytes(path, data, conversion)
    if made.error:
        return made
    try:
        if conversion.force:
            target.put(made.target, made.data)
        elif not target.put_new(made.target, made.data) and target.get(made.target) != made.data:
            # What a worker wrote that was lost since is there already, and is the same.
            return made._replace(target="", error=f"there is a file {made.target} already; --force overwrites it")
    except NoAccess:
        raise
    except CaptionkitError as error:
        if isinstance(error, LocalError) and isinstance(error.__cause__, OSError) and not is_of_one_file(error):
            raise  # a full disk
        return made._replace(target="", error=f"{UNWRITTEN}{error.message.removeprefix(UNWRITTEN)}")
    except OSError as error:
        return made._replace(target="", error=f"{UNREAD}{error}")
    return made


def _stem(path: str) -> str:
    """A name without the ending of captions."""
    stem, dot, ending = path.rpartition(".")
    return stem if dot and f".{ending.lower()}" in _FORMATS else path


#: Why neither of two files is converted.
RIVALS = "another file here would be written to the same name; rename one of them"


def without_rivals(entries: Iterable[Entry], conversion: Conversion, rivals: list[Entry]) -> Iterator[Entry]:
    """The entries but for those that would be written to the same name, which rivals is given: nobody knows which of
    them is wanted. In a listing all that begins with one stem comes together, so that no more of it is held."""
    group: dict[tuple[str, str], list[Entry]] = {}
    begins = ""

    def told_apart() -> Iterator[Entry]:
        for same in group.values():
            if len(same) > 1:
                rivals.extend(same)
            else:
                yield same[0]
        group.clear()

    for entry in entries:
        stem = _stem(entry.path)
        if not (group and entry.path.startswith(begins)):
            yield from told_apart()
            begins = f"{stem}."
        to = conversion.to or _FORMATS.get(f".{entry.path.rpartition('.')[2].lower()}", "")
        group.setdefault((stem, to), []).append(entry)
    yield from told_apart()


def wanted(path: str, conversion: Conversion) -> bool:
    """Whether a file is to be converted: not one that is named as what it would become."""
    return _FORMATS.get(f".{path.rpartition('.')[2].lower()}") != conversion.to
