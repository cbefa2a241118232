"""Attack the readers and writers with broken versions of real caption files, for as long as you like.

    python scripts/fuzz.py --seconds 60 [--seed 1] [--corpus FOLDER]

Invariant: for any bytes, reading does not raise; writing the untouched document gives the same bytes; its pieces are
the text; the fast way and the careful way give the same answer; cues written anew read back the same; and the time
grows no faster than the size. The first breach is written to `fuzz-failure.bin` and ends the run with exit code 1.

Real files (the corpus where it is present, the fixtures always) are cut, joined, repeated and peppered with what breaks
parsers. The same seed gives the same run up to the clock.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from captionkit.documents import dumps, loads, to_bytes  # noqa: E402
from captionkit.formats import _bulk, srt, webvtt  # noqa: E402
from captionkit.model import Cue  # noqa: E402
from captionkit.text import flatten  # noqa: E402

CORPUS = ROOT.parent / "shared" / "corpora"
SPICE = [
    b"\n", b"\n\n", b"\r", b"\r\n", b"\0", b"-->", b" --> ", b"->", b"1\n", b"WEBVTT\n\n", b"STYLE\n", b"NOTE\n",
    b"00:00:01,000 --> 00:00:02,000\n", b"00:00:01.000 --> 00:00:02.000\n", b"\xef\xbb\xbf", b"\xff", b"\xc2\x85",
    b"\xe2\x80\xa8", b" \n", b"\t", b":", b",", b"<i>", b"&", b"{\\an8}", b"99999999999:00:00,000", b"-",
]  # fmt: skip

#: Twice the size may take this many times as long; more is a suspicion that is measured again.
MOST_GROWTH = 4.0

#: Inputs that a parser may take a square of the time for. Each is made in any size.
HOSTILE: dict[str, Callable[[int], str]] = {
    "blank lines": lambda n: "\n" * n,
    "blank lines in a cue": lambda n: "1\n00:00:01,000 --> 00:00:02,000\na" + "\n" * n + "b\n",
    "one long line": lambda n: "1\n00:00:01,000 --> 00:00:02,000\n" + "a" * n,
    "unclosed tags": lambda n: "1\n00:00:01,000 --> 00:00:02,000\n" + "<i>" * (n // 3),
    "arrows in one line": lambda n: "-->" * (n // 3),
    "arrow lines": lambda n: "-->\n" * (n // 4),
    "arrow lines apart": lambda n: "-->\n\n" * (n // 5),
    "arrow lines under numbers": lambda n: "1\n-->\n\n" * (n // 7),
    "digits": lambda n: "7" * n,
    "digit lines": lambda n: "7\n" * (n // 2),
    "digit lines apart": lambda n: "7\n\n" * (n // 3),
    "colons": lambda n: "1:" * (n // 2),
    "CR only": lambda n: "1\r00:00:01,000 --> 00:00:02,000\rHello there\r\r" * (n // 45),
    "spaces": lambda n: " " * n,
    "space lines": lambda n: " \n" * (n // 2),
    "timing lines": lambda n: "00:00:01,000 --> 00:00:02,000\n" * (n // 30),
    "broken timing lines": lambda n: "1\n00:00:0x,000 --> 00:00:02,000\n\n" * (n // 33),
    "long times": lambda n: ("1" * 1000 + ":00:00,000 --> 00:00:02,000\n\n") * (n // 1030),
}


def seeds(corpus: Path) -> list[bytes]:
    """Real files to break."""
    files = [*sorted((ROOT / "fixtures").rglob("*.srt")), *sorted((ROOT / "fixtures").rglob("*.vtt"))]
    if corpus.is_dir():
        files += sorted(corpus.rglob("*.srt"))
    found = [file.read_bytes()[:20_000] for file in files]
    as_vtt = [data.replace(b",", b".").replace(b"\xef\xbb\xbf", b"") for data in found]
    return found + [b"WEBVTT\n\n" + data for data in as_vtt]


def mutated(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """A broken version of a file."""
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
            broken[at:at] = chance.choice(SPICE)
        elif what == 2:
            broken[at:end] = chance.choice(SPICE)
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
    for name, module in (("srt", srt), ("vtt", webvtt)):
        document = loads(data, name)
        assert to_bytes(document) == data, f"{name}: not the same bytes"
        source = document.source
        assert source is not None
        pieces = [source.text[a:b] for a, b in pairwise([*source.starts, len(source.text)])]
        assert "".join(pieces) == source.text, f"{name}: the pieces are not the text"
        flat = flatten(source.text).text
        fast, careful = module.read(flat), module.read_carefully(flat)
        assert fast.blocks == careful.blocks, f"{name}: fast and careful blocks differ"
        assert list(fast.starts) == list(careful.starts), f"{name}: fast and careful starts differ"
        assert fast.diagnostics == careful.diagnostics, f"{name}: fast and careful diagnostics differ"
        anew = loads(dumps(document.with_cues([Cue(*cue) for cue in document.cues])), name)
        kept = [(cue.start, cue.end, cue.text, cue.settings) for cue in document.cues]
        assert [(cue.start, cue.end, cue.text, cue.settings) for cue in anew.cues] == kept, f"{name}: written anew"
    assert to_bytes(loads(data)) == data, "not the same bytes when the format is found out"


def check_growth(name: str, make: Callable[[int], str]) -> None:
    """Raise AssertionError if twice the input takes far more than twice the time."""
    for module, top in ((srt, ""), (webvtt, "WEBVTT\n\n")):
        for attempt in range(3):
            spent = []
            for size in (100_000, 200_000):
                text = flatten(top + make(size)).text
                begin = time.process_time()
                module.read(text)
                spent.append(time.process_time() - begin)
            if spent[1] < 0.02 or spent[1] <= spent[0] * MOST_GROWTH:
                break
            assert attempt < 2, f"{module.FORMAT.name}: {name}: {spent[0]:.3f} s, twice the size {spent[1]:.3f} s"


def main() -> int:
    """Run until the time is up; 0 for no breach."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (default 60)")
    parser.add_argument("--seed", type=int, default=1, help="of the random choices (default 1)")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="a folder with .srt files")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    stop = time.monotonic() + options.seconds
    others = seeds(options.corpus)
    hostile = list(HOSTILE.items())
    runs = grown = 0
    slab = _bulk.SLAB
    while time.monotonic() < stop:
        data = mutated(chance.choice(others), others, chance)
        _bulk.SLAB = chance.choice((1, 100, 1000, slab))
        try:
            check(data)
            if runs % 25 == 0 and grown < len(hostile):
                _bulk.SLAB = slab
                check_growth(*hostile[grown])
                grown += 1
        except Exception:
            traceback.print_exc()
            Path("fuzz-failure.bin").write_bytes(data)
            print(f"breach after {runs} files, seed {options.seed}; the bytes are in fuzz-failure.bin")
            return 1
        runs += 1
    print(f"clean: {runs} broken files, {grown} of {len(hostile)} hostile kinds, seed {options.seed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
