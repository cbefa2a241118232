"""A Canvas in memory that tests fill, look into, and let fail.

`FakeCanvas` is the model that captionkit rehearses on (`captionkit.remotes.canvas.model`), with what a teacher, a
colleague or a machine does to it, and with what goes wrong: a PUT yields after each statement that the server would
commit, so a fault can stop it anywhere, and a hook can let somebody else write in between.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable

from captionkit.remotes.canvas.model import CanvasModel, Refused
from captionkit.remotes.canvas.model_rows import StoredFile, StoredMedia, StoredTrack
from captionkit.sync.ports import Clock
from fakes.clock import SimulatedClock
from fakes.faults import ALL_DONE, MIDWAY, NOTHING_DONE, PUT_FAULTS, READ_FAULTS, Fault, Moment, Request

#: Seconds after which a request that is late has been carried out, however few have come since.
LONGEST_LATE = 120.0

_END = object()


class FakeCanvas(CanvasModel):
    """The world of a test.

    Attributes:
        hooks: called at each `Moment`; what a hook does to the world does not call hooks again.
        faults: see `Fault`; used up in order.
        log: every request, in order.
    """

    def __init__(self, *, clock: Clock | None = None, base_url: str = "https://canvas.example") -> None:
        super().__init__(clock=clock or SimulatedClock(), base_url=base_url)
        self.hooks: list[Callable[[Moment], None]] = []
        self.faults: list[Fault] = []
        self.log: list[Request] = []
        self._late: list[tuple[int, float, Request]] = []
        self._in_hook = False

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
        with self.lock, contextlib.suppress(Refused):
            for _ in self.statements(user_id, media, elements):
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

    # --- looking at the truth

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
        with self.lock:
            self._begin(Request("LIST", user_id, scope))
            return super().list_media(user_id, scope)

    def list_tracks(self, user_id: str, media: str) -> list[StoredTrack]:
        with self.lock:
            request = Request("GET", user_id, media)
            self._begin(request)
            rows = super().list_tracks(user_id, media)
            self._call(Moment("after", request))
            return rows

    def replace_tracks(self, user_id: str, media: str, body: object) -> tuple[int, str]:
        with self.lock:
            request = Request("PUT", user_id, media, body)
            fault = self._begin(request)
            answer = self._execute(request, fault)
            self._call(Moment("after", request))
            return answer

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
            statements = self.statements(request.user_id, request.media, request.body)
            while stop_after is None or done < stop_after:
                if next(statements, _END) is _END:
                    break
                done += 1
                self._call(Moment("step", request))
        except Refused as error:
            return error.status, str(error)
        self.note_answer(request.user_id, request.media)
        return MIDWAY.get(kind) or ALL_DONE.get(kind, (200, ""))
