"""What `captionkit convert` does with each file, here or in another process, and what it says of it."""

from __future__ import annotations

import os
import pathlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from captionkit.cli._captions import STANDARD, configured_encoding, count, read, standard_input
from captionkit.cli._conversions import FORMATS, OTHER, Job, extension_of, stem_of
from captionkit.cli._output import echo, echo_data
from captionkit.errors import CaptionkitError, ContentError, ExitCode, LocalError, UsageError
from captionkit.files import bytes_of, is_there, reachable, why

if TYPE_CHECKING:
    from captionkit.conversion import Converted
    from captionkit.conversion.losses import Loss
    from captionkit.model import Document


class Given(NamedTuple):
    """What was said of the files that are read; see `captionkit.foreign.import_captions`."""

    kinds: frozenset[str] = frozenset()
    fps: str = ""
    language: str = ""
    start_timecode: str = ""
    encoding: str = ""

    @property
    def kind(self) -> str:
        """The one format that they are in, whatever they look like; "" where that is to be found out."""
        return next(iter(self.kinds)) if len(self.kinds) == 1 and not self.kinds & {"srt", "vtt", OTHER} else ""


class Options(NamedTuple):
    """What was said of how they are converted."""

    target: str | None
    speakers: str
    force: bool
    strict: bool
    crosscheck: bool
    carry: bool
    verbose: bool
    dry_run: bool
    as_json: bool


def _overwrites(job: Job) -> UsageError:
    return UsageError(
        f"{' and '.join(job.rivals)} would be written to the same file",
        where=job.source,
        unchanged="Neither was written." if len(job.rivals) == 1 else "None of them was written.",
        hint="Convert one of them by itself, with -o; or name its format: --from.",
    )


_KEEPS_VOICES = "; --speakers labels keeps who speaks"


#: Starting a process costs about what converting this many lectures does.
_FILES_A_WORKER = 150


def outcomes(run: Run, jobs: Sequence[Job], workers: int) -> Iterator[Outcome]:
    """What comes of each job, in their order; many are done in several processes."""
    if len(jobs) >= _FILES_A_WORKER:
        from captionkit.processes import in_processes, workers_for

        workers = workers_for(len(jobs), workers, _FILES_A_WORKER)
    else:
        workers = 1
    if workers < 2:
        yield from map(run.one, jobs)
        return
    # Two results may turn out to be one file only where the names are alike: these see each other here.
    stems = [os.path.normcase(os.path.normpath(stem_of(job.place or job.source))) for job in jobs]
    times = Counter(stems)
    apart = [job for job, stem in zip(jobs, stems, strict=True) if times[stem] == 1]
    pieces = in_processes(_convert_piece, apart, workers, _start_worker, (run,), _load)
    elsewhere = (outcome for piece in pieces for outcome in piece)
    for job, stem in zip(jobs, stems, strict=True):
        yield next(elsewhere) if times[stem] == 1 else run.one(job)


_RUN: list[Run] = []


def _start_worker(run: Run) -> None:
    _RUN[:] = [run]


def _convert_piece(jobs: Sequence[Job]) -> list[Outcome]:
    return [_RUN[0].one(job) for job in jobs]


def _load() -> None:
    from captionkit.conversion import convert
    from captionkit.documents import dumps, loads

    dumps(convert(loads("1\n00:00:01,000 --> 00:00:02,000\nA\n", "srt"), "vtt").document)


class Outcome:
    """What has come of one file. No dataclass: making one takes longer than converting a short lecture.

    Attributes:
        lines: what to print, and whether on standard error.
        events: what --json prints.
        code: of an error; None where it was converted.
    """

    def __init__(self) -> None:
        self.lines: list[tuple[str, bool]] = []
        self.events: list[dict[str, object]] = []
        self.code: ExitCode | None = None
        self.cues = 0
        self.is_converted = False
        self.is_lossy = False


