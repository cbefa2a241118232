"""What is right and wrong with a set-up, in plain words: the installation, the folder, the token, Canvas.

Theory of operation. Each question is one function that yields what it found as `Check`s. What stops later questions
(no address, no token, no answer) ends the row, so that one cause is told once. Nothing is written anywhere, but for the
folder's lock, which is taken and given back to see whether it can be. What cannot be known is said to be unknown; above
all, whether a track may really be replaced shows only when it is tried.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from captionkit import __version__
from captionkit.errors import CaptionkitError, ExitCode, NotFound, NotPermitted, RemoteError

if TYPE_CHECKING:
    from captionkit.config import Config
    from captionkit.remotes.canvas.api import Canvas, MediaObject
    from captionkit.remotes.http.session import Answer
    from captionkit.remotes.studio.api import InstructureMedia


class State(StrEnum):
    """How it stands with one thing."""

    GOOD = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        topic: what, in one or two words.
        says: what was found, a sentence without a full stop.
        hint: what to do; "" for nothing.
        exit_code: of a problem; OK otherwise.
    """

    topic: str
    state: State
    says: str
    hint: str = ""
    exit_code: ExitCode = ExitCode.OK

    def as_json(self) -> dict[str, str]:
        found = {"topic": self.topic, "state": self.state.value, "says": self.says}
        return found | ({"hint": self.hint} if self.hint else {})


def problem(topic: str, error: CaptionkitError) -> Check:
    """An error of captionkit's as something that was found."""
    where = f" ({error.where})" if error.where and error.where not in error.message else ""
    return Check(topic, State.PROBLEM, f"{error.message}{where}", error.hint, error.exit_code)


# --- the installation -------------------------------------------------------------------------------------------------

_EXTRAS = {
    "pysrt": ("pysrt", "a second reader for SRT"),
    "keyring": ("keyring", "tokens from the system's keyring"),
    "sandbox": ("werkzeug", "the stand-in Canvas to rehearse with"),
    "language": ("py3langid", "comparing the words with the declared language"),
    "office": ("docx", "Word and Excel files"),
}


def check_installation() -> Iterator[Check]:
    """captionkit, Python, and the optional parts."""
    from importlib.util import find_spec

    python = ".".join(map(str, sys.version_info[:3]))
    yield Check("captionkit", State.GOOD, f"version {__version__} on Python {python}")
    missing = {extra: what for extra, (module, what) in _EXTRAS.items() if find_spec(module) is None}
    if missing:
        lacking = "; ".join(f"{extra} ({what})" for extra, what in missing.items())
        hint = f"If you want them: pip install 'captionkit[{','.join(missing)}]'"
        yield Check("extras", State.GOOD, f"not installed: {lacking}", hint)
    else:
        yield Check("extras", State.GOOD, "all optional parts are installed")


# --- the folder -------------------------------------------------------------------------------------------------------


def check_folder(folder: Path, config: Config) -> Iterator[Check]:
    """The files, the record of earlier syncs, and the lock. `config` is the folder's own."""
    from captionkit.library.scan import scan

    yield Check("settings", State.GOOD, f"{config.file}: {config.scope} of {config.url}")
    try:
        library = scan(folder, config)
    except CaptionkitError as error:
        yield problem("folder", error)
        return
    count = len(library.tracks)
    if not count and not library.problems:
        hint = "Is it the right folder? `captionkit pull` brings what Canvas has."
        yield Check("folder", State.WARNING, "there is no .srt or .vtt file in it", hint)
    else:
        yield Check("folder", State.GOOD, f"{count} caption {'file' if count == 1 else 'files'}, "
                    f"{len(library.names)} {'name' if len(library.names) == 1 else 'names'}")  # fmt: skip
    for found in library.stopped[:5]:
        yield Check("file names", State.WARNING, f"{', '.join(found.paths)}: {found.message}", found.hint)
    if len(library.stopped) > 5:
        yield Check("file names", State.WARNING, f"and {len(library.stopped) - 5} more such files",
                    "`captionkit status` lists them all.")  # fmt: skip
    if library.others:
        kinds = ", ".join(f"{count} {extension}" for extension, count in library.others.items())
        yield Check("folder", State.WARNING, f"caption files that captionkit does not read: {kinds}",
                    "Export them as SRT or WebVTT.")  # fmt: skip
    yield from _check_record(folder, config)


