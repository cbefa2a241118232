"""`captionkit.import_captions`: what holds for every format that is read."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

import captionkit
from captionkit.errors import ContentError, LocalError, LossyConversion, UsageError
from captionkit.foreign.importing import frame_rate, timecode

TTML = b"""<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" xml:lang="en">
<body><div>
<p begin="00:00:03.000" end="00:00:04.000">Second</p>
<p begin="00:00:01.000" end="00:00:02.500">First <span tts:fontStyle="italic">you &amp; me</span><br/>again</p>
</div></body></tt>
"""


def test_a_file_becomes_a_webvtt_document_in_the_order_of_time(tmp_path: Path) -> None:
    file = tmp_path / "lecture.dfxp"
    file.write_bytes(TTML)
    converted = captionkit.import_captions(file)
    assert converted.document.format == "vtt"
    assert [cue.content for cue in converted.document.cues] == [
        (1000, 2500, "First <i>you &amp; me</i>\nagain", "", ""),
        (3000, 4000, "Second", "", ""),
    ]
    assert (converted.losses, converted.remarks) == ((), ())
    read_again = captionkit.loads(captionkit.dumps(converted.document))
    assert [cue.content for cue in read_again.cues] == [cue.content for cue in converted.document.cues]


def test_bytes_are_read_as_a_file_is() -> None:
    assert len(captionkit.import_captions(TTML).document.cues) == 2
    assert len(captionkit.import_captions(TTML, "ttml").document.cues) == 2


def test_what_is_no_such_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="PDF"):
        captionkit.import_captions(b"%PDF-1.7")
    with pytest.raises(UsageError, match="no format 'nothing'"):
        captionkit.import_captions(TTML, "nothing")
    with pytest.raises(LocalError):
        captionkit.import_captions(tmp_path / "none.ttml")


def test_a_file_without_captions_is_an_error_and_never_an_empty_document() -> None:
    with pytest.raises(ContentError, match="no captions are left"):
        captionkit.import_captions(
            b'<tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="1s"> </p></div></body></tt>'
        )


def test_without_the_library_a_sentence_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['ttconv'] = None\n"
        "import captionkit\n"
        f"try: captionkit.import_captions({TTML!r})\n"
        "except captionkit.CaptionkitError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert "ttconv, which is not installed" in done.stdout
    assert 'python -m pip install "captionkit[formats]"' in done.stdout


def test_the_libraries_are_loaded_only_for_such_files() -> None:
    code = (
        "import sys, captionkit, captionkit.foreign.table\n"
        "captionkit.loads('WEBVTT\\n\\n00:01.000 --> 00:02.000\\nHi\\n')\n"
        "try: captionkit.import_captions(b'%PDF-1.7')\n"
        "except captionkit.CaptionkitError: pass\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert not {"ttconv", "pysubs2", "xml.etree.ElementTree"} & set(done.stdout.split())


@pytest.mark.parametrize(
    ("given", "rate"),
    [
        (25, Fraction(25)),
        ("29.97", Fraction(30000, 1001)),
        (23.976, Fraction(24000, 1001)),
        ("23.98", Fraction(24000, 1001)),
        ("30000/1001", Fraction(30000, 1001)),
        (Fraction(24000, 1001), Fraction(24000, 1001)),
        (12.5, Fraction(25, 2)),
    ],
)
def test_frame_rates_are_taken_as_people_write_them(given: float | str | Fraction, rate: Fraction) -> None:
    assert frame_rate(given) == rate


@pytest.mark.parametrize("given", [0, -25, "x", "25/0", "", 1e9, float("nan"), "1/1000"])
def test_what_is_no_frame_rate_is_refused(given: float | str) -> None:
    with pytest.raises(UsageError, match="not a frame rate"):
        frame_rate(given)


def test_a_time_code_has_hours_minutes_seconds_and_perhaps_frames() -> None:
    assert timecode("10:00:00:00") == (10, 0, 0, 0)
    assert timecode("00:59:58;15") == (0, 59, 58, 15)
    assert timecode("01:00:00") == (1, 0, 0, 0)
    for wrong in ("10:00", "x", "10:60:00:00", ""):
        with pytest.raises(UsageError, match="not a time code"):
            timecode(wrong)


def test_strict_refuses_what_would_lose_something() -> None:
    words = b'<p begin="1s" end="9s"><span begin="0s">One</span><span begin="2s"> two</span></p></div>'
    lossy = TTML.replace(b"</div>", words)
    assert [loss.kind for loss in captionkit.import_captions(lossy).losses] == ["inline timestamp"]
    with pytest.raises(LossyConversion, match="1 inline timestamp"):
        captionkit.import_captions(lossy, strict=True)
