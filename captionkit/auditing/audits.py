"""Audits of a folder, of a Canvas and of Studio: collected, judged, put together. The one way for every front end."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from captionkit import __version__
from captionkit.auditing import collect, collect_studio
from captionkit.auditing.assemble import assemble
from captionkit.auditing.folder import collect_folder
from captionkit.auditing.gather import OnProgress, ignore_progress
from captionkit.auditing.model import Audit, Place, Recording
from captionkit.auditing.progress import Progress
from captionkit.auditing.sound import Hear
from captionkit.auditing.sound import limits as limits_of_sound
from captionkit.errors import LocalError
from captionkit.files import is_folder
from captionkit.lint.checker import Checker
from captionkit.lint.configuration import read_settings

if TYPE_CHECKING:
    from captionkit.auditing.exceptions import Exemption
    from captionkit.remotes.canvas.api import Canvas, User
    from captionkit.remotes.studio.api import InstructureMedia


def now() -> str:
    """This moment as an audit writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an audit is to say, whatever it is of.

    Attributes:
        checker: the rules that each track is held against.
        required: BCP 47, the languages that every recording must have.
        standard: the name of one in `standards`; "" for none. least_coverage: see `Audit`.
        exemptions: recordings that need no captions, and why.
        durations: lengths that are known otherwise, in milliseconds, by media id, title or name.
        contents: whether the tracks in a service are read; without, only that they are there is known.
        made_at: when, as `now` gives it.
    """

    checker: Checker
    required: tuple[str, ...] = ()
    standard: str = ""
    least_coverage: float = 0.9
    exemptions: Sequence[Exemption] = ()
    durations: Mapping[str, int] = field(default_factory=dict)
    contents: bool = True
    made_at: str = field(default_factory=now)

    def audit(
        self, source: str, places: Iterable[Place], found: Iterable[Recording], limits: Iterable[str], user: str = ""
    ) -> Audit:
        """The audit of what was found.

        Args:
            limits: what could not be seen at this source. user: as whom it was looked at.
        """
        unread = "" if self.contents else "The tracks were not read: only that they are there is known."
        audit = Audit(
            source=source,
            made_at=self.made_at,
            tool=f"captionkit {__version__}",
            profiles=self.checker.settings.profiles,
            required=self.required,
            places=tuple(places),
            recordings=tuple(found),
            user=user,
            limits=(*limits, *filter(None, (_limit_of_languages(self.checker), unread))),
            standard=self.standard,
            least_coverage=self.least_coverage,
        )
        return assemble(audit, self.exemptions)


def audit_of_folder(folder: Path, asked: Asked, *, hear: Hear | None = None) -> Audit:
    """Which recordings of a folder have captions.

    Args:
        hear: holds captions against the sound of their recording; None for not to listen.

    Raises:
        LocalError: the folder cannot be looked into. ConfigError: its captionkit.toml is wrong.
    """
    place, found = collect_folder(folder, asked.checker, now=asked.made_at, durations=asked.durations, hear=hear)
    return asked.audit(str(folder), [place], found, limits_of_sound(found) if hear else ())


def audit_of_canvas(
    canvas: Canvas,
    places: Sequence[str],
    asked: Asked,
    *,
    user: User | None = None,
    progress: Progress | None = None,
    on_progress: OnProgress = ignore_progress,
) -> Audit:
    """Which recordings of these places have captions.

    Args:
        places: "courses/101", "groups/7", "users/self".
        user: whose token it is, where that was asked already.
        progress: what was seen before, and is not asked for again. on_progress: hears how far it is.

    Raises:
        BadToken, NoConnection: nothing can be looked at. What cannot be looked at by itself says so in the audit.
    """
    user = user or canvas.whoami()
    collector = collect.Collector(
        canvas,
        asked.checker,
        progress or Progress(None, {}),
        now=now,
        contents=asked.contents,
        durations=asked.durations,
        on_progress=on_progress,
    )
    seen, found = collector.collect(places, workers=8)
    return asked.audit(canvas.session.base_url, seen, found, [collect.OUT_OF_REACH], user.name or user.id)


def audit_of_studio(
    studio: InstructureMedia, places: Sequence[str], asked: Asked, *, progress: Progress | None = None,
    on_progress: OnProgress = ignore_progress,
) -> Audit:  # fmt: skip
    """The same of "collections/12", "studio/courses/101" (the number in Canvas) or "account"."""
    collector = collect_studio.StudioCollector(
        studio, asked.checker, progress or Progress(None, {}), now=now, contents=asked.contents, on_progress=on_progress
    )
    seen, found = collector.collect(places, workers=4)
    return asked.audit(studio.session.base_url, seen, found, [collect_studio.OUT_OF_REACH])


def audit_folder(
    folder: str | os.PathLike[str],
    *,
    required: Sequence[str] = (),
    profile: str = "",
    standard: str = "",
    least_coverage: float = 0.9,
    hear: Hear | None = None,
) -> Audit:
    """`captionkit.audit`; see there."""
    path = Path(folder)
    if not is_folder(path):
        raise LocalError("there is no such folder", where=str(path), hint="An audit is of a folder of captions.")
    checker = Checker(read_settings(path).with_options({"profiles": profile or None}))
    return audit_of_folder(path, Asked(checker, tuple(required), standard, least_coverage), hear=hear)


def _limit_of_languages(checker: Checker) -> str:
    """What is to be known of how the words were compared with the declared language; "" for nothing."""
    if "LNG008" not in checker.enabled:
        return "Whether the words are in the declared language was not checked (LNG008 is switched off)."
    if find_spec("py3langid") is None:
        return (
            "Whether the words are in the declared language was checked by the frequent words of thirty languages; "
            "with captionkit[language] it is for 97."
        )
    return ""
