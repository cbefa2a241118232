"""What stands in a caption file and no viewer sees: words that WebVTT takes for tags, words on a timing line."""

from __future__ import annotations

from captionkit.hls import inner_header
from captionkit.model import Document, Stray
from captionkit.patterns import pattern

#: Tags of HTML and other caption formats: they are no words, only a style that WebVTT has not.
_MARKUP_NAME = pattern(
    r"(?:a|abbr|b|big|blockquote|body|br|c|center|cite|code|d[dlt]|del|div|em|font|h[1-6r]|head|html|i|img|ins|lang|li|"
    r"mark|ol|p|pre|q|rt|ruby|s|small|span|strike|strong|su[bp]|table|tbody|t[dhrt]|u|ul|v)\Z"
)
#: Names of markup that people also write as words, when nothing closes them: `The tag <table> makes a table.`
_ALSO_WORD = pattern(r"(?:a|b|body|code|div|head|html|i|img|li|mark|ol|p|pre|q|s|small|span|table|t[dhr]|ul?)\Z")
_NAME = pattern(r"/?[ \t]*([A-Za-z][A-Za-z0-9]*)")
_LETTER = pattern(r"[^\W_]")
_ATTRIBUTES = pattern(r"""(?:[\s/]+[\w:-]+[ \t]*=[ \t]*(?:"[^"]*"|'[^']*'|[^\s"'>]+))*+[\s/]*>?\Z""")
_HEADER = pattern(r"\ufeff?WEBVTT(?:[ \t][^\n]*)?(?:\n[A-Za-z][\w-]*[ \t]*[:=][^\n]*)*+")
_SETTING = pattern(r"(?:[A-Za-z]+:\S*|[XxYy][12]:\d+)\Z")


class Hidden:
    """Collects what WebVTT does not show of one text: to be given to `markup.webvtt.parse` as its report.

    Args:
        text: of the cue.
        lost: (kind, message) of each loss is added here.
    """

    def __init__(self, text: str, lost: list[tuple[str, str]]) -> None:
        self._text = text
        self._lost = lost
        self._seen: set[int] = set()

    def __call__(self, problem: str, offset: int, tag: str) -> None:
        if problem in ("unclosed-tag", "annotation-missing") or offset in self._seen:
            return
        self._seen.add(offset)
        if problem == "stray-end-tag":
            self._end(tag)
        elif problem == "annotation-not-allowed":
            self._annotation(tag)
        elif problem == "cut-tag" or not self._is_markup(tag):
            self._words(tag)
        else:
            self._lost.append(("decoration", f"{tag} has no effect in WebVTT, and none was made of it"))

    def _is_markup(self, tag: str) -> bool:
        """Whether a tag that WebVTT does not have is meant as one: it is closed, has attributes, or is never a word."""
        match = _NAME.match(tag, 1)
        name = match[1].lower() if match else ""
        if match is None or not _MARKUP_NAME.match(name):
            return False
        rest = tag[match.end() :]
        if not _ATTRIBUTES.match(rest) and rest != ">":
            return False
        return not _ALSO_WORD.match(name) or "=" in rest or f"</{name}" in self._text.lower()

    def _end(self, tag: str) -> None:
        match = _NAME.match(tag, 1)
        name = match[1].lower() if match else ""
        # The end of a tag that was named already, or of one of WebVTT that was closed twice, hides no words.
        if not _MARKUP_NAME.match(name) and f"<{name}" not in self._text.lower():
            self._words(tag)

    def _annotation(self, tag: str) -> None:
        """`<b and c>` is bold for WebVTT, and nobody sees the rest; `<i class="x">` hides no words."""
        match = _NAME.match(tag, 1)
        rest = tag[match.end() :] if match else tag
        rest = rest[rest.find(" ") :] if rest.startswith(".") and " " in rest else rest
        if not _ATTRIBUTES.match(rest) and _LETTER.search(rest):
            self._words(tag)

    def _words(self, tag: str) -> None:
        self._lost.append(
            ("hidden words", f"{shortened(tag)!r} stands behind a <, which WebVTT takes for a tag: nobody sees it")
        )


def shortened(text: str) -> str:
    """Text on one line, of a length that a person reads in a message."""
    line = " / ".join(text.strip().split("\n"))
    return line if len(line) <= 60 else line[:59] + "…"


def is_header(text: str) -> bool:
    """Whether a block of an SRT file is only the header of a WebVTT file, which says nothing."""
    return _HEADER.fullmatch(text.strip()) is not None


def unseen(document: Document) -> list[Stray]:
    """The blocks of words that belong to no cue: what stands under an unreadable timing line, or under none."""
    return [
        block
        for block in document.strays
        if block.text.strip()
        and not is_header(block.text)
        and not block.text.startswith(("STYLE", "REGION"))
        and inner_header(block.text) is None
    ]


def words_on_timing_line(settings: str) -> str:
    """The words behind the times of an SRT timing line; "" where there are only settings or coordinates."""
    tokens = settings.split()
    if not tokens or all(_SETTING.match(token) for token in tokens) or not _LETTER.search(settings):
        return ""
    return settings
