"""SRT to WebVTT.

Theory of operation. A cue of plain words needs only its times written anew. In one with markup (`srt_text`) placement
becomes cue settings, and colours become classes. Then the cue is converted back, in the mind: if that gives the cue it
was, nothing more is needed; if not, a NOTE that no browser shows carries what is missing (`restore_notes`). So the way
back is the same document, and most files carry no note at all. Cues that say the same are converted once.

Most files are plain words throughout. What only markup needs is loaded when there is some.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from captionkit.conversion import placement, restore_notes
from captionkit.conversion.losses import Loss
from captionkit.conversion.plain import MOST_REMEMBERED, has_blank_lines
from captionkit.model import Block, Cue, Document, Header, Stray
from captionkit.patterns import pattern

if TYPE_CHECKING:
    from captionkit.conversion.colours import Classes

#: What makes a text another one in WebVTT; the last is `markup.subrip.GUARD`. And a blank line, in texts on their own
#: lines.
_MARKS = ("<", "&", "{", "\\N", "\\h", "-->", "\0", "\r", "\N{ZERO WIDTH NON-JOINER}")
_BLANK_LINE = pattern(r"\n[^\S\n]*+\n")
_BLOCK_WORDS = ("NOTE", "STYLE", "REGION", "WEBVTT")


class Rendered(NamedTuple):
    """A payload in its file: all its rules are known there, and it was tried whether it comes back as it was."""

    text: str
    settings: str
    lost: tuple[tuple[str, str], ...]
    comes_back: bool


def convert(document: Document, *, carry: bool = True) -> tuple[list[Block], list[Loss]]:
    """The blocks of the document as WebVTT, and what they do not keep.

    Args:
        carry: whether notes may be written for the way back.
    """
    rendering = Rendering(carry)
    blocks = rendering.blocks(document.blocks)
    return [*rendering.head(document.bom, document.encoding), *blocks], rendering.losses


class Rendering:
    """A file on its way to WebVTT: what its cues so far need at the top of it, and what they lost.

    Attributes:
        carry: whether notes may be written for the way back.
        frame: the picture that coordinates are pixels of.
        cues: how many there were so far.
        identifiers: those in use; WebVTT wants them unique (section 4.1).
    """

    def __init__(self, carry: bool) -> None:
        self.carry = carry
        self.frame: tuple[int, int] | None = None
        self.cues = 0
        self.identifiers: set[str] = set()
        self.losses: list[Loss] = []
        self._rules: dict[str, str] = {}
        self._classes: Classes | None = None
        self._has_unnumbered = False
        self._remembered: dict[tuple[str, str], Rendered] = {}

    def blocks(self, source: Sequence[Block]) -> Sequence[Block]:
        """These blocks of an SRT file as blocks of a WebVTT file, notes for the way back among them.

        All texts are looked at together for what may matter; a cue in which nothing does is handed on as it is.
        """
        cues = [block for block in source if type(block) is Cue]
        starts, ends, texts, numbers, placed, _, _ = zip(*cues, strict=True) if cues else [()] * 7
        joined = "\n".join(["", *filter(None, texts), ""])
        # One character is looked for much faster than two.
        marks = [mark for mark in _MARKS if mark[0] in joined and mark[-1] in joined and mark in joined]
        marked = {text for mark in marks for text in texts if mark in text}
        is_any_line_blank = _BLANK_LINE.search(joined) is not None
        if any(placed):
            self.frame = placement.frame_of(filter(None, map(placement.coordinates, placed)))
        elif not (marked or is_any_line_blank or len(cues) < len(source)) and self._are_plain(starts, ends, numbers):
            self.cues += len(cues)
            return cues
        identifiers = self.identifiers
        blocks: list[Block] = []
        for block in source:
            if type(block) is Cue:
                self.cues += 1
                start, end, text, identifier, settings, _, _ = block
                is_plain = not (settings or text in marked or (is_any_line_blank and has_blank_lines(text)))
                if is_plain and start >= 0 <= end and is_number(identifier) and identifier not in identifiers:
                    identifiers.add(identifier)
                    blocks.append(block)
                    continue
                said: dict[str, Any] = {}
                places = ""
                if settings:
                    from captionkit.conversion.hidden import words_on_timing_line

                    if words := words_on_timing_line(settings):
                        message = f"{words!r} stands behind the times: nobody sees it"
                        self._lose("text on a timing line", message, block.timing_line, start)
                if not is_plain:
                    text, places = self.render(text, settings, said, block.timing_line, start)
                if start < 0 or end < 0:
                    self._lose("negative time", "a time before 0 became 0", block.timing_line, start)
                    said |= {"start": start, "end": end}
                    start, end = max(start, 0), max(end, 0)
                name = self.identify(identifier, said)
                if said and self.carry:
                    blocks.append(restore_notes.note({"for": restore_notes.check(text, places), **said}))
                blocks.append(Cue(start, end, text, name, places))
            elif type(block) is Stray and block.text.strip():
                from captionkit.conversion.hidden import is_header, shortened

                if not is_header(block.text):
                    message = f"{shortened(block.text)!r} is no cue: nobody sees it"
                    self.losses.append(Loss("stray text", message, block.line))
                if self.carry:
                    blocks.append(restore_notes.note({"stray": block.text}))
        return blocks

    def _are_plain(self, starts: Sequence[int], ends: Sequence[int], numbers: Sequence[str]) -> bool:
        """Whether these times and numbers of cues are as WebVTT takes them; if so, the numbers are used."""
        fresh = set(numbers)
        if (
            min(starts, default=0) < 0
            or min(ends, default=0) < 0
            or "" in fresh
            or len(fresh) < len(numbers)
            or not is_number("".join(numbers))
            or not fresh.isdisjoint(self.identifiers)
        ):
            return False
        self.identifiers |= fresh
        return True

    def render(self, text: str, settings: str, said: dict[str, Any], line: int, start: int) -> tuple[str, str]:
        """The text and the settings of a cue in WebVTT; adds to `said` what they do not give back.

        Args:
            line, start: its timing line and its start, for losses.
        """
        key = text, settings
        rendered = self._remembered.get(key)
        if rendered is None:
            if len(self._remembered) == MOST_REMEMBERED:
                self._remembered.clear()
            rendered = self._remembered[key] = self._rendered(text, settings)
        for kind, message in rendered.lost:
            self._lose(kind, message, line, start)
        if self.carry and not rendered.comes_back:
            said["text"] = text
        if settings:
            said["settings"] = settings
        return rendered.text, rendered.settings

    def _rendered(self, text: str, settings: str) -> Rendered:
        from captionkit.conversion import colours, webvtt_to_srt
        from captionkit.conversion.srt_text import payload

        self._classes = self._classes or colours.Classes(())
        shown, places, rules, lost, is_exact = payload(text, settings, self.frame)
        fresh = {name: css for name, css in rules.items() if name not in self._rules}
        if fresh:
            self._rules |= fresh
            self._classes.learn(colours.style(fresh))
        is_same = is_exact or not self.carry or webvtt_to_srt.payload(shown, places, self._classes).text == text
        return Rendered(shown, places, lost, is_same)

    def identify(self, identifier: str, said: dict[str, Any]) -> str:
        """The identifier of a cue in WebVTT; adds to `said` what the way back would not make of it."""
        name = identifier.strip(" \t")
        if name in self.identifiers or "-->" in name or "\0" in name or name.startswith(_BLOCK_WORDS):
            name = ""
        elif name:
            self.identifiers.add(name)
        if not identifier:
            self._has_unnumbered = True
        elif name != identifier or not is_number(name):
            said["number"] = identifier
        return name

    def _lose(self, kind: str, message: str, line: int, start: int) -> None:
        """Something of the cue that was counted last."""
        self.losses.append(Loss(kind, message, line, self.cues, start))

    def head(self, bom: bool, encoding: str) -> list[Block]:
        """What stands above the blocks: header, what is carried of the file as a whole, style sheet.

        Carried are a byte order mark, another Unicode encoding, and that cues had no number. A legacy encoding is not:
        the text may by then hold what it cannot write.
        """
        head: list[Block] = [Header("WEBVTT")]
        about: dict[str, Any] = {}
        if bom:
            about["bom"] = True
            if encoding.lower().startswith(("utf-16", "utf_16", "utf-32", "utf_32")):
                about["encoding"] = encoding
        if self._has_unnumbered:
            about["unnumbered"] = True
        if about and self.carry:
            head.append(restore_notes.note({"file": about}))
        if self._rules:
            from captionkit.conversion import colours

            head.append(colours.style(self._rules))
        return head


def is_number(identifier: str) -> bool:
    """Whether this is what SRT calls a number."""
    return identifier.isascii() and identifier.isdigit()
