"""The stand-in Studio: each call of the documentation with each of its statuses, and each switch."""

from __future__ import annotations

import http.client
import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from captionkit.sandbox.studio import Studio, StudioSwitches

Ask = Callable[..., Any]

SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello\n"
API = "/api/public/v1"
OOB = "urn:ietf:wg:oauth:2.0:oob"


class Reply:
    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status = answer.status
        self.headers = dict(answer.headers.items())
        self.body = answer.read()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@pytest.fixture
def studio() -> Iterator[Studio]:
    with Studio() as studio:
        yield studio


@pytest.fixture
def ask(studio: Studio) -> Iterator[Ask]:
    connection = http.client.HTTPConnection("127.0.0.1", studio.port, timeout=10)

    def send(
        method: str,
        path: str,
        data: Any = None,
        *,
        token: str | None = "teacher",
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> Reply:
        sent = {"Content-Type": "application/json"} if data is not None else {}
        if token is not None:
            sent["Authorization"] = f"Bearer {studio.tokens.get(token, token)}"
        payload = body if data is None else json.dumps(data).encode()
        where = path if path.startswith("/api/") else API + path
        connection.request(method, where, payload, sent | (headers or {}))
        return Reply(connection.getresponse())

    yield send
    connection.close()


def put(url: str, content: Any, headers: dict[str, str] | None = None, **options: Any) -> Reply:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request("PUT", f"{parts.path}?{parts.query}", content, headers or {}, **options)
        return Reply(connection.getresponse())
    finally:
        connection.close()


def multipart(name: str, content: bytes, filename: str = "c.srt") -> dict[str, Any]:
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'
    body = head.encode() + content + b"\r\n--b--\r\n"
    return {"body": body, "headers": {"Content-Type": "multipart/form-data; boundary=b"}}


def test_ping_says_pong_to_whom_it_knows(ask: Ask) -> None:
    assert (ask("GET", "/ping").body, ask("GET", "/ping", token="nobody").status) == (b"pong", 401)
    assert ask("GET", "//ping").body == b"pong"


@pytest.mark.parametrize("shape", ["text", "object"])
def test_an_error_is_a_json_object_with_the_key_error(ask: Ask, studio: Studio, shape: str) -> None:
    studio.set(error_shape=shape)
    error = ask("GET", "/media/1").json["error"]
    assert error == ("The media was not found" if shape == "text" else {"message": "The media was not found"})


# Uploads


def test_an_upload_is_begun_sent_to_the_other_host_and_completed(ask: Ask, studio: Studio) -> None:
    begun = ask("POST", "/media/uploads", {})
    upload = begun.json["upload"]
    assert begun.status == 201
    assert urlsplit(upload["url"]).port != studio.port
    assert ask("GET", f"/media/{upload['id']}").status == 404
    sent = put(upload["url"], b"film" * 1000)
    assert (sent.status, sent.body) == (200, b"")
    done = ask("POST", f"/media/uploads/{upload['id']}/complete", {"title": "Lecture", "description": "First"})
    assert (done.status, done.json["media"]["title"], done.json["media"]["size"]) == (200, "Lecture", 4000)
    assert ask("GET", f"/media/{upload['id']}").json["media"]["collection"]["id"] == studio.library("teacher")


def test_completing_refuses_what_it_should_with_its_own_status(ask: Ask, studio: Studio) -> None:
    upload = ask("POST", "/media/uploads", {}).json["upload"]
    path = f"/media/uploads/{upload['id']}/complete"
    assert ask("POST", path, {"title": "x"}).status == 422
    put(upload["url"], b"film")
    assert ask("POST", path, {}).status == 400
    assert ask("POST", path, {"title": " "}).status == 400
    assert ask("POST", path, {"title": "x"}, token="colleague").status == 403
    assert ask("POST", path, {"title": "x"}, token=None).status == 401
    studio.set(auto_caption=False)
    assert ask("POST", path, {"title": "x", "auto_caption": True}).status == 501
    assert ask("POST", path + "?title=In+the+query").status == 200
    assert ask("POST", path, {"title": "x"}).status == 409
    assert ask("POST", "/media/uploads/1/complete", {"title": "x"}).status == 404
    assert ask("POST", "/media/uploads/x/complete", {"title": "x"}).status == 422


def test_beginning_an_upload_on_behalf_of_somebody_is_for_admins(ask: Ask, studio: Studio) -> None:
    users = {user["name"]: user["id"] for user in studio.users()}
    assert ask("POST", "/media/uploads", {"user_id": users["colleague"]}).status == 403
    assert ask("POST", "/media/uploads", {"user_id": 999}, token="admin").status == 404
    assert ask("POST", "/media/uploads", {"user_id": "x"}, token="admin").status == 422
    assert ask("POST", f"/media/uploads?user_id={users['colleague']}", token="admin").status == 201
    assert studio.media()[-1]["owner_id"] == users["colleague"]


def test_the_upload_host_refuses_a_bearer_token_and_counts_it(ask: Ask, studio: Studio) -> None:
    url = ask("POST", "/media/uploads", {}).json["upload"]["url"]
    assert put(url, b"film", {"Authorization": "Bearer leaked"}).status == 400
    assert studio.uploads.leaked_tokens == 1
    assert studio.media()[-1]["size"] is None


def test_the_upload_host_wants_the_length_the_signature_and_a_url_that_still_works(ask: Ask, studio: Studio) -> None:
    url = ask("POST", "/media/uploads", {}).json["upload"]["url"]
    assert put(url, iter([b"film"]), encode_chunked=True, headers={"Transfer-Encoding": "chunked"}).status == 411
    assert put(url.replace("X-Signature=", "X-Signature=0"), b"film").status == 403
    assert put(url.replace("/o-", "/o-1"), b"film").status == 403
    studio.end_upload_urls()
    assert put(url, b"film").status == 403


def test_half_a_file_is_no_file(ask: Ask, studio: Studio) -> None:
    url = ask("POST", "/media/uploads", {}).json["upload"]["url"]
    studio.upload_fault("drop_during", size=1000)
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        put(url, b"x" * 10_000_000)
    assert studio.media()[-1]["size"] is None
    assert put(url, b"x" * 5000).status == 200
    assert studio.media()[-1]["size"] == 5000


def test_uploaded_bytes_are_kept_where_that_is_asked_for(ask: Ask, studio: Studio) -> None:
    studio.set(keeps_uploads=True)
    upload = ask("POST", "/media/uploads", {}).json["upload"]
    put(upload["url"], b"film")
    assert (studio.folder / f"upload-{upload['id']}").read_bytes() == b"film"


def test_secrets_are_in_no_log(ask: Ask, studio: Studio) -> None:
    upload = ask("POST", "/media/uploads", {}).json["upload"]
    put(upload["url"], b"film")
    tokens = _sign_in(ask, studio)
    ask("GET", "/ping", token=tokens["access_token"])
    logged = json.dumps(studio.requests + studio.uploads.requests)
    signature = parse_qs(urlsplit(upload["url"]).query)["X-Signature"][0]
    for secret in (*studio.tokens.values(), *tokens.values(), signature, studio.client_secret):
        assert str(secret) not in logged


# By URL


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"url": "https://example.org/a.mp4", "title": "A"}, 201),
        ({"url": "http:/example.org/a.mp4", "title": "A"}, 201),
        ({"url": "https://youtu.be/x", "is_external": True}, 201),
        ({"url": "https://vimeo.com/1", "is_external": True, "title": "V"}, 201),
        ({"title": "A"}, 422),
        ({"url": "ftp://example.org/a.mp4", "title": "A"}, 422),
        ({"url": "https://example.org/a.mp4"}, 422),
        ({"url": "https://example.org/a.mp4", "is_external": True}, 422),
        ({"url": "https://notyoutube.com/x", "is_external": True}, 422),
        ({"url": "https://example.org/a.mp4", "title": "A", "user_id": 11, "collection_id": 401}, 422),
        ({"url": "https://example.org/a.mp4", "title": "A", "collection_id": 999}, 422),
        ({"url": "https://example.org/a.mp4", "title": "A", "collection_id": "x"}, 422),
        ({"url": "https://example.org/a.mp4", "title": "A", "collection_id": 402}, 403),
        ({"url": "https://example.org/a.mp4", "title": "A", "user_id": 12}, 403),
    ],
)
def test_media_from_a_url(ask: Ask, body: dict[str, Any], status: int) -> None:
    assert ask("POST", "/media", body).status == status


