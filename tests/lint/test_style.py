"""House style: what other linters catch. Off by default, and the words stay."""

from __future__ import annotations

import re

import pytest

from captionkit.documents import loads
from captionkit.lint import check, settings_for
from captionkit.lint.checker import Checker
from captionkit.lint.fixing import fix_document


def vtt(*texts: str) -> str:
    cues = [f"00:00:{5 * n + 1:02d}.000 --> 00:00:{5 * n + 5:02d}.000\n{text}\n" for n, text in enumerate(texts)]
    return "WEBVTT\n\n" + "\n".join(cues)


def codes(*texts: str, select: str = "STY", name: str = "a.en.vtt") -> list[str]:
    return [one.code for one in check(loads(vtt(*texts), path=name), select=select)]


def after(text: str, select: str, name: str = "a.en.vtt") -> str:
    checker = Checker(settings_for(select=select))
    once = fix_document(loads(vtt(text), path=name), checker, unsafe=True, path=name)
    assert fix_document(once.document, checker, unsafe=True, path=name).data == once.data
    return once.document.cues[0].text


def test_style_is_off_unless_asked_for() -> None:
    text = vtt('- Hello,,there... - It is 3 >> "now', "(applause)")
    assert not [one.code for one in check(loads(text, path="a.en.vtt")) if one.code.startswith("STY")]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("STY001", "So 😀 it is."),
        ("STY001", "An arrow → here."),
        ("STY003", "– Hello there."),
        ("STY004", "(music playing)"),
        ("STY004", "(sighs) I see."),
        ("STY005", "So... yes."),
        ("STY006", "I saw 3 of them."),
        ("STY006", "All 10 came."),
        ("STY007", "That is it. 30 people came."),
        ("STY008", "The end.Next we go on."),
        ("STY008", "Yes!Sure"),
        ("STY009", "Well,, yes."),
        ("STY009", "Well., yes."),
        ("STY009", "What???"),
        ("STY010", 'He said "yes.'),
        ("STY011", "- Are you sure? - I am."),
        ("STY011", ">> Are you sure? >> I am."),
        ("STY012", "a\tb"),
        ("STY013", ">> Hi."),
    ],
)
def test_a_fault_of_style_is_found(code: str, text: str) -> None:
    assert code in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "It costs 5 % or $3, at 3:30 p.m., on page 1.5 and 2/3 of http://uni.edu/a,b",
        "See www.uni.edu or ana@uni.edu.",
        "- Are you?\n- I am.",
        "Well-known – as it were – so far",
        'Say “yes” or "no"…',
        "The U.S. and e.g. this",
        "♪ la la ♪",
        "What?! Really?",
        "[applause]",
        "f(x) is (see above) fine",
        "minus -5 degrees",
    ],
)
def test_what_is_right_is_left(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("code", "text", "mended"),
    [
        ("STY003", "- Hello there.", "Hello there."),
        ("STY004", "(sighs) I see.", "[sighs] I see."),
        ("STY005", "And so... yes...", "And so… yes…"),
        ("STY008", "Hello,there.Next one", "Hello, there. Next one"),
        ("STY009", "Well,, yes;; then., so", "Well, yes; then, so"),
        ("STY009", "What??? No!!!", "What? No!"),
        ("STY011", "- Are you? - I am. – Good.", "- Are you?\n- I am.\n– Good."),
        ("STY012", "a\tb", "a b"),
    ],
)
def test_a_fix_of_style_keeps_the_words(code: str, text: str, mended: str) -> None:
    assert after(text, code) == mended
    assert re.findall(r"\w+", text) == re.findall(r"\w+", mended)


def test_a_quotation_over_some_cues_has_its_partner() -> None:
    assert codes('He said "so', "it goes", 'on and on."', select="STY010") == []


def test_the_style_of_most_dashes_is_the_one() -> None:
    assert codes("- A?\n- B.", "- C?\n- D.", "-E?\n-F.", select="STY002") == ["STY002", "STY002"]
    assert codes("-A?\n-B.", "-C?\n-D.", select="STY002") == []


@pytest.mark.parametrize(
    ("mixed", "pure"),
    [
        ("Это oчень вaжно", "Это очень важно"),
        ("The sаme wоrd", "The same word"),
        ("Cлово", "Слово"),
        ("МАТLАВ", "MATLAB"),
        ("Ltд", None),
    ],
)
def test_a_word_in_two_alphabets_is_found_and_written_in_one(mixed: str, pure: str | None) -> None:
    found = codes(mixed, select="TXT023", name="a.vtt")
    assert bool(found) == (pure is not None)
    assert after(mixed, "TXT023", "a.vtt") == (pure or mixed)


def test_greek_letters_and_names_beside_latin_words_are_no_mixture() -> None:
    assert codes("5 μm of Δt and USB-порт", select="TXT023", name="a.ru.vtt") == []
