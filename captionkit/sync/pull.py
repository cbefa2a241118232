"""Bringing remote tracks into the folder: the same three-way comparison as a push, the other way round.

A file that was edited here is never overwritten without the user's word, and a file that is replaced or deleted is
saved in the run's backup first. A track keeps the file, and the file's format, that it has; a new one is written in the
format it has in Canvas, as `<name>.<locale>.vtt` or `.srt`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePosixPath

from captionkit.canvas_rules import is_blank
from captionkit.conversion import convert, viewer_digest
from captionkit.documents import loads, to_bytes
from captionkit.errors import LeadsOutside, LocalError, LossyConversion, RemoteError, StaleError
from captionkit.files import is_of_one_file
from captionkit.languages import file_token
from captionkit.sync.decide import NOTHING_TO_DECIDE, Policy
from captionkit.sync.journal import ENDED, STARTED, Journal, State
from captionkit.sync.manifest import Manifest, ManifestBuilder
from captionkit.sync.ports import Clock, Files, MediaState, MediaSummary, OddTracks, Remote, Store
from captionkit.sync.state import (
    BaseTrack,
    LocalFile,
    LocalMedia,
    RemoteNow,
    base_of,
    is_as_listed,
    merge_views,
)
from captionkit.sync.survey import READERS, Progress, read_or_why_not
from captionkit.text import digest_of_file
from captionkit.threads import in_order, threads


class Bring(StrEnum):
    """What a pull does with one track."""

    WRITE = "write"
    REPLACE = "replace"
    DELETE = "delete"
    ADOPT = "adopt"
    KEEP = "keep"
    SKIP = "skip"
    CONFLICT = "conflict"


#: Every reason that a pull can give, in words.
WHY_PULL = {
    "clean": "the same here and there",
    "both-same": "equal here and there; recorded",
    "remote-new": "new in Canvas",
    "remote-edit": "edited in Canvas",
    "remote-removal": "deleted in Canvas",
    "remote-removal-kept": "deleted in Canvas, kept here (--delete would delete the file)",
    "local-only": "in the folder only (push sends it)",
    "local-edit": "edited here since the last sync (push sends it)",
    "local-removal": "removed from the folder, still in Canvas (--restore brings it back)",
    "first-contact": "in the folder and in Canvas, different, and never synced before",
    "both-edited": "edited here and in Canvas since the last sync",
    "edited-and-removed": "edited here, deleted in Canvas",
    "removed-and-edited": "removed here, edited in Canvas",
    "resolved-local": "you chose the folder's version",
    "resolved-remote": "you chose Canvas's version",
    "hidden": "a colleague's track, which Canvas does not let you read",
    "processing": "Canvas is still making automatic captions for this language",
    "blank": "there is no text in it",
    "unreadable": "its captions cannot be read",
    "leads-out": "a link in the folder leads out of it from where the file would be",
    "not-written": "the file could not be written or removed, and stays as it is; pull again",
    "name-taken": "a file of that name is there already and belongs to something else",
    "incomplete": "the folder's files for this media are not all readable",
    "edited-meanwhile": "saved or deleted here while captionkit was at work, so the file stays as it is; pull again",
}


@dataclass(frozen=True, slots=True)
class Fetch:
    """One track of a pull."""

    do: Bring
    media: str
    title: str
    locale: str
    why: str
    path: str = ""
    old_path: str = ""
    data: bytes = b""
    note: str = ""
    remote: RemoteNow | None = None
    local: LocalFile | None = None


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull found and, once done, did."""

    run: str
    fetches: tuple[Fetch, ...]
    manifest: Manifest
    unchanged: int = 0

    def count(self, *what: Bring) -> int:
        return sum(fetch.do in what for fetch in self.fetches)


