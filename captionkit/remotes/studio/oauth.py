"""Signing in to Studio: the OAuth2 code flow with a code that the user pastes, and tokens that renew themselves.

Theory of operation. Studio's redirect addresses may be neither plain http nor this computer, so a command line cannot
be redirected to: the user opens an address, agrees, and pastes the address that the browser ended up at, which holds
the code. Instructure's own guide has the address of the school's Studio for that, so it is what is offered. What comes
back is kept in the system's keyring, or in a file that only its owner can read.

An access token ends some time: about two hours have been seen, but that is not documented, so a 401 is what tells. A
refresh token works once: using it
gives a new one, and the old one is dead. So a refresh happens under a lock that all of captionkit's processes share;
who comes second finds that the stored token is not the one that was refused, and takes it. The new pair is stored,
whole or not at all, before it is used.

Nothing here prints, logs or raises a code, a token or the client's secret.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from captionkit.address import base_url, is_loopback_url
from captionkit.clock import SystemClock
from captionkit.credentials import (
    Token,
    checked_token,
    config_folder,
    is_given_for,
    not_given_for,
)
from captionkit.errors import BadToken, ConfigError, NoConnection, Remedy, RemoteError, UnexpectedAnswer, UsageError
from captionkit.files import write_atomically
from captionkit.remotes.http.session import connection_problem
from captionkit.remotes.studio.vault import Grant, Vault
from captionkit.sync.ports import Clock

#: A host, for messages.
EXAMPLE = "your-school.instructuremedia.com"
URL_VARIABLE = "CAPTIONKIT_STUDIO_URL"
TOKEN_VARIABLE = "CAPTIONKIT_STUDIO_TOKEN"
#: Where a client says that it cannot be redirected to, and the page shows the code; not known of Studio.
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
_LAST = "studio-address"
#: A token that is refused so many seconds after it was made is not refused because of its age.
_TOO_YOUNG = 5.0
_TIMEOUTS = (10.0, 60.0)
_LONGEST_FILE = 1 << 16
#: Seconds: a year, and no token lives longer.
_LONGEST_LIFE = 366 * 86_400


def studio_url(given: str = "", *, configured: str = "", environ: Mapping[str, str] | None = None) -> str:
    """Where Studio is, as scheme, host and port.

    Args:
        given: from the command line. configured: from the folder's captionkit.toml.

    Raises:
        ConfigError: where there is no address.
    """
    environ = os.environ if environ is None else environ
    known = given or configured or environ.get(URL_VARIABLE, "").strip()
    if not known:
        known = _remembered(environ)
    if not known:
        raise ConfigError(
            "no Studio address",
            hint=f"Set {URL_VARIABLE}, e.g. to https://{EXAMPLE}, or give it.",
            remedy=Remedy.GIVE_ADDRESS,
        )
    return base_url(known, of="Studio", example=EXAMPLE)


def remember(url: str, *, environ: Mapping[str, str] | None = None) -> None:
    """Note the address of the last sign-in, so that it need not be given again. It is no secret."""
    folder = config_folder(environ)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(folder / _LAST, f"{url}\n".encode())


def _remembered(environ: Mapping[str, str]) -> str:
    # A token from the environment is for the address from the environment, not for where somebody signed in once.
    if environ.get(TOKEN_VARIABLE, "").strip():
        return ""
    try:
        return (config_folder(environ) / _LAST).read_text(encoding="utf-8")[:1000].strip()
    except (OSError, UnicodeError):
        return ""


# --- the flow ---------------------------------------------------------------------------------------------------------


def authorize_url(url: str, client_id: str, redirect_uri: str = "") -> str:
    """The address that the user opens to agree. No `state`: Studio loses it, and a pasted code has no need of one.

    Args:
        redirect_uri: as the developer key has it; "" for the address of Studio itself, as in Instructure's guide.
    """
    query = {"client_id": client_id, "response_type": "code", "redirect_uri": redirect_uri or url}
    return f"{url}/api/public/oauth/authorize?{urlencode(query)}"


def code_from(pasted: str) -> str:
    """The code in what the user pasted: the code itself, or the address that the browser ended up at.

    Raises:
        UsageError: there is none; without what was pasted.
    """
    text = pasted.strip().strip("\"'")
    if "://" in text or "code=" in text:
        query = urlsplit(text).query if "://" in text else text.rpartition("?")[2]
        found = parse_qs(query)
        if "error" in found:
            raise UsageError("Studio did not agree to the sign-in", hint="Start again.", remedy=Remedy.SIGN_IN,
                             unchanged="Nothing was stored.")  # fmt: skip
        text = found.get("code", [""])[0]
    if not text or not all("!" <= character <= "~" for character in text):
        raise UsageError("there is no code in what was pasted", unchanged="Nothing was stored.",
                         hint="Paste the code that the page shows, or the whole address it ended up at.")  # fmt: skip
    return text


def exchange(
    url: str, client_id: str, client_secret: str, code: str, *, redirect_uri: str = "", clock: Clock | None = None
) -> Grant:  # fmt: skip
    """Turn a code into a sign-in.

    Raises:
        BadToken: the code or the client is not accepted. NoConnection, UnexpectedAnswer: it could not be asked.
    """
    redirect_uri = redirect_uri or url
    empty = Grant(client_id, client_secret, redirect_uri, "", "")
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    return _granted(url, empty, asked, clock or SystemClock())


def refreshed(url: str, grant: Grant, *, clock: Clock | None = None) -> Grant:
    """A new pair of tokens; the old refresh token is dead afterwards.

    Raises:
        BadToken: the refresh token is not accepted (any more): the user has to sign in again.
    """
    asked = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token, "redirect_uri": grant.redirect_uri}
    return _granted(url, grant, asked, clock or SystemClock())


class SelfRenewing:
    """The token of a stored sign-in, for `captionkit.remotes.http.session.Session(renew=...)`; several threads may ask.

    Args:
        url: as from `studio_url`.
    """

    def __init__(self, url: str, vault: Vault, *, clock: Clock | None = None) -> None:
        self._url = url
        self._vault = vault
        self._clock = clock or SystemClock()

    def renew(self, refused: Token) -> Token | None:
        """Another token than the one that was refused, None where there can be none.

        Raises:
            BadToken: the sign-in is over.
        """
        with self._vault.locked():
            grant = self._vault.load()
            if grant is None:
                return None
            if grant.access_token != refused.reveal():
                return Token(grant.access_token)
            now = self._clock.now()
            is_over = bool(grant.expires_at) and now >= grant.expires_at
            if 0.0 <= now - grant.made_at < _TOO_YOUNG and not is_over:
                return None
            fresh = refreshed(self._url, grant, clock=self._clock)
            self._vault.save(fresh)
            return Token(fresh.access_token)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A token to begin with, how to renew it, and where it is from, for messages."""

    token: Token
    source: str
    renewal: SelfRenewing | None = None


