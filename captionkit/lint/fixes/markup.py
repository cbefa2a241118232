"""Fixes of cue settings, tags and references."""

from __future__ import annotations

import re
from collections.abc import Callable

from captionkit.conversion.placement import ANCHOR_SETTINGS
from captionkit.lint.mend import Change, Patient, Words, mends, with_cues_changed, with_texts_changed, with_words
from captionkit.lint.rule import RESTORES, SAFE, UNSAFE
from captionkit.lint.rules.srt import _HTML, _OVERRIDE, _STYLE_TAG, _VTT_TAG, ENTITY, unbalanced_tags, words_of_settings
from captionkit.lint.rules.vtt_text import _BAD_CLASS, _OLD_REFERENCES, _REFERENCE, AMPERSAND, no_tags
from captionkit.markup.references import REFERENCE, escape, unescape
from captionkit.model import Cue, Document
from captionkit.patterns import pattern

ORDER = 30

_SAFE_ALIGN = {"align:middle": "align:center"}
_POSITION_ALIGN = {"start": "line-left", "middle": "center", "end": "line-right"}


def _unescaped(reference: str) -> str:
    from html import unescape  # brings a table of 2,231 names, which most files never need

    return unescape(reference)


@mends("VTT129", kind=SAFE)
def legacy_align(patient: Patient) -> Document | None:
    """`align:middle` is centred by every browser, because it is ignored: the name for that is `align:center`."""
    return _with_settings(patient, lambda tokens: [_SAFE_ALIGN.get(token, token) for token in tokens])


def _with_settings(patient: Patient, change: Callable[[list[str]], list[str]]) -> Document | None:
    cues = patient.subject.cues
    changes: dict[int, Change] = {}
    for index in patient.indices():
        tokens = cues[index].settings.split()
        mended = change(tokens)
        if mended != tokens:
            changes[index] = cues[index]._replace(settings=" ".join(mended))
    return with_cues_changed(patient.document, changes)


@mends(
    "VTT120",
    "VTT121",
    "VTT122",
    "VTT123",
    "VTT124",
    "VTT125",
    "VTT126",
    "VTT127",
    "VTT128",
    "VTT129",
    "VTT132",
    "VTT133",
    kind=UNSAFE,
)
def mended_settings(patient: Patient) -> Document | None:
    """Give each wrong setting the one meaning it can have had, and remove it where it had none; words that stand there
    go to the text."""
    cues = patient.subject.cues
    changes: dict[int, Change] = {}
    for index in patient.indices():
        cue = with_words(cues[index], words_of_settings(cues[index].settings))
        cue = cue._replace(settings=" ".join(_mended(cue.settings.split())))
        if cue != cues[index]:
            changes[index] = cue
    return with_cues_changed(patient.document, changes)


def _mended(tokens: list[str]) -> list[str]:
    from captionkit.formats.webvtt import parse_settings

    joined: list[str] = []
    for token in tokens:
        if joined and joined[-1].endswith(":") and ":" not in token:
            joined[-1] += token  # `align: center`
        else:
            joined.append(token)
    kept: dict[str, str] = {}
    for token in joined:
        name, _, value = token.partition(":")
        token = _mended_value(name.lower(), value)
        if not parse_settings(token)[1]:
            kept.pop(name.lower(), None)
            kept[name.lower()] = token
    return list(kept.values())


def _mended_value(name: str, value: str) -> str:
    if name == "position" and "," in value:
        where, _, align = value.partition(",")
        value = f"{where},{_POSITION_ALIGN.get(align, align)}"
    elif name == "align" and value == "middle":
        value = "center"
    elif name == "line" and re.fullmatch(r"-?\d{1,6}\.\d+", value):
        value = str(round(float(value)))
    elif name in ("vertical", "align") and value.lower() != value:
        value = value.lower()
    return f"{name}:{value}"


@mends("VTT201", kind=SAFE)
def escaped_ampersands(patient: Patient) -> Document | None:
    """Write `&amp;` for each `&` that is shown as one, also for an `&amp` without its semicolon."""

    def mended(match: re.Match[str]) -> str:
        reference = REFERENCE.match(match.string, match.start())
        shown = unescape(reference[0]) if reference else ""
        if reference is None or shown == reference[0]:
            return "&amp;"
        return "&"  # `&copy` is shown as a sign by browsers, and as it stands by others

    def escaped(text: str) -> str:
        return AMPERSAND.sub(mended, _WITHOUT_SEMICOLON.sub("&amp;", text))

    return with_texts_changed(patient, escaped)


@mends("VTT201", kind=UNSAFE)
def references_with_semicolon(patient: Patient) -> Document | None:
    """Write the sign itself for a reference without its semicolon, as browsers show it."""

    def written(text: str) -> str:
        pieces, end = [], 0
        for match in AMPERSAND.finditer(text):
            reference = REFERENCE.match(text, match.start())
            shown = unescape(reference[0]) if reference else "&"
            if reference and not shown.startswith("&"):
                pieces += [text[end : match.start()], escape(shown)]
                end = reference.end()
        return "".join([*pieces, text[end:]])

    return with_texts_changed(patient, written)


