"""How every command is found, run, and how what goes wrong is printed."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import click

from captionkit import __version__
from captionkit.cli._output import echo
from captionkit.cli._remedies import lines_of
from captionkit.errors import CaptionkitError, ExitCode, severest

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_NOT_COMMANDS = {"__init__", "frame"}


class Commands(click.Group):
    """The commands are the files of this folder; a leading underscore marks what commands share. `sync-check` is in
    sync_check.py."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        # Not with pathlib: loading it takes longer than this command line does for the rest of its own work.
        names = [name[:-3] for name in os.listdir(os.path.dirname(__file__)) if name.endswith(".py")]
        names = [name for name in names if name not in _NOT_COMMANDS and not name.startswith("_")]
        return sorted([name.replace("_", "-") for name in names])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command = import_module(f"captionkit.cli.{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The names, with the first line of each file for what it is about: to load them all would take a second."""
        from click.shell_completion import CompletionItem

        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        return [*(CompletionItem(name, help=_about(name)) for name in names),
                *click.Command.shell_complete(self, ctx, incomplete)]  # fmt: skip

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command with its whole first sentence; click would cut it short."""
        rows = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            assert command is not None
            paragraph = " ".join((command.help or "").split("\n\n")[0].split())
            rows.append((name, paragraph.partition(". ")[0].rstrip(".") + "."))
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; `captionkit ... | head` ends well, where click would end with 1. What was damaged and passed
        over shows in the exit code, unless the command ends with a more severe one."""
        try:
            result = super().invoke(ctx)
        except OSError as error:
            if not _reader_left(error):
                raise
            _leave_the_pipe()
            return ExitCode.OK
        passed_over = ctx.meta.get("captionkit.damage")
        return severest([ExitCode(result or 0), *passed_over]) if passed_over else result

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            name, command, rest = super().resolve_command(ctx, args)
            return name, command, _spelled_out(command, rest) if command is not None else rest
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), n=1)
            if not near or "Did you mean" in error.message:
                raise
            raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx=ctx) from None


def _spelled_out(command: click.Command, arguments: list[str]) -> list[str]:
    """The arguments with `--output` for `-o`, and so on.

    click takes `-o` for a long option first and looks for the nearest name of one, which loads `difflib` and `locale`.
    """
    names = [parameter.opts for parameter in command.params if isinstance(parameter, click.Option)]
    long = {opts[0]: opts[1] for opts in names if len(opts) == 2 and len(opts[0]) == 2 and opts[1].startswith("--")}
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return [*(long.get(argument, argument) for argument in arguments[:end]), *arguments[end:]]


def _about(command: str) -> str | None:
    """What the docstring of a command's file begins with, behind the name."""
    file = os.path.join(os.path.dirname(__file__), f"{command.replace('-', '_')}.py")
    with contextlib.suppress(OSError), open(file, encoding="utf-8") as lines:
        return lines.readline().rpartition("`: ")[2].strip().strip('"') or None
    return None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="captionkit %(version)s")
def captionkit() -> None:
    """Read, check, convert and sync SRT and WebVTT captions.

    Nothing is sent anywhere unless the command is about a remote. `captionkit COMMAND --help` explains each one.
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    _speak_utf8()
    try:
        with _errors_reported():
            result = captionkit.main(args=list(arguments), prog_name="captionkit", standalone_mode=False)
            return int(result) if isinstance(result, int) else ExitCode.OK
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else ExitCode.LOCAL_FAILED


@contextlib.contextmanager
def _errors_reported() -> Iterator[None]:
    """Print what went wrong and leave with its exit code."""
    try:
        yield
    except click.exceptions.Exit as stop:
        raise SystemExit(stop.exit_code) from None
    except click.ClickException as error:
        for line in _lines_of_call(error):
            echo(line, err=True)
        raise SystemExit(error.exit_code) from None
    except (click.Abort, KeyboardInterrupt):
        echo("\nInterrupted.", err=True)
        raise SystemExit(ExitCode.INTERRUPTED) from None
    except CaptionkitError as error:
        for line in lines_of(error):
            echo(line, err=True)
        raise SystemExit(error.exit_code) from None
    except OSError as error:
        if _reader_left(error):
            _leave_the_pipe()
            raise SystemExit(ExitCode.OK) from None
        place = f"{error.filename}: " if error.filename else ""
        echo(f"error: {place}{error.strerror or error}", err=True)
        if not error.filename:
            echo("  This happened while writing the output; what the command did before stands.", err=True)
        raise SystemExit(ExitCode.LOCAL_FAILED) from None


def _lines_of_call(error: click.ClickException) -> list[str]:
    """What click finds wrong with a call, as our own errors are written; for a group without a command, its help."""
    message, context = error.format_message(), getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":  # of click 8.2
        return [message]
    found = CaptionkitError(f"{message[:1].lower()}{message[1:].rstrip('.')}")
    if context is not None:
        found.unchanged = " ".join(context.get_usage().split())
        found.hint = f"`{context.command_path} --help` explains it."
    return found.lines()


def _reader_left(error: OSError) -> bool:
    """Whether this is `captionkit ... | head`. Windows calls a pipe that nobody reads an invalid argument."""
    unnamed = os.name == "nt" and error.errno == errno.EINVAL and error.filename is None
    return isinstance(error, BrokenPipeError) or unnamed


def _leave_the_pipe() -> None:
    """The reader of our output left, which is no error of ours; what is still buffered has nowhere to go."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _speak_utf8() -> None:
    """Captions are in every script. A file or a program gets them as UTF-8, whatever the code page of this Windows or
    the locale is; a terminal gets what it can show."""
    for stream in (sys.stdout, sys.stderr):
        if not hasattr(stream, "reconfigure"):
            continue
        if stream.isatty():
            stream.reconfigure(errors="backslashreplace")
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
