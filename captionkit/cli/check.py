"""`captionkit check`: say what is wrong with caption files, and mend it when asked to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from captionkit.cli._archive import check_archive, engine_options, is_archive
from captionkit.cli._check_options import OLD_NAMES, check_options
from captionkit.cli._findings import in_colours, report_on
from captionkit.cli._listed_paths import listed_paths
from captionkit.cli._output import echo, echo_data, echo_painted, form_of
from captionkit.errors import ExitCode, NoSuchFile, UsageError
from captionkit.files import is_folder

if TYPE_CHECKING:
    from captionkit.lint.files import Fixing
    from captionkit.lint.results import FileResult
    from captionkit.lint.settings import Settings

_NOTHING = "Nothing was checked."


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
    given = [*paths, *listed_paths(options["files_from"])]
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
        return _show_diff(results, options) if options["show_diff"] else report_on(results, settings, options, fixing)
    cache = None
    if not options["no_cache"] and len(files) > 1:
        from captionkit.lint.cache import Cache

        cache = Cache.open(settings)
    try:
        return report_on(check_files(files, settings, workers=options["workers"], cache=cache), settings, options)
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
    is_coloured = in_colours(options)
    for result in results:
        files += 1
        if result.error:
            unread += 1
            echo(f"error: {result.path}: {result.error}", err=True)
        if result.diff:
            changed += 1
            if is_coloured:
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