def _check_record(folder: Path, config: Config) -> Iterator[Check]:
    from captionkit.sync.journal import unfinished
    from captionkit.sync.manifest import parse_manifest
    from captionkit.sync.store import FolderStore

    store = FolderStore(folder)
    if not store.home.is_dir():
        yield Check("record", State.GOOD, "this folder was never synced")
        return
    try:
        data = store.load_manifest()
        if data is None:
            yield Check("record", State.GOOD, "there is no record of an earlier sync")
        else:
            manifest = parse_manifest(data, str(store.manifest_path))
            ours = sum(track.is_ours for tracks in manifest.tracks.values() for track in tracks.values())
            if (manifest.base_url, manifest.scope) == (config.url, config.scope):
                yield Check("record", State.GOOD, f"{ours} tracks of this folder were verified in Canvas")
            else:
                yield Check(
                    "record", State.PROBLEM,
                    f"the record is of {manifest.scope} of {manifest.base_url}, captionkit.toml says otherwise",
                    "If captionkit.toml is wrong, mend it. If the folder moved, rename .captionkit.",
                    ExitCode.GUARD_REFUSED,
                )  # fmt: skip
        for past in unfinished(store):
            doubt = f", {len(past.in_doubt)} media objects were in doubt" if past.in_doubt else ""
            yield Check("runs", State.WARNING, f"the run {past.run} was cut off{doubt}",
                        "`captionkit status` compares them afresh.")  # fmt: skip
    except CaptionkitError as error:
        yield problem("record", error)
    try:
        holder = store.held_by()
        if holder is None:
            yield Check("lock", State.GOOD, "nobody else works on this folder")
        else:
            yield Check("lock", State.WARNING, f"another captionkit works on this folder{holder}")
    except CaptionkitError as error:
        yield problem("lock", error)


# --- Canvas -----------------------------------------------------------------------------------------------------------

#: Seconds by which the clocks may differ before it is worth a word; times of tracks have whole seconds.
_SKEW = 30.0


def check_canvas(canvas: Canvas, scope: str) -> Iterator[Check]:
    """Whether Canvas answers, as whom, and what this token may see in `scope` ("" for no course)."""
    try:
        user = canvas.whoami()
    except CaptionkitError as error:
        yield problem("Canvas", error)
        return
    yield Check("Canvas", State.GOOD, f"{canvas.session.base_url} answers, and takes the token as that of "
                f"{user.name or 'a user without a name'} (user {user.id})")  # fmt: skip
    yield from _check_headers(canvas.session.get("/api/v1/users/self"))
    if not scope:
        yield Check("media", State.UNKNOWN, "no course was named, so its media were not looked at",
                    "captionkit doctor FOLDER, or --course ID")  # fmt: skip
        return
    try:
        found = canvas.media_page(scope, 1, 100)
    except CaptionkitError as error:
        yield problem("media", error)
        return
    if not found:
        yield Check("media", State.WARNING, f"{scope} has no media objects that this user can see",
                    "Recordings in Panopto, Kaltura, YuJa or Studio are not media objects of Canvas.")  # fmt: skip
        return
    yield from _check_rights(found, scope)
    files = yield from _check_files(canvas, scope)
    yield from _check_contents(canvas, found, files)
    yield from _check_age(canvas, scope)


def check_studio(studio: InstructureMedia, scope: str) -> Iterator[Check]:
    """Whether Studio answers, as whom, and whether this user sees media in `scope`."""
    from captionkit.remotes.studio.remote import StudioRemote

    try:
        user = studio.whoami()
        if user is None:
            studio.ping()
        known = (
            f"that of {user.name or 'a user without a name'} (user {user.id})"
            if user
            else "a good one, without saying whose"
        )
        yield Check("Studio", State.GOOD, f"{studio.session.base_url} answers, and takes the token as {known}")
        first = next(iter(StudioRemote(studio, scope=scope).list_media()), None)
    except CaptionkitError as error:
        yield problem("Studio", error)
        return
    if first is None:
        yield Check("media", State.WARNING, f"{scope} has no media that this user can see")
    else:
        yield Check("media", State.GOOD, f"{scope} has media that this user can see")


