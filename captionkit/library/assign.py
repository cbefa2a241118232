"""Which file is which track of which media object: scan and match put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from captionkit.languages import same_language
from captionkit.library.local_file import LocalFile
from captionkit.library.match import Matches, Several, Unmatched
from captionkit.library.problems import Problem
from captionkit.library.scan import Library


@dataclass(frozen=True, slots=True)
class Assigned:
    """The local side of a sync.

    Attributes:
        tracks: media -> locale -> the file, media and locales sorted.
        incomplete: media for which something in the folder is not understood: nothing of theirs may be deleted.
        problems: files of several names that would be the same track of one media object.
        unmatched, ambiguous: of the matches, those that concern a track. Names that only a file with a problem may have
            were looked up too, but telling them again would only repeat the problem.
    """

    tracks: Mapping[str, Mapping[str, LocalFile]]
    incomplete: frozenset[str]
    problems: tuple[Problem, ...]
    unmatched: tuple[Unmatched, ...] = ()
    ambiguous: tuple[Several, ...] = ()


def names_to_match(library: Library) -> tuple[str, ...]:
    """Every name to look up: of tracks, and of files that stop something, since their media must not lose a track."""
    return tuple(sorted({*library.names, *(name for p in library.stopped for name in p.names)}))


def assign(library: Library, matches: Matches, locales: Mapping[str, Collection[str]] | None = None) -> Assigned:
    """Put each file to its media object.

    Args:
        matches: of `names_to_match(library)`.
        locales: media -> the locales that it has already, in Canvas and in the manifest. A file whose language is there
            under another name (`en` here, `en-US` there) is the same track, and not a second one beside it.
    """
    groups: dict[str, dict[str, list[LocalFile]]] = defaultdict(lambda: defaultdict(list))
    for track in library.tracks:
        if (matched := matches.matched.get(track.name)) is not None:
            groups[matched.media][track.locale].append(track)
    for media, there in (locales or {}).items():
        if media in groups:
            _meet(groups[media], there)
    incomplete = {m.media for m in matches.matched.values() if not library.is_complete(m.name)}
    # A name that may mean several media objects must not cost any of them a track, either.
    incomplete |= {media for several in matches.ambiguous for _, media in several.fits}
    tracks: dict[str, dict[str, LocalFile]] = {}
    problems = []
    for media in sorted(groups):
        tracks[media] = {}
        for locale, files in sorted(groups[media].items()):
            if len(files) == 1:
                tracks[media][locale] = files[0]
                continue
            incomplete.add(media)
            names = tuple(sorted({t.name for t in files}))
            message = f"{' and '.join(map(repr, names))} are the same media object ({media}), both with {locale}"
            hint = "Keep one of the files, or leave the others out in captionkit.toml: [files] exclude = [...]"
            problems.append(Problem("LNG005", message, hint, tuple(t.path for t in files), names))
    names_of_tracks = set(library.names)
    return Assigned(
        tracks,
        frozenset(incomplete),
        tuple(problems),
        tuple(u for u in matches.unmatched if u.name in names_of_tracks),
        tuple(s for s in matches.ambiguous if s.name in names_of_tracks),
    )


def _meet(files: dict[str, list[LocalFile]], there: Collection[str]) -> None:
    """Give files the locale under which their language is there already, where it is one for one."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for locale, tracks in files.items():
        if locale not in there:
            same = [t for t in there if t not in files and same_language(t, tracks[0].language)]
            if len(same) == 1:
                wanted[same[0]].append(locale)
    for remote, [locale, *others] in wanted.items():
        if not others:
            why = f"Canvas has {remote} already, which is the same language as {locale}"
            files[remote] = [replace(t, locale=remote, why=(*t.why, why)) for t in files.pop(locale)]
