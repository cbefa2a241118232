"""VTT201 to VTT222: the text of a WebVTT cue: tags, references, timestamps."""

from __future__ import annotations

import re
from collections.abc import Iterator

from captionkit.lint.rule import ERROR, RESTORES, SAFE, UNSAFE, WARNING, Finding, rule, vtt_example
from captionkit.lint.subject import MOST_A_CUE, Subject
from captionkit.markup.references import REFERENCE, unescape
from captionkit.patterns import pattern
from captionkit.timecode import timecode

_TEXT = "https://www.w3.org/TR/webvtt1/#webvtt-cue-text"


def _cue(text: str) -> str:
    return vtt_example(f"00:01.000 --> 00:05.000\n{text}")


_GOOD = _cue("Hello there.")

#: An ampersand that begins a reference: HTML's, by name or number, with its semicolon.
_REFERENCE = pattern(r"&(?:[A-Za-z][A-Za-z0-9]{0,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_OLD_REFERENCES = {"&amp;", "&lt;", "&gt;", "&lrm;", "&rlm;", "&nbsp;"}
AMPERSAND = pattern("&(?!(?:[A-Za-z][A-Za-z0-9]{0,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});)")


@rule(
    "VTT201",
    "unescaped-ampersand",
    ERROR,
    fix=SAFE,
    unsafe_if="lacks its semicolon",
    source=_TEXT,
    bad=_cue("Research & development."),
    good=_cue("Research &amp; development."),
)
def unescaped_ampersand(subject: Subject) -> Iterator[Finding]:
    """An `&` stands in the text that begins no reference.

    It must be written `&amp;`. Browsers forgive most of them; `&copy` without a semicolon turns into © in some,
    which the unsafe fix writes. The fix writes `&amp;` where browsers show an ampersand now, for `&amp` without its
    semicolon too.
    """
    if subject.format == "vtt" and "&" in subject.all_text:
        for index, at, _ in subject.search(AMPERSAND):
            reference = REFERENCE.match(subject.texts[index], at)
            shown = unescape(reference[0]) if reference else "&"
            if shown.startswith("&"):
                yield subject.in_text(index, at, at + 1, "an ampersand is written &amp; in WebVTT")
            else:
                message = (
                    f"{reference[0] if reference else ''} lacks its semicolon; browsers show {shown}, others do not"
                )
                yield subject.in_text(index, at, at + 1, message)


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


@rule(
    "VTT202",
    "unescaped-less-than",
    ERROR,
    fix=RESTORES,
    source=_TEXT,
    bad=_cue("If a < b then stop."),
    good=_cue("If a &lt; b then stop."),
)
def unescaped_less_than(subject: Subject) -> Iterator[Finding]:
    """A `<` stands in the text that begins no tag: `a < b`, `<table>`, `List<String>`, `<laughs>`.

    Browsers take everything up to the next `>`, or to the end of the cue, for a tag and show none of it. The fix writes
    `&lt;`, so that words that were hidden are shown.
    """
    if subject.format == "vtt" and "<" in subject.all_text:
        for index, text in enumerate(subject.texts):
            for at in no_tags(text)[:MOST_A_CUE] if "<" in text else ():
                yield subject.in_text(
                    index,
                    at,
                    at + 1,
                    "this < hides what follows up to the next > or the end",
                    "Write &lt; in its place.",
                )


def _tags(subject: Subject, name: str) -> Iterator[tuple[int, int, str]]:
    words: tuple[int, set[int]] = (-1, set())
    for index, at, tag in subject.markup_problems.get(name, ()):
        if words[0] != index:
            words = (index, set(no_tags(subject.texts[index])))
        if at not in words[1]:
            yield index, at, tag


@rule(
    "VTT203",
    "unknown-tag",
    ERROR,
    fix=UNSAFE,
    source=_TEXT,
    bad=_cue('<font color="red">Hello</font> there.'),
    good=_cue("<c.red>Hello</c> there."),
)
def unknown_tag(subject: Subject) -> Iterator[Finding]:
    """A tag that WebVTT does not have, such as `<font>`, `<br>` or `<p>`.

    Browsers drop it; what it was to do is not done. Known are b, i, u, c, v, lang, ruby and rt, in small letters. The
    fix makes a line break of `<br>`, small letters of capitals, and removes others, keeping the words.
    """
    for index, at, tag in _tags(subject, "unknown-tag"):
        yield subject.in_text(index, at, at + len(tag), f"WebVTT has no tag {tag}")


@rule(
    "VTT204",
    "unclosed-tag",
    ERROR,
    fix=SAFE,
    source=_TEXT,
    bad=_cue("<i>Hello there."),
    good=_cue("<i>Hello</i> there."),
)
def unclosed_tag(subject: Subject) -> Iterator[Finding]:
    """A tag is not closed.

    Browsers close it at the end of the cue, and so does the fix. Only `<v>` around the whole text and the last `<rt>`
    may stay open.
    """
    for name in ("unclosed-tag", "cut-tag"):
        for index, at, tag in _tags(subject, name):
            yield subject.in_text(index, at, at + len(tag), f"{tag} is not closed")


@rule("VTT205", "stray-end-tag", ERROR, fix=UNSAFE, source=_TEXT, bad=_cue("Hello</i> there."), good=_GOOD)
def stray_end_tag(subject: Subject) -> Iterator[Finding]:
    """An end tag closes nothing, or crosses another tag.

    Browsers step over it, so the style ends elsewhere than meant. The fix removes it.
    """
    for index, at, tag in _tags(subject, "stray-end-tag"):
        yield subject.in_text(index, at, at + len(tag), f"{tag} closes nothing here")


@rule(
    "VTT206", "voice-without-name", ERROR, source=_TEXT, bad=_cue("<v>Hello there."), good=_cue("<v Bob>Hello there.")
)
def voice_without_name(subject: Subject) -> Iterator[Finding]:
    """A `<v>` or `<lang>` does not say whose voice or which language.

    It does nothing. Write `<v Bob>`.
    """
    for index, at, tag in _tags(subject, "annotation-missing"):
        yield subject.in_text(
            index, at, at + len(tag), f"{tag} names nobody" if tag.startswith("<v") else f"{tag} names no language"
        )


@rule(
    "VTT207",
    "annotation-not-allowed",
    ERROR,
    fix=UNSAFE,
    source=_TEXT,
    bad=_cue("<i loud>Hello</i> there."),
    good=_cue("<i>Hello</i> there."),
)
def annotation_not_allowed(subject: Subject) -> Iterator[Finding]:
    """A tag has something in it that only `<v>` and `<lang>` may have.

    Browsers ignore it. For a style of your own use a class: `<i.loud>`. The fix removes it.
    """
    for index, at, tag in _tags(subject, "annotation-not-allowed"):
        yield subject.in_text(index, at, at + len(tag), f"{tag} takes no annotation")


@rule(
    "VTT208",
    "rt-outside-ruby",
    ERROR,
    source=_TEXT,
    bad=_cue("漢字<rt>かんじ"),
    good=_cue("<ruby>漢字<rt>かんじ</rt></ruby>"),
    file="lecture.ja.vtt",
)
def rt_outside_ruby(subject: Subject) -> Iterator[Finding]:
    """An `<rt>` stands outside of `<ruby>`.

    The reading is then shown as plain text behind the word.
    """
    for index, at, tag in _tags(subject, "rt-outside-ruby"):
        yield subject.in_text(index, at, at + len(tag), "<rt> belongs into <ruby>")


_BAD_CLASS = pattern(r"<[a-z](?>[^\s<>]*?\.(?=\.|[\s>]))[^<>]*+>")


@rule(
    "VTT209",
    "empty-class",
    ERROR,
    fix=SAFE,
    source=_TEXT,
    bad=_cue("<c..loud>Hello</c> there."),
    good=_cue("<c.loud>Hello</c> there."),
)
def empty_class(subject: Subject) -> Iterator[Finding]:
    """A tag has a dot with no class name behind it.

    Browsers step over it, stricter readers reject the tag. The fix removes the dot.
    """
    if subject.format == "vtt" and "<" in subject.all_text:
        for index, at, match in subject.search(_BAD_CLASS):
            yield subject.in_text(index, at, at + len(match[0]), f"{match[0]} has a class without a name")


_LANG = pattern(r"<lang(?:\.[^\s<>]*+)?[ \t]++([^<>\n]++)>")
# RFC 5646, 2.1, without the grandfathered tags that nobody uses.
_BCP47 = pattern(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*"
    r"(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?|x(?:-[a-z0-9]{1,8})+",
    re.IGNORECASE,
)


@rule(
    "VTT210",
    "bad-language-tag",
    ERROR,
    source="https://www.w3.org/TR/webvtt1/#webvtt-cue-language-span",
    bad=_cue("<lang en_US>Hello</lang> there."),
    good=_cue("<lang en-US>Hello</lang> there."),
)
def bad_language_tag(subject: Subject) -> Iterator[Finding]:
    """The language of a `<lang>` is no BCP 47 tag.

    Screen readers and fonts go by it. Write `en-US`, not `en_US` or `English`.
    """
    if subject.format == "vtt" and "<lang" in subject.all_text:
        for index, at, match in subject.search(_LANG):
            if not _BCP47.fullmatch(match[1].strip()):
                yield subject.in_text(index, at, at + len(match[0]), f"{match[1]!r} is no language tag")


_STAMP = pattern(r"<((?:\d{2,}:)?\d\d:\d\d\.\d{3})>")


@rule(
    "VTT211",
    "inner-timestamp-order",
    ERROR,
    fix=UNSAFE,
    source="https://www.w3.org/TR/webvtt1/#webvtt-cue-timestamp",
    bad=_cue("Hello <00:09.000>there."),
    good=_cue("Hello <00:02.000>there."),
)
def inner_timestamp_order(subject: Subject) -> Iterator[Finding]:
    """A timestamp within the text does not lie between the cue's start and end, or not after the one before it.

    The words behind it light up at the wrong time or never. The fix removes it.
    """
    if subject.format != "vtt" or "<" not in subject.all_text:
        return
    from captionkit.markup.webvtt import parse_timestamp

    reached: dict[int, int] = {}
    for index, at, match in subject.search(_STAMP):
        ms = parse_timestamp(match[1])
        if ms is None:
            continue
        cue = subject.cues[index]
        before = reached.get(index, cue.start)
        if before < ms < cue.end:
            reached[index] = ms
        else:
            yield subject.in_text(
                index, at, at + len(match[0]), f"{match[0]} must lie between {timecode(before)} and {timecode(cue.end)}"
            )


@rule(
    "VTT212",
    "rare-character-reference",
    WARNING,
    fix=RESTORES,
    source=_TEXT,
    bad=_cue("A caf&eacute; nearby."),
    good=_cue("A café nearby."),
)
def rare_character_reference(subject: Subject) -> Iterator[Finding]:
    """A reference that older players do not know.

    The specification allows all of HTML's; older players know only `&amp; &lt; &gt; &lrm; &rlm; &nbsp;`
    and show the others as they stand. Names that HTML does not have are shown as they stand by all. The fix writes the
    character itself.
    """
    if subject.format == "vtt" and "&" in subject.all_text:
        for index, at, match in subject.search(_REFERENCE):
            if match[0] not in _OLD_REFERENCES:
                yield subject.in_text(index, at, at + len(match[0]), f"older players show {match[0]} as it stands")


@rule(
    "VTT213",
    "nested-voice",
    WARNING,
    source=_TEXT,
    bad=_cue("<v Bob>Hello <v Eve>there.</v></v>"),
    good=_cue("<v Bob>Hello</v> <v Eve>there.</v>"),
)
def nested_voice(subject: Subject) -> Iterator[Finding]:
    """A voice begins within another voice.

    Close the first with `</v>` before the second speaks; otherwise both are said to say the second part.
    """
    if subject.format != "vtt" or "<v" not in subject.all_text:
        return
    for index, text in enumerate(subject.texts):
        if text.count("<v") < 2:
            continue
        depth = 0
        for match in re.finditer(r"<(/?)v(?=[.\s>])[^<>]*>", text):
            depth += -1 if match[1] else 1
            if depth > 1:
                yield subject.in_text(index, match.start(), match.end(), "this voice begins within another")


@rule(
    "VTT214",
    "bad-inner-timestamp",
    ERROR,
    fix=UNSAFE,
    source="https://www.w3.org/TR/webvtt1/#webvtt-cue-timestamp",
    bad=_cue("Hello <00:02>there."),
    good=_cue("Hello <00:02.000>there."),
)
def bad_inner_timestamp(subject: Subject) -> Iterator[Finding]:
    """A timestamp within the text is not written as WebVTT writes times.

    Browsers drop it. The fix removes it.
    """
    for index, at, tag in _tags(subject, "bad-timestamp"):
        yield subject.in_text(index, at, at + len(tag), f"{tag} is no WebVTT time")


_OVERRIDE = pattern(r"\{\\[^{}\n]*\}")


@rule(
    "VTT216",
    "ass-override-in-webvtt",
    WARNING,
    fix=UNSAFE,
    bad=_cue("{\\an8}Hello there."),
    good=vtt_example("00:01.000 --> 00:05.000 line:0\nHello there."),
)
def ass_override_in_webvtt(subject: Subject) -> Iterator[Finding]:
    r"""The text has SubStation commands such as `{\an8}` or `{\i1}`.

    WebVTT has no such thing: viewers read the command. The fix makes a cue setting of the place, tags of italics, bold
    and underline, and takes the other commands away.
    """
    if subject.format == "vtt" and "{\\" in subject.all_text:
        for index, at, match in subject.search(_OVERRIDE):
            yield subject.in_text(index, at, at + len(match[0]), f"{match[0]} is shown to viewers as it stands")


@rule(
    "VTT220",
    "tag-in-chapter-title",
    ERROR,
    kind="chapters",
    source="https://www.w3.org/TR/webvtt1/#chapters",
    context={"kind": "chapters"},
    bad=_cue("<b>Introduction</b>"),
    good=_cue("Introduction"),
)
def tag_in_chapter_title(subject: Subject) -> Iterator[Finding]:
    """A chapter's title has tags.

    Titles are plain text; menus show the tags. Only with `--kind chapters`.
    """
    if "<" in subject.all_text:
        for index, at, match in subject.search(re.compile(r"<[^>]*+(?:>|\Z)")):
            yield subject.in_text(index, at, at + len(match[0]), f"a chapter's title is plain text, {match[0]} is not")


@rule(
    "VTT221",
    "chapters-cross",
    ERROR,
    kind="chapters",
    source="https://www.w3.org/TR/webvtt1/#chapters",
    context={"kind": "chapters"},
    bad=vtt_example("00:01.000 --> 00:05.000\nOne", "00:03.000 --> 00:07.000\nTwo"),
    good=vtt_example("00:01.000 --> 00:05.000\nOne", "00:03.000 --> 00:05.000\nOne and a half"),
)
def chapters_cross(subject: Subject) -> Iterator[Finding]:
    """A chapter begins in one and ends after it: chapters may follow or contain each other, not cross.

    A menu cannot show them as a tree. Only with `--kind chapters`.
    """
    open_ends: list[int] = []
    for index in subject.shown_order:
        start, end = subject.starts[index], subject.ends[index]
        while open_ends and open_ends[-1] <= start:
            open_ends.pop()
        if open_ends and end > open_ends[-1]:
            yield subject.on_cue(index, f"begins within a chapter that ends before it, at {timecode(open_ends[-1])}")
        open_ends.append(end)


@rule(
    "VTT222",
    "chapter-title-lines",
    ERROR,
    kind="chapters",
    source="https://www.w3.org/TR/webvtt1/#chapters",
    context={"kind": "chapters"},
    bad=_cue("Introduction\nand overview"),
    good=_cue("Introduction and overview"),
)
def chapter_title_lines(subject: Subject) -> Iterator[Finding]:
    """A chapter's title has more than one line.

    Menus show one line. Only with `--kind chapters`.
    """
    for index, text in enumerate(subject.texts):
        if "\n" in text:
            yield subject.on_cue(index, "a chapter's title is one line")
