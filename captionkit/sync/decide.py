"""What is to happen to one track, in either direction: one table.

Theory of operation. Three things are compared: the base B (what both sides were when they last agreed), the local file
L and the remote track R. Each side is "absent", "same" (as the base) or "other". With a base the pair (L, R) picks a
row of `WITH_BASE`; without one, whether each side is there picks a row of `WITHOUT_BASE`. A row has two columns, what a
push does and what a pull does, each with its reason. Rows that would lose somebody's work are conflicts, and a
conflict is resolved by the user, never by us. Rows that delete do so only with the user's leave; without it the track
or the file is kept, and the plan says so.

What may not be touched is an input like the others: `bars` says of a track why it is out of reach, and `BARRED` what
becomes of an act that meets such a bar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from captionkit.canvas_rules import content_problems, is_blank
from captionkit.library.local_file import LocalFile
from captionkit.sync.ports import Whose
from captionkit.sync.state import BaseTrack, RemoteNow


class Way(StrEnum):
    """The column of the table."""

    PUSH = "push"
    PULL = "pull"


class Do(StrEnum):
    """What a plan says about a track. The first four change the remote, the last three the folder."""

    CREATE = "create"
    UPDATE = "update"
    RECREATE = "recreate"
    DELETE = "delete"
    KEEP = "keep"
    ADOPT = "adopt"
    SKIP = "skip"
    HOLD = "hold"
    MANUAL = "manual"
    CONFLICT = "conflict"
    WRITE = "write"
    REPLACE = "replace"
    REMOVE = "remove"


#: What changes the remote.
CHANGES = frozenset({Do.CREATE, Do.UPDATE, Do.RECREATE, Do.DELETE})
#: What changes the folder.
FILE_CHANGES = frozenset({Do.WRITE, Do.REPLACE, Do.REMOVE})

#: Every reason that a plan can give, in words. What a person can do about it is for each front end to say.
WHY = {
    "clean": "the same here and there",
    "both-same": "equal here and there; recorded, nothing to send",
    "local-new": "new in the folder",
    "local-only": "in the folder only",
    "local-edit": "edited in the folder",
    "stale-copy": "Canvas has this text but goes on showing an older one; sent so that viewers get it",
    "local-removal": "removed from the folder",
    "removal-kept": "removed from the folder, kept in Canvas",
    "removal-incomplete": "kept, because not every file that the folder has for this media is understood (see below)",
    "removal-unnamed": "the folder has no file left for this media, kept",
    "both-gone": "gone here and there; forgotten",
    "remote-new": "new in Canvas",
    "remote-edit": "edited in Canvas since the last sync",
    "remote-removal": "deleted in Canvas since the last sync",
    "remote-removal-kept": "deleted in Canvas, kept here",
    "unmanaged": "only in Canvas; stays",
    "hidden": "a colleague's track, whose text Canvas does not show you",
    "lent-unmanaged": "belongs to the file in another course that this one was copied from",
    "lent": "belongs to the file in another course that this one was copied from: left",
    "loose": "kept: it belongs to no file, so a request by the file does not delete it",
    "colleagues": "made by somebody else, so it is kept",
    "colleagues-removed": "removed from the folder, but made by somebody else: kept",
    "not-askable": "kept: whether it belongs to this course is asked with its own text, which Canvas would not take",
    "mirror": "only in Canvas, and the folder is to be the whole truth",
    "first-contact": "in the folder and in Canvas, different, and never synced before",
    "both-edited": "edited in the folder and in Canvas since the last sync",
    "edited-and-removed": "edited in the folder, deleted in Canvas",
    "removed-and-edited": "removed from the folder, edited in Canvas",
    "resolved-local": "you chose the folder's version",
    "resolved-removal": "removed from the folder, edited in Canvas since the last sync, and you chose the folder's way",
    "resolved-remote": "you chose Canvas's version",
    "foreign-owner": "this language belongs to a colleague's track that Canvas does not let you read or replace",
    "processing": "Canvas is still making automatic captions for this language",
    "content-hidden": "Canvas hides this track's text from your token, so it cannot be saved before it is replaced",
    "blank": "there is no text in it",
    "bad-file": "the file cannot be sent",
    "held-back": "held back by a check of what viewers would get",
    "manual-replace": "edited in the folder; Canvas has no call to replace captions: do it on the media's own page",
    "manual-delete": "to be deleted; Canvas has no call to delete captions: do it on the media's own page",
    "restore": "as it was before that run",
    "restored": "as it was before that run already",
    "undo-create": "made by that run, and removed again",
    "undo-override": "made by that run and removed again, so that the other course's shows as before",
    "edited-since": "changed in Canvas after that run",
    "made-since": "made anew by somebody after that run, left alone",
    "unproved": "that run could not read back what it did, so this may be of its making or not",
    "not-restored": "not touched by that run",
    "unreadable": "its captions cannot be read",
    "leads-out": "a link in the folder leads out of it from where the file would be",
    "not-written": "the file could not be written or removed, and stays as it is; pull again",
    "name-taken": "a file of that name is there already and belongs to something else",
    "incomplete": "the folder's files for this media are not all readable",
    "edited-meanwhile": "saved or deleted here while captionkit was at work, so the file stays as it is; pull again",
}

#: Why a deletion takes back what a run made.
TAKEN_BACK = frozenset({"undo-create", "undo-override"})

#: Where both sides agree, or only one ever had the track. A `--resolve` that names such a track is a mistake.
NOTHING_TO_DECIDE = frozenset(
    {"clean", "both-same", "both-gone", "unmanaged", "local-only", "restored", "not-restored"}
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the user allows.

    Attributes:
        delete: tracks that we put there and that left the folder may go.
        mirror: the folder is the whole truth for the media objects that it has files for.
        max_delete: how many tracks one plan may delete.
        on_conflict: "stop", "local" or "remote", for every conflict.
        resolve: "m-abc/en" -> "local" or "remote", for one track, whatever else would be done with it: "local" also
            sends again what was deleted in Canvas and deletes what was removed here, "remote" leaves Canvas's as it is.
        protect: locales that are never deleted.
        allow: guards that the user has lifted, by name.
        guard_locales: name every language that Canvas offers in each request, so that one which a colleague adds
            between our last look and Canvas's own deletion is kept.
        new_kind: the kind of a new track whose file name asks for none; None leaves it to Canvas.
        restore: a pull brings back files that were removed here and are still in Canvas.
    """

    delete: bool = False
    mirror: bool = False
    max_delete: int = 10
    on_conflict: str = "stop"
    resolve: Mapping[str, str] = field(default_factory=dict)
    protect: frozenset[str] = frozenset()
    allow: frozenset[str] = frozenset()
    guard_locales: bool = False
    new_kind: str | None = None
    restore: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    do: Do
    why: str


