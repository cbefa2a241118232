"""`captionkit media` and `captionkit tracks`, as a person and as a script see them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from captionkit.errors import ExitCode

pytest.importorskip("werkzeug", reason="the sandbox needs werkzeug: pip install captionkit[sandbox]")

from captionkit.cli.frame import run
from captionkit.sandbox import Sandbox

SRT = "1\n00:00:00,000 --> 00:00:01,251\nGrüße\n"
VTT = "WEBVTT\n\n00:00.000 --> 00:01.251\nNew\n"


class CommandResult:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Call = Callable[..., CommandResult]


@pytest.fixture
def sandbox() -> Iterator[Any]:
    with Sandbox() as made:
        yield made


@pytest.fixture
def call(sandbox: Any, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.setenv("CANVAS_API_URL", sandbox.url)
    monkeypatch.setenv("CANVAS_API_TOKEN", sandbox.tokens["teacher"])
    monkeypatch.delenv("CANVAS_API_TOKEN_FILE", raising=False)

    def made(*arguments: object) -> CommandResult:
        capfdbinary.readouterr()
        code = run([str(argument) for argument in arguments])
        out, err = capfdbinary.readouterr()
        assert b"Traceback" not in err
        assert b"sandbox~" not in out + err, "a token was shown"
        return CommandResult(code, out.decode(), err.decode())

    return made


@pytest.fixture
def course(sandbox: Any) -> int:
    made: int = sandbox.add_course("Film")
    return made


@pytest.fixture
def lecture(sandbox: Any, course: int) -> str:
    media_id: str = sandbox.add_media(course, "Lecture 1")
    sandbox.add_track(media_id, "en", SRT)
    sandbox.add_track(media_id, "fr", VTT, user="colleague")
    sandbox.add_track(media_id, "es", VTT, user="colleague", asr=True)
    return media_id


def test_media_list_shows_everybodys_languages(call: Call, course: int, lecture: str) -> None:
    result = call("media", "list", "--course", course)
    assert result.code == 0
    heads, row = result.out.splitlines()
    assert heads.split() == ["MEDIA", "MAY", "CAPTION", "CREATED", "LANGUAGES", "TITLE"]
    assert row.split()[0] == lecture
    assert "en es(auto) fr" in row
    assert row.endswith("Lecture 1")
    assert result.err.strip() == f"1 media object in courses/{course}."


def test_columns_are_aligned_also_under_wide_characters(call: Call, sandbox: Any, course: int, lecture: str) -> None:
    sandbox.add_media(course, "講義 二")
    lines = call("media", "list", "--course", course).out.splitlines()
    at = lines[0].index("TITLE")
    assert {line[at:] for line in lines[1:]} == {"Lecture 1", "講義 二"}


def test_media_list_as_json_holds_everything_and_only_that(call: Call, course: int, lecture: str) -> None:
    (media,) = call("media", "list", "--course", course, "--json").json
    assert (media["media_id"], media["title"], media["can_add_captions"]) == (lecture, "Lecture 1", True)
    assert {track["locale"]: track["asr"] for track in media["tracks"]} == {"en": False, "es": True, "fr": False}
    assert "sources" not in media


def test_addresses_of_sources_are_left_out_because_they_hold_keys(call: Call, course: int, lecture: str) -> None:
    result = call("media", "list", "--course", course, "--sources", "--json")
    (media,) = result.json
    assert media["sources"][0]["width"]
    assert not {"url", "src"} & set(media["sources"][0])


def test_media_list_by_files_says_each_file(call: Call, sandbox: Any, course: int, lecture: str) -> None:
    result = call("media", "list", "--course", course, "--attachments")
    assert f"media_attachments/{sandbox.file_id(lecture)}" in result.out


def test_nothing_found_is_reported(call: Call, course: int, lecture: str) -> None:
    assert call("media", "list", "--mine").out == "No media objects in your own files.\n"
    result = call("media", "list", "--course", course, "--search", "nothing")
    assert result.out == f"No media objects in courses/{course} with 'nothing' in the title.\n"
    assert call("media", "list", "--mine", "--json").json == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["media", "list"], "--course ID, --group ID or --mine"),
        (["media", "list", "--mine", "--course", "1"], "--course ID, --group ID or --mine"),
        (["media", "list", "--course", "sis_course_id:1"], "does not take SIS ids"),
        (["media", "list", "--mine", "--search", "a"], "2 or more characters"),
        (["media", "list", "--mine", "--sort", "size"], "'title', 'created_at'"),
        (["media", "rename", "m-1", " "], "blank title"),
        (["media", "rename", "m-1", "\udcff"], "is no text"),
        (["media", "list", "--mine", "--search", "ab\udcff"], "is no text"),
        (["tracks", "list", "nonsense"], "is no media object"),
        (["tracks", "list", "https://evil.example/media_objects/m-1"], "not of http://127.0.0.1"),
        (["tracks", "list", "m-1", "--as-user-id", "me"], "no Canvas user id"),
        (["tracks", "list", "m-1", "--url", "http://canvas.example.edu"], "not encrypted"),
    ],
)
def test_a_wrong_call_is_reported_and_nothing_is_asked(
    call: Call, sandbox: Any, arguments: list[str], words: str
) -> None:
    result = call(*arguments)
    assert result.code == ExitCode.USAGE
    assert words in result.err
    assert result.out == ""
    assert sandbox.requests == []


def test_a_course_that_is_not_there_is_reported(call: Call) -> None:
    result = call("media", "list", "--course", 98765)
    assert result.code == ExitCode.REMOTE_FAILED
    assert "this Canvas has no course 98765" in result.err


def test_a_wrong_token_is_reported_without_showing_it(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANVAS_API_TOKEN", "wrong-but-secret")
    result = call("tracks", "list", "m-1")
    assert result.code == ExitCode.REMOTE_FAILED
    assert "does not accept the token" in result.err
    assert "wrong-but-secret" not in result.err


def test_no_token_at_all_is_reported(call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CANVAS_API_TOKEN")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path))
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    result = call("tracks", "list", "m-1")
    assert result.code == ExitCode.USAGE
    assert "New Access Token" in result.err


def test_rename_says_the_new_title_and_what_had_no_effect(call: Call, sandbox: Any, lecture: str) -> None:
    result = call("media", "rename", lecture, "Übung", "--no-show-rolling-transcript")
    assert result.out == f"media_objects/{lecture} is now called 'Übung'.\n"
    assert result.err == ""
    assert "at most 255" in call("media", "rename", lecture, "x" * 300).err
    sandbox.set(old_server=True)
    assert "does not know of rolling" in call("media", "rename", lecture, "New", "--show-rolling-transcript").err
    assert call("media", "rename", lecture, "Json", "--json").json["title"] == "Json"


def test_tracks_list_says_that_it_shows_only_ones_own(call: Call, lecture: str) -> None:
    result = call("tracks", "list", lecture)
    assert [line.split()[0] for line in result.out.splitlines()] == ["LANGUAGE", "en"]
    assert "only the tracks of your own" in result.err
    assert "media_attachments/FILE" in result.err


def test_tracks_list_by_file_shows_all(call: Call, sandbox: Any, lecture: str) -> None:
    result = call("tracks", "list", f"media_attachments/{sandbox.file_id(lecture)}")
    assert [line.split()[0] for line in result.out.splitlines()] == ["LANGUAGE", "en", "es", "fr"]
    assert "only the tracks" not in result.err


def test_tracks_list_shows_where_players_get_an_older_text(call: Call, sandbox: Any, course: int) -> None:
    media_id = sandbox.add_media(course, "Lecture")
    track = sandbox.add_track(media_id, "en", SRT)
    assert call("tracks", "list", media_id, "--json").json[0]["players_get"] == "a conversion"
    sandbox.edit_track(track, VTT)
    result = call("tracks", "list", media_id, "--json").json[0]
    assert (result["stored_as"], result["players_get"]) == ("WebVTT", "an OLDER text")
    assert "an OLDER text" in call("tracks", "list", media_id).out


def test_tracks_list_of_nothing_says_so(call: Call, sandbox: Any, course: int) -> None:
    media_id = sandbox.add_media(course, "Lecture")
    assert call("tracks", "list", media_id).out == f"No tracks of yours on media_objects/{media_id}.\n"
    assert call("tracks", "list", media_id, "--json").json == []


def test_tracks_show_gives_the_very_text(call: Call, sandbox: Any, course: int, lecture: str) -> None:
    assert call("tracks", "show", lecture, "en").out == SRT
    assert call("tracks", "show", lecture, "EN").out == SRT
    assert call("tracks", "show", lecture, "en", "--webvtt").out.startswith("WEBVTT\n\n1\n00:00:00.000 -->")
    media_id = sandbox.add_media(course, "Windows")
    sandbox.add_track(media_id, "en", SRT.replace("\n", "\r\n"))
    assert call("tracks", "show", media_id, "en").out == SRT.replace("\n", "\r\n")


def test_tracks_show_writes_a_file_and_overwrites_none_unasked(call: Call, lecture: str, tmp_path: Path) -> None:
    file = tmp_path / "lecture.en.srt"
    assert call("tracks", "show", lecture, "en", "--output", file).out == ""
    assert file.read_bytes() == SRT.encode()
    file.write_text("mine", encoding="utf-8")
    result = call("tracks", "show", lecture, "en", "--output", file)
    assert (result.code, file.read_text(encoding="utf-8")) == (ExitCode.USAGE, "mine")
    assert call("tracks", "show", lecture, "en", "--output", file, "--force").code == 0
    assert file.read_bytes() == SRT.encode()
    result = call("tracks", "show", lecture, "en", "--output", tmp_path / "no" / "where.srt")
    assert result.code == ExitCode.LOCAL_FAILED


def test_tracks_show_of_a_missing_language_names_those_there_are(call: Call, lecture: str) -> None:
    result = call("tracks", "show", lecture, "fr")
    assert result.code == ExitCode.REMOTE_FAILED
    assert "no track 'fr' of yours; there is: en" in result.err
    assert "other people's" in result.err


def test_a_token_that_may_not_see_content_is_reported(
    call: Call, sandbox: Any, lecture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = "url:GET|/api/v1/media_objects/:media_object_id/media_tracks"
    monkeypatch.setenv("CANVAS_API_TOKEN", sandbox.add_token("teacher", scopes=[scope]))
    result = call("tracks", "show", lecture, "en")
    assert result.code == ExitCode.REMOTE_FAILED
    assert "Allow Include Parameters" in result.err
    assert "not shown" in call("tracks", "list", lecture).out


def test_what_a_server_says_cannot_steer_the_terminal(call: Call, sandbox: Any, course: int) -> None:
    sandbox.add_media(course, "evil\x1b[2J\u202etitle\nsecond line")
    result = call("media", "list", "--course", course)
    assert "\x1b" not in result.out
    assert "\u202e" not in result.out
    assert len(result.out.splitlines()) == 2


def test_masquerading_shows_the_other_users_tracks(
    call: Call, sandbox: Any, lecture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    colleague = next(user["id"] for user in sandbox.users() if user["name"] == "colleague")
    assert "act as that user" in call("tracks", "list", lecture, "--as-user-id", colleague).err
    monkeypatch.setenv("CANVAS_API_TOKEN", sandbox.tokens["admin"])
    result = call("tracks", "list", lecture, "--as-user-id", colleague, "--json")
    assert [track["locale"] for track in result.json] == ["es", "fr"]
