"""One caption file as the preview shows it: cues with their reading speed, the profile's limits, the findings. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from captionkit.conversion import convert
from captionkit.conversion.viewer import rendered
from captionkit.documents import dumps
from captionkit.lint.checker import Checker
from captionkit.model import Diagnostic, Document


class LaneCue(NamedTuple):
    """A cue in the order of the file.

    Attributes:
        start, end: milliseconds.
        text: what a viewer sees, lines joined by LF.
        cps, wpm: characters and words to read a second and a minute; None where it is shown for no time.
        codes: of the findings about it.
    """

    start: int
    end: int
    text: str
    cps: float | None
    wpm: float | None
    codes: tuple[str, ...]


class Lane(NamedTuple):
    """A caption file.

    Attributes:
        name: of the file.
        language: BCP 47; "" where not known.
        kind: for the track: "captions", "subtitles" ...
        webvtt: what a player is given.
        max_cps, max_wpm: the profile's limits, None where it has none.
        limit_says: the limits in words, with the profile that states them.
        profile: its name.
    """

    name: str
    language: str
    kind: str
    webvtt: str
    cues: tuple[LaneCue, ...]
    findings: tuple[Diagnostic, ...]
    max_cps: float | None
    max_wpm: float | None
    limit_says: tuple[str, ...]
    profile: str

    @property
    def end(self) -> int:
        """When the last cue ends."""
        return max((cue.end for cue in self.cues), default=0)

    def captioned(self, until: int) -> int:
        """Milliseconds during which at least one cue is shown, up to the end of the recording (0: not known)."""
        return covered((cue.start, min(cue.end, until) if until else cue.end) for cue in self.cues)

    @property
    def overlaps(self) -> int:
        """How many cues begin while another is shown."""
        count, end = 0, 0
        for cue in sorted(self.cues, key=lambda cue: cue.start):
            count += cue.start < end
            end = max(end, cue.end)
        return count


def covered(intervals: Iterable[tuple[int, int]]) -> int:
    """Milliseconds that at least one of these (start, end) covers."""
    total, reached = 0, 0
    for start, end in sorted(intervals):
        start = max(start, reached)
        if end > start:
            total += end - start
            reached = end
    return total


def lane(document: Document, checker: Checker, *, name: str = "") -> Lane:
    """A caption file as the preview shows it.

    Args:
        checker: with the profile whose limits are drawn and whose findings are shown.
        name: of the file; by default the document's path.
    """
    name = name or document.path
    context = checker.context(document, name)
    findings = tuple(checker.check(document, name, each=True))
    codes: dict[int, list[str]] = {}
    for one in findings:
        if one.cue is not None and one.code not in codes.setdefault(one.cue - 1, []):
            codes[one.cue - 1].append(one.code)
    cues = []
    for index, (seen, length, words) in enumerate(zip(rendered(document), context.lengths, context.words, strict=True)):
        seconds = (seen.end - seen.start) / 1000
        cps = round(length / seconds, 1) if seconds > 0 else None
        wpm = round(words * 60 / seconds) if seconds > 0 else None
        cues.append(LaneCue(seen.start, seen.end, seen.text, cps, wpm, tuple(codes.get(index, ()))))
    limits = {key: found for key in ("max_cps", "max_wpm", "optimal_cps") if (found := context.limit(key))}
    values = {key: limit.for_language(context.language) for key, limit in limits.items()}
    kind = checker.settings.kind or "subtitles"
    return Lane(
        name,
        context.language,
        kind,
        dumps(document if document.format == "vtt" else convert(document, "vtt", carry=False).document),
        tuple(cues),
        findings,
        values.get("max_cps"),
        values.get("max_wpm"),
        tuple(limit.says(values[key]) for key, limit in limits.items()),
        ", ".join(checker.settings.profiles),
    )
