"""What the commands that read one caption file and write another have in common."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from captionkit.cli._grammar import dry_run_option, json_option
from captionkit.cli._output import echo, echo_data, refuse_other_names
from captionkit.errors import ContentError, UsageError
from captionkit.files import is_folder, is_there, read_standard_input
from captionkit.model import Severity

if TYPE_CHECKING:
    from captionkit.model import Document

STANDARD = "-"
_NOTHING = "Nothing was written."


def count(number: int, thing: str) -> str:
    """The number with the noun in the right form, as in "1 cue" and "1,200 cues"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def without_cues(document: Document) -> ContentError:
    """The error for a file that holds no captions, with what it holds instead."""
    problem = next((found for found in document.diagnostics if found.code in ("ENC011", "ENC012")), None)
    why = next((found for found in document.diagnostics if found.code[:3] in ("VTT", "SRT", "TIM", "ENC")
                and found.severity is Severity.ERROR and found is not problem), None)  # fmt: skip
    fix = _fix_that_helps(document) if why is not None else ""
    if fix and why is not None:
        message, hint = f"line {why.line}: {why.message}", f"Mend it: captionkit fix {fix.lstrip()}{document.path}"
    elif why is not None and why.code in ("SRT010", "VTT101"):
        message, hint = f"line {why.line}: {why.message}", why.hint
    else:
        message = problem.message if problem else "There are no cues in it."
        hint = (
            problem.hint if problem else ""
        ) or "Check that this is the file you mean; `captionkit check` tells more."
        if problem is not None and problem.code == "ENC012":
            hint = problem.hint
    message = message.rstrip(".")
    return ContentError(message[:1].lower() + message[1:], where=document.path, unchanged=_NOTHING, hint=hint)


def _fix_that_helps(document: Document) -> str:
    """The options with which `captionkit fix` finds cues in this file, with a space behind; " " for none, "" where it
    finds none either."""
    from captionkit.lint import settings_for
    from captionkit.lint.checker import Checker
    from captionkit.lint.fixing import fix_document

    checker = Checker(settings_for())
    for option, restore, unsafe in (("", False, False), ("--restore ", True, False), ("--unsafe-fixes ", True, True)):
        if fix_document(document, checker, restore=restore, unsafe=unsafe, path=document.path).document.cues:
            return option or " "
    return ""


