"""`captionkit align`: captions moved to where they are said."""

from __future__ import annotations

from typing import Any

import click

from captionkit.cli._captions import Destination, destination, encoding_option, read
from captionkit.cli._output import echo
from captionkit.cli._paths import PathArgument
from captionkit.cli._sound import judged, no_cache_option, within_option


@click.command("align")
@click.argument("recording", cls=PathArgument, metavar="RECORDING")
@click.argument("source", cls=PathArgument, metavar="CAPTIONS")
@within_option
@click.option("--drop", is_flag=True, help="Leave out cues whose words were cut out of the recording, instead of "
              "refusing.")  # fmt: skip
@encoding_option
@no_cache_option
@destination
def command(
    recording: str, source: str, within: int, drop: bool, encoding: str, no_cache: bool, **options: Any
) -> None:  # fmt: skip
    """Listen to a recording, and move its captions into time: shift them, stretch them, or move the parts of a
    recording that was cut. CAPTIONS is a file, or - for standard input.

    Nothing is written unless the captions fit (see `captionkit sync-check`). What is in time stays as it is, and of
    what is moved only the times change. Needs captionkit[sound].

    \b
    Examples:
      captionkit align lecture.mp4 lecture.en.srt -o lecture.aligned.srt
      captionkit align lecture.mp4 lecture.en.srt --in-place
    """
    where = Destination(**options)
    place = where.place_for(source)
    document = read(source, encoding)
    found = judged(recording, document, within=within, use_cache=not no_cache)
    from captionkit.sound import show
    from captionkit.sound.aligning import align

    aligned = align(document, found, drop=drop)
    is_written = not (where.in_place and aligned.document is document)
    if is_written:
        where.put(aligned.document, place)
    echo(f"{source}: {show.timing(found)} ({show.confidence(found)})", err=True)
    for line in show.done(found, aligned):
        echo(line, err=True)
    judgement = show.as_json(found, document.cues, recording=recording, captions=source, mend="")
    if is_written or where.as_json:
        where.tell([recording, source], place if is_written else None, aligned.document, judgement=judgement)
