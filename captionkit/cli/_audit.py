"""What `captionkit audit` reads and collects: its tables, its earlier reports, Canvas and Studio."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from captionkit.cli._output import echo, form_of, overwrite
from captionkit.errors import ConfigError, UsageError
from captionkit.files import read_file, unreadable

if TYPE_CHECKING:
    from captionkit.auditing.audits import Asked
    from captionkit.auditing.model import Audit
    from captionkit.auditing.progress import Progress
    from captionkit.auditing.reports import Figures
    from captionkit.auditing.sound import Hear
    from captionkit.lint.checker import Checker

_NOTHING = "Nothing was written."

# --- what to look at --------------------------------------------------------------------------------------------------


def keys(courses: tuple[str, ...], groups: tuple[str, ...], courses_from: Path | None, mine: bool) -> list[str]:
    """The places of Canvas that were named, each once."""
    if not (courses or groups or courses_from or mine):
        return []
    from captionkit.remotes.canvas.addresses import scope_named

    listed = _listed_courses(courses_from) if courses_from else []
    found = [scope_named("courses", course) for course in (*courses, *listed)]
    found += [scope_named("groups", group) for group in groups]
    return list(dict.fromkeys([*found, *(["users/self"] if mine else [])]))


def studio_keys(collections: tuple[str, ...], account: bool) -> list[str]:
    """The places of Studio that were named."""
    for one in collections:
        if not re.fullmatch(r"[0-9]{1,19}", one):
            raise UsageError(
                f"--studio-collection: {one!r} is no number", hint="`captionkit studio` lists collections."
            )
    return list(dict.fromkeys([*(f"collections/{one}" for one in collections), *(["account"] if account else [])]))


def _listed_courses(path: Path) -> list[str]:
    import csv
    import io

    text = read_text(path)
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


def durations(path: Path) -> dict[str, int]:
    import csv
    import io

    text = read_text(path)
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


def snapshot(path: Path) -> Audit:
    from captionkit.auditing.model import audit_from

    return audit_from(read_bytes(path), str(path))


def read_bytes(path: Path) -> bytes:
    try:
        return read_file(path)
    except OSError as error:
        raise unreadable(path, error) from error


def read_text(path: Path) -> str:
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError("the file is not UTF-8", where=str(path), hint="Save it as CSV UTF-8.") from error


def checker(folder: Path | None, profiles: str | None, encoding: str = "") -> Checker:
    from captionkit.lint.checker import Checker
    from captionkit.lint.configuration import read_settings

    return Checker(read_settings(folder or Path()).with_options({"profiles": profiles, "encoding": encoding}))


# --- Canvas and Studio ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Target:
    """What the audit is about: a folder, or places of Canvas, or places of Studio."""

    folder: Path | None
    places: list[str]
    in_studio: bool = False


def target(folder: Path | None, canvas: list[str], studio: list[str], kept: Audit | None) -> Target:
    """What was named; by default what a snapshot is of.

    Raises:
        UsageError: nothing or several things were named.
    """
    named = bool(folder) + bool(canvas) + bool(studio)
    if kept is not None and not named:
        keys = [place.key for place in kept.places]
        if all(re.fullmatch(r"(courses|groups)/\d+|users/self", key) for key in keys):
            return Target(None, keys)
        if all(re.fullmatch(r"collections/\d+|account|studio/courses/\d+", key) for key in keys):
            return Target(None, keys, in_studio=True)
        if Path(kept.source).is_dir():
            return Target(Path(kept.source), [])
        raise UsageError("the folder of this snapshot is not here", where=kept.source,
                         hint="Name the FOLDER that it is in now.")  # fmt: skip
    if named != 1:
        raise UsageError(
            "one report is about a folder, about Canvas or about Studio: say which",
            hint="A FOLDER; --course ID, --group ID, --courses-from FILE, --mine; or --studio-collection ID.",
        )
    return Target(folder, canvas or studio, bool(studio))


def form(named: str | None, output: Path | None, evidence: bool) -> str:
    """Which report is written: as it was called, or by the name of the file.

    Raises:
        UsageError: there is no such report, or a file of that name would be another one.
    """
    from captionkit.auditing.reports import by_extension, load, names

    if evidence:
        if named not in (None, "evidence"):
            raise UsageError(f"--evidence and --output-format {named} contradict each other", unchanged=_NOTHING)
        named = "evidence"
    if named is not None and named not in names():
        raise UsageError(f"no report is called {named!r}", hint=f"There are {', '.join(names())}.")
    if named is not None:
        load(named)
    if output is None:
        if named == "xlsx" and sys.stdout.isatty():
            raise UsageError("an Excel file cannot be shown here", unchanged=_NOTHING, hint="Add -o report.xlsx.")
        return named or "markdown"
    return form_of(str(output), by_extension(), named)


def audited(
    target: Target, asked: Asked, output: Path | None, *, url: str, as_user_id: str, hear: Hear | None
) -> tuple[Audit, Callable[[], None]]:
    """The audit, and what to do once it is written."""
    from captionkit.auditing.audits import audit_of_canvas, audit_of_folder, audit_of_studio

    if target.folder is not None:
        return audit_of_folder(target.folder, asked, hear=hear), lambda: None
    if target.in_studio:
        from captionkit.cli._studio import open_studio

        with open_studio(url, parallel=4) as studio:
            about: dict[str, object] = {"source": studio.session.base_url, "user": ""}
            with _progress(about, target.places, asked, output) as progress:
                audit = audit_of_studio(studio, target.places, asked, progress=progress, on_progress=_progress_line())
    else:
        from captionkit.cli._remote import open_canvas

        with open_canvas(url, as_user_id, parallel=8) as canvas:
            user = canvas.whoami()
            about = {"source": canvas.session.base_url, "user": user.id, "durations": sorted(asked.durations.items())}
            with _progress(about, target.places, asked, output) as progress:
                on_progress = _progress_line()
                audit = audit_of_canvas(
                    canvas, target.places, asked, user=user, progress=progress, on_progress=on_progress
                )
    return audit, lambda: progress.close(finished=True)


@contextlib.contextmanager
def _progress(about: dict[str, object], places: list[str], asked: Asked, output: Path | None) -> Iterator[Progress]:
    """The progress beside the output file; where it is cut off, it is said how it goes on."""
    from captionkit.auditing.progress import Progress

    about |= {"places": places, "checked": asked.checker.settings.fingerprint(), "contents": asked.contents}
    progress = Progress(output.with_name(f"{output.name}.partial") if output else None, about)
    if progress.done:
        echo(f"Going on: {len(progress.done)} of {len(places)} places were looked at before.", err=True)
    try:
        yield progress
    except BaseException:
        progress.close(finished=False)
        if progress.path is not None:
            done = f"{len(progress.done)} of {len(places)} places are done"
            echo(f"\n{done}; the same command goes on from there.", err=True)
        raise


def _progress_line() -> Callable[[int, int, int], None]:
    if not sys.stderr.isatty():
        return lambda recordings, done, places: None

    def tell(recordings: int, done: int, places: int) -> None:
        overwrite(f"{done} of {places} places, {recordings:,} recordings")
        if done == places:
            echo(err=True)

    return tell


def figures(audit: Audit, earlier: list[Audit], by: str = "") -> Figures:
    """What is worked out of the audit and those before it."""
    from captionkit.auditing.changes import changes, history
    from captionkit.auditing.reports import Figures
    from captionkit.auditing.totals import totals

    if not earlier:
        return Figures(totals(audit), by=by)
    latest = max(earlier, key=lambda one: one.made_at)
    if any(one.source != audit.source for one in earlier):
        raise UsageError("an earlier audit is of another Canvas or folder", where=latest.source,
                         hint=f"This one is of {audit.source}.")  # fmt: skip
    return Figures(totals(audit), changes(latest, audit), latest.made_at, history([*earlier, audit], audit), by=by)


def write(
    render: Callable[[Audit, Figures], str | bytes],
    audit: Audit,
    figures: Figures,
    output: Path,
    *,
    with_snapshot: bool,
) -> None:
    """Write the report, and print what it says in short.

    Args:
        with_snapshot: write the whole audit beside it, as JSON, and let the report name its digest.
    """
    from dataclasses import replace
    from hashlib import sha256

    from captionkit.auditing.reports import json
    from captionkit.auditing.reports._words import headline, language_line, not_counted
    from captionkit.files import write_atomically

    written = [str(output)]
    if with_snapshot:
        beside = output.with_suffix(".json")
        data = json.render(audit, figures).encode()
        write_atomically(beside, data)
        figures = replace(figures, snapshot=(beside.name, sha256(data).hexdigest()))
        written.append(str(beside))
    report = render(audit, figures)
    write_atomically(output, report if isinstance(report, bytes) else report.encode("utf-8", "replace"))
    echo(headline(figures.totals.whole))
    for one in figures.totals.whole.languages:
        echo(f"  {language_line(one)}")
    for line in not_counted(audit, figures.totals):
        echo(f"  Not counted: {line}")
    echo(f"Written: {' and '.join(written)}")