@dataclass(frozen=True, slots=True)
class Row:
    """What each direction does about one combination of the sides."""

    push: Decision
    pull: Decision


def _row(push: tuple[Do, str], pull: tuple[Do, str]) -> Row:
    return Row(Decision(*push), Decision(*pull))


#: (local, remote) against the base -> what to do.
WITH_BASE: Mapping[tuple[str, str], Row] = {
    ("same", "same"): _row((Do.KEEP, "clean"), (Do.KEEP, "clean")),
    ("same", "other"): _row((Do.KEEP, "remote-edit"), (Do.REPLACE, "remote-edit")),
    ("same", "absent"): _row((Do.SKIP, "remote-removal"), (Do.REMOVE, "remote-removal")),
    ("other", "same"): _row((Do.UPDATE, "local-edit"), (Do.KEEP, "local-edit")),
    ("other", "other"): _row((Do.CONFLICT, "both-edited"), (Do.CONFLICT, "both-edited")),
    ("other", "absent"): _row((Do.CONFLICT, "edited-and-removed"), (Do.CONFLICT, "edited-and-removed")),
    ("absent", "same"): _row((Do.DELETE, "local-removal"), (Do.KEEP, "local-removal")),
    ("absent", "other"): _row((Do.CONFLICT, "removed-and-edited"), (Do.CONFLICT, "removed-and-edited")),
    ("absent", "absent"): _row((Do.SKIP, "both-gone"), (Do.ADOPT, "both-gone")),
}

