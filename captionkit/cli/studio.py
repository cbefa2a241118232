"""`captionkit studio`: look at media, collections and captions in Studio (Instructure Media), and add captions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from captionkit.cli._captions import encoding_option, refuse_other_captions
from captionkit.cli._grammar import dry_run_option, json_option, old_names
from captionkit.cli._options import allow_option
from captionkit.cli._output import echo, echo_data
from captionkit.cli._paths import PathArgument
from captionkit.cli._remedies import lifting
from captionkit.cli._remote import print_json, print_table
from captionkit.cli._studio import open_studio, studio_option
from captionkit.cli._studio_changes import COMMANDS
from captionkit.errors import ExitCode, LocalError, UsageError
from captionkit.sync.publishable import NAMES
from captionkit.terminal import clean_line

if TYPE_CHECKING:
    from captionkit.remotes.studio.api import CaptionFile, Collection, Media

_TEMPLATE = """\
# captionkit: which Studio these captions belong to. This file holds no secret and may be shared.
# Sign in with `captionkit login`. Studio takes new captions, and has no call to replace or delete any.

[studio]
url = "{url}"
# One of: collection = NUMBER, course = NUMBER (as in Canvas), account = true
{scope}

# What Studio is told instead of a language, if it does not know it.
[studio.locales]
# "pt-BR" = "pt"

# Files are called NAME.LANGUAGE.srt (or .vtt), where NAME is the title of the media. Where it is not,
# `captionkit match` asks and writes the answer here:
[media]
# "Lecture 1" = "media/9001"
"""

_JSON = json_option()
_OLD_MEDIA = old_names(
    **{"studio": "url", "from": "since", "to": "until"}, viewed_from="viewed-since", viewed_to="viewed-until",
    viewed_by_students_from="viewed-by-students-since", viewed_by_students_to="viewed-by-students-until",
)  # fmt: skip


@click.group(
    name="studio",
    context_settings=old_names(studio="url"),
    short_help="Look at media and captions in Studio (Instructure Media).",
)
def command() -> None:
    """Media, collections and captions in Studio (Instructure Media).

    Sign in first with `captionkit login`, or set CAPTIONKIT_STUDIO_URL and CAPTIONKIT_STUDIO_TOKEN. `captionkit upload`
    makes new media; a folder with a table [studio] in its captionkit.toml is synced by status, plan, push and pull.
    """


for _one in COMMANDS:
    command.add_command(_one)


@command.command("init")
@click.argument("folder", cls=PathArgument, type=click.Path(path_type=Path))
@click.option("--collection", default="", metavar="ID", help="The captions are for the media of this collection.")
@click.option("--course", default="", metavar="ID", help="... of this course (its number in Canvas).")
@click.option("--account", is_flag=True, help="... of the whole account, as far as you may see it.")
@click.option("--force", is_flag=True, help="Replace the captionkit.toml that is there.")
@dry_run_option("Only say what would be written.")
@json_option("Print what was written and found as JSON.")
@studio_option
def init(
    folder: Path, collection: str, course: str, account: bool, force: bool, studio_url: str, dry_run: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Write FOLDER/captionkit.toml, which says that FOLDER belongs to Studio; then status, plan, push and pull work.

    \b
    Example:
      captionkit studio init captions --collection 404
    """
    from captionkit.cli.init import print_created
    from captionkit.library.creating import create
    from captionkit.remotes.studio.arguments import numeric
    from captionkit.remotes.studio.oauth import studio_url as where_is

    if sum(map(bool, (collection, course, account))) != 1:
        raise UsageError("say whose media", hint="One of --collection ID, --course ID, --account.",
                         unchanged="Nothing was written.")  # fmt: skip
    base = where_is(studio_url)
    kind = "collection" if collection else "course"
    scope = "account = true" if account else f"{kind} = {numeric(collection or course, kind)}"
    created = create(folder, _TEMPLATE.format(url=base, scope=scope), force=force, dry_run=dry_run)
    print_created(created, base, dry_run=dry_run, as_json=as_json)


@command.command("ping")
@studio_option
@_JSON
def ping(studio_url: str, as_json: bool) -> int:
    """Ask whether Studio answers and takes the token, and whom it belongs to.

    \b
    Example:
      captionkit studio ping
    """
    with open_studio(studio_url) as studio:
        fine = studio.ping()
        user = studio.whoami()
        base = studio.session.base_url
    if as_json:
        print_json({"url": base, "pong": fine, "user": asdict(user) if user else None})
    elif fine:
        echo(f"{base} answers; you are {clean_line(user.name) if user else 'signed in'}.")
    else:
        echo(f"{base} answers, but does not say pong.", err=True)
    return ExitCode.OK if fine else ExitCode.REMOTE_FAILED


