"""The preview in a real browser: what it shows, that it can be used by keyboard, that axe finds nothing against it."""

from __future__ import annotations

import struct
import threading
from pathlib import Path
from typing import Any

import pytest
from corpus import lectures
from real_browser import barriers, colours, complaints, opened, until

from captionkit.cli.frame import run
from captionkit.conversion import rendered
from captionkit.documents import loads
from captionkit.preview.server import PreviewServer

pytestmark = pytest.mark.usefixtures("driver")

CUES = """WEBVTT

STYLE
::cue(.loud) { color: red }

first
00:01.000 --> 00:02.500 line:0 align:start
<v Ann>Hello &amp; <i>welcome</i></v>

00:02.000 --> 00:04.000 position:20%
Overlapping <b>words</b>

00:05.000 --> 00:05.500
This is far too much to read in half a second, is it not?

00:09.000 --> 00:10.000
&lt;script&gt;alert(1)&lt;/script&gt;
"""

BROWSER_CUES = """
const done = arguments[0], element = document.querySelector('#media track');
const tell = () => done(Array.from(element.track.cues || []).map(c => [
    Math.round(c.startTime * 1000), Math.round(c.endTime * 1000), c.getCueAsHTML().textContent,
    c.id, String(c.line), c.align, String(c.position)]));
if (element.readyState >= 2) tell();
else ['load', 'error'].forEach(name => element.addEventListener(name, tell));
"""


def reported(driver: Any) -> Any:
    """The cues as the browser's own reader has them."""
    return driver.execute_async_script(BROWSER_CUES)


def wave(path: Path, seconds: float) -> Path:
    data = b"\x80" * round(8000 * seconds)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    body = b"WAVE" + form + struct.pack("<4sI", b"data", len(data)) + data
    path.write_bytes(struct.pack("<4sI", b"RIFF", len(body)) + body)
    return path


@pytest.fixture
def page(folder: Path) -> Path:
    Path("a.en.vtt").write_text(CUES, encoding="utf-8")
    assert run(["preview", str(wave(Path("a.wav"), 12)), "a.en.vtt", "-o", "a.html"]) == 0
    return folder / "a.html"


@pytest.fixture
def pair(folder: Path) -> Path:
    Path("a.en.vtt").write_text(CUES, encoding="utf-8")
    Path("b.en.vtt").write_text(
        CUES.replace("far too much", "too much").replace("00:09.0", "00:09.5"), encoding="utf-8"
    )
    assert run(["preview", "a.en.vtt", "b.en.vtt", "-o", "ab.html"]) == 0
    return folder / "ab.html"


def test_the_browser_reports_the_cues_that_we_list(driver: Any, page: Path) -> None:
    opened(driver, page)
    ours = [[cue.start, cue.end, cue.text] for cue in rendered(loads(CUES))]
    theirs = reported(driver)
    assert [cue[:3] for cue in theirs] == ours
    assert theirs[0][3:6] == ["first", "0", "start"] and theirs[1][6] == "20"
    listed = driver.execute_script("return Array.from(document.querySelectorAll('#list-0 td.text'), c => c.innerText)")
    assert listed == [text for _, _, text in ours]
    assert complaints(driver) == []


def test_the_recording_is_there_and_the_list_seeks_it(driver: Any, page: Path) -> None:
    opened(driver, page)
    until(driver, "media.readyState >= 1")
    assert driver.execute_script("return Math.round(media.duration)") == 12
    driver.execute_script("document.querySelectorAll('#list-0 .go')[2].click()")
    until(driver, "media.currentTime >= 5")
    driver.execute_script("media.pause()")
    assert complaints(driver) == []


def test_the_address_can_name_a_time_as_transcripts_do(driver: Any, page: Path) -> None:
    opened(driver, page.as_uri() + "#t=9.5")
    until(driver, "media.currentTime > 9")
    current = "Array.from(document.querySelectorAll('#list-0 [aria-current]'), r => r.rowIndex)"
    until(driver, f"String({current}) === '4'")
    assert driver.execute_script(f"return {current}") == [4]


