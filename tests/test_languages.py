"""What people write in file names, and what Canvas is told."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from captionkit import languages
from captionkit.canvas_locales import PICKER_LOCALES, CanvasLocale, NoLocale, canvas_locale
from captionkit.language_table import DOUBTFUL, LANGUAGES, MISTAKES, WORDLIKE
from captionkit.languages import Ambiguous, Language, canonical, parse_token

LOCALE = re.compile(r"\A[A-Za-z-]+\Z")
ISO_639_3_WORDS = (  # noqa: SIM905
    "lab new old end the and day one two six key raw cut sub cap srt asr dub ted mat bio psy mus lec mod sdh"
).split()


@pytest.mark.parametrize(
    ("token", "tag"),
    [
        ("en", "en"),
        ("EN", "en"),
        ("eng", "en"),
        ("en_us", "en-US"),
        ("en-US", "en-US"),
        ("English", "en"),
        ("deutsch", "de"),
        ("ger", "de"),
        ("deu", "de"),
        ("français", "fr"),
        ("francais", "fr"),
        ("FRANÇAIS", "fr"),
        ("Español", "es"),
        ("espanol", "es"),
        ("中文", "zh"),
        ("العربية", "ar"),
        ("हिन्दी", "hi"),
        ("es-419", "es-419"),
        ("zh_Hans", "zh-Hans"),
        ("zh-cmn-hans-cn", "zh-Hans-CN"),
        ("Brazilian Portuguese", "pt-BR"),
        ("Chinese (Simplified)", "zh-Hans"),
        ("zh-TW", "zh-TW"),
        ("iw", "he"),
        ("mo", "ro"),
        ("sh", "sr-Latn"),
        ("fl", "fil"),
        ("tl", "fil"),
        ("fin", "fi"),
        ("en-UK", "en-GB"),
        ("da-x-k12", "da-x-k12"),
        ("gsw-CH", "gsw-CH"),
    ],
)
def test_a_token_says_its_language(token: str, tag: str) -> None:
    read = parse_token(token)
    assert isinstance(read, Language)
    assert read.tag == tag


@pytest.mark.parametrize(
    "token", [*ISO_639_3_WORDS, "final", "v2", "lec-002", "mod-001", "day-one", "xyz-Latn", "en-002", "", "-"]
)
def test_a_bare_code_of_iso_639_3_or_a_word_is_no_language(token: str) -> None:
    assert parse_token(token) is None


@pytest.mark.parametrize(("token", "tag"), [(t, tag) for t, (tag, _) in MISTAKES.items()])
def test_a_known_mistake_is_read_as_meant_and_reported(token: str, tag: str) -> None:
    read = parse_token(token)
    assert isinstance(read, Language)
    assert read.tag == tag
    assert token in read.note


@pytest.mark.parametrize("token", [*DOUBTFUL, "en-orig"])
def test_a_doubtful_token_is_asked_and_each_choice_settles_it(token: str) -> None:
    read = parse_token(token)
    assert isinstance(read, Ambiguous)
    tags = {choice: parse_token(choice) for choice in read.choices}
    assert tags
    assert all(isinstance(t, Language) for t in tags.values())


def test_ukrainian_is_distinguished_from_the_united_kingdom() -> None:
    read = parse_token("uk")
    assert isinstance(read, Language)
    assert (read.tag, "en-GB" in read.note) == ("uk", True)


def test_every_row_of_the_table_is_found_by_code_name_and_alias() -> None:
    for code, name, autonym, aliases in LANGUAGES:
        for token in filter(None, (name, autonym, *aliases.split(", "))):
            read = parse_token(token)
            if isinstance(read, Ambiguous):
                assert code in read.choices, token
            else:
                assert isinstance(read, Language), token
                assert canonical(read.tag) == canonical(code), (token, read)


def test_a_name_that_two_languages_have_is_asked() -> None:
    read = parse_token("isiNdebele")
    assert isinstance(read, Ambiguous)
    assert read.choices == ("nd", "nr")


def test_every_code_of_the_table_is_one_that_langcodes_knows() -> None:
    from langcodes import tag_is_valid

    codes = {code for code, _, _, _ in LANGUAGES}
    codes |= {a for *_, aliases in LANGUAGES for a in aliases.split(", ") if len(a) == 3 and a.isascii()}
    assert [c for c in sorted(codes) if not tag_is_valid(c)] == []
    assert len(LANGUAGES) == len({row[0] for row in LANGUAGES}) >= 200


def test_every_wordlike_token_is_a_language_else_it_need_not_be_listed() -> None:
    assert [w for w in sorted(WORDLIKE) if parse_token(w) is None] == []


@pytest.mark.parametrize(
    ("tag", "locale"),
    [
        ("en", "en"),
        ("en-US", "en"),
        ("en_GB", "en-GB"),
        ("en-IN", "en"),
        ("en-NZ", "en"),
        ("es-419", "es"),
        ("es-MX", "es"),
        ("pt-BR", "pt"),
        ("fr-BE", "fr"),
        ("fr-CA", "fr-CA"),
        ("zh", "zh"),
        ("zh-CN", "zh-Hans"),
        ("zh-Hans-CN", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("iw", "he"),
        ("fil", "tl"),
        ("sr-Latn", "sr"),
        ("prs", "fa"),
        ("nb", "nb"),
        ("da-x-k12", "da"),
        ("de-1996", "de"),
    ],
)
def test_a_tag_is_stored_under_a_locale_that_canvas_has_a_name_for(tag: str, locale: str) -> None:
    stored = canvas_locale(tag)
    assert isinstance(stored, CanvasLocale)
    assert (stored.locale, stored.in_picker) == (locale, True)


@pytest.mark.parametrize("tag", ["bs", "yue", "gd", "gsw", "lb", "bn", "so", "zh-Latn", "ms-Arab"])
def test_a_language_that_the_menu_lacks_is_never_stored_as_its_neighbour(tag: str) -> None:
    stored = canvas_locale(tag)
    assert isinstance(stored, CanvasLocale)
    assert (stored.locale, stored.in_picker) == (tag, False)
    assert "players will show" in stored.note


def test_filipino_is_stored_as_browsers_know_it_and_that_is_reported() -> None:
    stored = canvas_locale("fil")
    assert isinstance(stored, CanvasLocale)
    assert "browsers" in stored.note


def test_a_tag_that_canvas_cannot_store_comes_back_with_choices_that_it_can() -> None:
    stored = canvas_locale("bn-001")
    assert isinstance(stored, NoLocale)
    assert stored.choices == ("bn",)


def test_the_user_decides_over_the_table() -> None:
    stored = canvas_locale("pt_br", {"pt-BR": "pt-BR"})
    assert isinstance(stored, CanvasLocale)
    assert stored.locale == "pt-BR"


def test_canvas_has_63_locales_and_each_can_be_stored() -> None:
    assert len(PICKER_LOCALES) == 63
    assert all(LOCALE.match(code) for code in PICKER_LOCALES)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("en", "en-US"),
        ("EN", "en"),
        ("pt", "pt-BR"),
        ("zh-CN", "zh-Hans"),
        ("zh-cn", "zh"),
        ("zh-Hant", "zh-TW"),
        ("iw", "he"),
        ("fl", "tl"),
        ("no", "nb"),
        ("es", "es-ES"),
        ("klingon", "Klingon"),
    ],
)
def test_two_names_of_the_same_captions_are_the_same_language(a: str, b: str) -> None:
    assert languages.same_language(a, b)
    assert languages.same_language(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [("en", "en-GB"), ("pt", "pt-PT"), ("zh-Hans", "zh-Hant"), ("es", "es-MX"), ("bs", "hr"), ("no", "nn"), ("x", "y")],
)
def test_captions_for_other_readers_are_not_the_same_language(a: str, b: str) -> None:
    assert not languages.same_language(a, b)
    assert not languages.same_language(b, a)


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("en", "English"),
        ("en_us", "English (United States)"),
        ("zh-Hant", "Chinese (Traditional)"),
        ("es-419", "Spanish (Latin America)"),
        ("fl", "Filipino"),
        ("klingon", "klingon"),
        ("", ""),
    ],
)
def test_a_tag_is_shown_by_its_name(tag: str, name: str) -> None:
    assert languages.display_name(tag) == name


@pytest.mark.parametrize("locale", [*PICKER_LOCALES, "en-US", "pt-BR", "zh-CN", "se", "kr", "gd"])
def test_a_locale_of_canvas_has_a_token_that_is_read_back(locale: str) -> None:
    token = languages.file_token(locale)
    assert token is not None
    assert token.lower() != "hi"
    read = parse_token(token)
    assert isinstance(read, Language)
    assert languages.same_language(read.tag, locale)


def test_a_locale_that_is_no_language_has_no_token() -> None:
    assert languages.file_token("klingon") is None
    assert languages.file_token("-") is None


# The first tag loads langcodes, which takes longer than the usual deadline.
lawful = settings(deadline=None, derandomize=True)

tags = st.from_regex(
    r"[a-zA-Z]{2,3}([-_][a-zA-Z]{4})?([-_]([a-zA-Z]{2}|[0-9]{3}))?([-_]x[-_][a-z]{1,8})?", fullmatch=True
)


@lawful
@given(tags)
def test_canonical_is_idempotent(tag: str) -> None:
    try:
        once = canonical(tag)
    except ValueError:
        return
    assert canonical(once) == once


@lawful
@given(st.one_of(tags, st.text(max_size=12)))
def test_any_token_is_read_without_an_exception_and_what_is_read_is_canonical(token: str) -> None:
    read = parse_token(token)
    if isinstance(read, Language):
        assert canonical(read.tag) == read.tag


@lawful
@given(tags)
def test_what_canvas_is_sent_is_always_something_that_it_takes(tag: str) -> None:
    try:
        stored = canvas_locale(tag)
    except ValueError:
        return
    for locale in (stored.locale,) if isinstance(stored, CanvasLocale) else stored.choices:
        assert LOCALE.match(locale)


@lawful
@given(tags, tags)
def test_same_language_is_symmetric_and_reflexive(a: str, b: str) -> None:
    assert languages.same_language(a, a)
    assert languages.same_language(a, b) == languages.same_language(b, a)


def test_the_usual_tags_do_not_load_langcodes() -> None:
    program = (
        "import sys; from captionkit.languages import *; from captionkit.canvas_locales import *\n"
        "[parse_token(t) for t in ('en', 'English', 'jp', 'sdh', 'lecture')]\n"
        "[canonical(t) for t in ('en', 'en_US', 'zh-Hans', 'fl')]; canvas_locale('en'); display_name('pt-BR')\n"
        "print('langcodes' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert out.stdout.strip() == "False"
