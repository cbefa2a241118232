"""How an upload is shown: a line with bar, rate and time left while it runs, and what came of it."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType

from captionkit.cli._output import overwrite
from captionkit.cli._remedies import lifting, lines_of
from captionkit.terminal import clean_line
from captionkit.upload.items import Item, holding_back, why_not_sent
from captionkit.upload.results import CaptionResult, Ending, Result

#: The rate is that of the last so many seconds, so that it follows the line and not the past.
_WINDOW = 10.0
_BAR = 20


class TransferLine:
    """How far all uploads are, on one line of the terminal; nothing where nobody is looking. Threads may share it."""

    def __init__(self, items: Sequence[Item], *, quiet: bool = False) -> None:
        self._shows = not quiet and sys.stderr.isatty()
        self._total = sum(item.size for item in items)
        self._count = len(items)
        self._sent: dict[int, int] = {}
        self._active: dict[int, str] = {}
        self._ended = 0
        self._skipped = 0
        self._marks: deque[tuple[float, int]] = deque()
        self._guard = threading.Lock()
        self._last = 0.0

    def __enter__(self) -> TransferLine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shows:
            overwrite()

    def begin(self, item: Item) -> None:
        with self._guard:
            self._active[id(item)] = item.shown
        self._show()

    def sent(self, item: Item, size: int) -> None:
        with self._guard:
            self._sent[id(item)] = size
        self._show()

    def end(self, item: Item) -> None:
        with self._guard:
            self._active.pop(id(item), None)
            if id(item) not in self._sent:
                self._skipped += item.size
            self._ended += 1
        self._show(now=True)

    def _show(self, *, now: bool = False) -> None:
        if not self._shows:
            return
        with self._guard:
            moment = time.monotonic()
            if not now and moment - self._last < 0.1:
                return
            self._last = moment
            line = transfer_line(
                self._ended, self._count, sum(self._sent.values()), self._total - self._skipped, self._rate(moment),
                list(self._active.values()),
            )  # fmt: skip
            width = shutil.get_terminal_size().columns - 1
            overwrite(line[:width])

    def _rate(self, moment: float) -> float:
        done = sum(self._sent.values())
        self._marks.append((moment, done))
        while len(self._marks) > 2 and moment - self._marks[0][0] > _WINDOW:
            self._marks.popleft()
        since, was = self._marks[0]
        # A file that is begun again takes its bytes back: no rate is better than one below nothing.
        return max(0.0, (done - was) / (moment - since)) if moment - since > 0.5 else 0.0


def transfer_line(ended: int, count: int, done: int, total: int, rate: float, active: Sequence[str]) -> str:
    """One line: files, a bar, bytes, the rate in bytes a second, the time left, what is being sent.

    Args:
        done, total: bytes.
    """
    share = min(1.0, done / total) if total else 0.0
    filled = int(share * _BAR)
    parts = [f"{ended} of {count}"]
    if total:
        parts.append(f"[{'#' * filled}{'.' * (_BAR - filled)}] {share:4.0%}  {size_text(done)} of {size_text(total)}")
    if rate:
        parts.append(f"{size_text(round(rate))}/s")
        parts.append(f"{time_text((total - done) / rate)} left")
    if active:
        parts.append(", ".join(active))
    return "  ".join(parts)


def plan_lines(items: Sequence[Item]) -> Iterator[str]:
    """What would be sent."""
    for item in items:
        yield clean_line(f"{item.shown}: {item.title!r}" + (f", {size_text(item.size)}" if item.path else ""))
        for caption in item.captions:
            problem = why_not_sent(caption)
            not_sent = f"not sent: {problem}{lifting(holding_back(caption))}"
            outcome = not_sent if problem else f"sent after it, as SRT{_noted('; '.join(caption.notes))}"
            yield clean_line(f"  {caption.file.locale}  {caption.file.path}: {outcome}")
        for problem in item.problems:
            yield clean_line(f"  {problem}")


def report_lines(results: Sequence[Result]) -> Iterator[str]:
    """What became of everything."""
    for result in results:
        number = f" (media {result.media_id})" if result.media_id else ""
        problem = f": {result.error.message}" if result.error else ""
        yield f"{result.item.shown}: {result.ending.upper() if result.error else result.ending}{number}{problem}"
        if result.error:
            yield from lines_of(result.error)[1:]
        for caption in result.captions:
            yield f"  {caption.srclang}  {caption.file}: {caption.state}{_noted(_message(caption))}"
        for note in (*result.item.problems, *result.notes):
            yield f"  note: {note}"
    lying = [result for result in results if result.elsewhere and result.media_id]
    if lying:
        wanted = lying[0].item.destination.collection_id
        yield f"Not in collection {wanted} yet. To put {'it' if len(lying) == 1 else 'them'} there:"
        yield f"  captionkit studio move {' '.join(result.media_id for result in lying)} --collection {wanted}"
    yield ", ".join(_counts(results)) + "."


def _counts(results: Sequence[Result]) -> Iterator[str]:
    for ending, words in (
        (Ending.UPLOADED, "uploaded"), (Ending.FINISHED, "finished that an earlier run had begun"),
        (Ending.ALREADY, "there already"), (Ending.FAILED, "failed"), (Ending.UNKNOWN, "with an unknown outcome"),
        (Ending.NOT_STARTED, "not started"), (Ending.STOPPED, "stopped; the same command goes on with them"),
    ):  # fmt: skip
        number = sum(result.ending is ending for result in results)
        if number:
            yield f"{number} {words}"
    sent = sum(caption.state == "sent" for result in results for caption in result.captions)
    other = sum(caption.state in ("manual", "failed") for result in results for caption in result.captions)
    if sent:
        yield f"{sent} caption file{'s' * (sent != 1)} sent and read back"
    if other:
        yield f"{other} caption file{'s' * (other != 1)} not sent"
    unknown = sum(caption.state == "unknown" for result in results for caption in result.captions)
    if unknown:
        yield f"{unknown} caption file{'s' * (unknown != 1)} with an unknown outcome"


def result_events(results: Iterable[Result]) -> Iterator[Mapping[str, object]]:
    """What became of everything, for machines."""
    for result in results:
        yield {
            "event": "upload",
            "source": result.item.shown,
            "title": result.item.title,
            "ending": str(result.ending),
            "media": result.media_id or None,
            "elsewhere": result.elsewhere or None,
            "error": result.error.message if result.error else None,
            "captions": [
                {"language": c.srclang, "file": c.file, "state": c.state, "message": _message(c)}
                for c in result.captions
            ],
            "notes": [*result.item.problems, *result.notes],
        }


def size_text(size: int) -> str:
    """Bytes for a person, in decimal units as disks and networks count."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} bytes"


def time_text(seconds: float) -> str:
    """ "8 s", "3 min 20 s", "2 h 05 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole // 60 % 60:02d} min"


def _message(caption: CaptionResult) -> str:
    return f"{caption.message}{lifting(caption.held)}"


def _noted(text: str) -> str:
    return f" ({text})" if text else ""
