"""The looks of a workspace: what an earlier one still says, and from which of them a plan was made."""

from __future__ import annotations

import threading

from captionkit.errors import UsageError
from captionkit.sync.plan import Plan
from captionkit.sync.ports import MediaSummary, Progress, Remote
from captionkit.workspace.look import Look, look
from captionkit.workspace.places import Folder

#: Looks that are remembered for the plans that were made from them.
_REMEMBERED = 8


class Looks:
    """Looks at a folder and its remote. Threads may share it.

    Attributes:
        last: the last look, None before the first.
    """

    def __init__(self, folder: Folder, progress: Progress) -> None:
        self.last: Look | None = None
        self._folder = folder
        self._progress = progress
        self._listed: dict[int, tuple[MediaSummary, ...]] = {}  # of this remote
        self._of_plans: dict[str, Look] = {}
        self._lock = threading.Lock()

    def look(self, remote: Remote, media: tuple[str, ...], find: str) -> Look:
        """See `captionkit.workspace.look.look`. Where only some media objects are looked at, an earlier listing will
        do, if it knows them."""
        earlier = self._listed.get(id(remote)) if media else None
        try:
            seen = look(self._folder, remote, media=media, find=find, listed=earlier, progress=self._progress)
        except UsageError:
            if earlier is None:
                raise
            self.forget_listing()  # it may be new
            return self.look(remote, media, find)
        self._listed = {id(remote): seen.listed}
        self.last = seen
        return seen

    def forget_listing(self) -> None:
        self._listed = {}

    def remember(self, plan: Plan, seen: Look) -> None:
        """Note from which look a plan was made."""
        with self._lock:
            self._of_plans[_name(plan)] = seen
            while len(self._of_plans) > _REMEMBERED:
                del self._of_plans[next(iter(self._of_plans))]

    def of(self, plan: Plan) -> Look | None:
        """The look from which a plan was made, if that is not too long ago."""
        return self._of_plans.get(_name(plan))


def _name(plan: Plan) -> str:
    return f"{plan.what} {plan.created_at}"
