"""The speech of a recording, a hundred times a second, kept so that no recording is listened to twice.

Kept is one small file a recording (about 100 kB an hour) in the user's cache folder, the one that `check` uses, by the
digest of the recording's bytes, the detector and the sound track: a recording that was renamed or moved is known, one
that was changed is not. What cannot be read there, or is not as it was written, is as good as nothing, and what cannot
be written costs nothing but time.
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from captionkit.errors import CaptionkitError
from captionkit.files import open_to_read, read_file, unreadable, write_atomically
from captionkit.languages import display_name
from captionkit.media_length import duration_ms
from captionkit.sound.decode import SoundTrack, Tell, samples_of, sound_tracks, track_for
from captionkit.sound.detectors import STEPS, Detector, best_detector
from captionkit.sound.signals import silences
from captionkit.timecode import timecode

if TYPE_CHECKING:
    from captionkit.sound.detectors import Probability

_MAGIC = b"captionkit-speech/1\n"
_DIGEST = 32
#: A hundred hours; what says to be longer is not ours.
_MOST_STEPS = 100 * 3600 * STEPS
_PIECE = 1 << 20
#: A recording whose sound is shorter than the recording by less is whole: the tracks of one hardly ever end together.
_ENDS_EARLY_MS = 10_000


@dataclass(frozen=True, eq=False)
class Speech:
    """Where somebody speaks in a recording.

    Attributes:
        probability: of speech, 0 to 255, a hundred times a second.
        detector: its name.
        can_judge: whether a verdict may rest on it.
        remarks: what is to be known of the recording, in sentences.
    """

    probability: Probability
    detector: str = ""
    can_judge: bool = True
    remarks: tuple[str, ...] = ()

    @property
    def length_ms(self) -> int:
        return len(self.probability) * 1000 // STEPS

    @cached_property
    def spoken_ms(self) -> int:
        """Milliseconds in which somebody speaks."""
        return int((self.probability >= 128).sum()) * 1000 // STEPS

    def stretches(self) -> tuple[tuple[int, int], ...]:
        """From when to when somebody speaks, in milliseconds: pauses as short as within words are none."""
        pauses = silences(self.probability >= 128)
        edges = [0, *(edge for pause in pauses for edge in pause), len(self.probability)]
        pairs = zip(edges[::2], edges[1::2], strict=True)
        return tuple((start * 1000 // STEPS, end * 1000 // STEPS) for start, end in pairs if start < end)


def speech_of(
    path: Path, tell: Tell = lambda done, total: None, *, language: str = "", use_cache: bool = True
) -> Speech:
    """The speech of a recording: as it was heard before, or heard now.

    Args:
        tell: how far it is, in seconds; 0 while it is looked whether it was heard before.
        language: BCP 47, of the captions: of several sound tracks that in this language is heard.

    Raises:
        LocalError, ContentError, UsageError: as `samples_of`.
    """
    tracks = sound_tracks(path)
    number = track_for(tracks, language)
    detector = best_detector()
    kept = _kept_at(path, detector, number, tell) if use_cache else None
    found = _read(kept) if kept is not None else None
    if found is None:
        found = detector.detect(samples_of(path, tell, track=number))
        if kept is not None:
            _write(kept, found)
    speech = Speech(found, detector.name, detector.can_judge)
    return replace(speech, remarks=tuple(_remarks(path, tracks, number, speech.length_ms)))


def _remarks(path: Path, tracks: Sequence[SoundTrack], number: int, length_ms: int) -> Iterator[str]:
    if len(tracks) > 1:
        language = f" ({display_name(tracks[number].language)})" if tracks[number].language else ""
        yield f"of its {len(tracks)} sound tracks number {number + 1}{language} was heard"
    stated = duration_ms(path)
    if stated is not None and stated - length_ms > _ENDS_EARLY_MS:
        yield (
            f"its sound ends at {timecode(length_ms)[:8]}, and it says to be {timecode(stated)[:8]} long: if it breaks "
            "off when it is played, it is not whole"
        )


def _kept_at(path: Path, detector: Detector, track: int, tell: Tell) -> Path:
    from captionkit.lint.cache import folder

    digest = sha256()
    try:
        with open_to_read(path) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                tell(0, 0)
    except OSError as error:
        raise unreadable(path, error) from error
    which = f"-{track}" if track else ""
    return folder() / "speech" / f"{digest.hexdigest()}-{detector.name}{which}.bin"


def _read(file: Path) -> Probability | None:
    import numpy as np

    with contextlib.suppress(OSError, CaptionkitError, zlib.error):
        data = read_file(file)
        head = len(_MAGIC) + _DIGEST
        packed = data[head:]
        if data.startswith(_MAGIC) and sha256(packed).digest() == data[len(_MAGIC) : head]:
            unpacker = zlib.decompressobj()
            plain = unpacker.decompress(packed, _MOST_STEPS)
            if unpacker.eof and not unpacker.unused_data:
                return np.frombuffer(plain, dtype=np.uint8)
    return None


def _write(file: Path, found: Probability) -> None:
    packed = zlib.compress(found.tobytes(), 6)
    with contextlib.suppress(OSError, CaptionkitError):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, _MAGIC + sha256(packed).digest() + packed, durable=False)
