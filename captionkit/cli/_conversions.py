"""What one call of `captionkit convert` reads, and where each result goes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from captionkit.cli._captions import STANDARD, count, refuse_other_captions
from captionkit.cli._output import echo
from captionkit.errors import LocalError, UsageError
from captionkit.files import is_folder, is_there, reachable, walk, why

#: The extensions of caption files, and the formats they name.
FORMATS = {".srt": "srt", ".vtt": "vtt", ".webvtt": "vtt"}
#: `--from`: all formats but SRT and WebVTT.
OTHER = "other"


class Job(NamedTuple):
    """One file to convert.

    Attributes:
        source: its name, or "-".
        place: where the result goes, with the name of the source or, if `is_named`, with the very name that was asked
            for; None for standard output.
        home: the folder that the result really lies in, where its name was not asked for: no link there is followed out
            of it.
        rivals: other inputs of this call that would be written to the same file.
        target: the format that the folder is converted to; None where that is the other one, or asked for.
    """

    source: str
    place: str | None
    is_named: bool = False
    home: str | None = None
    rivals: tuple[str, ...] = ()
    target: str | None = None


def find_jobs(inputs: tuple[str, ...], output: str | None, target: str | None, kinds: frozenset[str]) -> list[Job]:
    """What to read and where to write it. All is found before anything is written."""
    several = len(inputs) > 1 or (is_folder(inputs[0]))
    if STANDARD in inputs and len(inputs) > 1:
        raise UsageError("standard input (-) cannot be converted together with files", unchanged="Nothing was written.")
    if output == STANDARD or (inputs == (STANDARD,) and output is None):
        if several:
            raise UsageError("only one file can be written to standard output", unchanged="Nothing was written.")
        return [Job(inputs[0], None)]
    folder = None
    if output is not None:
        if not several and not is_folder(output) and not output.endswith(("/", "\\")):
            refuse_other_captions(output)
            return [Job(inputs[0], output, is_named=True)]
        if inputs == (STANDARD,):
            raise UsageError("standard input has no name to use in a folder", hint="Give -o the name of a file.")
        folder = output
        if is_there(folder) and not is_folder(folder):
            raise UsageError(
                f"{output} is a file, but several files are to be written", unchanged="Nothing was written."
            )
    jobs: list[Job] = []
    for name in inputs:
        if is_folder(name):
            wanted, into = _wanted(name, target, kinds, is_beside=folder is None)
            below = len(os.path.join(name, ""))
            jobs += [
                Job(path, os.path.join(folder, path[below:]) if folder else path, home=folder or name, target=into)
                for path in wanted
            ]
        else:
            home = folder or os.path.dirname(name) or os.curdir
            jobs.append(Job(name, os.path.join(folder, os.path.basename(name)) if folder else name, home=home))
    return _with_rivals(jobs, target)


def _with_rivals(jobs: list[Job], target: str | None) -> list[Job]:
    """The jobs, those marked that another input would be written over: nobody knows which of them is wanted."""
    if len(jobs) < 2:
        return jobs
    groups: dict[str, list[str]] = {}
    results = [_result(job, target) for job in jobs]
    for result, job in zip(results, jobs, strict=True):
        groups.setdefault(result, []).append(job.source)
    if len(groups) == len(jobs):
        return jobs
    return [
        job._replace(rivals=tuple([other for other in groups[result] if other != job.source]))
        for result, job in zip(results, jobs, strict=True)
    ]


def _result(job: Job, target: str | None) -> str:
    """The file that will be written, by the names alone."""
    written = job.target or target or ("srt" if FORMATS.get(extension_of(job.source)) == "vtt" else "vtt")
    return os.path.normcase(os.path.normpath(f"{stem_of(job.place or job.source)}.{written}"))


def stem_of(path: str) -> str:
    """The path without the extension of a caption file; any other is a part of the name."""
    stem, extension = os.path.splitext(path)
    return stem if extension.lower() in _extensions() else path


@cache
def _extensions() -> frozenset[str]:
    from captionkit.foreign.table import EXTENSIONS

    return frozenset((*FORMATS, ".txt", *EXTENSIONS))


def _wanted(folder: str, target: str | None, kinds: frozenset[str], *, is_beside: bool) -> tuple[list[str], str | None]:
    """The files of a folder that are not named as the target format already, and that format.

    A delivery with other formats goes into another folder whole: there nothing is missing then.

    Args:
        is_beside: whether the results are to stand beside them: then those that stand there already are done.
    """
    from captionkit.library.others import is_converted

    found, others = _captions_in(folder, kinds)
    if is_beside and others:
        waiting = [path for path in others if not is_converted(path)]
        if done := len(others) - len(waiting):
            echo(f"{folder}: {count(done, 'file')} in other formats converted already, and passed over.", err=True)
        others = waiting
        if not found and not others:
            return [], target
    if not found and others:
        return others, target
    if not found:
        asked = f" of the kind {', '.join(sorted(kinds))}" if kinds else ""
        raise UsageError(
            f"there is no caption file{asked} in the folder {folder}",
            unchanged="Nothing was written.",
            hint="captionkit convert --help names the formats that are read.",
        )
    if others and target is None and (not is_beside or all(FORMATS[extension_of(path)] == "vtt" for path in found)):
        target = "vtt"  # what the others become
    if target is None and len({FORMATS[extension_of(path)] for path in found}) > 1:
        raise UsageError(
            f"the folder {folder} has .srt and .vtt files",
            unchanged="Nothing was written.",
            hint="Say which of them you want in the end: --to vtt or --to srt.",
        )
    if not is_beside and others:
        return sorted([*found, *others]), target
    wanted = [path for path in found if target is None or FORMATS[extension_of(path)] != target]
    if not wanted and not others:
        echo(f"{folder}: all {len(found)} files are named .{target} already; nothing to convert.", err=True)
    return sorted([*wanted, *others]), target


def extension_of(path: str) -> str:
    return os.path.splitext(path)[1].lower()


def _refuse(error: OSError) -> None:
    """Of a folder that cannot be looked into not even the names of its captions are known."""
    raise LocalError(
        f"the folder cannot be looked into: {why(error, error.filename)}", where=error.filename,
        unchanged="Nothing was written.",
    ) from error  # fmt: skip


def _captions_in(folder: str, kinds: frozenset[str]) -> tuple[list[str], list[str]]:
    """The SRT and WebVTT files of a folder, and those in other formats; of the kinds that were asked for."""
    from captionkit.library.others import is_candidate

    found: list[str] = []
    candidates: list[str] = []
    for root, folders, files in walk(folder, _refuse):
        folders[:] = sorted([name for name in folders if not name.startswith(".")])
        for name in sorted(files):
            if name.startswith("."):
                continue
            if name.lower().endswith(tuple(FORMATS)):
                found.append(os.path.join(root, name))
            elif is_candidate(name):
                candidates.append(os.path.join(root, name))
    # A pipe or a device would be waited for; a link that leads nowhere is told as an error when it is read.
    found = [path for path in found if os.path.isfile(reachable(path)) or not is_there(path)]
    if kinds:
        found = [path for path in found if FORMATS[extension_of(path)] in kinds]
    return found, list(_others(candidates, kinds))


def _others(candidates: Sequence[str], kinds: frozenset[str]) -> Iterator[str]:
    from captionkit.library.others import look_at

    for path in candidates:
        other = look_at(path, path) if os.path.isfile(path) else None
        if other is not None and other.is_read and (not kinds or kinds & {OTHER, other.kind.name}):
            yield path
