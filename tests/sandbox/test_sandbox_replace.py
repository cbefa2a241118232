"""The bulk replace: every row of the table in guides/canvas-server.md, section 5, and the validation of section 6."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from captionkit.sandbox import Sandbox

Asker = Callable[..., Any]

SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello\n"
VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\nHello again\n"


def objects(media: str) -> str:
    return f"/api/v1/media_objects/{media}/media_tracks"


def attachments(sandbox: Sandbox, media: str, course: int | None = None) -> str:
    return f"/api/v1/media_attachments/{sandbox.file_id(media, course)}/media_tracks"


@pytest.fixture
def de_en(sandbox: Sandbox, media: str) -> dict[str, int]:
    return {locale: sandbox.add_track(media, locale, SRT) for locale in ("de", "en")}


@pytest.mark.parametrize("body", ["[]", "null", "false", "{}", '["en"]', '["en", "de"]'])
@pytest.mark.parametrize("path_kind", ["objects", "attachments"])
def test_a_body_without_usable_locales_deletes_every_track(
    sandbox: Sandbox, ask: Asker, media: str, de_en: Any, locales: Any, body: str, path_kind: str
) -> None:
    path = objects(media) if path_kind == "objects" else attachments(sandbox, media)
    reply = ask("PUT", path, body=body.encode())
    assert (reply.status, reply.json, locales()) == (200, [], [])


@pytest.mark.parametrize(
    "body",
    [
        '{"tracks": []}',
        '{"tracks": [{"locale": "en"}]}',
        '{"locale": "en"}',
        "[1]",
        "[null]",
        "[true]",
        "[[]]",
        "5",
        '"x"',
        "true",
        "",
        "[NaN]",
    ],
)
def test_a_body_of_another_shape_is_a_500_that_changes_nothing(
    ask: Asker, media: str, de_en: Any, locales: Any, body: str
) -> None:
    headers = {"Content-Type": "text/plain"}  # else the parameter parser would catch what is no JSON
    reply = ask("PUT", objects(media), body=body.encode(), headers=headers)
    assert reply.status == 500
    assert reply.json["errors"][0]["error_code"] == "internal_server_error"
    assert locales() == ["de", "en"]


@pytest.mark.parametrize(("content_type", "status"), [("application/json", 400), ("text/plain", 500)])
@pytest.mark.parametrize("body", [b"[", b"\xef\xbb\xbf[]", b"[{'locale':'en'}]", b"\xff\xfe", b"[NaN]"])
def test_malformed_json_changes_nothing_and_the_content_type_decides_the_status(
    ask: Asker, media: str, de_en: Any, locales: Any, body: bytes, content_type: str, status: int
) -> None:
    assert ask("PUT", objects(media), body=body, headers={"Content-Type": content_type}).status == status
    assert locales() == ["de", "en"]


def test_an_element_without_locale_is_422_after_the_deletions(ask: Asker, media: str, de_en: Any, locales: Any) -> None:
    reply = ask("PUT", objects(media), [{"locale": "en"}, {"content": SRT}])
    assert (reply.status, locales()) == (422, ["en"])
    assert reply.json == {"errors": [{"field": "locale", "message": "is invalid", "error_code": "invalid"}]}


def test_of_duplicate_locales_the_last_content_wins_in_one_track(ask: Asker, sandbox: Sandbox, media: str) -> None:
    reply = ask("PUT", objects(media), [{"locale": "en", "content": "first"}, {"locale": "en", "content": "last"}])
    assert reply.status == 200
    assert [track["content"] for track in sandbox.tracks(media)] == ["last"]


def test_a_locale_without_content_is_left_alone(
    ask: Asker, sandbox: Sandbox, media: str, de_en: dict[str, int]
) -> None:
    before = sandbox.tracks(media)
    reply = ask("PUT", objects(media), [{"locale": "en"}, {"locale": "de"}, {"locale": "xx"}])
    assert [track["locale"] for track in reply.json] == ["de", "en"]
    assert sandbox.tracks(media) == before


@pytest.mark.parametrize("blank", [None, "", " \t\r\n", "\u3000\u2003\xa0", False, [], {}])
def test_blank_content_keeps_a_track_and_creates_none(
    ask: Asker, sandbox: Sandbox, media: str, de_en: Any, blank: object
) -> None:
    before = sandbox.tracks(media)
    body = [{"locale": name, "content": blank, "kind": "nonsense"} for name in ("de", "en", "fr")]
    assert ask("PUT", objects(media), body).status == 200
    assert sandbox.tracks(media) == before


@pytest.mark.parametrize("content", ["\u200b", "\ufeff", "0", "-", "\x1c"])
def test_what_only_looks_blank_is_content(ask: Asker, sandbox: Sandbox, media: str, content: str) -> None:
    assert ask("PUT", objects(media), [{"locale": "en", "content": content}]).status == 200
    assert [track["content"] for track in sandbox.tracks(media)] == [content]


@pytest.mark.parametrize("kind", ["subtitles", "captions", "descriptions", "chapters", "metadata"])
def test_a_known_kind_is_taken_and_kept_when_omitted_on_update(
    ask: Asker, sandbox: Sandbox, media: str, kind: str
) -> None:
    assert ask("PUT", objects(media), [{"locale": "en", "content": "a", "kind": kind}]).status == 200
    assert ask("PUT", objects(media), [{"locale": "en", "content": "b"}]).status == 200
    assert [(track["kind"], track["content"]) for track in sandbox.tracks(media)] == [(kind, "b")]


@pytest.mark.parametrize("kind", ["forced", "", None, "Subtitles", 5])
def test_another_kind_is_422_after_the_deletions(
    ask: Asker, media: str, de_en: Any, locales: Any, kind: object
) -> None:
    reply = ask("PUT", objects(media), [{"locale": "en", "content": "new", "kind": kind}])
    assert (reply.status, locales()) == (422, ["en"])
    assert reply.json["errors"] == [
        {"field": "kind", "message": "is not included in the list", "error_code": "inclusion"}
    ]


def test_kind_without_content_is_ignored(ask: Asker, sandbox: Sandbox, media: str, de_en: Any) -> None:
    ask("PUT", objects(media), [{"locale": "en", "kind": "captions"}, {"locale": "de", "kind": "nonsense"}])
    assert {track["kind"] for track in sandbox.tracks(media)} == {"subtitles"}


def test_the_default_kind_is_subtitles(ask: Asker, media: str) -> None:
    assert ask("PUT", objects(media), [{"locale": "en", "content": "a"}]).json[0]["kind"] == "subtitles"


def test_the_same_content_changes_neither_id_nor_updated_at(
    ask: Asker, sandbox: Sandbox, media: str, de_en: dict[str, int]
) -> None:
    sandbox.set(clock_skew_s=3600)
    before = sandbox.tracks(media)
    assert ask("PUT", objects(media), [{"locale": "en", "content": SRT}, {"locale": "de"}]).status == 200
    assert sandbox.tracks(media) == before


def test_changed_content_keeps_the_id_and_moves_updated_at_only(
    ask: Asker, sandbox: Sandbox, media: str, de_en: dict[str, int]
) -> None:
    before = sandbox.tracks(media)[1]
    sandbox.set(clock_skew_s=3600)
    assert ask("PUT", objects(media), [{"locale": "en", "content": "new"}]).status == 200
    (after,) = sandbox.tracks(media)
    assert (after["id"], after["created_at"], after["content"]) == (before["id"], before["created_at"], "new")
    assert after["updated_at"] > before["updated_at"]


def test_a_locale_of_another_case_is_another_locale(
    ask: Asker, sandbox: Sandbox, media: str, de_en: dict[str, int]
) -> None:
    assert ask("PUT", objects(media), [{"locale": "EN", "content": "new"}]).status == 200
    (track,) = sandbox.tracks(media)
    assert track["locale"] == "EN"
    assert track["id"] not in de_en.values()


@pytest.mark.parametrize(("number", "text"), [(5, "5"), (0, "0"), (1.5, "1.5"), (True, "t")])
def test_a_number_as_content_becomes_text(ask: Asker, sandbox: Sandbox, media: str, number: object, text: str) -> None:
    assert ask("PUT", objects(media), [{"locale": "en", "content": number}]).status == 200
    assert sandbox.tracks(media)[0]["content"] == text


@pytest.mark.parametrize("content", [["a"], {"a": 1}])
def test_an_array_or_object_as_content_is_422_on_create_and_nothing_on_update(
    ask: Asker, sandbox: Sandbox, media: str, content: object
) -> None:
    created = ask("PUT", objects(media), [{"locale": "en", "content": content}])
    assert created.status == 422
    assert created.json["errors"] == [{"field": "content", "message": "can't be blank", "error_code": "blank"}]
    sandbox.add_track(media, "en", SRT)
    before = sandbox.tracks(media)
    assert ask("PUT", objects(media), [{"locale": "en", "content": content}]).status == 200
    assert sandbox.tracks(media) == before


def test_a_foreign_locale_on_the_media_objects_path_is_taken_after_the_deletions(
    ask: Asker, sandbox: Sandbox, media: str, locales: Any
) -> None:
    sandbox.add_track(media, "en", SRT, user="colleague")
    sandbox.add_track(media, "de", SRT)
    reply = ask("PUT", objects(media), [{"locale": "en", "content": "mine"}])
    assert reply.status == 422
    assert reply.json["errors"] == [{"field": "locale", "message": "has already been taken", "error_code": "taken"}]
    assert [(track["locale"], track["user"], track["content"]) for track in sandbox.tracks(media)] == [
        ("en", "colleague", SRT)
    ]


def test_without_attachment_two_users_may_have_the_same_locale(ask: Asker, sandbox: Sandbox, course: int) -> None:
    media = sandbox.add_media(course, "Old", with_file=False)
    sandbox.add_track(media, "en", "theirs", user="colleague")
    assert ask("PUT", objects(media), [{"locale": "en", "content": "mine"}]).status == 200
    assert sorted(track["content"] for track in sandbox.tracks(media)) == ["mine", "theirs"]


def test_a_colleagues_track_that_the_list_hides_is_deleted_by_a_put_that_does_not_name_it(
    ask: Asker, sandbox: Sandbox, media: str, locales: Any
) -> None:
    sandbox.add_track(media, "uk", SRT, user="colleague")
    sandbox.add_track(media, "en", SRT)
    assert [track["locale"] for track in ask("GET", objects(media)).json] == ["en"]
    assert ask("PUT", objects(media), [{"locale": "en"}]).status == 200
    assert locales() == ["en"]


def test_a_colleagues_track_survives_where_it_is_named(ask: Asker, sandbox: Sandbox, media: str) -> None:
    sandbox.add_track(media, "uk", SRT, user="colleague")
    before = sandbox.tracks(media)
    assert ask("PUT", objects(media), [{"locale": "uk"}]).json == []
    assert sandbox.tracks(media) == before


def test_on_the_attachments_path_a_colleagues_track_is_seen_and_replaced_and_stays_theirs(
    ask: Asker, sandbox: Sandbox, media: str
) -> None:
    track = sandbox.add_track(media, "uk", SRT, user="colleague")
    assert [t["id"] for t in ask("GET", attachments(sandbox, media)).json] == [track]
    assert ask("PUT", attachments(sandbox, media), [{"locale": "uk", "content": "new"}]).status == 200
    assert [(t["id"], t["user"], t["content"]) for t in sandbox.tracks(media)] == [(track, "colleague", "new")]


def test_an_inherited_track_that_a_copys_put_does_not_name_is_destroyed_at_its_source(
    ask: Asker, sandbox: Sandbox, course: int, media: str, locales: Any
) -> None:
    sandbox.add_track(media, "en", SRT)
    sandbox.add_track(media, "de", SRT)
    copy = sandbox.copy_course(course, "Film studies, next year")
    path = attachments(sandbox, media, copy)
    assert [t["locale"] for t in ask("GET", path).json] == ["de", "en"]
    assert ask("PUT", path, [{"locale": "en"}]).status == 200
    assert locales() == ["en"]


def test_a_copy_overrides_an_inherited_track_with_one_of_its_own(
    ask: Asker, sandbox: Sandbox, course: int, media: str
) -> None:
    original = sandbox.add_track(media, "en", SRT)
    path = attachments(sandbox, media, sandbox.copy_course(course, "Next year"))
    (shown,) = ask("PUT", path + "?include[]=content", [{"locale": "en", "content": "own"}]).json
    assert shown["id"] != original
    assert shown["content"] == "own"
    assert sorted(track["content"] for track in sandbox.tracks(media)) == sorted([SRT, "own"])


def test_deleting_an_override_makes_the_inherited_track_appear_again(
    ask: Asker, sandbox: Sandbox, course: int, media: str
) -> None:
    original = sandbox.add_track(media, "en", SRT)
    copy = sandbox.copy_course(course, "Next year")
    own = sandbox.add_track(media, "en", "own", file=sandbox.file_id(media, copy))
    path = attachments(sandbox, media, copy)
    assert [track["id"] for track in ask("GET", path).json] == [own]
    assert [track["id"] for track in ask("PUT", path, []).json] == [original]


def test_the_media_objects_path_reaches_neither_a_copys_own_track_nor_another_media_object(
    ask: Asker, sandbox: Sandbox, course: int, media: str
) -> None:
    copy = sandbox.copy_course(course, "Next year")
    own = sandbox.add_track(media, "en", "own", file=sandbox.file_id(media, copy))
    other = sandbox.add_media(course, "Other", with_file=False)
    theirs = sandbox.add_track(other, "en", SRT)
    sandbox.add_track(media, "de", SRT)
    assert [track["locale"] for track in ask("GET", objects(media)).json] == ["de"]
    assert ask("PUT", objects(media), []).json == []
    assert {track["id"] for track in sandbox.all_tracks()} == {own, theirs}


def test_a_teacher_of_the_copy_only_gets_a_silent_204(ask: Asker, sandbox: Sandbox, course: int, media: str) -> None:
    sandbox.add_track(media, "en", SRT)
    copy = sandbox.copy_course(course, "Next year")
    sandbox.enroll("stranger", copy)
    before = sandbox.tracks(media)
    reply = ask("PUT", attachments(sandbox, media, copy), [], token="stranger")
    assert (reply.status, reply.body, sandbox.tracks(media)) == (204, b"", before)


@pytest.mark.parametrize("user", ["student", "stranger"])
def test_without_the_right_a_put_on_media_objects_is_an_empty_204_that_changes_nothing(
    ask: Asker, sandbox: Sandbox, media: str, de_en: Any, locales: Any, user: str
) -> None:
    reply = ask("PUT", objects(media), [], token=user)
    assert (reply.status, reply.body, locales()) == (204, b"", ["de", "en"])


def test_without_the_right_a_put_on_attachments_is_403(ask: Asker, sandbox: Sandbox, media: str, de_en: Any) -> None:
    assert ask("PUT", attachments(sandbox, media), [], token="student").status == 403
    sandbox.set(old_server=True)
    assert ask("PUT", attachments(sandbox, media), [], token="student").status == 401


def test_a_blueprint_lock_is_403_on_attachments_and_500_or_422_on_media_objects(
    ask: Asker, sandbox: Sandbox, media: str, de_en: Any
) -> None:
    sandbox.lock(media)
    before = sandbox.tracks(media)
    assert ask("PUT", attachments(sandbox, media), []).status == 403
    assert ask("PUT", objects(media), [{"locale": "en"}]).status == 500
    kept = [{"locale": "de"}, {"locale": "en", "content": "new"}]
    assert ask("PUT", objects(media), kept).status == 422
    assert sandbox.tracks(media) == before


@pytest.mark.parametrize("content", ["a\0b", "\ud800"])
def test_content_that_the_database_cannot_hold_is_500_after_the_deletions(
    ask: Asker, media: str, de_en: Any, locales: Any, content: str
) -> None:
    reply = ask("PUT", objects(media), [{"locale": "en", "content": content}])
    assert (reply.status, locales()) == (500, ["en"])


def test_a_nul_is_met_only_when_the_record_is_saved_after_validation(ask: Asker, media: str, de_en: Any) -> None:
    body = [{"locale": "en", "content": "a\0b", "kind": "forced"}]
    assert ask("PUT", objects(media), body).status == 422


def test_a_bom_inside_content_is_stored_as_it_is(ask: Asker, sandbox: Sandbox, media: str) -> None:
    ask("PUT", objects(media), [{"locale": "en", "content": "\ufeff" + SRT}])
    assert sandbox.tracks(media)[0]["content"] == "\ufeff" + SRT


def test_a_failure_leaves_the_deletions_and_the_elements_before_it(
    ask: Asker, sandbox: Sandbox, media: str, de_en: Any
) -> None:
    body = [
        {"locale": "fr", "content": "un"},
        {"locale": "es-419", "content": "dos"},
        {"locale": "it", "content": "tre"},
    ]
    assert ask("PUT", objects(media), body).status == 422
    assert [(track["locale"], track["content"]) for track in sandbox.tracks(media)] == [("fr", "un")]


@pytest.mark.parametrize("locale", ["es-419", "en_GB", "zh_Hans", "5", "", "de.", "en\n", "日本", "en "])
def test_a_locale_of_other_characters_is_refused(ask: Asker, media: str, locales: Any, locale: str) -> None:
    reply = ask("PUT", objects(media), [{"locale": locale, "content": SRT}])
    assert (reply.status, reply.json["errors"][0]["field"], locales()) == (422, "locale", [])


@pytest.mark.parametrize("locale", ["xx", "klingon", "-", "zh-Hant", "EN", "a" * 300])
def test_any_letters_and_hyphens_are_a_locale(ask: Asker, media: str, locales: Any, locale: str) -> None:
    assert ask("PUT", objects(media), [{"locale": locale, "content": SRT}]).status == 200
    assert locales() == [locale]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ('<tt xml:lang="en">', 422),
        ("<tt\nxmlns=''>", 422),
        ("<TT XML", 422),
        ('<tt lang="en" xmlns="">', 200),
        ("<p", 200),
    ],
)
def test_ttml_is_refused_by_its_first_attribute(ask: Asker, media: str, content: str, status: int) -> None:
    reply = ask("PUT", objects(media), [{"locale": "en", "content": content}])
    assert reply.status == status
    if status == 422:
        assert "TTML tracks are not allowed" in reply.json["errors"][0]["message"]


def test_content_has_no_size_limit(ask: Asker, sandbox: Sandbox, media: str) -> None:
    content = "x" * 2_000_000
    assert ask("PUT", objects(media), [{"locale": "en", "content": content}]).status == 200
    assert sandbox.tracks(media)[0]["content"] == content


def test_include_without_brackets_is_a_500_after_the_put_is_done(ask: Asker, media: str, locales: Any) -> None:
    assert ask("GET", objects(media) + "?include=content").status == 500
    assert ask("PUT", objects(media) + "?include=content", [{"locale": "en", "content": SRT}]).status == 500
    assert locales() == ["en"]


def test_include_belongs_to_the_query_and_unknown_names_are_ignored(ask: Asker, media: str) -> None:
    path = objects(media) + "?include[]=content&include%5B%5D=webvtt_content&include[]=user_token"
    (track,) = ask("PUT", path, [{"locale": "en", "content": SRT}]).json
    assert set(track) == {
        *("id", "locale", "kind", "media_object_id", "user_id", "workflow_state", "asr", "content", "webvtt_content")
    }


def test_the_reply_of_a_put_is_the_list_of_the_same_path(ask: Asker, sandbox: Sandbox, media: str) -> None:
    sandbox.add_track(media, "uk", SRT, user="colleague")
    body = [{"locale": "uk"}, {"locale": "en", "content": SRT}]
    for path in (objects(media), attachments(sandbox, media)):
        assert ask("PUT", path, body).json == ask("GET", path).json


def test_a_form_content_type_may_cost_the_body(ask: Asker, sandbox: Sandbox, media: str, locales: Any) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = json.dumps([{"locale": "en", "content": SRT}]).encode()
    assert ask("PUT", objects(media), body=body, headers=form).status == 200
    sandbox.set(form_body_readable=False)
    assert ask("PUT", objects(media), body=body, headers=form).status == 500
    assert locales() == ["en"]


def test_an_automatic_track_is_deleted_like_any_other_and_kept_where_it_is_named(
    ask: Asker, sandbox: Sandbox, media: str, locales: Any
) -> None:
    sandbox.add_track(media, "en", asr=True, workflow_state="processing")
    sandbox.add_track(media, "de", SRT)
    (_, track) = ask("PUT", attachments(sandbox, media), [{"locale": "en"}, {"locale": "de"}]).json
    assert (track["locale"], track["asr"], track["workflow_state"]) == ("en", True, "processing")
    ask("PUT", attachments(sandbox, media), [{"locale": "de"}])
    assert locales() == ["de"]


@pytest.mark.parametrize(
    ("state", "old", "status"), [("processing", False, 200), ("ready", False, 422), ("processing", True, 422)]
)
def test_an_automatic_track_may_be_empty_only_while_it_is_made_and_on_a_new_server(
    ask: Asker, sandbox: Sandbox, media: str, state: str, old: bool, status: int
) -> None:
    sandbox.set(old_server=old)
    sandbox.add_track(media, "en", asr=True, workflow_state=state)
    # An array as content is not blank, but the parameter filter drops it: the track is saved as it is.
    assert ask("PUT", objects(media), [{"locale": "en", "content": ["x"]}]).status == status


def test_a_vtt_upload_over_an_srt_one_leaves_viewers_the_old_text(ask: Asker, sandbox: Sandbox, media: str) -> None:
    path = objects(media) + "?include[]=content&include[]=webvtt_content"
    (first,) = ask("PUT", path, [{"locale": "en", "content": SRT}]).json
    (second,) = ask("PUT", path, [{"locale": "en", "content": VTT}]).json
    assert second["content"] == VTT
    assert second["webvtt_content"] == first["webvtt_content"]
    assert "Hello again" not in sandbox.viewed(second["id"])


@pytest.mark.parametrize("way", ["srt", "recreate", "fixed server"])
def test_ways_out_of_the_stale_copy(ask: Asker, sandbox: Sandbox, media: str, way: str) -> None:
    ask("PUT", objects(media), [{"locale": "en", "content": SRT}])
    if way == "srt":
        ask("PUT", objects(media), [{"locale": "en", "content": SRT.replace("Hello", "Hello again")}])
    elif way == "recreate":
        ask("PUT", objects(media), [])
        ask("PUT", objects(media), [{"locale": "en", "content": VTT}])
    else:
        sandbox.set(stale_column_fixed=True)
        ask("PUT", objects(media), [{"locale": "en", "content": VTT}])
    (track,) = sandbox.tracks(media)
    assert "Hello again" in sandbox.viewed(track["id"])


def test_a_new_vtt_track_has_no_webvtt_content(ask: Asker, media: str) -> None:
    path = objects(media) + "?include[]=webvtt_content"
    (track,) = ask("PUT", path, [{"locale": "en", "content": VTT}]).json
    assert track["webvtt_content"] is None
