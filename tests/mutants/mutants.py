"""Wrong versions of the sync engine: they test the tests.

A mutant is a wrong behaviour that is injected where the engine meets the world or where its parts meet each other: in
what a remote shows and sends, in what a store writes, in what a table or a function answers. No source text is changed,
so a refactoring that keeps these seams keeps the mutants. One is "caught" when a campaign (tests/machine/campaign.py)
breaks an invariant, or a test that is named here fails. Where the rehearsal would refuse the mutant's request before it
is sent, it is injected behind the rehearsal; one such has a second version before it, which a test catches that the
refusal breaks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import campaign
import pytest

from captionkit.remotes.canvas.model_remote import ModelRemote
from captionkit.sync import (
    decide,
    exchange,
    journal,
    manifest,
    object_run,
    request,
    restore,
    results,
    run,
    survey,
    whose,
)
from captionkit.sync.decide import Case, Decision, Do, Row
from captionkit.sync.outcome import Classified, Effect
from captionkit.sync.plan import Plan
from captionkit.sync.ports import MediaState, PutReply, TrackPut, Whose
from captionkit.sync.results import Ending
from captionkit.sync.state import BaseTrack, digest_of
from captionkit.sync.store import FolderStore
from captionkit.sync.upload import Payload

Patch = pytest.MonkeyPatch
Inject = Callable[[Patch], None]


@dataclass(frozen=True)
class Mutant:
    """A wrong engine.

    Attributes:
        wrong: what it does wrong, in words.
        inject: makes it do so.
        test: "module:name" or "module:Class.name" of a test that fails with it; "" where campaigns catch it.
    """

    wrong: str
    inject: Inject
    test: str = ""


# --- seams: what a remote shows and sends; the model of a rehearsal is a remote too, and is left alone


def reads(wrong: Callable[[Callable[..., MediaState], ModelRemote, str, bool], MediaState]) -> Inject:
    def inject(patch: Patch) -> None:
        real = ModelRemote.read

        def read(self: ModelRemote, media: str, *, fresh_listing: bool) -> MediaState:
            if self.identity().user_id == "me":
                return real(self, media, fresh_listing=fresh_listing)
            return wrong(real, self, media, fresh_listing)

        patch.setattr(ModelRemote, "read", read)

    return inject


def sends(wrong: Callable[[Callable[..., PutReply], ModelRemote, str, Sequence[TrackPut], Any], PutReply]) -> Inject:
    def inject(patch: Patch) -> None:
        real = ModelRemote.put_tracks

        def put(self: ModelRemote, media: str, tracks: Sequence[TrackPut], **when: Any) -> PutReply:
            if self.identity().user_id == "me":
                return real(self, media, tracks, **when)
            return wrong(real, self, media, tracks, when)

        patch.setattr(ModelRemote, "put_tracks", put)

    return inject


def names_only(keeps: Callable[[str, Sequence[TrackPut]], Callable[[str], bool]]) -> Inject:
    """Sends the request without naming some of what is to stay."""

    def put(real: Any, self: ModelRemote, media: str, tracks: Sequence[TrackPut], when: Any) -> PutReply:
        stays = keeps(media, tracks)
        body = [track for track in tracks if track.content is not None or stays(track.locale)]
        answer: PutReply = real(self, media, body or [TrackPut("und")], **when)
        return answer

    return sends(put)


def together(*parts: Inject) -> Inject:
    def inject(patch: Patch) -> None:
        for part in parts:
            part(patch)

    return inject


def answers(module: Any, name: str, wrong: Callable[..., Any]) -> Inject:
    """A function of the engine answers otherwise: `wrong` gets the real one first."""

    def inject(patch: Patch) -> None:
        real = getattr(module, name)
        patch.setattr(module, name, lambda *given, **named: wrong(real, *given, **named))

    return inject


def is_now(module: Any, name: str, value: Any) -> Inject:
    return lambda patch: patch.setattr(module, name, value)


def decides(wrong: Callable[[Decision, Case], Decision]) -> Inject:
    return answers(survey, "decide", lambda real, case, policy: wrong(real(case, policy), case))


def classifies(wrong: Callable[[Classified], Classified]) -> Inject:
    return answers(object_run, "classify", lambda real, *states: wrong(real(*states)))


def saves(wrong: Callable[[Any, Any, str, str, bytes], None]) -> Inject:
    """What either store does when it is to save a backup."""

    def inject(patch: Patch) -> None:
        for store in (FolderStore, campaign.MemoryStore):
            real = store.save_backup
            patch.setattr(
                store, "save_backup", lambda self, run, name, data, real=real: wrong(real, self, run, name, data)
            )

    return inject


# --- behaviours


def no_rehearsal(patch: Patch) -> None:
    patch.setattr(exchange, "rehearse", lambda *given, **named: "")


def _stale_reads() -> Inject:
    """Until a request was sent, every look at an object shows what the first did."""
    first: dict[str, MediaState] = {}

    def read(real: Any, self: ModelRemote, media: str, fresh: bool) -> MediaState:
        if media not in first:
            first[media] = real(self, media, fresh_listing=True)
        return first[media]

    def put(real: Any, self: ModelRemote, media: str, tracks: Any, when: Any) -> PutReply:
        first.pop(media, None)
        answer: PutReply = real(self, media, tracks, **when)
        return answer

    return together(reads(read), sends(put), no_rehearsal)


def _second_look_is_the_first() -> Inject:
    """After a request one look is taken, and goes for the next one, too."""
    seen: dict[str, MediaState] = {}
    looks: dict[str, int] = {}

    def read(real: Any, self: ModelRemote, media: str, fresh: bool) -> MediaState:
        looks[media] = looks.get(media, 9) + 1
        if looks[media] == 1:
            seen[media] = real(self, media, fresh_listing=fresh)
        return seen[media] if looks[media] <= 2 else real(self, media, fresh_listing=fresh)

    def put(real: Any, self: ModelRemote, media: str, tracks: Any, when: Any) -> PutReply:
        looks[media] = 0
        answer: PutReply = real(self, media, tracks, **when)
        return answer

    return together(reads(read), sends(put))


def _no_colleagues(real: Any, self: ModelRemote, media: str, fresh: bool) -> MediaState:
    state: MediaState = real(self, media, fresh_listing=fresh)
    return replace(state, listed=None)


def _blind_retry(real: Any, self: ModelRemote, media: str, tracks: Any, when: Any) -> PutReply:
    reply: PutReply = real(self, media, tracks, **when)
    return real(self, media, tracks, **when) if reply.outcome == "ambiguous" else reply


def _only_what_the_first_look_showed() -> Inject:
    """Names what was there at the first look of a run, and not what came since."""
    known: dict[str, set[str]] = {}

    def read(real: Any, self: ModelRemote, media: str, fresh: bool) -> MediaState:
        state: MediaState = real(self, media, fresh_listing=fresh)
        known.setdefault(media, {t.locale for t in (*state.tracks, *(state.listed or ()))})
        return state

    return together(reads(read), names_only(lambda media, tracks: lambda locale: locale in known[media]))


def _not_what_shows_again() -> Inject:
    """What an earlier request has left out is not named by a later one."""
    left_out: dict[str, set[str]] = {}
    there: dict[str, set[str]] = {}

    def read(real: Any, self: ModelRemote, media: str, fresh: bool) -> MediaState:
        state: MediaState = real(self, media, fresh_listing=fresh)
        there[media] = {track.locale for track in state.tracks}
        return state

    def keeps(media: str, tracks: Sequence[TrackPut]) -> Callable[[str], bool]:
        gone = set(left_out.get(media, set()))
        left_out.setdefault(media, set()).update(there[media] - {track.locale for track in tracks})
        return lambda locale: locale not in gone

    return together(reads(read), names_only(keeps))


def _believes_answers() -> Inject:
    answered = {"acknowledged": False}

    def put(real: Any, self: ModelRemote, media: str, tracks: Any, when: Any) -> PutReply:
        reply: PutReply = real(self, media, tracks, **when)
        answered["acknowledged"] = reply.outcome == "acknowledged"
        return reply

    def believed(found: Classified) -> Classified:
        return Classified(Effect.APPLIED) if answered["acknowledged"] else found

    return together(sends(put), classifies(believed))


def _backups_too_late(patch: Patch) -> None:
    waiting: list[Callable[[], None]] = []

    def put(real: Any, self: ModelRemote, media: str, tracks: Any, when: Any) -> PutReply:
        reply: PutReply = real(self, media, tracks, **when)
        for save in waiting:
            save()
        waiting.clear()
        return reply

    saves(lambda real, self, run, name, data: waiting.append(lambda: real(self, run, name, data)))(patch)
    sends(put)(patch)


def _announced_afterwards(patch: Patch) -> None:
    real, held = journal.Journal.write, list[Callable[[], None]]()

    def write(self: journal.Journal, state: Any, media: str = "", **more: Any) -> None:
        if state == journal.State.SENT:
            held.append(lambda: real(self, state, media, **more))
            return
        while held:
            held.pop(0)()
        real(self, state, media, **more)

    patch.setattr(journal.Journal, "write", write)


def _recorded_when_sent(patch: Patch) -> None:
    """What was sent is recorded as verified as soon as it has left."""
    real = journal.Journal.write

    def write(self: journal.Journal, state: Any, media: str = "", **more: Any) -> None:
        real(self, state, media, **more)
        if state == journal.State.SENT:
            promised = BaseTrack(media, "en", "subtitles", digest_of("promised"), "1", "", "vtt", "m-1.en.vtt", "x")
            real(self, journal.State.COMMITTED, media, serial=10**6, tracks=[promised.as_json()])

    patch.setattr(journal.Journal, "write", write)


def _last_backup(real: Any, store: Any, run: str) -> Any:
    lines = [json.loads(line) for line in store.read_journal(run) if b'"BACKED_UP"' in line]
    past = real(store, run)
    return replace(past, backups={line["media"]: (line["folder"], line.get("snapshot", "")) for line in lines})


class _Anything:
    """Is equal to everything."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True


