"""Caption files in other formats than SRT and WebVTT, for the commands that do not read them: what each is, about how
many captions it holds, and the one command that converts them.

A file is a candidate by its extension; whether it holds captions is seen from its bytes, because `.json`, `.xml`,
`.txt`, `.sub` and `.stl` are the names of much else. Of each candidate no more than `_MOST` bytes are read. Nothing is
converted here: it may lose something, and what is sent should be a file that people can look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from captionkit.files import quoted, reachable
from captionkit.foreign import sniff
from captionkit.foreign.table import EXTENSIONS as READ
from captionkit.foreign.table import TABLE, Option, Row

#: Caption formats that are known and not read; the kind says what to do.
_NOT_READ = {
    sniff.LRC: (".lrc",),
    sniff.AVID: (".txt",),
    sniff.TMPLAYER: (".txt",),
    sniff.SPRUCE_STL: (".stl",),
    sniff.PICTURES: (".sub", ".sup", ".idx"),
}
#: Files that are called so are meant as captions, whatever is in them: a web page that was saved for them, say.
_MEANT = (".ttml", ".dfxp", ".itt", ".scc", ".ass", ".ssa", ".smi", ".sami", ".sbv", ".mpl", ".ytt", ".json3", ".srv1",
          ".srv2", ".srv3")  # fmt: skip
EXTENSIONS = frozenset(READ) | {extension for those in _NOT_READ.values() for extension in those}

#: Enough to know a file by, and the most that is looked through to count its captions.
_HEAD, _MOST = 1 << 16, 1 << 22
#: So many are named one by one.
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Other:
    """A caption file in another format.

    Attributes:
        path: as it is named to a person. location: where it is.
        kind: what it is.
        captions: about how many it holds; 0 where that is not known.
        is_whole: whether all of it was looked at, so that there are not more.
        is_read: whether captionkit can convert it.
        name, language: of its recording and its captions, as its name says them; "" where it does not.
        asks: the option that converting it needs, because the file does not say it; None for none.
    """

    path: str
    location: str
    kind: sniff.Kind
    captions: int = 0
    is_whole: bool = True
    is_read: bool = True
    name: str = ""
    language: str = ""
    asks: Option | None = None

    @property
    def is_captions(self) -> bool:
        """Whether it is captions at all, and not a web page, say, that is called as captions are."""
        return self.is_read or self.kind in _NOT_READ

    @property
    def what(self) -> str:
        """ "a TTML file (also called DFXP or IMSC), about 512 captions"."""
        if not self.is_read:
            return f"{self.kind.title}: {self.kind.advice}"
        said = self.kind.title
        if self.captions:
            number = "1 caption" if self.captions == 1 else f"{self.captions:,} captions"
            said += f", {'about' if self.is_whole else 'more than'} {number}"
        return f"{said}; it needs {self.asks.text}, {self.asks.meaning}" if self.asks else said

    def __str__(self) -> str:
        return f"{self.path}: {self.what}"


def is_candidate(name: str) -> bool:
    """Whether a file that is called so may be captions in another format."""
    stem, dot, extension = name.rpartition(".")
    return bool(stem) and f"{dot}{extension}".lower() in EXTENSIONS


def look_at(path: str, location: str, name: str = "", language: str = "") -> Other | None:
    """What a candidate is; None where it is no captions, or cannot be read."""
    return look_into(path, location, _beginning(location), name, language)


def look_into(path: str, location: str, data: bytes, name: str = "", language: str = "") -> Other | None:
    """What a file is that begins so; see `look_at`."""
    row, kind = _known(data)
    if row is not None:
        is_whole, asks = len(data) <= _MOST, row.asks(data)
        return Other(path, location, row.kind, row.count(data[:_MOST]), is_whole, True, name, language, asks)
    if kind in _NOT_READ or (kind is not None and path.lower().endswith(_MEANT)):
        return Other(path, location, kind, is_read=False, name=name, language=language)
    return None


def _known(data: bytes) -> tuple[Row | None, sniff.Kind | None]:
    """What these bytes are: the row of the table where it is read, and the kind."""
    kind = sniff.sniff(data[:_HEAD])
    if kind is sniff.JSON:  # the list of captions may stand behind the whole text
        kind = sniff.sniff(data)
    return next((row for row in TABLE if row.kind is kind), None), kind


def _beginning(location: str) -> bytes:
    """As much of a file as is looked at, and a byte more where there is more; nothing where it cannot be read."""
    try:
        with Path(reachable(location)).open("rb") as file:
            data = file.read(_HEAD)
            row, kind = _known(data)
            return data + file.read(_MOST - len(data) + 1) if row or kind is sniff.JSON else data
    except (OSError, ValueError):
        return b""


def others_among(files: Iterable[str]) -> Iterator[Other]:
    """Those of these files that are captions in another format and have no SRT or WebVTT beside them."""
    for file in files:
        if not is_converted(file) and (other := look_at(file, file)):
            yield other


def is_converted(location: str) -> bool:
    """Whether SRT or WebVTT of the same name lies beside a file."""
    stem = location.rpartition(".")[0]
    return any(Path(reachable(stem + extension)).exists() for extension in (".srt", ".vtt", ".webvtt"))


def command(folder: str | Path, paths: Sequence[str]) -> str:
    """The command that converts those of these files that are read, to be pasted; "" for none.

    Where a file does not say itself what is needed, the command has the option for it, with a word in capital letters
    to be replaced.

    Args:
        paths: relative to the folder, with "/" between the parts.
    """
    places: list[Path] = []
    asked: set[Option] = set()
    for place in (Path(folder, *path.split("/")) for path in paths):
        data = _beginning(str(place))
        row, kind = _known(data)
        if row or kind is None:
            places.append(place)
        if row and (option := row.asks(data)):
            asked.add(option)
    if not places:
        return ""
    if len(places) > 1:
        asked = {option for option in asked if option.holds_for_all}
    files = quoted(places[0]) if len(places) == 1 else f"{quoted(folder)} --from other"
    return " ".join(["captionkit convert", files, *sorted(option.text for option in asked)])


def listed(lines: Sequence[str], how: str) -> Iterator[str]:
    """What a person reads of them.

    Args:
        lines: what each is. how: the command that converts them.
    """
    if not lines:
        return
    many = len(lines)
    files = "1 caption file in another format" if many == 1 else f"{many:,} caption files in other formats"
    convert = f" Convert {'it' if many == 1 else 'them'}: {how}" if how else ""
    yield f"{files} than SRT and WebVTT, not converted.{convert}"
    yield from (f"  {line}" for line in lines[:_SHOWN])
    if many > _SHOWN:
        yield f"  ... and {many - _SHOWN:,} more"
