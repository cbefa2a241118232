"""The local folder: which caption files it holds, and what each is.

Two passes. The first reads every file name by itself (`captionkit.library.names`). Some names make sense only if what
they leave is known to be a name: `week_it.srt` is Italian if there is a `week.en.srt`, or media called `week`. The
second pass decides these, and finds files that would be the same track. A file that cannot be understood is a
`Problem`, stops only itself, and marks every name that it might belong to, so that nothing is deleted there for want of
it.

No file is opened; `read_all` does that.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from captionkit.canvas_locales import CanvasLocale, NoLocale, canvas_locale
from captionkit.config import Config, encoding_of
from captionkit.errors import LocalError
from captionkit.files import CAPTION_EXTENSIONS
from captionkit.languages import canonical, display_name, fold
from captionkit.library.globs import Glob, as_glob
from captionkit.library.local_file import LocalFile
from captionkit.library.match import title_key, title_keys, without_extension
from captionkit.library.names import Reader, Reading
from captionkit.library.others import Other, command, is_converted, look_at
from captionkit.library.problems import Problem
from captionkit.library.questions import Question
from captionkit.library.walk import Found, Walk, is_skipped
from captionkit.model import Severity


@dataclass(frozen=True, slots=True)
class Library:
    """What a folder holds.

    Attributes:
        tracks: one for each (name, locale), sorted by path.
        problems: sorted by path; those of severity WARNING stop nothing.
        excluded: caption files that the table [files] leaves out. They are not gone, and must not be deleted elsewhere.
        candidates: files that may be captions in another format, with the recording and the language that their names
            say; see `others_in`.
        recordings: the media files, relative path -> real path.
    """

    folder: Path
    tracks: tuple[LocalFile, ...]
    problems: tuple[Problem, ...]
    excluded: frozenset[str] = frozenset()
    candidates: tuple[tuple[Found, str, str], ...] = ()
    _incomplete: frozenset[str] = frozenset()
    _unread_folders: bool = False
    recordings: Mapping[str, str] = field(default_factory=dict)

    def is_complete(self, name: str) -> bool:
        """Whether every file of this name was understood, so that what is not there is really gone.

        False for all names if a folder could not be looked into.
        """
        return not self._unread_folders and title_key(name) not in self._incomplete

    @property
    def saw_all_folders(self) -> bool:
        """Whether every folder could be looked into. If not, nothing at all may be deleted."""
        return not self._unread_folders

    @property
    def names(self) -> tuple[str, ...]:
        """The names that have tracks, sorted."""
        return tuple(sorted({t.name for t in self.tracks}))

    @property
    def stopped(self) -> tuple[Problem, ...]:
        """The problems that keep a file from being used."""
        return tuple(p for p in self.problems if p.severity is Severity.ERROR)


def scan(
    folder: Path,
    config: Config,
    *,
    titles: Iterable[str] = (),
    recorded: Mapping[str, tuple[str, str]] | None = None,
) -> Library:
    """Look through a folder.

    Args:
        folder: its root.
        config: the tables [languages], [files], [media] and [canvas.locales] are used.
        titles: titles of media objects, where they are known: names that begin with one are read more surely.
        recorded: path -> (media, locale) of files that the manifest knows. It decides for names that say nothing clear
            by themselves, such as `Talk.klingon.vtt`, which a pull brought. Such a track is called by its media.

    Raises:
        LocalError: the folder is not there or cannot be looked into at all.
    """
    walk = Walk(folder, config)
    walk.run()
    known = {key for title in titles for key in title_keys(title)}
    known |= {title_key(without_extension(file.rpartition("/")[2])) for file in walk.media}
    known |= {title_key(name.rpartition("/")[2]) for name in config.media}
    known.discard("")
    reader = Reader(config.languages, lambda text: title_key(text) in known)
    decided = _Decided(config)
    sorting = _Sorting(config, known)
    problems = list(walk.problems)
    read: list[tuple[Found, Reading]] = []
    known_tracks: list[LocalFile] = []
    for found in walk.files:
        if not _is_text(found.path):
            problems.append(_no_text(found))
            continue
        reading = decided.reading(found, reader.read(found.folders, found.stem))
        if found.trouble:
            names = (reading.name,) if isinstance(reading, Reading) else reading.names
            names = tuple(dict.fromkeys((*names, found.stem)))
            problems.append(Problem("LIB001", found.trouble, "Mend or remove it.", (found.path,), names))
        elif isinstance(reading, Question):
            if recorded and found.path in recorded:
                known_tracks.append(_recorded(found, *recorded[found.path], config))
            else:
                problems.append(_asked(found, reading))
        else:
            read.append((found, reading))
    tracks = [*sorting.tracks(read), *known_tracks]
    problems += sorting.problems
    tracks, twins = _without_twins(tracks, {found.path: found for found in walk.files})
    problems += twins
    incomplete = frozenset(title_key(n) for p in problems if p.severity is Severity.ERROR for n in p.names)
    return Library(
        folder,
        tuple(sorted(tracks, key=lambda t: t.path)),
        tuple(sorted(problems, key=lambda p: (p.paths, p.code, p.message))),
        frozenset(walk.excluded),
        tuple(_candidates(walk.others, reader, sorting, tracks)),
        incomplete | {title_key(without_extension(n)) for n in incomplete},
        walk.unread_folders,
        walk.media,
    )


def _candidates(
    files: Iterable[Found], reader: Reader, sorting: _Sorting, tracks: Iterable[LocalFile]
) -> Iterator[tuple[Found, str, str]]:
    """The files of other formats that are not converted yet: no track of the folder is what their names say."""
    there = {(title_key(track.name), track.language) for track in tracks}
    for found in files:
        if not _is_text(found.path) or is_converted(found.location):
            continue
        reading = reader.read(found.folders, found.stem)
        if isinstance(reading, Question) or (reading.if_known and title_key(reading.name) not in sorting.sure):
            yield found, found.stem, ""
        elif (title_key(reading.name), reading.tag) not in there:
            yield found, reading.name, reading.tag


def others_in(library: Library) -> tuple[Other, ...]:
    """The caption files in other formats that wait to be converted. Looks into each candidate."""
    looked = (look_at(found.path, found.location, name, language) for found, name, language in library.candidates)
    return tuple([one for one in looked if one is not None])


def read_all(library: Library) -> Library:
    """The library with every digest; a file that cannot be read is a problem of its own recording and of no other."""
    tracks, problems = [], []
    for track in library.tracks:
        try:
            tracks.append(track.digested())
        except LocalError as error:
            problems.append(Problem("LIB001", error.message, error.hint, (track.path,), (track.name,)))
    incomplete = {key for p in problems for key in (title_key(p.names[0]), title_key(without_extension(p.names[0])))}
    return replace(
        library,
        tracks=tuple(tracks),
        problems=tuple(sorted((*library.problems, *problems), key=lambda p: (p.paths, p.code, p.message))),
        _incomplete=library._incomplete | incomplete,
    )


def explain(library: Library, path: str) -> tuple[str, ...]:
    """Why a file was read as it was, a sentence each.

    Args:
        path: relative to the library's folder, "/" between the parts.
    """
    path = unicodedata.normalize("NFC", path)
    for track in library.tracks:
        if track.path == path:
            flags = f", {' and '.join(sorted(track.flags))}" if track.flags else ""
            so = f"So: name {track.name!r}, language {track.language} ({display_name(track.language)}){flags}; "
            return (*track.why, f"{so}Canvas is told {track.locale}.", *([track.note] if track.note else []))
    found = tuple(line for p in library.problems if path in p.paths for line in (p.message, p.hint))
    if found:
        return found
    if path in library.excluded:
        return ("The table [files] of captionkit.toml leaves it out.",)
    parts = path.split("/")
    if any(is_skipped(p) for p in parts):
        return ("Hidden files and folders, and those of an editor, are not looked at.",)
    if other := next((one for one in others_in(library) if one.path == path), None):
        return (f"It is {other.what}. Only SRT and WebVTT are sent; convert it: {command(library.folder, [path])}",)
    if not path.lower().endswith(CAPTION_EXTENSIONS):
        return (f"Only {', '.join(CAPTION_EXTENSIONS)} files are captions to captionkit.",)
    return ("There is no such file in the folder.",)


# --- from readings to tracks ------------------------------------------------------------------------------------------


def _is_text(path: str) -> bool:
    """False for a name whose bytes are no UTF-8: it could be neither stored nor shown."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_text(found: Found) -> Problem:
    try:
        path = found.path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # Windows: half of a UTF-16 pair
        path = found.path.encode("utf-8", "backslashreplace").decode()
    return Problem("LIB002", "the name is not valid UTF-8", "Rename it.", (path,))


