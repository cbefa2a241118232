"""A recording's sound as 16 kHz mono samples, piece by piece: memory stays the same however long it is.

PyAV (`av`, BSD; its wheels carry FFmpeg, LGPL) decodes it, or `ffmpeg` on the path where PyAV is not installed. Time 0
is where a player begins: a sound track that begins later is led by silence, and a gap in it is silence as long, so that
the times of captions mean the same here and there. Of several sound tracks one is heard: that in the language of the
captions, else the one that a player begins with.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any, NamedTuple

from captionkit.errors import ContentError, UsageError
from captionkit.files import open_to_read, unreadable
from captionkit.languages import canonical, is_known

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]
    #: As the decoders give them.
    Block = NDArray[np.int16]

#: Samples a second: what the voice detectors were trained on.
RATE = 16_000
#: Of sound that is shifted by less the frames' own times are not to be trusted: containers round them.
_GAP = RATE // 10
#: A gap that is longer is a broken time and no gap.
_LONGEST_GAP = 3600 * RATE
#: What is given on at once, as bytes: ten seconds. A detector that is called for each frame of 20 ms in turn with the
#: decoder takes a quarter more time: neither finds its data in the processor's cache.
_PIECE = RATE * 2 * 10

#: Called with the seconds that are done and the seconds there are; 0 where not known.
Tell = Callable[[float, float], None]


class SoundTrack(NamedTuple):
    """One of the sound tracks of a recording.

    Attributes:
        language: its code without region or script, "en"; "" where the recording does not say.
        is_first: whether a player begins with it.
    """

    language: str
    is_first: bool


def sound_tracks(path: Path) -> list[SoundTrack]:
    """The sound tracks of a recording, in their order.

    Raises:
        As `samples_of`.
    """
    _refuse_what_cannot_be_read(path)
    if program := decoder():
        command = [program, "-nostdin", "-hide_banner", *_input(path)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        return [_track(one[1].decode(), one[2].endswith(b"(default)")) for one in _AUDIO.finditer(done.stderr)]
    with _opened(path) as container:
        # Older versions of PyAV do not say with which track a player begins: it is the first one mostly.
        return [_track(one.language or "", bool(getattr(one, "disposition", 0) & 1)) for one in container.streams.audio]


def _track(code: str, is_first: bool) -> SoundTrack:
    return SoundTrack(_language(code), is_first)


def _language(tag: str) -> str:
    language = canonical(tag).partition("-")[0] if tag and is_known(tag) else ""
    return "" if language in ("und", "mul", "zxx", "mis") else language


#: As ffmpeg lists a track: "Stream #0:1[0x2](eng): Audio: aac (LC), 44100 Hz, stereo (default)".
_AUDIO = re.compile(rb"^ +Stream #0:\d+(?:\[\w+\])?(?:\((\w*)\))?: Audio: ([^\r\n]*)", re.MULTILINE)


def track_for(tracks: Sequence[SoundTrack], language: str) -> int:
    """The one that captions in a language are held against, by its place: of that language, or that of a player.

    Args:
        language: BCP 47; "" for not known.
    """
    wanted = _language(language)
    its_own = [number for number, one in enumerate(tracks) if wanted and one.language == wanted]
    played = [number for number, one in enumerate(tracks) if one.is_first]
    return next((number for number in its_own if number in played), [*its_own, *played, 0][0])


def samples_of(path: Path, tell: Tell = lambda done, total: None, *, track: int = 0) -> Iterator[Samples]:
    """The sound of a recording: pieces of mono samples from -1 to 1, 16,000 a second.

    Args:
        tell: how far it is.
        track: which of its sound tracks, by its place.

    Raises:
        LocalError: it cannot be read.
        ContentError: it is no recording, or has no sound that can be decoded.
        UsageError: nothing is installed that decodes recordings.
    """
    _refuse_what_cannot_be_read(path)
    if program := decoder():
        yield from _with_ffmpeg(program, path, tell, track)
    else:
        yield from _with_av(path, tell, track)


def _refuse_what_cannot_be_read(path: Path) -> None:
    try:
        with open_to_read(path) as file:
            is_empty = not file.read(1)
    except OSError as error:
        raise unreadable(path, error) from error
    if is_empty:
        raise ContentError("the file is empty", where=str(path))


def decoder() -> str:
    """What decodes recordings here: "" for PyAV, else where ffmpeg is.

    Raises:
        UsageError: neither is installed.
    """
    if _has_av():
        return ""
    if program := which("ffmpeg"):
        return program
    raise not_installed("decoding a recording needs PyAV, or ffmpeg on the path")


def _has_av() -> bool:
    try:
        import av
    except ImportError:  # not installed, or its libraries are for another system
        return False
    return bool(av)


def not_installed(message: str) -> UsageError:
    """The error for a part that comes with the extra."""
    return UsageError(
        message, unchanged="Nothing was written.", hint='Install it with: python -m pip install "captionkit[sound]"'
    )


def _unreadable(path: Path) -> ContentError:
    return ContentError(
        "no recording can be read from it: it is damaged, not whole, or something else", where=str(path),
        hint="Play it from the beginning to the end; export or download it again.",
    )  # fmt: skip


def _no_sound(path: Path) -> ContentError:
    return ContentError("the recording has no sound track", where=str(path))


def _opened(path: Path) -> Any:
    """A recording as PyAV opens it, with a sound track in it."""
    import av

    open_recording: Any = av.open
    if int(av.__version__.split(".")[0]) < 19:  # which cannot read a title that is not UTF-8 unless it is asked to
        open_recording = partial(av.open, metadata_errors="replace")
    try:
        # A playlist in a file called .mp4 would have FFmpeg open what it names.
        container = open_recording(f"file:{path.absolute()}", options={"protocol_whitelist": "file"})
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise _unreadable(path) from error
    if not container.streams.audio:
        container.close()
        raise _no_sound(path)
    return container


def _with_av(path: Path, tell: Tell, track: int) -> Iterator[Samples]:
    import av

    with _opened(path) as container:
        stream = container.streams.audio[track]
        discard = getattr(av.stream, "Discard", None)  # of newer versions
        for other in container.streams:
            if other is not stream and discard is not None:
                other.discard = discard.all  # the picture is not even read, where the container allows it
        total = container.duration / av.time_base if container.duration else 0.0
        begins = (container.start_time or 0) / av.time_base
        reached = 0
        try:
            for piece in _pieces(_blocks(_frames(container, stream), begins)):
                reached += len(piece)
                yield piece
                tell(reached / RATE, total)
        except (av.error.FFmpegError, ValueError) as error:
            raise _unreadable(path) from error
    if not reached:
        raise _unreadable(path)


def _blocks(frames: Iterable[Any], begins: float) -> Iterator[Block]:
    """Frames as samples, with silence where their times leave a gap.

    Args:
        begins: the time of the recording's first moment, in seconds.
    """
    import av

    resampler: Any = None
    shape: tuple[str, str, int] | None = None
    reached = 0
    for frame in frames:
        if frame.pts is not None and frame.time_base:
            time = frame.pts * frame.time_base.numerator / frame.time_base.denominator
            gap = round((time - begins) * RATE) - reached
            if _GAP < gap < _LONGEST_GAP:
                yield from _silence(gap)
                reached += gap
        if shape != (shape := (frame.format.name, frame.layout.name, frame.sample_rate)):
            # Recordings that were joined change it on their way, and a resampler takes what it began with.
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        frame.pts = None  # the resampler would stretch the sound to fit
        for made in resampler.resample(frame):
            block = made.to_ndarray().reshape(-1)
            reached += len(block)
            yield block


def _pieces(blocks: Iterable[Block]) -> Iterator[Samples]:
    """The blocks joined to pieces of about ten seconds."""
    import numpy as np

    held: list[Block] = []
    size = 0
    for block in blocks:
        held.append(block)
        size += block.nbytes
        if size >= _PIECE:
            yield np.concatenate(held).astype(np.float32) / np.float32(32768)
            held, size = [], 0
    if held:
        yield np.concatenate(held).astype(np.float32) / np.float32(32768)


def _frames(container: Any, stream: Any) -> Iterator[Any]:
    """The frames of a sound track; packets that are damaged are passed over, as players do."""
    import av

    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            return  # cut off: what was there was read
        try:
            frames = packet.decode()
        except av.error.EOFError:
            return
        except av.error.FFmpegError:
            continue
        yield from frames


def _silence(samples: int) -> Iterator[Block]:
    import numpy as np

    while samples > 0:
        length = min(samples, _PIECE // 2)
        yield np.zeros(length, dtype=np.int16)
        samples -= length


def _input(path: Path) -> list[str]:
    """As ffmpeg is given a file. A playlist in one called .mp4 would have it open what that names."""
    return ["-protocol_whitelist", "file,pipe", "-i", f"file:{path.absolute()}"]


def _with_ffmpeg(program: str, path: Path, tell: Tell, track: int) -> Iterator[Samples]:
    import numpy as np

    from captionkit.media_length import duration_ms

    total = (duration_ms(path) or 0) / 1000
    command = [
        program, "-nostdin", "-v", "error", *_input(path), "-vn", "-map", f"0:a:{track}", "-af",
        "aresample=async=1:first_pts=0", "-ac", "1", "-ar", str(RATE), "-f", "s16le", "pipe:1",
    ]  # fmt: skip
    reached = 0
    # What ffmpeg says against a recording goes nowhere: a pipe that nobody reads would stop it when it is full.
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        try:
            while piece := process.stdout.read(_PIECE):
                block = np.frombuffer(piece[: len(piece) // 2 * 2], dtype="<i2")
                reached += len(block)
                yield block.astype(np.float32) / np.float32(32768)
                tell(reached / RATE, total)
        finally:
            process.kill()
    if not reached:
        raise _no_sound(path) if _has_picture(program, path) else _unreadable(path)


def _has_picture(program: str, path: Path) -> bool:
    """Whether ffmpeg can read a picture of it: then it is a recording, and only its sound is missing."""
    command = [program, "-nostdin", "-v", "quiet", *_input(path), "-map", "0:v:0",
               "-frames:v", "1", "-f", "null", "-"]  # fmt: skip
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0
