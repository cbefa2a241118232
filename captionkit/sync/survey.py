"""From a folder, a manifest and a remote to a plan. Reads the remote, writes nothing.

Theory of operation. One listing shows every media object with the id and time of each track, of every user. An object
whose listing is just what the manifest recorded, and whose files are what they were, is unchanged and costs nothing
more. The content of the others is read, a few at a time, and every locale that is seen in the folder, on the remote or
in the manifest becomes a step of the plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from captionkit.errors import LocalError, NotFound, NotPermitted, OddAnswer, RemoteError
from captionkit.library.local_file import LocalFile
from captionkit.library.wrong_file import Facts
from captionkit.model import Document
from captionkit.sync.decide import CHANGES, Case, Decision, Do, Policy, decide
from captionkit.sync.features import Features
from captionkit.sync.many import Ready, prepare_one
from captionkit.sync.plan import MediaPlan, Plan, Step, step_kind, unreadable
from captionkit.sync.ports import Files, MediaSummary, Progress, Remote, Whose, by_file, say_nothing
from captionkit.sync.publishable import Claim, judged
from captionkit.sync.sides import Sides
from captionkit.sync.state import (
    LocalMedia,
    MediaBase,
    RemoteNow,
    as_last_seen,
    is_as_listed,
    tracks_of,
    with_proofs,
)
from captionkit.sync.upload import Prepared, payload_for, shows_the_same
from captionkit.sync.wrong_files import held_back, unsent, with_likelier, without_wrong_files
from captionkit.threads import each

#: Threads that read. The remote's own governor decides how many requests are really in flight.
READERS = 8

#: Texts that are kept from planning for sending, and the longest of them. The others are made again from their files,
#: so that the plan of a large library does not hold all of it.
KEPT_TEXTS, KEPT_LENGTH = 1000, 64_000


@dataclass(frozen=True, slots=True)
class _Task:
    """One media object to be planned.

    Attributes:
        original: whether it is reached by a file that is proved to be the original.
    """

    local: LocalMedia
    summary: MediaSummary
    base: MediaBase
    length_ms: int
    original: bool

    @property
    def media(self) -> str:
        return self.summary.media


def survey(
    remote: Remote,
    files: Files,
    sides: Sides,
    policy: Policy,
    created_at: str,
    *,
    show_unchanged: bool = False,
    progress: Progress = say_nothing,
) -> Plan:
    """Make a plan for every media object that the folder or the manifest knows.

    Args:
        show_unchanged: have unchanged objects in the plan with all their steps too, not just counted.

    Raises:
        RemoteError: where the remote cannot be read; there is no plan then.
    """
    manifest, folder, identity = sides.manifest, sides.folder, sides.identity
    by_media = {summary.media: summary for summary in sides.summaries}
    can = identity.features
    objects: list[MediaPlan] = []
    tasks: list[_Task] = []
    unchanged = 0
    gone_before = 0
    used = {file.path for local in folder.values() for file in local.files} if manifest.gone else frozenset()
    theirs: Counter[str] = Counter()
    for media in sorted(folder.keys() | manifest.tracks.keys()):
        if not sides.wants(media):
            continue
        local = folder.get(media) or LocalMedia(media, "")
        base = manifest.of(media)
        summary = by_media.get(media)
        if summary is None:
            if media in manifest.gone:
                gone_before += any(t.is_ours and t.path not in used and files.exists(t.path) for t in base.values())
            else:
                objects.append(_vanished(local, base, can.name))
        elif is_unchanged(local, summary, base) and not show_unchanged:
            unchanged += 1
            theirs.update("hidden" if t.digest.startswith("unseen:") else "" for t in base.values() if not t.is_ours)
        else:
            length = summary.length_ms or (sides.length_of(media) if local.files else 0)
            tasks.append(_Task(local, summary, base, length, manifest.is_original(media)))

    ready = Ready(_surely_new(tasks, policy), files, can, policy)
    planning = _Planning(files, policy, identity.user_id, can, ready)
    with each(lambda task: _view(remote, task, policy), tasks, workers=READERS) as views:
        try:
            for number, (task, tracks) in enumerate(zip(tasks, views, strict=True), start=1):
                if isinstance(tracks, RemoteError):
                    objects.append(unreadable(task.media, task.summary.title, tracks))
                    continue
                media_plan = planning.media(task, with_proofs(tracks, task.base, original=task.original))
                theirs.update(
                    "hidden" if step.why == "hidden" else "" for step in media_plan.steps if step.why in THEIRS
                )
                if show_unchanged or any(_is_worth_showing(step) for step in media_plan.steps) or media_plan.blocked:
                    objects.append(media_plan)
                if not any(_is_worth_showing(step) for step in media_plan.steps):
                    unchanged += 1
                progress("compared", number, len(tasks))
        except BaseException:
            ready.close()
            raise
    if any(facts.words or facts.starts for facts in planning.facts.values()):
        lengths = {task.media: task.length_ms for task in tasks}
        objects = without_wrong_files(objects, planning.facts, folder, files, policy, lengths)
    if planning.misfits:
        lengths = {one.media: one.length_ms for one in by_media.values()}
        lengths |= {task.media: task.length_ms for task in tasks}
        titles = {one.media: one.title for one in by_media.values()}
        objects = with_likelier(objects, planning.misfits, planning.facts, titles, lengths)
    return sides.plan(
        policy,
        created_at,
        sorted(objects, key=lambda media: (media.title.casefold(), media.media)),
        unchanged=unchanged,
        unmatched=sides.unmatched,
        unconverted=sides.unconverted,
        media_only=len(by_media.keys() - folder.keys() - manifest.tracks.keys()),
        elsewhere=theirs.total(),
        unread=theirs["hidden"],
        gone_before=gone_before,
        contents=planning.contents,
    )


def is_unchanged(local: LocalMedia, summary: MediaSummary, base: MediaBase) -> bool:
    """Whether neither side moved since both were verified, as far as can be known without another request.

    Of what may be a copy the listing shows what it is lent, so that somebody's first own track in it is not noticed
    here; nothing is sent for that, and a pull reads it.
    """
    if not base or summary.tracks is None or local.incomplete:
        return False
    ours = {locale: track for locale, track in base.items() if track.is_ours}
    if any(track.stored_as == "stale" for track in ours.values()):
        return False
    as_before = len(local.files) == len(ours) and all(
        file.locale in ours
        and file.local_digest == ours[file.locale].local_digest
        and file.kind in (None, ours[file.locale].kind)
        for file in local.files
    )
    return as_before and is_as_listed(base, summary.tracks)


def _view(remote: Remote, task: _Task, policy: Policy) -> dict[str, RemoteNow] | RemoteError:
    """The tracks of one object, with no more requests than it takes; or why just this one may not be read."""
    listed = task.summary.tracks if task.summary.shows_all else None
    if listed is not None and not listed:
        return {}
    # What was last seen does not say who made a track, so what may be deleted, or made anew, is read.
    removes = policy.mirror or (policy.delete and not task.base.keys() <= {f.locale for f in task.local.files})
    was = ((file, task.base.get(file.locale)) for file in task.local.files)
    remakes = any(b and b.stored_as != "vtt" and b.local_digest != file.local_digest for file, b in was)
    if not (removes or remakes) and listed is not None and task.base and is_as_listed(task.base, listed):
        return as_last_seen(task.base)
    return read_or_why_not(remote, task.summary, task.base)


def read_or_why_not(remote: Remote, summary: MediaSummary, base: MediaBase) -> dict[str, RemoteNow] | RemoteError:
    """The tracks of one object as they are now, with those that only the listing we already have shows; or why just
    this one may not be read."""
    # By the media id a read shows one's own tracks only; those of others have to be listed where they were not.
    is_listed = summary.tracks is not None or by_file(summary.media)
    try:
        state = remote.read(summary.media, fresh_listing=not is_listed)
        is_whole = by_file(summary.media) or not is_listed
        return tracks_of(state if is_whole else replace(state, listed=summary.tracks), base)
    except (NotPermitted, NotFound, OddAnswer) as error:
        return error


#: Why a track is kept that is in Canvas only.
THEIRS = frozenset({"unmanaged", "hidden", "lent-unmanaged", "lent"})


class _Planning:
    """What the steps of a plan are made with.

    Attributes:
        contents: the texts that the plan would send, by digest.
        facts: what is compared of each track that would be sent, by media and locale.
        misfits: the same of those that are held back since they do not fit the length of their recording.
    """

    def __init__(self, files: Files, policy: Policy, user_id: str, can: Features, ready: Ready) -> None:
        self._files = files
        self._policy = policy
        self._user_id = user_id
        self._can = can
        self._ready = ready
        self.contents: dict[str, str] = {}
        self.facts: dict[tuple[str, str], Facts] = {}
        self.misfits: dict[tuple[str, str], Facts] = {}

    def media(self, task: _Task, tracks: Mapping[str, RemoteNow]) -> MediaPlan:
        local = {file.locale: file for file in task.local.files}
        ours = {locale for locale, track in task.base.items() if track.is_ours}
        steps = [
            within(self._can, self._step(task, locale, local.get(locale), tracks.get(locale)))
            for locale in sorted(local.keys() | tracks.keys() | ours)
        ]
        media_plan = MediaPlan(
            media=task.media,
            title=task.summary.title,
            before=tuple(track.without_texts() for _, track in sorted(tracks.items())),
            steps=tuple(steps),
        )
        return replace(media_plan, blocked=_blocked(task, media_plan))

    def _step(self, task: _Task, locale: str, local: LocalFile | None, remote: RemoteNow | None) -> Step:
        base = task.base.get(locale)
        prepared = None

        def equal() -> bool:
            nonlocal prepared
            if local is None or remote is None or remote.shown_text is None or local.kind not in (None, remote.kind):
                return False
            prepared = _prepare(self._files, local, self._can)
            return shows_the_same(prepared, remote)

        case = Case(
            base,
            local,
            remote,
            equal,
            resolution=self._policy.resolve.get(f"{task.media.rpartition('/')[2]}/{locale}", ""),
            removal_blocked=removal_blocked(task.local),
            user_id=self._user_id,
        )
        found = decide(case, self._policy)
        if found.do in (Do.CREATE, Do.UPDATE) and local is not None:
            if found.do is Do.CREATE and local.kind is None:
                local = replace(local, kind=self._policy.new_kind)
            if prepared is None:
                prepared = (remote is None and self._ready.take(local)) or _prepare(self._files, local, self._can)
            step = self._sending(found, locale, local, remote, prepared)
            if step.do not in CHANGES or (step.do is not Do.CREATE and not self._can.replace):
                return step
            return self._judged(task, step, prepared, payload_for(prepared, remote).content)
        owner = f"made by user {remote.owner_id}" if remote is not None and found.why.startswith("colleagues") else ""
        return Step(
            do=found.do,
            locale=locale,
            why=found.why,
            digest_before=remote.digest if remote else "",
            digest_after=remote.digest if remote and found.do is not Do.DELETE else "",
            kind=remote.kind if remote and found.do is not Do.DELETE else "",
            path=local.path if local else "",
            local_digest=local.local_digest if local else "",
            note=local.note if local else owner or _asked(found.do, remote),
        )

    def _judged(self, task: _Task, step: Step, prepared: Prepared, content: str) -> Step:
        """The step, or, where what would be sent is not fit to be seen, the same held back."""
        if prepared.reasons is None:
            prepared = judged(prepared, Claim(step.locale, step.kind, task.length_ms), self._policy.allow)
        if prepared.reasons:
            if any(reason.check == "length" for reason in prepared.reasons):
                self.misfits[task.media, step.locale] = prepared.facts
            return held_back(step, prepared.reasons)
        if len(self.contents) < KEPT_TEXTS and len(content) < KEPT_LENGTH:
            self.contents[step.digest_after] = content
        self.facts[task.media, step.locale] = prepared.facts
        return step

    def _sending(
        self, found: Decision, locale: str, local: LocalFile, remote: RemoteNow | None, prepared: Prepared
    ) -> Step:
        step = Step(
            do=Do.SKIP,
            locale=locale,
            why="bad-file",
            digest_before=remote.digest if remote else "",
            digest_after=remote.digest if remote else "",
            kind=remote.kind if remote else "",
            path=local.path,
            local_digest=local.local_digest,
            encoding=local.encoding,
            note=prepared.problem,
        )
        if prepared.problem:
            return step
        payload = payload_for(prepared, remote)
        kind = step_kind(local.kind, remote)
        automatic = "the track goes on being called automatic" if remote is not None and remote.asr else ""
        whose = self._becomes(payload.do, remote)
        note = "; ".join(note for note in (local.note, *prepared.notes, automatic, whose) if note)
        if remote is not None and remote.stored_as != "stale" and (kind, payload.digest) == remote.seen:
            # The file changed in a way that nobody sees, a byte order mark for one: there is nothing to send.
            return replace(step, do=Do.ADOPT, why="both-same", note=note)
        # A track that is made anew, or made beside one that is lent, says its kind, or it would get Canvas's default.
        is_new = payload.do is Do.RECREATE or (remote is not None and remote.whose is not Whose.OWN)
        return replace(
            step,
            do=payload.do,
            why=found.why,
            digest_after=payload.digest,
            kind=kind,
            send_kind=kind if is_new else local.kind,
            send=payload.send,
            shown=prepared.shown,
            size=len(payload.content.encode("utf-8", "surrogatepass")),
            note=note,
        )

    def _becomes(self, do: Do, remote: RemoteNow | None) -> str:
        """Whose the track will be, where that changes."""
        if remote is None:
            return ""
        if remote.whose is Whose.LENT:
            return "the other course's stays as it is; this recording gets a track of its own"
        if do is Do.RECREATE and remote.owner_id not in (None, self._user_id):
            return f"made by user {remote.owner_id}; made anew it belongs to you"
        return _asked(do, remote)


def _asked(do: Do, remote: RemoteNow | None) -> str:
    """What a plan says of a step before which Canvas is asked whose the track is."""
    if remote is None or remote.whose is not Whose.UNKNOWN:
        return ""
    if do is Do.DELETE:
        return "only if it is not another course's; Canvas is asked first, by sending its own text again"
    return "sent in place first; made anew only if it is not another course's" if do is Do.RECREATE else ""


def _blocked(task: _Task, media: MediaPlan) -> str:
    if media.conflicts:
        return "conflict"
    # By a file the file's own rights count, which the listing does not say: a refusal changes nothing, so it is tried.
    if media.changes and task.summary.can_add_captions is False and not by_file(task.media):
        return "Canvas says that you may not change the captions of this media"
    return ""


def _prepare(files: Files, local: LocalFile, can: Features) -> Prepared:
    try:
        data = files.read_file(local.path)
    except LocalError as error:  # opened by another program since the folder was looked at
        return Prepared(local, Document(format="vtt", blocks=()), "", "", problem=error.message)
    return prepare_one(local, data, srt_only=can.srt_only)


def _surely_new(tasks: Iterable[_Task], policy: Policy) -> Iterator[tuple[LocalFile, Claim]]:
    """The files that surely are to be sent as new: nobody has the language, as far as the listing shows."""
    for task in tasks:
        if task.summary.tracks is not None:
            taken = {track.locale for track in task.summary.tracks} | task.base.keys()
            for file in sorted(task.local.files, key=lambda file: file.locale):
                if file.locale not in taken:
                    kind = step_kind(file.kind or policy.new_kind, None)
                    yield file, Claim(file.locale, kind, task.length_ms)


def within(can: Features, step: Step) -> Step:
    """The step, or, where the remote has no call for it, the same as work for a person."""
    if step.do in (Do.UPDATE, Do.RECREATE) and not can.replace:
        why = "manual-replace"
    elif step.do is Do.DELETE and not can.delete:
        why = "manual-delete"
    else:
        return step
    return replace(unsent(step), do=Do.MANUAL, why=why)


def removal_blocked(local: LocalMedia) -> str:
    if local.incomplete:
        return "removal-incomplete"
    if not local.files and not local.named:
        return "removal-unnamed"
    return ""


def _is_worth_showing(step: Step) -> bool:
    return step.why not in ("clean", "unmanaged", "hidden", "lent-unmanaged")


def _vanished(local: LocalMedia, base: MediaBase, service: str) -> MediaPlan:
    """An object that we knew or have files for, and that the remote does not list any more."""
    if base:
        title = local.name or next((track.path for track in base.values() if track.path), "")
        return MediaPlan(local.media, title, (), (), gone=True)
    return MediaPlan(
        media=local.media,
        title=local.name,
        before=(),
        steps=(),
        blocked=f"{service} does not list this media any more: it was deleted, moved, or you lost the right to see it",
    )