class _Decided:
    """What captionkit.toml says of files whose names leave something open."""

    def __init__(self, config: Config) -> None:
        self._media = config.media
        self._languages = [(Glob(glob), tag) for glob, tag in config.languages_of]

    def reading(self, found: Found, reading: Reading | Question) -> Reading | Question:
        """What a file is by its name, or, where that leaves it open, by what a person decided."""
        question = reading if isinstance(reading, Question) else reading.if_known
        if question is None:
            return reading
        tag = next((tag for glob, tag in self._languages if glob.matches(found.path)), question.tag)
        if found.path in self._media:
            name = found.path
        elif isinstance(reading, Reading):
            name = reading.name if tag == reading.tag else found.stem
        else:
            name = question.names[0] if question.code != "LNG006" else ""
        if not tag or not name:
            return reading
        return Reading(name, tag, question.flags, "", None, ("captionkit.toml says what it is",))


def _asked(found: Found, question: Question) -> Problem:
    table, key = ("media", found.path) if question.code == "LNG006" else ("languages", as_glob(found.path))
    return Problem(
        question.code,
        question.message,
        question.hint,
        (found.path,),
        question.names,
        question.choices,
        settled_by=(table, question.token or key),
    )


def _recorded(found: Found, media: str, locale: str, config: Config) -> LocalFile:
    """A file that says nothing clear, and need not, since the manifest knows it."""
    try:
        language = canonical(locale)
    except ValueError:
        language = locale
    why = (f"the manifest knows this file as {locale} of {media}",)
    return _file(found, config, Reading(media, language, frozenset(), "", None, why), locale)


