"""One page to read, filter and print. Everything stands in it as HTML; the script only sorts and filters.

Each chart is a table with a bar in every row, so that what is drawn is also said, to eyes and to screen readers alike;
the bars' parts differ by pattern and not by colour alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from captionkit.audit.changes import Change, Point
from captionkit.audit.model import Audit, Place, Recording, Status, Track
from captionkit.audit.reports import Told
from captionkit.audit.reports._words import coverage, hours, length, lint, percent
from captionkit.audit.totals import Total, missing, status
from captionkit.languages import display_name
from captionkit.pages import BASE, attribute, page

_CLASSES = {
    Status.CAPTIONED: "full", Status.AUTOMATIC: "auto", Status.INCOMPLETE: "part", Status.NONE: "none",
    Status.UNKNOWN: "dunno", Status.EXEMPT: "exempt",
}  # fmt: skip
_MOST_CHANGES = 500


@cache
def _asset(name: str) -> str:
    return (files("captionkit.audit") / "assets" / name).read_text(encoding="utf-8")


def render(audit: Audit, told: Told) -> str:
    names = {place.key: place for place in audit.places}
    body = [
        '<a class="skip" href="#recordings">Skip to the recordings</a>',
        _PATTERNS,
        _header(audit, told),
        "<main>",
        _summary(told.totals.whole, told.totals.suspects),
        _by_place(audit, told, names),
        _by_language(told),
        _over_time(told.history),
        _by_rule(told),
        _changes(told, names),
        _recordings(audit, names),
        '<section aria-labelledby="limits"><h2 id="limits">What this report does not know</h2><ul>',
        *[f"<li>{attribute(limit)}</li>" for limit in audit.limits],
        "</ul></section></main>",
    ]
    title = f"Caption audit, {audit.made_at[:10]}"
    return page(title, "\n".join(body), style=BASE + _asset("audit.css"), script=_asset("audit.js"), data={})


_PATTERNS = """<svg width="0" height="0" aria-hidden="true" focusable="false" class="patterns"><defs>
<pattern id="p-auto" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect width="6" height="6" class="b-auto"/><line x1="1.5" y1="0" x2="1.5" y2="6" class="l"/></pattern>
<pattern id="p-part" width="6" height="6" patternUnits="userSpaceOnUse">
<rect width="6" height="6" class="b-part"/><circle cx="3" cy="3" r="1.5" class="d"/></pattern>
<pattern id="p-dunno" width="7" height="7" patternUnits="userSpaceOnUse">
<rect width="7" height="7" class="b-dunno"/><path d="M0 3.5h7M3.5 0v7" class="l"/></pattern></defs></svg>"""


def _bar(parts: Sequence[tuple[str, int]], most: int = 0) -> str:
    """A bar of one row; what it shows stands in the row's cells."""
    whole = most or sum(count for _, count in parts)
    if not whole:
        return ""
    x, shapes = 0.0, []
    for kind, count in parts:
        if count:
            width = 200 * count / whole
            shapes.append(f'<rect x="{x:.2f}" y="1" width="{width:.2f}" height="14" class="{kind}"/>')
            x += width
    head = '<svg viewBox="0 0 200 16" class="bar" aria-hidden="true" focusable="false" preserveAspectRatio="none">'
    return f"{head}{''.join(shapes)}</svg>"


