"""`captionkit audit`: which recordings have captions, in which languages, made by whom, how good, and what changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from captionkit.auditing.standards import STANDARDS
from captionkit.cli import _audit
from captionkit.cli._captions import encoding_option
from captionkit.cli._grammar import json_option, old_names
from captionkit.cli._output import echo, echo_data
from captionkit.cli._paths import NamedFile, NamedFolder, PathArgument
from captionkit.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from captionkit.auditing.model import Audit

_FILE = NamedFile()


@click.command("audit", context_settings=old_names(output_file="output", since="earlier", by="author"))
@click.argument("folder", cls=PathArgument, required=False, type=NamedFolder())
@click.option(
    "--course", "courses", multiple=True, metavar="ID", help="This course: its number or address. Repeatable."
)
@click.option("--group", "groups", multiple=True, metavar="ID", help="This group. Repeatable.")
@click.option("--courses-from", type=_FILE, metavar="FILE", help="The courses of this file: a number a line, or a CSV "
              "with a column course, course_id or canvas_course_id.")  # fmt: skip
@click.option("--mine", is_flag=True, help="The recordings in your own files.")
@click.option("--studio-collection", "collections", multiple=True, metavar="ID", help="This collection of Studio. "
              "Repeatable.")  # fmt: skip
@click.option("--studio-account", is_flag=True, help="Everything in Studio that you may see.")
@click.option(
    "--require", metavar="TAG[,TAG]", default="", help="Languages that every recording must have, e.g. en,es."
)
@click.option("--standard", type=click.Choice(list(STANDARDS)), default=None, help="Say what this "
              "standard asks for, and what of it cannot be known.")  # fmt: skip
@click.option("--least-coverage", type=click.FloatRange(0, 100), default=90, show_default=True, metavar="PERCENT",
              help="Partly captioned is what has captions for less of its length.")  # fmt: skip
@click.option("--profile", "profiles", metavar="NAME[,NAME]", help="Rules to check the tracks against.")
@encoding_option
@click.option("--exceptions", type=_FILE, metavar="FILE", help="Recordings that need no captions: a CSV with the "
              "columns media, course, reason, until.")  # fmt: skip
@click.option("--durations", type=_FILE, metavar="FILE", help="How long recordings run, which Canvas does not say: a "
              "CSV with the columns media and duration (seconds or H:MM:SS).")  # fmt: skip
@click.option("--earlier", "snapshots", type=_FILE, multiple=True, metavar="FILE", help="An earlier audit as JSON: say "
              "what changed. Repeatable: with several, coverage over time is drawn.")  # fmt: skip
@click.option("--output-format", "form", metavar="FORMAT", help="xlsx, csv, json, markdown, html or evidence; by "
              "default by the name of the output file, else markdown.")  # fmt: skip
@json_option("Short for --output-format json.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it there. "
              "An audit of Canvas that is cut off goes on from there when it is run again.")  # fmt: skip
@click.option("--evidence", is_flag=True, help="Write one page to hand in, evidence-DATE.html or -o "
              "FILE.html, and beside it the snapshot that it names, FILE.json.")  # fmt: skip
@click.option("--author", "by", default="", metavar="NAME", help="With --evidence: who hands it in.")
@click.option("--verify", "snapshot", type=_FILE, metavar="FILE", help="Look at everything in this snapshot again: is "
              "each track still the same, byte for byte?")  # fmt: skip
@click.option("--sound", is_flag=True, help="Of a FOLDER: listen to the recordings in it, whether captions fit and are "
              "in time, and what speech has none. Needs captionkit[sound].")  # fmt: skip
@click.option("--listing-only", is_flag=True, help="Do not read the tracks: only whether they are there. Much faster.")
@click.option("--check", "must_be_complete", is_flag=True, help="Exit 1 if a recording lacks what is required.")
@click.option("--url", default="", metavar="URL", help="The address of Canvas, or of Studio for what is there; by "
              "default CANVAS_API_URL, or where you signed in.")  # fmt: skip
@click.option("--studio", "studio_url", default="", hidden=True, help="As --url was called for what is in Studio.")
@click.option("--as-user-id", default="", metavar="ID", help="Act as this user, where your token may.")
def command(
    folder: Path | None, courses: tuple[str, ...], groups: tuple[str, ...], courses_from: Path | None, mine: bool,
    collections: tuple[str, ...], studio_account: bool, studio_url: str, require: str, standard: str | None,
    least_coverage: float, profiles: str | None, encoding: str, exceptions: Path | None, durations: Path | None,
    snapshots: tuple[Path, ...], form: str | None, as_json: bool, output: Path | None, evidence: bool, by: str,
    snapshot: Path | None, sound: bool, listing_only: bool, must_be_complete: bool, url: str, as_user_id: str,
) -> int:  # fmt: skip
    """Report which recordings have captions: of a FOLDER, of courses, groups and your own files in Canvas, or of
    collections in Studio.

    Each required language of each recording is judged by itself: captioned, partly captioned, automatic only, wrong
    language, damaged, not converted, missing, exempt, or not read. Nothing is changed anywhere. Panopto, Kaltura and
    embedded players are out of reach, and the report says so.

    \b
    Examples:
      captionkit audit captions/ --require en,es -o report.xlsx
      captionkit audit captions/ --sound -o report.html
      captionkit audit --course 101 --course 102 -o audit.html
      captionkit audit --courses-from courses.csv --require en --earlier autumn.json -o spring.json
      captionkit audit --course 101 --require en --standard ada-title-ii --evidence -o evidence.html
      captionkit audit --verify evidence.json

    \b
    Exit codes: 0 done; 1 with --check, something is missing, and with
    --verify, something is otherwise; 5 some places could not be looked at;
    7 none could; 2 usage.
    """
    from captionkit.auditing.audits import Asked, now
    from captionkit.auditing.exceptions import parse
    from captionkit.auditing.reports import load
    from captionkit.languages import known_tags

    if evidence and output is None:
        output = Path(f"evidence-{now()[:10]}.html")
    output = None if output == Path("-") else output
    if least_coverage != least_coverage:
        raise UsageError("--least-coverage: nan is no number of percent")
    if as_json and form not in (None, "json"):
        raise UsageError(f"--json and --output-format {form} contradict each other", unchanged="Nothing was audited.")
    form = _audit.form("json" if as_json else form, output, evidence)
    earlier = [_audit.snapshot(path) for path in snapshots]
    kept = _audit.snapshot(snapshot) if snapshot else None
    target = _audit.target(folder, _audit.keys(courses, groups, courses_from, mine),
                           _audit.studio_keys(collections, studio_account), kept)  # fmt: skip
    render = load(form)
    asked = Asked(
        _audit.checker(target.folder, profiles, encoding),
        known_tags(require, "--require"),
        standard or "",
        least_coverage / 100,
        parse(_audit.read_bytes(exceptions), str(exceptions)) if exceptions else (),
        _audit.durations(durations) if durations else {},
        contents=not listing_only,
    )
    hear = None
    if sound:
        if target.folder is None:
            raise UsageError(
                "--sound is about a FOLDER: recordings in Canvas and Studio are not fetched",
                unchanged="Nothing was audited.",
            )
        from captionkit.cli._sound import hearing

        hear = hearing()
    url = (studio_url or url) if target.in_studio else url
    audit, finish = _audit.audited(target, asked, output, url=url, as_user_id=as_user_id, hear=hear)
    if kept is not None and snapshot is not None:
        finish()
        return _verified(kept, audit, snapshot)
    figures = _audit.figures(audit, earlier, by)
    if output is None:
        echo_data(render(audit, figures))
    else:
        _audit.write(render, audit, figures, output, with_snapshot=form == "evidence")
    finish()
    return _exit_code(audit, must_be_complete)


def _verified(kept: Audit, now: Audit, snapshot: Path) -> int:
    from captionkit.auditing.verify import lines, verify

    found = verify(kept, now)
    for line in lines(found, kept, snapshot.name, _audit.read_bytes(snapshot)):
        echo(line)
    code = _exit_code(now, False)
    return code if code or found.is_same else ExitCode.FINDINGS


def _exit_code(audit: Audit, must_be_complete: bool) -> int:
    from captionkit.auditing.totals import totals

    failed = [place for place in audit.places if place.problem]
    for place in failed:
        echo(f"error: {place.key}: {place.problem}", err=True)
    if failed:
        return ExitCode.PARTIAL if len(failed) < len(audit.places) else ExitCode.REMOTE_FAILED
    whole = totals(audit).whole
    return ExitCode.FINDINGS if must_be_complete and whole.complete < whole.due else ExitCode.OK
