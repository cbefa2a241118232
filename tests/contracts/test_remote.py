"""What every remote must do: the same claims about the one in memory and about Canvas over HTTP on the sandbox.

A new remote joins by a `Server` of its own in `SERVERS`; the claims then run against it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Protocol

import pytest
from fakes.canvas import FakeCanvas
from fakes.clock import SimulatedClock

from captionkit.canvas_rules import canvas_webvtt
from captionkit.clock import SystemClock
from captionkit.credentials import Token
from captionkit.errors import GuardRefused, NotFound, NotPermitted
from captionkit.remotes.canvas.api import Canvas
from captionkit.remotes.canvas.model_remote import ModelRemote
from captionkit.remotes.canvas.remote import CanvasRemote
from captionkit.remotes.http.governor import Governor
from captionkit.remotes.http.session import Limits, Session
from captionkit.sync.ports import MediaFile, PutReply, Remote, TrackPut

SRT = "1\n00:00:00,000 --> 00:00:01,251\nHello\n"
VTT = "WEBVTT\n\n00:00.000 --> 00:01.251\nHello\n"
WILD = '\ufeff1\r\n00:00:00,000 --> 00:00:01,251\r\n\u00c4 \U0001f600 \u05e9\u05dc <i>x</i> & "q" \\ \t\r\n\r\n\r\n'
TRACKS = "/api/v1/media_objects/:media_object_id/media_tracks"
USERS = {"teacher": "1", "colleague": "2", "student": "3"}

#: Our name of a fault -> the sandbox's.
FAULTS = {
    "throttled": "throttled",
    "lost-request": "drop_before",
    "lost-answer": "drop_after",
    "refused": "no_content",
    "server-error": "error_before",
    "gateway-error": "bad_gateway_after",
    "not-json": "half_json",
}


class Server(Protocol):
    """A world with a course, a teacher and a colleague, and what can happen in it."""

    def remote(self, user: str = "teacher", *, path: str = "media_objects", mine: bool = False, copy: bool = False,
               allow_empty: bool = False) -> Remote: ...  # fmt: skip
    def add_media(self, title: str) -> str: ...
    def add_track(
        self, media_id: str, locale: str, content: str, *, user: str = "teacher", asr: bool = False
    ) -> str: ...
    def edit_track(self, track_id: str, content: str) -> None: ...
    def file(self, media_id: str) -> str: ...
    def copy(self, media_id: str) -> str: ...
    def delete(self, media_id: str) -> None: ...
    def purge(self, media_id: str) -> None: ...
    def rename(self, media_id: str, title: str) -> None: ...
    def lock(self, media_id: str) -> None: ...
    def forbid(self, user: str, media_id: str) -> None: ...
    def strip_includes(self) -> None: ...
    def fault(self, kind: str) -> None: ...
    def truth(self, media_id: str) -> dict[str, str]: ...
    def puts(self) -> int: ...
    def wait(self) -> None: ...
    def close(self) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self.clock = SimulatedClock()
        self.world = FakeCanvas(clock=self.clock)

    def remote(self, user: str = "teacher", *, path: str = "media_objects", mine: bool = False, copy: bool = False,
               allow_empty: bool = False) -> Remote:  # fmt: skip
        scope = "users/self" if mine else "courses/202" if copy else "courses/101"
        return ModelRemote(self.world, user_id=USERS[user], scope=scope, path=path, allow_empty=allow_empty)

    def add_media(self, title: str) -> str:
        return self.world.add_media("courses/101", title)

    def add_track(self, media_id: str, locale: str, content: str, *, user: str = "teacher", asr: bool = False) -> str:
        return self.world.add_track(media_id, locale, content, user=USERS[user], asr=asr)

    def edit_track(self, track_id: str, content: str) -> None:
        self.world.edit_track(track_id, content)

    def file(self, media_id: str) -> str:
        return f"media_attachments/{self.world.media[media_id].attachment_id}"

    def copy(self, media_id: str) -> str:
        self.clock.sleep(3600)
        return f"media_attachments/{self.world.add_copy(media_id, 'courses/202')}"

    def delete(self, media_id: str) -> None:
        self.world.delete_files(media_id)

    def purge(self, media_id: str) -> None:
        self.world.delete_media(media_id)

    def rename(self, media_id: str, title: str) -> None:
        self.world.rename(media_id, title)

    def lock(self, media_id: str) -> None:
        self.world.files[self.world.media[media_id].attachment_id or ""].locked = True

    def forbid(self, user: str, media_id: str) -> None:
        self.world.cannot_write.add((USERS[user], media_id))

    def strip_includes(self) -> None:
        self.world.show_content = False

    def fault(self, kind: str) -> None:
        self.world.fault(kind)

    def truth(self, media_id: str) -> dict[str, str]:
        return {row.locale: row.content for row in self.world.tracks(media_id)}

    def puts(self) -> int:
        return self.world.count("PUT")

    def wait(self) -> None:
        self.clock.sleep(2)

    def close(self) -> None:
        pass


class OnSandbox:
    """Canvas over real HTTP. `wait` moves the server's clock, so that nothing here sleeps."""

    def __init__(self) -> None:
        from captionkit.sandbox import Sandbox

        self.sandbox = Sandbox()
        self.course = self.sandbox.add_course("Film studies")
        self.copied: int | None = None
        self.sessions: list[Session] = []
        self.skew = 0.0
        self.stripped = False

    def remote(self, user: str = "teacher", *, path: str = "media_objects", mine: bool = False, copy: bool = False,
               allow_empty: bool = False) -> Remote:  # fmt: skip
        token = self.sandbox.tokens[user]
        if self.stripped:
            token = self.sandbox.add_token(user, scopes=[f"url:{method}|{TRACKS}" for method in ("GET", "PUT")])
        clock = SystemClock()
        limits = Limits(retries=0)
        session = Session(self.sandbox.url, Token(token), clock=clock, governor=Governor(clock), limits=limits)
        self.sessions.append(session)
        scope = "users/self" if mine else f"courses/{self.copied if copy else self.course}"
        return CanvasRemote(Canvas(session), scope=scope, path=path, allow_empty=allow_empty)

    def add_media(self, title: str) -> str:
        return self.sandbox.add_media(self.course, title)

    def add_track(self, media_id: str, locale: str, content: str, *, user: str = "teacher", asr: bool = False) -> str:
        return str(self.sandbox.add_track(media_id, locale, content, user=user, asr=asr))

    def edit_track(self, track_id: str, content: str) -> None:
        self.sandbox.edit_track(int(track_id), content)

    def file(self, media_id: str) -> str:
        return f"media_attachments/{self.sandbox.file_id(media_id)}"

    def copy(self, media_id: str) -> str:
        self.skew += 3600
        self.sandbox.set(clock_skew_s=self.skew)
        self.copied = self.sandbox.add_course("Copy", created_at="2100-01-01T00:00:00Z")
        return f"media_attachments/{self.sandbox.copy_media(media_id, self.copied)}"

    def delete(self, media_id: str) -> None:
        self.sandbox.delete_media(media_id)

    def purge(self, media_id: str) -> None:
        self.sandbox.purge_media(media_id)

    def rename(self, media_id: str, title: str) -> None:
        self.sandbox.rename(media_id, title)

    def lock(self, media_id: str) -> None:
        self.sandbox.lock(media_id)

    def forbid(self, user: str, media_id: str) -> None:
        assert user == "student", "who has no rights from the start"

    def strip_includes(self) -> None:
        self.stripped = True

    def fault(self, kind: str) -> None:
        self.sandbox.fault(FAULTS[kind], method="PUT")

    def truth(self, media_id: str) -> dict[str, str]:
        return {row["locale"]: row["content"] for row in self.sandbox.tracks(media_id)}

    def puts(self) -> int:
        return self.sandbox.counts.get("PUT", 0)

    def wait(self) -> None:
        self.skew += 2
        self.sandbox.set(clock_skew_s=self.skew)

    def close(self) -> None:
        for session in self.sessions:
            session.close()
        self.sandbox.stop()


