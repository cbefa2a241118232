"""The preview as one page. Pure, but that it reads its own style and script.

Everything that can be read without a script is in the page as HTML: the cues, the findings, the differences. The script
adds the timeline, following and seeking. Text from captions is escaped here and set as text there; never as markup.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from captionkit.languages import display_name
from captionkit.pages import BASE, attribute, page
from captionkit.preview.compare import Row, Words, compare
from captionkit.preview.lanes import Lane, covered
from captionkit.timecode import timecode


class Recording(NamedTuple):
    """The video or audio.

    Attributes:
        source: address as the page uses it: relative, or a data: URL.
        name: of the file.
        is_audio: whether it has no picture.
        duration_ms: 0 where not known.
        speech: (start, end) of what somebody says in it, in milliseconds and in order; () where nobody listened.
    """

    source: str
    name: str
    is_audio: bool = False
    duration_ms: int = 0
    speech: tuple[tuple[int, int], ...] = ()


@cache
def asset(name: str) -> str:
    """A file of assets/."""
    return (files("captionkit.preview") / "assets" / name).read_text(encoding="utf-8")


class Editable(NamedTuple):
    """A caption file that can be corrected in the page.

    Attributes:
        digest: of its bytes. cues: begin, end and text of each, as they stand in the file.
    """

    digest: str
    cues: tuple[tuple[str, str, str], ...]


def preview_page(
    lanes: Sequence[Lane],
    recording: Recording | None = None,
    *,
    title: str = "",
    editable: Sequence[Editable] = (),
    undoable: str = "",
    back: str = "",
) -> str:
    """The page.

    Args:
        lanes: one for each caption file; of two, the differences are shown as well.
        recording: None for the timeline and the list alone.
        title: by default the recording's name, else the first file's.
        editable: of each lane, where a server behind the page takes corrections.
        undoable: which correction can be taken back; "" for none.
        back: an address that the page leads back to; "" for none.
    """
    names = _short_names(lanes)
    title = title or (recording.name if recording else " and ".join(names[:2]))
    rows = compare(lanes[0].cues, lanes[1].cues, translated=_is_translated(lanes)) if len(lanes) == 2 else []
    length = max([recording.duration_ms if recording else 0, *(lane.end for lane in lanes)])
    data = {
        "length": length,
        "hasMedia": recording is not None,
        "speech": recording.speech if recording else [],
        "lanes": [_lane_data(lane, name) for lane, name in zip(lanes, names, strict=True)],
        "rows": [[_time_of(lanes, row), _end_of(lanes, row)] for row in rows],
        "editable": [{"digest": one.digest, "cues": one.cues} for one in editable],
        "undo": undoable,
    }
    body = "\n".join(
        [
            '<a class="skip" href="#cues">Skip to the cues</a>',
            f'<header>{_back(back)}<h1 dir="auto">{attribute(title)}</h1>',
            f"{_facts(lanes, names, length, recording)}</header>",
            '<main><div class="top">',
            _player(lanes, names, recording, title),
            _lists(lanes, names, rows, is_editable=bool(editable)),
            "</div>",
            _timeline(lanes, names, has_speech=bool(recording and recording.speech)),
            _findings(lanes, names),
            "</main>",
        ]
    )
    return page(
        f"{title} – captions",
        body,
        style=BASE + asset("preview.css"),
        script=asset("preview.js") + (asset("editor.js") if editable else ""),
        data=data,
        media_sources=("'self'", "file:", "data:", "blob:"),
        talks_to_its_server=bool(editable),
    )


def _back(address: str) -> str:
    return f'<p><a href="{attribute(address)}">Back</a></p>' if address else ""


def _short_names(lanes: Sequence[Lane]) -> list[str]:
    """The files' names without folders, or with as few of them as tell one from another."""
    parts = [lane.name.replace("\\", "/").split("/") for lane in lanes]
    for count in range(1, max(map(len, parts)) + 1):
        short = ["/".join(part[-count:]) for part in parts]
        if len(set(short)) == len(short):
            return short
    return [f"{'/'.join(part[-1:])} ({number})" for number, part in enumerate(parts, 1)]  # the same file twice


