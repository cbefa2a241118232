"""The JSON of speech recognisers: Whisper, faster-whisper, WhisperX, whisper-timestamped, whisper.cpp, transformers,
OpenAI, AssemblyAI, Deepgram, Vosk; and of the services in `services`.

They agree on little: a list called `segments`, `transcription` or `chunks`, or the list alone; times as `start` and
`end` or as `timestamp` in seconds, or as `offsets` in milliseconds; and single words with times of their own, which
captions do not have. Where there are only words, captions are put together from them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from textwrap import wrap
from typing import TYPE_CHECKING, Any, NamedTuple

from captionkit.foreign.reading import Run
from captionkit.foreign.services import dicts, rows_of
from captionkit.foreign.text import counted, decoded
from captionkit.languages import Language, parse_token

if TYPE_CHECKING:
    from captionkit.foreign.reading import Reading

#: Captions made of single words: two lines of 42 characters and 6 seconds at most (BBC and Netflix have 37 to 42
#: characters a line, and 7 seconds), and no pause within.
_MOST_CHARACTERS, _LINE, _MOST_MS, _PAUSE_MS = 84, 42, 6000, 1000
#: From this many characters on, the end of a sentence ends the caption.
_SENTENCE = 20
_LISTS = ("segments", "transcription", "chunks", "word_segments", "words")
#: Where services put them: Deepgram has `results`, `channels`, `alternatives` around its words.
_MOST_AROUND = 6


class _Word(NamedTuple):
    start: int
    end: int | None
    text: str
    speaker: str = ""


def read(data: bytes, reading: Reading) -> None:
    """Put the captions of a recogniser's JSON into `reading`."""
    found = parsed(data, reading)
    name, rows = _rows(found, reading)
    if isinstance(found, dict):
        reading.language = reading.language or _language(found)
    if not rows:
        raise reading.error(
            "it has no list of segments, chunks or words with times",
            "Let the program that made it write SRT or WebVTT (Whisper: --output_format vtt).",
        )
    if _are_milliseconds(rows):
        rows = [{**row, **{key: row[key] / 1000 for key in ("start", "end")}} for row in rows]
        reading.remark(
            "Its times are whole numbers, and nobody speaks so slowly that they could be seconds: they were taken as "
            "milliseconds."
        )
    words = list(filter(None, map(_word, rows)))
    if name in ("word_segments", "words") or (not name and all("word" in row for row in rows)):
        _of_words(words, reading)
        return
    timed = without = 0
    for row in rows:
        one = _word(row)
        if one is None:
            without += bool(str(row.get("text") or "").strip())
            continue
        parts = [part for part in dicts(row.get("words")) or dicts(row.get("tokens")) if _word(part)]
        timed += len(parts)
        if not one.text.strip():
            said = [part.text.strip() for part in map(_word, parts) if part]
            one = one._replace(text=" ".join(said))
        reading.caption(one.start, one.end, _runs(one, parts))
    if without:
        reading.lose("unreadable time", f"{counted(without, 'segment')} without a time, left out")
    if timed:
        reading.lose("inline timestamp", f"the times of {counted(timed, 'single word')}: a caption is shown as a whole")


def parsed(data: bytes, reading: Reading) -> Any:
    """What the JSON says."""
    try:
        return json.loads(decoded(data, reading))
    except RecursionError:
        raise reading.error("its lists lie in each other too deeply") from None
    except ValueError as error:
        why, line = getattr(error, "msg", str(error)), getattr(error, "lineno", 0)
        hint = "Download or copy the file again; it may have been cut off."
        raise reading.error(f"it is no whole JSON ({why})", hint, line=line) from None


def _rows(found: Any, reading: Reading) -> tuple[str, list[dict[str, Any]]]:
    """The list of what was said, and how it is called; "" for a list that stands alone."""
    if isinstance(found, list):
        return "", dicts(found)
    name, said = rows_of(found)
    if said:
        first = [row for row in said if not row.get("channel")]
        if first and len(first) < len(said):
            reading.lose("channel", f"{counted(len(said) - len(first), 'phrase')} of further channels are left out")
        return name, first or said
    around: list[Any] = [found]
    for _ in range(_MOST_AROUND):
        for one in around:
            for name in _LISTS if isinstance(one, dict) else ():
                if rows := [row for row in dicts(one.get(name)) if _word(row)]:
                    return name, dicts(one[name])
            if isinstance(one, dict) and (rows := [row for row in dicts(one.get("result")) if "word" in row]):
                return "words", rows  # Vosk
        around = [inner for one in around if isinstance(one, dict) for inner in _inside(one, reading)]
    return "", []


def _inside(found: Mapping[str, Any], reading: Reading) -> Iterator[dict[str, Any]]:
    """What stands in an object, by itself or first in a list: a second guess says the same, a channel does not."""
    for name, value in found.items():
        if isinstance(value, dict):
            yield value
        elif rows := dicts(value):
            if name == "channels" and len(rows) > 1:
                message = f"{len(rows) - 1} more of the recording; the captions are those of the first"
                reading.lose("channel", message)
            yield rows[0]


