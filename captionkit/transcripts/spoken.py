"""What is said and heard in captions, piece by piece, with who says it.

Theory of operation. A cue is shown text, not speech: one may hold two speakers and a sound, and in roll-up captions
(live captioning, YouTube's automatic captions) each line is shown two or three times while it moves up. So first, if
the document as a whole is rolled up, every cue is cut down to what it newly shows. Then each cue is cut into pieces at
voice tags, speaker labels, dialogue dashes and `>>`, and lines that are only a sound become pieces of their own.

Where most cues begin with a label, every label is a speaker. Elsewhere one is believed if it is in capitals, follows
`>>`, or stands before a colon at least twice in the document, and where such labels are in use, a name that is said
once: "Note: this is on the exam" is not a speaker called Note. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from captionkit import roll_up
from captionkit.markup import End, Start, Text, visible_text
from captionkit.model import Cue, Document
from captionkit.order import is_order_wrong
from captionkit.roll_up import Shown, repeated
from captionkit.scripts import is_unspaced
from captionkit.speaker_names import NO_NAMES, is_a_name, may_be_a_name


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


#: The voice of somebody who is not named: `<v ->`, `<v>`, and what a cue shows behind the end of a voice.
_UNNAMED = "-"


class _Line(NamedTuple):
    """One shown line; `voice` is the annotation of its v tag."""

    text: str
    voice: str = ""


def pieces(document: Document) -> list[Piece]:
    """Everything that is said or heard, in the order in which it begins; in the file's where a time may be wrong."""
    cues: Sequence[Cue] = document.cues
    if is_order_wrong(cues):
        cues = sorted(cues, key=lambda cue: cue.start)
    shown = [(cue, lines) for cue in cues if (lines := _lines(cue, document.format))]
    shown = _without_twins(shown)
    if is_rolled_up([(cue, [line.text for line in lines]) for cue, lines in shown]):
        shown = _unrolled(shown)
    names = _names([lines for _, lines in shown])
    found: list[Piece] = []
    before = ""
    named = ""  # by a label with nothing after it
    for cue, lines in shown:
        for piece in _pieces_of(cue, lines, names, before):
            if not piece.text:
                named = piece.speaker
                continue
            if named and not piece.is_sound:
                piece = piece._replace(speaker=piece.speaker or named, turn=True)
                named = ""
            found.append(piece)
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
    outside = ""
    for event in parse(text):
        if type(event) is Start:
            spans.append((event.annotation or _UNNAMED) if event.name == "v" else (spans[-1] if spans else outside))
        elif type(event) is End:
            # Behind the end of a voice somebody else speaks.
            outside = _UNNAMED if spans.pop() and not spans else outside
        elif type(event) is Text:
            voice = spans[-1] if spans else outside
            if voice == outside and not any(map(str.isalnum, event.value)):
                voice = lines[-1].voice  # a full stop behind the tag
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
#: A name before a colon, perhaps in brackets or with a role behind it; a full-width colon needs no space after it.
_LABEL = re.compile(
    r"[\[(（【]?(?P<name>[@\w](?:[\w.,'’ /&@_-]{0,58}[\w.])?)(?:\s\([^()]{1,30}\))?[\])）】]?\s?(?::(?=\s|$)|：)\s*"
)
#: A name in brackets without a colon: a sound to everybody, unless most cues begin so.
_BRACKETED = re.compile(r"[\[(（【](?P<name>[@\w](?:[\w.,'’ /&@_-]{0,38}[\w.])?)[\])）】]\s*(?:(?=\S)|\Z)")
_MOST_WORDS_IN_A_LABEL = 6


class _Names(NamedTuple):
    """Which labels are speakers.

    Attributes:
        known: in small letters; None where every label is one, since most cues begin with one.
        bracketed: whether a name in brackets is a label without a colon.
    """

    known: frozenset[str] | None
    bracketed: bool = False

    def label(self, text: str, has_more: bool = False) -> re.Match[str] | None:
        """The label that the text of a line begins with, if it is a speaker.

        Args:
            has_more: whether the cue goes on below the line.
        """
        match = _label(text)
        if match is not None and (self.known is None or match["name"].casefold() in self.known):
            return match
        return _bracketed(text, has_more) if self.bracketed else None


