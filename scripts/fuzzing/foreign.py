"""Broken versions of files of other formats: each is read as sound WebVTT, or refused with a sentence, and soon.

A step is one mutant of each format. Only `ContentError` is raised. What is read has cues, in the order of their times,
that end after they begin; written and read again they say the same.
"""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import captionkit
from captionkit.errors import ContentError
from captionkit.foreign.table import TABLE
from captionkit.model import Severity
from fuzzing.reading import SPICE, mutated

_FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures" / "foreign"
#: Processor time, in seconds, that no file of a few thousand bytes needs.
_MOST_SECONDS = 10.0
#: Files of formats that have no fixtures.
_SEEDS: dict[str, bytes] = {
    "ass": b"[Script Info]\nPlayResX: 640\n\n[V4+ Styles]\nFormat: Name, Fontsize, PrimaryColour, Italic, Alignment\n"
    b"Style: A,20,&H0000FFFF,-1,8\n\n[Events]\nFormat: Layer, Start, End, Style, Name, Text\n"
    b"Dialogue: 0,0:00:01.00,0:00:02.50,A,Ana,{\\i1}So{\\i0} {\\c&H0000FF&}red\\Nline {\\pos(10,20)}\n"
    b"Dialogue: 0,0:00:03.00,0:00:04.00,A,,{\\p1}m 0 0 l 1 1{\\p0}Words\n",
    "sami": b"<SAMI><HEAD><STYLE><!-- .ENCC {Name: English; lang: en-US;} --></STYLE></HEAD><BODY>\n"
    b"<SYNC Start=1000><P Class=ENCC>One<br>two &amp; <i>three</i>\n<SYNC Start=2000><P Class=ENCC>&nbsp;\n"
    b"</BODY></SAMI>\n",
    "microdvd": b"{1}{1}25.000\n{25}{50}Hello|{y:i}there\n{100}{110}{c:$0000ff}Bye\n",
    "mpl2": b"[10][20]Hello|/there\n[30][45]Bye\n",
    "sbv": b"0:00:01.000,0:00:02.000\nHello\nthere\n\n0:00:03.000,0:00:04.000\nBye\n",
    "subviewer": b"[INFORMATION]\n[TITLE]x\n[END INFORMATION]\n[SUBTITLE]\n[COLF]&HFFFFFF,[SIZE]18\n"
    b"00:00:01.00,00:00:02.00\nHello[br]there\n\n00:00:03.00,00:00:04.00\nBye\n",
    "whisper": b'{"text": "a", "segments": [{"start": 0.5, "end": 1.5, "text": " Hello"}, '
    b'{"start": 2, "end": 3, "text": "b"}]}',
    "service": b'{"results": {"items": [{"type": "pronunciation", "start_time": "0.5", "end_time": "1.0", '
    b'"speaker_label": "spk_0", "alternatives": [{"content": "So"}]}, {"alternatives": [{"content": ","}]}]}, '
    b'"monologues": [{"speaker": 1, "elements": [{"value": "a", "ts": 1, "end_ts": 2}, {"value": "."}]}]}',
    "tsv": b"start\tend\ttext\n0\t3000\tHello there\n3000\t4500\tBye\n",
    "json3": b'{"wireMagic": "pb3", "events": [{"tStartMs": 1000, "dDurationMs": 900, "segs": [{"utf8": "Hello"}, '
    b'{"utf8": " there", "tOffsetMs": 400}]}, {"tStartMs": 2000, "dDurationMs": 500, "segs": [{"utf8": "b"}]}]}',
    "srv3": b'<?xml version="1.0"?><timedtext format="3"><body><p t="1000" d="900">So <s t="100">it</s> is</p></body>'
    b"</timedtext>",
}
#: Pieces that mean something, by format.
_SPICE: dict[str, list[bytes]] = {
    "ttml": [
        b' begin="1s"', b' end="0s"', b' dur="2s"', b' begin="00:00:01:29"', b' timeContainer="seq"', b' xml:lang="fr"',
        b"<span>", b"</span>", b"<p>", b"</p>", b"<div>", b"</div>", b"<br/>", b"&nbsp;", b"&", b"<", b"]]>", b"<!--",
        b' tts:ruby="container"', b' tts:ruby="text"', b' tts:display="none"', b' tts:color="#12"', b' region="r"',
        b' style="a b"', b' tts:origin="1px 2%"', b' xml:space="preserve"', b"<set/>",
        b'<set begin="1s" tts:display="none"/>', b'<set dur="1s" tts:color="red" tts:opacity="0"/>', b"\0",
        b'<image src="a"/>', b' tts:textAlign="justify"', b' tts:extent="0px 0px"', b' xml:id="top"', b"<!DOCTYPE tt>",
        b"\xff\xfe",
    ],
    "scc": [
        b"9420 ", b"9429 ", b"9425 ", b"9426 ", b"94a7 ", b"94ad ", b"942c ", b"942f ", b"94ae ", b"94a1 ", b"94a8 ",
        b"9470 ", b"91ae ", b"1021 ", b"97a1 ", b"9724 ", b"92a1 ", b"9137 ", b"1520 ", b"1c20 ", b"ffff ", b"0000 ",
        b"94a4 ", b"94ab ", b"94 ", b"c1c2 ", b"\n00:00:01;00\t", b"\n99:59:59:29 ", b"\t", b"\n",
    ],
    "ebu-stl": [
        b"\x8a", b"\x8f", b"\x80", b"\x81", b"\x0d", b"\x0b", b"\0", b"\xff", b"\xfe", b"\x01", b"\x02", b"STL30.01",
    ],
}  # fmt: skip


