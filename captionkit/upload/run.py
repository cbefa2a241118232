"""The steps of each upload, several items at a time, so that whatever happens in between nothing is made twice.

Theory of operation. A file goes through states, each in the journal before the next begins:

    begun       a place was given to send it to, and it is being sent; broken off here, it is sent anew to a new place
    sent        the host has all of it; broken off here, it is only completed
    created     the media is there: completed now, or, as 409 says, before
    caption     each caption file beside it was added, downloaded by the id in the answer, and is what was sent
    done        there is nothing left to do

What the journal says is there is looked at, one request an item: it may have been deleted meanwhile, or lie in another
collection than it was to go to.

Asking for a place and completing are safe to repeat, so they are, where no answer came. Making a media from an address
(`from_address`) and adding captions (`beside`, `captions`) are not.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from captionkit.errors import (
    AlreadyDone,
    BadToken,
    CaptionkitError,
    LocalError,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
    Remedy,
    UsageError,
)
from captionkit.sync.ports import Clock
from captionkit.threads import all_of
from captionkit.upload.beside import Beside
from captionkit.upload.from_address import FromAddress
from captionkit.upload.items import Item
from captionkit.upload.journal import BEGUN, CREATED, DONE, GONE, SENT, Past, UploadJournal
from captionkit.upload.patience import Patience, Stopped
from captionkit.upload.ports import MediaLike, Progress, Put, Service
from captionkit.upload.results import CaptionResult, Ending, Result, exit_code

__all__ = ["CaptionResult", "Ending", "Result", "exit_code", "upload"]

#: How often a new place is asked for because the address of the last one had ended.
PLACES = 3


@dataclass(frozen=True, slots=True)
class Means:
    """What an upload works with.

    Attributes:
        account: where and as whom; part of what makes an upload the same.
        user_id: whose token it is; "" where Studio does not say, and what may be another person's is left in doubt.
        put: sends a file to a signed address.
        journal: opened by the caller.
    """

    service: Service
    account: str
    user_id: str
    put: Put
    journal: UploadJournal
    clock: Clock


def upload(
    items: Sequence[Item],
    means: Means,
    *,
    parallel: int = 2,
    stopped: Callable[[], bool] = lambda: False,
    progress: Progress | None = None,
    rng: random.Random | None = None,
) -> list[Result]:
    """Upload everything, as far as it is not there already. Errors of one item are in its result.

    Args:
        parallel: items at a time.
        stopped: asked often; True ends the run as soon as that is safe.
    """
    run = _Run(means, Patience(means.clock, stopped, rng or random.Random()), stopped, progress)
    return all_of(run.one, items, workers=max(1, parallel))


class _Run:
    """What the threads of a run share."""

    def __init__(
        self, means: Means, patience: Patience, stopped: Callable[[], bool], progress: Progress | None
    ) -> None:
        self.service = means.service
        self.account = means.account
        self.user_id = means.user_id
        self.put = means.put
        self.journal = means.journal
        self.clock = means.clock
        self.stopped = stopped
        self.progress = progress
        self.patience = patience
        self.from_address = FromAddress(means.service, means.user_id, means.journal, patience)
        self.beside = Beside(means.service, means.journal, patience)
        self.fatal: CaptionkitError | None = None

    def one(self, item: Item) -> Result:
        """One item from where it stands to its end."""
        key = item.key(self.account)
        past = self.journal.past(key)
        if self.fatal is not None:
            return self._end(item, Result(item, Ending.NOT_STARTED, past.media_id, error=self.fatal))
        if self.stopped():
            return self._end(item, Result(item, Ending.STOPPED, past.media_id))
        if self.progress:
            self.progress.begin(item)
        notes: list[str] = []
        try:
            return self._end(item, self._one(item, key, notes))
        except Stopped:
            return self._end(item, Result(item, Ending.STOPPED, past.media_id, notes=tuple(notes)))
        except OutcomeUnknown as error:
            return self._end(item, Result(item, Ending.UNKNOWN, past.media_id, error=error, notes=tuple(notes)))
        except CaptionkitError as error:
            if self.stopped():
                return self._end(item, Result(item, Ending.STOPPED, past.media_id, notes=tuple(notes)))
            if isinstance(error, BadToken) or (isinstance(error, LocalError) and error.where == str(self.journal.path)):
                self.fatal = error  # no other item can go better
            return self._end(item, Result(item, Ending.FAILED, past.media_id, error=error, notes=tuple(notes)))

    def _one(self, item: Item, key: str, notes: list[str]) -> Result:
        past = self.journal.past(key)
        resumed = past.state in (SENT, CREATED)
        was_created = past.state in (CREATED, DONE)
        media = self._still_there(item, past, notes) if was_created else None
        if was_created and media is None:
            self.journal.write(key, GONE)
            past, resumed, was_created = self.journal.past(key), False, False
        if not was_created:
            self._create(item, key, past, notes)
        elsewhere = self._elsewhere(item, past.media_id, media, notes)
        captions = tuple(self.beside.bring(key, past, caption) for caption in item.captions)
        ending = Ending.FINISHED if resumed else Ending.ALREADY if was_created else Ending.UPLOADED
        if past.state != DONE and all(caption.state in ("sent", "already there") for caption in captions):
            self.journal.write(key, DONE, media=past.media_id)
        return Result(item, ending, past.media_id, captions, notes=tuple(notes), elsewhere=elsewhere)

    def _still_there(self, item: Item, past: Past, notes: list[str]) -> MediaLike | None:
        """The media that the journal names; None where Studio has it no more, or never had it for this person."""
        try:
            media = self.patience.again(lambda: self.service.media(past.media_id))
        except NotFound:
            notes.append(f"media {past.media_id} of an earlier run is not in Studio any more; it was uploaded anew")
            return None
        except NotPermitted as error:
            if self.user_id:
                raise NotPermitted(
                    f"an earlier run made media {past.media_id} of it, which is not shown to you any more",
                    where=item.shown, unchanged="Nothing was sent.", status=error.status,
                    hint="It may belong to somebody else now. If that is not you, upload it again.",
                    remedy=Remedy.UPLOAD_AGAIN,
                ) from None  # fmt: skip
            return None  # another person's, on the same computer
        owner, mine = media.owner, item.destination.user_id or self.user_id
        if owner.id and owner.id != mine:
            whose = f"{owner.name or 'somebody'} (user {owner.id})"
            doubt = "" if mine else "; Studio does not say who you are. If that is not you, upload it again as your own"
            notes.append(f"it belongs to {whose}{doubt}")
        return media

    def _elsewhere(self, item: Item, media_id: str, media: MediaLike | None, notes: list[str]) -> str:
        """Where a file lies that was to go into a collection: an upload has no documented way to say that."""
        wanted = item.destination.collection_id
        if not wanted or item.path is None:
            return ""
        try:
            media = media or self.patience.again(lambda: self.service.media(media_id))
        except BadToken:
            raise
        except CaptionkitError as error:
            notes.append(f"whether it lies in collection {wanted} could not be seen ({error.message})")
            return "unknown"
        if media.collection_id == wanted:
            return ""
        name = media.collection_name or "another collection"
        place = f"{name} (collection {media.collection_id})" if media.collection_id else "the user's library, it seems"
        notes.append(f"it lies in {place}: uploads go there, and collection {wanted} is where it is to be put")
        return media.collection_id or "unknown"

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
            self.from_address.create(item, key, past, notes)
            return
        if past.state == SENT:
            try:
                self._complete(item, key, past)
                return
            except NotFound:
                notes.append("the upload that an earlier run had begun is not known there any more; it was sent anew")
        self._send(item, key, past, item.path)
        self._complete(item, key, past)

    def _send(self, item: Item, key: str, past: Past, path: Path) -> None:
        """Get a place and send the file there; a new place where the address has ended meanwhile."""
        status = path.stat() if path.exists() else None
        if status is None or (status.st_size, status.st_mtime_ns) != (item.size, item.mtime_ns):
            raise LocalError("the file changed after it was looked at", where=str(path), unchanged="Nothing was sent.",
                             hint="Start it again.")  # fmt: skip
        for place in range(PLACES):
            new = self.patience.again(lambda: self.service.new_upload(user_id=item.destination.user_id))
            self.journal.write(key, BEGUN, media=new.id, source=item.shown)
            try:
                self.put(new.url, path, sent=lambda size: self._sent(item, size), stopped=self.stopped,
                         clock=self.clock)  # fmt: skip
                break
            except CaptionkitError as error:
                if self.stopped():
                    raise Stopped from None
                if getattr(error, "status", 0) != 403 or place + 1 == PLACES:
                    raise
        self.journal.write(key, SENT, media=new.id)
        past.media_id = new.id

    def _complete(self, item: Item, key: str, past: Past) -> None:
        self.patience.heed_stop()
        # Done already: an answer that was lost, or a run that was killed before it could write it down.
        with suppress(AlreadyDone):
            self.patience.again(
                lambda: self.service.complete_upload(
                    past.media_id, title=item.title, description=item.description,
                    auto_caption=item.destination.auto_caption,
                )
            )  # fmt: skip
        self.journal.write(key, CREATED, media=past.media_id)

    def _sent(self, item: Item, size: int) -> None:
        if self.progress:
            self.progress.sent(item, size)