def find_sign_in(
    url: str,
    *,
    typed: str = "",
    environ: Mapping[str, str] | None = None,
    vault: Vault | None = None,
    clock: Clock | None = None,
) -> SignedIn:
    """The token for the Studio at `url`: from the environment, else of the sign-in that is kept.

    Args:
        typed: the address that the user typed for this command, never one that a folder says.

    Raises:
        ConfigError: there is none for that address.
    """
    environ = os.environ if environ is None else environ
    given = environ.get(TOKEN_VARIABLE, "").strip()
    if given and is_given_for(url, URL_VARIABLE, typed, environ):
        return SignedIn(checked_token(given, TOKEN_VARIABLE), TOKEN_VARIABLE)
    vault = vault or Vault(url, folder=config_folder(environ))
    grant = vault.load()
    if grant is not None:
        return SignedIn(Token(grant.access_token), "the sign-in that is kept", SelfRenewing(url, vault, clock=clock))
    if given:
        raise not_given_for(url, TOKEN_VARIABLE, URL_VARIABLE, environ)
    raise ConfigError(
        "not signed in to Studio",
        where=url,
        unchanged="Nothing was sent.",
        hint=f"Set {URL_VARIABLE} and {TOKEN_VARIABLE}, or sign in.",
        remedy=Remedy.SIGN_IN,
    )