def _is_translated(lanes: Sequence[Lane]) -> bool:
    """Whether two files are said to be of different languages, so that other words are no difference."""
    first, second = (lane.language.partition("-")[0].lower() for lane in lanes)
    return bool(first and second and first != second)


def _lane_data(lane: Lane, name: str) -> dict[str, object]:
    return {
        "name": name,
        "cues": [[cue.start, cue.end, cue.cps, cue.wpm, cue.text] for cue in lane.cues],
        "cps": lane.max_cps,
        "wpm": lane.max_wpm,
        "findings": [
            [one.time, one.severity.value, f"{one.code}: {one.message}"]
            for one in lane.findings
            if one.time is not None
        ],
    }


def _time_of(lanes: Sequence[Lane], row: Row) -> int:
    if row.first is not None:
        return lanes[0].cues[row.first].start
    assert row.second is not None
    return lanes[1].cues[row.second].start


def _end_of(lanes: Sequence[Lane], row: Row) -> int:
    ends = [lanes[0].cues[row.first].end] if row.first is not None else []
    return max([*ends, *([lanes[1].cues[row.second].end] if row.second is not None else [])])


# --- the parts --------------------------------------------------------------------------------------------------------


def _facts(lanes: Sequence[Lane], names: Sequence[str], length: int, recording: Recording | None) -> str:
    items = []
    for lane, name in zip(lanes, names, strict=True):
        of = recording.duration_ms if recording and recording.duration_ms else 0
        shown = lane.captioned(of)
        share = f", {100 * shown / of:.0f} % of the recording" if of else ""
        fast = max((cue.cps for cue in lane.cues if cue.cps is not None), default=None)
        parts = [
            f"{len(lane.cues):,} {'cue' if len(lane.cues) == 1 else 'cues'}",
            f"captions on screen for {_clock(shown)}{share}",
            *([_speech_captioned(lane, recording.speech)] if recording and recording.speech else []),
            *([f"{lane.overlaps} overlapping"] if lane.overlaps else []),
            *([f"at most {fast:g} characters a second"] if fast is not None else []),
            f"{len(lane.findings)} {'finding' if len(lane.findings) == 1 else 'findings'} (profile {lane.profile})",
        ]
        language = f"{display_name(lane.language)}, " if lane.language else ""
        items.append(
            f'<li><strong dir="auto">{attribute(name)}</strong>: {attribute(language + "; ".join(parts))}</li>'
        )
    return f'<ul class="facts">{"".join(items)}</ul>'


def _speech_captioned(lane: Lane, speech: Sequence[tuple[int, int]]) -> str:
    """How much of the speech captions are shown during."""
    spoken = covered(speech)
    shown = [(cue.start, cue.end) for cue in lane.cues]
    both = spoken + covered(shown) - covered([*speech, *shown])
    return f"during {100 * both / max(1, spoken):.0f} % of {_clock(spoken)} of speech"


def _clock(ms: int) -> str:
    return timecode(ms)[:8].removeprefix("00:")


