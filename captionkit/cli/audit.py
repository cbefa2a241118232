"""`captionkit audit`: which recordings have captions, in which languages, made by whom, how good, and what changed."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from captionkit.errors import ConfigError, ExitCode, LocalError, UsageError

if TYPE_CHECKING:
    from captionkit.audit.model import Audit
    from captionkit.audit.reports import Told
    from captionkit.lint.engine import Checker

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("audit")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--course", "courses", multiple=True, metavar="ID", help="This course: its number or address. Repeatable."
)
@click.option("--group", "groups", multiple=True, metavar="ID", help="This group. Repeatable.")
@click.option("--courses-from", type=_FILE, metavar="FILE", help="The courses of this file: a number a line, or a CSV "
              "with a column course, course_id or canvas_course_id.")  # fmt: skip
@click.option("--mine", is_flag=True, help="The recordings in your own files.")
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
    require: str, profiles: str | None, exceptions: Path | None, durations: Path | None, snapshots: tuple[Path, ...],
    form: str | None, output: Path | None, listing_only: bool, must_be_complete: bool, url: str, as_user_id: str,
) -> int:  # fmt: skip
    """Report which recordings have captions: of a FOLDER, or of courses, groups and your own files in Canvas.

    For each recording: languages, who made the captions as far as that shows, what the rules find, how much is covered.
    Nothing is changed anywhere. Panopto, Kaltura, Studio and embedded players are out of reach, and the report says so.

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
    keys = _keys(courses, groups, courses_from, mine)
    if (folder is None) == (not keys):
        raise UsageError(
            "say what to look at" if folder is None else "a folder and Canvas cannot be audited in one report",
            hint="A FOLDER, or --course ID, --group ID, --courses-from FILE, --mine.",
        )
    required = _languages(require)
    exempt = parse(_bytes(exceptions), str(exceptions)) if exceptions else []
    lengths = _durations(durations) if durations else {}
    earlier = [_snapshot(path) for path in snapshots]
    checker = _checker(folder, profiles)
    from captionkit import __version__

    about: dict[str, Any] = {
        "made_at": _now(), "tool": f"captionkit {__version__}", "profiles": checker.settings.profiles,
        "required": required, "exemptions": exempt,
        "language_checked": _compares_languages(checker),
    }  # fmt: skip
    if folder is not None:
        from captionkit.audit.folder import collect_folder

        place, recordings = collect_folder(folder, checker, now=about["made_at"], durations=lengths)
        audit = assemble([place], recordings, source=str(folder), **about)
        finish: Callable[[], None] = lambda: None  # noqa: E731
    else:
        audit, finish = _of_canvas(keys, checker, lengths, output, listing_only, url, as_user_id, assemble, about)
    text = load(form)(audit, _told(audit, earlier))
    if output is not None:
        from captionkit.files import write_atomically

        write_atomically(output, text.encode("utf-8", "replace"))
        whole = totals(audit).whole
        click.echo(f"{whole.all:,} recordings, {whole.count[Status.CAPTIONED]:,} of {whole.due:,} that need captions "
                   f"have them. Written: {output}")  # fmt: skip
    else:
        click.echo(text.removeprefix("\ufeff") if sys.stdout.isatty() else text, nl=False)
    finish()
    return _exit_code(audit, must_be_complete)


def _exit_code(audit: Audit, must_be_complete: bool) -> int:
    from captionkit.audit.model import Status
    from captionkit.audit.totals import status

    failed = [place for place in audit.places if place.problem]
    for place in failed:
        click.echo(f"error: {place.key}: {place.problem}", err=True)
    if failed:
        return ExitCode.PARTIAL if len(failed) < len(audit.places) else ExitCode.REMOTE_FAILED
    good = (Status.CAPTIONED, Status.EXEMPT)
    lacking = any(status(one, audit.required) not in good for one in audit.recordings)
    return ExitCode.FINDINGS if must_be_complete and lacking else ExitCode.OK


# --- what to look at --------------------------------------------------------------------------------------------------


def _keys(courses: tuple[str, ...], groups: tuple[str, ...], courses_from: Path | None, mine: bool) -> list[str]:
    if not (courses or groups or courses_from or mine):
        return []
    from captionkit.address import scope_of

    listed = _listed_courses(courses_from) if courses_from else []
    keys = [scope_of("courses", course) for course in (*courses, *listed)]
    keys += [scope_of("groups", group) for group in groups]
    return list(dict.fromkeys([*keys, *(["users/self"] if mine else [])]))


def _listed_courses(path: Path) -> list[str]:
    import csv
    import io

    text = _text(path)
    first = text.split("\n", 1)[0].lower()
    delimiter = max(",;\t", key=first.count)
    heads = [head.strip().strip('"') for head in first.split(delimiter)]
    known = ("course", "course_id", "canvas_course_id", "id")
    column = next((heads.index(name) for name in known if name in heads), None)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    found = [row[column or 0].strip() for row in rows[column is not None :] if len(row) > (column or 0)]
    found = [one for one in found if one and not one.startswith("#")]
    if not found:
        raise ConfigError("there are no courses in this file", where=str(path))
    return found


