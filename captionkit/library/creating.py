"""A folder of captions is begun: its captionkit.toml, and what git is to know."""

from __future__ import annotations

from json import dumps
from pathlib import Path
from typing import NamedTuple

from captionkit.config import parse
from captionkit.configuration import FILE_NAME
from captionkit.errors import LocalError, UsageError
from captionkit.files import read_file, write_atomically
from captionkit.library.scan import Library, scan

_NOTHING = "Nothing was written."

_TEMPLATE = """\
# captionkit: which Canvas these captions belong to. This file holds no secret and may be shared.
# Lines that begin with # are explanations or switched off; take the # away to switch one on.
# Your access token does not go in here. It goes into the environment variable CANVAS_API_TOKEN, and into CANVAS_API_URL
# goes the address that it is for: the address below alone gets no token.

[canvas]
# The address of your Canvas, and whose media the captions are for: course, group, or user = "self" for your own.
url = {url}
{scope}
# Which of Canvas's two ways to captions is used: by the file ("media_attachments"), where everybody's captions can be
# read and a copied course has its own, or by the media id ("media_objects"). "auto" takes the file where there is one.
# path = "auto"
# What new tracks are called if the file name does not say: "captions" (with sounds and speakers) or "subtitles".
# kind = "captions"

# Canvas knows 63 languages by name, and has one Spanish, one Portuguese and so on: pt-BR is stored as pt.
# Here you can have a language stored otherwise. Only letters and hyphens are possible.
[canvas.locales]
# "pt-BR" = "pt-BR"

# Files are called NAME.LANGUAGE.srt (or .vtt), or LANGUAGE/NAME.srt, or NAME/LANGUAGE.srt.
# NAME is the title of the video in Canvas. Where it is not, `captionkit match` asks and writes the answer here:
# on the left the NAME, on the right the title of the video or its media id (`captionkit media list` shows both).
[media]
# "Lecture 1" = "m-4uoGqVdEqXhpqu2ZMytHSy9XMV73aQ7E"

# What a word in your file names means, if captionkit asks; or false, if it is no language. And what is in files whose
# names do not say it.
[languages]
# "vendor/*.srt" = "fr"
# se = "sv"
# CS = false

# Files to leave out, or the only ones to take. * is any text, ** any folders.
[files]
# exclude = ["drafts/**", "*.old.srt"]
# include = ["final/**"]

[sync]
# When a caption was changed both here and in Canvas: "stop" and ask, or let "local" or "remote" win.
# on_conflict = "stop"
# Whether captions that you removed here are deleted in Canvas, too; otherwise only with --delete.
# delete = false
# How many tracks one run may delete at most, as a number or as a share like "10%".
# max_delete = 10
# Languages that are never deleted in Canvas.
# protect = ["en"]
# Checks of what is sent that do not count here, because you know better: "language", "same-words", "encoding" ...
# allow = ["same-words"]
# How long captionkit keeps what its runs have saved in .captionkit/runs: "90 days", a number of runs, or "all".
# keep_runs = "365 days"
"""

#: Git leaves the line ends of captions alone, which it makes CRLF on Windows, and merges our records by itself.
_ATTRIBUTES = {
    "*.srt": "-text",
    "*.vtt": "-text",
    ".captionkit/manifest.jsonl": "merge=union text eol=lf",
}


class Created(NamedTuple):
    """What was done to begin a folder.

    Attributes:
        file: the captionkit.toml. made_folder: whether the folder was made, too.
        attributes: the .gitattributes that was "written" or "added to"; None where nothing had to be.
        library: what the folder holds.
    """

    file: Path
    made_folder: bool
    attributes: tuple[Path, str] | None
    library: Library


def create(folder: Path, text: str, *, force: bool = False, dry_run: bool = False) -> Created:
    """Make a folder of captions of this one; it is made if it is not there.

    Args:
        text: of captionkit.toml; see `canvas_toml`.
        force: replace a captionkit.toml that is there.
        dry_run: only find out what would be done.

    Raises:
        LocalError: there can be no such folder, or it cannot be written to.
        UsageError: it has a captionkit.toml.
    """
    made = not folder.exists() and folder.parent.is_dir()
    if made and dry_run:
        return Created(folder / FILE_NAME, True, (folder / ".gitattributes", "wrote"), Library(folder, (), ()))
    if made:
        folder.mkdir()
    if not folder.is_dir():
        reason = "this is not a folder" if folder.exists() else "the folder that this one is to be in is not there"
        hint = "Give the folder that holds the captions, or is to hold them."
        raise LocalError(reason, where=str(folder), unchanged=_NOTHING, hint=hint)
    file = folder / FILE_NAME
    if (file.exists() or file.is_symlink()) and not force:
        hint = "Change it in an editor, or force it to be replaced."
        raise UsageError("this folder has one already", where=str(file), unchanged=_NOTHING, hint=hint)
    library = scan(folder, parse(text, file))  # what we write must be what we read
    if not dry_run:
        write_atomically(file, text.encode("utf-8"))
    return Created(file, made, _keep_line_ends(folder, dry_run=dry_run), library)


def canvas_toml(base_url: str, scope: str) -> str:
    """The text of a new captionkit.toml for a Canvas.

    Args:
        base_url, scope: as in `captionkit.remotes.canvas.addresses.Place`.
    """
    kind, _, identifier = scope.partition("/")
    value = identifier if identifier.isdigit() and not identifier.startswith("0") else dumps(identifier)
    return _TEMPLATE.format(url=dumps(base_url), scope=f"{kind.removesuffix('s')} = {value}")


def _keep_line_ends(folder: Path, *, dry_run: bool) -> tuple[Path, str] | None:
    """Say so in .gitattributes. What stands there stays, and a pattern that it names is the user's business."""
    file = folder / ".gitattributes"
    before = read_file(file) if file.exists() else b""
    named = {line.split()[0] for line in before.decode("utf-8", "replace").splitlines() if line.strip()}
    wanted = [f"{pattern} {says}\n" for pattern, says in _ATTRIBUTES.items() if pattern not in named]
    if not wanted:
        return None
    end = b"" if not before or before.endswith(b"\n") else b"\n"
    if not dry_run:
        write_atomically(file, before + end + "".join(wanted).encode(), within=folder)
    return file, "added to" if before else "wrote"
