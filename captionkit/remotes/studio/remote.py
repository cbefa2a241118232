"""Studio as the sync engine sees it: `captionkit.sync.ports.Remote` over `InstructureMedia`.

Theory of operation. Studio lists captions by media, one request each, and each caption file is one more, since its
listing has nothing that says whether a text changed (no digest, no time of the last edit). Captions can be added; no
call replaces or deletes them (`captionkit.remotes.studio.FEATURES`), so `put_tracks` adds what has a text and
leaves everything else alone. Whether a second file of a language is added beside the first, replaces it or is refused
is not known. So it looks just before it adds, skips what is there with the very text, and refuses where there is
another.

Studio may keep a language by another tag, and list what is new only later. So a caption file is known by its id: what
the manifest recorded, or a 201 answer of this run named, is shown by the language in which it was sent, and is looked
at even where the listing does not show it. Where it cannot be known whether a caption file was added, `read` says so
instead of showing the media without it: what was sent once is not sent again.

Texts are compared and kept in one spelling of SRT (`captionkit.sync.plain_srt`).
"""

from __future__ import annotations

import itertools
import math
import re
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from captionkit.errors import (
    CaptionkitError,
    NotFound,
    NotPermitted,
    Rejected,
    RemoteError,
    Throttled,
    UnexpectedAnswer,
    UsageError,
)
from captionkit.remotes.studio import FEATURES, KIND
from captionkit.remotes.studio.api import InstructureMedia, Media
from captionkit.remotes.studio.arguments import numeric
from captionkit.remotes.studio.json import CaptionFile
from captionkit.remotes.studio.tracks import language_of, track_of
from captionkit.sync.ports import Cost, MediaFile, MediaState, MediaSummary, PutReply, RemoteIdentity, TrackPut
from captionkit.upload.captions import LOOKS, Added, Found, add, is_language, known_by, look_for, not_looked_up, text_of

_SCOPE = re.compile(r"(collections|courses)/([0-9]{1,19})|account")


