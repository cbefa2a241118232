"""A caption file of Studio as the sync engine sees a track."""

from __future__ import annotations

from captionkit.canvas_rules import DEFAULT_KIND
from captionkit.conversion import convert
from captionkit.documents import dumps, loads
from captionkit.languages import canonical
from captionkit.remotes.studio.json import CaptionFile
from captionkit.sync.ports import RemoteTrack
from captionkit.upload.captions import text_of


def language_of(srclang: str) -> str:
    """Studio's language as a canonical tag; as it stands where it is none."""
    try:
        return canonical(srclang)
    except ValueError:
        return srclang


def track_of(caption: CaptionFile, locale: str, content: bytes | None) -> RemoteTrack:
    """A caption file with what was downloaded of it, None where it could not be."""
    text = None if content is None else text_of(content)
    return RemoteTrack(
        locale, DEFAULT_KIND, caption.id, None, text, shown_as(text) if text else text,
        text is not None, caption.created_at, caption.created_at,
        "processing" if caption.is_in_the_making else "ready", caption.is_machine_made,
    )  # fmt: skip


def track_of_text(locale: str, track_id: str, text: str) -> RemoteTrack:
    """The track that is made by adding this text."""
    return RemoteTrack(locale, DEFAULT_KIND, track_id, None, text, shown_as(text), True, "", "", "ready", False)


def shown_as(text: str) -> str:
    """What players make of it, as WebVTT: how Studio converts is not known, so our own conversion stands for it."""
    return dumps(convert(loads(text, "srt"), "vtt", carry=False).document)