class _AnyIds(dict[str, str]):
    """The answer shows whatever track the look after it shows."""

    def get(self, key: str, default: Any = None) -> Any:
        return _Anything()


def _drift_is_agreed(real: Any, media: Any, tracks: Any, base: Any, *, sent: bool) -> Any:
    return tuple(
        replace(record, digest=tracks[record.locale].digest) if record.locale in tracks else record
        for record in real(media, tracks, base, sent=sent)
    )


def _always_webvtt(real: Any, prepared: Any, remote: Any) -> Payload:
    payload: Payload = real(prepared, remote)
    return payload if remote is None else Payload(Do.UPDATE, "vtt", digest_of(prepared.webvtt), prepared.webvtt)


def _resume_trusts(patch: Patch) -> None:
    real = object_run.ObjectRun.resume

    def resume(self: object_run.ObjectRun, *, in_doubt: bool, **more: Any) -> Any:
        if not in_doubt:
            return real(self, in_doubt=in_doubt, **more)
        return results.Result(self.media, Ending.COMMITTED, tracks=())

    patch.setattr(object_run.ObjectRun, "resume", resume)


def _an_empty_list(real: Any, *given: Any, **named: Any) -> Any:
    return tuple(
        replace(phase, body=()) if {put.locale for put in phase.body} == {request.NOBODY} else phase
        for phase in real(*given, **named)
    )


