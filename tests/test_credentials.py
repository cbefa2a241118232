"""Where the token comes from, where it may go, and that it never shows itself."""

from __future__ import annotations

import copy
import os
import pickle
import sys
import types
from pathlib import Path

import needs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from captionkit.address import base_url, is_loopback_url
from captionkit.credentials import (
    Token,
    canvas_url,
    checked_token,
    config_folder,
    find_token,
    keep_token,
)
from captionkit.errors import ConfigError, ExitCode
from captionkit.remotes.canvas.addresses import place_of

SECRET = "1234~AbCdEfGhIjKlMnOpQrStUvWxYz"
URL = "https://canvas.example.edu"


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)


def kept_in(folder: Path, secret: str, mode: int = 0o600, name: str = "token-canvas.example.edu") -> Path:
    file = folder / name
    file.write_text(secret, encoding="utf-8")
    file.chmod(mode)
    return file


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://canvas.example.edu", URL),
        ("https://Canvas.Example.EDU/", URL),
        ("  https://canvas.example.edu:443/courses/101?x=1#y \n", URL),
        ("canvas.example.edu", URL),
        ("https://canvas.example.edu/api/v1", URL),
        ("https://canvas.example.edu:8443", "https://canvas.example.edu:8443"),
        ("http://localhost:3000/", "http://localhost:3000"),
        ("localhost:3000", "http://localhost:3000"),
        ("127.0.0.1:80", "http://127.0.0.1"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://canvas.localhost", "http://canvas.localhost"),
        ("https://Bücher.example.", "https://xn--bcher-kva.example"),
    ],
)
def test_an_address_is_scheme_host_and_port(typed: str, url: str) -> None:
    assert base_url(typed) == url
    assert base_url(url) == url


@pytest.mark.parametrize(
    "typed",
    [
        "http://canvas.example.edu",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://128.0.0.1",
        "http://127.0.0.999",
        "https://user:password@canvas.example.edu",
        "https://token@canvas.example.edu",
        "ftp://canvas.example.edu",
        "file:///etc/passwd",
        "https://",
        "",
        "https://can vas",
        "https://[::1",
        "https://x:99999",
    ],
)
def test_an_address_that_the_token_may_not_go_to_is_refused(typed: str) -> None:
    with pytest.raises(ConfigError) as error:
        base_url(typed)
    assert error.value.exit_code == ExitCode.USAGE
    assert "password@" not in str(error.value)


def test_the_command_beats_the_folder_and_the_folder_the_environment() -> None:
    environ = {"CANVAS_API_URL": "https://c.example"}
    assert canvas_url("https://a.example", configured="https://b.example", environ=environ) == "https://a.example"
    assert canvas_url(configured="https://b.example", environ=environ) == "https://b.example"
    assert canvas_url(environ=environ) == "https://c.example"


@pytest.mark.parametrize("known", [{}, {"CANVAS_API_URL": "https://other.example"}, {"CANVAS_API_URL": "not a host"}])
@pytest.mark.parametrize("url", ["https://evil.example", "http://127.0.0.1:8080", "http://localhost", URL + ":8443"])
@pytest.mark.parametrize("variable", ["CANVAS_API_TOKEN", "CANVAS_API_TOKEN_FILE"])
def test_a_token_of_the_environment_goes_only_to_the_address_beside_it(
    known: dict[str, str], url: str, variable: str, tmp_path: Path
) -> None:
    secret = SECRET if variable == "CANVAS_API_TOKEN" else str(kept_in(tmp_path, SECRET, name="mine"))
    environ = {**known, variable: secret}
    assert canvas_url(configured=url, environ=environ) == url
    with pytest.raises(ConfigError, match="not sent anywhere") as raised:
        find_token(url, environ=environ, folder=tmp_path)
    assert SECRET not in str(raised.value)
    assert f"CANVAS_API_URL to {url}" in raised.value.hint
    assert find_token(url, environ={**environ, "CANVAS_API_URL": url}, folder=tmp_path).token.reveal() == SECRET


