"""`captionkit init`: say once which Canvas course a folder of captions belongs to."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from captionkit.cli._output import echo
from captionkit.cli._paths import PathArgument
from captionkit.errors import LocalError, UsageError

if TYPE_CHECKING:
    from captionkit.library.scan import Library

_SHOWN = 20

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


@click.command(short_help="Say which Canvas course a folder of captions belongs to.")
@click.argument("folder", cls=PathArgument, type=click.Path(path_type=Path))
@click.option(
    "--url",
    envvar="CANVAS_API_URL",
    show_envvar=True,
    help="Address of Canvas, https://canvas.example.edu; or that of a course, copied from the browser.",
)
@click.option("--course", metavar="ID", help="The number in the address of the course.")
@click.option("--group", metavar="ID", help="The number in the address of the group.")
@click.option("--user", metavar="self", help='Only "self": your own media.')
@click.option("--force", is_flag=True, help="Replace the captionkit.toml that is there.")
def command(
    folder: Path, url: str | None, course: str | None, group: str | None, user: str | None, force: bool
) -> None:
    """Write FOLDER/captionkit.toml, and tell what the folder holds.

    FOLDER is made if it is not there. A .gitattributes keeps git from changing the line ends of captions; lines that
    are in it already stay. Nothing is sent, and no other file is touched.
    """
    from captionkit.config import parse
    from captionkit.configuration import FILE_NAME
    from captionkit.files import write_atomically
    from captionkit.library.scan import scan

    nothing = "Nothing was written."
    base_url, scope = _place(url, course, group, user)
    if not folder.exists() and folder.parent.is_dir():
        folder.mkdir()
        echo(f"Made the folder {folder}")
    if not folder.is_dir():
        reason = "this is not a folder" if folder.exists() else "the folder that this one is to be in is not there"
        hint = "Give the folder that holds the captions, or is to hold them."
        raise LocalError(reason, where=str(folder), unchanged=nothing, hint=hint)
    file = folder / FILE_NAME
    if (file.exists() or file.is_symlink()) and not force:
        hint = "Change it in an editor, or replace it with --force."
        raise UsageError("this folder has one already", where=str(file), unchanged=nothing, hint=hint)
    text = toml(base_url, scope)
    # What we write must be what we read.
    library = scan(folder, parse(text, file))
    write_atomically(file, text.encode("utf-8"))
    echo(f"Wrote {file}: {_scope_in_words(scope)} on {base_url}")
    keep_line_ends(folder)
    for line in found(library):
        echo(line)
    echo(f"Next, see what would be sent: captionkit plan {quoted(folder)}")


def _place(url: str | None, course: str | None, group: str | None, user: str | None) -> tuple[str, str]:
    """The address and the scope that the options say together."""
    from captionkit.remotes.canvas.addresses import place_of, scope_named

    if not url or not url.strip():
        raise UsageError(
            "the address of Canvas is missing",
            unchanged="Nothing was written.",
            hint="Add --url https://canvas.example.edu, or set CANVAS_API_URL.",
        )
    place = place_of(url)
    given = [("courses", course), ("groups", group), ("users", user)]
    scopes = [scope_named(kind, value) for kind, value in given if value is not None]
    if not scopes and place.scope:
        scopes = [place.scope]
    if len(scopes) != 1 or place.scope not in ("", scopes[0]):
        scopes_given = [*scopes, *([f"{place.scope} (in the address)"] if place.scope not in ("", *scopes) else [])]
        raise UsageError(
            f"it must be one course, group or user, not {' and '.join(scopes_given)}"
            if scopes_given
            else "whose media is missing",
            unchanged="Nothing was written.",
            hint="Give one of --course ID, --group ID, --user self.",
        )
    return place.base_url, scopes[0]


def toml(base_url: str, scope: str) -> str:
    """The text of a new captionkit.toml.

    Args:
        base_url, scope: as in `captionkit.remotes.canvas.addresses.Place`.
    """
    from json import dumps

    kind, _, identifier = scope.partition("/")
    value = identifier if identifier.isdigit() and not identifier.startswith("0") else dumps(identifier)
    return _TEMPLATE.format(url=dumps(base_url), scope=f"{kind.removesuffix('s')} = {value}")


_ATTRIBUTES = {
    "*.srt": "-text",
    "*.vtt": "-text",
    ".captionkit/manifest.jsonl": "merge=union text eol=lf",
}


def keep_line_ends(folder: Path) -> None:
    """Tell git, by FOLDER/.gitattributes, to leave the line ends of captions alone; on Windows it makes them CRLF.

    What already stands there stays, and a pattern that it names is the user's business.
    """
    from captionkit.files import read_file, write_atomically

    file = folder / ".gitattributes"
    before = read_file(file) if file.exists() else b""
    named = {line.split()[0] for line in before.decode("utf-8", "replace").splitlines() if line.strip()}
    wanted = [f"{pattern} {says}\n" for pattern, says in _ATTRIBUTES.items() if pattern not in named]
    if wanted:
        end = b"" if not before or before.endswith(b"\n") else b"\n"
        write_atomically(file, before + end + "".join(wanted).encode(), within=folder)
        echo(f"{'Added to' if before else 'Wrote'} {file}: git leaves the line ends of captions alone")


def found(library: Library) -> list[str]:
    """What a folder holds, for a person."""
    from captionkit.languages import display_name
    from captionkit.model import Severity

    lines = []
    if library.tracks:
        names = len(library.names)
        media = "1 name" if names == 1 else f"{names} names"
        lines.append(f"Found {_files(len(library.tracks))} for {media}:")
        count = Counter(t.language for t in library.tracks)
        rows = [(display_name(tag), tag, str(n)) for tag, n in sorted(count.items(), key=lambda i: (-i[1], i[0]))]
        width = max(len(name) for name, _, _ in rows)
        lines += [f"  {name:<{width}}  {tag}  {n}" for name, tag, n in rows]
    elif not library.stopped:
        lines.append("Found no .srt or .vtt files yet.")
    if library.others:
        scopes_given = ", ".join(f"{n} {extension}" for extension, n in library.others.items())
        lines.append(f"Not read: {scopes_given}. captionkit reads .srt and .vtt.")
    many = len(library.stopped)
    remarks = tuple(p for p in library.problems if p.severity is not Severity.ERROR)
    groups = (
        (library.stopped, f"{many} thing{'s' if many > 1 else ''} to settle; until then these files are left alone:"),
        (remarks, "Please check:"),
    )
    for problems, heading in groups:
        lines += [heading] if problems else []
        for problem in problems[:_SHOWN]:
            lines += [f"  {line}" for line in problem.lines()]
        if len(problems) > _SHOWN:
            lines.append(f"  ... and {len(problems) - _SHOWN} more.")
    return lines


def _files(n: int) -> str:
    return "1 caption file" if n == 1 else f"{n} caption files"


def _scope_in_words(scope: str) -> str:
    kind, _, identifier = scope.partition("/")
    return "your own media" if kind == "users" else f"{kind.removesuffix('s')} {identifier}"


def quoted(folder: Path) -> str:
    """The folder as it can be pasted into a shell."""
    import os
    import shlex

    text = str(folder)
    if os.name == "nt":
        return f'"{text}"' if " " in text else text
    return shlex.quote(text)
