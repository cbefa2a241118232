"""`captionkit merge`: several caption files in one."""

from __future__ import annotations

from typing import Any

import click

from captionkit.cli._captions import STANDARD, Destination, destination, encoding_option, read
from captionkit.cli._output import echo
from captionkit.cli._paths import PathArgument
from captionkit.errors import UsageError


@click.command("merge")
@click.argument("sources", cls=PathArgument, nargs=-1, required=True, metavar="IN...")
@click.option("--append", is_flag=True, help="Each file begins where the one before it ends.")
@click.option("--gap", default="0s", metavar="TIME", help="With --append: the time between two files.")
@click.option("--at", "starts", multiple=True, metavar="TIME", help="Where a file begins; once for each but the first.")
@encoding_option
@click.option("--stack", is_flag=True, help="Cues with the same times become one, their texts below each other.")
@destination
def command(
    sources: tuple[str, ...],
    append: bool,
    gap: str,
    starts: tuple[str, ...],
    stack: bool,
    encoding: str,
    **options: Any,
) -> None:
    """Put the cues of several files of one format into one, in the order of their times.

    Without --append and --at the times stay as they are, as for two halves of one recording or for two languages;
    --stack puts both languages into one cue where they have the same times. Segments of a stream are moved to where
    their X-TIMESTAMP-MAP puts them. What the result cannot keep is named.
    One IN may be - for standard input. With --in-place the first file is written.

    \b
    Examples:
      captionkit merge part1.srt part2.srt --append -o lecture.srt
      captionkit merge lecture.en.vtt lecture.es.vtt --stack -o lecture.both.vtt
    """
    from captionkit.timecode import parse_time
    from captionkit.timing import append_offsets, merged

    if sources.count(STANDARD) > 1:
        raise UsageError("standard input can be read only once", unchanged="Nothing was written.")
    if append and starts:
        raise UsageError("--append and --at contradict each other", unchanged="Nothing was written.")
    if starts and len(starts) != len(sources) - 1:
        raise UsageError(f"--at is to be given {len(sources) - 1} times: once for each file but the first")
    pause = parse_time(gap)
    offsets = [0, *[parse_time(start) for start in starts]] if starts else None
    where = Destination(**options)
    place = where.place_for(sources[0])
    documents = [read(source, encoding) for source in sources]
    result = merged(documents, append_offsets(documents, pause) if append else offsets)
    document = result.document
    if stack:
        from captionkit import stacking

        document = stacking.stack(document)
    where.put(document, place)
    for lost in result.lost:
        echo(f"not kept: {lost}", err=True)
    where.tell(sources, place, document, lost=[str(lost) for lost in result.lost])