@command.command("media", context_settings=_OLD_MEDIA)
@click.option("--title", default="", metavar="TEXT", help="Only titles with this in them.")
@click.option("--collection", default="", metavar="ID", help="Only the media of this collection.")
@click.option("--course", default="", metavar="ID", help="Only the media of this course (its number in Canvas).")
@click.option("--owner", default="", metavar="E-MAIL", help="Only this person's.")
@click.option("--tag", default="", metavar="NAME", help="Only with this tag.")
@click.option("--source", default="", metavar="NAME", help="Only from this source.")
@click.option("--since", "start_date", default="", metavar="DATE", help="Only made on this day or later (YYYY-MM-DD).")
@click.option("--until", "end_date", default="", metavar="DATE", help="Only made on this day or earlier.")
@click.option("--min-size", type=click.IntRange(0), metavar="BYTES", help="Only media of this size or larger.")
@click.option("--max-size", type=click.IntRange(0), metavar="BYTES", help="Only media of this size or smaller.")
@click.option("--user", "user_id", default="", metavar="ID", help="Only the media of this user.")
@click.option("--viewed-since", default="", metavar="DATE", help="Only last watched on this day or later.")
@click.option("--viewed-until", default="", metavar="DATE", help="Only last watched on this day or earlier.")
@click.option("--viewed-by-students-since", "students_since", default="", metavar="DATE", help="... by students.")
@click.option("--viewed-by-students-until", "students_until", default="", metavar="DATE", help="... by students.")
@click.option("--unwatched-since", default="", metavar="DATE", help="Only what nobody watched on this day or later, or "
              "ever: what needs captions last.")  # fmt: skip
@studio_option
@_JSON
def media(
    title: str, collection: str, course: str, owner: str, tag: str, source: str, start_date: str, end_date: str,
    min_size: int | None, max_size: int | None, user_id: str, viewed_since: str, viewed_until: str, students_since: str,
    students_until: str, unwatched_since: str, studio_url: str, as_json: bool,
) -> None:  # fmt: skip
    """Find media: in the whole account as far as you may see it, in a collection, in a course, or a user's.

    \b
    Examples:
      captionkit studio media --title "lecture"
      captionkit studio media --course 101 --json
      captionkit studio media --unwatched-since 2025-01-01
    """
    from captionkit.remotes.studio.arguments import day

    asked = {
        "owner": owner, "tag": tag, "source": source, "start_date": start_date, "end_date": end_date,
        "min_size": min_size, "max_size": max_size, "last_viewed_start_date": viewed_since,
        "last_viewed_end_date": viewed_until, "last_viewed_by_student_start_date": students_since,
        "last_viewed_by_student_end_date": students_until,
    }  # fmt: skip
    conditions = {name: value for name, value in asked.items() if value not in ("", None)}
    places = [place for place in (collection, course, user_id) if place]
    if len(places) > 1 or (places and conditions):
        raise UsageError("Studio searches the whole account, or lists one collection, course or user",
                         hint="With --collection, --course or --user only --title and --unwatched-since can be "
                         "given.")  # fmt: skip
    since = day(unwatched_since, "--unwatched-since")
    with open_studio(studio_url) as studio:
        found: Iterable[Media]
        if places:
            of = studio.course(course).collection_id if course else collection
            listed = studio.user_media(user_id) if user_id else studio.collection_media(of)
            found = (m for m in listed if title.casefold() in m.title.casefold())
        else:
            found = studio.search_media(title=title, **conditions)
        everything = [m for m in found if not since or m.last_viewed[:10] < since]
    if as_json:
        print_json([asdict(one) for one in everything])
        return
    if everything:
        rows = [
            [
                m.id, _duration(m.duration), _size(m.size), m.created_at[:10], m.last_viewed[:10], m.owner.name, m.title
            ]
            for m in everything
        ]  # fmt: skip
        print_table(["MEDIA", "LENGTH", "SIZE", "CREATED", "LAST VIEWED", "OWNER", "TITLE"], rows)
    echo(f"{len(everything)} media.", err=True)


@command.command("show")
@click.argument("media_id", metavar="MEDIA")
@studio_option
@_JSON
def show(media_id: str, studio_url: str, as_json: bool) -> None:
    """Show one MEDIA (its number) and its captions.

    \b
    Example:
      captionkit studio show 9001
    """
    with open_studio(studio_url) as studio:
        found = studio.media(_number(media_id))
        captions = studio.captions(found.id)
    if as_json:
        print_json({**asdict(found), "captions": [asdict(one) for one in captions]})
        return
    rows = [
        ["Title", found.title],
        ["Description", found.description],
        ["Length", _duration(found.duration)],
        ["Size", _size(found.size)],
        ["Created", found.created_at],
        ["Owner", f"{found.owner.name} {found.owner.email}".strip()],
        ["Collection", f"{found.collection_id} {found.collection_name}".strip()],
        ["Last viewed", found.last_viewed],
        ["... by a student", found.last_viewed_by_student],
        ["Transcoding", found.transcoding_status],
        ["Source", found.source],
    ]
    print_table([f"MEDIA {found.id}", ""], rows)
    echo()
    _print_captions(captions)


