"""What the in-memory Canvas holds: rows of media_objects, attachments and media_tracks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class StoredTrack:
    """A row of media_tracks."""

    id: str
    user_id: str | None
    media_id: str
    attachment_id: str | None
    locale: str
    kind: str
    content: str
    webvtt_content: str | None
    created_at: str
    updated_at: str
    workflow_state: str = "ready"
    asr: bool = False


@dataclass(slots=True)
class StoredMedia:
    """A row of media_objects. `attachment_id` is the original file's, None where there is none."""

    media_id: str
    title: str
    owner: str
    attachment_id: str | None
    created_at: str
    old_media_id: str | None = None


@dataclass(slots=True)
class StoredFile:
    """A row of attachments. `context` is "courses/101", "groups/7" or "users/1".

    Attributes:
        user_id: who uploaded it, which says nothing: recordings of the editor have nobody, copies may have somebody.
        locked: by a blueprint. submitted: part of a submission, whose captions nobody may change.
    """

    id: str
    media_id: str
    context: str
    user_id: str | None = None
    locked: bool = False
    submitted: bool = False
    deleted: bool = False
