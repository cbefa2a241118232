"""Lectures of the corpus, written as TTML and SCC by ttconv and read back."""

from __future__ import annotations

import io
import textwrap

import pytest
from corpus import Lecture, lectures

import captionkit
from captionkit.markup import visible_text

pytest.importorskip("ttconv", reason="needs captionkit[formats]")

Said = list[tuple[int, int, str]]


def said(lecture: Lecture) -> Said:
    """What viewers see of it: no cue without words, or that ends before it begins; in the order of time."""
    cues = captionkit.loads(lecture.text, "srt").cues
    return sorted((cue.start, cue.end, cue.text) for cue in cues if cue.text.strip() and cue.end > cue.start)


def ttconv_writes(cues: Said, *, scc: bool = False) -> str:
    from ttconv.imsc import writer as imsc_writer
    from ttconv.scc import writer as scc_writer
    from ttconv.srt import reader

    srt = captionkit.Document("srt", tuple(captionkit.Cue(*cue, str(n)) for n, cue in enumerate(cues, 1)))
    document = reader.to_model(io.StringIO(captionkit.dumps(srt)))
    if scc:
        return str(scc_writer.from_model(document))
    made = io.BytesIO()
    imsc_writer.from_model(document).write(made, encoding="utf-8")
    return made.getvalue().decode("utf-8")


@pytest.mark.parametrize(
    "lecture", list(lectures(2, languages=("en", "fr", "ru", "zh-CN"))), ids=lambda one: f"{one.name}-{one.language}"
)
def test_lectures_come_back_from_ttml_the_same(lecture: Lecture) -> None:
    cues = said(lecture)
    converted = captionkit.import_captions(ttconv_writes(cues).encode())
    assert {loss.kind for loss in converted.losses} == {"font attribute"}  # that ttconv itself put there
    as_srt = captionkit.convert(converted.document, "srt")
    assert not as_srt.losses
    assert [(cue.start, cue.end, cue.text) for cue in as_srt.document.cues] == cues


@pytest.mark.parametrize("lecture", list(lectures(4, languages=("en",))), ids=lambda one: one.name)
def test_lectures_come_back_from_scc_with_the_same_words_at_the_same_frames(lecture: Lecture) -> None:
    # Line 21 has rows of 32 characters, and a caption must be sent before it is shown, two letters a frame. Letters
    # with accents are left out because ttconv's writer leaves them out.
    cues, at = [], 10_000
    for start, end, text in said(lecture):
        begin = max(start + 10_000, at)
        rows = textwrap.wrap(" ".join(text.split()), 30)[:4]
        cues.append((begin, begin + max(end - start, 1_500), "\n".join(rows)))
        at = cues[-1][1] + 3_000
    converted = captionkit.import_captions(ttconv_writes(cues, scc=True).encode())
    read = [(cue.start, visible_text(cue.text, "vtt")) for cue in converted.document.cues]
    assert [" ".join(words.split()) for _, words in read] == [" ".join(words.split()) for _, _, words in cues]
    frame = 1001 / 30
    assert max(abs(start - cue[0]) for (start, _), cue in zip(read, cues, strict=True)) <= 2 * frame
