"""Canvas's JSON, read into types and believed only as far as it is well formed. Ids are always text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from captionkit.errors import UnexpectedAnswer
from captionkit.remotes._canvas_errors import NOTHING
from captionkit.remotes.http import Answer
from captionkit.sync.ports import ListedTrack, RemoteTrack


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
        auto_caption_status: of automatic captions; "" where not said.
    """

    media_id: str
    title: str
    media_type: str = ""
    can_add_captions: bool | None = None
    created_at: str = ""
    tracks: tuple[ListedTrack, ...] | None = None
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
        user_id: who uploaded it; "" where that is not said, as of recordings and of copies.
    """

    id: str
    media_entry_id: str
    name: str
    created_at: str = ""
    user_id: str = ""


def oldest_files(files: Iterable[CanvasFile]) -> dict[str, CanvasFile]:
    """The file by which each media object is reached, by media id: of several copies in one place the oldest, which is
    the likeliest original."""
    found: dict[str, CanvasFile] = {}
    for file in files:
        known = found.get(file.media_entry_id)
        if file.media_entry_id and (known is None or (len(file.id), file.id) < (len(known.id), known.id)):
            found[file.media_entry_id] = file
    return found


@dataclass(frozen=True, slots=True)
class CourseImport:
    """A copy of another course, or of a package, into a course.

    Attributes:
        finished_at: "" while it is under way, and where it failed.
    """

    id: str
    finished_at: str


def media_object_of(found: Any, answer: Answer) -> MediaObject:
    if not isinstance(found, dict) or not isinstance(found.get("media_id"), str) or not found["media_id"]:
        raise unexpected(answer, "a media object without a media_id")
    tracks, sources = found.get("media_tracks"), found.get("media_sources")
    restrictions = found.get("viewer_restrictions")
    can = found.get("can_add_captions")
    return MediaObject(
        found["media_id"], _text(found, "title") or _text(found, "user_entered_title"), _text(found, "media_type"),
        can if isinstance(can, bool) else None, _text(found, "created_at"),
        tuple(sorted((listed_track_of(t, answer) for t in tracks), key=lambda t: (t.locale, t.id)))
        if isinstance(tracks, list) else None,
        tuple(source for source in sources if isinstance(source, dict)) if isinstance(sources, list) else None,
        restrictions if isinstance(restrictions, dict) else None,
        _text(found, "auto_caption_status"), _text(found, "status"), _text(found, "embedded_iframe_url"),
    )  # fmt: skip


def listed_track_of(found: Any, answer: Answer) -> ListedTrack:
    if not isinstance(found, dict) or not isinstance(found.get("locale"), str):
        raise unexpected(answer, "a track without a locale")
    return ListedTrack(
        found["locale"], _text(found, "kind"), id_of(found, "id"),
        _text(found, "updated_at"), _text(found, "created_at"),
        _text(found, "workflow_state") or None, _flag(found, "asr"),
    )  # fmt: skip


def remote_track_of(found: Any, answer: Answer) -> RemoteTrack:
    if not isinstance(found, dict) or not isinstance(found.get("locale"), str):
        raise unexpected(answer, "a track without a locale")
    content, webvtt = found.get("content"), found.get("webvtt_content")
    for text in (content, webvtt):
        if not isinstance(text, str | None) or (text and any("\ud800" <= c <= "\udfff" for c in text)):
            raise unexpected(answer, f"a track ({found['locale'][:40]}) whose content is no text")
    if "content" in found and content is None:
        content = ""  # an automatic track that is not ready: there, but nothing in it
    user = found.get("user_id")
    return RemoteTrack(
        found["locale"], _text(found, "kind"), id_of(found, "id"), None if user is None else str(user),
        content, webvtt, "webvtt_content" in found, _text(found, "updated_at"), _text(found, "created_at"),
        _text(found, "workflow_state") or None, _flag(found, "asr"),
    )  # fmt: skip


def file_of(found: Any, answer: Answer) -> CanvasFile:
    if not isinstance(found, dict) or found.get("id") is None:
        raise unexpected(answer, "a file without an id")
    entry, user = _text(found, "media_entry_id"), found.get("user")
    return CanvasFile(
        id_of(found, "id"),
        # "maybe" stands there while the video service works on the upload (Attachment#media_entry_id).
        "" if entry == "maybe" else entry,
        _text(found, "display_name"),
        _text(found, "created_at"),
        id_of(user, "id") if isinstance(user, dict) else "",
    )


def import_of(found: Any, answer: Answer) -> CourseImport:
    if not isinstance(found, dict) or found.get("id") is None:
        raise unexpected(answer, "an import without an id")
    return CourseImport(id_of(found, "id"), _text(found, "finished_at"))


def _text(found: dict[str, Any], key: str) -> str:
    value = found.get(key)
    # JSON can spell half of a surrogate pair, which no output can be written in.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def id_of(found: dict[str, Any], key: str) -> str:
    """An id as text; Canvas sends numbers, and strings to those who ask or sit behind a proxy that does."""
    value = found.get(key)
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""


def _flag(found: dict[str, Any], key: str) -> bool | None:
    value = found.get(key)
    return value if isinstance(value, bool) else None


def unexpected(answer: Answer, message: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        message, where=answer.where, unchanged=NOTHING, status=answer.status,
        hint="Check CANVAS_API_URL; if it is right, this Canvas does not behave as the documentation says.",
    )  # fmt: skip
