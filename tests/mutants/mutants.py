"""Wrong versions of the sync engine, each a small patch of its source: they test the tests.

A mutant is text that is replaced in a module. It is "caught" when a campaign (tests/machine/campaign.py) breaks an
invariant, or a test that is named here fails. Where the rehearsal would refuse the mutant's request before it is sent,
there are two of it: one with the rehearsal, caught by a test that the refusal breaks, and one without.
"""

from __future__ import annotations

from dataclasses import dataclass

Patch = tuple[str, str, str]

#: Says of every request that it will do what it promises.
NO_REHEARSAL: Patch = (
    "captionkit.sync.rehearsal",
    "    before = merge_views(state)\n    stage",
    '    return ""\n    before = merge_views(state)\n    stage',
)


@dataclass(frozen=True)
class Mutant:
    """A wrong engine.

    Attributes:
        wrong: what it does wrong, in words.
        patches: (module, text that stands there once, text instead).
        test: "module:name" or "module:Class.name" of a test that fails with it; "" where campaigns catch it.
    """

    wrong: str
    patches: tuple[Patch, ...]
    test: str = ""


APPLY = "captionkit.sync.apply"
STATE = "captionkit.sync.state"
REQUEST = "captionkit.sync.request"
DECIDE = "captionkit.sync.decide"
RUN = "captionkit.sync.run"

_PRE_READ = "        self._must_be(tracks, self.media.before_seen)\n        self._put(self._phases[0]"
_KEPT = "        kept=before.keys() - deleted - {step.locale for step in sending},\n"
_FIRST_KEPT = "        kept=before.keys() - gone,\n"
_SAVE = 'self.means.store.save_backup(self.means.journal.run, f"{folder}/{name}", _encoded(track.content))'
_PUT = "        reply = self.means.remote.put_tracks(media, phase.body, not_after=not_after)\n"
_LOOK_AGAIN = (
    "            tracks, asked_at = self._read(fresh_listing=True)\n"
    "            self._must_be(tracks, phase.before)\n"
    "            self._put(phase, tracks, asked_at)\n"
)
_BACK_UP = "        self._back_up(tracks)\n        clock, media"
_SENT = "        self.means.journal.write(State.SENT, media, body_digest=phase.digest, locales=named)\n"
_APPLIED = "            if found.effect is Effect.APPLIED:\n"
_SEND_OVER: Patch = (
    APPLY,
    "theirs = classify(seen_of(own_of(self.media, tracks)), phase.before, phase.after).strange",
    "theirs: tuple[str, ...] = ()",
)
_TRUSTING = """\
        if in_doubt:
            return self._done(Ending.COMMITTED, tracks)
        if not in_doubt:
            self._must_be"""
_ADDED = "        added = sorted((tracks.keys() - phase.before.keys() | again) - phase.after.keys())\n"