def _language(found: Mapping[str, Any]) -> str:
    """What it says its language is; some say "english", which is no tag."""
    abouts = [found, *(found[name] for name in ("result", "results") if isinstance(found.get(name), dict))]
    names = ("language", "language_code")
    said = next((about[name] for about in abouts for name in names if about.get(name)), "")
    language = parse_token(said) if isinstance(said, str) and len(said) <= 40 else None
    return language.tag if isinstance(language, Language) else ""


def _word(row: Mapping[str, Any]) -> _Word | None:
    """A segment or a word with its times; None where it has no start or says nothing."""
    text = row.get("punctuated_word", row.get("text", row.get("word", "")))
    times = row.get("timestamp")
    offsets = row.get("offsets")
    if isinstance(offsets, dict):
        start, end = _number(offsets.get("from"), 1), _number(offsets.get("to"), 1)
    elif isinstance(times, list) and len(times) == 2:
        start, end = _number(times[0], 1000), _number(times[1], 1000)
    else:
        start, end = _number(row.get("start"), 1000), _number(row.get("end"), 1000)
    if start is None or not isinstance(text, str):
        return None
    speaker = row.get("speaker")
    if isinstance(speaker, int):  # Deepgram counts them
        speaker = f"Speaker {speaker}"
    return _Word(start, end, text, speaker.strip() if isinstance(speaker, str) else "")


#: Characters a second: a letter in twenty seconds. Who speaks is at about 15, of which a thousandth is 0.015.
_SLOWEST_CPS = 0.05


def _are_milliseconds(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether times are in milliseconds, as AssemblyAI has them: whole, and too long for what is said."""
    times = [(row.get("start"), row.get("end")) for row in rows]
    if len(times) < 2 or not all(type(start) is int and type(end) is int for start, end in times):
        return False
    seconds = sum(end - start for start, end in times if type(start) is int and type(end) is int)
    characters = sum(len(str(row.get("text") or row.get("word") or "")) for row in rows)
    return characters < seconds * _SLOWEST_CPS


_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2}(?:[.,]\d{1,9})?)|(\d{1,9}(?:\.\d{1,9})?)")


def _number(value: Any, factor: int) -> int | None:
    """Milliseconds; None for what is no time. Some programs write numbers or clock times as text."""
    if isinstance(value, str) and (match := _CLOCK.fullmatch(value.strip())):
        hours, minutes, seconds, plain = match.groups()
        if plain:
            return round(float(plain) * factor)
        return (int(hours or 0) * 60 + int(minutes)) * 60_000 + round(float(seconds.replace(",", ".")) * 1000)
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or abs(value) > 1e10:
        return None
    return round(value * factor)


def _runs(segment: _Word, parts: Sequence[Mapping[str, Any]]) -> list[Run]:
    """The words of a segment, and who says them; WhisperX may name somebody else for each word."""
    words = list(filter(None, map(_word, parts)))
    speakers = list(dict.fromkeys([one.speaker for one in words if one.speaker]))
    same = "".join([one.text for one in words]).split() == segment.text.split()
    spaced = " ".join([one.text.strip() for one in words]).split() == segment.text.split()
    if len(speakers) < 2 or not (same or spaced):
        speaker = segment.speaker or (speakers[0] if len(speakers) == 1 else "")
        return [Run(segment.text.strip(), voice=speaker)]
    runs: list[Run] = []
    voice = speakers[0]
    for one in words:
        if one.speaker and one.speaker != voice and runs:
            runs.append(Run("\n"))
        voice = one.speaker or voice
        runs.append(Run(one.text if same else f"{one.text.strip()} ", voice=voice))
    return runs


def _of_words(words: Sequence[_Word], reading: Reading) -> None:
    """Put captions together from single words."""
    for caption in _together(words):
        text = " ".join(" ".join([one.text.strip() for one in caption]).split())
        lines = wrap(text, _LINE, break_long_words=False, break_on_hyphens=False)
        ends = [one.end for one in caption if one.end is not None]
        reading.caption(caption[0].start, max(ends, default=None), [Run("\n".join(lines), voice=caption[0].speaker)])
    reading.remark(
        f"It has {counted(len(words), 'single word')} with times and no captions: they were put together, up to two "
        "lines each, at pauses and ends of sentences. Look them over."
    )


def _together(words: Sequence[_Word]) -> Iterator[list[_Word]]:
    caption: list[_Word] = []
    length = 0
    for one in words:
        text = one.text.strip()
        if caption:
            last = caption[-1]
            pause = one.start - (last.end if last.end is not None else last.start)
            is_full = length + 1 + len(text) > _MOST_CHARACTERS or (one.end or one.start) - caption[0].start > _MOST_MS
            ended = length >= _SENTENCE and last.text.rstrip().endswith((".", "?", "!", "。", "？", "！"))
            if is_full or ended or pause > _PAUSE_MS or one.speaker != last.speaker:
                yield caption
                caption, length = [], 0
        caption.append(one)
        length += len(text) + 1
    if caption:
        yield caption
