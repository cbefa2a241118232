"""The audit of a workspace's own course."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from captionkit.errors import UsageError
from captionkit.workspace.events import Event, Listener
from captionkit.workspace.workspace import Workspace

if TYPE_CHECKING:
    from captionkit.auditing.exceptions import Exemption
    from captionkit.auditing.model import Audit


def audit_of(
    workspace: Workspace,
    *,
    required: Sequence[str] = (),
    standard: str = "",
    profile: str = "",
    least_coverage: float = 0.9,
    exemptions: Sequence[Exemption] = (),
    listen: Listener = lambda event: None,
) -> Audit:
    """Which recordings of the course have captions, as `captionkit audit --course` finds it.

    Args:
        required: BCP 47, the languages that every recording must have.
        standard: "wcag-1.2.2" or "ada-title-ii"; "" for none. profile: names, separated by commas; "" for what
            captionkit.toml says. least_coverage: see `captionkit.auditing.model.Audit`.
        exemptions: recordings that need no captions, and why; see `captionkit.auditing.exceptions`.
        listen: hears how far it is.

    Raises:
        UsageError: the folder belongs to no Canvas.
        RemoteError: it cannot be looked at.
    """
    from captionkit.auditing.audits import Asked, audit_of_canvas
    from captionkit.lint.checker import Checker
    from captionkit.lint.configuration import read_settings
    from captionkit.remotes.canvas.remote import CanvasRemote

    remote, config = workspace.remote, workspace.folder.config()
    if not isinstance(remote, CanvasRemote):
        raise UsageError("this folder belongs to no course of a Canvas", unchanged="No report was made.")
    checker = Checker(read_settings(workspace.folder.path).with_options({"profiles": profile or None}))

    def progress(recordings: int, done: int, places: int) -> None:
        listen(Event("progress", doing="Reading the captions of each recording", done=recordings))

    asked = Asked(checker, tuple(required), standard, least_coverage, exemptions)
    return audit_of_canvas(remote.canvas, [config.scope], asked, on_progress=progress)
