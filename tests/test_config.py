"""captionkit.toml: what it says, and how it is refused."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from captionkit import config, configuration
from captionkit.cli._remedies import lines_of
from captionkit.config import MaxDelete, parse
from captionkit.errors import ConfigError, ExitCode
from captionkit.files import quoted
from captionkit.remotes.canvas.addresses import Place, place_of
from captionkit.remotes.canvas.addresses import scope_named as scope_of

CANVAS = '[canvas]\nurl = "https://canvas.example.edu"\ncourse = 101\n'


def test_everything_that_the_file_can_say_is_read() -> None:
    read = parse(
        """
        [canvas]
        url = "https://Canvas.Example.edu:443/"
        group = "7"
        path = "media_attachments"
        kind = "captions"
        [canvas.locales]
        pt_br = "pt-BR"
        [media]
        "Lecture 1" = "m-abc"
        "week1/intro" = "media_attachments/123"
        [languages]
        se = "sv"
        CS = false
        [files]
        include = ["final/**"]
        exclude = ["*.old.srt"]
        [sync]
        on_conflict = "local"
        delete = true
        max_delete = "25%"
        protect = ["EN", "pt_br"]
        [check]
        select = ["TIM"]
        """
    )
    assert (read.url, read.scope) == ("https://canvas.example.edu", "groups/7")
    assert (read.path, read.kind) == ("media_attachments", "captions")
    assert dict(read.locales) == {"pt-BR": "pt-BR"}
    assert dict(read.media) == {"Lecture 1": "m-abc", "week1/intro": "media_attachments/123"}
    assert dict(read.languages) == {"se": "sv", "CS": None}
    assert (read.include, read.exclude) == (("final/**",), ("*.old.srt",))
    assert (read.on_conflict, read.delete, read.max_delete) == ("local", True, MaxDelete(None, 25))
    assert read.protect == ("en", "pt-BR")


def test_an_empty_file_means_the_defaults_and_the_defaults_are_the_careful_ones() -> None:
    read = parse("")
    assert read == config.DEFAULTS
    assert (read.on_conflict, read.delete, read.max_delete.tracks, read.path) == ("stop", False, 10, "auto")


def test_a_config_cannot_be_changed() -> None:
    read = parse('[media]\n"a" = "m-a"\n')
    with pytest.raises(FrozenInstanceError):
        read.delete = True  # type: ignore[misc]
    with pytest.raises(TypeError):
        read.media["b"] = "m-b"  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (CANVAS + "[snyc]\n", ["[snyc]", "'sync'"]),
        ("nonsense = 1\n", ["nonsense", "Known here"]),
        ('protect = ["en"]\n', ["'protect'", "[sync]"]),
        (CANVAS + '[sync]\nprotekt = ["en"]\n', ["protekt", "[sync]", "'protect'"]),
        (CANVAS + "corse = 1\n", ["corse", "'course'"]),
        (CANVAS + "[files]\nexlude = []\n", ["exlude", "'exclude'"]),
        ("canvas = 1\n", ["canvas must be a table"]),
        (CANVAS + "[files]\nexclude = 'x'\n", ["files.exclude must be a list of texts", "a text"]),
        (CANVAS + "[files]\nexclude = [1]\n", ["files.exclude must be a list of texts"]),
        (CANVAS + "[sync]\ndelete = 'yes'\n", ["sync.delete must be true or false"]),
        (CANVAS + "[sync]\nmax_delete = -1\n", ["sync.max_delete", "10"]),
        (CANVAS + "[sync]\nmax_delete = '200%'\n", ["sync.max_delete"]),
        (CANVAS + "[sync]\nmax_delete = true\n", ["sync.max_delete"]),
        (CANVAS + "[sync]\non_conflict = 'lokal'\n", ["on_conflict", "'local'"]),
        (CANVAS + "[sync]\nprotect = ['klingon']\n", ["sync.protect", "'klingon'", "BCP 47"]),
        (CANVAS + "path = 'objects'\n", ["canvas.path", "media_objects"]),
        (CANVAS + "kind = 'caption'\n", ["canvas.kind", "'captions'"]),
        (CANVAS + "[canvas.locales]\nes-MX = 'es-419'\n", ["canvas.locales", "letters and hyphens"]),
        (CANVAS + "[media]\na = ' '\n", ["media.'a' says nothing", "m-"]),
        (CANVAS + "[media]\na = 5\n", ["media.a must be a text"]),
        (CANVAS + "[languages]\nse = true\n", ["languages.se", "false"]),
        (CANVAS + "[languages]\nse = 'lab1'\n", ["languages.se", "'lab1'"]),
        (CANVAS + "[languages]\n'a/*.srt' = false\n", ["languages.a/*.srt", "it stands for files"]),
        ("[canvas]\ncourse = 1\n", ["no url"]),
        ("[canvas]\nurl = 'https://x.org'\n", ["no course, group or user"]),
        (CANVAS + "group = 7\n", ["courses/101 and groups/7", "exactly one"]),
        ("[canvas]\nurl = 'https://x.org'\nuser = 'bob'\n", ["canvas.user", '"self"']),
        ("[canvas]\nurl = 'https://x.org'\ncourse = 1.5\n", ["canvas.course must be a number or a text"]),
        ("[canvas]\nurl = 'https://x.org'\ncourse = true\n", ["canvas.course must be a number or a text"]),
        ("[canvas]\nurl = 'https://x.org/courses/1'\ncourse = 2\n", ["courses/1", "courses/2"]),
        ("[canvas]\nurl = 1979-05-27\ncourse = 2\n", ["canvas.url must be a text", "a date"]),
        ("[canvas\n", ["not valid TOML", "line 1"]),
        ("[media]\nLecture 1 = 'm-a'\n", ["not valid TOML", "quotes"]),
    ],
)
def test_what_is_wrong_is_named_with_the_file_and_what_to_do(text: str, says: list[str]) -> None:
    with pytest.raises(ConfigError) as error:
        parse(text, Path("folder/captionkit.toml"))
    message = str(error.value)
    assert message.startswith(str(Path("folder/captionkit.toml")))
    assert [s for s in says if s not in message] == [], message
    assert error.value.exit_code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("https://canvas.example.edu", Place("https://canvas.example.edu")),
        ("  https://CANVAS.example.EDU/  ", Place("https://canvas.example.edu")),
        ("canvas.example.edu", Place("https://canvas.example.edu")),
        ("https://canvas.example.edu/courses/12/files?x=1#y", Place("https://canvas.example.edu", "courses/12")),
        ("https://canvas.example.edu/api/v1/groups/7", Place("https://canvas.example.edu", "groups/7")),
        ("https://canvas.example.edu/users/self", Place("https://canvas.example.edu", "users/self")),
        ("https://canvas.example.edu/users/77/files", Place("https://canvas.example.edu")),
        ("https://canvas.example.edu:8443", Place("https://canvas.example.edu:8443")),
        ("https://bücher.example", Place("https://xn--bcher-kva.example")),
        ("http://127.0.0.1:3000", Place("http://127.0.0.1:3000")),
        ("http://localhost:3000/", Place("http://localhost:3000")),
        ("http://[::1]:3000/", Place("http://[::1]:3000")),
    ],
)
def test_an_address_is_understood_as_people_copy_it(address: str, place: Place) -> None:
    assert place_of(address) == place


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://canvas.example.edu", "not encrypted"),
        ("http://127.0.0.1.evil.example", "not encrypted"),
        ("http://localhost.evil.example", "not encrypted"),
        ("http://127.0.0.999", "not encrypted"),
        ("http://127.0.0.١", "not encrypted"),
        ("ftp://canvas.example.edu", "https://"),
        ("https://", "no host"),
        ("", "no host"),
        ("https://a b", "no host"),
        ("https://x:99999", "cannot be read"),
        ("https://[::1", "cannot be read"),
        ("https://-", "no host"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(address: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        place_of(address)


@pytest.mark.parametrize("address", ["https://bob:hunter2@x.org", "https://tok3n@x.org", "bob:hunter2@x.org"])
def test_a_password_in_an_address_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(ConfigError) as error:
        place_of(address)
    assert "hunter2" not in str(error.value)
    assert "tok3n" not in str(error.value)


def test_ids_are_understood_as_canvas_writes_them() -> None:
    assert scope_of("courses", " 101 ") == "courses/101"
    assert scope_of("courses", "1~23") == "courses/1~23"
    assert scope_of("courses", "https://x.org/courses/12/pages") == "courses/12"
    assert scope_of("users", "self") == "users/self"


@pytest.mark.parametrize(
    "identifier", ["abc", "", "../1", "1/2", "https://x.org/groups/1", "101?x", "-1", "sis_course_id:X-1"]
)
def test_what_is_no_id_is_refused(identifier: str) -> None:
    with pytest.raises(ConfigError):
        scope_of("courses", identifier)


def test_the_nearest_file_is_found_above(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "captionkit.toml").write_text(CANVAS, encoding="utf-8")
    assert configuration.find(inner) == tmp_path / "captionkit.toml"
    (tmp_path / "a" / "captionkit.toml").write_text(CANVAS, encoding="utf-8")
    assert configuration.find(inner) == tmp_path / "a" / "captionkit.toml"


def test_a_folder_that_is_synced_does_not_take_the_file_above_it(tmp_path: Path) -> None:
    (tmp_path / "captionkit.toml").write_text(CANVAS, encoding="utf-8")
    inner = tmp_path / "a b"
    inner.mkdir()
    with pytest.raises(ConfigError) as error:
        config.for_folder(inner)
    assert f"captionkit init {quoted(inner)}" in lines_of(error.value)[-1]
    assert config.for_folder(tmp_path).scope == "courses/101"


def test_a_folder_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        config.for_folder(tmp_path / "nope")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match="not a folder"):
        config.for_folder(tmp_path / "file")


def test_a_byte_order_mark_is_fine_and_other_encodings_are_reported(tmp_path: Path) -> None:
    file = tmp_path / "captionkit.toml"
    file.write_bytes(b"\xef\xbb\xbf" + CANVAS.encode())
    assert config.load(file).file == file
    file.write_bytes(CANVAS.encode("utf-16"))
    with pytest.raises(ConfigError, match="UTF-8"):
        config.load(file)
    file.unlink()
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(file)


@settings(deadline=None, derandomize=True)
@given(st.text(max_size=60))
def test_any_text_is_a_config_or_a_clear_refusal(text: str) -> None:
    try:
        parse(text)
    except ConfigError as error:
        assert "captionkit.toml" in str(error)


@settings(deadline=None, derandomize=True)
@given(st.one_of(st.text(max_size=30), st.from_regex(r"https?://[a-z.:@/0-9\[\]%]{0,20}", fullmatch=True)))
def test_an_address_once_understood_is_understood_the_same_again(address: str) -> None:
    try:
        place = place_of(address)
    except ConfigError:
        return
    assert place_of(place.base_url) == Place(place.base_url)
    assert "@" not in place.base_url
