"""The Media Objects API, call by call: what is asked, what is believed, and how people name things."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fakes.clock import SimulatedClock
from hypothesis import given, settings
from hypothesis import strategies as st

from captionkit.credentials import Token
from captionkit.errors import (
    BadToken,
    CaptionkitError,
    NotFound,
    NotPermitted,
    OddAnswer,
    RemoteError,
    UnexpectedAnswer,
    UsageError,
)
from captionkit.remotes.canvas.addresses import media_path, scope_path
from captionkit.remotes.canvas.api import Canvas, media_address, scope_of
from captionkit.remotes.canvas.remote import CanvasRemote
from captionkit.remotes.http.governor import Governor
from captionkit.remotes.http.session import Answer, NoAnswer, Session
from captionkit.sync.ports import OddTracks, RemoteTrack, TrackPut

pytest.importorskip("werkzeug", reason="the sandbox needs werkzeug: pip install captionkit[sandbox]")

from captionkit.sandbox import Sandbox

SRT = "1\n00:00:00,000 --> 00:00:01,251\nHello\n"
VTT = "WEBVTT\n\n00:00.000 --> 00:01.251\nHello\n"


@pytest.fixture
def sandbox() -> Iterator[Any]:
    with Sandbox() as made:
        yield made


@pytest.fixture
def canvas_of(sandbox: Any) -> Iterator[Callable[..., Canvas]]:
    sessions: list[Session] = []

    def make(user: str = "teacher", *, token: str = "", **options: Any) -> Canvas:
        clock = SimulatedClock()
        session = Session(sandbox.url, Token(token or sandbox.tokens[user]), clock=clock, governor=Governor(clock))
        sessions.append(session)
        return Canvas(session, **options)

    yield make
    for session in sessions:
        session.close()


CanvasOf = Callable[..., Canvas]


class Scripted:
    """A session that answers with what it is given, for answers that no server of ours gives."""

    base_url = "https://canvas.example"

    def __init__(self, *bodies: Any, link: str = "") -> None:
        self.bodies = list(bodies)
        self.link = link
        self.asked: list[str] = []

    def get(self, path: str, parameters: Any = ()) -> Answer:
        self.asked.append(path)
        body = self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0]
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Answer(200, {"link": self.link}, data, f"{self.base_url}{path}", f"GET {path}")

    def put_once(
        self, path: str, parameters: Any, body: bytes, content_type: str, *, not_after: float
    ) -> Answer | NoAnswer:
        return self.get(path)

    def redact(self, text: str) -> str:
        return text

    def is_ours(self, url: str) -> bool:
        return url.startswith(self.base_url + "/")


def scripted(*bodies: Any, link: str = "") -> Canvas:
    return Canvas(Scripted(*bodies, link=link))  # type: ignore[arg-type]


# --- listings


@pytest.mark.parametrize("path", ["media_objects", "media_attachments"])
@pytest.mark.parametrize("place", ["course", "group", "mine"])
def test_each_of_the_six_listings_can_be_had(sandbox: Any, canvas_of: CanvasOf, path: str, place: str) -> None:
    course = sandbox.add_course("Film") if place == "course" else None
    group = sandbox.add_group("Editors") if place == "group" else None
    scope = f"courses/{course}" if course else f"groups/{group}" if group else "users/self"
    media_id = sandbox.add_media(course, "Lecture", group=group)
    assert [media.media_id for media in canvas_of().list_media(scope, path=path)] == [media_id]
    wanted = {"course": "/courses/", "group": "/groups/", "mine": "/api/v1/media_"}[place]
    assert wanted in sandbox.requests[-1]["path"]
    assert sandbox.requests[-1]["path"].endswith(path)


def test_sort_order_exclude_and_search_are_asked_for(sandbox: Any, canvas_of: CanvasOf) -> None:
    course = sandbox.add_course("Film")
    for title in ("Beta", "Alpha", "Gamma ray", "Gamma knife"):
        sandbox.add_media(course, title)
        sandbox.set(clock_skew_s=sandbox.switches.clock_skew_s + 2)
    canvas = canvas_of()
    scope = f"courses/{course}"
    assert [m.title for m in canvas.list_media(scope)][:2] == ["Alpha", "Beta"]
    assert next(m.title for m in canvas.list_media(scope, order="desc")) == "Gamma ray"
    assert next(m.title for m in canvas.list_media(scope, sort="created_at")) == "Beta"
    assert {m.title for m in canvas.list_media(scope, search_term="Gamma")} == {"Gamma ray", "Gamma knife"}
    with_both = next(iter(canvas.list_media(scope, exclude=())))
    assert with_both.sources is not None and with_both.tracks is not None
    with_none = next(iter(canvas.list_media(scope, exclude=("sources", "tracks"))))
    assert with_none.sources is None and with_none.tracks is None


@pytest.mark.parametrize(
    "options",
    [{"sort": "media_id"}, {"order": "up"}, {"exclude": ["everything"]}, {"search_term": "a"}, {"path": "videos"}],
)
def test_what_the_api_does_not_have_is_refused_before_asking(options: dict[str, Any]) -> None:
    canvas = scripted([])
    with pytest.raises(UsageError):
        list(canvas.list_media("courses/1", **options))
    assert canvas.session.asked == []  # type: ignore[attr-defined]


def test_a_thousand_objects_are_listed_with_ten_requests(sandbox: Any, canvas_of: CanvasOf) -> None:
    course = sandbox.add_course("Film")
    sandbox.seed(course, 1000, 2)
    sandbox.reset_log()
    remote = CanvasRemote(canvas_of(), scope=f"courses/{course}")
    remote.identity()
    summaries = list(remote.list_media())
    assert len({s.media_id for s in summaries}) == 1000
    assert all(len(s.tracks or ()) == 2 for s in summaries)
    assert remote.cost().requests == {"GET": 11}
    assert len(sandbox.requests) == 11


def test_a_page_that_repeats_itself_is_an_error_and_not_half_a_listing(sandbox: Any, canvas_of: CanvasOf) -> None:
    course = sandbox.add_course("Film")
    sandbox.seed(course, 250, 0)
    sandbox.fault("repeated_page", path="media_", nth=2)
    with pytest.raises(UnexpectedAnswer, match="same page"):
        list(canvas_of().list_media(f"courses/{course}"))


def test_pages_without_end_are_noticed() -> None:
    class Endless(Scripted):
        def get(self, path: str, parameters: Any = ()) -> Answer:
            number = len(self.asked)
            self.link = f'<{self.base_url}/api/v1/media_attachments?page={number}>; rel="next"'
            return super().get(path)

    session = Endless([{"media_id": "m-1", "title": "x"}])
    with pytest.raises(UnexpectedAnswer, match="same page"):
        list(Canvas(session).list_media())  # type: ignore[arg-type]
    assert len(session.asked) == 2


def test_a_next_page_on_another_host_is_not_asked() -> None:
    canvas = scripted([{"media_id": "m-1"}], link='<https://evil.example/api?page=2>;rel="next"')
    with pytest.raises(UnexpectedAnswer, match="another host, evil"):
        list(canvas.list_media())
    assert len(canvas.session.asked) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "link",
    [
        '<https://canvas.example/n?a=1,2&b=%5B>; rel="next",<https://canvas.example/l>; rel="last"',
        '<https://canvas.example/c>; rel="current", <https://canvas.example/n?a=1,2&b=%5B>; rel="next"',
        "<https://canvas.example/n?a=1,2&b=%5B>;rel=next",
        '<https://canvas.example/n?a=1,2&b=%5B>; title="page=2"; rel="next"',
        '</n?a=1,2&b=%5B>; title="x"; REL="next"',
        '<https://canvas.example/n?a=1,2&b=%5B>; rel="last next"',
    ],
)
def test_the_next_page_is_taken_from_the_link_as_it_stands(link: str) -> None:
    canvas = scripted([{"media_id": "m-1"}], [{"media_id": "m-2"}], link=link)
    with pytest.raises(UnexpectedAnswer):  # the second page has the same link, so it comes round again
        list(canvas.list_media())
    asked = canvas.session.asked  # type: ignore[attr-defined]
    assert asked[1] == "https://canvas.example/n?a=1,2&b=%5B"


def test_an_object_that_moved_to_the_next_page_is_listed_once() -> None:
    class Moving(Scripted):
        def get(self, path: str, parameters: Any = ()) -> Answer:
            self.link = "" if self.asked else '</n>; rel="next"'
            return super().get(path)

    session = Moving([{"media_id": "m-1"}, {"media_id": "m-2"}], [{"media_id": "m-2"}])
    assert [m.media_id for m in Canvas(session).list_media()] == ["m-1", "m-2"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body",
    [{}, None, "x", 5, [5], [{}], [{"media_id": None}], [{"media_id": 7}], [{"media_id": "../m"}]],
)
def test_a_listing_of_another_shape_is_an_error(body: Any) -> None:
    with pytest.raises(UnexpectedAnswer):
        list(scripted(body).list_media())


ODD_NAMES = ["", "..", "../../x", "a/b", "a\\b", "x\0", "e\u202en", "\ud800", "x" * 201, 5, None, [], {}, True, " en"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_an_odd_media_object_costs_no_other_one(name: Any) -> None:
    canvas = scripted([{"media_id": name, "title": "odd"}, {"media_id": "m-1", "title": "good"}])
    assert [media.media_id for media in canvas.list_media()] == ["m-1"]
    assert [type(error) for error in canvas.odd] == [OddAnswer]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_listing_with_an_odd_track_knows_no_tracks_of_that_media_object(name: Any) -> None:
    tracks = [{"locale": "en", "id": 1}, {"locale": name, "id": 2}]
    canvas = scripted([{"media_id": "m-1", "media_tracks": tracks}, {"media_id": "m-2", "media_tracks": tracks[:1]}])
    found = {media.media_id: media.tracks for media in canvas.list_media()}
    assert found["m-1"] is None
    assert [track.locale for track in found["m-2"] or ()] == ["en"]


@pytest.mark.parametrize("key", ["locale", "id", "content"])
@pytest.mark.parametrize("name", [*ODD_NAMES[1:10], [], {}])
def test_an_odd_track_is_named_and_the_others_are_at_hand(key: str, name: Any) -> None:
    if key == "content" and isinstance(name, str) and name != "\ud800":
        name = [name]
    if (key, name) == ("id", 5):
        name = -1.5
    odd = {"locale": "fr", "id": 2, "content": "x", key: name}
    canvas = scripted([{"locale": "en", "id": 1, "content": "y"}, odd])
    with pytest.raises(OddTracks) as raised:
        canvas.list_tracks("media_objects/m-1")
    assert [track.locale for track in raised.value.usable] == ["en"]
    str(raised.value).encode()


# --- tracks


def test_ids_are_text_whether_the_server_sends_numbers_or_strings() -> None:
    base = {"locale": "en", "kind": "captions", "content": "x", "webvtt_content": None}
    numbers = scripted([{**base, "id": 42, "user_id": 1}]).list_tracks("media_objects/m-1")
    strings = scripted([{**base, "id": "42", "user_id": "1"}]).list_tracks("media_objects/m-1")
    assert numbers == strings
    assert (numbers[0].id, numbers[0].user_id) == ("42", "1")
    big = scripted([{**base, "id": 10**17 + 1, "user_id": None}]).list_tracks("media_objects/m-1")[0]
    assert (big.id, big.user_id) == ("100000000000000001", None)


def test_absent_null_and_empty_content_are_distinguished() -> None:
    def content(**keys: Any) -> RemoteTrack:
        return scripted([{"id": 1, "locale": "en", **keys}]).list_tracks("media_objects/m-1")[0]

    assert content().content is None
    assert content(content=None).content == ""
    assert content(content="").content == ""
    null = content(webvtt_content=None)
    assert (null.webvtt_content, null.has_webvtt_content) == (None, True)
    assert content().has_webvtt_content is False


@pytest.mark.parametrize(
    "body",
    [{}, [{}], [{"locale": None}], [{"locale": 5}], ["en"], [{"locale": "en", "content": 5}],
     [{"locale": "en", "content": ["x"]}], b'[{"locale": "en", "content": "\\ud83d"}]', b"<html>", b"[", b""],
)  # fmt: skip
def test_a_track_list_of_another_shape_is_an_error(body: Any) -> None:
    with pytest.raises(UnexpectedAnswer):
        scripted(body).list_tracks("media_objects/m-1")


@pytest.mark.parametrize("body", [b"<html>", b"[", b"", {}, {"errors": []}, "x", None, 5])
def test_a_put_that_is_answered_with_no_array_is_not_acknowledged(body: Any) -> None:
    reply = scripted(body).replace_tracks("media_objects/m-1", [TrackPut("en", VTT)])
    assert reply.outcome == "ambiguous"
    assert reply.message


def test_include_names_are_those_of_the_api(sandbox: Any, canvas_of: CanvasOf) -> None:
    media_id = sandbox.add_media(sandbox.add_course("Film"), "Lecture")
    sandbox.add_track(media_id, "en", SRT)
    media = f"media_objects/{media_id}"
    track = canvas_of().list_tracks(media, include=())[0]
    assert (track.content, track.updated_at) == (None, "")
    with pytest.raises(UsageError):
        canvas_of().list_tracks(media, include=("everything",))


def test_a_put_sends_only_the_keys_that_canvas_takes(sandbox: Any, canvas_of: CanvasOf) -> None:
    media_id = sandbox.add_media(sandbox.add_course("Film"), "Lecture")
    canvas_of().replace_tracks(
        f"media_objects/{media_id}", [TrackPut("de"), TrackPut("en", "WEBVTT ä"), TrackPut("fr", VTT, "captions")]
    )
    body = json.loads(sandbox.requests[-1]["body"])
    assert body == [
        {"locale": "de"},
        {"locale": "en", "content": "WEBVTT ä"},
        {"locale": "fr", "content": VTT, "kind": "captions"},
    ]


# --- renaming


def test_a_rename_on_both_paths_with_and_without_restrictions(sandbox: Any, canvas_of: CanvasOf) -> None:
    media_id = sandbox.add_media(sandbox.add_course("Film"), "Old", user="teacher")
    canvas = canvas_of()
    renamed = canvas.rename(f"media_objects/{media_id}", "Über", show_rolling_transcript=False)
    assert (renamed.title, renamed.viewer_restrictions) == ("Über", {"show_rolling_transcript": False})
    renamed = canvas.rename(f"media_attachments/{sandbox.file_id(media_id)}", "Other")
    assert (renamed.title, renamed.viewer_restrictions) == ("Other", {"show_rolling_transcript": False})
    assert len(canvas.rename(f"media_objects/{media_id}", "x" * 400).title) == 255


def test_a_rename_by_somebody_else_is_not_permitted(sandbox: Any, canvas_of: CanvasOf) -> None:
    media_id = sandbox.add_media(sandbox.add_course("Film"), "Old", user="teacher")
    with pytest.raises(NotPermitted, match="It was not renamed"):
        canvas_of("colleague").rename(f"media_objects/{media_id}", "New")
    assert canvas_of("colleague").rename(f"media_attachments/{sandbox.file_id(media_id)}", "New").title == "New"


def test_half_a_surrogate_pair_in_a_title_can_still_be_shown() -> None:
    (media,) = scripted(b'[{"media_id": "m-1", "title": "a\\ud83d", "media_tracks": []}]').list_media()
    assert media.title == "a?"


@pytest.mark.parametrize("title", ["", " ", "\n", "\udcff"])
def test_a_blank_title_is_refused_before_asking(title: str) -> None:
    canvas = scripted({})
    with pytest.raises(UsageError):
        canvas.rename("media_objects/m-1", title)
    assert canvas.session.asked == []  # type: ignore[attr-defined]


def test_a_lost_answer_to_a_rename_does_not_say_that_nothing_happened(sandbox: Any, canvas_of: CanvasOf) -> None:
    media_id = sandbox.add_media(sandbox.add_course("Film"), "Old", user="teacher")
    sandbox.fault("drop_after", method="PUT")
    with pytest.raises(CaptionkitError) as raised:
        canvas_of().rename(f"media_objects/{media_id}", "New")
    assert "not" not in raised.value.unchanged.lower()
    assert sandbox.counts["PUT"] == 1


# --- who


def test_masquerading_is_asked_for_with_every_call_and_goes_through_paging(sandbox: Any, canvas_of: CanvasOf) -> None:
    course = sandbox.add_course("Film")
    sandbox.seed(course, 150, 0)
    media_id = sandbox.add_media(course, "Lecture")
    sandbox.add_track(media_id, "en", SRT, user="colleague")
    colleague = canvas_of("colleague").whoami().id
    admin = canvas_of("admin", as_user_id=colleague)
    assert admin.whoami().id == colleague
    assert [t.locale for t in admin.list_tracks(f"media_objects/{media_id}")] == ["en"]
    sandbox.reset_log()
    assert len(list(admin.list_media(f"courses/{course}"))) == 151
    assert len(sandbox.requests) == 2
    assert all("as_user_id" in entry["query"] for entry in sandbox.requests)
    with pytest.raises(NotPermitted, match="act as that user"):
        canvas_of("teacher", as_user_id=colleague).whoami()
    with pytest.raises(UsageError):
        canvas_of("admin", as_user_id="1&x=2")


@pytest.mark.parametrize("old", [False, True])
def test_a_bad_token_is_distinguished_from_a_missing_right_on_old_and_new_servers(
    sandbox: Any, canvas_of: CanvasOf, old: bool
) -> None:
    sandbox.set(old_server=old)
    with pytest.raises(BadToken):
        canvas_of(token="wrong").whoami()
    with pytest.raises(NotPermitted):
        canvas_of().list_tracks("media_objects/m-none")
    with pytest.raises(NotFound, match="no course 98765"):
        list(canvas_of().list_media("courses/98765"))


def test_an_old_server_says_less_and_that_is_not_taken_for_no(sandbox: Any, canvas_of: CanvasOf) -> None:
    sandbox.set(old_server=True)
    course = sandbox.add_course("Film")
    media_id = sandbox.add_media(course, "Lecture")
    sandbox.add_track(media_id, "en", SRT)
    (media,) = canvas_of().list_media(f"courses/{course}")
    assert media.viewer_restrictions is None
    assert [(t.workflow_state, t.asr) for t in media.tracks or ()] == [(None, None)]
    (track,) = canvas_of().list_tracks(f"media_objects/{media_id}")
    assert (track.workflow_state, track.asr) == (None, None)


# --- the port


def test_reading_with_a_fresh_listing_costs_two_requests(sandbox: Any, canvas_of: CanvasOf) -> None:
    course = sandbox.add_course("Film")
    ids = sandbox.seed(course, 300, 1)
    remote = CanvasRemote(canvas_of(), scope=f"courses/{course}")
    list(remote.list_media())
    sandbox.reset_log()
    for media_id in (ids[0], ids[150], ids[299]):
        assert remote.read(f"media_objects/{media_id}", fresh_listing=True).listed
    assert len(sandbox.requests) <= 6, [entry["query"] for entry in sandbox.requests]


def test_an_object_that_moved_is_found_with_one_more_request(sandbox: Any, canvas_of: CanvasOf) -> None:
    course = sandbox.add_course("Film")
    ids = sandbox.seed(course, 300, 1)
    remote = CanvasRemote(canvas_of(), scope=f"courses/{course}")
    order = [summary.media_id for summary in remote.list_media()]
    for media_id in order[:15]:
        sandbox.purge_media(media_id)
    sandbox.reset_log()
    assert remote.read(f"media_objects/{order[155]}", fresh_listing=True).listed
    assert len(sandbox.requests) == 3, [entry["query"] for entry in sandbox.requests]
    assert set(ids) == set(order)


def test_without_places_the_listing_is_fetched_once_for_many_threads(sandbox: Any, canvas_of: CanvasOf) -> None:
    from concurrent.futures import ThreadPoolExecutor

    course = sandbox.add_course("Film")
    ids = sandbox.seed(course, 200, 1)
    remote = CanvasRemote(canvas_of(), scope=f"courses/{course}")
    sandbox.reset_log()
    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(lambda i: remote.read(f"media_objects/{i}", fresh_listing=True), ids[:8]))
    assert all(state.listed for state in states)
    assert len(sandbox.requests) <= 8 + 2 + 8


def test_recordings_that_are_still_processed_are_addressed_by_media_id(sandbox: Any, canvas_of: CanvasOf) -> None:
    course = sandbox.add_course("Film")
    media_id = sandbox.add_media(course, "Lecture")
    sandbox.set(files_show_media_entry_id=False)
    remote = CanvasRemote(canvas_of(), scope=f"courses/{course}", path="media_attachments")
    (summary,) = remote.located(tuple(remote.list_media()), {}, ())
    assert summary.media == f"media_objects/{media_id}"


def test_a_remote_of_an_unknown_path_cannot_be_made() -> None:
    with pytest.raises(UsageError):
        CanvasRemote(scripted([]), path="videos")


# --- names


@pytest.mark.parametrize(
    ("named", "address"),
    [
        ("m-abc", "media_objects/m-abc"),
        ("0_r949z9lk", "media_objects/0_r949z9lk"),
        (" media_objects/m-abc ", "media_objects/m-abc"),
        ("media_attachments/123", "media_attachments/123"),
        ("123", "media_attachments/123"),
        ("1~123", "media_attachments/1~123"),
        ("https://c.example/media_objects_iframe/m-abc?type=video", "media_objects/m-abc"),
        ("https://c.example/media_attachments_iframe/123?type=video", "media_attachments/123"),
        ("https://c.example/courses/1/files/123/preview", "media_attachments/123"),
        ("https://C.example/api/v1/media_objects/m-abc/media_tracks", "media_objects/m-abc"),
    ],
)
def test_a_media_object_can_be_named_in_the_ways_people_have(named: str, address: str) -> None:
    assert media_address(named, base_url="https://c.example") == address


@pytest.mark.parametrize(
    "named",
    ["", " ", "abc", "../..", "media_objects/..", "media_objects/", "media_attachments/m-abc", "m-abc?x=1", "m-a b",
     "https://c.example/courses/1", "https://evil.example/media_objects/m-abc", "m-\u00e4", "media_objects/%2e%2e"],
)  # fmt: skip
def test_what_names_no_media_object_is_refused(named: str) -> None:
    with pytest.raises(UsageError):
        media_address(named, base_url="https://c.example")


@pytest.mark.parametrize(
    ("given_course", "scope"),
    [
        ("101", "courses/101"),
        (" 101 ", "courses/101"),
        ("https://c.example/courses/101/files", "courses/101"),
        ("1~2", "courses/1~2"),
    ],
)
def test_a_course_can_be_pasted(given_course: str, scope: str) -> None:
    assert scope_of(course=given_course) == scope


@pytest.mark.parametrize("course", ["abc", "sis_course_id:x", "10/../1", "-1", "1 2"])
def test_what_is_no_course_number_is_refused(course: str) -> None:
    with pytest.raises(UsageError):
        scope_of(course=course)


@settings(derandomize=True)
@given(st.text(max_size=40))
def test_no_name_can_leave_its_place_in_the_address(name: str) -> None:
    for make, of in ((media_path, f"media_objects/{name}"), (scope_path, f"courses/{name}")):
        try:
            path = make(of).removeprefix("/")
        except UsageError:
            continue
        assert ".." not in path.split("/")
        assert not set("?#\\ \n%") & set(path)
        assert path.count("/") in (1, 3)


# --- wire faults under the whole stack


@pytest.mark.parametrize(
    "fault",
    ["drop_before", "drop_after", "cut", "bad_gateway_after", "error_before", "unavailable", "throttled"],
)
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_listing_is_whole_or_an_error_whatever_happens_on_the_way(
    sandbox: Any, canvas_of: CanvasOf, fault: str, nth: int
) -> None:
    course = sandbox.add_course("Film")
    ids = sandbox.seed(course, 250, 1)
    sandbox.fault(fault, path="media_", nth=nth, times=2)
    found = CanvasRemote(canvas_of(), scope=f"courses/{course}").list_media()
    assert sorted(summary.media_id for summary in found) == sorted(ids)


@pytest.mark.parametrize("fault", ["login_page", "half_json", "not_a_list", "no_content", "redirect"])
@pytest.mark.parametrize("nth", [1, 3])
def test_a_listing_that_cannot_be_believed_is_an_error(sandbox: Any, canvas_of: CanvasOf, fault: str, nth: int) -> None:
    course = sandbox.add_course("Film")
    sandbox.seed(course, 250, 1)
    sandbox.fault(fault, path="media_", nth=nth)
    with pytest.raises(RemoteError):
        list(CanvasRemote(canvas_of(), scope=f"courses/{course}").list_media())


@pytest.mark.parametrize("fault", ["login_page", "half_json", "not_a_list", "no_content", "redirect"])
def test_a_track_list_that_cannot_be_believed_is_an_error_and_not_no_tracks(
    sandbox: Any, canvas_of: CanvasOf, fault: str
) -> None:
    media_id = sandbox.add_media(sandbox.add_course("Film"), "Lecture")
    sandbox.add_track(media_id, "en", SRT)
    sandbox.fault(fault, path="media_tracks")
    with pytest.raises(RemoteError):
        canvas_of().list_tracks(f"media_objects/{media_id}")


@pytest.mark.parametrize("status", [403, 429])
def test_both_ways_of_throttling_are_waited_out(sandbox: Any, canvas_of: CanvasOf, status: int) -> None:
    sandbox.set(throttle_status=status)
    media_id = sandbox.add_media(sandbox.add_course("Film"), "Lecture")
    sandbox.fault("throttled", path="media_tracks", times=3)
    canvas = canvas_of()
    assert canvas.list_tracks(f"media_objects/{media_id}") == []
    assert canvas.session.governor.cost().throttled == 3


def test_in_normal_running_the_rate_limit_is_never_met(sandbox: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from captionkit.clock import SystemClock

    course = sandbox.add_course("Film")
    ids = sandbox.seed(course, 100, 1)
    clock = SystemClock()
    with Session(
        sandbox.url, Token(sandbox.tokens["teacher"]), clock=clock, governor=Governor(clock, most=8)
    ) as session:
        remote = CanvasRemote(Canvas(session), scope=f"courses/{course}")
        list(remote.list_media())
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda i: remote.read(f"media_objects/{i}", fresh_listing=True), ids))
    assert remote.cost().throttled == 0
    assert 429 not in {entry["status"] for entry in sandbox.requests}
