from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from corpus import lectures
from hypothesis import given, settings
from hypothesis import strategies as st

from captionkit.cli.frame import run
from captionkit.documents import loads
from captionkit.model import Cue, Document
from captionkit.transcripts import Settings, transcript, write
from captionkit.transcripts.writers import About, clock


def vtt(*cues: str) -> Document:
    """A document of `MM:SS MM:SS text` lines; | is a line break."""
    blocks = []
    for cue in cues:
        start, end, text = cue.split(" ", 2)
        lines = text.replace("|", "\n")
        blocks.append(f"{start}.000 --> {end}.000\n{lines}\n")
    return loads("WEBVTT\n\n" + "\n".join(blocks))


def paragraphs(document: Document, **wishes: object) -> list[str]:
    return [
        f"{one.speaker}: {one.text}" if one.speaker else f"– {one.text}" if one.turn else one.text
        for one in transcript(document, Settings(**wishes))  # type: ignore[arg-type]
    ]


def test_cues_are_joined_until_somebody_pauses() -> None:
    document = vtt("00:01 00:02 One|two", "00:02 00:03 three.", "00:09 00:10 Four.")
    assert paragraphs(document) == ["One two three.", "Four."]
    assert paragraphs(document, pause_ms=60_000) == ["One two three. Four."]


def test_a_voice_begins_a_paragraph_and_is_named_once() -> None:
    document = vtt("00:01 00:02 <v Ann>Hi.</v>", "00:02 00:03 <v Ann>Hello.", "00:03 00:04 <v Bob>Yes.")
    assert paragraphs(document) == ["Ann: Hi. Hello.", "Bob: Yes."]
    assert paragraphs(document, speakers=False) == ["Hi. Hello. Yes."]


def test_two_voices_in_one_cue_are_two_paragraphs() -> None:
    assert paragraphs(vtt("00:01 00:02 <v Ann>Hi.</v> <v Bob>Yes.</v>")) == ["Ann: Hi.", "Bob: Yes."]


def test_labels_are_speakers_if_in_capitals_or_spoken_twice_and_a_note_is_not() -> None:
    document = vtt("00:01 00:02 PROFESSOR: Note: this counts.", "00:03 00:04 Ann: Why?", "00:05 00:06 Ann: I see.")
    assert paragraphs(document) == ["PROFESSOR: Note: this counts.", "Ann: Why? I see."]


def test_a_label_on_a_line_of_its_own_names_what_follows() -> None:
    assert paragraphs(vtt("00:01 00:02 JOHN:|Good morning.")) == ["JOHN: Good morning."]


def test_chevrons_and_dashes_are_turns() -> None:
    assert paragraphs(vtt("00:01 00:02 Hello.", "00:02 00:03 >> Hi.|>> ANN: Yes.")) == ["Hello.", "– Hi.", "ANN: Yes."]
    assert paragraphs(vtt("00:01 00:02 -Hi.|-Hello.")) == ["– Hi.", "– Hello."]


def test_a_dash_in_the_middle_of_a_thought_is_no_turn() -> None:
    assert paragraphs(vtt("00:01 00:02 it is a word|- so to speak - for this")) == [
        "it is a word - so to speak - for this"
    ]


def test_a_number_below_zero_is_no_turn() -> None:
    assert paragraphs(vtt("00:01 00:02 It is cold.", "00:02 00:03 -5 degrees.")) == ["It is cold. -5 degrees."]


def test_sounds_are_kept_apart_and_can_be_left_out() -> None:
    document = vtt("00:01 00:02 Hi.", "00:02 00:03 [applause]|♪ music ♪", "00:03 00:04 So [laughs] yes.")
    assert paragraphs(document) == ["Hi.", "[applause] ♪ music ♪", "So [laughs] yes."]
    assert paragraphs(document, sounds=False) == ["Hi. So [laughs] yes."]


def test_rolled_up_lines_are_spoken_once() -> None:
    document = vtt(
        "00:00 00:02 welcome to", "00:02 00:04 welcome to|the second", "00:04 00:06 the second|lecture on",
        "00:06 00:08 lecture on|film and more", "00:08 00:09 film and more",
    )  # fmt: skip
    assert paragraphs(document) == ["welcome to the second lecture on film and more"]


def test_lines_that_grow_word_by_word_are_spoken_once() -> None:
    document = vtt("00:00 00:01 we", "00:01 00:02 we look", "00:02 00:03 we look at", "00:03 00:04 we look at it")
    assert paragraphs(document) == ["we look at it"]


