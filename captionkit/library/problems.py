"""What keeps a file of the folder from being used, in words."""

from __future__ import annotations

from dataclasses import dataclass

from captionkit.model import Severity


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the folder that is left alone until somebody settles it.

    Attributes:
        code: LNG001 no language, LNG004 ambiguous, LNG005 two files for one track, LNG006 no name, CVS001 a locale that
            Canvas does not take, LIB001 unreadable, LIB002 a name that is no text.
        message, hint: for a person; what to do about it.
        paths: the files, or the folder; relative.
        names: the names that it may concern; nothing is deleted for them.
        choices: what to choose from; often empty.
        settled_by: table and key of captionkit.toml at which a choice settles it; None where another name does.
    """

    code: str
    message: str
    hint: str
    paths: tuple[str, ...]
    names: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    severity: Severity = Severity.ERROR
    settled_by: tuple[str, str] | None = None

    @property
    def is_same_name(self) -> bool:
        """Whether these are files of one name in several folders, which may be for several recordings."""
        folders = {path.rpartition("/")[0] for path in self.paths}
        return self.code == "LNG005" and len(self.names) == 1 and len(folders) == len(self.paths) > 1

    def lines(self) -> list[str]:
        """For a person, a line each."""
        return [
            f"{self.code} {', '.join(map(_printable, self.paths))}: {_printable(self.message)}",
            f"  {_printable(self.hint)}",
        ]


def _printable(text: str) -> str:
    """The text in one line, for a terminal: a file name can hold line feeds and control characters."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
