"""What earlier runs did and who did it, what can be undone, and whether Canvas still is as a run left it.

A person names a run as they think of it: by its name or how that begins, by its day, "2026-11-26" or "yesterday", or by
day and time, "2026-11-26 14:05". Days and times are those of the computer's own zone, as `captionkit history` shows
them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from captionkit.errors import CaptionkitError, DamagedFile, RemoteError, UsageError
from captionkit.sync.journal import Past, State, read_past, stamp, unfinished
from captionkit.sync.plan import MediaPlan, Plan
from captionkit.sync.ports import Remote, Store
from captionkit.sync.restore import UNDOING, read_run, undoable
from captionkit.sync.state import merge_views


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One run, for a list of them.

    Attributes:
        started_at: in UTC, as text; "" where the journal does not say. `when` is the same in local time.
        by: who ran it on their computer; user_id: whom it acted as in Canvas. "" where that is not known.
        ended: "ended", "interrupted" or "cut off".
        states: how many media objects ended in which state.
        restorable: how many tracks it changed in Canvas, which can be brought back.
        damage: what of its files cannot be understood, one error each.
    """

    run: str
    what: str
    started_at: str
    by: str
    user_id: str
    ended: str
    states: Mapping[str, int]
    restorable: int
    damage: tuple[DamagedFile, ...] = ()

    @property
    def when(self) -> str:
        """When it began by the computer's clock: "2026-11-26 14:05:09"."""
        try:
            return f"{datetime.fromisoformat(self.started_at).astimezone():%Y-%m-%d %H:%M:%S}"
        except ValueError:
            return "?"

    @property
    def who(self) -> str:
        return ", ".join(filter(None, (self.by, f"user {self.user_id}" if self.user_id else ""))) or "?"

    def __str__(self) -> str:
        return f"{self.run}: {self.what}, {self.when}, by {self.who}"

    def __repr__(self) -> str:
        """`<Entry 20261121T...: push, 2026-11-21 22:15:32, by ada: 3 committed>`"""
        states = ", ".join(f"{number} {state}" for state, number in sorted(self.states.items()))
        return f"<Entry {self}: {states or 'nothing done'}>"


def history(store: Store) -> list[Entry]:
    """Every run of the folder, newest first."""
    entries = []
    for run in sorted(store.runs(), reverse=True):
        past = read_past(store, run)
        ended = "cut off" if not past.ended else "interrupted" if past.interrupted else "ended"
        states = Counter(str(record["state"]).lower() for record in past.last.values())
        entry = Entry(run, past.what or "?", past.started_at, past.by, "", ended, states, 0, past.damage)
        entries.append(entry if past.what == "pull" else _with_plan(entry, store, past))
    return entries


def _with_plan(entry: Entry, store: Store, past: Past) -> Entry:
    """The entry with what only the run's plan says."""
    try:
        _, plan = read_run(store, past.run)
    except DamagedFile as error:
        return replace(entry, damage=(*entry.damage, error))
    except CaptionkitError:
        return entry  # a run that got no further than its journal
    steps = [step for media in plan.changing for step in media.changes]
    undoes = bool(steps) and all(step.why in UNDOING for step in steps)  # also where `apply` carried it out
    what = "restore" if undoes else entry.what
    return replace(entry, what=what, user_id=plan.remote.user_id, restorable=sum(1 for _ in undoable(past, plan)))


def resumable(store: Store) -> tuple[Past, Plan] | None:
    """The last run that was cut off or interrupted, with its plan; None where there is none.

    Raises:
        UsageError: it was a pull, which goes on by itself.
    """
    runs = [past.run for past in unfinished(store)] or store.runs()[-1:]
    pasts = [past for past in (read_past(store, run) for run in runs) if past.can_go_on]
    if not pasts:
        return None
    if pasts[-1].what == "pull":
        raise UsageError(f"the run {pasts[-1].run} was a pull", hint="Pull again: it goes on by itself.")
    return read_run(store, pasts[-1].run)


def refused_before(store: Store, plan: Plan) -> dict[str, str]:
    """The media objects of which the last run that sent something there was refused, and to which the plan would send
    just the same again: media -> when, as text."""
    open_ones = {media.media: media for media in plan.changing}
    found: dict[str, str] = {}
    for run in sorted(store.runs(), reverse=True)[:_REMEMBERED]:
        past = read_past(store, run) if open_ones else None
        touched = [media for media in open_ones if past is not None and media in past.last]
        if past is None or not touched:
            continue
        refused = [m for m in touched if past.last[m]["state"] == State.REFUSED and past.last[m].get("status")]
        if refused:
            _, old = read_run(store, run)
            then = {media.media: _what_is_sent(media) for media in old.objects}
            same = [media for media in refused if then.get(media) == _what_is_sent(open_ones[media])]
            found |= {media: str(past.last[media]["at"]) for media in same}
        for media in touched:
            del open_ones[media]
    return found


