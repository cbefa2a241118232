"""Making a media from an address, so that it is made once and none that something else made is taken for it.

Theory of operation. The request is not safe to repeat and its answer can get lost. So what has its title already is
written down before it leaves. Where it is not known what became of it, the account is searched: a media that is new,
has that title and the same owner, and that no other item of the journal made or may have made, is it. Where none is
found for a while, a later run makes it; where anything else could be it, the outcome is unknown and a person looks.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from datetime import UTC, datetime

from captionkit.errors import CaptionkitError, OutcomeUnknown, Remedy
from captionkit.upload.items import Item
from captionkit.upload.journal import CREATED, CREATING, REFUSED, Past, UploadJournal
from captionkit.upload.patience import Patience
from captionkit.upload.ports import MediaLike, Service

#: Seconds before each look for what an unanswered request made: it may still be on its way, and a listing may lag.
LOOKS = (3.0, 4.0, 8.0)
#: Seconds after a request by which what it made is listed; sooner nothing is made again.
LISTED_AFTER = 30.0
#: Seconds by which Studio's clock and ours may differ.
_SKEW = 900.0


class FromAddress:
    """Makes media from addresses; its threads take turns.

    Args:
        user_id: whose token it is; "" where Studio does not say.
    """

    def __init__(self, service: Service, user_id: str, journal: UploadJournal, patience: Patience) -> None:
        self._service = service
        self._user_id = user_id
        self._journal = journal
        self._patience = patience
        self._one_at_a_time = threading.Lock()

    def create(self, item: Item, key: str, past: Past, notes: list[str]) -> None:
        """Make it, once.

        Raises:
            OutcomeUnknown: whether it was made is not known.
        """
        # One at a time: of two requests whose answers are lost, either might have made what is found afterwards.
        with self._one_at_a_time:
            if past.state == CREATING and self._was_made_before(item, key, past, notes):
                return
            self._patience.heed_stop()
            at = self._patience.clock.now()
            before = [media.id for media in self._patience.again(lambda: self._of_that_title(item, at))]
            self._journal.write(key, CREATING, source=item.shown, title=item.title, before=before)
            try:
                made = self._make(item)
            except OutcomeUnknown as error:
                found = self._look(item, key, at, before)
                if found is None:
                    message = f"{error.message}, and a search does not show it"
                    if not item.title:
                        raise _perhaps_made(message, item) from None
                    hint = "Look in Studio. A minute from now the same upload looks again, and makes what is not there."
                    raise OutcomeUnknown(message, where=item.shown, hint=hint) from None
                made = found
            except CaptionkitError:
                self._journal.write(key, REFUSED)
                raise
            self._created(key, past, made.id)

    def _was_made_before(self, item: Item, key: str, past: Past, notes: list[str]) -> bool:
        """Whether an earlier run, which could not write down what became of its request, made it.

        Raises:
            OutcomeUnknown: it cannot be known.
        """
        if not item.title:
            raise _perhaps_made(
                "an earlier run may have made this already, and without a title it cannot be looked for", item
            )
        found = self._candidate(item, key, past.at, past.before)
        while found is None and (left := past.at + LISTED_AFTER - self._patience.clock.now()) > 0:
            self._patience.pause(min(left, LOOKS[-1]))
            found = self._candidate(item, key, past.at, past.before)
        if found is None:
            return False
        notes.append("an earlier run had made it already; it was found by its title")
        self._created(key, past, found.id)
        return True

    def _look(self, item: Item, key: str, at: float, before: Collection[str]) -> MediaLike | None:
        for seconds in LOOKS if item.title else ():
            self._patience.pause(seconds)
            found = self._candidate(item, key, at, before)
            if found is not None:
                return found
        return None

    def _created(self, key: str, past: Past, media_id: str) -> None:
        past.media_id = media_id
        self._journal.write(key, CREATED, media=media_id)

    def _make(self, item: Item) -> MediaLike:
        to = item.destination
        if to.collection_id:
            return self._service.create_in_collection(
                to.collection_id, item.url, title=item.title, description=item.description,
                auto_caption=to.auto_caption, user_id=to.user_id, is_external=to.is_external,
            )  # fmt: skip
        return self._service.create_from_url(
            item.url, title=item.title, description=item.description, auto_caption=to.auto_caption,
            user_id=to.user_id, is_external=to.is_external,
        )  # fmt: skip

    def _of_that_title(self, item: Item, since: float) -> list[MediaLike]:
        """The media of that title that were made on the day before or later."""
        if not item.title:
            return []
        day = datetime.fromtimestamp(since - 86_400, UTC).strftime("%Y-%m-%d")
        return [one for one in self._service.search_media(title=item.title, start_date=day) if one.title == item.title]

    def _candidate(self, item: Item, key: str, since: float, before: Collection[str]) -> MediaLike | None:
        """The media that an unanswered request made: new, of that title, the same owner's, and no other item's.

        Raises:
            OutcomeUnknown: something fits, and it is not certain that this request made it.
        """
        others = self._journal.others(key)
        excluded = {*before, *(other.media_id for other in others)}
        mine = item.destination.user_id or self._user_id
        fits = [
            media for media in self._patience.again(lambda: self._of_that_title(item, since))
            if media.id not in excluded and _time(media.created_at) >= since - _SKEW
            and not (mine and media.owner.id and media.owner.id != mine)
        ]  # fmt: skip
        if not fits:
            return None
        rival = any(other.state == CREATING and other.title == item.title for other in others)
        if len(fits) == 1 and mine and fits[0].owner.id and not rival:
            return fits[0]
        named = ", ".join(media.id for media in fits[:5])
        why = (
            f"there are {len(fits)} new media called {item.title!r}" if len(fits) > 1
            else f"there is a new media called {item.title!r}, which another upload or person may have made"
        )  # fmt: skip
        raise _perhaps_made(f"whether it was made is not known: {why} ({named})", item)


def _perhaps_made(message: str, item: Item) -> OutcomeUnknown:
    hint = "Look in Studio; if it is not there, upload it again."
    return OutcomeUnknown(message, where=item.shown, hint=hint, remedy=Remedy.UPLOAD_AGAIN)


def _time(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0
