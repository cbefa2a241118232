"""One look at a folder and its remote: where the parts meet that do not know each other.

The library (files and names), the manifest and the listing of the remote are brought together here. Reads only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from captionkit.config import Config
from captionkit.errors import DamagedFile, GuardRefused, Remedy, WrongOption
from captionkit.library.assign import Assigned, assign, names_to_match
from captionkit.library.lengths import Lengths
from captionkit.library.mapping import question, question_of_several
from captionkit.library.match import Matched, Matches, match, safe_name, title_key, without_extension
from captionkit.library.others import Other
from captionkit.library.scan import Library, others_in, read_all
from captionkit.model import Severity
from captionkit.sync.journal import Past, caught_up, unfinished
from captionkit.sync.manifest import Manifest, parse_manifest
from captionkit.sync.ports import MediaSummary, Progress, Remote, RemoteIdentity, by_file, say_nothing
from captionkit.sync.sides import Sides
from captionkit.sync.state import LocalMedia
from captionkit.sync.survey import is_unchanged

if TYPE_CHECKING:
    from captionkit.workspace.places import Folder


@dataclass(frozen=True)
class Look:
    """A folder and its remote, looked at once.

    Attributes:
        path: the folder.
        on_disk: the manifest as it lay on the disk; None where the folder was never synced.
        unfinished: the runs that were cut off.
        local: the folder's files by media.
        unmatched: what the folder holds that goes nowhere, a sentence each.
        only: the media objects that the user named; None where they named none.
        listed: the media objects as the remote lists them, addressed by their own ids.
        without_file: how many media objects are reached by media id though a file of theirs was looked for.
    """

    path: Path
    config: Config
    identity: RemoteIdentity
    on_disk: bytes | None
    unfinished: tuple[Past, ...]
    manifest: Manifest
    summaries: tuple[MediaSummary, ...]
    library: Library
    matches: Matches
    assigned: Assigned
    local: Mapping[str, LocalMedia]
    unmatched: tuple[str, ...]
    only: frozenset[str] | None
    without_file: int = 0
    listed: tuple[MediaSummary, ...] = field(default=(), repr=False)

    def read_as(self, encoding: str) -> Look:
        """The same, with every file that is not UTF-8 in this encoding."""
        local = {
            media: replace(files, files=tuple(replace(file, encoding=encoding) for file in files.files))
            for media, files in self.local.items()
        }
        return replace(self, local=local)

    @property
    def ours(self) -> int:
        """How many tracks the folder keeps on the remote."""
        return sum(track.is_ours for tracks in self.manifest.tracks.values() for track in tracks.values())

    def refuse_empty(self) -> None:
        """An empty folder is more often a wrong path or a drive that is not mounted than the wish to have nothing.

        Raises:
            GuardRefused: where there is no caption file at all.
        """
        if self.library.tracks or self.library.problems:
            return
        if self.others:
            error = GuardRefused(
                f"there is no .srt or .vtt file in this folder, but {len(self.others)} in other formats, among them "
                f"{self.others[0]}",
                where=str(self.path),
                unchanged=f"Nothing was sent to {self.identity.features.name}.",
                hint="Convert them first.",
            )
            error.remedy = Remedy.CONVERT
            raise error
        service = self.identity.features.name
        kept = f", which keeps {self.ours} tracks in {service}" if self.ours else ""
        raise GuardRefused(
            f"there is no .srt or .vtt file in this folder{kept}",
            where=str(self.path),
            unchanged=f"Nothing was sent to {service}.",
            hint=f"Check the path, and that the drive is there. A pull brings what {service} has.",
        )

    @property
    def without_file_note(self) -> str:
        """What to say of media objects whose file Canvas does not show; "" for nothing."""
        number = self.without_file
        if not number or not self.config.features.files or self.config.path != "auto":
            return ""
        return (
            f"{number} media object{'s' * (number != 1)} without a file that Canvas shows you: reached by media id, "
            "where colleagues' captions cannot be read, and where a copied course has those of the original."
        )

    @property
    def damage(self) -> tuple[DamagedFile, ...]:
        """What of the folder's own records cannot be understood."""
        return (*self.manifest.damage, *(damage for past in self.unfinished for damage in past.damage))

    @cached_property
    def others(self) -> tuple[Other, ...]:
        """The caption files in other formats, which wait to be converted."""
        return others_in(self.library)

    @cached_property
    def sides(self) -> Sides:
        """What is compared."""
        lengths, names = Lengths(self.library.recordings), dict[str, str]()

        def name_of(summary: MediaSummary) -> str:
            if not names:
                names.update(self._names())
            return names[summary.media]

        return Sides(
            self.identity,
            self.manifest,
            self.local,
            self.summaries,
            self.only,
            (*self.unmatched, *(str(one) for one in self.others if not one.is_read)) if self.only is None else (),
            tuple(f"{', '.join(p.paths)}: {p.message}. {p.hint}" for p in self.library.stopped if p.code == "LIB001"),
            lambda media: lengths.of(self.local[media].name) if media in self.local else 0,
            name_of,
            {one.path: one.what for one in self.others if one.is_read} if self.only is None else {},
        )

    def _names(self) -> dict[str, str]:
        """How the files of each media object are called: by its title if that leads back to it alone, else its id."""
        forms = {
            summary.media: [safe_name(without_extension(summary.title)), safe_name(summary.title), summary.media_id]
            for summary in self.summaries
        }
        leads_to = match(
            [form for those in forms.values() for form in those], self.summaries, self.config.media
        ).matched
        return {
            media: next((form for form in those if form in leads_to and leads_to[form].media == media), those[-1])
            for media, those in forms.items()
        }

    def summary_of(self, media: str) -> MediaSummary | None:
        return self.manifest.summary_of(media, self.summaries)


