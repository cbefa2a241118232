"""`captionkit split`: one caption file in several."""

from __future__ import annotations

from pathlib import Path

import click

from captionkit.cli._captions import STANDARD, count, encoding_option, read, refuse_other_captions
from captionkit.cli._grammar import dry_run_option, json_option
from captionkit.cli._output import echo
from captionkit.cli._paths import PathArgument
from captionkit.errors import UsageError


@click.command("split")
@click.argument("source", cls=PathArgument, metavar="IN")
@click.option("--at", "times", multiple=True, required=True, metavar="TIME", help="Where to cut; may be given again.")
@click.option("-o", "--output", metavar="PATTERN", help="Names of the parts, {n} being the number of the part.")
@click.option("--keep-times", is_flag=True, help="Leave the times as they are; otherwise each part begins at 0.")
@encoding_option
@click.option("--force", is_flag=True, help="Overwrite files that are there already.")
@dry_run_option("Only say what would be written.")
@json_option("Print what was written as JSON.")
def command(
    source: str, times: tuple[str, ...], output: str | None, keep_times: bool, encoding: str, force: bool,
    dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Cut a file at one or more times. IN is a file, or - for standard input (which needs -o).

    lecture.en.srt becomes lecture-1.en.srt, lecture-2.en.srt and so on. A cue that is shown at a cut is in both parts.

    \b
    Examples:
      captionkit split lecture.en.srt --at 45:00
      captionkit split day.vtt --at 50:00 --at 1:40:00 -o session-{n}.vtt
    """
    from captionkit.documents import dump
    from captionkit.timecode import parse_time
    from captionkit.timing import split

    cuts = sorted({parse_time(time) for time in times})
    names = _names(source, output, len(cuts) + 1)
    taken = [name for name in names if name.exists()]
    if taken and not force:
        raise UsageError(
            f"there is a file {taken[0]} already",
            unchanged="Nothing was written.",
            hint="Give --force to overwrite it, or other names with -o.",
        )
    document = read(source, encoding)
    parts = list(zip(names, split(document, cuts, keep_times=keep_times), strict=True))
    for name, part in parts:
        if part.cues and not dry_run:
            dump(part, name)
    if as_json:
        from captionkit.cli._remote import print_json

        written = [{"output": str(name) if part.cues else None, "cues": len(part.cues)} for name, part in parts]
        print_json({"path": source, "dry_run": dry_run, "parts": written})
        return
    for name, part in parts:
        if part.cues:
            echo(f"{source} -> {name}  {count(len(part.cues), 'cue')}{' (not written)' if dry_run else ''}")
        else:
            echo(f"{name}: not written, no cue is shown in this part", err=True)


def _names(source: str, output: str | None, parts: int) -> list[Path]:
    """The names of the parts: before the first dot of the name, where the language does not stand."""
    if output is not None:
        if "{n}" not in output:
            raise UsageError(f"{output!r} has no {{n}} for the number of the part", hint="Write -o part-{n}.srt.")
        refuse_other_captions(output)
        return [Path(output.replace("{n}", str(n))) for n in range(1, parts + 1)]
    if source == STANDARD:
        raise UsageError("standard input has no name", hint="Give the parts names: -o part-{n}.srt.")
    path = Path(source)
    suffixes = path.suffixes[-2:] if len(path.suffixes) > 1 and len(path.suffixes[-2]) <= 8 else path.suffixes[-1:]
    ending = "".join(suffixes)
    stem = path.name[: len(path.name) - len(ending)]
    return [path.with_name(f"{stem}-{n}{ending}") for n in range(1, parts + 1)]
