"""Where secrets are kept on this computer: the system's keyring, and files that only their owner can read."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from captionkit.errors import ConfigError, Remedy


def read_private(path: Path, *, what: str, longest: int, again: str, remedy: Remedy | None = None) -> bytes:
    """A file that is its owner's alone.

    Args:
        what: what it is, for messages: "the token file".
        longest: bytes; what is longer is no secret of ours.
        again: what to do if others may have read it; remedy: the kind of that.

    Raises:
        FileNotFoundError: it is not there.
        ConfigError: others can read it, it is another user's or no regular file, or cannot be read.
    """
    unsent = "Nothing was sent."
    try:
        # A pipe would be waited for as soon as it is opened.
        _refuse_if_shared(path.stat(), path, what, again, remedy)
        with path.open("rb") as file:
            # Asked of the open file, so that it cannot be swapped between the question and the reading.
            _refuse_if_shared(os.fstat(file.fileno()), path, what, again, remedy)
            data = file.read(longest + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        message = f"cannot read {what}: {error.strerror or error}"
        raise ConfigError(message, where=str(path), unchanged=unsent) from None
    if len(data) > longest:
        raise ConfigError(
            f"{what} is too long to hold only that",
            where=str(path),
            unchanged=unsent,
            hint=f"Remove it and {again}.",
            remedy=remedy,
        )
    return data


def _refuse_if_shared(status: os.stat_result, path: Path, what: str, again: str, remedy: Remedy | None) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise ConfigError(f"{what} is no regular file", where=str(path), unchanged="Nothing was sent.")
    # Windows has no such bits: there a file in the user's own profile is the user's, and elsewhere we cannot tell.
    if sys.platform != "win32":
        if status.st_uid not in (os.geteuid(), 0):
            raise ConfigError(f"{what} belongs to another user", where=str(path), unchanged="It was not read.")
        if status.st_mode & 0o077:
            raise ConfigError(
                f"others can read {what} (mode {stat.S_IMODE(status.st_mode):04o})",
                where=str(path),
                unchanged="It was not read.",
                hint=f"Run: chmod 600 '{path}'. If others may have read it, {again}.",
                remedy=remedy,
            )


# Each backend of the keyring raises errors of its own: it is locked, there is none, there is no session bus. Other
# places may have the secret, and the error that comes if none has names them all.


def from_keyring(service: str, user: str) -> str:
    """What the keyring has, "" where there is no keyring or nothing in it."""
    try:
        import keyring

        return keyring.get_password(service, user) or ""
    except Exception:  # noqa: BLE001, RUF100
        return ""


def to_keyring(service: str, user: str, secret: str) -> bool:
    """Keep a secret; whether it is kept whole. Some backends take everything and keep nothing, others cut it."""
    try:
        import keyring

        keyring.set_password(service, user, secret)
        return keyring.get_password(service, user) == secret
    except Exception:  # noqa: BLE001, RUF100
        return False


def forget_in_keyring(service: str, user: str) -> None:
    try:
        import keyring

        keyring.delete_password(service, user)
    except Exception:  # noqa: BLE001, S110, RUF100
        pass
