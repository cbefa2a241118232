"""Which file is which track of which media object: scan and match put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from captionkit.library.match import Matches, Several, Unmatched
from captionkit.library.scan import Library, LocalTrack, Problem


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

    tracks: Mapping[str, Mapping[str, LocalTrack]]
    incomplete: frozenset[str]
    problems: tuple[Problem, ...]
    unmatched: tuple[Unmatched, ...] = ()
    ambiguous: tuple[Several, ...] = ()


def names_to_match(library: Library) -> tuple[str, ...]:
    """Every name to look up: of tracks, and of files that stop something, since their media must not lose a track."""
    return tuple(sorted({*library.names, *(name for p in library.stopped for name in p.names)}))


def assign(library: Library, matches: Matches) -> Assigned:
    """Put each file to its media object.

    Args:
        matches: of `names_to_match(library)`.
    """
    groups: dict[str, dict[str, list[LocalTrack]]] = defaultdict(lambda: defaultdict(list))
    for track in library.tracks:
        if (matched := matches.matched.get(track.name)) is not None:
            groups[matched.media][track.locale].append(track)
    incomplete = {m.media for m in matches.matched.values() if not library.is_complete(m.name)}
    # A name that may mean several media objects must not cost any of them a track, either.
    incomplete |= {media for several in matches.ambiguous for _, media in several.fits}
    tracks: dict[str, dict[str, LocalTrack]] = {}
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
