"""What is to be uploaded: recordings on disk or on the web, what they are called, and the captions beside them.

    lecture.mp4                 the recording; its title is its name without the extension, unless something says more:
    lecture.title.txt           its title (the first line)
    lecture.description.txt     its description (the whole text)
    lecture.info.json           both, as `title` and `description`: what yt-dlp writes
    lecture.en.srt, *.de.vtt    captions, by the same rules as in a synced folder

A CSV file has a column `file` (or `url`) and any of `title` and `description`; it counts more than what lies beside.

A folder may come from somebody else. So only recordings are sent, what a CSV file names lies in its own folder, and
what lies beside is no link to somewhere else.
"""

from __future__ import annotations

import csv
import json
import os
import stat
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from captionkit.address import shown_url
from captionkit.config import encoding_of
from captionkit.documents import load
from captionkit.errors import CaptionkitError, LocalError, Remedy, UsageError
from captionkit.files import CAPTION_EXTENSIONS, open_to_read, unreadable
from captionkit.library.local_file import LocalFile
from captionkit.library.match import MEDIA_EXTENSIONS, title_key
from captionkit.library.names import Reader
from captionkit.library.questions import Question
from captionkit.library.wrong_file import Track
from captionkit.media_length import duration_ms
from captionkit.model import Document
from captionkit.sync.publishable import Claim, judged, reasons_by_comparison
from captionkit.sync.state import canonical_json, digest_of
from captionkit.sync.upload import Prepared, prepare

_NOTHING = "Nothing was sent."
_COLUMNS = {
    "file": "file",
    "path": "file",
    "name": "file",
    "url": "url",
    "title": "title",
    "description": "description",
}
_LONGEST_BESIDE = 1 << 20
_LONGEST_CSV = 64 << 20


