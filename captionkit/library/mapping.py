"""Which recording each caption file is for, as a person reads, corrects and confirms it. Pure.

`rows` is the list; `decided` takes it back, corrected, and says what is to stand under [media] in captionkit.toml. Only
what a person confirmed gets there, and only what stands there, or is a recording's title, is ever sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from captionkit.errors import UsageError
from captionkit.library.guesses import Candidate
from captionkit.library.match import Matches, Media, Recordings, Several, Unmatched
from captionkit.library.problems import Problem
from captionkit.library.questions import toml_key, toml_text


class Sure(StrEnum):
    """How sure it is which recording a file is for."""

    CERTAIN = "certain"  # by title, media id, [media], or an earlier sync
    LIKELY = "likely"  # a clear guess: to be confirmed
    UNSURE = "unsure"  # several fit, or none well
    UNKNOWN = "unknown"  # nothing fits
    SAME_NAME = "same name"  # as a file in another folder: which recording is which?
    LEFT = "left alone"  # the name must change first: no language, say


@dataclass(frozen=True, slots=True)
class Row:
    """A caption file.

    Attributes:
        path: relative to the folder. name: what its name says of the recording, without the language.
        language: BCP 47; "" where the name does not say.
        recording: title of the recording that it is, or seems to be, for; "" where that is to be decided.
        media: its media id.
        why: what speaks for it; what is to be done.
        others: what else it may be, the likeliest first.
    """

    path: str
    name: str
    language: str
    recording: str
    media: str
    sure: Sure
    why: str
    others: tuple[Candidate, ...] = ()


_BY = {
    "entry": "captionkit.toml says so under [media]",
    "media id": "the name is the media id",
    "title": "the name is the title",
    "record": "known from earlier syncs",
}


def rows(tracks: Iterable[tuple[str, str, str]], matches: Matches, recordings: Recordings) -> list[Row]:
    """A row for each caption file, sorted by path.

    Args:
        tracks: path, name and language of each.
        matches: of these names.
    """
    unmatched = {one.name: one for one in matches.unmatched}
    several = {one.name: one for one in matches.ambiguous}
    return sorted(
        (_row(path, name, language, matches, unmatched, several, recordings.media) for path, name, language in tracks),
        key=lambda row: row.path,
    )


def _row(
    path: str,
    name: str,
    language: str,
    matches: Matches,
    unmatched: Mapping[str, Unmatched],
    several: Mapping[str, Several],
    titles: Mapping[str, Media],
) -> Row:
    if (found := matches.matched.get(name)) is not None:
        one = titles[found.media]
        return Row(path, name, language, one.title, one.media_id, Sure.CERTAIN, _BY[found.by])
    if name in several:
        fits = several[name].fits
        others = tuple(Candidate(media, titles[media].media_id, title, 100, "this title") for title, media in fits)
        return Row(path, name, language, "", "", Sure.UNSURE, f"{len(fits)} recordings have this title", others)
    one_name = unmatched[name]
    guess = one_name.guess
    why = guess.why if one_name.reason == NO_TITLE else f"{one_name.reason}; {guess.why}"
    if guess.is_clear:
        best = guess.candidates[0]
        return Row(path, name, language, best.title, best.media_id, Sure.LIKELY, why, guess.candidates[1:])
    sure = Sure.UNSURE if guess.candidates else Sure.UNKNOWN
    return Row(path, name, language, "", "", sure, why, guess.candidates)


#: How what settles a question in captionkit.toml begins.
UNSETTLED = "Not sent until somebody says"
#: The reason of a name that means nothing yet, as `match` gives it.
NO_TITLE = "no media object has this title"


def left_alone(problems: Iterable[Problem], recordings: Recordings) -> list[Row]:
    """A row for each file that a problem with its name keeps from being used.

    Files of one name in several folders are a question that can be answered: which recording each is for.
    """
    found = []
    for problem in problems:
        name = problem.names[0] if problem.names else ""
        is_question = problem.is_same_name
        fits = recordings.meant(name) if is_question else ()
        others = tuple(Candidate(one.media, one.media_id, one.title, 100, "this title") for one in fits)
        for path in problem.paths:
            why = f"{problem.message}. {problem.hint}"
            found.append(Row(path, name, "", "", "", Sure.SAME_NAME if is_question else Sure.LEFT, why, others))
    return found


def choices(row: Row, recordings: Recordings) -> tuple[Candidate, ...]:
    """What a file may be for, the likeliest first."""
    first = tuple(
        Candidate(one.media, one.media_id, one.title, 100, row.why)
        for one in recordings.by_id.get(row.media, ())
        if one.title == row.recording
    )
    return (*first[:1], *row.others)


# --- in words ---------------------------------------------------------------------------------------------------------


def question(unmatched: Unmatched) -> str:
    """What is asked about a name that fits no title, and what settles it in captionkit.toml."""
    candidates = unmatched.guess.candidates
    value = candidates[0].media_id if candidates else "TITLE OR MEDIA ID"
    return f"{unmatched.name}: {asked(unmatched)} {_settle(unmatched.name, value)}"


def asked(unmatched: Unmatched) -> str:
    """What is asked about a name that fits no title."""
    candidates = unmatched.guess.candidates
    reason = "no recording has this title" if unmatched.reason == NO_TITLE else unmatched.reason
    if unmatched.guess.is_clear:
        ask = f"Is it {candidates[0].title!r} ({unmatched.guess.why})?"
    elif candidates:
        ask = f"It may be {' or '.join(repr(one.title) for one in candidates[:3])}: {unmatched.guess.why}."
    else:
        ask = "There is no title like it."
    return f"{reason}. {ask}"


def question_of_several(several: Several) -> str:
    """What is asked about a name that fits several recordings, and what settles it in captionkit.toml."""
    fits = "; ".join(f"{title!r} ({media})" for title, media in several.fits)
    return f"{several.name}: {several.reason}: {fits}. {_settle(several.name, several.fits[0][1])}"


def _settle(name: str, value: str) -> str:
    return f"{UNSETTLED}, and captionkit.toml has it below [media]: {toml_key(name)} = {toml_text(value)}"


# --- what a person decided --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decided:
    """What is to stand under [media].

    Attributes:
        entries: name -> (address, title), of those that do not stand there yet or otherwise.
        open: paths for which nothing was decided.
        remarks: a sentence each about what was written and cannot be done here.
    """

    entries: Mapping[str, tuple[str, str]]
    open: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A line of the list as a person gave it back.

    Attributes:
        where: line or row, for a message.
        recording: title, media id or address; "" for not decided.
        media: a media id, which tells recordings of one title apart.
    """

    where: str
    path: str
    language: str
    recording: str
    media: str = ""


