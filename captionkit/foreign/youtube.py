"""What YouTube stores captions in: json3, and its own XML in three versions (srv1, srv2, srv3).

Theory of operation. json3 and srv3 say the same under other names, so the XML is first read as json3. An event is words
at a time in a window. Captions that somebody uploaded are an event each. Automatic and live captions roll up in a
window: an event that appends goes on with the line that is there, one that appends a line break ends it, and any other
begins a line, while those above stay on the screen. Each line becomes a caption of its own, shown until the next one
begins, so that nothing stands on the screen twice. Older XML says nothing of windows: there lines roll up where they
overlap as often as `captionkit.roll_up` takes for no accident.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING, Any

from captionkit.conversion.placement import point_settings
from captionkit.foreign.reading import Run
from captionkit.foreign.text import Tag, attributes, counted, decoded, pieces, refuse_entities
from captionkit.foreign.whisper import parsed
from captionkit.roll_up import is_rolled_up

if TYPE_CHECKING:
    from captionkit.foreign.reading import Reading

#: Where the text is anchored (0 top left to 8 bottom right), as on a numeric keypad.
_ANCHOR = {0: 7, 1: 8, 2: 9, 3: 4, 4: 5, 5: 6, 6: 1, 7: 2, 8: 3}
#: Where captions stand anyway: at the bottom, in the middle.
_USUAL_PLACE = (7, 50, 100)
_ROLLS = 2  # mhModeHint: the lines of such a window roll up
#: What YTSubConverter puts around words, to widen the box in which YouTube shows them.
_PADDING = re.compile("^[\u200b ]*\u200b|\u200b[\u200b ]*$")
_RUBY_BASE, _RUBY_ABOVE = 1, (4, 5, 6, 7)


def read_json3(data: bytes, reading: Reading) -> None:
    """Put the captions of YouTube's JSON into `reading`."""
    found = parsed(data, reading)
    events = found.get("events") if isinstance(found, dict) else None
    if not isinstance(events, list):
        raise reading.error("it has no list of events")
    _captions(found, events, reading)


def _captions(about: Mapping[str, Any], events: list[Any], reading: Reading) -> None:
    tables = {name: [one if isinstance(one, dict) else {} for one in about.get(name) or []]
              for name in ("pens", "wsWinStyles", "wpWinPositions") if isinstance(about.get(name), list)}  # fmt: skip
    windows: dict[int | None, _Window] = {}
    for event in events:
        if not isinstance(event, dict):
            continue
        if "segs" not in event and "id" in event:
            style = _row(tables, "wsWinStyles", event.get("wsWinStyleId"))
            rolls = _whole(style.get("mhModeHint")) == _ROLLS
            windows[_whole(event["id"])] = _Window(rolls, _whole(event.get("wpWinPosId")))
    timed = 0
    for event in events:
        segments = event.get("segs") if isinstance(event, dict) else None
        start = _whole(event.get("tStartMs", 0)) if isinstance(event, dict) else None
        if not isinstance(segments, list) or start is None:
            continue
        window = windows.setdefault(_whole(event.get("wWinId")), _Window())
        appends = bool(event.get("aAppend"))
        runs, stamps = _runs(event, segments, tables, start, keeps=not (window.rolls or appends))
        timed += stamps
        duration = _whole(event.get("dDurationMs"))
        end = start + duration if duration is not None and duration > 0 else None
        place = _place(_row(tables, "wpWinPositions", event.get("wpWinPosId", window.position)))
        window.take(_Line(start, end, runs, place), appends=appends)
    for window in windows.values():
        window.finish(reading)
    if timed:
        reading.lose("inline timestamp", f"the times of {counted(timed, 'single word')}: a caption is shown as a whole")


@dataclass
class _Line:
    """What is written into a window at once, and what is appended to it."""

    start: int
    end: int | None
    runs: list[Run]
    place: str = ""

    @property
    def words(self) -> str:
        return "".join([run.text for run in self.runs])


