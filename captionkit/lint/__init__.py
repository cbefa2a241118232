"""The linter: `check` says what is wrong with a caption file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from captionkit.model import Diagnostic, Document

if TYPE_CHECKING:
    from captionkit.lint.checker import Checker
    from captionkit.lint.settings import Settings


def check(
    document_or_path: Document | str | os.PathLike[str],
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
    checker = _checker(
        select=_as_key(select),
        ignore=_as_key(ignore),
        profile=profile,
        kind=kind,
        language=language,
        duration=duration,
        **more,
    )
    from captionkit.documents import document_of

    document = document_of(document_or_path)
    return checker.check(document, "" if document is document_or_path else document.path)


@lru_cache(maxsize=32)
def _kept(**arguments: Any) -> Checker:
    return _made(**arguments)


def _made(**arguments: Any) -> Checker:
    from captionkit.lint.checker import Checker

    return Checker(settings_for(**arguments))


def _checker(**arguments: Any) -> Checker:
    """The checker for these settings: the one that was made before, where they can be looked up."""
    try:
        return _kept(**arguments)
    except TypeError:  # tables of the caller, which may change
        return _made(**arguments)


def _as_key(given: Sequence[str] | str | None) -> tuple[str, ...] | str | None:
    return given if given is None or isinstance(given, str) else tuple(given)


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
    """The settings that the arguments of `check` mean.

    Raises:
        UsageError: for an argument that is none, or cannot be what is given.
    """
    from captionkit.lint.settings import Settings

    _check_arguments(kind, language, duration, more)
    return Settings(
        profiles=tuple(name.strip() for name in profile.split(",") if name.strip()),
        select=_prefixes(select),
        ignore=_prefixes(ignore),
        kind=kind or "",
        language=language or "",
        duration_ms=round((duration or 0) * 1000),
        **more,
    )


def _check_arguments(kind: str | None, language: str | None, duration: object, more: Mapping[str, object]) -> None:
    from captionkit.canvas_rules import KINDS
    from captionkit.errors import UsageError
    from captionkit.languages import known_tags
    from captionkit.lint.settings import Settings

    if kind and kind not in KINDS:
        raise UsageError(f"{kind!r} is no kind of captions", hint=f"There are {', '.join(KINDS)}.")
    known_tags([language or ""])
    if duration is not None and not isinstance(duration, int | float):
        raise UsageError(
            f"the duration is {duration!r}, and it is seconds", hint='captionkit.parse_time("1:30:00") / 1000'
        )
    for name in more.keys() - Settings.__dataclass_fields__.keys():
        from difflib import get_close_matches

        near = get_close_matches(name, [*check.__annotations__, *Settings.__dataclass_fields__], 1)
        raise UsageError(f"a check has no argument {name!r}", hint=f"Did you mean {near[0]}?" if near else "")


def _prefixes(given: Sequence[str] | str | None) -> tuple[str, ...]:
    if given is None:
        return ()
    words = given.split(",") if isinstance(given, str) else given
    return tuple(word.strip().upper() for word in words if word.strip())
