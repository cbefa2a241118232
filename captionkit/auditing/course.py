"""The audit of one Canvas, for Python and for the desk: collected, judged, put together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from captionkit import __version__
from captionkit.auditing.assemble import assemble
from captionkit.auditing.collect import OUT_OF_REACH, Collector
from captionkit.auditing.gather import Tell, silent
from captionkit.auditing.model import Audit
from captionkit.auditing.progress import Progress

if TYPE_CHECKING:
    from captionkit.auditing.exceptions import Exemption
    from captionkit.lint.checker import Checker
    from captionkit.remotes.canvas.api import Canvas


def audit_courses(
    canvas: Canvas,
    places: Sequence[str],
    checker: Checker,
    *,
    required: Sequence[str] = (),
    standard: str = "",
    least_coverage: float = 0.9,
    exemptions: Sequence[Exemption] = (),
    tell: Tell = silent,
) -> Audit:
    """Which recordings of these places have captions.

    Args:
        places: "courses/101", "groups/7", "users/self".
        checker: the rules that a track is held against.
        required: BCP 47, the languages that every recording must have.
        standard: "wcag-1.2.2" or "ada-title-ii"; "" for none.
        tell: hears how far it is.

    Raises:
        BadToken, NoConnection: nothing can be looked at. What cannot be looked at by itself says so in the audit.
    """
    user = canvas.whoami()
    progress = Progress(None, {})
    collector = Collector(canvas, checker, progress, now=now, tell=tell)
    seen, recordings = collector.collect(list(places), workers=8)
    audit = Audit(
        source=canvas.session.base_url,
        made_at=now(),
        tool=f"captionkit {__version__}",
        profiles=checker.settings.profiles,
        required=tuple(required),
        places=tuple(seen),
        recordings=tuple(recordings),
        user=user.name or user.id,
        limits=(OUT_OF_REACH,),
        standard=standard,
        least_coverage=least_coverage,
    )
    return assemble(audit, exemptions)


def now() -> str:
    """This moment as an audit writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
