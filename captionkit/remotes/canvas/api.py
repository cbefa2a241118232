"""The Media Objects API of Canvas LMS, whole: both paths, all listings, both renames, both track calls.

Theory of operation. One method a call, no state. What comes back is checked on the way in and turned into our own
types, ids always as text, because some servers and proxies send them as strings. A key that is absent is never taken
for an empty value: a developer key without "Allow Include Parameters" makes Canvas leave `content` out of a track
that has plenty (lib/authentication_methods.rb). Paging follows the Link header as it stands, because what Canvas puts
there is not what was asked for (media_objects becomes media_attachments), but never to another host and never in a
circle. How the server really behaves is in the documentation's chapter on Canvas; sections are cited by file.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

from captionkit.errors import OddAnswer, UnexpectedAnswer, UsageError
from captionkit.remotes.canvas.addresses import PATHS, media_address, media_path, scope_of, scope_path
from captionkit.remotes.canvas.errors import NOTHING, error_for
from captionkit.remotes.canvas.json import (
    CanvasFile,
    MediaObject,
    User,
    file_of,
    id_of,
    media_object_of,
    oldest_files,
    remote_track_of,
    unexpected,
)
from captionkit.remotes.canvas.replacement import replacement
from captionkit.remotes.http.session import Answer, NoAnswer, Parameters, Session
from captionkit.sync.ports import OddTracks, PutReply, RemoteTrack, TrackPut

SORTS = ("title", "created_at")
ORDERS = ("asc", "desc")
EXCLUDES = ("sources", "tracks")
INCLUDES = ("content", "webvtt_content", "updated_at", "created_at")
#: API pagination clamps per_page to 1..100.
PER_PAGE = 100
_MOST_PAGES = 100_000

_FILES = (
    ("content_types[]", "video"),
    ("content_types[]", "audio"),
    ("per_page", str(PER_PAGE)),
)
_LINK = re.compile(r"<([^<>]*+)>([^<]*+)")
_REL_NEXT = re.compile(r';\s*rel\s*=\s*"?[^";]*\bnext\b', re.IGNORECASE)
T = TypeVar("T")

__all__ = [
    "EXCLUDES",
    "INCLUDES",
    "ORDERS",
    "PATHS",
    "SORTS",
    "Canvas",
    "CanvasFile",
    "MediaObject",
    "User",
    "media_address",
    "scope_of",
]


class Canvas:
    """The API as one user.

    Args:
        session: where, and with which token.
        as_user_id: act as this user, where the token's owner may (masquerading).

    Attributes:
        odd: what stood in listings and could not be understood. The rest of a listing is good for all that.
    """

    def __init__(self, session: Session, *, as_user_id: str = "") -> None:
        self.session = session
        self.odd: list[OddAnswer] = []
        self._always: Parameters = ()
        if as_user_id:
            if not re.fullmatch(r"[0-9]+(~[0-9]+)?|sis_user_id:\S+|sis_login_id:\S+", as_user_id):
                raise UsageError(f"{as_user_id!r} is no Canvas user id", hint="It is a number, such as 1234.")
            self._always = (("as_user_id", as_user_id),)

    def whoami(self) -> User:
        """Whom the token acts as."""
        found = self._object(self._get("/api/v1/users/self"))
        return User(id_of(found, "id"), str(found.get("name") or ""))

    def list_media(
        self,
        scope: str = "users/self",
        *,
        path: str = "media_objects",
        sort: str = "title",
        order: str = "asc",
        exclude: Sequence[str] = ("sources",),
        search_term: str = "",
    ) -> Iterator[MediaObject]:
        """The media objects of a course, a group, or one's own files, page after page; each once.

        Args:
            scope: "courses/101", "groups/7" or "users/self".
            path: "media_objects" or "media_attachments"; both list the same.
            exclude: "sources" spares Canvas a call to the video service per object; "tracks" leaves tracks out.
            search_term: only objects whose title holds this; Canvas looks into the file's title, not the user's.

        Raises:
            UsageError: for what the API does not have; an unknown `sort` would be a 500 there.
            RemoteError: also when paging breaks off: half a listing is never taken for a whole one.
        """
        url, parameters = self._listing(scope, path, sort, order, exclude, search_term)
        return self._paged(url, (*parameters, ("per_page", str(PER_PAGE))), media_object_of, lambda m: m.media_id)

    def media_page(
        self, scope: str, page: int, per_page: int, *, path: str = "media_objects", search_term: str = ""
    ) -> list[MediaObject]:
        """One page of the listing by time of creation, without sources. Pages count from 1."""
        url, parameters = self._listing(scope, path, "created_at", "asc", ("sources",), search_term)
        answer = self._get(url, (*parameters, ("page", str(page)), ("per_page", str(per_page))))
        found, odd = _understood(self._array(answer), media_object_of, answer)
        self.odd += odd
        return found

    def list_tracks(self, media: str, include: Sequence[str] = INCLUDES) -> list[RemoteTrack]:
        """The tracks of a media object or file, by locale.

        On media_objects Canvas lists only the caller's own (MediaTracksController#index).

        Args:
            media: "media_objects/m-abc" or "media_attachments/123".
            include: further fields to ask for, of `INCLUDES`.
        """
        return self.list_tracks_timed(media, include)[0]

    def list_tracks_timed(
        self, media: str, include: Sequence[str] = INCLUDES
    ) -> tuple[list[RemoteTrack], float | None]:
        """As `list_tracks`, and the server's clock then, in seconds since the epoch; None where it did not say."""
        answer = self._get(f"{media_path(media)}/media_tracks", _choice("include[]", include, INCLUDES))
        tracks, odd = _understood(self._array(answer), remote_track_of, answer)
        if odd:
            raise OddTracks(odd[0], tuple(sorted(tracks, key=lambda track: (track.locale, track.id))))
        return sorted(tracks, key=lambda track: (track.locale, track.id)), answer.server_time

    def replace_tracks(
        self, media: str, tracks: Sequence[TrackPut], *, allow_empty: bool = False, not_after: float = math.inf
    ) -> PutReply:
        """Send the replace-all PUT, once. Every track that is not named is deleted, other people's included.

        Args:
            allow_empty: that an empty list, which deletes everything, is meant.
            not_after: see `captionkit.sync.ports.Remote.put_tracks`.

        Raises:
            GuardRefused: before anything is sent, for what Canvas would refuse only after deleting, and for an empty
                list that was not allowed. Nothing is raised later: see `PutReply`.
        """
        path = f"{media_path(media)}/media_tracks"
        body = _json_bytes(replacement(media, tracks, allow_empty=allow_empty))
        got = self.session.put_once(path, self._always, body, "application/json", not_after=not_after)
        return self._put_reply(got)

    def rename(self, media: str, title: str, *, show_rolling_transcript: bool | None = None) -> MediaObject:
        """Give a media object a title of the user's own, and say whether players show its rolling transcript.

        Canvas shortens titles to 255 characters, and takes the restriction only together with a title.

        Raises:
            UsageError: for a blank title.
            RemoteError: as Canvas answers; where no answer came, whether it was renamed is not known.
        """
        if not title.strip():
            raise UsageError("Canvas does not take a blank title", unchanged=NOTHING)
        _must_be_text(title)
        wanted: dict[str, Any] = {"user_entered_title": title}
        if show_rolling_transcript is not None:
            wanted["viewer_restrictions"] = {"show_rolling_transcript": show_rolling_transcript}
        got = self.session.put_once(media_path(media), self._always, _json_bytes(wanted), "application/json")
        if isinstance(got, NoAnswer):
            raise got.error
        if got.status != 200:
            raise error_for(got, self.session.redact, unchanged="" if got.status >= 500 else "It was not renamed.")
        return media_object_of(self._object(got), got)

    def list_files(self, scope: str) -> Iterator[CanvasFile]:
        """The recordings among the files of a course, group or user: only here Canvas shows a file's id."""
        return self._paged(f"/api/v1/{scope_path(scope)}/files", _FILES, file_of, lambda f: f.id)

    def files_by_media(self, scope: str) -> dict[str, CanvasFile]:
        """By media id the file through which a media object is reached, by every command."""
        return oldest_files(self.list_files(scope))

    def files_page(self, scope: str, search_term: str) -> list[CanvasFile]:
        """The first recordings among the files whose name holds `search_term`, in 2 or more characters."""
        _must_be_text(search_term)
        answer = self._get(f"/api/v1/{scope_path(scope)}/files", (*_FILES, ("search_term", search_term)))
        return [file_of(one, answer) for one in self._array(answer)]

    # --- how a request is made and an answer believed

    def _get(self, path: str, parameters: Parameters = ()) -> Answer:
        answer = self.session.get(path, parameters if "://" in path else (*self._always, *parameters))
        if answer.status != 200:
            raise error_for(answer, self.session.redact)
        return answer

    def _listing(
        self, scope: str, path: str, sort: str, order: str, exclude: Sequence[str], search_term: str
    ) -> tuple[str, Parameters]:
        for value, allowed, name in ((path, PATHS, "path"), (sort, SORTS, "sort"), (order, ORDERS, "order")):
            if value not in allowed:
                raise UsageError(f"no {name} {value!r}; there are {', '.join(allowed)}")
        if search_term and len(search_term) < 2:
            raise UsageError("Canvas searches for 2 or more characters")
        _must_be_text(search_term)
        prefix = "" if scope == "users/self" else f"{scope_path(scope)}/"
        parameters = [("sort", sort), ("order", order), *_choice("exclude[]", exclude, EXCLUDES)]
        return f"/api/v1/{prefix}{path}", [*parameters, *([("search_term", search_term)] if search_term else [])]

    def _paged(
        self, path: str, parameters: Parameters, read: Callable[[Any, Answer], T], key: Callable[[T], str]
    ) -> Iterator[T]:
        """Everything on all pages, each thing once: what is created meanwhile moves the rest across page ends."""
        seen: set[str] = set()
        fetched: set[str] = set()
        previous: list[str] = []
        for _ in range(_MOST_PAGES):
            answer = self._get(path, parameters)
            fetched.add(answer.url)
            things, odd = _understood(self._array(answer), read, answer)
            if odd and not things:
                raise odd[0]
            self.odd += odd
            keys = [key(thing) for thing in things]
            fresh = [thing for thing in things if key(thing) not in seen]
            following = _next(answer)
            if following in fetched or (things and not fresh and (following or keys == previous)):
                raise self._broken(answer, "the server gives the same page of a listing twice")
            for thing in fresh:
                if key(thing) not in seen:
                    seen.add(key(thing))
                    yield thing
            if not following:
                return
            if not self.session.is_ours(following):
                host = urlsplit(following).netloc.rpartition("@")[2]
                raise self._broken(answer, f"the next page of a listing is said to be on another host, {host}")
            path, parameters, previous = following, (), keys
        raise self._broken(answer, "a listing does not end")

    def _array(self, answer: Answer) -> list[Any]:
        found = answer.json()
        if not isinstance(found, list):
            raise self._broken(answer, "the answer is no list")
        return found

    def _object(self, answer: Answer) -> dict[str, Any]:
        found = answer.json()
        if not isinstance(found, dict):
            raise self._broken(answer, "the answer is no object")
        return found

    def _broken(self, answer: Answer, message: str) -> UnexpectedAnswer:
        return unexpected(answer, self.session.redact(message))

    def _put_reply(self, got: Answer | NoAnswer) -> PutReply:
        """Classify what came of the PUT (ports.PutReply); the read afterwards says what it did."""
        if isinstance(got, NoAnswer):
            # Nothing sent is for the engine what a throttle is: nothing was done, and it may be tried again.
            outcome, extra = ("ambiguous", "") if got.sent else ("throttled", "; nothing was sent")
            return PutReply(0, outcome, f"{got.error.message}{extra}", got.sent_at, got.answered_at)
        outcome, message = "ambiguous", ""
        ids: dict[str, str] = {}
        if got.is_throttle:
            outcome = "throttled"
        elif got.status in (204, 401, 403, 404):
            outcome = "refused"
        elif got.status in (400, 413, 422):
            outcome = "rejected"
        elif 200 <= got.status < 300:
            try:
                shown = got.json()
                if isinstance(shown, list):
                    outcome, message = "acknowledged", "Canvas took the tracks"
                    ids = {
                        track["locale"]: id_of(track, "id")
                        for track in shown
                        if isinstance(track, dict) and isinstance(track.get("locale"), str)
                    }
            except UnexpectedAnswer as error:
                message = error.message
        message = message or error_for(got, self.session.redact, unchanged="").message
        return PutReply(
            got.status,
            outcome,
            message,
            got.sent_at,
            got.answered_at,
            self.session.redact(got.headers.get("date", "")),
            ids,
        )


