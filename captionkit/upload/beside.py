"""Bringing the captions beside a recording to its media, each once; what came of each step is in the journal."""

from __future__ import annotations

from collections.abc import Collection

from captionkit.errors import BadToken, CaptionkitError, NoConnection, NotFound, Rejected, Throttled
from captionkit.sync.upload import Prepared
from captionkit.upload.captions import Added, Found, add, compare, is_language, known_by, look_for, text_of
from captionkit.upload.from_address import LISTED_AFTER
from captionkit.upload.items import holding_back, why_not_sent
from captionkit.upload.journal import ADDING, CAPTION, REFUSED, TAKEN, Past, UploadJournal
from captionkit.upload.patience import Patience
from captionkit.upload.ports import CaptionLike, CaptionService
from captionkit.upload.results import CaptionResult

#: Seconds between two looks for what an earlier run may have sent.
_BETWEEN = 10.0


class _Manual(Exception):
    """Only a person can do it, in Studio itself."""


class Beside:
    """Sends caption files; each media is used by one thread at a time."""

    def __init__(self, service: CaptionService, journal: UploadJournal, patience: Patience) -> None:
        self._service = service
        self._journal = journal
        self._patience = patience

    def bring(self, key: str, past: Past, caption: Prepared) -> CaptionResult:
        """Send one caption file, if it is not there yet."""
        locale, problem = caption.file.locale, why_not_sent(caption)

        def became(state: str, message: str = "") -> CaptionResult:
            messages = "; ".join(text for text in (message, *(() if problem else caption.notes)) if text)
            return CaptionResult(locale, caption.file.path, state, messages, holding_back(caption))

        if problem:
            return became("failed", problem)
        if locale in past.captions:
            return became("already there")
        self._patience.heed_stop()
        try:
            added, was_sent = self._brought(key, past, caption)
        except _Manual as reason:
            return became("manual", str(reason))
        except BadToken:
            raise
        except CaptionkitError as error:
            return became("failed", f"{error.message}. {error.hint}".strip())
        if added.found is not Found.SAME:
            hint = f"Look at media {past.media_id} in Studio"
            if not added.id:
                hint += "; a minute from now the same command looks again, and sends it if it still is not there"
            return became("unknown", f"{added.message}. {hint}")
        self._journal.write(key, CAPTION, language=locale, caption=added.id)
        return became("sent" if was_sent else "already there", added.message)

    def _brought(self, key: str, past: Past, caption: Prepared) -> tuple[Added, bool]:
        """A caption file in Studio, and whether it was sent for that now.

        Raises:
            _Manual: there are other captions in this language.
        """
        media_id, language, text = past.media_id, caption.file.locale, caption.plain
        taken = past.taken.get(language)
        if taken:  # an earlier run had the answer, and did not come to compare it
            return compare(self._service, taken, text, srclang=language, pause=self._patience.pause), True
        there = self._service.captions(media_id)
        ours = {number for tag, number in past.taken.items() if tag != language}
        known = known_by(there)
        free = [one for one in there if one.id not in ours and is_language(one.srclang, language)]
        for one in free:
            if self._holds(one, text):
                return Added(Found.SAME, one.id, one.srclang), False
        if language in past.adding:
            left = past.adding[language] + LISTED_AFTER - self._patience.clock.now()
            found = look_for(
                self._service, media_id, language, text, but=ours, pause=self._patience.pause, looks=_until(left)
            )
            if found:
                return found, True
        same_language = [one for one in free if one.srclang.lower() == language.lower()]
        if same_language:
            made = "made by machine" if all(one.is_machine_made for one in same_language) else "with another text"
            raise _Manual(
                f"there are {language} captions already, {made}; Studio has no call to replace them: do it there"
            )
        self._patience.heed_stop()
        self._journal.write(key, ADDING, language=language)
        try:
            return self._add(key, media_id, language, text, known), True
        except CaptionkitError:
            self._journal.write(key, REFUSED, language=language)
            raise

    def _add(self, key: str, media_id: str, language: str, text: str, known: Collection[str]) -> Added:
        def step() -> Added:
            return add(
                self._service, media_id, language, text, there=known, pause=self._patience.pause,
                taken=lambda number: self._journal.write(key, TAKEN, language=language, caption=number),
            )  # fmt: skip

        return self._patience.again(step, after=(NoConnection, Throttled))  # after these nothing was added

    def _holds(self, caption: CaptionLike, text: str) -> bool:
        try:
            return text_of(self._service.caption_content(caption.id)) == text
        except (NotFound, Rejected):
            return False  # still being made, or deleted meanwhile


def _until(seconds: float) -> list[float]:
    """Pauses that are so long in all, for looking in between."""
    whole, rest = divmod(max(0.0, seconds), _BETWEEN)
    return [_BETWEEN] * int(whole) + [rest]
