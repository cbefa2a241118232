"""What an audit knows. Pure data, to and from JSON. None means: not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from captionkit.auditing.standards import STANDARDS
from captionkit.records import RecordError, damaged_at, parse, read

FORMAT = "captionkit-audit/1"


class Origin(StrEnum):
    """Who made a track, as far as it shows."""

    HUMAN = "human"  # the server says that it is not automatic, and the words show no sign of a machine
    AUTOMATIC = "automatic"  # the server says so
    MACHINE_LIKE = "machine-like"  # uploaded, but the words look like speech recognition that nobody has read
    UNKNOWN = "unknown"


class Status(StrEnum):
    """How a recording stands in one required language, from best to worst; what it needs none of comes last."""

    CAPTIONED = "captioned"
    PARTLY = "partly captioned"  # less of its length than the audit asks for
    NOT_READ = "not read"  # there are captions, or may be, but nobody could look at them
    AUTOMATIC = "automatic only"  # by a machine, and nobody has read them
    DAMAGED = "damaged"  # errors of the rules
    WRONG_FILE = "perhaps the wrong file"  # another lecture's, or moved in time
    WRONG_LANGUAGE = "wrong language"  # the words are not in the language that the track claims
    NOT_CONVERTED = "not converted"  # captions exist, in a format that Canvas does not take
    MISSING = "missing"
    EXEMPT = "exempt"  # by the file of exceptions


@dataclass(frozen=True, slots=True)
class Track:
    """One caption track or caption file.

    Attributes:
        language: BCP 47 of the locale. locale: as Canvas or the file's name has it.
        origin, origin_reason: see `Origin`; the reason is a sentence, "" where there is nothing to say.
        owner: user id, "" where not known. size: bytes of the content.
        cues, captioned_ms, ends_ms: from the content; captioned is while a caption is on screen.
        covered_ms: of the recording: as captioned, and the short pauses in which nobody speaks (`coverage.covers`).
        errors, warnings, infos: what lint found; None where the content could not be read.
        rules: how often each rule was broken.
        digest: of the content, "sha256:..."; "" where it could not be read.
        state: "ready", "processing", "failed" or "" where the server does not say.
        problem: why the content could not be read; "" where it could.
        path: of a local file.
        suspect: what speaks against the declared language; "" for nothing.
        words, starts: what is compared with other tracks, see `captionkit.library.wrong_file.Facts`.
        wrong_file: why it may be another recording's; "" for nothing.
        sound: what the sound of the recording says of it; "" where nobody listened.
        uncaptioned_ms: speech without captions; None where nobody listened, or nothing could be known.
    """

    language: str
    locale: str
    kind: str = ""
    origin: Origin = Origin.UNKNOWN
    origin_reason: str = ""
    owner: str = ""
    id: str = ""
    format: str = ""
    size: int | None = None
    created_at: str = ""
    updated_at: str = ""
    cues: int | None = None
    captioned_ms: int | None = None
    covered_ms: int | None = None
    ends_ms: int | None = None
    errors: int | None = None
    warnings: int | None = None
    infos: int | None = None
    rules: Mapping[str, int] = field(default_factory=dict)
    digest: str = ""
    state: str = ""
    problem: str = ""
    path: str = ""
    suspect: str = ""
    words: str = ""
    starts: tuple[int, ...] = ()
    wrong_file: str = ""
    sound: str = ""
    uncaptioned_ms: int | None = None

    @property
    def is_captions(self) -> bool:
        """Whether it is there for viewers to read what is spoken; chapters are not, nor what is still being made."""
        return self.kind in ("", "captions", "subtitles") and self.state in ("", "ready")

    @property
    def is_by_machine(self) -> bool:
        return self.origin in (Origin.AUTOMATIC, Origin.MACHINE_LIKE)

    def coverage(self, duration_ms: int | None) -> float | None:
        """Part of the recording that it covers, 0 to 1; None where not known."""
        if not duration_ms or self.covered_ms is None:
            return None
        return min(1.0, self.covered_ms / duration_ms)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Captions that exist as a file in another format, which nobody is shown before it is converted.

    Attributes:
        language: BCP 47, as the file's name says; "" where it says none. path: relative to the folder.
        what: the format, and about how many captions. convert: the command that makes WebVTT of it.
    """

    language: str
    path: str
    what: str
    convert: str


@dataclass(frozen=True, slots=True)
class Recording:
    """A media object, or a recording in a folder.

    Attributes:
        place: key of its `Place`. media: its address, or the name in the folder.
        duration_ms: None where nobody says.
        tracks: None where they could not be seen, which is not the same as none.
        exception, exception_until: why it needs no captions, and until when (ISO date); "" for none.
        url: of its page; "" where there is none. No signed address.
        last_viewed: when somebody watched it last; "" for never, and where the service does not say.
        waiting: captions in other formats, of languages that no track is in.
    """

    place: str
    media: str
    media_id: str
    title: str
    type: str = ""
    created_at: str = ""
    duration_ms: int | None = None
    tracks: tuple[Track, ...] | None = ()
    exception: str = ""
    exception_until: str = ""
    url: str = ""
    last_viewed: str = ""
    waiting: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A course, a group, one's own files, or a folder.

    Attributes:
        key: "courses/101", "groups/7", "users/self", or the folder.
        problem: why it could not be looked at; "" where it could.
        seen_at: ISO time; runs that were cut off and went on have several.
        notes: what is to be known about the rows of this place.
        left_out: captions that are there and are not counted, a sentence each: other formats, files nobody could read.
    """

    key: str
    name: str
    sis_id: str = ""
    term: str = ""
    problem: str = ""
    seen_at: str = ""
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """All of it.

    Attributes:
        source: address of the Canvas, or the folder. user: whom it was seen as.
        made_at: ISO time. tool: name and version. profiles: whose rules were checked.
        required: language tags; () where captions in any language do.
        least_coverage: part of the length, 0 to 1, below which a recording is only partly captioned.
        standard: the name of one in `standards`; "" for none.
        limits: what this audit cannot know, a sentence each.
    """

    source: str
    made_at: str
    tool: str
    profiles: tuple[str, ...]
    required: tuple[str, ...]
    places: tuple[Place, ...]
    recordings: tuple[Recording, ...]
    user: str = ""
    limits: tuple[str, ...] = ()
    least_coverage: float = 0.9
    standard: str = ""

    def __repr__(self) -> str:
        """`<Audit captions: 300 recordings in 2 places, 2026-11-28T07:00:00Z>`"""
        recordings, places = len(self.recordings), len(self.places)
        of = f"{recordings:,} recording{'s' * (recordings != 1)} in {places:,} place{'s' * (places != 1)}"
        return f"<Audit {self.source}: {of}, {self.made_at}>"

    def as_json(self) -> dict[str, Any]:
        """For machines, and for a later `--earlier`."""
        return {"format": FORMAT, **asdict(self)}


def audit_from(data: bytes | str, where: str) -> Audit:
    """An audit from the text of its JSON.

    Raises:
        DamagedFile: where it is none.
    """
    hint = "Give an audit that was written as JSON."
    with damaged_at(where, "this is no audit that captionkit wrote", hint):
        found = read(dict, parse(data))
        if found.get("format") != FORMAT:
            raise RecordError(f"format must be {FORMAT}")
        audit = read(Audit, found)
        if audit.standard and audit.standard not in STANDARDS:
            raise RecordError(f"standard must be one of {', '.join(STANDARDS)}, not {audit.standard[:60]!r}")
        return audit
