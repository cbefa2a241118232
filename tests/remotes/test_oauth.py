"""Signing in to Studio: what is asked, what is kept and where, and who renews when a token ends."""

from __future__ import annotations

import json
import os
import sys
import threading
import traceback
from pathlib import Path

import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from studio_clients import client, who

from captionkit.cli._remedies import lines_of
from captionkit.credentials import Token
from captionkit.errors import BadToken, ConfigError, NoConnection, Remedy, UnexpectedAnswer, UsageError
from captionkit.remotes.studio import vault as _vault
from captionkit.remotes.studio.oauth import (
    OUT_OF_BAND,
    SelfRenewing,
    authorize_url,
    code_from,
    exchange,
    find_sign_in,
    refreshed,
    remember,
    studio_url,
)
from captionkit.remotes.studio.vault import Grant, Vault
from captionkit.sandbox.studio import Studio


class NotBefore:
    """A clock that stands a minute later each time it is looked at: no token is too young to be renewed."""

    def __init__(self) -> None:
        self.time = 1_000_000.0

    def now(self) -> float:
        self.time += 60
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@pytest.fixture
def vault(studio: Studio, tmp_path: Path) -> Vault:
    return Vault(studio.url, folder=tmp_path / "config", use_keyring=False)


def sign_in(studio: Studio, user: str = "teacher") -> Grant:
    return exchange(studio.url, studio.client_id, studio.client_secret, studio.sign_in_code(user))


@pytest.fixture
def grant(studio: Studio, vault: Vault) -> Grant:
    found = sign_in(studio)
    vault.save(found)
    return found


# --- the flow


def test_the_page_that_the_user_opens_shows_a_code_that_can_be_exchanged(studio: Studio) -> None:
    import re

    import requests

    page = requests.get(authorize_url(studio.url, studio.client_id, OUT_OF_BAND), timeout=5)
    code = re.search(r"<code>(.*?)</code>", page.text)
    assert code is not None
    found = exchange(
        studio.url, studio.client_id, studio.client_secret, code_from(code[1]), redirect_uri=OUT_OF_BAND
    )  # fmt: skip
    with client(studio, token=found.access_token) as api:
        user = api.whoami()
        assert user is not None and user.name == "Teacher"


def test_by_default_the_browser_ends_up_at_the_address_of_studio_itself(studio: Studio) -> None:
    import requests

    answer = requests.get(authorize_url(studio.url, studio.client_id), timeout=5)
    assert answer.url.startswith(f"{studio.url}?code=")
    assert (
        exchange(studio.url, studio.client_id, studio.client_secret, code_from(answer.url)).redirect_uri == studio.url
    )


def test_the_address_that_the_browser_ended_up_at_is_as_good_as_the_code(studio: Studio) -> None:
    import requests

    redirect = "https://school.example.edu/done?from=studio"
    answer = requests.get(authorize_url(studio.url, studio.client_id, redirect), timeout=5, allow_redirects=False)
    code = code_from(answer.headers["Location"])
    assert exchange(studio.url, studio.client_id, studio.client_secret, code, redirect_uri=redirect).access_token


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        ("abc", "abc"),
        ("  abc\n", "abc"),
        ('"abc"', "abc"),
        ("https://x/?code=abc&state=1", "abc"),
        ("https://x/cb?state=1&code=a%7Eb", "a~b"),
        ("?code=abc", "abc"),
    ],
)
def test_a_code_is_found_in_what_was_pasted(pasted: str, code: str) -> None:
    assert code_from(pasted) == code


@pytest.mark.parametrize(
    "pasted", ["", "  ", "https://x/", "https://x/?error=access_denied", "two words", "https://x/?code="]
)
def test_what_holds_no_code_is_refused_without_being_repeated(pasted: str) -> None:
    with pytest.raises(UsageError) as raised:
        code_from(pasted)
    assert "two words" not in str(raised.value)


