"""Writing to disk so that a crash leaves the old file or the new one, never half of one."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from captionkit.errors import LocalError


def write_atomically(path: Path, data: bytes, *, mode: int | None = None, durable: bool = True) -> None:
    """Write `data` to `path`: a temporary file in the same folder, fsync, replace, fsync of the folder.

    Args:
        mode: permission bits of the file; by default those it had, or what the umask says for a new one.
        durable: whether to wait until the disk has it. Thousands of new files that can be made again need not.

    Raises:
        LocalError: with the operating system's reason; the file that was there is untouched.
    """
    import tempfile  # with it come random and shutil: too much for a command that only reads

    temporary: str | None = None
    try:
        # A link stays a link: what it points to is written. A device or a folder is not replaced by a file.
        path = path.resolve() if path.is_symlink() else path
        if path.exists() and not path.is_file():
            raise LocalError("this is no regular file, so it is not replaced by one", where=str(path))
        if mode is None:
            mode = path.stat().st_mode & 0o7777 if path.exists() else 0o666 & ~_UMASK
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".tmp", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.chmod(temporary, mode)  # noqa: PTH101  the temporary name is a str from mkstemp
        os.replace(temporary, path)  # noqa: PTH105
        temporary = None
        if durable:
            sync_folder(path.parent)
    except OSError as error:
        raise LocalError(
            f"cannot write: {error.strerror or error}",
            where=str(path),
            unchanged="The file that was there before, if any, is untouched.",
            hint="Check that the folder exists, that you may write to it, and that the disk is not full.",
        ) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)  # noqa: PTH108


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder durable. Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


# There is no way to ask for the umask without setting it, so ask once, at import, before any thread of ours runs.
_UMASK = _umask()
