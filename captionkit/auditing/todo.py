"""What is to be done, worst first: a row for each recording and language that is not as it should be. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from captionkit.auditing.coverage import ANY, Standing, waiting_for
from captionkit.auditing.model import Audit, Recording, Status

_DONE = (Status.CAPTIONED, Status.EXEMPT)
_ORDER = {status: at for at, status in enumerate(reversed(Status))}


class Task(NamedTuple):
    """One thing to do: `what` is a sentence in the imperative."""

    recording: Recording
    standing: Standing
    what: str


def tasks(audit: Audit, every: Sequence[Sequence[Standing]]) -> list[Task]:
    """Worst first; of equals the longest recording first, then by place and title.

    Args:
        every: the standings of the audit's recordings.
    """
    found = [
        Task(recording, standing, what_to_do(standing, recording))
        for recording, those in zip(audit.recordings, every, strict=True)
        for standing in those
        if standing.status not in _DONE
    ]
    return sorted(found, key=_rank)


def _rank(one: Task) -> tuple[object, ...]:
    recording = one.recording
    return _ORDER[one.standing.status], -(recording.duration_ms or 0), recording.place, natural(recording.title)


def natural(text: str) -> list[tuple[int, str]]:
    """To sort by as people do: lecture 2 before lecture 10."""
    return [
        (int(part), "") if part.isdecimal() and len(part) < 19 else (0, part)
        for part in re.split(r"(\d+)", text.casefold())
    ]  # fmt: skip


def what_to_do(standing: Standing, recording: Recording) -> str:
    """What mends a standing; "" where it needs nothing."""
    name = "" if standing.language == ANY else f"{standing.name} "
    into = "" if standing.language == ANY else f" in {standing.name}"
    reason = f": {standing.reason}" if standing.reason else ""
    path = f"{recording.place}/{standing.track.path}" if standing.track and standing.track.path else ""
    if standing.status is Status.MISSING:
        return f"Have it captioned{into}, or list it as an exception" + (f" ({standing.reason})." if reason else ".")
    if standing.status is Status.WRONG_LANGUAGE:
        return f"Replace the {name}captions{reason}."
    if standing.status is Status.WRONG_FILE:
        return f"Look whose the {name}captions are{reason}."
    if standing.status is Status.DAMAGED:
        look = f'; captionkit check "{path}" shows where' if path else ""
        return f"Mend the {name}captions{reason}{look}."
    if standing.status is Status.AUTOMATIC:
        return f"Have somebody read and correct the automatic {name}captions{reason}."
    if standing.status is Status.PARTLY:
        return f"Have the rest of the {name}captions made: they cover {standing.reason}."
    if standing.status is Status.NOT_CONVERTED:
        waiting = waiting_for(standing.language, recording)
        return f"Convert the {name}captions, which exist as {waiting.path}: {waiting.convert}" if waiting else ""
    if standing.status is Status.NOT_READ:
        return f"Look at the {name}captions yourself{reason}."
    return ""
