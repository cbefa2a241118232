"""`captionkit transcript`: captions as a text to read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from captionkit.cli._captions import count, encoding_option, read
from captionkit.cli._grammar import dry_run_option, json_option
from captionkit.cli._output import echo, echo_data, form_by_extension
from captionkit.cli._paths import PathArgument
from captionkit.errors import ContentError, ExitCode, LocalError, UsageError
from captionkit.files import is_folder, is_there, reachable

if TYPE_CHECKING:
    from captionkit.model import Document
    from captionkit.transcripts.paragraphs import Settings
    from captionkit.transcripts.targets import Source
    from captionkit.transcripts.writers import About


#: What may be written, under each name that a person may use for it.
_FORMS = {"txt": "text", "text": "text", "md": "markdown", "markdown": "markdown", "html": "html", "docx": "docx"}
_EXTENSIONS = {"text": ".txt", "markdown": ".md", "html": ".html", "docx": ".docx"}


@click.command("transcript")
@click.argument("captions", cls=PathArgument, nargs=-1, required=True, metavar="CAPTIONS|FOLDER...")
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    metavar="OUT",
    help="A file, or a folder for several; by default standard output.",
)
@click.option("--to", "form", type=click.Choice(list(_FORMS)), help="What to write; by default by the name of OUT, "
              "else text.")  # fmt: skip
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
@dry_run_option("Only say what would be written.")
@json_option("Print for each file what was written or why not, a JSON object a line.")
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
    dry_run: bool,
    as_json: bool,
) -> int:
    """Write a transcript: paragraphs by speaker and pause, sounds kept, the words of roll-up captions once.

    CAPTIONS are SRT or WebVTT files, folders with all that are in them, or - for standard input. Word documents
    (.docx) need captionkit[office].

    \b
    Examples:
      captionkit transcript lecture.en.vtt
      captionkit transcript lecture.en.srt -o lecture.html --timestamps --preview lecture.preview.html
      captionkit transcript captions/ -o transcripts/ --to docx
    """
    from captionkit.cli._remedies import problem_of
    from captionkit.cli._terminal import print_events
    from captionkit.transcripts import transcript
    from captionkit.transcripts.targets import sources
    from captionkit.transcripts.text import language_of, rendered, title_of

    has_folder = any(is_folder(name) for name in captions)
    found = sources(captions)
    into_folder = _is_for_a_folder(output, has_folder or len(captions) > 1)
    chosen = _FORMS[form] if form else _by_name(None if into_folder else output)
    targets = _targets(found, output, has_folder, into_folder, _EXTENSIONS[chosen])
    if chosen == "docx" and None in targets:
        raise UsageError("a Word document cannot be shown here", unchanged="Nothing was written.",
                         hint="Give -o the name of a file.")  # fmt: skip
    if None in targets and as_json and not dry_run:
        raise UsageError("the text and --json cannot both go to standard output", unchanged="Nothing was written.",
                         hint="Name a file for the text with -o.")  # fmt: skip
    taken = [target for target in targets if target is not None and is_there(target) and not force]
    if taken:
        more = f", and {len(taken) - 1} more" if len(taken) > 1 else ""
        raise UsageError(f"this file is there already{more}", where=str(taken[0]), unchanged="Nothing was written.",
                         hint="Give --force to overwrite it, or another name.")  # fmt: skip
    failed = 0
    for source, target in zip(found, targets, strict=True):
        settings, about = _wishes(source.path, timestamps, pause, most, no_speakers, no_sounds)
        try:
            document = read(source.location, encoding)
        except (ContentError, LocalError) as error:
            if as_json:
                print_events([{"path": source.path, "output": None, "problem": problem_of(error), "bytes": 0,
                               "dry_run": dry_run}])  # fmt: skip
            if len(found) == 1:
                raise
            for line in error.lines():
                echo(line, err=True)
            failed += 1
            continue
        about = about._replace(
            title=("" if source.path == "-" else title_of(source.path)) if title is None else title,
            language=language or language_of(document, "" if source.path == "-" else source.path),
            timestamps=about.timestamps or bool(preview),
            preview=preview,
            width=width,
        )
        _tell_what_is_left_out(document, source.path)
        data = rendered(transcript(document, settings), chosen, about)
        if target is None and not dry_run:
            echo_data(data)
            continue
        if target is not None and not dry_run:
            from captionkit.files import write_atomically

            Path(reachable(str(target.parent))).mkdir(exist_ok=True, parents=True)
            write_atomically(target, data)
        if as_json:
            print_events([{"path": source.path, "output": str(target) if target else None, "problem": None,
                           "bytes": len(data), "dry_run": dry_run}])  # fmt: skip
        else:
            shown = f"{source.path} -> {target or 'standard output'}{' (not written)' if dry_run else ''}"
            echo(shown, err=not dry_run)
    if has_folder:
        echo(f"{count(len(found) - failed, 'transcript')} {'to be ' if dry_run else ''}written to {output}"
             + (f"; {failed} not written, see above" if failed else ""), err=True)  # fmt: skip
    return ExitCode.FINDINGS if failed else ExitCode.OK


def _tell_what_is_left_out(document: Document, name: str) -> None:
    """Say on standard error which words of the file are in no caption, and so not in the transcript."""
    from captionkit.conversion.hidden import shortened, unseen

    blocks = unseen(document)
    if blocks:
        first = blocks[0]
        more = f", and {count(len(blocks) - 1, 'other text')}" if len(blocks) > 1 else ""
        echo(f"{name}: line {first.line}: {shortened(first.text)!r}{more} belongs to no caption and was left out; "
             "`captionkit check` tells why.", err=True)  # fmt: skip


def _by_name(output: str | None) -> str:
    from captionkit.transcripts.text import BY_EXTENSION

    return "text" if output is None or output == "-" else form_by_extension(output, BY_EXTENSION)


def _is_for_a_folder(output: str | None, is_several: bool) -> bool:
    if output is None or output == "-":
        return False
    return is_several or is_folder(output) or output.endswith(("/", "\\"))


def _targets(
    found: list[Source], output: str | None, is_folder: bool, into_folder: bool, extension: str
) -> list[Path | None]:
    """Where each transcript goes, decided before anything is written."""
    from captionkit.transcripts.targets import places

    standard_input = any(source.path == "-" for source in found)
    if standard_input and len(found) > 1:
        raise UsageError("standard input (-) stands alone", unchanged="Nothing was written.")
    if output is None or output == "-":
        if is_folder:
            raise UsageError("the transcripts of a folder need one to go to", unchanged="Nothing was written.",
                             hint="Give it with -o, as in -o transcripts/.")  # fmt: skip
        return [None] * len(found)
    if not into_folder:
        return [Path(output)]
    if standard_input:
        raise UsageError("standard input has no name to use in a folder", hint="Give -o the name of a file.")
    if Path(output).is_file():
        raise UsageError(f"{output} is a file, but several are to be written", unchanged="Nothing was written.",
                         hint="Give -o the name of a folder.")  # fmt: skip
    return [Path(output, place) for place in places(found, extension)]


def _wishes(
    name: str, timestamps: bool | None, pause: float | None, most: int | None, no_speakers: bool, no_sounds: bool
) -> tuple[Settings, About]:
    """The command line over captionkit.toml over the defaults."""
    from captionkit.transcripts.configuration import read as read_wishes
    from captionkit.transcripts.paragraphs import Settings
    from captionkit.transcripts.writers import About

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
