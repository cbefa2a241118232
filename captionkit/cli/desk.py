"""`captionkit desk`: everything in a browser."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from captionkit.cli._output import echo
from captionkit.cli._paths import PathArgument
from captionkit.errors import ExitCode, UsageError


@click.command()
@click.argument("folder", cls=PathArgument, required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes a free one.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def command(folder: Path | None, port: int, no_browser: bool) -> None:
    """Open the folder and its course in a browser: look, correct, send, undo, report. Nothing is sent by looking.

    FOLDER is by default this one, if it has a captionkit.toml, else the one that the desk had last, else "Captions" in
    your own folder. The page is served to this computer alone, and asks for the address of the course and a token the
    first time. A second start for the same folder opens the same desk again. It ends with Ctrl-C, or half an hour after
    its last page was closed.

    \b
    Examples:
      captionkit desk
      captionkit desk captions
    """
    serve(folder, port, browser=not no_browser)


def serve(folder: Path | None, port: int = 0, *, browser: bool = True) -> None:
    """Serve the desk for a folder until it ends, or show the one that is open."""
    from importlib.util import find_spec

    if find_spec("werkzeug") is None:
        raise UsageError(
            "the desk needs werkzeug, which is not installed",
            hint='Install it with: python -m pip install "captionkit[desk]"',
        )
    from captionkit.desk.server import Desk, folder_or_last, open_desk

    folder = folder_or_last(folder)
    if address := open_desk(folder):
        _show(address, browser=browser, said="The desk is open already.")
        return
    desk = Desk(folder, port)
    _show(desk.gate.start_address(), browser=browser, said=f"The desk for {folder}. Ctrl-C ends it.")
    try:
        desk.serve()
    except KeyboardInterrupt:
        desk.session.closed.set()
        _say()


def _show(address: str, *, browser: bool, said: str) -> None:
    import webbrowser

    _say(said)
    _say(f"{address}\n(This address counts once, and for a minute.)")
    if browser and not webbrowser.open(address):
        _say("No browser could be opened; open the address above in one.")


def _say(text: str = "") -> None:
    """A double click on Windows has no console to print to."""
    if sys.stdout is not None:
        echo(text)


def window() -> None:
    """What a double click starts."""
    from captionkit.cli._remedies import lines_of
    from captionkit.errors import CaptionkitError

    try:
        serve(None)
    except CaptionkitError as error:
        _show_failure("\n".join(lines_of(error)))
        sys.exit(int(error.exit_code))
    except OSError as error:
        _show_failure(f"error: {error}")
        sys.exit(int(ExitCode.LOCAL_FAILED))


def _show_failure(text: str) -> None:
    """Where there is no console a window says it, as far as the system has one that needs nothing else."""
    _say(text)
    if sys.platform == "win32" and sys.stdout is None:
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text.replace("error: ", "", 1), "captionkit", 0x10)  # an error's sign
