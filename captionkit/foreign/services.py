"""The JSON of speech services (Amazon Transcribe, Azure, Google, Rev AI) in the shape that Whisper writes.

That is a list of what was said: single words (`word`), or whole captions (`text`), with `start` and `end` in seconds.
Amazon and Rev give commas and full stops by themselves, behind the word that they belong to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

#: A row as Whisper writes it.
Row = dict[str, Any]


def rows_of(found: Any) -> tuple[str, list[Row]]:
    """What was said, and whether it is "words" or "segments"; ("", []) where this is of no such service."""
    if isinstance(found, dict):
        for name, kind, rows in _SERVICES:
            if name in found and (said := list(rows(found))):
                return kind, said
    return "", []


def dicts(value: Any) -> list[Row]:
    """The objects in a list; nothing where it is none."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _amazon(found: Mapping[str, Any]) -> Iterator[Row]:
    about = found.get("results")
    about = about if isinstance(about, dict) else {}
    labels = about.get("speaker_labels")
    spoken = {  # older files name who speaks only here
        item.get("start_time"): item.get("speaker_label")
        for part in dicts(labels.get("segments") if isinstance(labels, dict) else None)
        for item in dicts(part.get("items"))
    }
    last: Row | None = None
    for item in dicts(about.get("items")):
        word = next((one.get("content") for one in dicts(item.get("alternatives"))), "")
        if not isinstance(word, str):
            continue
        if "start_time" in item:
            if last:
                yield last
            speaker = item.get("speaker_label") or spoken.get(item["start_time"])
            last = {"word": word, "start": item["start_time"], "end": item.get("end_time"), "speaker": _named(speaker)}
        elif last:
            last["word"] += word
    if last:
        yield last


def _google(found: Mapping[str, Any]) -> Iterator[Row]:
    best = [dicts(result.get("alternatives"))[:1] for result in dicts(found.get("results"))]
    said = [dicts(one.get("words")) for alternatives in best for one in alternatives]
    # Where speakers are told apart, a last result says all words again, with their speakers.
    tagged = [words for words in said if any(word.get("speakerTag") for word in words)]
    for words in tagged[-1:] or said:
        for word in words:
            yield {
                "word": word.get("word"),
                "start": _seconds(word.get("startTime", word.get("startOffset", "0s"))),
                "end": _seconds(word.get("endTime", word.get("endOffset"))),
                "speaker": word.get("speakerLabel") or word.get("speakerTag") or None,
            }


def _seconds(value: Any) -> Any:
    return value.removesuffix("s") if isinstance(value, str) else None


def _azure(found: Mapping[str, Any]) -> Iterator[Row]:
    for phrase in dicts(found.get("recognizedPhrases")):  # of a batch
        best = next(iter(dicts(phrase.get("nBest"))), {})
        yield _phrase(phrase, "InTicks", 10_000_000, best.get("display") or best.get("lexical"))
    for phrase in dicts(found.get("phrases")):  # of a fast transcription
        yield _phrase(phrase, "Milliseconds", 1_000, phrase.get("text"))


def _phrase(phrase: Row, unit: str, a_second: int, text: Any) -> Row:
    start, length = phrase.get(f"offset{unit}"), phrase.get(f"duration{unit}")
    row = {"text": text, "speaker": phrase.get("speaker"), "channel": phrase.get("channel", 0)}
    if isinstance(start, int | float) and isinstance(length, int | float):
        row |= {"start": start / a_second, "end": (start + length) / a_second}
    return row


def _rev(found: Mapping[str, Any]) -> Iterator[Row]:
    for monologue in dicts(found.get("monologues")):
        last: Row | None = None
        for element in dicts(monologue.get("elements")):
            value = element.get("value")
            if not isinstance(value, str):
                continue
            if "ts" in element:
                if last:
                    yield last
                last = {"word": value, "start": element["ts"], "end": element.get("end_ts"),
                        "speaker": monologue.get("speaker")}  # fmt: skip
            elif last:
                last["word"] += value.strip()
        if last:
            yield last


def _named(speaker: Any) -> Any:
    """`spk_0` as the number that it is."""
    match = re.fullmatch(r"spk_([0-9]{1,4})", speaker) if isinstance(speaker, str) else None
    return int(match[1]) if match else speaker


#: What stands in the JSON of a service, whether it is words, and how they are read.
_SERVICES = (
    ("recognizedPhrases", "segments", _azure),
    ("combinedPhrases", "segments", _azure),
    ("monologues", "words", _rev),
    ("results", "words", _amazon),
    ("results", "words", _google),
)