MUTANTS: dict[str, Mutant] = {
    "no pre-read": Mutant(
        "sends without comparing what is there now with what the plan found",
        ((APPLY, _PRE_READ, "        self._put(self._phases[0]"),),
        "test_push:TestPlanFiles.test_a_remote_that_moved_after_the_plan_stops_its_object",
    ),
    "pre-read of one's own tracks only": Mutant(
        "does not ask the listing again, so a colleague's new language is not seen",
        (
            (
                APPLY,
                "        tracks, asked_at = self._read(fresh_listing=True)\n        self._phases = ",
                "        tracks, asked_at = self._read(fresh_listing=False)\n        self._phases = ",
            ),
        ),
        "test_push:TestColleagues.test_a_language_that_a_colleague_adds_after_the_plan_is_not_deleted",
    ),
    "no backup": Mutant(
        "saves what the tracks were called, but not their texts",
        ((APPLY, _SAVE, "pass"),),
    ),
    "backup after the request": Mutant(
        "saves what is there when it is there no more",
        (
            (APPLY, _BACK_UP, "        clock, media"),
            (APPLY, _PUT, _PUT + "        self._back_up(tracks)\n"),
        ),
    ),
    "backup overwritten": Mutant(
        "a later round of the run saves over what the first one saved",
        ((APPLY, "if self._backups > 1 or self.means.round > 1:", "if False:"),),
    ),
    "restore from the last backup": Mutant(
        "takes for the state before a run what a later round of it found half done",
        (
            (
                "captionkit.sync.journal",
                '            backups.setdefault(media, (line.folder or "", line.snapshot or ""))',
                '            backups[media] = (line.folder or "", line.snapshot or "")',
            ),
        ),
        "test_mutant_scenarios:test_restoring_a_run_that_was_cut_off_half_way_brings_back_what_was_there_before_it",
    ),
    "no keeps": Mutant(
        "names only what changes",
        ((REQUEST, _KEPT, "        kept=(),\n"), NO_REHEARSAL),
    ),
    "no keeps, rehearsed": Mutant(
        "the same with the rehearsal, which refuses to send it",
        ((REQUEST, _KEPT, "        kept=(),\n"),),
        "test_push:TestTheMainJob.test_other_languages_are_named_and_stay",
    ),
    "no keeps in the first of two requests": Mutant(
        "deletes the other languages when one is made anew",
        ((REQUEST, _FIRST_KEPT, "        kept=(),\n"), NO_REHEARSAL),
    ),
    "colleagues forgotten": Mutant(
        "does not merge the listing into what it sees, so it names only its own user's tracks",
        ((STATE, "    for listed in state.listed or ():\n", "    for listed in ():\n"),),
    ),
    "second request from the plan alone": Mutant(
        "the second request for a track made anew does not name what was added meanwhile",
        ((APPLY, _ADDED, "        added: list[str] = []\n"),),
        "test_mutant_scenarios:test_a_language_that_is_added_beside_two_requests_is_kept",
    ),
    "second request over what came meanwhile": Mutant(
        "the second request sends over what somebody added in between in a language that we were to add",
        (_SEND_OVER,),
        "test_mutant_scenarios:test_a_language_that_is_added_between_two_requests_is_not_sent_over",
    ),
    "what shows again is not named": Mutant(
        "a request finished in a second go deletes the original's track that shows again",
        ((APPLY, "(tracks.keys() - phase.before.keys() | again)", "(tracks.keys() - phase.before.keys())"),),
        "test_inherited:test_finishing_half_a_request_does_not_delete_what_shows_again[1]",
    ),
    "blind retry": Mutant(
        "the request is sent again when no answer came",
        ((APPLY, _PUT, _PUT + '        if reply.outcome == "ambiguous":\n    ' + _PUT),),
    ),
    "repeat without looking": Mutant(
        "a request that did nothing is repeated without asking what is there now",
        ((APPLY, _LOOK_AGAIN, "            self._put(phase, self._first, self.means.clock.now())\n"),),
        "test_mutant_scenarios:test_what_a_colleague_wrote_before_a_request_is_repeated_survives",
    ),
    "no verify": Mutant(
        "reads back, and does not compare",
        ((APPLY, _APPLIED, "            return tracks\n" + _APPLIED),),
    ),
    "an answer is believed": Mutant(
        "does not compare where Canvas said 200",
        (
            (
                APPLY,
                _APPLIED,
                '            if reply.outcome == "acknowledged":\n                return tracks\n' + _APPLIED,
            ),
        ),
    ),
    "verified before the clock ticked": Mutant(
        "reads back at once, in the second of its own write, and records that time as settled",
        ((APPLY, "VERIFY_AFTER = 1.05", "VERIFY_AFTER = 0.0"),),
        "test_mutant_scenarios:test_an_edit_in_the_second_of_our_own_write_is_seen_by_the_next_push",
    ),
    "repair": Mutant(
        "writes over what somebody else wrote meanwhile",
        (
            (APPLY, "            if found.effect is Effect.FOREIGN:\n", "            if False:\n"),
            (APPLY, "half_way = effect is Effect.PARTIAL or", "half_way = effect is not Effect.NOT_APPLIED or"),
            _SEND_OVER,
        ),
    ),
    "players not looked at": Mutant(
        "compares what is stored, not what players get",
        (
            (
                APPLY,
                'if text is None or viewer_digest(loads(text, "vtt")) != shown:',
                "if text is None:",
            ),
        ),
        "test_mutant_scenarios:test_the_planned_text_over_a_stale_copy_does_not_count_as_done",
    ),
    "converged unseen": Mutant(
        "an object that holds the planned text already counts as done, whatever players get from it",
        (
            (
                APPLY,
                "        if seen != self.media.before_seen:\n            self._check",
                "        if False:\n            self._check",
            ),
            (APPLY, "return not _shown_otherwise(self._phases[-1], tracks)", "return True"),
        ),
        "test_mutant_scenarios:test_the_planned_text_over_a_stale_copy_does_not_count_as_done",
    ),
    "stale copies made": Mutant(
        "sends WebVTT over SRT",
        (("captionkit.sync.upload", 'if remote.stored_as == "vtt":', "if True:"), NO_REHEARSAL),
        "test_push:TestTheStaleCopy.test_what_canvas_would_garble_is_made_anew",
    ),
    "sent before it is written down": Mutant(
        "the journal says SENT only when an answer is there",
        ((APPLY, _SENT, ""), (APPLY, _PUT, _PUT + _SENT)),
    ),
    "manifest before verify": Mutant(
        "records the planned state as verified as soon as the request was sent",
        (
            (
                APPLY,
                _PUT,
                _PUT + "        from captionkit.sync.state import BaseTrack\n"
                "        promised = [BaseTrack(media, s.locale, s.kind, s.digest_after, '1', '', 'vtt',"
                " s.path, s.local_digest) for s in self.media.changes if s.do is not Do.DELETE]\n"
                "        self.means.journal.write(State.COMMITTED, media, serial=10**6,"
                " tracks=[track.as_json() for track in promised])\n",
            ),
        ),
    ),
    "resume trusts SENT": Mutant(
        "what was sent before the crash counts as done",
        (
            (
                APPLY,
                "        if not in_doubt:\n            self._must_be",
                _TRUSTING,
            ),
        ),
        "test_recovery:TestResume.test_it_goes_on_from_every_state[SENT]",
    ),
    "resume sends again": Mutant(
        "what was sent before the crash is sent again, whatever is there now",
        (
            (
                APPLY,
                "        if reached is None:\n",
                "        reached = 0 if reached is None else reached\n        if reached is None:\n",
            ),
            _SEND_OVER,
        ),
        "test_recovery:TestResume.test_somebody_elses_edit_after_the_crash_is_left_alone",
    ),
    "no doubt": Mutant(
        "plans anew while nobody knows what the last run did",
        ((RUN, "        if past.in_doubt:\n            names", "        if False:\n            names"),),
        "test_recovery:TestResume.test_a_new_plan_waits_until_a_doubt_is_settled",
    ),
    "drift recorded as clean": Mutant(
        "what somebody else changed is recorded as what we agreed on",
        (
            (
                "captionkit.sync.results",
                "            ours.append(was)\n",
                "            ours.append(base_of(media.media, track, LocalFile(locale, was.path, was.local_digest)))\n",
            ),
        ),
        "test_mutant_scenarios:test_drift_beside_a_change_of_ours_stays_drift",
    ),
    "racy times trusted": Mutant(
        "trusts the time of a track that was written in the second in which it was read",
        ((STATE, '"" if track.racy and not settled else track.updated_at', "track.updated_at"),),
        "test_mutant_scenarios:test_an_edit_in_the_second_in_which_we_read_is_seen_by_the_next_push",
    ),
    "a late request trusted": Mutant(
        "takes the time of a track for settled though its request got no answer",
        ((APPLY, "sent=ending is Ending.COMMITTED and not self.had_doubt", "sent=ending is Ending.COMMITTED"),),
        "test_mutant_scenarios:test_an_edit_in_the_second_in_which_a_late_request_landed_is_seen_by_the_next_push",
    ),
    "delete unowned": Mutant(
        "deletes what it never put there",
        ((DECIDE, '        if found.why == "mirror" and not policy.mirror:\n', "        if False:\n"),),
    ),
    "delete without leave": Mutant(
        "deletes what left the folder, though nobody said --delete",
        ((DECIDE, "and not (policy.delete or policy.mirror or resolution):", "and False:"),),
    ),
    "the folder always wins": Mutant(
        "sends over what was edited on both sides",
        ((DECIDE, '    if choice == "local":\n', '    if choice != "remote":\n'),),
    ),
    "drift overwritten": Mutant(
        "takes an edit in Canvas for a reason to send the file again",
        (
            (
                DECIDE,
                '("same", "other"): _row(Do.KEEP, "remote-edit")',
                '("same", "other"): _row(Do.UPDATE, "local-edit")',
            ),
        ),
    ),
    "deletes from a folder half understood": Mutant(
        "takes a file that it could not read for one that was removed",
        ((("captionkit.sync.survey"), "    if local.incomplete:\n        return", "    if False:\n        return"),),
        "test_push:TestDeleting.test_nothing_is_deleted_where_the_folder_is_not_wholly_understood",
    ),
    "no limit": Mutant(
        "asks no guard",
        ((RUN, "    if past is None:\n        check_guards(plan, manifest)\n", ""),),
        "test_push:TestGuards.test_more_deletions_than_allowed_are_refused_whole",
    ),
    "originals destroyed": Mutant(
        "deletes the tracks of the course that a file was copied from",
        (("captionkit.sync.guards", '    "inherited": inherited,\n', ""),),
        "test_inherited:test_deleting_an_inherited_track_is_refused_in_words",
    ),
    "no text taken for an empty text": Mutant(
        "replaces a track whose text the server hides, so that it cannot be saved",
        ((DECIDE, '    if remote.stored_as == "unknown":\n', "    if False:\n"),),
        "test_push:TestWhatGoesWrong.test_stripped_content_is_not_taken_for_an_empty_track",
    ),
    "everything deleted by an empty list": Mutant(
        "where nothing is to stay it sends an empty array",
        ((REQUEST, " or (TrackPut(NOBODY),)", ""),),
        "test_push:TestDeleting.test_deleting_everything_never_sends_an_empty_list",
    ),
    "no guard of locales": Mutant(
        "--guard-locales names nothing",
        ((REQUEST, "if guard_locales else frozenset()", "if False else frozenset()"),),
        "test_push:TestColleagues.test_guarded_locales_save_a_language_that_is_added_in_the_very_moment",
    ),
}
