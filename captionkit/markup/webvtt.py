"""WebVTT cue text to events and back: the tokenizer and the parsing rules of section 6.4.

A tag runs from `<` to the next `>`, or to the end of the text; no state of the specification's tokenizer looks further.
So the text is cut at tags first, and each tag is then taken apart as the states would.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from captionkit.markup.events import End, Event, Stamp, Start, Text
from captionkit.markup.references import escape, escape_annotation, unescape
from captionkit.patterns import pattern
from captionkit.timecode import milliseconds

#: Section 4.2.2: the eight colours that a class names without a style sheet, and what they are (section 5.1).
COLOURS = {
    "white": "#ffffff",
    "lime": "#00ff00",
    "cyan": "#00ffff",
    "red": "#ff0000",
    "yellow": "#ffff00",
    "magenta": "#ff00ff",
    "blue": "#0000ff",
    "black": "#000000",
}

_TAG = pattern(r"<([^>]*)(?:>|\Z)")
_START = pattern(r"([^\t\n\f .]+)((?:\.[^\t\n\f .]*)*)(.*)", re.DOTALL)
_STAMP = pattern(r"(?:([0-9]+):)?([0-9]{2}):([0-9]{2})\.([0-9]{3})")
_SPANS = frozenset(("c", "i", "b", "u", "ruby", "v", "lang"))

#: The most usual tags, which need no taking apart.
_PLAIN = {name: Start(name) for name in ("i", "b", "u", "c")}

#: What to tell about a tag, and where in the text it begins: see `parse`.
Report = Callable[[str, int, str], None]


def visible(text: str) -> str:
    """The words of the text; the same as joining the Text events of `parse`, only faster."""
    # A reference cannot reach over a tag, so each piece is resolved by itself.
    return "".join([unescape(piece) for piece in _PIECES.split(text)])


_PIECES = pattern(r"<[^>]*(?:>|\Z)")


def parse(text: str, report: Report | None = None) -> list[Event]:
    """The events of the text, as a browser builds its tree (section 6.4). Never raises.

    Args:
        report: called with a name for each thing that section 4.2.2 forbids, its offset in the text and the tag:
            "unknown-tag", "stray-end-tag", "unclosed-tag", "cut-tag", "bad-timestamp", "annotation-not-allowed",
            "annotation-missing", "rt-outside-ruby".
    """
    events: list[Event] = []
    open_spans: list[tuple[str, int]] = []
    words: list[str] = []  # not yet an event, because an ignored tag may stand between two of these
    end = 0
    for match in _TAG.finditer(text):
        start = match.start()
        if start > end:
            words.append(unescape(text[end:start]))
        end = match.end()
        tag = match[1]
        if tag in _PLAIN and text[end - 1] == ">":
            if words:
                events.append(Text("".join(words)))
                words.clear()
            events.append(_PLAIN[tag])
            open_spans.append((tag, start))
            continue
        if report and text[end - 1] != ">":
            report("cut-tag", start, match[0])
        if tag[:1] == "/":
            found: tuple[Event, ...] = _close(open_spans, tag[1:], report, start)
        elif "0" <= tag[:1] <= "9":
            ms = parse_timestamp(tag)
            found = () if ms is None else (Stamp(ms),)
            if report and not found:
                report("bad-timestamp", start, match[0])
        else:
            found = _open(open_spans, tag, report, start)
        if found:
            if words:
                events.append(Text("".join(words)))
                words.clear()
            events += found
    words.append(unescape(text[end:]))
    if value := "".join(words):
        events.append(Text(value))
    while open_spans:
        name, start = open_spans.pop()
        # 4.2.2: the end tag of a v that holds the whole text may be left out, and so may that of an rt.
        if report and name != "rt" and not (name == "v" and start == 0):
            report("unclosed-tag", start, f"<{name}>")
        events.append(End(name))
    return events


def _open(open_spans: list[tuple[str, int]], tag: str, report: Report | None, offset: int) -> tuple[Event, ...]:
    match = _START.fullmatch(tag)
    name = match[1] if match else ""
    if match is None or not (name in _SPANS or (name == "rt" and open_spans and open_spans[-1][0] == "ruby")):
        if report:
            report("rt-outside-ruby" if name == "rt" else "unknown-tag", offset, f"<{tag}>")
        return ()
    annotation = _SPACES.sub(" ", unescape(match[3])).strip(" ") if match[3] else ""
    takes_annotation = name in ("v", "lang")
    if report and takes_annotation != bool(annotation):
        report("annotation-missing" if takes_annotation else "annotation-not-allowed", offset, f"<{tag}>")
    classes = tuple([part for part in match[2].split(".") if part]) if match[2] else ()
    open_spans.append((name, offset))
    return (Start(name, classes, annotation if takes_annotation else ""),)


_SPACES = pattern("[\t\n\f\r ]+")


def _close(open_spans: list[tuple[str, int]], name: str, report: Report | None, offset: int) -> tuple[Event, ...]:
    if open_spans and open_spans[-1][0] == name:
        open_spans.pop()
        return (End(name),)
    if name == "ruby" and open_spans and open_spans[-1][0] == "rt":
        del open_spans[-2:]
        return (End("rt"), End("ruby"))
    if report:
        report("stray-end-tag", offset, f"</{name}>")
    return ()


def parse_timestamp(text: str) -> int | None:
    """Milliseconds of a WebVTT timestamp that is the whole text (section 6.3, "collect a WebVTT timestamp")."""
    match = _STAMP.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds, ms = match.groups()
    if minutes > "59" or seconds > "59" or (hours and len(hours) > 12):
        return None
    return milliseconds(hours or "", minutes, seconds, ms)


def write(events: Iterable[Event]) -> str:
    """The events as WebVTT cue text. What `parse` reads from it is the same events again.

    Font spans have no form in WebVTT: `captionkit.conversion` turns them into classes first; here they are left out.
    """
    parts: list[str] = []
    words: list[str] = []  # escaped together: two texts with nothing between them may make an arrow
    for event in events:
        if type(event) is Text:
            words.append(event.value)
            continue
        tag = _tag(event)
        if tag and words:
            parts.append(escape("".join(words)))
            words.clear()
        parts.append(tag)
    parts.append(escape("".join(words)))
    return "".join(parts)


def _tag(event: Event) -> str:
    if type(event) is Start:
        classes = "".join([f".{name}" for name in event.classes])
        annotation = f" {escape_annotation(event.annotation)}" if event.annotation else ""
        return f"<{event.name}{classes}{annotation}>"
    if type(event) is End and event.name != "font":
        return f"</{event.name}>"
    return f"<{_timestamp(event.ms)}>" if type(event) is Stamp else ""


def _timestamp(ms: int) -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}.{ms:03d}"