#: What browsers take for `&amp;`, also in front of other letters.
_WITHOUT_SEMICOLON = pattern("&(?:amp|AMP)(?!;)")


@mends("VTT202", kind=RESTORES)
def escaped_less_thans(patient: Patient) -> Document | None:
    """Write `&lt;` for each `<` that begins no tag, so that the words behind it are shown."""

    def escaped(text: str) -> str:
        pieces, end = [], 0
        for at in no_tags(text):
            pieces += [text[end:at], "&lt;"]
            end = at + 1
        return "".join([*pieces, text[end:]])

    return with_texts_changed(patient, escaped)


_ANY_TAG = pattern(r"<(/?)([A-Za-z][A-Za-z0-9]*+)((?:\.[^\s<>]*+)?)([^<>]*+)>")
_AS_LINE_BREAK = pattern(r"(?:(?<![ \t])[ \t]++)?(?:\n[ \t]*+)?<br\s*+/?>[ \t]*+(?:\n[ \t]*+)?", re.IGNORECASE)
_SAME_MEANING = {"em": "i", "strong": "b"}


@mends("VTT203", kind=UNSAFE)
def known_tags_only(patient: Patient) -> Document | None:
    """Small letters for capitals, a line break for <br>, i and b for em and strong; the others go, the words stay."""

    def mended(match: re.Match[str]) -> str:
        slash, name, classes, rest = match.groups()
        if match.start() in no_tags(match.string):
            return match[0]
        lower = _SAME_MEANING.get(name.lower(), name.lower())
        if lower in ("i", "b", "u", "c", "ruby", "rt"):
            return f"<{slash}{lower}{classes}>"
        if lower in ("v", "lang"):
            return f"<{slash}{lower}{classes}{rest}>"
        return ""

    return with_texts_changed(patient, lambda text: _ANY_TAG.sub(mended, _AS_LINE_BREAK.sub("\n", text).strip("\n")))


@mends("VTT204", kind=SAFE)
def closed_tags(patient: Patient) -> Document | None:
    """Close what is open where a browser closes it: at the end of the cue."""

    def closed(text: str) -> str:
        from captionkit.markup.webvtt import parse

        if no_tags(text):
            return text  # what ends where is seen once the words among them are told from the tags
        unclosed: list[str] = []
        parse(text, lambda name, at, tag: unclosed.append(tag) if name == "unclosed-tag" else None)
        if "<" in text.rpartition(">")[2]:
            return text  # a tag without its end: what was meant is not known
        names = [match[1] for match in map(re.compile("<([a-z]+)").match, unclosed) if match]
        return text + "".join([f"</{name}>" for name in names])

    return with_texts_changed(patient, closed)


@mends("VTT205", kind=UNSAFE)
def without_stray_ends(patient: Patient) -> Document | None:
    def mended(text: str) -> str:
        from captionkit.markup.webvtt import parse

        stray: list[tuple[int, int]] = []
        parse(text, lambda name, at, tag: stray.append((at, at + len(tag))) if name == "stray-end-tag" else None)
        for start, end in reversed(stray):
            text = text[:start] + text[end:]
        return text

    return with_texts_changed(patient, mended)


@mends("VTT207", kind=UNSAFE)
def without_annotations(patient: Patient) -> Document | None:
    return with_texts_changed(
        patient, lambda text: re.sub(r"<([ibuc]|ruby|rt)((?:\.[^\s<>]*)?)[ \t][^<>]*>", r"<\1\2>", text)
    )


@mends("VTT209", kind=SAFE)
def without_empty_classes(patient: Patient) -> Document | None:
    def mended(match: re.Match[str]) -> str:
        parts = re.fullmatch(r"<([^\s<>]*)(\s?)([^<>]*)>", match[0])
        assert parts is not None  # what _BAD_CLASS matches is one tag
        head, space, rest = parts.groups()
        return f"<{'.'.join(part for part in head.split('.') if part)}{space}{rest}>"

    return with_texts_changed(patient, lambda text: _BAD_CLASS.sub(mended, text))


@mends("VTT211", "VTT214", kind=UNSAFE)
def without_bad_timestamps(patient: Patient) -> Document | None:
    cues = patient.subject.cues
    changes: dict[int, Change] = {}
    from captionkit.markup.webvtt import parse_timestamp

    for index in patient.indices():
        cue = cues[index]
        reached = cue.start

        def kept(match: re.Match[str], cue: Cue = cue) -> str:
            nonlocal reached
            ms = parse_timestamp(match[1])
            if ms is None or not reached < ms < cue.end:
                return ""
            reached = ms
            return match[0]

        text = re.sub(r"<([0-9][^<>]*)>", kept, cue.text)
        if text != cue.text:
            changes[index] = cue._replace(text=text)
    return with_cues_changed(patient.document, changes)


