"""How an upload ended, item by item, and the one exit code for it all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from captionkit.errors import CaptionkitError, ExitCode, severest
from captionkit.upload.items import Item


class Ending(StrEnum):
    """How one item ended."""

    UPLOADED = "uploaded"
    FINISHED = "finished"
    ALREADY = "already there"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_STARTED = "not started"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class CaptionResult:
    """What became of one caption file.

    Attributes:
        state: "sent", "already there", "manual", "failed" or "unknown".
        held: the checks that held it back.
    """

    srclang: str
    file: str
    state: str
    message: str = ""
    held: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one item.

    Attributes:
        error: what went wrong with the recording itself; None where all went well.
        notes: what else a person should know.
        elsewhere: the collection in which it lies instead of the one that it was to go to; "" where it lies there.
    """

    item: Item
    ending: Ending
    media_id: str = ""
    captions: tuple[CaptionResult, ...] = ()
    error: CaptionkitError | None = None
    notes: tuple[str, ...] = ()
    elsewhere: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether the recording and all that lies beside it is there."""
        there = (Ending.UPLOADED, Ending.FINISHED, Ending.ALREADY)
        fine = all(caption.state in ("sent", "already there") for caption in self.captions)
        return self.ending in there and fine and not self.item.problems and not self.elsewhere


def exit_code(results: Sequence[Result]) -> ExitCode:
    """One code for it all."""
    codes = []
    failed = [result for result in results if result.ending in (Ending.FAILED, Ending.NOT_STARTED)]
    if any(result.ending is Ending.STOPPED for result in results):
        codes.append(ExitCode.INTERRUPTED)
    unclear = [caption.state == "unknown" for result in results for caption in result.captions]
    if any(result.ending is Ending.UNKNOWN for result in results) or any(unclear):
        codes.append(ExitCode.OUTCOME_UNKNOWN)
    if failed and len(failed) < len(results):
        codes.append(ExitCode.PARTIAL)
    elif failed:
        codes += [ExitCode(r.error.exit_code) if r.error else ExitCode.REMOTE_FAILED for r in failed]
    if any(not result.is_whole and result not in failed for result in results):
        codes.append(ExitCode.PARTIAL if any(r.ending is Ending.UPLOADED for r in results) else ExitCode.FINDINGS)
    return severest(codes)
