"""Media objects: how they look, which are listed, the rename. guides/canvas-server.md, sections 2, 4, 8, 10."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from captionkit.sandbox import Sandbox

Asker = Callable[..., Any]

SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello\n"


def titles(reply: Any) -> list[str]:
    return [entry["title"] for entry in reply.json]


def test_a_media_object_has_these_keys(ask: Asker, sandbox: Sandbox, course: int, media: str) -> None:
    (entry,) = ask("GET", f"/api/v1/courses/{course}/media_objects").json
    assert set(entry) == {
        "media_id",
        "created_at",
        "media_type",
        "title",
        "can_add_captions",
        "media_sources",
        "embedded_iframe_url",
        "auto_caption_status",
        "viewer_restrictions",
        "media_tracks",
    }
    assert entry["media_sources"][0]["label"] == "382 kbps"
    assert entry["media_sources"][0]["src"] == entry["media_sources"][0]["url"]
    sandbox.set(old_server=True)
    (old,) = ask("GET", f"/api/v1/courses/{course}/media_objects").json
    assert set(entry) - set(old) == {"auto_caption_status", "viewer_restrictions"}


@pytest.mark.parametrize(("excluded", "gone"), [("sources", "media_sources"), ("tracks", "media_tracks")])
def test_exclude_drops_its_key(ask: Asker, course: int, media: str, excluded: str, gone: str) -> None:
    (entry,) = ask("GET", f"/api/v1/courses/{course}/media_objects?exclude[]={excluded}").json
    assert gone not in entry
    assert len({"media_sources", "media_tracks"} & set(entry)) == 1


def test_the_listing_shows_the_tracks_of_every_user_by_locale(
    ask: Asker, sandbox: Sandbox, course: int, media: str
) -> None:
    sandbox.add_track(media, "uk", SRT, user="colleague")
    sandbox.add_track(media, "en", SRT, asr=True)
    (entry,) = ask("GET", f"/api/v1/courses/{course}/media_objects").json
    assert [(t["locale"], t["asr"]) for t in entry["media_tracks"]] == [("en", True), ("uk", False)]
    assert set(entry["media_tracks"][0]) == {
        *("id", "locale", "kind", "created_at", "updated_at", "url", "workflow_state", "asr")
    }
    assert entry["media_tracks"][1]["url"].endswith(f"/media_objects/{media}/media_tracks/1")


def test_an_old_server_does_not_tell_workflow_state_and_asr(ask: Asker, sandbox: Sandbox, media: str) -> None:
    sandbox.set(old_server=True)
    sandbox.add_track(media, "en", SRT)
    (track,) = ask("GET", f"/api/v1/media_objects/{media}/media_tracks").json
    assert set(track) == {"id", "locale", "kind", "media_object_id", "user_id"}


def test_titles_sort_as_people_do_and_the_title_given_later_wins(ask: Asker, sandbox: Sandbox, course: int) -> None:
    for title in ("zebra", "Émile", "apple", "Banana", "eclair"):
        sandbox.add_media(course, title)
    sandbox.add_media(course, "aaa", user_entered_title="Cherry")
    sandbox.add_media(course, None)
    assert titles(ask("GET", f"/api/v1/courses/{course}/media_objects")) == [
        *("Untitled", "apple", "Banana", "Cherry", "eclair", "Émile", "zebra")
    ]
    down = titles(ask("GET", f"/api/v1/courses/{course}/media_objects?order=desc"))
    assert down[0] == "zebra"


def test_sort_by_created_at_works_and_an_unknown_column_is_a_500(ask: Asker, sandbox: Sandbox, course: int) -> None:
    sandbox.add_media(course, "a", created_at="2026-01-02T00:00:00Z")
    sandbox.add_media(course, "b", created_at="2026-01-01T00:00:00Z")
    assert titles(ask("GET", f"/api/v1/courses/{course}/media_objects?sort=created_at")) == ["b", "a"]
    assert ask("GET", f"/api/v1/courses/{course}/media_objects?sort=name").status == 500
    assert ask("GET", f"/api/v1/courses/{course}/media_objects?sort=id;drop").status == 500
    assert ask("GET", f"/api/v1/courses/{course}/media_objects?sort[]=title").status == 500


def test_what_sorts_alike_may_come_in_any_order_on_every_page(ask: Asker, sandbox: Sandbox, course: int) -> None:
    sandbox.seed(course, 200, title="The same")
    path = f"/api/v1/courses/{course}/media_objects?per_page=100"
    assert ask("GET", path).json == ask("GET", path).json
    sandbox.set(stable_ties=False)
    first, again = ([entry["media_id"] for entry in ask("GET", path).json] for _ in range(2))
    assert first != again


def test_every_listed_object_costs_and_waits_for_kaltura_unless_sources_are_excluded(
    ask: Asker, sandbox: Sandbox, course: int
) -> None:
    sandbox.seed(course, 20)
    sandbox.set(kaltura_ms=3, row_cost=0.5)
    path = f"/api/v1/courses/{course}/media_objects?per_page=20"
    assert float(ask("GET", path).headers["X-Request-Cost"]) == 10.05
    assert sandbox.requests[-1]["seconds"] >= 0.06
    ask("GET", path + "&exclude[]=sources")
    assert "media_sources" not in ask("GET", path + "&exclude[]=sources").json[0]


def test_a_saved_track_moves_its_media_object_in_the_order_of_updated_at(
    ask: Asker, sandbox: Sandbox, course: int
) -> None:
    first, second = sandbox.add_media(course, "first"), sandbox.add_media(course, "second")
    path = f"/api/v1/courses/{course}/media_objects?sort=updated_at&order=desc"
    for number, media in enumerate((first, second, first)):
        sandbox.set(clock_skew_s=(number + 1) * 3600)
        ask("PUT", f"/api/v1/media_objects/{media}/media_tracks", [{"locale": "en", "content": f"take {number}"}])
        assert ask("GET", path).json[0]["media_id"] == media


def test_search_looks_at_the_first_title_only_and_wants_two_characters(
    ask: Asker, sandbox: Sandbox, course: int
) -> None:
    sandbox.add_media(course, "Lecture 100%", user_entered_title="Welcome")
    sandbox.add_media(course, "Lecture 1000")
    base = f"/api/v1/courses/{course}/media_objects?search_term="
    assert titles(ask("GET", base + "lecture")) == ["Lecture 1000", "Welcome"]
    assert titles(ask("GET", base + "0%25")) == ["Welcome"]
    assert titles(ask("GET", base + "Welcome")) == []
    short = ask("GET", base + "x")
    assert short.status == 400
    assert short.json["errors"][0]["code"] == "invalid"


def test_pages_are_walked_by_links_that_name_the_media_attachments_path(
    ask: Asker, sandbox: Sandbox, course: int
) -> None:
    sandbox.seed(course, 25)
    reply = ask("GET", f"/api/v1/courses/{course}/media_objects?order=asc&exclude[]=tracks&exclude[]=sources")
    seen = titles(reply)
    assert len(seen) == 10
    assert list(reply.links) == ["current", "next", "first", "last"]
    query = "?exclude%5B%5D=tracks&exclude%5B%5D=sources&order=asc&page=2&per_page=10"
    assert reply.links["next"] == f"/api/v1/courses/{course}/media_attachments{query}"
    while "next" in reply.links:
        reply = ask("GET", reply.links["next"])
        seen += titles(reply)
    assert list(reply.links) == ["current", "prev", "first", "last"]
    assert "page=3&" in reply.links["current"]
    assert seen == [f"Lecture {n:05d}" for n in range(1, 26)]


@pytest.mark.parametrize(("asked", "given"), [("0", 1), ("abc", 1), ("-5", 1), ("7", 7), ("100", 30), ("500", 30)])
def test_per_page_is_clamped_from_one_to_a_hundred(
    ask: Asker, sandbox: Sandbox, course: int, asked: str, given: int
) -> None:
    sandbox.seed(course, 30)
    reply = ask("GET", f"/api/v1/courses/{course}/media_objects?per_page={asked}")
    assert len(reply.json) == given
    assert f"per_page={min(max(given, 1), 100) if given != 30 else 100}" in reply.headers["Link"]


def test_a_link_header_that_would_grow_too_long_keeps_next(ask: Asker, sandbox: Sandbox, course: int) -> None:
    sandbox.seed(course, 3)
    reply = ask("GET", f"/api/v1/courses/{course}/media_objects?per_page=1&page=2&x={'y' * 2500}")
    assert list(reply.links) == ["current", "next"]
    assert len(reply.headers["Link"]) <= 6 * 1024


def test_a_page_beyond_the_end_is_an_empty_list(ask: Asker, course: int, media: str) -> None:
    reply = ask("GET", f"/api/v1/courses/{course}/media_objects?page=9")
    assert (reply.status, reply.json) == (200, [])
    assert "next" not in reply.links


def test_the_token_never_appears_in_a_link(ask: Asker, sandbox: Sandbox, course: int, media: str) -> None:
    token = sandbox.tokens["teacher"]
    reply = ask("GET", f"/api/v1/courses/{course}/media_objects?access_token={token}", token=None)
    assert reply.status == 200
    assert token not in reply.headers["Link"]


def test_a_page_of_a_hundred_asks_the_database_as_often_as_a_page_of_one(
    ask: Asker, sandbox: Sandbox, course: int
) -> None:
    sandbox.seed(course, 1000, 3)
    asked: list[str] = []
    sandbox._state._db.set_trace_callback(asked.append)
    ask("GET", f"/api/v1/courses/{course}/media_objects?per_page=100&page=3")
    first = len(asked)
    ask("GET", f"/api/v1/courses/{course}/media_objects?per_page=1&page=3")
    assert len(asked) - first <= first <= 8


def test_without_a_course_only_the_callers_own_files_count(
    ask: Asker, sandbox: Sandbox, course: int, media: str
) -> None:
    sandbox.add_media(None, "Mine")
    sandbox.add_media(None, "Theirs", user="colleague")
    for path in ("/api/v1/media_objects", "/api/v1/media_attachments"):
        assert titles(ask("GET", path)) == ["Mine"]


@pytest.mark.parametrize("name", ["media_objects", "media_attachments"])
def test_a_group_has_its_own_listing(ask: Asker, sandbox: Sandbox, name: str) -> None:
    group = sandbox.add_group("Editors")
    sandbox.add_media(None, "Group film", group=group)
    reply = ask("GET", f"/api/v1/groups/{group}/{name}")
    assert titles(reply) == ["Group film"]
    assert reply.links["current"].startswith(f"/api/v1/groups/{group}/media_attachments?")
    assert ask("GET", f"/api/v1/groups/{group}/{name}", token="student").status == 403
    assert ask("GET", f"/api/v1/groups/{group + 1}/{name}").status == 404


@pytest.mark.parametrize("course_id", ["999", "sis_course_id:film", "abc", "9" * 30])
def test_a_course_that_is_not_there_is_404_and_sis_ids_do_not_work_here(
    ask: Asker, sandbox: Sandbox, course_id: str
) -> None:
    sandbox.add_course("Film", sis_id="film")
    reply = ask("GET", f"/api/v1/courses/{course_id}/media_objects")
    assert (reply.status, reply.json) == (404, {"errors": [{"message": "The specified resource does not exist."}]})


def test_a_hidden_file_refuses_the_whole_list_to_a_student(
    ask: Asker, sandbox: Sandbox, course: int, media: str
) -> None:
    sandbox.add_media(course, "Open")
    sandbox.hide_file(sandbox.file_id(media))
    path = f"/api/v1/courses/{course}/media_objects"
    assert len(ask("GET", path).json) == 2
    assert ask("GET", path, token="student").status == 403
    sandbox.set(hidden_file="skip")
    assert titles(ask("GET", path, token="student")) == ["Open"]


@pytest.mark.parametrize(("user", "may"), [("teacher", True), ("colleague", True), ("student", False), ("admin", True)])
def test_can_add_captions_is_the_right_to_edit_the_file(
    ask: Asker, course: int, media: str, user: str, may: bool
) -> None:
    (entry,) = ask("GET", f"/api/v1/courses/{course}/media_objects", token=user).json
    assert entry["can_add_captions"] is may


def test_a_media_object_without_file_may_be_captioned_by_its_owner(ask: Asker, sandbox: Sandbox) -> None:
    media = sandbox.add_media(None, "Recording", user="student", with_file=False)
    path = f"/api/v1/media_objects/{media}/media_tracks"
    assert ask("PUT", path, [{"locale": "en", "content": SRT}], token="student").status == 200
    assert ask("PUT", path, [], token="teacher").status == 204


def test_the_former_media_id_finds_the_object_and_the_primary_key_does_not(
    ask: Asker, sandbox: Sandbox, course: int
) -> None:
    media = sandbox.add_media(course, "Moved", old_media_id="0_former")
    sandbox.add_track(media, "en", SRT)
    assert len(ask("GET", "/api/v1/media_objects/0_former/media_tracks").json) == 1
    number = sandbox.media()[0]["id"]
    assert ask("GET", f"/api/v1/media_objects/{number}/media_tracks").status == 403


def test_a_deleted_media_object_leaves_the_listing_but_answers_by_its_id(
    ask: Asker, sandbox: Sandbox, course: int, media: str
) -> None:
    sandbox.add_track(media, "en", SRT)
    file = sandbox.file_id(media)
    sandbox.delete_media(media)
    assert ask("GET", f"/api/v1/courses/{course}/media_objects").json == []
    assert len(ask("GET", f"/api/v1/media_objects/{media}/media_tracks").json) == 1
    assert ask("GET", f"/api/v1/media_attachments/{file}/media_tracks").status == 403


@pytest.mark.parametrize("kind", ["media_objects/m-none", "media_attachments/99999", "media_attachments/abc"])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_what_is_missing_is_403_or_401_on_an_old_server(
    ask: Asker, sandbox: Sandbox, course: int, kind: str, method: str
) -> None:
    reply = ask(method, f"/api/v1/{kind}/media_tracks", [])
    assert reply.status == 403
    assert reply.json["status"] == "unauthorized"
    assert "WWW-Authenticate" not in reply.headers
    sandbox.set(old_server=True)
    assert ask(method, f"/api/v1/{kind}/media_tracks", []).status == 401


def test_a_file_without_media_is_403_and_one_being_processed_lists_nothing_and_breaks_a_put(
    ask: Asker, sandbox: Sandbox, course: int
) -> None:
    plain = sandbox.add_file(course, "notes.pdf")
    waiting = sandbox.add_file(course, "new.mp4", content_type="video/mp4", media_entry_id="maybe")
    assert ask("GET", f"/api/v1/media_attachments/{plain}/media_tracks").status == 403
    assert ask("GET", f"/api/v1/media_attachments/{waiting}/media_tracks").json == []
    assert ask("PUT", f"/api/v1/media_attachments/{waiting}/media_tracks", []).status == 500


def test_a_deleted_file_gives_way_to_its_replacement(ask: Asker, sandbox: Sandbox, course: int, media: str) -> None:
    sandbox.add_track(media, "en", SRT)
    file = sandbox.file_id(media)
    new = sandbox.replace_file(file, course, "Lecture 1.mp4")
    shown = ask("GET", f"/api/v1/media_attachments/{file}/media_tracks")
    assert shown.json == ask("GET", f"/api/v1/media_attachments/{new}/media_tracks").json
    assert len(shown.json) == 1  # inherited from the original file, deleted or not


def test_the_order_on_the_attachments_path_can_be_any(ask: Asker, sandbox: Sandbox, media: str) -> None:
    for locale in ("de", "en", "fr"):
        sandbox.add_track(media, locale, SRT)
    path = f"/api/v1/media_attachments/{sandbox.file_id(media)}/media_tracks"
    assert [t["locale"] for t in ask("GET", path).json] == ["de", "en", "fr"]
    sandbox.set(attachment_track_order="newest")
    assert [t["locale"] for t in ask("GET", path).json] == ["fr", "en", "de"]


def test_the_track_list_has_no_pages(ask: Asker, sandbox: Sandbox, media: str) -> None:
    for n in range(30):
        sandbox.add_track(media, "x" + "y" * n, SRT)
    reply = ask("GET", f"/api/v1/media_objects/{media}/media_tracks?per_page=2")
    assert (len(reply.json), "Link" in reply.headers) == (30, False)


def test_anybody_signed_in_may_list_tracks_by_media_id(ask: Asker, sandbox: Sandbox, media: str) -> None:
    assert ask("GET", f"/api/v1/media_objects/{media}/media_tracks", token="stranger").status == 200
    path = f"/api/v1/media_attachments/{sandbox.file_id(media)}/media_tracks"
    assert ask("GET", path, token="stranger").status == 403


# The rename


def test_the_owner_renames_and_the_listing_shows_it(ask: Asker, course: int, media: str) -> None:
    reply = ask("PUT", f"/api/v1/media_objects/{media}", {"user_entered_title": "Second thoughts"})
    assert (reply.status, reply.json["title"]) == (200, "Second thoughts")
    assert not {"media_sources", "media_tracks", "user_entered_title"} & set(reply.json)
    assert titles(ask("GET", f"/api/v1/courses/{course}/media_objects")) == ["Second thoughts"]


def test_only_the_owner_renames_by_media_id_but_every_editor_by_file(ask: Asker, sandbox: Sandbox, media: str) -> None:
    new = {"user_entered_title": "New"}
    assert ask("PUT", f"/api/v1/media_objects/{media}", new, token="colleague").status == 403
    assert ask("PUT", f"/api/v1/media_attachments/{sandbox.file_id(media)}", new, token="colleague").status == 200
    assert ask("PUT", f"/api/v1/media_attachments/{sandbox.file_id(media)}", new, token="student").status == 403
    assert ask("PUT", "/api/v1/media_objects/m-none", new).status == 403


@pytest.mark.parametrize("body", [{}, {"user_entered_title": ""}, {"user_entered_title": "  "}, {"title": "x"}])
def test_a_rename_needs_a_title(ask: Asker, media: str, body: dict[str, str]) -> None:
    reply = ask("PUT", f"/api/v1/media_objects/{media}", body)
    assert reply.status == 400
    assert reply.json == {"message": "The user_entered_title parameter must have a value"}


def test_a_long_title_is_cut_to_255_characters(ask: Asker, media: str) -> None:
    title = ask("PUT", f"/api/v1/media_objects/{media}", {"user_entered_title": "x" * 300}).json["title"]
    assert (len(title), title[-3:]) == (255, "...")


def test_a_title_may_come_in_the_query_or_a_form(ask: Asker, media: str) -> None:
    path = f"/api/v1/media_objects/{media}"
    assert ask("PUT", path + "?user_entered_title=In+the+query").json["title"] == "In the query"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask("PUT", path, body=b"user_entered_title=In%20a%20form", headers=form).json["title"] == "In a form"


def test_viewer_restrictions_take_one_boolean_and_are_merged(ask: Asker, media: str) -> None:
    path = f"/api/v1/media_objects/{media}"
    on = {"user_entered_title": "T", "viewer_restrictions": {"show_rolling_transcript": True, "other": 1}}
    assert ask("PUT", path, on).json["viewer_restrictions"] == {"show_rolling_transcript": True}
    untouched = {"user_entered_title": "T", "viewer_restrictions": {}}
    assert ask("PUT", path, untouched).json["viewer_restrictions"] == {"show_rolling_transcript": True}
    wrong = {"user_entered_title": "U", "viewer_restrictions": {"show_rolling_transcript": "yes"}}
    assert ask("PUT", path, wrong).status == 422
    assert ask("PUT", path, {"viewer_restrictions": {"show_rolling_transcript": False}}).status == 400


# The uploader


def test_an_uploader_makes_a_media_object_with_its_file(ask: Asker, sandbox: Sandbox, course: int) -> None:
    body = {"id": "m-new", "type": "video", "context_code": f"course_{course}", "title": "Recorded"}
    for path in ("/api/v1/media_objects", "/api/v1/media_attachments"):
        reply = ask("POST", path, body)
        assert (reply.status, reply.json["media_object"]["media_id"]) == (200, "m-new")
    assert titles(ask("GET", f"/api/v1/courses/{course}/media_objects")) == ["Recorded"]
    ask("POST", "/api/v1/media_objects", body | {"title": "Recorded again"})
    assert titles(ask("GET", f"/api/v1/courses/{course}/media_objects")) == ["Recorded again"]
    assert ask("GET", f"/api/v1/files/{sandbox.file_id('m-new')}").json["media_entry_id"] == "m-new"


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"context_code": "course_999"}, 404), ({"context_code": "x"}, 404), ({"id": ""}, 500), ({"type": None}, 500)],
)
def test_an_uploader_that_says_too_little_makes_nothing(
    ask: Asker, sandbox: Sandbox, course: int, changes: dict[str, Any], status: int
) -> None:
    body = {"id": "m-new", "type": "video", "context_code": f"course_{course}"} | changes
    assert ask("POST", "/api/v1/media_objects", body).status == status
    assert sandbox.media() == []
    body |= {"id": "m-new", "type": "video", "context_code": f"course_{course}"}
    assert ask("POST", "/api/v1/media_objects", body, token="stranger").status == 403


# Automatic captions


def test_automatic_captions_are_asked_for_where_the_flag_is_on(ask: Asker, sandbox: Sandbox, media: str) -> None:
    path = f"/api/v1/media_objects/{media}/asr"
    assert ask("POST", path, {"locale": "en"}).status == 404
    sandbox.set(asr_requests=True)
    assert ask("POST", path, {"locale": "e1"}).status == 400
    assert ask("POST", "/api/v1/media_objects/m-none/asr", {"locale": "en"}).status == 422
    assert ask("POST", f"/api/v1/media_attachments/{sandbox.file_id(media)}/asr", {"locale": "en"}).status == 200
    (track,) = sandbox.tracks(media)
    assert (track["workflow_state"], track["asr"], track["content"]) == ("processing", True, "")
    sandbox.finish_asr(track["id"], SRT)
    assert sandbox.tracks(media)[0]["workflow_state"] == "ready"
