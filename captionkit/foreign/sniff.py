"""What a file is that is called captions and is something else, and what a person can do with it.

Theory of operation. `sniff` looks at the beginning of the bytes, never at a name. Most kinds say what they are in
their first bytes (`is_certain`): such a file is never read as captions, whatever in it looks like a timing line. The
others (a web page, JSON, text without times) are only guessed at, and only where no cue was found.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from captionkit.patterns import pattern

#: Enough of a file to know it by.
_HEAD = 1 << 16


class Kind(NamedTuple):
    """A kind of file.

    Attributes:
        name: one word, for programs.
        title: with its article, for a sentence.
        advice: what to do, as the end of a sentence.
        is_certain: whether the file says itself what it is.
    """

    name: str
    title: str
    advice: str
    is_certain: bool = True

    @property
    def is_converted(self) -> bool:
        """Whether `captionkit convert` reads it."""
        return self.advice.startswith(_CONVERT)

    @property
    def sentence(self) -> str:
        """What it is and what to do, in one sentence."""
        return f"This is {self.title}, not SRT or WebVTT: {self.advice}."


_PLAIN = "save it as plain text (UTF-8) in the program that made it"
_CONVERT = "`captionkit convert` makes WebVTT of it"
_EXPORT = "export it as SRT or WebVTT from the program that made it, or convert it with Subtitle Edit or ffmpeg"
_MEDIA = "give the caption file that belongs to it"
_AGAIN = "download the caption file itself again"

RTF = Kind("rtf", "an RTF document", _PLAIN)
DOCX = Kind("docx", "a Word document", _PLAIN)
ODT = Kind("odt", "an OpenDocument text", _PLAIN)
DOC = Kind("doc", "an old Office document (Word, Excel or PowerPoint)", _PLAIN)
XLSX = Kind("xlsx", "an Excel workbook", "export the captions as SRT or WebVTT from the service that made it")
PPTX = Kind("pptx", "a PowerPoint presentation", "export the captions of its recording as WebVTT")
EPUB = Kind("epub", "an EPUB book", _MEDIA)
ZIP = Kind("zip", "a ZIP archive", "unpack it and use the caption files in it")
ARCHIVE = Kind("archive", "a packed archive", "unpack it and use the caption files in it")
PDF = Kind("pdf", "a PDF document", "ask for the caption file it was made from; a PDF has no times that can be read")
IMAGE = Kind("image", "a picture", _MEDIA)
MEDIA = Kind("media", "a video or sound file", _MEDIA)
PICTURES = Kind("pictures", "a file of subtitles as pictures (VobSub or PGS)", "recognise the text with Subtitle Edit")
TTML = Kind("ttml", "a TTML file (also called DFXP or IMSC)", _CONVERT)
SAMI = Kind("sami", "a SAMI file", _CONVERT)
TIMEDTEXT = Kind("srv3", "YouTube's own XML of captions", _CONVERT)
ASS = Kind("ass", "a SubStation file (ASS or SSA)", _CONVERT)
SCC = Kind("scc", "an SCC file (Scenarist closed captions)", _CONVERT)
EBU_STL = Kind("ebu-stl", "an EBU STL file", _CONVERT)
MCC = Kind("mcc", "an MCC file (MacCaption)", "export it as SCC, SRT or WebVTT from the program that made it")
QTTEXT = Kind("qttext", "a QuickTime text file", _EXPORT)
SPRUCE_STL = Kind("spruce-stl", "a Spruce STL file", _EXPORT)
MICRODVD = Kind("microdvd", "a MicroDVD file", _CONVERT)
MPL2 = Kind("mpl2", "an MPL2 file", _CONVERT)
TMPLAYER = Kind("tmplayer", "a TMPlayer file", _EXPORT)
SUBVIEWER = Kind("subviewer", "a SubViewer file", _CONVERT)
LRC = Kind("lrc", "an LRC file (song lyrics)", _EXPORT)
PLAYLIST = Kind("playlist", "an HLS playlist", "download the WebVTT segments that it lists and merge them")
SBV = Kind("sbv", "an SBV file", _CONVERT, False)
WHISPER = Kind("whisper", "the JSON of a speech recogniser (Whisper)", _CONVERT, False)
SERVICE = Kind("service", "the JSON of a speech service (Amazon, Azure, Google, Rev AI)", _CONVERT, False)
RECOGNISER = Kind(
    "recogniser", "the JSON of a speech recogniser, without times",
    "let it write SRT or WebVTT (OpenAI: response_format=vtt)", False,
)  # fmt: skip
LFS = Kind("lfs-pointer", "a pointer to a file that Git LFS keeps", "run `git lfs pull` where it came from")
SERVER_ERROR = Kind("server-error", "the error message of a server", _AGAIN)
AVID = Kind("avid", "a caption file of Avid", _EXPORT)
CSV = Kind("csv", "a table (CSV)", "export SRT or WebVTT where it came from", False)
TSV = Kind("tsv", "a table (TSV) of Whisper", _CONVERT)
JSON3 = Kind("json3", "YouTube's own JSON of captions", _CONVERT, False)
JSON = Kind("json", "JSON", _AGAIN, False)
LOGIN = Kind("login-page", "a web page (HTML) that asks to log in", "log in and download the captions again", False)
HTML = Kind("html", "a web page (HTML)", _AGAIN, False)
XML = Kind("xml", "an XML file", _EXPORT, False)
PRINTED = Kind(
    "printed", "what a speech recogniser (Whisper) prints on the screen",
    "let it write SRT or WebVTT instead (--output_format srt)", False,
)  # fmt: skip
STAMPED = Kind(
    "stamped", "a transcript that says when each part begins and not when it ends",
    "download the captions themselves as SRT or WebVTT where it came from", False,
)  # fmt: skip
TEXT = Kind(
    "text", "plain text without times",
    "captions say when each line is shown; let a caption editor or a speech service put the times to it", False,
)  # fmt: skip

#: What the first bytes say, and where they stand.
_MAGIC = (
    (0, b"{\\rtf", RTF),
    (0, b"%PDF-", PDF),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", DOC),
    (0, b"\x1f\x8b", ARCHIVE), (0, b"Rar!\x1a", ARCHIVE), (0, b"7z\xbc\xaf\x27\x1c", ARCHIVE),
    (0, b"\xfd7zXZ\0", ARCHIVE), (257, b"ustar", ARCHIVE),
    (0, b"\x89PNG\r\n", IMAGE), (0, b"\xff\xd8\xff", IMAGE), (0, b"GIF87a", IMAGE), (0, b"GIF89a", IMAGE),
    (0, b"II*\0", IMAGE), (0, b"MM\0*", IMAGE),
    (4, b"ftyp", MEDIA), (8, b"WAVE", MEDIA), (8, b"AVI ", MEDIA), (0, b"ID3\x03", MEDIA), (0, b"ID3\x04", MEDIA),
    (0, b"\x1aE\xdf\xa3", MEDIA), (0, b"OggS", MEDIA),
    (0, b"fLaC", MEDIA), (0, b"FLV\x01", MEDIA), (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", MEDIA),
    (0, b"\0\0\x01\xba", PICTURES), (0, b"# VobSub index file", PICTURES),
    *((3, f"STL{rate}.01".encode(), EBU_STL) for rate in (23, 24, 25, 29, 30, 48, 50, 60)),
)  # fmt: skip
_IN_ZIP = ((b"word/", DOCX), (b"xl/", XLSX), (b"ppt/", PPTX), (b"opendocument.text", ODT), (b"epub+zip", EPUB))


def _lines(lines: str) -> re.Pattern[str]:
    return pattern(rf"(?:[^\S\n]*+\n)*+{lines}", re.IGNORECASE)


_LRC_HEAD = r"(?:\[(?:ar|al|ti|au|by|re|ve|la|length|offset|id|#):[^\n]*+\n|[^\S\n]*+\n){0,20}+"
_XML_HEAD = r"\s*+(?:<\?[^>]*+>\s*+|<!--(?:[^-]|-(?!->))*+-->\s*+|<![^->][^>]*+>\s*+|\]\s*+>\s*+){0,40}+"
_SPRUCE_HEAD = r"(?://[^\n]*+\n|\$\w++[ \t]*+=[^\n]*+\n|[^\S\n]*+\n){0,60}+"


#: What the text says, first match first. Each looks at the top only, however long the file is.
_TEXTS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (_lines(r"\[script info\]|\[v4\+? styles\]"), ASS),
    (_lines(r"(?:[^\n]{0,200}\n){0,40}\[events\][^\n]*\n(?:[^\n]{0,500}\n){0,5}(?:format|dialogue):"), ASS),
    (_lines(r"Scenarist_SCC\b"), SCC),
    (_lines(r"\d\d:\d\d:\d\d[:;]\d\d[ \t]++[0-9a-f]{4}(?:[ \t]++[0-9a-f]{4})+[ \t]*+(?:\n|\Z)"), SCC),
    (_lines("File Format=MacCaption_MCC"), MCC),
    (_lines(r"\{QTtext\}"), QTTEXT),
    (_lines(r"\{-?\d{1,9}\}\{(?:-?\d{1,9})?\}"), MICRODVD),
    (_lines(r"\[-?\d{1,9}\]\[(?:-?\d{1,9})?\]"), MPL2),
    (_lines(r"\[information\]\s*\n\[(?:title|author)\]"), SUBVIEWER),
    (_lines(_LRC_HEAD + r"\[\d{1,3}:\d\d(?:\.\d{1,3})?\]"), LRC),
    (_lines(r"(?:\d{1,2}:\d\d:\d\d(?:,\d)?[:=](?!\d\d\b)[^\n]*\n){2}"), TMPLAYER),
    (_lines(_SPRUCE_HEAD + r"\d\d:\d\d:\d\d:\d\d[ \t]*,[ \t]*\d\d:\d\d:\d\d:\d\d"), SPRUCE_STL),
    (_lines("#EXTM3U"), PLAYLIST),
    (_lines("version https://git-lfs"), LFS),
    (_lines(r"(?:@[^\n]*\n|[^\S\n]*\n){0,20}<begin subtitles>"), AVID),
    (_lines(r"start\tend\ttext[^\n]*\n"), TSV),
    (_lines(r"(?:<\?xml[^>]*>\s*)?<Error>\s*<Code>"), SERVER_ERROR),
    (_lines(r"\d{1,2}:\d\d:\d\d\.\d{3},\d{1,2}:\d\d:\d\d\.\d{3}[ \t]*(?:\n|\Z)"), SBV),
    (_lines(r"<sami\b"), SAMI),
    (_lines(_XML_HEAD + r"<(?:\w{1,20}:)?tt[\s>]"), TTML),
    (_lines(_XML_HEAD + r"<(?:timedtext|transcript)[\s>]"), TIMEDTEXT),
)  # fmt: skip
_HTML = pattern(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype html|html|head|body|script|div|p)\b", re.I | re.S
)
_LOGIN = pattern(
    r"type\s*=\s*[\"']?password|\b(?:log|sign)[ -]?(?:in|on)\b|\bsso\b|saml|shibboleth|passwor[dt]|anmeld|connexion|"
    r"iniciar sesi|oauth",
    re.IGNORECASE,
)
_ANY_TIME = pattern(r"\d{1,2}:\d\d:\d\d")


#: How nearly all caption files begin; they need no further look.
_CAPTIONS = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:WEBVTT[ \t\r\n]|[\r\n]*\d{1,9}[ \t]*\r?\n\d\d?:\d\d:\d\d[,.]\d{3} --> )"
).match


def sniff(data: bytes) -> Kind | None:
    """What these bytes are, if it is surely or probably something else than SRT or WebVTT; None where unknown."""
    head = data[:_HEAD]
    if _CAPTIONS(head):
        return None
    for place, magic, kind in _MAGIC:
        if head.startswith(magic, place):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return next((kind for name, kind in _IN_ZIP if name in data), ZIP)
    text = _text(head)
    for says, kind in _TEXTS:
        if says.match(text):
            return kind
    return _probably(text, data)


#: How text in wide letters begins: with a byte order mark, or with the `<` of XML.
_WIDE = (
    (b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"),
    (b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"),
)  # fmt: skip


def _text(head: bytes) -> str:
    """The beginning as text: letters beyond ASCII do not matter here."""
    wide = next((encoding for beginning, encoding in _WIDE if head.startswith(beginning)), "")
    text = head.decode(wide, "ignore").lstrip("\ufeff") if wide else head.decode("latin-1").lstrip("\xef\xbb\xbf")
    return text.replace("\r\n", "\n").replace("\r", "\n")


_CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d\d(?:[.,]\d{1,3})?"
#: The names of columns, two of them at least, one of which has to do with times.
_COLUMN = r"\"?[A-Za-z][\w .()#-]{0,40}\"?"
_COLUMNS = _lines(rf"(?=[^\n]{{0,300}}\b(?:time|start|begin|in)\b)(?:{_COLUMN}[,;\t]){{1,20}}{_COLUMN}[ \t]*\n")
_PRINTED = _lines(rf"\[{_CLOCK}[ \t]*-->[ \t]*{_CLOCK}\]")
#: A line that begins with a time, or ends with one: `0:03`, `[00:01:02] So`, `Ana Ruiz  0:03`, `Speaker 1 (12:30):`.
_STAMP = pattern(
    rf"^[ \t]*(?:[(\[]?{_CLOCK}[)\]]?(?:[ \t](?!\W*\d++:\d)[^\n]*)?|[^\n:]{{1,60}}[ \t][(\[]?{_CLOCK}[)\]]?:?[ \t]*)$",
    re.MULTILINE,
)


def _is_stamped(text: str) -> bool:
    """Whether lines have single times, at least two of them and every fourth line that is not blank."""
    stamps = len(_STAMP.findall(text))
    return stamps > 1 and 4 * stamps >= sum(map(bool, map(str.strip, text.split("\n"))))


#: The lists in which recognisers write what they heard, and what each of their parts has.
_HEARD = pattern(rb'"(?:segments|transcription|chunks|word_segments|words|result)"\s*:\s*\[')
_TIMED = pattern(rb'"(?:start|timestamp|offsets)"\s*:')
_SPOKEN = pattern(rb'"(?:text|word)"\s*:')


#: What stands in the JSON of services: Amazon, Google, Azure, Rev AI.
_OF_SERVICES = pattern(
    rb'"(?:recognizedPhrases|monologues)"\s*:\s*\[\s*\{|"offsetMilliseconds"\s*:|'
    rb'"(?:start_time|startTime|startOffset|endTime|endOffset)"\s*:\s*"[\d.]+s?"'
)
#: Text that was heard, and no times: what OpenAI and others answer if they are not asked for more.
_ONLY_TEXT = pattern(r"\s*\{\s*\"text\"\s*:\s*\"")


def _json(text: str, data: bytes) -> Kind:
    """Which JSON. Whisper writes the whole text first, so what comes behind it is looked for everywhere."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", "ignore").encode()
    if '"wireMagic"' in text or ('"events"' in text and '"tStartMs"' in text):
        return JSON3
    if (text.lstrip()[:1] == "[" or _HEARD.search(data)) and _TIMED.search(data) and _SPOKEN.search(data):
        return WHISPER
    if (b'"alternatives"' in data or b'hrases"' in data or b'"elements"' in data) and _OF_SERVICES.search(data):
        return SERVICE
    return RECOGNISER if _ONLY_TEXT.match(text) else JSON


def _probably(text: str, data: bytes) -> Kind | None:
    if _PRINTED.match(text):
        return PRINTED
    if _COLUMNS.match(text):
        return CSV
    top = text[:2000].lstrip()
    if _HTML.match(top):
        return LOGIN if _LOGIN.search(text) else HTML
    if top.startswith(("<?xml", "<")) and re.match(r"<\?xml|<[a-z][\w:.-]*[\s>/]", top, re.IGNORECASE):
        return XML
    if re.match(r"[\[{]\s*[\"\[{\]}]", top):
        return _json(text, data)
    if "-->" not in text and _is_stamped(text[:20_000]):
        return STAMPED
    if "\0" not in text and re.search(r"[^\W\d_]{2}", text) and not _ANY_TIME.search(text) and "-->" not in text:
        return TEXT
    return None
