"""What the sync commands share: their options, and the folder and the remote brought together.

This is where the parts meet that do not know each other: the library (files and names), the remote, the store on disk
and the engine.
"""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from captionkit.errors import GuardRefused, UsageError
from captionkit.sync.decide import Policy
from captionkit.sync.guards import LIFTABLE

if TYPE_CHECKING:
    from captionkit.config import Config
    from captionkit.library.assign import Assigned
    from captionkit.library.match import Matches
    from captionkit.library.scan import Library
    from captionkit.sync.journal import Past
    from captionkit.sync.manifest import Manifest
    from captionkit.sync.plan import Plan
    from captionkit.sync.ports import MediaState, MediaSummary, Remote, RemoteIdentity
    from captionkit.sync.state import LocalMedia
    from captionkit.sync.store import FolderStore
    from captionkit.sync.survey import Surveyed

F = TypeVar("F", bound=Callable[..., Any])

FOLDER = click.Path(file_okay=False, path_type=Path)


def folder_argument(function: F) -> F:
    return click.argument("folder", type=FOLDER, default=".", required=False)(function)


def policy_options(function: F) -> F:
    """The options that say what a push may do."""
    options = [
        click.option("--delete/--no-delete", default=None, help="Delete tracks that captionkit put there and whose "
                     "file left the folder. Without it they stay."),
        click.option("--mirror", is_flag=True, help="The folder is the whole truth for the media it has files for: "
                     "delete every other track of theirs, within the limits."),
        click.option("--max-delete", metavar="N", help="Refuse a plan that deletes more tracks than this, a number or "
                     "a percentage (default: captionkit.toml, else 10)."),
        click.option("--on-conflict", type=click.Choice(["stop", "local", "remote"]), help="Whose version counts where "
                     "both changed; stop (the default) leaves such media alone."),
        click.option("--resolve", multiple=True, metavar="MEDIA/LANG=local|remote", help="The same for one track, "
                     "e.g. m-abc/en=local. Repeatable."),
        click.option("--allow", multiple=True, type=click.Choice(LIFTABLE), help="Lift one safety limit. Repeatable."),
        click.option("--guard-locales", is_flag=True, help="Name every language that Canvas offers in each request, "
                     "so that one which a colleague adds in that very moment is kept. For shared courses."),
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def sync_options(function: F) -> F:
    """The options of every sync command."""
    options = [
        click.option("--media", "media", multiple=True, metavar="MEDIA", help="Only this media object: its id, title "
                     "or name in the folder. Repeatable."),
        click.option("--as-user-id", default="", metavar="ID", help="Act as this user, where your token may "
                     "(masquerading): shows and replaces that user's tracks."),
        click.option("--json", "as_json", is_flag=True, help="Print events for machines, a JSON object a line."),
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def policy_from(
    config: Config,
    ours: int,
    *,
    delete: bool | None = None,
    mirror: bool = False,
    max_delete: str | None = None,
    on_conflict: str | None = None,
    resolve: tuple[str, ...] = (),
    allow: tuple[str, ...] = (),
    guard_locales: bool = False,
) -> Policy:
    """The command line over captionkit.toml over the defaults.

    Args:
        ours: how many tracks the folder keeps in Canvas, for a limit in percent.
    """
    from captionkit.config import max_delete as parse_max_delete
    from captionkit.languages import CanvasLocale, canvas_locale

    limit = config.max_delete if max_delete is None else parse_max_delete(_number_or_text(max_delete))
    most = ours if limit.tracks is None else limit.tracks
    if limit.percent is not None:
        most = ours * limit.percent // 100
    protected = set(config.protect)
    for tag in config.protect:
        stored = canvas_locale(tag)
        if isinstance(stored, CanvasLocale):
            protected.add(stored.locale)
    return Policy(
        delete=config.delete if delete is None else delete,
        mirror=mirror,
        max_delete=most,
        on_conflict=on_conflict or config.on_conflict,
        resolve=dict(_resolution(text) for text in resolve),
        protect=frozenset(protected),
        allow=frozenset(allow),
        guard_locales=guard_locales,
        # Studio knows no kinds, so none is asked for there.
        new_kind=None if config.service == "studio" else config.kind,
    )


def _number_or_text(text: str) -> int | str:
    return int(text) if text.strip().lstrip("-").isdecimal() else text.strip()


def _resolution(text: str) -> tuple[str, str]:
    key, _, side = text.rpartition("=")
    if "/" not in key or side not in ("local", "remote"):
        raise UsageError(
            f"--resolve {text} is not understood", hint="Write it as MEDIA/LANG=local or MEDIA/LANG=remote, e.g. "
            "m-abc/en=local."
        )  # fmt: skip
    return key.removeprefix("media_objects/").removeprefix("media_attachments/"), side


@dataclass(frozen=True)
class Workspace:
    """A folder and its remote, looked at once.

    Attributes:
        local: the folder's files by media.
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
    unmatched: tuple[str, ...]
    only: frozenset[str] | None

    @property
    def service(self) -> str:
        """What a person calls the remote."""
        from captionkit.sync.capabilities import service_name

        return service_name(self.identity.kind)

    @property
    def ours(self) -> int:
        return sum(track.is_ours for tracks in self.manifest.tracks.values() for track in tracks.values())

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


def model_of_canvas(state: MediaState) -> Remote:
    """A model of the server that holds one media object as it was just read, to rehearse a request on."""
    if state.media.startswith("media/"):
        from captionkit.remotes._studio_model import StudioModel

        return StudioModel(state)
    from captionkit.remotes.memory import MemoryCanvas, MemoryRemote

    path = state.media.partition("/")[0]
    return MemoryRemote(MemoryCanvas.holding(state, "me"), user_id="me", scope="courses/0", path=path)


@contextlib.contextmanager
def open_workspace(
    folder: Path, *, media: tuple[str, ...] = (), as_user_id: str = "", lock: str = "", quiet: bool = False
) -> Iterator[Workspace]:
    """Read the configuration, the manifest, the folder and the listing of the remote.

    Args:
        lock: the command that needs the folder for itself; "" for one that only reads.
    """
    from captionkit.config import for_folder
    from captionkit.library.assign import assign, names_to_match
    from captionkit.library.match import match
    from captionkit.library.scan import scan
    from captionkit.sync.store import FolderStore

    config = for_folder(folder)
    store = FolderStore(folder)
    with contextlib.ExitStack() as stack:
        if lock:
            stack.enter_context(store.lock(lock))
        remote = stack.enter_context(_remote_of(config, as_user_id))
        identity = remote.identity()
        manifest = _manifest(store, identity)
        summaries = tuple(_counted_in(remote.list_media(), progress_line("media objects listed", quiet=quiet)))
        library = scan(folder, config, titles=[s.title for s in summaries], recorded=_recorded(manifest))
        matches = match(names_to_match(library), summaries, config.media)
        assigned = assign(library, matches, _locales_there(summaries, manifest))
        only = _named(media, summaries, matches) if media else None
        local = _local(library, assigned, matches, manifest, only, with_kinds=config.service != "studio")
        yield Workspace(
            folder, config, store, remote, identity, manifest, summaries, library, local,
            tuple(_loose_ends(library, assigned)), only,
        )  # fmt: skip


@contextlib.contextmanager
def _remote_of(config: Config, as_user_id: str) -> Iterator[Remote]:
    """The Canvas or the Studio that the folder belongs to."""
    if config.service == "studio":
        from captionkit.cli._studio import open_studio
        from captionkit.remotes.studio_remote import StudioRemote

        if as_user_id:
            raise UsageError("Studio has no masquerading", hint="Leave out --as-user-id; the token says who you are.")
        with open_studio("", configured=config.url, parallel=8) as studio:
            yield StudioRemote(studio, scope=config.scope)
        return
    from captionkit.cli._remote import open_canvas
    from captionkit.remotes.canvas_remote import CanvasRemote

    with open_canvas("", as_user_id, configured=config.url, parallel=8) as canvas:
        yield CanvasRemote(canvas, scope=config.scope, path=config.path)


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
    return caught_up(manifest, unfinished(store))


def _recorded(manifest: Manifest) -> dict[str, tuple[str, str]]:
    """path -> (media, locale) of every file that an earlier sync brought or sent."""
    ours = [track for tracks in manifest.tracks.values() for track in tracks.values() if track.is_ours]
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
    *,
    with_kinds: bool,
) -> dict[str, LocalMedia]:
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
    local = {}
    for media in assigned.tracks.keys() | names.keys() | incomplete.keys():
        files = tuple(
            # Studio knows no kinds, so none is asked for there.
            LocalFile(locale, track.path, track.digest, track.kind if with_kinds else None, track.note)
            for locale, track in assigned.tracks.get(media, {}).items()
        )
        named = only is not None and media in only
        local[media] = LocalMedia(media, names.get(media, ""), files, incomplete.get(media, ""), named)
    return local


def _loose_ends(library: Library, assigned: Assigned) -> Iterator[str]:
    """What is in the folder and goes nowhere: each says why, and what to do."""
    from captionkit.model import Severity

    for problem in (*library.problems, *assigned.problems):
        if problem.severity is Severity.ERROR:
            yield f"{', '.join(problem.paths)}: {problem.message}. {problem.hint}"
    for unmatched in assigned.unmatched:
        near = "; ".join(f"{title!r} ({media_id})" for title, media_id in unmatched.nearest)
        advice = f"Nearest: {near}" if near else "There is no title like it"
        yield f"{unmatched.name}: {unmatched.reason}. {advice}. An entry under [media] in captionkit.toml settles it"
    for several in assigned.ambiguous:
        fits = "; ".join(f"{title!r} ({media})" for title, media in several.fits)
        yield f"{several.name}: {several.reason}: {fits}. An entry under [media] in captionkit.toml settles it"


def _named(media: tuple[str, ...], summaries: Iterable[MediaSummary], matches: Matches) -> frozenset[str]:
    from captionkit.library.match import title_key

    summaries = tuple(summaries)
    found = set()
    for text in media:
        key = title_key(text)
        fits = {s.media for s in summaries if text in (s.media, s.media_id) or title_key(s.title) == key}
        fits |= {m.media for m in matches.matched.values() if title_key(m.name) == key}
        if not fits:
            raise UsageError(f"--media {text}: no media object has this id, title or name", hint="`captionkit media "
                             "list` shows what there is.")  # fmt: skip
        found |= fits
    return frozenset(found)


def make_plan(work: Workspace, policy: Policy, *, show_unchanged: bool = False, quiet: bool = False) -> Surveyed:
    """Compare the folder with the remote."""
    import time

    from captionkit.sync.journal import stamp
    from captionkit.sync.survey import survey

    return survey(
        remote=work.remote,
        identity=work.identity,
        files=work.store,
        manifest=work.manifest,
        folder=work.local,
        summaries=work.summaries,
        policy=policy,
        created_at=stamp(time.time()),
        unmatched=work.unmatched if work.only is None else (),
        only=work.only,
        show_unchanged=show_unchanged,
        progress=progress_line(quiet=quiet),
    )


@contextlib.contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Let the first Ctrl-C finish what is in hand, and the second one end it all. Yields "was it pressed?"."""
    pressed = threading.Event()

    def press(number: int, frame: object) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        click.echo("\nStopping after what is in hand. Ctrl-C again stops at once.", err=True)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def progress_line(what: str = "", *, quiet: bool = False) -> Callable[[str, int, int], None]:
    """A line on the terminal that says how far a long job is; nothing where nobody is looking."""
    if quiet or not sys.stderr.isatty():
        return lambda what, done, total: None
    import time

    started = time.monotonic()
    last = 0.0

    def show(doing: str, done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done != total and now - last < 0.1:
            return
        last = now
        left = ""
        if total and done and now - started > 2:
            seconds = (now - started) / done * (total - done)
            left = f", about {seconds:.0f} s left"
        counted = f"{done} of {total}" if total else str(done)
        click.echo(f"\r\x1b[K{counted} {what or doing}{left}", nl=False, err=True)
        if total and done == total:
            click.echo("\r\x1b[K", nl=False, err=True)

    return show


def _counted_in(summaries: Iterable[MediaSummary], show: Callable[[str, int, int], None]) -> Iterator[MediaSummary]:
    number = 0
    for number, summary in enumerate(summaries, start=1):
        show("", number, 0)
        yield summary
    if number:
        show("", number, number)


def print_lines(lines: Iterable[str]) -> None:
    from captionkit.cli._remote import shown_text

    for line in lines:
        click.echo(shown_text(line))


def print_events(events: Iterable[Mapping[str, object]]) -> None:
    for event in events:
        click.echo(json.dumps(event, ensure_ascii=True))


def ask_and_carry_out(work: Workspace, surveyed: Surveyed, *, what: str, yes: bool, as_json: bool) -> int:
    """Show a plan, ask, carry it out, and say what was done. Returns the exit code."""
    from captionkit.sync.run import check_guards
    from captionkit.sync.show import plan_events, plan_lines

    plan = surveyed.plan
    if as_json:
        print_events(plan_events(plan))
    else:
        print_lines(plan_lines(plan))
    check_guards(plan, work.manifest)
    if plan.changing and not yes:
        _ask(len(plan.changing), work.service)
    return carry_out_and_tell(work, plan, what=what, contents=surveyed.contents, as_json=as_json)


def carry_out_and_tell(
    work: Workspace,
    plan: Plan,
    *,
    what: str,
    as_json: bool,
    contents: Mapping[str, str] | None = None,
    past: Past | None = None,
) -> int:
    """Carry out a plan, interruptible and with progress, and say what was done. Returns the exit code."""
    from captionkit.sync.run import carry_out
    from captionkit.sync.show import report_events, report_lines
    from captionkit.sync.store import SystemClock

    with interruptible() as stopped:
        report = carry_out(
            plan,
            run=past.run if past else work.store.new_run(plan.plan_id),
            what=what,
            remote=work.remote,
            store=work.store,
            files=work.store,
            clock=SystemClock(),
            manifest=work.manifest,
            model=model_of_canvas,
            contents=contents,
            past=past,
            stopped=stopped,
            progress=progress_line(quiet=as_json),
        )
    if as_json:
        print_events(report_events(report))
    else:
        click.echo()
        print_lines(report_lines(report))
    return report.exit_code


def _ask(objects: int, service: str) -> None:
    if not sys.stdin.isatty():
        raise UsageError(
            "nobody can be asked here whether to go on",
            unchanged=f"Nothing was sent to {service}.",
            hint="Look at the plan above, then add --yes.",
        )
    click.confirm(f"\nSend this to {objects} media object{'s' * (objects != 1)} in {service}?", abort=True)
