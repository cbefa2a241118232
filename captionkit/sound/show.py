"""A judgement in words, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from captionkit.files import quoted
from captionkit.sound.verdict import Verdict, is_small
from captionkit.timecode import timecode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from captionkit.model import Cue
    from captionkit.sound.aligning import Aligned
    from captionkit.sound.verdict import Judgement, Part

FORMAT = "captionkit-sync-check/1"

_RATES = {
    Fraction(25, 24): "made for 25 frames a second and shown with 24",
    Fraction(24, 25): "made for 24 frames a second and shown with 25",
    Fraction(1001, 960): "made for 25 frames a second and shown with 23.976",
    Fraction(960, 1001): "made for 23.976 frames a second and shown with 25",
    Fraction(1001, 1000): "made for 24 frames a second and shown with 23.976, or for 30 and shown with 29.97",
    Fraction(1000, 1001): "made for 23.976 frames a second and shown with 24, or for 29.97 and shown with 30",
}


def seconds(ms: int) -> str:
    """Milliseconds as seconds with one digit behind the point, as sure as they are known."""
    return f"{ms / 1000:.1f} s"


def off(shift_ms: int) -> str:
    """By how much captions are off that must be moved by so much."""
    return "in time" if is_small(shift_ms) else f"{seconds(abs(shift_ms))} {'early' if shift_ms > 0 else 'late'}"


def rates(ratio: Fraction) -> str:
    """Which frame rates explain a ratio."""
    return _RATES[ratio]


def timing(found: Judgement) -> str:
    """How the captions stand against the sound, in some words: "2.3 s late", "in time"."""
    if found.ratio != 1:
        # At the end of the recording captions are shown that stand at (length - shift) / ratio in the file.
        last = found.parts[-1].shift_ms
        at_end = round(found.length_ms - (found.length_ms - last) / found.ratio)
        return f"drifting: {off(found.parts[0].shift_ms)} at the beginning, {off(at_end)} at the end"
    if len(found.parts) > 1:
        return f"in {len(found.parts)} parts: {', '.join(off(part.shift_ms) for part in found.parts)}"
    return off(found.parts[0].shift_ms)


def in_short(found: Judgement) -> str:
    """The judgement in some words."""
    if found.verdict is Verdict.FITS:
        return f"fits, {timing(found)}"
    return f"{found.verdict}: {found.reason}" if found.reason else found.verdict.value


def confidence(found: Judgement) -> str:
    """What the verdict rests on."""
    return f"T = {found.t:.1f}, Z = {found.z:.1f}"


def part_line(part: Part, before: Part | None) -> str:
    """Where a part begins and how it stands."""
    if before is None:
        return f"from the beginning: {off(part.shift_ms)}"
    gap = part.start - before.end
    gone = f"; {seconds(gap)} of captions before it were cut out of the recording" if gap > 0 else ""
    return f"from {timecode(part.start)[:8]} of the captions: {off(part.shift_ms)}{gone}"


def mend_command(recording: str, captions: str) -> str:
    """The command that moves captions, as it can be pasted into a shell."""
    stem, dot, suffix = captions.rpartition(".")
    out = f"{stem}.aligned{dot}{suffix}" if dot else "aligned.srt"
    return f"captionkit align {quoted(recording)} {quoted(captions)} -o {quoted(out)}"


def lines(found: Judgement, cues: Sequence[Cue], mend: str) -> Iterator[str]:
    """The judgement for a person.

    Args:
        mend: the command that moves the captions.
    """
    yield from _judgement(found, cues, mend)
    for remark in found.remarks:
        yield f"  The recording: {remark}."


def _judgement(found: Judgement, cues: Sequence[Cue], mend: str) -> Iterator[str]:
    heard = f"{seconds(found.spoken_ms)} of speech in {timecode(found.length_ms)[:8]}"
    if found.verdict is not Verdict.FITS:
        why = f": {found.reason}" if found.reason else ""
        rests_on = f"{confidence(found)}; " if found.t else ""
        yield f"{found.verdict}{why} ({rests_on}{heard})"
        if found.verdict is Verdict.FITS_NOT:
            yield "  The captions are probably another recording's: moved or stretched they fit no better."
        return
    yield f"fits, {timing(found)} ({confidence(found)}; {heard})"
    if found.ratio != 1:
        yield f"  The captions were {rates(found.ratio)}: all times are to be multiplied by {found.ratio}."
    if len(found.parts) > 1:
        yield "  The recording was cut, or something was put into it:"
        for number, part in enumerate(found.parts):
            yield f"    {part_line(part, found.parts[number - 1] if number else None)}"
    if not found.is_in_time:
        yield f"  Mend it: {mend}"
    if found.uncaptioned:
        yield f"  Speech without captions, {seconds(found.uncaptioned_ms)} in all:"
        for start, end in found.uncaptioned:
            yield f"    {timecode(start)[:8]} to {timecode(end)[:8]}, {seconds(end - start)}"
    if found.silent:
        yield "  Captions while nobody speaks:"
        for index in found.silent:
            yield f"    {_cue(cues, index)}"
    if found.beyond:
        yield f"  After the end of the recording: {_cues(len(found.beyond))}, the first {_cue(cues, found.beyond[0])}"


def _cue(cues: Sequence[Cue], index: int) -> str:
    return f"cue {index + 1} ({timecode(cues[index].start)}): {_shortened(cues[index].text)}"


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"


def as_json(found: Judgement, cues: Sequence[Cue], *, recording: str, captions: str, mend: str) -> dict[str, Any]:
    """The judgement for a program; times are in milliseconds."""
    fits = found.verdict is Verdict.FITS
    return {
        "format": FORMAT,
        "recording": recording,
        "captions": captions,
        "verdict": found.verdict.value,
        "reason": found.reason,
        "t": found.t,
        "z": found.z,
        "is_in_time": found.is_in_time,
        "ratio": str(found.ratio) if fits else None,
        "parts": [
            {"start_ms": part.start, "end_ms": None if part is found.parts[-1] else part.end, "shift_ms": part.shift_ms}
            for part in found.parts
        ],
        "command": mend if fits and not found.is_in_time else "",
        "uncaptioned": [{"start_ms": start, "end_ms": end} for start, end in found.uncaptioned] if fits else None,
        "silent_cues": _listed(cues, found.silent) if fits else None,
        "cues_after_the_end": _listed(cues, found.beyond) if fits else None,
        "length_ms": found.length_ms,
        "spoken_ms": found.spoken_ms,
        "remarks": list(found.remarks),
    }


def _listed(cues: Sequence[Cue], indices: Sequence[int]) -> list[dict[str, int]]:
    return [{"cue": index + 1, "line": cues[index].timing_line, "start_ms": cues[index].start} for index in indices]


def done(found: Judgement, aligned: Aligned) -> Iterator[str]:
    """What `align` did, for a person."""
    if not aligned.moved and not aligned.gone:
        yield "  Nothing was moved: the captions are in time."
        return
    if found.ratio != 1:
        yield f"  All times multiplied by {found.ratio}: the captions were {rates(found.ratio)}."
    for part in found.parts:
        where = "All captions" if len(found.parts) == 1 else f"From {timecode(part.start)[:8]}"
        if found.ratio == 1 and is_small(part.shift_ms):
            yield f"  {where}: left as they are, in time."
        else:
            yield f"  {where}: {seconds(abs(part.shift_ms))} {'later' if part.shift_ms > 0 else 'earlier'}."
    yield f"  {_cues(aligned.moved)} moved, {aligned.kept} left as they are."
    for cue in aligned.gone:
        yield f"  Left out, not in the recording: {timecode(cue.start)} {_shortened(cue.text)}"


def _cues(number: int) -> str:
    return f"{number} cue{'' if number == 1 else 's'}"
