"""How the desk says what a person can do, where the command line has options; see `captionkit.sync.show.Words`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from captionkit.sync.decide import Do, Way
from captionkit.sync.plan import MediaPlan, Plan, Step
from captionkit.sync.show import Words, summary_lines, why

_ADVICE = {
    Way.PUSH: {
        "removal-kept": "tick “delete” below to have it deleted",
        "removal-unnamed": "the folder has nothing else for this recording, so it stays",
        "remote-edit": "Bring takes it into the folder",
        "remote-removal": "not sent again",
        "hidden": "it stays",
        "lent-unmanaged": "Bring takes it into the folder",
    },
    Way.PULL: {
        "local-only": "Changes sends it",
        "local-edit": "Changes sends it",
        "local-removal": "it stays in Canvas",
        "remote-removal-kept": "the file stays",
    },
}

WORDS = Words(
    lambda way, step: _ADVICE[way].get(step.why, ""),
    lambda media: "decide below whose version counts",
    lambda checks: "by ticking it below",
    all_held="Changes shows them",
    resume="What was not started is left as it was; “Go on” does it.",
)

#: What happens to a track, in a word or two that need no sign and no colour.
DOES = {
    Do.CREATE: "new",
    Do.UPDATE: "update",
    Do.RECREATE: "update (made anew)",
    Do.DELETE: "delete",
    Do.KEEP: "stays",
    Do.ADOPT: "recorded",
    Do.SKIP: "left",
    Do.HOLD: "not sent",
    Do.MANUAL: "by hand",
    Do.CONFLICT: "conflict",
    Do.WRITE: "new file",
    Do.REPLACE: "file replaced",
    Do.REMOVE: "file deleted",
}


def in_recordings(text: str) -> str:
    """A sentence of ours with media objects: here they are called recordings."""
    return re.sub(r"\bmedia object", "recording", text)


def summary(plan: Plan) -> Iterator[str]:
    """What a plan comes to, without what there is none of."""
    for line in summary_lines(plan, WORDS):
        some = re.sub(r"(?:^|(?<=, )|(?<=; ))0 [^,;.]+(?:, |; |(?=\.))", "", in_recordings(line))
        yield re.sub(r"[,;] \.$", ".", some).removeprefix(".").replace(" to create", " new")


def reason(step: Step, plan: Plan) -> str:
    """Why something is done to a track or not, without what only a command line has a use for."""
    path = "" if step.path.startswith(".captionkit/") else step.path
    note = re.sub(r" \((?:a fix that restores|an unsafe fix) mends that\)", "", step.note)
    return why(replace(step, path=path, note=note, size=0, held=()), plan, WORDS)


def plural(number: int, one: str, many: str = "") -> str:
    """ "1 file", "2 files"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def called(media: MediaPlan) -> str:
    """A recording's title, or its id where it has none."""
    return media.title or media.media.rpartition("/")[2]


def is_worth_saying(step: Step) -> bool:
    """Whether something happens to a track, or could."""
    return step.do is not Do.KEEP or step.why not in ("clean", "unmanaged", "both-same")
