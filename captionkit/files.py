"""Writing to disk so that a crash leaves the old file or the new one, never half of one, and never another file.

A folder may come from somebody else, with links in it that lead to files of the user's. What a link points to is
written only if it lies in the folder that is worked on, or if the user named the link and it is a caption file.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import time
from functools import lru_cache
from typing import TYPE_CHECKING

from captionkit.errors import LeadsOutside, LocalError, NoSuchFile
from captionkit.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import BinaryIO

# os.path and not pathlib: this writes thousands of files in one command, and one file in a command of a few
# milliseconds, of which loading pathlib would be a tenth.


#: What a file system says that has no such call for this kind of thing: network shares and FUSE, for folders above all.
_CANNOT_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF})
#: What it says where a folder cannot even be opened to ask for that.
_CANNOT_OPEN = frozenset({errno.EACCES, errno.EPERM, errno.EISDIR})
#: How a caption file that captionkit reads is called at its end.
CAPTION_EXTENSIONS = (".srt", ".vtt", ".webvtt")


#: A file of captions, names or settings has a few megabytes at most; more is a video given by mistake.
MOST_BYTES = 1 << 30
_PIECE = 1 << 18


def read_file(path: str | Path) -> bytes:
    """All bytes of a file.

    Raises:
        LocalError: it is no file but a device, say, or it is too large.
        OSError: it is not there, or may not be read.
    """
    with open_to_read(path) as file:
        return _read_whole(file, os.fspath(path))


def quoted(path: str | Path) -> str:
    """A path as it can be pasted into the shell of this system: a POSIX shell, or PowerShell and cmd."""
    text = os.fspath(path)
    if os.name != "nt":
        from shlex import quote

        return quote(text)
    return text if text and _PLAIN_NAME.fullmatch(text) else f'"{text}"'


#: What neither PowerShell nor cmd takes for anything but a letter of a name.
_PLAIN_NAME = pattern(r"[\w.:\\/+-]+")


def bytes_of(path: str | Path) -> bytes:
    """All bytes of a caption file that a person named.

    Raises:
        LocalError: the file cannot be read.
    """
    try:
        return read_file(path)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error


def unreadable(path: str | Path, error: OSError | ValueError, *, unchanged: str = "", hint: str = "") -> LocalError:
    """The error for a file that a person named to be read."""
    # A link that leads nowhere is there, and is nobody's mistake in the call.
    if isinstance(error, FileNotFoundError | NotADirectoryError) and not os.path.lexists(path):
        return NoSuchFile(str(path), unchanged=unchanged, hint=hint or "Check the name.")
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    hint = hint or "Check the name, and that you may read the file."
    return LocalError(f"cannot read: {reason}", where=str(path), unchanged=unchanged, hint=hint)


def read_standard_input() -> bytes:
    """All bytes of standard input, whatever it is.

    Raises:
        LocalError: there is none, or it does not end.
    """
    if sys.stdin is None:
        raise LocalError("there is no standard input here", unchanged="Nothing was written.")
    return _read_whole(sys.stdin.buffer, "standard input")


def _read_whole(file: BinaryIO, name: str) -> bytes:
    # In pieces: Python sets aside as much memory as is asked for, and Windows takes seconds to find a gigabyte.
    pieces, length = [], 0
    while piece := file.read(_PIECE):
        pieces.append(piece)
        length += len(piece)
        if length > MOST_BYTES:
            message = f"there are more than {MOST_BYTES:,} bytes in it"
            raise LocalError(message, where=name, unchanged="It was not used.")
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def open_to_read(path: str | Path) -> BinaryIO:
    """Open a file, and nothing else: a device may never end, and a named pipe may wait for ever.

    Raises:
        LocalError: it is something else, which is named.
        OSError: it is not there, or may not be read.
    """
    path = reachable(os.fspath(path))
    _refuse_what_is_no_file(path, os.stat(path).st_mode)
    # Not blocking, should a pipe stand there by now; for a file it makes no difference.
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
    handle = os.open(path, flags)
    try:
        _refuse_what_is_no_file(path, os.fstat(handle).st_mode)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


_NO_FILES = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def _refuse_what_is_no_file(path: str | Path, mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    what = next((name for is_this, name in _NO_FILES if is_this(mode)), "no file")
    raise LocalError(
        f"cannot read: this is {what}, not a file",
        where=os.fspath(path),
        unchanged="It was not read.",
        hint="" if what == "a folder" else "To read what another program writes, send it to a command that reads `-`.",
    )


def write_atomically(
    path: str | Path,
    data: bytes | Iterable[bytes],
    *,
    mode: int | None = None,
    durable: bool = True,
    within: str | Path | None = None,
    before_replacing: Callable[[], None] | None = None,
) -> None:
    """Write `data` to `path`: a temporary file in the same folder, fsync, replace, fsync of the folder.

    Args:
        data: all of it, or its pieces as they come.
        mode: permission bits of the file; by default those the file had, or what the umask says for a new one.
        durable: whether to wait until the disk has it. Thousands of new files that can be made again need not.
        within: the folder that the file must really lie in, where `path` was found and not named by the user.
        before_replacing: called when nothing but the replacing itself is left; what it raises leaves all as it was.

    Raises:
        LeadsOutside: where a link leads to another place.
        LocalError: with the operating system's reason, and which of both files stands there now.
    """
    temporary: str | None = None
    try:
        # A link stays a link: what it points to is written. A device or a folder is not replaced by a file.
        target = reachable(target_of(os.fspath(path), within))
        if os.path.exists(target):
            if not os.path.isfile(target):
                raise LocalError("this is no regular file, so it is not replaced by one", where=target)
            if os.name == "nt" and not os.access(target, os.W_OK):
                raise PermissionError(errno.EACCES, "it is marked as read-only")
            if mode is None:
                mode = os.stat(target).st_mode & 0o7777
        handle, temporary = _new_file(target, 0o666 if mode is None else 0o600)
        with os.fdopen(handle, "wb") as file:
            file.writelines((data,) if isinstance(data, bytes) else data)
            if durable:
                file.flush()
                sync(file.fileno())
        if mode is not None:
            os.chmod(temporary, mode)
        if before_replacing is not None:
            before_replacing()
        _replace(temporary, target)
        temporary = None
    except OSError as error:
        raise LocalError(
            f"cannot write: {why(error, path)}",
            where=os.fspath(path),
            unchanged="The file that was there before, if any, is untouched.",
            hint="Check that the folder exists, that you may write there, that no program has the file open, that it "
            "is not read-only, and that the disk is not full.",
        ) from error
    finally:
        if temporary is not None:
            _remove(temporary)
    if durable:
        sync_folder(os.path.dirname(target) or os.curdir)


def target_of(path: str, within: str | Path | None = None) -> str:
    """The file that is written for `path`: that one, or what it points to.

    Args:
        within: as for `write_atomically`.

    Raises:
        LeadsOutside: that may not be written for this.
    """
    if within is not None:
        real = os.path.realpath(reachable(path))
        if lies_in(real, _real_folder(os.path.abspath(within))):
            return real
    elif not os.path.islink(path):
        return path
    else:
        real = os.path.realpath(path)
        home = os.path.realpath(os.path.dirname(path) or os.curdir)
        if lies_in(real, home) or (
            real.lower().endswith(CAPTION_EXTENSIONS) and path.lower().endswith(CAPTION_EXTENSIONS)
        ):
            return real
    raise LeadsOutside(
        f"this is a link that leads out of its folder, to {real}",
        where=path,
        unchanged="Nothing was written there.",
        hint="If you mean that file, name it itself; if you do not know why the link is there, delete the link.",
    )


def lies_in(real: str, folder: str) -> bool:
    """Whether one real path is below another, as the operating system compares names."""
    real, folder = _comparable(real), _comparable(folder)
    return real.startswith(folder if folder.endswith(os.sep) else folder + os.sep)


def is_same_path(one: str | Path, other: str | Path) -> bool:
    """Whether two real paths are one, as the operating system compares names."""
    return _comparable(os.fspath(one)) == _comparable(os.fspath(other))


def _comparable(path: str) -> str:
    """Without the prefix of `reachable`, which `os.path.realpath` gives to long paths as well."""
    if os.name == "nt" and path.startswith("\\\\?\\"):
        path = "\\\\" + path[8:] if path[4:8].upper() == "UNC\\" else path[4:]
    return os.path.normcase(path)


def real_place(root: str | Path, path: str) -> str:
    """Where a file of the folder `root` really lies, every link followed; it need not be there.

    Args:
        path: relative to `root`, with forward slashes.

    Raises:
        LeadsOutside: it is no such path, or lies outside of `root`.
    """
    steps = path.replace(os.sep, "/").split("/")
    is_odd = any(step in ("", ".", "..") or "\0" in step or (os.name == "nt" and ":" in step) for step in steps)
    real = ""
    if not is_odd:
        try:
            # Windows junctions and other reparse points are followed as well; Python has no other way to tell them.
            home = _real_folder(os.path.abspath(root))
            real = _without_links(home, steps) or os.path.realpath(reachable(os.path.join(home, *steps)))
            if lies_in(real, home):
                return real
        except (ValueError, OSError):
            real = ""
    leads = f", to {real}" if real else ""
    raise LeadsOutside(
        f"this leads out of the folder{leads}, so it is neither read nor written",
        where=f"{os.fspath(root)}: {path[:300]!r}",
        hint="If you do not know why it is there, delete it: captionkit works on files of the folder alone.",
    )


@lru_cache(maxsize=64)
def _real_folder(folder: str) -> str:
    return os.path.realpath(folder)


def _without_links(home: str, steps: list[str]) -> str:
    """The path where no part of it is a link, which is quickly seen; "" where one is, or where it does not show."""
    if os.name == "nt":
        return ""
    place = home
    for step in steps:
        place = os.path.join(place, step)
        if os.path.islink(place):
            return ""
    return place


#: The longest path of a folder on Windows without a prefix: MAX_PATH is 260, less a name of 12 and the end.
_MOST_OF_A_PATH = 247
#: What file systems take as one name: characters on Windows and macOS, bytes elsewhere.
_MOST_OF_A_NAME = 255


def reachable(path: str) -> str:
    r"""The path as the system takes it at any length: on Windows a long one needs the prefix `\\?\`."""
    if os.name != "nt" or path.startswith("\\\\?\\"):
        return path
    whole = os.path.abspath(path)
    # A temporary file beside it is called longer than some.
    if max(len(whole), len(os.path.dirname(whole)) + 60) <= _MOST_OF_A_PATH:
        return path
    return _prefixed(whole)


def _prefixed(whole: str) -> str:
    return "\\\\?\\UNC\\" + whole[2:] if whole.startswith("\\\\") else "\\\\?\\" + whole


def root_of_any_depth(folder: str) -> str:
    """A folder as the system takes it also for what lies deep below: on Windows with the prefix of long paths."""
    if os.name != "nt" or folder.startswith("\\\\?\\"):
        return folder
    return _prefixed(os.path.abspath(folder))


def is_folder(path: str | Path) -> bool:
    return os.path.isdir(reachable(os.fspath(path)))


def is_there(path: str | Path) -> bool:
    """Whether there is a file or folder; a link that leads nowhere is none."""
    return os.path.exists(reachable(os.fspath(path)))


def walk(
    folder: str | Path, cannot_look_into: Callable[[OSError], None] | None = None
) -> Iterator[tuple[str, list[str], list[str]]]:
    """`os.walk`, which Windows lets pass over folders with long paths: each folder below as it is called from here, the
    folders in it, of which some may be taken out, and the files.

    Args:
        cannot_look_into: called with the error; what it raises ends it all.
    """
    top = os.fspath(folder)
    root = root_of_any_depth(top)
    for place, folders, files in os.walk(root, onerror=cannot_look_into):
        yield top + place.removeprefix(root), folders, files


_FORBIDDEN = pattern(r'[<>:"|?*]')


def why(error: OSError, path: str | Path) -> str:
    """What the operating system says, with the length where that is what it means."""
    text = os.fspath(path)
    length, longest = len(os.path.abspath(text)), max(_length_of_name(name) for name in text.split(os.sep))
    if os.name == "nt" and (letters := _FORBIDDEN.findall(os.path.splitdrive(text.removeprefix("\\\\?\\"))[1])):
        return f"no name on Windows may have {' '.join(dict.fromkeys(letters))}"
    is_long = error.errno == errno.ENAMETOOLONG or getattr(error, "winerror", 0) in (2, 3, 123, 206)
    if longest > _MOST_OF_A_NAME and is_long:
        unit = "characters" if os.name == "nt" else "bytes"
        return f"the name is too long: {longest} {unit}, and a file system takes {_MOST_OF_A_NAME}"
    if error.errno == errno.ENAMETOOLONG or (is_long and length > _MOST_OF_A_PATH):
        return f"the path is too long: {length} characters"
    return error.strerror or str(error)


def _length_of_name(name: str) -> int:
    return len(name) if os.name == "nt" else len(os.fsencode(name))


#: What stands in the way of one file and need not in that of the next. A full or failing disk does.
_OF_ONE_FILE = frozenset(
    {errno.EACCES, errno.EPERM, errno.EBUSY, errno.ENAMETOOLONG, errno.EISDIR, errno.ENOTDIR,
     errno.ENOENT, errno.EEXIST, errno.EINVAL, errno.ELOOP, errno.EILSEQ}
)  # fmt: skip


def is_of_one_file(error: LocalError) -> bool:
    """Whether what went wrong concerns this file alone: it is open, read-only, its path too long."""
    return isinstance(error.__cause__, OSError) and error.__cause__.errno in _OF_ONE_FILE


def _replace(temporary: str, path: str) -> None:
    """Windows refuses while an editor or a virus scanner has the file open, mostly for a moment."""
    for _ in range(20 if os.name == "nt" else 0):
        try:
            os.replace(temporary, path)
        except PermissionError:
            time.sleep(0.1)
        else:
            return
    os.replace(temporary, path)


def _new_file(path: str, mode: int) -> tuple[int, str]:
    """A new file beside this one, open for writing, with what the umask leaves of these permissions, and its name.

    `tempfile` would do the same, but loads ten modules that a command of a few milliseconds does not need.
    """
    folder, name = os.path.split(path)
    # CLOEXEC is the default of os.open; Windows knows neither NOFOLLOW nor text mode otherwise.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    while True:
        temporary = os.path.join(folder, f".{name[:40]}.{os.urandom(6).hex()}.tmp")
        try:
            return os.open(temporary, flags, mode), temporary
        except FileExistsError:
            continue


def _remove(temporary: str) -> None:
    with contextlib.suppress(OSError):
        try:
            os.unlink(temporary)
        except PermissionError:
            os.chmod(temporary, 0o600)  # Windows does not remove what is marked as read-only
            os.unlink(temporary)


def sync(handle: int) -> None:
    """Wait until the disk has what was written, where the file system has a call for that."""
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise


def sync_folder(folder: str | Path) -> None:
    """Make a rename in this folder durable. Windows has no such call and needs none.

    Raises:
        LocalError: where the disk fails; what was done in the folder is done, if perhaps not for good.
    """
    if os.name == "nt":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        if error.errno in _CANNOT_OPEN:
            return
        raise _not_confirmed(folder, error) from error
    try:
        sync(handle)
    except OSError as error:
        raise _not_confirmed(folder, error) from error
    finally:
        os.close(handle)


def _not_confirmed(folder: str | Path, error: OSError) -> LocalError:
    return LocalError(
        f"the disk did not confirm what was just written to this folder: {error.strerror or error}",
        where=os.fspath(folder),
        unchanged="The new file stands in its place, but may be lost if the power goes now.",
        hint="Check the disk and how full it is, then run the same command again.",
    )