class StudioRemote:
    """A collection, a course or the whole account, for the sync engine. Its methods may be called from several threads.

    Args:
        studio: where and as whom.
        scope: "collections/12", "courses/101" (the number in Canvas) or "account".
        recorded: media -> caption file -> the language in which it was sent, as the manifest has it.
        in_doubt: media to which something was sent so shortly ago that a listing need not show it yet, with the seconds
            until it should; infinite where nothing is to be sent at all.
    """

    def __init__(
        self, studio: InstructureMedia, *, scope: str = "account",
        recorded: Mapping[str, Mapping[str, str]] | None = None, in_doubt: Mapping[str, float] | None = None,
    ) -> None:  # fmt: skip
        if not _SCOPE.fullmatch(scope):
            raise UsageError(f"no such scope: {scope!r}", hint="e.g. collections/12, courses/101 or account")
        self.studio = studio
        self._scope = scope
        self._user_id: str | None = None
        self._lock = threading.Lock()
        self._in_doubt = dict(in_doubt or {})
        # Each media is used by one thread at a time, so its own dictionaries need no lock.
        self._sent_as: dict[str, dict[str, str]] = {media: dict(known) for media, known in (recorded or {}).items()}
        self._also: dict[str, dict[str, str]] = {}
        self._lost: dict[str, dict[str, str]] = {}

    def identity(self) -> RemoteIdentity:
        """Whom we talk to; asks the server once."""
        with self._lock:
            if self._user_id is None:
                user = self.studio.whoami()
                self._user_id = user.id if user else "me"
            return RemoteIdentity(KIND, self.studio.session.base_url, self._user_id, self._scope, FEATURES)

    def list_media(self) -> Iterator[MediaSummary]:
        """The media of the scope, 50 a request; their captions are not in the listing."""
        for media in self._media():
            length = round(media.duration * 1000)
            yield MediaSummary(
                f"media/{media.id}", media.id, media.title, None, None, media.created_at, length_ms=length
            )

    def located(
        self, summaries: Sequence[MediaSummary], known: Mapping[str, MediaFile], wanted: Collection[str]
    ) -> tuple[MediaSummary, ...]:
        """As they are: Studio has one address for each."""
        return tuple(summaries)

    def read(self, media: str, *, fresh_listing: bool) -> MediaState:
        """The captions of one media with their texts: one request, and one more for each.

        Raises:
            RemoteError: it cannot be read, or it is not known whether what was sent is there.
        """
        captions = self.studio.captions(_media_id(media))
        lost = self._lost.get(media)
        if lost:
            languages = ", ".join(sorted(lost))
            raise UnexpectedAnswer(
                f"whether Studio has the {languages} captions is not known ({'; '.join(lost.values())}). Look at it in "
                "Studio; nothing is sent there again for ten minutes", where=media,
            )  # fmt: skip
        contents: dict[str, bytes | None] = {}
        for caption in self._not_listed(media, captions):
            contents[caption.id] = content = self._content(caption)
            captions += [caption] if content is not None else []
        best = self._by_language(media, captions)
        tracks = [
            track_of(one, locale, contents[one.id] if one.id in contents else self._content(one))
            for locale, one in best.items()
        ]  # fmt: skip
        return MediaState(media, tuple(sorted(tracks, key=lambda track: (track.locale, track.id))), None)

    def put_tracks(self, media: str, tracks: Sequence[TrackPut], *, not_after: float = math.inf) -> PutReply:
        """Add every track that has a text; see the top of this module for what is there already."""
        sent_at = self._now()

        answered_at = [sent_at]  # the last answer of Studio, not the end of looking for what was sent

        def reply(status: int, outcome: str, message: str) -> PutReply:
            return PutReply(status, outcome, message, sent_at, max(answered_at))

        try:
            media_id = _media_id(media)
            captions = self.studio.captions(media_id)
            captions += self._not_listed(media, captions)
            present = self._by_language(media, captions)
            adding = []
            for track in tracks:
                if track.content is None:
                    continue
                there = present.get(track.locale)
                if there is None:
                    if not self._is_there_by_another_tag(media, track, captions):
                        adding.append(track)
                elif (content := self._content(there)) is None or text_of(content) != track.content:
                    return reply(
                        409, "refused", f"there are other {track.locale} captions already, which Studio has no call "
                        "to replace.",
                    )  # fmt: skip
        except RemoteError as error:
            return reply(error.status, "refused", f"{error.message}.")
        known = known_by(captions)
        for added, track in enumerate(adding):
            try:
                became = self._add(media, media_id, track, known, lambda _: answered_at.append(self._now()))
            except Throttled as error:
                return reply(error.status, "ambiguous" if added else "throttled", error.message)
            except RemoteError as error:
                return reply(error.status, "rejected" if added or error.status == 422 else "refused", _message(error))
            except CaptionkitError as error:
                return reply(0, "rejected" if added else "refused", _message(error))
            if became.found is not Found.SAME:
                self._lost.setdefault(media, {})[track.locale] = became.message
                return reply(0, "ambiguous", became.message)
            self._sent_as.setdefault(media, {})[became.id] = track.locale
            if became.message:
                self.studio.warn(f"{media}, {track.locale}: {became.message}")
        return reply(201, "acknowledged", "Studio took the captions")

    def cost(self) -> Cost:
        return self.studio.session.governor.cost()

    def _media(self) -> Iterable[Media]:
        kind, _, number = self._scope.partition("/")
        if kind == "collections":
            return self.studio.collection_media(number)
        if kind == "courses":
            return self.studio.collection_media(self.studio.course(number).collection_id)
        return self.studio.search_media()

    def _add(
        self, media: str, media_id: str, track: TrackPut, known: Collection[str], taken: Callable[[str], object]
    ) -> Added:
        text = track.content or ""
        pause = self.studio.session.clock.sleep
        if media in self._in_doubt:
            others = self._sent_as.get(media, {})
            wait = self._in_doubt.pop(media)
            looks = (*LOOKS, *([wait - sum(LOOKS)] if sum(LOOKS) < wait < math.inf else []))
            try:
                found = look_for(self.studio, media_id, track.locale, text, but=others, pause=pause, looks=looks)
            except RemoteError as error:
                return not_looked_up(error)
            if found or wait == math.inf:
                reason = "they may have been sent a few minutes ago, and the listing does not show them"
                return found or Added(Found.UNKNOWN, message=reason)
        return add(self.studio, media_id, track.locale, text, there=known, pause=pause, taken=taken)

    def _is_there_by_another_tag(self, media: str, track: TrackPut, captions: Iterable[CaptionFile]) -> bool:
        """Whether a caption file has this very text, in a language that Studio may have made of this one."""
        others = self._sent_as.get(media, {})
        for caption in captions:
            if caption.id in others or not is_language(caption.srclang, track.locale):
                continue
            content = self._content(caption)
            if content is not None and text_of(content) == track.content:
                self._also.setdefault(media, {})[track.locale] = caption.id
                return True
        return False

    def _not_listed(self, media: str, captions: Iterable[CaptionFile]) -> list[CaptionFile]:
        """What was sent and the listing does not show: it lags, or somebody has deleted it."""
        listed = known_by(captions)
        sent = self._sent_as.get(media, {})
        return [CaptionFile(number, locale) for number, locale in sorted(sent.items()) if number not in listed]

    def _by_language(self, media: str, captions: Iterable[CaptionFile]) -> dict[str, CaptionFile]:
        """One caption file a language: one by a person rather than by machine, then a published one, then the newest.
        What was sent from here stands for the language in which it was sent."""
        sent, also = self._sent_as.get(media, {}), self._also.get(media, {})
        by_id = {caption.id: caption for caption in captions}
        named = [(sent.get(one.id) or language_of(one.srclang), one) for one in by_id.values()]
        named += [(locale, by_id[number]) for locale, number in also.items() if number in by_id]
        named.sort(key=lambda pair: pair[0])
        groups = itertools.groupby(named, key=lambda pair: pair[0])
        return {language: max((one for _, one in group), key=_rank) for language, group in groups}

    def _content(self, caption: CaptionFile) -> bytes | None:
        """The file, None where there is none to be had: it is still being made, or kept from this user."""
        if caption.is_in_the_making:
            return None
        try:
            return self.studio.caption_content(caption.id)
        except (NotFound, NotPermitted, Rejected):
            return None

    def _now(self) -> float:
        return self.studio.session.clock.now()


def _rank(caption: CaptionFile) -> tuple[bool, bool, bool, int]:
    number = int(caption.id) if caption.id.isdecimal() else 0
    return not caption.is_in_the_making, not caption.is_machine_made, caption.status == "published", number


def _media_id(media: str) -> str:
    place, _, number = media.partition("/")
    if place != "media":
        raise UsageError(f"no such media: {media[:100]!r}")
    return numeric(number, "media")


def _message(error: CaptionkitError) -> str:
    return f"{error.message}. {error.hint}".strip()