def _file(found: Found, config: Config, reading: Reading, locale: str) -> LocalFile:
    return LocalFile(
        locale,
        found.path,
        kind=_kind(reading.flags),
        note=reading.note,
        encoding=encoding_of(found.path, config.encodings),
        location=found.location,
        size=found.size,
        mtime_ns=found.mtime_ns,
        name=reading.name,
        language=reading.tag,
        flags=reading.flags,
        why=reading.why,
    )


class _Sorting:
    """The second pass: what depends on all the names."""

    def __init__(self, config: Config, known: set[str]) -> None:
        self.config = config
        self.known = known
        self.problems: list[Problem] = []
        self.sure = known
        self._entries = {title_key(name): name for name in config.media if "/" in name}

    def tracks(self, read: list[tuple[Found, Reading]]) -> list[LocalFile]:
        self.sure = {title_key(r.name) for _, r in read if r.if_known is None} | self.known
        tracks = []
        for found, reading in read:
            if reading.if_known is not None and title_key(reading.name) not in self.sure:
                self.problems.append(_asked(found, reading.if_known))
                continue
            if reading.note and self._settled_otherwise(reading):
                self.problems.append(
                    Problem("LNG003", reading.note, f"Read as {reading.tag}.", (found.path,), severity=Severity.WARNING)
                )
            track = self._track(found, reading)
            if track is not None:
                tracks.append(track)
        return tracks

    def _settled_otherwise(self, reading: Reading) -> bool:
        return fold(reading.tag) not in {fold(tag) for tag in self.config.languages.values() if tag}

    def _track(self, found: Found, reading: Reading) -> LocalFile | None:
        name = self._name(found, reading.name)
        stored = canvas_locale(reading.tag, self.config.locales)
        if isinstance(stored, NoLocale):
            hint = f'Choose one in captionkit.toml: [canvas.locales] "{stored.tag}" = "{stored.choices[0]}"'
            table = f"{self.config.service.table if self.config.service else 'canvas'}.locales"
            self.problems.append(
                Problem(
                    "CVS001",
                    stored.reason,
                    hint,
                    (found.path,),
                    (name,),
                    stored.choices,
                    settled_by=(table, stored.tag),
                )
            )
            return None
        why = (*reading.why, *_mapped(reading.tag, stored))
        return _file(found, self.config, replace(reading, name=name, why=why), stored.locale)

    def _name(self, found: Found, name: str) -> str:
        """The name, or the longer one with folders if the table [media] has that: "week1/intro", or the whole path."""
        if found.path in self.config.media:
            return found.path
        if not self._entries:
            return name
        folders = [*found.folders]
        if folders and folders[-1] == name:
            folders.pop()
        for kept in (folders, *([f for f in folders if f != skip] for skip in folders)):
            for start in range(len(kept)):
                entry = self._entries.get(title_key("/".join((*kept[start:], name))))
                if entry is not None:
                    return entry
        return name