def look(
    *,
    remote: Remote,
    files: Files,
    manifest: Manifest,
    folder: Mapping[str, LocalMedia],
    summaries: Iterable[MediaSummary],
    name_for: Callable[[MediaSummary], str],
    policy: Policy,
    restore: bool = False,
    progress: Progress = lambda what, done, total: None,
) -> Pulled:
    """Find out what a pull would do. Reads the remote and the folder, writes nothing.

    Args:
        name_for: the file name (without language and extension) of a media object that the folder has no file for.
        policy: `delete`, `on_conflict` and `resolve` count.
        restore: bring back files that were removed here and are still in Canvas.
    """
    tasks: list[MediaSummary] = []
    unchanged = 0
    for summary in sorted(summaries, key=lambda summary: (summary.title.casefold(), summary.media)):
        base = manifest.of(summary.media)
        local = folder.get(summary.media)
        if summary.shows_all and not summary.tracks and not base:
            continue
        if base and local and summary.shows_all and is_as_listed(base, summary.tracks or ()):
            ours = {b.locale: b.local_digest for b in base.values() if b.is_ours}
            if len(ours) == len(base) and ours == {f.locale: f.local_digest for f in local.files}:
                unchanged += 1
                continue
        tasks.append(summary)
    fetches: list[Fetch] = []
    taken: set[str] = {file.path.casefold() for media in folder.values() for file in media.files}
    with threads(READERS, "pull") as pool:
        views = in_order(pool, lambda summary: read_or_why_not(remote, summary), tasks)
        for number, (summary, tracks) in enumerate(zip(tasks, views, strict=True), start=1):
            local = folder.get(summary.media)
            odd = tracks if isinstance(tracks, OddTracks) else None
            if isinstance(tracks, OddTracks):
                tracks = merge_views(MediaState(summary.media, tracks.usable, None))
            if isinstance(tracks, RemoteError):
                why = f"{tracks.message}. {tracks.hint}" if tracks.hint else tracks.message
                fetches.append(Fetch(Bring.SKIP, summary.media, summary.title, "all", "unreadable", note=why))
                continue
            name = local.name if local and local.name else name_for(summary)
            found = _of_media(summary, tracks, local, name, manifest, files, policy, restore, taken)
            fetches += _but_for(odd, found) if odd else found
            progress("read", number, len(tasks))
    return Pulled("", tuple(fetches), manifest, unchanged)


def _but_for(odd: OddTracks, found: list[Fetch]) -> list[Fetch]:
    """What is brought of a media object of which some tracks could not be understood. Those may be any that seem to be
    gone, so for them nothing is done."""
    about = found[0] if found else Fetch(Bring.SKIP, odd.where, odd.where, "", "")
    known = [
        replace(fetch, do=Bring.SKIP, why="unreadable")
        if fetch.remote is None and fetch.do is not Bring.KEEP
        else fetch
        for fetch in found
    ]
    return [*known, Fetch(Bring.SKIP, about.media, about.title, "some", "unreadable", note=odd.message)]


def bring(
    found: Pulled,
    *,
    run: str,
    store: Store,
    files: Files,
    clock: Clock,
    by: str = "",
    stopped: Callable[[], bool] = lambda: False,
) -> Pulled:
    """Write the files of a pull and record them. The caller holds the folder's lock.

    Args:
        by: who is at the computer, for the journal.

    Raises:
        LocalError: where the disk fails; what was brought before is recorded. A file that is open in another program,
            read-only or called too long stops only itself.
    """
    wanted = [fetch for fetch in found.fetches if fetch.do not in (Bring.KEEP, Bring.SKIP, Bring.CONFLICT)]
    if not wanted:
        return found
    journal = Journal(store, clock, run)
    journal.write(STARTED, what="pull", by=by, serial=found.manifest.serial)
    recorded, done = ManifestBuilder(found.manifest), dict[tuple[str, str], Fetch]()
    seen = _by_media(found.fetches)
    try:
        for media, fetches in _by_media(wanted).items():
            if stopped():
                break
            records = {locale: was for locale, was in recorded.of(media).items() if was.is_ours}
            for fetch in fetches:
                try:
                    record = _bring_one(fetch, run, store, files)
                except StaleError:
                    done[fetch.media, fetch.locale] = replace(fetch, do=Bring.CONFLICT, why="edited-meanwhile")
                    continue
                except LocalError as error:
                    if not is_of_one_file(error):
                        raise
                    note = f"{error.message} ({error.where})"
                    done[fetch.media, fetch.locale] = replace(fetch, do=Bring.SKIP, why="not-written", note=note)
                    continue
                if record is None:
                    records.pop(fetch.locale, None)
                else:
                    records[fetch.locale] = record
                done[fetch.media, fetch.locale] = fetch
            for fetch in seen[media]:
                if fetch.remote is not None and fetch.locale not in records:
                    records[fetch.locale] = base_of(media, fetch.remote, None)
            recorded.verified(media, records.values())
            journal.write(
                State.COMMITTED, media, serial=recorded.serial, tracks=[record.as_json() for record in records.values()]
            )
    finally:
        store.save_manifest(recorded.manifest().as_bytes())
        journal.write(ENDED, interrupted=len(done) < len(wanted))
    left = {(fetch.media, fetch.locale) for fetch in wanted} - done.keys()
    ended = [done.get((f.media, f.locale), f) for f in found.fetches if (f.media, f.locale) not in left]
    return Pulled(run, tuple(ended), recorded.manifest(), found.unchanged)


