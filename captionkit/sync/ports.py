"""What the sync engine needs of the world: a remote, a store, a clock. Nothing else of `sync` has effects.

`sync` never imports a remote; a command wires one in. A new remote is a folder in `captionkit/remotes/` that has these
methods, and the contract suite in `tests/contracts/test_remote.py` runs against it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from captionkit.errors import NotFound, OddAnswer
from captionkit.sync.features import Features


@dataclass(frozen=True, slots=True)
class RemoteIdentity:
    """Whom we talk to, and as whom. Bound into every manifest and plan; never holds a secret.

    Attributes:
        kind: what manifests and plans call the service: "canvas" or "instructure-media".
        base_url: scheme, host and port, lower case, no path, no trailing slash.
        user_id: the id of the user we act as, as text.
        scope: what the folder is compared with: "courses/101", "groups/7" or "users/self".
        features: what the service can do; not part of what is written down.
    """

    kind: str
    base_url: str
    user_id: str
    scope: str
    features: Features = field(default=Features(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RemoteTrack:
    """A track as a remote shows it: in the track list of a media object with its text, in the listing of media objects
    without, but of every user.

    Attributes:
        id: the track's id as text. user_id: whose it is; None where that is not shown.
        content: the exact text that was uploaded; None where the server left it out, which is not the same as empty.
        webvtt_content: what the server made of it for players; None where it made nothing.
        has_webvtt_content: whether the server answered that question at all (it does not to some scoped tokens, nor in
            the listing).
        workflow_state: "ready", "processing" or "failed"; None where the server does not say.
        asr: whether it was made by machine; None where the server does not say.
    """

    locale: str
    kind: str
    id: str
    user_id: str | None = None
    content: str | None = field(default=None, repr=False)
    webvtt_content: str | None = field(default=None, repr=False)
    has_webvtt_content: bool = True
    updated_at: str = ""
    created_at: str = ""
    workflow_state: str | None = None
    asr: bool | None = None


class Whose(StrEnum):
    """Whether a track belongs to the file by which it is reached, or to the file that this one was copied from."""

    OWN = "own"  # proved by writing it through the file, or reached by its media id, where nothing is lent
    LENT = "lent"  # proved: a write through the file made a track of its own beside it
    LOOSE = "loose"  # it belongs to no file, so requests by the file neither change nor delete it
    UNKNOWN = ""


#: The first part of the address of a media object that is reached by a file. Manifests and plans have it.
BY_FILE = "media_attachments"


def by_file(media: str) -> bool:
    """Whether a media object is addressed by a file: everybody's tracks show, and those of a file's original."""
    return media.partition("/")[0] == BY_FILE


#: In a rehearsal by a copied file, the file that it was copied from.
REHEARSED_ORIGINAL = f"{BY_FILE}/original"


@dataclass(frozen=True, slots=True)
class MediaFile:
    """The file through which a media object of this course is addressed.

    Attributes:
        id: of the file, as text; "123" is addressed as "media_attachments/123".
        original: whether it is proved to be the file that the media object was made for: a track that was written
            through the file is among those that listings show, and they show the original's only.
    """

    id: str
    original: bool = False


@dataclass(frozen=True, slots=True)
class MediaSummary:
    """One media object of a listing.

    Attributes:
        media: how it is addressed, "media_objects/m-abc" or "media_attachments/123".
        media_id: the Kaltura id, "m-abc".
        tracks: everybody's; None where the listing left them out, which is not the same as none.
        file: the file by which it is addressed; None where it is not addressed by one.
        length_ms: how long it runs; 0 where the listing does not say.
    """

    media: str
    media_id: str
    title: str
    can_add_captions: bool | None
    tracks: tuple[RemoteTrack, ...] | None
    created_at: str = ""
    file: MediaFile | None = None
    length_ms: int = 0

    @property
    def shows_all(self) -> bool:
        """Whether `tracks` are surely all. A listing shows the original file's: a copy, and what may be one, can have
        others of its own."""
        return self.tracks is not None and (self.file is None or self.file.original)


class OddTracks(OddAnswer):
    """Some tracks of a media object cannot be understood. Nothing can be written to it then, since what is not known
    cannot be kept.

    Args:
        usable: the tracks that can.
    """

    def __init__(self, error: OddAnswer, usable: tuple[RemoteTrack, ...]) -> None:
        super().__init__(
            error.message, where=error.where, unchanged=error.unchanged, hint=error.hint, status=error.status
        )
        self.usable = usable


class LeadsElsewhere(NotFound):
    """A file leads to another recording than it did: a server goes on from a file that was replaced to the new one."""

    def __init__(self, media: str) -> None:
        super().__init__(
            "this file shows other captions than its recording has: it leads to another recording now",
            where=media,
            unchanged="Nothing was written.",
            hint='If the file was deleted and another has taken its place, set path = "media_attachments" under '
            "[canvas] in captionkit.toml for one run: all files are looked up again then.",
        )


@dataclass(frozen=True, slots=True)
class MediaState:
    """Everything that can be seen of one media object now.

    Attributes:
        tracks: from the track list, sorted by locale. On the media_objects path these are the caller's own only.
        listed: from the listing of media objects, of every user; None where the remote has no such view or it is not
            needed because `tracks` is already complete. By a file: what the object has besides and the file does not
            show, since it belongs to no file (servers of old made such tracks).
        server_time: the server's own clock when it answered, in seconds since the epoch; None where it does not say.
        loose: of those that belong to no file, the caller's own, with their text. A PUT by the file cannot delete
            them, and one that sends their language makes a track of the file's own beside them.
        shown_elsewhere: ids of the tracks that the listing of the media object shows: the original file's. By a copy,
            one of them shows again when the copy's own track of that language goes. None where it is not known.
        lent: for a rehearsal: ids of those `tracks` that belong to the original; no token can read that.
        copied: for a rehearsal: the file is a copy, and its original has a track in every language.
    """

    media: str
    tracks: tuple[RemoteTrack, ...]
    listed: tuple[RemoteTrack, ...] | None
    server_time: float | None = field(default=None, compare=False)
    loose: tuple[RemoteTrack, ...] = ()
    shown_elsewhere: frozenset[str] | None = field(default=None, compare=False)
    lent: frozenset[str] = frozenset()
    copied: bool = False


@dataclass(frozen=True, slots=True)
class TrackPut:
    """One element of the array of a replace-all PUT. `content` None means: keep the track of this locale."""

    locale: str
    content: str | None = field(default=None, repr=False)
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class PutReply:
    """What the server answered to a PUT; says nothing yet about what it did.

    Attributes:
        status: the HTTP status; 0 where no answer came.
        outcome: "acknowledged" (2xx with a JSON array), "refused" (204, 401, 403, 404: nothing was done),
            "rejected" (400, 422: something may have been done), "throttled" (nothing was done),
            "ambiguous" (no answer, half an answer, 5xx, 2xx that is no array: anything may have been done).
        message: for a person, no secret in it.
        sent_at, answered_at: seconds since the epoch by our clock. server_date: the Date header, "" if none.
        ids: locale -> id of every track that the answer shows; empty where it is no list of tracks.
    """

    status: int
    outcome: str
    message: str
    sent_at: float
    answered_at: float
    server_date: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cost:
    """What talking to the remote took so far."""

    requests: Mapping[str, int]
    throttled: int = 0
    server_cost: float = 0.0


class Remote(Protocol):
    """A place with media objects that have caption tracks, replaced all at once.

    Every read may raise a `captionkit.errors.RemoteError`; reads are retried inside where that is safe. `put_tracks`
    is never retried inside and raises nothing once the request may have left the machine: it returns a PutReply.
    All methods may be called from several threads.
    """

    def identity(self) -> RemoteIdentity: ...

    def list_media(self) -> Iterable[MediaSummary]:
        """All media objects of the scope, addressed by their own ids, with everybody's tracks, without content."""
        ...

    def located(
        self, summaries: Sequence[MediaSummary], known: Mapping[str, MediaFile], wanted: Collection[str]
    ) -> tuple[MediaSummary, ...]:
        """The same media objects, each as it is best addressed.

        Args:
            known: the files that were found earlier, by media id.
            wanted: ids of the media objects for which a file is worth asking for; the others are left as they are.
        """
        ...

    def read(self, media: str, *, fresh_listing: bool) -> MediaState:
        """The tracks of one media object with content, and, where `fresh_listing`, every user's as now listed."""
        ...

    def put_tracks(self, media: str, tracks: Sequence[TrackPut], *, not_after: float = math.inf) -> PutReply:
        """Send the replace-all PUT once.

        Args:
            not_after: seconds since the epoch by our clock. A request that has to wait for its turn until after that
                is not sent: what it relies on is too old then. The reply is "throttled", with status 0.
        """
        ...

    def cost(self) -> Cost: ...


