"""What we last verified, kept in the folder as `.captionkit/manifest.jsonl`.

One JSON object a line: first a header, then the file of each media object whose file was looked up, then a track a
line, sorted. Lines, not one big object, because people keep their caption folder in git: two clones that synced
different lectures merge without hand work (`.captionkit/.gitattributes` says `merge=union`). After such a merge a track
may stand there twice, or the header: the higher serial counts, and a track about which two lines disagree has no base,
so it is compared afresh and never overwritten on the strength of a stale record. A file about which they disagree is
looked up again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from captionkit.errors import DamagedFile
from captionkit.records import RecordError, damaged_at, numbered, parse, read
from captionkit.sync.ports import MediaFile, MediaState, MediaSummary, Whose
from captionkit.sync.state import (
    BaseTrack,
    MediaBase,
    RemoteNow,
    canonical_json,
    check_names,
    digest_of,
    tracks_of,
    with_proofs,
)

FORMAT = "captionkit-manifest/1"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What both sides were when they last agreed.

    Attributes:
        lineage: made once for a folder; a plan made for another folder does not apply here.
        serial: counts verified changes; a plan made before the latest one does not apply any more.
        base_url, scope: the Canvas and the course that all of this is about.
        files: by which file a media object is addressed, by media id. Only remembered so that it is not asked for
            again; no part of the digest.
        media_ids: whose every address by a file is or was, "media_attachments/123" -> media id; no part of it either.
        resting: records by addresses that do not count as media objects are reached now; kept for when they do.
        gone: addresses of media objects that were deleted in Canvas, which was reported; their records are kept for the
            case that they come back. No part of the digest.
        damage: lines that could not be understood when it was read, one error each. What they recorded counts as never
            synced, so it is compared afresh and nothing is replaced on the strength of it.
    """

    lineage: str
    base_url: str
    scope: str
    serial: int = 0
    tracks: Mapping[str, MediaBase] = field(default_factory=dict)
    files: Mapping[str, MediaFile] = field(default_factory=dict)
    media_ids: Mapping[str, str] = field(default_factory=dict)
    resting: Mapping[str, MediaBase] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    damage: tuple[DamagedFile, ...] = field(default=(), compare=False)

    def of(self, media: str) -> MediaBase:
        return self.tracks.get(media, {})

    def with_gone(self, media: Iterable[str]) -> Manifest:
        """The manifest with these media objects as gone from Canvas."""
        return replace(self, gone=self.gone | frozenset(media))

    def with_originals(self, listed: Iterable[MediaSummary]) -> Manifest:
        """The manifest with the files that are proved to be originals: the listing of their media object, which shows
        the original's tracks, has one that was written through the file.

        Args:
            listed: the media objects as the remote lists them, addressed by their media ids.
        """
        files = dict(self.files)
        for summary in listed:
            file = files.get(summary.media_id)
            if file is None or file.original:
                continue
            written = {t.id for t in self.of(f"media_attachments/{file.id}").values() if t.whose is Whose.OWN}
            if any(track.id in written for track in summary.tracks or ()):
                files[summary.media_id] = replace(file, original=True)
        return replace(self, files=files)

    def is_original(self, media: str) -> bool:
        """Whether this address is that of a file which is proved to be the original, and so is lent no tracks."""
        file = self.files.get(self.media_ids.get(media, ""))
        return file is not None and file.original and media == f"media_attachments/{file.id}"

    def read(self, state: MediaState) -> dict[str, RemoteNow]:
        """The tracks as they were read, with what earlier writes have proved of whose they are.

        Raises:
            LeadsElsewhere: they are another recording's.
        """
        base = self.of(state.media)
        return with_proofs(tracks_of(state, base), base, original=self.is_original(state.media))

    def addressed_as(self, summaries: Iterable[MediaSummary]) -> Manifest:
        """The manifest with every record under the address by which its media object is reached now.

        What was recorded under the media id and what was recorded under a file is of one media object. A locale about
        which both say something, and not the same, has no base. What moves loses its time, so that it is read again:
        the two ways do not show the same. Of what a file showed, only the tracks that the listing has, too, count by
        the media id: the others were a copy's own.
        """
        tracks, files, media_ids, resting = (
            dict(self.tracks),
            dict(self.files),
            dict(self.media_ids),
            dict(self.resting),
        )
        now = {summary.media_id: summary for summary in summaries}
        for summary in now.values():
            if summary.file is not None:
                files[summary.media_id] = summary.file
                media_ids[summary.media] = summary.media_id
        for address, records in self.tracks.items():
            reached = now.get(self._media_id(address))
            if reached is None or reached.media == address:
                continue
            del tracks[address]
            if reached.file is None:
                there = {track.id for track in reached.tracks or ()}
                if not all(track.id in there for track in records.values()):
                    resting[address] = records
                records = {locale: track for locale, track in records.items() if track.id in there}
            moved = {
                locale: replace(t, media=reached.media, updated_at="", whose=Whose.UNKNOWN)
                for locale, t in records.items()
            }
            agreed = _agreed(tracks.pop(reached.media, {}), moved)
            if agreed:
                tracks[reached.media] = agreed
        back = {address for address in self.gone if self._media_id(address) in now}
        return replace(self, tracks=tracks, files=files, media_ids=media_ids, resting=resting, gone=self.gone - back)

    def lost(self, summaries: Iterable[MediaSummary]) -> frozenset[str]:
        """The media ids of what was recorded under a file that nothing is reached by now, as a merge can leave it."""
        there = {summary.media for summary in summaries}
        return frozenset(
            self.media_ids[address] for address in self.tracks if address not in there and address in self.media_ids
        )

    def summary_of(self, media: str, summaries: Iterable[MediaSummary]) -> MediaSummary | None:
        """The media object that was reached as `media` once, as it is listed now."""
        media_id = self._media_id(media)
        return next((s for s in summaries if s.media == media or s.media_id == media_id), None)

    def now_at(self, media: str, summaries: Iterable[MediaSummary]) -> str:
        """The address for tracks that were written to `media` once. A copy and its original have tracks of their own,
        so only where the file surely is the original are both ways to the same."""
        found = self.summary_of(media, summaries)
        if found is None or found.media == media:
            return media
        file = self.files.get(found.media_id)
        return found.media if file is not None and file.original else media

    def _media_id(self, address: str) -> str:
        return self.media_ids.get(address) or address.removeprefix("media_objects/")

    @property
    def digest(self) -> str:
        """Over what was agreed, by media object: neither how it is reached nor when it was read belongs to it."""
        lines = [
            {**line, "media": self._media_id(str(line["media"])), "updated_at": "", "whose": ""}
            for line in _lines_of(self.tracks)
        ]
        lines.sort(key=lambda line: (str(line["media"]), str(line["locale"])))
        return digest_of(_as_lines([self._header, *lines]))

    def as_bytes(self) -> bytes:
        tracks = [
            line | ({"media_id": self.media_ids[str(line["media"])]} if line["media"] in self.media_ids else {})
            for line in _lines_of({**self.resting, **self.tracks})
        ]
        gone: list[dict[str, object]] = [{"gone": address} for address in sorted(self.gone)]
        return _as_lines([self._header, *self._files(), *gone, *tracks])

    @property
    def _header(self) -> dict[str, object]:
        return {
            "format": FORMAT,
            "lineage": self.lineage,
            "serial": self.serial,
            "base_url": self.base_url,
            "scope": self.scope,
        }

    def _files(self) -> Iterator[dict[str, object]]:
        for media_id, file in sorted(self.files.items()):
            yield {"media_id": media_id, "file": file.id} | ({"original": True} if file.original else {})


