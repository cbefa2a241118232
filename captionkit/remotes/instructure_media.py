"""The public API of Instructure Media (Canvas Studio), `/api/public/v1`: media, uploads, captions, collections.

Theory of operation. One method a call, no state. Reads are repeated where that helps. Writes are sent once: a status
that the documentation names becomes an error that says what to do, and where no answer came, or one that leaves it
open, `OutcomeUnknown` is raised and the caller looks at what was done. The API has no way to replace, rename or delete
a caption file, so there is none here. Unlike Canvas's, its listings say how many pages there are (`meta`).

Uploading a file takes three steps: `new_upload` gives a signed address, `captionkit.remotes.upload_host.put_file`
sends the file there, `complete_upload` turns it into a media.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from urllib.parse import urlsplit

from captionkit.errors import OutcomeUnknown, UnexpectedAnswer, UsageError
from captionkit.remotes._studio_errors import NOTHING, error_for
from captionkit.remotes._studio_json import (
    CaptionFile,
    Collection,
    Course,
    Media,
    NewUpload,
    User,
    caption_of,
    collection_of,
    course_of,
    media_of,
    new_upload_of,
    unexpected,
    user_of,
)
from captionkit.remotes.http import Answer, NoAnswer, Parameters, Service, Session

__all__ = [
    "STUDIO",
    "CaptionFile",
    "Collection",
    "Course",
    "InstructureMedia",
    "Media",
    "NewUpload",
    "User",
]

STUDIO = Service("Studio", "CAPTIONKIT_STUDIO_URL")
ROOT = "/api/public/v1"
#: The documentation's largest page; what it makes of more is not known.
PER_PAGE = 50
_MOST_PAGES = 100_000
#: The pattern that the documentation gives for the address of a new media, with the slashes that a real one has.
_SOURCE_URL = re.compile(r"https?://[^\s/]+\S*\Z", re.IGNORECASE)
#: `is_external` is for these alone ("Only YouTube and Vimeo URLs are supported").
EXTERNAL_HOSTS = ("youtube.com", "youtu.be", "youtube-nocookie.com", "vimeo.com")

T = TypeVar("T")


class InstructureMedia:
    """The API as one user.

    Args:
        session: where, and with which token; made with `service=STUDIO`.
    """

    def __init__(self, session: Session) -> None:
        self.session = session

    # --- who and what is there

    def ping(self) -> bool:
        """Whether Studio answers and takes the token: it says `pong`, as text."""
        return self._get("/ping", "ping").text.strip().strip('"') == "pong"

    def whoami(self) -> User:
        """Whom the token acts as."""
        return self._one("/users/me", "user", "user", user_of)

    def user(self, user_id: str) -> User:
        return self._one(f"/users/{numeric(user_id, 'user')}", "user", "user", user_of)

    def search_media(
        self,
        *,
        title: str = "",
        owner: str = "",
        start_date: str = "",
        end_date: str = "",
        tag: str = "",
        source: str = "",
        min_size: int | None = None,
        max_size: int | None = None,
    ) -> Iterator[Media]:
        """Media of the whole account that the token may see; all conditions hold together.

        Args:
            title: a part of it. owner: e-mail address. tag: its full name.
            start_date, end_date: of creation, YYYY-MM-DD, inclusive.
            min_size, max_size: bytes.
        """  # fmt: skip
        for name, value in (("start_date", start_date), ("end_date", end_date)):
            if value and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
                raise UsageError(f"{name} is {value!r}", hint="Write it as YYYY-MM-DD.")
        asked = {
            "title": title, "owner": owner, "start_date": start_date, "end_date": end_date, "tag": tag,
            "source": source, "min_size": min_size, "max_size": max_size,
        }  # fmt: skip
        parameters = [(name, str(value)) for name, value in asked.items() if value not in ("", None)]
        return self._paged("/media/search", parameters, "media", "search", media_of, lambda m: m.id)

    def media(self, media_id: str) -> Media:
        return self._one(f"/media/{numeric(media_id, 'media')}", "media", "media", media_of)

    def collections(self) -> Iterator[Collection]:
        """The collections that the token's user can see."""
        return self._paged("/collections", (), "collections", "collection", collection_of, lambda c: c.id)

    def collection(self, collection_id: str) -> Collection:
        path = f"/collections/{numeric(collection_id, 'collection')}"
        return self._one(path, "collection", "collection", collection_of)

    def collection_media(self, collection_id: str) -> Iterator[Media]:
        path = f"/collections/{numeric(collection_id, 'collection')}/media"
        return self._paged(path, (), "media", "collection", media_of, lambda m: m.id)

    def course(self, course_id: str) -> Course:
        """The collection that belongs to a course.

        Args:
            course_id: the course's number in Canvas.
        """
        return self._one(f"/courses/{numeric(course_id, 'course')}", "course", "course", course_of)

    # --- captions

    def captions(self, media_id: str) -> list[CaptionFile]:
        """The caption files of a media, all of them: this list has no pages."""
        answer = self._get(f"/media/{numeric(media_id, 'media')}/caption_files", "captions")
        return [caption_of(one, answer) for one in self._array(answer, "caption_files")]

    def caption_content(self, caption_id: str) -> bytes:
        """A caption file itself, as Studio stores it: SRT, in UTF-8 as far as is known."""
        answer = self._get(f"/caption_files/{numeric(caption_id, 'caption file')}/download", "caption")
        if answer.looks_like_html:
            raise unexpected(answer, "the answer is a web page instead of a caption file")
        return answer.body

    def add_caption(self, media_id: str, srclang: str, srt: bytes) -> CaptionFile:
        """Add a caption file. What Studio does where this language has one already is not known: look first.

        Args:
            srclang: the language. srt: the file; SRT is the only format that is known to be taken.

        Raises:
            OutcomeUnknown: it may have been added; list the captions.
        """
        path = f"/media/{numeric(media_id, 'media')}/caption_files"
        if not re.fullmatch(r"[A-Za-z0-9-]{2,35}", srclang):
            raise UsageError(f"{srclang!r} is no language", hint="e.g. en or pt-BR", unchanged=NOTHING)
        body, content_type = _multipart("caption_file", f"captions.{srclang}.srt", srt)
        answer = self._write(path, [("srclang", srclang)], body, content_type, "add caption")
        return caption_of(self._part(answer, "caption_file"), answer)

    # --- new media

    def create_in_collection(
        self,
        collection_id: str,
        url: str,
        *,
        title: str = "",
        description: str = "",
        auto_caption: bool = False,
        user_id: str = "",
        is_external: bool = False,
    ) -> Media:
        """Create a media in a collection from a file that is on the web.

        Args:
            url: http or https. With `is_external` it stays there and is only linked: YouTube and Vimeo.
            title: required unless `is_external`.
            auto_caption: ask for captions by machine. user_id: on behalf of this user (administrators).

        Raises:
            UsageError: what the documentation rules out; nothing was sent.
            OutcomeUnknown: it may have been created; search for its title.
        """  # fmt: skip
        path = f"/collections/{numeric(collection_id, 'collection')}/media"
        asked = _new_media(url, title, description, auto_caption, user_id, "", is_external)
        parameters = [(k, str(v).lower() if isinstance(v, bool) else str(v)) for k, v in asked.items()]
        answer = self._write(path, parameters, b"", "", "create in collection")
        return media_of(self._part(answer, "media"), answer)

    def create_from_url(
        self,
        url: str,
        *,
        title: str = "",
        description: str = "",
        auto_caption: bool = False,
        user_id: str = "",
        collection_id: str = "",
        is_external: bool = False,
    ) -> Media:
        """Create a media in "My Uploads", in another user's, or in a collection; see `create_in_collection`.

        Args:
            user_id, collection_id: at most one of them.
        """  # fmt: skip
        asked = _new_media(url, title, description, auto_caption, user_id, collection_id, is_external)
        answer = self._write("/media", (), _json_bytes(asked), "application/json", "create")
        return media_of(self._part(answer, "media"), answer)

    def new_upload(self, *, user_id: str = "", collection_id: str = "") -> NewUpload:
        """A signed address that a local file can be sent to. One that is never completed is never seen by anybody.

        Args:
            user_id: on behalf of this user (administrators).
            collection_id: where the media is to be. Not documented, but Instructure's own client sends it; look where
                the media came to be.
        """
        asked: dict[str, int] = {}
        if user_id:
            asked["user_id"] = int(numeric(user_id, "user"))
        if collection_id:
            asked["collection_id"] = int(numeric(collection_id, "collection"))
        answer = self._write("/media/uploads", (), _json_bytes(asked), "application/json", "upload")
        return new_upload_of(self._part(answer, "upload"), answer)

    def complete_upload(
        self, media_id: str, *, title: str, description: str = "", auto_caption: bool = False
    ) -> Media:  # fmt: skip
        """Say that the file has been sent.

        Raises:
            AlreadyDone: it was completed before.
            OutcomeUnknown: it may have been completed; to call this again is safe.
        """
        if not title.strip():
            raise UsageError("a media needs a title", unchanged=NOTHING)
        asked: dict[str, Any] = {"title": title}
        if description:
            asked["description"] = description
        if auto_caption:
            asked["auto_caption"] = True
        path = f"/media/uploads/{numeric(media_id, 'media')}/complete"
        answer = self._write(path, (), _json_bytes(asked), "application/json", "complete")
        return media_of(self._part(answer, "media"), answer)

    # --- how a request is made and an answer believed

    def _get(self, path: str, call: str, parameters: Parameters = ()) -> Answer:
        answer = self.session.get(ROOT + path, parameters)
        if answer.status != 200:
            raise error_for(answer, call, self.session.redact)
        return answer

    def _write(self, path: str, parameters: Parameters, body: bytes, content_type: str, call: str) -> Answer:
        got = self.session.post_once(ROOT + path, parameters, body, content_type)
        if isinstance(got, NoAnswer):
            if not got.sent:
                raise got.error
            raise OutcomeUnknown(
                f"{got.error.message}; whether Studio did what was asked is not known", where=got.error.where,
                hint="Run the same command again: it looks first at what is there.",
            )  # fmt: skip
        if got.status in (200, 201):
            try:
                got.json()
            except UnexpectedAnswer as error:
                raise self._unknown(got, error.message) from None
            return got
        if 400 <= got.status < 500 or got.status == 501:
            raise error_for(got, call, self.session.redact)
        raise self._unknown(got, f"Studio answered with status {got.status}")

    def _unknown(self, answer: Answer, message: str) -> OutcomeUnknown:
        return OutcomeUnknown(
            f"{self.session.redact(message)}; whether Studio did what was asked is not known", where=answer.where,
            hint="Run the same command again: it looks first at what is there.",
        )  # fmt: skip

    def _one(self, path: str, key: str, call: str, read: Callable[[Any, Answer], T]) -> T:
        answer = self._get(path, call)
        return read(self._part(answer, key), answer)

    def _part(self, answer: Answer, key: str) -> Any:
        found = answer.json()
        if not isinstance(found, dict) or key not in found:
            raise unexpected(answer, f"the answer holds no {key!r}")
        return found[key]

    def _array(self, answer: Answer, key: str) -> list[Any]:
        found = self._part(answer, key)
        if not isinstance(found, list):
            raise unexpected(answer, f"{key!r} is no list")
        return found

    def _paged(
        self, path: str, parameters: Parameters, key: str, call: str, read: Callable[[Any, Answer], T],
        identify: Callable[[T], str],
    ) -> Iterator[T]:  # fmt: skip
        """Everything on all pages, each thing once: what is created meanwhile moves the rest across page ends."""
        seen: set[str] = set()
        for page in range(1, _MOST_PAGES):
            answer = self._get(path, call, [*parameters, ("page", str(page)), ("per_page", str(PER_PAGE))])
            things = [read(one, answer) for one in self._array(answer, key)]
            fresh = {identify(thing): thing for thing in things if identify(thing) not in seen}
            last = _last_page(answer)
            if things and not fresh and (last is None or page < last):
                raise unexpected(answer, "the server gives the same page of a listing twice")
            seen.update(fresh)
            yield from fresh.values()
            if (last is None and len(things) < PER_PAGE) or (last is not None and page >= last):
                return
            if not things:
                raise unexpected(answer, f"page {page} of a listing is empty, though there should be {last}")
        raise UnexpectedAnswer("a listing does not end", where=path, unchanged=NOTHING)


