"""A pure model of Canvas: what it does with a replace-all PUT, statement by statement. Each request is rehearsed on it.

Theory of operation. See `captionkit.remotes.canvas.model_remote`; tests add faults, hooks and a log
(`tests/fakes/canvas.py`). Sections named in comments are those of the server's own code:
MediaTracksController#index and #update, AttachmentHelper#load_media_object, MediaTrack.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

from captionkit import canvas_rules
from captionkit.errors import NotPermitted
from captionkit.remotes.canvas.model_rows import StoredFile, StoredMedia, StoredTrack
from captionkit.sync.ports import REHEARSED_ORIGINAL, Clock, MediaState

#: Where the object of a rehearsal is.
REHEARSAL_SCOPE = "courses/0"

#: Stands for the text of a track that the caller may not see, where a rehearsal starts from what was read.
UNSEEN = "(the text of a track that this user cannot read)"


#: Of a track that belongs to no file.
NO_FILE = ""


class _Stopped:
    """A clock that stands: in a rehearsal no time passes."""

    def now(self) -> float:
        return 1_767_225_600.0  # 2026-01-01

    def sleep(self, seconds: float) -> None:
        pass


class Refused(Exception):
    """What Canvas answers instead of going on; statements before it stay done."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class CanvasModel:
    """The world. All methods may be called from several threads; a request is executed as a whole.

    Args:
        clock: gives the time stamps, which have whole seconds as Canvas's do.
        base_url: what identities say.

    Attributes:
        show_content: False as for a token whose developer key strips include[].
        newest: whether answers carry workflow_state and asr.
        older: a controller of about 2022: a PUT deletes only the caller's own tracks, and what is refused is 401.
        rights_by_file: whether a PUT by a file asks for that file's right alone, not for the media object's, too.
        cannot_write: (user id, media id) pairs without the right to add captions: a PUT answers 204.
        cannot_update: (user id, attachment id) pairs without the right to update the file: a PUT answers 403.
        answered: locale -> id of every track that the answer to the last PUT showed.
    """

    def __init__(self, *, clock: Clock | None = None, base_url: str = "https://canvas.example") -> None:
        self.clock: Clock = clock or _Stopped()
        self.base_url = base_url
        self.media: dict[str, StoredMedia] = {}
        self.files: dict[str, StoredFile] = {}
        self._rows: dict[str, dict[str, StoredTrack]] = {}  # by media id, then by track id
        self.show_content = True
        self.newest = True
        self.older = False
        self.rights_by_file = False
        self.answered: dict[str, str] = {}
        self.cannot_write: set[tuple[str, str]] = set()
        self.cannot_update: set[tuple[str, str]] = set()
        self._last_id = 1000
        self.lock = threading.RLock()

    @classmethod
    def holding(cls, state: MediaState, user_id: str, *, clock: Clock | None = None) -> CanvasModel:
        """A world with one object as it was just read, to rehearse a PUT on.

        A track that only the listing shows belongs to somebody else here and has `UNSEEN` for a text.
        """
        world = cls(clock=clock)
        address, _, name = state.media.partition("/")
        reached_by_file = address == "media_attachments"
        media_id = f"m-of-{name}" if reached_by_file else name
        original = name if reached_by_file and not state.copied else REHEARSED_ORIGINAL.partition("/")[2]
        world.media[media_id] = StoredMedia(media_id, "", user_id, original, world._stamp())
        for file_id in {original, name} if reached_by_file else {original}:
            world.files[file_id] = StoredFile(file_id, media_id, REHEARSAL_SCOPE)
        for seen in (*state.tracks, *state.loose):
            # On the media_objects path everything that is listed is the caller's own.
            who = seen.user_id if reached_by_file else user_id
            home = original if not reached_by_file or seen.id in state.lent else name
            world._insert(StoredTrack(
                seen.id, who, media_id, None if seen in state.loose else home, seen.locale, seen.kind,
                UNSEEN if seen.content is None else seen.content, seen.webvtt_content,
                seen.created_at, seen.updated_at, seen.workflow_state or "ready", bool(seen.asr),
            ))  # fmt: skip
        for other in state.listed or ():
            if other.id not in world._rows.get(media_id, {}):
                world._insert(StoredTrack(
                    other.id, None, media_id, None if reached_by_file else original, other.locale, other.kind,
                    UNSEEN, None, other.created_at, other.updated_at, other.workflow_state or "ready", bool(other.asr),
                ))  # fmt: skip
        world._last_id = max([world._last_id, *(int(row.id) for row in world.tracks(media_id) if row.id.isdecimal())])
        if state.copied:
            for seen in state.tracks:
                if seen.id not in state.lent:
                    world.add_track(media_id, seen.locale, UNSEEN, user=None)
        return world

    # --- what is there

    def add_track(
        self,
        media_id: str,
        locale: str,
        content: str,
        *,
        user: str | None = "1",
        kind: str = canvas_rules.DEFAULT_KIND,
        attachment_id: str | None = None,
        asr: bool = False,
        workflow_state: str = "ready",
    ) -> str:
        """A track as if uploaded in the browser by `user`; returns its id.

        Args:
            attachment_id: the file that it belongs to, by default the original; `NO_FILE` for none, as servers of old
                made tracks.
        """
        with self.lock:
            now, number = self._stamp(), self._new_id()
            home = self.media[media_id].attachment_id if attachment_id is None else attachment_id or None
            self._insert(StoredTrack(
                number, user, media_id, home, locale, kind, content, canvas_rules.canvas_webvtt(content),
                now, now, workflow_state, asr,
            ))  # fmt: skip
            return number

    def tracks(self, media_id: str) -> list[StoredTrack]:
        """Every track of the object, everybody's and of every copy, by locale and id."""
        with self.lock:
            return sorted(self._rows.get(media_id, {}).values(), key=lambda r: (r.locale, r.id))

    # --- answering

    def list_media(self, user_id: str, scope: str) -> list[StoredMedia]:
        """The media objects of a scope by time of creation (MediaObjectsController#index)."""
        context = f"users/{user_id}" if scope == "users/self" else scope
        with self.lock:
            ids = {file.media_id for file in self.files.values() if file.context == context and not file.deleted}
            found = [m for m in self.media.values() if m.media_id in ids or m.old_media_id in ids]
            return sorted(found, key=lambda m: m.created_at)

    def list_tracks(self, user_id: str, media: str) -> list[StoredTrack]:
        """The track list as this user gets it on this path (MediaTracksController#index)."""
        with self.lock:
            try:
                found, file = self._find(media)
            except Refused as error:
                raise NotPermitted(str(error), where=media, status=error.status) from None
            return self._visible(user_id, found, file)

    def replace_tracks(self, user_id: str, media: str, body: object) -> tuple[int, str]:
        """Execute a replace-all PUT whose body is this JSON value; returns the status and a message."""
        with self.lock:
            try:
                for _ in self.statements(user_id, media, body):
                    pass
            except Refused as error:
                return error.status, str(error)
            self.note_answer(user_id, media)
            return 200, ""

    def note_answer(self, user_id: str, media: str) -> None:
        """Remember the ids that the answer to a PUT shows."""
        found, file = self._find(media)
        self.answered = {row.locale: row.id for row in self._visible(user_id, found, file)}

    def in_scope(self, found: StoredMedia) -> list[StoredTrack]:
        """Everybody's tracks of the object itself, as listings show them and a PUT on media_objects deletes them."""
        homes = (None, found.attachment_id)
        return [row for row in self.tracks(found.media_id) if row.attachment_id in homes]

    def files_in(self, context: str) -> dict[str, StoredFile]:
        """The files through which a course, group or user has media objects, by media id."""
        with self.lock:
            return {f.media_id: f for f in self.files.values() if f.context == context and not f.deleted}

    def statements(self, user_id: str, media: str, body: object) -> Iterator[None]:
        """MediaTracksController#update, a yield after each statement that the server commits.

        See guides/canvas-server.md, section 5.
        """
        found, file = self._find(media)
        if file is not None and ((user_id, file.id) in self.cannot_update or file.locked):
            raise self._unauthorized()
        asked = file if file is not None else self.files.get(found.attachment_id or "")
        has_right = (user_id, found.media_id) not in self.cannot_write or (file is not None and self.rights_by_file)
        if not has_right or (asked is not None and asked.submitted):
            raise self._unauthorized() if self.older else Refused(204, "")
        elements = _elements(body)
        keep = {element.get("locale") for element in elements}
        for row in self._merged(found, file) if file is not None else self.in_scope(found):
            is_theirs = self.older and row.user_id != user_id
            if row.locale not in keep and row.id in self._rows[row.media_id] and not is_theirs:
                if self._is_locked(row):
                    raise Refused(500, "An error occurred.")
                self._remove(row)
                yield
        for element in elements:
            if not _is_blank(element.get("content")):
                self._save(user_id, found, file, element)
                yield

    def _save(self, user_id: str, found: StoredMedia, file: StoredFile | None, element: dict[str, object]) -> None:
        """Find or create as MediaTracksController#update does: by file there, by user and locale here."""
        home = file.id if file is not None else found.attachment_id
        if file is not None:
            mine = [row for row in self.tracks(found.media_id) if row.attachment_id == home]
        else:
            mine = [row for row in self.in_scope(found) if row.user_id == user_id]
        row = next((row for row in mine if row.locale == element.get("locale")), None)
        if row is not None:
            self._assign(row, element, home)
            return
        now = self._stamp()
        row = StoredTrack("", user_id, found.media_id, home, "", canvas_rules.DEFAULT_KIND, "", None, now, now)
        self._assign(row, element, home)
        row.id = self._new_id()
        self._insert(row)

    def _assign(self, row: StoredTrack, element: dict[str, object], home: str | None = None) -> None:
        """Assign and validate as MediaTrack does, convert SRT, and move updated_at if anything changed."""
        home = row.attachment_id if home is None else home
        locale, kind, content = element.get("locale", row.locale), element.get("kind", row.kind), element.get("content")
        # Rails' parameter filter drops an array or object given for a scalar; a number is cast to text, true to "t".
        text = row.content if isinstance(content, list | dict) else "t" if content is True else str(content)
        if not isinstance(locale, str) or not canvas_rules.LOCALE_PATTERN.match(locale):
            raise Refused(422, "locale is invalid")
        if kind not in canvas_rules.KINDS:
            raise Refused(422, "kind is not included in the list")
        if canvas_rules.is_blank(text):
            raise Refused(422, "content can't be blank")
        if "\0" in text:
            raise Refused(500, "An error occurred.")
        if any(canvas_rules.content_problems(text)):
            raise Refused(422, "TTML tracks are not allowed because they are susceptible to xss attacks")
        # Uniqueness is scoped to the file, and not checked where there is none (MTspec).
        others = (other for other in self.tracks(row.media_id) if other.id != row.id and other.attachment_id == home)
        if home is not None and any(other.locale == locale for other in others):
            raise Refused(422, "locale has already been taken")
        if (locale, kind, text, home) == (row.locale, row.kind, row.content, row.attachment_id):
            return
        if text != row.content and self._is_locked(row):
            raise Refused(422, "cannot change column(s): content - locked by Master Course")
        row.locale, row.kind, row.content, row.attachment_id = locale, str(kind), text, home
        row.updated_at = self._stamp()
        converted = canvas_rules.canvas_webvtt(text)
        if converted is not None:
            row.webvtt_content = converted  # and where it is None the column stays as it was: the stale copy

    def _find(self, media: str) -> tuple[StoredMedia, StoredFile | None]:
        """AttachmentHelper#load_media_object: what cannot be found is "not permitted", not 404."""
        address, _, name = media.partition("/")
        file = None
        if address == "media_attachments":
            file = self.files.get(name)
            if file is None or file.deleted:
                raise self._unauthorized()
            name = file.media_id
        elif address != "media_objects":
            raise Refused(404, "The specified resource does not exist.")
        found = self.media.get(name) or next((m for m in self.media.values() if m.old_media_id == name), None)
        if found is None:
            raise self._unauthorized()
        return found, file

    def _unauthorized(self) -> Refused:
        return Refused(401 if self.older else 403, "user not authorized to perform that action")

    def _visible(self, user_id: str, found: StoredMedia, file: StoredFile | None) -> list[StoredTrack]:
        if file is not None:
            return self._merged(found, file)
        return [row for row in self.in_scope(found) if row.user_id == user_id]

    def _merged(self, found: StoredMedia, file: StoredFile) -> list[StoredTrack]:
        """A file's own tracks, and the original's for the locales that it lacks (media_tracks_include_originals)."""
        own = [row for row in self.tracks(found.media_id) if row.attachment_id == file.id]
        taken = {row.locale for row in own}
        if file.id == found.attachment_id or found.attachment_id is None:
            return own
        originals = [row for row in self.tracks(found.media_id) if row.attachment_id == found.attachment_id]
        return sorted([*own, *(row for row in originals if row.locale not in taken)], key=lambda r: r.locale)

    def _insert(self, row: StoredTrack) -> None:
        self._rows.setdefault(row.media_id, {})[row.id] = row

    def _remove(self, row: StoredTrack) -> None:
        del self._rows[row.media_id][row.id]

    def _is_locked(self, row: StoredTrack) -> bool:
        file = self.files.get(row.attachment_id or "")
        return file is not None and file.locked

    def _new_id(self) -> str:
        self._last_id += 1
        return str(self._last_id)

    def _stamp(self) -> str:
        return datetime.fromtimestamp(int(self.clock.now()), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _elements(body: object) -> list[dict[str, object]]:
    """The body as Ruby sees it: null, false and {} are no elements, a string has no keys, anything else fails."""
    if body is None or body is False or body == {}:
        return []
    if not isinstance(body, list) or not all(isinstance(element, dict | str) for element in body):
        raise Refused(500, "An error occurred.")
    return [element if isinstance(element, dict) else {} for element in body]


def _is_blank(content: object) -> bool:
    if isinstance(content, str):
        return canvas_rules.is_blank(content)
    return content is None or content is False or content == [] or content == {}
