"""BCP 47 tags, and what people write in file names to say a language.

Theory of operation. A *token* is a piece of a file name. `parse_token` reads it by a curated list: the codes of ISO
639-1 and 639-2, Canvas's own list, and the names of languages; or a whole tag, that is a language with a script or a
region. It never takes a bare code of ISO 639-3, where nearly every three letters are somebody's language, and it never
guesses: what could be two languages comes back as `Ambiguous` with the choices. A *tag* is canonical BCP 47 and is what
captionkit works with inside. What Canvas stores instead, `captionkit.canvas_locales` says.

The library `langcodes` is asked only about unusual tags, since loading it takes longer than all the rest.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from captionkit.errors import UsageError
from captionkit.language_table import (
    DOUBTFUL,
    FLAGS,
    LABELS,
    LANGUAGES,
    MISTAKES,
    NAMED_TAGS,
    PICKER,
    REGIONS,
    REPLACED,
    SCRIPTS,
    WORDLIKE,
)

__all__ = [
    "FLAGS",
    "LABELS",
    "Ambiguous",
    "Language",
    "canonical",
    "display_name",
    "file_token",
    "fold",
    "is_known",
    "is_wordlike",
    "known_tags",
    "language_of_name",
    "languages_within",
    "may_begin_language",
    "parse_token",
    "same_language",
]

_SEPARATORS = re.compile(r"[\s_\-–—.,()\[\]]+")
_MARKS = str.maketrans("", "", "'’‘ʻʼ`")


@dataclass(frozen=True, slots=True)
class Language:
    """A token that says one language.

    Attributes:
        tag: the canonical BCP 47 tag.
        note: why it was read so, where a person may have meant something else; "" otherwise.
        is_code: whether it was written as a code or tag, and not as the name of a language.
    """

    tag: str
    note: str = ""
    is_code: bool = True


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A token that may say several languages, or something else.

    Attributes:
        choices: tokens that say each of them without doubt.
        reason: why it is not decided here, one sentence.
    """

    token: str
    choices: tuple[str, ...]
    reason: str


def fold(text: str) -> str:
    """A token for comparing: no case, no width, white space and separators as one hyphen, no apostrophes."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_MARKS)
    return _SEPARATORS.sub("-", text).strip("-")


def _without_accents(text: str) -> str:
    """`français` as people write it in file names; "" where that leaves letters other than Latin."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return plain if plain.isascii() else ""


def _tokens() -> tuple[dict[str, str], dict[str, list[str]]]:
    """Codes and names, folded; a name can be that of several languages."""
    codes: dict[str, str] = {}
    names: dict[str, list[str]] = {}

    def called(name: str, tag: str) -> None:
        for form in {fold(name), fold(_without_accents(name))} - {""}:
            if tag not in names.setdefault(form, []):
                names[form].append(tag)

    for code, name, autonym, aliases in LANGUAGES:
        tag = REPLACED.get(code, code)
        codes[code] = tag
        called(name, tag)
        called(autonym, tag)
        for alias in aliases.split(", "):
            if len(alias) == 3 and alias.isascii():
                codes[alias] = tag
            else:
                called(alias, tag)
    for name, tag in NAMED_TAGS.items():
        called(name, tag)
    for locale, name in PICKER.items():
        called(name, canonical(locale))
    codes.update(REPLACED)
    return codes, names


def parse_token(token: str) -> Language | Ambiguous | None:
    """The language that a piece of a file name says, by the curated rules.

    Args:
        token: e.g. "en", "en-US", "zh_Hans", "English", "deutsch", "jp". Case does not matter.

    Returns:
        A Language; Ambiguous where it could be several and must be asked; None where it is no language.
    """
    return _parse(fold(token))


@lru_cache(maxsize=4096)
def _parse(token: str) -> Language | Ambiguous | None:
    if not token or token in FLAGS or token in LABELS:
        # `hi` is both; whoever reads a whole name decides by what stands beside it (captionkit.library.names).
        return Language("hi") if token == "hi" else None
    if token in DOUBTFUL:
        choices, reason = DOUBTFUL[token]
        return Ambiguous(token, choices, f"{reason}.")
    if token in MISTAKES:
        tag, note = MISTAKES[token]
        return Language(tag, f"{note}.")
    codes, names = _table()
    if token in codes:
        note = "uk is Ukrainian; British English is en-GB." if token == "uk" else ""
        return Language(codes[token], note)
    if token in names:
        first, *others = names[token]
        if others:
            choices = tuple(names[token])
            return Ambiguous(token, choices, f"{token} is what {' and '.join(map(display_name, choices))} are called.")
        return Language(first, is_code=False)
    return _whole_tag(token)


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, str], dict[str, list[str]]]:
    return _tokens()