def _player(lanes: Sequence[Lane], names: Sequence[str], recording: Recording | None, title: str) -> str:
    tracks = []
    for index, (lane, name) in enumerate(zip(lanes, names, strict=True)):
        address = "data:text/vtt;charset=utf-8;base64," + b64encode(lane.webvtt.encode("utf-8", "replace")).decode()
        label = f"{display_name(lane.language)} – {name}" if lane.language else name
        language = f' srclang="{attribute(lane.language)}"' if lane.language else ""
        # A track of kind subtitles must say its language; one that does not know is captions.
        kind = lane.kind if lane.language or lane.kind != "subtitles" else "captions"
        default = " default" if index == 0 else ""
        tracks.append(f'<track kind="{kind}"{language} label="{attribute(label)}" src="{address}"{default}>')
    screen = '<div id="screen" dir="auto" aria-label="What is shown at this time" role="group"><p id="now"></p></div>'
    if recording:
        # A video element even for sound alone: an audio element has no tracks.
        sound = ' class="sound"' if recording.is_audio else ""
        player = (
            f"{screen if recording.is_audio else ''}"
            f'<video id="media" controls preload="metadata" src="{attribute(recording.source)}"'
            f"{sound} "
            f'aria-label="{attribute(title)}">{"".join(tracks)}</video>'
            '<p id="media-problem" class="problem" role="status"></p>'
        )
    else:
        player = (
            f'{screen}<div class="transport"><button type="button" id="play">Play</button>'
            '<label for="at" class="hidden-text">Time</label>'
            '<input type="range" id="at" min="0" step="100" value="0"><output id="clock" for="at">0:00</output></div>'
            f'<video id="media" hidden tabindex="-1">{"".join(tracks)}</video>'
        )
    options = "".join(f'<option value="{index}">{attribute(name)}</option>' for index, name in enumerate(names))
    track_choice = (
        f'<label for="track">Captions</label> <select id="track">{options}<option value="-1">none</option></select>'
        if len(lanes) > 1 or recording
        else ""
    )
    return f"""<section class="player" aria-labelledby="player-title">
<h2 id="player-title" class="hidden-text">Player</h2>
{player}
<div class="controls">{track_choice}
<label><input type="checkbox" id="follow" checked> List follows</label>
<button type="button" id="previous">Previous cue</button><button type="button" id="next">Next cue</button></div>
</section>"""


def _lists(lanes: Sequence[Lane], names: Sequence[str], rows: Sequence[Row], *, is_editable: bool) -> str:
    tables = []
    choices = []
    if rows:
        tables.append(_comparison(lanes, names, rows))
        choices.append(("list-both", "Side by side"))
    for index, (lane, name) in enumerate(zip(lanes, names, strict=True)):
        tables.append(_cue_table(lane, name, index, is_editable=is_editable))
        choices.append((f"list-{index}", name))
    options = "".join(f'<option value="{key}">{attribute(label)}</option>' for key, label in choices)
    choice = f'<label for="show">Show</label> <select id="show">{options}</select> ' if len(choices) > 1 else ""
    kinds = {row.kind for row in rows} - {"same"}
    edit_key = ", E corrects the cue" if is_editable else ""
    only = '<label><input type="checkbox" id="only-changes"> Only differences</label>' if kinds else ""
    return f"""<section class="lists" id="cues" tabindex="-1" aria-labelledby="cues-title">
<h2 id="cues-title">Cues</h2>
<div class="controls">{choice}{only}
<label for="find">Find</label> <input type="search" id="find" size="14"> <span id="found" role="status"></span></div>
<p class="hint" id="keys">In the list: arrow keys, Home and End move, Enter plays from there{edit_key}.</p>
<div class="scroller" id="scroller">{"".join(tables)}</div>
{_EDITOR if is_editable else ""}
</section>"""


#: Where a cue is corrected. What it says is set by the script.
_EDITOR = """<div class="controls"><button type="button" id="undo" hidden>Undo</button>
<span id="edit-status" role="status"></span></div>
<form id="editor" hidden aria-labelledby="editor-title" novalidate>
<h3 id="editor-title">Correct a cue</h3>
<div class="controls"><label for="edit-begins">Begins</label>
<input id="edit-begins" size="14" autocomplete="off" spellcheck="false">
<button type="button" id="begins-now">Begin at the player's time</button></div>
<div class="controls"><label for="edit-ends">Ends</label>
<input id="edit-ends" size="14" autocomplete="off" spellcheck="false">
<button type="button" id="ends-now">End at the player's time</button></div>
<label for="edit-text">Text, as it stands in the file</label>
<textarea id="edit-text" rows="4" dir="auto" aria-describedby="edit-keys"></textarea>
<p class="hint" id="edit-keys">Ctrl+Enter saves, Escape leaves it as it is. Split cuts the text where the cursor is.</p>
<p id="edit-problem" class="problem" role="alert"></p>
<div class="controls"><button type="submit" id="edit-save">Save</button>
<button type="button" id="edit-cancel">Cancel</button>
<button type="button" id="edit-split">Split here</button>
<button type="button" id="edit-join">Join with the next</button>
<button type="button" id="edit-insert">Insert one after it</button>
<button type="button" id="edit-delete">Delete</button>
<button type="button" id="edit-refresh" hidden>Show the file as it is now</button></div>
</form>"""


