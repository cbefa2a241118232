"""Broken versions of real caption files: reading does not raise, and no byte is lost.

For any bytes, writing the untouched document gives the same bytes; its pieces are the text; the fast way and the
careful way give the same answer; and cues written anew read back the same.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from captionkit.documents import dumps, loads, to_bytes
from captionkit.formats import base
from captionkit.model import Cue, Document

_FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
SPICE = [
    b"\n", b"\n\n", b"\r", b"\r\n", b"\0", b"-->", b" --> ", b"->", b"1\n", b"WEBVTT\n\n", b"STYLE\n", b"NOTE\n",
    b"00:00:01,000 --> 00:00:02,000\n", b"00:00:01.000 --> 00:00:02.000\n", b"\xef\xbb\xbf", b"\xff", b"\xc2\x85",
    b"\xe2\x80\xa8", b" \n", b"\t", b":", b",", b"<i>", b"&", b"{\\an8}", b"99999999999:00:00,000", b"-",
]  # fmt: skip


class Target:
    """Breaks one file a step."""

    def __init__(self, chance: random.Random, corpus: Path) -> None:
        self._chance = chance
        self._others = _seeds(corpus)
        self._slab = base.SLAB
        self._data = b""
        self._runs = 0

    def step(self) -> None:
        self._data = mutated(self._chance.choice(self._others), self._others, self._chance)
        self._runs += 1
        try:
            base.SLAB = self._chance.choice((1, 100, 1000, self._slab))
            check(self._data)
        finally:
            base.SLAB = self._slab

    def evidence(self) -> bytes:
        return self._data

    def done(self) -> str:
        return f"{self._runs} broken files read"


def _seeds(corpus: Path) -> list[bytes]:
    """Real files to break."""
    files = [*sorted(_FIXTURES.rglob("*.srt")), *sorted(_FIXTURES.rglob("*.vtt"))]
    if corpus.is_dir():
        files += sorted(corpus.rglob("*.srt"))
    found = [file.read_bytes()[:20_000] for file in files]
    as_vtt = [data.replace(b",", b".").replace(b"\xef\xbb\xbf", b"") for data in found]
    return found + [b"WEBVTT\n\n" + data for data in as_vtt]


def mutated(data: bytes, others: list[bytes], chance: random.Random, spice: Sequence[bytes] = SPICE) -> bytes:
    """A broken version of a file; `spice` are pieces that mean something in its format."""
    length = chance.choice((200, 2_000, 20_000))
    at = chance.randrange(len(data) + 1)
    broken = bytearray(data[:length] if chance.random() < 0.5 else data[at : at + length])
    for _ in range(chance.choice((0, 1, 1, 2, 4, 16))):
        at = chance.randrange(len(broken) + 1)
        end = min(len(broken), at + chance.choice((1, 1, 2, 8, 64)))
        what = chance.randrange(6)
        if what == 0:
            del broken[at:end]
        elif what == 1:
            broken[at:at] = chance.choice(spice)
        elif what == 2:
            broken[at:end] = chance.choice(spice)
        elif what == 3:
            broken[at:at] = broken[at:end] * chance.choice((1, 3, 20))
        elif what == 4:
            broken[at:at] = chance.randbytes(chance.choice((1, 2, 5)))
        else:
            other = chance.choice(others)
            begin = chance.randrange(len(other) + 1)
            broken[at:at] = other[begin : begin + chance.choice((20, 200))]
    return bytes(broken)


def check(data: bytes) -> None:
    """Raise AssertionError if the invariant does not hold for these bytes."""
    for name in ("srt", "vtt"):
        document = loads(data, name)
        assert to_bytes(document) == data, f"{name}: not the same bytes"
        source = document.source
        assert source is not None
        pieces = [source.text[a:b] for a, b in pairwise([*source.starts, len(source.text)])]
        assert "".join(pieces) == source.text, f"{name}: the pieces are not the text"
        anew = loads(dumps(document.with_cues([Cue(*cue) for cue in document.cues])), name)
        assert _content(anew) == _content(document), f"{name}: written anew"
    assert to_bytes(loads(data)) == data, "not the same bytes when the format is found out"


def _content(document: Document) -> list[tuple[int, int, str, str]]:
    """What the cues say, without the marks of no width that keep words from being taken for a number or a time."""
    return [(cue.start, cue.end, cue.text.replace("\u2060", ""), cue.settings) for cue in document.cues]
