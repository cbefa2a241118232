"""Captions held against the recordings beside them, each recording listened to once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from captionkit.errors import CaptionkitError, UsageError
from captionkit.languages import language_of_name
from captionkit.sound.decode import decoder
from captionkit.sound.detectors import best_detector
from captionkit.sound.speech import speech_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from captionkit.model import Document
    from captionkit.sound.speech import Speech
    from captionkit.sound.verdict import Judgement

#: Recordings of which it is kept what was heard; a recording of an hour takes 360 kB.
_KEPT = 32


class Listen(Protocol):
    """As `captionkit.sound.speech.speech_of`."""

    def __call__(self, path: Path, /, *, language: str) -> Speech: ...


def hearing(listen: Listen = speech_of) -> Callable[[Path, Document], Judgement | str]:
    """What says of a recording and captions how they fit, or in words why that is not known.

    Raises:
        UsageError: what it needs is not installed.
    """
    from captionkit.sound.verdict import judge

    decoder()
    best_detector()
    speech_in = lru_cache(maxsize=_KEPT)(listen)

    def hear(recording: Path, document: Document) -> Judgement | str:
        try:
            return judge(document, speech_in(recording, language=language_of_name(document.path)))
        except UsageError:
            raise
        except CaptionkitError as error:
            return f"{recording.name}: {error.message}"

    return hear