class Run:
    """The options of this call, and what has come of it so far."""

    def __init__(self, options: Options, given: Given) -> None:
        self.target, self.speakers, self.force, self.strict, self.crosscheck, self.carry, self.verbose = options[:7]
        self.dry_run, self.as_json = options.dry_run, options.as_json
        self.given = given
        self.is_alone = True
        self.codes: list[ExitCode] = []
        self.written: set[str] = set()
        self.folders: set[str] = set()
        self.files = self.cues = self.lossy = 0

    def one(self, job: Job) -> Outcome:
        """Convert one file; what goes wrong with it concerns only it."""
        outcome = Outcome()
        try:
            self._convert(job, outcome)
        except CaptionkitError as error:
            outcome.code = error.exit_code
            if self.as_json:
                from captionkit.cli._remedies import problem_of

                outcome.events.append(self._event(job.source, None, problem=problem_of(error)))
            outcome.lines += [(line, True) for line in error.lines()]
        return outcome

    def _event(
        self, source: str, output: str | None, cues: int = 0, losses: Sequence[Loss] = (), remark: str = "",
        problem: dict[str, object] | None = None,
    ) -> dict[str, object]:  # fmt: skip
        """An object about one file, with the same keys for each."""
        return {
            "path": source,
            "output": output,
            "problem": problem,
            "cues": cues,
            "losses": [loss._asdict() for loss in losses],
            "remark": remark,
            "dry_run": self.dry_run,
        }

    def tell_of(self, outcome: Outcome) -> None:
        """Print what there is to say of one file."""
        if outcome.code is not None:
            self.codes.append(outcome.code)
        self.files += outcome.is_converted
        self.cues += outcome.cues
        self.lossy += outcome.is_lossy
        if outcome.events:
            from captionkit.cli._terminal import print_events

            print_events(outcome.events)
        for line, is_error in outcome.lines:
            echo(line, err=is_error)

    def _convert(self, job: Job, outcome: Outcome) -> None:
        from captionkit.conversion import convert, lossy
        from captionkit.documents import to_bytes
        from captionkit.roll_up import begins_rolled_up

        if job.rivals:
            raise _overwrites(job)
        document, imported = self._read(job.source)
        target = self._target(job) or ("srt" if document.format == "vtt" and imported is None else "vtt")
        path = self._path(document.format, job, target)
        converted = convert(document, target, carry=self.carry, speakers=self.speakers)
        if imported is not None:
            losses = (*sorted(imported.losses, key=lambda loss: loss.line), *converted.losses)
            converted = replace(converted, losses=losses, remarks=imported.remarks)
        elif job.target == document.format and not self.speakers:
            converted = replace(converted, document=document, losses=())  # it only goes along
        if self.strict and converted.losses:
            raise lossy(converted, document.path)
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
        guessed = " ".join([*converted.remarks, *([guessed] if guessed else [])])
        if self.as_json:
            outcome.events.append(self._event(document.path, path, len(document.cues), converted.losses, guessed))
            return
        self._say(outcome, document.path, path, len(document.cues), converted, guessed)

    def _read(self, source: str) -> tuple[Document, Converted | None]:
        """The document in a file; and where it is made of a file in another format, what that cost."""
        data = standard_input() if source == STANDARD else None
        no_captions: ContentError | None = None
        if not self.given.kind:
            try:
                return read(source, self.given.encoding, data), None
            except ContentError as error:
                no_captions = error
        from captionkit.foreign.importing import read as read_other
        from captionkit.foreign.table import row_of

        data = bytes_of(source) if data is None else data
        if no_captions is not None and row_of(data) is None:
            raise no_captions
        kind, (_, fps, language, start, encoding) = self.given.kind, self.given
        imported = read_other(
            data,
            kind,
            fps=fps or None,
            language=language,
            start_timecode=start,
            encoding=encoding or configured_encoding(source),
            path="standard input" if source == STANDARD else source,
        )
        return imported.document, imported

    def _target(self, job: Job) -> str | None:
        """The format that was asked for: by --to, or by the name of the output; None for the other one."""
        if job.target:
            return job.target
        if self.target is None and job.is_named and job.place and extension_of(job.place) in FORMATS:
            return FORMATS[extension_of(job.place)]
        return self.target

    def _path(self, found: str, job: Job, target: str) -> str | None:
        """The file to write; None for standard output."""
        path = job.place
        if path is None:
            return None
        if not job.is_named:
            path = f"{stem_of(path)}.{target}"
        source = job.source
        is_taken = is_there(path)
        if is_taken and source != STANDARD and pathlib.Path(reachable(path)).samefile(reachable(source)):
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
        if is_taken and not self.force:
            raise UsageError(
                f"there is a file {path} already",
                where=source,
                unchanged="It was not changed.",
                hint="Give --force to overwrite it, or another name with -o.",
            )
        return path

    def _write(self, path: str | None, data: bytes, home: str | None) -> None:
        if path is None:
            if not self.dry_run:
                echo_data(data)
            return
        from captionkit.files import target_of, write_atomically

        folder = os.path.dirname(path)
        if folder and folder not in self.folders:
            target_of(path, home)  # before a folder is made behind a link
        if self.dry_run:
            self.written.add(os.path.normpath(path))
            return
        if folder and folder not in self.folders:
            try:
                pathlib.Path(reachable(folder)).mkdir(exist_ok=True, parents=True)
            except OSError as error:
                raise LocalError(
                    f"cannot make the folder: {why(error, folder)}",
                    where=folder,
                    unchanged="Nothing was written.",
                ) from error
            self.folders.add(folder)
        write_atomically(path, data, durable=self.force and is_there(path), within=home)
        self.written.add(os.path.normpath(path))

    def _say(
        self, outcome: Outcome, source: str, path: str | None, cues: int, converted: Converted, guessed: str
    ) -> None:
        outcome.is_converted, outcome.cues, outcome.is_lossy = True, cues, bool(converted.losses)
        lines = outcome.lines
        if path is not None and (self.is_alone or self.verbose or self.dry_run):
            written = " (not written)" if self.dry_run else ""
            lines.append((f"{source} -> {path}  {count(cues, 'cue')}{written}", False))
        if guessed:
            lines.append((f"{source}: {guessed}", True))
        if not converted.losses:
            return
        hint = "" if self.speakers or not any(loss.kind == "voice" for loss in converted.losses) else _KEEPS_VOICES
        lines.append((f"{source}: {converted.summary()}{hint}", True))
        if self.verbose:
            lines += [(f"  {loss}", True) for loss in converted.losses]

    def tell(self) -> None:
        """The summary, where there were several files."""
        if self.is_alone or self.as_json:
            return
        parts = [f"{count(self.files, 'file')} {'to be ' if self.dry_run else ''}converted, {count(self.cues, 'cue')}"]
        if self.lossy:
            parts.append(f"{self.lossy} with losses")
        if self.codes:
            parts.append(f"{len(self.codes)} not converted")
        echo("; ".join(parts) + ".")
