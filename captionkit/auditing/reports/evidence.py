"""One page to hand in: scope, date, who, standard, counts, exceptions, limits, and a digest of every track.

It is made to be printed to PDF: no script, nothing to click, prints black on white. The figures are those of the other
reports. The digests, and that of the snapshot beside the page, let anybody check later what was there on that day.
"""

from __future__ import annotations

from captionkit.auditing.coverage import language_name
from captionkit.auditing.model import Audit, Status
from captionkit.auditing.reports import Figures
from captionkit.auditing.reports._words import headline, language_line, length, not_counted, percent
from captionkit.auditing.standards import STANDARDS
from captionkit.languages import display_name
from captionkit.page_tables import TABLES, bullets, row, section, table
from captionkit.pages import BASE, attribute, page

EXTENSIONS = (".html", ".htm")
ASKED_FOR = True  # a file named so is the usual page, unless --evidence asks for this one

_STYLE = """
main{max-width:60rem;margin:0 auto;padding:1rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:0 0 1rem}
dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}
.big{font-size:1.25rem;font-weight:600}
code{font-size:.8125rem;overflow-wrap:anywhere}
@media screen and (max-width:48rem){dl{grid-template-columns:1fr}dd{margin:0 0 .4rem}}
@media print{main{padding:0;max-width:none}#digests td,#digests th,code{font-size:7.5pt}}
"""


def render(audit: Audit, figures: Figures) -> str:
    whole = figures.totals.whole
    left_out = not_counted(audit, figures.totals)
    body = [
        "<main><h1>Evidence of captions</h1>",
        _facts(audit, figures),
        section("counts", "Counts", f'<p class="big">{attribute(headline(whole))}</p>' + _counts(figures)),
        section("left-out", "Not counted", bullets(left_out)) if left_out else "",
        _standard(audit),
        _exceptions(audit),
        section("limits", "Known limits", bullets(audit.limits)),
        _digests(audit),
        "</main>",
    ]
    title = f"Evidence of captions, {audit.made_at[:10]}"
    return page(title, "\n".join(body), style=BASE + TABLES + _STYLE)


def _facts(audit: Audit, figures: Figures) -> str:
    places = [f"{place.name} ({place.key})" if place.name != place.key else place.name for place in audit.places]
    shown = "; ".join(places[:20]) + (f"; and {len(places) - 20:,} more" if len(places) > 20 else "")
    tracks = sum(len(one.tracks or ()) for one in audit.recordings)
    meaning = (
        f"captions for {audit.least_coverage:.0%} of the length or more, without errors of these rules, in the "
        "language they claim, and not by a machine alone"
    )
    facts = [
        ("Scope", f"{len(audit.recordings):,} recordings and {tracks:,} tracks of {audit.source}: {shown}"),
        ("Date", f"{audit.made_at[:16].replace('T', ' ')} UTC"),
        ("Handed in by", figures.by or "not stated"),
        ("Seen as", audit.user),
        ("Made with", f"{audit.tool}; rules: {', '.join(audit.profiles)}"),
        ("Required", ", ".join(map(display_name, audit.required)) or "captions in any language"),
        ("Captioned means", meaning),
        ("Standard", STANDARDS[audit.standard].title if audit.standard else "none named"),
    ]  # fmt: skip
    rows = [f"<dt>{name}</dt><dd>{attribute(text)}</dd>" for name, text in facts if text]
    name, digest = figures.snapshot
    if name:
        rows.append(f"<dt>Snapshot</dt><dd>{attribute(name)}, SHA-256 <code>{digest}</code>. captionkit audit --verify "
                    f"{attribute(name)} compares every track with it.</dd>")  # fmt: skip
    return f"<dl>{''.join(rows)}</dl>"


def _counts(figures: Figures) -> str:
    languages = figures.totals.whole.languages
    heads = ["Language", "#Need captions", *(f"#{how.value.capitalize()}" for how in Status), "#Share"]
    rows = [
        row(heads, [attribute(language_name(one.language)), f"{one.due:,}", *(f"{one.count[how]:,}" for how in Status),
                    percent(one.share)])
        for one in languages
    ]  # fmt: skip
    return table("by-language", "Counts by language", heads, rows, sortable=False) + bullets(
        map(language_line, languages)
    )


def _standard(audit: Audit) -> str:
    if not audit.standard:
        return ""
    one = STANDARDS[audit.standard]
    asks = f"<h3>What it asks for</h3>{bullets(one.asks)}<h3>What this cannot show</h3>{bullets(one.unknown)}"
    return section("standard", one.title, f"<p>{attribute(one.source)} ({attribute(one.dated)})</p>{asks}")


def _exceptions(audit: Audit) -> str:
    exempt = [one for one in audit.recordings if one.exception]
    if not exempt:
        return section("exceptions", "Exceptions", "<p>None.</p>")
    heads = ["Recording", "Place", "Reason", "Until"]
    rows = [
        row(heads, [attribute(one.title), attribute(one.place), attribute(one.exception),
                    attribute(one.exception_until or "no date")])
        for one in exempt
    ]  # fmt: skip
    return section("exceptions", "Exceptions", table("exempt", "Exceptions", heads, rows, sortable=False))


def _digests(audit: Audit) -> str:
    heads = ["Recording", "Length", "Track", "Changed", "SHA-256 of the text"]
    rows = [
        row(heads, [
            attribute(f"{one.title} ({one.place})" if len(audit.places) > 1 else one.title),
            length(one.duration_ms),
            attribute(track.path or track.locale),
            attribute(track.updated_at[:10]),
            f"<code>{attribute(track.digest.removeprefix('sha256:'))}</code>" if track.digest else "not read",
        ])
        for one in audit.recordings
        for track in one.tracks or ()
    ]  # fmt: skip
    content = table("digests", "Digests", heads, rows, sortable=False) if rows else "<p>There is no track.</p>"
    return section("tracks", "Every track", content)
