"""What the sync commands have in common: a workspace that tells the terminal, a plan that is asked about, a report."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from captionkit.cli._output import confirm, echo, echo_data, refuse_other_names, somebody_can_answer
from captionkit.cli._terminal import interruptible, print_damage, print_events, print_lines, progress_line
from captionkit.cli._words import WORDS, words_for
from captionkit.errors import UsageError
from captionkit.files import write_atomically

if TYPE_CHECKING:
    from captionkit.sync.plan import Plan
    from captionkit.sync.run import Report
    from captionkit.workspace import Event, Workspace

#: What `-o -` means.
STDOUT = Path("-")


@contextlib.contextmanager
def opened(folder: Path, as_user_id: str, *, quiet: bool, hold: str = "") -> Iterator[Workspace]:
    """The workspace of a folder, which tells the terminal how far it is.

    Args:
        quiet: say only what was damaged; the output is for a machine.
        hold: the command that needs the folder for itself from now on; "" for one that only reads.
    """
    from captionkit.workspace import Workspace

    show = progress_line(quiet=quiet)
    noted = set[str]()

    def listen(event: Event) -> None:
        if event.kind == "progress":
            show(event.doing, event.done, event.total)
        elif event.error is not None:
            print_damage([event.error])
        elif event.kind == "note" and not quiet and event.text not in noted:
            noted.add(event.text)
            echo(event.text, err=True)

    with (
        Workspace.open(folder, as_user_id=as_user_id, listen=listen) as workspace,
        workspace.hold(hold) if hold else contextlib.nullcontext(),
    ):
        yield workspace


def plan_place(out: Path | None, *, force: bool) -> Path | None:
    """Where a plan goes: `STDOUT`, a file that may be written, or None for nowhere.

    Raises:
        UsageError: the file is there already, or is called like something else than a plan.
    """
    if out is None or out == STDOUT:
        return out
    refuse_other_names(str(out), (".json",))
    if out.exists() and not force:
        raise UsageError(f"{out} is there already", unchanged="Nothing was written.", hint="--force overwrites it.")
    return out


def write_plan(plan: Plan, out: Path, folder: Path, *, quiet: bool) -> None:
    """Write a plan where `plan_place` said."""
    if out == STDOUT:
        echo_data(plan.as_bytes())
        return
    write_atomically(out, plan.as_bytes())
    if not quiet:
        echo(f"Plan written to {out}. Carry it out with: captionkit apply {out} {folder}")


def refuse_json_without_yes(as_json: bool, *ways_out: bool) -> None:
    """Raises UsageError where a person would have to be asked, and only a program listens."""
    if as_json and not any(ways_out):
        raise UsageError("--json needs --yes, since nobody can be asked", unchanged="Nothing was done.")


def show_plan(plan: Plan, folder: Path, *, as_json: bool) -> None:
    from captionkit.sync.show import plan_events, plan_lines

    if as_json:
        print_events(plan_events(plan, words_for(folder)))
    else:
        print_lines(plan_lines(plan, words_for(folder)))


def show_only(workspace: Workspace, plan: Plan, *, as_json: bool) -> int:
    """Show what would be done, refused as it would be. Returns the exit code that it would end with, by all that can be
    known."""
    from captionkit.sync.run import exit_code_of

    show_plan(plan, workspace.folder.path, as_json=as_json)
    plan = workspace.rehearse(plan)
    if not as_json:
        echo("\nNothing was done (--dry-run).")
    return exit_code_of(plan)


def ask_and_apply(workspace: Workspace, plan: Plan, *, yes: bool, as_json: bool) -> int:
    """Show a plan, ask, carry it out, and say what was done. Returns the exit code."""
    show_plan(plan, workspace.folder.path, as_json=as_json)
    if plan.what != "resume":
        workspace.check(plan)
    if plan.changing and not yes:
        _ask(len(plan.changing), workspace.service)
    return apply_and_report(workspace, plan, as_json=as_json)


def apply_and_report(workspace: Workspace, plan: Plan, *, as_json: bool) -> int:
    """Carry out a plan, interruptible, and say what was done. Returns the exit code."""
    from captionkit.sync.show import report_events, report_lines

    with interruptible() as stopped:
        report = workspace.apply(plan, stopped=stopped)
    if as_json:
        print_events(report_events(report))
    else:
        echo()
        print_lines(report_lines(report, WORDS, backup=workspace.folder.backup_of(report.run)))
    report_old_runs(workspace, report, as_json=as_json)
    return report.exit_code


def report_old_runs(workspace: Workspace, report: Report, *, as_json: bool) -> None:
    """Say which old runs were removed afterwards."""
    removed, keep = report.forgotten, workspace.folder.config().keep_runs
    if removed and as_json:
        print_events([{"event": "runs-removed", "runs": list(removed), "keep_runs": str(keep)}])
    elif removed:
        what = "1 old run" if len(removed) == 1 else f"{len(removed)} old runs"
        newest = f"the newest {removed[-1]} (keep_runs in captionkit.toml: {keep})"
        echo(f"Removed {what} with what they had saved, {newest}.")


def _ask(objects: int, service: str) -> None:
    if not somebody_can_answer():
        raise UsageError(
            "nobody can be asked here whether to go on",
            unchanged=f"Nothing was sent to {service}.",
            hint="Look at the plan above, then add --yes.",
        )
    confirm(f"\nSend this to {objects} media object{'s' * (objects != 1)} in {service}?")