_TAG_SHAPE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})+")
_SCRIPT = re.compile(r"-[a-z]{4}(?:-|$)")
# The numeric regions that tags are written with: world, Europe, Latin America. Others are numbers of lectures.
_NUMERIC_REGION = re.compile(r"-(\d{3})(?:-|$)")
_NUMERIC_REGIONS = {"001", "150", "419"}


def _whole_tag(token: str) -> Language | Ambiguous | None:
    """A language with a script, a region or more. Others than the listed languages need a script to be believed."""
    if not _TAG_SHAPE.fullmatch(token):
        return None
    primary = token.partition("-")[0]
    listed = primary in _table()[0]
    if not listed and not _SCRIPT.search(token):
        return None
    number = _NUMERIC_REGION.search(token)
    if number and number[1] not in _NUMERIC_REGIONS:
        return None
    from langcodes import tag_is_valid

    if tag_is_valid(token):
        tag = canonical(token)
        note = f"{token} is no tag; read as {tag}." if token.endswith("-uk") else ""
        return Language(tag, note)
    if listed and len(token) > len(primary) + 2 and primary not in WORDLIKE:
        # yt-dlp writes `en-orig` for the track that YouTube made; it is no tag, and it may not be what is wanted.
        return Ambiguous(token, (primary,), f"{token} is no language tag, though {primary} is.")
    return None


def language_of_name(name: str) -> str:
    """The language that a path states (`lecture.en.srt`, `Lecture_English.srt`, `en/lecture.srt`); "" where unsure."""
    folder, _, base = name.replace("\\", "/").rpartition("/")
    parent = folder.rpartition("/")[2]
    # A folder is one for a language only if its name is a code; "data" and "week-1" are no languages.
    folders = [parent] if len(parent.split("-")[0]) in (2, 3) else []
    stem, *inner = base.split(".")[:-1] or [base]
    for token in (*reversed(inner), *folders):
        if token in _PLAIN_CODES:
            return token
        if tag := _tag_of(token):
            return tag
    last = _LAST_WORDS.search(inner[-1] if inner else stem)
    found = parse_token(last[1]) if last else None
    # The last word of a title counts only where it is set off from it: "Introduction to German" may be in English.
    marks = "_([" if isinstance(found, Language) and found.is_code else "_([-"
    is_set_off = last is not None and any(mark in last[0][: last.start(1) - last.start()] for mark in marks)
    return found.tag if isinstance(found, Language) and is_set_off else ""


def languages_within(name: str) -> tuple[Language, ...]:
    """The languages whose names are words of a file's name, wherever they stand: in `Lecture English final` English."""
    words = re.split(r"[\W_]+", name)
    found = [parse_token(word) for word in words if len(word) > 3]
    return tuple([one for one in found if isinstance(one, Language) and not one.is_code])


#: Codes that can mean nothing else.
_PLAIN_CODES = frozenset(("en", "de", "fr", "es", "it", "pt", "nl", "ru", "zh", "ja", "ko", "ar", "pl", "sv"))
_LAST_WORDS = re.compile(r"[\s_\-([]+([^\W\d_]{2,20}(?:-[A-Za-z]{2,4})?)(?:[\s_]*\([\w\s-]{2,40}\))?[)\]\s]*\Z")


@lru_cache(maxsize=4096)
def _tag_of(token: str) -> str:
    found = parse_token(token) if 1 < len(token) < 40 else None
    return found.tag if isinstance(found, Language) else ""


def may_begin_language(word: str) -> bool:
    """Whether a folded word can be the first of a token that says a language: rules most words out, and quickly."""
    return (len(word) <= 3 and word.isascii()) or word in _first_words()


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    codes, names = _table()
    return frozenset(token.partition("-")[0] for token in (*codes, *names))


def is_wordlike(token: str) -> bool:
    """Whether the token is a language but also a common word, course code or numeral: see WORDLIKE in the table."""
    return fold(token) in WORDLIKE


def is_known(tag: str) -> bool:
    """Whether this is a valid language tag of a language that captionkit's own table or langcodes knows."""
    try:
        return _is_valid(canonical(tag))
    except ValueError:
        return False


def known_tags(given: str | Iterable[str], option: str = "") -> tuple[str, ...]:
    """The language tags that somebody asks for, each once and in canonical form.

    Args:
        given: tags, or a text with commas between them.
        option: how they were asked for, such as "--require"; "" in Python.

    Raises:
        UsageError: one is no tag of a language that is known.
    """
    tags = [tag.strip() for tag in (given.split(",") if isinstance(given, str) else given) if tag.strip()]
    for tag in tags:
        if not is_known(tag):
            raise UsageError(
                f"{option}{': ' * bool(option)}{tag!r} is no language tag", hint="For instance en, es, pt-BR."
            )
    return tuple(dict.fromkeys(map(canonical, tags)))