@dataclass(frozen=True, slots=True)
class Destination:
    """Where new media go, and how they are made.

    Attributes:
        user_id: on behalf of this user. collection_id: into this collection. "" for one's own library.
        auto_caption: ask for captions by machine. is_external: link to YouTube or Vimeo instead of fetching a copy.
    """

    user_id: str = ""
    collection_id: str = ""
    auto_caption: bool = False
    is_external: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One recording.

    Attributes:
        shown: the file's name, or the address without what may be a signature in it.
        path: None for a recording on the web. url: may be signed, so it is not shown.
        size, mtime_ns: of the file when it was looked at.
        title: "" only where a link to YouTube or Vimeo brings its own.
        problems: caption files that cannot be understood, a sentence each.
    """

    shown: str
    path: Path | None
    url: str = field(default="", repr=False)
    size: int = 0
    mtime_ns: int = 0
    title: str = ""
    description: str = ""
    captions: tuple[Prepared, ...] = ()
    destination: Destination = Destination()
    problems: tuple[str, ...] = ()

    def key(self, account: str) -> str:
        """What makes it the same upload: the same bytes, by place, size and time, to the same place.

        Args:
            account: the service, and the user whose token it is.
        """
        source = digest_of(os.fsencode(self.path) if self.path is not None else self.url)
        where = [account, self.destination.user_id, self.destination.collection_id]
        return digest_of(canonical_json([source, self.size, self.mtime_ns, *where]))[7:31]


def file_item(
    path: Path,
    destination: Destination,
    *,
    language: Callable[[str], str] = str,
    captions: bool = True,
    allow: frozenset[str] = frozenset(),
    encodings: Sequence[tuple[str, str]] = (),
) -> Item:
    """A recording on disk with what lies beside it.

    Args:
        language: from a canonical tag to what the service gets for it.
        captions: whether to look for captions.
        allow: checks of captions that a person has lifted; see `captionkit.sync.publishable`.
        encodings: as `captionkit.config.Config` has them.

    Raises:
        LocalError: the file cannot be had, or is empty.
        UsageError: it is no recording.
    """
    try:
        place = path.resolve()
        status = place.stat()
        if stat.S_ISREG(status.st_mode):  # to open a pipe would wait for somebody to write into it
            with open_to_read(place):
                pass
    except (OSError, ValueError) as error:
        raise unreadable(path, error, unchanged=_NOTHING) from None
    if path.suffix.lower() in CAPTION_EXTENSIONS:
        raise UsageError(
            "this is a caption file; give the recording, and captions beside it are sent after it", where=str(path),
            unchanged=_NOTHING, hint="To a recording that is there already, captions are added by themselves.",
            remedy=Remedy.ADD_CAPTIONS,
        )  # fmt: skip
    if stat.S_ISDIR(status.st_mode):
        raise UsageError("this is a folder; give the recordings in it", where=str(path), unchanged=_NOTHING)
    if not stat.S_ISREG(status.st_mode):
        raise UsageError("this is no file but a device or a pipe", where=str(path), unchanged=_NOTHING)
    if {path.suffix.lower(), place.suffix.lower()} - MEDIA_EXTENSIONS:
        what = path.name if path.suffix.lower() not in MEDIA_EXTENSIONS else f"a link to {place.name}"
        raise UsageError(
            f"{_one_line(what)} is no recording, and only recordings are uploaded", where=str(path), unchanged=_NOTHING,
            hint=f"A recording ends in one of {', '.join(sorted(MEDIA_EXTENSIONS))}.",
        )  # fmt: skip
    if not status.st_size:
        raise LocalError("the file is empty", where=str(path), unchanged=_NOTHING)
    title, description, links = _beside(place)
    found, problems = _captions_beside(place, language, allow, encodings) if captions else ((), ())
    problems = (*links, *problems)
    name = _one_line(unicodedata.normalize("NFC", place.stem))
    return Item(
        _one_line(path.name), place, "", status.st_size, status.st_mtime_ns, title or name, description, found,
        destination, problems,
    )  # fmt: skip


def url_item(url: str, destination: Destination, *, title: str = "", description: str = "") -> Item:
    """A recording on the web; its title is the last part of its address where nothing else says it."""
    shown = shown_url(url)
    path = shown.partition("://")[2].partition("/")[2]
    name = "" if destination.is_external else _one_line(PurePosixPath(unquote(path)).stem)
    return Item(shown, None, url, 0, 0, title or name, description, (), destination)


# --- titles from a CSV file -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a CSV file: a file or an address, and what it is called."""

    file: str
    url: str
    title: str
    description: str


