"""`check` and `convert` over an archive: on an engine, from and to object storage."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from captionkit.cli._output import echo, overwrite
from captionkit.errors import ExitCode, UsageError
from captionkit.model import Severity

if TYPE_CHECKING:
    from captionkit.lint.configuration import Defaults
    from captionkit.lint.settings import Settings
    from captionkit.scale.convert import Conversion
    from captionkit.scale.run import Archive

#: Options of `check` that do not go with an engine, and how they are called.
_NOT_WITH_ENGINE = {
    "fix": "--fix", "dry_run": "--dry-run", "show_diff": "--diff",
    "baseline": "--baseline", "write_baseline": "--write-baseline",
    "files_from": "--files-from", "stdin_filename": "--stdin-filename",
}  # fmt: skip


def engine_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say where the work is done."""
    options = [
        click.option("--engine", metavar="ENGINE", help="For an archive: dask (processes on this computer) or "
                     "dask://HOST:8786. Reads and writes s3://, gs://, az:// and folders; -o is a folder. Needs "
                     "captionkit[scale]."),
        click.option("--resume", is_flag=True, help="With --engine: go on with the report in -o; what is done stays."),
        click.option("--part-files", type=click.IntRange(1, 100_000), metavar="N", default=1000, show_default=True,
                     help="With --engine: files a part, at least; at most twice as many."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def is_archive(paths: Sequence[str], options: Mapping[str, Any]) -> bool:
    """Whether an engine is to do the work: it was asked for, or the files are where only one reaches.

    Raises:
        UsageError: an option wants an engine that was not asked for.
    """
    if options.get("engine") or any("://" in path for path in paths):
        return True
    if options.get("resume"):
        raise UsageError("--resume goes with --engine", unchanged="Nothing was read.")
    return False


def check_archive(paths: Sequence[str], options: dict[str, Any], settings: Settings, defaults: Defaults) -> int:
    """Check an archive, report, and give the exit code."""
    from captionkit.lint.checker import Checker
    from captionkit.lint.preview import Previews
    from captionkit.lint.run import Run
    from captionkit.reports.base import load, plural, summary
    from captionkit.scale.report import Documents, FromTables
    from captionkit.scale.run import Archive

    for name, called in _NOT_WITH_ENGINE.items():
        if options.get(name):
            raise UsageError(f"{called} does not go with --engine", unchanged="Nothing was read.")
    form = options["output_format"] or "parquet"
    report = load(form) if form != "parquet" else None
    archive = Archive(
        _one(paths), _folder(options["output_file"]), settings, (*defaults.exclude, *options["exclude"]),
        options["engine"] or "dask", options["workers"], options["part_files"], options["resume"],
    )  # fmt: skip
    manifest = _run(archive)
    level = Severity(options["level"] or "info")
    tables = FromTables(archive.report, manifest, level)
    documents = Documents(archive.source, settings)
    run = Run(tables, settings, documents.lines)
    if form == "full":
        run.preview = Previews(Checker(settings), documents.document)
    run.fail_level = Severity(options["fail_level"] or defaults.fail_level)
    if options["statistics"] or options["per_file"]:
        from captionkit.lint.statistics import per_file, statistics

        for text in (per_file if options["per_file"] else statistics)(run):
            echo(text, nl=False)
    unread = len(run.totals.errors)
    written = [f"{len(manifest.parts):,} parts in {archive.report}"]
    if report is not None:
        name = f"report{report.extensions[0]}"
        tables.write(name, (text.encode("utf-8", "backslashreplace") for text in report.pieces(run)))
        written.append(name)
    if not options["quiet"]:
        why = [f"{plural(unread, 'file')} could not be read; {archive.report}/files says why."] if unread else []
        for line in [*summary(run), *why, f"Written: {', '.join(written)}"]:
            echo(line, err=bool(options["statistics"] or options["per_file"]))
        _tell_others(archive)
    return run.exit_code(zero=options["exit_zero"])


def _tell_others(archive: Archive) -> None:
    """Name the captions in other formats, as a check without an engine does."""
    from captionkit.cli.check import tell_others
    from captionkit.library.others import listed
    from captionkit.lint.run import find_files
    from captionkit.scale.others import others_of
    from captionkit.scale.stores import address_of, is_address, open_store

    if not is_address(archive.source):
        candidates: list[str] = []
        find_files([archive.source], exclude=archive.exclude, others=candidates)
        tell_others(candidates, [archive.source])
        return
    others = others_of(open_store(address_of(archive.source)), archive.exclude, archive.source)
    for line in listed([str(one) for one in others], ""):
        echo(line, err=True)


def convert_archive(inputs: Sequence[str], output: str | None, what: Conversion, options: Mapping[str, Any]) -> int:
    """Convert an archive, object to object, and give the exit code."""
    from captionkit.scale.report import converted
    from captionkit.scale.run import Archive
    from captionkit.scale.stores import address_of

    target = address_of(_folder(output))
    report = f"{target}/.captionkit/convert"
    archive = Archive(
        _one(inputs), report, what._replace(target=target), engine=options["engine"] or "dask",
        workers=options["workers"], part_files=options["part_files"], resume=options["resume"],
    )  # fmt: skip
    manifest = _run(archive)
    totals = converted(report, manifest, options["verbose"])
    for line in totals.lines:
        echo(line, err=True)
    parts = [f"{totals.files - totals.errors:,} files converted, {totals.cues:,} cues"]
    parts += [f"{totals.lossy:,} with losses"] if totals.lossy else []
    parts += [f"{totals.errors:,} not converted; {report}/files says why"] if totals.errors else []
    echo("; ".join(parts) + ".")
    return ExitCode.FINDINGS if totals.errors else ExitCode.OK


def _run(archive: Archive) -> Any:
    shows = sys.stderr is not None and sys.stderr.isatty()

    def listen(parts: int, done: Any) -> None:
        if shows:
            unread = f", {done.unread:,} could not be read" if done.unread else ""
            overwrite(f"{parts:,} parts, {done.files:,} files{unread}")

    try:
        return archive.run(listen)
    finally:
        if shows:
            overwrite()


def _one(paths: Sequence[str]) -> str:
    if len(paths) != 1 or paths[0] == "-":
        raise UsageError("an engine takes one folder or address at a time", unchanged="Nothing was read.")
    return paths[0]


def _folder(output: str | None) -> str:
    if not output or output == "-":
        raise UsageError(
            "an engine writes many files", unchanged="Nothing was read.",
            hint="Name a folder for them, here or on object storage: -o report/",
        )  # fmt: skip
    return output
