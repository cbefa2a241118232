"""`captionkit audit`: which recordings have captions, in which languages, made by whom, how good, and what changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from captionkit.cli import _audit
from captionkit.cli._output import echo, echo_data
from captionkit.cli._paths import PathArgument
from captionkit.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from captionkit.audit.model import Audit

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("audit")
@click.argument(
    "folder", cls=PathArgument, required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
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
@click.option("--studio", "studio_url", default="", metavar="URL", help="The address of Studio; by default where you "
              "signed in.")  # fmt: skip
@click.option(
    "--require", metavar="TAG[,TAG]", default="", help="Languages that every recording must have, e.g. en,es."
)
@click.option("--profile", "profiles", metavar="NAME[,NAME]", help="Rules to check the tracks against.")
@click.option("--exceptions", type=_FILE, metavar="FILE", help="Recordings that need no captions: a CSV with the "
              "columns media, course, reason, until.")  # fmt: skip
@click.option("--durations", type=_FILE, metavar="FILE", help="How long recordings run, which Canvas does not say: a "
              "CSV with the columns media and duration (seconds or H:MM:SS).")  # fmt: skip
@click.option("--since", "snapshots", type=_FILE, multiple=True, metavar="FILE", help="An earlier audit as JSON: say "
              "what changed. Repeatable: with several, coverage over time is drawn.")  # fmt: skip
@click.option("--output-format", "form", metavar="FORMAT", help="csv, json, markdown or html; by default by the name "
              "of the output file, else markdown.")  # fmt: skip
@click.option("--output-file", "-o", "output", type=click.Path(dir_okay=False, path_type=Path), help="Write it there. "
              "An audit of Canvas that is cut off goes on from there when it is run again.")  # fmt: skip
@click.option("--listing-only", is_flag=True, help="Do not read the tracks: only whether they are there. Much faster.")
@click.option("--check", "must_be_complete", is_flag=True, help="Exit 1 if a recording lacks what is required.")
@click.option("--url", default="", metavar="URL", help="The address of Canvas; by default CANVAS_API_URL.")
@click.option("--as-user-id", default="", metavar="ID", help="Act as this user, where your token may.")
def command(
    folder: Path | None, courses: tuple[str, ...], groups: tuple[str, ...], courses_from: Path | None, mine: bool,
    collections: tuple[str, ...], studio_account: bool, studio_url: str, require: str, profiles: str | None,
    exceptions: Path | None, durations: Path | None, snapshots: tuple[Path, ...], form: str | None,
    output: Path | None, listing_only: bool, must_be_complete: bool, url: str, as_user_id: str,
) -> int:  # fmt: skip
    """Report which recordings have captions: of a FOLDER, of courses, groups and your own files in Canvas, or of
    collections in Studio.

    For each recording: languages, who made the captions as far as that shows, what the rules find, how much is covered.
    Nothing is changed anywhere. Panopto, Kaltura and embedded players are out of reach, and the report says so.

    \b
    Examples:
      captionkit audit captions/ --require en,es
      captionkit audit --course 101 --course 102 -o audit.html
      captionkit audit --courses-from courses.csv --require en --since autumn.json -o spring.json

    \b
    Exit codes: 0 done; 1 with --check, something is missing; 5 some places
    could not be looked at; 7 none could; 2 usage.
    """
    from captionkit.audit.assemble import assemble
    from captionkit.audit.exceptions import parse
    from captionkit.audit.model import Status
    from captionkit.audit.reports import load, names
    from captionkit.audit.totals import totals

    form = form or {".csv": "csv", ".json": "json", ".html": "html", ".htm": "html"}.get(
        output.suffix.lower() if output else "", "markdown"
    )
    if form not in names():
        raise UsageError(f"no report is called {form!r}", hint=f"There are {', '.join(names())}.")
    places = _audit.keys(courses, groups, courses_from, mine)
    in_studio = _audit.studio_keys(collections, studio_account)
    if bool(folder) + bool(places) + bool(in_studio) != 1:
        raise UsageError(
            "one report is about a folder, about Canvas or about Studio: say which",
            hint="A FOLDER; --course ID, --group ID, --courses-from FILE, --mine; or --studio-collection ID.",
        )
    required = _audit.languages(require)
    exempt = parse(_audit.read_bytes(exceptions), str(exceptions)) if exceptions else []
    lengths = _audit.durations(durations) if durations else {}
    earlier = [_audit.snapshot(path) for path in snapshots]
    checker = _audit.checker(folder, profiles)
    from captionkit import __version__

    output = None if output == Path("-") else output
    about: dict[str, Any] = {
        "made_at": _audit.now(), "tool": f"captionkit {__version__}", "profiles": checker.settings.profiles,
        "required": required, "exemptions": exempt,
    }  # fmt: skip
    said = [_audit.language_limit(checker)]
    asked = _audit.Asked(places or in_studio, checker, output, not listing_only)
    if folder is not None:
        from captionkit.audit.folder import collect_folder

        place, recordings = collect_folder(folder, checker, now=about["made_at"], durations=lengths)
        found: _audit.Collected = (str(folder), "", [place], recordings, (), lambda: None)
    elif places:
        found = _audit.of_canvas(asked, lengths, url, as_user_id)
    else:
        found = _audit.of_studio(asked, studio_url)
    source, user, seen, recordings, limits, finish = found
    if listing_only:
        said.append("The tracks were not read (--listing-only).")
    audit = assemble(seen, recordings, source=source, user=user, limits=(*limits, *filter(None, said)), **about)
    text = load(form)(audit, _audit.told(audit, earlier))
    if output is not None:
        from captionkit.files import write_atomically

        write_atomically(output, text.encode("utf-8", "replace"))
        whole = totals(audit).whole
        echo(f"{whole.all:,} recordings, {whole.count[Status.CAPTIONED]:,} of {whole.due:,} that need captions "
                   f"have them. Written: {output}")  # fmt: skip
    else:
        echo_data(text)
    finish()
    return _exit_code(audit, must_be_complete)


def _exit_code(audit: Audit, must_be_complete: bool) -> int:
    from captionkit.audit.model import Status
    from captionkit.audit.totals import status

    failed = [place for place in audit.places if place.problem]
    for place in failed:
        echo(f"error: {place.key}: {place.problem}", err=True)
    if failed:
        return ExitCode.PARTIAL if len(failed) < len(audit.places) else ExitCode.REMOTE_FAILED
    good = (Status.CAPTIONED, Status.EXEMPT)
    lacking = any(status(one, audit.required) not in good for one in audit.recordings)
    return ExitCode.FINDINGS if must_be_complete and lacking else ExitCode.OK
