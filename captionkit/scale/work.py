"""One part, where it runs: read, checked or converted, written. What comes back to who gave it out is a few counts.

A task says where things are and what is to be done, never how to be let in: each worker has credentials of its own.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from captionkit.errors import UsageError
from captionkit.lint.results import FileResult
from captionkit.lint.settings import Settings
from captionkit.scale.check import check_bytes
from captionkit.scale.convert import Conversion, convert_object
from captionkit.scale.manifest import Stamp, stamp
from captionkit.scale.parts import Part
from captionkit.scale.stores import open_store, read_part, shown
from captionkit.scale.tables import Table, file_row, finding_rows


class Task(NamedTuple):
    """A part and what is to be done with it.

    Attributes:
        stamp: of who gave it out; a worker of another version or with other rules refuses.
        source: the address that the part was listed from.
        called: what the user called that.
        report: the address that the tables are written to.
        what: the settings of a check, or a conversion.
    """

    stamp: Stamp
    source: str
    called: str
    report: str
    part: Part
    what: Settings | Conversion


class Done(NamedTuple):
    """What a part came to.

    Attributes:
        files: in it. unread: of them could not be read, or converted. findings: in all.
    """

    files: int
    unread: int
    findings: int


class WorkerDiffers(UsageError):
    """A worker has another version, or other rules."""


def differs(where: str) -> WorkerDiffers:
    """That a worker does, and which."""
    return WorkerDiffers(
        "a worker has another captionkit than this computer, and would find other things",
        where=where,
        unchanged="What other workers did stands; --resume goes on from there.",
        hint="Install the same captionkit on all workers, and start them anew.",
    )


def require_same(wanted: Stamp) -> None:
    """Refuse to work for another captionkit than this."""
    if stamp() != wanted:
        import platform

        raise differs(f"{platform.node()}, captionkit {stamp().version}, rules {stamp().rules[:12]}")


def do(task: Task) -> Done:
    """Do a part. Done twice it does the same.

    Raises:
        WorkerDiffers
        CaptionkitError: the tables cannot be written.
    """
    require_same(task.stamp)
    with without_collector():
        return _check(task, task.what) if isinstance(task.what, Settings) else _convert(task, task.what)


@contextmanager
def without_collector() -> Iterator[None]:
    """Findings make no cycles. To look for some among all that an engine has loaded takes as long as to check."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _check(task: Task, settings: Settings) -> Done:
    report = open_store(task.report)
    findings, files = Table("findings"), Table("files")
    unread = total = 0
    contents = read_part(task.source, task.part.entries)
    for entry, (path, data) in zip(task.part.entries, contents, strict=True):
        name = shown(task.called, path)
        result: FileResult = check_bytes(name, data, settings)
        findings.add(finding_rows(result))
        files.add([file_row(name, entry, result)])
        unread += bool(result.error)
        total += len(result.diagnostics)
    report.put(f"findings/{task.part.name}.parquet", findings.data())
    # The last: where this stands, all stands.
    report.put(f"files/{task.part.name}.parquet", files.data())
    return Done(len(task.part.entries), unread, total)


def _convert(task: Task, conversion: Conversion) -> Done:
    report, target = open_store(task.report), open_store(conversion.target)
    table = Table("converted")
    unread = lossy = 0
    contents = read_part(task.source, task.part.entries)
    for entry, (path, data) in zip(task.part.entries, contents, strict=True):
        made = convert_object(path, data, conversion, target)
        table.add([(shown(task.called, path), entry.size, entry.tag, made.error, made.target, made.cues, made.losses)])
        unread += bool(made.error)
        lossy += bool(made.losses)
    report.put(f"files/{task.part.name}.parquet", table.data())
    return Done(len(task.part.entries), unread, lossy)


def give_up(task: Task, why: str) -> Done:
    """Write down that nothing can be found out about the files of a part."""
    report = open_store(task.report)
    if isinstance(task.what, Settings):
        files = Table("files")
        for entry in task.part.entries:
            name = shown(task.called, entry.path)
            files.add([file_row(name, entry, FileResult(name, [], why))])
        report.put(f"findings/{task.part.name}.parquet", Table("findings").data())
    else:
        files = Table("converted")
        for entry in task.part.entries:
            files.add([(shown(task.called, entry.path), entry.size, entry.tag, why, "", 0, "")])
    report.put(f"files/{task.part.name}.parquet", files.data())
    return Done(len(task.part.entries), len(task.part.entries), 0)
