"""What a file name says, by the rules of file naming, and what it is asked about."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from captionkit.canvas_locales import PICKER_LOCALES
from captionkit.languages import same_language
from captionkit.library.match import match, safe_name, title_key, title_keys, without_extension
from captionkit.library.names import Reader, Reading, file_name
from captionkit.library.questions import Question

lawful = settings(deadline=None, derandomize=True)


def read(path: str, *known: str, tokens: dict[str, str | None] | None = None) -> Reading | Question:
    """Read a path, "/" between its folders, where `known` are titles or media files."""
    keys = {title_key(k) for k in known}
    *folders, file = path.split("/")
    return Reader(tokens or {}, lambda text: title_key(text) in keys).read(tuple(folders), file.rpartition(".")[0])


@pytest.mark.parametrize(
    ("path", "name", "tag", "flags"),
    [
        # the examples of guides/limits.md, section 3
        ("lecture01.en.srt", "lecture01", "en", ""),
        ("lecture01_en-US.vtt", "lecture01", "en-US", ""),
        ("lecture01-en.srt", "lecture01", "en", ""),
        ("lecture01 (English).srt", "lecture01", "en", ""),
        ("lecture01/en.srt", "lecture01", "en", ""),
        ("en/lecture01.srt", "lecture01", "en", ""),
        ("lecture01.en.sdh.vtt", "lecture01", "en", "sdh"),
        ("lecture01_captions_english.srt", "lecture01", "en", ""),
        # what vendors add behind the language
        ("Lecture_01_English_Captions_Final.vtt", "Lecture_01", "en", ""),
        ("lecture01.en.final.srt", "lecture01", "en", ""),
        ("lecture01_es_reviewed.srt", "lecture01", "es", ""),
        ("Exam_Final.en.srt", "Exam_Final", "en", ""),
        # separators
        ("lecture01.zh_Hans.srt", "lecture01", "zh-Hans", ""),
        ("lecture01-pt-BR.srt", "lecture01", "pt-BR", ""),
        ("lecture01-zh-Hans-CN.vtt", "lecture01", "zh-Hans-CN", ""),
        ("lecture 01 [en] (cc).srt", "lecture 01", "en", "cc"),
        ("lecture (Chinese (Simplified)).srt", "lecture", "zh-Hans", ""),
        ("Lecture 1 - Brazilian Portuguese.srt", "Lecture 1", "pt-BR", ""),
        ("lecture.Français.srt", "lecture", "fr", ""),
        # flags are read before languages
        ("lecture.en.hi.srt", "lecture", "en", "sdh"),
        ("lecture.hi.en.srt", "lecture", "en", "sdh"),
        ("lecture.hi.hi.srt", "lecture", "hi", "sdh"),
        ("lecture.hin.srt", "lecture", "hi", ""),
        ("lecture.hi-IN.srt", "lecture", "hi-IN", ""),
        ("lecture.en-cc.srt", "lecture", "en", "cc"),
        ("lecture_en_cc.srt", "lecture", "en", "cc"),
        ("lecture.en.forced.srt", "lecture", "en", "forced"),
        ("lecture.default.en.srt", "lecture", "en", ""),
        ("lecture.en.closed-captions.srt", "lecture", "en", ""),
        ("en-cc/lecture.srt", "lecture", "en", "cc"),
        ("en/lecture.hi.srt", "lecture", "en", "sdh"),
        ("hi/lecture.srt", "lecture", "hi", ""),
        # a dot shows where the name ends, so a word before the language belongs to the name
        ("Intro.to.en.srt", "Intro.to", "en", ""),
        ("French.en.srt", "French", "en", ""),
        ("Lecture_CC.en.srt", "Lecture_CC", "en", ""),
        ("Intro_French.en.srt", "Intro_French", "en", ""),
        ("lecture.it.srt", "lecture", "it", ""),
        ("lecture.v1.2.en.srt", "lecture.v1.2", "en", ""),
        # folders
        ("en/week1/lecture.srt", "lecture", "en", ""),
        ("course/lecture01/en.sdh.srt", "lecture01", "en", "sdh"),
        ("lecture01/captions/en.srt", "lecture01", "en", ""),
        ("Subs/en/lecture01.srt", "lecture01", "en", ""),
        ("CS/lecture.en.srt", "lecture", "en", ""),
        ("French/lecture.en.srt", "lecture", "en", ""),
        ("en/lecture.en-GB.srt", "lecture", "en-GB", ""),
        ("en/what-is-it.srt", "what-is-it", "en", ""),
        ("en/intro_en.srt", "intro", "en", ""),
        # codes of regions
        ("lecture.en-FR.srt", "lecture", "en-FR", ""),
        ("lecture.sv-fi.srt", "lecture", "sv-FI", ""),
        ("lecture.es-es.srt", "lecture", "es-ES", ""),
        ("lecture.es-419.srt", "lecture", "es-419", ""),
    ],
)
def test_a_name_is_read(path: str, name: str, tag: str, flags: str) -> None:
    found = read(path)
    assert isinstance(found, Reading), found
    assert (found.name, found.tag, ",".join(sorted(found.flags))) == (name, tag, flags)
    assert found.if_known is None


@pytest.mark.parametrize(
    ("path", "code", "names"),
    [
        ("lecture.srt", "LNG001", {"lecture"}),
        ("lec-002.srt", "LNG001", {"lec-002"}),
        ("day-one.srt", "LNG001", {"day-one"}),
        ("lecture.new.srt", "LNG001", {"lecture.new"}),
        ("lecture.cap.srt", "LNG001", {"lecture.cap"}),
        ("week 3 English.srt", "LNG001", {"week 3 English"}),
        ("lecture.hi.srt", "LNG004", {"lecture"}),
        ("lecture.sdh.srt", "LNG004", {"lecture", "lecture.sdh"}),
        ("lecture.cc.srt", "LNG004", {"lecture", "lecture.cc"}),
        ("lecture.kr.srt", "LNG004", {"lecture", "lecture.kr"}),
        ("kr/lecture.srt", "LNG004", {"lecture"}),
        ("lecture.en-orig.vtt", "LNG004", {"lecture", "lecture.en-orig"}),
        ("lecture.en-fr.srt", "LNG004", {"lecture", "lecture.en-fr"}),
        ("lecture.en.fr.srt", "LNG004", {"lecture", "lecture.en", "lecture.en.fr"}),
        ("lecture_fr_en.srt", "LNG004", {"lecture", "lecture_fr", "lecture_fr_en"}),
        ("fr/lecture.en.srt", "LNG004", {"lecture"}),
        ("fr/intro-en.srt", "LNG004", {"intro"}),
        ("French/intro-en.srt", "LNG004", {"intro"}),
        ("fr/en.srt", "LNG004", {"fr", "en"}),
        ("en/en.srt", "LNG004", {"en"}),
        ("en.srt", "LNG006", {"en"}),
        ("subs/en.srt", "LNG006", {"en"}),
    ],
)
def test_what_could_be_several_things_is_asked_and_names_all_that_it_may_belong_to(
    path: str, code: str, names: set[str]
) -> None:
    found = read(path)
    assert isinstance(found, Question), found
    assert (found.code, set(found.names)) == (code, names)
    assert found.message
    assert found.hint


@pytest.mark.parametrize(
    ("path", "name", "tag"),
    [
        ("lecture-01-is.srt", "lecture-01", "is"),
        ("lecture_he.srt", "lecture", "he"),
        ("about-us.srt", "about", "en"),
        ("Seminar (IT).srt", "Seminar", "it"),
        ("lecture.mon.srt", "lecture", "mn"),
        ("IT/lecture.srt", "lecture", "it"),
        ("no/lecture.srt", "lecture", "no"),
    ],
)
def test_a_word_that_is_also_a_language_counts_only_if_the_rest_is_known(path: str, name: str, tag: str) -> None:
    found = read(path)
    assert isinstance(found, Reading)
    assert (found.name, found.tag) == (name, tag)
    assert found.if_known is not None
    assert found.if_known.code == "LNG004"


@pytest.mark.parametrize(
    "path", ["talk_is.srt", "talk.mon.srt", "talk_cha.srt", "talk_tel.srt", "it/talk.srt", "talk_us.srt"]
)
def test_what_a_question_advises_settles_it(path: str) -> None:
    found = read(path)
    assert isinstance(found, Reading)
    assert found.if_known is not None
    advised = re.match(r"Write (\S+), or ", found.if_known.hint)
    if advised:
        again = read(f"{advised[1]}.srt")
        assert isinstance(again, Reading)
        assert (again.name, again.tag, again.if_known) == (found.name, found.tag, None)
    config = re.search(r'\[languages\] (\S+) = "(\S+)"', found.if_known.hint)
    assert config
    settled = read(path, tokens={config[1]: config[2]})
    assert isinstance(settled, Reading)
    assert (settled.name, settled.tag, settled.if_known) == (found.name, found.tag, None)


@pytest.mark.parametrize(
    ("path", "known", "name", "tag"),
    [
        ("Part_II_vi.srt", "Part_II", "Part_II", "vi"),
        ("How to write captions.en.srt", "How to write captions", "How to write captions", "en"),
        ("Lecture 1 en US.srt", "lecture 1", "Lecture 1", "en-US"),
        ("Unit.3.fr.en.srt", "Unit.3.fr", "Unit.3.fr", "en"),
        ("Week 3 English.srt", "Week 3", "Week 3", "en"),
        ("fr/What is it.srt", "What is it", "What is it", "fr"),
        ("Lecture.it.it.srt", "Lecture.it", "Lecture.it", "it"),
    ],
)
def test_known_media_come_first_and_only_the_rest_says_a_language(path: str, known: str, name: str, tag: str) -> None:
    found = read(path, known)
    assert isinstance(found, Reading), found
    assert (found.name, found.tag, found.if_known) == (name, tag, None)


@pytest.mark.parametrize("path", ["Part_II.srt", "History_uk.srt", "Lecture.it.srt"])
def test_a_name_that_is_known_media_as_a_whole_says_no_language(path: str) -> None:
    found = read(path, "Part_II", "History_uk", "Lecture.it", "Lecture")
    assert isinstance(found, Question)
    assert found.code == "LNG001"


@pytest.mark.parametrize(
    ("path", "tokens", "name", "tag"),
    [
        ("lecture.se.srt", {"se": "sv"}, "lecture", "sv"),
        ("lecture.hi.srt", {"hi": "hi"}, "lecture", "hi"),
        ("lecture.en-orig.vtt", {"en-orig": "en"}, "lecture", "en"),
        ("lecture_cs.en.srt", {"cs": None}, "lecture_cs", "en"),
        ("fr/lecture.en.srt", {"fr": None}, "lecture", "en"),
        ("lecture.SPANISH-LATAM.srt", {"Spanish_LatAm": "es-419"}, "lecture", "es-419"),
        ("it/lecture.srt", {"it": "it"}, "lecture", "it"),
        ("fr/en.srt", {"fr": None}, "fr", "en"),
    ],
)
def test_the_table_languages_settles_it(path: str, tokens: dict[str, str | None], name: str, tag: str) -> None:
    found = read(path, tokens=tokens)
    assert isinstance(found, Reading), found
    assert (found.name, found.tag, found.if_known) == (name, tag, None)


def test_a_reading_says_why() -> None:
    found = read("en/lecture.cc.srt")
    assert isinstance(found, Reading)
    assert found.why == ("'cc', set off by a dot, says cc", "the folder 'en' says en")


pieces = st.sampled_from(
    [
        "lecture",
        "01",
        "en",
        "hi",
        "it",
        "fr",
        "sdh",
        "cc",
        "captions",
        "English",
        "zh",
        "Hans",
        "US",
        "419",
        "kr",
        "new",
        *"()[]._- \néİß\u0301",
    ]
)


@lawful
@given(st.lists(pieces, max_size=9).map("".join), st.lists(st.text(min_size=1, max_size=4), max_size=2), st.booleans())
def test_any_name_is_read_or_asked_and_a_reading_has_a_name(stem: str, folders: list[str], known: bool) -> None:
    found = Reader({}, lambda text: known and text == "lecture").read(tuple(folders), stem or "x")
    if isinstance(found, Reading):
        assert found.name
        assert found.tag
    else:
        assert found.names
        assert found.hint


titles = st.one_of(
    st.text(min_size=1, max_size=40),
    st.lists(pieces, min_size=1, max_size=8).map("".join),
    st.sampled_from(["Lecture 1: Intro", "CON", "a.mp4", "..", "What is it?", "x" * 300, "é" * 200, "~$x", ".hidden"]),
).filter(lambda t: not any("\ud800" <= c <= "\udfff" for c in t))


@dataclass(frozen=True)
class Media:
    media: str
    media_id: str
    title: str


@lawful
@given(titles, st.sampled_from(sorted(PICKER_LOCALES)), st.sampled_from(["subtitles", "captions"]))
def test_a_file_named_after_a_title_is_read_back_and_matched_to_it(title: str, locale: str, kind: str) -> None:
    name = file_name(safe_name(without_extension(title.strip()) or title), locale, kind, "vtt")
    assert len(name.encode()) <= 255
    assert not set(name) & set('<>:"/\\|?*')
    found = Reader({}, lambda text: title_key(text) in title_keys(title)).read((), name.removesuffix(".vtt"))
    assert isinstance(found, Reading), found
    assert same_language(found.tag, locale)
    assert found.flags == ({"cc"} if kind == "captions" else set())
    assert match([found.name], [Media("media_objects/m-1", "m-1", title)], {}).matched


def test_a_locale_that_no_token_says_stands_in_the_name_as_it_is() -> None:
    assert file_name("Lecture", "klingon", "subtitles", "srt") == "Lecture.klingon.srt"
