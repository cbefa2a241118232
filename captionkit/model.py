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

from collections.abc import Callable, Iterable, Sequence
from dataclasses import FrozenInstanceError, dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn


class Severity(StrEnum):
    """How bad a finding is. The order of definition is from worst to least."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    __hash__ = str.__hash__  # as that of the text that it equals, and faster than Enum's

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

    __hash__ = str.__hash__  # as that of the text that it equals, and faster than Enum's


def repr_of(record: Any, *hidden: str) -> str:
    """`Cue(start=0, end=900, text='Hi')`: a record without its defaults, and without what is hidden."""
    if isinstance(record, tuple):
        known, defaults = record._fields, record._field_defaults  # type: ignore[attr-defined]  # a NamedTuple
    else:
        known = tuple(record.__dataclass_fields__)
        defaults = {name: _default(one) for name, one in record.__dataclass_fields__.items()}
    shown = [
        f"{name}={value!r}"
        for name in known
        if name not in hidden and ((value := getattr(record, name)) != defaults.get(name, _NOTHING))
    ]
    return f"{type(record).__name__}({', '.join(shown)})"


_NOTHING = object()


def _default(one: Any) -> Any:
    return one.default_factory() if callable(one.default_factory) else one.default


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

    def replace(
        self,
        *,
        start: int | None = None,
        end: int | None = None,
        text: str | None = None,
        identifier: str | None = None,
        settings: str | None = None,
    ) -> Cue:
        """The same cue with something else in it: `cue.replace(start=cue.start + 500)`. The old one stays as it is.

        Raises:
            TypeError: a time is no whole number of milliseconds, or a text no string.
        """
        changes: dict[str, Any] = {}
        for name, time in (("start", start), ("end", end)):
            if time is not None:
                changes[name] = whole_ms(time, name)
        for name, words in (("text", text), ("identifier", identifier), ("settings", settings)):
            if words is not None:
                if not isinstance(words, str):
                    raise TypeError(f"{name} is a str, not {words!r}")
                changes[name] = words
        return self._replace(**changes)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        if name not in ("start", "end", "text", "identifier", "settings"):
            raise AttributeError(
                f"a cue has no {name!r} to set; cue.replace() changes start, end, text, identifier and settings"
            )
        call = f"cue.replace({name}=...)"
        raise AttributeError(
            f"a cue does not change: cue = {call} makes another one, and document.map(lambda cue: {call}) a document"
        )

    def __repr__(self) -> str:
        return repr_of(self)


def whole_ms(time: object, name: str) -> int:
    """The time, if it is whole milliseconds.

    Raises:
        TypeError: saying what to write.
    """
    if isinstance(time, int) and not isinstance(time, bool):
        return time
    if isinstance(time, float) and time == time and abs(time) < 1e15:
        raise TypeError(
            f"{name} is {time!r}, and times are whole milliseconds: int({name}), or {round(time * 1000)} for seconds"
        )
    if isinstance(time, str):
        raise TypeError(f"{name} is {time!r}, and times are whole milliseconds: captionkit.parse_time({time!r})")
    raise TypeError(f"{name} is {time!r}, and times are whole milliseconds, such as 1500")


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

    def __repr__(self) -> str:
        return f"<Edit: {len(self.steps)} steps>" if len(self.steps) != 1 else "<Edit: 1 step>"


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

    def __str__(self) -> str:
        """`lecture.srt:7:1: TIM001 error: The cue ends before it starts.`, as an editor finds it."""
        place = [part for part in (self.path, *map(str, filter(None, (self.line, self.column)))) if part]
        return f"{':'.join(place)}{': ' * bool(place)}{self.code} {self.severity}: {self.message}"

    def __repr__(self) -> str:
        return repr_of(self, "edit")


@dataclass(frozen=True, slots=True, repr=False)
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

    def __repr__(self) -> str:
        return f"<Source: {_count(len(self.text), 'character')} in {_count(len(self.blocks), 'block')}>"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """A caption file: its blocks in order, what was found wrong with it, and how it was written down.

    It does not change: `map`, `with_cues` and `with_blocks` give another document.

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

    def with_cues(self, cues: Iterable[Cue]) -> Document:
        """The same file with these cues, as many as there are; what is no cue keeps its place among them.

        A cue that is the document's own, or was made of one by `replace`, takes that one's place; of others it is
        found by its neighbours. Where cues come or go in an SRT file that counts them from 1, it goes on doing so.

        Raises:
            TypeError: one of them is no cue.
        """
        given: object = cues
        if type(given) is Cue:
            raise TypeError("cues are needed, not one cue: document.with_cues([cue])")
        new, old = tuple(cues), self.cues
        for cue in new:
            _check_cue(cue)
        if len(new) == len(old):
            fresh = iter(new)
            return self.with_blocks([next(fresh) if type(block) is Cue else block for block in self.blocks])
        return self._with_slots(_slots(old, new))

    def map(self, change: Callable[[Cue], Cue | None]) -> Document:
        """The same file with each cue as `change` makes it; None leaves the cue out.

            document.map(lambda cue: cue.replace(text=cue.text.upper()))
            document.map(lambda cue: cue if cue.text.strip() else None)

        Raises:
            TypeError: `change` gives something else.
        """
        slots: list[list[Cue]] = []
        for cue in self.cues:
            made = change(cue)
            if made is not None:
                _check_cue(made)
            slots.append([made] if made is not None else [])
        return self._with_slots([[], *slots])

    if not TYPE_CHECKING:  # a type checker would take any name for one that is there

        def __getattr__(self, name: str) -> NoReturn:
            raise AttributeError(f"a document has no {name!r}{_instead_of(name)}")

        def __iter__(self) -> NoReturn:
            raise TypeError("a document has several kinds of blocks: for cue in document.cues, or in document.blocks")

    def _with_slots(self, slots: Sequence[Sequence[Cue]]) -> Document:
        """The same file with some cues for each of its cues, the first ones above all of them."""
        made = [cue for slot in slots for cue in slot]
        if self.format == "srt" and len(made) != len(self.cues) and self._counts():
            numbers = iter(range(1, len(made) + 1))
            slots = [[_numbered(cue, next(numbers)) for cue in slot] for slot in slots]
        blocks: list[Block] = []
        rest = iter(slots)
        above: Sequence[Cue] = next(rest)
        for block in self.blocks:
            if type(block) is Cue:
                blocks += [*above, *next(rest)]
                above = ()
            else:
                blocks.append(block)
        return self.with_blocks([*blocks, *above])

    def _counts(self) -> bool:
        """Whether the cues are numbered from 1."""
        return all(cue.identifier == str(number) for number, cue in enumerate(self.cues, 1))

    def __repr__(self) -> str:
        """`<Document vtt: 75 cues, 2 findings, lecture.vtt>`"""
        cues = len(self.cues)
        parts = [_count(cues, "cue")]
        if self.diagnostics:
            parts.append(_count(len(self.diagnostics), "finding"))
        if self.path:
            parts.append(self.path)
        why = f": {self.diagnostics[0].message}" if self.diagnostics and not cues else ""
        return f"<Document {self.format}: {', '.join(parts)}{why}>"