def _label(text: str) -> re.Match[str] | None:
    match = _LABEL.match(text)
    if match is None or not any(map(str.isalpha, match["name"])) or len(match["name"].split()) > _MOST_WORDS_IN_A_LABEL:
        return None
    return match


def _bracketed(text: str, has_more: bool) -> re.Match[str] | None:
    """A name in brackets that something follows, in the line or below it; alone it is a sound."""
    match = _BRACKETED.match(text)
    return match if match is not None and (has_more or match.end() < len(text)) else None


def _names(cues: Sequence[list[_Line]]) -> _Names:
    """The labels in this document that are speakers."""
    firsts = [_without_turn(lines[0].text)[1] for lines in cues]
    most = max(2, (len(cues) + 1) // 2)
    labels = [match["name"].casefold() for text in firsts if (match := _label(text))]
    bracketed = [
        match["name"].casefold()
        for text, lines in zip(firsts, cues, strict=True)
        if (match := _bracketed(text, len(lines) > 1))
    ]
    in_brackets = len(bracketed) >= most and len(set(bracketed)) < len(bracketed) and not labels
    if len(labels) >= most and set(labels) - NO_NAMES:
        return _Names(None, in_brackets)
    # What each label has before it: a sentence that is said again word for word is no second time for its label.
    seen: dict[str, set[str | tuple[int, int]]] = {}
    sure: set[str] = set()
    once: set[str] = set()
    for place, lines in enumerate(cues):
        for number, line in enumerate(lines):
            chevrons, text = _without_turn(line.text)
            match = _label(text)
            if match:
                name = match["name"].casefold()
                if may_be_a_name(match["name"]):
                    seen.setdefault(name, set()).add(text[match.end() :] or (place, number))
                letters = [char for char in name if char.isalpha()]
                if chevrons or (match["name"].isupper() and len(letters) > 1 and all(map(str.islower, letters))):
                    sure.add(name)
                if number == 0 and is_a_name(match["name"]):
                    once.add(name)
    known = sure | {name for name, places in seen.items() if len(places) >= 2}
    # Where labels are in use, one that is said once is a speaker too: else the words would stand under another's name.
    return _Names(frozenset(known | (once if known else set())), in_brackets)


def _without_turn(text: str) -> tuple[bool, str]:
    """Whether chevrons begin the text, and the text without them or a dash."""
    turn = _TURN.match(text)
    return (turn is not None and turn[1].startswith(">>"), text[turn.end() :] if turn else text)


_SOUND = re.compile(r"(?:[\[(（【][^\[\]()（）【】]+[\])）】][\s.,;]*)+|[♪♫♬#*\s]*[♪♫♬].*", re.DOTALL)


def _is_sound(text: str) -> bool:
    return _SOUND.fullmatch(text) is not None


_ENDS_SENTENCE = re.compile(r"[.!?…。！？؟।\])♪][\"'”’»)\]]*$")


def _pieces_of(cue: Cue, lines: list[_Line], names: _Names, before: str) -> list[Piece]:
    """The pieces of one cue, one of no text for a label with nothing after it; `before` is the line shown before it."""
    found: list[Piece] = []
    dashes = sum(1 for line in lines if line.text[:1] in "-–—‐")
    for number, line in enumerate(lines, 1):
        text, speaker, turn = line.text, line.voice, False
        mark = _TURN.match(text)
        # One dash among other lines may be a thought that goes on, unless what stood before it was finished.
        finished = not before or _ENDS_SENTENCE.search(before) is not None
        before = text
        if mark and (mark[1].startswith(">>") or dashes > 1 or (finished and mark[0][-1:] == " ")):
            text, turn = text[mark.end() :], True
        if speaker and not any(map(str.isalnum, speaker)):
            speaker, turn = "", True  # `<v ->`: somebody else, who is not named
        label = names.label(text, number < len(lines))
        if label:
            rest = text[label.end() :]
            speaker, turn, text = speaker or label["name"], True, rest
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
    return found


def joined(one: str, other: str) -> str:
    """Two stretches of text as one: with a space between, except in scripts that write none."""
    if not one or not other:
        return one or other
    return f"{one}{other}" if is_unspaced(one[-1]) and is_unspaced(other[0]) else f"{one} {other}"
