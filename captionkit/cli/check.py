"""`captionkit check`: say what is wrong with caption files, and mend it when asked to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from captionkit.cli._archive import check_archive, engine_options, is_archive
from captionkit.cli._captions import encoding_option
from captionkit.cli._grammar import dry_run_option, json_option, old_names
from captionkit.cli._output import echo, echo_data, echo_painted, form_of
from captionkit.cli._paths import NamedFile, PathArgument
from captionkit.decoding import one_line_end
from captionkit.errors import ExitCode, NoSuchFile, UsageError
from captionkit.files import is_folder
from captionkit.model import Severity

if TYPE_CHECKING:
    from captionkit.lint.files import Fixing
    from captionkit.lint.results import FileResult
    from captionkit.lint.run import Run
    from captionkit.lint.settings import Settings
    from captionkit.reports.base import Report

_NOTHING = "Nothing was checked."
_LEVELS = click.Choice([severity.value for severity in Severity])
_KINDS = click.Choice(["captions", "subtitles", "descriptions", "chapters", "metadata"])


class _Formats(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic from click 8.4 on, for stubs
    """The reports, looked up only when one is named: `check` starts faster for it."""

    name = "format"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value in ("full", "parquet"):
            return value
        from captionkit.reports.base import names

        if value not in names():
            self.fail(f"{value!r} is none of {', '.join(names())}", param, ctx)
        return value


def check_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that `check` and `fix` share."""
    for decorate in reversed(_OPTIONS):
        command = decorate(command)
    return command


#: What options of `check` and `fix` were called.
OLD_NAMES = old_names(output_file="output", media="sound")

_OPTIONS = [
    click.argument("paths", cls=PathArgument, nargs=-1, metavar="PATH..."),
    click.option(
        "--profile",
        "profiles",
        metavar="NAME[,NAME]",
        help="Rules and limits to check against; several count together.",
    ),
    click.option(
        "--select", metavar="CODES", multiple=True, help="Check these rules only: codes or beginnings of codes, or ALL."
    ),
    click.option("--extend-select", metavar="CODES", multiple=True, help="Check these rules besides."),
    click.option("--ignore", metavar="CODES", multiple=True, help="Leave these rules out."),
    click.option("--per-file-ignores", metavar="GLOB:CODES", multiple=True, help="Leave rules out for some files."),
    click.option("--kind", type=_KINDS, help="What the files are, where it matters."),
    click.option("--language", metavar="TAG", help="The language, where the file's name does not say it."),
    encoding_option,
    click.option("--duration", type=float, metavar="SECONDS", help="How long the media runs, to compare with."),
    click.option(
        "--sound",
        is_flag=True,
        help="Listen to the recordings beside the files, and compare: SND001 to SND006.",
    ),
    click.option("--fps", type=float, metavar="N", help="Frames a second, for limits in frames (24)."),
    click.option("--fix", is_flag=True, help="Mend what can be mended without changing what any player shows."),
    click.option("--restore", is_flag=True, help="With --fix: also bring back what some players drop or show as text."),
    click.option(
        "--unsafe-fixes", is_flag=True, help="With --fix: as --restore, and mend what changes times or text on screen."
    ),
    dry_run_option("With --fix: report as if it had been done, and write no caption file."),
    click.option("--diff", "show_diff", is_flag=True, help="Show what --fix would change, and change nothing."),
    click.option("--show-fixes", is_flag=True, help="List what was mended."),
    click.option(
        "--output-format",
        type=_Formats(),
        envvar="CAPTIONKIT_OUTPUT_FORMAT",
        metavar="FORMAT",
        help="full, concise, grouped, json, jsonl, sarif, github, gitlab, junit, csv, html, markdown; by default by "
        "the name of the output file, else full. With --engine parquet, and one of these besides.",
    ),
    json_option("Short for --output-format json."),
    click.option("-o", "--output", "output_file", type=click.Path(), metavar="FILE", help="Write the report there."),
    click.option(
        "--level",
        type=_LEVELS,
        help="The mildest finding to list (info; warning for several files in full).",
    ),
    click.option("--statistics", is_flag=True, help="Count the findings by rule instead of listing them."),
    click.option("--per-file", is_flag=True, help="Count the findings by file instead of listing them."),
    click.option("--fail-level", type=_LEVELS, help="The mildest finding that makes the exit code 1 (error)."),
    click.option("--exit-zero", "-e", is_flag=True, help="Exit 0 whatever was found."),
    click.option("--exit-non-zero-on-fix", is_flag=True, help="Exit 1 if anything was mended."),
    click.option("--stdin-filename", metavar="NAME", help="The name of what `-` reads."),
    click.option(
        "--files-from",
        metavar="FILE",
        help="Read paths from a file, one a line; - for standard input.",
    ),
    click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out what is found below a folder."),
    click.option("--force-exclude", is_flag=True, help="Leave it out even where it is named."),
    click.option(
        "--baseline", type=click.Path(dir_okay=False, path_type=Path), help="Leave out the findings recorded there."
    ),
    click.option(
        "--write-baseline", type=click.Path(dir_okay=False, path_type=Path), help="Record today's findings and exit 0."
    ),
    click.option("--no-suppressions", is_flag=True, help="Do not heed comments in the files."),
    click.option(
        "--config",
        "config",
        type=NamedFile(),
        help="Take the settings from this file.",
    ),
    click.option("--isolated", is_flag=True, help="Take no settings from any file."),
    click.option("--no-cache", is_flag=True, envvar="CAPTIONKIT_NO_CACHE", help="Read every file anew."),
    click.option("--workers", "-j", type=click.IntRange(0), default=0, help="Processes to use; 0 for one a core."),
    click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        help="Colour the report: on a terminal (auto), unless NO_COLOR is set; or where FORCE_COLOR is.",
    ),
    click.option("--quiet", "-q", is_flag=True, help="Print findings only, no summary."),
]