def _table(identifier: str, caption: str, heads: Sequence[str], rows: Sequence[str], *, sortable: bool = True) -> str:
    cells = []
    for head in heads:
        plain = head.startswith("!") or not sortable
        name = attribute(head.removeprefix("!").removeprefix("#"))
        kind = ' class="n"' if head.startswith("#") else ""
        inner = name if plain else f'<button type="button" class="sort">{name}</button>'
        cells.append(f'<th scope="col"{kind}>{inner}</th>')
    return (
        f'<div class="wide" role="group" tabindex="0" aria-label="{attribute(caption)}"><table id="{identifier}">'
        f'<caption class="hidden-text">{attribute(caption)}</caption><thead><tr>{"".join(cells)}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _header(audit: Audit, told: Told) -> str:
    required = ", ".join(f"{display_name(tag)} ({tag})" for tag in audit.required) or "captions in any language"
    user = f" as {attribute(audit.user)}" if audit.user else ""
    since = f" Compared with {attribute(told.since[:10])}." if told.changes is not None else ""
    return (
        f"<header><h1>Caption audit</h1><p>{attribute(audit.source)}{user}, "
        f'<time datetime="{attribute(audit.made_at)}">{attribute(audit.made_at[:16].replace("T", " "))} UTC</time>. '
        f"Required: {attribute(required)}. Rules: {attribute(', '.join(audit.profiles))}.{since} "
        f"{attribute(audit.tool)}.</p></header>"
    )


def _summary(whole: Total, suspects: int) -> str:
    minutes = ""
    if whole.minutes_due:
        unknown = f"; the length of {whole.no_length:,} recordings is unknown" if whole.no_length else ""
        minutes = f"<p>By minutes: {percent(whole.minutes_share)} of {hours(whole.minutes_due)}{unknown}.</p>"
    if suspects:
        tracks = "1 track is" if suspects == 1 else f"{suspects:,} tracks are"
        minutes += f"<p><strong>{tracks} probably in another language than declared</strong>: search for “check”.</p>"
    legend = "".join(
        f'<li><svg viewBox="0 0 24 16" class="key" aria-hidden="true" focusable="false"><rect x="1" y="1" width="22" '
        f'height="14" class="{_CLASSES[how]}"/></svg> {how.value} <strong>{whole.count[how]:,}</strong></li>'
        for how in Status
    )
    bar = _bar([(_CLASSES[how], whole.count[how]) for how in Status])
    return f"""<section aria-labelledby="summary"><h2 id="summary">In short</h2>
<p class="big"><strong>{percent(whole.share)}</strong> of the recordings that need captions have them:
{whole.count[Status.CAPTIONED]:,} of {whole.due:,}.</p>{minutes}
<div class="bigbar">{bar}</div><ul class="legend">{legend}</ul></section>"""


def _by_place(audit: Audit, told: Told, names: dict[str, Place]) -> str:
    rows = []
    for key, total in told.totals.places.items():
        place = names.get(key, Place(key, key))
        label = attribute(place.name) + (f" <small>{attribute(place.sis_id)}</small>" if place.sis_id else "")
        if place.problem:
            why = f"could not be looked at: {attribute(place.problem)}"
            rows.append(f'<tr><th scope="row" dir="auto">{label}</th><td colspan="{len(Status) + 4}">{why}</td></tr>')
            continue
        counts = "".join(f'<td class="n">{total.count[how]:,}</td>' for how in Status)
        share = -1.0 if total.share is None else total.share
        known = hours(total.minutes_due) if total.minutes_due else "unknown"
        rows.append(
            f'<tr><th scope="row" dir="auto">{label}</th><td class="n">{total.all:,}</td>'
            f'<td class="n" data-v="{share:.4f}">{percent(total.share)}</td>'
            f"<td>{_bar([(_CLASSES[how], total.count[how]) for how in Status])}</td>{counts}"
            f'<td class="n" data-v="{total.minutes_due:.1f}">{known}</td></tr>'
        )
    heads = ["Place", "#Recordings", "#Share", "!Bar", *(f"#{how.value.capitalize()}" for how in Status), "#Length due"]
    table = _table("places", "Coverage by place", heads, rows, sortable=len(rows) > 1)
    return f'<section aria-labelledby="by-place"><h2 id="by-place">By place</h2>{table}</section>'


def _by_language(told: Told) -> str:
    languages = told.totals.languages
    if not languages:
        return ""
    most = languages[0].recordings
    rows = [
        f'<tr><th scope="row">{attribute(display_name(one.language))} <small>{attribute(one.language)}</small></th>'
        f'<td class="n">{one.recordings:,}</td>'
        f"<td>{_bar((('full', one.recordings - one.by_machine), ('auto', one.by_machine)), most)}</td>"
        f'<td class="n">{one.by_machine:,}</td><td class="n">{hours(one.ms / 6e4) if one.ms else "unknown"}</td></tr>'
        for one in languages
    ]
    heads = ["Language", "#Recordings", "!Bar", "#Only by machine", "#Length"]
    table = _table("languages", "Recordings by language", heads, rows, sortable=len(rows) > 1)
    return f'<section aria-labelledby="by-language"><h2 id="by-language">By language</h2>{table}</section>'


def _by_rule(told: Told) -> str:
    rules = told.totals.rules[:20]
    if not rules:
        return ""
    from captionkit.lint.rule import rules as every

    most = rules[0][1]
    rows = []
    for code, count, tracks in rules:
        rule = every().get(code)
        about = f"{rule.name.replace('-', ' ')}: {rule.summary}" if rule else ""
        rows.append(
            f'<tr><th scope="row">{attribute(code)}</th><td class="n">{count:,}</td><td class="n">{tracks:,}</td>'
            f"<td>{_bar([('plain', count)], most)}</td><td>{attribute(about)}</td></tr>"
        )
    heads = ["Rule", "#Findings", "#Tracks", "!Bar", "!What it is"]
    table = _table("rules", "Findings by rule", heads, rows, sortable=len(rows) > 1)
    checked = told.totals.tracks - told.totals.unread
    return (
        f'<section aria-labelledby="by-rule"><h2 id="by-rule">By rule</h2><p>{checked:,} of {told.totals.tracks:,} '
        f"tracks were checked.</p>{table}</section>"
    )


def _over_time(history: Sequence[Point]) -> str:
    if len(history) < 2:
        return ""
    left, top, width, height = 40, 10, 640, 160
    step = width / (len(history) - 1)
    spots = [(left + i * step, top + height * (1 - (point.share or 0.0))) for i, point in enumerate(history)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    grid = "".join(_grid_line(part, left, width, top + height * (1 - part)) for part in (0, 0.5, 1))
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" class="dot"/>' for x, y in spots)
    first, last = history[0], history[-1]
    days = [attribute(_when(point, history)) for point in (first, last)]
    labels = (
        f'<text x="{left}" y="{top + height + 18}" text-anchor="start">{days[0]}</text>'
        f'<text x="{left + width}" y="{top + height + 18}" text-anchor="end">{days[1]}</text>'
    )
    says = f"From {percent(first.share)} on {days[0]} to {percent(last.share)} on {days[1]}"
    rows = [f'<tr><th scope="row">{attribute(_when(p, history))}</th><td class="n">{percent(p.share)}</td>'
            f'<td class="n">{p.captioned:,}</td><td class="n">{p.due:,}</td></tr>' for p in history]  # fmt: skip
    table = _table("times", "Coverage over time", ["Date", "#Share", "#Captioned", "#Due"], rows, sortable=False)
    return f"""<section aria-labelledby="over-time"><h2 id="over-time">Over time</h2>
<svg viewBox="0 0 {left + width + 20} {top + height + 26}" class="line" role="img" aria-label="{says}">{grid}
<polyline points="{line}" class="trend"/>{dots}{labels}</svg>{table}</section>"""


def _when(point: Point, history: Sequence[Point]) -> str:
    """The day; with the time where several stand on one day."""
    days = [other.made_at[:10] for other in history]
    return point.made_at[:10] if len(set(days)) == len(days) else point.made_at[:16].replace("T", " ")


def _grid_line(part: float, left: int, width: int, y: float) -> str:
    return (
        f'<line x1="{left}" x2="{left + width}" y1="{y:.0f}" y2="{y:.0f}" class="grid"/>'
        f'<text x="{left - 6}" y="{y + 4:.0f}" text-anchor="end">{part:.0%}</text>'
    )


def _changes(told: Told, names: dict[str, Place]) -> str:
    if told.changes is None:
        return ""
    head = f'<section aria-labelledby="changes"><h2 id="changes">Changes since {attribute(told.since[:10])}</h2>'
    if not told.changes:
        return f"{head}<p>None.</p></section>"
    rows = [_change(one, names) for one in told.changes[:_MOST_CHANGES]]
    more = f"<p>and {len(told.changes) - _MOST_CHANGES:,} more.</p>" if len(told.changes) > _MOST_CHANGES else ""
    return f"{head}{_table('changed', 'Changes', ['Place', 'Recording', 'Change'], rows)}{more}</section>"


def _change(one: Change, names: dict[str, Place]) -> str:
    place = names[one.place].name if one.place in names else one.place
    cells = (f'<td dir="auto">{attribute(cell)}</td>' for cell in (place, one.title, one.says))
    return f"<tr>{''.join(cells)}</tr>"


# --- every recording --------------------------------------------------------------------------------------------------


def _recordings(audit: Audit, names: dict[str, Place]) -> str:
    several = len(audit.places) > 1
    rows = [_recording(one, audit, names, several) for one in audit.recordings]
    heads = [*(["Place"] if several else []), "Recording", "Status", "#Length", "!Captions", "#Errors", "Added"]
    statuses = [how for how in Status if any(status(one, audit.required) is how for one in audit.recordings)]
    languages: dict[str, int] = defaultdict(int)
    origins: dict[str, int] = defaultdict(int)
    for one in audit.recordings:
        for language in {track.language for track in one.tracks or ()}:
            languages[language] += 1
        for origin in {track.origin.value for track in one.tracks or ()}:
            origins[origin] += 1
    choices = [
        _choice("f-place", "Place", [(place.key, place.name) for place in audit.places]) if several else "",
        _choice("f-status", "Status", [(how.value, how.value) for how in statuses]),
        _choice("f-language", "Language", [(tag, f"{display_name(tag)} ({tag})") for tag in sorted(languages)]),
        _choice("f-origin", "Made by", [(origin, origin) for origin in sorted(origins)]),
    ]
    return f"""<section aria-labelledby="recordings" class="all"><h2 id="recordings" tabindex="-1">Recordings</h2>
<div class="controls"><label>Search <input type="search" id="f-text" size="18"></label>{"".join(choices)}
<button type="button" id="f-clear">Clear</button> <span id="f-count" role="status">{len(rows):,} recordings</span></div>
{_table("rows", "All recordings", heads, rows)}</section>"""


def _choice(identifier: str, label: str, values: Sequence[tuple[str, str]]) -> str:
    options = "".join(f'<option value="{attribute(key)}">{attribute(shown)}</option>' for key, shown in values)
    return f'<label>{label} <select id="{identifier}"><option value="">all</option>{options}</select></label>'


def _recording(one: Recording, audit: Audit, names: dict[str, Place], several: bool) -> str:
    how = status(one, audit.required)
    place = names[one.place].name if one.place in names else one.place
    lacks = missing(one, audit.required)
    says = how.value
    if lacks and how is not Status.EXEMPT:
        says += f"; lacks {', '.join(lacks)}"
    if one.exception:
        says += f": {one.exception}" + (f" (until {one.exception_until})" if one.exception_until else "")
    tracks = "<br>".join(_track(track, one) for track in one.tracks or ()) or (
        "unknown" if one.tracks is None else "none"
    )
    errors = [track.errors for track in one.tracks or () if track.errors is not None]
    languages = " ".join(sorted({track.language for track in one.tracks or ()}))
    # Origins hold spaces no more than tags do, so both are lists of words.
    origins = " ".join(sorted({track.origin.value for track in one.tracks or ()}))
    place_cell = f'<td dir="auto">{attribute(place)}</td>' if several else ""
    order = list(Status).index(how)
    kind = f" <small>{attribute(one.type)}</small>" if one.type else ""
    identifier = f"<br><small>{attribute(one.media_id)}</small>" if one.media_id != one.title else ""
    return (
        f'<tr data-place="{attribute(one.place)}" data-status="{how.value}" data-language="{attribute(languages)}" '
        f'data-origin="{origins}">{place_cell}<th scope="row" dir="auto">{attribute(one.title)}{kind}{identifier}</th>'
        f'<td data-v="{order}"><span class="dot-{_CLASSES[how]}" aria-hidden="true"></span>{attribute(says)}</td>'
        f'<td class="n" data-v="{one.duration_ms or 0}">{length(one.duration_ms)}</td>'
        f'<td class="tracks">{tracks}</td><td class="n">{sum(errors) if errors else "–"}</td>'
        f'<td class="day">{attribute(one.created_at[:10])}</td></tr>'
    )


def _track(track: Track, recording: Recording) -> str:
    parts = [track.origin.value, *([track.kind] if track.kind == "captions" else []), lint(track)]
    parts += [words for words in (coverage(track, recording), track.problem) if words]
    if track.state in ("processing", "failed"):
        parts.append(track.state)
    if track.cues == 0:
        parts.append("empty")
    if track.suspect:
        parts.append(f"check the language: {track.suspect}")
    return f"<strong>{attribute(track.locale)}</strong> {attribute('; '.join(parts))}"
