"""What undoing a run does with one track: what was there before, what the run left, and what is there now. Pure.

Is it as the run left it, it goes back. Is it as it was before, there is nothing to do. Is it anything else, somebody
has edited it since, and that is a conflict, for the user to settle.
"""

from __future__ import annotations

from dataclasses import dataclass

from captionkit.sync.decide import Decision, Do
from captionkit.sync.state import RemoteNow


@dataclass(frozen=True, slots=True)
class Saved:
    """One track as it was before a run.

    Attributes:
        file: its text, under the run's backup; "" where the text could not be read then.
    """

    locale: str
    kind: str
    digest: str
    file: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Undoing:
    """One track, three times.

    Attributes:
        was_meant: whether the run was to change it.
        saved: before the run; None where there was none.
        promised: kind and digest that the run was to leave; None for no track.
        left: the id of what was there when the run had read its work back, "" where it had not.
        now: None where there is none.
        elsewhere: ids of the tracks of the file that this one was copied from.
        choice: the user's word, "local" for what was there before the run, "remote", or "stop".
    """

    was_meant: bool
    saved: Saved | None
    promised: tuple[str, str] | None
    left: str
    now: RemoteNow | None
    elsewhere: frozenset[str] = frozenset()
    choice: str = "stop"

    @property
    def is_override(self) -> bool:
        """Whether the run made this track over one of the other course's, which is still there and shows again without
        it."""
        return (
            self.saved is not None
            and self.now is not None
            and self.saved.id != self.now.id == self.left
            and self.saved.id in self.elsewhere
        )


def undo(case: Undoing, resolution: str = "") -> Decision:
    """What undoing does with one track.

    Args:
        resolution: the user's word on this very track, "local", "remote" or "".
    """
    saved, now = case.saved, case.now
    if not case.was_meant:
        return Decision(Do.KEEP, "not-restored")
    if saved is not None and not saved.file:
        return Decision(Do.SKIP, "content-hidden")
    current = now.seen if now is not None else None
    if current == ((saved.kind, saved.digest) if saved is not None else None):
        return Decision(Do.KEEP if now is not None else Do.SKIP, "restored")
    as_left, conflict = current == case.promised, "edited-since"
    if saved is None:
        assert now is not None
        back = Decision(Do.DELETE, "undo-create")
        if case.left and case.left != now.id:
            return Decision(Do.KEEP, "made-since")
        conflict = "edited-since" if case.left else "unproved"
        as_left = as_left and case.left == now.id
    elif case.is_override:
        back = Decision(Do.DELETE, "undo-override")
    else:
        back = Decision(Do.CREATE if now is None else Do.UPDATE, "restore")
    choice = resolution or case.choice
    if (as_left and resolution != "remote") or choice == "local":
        return back
    if choice == "remote":
        return Decision(Do.KEEP if now is not None else Do.SKIP, "resolved-remote")
    return Decision(Do.CONFLICT, conflict)
