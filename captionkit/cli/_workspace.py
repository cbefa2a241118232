"""A folder and its remote, brought together: where the parts meet that do not know each other.

The library (files and names), the remote and the store on disk are wired here, for every sync command.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from captionkit.cli._output import echo
from captionkit.cli._terminal import progress_line, tell_damage
from captionkit.errors import GuardRefused, LockHeld, UsageError

if TYPE_CHECKING:
    from captionkit.config import Config
    from captionkit.library.assign import Assigned
    from captionkit.library.match import Matches
    from captionkit.library.scan import Library
    from captionkit.sync.manifest import Manifest
    from captionkit.sync.ports import MediaSummary, Remote, RemoteIdentity
    from captionkit.sync.rehearsal import Model
    from captionkit.sync.state import LocalMedia
    from captionkit.sync.store import FolderStore


@dataclass(frozen=True)
class Workspace:
    """A folder and its remote, looked at once.

    Attributes:
        local: the folder's files by media.
        matches: which media object each name in the folder means.
        unmatched: what the folder holds that goes nowhere, a sentence each.
        only: the media objects that the user named; None where they named none.
    """

    folder: Path
    config: Config
    store: FolderStore
    remote: Remote
    identity: RemoteIdentity
    manifest: Manifest
    summaries: tuple[MediaSummary, ...]
    library: Library
    local: Mapping[str, LocalMedia]
    matches: Matches
    unmatched: tuple[str, ...]
    only: frozenset[str] | None

    @property
    def service(self) -> str:
        """What a person calls the remote."""
        return self.identity.features.name

    @property
    def model(self) -> Model:
        """What a request is rehearsed on."""
        assert self.config.service is not None  # there is no workspace without one
        return self.config.service.model

    @property
    def ours(self) -> int:
        return sum(track.is_ours for tracks in self.manifest.tracks.values() for track in tracks.values())

    def refuse_while_running(self) -> None:
        """Do not take a run that goes on now for one that was cut off. For a command that does not hold the folder.

        Raises:
            LockHeld: another captionkit is at work here.
        """
        holder = self.store.held_by()
        if holder is not None:
            raise LockHeld(
                f"another captionkit works on this folder{holder}",
                where=str(self.folder),
                unchanged=f"Nothing was sent to {self.service}.",
                hint="What it leaves is not known yet. Ask again when it is done.",
            )

    def refuse_empty(self) -> None:
        """An empty folder is more often a wrong path or a drive that is not mounted than the wish to have nothing.

        Raises:
            GuardRefused: where there is no caption file at all.
        """
        if self.library.tracks or self.library.problems:
            return
        kept = f" This folder keeps {self.ours} tracks in {self.service}." if self.ours else ""
        raise GuardRefused(
            f"there is no .srt or .vtt file in this folder.{kept}",
            where=str(self.folder),
            unchanged=f"Nothing was sent to {self.service}.",
            hint=f"Check the path, and that the drive is there. `captionkit pull` brings what {self.service} has.",
        )


@contextlib.contextmanager
def open_workspace(
    folder: Path,
    *,
    media: tuple[str, ...] = (),
    as_user_id: str = "",
    lock: str = "",
    quiet: bool = False,
    find: str = "folder",
) -> Iterator[Workspace]:
    """Read the configuration, the manifest, the folder and the listing of the remote.

    Args:
        lock: the command that needs the folder for itself; "" for one that only reads.
        find: for which media objects a file is looked up that is not known yet: those that the "folder" says something
            about, "all", or "none".
    """
    from captionkit.config import for_folder
    from captionkit.library.scan import scan, without_unreadable
    from captionkit.sync.store import FolderStore

    config = for_folder(folder)
    store = FolderStore(folder)
    with contextlib.ExitStack() as stack:
        if lock:
            stack.enter_context(store.lock(lock))
        remote = stack.enter_context(_remote_of(config, as_user_id, store))
        identity = remote.identity()
        manifest = _manifest(store, identity)
        listed = tuple(_counted_in(remote.list_media(), progress_line("media objects listed", quiet=quiet)))
        numbers = {_file_number(text) for text in (*media, *_by_file(config.media.values()))} - {""}
        manifest = manifest.with_originals(listed)
        summaries = remote.located(listed, manifest.files, ())
        # What is named by a file that we do not know, and what a merge has cut off from its file, is looked up first.
        named_by_file = numbers - {file.id for file in manifest.files.values()}
        first = {s.media_id for s in listed} if named_by_file else manifest.lost(summaries)
        if first and find != "none":
            summaries = remote.located(listed, manifest.files, first)
        manifest = manifest.addressed_as(summaries)
        library = without_unreadable(
            scan(folder, config, titles=[s.title for s in summaries], recorded=_recorded(manifest))
        )
        work = _matched(folder, config, store, remote, identity, manifest, summaries, library, media)
        wanted = frozenset(_worth_a_file(work, all_media=find == "all"))
        if wanted and find != "none":
            located = remote.located(listed, work.manifest.files, wanted)
            work = _readdressed(work, located)
            _tell_of_no_file(sum(s.media_id in wanted and s.file is None for s in located), config, quiet=quiet)
        yield work


def _tell_of_no_file(number: int, config: Config, *, quiet: bool) -> None:
    if number and config.features.files and config.path == "auto" and not quiet:
        echo(
            f"{number} media object{'s' * (number != 1)} without a file that Canvas shows you: reached by media id, "
            "where colleagues' captions cannot be read, and where a copied course has those of the original.",
            err=True,
        )


def _matched(
    folder: Path,
    config: Config,
    store: FolderStore,
    remote: Remote,
    identity: RemoteIdentity,
    manifest: Manifest,
    summaries: tuple[MediaSummary, ...],
    library: Library,
    media: tuple[str, ...],
) -> Workspace:
    """The files of the folder, each with the media object that it is for."""
    from captionkit.library.assign import assign, names_to_match
    from captionkit.library.match import match

    matches = _kept_together(match(names_to_match(library), summaries, config.media), library, manifest, summaries)
    assigned = assign(library, matches, _locales_there(summaries, manifest))
    only = _named(media, summaries, matches) if media else None
    local = _local(library, assigned, matches, manifest, only, config)
    return Workspace(
        folder, config, store, remote, identity, manifest, summaries, library, local, matches,
        tuple(_loose_ends(library, assigned, _of_gone(library, manifest, summaries))), only,
    )  # fmt: skip


def _readdressed(work: Workspace, located: tuple[MediaSummary, ...]) -> Workspace:
    """The same, with the media objects reached as `located` says; which file is whose does not change by that."""
    now = {before.media: after.media for before, after in zip(work.summaries, located, strict=True)}
    return replace(
        work,
        manifest=work.manifest.addressed_as(located),
        summaries=located,
        local={now.get(m, m): replace(local, media=now.get(m, m)) for m, local in work.local.items()},
        only=None if work.only is None else frozenset(now.get(media, media) for media in work.only),
    )


def _worth_a_file(work: Workspace, *, all_media: bool) -> Iterator[str]:
    """The media ids of what will have to be read, and is better read by its file: there everybody's tracks can be."""
    from captionkit.sync.state import LocalMedia
    from captionkit.sync.survey import is_unchanged

    for summary in work.summaries:
        local, base = work.local.get(summary.media), work.manifest.of(summary.media)
        if summary.file is not None or (work.only is not None and summary.media not in work.only):
            continue
        matters = base or (local and local.files) or all_media
        if matters and not is_unchanged(local or LocalMedia(summary.media, ""), summary, base):
            yield summary.media_id


