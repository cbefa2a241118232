"""Where Canvas is, and the token that proves who we are. Never from an argument: those end up in process lists.

The address: what the command says (`--url`), else the folder's captionkit.toml, else CANVAS_API_URL. The token, first
that is there and was given for that address: CANVAS_API_TOKEN; the file that CANVAS_API_TOKEN_FILE names; the system's
keyring (service "captionkit", user = the host); the file `token-<host>` in captionkit's configuration folder. A file
must be readable by its owner alone.

A folder may come from somebody else, so the address in its captionkit.toml is never a reason to send a token there. The
keyring and `token-<host>` name the host that they are for. The two variables are for the address in CANVAS_API_URL or,
where that is not set, for the one that the user typed as `--url`.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from captionkit.address import base_url
from captionkit.errors import ConfigError, Remedy
from captionkit.secret_store import from_keyring, read_private, to_keyring

_LONGEST_TOKEN_FILE = 8192
_PASTED = re.compile(r"^(?:authorization\s*:)?\s*(?:bearer(?:\s+|$))?", re.IGNORECASE)


class Token:
    """A secret that does not show itself when it is printed, logged, formatted or pickled."""

    __slots__ = ("_secret",)

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def reveal(self) -> str:
        """The secret, for the Authorization header and for nothing else."""
        return self._secret

    def __repr__(self) -> str:
        return "Token(hidden)"

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a token is not written down")


@dataclass(frozen=True, slots=True)
class FoundToken:
    """A token and, for messages, where it came from."""

    token: Token
    source: str


def canvas_url(given: str = "", *, configured: str = "", environ: Mapping[str, str] | None = None) -> str:
    """Where Canvas is, as scheme, host and port, lower case, without a path.

    Args:
        given: from the command line. configured: from the folder's captionkit.toml.

    Raises:
        ConfigError: where there is no address, or what there is is none.
    """
    environ = os.environ if environ is None else environ
    text = given or configured or environ.get("CANVAS_API_URL", "").strip()
    if not text:
        raise ConfigError(
            "no Canvas address",
            hint="Set CANVAS_API_URL, e.g. to https://canvas.example.edu, or give it.",
            remedy=Remedy.GIVE_ADDRESS,
        )
    return base_url(text)


def is_given_for(url: str, variable: str, typed: str = "", environ: Mapping[str, str] | None = None) -> bool:
    """Whether what stands in the environment beside the address in `variable` is for the server at `url`.

    Args:
        url: as from `base_url`.
        typed: the address that the user typed for this command; counts where `variable` is not set.
    """
    environ = os.environ if environ is None else environ
    known = environ.get(variable, "").strip() or typed
    try:
        return bool(known) and base_url(known) == url
    except ConfigError:
        return False


def find_token(
    url: str, *, typed: str = "", environ: Mapping[str, str] | None = None, folder: Path | None = None
) -> FoundToken:
    """The token for the Canvas at `url`.

    Args:
        url: as from `canvas_url`.
        typed: the address that the user typed for this command, never one that a folder says.
        folder: captionkit's configuration folder; by default the platform's.

    Raises:
        ConfigError: where there is none for that address, or it is unusable, or others can read its file.
    """
    environ = os.environ if environ is None else environ
    host = url.partition("://")[2]
    given = environ.get("CANVAS_API_TOKEN", "").strip()
    named = environ.get("CANVAS_API_TOKEN_FILE", "").strip()
    is_for_it = is_given_for(url, "CANVAS_API_URL", typed, environ)
    if given and is_for_it:
        return FoundToken(checked_token(given, "CANVAS_API_TOKEN"), "CANVAS_API_TOKEN")
    if named and is_for_it:
        return FoundToken(_from_file(Path(named).expanduser()), f"the file {named}")
    kept = from_keyring("captionkit", host)
    if kept:
        return FoundToken(checked_token(kept, "the keyring"), "the keyring")
    file = (folder or config_folder(environ)) / f"token-{host.replace(':', '-').strip('[]')}"
    if file.exists():
        return FoundToken(_from_file(file), f"the file {file}")
    if given or named:
        raise not_given_for(url, "CANVAS_API_TOKEN" if given else "CANVAS_API_TOKEN_FILE", "CANVAS_API_URL", environ)
    empty = "CANVAS_API_TOKEN is set but empty. " if "CANVAS_API_TOKEN" in environ else ""
    raise ConfigError(
        f"no token for {host}",
        unchanged="Nothing was sent.",
        remedy=Remedy.RECONNECT,
        hint=f"{empty}Make one in Canvas under Account, Settings, New Access Token; then set CANVAS_API_URL to {url} "
        f"and CANVAS_API_TOKEN to the token, or run `keyring set captionkit {host}`, or write it to {file} (only you "
        "may be able to read that file).",
    )


def not_given_for(url: str, secret: str, variable: str, environ: Mapping[str, str]) -> ConfigError:
    """The refusal to send what stands in the variable `secret` to a server that it was not given for."""
    known = environ.get(variable, "").strip()
    is_for = f"{variable} says that {secret} is for {known[:200]}" if known else f"{secret} is set without {variable}"
    return ConfigError(
        f"this is about {url}, but {is_for}",
        unchanged="The token was not sent anywhere.",
        remedy=Remedy.RECONNECT,
        hint=f"If you trust this address and have a token for it, set {variable} to {url} and {secret} to that token.",
    )


def checked_token(text: str, source: str) -> Token:
    """A token from what was pasted: white space and a leading "Bearer " go; what cannot stand in a header is refused.

    Raises:
        ConfigError: without the token in it.
    """
    secret = text.strip().removeprefix("\ufeff").strip()
    secret = _PASTED.sub("", secret)
    if len(secret) >= 2 and secret[0] == secret[-1] and secret[0] in "\"'":
        secret = secret[1:-1].strip()
    if not secret:
        raise ConfigError("the token is empty", where=source, unchanged="Nothing was sent.")
    if not all("!" <= character <= "~" for character in secret):
        raise ConfigError(
            "the token holds a character that no Canvas token has (a space, a line break, or one outside of ASCII)",
            where=source,
            unchanged="Nothing was sent.",
            hint="Copy it again, by itself.",
        )
    return Token(secret)


def config_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Where this platform keeps a program's configuration, with captionkit's own folder in it."""
    environ = os.environ if environ is None else environ
    system: str = sys.platform  # the type checker looks at one platform at a time
    if system == "win32":
        return Path(environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "captionkit"
    if system == "darwin":
        return Path.home() / "Library" / "Application Support" / "captionkit"
    return Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "captionkit"


def _from_file(path: Path) -> Token:
    try:
        data = read_private(
            path, what="the token file", longest=_LONGEST_TOKEN_FILE, again="make a new token in Canvas"
        )
    except FileNotFoundError as error:
        raise ConfigError(
            f"cannot read the token file: {error.strerror}", where=str(path), unchanged="Nothing was sent."
        ) from None
    try:
        return checked_token(data.decode("utf-8-sig"), str(path))
    except UnicodeDecodeError:
        raise ConfigError("this file holds no text", where=str(path), unchanged="Nothing was sent.") from None


def keep_token(url: str, text: str) -> None:
    """Keep a token for the Canvas at `url` in the system's keyring, where `find_token` finds it.

    Args:
        text: as it was pasted; see `checked_token`.

    Raises:
        ConfigError: the token is none, or there is no keyring that keeps it.
    """
    host, token = base_url(url).partition("://")[2], checked_token(text, "the token")
    if not to_keyring("captionkit", host, token.reveal()):
        raise ConfigError(
            "this computer has no keyring that keeps the token",
            unchanged="It was not kept anywhere.",
            hint="Set CANVAS_API_URL and CANVAS_API_TOKEN instead.",
        )
