"""Pieces of speech to paragraphs. Pure.

A paragraph ends where somebody else speaks, where nobody does for a while, and, since lecturers hardly pause, at the
end of a sentence once it has become long. A sound that stands by itself is a paragraph of its own, so that it is not
read as speech; one in the middle of a sentence was left within its line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from captionkit.transcripts.spoken import Piece, joined


class Settings(NamedTuple):
    """When a new paragraph begins.

    Attributes:
        pause_ms: after so many milliseconds without a caption.
        most_chars: at the next end of a sentence after so many characters; 0 for never.
        speakers: whether who speaks is written, and begins a paragraph.
        sounds: whether sounds are kept.
    """

    pause_ms: int = 2500
    most_chars: int = 700
    speakers: bool = True
    sounds: bool = True


class Paragraph(NamedTuple):
    """One paragraph.

    Attributes:
        start, end: milliseconds.
        speaker: named only where it changes; "" otherwise.
        turn: whether somebody else speaks who is not named.
    """

    start: int
    end: int
    text: str
    speaker: str = ""
    turn: bool = False
    is_sound: bool = False


_ENDS = re.compile(r"[.!?…。！？؟।:][\"'”’»)\]]*$")


def paragraphs(pieces: Sequence[Piece], settings: Settings) -> list[Paragraph]:
    """The paragraphs, in order."""
    found: list[Paragraph] = []
    open_text = False  # whether the last paragraph may go on
    speaker = ""  # who speaks, as far as it was said
    for piece in pieces:
        if piece.is_sound:
            if settings.sounds:
                found.append(Paragraph(piece.start, piece.end, piece.text, is_sound=True))
                open_text = False
            continue
        turn = settings.speakers and piece.turn
        changed = settings.speakers and bool(piece.speaker) and piece.speaker != speaker
        # A turn that names the one who speaks already is no turn: labels are repeated in every cue by some.
        if turn and piece.speaker and piece.speaker == speaker:
            turn = False
        if open_text and not turn and not changed and not _is_over(found[-1], piece, settings):
            last = found[-1]
            found[-1] = last._replace(text=joined(last.text, piece.text), end=max(last.end, piece.end))
            continue
        if changed or turn:
            speaker = piece.speaker
        found.append(
            Paragraph(piece.start, piece.end, piece.text, piece.speaker if changed else "", turn and not piece.speaker)
        )
        open_text = True
    return found


def _is_over(last: Paragraph, piece: Piece, settings: Settings) -> bool:
    if piece.start - last.end >= settings.pause_ms:
        return True
    length = len(last.text)
    if not settings.most_chars or length < settings.most_chars:
        return False
    # Raw speech recognition has no full stops; three times as long is long enough.
    return bool(_ENDS.search(last.text)) or length >= 3 * settings.most_chars