@lru_cache(maxsize=4096)
def _is_valid(tag: str) -> bool:
    if tag in _table()[0]:
        return True
    from langcodes import tag_is_valid

    return tag_is_valid(tag)


@lru_cache(maxsize=4096)
def canonical(tag: str) -> str:
    """The tag in canonical BCP 47 form: `en_us` -> `en-US`, `iw` -> `he`, `zho` -> `zh`, `fl` (Canvas) -> `fil`.

    Raises:
        ValueError: it has not the shape of a tag.
    """
    plain = tag.strip().replace("_", "-")
    low = plain.lower()
    primary, hyphen, rest = low.partition("-")
    if not hyphen:
        if low in REPLACED:
            return REPLACED[low]
        if low in _CODES:
            return _CODES[low]
    elif len(rest) == 2 and rest.isascii() and rest.isalpha() and rest != "uk" and primary in _CODES:
        # The usual case, and the only one worth not loading langcodes for.
        return f"{_CODES[primary]}-{rest.upper()}"
    elif rest in ("hans", "hant") and primary == "zh":
        return f"zh-{rest.title()}"
    if primary in ("fl", "cmn"):
        plain = REPLACED[primary] + plain[len(primary) :]
    from langcodes import standardize_tag

    # Once is not always enough: `zh-cmn-hans-cn` first loses its extended language, then what that leaves.
    result = standardize_tag(plain)
    for _ in range(4):
        again = standardize_tag(result)
        if again == result:
            break
        result = again
    return result


def _alpha_codes() -> dict[str, str]:
    """Two letters for two or three, where a language has them; itself for the rest."""
    codes = {}
    for code, _, _, aliases in LANGUAGES:
        codes[code] = REPLACED.get(code, code)
        for alias in aliases.split(", "):
            if len(alias) == 3 and alias.isascii():
                codes[alias] = REPLACED.get(alias, codes[code])
    return codes


_CODES = _alpha_codes()


def display_name(tag: str) -> str:
    """The language for a person: `English (United States)`, `Chinese (Simplified)`; the tag itself where unknown."""
    try:
        primary, *rest = canonical(tag).split("-")
    except ValueError:
        return tag
    name = _english().get(primary)
    if name is None:
        return tag
    parts = [SCRIPTS.get(p) or REGIONS.get(p) or p for p in rest]
    return f"{name} ({', '.join(parts)})" if parts else name


@lru_cache(maxsize=1)
def _english() -> dict[str, str]:
    return {code: name for code, name, _, _ in LANGUAGES}


@lru_cache(maxsize=4096)
def same_language(a: str, b: str) -> bool:
    """Whether two tags or locales name the same captions: `en` and `en-US`, `zh-CN` and `zh-Hans`, `iw` and `he`.

    They do when language, script and region are the same after the likely ones are filled in (CLDR likely subtags):
    `pt` is `pt-BR` and is not `pt-PT`. What is no tag is the same only as itself, without regard to case.
    """
    if a.casefold() == b.casefold():
        return True
    try:
        first, second = canonical(a), canonical(b)
    except ValueError:
        return False
    if first == second:
        return True
    if _macro(first.partition("-")[0]) != _macro(second.partition("-")[0]):
        return False
    return _filled_in(first) == _filled_in(second)


def serves(language: str, wanted: str) -> bool:
    """Whether captions in a language are captions for those who want another: `en-GB` for `en`, not `zh-Hant` for `zh`.

    A wanted tag without a region takes every region of its language and script; one with a region takes only that.
    """
    if same_language(language, wanted):
        return True
    try:
        first, second = canonical(language), canonical(wanted)
    except ValueError:
        return False
    if any(len(part) == 2 or part.isdigit() for part in second.split("-")[1:]):
        return False
    one, other = _filled_in(first).split("-"), _filled_in(second).split("-")
    return one[:2] == other[:2]


def _macro(primary: str) -> str:
    # CLDR reads `no` as Bokmål; Canvas's menu has both.
    return "nb" if primary == "no" else primary


def _filled_in(tag: str) -> str:
    from langcodes import Language as Tag

    primary, hyphen, rest = tag.partition("-")
    return Tag.get(_macro(primary) + hyphen + rest, normalize=False).maximize().to_tag()


def file_token(locale: str) -> str | None:
    """What to write into a file name so that reading it gives this language back; None where no token does.

    Mostly the locale itself; but `hi` alone could be a flag and `se` a country, so those are written `hin`, `sme`.
    """
    for token in (locale, *_longer_codes(locale)):
        read = parse_token(token) if fold(token) != "hi" else None
        if isinstance(read, Language) and same_language(read.tag, locale):
            return token
    return None


def _longer_codes(locale: str) -> tuple[str, ...]:
    code = _CODES.get(locale.lower(), "")
    for row in LANGUAGES:
        if row[0] == code:
            return tuple(a for a in row[3].split(", ") if len(a) == 3)
    return ()