def _of_media(
    summary: MediaSummary,
    tracks: Mapping[str, RemoteNow],
    local: LocalMedia | None,
    name: str,
    manifest: Manifest,
    files: Files,
    policy: Policy,
    restore: bool,
    taken: set[str],
) -> list[Fetch]:
    base = manifest.of(summary.media)
    here = {file.locale: file for file in local.files} if local else {}
    ours = {locale for locale, track in base.items() if track.is_ours}
    fetches = []
    for locale in sorted(here.keys() | tracks.keys() | ours):
        was = base.get(locale)
        fetch = Fetch(
            Bring.KEEP,
            summary.media,
            summary.title,
            locale,
            "clean",
            remote=tracks.get(locale),
            local=here.get(locale),
        )
        do, why = _decide(was if was and was.is_ours else None, fetch, files, policy, restore)
        seems_removed = do is Bring.CONFLICT and locale not in here
        if local and local.incomplete and (seems_removed or do in (Bring.WRITE, Bring.REPLACE, Bring.DELETE)):
            do, why = Bring.SKIP, "incomplete"
        fetches.append(_with_file(fetch, do, why, name, files, taken))
    return fetches


def _decide(base: BaseTrack | None, fetch: Fetch, files: Files, policy: Policy, restore: bool) -> tuple[Bring, str]:
    do, why = _compared(base, fetch, files, policy, restore)
    choice = policy.resolve.get(f"{fetch.media.rpartition('/')[2]}/{fetch.locale}", "")
    if do is Bring.CONFLICT:
        choice = choice or policy.on_conflict
    elif do is Bring.SKIP or why in NOTHING_TO_DECIDE or (fetch.local is None and fetch.remote is None):
        return do, why
    if choice == "local":
        return Bring.KEEP, "resolved-local"
    if choice == "remote":
        gone, new = fetch.remote is None, fetch.local is None
        return Bring.DELETE if gone else Bring.WRITE if new else Bring.REPLACE, "resolved-remote"
    return do, why


def _compared(base: BaseTrack | None, fetch: Fetch, files: Files, policy: Policy, restore: bool) -> tuple[Bring, str]:
    local, remote = fetch.local, fetch.remote
    if remote is not None and (remote.content is None or remote.processing or is_blank(remote.content)):
        return (Bring.SKIP, "processing" if remote.processing else "hidden" if remote.content is None else "blank")
    if remote is None:
        if base is None:
            return (Bring.KEEP, "local-only")
        if local is None:
            return (Bring.ADOPT, "remote-removal")
        if local.local_digest == base.local_digest:
            return (Bring.DELETE, "remote-removal") if policy.delete else (Bring.KEEP, "remote-removal-kept")
        return (Bring.CONFLICT, "edited-and-removed")
    remote_moved = base is None or (remote.kind, remote.digest) != (base.kind, base.digest)
    if local is None:
        if base is None:
            return (Bring.WRITE, "remote-new")
        if restore:
            return (Bring.WRITE, "resolved-remote")
        return (Bring.CONFLICT, "removed-and-edited") if remote_moved else (Bring.KEEP, "local-removal")
    local_moved = base is None or local.local_digest != base.local_digest
    if not remote_moved:
        return (Bring.KEEP, "local-edit" if local_moved else "clean")
    if local_moved:
        if _same_for_viewers(files, local, remote):
            return (Bring.ADOPT, "both-same")
        return (Bring.CONFLICT, "first-contact" if base is None else "both-edited")
    return (Bring.REPLACE, "remote-edit")