@dataclass
class _Window:
    """A place on the screen, and the lines that are written there.

    Attributes:
        rolls: whether its lines roll up.
        position: the number of its place; None for the usual one.
        is_ended: whether what is appended begins a new line.
    """

    rolls: bool = False
    position: int | None = None
    lines: list[_Line] = field(default_factory=list)
    is_ended: bool = False

    def take(self, line: _Line, *, appends: bool) -> None:
        """Take the words of one event."""
        words = line.words
        self.rolls = self.rolls or appends
        if not words.strip():
            self.is_ended = self.is_ended or (appends and "\n" in words)
        elif appends and self.lines and not self.is_ended and not words.startswith("\n"):
            last = self.lines[-1]
            last.runs += line.runs
            last.end = None if line.end is None or last.end is None else max(last.end, line.end)
        else:
            self.lines.append(line)
            self.is_ended = False

    def finish(self, reading: Reading) -> None:
        """Add the lines as captions. Where lines roll up, each is shown until the next one begins."""
        following = [line.start for line in self.lines[1:]]
        overlaps = [one.end is not None and one.start < other.start < one.end and one.place == other.place
                    for one, other in pairwise(self.lines)]  # fmt: skip
        if not self.rolls and is_rolled_up(sum(overlaps), len(self.lines)):
            self.rolls = True
            reading.remark("Its lines roll up, each while the one above is still there: each is shown until the next.")
        for line, after in zip_longest(self.lines, following):
            end = line.end
            if self.rolls and after is not None and after > line.start:
                end = after if end is None else min(end, after)
            reading.caption(line.start, end, line.runs, "" if self.rolls else line.place)


