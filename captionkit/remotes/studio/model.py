"""A model of Studio that holds one media as it was just read, to rehearse a request on before it is sent."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence

from captionkit.remotes.studio import FEATURES, KIND
from captionkit.remotes.studio.tracks import track_of_text
from captionkit.sync.ports import (
    Cost,
    MediaFile,
    MediaState,
    MediaSummary,
    PutReply,
    RemoteIdentity,
    RemoteTrack,
    TrackPut,
)


class StudioModel:
    """A `captionkit.sync.ports.Remote` in memory: captions can be added, and that is all that can be done to them."""

    def __init__(self, state: MediaState) -> None:
        self._media = state.media
        self._tracks: list[RemoteTrack] = list(state.tracks)

    def identity(self) -> RemoteIdentity:
        return RemoteIdentity(KIND, "https://rehearsal.invalid", "me", "account", FEATURES)

    def list_media(self) -> Iterator[MediaSummary]:
        yield MediaSummary(self._media, self._media.rpartition("/")[2], "", None, None)

    def located(
        self, summaries: Sequence[MediaSummary], known: Mapping[str, MediaFile], wanted: Collection[str]
    ) -> tuple[MediaSummary, ...]:
        return tuple(summaries)

    def read(self, media: str, *, fresh_listing: bool) -> MediaState:
        return MediaState(media, tuple(self._tracks), None)

    def put_tracks(self, media: str, tracks: Sequence[TrackPut], *, not_after: float = math.inf) -> PutReply:
        there = {track.locale: track.content for track in self._tracks}
        # What is there with the very text is skipped, as the remote does: an answer was lost, and this is the repeat.
        adding = [t for t in tracks if t.content is not None and there.get(t.locale, "") != t.content]
        for track in adding:
            if track.locale in there:
                return PutReply(409, "refused", f"there are {track.locale} captions, which cannot be replaced", 0, 0)
        for track in adding:
            self._tracks.append(track_of_text(track.locale, f"new-{track.locale}", track.content or ""))
        self._tracks.sort(key=lambda track: (track.locale, track.id))
        return PutReply(201, "acknowledged", "Studio took the captions", 0, 0)

    def cost(self) -> Cost:
        return Cost({})
