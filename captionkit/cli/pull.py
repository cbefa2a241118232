"""`captionkit pull`: bring the tracks that are in Canvas into the folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from captionkit.cli._options import folder_argument, sync_options
from captionkit.cli._output import echo
from captionkit.errors import ExitCode

if TYPE_CHECKING:
    from captionkit.cli._workspace import Workspace


@click.command(name="pull")
@folder_argument
@click.option("--dry-run", is_flag=True, help="Only show what would be written.")
@click.option("--delete", is_flag=True, help="Delete files whose track was deleted in Canvas (saved first).")
@click.option("--restore", is_flag=True, help="Bring back files that were removed here and are still in Canvas.")
@click.option("--on-conflict", type=click.Choice(["stop", "local", "remote"]), help="Whose version counts where both "
              "changed; stop (the default) leaves the file alone.")  # fmt: skip
@click.option("--resolve", multiple=True, metavar="MEDIA/LANG=local|remote", help="The same for one track. Repeatable.")
@sync_options
def command(
    folder: Path,
    dry_run: bool,
    delete: bool,
    restore: bool,
    on_conflict: str | None,
    resolve: tuple[str, ...],
    media: tuple[str, ...],
    as_user_id: str,
    as_json: bool,
) -> int:
    """Bring the caption tracks of the course into FOLDER, and record them, so that later pushes know what was there.

    New files are called TITLE.LANG.vtt (or .srt). A file that you edited is not overwritten; what is replaced or
    deleted is saved first under FOLDER/.captionkit/runs.
    """
    from captionkit.cli._options import policy_from
    from captionkit.cli._sync import check_resolved, forget_old_runs, named_tracks
    from captionkit.cli._terminal import interruptible, print_events, print_lines, progress_line
    from captionkit.cli._workspace import open_workspace
    from captionkit.sync.pull import Bring, bring, look
    from captionkit.sync.show import cost_line, pull_events, pull_lines
    from captionkit.sync.state import digest_of
    from captionkit.sync.store import SystemClock, who_is_here

    with open_workspace(
        folder, media=media, as_user_id=as_user_id, lock="" if dry_run else "pull", quiet=as_json, find="all"
    ) as w:
        named = _names(w)
        policy = policy_from(w.config, w.ours, delete=delete, on_conflict=on_conflict, resolve=resolve)
        policy = named_tracks(w, policy)
        found = look(
            remote=w.remote,
            files=w.store,
            manifest=w.manifest,
            folder=w.local,
            summaries=[s for s in w.summaries if w.only is None or s.media in w.only],
            name_for=lambda summary: named[summary.media],
            policy=policy,
            restore=restore,
            progress=progress_line(quiet=as_json),
        )
        check_resolved(policy, ((fetch.media, fetch.locale, fetch.why) for fetch in found.fetches))
        if not dry_run:
            with interruptible() as stopped:
                run = w.store.new_run(digest_of("pull"))
                found = bring(
                    found, run=run, store=w.store, files=w.store, clock=SystemClock(), by=who_is_here(), stopped=stopped
                )
        if as_json:
            print_events(pull_events(found))
        else:
            print_lines(pull_lines(found, done=not dry_run, service=w.service))
            print_lines([cost_line(w.remote.cost(), w.service)])
        unread = [problem for problem in w.library.stopped if problem.code == "LIB001"]
        for problem in unread:
            echo(f"{', '.join(problem.paths)}: {problem.message}. {problem.hint}", err=True)
        if found.run:
            forget_old_runs(w, as_json=as_json)
    if found.count(Bring.CONFLICT):
        return ExitCode.STALE_OR_CONFLICT
    left = any(fetch.why in ("unreadable", "leads-out", "not-written") for fetch in found.fetches)
    return ExitCode.PARTIAL if left or unread else ExitCode.OK


def _names(work: Workspace) -> dict[str, str]:
    """What the files of each media object are to be called: its title if that leads back to it alone, else its id."""
    from captionkit.library.match import match, safe_name, without_extension

    forms = {
        summary.media: [safe_name(without_extension(summary.title)), safe_name(summary.title), summary.media_id]
        for summary in work.summaries
    }
    leads_to = match([form for those in forms.values() for form in those], work.summaries, work.config.media).matched
    return {
        media: next((form for form in those if form in leads_to and leads_to[form].media == media), those[-1])
        for media, those in forms.items()
    }
