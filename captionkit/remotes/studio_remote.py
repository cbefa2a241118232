"""Studio as the sync engine sees it: `captionkit.sync.ports.Remote` over `InstructureMedia`.

Theory of operation. Studio lists captions by media, one request each, and each caption file is one more, since its
listing has nothing that says whether a text changed (no digest, no time of the last edit). Captions can be added; no
call replaces or deletes them (`captionkit.sync.capabilities.ADD_ONLY`), so `put_tracks` adds what has a text and
leaves everything else alone. Whether a second file of a language is added beside the first, replaces it or is refused
is not known. So it looks just before it adds, skips what is there with the very text, and refuses where there is
another.

Texts are compared and kept in one spelling of SRT (`captionkit.sync.plain_srt`).
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from captionkit.errors import (
    CaptionkitError,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
    Rejected,
    RemoteError,
    Throttled,
    UsageError,
)
from captionkit.remotes._studio_json import CaptionFile
from captionkit.remotes._studio_tracks import language_of, text_of, track_of
from captionkit.remotes.instructure_media import InstructureMedia, Media, numeric
from captionkit.sync.ports import Cost, MediaFile, MediaState, MediaSummary, PutReply, RemoteIdentity, TrackPut

KIND = "instructure-media"
_SCOPE = re.compile(r"(collections|courses)/([0-9]{1,19})|account")


class StudioRemote:
    """A collection, a course or the whole account, for the sync engine. Its methods may be called from several threads.

    Args:
        studio: where and as whom.
        scope: "collections/12", "courses/101" (the number in Canvas) or "account".
    """

    def __init__(self, studio: InstructureMedia, *, scope: str = "account") -> None:
        if not _SCOPE.fullmatch(scope):
            raise UsageError(f"no such scope: {scope!r}", hint="e.g. collections/12, courses/101 or account")
        self.studio = studio
        self._scope = scope
        self._user_id: str | None = None
        self._lock = threading.Lock()

    def identity(self) -> RemoteIdentity:
        """Whom we talk to; asks the server once."""
        with self._lock:
            if self._user_id is None:
                try:
                    self._user_id = self.studio.whoami().id
                except (NotFound, Rejected):
                    self._user_id = "me"  # a Studio that does not know /users/me still acts as somebody
            return RemoteIdentity(KIND, self.studio.session.base_url, self._user_id, self._scope)

    def list_media(self) -> Iterator[MediaSummary]:
        """The media of the scope, 50 a request; their captions are not in the listing."""
        for media in self._media():
            yield MediaSummary(f"media/{media.id}", media.id, media.title, None, None, media.created_at)

    def located(
        self, summaries: Sequence[MediaSummary], known: Mapping[str, MediaFile], wanted: Collection[str]
    ) -> tuple[MediaSummary, ...]:
        """As they are: Studio has one address for each."""
        return tuple(summaries)

    def read(self, media: str, *, fresh_listing: bool) -> MediaState:
        """The captions of one media with their texts: one request, and one more for each."""
        captions = chosen(self.studio.captions(_media_id(media)))
        tracks = [track_of(caption, self._content(caption)) for caption in captions]
        return MediaState(media, tuple(sorted(tracks, key=lambda track: (track.locale, track.id))), None)

    def put_tracks(self, media: str, tracks: Sequence[TrackPut], *, not_after: float = math.inf) -> PutReply:
        """Add every track that has a text; see the top of this module for what is there already."""
        sent_at = self._now()

        def reply(status: int, outcome: str, message: str) -> PutReply:
            return PutReply(status, outcome, message, sent_at, self._now())

        try:
            media_id = _media_id(media)
            present = {language_of(c.srclang): c for c in chosen(self.studio.captions(media_id))}
            adding = []
            for track in tracks:
                if track.content is None:
                    continue
                there = present.get(track.locale)
                if there is None:
                    adding.append(track)
                elif (content := self._content(there)) is None or text_of(content) != track.content:
                    return reply(
                        409, "refused", f"there are other {track.locale} captions already, which Studio has no call "
                        "to replace.",
                    )  # fmt: skip
        except RemoteError as error:
            return reply(error.status, "refused", f"{error.message}.")
        for added, track in enumerate(adding):
            try:
                self.studio.add_caption(media_id, track.locale, (track.content or "").encode())
            except OutcomeUnknown as error:
                return reply(0, "ambiguous", error.message)
            except Throttled as error:
                return reply(error.status, "ambiguous" if added else "throttled", error.message)
            except RemoteError as error:
                return reply(error.status, "rejected" if added or error.status == 422 else "refused", _said(error))
            except CaptionkitError as error:
                return reply(0, "rejected" if added else "refused", _said(error))
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


def chosen(captions: Iterable[CaptionFile]) -> list[CaptionFile]:
    """One caption file a language: one by a person rather than by machine, then a published one, then the newest."""
    best: dict[str, CaptionFile] = {}
    for caption in captions:
        language = language_of(caption.srclang)
        if language not in best or _rank(caption) > _rank(best[language]):
            best[language] = caption
    return [best[language] for language in sorted(best)]


def _rank(caption: CaptionFile) -> tuple[bool, bool, bool, int]:
    number = int(caption.id) if caption.id.isdecimal() else 0
    return not caption.is_in_the_making, not caption.is_machine_made, caption.status == "published", number


def _media_id(media: str) -> str:
    place, _, number = media.partition("/")
    if place != "media":
        raise UsageError(f"no such media: {media[:100]!r}")
    return numeric(number, "media")


def _said(error: CaptionkitError) -> str:
    return f"{error.message}. {error.hint}".strip()