def _go(ms: int, is_first: bool | None = None) -> str:
    """A button that plays from there.

    Args:
        is_first: of a list, in which Tab reaches one button; None for one that stands by itself.
    """
    tab, at = "" if is_first is None else f' tabindex="{is_first - 1}"', timecode(ms)[:12].removeprefix("00:")
    # A label, and no text out of sight: thousands of those make the page slow, and Find would find them.
    return f'<button type="button" class="go" data-t="{ms}"{tab} aria-label="Play from {at}">{at}</button>'


def _lines(text: str) -> str:
    return "<br>".join(attribute(line) for line in text.split("\n"))


def _language(lane: Lane) -> str:
    return f' lang="{attribute(lane.language)}"' if lane.language else ""


#: Rows that a browser lays out together. What is out of sight waits: a lecture has thousands of cues.
_ROWS = 100


def _table(kind: str, name: str, caption: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    """A table of many rows.

    It is laid out as a grid, so that a browser can leave out what is out of sight. The roles say that it is a table
    still, to those browsers that go by the layout.

    Args:
        kind: which columns it has: "cues", "pair" or "problems".
        name: of the element; "" for none.
        heads: of the columns, as HTML.
        rows: the attributes and the cells of each, as HTML.
    """
    of_name = f' id="{name}"' if name else ""
    html = [
        f'<table class="long {kind}"{of_name} role="table"><caption class="hidden-text">{caption}</caption>',
        '<thead role="rowgroup"><tr role="row">',
        *(f'<th role="columnheader" scope="col" dir="auto">{head}</th>' for head in heads),
        "</tr></thead>",
    ]
    for start in range(0, max(1, len(rows)), _ROWS):
        html.append('<tbody role="rowgroup">')
        for attributes, cells in rows[start : start + _ROWS]:
            html += f'<tr role="row"{attributes}>', *cells, "</tr>"
        html.append("</tbody>")
    return "".join([*html, "</table>"])


def _td(html: str, attributes: str = "") -> str:
    return f'<td role="cell"{attributes}>{html}</td>'


def _cue_table(lane: Lane, name: str, index: int, *, is_editable: bool) -> str:
    by_words = lane.max_cps is None and lane.max_wpm is not None
    unit = "words a minute" if by_words else "characters a second"
    heads = ["Cue", "Begins", "Text", f'<abbr title="{unit}">Speed</abbr>', "Findings"]
    heads += ["Correct"] if is_editable else []
    rows = []
    for number, cue in enumerate(lane.cues):
        reading, limit = (cue.wpm, lane.max_wpm) if by_words else (cue.cps, lane.max_cps)
        fast = limit is not None and reading is not None and reading > limit
        speed = "–" if reading is None else f"{reading:g}"
        cells = [
            _td(str(number + 1), ' class="n"'),
            _td(_go(cue.start, number == 0)),
            _text_cell(lane, _lines(cue.text)),
            _td(f"{speed} <span>too fast</span>", ' class="n fast"') if fast else _td(speed, ' class="n"'),
            _td(" ".join(cue.codes)),
            *([_edit_cell(number)] if is_editable else []),
        ]
        rows.append((f' data-s="{cue.start}" data-e="{cue.end}"', cells))
    kind = "cues editable" if is_editable else "cues"
    table = _table(kind, f"list-{index}", f"Cues of {attribute(name)}", heads, rows)
    return table if rows else table + "<p>There are no cues in this file.</p>"


def _edit_cell(number: int) -> str:
    tab = "0" if number == 0 else "-1"
    return _td(
        f'<button type="button" class="edit" data-cue="{number}" tabindex="{tab}" '
        f'aria-label="Edit cue {number + 1}">Edit</button>'
    )


def _comparison(lanes: Sequence[Lane], names: Sequence[str], rows: Sequence[Row]) -> str:
    caption = f"{attribute(names[0])} and {attribute(names[1])} side by side"
    heads = ["Begins", attribute(names[0]), attribute(names[1]), "Difference"]
    made = []
    for number, row in enumerate(rows):
        left = _td("–", ' class="none"') if row.first is None else _cell(lanes[0], row.first, ())
        right = _td("–", ' class="none"') if row.second is None else _cell(lanes[1], row.second, row.words)
        start = _time_of(lanes, row)
        attributes = f' data-s="{start}" data-e="{_end_of(lanes, row)}" data-kind="{row.kind}"'
        made.append((attributes, [_td(_go(start, number == 0)), left, right, _td(attribute(row.note))]))
    return _table("pair", "list-both", caption, heads, made)


def _cell(lane: Lane, index: int, words: Sequence[Words]) -> str:
    return _text_cell(lane, "".join(_marked(run) for run in words) if words else _lines(lane.cues[index].text))


def _text_cell(lane: Lane, html: str) -> str:
    return _td(html, f' class="text" dir="auto"{_language(lane)}')


def _marked(run: Words) -> str:
    text = _lines(run.text)
    return {"=": text, "-": f"<del>{text}</del>", "+": f"<ins>{text}</ins>"}[run.how]


def _timeline(lanes: Sequence[Lane], names: Sequence[str], *, has_speech: bool) -> str:
    limits = "; ".join(dict.fromkeys(limit for lane in lanes for limit in lane.limit_says))
    line = f" The dashed line is the limit: {attribute(limits)}." if limits else " This profile states no limit."
    heard = "At the top stands where somebody speaks. " if has_speech else ""
    return f"""<section class="timeline" aria-labelledby="timeline-title">
<h2 id="timeline-title">Timeline</h2>
<div class="controls"><label for="zoom">Zoom</label> <input type="range" id="zoom" min="0" max="100" value="0">
<span id="window" aria-live="off"></span></div>
<p class="hint">{heard}Bars are cues, a second row where they overlap. Below them the reading speed, as the
profile measures it; bars that reach over the limit are striped.{line}
▲ error, ◆ warning, ● information. All of it stands in the
tables as well.</p>
<div id="drawing" tabindex="0" role="region" aria-label="Timeline, scrolls sideways"></div>
</section>"""


def _findings(lanes: Sequence[Lane], names: Sequence[str]) -> str:
    html = ['<section class="findings" aria-labelledby="findings-title"><h2 id="findings-title">Findings</h2>']
    several = len(lanes) > 1
    total = sum(len(lane.findings) for lane in lanes)
    if not total:
        html.append(f"<p>Nothing found with the profile {attribute(lanes[0].profile)}.</p></section>")
        return "".join(html)
    rows = []
    signs = {"error": "▲", "warning": "◆", "info": "●"}
    for lane, name in zip(lanes, names, strict=True):
        for one in sorted(lane.findings, key=lambda f: f.severity.rank):
            where = f"line {one.line}" if one.line else "whole file"
            if one.time is not None:
                where = f"{_go(one.time)} cue {one.cue}"
            hint = f' <span class="hint">{attribute(one.hint)}</span>' if one.hint else ""
            severity = one.severity.value
            cells = [
                _td(f'<span aria-hidden="true">{signs[severity]}</span> {severity}', f' class="nowrap {severity}"'),
                _td(attribute(one.code)),
                *([_td(attribute(name))] if several else []),
                _td(where, ' class="nowrap"'),
                _td(f"{attribute(one.message)}{hint}", ' dir="auto"'),
            ]
            rows.append(("", cells))
    heads = ["Severity", "Rule", *(["File"] if several else []), "Where", "What"]
    table = _table("problems of-several" if several else "problems", "", "Findings", heads, rows)
    html.append(f'<div class="scroller short" tabindex="0" role="group" aria-label="Table of findings">{table}</div>')
    return "".join([*html, "</section>"])