SERVERS: dict[str, Any] = {"memory": InMemory, "canvas on the sandbox": OnSandbox}


@pytest.fixture(params=list(SERVERS))
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    if request.param != "memory" and importlib.util.find_spec("werkzeug") is None:
        pytest.skip("the sandbox needs werkzeug: pip install captionkit[sandbox]")
    made: Server = SERVERS[request.param]()
    yield made
    made.close()


class Lecture:
    """One media object with an English track by the teacher and a French one by the colleague."""

    def __init__(self, server: Server) -> None:
        self.id = server.add_media("Lecture 1")
        self.en = server.add_track(self.id, "en", SRT)
        self.fr = server.add_track(self.id, "fr", VTT, user="colleague")
        self.media = f"media_objects/{self.id}"


@pytest.fixture
def lecture(server: Server) -> Lecture:
    return Lecture(server)


def outcome(reply: PutReply) -> tuple[int, str]:
    return reply.status, reply.outcome


# --- who and what is there


def test_the_identity_says_where_and_as_whom_and_holds_no_secret(server: Server) -> None:
    identity = server.remote().identity()
    assert identity.kind == "canvas"
    assert identity.base_url.startswith("http")
    assert not identity.base_url.endswith("/")
    assert identity.user_id == "1"
    assert identity.scope.startswith("courses/")
    assert "sandbox~" not in repr(identity)


