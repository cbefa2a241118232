"""Times as TTML writes them: clock times, frames, ticks, offsets, SMPTE time codes. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from captionkit.foreign.reading import Reading

TT = "{http://www.w3.org/ns/ttml}"
TTP = "{http://www.w3.org/ns/ttml#parameter}"

#: TTML2, 7.2.5: what a file means that does not say how many frames make a second.
_USUAL_RATE = 30

_CLOCK = re.compile(r"(?:([0-9]{1,9}):)?([0-9]{1,2}):([0-9]{1,2})(?:[.,]([0-9]{1,9}))?")
_FRAMES = re.compile(r"([0-9]{1,9}):([0-9]{1,2}):([0-9]{1,2})([:;])([0-9]{1,4})(?:\.([0-9]{1,3}))?")
_OFFSET = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,12})?)[ \t]?(h|ms|m|s|f|t)?")
_UNITS = {"h": Fraction(3600), "m": Fraction(60), "s": Fraction(1), "ms": Fraction(1, 1000)}
_RATE = re.compile(r"[0-9]{1,6}")
_RATIO = re.compile(r"([0-9]{1,7})[ :/]+([0-9]{1,7})")


class Times(NamedTuple):
    """How a file counts time.

    Attributes:
        frames: frames a second.
        frames_are_known: whether the file or a person says so.
        sub_frames: parts of a frame.
        ticks: ticks a second.
        smpte: whether times with frames are labels of a time code, which runs slower than the clock at 29.97.
        drop: whether that time code leaves out labels (drop-frame).
    """

    frames: Fraction = Fraction(_USUAL_RATE)
    frames_are_known: bool = False
    sub_frames: int = 1
    ticks: Fraction = Fraction(1)
    ticks_are_known: bool = False
    smpte: bool = False
    drop: bool = False

    def seconds(self, text: str) -> Fraction | None:
        """What a time expression means, in seconds; None for what is none."""
        text = text.strip()
        if match := _CLOCK.fullmatch(text):
            hours, minutes, seconds, fraction = match.groups()
            if int(minutes) > 59 or int(seconds) > 60:
                return None
            whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
            return whole + (Fraction(int(fraction), 10 ** len(fraction)) if fraction else Fraction(0))
        if match := _FRAMES.fullmatch(text):
            hours, minutes, seconds, mark, frames, part = match.groups()
            if int(minutes) > 59 or int(seconds) > 60:
                return None
            frame = int(frames) + (Fraction(int(part), self.sub_frames) if part else 0)
            return self.labelled((int(hours), int(minutes), int(seconds), frame), drop=mark == ";" or self.drop)
        if match := _OFFSET.fullmatch(text):
            number, unit = Fraction(match[1]), match[2]
            if unit in _UNITS:
                return number * _UNITS[unit]
            if unit == "f":
                return number / self.frames
            if unit == "t" or self.ticks_are_known:
                return number / self.ticks
            if "." in match[1]:  # no unit: seconds, where it cannot be ticks
                return number
        return None

    def labelled(self, label: tuple[int, int, int, int | Fraction], *, drop: bool) -> Fraction:
        """The seconds of hours, minutes, seconds and frames."""
        hours, minutes, seconds, frame = label
        whole = (hours * 60 + minutes) * 60 + seconds
        if not (self.smpte or drop):
            return whole + frame / self.frames
        return smpte_seconds(whole, frame, self.frames, drop=drop)


def smpte_seconds(whole: int, frame: int | Fraction, rate: Fraction, *, drop: bool) -> Fraction:
    """When the frame with this label of a time code is shown: each label is one frame, at 29.97 a second as at 30."""
    return (smpte_frames(whole, round(rate), drop=drop) + frame) / rate


def smpte_frames(whole: int, nominal: int, *, drop: bool) -> int:
    """The number of the frame with the label of this second and no more frames.

    Args:
        whole: the seconds that the label says, with its hours and minutes.
        nominal: frames a second as labels count them.
        drop: whether labels are left out: the first two (at 59.94 four) of each minute but every tenth.
    """
    minutes = whole // 60
    left_out = nominal // 15 * (minutes - minutes // 10) if drop and nominal % 30 == 0 else 0
    return whole * nominal - left_out


def times_of(root: Mapping[str, str], reading: Reading, *, counts_frames: bool) -> Times:
    """How the file counts time, by the attributes of its root.

    Args:
        counts_frames: whether any of its times has frames.
    """
    said = root.get(f"{TTP}frameRate", "").strip()
    rate = Fraction(int(said)) if _RATE.fullmatch(said) and int(said) else None
    multiplier = _RATIO.fullmatch(root.get(f"{TTP}frameRateMultiplier", "").strip())
    if rate and multiplier and int(multiplier[1]) and int(multiplier[2]):
        rate *= Fraction(int(multiplier[1]), int(multiplier[2]))
    known = reading.frame_rate(rate) if counts_frames else rate or reading.options.fps
    if not known and counts_frames:
        reading.remark(
            f"It counts frames and does not say how many make a second: {_USUAL_RATE} were taken, as TTML has it. "
            "If captions come early, give the right number: --fps 25, say."
        )
    is_smpte = root.get(f"{TTP}timeBase") == "smpte"
    if is_smpte and root.get(f"{TTP}dropMode") == "dropPAL":
        reading.remark("Its time codes drop labels as in PAL-M, which is not known here: they were taken as without.")
    if is_smpte and root.get(f"{TTP}markerMode") == "discontinuous":
        reading.remark("It says that its time codes may jump; they were taken as without jumps.")
    ticks = root.get(f"{TTP}tickRate", "").strip()
    sub = root.get(f"{TTP}subFrameRate", "").strip()
    has_ticks = bool(_RATE.fullmatch(ticks[:6]) and ticks.isdigit() and len(ticks) < 16 and int(ticks))
    frames = known or Fraction(_USUAL_RATE)
    sub_frames = int(sub) if _RATE.fullmatch(sub) and int(sub) else 1
    # TTML2, 7.2.14: without a tick rate, a tick is a (sub-)frame where the file has a frame rate, else a second.
    usual = frames * sub_frames if rate else Fraction(1)
    return Times(
        frames,
        bool(known),
        sub_frames,
        Fraction(int(ticks)) if has_ticks else usual,
        has_ticks,
        is_smpte,
        root.get(f"{TTP}dropMode") == "dropNTSC",
    )