def _check_headers(answer: Answer) -> Iterator[Check]:
    try:
        server = parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
    except (ValueError, TypeError):
        yield Check("clock", State.UNKNOWN, "Canvas does not say what time it is")
    else:
        ours = (answer.sent_at + answer.answered_at) / 2
        skew = ours - server - 0.5  # the header's seconds are cut off
        if abs(skew) <= _SKEW:
            yield Check("clock", State.GOOD, "this computer and Canvas agree about the time")
        else:
            ahead = "ahead of" if skew > 0 else "behind"
            yield Check("clock", State.WARNING, f"this computer's clock is {abs(skew):.0f} s {ahead} that of Canvas",
                        "Set it by the network; reports and journals carry its time.")  # fmt: skip
    remaining = answer.headers.get("x-rate-limit-remaining", "")
    if remaining:
        yield Check("rate limit", State.GOOD, f"Canvas reports it ({remaining} left), and captionkit keeps below it")
    else:
        yield Check("rate limit", State.UNKNOWN, "Canvas does not report one")


def _check_rights(found: list[MediaObject], scope: str) -> Iterator[Check]:
    count = f"{'the first ' if len(found) == 100 else ''}{len(found)} media objects"
    may = sum(1 for media in found if media.can_add_captions)
    unsaid = sum(1 for media in found if media.can_add_captions is None)
    yield Check("media", State.GOOD, f"{count} in {scope}")
    if unsaid == len(found):
        yield Check("rights", State.UNKNOWN, "Canvas does not say which of them you may caption")
    elif may == len(found):
        yield Check("rights", State.GOOD, "you may caption all of them")
    elif may:
        yield Check("rights", State.WARNING, f"you may caption {may} of them",
                    "The others belong to other courses or are locked: see `captionkit media list`.")  # fmt: skip
    else:
        yield Check("rights", State.PROBLEM, "you may caption none of them",
                    "Ask for the right to manage this course's files.", ExitCode.REMOTE_FAILED)  # fmt: skip


def _check_files(canvas: Canvas, scope: str) -> Any:
    """Yields what it found; returns the files by media id."""
    try:
        files = {media_id: file.id for media_id, file in canvas.files_by_media(scope).items()}
    except (NotPermitted, NotFound) as error:
        yield Check("files", State.WARNING, f"the list of files cannot be read: {error.message}",
                    "Without it only tracks of your own can be read, not those of colleagues.")  # fmt: skip
        return {}
    except RemoteError as error:
        yield problem("files", error)
        return {}
    yield Check("files", State.GOOD, f"{len(files)} recordings among the files: everybody's tracks can be read by them")
    return files


def _check_contents(canvas: Canvas, found: list[MediaObject], files: dict[str, str]) -> Iterator[Check]:
    """Whether include[] is honoured: a developer key without "Allow Include Parameters" strips it silently."""
    with_tracks = [media for media in found if media.tracks]
    for media in with_tracks[:5]:
        address = files.get(media.media_id)
        path = f"media_attachments/{address}" if address else f"media_objects/{media.media_id}"
        try:
            tracks = [track for track in canvas.list_tracks(path) if track.workflow_state in (None, "ready")]
        except RemoteError as error:
            yield problem("contents", error)
            return
        if not tracks:
            continue
        if any(track.content is not None for track in tracks):
            yield Check("contents", State.GOOD, "the text of tracks can be read, so what is there can be saved first")
        else:
            yield Check(
                "contents", State.PROBLEM, "Canvas leaves the text of tracks out for this token",
                'Its developer key needs "Allow Include Parameters"; a token that you make yourself under Account, '
                "Settings has it.", ExitCode.REMOTE_FAILED,
            )  # fmt: skip
        return
    yield Check("contents", State.UNKNOWN, "there is no track here to see whether Canvas shows the text of tracks")


def _check_age(canvas: Canvas, scope: str) -> Iterator[Check]:
    """What kind of server it is, by what it says of its own accord."""
    prefix = "" if scope == "users/self" else f"{scope}/"
    parameters = [("exclude[]", "sources"), ("per_page", "100")]
    objects = canvas.session.get(f"/api/v1/{prefix}media_objects", parameters).json()
    objects = [one for one in objects if isinstance(one, dict)] if isinstance(objects, list) else []
    tracks = [t for one in objects for t in one.get("media_tracks") or () if isinstance(t, dict)]
    if any("asr" in track for track in tracks):
        yield Check("server", State.GOOD, "it says which captions are automatic")
    elif tracks:
        yield Check("server", State.WARNING, "it is of the older kind, and does not say which captions are automatic",
                    "An audit can then only guess by the words, and says so.")  # fmt: skip
    else:
        yield Check("server", State.UNKNOWN, "without a track it does not show whether automatic captions are marked")
