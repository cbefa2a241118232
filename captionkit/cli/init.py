"""`captionkit init`: say once which Canvas course a folder of captions belongs to."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from captionkit.cli._grammar import dry_run_option, json_option
from captionkit.cli._output import echo
from captionkit.cli._paths import PathArgument
from captionkit.errors import UsageError

if TYPE_CHECKING:
    from captionkit.library.creating import Created
    from captionkit.library.scan import Library

_SHOWN = 20


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
@dry_run_option("Only say what would be written.")
@json_option("Print what was written and found as JSON.")
def command(
    folder: Path, url: str | None, course: str | None, group: str | None, user: str | None, force: bool, dry_run: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Write FOLDER/captionkit.toml, and tell what the folder holds.

    FOLDER is made if it is not there. A .gitattributes keeps git from changing the line ends of captions; lines that
    are in it already stay. Nothing is sent, and no other file is touched.

    \b
    Examples:
      captionkit init captions --url https://canvas.example.edu/courses/101
      captionkit init captions --url https://canvas.example.edu --group 7
    """
    from captionkit.library.creating import canvas_toml, create
    from captionkit.remotes.canvas.addresses import scope_in_words

    base_url, scope = _place(url, course, group, user)
    created = create(folder, canvas_toml(base_url, scope), force=force, dry_run=dry_run)
    print_created(created, f"{scope_in_words(scope)} on {base_url}", dry_run=dry_run, as_json=as_json)


def print_created(created: Created, place: str, *, dry_run: bool, as_json: bool) -> None:
    """Say what was written, what the folder holds, and what comes next."""
    from captionkit.files import quoted
    from captionkit.library.scan import others_in

    folder, library = created.file.parent, created.library
    if as_json:
        from captionkit.cli._remote import print_json

        print_json(
            {
                "folder": str(folder),
                "written": [str(file) for file in (created.file, *(created.attributes or ())[:1])],
                "made_folder": created.made_folder,
                "dry_run": dry_run,
                "place": place,
                "files": len(library.tracks),
                "languages": dict(sorted(Counter(track.language for track in library.tracks).items())),
                "problems": [problem.lines() for problem in library.problems],
            }
        )
        return
    if created.made_folder:
        echo(f"{'Would have made' if dry_run else 'Made'} the folder {folder}")
    echo(f"{'Would have written' if dry_run else 'Wrote'} {created.file}: {place}")
    if created.attributes is not None:
        file, done = created.attributes
        done = {"wrote": "written"}.get(done, done) if dry_run else done
        says = f"Would have {done}" if dry_run else done.capitalize()
        echo(f"{says} {file}: git leaves the line ends of captions alone")
    for line in found(created.library, folder):
        echo(line)
    if dry_run:
        echo("Nothing was written.")
        return
    if library.tracks or library.stopped or others_in(library):
        echo(f"Next, see what would be sent: captionkit plan {quoted(folder)}")
    else:
        echo(f"Next, put caption files into it, or bring those that are there: captionkit pull {quoted(folder)}")


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


def found(library: Library, folder: Path) -> list[str]:
    """What a folder holds, for a person."""
    from captionkit.languages import display_name
    from captionkit.library.others import command, listed
    from captionkit.library.scan import others_in
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
    others = others_in(library)
    lines += listed([str(one) for one in others], command(folder, [one.path for one in others]))
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
