"""The world behind the in-memory remote: what Canvas does with a replace-all PUT, statement by statement.

Theory of operation. See `captionkit.remotes.canvas.model_remote`. Sections named in comments are those of the
server's own code: MediaTracksController#index and #update, AttachmentHelper#load_media_object, MediaTrack.
"""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from captionkit import canvas_rules
from captionkit.errors import NotPermitted
from captionkit.remotes.canvas.model_faults import (
    ALL_DONE,
    MIDWAY,
    NOTHING_DONE,
    PUT_FAULTS,
    READ_FAULTS,
    Fault,
    Moment,
    Request,
)
from captionkit.remotes.canvas.model_rows import SimulatedClock, StoredFile, StoredMedia, StoredTrack
from captionkit.sync.ports import REHEARSED_ORIGINAL, Clock, MediaState

#: Seconds after which a request that is late has been carried out, however few have come since.
LONGEST_LATE = 120.0

#: Where the object of a rehearsal is.
REHEARSAL_SCOPE = "courses/0"

#: Stands for the text of a track that the caller may not see, where a rehearsal starts from what was read.
UNSEEN = "(the text of a track that this user cannot read)"


class _ServerError(Exception):
    """What Canvas answers instead of going on; statements before it stay done."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class MemoryCanvas:
    """The world. All methods may be called from several threads; a request is executed as a whole unless a hook acts.

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
        hooks: called at each `Moment`; what a hook does to the world does not call hooks again.
        faults: see `Fault`; used up in order.
        log: every request, in order.
        answered: locale -> id of every track that the answer to the last PUT showed.
    """

    def __init__(self, *, clock: Clock | None = None, base_url: str = "https://canvas.example") -> None:
        self.clock: Clock = clock or SimulatedClock()
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
        self.hooks: list[Callable[[Moment], None]] = []
        self.faults: list[Fault] = []
        self.log: list[Request] = []
        self._late: list[tuple[int, float, Request]] = []
        self._last_id = 1000
        self._in_hook = False
        self.lock = threading.RLock()

    @classmethod
    def holding(cls, state: MediaState, user_id: str, *, clock: Clock | None = None) -> MemoryCanvas:
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

    # --- making and changing the world, as a teacher, a colleague or a machine would

    def add_media(
        self,
        context: str,
        title: str,
        *,
        owner: str = "1",
        media_id: str = "",
        attached: bool = True,
        old_media_id: str | None = None,
    ) -> str:
        """A media object with its original file in `context`; returns the media id.

        Args:
            attached: False for a media object that knows of no file, as some old ones do not.
        """
        with self.lock:
            number = self._new_id()
            media_id = media_id or f"m-{number}"
            self.files[number] = StoredFile(number, media_id, context)
            self.media[media_id] = StoredMedia(
                media_id, title, owner, number if attached else None, self._stamp(), old_media_id
            )
            return media_id

    def add_copy(self, media_id: str, context: str, *, user: str | None = None, own_tracks: bool = False) -> str:
        """A copy of the file in another course, which inherits the tracks; returns the attachment id.

        Args:
            user: whom the file shows as its uploader; somebody where its data was replaced.
            own_tracks: an import on a newer server: the copy gets tracks of its own, of nobody.
        """
        with self.lock:
            number = self._new_id()
            self.files[number] = StoredFile(number, media_id, context, user)
            for row in self.in_scope(self.media[media_id]) if own_tracks else ():
                home = row.attachment_id
                if home is not None:
                    self._insert(dataclasses.replace(row, id=self._new_id(), user_id=None, attachment_id=number))
            return number

    def delete_original(self, media_id: str) -> None:
        """Delete the file that the media object was made for: its copies lose what it lent them."""
        with self.lock:
            found = self.media[media_id]
            if found.attachment_id is not None:
                self.files[found.attachment_id].deleted = True
            found.attachment_id = None

    def add_track(
        self,
        media_id: str,
        locale: str,
        content: str,
        *,
        user: str | None = "1",
        kind: str = canvas_rules.DEFAULT_KIND,
        attachment_id: str | None = None,
        loose: bool = False,
        asr: bool = False,
        workflow_state: str = "ready",
    ) -> str:
        """A track as if uploaded in the browser by `user`; returns its id. By default it belongs to the original.

        Args:
            loose: it belongs to no file, as servers of old made tracks.
        """
        with self.lock:
            now, number = self._stamp(), self._new_id()
            home = attachment_id if attachment_id is not None else self.media[media_id].attachment_id
            home = None if loose else home
            self._insert(StoredTrack(
                number, user, media_id, home, locale, kind, content, canvas_rules.canvas_webvtt(content),
                now, now, workflow_state, asr,
            ))  # fmt: skip
            return number

    def edit_track(self, track_id: str, content: str) -> None:
        """Change a track's text in place, as somebody else's PUT would."""
        with self.lock:
            self._assign(self.track(track_id), {"content": content})

    def delete_track(self, track_id: str) -> None:
        with self.lock:
            self._remove(self.track(track_id))

    def save_in_browser(self, user_id: str, media: str, locales: list[str], changed: dict[str, str]) -> None:
        """What Canvas's own page sends: the list that it knew when it was opened, with what was typed in. A tab that is
        stale removes the tracks that were added since."""
        elements = [{"locale": locale} for locale in locales if locale not in changed]
        elements += [{"locale": locale, "content": content} for locale, content in changed.items()]
        with self.lock, contextlib.suppress(_ServerError):
            for _ in self._statements(Request("PUT", user_id, media, elements)):
                pass

    def rename(self, media_id: str, title: str) -> None:
        with self.lock:
            self.media[media_id].title = title

    def delete_files(self, media_id: str) -> None:
        """Delete the files: listings show the object no more, its tracks stay readable (AttachmentHelper)."""
        with self.lock:
            for file in self.files.values():
                file.deleted = file.deleted or file.media_id == media_id

    def delete_media(self, media_id: str) -> None:
        """Delete the object with its files and tracks."""
        with self.lock:
            del self.media[media_id]
            self.files = {k: v for k, v in self.files.items() if v.media_id != media_id}
            self._rows.pop(media_id, None)

    def fault(self, kind: str, *, on: str = "PUT", media: str = "", skip: int = 0, times: int = 1,
              step: int = 0, late_by: int = 1) -> None:  # fmt: skip
        """Let something go wrong; see `Fault`."""
        known = PUT_FAULTS if on == "PUT" else READ_FAULTS
        if kind not in known:
            raise ValueError(f"no fault {kind!r} for {on}; there are {', '.join(known)}")
        with self.lock:
            self.faults.append(Fault(kind, on, media, skip, times, step, late_by))

    # --- looking at the truth, for tests

    def tracks(self, media_id: str) -> list[StoredTrack]:
        """Every track of the object, everybody's and of every copy, by locale and id."""
        with self.lock:
            return sorted(self._rows.get(media_id, {}).values(), key=lambda r: (r.locale, r.id))

    def track(self, track_id: str) -> StoredTrack:
        """The row with this id.

        Raises:
            KeyError: if there is none.
        """
        with self.lock:
            for rows in self._rows.values():
                if track_id in rows:
                    return rows[track_id]
            raise KeyError(track_id)

    def count(self, method: str) -> int:
        """How many requests of this method ("PUT", "GET", "LIST") the world has seen."""
        return sum(request.method == method for request in self.log)

    # --- answering

    def list_media(self, user_id: str, scope: str) -> list[StoredMedia]:
        """The media objects of a scope by time of creation (MediaObjectsController#index)."""
        context = f"users/{user_id}" if scope == "users/self" else scope
        with self.lock:
            self._begin(Request("LIST", user_id, scope))
            ids = {file.media_id for file in self.files.values() if file.context == context and not file.deleted}
            found = [m for m in self.media.values() if m.media_id in ids or m.old_media_id in ids]
            return sorted(found, key=lambda m: m.created_at)

    def list_tracks(self, user_id: str, media: str) -> list[StoredTrack]:
        """The track list as this user gets it on this path (MediaTracksController#index)."""
        with self.lock:
            request = Request("GET", user_id, media)
            self._begin(request)
            try:
                found, file = self._find(media)
            except _ServerError as error:
                raise NotPermitted(str(error), where=media, status=error.status) from None
            rows = self._visible(user_id, found, file)
            self._call(Moment("after", request))
            return rows

    def replace_tracks(self, user_id: str, media: str, body: object) -> tuple[int, str]:
        """Execute a replace-all PUT whose body is this JSON value; returns the status and a message."""
        with self.lock:
            request = Request("PUT", user_id, media, body)
            fault = self._begin(request)
            answer = self._execute(request, fault)
            self._call(Moment("after", request))
            return answer

    def in_scope(self, found: StoredMedia) -> list[StoredTrack]:
        """Everybody's tracks of the object itself, as listings show them and a PUT on media_objects deletes them."""
        homes = (None, found.attachment_id)
        return [row for row in self.tracks(found.media_id) if row.attachment_id in homes]

    def files_in(self, context: str) -> dict[str, StoredFile]:
        """The files through which a course, group or user has media objects, by media id."""
        with self.lock:
            return {f.media_id: f for f in self.files.values() if f.context == context and not f.deleted}

    def _begin(self, request: Request) -> Fault | None:
        """Log, let late PUTs land, call hooks, and find the fault for this request; raise it if it is a read's."""
        self.log.append(request)
        waiting, self._late = self._late, []
        for left, since, late in waiting:
            if left > 1 and self.clock.now() - since < LONGEST_LATE:
                self._late.append((left - 1, since, late))
            else:
                self._execute(late, None)
        self._call(Moment("before", request))
        fault = self._due(request)
        if fault is not None and request.method != "PUT":
            raise READ_FAULTS[fault.kind](
                f"simulated: {fault.kind}", where=request.media, unchanged="Nothing was written."
            )
        return fault

    def _due(self, request: Request) -> Fault | None:
        for fault in self.faults:
            if fault.on != request.method or fault.media not in ("", request.media):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self.faults.remove(fault)
            return fault
        return None

    def _call(self, moment: Moment) -> None:
        if self._in_hook:
            return
        self._in_hook = True
        try:
            for hook in tuple(self.hooks):
                hook(moment)
        finally:
            self._in_hook = False

    def _execute(self, request: Request, fault: Fault | None) -> tuple[int, str]:
        kind = fault.kind if fault is not None else ""
        if kind in NOTHING_DONE:
            return NOTHING_DONE[kind]
        if fault is not None and kind == "late":
            self._late.append((fault.late_by, self.clock.now(), request))
            return 0, "the connection was lost"
        stop_after = fault.step if fault is not None and kind in MIDWAY else None
        done = 0
        try:
            statements = self._statements(request)
            while stop_after is None or done < stop_after:
                if next(statements, _END) is _END:
                    break
                done += 1
                self._call(Moment("step", request))
        except _ServerError as error:
            return error.status, str(error)
        found, file = self._find(request.media)
        self.answered = {row.locale: row.id for row in self._visible(request.user_id, found, file)}
        return MIDWAY.get(kind) or ALL_DONE.get(kind, (200, ""))

    def _statements(self, request: Request) -> Iterator[None]:
        """MediaTracksController#update, a yield after each statement that the server commits (reference, section 5)."""
        found, file = self._find(request.media)
        if file is not None and ((request.user_id, file.id) in self.cannot_update or file.locked):
            raise self._unauthorized()
        asked = file if file is not None else self.files.get(found.attachment_id or "")
        has_right = (request.user_id, found.media_id) not in self.cannot_write or (
            file is not None and self.rights_by_file
        )
        if not has_right or (asked is not None and asked.submitted):
            raise self._unauthorized() if self.older else _ServerError(204, "")
        elements = _elements(request.body)
        keep = {element.get("locale") for element in elements}
        for row in self._merged(found, file) if file is not None else self.in_scope(found):
            is_theirs = self.older and row.user_id != request.user_id
            if row.locale not in keep and row.id in self._rows[row.media_id] and not is_theirs:
                if self._is_locked(row):
                    raise _ServerError(500, "An error occurred.")
                self._remove(row)
                yield
        for element in elements:
            if not _is_blank(element.get("content")):
                self._save(request.user_id, found, file, element)
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
            raise _ServerError(422, "locale is invalid")
        if kind not in canvas_rules.KINDS:
            raise _ServerError(422, "kind is not included in the list")
        if canvas_rules.is_blank(text):
            raise _ServerError(422, "content can't be blank")
        if "\0" in text:
            raise _ServerError(500, "An error occurred.")
        if any(canvas_rules.content_problems(text)):
            raise _ServerError(422, "TTML tracks are not allowed because they are susceptible to xss attacks")
        # Uniqueness is scoped to the file, and not checked where there is none (MTspec).
        others = (other for other in self.tracks(row.media_id) if other.id != row.id and other.attachment_id == home)
        if home is not None and any(other.locale == locale for other in others):
            raise _ServerError(422, "locale has already been taken")
        if (locale, kind, text, home) == (row.locale, row.kind, row.content, row.attachment_id):
            return
        if text != row.content and self._is_locked(row):
            raise _ServerError(422, "cannot change column(s): content - locked by Master Course")
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
            raise _ServerError(404, "The specified resource does not exist.")
        found = self.media.get(name) or next((m for m in self.media.values() if m.old_media_id == name), None)
        if found is None:
            raise self._unauthorized()
        return found, file

    def _unauthorized(self) -> _ServerError:
        return _ServerError(401 if self.older else 403, "user not authorized to perform that action")

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


_END = object()


def _elements(body: object) -> list[dict[str, object]]:
    """The body as Ruby sees it: null, false and {} are no elements, a string has no keys, anything else fails."""
    if body is None or body is False or body == {}:
        return []
    if not isinstance(body, list) or not all(isinstance(element, dict | str) for element in body):
        raise _ServerError(500, "An error occurred.")
    return [element if isinstance(element, dict) else {} for element in body]


def _is_blank(content: object) -> bool:
    if isinstance(content, str):
        return canvas_rules.is_blank(content)
    return content is None or content is False or content == [] or content == {}
