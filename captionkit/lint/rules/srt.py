"""SRT: SubRip as players and platforms take it. No standard exists; these are the faults that make readers lose
cues."""

from __future__ import annotations

import re
from collections.abc import Iterator

from captionkit.lint.rule import ERROR, INFO, RESTORES, SAFE, UNSAFE, WARNING, Finding, rule, srt_example
from captionkit.lint.subject import MOST_A_CUE, Subject
from captionkit.patterns import pattern

_GOOD = srt_example("00:01,000 --> 00:03,000\nHello there.", "00:04,000 --> 00:06,000\nHow are you?")
_ONE = srt_example("00:01,000 --> 00:03,000\nHello there.")


def _nothing() -> Iterator[Finding]:
    return iter(())


@rule("SRT001", "missing-index", WARNING, fix=SAFE, reader=True, bad=_GOOD.replace("\n\n2\n", "\n\n"), good=_GOOD)
def missing_index(subject: Subject) -> Iterator[Finding]:
    """A cue has no number above its timing line.

    Many players do not mind; converters that look for number and time together skip the cue. The fix numbers the cues.
    """
    return _nothing()


@rule("SRT002", "non-integer-index", ERROR, fix=RESTORES, reader=True, bad=_GOOD.replace("2\n00", "2b\n00"), good=_GOOD)
def non_integer_index(subject: Subject) -> Iterator[Finding]:
    """The line above the timing line is not a number.

    Strict readers reject the cue, others show the line as text of the cue before. The fix writes the number where the
    line is one with something added (`2b`, `Cue 2`); a line of words is left to a person.
    """
    return _nothing()


@rule("SRT003", "non-sequential-index", WARNING, fix=SAFE, reader=True, bad=_GOOD.replace("2\n00", "7\n00"), good=_GOOD)
def non_sequential_index(subject: Subject) -> Iterator[Finding]:
    """The numbers do not count up one by one.

    Players ignore it. Some import forms (3Play among them) refuse the file, and a gap often means that a cue was lost.
    """
    return _nothing()


@rule(
    "SRT004",
    "index-not-from-1",
    INFO,
    fix=SAFE,
    reader=True,
    bad=srt_example("00:01,000 --> 00:03,000\nHello there.", first=5),
    good=_ONE,
)
def index_not_from_1(subject: Subject) -> Iterator[Finding]:
    """The first cue is not number 1.

    The file may be a part of a longer one, cut without moving its times: compare the first cue with the media.
    """
    return _nothing()


@rule(
    "SRT010",
    "malformed-timing-line",
    ERROR,
    reader=True,
    bad=_ONE + "\n2\n00:00:04,000 --> soon\nHow are you?\n",
    good=_GOOD,
)
def malformed_timing_line(subject: Subject) -> Iterator[Finding]:
    """A line has an arrow but no two times that can be read.

    Every reader loses this cue or shows the line as text. What was meant cannot be guessed: type the times.
    """
    return _nothing()


@rule("SRT011", "dot-decimal", WARNING, fix=SAFE, reader=True, bad=_ONE.replace(",", "."), good=_ONE)
def dot_decimal(subject: Subject) -> Iterator[Finding]:
    """The times have a dot where SRT has a comma.

    It is the WebVTT way. Canvas's conversion and strict readers do not take it.
    """
    return _nothing()


@rule(
    "SRT012",
    "field-width",
    WARNING,
    fix=RESTORES,
    unsafe_if="players read in different ways",
    reader=True,
    bad=_ONE.replace("00:00:01", "0:00:01"),
    good=_ONE,
)
def field_width(subject: Subject) -> Iterator[Finding]:
    """Hours, minutes, seconds or milliseconds have too few or too many digits.

    SRT times are HH:MM:SS,mmm. Canvas's conversion leaves `0:00:01,000` half converted, so the cue is never shown.
    A fraction of one, two or more than three digits is read in two ways (ffmpeg takes `,5` for 5 milliseconds, others
    for 500), so mending that is unsafe.
    """
    return _nothing()


