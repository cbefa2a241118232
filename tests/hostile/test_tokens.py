"""A token goes only to the host that it was given for, and never to one that only a stranger's folder names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from strangers import Thief, User

SECRET = "7~SecretOfTheUser0123456789"
GIVEN_FOR = "https://canvas.example.edu"
STUDIO = "https://school.instructuremedia.com"

#: Commands that ask the server that a folder is for.
COMMANDS = (
    ["plan", ".", "--out", "plan.json"], ["status"], ["doctor"], ["pull"], ["push", "--yes"], ["resume", "--yes"],
    ["restore", ".", "--yes"], ["apply", "stranger.json"],
)  # fmt: skip

#: And those that do not.
OTHERS = (
    ["upload", "lecture.mp4"], ["fix", "."], ["convert", ".", "--to", "vtt"], ["audit", "."], ["history"],
    ["media", "list"], ["verify", "."], ["plan"],
)  # fmt: skip

#: How a user may have given a token, and for what.
GIVEN: dict[str, dict[str, str]] = {
    "a variable without an address": {"CANVAS_API_TOKEN": SECRET},
    "a variable for another host": {"CANVAS_API_TOKEN": SECRET, "CANVAS_API_URL": GIVEN_FOR},
    "a file without an address": {"CANVAS_API_TOKEN_FILE": "token"},
    "a file for another host": {"CANVAS_API_TOKEN_FILE": "token", "CANVAS_API_URL": GIVEN_FOR},
    "Studio's without an address": {"CAPTIONKIT_STUDIO_TOKEN": SECRET},
    "Studio's for another host": {"CAPTIONKIT_STUDIO_TOKEN": SECRET, "CAPTIONKIT_STUDIO_URL": STUDIO},
    "files kept for other hosts": {},
}


def given(user: User, how: str) -> dict[str, str]:
    config = user.home / ".config" / "captionkit"
    config.mkdir(parents=True)
    config.chmod(0o700)
    grant = {
        "client_id": "1", "client_secret": SECRET, "redirect_uri": "x", "access_token": SECRET, "refresh_token": SECRET,
        "expires_at": 0.0, "made_at": 0.0,
    }  # fmt: skip
    for name, text in (
        ("token-canvas.example.edu", SECRET),
        ("studio-school.instructuremedia.com.json", json.dumps(grant)),
    ):
        file = config / name
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)
    token = user.home / "token"
    token.write_text(SECRET, encoding="utf-8")
    token.chmod(0o600)
    return {name: str(token) if value == "token" else value for name, value in GIVEN[how].items()}


@pytest.mark.parametrize("table", ["canvas", "studio"])
@pytest.mark.parametrize("how", GIVEN)
def test_no_command_sends_a_token_to_the_host_of_a_strangers_folder(
    user: User, clone: Path, thief: Thief, how: str, table: str
) -> None:
    environment = given(user, how)
    course = "collection = 1" if table == "studio" else "course = 1"
    (clone / "captionkit.toml").write_text(f'[{table}]\nurl = "{thief.url}"\n{course}\n', encoding="utf-8")
    (clone / "lecture.mp4").write_bytes(b"\0" * 100)
    (clone / "stranger.json").write_text("{}", encoding="utf-8")
    before = user.everything()
    # Some would ask the user's own host, which is none here, so they are run where no host is named.
    for words in (*COMMANDS, *(OTHERS if how == "a variable without an address" else ())):
        done = user.run(clone, *words, **environment)
        assert SECRET not in done.stdout + done.stderr, words
        assert thief.requests == [], words
    assert user.everything() == before


def test_doctor_in_a_strangers_folder_sends_nothing_anywhere(user: User, clone: Path, thief: Thief) -> None:
    (clone / "captionkit.toml").write_text(f'[canvas]\nurl = "{thief.url}"\ncourse = 1\n', encoding="utf-8")
    done = user.run(clone, "doctor", CANVAS_API_TOKEN=SECRET, HTTPS_PROXY=thief.url, HTTP_PROXY=thief.url)
    assert done.returncode == 2
    assert "not for" in done.stdout or "without CANVAS_API_URL" in done.stdout
    assert thief.requests == []


def test_a_token_that_was_given_for_the_host_is_sent_there(user: User, clone: Path, thief: Thief) -> None:
    (clone / "captionkit.toml").write_text(f'[canvas]\nurl = "{thief.url}"\ncourse = 1\n', encoding="utf-8")
    user.run(clone, "plan", CANVAS_API_TOKEN=SECRET, CANVAS_API_URL=thief.url)
    assert any(SECRET in request for request in thief.requests)