def test_the_listing_shows_everybodys_tracks_without_content(server: Server, lecture: Lecture) -> None:
    (summary,) = server.remote().list_media()
    assert (summary.media, summary.media_id, summary.title) == (lecture.media, lecture.id, "Lecture 1")
    assert summary.can_add_captions is True
    assert summary.created_at
    assert summary.tracks is not None
    assert [(t.locale, t.kind, t.id) for t in summary.tracks] == [
        ("en", "subtitles", lecture.en),
        ("fr", "subtitles", lecture.fr),
    ]
    assert all(t.updated_at and t.created_at for t in summary.tracks)
    assert {t.workflow_state for t in summary.tracks} == {"ready"}


def test_automatic_tracks_are_marked(server: Server, lecture: Lecture) -> None:
    server.add_track(lecture.id, "es", VTT, asr=True)
    (summary,) = server.remote().list_media()
    assert {t.locale: t.asr for t in summary.tracks or ()} == {"en": False, "es": True, "fr": False}
    state = server.remote().read(lecture.media, fresh_listing=False)
    assert {t.locale: t.asr for t in state.tracks} == {"en": False, "es": True}


def test_an_empty_scope_lists_nothing(server: Server) -> None:
    assert list(server.remote().list_media()) == []
    assert list(server.remote(mine=True).list_media()) == []


def test_on_media_attachments_objects_are_named_by_their_files(server: Server, lecture: Lecture) -> None:
    remote = server.remote(path="media_attachments")
    listed = tuple(remote.list_media())
    (summary,) = remote.located(listed, {}, ())
    assert summary.media == server.file(lecture.id)
    assert not summary.shows_all, "the file may be a copy"
    assert summary.file is not None
    (proved,) = remote.located(listed, {lecture.id: MediaFile(summary.file.id, original=True)}, ())
    assert proved.shows_all
    assert [t.locale for t in proved.tracks or ()] == ["en", "fr"]


def test_the_listing_does_not_claim_to_know_the_tracks_of_a_copy(server: Server, lecture: Lecture) -> None:
    copy = server.copy(lecture.id)
    remote = server.remote(path="media_attachments", copy=True)
    (summary,) = remote.located(tuple(remote.list_media()), {}, ())
    assert (summary.media, summary.shows_all) == (copy, False)


def test_locating_changes_the_address_and_nothing_else(server: Server, lecture: Lecture) -> None:
    remote = server.remote()
    listed = tuple(remote.list_media())
    found = remote.located(listed, {}, {lecture.id})
    assert [replace(s, media="", file=None) for s in found] == [replace(s, media="", file=None) for s in listed]
    assert all(s.media in (f"media_objects/{s.media_id}", server.file(s.media_id)) for s in found)


# --- reading


def test_a_read_on_media_objects_shows_ones_own_and_the_listing_everybodys(server: Server, lecture: Lecture) -> None:
    state = server.remote().read(lecture.media, fresh_listing=True)
    assert state.media == lecture.media
    assert [t.locale for t in state.tracks] == ["en"]
    assert state.listed is not None
    assert [(t.locale, t.id) for t in state.listed] == [("en", lecture.en), ("fr", lecture.fr)]
    assert server.remote().read(lecture.media, fresh_listing=False).listed is None


def test_a_read_on_media_attachments_shows_everybodys_and_needs_no_listing(server: Server, lecture: Lecture) -> None:
    state = server.remote().read(server.file(lecture.id), fresh_listing=True)
    assert [(t.locale, t.content) for t in state.tracks] == [("en", SRT), ("fr", VTT)]
    assert state.listed is None


