"""What captionkit knows of a caption file: one model for SRT and WebVTT.

Everything here is immutable. Times are whole milliseconds. Lines and columns count from 1, as editors do; 0 means
"not read from a file".

Theory of operation. A reader cuts a text into blocks that tile it: every character of the file belongs to exactly one
block, so nothing can be dropped without being seen. A block holds what a person would want to edit (`Cue.start`,
`Cue.text`, `Style.text` ...). `Source` keeps the text as it stood and where each block began in it. A writer writes a
block that is still the very object the reader made as the characters it was read from, and only a new or changed
block anew. So an untouched document is the same file, byte for byte, and an edit changes only what it concerns.

This module imports nothing of ours and does no I/O.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, NamedTuple


class Severity(StrEnum):
    """How bad a finding is. The order of definition is from worst to least."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for error, 1 for warning, 2 for info: sorts the worst first."""
        return _SEVERITY_RANK[self]


_SEVERITY_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


class Fix(StrEnum):
    """What may be done about a finding."""

    SAFE = "safe"  # what any player shows at any time stays the same
    RESTORES = "restores"  # what some players drop or show as text is shown as the file means it: with --restore
    UNSAFE = "unsafe"  # times, places or what is shown may change: only with --unsafe-fixes
    HINT = "hint"  # we can say what to do, a person must do it
    NONE = "none"


class Cue(NamedTuple):
    """One caption: when it is shown, and what.

    A named tuple and not a dataclass because a lecture has hundreds of them and a library millions, and this is the
    immutable record that Python makes fastest.

    Attributes:
        start: milliseconds from the start of the media; negative only where an SRT file says so.
        end: milliseconds from the start of the media.
        text: the raw payload as it stands in the file, markup and all, lines joined by LF.
        identifier: the raw line above the timing line: a number in SRT, anything in WebVTT. "" where there is none.
        settings: the raw text after the end time, without the white space around it: WebVTT cue settings, or the
            coordinates that some SRT files carry.
        line: the first line of the block (its identifier, or its timing line where it has none).
        timing_line: the line that holds the arrow. The text begins on the next line.
    """

    start: int
    end: int
    text: str
    identifier: str = ""
    settings: str = ""
    line: int = 0
    timing_line: int = 0

    @property
    def duration(self) -> int:
        """Milliseconds between start and end; negative where the file has them the wrong way round."""
        return self.end - self.start

    @property
    def last_line(self) -> int:
        """The last line of the text, or the timing line of a cue without text."""
        return self.timing_line + self.text.count("\n") + 1 if self.text else self.timing_line

    @property
    def content(self) -> tuple[int, int, str, str, str]:
        """What the cue says, without where it stood: compare this to compare cues of two files."""
        return self[:5]


class Header(NamedTuple):
    """The top of a WebVTT file, up to the first blank line. `text` includes the line with the signature."""

    text: str
    line: int = 0


class Note(NamedTuple):
    """A WebVTT comment. `text` is the block as it stands, the word NOTE included."""

    text: str
    line: int = 0


class Style(NamedTuple):
    """A WebVTT style sheet. `text` is the CSS alone, without the line that says STYLE."""

    text: str
    line: int = 0


class Region(NamedTuple):
    """A WebVTT region. `text` is its settings, as they stand, without the line that says REGION."""

    text: str
    line: int = 0


class Stray(NamedTuple):
    """Text that is no cue and no other block: kept, written back, and reported, never shown to a viewer."""

    text: str
    line: int = 0


Block = Cue | Header | Note | Style | Region | Stray


class Edit(NamedTuple):
    """What mends one finding: made where its rule stands, applied by `captionkit.lint.fixing`.

    Attributes:
        steps: what applies it, in their order: each a `captionkit.lint.rule.FixStep`.
        spans: of the text of the finding's cue: from where to where, and what is to stand there. None where the steps
            look at the document.
    """

    steps: tuple[Any, ...]
    spans: tuple[tuple[int, int, str], ...] = ()


