"""LNG: languages, as the names and headers of files state them. Off by default: a folder may have its own ways."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from captionkit.lint.context import Context
from captionkit.lint.examples import GOOD
from captionkit.lint.rule import ERROR, INFO, WARNING, Finding, InFolder, example, rule

_FLAGS = ("cc", "sdh", "hi", "forced", "default", "foreign")


def name_tokens(path: str) -> list[str]:
    """The tokens between the name and the extension of `name.en.sdh.vtt`, the last first, without flags; and the folder
    where the name has none."""
    folder, name = _folder_and_name(path)
    tokens = [token for token in reversed(name.split(".")[1:-1]) if token.lower() not in _FLAGS]
    parent = folder.rpartition("/")[2].strip(".")
    return tokens or ([parent] if parent else [])


def _folder_and_name(path: str) -> tuple[str, str]:
    """The two as strings: a library has thousands of names, and path objects cost more than all else about them."""
    folder, _, name = path.replace("\\", "/").removeprefix("./").rpartition("/")
    return folder, name


@rule("LNG001", INFO, default=False)
@example(GOOD, "WEBVTT\nLanguage: en\n\n00:01.000 --> 00:03.000\nHello there.\n", file="lecture.vtt")
def no_language(context: Context) -> Iterator[Finding]:
    """Neither the name of the file nor its header says the language.

    Whoever uploads it must guess. Name it `lecture.en.vtt` or put it into a folder `en`.
    """
    if context.name and not context.language and not any(_language(token) for token in name_tokens(context.name)):
        from captionkit.languages import languages_within

        if languages_within(context.name.replace("\\", "/").rpartition("/")[2]):
            return
        yield context.on_file("the language is not stated", "Name the file like lecture.en.vtt.")


@lru_cache(maxsize=4096)
def _language(token: str) -> object:
    from captionkit.languages import parse_token

    return parse_token(token)


@rule("LNG002", ERROR, default=False)
@example(
    "WEBVTT\nLanguage: English\n\n00:01.000 --> 00:03.000\nHello there.\n",
    "WEBVTT\nLanguage: en\n\n00:01.000 --> 00:03.000\nHello there.\n",
)
def bad_header_language(context: Context) -> Iterator[Finding]:
    """The header's `Language:` is no language tag.

    Tools that read it go wrong. Write a BCP 47 tag such as `en` or `pt-BR`.
    """
    from captionkit.languages import is_known

    header = context.document.header
    match = re.search(r"(?mi)^Language:[ \t]*(.*?)[ \t]*$", header.text) if header else None
    if header and match and not is_known(match[1]):
        line = header.line + header.text.count("\n", 0, match.start())
        yield context.on_line(line, f"{match[1]!r} is no language tag")


@rule("LNG003", INFO, default=False)
@example(GOOD, file="lecture.eng.vtt", good_file="lecture.en.vtt")
def unusual_tag(context: Context) -> Iterator[Finding]:
    """The name states the language in an unusual form: `eng`, `en_us`, `jp`.

    Programs that look for `en` or `ja` do not find it.
    """
    from captionkit.languages import Language

    for token in name_tokens(context.name)[:1]:
        found = _language(token)
        if isinstance(found, Language) and found.is_code and found.tag.lower() != token.lower():
            yield context.on_file(
                f"{token!r} is usually written {found.tag!r}. {found.note}".strip(), "Rename the file."
            )


@rule("LNG004", WARNING, default=False)
@example(GOOD, file="lecture.kr.vtt", good_file="lecture.ko.vtt")
def ambiguous_language(context: Context) -> Iterator[Finding]:
    """The token in the name can mean several languages, or something else: `kr`, `se`, `hi`.

    `kr` is Kanuri to a machine and Korean to most people. captionkit asks instead of guessing.
    """
    from captionkit.languages import Ambiguous

    for token in name_tokens(context.name)[:1]:
        found = _language(token)
        if isinstance(found, Ambiguous):
            yield context.on_file(
                f"{token!r}: {found.reason} It may be {' or '.join(found.choices)}.", "Rename the file."
            )


def split_path(path: str) -> tuple[str, str]:
    """The recording and the language that a path states; "" where it states none."""
    from captionkit.languages import Language

    folder, name = _folder_and_name(path)
    stem = name.rsplit(".", 1)[0]
    for token in name_tokens(path)[:1]:
        found = _language(token)
        if isinstance(found, Language):
            above, _, parent = folder.rpartition("/")
            if token == parent:
                return f"{above}/{stem}".casefold(), found.tag
            return f"{folder}/{stem[: stem.find(f'.{token}')]}".casefold(), found.tag
    return f"{folder}/{stem}".casefold(), ""


@rule("LNG005", ERROR, folder=True)
@example((InFolder("week1.en.srt"), InFolder("week1.en.vtt")), (InFolder("week1.en.srt"), InFolder("week1.fr.vtt")))
def two_files_for_one_language(files: Sequence[InFolder]) -> Iterator[tuple[str, Finding]]:
    """Two files state the same recording and the same language.

    Only one of them can be uploaded; which one is chance. Remove one, or give it a flag (`sdh`, `forced`) in its name.
    """
    seen: dict[tuple[str, str, str], str] = {}
    for path, *_ in files:
        recording, language = split_path(path)
        flags = ".".join(sorted({t for t in path.lower().split(".")[1:-1] if t in _FLAGS}))
        if language:
            first = seen.setdefault((recording, language, flags), path)
            if first != path:
                yield path, Finding(f"{first} is also {language} for this recording")


@rule("LNG007", INFO, folder=True, default=False)
@example(
    (InFolder("w1.en.srt"), InFolder("w1.fr.srt"), InFolder("w2.en.srt"), InFolder("w2.fr.srt"), InFolder("w3.en.srt")),
    (InFolder("w1.en.srt"), InFolder("w1.fr.srt"), InFolder("w2.en.srt"), InFolder("w2.fr.srt")),
)
def missing_language(files: Sequence[InFolder]) -> Iterator[tuple[str, Finding]]:
    """A recording lacks a language that at least two of three others of its folder have.

    A translation was forgotten, or its file is named in another way.
    """
    languages: dict[str, dict[str, str]] = {}
    for path, *_ in files:
        recording, language = split_path(path)
        if language:
            languages.setdefault(recording, {})[language] = path
    counts: dict[str, int] = {}
    for found in languages.values():
        for language in found:
            counts[language] = counts.get(language, 0) + 1
    for found in languages.values():
        for language, count in sorted(counts.items()):
            if language not in found and count * 3 >= len(languages) * 2 and count < len(languages):
                yield (
                    min(found.values()),
                    Finding(f"there is no {language}, which {count} of {len(languages)} recordings have"),
                )
