"""What a file is called, and what that says: the name of its media, the language, and flags.

Theory of operation. The rules are those of guides/limits.md, section 3, in its order, because three letters of nearly
any word are some language's code. (1) If the beginning of the file name is a known title or media file, only the rest
can say a language, and all of the rest must make sense. (2) Otherwise pieces are taken from the end, by the separator
that says most: a dot (`lecture.en.srt`), brackets (`lecture (English).srt`), then `_` and `-`. (3) Flags are
read before languages; `hi` is a flag beside another language and a question alone. (4) A file that is called by a
language alone takes its name from its folder; one that says no language takes it from a folder that is called by one.
(5) What is also a common word (`it`, `no`, `cs`) counts only where a dot or known media show where the name ends; the
reading then carries `if_known`, and the scan decides when it has seen all names. Nothing is guessed: a question comes
back as a `Question` with its choices.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from captionkit.languages import (
    FLAGS,
    LABELS,
    Ambiguous,
    Language,
    canonical,
    display_name,
    file_token,
    fold,
    is_wordlike,
    may_begin_language,
    parse_token,
    same_language,
)
from captionkit.library.questions import (
    NO_LANGUAGE,
    Question,
    asked,
    is_it_a_word,
    no_language,
    toml_key,
    two_languages,
)


class Mark(IntEnum):
    """How a piece is set off from the name. The higher, the surer that it is no part of it."""

    NONE = 0
    WEAK = 1
    BRACKET = 2
    DOT = 3
    WHOLE = 4
    STEM = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file name says.

    Attributes:
        name: what is left for the media.
        tag: the language, canonical BCP 47.
        flags: of "cc", "sdh", "forced".
        note: a remark for the person who named the file so; "" mostly.
        if_known: the reading holds only if `name` is known from elsewhere; what to ask if it is not.
        why: the steps, for `explain`.
    """

    name: str
    tag: str
    flags: frozenset[str]
    note: str
    if_known: Question | None
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What one piece says; `hi` counts how often that word stood in it."""

    language: Language | Ambiguous | None = None
    flags: frozenset[str] = frozenset()
    hi: int = 0
    token: str = ""  # folded
    settled: bool = False  # by the table [languages]

    @property
    def says_language(self) -> bool:
        return self.language is not None or self.hi > 0


Tokens = Mapping[str, str | None]

#: What vendors and people add behind the language. Anywhere else it may be a part of the title.
_BEHIND_LANGUAGE = frozenset(
    {"final", "finished", "edited", "approved", "reviewed", "corrected", "checked", "updated", "revised", "captioned"}
)
_SPLIT = re.compile(r"[\s._\-–—()\[\],]+")
_BRACKETS = re.compile(r"^(.*?)(?<!\s)\s*+(?:\(((?:[^()]|\([^()]*\))*)\)|\[([^\[\]]*)\])\s*$", re.DOTALL)
_WEAK_SEPARATOR = re.compile(r"(?:(?<!\s)\s++)?[_\-–—]++\s*+")
_BOUNDARY = re.compile(r"[\s._\-–—(\[]")

# Countries whose code is also the code of their language: `en-fr` may be English in France or two languages.
_NAMED_ALIKE = frozenset("bg de es fi fr hr hu id is it lt lv mt nl no pl pt ro ru sk so th to tr".split())  # noqa: SIM905
_SPOKEN_THERE = frozenset(
    {"ca-es", "eu-es", "gl-es", "ast-es", "oc-fr", "br-fr", "co-fr", "ca-fr", "sv-fi", "nb-no", "nn-no", "se-no"}
    | {"de-it", "fur-it", "sc-it", "fy-nl", "hsb-de", "dsb-de", "nds-de", "tt-ru", "ba-ru", "ca-it", "hu-sk", "hu-ro"}
)


_fold_word = lru_cache(maxsize=16_384)(fold)


def _fold_table(tokens: Tokens) -> dict[str, str | None]:
    return {fold(token): tag for token, tag in tokens.items()}


class Reader:
    """Reads file names by one configuration.

    Args:
        tokens: the table [languages]: token -> tag, None where it is no language.
        is_known: whether a text is, when folded, a title or the name of a media file.
    """

    def __init__(self, tokens: Tokens, is_known: Callable[[str], bool]) -> None:
        self._tokens = _fold_table(tokens)
        self._first_words = frozenset(token.partition("-")[0] for token in (*self._tokens, *LABELS))
        self._is_known = is_known
        self._meanings: dict[str, _Meaning | None] = {}

    def read(self, folders: tuple[str, ...], stem: str) -> Reading | Question:
        """Read one name.

        Args:
            folders: the folders from the root of the library down, NFC.
            stem: the file name without its extension, NFC.
        """
        above = self._language_above(folders)
        known, rest = self._known_beginning(stem)
        if known:
            meaning = self._meaning(rest) if rest.strip(" ._-–—") else _Meaning()
            if meaning is not None:
                why = (f"{known!r} is the name of known media",)
                if not meaning.says_language and above is None:
                    return no_language(stem, known, meaning.flags)
                return _settle(stem, known, meaning, Mark.STEM, above, why)
        whole = self._meaning(stem)
        if whole is not None and whole.says_language and (folders or above is None):
            return self._called_by_language(folders, stem, whole, above)
        return self._from_the_end(stem, above)

    # --- the pieces ---------------------------------------------------------------------------------------------------

    def _meaning(self, text: str) -> _Meaning | None:
        """What a piece says, if every word of it says something; None otherwise."""
        if text not in self._meanings:
            if len(self._meanings) > 20_000:
                self._meanings.clear()
            self._meanings[text] = self._understand(text)
        return self._meanings[text]

    def _understand(self, text: str) -> _Meaning | None:
        words = [w for w in _SPLIT.split(text) if w]
        if not words or len(words) > 8:
            return None
        plain = [_fold_word(w) for w in words]
        meaning = _Meaning()
        at = 0
        while at < len(words):
            if meaning.language is not None and plain[at] in _BEHIND_LANGUAGE:
                at += 1  # `lecture_01_English_captions_final`; "Exam_final" is a title
                continue
            length, found = self._piece(words[at : at + 4], plain[at : at + 4])
            if found is None or (meaning.language is not None and found.language is not None):
                return None
            meaning = _joined(meaning, found)
            at += length
        return meaning

    def _piece(self, words: list[str], plain: list[str]) -> tuple[int, _Meaning | None]:
        """How many of the words belong together, the most first, and what they say; None if the first says nothing."""
        first = plain[0]
        if not (may_begin_language(first) or first in FLAGS or first in self._first_words):
            return 0, None
        doubt: tuple[int, _Meaning | None] = (0, None)
        for length in range(len(words), 0, -1):
            key = "-".join(plain[:length])
            if key in self._tokens:
                tag = self._tokens[key]
                return length, _Meaning(Language(tag), token=key, settled=True) if tag else None
            if key in LABELS:
                return length, _Meaning()
            if length == 1 and first in FLAGS:
                return 1, _Meaning(hi=1) if first == "hi" else _Meaning(flags=frozenset({FLAGS[first]}))
            if length > 1 and (any(w in FLAGS for w in plain[1:length]) or (first in FLAGS and first != "hi")):
                continue  # en-CC is also English of the Cocos Islands
            found = _two_languages(words[:length]) or parse_token(key)
            if isinstance(found, Language):
                return length, _Meaning(found, token=key)
            if found is not None and doubt[1] is None:
                doubt = (length, _Meaning(found, token=key))
        return doubt

    def _known_beginning(self, stem: str) -> tuple[str, str]:
        """The longest beginning of the name that is known media, and the rest; ("", "") where none is."""
        if self._is_known(stem):
            return stem, ""
        for boundary in reversed([m.start() for m in _BOUNDARY.finditer(stem)]):
            name = stem[:boundary].rstrip()
            if name and self._is_known(name):
                return name, stem[boundary:]
        return "", ""

    def _language_above(self, folders: tuple[str, ...]) -> _Above | None:
        """The nearest folder that is called by a language."""
        for depth in range(len(folders) - 1, -1, -1):
            meaning = self._meaning(folders[depth])
            if meaning is None or not meaning.says_language:
                continue
            language = meaning.language or Language("hi")  # a folder is no flag
            sure = meaning.settled or meaning.language is None or not is_wordlike(meaning.token)
            return _Above(folders[depth], language, sure, meaning.flags)
        return None

    # --- the three layouts --------------------------------------------------------------------------------------------

    def _called_by_language(
        self, folders: tuple[str, ...], stem: str, meaning: _Meaning, above: _Above | None
    ) -> Reading | Question:
        """`lecture01/en.srt`, `lecture01/captions/en.srt`"""
        name = next((f for f in reversed(folders) if not self._is_label(f)), "")
        if not name:
            return Question(
                "LNG006",
                f"the name {stem!r} says a language and no media",
                f"Call it like the media: NAME.{stem}, or put it into a folder that is called so: NAME/{stem}.",
                (stem,),
                tag=meaning.language.tag if isinstance(meaning.language, Language) else "",
            )
        if above is not None and above.folder == name and above.sure and not self._is_known(name):
            return Question(
                "LNG004",
                f"both the folder {name!r} and the file {stem!r} are called by a language, so neither is a name",
                f"Use NAME.{stem}, or say in captionkit.toml that one is none: [languages] {toml_key(name)} = false",
                (name, stem),
                (NO_LANGUAGE,),
                name,
            )
        why = (f"the file is called by a language, the folder {name!r} by media",)
        return _settle(stem, name, meaning, Mark.WHOLE, None, why)

    def _is_label(self, folder: str) -> bool:
        """`captions`, `subs`: says neither a name nor a language."""
        meaning = self._meaning(folder)
        return meaning is not None and not meaning.says_language and not self._is_known(folder)

    def _from_the_end(self, stem: str, above: _Above | None) -> Reading | Question:
        """`lecture01.en.srt`, `lecture01 (English).srt`, `lecture01_en-US.srt`, `en/lecture01.srt`"""
        rest, mark, meaning, why = stem, Mark.NONE, _Meaning(), []
        while True:
            piece = self._last_piece(rest, above, meaning, mark)
            if piece is None:
                break
            before, text, piece_mark, more = piece
            if meaning.language is not None and more.language is not None:
                # A second language. A word or a name of a language may be what the lecture is about; a code is not.
                if _may_be_topic(more, piece_mark):
                    break
                tags = tuple(m.language.tag if isinstance(m.language, Language) else m.token for m in (more, meaning))
                return two_languages(stem, before, rest, tags)
            meaning = _joined(meaning, more)
            mark = piece_mark if more.says_language else mark
            rest = before
            why.append(f"{text!r}, set off by {_MARK_WORDS[piece_mark]}, says {_in_words(more)}")
        if not meaning.says_language and above is None:
            return no_language(stem, rest, meaning.flags)
        return _settle(stem, rest, meaning, mark, above, tuple(why))

    def _last_piece(
        self, rest: str, above: _Above | None, so_far: _Meaning, mark: Mark
    ) -> tuple[str, str, Mark, _Meaning] | None:
        """The last piece of what is left, if it says something: what is before it, itself, how set off, its meaning."""
        for before, text, piece_mark in _ends(rest):
            if not before or (so_far.language is not None and piece_mark != mark):
                continue
            meaning = self._meaning(text)
            if meaning is None and piece_mark is Mark.DOT and above is None:
                meaning = _whole_doubt(text)
            if meaning is None:
                continue
            if piece_mark is Mark.WEAK and above is not None and meaning.says_language:
                wordlike = meaning.language is None or is_wordlike(meaning.token)
                if wordlike and not meaning.settled:
                    continue  # en/what-is-it.srt: the folder has said the language
            return before, text, piece_mark, meaning
        return None


@dataclass(frozen=True, slots=True)
class _Above:
    folder: str
    language: Language | Ambiguous
    sure: bool
    flags: frozenset[str]


_MARK_WORDS = {
    Mark.WEAK: "_ or -",
    Mark.BRACKET: "brackets",
    Mark.DOT: "a dot",
    Mark.WHOLE: "being the whole name",
    Mark.STEM: "the name of known media",
}


def _ends(rest: str) -> list[tuple[str, str, Mark]]:
    """The ways to cut a last piece off, the surest first."""
    ends: list[tuple[str, str, Mark]] = []
    if rest.rstrip().endswith((")", "]")) and (found := _BRACKETS.match(rest)):
        ends.append((found[1].rstrip(" ._-"), found[2] if found[2] is not None else found[3], Mark.BRACKET))
    before, dot, text = rest.rpartition(".")
    if dot and _fold_word(text.strip()) in _BEHIND_LANGUAGE:
        before, dot, more = before.rpartition(".")
        text = f"{more}.{text}"
    if dot and text:
        ends.append((before.rstrip(), text, Mark.DOT))
    cuts = [(m.start(), m.end()) for m in _WEAK_SEPARATOR.finditer(rest)][-4:]
    ends += [(rest[:start], rest[end:], Mark.WEAK) for start, end in cuts if rest[end:] and "." not in rest[end:]]
    return ends


def _joined(one: _Meaning, other: _Meaning) -> _Meaning:
    first, second = (one, other) if one.language is not None else (other, one)
    return _Meaning(
        first.language, one.flags | other.flags, one.hi + other.hi, first.token or second.token, first.settled
    )


def _may_be_topic(meaning: _Meaning, mark: Mark) -> bool:
    if isinstance(meaning.language, Language) and not meaning.language.is_code:
        return True
    return is_wordlike(meaning.token) and not meaning.settled


def _two_languages(group: list[str]) -> Ambiguous | None:
    """`en-fr` in small letters: a region, or two languages? Written `en-FR` it is a region."""
    if len(group) != 2 or not all(w.isascii() and w.islower() for w in group):
        return None
    first, second = group
    if second not in _NAMED_ALIKE or first == second or len(first) > 3 or f"{first}-{second}" in _SPOKEN_THERE:
        return None
    if not isinstance(parse_token(first), Language):
        return None
    tag = f"{first}-{second.upper()}"
    return Ambiguous(
        f"{first}-{second}", (first, second, tag), f"{first}-{second} may be two languages, or {display_name(tag)}."
    )


def _whole_doubt(text: str) -> _Meaning | None:
    """`lecture.en-orig.vtt`, `lecture.en-fr.srt`: no language that could be taken, but clearly meant as one."""
    doubt = _two_languages(text.replace("_", "-").split("-")) or parse_token(text)
    return _Meaning(doubt, token=text) if isinstance(doubt, Ambiguous) else None


def _settle(
    stem: str, name: str, meaning: _Meaning, mark: Mark, above: _Above | None, why: tuple[str, ...]
) -> Reading | Question:
    """Make a reading of what the file and the folder say together."""
    language, flags, hi = meaning.language, set(meaning.flags), meaning.hi
    if hi and (language is not None or above is not None):
        flags.add("sdh")
    elif hi == 2:
        flags.add("sdh")
        language = Language("hi")
    elif hi:
        return Question(
            "LNG004",
            "hi alone may be Hindi, or the flag for the hearing impaired without a language",
            f"For Hindi write {name}.hin, for the flag {name}.en.hi; or settle it in captionkit.toml: "
            '[languages] hi = "hi"',
            (name,),
            ("hi",),
        )
    if isinstance(language, Ambiguous):
        return asked(stem, name, language)
    if language is not None and above is not None and (conflict := _against_folder(name, language, mark, above)):
        return conflict
    if_known = None
    if language is None:
        assert above is not None
        if isinstance(above.language, Ambiguous):
            return asked(stem, name, above.language)
        language = above.language
        flags |= above.flags
        why = (*why, f"the folder {above.folder!r} says {language.tag}")
        if not above.sure:
            if_known = is_it_a_word(name, above.folder, language.tag, (name,), f"the folder {above.folder!r}")
    elif _needs_known(meaning, mark):
        if_known = is_it_a_word(name, meaning.token, language.tag, (name, stem), repr(meaning.token))
    return Reading(name, canonical(language.tag), frozenset(flags), language.note, if_known, why)


def _needs_known(meaning: _Meaning, mark: Mark) -> bool:
    if meaning.settled or mark is Mark.STEM or not is_wordlike(meaning.token):
        return False
    return mark in (Mark.WEAK, Mark.BRACKET) or len(meaning.token) > 2


def _against_folder(name: str, language: Language, mark: Mark, above: _Above) -> Question | None:
    """The file says one language and a folder another: CS/lecture.en.srt is fine, fr/lecture.en.srt is not."""
    if not isinstance(above.language, Language) or same_language(language.tag, above.language.tag):
        return None
    if canonical(language.tag).partition("-")[0] == canonical(above.language.tag).partition("-")[0]:
        return None  # en/lecture.en-GB.srt only says it more closely
    if mark >= Mark.BRACKET and (not above.sure or not above.language.is_code):
        return None
    tags = (language.tag, above.language.tag)
    return Question(
        "LNG004",
        f"the file says {display_name(tags[0])} and its folder {above.folder!r} says {display_name(tags[1])}",
        "Move or rename it, or say in captionkit.toml that the folder is none: "
        f"[languages] {toml_key(above.folder)} = false",
        (name,),
        tags,
    )


def file_name(name: str, locale: str, kind: str, extension: str) -> str:
    """How captions that come from the remote are called, for `Reader` to read it back to this name and language.

    `hi` may be Hindi or "hearing impaired" in a file name; the token is one that says the locale. Where there is none,
    since Canvas stores any letters, the manifest remembers what the file is.

    Args:
        name: of the recording, as a file name.
        locale, kind: as the remote has it.
        extension: "vtt" or "srt".
    """
    token = file_token(locale) or locale
    return f"{name}.{token}{'.cc' if kind == 'captions' else ''}.{extension}"


def _in_words(meaning: _Meaning) -> str:
    words = []
    if isinstance(meaning.language, Language):
        words.append(meaning.language.tag)
    elif meaning.language is not None:
        words.append("one of " + ", ".join(meaning.language.choices))
    words += sorted(meaning.flags) + ["hi"] * meaning.hi
    return " and ".join(words) or "that it holds captions"