#: Runs that are asked for refusals.
_REMEMBERED = 20


def _what_is_sent(media: MediaPlan) -> list[tuple[str, str, str]]:
    return [(step.locale, step.do, step.digest_after) for step in media.changes]


def outlived(store: Store, *, number: int | None, days: int | None, now: float) -> list[str]:
    """The runs that are not to be kept any longer, oldest first.

    Never among them: the last run, the last that changed anything in Canvas, and those that can still go on.

    Args:
        number: keep so many, the newest. days: keep those of so many days. None for each: it takes none away.
        now: seconds since the epoch.
    """
    runs = store.runs()
    first_kept = stamp(now - (days or 0) * 86400.0)
    old = [
        run
        for place, run in enumerate(runs[:-1])
        if (number is not None and place < len(runs) - number) or (days is not None and _begun(run) < first_kept)
    ]
    undoable_last = next((run for run in reversed(runs) if read_past(store, run).sent), "") if old else ""
    return [run for run in old if run != undoable_last and not read_past(store, run).can_go_on]


def _begun(run: str) -> str:
    """When a run began, by its name, as `stamp` writes it; what has no such name was never too long ago."""
    found = re.match(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-", run)
    return "{}-{}-{}T{}:{}:{}.{}Z".format(*found.groups()) if found else "~"


def named_run(entries: Sequence[Entry], text: str, fits: Callable[[Entry], bool], today: date) -> Entry | None:
    """The run that a person means.

    Args:
        entries: all runs, newest first.
        text: "" for the newest that fits.
        fits: whether a run is of the kind that is asked for. Of a day only these count, a name may be any run's.
        today: by the computer's clock.

    Returns:
        None where no run of that day fits, or none at all.

    Raises:
        UsageError: where nothing is called like that, or several of that day fit.
    """
    fitting = [entry for entry in entries if fits(entry)]
    if not text:
        return fitting[0] if fitting else None
    moment = _moment(text, today)
    if moment:
        fitting = [entry for entry in fitting if entry.when.startswith(moment)]
    else:
        fitting = [entry for entry in entries if entry.run.startswith(text)]
        if not fitting:
            raise UsageError(
                f"there is no run {text} of this folder",
                unchanged="Nothing was done.",
                hint='The history of the folder lists them; "yesterday" and a day like 2026-11-26 will do, too.',
            )
    if len(fitting) > 1:
        raise UsageError(
            f"{len(fitting)} runs fit {text!r}: {'; '.join(map(str, fitting))}",
            unchanged="Nothing was done.",
            hint="Name one of them. To undo several, begin with the newest.",
        )
    return fitting[0] if fitting else None


def _moment(text: str, today: date) -> str:
    """A day, or a day and time, as `Entry.when` begins with it; "" for what is no such thing."""
    words = {"today": today, "yesterday": today - timedelta(days=1)}
    day, _, time = text.strip().replace("T", " ").partition(" ")
    if day.lower() in words:
        day = words[day.lower()].isoformat()
    try:
        known = re.fullmatch(r"\d{4}-\d\d-\d\d", day) is not None and date.fromisoformat(day) is not None
    except ValueError:
        known = False
    if not known or not re.fullmatch(r"|\d\d?:\d\d(:\d\d)?", time.strip()):
        return ""
    return f"{day} {time.strip().zfill(5 if len(time.strip()) < 6 else 8) if time.strip() else ''}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One media object of a run, looked at again."""

    media: str
    title: str
    lines: tuple[str, ...]

    @property
    def is_as_left(self) -> bool:
        return not self.lines


def verify(store: Store, run: str, remote: Remote) -> Iterator[Finding]:
    """Whether each media object that a run verified is still as it left it: text, kind and id of every track.

    Raises:
        UsageError: where there is no such run.
    """
    past, plan = read_run(store, run)
    for media in plan.changing:
        if media.media not in past.left:
            state = str(past.last.get(media.media, {}).get("state", "not started"))
            yield Finding(media.media, media.title, (f"the run did not verify it: {state.lower()}",))
            continue
        try:
            yield Finding(media.media, media.title, tuple(_drift(past.left[media.media], remote, media)))
        except RemoteError as error:
            yield Finding(media.media, media.title, (f"it cannot be read now: {error.message}",))


def _drift(was: Mapping[str, tuple[str, str, str]], remote: Remote, media: MediaPlan) -> Iterator[str]:
    now = merge_views(remote.read(media.media, fresh_listing=True))
    for locale in sorted(was.keys() | now.keys()):
        if locale not in now:
            yield f"{locale} is not there any more"
        elif locale not in was:
            yield f"{locale} was added since"
        elif was[locale][2] != now[locale].id:
            yield f"{locale} was deleted and made anew since"
        elif was[locale][:2] != now[locale].seen:
            yield f"{locale} was edited since"
