"""A caption file of a folder: one type for it, from the first look to the record of a sync."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from captionkit.decoding import digest_of_file
from captionkit.errors import LocalError
from captionkit.files import read_file, why


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A caption file that is, or may become, one track.

    Attributes:
        locale: what the service gets for its language.
        path: relative to the folder, "/" between the parts, NFC.
        local_digest: of the file's bytes; see `captionkit.decoding.digest_of_file`. "" while it was not read.
        kind: what the file name asks for: "captions" for cc and sdh, "subtitles" for forced, None for nothing.
        note: what a person should know of how the name was read, "" for nothing.
        encoding: what the configuration says of a file that is not UTF-8; "" where it says nothing.
        location: where it lies on the disk, as the operating system writes it; "" where it was not looked up.
        size: in bytes when the folder was looked at. mtime_ns: for showing it; nothing is decided by it.
        name: what the recording is called.
        language: canonical BCP 47.
        flags: of "cc", "sdh", "forced".
        why: how the name was read, a sentence each.
    """

    locale: str
    path: str
    local_digest: str = ""
    kind: str | None = None
    note: str = ""
    encoding: str = ""
    location: str = field(default="", compare=False)
    size: int = field(default=0, compare=False)
    mtime_ns: int = field(default=0, compare=False)
    name: str = field(default="", compare=False)
    language: str = field(default="", compare=False)
    flags: frozenset[str] = field(default=frozenset(), compare=False)
    why: tuple[str, ...] = field(default=(), repr=False, compare=False)

    def read(self) -> bytes:
        """The bytes of the file as they are now.

        Raises:
            LocalError: it cannot be read.
        """
        try:
            return read_file(self.location)
        except OSError as error:
            raise LocalError(
                f"cannot be read: {why(error, self.location)}",
                where=self.path,
                hint="Check that the file is still there, that you may read it, and that no program has it open.",
            ) from error

    def digested(self) -> LocalFile:
        """The same with its digest, for which it is read.

        Raises:
            LocalError: it cannot be read.
        """
        return self if self.local_digest else replace(self, local_digest=digest_of_file(self.read()))