@command.command("collections")
@click.option("--user", "user_id", default="", metavar="ID", help="Those of this user.")
@studio_option
@_JSON
def collections(user_id: str, studio_url: str, as_json: bool) -> None:
    """List the collections that you can see, or those of a user.

    \b
    Example:
      captionkit studio collections
    """
    with open_studio(studio_url) as studio:
        found = list(studio.user_collections(user_id) if user_id else studio.collections())
    _print_collections(found, as_json=as_json)


@command.command("library")
@click.argument("user_id", metavar="USER")
@studio_option
@_JSON
def library(user_id: str, studio_url: str, as_json: bool) -> None:
    """Show the library of USER (a number): the collection that uploads for this user come into.

    \b
    Example:
      captionkit studio library 31
    """
    with open_studio(studio_url) as studio:
        found = studio.user_library(user_id)
    _print_collections([found], as_json=as_json)


@command.command("users")
@click.option("--group", "group_id", required=True, metavar="ID", help="Of this group.")
@studio_option
@_JSON
def users(group_id: str, studio_url: str, as_json: bool) -> None:
    """List the users of a group.

    \b
    Example:
      captionkit studio users --group 12
    """
    with open_studio(studio_url) as studio:
        found = list(studio.group_users(group_id))
    if as_json:
        print_json([asdict(one) for one in found])
        return
    print_table(["USER", "NAME", "E-MAIL", "ROLES"], [[u.id, u.name, u.email, ", ".join(u.roles)] for u in found])


def _print_collections(found: list[Collection], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(one) for one in found])
        return
    rows = [[c.id, c.type, c.permission, c.course_id, c.owner.name, c.name] for c in found]
    print_table(["COLLECTION", "TYPE", "YOU MAY", "COURSE", "OWNER", "NAME"], rows)


@command.command("course")
@click.argument("course_id", metavar="COURSE")
@studio_option
@_JSON
def course(course_id: str, studio_url: str, as_json: bool) -> None:
    """Show the collection that belongs to COURSE (its number in Canvas).

    \b
    Example:
      captionkit studio course 101
    """
    with open_studio(studio_url) as studio:
        found = studio.course(course_id)
    if as_json:
        print_json(asdict(found))
    else:
        echo(f"Course {found.course_id} {clean_line(found.name)!r}: collection {found.collection_id}")


@command.command("captions")
@click.argument("media_id", metavar="MEDIA")
@studio_option
@_JSON
def captions(media_id: str, studio_url: str, as_json: bool) -> None:
    """List the caption files of a MEDIA.

    \b
    Example:
      captionkit studio captions 9001
    """
    with open_studio(studio_url) as studio:
        found = studio.captions(_number(media_id))
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        _print_captions(found)


@command.command("download", context_settings=old_names(out="output", studio="url"))
@click.argument("caption_ids", metavar="CAPTION...", nargs=-1, required=True)
@click.option("-o", "--output", "out", type=click.Path(path_type=Path), help="The file, or for several the folder. By "
              "default standard output.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace files that are there.")
@dry_run_option("Only say what would be written.")
@json_option("Print what was written, a JSON object a line.")
@studio_option
def download(
    caption_ids: tuple[str, ...], out: Path | None, force: bool, studio_url: str, dry_run: bool, as_json: bool
) -> None:
    """Download caption files by their numbers, which `captionkit studio captions` shows.

    \b
    Examples:
      captionkit studio download 5001 -o lecture.en.srt
      captionkit studio download 5001 5002 -o captions/
    """
    from captionkit.cli._terminal import print_events
    from captionkit.files import write_atomically

    out = None if out == Path("-") else out
    if out is None and len(caption_ids) > 1:
        raise UsageError("several caption files need a folder to go to", hint="Add -o FOLDER.")
    if out is None and as_json and not dry_run:
        raise UsageError("captions and --json cannot both go to standard output", unchanged="Nothing was written.",
                         hint="Name the file for the captions with -o.")  # fmt: skip
    if out is not None and len(caption_ids) == 1 and not out.is_dir():
        refuse_other_captions(str(out))
    with open_studio(studio_url) as studio:
        for caption_id in caption_ids:
            data = studio.caption_content(caption_id)
            if out is None and not dry_run:
                echo_data(data)
                continue
            target = (
                None
                if out is None
                else out / f"{caption_id.strip()}.srt"
                if out.is_dir() or len(caption_ids) > 1
                else out
            )
            if target is not None and target.exists() and not force:
                raise LocalError("is there already", where=str(target), unchanged="It was not replaced.",
                                 hint="--force replaces it.")  # fmt: skip
            if target is not None and not dry_run:
                target.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(target, data)
            if as_json:
                print_events([{"caption": caption_id, "output": str(target) if target else None, "bytes": len(data),
                               "dry_run": dry_run}])  # fmt: skip
            else:
                echo(f"{'Would write' if dry_run else 'Wrote'} {target or 'standard output'}")


