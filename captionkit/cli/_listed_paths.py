"""The paths in a file that `--files-from` names."""

from __future__ import annotations

from captionkit.errors import UsageError


def listed_paths(file: str | None) -> list[str]:
    if file is None:
        return []
    from captionkit.files import read_file, read_standard_input, unreadable

    try:
        data = read_standard_input() if file == "-" else read_file(file)
    except OSError as error:
        raise unreadable(str(file), error, unchanged="Nothing was checked.") from error
    utf16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}.get(data[:2])
    try:
        # PowerShell 5 writes UTF-16, and whatever has no such mark may be of a code page, a line each.
        data = data.decode(utf16).encode("utf-8", "surrogatepass") if utf16 else data.removeprefix(b"\xef\xbb\xbf")
    except UnicodeDecodeError as error:
        raise UsageError("the list of paths begins like UTF-16 and is none", where=file) from error
    lines = data.split(b"\0" if b"\0" in data else b"\n")
    return [_path_in(line.rstrip(b"\r")) for line in lines if line.strip()]


def _path_in(line: bytes) -> str:
    """A path in UTF-8 or, where that names no file, in a code page of this Windows: cmd writes the one of the console,
    other programs that of the system."""
    import os

    try:
        path = line.decode("utf-8")
    except UnicodeDecodeError:
        path = ""
    if path:
        return path
    pages = ("mbcs", "oem") if os.name == "nt" else ("cp1252", "cp850")
    named = [os.fsdecode(line) if os.name != "nt" else "", *[line.decode(page, "replace") for page in pages]]
    return next((one for one in named if one and os.path.lexists(one)), named[1])