def test_a_track_comes_with_all_that_the_engine_decides_by(server: Server, lecture: Lecture) -> None:
    track = server.remote().read(lecture.media, fresh_listing=False).tracks[0]
    assert (track.locale, track.kind, track.id, track.user_id) == ("en", "subtitles", lecture.en, "1")
    assert (track.content, track.webvtt_content) == (SRT, canvas_webvtt(SRT))
    assert track.has_webvtt_content is True
    assert track.updated_at and track.created_at
    assert (track.workflow_state, track.asr) == ("ready", False)


def test_what_was_sent_comes_back_to_the_character(server: Server, lecture: Lecture) -> None:
    server.remote().put_tracks(lecture.media, [TrackPut("en", WILD), TrackPut("fr")])
    assert server.remote().read(lecture.media, fresh_listing=False).tracks[0].content == WILD
    assert server.truth(lecture.id)["en"] == WILD


def test_tracks_come_by_locale(server: Server, lecture: Lecture) -> None:
    for locale in ("zh-Hant", "af", "en-GB"):
        server.add_track(lecture.id, locale, VTT)
    for media in (lecture.media, server.file(lecture.id)):
        locales = [t.locale for t in server.remote().read(media, fresh_listing=False).tracks]
        assert locales == sorted(locales)


def test_a_fresh_listing_sees_what_changed_since_the_objects_were_listed(server: Server, lecture: Lecture) -> None:
    remote = server.remote()
    before = {t.id: t.updated_at for t in next(iter(remote.list_media())).tracks or ()}
    server.wait()
    server.edit_track(lecture.fr, VTT + "\n")
    new = server.add_track(lecture.id, "de", VTT, user="colleague")
    listed = remote.read(lecture.media, fresh_listing=True).listed
    assert listed is not None
    assert {t.id for t in listed} == {lecture.en, lecture.fr, new}
    after = {t.id: t.updated_at for t in listed}
    assert after[lecture.fr] > before[lecture.fr]
    assert after[lecture.en] == before[lecture.en]


def test_an_object_is_found_again_wherever_it_moved_in_the_listing(server: Server) -> None:
    made = []
    for number in range(25):
        made.append(server.add_media(f"Lecture {number:02d}"))
        server.wait()
    server.add_track(made[20], "en", SRT)
    remote = server.remote()
    assert [s.media_id for s in remote.list_media()] == made
    for number in range(15):
        server.purge(made[number])
    server.rename(made[20], "Quite another title")
    listed = remote.read(f"media_objects/{made[20]}", fresh_listing=True).listed
    assert listed is not None
    assert [t.locale for t in listed] == ["en"]


def test_a_deleted_object_is_not_found_although_its_tracks_can_be_read(server: Server, lecture: Lecture) -> None:
    remote = server.remote()
    assert len(list(remote.list_media())) == 1
    server.delete(lecture.id)
    assert remote.read(lecture.media, fresh_listing=False).tracks
    with pytest.raises(NotFound):
        remote.read(lecture.media, fresh_listing=True)


def test_an_object_that_never_was_is_not_permitted(server: Server) -> None:
    for media in ("media_objects/m-never", "media_attachments/987654"):
        with pytest.raises(NotPermitted):
            server.remote().read(media, fresh_listing=False)
        assert server.remote().put_tracks(media, [TrackPut("en")]).outcome == "refused"


def test_a_text_that_the_server_leaves_out_is_not_an_empty_text(server: Server, lecture: Lecture) -> None:
    server.strip_includes()
    track = server.remote().read(lecture.media, fresh_listing=False).tracks[0]
    assert (track.content, track.webvtt_content, track.has_webvtt_content) == (None, None, False)
    assert track.locale == "en"


# --- writing


def test_a_put_creates_updates_keeps_and_deletes(server: Server, lecture: Lecture) -> None:
    server.add_track(lecture.id, "nl", VTT)
    reply = server.remote().put_tracks(
        lecture.media, [TrackPut("en", SRT + "!"), TrackPut("fr"), TrackPut("de", VTT, "captions")]
    )
    assert outcome(reply) == (200, "acknowledged")
    assert server.truth(lecture.id) == {"en": SRT + "!", "fr": VTT, "de": VTT}
    state = server.remote().read(lecture.media, fresh_listing=True)
    assert {t.locale: t.kind for t in state.tracks} == {"de": "captions", "en": "subtitles"}
    assert {t.locale: t.id for t in state.tracks}["en"] == lecture.en
    assert reply.sent_at <= reply.answered_at