def test_media_from_a_url_into_a_collection(ask: Ask, studio: Studio) -> None:
    shared = studio.add_collection("Shared", user="colleague")
    path, body = f"/collections/{shared}/media", {"url": "https://example.org/a.mp4", "title": "A"}
    assert ask("POST", path, body).status == 403
    studio.share(shared, "teacher", "view")
    assert ask("POST", path, body).status == 403
    studio.share(shared, "teacher", "edit")
    assert ask("POST", f"{path}?{urlencode(body)}").status == 201
    assert ask("POST", "/collections/999/media", body).status == 404
    assert ask("POST", "/collections/x/media", body).status == 422
    studio.set(auto_caption=False)
    assert ask("POST", path, body | {"auto_caption": True}).status == 501


# Captions


def test_a_caption_is_added_listed_and_downloaded(ask: Ask, studio: Studio) -> None:
    media = studio.add_media("Lecture")
    added = ask("POST", f"/media/{media}/caption_files?srclang=pt", **multipart("caption_file", SRT.encode()))
    caption = added.json["caption_file"]
    assert (added.status, caption["label"], caption["status"]) == (201, "Português", "uploaded")
    assert caption["url"].startswith("/api/media_management/")
    assert ask("GET", f"/media/{media}/caption_files").json == {"caption_files": [caption]}
    downloaded = ask("GET", f"/caption_files/{caption['id']}/download")
    assert (downloaded.body.decode(), downloaded.headers["Content-Type"]) == (SRT, "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/media/{}/caption_files", multipart("caption_file", SRT.encode()), 422),
        ("/media/{}/caption_files?srclang=en", multipart("file", SRT.encode()), 422),
        ("/media/{}/caption_files?srclang=en", {}, 422),
        ("/media/{}/caption_files?srclang=qq", multipart("caption_file", SRT.encode()), 422),
        ("/media/{}/caption_files?srclang=en", multipart("caption_file", b"WEBVTT\n\n"), 422),
        ("/media/{}/caption_files?srclang=en", multipart("caption_file", b"no captions"), 422),
        ("/media/1/caption_files?srclang=en", multipart("caption_file", SRT.encode()), 404),
        ("/media/x/caption_files?srclang=en", multipart("caption_file", SRT.encode()), 422),
        ("/media/{}/caption_files?srclang=zh-Hans", multipart("caption_file", SRT.encode()), 201),
    ],
)
def test_a_wrong_caption_is_refused(ask: Ask, studio: Studio, path: str, form: dict[str, Any], status: int) -> None:
    assert ask("POST", path.format(studio.add_media("Lecture")), **form).status == status


