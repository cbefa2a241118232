"""The options that `check` and `fix` share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from captionkit.cli._captions import encoding_option
from captionkit.cli._grammar import dry_run_option, json_option, old_names
from captionkit.cli._paths import NamedFile, PathArgument
from captionkit.model import Severity

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