@rule(
    "SRT016",
    "hours-missing",
    ERROR,
    fix=RESTORES,
    reader=True,
    bad="1\n00:01,000 --> 00:03,000\nHello there.\n",
    good=_ONE,
)
def hours_missing(subject: Subject) -> Iterator[Finding]:
    """The times have no hours.

    WebVTT allows MM:SS.mmm, SRT does not: most SRT readers skip the cue without a word.
    """
    return _nothing()


@rule(
    "SRT017",
    "position-coordinates",
    WARNING,
    fix=UNSAFE,
    reader=True,
    bad=_ONE.replace("03,000", "03,000 X1:100 X2:200 Y1:10 Y2:50"),
    good=_ONE,
)
def position_coordinates(subject: Subject) -> Iterator[Finding]:
    """The timing line ends with screen coordinates.

    Hardly any player uses them and some reject the line. The fix removes them; convert to WebVTT to keep the place.
    """
    return _nothing()


@rule(
    "SRT018",
    "text-after-timing",
    WARNING,
    fix=RESTORES,
    unsafe_if="settings",
    reader=True,
    bad=_ONE.replace("03,000\nHello there.", "03,000 Hello\nthere, my friend."),
    good=_ONE.replace("Hello there.", "Hello\nthere, my friend."),
)
def text_after_timing(subject: Subject) -> Iterator[Finding]:
    """Something follows the end time.

    Words there are shown by no player: the fix moves them into the text. WebVTT cue settings have no meaning in SRT,
    and strict readers reject the line: the unsafe fix removes them.
    """
    return _nothing()


def words_of_settings(settings: str) -> str:
    """What follows the times of a cue from the first word on that is no setting; "" where all are settings."""
    match = _SETTINGS.match(settings)
    words = settings[match.end() if match else 0 :].strip()
    return "" if _VALUES.issuperset(words.split()) else words


_SETTINGS = pattern(
    r"(?:(?:(?:[XY][12]|align|line|position|size|vertical|region):[ \t]*+|[A-Za-z]++:(?=\S))\S*+(?:[ \t]++|$)"
    r"|[\d%,.+-]++(?:[ \t]++|$))*+",
    re.IGNORECASE,
)
_VALUES = frozenset(
    ("start", "center", "middle", "end", "left", "right", "line-left", "line-right", "rl", "lr", "up", "auto")
)


@rule(
    "SRT020",
    "blank-line-inside-cue",
    ERROR,
    fix=UNSAFE,
    reader=True,
    bad="1\n00:00:01,000 --> 00:00:03,000\nHello\n\nthere.\n",
    good=_ONE,
)
def blank_line_inside_cue(subject: Subject) -> Iterator[Finding]:
    """A blank line stands in the middle of a cue's text.

    A blank line ends a cue: readers drop what follows, or take it for the next number. The fix joins the lines.
    """
    return _nothing()


@rule("SRT022", "extra-blank-lines", INFO, fix=SAFE, reader=True, bad=_GOOD.replace("\n\n", "\n\n\n"), good=_GOOD)
def extra_blank_lines(subject: Subject) -> Iterator[Finding]:
    """More than one blank line stands between two cues, or before the first.

    Harmless in most players; some count blocks by blank lines and see an empty cue.
    """
    return _nothing()


@rule("SRT023", "text-before-first-cue", ERROR, reader=True, bad="Translated by nobody\n\n" + _ONE, good=_ONE)
def text_before_first_cue(subject: Subject) -> Iterator[Finding]:
    """Text stands before the first cue.

    It has no timing line, so no viewer ever sees it. captionkit keeps it in the file. Give it a time or remove it.
    """
    return _nothing()


@rule(
    "SRT024",
    "unreadable-time",
    ERROR,
    fix=RESTORES,
    unsafe_if="players read in different ways",
    reader=True,
    bad=_ONE.replace("00:00:01,000", "00:00:01 ,000"),
    good=_ONE,
)
def unreadable_time(subject: Subject) -> Iterator[Finding]:
    """A time has a blank inside, digits of another script, or a semicolon or colon before the fraction.

    captionkit knows what is meant; most players cannot read the line and show nothing of the cue. It comes from
    translation programs and from typing. The fix writes the time in the one way that all players read; where a colon
    or semicolon may count frames it is unsafe.
    """
    return _nothing()


