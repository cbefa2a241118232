"""What `captionkit doctor` asks of Canvas: the address, the token, what it may see."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

from captionkit.credentials import canvas_url, find_token
from captionkit.doctor import Check, State, problem
from captionkit.errors import CaptionkitError, ExitCode, NotFound, NotPermitted, RemoteError
from captionkit.remotes.canvas.api import Canvas, MediaObject
from captionkit.remotes.canvas.opening import open_canvas
from captionkit.remotes.http.session import Answer
from captionkit.remotes.service import Question


def check(question: Question) -> Iterator[Check]:
    """See `captionkit.remotes.service.Service.check`."""
    topic = "address"
    try:
        base = canvas_url(question.typed, configured=question.configured)
        yield Check(topic, State.GOOD, base)
        topic = "token"
        yield Check(topic, State.GOOD, f"from {find_token(base, typed=question.typed).source}")
        topic = "Canvas"
        if question.offline:
            yield Check(topic, State.UNKNOWN, "was not asked")
            return
        with open_canvas(question.typed, question.as_user_id, configured=question.configured) as canvas:
            yield from check_canvas(canvas, question.scope)
            yield from (problem("media", error) for error in canvas.odd)
    except CaptionkitError as error:
        yield problem(topic, error)


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
                    "Name a course, or a folder that belongs to one.")  # fmt: skip
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
                    "The others belong to other courses or are locked; the list of media says which.")  # fmt: skip
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
