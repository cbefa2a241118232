"""How `check` and `fix` report what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from captionkit.cli._output import echo, echo_data, echo_painted
from captionkit.decoding import one_line_end
from captionkit.errors import ExitCode
from captionkit.model import Severity

if TYPE_CHECKING:
    from captionkit.lint.files import Fixing
    from captionkit.lint.results import FileResult
    from captionkit.lint.run import Run
    from captionkit.lint.settings import Settings
    from captionkit.reports.base import Report


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


def report_on(
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
    run.is_quiet = options["quiet"]
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
    is_coloured = not (report.is_data or is_table) and in_colours(options, err=to_stderr)
    for text in _together(report.pieces(run)):
        if is_coloured:
            echo_painted(text, options["output_format"], err=to_stderr)
        elif report.is_data and not to_stderr:
            echo_data(text)
        else:
            echo(text, nl=False, err=to_stderr)


def in_colours(options: dict[str, Any], *, err: bool = False) -> bool:
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
