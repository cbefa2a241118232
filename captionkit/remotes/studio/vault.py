"""Where a sign-in to Studio is kept: in the system's keyring, or in a file that only its owner can read.

What is kept is replaced whole or not at all, and only under a lock that all of captionkit's processes share, since a
refresh token works once: a lost one means signing in again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from captionkit.credentials import config_folder
from captionkit.errors import ConfigError, LocalError, Remedy
from captionkit.files import write_atomically
from captionkit.records import RecordError, parse, read
from captionkit.secret_store import forget_in_keyring, from_keyring, read_private, to_keyring

KEYRING_SERVICE = "captionkit-studio"
_LOCK_PATIENCE = 90.0
_LONGEST_FILE = 1 << 16


@dataclass(frozen=True, slots=True)
class Grant:
    """What a sign-in gave, and what renewing it needs.

    Attributes:
        expires_at: seconds since the epoch; 0 where the server did not say. made_at: when we got the access token.
    """

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: float = 0.0
    made_at: float = 0.0

    def as_json(self) -> str:
        return json.dumps({name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def from_json(cls, text: str) -> Grant:
        """Raises ValueError for what is none; without the text in it."""
        try:
            return read(cls, parse(text))
        except RecordError:
            raise ValueError("this is no sign-in of captionkit") from None


class Vault:
    """The sign-in for one host: in the system's keyring, or in a file that only its owner can read.

    Args:
        url: as from `studio_url`.
        folder: captionkit's configuration folder; by default the platform's.
        use_keyring: whether the keyring is asked at all.
    """

    def __init__(self, url: str, *, folder: Path | None = None, use_keyring: bool = True) -> None:
        self.host = url.partition("://")[2]
        self._folder = folder or config_folder()
        name = re.sub(r"[^A-Za-z0-9.-]", "-", self.host)
        self.file = self._folder / f"studio-{name}.json"
        self._lock_file = self._folder / f"studio-{name}.lock"
        self._use_keyring = use_keyring

    def load(self) -> Grant | None:
        """The sign-in, None where there is none.

        Raises:
            ConfigError: it cannot be read, or others can read it.
        """
        text = self._from_keyring() or self._from_file()
        if not text:
            return None
        try:
            return Grant.from_json(text)
        except ValueError:
            raise ConfigError(
                "what is kept of the sign-in to Studio cannot be read", where=self.host, unchanged="Nothing was sent.",
                hint="Sign in again.", remedy=Remedy.SIGN_IN,
            ) from None  # fmt: skip

    def save(self, grant: Grant) -> str:
        """Keep a sign-in in place of what was there, whole or not at all. Says where, for a person.

        Raises:
            LocalError: it can be kept nowhere.
        """
        if self._use_keyring and to_keyring(KEYRING_SERVICE, self.host, grant.as_json()):
            # One place only: an older copy in the file would hold a refresh token that is dead.
            self._remove_file()
            return "the system's keyring"
        self._make_folder()
        write_atomically(self.file, grant.as_json().encode(), mode=0o600)
        return f"{self.file} (only you can read it)"

    def forget(self) -> bool:
        """Remove the sign-in; whether there was one."""
        there = bool(self._from_keyring()) or self.file.exists()
        if self._use_keyring:
            forget_in_keyring(KEYRING_SERVICE, self.host)
        self._remove_file()
        return there

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only captionkit that renews this sign-in.

        Raises:
            LocalError: another one holds the lock for too long, or there can be no lock.
        """
        from filelock import FileLock, Timeout

        self._make_folder()
        lock = FileLock(self._lock_file, mode=0o600)
        try:
            lock.acquire(timeout=_LOCK_PATIENCE)
        except Timeout:
            raise LocalError(
                "another captionkit has been renewing the sign-in to Studio for too long", where=str(self._lock_file),
                hint="End it, then try again.",
            ) from None  # fmt: skip
        except OSError as error:
            raise LocalError(f"cannot lock: {error.strerror or error}", where=str(self._lock_file)) from None
        try:
            yield
        finally:
            lock.release()

    def _from_keyring(self) -> str:
        return from_keyring(KEYRING_SERVICE, self.host) if self._use_keyring else ""

    def _from_file(self) -> str:
        try:
            data = read_private(
                self.file,
                what="the sign-in to Studio",
                longest=_LONGEST_FILE,
                again="sign in again",
                remedy=Remedy.SIGN_IN,
            )
        except FileNotFoundError:
            return ""
        return data.decode("utf-8", "replace")

    def _remove_file(self) -> None:
        try:
            self.file.unlink(missing_ok=True)
        except OSError as error:
            raise LocalError(f"cannot delete: {error.strerror or error}", where=str(self.file)) from None

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise LocalError(f"cannot make the folder: {error.strerror or error}", where=str(self._folder)) from None