@click.command(context_settings=OLD_NAMES)
@check_options
@engine_options
def command(**options: Any) -> int:
    """Check SRT and WebVTT files: a file, a folder with all below it, or - for standard input.

    Each finding has its file, line and column, its cue and time, and a code that `captionkit explain CODE` tells about.
    Exit code 0: nothing at or above --fail-level. 1: findings. 2: a mistake in the call, or a file that cannot be read.

    \b
    Examples:
      captionkit check captions/
      captionkit check lecture.en.srt --profile netflix-en --output-format concise
      captionkit check captions/ --json -o findings.json
    """
    return run_check(**options)


def run_check(paths: Sequence[str], **options: Any) -> int:
    """Check, mend where asked to, report, and give the exit code."""
    import gc

    if options["as_json"]:
        options["output_format"] = _json_form(options["output_format"])
    if is_archive(paths, options):
        settings, defaults = _settings([path if "://" not in path else "." for path in paths], options)
        return check_archive(paths, options, settings, defaults)
    # Findings make no cycles, and there may be a hundred thousand: looking for cycles among them takes long.
    was_on = gc.isenabled()
    gc.disable()
    try:
        return _run_check(paths, options)
    finally:
        if was_on:
            gc.enable()


def _json_form(named: str | None) -> str:
    """The report that --json stands for: over the environment, and not beside another that was asked for."""
    if named not in (None, "json"):
        from click.core import ParameterSource

        source = click.get_current_context().get_parameter_source("output_format")
        if source is not ParameterSource.ENVIRONMENT:
            raise UsageError(f"--json and --output-format {named} contradict each other", unchanged=_NOTHING)
    return "json"


def _run_check(paths: Sequence[str], options: dict[str, Any]) -> int:
    from captionkit.lint.run import find_files

    options["output_file"] = _output_file(options["output_file"])
    options["output_format"] = _form(options)
    settings, defaults = _settings(paths, options)
    if options["baseline"] or options["write_baseline"]:
        from dataclasses import replace

        settings = replace(settings, each=True)  # a new finding would hide in a count
    given = [*paths, *_listed(options["files_from"])]
    if not given and options["files_from"] is None:
        raise UsageError("there is nothing to check", hint="Name files or folders, or - for standard input.")
    exclude = (*defaults.exclude, *options["exclude"])
    candidates: list[str] = []
    files, missing = find_files(given, exclude=exclude, force_exclude=options["force_exclude"], others=candidates)
    if missing:
        raise NoSuchFile(missing[0], what="file or folder", unchanged="Nothing was checked.")
    if not files and options["files_from"] is None and not options["force_exclude"]:
        echo(f"No .srt or .vtt file in {', '.join(given)}.", err=True)
    options["fail_level"] = options["fail_level"] or defaults.fail_level
    is_long = options["output_format"] == "full" and len(files) > 1
    options["level"] = options["level"] or ("warning" if is_long else "info")
    code = _check(files, given, settings, options)
    if candidates and not options["quiet"]:
        tell_others(candidates, given)
    return code


