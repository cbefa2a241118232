"""`captionkit sync-check`: do these captions belong to this recording, and are they in time?"""

from __future__ import annotations

import click

from captionkit.cli._captions import encoding_option, read
from captionkit.cli._output import echo
from captionkit.cli._paths import PathArgument
from captionkit.cli._sound import judged, no_cache_option, within_option
from captionkit.errors import ExitCode


@click.command("sync-check")
@click.argument("recording", cls=PathArgument, metavar="RECORDING")
@click.argument("captions", cls=PathArgument, metavar="CAPTIONS")
@within_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@encoding_option
@no_cache_option
def command(recording: str, captions: str, within: int, as_json: bool, encoding: str, no_cache: bool) -> int:
    """Listen to a recording, and say whether captions belong to it, by how much they are late, drift or were cut, which
    speech has no captions, and which captions stand over silence.

    CAPTIONS is an SRT or WebVTT file, or - for standard input. No word is recognised: what is compared is when somebody
    speaks and when captions are shown, and how much they say. So captions in any language that are timed alike fit, and
    so do other words with the same times. The verdict is one of three: fits, does not fit, cannot tell. Under three
    minutes it is mostly the third; that captions do not fit is said of four minutes and more. Needs captionkit[sound].

    \b
    Exit codes: 0 fits and in time, or cannot tell; 1 does not fit, not in
    time, speech without captions, captions over silence or after the
    end; 2 usage.

    \b
    Examples:
      captionkit sync-check lecture.mp4 lecture.en.srt
      captionkit sync-check lecture.mp4 lecture.en.vtt --json
    """
    document = read(captions, encoding)
    found = judged(recording, document, within=within, use_cache=not no_cache)
    from captionkit.sound import show
    from captionkit.sound.verdict import Verdict

    mend = show.mend_command(recording, captions)
    if as_json:
        from captionkit.cli._remote import print_json

        print_json(show.as_json(found, document.cues, recording=recording, captions=captions, mend=mend))
    else:
        for line in show.lines(found, document.cues, mend):
            echo(line)
    if found.verdict is Verdict.CANNOT_TELL:
        return ExitCode.OK
    is_right = found.is_in_time and not (found.uncaptioned or found.silent or found.beyond)
    return ExitCode.OK if is_right else ExitCode.FINDINGS
