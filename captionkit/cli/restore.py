"""`captionkit restore`: bring back what an earlier run replaced or deleted."""

from __future__ import annotations

from pathlib import Path

import click

from captionkit.cli._options import FOLDER
from captionkit.errors import LocalError, UsageError
from captionkit.sync.guards import LIFTABLE


@click.command(name="restore")
@click.argument("folder", type=FOLDER)
@click.argument("run", required=False, default="")
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the plan to this file and do "
              "nothing yet; `captionkit apply` carries it out.")  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite the file if it is there.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--on-conflict", type=click.Choice(["stop", "local", "remote"]), default="stop", help="For tracks "
              "that changed since that run: leave the media alone, or take the saved one or Canvas's.")  # fmt: skip
@click.option("--resolve", multiple=True, metavar="MEDIA/LANG=local|remote", help="The same for one track. Repeatable.")
@click.option("--allow", multiple=True, type=click.Choice(LIFTABLE), help="Lift one safety limit. Repeatable.")
@click.option("--media", multiple=True, metavar="MEDIA", help="Only this media object. Repeatable.")
@click.option("--as-user-id", default="", metavar="ID", help="Act as this user, where your token may.")
@click.option("--json", "as_json", is_flag=True, help="Print events for machines, a JSON object a line.")
def command(
    folder: Path,
    run: str,
    out: Path | None,
    force: bool,
    yes: bool,
    on_conflict: str,
    resolve: tuple[str, ...],
    allow: tuple[str, ...],
    media: tuple[str, ...],
    as_user_id: str,
    as_json: bool,
) -> int:
    """Bring back in Canvas what RUN of FOLDER replaced or deleted there (by default the last run that did).

    Shows a plan first, like push. The files in FOLDER stay as they are; `captionkit pull` brings the restored
    versions into it. Restored tracks that had been deleted get new ids and belong to you.

    \b
    Examples:
      captionkit history captions
      captionkit restore captions 20261121T221532504Z-94123280
    """
    import time

    from captionkit.cli._options import policy_from
    from captionkit.cli._sync import ask_and_carry_out, check_resolved, named_tracks
    from captionkit.cli._terminal import tell_damage
    from captionkit.cli._workspace import open_workspace
    from captionkit.files import write_atomically
    from captionkit.sync.history import history
    from captionkit.sync.journal import read_past, stamp, unfinished
    from captionkit.sync.restore import plan_restore
    from captionkit.sync.run import check_doubt

    if out is not None and out.exists() and not force:
        raise UsageError(f"{out} is there already", unchanged="Nothing was written.", hint="--force overwrites it.")
    if as_json and not yes:
        raise UsageError("--json needs --yes, since nobody can be asked", unchanged="Nothing was done.")
    with open_workspace(folder, media=media, as_user_id=as_user_id, lock="restore", quiet=as_json) as work:
        check_doubt(work.store)
        run = run or next((entry.run for entry in history(work.store) if entry.restorable), "")
        if not run:
            raise LocalError("no run of this folder replaced or deleted anything", where=str(folder))
        if not any(past.run == run for past in unfinished(work.store)):
            tell_damage(read_past(work.store, run).damage)
        policy = policy_from(work.config, work.ours, on_conflict=on_conflict, resolve=resolve, allow=allow)
        policy = named_tracks(work, policy)
        surveyed = plan_restore(
            run=run,
            remote=work.remote,
            identity=work.identity,
            store=work.store,
            manifest=work.manifest,
            summaries=work.summaries,
            policy=policy,
            created_at=stamp(time.time()),
            only=work.only,
        )
        check_resolved(policy, ((media.media, step.locale, step.why) for media, step in surveyed.plan.steps()))
        if out is not None:
            write_atomically(out, surveyed.plan.as_bytes())
            click.echo(f"Plan written to {out}. Carry it out with: captionkit apply {out} {folder}")
            return 0
        return ask_and_carry_out(work, surveyed, what="restore", yes=yes, as_json=as_json)
