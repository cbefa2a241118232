"""The only way to the standard streams: words for a person, data for a program. See `captionkit.terminal`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

import click

from captionkit.errors import UsageError
from captionkit.terminal import clean, clean_line


def echo(text: str = "", *, err: bool = False, nl: bool = True) -> None:
    """Print words for a person."""
    click.echo(clean(text), err=err, nl=nl)


def echo_painted(text: str, form: str, *, err: bool = False) -> None:
    """Print a report for a person, in colours. They are put on what is clean."""
    from captionkit.cli._colour import painted

    click.echo(painted(clean(text), form), nl=False, err=err, color=True)


def echo_data(data: str | bytes) -> None:
    """Write data to standard output: as it is, or cleaned where that is a terminal."""
    if sys.stdout.isatty():
        text = data if isinstance(data, str) else data.decode("utf-8", "replace")
        click.echo(clean(text.removeprefix("\ufeff")), nl=False)
        return
    if isinstance(data, str):
        # A program on Windows, too, gets UTF-8, and half of a surrogate pair is none.
        data = data.encode("utf-8", "backslashreplace")
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


#: The columns that the last line of `overwrite` takes.
_columns = 0


def overwrite(line: str = "") -> None:
    """Write a line over the one before it on the terminal behind standard error, without ending it.

    Blanks clear what the line before leaves: a console of Windows may show an escape sequence instead of obeying it.
    """
    from unicodedata import east_asian_width

    global _columns
    line = clean_line(line)
    before, _columns = _columns, sum(2 if east_asian_width(char) in "WF" else 1 for char in line)
    blanks = " " * (before - _columns)
    click.echo(f"\r{line}{blanks}" + ("" if line else "\r"), nl=False, err=True)


def somebody_can_answer() -> bool:
    """Whether standard input is a person at a terminal. Windows calls NUL a terminal, too, and it is nobody."""
    if sys.stdin is None or not sys.stdin.isatty():
        return False
    is_terminal = True
    if sys.platform == "win32":
        import ctypes
        import msvcrt

        handle = ctypes.c_void_p(msvcrt.get_osfhandle(sys.stdin.fileno()))
        is_terminal = bool(ctypes.windll.kernel32.GetConsoleMode(handle, ctypes.byref(ctypes.c_ulong())))
    return is_terminal


def confirm(question: str) -> None:
    """Ask, and abort the command unless the answer is yes."""
    click.confirm(clean(question), abort=True)


def agrees(question: str) -> bool:
    """Ask, and say whether the answer was yes."""
    return click.confirm(clean(question))


def prompt(question: str, *, hidden: bool = False, default: str | None = None) -> str:
    """Ask for a line of text."""
    answer: str = click.prompt(clean(question), hide_input=hidden, default=default, show_default=False)
    return answer


def form_by_extension(output: str, forms: Mapping[str, str]) -> str:
    """What is to be written to a file, by the extension of its name.

    Args:
        forms: extension, with its dot and in small letters, -> the form.

    Raises:
        UsageError: nothing writes such files.
    """
    extension = _extension(output)
    if extension not in forms:
        raise UsageError(
            f"captionkit cannot write {f'{extension} files' if extension else 'a file without an extension'} here",
            where=output,
            unchanged="Nothing was written.",
            hint=f"Give the file a name that ends in {', '.join(forms)}.",
        )
    return forms[extension]


def _extension(output: str) -> str:
    """In small letters, with its dot; "" for none."""
    stem, dot, ending = output.replace("\\", "/").rpartition("/")[2].rpartition(".")
    return f".{ending.lower()}" if dot and stem else ""


def refuse_other_names(output: str, extensions: Iterable[str]) -> None:
    """Refuse a name for a file that nothing writes; one without an extension promises nothing, and is taken.

    Raises:
        UsageError
    """
    if _extension(output):
        form_by_extension(output, dict.fromkeys(extensions, ""))


def form_of(output: str, forms: Mapping[str, str], named: str | None) -> str:
    """What is to be written to a file: as it was called, or by the extension of the file's name.

    Args:
        forms: extension -> the form, or several forms with blanks between them, the usual one first.
        named: the form that was asked for by name; None for by the file's name.

    Raises:
        UsageError: nothing writes such files, or the one that was asked for does not.
    """
    if named is not None and not _extension(output):
        return named
    of_name = form_by_extension(output, forms).split()
    if named is not None and named not in of_name:
        fitting = [extension for extension, some in forms.items() if named in some.split()]
        raise UsageError(
            f"{named} does not go into a file of this name",
            where=output,
            unchanged="Nothing was written.",
            hint=f"Give the file a name that ends in {', '.join(fitting)}." if fitting else "",
        )
    return named or of_name[0]