@command.command("add")
@click.argument("media_id", metavar="MEDIA")
@click.argument("language", metavar="LANG")
@click.argument("file", cls=PathArgument, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Refuse a file that SRT cannot say all of.")
@allow_option("Send what a check of what viewers would get holds back", NAMES)
@encoding_option
@dry_run_option("Only look at the media and the file, and say what would be sent.")
@studio_option
@_JSON
def add(
    media_id: str,
    language: str,
    file: Path,
    strict: bool,
    allow: tuple[str, ...],
    encoding: str,
    studio_url: str,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Add the captions in FILE to MEDIA, as SRT, and read them back. Nothing that is there is replaced.

    \b
    Example:
      captionkit studio add 9001 en lecture.vtt
    """
    from captionkit.cli._captions import read
    from captionkit.errors import ContentError, LossyConversion
    from captionkit.languages import canonical
    from captionkit.library.local_file import LocalFile
    from captionkit.remotes.studio.remote import StudioRemote
    from captionkit.sync.plain_srt import plain_srt
    from captionkit.sync.ports import TrackPut
    from captionkit.sync.publishable import Claim, allowed, judged
    from captionkit.sync.upload import prepare
    from captionkit.upload.items import holding_back, why_not_sent

    try:
        locale = canonical(language)
    except ValueError:
        raise UsageError(f"{language!r} is no language", hint="e.g. en or pt-BR") from None
    document = read(str(file), encoding)
    plain = plain_srt(document)
    if not plain.text:
        raise UsageError("there is no caption in it", where=str(file), unchanged="Nothing was sent.")
    if plain.losses and strict:
        raise LossyConversion(
            f"SRT cannot say all of it: {plain.losses}", where=str(file), unchanged="Nothing was sent."
        )
    prepared = prepare(document, LocalFile(locale, str(file)), srt_only=True)
    prepared = judged(prepared, Claim(locale), allowed(allow, NAMES))
    if problem := why_not_sent(prepared):
        raise ContentError(
            f"{problem}{lifting(holding_back(prepared))}", where=str(file), unchanged="Nothing was sent."
        )
    with open_studio(studio_url) as studio:
        remote = StudioRemote(studio)
        place = f"media/{_number(media_id)}"
        if dry_run:
            title = studio.media(_number(media_id)).title
            if as_json:
                print_json({"media": media_id, "language": locale, "added": False, "caption": None,
                            "losses": plain.losses, "message": "", "dry_run": True})  # fmt: skip
            else:
                echo(f"Media {media_id} ({clean_line(title)}) would get these {locale} captions.")
            return ExitCode.OK
        reply = remote.put_tracks(place, [TrackPut(locale, plain.text)])
        was_answered = reply.outcome != "ambiguous"
        now = {track.locale: track for track in remote.read(place, fresh_listing=False).tracks} if was_answered else {}
    fine = locale in now and now[locale].content == plain.text
    if as_json:
        print_json({"media": media_id, "language": locale, "added": fine, "caption": now[locale].id if fine else None,
                    "losses": plain.losses, "message": reply.message})  # fmt: skip
    elif fine:
        echo(f"Media {media_id} has these {locale} captions now (caption file {now[locale].id}), read back.")
    else:
        echo(f"error: {clean_line(reply.message)}", err=True)
    if plain.losses and not as_json:
        echo(f"SRT cannot say all of it: {plain.losses}.", err=True)
    if fine:
        return ExitCode.OK
    return ExitCode.OUTCOME_UNKNOWN if reply.outcome in ("ambiguous", "acknowledged") else ExitCode.REMOTE_FAILED


def _print_captions(found: list[CaptionFile]) -> None:
    if not found:
        echo("No captions.")
        return
    rows = [
        [c.id, c.srclang, c.status, "machine" if c.is_machine_made else "", c.created_at[:10], c.label] for c in found
    ]
    print_table(["CAPTION", "LANGUAGE", "STATUS", "MADE BY", "CREATED", "NAME"], rows)


def _number(text: str) -> str:
    return text.strip().removeprefix("media/")


def _duration(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}" if whole else ""


def _size(size: int) -> str:
    from captionkit.cli._transfer import size_text

    return size_text(size) if size else ""
