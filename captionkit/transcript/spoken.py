"""What is said and heard in captions, piece by piece, with who says it.

Theory of operation. A cue is shown text, not speech: one may hold two speakers and a sound, and in roll-up captions
(live captioning, YouTube's automatic captions) each line is shown two or three times while it moves up. So first, if
the document as a whole is rolled up, every cue is cut down to what it newly shows. Then each cue is cut into pieces at
voice tags, speaker labels, dialogue dashes and `>>`, and lines that are only a sound become pieces of their own.

A label is believed if it is in capitals, follows `>>`, or stands before a colon at least twice in the document: "Note:
this is on the exam" is not a speaker called Note. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from captionkit import roll_up
from captionkit.markup import End, Start, Text, visible_text
from captionkit.model import Cue, Document
from captionkit.roll_up import Shown, repeated


class Piece(NamedTuple):
    """A stretch of speech by one speaker, or a sound.

    Attributes:
        start, end: milliseconds, of the cue it stands in.
        text: in one line.
        speaker: "" where the captions do not say.
        turn: whether the captions say that somebody else speaks from here on (a label, a dash, `>>`).
        is_sound: whether it is no speech: `[applause]`, `♪`.
    """

    start: int
    end: int
    text: str
    speaker: str = ""
    turn: bool = False
    is_sound: bool = False


class _Line(NamedTuple):
    """One shown line; `voice` is the annotation of its v tag."""

    text: str
    voice: str = ""


def pieces(document: Document) -> list[Piece]:
    """Everything that is said or heard, in the order in which it begins."""
    cues = sorted(document.cues, key=lambda cue: cue.start)
    shown = [(cue, lines) for cue in cues if (lines := _lines(cue, document.format))]
    shown = _without_twins(shown)
    if is_rolled_up([(cue, [line.text for line in lines]) for cue, lines in shown]):
        shown = _unrolled(shown)
    names = _names(lines for _, lines in shown)
    found: list[Piece] = []
    before = ""
    for cue, lines in shown:
        found += _pieces_of(cue, lines, names, before)
        before = lines[-1].text
    return found


# --- what a cue shows -------------------------------------------------------------------------------------------------

_SPACES = re.compile(r"[\s\u200b\ufeff]+")
#: Escape sequences and their like: nobody reads them, and a terminal would obey them.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")


def _tidy(text: str) -> str:
    return _SPACES.sub(" ", _CONTROLS.sub("", text)).strip()


def _lines(cue: Cue, format: str) -> list[_Line]:
    if format == "vtt" and "<v" in cue.text:
        return _voiced_lines(cue.text)
    text = visible_text(cue.text, format)
    if format == "srt" and "<v" in text:
        # WebVTT's voice tags in a file named .srt: SRT players show them, the transcript understands them.
        return _voiced_lines(cue.text)
    return [_Line(tidy) for line in text.split("\n") if (tidy := _tidy(line))]


def _voiced_lines(text: str) -> list[_Line]:
    from captionkit.markup.webvtt import parse

    lines = [_Line("")]
    spans: list[str] = []
    for event in parse(text):
        if type(event) is Start:
            spans.append(event.annotation if event.name == "v" else (spans[-1] if spans else ""))
        elif type(event) is End:
            spans.pop()
        elif type(event) is Text:
            voice = spans[-1] if spans else ""
            for number, part in enumerate(event.value.split("\n")):
                if number or (part.strip() and lines[-1].text.strip() and lines[-1].voice != voice):
                    lines.append(_Line("", voice))
                last = lines[-1]
                lines[-1] = _Line(last.text + part, voice if part.strip() else last.voice)
    return [_Line(tidy, _tidy(line.voice)) for line in lines if (tidy := _tidy(line.text))]


_Shown = list[tuple[Cue, list[_Line]]]


def _without_twins(shown: _Shown) -> _Shown:
    """Leave out a cue that is shown at the same time as one with the same text: the same caption, twice in the file."""
    kept: _Shown = []
    seen: dict[tuple[int, str], int] = {}
    for cue, lines in shown:
        key = (cue.start, "\n".join(line.text for line in lines))
        if key not in seen:
            seen[key] = cue.end
            kept.append((cue, lines))
    return kept


# --- roll-up ----------------------------------------------------------------------------------------------------------


def is_rolled_up(shown: Sequence[tuple[Cue, Sequence[str]]]) -> bool:
    """Whether captions say their lines again as they move up."""
    cues = [Shown(cue.start, cue.end, list(lines)) for cue, lines in shown]
    rolled = sum(1 for above, cue in pairwise(cues) if repeated(above, cue) != (0, 0))
    return roll_up.is_rolled_up(rolled, len(cues))


def _unrolled(shown: _Shown) -> _Shown:
    kept: _Shown = []
    above = Shown(0, 0, [])
    for cue, lines in shown:
        now = Shown(cue.start, cue.end, [line.text for line in lines])
        whole, characters = repeated(above, now)
        fresh = lines[whole:]
        if characters:
            fresh = [fresh[0]._replace(text=fresh[0].text[characters:].strip()), *fresh[1:]]
        if fresh:
            kept.append((cue, fresh))
        elif kept:
            # It shows nothing new, but it keeps what is there on the screen.
            kept[-1] = (kept[-1][0]._replace(end=max(kept[-1][0].end, cue.end)), kept[-1][1])
        above = now
    return kept


# --- who says it ------------------------------------------------------------------------------------------------------

_TURN = re.compile(r"(>>+|[-–—‐]\s?(?=\S))\s*")
_LABEL = re.compile(r"\[?([^\W\d_][\w.'’ /&-]{0,38}[\w.)]|[^\W\d_])(?:\s\([^()]{1,30}\))?\]?\s?[:：](?=\s|$)\s*")
_MOST_WORDS_IN_A_NAME = 4


def _label(text: str) -> re.Match[str] | None:
    match = _LABEL.match(text)
    return match if match and len(match[1].split()) <= _MOST_WORDS_IN_A_NAME else None


def _names(cues: Iterator[list[_Line]]) -> frozenset[str]:
    """The labels in this document that are speakers, in small letters."""
    seen: Counter[str] = Counter()
    sure: set[str] = set()
    for lines in cues:
        for line in lines:
            turn = _TURN.match(line.text)
            match = _label(line.text[turn.end() :] if turn else line.text)
            if match:
                name = match[1].casefold()
                seen[name] += 1
                if (turn and turn[1].startswith(">>")) or (match[1].isupper() and len(match[1]) > 1):
                    sure.add(name)
    return frozenset(sure | {name for name, count in seen.items() if count >= 2})


_SOUND = re.compile(r"(?:[\[(（【][^\[\]()（）【】]+[\])）】][\s.,;]*)+|[♪♫♬#*\s]*[♪♫♬].*", re.DOTALL)


def _is_sound(text: str) -> bool:
    return _SOUND.fullmatch(text) is not None


_ENDS_SENTENCE = re.compile(r"[.!?…。！？؟।\])♪][\"'”’»)\]]*$")


def _pieces_of(cue: Cue, lines: list[_Line], names: frozenset[str], before: str) -> list[Piece]:
    """The pieces of one cue; `before` is the line shown before it."""
    found: list[Piece] = []
    dashes = sum(1 for line in lines if line.text[:1] in "-–—‐")
    for line in lines:
        text, speaker, turn = line.text, line.voice, False
        mark = _TURN.match(text)
        # One dash among other lines may be a thought that goes on, unless what stood before it was finished.
        finished = not before or _ENDS_SENTENCE.search(before) is not None
        before = text
        if mark and (mark[1].startswith(">>") or dashes > 1 or (finished and mark[0][-1:] == " ")):
            text, turn = text[mark.end() :], True
        label = _label(text)
        if label and label[1].casefold() in names:
            rest = text[label.end() :]
            speaker, turn, text = speaker or label[1], True, rest
        if not text:
            if speaker:
                found.append(Piece(cue.start, cue.end, "", speaker, turn))
            continue
        sound = _is_sound(text)
        last = found[-1] if found else None
        if last and not turn and sound == last.is_sound and (sound or speaker in ("", last.speaker)):
            found[-1] = last._replace(text=joined(last.text, text))
        else:
            found.append(Piece(cue.start, cue.end, text, speaker, turn, sound))
    return [piece for piece in found if piece.text]


def joined(one: str, other: str) -> str:
    """Two stretches of text as one: with a space between, except in scripts that write none."""
    if not one or not other:
        return one or other
    return f"{one}{other}" if _is_unspaced(one[-1]) and _is_unspaced(other[0]) else f"{one} {other}"


def _is_unspaced(character: str) -> bool:
    """Whether the character is of a script without spaces: Chinese, Japanese, Thai, Lao, Khmer, Burmese."""
    point = ord(character)
    return (
        (0x2E80 <= point <= 0x9FFF and point != 0x3000)
        or 0x0E00 <= point <= 0x0EFF
        or 0x1000 <= point <= 0x109F
        or 0x1780 <= point <= 0x17FF
        or 0xF900 <= point <= 0xFAFF
        or 0xFF00 <= point <= 0xFF65
        or 0x20000 <= point <= 0x3FFFF
    )  # fmt: skip
