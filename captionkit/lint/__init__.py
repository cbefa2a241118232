"""The linter: `check` says what is wrong with a caption file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from captionkit.model import Diagnostic, Document

if TYPE_CHECKING:
    from captionkit.lint.settings import Settings


def check(
    document_or_path: Document | str | Path,
    *,
    select: Sequence[str] | str | None = None,
    ignore: Sequence[str] | str | None = None,
    profile: str = "default",
    kind: str | None = None,
    language: str | None = None,
    duration: float | None = None,
    **more: Any,
) -> list[Diagnostic]:
    """Check one caption file.

    Args:
        document_or_path: a document, or the path of a file to read.
        select: code prefixes to check instead of the profile's own choice: "TIM", "VTT2", ["SRT003"], "ALL".
        ignore: code prefixes to leave out.
        profile: one or several of `captionkit profiles`, separated by commas.
        kind: captions, subtitles, descriptions, chapters or metadata, where known.
        language: BCP 47, where it is not to be taken from the file.
        duration: of the media, in seconds, for the rules that compare with it.
        more: further fields of `captionkit.lint.settings.Settings`.

    Returns:
        The findings, by line. The configuration file is not looked at: what is given is what counts.

    Raises:
        LocalError: if the file cannot be read.
        UsageError: for a prefix or a profile that does not exist.
    """
    from captionkit.lint.checker import Checker

    settings = settings_for(
        select=select, ignore=ignore, profile=profile, kind=kind, language=language, duration=duration, **more
    )
    if isinstance(document_or_path, Document):
        return Checker(settings).check(document_or_path)
    from captionkit.documents import load

    return Checker(settings).check(load(document_or_path), str(document_or_path))


def settings_for(
    *,
    select: Sequence[str] | str | None = None,
    ignore: Sequence[str] | str | None = None,
    profile: str = "default",
    kind: str | None = None,
    language: str | None = None,
    duration: float | None = None,
    **more: Any,
) -> Settings:
    """The settings that the arguments of `check` mean."""
    from captionkit.lint.settings import Settings

    return Settings(
        profiles=tuple(name.strip() for name in profile.split(",") if name.strip()),
        select=_prefixes(select),
        ignore=_prefixes(ignore),
        kind=kind or "",
        language=language or "",
        duration_ms=round((duration or 0) * 1000),
        **more,
    )


def _prefixes(given: Sequence[str] | str | None) -> tuple[str, ...]:
    if given is None:
        return ()
    words = given.split(",") if isinstance(given, str) else given
    return tuple(word.strip().upper() for word in words if word.strip())
