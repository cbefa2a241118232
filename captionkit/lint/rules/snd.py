"""SND001 to SND006: captions against the sound of the recording that lies beside them. Only with `check --media`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from captionkit.lint.rule import HINT, WARNING, Finding, Heard, InFolder, rule

_MEND = "captionkit align lecture.mp4 lecture.en.srt -o lecture.aligned.srt"
_GOOD = (InFolder("lecture.en.srt"),)


def _example(code: str, message: str, line: int = 0, hint: str = "") -> tuple[InFolder, ...]:
    return (InFolder("lecture.en.srt", heard=(Heard(code, message, line, hint),)),)


def _found(files: Sequence[InFolder], code: str) -> Iterator[tuple[str, Finding]]:
    for file in files:
        for one in file.heard:
            if one.code == code:
                yield file.path, Finding(one.message, one.line, 1 if one.line else 0, hint=one.hint)


@rule(
    "SND001",
    "late-or-early",
    WARNING,
    folder=True,
    fix=HINT,
    bad=_example("SND001", "the captions are 2.3 s late", 0, _MEND),
    good=_GOOD,
)
def late_or_early(files: Sequence[InFolder]) -> Iterator[tuple[str, Finding]]:
    """The captions belong to the recording, but all of them are more than half a second late or early.

    Whoever lip-reads, or hears a little, gets two things at once. `captionkit align` moves them, and `captionkit
    sync-check` says what that rests on: when somebody speaks, and how much is said. No word is recognised.
    """
    yield from _found(files, "SND001")


@rule(
    "SND002",
    "drifting",
    WARNING,
    folder=True,
    fix=HINT,
    bad=_example("SND002", "the captions are drifting: in time at the beginning, 3.6 s early at the end", 0, _MEND),
    good=_GOOD,
)
def drifting(files: Sequence[InFolder]) -> Iterator[tuple[str, Finding]]:
    """The captions belong to the recording, but get later or earlier as it goes on.

    They were made for another frame rate (23.976, 24 and 25 are mixed up, 29.97 and 30). `captionkit align` stretches
    them.
    """
    yield from _found(files, "SND002")


@rule(
    "SND003",
    "recording-was-cut",
    WARNING,
    folder=True,
    fix=HINT,
    bad=_example("SND003", "from 00:10:00 of the captions on: 30.0 s late", 0, _MEND),
    good=_GOOD,
)
def recording_was_cut(files: Sequence[InFolder]) -> Iterator[tuple[str, Finding]]:
    """Something was cut out of the recording, or put into it, after the captions were made.

    From there on all captions are off. `captionkit align` moves the parts, and names the captions of what is gone.
    """
    yield from _found(files, "SND003")


@rule(
    "SND004",
    "not-of-this-recording",
    WARNING,
    folder=True,
    bad=_example("SND004", "the captions do not fit the sound of lecture.mp4: they are probably another recording's"),
    good=_GOOD,
)
def not_of_this_recording(files: Sequence[InFolder]) -> Iterator[tuple[str, Finding]]:
    """The captions do not fit the sound of the recording, wherever they are moved.

    They are probably another recording's. Said only of four minutes and more; where nothing can be told there is a
    note and no finding. Look at both before you publish them.
    """
    yield from _found(files, "SND004")


@rule(
    "SND005",
    "speech-without-captions",
    WARNING,
    folder=True,
    bad=_example("SND005", "somebody speaks from 00:04:10 to 00:04:31 (21.0 s) and there are no captions", 120),
    good=_GOOD,
)
def speech_without_captions(files: Sequence[InFolder]) -> Iterator[tuple[str, Finding]]:
    """Somebody speaks for some seconds, and no caption says what.

    Captions owe all of the speech to people who cannot hear it (WCAG 1.2.2). The times are the recording's.
    """
    yield from _found(files, "SND005")


@rule(
    "SND006",
    "caption-over-silence",
    WARNING,
    folder=True,
    bad=_example("SND006", "cue 42 (00:03:10.200) is shown while nobody speaks", 170),
    good=_GOOD,
)
def caption_over_silence(files: Sequence[InFolder]) -> Iterator[tuple[str, Finding]]:
    """A caption of speech is shown while nobody speaks.

    Its times are wrong, or a machine made it up: speech recognition writes sentences into silence. What is only a sound
    (`[applause]`) is not meant.
    """
    yield from _found(files, "SND006")