def look(
    folder: Folder,
    remote: Remote,
    *,
    media: tuple[str, ...] = (),
    find: str = "folder",
    listed: tuple[MediaSummary, ...] | None = None,
    progress: Progress = say_nothing,
) -> Look:
    """Read the configuration, the manifest, the folder and the listing of the remote.

    Args:
        media: look at these media objects only: ids, titles, or names in the folder.
        find: for which media objects a file is looked up that is not known yet: those that the "folder" says something
            about, "all", or "none".
        listed: an earlier listing of this remote, which says what recordings there are and where; what it says of
            their tracks is not believed any more.
    """
    config, store = folder.config(), folder.store
    identity = remote.identity()
    on_disk = store.load_manifest()
    cut_off = tuple(unfinished(store))
    manifest = _manifest(folder, on_disk, cut_off, identity)
    if listed is None:
        listed = tuple(_counted(remote.list_media(), progress))
    else:
        listed = tuple(replace(summary, tracks=None) for summary in listed)  # what tracks there are is read
    numbers = {_file_number(text) for text in (*media, *_by_file(config.media.values()))} - {""}
    manifest = manifest.with_originals(listed)
    summaries = remote.located(listed, manifest.files, ())
    # What is named by a file that we do not know, and what a merge has cut off from its file, is looked up first.
    named_by_file = numbers - {file.id for file in manifest.files.values()}
    first = {s.media_id for s in listed} if named_by_file else manifest.lost(summaries)
    if first and find != "none":
        summaries = remote.located(listed, manifest.files, first)
    manifest = manifest.addressed_as(summaries)
    library = read_all(folder.scan(config, [s.title for s in summaries], _recorded(manifest)))
    matches = _kept_together(match(names_to_match(library), summaries, config.media), library, manifest, summaries)
    assigned = assign(library, matches, _locales_there(summaries, manifest))
    only = _named(media, summaries, matches) if media else None
    found = Look(
        folder.path, config, identity, on_disk, cut_off, manifest, summaries, library, matches, assigned,
        _local(library, assigned, matches, manifest, only, config.features.kinds),
        tuple(_loose_ends(library, assigned, _of_gone(library, manifest, summaries))), only,
    )  # fmt: skip
    found = replace(found, listed=listed)
    wanted = frozenset(_worth_a_file(found, all_media=find == "all"))
    if not wanted or find == "none":
        return found
    located = remote.located(listed, manifest.files, wanted)
    return replace(
        _readdressed(found, located), without_file=sum(s.media_id in wanted and s.file is None for s in located)
    )


def library_of(folder: Folder) -> Library:
    """The files of a folder by what their names and its own records say of them. The remote is not asked.

    Raises:
        LocalError: the folder cannot be looked into.
    """
    on_disk = folder.store.load_manifest()
    recorded = {} if on_disk is None else _recorded(parse_manifest(on_disk, folder.manifest_path))
    return read_all(folder.scan(folder.config(), (), recorded))


