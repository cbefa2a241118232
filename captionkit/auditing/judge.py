"""What a caption file is worth: its language, who made it as far as that shows, what lint finds, what it covers. Pure.

Who made it. Canvas marks the tracks that it made itself; that is certain. Everything else was uploaded by a person, but
may still come out of a machine: no punctuation and capitals (TXT008), lines that roll up as YouTube writes them
(TXT006), what Whisper writes into silence (TXT011), a service's advertisement (TXT010), one cue again and again
(TXT005). Such a track is called machine-like, with the reason. Where the server does not mark its own tracks, a clean
one is of unknown origin, because a good machine leaves no trace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from hashlib import sha256

from captionkit.auditing.coverage import covers
from captionkit.auditing.model import Origin, Recording, Track
from captionkit.documents import loads
from captionkit.languages import canonical
from captionkit.library.wrong_file import Facts, facts_of, suspicions
from captionkit.library.wrong_file import Track as Compared
from captionkit.lint.checker import Checker
from captionkit.model import Severity
from captionkit.preview.lanes import covered

_SIGNS = {
    "TXT008": "next to no punctuation or capitals",
    "TXT006": "lines repeat as in YouTube's automatic captions",
    "TXT011": "a phrase that speech recognition makes up",
    "TXT010": "a captioning service's own line",
    "TXT005": "one cue repeated again and again",
}


def tag_of(locale: str) -> str:
    """The language of a locale; the locale itself where it is none."""
    try:
        return canonical(locale)
    except ValueError:
        return locale


def judge(
    track: Track, content: str | bytes, checker: Checker, *, duration_ms: int | None = None, asr: bool | None = None
) -> Track:
    """The track with everything that its content says.

    Args:
        track: with language and kind.
        content: as it is stored.
        checker: of the profiles to check against.
        duration_ms: of the recording, where known.
        asr: whether the server says that it made it itself; None where it does not say.
    """
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    known = checker.settings.encoding_of(track.path) if track.path else ""
    document = loads(content, path=track.path, encoding=known, language=track.language)
    settings = replace(
        checker.settings,
        kind=track.kind or checker.settings.kind,
        language=track.language,
        duration_ms=duration_ms or 0,
    )
    mine = copy(checker)
    mine.settings = settings
    # Rules about names are about files; a track in Canvas has none. One would be found missing otherwise.
    name = track.path or f"track.{track.locale}.{document.format}"
    findings = mine.check(document, name)
    rules = Counter(one.code for one in findings)
    origin, reason = origin_of(rules, asr)
    if track.origin is not Origin.UNKNOWN:
        origin, reason = track.origin, track.origin_reason
    severities = Counter(one.severity for one in findings)
    facts = facts_of(document)
    return replace(
        track,
        format=document.format,
        size=len(data),
        cues=len(document.cues),
        captioned_ms=covered((max(0, cue.start), cue.end) for cue in document.cues),
        covered_ms=covers(((cue.start, cue.end) for cue in document.cues), duration_ms),
        ends_ms=max((cue.end for cue in document.cues), default=0),
        errors=severities[Severity.ERROR],
        warnings=severities[Severity.WARNING],
        infos=severities[Severity.INFO],
        rules=dict(sorted(rules.items())),
        digest=f"sha256:{sha256(data).hexdigest()}",
        origin=origin,
        origin_reason=reason,
        suspect=next((one.message for one in findings if one.code in ("LNG008", "A11006")), ""),
        words=facts.words,
        starts=facts.starts,
    )


def with_twins(tracks: Sequence[Track]) -> tuple[Track, ...]:
    """The tracks of one recording, those marked that say the very same in two languages: one is the wrong file.

    Where the words themselves tell which, the other is not marked.
    """
    known = {track.words for track in tracks if track.words and track.suspect}
    found = suspicions([_compared("", "", track, None)._replace(facts=Facts(track.words)) for track in tracks])
    twins = {index: those[0].message for index, those in found.items()}
    return tuple(
        replace(track, suspect="; ".join(filter(None, (track.suspect, twins.get(index, "")))))
        if track.suspect or track.words not in known
        else track
        for index, track in enumerate(tracks)
    )


def with_wrong_files(recordings: Sequence[Recording]) -> list[Recording]:
    """The recordings, with what speaks against a track being theirs. Where its language is wrong, that is enough."""
    places = [
        (at, one, index, track)
        for at, one in enumerate(recordings)
        for index, track in enumerate(one.tracks or ())
        if track.is_captions and not track.suspect and track.cues
    ]
    # The same recording in two courses is one recording, with the same captions.
    found = suspicions(
        [_compared(one.media_id or f"{one.place}/{one.media}", one.title, track, one.duration_ms)
         for _, one, _, track in places]
    )  # fmt: skip
    why: dict[tuple[int, int], str] = {}
    for number, those in found.items():
        at, one, index, track = places[number]
        # What ends too early is partly captioned, which the coverage says.
        too_long = (track.ends_ms or 0) > (one.duration_ms or 0)
        why[at, index] = "; ".join(s.message for s in those if s.check != "length" or too_long)
    return [
        replace(
            one,
            tracks=tuple(
                replace(track, wrong_file=why.get((at, i), track.wrong_file)) for i, track in enumerate(one.tracks)
            ),
        )
        if one.tracks and any((at, i) in why for i in range(len(one.tracks)))
        else one
        for at, one in enumerate(recordings)
    ]


def _compared(recording: str, title: str, track: Track, length: int | None) -> Compared:
    facts = Facts(track.words, track.starts, track.ends_ms or 0)
    return Compared(recording, title, track.path or track.locale, track.language, facts, length or 0)


def origin_of(rules: Counter[str], asr: bool | None) -> tuple[Origin, str]:
    """Who made a track, and the reason in words."""
    if asr:
        return Origin.AUTOMATIC, "Canvas made it"
    signs = [words for code, words in _SIGNS.items() if rules[code]]
    if signs:
        return Origin.MACHINE_LIKE, "; ".join(signs)
    if asr is None:
        return Origin.UNKNOWN, "the server does not say which tracks are automatic"
    return Origin.HUMAN, ""
