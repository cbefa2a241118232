"""What running the real controller showed (guides/canvas-server.md, section 16)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from captionkit.sandbox import Sandbox

Asker = Callable[..., Any]

VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n"
INCLUDE = "?include[]=content&include[]=updated_at"


def by_file(file: int) -> str:
    return f"/api/v1/media_attachments/{file}/media_tracks{INCLUDE}"


@pytest.fixture
def copy(sandbox: Sandbox, course: int, media: str) -> int:
    """The file of a copied course; the original has English."""
    sandbox.add_track(media, "en", VTT)
    return sandbox.file_id(media, sandbox.copy_course(course, "Next year"))


def files_of(ask: Asker, course: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask("GET", f"/api/v1/courses/{course}/files?include[]=user").json
    return found


def test_a_recording_made_in_the_editor_shows_no_user_and_one_uploaded_under_files_does(
    sandbox: Sandbox, ask: Asker, course: int
) -> None:
    sandbox.add_media(course, "Made in the editor")
    sandbox.add_media(course, "Uploaded", in_files=True)
    assert [file["user"].get("display_name") for file in files_of(ask, course)] == [None, "teacher"]


def test_a_copy_can_show_a_user_and_the_time_of_its_original(
    sandbox: Sandbox, ask: Asker, course: int, media: str, copy: int
) -> None:
    assert files_of(ask, sandbox.courses()[-1]["id"])[0]["user"] == {}
    sandbox.replace_data(copy, "teacher")
    (file,), (original,) = files_of(ask, sandbox.courses()[-1]["id"]), files_of(ask, course)
    assert file["user"]["display_name"] == "teacher"
    assert file["created_at"] == original["created_at"]


def test_a_write_tells_exactly(sandbox: Sandbox, ask: Asker, media: str, copy: int) -> None:
    """The very text that is there: on the original nothing happens, on a copy a track of its own appears."""
    (before,) = ask("GET", by_file(sandbox.file_id(media))).json
    (same,) = ask("PUT", by_file(sandbox.file_id(media)), [{"locale": "en", "content": VTT}]).json
    assert same == before
    (own,) = ask("PUT", by_file(copy), [{"locale": "en", "content": VTT}]).json
    assert own["id"] != before["id"]
    assert [track["id"] for track in sandbox.tracks(media)] == [before["id"], own["id"]]
    (again,) = ask("PUT", by_file(copy), [{"locale": "en", "content": VTT}]).json
    assert again == own
    (lent,) = ask("PUT", by_file(copy), [{"locale": "und"}]).json
    assert lent["id"] == before["id"], "one omission takes only the copy's own away"
    assert ask("PUT", by_file(copy), [{"locale": "und"}]).json == []
    assert sandbox.tracks(media) == [], "a second one destroys the original's"


def test_an_import_of_a_newer_server_gives_the_copy_tracks_of_nobody(sandbox: Sandbox, ask: Asker, course: int) -> None:
    media = sandbox.add_media(course, "Lecture 2")
    original = sandbox.add_track(media, "en", VTT)
    file = sandbox.file_id(media, sandbox.copy_course(course, "Next year", own_tracks=True))
    (track,) = ask("GET", by_file(file)).json
    assert track["user_id"] is None
    assert track["id"] != original


def test_copies_lose_what_they_were_lent_when_the_original_goes(
    sandbox: Sandbox, ask: Asker, media: str, copy: int
) -> None:
    sandbox.delete_original(media)
    assert ask("GET", by_file(copy)).json == []
    (shown,) = ask("PUT", by_file(copy), [{"locale": "en", "content": VTT}]).json
    assert shown["content"] == VTT


def test_tracks_of_no_file_are_listed_as_the_callers_own_and_leave_the_locale_free(
    sandbox: Sandbox, ask: Asker, media: str
) -> None:
    loose = sandbox.add_track(media, "de", VTT, in_scope_of_file=False)
    path = f"/api/v1/media_objects/{media}/media_tracks"
    assert [track["id"] for track in ask("GET", path).json] == [loose]
    assert ask("GET", by_file(sandbox.file_id(media))).json == []
    reply = ask("PUT", by_file(sandbox.file_id(media)), [{"locale": "de", "content": VTT}])
    assert reply.status == 200
    assert len(sandbox.tracks(media)) == 2


@pytest.mark.parametrize("old", [False, True])
def test_what_was_handed_in_is_not_changed(sandbox: Sandbox, ask: Asker, media: str, old: bool) -> None:
    sandbox.set(old_server=old, deletes_own_only=old)
    sandbox.submit_file(sandbox.file_id(media))
    reply = ask("PUT", by_file(sandbox.file_id(media)), [{"locale": "de", "content": VTT}])
    assert reply.status == (401 if old else 204)
    assert sandbox.tracks(media) == []


@pytest.mark.parametrize(("rights_by_file", "status"), [(False, 204), (True, 200)])
def test_a_teacher_of_the_copy_alone(
    sandbox: Sandbox, ask: Asker, course: int, copy: int, rights_by_file: bool, status: int
) -> None:
    sandbox.leave("teacher", course)
    sandbox.set(rights_by_file=rights_by_file)
    (listed,) = ask("GET", f"/api/v1/courses/{sandbox.courses()[-1]['id']}/media_objects?exclude[]=sources").json
    assert listed["can_add_captions"] is False, "which is the media object's right"
    assert ask("PUT", by_file(copy), [{"locale": "de", "content": VTT}]).status == status


def test_an_older_controller_spares_what_colleagues_have_made(
    sandbox: Sandbox, ask: Asker, media: str, locales: Any
) -> None:
    sandbox.set(old_server=True, deletes_own_only=True)
    sandbox.add_track(media, "en", VTT)
    sandbox.add_track(media, "uk", VTT, user="colleague")
    assert ask("PUT", by_file(sandbox.file_id(media)), []).status == 200
    assert locales() == ["uk"]


def test_the_words_of_a_blueprint_and_the_code_of_ttml(sandbox: Sandbox, ask: Asker, media: str) -> None:
    path = f"/api/v1/media_objects/{media}/media_tracks"
    (error,) = ask("PUT", path, [{"locale": "en", "content": "<tt xmlns=''>"}]).json["errors"]
    assert error["error_code"] == "invalid"
    sandbox.add_track(media, "en", VTT)
    sandbox.lock(media)
    reply = ask("PUT", path, [{"locale": "en", "content": VTT + "!"}])
    assert reply.status == 422
    assert reply.json["errors"][0]["message"] == "cannot change column(s): content - locked by Master Course"
    assert ask("PUT", path, [{"locale": "en", "content": VTT}]).status == 200, "which changes nothing"
    assert ask("PUT", path, []).status == 500


def test_a_stale_tab_removes_what_was_added_since(sandbox: Sandbox, media: str, locales: Any) -> None:
    sandbox.add_track(media, "en", VTT)
    tab = sandbox.open_tab("colleague", sandbox.file_id(media))
    sandbox.add_track(media, "fr", VTT)
    sandbox.save_tab(tab, {"de": VTT})
    assert locales() == ["de", "en"]
