"""`captionkit media`: list and rename media objects of a Canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from captionkit.cli._grammar import dry_run_option, json_option
from captionkit.cli._output import echo
from captionkit.cli._remote import counted, open_canvas, print_json, print_table, remote_options
from captionkit.errors import UsageError
from captionkit.terminal import clean_line

if TYPE_CHECKING:
    from captionkit.remotes.canvas.api import CanvasFile, MediaObject


@click.group(name="media")
def command() -> None:
    """List and rename the media objects of a Canvas.

    Needs CANVAS_API_URL and a token, from CANVAS_API_TOKEN, the keyring, or a file only you can read.
    """


@command.command("list")
@click.option("--course", metavar="ID", default="", help="The media objects of this course (its number or address).")
@click.option("--group", metavar="ID", default="", help="The media objects of this group.")
@click.option("--mine", is_flag=True, help="The media objects in your own files.")
@click.option(
    "--attachments", is_flag=True,
    help="Use the media_attachments listing, and say the file of each object, by which everybody's tracks can be seen.",
)  # fmt: skip
@click.option("--sort", type=click.Choice(["title", "created_at"]), default="title", show_default=True)
@click.option("--order", type=click.Choice(["asc", "desc"]), default="asc", show_default=True)
@click.option("--search", metavar="TEXT", default="", help="Only titles with this in them; 2 or more characters.")
@click.option("--sources", is_flag=True, help="Also ask for the transcoded files; slow on a large course.")
@click.option("--no-tracks", is_flag=True, help="Do not ask for the languages.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@remote_options
def list_(
    course: str, group: str, mine: bool, attachments: bool, sort: str, order: str, search: str, sources: bool,
    no_tracks: bool, as_json: bool, url: str, as_user_id: str,
) -> None:  # fmt: skip
    """List media objects: id, languages of the captions (everybody's), and title.

    \b
    Examples:
      captionkit media list --course 101
      captionkit media list --mine --search lecture --json
    """
    from captionkit.remotes.canvas.api import scope_of

    if sum(map(bool, (course, group, mine))) != 1:
        raise UsageError("say whose media objects", hint="One of --course ID, --group ID or --mine.")
    scope = scope_of(course=course, group=group)
    exclude = [*([] if sources else ["sources"]), *(["tracks"] if no_tracks else [])]
    path = "media_attachments" if attachments else "media_objects"
    with open_canvas(url, as_user_id) as canvas:
        found = list(canvas.list_media(scope, path=path, sort=sort, order=order, exclude=exclude, search_term=search))
        files = _files_by_media(list(canvas.list_files(scope))) if attachments else {}
    if as_json:
        print_json([_as_json(media, files) for media in found])
        return
    place = "your own files" if mine else scope
    if not found:
        fitting = f" with {search!r} in the title" if search else ""
        echo(f"No media objects in {place}{fitting}.")
        return
    heads = ["MEDIA", *(["FILE"] if attachments else []), "MAY CAPTION", "CREATED"]
    heads += [*([] if no_tracks else ["LANGUAGES"]), *(["SOURCES"] if sources else []), "TITLE"]
    print_table(heads, [_row(media, files, attachments, sources, no_tracks) for media in found])
    echo(f"{counted(len(found), 'media object')} in {place}.", err=True)


@command.command("rename")
@click.argument("media")
@click.argument("title")
@click.option(
    "--show-rolling-transcript/--no-show-rolling-transcript", default=None,
    help="Also say whether players show the transcript while they play; by default that stays as it is.",
)  # fmt: skip
@dry_run_option("Only look the media object up, and say what it would be called.")
@json_option("Print the media object as JSON.")
@remote_options
def rename(
    media: str, title: str, show_rolling_transcript: bool | None, dry_run: bool, as_json: bool, url: str,
    as_user_id: str,
) -> None:  # fmt: skip
    """Give MEDIA the title TITLE.

    MEDIA is a media id (m-abc), media_objects/m-abc, media_attachments/123, or the address of its page. By media id
    only its owner may rename it; by its file whoever may edit the file.

    \b
    Example:
      captionkit media rename m-abc "Lecture 1: Montage" --show-rolling-transcript
    """
    from captionkit.remotes.canvas.api import media_address

    with open_canvas(url, as_user_id) as canvas:
        address = media_address(media, base_url=canvas.session.base_url)
        if dry_run:
            tracks = len(canvas.list_tracks(address))
            if as_json:
                print_json({"media": address, "title": title, "tracks": tracks, "dry_run": True})
            else:
                echo(f"{address} ({counted(tracks, 'track')}) would be called {clean_line(title)!r}.")
            return
        renamed = canvas.rename(address, title, show_rolling_transcript=show_rolling_transcript)
    if as_json:
        print_json(_as_json(renamed, {}))
        return
    echo(f"{address} is now called {clean_line(renamed.title)!r}.")
    if renamed.title != title:
        echo("Canvas changed the title: it keeps at most 255 characters.", err=True)
    if show_rolling_transcript is not None and renamed.viewer_restrictions is None:
        echo("This Canvas does not know of rolling transcripts; that part had no effect.", err=True)


def _files_by_media(files: list[CanvasFile]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in files:
        found.setdefault(file.media_entry_id, []).append(f"media_attachments/{file.id}")
    return found


def _row(
    media: MediaObject, files: dict[str, list[str]], attachments: bool, sources: bool, no_tracks: bool
) -> list[str]:
    row = [media.media_id, *([" ".join(files.get(media.media_id, []))] if attachments else [])]
    row += [{True: "yes", False: "no", None: "?"}[media.can_add_captions], media.created_at[:10]]
    if not no_tracks:
        row.append(" ".join(_language(track.locale, track.asr) for track in media.tracks or ()))
    if sources:
        row.append(" ".join(_size(source) for source in media.sources or ()))
    return [*row, media.title]


def _language(locale: str, asr: bool | None) -> str:
    return f"{locale}(auto)" if asr else locale


def _size(source: dict[str, Any]) -> str:
    return f"{source.get('width') or '?'}x{source.get('height') or '?'}"


def _as_json(media: MediaObject, files: dict[str, list[str]]) -> dict[str, Any]:
    from dataclasses import asdict

    found: dict[str, Any] = {
        name: value for name, value in asdict(media).items() if value is not None and name != "embedded_iframe_url"
    }
    if media.sources is not None:
        # Their addresses hold access keys of the video service, which do not belong into an output that is kept.
        found["sources"] = [
            {key: value for key, value in source.items() if key not in ("url", "src")} for source in media.sources
        ]
    if media.media_id in files:
        found["files"] = files[media.media_id]
    return found