def _readdressed(seen: Look, located: tuple[MediaSummary, ...]) -> Look:
    """The same, with the media objects reached as `located` says; which file is whose does not change by that."""
    now = {before.media: after.media for before, after in zip(seen.summaries, located, strict=True)}
    return replace(
        seen,
        manifest=seen.manifest.addressed_as(located),
        summaries=located,
        local={now.get(m, m): replace(local, media=now.get(m, m)) for m, local in seen.local.items()},
        only=None if seen.only is None else frozenset(now.get(media, media) for media in seen.only),
    )


def _worth_a_file(seen: Look, *, all_media: bool) -> Iterator[str]:
    """The media ids of what will have to be read, and is better read by its file: there everybody's tracks can be."""
    for summary in seen.summaries:
        local, base = seen.local.get(summary.media), seen.manifest.of(summary.media)
        if summary.file is not None or (seen.only is not None and summary.media not in seen.only):
            continue
        matters = base or (local and local.files) or all_media
        if matters and not is_unchanged(local or LocalMedia(summary.media, ""), summary, base):
            yield summary.media_id


def _manifest(folder: Folder, on_disk: bytes | None, cut_off: Iterable[Past], identity: RemoteIdentity) -> Manifest:
    if on_disk is None:
        return Manifest(folder.store.new_lineage(), identity.base_url, identity.scope)
    manifest = parse_manifest(on_disk, folder.manifest_path)
    for what, then, now in (
        ("Canvas", manifest.base_url, identity.base_url),
        ("course", manifest.scope, identity.scope),
    ):
        if then != now:
            raise GuardRefused(
                f"this folder was synced with another {what}: {then}, now it is {now}",
                where=folder.manifest_path,
                unchanged="Nothing was sent to Canvas and nothing was changed in the folder.",
                hint="If captionkit.toml is wrong, mend it. If the folder really moves to another place, rename "
                ".captionkit: everything then counts as new, and nothing is replaced without being asked for.",
            )
    return caught_up(manifest, cut_off)


def _kept_together(
    matches: Matches, library: Library, manifest: Manifest, summaries: Iterable[MediaSummary]
) -> Matches:
    """The matches, with files that an earlier sync has recorded kept to their media object.

    Somebody may rename a media object in Canvas, or give another one the same title. A file that is still there must
    not count as removed for that.
    """
    there = {summary.media for summary in summaries}
    recorded = _recorded(manifest)
    homes: dict[str, set[str]] = {}
    for track in library.tracks:
        if track.path in recorded and recorded[track.path][0] in there:
            homes.setdefault(track.name, set()).add(recorded[track.path][0])
    lost = {one.name for one in matches.unmatched} | {several.name for several in matches.ambiguous}
    only_home = {name: media.pop() for name, media in homes.items() if name in lost and len(media) == 1}
    kept = {name: Matched(name, media, "record") for name, media in only_home.items()}
    return replace(
        matches,
        matched={**matches.matched, **kept},
        unmatched=tuple(one for one in matches.unmatched if one.name not in kept),
        ambiguous=tuple(one for one in matches.ambiguous if one.name not in kept),
    )


def _recorded(manifest: Manifest) -> dict[str, tuple[str, str]]:
    """path -> (media, locale) of every file that an earlier sync brought or sent; the last word is not that of a media
    object that is gone."""
    media = sorted(manifest.tracks, key=lambda media: (media not in manifest.gone, media))
    ours = [track for address in media for track in manifest.tracks[address].values() if track.is_ours]
    return {track.path: (track.media, track.locale) for track in ours}


def _locales_there(summaries: Iterable[MediaSummary], manifest: Manifest) -> dict[str, set[str]]:
    """media -> the locales it has already: `en` in the folder is `en-US` there, and not a second track beside it."""
    there = {media: set(tracks) for media, tracks in manifest.tracks.items()}
    for summary in summaries:
        there.setdefault(summary.media, set()).update(track.locale for track in summary.tracks or ())
    return there


