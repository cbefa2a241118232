"""`captionkit match`: which recording each caption file is for, and who says so."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from captionkit.cli._grammar import dry_run_option, old_names
from captionkit.cli._options import folder_argument
from captionkit.cli._output import echo, form_by_extension, prompt
from captionkit.cli._paths import NamedFile
from captionkit.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from captionkit.library.guesses import Candidate
    from captionkit.library.mapping import Row
    from captionkit.library.match import Media, Recordings
    from captionkit.workspace.look import Look

_TABLES = {".csv": "csv", ".xlsx": "xlsx"}
_SHOWN = 50


@click.command(name="match", context_settings=old_names(out="output", **{"from": "list"}))
@folder_argument
@click.option("-o", "--output", "out", type=click.Path(dir_okay=False, path_type=Path),
              help="Write the list to this file, .csv "
              "or .xlsx, to correct it in Excel.")  # fmt: skip
@click.option("--list", "corrected", type=NamedFile(), metavar="FILE",
              help="Read a corrected list: what stands under recording goes into captionkit.toml.")  # fmt: skip
@click.option("--force", is_flag=True, help="With -o: overwrite the file if it is there.")
@dry_run_option("Only show what would be written, and ask nothing.")
@click.option("--no-ask", is_flag=True, help="Only show the list, in a terminal too.")
@click.option("--all", "show_all", is_flag=True, help="Show what is certain, too.")
@click.option("--as-user-id", default="", metavar="ID", help="Act as this user, where your token may (masquerading).")
@click.option("--json", "as_json", is_flag=True, help="Print the list for machines, a JSON object a line.")
def command(
    folder: Path,
    out: Path | None,
    corrected: Path | None,
    force: bool,
    dry_run: bool,
    no_ask: bool,
    show_all: bool,
    as_user_id: str,
    as_json: bool,
) -> int:
    """Show which recording each caption file in FOLDER seems to be for, how sure that is, and why.

    A file whose name is a recording's title is certain. For all others captionkit guesses, by words and numbers, and
    asks: one question each in a terminal, or all at once in a table. Answers go under [media] in captionkit.toml.
    Nothing is ever sent on a guess that nobody confirmed. Sends nothing, and changes nothing but captionkit.toml.

    \b
    Examples:
      captionkit match captions
      captionkit match captions -o names.xlsx      (correct the column "recording" in Excel, save, close)
      captionkit match captions --list names.xlsx
    Ends with 1 while a file is not settled.
    """
    from captionkit.cli._sync import opened
    from captionkit.library.match import Recordings
    from captionkit.library.others import listed

    if out is not None and corrected is not None:
        raise UsageError("-o and --list contradict each other", unchanged="Nothing was written.",
                         hint="First -o, then correct the file, then --list.")  # fmt: skip
    form = form_by_extension(str(out), _TABLES) if out is not None else ""
    if out is not None and out.exists() and not force:
        raise UsageError("this file is there already", where=str(out), unchanged="Nothing was written.",
                         hint="Give --force to overwrite it, or another name.")  # fmt: skip
    with opened(folder, as_user_id, quiet=as_json) as workspace:
        work = workspace.look(find="none")
        work.refuse_empty()
        recordings = Recordings(work.summaries)
        rows = _rows(work, recordings)
        if corrected is not None:
            return _take(work, rows, recordings, corrected, dry_run=dry_run)
        if out is not None:
            return _hand_out(work, rows, out, form, dry_run=dry_run)
        if as_json:
            return _print_json(rows, work)
        for line in listed([str(one) for one in work.others], _convert(work)):
            echo(line)
        if sys.stdin.isatty() and sys.stdout.isatty() and not (no_ask or dry_run):
            return _ask(work, rows, recordings)
        _show(rows, show_all=show_all)
        _next(folder, rows)
        return _code(rows)


def _rows(work: Look, recordings: Recordings) -> list[Row]:
    from captionkit.library.mapping import left_alone, rows

    tracks = [(track.path, track.name, track.language) for track in work.library.tracks]
    found = [*rows(tracks, work.matches, recordings), *left_alone(work.library.stopped, recordings)]
    return sorted(found, key=lambda row: row.path)


def _code(rows: Sequence[Row]) -> ExitCode:
    from captionkit.library.mapping import Sure

    return ExitCode.OK if all(row.sure is Sure.CERTAIN for row in rows) else ExitCode.FINDINGS


# --- the list ---------------------------------------------------------------------------------------------------------


def _show(rows: Sequence[Row], *, show_all: bool) -> None:
    from captionkit.library.mapping import Sure

    counted = {sure: sum(row.sure is sure for row in rows) for sure in Sure}
    parts = [f"{number} {sure.value}" for sure, number in counted.items() if number]
    echo(f"{len(rows)} caption file{'s' * (len(rows) != 1)}: {', '.join(parts)}")
    for sure in Sure:
        those = [row for row in rows if row.sure is sure]
        if not those or (sure is Sure.CERTAIN and not show_all):
            continue
        echo(f"\n{_HEADINGS[sure.name]}")
        for row in those if show_all else those[:_SHOWN]:
            for line in _described(row):
                echo(line)
        if len(those) > _SHOWN and not show_all:
            echo(f"  ... and {len(those) - _SHOWN} more; --all shows them, -o writes them to a file.")


_HEADINGS = {
    "CERTAIN": "Certain",
    "LIKELY": "Likely, and not sent until you confirm it",
    "UNSURE": "Unsure: not sent until you choose",
    "UNKNOWN": "Nothing like it",
    "SAME_NAME": "The same name in several folders: not sent until you choose",
    "LEFT": "Left alone until the file has another name",
}


def _described(row: Row) -> list[str]:
    from captionkit.terminal import clean_line

    language = f" ({row.language})" if row.language else ""
    target = f" -> {clean_line(row.recording)} ({row.media})" if row.recording else ""
    lines = [f"  {clean_line(row.path)}{language}{target}", f"      {clean_line(row.why)}"]
    return lines + [f"      perhaps {clean_line(one.title)} ({one.media_id}): {clean_line(one.why)}"
                    for one in row.others[:3]]  # fmt: skip


def _next(folder: Path, rows: Sequence[Row]) -> None:
    from captionkit.files import quoted

    if _code(rows):
        echo(f"\nCorrect the list in Excel: captionkit match {quoted(folder)} -o names.csv")
    else:
        echo(f"\nNext, see what would be sent: captionkit plan {quoted(folder)}")


def _convert(work: Look) -> str:
    from captionkit.library.others import command

    return command(work.path, [one.path for one in work.others])


def _print_json(rows: Sequence[Row], work: Look) -> int:
    from captionkit.cli._terminal import print_events
    from captionkit.library.others import command

    print_events(
        {
            "file": row.path,
            "name": row.name,
            "language": row.language,
            "recording": row.recording,
            "media_id": row.media,
            "sure": row.sure.value,
            "why": row.why,
            "others": [{"recording": one.title, "media_id": one.media_id, "score": one.score} for one in row.others],
        }
        for row in rows
    )
    print_events(
        {
            "file": one.path,
            "name": one.name,
            "language": one.language,
            "format": one.kind.name,
            "captions": one.captions,
            "convert": command(work.path, [one.path]),
        }
        for one in work.others
    )
    return _code(rows)


# --- a table, and back ------------------------------------------------------------------------------------------------


def _hand_out(work: Look, rows: Sequence[Row], out: Path, form: str, *, dry_run: bool) -> int:
    from captionkit.files import quoted, write_atomically
    from captionkit.library.name_table import to_csv, to_xlsx

    titles = list(dict.fromkeys(sorted(summary.title for summary in work.summaries)))
    data = to_csv(rows) if form == "csv" else to_xlsx(rows, titles)
    _show(rows, show_all=False)
    if dry_run:
        echo(f"\nWould be written: {out}, with {len(rows)} rows.")
        return _code(rows)
    write_atomically(out, data)
    echo(f"\nWritten: {out}. Correct its column \"recording\" (a title or a media id; empty for none), save it, then: "
         f"captionkit match {quoted(work.path)} --list {quoted(out)}")  # fmt: skip
    return _code(rows)


def _take(work: Look, rows: Sequence[Row], recordings: Recordings, corrected: Path, *, dry_run: bool) -> int:
    from captionkit.files import quoted, read_file
    from captionkit.library.mapping import Sure, decided
    from captionkit.library.name_table import from_table

    found = decided(from_table(read_file(corrected), str(corrected)), rows, recordings)
    if found.entries:
        if not dry_run:
            _write(work, found.entries)
        for name, (address, title) in sorted(found.entries.items()):
            echo(f"  {name} -> {title} ({address})")
        number = len(found.entries)
        entries = f"{number} {'entry' if number == 1 else 'entries'}{' would be' if dry_run else ''}"
        echo(f"{entries} written below [media] in {work.config.file}")
    else:
        echo("There is nothing to write: what the table decides stands in captionkit.toml already, or needs no entry.")
    for remark in found.remarks:
        echo(remark)
    if found.open:
        echo(f"Not decided: {len(found.open)} file{'s' * (len(found.open) != 1)}, among them {found.open[0]}")
    echo(f"Next, see what would be sent: captionkit plan {quoted(work.path)}")
    left = any(row.sure is Sure.LEFT for row in rows)
    return ExitCode.FINDINGS if found.open or found.remarks or left else ExitCode.OK


def _write(work: Look, entries: Mapping[str, tuple[str, str]]) -> None:
    """Put entries into captionkit.toml as it is now, which may be another than when it was read."""
    from captionkit.library.entries import Entry, with_entries
    from captionkit.workspace.questions import change

    file = work.config.file
    assert file is not None, "a workspace has a captionkit.toml"
    change(file, lambda text: with_entries(text, "media", {k: Entry(*e) for k, e in entries.items()}, str(file)))


# --- questions --------------------------------------------------------------------------------------------------------


def _ask(work: Look, rows: list[Row], recordings: Recordings) -> int:
    """A question for each name that is not certain. Each answer is kept at once, so that Ctrl-C loses none."""
    from captionkit.files import quoted
    from captionkit.library.mapping import Sure, by_hand, entry_of

    _show([row for row in rows if row.sure in (Sure.CERTAIN, Sure.LEFT)], show_all=False)
    # One question for a name, and one for each of the files that have one name in several folders.
    open_keys = dict.fromkeys(_key(row) for row in rows if row.sure not in (Sure.CERTAIN, Sure.LEFT))
    if open_keys:
        many = len(open_keys)
        echo(f"\n{many} question{'s' * (many != 1)}. Each answer is kept in captionkit.toml at once.")
    for number, key in enumerate(open_keys, start=1):
        those = [row for row in rows if _key(row) == key]
        echo(f"\n{number} of {len(open_keys)}: {', '.join(_file(row) for row in those[:4])}"
             + (f" and {len(those) - 4} more" if len(those) > 4 else ""))  # fmt: skip
        chosen = _answer(those[0], recordings)
        if chosen is None:
            break
        if chosen:
            entry = entry_of(recordings.media[chosen[0]], recordings)
            _write(work, {key: entry})
            rows = by_hand(rows, {row.path for row in those}, entry)
            echo(f"   kept: {key} -> {entry[1]}")
    left = sum(row.sure is not Sure.CERTAIN for row in rows)
    if left:
        echo(f"\n{left} file{'s' * (left != 1)} not settled; `captionkit match {quoted(work.path)}` asks again.")
    else:
        _next(work.path, rows)
    return _code(rows)


def _key(row: Row) -> str:
    """What is asked about: how the entry under [media] is called."""
    from captionkit.library.mapping import Sure

    return "/".join((*row.path.split("/")[:-1], row.name)) if row.sure is Sure.SAME_NAME else row.name


def _file(row: Row) -> str:
    from captionkit.languages import display_name

    return f"{row.path} ({display_name(row.language)})" if row.language else row.path


def _answer(row: Row, recordings: Recordings) -> list[str] | None:
    """The address that a person chose, [] for none, None to end it all."""
    from captionkit.library.mapping import choices

    offered = choices(row, recordings)
    if not row.recording:
        echo(f"   {row.why}")
    while True:
        _offer(offered)
        text = prompt("   Which recording? A number, a title or words of one; Enter for none, q to end", default="")
        text = text.strip()
        if not text or text.lower() == "q":
            return None if text else []
        if text.isdecimal() and 1 <= int(text) <= len(offered):
            return [offered[int(text) - 1].media]
        fits = recordings.meant(text)
        if len(fits) == 1 and not text.isdecimal():
            return [fits[0].media]
        offered = _candidates(fits) or _found(text, recordings)
        if not offered:
            echo("   There is no title like that; `captionkit media list` shows them all.")


def _offer(offered: Sequence[Candidate]) -> None:
    from captionkit.terminal import clean_line

    for number, one in enumerate(offered, start=1):
        echo(f"   {number:>2}  {clean_line(one.title)} ({one.media_id}){f': {one.why}' if one.why else ''}")


def _candidates(fits: Sequence[Media]) -> tuple[Candidate, ...]:
    from captionkit.library.guesses import Candidate

    return tuple(Candidate(one.media, one.media_id, one.title, 100, "") for one in fits[:20])


def _found(text: str, recordings: Recordings) -> tuple[Candidate, ...]:
    """Titles with these words, or like them."""
    from captionkit.library.guesses import guesses

    media = list(recordings.media.values())
    with_it = _candidates([one for one in media if text.casefold() in one.title.casefold()])
    return with_it or guesses([text], media)[text].candidates
