"""A third remote, for tests: recordings that lie in memory. This folder is all there is of it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from captionkit.configuration import Table
from captionkit.doctor import Check, State
from captionkit.remotes.service import Opening, Question, Service
from captionkit.sync.features import Features
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

FEATURES = Features("Toybox")

#: What every shelf holds: shelf -> title -> locale -> text.
SHELVES: dict[str, dict[str, dict[str, str]]] = {}


class Toybox:
    """A shelf. Titles are ids, a track is its text, and a request replaces all of a recording's tracks."""

    def __init__(self, shelf: Mapping[str, dict[str, str]], scope: str = "shelves/1") -> None:
        self.shelf = shelf
        self.scope = scope

    def identity(self) -> RemoteIdentity:
        return RemoteIdentity("toybox", "https://toybox.example", "me", self.scope, FEATURES)

    def list_media(self) -> Iterator[MediaSummary]:
        for title in self.shelf:
            yield MediaSummary(f"toys/{title}", title, title, True, None)

    def located(
        self, summaries: Sequence[MediaSummary], known: Mapping[str, MediaFile], wanted: Collection[str]
    ) -> tuple[MediaSummary, ...]:
        return tuple(summaries)

    def read(self, media: str, *, fresh_listing: bool) -> MediaState:
        tracks = self.shelf[media.partition("/")[2]]
        shown = [
            RemoteTrack(locale, "subtitles", f"{len(text)}-{locale}", "me", text, None, True)
            for locale, text in sorted(tracks.items())
        ]
        return MediaState(media, tuple(shown), None)

    def put_tracks(self, media: str, tracks: Sequence[TrackPut], *, not_after: float = math.inf) -> PutReply:
        there = self.shelf[media.partition("/")[2]]
        kept = {t.locale: there[t.locale] if t.content is None else t.content for t in tracks}
        there.clear()
        there.update(kept)
        return PutReply(200, "acknowledged", "", 0, 0)

    def cost(self) -> Cost:
        return Cost({})


def _read_table(table: Table) -> dict[str, Any]:
    return {"url": "https://toybox.example", "scope": f"shelves/{table.number_or_text('shelf')}"}


@contextmanager
def _open(opening: Opening) -> Iterator[Toybox]:
    yield Toybox(SHELVES[opening.config.scope], opening.config.scope)


def _model(state: MediaState) -> Toybox:
    return Toybox({state.media.partition("/")[2]: {t.locale: t.content or "" for t in state.tracks}})


def _check(question: Question) -> Iterator[Check]:
    yield Check("Toybox", State.GOOD if question.scope in SHELVES else State.PROBLEM, "is there")


SERVICE = Service("toybox", "toybox", {"toybox": {"shelf": "a number"}}, FEATURES, _read_table, _open, _model, _check)
