"""Scripts other than Latin: no capitals where there are none, lines by the language, marks at the right end."""

from __future__ import annotations

import pytest

from captionkit.documents import loads
from captionkit.lint import check, settings_for
from captionkit.lint.checker import Checker
from captionkit.lint.fixing import fix_document
from captionkit.model import Document


def captions(*texts: str, name: str = "a.en.srt") -> Document:
    cues = [f"{n}\n00:00:{5 * n:02d},000 --> 00:00:{5 * n + 4:02d},000\n{text}\n" for n, text in enumerate(texts, 1)]
    return loads("\n".join(cues), path=name)


def codes(*texts: str, name: str) -> set[str]:
    return {one.code for one in check(captions(*texts, name=name))}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("今天我们学习RNA和DNA的结构", "a.zh.srt"),
        ("遺伝子のDNAとRNA", "a.ja.srt"),
        ("السلام عليكم اليوم سنتحدث عن وكالة NASA", "a.ar.srt"),
        ("שלום לכולם היום נדבר על NASA", "a.he.srt"),
        ("आज हम DNA की संरचना सीखेंगे", "a.hi.srt"),
    ],
)
def test_a_script_without_capitals_is_not_called_all_capitals(text: str, name: str) -> None:
    assert not codes(*[text] * 4, name=name) & {"TXT007", "TXT008"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("WE LOOK AT THE FIRST OF THEM", "a.en.srt"),
        ("МЫ СМОТРИМ НА ПЕРВЫЙ", "a.ru.srt"),
        ("ΒΛΕΠΟΥΜΕ ΤΟ ΠΡΩΤΟ", "a.el.srt"),
    ],
)
def test_scripts_with_capitals_still_are(text: str, name: str) -> None:
    assert "TXT007" in codes(text, text, text, name=name)


@pytest.mark.parametrize(("language", "most"), [("zh", 16), ("ja", 23), ("ko", 16), ("en", 42)])
def test_the_default_profile_measures_lines_by_the_language(language: str, most: int) -> None:
    letter = {"zh": "字", "ja": "字", "ko": "한", "en": "x"}[language]
    assert "LAY001" not in codes(letter * most, name=f"a.{language}.srt")
    assert "LAY001" in codes(letter * (most + 1), name=f"a.{language}.srt")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (".זה נכון, נכון", "\u200fזה נכון, נכון.\u200f"),
        ("?מה שלומך", "\u200fמה שלומך?\u200f"),
        ("!שלום -", "\u200f- שלום!\u200f"),
        ("،أهلا وسهلا", "\u200fأهلا وسهلا،\u200f"),
        ("؟كيف حالك", "\u200fكيف حالك؟\u200f"),
        ("!?באמת\n.כן", "\u200fבאמת!?\u200f\n\u200fכן.\u200f"),
    ],
)
def test_marks_at_the_wrong_end_are_found_and_put_where_they_are_said(wrong: str, right: str) -> None:
    document = captions(wrong, name="a.he.srt")
    assert "TXT021" in {one.code for one in check(document)}
    checker = Checker(settings_for())
    assert fix_document(document, checker, path="a.he.srt").document.cues[0].text == wrong
    mended = fix_document(document, checker, unsafe=True, path="a.he.srt")
    assert mended.document.cues[0].text == right
    assert "TXT021" not in {one.code for one in mended.remaining}


@pytest.mark.parametrize(
    "text", ["זה נכון.", "- שלום!\n- מה נשמע?", "...ואז הלכנו", ".NET is a framework", "‫מה שלומך?‬"]
)
def test_lines_whose_marks_are_where_they_belong_are_left(text: str) -> None:
    assert "TXT021" not in codes(text, name="a.he.srt")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("今天我们学习DNA的结构。这是生命的基础，非常重要。", "a.zh.srt"),
        ("请大家打开课本第三页，我们先看第一张图。", "a.zh.srt"),
        ("これはとても長い字幕なので、二つの行に分けて表示します。", "a.ja.srt"),
    ],
)
def test_a_long_line_without_spaces_is_broken_at_its_marks_and_nothing_is_put_between(text: str, name: str) -> None:
    document = captions(text, name=name)
    result = fix_document(document, Checker(settings_for(select="LAY001")), unsafe=True, path=name)
    assert result.remaining == []
    assert "".join(cue.text.replace("\n", "") for cue in result.document.cues) == text
    for cue in result.document.cues:
        assert all(line[0] not in "，。、,.!?ー" for line in cue.text.split("\n"))


def test_a_clause_without_a_mark_is_not_torn_since_its_words_cannot_be_seen() -> None:
    text = "今天我们学习脱氧核糖核酸的结构和它的重要性"
    result = fix_document(
        captions(text, name="a.zh.srt"), Checker(settings_for(select="LAY")), unsafe=True, path="a.zh.srt"
    )
    assert [cue.text for cue in result.document.cues] == [text]