def read_csv(path: Path) -> list[Row]:
    """The rows of a CSV file: commas, semicolons or tabs, UTF-8 with or without a byte order mark.

    Raises:
        LocalError: it cannot be read.
        UsageError: a column is missing or not known, or a row names nothing.
    """
    try:
        with open_to_read(path) as file:
            text = file.read(_LONGEST_CSV).decode("utf-8-sig")
    except OSError as error:
        raise unreadable(path, error, unchanged=_NOTHING) from None
    except UnicodeDecodeError:
        raise UsageError("is not UTF-8", where=str(path), hint="Save it as CSV UTF-8.", unchanged=_NOTHING) from None
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=False)
    try:
        table = [row for row in rows if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise UsageError(f"is no CSV file: {error}", where=str(path), unchanged=_NOTHING) from None
    names = [cell.strip().lower() for cell in table[0]] if table else []
    unknown = [name for name in names if name not in _COLUMNS]
    if unknown or not {"file", "url"} & {_COLUMNS[name] for name in names if name in _COLUMNS}:
        mistake = f"the column {unknown[0]!r} is not known" if unknown else "there is no column `file` or `url`"
        hint = "The first line names the columns: file,title,description or url,title,description."
        raise UsageError(mistake, where=str(path), unchanged=_NOTHING, hint=hint)
    found = []
    for number, cells in enumerate(table[1:], start=2):
        row = dict.fromkeys(("file", "url", "title", "description"), "")
        row |= {_COLUMNS[name]: cell.strip() for name, cell in zip(names, cells, strict=False)}
        if bool(row["file"]) == bool(row["url"]) or len(cells) > len(names):
            problem = "more cells than columns" if len(cells) > len(names) else "no file, or a file and an address"
            raise UsageError(f"row {number}: {problem}", where=str(path), unchanged=_NOTHING)
        found.append(Row(**row))
    return found


def files_of_rows(rows: Sequence[Row], folder: Path) -> list[Path]:
    """The files that the rows of a CSV file name.

    Args:
        folder: of the CSV file.

    Raises:
        UsageError: one is not in that folder: whoever made the CSV file must not be able to have any file sent.
    """
    found = []
    for row in rows:
        if not row.file:
            continue
        file = folder / row.file
        try:
            is_inside = file.resolve().is_relative_to(folder.resolve())
        except (OSError, ValueError, RuntimeError):
            is_inside = False
        if not is_inside:
            raise UsageError(
                f"the CSV file names {_one_line(row.file)!r}, which is not in the folder of the CSV file",
                where=str(folder), unchanged=_NOTHING,
                hint="Put the CSV file beside the recordings, or name the recordings on the command line.",
            )  # fmt: skip
        found.append(file)
    return found


def with_rows(items: Iterable[Item], rows: Sequence[Row], folder: Path) -> tuple[list[Item], list[Row]]:
    """The items with the titles and descriptions of a CSV file, and the rows that are for none of them.

    Args:
        folder: of the CSV file, for paths that are relative to it.
    """
    done, used = [], set()
    for item in items:
        for number, row in enumerate(rows):
            if _is_for(row, item, folder):
                item = replace(item, title=row.title or item.title, description=row.description or item.description)
                used.add(number)
        done.append(item)
    return done, [row for number, row in enumerate(rows) if number not in used]


def _is_for(row: Row, item: Item, folder: Path) -> bool:
    if item.path is None:
        return bool(row.url) and row.url == item.url
    if not row.file:
        return False
    name = unicodedata.normalize("NFC", row.file)
    return (folder / row.file).resolve() == item.path or name == unicodedata.normalize("NFC", item.path.name)


# --- what lies beside a recording -------------------------------------------------------------------------------------


def _beside(place: Path) -> tuple[str, str, tuple[str, ...]]:
    """Title, description, and the problems of files that are not what they should be."""
    title, description = "", ""
    names = {what: place.with_name(f"{place.stem}.{what}") for what in ("info.json", "title.txt", "description.txt")}
    links = tuple(f"{file.name} is a link, and was not read" for file in names.values() if _is_link(file))
    info = _text(names["info.json"])
    if info:
        try:
            found: Any = json.loads(info)
        except (ValueError, RecursionError):
            found = {}
        if isinstance(found, dict):
            title, description = (found[k] if isinstance(found.get(k), str) else "" for k in ("title", "description"))
    first = _text(names["title.txt"]).strip().partition("\n")[0].strip()
    description = _text(names["description.txt"]).strip() or _real(description)
    return _one_line(first or title), description, links


def _one_line(text: str) -> str:
    """A name or title as one line of real characters: a file system allows more than that."""
    return " ".join(_real(text).split())


def _real(text: str) -> str:
    return text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")


def _is_link(path: Path) -> bool:
    try:
        return path.is_symlink()
    except (OSError, ValueError):
        return False


def _text(path: Path) -> str:
    """A small text file; "" where there is none, and for a link: it may lead to a file that is nobody's business."""
    try:
        if _is_link(path) or not path.is_file() or path.stat().st_size > _LONGEST_BESIDE:
            return ""
        with open_to_read(path) as file:
            text = _real(file.read(_LONGEST_BESIDE).decode("utf-8-sig", "replace"))
            return text.replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise LocalError(f"cannot be read: {error.strerror or error}", where=str(path), unchanged=_NOTHING) from None


def _captions_beside(
    place: Path, language: Callable[[str], str], allow: frozenset[str], encodings: Sequence[tuple[str, str]]
) -> tuple[tuple[Prepared, ...], tuple[str, ...]]:
    """The caption files whose name is that of the recording and a language."""
    wanted = {title_key(unicodedata.normalize("NFC", text)) for text in (place.stem, place.name)}
    reader = Reader({}, lambda text: title_key(text) in wanted)
    found: dict[str, Prepared] = {}
    problems = []
    for file in _siblings(place):
        stem = unicodedata.normalize("NFC", file.stem)
        if not any(title_key(stem).startswith(name) for name in wanted) or _belongs_to_longer(file, place):
            continue
        reading = reader.read((), stem)
        if isinstance(reading, Question):
            if title_key(stem) in wanted or any(title_key(name) in wanted for name in reading.names):
                problems.append(f"{file.name} is not sent: {reading.message.rstrip('.')}. {reading.hint}".strip())
            continue
        if title_key(reading.name) not in wanted:
            continue
        if _is_link(file):
            problems.append(f"{file.name} is not sent: it is a link")
            continue
        claim = Claim(language(reading.tag), length_ms=duration_ms(place) or 0)
        caption = _caption(file, claim, allow, encoding_of(str(file), encodings))
        locale = caption.file.locale
        if locale in found:
            problems.append(f"{file.name} is not sent: {found[locale].file.path} is {locale}, too. Keep one of them.")
            continue
        found[locale] = caption
    return tuple(found[lang] for lang in sorted(found)), tuple(problems)


def _siblings(place: Path) -> list[Path]:
    try:
        return sorted(
            f for f in place.parent.iterdir() if f.suffix.lower() in CAPTION_EXTENSIONS and (f.is_file() or _is_link(f))
        )
    except OSError:
        return []


def _belongs_to_longer(file: Path, place: Path) -> bool:
    """Whether another recording beside it has a longer name that fits: `week 1 b.en.srt` is not of `week 1.mp4`."""
    stem = title_key(unicodedata.normalize("NFC", file.stem))
    own = title_key(unicodedata.normalize("NFC", place.stem))
    for other in place.parent.iterdir():
        name = title_key(unicodedata.normalize("NFC", other.stem))
        if other.suffix.lower() in MEDIA_EXTENSIONS and len(name) > len(own) and stem.startswith(name):
            return True
    return False


def _caption(file: Path, claim: Claim, allow: frozenset[str], encoding: str) -> Prepared:
    beside = LocalFile(claim.language, file.name, encoding=encoding, location=str(file))
    try:
        document = load(file, encoding=encoding)
    except CaptionkitError as error:
        return Prepared(beside, Document(format="srt", blocks=()), "", "", problem=error.message)
    return judged(prepare(document, beside, srt_only=True), claim, allow).without_documents()


def without_wrong_files(items: Sequence[Item]) -> list[Item]:
    """The items, with captions that may be another recording's held back."""
    captions = [(item, one) for item in items for one in item.captions if not why_not_sent(one)]
    reasons = reasons_by_comparison(
        [Track(str(item.path), item.shown, one.file.path, one.file.locale, one.facts) for item, one in captions]
    )
    held = {id(captions[index][1]): those for index, those in reasons.items()}
    return [
        replace(item, captions=tuple(replace(one, reasons=held.get(id(one), one.reasons)) for one in item.captions))
        for item in items
    ]


def why_not_sent(prepared: Prepared) -> str:
    """Why a caption file is not sent; "" where it is."""
    reasons = "; ".join(reason.message for reason in prepared.reasons or ())
    return prepared.problem or (f"held back: {reasons}" if reasons else "")


def holding_back(prepared: Prepared) -> tuple[str, ...]:
    """The checks that hold a caption file back, each of which a person may lift by name."""
    return () if prepared.problem else tuple(dict.fromkeys(reason.check for reason in prepared.reasons or ()))


def languages(mapping: Mapping[str, str]) -> Callable[[str], str]:
    """From a canonical tag to what Studio gets for it: by `[studio.locales]`, else the tag itself."""
    return lambda tag: mapping.get(tag, tag)