def _languages(require: str) -> tuple[str, ...]:
    from captionkit.languages import canonical, is_known

    found = []
    for tag in filter(None, (part.strip() for part in require.split(","))):
        if not is_known(tag):
            raise UsageError(f"--require: {tag!r} is no language tag", hint="For instance en, es, pt-BR.")
        found.append(canonical(tag))
    return tuple(dict.fromkeys(found))


def _durations(path: Path) -> dict[str, int]:
    import csv
    import io

    text = _text(path)
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
    if not {"media", "duration"} <= names.keys():
        raise ConfigError("the first line must name the columns media and duration", where=str(path))
    found = {}
    for row in rows:
        media, length = (row[names["media"]] or "").strip(), (row[names["duration"]] or "").strip()
        if media and length:
            found[media] = _ms(length, f"{path}, line {rows.line_num}")
    return found


def _ms(length: str, where: str) -> int:
    match = re.fullmatch(r"(?:(?:(\d+):)?(\d{1,3}):)?(\d+(?:[.,]\d+)?)", length)
    if not match:
        raise ConfigError(f"{length!r} is no duration", where=where, hint="Seconds, M:SS or H:MM:SS.")
    hours, minutes, seconds = match.groups()
    return round((int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds.replace(",", "."))) * 1000)


def _snapshot(path: Path) -> Audit:
    import json

    from captionkit.audit.model import audit_from

    try:
        found = json.loads(_bytes(path))
    except ValueError as error:
        raise LocalError("this is no JSON", where=str(path), hint="Give an audit written as JSON.") from error
    return audit_from(found, str(path))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise LocalError(f"cannot read: {error.strerror or error}", where=str(path)) from error


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError("the file is not UTF-8", where=str(path), hint="Save it as CSV UTF-8.") from error


def _checker(folder: Path | None, profiles: str | None) -> Checker:
    from captionkit.lint.configuration import read_settings
    from captionkit.lint.engine import Checker

    return Checker(read_settings(folder or Path()).with_options({"profiles": profiles}))


def _compares_languages(checker: Checker) -> bool:
    from importlib.util import find_spec

    return "LNG008" in checker.enabled and find_spec("py3langid") is not None


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- Canvas -----------------------------------------------------------------------------------------------------------


def _of_canvas(
    keys: list[str], checker: Checker, lengths: dict[str, int], output: Path | None, listing_only: bool, url: str,
    as_user_id: str, assemble: Callable[..., Audit], about: dict[str, Any],
) -> tuple[Audit, Callable[[], None]]:  # fmt: skip
    """The audit, and what to do once it is written: forget the progress."""
    from captionkit.audit.collect import OUT_OF_REACH, Collector
    from captionkit.audit.progress import Progress
    from captionkit.cli._remote import open_canvas

    with open_canvas(url, as_user_id, parallel=8) as canvas:
        base = canvas.session.base_url
        user = canvas.whoami()
        asked = {
            "source": base, "user": user.id, "places": keys, "checked": checker.settings.fingerprint(),
            "contents": not listing_only, "durations": sorted(lengths.items()),
        }  # fmt: skip
        progress = Progress(output.with_name(f"{output.name}.partial") if output else None, asked)
        if progress.done:
            click.echo(f"Going on: {len(progress.done)} of {len(keys)} places were looked at before.", err=True)
        tell = _progress_line()
        collector = Collector(
            canvas, checker, progress, now=_now, contents=not listing_only, durations=lengths, tell=tell
        )
        try:
            places, recordings = collector.collect(keys, workers=8)
        except BaseException:
            progress.close(finished=False)
            if progress.path is not None:
                done = f"{len(progress.done)} of {len(keys)} places are done"
                click.echo(f"\n{done}; the same command goes on from there.", err=True)
            raise
    audit = assemble(
        places, recordings, source=base, user=user.name or user.id,
        limits=(OUT_OF_REACH, *(("The tracks were not read (--listing-only).",) if listing_only else ())), **about,
    )  # fmt: skip
    return audit, lambda: progress.close(finished=True)


def _progress_line() -> Callable[[int, int, int], None]:
    if not sys.stderr.isatty():
        return lambda recordings, done, places: None

    def tell(recordings: int, done: int, places: int) -> None:
        click.echo(f"\r\x1b[K{done} of {places} places, {recordings:,} recordings", nl=done == places, err=True)

    return tell


def _told(audit: Audit, earlier: list[Audit]) -> Told:
    from captionkit.audit.changes import changes, history
    from captionkit.audit.reports import Told
    from captionkit.audit.totals import totals

    if not earlier:
        return Told(totals(audit))
    latest = max(earlier, key=lambda one: one.made_at)
    if any(one.source != audit.source for one in earlier):
        raise UsageError("an earlier audit is of another Canvas or folder", where=latest.source,
                         hint=f"This one is of {audit.source}.")  # fmt: skip
    return Told(totals(audit), changes(latest, audit), latest.made_at, history([*earlier, audit], audit.required))