def _without_keeps(real: Any, *given: Any, **named: Any) -> Any:
    return tuple(
        replace(phase, body=tuple(put for put in phase.body if put.content is not None) or (TrackPut(request.NOBODY),))
        for phase in real(*given, **named)
    )


def _wins(found: Decision, case: Case) -> Decision:
    if found.do is not Do.CONFLICT:
        return found
    if case.local is None:
        return Decision(Do.DELETE, "resolved-local")
    return Decision(Do.CREATE if case.remote is None else Do.UPDATE, "resolved-local")


def _no_bar(name: str) -> Inject:
    """A reason why a track is out of reach is not heeded."""
    return answers(decide, "bars", lambda real, *given: (bar for bar in real(*given) if bar != name))


def _everything_is_own(patch: Patch) -> None:
    """Whatever is read by a file counts as this file's own."""
    for module in (survey, manifest):
        answers(
            module,
            "with_proofs",
            lambda real, tracks, base, *, original: {
                locale: replace(track, whose=Whose.OWN) for locale, track in tracks.items()
            },
        )(patch)


def _own_if_younger_than_the_course(patch: Patch) -> None:
    """A track that was made since the course began counts as this file's own."""
    for module in (survey, manifest):
        answers(
            module,
            "with_proofs",
            lambda real, tracks, base, *, original: {
                locale: replace(track, whose=Whose.OWN if track.created_at >= "2026-01-01" else track.whose)
                for locale, track in real(tracks, base, original=original).items()
            },
        )(patch)