def decided(answers: Iterable[Answer], known: Sequence[Row], recordings: Recordings) -> Decided:
    """What the answers say, against the list as it is now.

    Raises:
        UsageError: an answer names no recording, several, or a file that is not there; every such one is named.
    """
    by_path = {row.path: row for row in known}
    wrong: list[str] = []
    open_paths: list[str] = []
    remarks: list[str] = []
    chosen: dict[str, dict[str, Media]] = defaultdict(dict)
    for answer in answers:
        row = by_path.get(answer.path)
        if row is None:
            wrong.append(f"{answer.where}: there is no caption file {answer.path!r} in this folder")
            continue
        if answer.language and answer.language != row.language:
            remarks.append(
                f"{answer.path}: the language stays {row.language or 'unknown'}: it is read from the file's name. "
                f"Rename the file to end in .{answer.language}.vtt or .srt"
            )
        if row.sure is Sure.LEFT:
            if answer.recording:
                remarks.append(f"{answer.path}: nothing was decided. {row.why}")
            continue
        if not answer.recording:
            open_paths.append(answer.path)
            continue
        fits = recordings.meant(answer.recording)
        # Which of several of one title.
        fits = [one for one in fits if answer.media in (one.media, one.media_id)] or fits
        if len(fits) == 1:
            chosen[row.name][row.path] = fits[0]
        elif fits:
            ids = ", ".join(one.media_id for one in fits)
            wrong.append(f"{answer.where}: {len(fits)} recordings are called {answer.recording!r}: give one of {ids}")
        else:
            wrong.append(f"{answer.where}: there is no recording {answer.recording!r}")
    if wrong:
        more = [f"... and {len(wrong) - 10} more"] if len(wrong) > 10 else []
        raise UsageError(
            "; ".join([*wrong[:10], *more]),
            unchanged="captionkit.toml was not changed.",
            hint="The list of media has the titles and media ids. Correct these lines and read it again.",
        )
    return Decided(_entries(chosen, by_path, recordings), tuple(open_paths), tuple(remarks))


def _entries(
    chosen: Mapping[str, Mapping[str, Media]], rows: Mapping[str, Row], recordings: Recordings
) -> dict[str, tuple[str, str]]:
    entries: dict[str, tuple[str, str]] = {}
    for name, by_path in chosen.items():
        if len({one.media for one in by_path.values()}) == 1 and rows[next(iter(by_path))].sure is not Sure.SAME_NAME:
            one = next(iter(by_path.values()))
            row = rows[next(iter(by_path))]
            if row.sure is not Sure.CERTAIN or row.media != one.media_id:
                entries[name] = entry_of(one, recordings)
            continue
        # One name in several folders, for different recordings: the folders are part of the entry.
        for path, one in by_path.items():
            folders = path.split("/")[:-1]
            if not folders:
                raise UsageError(
                    f"files called {name!r} are to be for different recordings, and one of them is in no folder",
                    where=path,
                    unchanged="captionkit.toml was not changed.",
                    hint="Rename that file, or put it into a folder.",
                )
            entries["/".join((*folders, name))] = entry_of(one, recordings)
    return entries


def entry_of(one: Media, recordings: Recordings) -> tuple[str, str]:
    """How a recording stands under [media], and its title: by its media id, where that says which one."""
    is_several = len(recordings.by_id[one.media_id]) > 1
    is_number = one.media_id.isdecimal()  # in Studio, where "media/12" says more
    return (one.media if is_several or is_number else one.media_id), one.title


def by_hand(rows: Collection[Row], paths: Collection[str], entry: tuple[str, str]) -> list[Row]:
    """The rows, those of these files with the recording that a person chose."""
    return [
        replace(row, recording=entry[1], media=entry[0], sure=Sure.CERTAIN, why=_BY["entry"])
        if row.path in paths
        else row
        for row in rows
    ]