@pytest.mark.parametrize(("same", "status", "left"), [("append", 201, 2), ("replace", 201, 1), ("reject", 422, 1)])
def test_a_second_caption_of_a_language_is_a_switch(
    ask: Ask, studio: Studio, same: str, status: int, left: int
) -> None:
    studio.set(same_srclang=same)
    media = studio.add_media("Lecture")
    studio.add_caption(media, "en", SRT, automatic=True)
    form = multipart("caption_file", SRT.replace("Hello", "Bye").encode())
    assert ask("POST", f"/media/{media}/caption_files?srclang=en", **form).status == status
    assert len(studio.captions(media)) == left


def test_the_other_unknowns_of_captions_are_switches(ask: Ask, studio: Studio) -> None:
    media = studio.add_media("Lecture")
    studio.set(
        new_caption_status="published",
        takes_vtt=True,
        knows_languages=False,
        takes_regions=False,
        extra_caption_keys=False,
        reformats_captions=True,
    )
    path = f"/media/{media}/caption_files?srclang="
    added = ask("POST", path + "qq", **multipart("caption_file", b"\xef\xbb\xbf7\r\n" + SRT[2:].encode())).json
    assert added["caption_file"]["status"] == "published"
    assert "provider" not in added["caption_file"]
    assert studio.captions(media)[0]["content"] == SRT
    assert ask("POST", path + "en-US", **multipart("caption_file", SRT.encode())).status == 422
    vtt = ask("POST", path + "en", **multipart("caption_file", b"WEBVTT\n\n")).json
    assert vtt["caption_file"]["subtitle_format"] == "vtt"


