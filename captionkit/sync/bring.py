"""Bringing remote tracks into the folder: the other column of the table that a push goes by.

A file that was edited here is never overwritten without the user's word, and a file that is replaced or deleted is
saved in the run's backup first. A track keeps the file, and the file's format, that it has; a new one is written in the
format it has in Canvas, as `<name>.<locale>.vtt` or `.srt`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from captionkit.conversion import convert, viewer_digest
from captionkit.decoding import digest_of_file
from captionkit.documents import dumps, loads
from captionkit.errors import LeadsOutside, LocalError, LossyConversion, RemoteError, StaleError
from captionkit.files import is_of_one_file
from captionkit.library.local_file import LocalFile
from captionkit.library.names import file_name
from captionkit.sync.decide import Case, Decision, Do, Policy, Way, decide
from captionkit.sync.journal import ENDED, STARTED, Journal, State
from captionkit.sync.manifest import Manifest, ManifestBuilder
from captionkit.sync.plan import MediaPlan, Plan, Step
from captionkit.sync.ports import (
    Files,
    MediaState,
    MediaSummary,
    OddTracks,
    Ports,
    Progress,
    Remote,
    say_nothing,
)
from captionkit.sync.results import Ending, Result
from captionkit.sync.run import Order, Report
from captionkit.sync.sides import Sides
from captionkit.sync.state import (
    BaseTrack,
    LocalMedia,
    RemoteNow,
    Tracks,
    base_of,
    is_as_listed,
    merge_views,
)
from captionkit.sync.survey import READERS, read_or_why_not, removal_blocked
from captionkit.threads import each


def plan_pull(
    remote: Remote, files: Files, sides: Sides, policy: Policy, created_at: str, *, progress: Progress = say_nothing
) -> Plan:
    """Find out what a pull would do. Reads the remote and the folder, writes nothing.

    Args:
        policy: `delete`, `restore`, `on_conflict` and `resolve` count.
    """
    manifest, folder = sides.manifest, sides.folder
    tasks: list[MediaSummary] = []
    unchanged = 0
    wanted = [summary for summary in sides.summaries if sides.wants(summary.media)]
    for summary in sorted(wanted, key=lambda summary: (summary.title.casefold(), summary.media)):
        base, local = manifest.of(summary.media), folder.get(summary.media)
        if summary.shows_all and not summary.tracks and not base:
            continue
        if local and _is_unchanged(summary, local, base):
            unchanged += 1
        else:
            tasks.append(summary)
    planning = _Pulling(sides, files, policy)
    objects = []
    with each(lambda one: read_or_why_not(remote, one, manifest.of(one.media)), tasks, workers=READERS) as views:
        for number, (summary, tracks) in enumerate(zip(tasks, views, strict=True), start=1):
            objects.append(planning.media(summary, tracks))
            progress("read", number, len(tasks))
    return sides.plan(
        policy,
        created_at,
        objects,
        unchanged=unchanged,
        unmatched=sides.unread,
        contents=planning.contents,
        way=Way.PULL,
        what="pull",
    )


def _is_unchanged(summary: MediaSummary, local: LocalMedia, base: Mapping[str, BaseTrack]) -> bool:
    if not base or not summary.shows_all or not is_as_listed(base, summary.tracks or ()):
        return False
    ours = {track.locale: track.local_digest for track in base.values() if track.is_ours}
    return len(ours) == len(base) and ours == {file.locale: file.local_digest for file in local.files}


@dataclass(frozen=True, slots=True)
class _Pulling:
    """What the steps of a pull are made with.

    Attributes:
        contents: the texts of files that are not what the track holds, by digest.
        taken: paths that have a file, or will have one, in small letters.
    """

    sides: Sides
    files: Files
    policy: Policy
    contents: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.taken.update(file.path.casefold() for media in self.sides.folder.values() for file in media.files)

    def media(self, summary: MediaSummary, tracks: Tracks | RemoteError) -> MediaPlan:
        """What is brought of one media object, of which some or all may be unreadable."""
        if isinstance(tracks, OddTracks):
            known = self._media(summary, merge_views(MediaState(summary.media, tracks.usable, None)))
            # Those that could not be understood may be any that seem to be gone, so for them nothing is done.
            steps = [
                replace(step, do=Do.SKIP, why="unreadable")
                if known.track(step.locale) is None and step.do is not Do.KEEP
                else step
                for step in known.steps
            ]
            odd = Step(Do.SKIP, "some", "unreadable", note=tracks.message)
            return replace(known, steps=(*steps, odd))
        if isinstance(tracks, RemoteError):
            why = f"{tracks.message}. {tracks.hint}" if tracks.hint else tracks.message
            step = Step(Do.SKIP, "all", "unreadable", note=why)
            return MediaPlan(summary.media, summary.title, (), (step,))
        return self._media(summary, tracks)

    def _media(self, summary: MediaSummary, tracks: Tracks) -> MediaPlan:
        local = self.sides.folder.get(summary.media) or LocalMedia(summary.media, "")
        base = self.sides.manifest.of(summary.media)
        here = {file.locale: file for file in local.files}
        ours = {locale for locale, track in base.items() if track.is_ours}
        name = local.name or self.sides.name_of(summary)
        steps = []
        for locale in sorted(here.keys() | tracks.keys() | ours):
            file, track = here.get(locale), tracks.get(locale)
            case = Case(
                base.get(locale),
                file,
                track,
                lambda file=file, track=track: _same_for_viewers(self.files, file, track),  # type: ignore[misc]  # bound now
                resolution=self.policy.resolve.get(f"{summary.media.rpartition('/')[2]}/{locale}", ""),
                removal_blocked=removal_blocked(local),
            )
            steps.append(self._step(decide(case, self.policy, Way.PULL), locale, file, track, name))
        before = tuple(track for _, track in sorted(tracks.items()))
        return MediaPlan(summary.media, summary.title, before, tuple(steps))

    def _step(self, found: Decision, locale: str, file: LocalFile | None, track: RemoteNow | None, name: str) -> Step:
        """The step with the file that it writes or removes."""
        step = Step(
            found.do,
            locale,
            found.why,
            digest_before=file.local_digest if file else "",
            path=file.path if file else "",
            local_digest=file.local_digest if file else "",
        )
        if found.do not in (Do.WRITE, Do.REPLACE):
            return step
        assert track is not None
        assert track.content is not None
        suffix = PurePosixPath(step.path).suffix.lower().lstrip(".")
        wanted = "vtt" if suffix == "webvtt" else suffix
        text, extension, note = _as_file(track.content, wanted)
        step = replace(step, note=note)
        if file is None or extension != wanted:
            new = (
                str(PurePosixPath(file.path).with_suffix(f".{extension}"))
                if file
                else file_name(name, track.locale, track.kind, extension)
            )
            step = replace(step, path=new, old_path=file.path if file else "")
            try:
                is_taken = new.casefold() in self.taken or self.files.exists(new)
            except LeadsOutside as error:
                return replace(step, do=Do.SKIP, why="leads-out", old_path="", note=error.where)
            if is_taken:
                return replace(step, do=Do.SKIP, why="name-taken", old_path="")
            self.taken.add(new.casefold())
        digest = digest_of_file(_encoded(text))
        if text != track.content:
            self.contents[digest] = text
        return replace(step, digest_after=digest)


def bring(plan: Plan, ports: Ports, manifest: Manifest, order: Order) -> Report:
    """Write the files of a pull and record them. The caller holds the folder's lock.

    Returns:
        What was done. Its plan is as it went: what somebody saved meanwhile is a conflict, what was not come to is not
        in it.

    Raises:
        LocalError: where the disk fails; what was brought before is recorded. A file that is open in another program,
            read-only or called too long stops only itself.
    """
    wanted = plan.changing
    if not wanted:
        return Report("", plan, (), manifest, ports.remote.cost())
    journal = Journal(ports.store, ports.clock, order.run, order.watch)
    journal.write(STARTED, what="pull", by=order.by, serial=manifest.serial)
    recorded, done = ManifestBuilder(manifest), dict[str, MediaPlan]()
    results = []
    try:
        for number, media in enumerate(wanted, start=1):
            if order.stopped():
                break
            done[media.media], records = _bring_media(media, plan, recorded, ports, order.run)
            recorded.verified(media.media, records.values())
            tracks = [record.as_json() for record in records.values()]
            journal.write(State.COMMITTED, media.media, serial=recorded.serial, tracks=tracks)
            results.append(Result(done[media.media], Ending.COMMITTED))
            order.progress("brought", number, len(wanted))
    finally:
        ports.store.save_manifest(recorded.manifest().as_bytes())
        journal.write(ENDED, interrupted=len(done) < len(wanted))
    left = {media.media: media for media in wanted if media.media not in done}
    results += [Result(media, Ending.NOT_STARTED, "its turn did not come") for media in left.values()]
    objects = tuple(
        replace(media, steps=tuple(step for step in media.steps if step not in media.file_changes))
        if media.media in left
        else done.get(media.media, media)
        for media in plan.objects
    )
    went = replace(plan, objects=objects)
    return Report(order.run, went, tuple(results), recorded.manifest(), ports.remote.cost(), interrupted=bool(left))


def _bring_media(
    media: MediaPlan, plan: Plan, recorded: ManifestBuilder, ports: Ports, run: str
) -> tuple[MediaPlan, dict[str, BaseTrack]]:
    """Do what is to be done about one media object; how it went, and what is to be recorded of it."""
    records = {locale: was for locale, was in recorded.of(media.media).items() if was.is_ours}
    steps = []
    for step in media.steps:
        if step in media.file_changes:
            try:
                record = _bring_one(media, step, plan.contents, ports, run)
            except StaleError:
                steps.append(replace(step, do=Do.CONFLICT, why="edited-meanwhile"))
                continue
            except LocalError as error:
                if not is_of_one_file(error):
                    raise
                note = f"{error.message} ({error.where})"
                steps.append(replace(step, do=Do.SKIP, why="not-written", note=note))
                continue
            if record is None:
                records.pop(step.locale, None)
            else:
                records[step.locale] = record
        steps.append(step)
    for track in media.before:
        if track.locale not in records:
            records[track.locale] = base_of(media.media, track, None)
    return replace(media, steps=tuple(steps)), records


def _bring_one(media: MediaPlan, step: Step, contents: Mapping[str, str], ports: Ports, run: str) -> BaseTrack | None:
    """Do one step; the record of it, None where the track is gone on both sides.

    Raises:
        StaleError: where the folder is not what the pull saw; everything in it stays.
    """
    files, store = ports.files, ports.store
    track, was = media.track(step.locale), step.local_digest
    old = step.old_path or step.path
    if step.do is Do.ADOPT:
        file = LocalFile(step.locale, step.path, was) if was else None
        return base_of(media.media, track, file) if track is not None else None
    if was and files.exists(old):
        store.save_backup(run, f"folder/{old}", files.read_file(old))
    if step.do is Do.REMOVE:
        files.remove_file(step.path, was=was)
        return None
    assert track is not None
    assert track.content is not None
    data = _encoded(contents.get(step.digest_after, track.content))
    if step.old_path:
        files.write_file(step.path, data, was="")
        try:
            files.remove_file(step.old_path, was=was)
        except (StaleError, LocalError):
            files.remove_file(step.path, was=step.digest_after)
            raise
    else:
        files.write_file(step.path, data, was=was)
    return base_of(media.media, track, LocalFile(step.locale, step.path, step.digest_after))


def _same_for_viewers(files: Files, local: LocalFile | None, remote: RemoteNow | None) -> bool:
    if local is None or remote is None or remote.shown_text is None or local.kind not in (None, remote.kind):
        return False
    mine = viewer_digest(loads(files.read_file(local.path), path=local.path))
    return mine == viewer_digest(loads(remote.shown_text, "vtt"))


def _as_file(content: str, wanted: str) -> tuple[str, str, str]:
    """The remote text as a file: its text, its extension, and a note.

    It is written as it stands in Canvas, unless the track's file has the other format and nothing is lost by keeping
    that.
    """
    document = loads(content)
    actual = document.format
    if wanted in ("", actual):
        return content, actual, ""
    try:
        converted = convert(document, wanted, strict=True)
    except LossyConversion as loss:
        return content, actual, f"kept as .{actual}: {loss.message}"
    return dumps(converted.document), wanted, ""


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
