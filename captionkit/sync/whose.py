"""Whose the tracks are that show by a file: what the writes of a run prove.

Theory of operation. By a file that is not proved to be the original, Canvas may show tracks of another course's file,
and nothing can be read that tells. A write through the file tells: where the answer and the read after it show the same
track, it is this file's own; where another one was there before, that one is the original's and shows again when ours
goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from captionkit.sync.manifest import Manifest
from captionkit.sync.outcome import Seen
from captionkit.sync.ports import MediaState, PutReply, TrackPut, Whose, by_file
from captionkit.sync.state import RemoteNow, Tracks


class Proofs:
    """What is known of the tracks of one media object, while a run works on it. Used by one thread at a time.

    Attributes:
        original: whether it is reached by its media id, or by what is proved to be the original file: nothing is lent
            there.
        over: the tracks that the last request found.
        omitted: locale -> id of the track that a request left out, which may have been carried out or still be.
    """

    def __init__(self, media: str, manifest: Manifest) -> None:
        self.by_file = by_file(media)
        self.original = not self.by_file or manifest.is_original(media)
        self.over: Tracks = {}
        self.omitted: dict[str, str] = {}
        self._shown_elsewhere: frozenset[str] = frozenset()
        written = (track for track in manifest.of(media).values() if track.whose is Whose.OWN)
        self._whose: dict[str, Whose] = {track.id: Whose.OWN for track in written}  # by track id

    def take_over(self, omitted: Mapping[str, str], *, original: bool) -> None:
        """What an earlier round of the run has left out, and whether it had proved the file to be the original."""
        self.original = self.original or original
        self.omitted = dict(omitted)
        self._whose |= dict.fromkeys(omitted.values(), Whose.OWN)  # or it would not have been left out

    def look(self, state: MediaState) -> None:
        """Learn from a read. Listings show the original's tracks: one that was written through this file is there only
        if it is the original."""
        self._shown_elsewhere = state.shown_elsewhere or frozenset()
        own = {track_id for track_id, whose in self._whose.items() if whose is Whose.OWN}
        self.original = self.original or bool(own & self._shown_elsewhere)

    def learn(self, reply: PutReply, body: Iterable[TrackPut], tracks: Tracks) -> Tracks:
        """The tracks, with what an answered request proves of them.

        Args:
            body: what was sent.
            tracks: as they were read after it.
        """
        if self.by_file and reply.outcome == "acknowledged":
            for put in body:
                track = tracks.get(put.locale)
                if put.content is None or track is None or reply.ids.get(put.locale) != track.id:
                    continue
                self._whose[track.id] = Whose.OWN
                was = self.over.get(put.locale)
                if was is not None and was.id != track.id and was.whose is Whose.UNKNOWN:
                    self._whose.setdefault(was.id, Whose.LENT)
            own = {track_id for track_id, whose in self._whose.items() if whose is Whose.OWN}
            self.original = self.original or bool(own & self._shown_elsewhere)
        return self.of(tracks)

    def of(self, tracks: Tracks) -> Tracks:
        """The tracks, with what is proved of them."""
        return {
            locale: track if track.whose is Whose.LOOSE else replace(track, whose=self._whose_is(track))
            for locale, track in tracks.items()
        }

    def visible(self, tracks: Tracks, after: Seen) -> Tracks:
        """The tracks without those that show again because this file's own went: Canvas lends a copied file the tracks
        of its original for the locales that it lacks. They are there, but not because somebody else wrote."""
        return {
            locale: track
            for locale, track in tracks.items()
            if not self._shows_again(track) or after.get(locale) == track.seen
        }

    def is_lent(self, track_id: str) -> bool:
        """Whether a track is proved to be the original's."""
        return self._whose.get(track_id) is Whose.LENT

    def perhaps_the_originals(self, left_out: Tracks) -> list[str]:
        """The locales that must not be left out: of a track that is not proved this file's own, and of one that was
        left out before."""
        return sorted(
            locale
            for locale, track in left_out.items()
            if not (self.original or track.whose is Whose.LOOSE)
            and (track.whose is not Whose.OWN or locale in self.omitted)
        )

    def still_there(self, ids: Mapping[str, str]) -> list[str]:
        """The locales that a request left out and that show the same track as before.

        Args:
            ids: locale -> id of the tracks that are there now.
        """
        return sorted(locale for locale, track_id in self.omitted.items() if ids.get(locale) == track_id)

    def did_not_act(self, locales: Iterable[str]) -> None:
        """No request that left these out is on its way any more."""
        for locale in locales:
            del self.omitted[locale]

    def _whose_is(self, track: RemoteNow) -> Whose:
        if self.original:
            return Whose.OWN
        return Whose.LENT if self._shows_again(track) else self._whose.get(track.id, track.whose)

    def _shows_again(self, track: RemoteNow) -> bool:
        """Whether a track of the original shows since a request of ours has left out this file's own."""
        lent = {track_id for track_id, whose in self._whose.items() if whose is Whose.LENT}
        omitted = self.omitted.get(track.locale, track.id)
        return not self.original and omitted != track.id and track.id in self._shown_elsewhere | lent
