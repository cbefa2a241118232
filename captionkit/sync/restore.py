"""Bringing back what an earlier run replaced or deleted, as a plan like any other.

Theory of operation. A run's journal says where it saved each media object before it touched it, and its plan says what
it meant to leave behind. For every track that the run replaced or deleted, three things are compared: what was there
before (the backup), what the run left (its plan), and what is there now. Is it as the run left it, the saved text goes
back. Is it as it was before, there is nothing to do. Is it anything else, somebody has edited it since, and that is a
conflict, for the user to settle.

What cannot be brought back: a restored track has a new id and a new creation time if it had been deleted, and belongs
to whoever restores it; a track that was inherited from another course's file comes back as this file's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from captionkit.canvas_rules import canvas_webvtt, is_converted
from captionkit.errors import LocalError, NotFound, NotPermitted, UsageError
from captionkit.records import RecordError, damaged_at, parse, read
from captionkit.sync.decide import Decision, Do, Policy, forbidden
from captionkit.sync.journal import Past, read_past
from captionkit.sync.manifest import Manifest
from captionkit.sync.plan import Before, MediaPlan, Plan, Step, own_of, parse_plan, unreadable
from captionkit.sync.ports import MediaSummary, Remote, RemoteIdentity, Store
from captionkit.sync.state import RemoteNow, check_names, digest_of, merge_views
from captionkit.sync.survey import Surveyed
from captionkit.sync.upload import shown_digest

#: What of a run can be brought back.
UNDOABLE = frozenset({Do.UPDATE, Do.RECREATE, Do.DELETE})


@dataclass(frozen=True, slots=True)
class Saved:
    """One track as it was before a run.

    Attributes:
        file: its text, under the run's backup; "" where the text could not be read then.
    """

    locale: str
    kind: str
    digest: str
    file: str


def saved_tracks(store: Store, run: str, folder: str) -> dict[str, Saved]:
    """The tracks of one media object as a run found them, by locale.

    Raises:
        LocalError: where the backup is not there or not whole.
    """
    name = f"{folder}/tracks.json"
    with damaged_at(store.backup_path(run, name), "this backup is not whole, so nothing is restored from it"):
        about = read(_Backup, parse(store.load_backup(run, name)))
        for track in about.tracks:
            check_names(about.media, track.locale)
            if "/" in track.file or "\\" in track.file or track.file.startswith("."):
                raise RecordError(f"file is no name of a backup: {track.file[:200]!r}")
        return {
            track.locale: replace(track, file=f"{folder}/{track.file}" if track.file else "") for track in about.tracks
        }


@dataclass(frozen=True, slots=True)
class _Backup:
    """What is kept beside the saved texts of one media object."""

    media: str
    tracks: tuple[Saved, ...]


def plan_restore(
    *,
    run: str,
    remote: Remote,
    identity: RemoteIdentity,
    store: Store,
    manifest: Manifest,
    summaries: Sequence[MediaSummary],
    policy: Policy,
    created_at: str,
    only: frozenset[str] | None = None,
) -> Surveyed:
    """A plan that brings back what `run` replaced or deleted. Reads the remote, writes nothing.

    Args:
        summaries: the media objects that the remote lists now.
        policy: `on_conflict` and `resolve` count; "local" means the backup.

    Raises:
        UsageError: where there is no such run, or it changed nothing in Canvas.
        LocalError: where its backup is not whole.
    """
    past, old = read_run(store, run)
    objects, contents = [], dict[str, str]()
    for then in old.changing:
        media = replace(then, media=manifest.now_at(then.media, summaries))
        about = manifest.summary_of(then.media, summaries)
        if then.media not in past.backups or (only is not None and (about is None or about.media not in only)):
            continue
        saved = saved_tracks(store, run, past.backups[then.media])
        if about is None:
            gone = "Canvas does not list this media any more"
            objects.append(MediaPlan(media.media, media.title, (), (), blocked=gone))
            continue
        try:
            everything = merge_views(remote.read(media.media, fresh_listing=True))
        except (NotPermitted, NotFound) as error:
            objects.append(unreadable(media.media, about.title, error))
            continue
        tracks = own_of(then, everything)
        steps = tuple(
            _step(media, locale, saved.get(locale), tracks.get(locale), store, run, policy, contents)
            for locale in sorted(tracks.keys() | {s.locale for s in media.changes if s.do in UNDOABLE})
        )
        new = MediaPlan(media.media, about.title, tuple(Before.of(t) for t in everything.values()), steps)
        objects.append(replace(new, blocked="conflict" if new.conflicts else ""))
    plan = Plan(
        remote=identity,
        lineage=manifest.lineage,
        serial=manifest.serial,
        base_digest=manifest.digest,
        policy=policy,
        created_at=created_at,
        objects=tuple(objects),
    )
    return Surveyed(plan, contents)


def read_run(store: Store, run: str) -> tuple[Past, Plan]:
    """An earlier run: what its journal says, and its plan.

    Raises:
        UsageError: where there is no such run, or it was a pull.
    """
    data = store.load_plan(run) if run in store.runs() else None
    if data is None:
        raise UsageError(
            f"there is no run {run} of this folder that changed anything in Canvas",
            hint="`captionkit history FOLDER` lists the runs.",
        )
    return read_past(store, run), parse_plan(data, f".captionkit/runs/{run}/plan.json", any_version=True)


def _step(
    media: MediaPlan,
    locale: str,
    saved: Saved | None,
    now: RemoteNow | None,
    store: Store,
    run: str,
    policy: Policy,
    contents: dict[str, str],
) -> Step:
    done = next((step for step in media.changes if step.locale == locale and step.do in UNDOABLE), None)
    found = _decide(media, done, saved, now, policy)
    found = forbidden(found, now) or found
    if found.do not in (Do.CREATE, Do.UPDATE) or saved is None:
        return Step(
            do=found.do,
            locale=locale,
            why=found.why,
            digest_before=now.digest if now else "",
            digest_after=now.digest if now else "",
            kind=now.kind if now else "",
        )
    data = store.load_backup(run, saved.file)
    text = data.decode("utf-8", "surrogatepass")
    if digest_of(text) != saved.digest:
        raise LocalError(
            "this saved text is not what was saved, so it is not restored",
            where=store.backup_path(run, saved.file),
            unchanged="Nothing was sent to Canvas.",
        )
    do: Do = found.do
    lent = now is not None and now.inherited and not now.doubtful
    if now is not None and not lent and not is_converted(text) and now.stored_as != "vtt":
        do = Do.RECREATE  # or Canvas would go on showing its conversion of the text that is there now
    contents[saved.digest] = text
    return Step(
        do=do,
        locale=locale,
        why=found.why,
        digest_before=now.digest if now else "",
        digest_after=saved.digest,
        kind=saved.kind,
        send_kind=saved.kind,
        path=store.backup_path(run, saved.file),
        local_digest=digest_of(data),
        send="as-is",
        shown=shown_digest(text, canvas_webvtt(text)),
        size=len(data),
    )


def _decide(
    media: MediaPlan, done: Step | None, saved: Saved | None, now: RemoteNow | None, policy: Policy
) -> Decision:
    if done is None or saved is None:
        return Decision(Do.KEEP, "not-restored")
    if not saved.file:
        return Decision(Do.SKIP, "content-hidden")
    current = now.seen if now is not None else None
    if current == (saved.kind, saved.digest):
        return Decision(Do.KEEP, "restored")
    back = Do.CREATE if now is None else Do.UPDATE
    choice = policy.resolve.get(f"{media.media.rpartition('/')[2]}/{done.locale}", "")
    if current == media.after_seen.get(done.locale) and choice != "remote":
        return Decision(back, "restore")
    choice = choice or policy.on_conflict
    if choice == "local":
        return Decision(back, "restore")
    if choice == "remote":
        return Decision(Do.KEEP if now is not None else Do.SKIP, "resolved-remote")
    return Decision(Do.CONFLICT, "edited-since")