_OVERRIDE = pattern(r"\{\\[^{}\n]*\}")


@rule(
    "SRT030",
    "ass-override",
    WARNING,
    fix=UNSAFE,
    bad=srt_example("00:01,000 --> 00:03,000\n{\\an8}Hello there."),
    good=_ONE,
)
def ass_override(subject: Subject) -> Iterator[Finding]:
    r"""The text has SubStation commands such as `{\an8}` or `{\i1}`.

    VLC and a few desktop players obey them; browsers, phones and Canvas show them as text. `captionkit convert` turns
    position and italics into what WebVTT has for them. The fix removes them.
    """
    if subject.format == "srt" and "{\\" in subject.all_text:
        for index, at, match in subject.search(_OVERRIDE):
            yield subject.in_text(
                index,
                at,
                at + len(match[0]),
                f"{match[0]} is shown as text by most players",
                "Convert to WebVTT to keep the position.",
            )


@rule(
    "SRT031",
    "font-tag",
    WARNING,
    fix=UNSAFE,
    bad=srt_example('00:01,000 --> 00:03,000\n<font color="yellow">Hello</font> there.'),
    good=_ONE,
)
def font_tag(subject: Subject) -> Iterator[Finding]:
    """The text has `<font>` tags.

    Desktop players colour the text; in a browser the tag is not WebVTT and the colour is lost, or the tag is shown.
    `captionkit convert` makes a class and a STYLE block of it. The fix removes the tags and keeps the words.
    """
    if subject.format == "srt" and "<" in subject.all_text:
        for index, at, match in subject.search(re.compile(r"<font\b[^<>]*>", re.IGNORECASE)):
            yield subject.in_text(index, at, at + len(match[0]), f"{match[0]} works in few players")


_RARE = pattern(r"\\[Nh]|\{[A-Za-z]:[^{}\n]*\}|\{/?[ibusIBUS]\}|<(?:[ \t]+/?|/[ \t]+)[ \t]*[ibusIBUS][ \t]*>")


@rule(
    "SRT038",
    "foreign-markup",
    WARNING,
    fix=UNSAFE,
    bad=srt_example("00:01,000 --> 00:03,000\nHello\\Nthere."),
    good=srt_example("00:01,000 --> 00:03,000\nHello\nthere."),
)
def foreign_markup(subject: Subject) -> Iterator[Finding]:
    r"""The text has markup of other formats, or tags with blanks in them: `\N`, `\h`, `{y:i}`, `{i}`, `< i>`.

    VLC and players built on ffmpeg read it as a line break, a space or a style; browsers, phones and Canvas show it as
    text. It is left behind by converters and by machine translation. The fix writes what is meant the way SRT has it.
    """
    text = subject.all_text
    if subject.format == "srt" and ("\\" in text or "{" in text or "<" in text):
        for index, at, match in subject.search(_RARE):
            yield subject.in_text(index, at, at + len(match[0]), f"{match[0]} is shown as text by most players")


_STYLE_TAG = pattern(r"<(/?)([biusBIUS])\s*>")


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


@rule(
    "SRT032",
    "unbalanced-tag",
    ERROR,
    fix=SAFE,
    bad=srt_example("00:01,000 --> 00:03,000\n<i>Hello there."),
    good=srt_example("00:01,000 --> 00:03,000\n<i>Hello</i> there."),
)
def unbalanced_tag(subject: Subject) -> Iterator[Finding]:
    """A `<b>`, `<i>`, `<u>` or `<s>` is not closed, closes nothing, or crosses another.

    Some players carry the style into all cues that follow. The fix closes what is open at the end of the cue, which is
    what the better players show anyway, and removes an end tag that ends nothing.
    """
    if subject.format == "srt" and "<" in subject.all_text:
        for index, text in enumerate(subject.texts):
            if "<" in text:
                for start, end, what in unbalanced_tags(text)[:MOST_A_CUE]:
                    yield subject.in_text(index, start, end, what)


# Tags of HTML that people paste into captions; `<v Bob>` and the like are SRT036, fonts SRT031.
_HTML = pattern(
    r"</?(?:p|br|div|span|a|em|strong|sub|sup|h[1-6]|li|ul|ol|table|tr|td|center|strike|big|small)\b[^<>]*>", re.I
)


