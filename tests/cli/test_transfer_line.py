"""The line that shows how far an upload is: nothing where nobody looks, and never nonsense."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from captionkit.cli._transfer import TransferLine, size_text, time_text, transfer_line
from captionkit.upload.items import Item


def item(size: int = 1000, name: str = "lecture.mp4") -> Item:
    return Item(name, Path(name), size=size)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_line_says_files_bytes_rate_and_time_left() -> None:
    line = transfer_line(1, 3, 250_000_000, 1_000_000_000, 5_000_000, ["a.mp4"])
    assert line == "1 of 3  [#####...............]  25%  250.0 MB of 1.0 GB  5.0 MB/s  2 min 30 s left  a.mp4"


def test_without_a_size_or_a_rate_nothing_is_made_up() -> None:
    assert transfer_line(0, 1, 0, 0, 0.0, []) == "0 of 1"
    assert "left" not in transfer_line(0, 1, 0, 1000, 0.0, [])


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (59.4, "59 s"), (200, "3 min 20 s"), (7500, "2 h 05 min"), (3600, "1 h 00 min")]
)
def test_times_are_for_people(seconds: float, text: str) -> None:
    assert time_text(seconds) == text


def test_sizes_are_decimal() -> None:
    assert [size_text(n) for n in (0, 999, 1000, 10**6, 5 * 10**9)] == [
        "0 bytes",
        "999 bytes",
        "1.0 kB",
        "1.0 MB",
        "5.0 GB",
    ]


def test_nothing_is_drawn_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    for quiet, stream in ((False, io.StringIO()), (True, Terminal())):
        monkeypatch.setattr(sys, "stderr", stream)
        one = item()
        with TransferLine([one], quiet=quiet) as line:
            line.begin(one)
            line.sent(one, 500)
            line.end(one)
        assert stream.getvalue() == ""


def test_a_name_from_elsewhere_cannot_move_the_cursor_and_the_line_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("COLUMNS", "60")
    one = item(name="x\x1b[2Jy" + "z" * 200)
    with TransferLine([one]) as line:
        line.begin(one)
        line.end(one)
    drawn = stream.getvalue().replace("\r", "\n").split("\n")
    assert "\x1b" not in "".join(drawn) and max(map(len, drawn)) < 60


def test_a_file_that_is_begun_again_shows_no_rate_below_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [100.0]
    monkeypatch.setattr("captionkit.cli._transfer.time.monotonic", lambda: moment[0])
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("COLUMNS", "200")
    one = item(10_000_000)
    with TransferLine([one]) as line:
        for sent in (5_000_000, 9_000_000, 0, 1_000_000, 10_000_000):
            line.sent(one, sent)
            moment[0] += 1
        line.end(one)
    assert "-" not in stream.getvalue()
    assert "100%" in stream.getvalue()
