"""Tracks of a plan beside each other: which of them may be another recording's, and whose they may be.

What would be sent is compared with all files of the folder that lie beside it; see `captionkit.library.wrong_file`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from captionkit.documents import loads
from captionkit.errors import LocalError
from captionkit.library.local_file import LocalFile
from captionkit.library.wrong_file import NO_FACTS, Facts, Track, likelier
from captionkit.sync.decide import Do, Policy
from captionkit.sync.plan import MediaPlan, Step
from captionkit.sync.ports import Files
from captionkit.sync.publishable import Reason, facts_of_track, reasons_by_comparison
from captionkit.sync.state import LocalMedia


def without_wrong_files(
    objects: list[MediaPlan],
    facts: Mapping[tuple[str, str], Facts],
    folder: Mapping[str, LocalMedia],
    files: Files,
    policy: Policy,
    lengths: Mapping[str, int],
) -> list[MediaPlan]:
    """The plans, with what may be another recording's captions held back.

    Compared is all that would be sent, and all files of the folder beside it but those that are held back anyway, which
    accuse nobody. These are read for it: what is compared of them is recorded nowhere.

    Args:
        facts: of each track that would be sent, by media and locale.
        lengths: of recordings in milliseconds, 0 where not known.
    """
    names = {media.media: media.title for media in objects}
    held = {step.path for media in objects for step in media.steps if step.do is Do.HOLD}
    places = list(facts)
    tracks = [Track(m, names[m], locale, locale, facts[m, locale], lengths.get(m, 0)) for m, locale in places]
    for media, local in folder.items():
        name = names.get(media) or local.name
        tracks += [
            Track(media, name, file.path, file.locale, _facts_in(file, files, policy.allow), lengths.get(media, 0))
            for file in local.files
            if (media, file.locale) not in facts and file.path not in held
        ]
    doubted = {places[index]: found for index, found in reasons_by_comparison(tracks).items() if index < len(places)}

    def looked_at(media: MediaPlan, step: Step) -> Step:
        reasons = doubted.get((media.media, step.locale))
        return held_back(step, reasons) if reasons else step

    return [replace(media, steps=tuple(looked_at(media, step) for step in media.steps)) for media in objects]


def with_likelier(
    objects: list[MediaPlan],
    misfits: Mapping[tuple[str, str], Facts],
    facts: Mapping[tuple[str, str], Facts],
    titles: Mapping[str, str],
    lengths: Mapping[str, int],
) -> list[MediaPlan]:
    """The plans, each track that does not fit the length of its recording with whose it may be, where that shows."""
    known = {**{(media, ""): NO_FACTS for media in lengths}, **facts, **misfits}
    places = list(known)
    tracks = [Track(m, titles.get(m, m), locale, locale, known[m, locale], lengths.get(m, 0)) for m, locale in places]
    found = likelier(tracks, [index for index, place in enumerate(places) if place in misfits])
    words = {places[index]: those for index, those in found.items()}

    def named(media: MediaPlan, step: Step) -> Step:
        those = words.get((media.media, step.locale))
        return replace(step, note=f"{step.note}; {those}") if those and step.do is Do.HOLD else step

    return [replace(media, steps=tuple(named(media, step) for step in media.steps)) for media in objects]


def _facts_in(file: LocalFile, files: Files, allow: frozenset[str]) -> Facts:
    try:
        document = loads(files.read_file(file.path), path=file.path, encoding=file.encoding)
    except LocalError:
        return NO_FACTS  # it cannot be compared, and it is not what would be sent
    return facts_of_track(document, file.kind or "", allow)


def held_back(step: Step, reasons: tuple[Reason, ...]) -> Step:
    """The step, held back: what is there stays as it is."""
    return replace(
        unsent(step),
        do=Do.HOLD,
        why="held-back",
        held=tuple(reason.check for reason in reasons),
        note="; ".join(reason.message for reason in reasons),
    )


def unsent(step: Step) -> Step:
    return replace(step, digest_after=step.digest_before, send_kind=None, send="", shown="", size=0)
