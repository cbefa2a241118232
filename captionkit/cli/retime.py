"""`captionkit retime`: captions that drift away from the picture brought back to it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import click

from captionkit.cli._captions import Destination, clipped, destination, encoding_option, read, tell_clipped
from captionkit.cli._paths import PathArgument
from captionkit.errors import UsageError


@click.command("retime")
@click.argument("source", cls=PathArgument, metavar="IN")
@click.option("--ratio", metavar="NUMBER", help="Multiply every time by this, such as 1.001 or 25/24.")
@click.option("--from-fps", metavar="RATE", help="The frame rate the captions were made for.")
@click.option("--to-fps", metavar="RATE", help="The frame rate the video is shown with.")
@click.option("--point", "points", multiple=True, metavar="NOW=WANTED", help="A time and where it belongs; give two.")
@click.option("--drop", is_flag=True, help="Leave out cues that would end before 0, instead of refusing.")
@encoding_option
@destination
def command(
    source: str,
    ratio: str | None,
    from_fps: str | None,
    to_fps: str | None,
    points: tuple[str, ...],
    drop: bool,
    encoding: str,
    **options: Any,
) -> None:
    """Stretch captions in time, in one of three ways. IN is a file, or - for standard input.

    \b
    Examples:
      captionkit retime a.srt --ratio 1.001 -o b.srt
      captionkit retime a.srt --from-fps 25 --to-fps 23.976 -o b.srt
      captionkit retime a.srt --point 0:10=0:12.5 --point 50:00=50:05 -o b.srt

    Frame rates: 23.976, 24, 25, 29.97, 30, 50, 59.94, 60 or any number. Everything but the times stays as it is.
    """
    scale, offset = _mapping(ratio, from_fps, to_fps, points)
    where = Destination(**options)
    place = where.place_for(source)
    from captionkit.timing import retime

    document = read(source, encoding)
    retimed = retime(document, scale, offset, drop=drop)
    where.put(retimed, place)
    tell_clipped(source, document, retimed)
    where.tell([source], place, retimed, **clipped(document, retimed))


def _mapping(
    ratio: str | None, from_fps: str | None, to_fps: str | None, points: tuple[str, ...]
) -> tuple[Fraction, Fraction]:
    from captionkit.timing import frame_rate, through_points

    ways = [ratio is not None, from_fps is not None or to_fps is not None, bool(points)]
    if sum(ways) != 1:
        raise UsageError(
            "give exactly one of --ratio, --from-fps with --to-fps, and two --point", unchanged="Nothing was written."
        )
    if ratio is not None:
        return _ratio(ratio), Fraction(0)
    if points:
        if len(points) != 2:
            raise UsageError(
                "--point is to be given twice", hint="One near the beginning and one near the end are best."
            )
        return through_points(_point(points[0]), _point(points[1]))
    if from_fps is None or to_fps is None:
        raise UsageError("--from-fps and --to-fps belong together")
    return frame_rate(from_fps) / frame_rate(to_fps), Fraction(0)


def _ratio(text: str) -> Fraction:
    try:
        if len(text) > 40:
            raise ValueError
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise UsageError(f"{text[:40]!r} is not a ratio", hint="Write 1.001, or a fraction such as 25/24.") from None


def _point(text: str) -> tuple[int, int]:
    from captionkit.timecode import parse_time

    now, equals, wanted = text.partition("=")
    if not equals:
        raise UsageError(f"{text!r} is not a point", hint="Write the time it is at, =, and the time it belongs at.")
    return parse_time(now), parse_time(wanted)