def _named_encoding(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    if not value:
        return ""
    from captionkit.decoding import encoding_named

    return encoding_named(value)


#: `--encoding`, of every command that reads caption files.
encoding_option = click.option(
    "--encoding",
    metavar="NAME",
    callback=_named_encoding,
    help="The encoding of files that are not UTF-8, such as windows-1250; by default captionkit.toml's, else a guess.",
)


def standard_input() -> bytes:
    """All of it.

    Raises:
        UsageError: there is none.
    """
    if sys.stdin is None:
        raise UsageError("there is no standard input here", unchanged=_NOTHING)
    return read_standard_input()


def read(source: str, encoding: str = "", data: bytes | None = None) -> Document:
    """The document in a file, or on standard input for "-".

    Args:
        encoding: of what is not UTF-8; "" for what captionkit.toml says, else a guess.
        data: of standard input, where it was read already.

    Raises:
        LocalError: if the file cannot be read.
        ContentError: if there are no captions in it.
    """
    from captionkit.documents import load, loads

    if source == STANDARD:
        from dataclasses import replace

        found = loads(standard_input() if data is None else data, encoding=encoding)
        document = replace(found, path="standard input")
    else:
        document = load(source, encoding=encoding)
    if document.encoding_is_guess and not encoding:
        document = _read_as_configured(document, source)
    if not document.cues:
        error = without_cues(document)
        if encoding and document.encoding != "utf-8":
            error.hint = f"It was read as {document.encoding}, as --encoding says; is that right? {error.hint}"
        raise error
    return document


def configured_encoding(source: str) -> str:
    """The encoding that the nearest captionkit.toml says of a file that is not UTF-8; "" where it says none."""
    from pathlib import Path

    from captionkit.lint.configuration import read_settings

    return "" if source == STANDARD else read_settings(Path(source)).settings.encoding_of(source)


def _read_as_configured(guessed: Document, source: str) -> Document:
    """The document again, as the nearest captionkit.toml says; it is asked only where a guess had to be made."""
    from pathlib import Path

    from captionkit.documents import load
    from captionkit.lint.configuration import read_settings

    settings = read_settings(Path("." if source == STANDARD else source)).settings
    known = settings.encoding_of(source)
    if source == STANDARD or not (known or settings.language):
        return guessed
    return load(source, encoding=known, language=settings.language)


class Destination(NamedTuple):
    """What the options of `destination` say about where the result of a command goes."""

    output: str | None
    in_place: bool
    force: bool
    dry_run: bool
    as_json: bool

    def place_for(self, source: str) -> str | None:
        """The file that a result goes to; None for standard output.

        Raises:
            UsageError: if the options contradict each other, or the file is there and may not be overwritten.
        """
        place = _place_for(source, self.output, self.in_place, self.force)
        if place is None and self.as_json and not self.dry_run:
            raise UsageError(
                "captions and --json cannot both go to standard output",
                unchanged=_NOTHING,
                hint="Name the file for the captions with -o, or give --in-place.",
            )
        return place

    def put(self, document: Document, place: str | None) -> None:
        """Write a document where `place_for` said, unless that is only to be told."""
        if not self.dry_run:
            write(document, place)

    def tell(self, sources: Sequence[str], place: str | None, document: Document, **facts: object) -> None:
        """Say for a program, or where nothing was written for a person, what became of it."""
        if self.as_json:
            from captionkit.cli._remote import print_json

            print_json({"paths": [*sources], "output": place, "dry_run": self.dry_run, "cues": len(document.cues),
                        **facts})  # fmt: skip
        elif self.dry_run:
            cues = count(len(document.cues), "cue")
            echo(f"{', '.join(sources)} -> {place or 'standard output'}  {cues} (not written)")


def destination(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a command that changes one file, which `Destination` takes."""
    for option in (
        json_option("Print what was done as JSON; the captions go to a file."),
        dry_run_option("Only say what would be done; nothing is written."),
        click.option("--force", is_flag=True, help="Overwrite a file that is there already."),
        click.option("-i", "--in-place", is_flag=True, help="Write the file itself anew."),
        click.option(
            "-o",
            "--output",
            type=click.Path(),
            metavar="OUT",
            help="The file to write; by default, and for -, standard output.",
        ),
    ):
        function = option(function)
    return function


def refuse_other_captions(output: str) -> None:
    """Refuse a name that no file of captions has that captionkit writes.

    Raises:
        UsageError
    """
    from captionkit.formats import formats

    refuse_other_names(output, sorted(extension for each in formats().values() for extension in each.extensions))


def _place_for(source: str, output: str | None, in_place: bool, force: bool) -> str | None:
    if in_place:
        if output is not None:
            raise UsageError("--in-place and -o contradict each other", unchanged=_NOTHING)
        if source == STANDARD:
            raise UsageError("standard input cannot be written in place", unchanged=_NOTHING)
        return source
    if output is None or output == STANDARD:
        return None
    refuse_other_captions(output)
    if is_folder(output):
        raise UsageError(f"{output} is a folder", unchanged=_NOTHING, hint="Give -o the name of a file.")
    if is_there(output) and not force:
        raise UsageError(
            f"there is a file {output} already",
            unchanged="It was not changed.",
            hint="Give --force to overwrite it, or another name with -o.",
        )
    return output


def write(document: Document, place: str | None) -> None:
    """Write a document to a file, or for None to standard output."""
    from captionkit.documents import dump, to_bytes

    if place is None:
        echo_data(to_bytes(document))
    else:
        dump(document, place)


def clipped(before: Document, after: Document) -> dict[str, int]:
    """How many cues a change of times put before the beginning: left out, and beginning at 0 now."""
    begin = sum([cue.start == 0 for cue in after.cues]) - sum([cue.start == 0 for cue in before.cues])
    return {"left_out": len(before.cues) - len(after.cues), "clipped": max(0, begin)}


def tell_clipped(source: str, before: Document, after: Document) -> None:
    """Say so on standard error, where it did."""
    found = clipped(before, after)
    if found["left_out"]:
        echo(f"{source}: {count(found['left_out'], 'cue')} before 0 left out", err=True)
    if found["clipped"]:
        verb = "begins" if found["clipped"] == 1 else "begin"
        echo(f"{source}: {count(found['clipped'], 'cue')} now {verb} at 0", err=True)
