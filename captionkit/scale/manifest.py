"""What a run over an archive is: written beside its tables, so that it can go on, and so that anybody can see what was
checked, with which rules."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import cache
from hashlib import sha256
from json import dumps
from pathlib import Path
from typing import NamedTuple

from captionkit import __version__
from captionkit.errors import UsageError
from captionkit.records import RecordError, damaged_at, load
from captionkit.scale.stores import Store

NAME = "manifest.json"


class Stamp(NamedTuple):
    """What decides which findings a file has, besides the settings.

    Attributes:
        version: of captionkit.
        rules: a digest of its code, whatever line ends that has here.
    """

    version: str
    rules: str


@cache
def stamp() -> Stamp:
    """That of this process."""
    root = Path(__file__).parent.parent
    digest = sha256()
    for file in sorted(root.rglob("*.py"), key=lambda file: file.relative_to(root).as_posix()):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0")
        digest.update(file.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return Stamp(__version__, digest.hexdigest()[:32])


@dataclass(frozen=True, slots=True)
class Manifest:
    """A run.

    Attributes:
        work: "check" or "convert".
        version, rules: see `Stamp`.
        settings: their digest. settings_text: the same for a person.
        source: what was listed.
        part_files: files a part, at least.
        parts: the names of those that are done, in the order of the listing; all, where it is finished.
        files: in them.
        finished: whether nothing is left to do.
    """

    work: str
    version: str
    rules: str
    settings: str
    settings_text: str
    source: str
    part_files: int
    parts: tuple[str, ...] = ()
    files: int = 0
    finished: bool = False

    def data(self) -> bytes:
        return (dumps(asdict(self), ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")

    def differs(self, other: Manifest) -> str:
        """What of another run is not as in this one, in words; "" where it is the same run, however far it went."""
        words = {
            "work": "another command",
            "version": "another version of captionkit",
            "rules": "other rules",
            "settings": "other settings",
            "source": "another archive",
            "part_files": "parts of another size",
        }
        return next((said for name, said in words.items() if getattr(self, name) != getattr(other, name)), "")


def is_part_name(name: str) -> bool:
    """Whether a part is called so."""
    return len(name) == 20 and set(name) <= set("0123456789abcdef")


def read_manifest(store: Store) -> Manifest | None:
    """The manifest in a report's folder; None where there is none.

    Raises:
        DamagedFile: it is not as captionkit writes it.
        UsageError: the folder cannot be read.
    """
    try:
        data = store.get(NAME)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"cannot read the report's folder: {error}", where=store.address) from None
    where = f"{store.address}/{NAME}"
    found = load(Manifest, data, where)
    with damaged_at(where):
        if not all(map(is_part_name, found.parts)):
            raise RecordError("the name of a part is none")
    return replace(found)