class ManifestBuilder:
    """A manifest in which one media object after the other is recorded: copied once, not once for each of them.

    Attributes:
        serial: that of the manifest as it stands.
    """

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._tracks = dict(manifest.tracks)
        self.serial = manifest.serial

    def of(self, media: str) -> MediaBase:
        return self._tracks.get(media, {})

    def verified(self, media: str, tracks: Iterable[BaseTrack]) -> None:
        """Record that a media object was verified: its tracks are now these, and no others."""
        was = self.of(media)
        now = {track.locale: _proved(track, was.get(track.locale)) for track in tracks}
        if now:
            self._tracks[media] = now
        else:
            self._tracks.pop(media, None)
        self.serial += 1

    def manifest(self) -> Manifest:
        """The manifest as it stands."""
        return replace(self._manifest, serial=self.serial, tracks=dict(self._tracks))


def _lines_of(records: Mapping[str, MediaBase]) -> Iterator[dict[str, object]]:
    for _, tracks in sorted(records.items()):
        for locale in sorted(tracks):
            yield tracks[locale].as_json()


def _as_lines(lines: Iterable[dict[str, object]]) -> bytes:
    return b"".join(canonical_json(line) + b"\n" for line in lines)


def _proved(track: BaseTrack, was: BaseTrack | None) -> BaseTrack:
    """What was proved of a track with this id stays proved: an id never changes its file."""
    known = was is not None and was.id == track.id and not track.whose
    return replace(track, whose=was.whose) if was is not None and known else track