def test_one_host_in_two_spellings_is_one(tmp_path: Path) -> None:
    environ = {"CANVAS_API_TOKEN": SECRET, "CANVAS_API_URL": "https://BÜCHER.example./courses/1"}
    url = canvas_url(configured=place_of("https://xn--bcher-kva.example").base_url, environ=environ)
    assert find_token(url, environ=environ, folder=tmp_path).token.reveal() == SECRET


def test_an_address_that_the_user_types_counts_where_the_environment_says_none(tmp_path: Path) -> None:
    environ = {"CANVAS_API_TOKEN": SECRET}
    assert find_token(URL, typed="canvas.example.edu", environ=environ, folder=tmp_path).token.reveal() == SECRET
    with pytest.raises(ConfigError, match="not sent anywhere"):
        find_token(URL, typed=URL, environ={**environ, "CANVAS_API_URL": "https://other.example"}, folder=tmp_path)


def test_a_token_that_is_kept_for_the_host_is_found_beside_one_for_another(tmp_path: Path) -> None:
    kept_in(tmp_path, "for-this-host")
    environ = {"CANVAS_API_TOKEN": SECRET, "CANVAS_API_URL": "https://other.example"}
    assert find_token(URL, environ=environ, folder=tmp_path).token.reveal() == "for-this-host"


def test_without_an_address_it_says_how_to_give_one() -> None:
    with pytest.raises(ConfigError, match="CANVAS_API_URL"):
        canvas_url(environ={})


def test_the_environments_token_is_first(tmp_path: Path) -> None:
    kept_in(tmp_path, "other")
    found = find_token(URL, environ={"CANVAS_API_URL": URL, "CANVAS_API_TOKEN": SECRET}, folder=tmp_path)
    assert (found.token.reveal(), found.source) == (SECRET, "CANVAS_API_TOKEN")


def test_a_named_file_is_next(tmp_path: Path) -> None:
    kept_in(tmp_path, "other")
    named = kept_in(tmp_path, SECRET + "\r\n", name="mine")
    environ = {"CANVAS_API_URL": URL, "CANVAS_API_TOKEN": " ", "CANVAS_API_TOKEN_FILE": str(named)}
    found = find_token(URL, environ=environ, folder=tmp_path)
    assert found.token.reveal() == SECRET


def test_a_named_file_that_is_not_there_is_an_error_and_nothing_else_is_tried(tmp_path: Path) -> None:
    kept_in(tmp_path, SECRET)
    with pytest.raises(ConfigError, match="cannot read the token file"):
        environ = {"CANVAS_API_URL": URL, "CANVAS_API_TOKEN_FILE": str(tmp_path / "no")}
        find_token(URL, environ=environ, folder=tmp_path)


def test_the_keyring_is_asked_for_the_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    def get_password(service: str, user: str) -> str:
        asked.append((service, user))
        return SECRET

    ring = types.ModuleType("keyring")
    ring.get_password = get_password  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", ring)
    assert find_token(URL, environ={}, folder=tmp_path).token.reveal() == SECRET
    assert asked == [("captionkit", "canvas.example.edu")]

    def locked(service: str, user: str) -> str:
        raise RuntimeError("no session bus")

    ring.get_password = locked  # type: ignore[attr-defined]
    kept_in(tmp_path, "from-the-file")
    assert find_token(URL, environ={}, folder=tmp_path).token.reveal() == "from-the-file"


def test_a_file_of_one_host_is_not_used_for_another(tmp_path: Path) -> None:
    kept_in(tmp_path, SECRET)
    assert find_token(URL, environ={}, folder=tmp_path).token.reveal() == SECRET
    for other in ("https://evil.example", "https://canvas.example.edu:8443"):
        with pytest.raises(ConfigError, match="no token for"):
            find_token(other, environ={}, folder=tmp_path)


@needs.permission_bits
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o666])
def test_a_file_that_others_can_read_is_refused_with_the_cure(tmp_path: Path, mode: int) -> None:
    kept_in(tmp_path, SECRET, mode)
    with pytest.raises(ConfigError, match="chmod 600") as error:
        find_token(URL, environ={}, folder=tmp_path)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\x00", b"a b", "tökän".encode(), b"x" * 9000, b"a\nb"])