def test_a_code_works_once_and_a_wrong_client_is_reported_as_that(studio: Studio) -> None:
    code = studio.sign_in_code("teacher")
    exchange(studio.url, studio.client_id, studio.client_secret, code)
    with pytest.raises(BadToken, match="does not take the code"):
        exchange(studio.url, studio.client_id, studio.client_secret, code)
    with pytest.raises(BadToken, match=r"client id or its secret \(invalid_client\)"):
        exchange(studio.url, studio.client_id, "wrong~secret", studio.sign_in_code("teacher"))


def test_what_is_no_studio_is_reported_as_that(studio: Studio) -> None:
    studio.fault("login_page", method="POST", path="token")
    with pytest.raises(UnexpectedAnswer, match="not what was asked for"):
        sign_in(studio)
    studio.fault("drop_before", method="POST", path="token")
    with pytest.raises(NoConnection):
        sign_in(studio)


def test_no_error_of_the_flow_holds_a_secret(studio: Studio) -> None:
    grant = sign_in(studio)
    secrets = (studio.client_secret, grant.access_token, grant.refresh_token, "code~secret")
    for fault in ("drop_after", "login_page", "half_json", "error_before", "status", "redirect"):
        studio.fault(fault, method="POST", path="token", status=400)
        with pytest.raises((BadToken, NoConnection, UnexpectedAnswer)) as raised:
            exchange(studio.url, studio.client_id, studio.client_secret, "code~secret")
        error: BaseException | None = raised.value
        shown = "".join(traceback.format_exception(raised.value))
        while error is not None:
            shown += f"{error!r}{error.args}"
            error = error.__cause__ or error.__context__
        shown = "\n".join(line for line in shown.splitlines() if '"code~secret")' not in line)  # this file's own line
        assert not [secret for secret in secrets if secret in shown], fault
    assert not [secret for secret in secrets if secret in repr(grant)]


def test_a_sign_in_is_not_sent_unencrypted() -> None:
    with pytest.raises(ConfigError, match="unencrypted"):
        exchange("http://studio.example.com", "id", "secret", "code")


# --- where it is kept


def test_it_is_kept_in_a_file_that_only_its_owner_can_read(vault: Vault, grant: Grant) -> None:
    assert vault.load() == grant
    if sys.platform != "win32":
        assert vault.file.stat().st_mode & 0o777 == 0o600
        vault.file.chmod(0o644)
        with pytest.raises(ConfigError, match="others can read"):
            vault.load()


def test_a_broken_file_is_reported_without_what_is_in_it(vault: Vault, grant: Grant) -> None:
    for text in ("{", json.dumps({"client_id": "x"}), grant.as_json().replace("client_id", "other"), "[]"):
        vault.file.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError, match="cannot be read") as raised:
            vault.load()
        assert grant.refresh_token not in "".join(traceback.format_exception(raised.value))


class FakeKeyring:
    """A keyring that may forget, cut or fail."""

    def __init__(self, habit: str = "") -> None:
        self.habit = habit
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, user: str) -> str | None:
        if self.habit == "locked":
            raise RuntimeError("locked")
        return self.kept.get((service, user))

    def set_password(self, service: str, user: str, text: str) -> None:
        if self.habit == "locked":
            raise RuntimeError("locked")
        if self.habit != "forgets":
            self.kept[service, user] = text[:100] if self.habit == "cuts" else text

    def delete_password(self, service: str, user: str) -> None:
        del self.kept[service, user]