def test_what_is_really_spoken_twice_stays() -> None:
    document = vtt(
        "00:00 00:01 No.", "00:01 00:02 No.", "00:02 00:03 That is it.", "00:03 00:04 Is it?", "00:04 00:05 So."
    )
    assert paragraphs(document) == ["No. No. That is it. Is it? So."]


def test_a_long_paragraph_ends_with_a_sentence() -> None:
    document = vtt(*[f"00:{i:02d} 00:{i + 1:02d} Sentence {i}." for i in range(10)])
    assert paragraphs(document, most_chars=30) == [
        " ".join(f"Sentence {j}." for j in range(i, min(i + 3, 10))) for i in range(0, 10, 3)
    ]


def test_chinese_lines_are_joined_without_a_space() -> None:
    assert paragraphs(vtt("00:01 00:02 你好|世界", "00:02 00:03 再见")) == ["你好世界再见"]


def test_srt_markup_is_not_shown() -> None:
    document = loads("1\n00:00:01,000 --> 00:00:02,000\n{\\an8}<i>Hi</i> & bye\n\n")
    assert paragraphs(document) == ["Hi & bye"]


def test_markdown_says_the_words_and_not_markup() -> None:
    found = write(transcript(vtt("00:01 00:02 *a* _b_ # 1 &lt;b&gt; [x](y)")), "markdown")
    assert found == "\\*a\\* \\_b\\_ # 1 \\<b\\> \\[x\\](y)\n"
    assert write(transcript(vtt("00:01 00:02 1. The first")), "markdown") == "1\\. The first\n"
    assert write(transcript(vtt("00:01 00:02 # Hash")), "markdown") == "\\# Hash\n"


def test_html_holds_no_markup_of_the_captions_and_times_lead_into_the_preview() -> None:
    paragraphs = transcript(vtt('01:01 01:02 &lt;script&gt;alert(1)&lt;/script&gt; "x"'))
    page = write(paragraphs, "html", About(title="<T>", language="en", timestamps=True, preview='p"x.html'))
    assert "<script" not in page
    assert "&lt;script&gt;" in page and "&lt;T&gt;" in page
    assert '<a class="time" href="p%22x.html#t=61"><time datetime="PT61.000S">1:01</time></a>' in page
    assert "default-src" in page and '<html lang="en">' in page


def test_the_clock_has_hours_only_where_needed() -> None:
    assert [clock(0), clock(59_999), clock(3_600_000), clock(-5)] == ["0:00", "0:59", "1:00:00", "0:00"]


def test_no_word_of_a_lecture_is_lost_or_added() -> None:
    from captionkit.markup import visible_text

    for lecture in lectures(20, languages=("en",)):
        document = loads(lecture.data)
        shown = Counter(w.strip("-–:") for cue in document.cues for w in visible_text(cue.text, "srt").split())
        text = write(transcript(document), "text")
        written = Counter(w.strip("-–:") for w in text.split())
        del shown[""], written[""]
        assert sum((shown - written).values()) <= len(document.cues) // 50 + 1, lecture.name
        assert not written - shown, lecture.name


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 5_000), st.text(max_size=40)), max_size=12))
@settings(max_examples=150)
def test_any_captions_have_a_transcript_in_every_form(cues: list[tuple[int, int, str]]) -> None:
    for form in ("vtt", "srt"):
        document = Document(form, tuple(Cue(start, start + length, text) for start, length, text in cues))
        found = transcript(document)
        assert [one.start for one in found] == sorted(one.start for one in found)
        for name in ("text", "markdown", "html"):
            assert "<script" not in write(found, name, About(timestamps=True))


# --- the command ------------------------------------------------------------------------------------------------------

HI = "WEBVTT\n\n00:01.000 --> 00:02.000\nHi there.\n"