def test_a_file_that_holds_no_token_is_refused(tmp_path: Path, content: bytes) -> None:
    file = kept_in(tmp_path, "")
    file.write_bytes(content)
    with pytest.raises(ConfigError):
        find_token(URL, environ={}, folder=tmp_path)


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "token-canvas.example.edu").mkdir()
    with pytest.raises(ConfigError):
        find_token(URL, environ={}, folder=tmp_path)


def test_without_a_token_it_names_every_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        find_token(URL, environ={"CANVAS_API_TOKEN": ""}, folder=tmp_path)
    message = str(error.value)
    for place in ("CANVAS_API_TOKEN is set but empty", "keyring set captionkit canvas.example.edu", str(tmp_path)):
        assert place in message


@pytest.mark.parametrize(
    "pasted",
    [SECRET, f" {SECRET}\r\n", f"Bearer {SECRET}", f"bearer  {SECRET}", f"Authorization: Bearer {SECRET}",
     f'"{SECRET}"', f"\ufeff{SECRET}"],
)  # fmt: skip
def test_a_pasted_token_is_cleaned(pasted: str) -> None:
    assert checked_token(pasted, "here").reveal() == SECRET


@pytest.mark.parametrize("pasted", ["", " ", "Bearer ", "a b", "a\nb", "a\x00b", "tökän", "a\u200bb", "''"])
def test_what_cannot_be_a_token_is_refused_without_showing_it(pasted: str) -> None:
    with pytest.raises(ConfigError) as error:
        checked_token(pasted, "here")
    assert not pasted.strip() or pasted not in str(error.value)


@settings(derandomize=True)
@given(st.text(min_size=1))
def test_a_token_that_passes_can_stand_in_a_header(pasted: str) -> None:
    try:
        token = checked_token(pasted, "here")
    except ConfigError:
        return
    assert all("!" <= character <= "~" for character in token.reveal())


def test_a_token_does_not_show_itself() -> None:
    token = Token(SECRET)
    for shown in (
        repr(token),
        str(token),
        f"{token}",
        f"{token!r:>20}",
        repr([token]),
        repr({"t": token}),
    ):
        assert SECRET not in shown
    for write in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            write(token)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="those have folders of their own")
def test_the_configuration_folder_follows_xdg(tmp_path: Path) -> None:
    assert config_folder({"XDG_CONFIG_HOME": str(tmp_path)}) == tmp_path / "captionkit"
    assert config_folder({}).parts[-2:] == (".config", "captionkit")


def test_loopback_is_distinguished_from_addresses_that_look_like_it() -> None:
    assert is_loopback_url("http://127.0.0.1:80")
    assert not is_loopback_url("http://127.0.0.1.example")
    assert not is_loopback_url("https://canvas.example.edu")


@needs.posix_files
def test_a_token_file_that_is_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "token", 0o600)
    environ = {"CANVAS_API_TOKEN_FILE": str(tmp_path / "token"), "CANVAS_API_URL": "https://canvas.example"}
    with pytest.raises(ConfigError, match="no regular file"):
        find_token("https://canvas.example", environ=environ)


def test_a_token_is_kept_in_the_keyring_and_found_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[tuple[str, str], str] = {}
    ring = types.ModuleType("keyring")
    ring.set_password = lambda service, host, secret: kept.__setitem__((service, host), secret)  # type: ignore[attr-defined]
    ring.get_password = lambda service, host: kept.get((service, host))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", ring)
    keep_token("https://canvas.example.edu/courses/7", " Bearer 77~secret\n")
    assert kept == {("captionkit", "canvas.example.edu"): "77~secret"}
    found = find_token("https://canvas.example.edu", environ={}, folder=tmp_path)
    assert found.token.reveal() == "77~secret"


def test_where_no_keyring_keeps_it_the_token_is_kept_nowhere_and_is_in_no_word() -> None:
    with pytest.raises(ConfigError) as error:
        keep_token("https://canvas.example.edu", "77~secret")
    assert "77~secret" not in str(error.value)
