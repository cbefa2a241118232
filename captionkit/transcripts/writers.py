"""Paragraphs to text, Markdown or an accessible HTML page. Pure.

A new format is a function here with an entry in `FORMATS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import quote

from captionkit.errors import UsageError
from captionkit.transcripts.paragraphs import Paragraph


class About(NamedTuple):
    """What is written around the paragraphs.

    Attributes:
        title: of the recording.
        language: BCP 47, "" where not known.
        timestamps: whether each paragraph says when it begins.
        preview: address of a page of `captionkit preview` that timestamps lead into; "" for none.
        width: columns of plain text; 0 leaves each paragraph in one line.
    """

    title: str = ""
    language: str = ""
    timestamps: bool = False
    preview: str = ""
    width: int = 0


def write(paragraphs: Sequence[Paragraph], format: str, about: About | None = None) -> str:
    """The transcript as one text.

    Args:
        format: "text", "markdown" or "html".

    Raises:
        UsageError: for another format.
    """
    if format not in FORMATS:
        raise UsageError(f"a transcript cannot be written as {format!r}", hint=f"There are {', '.join(FORMATS)}.")
    return FORMATS[format](paragraphs, about or About())


def clock(ms: int) -> str:
    """H:MM:SS or M:SS, as a person reads it."""
    minutes, seconds = divmod(max(ms, 0) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


# --- text -------------------------------------------------------------------------------------------------------------


def _text(paragraphs: Sequence[Paragraph], about: About) -> str:
    parts = [about.title.strip()] if about.title.strip() else []
    for one in paragraphs:
        lead = f"[{clock(one.start)}] " if about.timestamps else ""
        lead += f"{one.speaker}: " if one.speaker else "– " if one.turn else ""
        parts.append(_wrapped(lead + one.text, about.width))
    return "\n\n".join(parts) + "\n" if parts else ""


def _wrapped(text: str, width: int) -> str:
    if not width or len(text) <= width:
        return text
    from textwrap import wrap

    return "\n".join(wrap(text, width, break_long_words=False, break_on_hyphens=False))


# --- Markdown ---------------------------------------------------------------------------------------------------------

_MARKS = re.compile(r"([\\`*_\[\]<>~|])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_STARTS = re.compile(r"^(\s*)([#+=-]|\d+(?=[.)]))")


def _escaped(text: str) -> str:
    text = _ENTITY.sub("&amp;", _MARKS.sub(r"\\\1", text))
    return _STARTS.sub(lambda m: f"{m[1]}\\{m[2]}" if not m[2][0].isdigit() else m[0], text)


def _numbered(text: str) -> str:
    """A paragraph that begins like a list ("1. The first") stays a paragraph."""
    return re.sub(r"^(\d{1,9})([.)])", r"\1\\\2", text)


def _markdown(paragraphs: Sequence[Paragraph], about: About) -> str:
    title = " ".join(about.title.split())
    parts = [f"# {_escaped(title)}"] if title else []
    for one in paragraphs:
        lead = ""
        if about.timestamps:
            when = clock(one.start)
            lead = f"[{when}]({_address(about.preview, one.start)}) " if about.preview else f"`{when}` "
        if one.is_sound:
            parts.append(f"{lead}*{_escaped(one.text)}*")
            continue
        lead += f"**{_escaped(one.speaker)}:** " if one.speaker else "– " if one.turn else ""
        parts.append(lead + (_escaped(one.text) if lead else _numbered(_escaped(one.text))))
    return "\n\n".join(parts) + "\n" if parts else ""


def _address(preview: str, ms: int) -> str:
    """The place in the preview, by a media fragment (W3C Media Fragments, 4.2.1): #t= and seconds."""
    base = preview if re.match(r"(?i)https?://", preview) else quote(preview.replace("\\", "/"), safe="/:.-_~")
    return f"{base}#t={ms / 1000:g}"


# --- HTML -------------------------------------------------------------------------------------------------------------

_STYLE = """
main{max-width:42rem;margin:0 auto;padding:1.5rem 1rem 4rem}
p{margin:0 0 1em}
.speaker{font-weight:700}
.sound{color:var(--soft);font-style:italic}
.time{font-variant-numeric:tabular-nums;font-size:.875em;margin-inline-end:.4em}
time{color:var(--soft)} a time{color:inherit}
@media print{body{background:#fff;color:#000}main{max-width:none;padding:0}a{color:inherit;text-decoration:none}}
"""


def _html(paragraphs: Sequence[Paragraph], about: About) -> str:
    from captionkit.pages import BASE, attribute, page

    title = " ".join(about.title.split()) or "Transcript"
    body = ["<main>", f'<h1 dir="auto">{attribute(title)}</h1>']
    for one in paragraphs:
        lead = ""
        if about.timestamps:
            # https://html.spec.whatwg.org/#valid-duration-string
            stamp = f'<time datetime="PT{max(one.start, 0) / 1000:.3f}S">{clock(one.start)}</time>'
            if about.preview:
                lead = f'<a class="time" href="{attribute(_address(about.preview, one.start))}">{stamp}</a>'
            else:
                lead = f'<span class="time">{stamp}</span>'
        if one.speaker:
            lead += f'<span class="speaker">{attribute(one.speaker)}:</span> '
        elif one.turn:
            lead += "– "
        kind = ' class="sound"' if one.is_sound else ""
        body.append(f'<p{kind} dir="auto">{lead}{attribute(one.text)}</p>')
    if not paragraphs:
        body.append("<p>The captions say nothing.</p>")
    body.append("</main>")
    return page(title, "\n".join(body), style=BASE + _STYLE, language=about.language or "und")


FORMATS: dict[str, Callable[[Sequence[Paragraph], About], str]] = {"text": _text, "markdown": _markdown, "html": _html}
