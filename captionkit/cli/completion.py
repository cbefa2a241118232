"""`captionkit completion`: what makes a shell complete commands, options and files."""

from __future__ import annotations

import os

import click

from captionkit.cli._output import echo_data
from captionkit.errors import UsageError

_SHELLS = ("bash", "zsh", "fish", "powershell")


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS), required=False)
def command(shell: str | None) -> None:
    """Print what makes SHELL complete the commands, options and files of captionkit; by default for your shell.

    The shell runs it at its start:

    \b
      bash        eval "$(captionkit completion bash)"          in ~/.bashrc
      zsh         eval "$(captionkit completion zsh)"           in ~/.zshrc
      fish        captionkit completion fish | source           in ~/.config/fish/config.fish
      PowerShell  captionkit completion powershell | Out-String | Invoke-Expression
                                                                in the file that $PROFILE names

    \b
    Examples:
      captionkit completion zsh
      captionkit completion powershell
    """
    from click.shell_completion import get_completion_class

    from captionkit.cli.frame import captionkit

    shell = shell or _shell_here()
    complete = get_completion_class(shell)
    if complete is None:  # PowerShell, before click 8.5
        raise UsageError(
            f"the click that is installed cannot complete in {shell}",
            hint='Install a newer one: python -m pip install --upgrade "click>=8.5"',
        )
    echo_data(complete(captionkit, {}, "captionkit", "_CAPTIONKIT_COMPLETE").source())


def _shell_here() -> str:
    name = os.environ.get("SHELL", "").rpartition("/")[2]
    if name in _SHELLS:
        return name
    if os.name == "nt":
        return "powershell"
    raise UsageError("which shell this is cannot be told", hint=f"Name it: {', '.join(_SHELLS)}.")
