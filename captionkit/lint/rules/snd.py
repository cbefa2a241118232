"""SND001 to SND006: captions against the sound of the recording that lies beside them. Only with `check --sound`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from captionkit.lint.rule import HINT, NONE, WARNING, Finding, Heard, InFolder, example, row

_MEND = "captionkit align lecture.mp4 lecture.en.srt -o lecture.aligned.srt"


def _sound(
    code: str, message: str, line: int = 0, hint: str = ""
) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """A rule whose findings `captionkit.sound.findings` makes, with one of them as its example."""

    def found(files: Sequence[InFolder]) -> Iterator[tuple[str, Finding]]:
        for file in files:
            for one in file.heard:
                if one.code == code:
                    yield file.path, Finding(one.message, one.line, 1 if one.line else 0, hint=one.hint)

    def declare(documented: Callable[[], None]) -> Callable[[], None]:
        bad = InFolder("lecture.en.srt", heard=(Heard(code, message, line, hint),))
        declared = row(code, severity=WARNING, fix=HINT if hint else NONE, folder=True, function=found)
        return declared(example((bad,), (InFolder("lecture.en.srt"),))(documented))

    return declare


@_sound("SND001", "the captions are 2.3 s late", hint=_MEND)
def late_or_early() -> None:
    """The captions belong to the recording, but all of them are more than half a second late or early.

    Whoever lip-reads, or hears a little, gets two things at once. `captionkit align` moves them, and `captionkit
    sync-check` says what that rests on: when somebody speaks, and how much is said. No word is recognised.
    """


@_sound("SND002", "the captions are drifting: in time at the beginning, 3.6 s early at the end", hint=_MEND)
def drifting() -> None:
    """The captions belong to the recording, but get later or earlier as it goes on.

    They were made for another frame rate (23.976, 24 and 25 are mixed up, 29.97 and 30). `captionkit align` stretches
    them.
    """


@_sound("SND003", "from 00:10:00 of the captions on: 30.0 s late", hint=_MEND)
def recording_was_cut() -> None:
    """Something was cut out of the recording, or put into it, after the captions were made.

    From there on all captions are off. `captionkit align` moves the parts, and names the captions of what is gone.
    """


@_sound("SND004", "the captions do not fit the sound of lecture.mp4: they are probably another recording's")
def not_of_this_recording() -> None:
    """The captions do not fit the sound of the recording, wherever they are moved.

    They are probably another recording's. Said only of four minutes and more; where nothing can be told there is a
    note and no finding. Look at both before you publish them.
    """


@_sound("SND005", "somebody speaks from 00:04:10 to 00:04:31 (21.0 s) and there are no captions", 120)
def speech_without_captions() -> None:
    """Somebody speaks for some seconds, and no caption says what.

    Captions owe all of the speech to people who cannot hear it (WCAG 1.2.2). The times are the recording's.
    """


@_sound("SND006", "cue 42 (00:03:10.200) is shown while nobody speaks", 170)
def caption_over_silence() -> None:
    """A caption of speech is shown while nobody speaks.

    Its times are wrong, or a machine made it up: speech recognition writes sentences into silence. What is only a sound
    (`[applause]`) is not meant.
    """