def _remote_of(config: Config, as_user_id: str, store: FolderStore) -> contextlib.AbstractContextManager[Remote]:
    """The remote that the folder belongs to.

    Raises:
        ConfigError: captionkit.toml does not say which.
    """
    from captionkit.cli._studio import warner
    from captionkit.errors import ConfigError
    from captionkit.remotes import services
    from captionkit.remotes.service import Opening

    if config.service is None:
        tables = " or ".join(f"[{table}]" for table in services())
        hint = "captionkit init FOLDER --force --url URL --course ID writes one."
        message = f"there is no table {tables}, so it is not known where these captions belong"
        raise ConfigError(message, where=str(config.file), hint=hint)
    return config.service.open(Opening(config, store, as_user_id, warner(), tell_damage))


def _manifest(store: FolderStore, identity: RemoteIdentity) -> Manifest:
    from captionkit.sync.journal import caught_up, unfinished
    from captionkit.sync.manifest import Manifest, parse_manifest

    data = store.load_manifest()
    if data is None:
        return Manifest(store.new_lineage(), identity.base_url, identity.scope)
    manifest = parse_manifest(data, str(store.manifest_path))
    for what, then, now in (
        ("Canvas", manifest.base_url, identity.base_url),
        ("course", manifest.scope, identity.scope),
    ):
        if then != now:
            raise GuardRefused(
                f"this folder was synced with another {what}: {then}, now it is {now}",
                where=str(store.manifest_path),
                unchanged="Nothing was sent to Canvas and nothing was changed in the folder.",
                hint="If captionkit.toml is wrong, mend it. If the folder really moves to another place, rename "
                ".captionkit: everything then counts as new, and nothing is replaced without being asked for.",
            )
    cut_off = unfinished(store)
    tell_damage([*manifest.damage, *(damage for past in cut_off for damage in past.damage)])
    return caught_up(manifest, cut_off)


