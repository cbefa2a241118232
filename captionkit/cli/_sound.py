"""What the commands that listen to a recording have in common."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from captionkit.cli._output import echo, overwrite
from captionkit.errors import CaptionkitError

if TYPE_CHECKING:
    from captionkit.auditing.sound import Hear
    from captionkit.lint.folder import Listen
    from captionkit.lint.rule import Heard
    from captionkit.lint.settings import Settings
    from captionkit.model import Document
    from captionkit.sound.speech import Speech
    from captionkit.sound.verdict import Judgement

within_option = click.option(
    "--within", type=click.IntRange(5, 600), default=60, show_default=True, metavar="SECONDS",
    help="How far the captions may be off, either way.",
)  # fmt: skip
no_cache_option = click.option(
    "--no-cache", is_flag=True, envvar="CAPTIONKIT_NO_CACHE", help="Listen anew, and remember nothing."
)


def listened(recording: str | Path, *, language: str = "", use_cache: bool = True) -> Speech:
    """The speech of a recording, with a line on the terminal that says how far it is.

    Args:
        language: of the captions, which says which of several sound tracks is heard.
    """
    import sys

    from captionkit.cli._terminal import progress_line
    from captionkit.sound.speech import speech_of

    name = Path(recording).name
    show = progress_line(f"s of {name}: listening")
    try:
        return speech_of(
            Path(recording), lambda done, total: show(name, round(done), round(total)), language=language,
            use_cache=use_cache,
        )  # fmt: skip
    finally:
        if sys.stderr.isatty():
            overwrite()


def judged(recording: str, document: Document, *, within: int, use_cache: bool) -> Judgement:
    """What captions and a recording say about each other."""
    from captionkit.languages import language_of_name

    speech = listened(recording, language=language_of_name(document.path), use_cache=use_cache)
    from captionkit.sound.verdict import judge

    return judge(document, speech, within=within)


def hearing(*, use_cache: bool = True) -> Hear:
    """Holds captions against the sound of a recording, with a line on the terminal while it listens.

    Raises:
        UsageError: what it needs is not installed.
    """
    from captionkit.sound import hearing as plain

    return plain.hearing(partial(listened, use_cache=use_cache))


def listener(settings: Settings, *, use_cache: bool) -> Listen:
    """Listens to the recordings beside caption files, and says what their sound says against the files. What cannot be
    compared, and what cannot be told, is a note on standard error.

    Raises:
        UsageError: what it needs is not installed.
    """
    from captionkit.lint.run import read_document
    from captionkit.sound import show
    from captionkit.sound.findings import findings
    from captionkit.sound.verdict import Verdict

    hear = hearing(use_cache=use_cache)

    def listen(path: str, recording: str) -> tuple[Heard, ...]:
        try:
            document = read_document(path, settings)
        except (CaptionkitError, OSError):
            return ()  # said already
        if not document.cues or settings.kind in ("chapters", "metadata", "descriptions"):
            return ()
        found = hear(Path(recording), document)
        if isinstance(found, str):
            echo(f"note: {path}: not compared with the sound: {found}", err=True)
            return ()
        name = Path(recording).name
        if found.verdict is Verdict.CANNOT_TELL:
            echo(f"note: {path}: whether it fits {name} cannot be told: {found.reason}", err=True)
        return tuple(findings(document, found, recording=name, mend=show.mend_command(recording, path)))

    return listen