def test_captions_are_for_the_owner_and_for_admins(ask: Ask, studio: Studio) -> None:
    shared = studio.add_collection("Shared", user="colleague")
    studio.share(shared, "teacher", "edit")
    media = studio.add_media("Theirs", user="colleague", collection=shared)
    caption = studio.add_caption(media, "en", SRT)
    paths = (f"/media/{media}/caption_files", f"/caption_files/{caption}/download", f"/media/{media}/download")
    assert [ask("GET", path).status for path in paths] == [403, 403, 403]
    assert [ask("GET", path, token="admin").status for path in paths] == [200, 200, 302]
    assert ask("GET", f"/media/{media}").status == 200
    studio.set(owner_only_captions=False)
    assert ask("GET", paths[0]).status == 200


def test_there_is_no_way_to_delete_or_change_a_caption(ask: Ask, studio: Studio) -> None:
    caption = studio.add_caption(studio.add_media("Lecture"), "en", SRT)
    for method in ("DELETE", "PUT", "PATCH"):
        assert ask(method, f"/caption_files/{caption}").status == 404


# Finding things


def test_a_search_is_paged_by_page_and_per_page_up_to_fifty(ask: Ask, studio: Studio) -> None:
    studio.seed(120)
    first = ask("GET", "/media/search").json
    assert (len(first["media"]), first["meta"]) == (20, {"current_page": 1, "last_page": 6, "total_count": 120})
    assert len(ask("GET", "/media/search?per_page=100").json["media"]) == 50
    assert len(ask("GET", "/media/search?per_page=50&page=3").json["media"]) == 20
    assert ask("GET", "/media/search?per_page=50&page=9").json["media"] == []
    studio.set(per_page_over="reject")
    assert ask("GET", "/media/search?per_page=100").status == 422


def test_a_search_narrows_and_shows_only_what_may_be_seen(ask: Ask, studio: Studio) -> None:
    studio.add_media("Lecture one")
    studio.add_media("Lecture two", user="colleague")
    assert [m["title"] for m in ask("GET", "/media/search").json["media"]] == ["Lecture one"]
    assert len(ask("GET", "/media/search", token="admin").json["media"]) == 2
    owner = ask("GET", "/media/search?title=LECTURE&owner=colleague@sandbox.invalid", token="admin").json["media"]
    assert [m["title"] for m in owner] == ["Lecture two"]
    assert ask("GET", "/media/search?start_date=2999-01-01").json["media"] == []


