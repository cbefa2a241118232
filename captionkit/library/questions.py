"""What a file name leaves open, and how a person is asked about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from captionkit.languages import Ambiguous, display_name, file_token, is_wordlike, languages_within

#: The choice that a word is no language.
NO_LANGUAGE = "no language"


@dataclass(frozen=True, slots=True)
class Question:
    """Why a name could not be read, and what would settle it.

    Attributes:
        code: LNG001 no language, LNG004 ambiguous, LNG006 no name.
        names: every name that the file might belong to.
        choices: languages to choose from; empty where there is nothing to choose.
        token: what [languages] settles; "" where that is the whole file.
        flags: what the name says besides. tag: the language, where only the name of the recording is missing.
    """

    code: str
    message: str
    hint: str
    names: tuple[str, ...]
    choices: tuple[str, ...] = ()
    token: str = ""
    flags: frozenset[str] = frozenset()
    tag: str = ""


def is_it_a_word(name: str, token: str, tag: str, names: tuple[str, ...], what: str) -> Question:
    """A word that is also a language, and nothing shows which."""
    settle = f'settle it in captionkit.toml: [languages] {toml_key(token)} = "{tag}", or = false for no language'
    sure = file_token(tag)
    if sure is not None and (len(sure) == 2 or not is_wordlike(sure)):
        settle = f"Write {name}.{sure}, or {settle}"
    return Question(
        "LNG004",
        f"{what} may mean {display_name(tag)}, or be part of the name",
        settle[0].upper() + settle[1:],
        names,
        (tag, NO_LANGUAGE),
        token,
    )


def asked(stem: str, name: str, doubt: Ambiguous) -> Question:
    """A token that could be several languages."""
    return Question(
        "LNG004",
        doubt.reason.removesuffix("."),
        f"Write one of {', '.join(doubt.choices)} instead, or settle it in captionkit.toml: "
        f'[languages] {toml_key(doubt.token)} = "{doubt.choices[0]}"',
        tuple(dict.fromkeys((name, stem))),
        doubt.choices,
        doubt.token,
    )


def no_language(stem: str, rest: str, flags: frozenset[str]) -> Question:
    """Nothing says a language, or one is named where it may be a part of the title."""
    flags_kept = "".join(f".{flag}" for flag in sorted(flags))
    named = languages_within(stem)
    if named:
        tags = tuple(dict.fromkeys([one.tag for one in named]))
        return Question(
            "LNG004" if flags else "LNG001",
            f"the name says {' and '.join(map(display_name, tags))}, but where it may be a part of the title",
            f"Call it {rest}.{file_token(tags[0]) or tags[0]}{flags_kept}, with nothing behind the language but flags.",
            tuple(dict.fromkeys((rest, stem))),
            tags,
            flags=flags,
        )
    return Question(
        # sdh is Southern Kurdish, and cc could be anything; alone they are a question (guides/limits.md, section 3).
        "LNG004" if flags else "LNG001",
        f"the name says {' and '.join(sorted(flags))} and no language" if flags else "the name says no language",
        f"Call it {rest}.en{flags_kept}, say, or put it into a folder called en.",
        tuple(dict.fromkeys((rest, stem))),
        flags=flags,
    )


def two_languages(stem: str, before: str, rest: str, tags: tuple[str, ...]) -> Question:
    """Two codes at the end."""
    return Question(
        "LNG004",
        f"{stem!r} says two languages, {display_name(tags[0])} and {display_name(tags[1])}",
        "Keep one of them, at the end.",
        tuple(dict.fromkeys((before, rest, stem))),
        tags,
    )


def toml_key(token: str) -> str:
    """The token as a key of TOML."""
    return token if re.fullmatch(r"[A-Za-z0-9_-]+", token) else toml_text(token)


def toml_text(text: str) -> str:
    """The text as a value of TOML."""
    from json import dumps

    # JSON allows DEL as it is, and TOML does not.
    return dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
