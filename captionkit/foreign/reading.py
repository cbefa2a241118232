"""What all readers of other formats share: from captions as a reader finds them to a WebVTT document. Pure.

A reader calls `Reading.caption` for each caption, in any order, and `lose` and `remark` for what it could not keep and
for what it mended or assumed. `converted` then makes the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any, NamedTuple

from captionkit.conversion import colours
from captionkit.conversion.losses import Converted, Loss
from captionkit.errors import ContentError
from captionkit.foreign.sniff import Kind
from captionkit.markup import webvtt
from captionkit.markup.events import End, Event, Stamp, Start, Text
from captionkit.model import Block, Cue, Document, Header
from captionkit.timecode import timecode

#: A week of captions, one a second, is this many; a file with more is made to hurt.
MOST_CAPTIONS = 600_000
#: The largest file that is read. Five hours of TTML with a style on every word have about 10 MB.
MOST_BYTES = 64_000_000
#: How long the last caption is shown where the file does not say when it ends, and the longest that one without an end
#: waits for the next: reading two lines takes no longer.
OPEN_END_MS = 5_000
_AN_HOUR = 3_600_000


class Options(NamedTuple):
    """What a person says of a file that the file does not say itself. See `captionkit.foreign.import_captions`.

    Attributes:
        fps: frames a second; None where not given.
        language: BCP 47; "" where not given.
        start_timecode: (hours, minutes, seconds, frames) at which the video begins; None where not given.
        encoding: the codec's Python name; "" where not given.
        path: what the file is called in messages.
    """

    fps: Fraction | None = None
    language: str = ""
    start_timecode: tuple[int, int, int, int] | None = None
    encoding: str = ""
    path: str = ""


class Run(NamedTuple):
    """Words that look the same.

    Attributes:
        text: the words as a viewer sees them; LF is a line break.
        color, background: "#rrggbb" or the name of a colour of CSS; "" for the usual one.
        voice: who speaks; "" where not known.
        language: BCP 47, where it is not the file's own; "" otherwise.
        ruby: the annotation above these words; "" for none.
        stamp: when these words appear, in milliseconds, where that is later than the caption; None otherwise.
    """

    text: str
    italic: bool = False
    bold: bool = False
    underline: bool = False
    strike: bool = False
    color: str = ""
    background: str = ""
    voice: str = ""
    language: str = ""
    ruby: str = ""
    stamp: int | None = None

    def switched(self, style: str, is_on: bool = True) -> Run:
        """The same with italic, bold, underline or strike on, or off."""
        changes: dict[str, Any] = {style: is_on}
        return self._replace(**changes)


#: How formats call what can be switched on.
SWITCHES = {"i": "italic", "b": "bold", "u": "underline", "s": "strike"}


def colour_of(red: int, green: int, blue: int) -> str:
    """A colour of words; "" for white, which captions are anyway."""
    return "" if red == green == blue == 0xFF else f"#{red:02x}{green:02x}{blue:02x}"


class _Caption(NamedTuple):
    start: int
    end: int | None
    text: str
    settings: str
    identifier: str
    line: int


class Reading:
    """A file of another format on its way to WebVTT.

    Attributes:
        kind: what it is.
        options: what a person said of it.
        language: that of the captions, BCP 47, for the header; "" where nothing says it.
        is_drop_frame: whether time codes leave out labels: a reader that has time codes says so.
        losses, remarks: so far.
    """

    def __init__(self, kind: Kind, options: Options) -> None:
        self.kind, self.options = kind, options
        self.language = options.language
        self.is_drop_frame = False
        self.losses: list[Loss] = []
        self.remarks: list[str] = []
        self._captions: list[_Caption] = []
        self._rules: dict[str, str] = {}

    def caption(
        self,
        start: int,
        end: int | None,
        runs: Sequence[Run] | str,
        settings: str = "",
        *,
        identifier: str = "",
        line: int = 0,
    ) -> None:
        """Add a caption.

        Args:
            start: milliseconds; what begins before zero is cut there.
            end: milliseconds; None where the file does not say: until the next caption begins, at most `OPEN_END_MS`.
            runs: its words and how they look, or words alone. A caption without words is left out: it shows nothing.
            settings: WebVTT cue settings.
            line: its line in the file, where the file has lines.
        """
        if isinstance(runs, str):
            runs = [Run(runs)]
        if text := self._text(tidied(runs)):
            if len(self._captions) >= MOST_CAPTIONS:
                raise self.error(f"it has more than {MOST_CAPTIONS:,} captions")
            self._captions.append(_Caption(start, end, text, settings, identifier, line))

    def lose(self, kind: str, message: str, *, line: int = 0, time: int | None = None) -> None:
        """Say that the file has something that WebVTT, or this reader, does not.

        Args:
            kind: one of `captionkit.conversion.losses.KINDS`.
            message: what it was and what became of it.
            time: the start of the caption concerned, in milliseconds; its number is found out.
        """
        self.losses.append(Loss(kind, message, line, None, time))

    def frame_rate(self, stated: Fraction | None) -> Fraction | None:
        """Frames a second: those that the file states, else those that a person gives; None where nobody says it.

        One call converts a whole delivery, in which one file asked for --fps and the others state their own rate. So
        what is given fills a gap, as in ffmpeg, and where the two differ that is said.
        """
        given = self.options.fps
        if stated and given and stated != given:
            its, other = f"{float(stated):.6g}", f"{float(given):.6g}"
            self.remark(
                f"It says itself that it has {its} frames a second; the given {other} was not used. If the file is "
                f"wrong, stretch what was written: captionkit retime --from-fps {its} --to-fps {other}."
            )
        return stated or given

    def remark(self, sentence: str) -> None:
        """Say what was mended or assumed: nothing is lost, and a person should know. Each sentence is said once."""
        if sentence not in self.remarks:
            self.remarks.append(sentence)

    def error(self, message: str, hint: str = "", *, line: int = 0) -> ContentError:
        """The error that this file cannot be read, to be raised."""
        where = self.options.path
        if line:
            where = f"{where}, line {line}" if where else f"line {line}"
        return ContentError(
            f"{self.kind.title} that cannot be read: {message}",
            where=where,
            unchanged="Nothing was written.",
            hint=hint or "Ask for SRT or WebVTT, or have the file written again by the program that made it.",
        )

    def converted(self) -> Converted:
        """The document of all captions, in the order of their starts.

        Raises:
            ContentError: if there are none.
        """
        captions = sorted(self._captions, key=lambda caption: caption.start)
        cues = self._cues(captions)
        if not cues:
            lost = Converted(Document("vtt"), tuple(self.losses)).summary() if self.losses else ""
            raise self.error(f"no captions are left{f' ({lost})' if lost else ''}")
        header = f"WEBVTT\nLanguage: {self.language}" if self.language else "WEBVTT"
        blocks: list[Block] = [Header(header)]
        if self._rules:
            blocks.append(colours.style(self._rules))
        document = Document("vtt", (*blocks, *cues), path=self.options.path)
        return Converted(document, tuple(self._numbered(cues)), tuple(self.remarks))

    def _cues(self, captions: list[_Caption]) -> list[Cue]:
        """Captions in order as cues, with the ends that the file leaves open."""
        cues: list[Cue] = []
        identifiers: set[str] = set()
        opened = 0
        following = _following([caption.start for caption in captions])
        for caption, after in zip(captions, following, strict=True):
            start, end = caption.start, caption.end
            if end is None:
                opened += 1
                end = start + OPEN_END_MS if after is None else min(after, start + OPEN_END_MS)
            if end <= start:
                self.lose("caption without time", "it ends when it begins, or before; left out", time=start)
                continue
            if start < 0:
                became = "left out" if end <= 0 else "what lies before is cut"
                self.lose("negative time", f"it begins before the video; {became}", time=start)
                if end <= 0:
                    continue
                start = 0
            identifier = caption.identifier
            if identifier in identifiers or "\n" in identifier or "-->" in identifier:
                self.lose("cue identifier", f"{identifier[:60]!r} stands twice, or cannot be one", time=start)
                identifier = ""
            elif identifier:
                identifiers.add(identifier)
            cues.append(Cue(start, end, caption.text, identifier, caption.settings))
        if opened:
            self.remark(
                f"{opened} of {len(captions)} captions do not say when they end: each is shown until the next one "
                f"begins, and at most {OPEN_END_MS // 1000} s."
            )
        if cues and cues[0].start >= _AN_HOUR and not self.options.start_timecode:
            self.remark(
                f"Its first caption is at {timecode(cues[0].start)}. If the video does not begin at zero on this "
                f"clock, say where it does: --start-timecode {cues[0].start // _AN_HOUR:02d}:00:00:00, say."
            )
        return cues

    def _numbered(self, cues: Sequence[Cue]) -> Iterable[Loss]:
        """The losses with the numbers of the cues they belong to."""
        number_at: dict[int, int] = {}
        for number, cue in enumerate(cues, 1):
            number_at.setdefault(cue.start, number)
        for loss in self.losses:
            yield loss if loss.time is None else loss._replace(cue=number_at.get(loss.time))

    def _text(self, runs: Sequence[Run]) -> str:
        """The runs as WebVTT cue text; remembers the classes they need."""
        if not runs:
            return ""
        if len(runs) == 1 and runs[0] == Run(runs[0].text):
            return webvtt.write([Text(runs[0].text)])
        events: list[Event] = []
        open_tags: list[Start] = []
        for run in runs:
            wanted = self._tags(run)
            shared = 0
            while shared < min(len(open_tags), len(wanted)) and open_tags[shared] == wanted[shared]:
                shared += 1
            events += [End(tag.name) for tag in reversed(open_tags[shared:])]
            events += wanted[shared:]
            open_tags = wanted
            if run.stamp is not None:
                events.append(Stamp(run.stamp))
            if run.ruby:
                events += (Start("ruby"), Text(run.text), Start("rt"), Text(run.ruby), End("rt"), End("ruby"))
            else:
                events.append(Text(run.text))
        events += [End(tag.name) for tag in reversed(open_tags)]
        return webvtt.write(events)

    def _tags(self, run: Run) -> list[Start]:
        """What is open around these words, from the outside in."""
        tags = [Start("v", (), run.voice)] if run.voice else []
        if run.language:
            tags.append(Start("lang", (), run.language))
        classes = []
        if run.color:
            classes.append(colours.class_of(run.color))
            self._rules[classes[-1]] = colours.css_of(run.color)
        if run.background:
            # WebVTT's own background classes (section 5.1) are called bg_ and the colour.
            classes.append(f"bg_{colours.class_of(run.background)}")
            self._rules[classes[-1]] = f"background-color: {run.background}"
        if run.strike:
            classes.append(colours.STRIKE)
            self._rules[colours.STRIKE] = colours.STRIKE_CSS
        if classes:
            tags.append(Start("c", tuple(classes)))
        names = (("b", run.bold), ("i", run.italic), ("u", run.underline))
        return tags + [Start(name) for name, is_set in names if is_set]


_CONTROLS = re.compile("[\0-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_SPACES = re.compile(r"[ \t]*\n[ \t]*")
_BREAKS = re.compile(r"\n{2,}")


def tidied(runs: Sequence[Run]) -> list[Run]:
    """The runs without what no cue can hold: blank lines, spaces at the ends of lines, control characters."""
    texts = [run.text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n") for run in runs]
    if any("\n" in text for text in texts):
        texts = _with_single_breaks(texts)
    texts[:1] = [text.lstrip() for text in texts[:1]]
    kept: list[Run] = []
    for run, text in zip(runs, texts, strict=True):
        text = _CONTROLS.sub("", text)
        if text:
            kept.append(run._replace(text=text))
    with_words = [place for place, run in enumerate(kept) if run.text.strip()]
    kept = kept[with_words[0] : with_words[-1] + 1] if with_words else []
    if kept:
        kept[0] = kept[0]._replace(text=kept[0].text.lstrip())
        kept[-1] = kept[-1]._replace(text=kept[-1].text.rstrip())
    # A line break has the look of the words on both sides, where they have the same: tags go on over it.
    for place in range(1, len(kept) - 1):
        if kept[place].text == "\n" and _looks_alike(kept[place - 1], kept[place + 1]):
            kept[place] = kept[place - 1]._replace(text="\n", ruby="", stamp=None)
    same = groupby(kept, key=lambda run: (run._replace(text=""), bool(run.ruby)))
    joined: list[Run] = []
    for (_, is_ruby), group in same:
        together = list(group)
        if is_ruby:
            joined += together
        else:
            joined.append(together[0]._replace(text="".join([run.text for run in together])))
    return joined


def _looks_alike(one: Run, other: Run) -> bool:
    return one._replace(text="", ruby="", stamp=None) == other._replace(text="", ruby="", stamp=None)


def _with_single_breaks(texts: Sequence[str]) -> list[str]:
    """The texts as one: no spaces around a line break, no break after another; cut where they were cut before."""
    made: list[str] = []
    at_line_start = True
    for text in texts:
        text = _BREAKS.sub("\n", _SPACES.sub("\n", text))
        if at_line_start:
            text = text.lstrip(" \t\n")
        elif text.startswith("\n"):
            # Spaces at the end of the line before may stand in other runs.
            for place in range(len(made) - 1, -1, -1):
                made[place] = made[place].rstrip(" \t")
                if made[place]:
                    break
        if text:
            at_line_start = text.endswith("\n")
        made.append(text)
    return made


def _following(starts: Sequence[int]) -> list[int | None]:
    """For each start, in order, the next later one; None where there is none."""
    later: int | None = None
    found: list[int | None] = []
    for place in range(len(starts) - 1, -1, -1):
        if place + 1 < len(starts) and starts[place + 1] > starts[place]:
            later = starts[place + 1]
        found.append(later)
    return found[::-1]
