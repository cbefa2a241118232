"""What a workspace gives back besides plans and reports."""

from __future__ import annotations

from dataclasses import dataclass, field

from captionkit.errors import UsageError
from captionkit.sync.history import Finding
from captionkit.sync.journal import Past
from captionkit.sync.plan import Plan
from captionkit.sync.ports import MediaState


@dataclass(frozen=True, slots=True)
class Status:
    """How a folder and its remote stand to each other.

    Attributes:
        plan: what a push would do.
        running: another captionkit that works here now, as words to follow "works on this folder"; None for none.
        cut_off: the runs that were cut off.
    """

    plan: Plan
    running: str | None
    cut_off: tuple[Past, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Verification:
    """Whether the remote still is as a run left it."""

    run: str
    findings: tuple[Finding, ...]

    def __repr__(self) -> str:
        """`<Verification 20261121T...: 1 of 3 media objects differ>`"""
        return f"<Verification {self.run}: {len(self.differing)} of {len(self.findings)} media objects differ>"

    @property
    def differing(self) -> tuple[Finding, ...]:
        """The media objects that are not as the run left them."""
        return tuple(finding for finding in self.findings if not finding.is_as_left)


@dataclass(frozen=True, slots=True)
class CaptionFile:
    """A caption file of the folder, as it was read or written.

    Attributes:
        digest: what `Workspace.save` takes as `expected`; the same for CRLF and LF line ends.
    """

    path: str
    data: bytes = field(repr=False)
    digest: str


def text_of(state: MediaState, locale: str, service: str) -> str:
    """The text of a track as it was uploaded.

    Raises:
        UsageError: there is no such track, or its text is not shown to this user.
    """
    found = [track for track in (*state.tracks, *state.loose) if track.locale == locale]
    texts = [text for track in found for text in (track.content, track.webvtt_content) if text is not None]
    if not texts:
        why = f"{service} does not show its text to you" if found else f"{service} has no such captions"
        raise UsageError(f"{locale}: {why}", where=state.media, unchanged="Nothing was done.")
    return texts[0]
