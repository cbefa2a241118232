"""The table of decisions, row by row, and what may never come out of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captionkit.library.local_file import LocalFile
from captionkit.sync.decide import (
    BARRED,
    CHANGES,
    FILE_CHANGES,
    WHY,
    WITH_BASE,
    WITHOUT_BASE,
    Case,
    Decision,
    Do,
    Policy,
    Way,
    decide,
    within_reach,
)
from captionkit.sync.state import BaseTrack, RemoteNow

BASE = BaseTrack("media_objects/m-1", "en", "subtitles", "R1", "7", "2026-01-01T00:00:00Z", "vtt", "a.en.vtt", "L1")
SEEN_ONLY = BaseTrack("media_objects/m-1", "en", "subtitles", "R1", "7", "2026-01-01T00:00:00Z", "vtt")


def local(digest: str, kind: str | None = None) -> LocalFile:
    return LocalFile("en", "a.en.vtt", digest, kind)


def remote(digest: str, **more: object) -> RemoteNow:
    return RemoteNow("en", "subtitles", digest, "7", "vtt", **more)  # type: ignore[arg-type]


L1, L2, R1, R2 = local("L1"), local("L2"), remote("R1"), remote("R2")


@pytest.mark.parametrize(
    ("base", "here", "there", "do", "why"),
    [
        (BASE, L1, R1, Do.KEEP, "clean"),
        (BASE, L1, R2, Do.KEEP, "remote-edit"),
        (BASE, L1, None, Do.SKIP, "remote-removal"),
        (BASE, L2, R1, Do.UPDATE, "local-edit"),
        (BASE, L2, R2, Do.CONFLICT, "both-edited"),
        (BASE, L2, None, Do.CONFLICT, "edited-and-removed"),
        (BASE, None, R1, Do.KEEP, "removal-kept"),
        (BASE, None, R2, Do.KEEP, "remote-edit"),
        (BASE, None, None, Do.SKIP, "both-gone"),
        (None, L1, None, Do.CREATE, "local-new"),
        (None, L1, R1, Do.CONFLICT, "first-contact"),
        (None, None, R1, Do.KEEP, "unmanaged"),
        (SEEN_ONLY, None, R1, Do.KEEP, "unmanaged"),
        (SEEN_ONLY, L1, R1, Do.CONFLICT, "first-contact"),
        (BASE, local("L1", "captions"), R1, Do.UPDATE, "local-edit"),
    ],
)
def test_without_leave_to_delete(
    base: BaseTrack | None, here: LocalFile | None, there: RemoteNow | None, do: Do, why: str
) -> None:
    assert decide(Case(base, here, there), Policy()) == Decision(do, why)


@pytest.mark.parametrize(
    ("base", "here", "there", "policy", "do", "why"),
    [
        (BASE, None, R1, Policy(delete=True), Do.DELETE, "local-removal"),
        (BASE, None, R1, Policy(mirror=True), Do.DELETE, "local-removal"),
        (BASE, None, R2, Policy(delete=True), Do.CONFLICT, "removed-and-edited"),
        (BASE, None, R2, Policy(delete=True, on_conflict="local"), Do.DELETE, "resolved-removal"),
        (None, None, R1, Policy(delete=True), Do.KEEP, "unmanaged"),
        (None, None, R1, Policy(mirror=True), Do.DELETE, "mirror"),
        (None, L1, R1, Policy(on_conflict="local"), Do.UPDATE, "resolved-local"),
        (None, L1, R1, Policy(on_conflict="remote"), Do.KEEP, "resolved-remote"),
        (BASE, L2, None, Policy(on_conflict="local"), Do.CREATE, "resolved-local"),
        (BASE, L2, None, Policy(on_conflict="remote"), Do.SKIP, "resolved-remote"),
    ],
)
def test_with_the_users_leave(
    base: BaseTrack | None, here: LocalFile | None, there: RemoteNow | None, policy: Policy, do: Do, why: str
) -> None:
    assert decide(Case(base, here, there), policy) == Decision(do, why)


@pytest.mark.parametrize("base", [None, BASE])
def test_equal_captions_are_recorded_and_not_sent(base: BaseTrack | None) -> None:
    assert decide(Case(base, L2, R2, lambda: True), Policy()) == Decision(Do.ADOPT, "both-same")


def test_a_word_on_one_track_also_sends_again_what_was_deleted_or_edited_in_canvas() -> None:
    assert decide(Case(BASE, L1, None, resolution="local"), Policy()).do is Do.CREATE
    assert decide(Case(BASE, L1, R2, resolution="local"), Policy()).do is Do.UPDATE
    # The word for all conflicts does not: these are no conflicts.
    assert decide(Case(BASE, L1, R2), Policy(on_conflict="local")).do is Do.KEEP


def test_a_deletion_gives_way_to_a_reason_against_it() -> None:
    found = decide(Case(BASE, None, R1, removal_blocked="removal-incomplete"), Policy(delete=True))
    assert found == Decision(Do.KEEP, "removal-incomplete")


@pytest.mark.parametrize("do", [*sorted(CHANGES), Do.CONFLICT])
@pytest.mark.parametrize(
    ("there", "why"),
    [
        (remote("R1", hidden=True), "foreign-owner"),
        (remote("R1", processing=True), "processing"),
        (RemoteNow("en", "subtitles", "R1", "7", "unknown"), "content-hidden"),
    ],
)
def test_what_cannot_be_replaced_safely_is_skipped(do: Do, there: RemoteNow, why: str) -> None:
    assert within_reach(Decision(do, "local-edit"), there, "1", Policy()) == Decision(Do.SKIP, why)


def test_what_keeps_is_never_out_of_reach() -> None:
    clean, new = Decision(Do.KEEP, "clean"), Decision(Do.CREATE, "local-new")
    assert within_reach(clean, remote("R1", hidden=True), "1", Policy()) == clean
    assert within_reach(new, None, "1", Policy()) == new


def test_every_reason_has_words() -> None:
    rows = [*WITH_BASE.values(), *WITHOUT_BASE.values()]
    decisions = [*(row.push for row in rows), *(row.pull for row in rows), *BARRED.values()]
    assert {decision.why for decision in decisions} <= WHY.keys()


def test_no_reason_names_an_option_of_the_command_line() -> None:
    assert not [why for why, words in WHY.items() if "--" in words or "`" in words]


@pytest.mark.parametrize(
    ("base", "here", "there", "policy", "do", "why"),
    [
        (BASE, L1, R1, Policy(), Do.KEEP, "clean"),
        (BASE, L1, R2, Policy(), Do.REPLACE, "remote-edit"),
        (BASE, L1, None, Policy(), Do.KEEP, "remote-removal-kept"),
        (BASE, L1, None, Policy(delete=True), Do.REMOVE, "remote-removal"),
        (BASE, L2, R1, Policy(), Do.KEEP, "local-edit"),
        (BASE, L2, R2, Policy(), Do.CONFLICT, "both-edited"),
        (BASE, L2, R2, Policy(on_conflict="remote"), Do.REPLACE, "resolved-remote"),
        (BASE, L2, R2, Policy(on_conflict="local"), Do.KEEP, "resolved-local"),
        (BASE, L2, None, Policy(), Do.CONFLICT, "edited-and-removed"),
        (BASE, L2, None, Policy(on_conflict="remote"), Do.REMOVE, "resolved-remote"),
        (BASE, None, R1, Policy(), Do.KEEP, "local-removal"),
        (BASE, None, R1, Policy(restore=True), Do.WRITE, "resolved-remote"),
        (BASE, None, R2, Policy(), Do.CONFLICT, "removed-and-edited"),
        (BASE, None, R2, Policy(restore=True), Do.WRITE, "resolved-remote"),
        (BASE, None, None, Policy(delete=True), Do.ADOPT, "both-gone"),
        (None, L1, None, Policy(), Do.KEEP, "local-only"),
        (None, None, R1, Policy(), Do.WRITE, "remote-new"),
        (None, L1, R1, Policy(), Do.CONFLICT, "first-contact"),
        (None, None, remote("R1", hidden=True), Policy(), Do.SKIP, "hidden"),
        (BASE, L1, remote("R2", processing=True), Policy(on_conflict="remote"), Do.SKIP, "processing"),
        (BASE, L1, remote("R2", content=" "), Policy(), Do.SKIP, "blank"),
    ],
)
def test_what_a_pull_does(
    base: BaseTrack | None, here: LocalFile | None, there: RemoteNow | None, policy: Policy, do: Do, why: str
) -> None:
    assert decide(Case(base, here, there), policy, Way.PULL) == Decision(do, why)


sides = st.sampled_from
bases, locals_, remotes = sides([None, BASE, SEEN_ONLY]), sides([None, L1, L2]), sides([None, R1, R2])
policies = st.builds(Policy, delete=st.booleans(), mirror=st.booleans(), on_conflict=sides(["stop", "local", "remote"]))


@given(base=bases, here=locals_, there=remotes, equal=st.booleans(), policy=policies)
def test_nothing_is_deleted_without_leave_and_nothing_foreign_without_mirror_or_a_word(
    base: BaseTrack | None, here: LocalFile | None, there: RemoteNow | None, equal: bool, policy: Policy
) -> None:
    if here is None and there is None and (base is None or not base.is_ours):
        return
    case = Case(base, here, there, lambda: equal)
    brought = decide(case, policy, Way.PULL)
    assert brought.do not in CHANGES
    if brought.do in FILE_CHANGES and here is not None and policy.on_conflict != "remote":
        assert base is not None
        assert here.local_digest == base.local_digest, "an edit here would be overwritten"
    found = decide(case, policy)
    assert found.do not in FILE_CHANGES
    if found.do is Do.DELETE:
        assert policy.delete or policy.mirror
        assert here is None
        if base is None or not base.is_ours:
            assert policy.mirror
    if found.do is Do.UPDATE and policy.on_conflict != "local":
        assert base is not None
        assert there is not None
        assert there.digest == base.digest, "a remote edit would be overwritten"
    if found.do in (Do.CREATE, Do.UPDATE):
        assert here is not None
    if found.do is Do.CREATE:
        assert there is None
