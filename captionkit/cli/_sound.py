"""What the commands that listen to a recording have in common."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from captionkit.cli._output import overwrite

if TYPE_CHECKING:
    from captionkit.model import Document
    from captionkit.sound.speech import Speech
    from captionkit.sound.verdict import Judgement

within_option = click.option(
    "--within", type=click.IntRange(5, 3600), default=60, show_default=True, metavar="SECONDS",
    help="How far the captions may be off, either way.",
)  # fmt: skip
no_cache_option = click.option(
    "--no-cache", is_flag=True, envvar="CAPTIONKIT_NO_CACHE", help="Listen anew, and remember nothing."
)


def listened(recording: str | Path, *, use_cache: bool = True) -> Speech:
    """The speech of a recording, with a line on the terminal that says how far it is."""
    import sys

    from captionkit.cli._terminal import progress_line
    from captionkit.sound.speech import speech_of

    name = Path(recording).name
    show = progress_line(f"s of {name}: listening")
    try:
        return speech_of(
            Path(recording), lambda done, total: show(name, round(done), round(total)), use_cache=use_cache
        )
    finally:
        if sys.stderr.isatty():
            overwrite()


def judged(recording: str, document: Document, *, within: int, use_cache: bool) -> Judgement:
    """What captions and a recording say about each other."""
    speech = listened(recording, use_cache=use_cache)
    from captionkit.sound.verdict import judge

    return judge(document, speech, within=within)


def mend_command(recording: str, captions: str) -> str:
    """The command that moves the captions, as it can be pasted into a shell."""
    suffix = Path(captions).suffix
    out = str(Path(captions).with_suffix(f".aligned{suffix}")) if captions != "-" else "aligned.srt"
    return f"captionkit align {_quoted(recording)} {_quoted(captions)} -o {_quoted(out)}"


def _quoted(path: str) -> str:
    if all(letter.isalnum() or letter in "._-/\\:" for letter in path):
        return path
    import os
    import shlex

    return shlex.quote(path) if os.name != "nt" else f'"{path}"'
