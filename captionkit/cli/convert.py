"""`captionkit convert`: SRT to WebVTT and back, and other formats to either."""

from __future__ import annotations

from typing import Any

import click

from captionkit.cli._archive import convert_archive, engine_options, is_archive
from captionkit.cli._captions import encoding_option
from captionkit.cli._conversion_run import Given, Options, Run, outcomes
from captionkit.cli._conversions import OTHER, find_jobs
from captionkit.cli._grammar import dry_run_option, json_option
from captionkit.cli._paths import PathArgument
from captionkit.errors import UsageError, severest


def _kinds(context: click.Context, parameter: click.Parameter, value: str | None) -> frozenset[str]:
    """The kinds that --from names."""
    if not value:
        return frozenset()
    from captionkit.foreign.table import TABLE

    known = {"srt", "vtt", OTHER, *(row.kind.name for row in TABLE)}
    named = frozenset(part.strip().lower() for part in value.split(","))
    if unknown := sorted(named - known):
        there = ", ".join(sorted(known - {OTHER}))
        raise UsageError(
            f"there is no format {unknown[0]!r} that is read",
            unchanged="Nothing was written.",
            hint=f"There are {there}; and {OTHER}, which is all but srt and vtt.",
        )
    return named


def _frame_rate(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    if value:
        from captionkit.foreign.importing import frame_rate

        frame_rate(value)
    return value or ""


def _timecode(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    if value:
        from captionkit.foreign.importing import timecode

        timecode(value)
    return value or ""


@click.command("convert")
@click.argument("inputs", cls=PathArgument, nargs=-1, required=True, metavar="IN...")
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    metavar="OUT",
    help="A file, or a folder for several inputs or a folder; - is standard output.",
)
@click.option(
    "--to", "target", type=click.Choice(["vtt", "srt"]), help="The format to write; by default the other one."
)
@click.option(
    "--speakers",
    type=click.Choice(["keep", "labels", "drop"]),
    help="Who speaks: kept as the new format says it (<v Ana> in WebVTT, Ana: in SRT), as labels in the text (Ana:), "
    "or dropped. By default labels stay words, and voices that SRT cannot say are named as losses.",
)
@click.option(
    "--from",
    "kinds",
    metavar="KIND[,KIND]",
    callback=_kinds,
    help="What the input is (srt, vtt, ttml, scc, ass ...), where that does not show; of a folder, take only these. "
    "other: all but srt and vtt.",
)
@click.option(
    "--fps",
    metavar="N",
    callback=_frame_rate,
    help="Frames a second of the video, for files that count frames and do not say how many make a second: 25, 29.97. "
    "What a file says itself counts.",
)
@click.option(
    "--language", metavar="TAG", default="", help="Which captions to take, where a file has them in several languages."
)
@click.option(
    "--start-timecode",
    metavar="HH:MM:SS:FF",
    callback=_timecode,
    help="The time code at which the video begins, where the times of a file do not begin at zero (SCC, EBU STL).",
)
@encoding_option
@click.option("--force", is_flag=True, help="Overwrite files that are there already.")
@click.option("--strict", is_flag=True, help="Write nothing where the conversion would lose something.")
@click.option("--crosscheck", is_flag=True, help="Write only what a second reader (pysrt, webvtt-py) reads the same.")
@click.option(
    "--no-notes", is_flag=True, help="To WebVTT: without the NOTE blocks that let the way back restore the SRT."
)
@dry_run_option("Only say what would be written and lost.")
@json_option("Print what became of each file, a JSON object a line.")
@click.option(
    "--workers", "-j", type=click.IntRange(0), default=0, help="Processes to use for many files; 0 for one a core."
)
@click.option("-v", "--verbose", is_flag=True, help="Name each loss with its line, and each file that is written.")
@engine_options
def command(
    inputs: tuple[str, ...],
    output: str | None,
    target: str | None,
    speakers: str | None,
    kinds: frozenset[str],
    fps: str,
    language: str,
    start_timecode: str,
    encoding: str,
    force: bool,
    strict: bool,
    crosscheck: bool,
    no_notes: bool,
    verbose: bool,
    dry_run: bool,
    as_json: bool,
    workers: int,
    **engine: Any,
) -> int:
    """Convert SRT files to WebVTT, WebVTT files to SRT, and files in other formats to WebVTT.

    IN is a file, a folder (searched with all folders in it), or - for standard input. Without -o each result stands
    next to its source, or goes to standard output for standard input. What the new format cannot say is named on
    standard error. One bad file does not stop the others.

    Other formats are TTML (DFXP), SCC, EBU STL, SubStation (ASS, SSA), SAMI, SBV, MicroDVD, MPL2, the JSON of Whisper
    and what YouTube stores. They are read and not written. TTML, EBU STL and SubStation need captionkit[formats].

    \b
    Examples:
      captionkit convert delivery/ -o captions/
      captionkit convert captions/ --from other          (only what is neither SRT nor WebVTT)
      captionkit convert lecture.sub --fps 25
      captionkit convert lecture.smi --language en -o lecture.en.vtt

    \b
    Exit codes: 0 all converted; 1 a file holds no captions, or --strict or
    --crosscheck refused one; 2 usage; 8 a file cannot be read or written.
    """
    if is_archive([*inputs, output or ""], engine):
        given = {"--crosscheck": crosscheck, "--from": kinds, "--fps": fps, "--start-timecode": start_timecode,
                 "--dry-run": dry_run, "--json": as_json}  # fmt: skip
        refused = next((name for name, value in given.items() if value), None)
        if refused:
            raise UsageError(f"{refused} does not go with --engine", unchanged="Nothing was read.")
        from captionkit.scale.convert import Conversion

        what = Conversion("", target or "", speakers or "", encoding, strict, not no_notes, force)
        return convert_archive(inputs, output, what, {**engine, "verbose": verbose, "workers": workers})
    said = Given(kinds, fps, language, start_timecode, encoding)
    run = Run(Options(target, speakers or "", force, strict, crosscheck, not no_notes, verbose, dry_run, as_json), said)
    jobs = find_jobs(inputs, output, target, kinds)
    if as_json and not dry_run and any(job.place is None for job in jobs):
        raise UsageError(
            "captions and --json cannot both go to standard output",
            unchanged="Nothing was written.",
            hint="Name the file for the captions with -o.",
        )
    run.is_alone = len(jobs) == 1
    for outcome in outcomes(run, jobs, workers):
        run.tell_of(outcome)
    run.tell()
    return severest(run.codes)