@rule(
    "SRT033",
    "other-html",
    WARNING,
    fix=UNSAFE,
    bad=srt_example("00:01,000 --> 00:03,000\nHello<br>there."),
    good=srt_example("00:01,000 --> 00:03,000\nHello\nthere."),
)
def other_html(subject: Subject) -> Iterator[Finding]:
    """The text has HTML tags that no caption player knows, such as `<br>`, `<p>` or `<strong>`.

    They are shown as they stand, or swallowed with what is in them. The fix makes a line break of `<br>` and removes
    the other tags, keeping the words.
    """
    if subject.format == "srt" and "<" in subject.all_text:
        for index, at, match in subject.search(_HTML):
            yield subject.in_text(index, at, at + len(match[0]), f"{match[0]} is not caption markup")


ENTITY = pattern(
    r"&(?:amp|lt|gt|quot|apos|nbsp|hellip|mdash|ndash|rsquo|lsquo|ldquo|rdquo|eacute|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});"
)


@rule(
    "SRT034",
    "html-entity",
    WARNING,
    fix=UNSAFE,
    bad=srt_example("00:01,000 --> 00:03,000\nResearch &amp; development."),
    good=srt_example("00:01,000 --> 00:03,000\nResearch & development."),
)
def html_entity(subject: Subject) -> Iterator[Finding]:
    """The text has an HTML reference such as `&amp;`.

    SRT has no references, so players show the five characters. The fix puts the character itself; it is unsafe because
    a lecture on HTML may mean what it says.
    """
    if subject.format == "srt" and "&" in subject.all_text:
        for index, at, match in subject.search(ENTITY):
            yield subject.in_text(index, at, at + len(match[0]), f"{match[0]} is shown as it stands in SRT")


@rule(
    "SRT035",
    "webvtt-header",
    ERROR,
    fix=RESTORES,
    reader=True,
    bad="WEBVTT\n\n" + _ONE,
    good=_ONE,
    context={"format": "srt"},
)
def webvtt_header(subject: Subject) -> Iterator[Finding]:
    """The file is named .srt and begins like WebVTT, but its times are SRT's.

    SRT readers take the first line for text, WebVTT readers refuse the times, and Canvas does not convert a file that
    says WEBVTT anywhere: nobody can show it. The fix removes the line.
    """
    return _nothing()


_VTT_TAG = pattern(
    r"</?(?:v(?:\.[^\s<>]*)?(?:\s[^<>\n]*)?|c(?:\.[^\s<>]+)?|lang(?:\s[^<>\n]*)?|ruby|rt)>|<\d\d(?::\d\d){1,2}\.\d{3}>"
)


@rule(
    "SRT036",
    "webvtt-tag",
    WARNING,
    fix=UNSAFE,
    bad=srt_example("00:01,000 --> 00:03,000\n<v Bob>Hello there."),
    good=srt_example("00:01,000 --> 00:03,000\nBob: Hello there."),
)
def webvtt_tag(subject: Subject) -> Iterator[Finding]:
    """The text has tags that only WebVTT knows: `<v Bob>`, `<c.yellow>`, `<00:00:02.000>`.

    SRT players show them, or drop the speaker's name without a word. The fix removes the tags; write the name as text.
    """
    if subject.format == "srt" and "<" in subject.all_text:
        for index, at, match in subject.search(_VTT_TAG):
            yield subject.in_text(index, at, at + len(match[0]), f"{match[0]} is WebVTT, not SRT")


@rule(
    "SRT037",
    "arrow-in-text",
    WARNING,
    bad=srt_example("00:01,000 --> 00:03,000\nA --> B means that."),
    good=srt_example("00:01,000 --> 00:03,000\nA → B means that."),
)
def arrow_in_text(subject: Subject) -> Iterator[Finding]:
    """The text contains `-->`.

    Many readers take the line for a broken timing line and lose the rest of the cue; in WebVTT it is forbidden.
    """
    if subject.format == "srt" and "-->" in subject.all_text:
        for index, at, match in subject.search(re.compile("-->")):
            yield subject.in_text(index, at, at + len(match[0]), "the text contains an arrow", "Write → in its place.")
