"""What of a folder a person has to settle, and how an answer gets into captionkit.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from captionkit.config import parse
from captionkit.files import read_file, write_atomically
from captionkit.library.mapping import question, question_of_several
from captionkit.library.media_table import with_entries
from captionkit.workspace.look import Look


@dataclass(frozen=True, slots=True)
class Question:
    """Something that captionkit does not decide by itself.

    Attributes:
        id: the same each time, until it is settled.
        kind: "recording": which recording files of this name are for. "name": a file name that is not understood; the
            file gets another name, or a line in captionkit.toml that `reason` says.
        name: what the files are called, without language and extension.
        paths: the files.
        reason: why it is asked, and what would settle it, for a person.
        choices: what may be meant -> what that is called.
    """

    id: str
    kind: str
    name: str
    paths: tuple[str, ...]
    reason: str
    choices: Mapping[str, str] = field(default_factory=dict)


def questions_of(seen: Look) -> tuple[Question, ...]:
    """The questions that a look leaves open."""
    found = []
    paths: dict[str, list[str]] = {}
    for track in seen.library.tracks:
        paths.setdefault(track.name, []).append(track.path)
    for unmatched in seen.assigned.unmatched:
        titles = {one.media_id: one.title for one in unmatched.guess.candidates}
        about = tuple(paths.get(unmatched.name, ()))
        found.append(
            Question(f"recording:{unmatched.name}", "recording", unmatched.name, about, question(unmatched), titles)
        )
    for several in seen.assigned.ambiguous:
        titles = {address: title for title, address in several.fits}
        about, reason = tuple(paths.get(several.name, ())), question_of_several(several)
        found.append(Question(f"recording:{several.name}", "recording", several.name, about, reason, titles))
    for problem in (*seen.library.stopped, *seen.assigned.problems):
        name = problem.names[0] if problem.names else ""
        reason = f"{problem.message}. {problem.hint}"
        choices = dict.fromkeys(problem.choices, "")
        found.append(Question(f"name:{'|'.join(problem.paths)}", "name", name, problem.paths, reason, choices))
    return tuple(found)


def write_entries(file: Path, entries: Mapping[str, tuple[str, str]]) -> None:
    """Put entries under [media] of a captionkit.toml as it is now, with everything else in it kept.

    Args:
        entries: name -> (media object, title).

    Raises:
        ConfigError: it cannot be changed surely. It was not changed.
    """
    data = read_file(file)
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    text = with_entries(data[len(mark) :].decode("utf-8"), entries, str(file))
    parse(text, file)
    write_atomically(file, mark + text.encode("utf-8"))