def test_a_put_deletes_what_it_does_not_name_other_peoples_tracks_included(server: Server, lecture: Lecture) -> None:
    server.remote().put_tracks(lecture.media, [TrackPut("en")])
    assert server.truth(lecture.id) == {"en": SRT}


def test_a_locale_that_is_not_there_is_ignored_when_named_without_content(server: Server, lecture: Lecture) -> None:
    keep = [TrackPut("en"), TrackPut("fr"), TrackPut("und"), TrackPut("de")]
    assert server.remote().put_tracks(lecture.media, keep).outcome == "acknowledged"
    assert set(server.truth(lecture.id)) == {"en", "fr"}
    assert server.remote().put_tracks(lecture.media, [TrackPut("und")]).outcome == "acknowledged"
    assert server.truth(lecture.id) == {}


def test_an_empty_list_is_refused_before_it_is_sent_unless_it_is_meant(server: Server, lecture: Lecture) -> None:
    with pytest.raises(GuardRefused, match="Nothing was sent"):
        server.remote().put_tracks(lecture.media, [])
    assert server.puts() == 0
    assert outcome(server.remote(allow_empty=True).put_tracks(lecture.media, [])) == (200, "acknowledged")
    assert server.truth(lecture.id) == {}


@pytest.mark.parametrize(
    "bad",
    [
        [TrackPut("es-419", VTT)],
        [TrackPut("")],
        [TrackPut("en"), TrackPut("en", VTT)],
        [TrackPut("en", "a\0b")],
        [TrackPut("en", " \n")],
        [TrackPut("en", "<tt xmlns='x'>")],
        [TrackPut("en", "\ud800")],
        [TrackPut("en", VTT, "lyrics")],
    ],
)
def test_what_would_fail_after_deleting_is_refused_before_it_is_sent(
    server: Server, lecture: Lecture, bad: list[TrackPut]
) -> None:
    with pytest.raises(GuardRefused, match="Nothing was sent"):
        server.remote().put_tracks(lecture.media, [*bad, TrackPut("fr")])
    assert server.puts() == 0
    assert set(server.truth(lecture.id)) == {"en", "fr"}


def test_a_locale_that_is_somebody_elses_is_rejected_after_the_deletions(server: Server, lecture: Lecture) -> None:
    reply = server.remote().put_tracks(lecture.media, [TrackPut("fr", VTT + "mine")])
    assert outcome(reply) == (422, "rejected")
    assert reply.message
    assert server.truth(lecture.id) == {"fr": VTT}


def test_without_the_right_a_put_is_refused_and_does_nothing(server: Server, lecture: Lecture) -> None:
    server.forbid("student", lecture.id)
    reply = server.remote("student").put_tracks(lecture.media, [TrackPut("en", "x")])
    assert outcome(reply) == (204, "refused")
    assert reply.message
    assert server.truth(lecture.id) == {"en": SRT, "fr": VTT}


def test_a_blueprint_lock_refuses_by_file_and_fails_by_media_id(server: Server, lecture: Lecture) -> None:
    server.lock(lecture.id)
    by_file = server.remote().put_tracks(server.file(lecture.id), [TrackPut("en", "x"), TrackPut("fr")])
    assert outcome(by_file) == (403, "refused")
    assert outcome(server.remote().put_tracks(lecture.media, [TrackPut("en")])) == (500, "ambiguous")
    by_id = server.remote().put_tracks(lecture.media, [TrackPut("en", "x"), TrackPut("fr")])
    assert outcome(by_id) == (422, "rejected")
    assert server.truth(lecture.id) == {"en": SRT, "fr": VTT}


def test_srt_is_converted_for_players_when_it_is_made_and_when_it_is_replaced(server: Server, lecture: Lecture) -> None:
    remote = server.remote()
    remote.put_tracks(lecture.media, [TrackPut("en", SRT + "!"), TrackPut("fr"), TrackPut("de", SRT)])
    shown = {t.locale: t.webvtt_content for t in remote.read(lecture.media, fresh_listing=False).tracks}
    assert shown == {"de": canvas_webvtt(SRT), "en": canvas_webvtt(SRT + "!")}


