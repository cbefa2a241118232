"""Bringing media objects back to what they were before an earlier run, as a plan like any other.

Theory of operation. A run's journal says where it saved each media object before it touched it, its plan what it meant
to leave behind, and its last records which track, by its id, was there when it had read its work back. For every track
that the run changed three things are compared: what was there before (the backup), what the run left, and what is there
now. Is it as the run left it, it goes back: the saved text is sent, and what the run made is removed, which is allowed
because the id proves that it is just that track. Is it as it was before, there is nothing to do. Is it anything else,
somebody has edited it since, and that is a conflict, for the user to settle. A track of another id than the run left is
somebody else's, and stays.

By the file of a copied course a run may have made a track over one of the original's. That one goes again, and the
original's shows as before; only where it is gone meanwhile, its text comes back as this file's own.

What cannot be brought back: a restored track has a new id and a new creation time if it had been deleted, and belongs
to whoever restores it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from captionkit.canvas_rules import canvas_webvtt, is_converted
from captionkit.decoding import digest_of_file
from captionkit.errors import LocalError, NotFound, NotPermitted, OddAnswer, UsageError
from captionkit.records import RecordError, damaged_at, parse, read
from captionkit.sync.decide import TAKEN_BACK, Decision, Do, Policy, within_reach
from captionkit.sync.journal import Past, read_past
from captionkit.sync.plan import MediaPlan, Plan, Step, parse_plan, unreadable, without_shown_again
from captionkit.sync.ports import Remote, Store, Whose
from captionkit.sync.sides import Sides
from captionkit.sync.state import RemoteNow, check_names, digest_of, snapshot_digest
from captionkit.sync.survey import within
from captionkit.sync.undo import Saved, Undoing, undo
from captionkit.sync.upload import shown_digest

#: Why a plan that undoes a run changes something.
UNDOING = TAKEN_BACK | {"restore"}


def undoable(past: Past, plan: Plan) -> Iterator[tuple[MediaPlan, Step]]:
    """What a run changed, or may have changed, in Canvas."""
    for media in plan.changing:
        if media.media in past.sent and media.media in past.backups:
            yield from ((media, step) for step in media.changes)


def saved_tracks(store: Store, past: Past, media: str) -> dict[str, Saved]:
    """The tracks of one media object as a run found them, by locale.

    Raises:
        LocalError: where the backup is not there or not whole.
    """
    folder, snapshot = past.backups[media]
    name = f"{folder}/tracks.json"
    with damaged_at(store.backup_path(past.run, name), "this backup is not whole, so nothing is restored from it"):
        about = read(_Backup, parse(store.load_backup(past.run, name)))
        for track in about.tracks:
            check_names(about.media, track.locale)
            if "/" in track.file or "\\" in track.file or track.file.startswith("."):
                raise RecordError(f"file is no name of a backup: {track.file[:200]!r}")
        if snapshot and snapshot_digest({t.locale: (t.kind, t.digest) for t in about.tracks}) != snapshot:
            raise RecordError("it is not what the journal says was saved")
        return {
            track.locale: replace(track, file=f"{folder}/{track.file}" if track.file else "") for track in about.tracks
        }


@dataclass(frozen=True, slots=True)
class _Backup:
    """What is kept beside the saved texts of one media object."""

    media: str
    tracks: tuple[Saved, ...]


def plan_restore(run: str, remote: Remote, store: Store, sides: Sides, policy: Policy, created_at: str) -> Plan:
    """A plan that brings back everything that `run` changed. Reads the remote, writes nothing.

    Args:
        policy: `on_conflict` and `resolve` count; "local" means what was there before the run.

    Raises:
        UsageError: where there is no such run, or it changed nothing in Canvas.
        LocalError: where its backup is not whole.
    """
    past, old = read_run(store, run)
    identity, manifest = sides.identity, sides.manifest
    can = identity.features
    objects, contents = [], dict[str, str]()
    for then in dict.fromkeys(media for media, _ in undoable(past, old)):
        media = replace(then, media=manifest.now_at(then.media, sides.summaries))
        about = manifest.summary_of(then.media, sides.summaries)
        if sides.only is not None and (about is None or about.media not in sides.only):
            continue
        saved = saved_tracks(store, past, then.media)
        if about is None:
            gone = "Canvas does not list this media any more"
            objects.append(MediaPlan(media.media, media.title, (), (), blocked=gone))
            continue
        try:
            state = remote.read(media.media, fresh_listing=True)
            everything = manifest.read(state)
        except (NotPermitted, NotFound, OddAnswer) as error:
            objects.append(unreadable(media.media, about.title, error))
            continue
        elsewhere = frozenset[str]() if manifest.is_original(media.media) else state.shown_elsewhere
        tracks = without_shown_again(then, everything, elsewhere)
        left = {locale: track_id for locale, (_, _, track_id) in past.left.get(then.media, {}).items()}
        undo = _Undo(media, saved, left, elsewhere or frozenset(), identity.user_id, store, run, policy, contents)
        locales = sorted(tracks.keys() | {step.locale for step in media.changes})
        steps = tuple(within(can, undo.step(locale, tracks.get(locale))) for locale in locales)
        new = MediaPlan(media.media, about.title, tuple(t.without_texts() for t in everything.values()), steps)
        objects.append(replace(new, blocked="conflict" if new.conflicts else ""))
    return sides.plan(policy, created_at, objects, contents=contents, what="restore", run=run)


def read_run(store: Store, run: str) -> tuple[Past, Plan]:
    """An earlier run: what its journal says, and its plan.

    Raises:
        UsageError: where there is no such run, or it was a pull.
    """
    data = store.load_plan(run) if run in store.runs() else None
    if data is None:
        raise UsageError(
            f"there is no run {run} of this folder that changed anything in Canvas",
            hint="The history of the folder lists the runs.",
        )
    return read_past(store, run), parse_plan(data, f".captionkit/runs/{run}/plan.json", any_version=True)


@dataclass(frozen=True, slots=True)
class _Undo:
    """Undoing a run on one media object.

    Attributes:
        media: what the run meant to do.
        saved: its tracks before the run. left: locale -> the track's id when the run had read its work back.
        elsewhere: ids of the tracks of the file that this one was copied from. user_id: who undoes it.
        contents: gets the texts that are to be sent, by digest.
    """

    media: MediaPlan
    saved: Mapping[str, Saved]
    left: Mapping[str, str]
    elsewhere: frozenset[str]
    user_id: str
    store: Store
    run: str
    policy: Policy
    contents: dict[str, str]

    def step(self, locale: str, now: RemoteNow | None) -> Step:
        """What is to be done about one language, given what is there now."""
        saved = self.saved.get(locale)
        case = Undoing(
            any(step.locale == locale for step in self.media.changes),
            saved,
            self.media.after_seen.get(locale),
            self.left.get(locale, ""),
            now,
            self.elsewhere,
            self.policy.on_conflict,
        )
        resolution = self.policy.resolve.get(f"{self.media.media.rpartition('/')[2]}/{locale}", "")
        found = within_reach(undo(case, resolution), now, self.user_id, self.policy)
        if found.do in (Do.CREATE, Do.UPDATE) and saved is not None:
            return self._sending(found, saved, now)
        stays = now if found.do is not Do.DELETE else None
        return Step(
            do=found.do,
            locale=locale,
            why=found.why,
            digest_before=now.digest if now else "",
            digest_after=stays.digest if stays else "",
            kind=stays.kind if stays else "",
        )

    def _sending(self, found: Decision, saved: Saved, now: RemoteNow | None) -> Step:
        path = self.store.backup_path(self.run, saved.file)
        data = self.store.load_backup(self.run, saved.file)
        text = data.decode("utf-8", "surrogatepass")
        if digest_of(text) != saved.digest:
            raise LocalError(
                "this saved text is not what was saved, so it is not restored",
                where=path,
                unchanged="Nothing was sent to Canvas.",
            )
        do: Do = found.do
        lent = now is not None and now.whose is Whose.LENT
        if now is not None and not lent and not is_converted(text) and now.stored_as != "vtt":
            do = Do.RECREATE  # or Canvas would go on showing its conversion of the text that is there now
        self.contents[saved.digest] = text
        return Step(
            do=do,
            locale=saved.locale,
            why=found.why,
            digest_before=now.digest if now else "",
            digest_after=saved.digest,
            kind=saved.kind,
            send_kind=saved.kind,
            path=path,
            local_digest=digest_of_file(data),
            send="as-is",
            shown=shown_digest(text, canvas_webvtt(text)),
            size=len(data),
        )
