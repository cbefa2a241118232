"""`captionkit transcript`: captions as a text to read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from captionkit.cli._captions import encoding_option, read
from captionkit.cli._output import echo, echo_data
from captionkit.errors import ContentError, ExitCode, UsageError

if TYPE_CHECKING:
    from captionkit.model import Document
    from captionkit.transcript.paragraphs import Settings
    from captionkit.transcript.writers import About


@click.command("transcript")
@click.argument("captions", nargs=-1, required=True, metavar="CAPTIONS...")
@click.option("-o", "--output", metavar="OUT", help="A file, or a folder for several; by default standard output.")
@click.option("--to", "form", type=click.Choice(["text", "markdown", "html"]), help="What to write; by default by the "
              "name of OUT, else text.")  # fmt: skip
@click.option("--timestamps/--no-timestamps", default=None, help="Say when each paragraph begins.")
@click.option("--preview", metavar="PAGE", default="", help="A page of `captionkit preview -o`: timestamps lead to the "
              "place in it.")  # fmt: skip
@click.option("--pause", type=click.FloatRange(0, 3600), metavar="SECONDS", help="Begin a paragraph after so long "
              "without a caption (2.5).")  # fmt: skip
@click.option("--paragraph", "most", type=click.IntRange(0), metavar="CHARACTERS", help="Begin one at the next end of "
              "a sentence after so many characters; 0 for never (700).")  # fmt: skip
@click.option("--no-speakers", is_flag=True, help="Leave out who speaks.")
@click.option("--no-sounds", is_flag=True, help="Leave out lines that are only a sound or music.")
@click.option("--title", help="The heading; by default the name of the file.")
@click.option("--language", metavar="TAG", default="", help="For HTML, where the file does not say it.")
@click.option("--width", type=click.IntRange(0), default=0, metavar="N", help="Wrap text at N columns.")
@encoding_option
@click.option("--force", is_flag=True, help="Overwrite files that are there already.")
def command(
    captions: tuple[str, ...],
    output: str | None,
    form: str | None,
    timestamps: bool | None,
    preview: str,
    pause: float | None,
    most: int | None,
    no_speakers: bool,
    no_sounds: bool,
    title: str | None,
    language: str,
    width: int,
    encoding: str,
    force: bool,
) -> int:
    """Write a transcript: paragraphs by speaker and pause, sounds kept, roll-up captions said once.

    CAPTIONS are SRT or WebVTT files, or - for standard input.

    \b
    Examples:
      captionkit transcript lecture.en.vtt
      captionkit transcript lecture.en.srt -o lecture.html --timestamps --preview lecture.preview.html
      captionkit transcript captions/*.vtt -o transcripts/ --to markdown
    """
    from captionkit.transcript import transcript, write
    from captionkit.transcript.writers import EXTENSIONS

    form = form or _by_name(output)
    targets = _targets(captions, output, EXTENSIONS[form])
    taken = [target for target in targets if target is not None and target.exists() and not force]
    if taken:
        raise UsageError("this file is there already", where=str(taken[0]), unchanged="Nothing was written.",
                         hint="Give --force to overwrite it, or another name.")  # fmt: skip
    empty = 0
    for name, target in zip(captions, targets, strict=True):
        settings, about = _wishes(name, timestamps, pause, most, no_speakers, no_sounds)
        try:
            document = read(name, encoding)
        except ContentError as error:
            if len(captions) == 1:
                raise
            for line in error.lines():
                echo(line, err=True)
            empty += 1
            continue
        about = about._replace(
            title=_title(name) if title is None else title,
            language=language or _language(document, name),
            timestamps=about.timestamps or bool(preview),
            preview=preview,
            width=width,
        )
        text = write(transcript(document, settings), form, about)
        if target is None:
            echo_data(text)
            continue
        from captionkit.files import write_atomically

        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, text.encode("utf-8", "replace"))
        echo(f"{name} -> {target}", err=True)
    return ExitCode.FINDINGS if empty else ExitCode.OK


def _by_name(output: str | None) -> str:
    extension = Path(output or "").suffix.lower()
    return {".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html"}.get(extension, "text")


def _targets(captions: tuple[str, ...], output: str | None, extension: str) -> list[Path | None]:
    """Where each transcript goes, decided before anything is written."""
    if "-" in captions and len(captions) > 1:
        raise UsageError("standard input (-) stands alone", unchanged="Nothing was written.")
    if output is None or output == "-":
        return [None] * len(captions)
    if len(captions) == 1 and not Path(output).is_dir() and not output.endswith(("/", "\\")):
        return [Path(output)]
    if captions == ("-",):
        raise UsageError("standard input has no name to use in a folder", hint="Give -o the name of a file.")
    if Path(output).is_file():
        raise UsageError(f"{output} is a file, but several are to be written", unchanged="Nothing was written.",
                         hint="Give -o the name of a folder.")  # fmt: skip
    targets = [Path(output) / (Path(name).stem + extension) for name in captions]
    twice = next((target for target in targets if targets.count(target) > 1), None)
    if twice:
        raise UsageError(f"two files would both become {twice}", unchanged="Nothing was written.")
    return list(targets)


def _wishes(
    name: str, timestamps: bool | None, pause: float | None, most: int | None, no_speakers: bool, no_sounds: bool
) -> tuple[Settings, About]:
    """The command line over captionkit.toml over the defaults."""
    from captionkit.transcript.configuration import read as read_wishes
    from captionkit.transcript.paragraphs import Settings
    from captionkit.transcript.writers import About

    table = read_wishes(Path("." if name == "-" else name).parent)
    seconds = table.get("pause", Settings().pause_ms / 1000) if pause is None else pause
    return (
        Settings(
            pause_ms=round(seconds * 1000),
            most_chars=table.get("paragraph", Settings().most_chars) if most is None else most,
            speakers=not no_speakers and table.get("speakers", True),
            sounds=not no_sounds and table.get("sounds", True),
        ),
        About(timestamps=table.get("timestamps", False) if timestamps is None else timestamps),
    )


def _title(name: str) -> str:
    """The name without extension and language: `lecture 1.en.vtt` is the transcript of lecture 1."""
    if name == "-":
        return ""
    from captionkit.languages import FLAGS, Language, parse_token

    stem = Path(name).stem
    while True:
        rest, dot, token = stem.rpartition(".")
        if not dot or not rest or not (token.lower() in FLAGS or isinstance(parse_token(token), Language)):
            return stem
        stem = rest


def _language(document: Document, name: str) -> str:
    from captionkit.lint.subject import Subject

    return Subject(document, name="" if name == "-" else name).language
