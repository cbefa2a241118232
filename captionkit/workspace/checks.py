"""What is asked before a plan is made or carried out: does it still fit what is there, and is what was named there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from captionkit.errors import LockHeld, Remedy, StaleError, WrongOption
from captionkit.library.match import title_key
from captionkit.sync import run
from captionkit.sync.decide import NOTHING_TO_DECIDE, TAKEN_BACK, Do, Policy, Way
from captionkit.sync.history import refused_before
from captionkit.sync.journal import Past
from captionkit.sync.plan import PLAN_AGAIN, Plan
from captionkit.sync.ports import Store, by_file
from captionkit.sync.restore import read_run
from captionkit.workspace.look import Look, is_meant
from captionkit.workspace.places import Home


def fitting(plan: Plan, seen: Look, store: Store) -> tuple[Plan, Past | None]:
    """A plan that was found to fit what was seen, and the run that it is left of; None for a new run.

    Raises:
        StaleError: the folder, its manifest or the plan moved on.
    """
    past = None
    if plan.what == "resume":
        wanted = {media.media for media in plan.objects}
        past, whole = read_run(store, plan.run)
        left = {media.media for media in run.still_to_do(whole, past).objects} - wanted
        plan = replace(whole, objects=tuple(media for media in whole.objects if media.media not in left))
        run.check_same_place(plan, seen.identity, seen.manifest)
    else:
        if plan.way is Way.PUSH:
            run.check_doubt(store)
        run.check_bindings(plan, seen.identity, seen.manifest)
        check_still_removed(plan, seen)
    check_same_way(plan, seen)
    return replace(plan, remote=seen.identity), past  # a file does not say what the service can do


def check_nobody_works_here(store: Home, seen: Look) -> None:
    """Refuse to plan while a run goes on: it must not be taken for one that was cut off.

    Raises:
        LockHeld: naming who works here.
    """
    running = store.held_by()
    if running is not None:
        raise LockHeld(
            f"another captionkit works on this folder{running}",
            where=str(seen.path),
            unchanged=f"Nothing was sent to {seen.identity.features.name}.",
            hint="What it leaves is not known yet. Ask again when it is done.",
        )


def check_same_way(plan: Plan, seen: Look) -> None:
    """Refuse to do by the media id what was planned by the file, or the other way: they do not show the same.

    Raises:
        StaleError: naming the first media object that is reached otherwise now.
    """
    for media in plan.changing:
        now = seen.summary_of(media.media)
        if now is None and by_file(media.media) and seen.config.path == "media_objects":
            # A plan records nothing but itself, so whose file it was is not known here; the title is.
            now = next((summary for summary in seen.summaries if summary.title == media.title), None)
        if now is not None and now.media != media.media:
            raise StaleError(
                f"this was planned for {media.media}, and {media.title} is reached as {now.media} now",
                unchanged="Nothing was sent to Canvas.",
                hint="Set `path` under [canvas] in captionkit.toml to what it was, or make a new plan.",
                remedy=Remedy.PLAN_AGAIN,
            )


def check_still_removed(plan: Plan, seen: Look) -> None:
    """Refuse to delete on the remote what a plan found removed from the folder, where the file is back.

    Raises:
        StaleError: naming the first such file.
    """
    for media in plan.changing:
        local = seen.local.get(media.media)
        files = {file.locale: file.path for file in local.files} if local is not None else {}
        for step in media.changes:
            if step.do is Do.DELETE and step.why not in TAKEN_BACK and step.locale in files:
                raise StaleError(
                    f"{files[step.locale]} is in the folder now, and was not when this plan was made, which deletes "
                    f"{step.locale} of {media.title}",
                    unchanged="Nothing was sent to Canvas.",
                    hint=PLAN_AGAIN,
                    remedy=Remedy.PLAN_AGAIN,
                )


def named_tracks(seen: Look, resolve: Mapping[str, str]) -> dict[str, str]:
    """What `Options.resolve` names, by media ids; a title or a name in the folder will do there, too.

    Raises:
        UsageError: where it names no media object, or several.
    """
    found = {}
    for key, side in resolve.items():
        text, _, locale = key.rpartition("/")
        if not text or side not in ("local", "remote"):
            hint = 'Write it as media and language, and whose version counts: "m-abc/en", local or remote.'
            raise WrongOption("this is not understood", "resolve", f"{key}={side}", hint=hint)
        wanted = title_key(text)
        fits = {s.media for s in seen.summaries if is_meant(text, s)}
        fits = fits or {s.media for s in seen.summaries if title_key(s.title) == wanted}
        fits = fits or {media for media, local in seen.local.items() if title_key(local.name) == wanted}
        if len(fits) != 1:
            raise WrongOption(
                f"{len(fits) or 'no'} media objects have this id, title or name",
                "resolve",
                f"{key}={side}",
                unchanged="Nothing was done.",
                hint="The status shows the media ids.",
            )
        found[f"{fits.pop().rpartition('/')[2]}/{locale}"] = side
    return found


def check_resolved(policy: Policy, plan: Plan) -> None:
    """Refuse a choice about a track where there is nothing to choose: it would be without effect.

    Raises:
        UsageError: naming it.
    """
    open_ones = {
        f"{media.media.rpartition('/')[2]}/{step.locale}"
        for media, step in plan.steps()
        if step.why not in NOTHING_TO_DECIDE
    }
    for key, side in policy.resolve.items():
        if key not in open_ones:
            raise WrongOption(
                "there is nothing to decide about this track",
                "resolve",
                f"{key}={side}",
                unchanged="Nothing was done.",
                hint="The status shows the tracks that differ.",
            )


def without_refused(plan: Plan, seen: Look, store: Store) -> Plan:
    """The plan without what was refused before and is still the same; what is named is tried again."""
    refused = refused_before(store, plan) if seen.only is None else {}
    service = seen.identity.features.name
    blocked = {
        media: f"{service} refused this at {at[:16].replace('T', ' ')} UTC, and nothing has changed since; it is tried "
        "again when it is named"
        for media, at in refused.items()
    }
    objects = (replace(media, blocked=media.blocked or blocked.get(media.media, "")) for media in plan.objects)
    return replace(plan, objects=tuple(objects)) if refused else plan
