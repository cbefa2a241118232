"""Something that takes long: it goes on in a thread of its own, tells how far it is, and can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypedDict

from captionkit.desk.words import in_recordings
from captionkit.errors import CaptionkitError, Remedy
from captionkit.workspace import Event

#: How each state of a recording is called; see `captionkit.workspace.Event`.
STATES = {
    "BACKED_UP": "saved",
    "SENT": "sent",
    "ACKED": "answered",
    "VERIFIED": "read back",
    "COMMITTED": "done",
    "CONVERGED": "done already",
    "STALE": "left: changed meanwhile",
    "REFUSED": "refused",
    "FOREIGN": "somebody else wrote",
    "FAILED": "failed",
}
#: Seconds after which a browser that listens hears something, so that it notices when the desk is gone.
_HEARTBEAT = 5.0
#: Seconds between two states that a browser is sent: a run of thousands changes thousands of times a minute.
_PACE = 0.2
#: Finished jobs whose pages are kept.
_KEPT = 200


class State(TypedDict):
    """How far a job is, as its page is sent it.

    Attributes:
        lines: (a recording, its title, how far it is).
    """

    doing: str
    done: int
    total: int
    finished: bool
    stopping: bool
    lines: list[tuple[str, str, str]]
    notes: list[str]


@dataclass
class Job:
    """One piece of work.

    Attributes:
        number: of the job, for its address.
        title: what it does, as a heading: "Sending".
        then: where its result is shown, as a path below the secret; "" for its own page.
        reads: whether it only reads what pages are about, and keeps it for them.
        about: what makes two jobs the same.
        result: what the work gave; error: what ended it.
        lines: a line a recording, in the order in which they began: name -> (how far it is, the version that said so).
    """

    number: int
    title: str
    work: Callable[[Job], object]
    then: str = ""
    about: str = ""
    result: object = None
    error: CaptionkitError | None = None
    lines: dict[str, tuple[str, int]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    doing: str = ""
    done: int = 0
    total: int = 0
    notes: list[str] = field(default_factory=list)
    finished: bool = False
    stopping: bool = False
    stoppable: bool = False
    reads: bool = False
    version: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition, repr=False)

    def start(self) -> None:
        threading.Thread(target=self._run, name=f"desk-{self.number}", daemon=True).start()

    def _run(self) -> None:
        try:
            self.result = self.work(self)
        except Exception as error:
            self.error = in_words(error)
        with self._changed:
            self.finished = True
            self._tell()

    def hear(self, event: Event) -> None:
        """Take in what the workspace tells."""
        with self._changed:
            if event.kind == "progress":
                self.doing, self.done, self.total = in_recordings(event.doing), event.done, event.total
            elif event.kind == "state":
                self.titles[event.media] = event.title
                self.lines[event.media] = (STATES.get(event.state, event.state.lower()), self.version + 1)
            elif event.error is not None:
                self.notes.append(" ".join(event.error.lines()))
            elif event.text and event.text not in self.notes:
                self.notes.append(event.text)
            self._tell()

    def stop(self) -> None:
        """End after what is in hand."""
        with self._changed:
            self.stopping = True
            self._tell()

    def wait(self, seconds: float) -> bool:
        """Whether it is finished, at the latest after so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self.finished, seconds)

    def states(self, ended: Callable[[], bool]) -> Iterator[State | None]:
        """How far it is, when that changes, until it is finished or `ended`; None now and then for no news. Each has
        only the lines that the one before had otherwise."""
        seen = -1
        while not ended():
            with self._changed:
                self._changed.wait_for(lambda: self.version != seen, _HEARTBEAT)  # noqa: B023  asked here and now
                news = self.state(seen) if self.version != seen else None
                seen = self.version
            yield news
            if news is not None and news["finished"]:
                return
            self.wait(_PACE)

    def state(self, since: int = -1) -> State:
        """How far it is.

        Args:
            since: a version; lines that have not changed since then are left out.
        """
        return {
            "doing": self.doing, "done": self.done, "total": self.total, "finished": self.finished,
            "stopping": self.stopping,
            "lines": [(m, self.titles[m], said) for m, (said, version) in list(self.lines.items()) if version > since],
            "notes": list(self.notes),
        }  # fmt: skip

    def _tell(self) -> None:
        self.version += 1
        self._changed.notify_all()


def in_words(error: Exception) -> CaptionkitError:
    """An error as a person may meet it, also one that was not raised on purpose."""
    if isinstance(error, CaptionkitError):
        return error
    if isinstance(error, OSError):
        where = str(error.filename) if error.filename is not None else ""
        hint = "Check that the disk is there, that it has room, and that you may write to it."
        return CaptionkitError(error.strerror or str(error), where=where, hint=hint)
    return CaptionkitError(
        f"captionkit made a mistake: {type(error).__name__}: {error}",
        hint="What was sent, if anything, stands under History.",
    )


class Busy(CaptionkitError):
    """Something else goes on, so this was not begun.

    Attributes:
        job: which.
    """

    remedy = Remedy.WAIT

    def __init__(self, job: Job) -> None:
        super().__init__(f"something else goes on at this desk: {job.title}", unchanged="Nothing was done.")
        self.job = job


class Jobs:
    """The jobs of a desk, of which one works at a time."""

    def __init__(self) -> None:
        self._all: dict[int, Job] = {}
        self._last = 0
        self._lock = threading.Lock()

    @property
    def running(self) -> Job | None:
        with self._lock:
            return self._running()

    def get(self, number: int) -> Job | None:
        return self._all.get(number)

    def begin(
        self,
        title: str,
        work: Callable[[Job], object],
        *,
        then: str = "",
        about: str = "",
        once: bool = False,
        stoppable: bool = False,
        reads: bool = False,
    ) -> Job:
        """Begin a job; where the same runs already, as after a double click, that one.

        Args:
            about: names what is done; "" for the title.
            once: where the same was begun ever, that is the one: a second click never does it again, and shows why the
                first could not.

        Raises:
            Busy: another one runs.
        """
        about = about or title
        with self._lock:
            if (same := self._about(about)) is not None and (once or not same.finished):
                return same
            if (busy := self._running()) is not None:
                raise Busy(busy)
            self._last += 1
            job = Job(self._last, title, work, then, about, stoppable=stoppable, reads=reads)
            self._all[job.number] = job
            for number in list(self._all)[:-_KEPT]:
                del self._all[number]
        job.start()
        return job

    def about(self, about: str) -> Job | None:
        """The last job that does just this, or did it."""
        with self._lock:
            return self._about(about)

    def hear(self, event: Event) -> None:
        if (job := self.running) is not None:
            job.hear(event)

    def _running(self) -> Job | None:
        return next((job for job in self._all.values() if not job.finished), None)

    def _about(self, about: str) -> Job | None:
        return next((job for job in reversed(self._all.values()) if about and job.about == about), None)
