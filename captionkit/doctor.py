"""What is right and wrong with a set-up, in plain words: the installation and the folder. Remotes add their own parts.

Theory of operation. Each question is one function that yields what it found as `Check`s. What stops later questions
(no address, no token, no answer) ends the row, so that one cause is told once. Nothing is written anywhere, but for the
folder's lock, which is taken and given back to see whether it can be. What cannot be known is said to be unknown; above
all, whether a track may really be replaced shows only when it is tried.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from captionkit import __version__
from captionkit.errors import CaptionkitError, ExitCode

if TYPE_CHECKING:
    from captionkit.config import Config


class State(StrEnum):
    """How it stands with one thing."""

    GOOD = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        topic: what, in one or two words.
        says: what was found, a sentence without a full stop.
        hint: what to do; "" for nothing.
        exit_code: of a problem; OK otherwise.
        error: what was raised where this was asked, whose `remedy` a front end words.
    """

    topic: str
    state: State
    says: str
    hint: str = ""
    exit_code: ExitCode = ExitCode.OK
    error: CaptionkitError | None = None

    def as_json(self) -> dict[str, str]:
        found = {"topic": self.topic, "state": self.state.value, "says": self.says}
        return found | ({"hint": self.hint} if self.hint else {})


def problem(topic: str, error: CaptionkitError) -> Check:
    """An error of captionkit's as something that was found."""
    where = f" ({error.where})" if error.where and error.where not in error.message else ""
    return Check(topic, State.PROBLEM, f"{error.message}{where}", error.hint, error.exit_code, error)


# --- the installation -------------------------------------------------------------------------------------------------

_EXTRAS = {
    "pysrt": ("pysrt", "a second reader for SRT"),
    "keyring": ("keyring", "tokens from the system's keyring"),
    "sandbox": ("werkzeug", "the stand-in Canvas to rehearse with"),
    "language": ("py3langid", "comparing the words with the declared language"),
    "office": ("docx", "Word and Excel files"),
    "formats": ("ttconv", "captions in TTML, EBU STL and SubStation"),
}


def check_installation() -> Iterator[Check]:
    """captionkit, Python, and the optional parts."""
    from importlib.util import find_spec

    python = ".".join(map(str, sys.version_info[:3]))
    yield Check("captionkit", State.GOOD, f"version {__version__} on Python {python}")
    missing = {extra: what for extra, (module, what) in _EXTRAS.items() if find_spec(module) is None}
    if missing:
        lacking = "; ".join(f"{extra} ({what})" for extra, what in missing.items())
        hint = f"If you want them: pip install 'captionkit[{','.join(missing)}]'"
        yield Check("extras", State.GOOD, f"not installed: {lacking}", hint)
    else:
        yield Check("extras", State.GOOD, "all optional parts are installed")


# --- the folder -------------------------------------------------------------------------------------------------------


def check_folder(folder: Path, config: Config) -> Iterator[Check]:
    """The files, the record of earlier syncs, and the lock. `config` is the folder's own."""
    from captionkit.library.others import command
    from captionkit.library.scan import others_in, scan

    yield Check("settings", State.GOOD, f"{config.file}: {config.scope} of {config.url}")
    try:
        library = scan(folder, config)
    except CaptionkitError as error:
        yield problem("folder", error)
        return
    count = len(library.tracks)
    if not count and not library.problems:
        hint = "Is it the right folder? `captionkit pull` brings what Canvas has."
        yield Check("folder", State.WARNING, "there is no .srt or .vtt file in it", hint)
    else:
        yield Check("folder", State.GOOD, f"{count} caption {'file' if count == 1 else 'files'}, "
                    f"{len(library.names)} {'name' if len(library.names) == 1 else 'names'}")  # fmt: skip
    for found in library.stopped[:5]:
        yield Check("file names", State.WARNING, f"{', '.join(found.paths)}: {found.message}", found.hint)
    if len(library.stopped) > 5:
        yield Check("file names", State.WARNING, f"and {len(library.stopped) - 5} more such files",
                    "`captionkit status` lists them all.")  # fmt: skip
    if others := others_in(library):
        names = ", ".join([one.path for one in others[:5]]) + (f" and {len(others) - 5} more" if others[5:] else "")
        how = command(folder, [one.path for one in others])
        yield Check("folder", State.WARNING, f"caption files in other formats, not converted: {names}",
                    f"Convert them: {how}" if how else others[0].what)  # fmt: skip
    yield from _check_record(folder, config)


def _check_record(folder: Path, config: Config) -> Iterator[Check]:
    from captionkit.sync.journal import unfinished
    from captionkit.sync.manifest import parse_manifest
    from captionkit.sync.store import FolderStore

    store = FolderStore(folder)
    if not store.home.is_dir():
        yield Check("record", State.GOOD, "this folder was never synced")
        return
    try:
        data = store.load_manifest()
        if data is None:
            yield Check("record", State.GOOD, "there is no record of an earlier sync")
        else:
            manifest = parse_manifest(data, str(store.manifest_path))
            ours = sum(track.is_ours for tracks in manifest.tracks.values() for track in tracks.values())
            if (manifest.base_url, manifest.scope) == (config.url, config.scope):
                yield Check("record", State.GOOD, f"{ours} tracks of this folder were verified in Canvas")
            else:
                yield Check(
                    "record", State.PROBLEM,
                    f"the record is of {manifest.scope} of {manifest.base_url}, captionkit.toml says otherwise",
                    "If captionkit.toml is wrong, mend it. If the folder moved, rename .captionkit.",
                    ExitCode.GUARD_REFUSED,
                )  # fmt: skip
        for past in unfinished(store):
            doubt = f", {len(past.in_doubt)} media objects were in doubt" if past.in_doubt else ""
            yield Check("runs", State.WARNING, f"the run {past.run} was cut off{doubt}",
                        "`captionkit status` compares them afresh.")  # fmt: skip
    except CaptionkitError as error:
        yield problem("record", error)
    try:
        holder = store.held_by()
        if holder is None:
            yield Check("lock", State.GOOD, "nobody else works on this folder")
        else:
            yield Check("lock", State.WARNING, f"another captionkit works on this folder{holder}")
    except CaptionkitError as error:
        yield problem("lock", error)