#: (local is there, remote is there) -> what to do when they never agreed.
WITHOUT_BASE: Mapping[tuple[bool, bool], Row] = {
    (True, False): _row((Do.CREATE, "local-new"), (Do.KEEP, "local-only")),
    (False, True): _row((Do.DELETE, "mirror"), (Do.WRITE, "remote-new")),
    (True, True): _row((Do.CONFLICT, "first-contact"), (Do.CONFLICT, "first-contact")),
}

#: (why it is out of reach, what was to be done) -> what is done instead.
BARRED: Mapping[tuple[str, str], Decision] = {
    # One that Canvas is still making would be made again over ours.
    **dict.fromkeys([("processing", act) for act in ("write", "delete", "mirror", "undo", "bring")],
                    Decision(Do.SKIP, "processing")),
    # A colleague's hidden track cannot be replaced: Canvas answers 422 "taken", after it has deleted what the request
    # did not name.
    **dict.fromkeys([("hidden", act) for act in ("write", "delete", "undo")], Decision(Do.SKIP, "foreign-owner")),
    # Nobody asked to write to it where only the mirror would have it gone.
    **dict.fromkeys([("hidden", act) for act in ("mirror", "keep")], Decision(Do.KEEP, "hidden")),
    ("hidden", "bring"): Decision(Do.SKIP, "hidden"),
    # A track whose text may not be read cannot be saved first.
    **dict.fromkeys([("unreadable", act) for act in ("write", "delete", "mirror", "undo")],
                    Decision(Do.SKIP, "content-hidden")),
    ("unreadable", "bring"): Decision(Do.SKIP, "hidden"),
    ("blank", "bring"): Decision(Do.SKIP, "blank"),
    **dict.fromkeys([("lent", act) for act in ("delete", "mirror", "undo")], Decision(Do.KEEP, "lent")),
    ("lent", "keep"): Decision(Do.KEEP, "lent-unmanaged"),
    **dict.fromkeys([("loose", act) for act in ("delete", "mirror", "undo")], Decision(Do.KEEP, "loose")),
    ("colleagues", "delete"): Decision(Do.KEEP, "colleagues-removed"),
    **dict.fromkeys([("colleagues", act) for act in ("mirror", "undo")], Decision(Do.KEEP, "colleagues")),
    **dict.fromkeys([("not-askable", act) for act in ("delete", "mirror", "undo")], Decision(Do.KEEP, "not-askable")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One track, from both sides.

    Attributes:
        base: what both were when they last agreed, None where they never did.
        equal: whether viewers would get the same from both; asked only where both are there and differ from the base.
        resolution: the user's word on this very track, "local", "remote" or "".
        removal_blocked: the reason (a key of `WHY`) why nothing of this media object may be removed now, or "".
        user_id: as whom we act.
    """

    base: BaseTrack | None
    local: LocalFile | None
    remote: RemoteNow | None
    equal: Callable[[], bool] = lambda: False
    resolution: str = ""
    removal_blocked: str = ""
    user_id: str = ""


def decide(case: Case, policy: Policy, way: Way = Way.PUSH) -> Decision:
    """What one direction does with one track."""
    found = _push(case, policy) if way is Way.PUSH else _pull(case, policy)
    return within_reach(found, case.remote, case.user_id, policy, way)


def _found(case: Case, way: Way) -> Decision:
    base = case.base if case.base is not None and case.base.is_ours else None
    if base is None:
        row = WITHOUT_BASE[case.local is not None, case.remote is not None]
    else:
        row = WITH_BASE[_local_side(base, case.local), _remote_side(base, case.remote)]
    found = row.push if way is Way.PUSH else row.pull
    if found.do is Do.CONFLICT and case.local is not None and case.remote is not None and case.equal():
        return Decision(Do.ADOPT, "both-same")
    return found


def _push(case: Case, policy: Policy) -> Decision:
    found, blocked = _found(case, Way.PUSH), case.removal_blocked
    if found.why == "mirror" and not policy.mirror:
        return Decision(Do.KEEP, "unmanaged")
    if found.why == "clean" and case.remote is not None and case.remote.stored_as == "stale":
        return Decision(Do.UPDATE, "stale-copy")
    if found.why == "local-removal" and blocked == "removal-incomplete":
        return Decision(Do.KEEP, blocked)
    removed = found.why in ("local-removal", "removed-and-edited")
    if removed and not (policy.delete or policy.mirror or case.resolution):
        return Decision(Do.KEEP, "removal-kept" if found.why == "local-removal" else "remote-edit")
    choice = _choice(found, case, policy)
    if choice == "local" and case.local is None:
        edited = found.why == "removed-and-edited"
        found = Decision(Do.DELETE, "resolved-removal" if edited else "resolved-local")
    elif choice == "local":
        found = Decision(Do.CREATE if case.remote is None else Do.UPDATE, "resolved-local")
    elif choice == "remote":
        found = Decision(Do.SKIP if case.remote is None else Do.KEEP, "resolved-remote")
    if found.do is Do.DELETE and blocked and not (case.resolution and blocked == "removal-unnamed"):
        return Decision(Do.KEEP, blocked)
    return found


def _pull(case: Case, policy: Policy) -> Decision:
    found = _found(case, Way.PULL)
    if found.why == "remote-removal" and not policy.delete:
        found = Decision(Do.KEEP, "remote-removal-kept")
    elif found.why in ("local-removal", "removed-and-edited") and policy.restore:
        found = Decision(Do.WRITE, "resolved-remote")
    choice = _choice(found, case, policy)
    if choice == "local":
        found = Decision(Do.KEEP, "resolved-local")
    elif choice == "remote":
        do = Do.REMOVE if case.remote is None else Do.WRITE if case.local is None else Do.REPLACE
        found = Decision(do, "resolved-remote")
    seems_removed = found.do is Do.CONFLICT and case.local is None
    if case.removal_blocked == "removal-incomplete":
        if seems_removed or found.do in FILE_CHANGES:
            return Decision(Do.SKIP, "incomplete")
        if found.why == "local-removal":
            return Decision(Do.KEEP, "incomplete")
    return found


def _choice(found: Decision, case: Case, policy: Policy) -> str:
    """Whose version the user has chosen, "stop" or "" where there is nothing to choose or nothing was."""
    if found.do is Do.CONFLICT:
        return case.resolution or policy.on_conflict
    return "" if found.why in NOTHING_TO_DECIDE else case.resolution


def _local_side(base: BaseTrack, local: LocalFile | None) -> str:
    if local is None:
        return "absent"
    as_before = local.local_digest == base.local_digest and local.kind in (None, base.kind)
    return "same" if as_before else "other"


def _remote_side(base: BaseTrack, remote: RemoteNow | None) -> str:
    if remote is None:
        return "absent"
    return "same" if (remote.kind, remote.digest) == (base.kind, base.digest) else "other"


def within_reach(
    found: Decision, remote: RemoteNow | None, user_id: str, policy: Policy, way: Way = Way.PUSH
) -> Decision:
    """The decision, or what is done instead where the track is out of its reach."""
    act = "bring" if way is Way.PULL else _act(found)
    if remote is None or not act:
        return found
    return next((BARRED[bar, act] for bar in bars(remote, user_id, policy) if (bar, act) in BARRED), found)


def _act(found: Decision) -> str:
    """What a push does to a track, as `BARRED` calls it."""
    if found.do is Do.DELETE:
        return "mirror" if found.why == "mirror" else "undo" if found.why in TAKEN_BACK else "delete"
    if found.do in CHANGES | {Do.CONFLICT}:
        return "write"
    return "keep" if found.why == "unmanaged" else ""


def bars(remote: RemoteNow, user_id: str, policy: Policy) -> Iterator[str]:
    """Why a track is out of reach: of being written, of being deleted, or of being brought."""
    if remote.processing:
        yield "processing"
    if remote.hidden:
        yield "hidden"
    elif remote.stored_as == "unknown":
        yield "unreadable"
    if remote.content is not None and is_blank(remote.content):
        yield "blank"
    if remote.whose is Whose.LENT:
        yield "lent"
    if remote.whose is Whose.LOOSE:
        yield "loose"
    if remote.owner_id not in (None, user_id) and "foreign-owner" not in policy.allow:
        yield "colleagues"
    if remote.whose is Whose.UNKNOWN and not can_be_asked(remote):
        yield "not-askable"


def can_be_asked(remote: RemoteNow) -> bool:
    """Whether the track's own text can be sent again, which is how it is asked whose the track is."""
    text = remote.content
    return text is not None and not is_blank(text) and not any(content_problems(text))