@mends("VTT212", kind=RESTORES, words=Words.REWRITTEN)
def plain_characters(patient: Patient) -> Document | None:
    """The character itself for its reference, unless it is one that must be written as one, or cannot be seen."""

    def mended(match: re.Match[str]) -> str:
        character = _unescaped(match[0])
        if match[0] in _OLD_REFERENCES:
            return match[0]
        if character == match[0]:
            return f"&amp;{match[0][1:]}"
        known = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\u00a0": "&nbsp;", "\u200e": "&lrm;", "\u200f": "&rlm;"}
        if character in known:
            return known[character]
        return character if character.isprintable() else match[0]

    return with_texts_changed(patient, lambda text: _REFERENCE.sub(mended, text))


@mends("VTT216", kind=UNSAFE, words=Words.REMOVED)
def settings_for_overrides(patient: Patient) -> Document | None:
    r"""Make a cue setting of `{\an8}`, tags of `{\i1}` and `{\i0}`, and take the other commands away."""
    cues = patient.subject.cues
    changes: dict[int, Change] = {}
    for index in patient.indices():
        cue = cues[index]
        anchor = next((match[1] for match in _ANCHOR.finditer(cue.text)), "")
        has = {token.partition(":")[0] for token in cue.settings.split()}
        added = (
            [one for one in ANCHOR_SETTINGS[int(anchor)].split() if one.partition(":")[0] not in has] if anchor else []
        )
        text = _SWITCH.sub(lambda match: f"<{'/' if match[2] == '0' else ''}{match[1]}>", cue.text)
        text = _OVERRIDE.sub("", text)
        changes[index] = cue._replace(text=text, settings=" ".join([*cue.settings.split(), *added]))
    return with_cues_changed(patient.document, changes)


_ANCHOR = pattern(r"\{[^{}\n]*?\\an([1-9])[^{}\n]*\}")
_SWITCH = pattern(r"\{\\([ibu])([01])\}")


# SRT


@mends("SRT032", kind=SAFE)
def balanced_tags(patient: Patient) -> Document | None:
    """Close what is open at the end of the cue, drop ends that end nothing."""

    def balanced(text: str) -> str:
        open_names: list[str] = []
        doomed: list[tuple[int, int]] = []
        for match in _STYLE_TAG.finditer(text):
            name = match[2].lower()
            if not match[1]:
                open_names.append(match[2])
            elif open_names and open_names[-1].lower() == name:
                open_names.pop()
            elif name in [one.lower() for one in open_names]:
                return text  # tags that cross: closing them anew would change how words in between look
            else:
                doomed.append(match.span())
        for start, end in reversed(doomed):
            text = text[:start] + text[end:]
        return text + "".join(f"</{name}>" for name in reversed(open_names))

    return with_texts_changed(patient, balanced)


@mends("SRT032", kind=UNSAFE)
def uncrossed_tags(patient: Patient) -> Document | None:
    """Where tags cross, drop each that is wrong and close the rest."""

    def mended(text: str) -> str:
        for start, end, _ in reversed(unbalanced_tags(text)):
            text = text[:start] + text[end:]
        return text

    return with_texts_changed(patient, mended)


@mends("SRT030", kind=UNSAFE)
def without_overrides(patient: Patient) -> Document | None:
    return with_texts_changed(patient, lambda text: _OVERRIDE.sub("", text))


@mends("SRT038", kind=UNSAFE, words=Words.REWRITTEN)
def usual_markup(patient: Patient) -> Document | None:
    """Line breaks and styles the way SRT has them; what only looks like markup stays as it is."""

    def changed(text: str) -> str:
        from captionkit.markup.subrip import GUARD, parse, write

        read = parse(text)
        if read.point or read.ignored or GUARD in text:
            return text
        return write(read.events, read.anchor).replace(GUARD, "")

    return with_texts_changed(patient, changed)


@mends("SRT031", kind=UNSAFE)
def without_fonts(patient: Patient) -> Document | None:
    return with_texts_changed(patient, lambda text: re.sub(r"</?font\b[^<>]*>", "", text, flags=re.IGNORECASE))


@mends("SRT033", kind=UNSAFE, words=Words.REMOVED)
def without_html(patient: Patient) -> Document | None:
    return with_texts_changed(patient, lambda text: _HTML.sub("", _AS_LINE_BREAK.sub("\n", text)).strip("\n"))


@mends("SRT034", kind=UNSAFE, words=Words.REWRITTEN)
def plain_entities(patient: Patient) -> Document | None:
    return with_texts_changed(patient, lambda text: ENTITY.sub(lambda match: _unescaped(match[0]), text))


@mends("SRT036", kind=UNSAFE, words=Words.REWRITTEN)
def without_webvtt_tags(patient: Patient) -> Document | None:
    """Write `Bob: ` for `<v Bob>`, and take the other tags away."""

    def mended(match: re.Match[str]) -> str:
        voice = re.fullmatch(r"<v(?:\.[^\s<>]*)?[ \t]+([^<>\n]*)>", match[0])
        return f"{voice[1].strip()}: " if voice else ""

    return with_texts_changed(patient, lambda text: _VTT_TAG.sub(mended, text))