class Target:
    """Breaks one file of each format a step."""

    def __init__(self, chance: random.Random, corpus: Path) -> None:
        self._chance = chance
        self._seeds = {row.kind.name: _seeds(row.kind.name) for row in TABLE}
        self._data = b""
        self._counts: Counter[str] = Counter()

    def step(self) -> None:
        for kind, seeds in self._seeds.items():
            seed = self._chance.choice(seeds)
            if self._chance.random() < 0.5:
                self._data = mutated(seed, seeds, self._chance, _SPICE.get(kind, []) + SPICE)
            else:
                self._data = shuffled(seed, self._chance)
            self._counts["read" if check(self._data, kind) else "refused"] += 1

    def evidence(self) -> bytes:
        return self._data

    def done(self) -> str:
        mutants = sum(self._counts.values()) // len(self._seeds)
        return f"{mutants} broken files of each of {len(self._seeds)} formats: {dict(self._counts)}"


def _seeds(kind: str) -> list[bytes]:
    files = [file for file in sorted((_FIXTURES / kind).glob("*.*")) if file.suffix not in (".vtt", ".said")]
    return [file.read_bytes() for file in files] + ([_SEEDS[kind]] if kind in _SEEDS else [])


_VALUE = re.compile(rb"\"[^\"]*\"|[0-9]+|#?[A-Za-z]+")


def shuffled(data: bytes, chance: random.Random) -> bytes:
    """A file whose values stand in each other's places, and whose lines come twice, elsewhere or not at all."""
    lines = data.split(b"\n")
    for _ in range(chance.choice((0, 0, 1, 4))):
        at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
        lines[at:at] = lines[to : to + chance.choice((1, 1, 2, 5))]
        if len(lines) > 1 and chance.random() < 0.5:
            del lines[chance.randrange(len(lines))]
    data = b"\n".join(lines)
    values = list(_VALUE.finditer(data))
    broken = bytearray(data)
    for match in sorted(
        chance.sample(values, min(len(values), chance.choice((0, 1, 3, 10)))), key=lambda one: -one.start()
    ):
        same = [each[0] for each in values if each[0][:1].isdigit() == match[0][:1].isdigit()]
        broken[match.start() : match.end()] = chance.choice([*same, b"0", b"-1", b"99999999999", b'""'])
    return bytes(broken)


def check(data: bytes, kind: str) -> bool:
    """Whether the file is read and not refused; raise AssertionError where what is read is not sound."""
    begin = time.process_time()
    try:
        document = captionkit.import_captions(data, kind).document
    except ContentError:
        return False
    finally:
        assert time.process_time() - begin < _MOST_SECONDS, f"{kind}: too slow"
    cues = document.cues
    assert cues, f"{kind}: no cues and no error"
    assert all(0 <= cue.start < cue.end for cue in cues), f"{kind}: times"
    assert all(one.start <= other.start for one, other in pairwise(cues)), f"{kind}: order"
    again = captionkit.loads(captionkit.dumps(document), "vtt")
    assert [cue.content for cue in again.cues] == [cue.content for cue in cues], f"{kind}: read again"
    errors = [found for found in again.diagnostics if found.severity is Severity.ERROR]
    assert not errors, f"{kind}: {errors[0]}"
    return True
