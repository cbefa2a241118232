"""A folder of captions and the course that it belongs to, brought together: what `captionkit push` and its like do, for
Python.

    from captionkit.workspace import Options, Workspace

    with Workspace.open("captions") as workspace:
        plan = workspace.plan(Options(delete=True))
        for media, step in plan.steps():
            print(step.do, media.title, step.locale, step.why)
        report = workspace.apply(plan)

`plan`, `pull`, `restore` and `resume` each make a plan and change nothing; `apply` carries any of them out. A plan
knows every track that was seen and what is to become of it, a report what became of it; `captionkit.sync.show` puts
both into words. `plan(Options(media=...))` asks for some recordings only, `apply(plan, only=...)` does a part,
`apply(plan, stopped=event.is_set)` stops when another thread says so. A conflict is chosen by `Options.resolve`, a
limit or check lifted by `Options.allow`, a question (`questions`) settled by `answer`.

Between two calls nothing is held: no lock, no thread. Every method may be called from any thread; two that change the
folder or the remote do not go together, and the second raises `LockHeld`. Nothing is printed and no signal is handled:
the `listen` of `Workspace.open` gets what happens as events. Errors are `captionkit.errors.CaptionkitError`s, whose
`remedy` says what a person can do, and a front end how: see `captionkit.errors.Remedy`.
"""

from __future__ import annotations

from captionkit.errors import Remedy
from captionkit.sync.history import Entry, Finding
from captionkit.sync.plan import MediaPlan, Plan, Step
from captionkit.sync.results import Ending, Result
from captionkit.sync.run import Report
from captionkit.workspace.events import Event
from captionkit.workspace.found import CaptionFile, Status, Verification
from captionkit.workspace.options import Options
from captionkit.workspace.questions import LEAVE_OUT, Question
from captionkit.workspace.workspace import Workspace

__all__ = [
    "LEAVE_OUT",
    "CaptionFile",
    "Ending",
    "Entry",
    "Event",
    "Finding",
    "MediaPlan",
    "Options",
    "Plan",
    "Question",
    "Remedy",
    "Report",
    "Result",
    "Status",
    "Step",
    "Verification",
    "Workspace",
]
