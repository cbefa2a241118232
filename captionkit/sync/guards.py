"""Limits that a plan must stay within. Each guard is one function from a plan to refusals; all are asked.

A guard stops the whole plan before anything is sent. The user lifts one by naming it: `Policy.allow`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from captionkit.sync.decide import TAKEN_BACK, Do
from captionkit.sync.plan import MediaPlan, Plan, Step, called

#: From how many of our tracks on "everything changed at once" looks like a mistake rather than like work.
ALL_CHANGED_FROM = 10


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a plan is not carried out.

    Attributes:
        limit: how high the limit must be for it, "" where it is lifted by its name.
        hint: what to do where it cannot be lifted.
    """

    guard: str
    message: str
    limit: str = ""
    hint: str = ""


Guard = Callable[[Plan, int], Iterator[Refusal]]


def max_delete(plan: Plan, ours: int) -> Iterator[Refusal]:
    """No more deletions than the user has set."""
    deletes = plan.count(Do.DELETE)
    if deletes > plan.policy.max_delete:
        yield Refusal(
            "max-delete",
            f"the plan deletes {deletes} track{'s' * (deletes != 1)}, the limit is {plan.policy.max_delete}",
            f"{deletes}",
        )


def last_caption(plan: Plan, ours: int) -> Iterator[Refusal]:
    """A media object does not lose its last track unnoticed."""
    for media in plan.changing:
        # To take back what a run made leaves an object without captions only where it had none before that run.
        taken = any(step.do is Do.DELETE and step.why not in TAKEN_BACK for step in media.changes)
        if taken and not media.after_seen:
            yield Refusal("last-caption", f"{_place(media)} would be left without any caption track")


def protected_locale(plan: Plan, ours: int) -> Iterator[Refusal]:
    """Languages that the folder's configuration protects are not deleted."""
    for media, step in _of(plan, Do.DELETE):
        if step.locale in plan.policy.protect:
            yield Refusal(
                "protected-locale",
                f"{_place(media, step)} is protected by `protect` in captionkit.toml and would be deleted",
            )


def all_changed(plan: Plan, ours: int) -> Iterator[Refusal]:
    """When every track changes at once, it is more often a wrong folder or encoding than new work."""
    touched = sum(plan.count(do) for do in (Do.UPDATE, Do.RECREATE, Do.DELETE))
    if ours >= ALL_CHANGED_FROM and touched >= ours:
        yield Refusal(
            "all-changed", f"all {ours} tracks that this folder keeps in Canvas would be replaced or deleted at once"
        )


def sendable(plan: Plan, ours: int) -> Iterator[Refusal]:
    """What the service would refuse half way, after it has deleted, is refused here before."""
    can = plan.remote.features
    for media in plan.changing:
        for step in media.changes:
            problem = can.locale_problem(step.locale)
            if problem:
                hint = "Rename the file or map the language."
                yield Refusal("locale", f"{_place(media, step)}: {problem}", hint=hint)
            if step.send_kind is not None and can.kinds and step.send_kind not in can.kinds:
                yield Refusal("kind", f"{_place(media, step)}: {can.name} knows no kind {step.send_kind!r}")


GUARDS: dict[str, Guard] = {
    "max-delete": max_delete,
    "last-caption": last_caption,
    "protected-locale": protected_locale,
    "all-changed": all_changed,
    "sendable": sendable,
}

#: What a user may lift by name. `max-delete` is a number and `sendable` cannot be lifted. "foreign-owner"
#: is no guard of the whole plan: each track that somebody else made is kept by itself (`decide.kept_from_deletion`).
LIFTABLE = ("last-caption", "protected-locale", "foreign-owner", "all-changed")


def refusals(plan: Plan, ours: int) -> list[Refusal]:
    """Everything that speaks against carrying out this plan.

    Args:
        ours: how many tracks the folder keeps in Canvas, by the manifest.
    """
    return [refusal for name, guard in GUARDS.items() if name not in plan.policy.allow for refusal in guard(plan, ours)]


def _of(plan: Plan, do: Do) -> Iterator[tuple[MediaPlan, Step]]:
    for media in plan.changing:
        for step in media.changes:
            if step.do is do:
                yield media, step


def _place(media: MediaPlan, step: Step | None = None) -> str:
    name = called(media.media)
    return f"{name}/{step.locale} ({media.title})" if step else f"{name} ({media.title})"
