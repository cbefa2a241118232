"""`captionkit shift`: all captions earlier or later."""

from __future__ import annotations

from typing import Any

import click

from captionkit.cli._captions import Destination, clipped, destination, encoding_option, read, tell_clipped
from captionkit.cli._grammar import old_names
from captionkit.cli._paths import PathArgument


@click.command("shift", context_settings=old_names(**{"from": "since", "to": "until"}))
@click.argument("source", cls=PathArgument, metavar="IN")
@click.option("--by", "amount", required=True, metavar="TIME", help="How much later; with a minus sign, earlier.")
@click.option("--since", metavar="TIME", help="Only cues that start at this time or later.")
@click.option("--until", metavar="TIME", help="Only cues that start at this time or earlier.")
@click.option("--drop", is_flag=True, help="Leave out cues that would end before 0, instead of refusing.")
@encoding_option
@destination
def command(
    source: str,
    amount: str,
    since: str | None,
    until: str | None,
    drop: bool,
    encoding: str,
    **options: Any,
) -> None:
    """Make captions later or earlier by a constant time. IN is a file, or - for standard input.

    A TIME is written 90s, -1.5s, 500ms, 2min, 1:30 or 00:01:30.500. Everything but the times stays as it is.

    \b
    Examples:
      captionkit shift lecture.en.srt --by -1.5s -o lecture.shifted.en.srt
      captionkit shift lecture.en.vtt --by 2s --since 10:00 --in-place
    """
    from captionkit.timecode import parse_time
    from captionkit.timing import shift

    by = parse_time(amount)
    first = parse_time(since) if since is not None else None
    last = parse_time(until) if until is not None else None
    where = Destination(**options)
    place = where.place_for(source)
    document = read(source, encoding)
    shifted = shift(document, by, since=first, until=last, drop=drop)
    where.put(shifted, place)
    tell_clipped(source, document, shifted)
    where.tell([source], place, shifted, **clipped(document, shifted))