def _mapped(tag: str, stored: CanvasLocale) -> Iterator[str]:
    if stored.locale != tag:
        yield f"{tag} is stored as {stored.locale}: {stored.note}"


def _kind(flags: frozenset[str]) -> str | None:
    if flags & {"cc", "sdh"}:
        return "captions"
    return "subtitles" if "forced" in flags else None


def _without_twins(tracks: list[LocalFile], found: Mapping[str, Found]) -> tuple[list[LocalFile], list[Problem]]:
    """Take out files that would be the same track; none of them is the right one until somebody says so."""
    groups: dict[tuple[str, str], list[LocalFile]] = defaultdict(list)
    for track in tracks:
        groups[title_key(without_extension(track.name)), track.locale.casefold()].append(track)
    single: list[LocalFile] = []
    problems = []
    for group in groups.values():
        if len(group) > 1:
            # One file under two names (a link) is one file; the name that is no link counts.
            group.sort(key=lambda t: (found[t.path].is_link, t.path))
            files = {found[t.path].identity for t in group}
            if len(files) > 1 or not found[group[0].path].identity[1]:
                problems.append(_twins(group))
                continue
        single.append(group[0])
    return single, problems


def _twins(group: list[LocalFile]) -> Problem:
    paths = tuple(sorted(t.path for t in group))
    names = tuple(sorted({t.name for t in group}))
    locale = group[0].locale
    languages = sorted({t.language for t in group})
    if len(languages) > 1:
        message = f"{' and '.join(languages)} would both be stored as {locale}, and Canvas keeps one track for a locale"
        other = next((tag for tag in languages if tag != locale and re.fullmatch(r"[A-Za-z-]+", tag)), "")
        example = f': "{other}" = "{other}"' if other else ""
        hint = f"Keep one, or give one a locale of its own in captionkit.toml under [canvas.locales]{example}"
    elif len({t.flags for t in group}) > 1:
        message = f"these differ by their flags, and Canvas keeps one track for a language ({locale})"
        hint = "Keep one, or leave the others out in captionkit.toml: [files] exclude = [...]"
    else:
        message = f"these are the same track: {names[0]!r} in {display_name(languages[0])}"
        hint = "Keep one, or leave the others out in captionkit.toml: [files] exclude = [...]"
    return Problem("LNG005", message, hint, paths, names)