def _agreed(one: MediaBase, moved: MediaBase) -> MediaBase:
    """Both, without what they disagree about; that `moved` has no times does not count."""
    timeless = {locale: replace(track, updated_at="", whose=Whose.UNKNOWN) for locale, track in one.items()}
    return {
        locale: one.get(locale) or moved[locale]
        for locale in sorted(one.keys() | moved.keys())
        if timeless.get(locale, moved.get(locale)) == moved.get(locale, timeless.get(locale))
    }


def parse_manifest(data: bytes, where: str) -> Manifest:
    """Read a manifest. A line that is damaged costs what it records and nothing else; see `Manifest.damage`.

    Raises:
        DamagedFile: no line says whose manifest it is, or lines say different things about that.
    """
    lines: list[tuple[str, dict[str, Any]]] = []
    headers: list[_Header] = []
    damage: list[DamagedFile] = []
    for place, line in numbered(data, where):
        try:
            with damaged_at(place, _WHAT, "It counts as never synced, and is compared with Canvas afresh."):
                found = read(dict, parse(line))
                if "format" in found:
                    headers.append(_header(found))
                else:
                    lines.append((place, found))
        except DamagedFile as error:
            damage.append(error)
    if not headers and damage:
        first = damage[0]
        raise DamagedFile(first.message, where=first.where, unchanged=first.unchanged, hint=_BRING_BACK)
    if not headers or len({(h.lineage, h.base_url, h.scope) for h in headers}) != 1:
        with damaged_at(where, _WHAT, _BRING_BACK):
            raise RecordError(
                "it is about different folders or Canvas sites" if headers else "no line of it says for which Canvas"
            )
    tracks: dict[str, dict[str, BaseTrack | None]] = {}
    files: dict[str, MediaFile | None] = {}
    media_ids: dict[str, str] = {}
    gone: set[str] = set()
    for place, record in lines:
        try:
            with damaged_at(place, _WHAT, "It counts as never synced, and is compared with Canvas afresh."):
                _take(record, tracks, files, media_ids, gone)
        except DamagedFile as error:
            damage.append(error)
    header = max(headers, key=lambda h: h.serial)
    return Manifest(
        lineage=header.lineage,
        base_url=header.base_url,
        scope=header.scope,
        serial=header.serial,
        tracks={
            media: kept
            for media, of_media in tracks.items()
            if (kept := {locale: track for locale, track in of_media.items() if track})
        },
        files={media_id: file for media_id, file in files.items() if file},
        media_ids=media_ids,
        gone=frozenset(gone),
        damage=tuple(damage),
    )


_WHAT = "the record of earlier syncs cannot be read"
_BRING_BACK = (
    "Bring the file back from git or a backup. Without it every track counts as new: move it away, and captionkit "
    "compares the folder with Canvas afresh and asks before it replaces anything."
)


@dataclass(frozen=True, slots=True)
class _Header:
    """The line that says what a manifest is about."""

    format: str
    lineage: str
    serial: int
    base_url: str
    scope: str


@dataclass(frozen=True, slots=True)
class _FileLine:
    """The line that says by which file a media object is reached."""

    media_id: str
    file: str
    original: bool = False


def _header(found: dict[str, Any]) -> _Header:
    header = read(_Header, found)
    if header.format != FORMAT:
        raise RecordError("its format is not " + FORMAT)
    return header


def _take(
    record: dict[str, Any],
    tracks: dict[str, dict[str, BaseTrack | None]],
    files: dict[str, MediaFile | None],
    media_ids: dict[str, str],
    gone: set[str],
) -> None:
    """Note what one line records; None where two lines disagree."""
    if "gone" in record:
        address = read(str, record["gone"], "gone")
        check_names(address)
        gone.add(address)
        return
    if "file" in record:
        line = read(_FileLine, record)
        address = f"media_attachments/{line.file}"
        check_names(address)
        check_names(f"media_objects/{line.media_id}")
        file = MediaFile(line.file, line.original)
        media_ids[address] = line.media_id
        other = files.get(line.media_id, file)
        agree = other is not None and other.id == file.id
        files[line.media_id] = MediaFile(file.id, file.original or other.original) if other and agree else None
        return
    track = BaseTrack.from_json(record)
    if "media_id" in record:
        media_ids[track.media] = read(str, record["media_id"], "media_id")
    of_media = tracks.setdefault(track.media, {})
    other_track = of_media.setdefault(track.locale, track)
    if other_track is track:
        return
    agree = other_track is not None and replace(other_track, whose=track.whose) == track
    of_media[track.locale] = _proved(track, other_track) if agree else None