def numeric(text: str, what: str) -> str:
    """An id that may become part of an address.

    Raises:
        UsageError: Studio's ids are numbers.
    """
    if not re.fullmatch(r"[0-9]{1,19}", text.strip()):
        raise UsageError(f"{text[:60]!r} is no {what} id", hint="Studio's ids are numbers.", unchanged=NOTHING)
    return text.strip()


def is_external_url(url: str) -> bool:
    """Whether this is an address at YouTube or Vimeo, which Studio can link to."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return False
    return any(host == known or host.endswith(f".{known}") for known in EXTERNAL_HOSTS)


def check_source_url(url: str, *, is_external: bool = False) -> None:
    """Refuse an address that Studio would refuse.

    Raises:
        UsageError: without a query string in it, which may be a signature.
    """
    shown = url.partition("?")[0][:200]
    if not _SOURCE_URL.match(url):
        raise UsageError(f"{shown!r} is no address that Studio can fetch", hint="It begins with http:// or https://.",
                         unchanged=NOTHING)  # fmt: skip
    if is_external and not is_external_url(url):
        raise UsageError(f"{shown!r} is neither YouTube nor Vimeo, and Studio can link to nothing else",
                         hint="Leave out --external: Studio then fetches a copy of the file.",
                         unchanged=NOTHING)  # fmt: skip


def _new_media(
    url: str, title: str, description: str, auto_caption: bool, user_id: str, collection_id: str, is_external: bool
) -> dict[str, str | int | bool]:
    check_source_url(url, is_external=is_external)
    if not title.strip() and not is_external:
        raise UsageError("a media needs a title; only a link to YouTube or Vimeo brings its own", unchanged=NOTHING)
    if user_id and collection_id:
        raise UsageError("a media goes to a user's library or to a collection, not to both", unchanged=NOTHING,
                         hint="Give the user or the collection.")  # fmt: skip
    asked: dict[str, str | int | bool] = {"url": url}
    if title.strip():
        asked["title"] = title
    if description:
        asked["description"] = description
    if user_id:
        asked["user_id"] = int(numeric(user_id, "user"))
    if collection_id:
        asked["collection_id"] = int(numeric(collection_id, "collection"))
    if auto_caption:
        asked["auto_caption"] = True
    if is_external:
        asked["is_external"] = True
    return asked


def _last_page(answer: Answer) -> int | None:
    found = answer.json()
    meta = found.get("meta") if isinstance(found, dict) else None
    last = meta.get("last_page") if isinstance(meta, dict) else None
    return last if isinstance(last, int) and not isinstance(last, bool) else None


def _json_bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _multipart(field: str, file_name: str, data: bytes) -> tuple[bytes, str]:
    """A form with one file (RFC 7578), and its content type."""
    boundary = f"captionkit-{uuid.uuid4().hex}"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{file_name}"\r\n'
        "Content-Type: application/x-subrip\r\n\r\n"
    )
    return head.encode() + data + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
