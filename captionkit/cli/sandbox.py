"""`captionkit sandbox`: a stand-in Canvas on this machine, to rehearse with."""

from __future__ import annotations

import contextlib
import json
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from captionkit.cli._ctrl_c import calls_instead
from captionkit.cli._grammar import old_names
from captionkit.cli._output import echo, echo_data
from captionkit.errors import LocalError, UsageError

if TYPE_CHECKING:
    from captionkit.sandbox import Sandbox
    from captionkit.sandbox.studio import Studio, StudioSwitches
    from captionkit.sandbox.switches import Settable

_Switches = TypeVar("_Switches", bound="Settable")


@click.command(name="sandbox", context_settings=old_names(media="more-media"))
@click.option("--port", type=click.IntRange(0, 65533), default=8383, show_default=True, help="0 takes a free one.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the server's state in this folder, and go on with it next time. Without, it is gone at the end.",
)
@click.option("--old-server", is_flag=True, help="Behave like a Canvas of about 2023: 401 for 403, fewer keys.")
@click.option("--latency-ms", type=click.IntRange(0), default=0, help="Answer so many milliseconds later.")
@click.option("--throttle/--no-throttle", default=True, show_default=True, help="Limit the rate as Canvas does.")
@click.option(
    "--more-media",
    "media",
    type=click.IntRange(0),
    default=0,
    help="Add so many more media objects with two tracks each.",
)
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Any other switch; see --list-switches.")
@click.option("--list-switches", is_flag=True, help="Say what can be switched, and end.")
@click.option("--studio", "with_studio", is_flag=True, help="Serve a stand-in Instructure Media as well.")
@click.option("--studio-set", "studio_settings", multiple=True, metavar="NAME=VALUE", help="A switch of that one.")
@click.option("--json", "as_json", is_flag=True, help="Say where it is as one line of JSON, for scripts.")
def command(
    port: int,
    data: Path | None,
    old_server: bool,
    latency_ms: int,
    throttle: bool,
    media: int,
    settings: tuple[str, ...],
    list_switches: bool,
    with_studio: bool,
    studio_settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Serve a stand-in Canvas on this machine: a course, ten lectures, some captions, all the traps of the real one.

    It is the place to try `push` before you push. It behaves like Canvas where that hurts: the track list hides what
    colleagues made, and replacing deletes it; a failed request leaves half of itself done; a WebVTT upload over an
    SRT one may go on showing the old text. Only this machine can reach it. Ctrl-C ends it.

    \b
    Examples:
      captionkit sandbox
      captionkit sandbox --data ./sandbox --latency-ms 50
      captionkit sandbox --old-server --set stable_ties=false
    """
    try:
        from captionkit.sandbox import Sandbox, Switches
        from captionkit.sandbox.studio import StudioSwitches
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "werkzeug":
            raise
        raise UsageError(
            "the sandbox needs the package werkzeug, which is not installed",
            hint='Install it with: python -m pip install "captionkit[sandbox]"',
        ) from None
    if list_switches:
        _list_switches(StudioSwitches() if with_studio else Switches())
        return
    switches = _switches(Switches(old_server=old_server, latency_ms=latency_ms, throttle=throttle), settings)
    studio_switches = _switches(StudioSwitches(), studio_settings)
    with_studio = with_studio or bool(studio_settings)
    try:
        sandbox = Sandbox(data, switches, port)
    except OSError as error:
        raise _cannot_start(error, port) from None
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    with (
        calls_instead(stopped.set),
        sandbox,
        _studio(data, studio_switches, port) if with_studio else contextlib.nullcontext() as studio,
    ):
        _greet(sandbox, studio, media, as_json)
        # In slices, since Windows does not interrupt a wait without end.
        while not stopped.wait(0.5):
            pass
    if not as_json:
        echo(f"\nStopped. {'Its state is kept in ' + str(data) + '.' if data else 'Its state is gone.'}")


def _cannot_start(error: OSError, port: int) -> LocalError:
    if error.filename is not None:
        return LocalError(
            f"cannot start: {error.strerror or error}",
            where=str(error.filename),
            hint="Give --data a folder of its own that you may write to, or leave it out.",
        )
    return LocalError(
        f"cannot start: {error.strerror or error}",
        where=f"port {port}",
        hint="Is another sandbox running? Take another port with --port N, or any free one with --port 0.",
    )


def _studio(data: Path | None, switches: StudioSwitches, port: int) -> Studio:
    """The stand-in Instructure Media, on the two ports after Canvas's."""
    from captionkit.sandbox.studio import Studio

    try:
        studio = Studio(data, switches, port and port + 1, port and port + 2)
    except OSError as error:
        raise _cannot_start(error, port + 1) from None
    if not studio.media():
        lectures = studio.add_collection("Sandbox course", course_id=101)
        first = studio.add_media("Lecture 01: Welcome", collection=lectures)
        studio.add_media("Lecture 02: The pipeline", collection=lectures)
        studio.add_caption(first, "en", "1\n00:00:01,000 --> 00:00:03,500\nWelcome to the course.\n", automatic=True)
    return studio


def _switches(switches: _Switches, settings: tuple[str, ...]) -> _Switches:
    changes: dict[str, Any] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(f"--set takes NAME=VALUE, not {setting!r}")
        try:
            changes[name] = json.loads(value)
        except ValueError:
            changes[name] = value
    try:
        return switches.with_changes(**changes)
    except ValueError as error:
        raise UsageError(str(error), hint="`captionkit sandbox --list-switches` explains them.") from None


def _list_switches(switches: Settable) -> None:
    import inspect

    for name, value in switches.as_dict().items():
        echo(f"{name}={json.dumps(value)}")
    echo()
    echo(inspect.cleandoc(type(switches).__doc__ or ""))


def _greet(sandbox: Sandbox, studio: Studio | None, media: int, as_json: bool) -> None:
    from captionkit.sandbox.example import example_course

    example = example_course(sandbox)
    if media:
        sandbox.seed(example["course_id"], media, 2)
    tokens = {
        name: token for name, token in sandbox.tokens.items() if name in ("teacher", "colleague", "admin", "student")
    }
    if as_json:
        about: dict[str, Any] = {"url": sandbox.url, **example, "tokens": tokens}
        if studio is not None:
            about["studio"] = {"url": studio.url, "upload_url": studio.upload_url, "tokens": studio.tokens}
        echo_data(json.dumps(about) + "\n")
        return
    url, course, token = sandbox.url, example["course_id"], tokens["teacher"]
    echo(
        f"A stand-in Canvas listens at {url}\n"
        f"Course {course} has {len(sandbox.media(course))} media objects. Among their tracks is one by a colleague,\n"
        "one made by machine and one still being made; lecture 9 is locked by a blueprint.\n\n"
        "Tokens (they work here only):"
    )
    for name, value in tokens.items():
        echo(f"  {name:<10} {value}")
    echo(
        "\nIn another terminal, as the teacher:\n"
        f"  sh           export CANVAS_API_URL={url} CANVAS_API_TOKEN='{token}'\n"
        f'  PowerShell   $env:CANVAS_API_URL="{url}"; $env:CANVAS_API_TOKEN="{token}"\n'
        f"  cmd          set CANVAS_API_URL={url}& set CANVAS_API_TOKEN={token}\n\n"
        "Then try:\n"
        f"  captionkit media list --course {course}\n"
        f"  captionkit init my-captions --url {url} --course {course}\n"
        "  captionkit pull my-captions\n"
        "  captionkit status my-captions\n\n"
        + (_about_studio(studio) if studio is not None else "")
        + f"Play the colleague, let faults happen, see every request: {url}/sandbox lists what can be done.\n"
        "Ctrl-C ends it."
    )


def _about_studio(studio: Studio) -> str:
    return (
        f"A stand-in Instructure Media listens at {studio.url}, its upload host at {studio.upload_url}.\n"
        f"  teacher's token   {studio.tokens['teacher']}\n"
        f"  admin's token     {studio.tokens['admin']}\n"
        f"  OAuth client      {studio.client_id}, secret {studio.client_secret}\n"
        f"  sh                export CAPTIONKIT_STUDIO_URL={studio.url} "
        f"CAPTIONKIT_STUDIO_TOKEN='{studio.tokens['teacher']}'\n\n"
    )
