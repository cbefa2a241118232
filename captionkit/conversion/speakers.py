"""Who speaks: voices of WebVTT (`<v Ana>`) against labels in the text (`Ana: ...`), which is all that SRT has.

Theory of operation. A voice becomes a label at the beginning of its line; who speaks second in a cue begins a line of
her own, and `<v ->`, which says that somebody else speaks, becomes a dash. The way back takes a label for a voice only
in a file that has labels as a habit: where most cues begin with one, or for a name that is a label more than once.
"""

from __future__ import annotations

from collections.abc import Sequence

from captionkit.markup import webvtt
from captionkit.markup.events import End, Event, Start, Text
from captionkit.markup.references import escape_annotation
from captionkit.model import Block, Cue
from captionkit.patterns import pattern
from captionkit.speaker_names import may_be_a_name

#: keep: as the target says it, a voice in WebVTT and a label in SRT. labels: as labels in both. drop: not at all.
WAYS = ("keep", "labels", "drop")

_LABEL = pattern(
    r"(?:>>[ \t]*)?(?:\[([^\]\n:]{1,40})\]|\(([^)\n:]{1,40})\)|"
    r"([^\W_a-z](?:[^\n:：<>{}\[\]()?!]{0,38}[^\s:：<>{}?!])?))[ \xa0\u202f]?[:：](?:[ \t]+|(?<=：)|$)"
)
_MOST_WORDS = 4


def label_of(name: str) -> str:
    """The label of this speaker, with the space behind it."""
    return "- " if name.strip() == "-" else f"{name}: "


def labelled(events: Sequence[Event]) -> list[Event]:
    """These events with a label in the text for each voice. The voices themselves stay."""
    result: list[Event] = []
    line = ""  # what has been said so far in this line
    for event in events:
        result.append(event)
        if type(event) is Text:
            line = (line + event.value).rpartition("\n")[2]
        elif type(event) is Start and event.name == "v" and event.annotation:
            if line.strip():
                _end_line(result)
                line = ""
            result.append(Text(label_of(event.annotation)))
    return result


def _end_line(events: list[Event]) -> None:
    """Break the line before the span that was opened last."""
    start = events.pop()
    for place in range(len(events) - 1, -1, -1):
        event = events[place]
        if type(event) is Text:
            words = event.value.rstrip(" ")
            events[place] = Text(words)
            if words:
                break
    events += [Text("\n"), start]


def without_voices(events: Sequence[Event]) -> list[Event]:
    """These events without the spans of voices."""
    result: list[Event] = []
    is_voice: list[bool] = []
    for event in events:
        if type(event) is Start:
            is_voice.append(event.name == "v")
            if is_voice[-1]:
                continue
        elif type(event) is End and is_voice.pop():
            continue
        result.append(event)
    return result


def rewritten(blocks: Sequence[Block], way: str) -> tuple[Block, ...]:
    """Blocks of a WebVTT file with labels for its voices, or with neither."""
    return tuple([_rewritten(block, way) if type(block) is Cue and "<v" in block.text else block for block in blocks])


def _rewritten(cue: Cue, way: str) -> Cue:
    events: Sequence[Event] = webvtt.parse(cue.text)
    if way == "labels":
        events = labelled(events)
    return cue._replace(text=webvtt.write(without_voices(events)))


def with_voices(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Blocks of a WebVTT file with voices for its labels, where it has labels as a habit."""
    # What is said behind each label: a sentence that is said again word for word is no second time for its label.
    names: dict[str, set[str]] = {}
    cues = labels = 0
    for block in blocks:
        if type(block) is Cue:
            cues += 1
            is_labelled = False
            for line in block.text.split("\n"):
                name, at = _name(line)
                if name:
                    names.setdefault(name, set()).add(line[at:] or block.text)
                    is_labelled = True
            labels += is_labelled
    is_habit = cues > 0 and labels * 2 > cues
    speakers = {name for name, said in names.items() if is_habit or (len(said) > 1 and may_be_a_name(name))}
    if not speakers:
        return tuple(blocks)
    return tuple([_voiced(block, speakers) if type(block) is Cue else block for block in blocks])


def _name(line: str) -> tuple[str, int]:
    """The speaker that a line of WebVTT text begins with, and where what is said begins; "" for none."""
    match = _LABEL.match(line)
    if match is None:
        return "", 0
    name = (match[1] or match[2] or match[3]).strip()
    if len(name.split()) > _MOST_WORDS or name.lower() in ("http", "https") or "&" in name.replace("&amp;", ""):
        return "", 0
    return webvtt.visible(name), match.end()


def _voiced(cue: Cue, speakers: set[str]) -> Cue:
    """Each label begins a voice that goes on to the next one; what stands above the first stays as it is."""
    pieces: list[str] = []
    speaking = False
    for line in cue.text.split("\n"):
        name, at = _name(line)
        if name in speakers:
            if speaking:
                pieces[-1] += "</v>"
            pieces.append(f"<v {escape_annotation(name)}>{line[at:]}")
            speaking = True
        else:
            pieces.append(line)
    if not speaking:
        return cue
    if sum(piece.startswith("<v ") for piece in pieces) > 1 or not pieces[0].startswith("<v "):
        pieces[-1] += "</v>"
    text = "\n".join(pieces)
    # A tag that is open across a label would cross the voice: such a cue stays as it is.
    problems: list[str] = []
    webvtt.parse(text, lambda problem, offset, tag: problems.append(problem))
    return cue if problems else cue._replace(text=text)
