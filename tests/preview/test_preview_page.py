from __future__ import annotations

import http.client
import json
import re
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from captionkit.cli.frame import run
from captionkit.documents import loads
from captionkit.lint.checker import Checker
from captionkit.lint.settings import Settings
from captionkit.media_length import duration_ms
from captionkit.preview import Recording, lane, preview_page
from captionkit.preview.server import PreviewServer

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


def a_lane(text: str, name: str = "a.en.vtt") -> object:
    return lane(loads(text, path=name), Checker(Settings()), name=name)


def wave(path: Path, seconds: float) -> Path:
    """Silence."""
    data = b"\0" * round(8000 * seconds)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    body = b"WAVE" + form + struct.pack("<4sI", b"data", len(data)) + data
    path.write_bytes(struct.pack("<4sI", b"RIFF", len(body)) + body)
    return path


def test_caption_text_and_names_are_never_markup() -> None:
    text = f"1\n00:00:01,000 --> 00:00:02,000\n{EVIL}\n\n"
    page = preview_page([a_lane(text, f"{EVIL}.srt")], title=EVIL)  # type: ignore[list-item]
    assert page.count("<script") == 2 and page.count("</script>") == 2
    assert "<img" not in page
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert block and json.loads(block[1])["lanes"][0]["cues"][0][4] == EVIL


def test_the_policy_lets_only_our_own_script_and_style_run() -> None:
    page = preview_page([a_lane("WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n")])  # type: ignore[list-item]
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy and "default-src &#x27;none&#x27;" in policy[1]
    assert "unsafe" not in policy[1] and policy[1].count("sha256-") == 2
    assert " style=" not in page and " onclick=" not in page


def test_a_lane_has_speed_limits_and_findings() -> None:
    found = a_lane("WEBVTT\n\n00:01.000 --> 00:02.000\n" + "abcde " * 6 + "\n")
    assert found.cues[0].cps == 36 and found.max_cps == 20  # type: ignore[attr-defined]
    assert "SPD001" in found.cues[0].codes  # type: ignore[attr-defined]


def test_a_cue_without_time_has_no_speed() -> None:
    found = a_lane("WEBVTT\n\n00:02.000 --> 00:02.000\nHi\n")
    assert found.cues[0].cps is None  # type: ignore[attr-defined]


def test_two_files_of_one_name_are_distinguished_by_their_folders() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n"
    page = preview_page([a_lane(text, "x/en/a.vtt"), a_lane(text, "x/fr/a.vtt")])  # type: ignore[list-item]
    assert "<title>en/a.vtt and fr/a.vtt – captions</title>" in page


@pytest.mark.parametrize("text", ["", "WEBVTT\n", "nonsense"])
def test_a_file_without_cues_still_gives_a_page(text: str) -> None:
    assert "no cues in this file" in preview_page([a_lane(text)])  # type: ignore[list-item]


# --- how long a recording is ------------------------------------------------------------------------------------------


