"""What is to happen to one track: a table.

Theory of operation. Three things are compared: the base B (what both sides were when they last agreed), the local file
L and the remote track R. Each side is "absent", "same" (as the base) or "other". With a base the pair (L, R) picks a
row of `WITH_BASE`; without one, whether each side is there picks a row of `WITHOUT_BASE`. A row says what to do and
why. Rows that would lose somebody's work are conflicts, and a conflict is resolved by the user, never by us.

Rows that delete do so only with the user's leave; without it the track is kept, and the plan says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from captionkit.canvas_rules import content_problems, is_blank
from captionkit.sync.ports import Whose
from captionkit.sync.state import BaseTrack, LocalFile, RemoteNow


class Do(StrEnum):
    """What a plan says about a track. Only the first four change anything on the remote."""

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


#: What changes the remote.
CHANGES = frozenset({Do.CREATE, Do.UPDATE, Do.RECREATE, Do.DELETE})

#: Every reason that a plan can give, in words.
WHY = {
    "clean": "the same here and there",
    "both-same": "equal here and there; recorded, nothing to send",
    "local-new": "new in the folder",
    "local-edit": "edited in the folder",
    "stale-copy": "Canvas has this text but goes on showing an older one; sent so that viewers get it",
    "local-removal": "removed from the folder",
    "removal-kept": "removed from the folder, kept in Canvas (--delete would delete it)",
    "removal-incomplete": "kept, because not every file that the folder has for this media is understood (see below)",
    "removal-unnamed": "the folder has no file left for this media, kept (name it with --media to delete)",
    "both-gone": "gone here and there; forgotten",
    "remote-edit": "edited in Canvas since the last sync (pull brings it)",
    "remote-removal": "deleted in Canvas since the last sync, not sent again (--resolve …=local sends it)",
    "unmanaged": "only in Canvas; stays",
    "hidden": "a colleague's track, whose text Canvas does not show you: pull cannot bring it, --mirror leaves it",
    "lent-unmanaged": "belongs to the file in another course that this one was copied from (pull brings it)",
    "lent": "belongs to the file in another course that this one was copied from: left, --mirror leaves it too",
    "loose": "kept: it belongs to no file, so a request by the file does not delete it (path = media_objects does)",
    "colleagues": "made by somebody else, so it is kept (--allow foreign-owner would delete it)",
    "colleagues-removed": "removed from the folder, but made by somebody else: kept (--allow foreign-owner deletes it)",
    "not-askable": "kept: whether it belongs to this course is asked with its own text, which Canvas would not take",
    "mirror": "only in Canvas; --mirror deletes what the folder does not have",
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


@dataclass(frozen=True, slots=True)
class Decision:
    do: Do
    why: str


def _row(do: Do, why: str) -> Decision:
    return Decision(do, why)


#: (local, remote) against the base -> what to do.
WITH_BASE: Mapping[tuple[str, str], Decision] = {
    ("same", "same"): _row(Do.KEEP, "clean"),
    ("same", "other"): _row(Do.KEEP, "remote-edit"),
    ("same", "absent"): _row(Do.SKIP, "remote-removal"),
    ("other", "same"): _row(Do.UPDATE, "local-edit"),
    ("other", "other"): _row(Do.CONFLICT, "both-edited"),
    ("other", "absent"): _row(Do.CONFLICT, "edited-and-removed"),
    ("absent", "same"): _row(Do.DELETE, "local-removal"),
    ("absent", "other"): _row(Do.CONFLICT, "removed-and-edited"),
    ("absent", "absent"): _row(Do.SKIP, "both-gone"),
}

#: (local is there, remote is there) -> what to do when they never agreed.
WITHOUT_BASE: Mapping[tuple[bool, bool], Decision] = {
    (True, False): _row(Do.CREATE, "local-new"),
    (False, True): _row(Do.DELETE, "mirror"),
    (True, True): _row(Do.CONFLICT, "first-contact"),
}


def decide(
    base: BaseTrack | None,
    local: LocalFile | None,
    remote: RemoteNow | None,
    *,
    equal: bool,
    policy: Policy,
    resolution: str = "",
    removal_blocked: str = "",
) -> Decision:
    """What a push does with one track.

    Args:
        base: what both were when they last agreed, None where they never did.
        equal: whether viewers would get the same from both; asked only where both are there and differ from the base.
        resolution: the user's word on this very track, "local", "remote" or "".
        removal_blocked: the reason (a key of `WHY`) why nothing of this media object may be deleted now, or "".
    """
    if base is not None and not base.is_ours:
        base = None
    if base is None:
        found = WITHOUT_BASE[local is not None, remote is not None]
        if found.why == "mirror" and not policy.mirror:
            return Decision(Do.KEEP, "unmanaged")
    else:
        found = WITH_BASE[_local_side(base, local), _remote_side(base, remote)]
        if found.why == "clean" and remote is not None and remote.stored_as == "stale":
            return Decision(Do.UPDATE, "stale-copy")
        if found.why == "local-removal" and removal_blocked == "removal-incomplete":
            return Decision(Do.KEEP, removal_blocked)
        removed = found.why in ("local-removal", "removed-and-edited")
        if removed and not (policy.delete or policy.mirror or resolution):
            return Decision(Do.KEEP, "removal-kept" if found.why == "local-removal" else "remote-edit")
    if found.do is Do.CONFLICT and local is not None and remote is not None and equal:
        return Decision(Do.ADOPT, "both-same")
    if found.do is Do.CONFLICT or (resolution and found.why not in NOTHING_TO_DECIDE):
        found = _resolved(found, resolution or policy.on_conflict, local, remote)
    if found.do is Do.DELETE and removal_blocked and not (resolution and removal_blocked == "removal-unnamed"):
        return Decision(Do.KEEP, removal_blocked)
    return found


def _local_side(base: BaseTrack, local: LocalFile | None) -> str:
    if local is None:
        return "absent"
    as_before = local.local_digest == base.local_digest and local.kind in (None, base.kind)
    return "same" if as_before else "other"


def _remote_side(base: BaseTrack, remote: RemoteNow | None) -> str:
    if remote is None:
        return "absent"
    return "same" if (remote.kind, remote.digest) == (base.kind, base.digest) else "other"


def _resolved(found: Decision, choice: str, local: LocalFile | None, remote: RemoteNow | None) -> Decision:
    if choice == "local":
        if local is None:
            edited = found.why == "removed-and-edited"
            return Decision(Do.DELETE, "resolved-removal" if edited else "resolved-local")
        return Decision(Do.CREATE if remote is None else Do.UPDATE, "resolved-local")
    if choice == "remote":
        return Decision(Do.SKIP if remote is None else Do.KEEP, "resolved-remote")
    return found


def forbidden(found: Decision, remote: RemoteNow | None) -> Decision | None:
    """The decision that replaces `found` where the remote would not survive it; None where it may stand.

    A colleague's hidden track cannot be replaced: Canvas answers 422 "taken", after it has deleted what the request
    did not name. A track whose text we may not read cannot be saved first. One that Canvas is still making would be
    made again over ours.
    """
    if remote is None or found.do not in CHANGES | {Do.CONFLICT}:
        return None
    if remote.processing:
        return Decision(Do.SKIP, "processing")
    if remote.hidden:
        # Nobody asked to write to it where only --mirror would have it gone.
        return Decision(Do.KEEP, "hidden") if found.why == "mirror" else Decision(Do.SKIP, "foreign-owner")
    if remote.stored_as == "unknown":
        return Decision(Do.SKIP, "content-hidden")
    return None


def kept_from_deletion(found: Decision, remote: RemoteNow | None, user_id: str, policy: Policy) -> Decision | None:
    """The decision that replaces a deletion which is not to be: of what another course's file lends, of what somebody
    else made, and of what cannot be asked about. None where `found` may stand."""
    if remote is None:
        return None
    if found.why == "unmanaged" and (remote.hidden or remote.whose is Whose.LENT):
        return Decision(Do.KEEP, "hidden" if remote.hidden else "lent-unmanaged")
    if found.do is not Do.DELETE:
        return None
    if remote.whose in (Whose.LENT, Whose.LOOSE):
        return Decision(Do.KEEP, str(remote.whose))
    if remote.owner_id not in (None, user_id) and "foreign-owner" not in policy.allow:
        removed_here = found.why not in ("mirror", *TAKEN_BACK)
        return Decision(Do.KEEP, "colleagues-removed" if removed_here else "colleagues")
    if remote.whose is Whose.UNKNOWN and not can_be_asked(remote):
        return Decision(Do.KEEP, "not-askable")
    return None


def can_be_asked(remote: RemoteNow) -> bool:
    """Whether the track's own text can be sent again, which is how it is asked whose the track is."""
    text = remote.content
    return text is not None and not is_blank(text) and not any(content_problems(text))