SPEECH_ROW = """
const boxes = (name) => [...document.querySelectorAll(`#drawing rect.${name}`)].map((r) => r.getBoundingClientRect());
const [speech, cues] = [boxes('speech'), boxes('cue')];
return {
    count: speech.length,
    captioned: speech.map((r) => cues.some((c) => c.left < r.right && c.right > r.left)),
    above: speech.every((r) => cues.every((c) => r.bottom <= c.top)),
    widths: speech.map((r) => r.width),
    fill: getComputedStyle(document.querySelector('#drawing rect.speech')).fill,
};
"""


def test_where_somebody_speaks_stands_above_the_cues_at_the_same_scale(
    driver: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numpy", reason="needs captionkit[sound]")
    pytest.importorskip("av", reason="needs captionkit[sound]")
    from spoken_corpus import captions, of_vowels, write_wave

    from captionkit import dump
    from captionkit.sound.detectors import best_detector
    from captionkit.sound.speech import speech_of

    if not best_detector().can_judge:
        pytest.skip("no voice detector has a wheel here")
    monkeypatch.setenv("CAPTIONKIT_CACHE_DIR", str(folder / "cache"))
    made = of_vowels(2, 0.3)
    write_wave(Path("week1.wav"), made.samples)
    right = captions(made, "human", 1)
    dump(right.with_cues(right.cues[:-1]), "week1.en.srt")
    assert run(["preview", "week1.wav", "week1.en.srt", "--sound", "-o", "week1.html"]) == 0
    opened(driver, folder / "week1.html")
    heard = speech_of(Path("week1.wav")).stretches()
    row = driver.execute_script(SPEECH_ROW)
    assert row["count"] == len(heard) and row["above"] and row["fill"] != "none"
    assert (row["captioned"][0], row["captioned"][-1]) == (True, False)
    driver.execute_script(
        "const z = document.getElementById('zoom'); z.value = 80; z.dispatchEvent(new Event('input'))"
    )
    closer = driver.execute_script(SPEECH_ROW)
    assert all(new > old for new, old in zip(closer["widths"], row["widths"], strict=True))
    assert (closer["captioned"][0], closer["captioned"][-1]) == (True, False)
    assert barriers(driver) == [] and complaints(driver) == []


def test_the_list_is_one_stop_and_arrows_move_in_it(driver: Any, pair: Path) -> None:
    from selenium.webdriver import ActionChains, Keys

    opened(driver, pair)
    stops = "return document.querySelectorAll('#list-both .go[tabindex=\"0\"]').length"
    assert driver.execute_script(stops) == 1
    driver.execute_script("document.querySelector('#list-both .go[tabindex=\"0\"]').focus()")
    where = "return document.activeElement.closest('tr').rowIndex"
    for key, row in ((Keys.DOWN, 2), (Keys.END, 4), (Keys.UP, 3), (Keys.HOME, 1)):
        ActionChains(driver).send_keys(key).perform()
        assert driver.execute_script(where) == row
    ActionChains(driver).send_keys(Keys.DOWN, Keys.ENTER).perform()
    assert driver.execute_script("return document.getElementById('at').value") == "2000"
    assert "Overlapping words" in driver.execute_script("return document.getElementById('now').textContent")
    assert driver.execute_script(stops) == 1


def test_tab_reaches_every_control_and_never_gets_stuck(driver: Any, pair: Path) -> None:
    from selenium.webdriver import ActionChains, Keys

    opened(driver, pair)
    seen: list[str] = []
    for _ in range(60):
        ActionChains(driver).send_keys(Keys.TAB).perform()
        where = driver.execute_script(
            "const a = document.activeElement; return a === document.body ? '' : a.id || a.className || a.tagName"
        )
        if not where and seen:
            break
        seen.append(where)
    else:
        pytest.fail(f"Tab does not leave the page: {seen}")
    assert {"skip", "at", "track", "follow", "next", "show", "only-changes", "find", "zoom", "drawing"} <= set(seen)


def test_differences_are_marked_and_can_be_shown_alone(driver: Any, pair: Path) -> None:
    opened(driver, pair)
    assert driver.execute_script("return document.querySelector('#list-both del').textContent.trim()") == "far"
    driver.execute_script("document.getElementById('only-changes').click()")
    rows = "#list-both tbody tr:not([hidden])"
    notes = "return Array.from(document.querySelectorAll(arguments[0]), r => r.lastChild.textContent)"
    assert driver.execute_script(notes, rows) == ["reworded", "starts 0.50 s later"]


def test_the_timeline_shows_every_cue_and_what_is_too_fast(driver: Any, page: Path) -> None:
    opened(driver, page)
    count = "return document.querySelectorAll(arguments[0]).length"
    assert driver.execute_script(count, "#drawing .cue") == 4
    assert driver.execute_script(count, "#drawing .cue.late") == 1
    assert driver.execute_script(count, "#drawing .speed.over") == 2
    assert driver.execute_script(count, "#drawing .sign") >= 1
    width = "return document.querySelector('#drawing svg').getBoundingClientRect().width"
    before = driver.execute_script(width)
    driver.execute_script(
        "const z = document.getElementById('zoom'); z.value = 80; z.dispatchEvent(new Event('input'))"
    )
    assert driver.execute_script(width) > 2 * before


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("which", ["page", "pair"])
def test_axe_finds_nothing(driver: Any, request: pytest.FixtureRequest, which: str, dark: bool) -> None:
    colours(driver, dark=dark)
    try:
        opened(driver, request.getfixturevalue(which).as_uri() + "#t=5.2")
        assert barriers(driver) == []
        assert complaints(driver) == []
    finally:
        colours(driver, dark=False)


def test_nothing_in_the_captions_runs(driver: Any, folder: Path) -> None:
    evil = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
    Path("e.srt").write_text(f"1\n00:00:00,000 --> 00:00:05,000\n{evil}\n\n", encoding="utf-8")
    assert run(["preview", "e.srt", "-o", "e.html", "--title", evil]) == 0
    opened(driver, folder / "e.html")
    assert driver.execute_script("return window.hacked") is None
    assert driver.execute_script("return document.getElementById('now').textContent") == evil
    assert complaints(driver) == []


def test_the_served_page_plays_the_recording_in_parts(driver: Any, folder: Path) -> None:
    from captionkit.lint.checker import Checker
    from captionkit.lint.settings import Settings
    from captionkit.preview import Recording, lane, preview_page

    media = wave(Path("long.wav"), 600)
    found = lane(loads(CUES), Checker(Settings()), name="a.vtt")
    with PreviewServer(preview_page([found], Recording("media", "long.wav", True, 600_000)), media) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            opened(driver, server.url + "#t=500")
            until(driver, "media.currentTime > 499")
            assert complaints(driver) == []
        finally:
            driver.get("about:blank")
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("dark", [False, True])
def test_the_transcript_page_is_accessible_and_quiet(driver: Any, folder: Path, dark: bool) -> None:
    Path("a.en.vtt").write_text(CUES, encoding="utf-8")
    assert run(["transcript", "a.en.vtt", "-o", "t.html", "--timestamps", "--preview", "a.html"]) == 0
    colours(driver, dark=dark)
    try:
        driver.get((folder / "t.html").as_uri())
        assert barriers(driver) == []
        assert complaints(driver) == []
    finally:
        colours(driver, dark=False)


def test_chromium_reads_what_we_write_of_lectures_in_five_languages(driver: Any, folder: Path) -> None:
    from base64 import b64encode

    from captionkit.conversion import convert
    from captionkit.documents import dumps

    driver.get("about:blank")
    script = """
    const done = arguments[1], media = document.createElement('video'), track = document.createElement('track');
    document.body.replaceChildren(media);
    const tell = () => done(Array.from(track.track.cues || []).map(c =>
        [Math.round(c.startTime * 1000), Math.round(c.endTime * 1000), c.getCueAsHTML().textContent]));
    track.addEventListener('load', tell); track.addEventListener('error', () => done('error'));
    track.src = arguments[0]; media.append(track); track.track.mode = 'hidden';
    """
    for lecture in lectures(12):
        document = convert(loads(lecture.data), "vtt").document
        address = "data:text/vtt;base64," + b64encode(dumps(document).encode()).decode()
        theirs = driver.execute_async_script(script, address)
        # A browser sorts cues by start, and those that start together by the later end first.
        ours = sorted(((c.start, c.end, c.text) for c in rendered(document)), key=lambda c: (c[0], -c[1]))
        assert [[s, e, " ".join(t.split())] for s, e, t in theirs] == [
            [s, e, " ".join(t.split())] for s, e, t in ours
        ], lecture.name


def test_sound_has_its_captions_in_a_place_of_their_own(driver: Any, page: Path) -> None:
    opened(driver, page.as_uri() + "#t=2.2")
    until(driver, "document.getElementById('now').innerText === 'Hello & welcome\\nOverlapping words'")
    assert driver.execute_script("return media.textTracks[0].mode") == "hidden"


def test_the_captions_of_video_are_drawn_by_the_browser_itself(driver: Any, folder: Path) -> None:
    from captionkit.lint.checker import Checker
    from captionkit.lint.settings import Settings
    from captionkit.preview import Recording, lane, preview_page

    found = lane(loads(CUES), Checker(Settings()), name="a.vtt")
    Path("v.html").write_text(preview_page([found], Recording("none.mp4", "none.mp4")), encoding="utf-8")
    driver.get((folder / "v.html").as_uri())
    assert driver.execute_script("return media.textTracks[0].mode") == "showing"
    assert driver.execute_script("return document.getElementById('now')") is None


RECORD = """
const done = arguments[0], canvas = document.createElement('canvas');
canvas.width = 320; canvas.height = 180;
const context = canvas.getContext('2d'), parts = [];
const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: 'video/webm;codecs=vp8' });
recorder.ondataavailable = (event) => parts.push(event.data);
recorder.onstop = async () => {
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    let text = '';
    bytes.forEach((byte) => { text += String.fromCharCode(byte); });
    done(btoa(text));
};
let frame = 0;
const timer = setInterval(() => {
    context.fillStyle = `hsl(${frame * 12}, 60%, 40%)`; context.fillRect(0, 0, 320, 180);
    if (++frame === 25) { clearInterval(timer); recorder.stop(); }
}, 100);
recorder.start();
"""


def test_a_real_video_plays_with_its_cue_active(driver: Any, folder: Path) -> None:
    from base64 import b64decode

    driver.get("about:blank")
    Path("v.webm").write_bytes(b64decode(driver.execute_async_script(RECORD)))
    Path("v.en.vtt").write_text(CUES, encoding="utf-8")
    assert run(["preview", "v.webm", "v.en.vtt", "-o", "v.html"]) == 0
    opened(driver, (folder / "v.html").as_uri() + "#t=1.5")
    until(driver, "media.readyState >= 2")
    assert driver.execute_script("return [media.videoWidth, media.videoHeight]") == [320, 180]
    active = "Array.from(media.textTracks[0].activeCues || [], c => c.getCueAsHTML().textContent)"
    until(driver, f"String({active}) === 'Hello & welcome'")
    assert complaints(driver) == []


@pytest.mark.parametrize("which", ["page", "pair"])
def test_it_reflows_on_small_screens(driver: Any, request: pytest.FixtureRequest, which: str) -> None:
    opened(driver, request.getfixturevalue(which))
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": 320, "height": 700, "deviceScaleFactor": 1, "mobile": False})  # fmt: skip
    try:  # WCAG 2.1, 1.4.10: no scrolling sideways at 320 CSS pixels, but for the list and the timeline in their boxes
        assert driver.execute_script("return document.documentElement.scrollWidth") <= 320
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