def _whole(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        return None
    return round(value)


def _row(tables: Mapping[str, list[dict[str, Any]]], name: str, number: Any) -> dict[str, Any]:
    rows, place = tables.get(name, []), _whole(number)
    return rows[place] if place is not None and 0 <= place < len(rows) else {}


def _runs(
    event: Mapping[str, Any],
    segments: list[Any],
    tables: Mapping[str, list[dict[str, Any]]],
    start: int,
    *,
    keeps: bool,
) -> tuple[list[Run], int]:
    """The words of an event, and how many have a time that is not kept.

    Args:
        keeps: whether times of words are kept: where somebody set them by hand they are meant to be seen.
    """
    runs: list[Run] = []
    timed = 0
    base: int | None = None  # where the words stand that a ruby annotation is for
    for segment in segments:
        text = segment.get("utf8") if isinstance(segment, dict) else None
        if not isinstance(text, str) or not text:
            continue
        text = _PADDING.sub("", text)
        pen = _row(tables, "pens", segment.get("pPenId", event.get("pPenId")))
        ruby = _whole(pen.get("rbRuby"))
        if ruby in _RUBY_ABOVE and base is not None:
            del runs[base + 1 :]  # the bracket for players that know no ruby
            runs[base] = runs[base]._replace(ruby=text)
            continue
        if base is not None and runs[base].ruby and text.strip() in (")", "）"):
            base = None
            continue
        base = len(runs) if ruby == _RUBY_BASE else base
        offset = _whole(segment.get("tOffsetMs")) or 0
        timed += offset > 0 and not keeps
        look = _look(pen)
        runs.append(look._replace(text=text, stamp=start + offset if offset > 0 and keeps else None))
    return runs, timed


def _look(pen: Mapping[str, Any]) -> Run:
    color = _whole(pen.get("fcForeColor"))
    # FEFEFE is what tools write for white, so that a viewer's own choice does not override it.
    shown = "" if color is None or color in (0xFFFFFF, 0xFEFEFE) else f"#{color & 0xFFFFFF:06x}"
    return Run("", bool(pen.get("iAttr")), bool(pen.get("bAttr")), bool(pen.get("uAttr")), color=shown)


def _place(position: Mapping[str, Any]) -> str:
    point, across, down = (_whole(position.get(key)) for key in ("apPoint", "ahHorPos", "avVerPos"))
    here = (7 if point is None else point, 50 if across is None else across, 100 if down is None else down)
    if here == _USUAL_PLACE or here[0] not in _ANCHOR or not position:
        return ""
    return point_settings(here[1:], _ANCHOR[here[0]], (100, 100))


# --- XML --------------------------------------------------------------------------------------------------------------

#: The names of json3 for those of srv3, and whether they are numbers.
_PEN = {"b": "bAttr", "i": "iAttr", "u": "uAttr", "rb": "rbRuby"}
_STYLE = {"mh": "mhModeHint"}
_POSITION = {"ap": "apPoint", "ah": "ahHorPos", "av": "avVerPos"}
_EVENT = {"t": "tStartMs", "d": "dDurationMs", "w": "wWinId", "wp": "wpWinPosId", "ws": "wsWinStyleId", "a": "aAppend",
          "p": "pPenId", "id": "id"}  # fmt: skip
_TABLES = {"pen": ("pens", _PEN), "ws": ("wsWinStyles", _STYLE), "wp": ("wpWinPositions", _POSITION)}
#: More rows than this no table has.
_MOST_ROWS = 10_000


def read_xml(data: bytes, reading: Reading) -> None:
    """Put the captions of YouTube's XML into `reading`."""
    text = decoded(data, reading)
    refuse_entities(text, reading)
    document = _Xml()
    for piece in pieces(text):
        if type(piece) is Tag:
            document.tag(piece.name, piece.ends, piece.rest)
        elif isinstance(piece, str):
            document.words(piece)
    _captions(document.tables, document.events, reading)


class _Xml:
    """The tags of the XML, one after the other, as json3.

    Attributes:
        tables: pens, styles and positions of windows, by number.
        events: as in json3.
    """

    def __init__(self) -> None:
        self.tables: dict[str, Any] = {name: [] for name, _ in _TABLES.values()}
        self.events: list[dict[str, Any]] = []
        self._segments: list[dict[str, Any]] | None = None
        self._segment: dict[str, Any] = {}
        self._twice = False

    def words(self, text: str) -> None:
        if self._segments is None or not text:
            return
        text = unescape(text)
        self._segments.append({**self._segment, "utf8": unescape(text) if self._twice else text})

    def tag(self, name: str, ends: bool, rest: str) -> None:
        said = attributes(rest)
        if name in _TABLES and not ends:
            table, names = _TABLES[name]
            row = _numbers(said, names)
            if name == "pen" and (match := re.fullmatch(r"#?([0-9A-Fa-f]{6})", said.get("fc", ""))):
                row["fcForeColor"] = int(match[1], 16)
            _put(self.tables[table], said.get("id", ""), row)
        elif name == "w" and not ends:
            self.events.append(_numbers(said, _EVENT))
        elif name in ("p", "text"):
            self._line(name, ends or rest.rstrip().endswith("/"), said)
        elif name == "s":
            self._segment = {} if ends else _numbers(said, {"t": "tOffsetMs", "p": "pPenId"})
        elif name == "br":
            self.words("\n")

    def _line(self, name: str, ends: bool, said: Mapping[str, str]) -> None:
        self._segments, self._segment = None, {}
        if ends:
            return
        event = _numbers(said, _EVENT)
        if name == "text" and "start" in said:  # srv1: seconds, and words that are escaped twice
            seconds = _numbers(said, {"start": "start", "dur": "dur"})
            event = {key: round(1000 * seconds[part]) for part, key in (("start", "tStartMs"), ("dur", "dDurationMs"))
                     if part in seconds}  # fmt: skip
            self._twice = True
        if "tStartMs" in event:
            self._segments = []
            self.events.append({**event, "segs": self._segments})


def _numbers(said: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    return {names[key]: float(value) for key, value in said.items()
            if key in names and re.fullmatch(r"-?\d{1,12}(?:\.\d{1,9})?", value.strip())}  # fmt: skip


def _put(rows: list[dict[str, Any]], number: str, row: dict[str, Any]) -> None:
    """Put a row at its number; without one it is the next."""
    place = int(number) if re.fullmatch(r"\d{1,6}", number) else len(rows)
    if place < _MOST_ROWS:
        rows += [{}] * (place + 1 - len(rows))
        rows[place] = row