class Diagnostic(NamedTuple):
    """One finding about a file, with its place in the editor's terms and in the captioner's.

    A named tuple for the same reason as `Cue`: a library has hundreds of thousands of them.

    Attributes:
        code: the rule, three letters and three digits; `captionkit explain CODE` tells about it.
        severity: error, warning or info.
        message: one sentence for a person, with the measured value and the limit where there is one.
        line, column: where it begins; 0 for a finding about the file as a whole.
        end_line, end_column: where it ends, exclusive; 0 where not known.
        cue: the cue's number in the file, from 1; None where the finding is about no cue.
        time: the cue's start in milliseconds; None where the finding is about no cue.
        hint: what to do about it, where there is something to say; "" otherwise.
        path: the file, as the caller named it; "" for text that came from no file.
        fix: what may be done about it.
        edit: what does it; None where nothing can, and for a finding that comes from a cache or another process.
    """

    code: str
    severity: Severity
    message: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    cue: int | None = None
    time: int | None = None
    hint: str = ""
    path: str = ""
    fix: Fix = Fix.NONE
    edit: Edit | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The file as it was read, kept so that what was not touched is written back as it stood.

    Attributes:
        text: the decoded text, without a byte order mark, with its own line ends.
        blocks: the blocks as read, in order; identity with these tells an untouched block.
        starts: where in `text` each block begins; a block ends where the next one begins, so they tile the text.
        data: the file's bytes, only where encoding `text` again would not give them back; None otherwise.
    """

    text: str
    blocks: tuple[Block, ...]
    starts: Sequence[int]
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A caption file: its blocks in order, what was found wrong with it, and how it was written down.

    Attributes:
        format: "srt" or "vtt".
        blocks: everything in the file, in file order.
        diagnostics: what the reader had to say, in file order. Rules add theirs; see `captionkit.check`.
        encoding: the codec's Python name.
        encoding_is_guess: whether that was neither said by anybody nor seen from the bytes: its letters may be wrong.
        bom: whether the file starts with a byte order mark.
        newline: the line end used most in the file, and for everything that is written anew.
        path: the file it was read from, as the caller named it; "" otherwise.
        source: what was read; None for a document made by hand or by a conversion.
    """

    format: str
    blocks: tuple[Block, ...] = ()
    diagnostics: Sequence[Diagnostic] = ()
    encoding: str = "utf-8"
    bom: bool = False
    newline: str = "\n"
    path: str = ""
    source: Source | None = field(default=None, repr=False, compare=False)
    encoding_is_guess: bool = False

    @property
    def cues(self) -> tuple[Cue, ...]:
        """The cues, in file order."""
        return tuple([block for block in self.blocks if type(block) is Cue])

    @property
    def header(self) -> Header | None:
        """The WebVTT header, or None for SRT and for WebVTT that lacks one."""
        return next((block for block in self.blocks if type(block) is Header), None)

    @property
    def notes(self) -> tuple[Note, ...]:
        return tuple([block for block in self.blocks if type(block) is Note])

    @property
    def styles(self) -> tuple[Style, ...]:
        return tuple([block for block in self.blocks if type(block) is Style])

    @property
    def regions(self) -> tuple[Region, ...]:
        return tuple([block for block in self.blocks if type(block) is Region])

    @property
    def strays(self) -> tuple[Stray, ...]:
        return tuple([block for block in self.blocks if type(block) is Stray])

    @property
    def is_untouched(self) -> bool:
        """Whether the blocks are still the very ones that were read."""
        return self.source is not None and self.blocks is self.source.blocks

    def with_blocks(self, blocks: Sequence[Block]) -> Document:
        """The same file with other blocks; the ones taken over from this document are written back as they stood."""
        return replace(self, blocks=tuple(blocks))

    def with_cues(self, cues: Sequence[Cue]) -> Document:
        """The same file with each cue replaced, in order, by the one at its place in `cues`.

        Raises:
            ValueError: if there are not exactly as many cues as the document has.
        """
        fresh = iter(cues)
        if len(cues) != len(self.cues):
            has = len(self.cues)
            raise ValueError(f"the document has {has} cues, not {len(cues)}; use with_blocks to add or remove")
        return self.with_blocks([next(fresh) if type(block) is Cue else block for block in self.blocks])
