"""What of a folder a person has to settle, and how an answer gets into captionkit.toml."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from captionkit.config import parse
from captionkit.errors import UsageError
from captionkit.files import read_file, write_atomically
from captionkit.languages import display_name, is_known
from captionkit.library.entries import Entry, with_entries, with_items
from captionkit.library.globs import as_glob
from captionkit.library.mapping import asked, entry_of
from captionkit.library.match import Recordings
from captionkit.library.problems import Problem
from captionkit.library.questions import NO_LANGUAGE
from captionkit.workspace.look import Look

#: A choice that every question has: these files are not used, and nothing is deleted for that.
LEAVE_OUT = "leave out"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that captionkit does not decide by itself.

    Attributes:
        id: the same each time, until it is settled.
        kind: "recording": which recording the files are for. "language": which language they are in. "locale": by
            which locale the service is to keep their language. "keep": which of several that would be the same track
            counts.
        name: what the files are called, without language and extension; "" where they have several names.
        paths: the files.
        reason: why it is asked, for a person.
        choices: what may be meant -> what that is called. Of a recording any other media id or title will do as well,
            of a language any other tag.
        table, key: where in captionkit.toml the answer is written.
    """

    id: str
    kind: str
    name: str
    paths: tuple[str, ...]
    reason: str
    choices: Mapping[str, str] = field(default_factory=dict)
    table: str = field(default="", repr=False)
    key: str = field(default="", repr=False)


_KINDS = {"media": "recording", "languages": "language", "files": "keep"}


def _question(
    table: str, key: str, paths: Sequence[str], reason: str, choices: Mapping[str, str], name: str = ""
) -> Question:
    kind = _KINDS.get(table, "locale")
    choices = {**choices, LEAVE_OUT: "these files are not used"}
    return Question(f"{kind}:{key}", kind, name, tuple(paths), reason, choices, table, key)


def questions_of(seen: Look) -> tuple[Question, ...]:
    """The questions that a look leaves open. What cannot be read, or has a name that is no text, is no question."""
    paths: dict[str, list[str]] = {}
    for track in seen.library.tracks:
        paths.setdefault(track.name, []).append(track.path)

    def of_name(name: str, reason: str, choices: Mapping[str, str]) -> Question:
        return _question("media", name, paths.get(name, ()), reason, choices, name)

    found = [
        of_name(one.name, asked(one), {fit.media_id: fit.title for fit in one.guess.candidates})
        for one in seen.assigned.unmatched
    ]
    found += [
        of_name(several.name, several.reason, {address: title for title, address in several.fits})
        for several in seen.assigned.ambiguous
    ]
    return (*found, *_of_problems((*seen.library.stopped, *seen.assigned.problems), Recordings(seen.summaries)))


def _of_problems(problems: Sequence[Problem], recordings: Recordings) -> Iterator[Question]:
    together: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        if problem.is_same_name:
            yield from _which_recording(problem, recordings)
        elif problem.code == "LNG005":
            yield _question("files", "|".join(problem.paths), problem.paths, problem.message,
                            dict.fromkeys(problem.paths, "this one counts"))  # fmt: skip
        elif problem.settled_by is not None:
            table, key = problem.settled_by
            if problem.code == "LNG001" and not problem.choices:
                folder, _, name = problem.paths[0].rpartition("/")
                key = f"{as_glob(folder) if folder else ''}/*.{name.rpartition('.')[2]}"
            together.setdefault((table, key), []).append(problem)
    for (table, key), those in together.items():
        first = those[0]
        if len(those) == 1 and first.settled_by is not None:
            table, key = first.settled_by
        names = {problem.names[0] for problem in those if problem.names}
        yield _question(
            table,
            key,
            [path for problem in those for path in problem.paths],
            first.message,
            {choice: _called(choice, table) for choice in first.choices},
            names.pop() if len(names) == 1 else "",
        )


def _called(choice: str, table: str) -> str:
    if choice == NO_LANGUAGE:
        return "it is part of the name"
    return display_name(choice) if table == "languages" else ""


def _which_recording(problem: Problem, recordings: Recordings) -> Iterator[Question]:
    """Files of one name in several folders: one question for each."""
    name = problem.names[0]
    choices = {one.media: one.title for one in recordings.meant(name)}
    for path in problem.paths:
        folder = path.rpartition("/")[0]
        yield _question("media", f"{folder}/{name}" if folder else path, (path,), problem.message, choices, name)


def answered(text: str, question: Question, choice: str, recordings: Callable[[], Recordings], where: str) -> str:
    """The text of captionkit.toml with what was chosen.

    Args:
        recordings: gives those that there are.

    Raises:
        UsageError: there is nothing like what was chosen.
        ConfigError: the text cannot be changed surely.
    """
    if choice == LEAVE_OUT or question.kind == "keep":
        if choice != LEAVE_OUT and choice not in question.paths:
            raise _no_such_choice(question, choice)
        left = [as_glob(path) for path in question.paths if path != choice]
        return with_items(text, "files", "exclude", left, where)
    if question.kind == "recording":
        index = recordings()
        fits = index.meant(choice)
        if len(fits) != 1:
            raise _no_such_choice(question, choice)
        entry = Entry(*entry_of(fits[0], index))
    elif question.kind == "language":
        if choice != NO_LANGUAGE and not is_known(choice):
            raise _no_such_choice(question, choice)
        entry = Entry(False if choice == NO_LANGUAGE else choice)
    else:
        entry = Entry(choice)
    return with_entries(text, question.table, {question.key: entry}, where)


def _no_such_choice(question: Question, choice: str) -> UsageError:
    return UsageError(
        f"{choice!r} is no {question.kind} that could be meant",
        where=", ".join(question.paths[:3]),
        unchanged="Nothing was written.",
        hint=f"Choose one of {', '.join(question.choices)}.",
    )


def change(file: Path, changed: Callable[[str], str]) -> None:
    """Change the text of a captionkit.toml as it is now.

    Raises:
        ConfigError: it would not be understood any more. It was not changed.
    """
    data = read_file(file)
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    text = changed(data[len(mark) :].decode("utf-8"))
    parse(text, file)
    write_atomically(file, mark + text.encode("utf-8"))