def _kept_together(
    matches: Matches, library: Library, manifest: Manifest, summaries: Iterable[MediaSummary]
) -> Matches:
    """The matches, with files that an earlier sync has recorded kept to their media object.

    Somebody may rename a media object in Canvas, or give another one the same title. A file that is still there must
    not count as removed for that.
    """
    from captionkit.library.match import Matched

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
    config: Config,
) -> dict[str, LocalMedia]:
    from captionkit.config import encoding_of
    from captionkit.sync.state import LocalFile, LocalMedia

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
            LocalFile(
                locale,
                track.path,
                track.digest,
                track.kind if config.features.kinds else None,
                track.note or renamed,
                encoding_of(track.path, config.encodings),
            )
            for locale, track in assigned.tracks.get(media, {}).items()
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
    from captionkit.library.mapping import question, question_of_several
    from captionkit.model import Severity

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
    from captionkit.sync.ports import by_file

    return (entry for entry in entries if by_file(entry))


def _file_number(text: str) -> str:
    """123 of "file 123", "media_attachments/123" and "123"; "" for what names no file."""
    found = re.fullmatch(r"(?:file |media_attachments/)?([0-9]+(?:~[0-9]+)?)", text.strip())
    return found[1] if found else ""


def _named(media: tuple[str, ...], summaries: Iterable[MediaSummary], matches: Matches) -> frozenset[str]:
    from captionkit.library.match import title_key

    summaries = tuple(summaries)
    found = set()
    for text in media:
        key = title_key(text)
        fits = {s.media for s in summaries if is_meant(text, s) or title_key(s.title) == key}
        fits |= {m.media for m in matches.matched.values() if title_key(m.name) == key}
        if not fits:
            raise UsageError(f"--media {text}: no media object has this id, title or name", hint="`captionkit media "
                             "list` shows what there is.")  # fmt: skip
        found |= fits
    return frozenset(found)


def _counted_in(summaries: Iterable[MediaSummary], show: Callable[[str, int, int], None]) -> Iterator[MediaSummary]:
    number = 0
    for number, summary in enumerate(summaries, start=1):
        show("", number, 0)
        yield summary
    if number:
        show("", number, number)