def atom(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def test_the_length_of_mp4_is_read_in_both_versions(tmp_path: Path) -> None:
    for version, layout in ((0, ">IIII"), (1, ">QQIQ")):
        header = bytes([version, 0, 0, 0]) + struct.pack(layout, 0, 0, 600, 6000)
        file = tmp_path / "a.mp4"
        file.write_bytes(atom(b"ftyp", b"isom") + atom(b"mdat", b"x" * 99) + atom(b"moov", atom(b"mvhd", header)))
        assert duration_ms(file) == 10_000


def test_the_length_of_matroska_is_read(tmp_path: Path) -> None:
    info = b"\x2a\xd7\xb1\x83\x0f\x42\x40" + b"\x44\x89\x88" + struct.pack(">d", 12_345.0)
    segment = b"\x15\x49\xa9\x66" + bytes([0x80 | len(info)]) + info
    file = tmp_path / "a.webm"
    file.write_bytes(b"\x1aE\xdf\xa3\x80" + b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" + segment)
    assert duration_ms(file) == 12_345


def test_the_length_of_wave_is_read(tmp_path: Path) -> None:
    assert duration_ms(wave(tmp_path / "a.wav", 2.5)) == 2500


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"RIFF\0\0\0\0WAVE", b"\0\0\0\x08ftyp", b"\0\0\0\0moov", b"\x1aE\xdf\xa3", b"\0\0\0\1moov" * 9],
)
def test_a_broken_recording_has_no_known_length(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    assert duration_ms(tmp_path / "a") is None
    assert duration_ms(tmp_path / "missing") is None


# --- the server -------------------------------------------------------------------------------------------------------


@pytest.fixture
def served(tmp_path: Path) -> Iterator[PreviewServer]:
    media = tmp_path / "a.wav"
    media.write_bytes(bytes(range(256)) * 4)
    with PreviewServer("<p>page</p>", media) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask(server: PreviewServer, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    found = (answer.status, dict(answer.headers.items()), answer.read())
    connection.close()
    return found


def test_the_page_is_at_its_secret_address_only(served: PreviewServer) -> None:
    place = urlsplit(served.url).path
    assert ask(served, place)[::2] == (200, b"<p>page</p>")
    assert ask(served, "/")[0] == 404
    assert ask(served, place + "../a.wav")[0] == 404
    assert ask(served, place, Host="evil.example:80")[0] == 403


@pytest.mark.parametrize(
    ("wanted", "status", "part", "length"),
    [
        ("bytes=0-99", 206, "bytes 0-99/1024", 100),
        ("bytes=1000-", 206, "bytes 1000-1023/1024", 24),
        ("bytes=-4", 206, "bytes 1020-1023/1024", 4),
        ("bytes=-9999", 206, "bytes 0-1023/1024", 1024),
        ("bytes=900-9999", 206, "bytes 900-1023/1024", 124),
        ("bytes=2000-", 416, "bytes */1024", 0),
        ("bytes=9-3", 416, "bytes */1024", 0),
        ("chapters=1-2", 200, None, 1024),
        ("bytes=-", 200, None, 1024),
    ],
)
def test_parts_of_the_recording_are_served(
    served: PreviewServer, wanted: str, status: int, part: str | None, length: int
) -> None:
    found, headers, body = ask(served, urlsplit(served.url).path + "media", Range=wanted)
    assert (found, headers.get("Content-Range"), len(body)) == (status, part, length)


# --- the command ------------------------------------------------------------------------------------------------------

HI = "WEBVTT\n\n00:01.000 --> 00:02.000\nHi there.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("a.en.vtt").write_text(HI, encoding="utf-8")
    wave(Path("a b.wav"), 10)
    return tmp_path


def test_a_small_recording_is_put_into_the_page(folder: Path) -> None:
    assert run(["preview", "a b.wav", "a.en.vtt", "-o", "p.html"]) == 0
    page = Path("p.html").read_text(encoding="utf-8")
    assert re.search(r'src="data:audio/(x-)?wav;base64,', page)
    assert "10 % of the recording" in page
    assert run(["preview", "a.en.vtt", "-o", "p.html"]) == 2
    assert Path("p.html").read_text(encoding="utf-8") == page


def test_a_linked_recording_is_found_from_where_the_page_is(folder: Path) -> None:
    Path("pages").mkdir()
    assert run(["preview", "a b.wav", "a.en.vtt", "-o", "pages/p.html", "--no-embed"]) == 0
    assert 'src="../a%20b.wav"' in Path("pages/p.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments", [["a b.wav"], ["none.vtt"], ["."], ["a b.wav", "a b.wav", "a.en.vtt"]])
def test_what_cannot_be_shown_is_refused(folder: Path, arguments: list[str]) -> None:
    assert run(["preview", *arguments, "-o", "p.html"]) == 2
    assert not Path("p.html").exists()


def test_audio_is_shown_in_a_video_element_because_audio_elements_show_no_captions() -> None:
    page = preview_page([a_lane(HI)], Recording("a.mp3", "a.mp3", is_audio=True))  # type: ignore[list-item]
    assert "<audio" not in page and '<video id="media" controls' in page and 'id="now"' in page


def test_captions_after_the_end_do_not_count_as_covering_the_recording() -> None:
    found = a_lane("WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n\n00:03.000 --> 00:09.000\nLate\n")
    page = preview_page([found], Recording("a.mp4", "a.mp4", duration_ms=4000))  # type: ignore[list-item]
    assert "50 % of the recording" in page
