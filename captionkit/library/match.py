"""Which media object the captions of a name belong to.

A name meets a media object by an entry of the table [media], by being its media id, or by its title. Titles are
compared without case, with Unicode normalised, white space folded, with or without the extension of a media file on
either side, and as a file system lets one write them (`Lecture 1: Intro` is the file `Lecture 1_ Intro`). Exactly one
must fit. What fits none or several is listed with the nearest titles and stops only itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

#: What Canvas takes as video and audio, and what lecture recorders write.
MEDIA_EXTENSIONS = frozenset(
    {".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".wmv", ".flv", ".mpg", ".mpeg", ".m2ts", ".ts", ".3gp", ".ogv"}
    | {".mp3", ".m4a", ".wav", ".ogg", ".oga", ".opus", ".flac", ".aac", ".wma", ".aif", ".aiff", ".qt", ".asf"}
)

#: How many names get their suggestions by comparing letter by letter; beyond, common letter groups must do.
_CAREFUL = 200
_SUGGESTIONS = 3


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
        nearest: titles like it, the likeliest first, with their media ids: (title, media id).
    """

    name: str
    reason: str
    nearest: tuple[tuple[str, str], ...] = ()


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
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)


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
        entries: the table [media]: name -> "m-abc", "media_objects/m-abc" or "media_attachments/123".
    """
    index = _Index(media)
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
            unmatched.append((name, f"captionkit.toml says {address} under [media], which is not there"))
        else:
            unmatched.append((name, "no media object has this title"))
    return Matches(
        matched,
        tuple(Unmatched(n, reason, index.nearest(n, careful=i < _CAREFUL)) for i, (n, reason) in enumerate(unmatched)),
        tuple(several),
    )


class _Index:
    """Media objects by address, id and title."""

    def __init__(self, media: Sequence[Media]) -> None:
        # A page that was served twice, or an object that moved between two pages, must not make a title ambiguous.
        self.media = {m.media: m for m in media}
        self.by_id: dict[str, list[Media]] = defaultdict(list)
        self.by_title: dict[str, list[Media]] = defaultdict(list)
        for one in self.media.values():
            self.by_id[one.media_id].append(one)
            for key in title_keys(one.title):
                self.by_title[key].append(one)
        self._letters: dict[str, list[str]] | None = None

    def nearest(self, name: str, *, careful: bool) -> tuple[tuple[str, str], ...]:
        """The titles most like a name. Which are compared is found by their rarest groups of three letters."""
        wanted = title_key(without_extension(name))
        if self._letters is None:
            self._letters = defaultdict(list)
            for key in sorted(self.by_title):
                for group in _groups(key):
                    self._letters[group].append(key)
        groups = [self._letters[g] for g in _groups(wanted) if g in self._letters]
        common: Counter[str] = Counter()
        seen, enough = 0, 3_000 if careful else 200
        for keys in sorted(groups, key=len):
            seen += len(keys)
            if seen > enough and common:
                break
            common.update(keys[:enough])
        candidates = [key for key, _ in sorted(common.items(), key=lambda kv: (-kv[1], kv[0]))[:25]]
        if careful:
            from difflib import SequenceMatcher

            start = _bare(wanted)
            begin_alike = [key for key in self.by_title if start and _bare(key).startswith(start)]
            like = SequenceMatcher(b=wanted, autojunk=False)
            rated = []
            for key in {*candidates, *sorted(begin_alike, key=lambda key: (len(key), key))[:25]}:
                like.set_seq1(key)
                # `lecture10` means "Lecture 10: Questions", not the shorter and so more similar "Lecture 01".
                rating = like.ratio() + (_bare(key).startswith(start)) + (_numbers(key) == _numbers(wanted))
                rated.append((-rating, key))
            candidates = [key for rating, key in sorted(rated) if rating <= -0.4]
        found = {m.media: (m.title, m.media_id) for key in candidates for m in self.by_title[key]}
        return tuple(found.values())[:_SUGGESTIONS]


def _bare(key: str) -> str:
    """Letters and digits alone, numbers without leading zeros: `lecture 01` and `lecture1` begin alike."""
    return re.sub(r"0+(?=[0-9])", "", "".join(c for c in key if c.isalnum()))


def _numbers(key: str) -> list[str]:
    return [number.lstrip("0") for number in re.findall("[0-9]+", key)]


def _groups(key: str) -> set[str]:
    padded = f" {key} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


def _entry(name: str, entries: Mapping[str, str]) -> str | None:
    return entries.get(title_key(name)) or entries.get(title_key(without_extension(name)))


def _fits(name: str, index: _Index, entries: Mapping[str, str]) -> tuple[list[Media], str]:
    address = _entry(name, entries)
    if address is not None:
        if address in index.media:
            return [index.media[address]], "entry"
        return index.by_id.get(address.removeprefix("media_objects/"), []), "entry"
    if name in index.media:  # a file that the manifest knows by its media object
        return [index.media[name]], "media id"
    if (media_id := name.removeprefix("media_objects/")) in index.by_id:
        return index.by_id[media_id], "media id"
    fits = {m.media: m for m in index.by_title.get(title_key(name), ())}
    plain = without_extension(name)
    if plain != name:
        # A name with an extension fits a title without one, but not a title with another: x.mp4 is not x.mp3.
        for m in index.by_title.get(title_key(plain), ()):
            if without_extension(m.title.strip()) == m.title.strip():
                fits[m.media] = m
    return list(fits.values()), "title"