def tell_others(candidates: Sequence[str], given: Sequence[str]) -> None:
    """Name the captions in other formats, on standard error: a report is about what was checked."""
    import os

    from captionkit.library.others import command, listed, others_among

    others = list(others_among(candidates))
    convert = []
    for folder in (path for path in given if is_folder(path)):
        mine = [os.path.relpath(one.path, folder) for one in others]
        mine = [path.replace(os.sep, "/") for path in mine if not path.startswith(os.pardir)]
        convert += [command(folder, mine)] if mine else []
    for line in listed([str(one) for one in others], "; ".join(convert)):
        echo(line, err=True)


def _check(files: Sequence[str], given: Sequence[str], settings: Settings, options: dict[str, Any]) -> int:
    from captionkit.lint.run import check_files

    if options["fix"] or options["show_diff"] or "-" in files:
        results, fixing = _fix(files, [path for path in given if is_folder(path)], settings, options)
        return _show_diff(results, options) if options["show_diff"] else _report(results, settings, options, fixing)
    cache = None
    if not options["no_cache"] and len(files) > 1:
        from captionkit.lint.cache import Cache

        cache = Cache.open(settings)
    try:
        return _report(check_files(files, settings, workers=options["workers"], cache=cache), settings, options)
    finally:
        if cache:
            cache.close()


def _output_file(name: str | None) -> Path | None:
    if name is not None and is_folder(name):
        raise UsageError(f"{name} is a folder, and the report is a file", unchanged="Nothing was checked.")
    return None if name is None else Path(name)


def _form(options: dict[str, Any]) -> str:
    """The report that is written: as it was called, or by the name of the file."""
    named, output = options["output_format"], options["output_file"]
    if named == "parquet":
        raise UsageError(
            "parquet goes with --engine", unchanged="Nothing was checked.", hint="Add --engine dask -o report/."
        )
    if output is None or not output.suffix:
        return named or "full"
    from captionkit.reports.base import by_extension

    return form_of(str(output), by_extension(), named)


def _fix(
    files: Sequence[str], folders: Sequence[str], settings: Any, options: dict[str, Any]
) -> tuple[Iterable[FileResult], Fixing]:
    """Mend, or only read what comes from standard input. Fixed standard input goes to standard output."""
    from captionkit.lint.files import Fixing, fix_files

    fixing = Fixing(
        restore=options["restore"],
        unsafe=options["unsafe_fixes"],
        write=options["fix"] and not (options["show_diff"] or options["dry_run"]),
        want_diff=options["show_diff"],
        fixes=options["fix"] or options["show_diff"],
        folders=tuple(folders),
        stdin_name=options["stdin_filename"] or "-",
    )
    results: Iterable[FileResult] = fix_files(files, settings, fixing)
    if "-" in files:
        results = list(results)
        if fixing.stdin_output is not None and not (options["show_diff"] or options["dry_run"]):
            echo_data(fixing.stdin_output)
            options["to_stderr"] = True
    return results, fixing


def _show_diff(results: Iterable[FileResult], options: dict[str, Any]) -> int:
    """Print what would change; 1 if anything would, 2 for a file that cannot be read (as `diff` does)."""
    files = changed = unread = 0
    in_colours = _in_colours(options)
    for result in results:
        files += 1
        if result.error:
            unread += 1
            echo(f"error: {result.path}: {result.error}", err=True)
        if result.diff:
            changed += 1
            if in_colours:
                echo_painted(result.diff + "\n", "diff")
            else:
                echo_data(result.diff + "\n")
    echo(f"{changed} of {files} files would change; nothing was written.", err=True)
    if unread:
        return ExitCode.USAGE
    return ExitCode.FINDINGS if changed and not options["exit_zero"] else ExitCode.OK


