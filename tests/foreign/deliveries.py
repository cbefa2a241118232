"""A small file of captions in each format, and what is in it."""

from __future__ import annotations

import json

ASS = (
    "[Script Info]\nScriptType: v4.00+\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, "
    "Effect, Text\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,Hello\n"
    "Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,Bye\n"
)
SAMI = (
    "<SAMI><BODY>\n<SYNC Start=1000><P Class=ENCC>Hello\n<SYNC Start=2000><P Class=ENCC>&nbsp;\n"
    "<SYNC Start=3000><P Class=ENCC>Bye\n<SYNC Start=4000><P Class=ENCC>&nbsp;\n</BODY></SAMI>\n"
)
SBV = "0:00:01.000,0:00:02.000\nHello\n\n0:00:03.000,0:00:04.000\nBye\n"
TTML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="en"><body><div>\n'
    '<p begin="1s" end="2s">Hello</p><p begin="3s" end="4s">Bye</p>\n</div></body></tt>\n'
)
WHISPER = json.dumps(
    {
        "text": " Hello Bye",
        "segments": [{"start": 1, "end": 2, "text": " Hello"}, {"start": 3, "end": 4, "text": " Bye"}],
    }
)
JSON3 = json.dumps(
    {
        "wireMagic": "pb3",
        "events": [
            {"tStartMs": 1000, "dDurationMs": 1000, "segs": [{"utf8": "Hello"}]},
            {"tStartMs": 3000, "dDurationMs": 1000, "segs": [{"utf8": "Bye"}]},
        ],
    }
)
SRV3 = (
    '<?xml version="1.0" encoding="utf-8" ?><timedtext format="3"><body>\n'
    '<p t="1000" d="1000">Hello</p><p t="3000" d="1000">Bye</p></body></timedtext>\n'
)
SUBVIEWER = (
    "[INFORMATION]\n[TITLE]\n[AUTHOR]\n[DELAY]0\n[CD TRACK]0\n[END INFORMATION]\n[SUBTITLE]\n"
    "00:00:01.00,00:00:02.00\nHello\n\n00:00:03.00,00:00:04.00\nBye\n"
)
#: Extension -> content. Each has "Hello" from 1 to 2 seconds and "Bye" from 3 to 4.
FILES = {
    ".ass": ASS,
    ".smi": SAMI,
    ".sub": "{1}{1}25\n{25}{50}Hello\n{75}{100}Bye\n",
    ".mpl": "[10][20]Hello\n[30][40]Bye\n",
    ".sbv": SBV,
    ".json": WHISPER,
    ".tsv": "start\tend\ttext\n1000\t2000\tHello\n3000\t4000\tBye\n",
    ".json3": JSON3,
    ".srv3": SRV3,
    ".dfxp": TTML,
}
#: What `list` and its like say of each.
KINDS = {
    ".ass": "a SubStation file (ASS or SSA)",
    ".smi": "a SAMI file",
    ".sub": "a MicroDVD file",
    ".mpl": "an MPL2 file",
    ".sbv": "an SBV file",
    ".json": "the JSON of a speech recogniser (Whisper)",
    ".tsv": "a table (TSV) of Whisper",
    ".json3": "YouTube's own JSON of captions",
    ".srv3": "YouTube's own XML of captions",
    ".dfxp": "a TTML file (also called DFXP or IMSC)",
}
#: Files that are called as captions in other formats are, and are none.
NO_CAPTIONS = {
    "package.json": '{"words": ["start"], "text": 1, "segments": 3}',
    "list.json": '[{"name": "a"}]',
    "feed.xml": '<?xml version="1.0"?><rss><p>Hello</p></rss>',
    "notes.txt": "Hello class. Today at 10:30 we speak of bees.\n",
    "transcript.txt": "0:00\nhello class\n0:03\ntoday\n",
    "cube.stl": "solid cube\nfacet normal 0 0 0\n",
    "data.sub": "nothing of the kind\n",
    "empty.ass": "",
    "binary.stl": "\0\1\2" * 100,
}