def _understood(
    items: Sequence[Any], read: Callable[[Any, Answer], T], answer: Answer
) -> tuple[list[T], list[OddAnswer]]:
    """What of an answer can be understood, and an error for each thing that cannot."""
    found: list[T] = []
    odd: list[OddAnswer] = []
    for one in items:
        try:
            found.append(read(one, answer))
        except OddAnswer as error:
            odd.append(error)
    return found, odd


def _choice(name: str, values: Sequence[str], allowed: Sequence[str]) -> list[tuple[str, str]]:
    for value in values:
        if value not in allowed:
            raise UsageError(f"no {name} {value!r}; there are {', '.join(allowed)}")
    return [(name, value) for value in values]


def _must_be_text(given: str) -> None:
    """A command line can hold bytes that are no text; Python hands them on as half surrogate pairs."""
    try:
        given.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{given[:100]!r} is no text", unchanged=NOTHING) from None


def _json_bytes(value: object) -> bytes:
    """UTF-8 without a byte order mark, on which Canvas's parser would fail."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _next(answer: Answer) -> str:
    """The address of the next page as the Link header has it, "" on the last (RFC 8288).

    Not with the parser in requests: it stops at a parameter whose value holds "=", and half a listing would be a whole.
    """
    for link in _LINK.finditer(answer.headers.get("link", "")):
        if _REL_NEXT.search(link[2]):
            return urljoin(answer.url, str(link[1]).strip())
    return ""
