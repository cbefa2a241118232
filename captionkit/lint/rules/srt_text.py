"""SRT030 to SRT038: the text of a SubRip cue: markup that few players know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from captionkit.lint.context import Context
from captionkit.lint.edits import FixTask, with_texts_changed
from captionkit.lint.examples import srt
from captionkit.lint.rule import ERROR, SAFE, UNSAFE, WARNING, Finding, Fix, Words, example, fixes, rule
from captionkit.lint.rules.vtt_settings import unescaped
from captionkit.lint.rules.vtt_tags import AS_LINE_BREAK
from captionkit.model import Diagnostic, Document
from captionkit.patterns import pattern

ORDER = 30

#: A command of SubStation.
OVERRIDE = pattern(r"\{\\[^{}\n]*\}")


@rule("SRT030", WARNING, UNSAFE, needs="{")
@example(srt("1-3 {\\an8}Hello there."))
def ass_override(context: Context) -> Iterator[Finding]:
    r"""The text has SubStation commands such as `{\an8}` or `{\i1}`.

    VLC and a few desktop players obey them; browsers, phones and Canvas show them as text. `captionkit convert` turns
    position and italics into what WebVTT has for them. The fix removes them.
    """
    hint = "Convert to WebVTT to keep the position."
    return context.matches(OVERRIDE, "{} is shown as text by most players", "", hint=hint, first="{")


@rule("SRT031", WARNING, UNSAFE, needs="<")
@example(srt('1-3 <font color="yellow">Hello</font> there.'))
def font_tag(context: Context) -> Iterator[Finding]:
    """The text has `<font>` tags.

    Desktop players colour the text; in a browser the tag is not WebVTT and the colour is lost, or the tag is shown.
    `captionkit convert` makes a class and a STYLE block of it. The fix removes the tags and keeps the words.
    """
    return context.matches(re.compile(r"<font\b[^<>]*>", re.IGNORECASE), "{} works in few players")


@fixes("SRT031", fix=UNSAFE)
def without_fonts(task: FixTask) -> Document | None:
    return with_texts_changed(task, lambda text: re.sub(r"</?font\b[^<>]*>", "", text, flags=re.IGNORECASE))


_RARE = pattern(r"\\[Nh]|\{[A-Za-z]:[^{}\n]*\}|\{/?[ibusIBUS]\}|<(?:[ \t]+/?|/[ \t]+)[ \t]*[ibusIBUS][ \t]*>")


@rule("SRT038", WARNING, UNSAFE, needs="\\{<")
@example(srt("1-3 Hello\\Nthere."), srt("1-3 Hello\nthere."))
def foreign_markup(context: Context) -> Iterator[Finding]:
    r"""The text has markup of other formats, or tags with blanks in them: `\N`, `\h`, `{y:i}`, `{i}`, `< i>`.

    VLC and players built on ffmpeg read it as a line break, a space or a style; browsers, phones and Canvas show it as
    text. It is left behind by converters and by machine translation. The fix writes what is meant the way SRT has it.
    """
    return context.matches(_RARE, "{} is shown as text by most players")


@fixes("SRT038", fix=UNSAFE, words=Words.REWRITTEN)
def usual_markup(task: FixTask) -> Document | None:
    """Line breaks and styles the way SRT has them; what only looks like markup stays as it is."""

    def changed(text: str) -> str:
        from captionkit.markup.subrip import GUARD, parse, write

        read = parse(text)
        if read.point or read.ignored or GUARD in text:
            return text
        return write(read.events, read.anchor).replace(GUARD, "")

    return with_texts_changed(task, changed)


_STYLE_TAG = pattern(r"<(/?)([biusBIUS])\s*>")
_LONG_STYLE_TAG = pattern(r"<[bius]\s[^<>]*[^<>\s]", re.IGNORECASE)


def unbalanced_tags(text: str) -> list[tuple[int, int, str]]:
    """The b, i, u and s tags of SRT text that lack their partner: where, how long, what is wrong."""
    open_tags: list[re.Match[str]] = []
    wrong: list[tuple[int, int, str]] = []
    for match in _STYLE_TAG.finditer(text):
        name = match[2].lower()
        if not match[1]:
            open_tags.append(match)
        elif open_tags and open_tags[-1][2].lower() == name:
            open_tags.pop()
        elif any(one[2].lower() == name for one in open_tags):
            inner = open_tags.pop()
            while inner[2].lower() != name:
                wrong.append((inner.start(), inner.end(), f"<{inner[2]}> is closed in the wrong order"))
                inner = open_tags.pop()
        else:
            wrong.append((match.start(), match.end(), f"</{match[2]}> closes nothing"))
    wrong += [(one.start(), one.end(), f"<{one[2]}> is not closed") for one in open_tags]
    return sorted(wrong)


@rule("SRT032", ERROR, SAFE, needs="<")
@example(srt("1-3 <i>Hello there."), srt("1-3 <i>Hello</i> there."))
def unbalanced_tag(context: Context) -> Iterator[Finding]:
    """A `<b>`, `<i>`, `<u>` or `<s>` is not closed, closes nothing, or crosses another.

    Some players carry the style into all cues that follow. The fix closes what is open at the end of the cue, which is
    what the better players show anyway, and removes an end tag that ends nothing.
    """
    for index, text in enumerate(context.texts):
        if "<" in text:
            for start, end, what in unbalanced_tags(text)[: context.most_a_cue]:
                yield context.in_text(index, start, end, what)


def _balancing_takes(context: Context, one: Diagnostic) -> Fix:
    """To close tags that cross anew changes how words in between look, and so does taking away the end of a tag that
    has more in it than its name."""
    text = context.texts[(one.cue or 0) - 1]
    return UNSAFE if _LONG_STYLE_TAG.search(text) or _balanced(text) is None else SAFE


def _balanced(text: str) -> str | None:
    """The text with what is open closed at its end, without ends that end nothing; None where tags cross."""
    open_names: list[str] = []
    stray: list[tuple[int, int]] = []
    for match in _STYLE_TAG.finditer(text):
        name = match[2].lower()
        if not match[1]:
            open_names.append(match[2])
        elif open_names and open_names[-1].lower() == name:
            open_names.pop()
        elif name in [one.lower() for one in open_names]:
            return None
        else:
            stray.append(match.span())
    for start, end in reversed(stray):
        text = text[:start] + text[end:]
    return text + "".join([f"</{name}>" for name in reversed(open_names)])


@fixes("SRT032", fix=SAFE, takes=_balancing_takes)
def balanced_tags(task: FixTask) -> Document | None:
    """Close what is open at the end of the cue, drop ends that end nothing."""
    return with_texts_changed(task, lambda text: _balanced(text) or text)


@fixes("SRT032", fix=UNSAFE)
def uncrossed_tags(task: FixTask) -> Document | None:
    """Where tags cross, drop each that is wrong and close the rest."""

    def uncrossed(text: str) -> str:
        for start, end, _ in reversed(unbalanced_tags(text)):
            text = text[:start] + text[end:]
        return text

    return with_texts_changed(task, uncrossed)


# Tags of HTML that people paste into captions; `<v Bob>` and the like are SRT036, fonts SRT031.
_HTML = pattern(
    r"</?(?:p|br|div|span|a|em|strong|sub|sup|h[1-6]|li|ul|ol|table|tr|td|center|strike|big|small)\b[^<>]*>", re.I
)


@rule("SRT033", WARNING, UNSAFE, needs="<")
@example(srt("1-3 Hello<br>there."), srt("1-3 Hello\nthere."))
def other_html(context: Context) -> Iterator[Finding]:
    """The text has HTML tags that no caption player knows, such as `<br>`, `<p>` or `<strong>`.

    They are shown as they stand, or swallowed with what is in them. The fix makes a line break of `<br>` and removes
    the other tags, keeping the words.
    """
    return context.matches(_HTML, "{} is not caption markup: some players hide it, others show it")


@fixes("SRT033", fix=UNSAFE, words=Words.REMOVED)
def without_html(task: FixTask) -> Document | None:
    return with_texts_changed(task, lambda text: _HTML.sub("", AS_LINE_BREAK.sub("\n", text)).strip("\n"))


_ENTITY = pattern(
    r"&(?:amp|lt|gt|quot|apos|nbsp|hellip|mdash|ndash|rsquo|lsquo|ldquo|rdquo|eacute|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});"
)


@rule("SRT034", WARNING, UNSAFE, needs="&", words=Words.REWRITTEN)
@example(srt("1-3 Research &amp; development."), srt("1-3 Research & development."))
def html_entity(context: Context) -> Iterator[Finding]:
    """The text has an HTML reference such as `&amp;`.

    SRT has no references, so players show the five characters. The fix puts the character itself; it is unsafe because
    a lecture on HTML may mean what it says.
    """
    return context.matches(_ENTITY, "{} is shown as it stands in SRT", lambda match: unescaped(match[0]), first="&")


_VTT_TAG = pattern(
    r"</?(?:v(?:\.[^\s<>]*)?(?:\s[^<>\n]*)?|c(?:\.[^\s<>]+)?|lang(?:\s[^<>\n]*)?|ruby|rt)>|<\d\d(?::\d\d){1,2}\.\d{3}>"
)


@rule("SRT036", WARNING, UNSAFE, needs="<", words=Words.REWRITTEN)
@example(srt("1-3 <v Bob>Hello there."), srt("1-3 Bob: Hello there."))
def webvtt_tag(context: Context) -> Iterator[Finding]:
    """The text has tags that only WebVTT knows: `<v Bob>`, `<c.yellow>`, `<00:00:02.000>`.

    SRT players show them, or drop the speaker's name without a word. The fix removes the tags; write the name as text.
    """
    return context.matches(_VTT_TAG, "{} is WebVTT, not SRT", _speaker, first="<")


def _speaker(tag: re.Match[str]) -> str:
    """`Bob: ` for `<v Bob>`, and nothing for the other tags."""
    voice = re.fullmatch(r"<v(?:\.[^\s<>]*)?[ \t]+([^<>\n]*)>", tag[0])
    return f"{voice[1].strip()}: " if voice else ""


@rule("SRT037", WARNING, needs=">")
@example(srt("1-3 A --> B means that."), srt("1-3 A → B means that."))
def arrow_in_text(context: Context) -> Iterator[Finding]:
    """The text contains `-->`.

    Many readers take the line for a broken timing line and lose the rest of the cue; in WebVTT it is forbidden.
    """
    return context.matches(re.compile("-->"), "the text contains an arrow", hint="Write → in its place.")
