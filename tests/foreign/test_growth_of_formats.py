"""Twice the captions are twice the work, in every format: counted are the lines of Python, as in `test_growth`."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from bench_work import lines_executed
from test_scc import CLEAR, EMPTY, POP_ON, RETURN, ROLL_2, ROW_15, SHOW, words

import captionkit

#: Twice as many may be this many times the work; a square is four times.
MOST_GROWTH = 2.3


def clock(seconds: int, tail: str = "") -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{tail}"


def stl(count: int) -> bytes:
    head = bytearray(b" " * 1024)
    head[:14] = b"850STL25.01100"
    blocks = []
    for n in range(count):
        times = bytes([n // 1800, n // 30 % 60, n * 2 % 60, 0, n // 1800, n // 30 % 60, n * 2 % 60 + 1, 0])
        text = f"\x0b\x0bWords {n}\x0a\x0a".encode("latin-1").ljust(112, b"\x8f")
        blocks.append(bytes([0, n % 256, n // 256, 255, 0]) + times + bytes([20, 2, 0]) + text)
    return bytes(head) + b"".join(blocks)


def lines(one: Callable[[int], str], top: str = "", bottom: str = "") -> Callable[[int], bytes]:
    return lambda count: f"{top}{''.join(map(one, range(count)))}{bottom}".encode()


def rows(one: Callable[[int], object], top: str, bottom: str) -> Callable[[int], bytes]:
    return lambda count: f"{top}{', '.join([json.dumps(one(n)) for n in range(count)])}{bottom}".encode()


MANY: dict[str, Callable[[int], bytes]] = {
    "ttml": lines(
        lambda n: f'<p begin="{2 * n}s" dur="1s">A <span>word</span><br/>{n}<set begin="0.5s" tts:color="red"/></p>',
        '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling"><body><div>',
        "</div></body></tt>",
    ),
    "scc": lines(
        lambda n: f"{clock(2 * n, ':00')}\t{words(POP_ON, EMPTY, ROW_15, f'Words {n}', SHOW)}\n"
        f"{clock(2 * n + 1, ':00')}\t{words(CLEAR)}\n"
    ),
    "scc, rolling up": lines(lambda n: f"{clock(2 * n, ':00')}\t{words(ROLL_2, RETURN, ROW_15, f'Words {n}')}\n"),
    "ebu-stl": stl,
    "ass": lines(
        lambda n: f"Dialogue: {clock(2 * n, '.00')},{clock(2 * n + 1, '.00')},{{\\i1}}Words{{\\i0}} {n}\n",
        "[Script Info]\n[Events]\nFormat: Start, End, Text\n",
    ),
    "sami": lines(
        lambda n: f"<SYNC Start={2000 * n}><P>Words<br>{n}<SYNC Start={2000 * n + 1000}><P>&nbsp;\n", "<SAMI><BODY>"
    ),
    "microdvd": lines(lambda n: f"{{{50 * n}}}{{{50 * n + 25}}}{{y:i}}Words|{n}\n", "{1}{1}25\n"),
    "mpl2": lines(lambda n: f"[{20 * n}][{20 * n + 10}]/Words|{n}\n"),
    "sbv": lines(lambda n: f"{clock(2 * n, '.000')},{clock(2 * n + 1, '.000')}\nWords {n}\n\n"),
    "tsv": lines(lambda n: f"{2000 * n}\t{2000 * n + 1000}\tWords {n}\n", "start\tend\ttext\n"),
    "whisper": rows(lambda n: {"start": 2 * n, "end": 2 * n + 1, "text": f"Words {n}"}, '{"segments": [', "]}"),
    "words of a service": rows(
        lambda n: {"value": "word", "ts": n, "end_ts": n + 0.5}, '{"monologues": [{"speaker": 0, "elements": [', "]}]}"
    ),
    "json3": rows(
        lambda n: {"tStartMs": 2000 * n, "dDurationMs": 1000, "segs": [{"utf8": f"Words {n}"}]}, '{"events": [', "]}"
    ),
    "srv3": lines(
        lambda n: f'<p t="{2000 * n}" d="1000">Words {n}</p>', '<?xml version="1.0"?><timedtext format="3"><body>'
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", MANY)
def test_twice_the_captions_are_twice_the_work(kind: str) -> None:
    captionkit.import_captions(MANY[kind](2))  # what is loaded once is none of the work
    counts = []
    for count in (100, 200, 400):
        data = MANY[kind](count)
        counts.append(lines_executed(lambda data=data: captionkit.import_captions(data)))  # type: ignore[misc]
    assert counts[2] <= counts[1] * MOST_GROWTH, counts
    assert counts[2] - counts[1] <= (counts[1] - counts[0]) * MOST_GROWTH, counts