class Clock(Protocol):
    """Time, so that tests own it."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        ...

    def sleep(self, seconds: float) -> None: ...


class Files(Protocol):
    """The caption files of the folder, by their path relative to it."""

    def read_file(self, path: str) -> bytes:
        """Raises LocalError where it cannot be read."""
        ...

    def write_file(self, path: str, data: bytes, *, was: str) -> None:
        """Write a file in the place of the one with the digest `was`, "" for none.

        Raises StaleError where something else is there by now, which is left alone.
        """
        ...

    def remove_file(self, path: str, *, was: str) -> None:
        """Raises as `write_file` does."""
        ...

    def exists(self, path: str) -> bool: ...


class Store(Protocol):
    """The folder's `.captionkit/`: what we last knew, what we are doing, and what we saved before we did it.

    Every write is durable when the method returns.
    """

    def load_manifest(self) -> bytes | None: ...

    def save_manifest(self, data: bytes) -> None: ...

    def save_plan(self, run: str, data: bytes) -> None: ...

    def append_journal(self, run: str, record: bytes) -> None:
        """Append one line; `record` holds no line feed."""
        ...

    def read_journal(self, run: str) -> list[bytes]:
        """The lines, without a torn last one; a torn one may still stand in the middle."""
        ...

    def load_plan(self, run: str) -> bytes | None: ...

    def save_backup(self, run: str, name: str, data: bytes) -> None: ...

    def load_backup(self, run: str, name: str) -> bytes:
        """Raises LocalError where it cannot be read."""
        ...

    def backup_path(self, run: str, name: str) -> str:
        """Where a backup lies, relative to the folder, for `Files.read_file`."""
        ...

    def runs(self) -> list[str]:
        """The runs of this folder, oldest first."""
        ...


#: Makes a model of the server that holds one media object as it was just read, to rehearse a request on.
Model = Callable[[MediaState], Remote]

#: Says how far a long job is: what is being done, how much of it is done, how much there is; 0 where nobody knows.
Progress = Callable[[str, int, int], None]


def say_nothing(doing: str, done: int, total: int) -> None:
    """The progress that nobody wants to hear of."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything that a run needs of the world."""

    remote: Remote
    store: Store
    files: Files
    clock: Clock
    model: Model
