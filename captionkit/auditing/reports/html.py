"""One page to read, filter and print: what is to be done first. Everything stands in it as HTML; the script only sorts
and filters.

Each chart is a table with a bar in every row, so that what is drawn is also written, for eyes and for screen readers
alike; the bars' parts differ by pattern and not by colour alone. On a narrow screen each row of a table becomes a block
whose cells carry their column's name, and so nothing is wider than the screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from captionkit.auditing.changes import Change, Point
from captionkit.auditing.coverage import Standing, language_name
from captionkit.auditing.model import Audit, Place, Recording, Status, Track
from captionkit.auditing.reports import Figures
from captionkit.auditing.reports._words import (
    coverage,
    headline,
    hours,
    language_line,
    length,
    lint,
    made_by,
    not_counted,
    percent,
)
from captionkit.auditing.standards import STANDARDS
from captionkit.auditing.todo import natural, what_to_do
from captionkit.auditing.totals import LanguageCount
from captionkit.languages import display_name, serves
from captionkit.page_tables import TABLES, bullets, choice, filtered, row, script, section, table
from captionkit.pages import BASE, attribute, page

EXTENSIONS = (".html", ".htm")

#: The class of a status, and its mark, which differs without colour.
_LOOKS = {
    Status.CAPTIONED: ("full", "✔"),
    Status.PARTLY: ("part", "◐"),
    Status.NOT_READ: ("dunno", "?"),
    Status.AUTOMATIC: ("auto", "◇"),
    Status.DAMAGED: ("broken", "!"),
    Status.WRONG_FILE: ("wrong", "⇄"),
    Status.WRONG_LANGUAGE: ("wrong", "≠"),
    Status.NOT_CONVERTED: ("waits", "⇥"),
    Status.MISSING: ("none", "✘"),
    Status.EXEMPT: ("exempt", "–"),
}
_ORDER = {status: at for at, status in enumerate(Status)}
_DONE = (Status.CAPTIONED, Status.EXEMPT)
_MOST_CHANGES = 500
#: Languages to filter by where none is required.
_MOST_LANGUAGES = 12


@cache
def _asset(name: str) -> str:
    return (files("captionkit.auditing") / "assets" / name).read_text(encoding="utf-8")


def render(audit: Audit, figures: Figures) -> str:
    names = {place.key: place for place in audit.places}
    body = [
        '<a class="skip" href="#recordings">Skip to what is to be done</a>',
        _PATTERNS,
        _header(audit, figures),
        "<main>",
        _summary(audit, figures),
        _recordings(audit, figures, names),
        _by_place(figures, names),
        _by_language(figures),
        _over_time(figures.history),
        _by_rule(figures),
        _changes(figures, names),
        _standard(audit),
        section("limits", "What this report does not know", bullets(audit.limits)),
        "</main>",
    ]
    title = f"Caption audit, {audit.made_at[:10]}"
    return page(title, "\n".join(body), style=BASE + TABLES + _asset("audit.css"), script=script(), data={})


_PATTERNS = """<svg width="0" height="0" aria-hidden="true" focusable="false" class="patterns"><defs>
<pattern id="p-auto" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect width="6" height="6" class="back"/><line x1="1.5" y1="0" x2="1.5" y2="6" class="l"/></pattern>
<pattern id="p-part" width="6" height="6" patternUnits="userSpaceOnUse">
<rect width="6" height="6" class="back"/><circle cx="3" cy="3" r="1.5" class="d"/></pattern>
<pattern id="p-broken" width="5" height="5" patternUnits="userSpaceOnUse">
<rect width="5" height="5" class="back"/><line x1="1.5" y1="0" x2="1.5" y2="5" class="e"/></pattern>
<pattern id="p-wrong" width="5" height="5" patternUnits="userSpaceOnUse">
<rect width="5" height="5" class="back"/><line x1="0" y1="1.5" x2="5" y2="1.5" class="e"/></pattern>
<pattern id="p-waits" width="6" height="6" patternUnits="userSpaceOnUse">
<rect width="6" height="6" class="back"/><path d="M0 3h6" class="l"/></pattern>
<pattern id="p-dunno" width="7" height="7" patternUnits="userSpaceOnUse">
<rect width="7" height="7" class="back"/><path d="M0 3.5h7M3.5 0v7" class="l"/></pattern></defs></svg>"""


# --- parts ------------------------------------------------------------------------------------------------------------


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


def _bar_of(one: LanguageCount) -> str:
    return _bar([(_LOOKS[how][0], one.count[how]) for how in Status])


# --- what comes first -------------------------------------------------------------------------------------------------


def _header(audit: Audit, figures: Figures) -> str:
    required = ", ".join(f"{display_name(tag)} ({tag})" for tag in audit.required) or "captions in any language"
    user = f" as {attribute(audit.user)}" if audit.user else ""
    since = f" Compared with {attribute(figures.since[:10])}." if figures.changes is not None else ""
    return (
        f"<header><h1>Caption audit</h1><p>{attribute(audit.source)}{user}, "
        f'<time datetime="{attribute(audit.made_at)}">{attribute(audit.made_at[:16].replace("T", " "))} UTC</time>. '
        f"Required: {attribute(required)}. Rules: {attribute(', '.join(audit.profiles))}. Partly captioned: under "
        f"{audit.least_coverage:.0%} of the length.{since} {attribute(audit.tool)}.</p></header>"
    )


def _summary(audit: Audit, figures: Figures) -> str:
    whole = figures.totals.whole
    lines = "".join(
        f'<li>{attribute(language_line(one))}<div class="bigbar">{_bar_of(one)}</div></li>' for one in whole.languages
    )
    occurring = [how for how in Status if any(one.count[how] for one in whole.languages)]
    legend = "".join(
        f'<li><svg viewBox="0 0 24 16" class="key" aria-hidden="true" focusable="false"><rect x="1" y="1" width="22" '
        f'height="14" class="{_LOOKS[how][0]}"/></svg> {_mark(how)}{how.value}</li>'
        for how in occurring
    )
    left_out = not_counted(audit, figures.totals)
    warning = f'<div class="notice"><strong>Not counted</strong>{bullets(left_out)}</div>' if left_out else ""
    if figures.totals.suspects:
        tracks = "1 track is" if figures.totals.suspects == 1 else f"{figures.totals.suspects:,} tracks are"
        warning += f'<p class="notice"><strong>{tracks} probably in another language than declared.</strong></p>'
    content = f'<p class="big">{attribute(headline(whole))}</p>{warning}<ul class="languages">{lines}</ul>'
    return section("summary", "In short", f'{content}<ul class="legend">{legend}</ul>')


def _mark(how: Status) -> str:
    kind, mark = _LOOKS[how]
    return f'<span class="mark m-{kind}" aria-hidden="true">{mark}</span>'


# --- every recording --------------------------------------------------------------------------------------------------


def _recordings(audit: Audit, figures: Figures, names: dict[str, Place]) -> str:
    several = len(audit.places) > 1
    every = list(zip(audit.recordings, figures.totals.standings, strict=True))
    every.sort(key=lambda pair: _rank(*pair))
    languages = [language_name(one.language) for one in figures.totals.whole.languages]
    heads = [
        *(["Place"] if several else []), "Recording", *languages, "What to do", "#Length", "!Tracks", "#Errors",
    ]  # fmt: skip
    wanted = audit.required or tuple(one.language for one in figures.totals.languages[:_MOST_LANGUAGES])
    rows = [_recording(one, found, heads, wanted, names, several) for one, found in every]
    flags = {flag for one, found in every for flag in _flags(one, found)}
    shows = [(f"lacks:{tag}", f"lacks {display_name(tag)}") for tag in wanted]
    shows += [(key, label) for key, label in _SHOWS if key in flags]
    is_todo = "todo" in flags
    shows = [("todo", "to do"), *shows] if is_todo else shows
    choices = choice("f-show", "Show", "flags", "everything", shows, first="todo" if is_todo else "")
    if several:
        choices = choice("f-place", "Place", "place", "all", [(p.key, p.name) for p in audit.places]) + choices
    content = table("rows", "Recordings", heads, rows)
    return section(
        "recordings",
        "To do, worst first" if is_todo else "Recordings: nothing to do",
        filtered(choices, len(rows), "recording", "recordings", content),
    )


#: What can be filtered by, and how it is called.
_SHOWS = (
    ("errors", "has errors"),
    ("auto", "automatic only"),
    ("part", "partly captioned"),
    ("wrong", "wrong language"),
    ("dunno", "not read"),
    ("waits", "not converted"),
    ("exempt", "exempt"),
)


def _rank(one: Recording, found: Sequence[Standing]) -> tuple[object, ...]:
    """To sort by: the worst language first, then the next; of equals the longest; what is done comes last."""
    severities = sorted(0 if standing.status in _DONE else -_ORDER[standing.status] for standing in found)
    return (*severities, -(one.duration_ms or 0), one.place, natural(one.title))


def _flags(one: Recording, found: Sequence[Standing]) -> list[str]:
    flags = {_LOOKS[standing.status][0] for standing in found}
    if any(standing.status not in _DONE for standing in found):
        flags.add("todo")
    if any(track.errors for track in one.tracks or ()):
        flags.add("errors")
    return sorted(flags)


def _lacks(one: Recording, found: Sequence[Standing], wanted: Sequence[str]) -> list[str]:
    """The languages without any track, or with one in another language than it claims."""
    if one.exception or one.tracks is None:
        return []
    lacking = {x.language for x in found if x.status in (Status.MISSING, Status.WRONG_LANGUAGE)}
    return [
        tag for tag in wanted
        if tag in lacking or not any(track.is_captions and serves(track.language, tag) for track in one.tracks)
    ]  # fmt: skip


def _recording(
    one: Recording, found: Sequence[Standing], heads: Sequence[str], wanted: Sequence[str], names: dict[str, Place],
    several: bool,
) -> str:  # fmt: skip
    place = names[one.place].name if one.place in names else one.place
    title = attribute(one.title)
    if one.url.startswith(("https://", "http://")):
        title = f'<a href="{attribute(one.url)}" rel="noreferrer">{title}</a>'
    kind = f" <small>{attribute(one.type)}</small>" if one.type else ""
    identifier = (
        f"<br><small>{attribute(one.media_id)}</small>" if one.media_id not in (one.title, "") and not one.url else ""
    )
    listed = [_track(track, one) for track in one.tracks or ()]
    listed += [f"<strong>{attribute(each.language)}</strong>: {attribute(f'{each.path}, {each.what}; not converted')}"
               for each in one.waiting]  # fmt: skip
    tracks = "<br>".join(listed) or "none"
    errors = [track.errors for track in one.tracks or () if track.errors is not None]
    todo = "<br>".join(attribute(what) for what in (what_to_do(standing, one) for standing in found) if what)
    cells: list[str | tuple[str, float]] = [
        *([attribute(place)] if several else []),
        f"{title}{kind}{identifier}",
        *[(_standing(standing, one), float(_ORDER[standing.status])) for standing in found],
        todo or "nothing",
        (length(one.duration_ms), one.duration_ms or 0),
        tracks if one.tracks is not None else "unknown",
        f"{sum(errors):,}" if errors else "–",
    ]
    flags = [*_flags(one, found), *(f"lacks:{tag}" for tag in _lacks(one, found, wanted))]
    attributes = f' data-place="{attribute(one.place)}" data-flags="{attribute(" ".join(flags))}"'
    return row(heads, cells, first=int(several), attributes=attributes)


def _standing(standing: Standing, one: Recording) -> str:
    first, blank, rest = standing.status.value.partition(" ")
    says = f'<span class="how">{_mark(standing.status)}{first}</span>{blank}{rest}'
    if standing.status is Status.EXEMPT:
        until = f" (until {one.exception_until})" if one.exception_until else ""
        says += f": {attribute(one.exception + until)}"
    elif standing.reason:
        says += f" <small>{attribute(standing.reason)}</small>"
    return says


def _track(track: Track, recording: Recording) -> str:
    parts = [made_by(track), *([track.kind] if track.kind == "captions" else []), lint(track)]
    parts += [words for words in (coverage(track, recording), track.problem) if words]
    if track.state in ("processing", "failed"):
        parts.append(track.state)
    if track.suspect:
        parts.append(f"check the language: {track.suspect}")
    if track.wrong_file:
        parts.append(f"check whose it is: {track.wrong_file}")
    if track.sound:
        parts.append(f"the sound: {track.sound}")
    says = attribute("; ".join(parts)).replace(" %", "\u00a0%")
    return f"<strong>{attribute(track.locale)}</strong>: {says}"


# --- figures ----------------------------------------------------------------------------------------------------------


def _by_place(figures: Figures, names: dict[str, Place]) -> str:
    languages = [f"#{language_name(one.language)} captioned" for one in figures.totals.whole.languages]
    heads = ["Place", "#Recordings", "#Need captions", *languages]
    rows = []
    for key, total in figures.totals.places.items():
        place = names.get(key, Place(key, key))
        label = attribute(place.name) + (f" <small>{attribute(place.sis_id)}</small>" if place.sis_id else "")
        if place.problem:
            why = f"could not be looked at: {attribute(place.problem)}"
            span = f' role="cell" colspan="{len(heads) - 1}"'
            head = f'<th role="rowheader" scope="row" dir="auto">{label}</th>'
            rows.append(f'<tr role="row">{head}<td{span}>{why}</td></tr>')
            continue
        shares: list[str | tuple[str, float]] = [
            (f"{one.captioned:,} ({percent(one.share)}){_bar_of(one)}", -1.0 if one.share is None else one.share)
            for one in total.languages
        ]
        rows.append(row(heads, [label, f"{total.all:,}", f"{total.due:,}", *shares]))
    return section("by-place", "By place", table("places", "Captions by place", heads, rows, sortable=len(rows) > 1))


def _by_language(figures: Figures) -> str:
    languages = figures.totals.languages
    if not languages:
        return ""
    most = max(one.recordings for one in languages)
    heads = ["Language", "#Recordings with a track", "#Only by machine", "#Length"]
    rows = [
        row(heads, [
            f"{attribute(display_name(one.language))} ({attribute(one.language)})",
            (f"{one.recordings:,}{_bar([('plain', one.recordings)], most)}", one.recordings),
            f"{one.by_machine:,}",
            (hours(one.ms / 6e4) if one.ms else "unknown", one.ms),
        ])
        for one in languages
    ]  # fmt: skip
    content = table("languages", "Recordings by language", heads, rows, sortable=len(rows) > 1)
    return section("by-language", "Languages that there are", content)


def _by_rule(figures: Figures) -> str:
    rules = figures.totals.rules[:20]
    if not rules:
        return ""
    from captionkit.lint.rule import rules as every

    most = rules[0][1]
    heads = ["Rule", "#Findings", "#Tracks", "!What it is"]
    rows = []
    for code, count, tracks in rules:
        rule = every().get(code)
        about = f"{rule.name.replace('-', ' ')}: {rule.summary}" if rule else ""
        bar = _bar([("plain", count)], most)
        rows.append(row(heads, [attribute(code), (f"{count:,}{bar}", count), f"{tracks:,}", attribute(about)]))
    content = table("rules", "Findings by rule", heads, rows, sortable=len(rows) > 1)
    checked = figures.totals.tracks - figures.totals.unread
    return section(
        "by-rule", "By rule", f"<p>{checked:,} of {figures.totals.tracks:,} tracks were checked.</p>{content}"
    )


#: How the lines of the chart differ without colour.
_DASHES = ("", "8 4", "2 4", "12 3 2 3")


def _over_time(history: Sequence[Point]) -> str:
    if len(history) < 2:
        return ""
    left, top, width, height = 40, 10, 640, 160
    step = width / (len(history) - 1)
    grid = "".join(_grid_line(part, left, width, top + height * (1 - part)) for part in (0, 0.5, 1))
    lines, says = [], []
    names = [language_name(tag) for tag, _, _ in history[0].languages]
    for number, name in enumerate(names):
        shares = [_share(point, number) for point in history]
        spots = [(left + i * step, top + height * (1 - (share or 0.0))) for i, share in enumerate(shares)]
        dash = _DASHES[number % len(_DASHES)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        lines.append(f'<polyline points="{path}" class="trend" stroke-dasharray="{dash}"/>')
        lines += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" class="dot"/>' for x, y in spots]
        x, y = spots[-1]
        lines.append(f'<text x="{x - 8:.1f}" y="{max(y - 8, 12):.1f}" text-anchor="end">{attribute(name)}</text>')
        says.append(f"{name} from {percent(shares[0])} to {percent(shares[-1])}")
    days = [attribute(_when(point, history)) for point in (history[0], history[-1])]
    labels = (
        f'<text x="{left}" y="{top + height + 18}" text-anchor="start">{days[0]}</text>'
        f'<text x="{left + width}" y="{top + height + 18}" text-anchor="end">{days[1]}</text>'
    )
    heads = ["Date", *(f"#{name} captioned" for name in names)]
    rows = [
        row(heads, [
            attribute(_when(point, history)),
            *(f"{captioned:,} of {due:,} ({percent(_share(point, number))})"
              for number, (_, captioned, due) in enumerate(point.languages)),
        ])
        for point in history
    ]  # fmt: skip
    about = attribute(f"{'; '.join(says)}; {days[0]} to {days[1]}")
    chart = (
        f'<svg viewBox="0 0 {left + width + 20} {top + height + 26}" class="line" role="img" aria-label="{about}">'
        f"{grid}{''.join(lines)}{labels}</svg>"
    )
    return section("over-time", "Over time", chart + table("times", "Coverage over time", heads, rows, sortable=False))


def _share(point: Point, number: int) -> float | None:
    _, captioned, due = point.languages[number]
    return captioned / due if due else None


def _when(point: Point, history: Sequence[Point]) -> str:
    """The day; with the time where several stand on one day."""
    days = [other.made_at[:10] for other in history]
    return point.made_at[:10] if len(set(days)) == len(days) else point.made_at[:16].replace("T", " ")


def _grid_line(part: float, left: int, width: int, y: float) -> str:
    return (
        f'<line x1="{left}" x2="{left + width}" y1="{y:.0f}" y2="{y:.0f}" class="grid"/>'
        f'<text x="{left - 6}" y="{y + 4:.0f}" text-anchor="end">{part:.0%}</text>'
    )


def _changes(figures: Figures, names: dict[str, Place]) -> str:
    if figures.changes is None:
        return ""
    heads = ["Place", "Recording", "Change"]
    rows = [_change(heads, one, names) for one in figures.changes[:_MOST_CHANGES]]
    more = f"<p>and {len(figures.changes) - _MOST_CHANGES:,} more.</p>" if len(figures.changes) > _MOST_CHANGES else ""
    content = f"{table('changed', 'Changes', heads, rows)}{more}" if rows else "<p>None.</p>"
    return section("changes", f"Changes since {figures.since[:10]}", content)


def _change(heads: Sequence[str], one: Change, names: dict[str, Place]) -> str:
    place = names[one.place].name if one.place in names else one.place
    return row(heads, [attribute(place), attribute(one.title), attribute(one.says)], first=1)


def _standard(audit: Audit) -> str:
    if not audit.standard:
        return ""
    one = STANDARDS[audit.standard]
    source = f'<p><a href="{attribute(one.source)}">{attribute(one.source)}</a> ({attribute(one.dated)})</p>'
    asks = f"<h3>What it asks for</h3>{bullets(one.asks)}<h3>What of it cannot be known</h3>{bullets(one.unknown)}"
    return section("standard", one.title, source + asks)
