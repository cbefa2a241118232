"""The desk in a real browser: each thing that the team does, with its clicks counted, and no barrier on any page."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_client import CUES, served, something_going_on
from real_browser import as_wide_as, barriers, colours, complaints, until
from sandbox_course import SandboxCourse, open_course

from captionkit.desk.server import Desk
from captionkit.sandbox import Switches

pytestmark = pytest.mark.usefixtures("driver")


@pytest.fixture
def course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[SandboxCourse]:
    for name in ("XDG_CONFIG_HOME", "APPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    titles = tuple(f"Lecture {number:02}" for number in range(1, 13))
    with open_course(tmp_path, monkeypatch, capsys, Switches(latency_ms=5), titles) as course:
        yield course


@pytest.fixture
def desk(course: SandboxCourse) -> Iterator[Desk]:
    with served(course.folder) as desk:
        yield desk


class Hand:
    """A person at the page, whose clicks are counted."""

    def __init__(self, driver: Any, desk: Desk) -> None:
        self.driver, self.desk, self.clicks = driver, desk, 0
        self.root = f"http://{desk.gate.host}{desk.gate.home}"

    def open(self, path: str = "") -> None:
        self.driver.get_log("browser")
        self.driver.get(self.root + path)
        self.settled()

    def settled(self) -> None:
        """Wait until the page is whole and nothing goes on any more on it."""
        until(self.driver, "document.readyState === 'complete' && !document.getElementById('job')")

    def click(self, element: Any) -> None:
        self.clicks += 1
        element.click()

    def press(self, text: str) -> None:
        """Click a button or a link by its words, and wait until it has led away."""
        path = f"//button[contains(., {text!r})] | //a[contains(., {text!r})]"
        self.follow(self.driver.find_element("xpath", path))

    def follow(self, element: Any) -> None:
        """Click what leads to another page, and wait until that is there."""
        self.driver.execute_script("window.before = true")
        self.click(element)
        until(self.driver, "!window.before && document.readyState === 'complete'")

    def pick(self, name: str, value: str) -> None:
        self.click(self.driver.find_element("css selector", f'input[name="{name}"][value="{value}"]'))

    @property
    def text(self) -> str:
        return str(self.driver.find_element("tag name", "body").text)


@pytest.fixture
def hand(driver: Any, desk: Desk) -> Iterator[Hand]:
    yield Hand(driver, desk)
    driver.execute_script("const e = document.getElementById('editor'); if (e) e.remove();")
    driver.get("about:blank")


def test_a_folder_is_connected_with_one_click_after_two_pasted_texts(
    driver: Any, course: SandboxCourse, desk: Desk, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = os.environ["CANVAS_API_TOKEN"]
    monkeypatch.setenv("CANVAS_API_TOKEN", "")
    (course.folder / "captionkit.toml").unlink()
    driver.get(desk.gate.start_address())
    driver.find_element("id", "address").send_keys(f"{course.sandbox.url}/courses/{course.id}")
    driver.find_element("id", "token").send_keys(token)
    hand.press("Connect")
    hand.settled()
    assert hand.clicks == 1 and "12 recordings in Canvas" in hand.text
    assert token not in driver.page_source and token not in driver.current_url
    assert complaints(driver) == []


def test_an_overview_is_read_while_the_rest_arrives_and_nobody_loses_their_place(
    driver: Any, course: SandboxCourse, hand: Hand
) -> None:
    course.write("Lecture 01.en.srt", CUES.format("English"))
    course.write("Lecture 02.en.sbv", "0:00:01.000,0:00:03.000\nHello\n")
    with something_going_on(hand.desk):
        driver.get(hand.root)
        assert "1 file in other formats to convert" in hand.text and "1 caption file in the folder" in hand.text
        assert barriers(driver) == []
        driver.execute_script("window.before = true; document.querySelector('main li a').focus()")
    hand.settled()
    assert "1 caption track to send" in hand.text and "12 recordings in Canvas" in hand.text
    assert driver.execute_script("return window.before && document.activeElement.innerText").startswith(
        "1 file in other"
    )
    until(driver, "document.querySelector('header [role=status]').innerText === 'This page is complete now.'")
    assert barriers(driver) == [] and complaints(driver) == []


def test_a_page_that_had_to_wait_is_the_one_that_was_asked_for(driver: Any, course: SandboxCourse, hand: Hand) -> None:
    course.write("Lecture 01.en.srt", CUES.format("English"))
    with something_going_on(hand.desk):
        driver.get(hand.root + "changes")
        assert driver.find_elements("id", "job")
    hand.settled()
    assert driver.title.startswith("Changes") and driver.current_url.endswith("/changes") and "1 new" in hand.text


def test_a_page_whose_desk_has_ended_says_so(driver: Any, course: SandboxCourse) -> None:
    course.write("Lecture 01.en.srt", CUES.format("English"))
    let_go = threading.Event()
    with served(course.folder) as desk:
        desk.session.jobs.begin("Something long", lambda job: let_go.wait(60))
        driver.get(Hand(driver, desk).root + "changes")
        assert driver.find_elements("id", "job")
    until(driver, "document.getElementById('doing').innerText.startsWith('The desk does not answer')", seconds=60)
    let_go.set()


def test_reading_goes_on_at_what_was_just_done_or_why_not(driver: Any, course: SandboxCourse, hand: Hand) -> None:
    focused = "return document.activeElement.innerText || document.activeElement.id"
    course.write("zzz.en.srt", CUES.format("English"))
    course.write("Lecture 01.en.srt", CUES.format("English"))
    hand.open("questions")
    driver.find_element("css selector", "input[name='other recording:zzz']").send_keys("nothing like it")
    hand.press("Save the answers")
    assert "nothing like it" in driver.execute_script(focused) and driver.title.startswith("Error: ")
    hand.open("changes")
    hand.press("Look again")
    assert driver.execute_script(focused) == "Looked again."
    hand.open("recordings")
    hand.press("Lecture 01")
    hand.press("Correct")
    driver.find_element("css selector", ".edit").click()
    driver.find_element("id", "edit-ends").clear()
    driver.find_element("id", "edit-save").click()
    until(driver, "document.getElementById('edit-problem').innerText && document.activeElement.id === 'edit-save'")


def test_four_unplaced_files_are_settled_with_five_clicks(course: SandboxCourse, hand: Hand) -> None:
    for number in (1, 2, 3, 4):
        course.write(f"lec{number} final.en.srt", CUES.format(f"Part {number}"))
    hand.open("questions")
    for number in (1, 2, 3, 4):
        hand.pick(f"recording:lec{number} final", course.media[f"Lecture {number:02}"])
    hand.press("Save the answers")
    hand.settled()
    assert hand.clicks == 5 and "4 answers saved" in hand.text and "No questions" in hand.text


def test_all_that_a_push_would_do_is_seen_with_one_click_and_sent_with_one_and_undone_with_two(
    driver: Any, course: SandboxCourse, hand: Hand
) -> None:
    course.add("Lecture 02", "en", CUES.format("Canvas's"))
    for number in (1, 3):
        course.write(f"Lecture {number:02}.en.srt", CUES.format(f"Part {number}"))
    hand.open()
    hand.press("Changes")
    hand.settled()
    assert hand.clicks == 1 and "new in the folder" in hand.text and course.puts() == 0
    hand.clicks = 0
    from selenium.webdriver import ActionChains

    button = driver.find_element("css selector", "button.strong")
    driver.execute_script("window.before = true")
    hand.clicks += 1
    ActionChains(driver).double_click(button).perform()
    until(driver, "!window.before")
    hand.settled()
    assert "read back and verified" in hand.text and course.puts() == 2
    hand.clicks = 0
    hand.press("Undo this")
    hand.settled()
    assert "Nothing has been done yet" in hand.text and course.tracks("Lecture 01")
    hand.press("Undo this now")
    hand.settled()
    assert hand.clicks == 2 and not course.tracks("Lecture 01") and course.tracks("Lecture 02")
    assert complaints(driver) == []


def test_all_conflicts_are_decided_one_way_with_three_clicks(course: SandboxCourse, hand: Hand) -> None:
    for number in (1, 2, 3):
        course.write(f"Lecture {number:02}.en.srt", CUES.format(f"Ours {number}"))
        course.add(f"Lecture {number:02}", "en", CUES.format(f"Theirs {number}"))
    hand.open("changes")
    hand.press("Compare")  # both sides, before anything is decided
    hand.settled()
    assert "Theirs 1" in hand.text and "Ours 1" in hand.text and barriers(hand.driver) == []
    assert complaints(hand.driver) == []
    hand.clicks = 0
    hand.open()
    hand.press("Changes")
    hand.settled()
    hand.pick("on_conflict", "local")
    hand.press("Use these choices")
    hand.settled()
    assert hand.clicks == 3 and "Send 3 tracks" in hand.text and course.puts() == 0


def test_a_running_send_is_stopped_with_one_click_and_says_which_are_done(
    driver: Any, course: SandboxCourse, hand: Hand
) -> None:
    for title in course.media:
        course.write(f"{title}.en.srt", CUES.format(title))
    hand.open("changes")
    course.sandbox.set(latency_ms=1000)
    driver.find_element("css selector", "button.strong").click()
    end = time.monotonic() + 30
    while not course.puts():
        assert time.monotonic() < end
        time.sleep(0.02)
    hand.press("Stop after what is in hand")
    course.sandbox.set(latency_ms=0)
    hand.settled()
    assert hand.clicks == 1 and "stopped" in driver.title
    said = {row.text.partition(" ")[0] for row in driver.find_elements("css selector", "tbody td")}
    assert said >= {"done"} or "not started" in hand.text


def test_a_caption_is_corrected_beside_its_video_and_by_keyboard_alone(
    driver: Any, course: SandboxCourse, hand: Hand
) -> None:
    from selenium.webdriver import ActionChains, Keys

    course.write("Lecture 01.en.srt", CUES.format("Wrogn"))
    hand.open("recordings")
    hand.press("Lecture 01")
    hand.press("Correct")
    hand.click(driver.find_element("css selector", ".edit"))
    box = driver.find_element("id", "edit-text")
    box.clear()
    box.send_keys("Right")
    hand.click(driver.find_element("id", "edit-save"))
    until(driver, "document.getElementById('edit-status').innerText.startsWith('Saved')")
    file = course.folder / "Lecture 01.en.srt"
    assert hand.clicks <= 5 and "Right" in file.read_text(encoding="utf-8")
    # The keyboard alone, and a file that somebody else changed meanwhile.
    driver.execute_script("document.querySelector('#list-0 .go[tabindex=\"0\"]').focus()")
    ActionChains(driver).send_keys("e").perform()
    ActionChains(driver).key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).send_keys("Mine").perform()
    file.write_text(CUES.format("Theirs"), encoding="utf-8")
    ActionChains(driver).key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()
    until(driver, "document.getElementById('edit-problem').innerText")
    assert "your words are still here" in driver.find_element("id", "edit-problem").text
    assert "Theirs" in file.read_text(encoding="utf-8")
    assert driver.find_element("id", "edit-text").get_attribute("value") == "Mine"


def test_recordings_without_a_language_are_listed_with_four_clicks(
    driver: Any, course: SandboxCourse, hand: Hand
) -> None:
    from selenium.webdriver.support.ui import Select

    course.add("Lecture 01", "fr", CUES.format("Le cours"))
    hand.open()
    hand.press("Recordings")
    hand.settled()
    hand.clicks += 2  # the list opened, and a language in it
    Select(driver.find_element("id", "lacks")).select_by_value("fr")
    hand.follow(driver.find_element("css selector", ".filters button"))
    hand.settled()
    assert hand.clicks == 4 and "11 recordings of 12" in hand.text


def test_a_report_to_print_is_opened_with_three_clicks(driver: Any, course: SandboxCourse, hand: Hand) -> None:
    course.add("Lecture 01", "en", CUES.format("English"))
    hand.open()
    hand.press("Evidence")
    hand.press("Make the report")
    hand.settled()
    hand.press("One page of evidence, to print")
    assert hand.clicks == 3 and driver.current_url.endswith("evidence.html")
    assert driver.find_elements("tag name", "h1")
    assert barriers(driver) == []
    assert complaints(driver) == []


def test_no_page_has_a_barrier_and_none_is_wider_than_the_screen(
    driver: Any, course: SandboxCourse, hand: Hand
) -> None:
    course.write("Lecture 01.en.srt", CUES.format("English"))
    course.write("lec 2.en.srt", CUES.format("Second"))
    course.write("Lecture 03.en.srt", CUES.format("Ours"))
    course.write("Lecture 04.en.sbv", "0:00:01.000,0:00:03.000\nHello\n")
    course.add("Lecture 03", "en", CUES.format("Theirs"))
    pages = ("", "connect", "recordings", "questions", "changes", "bring", "history", "evidence", "others", "nowhere")
    try:
        for path in pages:
            hand.open(path)
            assert barriers(driver) == [], path
            assert [one for one in complaints(driver) if "404" not in one] == []
            colours(driver, dark=True)
            with as_wide_as(driver, 320):
                wide = driver.execute_script("return document.documentElement.scrollWidth - window.innerWidth")
                assert wide <= 0, path
                assert barriers(driver) == [], path
            colours(driver, dark=False)
    finally:
        colours(driver, dark=False)


def test_the_current_link_and_the_current_cue_are_seen_in_forced_colours_and_correct_has_no_barrier(
    driver: Any, course: SandboxCourse, hand: Hand
) -> None:
    course.write("Lecture 01.en.srt", CUES.format("English"))
    forced = {"features": [{"name": "forced-colors", "value": "active"}]}
    outline = "const s = getComputedStyle(document.querySelector(arguments[0])); return s.outlineStyle + s.outlineWidth"
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", forced)
    try:
        hand.open("recordings")
        assert driver.execute_script(outline, "nav a[aria-current]") == "solid3px"
        assert driver.execute_script(outline, "nav a:not([aria-current])").startswith("none")
        hand.press("Lecture 01")
        hand.press("Correct")
        hand.click(driver.find_element("id", "next"))
        assert driver.execute_script(outline, "#list-0 tr[aria-current]") == "solid4px"
    finally:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert barriers(driver) == []
    with as_wide_as(driver, 375):
        assert driver.execute_script("return document.documentElement.scrollWidth - window.innerWidth") <= 0
        assert barriers(driver) == []
    assert complaints(driver) == []


def test_every_place_and_every_button_is_reached_by_tab_and_nothing_holds_it(
    driver: Any, course: SandboxCourse, hand: Hand
) -> None:
    from selenium.webdriver import ActionChains, Keys

    course.write("Lecture 01.en.srt", CUES.format("Ours"))
    course.add("Lecture 01", "en", CUES.format("Theirs"))
    course.write("Lecture 02.en.srt", CUES.format("Ours"))
    hand.open("changes")
    driver.execute_script("document.activeElement.blur()")
    reached: list[str] = []
    for _ in range(60):
        ActionChains(driver).send_keys(Keys.TAB).perform()
        at = driver.execute_script("const e = document.activeElement; return e.tagName + ' ' + e.innerText")
        reached.append(at)
    for wanted in ("A Overview", "A Evidence", "BUTTON Send 1 track of 1 recording", "BUTTON Use these choices"):
        assert wanted in reached, wanted
    assert len(set(reached)) > 12