def _granted(url: str, before: Grant, asked: dict[str, str], clock: Clock) -> Grant:
    client = {"client_id": before.client_id, "client_secret": before.client_secret}
    status, body = _post_form(f"{url}/api/public/oauth/token", {**asked, **client})
    found = _object(body)
    error = str(found.get("error", "")) if isinstance(found.get("error", ""), str) else ""
    where = "POST /api/public/oauth/token"
    if status in (400, 401, 403):
        if error == "invalid_grant" and asked["grant_type"] == "refresh_token":
            raise BadToken("the sign-in to Studio is over", where=where, status=status, hint="Sign in again.",
                           unchanged="Nothing was written.", remedy=Remedy.SIGN_IN)  # fmt: skip
        if error == "invalid_grant":
            raise BadToken(
                "Studio does not take the code: it was used before, is too old, or was made for another redirect "
                "address", where=where, status=status, unchanged="Nothing was stored.",
                hint="Start again.", remedy=Remedy.SIGN_IN,
            )  # fmt: skip
        reason = f" ({error})" if re.fullmatch(r"[a-z_]{1,40}", error) else ""
        raise BadToken(
            f"Studio does not take the client id or its secret{reason}", where=where, status=status,
            unchanged="Nothing was stored.", hint="They are in Studio under Settings, Developer Keys.",
        )  # fmt: skip
    access = found.get("access_token")
    if status != 200 or not isinstance(access, str) or not access:
        raise UnexpectedAnswer(
            f"the answer is not what was asked for (status {status})", where=where, status=status,
            unchanged="Nothing was stored.", hint=f"Check {URL_VARIABLE}; it is the address of Studio, not of Canvas.",
        )  # fmt: skip
    token = checked_token(access, "Studio's answer")
    refresh = found.get("refresh_token")
    # It goes into a form and a file later: what is no token is none.
    is_token = isinstance(refresh, str) and refresh.isascii() and refresh.isprintable() and refresh != ""
    now = clock.now()
    return replace(
        before, access_token=token.reveal(), refresh_token=str(refresh) if is_token else before.refresh_token,
        expires_at=_end(now, found.get("expires_in")), made_at=now,
    )  # fmt: skip


def _end(now: float, lifetime: object) -> float:
    """When a token ends; 0.0 where the server does not say, or says nonsense."""
    if not isinstance(lifetime, int | float) or isinstance(lifetime, bool) or not 0 < lifetime <= _LONGEST_LIFE:
        return 0.0
    return now + float(lifetime)


def _post_form(url: str, form: dict[str, str]) -> tuple[int, bytes]:
    """Status and body. Once: a code or refresh token that was used must not be used again."""
    import requests
    import urllib3

    from captionkit.remotes.http.transport import open_session

    if urlsplit(url).scheme != "https" and not is_loopback_url(url):
        raise ConfigError("the sign-in would be sent unencrypted", unchanged="Nothing was sent.")
    where = "POST /api/public/oauth/token"
    try:
        with open_session(url) as session, session.post(
            url, data=form, timeout=_TIMEOUTS, allow_redirects=False, stream=True,
            headers={"Accept": "application/json"},
        ) as response:  # fmt: skip
            return response.status_code, response.raw.read(_LONGEST_FILE, decode_content=True) or b""
    except (UnicodeError, requests.exceptions.InvalidURL) as error:
        failure: RemoteError = NoConnection(f"the request cannot be made ({type(error).__name__})", where=where)
    except requests.exceptions.RequestException as error:
        problem = connection_problem(error, url, URL_VARIABLE)
        failure = NoConnection(problem.message, where=where, hint=problem.hint)
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        failure = NoConnection(f"the answer cannot be read ({type(error).__name__})", where=where)
    # Raised out here, so that nothing hangs on it that holds the form.
    raise failure


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
