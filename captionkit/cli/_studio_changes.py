"""The commands of `captionkit studio` that change what becomes of media: move, archive, unarchive, delete."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from captionkit.cli._grammar import dry_run_option, json_option
from captionkit.cli._output import confirm, echo, prompt, somebody_can_answer
from captionkit.cli._remedies import lines_of, problem_of
from captionkit.cli._remote import print_table
from captionkit.cli._studio import open_studio, studio_option
from captionkit.errors import CaptionkitError, ExitCode, GuardRefused, UsageError, severest
from captionkit.terminal import clean_line

if TYPE_CHECKING:
    from captionkit.remotes.studio.api import InstructureMedia, Media

F = TypeVar("F", bound=Callable[..., Any])

_MEDIA = click.argument("media_ids", metavar="MEDIA...", nargs=-1, required=True)


def _yes(times: int) -> Callable[[F], F]:
    explained = "Do not ask." if times == 1 else "Do not ask the first question; given twice, ask nothing."
    return click.option("-y", "--yes", count=True, help=explained)


_DRY_RUN = dry_run_option("Only look at them, and say what would be done.")
_JSON = json_option("Print what became of each, a JSON object a line. Needs --yes.")


@click.command("move")
@_MEDIA
@click.option("--collection", required=True, metavar="ID", help="Where they are to lie.")
@_yes(1)
@_DRY_RUN
@_JSON
@studio_option
def move(media_ids: tuple[str, ...], collection: str, yes: int, studio_url: str, dry_run: bool, as_json: bool) -> int:
    """Put MEDIA into a collection; captions stay with them.

    Studio has no call for that but archiving a recording and taking it out of the archive into the collection, so that
    is done, and looked at afterwards. For a moment nobody can watch it.

    \b
    Example:
      captionkit studio move 9001 9002 --collection 404
    """
    from captionkit.remotes.studio.changes import move as put

    with open_studio(studio_url) as studio:
        found = _looked_at(studio, media_ids, as_json=as_json)
        target = studio.collection(collection)
        name = target.name or f"collection {target.id}"
        if dry_run:
            return _each(found, lambda media: f"would be put into {name}", as_json=as_json, dry_run=True)
        if not yes:
            _refuse_json(as_json, "--yes")
            _ask(f"Put {_count(found)} into {clean_line(name)}?")

        def one(media: Media) -> str:
            return "lies there now" if put(studio, media.id, target.id) else "lies there already"

        return _each(found, one, as_json=as_json)


@click.command("archive")
@_MEDIA
@_yes(2)
@_DRY_RUN
@_JSON
@studio_option
def archive(media_ids: tuple[str, ...], yes: int, studio_url: str, dry_run: bool, as_json: bool) -> int:
    """Archive MEDIA: nobody can find or watch them until they are taken out again. Asks twice.

    \b
    Example:
      captionkit studio archive 9001 9002
    """
    with open_studio(studio_url) as studio:
        found = _looked_at(studio, media_ids, as_json=as_json)
        if dry_run:
            return _each(found, lambda media: "would be archived", as_json=as_json, dry_run=True)
        _refuse_json(as_json and yes < 2, "--yes --yes")
        _ask_twice(found, "archive", "Nobody can watch what is in the archive.", yes)

        def one(media: Media) -> str:
            studio.archive_media(media.id)
            return f"is archived. To undo it: captionkit studio unarchive {media.id} --collection {media.collection_id}"

        return _each(found, one, as_json=as_json)


@click.command("unarchive")
@_MEDIA
@click.option("--collection", default="", metavar="ID", help="Into this collection; by default where Studio puts them.")
@_DRY_RUN
@_JSON
@studio_option
def unarchive(media_ids: tuple[str, ...], collection: str, studio_url: str, dry_run: bool, as_json: bool) -> int:
    """Take MEDIA out of the archive.

    \b
    Example:
      captionkit studio unarchive 9001 --collection 404
    """
    with open_studio(studio_url) as studio:
        numbers = [_number(text) for text in media_ids]
        if dry_run:
            return _each(numbers, lambda number: "would be taken out of the archive", as_json=as_json, dry_run=True)

        def one(media_id: str) -> str:
            studio.unarchive_media(media_id, collection)
            found = studio.media(media_id)
            place = f" and lies in {found.collection_name or 'collection'} {found.collection_id}"
            return f"is out of the archive{place if found.collection_id else ''}"

        return _each(numbers, one, as_json=as_json)


@click.command("delete")
@_MEDIA
@click.option("--save", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path("deleted-captions"),
              show_default=True, help="Where their captions are saved first.")  # fmt: skip
@_yes(2)
@_DRY_RUN
@_JSON
@studio_option
def delete(media_ids: tuple[str, ...], folder: Path, yes: int, studio_url: str, dry_run: bool, as_json: bool) -> int:
    """Delete MEDIA with their captions, for ever. Saves the captions first, and asks twice.

    \b
    Example:
      captionkit studio delete 9001 --save deleted-captions
    """
    from captionkit.files import write_atomically
    from captionkit.remotes.studio.changes import delete as remove
    from captionkit.remotes.studio.json import CaptionFile

    with open_studio(studio_url) as studio:
        found = _looked_at(studio, media_ids, as_json=as_json)
        if dry_run:
            return _each(found, lambda media: "would be deleted", as_json=as_json, dry_run=True)
        _refuse_json(as_json and yes < 2, "--yes --yes")
        _ask_twice(found, "delete", "Nothing brings them back.", yes)

        def one(media: Media) -> str:
            def keep(caption: CaptionFile, content: bytes) -> None:
                folder.mkdir(parents=True, exist_ok=True)
                write_atomically(folder / f"{media.id}-{caption.id}.{caption.srclang}.srt", content)

            count = remove(studio, media.id, keep)
            return f"is deleted; {count} caption file{'s' * (count != 1)} saved in {folder}" if count else "is deleted"

        return _each(found, one, as_json=as_json)


COMMANDS = (move, archive, unarchive, delete)


def _number(text: str) -> str:
    from captionkit.remotes.studio.arguments import numeric

    return numeric(text.strip().removeprefix("media/"), "media")


def _looked_at(studio: InstructureMedia, media_ids: Iterable[str], *, as_json: bool) -> list[Media]:
    """What this is about, looked at and, for a person, shown."""
    found = [studio.media(number) for number in dict.fromkeys(map(_number, media_ids))]
    if as_json:
        return found
    rows = [[media.id, media.owner.name, media.created_at[:10], media.last_viewed[:10], media.title] for media in found]
    print_table(["MEDIA", "OWNER", "CREATED", "LAST VIEWED", "TITLE"], rows)
    return found


def _each(things: Iterable[Any], do: Callable[[Any], str], *, as_json: bool, dry_run: bool = False) -> int:
    """Do it to each; what fails stops no other."""
    from captionkit.cli._terminal import print_events

    codes = []
    done = 0
    for thing in things:
        number = getattr(thing, "id", thing)
        try:
            says = clean_line(do(thing))
            if as_json:
                print_events([{"media": number, "says": says, "problem": None, "dry_run": dry_run}])
            else:
                echo(f"Media {number} {says}.")
            done += 1
        except CaptionkitError as error:
            if as_json:
                print_events([{"media": number, "says": "", "problem": problem_of(error), "dry_run": dry_run}])
            for line in lines_of(error):
                echo(clean_line(line), err=True)
            codes.append(error.exit_code)
    if done and codes and ExitCode.OUTCOME_UNKNOWN not in codes:
        return ExitCode.PARTIAL
    return severest(codes)


def _refuse_json(as_json: bool, needed: str) -> None:
    if as_json:
        raise UsageError(f"--json needs {needed}, since nobody can be asked", unchanged="Nothing was changed.")


def _count(found: list[Media]) -> str:
    return f"these {len(found)} recordings" if len(found) > 1 else "this recording"


def _ask(question: str) -> None:
    _must_be_answerable("--yes")
    confirm(question)


def _ask_twice(found: list[Media], verb: str, warning: str, yes: int) -> None:
    """Whether it is meant: once with yes or no, and once by typing what cannot be typed without thinking."""
    if yes > 1:
        return
    _must_be_answerable("--yes --yes")
    if not yes:
        confirm(f"{verb.capitalize()} {_count(found)}? {warning}")
    wanted = found[0].id if len(found) == 1 else f"{verb} {len(found)}"
    if prompt(f"To {verb}, type {wanted}", default="").strip() != wanted:
        raise GuardRefused(f"that was not {wanted}", unchanged=f"Nothing was {verb}d.")


def _must_be_answerable(option: str) -> None:
    if not somebody_can_answer():
        raise GuardRefused("nobody can be asked here", unchanged="Nothing was changed.",
                           hint=f"If it is meant, add {option}.")  # fmt: skip
