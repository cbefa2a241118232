"""The speech of a recording, a hundred times a second, kept so that no recording is listened to twice.

Kept is one small file a recording (about 100 kB an hour) in the user's cache folder, the one that `check` uses, by the
digest of the recording's bytes and the detector: a recording that was renamed or moved is known, one that was changed
is not. What cannot be read there, or is not as it was written, is as good as nothing, and what cannot be written costs
nothing but time.
"""

from __future__ import annotations

import contextlib
import zlib
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from captionkit.errors import CaptionkitError
from captionkit.files import open_to_read, read_file, unreadable, write_atomically
from captionkit.sound.decode import Tell, samples_of
from captionkit.sound.detectors import STEPS, Detector, best_detector
from captionkit.sound.signals import silences

if TYPE_CHECKING:
    from captionkit.sound.detectors import Probability

_MAGIC = b"captionkit-speech/1\n"
_DIGEST = 32
#: A hundred hours; what says to be longer is not ours.
_MOST_STEPS = 100 * 3600 * STEPS
_PIECE = 1 << 20


@dataclass(frozen=True, eq=False)
class Speech:
    """Where somebody speaks in a recording.

    Attributes:
        probability: of speech, 0 to 255, a hundred times a second.
        detector: its name.
        can_judge: whether a verdict may rest on it.
    """

    probability: Probability
    detector: str = ""
    can_judge: bool = True

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


def speech_of(path: Path, tell: Tell = lambda done, total: None, *, use_cache: bool = True) -> Speech:
    """The speech of a recording: as it was heard before, or heard now.

    Args:
        tell: how far it is, in seconds; 0 while it is looked whether it was heard before.

    Raises:
        LocalError, ContentError, UsageError: as `samples_of`.
    """
    detector = best_detector()
    kept = _kept_at(path, detector, tell) if use_cache else None
    if kept is not None and (known := _read(kept)) is not None:
        return Speech(known, detector.name, detector.can_judge)
    found = detector.detect(samples_of(path, tell))
    if kept is not None:
        _write(kept, found)
    return Speech(found, detector.name, detector.can_judge)


def _kept_at(path: Path, detector: Detector, tell: Tell) -> Path:
    from captionkit.lint.cache import folder

    digest = sha256()
    try:
        with open_to_read(path) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                tell(0, 0)
    except OSError as error:
        raise unreadable(path, error) from error
    return folder() / "speech" / f"{digest.hexdigest()}-{detector.name}.bin"


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
