"""`captionkit tracks`: what caption tracks a media object of a Canvas has, and what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from captionkit import canvas_rules
from captionkit.cli._captions import refuse_other_captions
from captionkit.cli._output import echo, echo_data
from captionkit.cli._remote import counted, open_canvas, print_json, print_table, remote_options
from captionkit.errors import NotFound, NotPermitted, UsageError

if TYPE_CHECKING:
    from captionkit.sync.ports import RemoteTrack


@click.group(name="tracks")
def command() -> None:
    """Look at the caption tracks of a media object of a Canvas.

    MEDIA is a media id (m-abc), media_objects/m-abc, media_attachments/123, or the address of its page.
    """


@command.command("list")
@click.argument("media")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@remote_options
def list_(media: str, as_json: bool, url: str, as_user_id: str) -> None:
    """List the tracks of MEDIA, and what players make of them.

    By media id, Canvas lists only the tracks that you uploaded yourself; by file, everybody's.

    \b
    Example:
      captionkit tracks list media_attachments/123
    """
    from captionkit.remotes.canvas.api import media_address
    from captionkit.sync.ports import by_file

    with open_canvas(url, as_user_id) as canvas:
        address = media_address(media, base_url=canvas.session.base_url)
        tracks = canvas.list_tracks(address)
    if as_json:
        print_json([_as_json(track) for track in tracks])
        return
    own_only = not by_file(address)
    if not tracks:
        echo(f"No tracks{' of yours' if own_only else ''} on {address}.")
    else:
        heads = ("LANGUAGE", "KIND", "STORED AS", "BYTES", "PLAYERS GET", "CHANGED", "BY USER", "ID")
        print_table(heads, [_row(track) for track in tracks])
        echo(f"{counted(len(tracks), 'track')} on {address}.", err=True)
    if own_only:
        echo(
            "These are only the tracks of your own: Canvas does not list other people's by media id. To see all "
            "languages: captionkit media list --course ID; all tracks: captionkit tracks list media_attachments/FILE.",
            err=True,
        )


@command.command("show")
@click.argument("media")
@click.argument("locale")
@click.option("--webvtt", is_flag=True, help="What players get, instead of what was uploaded.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@click.option("--force", is_flag=True, help="Overwrite the file if it is there.")
@remote_options
def show(media: str, locale: str, webvtt: bool, output: Path | None, force: bool, url: str, as_user_id: str) -> None:
    """Print the captions of MEDIA in LOCALE, exactly as Canvas has them.

    \b
    Examples:
      captionkit tracks show m-abc en
      captionkit tracks show media_attachments/123 en --webvtt --output lecture.en.vtt
    """
    from captionkit.remotes.canvas.api import media_address

    output = None if output == Path("-") else output
    if output is not None:
        refuse_other_captions(str(output))
    if output is not None and output.exists() and not force:
        raise UsageError("this file is there already", where=str(output), unchanged="It is as it was.",
                         hint="Give --force to overwrite it, or another name.")  # fmt: skip
    with open_canvas(url, as_user_id) as canvas:
        address = media_address(media, base_url=canvas.session.base_url)
        track = _chosen(canvas.list_tracks(address), address, locale)
    if track.content is None:
        raise NotPermitted(
            "Canvas does not show the text of tracks to this token", where=f"{address}/{locale}",
            hint="Its developer key needs \"Allow Include Parameters\"; a token made under Account, Settings has it.",
        )  # fmt: skip
    text = canvas_rules.viewers_get(track.content, track.webvtt_content) if webvtt else track.content
    data = text.encode()
    if output is not None:
        from captionkit.files import write_atomically

        write_atomically(output, data)
        echo(f"{address}/{locale}: {counted(len(data), 'byte')} written to {output}.", err=True)
    else:
        echo_data(data)


def _chosen(tracks: list[RemoteTrack], address: str, locale: str) -> RemoteTrack:
    fitting = [track for track in tracks if track.locale == locale]
    fitting = fitting or [track for track in tracks if track.locale.lower() == locale.lower()]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        ids = ", ".join(track.id for track in fitting)
        raise UsageError(
            f"there are {len(fitting)} tracks {locale!r}, with the ids {ids}",
            where=address,
            hint="Ask by file (media_attachments/NUMBER), where there is one for each language.",
        )
    from captionkit.sync.ports import by_file

    there = ", ".join(track.locale for track in tracks) or "none"
    own = " of yours" if not by_file(address) else ""
    raise NotFound(
        f"no track {locale!r}{own}; there is: {there}",
        where=address,
        hint="By file (media_attachments/NUMBER), other people's tracks can be seen, too." if own else "",
    )


def _row(track: RemoteTrack) -> tuple[str, ...]:
    made = " (auto)" if track.asr else ""
    size = "?" if track.content is None else str(len(track.content.encode()))
    return (track.locale + made, track.kind, _stored_as(track), size, _players_get(track), track.updated_at,
            track.user_id or "", track.id)  # fmt: skip


def _stored_as(track: RemoteTrack) -> str:
    if track.content is None:
        return "not shown"
    if track.workflow_state not in (None, "ready"):
        return str(track.workflow_state)
    return "SRT" if canvas_rules.is_converted(track.content) else "WebVTT"


def _players_get(track: RemoteTrack) -> str:
    """What viewers see, in words; the stale copy is the trap that this column is for."""
    if track.content is None or not track.has_webvtt_content:
        return "not shown"
    if track.webvtt_content is None:
        return "the same"
    if not canvas_rules.is_converted(track.content):
        return "an OLDER text"
    return "a conversion" if track.webvtt_content == canvas_rules.canvas_webvtt(track.content) else "something else"


def _as_json(track: RemoteTrack) -> dict[str, object]:
    return {
        "locale": track.locale,
        "kind": track.kind,
        "id": track.id,
        "user_id": track.user_id,
        "bytes": None if track.content is None else len(track.content.encode()),
        "stored_as": _stored_as(track),
        "players_get": _players_get(track),
        "created_at": track.created_at,
        "updated_at": track.updated_at,
        "workflow_state": track.workflow_state,
        "asr": track.asr,
    }
