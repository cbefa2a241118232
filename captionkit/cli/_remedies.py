"""How the command line words what to do about an error, which those who raise it do not know."""

from __future__ import annotations

from collections.abc import Iterable

from captionkit.errors import CaptionkitError, GuardRefused, Remedy, WrongOption
from captionkit.files import quoted

#: What does what the hint says. {where} is the error's.
_COMMANDS = {
    Remedy.CONVERT: "captionkit convert {where} --from other",
    Remedy.PLAN_AGAIN: "captionkit plan FOLDER -o plan.json",
    Remedy.RESUME: "captionkit resume FOLDER, with --abandon to give it up",
    Remedy.GIVE_ADDRESS: "--url URL",
    Remedy.SIGN_IN: "captionkit login",
    Remedy.SET_UP: "captionkit init {where} --url https://canvas.example.edu --course ID",
    Remedy.ADD_CAPTIONS: "captionkit studio add MEDIA LANG FILE",
    Remedy.UPLOAD_AGAIN: "the same command with --again",
    Remedy.LIST_NAMES: "captionkit match FOLDER -o names.csv",
    Remedy.FIND_MEDIA: "captionkit studio media --title TEXT",
    Remedy.LIST_COLLECTIONS: "captionkit studio collections",
}


def lifting(checks: Iterable[str]) -> str:
    """How checks that hold captions back are lifted, to stand behind why they do; "" for none."""
    options = " ".join(f"--allow {check}" for check in checks)
    return f" ({options} sends it all the same)" if options else ""


def in_commands(error: CaptionkitError) -> CaptionkitError:
    """The same error with commands and options in its words, to be printed."""
    where, hint = error.where, error.hint
    if isinstance(error, GuardRefused) and error.lifts:
        options = [f"--{name} {limit}" if limit else f"--allow {name}" for name, limit in error.lifts.items()]
        hint = " ".join((f"If that is what you want: {' '.join(options)}.", hint)).strip()
    elif isinstance(error, WrongOption):
        where = f"--{error.option.replace('_', '-')}{where.removeprefix(error.option)}"
    elif error.remedy in _COMMANDS:
        command = _COMMANDS[error.remedy].replace("{where}", quoted(where))
        at = f" --url {where}" if error.remedy is Remedy.SIGN_IN and "://" in where else ""
        hint = f"{hint.rstrip('.')}: {command}{at}"
    return CaptionkitError(error.message, where=where, unchanged=error.unchanged, hint=hint)


def lines_of(error: CaptionkitError) -> list[str]:
    """The error as a person at the command line reads it, a line each."""
    return in_commands(error).lines()


def problem_of(error: CaptionkitError) -> dict[str, object]:
    """The error for a program."""
    found = in_commands(error)
    return {"message": found.message, "where": found.where, "unchanged": found.unchanged, "hint": found.hint,
            "exit_code": int(error.exit_code)}  # fmt: skip
