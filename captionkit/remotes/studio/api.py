"""The public API of Instructure Media (Canvas Studio), `/api/public/v1`: media, uploads, captions, collections, users.

Theory of operation. One method a call, no state. Reads are repeated where that helps. Writes are sent once: a status
that the documentation names becomes an error that says what to do, and where no answer came, or one that leaves it
open, `OutcomeUnknown` is raised and the caller looks at what was done: so too where the answer says that it was done
and is not what was asked for. One thing of a list that cannot be used is left out and goes to `warn`, and costs no
other. Only what is documented is sent. The API has no way to replace, rename or delete
a caption file, so there is none here. Unlike Canvas's, its listings say how many pages there are (`meta`).

Uploading a file takes three steps: `new_upload` gives a signed address, `captionkit.remotes.studio.uploads.put_file`
sends the file there, `complete_upload` turns it into a media.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from captionkit.address import is_loopback_url
from captionkit.errors import NotFound, NotPermitted, OddAnswer, OutcomeUnknown, Rejected, UnexpectedAnswer, UsageError
from captionkit.remotes.http.session import Answer, NoAnswer, Parameters, Service, Session
from captionkit.remotes.studio.arguments import day, json_bytes, new_media, numeric
from captionkit.remotes.studio.errors import NOTHING, error_for
from captionkit.remotes.studio.json import (
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
_LOOK_FIRST = "Run the same command again: it looks first at what is there."
_LOOK_AT_IT = "Look at it in Studio before you try again."

T = TypeVar("T")


#: What media are searched by: a part of the title, the owner's e-mail address, a tag's full name, days of creation and
#: of the last view as YYYY-MM-DD, inclusive, and bytes.
CONDITIONS = frozenset(
    {"title", "owner", "tag", "source", "min_size", "max_size", "start_date", "end_date"}
    | {f"last_viewed_{by}{end}_date" for by in ("", "by_student_") for end in ("start", "end")}
)


class InstructureMedia:
    """The API as one user.

    Args:
        session: where, and with which token; made with `service=STUDIO`.
        warn: gets what was left out of a list, a sentence each.
    """

    def __init__(self, session: Session, *, warn: Callable[[str], object] = lambda message: None) -> None:
        self.session = session
        self.warn = warn

    # --- who and what is there

    def ping(self) -> bool:
        """Whether Studio answers and takes the token: it says `pong`, as text."""
        return self._get("/ping", "ping").text.strip().strip('"') == "pong"

    def whoami(self) -> User | None:
        """Whom the token acts as; None where Studio does not say.

        `/users/me` is not documented. Where it is refused, the listing of collections tells: it has one of the type
        "user", the library of whose token it is. An administrator may see those of others as well, which tells nothing.
        """
        try:
            return self._one("/users/me", "user", "user", user_of)
        except (NotFound, NotPermitted, Rejected, OddAnswer):
            pass
        except UnexpectedAnswer as error:
            if error.status == 200:
                raise  # a login page, say
        owners: dict[str, User] = {}
        try:
            for one in self.collections():
                if one.type == "user" and one.owner.id:
                    owners[one.owner.id] = User(one.owner.id, one.owner.name, one.owner.email)
                if len(owners) > 1:
                    return None
        except (NotPermitted, Rejected):
            return None
        return next(iter(owners.values()), None)

    def user(self, user_id: str) -> User:
        return self._one(f"/users/{numeric(user_id, 'user')}", "user", "user", user_of)

    def user_media(self, user_id: str) -> Iterator[Media]:
        path = f"/users/{numeric(user_id, 'user')}/media"
        return self._paged(path, (), "media", "user", media_of, lambda m: m.id)

    def user_library(self, user_id: str) -> Collection:
        """The collection that a user's own uploads are in."""
        return self._one(f"/users/{numeric(user_id, 'user')}/library", "collection", "user", collection_of)

    def user_collections(self, user_id: str) -> Iterator[Collection]:
        path = f"/users/{numeric(user_id, 'user')}/collections"
        return self._paged(path, (), "collections", "user", collection_of, lambda c: c.id)

    def group_users(self, group_id: str) -> Iterator[User]:
        path = f"/groups/{numeric(group_id, 'group')}/users"
        return self._paged(path, (), "users", "group", user_of, lambda u: u.id)

    def search_media(self, **conditions: str | int | None) -> Iterator[Media]:
        """Media of the whole account that the token may see; all conditions hold together.

        Args:
            conditions: of `CONDITIONS`; those that are "" or None do not count.
        """
        unknown = conditions.keys() - CONDITIONS
        if unknown:
            raise TypeError(f"Studio searches by {', '.join(sorted(CONDITIONS))}, not by {', '.join(sorted(unknown))}")
        asked = {name: value for name, value in conditions.items() if value not in ("", None)}
        parameters = [
            (name, day(str(value), name) if name.endswith("_date") else str(value)) for name, value in asked.items()
        ]
        return self._paged("/media/search", parameters, "media", "search", media_of, lambda m: m.id)

    def media(self, media_id: str) -> Media:
        return self._one(f"/media/{numeric(media_id, 'media')}", "media", "media", media_of)

    def collections(self) -> Iterator[Collection]:
        """The collections that the token's user can see."""
        return self._paged("/collections", (), "collections", "collections", collection_of, lambda c: c.id)

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
        return list(self._usable(self._array(answer, "caption_files"), answer, caption_of))

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
        from urllib3.filepost import encode_multipart_formdata  # what requests itself makes forms with

        form = {"caption_file": (f"captions.{srclang}.srt", srt, "application/x-subrip")}
        body, content_type = encode_multipart_formdata(form)
        answer = self._write(path, [("srclang", srclang)], body, content_type, "add caption")
        return self._made(answer, "caption_file", caption_of)

    # --- what becomes of media

    def delete_media(self, media_id: str) -> None:
        """Delete a media with its captions; nothing brings it back.

        Raises:
            OutcomeUnknown: it may have been deleted.
        """
        path = f"/media/{numeric(media_id, 'media')}"
        self._written(self.session.delete_once(ROOT + path), "change media", hint=_LOOK_AT_IT)

    def archive_media(self, media_id: str) -> None:
        """Take a media out of its collection, into the archive.

        Raises:
            OutcomeUnknown: it may have been archived.
        """
        path = f"/media/{numeric(media_id, 'media')}/archive"
        self._written(self.session.post_once(ROOT + path, (), b"", ""), "change media", hint=_LOOK_AT_IT)

    def unarchive_media(self, media_id: str, collection_id: str = "") -> None:
        """Take a media out of the archive.

        Args:
            collection_id: into this collection; "" leaves it to Studio.

        Raises:
            OutcomeUnknown: it may have been done.
        """
        path = f"/media/{numeric(media_id, 'media')}/unarchive"
        into = [("collection_id", numeric(collection_id, "collection"))] if collection_id else []
        self._written(
            self.session.post_once(ROOT + path, into, b"", ""), "unarchive into" if into else "change media",
            hint=_LOOK_AT_IT, given="the media's and the collection's id",
        )  # fmt: skip

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
        asked = new_media(url, title, description, auto_caption, user_id, "", is_external)
        parameters = [(k, str(v).lower() if isinstance(v, bool) else str(v)) for k, v in asked.items()]
        answer = self._write(path, parameters, b"", "", "create in collection", given=_given(asked, "collection_id"))
        return self._made(answer, "media", media_of)

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
        asked = new_media(url, title, description, auto_caption, user_id, collection_id, is_external)
        answer = self._write("/media", (), json_bytes(asked), "application/json", "create", given=_given(asked))
        return self._made(answer, "media", media_of)

    def new_upload(self, *, user_id: str = "") -> NewUpload:
        """A signed address that a local file can be sent to. One that is never completed is never seen by anybody.

        The media will be in the user's own library; the documentation has no way to say where else.

        Args:
            user_id: on behalf of this user (administrators).

        Raises:
            UnexpectedAnswer: the address is not encrypted, and Studio is not on this computer.
        """
        asked = {"user_id": int(numeric(user_id, "user"))} if user_id else {}
        call = "upload for a user" if user_id else "upload"
        answer = self._write("/media/uploads", (), json_bytes(asked), "application/json", call)
        new = new_upload_of(self._part(answer, "upload"), answer)
        # An address on this computer, from a Studio elsewhere, would have us send the file to a local service.
        if not new.url.lower().startswith("https://") and not is_loopback_url(self.session.base_url):
            raise unexpected(answer, "the address to upload to is not encrypted")
        return new

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
        answer = self._write(path, (), json_bytes(asked), "application/json", "complete")
        return self._made(answer, "media", media_of)

    # --- how a request is made and an answer believed

    def _get(self, path: str, call: str, parameters: Parameters = ()) -> Answer:
        answer = self.session.get(ROOT + path, parameters)
        if answer.status != 200:
            raise error_for(answer, call, self.session.redact)
        return answer

    def _write(
        self, path: str, parameters: Parameters, body: bytes, content_type: str, call: str, *,
        given: str = "what was given",
    ) -> Answer:  # fmt: skip
        """Send something whose answer matters."""
        got = self._written(self.session.post_once(ROOT + path, parameters, body, content_type), call, given=given)
        try:
            got.json()
        except UnexpectedAnswer as error:
            raise self._unknown(error.message, got.where) from None
        return got

    def _written(
        self, got: Answer | NoAnswer, call: str, *, hint: str = _LOOK_FIRST, given: str = "what was given"
    ) -> Answer:  # fmt: skip
        """The answer to a write that was done."""
        if isinstance(got, NoAnswer):
            if not got.sent:
                raise got.error
            raise self._unknown(got.error.message, got.error.where, hint)
        if got.status in (200, 201, 204):
            return got
        if 400 <= got.status < 500 or got.status == 501:
            raise error_for(got, call, self.session.redact, given=given)
        raise self._unknown(f"Studio answered with status {got.status}", got.where, hint)

    def _made(self, answer: Answer, key: str, read: Callable[[Any, Answer], T]) -> T:
        """What a write made, as its answer says. An answer that says it badly is no reason to make it again."""
        try:
            return read(self._part(answer, key), answer)
        except UnexpectedAnswer as error:
            raise self._unknown(error.message, answer.where) from None

    def _unknown(self, message: str, where: str, hint: str = _LOOK_FIRST) -> OutcomeUnknown:
        explained = f"{self.session.redact(message)}; whether Studio did what was asked is not known"
        return OutcomeUnknown(explained, where=where, hint=hint)

    def _usable(self, found: list[Any], answer: Answer, read: Callable[[Any, Answer], T]) -> Iterator[T]:
        """What of a list can be used."""
        for one in found:
            try:
                yield read(one, answer)
            except UnexpectedAnswer as error:
                self.warn(f"left out of a list of Studio's ({answer.where}): {error.message}")

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
            found = self._array(answer, key)
            things = list(self._usable(found, answer, read))
            fresh = {identify(thing): thing for thing in things if identify(thing) not in seen}
            last = _last_page(answer)
            if things and not fresh and (last is None or page < last):
                raise unexpected(answer, "the server gives the same page of a listing twice")
            seen.update(fresh)
            yield from fresh.values()
            if (last is None and len(found) < PER_PAGE) or (last is not None and page >= last):
                return
            if not found:
                raise unexpected(answer, f"page {page} of a listing is empty, though there should be {last}")
        raise UnexpectedAnswer("a listing does not end", where=path, unchanged=NOTHING)


def _given(asked: dict[str, Any], *more: str) -> str:
    """The values that a hint may ask to be checked, in words."""
    names = {
        "url": "the address", "title": "the title", "user_id": "the user's id", "collection_id": "the collection's id"
    }  # fmt: skip
    words = [word for name, word in names.items() if name in asked or name in more]
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _last_page(answer: Answer) -> int | None:
    found = answer.json()
    meta = found.get("meta") if isinstance(found, dict) else None
    last = meta.get("last_page") if isinstance(meta, dict) else None
    return last if isinstance(last, int) and not isinstance(last, bool) else None
