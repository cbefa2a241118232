"""Who may ask, and what they are told: guides/canvas-server.md, sections 1, 4, 11 and 12."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from captionkit.sandbox import Sandbox

Asker = Callable[..., Any]

SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello\n"
SELF = "/api/v1/users/self"


def test_without_a_token_the_answer_is_401_and_asks_for_one(ask: Asker) -> None:
    reply = ask("GET", SELF, token=None)
    assert reply.status == 401
    assert reply.json == {"status": "unauthenticated", "errors": [{"message": "user authorization required"}]}
    assert reply.headers["WWW-Authenticate"] == 'Bearer realm="canvas-lms"'


@pytest.mark.parametrize("scheme", ["bearer", "Token", "BEARER"])
def test_the_word_bearer_is_case_sensitive(ask: Asker, sandbox: Sandbox, scheme: str) -> None:
    reply = ask("GET", SELF, token=None, headers={"Authorization": f"{scheme} {sandbox.tokens['teacher']}"})
    assert (reply.status, reply.json["status"]) == (401, "unauthenticated")


@pytest.mark.parametrize(
    ("state", "message"),
    [(None, "Invalid access token."), ("revoked", "Revoked access token."), ("expired", "Expired access token.")],
)
def test_a_token_that_does_not_work_says_why(ask: Asker, sandbox: Sandbox, state: str | None, message: str) -> None:
    token = "nonsense" if state is None else sandbox.add_token("teacher")
    if state is not None:
        sandbox.end_token(token, state)
    reply = ask("GET", SELF, token=token)
    assert (reply.status, reply.json["errors"][0]["message"]) == (401, message)
    assert "WWW-Authenticate" in reply.headers
    assert ("expired_at" in reply.json["errors"][0]) is (state == "expired")


def test_a_scoped_token_reaches_only_its_scopes(ask: Asker, sandbox: Sandbox, media: str) -> None:
    token = sandbox.add_token("teacher", scopes=["url:GET|/api/v1/media_objects/:media_object_id/media_tracks"])
    path = f"/api/v1/media_objects/{media}/media_tracks"
    assert ask("GET", path, token=token).status == 200
    reply = ask("PUT", path, [], token=token)
    assert (reply.status, reply.json) == (401, {"errors": [{"message": "Insufficient scopes on access token."}]})
    assert "WWW-Authenticate" not in reply.headers


@pytest.mark.parametrize("allowed", [False, True])
def test_a_scoped_token_loses_its_includes_silently(ask: Asker, sandbox: Sandbox, media: str, allowed: bool) -> None:
    sandbox.add_track(media, "en", SRT)
    scopes = ["url:GET|/api/v1/media_objects/:media_object_id/media_tracks"]
    token = sandbox.add_token("teacher", scopes=scopes, allow_includes=allowed)
    reply = ask("GET", f"/api/v1/media_objects/{media}/media_tracks?include[]=content", token=token)
    assert reply.status == 200
    assert ("content" in reply.json[0]) is allowed


def test_an_admin_acts_as_somebody_else_and_sees_and_makes_their_tracks(
    ask: Asker, sandbox: Sandbox, media: str
) -> None:
    sandbox.add_track(media, "uk", SRT, user="colleague")
    colleague = next(user["id"] for user in sandbox.users() if user["name"] == "colleague")
    path = f"/api/v1/media_objects/{media}/media_tracks?as_user_id={colleague}"
    assert [track["locale"] for track in ask("GET", path, token="admin").json] == ["uk"]
    ask("PUT", path, [{"locale": "uk"}, {"locale": "fr", "content": SRT}], token="admin")
    assert {track["user"] for track in sandbox.tracks(media)} == {"colleague"}
    assert ask("GET", f"{SELF}?as_user_id={colleague}", token="admin").json["name"] == "colleague"


@pytest.mark.parametrize(
    ("user", "target"), [("teacher", "2"), ("admin", "999"), ("admin", "abc"), ("admin", "9" * 30)]
)
def test_acting_as_somebody_is_refused_with_a_text_for_errors(ask: Asker, user: str, target: str) -> None:
    reply = ask("GET", f"{SELF}?as_user_id={target}", token=user)
    assert (reply.status, reply.json) == (401, {"errors": "Invalid as_user_id"})


def test_ids_are_strings_where_the_client_asks_for_that(ask: Asker, sandbox: Sandbox, media: str) -> None:
    sandbox.add_track(media, "en", SRT)
    accept = {"Accept": "application/json+canvas-string-ids"}
    path = f"/api/v1/media_objects/{media}/media_tracks"
    (track,) = ask("GET", path, headers=accept).json
    assert [track[key] for key in ("id", "user_id", "media_object_id")] == ["1", "1", "7001"]
    sandbox.set(string_ids=False)
    assert ask("GET", path, headers=accept).json[0]["id"] == 1


def test_messages_come_in_the_language_of_the_user_and_codes_do_not(ask: Asker, sandbox: Sandbox, media: str) -> None:
    sandbox.set(language="de")
    body = [{"locale": "es-419", "content": SRT}]
    (error,) = ask("PUT", f"/api/v1/media_objects/{media}/media_tracks", body).json["errors"]
    assert (error["message"], error["error_code"]) == ("ist ungültig", "invalid")


@pytest.mark.parametrize(("accept", "status"), [("text/html", 302), ("application/json", 401)])
def test_a_token_is_nothing_at_the_url_that_players_load(
    ask: Asker, sandbox: Sandbox, media: str, accept: str, status: int
) -> None:
    track = sandbox.add_track(media, "en", SRT)
    path = f"/media_objects/{media}/media_tracks/{track}"
    reply = ask("GET", path, headers={"Accept": accept})
    assert reply.status == status
    if status == 302:
        page = ask("GET", reply.headers["Location"].removeprefix(sandbox.url))
        assert (page.status, b"<!DOCTYPE html>" in page.body) == (200, True)


def test_a_session_loads_what_players_show(ask: Asker, sandbox: Sandbox, media: str) -> None:
    track = sandbox.add_track(media, "en", SRT)
    cookie = {"Cookie": f"_sandbox_session={sandbox.tokens['student']}"}
    for path in (f"/media_objects/{media}", f"/media_attachments/{sandbox.file_id(media)}"):
        reply = ask("GET", f"{path}/media_tracks/{track}", token=None, headers=cookie)
        assert reply.status == 200
        assert reply.body.decode() == sandbox.viewed(track) == "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nHello"
        assert reply.headers["Content-Type"].startswith("text/plain")
        assert ask("GET", f"{path}/media_tracks/999", token=None, headers=cookie).status == 404


def test_a_track_url_may_be_opened_to_tokens_by_a_flag(ask: Asker, sandbox: Sandbox, media: str) -> None:
    track = sandbox.add_track(media, "en", SRT)
    sandbox.set(token_opens_track_url=True)
    assert ask("GET", f"/media_objects/{media}/media_tracks/{track}").status == 200


@pytest.mark.parametrize("method", ["POST", "DELETE", "PATCH"])
def test_there_is_no_other_verb_for_tracks(ask: Asker, media: str, method: str) -> None:
    assert ask(method, f"/api/v1/media_objects/{media}/media_tracks", []).status == 404
    assert ask("GET", f"/api/v1/media_objects/{media}/media_tracks/1").status == 404


# The rate limit


def test_every_answer_to_a_token_tells_its_cost_and_what_remains(ask: Asker, sandbox: Sandbox) -> None:
    reply = ask("GET", SELF)
    assert float(reply.headers["X-Request-Cost"]) == 0.05
    assert 599 < float(reply.headers["X-Rate-Limit-Remaining"]) < 600
    assert "X-Request-Cost" not in ask("GET", SELF, token=None).headers


@pytest.mark.parametrize(
    ("switches", "status"), [({}, 429), ({"throttle_status": 403}, 403), ({"old_server": True}, 403)]
)
def test_a_full_bucket_refuses_with_plain_text_and_does_nothing(
    ask: Asker, sandbox: Sandbox, media: str, switches: dict[str, Any], status: int
) -> None:
    sandbox.add_track(media, "en", SRT)
    sandbox.set(**switches)
    sandbox.fill_bucket(sandbox.tokens["teacher"], 590)
    reply = ask("PUT", f"/api/v1/media_objects/{media}/media_tracks", [])
    assert reply.status == status
    assert reply.body == f"{status} Forbidden (Rate Limit Exceeded)\n".encode()
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "X-Request-Cost" not in reply.headers
    assert "Retry-After" not in reply.headers
    assert -150 <= float(reply.headers["X-Rate-Limit-Remaining"]) < 0
    assert len(sandbox.tracks(media)) == 1
    assert ask("GET", SELF, token="colleague").status == 200


def test_the_bucket_leaks_and_a_refused_request_pays_nothing(ask: Asker, sandbox: Sandbox) -> None:
    token = sandbox.tokens["teacher"]
    sandbox.fill_bucket(token, 560)
    assert ask("GET", SELF).status == 429
    assert sandbox.bucket(token) <= 560
    sandbox.set(outflow=1e6)
    assert ask("GET", SELF).status == 200


def test_thirteen_requests_at_once_trip_an_empty_bucket_and_ten_do_not(sandbox: Sandbox) -> None:
    import http.client

    sandbox.set(latency_ms=300)

    def at_once(number: int) -> list[int]:
        statuses: list[int] = []

        def one() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=10)
            connection.request("GET", SELF, headers={"Authorization": f"Bearer {sandbox.tokens['teacher']}"})
            statuses.append(connection.getresponse().status)
            connection.close()

        threads = [threading.Thread(target=one) for _ in range(number)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return statuses

    assert set(at_once(10)) == {200}
    assert sorted(set(at_once(14))) == [200, 429]


def test_without_the_throttle_nothing_is_refused(ask: Asker, sandbox: Sandbox) -> None:
    sandbox.set(throttle=False)
    sandbox.fill_bucket(sandbox.tokens["teacher"], 800)
    assert ask("GET", SELF).status == 200


# Users, courses, files


def test_self_is_whom_the_token_belongs_to(ask: Asker) -> None:
    assert {key: ask("GET", SELF).json[key] for key in ("id", "name")} == {"id": 1, "name": "teacher"}
    assert ask("GET", "/api/v1/users/2").status == 404


def test_a_course_is_shown_to_its_members_and_found_by_sis_id(ask: Asker, sandbox: Sandbox) -> None:
    course = sandbox.add_course("Film", sis_id="film")
    assert ask("GET", f"/api/v1/courses/{course}").json["name"] == "Film"
    assert ask("GET", "/api/v1/courses/sis_course_id:film").json["id"] == course
    assert ask("GET", f"/api/v1/courses/{course}", token="stranger").status == 403
    assert ask("GET", "/api/v1/courses/999").status == 404


def test_the_files_of_a_course_tell_their_media_ids(ask: Asker, sandbox: Sandbox, course: int, media: str) -> None:
    sandbox.add_file(course, "notes.pdf")
    sandbox.add_media(course, "Sound", media_type="audio/mpeg", filename="sound.mp3")
    path = f"/api/v1/courses/{course}/files"
    assert len(ask("GET", path).json) == 3
    films = ask("GET", path + "?content_types[]=video&content_types[]=audio")
    assert {file["display_name"] for file in films.json} == {"Lecture 1.mp4", "sound.mp3"}
    (film,) = ask("GET", path + "?content_types[]=video%2Fmp4&search_term=LECTURE").json
    assert (film["id"], film["media_entry_id"]) == (sandbox.file_id(media), media)
    assert films.links["current"].startswith(path)
    assert ask("GET", path + "?search_term=x").status == 400
    assert ask("GET", path, token="stranger").status == 403
    sandbox.set(files_show_media_entry_id=False)
    assert "media_entry_id" not in ask("GET", f"/api/v1/files/{film['id']}").json


def test_a_file_is_shown_by_id_in_its_course_only(ask: Asker, sandbox: Sandbox, course: int, media: str) -> None:
    file = sandbox.file_id(media)
    other = sandbox.add_course("Other")
    assert ask("GET", f"/api/v1/files/{file}").json["media_entry_id"] == media
    assert ask("GET", f"/api/v1/courses/{course}/files/{file}").status == 200
    assert ask("GET", f"/api/v1/courses/{other}/files/{file}").status == 404
    assert ask("GET", f"/api/v1/files/{file}", token="stranger").status == 403
    sandbox.delete_file(file)
    assert ask("GET", f"/api/v1/files/{file}").status == 404