def _local(
    library: Library,
    assigned: Assigned,
    matches: Matches,
    manifest: Manifest,
    only: frozenset[str] | None,
    kinds: tuple[str, ...],
) -> dict[str, LocalMedia]:
    names = {matched.media: matched.name for matched in matches.matched.values()}
    left_out = {
        media
        for media, tracks in manifest.tracks.items()
        if any(track.path in library.excluded for track in tracks.values())
    }
    incomplete = dict.fromkeys(assigned.incomplete, "not every file of this media is understood")
    incomplete |= dict.fromkeys(left_out, "a file of this media is left out by [files] in captionkit.toml")
    if not library.saw_all_folders:
        incomplete |= dict.fromkeys((*manifest.tracks, *names), "a folder could not be looked into")
    here = {track.path: media for media, tracks in assigned.tracks.items() for track in tracks.values()}
    for path, (media, _) in _recorded(manifest).items():
        if here.get(path, media) != media:
            incomplete[media] = f"{path} was sent to it, and goes to another media object by its name now"
    by_record = {matched.media for matched in matches.matched.values() if matched.by == "record"}
    local = {}
    for media in assigned.tracks.keys() | names.keys() | incomplete.keys() | (only or frozenset()):
        renamed = "known from earlier syncs; no title in Canvas fits its name any more" if media in by_record else ""
        files = tuple(
            replace(file, note=file.note or renamed, kind=file.kind if kinds else None)
            if renamed or not kinds
            else file
            for file in assigned.tracks.get(media, {}).values()
        )
        named = only is not None and media in only
        local[media] = LocalMedia(media, names.get(media, ""), files, incomplete.get(media, ""), named)
    return local


def _of_gone(library: Library, manifest: Manifest, summaries: Iterable[MediaSummary]) -> frozenset[str]:
    """The names all of whose files belong to media objects that Canvas does not list any more: the plan tells of these
    once, and each of their files has been sent or brought."""
    there = {summary.media for summary in summaries}
    recorded = _recorded(manifest)
    lost: dict[str, bool] = {}
    for track in library.tracks:
        is_lost = track.path in recorded and recorded[track.path][0] not in there
        lost[track.name] = lost.get(track.name, True) and is_lost
    return frozenset(name for name, all_lost in lost.items() if all_lost)


def _loose_ends(library: Library, assigned: Assigned, of_gone: frozenset[str]) -> Iterator[str]:
    """What is in the folder and goes nowhere: each says why, and what to do."""
    for problem in (*library.problems, *assigned.problems):
        if problem.severity is Severity.ERROR:
            yield f"{', '.join(problem.paths)}: {problem.message}. {problem.hint}"
    for unmatched in assigned.unmatched:
        if unmatched.name in of_gone:
            continue
        yield question(unmatched)
    for several in assigned.ambiguous:
        yield question_of_several(several)


def is_meant(text: str, media: MediaSummary) -> bool:
    """Whether a person means this one: by its address, its media id, or its file as we print it, "file 123"."""
    number = _file_number(text)
    return text.strip() in (media.media, media.media_id, f"media_objects/{media.media_id}") or (
        number != "" and media.media == f"media_attachments/{number}"
    )


def _by_file(entries: Iterable[str]) -> Iterator[str]:
    """Those entries of [media] that name a file; a title of digits names none."""
    return (entry for entry in entries if by_file(entry))


def _file_number(text: str) -> str:
    """123 of "file 123", "media_attachments/123" and "123"; "" for what names no file."""
    found = re.fullmatch(r"(?:file |media_attachments/)?([0-9]+(?:~[0-9]+)?)", text.strip())
    return found[1] if found else ""


def _named(media: tuple[str, ...], summaries: Iterable[MediaSummary], matches: Matches) -> frozenset[str]:
    summaries = tuple(summaries)
    found = set()
    for text in media:
        key = title_key(text)
        fits = {s.media for s in summaries if is_meant(text, s) or title_key(s.title) == key}
        fits |= {m.media for m in matches.matched.values() if title_key(m.name) == key}
        if not fits:
            raise WrongOption("no media object has this id, title or name", "media", text)
        found |= fits
    return frozenset(found)


def _counted(summaries: Iterable[MediaSummary], progress: Progress) -> Iterator[MediaSummary]:
    number = 0
    for number, summary in enumerate(summaries, start=1):
        progress("media objects listed", number, 0)
        yield summary
    if number:
        progress("media objects listed", number, number)
