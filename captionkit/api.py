"""The functions at the top level of `captionkit` that take a document or the path of a file alike.

What they do stands in the packages that they call; here is only what a caller may hand in, and what is answered to who
hands in something else. Each package is loaded when its function is first called.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from captionkit.documents import document_of
from captionkit.errors import ContentError, UsageError
from captionkit.model import Document, whole_ms

if TYPE_CHECKING:
    from captionkit.auditing.report import AuditReport
    from captionkit.conversion.losses import Converted
    from captionkit.difference import Difference
    from captionkit.lint.fixing import Fixed
    from captionkit.transcripts.text import Transcript
    from captionkit.workspace.workspace import Workspace

#: What every function here takes for captions.
Captions = Document | str | os.PathLike[str]


def convert(
    captions: Captions, format: str, *, strict: bool = False, carry: bool = True, speakers: str = ""
) -> Converted:
    """Captions in another format, and what that does not keep of them.

    A file in a format that captionkit only reads (TTML, SCC, EBU STL, SubStation ...) is read as by `import_captions`,
    which takes more: its frame rate, its language. Captions that have the format already come back normalised: UTF-8,
    no byte order mark, LF, everything written anew.

    Args:
        format: "srt" or "vtt".
        strict: refuse a conversion that would lose something.
        carry: from SRT to WebVTT, whether NOTE blocks may carry what WebVTT cannot say, so that converting back gives
            the same document.
        speakers: who speaks: "keep" says it as the format does (`<v Ana>` in WebVTT, `Ana: ` in SRT), "labels" as
            `Ana: ` in either, "drop" leaves voices out. By default labels stay words, and voices that SRT cannot say
            are named as losses.

    Raises:
        LossyConversion: with strict, naming each loss.
        ContentError: there are no captions in the file.
        UsageError: for a format that is not known.
    """
    from dataclasses import replace

    from captionkit.conversion import convert as converted
    from captionkit.conversion import lossy, writable

    writable(format)
    document = document_of(captions)
    if _other(document) is None:
        return converted(document, format, strict=strict, carry=carry, speakers=speakers)
    if isinstance(captions, Document):
        raise _no_captions(document)
    from captionkit.foreign import import_captions

    imported = import_captions(os.fspath(captions))
    made = converted(imported.document, format, carry=carry, speakers=speakers)
    made = replace(made, losses=(*imported.losses, *made.losses), remarks=(*imported.remarks, *made.remarks))
    if strict and made.losses:
        raise lossy(made, document.path)
    return made


def fix(
    captions: Captions, *, restore: bool = False, unsafe: bool = False, profile: str = "default", **more: Any
) -> Fixed:
    """Captions with what can be mended mended, and what was: `.document`, `.fixed`, `.refused`, `.remaining`.

    A fix changes nothing that any player shows, and never what people say. The file stays as it is:
    `captionkit.dump(fixed.document, path)` writes it.

    Args:
        restore: also bring back what some players drop or show as text (a wrong arrow, a missing hour, a bare `<`).
        unsafe: also change times, lines and markup.
        profile: one or several of `captionkit profiles`, separated by commas.
        more: as for `check`: select, ignore, kind, language, duration.

    Raises:
        UsageError: for a prefix or a profile that does not exist.
    """
    from captionkit.lint import settings_for
    from captionkit.lint.checker import Checker
    from captionkit.lint.fixing import fix_document

    document = document_of(captions)
    checker = Checker(settings_for(profile=profile, **more))
    return fix_document(document, checker, restore=restore, unsafe=unsafe, path=document.path)


def shift(
    captions: Captions, by: int, *, since: int | None = None, until: int | None = None, drop: bool = False
) -> Document:
    """Captions that are so many milliseconds later; a negative number makes them earlier.

    Args:
        by: milliseconds; `captionkit.parse_time("-1.5s")` makes them of text.
        since, until: only cues that start at one of these times, in milliseconds, or between them.
        drop: leave out cues that would end at or before 0, instead of refusing.

    Raises:
        ContentError: cues would end at or before 0, and `drop` is not set.
    """
    from captionkit import timing

    by = _ms(by, "by")
    since, until = (None if one is None else _ms(one, name) for one, name in ((since, "since"), (until, "until")))
    return timing.shift(captions_of(captions), by, since=since, until=until, drop=drop)


def retime(
    captions: Captions, scale: Fraction | float | int, offset: Fraction | int = 0, *, drop: bool = False
) -> Document:
    """Captions with every time multiplied by `scale`, and `offset` milliseconds added.

    Args:
        scale: above 0. Captions made for 25 frames a second that are shown with 24 need `Fraction(25, 24)`.
        drop: as for `shift`.

    Raises:
        UsageError: for a scale of 0 or less.
        ContentError: as for `shift`.
    """
    from captionkit import timing

    if not isinstance(scale, int | float | Fraction) or isinstance(scale, bool):
        raise UsageError(f"the scale is {scale!r}", hint='A number such as 1.001, or fractions.Fraction("25/24").')
    offset = offset if isinstance(offset, Fraction) else _ms(offset, "offset")
    return timing.retime(captions_of(captions), scale, offset, drop=drop)


def merge(captions: Iterable[Captions], offsets: Sequence[int] | None = None) -> Document:
    """All cues of several captions in one, in the order of their start times, in the format of the first.

    `captionkit.timing.merged` is the same and names what the result cannot keep; `captionkit.timing.append_offsets`
    gives the offsets that put each after the end of the one before.

    Args:
        offsets: milliseconds to add to the times of each.

    Raises:
        UsageError: there are none, they are not of one format, or there are not as many offsets.
    """
    from captionkit import timing

    if isinstance(captions, Document | str | os.PathLike):
        raise UsageError("several captions are merged", hint='captionkit.merge(["one.vtt", "two.vtt"])')
    documents = [captions_of(one) for one in captions]
    if offsets is not None:
        offsets = [_ms(one, "an offset") for one in offsets]
        if len(offsets) != len(documents):
            raise UsageError(f"there are {len(documents)} captions and {len(offsets)} offsets", hint="One for each.")
    return timing.merge(documents, offsets)


def split(captions: Captions, times: Sequence[int], *, keep_times: bool = False) -> list[Document]:
    """Captions cut at these times, into one more part than there are times. A cue that is shown at a cut is in both.

    Args:
        times: milliseconds, above 0, ascending.
        keep_times: leave the times as they are; otherwise each part begins at 0.

    Raises:
        UsageError: for times that are not ascending or not above 0.
    """
    from captionkit import timing

    if isinstance(times, int | float | str):
        raise UsageError(
            f"the times to split at are a list, not {times!r}", hint="captionkit.split(document, [60_000])"
        )
    return timing.split(captions_of(captions), [_ms(one, "a time") for one in times], keep_times=keep_times)


def diff(old: Captions, new: Captions) -> Difference:
    """What changed between two captions, cue by cue, as viewers see it, and how far their times drift apart.

    They may be of different formats: `captionkit.diff("lecture.srt", "lecture.vtt").changes`.
    """
    from captionkit import difference

    return difference.diff(captions_of(old), captions_of(new))


def transcript(
    captions: Captions, *, pause: int = 2500, most_chars: int = 700, speakers: bool = True, sounds: bool = True
) -> Transcript:
    """What is said in captions, as paragraphs to read: `.text`, `.write("lecture.html")`, or one by one.

    Args:
        pause: milliseconds without a caption that begin a paragraph.
        most_chars: begin one at the next end of a sentence after so many characters; 0 for never.
        speakers: whether who speaks is written, and begins a paragraph.
        sounds: whether lines that are only a sound or music are kept.
    """
    from captionkit.transcripts import Settings
    from captionkit.transcripts import transcript as paragraphs
    from captionkit.transcripts.text import Transcript, language_of, title_of

    document = captions_of(captions)
    settings = Settings(_ms(pause, "pause"), most_chars, speakers, sounds)
    path = document.path
    title = title_of(path) if path else ""
    return Transcript(tuple(paragraphs(document, settings)), title, language_of(document, path))


def audit(
    where: str | os.PathLike[str] | Workspace,
    *,
    require: str | Sequence[str] = (),
    profile: str = "",
    standard: str = "",
    least_coverage: float = 0.9,
    sound: bool = False,
    tell: Callable[[str], None] = lambda line: None,
) -> AuditReport:
    """Which recordings have captions, in which language, and how good: of a folder, or of a workspace's course.

        report = captionkit.audit("captions", require=["en", "es"])
        print(report.summary())
        report.write("report.html")

    Args:
        where: a folder of recordings and captions, or a `Workspace`, whose course in Canvas is looked at.
        require: BCP 47, the languages that every recording must have; by default captions in any language do.
        profile: the rules that captions are held against; by default those of captionkit.toml.
        standard: "wcag-1.2.2" or "ada-title-ii", what the report is about; "" for none.
        least_coverage: of the length of a recording, 0 to 1; with less it is only partly captioned.
        sound: of a folder: listen to the recordings, whether their captions fit and are in time, and which speech has
            none. Needs captionkit[sound].
        tell: hears how far it is, a line each time.

    Raises:
        LocalError: the folder cannot be looked into.
        UsageError: for a language, profile or standard that is none; or what `sound` needs is not installed.
        RemoteError: Canvas cannot be looked at.
    """
    from captionkit.auditing.audits import audit_folder
    from captionkit.auditing.report import AuditReport
    from captionkit.auditing.standards import STANDARDS
    from captionkit.languages import known_tags
    from captionkit.workspace.workspace import Workspace

    if standard and standard not in STANDARDS:
        raise UsageError(f"{standard!r} is no standard of an audit", hint=f"There are {', '.join(STANDARDS)}.")
    if not 0 <= least_coverage <= 1:
        raise UsageError(f"least_coverage is {least_coverage!r}", hint="A part of the whole, such as 0.9.")
    about: dict[str, Any] = {"required": known_tags(require), "standard": standard, "least_coverage": least_coverage}
    if isinstance(where, Workspace):
        if sound:
            raise UsageError(
                "sound=True is about a folder: recordings in Canvas are not fetched",
                hint='captionkit.audit("captions")',
            )
        from captionkit.workspace.evidence import audit_of

        return AuditReport(
            audit_of(where, **about, profile=profile, listen=lambda event: tell(f"{event.done} recordings"))
        )
    if isinstance(where, str | os.PathLike):
        hear = None
        if sound:
            from captionkit.sound.hearing import hearing

            hear = hearing()
        return AuditReport(audit_folder(where, **about, profile=profile, hear=hear))
    raise UsageError(
        f"an audit is of a folder or a Workspace, not of {type(where).__name__}", hint='captionkit.audit("captions")'
    )


# --- what is handed in ------------------------------------------------------------------------------------------------


def captions_of(captions: Captions) -> Document:
    """The document, which holds captions or nothing: what is another kind of file is no captions without cues."""
    document = document_of(captions)
    if _other(document) is not None:
        raise _no_captions(document)
    return document


def _other(document: Document) -> str | None:
    """What a file is that holds no captions in SRT or WebVTT, in words; None for all others."""
    what = next((one.message for one in document.diagnostics if one.code == "ENC012"), None)
    return None if what is None or document.cues else what


def _no_captions(document: Document) -> ContentError:
    what = (_other(document) or "").rstrip(".")
    is_read = "captionkit convert" in what
    return ContentError(
        what[:1].lower() + what[1:],
        where=document.path,
        unchanged="Nothing was done.",
        hint=f"In Python: captionkit.import_captions({document.path or 'FILE'!r}).document." if is_read else "",
    )


def _ms(time: object, name: str) -> int:
    try:
        return whole_ms(time, name)
    except TypeError as error:
        raise UsageError(str(error)) from None
