"""What a standard asks of captions, and which of that an audit cannot know. One entry of `STANDARDS` each. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Standard(NamedTuple):
    """A rule of law or of a standards body.

    Attributes:
        asks: what it asks for, a sentence or two each.
        unknown: what of that no audit of caption files can know.
        source: where it is written. dated: the state of it that is described here.
    """

    name: str
    title: str
    asks: tuple[str, ...]
    unknown: tuple[str, ...]
    source: str
    dated: str


def _points(text: str) -> tuple[str, ...]:
    """The paragraphs of a text, each in one line."""
    return tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip())


_CAPTIONS = _points("""
    Captions for all prerecorded speech and sound in video (WCAG 1.2.2, Level A): dialogue, who speaks, and sounds that
    matter.

    It states no number: no accuracy in percent, no reading speed, no least coverage. The coverage below which this
    audit calls a recording partly captioned is its own measure.

    Captions made by a machine that nobody has corrected do not meet it (W3C WAI); they are not counted as captioned.

    Recordings of sound alone fall under 1.2.1 instead, which asks for a transcript. They are counted here, unless a row
    in the file of exceptions says that they have one.
""")

_WORDS = _points("""
    Whether the captions say what is spoken, all of it, at the moment it is spoken: somebody has to watch.

    Whether sounds that matter and changes of speaker are captioned wherever they occur. Findings of the family A11 are
    signs of it.

    Which language a recording is spoken in. --require names the language that the captions must have; without it,
    captions in any language count.

    Whether a recording is a media alternative for a text and is clearly labelled as such. A row in the file of
    exceptions can say so.
""")

_DATES = _points("""
    From 26 April 2027 on where the entity serves 50,000 people or more; from 26 April 2028 on where it serves fewer,
    and for special districts (91 FR 20902 of April 2026 moved both dates by a year).
""")

_MORE = _points("""
    Captions for live video, too (WCAG 1.2.4, Level AA), and audio description (1.2.5, Level AA).

    Five narrow exceptions; ordinary course content is none. Archived is only what was made before the date, is kept for
    reference alone, was not altered since, and stands in a marked archive: all four. Each exception needs its reason in
    the file of exceptions.
""")

_UNKNOWN_OF_ADA = _points("""
    Whether live sessions were captioned, and whether recordings have audio description.

    Whether an exception holds: this audit repeats the reason that somebody gave.

    Recordings and pages outside of what was looked at.
""")

STANDARDS: Mapping[str, Standard] = {
    one.name: one
    for one in (
        Standard(
            "wcag-1.2.2",
            "WCAG 2.1, Success Criterion 1.2.2 Captions (Prerecorded), Level A",
            _CAPTIONS,
            _WORDS,
            "https://www.w3.org/TR/WCAG21/#captions-prerecorded",
            "WCAG 2.1; the same in 2.2",
        ),
        Standard(
            "ada-title-ii",
            "ADA Title II (28 CFR 35, subpart H): WCAG 2.1 Level A and AA for public entities, universities included",
            (*_DATES, *_CAPTIONS, *_MORE),
            (*_WORDS, *_UNKNOWN_OF_ADA),
            "https://www.ecfr.gov/current/title-28/chapter-I/part-35/subpart-H",
            "as of November 2026",
        ),
    )
}