def _settings(paths: Sequence[str], options: dict[str, Any]) -> tuple[Any, Any]:
    from captionkit.lint.configuration import Defaults, read_settings

    first = next((path for path in paths if path != "-"), options["stdin_filename"] or ".")
    defaults = Defaults() if options["isolated"] else read_settings(Path(first), options["config"])
    settings = defaults.with_options(options)
    for code, now in settings.renamed().items():
        echo(f"note: {code} is called {' and '.join(now)} now", err=True)
    return settings, defaults


def _listed(file: str | None) -> list[str]:
    if file is None:
        return []
    from captionkit.files import read_file, read_standard_input, unreadable

    try:
        data = read_standard_input() if file == "-" else read_file(file)
    except OSError as error:
        raise unreadable(str(file), error, unchanged="Nothing was checked.") from error
    utf16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}.get(data[:2])
    try:
        # PowerShell 5 writes UTF-16, and whatever has no such mark may be of a code page, a line each.
        data = data.decode(utf16).encode("utf-8", "surrogatepass") if utf16 else data.removeprefix(b"\xef\xbb\xbf")
    except UnicodeDecodeError as error:
        raise UsageError("the list of paths begins like UTF-16 and is none", where=file) from error
    lines = data.split(b"\0" if b"\0" in data else b"\n")
    return [_path_in(line.rstrip(b"\r")) for line in lines if line.strip()]


def _path_in(line: bytes) -> str:
    """A path in UTF-8 or, where that names no file, in a code page of this Windows: cmd writes the one of the console,
    other programs that of the system."""
    import os

    try:
        path = line.decode("utf-8")
    except UnicodeDecodeError:
        path = ""
    if path:
        return path
    pages = ("mbcs", "oem") if os.name == "nt" else ("cp1252", "cp850")
    named = [os.fsdecode(line) if os.name != "nt" else "", *[line.decode(page, "replace") for page in pages]]
    return next((one for one in named if one and os.path.lexists(one)), named[1])


def _read_lines(path: str, settings: Any) -> Sequence[str]:
    from captionkit.errors import CaptionkitError
    from captionkit.lint.run import read_document

    try:
        source = read_document(path, settings).source
    except (CaptionkitError, OSError):
        return ()
    return one_line_end(source.text).split("\n") if source else ()


#: GitHub takes no more than this in one step's summary.
_SUMMARY_BYTES = 1 << 20


def _write_step_summary(run: Any) -> None:
    """Give GitHub the whole list, since it shows only ten annotations of a kind."""
    import os

    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if file:
        from captionkit.reports.markdown import REPORT

        text = REPORT.text(run).encode("utf-8", "replace")[: _SUMMARY_BYTES - 1000]  # it lists so many and no more
        with Path(file).open("ab") as summary:
            summary.write(text)


def _previewer(settings: Any) -> Callable[[Any], Sequence[str]]:
    """Tries fixes out on the files as they stand; standard input cannot be read again."""
    from captionkit.lint.checker import Checker
    from captionkit.lint.preview import Previews

    return Previews(Checker(settings), lambda path: _document(path, settings))


def _document(path: str, settings: Any) -> Any:
    from captionkit.errors import CaptionkitError
    from captionkit.lint.run import read_document

    try:
        return read_document(path, settings)
    except (CaptionkitError, OSError):
        return None