def test_webvtt_over_srt_leaves_the_old_text_for_players(server: Server, lecture: Lecture) -> None:
    server.remote().put_tracks(lecture.media, [TrackPut("en", VTT + "new"), TrackPut("fr")])
    track = server.remote().read(lecture.media, fresh_listing=False).tracks[0]
    assert (track.content, track.webvtt_content) == (VTT + "new", canvas_webvtt(SRT))


def test_two_puts_make_a_track_anew_and_players_get_the_new_text(server: Server, lecture: Lecture) -> None:
    remote = server.remote()
    remote.put_tracks(lecture.media, [TrackPut("fr")])
    remote.put_tracks(lecture.media, [TrackPut("fr"), TrackPut("en", VTT)])
    track = remote.read(lecture.media, fresh_listing=False).tracks[0]
    assert (track.content, track.webvtt_content) == (VTT, None)
    assert track.id != lecture.en


def test_the_same_content_again_changes_neither_id_nor_time(server: Server, lecture: Lecture) -> None:
    before = server.remote().read(lecture.media, fresh_listing=True)
    server.wait()
    server.remote().put_tracks(lecture.media, [TrackPut("en", SRT), TrackPut("fr")])
    assert server.remote().read(lecture.media, fresh_listing=True) == before


def test_a_copy_inherits_and_leaving_a_locale_out_destroys_it_at_the_original(server: Server, lecture: Lecture) -> None:
    copy = server.copy(lecture.id)
    remote = server.remote(path="media_attachments", copy=True)
    assert len(remote.located(tuple(remote.list_media()), {}, ())) == 1
    before = remote.read(copy, fresh_listing=True)
    assert [t.locale for t in before.tracks] == ["en", "fr"]
    assert before.shown_elsewhere == frozenset({lecture.en, lecture.fr})
    reply = remote.put_tracks(copy, [TrackPut("en", VTT)])
    assert reply.outcome == "acknowledged"
    after = remote.read(copy, fresh_listing=True)
    assert [(t.locale, t.content) for t in after.tracks] == [("en", VTT)]
    assert reply.ids == {"en": after.tracks[0].id}
    assert after.shown_elsewhere == frozenset({lecture.en})
    original = server.remote().read(server.file(lecture.id), fresh_listing=True)
    assert [(t.locale, t.content) for t in original.tracks] == [("en", SRT)]


# --- when things go wrong on the way


@pytest.mark.parametrize(
    ("kind", "expected", "is_done"),
    [
        ("throttled", "throttled", False),
        ("lost-request", "ambiguous", False),
        ("lost-answer", "ambiguous", True),
        ("refused", "refused", False),
        ("server-error", "ambiguous", False),
        ("gateway-error", "ambiguous", True),
        ("not-json", "ambiguous", True),
    ],
)
def test_a_put_is_sent_once_and_its_fate_reported_as_far_as_it_is_known(
    server: Server, lecture: Lecture, kind: str, expected: str, is_done: bool
) -> None:
    server.fault(kind)
    reply = server.remote().put_tracks(lecture.media, [TrackPut("en"), TrackPut("de", VTT)])
    assert reply.outcome == expected
    assert reply.message or kind == "refused"
    assert server.puts() == 1
    assert set(server.truth(lecture.id)) == ({"en", "de"} if is_done else {"en", "fr"})


def test_the_cost_counts_what_was_sent(server: Server, lecture: Lecture) -> None:
    remote = server.remote()
    list(remote.list_media())
    remote.read(lecture.media, fresh_listing=False)
    remote.put_tracks(lecture.media, [TrackPut("en"), TrackPut("fr")])
    assert remote.cost().requests == {"GET": 2, "PUT": 1}
    assert remote.cost().throttled == 0
    server.fault("throttled")
    remote.put_tracks(lecture.media, [TrackPut("en"), TrackPut("fr")])
    assert remote.cost().throttled == 1


def test_several_threads_may_use_one_remote(server: Server) -> None:
    made = [server.add_media(f"Lecture {number}") for number in range(8)]
    remote = server.remote()
    list(remote.list_media())

    def work(media_id: str) -> list[str]:
        media = f"media_objects/{media_id}"
        remote.put_tracks(media, [TrackPut("en", SRT), TrackPut("de", VTT)])
        listed = remote.read(media, fresh_listing=True).listed
        return [track.locale for track in listed or ()]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, made)) == [["de", "en"]] * 8
    assert server.puts() == 8