def _same_for_viewers(files: Files, local: LocalFile, remote: RemoteNow) -> bool:
    if remote.shown_text is None:
        return False
    mine = viewer_digest(loads(files.read_file(local.path), path=local.path))
    return mine == viewer_digest(loads(remote.shown_text, "vtt"))


def _with_file(fetch: Fetch, do: Bring, why: str, name: str, files: Files, taken: set[str]) -> Fetch:
    """The fetch with the file that it writes or removes."""
    local, remote = fetch.local, fetch.remote
    old_path = local.path if local else ""
    path, data, note = old_path, b"", ""
    if do in (Bring.WRITE, Bring.REPLACE):
        assert remote is not None
        assert remote.content is not None
        suffix = PurePosixPath(old_path).suffix.lower().lstrip(".") if old_path else ""
        wanted = "vtt" if suffix == "webvtt" else suffix
        data, extension, note = _as_file(remote.content, wanted)
        if local is None or extension != wanted:
            path = (
                str(PurePosixPath(old_path).with_suffix(f".{extension}"))
                if local
                else _new_path(name, remote, extension)
            )
            try:
                is_taken = path.casefold() in taken or files.exists(path)
            except LeadsOutside as error:
                return _made(fetch, Bring.SKIP, "leads-out", path=path, note=error.where)
            if is_taken:
                return _made(fetch, Bring.SKIP, "name-taken", path=path, note=note)
            taken.add(path.casefold())
    return _made(fetch, do, why, path=path, old_path=old_path if old_path != path else "", data=data, note=note)


def _made(
    fetch: Fetch, do: Bring, why: str, *, path: str, old_path: str = "", data: bytes = b"", note: str = ""
) -> Fetch:
    return Fetch(do, fetch.media, fetch.title, fetch.locale, why, path, old_path, data, note, fetch.remote, fetch.local)


def _new_path(name: str, remote: RemoteNow, extension: str) -> str:
    # `hi` may be Hindi or "hearing impaired" in a file name; the token is one that reads back to this locale. Where
    # there is none, the manifest remembers what the file is.
    token = file_token(remote.locale) or remote.locale
    flag = ".cc" if remote.kind == "captions" else ""
    return f"{name}.{token}{flag}.{extension}"


def _as_file(content: str, wanted: str) -> tuple[bytes, str, str]:
    """The remote text as a file: its bytes, its extension, and a note.

    It is written as it stands in Canvas, unless the track's file has the other format and nothing is lost by keeping
    that.
    """
    document = loads(content)
    actual = document.format
    if wanted in ("", actual):
        return content.encode("utf-8", "surrogatepass"), actual, ""
    try:
        converted = convert(document, wanted, strict=True)
    except LossyConversion as loss:
        return content.encode("utf-8", "surrogatepass"), actual, f"kept as .{actual}: {loss.message}"
    return to_bytes(converted.document), wanted, ""


def _bring_one(fetch: Fetch, run: str, store: Store, files: Files) -> BaseTrack | None:
    """Do one fetch; the record of it, None where the track is gone on both sides.

    Raises:
        StaleError: where the folder is not what the pull saw; everything in it stays.
    """
    if fetch.do is Bring.ADOPT:
        return base_of(fetch.media, fetch.remote, fetch.local) if fetch.remote is not None else None
    was = fetch.local.local_digest if fetch.local else ""
    if fetch.local is not None and files.exists(fetch.local.path):
        store.save_backup(run, f"folder/{fetch.local.path}", files.read_file(fetch.local.path))
    if fetch.do is Bring.DELETE:
        files.remove_file(fetch.path, was=was)
        return None
    assert fetch.remote is not None
    if fetch.old_path:
        files.write_file(fetch.path, fetch.data, was="")
        try:
            files.remove_file(fetch.old_path, was=was)
        except (StaleError, LocalError):
            files.remove_file(fetch.path, was=digest_of_file(fetch.data))
            raise
    else:
        files.write_file(fetch.path, fetch.data, was=was)
    return base_of(fetch.media, fetch.remote, LocalFile(fetch.locale, fetch.path, digest_of_file(fetch.data)))


def _by_media(fetches: Sequence[Fetch]) -> dict[str, list[Fetch]]:
    groups: dict[str, list[Fetch]] = {}
    for fetch in fetches:
        groups.setdefault(fetch.media, []).append(fetch)
    return groups