def _report(
    results: Iterable[FileResult], settings: Settings, options: dict[str, Any], fixing: Fixing | None = None
) -> int:
    """Write down what was found as it comes, or when all is known, and give the exit code."""
    from captionkit.lint.folder import with_folder_rules
    from captionkit.lint.results import Kept, Passing
    from captionkit.lint.run import Run
    from captionkit.reports.base import Report, load

    stdin_lines = fixing.stdin_lines if fixing else {}
    notes: list[str] = []

    def read_lines(path: str) -> Sequence[str]:
        return stdin_lines.get(path) or _read_lines(path, settings)

    results = _noting(results, notes, options) if fixing else results
    listen = None
    if options["sound"]:
        from captionkit.cli._sound import listener

        listen = listener(settings, use_cache=not options["no_cache"])
    results = with_folder_rules(results, settings, listen)
    if options["write_baseline"] and not options["dry_run"]:
        from captionkit.lint import baseline

        count = baseline.write(options["write_baseline"], Run(Passing(results), settings, read_lines))
        echo(f"{count} findings recorded in {options['write_baseline']}.", err=True)
        return ExitCode.OK
    if options["baseline"]:
        from captionkit.lint import baseline

        results = baseline.without(results, baseline.recorded(options["baseline"]), read_lines)
    if options["statistics"] or options["per_file"]:
        from captionkit.lint.statistics import per_file, statistics

        report = Report("", per_file if options["per_file"] else statistics, in_one_pass=True)
    else:
        report = load(options["output_format"])
        if Severity(options["level"]) is not Severity.INFO:
            results = _from(Severity(options["level"]), results)
    run = Run(Passing(results) if report.in_one_pass else Kept(results), settings, read_lines)
    if options["output_format"] == "full":
        run.preview = _previewer(settings)
    if fixing and fixing.fixes:
        from captionkit.lint.edits import fixes_wanted

        run.tried = fixes_wanted(restore=fixing.restore, unsafe=fixing.unsafe)
    run.fail_level = Severity(options["fail_level"])
    run.only_tries = options["dry_run"]
    _write(report, run, options)
    if options["output_format"] == "github" and not report.in_one_pass:
        _write_step_summary(run)
    for note in notes:
        echo(note, err=True)
    return run.exit_code(zero=options["exit_zero"], fixed=options["exit_non_zero_on_fix"])


def _from(level: Severity, results: Iterable[FileResult]) -> Iterator[FileResult]:
    """The results without what is milder than this."""
    for result in results:
        result.list_from(level)
        yield result


def _noting(results: Iterable[FileResult], notes: list[str], options: dict[str, Any]) -> Iterator[FileResult]:
    """The results, with what is to be said of those that were mended put down."""
    for result in results:
        if (options["show_fixes"] or options["dry_run"]) and result.fixed:
            done = ", ".join(f"{count} x {code}" for code, count in sorted(result.fixed.items()))
            notes.append(f"{'would fix' if options['dry_run'] else 'fixed'} {result.path}: {done}")
        notes += [f"not fixed {result.path}: {refusal}" for refusal in result.refused]
        yield result


#: Characters that are written together.
_TOGETHER = 1 << 16


def _write(report: Report, run: Run, options: dict[str, Any]) -> None:
    """Write the report as it comes: to the file that was named, or to standard output."""
    if options["output_file"] and str(options["output_file"]) != "-":
        from captionkit.files import write_atomically

        write_atomically(options["output_file"], _encoded(report.pieces(run)))
        if not options["quiet"]:
            from captionkit.reports.base import summary

            for line in [*summary(run), f"Written: {options['output_file']}"]:
                echo(line, err=True)
        return
    to_stderr = options.get("to_stderr", False)
    is_table = options["statistics"] or options["per_file"]
    in_colours = not (report.is_data or is_table) and _in_colours(options, err=to_stderr)
    for text in _together(report.pieces(run)):
        if in_colours:
            echo_painted(text, options["output_format"], err=to_stderr)
        elif report.is_data and not to_stderr:
            echo_data(text)
        else:
            echo(text, nl=False, err=to_stderr)


def _in_colours(options: dict[str, Any], *, err: bool = False) -> bool:
    import sys

    from captionkit.cli._colour import wanted

    return wanted(options["color"], sys.stderr if err else sys.stdout)


def _together(pieces: Iterable[str]) -> Iterator[str]:
    import sys

    most = 0 if sys.stdout is not None and sys.stdout.isatty() else _TOGETHER
    waiting: list[str] = []
    length = 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length > most:
            yield "".join(waiting)
            waiting.clear()
            length = 0
    if waiting:
        yield "".join(waiting)


def _encoded(pieces: Iterable[str]) -> Iterator[bytes]:
    return (text.encode("utf-8", "backslashreplace") for text in _together(pieces))
