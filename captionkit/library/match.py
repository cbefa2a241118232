"""Which media object the captions of a name belong to.

A name meets a media object by an entry of the table [media], by being its media id, or by its title. Titles are
compared without case, with Unicode normalised, white space folded, with or without the extension of a media file on
either side, and as a file system lets one write them (`Lecture 1: Intro` is the file `Lecture 1_ Intro`). Exactly one
must fit. What fits none or several stops only itself; what fits none is listed with what it may mean
(`captionkit.library.guesses`), which counts for nothing until a person says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from captionkit.library.guesses import Guess, guesses

#: What Canvas takes as video and audio, and what lecture recorders write.
MEDIA_EXTENSIONS = frozenset(
    {".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".wmv", ".flv", ".mpg", ".mpeg", ".m2ts", ".ts", ".3gp", ".ogv"}
    | {".mp3", ".m4a", ".wav", ".ogg", ".oga", ".opus", ".flac", ".aac", ".wma", ".aif", ".aiff", ".qt", ".asf"}
)


class Media(Protocol):
    """What matching needs of a media object; `captionkit.sync.ports.MediaSummary` is one."""

    @property
    def media(self) -> str:
        """How it is addressed: "media_objects/m-abc" or "media_attachments/123"."""
        ...

    @property
    def media_id(self) -> str: ...

    @property
    def title(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Matched:
    """A name and its media object.

    Attributes:
        by: "entry", "media id" or "title".
    """

    name: str
    media: str
    by: str


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A name that fits no media object.

    Attributes:
        reason: one sentence.
        guess: what it may mean.
    """

    name: str
    reason: str
    guess: Guess


@dataclass(frozen=True, slots=True)
class Several:
    """A name that fits several media objects: (title, address) of each."""

    name: str
    reason: str
    fits: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """Every name is in exactly one of the three, each sorted by name.

    Attributes:
        matched: name -> Matched.
    """

    matched: Mapping[str, Matched]
    unmatched: tuple[Unmatched, ...]
    ambiguous: tuple[Several, ...]


def title_key(text: str) -> str:
    """A title or name for comparing: NFKC, no case, white space folded, plain dashes and quotes, nothing invisible."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        text = "".join(c for c in text if unicodedata.category(c) != "Cf").translate(_TYPOGRAPHIC)
    return " ".join(text.casefold().split())


# A title is typed in a browser or a word processor, a file name on a keyboard.
_TYPOGRAPHIC = {ord(c): "'" for c in "‘’‚‛ʼ′"} | {ord(c): '"' for c in "“”„‟″«»"} | {ord(c): "-" for c in "‐‑‒–—―−"}


def without_extension(text: str) -> str:
    """The text without a media file's extension, if it has one."""
    stem, dot, extension = text.rpartition(".")
    return stem.rstrip() if dot and stem and f".{extension.strip().lower()}" in MEDIA_EXTENSIONS else text


_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\..*)?", re.IGNORECASE)


def safe_name(title: str) -> str:
    """The title as a file name that every system takes (Windows is the strictest), to be matched back to the title.

    At most 180 bytes of UTF-8, so that language and extension still fit. Never empty, hidden or a device of Windows.
    """
    name = unicodedata.normalize("NFC", title.encode("utf-8", "replace").decode("utf-8"))
    name = "".join(c for c in _FORBIDDEN.sub("_", name) if unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp"))
    name = " ".join(name.split()).strip(" .")
    while len(name.encode()) > 180:
        name = name[:-1].rstrip(" .")
    if not name or _RESERVED.fullmatch(name) or name.startswith("~$"):
        name = f"_{name}"
    return name


def title_keys(title: str) -> set[str]:
    """Under which names a title is found."""
    plain = without_extension(title.strip())
    return {title_key(form) for form in (title, plain, safe_name(title), safe_name(plain))} - {""}


def match(names: Iterable[str], media: Sequence[Media], entries: Mapping[str, str]) -> Matches:
    """Find the media object of each name.

    Args:
        names: as the scan found them.
        media: all media objects of the scope; the order does not matter.
        entries: the table [media]: name -> "m-abc", "media_objects/m-abc", "media_attachments/123" or a title.
    """
    index = Recordings(media)
    explicit = {title_key(name): address for name, address in entries.items()}
    matched: dict[str, Matched] = {}
    unmatched: list[tuple[str, str]] = []
    several: list[Several] = []
    for name in sorted(set(names)):
        found, by = _fits(name, index, explicit)
        if len(found) == 1:
            matched[name] = Matched(name, found[0].media, by)
        elif found:
            fits = tuple(sorted((m.title, m.media) for m in found))
            several.append(Several(name, f"{len(found)} media objects fit", fits))
        elif by == "entry":
            address = _entry(name, explicit)
            unmatched.append((name, f"captionkit.toml says {address!r} under [media], which is not there"))
        else:
            unmatched.append((name, "no media object has this title"))
    guessed = guesses([n for n, _ in unmatched], media, {m.media: m.name for m in matched.values()})
    return Matches(matched, tuple(Unmatched(n, reason, guessed[n]) for n, reason in unmatched), tuple(several))


class Recordings:
    """Media objects by address, id and title."""

    def __init__(self, media: Sequence[Media]) -> None:
        # A page that was served twice, or an object that moved between two pages, must not make a title ambiguous.
        self.media = {m.media: m for m in media}
        by_id, by_title = defaultdict[str, list[Media]](list), defaultdict[str, list[Media]](list)
        for one in self.media.values():
            by_id[one.media_id].append(one)
            for key in title_keys(one.title):
                by_title[key].append(one)
        self.by_id, self.by_title = dict(by_id), dict(by_title)

    def meant(self, text: str) -> list[Media]:
        """Those that a person may mean by this: an address, a media id or a title."""
        if text in self.media:
            return [self.media[text]]
        return self.by_id.get(text.removeprefix("media_objects/")) or list(self.called(text).values())

    def called(self, title: str) -> dict[str, Media]:
        """Those of this title, by address."""
        fits = {m.media: m for m in self.by_title.get(title_key(title), ())}
        plain = without_extension(title)
        if plain != title:
            # A name with an extension fits a title without one, but not a title with another: x.mp4 is not x.mp3.
            for m in self.by_title.get(title_key(plain), ()):
                if without_extension(m.title.strip()) == m.title.strip():
                    fits[m.media] = m
        return fits


def _entry(name: str, entries: Mapping[str, str]) -> str | None:
    return entries.get(title_key(name)) or entries.get(title_key(without_extension(name)))


def _fits(name: str, index: Recordings, entries: Mapping[str, str]) -> tuple[list[Media], str]:
    address = _entry(name, entries)
    if address is not None:
        return index.meant(address), "entry"
    # A file that the manifest knows is called by its media object.
    is_id = name in index.media or name.removeprefix("media_objects/") in index.by_id
    return index.meant(name), "media id" if is_id else "title"