def test_collections_and_courses(ask: Ask, studio: Studio) -> None:
    course = studio.add_collection("Film", course_id=77)
    studio.add_media("Lecture", collection=course)
    listed = ask("GET", "/collections").json
    assert [(c["name"], c["course_id"]) for c in listed["collections"]] == [(None, None), ("Film", 77)]
    assert ask("GET", "/courses/77").json["course"] == {"id": course, "course_id": 77, "name": "Film"}
    assert ask("GET", "/courses/78").status == 404
    assert ask("GET", "/courses/77", token="colleague").status == 403
    assert [m["title"] for m in ask("GET", f"/collections/{course}/media").json["media"]] == ["Lecture"]
    studio.set(null_collection_names=False)
    assert ask("GET", "/collections").json["collections"][0]["name"] == ""
    assert ask("POST", "/collections?name=New").json["collection"]["name"] == "New"


def test_users(ask: Ask, studio: Studio) -> None:
    me = ask("GET", "/users/me").json["user"]
    assert ask("GET", f"/users/{me['id']}").json["user"] == me
    assert ask("GET", "/users/12").status == 403
    assert ask("GET", "/users/999", token="admin").status == 404
    assert ask("GET", "/users/search", token="admin").status == 400
    found = ask("GET", "/users/search?email=colleague@sandbox.invalid", token="admin").json["users"]
    assert [user["display_name"] for user in found] == ["Colleague"]
    studio.add_media("Mine")
    assert len(ask("GET", "/users/me/media").json["media"]) == 1


def test_external_media_cannot_be_downloaded_and_others_redirect_to_the_other_host(ask: Ask, studio: Studio) -> None:
    assert ask("GET", f"/media/{studio.add_media('Tube', is_external=True)}/download").status == 422
    reply = ask("GET", f"/media/{studio.add_media('Own')}/download")
    assert (reply.status, reply.headers["Location"].startswith(studio.upload_url)) == (302, True)


def test_the_swagger_document_names_what_is_served(ask: Ask) -> None:
    document = ask("GET", "/api/public/apidocs", token=None).json
    assert document["swagger"] == "2.0"
    assert set(document["paths"]["/media/{id}/caption_files"]) == {"get", "post"}


# Sign-in


def _sign_in(ask: Ask, studio: Studio, **changes: str) -> Any:
    form = {"grant_type": "authorization_code", "code": studio.sign_in_code("teacher"), "redirect_uri": OOB}
    return _token(ask, studio, form | changes).json


def _token(ask: Ask, studio: Studio, form: dict[str, str], basic: bool = False) -> Reply:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if basic:
        headers["Authorization"] = "Basic " + b64encode(f"{studio.client_id}:{studio.client_secret}".encode()).decode()
    else:
        form = form | {"client_id": studio.client_id, "client_secret": studio.client_secret}
    body = urlencode(form).encode()
    reply: Reply = ask("POST", "/api/public/oauth/token", token=None, headers=headers, body=body)
    return reply


def test_a_code_is_pasted_and_exchanged_once(ask: Ask, studio: Studio) -> None:
    query = urlencode({"client_id": studio.client_id, "response_type": "code", "redirect_uri": OOB})
    page = ask("GET", f"/api/public/oauth/authorize?{query}", token=None).body.decode()
    code = page.partition("<code>")[2].partition("</code>")[0]
    tokens = _sign_in(ask, studio, code=code)
    assert ask("GET", "/users/me", token=tokens["access_token"]).json["user"]["display_name"] == "Teacher"
    assert _sign_in(ask, studio, code=code) == {"error": "invalid_grant"}
    assert _sign_in(ask, studio, redirect_uri="https://other.example") == {"error": "invalid_grant"}


@pytest.mark.parametrize("drops", [True, False])
def test_state_is_dropped_on_the_way_back(ask: Ask, studio: Studio, drops: bool) -> None:
    studio.set(drops_state=drops)
    query = {
        "client_id": studio.client_id,
        "response_type": "code",
        "redirect_uri": "https://app.example/back",
        "state": "s",
    }
    reply = ask("GET", f"/api/public/oauth/authorize?{urlencode(query)}", token=None)
    assert reply.status == 302
    assert ("state=s" in reply.headers["Location"]) is not drops


