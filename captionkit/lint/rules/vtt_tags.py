"""VTT202 to VTT210 and VTT213: the tags in the text of a WebVTT cue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from captionkit.lint.context import Context
from captionkit.lint.edits import FixTask, with_texts_changed
from captionkit.lint.examples import spoken
from captionkit.lint.rule import ERROR, NONE, RESTORES, SAFE, UNSAFE, WARNING, Finding, Fix, example, fixes, rule
from captionkit.model import Diagnostic, Document
from captionkit.patterns import pattern

ORDER = 30
_TEXT = "https://www.w3.org/TR/webvtt1/#webvtt-cue-text"
_GOOD = spoken("Hello there.")

#: A `<` that no one can have meant as a tag: before a space, a digit that begins no timestamp, a sign.
_LESS_THAN = pattern(r"<(?![A-Za-z/]|\d\d+:)")
_TAG = pattern(r"<(/?)([^\t\n\f .<>/]*)([^<>]*)(>?)")
_WEBVTT_TAGS = {"i", "b", "u", "c", "v", "lang", "ruby", "rt"}

#: Tags of HTML that people paste into captions. All others are words in angle brackets.
_HTML_TAGS = {
    *("font", "p", "br", "span", "div", "em", "strong", "s", "strike", "del", "ins", "sub", "sup", "small", "big"),
    *("center", "a", "tt", "h1", "h2", "h3", "h4", "h5", "h6", "q", "cite"),
}


def no_tags(text: str) -> list[int]:
    """Where a `<` begins no tag: what follows it are words, which WebVTT hides."""
    tags = list(_TAG.finditer(text))
    first: dict[str, int] = {}
    last_end: dict[str, int] = {}
    for match in tags:
        name = match[2].lower()
        if match[1]:
            last_end[name] = match.start()
        else:
            first.setdefault(name, match.start())
    found = []
    for match in tags:
        name, at = match[2].lower(), match.start()
        has_partner = first.get(name, at) < at if match[1] else last_end.get(name, -1) > at
        if _is_no_tag(text, match, has_partner):
            found.append(at)
    return found


def _is_no_tag(text: str, match: re.Match[str], has_partner: bool) -> bool:
    slash, name, rest, closed = match.groups()
    at = match.start()
    if _LESS_THAN.match(text, at):
        return True
    if name[:1].isdigit():
        return False  # a timestamp, good or bad
    name = name.lower()
    if name not in _WEBVTT_TAGS and name not in _HTML_TAGS:
        return True
    if not closed:
        return text[at - 1 : at].isalnum() or " " in rest.strip() or (name not in ("v", "lang") and bool(rest.strip()))
    if has_partner or "=" in rest or name in ("v", "lang", "br"):
        return False
    if name in _WEBVTT_TAGS:
        # `a<b and c>d`: nobody closes it, and it takes nothing behind its name.
        return not slash and rest[:1] in (" ", "\t")
    return bool(slash) or bool(text[:at].strip())  # "the <p> tag"; where it begins the cue it is one


@rule("VTT202", ERROR, RESTORES, needs="<", source=_TEXT)
@example(spoken("If a < b then stop."), spoken("If a &lt; b then stop."))
def unescaped_less_than(context: Context) -> Iterator[Finding]:
    """A `<` stands in the text that begins no tag: `a < b`, `<table>`, `List<String>`, `<laughs>`.

    Browsers take everything up to the next `>`, or to the end of the cue, for a tag and show none of it. The fix writes
    `&lt;`, so that words that were hidden are shown.
    """
    for index, text in enumerate(context.texts):
        for at in no_tags(text)[: context.most_a_cue] if "<" in text else ():
            yield context.in_text(
                index,
                at,
                at + 1,
                "this < hides what follows up to the next > or the end",
                "Write &lt; in its place.",
                instead="&lt;",
            )


def markup_problems(context: Context, name: str) -> Iterator[tuple[int, int, str]]:
    words: tuple[int, set[int]] = (-1, set())
    for index, at, tag in context.markup_problems.get(name, ()):
        if words[0] != index:
            words = (index, set(no_tags(context.texts[index])))
        if at not in words[1]:
            yield index, at, tag


@rule("VTT203", ERROR, UNSAFE, needs="<", source=_TEXT)
@example(spoken('<font color="red">Hello</font> there.'), spoken("<c.red>Hello</c> there."))
def unknown_tag(context: Context) -> Iterator[Finding]:
    """A tag that WebVTT does not have, such as `<font>`, `<br>` or `<p>`.

    Browsers drop it; what it was to do is not done. Known are b, i, u, c, v, lang, ruby and rt, in small letters. The
    fix makes a line break of `<br>`, small letters of capitals, and removes others, keeping the words.
    """
    for index, at, tag in markup_problems(context, "unknown-tag"):
        yield context.in_text(index, at, at + len(tag), f"WebVTT has no tag {tag}")


_ANY_TAG = pattern(r"<(/?)([A-Za-z][A-Za-z0-9]*+)((?:\.[^\s<>]*+)?)([^<>]*+)>")
AS_LINE_BREAK = pattern(r"(?:(?<![ \t])[ \t]++)?(?:\n[ \t]*+)?<br\s*+/?>[ \t]*+(?:\n[ \t]*+)?", re.IGNORECASE)
_SAME_MEANING = {"em": "i", "strong": "b"}


@fixes("VTT203", fix=UNSAFE)
def known_tags_only(task: FixTask) -> Document | None:
    """Small letters for capitals, a line break for <br>, i and b for em and strong; the others go, the words stay."""

    def known(match: re.Match[str]) -> str:
        slash, name, classes, rest = match.groups()
        if match.start() in no_tags(match.string):
            return match[0]
        lower = _SAME_MEANING.get(name.lower(), name.lower())
        if lower in ("i", "b", "u", "c", "ruby", "rt"):
            return f"<{slash}{lower}{classes}>"
        if lower in ("v", "lang"):
            return f"<{slash}{lower}{classes}{rest}>"
        return ""

    return with_texts_changed(task, lambda text: _ANY_TAG.sub(known, AS_LINE_BREAK.sub("\n", text).strip("\n")))


@rule("VTT204", ERROR, SAFE, needs="<", source=_TEXT)
@example(spoken("<i>Hello there."), spoken("<i>Hello</i> there."))
def unclosed_tag(context: Context) -> Iterator[Finding]:
    """A tag is not closed.

    Browsers close it at the end of the cue, and so does the fix. Only `<v>` around the whole text and the last `<rt>`
    may stay open.
    """
    for name in ("unclosed-tag", "cut-tag"):
        for index, at, tag in markup_problems(context, name):
            yield context.in_text(index, at, at + len(tag), f"{tag} is not closed")


def _closing_takes(context: Context, one: Diagnostic) -> Fix:
    """What ends where is seen once the words among the tags are known; of a tag without its end it never is."""
    text = context.texts[(one.cue or 0) - 1]
    words = no_tags(text)
    if "<" in "".join([char for at, char in enumerate(text) if at not in words]).rpartition(">")[2]:
        return NONE
    return RESTORES if words else SAFE


@fixes("VTT204", fix=SAFE, takes=_closing_takes)
def closed_tags(task: FixTask) -> Document | None:
    """Close what is open where a browser closes it: at the end of the cue."""

    def closed(text: str) -> str:
        from captionkit.markup.webvtt import parse

        unclosed: list[str] = []
        parse(text, lambda name, at, tag: unclosed.append(tag) if name == "unclosed-tag" else None)
        if no_tags(text) or "<" in text.rpartition(">")[2]:
            return text
        names = [match[1] for match in map(re.compile("<([a-z]+)").match, unclosed) if match]
        return text + "".join([f"</{name}>" for name in names])

    return with_texts_changed(task, closed)


@rule("VTT205", ERROR, UNSAFE, needs="<", source=_TEXT)
@example(spoken("Hello</i> there."), _GOOD)
def stray_end_tag(context: Context) -> Iterator[Finding]:
    """An end tag closes nothing, or crosses another tag.

    Browsers step over it, so the style ends elsewhere than meant. The fix removes it.
    """
    for index, at, tag in markup_problems(context, "stray-end-tag"):
        yield context.in_text(index, at, at + len(tag), f"{tag} closes nothing here", instead="")


@rule("VTT206", ERROR, needs="<", source=_TEXT)
@example(spoken("<v>Hello there."), spoken("<v Bob>Hello there."))
def voice_without_name(context: Context) -> Iterator[Finding]:
    """A `<v>` or `<lang>` does not say whose voice or which language.

    It does nothing. Write `<v Bob>`.
    """
    for index, at, tag in markup_problems(context, "annotation-missing"):
        yield context.in_text(
            index, at, at + len(tag), f"{tag} names nobody" if tag.startswith("<v") else f"{tag} names no language"
        )


@rule("VTT207", ERROR, UNSAFE, needs="<", source=_TEXT)
@example(spoken("<i loud>Hello</i> there."), spoken("<i>Hello</i> there."))
def annotation_not_allowed(context: Context) -> Iterator[Finding]:
    """A tag has something in it that only `<v>` and `<lang>` may have.

    Browsers ignore it. For a style of your own use a class: `<i.loud>`. The fix removes it.
    """
    for index, at, tag in markup_problems(context, "annotation-not-allowed"):
        plain = f"{tag.split(None, 1)[0].removesuffix('>')}>"
        yield context.in_text(index, at, at + len(tag), f"{tag} takes no annotation", instead=plain)


@rule("VTT208", ERROR, needs="<", source=_TEXT)
@example(spoken("漢字<rt>かんじ"), spoken("<ruby>漢字<rt>かんじ</rt></ruby>"), file="lecture.ja.vtt")
def rt_outside_ruby(context: Context) -> Iterator[Finding]:
    """An `<rt>` stands outside of `<ruby>`.

    The reading is then shown as plain text behind the word.
    """
    for index, at, tag in markup_problems(context, "rt-outside-ruby"):
        yield context.in_text(index, at, at + len(tag), "<rt> belongs into <ruby>")


_BAD_CLASS = pattern(r"<[a-z](?>[^\s<>]*?\.(?=\.|[\s>]))[^<>]*+>")


@rule("VTT209", ERROR, SAFE, needs="<", source=_TEXT)
@example(spoken("<c..loud>Hello</c> there."), spoken("<c.loud>Hello</c> there."))
def empty_class(context: Context) -> Iterator[Finding]:
    """A tag has a dot with no class name behind it.

    Browsers step over it, stricter readers reject the tag. The fix removes the dot.
    """
    return context.matches(_BAD_CLASS, "{} has a class without a name", _without_empty_classes)


def _without_empty_classes(tag: re.Match[str]) -> str:
    parts = re.fullmatch(r"<([^\s<>]*)(\s?)([^<>]*)>", tag[0])
    assert parts is not None  # what _BAD_CLASS matches is one tag
    head, space, rest = parts.groups()
    return f"<{'.'.join(part for part in head.split('.') if part)}{space}{rest}>"


_LANG = pattern(r"<lang(?:\.[^\s<>]*+)?[ \t]++([^<>\n]++)>")

# RFC 5646, 2.1, without the grandfathered tags that nobody uses.
_BCP47 = pattern(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*"
    r"(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?|x(?:-[a-z0-9]{1,8})+",
    re.IGNORECASE,
)


@rule("VTT210", ERROR, needs="<", source="https://www.w3.org/TR/webvtt1/#webvtt-cue-language-span")
@example(spoken("<lang en_US>Hello</lang> there."), spoken("<lang en-US>Hello</lang> there."))
def bad_language_tag(context: Context) -> Iterator[Finding]:
    """The language of a `<lang>` is no BCP 47 tag.

    Screen readers and fonts go by it. Write `en-US`, not `en_US` or `English`.
    """
    for index, at, match in context.search(_LANG):
        if not _BCP47.fullmatch(match[1].strip()):
            yield context.in_text(index, at, at + len(match[0]), f"{match[1]!r} is no language tag")


@rule("VTT213", WARNING, needs="<", source=_TEXT)
@example(spoken("<v Bob>Hello <v Eve>there.</v></v>"), spoken("<v Bob>Hello</v> <v Eve>there.</v>"))
def nested_voice(context: Context) -> Iterator[Finding]:
    """A voice begins within another voice.

    Close the first with `</v>` before the second speaks; otherwise both are said to say the second part.
    """
    for index, text in enumerate(context.texts):
        if text.count("<v") < 2:
            continue
        depth = 0
        for match in re.finditer(r"<(/?)v(?=[.\s>])[^<>]*>", text):
            depth += -1 if match[1] else 1
            if depth > 1:
                yield context.in_text(index, match.start(), match.end(), "this voice begins within another")