def _check_cue(cue: object) -> None:
    if type(cue) is not Cue:
        shown = repr(cue)
        raise TypeError(
            f"a cue is needed, not {shown if len(shown) < 80 else type(cue).__name__}: cue.replace(...) changes one, "
            "captionkit.Cue(start_ms, end_ms, text) makes one"
        )
    whole_ms(cue.start, "start")
    whole_ms(cue.end, "end")
    if not isinstance(cue.text, str):
        raise TypeError(f"text is a str, not {cue.text!r}")


def _numbered(cue: Cue, number: int) -> Cue:
    return cue if cue.identifier == str(number) else cue._replace(identifier=str(number))


def _slots(old: Sequence[Cue], new: Sequence[Cue]) -> list[list[Cue]]:
    """Which of the new cues stand in the place of which old one; the first slot is above all of them.

    Known again is a cue by the line it was read from, which `replace` keeps, else by what it says.
    """

    def key(cue: Cue) -> object:
        return cue.timing_line or cue.content

    places: dict[object, list[int]] = {}
    for place, cue in enumerate(old):
        places.setdefault(key(cue), []).append(place)
    for those in places.values():
        those.reverse()
    slots: list[list[Cue]] = [[] for _ in range(len(old) + 1)]
    reached = -1  # the last old cue whose place is taken
    unknown: list[Cue] = []
    for cue in new:
        known = places.get(key(cue), [])
        while known and known[-1] <= reached:
            known.pop()
        if not known:
            unknown.append(cue)
            continue
        place = known.pop()
        _fill(slots, unknown, reached, place)
        slots[place + 1].append(cue)
        reached, unknown = place, []
    _fill(slots, unknown, reached, len(old))
    return slots


def _fill(slots: list[list[Cue]], unknown: Sequence[Cue], reached: int, place: int) -> None:
    """Put cues that are not known again between two that are: into the places there, or behind the first of the two."""
    free = range(reached + 2, place + 1)
    for number, cue in enumerate(unknown):
        slots[free[min(number, len(free) - 1)] if free else reached + 1].append(cue)


def _instead_of(name: str) -> str:
    """What a person may have meant, who knows other libraries, as the end of a sentence."""
    if name in ("captions", "events", "subs", "subtitles"):
        return "; it has cues"
    if name in ("save", "write", "dump", "to_file"):
        return "; captionkit.dump(document, path) writes it"
    if name in ("text", "content", "dumps", "to_string"):
        return "; captionkit.dumps(document) gives its text"
    if name in ("to_vtt", "to_srt", "replace"):
        return "; see captionkit.convert and document.map"
    if name in ("check", "convert", "diff", "fix", "merge", "retime", "shift", "split", "transcript"):
        return f"; captionkit.{name}(document, ...) does it"
    return ""


def _unchanging(self: Document, name: str, value: object) -> NoReturn:
    instead = {
        "cues": "document = document.with_cues([...]), or document.map(lambda cue: ...)",
        "blocks": "document = document.with_blocks([...])",
        "format": "document = captionkit.convert(document, ...).document",
    }.get(name, f"document = dataclasses.replace(document, {name}=...)")
    if not hasattr(type(self), name):
        instead = "it has " + ", ".join(sorted(one for one in dir(type(self)) if not one.startswith("_")))
    raise FrozenInstanceError(f"a document does not change, so {name!r} cannot be set: {instead}")


type.__setattr__(Document, "__setattr__", _unchanging)
