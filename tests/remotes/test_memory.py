"""The in-memory Canvas does what the real one is known to do, the dangerous parts included."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fakes.canvas import FakeCanvas
from fakes.clock import SimulatedClock
from fakes.faults import PUT_FAULTS, Moment

from captionkit.errors import NoConnection, NotFound, NotPermitted, Throttled
from captionkit.remotes.canvas.model import UNSEEN
from captionkit.remotes.canvas.model_remote import ModelRemote
from captionkit.sync.ports import TrackPut

SRT = "1\n00:00:00,000 --> 00:00:01,251\nHello\n"
VTT = "WEBVTT\n\n00:00.000 --> 00:01.251\nHello\n"


class Course:
    """A course with one media object, a teacher (1), and a colleague (2)."""

    def __init__(self) -> None:
        self.clock = SimulatedClock()
        self.world = FakeCanvas(clock=self.clock)
        self.media_id = self.world.add_media("courses/101", "Lecture 1", owner="1")
        self.media = f"media_objects/{self.media_id}"
        self.original = self.world.media[self.media_id].attachment_id or ""
        self.file = f"media_attachments/{self.original}"
        self.teacher = ModelRemote(self.world, user_id="1")
        self.colleague = ModelRemote(self.world, user_id="2")

    def put(self, body: Any, media: str = "", user: str = "1") -> int:
        return self.world.replace_tracks(user, media or self.media, body)[0]

    def truth(self) -> dict[str, str]:
        return {row.locale: row.content for row in self.world.tracks(self.media_id)}


@pytest.fixture
def course() -> Course:
    made = Course()
    made.world.add_track(made.media_id, "en", SRT, user="1")
    made.world.add_track(made.media_id, "fr", VTT, user="2")
    made.clock.sleep(10)
    return made


def test_the_list_shows_only_the_callers_tracks_and_the_listing_everybodys(course: Course) -> None:
    state = course.teacher.read(course.media, fresh_listing=True)
    assert [track.locale for track in state.tracks] == ["en"]
    assert state.listed is not None
    assert [track.locale for track in state.listed] == ["en", "fr"]


def test_the_attachment_path_shows_everybodys_tracks(course: Course) -> None:
    state = course.teacher.read(course.file, fresh_listing=True)
    assert [track.locale for track in state.tracks] == ["en", "fr"]
    assert state.listed is None


def test_a_put_deletes_the_colleagues_track_that_the_caller_cannot_see(course: Course) -> None:
    reply = course.teacher.put_tracks(course.media, [TrackPut("en")])
    assert reply.outcome == "acknowledged"
    assert course.truth() == {"en": SRT}


@pytest.mark.parametrize("body", [[], None, False, {}, ["en"]])
def test_a_put_without_locales_deletes_everything(course: Course, body: Any) -> None:
    assert course.put(body) == 200
    assert course.truth() == {}


@pytest.mark.parametrize("body", [{"tracks": []}, [1], [None], 5, "x"])
def test_a_put_of_another_shape_fails_and_changes_nothing(course: Course, body: Any) -> None:
    assert course.put(body) == 500
    assert set(course.truth()) == {"en", "fr"}


@pytest.mark.parametrize(
    ("element", "status"),
    [
        ({"locale": "es-419", "content": SRT}, 422),
        ({"locale": "es", "kind": "lyrics", "content": SRT}, 422),
        ({"locale": "es", "content": '<tt xmlns="x">'}, 422),
        ({"locale": "es", "content": "a\0b"}, 500),
        ({"locale": "es", "content": ["x"]}, 422),
        ({"content": SRT}, 422),
    ],
)
def test_what_is_refused_is_refused_after_the_deletions(course: Course, element: Any, status: int) -> None:
    assert course.put([{"locale": "en"}, element]) == status
    assert course.truth() == {"en": SRT}, "fr is gone although the request failed"


@pytest.mark.parametrize("content", ["", " \n", None, False, []])
def test_blank_content_keeps_a_track_and_makes_none(course: Course, content: Any) -> None:
    assert (
        course.put([{"locale": "en", "content": content}, {"locale": "fr"}, {"locale": "de", "content": content}])
        == 200
    )
    assert course.truth() == {"en": SRT, "fr": VTT}


def test_the_last_of_two_elements_for_a_locale_wins(course: Course) -> None:
    assert course.put([{"locale": "en", "content": "a"}, {"locale": "en", "content": "b"}, {"locale": "fr"}]) == 200
    assert course.truth()["en"] == "b"


def test_a_number_is_stored_as_text(course: Course) -> None:
    course.put([{"locale": "en", "content": 5}, {"locale": "fr"}])
    assert course.truth()["en"] == "5"


def test_an_update_keeps_the_id_and_moves_the_time_only_if_something_changed(course: Course) -> None:
    before = course.world.tracks(course.media_id)[0]
    first = (before.id, before.updated_at)
    course.put([{"locale": "en", "content": SRT}, {"locale": "fr"}])
    assert (before.id, before.updated_at) == first
    course.put([{"locale": "en", "content": SRT + "!"}, {"locale": "fr"}])
    after = course.world.tracks(course.media_id)[0]
    assert after.id == first[0]
    assert after.updated_at > first[1]


def test_a_locale_that_somebody_else_has_collides_after_the_deletions(course: Course) -> None:
    course.world.add_track(course.media_id, "de", SRT, user="2")
    assert course.put([{"locale": "fr", "content": VTT + "x"}]) == 422
    assert course.truth() == {"fr": VTT}, "en and de were not named, so they are gone"


def test_without_a_file_two_users_can_have_the_same_locale() -> None:
    world = FakeCanvas()
    media_id = world.add_media("courses/101", "Old", attached=False)
    world.add_track(media_id, "en", SRT, user="2")
    assert world.replace_tracks("1", f"media_objects/{media_id}", [{"locale": "en", "content": VTT}])[0] == 200
    assert [(row.user_id, row.locale) for row in world.tracks(media_id)] == [("2", "en"), ("1", "en")]


def test_replacing_srt_by_webvtt_leaves_the_stale_copy_for_players(course: Course) -> None:
    course.put([{"locale": "en", "content": VTT}, {"locale": "fr"}])
    track = course.teacher.read(course.media, fresh_listing=False).tracks[0]
    assert track.content == VTT
    assert track.webvtt_content == "WEBVTT\n\n1\n00:00:00.000 --> 00:00:01.251\nHello"


def test_srt_is_converted_for_players_and_webvtt_is_not(course: Course) -> None:
    rows = {row.locale: row.webvtt_content for row in course.world.tracks(course.media_id)}
    assert rows["fr"] is None
    assert rows["en"] is not None


def test_a_missing_right_answers_204_and_does_nothing(course: Course) -> None:
    course.world.cannot_write.add(("1", course.media_id))
    reply = course.teacher.put_tracks(course.media, [TrackPut("en", "x")])
    assert (reply.status, reply.outcome) == (204, "refused")
    assert course.truth() == {"en": SRT, "fr": VTT}


def test_a_copy_inherits_and_a_put_that_leaves_a_locale_out_destroys_the_original(course: Course) -> None:
    copy = f"media_attachments/{course.world.add_copy(course.media_id, 'courses/202')}"
    there = ModelRemote(course.world, scope="courses/202", path="media_attachments")
    assert [track.locale for track in there.read(copy, fresh_listing=True).tracks] == ["en", "fr"]
    there.put_tracks(copy, [TrackPut("en", VTT)])
    assert course.truth().get("fr") is None
    contents = {(row.locale, row.content) for row in course.world.tracks(course.media_id)}
    assert contents == {("en", SRT), ("en", VTT)}, "the copy got its own track beside the original's"
    assert [track.content for track in there.read(copy, fresh_listing=False).tracks] == [VTT]


def test_leaving_out_an_override_brings_the_inherited_track_back(course: Course) -> None:
    copy = f"media_attachments/{course.world.add_copy(course.media_id, 'courses/202')}"
    there = ModelRemote(course.world, scope="courses/202", path="media_attachments")
    there.put_tracks(copy, [TrackPut("en", VTT), TrackPut("fr")])
    there.put_tracks(copy, [TrackPut("fr")])
    assert [(t.locale, t.content) for t in there.read(copy, fresh_listing=False).tracks] == [("en", SRT), ("fr", VTT)]


def test_a_blueprint_lock_stops_deletions_and_changes(course: Course) -> None:
    course.world.files[course.original].locked = True
    assert course.put([{"locale": "en"}]) == 500
    assert course.put([{"locale": "en", "content": "x"}, {"locale": "fr"}]) == 422
    assert course.put([{"locale": "en"}], media=course.file) == 403
    assert course.truth() == {"en": SRT, "fr": VTT}


def test_what_cannot_be_found_is_not_permitted(course: Course) -> None:
    for media in ("media_objects/m-none", "media_attachments/9"):
        assert course.put([], media=media) == 403
        with pytest.raises(NotPermitted):
            course.teacher.read(media, fresh_listing=False)


def test_a_listing_says_when_an_object_is_gone_although_its_tracks_can_be_read(course: Course) -> None:
    course.world.delete_files(course.media_id)
    assert course.teacher.read(course.media, fresh_listing=False).tracks
    with pytest.raises(NotFound):
        course.teacher.read(course.media, fresh_listing=True)
    assert list(course.teacher.list_media()) == []


def test_the_listing_of_a_copy_does_not_claim_to_know_its_tracks(course: Course) -> None:
    course.world.add_copy(course.media_id, "courses/202")
    for scope in ("courses/202", "courses/101"):
        remote = ModelRemote(course.world, scope=scope, path="media_attachments")
        (found,) = remote.located(tuple(remote.list_media()), {}, ())
        assert not found.shows_all, "nor does that of the original, until it is proved to be one"


def test_own_media_are_those_in_ones_own_files(course: Course) -> None:
    course.world.add_media("users/1", "Mine", owner="1")
    mine = ModelRemote(course.world, scope="users/self").list_media()
    assert [summary.title for summary in mine] == ["Mine"]


def test_a_stripped_include_is_not_an_empty_track(course: Course) -> None:
    course.world.show_content = False
    track = course.teacher.read(course.media, fresh_listing=False).tracks[0]
    assert track.content is None
    assert track.has_webvtt_content is False


@pytest.mark.parametrize("kind", PUT_FAULTS)
def test_each_fault_answers_and_acts_as_it_says(course: Course, kind: str) -> None:
    course.world.fault(kind, step=1, late_by=1)
    new = [TrackPut("de", VTT), TrackPut("en")]  # statements: delete fr, create de
    reply = course.teacher.put_tracks(course.media, new)
    untouched, done, half = {"en": SRT, "fr": VTT}, {"en": SRT, "de": VTT}, {"en": SRT}
    says = {
        "throttled": ("throttled", untouched),
        "lost-request": ("ambiguous", untouched),
        "lost-answer": ("ambiguous", done),
        "partial": ("ambiguous", half),
        "refused": ("refused", untouched),
        "unauthorized": ("refused", untouched),
        "rejected": ("rejected", half),
        "server-error": ("ambiguous", half),
        "gateway-error": ("ambiguous", done),
        "not-json": ("ambiguous", done),
        "late": ("ambiguous", untouched),
    }
    assert (reply.outcome, course.truth()) == says[kind]
    course.teacher.read(course.media, fresh_listing=False)
    assert course.truth() == (done if kind == "late" else says[kind][1])


def test_reads_fail_as_set_and_then_work_again(course: Course) -> None:
    course.world.fault("no-connection", on="GET")
    course.world.fault("throttled", on="LIST", skip=1)
    with pytest.raises(NoConnection):
        course.teacher.read(course.media, fresh_listing=False)
    assert course.teacher.read(course.media, fresh_listing=True).listed
    with pytest.raises(Throttled):
        list(course.teacher.list_media())
    assert len(list(course.teacher.list_media())) == 1


def test_somebody_can_write_between_two_statements(course: Course) -> None:
    def interfere(moment: Moment) -> None:
        if moment.when == "step" and course.world.count("PUT") == 1:
            course.world.add_track(course.media_id, "nl", VTT, user="2")

    course.world.hooks.append(interfere)
    course.teacher.put_tracks(course.media, [TrackPut("en"), TrackPut("de", VTT)])
    assert set(course.truth()) == {"en", "de", "nl"}, "nl came after the deletions, so it stays"


def test_a_rehearsal_starts_from_what_was_read_and_shows_what_would_be_lost(course: Course) -> None:
    state = course.teacher.read(course.media, fresh_listing=True)
    model = FakeCanvas.holding(state, "1")
    status, _ = model.replace_tracks("1", course.media, [{"locale": "en", "content": VTT}])
    assert status == 200
    assert [(row.locale, row.content) for row in model.tracks(course.media_id)] == [("en", VTT)]
    again = FakeCanvas.holding(state, "1")
    assert [row.content for row in again.tracks(course.media_id)] == [SRT, UNSEEN]
    assert course.truth() == {"en": SRT, "fr": VTT}, "the world itself is untouched"


def test_a_rehearsal_can_be_of_a_copy(course: Course) -> None:
    copy = f"media_attachments/{course.world.add_copy(course.media_id, 'courses/202')}"
    state = ModelRemote(course.world, scope="courses/202").read(copy, fresh_listing=False)
    assert state.shown_elsewhere == frozenset(track.id for track in state.tracks)
    lent = frozenset(track.id for track in state.tracks)
    model = FakeCanvas.holding(replace(state, lent=lent, copied=True), "1")
    model.replace_tracks("1", copy, [{"locale": "en", "content": VTT}, {"locale": "fr"}])
    assert [row.content for row in model.list_tracks("1", copy)] == [VTT, VTT]
    assert len(next(iter(model._rows.values()))) == 3, "the original's en is still there under the override"


def test_the_cost_counts_requests_by_method(course: Course) -> None:
    course.teacher.read(course.media, fresh_listing=True)
    list(course.teacher.list_media())
    course.teacher.put_tracks(course.media, [TrackPut("en"), TrackPut("fr")])
    assert course.teacher.cost().requests == {"GET": 3, "PUT": 1}
    assert course.world.count("PUT") == 1