def test_the_keyring_is_preferred_and_no_copy_is_left_in_the_file(
    studio: Studio, tmp_path: Path, grant: Grant, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = FakeKeyring()
    monkeypatch.setitem(sys.modules, "keyring", ring)
    with_keyring = Vault(studio.url, folder=tmp_path / "config")
    assert vault.file.exists()
    assert "keyring" in with_keyring.save(grant)
    assert not vault.file.exists() and with_keyring.load() == grant
    assert with_keyring.forget() and not ring.kept and with_keyring.load() is None


@pytest.mark.parametrize("habit", ["locked", "forgets", "cuts"])
def test_a_keyring_that_does_not_keep_it_is_not_trusted_with_it(
    studio: Studio, tmp_path: Path, habit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", FakeKeyring(habit))
    vault = Vault(studio.url, folder=tmp_path / "config")
    vault.save(sign_in(studio))
    assert vault.file.exists()


def test_an_interrupted_save_leaves_the_sign_in_that_was_there(
    vault: Vault, grant: Grant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Exception, match="No space left"):
        vault.save(Grant("a", "b", "c", "d", "e"))
    monkeypatch.undo()
    assert vault.load() == grant
    assert [file.name for file in vault.file.parent.iterdir()] == [vault.file.name]


# --- renewing


def test_a_refresh_gives_a_new_pair_and_the_old_refresh_token_is_dead(studio: Studio, grant: Grant) -> None:
    fresh = refreshed(studio.url, grant)
    assert fresh.access_token != grant.access_token and fresh.refresh_token != grant.refresh_token
    with pytest.raises(BadToken, match="sign-in to Studio is over"):
        refreshed(studio.url, grant)


def test_a_server_that_does_not_rotate_keeps_its_refresh_token(studio: Studio, grant: Grant) -> None:
    studio.set(rotates_refresh_tokens=False)
    assert refreshed(studio.url, grant).refresh_token == grant.refresh_token


def test_the_new_pair_is_stored_before_it_is_used(studio: Studio, vault: Vault, grant: Grant) -> None:
    fresh = SelfRenewing(studio.url, vault, clock=NotBefore()).renew(Token(grant.access_token))
    kept = vault.load()
    assert fresh is not None and kept is not None
    assert kept.access_token == fresh.reveal() != grant.access_token
    assert refreshed(studio.url, kept).access_token


def test_who_comes_second_takes_the_token_that_the_first_one_got(studio: Studio, vault: Vault, grant: Grant) -> None:
    first = SelfRenewing(studio.url, vault, clock=NotBefore()).renew(Token(grant.access_token))
    second = SelfRenewing(studio.url, vault, clock=NotBefore()).renew(Token(grant.access_token))
    assert first is not None and second is not None and first.reveal() == second.reveal()
    assert sum(r["path"].endswith("/oauth/token") for r in studio.requests) == 2, "the sign-in and one refresh"


def test_many_threads_whose_token_ended_refresh_once(studio: Studio, vault: Vault, grant: Grant) -> None:
    studio.end_tokens("teacher")
    before = len(studio.requests)
    tokens: list[str] = []

    def renew() -> None:
        found = SelfRenewing(studio.url, vault, clock=NotBefore()).renew(Token(grant.access_token))
        tokens.append(found.reveal() if found else "")

    threads = [threading.Thread(target=renew) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(tokens)) == 1 and "" not in tokens
    assert len(studio.requests) - before == 1


def test_a_token_that_was_only_just_made_is_not_renewed_in_a_circle(studio: Studio, vault: Vault, grant: Grant) -> None:
    before = len(studio.requests)
    assert SelfRenewing(studio.url, vault).renew(Token(grant.access_token)) is None
    assert len(studio.requests) == before


def test_a_token_that_ends_in_the_middle_of_the_work_is_renewed_and_the_work_goes_on(
    studio: Studio, vault: Vault, grant: Grant
) -> None:
    signed_in = find_sign_in(studio.url, environ={}, vault=vault, clock=NotBefore())
    assert signed_in.renewal is not None
    with client(studio, token=signed_in.token.reveal(), renew=signed_in.renewal.renew) as api:
        assert who(api).name == "Teacher"
        studio.end_tokens("teacher")
        assert api.create_from_url("https://x.example/a.mp4", title="After").id
        studio.end_tokens("teacher")
        assert api.ping()
    assert [m["title"] for m in studio.media()] == ["After"]


def test_a_sign_in_that_is_over_says_to_sign_in_again(studio: Studio, vault: Vault, grant: Grant) -> None:
    studio.end_tokens("teacher")
    studio.end_refresh_tokens("teacher")
    renewal = SelfRenewing(studio.url, vault, clock=NotBefore())
    with client(studio, token=grant.access_token, renew=renewal.renew) as api, pytest.raises(BadToken) as raised:
        api.whoami()
    assert raised.value.remedy is Remedy.SIGN_IN


# --- where Studio is, and which token counts


def test_the_token_of_the_environment_comes_first(studio: Studio, vault: Vault, grant: Grant) -> None:
    environ = {"CAPTIONKIT_STUDIO_URL": studio.url, "CAPTIONKIT_STUDIO_TOKEN": "Bearer env~token"}
    found = find_sign_in(studio.url, environ=environ, vault=vault)
    assert (found.token.reveal(), found.renewal) == ("env~token", None)
    assert find_sign_in(studio.url, environ={}, vault=vault).token.reveal() == grant.access_token


def test_nobody_signed_in_says_what_to_run(vault: Vault) -> None:
    with pytest.raises(ConfigError) as raised:
        find_sign_in("https://x.instructuremedia.com", environ={}, vault=vault)
    assert "captionkit login --url https://x.instructuremedia.com" in lines_of(raised.value)[-1]


@pytest.mark.parametrize("known", [{}, {"CAPTIONKIT_STUDIO_URL": "https://mine.instructuremedia.com"}])
@pytest.mark.parametrize(
    "url", ["https://evil.instructuremedia.com", "https://evil.example.com", "http://127.0.0.1:8080"]
)
def test_a_folder_of_somebody_else_cannot_send_the_token_elsewhere(known: dict[str, str], url: str) -> None:
    vault = Vault(url, folder=Path("nowhere"), use_keyring=False)
    environ = {**known, "CAPTIONKIT_STUDIO_TOKEN": "t~o~k~e~n"}
    assert studio_url(configured=url, environ=environ) == url
    with pytest.raises(ConfigError, match="not sent anywhere") as raised:
        find_sign_in(url, environ=environ, vault=vault)
    assert "t~o~k~e~n" not in str(raised.value)
    assert find_sign_in(url, environ={**environ, "CAPTIONKIT_STUDIO_URL": url}, vault=vault).source
    assert find_sign_in(url, typed=url, environ={"CAPTIONKIT_STUDIO_TOKEN": "t"}, vault=vault).source


def test_the_address_of_the_last_sign_in_is_remembered_but_not_for_a_token_of_the_environment(tmp_path: Path) -> None:
    environ = {"XDG_CONFIG_HOME": str(tmp_path), "APPDATA": str(tmp_path)}
    if sys.platform == "darwin":
        pytest.skip("the configuration folder cannot be moved there")
    with pytest.raises(ConfigError, match="no Studio address"):
        studio_url(environ=environ)
    remember("https://mine.instructuremedia.com", environ=environ)
    assert studio_url(environ=environ) == "https://mine.instructuremedia.com"
    with pytest.raises(ConfigError, match="no Studio address"):
        studio_url(environ=environ | {"CAPTIONKIT_STUDIO_TOKEN": "t"})


def test_plain_http_is_for_this_computer_alone() -> None:
    with pytest.raises(ConfigError, match="not encrypted") as raised:
        studio_url("http://mine.instructuremedia.com", environ={})
    assert "Canvas" not in str(raised.value)
    assert studio_url("http://127.0.0.1:80", environ={}) == "http://127.0.0.1"


def test_the_address_of_the_schools_own_studio_is_the_default() -> None:
    assert "redirect_uri=https%3A%2F%2Fx&" in f"{authorize_url('https://x', 'id')}&"
    assert _vault.KEYRING_SERVICE == "captionkit-studio"