def test_the_command_writes_by_the_name_of_the_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("lecture 1.en.vtt").write_text(HI, encoding="utf-8")
    assert run(["transcript", "lecture 1.en.vtt", "-o", "out.html", "--timestamps"]) == 0
    page = Path("out.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in page and "<title>lecture 1</title>" in page and "Hi there." in page
    assert run(["transcript", "lecture 1.en.vtt", "-o", "out.html"]) == 2
    assert run(["transcript", "lecture 1.en.vtt", "-o", "out.md", "--force"]) == 0
    assert Path("out.md").read_text(encoding="utf-8") == "# lecture 1\n\nHi there.\n"


def test_several_files_go_into_a_folder_and_a_bad_one_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.vtt").write_text(HI, encoding="utf-8")
    Path("b.vtt").write_text("nothing\n", encoding="utf-8")
    assert run(["transcript", "b.vtt", "a.vtt", "-o", "out/"]) == 1
    assert "b.vtt: this is plain text without times" in capsys.readouterr().err
    assert Path("out/a.txt").read_text(encoding="utf-8") == "a\n\nHi there.\n"


def test_the_house_style_is_read_from_captionkit_toml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.vtt").write_text(HI, encoding="utf-8")
    Path("captionkit.toml").write_text("[transcript]\ntimestamps = true\n", encoding="utf-8")
    assert run(["transcript", "a.vtt", "--title", ""]) == 0
    assert capsys.readouterr().out == "[0:01] Hi there.\n"
    Path("captionkit.toml").write_text("[transcript]\npauze = 1\n", encoding="utf-8")
    assert run(["transcript", "a.vtt"]) == 2
    assert "pauze" in capsys.readouterr().err


# --- labels of meeting software ---------------------------------------------------------------------------------------


def spoken(*texts: str) -> list[tuple[str, str]]:
    """Who says what, a paragraph each, with each of these texts in a cue of its own."""
    document = vtt(*[f"00:{4 * n:02d} 00:{4 * n + 3:02d} {text}" for n, text in enumerate(texts)])
    return [(one.speaker or ("?" if one.turn else ""), one.text) for one in transcript(document, Settings())]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Ruiz, Ana", "Ben Cole"),
        ("Speaker 1", "Speaker 2"),
        ("ana@uni.edu", "ben@uni.edu"),
        ("@ana", "@ben"),
        ("Dr. Ana Maria Ruiz y Leon", "Ben"),
        ("SPEAKER_00", "SPEAKER_01"),
        ("李明", "王芳"),
    ],
)
@pytest.mark.parametrize("form", ["{}: {}", ">> {}: {}", "[{}]: {}", "({}): {}", "[{}] {}", "({}) {}", "{}：{}"])
def test_where_cues_begin_with_labels_each_has_the_words_of_its_speaker(first: str, second: str, form: str) -> None:
    paragraphs = ["Good morning.", "Morning.", "Shall we begin?", "Yes, do."]
    assert spoken(*[form.format((first, second)[n % 2], text) for n, text in enumerate(paragraphs)]) == [
        ((first, second)[n % 2], text) for n, text in enumerate(paragraphs)
    ]


def test_a_name_that_is_spoken_once_counts_where_every_cue_begins_with_one() -> None:
    assert spoken("Ana: One.", "Ben: Two.", "Ana: Three.", "Chris Lee: Four.") == [
        ("Ana", "One."), ("Ben", "Two."), ("Ana", "Three."), ("Chris Lee", "Four."),
    ]  # fmt: skip


def test_a_name_that_is_spoken_once_counts_where_labels_are_in_use() -> None:
    found = spoken("Ana: One.", "Two.", "Three.", "Ana: Four.", "Five.", "Six.", "Ben Cole: Seven.", "Eight.")
    assert found == [("Ana", "One. Two. Three. Four. Five. Six."), ("Ben Cole", "Seven. Eight.")]


def test_what_is_no_name_is_no_speaker() -> None:
    assert spoken("We meet at 10:30 today.", "Note: bring a pen.", "See https://uni.edu for more.") == [
        ("", "We meet at 10:30 today. Note: bring a pen. See https://uni.edu for more.")
    ]


def test_sounds_in_brackets_are_no_speakers() -> None:
    assert [who for who, _ in spoken("[applause] Thank you.", "So let us begin.", "With the first.")] == [""]


def test_a_label_alone_in_its_cue_names_the_words_of_the_next() -> None:
    assert spoken("ANA: One.", "BEN:", "Two.", "ANA: Three.") == [("ANA", "One."), ("BEN", "Two."), ("ANA", "Three.")]


def test_a_voice_without_a_name_is_somebody_else() -> None:
    assert spoken("<v Ana>Hello.", "<v ->Hi there.", "<v Ana>Let us begin.") == [
        ("Ana", "Hello."), ("?", "Hi there."), ("Ana", "Let us begin."),
    ]  # fmt: skip
