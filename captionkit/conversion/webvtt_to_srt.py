"""WebVTT to SRT.

SRT says words, times, numbers, italics, bold, underline, colour, and in what most players understand, one of nine
places on the screen. The rest is left out and named, loss by loss. What `conversion.srt_to_webvtt` carried in notes is
put back where the cue still says what it said.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

from captionkit.conversion import colours, placement, restore_notes
from captionkit.conversion.hidden import Hidden, shortened
from captionkit.conversion.losses import Loss
from captionkit.conversion.plain import MOST_REMEMBERED, SIMPLE, TIME, ends_with_a_blank_line, is_plain
from captionkit.conversion.speakers import labelled
from captionkit.decoding import one_line_end
from captionkit.formats.timing_line import recognise
from captionkit.hls import inner_header
from captionkit.markup import visible_text, webvtt
from captionkit.markup.events import End, Event, Font, Stamp, Start, Text
from captionkit.markup.subrip import GUARD, guard, write
from captionkit.model import Block, Cue, Document, Header, Note, Region, Stray, Style
from captionkit.patterns import pattern

_DEFAULTS = frozenset(
    ("align:center", "align:middle", "size:100%", "position:50%", "line:-1", "line:auto", "line:100%,end")
)

#: Segments of a stream run together as one file; `captionkit.hls` has more.
INNER_HEADER = (
    "the header of another file stands here, and what follows may be at the wrong time; "
    "`captionkit fix --unsafe-fixes` mends it"
)


class Payload(NamedTuple):
    """What a cue says in SRT; `lost` is the (kind, message) of each thing that SRT does not say."""

    text: str
    lost: tuple[tuple[str, str], ...] = ()


class FromSubRip(NamedTuple):
    """What the notes of a file say about it as a whole."""

    bom: bool = False
    encoding: str = "utf-8"
    unnumbered: bool = False


def convert(document: Document, *, speakers: str = "") -> tuple[list[Block], list[Loss], FromSubRip]:
    """The blocks of the document as SRT, what they do not keep, and what was carried about the file.

    Args:
        speakers: as for `payload`.
    """
    blocks: list[Block] = []
    losses: list[Loss] = []
    numbers: list[tuple[int, str | None, Cue]] = []  # index in blocks, number where one was given, the source's cue
    about = FromSubRip()
    classes = colours.Classes(document.styles)
    restorable: dict[str, Any] = {}
    remembered: dict[tuple[str, str], Payload] = {}
    for block in document.blocks:
        if type(block) is Note:
            said = restore_notes.content_of(block)
            if said is None:
                losses.append(Loss("NOTE block", "a comment has no SRT form", block.line))
            elif isinstance(said.get("file"), dict):
                about = _about(said["file"])
            elif isinstance(said.get("stray"), str):
                blocks.append(Stray(said["stray"]))
            else:
                restorable = said
            continue
        if type(block) is not Cue:
            losses += _block_losses(block, classes)
            continue
        start, end, text, identifier, settings = block.content
        if "WEBVTT" in text and (inner := inner_header(text)):
            line = block.timing_line + 1 + text.count("\n", 0, inner[0] + 1)
            losses.append(Loss("header line", INNER_HEADER, line, len(numbers) + 1, start))
        number = identifier if identifier.isascii() and identifier.isdigit() else None
        back_settings = ""
        if is_plain(text) and not settings and not restorable:
            shown = text
        else:
            said, restorable = restorable, {}
            if said.get("for") != restore_notes.check(text, settings):
                said = {}
            lost: tuple[tuple[str, str], ...] = ()
            if isinstance(said.get("text"), str):
                shown = said["text"]
            else:
                shown, lost = _rendered(text, settings, classes, remembered, speakers)
            back_settings = _string(said, "settings", "")
            number = _string(said, "number", number)
            start, end = _times(said, start, end)
            if not said:
                place = len(numbers) + 1
                losses += [Loss(kind, message, block.timing_line, place, start) for kind, message in lost]
        numbers.append((len(blocks), number, block))
        blocks.append(Cue(start, end, shown, number or "", back_settings))
    if not about.unnumbered or any(number is None and cue.identifier for _, number, cue in numbers):
        _number(blocks, numbers, losses)
    losses.sort(key=lambda loss: loss.line)
    return blocks, losses, about


_Default = TypeVar("_Default", str, str | None)


def _string(said: dict[str, Any], key: str, default: _Default) -> str | _Default:
    value = said.get(key)
    return value if isinstance(value, str) else default


def _times(said: dict[str, Any], start: int, end: int) -> tuple[int, int]:
    """The times before 0 that WebVTT could not say, where the cue still has what was written instead."""
    old_start, old_end = said.get("start"), said.get("end")
    if type(old_start) is int and type(old_end) is int and (max(old_start, 0), max(old_end, 0)) == (start, end):
        return old_start, old_end
    return start, end


def _number(blocks: list[Block], numbers: list[tuple[int, str | None, Cue]], losses: list[Loss]) -> None:
    """SRT wants every cue numbered: keep the numbers if all have one, else count from 1 and name what is lost."""
    if all(number is not None for _, number, _ in numbers):
        return
    for place, (index, number, cue) in enumerate(numbers, 1):
        block = blocks[index]
        assert type(block) is Cue
        blocks[index] = block._replace(identifier=str(place))
        if (number or cue.identifier) and cue.identifier != str(place):
            message = f"the identifier {cue.identifier!r} became the number {place}"
            losses.append(Loss("cue identifier", message, cue.line, place, cue.start))


def _about(file: dict[str, Any]) -> FromSubRip:
    encoding = file.get("encoding")
    known = isinstance(encoding, str) and encoding.lower().startswith(("utf-16", "utf_16", "utf-32", "utf_32"))
    return FromSubRip(
        bom=file.get("bom") is True,
        encoding=str(encoding) if known else "utf-8",
        unnumbered=file.get("unnumbered") is True,
    )


def _block_losses(block: Block, classes: colours.Classes) -> list[Loss]:
    if type(block) is Header:
        first, *rest = one_line_end(block.text.strip("\r\n")).split("\n")
        losses = (
            [Loss("header line", f"the header says {first[6:].strip()!r}", block.line)] if first[6:].strip() else []
        )
        return losses + [
            Loss("header line", f"the header says {line!r}", block.line + place)
            for place, line in enumerate(rest, 1)
            if line.strip()
        ]
    if type(block) is Style:
        is_kept = not any(block is other for other in classes.not_understood)
        return [] if is_kept else [Loss("STYLE block", "a style sheet has no SRT form", block.line)]
    if type(block) is Region:
        return [Loss("REGION block", "a region has no SRT form", block.line)]
    if type(block) is Stray and block.text.strip():
        if inner_header(block.text):
            return [Loss("header line", INNER_HEADER, block.line)]
        return [Loss("stray text", f"{shortened(block.text)!r} is no cue: no browser shows it", block.line)]
    return []


def _rendered(
    text: str, settings: str, classes: colours.Classes, remembered: dict[tuple[str, str], Payload], speakers: str
) -> Payload:
    """The payload of a cue; the same text and settings are taken apart once.

    Args:
        classes: those of the whole file.
        remembered: payloads of this file by text and settings; added to here.
    """
    key = text, settings
    rendered = remembered.get(key)
    if rendered is None:
        if len(remembered) == MOST_REMEMBERED:
            remembered.clear()
        rendered = remembered[key] = payload(text, settings, classes, speakers)
    return rendered


_ANCHOR = pattern(r"\{\\an([1-9])\}")


def payload(text: str, settings: str, classes: colours.Classes | None = None, speakers: str = "") -> Payload:
    """The text of a WebVTT cue in SRT, its place as `{\\anN}` in front.

    Args:
        speakers: what becomes of voices, one of `speakers.WAYS`; "" to leave them out and name them.
    """
    if not settings and SIMPLE.fullmatch(text) and not TIME.search(text):
        return Payload(_without_blank_lines(text))
    classes = classes or colours.Classes(())
    lost: list[tuple[str, str]] = []
    anchor = _anchor(settings, text, lost) if settings else 0
    if "{\\an" in text and (named := _ANCHOR.search(text)):
        # No WebVTT, but desktop players obey it there too, and it is what the author meant.
        anchor = anchor or int(named[1])
        lost.append(("override tag", f"{named[0]}, which browsers show as text, became the place of the cue"))
        text = _ANCHOR.sub("", text)
    events = _events(webvtt.parse(text, Hidden(text, lost)), classes, lost, speakers)
    guarded = any(type(event) is Text and guard(event.value) != event.value for event in events)
    written = _without_blank_lines(write(events, anchor))
    if TIME.search(written):
        lines = [GUARD + line if recognise(line) else line for line in written.split("\n")]
        guarded = guarded or "\n".join(lines) != written
        written = "\n".join(lines)
    if guarded:
        message = "words that SRT would take for a tag or a timing line are kept apart with an invisible U+200C"
        lost.append(("literal tag", message))
    return Payload(written, tuple(lost))


def _anchor(settings: str, text: str, lost: list[tuple[str, str]]) -> int:
    """The anchor that stands for these settings, 0 for the usual place; adds the settings that it does not keep."""
    from captionkit.formats.webvtt import parse_settings

    effective, _ = parse_settings(settings)
    named = {token.partition(":")[0]: token for token in settings.split() if token not in _DEFAULTS}
    if effective.vertical or effective.region:
        lost += [("cue setting", f"{token} has no SRT form") for token in named.values()]
        return 0
    is_rtl = effective.align in ("start", "end") and _reads_from_right(visible_text(text, "vtt"))
    anchor, down_is_exact, across_is_exact = placement.anchor_of(effective, is_rtl)
    kept = {"line"} if down_is_exact else set()
    kept |= {"position", "align"} if across_is_exact else set()
    instead = f"; SRT has {{\\an{anchor}}}" if anchor != 2 else ""
    lost += [("cue setting", f"{token} has no SRT form{instead}") for name, token in named.items() if name not in kept]
    return anchor if anchor != 2 else 0


def _reads_from_right(words: str) -> bool:
    """The base direction that a browser finds: that of the first strong character (WebVTT 7.2, Unicode UAX 9, P2)."""
    from unicodedata import bidirectional

    strong = next((kind for kind in map(bidirectional, words) if kind in ("L", "R", "AL")), "L")
    return strong != "L"


#: Starts that both languages have, and what ends them.
_SAME_IN_SRT: dict[Event, tuple[Event, ...]] = {Start(name): (End(name),) for name in ("i", "b", "u")}


def _events(
    events: list[Event], classes: colours.Classes, lost: list[tuple[str, str]], speakers: str = ""
) -> list[Event]:
    """The same events in the names of SRT; adds what SRT does not say."""
    if speakers in ("keep", "labels"):
        events = labelled(events)
    mapped: list[Event] = []
    open_spans: list[tuple[Event, ...]] = []  # what ends each open span
    for event in events:
        if event in _SAME_IN_SRT:
            mapped.append(event)
            open_spans.append(_SAME_IN_SRT[event])
        elif type(event) is Start:
            starts: list[Start | Font] = []
            coloured = next((name for name in reversed(event.classes) if name in classes.colour), "")
            for name in event.classes:
                if name == coloured:
                    starts.append(Font(classes.colour[name]))
                spans = classes.spans.get(name, ())
                starts += [Start(span) for span in ("i", "b", "u", "s") if span in spans]
                if name != coloured and not spans:
                    lost.append(("class", f"the class {name!r} has no SRT form"))
            if event.name in ("i", "b", "u"):
                starts.append(Start(event.name))
            elif event.name == "v" and not speakers:
                lost.append(("voice", f"<v {event.annotation}> has no SRT form"))
            elif event.name == "lang":
                lost.append(("language", f"<lang {event.annotation}> has no SRT form"))
            elif event.name == "ruby":
                lost.append(
                    ("ruby annotation", "ruby has no SRT form; the annotation stands in brackets after its base")
                )
            mapped += starts
            ends: list[Event] = [End("font" if type(span) is Font else span[0]) for span in reversed(starts)]
            if event.name == "rt":
                mapped.append(Text("("))
                ends.append(Text(")"))
            open_spans.append(tuple(ends))
        elif type(event) is End:
            mapped += open_spans.pop()
        elif type(event) is Stamp:
            lost.append(("inline timestamp", "the words appear all at once in SRT"))
        else:
            mapped.append(event)
    return mapped


def _without_blank_lines(text: str) -> str:
    """A blank line, or one that only held tags without an SRT form, would end the cue for most readers.

    At the top and at the bottom no player shows one. Within the text it gets a `GUARD`, which shows nothing, and which
    no reader takes for white space, as many do U+00A0.
    """
    text = text.strip("\n")
    if ends_with_a_blank_line(text):
        lines = text.split("\n")
        while lines and not lines[-1].strip(" \t"):
            lines.pop()
        text = "\n".join(lines)
    if "\n" in text:
        text = "\n".join([line if line.strip() else GUARD for line in text.split("\n")])
    return text
