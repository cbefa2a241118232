"""Canvas's JSON, read into types and believed only as far as it is well formed. Ids are always text.

Names, which become part of addresses and of file names (media ids, locales, ids of tracks and files), have the form of
one or are refused here. What a person reads is taken where it is a text, and left out where it is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from captionkit.errors import OddAnswer
from captionkit.remotes.canvas.errors import NOTHING
from captionkit.remotes.http.session import Answer
from captionkit.sync.ports import RemoteTrack
from captionkit.sync.state import is_address, is_locale


@dataclass(frozen=True, slots=True)
class User:
    """Who the token belongs to, or whom it acts as."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class MediaObject:
    """A media object as a listing or a rename shows it.

    Attributes:
        title: what the user entered, else the title, else "Untitled"; Canvas makes this choice itself.
        tracks: of every user, without content; None where the answer left them out.
        sources: the transcoded files as Canvas shows them; None where left out, or where the video service has none.
        viewer_restrictions: None on servers that do not know of them.
        auto_caption_status: of automatic captions; "" where not known.
    """

    media_id: str
    title: str
    media_type: str = ""
    can_add_captions: bool | None = None
    created_at: str = ""
    tracks: tuple[RemoteTrack, ...] | None = None
    sources: tuple[dict[str, Any], ...] | None = field(default=None, repr=False)
    viewer_restrictions: dict[str, Any] | None = None
    auto_caption_status: str = ""
    status: str = ""
    embedded_iframe_url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CanvasFile:
    """A file (an attachment) that is a recording.

    Attributes:
        media_entry_id: the media id; "" while Canvas still processes the upload.
        created_at: of the file; of a copied file, of the file that it was copied from.
    """

    id: str
    media_entry_id: str
    name: str
    created_at: str = ""


def oldest_files(files: Iterable[CanvasFile]) -> dict[str, CanvasFile]:
    """The file by which each media object is reached, by media id: of several copies in one place the oldest, which is
    the likeliest original."""
    found: dict[str, CanvasFile] = {}
    for file in files:
        known = found.get(file.media_entry_id)
        if file.media_entry_id and (known is None or (len(file.id), file.id) < (len(known.id), known.id)):
            found[file.media_entry_id] = file
    return found


def media_object_of(found: Any, answer: Answer) -> MediaObject:
    media_id = _text(found, "media_id") if isinstance(found, dict) else ""
    if not is_address(f"media_objects/{media_id}"):
        raise unexpected(answer, f"a media object without a media_id{_instead(found, 'media_id')}")
    tracks, sources = found.get("media_tracks"), found.get("media_sources")
    restrictions = found.get("viewer_restrictions")
    can = found.get("can_add_captions")
    return MediaObject(
        media_id, _text(found, "title") or _text(found, "user_entered_title"), _text(found, "media_type"),
        can if isinstance(can, bool) else None, _text(found, "created_at"),
        _listed(tracks, answer),
        tuple(source for source in sources if isinstance(source, dict)) if isinstance(sources, list) else None,
        restrictions if isinstance(restrictions, dict) else None,
        _text(found, "auto_caption_status"), _text(found, "status"), _text(found, "embedded_iframe_url"),
    )  # fmt: skip


def _listed(tracks: Any, answer: Answer) -> tuple[RemoteTrack, ...] | None:
    """Tracks of a listing; None, which is "not known", also where one of them cannot be understood."""
    if not isinstance(tracks, list):
        return None
    try:
        return tuple(sorted((listed_track_of(t, answer) for t in tracks), key=lambda t: (t.locale, t.id)))
    except OddAnswer:
        return None


def listed_track_of(found: Any, answer: Answer) -> RemoteTrack:
    locale, track_id = _names(found, answer)
    return RemoteTrack(
        locale,
        _text(found, "kind"),
        track_id,
        has_webvtt_content=False,
        updated_at=_text(found, "updated_at"),
        created_at=_text(found, "created_at"),
        workflow_state=_text(found, "workflow_state") or None,
        asr=_flag(found, "asr"),
    )


def remote_track_of(found: Any, answer: Answer) -> RemoteTrack:
    locale, track_id = _names(found, answer)
    content, webvtt = found.get("content"), found.get("webvtt_content")
    for text in (content, webvtt):
        if not isinstance(text, str | None) or (
            text and not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text)
        ):
            raise unexpected(answer, f"a track ({locale}) whose content is no text")
    if "content" in found and content is None:
        content = ""  # an automatic track that is not ready: there, but nothing in it
    return RemoteTrack(
        locale, _text(found, "kind"), track_id, id_of(found, "user_id") or None,
        content, webvtt, "webvtt_content" in found, _text(found, "updated_at"), _text(found, "created_at"),
        _text(found, "workflow_state") or None, _flag(found, "asr"),
    )  # fmt: skip


def file_of(found: Any, answer: Answer) -> CanvasFile:
    if not isinstance(found, dict) or not is_address(f"media_attachments/{id_of(found, 'id')}"):
        raise unexpected(answer, f"a file without an id{_instead(found, 'id')}")
    entry = _text(found, "media_entry_id")
    return CanvasFile(
        id_of(found, "id"),
        # "maybe" stands there while the video service works on the upload (Attachment#media_entry_id).
        "" if entry == "maybe" else entry,
        _text(found, "display_name"),
        _text(found, "created_at"),
    )


def _text(found: dict[str, Any], key: str) -> str:
    value = found.get(key)
    # JSON can spell half of a surrogate pair, which no output can be written in.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def id_of(found: dict[str, Any], key: str) -> str:
    """An id as text; Canvas sends numbers, and strings to those who ask or sit behind a proxy that does."""
    value = found.get(key)
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""


def _names(found: Any, answer: Answer) -> tuple[str, str]:
    """The locale and the id of a track."""
    if not isinstance(found, dict) or not isinstance(found.get("locale"), str) or not is_locale(found["locale"]):
        raise unexpected(answer, f"a track without a locale{_instead(found, 'locale')}")
    track_id = id_of(found, "id")
    if found.get("id") is not None and not is_locale(track_id):
        raise unexpected(answer, f"a track ({found['locale']}) with an id that is none{_instead(found, 'id')}")
    return found["locale"], track_id


def _instead(found: Any, key: str) -> str:
    """What stands in the place of a name, for messages."""
    value = found.get(key) if isinstance(found, dict) else None
    return f" ({value[:60]!r})" if isinstance(value, str) else ""


def _flag(found: dict[str, Any], key: str) -> bool | None:
    value = found.get(key)
    return value if isinstance(value, bool) else None


def unexpected(answer: Answer, message: str) -> OddAnswer:
    return OddAnswer(
        message, where=answer.where, unchanged=NOTHING, status=answer.status,
        hint="Check CANVAS_API_URL; if it is right, this Canvas does not behave as the documentation says.",
    )  # fmt: skip
