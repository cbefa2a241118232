"""`captionkit convert`: SRT to WebVTT and back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from captionkit.cli._archive import convert_archive, engine_options, is_archive
from captionkit.cli._captions import STANDARD, count, encoding_option, read, refuse_other_captions
from captionkit.cli._output import echo, echo_data
from captionkit.cli._paths import PathArgument
from captionkit.errors import CaptionkitError, ExitCode, LocalError, UsageError, severest

if TYPE_CHECKING:
    from captionkit.conversion import Converted

#: The extensions of caption files, and the formats they name.
_EXTENSIONS = {".srt": "srt", ".vtt": "vtt", ".webvtt": "vtt"}


@click.command("convert")
@click.argument("inputs", cls=PathArgument, nargs=-1, required=True, metavar="IN...")
@click.option(
    "-o", "--output", metavar="OUT", help="A file, or a folder for several inputs or a folder; - is standard output."
)
@click.option(
    "--to", "target", type=click.Choice(["vtt", "srt"]), help="The format to write; by default the other one."
)
@click.option(
    "--speakers",
    type=click.Choice(["keep", "labels", "drop"]),
    help="Who speaks: kept as the new format says it (<v Ana> in WebVTT, Ana: in SRT), as labels in the text (Ana:), "
    "or dropped. By default labels stay words, and voices that SRT cannot say are named as losses.",
)
@encoding_option
@click.option("--force", is_flag=True, help="Overwrite files that are there already.")
@click.option("--strict", is_flag=True, help="Write nothing where the conversion would lose something.")
@click.option("--crosscheck", is_flag=True, help="Write only what a second reader (pysrt, webvtt-py) reads the same.")
@click.option(
    "--no-notes", is_flag=True, help="To WebVTT: without the NOTE blocks that let the way back restore the SRT."
)
@click.option("-v", "--verbose", is_flag=True, help="Name each loss with its line, and each file that is written.")
@engine_options
def command(
    inputs: tuple[str, ...],
    output: str | None,
    target: str | None,
    speakers: str | None,
    encoding: str,
    force: bool,
    strict: bool,
    crosscheck: bool,
    no_notes: bool,
    verbose: bool,
    **engine: Any,
) -> int:
    """Convert SRT files to WebVTT, and WebVTT files to SRT.

    IN is a file, a folder (searched with all folders in it), or - for standard input. Without -o each result stands
    next to its source, or goes to standard output for standard input. What the new format cannot say is named on
    standard error. One bad file does not stop the others.

    \b
    Exit codes: 0 all converted; 1 a file holds no captions, or --strict or
    --crosscheck refused one; 2 usage; 8 a file cannot be read or written.
    """
    if is_archive([*inputs, output or ""], engine):
        if crosscheck:
            raise UsageError("--crosscheck does not go with --engine", unchanged="Nothing was read.")
        from captionkit.scale.convert import Conversion

        what = Conversion("", target or "", speakers or "", encoding, strict, not no_notes, force)
        return convert_archive(inputs, output, what, {**engine, "verbose": verbose})
    run = _Run(target, speakers or "", encoding, force, strict, crosscheck, not no_notes, verbose)
    jobs = _jobs(inputs, output, target)
    run.is_alone = len(jobs) == 1
    for job in jobs:
        run.one(job)
    run.tell()
    return severest(run.codes)


class _Job(NamedTuple):
    """One file to convert.

    Attributes:
        source: its name, or "-".
        place: where the result goes, with the name of the source or, if `is_named`, with the very name that was asked
            for; None for standard output.
        home: the folder that the result really lies in, where its name was not asked for: no link there is followed out
            of it.
    """

    source: str
    place: str | None
    is_named: bool = False
    home: str | None = None


def _jobs(inputs: tuple[str, ...], output: str | None, target: str | None) -> list[_Job]:
    """What to read and where to write it. All is found before anything is written."""
    several = len(inputs) > 1 or (os.path.isdir(inputs[0]))
    if STANDARD in inputs and len(inputs) > 1:
        raise UsageError("standard input (-) cannot be converted together with files", unchanged="Nothing was written.")
    if output == STANDARD or (inputs == (STANDARD,) and output is None):
        if several:
            raise UsageError("only one file can be written to standard output", unchanged="Nothing was written.")
        return [_Job(inputs[0], None)]
    folder = None
    if output is not None:
        if not several and not os.path.isdir(output) and not output.endswith(("/", "\\")):
            refuse_other_captions(output)
            return [_Job(inputs[0], output, is_named=True)]
        if inputs == (STANDARD,):
            raise UsageError("standard input has no name to use in a folder", hint="Give -o the name of a file.")
        folder = output
        if os.path.exists(folder) and not os.path.isdir(folder):
            raise UsageError(
                f"{output} is a file, but several files are to be written", unchanged="Nothing was written."
            )
    jobs: list[_Job] = []
    for name in inputs:
        if os.path.isdir(name):
            jobs += [
                _Job(path, os.path.join(folder, os.path.relpath(path, name)) if folder else path, home=folder or name)
                for path in _wanted(name, target)
            ]
        else:
            home = folder or os.path.dirname(name) or os.curdir
            jobs.append(_Job(name, os.path.join(folder, os.path.basename(name)) if folder else name, home=home))
    return jobs


def _wanted(folder: str, target: str | None) -> list[str]:
    """The files of a folder that are not named as the target format already."""
    found = _captions_in(folder)
    if not found:
        raise UsageError(f"there is no .srt or .vtt file in the folder {folder}", unchanged="Nothing was written.")
    if target is None and len({_EXTENSIONS[_extension(path)] for path in found}) > 1:
        raise UsageError(
            f"the folder {folder} has .srt and .vtt files",
            unchanged="Nothing was written.",
            hint="Say which of them you want in the end: --to vtt or --to srt.",
        )
    wanted = [path for path in found if target is None or _EXTENSIONS[_extension(path)] != target]
    if not wanted:
        echo(f"{folder}: all {len(found)} files are named .{target} already; nothing to convert.", err=True)
    return wanted


def _extension(path: str) -> str:
    return os.path.splitext(path)[1].lower()


def _captions_in(folder: str) -> list[str]:
    found: list[str] = []
    for root, folders, files in os.walk(folder):
        folders[:] = sorted([name for name in folders if not name.startswith(".")])
        wanted = [
            name for name in sorted(files) if name.lower().endswith(tuple(_EXTENSIONS)) and not name.startswith(".")
        ]
        found += [os.path.join(root, name) for name in wanted]
    # A pipe or a device would be waited for; a link that leads nowhere is told as an error when it is read.
    return [path for path in found if os.path.isfile(path) or not os.path.exists(path)]


_KEEPS_VOICES = "; --speakers labels keeps who speaks"


class _Run:
    """The options of this call, and what has come of it so far."""

    def __init__(
        self,
        target: str | None,
        speakers: str,
        encoding: str,
        force: bool,
        strict: bool,
        crosscheck: bool,
        carry: bool,
        verbose: bool,
    ) -> None:
        self.speakers, self.encoding = speakers, encoding
        self.target, self.force, self.strict, self.crosscheck = target, force, strict, crosscheck
        self.carry, self.verbose = carry, verbose
        self.is_alone = True
        self.codes: list[ExitCode] = []
        self.written: set[str] = set()
        self.folders: set[str] = set()
        self.files = self.cues = self.lossy = 0

    def one(self, job: _Job) -> None:
        """Convert one file; what goes wrong with it is told, and concerns only it."""
        try:
            self._convert(job)
        except CaptionkitError as error:
            self.codes.append(error.exit_code)
            for line in error.lines():
                echo(line, err=True)

    def _convert(self, job: _Job) -> None:
        from captionkit.conversion import convert
        from captionkit.documents import to_bytes
        from captionkit.roll_up import begins_rolled_up

        document = read(job.source, self.encoding)
        target = self._target(job) or ("srt" if document.format == "vtt" else "vtt")
        path = self._path(document.format, job, target)
        converted = convert(document, target, strict=self.strict, carry=self.carry, speakers=self.speakers)
        if self.crosscheck:
            from captionkit.crosscheck import verify

            verify(converted.document)
        self._write(path, to_bytes(converted.document), job.home)
        guessed = next((found.message for found in document.diagnostics if found.code == "ENC001"), "")
        if document.encoding_is_guess:
            guessed += " If letters are wrong, name another one: --encoding."
        if begins_rolled_up(document):
            rolled = (
                "Its lines roll up: each is shown more than once. `captionkit fix --unsafe-fixes` leaves each once."
            )
            guessed = f"{guessed} {rolled}".lstrip()
        self._say(document.path, path, len(document.cues), converted, guessed)

    def _target(self, job: _Job) -> str | None:
        """The format that was asked for: by --to, or by the name of the output; None for the other one."""
        if self.target is None and job.is_named and job.place and _extension(job.place) in _EXTENSIONS:
            return _EXTENSIONS[_extension(job.place)]
        return self.target

    def _path(self, found: str, job: _Job, target: str) -> str | None:
        """The file to write; None for standard output."""
        path = job.place
        if path is None:
            return None
        if not job.is_named:
            is_caption = _extension(path) in (*_EXTENSIONS, ".txt")
            path = f"{os.path.splitext(path)[0] if is_caption else path}.{target}"
        source = job.source
        is_there = os.path.exists(path)
        if is_there and source != STANDARD and os.path.samefile(path, source):
            raise UsageError(
                f"its content is {found} already, whatever its name; the result would be written over it",
                where=source,
                unchanged="Nothing was written.",
                hint="Give the result another name with -o, or say the format you want with --to.",
            )
        if os.path.normpath(path) in self.written:
            raise UsageError(
                f"another input of this call was already written to {path}",
                where=source,
                unchanged="This one was not written.",
                hint="Convert it by itself, with -o.",
            )
        if is_there and not self.force:
            raise UsageError(
                f"there is a file {path} already",
                where=source,
                unchanged="It was not changed.",
                hint="Give --force to overwrite it, or another name with -o.",
            )
        return path

    def _write(self, path: str | None, data: bytes, home: str | None) -> None:
        if path is None:
            echo_data(data)
            return
        from captionkit.files import target_of, write_atomically

        folder = os.path.dirname(path)
        if folder and folder not in self.folders:
            target_of(path, home)  # before a folder is made behind a link
            try:
                os.makedirs(folder, exist_ok=True)
            except OSError as error:
                raise LocalError(
                    f"cannot make the folder: {error.strerror}",
                    where=folder,
                    unchanged="Nothing was written.",
                ) from error
            self.folders.add(folder)
        write_atomically(path, data, durable=self.force and os.path.exists(path), within=home)
        self.written.add(os.path.normpath(path))

    def _say(self, source: str, path: str | None, cues: int, converted: Converted | None, guessed: str = "") -> None:
        self.files += 1
        self.cues += cues
        if path is not None and (self.is_alone or self.verbose):
            echo(f"{source} -> {path}  {count(cues, 'cue')}")
        if guessed:
            echo(f"{source}: {guessed}", err=True)
        if converted is None or not converted.losses:
            return
        self.lossy += 1
        hint = "" if self.speakers or not any(loss.kind == "voice" for loss in converted.losses) else _KEEPS_VOICES
        echo(f"{source}: {converted.summary()}{hint}", err=True)
        if self.verbose:
            for loss in converted.losses:
                echo(f"  line {loss.line}: {loss.kind}: {loss.message}", err=True)

    def tell(self) -> None:
        """The summary, where there were several files."""
        if self.is_alone:
            return
        parts = [f"{count(self.files, 'file')} converted, {count(self.cues, 'cue')}"]
        if self.lossy:
            parts.append(f"{self.lossy} with losses")
        if self.codes:
            parts.append(f"{len(self.codes)} not converted")
        echo("; ".join(parts) + ".")
