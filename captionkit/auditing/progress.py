"""What an audit has seen so far, on disk, so that one that was cut off goes on where it was.

A line for each place that is done. Only whole lines count, so a crash costs the place that was being looked at. What
was asked for stands in the first line; a file of another audit is not continued.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from captionkit.auditing.model import Place, Recording
from captionkit.errors import LocalError
from captionkit.files import read_file, target_of
from captionkit.records import RecordError, parse, read

FORMAT = "captionkit-audit-progress/1"


@dataclass(frozen=True, slots=True)
class _Done:
    """A line: a place, and what is there."""

    place: Place
    recordings: tuple[Recording, ...]


class Progress:
    """The places that are done.

    Args:
        path: None keeps nothing.
        asked: what the audit is about; the same words continue it.

    Raises:
        LocalError: where the file cannot be read or written, or belongs to another audit.
    """

    def __init__(self, path: Path | None, asked: dict[str, Any]) -> None:
        self.path = path
        self.done: dict[str, tuple[Place, list[Recording]]] = {}
        self._handle: int | None = None
        if path is None:
            return
        header = {"format": FORMAT, **json.loads(json.dumps(asked))}
        try:
            target_of(os.fspath(path))
            lines = read_file(path).split(b"\n")[:-1] if path.exists() else []
            if lines:
                self._read(lines, header, path)
            self._handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            if path.stat().st_size and not read_file(path).endswith(b"\n"):
                os.write(self._handle, b"\n")  # what was being written when the power went
            if not lines:
                self._write(header)
        except OSError as error:
            raise _cannot(path, error) from error

    def _read(self, lines: list[bytes], header: dict[str, Any], path: Path) -> None:
        try:
            found = parse(lines[0])
        except RecordError:
            found = None
        if found != header:
            raise LocalError(
                "this file holds the progress of another audit", where=str(path), unchanged="It was left as it is.",
                hint="Delete it to begin afresh, or ask for the same courses and profiles as then.",
            )  # fmt: skip
        for line in lines[1:]:
            try:
                done = read(_Done, parse(line))
            except RecordError:
                continue  # torn: it is looked at again
            self.done[done.place.key] = (done.place, list(done.recordings))

    def add(self, place: Place, recordings: list[Recording]) -> None:
        """Note a place as done; durable when this returns. One that could not be looked at is tried again next time."""
        self.done[place.key] = (place, recordings)
        if self._handle is not None and not place.problem:
            self._write({"place": asdict(place), "recordings": [asdict(one) for one in recordings]})

    def _write(self, row: dict[str, Any]) -> None:
        assert self._handle is not None and self.path is not None
        line = json.dumps(row, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
        try:
            while line:
                line = line[os.write(self._handle, line) :]
            os.fsync(self._handle)
        except OSError as error:
            raise _cannot(self.path, error) from error

    def close(self, *, finished: bool) -> None:
        """Let go of the file; of an audit that is finished nothing is kept."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
            if finished and self.path is not None:
                self.path.unlink(missing_ok=True)


def _cannot(path: Path, error: OSError) -> LocalError:
    return LocalError(f"cannot keep the progress: {error.strerror or error}", where=str(path),
                      hint="Check that you may write there and that the disk is not full.")  # fmt: skip
