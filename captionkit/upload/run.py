"""The steps of each upload, several items at a time, so that whatever happens in between nothing is made twice.

Theory of operation. A file goes through states, each in the journal before the next begins:

    begun       a place was given to send it to, and it is being sent; broken off here, it is sent anew to a new place
    sent        the host has all of it; broken off here, it is only completed
    created     the media is there: completed now, or, as 409 says, before
    caption     each caption file beside it was added, listed again, downloaded again, and is what was sent
    done        there is nothing left to do

Asking for a place and completing are safe to repeat, so they are, where no answer came. Making a media from an address
is not: `creating` is written first, and where it is not known what became of it, the account is searched for the title
before anything is made again. A caption is added only where the media has none of that language; Studio has no call to
replace one.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from captionkit.documents import loads
from captionkit.errors import (
    AlreadyDone,
    BadToken,
    CaptionkitError,
    ExitCode,
    LocalError,
    NoConnection,
    NotFound,
    OutcomeUnknown,
    Throttled,
    UsageError,
    severest,
)
from captionkit.sync.plain_srt import plain_srt
from captionkit.sync.ports import Clock
from captionkit.upload.items import CaptionBeside, Item
from captionkit.upload.journal import BEGUN, CAPTION, CREATED, CREATING, DONE, SENT, Past, UploadJournal
from captionkit.upload.ports import MediaLike, Progress, Put, Service

#: How often a step that is safe to repeat is taken, the first time included.
ATTEMPTS = 4
#: How often a new place is asked for because the address of the last one had ended.
PLACES = 3
#: Seconds before looking what an unanswered request did: it may still be on its way.
SETTLE = 3.0
#: Seconds by which Studio's clock and ours may differ.
_SKEW = 900.0

T = TypeVar("T")


class Ending(StrEnum):
    """How one item ended."""

    UPLOADED = "uploaded"
    FINISHED = "finished"
    ALREADY = "already there"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_STARTED = "not started"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class CaptionResult:
    """What became of one caption file: `state` is "sent", "already there", "manual" or "failed"."""

    srclang: str
    file: str
    state: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one item.

    Attributes:
        error: what went wrong with the recording itself; None where all went well.
        notes: what else a person should know.
    """

    item: Item
    ending: Ending
    media_id: str = ""
    captions: tuple[CaptionResult, ...] = ()
    error: CaptionkitError | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether the recording and all that lies beside it is there."""
        there = (Ending.UPLOADED, Ending.FINISHED, Ending.ALREADY)
        fine = all(caption.state in ("sent", "already there") for caption in self.captions)
        return self.ending in there and fine and not self.item.problems


class _Stopped(Exception):
    """The user stopped the run."""


def upload(
    items: Sequence[Item],
    *,
    service: Service,
    account: str,
    put: Put,
    journal: UploadJournal,
    clock: Clock,
    parallel: int = 2,
    stopped: Callable[[], bool] = lambda: False,
    progress: Progress | None = None,
    rng: random.Random | None = None,
) -> list[Result]:
    """Upload everything, as far as it is not there already. Errors of one item are in its result.

    Args:
        account: where and as whom; part of what makes an upload the same.
        put: sends a file to a signed address.
        journal: opened by the caller.
        parallel: items at a time.
        stopped: asked often; True ends the run as soon as that is safe.
    """
    run = _Run(service, account, put, journal, clock, stopped, progress, rng or random.Random())
    return _each(run.one, items, max(1, parallel))


def exit_code(results: Sequence[Result]) -> ExitCode:
    """One code for it all."""
    codes = []
    failed = [result for result in results if result.ending in (Ending.FAILED, Ending.NOT_STARTED)]
    if any(result.ending is Ending.STOPPED for result in results):
        codes.append(ExitCode.INTERRUPTED)
    if any(result.ending is Ending.UNKNOWN for result in results):
        codes.append(ExitCode.OUTCOME_UNKNOWN)
    if failed and len(failed) < len(results):
        codes.append(ExitCode.PARTIAL)
    elif failed:
        codes += [ExitCode(r.error.exit_code) if r.error else ExitCode.REMOTE_FAILED for r in failed]
    if any(not result.is_whole and result not in failed for result in results):
        codes.append(ExitCode.PARTIAL if any(r.ending is Ending.UPLOADED for r in results) else ExitCode.FINDINGS)
    return severest(codes)


def _each(do: Callable[[Item], Result], items: Sequence[Item], parallel: int) -> list[Result]:
    """Do it for each item, a few at a time; the results in the items' order.

    Not a pool of `concurrent.futures`, which Python waits for even after a second Ctrl-C: a thread that waits for the
    answer of a slow host would hold the person for minutes.
    """
    results: dict[int, Result] = {}
    broken: list[BaseException] = []
    waiting = iter(range(len(items)))
    turn = threading.Lock()

    def work() -> None:
        try:
            while not broken:
                with turn:
                    number = next(waiting, None)
                if number is None:
                    return
                results[number] = do(items[number])
        except BaseException as error:
            broken.append(error)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(parallel, len(items)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.1)  # in slices, since Windows does not interrupt a wait without end
    if broken:
        raise broken[0]
    return [results[number] for number in range(len(items))]


class _Run:
    """What the threads of a run share."""

    def __init__(
        self, service: Service, account: str, put: Put, journal: UploadJournal, clock: Clock,
        stopped: Callable[[], bool], progress: Progress | None, rng: random.Random,
    ) -> None:  # fmt: skip
        self.service = service
        self.account = account
        self.put = put
        self.journal = journal
        self.clock = clock
        self.stopped = stopped
        self.progress = progress
        self.rng = rng
        self.fatal: CaptionkitError | None = None

    def one(self, item: Item) -> Result:
        """One item from where it stands to its end."""
        key = item.key(self.account)
        past = self.journal.past(key)
        if past.state == DONE and not self._has_more(item, past):
            return self._end(item, Result(item, Ending.ALREADY, past.media_id))
        if self.fatal is not None:
            return self._end(item, Result(item, Ending.NOT_STARTED, past.media_id, error=self.fatal))
        if self.stopped():
            return self._end(item, Result(item, Ending.STOPPED, past.media_id))
        if self.progress:
            self.progress.begin(item)
        was_created = past.state in (CREATED, DONE)
        resumed = past.state in (SENT, CREATED)
        notes: list[str] = []
        try:
            if not was_created:
                self._create(item, key, past, notes)
            captions = tuple(self._caption(key, past, caption) for caption in item.captions)
            ending = Ending.FINISHED if resumed else Ending.ALREADY if was_created else Ending.UPLOADED
            if all(caption.state in ("sent", "already there") for caption in captions):
                self.journal.write(key, DONE, media=past.media_id)
            return self._end(item, Result(item, ending, past.media_id, captions, notes=tuple(notes)))
        except _Stopped:
            return self._end(item, Result(item, Ending.STOPPED, past.media_id, notes=tuple(notes)))
        except OutcomeUnknown as error:
            return self._end(item, Result(item, Ending.UNKNOWN, past.media_id, error=error, notes=tuple(notes)))
        except CaptionkitError as error:
            if self.stopped():
                return self._end(item, Result(item, Ending.STOPPED, past.media_id, notes=tuple(notes)))
            if isinstance(error, BadToken) or (isinstance(error, LocalError) and error.where == str(self.journal.path)):
                self.fatal = error  # no other item can go better
            return self._end(item, Result(item, Ending.FAILED, past.media_id, error=error, notes=tuple(notes)))

    def _has_more(self, item: Item, past: Past) -> bool:
        """Whether captions lie beside it now that were not sent yet."""
        return any(not caption.problem and caption.srclang not in past.captions for caption in item.captions)

    def _end(self, item: Item, result: Result) -> Result:
        if self.progress:
            self.progress.end(item)
        return result

    # --- the recording

    def _create(self, item: Item, key: str, past: Past, notes: list[str]) -> None:
        if not item.title.strip() and not item.destination.is_external:
            # Studio would say so only after the whole file was sent.
            raise UsageError("a media needs a title", where=item.shown, unchanged="Nothing was sent.")
        if item.path is None:
            self._create_from_url(item, key, past, notes)
            return
        if past.state == SENT:
            try:
                self._complete(item, key, past)
                return
            except NotFound:
                notes.append("the upload that an earlier run had begun is not known there any more; it was sent anew")
        self._send(item, key, past, item.path)
        self._complete(item, key, past)
        wanted = item.destination.collection_id
        if wanted:
            self._say_where(past.media_id, wanted, notes)

    def _send(self, item: Item, key: str, past: Past, path: Path) -> None:
        """Get a place and send the file there; a new place where the address has ended meanwhile."""
        status = path.stat() if path.exists() else None
        if status is None or (status.st_size, status.st_mtime_ns) != (item.size, item.mtime_ns):
            raise LocalError("the file changed after it was looked at", where=str(path), unchanged="Nothing was sent.",
                             hint="Run the same command again.")  # fmt: skip
        for place in range(PLACES):
            new = self._again(
                lambda: self.service.new_upload(
                    user_id=item.destination.user_id, collection_id=item.destination.collection_id
                )
            )
            self.journal.write(key, BEGUN, media=new.id, source=item.shown)
            try:
                self.put(new.url, path, sent=lambda size: self._sent(item, size), stopped=self.stopped,
                         clock=self.clock)  # fmt: skip
                break
            except CaptionkitError as error:
                if self.stopped():
                    raise _Stopped from None
                if getattr(error, "status", 0) != 403 or place + 1 == PLACES:
                    raise
        self.journal.write(key, SENT, media=new.id)
        past.media_id = new.id

    def _complete(self, item: Item, key: str, past: Past) -> None:
        self._heed_stop()
        # Done already: an answer that was lost, or a run that was killed before it could write it down.
        with suppress(AlreadyDone):
            self._again(
                lambda: self.service.complete_upload(
                    past.media_id, title=item.title, description=item.description,
                    auto_caption=item.destination.auto_caption,
                )
            )  # fmt: skip
        self.journal.write(key, CREATED, media=past.media_id)

    def _say_where(self, media_id: str, wanted: str, notes: list[str]) -> None:
        """A collection for uploads is not documented, so it is looked at where the media came to be."""
        try:
            found = self.service.media(media_id).collection_id
        except CaptionkitError:
            return
        if found and found != wanted:
            notes.append(f"Studio put it into collection {found} and not {wanted}; move it in Studio itself")

    def _create_from_url(self, item: Item, key: str, past: Past, notes: list[str]) -> None:
        if past.state == CREATING:
            found = self._find(item, past.at)
            if found is not None:
                notes.append("an earlier run had made it already; it was found by its title")
                self._created(key, past, found.id)
                return
            if not item.title:
                raise OutcomeUnknown(
                    "an earlier run may have made this already, and without a title it cannot be looked for",
                    where=item.shown, hint="Look in Studio; if it is not there, run the same command with --again.",
                )  # fmt: skip
        self._heed_stop()
        at = self.clock.now()
        self.journal.write(key, CREATING, source=item.shown)
        try:
            made = self._make(item)
        except OutcomeUnknown:
            self._pause(SETTLE)
            found = self._find(item, at) if item.title else None
            if found is None:
                raise
            made = found
        except CaptionkitError:
            self.journal.write(key, "refused")
            raise
        self._created(key, past, made.id)

    def _created(self, key: str, past: Past, media_id: str) -> None:
        past.media_id = media_id
        self.journal.write(key, CREATED, media=media_id)

    def _make(self, item: Item) -> MediaLike:
        to = item.destination
        if to.collection_id:
            return self.service.create_in_collection(
                to.collection_id, item.url, title=item.title, description=item.description,
                auto_caption=to.auto_caption, user_id=to.user_id, is_external=to.is_external,
            )  # fmt: skip
        return self.service.create_from_url(
            item.url, title=item.title, description=item.description, auto_caption=to.auto_caption,
            user_id=to.user_id, is_external=to.is_external,
        )  # fmt: skip

    def _find(self, item: Item, since: float) -> MediaLike | None:
        """The media that an unanswered request may have made: of that title, and no older than the request.

        Raises:
            OutcomeUnknown: several fit.
        """
        if not item.title:
            return None
        day = datetime.fromtimestamp(since - 86_400, UTC).strftime("%Y-%m-%d")
        fits = [
            media for media in self.service.search_media(title=item.title, start_date=day)
            if media.title == item.title and _time(media.created_at) >= since - _SKEW
        ]  # fmt: skip
        if len(fits) > 1:
            raise OutcomeUnknown(
                f"whether it was made is not known: there are {len(fits)} new media called {item.title!r}",
                where=item.shown, hint="Look in Studio; if it is not there, run the same command with --again.",
            )  # fmt: skip
        return fits[0] if fits else None

    # --- captions

    def _caption(self, key: str, past: Past, caption: CaptionBeside) -> CaptionResult:
        def became(state: str, message: str = "") -> CaptionResult:
            return CaptionResult(caption.srclang, caption.path.name, state, message or caption.note)

        if caption.problem:
            return became("failed", caption.problem)
        if caption.srclang in past.captions:
            return became("already there")
        self._heed_stop()
        was_sent = False
        try:
            for _ in range(ATTEMPTS):
                there = self._there(past.media_id, caption)
                if there == "same":
                    self.journal.write(key, CAPTION, language=caption.srclang)
                    return became("sent" if was_sent else "already there")
                if there and was_sent:
                    return became("failed", "Studio has it, but not with the text that was sent: look at it there")
                if there:
                    return became("manual", there)
                was_sent = True
                try:
                    self.service.add_caption(past.media_id, caption.srclang, caption.text.encode())
                except (OutcomeUnknown, NoConnection, Throttled):
                    self._pause(SETTLE)
            if self._there(past.media_id, caption) == "same":
                self.journal.write(key, CAPTION, language=caption.srclang)
                return became("sent")
        except BadToken:
            raise
        except CaptionkitError as error:
            return became("failed", f"{error.message}. {error.hint}".strip())
        return became("failed", "Studio did not keep it; run the same command again")

    def _there(self, media_id: str, caption: CaptionBeside) -> str:
        """Whether the media has captions in this language: "same", "" for none, or why ours cannot be sent."""
        wanted = caption.srclang.lower()
        same_language = [one for one in self.service.captions(media_id) if one.srclang.lower() == wanted]
        for one in same_language:
            if plain_srt(loads(self.service.caption_content(one.id))).text == caption.text:
                return "same"
        if not same_language:
            return ""
        made = "made by machine" if all(one.is_machine_made for one in same_language) else "with another text"
        return f"there are {caption.srclang} captions already, {made}; Studio has no call to replace them: do it there"

    # --- patience

    def _again(self, step: Callable[[], T]) -> T:
        """Take a step that is safe to repeat until it has an answer."""
        for attempt in range(ATTEMPTS):
            self._heed_stop()
            try:
                return step()
            except (OutcomeUnknown, NoConnection, Throttled):
                if attempt + 1 == ATTEMPTS:
                    raise
            self._pause(1.0 + self.rng.uniform(0.0, 2.0**attempt))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _sent(self, item: Item, size: int) -> None:
        if self.progress:
            self.progress.sent(item, size)

    def _heed_stop(self) -> None:
        if self.stopped():
            raise _Stopped

    def _pause(self, seconds: float) -> None:
        until = self.clock.now() + seconds
        while (left := until - self.clock.now()) > 0:
            self._heed_stop()
            self.clock.sleep(min(left, 0.25))


def _time(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return 0.0