#: The last line of defence: whatever a request leaves out has to be proved this file's own.
no_last_look = is_now(whose.Proofs, "perhaps_the_originals", lambda self, left_out: [])


def _does_not_look_again(patch: Patch) -> None:
    patch.setattr(campaign.MemoryStore, "_must_be", lambda self, path, was: None)


def _undoes_too_much(patch: Patch) -> None:
    def wrong(real: Any, case: Any, resolution: str = "") -> Decision:
        found: Decision = real(case, resolution)
        is_wrong = case.now and case.saved is None and found.why in ("edited-since", "made-since", "unproved")
        return Decision(Do.DELETE, "undo-create") if is_wrong else found

    answers(restore, "undo", wrong)(patch)


MUTANTS: dict[str, Mutant] = {
    "no pre-read": Mutant(
        "sends without comparing what is there now with what the plan found",
        _stale_reads(),
        "test_push:TestPlanFiles.test_a_remote_that_moved_after_the_plan_stops_its_object",
    ),
    "pre-read of one's own tracks only": Mutant(
        "does not ask the listing again, so a colleague's new language is not seen",
        reads(lambda real, self, media, fresh: real(self, media, fresh_listing=False)),
        "test_push:TestColleagues.test_a_language_that_a_colleague_adds_after_the_plan_is_not_deleted",
    ),
    "no backup": Mutant(
        "saves what the tracks were called, but not their texts",
        saves(
            lambda real, self, run, name, data: real(self, run, name, data) if name.endswith("tracks.json") else None
        ),
    ),
    "backup after the request": Mutant("saves what is there when it is there no more", _backups_too_late),
    "backup overwritten": Mutant(
        "a later round of the run saves over what the first one saved",
        saves(lambda real, self, run, name, data: real(self, run, re.sub(r"/again-[^/]+", "", name), data)),
    ),
    "restore from the last backup": Mutant(
        "takes for the state before a run what a later round of it found half done",
        answers(restore, "read_past", _last_backup),
        "test_mutant_scenarios:test_restoring_a_run_that_was_cut_off_half_way_brings_back_what_was_there_before_it",
    ),
    "no keeps": Mutant("names only what changes", names_only(lambda media, tracks: lambda locale: False)),
    "no keeps, rehearsed": Mutant(
        "the same where the rehearsal sees it, and refuses to send it",
        answers(object_run, "phases", _without_keeps),
        "test_push:TestTheMainJob.test_other_languages_are_named_and_stay",
    ),
    "no keeps in the first of two requests": Mutant(
        "deletes the other languages when one is made anew",
        names_only(lambda media, tracks: lambda locale: any(track.content is not None for track in tracks)),
    ),
    "colleagues forgotten": Mutant(
        "does not merge the listing into what it sees, so it names only its own user's tracks",
        together(
            reads(_no_colleagues),
            answers(survey, "tracks_of", lambda real, s, base: real(replace(s, listed=None), base)),
        ),
    ),
    "second request from the plan alone": Mutant(
        "the second request for a track made anew does not name what was added meanwhile",
        _only_what_the_first_look_showed(),
        "test_mutant_scenarios:test_a_language_that_is_added_beside_two_requests_is_kept",
    ),
    "second request over what came meanwhile": Mutant(
        "the second request sends over what somebody added in between in a language that we were to add",
        classifies(lambda found: replace(found, strange=())),
        "test_mutant_scenarios:test_a_language_that_is_added_between_two_requests_is_not_sent_over",
    ),
    "what shows again is not named": Mutant(
        "a request finished in a second go deletes the original's track that shows again",
        _not_what_shows_again(),
        "test_inherited:test_finishing_half_a_request_does_not_delete_what_shows_again[1]",
    ),
    "blind retry": Mutant("the request is sent again when no answer came", sends(_blind_retry)),
    "repeat without looking": Mutant(
        "a request that did nothing is repeated without asking what is there now",
        _second_look_is_the_first(),
        "test_mutant_scenarios:test_what_a_colleague_wrote_before_a_request_is_repeated_survives",
    ),
    "no verify": Mutant("reads back, and does not compare", classifies(lambda found: Classified(Effect.APPLIED))),
    "an answer is believed": Mutant("does not compare where Canvas said 200", _believes_answers()),
    "verified before the clock ticked": Mutant(
        "reads back at once, in the second of its own write, and records that time as settled",
        is_now(object_run, "VERIFY_AFTER", 0.0),
        "test_mutant_scenarios:test_an_edit_in_the_second_of_our_own_write_is_seen_by_the_next_push",
    ),
    "repair": Mutant(
        "writes over what somebody else wrote meanwhile",
        classifies(
            lambda found: replace(found, effect=Effect.PARTIAL, strange=()) if found.effect is Effect.FOREIGN else found
        ),
    ),
    "players not looked at": Mutant(
        "compares what is stored, not what players get",
        is_now(object_run, "viewer_digest", lambda document: _Anything()),
        "test_mutant_scenarios:test_the_planned_text_over_a_stale_copy_does_not_count_as_done",
    ),
    "stale copies made": Mutant(
        "sends WebVTT over SRT",
        together(answers(survey, "payload_for", _always_webvtt), no_rehearsal),
        "test_push:TestTheStaleCopy.test_what_canvas_would_garble_is_made_anew",
    ),
    "sent before it is written down": Mutant(
        "the journal says SENT only when an answer is there", _announced_afterwards
    ),
    "manifest before verify": Mutant(
        "records the planned state as verified as soon as the request was sent", _recorded_when_sent
    ),
    "resume trusts SENT": Mutant(
        "what was sent before the crash counts as done",
        _resume_trusts,
        "test_recovery:TestResume.test_it_goes_on_from_every_state[SENT]",
    ),
    "resume sends again": Mutant(
        "what was sent before the crash is sent again, whatever is there now",
        classifies(
            lambda found: Classified(Effect.NOT_APPLIED, found.added) if found.effect is Effect.FOREIGN else found
        ),
        "test_recovery:TestResume.test_somebody_elses_edit_after_the_crash_is_left_alone",
    ),
    "no doubt": Mutant(
        "plans anew while nobody knows what the last run did",
        is_now(journal.Past, "in_doubt", property(lambda self: ())),
        "test_recovery:TestResume.test_a_new_plan_waits_until_a_doubt_is_settled",
    ),
    "drift recorded as clean": Mutant(
        "what somebody else changed is recorded as what we agreed on",
        answers(object_run, "records", _drift_is_agreed),
        "test_mutant_scenarios:test_drift_beside_a_change_of_ours_stays_drift",
    ),
    "racy times trusted": Mutant(
        "trusts the time of a track that was written in the second in which it was read",
        answers(results, "base_of", lambda real, media, track, file, **settled: real(media, track, file, settled=True)),
        "test_mutant_scenarios:test_an_edit_in_the_second_in_which_we_read_is_seen_by_the_next_push",
    ),
    "a late request trusted": Mutant(
        "takes the time of a track for settled though its request got no answer",
        answers(object_run, "records", lambda real, media, tracks, base, sent: real(media, tracks, base, sent=True)),
        "test_mutant_scenarios:test_an_edit_in_the_second_in_which_a_late_request_landed_is_seen_by_the_next_push",
    ),
    "delete unowned": Mutant(
        "deletes what it never put there",
        decides(lambda found, case: Decision(Do.DELETE, "mirror") if found.why == "unmanaged" else found),
    ),
    "delete without leave": Mutant(
        "deletes what left the folder, though nobody said --delete",
        decides(lambda found, case: Decision(Do.DELETE, "local-removal") if found.why == "removal-kept" else found),
    ),
    "the folder always wins": Mutant("sends over what was edited on both sides", decides(_wins)),
    "drift overwritten": Mutant(
        "takes an edit in Canvas for a reason to send the file again",
        lambda patch: patch.setitem(
            decide.WITH_BASE,
            ("same", "other"),
            Row(push=Decision(Do.UPDATE, "local-edit"), pull=Decision(Do.REPLACE, "remote-edit")),
        ),
    ),
    "deletes from a folder half understood": Mutant(
        "takes a file that it could not read for one that was removed",
        answers(survey, "decide", lambda real, case, policy: real(replace(case, removal_blocked=""), policy)),
        "test_push:TestDeleting.test_nothing_is_deleted_where_the_folder_is_not_wholly_understood",
    ),
    "no limit": Mutant(
        "asks no guard",
        is_now(run, "refusals", lambda plan, ours: []),
        "test_push:TestGuards.test_more_deletions_than_allowed_are_refused_whole",
    ),
    "colleagues deleted": Mutant(
        "--mirror deletes what somebody else made",
        _no_bar("colleagues"),
        "test_push:TestGuards.test_a_track_that_somebody_else_made_is_not_deleted_on_the_attachments_path",
    ),
    "no text taken for an empty text": Mutant(
        "replaces a track whose text the server hides, so that it cannot be saved",
        _no_bar("unreadable"),
        "test_push:TestWhatGoesWrong.test_stripped_content_is_not_taken_for_an_empty_track",
    ),
    "everything deleted by an empty list": Mutant(
        "where nothing is to stay it sends an empty array",
        together(answers(object_run, "phases", _an_empty_list), answers(object_run, "anew", _an_empty_list)),
        "test_push:TestDeleting.test_deleting_everything_never_sends_an_empty_list",
    ),
    "a pull over an edit": Mutant("replaces a file that was saved after the pull was decided", _does_not_look_again),
    "undo what others made": Mutant(
        "removes, to undo a run, what somebody made or edited since, without the user's word",
        _undoes_too_much,
        "test_recovery:TestRestore.test_what_the_run_made_and_somebody_edited_since_stays",
    ),
    "no guard of locales": Mutant(
        "--guard-locales names nothing",
        answers(object_run, "phases", lambda real, *given, **named: real(*given, **{**named, "guard_locales": False})),
        "test_push:TestColleagues.test_guarded_locales_save_a_language_that_is_added_in_the_very_moment",
    ),
    # --- whose a track is
    "leaves out without asking": Mutant(
        "leaves a track out that may belong to another course, without asking by a write",
        together(
            answers(object_run, "phases", lambda real, *given, **named: real(*given, **{**named, "unproved": ()})),
            no_last_look,
            no_rehearsal,
        ),
    ),
    "leaves out without asking, rehearsed": Mutant(
        "the same where the last look and the rehearsal stop it",
        answers(object_run, "phases", lambda real, *given, **named: real(*given, **{**named, "unproved": ()})),
        "test_inherited:test_mirror_asks_whose_a_track_is_leaves_the_originals_and_remembers",
    ),
    "does not heed the answer": Mutant(
        "asks, and takes the track that shows afterwards for this file's own whatever the answer showed",
        sends(lambda real, self, media, tracks, when: replace(real(self, media, tracks, **when), ids=_AnyIds())),
        "test_inherited:test_between_the_answer_and_our_look_a_stale_tab_may_remove_what_we_asked_with",
    ),
    "a lost answer proves": Mutant(
        "takes what is there for proved by a request whose answer was lost",
        sends(
            lambda real, self, media, tracks, when: replace(
                real(self, media, tracks, **when), ids=_AnyIds(), outcome="acknowledged"
            )
        ),
        "test_mutant_scenarios:test_what_came_by_somebody_elses_hand_while_our_request_was_lost_proves_nothing",
    ),
    "a second omission": Mutant(
        "sends a second request without a locale while the first may be on its way",
        together(is_now(object_run, "LATEST_ARRIVAL", 0.0), is_now(run, "LATEST_ARRIVAL", 0.0)),
        "test_inherited:test_of_a_copy_nothing_is_left_out_a_second_time_while_the_first_request_may_be_on_its_way",
    ),
    "trusts a user": Mutant(
        "takes a file that shows who uploaded it for the original",
        is_now(manifest.Manifest, "is_original", lambda self, media: media.startswith("media_attachments/")),
    ),
    "trusts a time": Mutant(
        "takes a track that was made since the course began for this file's own",
        together(_own_if_younger_than_the_course, no_last_look, no_rehearsal),
    ),
    "everything is own": Mutant(
        "takes whatever a file shows for its own",
        together(_everything_is_own, no_last_look, no_rehearsal),
        "test_inherited:test_mirror_asks_whose_a_track_is_leaves_the_originals_and_remembers",
    ),
    "a removal in Canvas is not told": Mutant(
        "ends with 0 though somebody deleted a track since the last sync",
        is_now(Plan, "removed_there", property(lambda self: ())),
        "test_mutant_scenarios:test_a_track_that_was_deleted_there_ends_a_push_with_1",
    ),
    "a recording that is gone stops everything": Mutant(
        "tells of a recording that is gone again and again",
        is_now(manifest.Manifest, "with_gone", lambda self, media: self),
        "test_push:TestWhatGoesWrong.test_an_object_that_vanished_from_the_listing_is_reported_once_and_stops_nothing",
    ),
}