@pytest.mark.parametrize("redirect", ["http://app.example/back", "http://localhost:1/back", ""])
def test_a_redirect_uri_must_be_https(ask: Ask, studio: Studio, redirect: str) -> None:
    query = urlencode({"client_id": studio.client_id, "response_type": "code", "redirect_uri": redirect})
    assert ask("GET", f"/api/public/oauth/authorize?{query}", token=None).status == 400


@pytest.mark.parametrize("basic", [True, False])
def test_a_refresh_token_works_once_and_gives_the_next(ask: Ask, studio: Studio, basic: bool) -> None:
    old = _sign_in(ask, studio)["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": old}
    new = _token(ask, studio, form, basic=basic).json
    assert new["refresh_token"] != old
    again = _token(ask, studio, form, basic=basic)
    assert (again.status, again.json) == (400, {"error": "invalid_grant"})
    studio.set(rotates_refresh_tokens=False)
    form["refresh_token"] = new["refresh_token"]
    assert [_token(ask, studio, form).json["refresh_token"] for _ in range(2)] == [new["refresh_token"]] * 2


def test_a_wrong_client_is_invalid(ask: Ask, studio: Studio) -> None:
    reply = ask(
        "POST",
        "/api/public/oauth/token",
        token=None,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=b"grant_type=refresh_token&client_id=x&client_secret=y",
    )
    assert (reply.status, reply.json) == (401, {"error": "invalid_client"})


def test_an_access_token_ends_and_a_refresh_brings_a_new_one(ask: Ask, studio: Studio) -> None:
    studio.set(token_lifetime_s=3600)
    tokens = _sign_in(ask, studio)
    assert tokens["expires_in"] == 3600
    assert ask("GET", "/ping", token=tokens["access_token"]).status == 200
    studio.end_tokens("teacher")
    assert ask("GET", "/ping", token=tokens["access_token"]).status == 401
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert ask("GET", "/ping", token=_token(ask, studio, form).json["access_token"]).status == 200
    studio.end_refresh_tokens("teacher")
    assert _token(ask, studio, form).json == {"error": "invalid_grant"}


# Faults and the sandbox


@pytest.mark.parametrize(("action", "status"), [("error_before", 500), ("throttled", 429), ("unavailable", 503)])
def test_faults_happen_as_on_the_other_stand_in(ask: Ask, studio: Studio, action: str, status: int) -> None:
    studio.fault(action, path="/media/search")
    assert ask("GET", "/ping").status == 200
    reply = ask("GET", "/media/search")
    assert reply.status == status
    assert ("Retry-After" in reply.headers) is (status != 500)
    assert ask("GET", "/media/search").status == 200


def test_the_world_can_be_set_over_http(ask: Ask, studio: Studio) -> None:
    media = ask("POST", "/api/../sandbox/add_media", {"title": "x"})
    assert media.status in (401, 404)
    connection = http.client.HTTPConnection("127.0.0.1", studio.port, timeout=5)
    connection.request("POST", "/sandbox/add_media", json.dumps({"title": "Over HTTP"}))
    made = json.load(connection.getresponse())["result"]
    connection.close()
    assert [(m["id"], m["title"]) for m in studio.media()] == [(made, "Over HTTP")]


def test_state_is_kept_in_its_folder(tmp_path: Path) -> None:
    with Studio(tmp_path) as studio:
        media = studio.add_media("Kept")
    with Studio(tmp_path, StudioSwitches(latency_ms=1)) as studio:
        assert [m["id"] for m in studio.media()] == [media]


@pytest.mark.parametrize("body", [b"[1]", b"{", b"\xff"])
def test_a_body_that_cannot_be_read_is_400(ask: Ask, body: bytes) -> None:
    assert ask("POST", "/media", headers={"Content-Type": "application/json"}, body=body).status == 400
