"""`captionkit upload`: recordings to Studio (Instructure Media), with the captions that lie beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from captionkit.cli._captions import encoding_option
from captionkit.cli._grammar import dry_run_option, old_names
from captionkit.cli._options import allow_option
from captionkit.cli._output import echo
from captionkit.cli._paths import PathArgument
from captionkit.cli._studio import open_studio
from captionkit.errors import ExitCode, UsageError
from captionkit.sync.publishable import NAMES, allowed
from captionkit.terminal import clean_line

if TYPE_CHECKING:
    from captionkit.config import Config
    from captionkit.upload.items import Item
    from captionkit.upload.run import Result


#: What S3 takes in one PUT. Studio's own limit is not documented, so this is a warning and no refusal.
_LARGEST_USUAL = 5 * 2**30


@click.command(name="upload", short_help="Upload recordings to Studio, with their captions.",
               context_settings=old_names(studio="url"))  # fmt: skip
@click.argument("files", cls=PathArgument, metavar="FILE...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--link", "links", multiple=True, metavar="URL", help="A recording on the web, which Studio fetches by "
              "itself. Repeatable.")  # fmt: skip
@click.option("--external", is_flag=True, help="The --link are YouTube or Vimeo, and are only linked to.")
@click.option("--title", default="", metavar="TEXT", help="For one recording; by default its name.")
@click.option("--description", default="", metavar="TEXT", help="For one recording.")
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="Titles and descriptions: "
              "columns file (or url), title, description. Without FILE, its rows are what is uploaded.")  # fmt: skip
@click.option("--collection", default="", metavar="ID", help="Into this collection; by default into My Uploads. A file "
              "comes into My Uploads all the same, and you are told what puts it there.")  # fmt: skip
@click.option("--user-id", default="", metavar="ID", help="On behalf of this user (administrators).")
@click.option("--auto-caption", is_flag=True, help="Ask Studio for captions by machine.")
@click.option("--no-captions", is_flag=True, help="Do not send the caption files that lie beside a recording.")
@allow_option("Send captions that a check of what viewers would get holds back", NAMES)
@encoding_option
@click.option("--parallel", type=click.IntRange(1, 8), default=2, show_default=True, help="How many at a time.")
@click.option("--journal", "journal_file", type=click.Path(dir_okay=False, path_type=Path), help="Where it is noted "
              "what was done, so that a run that was cut off goes on. By default a file for each Studio in "
              "captionkit's own folder.")  # fmt: skip
@click.option("--again", is_flag=True, help="Upload once more what the journal says is there.")
@dry_run_option("Only show what would be sent.")
@click.option("--json", "as_json", is_flag=True, help="Print results for machines, a JSON object a line.")
@click.option("--url", "addresses", multiple=True, metavar="URL", help="The address of Studio; by default "
              "CAPTIONKIT_STUDIO_URL, or where you signed in last.")  # fmt: skip
def command(
    files: tuple[Path, ...], links: tuple[str, ...], external: bool, title: str, description: str,
    csv_file: Path | None, collection: str, user_id: str, auto_caption: bool, no_captions: bool,
    allow: tuple[str, ...], encoding: str, parallel: int,
    journal_file: Path | None, again: bool, dry_run: bool, as_json: bool, addresses: tuple[str, ...],
) -> int:  # fmt: skip
    """Upload recordings to Studio, then the captions beside them: lecture.mp4, then lecture.en.srt and lecture.de.vtt.

    A title or description is taken from the CSV file, else from lecture.title.txt and lecture.description.txt (or
    lecture.info.json) beside the recording, else the title is its name. Captions go as SRT; what SRT cannot say is
    named.

    Captions that viewers should not get as they are (marks of a merge, the wrong language, another recording's words,
    an end long after the recording's ...) are held back, with the reason; the recording goes. --allow lifts one check.

    A run that was cut off, by Ctrl-C or by the power, goes on when it is started again: nothing is made twice.

    \b
    Examples:
      captionkit upload lectures/*.mp4
      captionkit upload --csv titles.csv --collection 404
      captionkit upload --link https://www.youtube.com/watch?v=abc --external
    """
    from captionkit.cli._terminal import interruptible, print_events
    from captionkit.cli._transfer import TransferLine, plan_lines, report_lines, result_events
    from captionkit.clock import SystemClock
    from captionkit.remotes.studio.oauth import studio_url as where_is
    from captionkit.remotes.studio.uploads import put_file
    from captionkit.upload.items import Destination
    from captionkit.upload.journal import AGAIN, UploadJournal
    from captionkit.upload.run import Means, exit_code, upload

    studio_url = next((one for one in reversed(addresses) if not _is_recording(one)), "")
    links = (*links, *(one for one in addresses if _is_recording(one)))
    destination = Destination(user_id, collection, auto_caption, external)
    items = _items(
        files,
        links,
        title,
        description,
        csv_file,
        destination,
        captions=not no_captions,
        allow=allow,
        encoding=encoding,
    )
    _check(items, destination)
    for item in items:
        if item.size > _LARGEST_USUAL:
            echo(f"{item.shown} is larger than 5 GB; storage hosts usually refuse that in one piece.", err=True)
    if dry_run:
        for line in plan_lines(items):
            echo(line)
        return ExitCode.FINDINGS if any(_is_unclear(item) for item in items) else ExitCode.OK
    base = where_is(studio_url)
    with open_studio(base) as studio, UploadJournal(journal_file or _journal_of(base)).open() as journal:
        user = studio.whoami()
        user_id = user.id if user else ""
        account = f"{base}/users/{user_id or 'me'}"
        if again:
            for item in items:
                journal.write(item.key(account), AGAIN)
        with interruptible() as stopped, TransferLine(items, quiet=as_json) as shown:
            means = Means(studio, account, user_id, put_file, journal, SystemClock())
            results = upload(items, means, parallel=parallel, stopped=stopped, progress=shown)
    if as_json:
        print_events(result_events(results))
    else:
        _tell(results, report_lines)
    return exit_code(results)


def _is_recording(address: str) -> bool:
    """Whether this is no address of Studio, which has no path: `--url` named recordings once, as `--link` does now."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(parts.path.strip("/") or parts.query) and not host.endswith(".instructuremedia.com")


def _items(
    files: tuple[Path, ...], links: tuple[str, ...], title: str, description: str, csv_file: Path | None,
    destination: Any, *, captions: bool, allow: tuple[str, ...], encoding: str,
) -> list[Item]:  # fmt: skip
    from captionkit.address import shown_url
    from captionkit.upload.items import file_item, files_of_rows, read_csv, url_item, with_rows, without_wrong_files

    rows = read_csv(csv_file) if csv_file is not None else []
    base = csv_file.parent if csv_file is not None else Path()
    if rows and not files and not links:
        files = tuple(files_of_rows(rows, base))
        links = tuple(row.url for row in rows if row.url)
    if not files and not links:
        raise UsageError("nothing to upload", hint="Give files, --link or --csv.", unchanged="Nothing was sent.")
    config = _of_folder()
    lifted = allowed(allow, NAMES) | frozenset(config.allow)
    items = [
        file_item(
            f, destination, language=lambda tag: config.locales.get(tag, tag), captions=captions, allow=lifted,
            encodings=(("**", encoding),) if encoding else config.encodings,
        )
        for f in files
    ] + [url_item(url, destination) for url in links]  # fmt: skip
    items, unused = with_rows(without_wrong_files(items), rows, base)
    for row in unused:
        echo(clean_line(f"The CSV file's row for {row.file or shown_url(row.url)} is for nothing here."), err=True)
    if title or description:
        if len(items) != 1:
            raise UsageError(
                f"--title and --description are for one recording, here are {len(items)}",
                hint="For several, put them into a file and give --csv.",
            )  # fmt: skip
        from dataclasses import replace

        items = [replace(items[0], title=title or items[0].title, description=description or items[0].description)]
    return items


def _check(items: list[Item], destination: Any) -> None:
    """What can be known to go wrong before anything is sent."""
    from collections import Counter

    from captionkit.address import shown_url
    from captionkit.remotes.studio.arguments import check_source_url, numeric

    if destination.user_id:
        numeric(destination.user_id, "user")
    if destination.collection_id:
        numeric(destination.collection_id, "collection")
    if destination.user_id and destination.collection_id and any(item.path is not None for item in items):
        raise UsageError(
            "a file goes to a user's library or to a collection, not to both: leave out --user-id or --collection",
            unchanged="Nothing was sent.",
        )  # fmt: skip
    if destination.is_external and any(item.path is not None for item in items):
        raise UsageError("--external is for --link alone", unchanged="Nothing was sent.")
    for item in items:
        if item.path is None:
            check_source_url(item.url, is_external=destination.is_external)
        if not item.title.strip() and not destination.is_external:
            hint = "Give --title, or a CSV file with a column title."
            raise UsageError("a media needs a title", where=item.shown, unchanged="Nothing was sent.", hint=hint)
    for what, times in Counter((item.path, item.url) for item in items).items():
        if times > 1:
            named = what[0] or shown_url(what[1])
            raise UsageError(f"{named} is given {times} times", unchanged="Nothing was sent.")


def _of_folder() -> Config:
    """The captionkit.toml above the working folder, if there is one and it is for where recordings go."""
    from captionkit.config import DEFAULTS, load
    from captionkit.configuration import find

    file = find(Path())
    config = load(file) if file is not None else DEFAULTS
    return config if config.features.uploads else DEFAULTS


def _journal_of(base: str) -> Path:
    import re

    from captionkit.credentials import config_folder

    name = re.sub(r"[^A-Za-z0-9.-]", "-", base.partition("://")[2])
    return config_folder() / f"uploads-{name}.jsonl"


def _is_unclear(item: Item) -> bool:
    from captionkit.upload.items import why_not_sent

    return bool(item.problems) or any(why_not_sent(caption) for caption in item.captions)


def _tell(results: list[Result], lines: Any) -> None:
    for line in lines(results):
        echo(clean_line(line))
