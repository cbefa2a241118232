"""Captions corrected in the page, in a real browser: by keyboard, saved, undone, and never over another's change."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from real_browser import as_wide_as, barriers, colours, complaints, opened, until

from captionkit.lint.checker import Checker
from captionkit.lint.settings import Settings
from captionkit.preview.server import PreviewServer
from captionkit.preview.session import Session

pytestmark = pytest.mark.usefixtures("driver")

CUES = """WEBVTT

NOTE kept

00:01.000 --> 00:02.500 line:0
<v Ann>Hello &amp; welcome</v>

00:05.000 --> 00:05.500
This is far too much to read in half a second, is it not?

00:09.000 --> 00:10.000
Bye
"""


@pytest.fixture
def served(folder: Path) -> Iterator[PreviewServer]:
    Path("a.en.vtt").write_text(CUES, encoding="utf-8")
    session = Session([("a.en.vtt", Checker(Settings()))])
    with PreviewServer(session.page, editor=session.editor) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(autouse=True)
def leaves_the_page(driver: Any) -> Iterator[None]:
    yield
    driver.execute_script("const e = document.getElementById('editor'); if (e) e.remove();")
    driver.get("about:blank")


def keys(driver: Any, *pressed: Any) -> None:
    from selenium.webdriver import ActionChains

    ActionChains(driver).send_keys(*pressed).perform()


def with_control(driver: Any, key: str) -> None:
    from selenium.webdriver import ActionChains, Keys

    ActionChains(driver).key_down(Keys.CONTROL).send_keys(key).key_up(Keys.CONTROL).perform()


def text_of(driver: Any, name: str) -> str:
    return str(driver.execute_script("return document.getElementById(arguments[0]).textContent", name))


def correct_by_keyboard(driver: Any, text: str) -> None:
    from selenium.webdriver import Keys

    driver.execute_script("document.querySelector('#list-0 .go[tabindex=\"0\"]').focus()")
    keys(driver, Keys.DOWN, "e")
    assert driver.execute_script("return document.activeElement.id") == "edit-text"
    with_control(driver, "a")
    keys(driver, text)


def test_a_cue_is_corrected_with_the_keyboard_alone_and_the_page_follows(driver: Any, served: PreviewServer) -> None:
    from selenium.webdriver import Keys

    opened(driver, served.url)
    assert "SPD001" in driver.execute_script("return document.querySelector('.findings').textContent")
    correct_by_keyboard(driver, "Short")
    with_control(driver, Keys.ENTER)
    until(driver, "document.getElementById('editor').hidden")
    saved = CUES.replace("This is far too much to read in half a second, is it not?", "Short")
    assert Path("a.en.vtt").read_text(encoding="utf-8") == saved
    assert text_of(driver, "edit-status") == "Saved: cue 2 of a.en.vtt."
    rows = "Array.from(document.querySelectorAll('#list-0 td.text'), c => c.innerText)"
    assert driver.execute_script(f"return {rows}") == ["Hello & welcome", "Short", "Bye"]
    assert "SPD001" not in driver.execute_script("return document.querySelector('.findings').textContent")
    assert driver.execute_script("return document.activeElement.dataset.cue") == "1"
    assert driver.execute_script("return document.querySelectorAll('#drawing .cue').length") == 3
    until(driver, "Array.from(media.textTracks[0].cues || [], c => c.text).includes('Short')")
    assert complaints(driver) == []


def test_times_are_corrected_and_undone(driver: Any, served: PreviewServer) -> None:
    opened(driver, served.url + "#t=7.5")
    driver.execute_script("document.querySelectorAll('.edit')[1].click()")
    assert driver.execute_script("return document.getElementById('edit-ends').value") == "00:00:05.500"
    driver.execute_script("document.getElementById('ends-now').click()")
    driver.execute_script("document.getElementById('edit-save').click()")
    until(driver, "document.getElementById('editor').hidden")
    assert "00:05.000 --> 00:00:07.5" in Path("a.en.vtt").read_text(encoding="utf-8").replace(
        "00:00:05.000", "00:05.000"
    )
    assert text_of(driver, "undo") == "Undo: cue 2 of a.en.vtt"
    with_control(driver, "z")
    until(driver, "document.getElementById('undo').hidden")
    assert Path("a.en.vtt").read_text(encoding="utf-8") == CUES
    assert text_of(driver, "edit-status") == "Undone: cue 2 of a.en.vtt."
    assert complaints(driver) == []


def test_cues_are_split_joined_inserted_and_deleted_by_keyboard_and_undone(driver: Any, served: PreviewServer) -> None:
    from selenium.webdriver import Keys

    def press(name: str) -> None:
        """By the keyboard: the button has the focus, and Enter presses it."""
        driver.execute_script("document.getElementById(arguments[0]).focus()", name)
        keys(driver, Keys.ENTER)

    def texts() -> list[str]:
        rows = "Array.from(document.querySelectorAll('#list-0 td.text'), c => c.innerText)"
        return list(driver.execute_script(f"return {rows}"))

    opened(driver, served.url)
    driver.execute_script("document.querySelectorAll('.edit')[1].click()")
    driver.execute_script("const t = document.getElementById('edit-text'); t.setSelectionRange(24, 24)")
    press("edit-split")
    until(driver, "document.getElementById('editor').hidden")
    assert texts() == ["Hello & welcome", "This is far too much to", "read in half a second, is it not?", "Bye"]
    driver.execute_script("document.querySelectorAll('.edit')[1].click()")
    press("edit-join")
    until(driver, "document.getElementById('editor').hidden")
    assert texts()[1] == "This is far too much to\nread in half a second, is it not?"
    driver.execute_script("document.querySelectorAll('.edit')[2].click()")
    press("edit-insert")
    driver.execute_script("document.getElementById('edit-text').focus()")
    keys(driver, "The end")
    with_control(driver, Keys.ENTER)
    until(driver, "document.getElementById('editor').hidden")
    assert texts()[3] == "The end"
    driver.execute_script("document.querySelectorAll('.edit')[0].click()")
    press("edit-delete")
    until(driver, "document.getElementById('editor').hidden")
    assert len(texts()) == 3
    for _ in range(4):
        with_control(driver, "z")
        until(driver, "document.getElementById('edit-status').textContent.startsWith('Undone')")
        driver.execute_script("document.getElementById('edit-status').textContent = ''")
    assert Path("a.en.vtt").read_text(encoding="utf-8") == CUES
    assert complaints(driver) == []


def test_what_is_refused_keeps_the_words_and_says_why(driver: Any, served: PreviewServer) -> None:
    opened(driver, served.url)
    correct_by_keyboard(driver, "One --> two")
    driver.execute_script("document.getElementById('edit-save').click()")
    until(driver, "document.getElementById('edit-problem').textContent !== ''")
    assert "a player would not read this back" in text_of(driver, "edit-problem").lower()
    assert driver.execute_script("return document.getElementById('edit-text').value") == "One --> two"
    assert Path("a.en.vtt").read_text(encoding="utf-8") == CUES


def test_a_file_changed_meanwhile_is_not_overwritten_and_the_words_stay(driver: Any, served: PreviewServer) -> None:
    opened(driver, served.url)
    correct_by_keyboard(driver, "Mine")
    theirs = CUES.replace("Bye", "Good bye").replace("NOTE kept", "NOTE kept\n\n00:00.100 --> 00:00.900\nNew first")
    Path("a.en.vtt").write_text(theirs, encoding="utf-8")
    driver.execute_script("document.getElementById('edit-save').click()")
    until(driver, "!document.getElementById('edit-refresh').hidden")
    assert "changed by another program" in text_of(driver, "edit-problem")
    assert Path("a.en.vtt").read_text(encoding="utf-8") == theirs
    driver.execute_script("document.getElementById('edit-refresh').click()")
    until(driver, "document.querySelectorAll('#list-0 td.text').length === 4")
    assert text_of(driver, "editor-title") == "Correct cue 3 of a.en.vtt"
    assert driver.execute_script("return document.getElementById('edit-text').value") == "Mine"
    driver.execute_script("document.getElementById('edit-save').click()")
    until(driver, "document.getElementById('editor').hidden")
    saved = Path("a.en.vtt").read_text(encoding="utf-8")
    assert "Mine" in saved and "Good bye" in saved and "New first" in saved


def test_a_cue_that_somebody_else_corrected_cannot_be_saved_over(driver: Any, served: PreviewServer) -> None:
    opened(driver, served.url)
    correct_by_keyboard(driver, "Mine")
    theirs = CUES.replace("This is far", "It is far")
    Path("a.en.vtt").write_text(theirs, encoding="utf-8")
    driver.execute_script("document.getElementById('edit-save').click()")
    until(driver, "!document.getElementById('edit-refresh').hidden")
    driver.execute_script("document.getElementById('edit-refresh').click()")
    until(driver, "document.getElementById('edit-save').disabled")
    assert "Copy your words" in text_of(driver, "edit-problem")
    assert driver.execute_script("return document.getElementById('edit-text').value") == "Mine"
    assert Path("a.en.vtt").read_text(encoding="utf-8") == theirs


def test_escape_drops_words_only_when_it_is_meant(driver: Any, served: PreviewServer) -> None:
    from selenium.webdriver import Keys

    opened(driver, served.url)
    correct_by_keyboard(driver, "Mine")
    keys(driver, Keys.ESCAPE)
    assert "not saved" in text_of(driver, "edit-problem")
    assert driver.execute_script("return document.getElementById('edit-text').value") == "Mine"
    keys(driver, Keys.ESCAPE)
    assert driver.execute_script("return document.getElementById('editor').hidden")
    assert driver.execute_script("return document.activeElement.className") == "edit"
    assert Path("a.en.vtt").read_text(encoding="utf-8") == CUES


def test_the_words_stay_when_the_server_has_ended(driver: Any, served: PreviewServer) -> None:
    opened(driver, served.url)
    correct_by_keyboard(driver, "Mine")
    driver.execute_cdp_cmd("Network.enable", {})
    conditions = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)
    try:
        driver.execute_script("document.getElementById('edit-save').click()")
        until(driver, "document.getElementById('edit-problem').textContent.includes('has ended')")
    finally:
        driver.execute_cdp_cmd("Network.emulateNetworkConditions", {**conditions, "offline": False})
    assert driver.execute_script("return document.getElementById('edit-text').value") == "Mine"
    assert Path("a.en.vtt").read_text(encoding="utf-8") == CUES


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [375, 1280])
def test_axe_finds_nothing_against_the_editor(driver: Any, served: PreviewServer, dark: bool, width: int) -> None:
    colours(driver, dark=dark)
    try:
        with as_wide_as(driver, width):
            opened(driver, served.url + "#t=5.2")
            correct_by_keyboard(driver, "One --> two")
            driver.execute_script("document.getElementById('edit-save').click()")
            until(driver, "document.getElementById('edit-problem').textContent !== ''")
            assert barriers(driver) == []
            assert driver.execute_script("return document.documentElement.scrollWidth") <= width
            assert complaints(driver) == [] or all("422" in one for one in complaints(driver))
    finally:
        colours(driver, dark=False)


def test_of_two_files_each_is_corrected_and_the_comparison_follows(driver: Any, folder: Path) -> None:
    Path("a.en.vtt").write_text(CUES, encoding="utf-8")
    Path("b.en.vtt").write_text(CUES, encoding="utf-8")
    checker = Checker(Settings())
    session = Session([("a.en.vtt", checker), ("b.en.vtt", checker)])
    with PreviewServer(session.page, editor=session.editor) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            opened(driver, server.url)
            driver.execute_script(
                "const s = document.getElementById('show'); s.value = 'list-1'; s.dispatchEvent(new Event('change'));"
                "document.querySelectorAll('#list-1 .edit')[2].click();"
                "document.getElementById('edit-text').value = 'Bye now';"
                "document.getElementById('edit-save').click()"
            )
            until(driver, "document.getElementById('editor').hidden")
            assert Path("a.en.vtt").read_text(encoding="utf-8") == CUES and "Bye now" in Path("b.en.vtt").read_text(
                encoding="utf-8"
            )
            assert driver.execute_script("return document.getElementById('list-1').hidden") is False
            inserted = "return document.querySelector('#list-both ins').textContent.trim()"
            assert driver.execute_script(inserted) == "now"
            assert complaints(driver) == []
        finally:
            driver.get("about:blank")
            server.shutdown()
            thread.join()


def test_a_correction_leaves_the_other_rows_where_they_are_and_find_looks_into_what_is_seen(
    driver: Any, served: PreviewServer
) -> None:
    opened(driver, served.url)
    driver.execute_script("window.rows = Array.from(document.querySelectorAll('#list-0 tbody tr'))")
    correct_by_keyboard(driver, "Short")
    with_control(driver, "\ue007")
    until(driver, "document.getElementById('edit-status').textContent.startsWith('Saved')")
    same = "return Array.from(document.querySelectorAll('#list-0 tbody tr')).map((row, at) => row === window.rows[at])"
    assert driver.execute_script(same)[1:] == [False, True]  # the first one had the place in the tab order
    driver.execute_script(
        "const f = document.getElementById('find'); f.value = 'play'; f.dispatchEvent(new Event('input'))"
    )
    assert text_of(driver, "found") == "0 of 3"


def test_all_of_a_long_list_is_there_for_a_screen_reader_and_a_correction_leaves_it_as_a_fresh_page_has_it(
    driver: Any, served: PreviewServer
) -> None:
    lines = [f"00:{i // 60:02}:{i % 60:02}.000 --> 00:{i // 60:02}:{i % 60:02}.900\nLine {i}" for i in range(450)]
    Path("a.en.vtt").write_text("WEBVTT\n\n" + "\n\n".join(lines) + "\n", encoding="utf-8")
    opened(driver, served.url + "#t=400.5")
    seen = (
        "(() => { const row = document.querySelector('tr[aria-current]').getBoundingClientRect(),"
        " list = document.getElementById('scroller').getBoundingClientRect();"
        " return row.top >= list.top && row.bottom <= list.bottom; })()"
    )
    until(driver, seen)
    until(driver, "!document.querySelector('#list-0 tbody:not(.whole)')")
    until(driver, seen)
    root = driver.execute_cdp_cmd("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    table = driver.execute_cdp_cmd("DOM.querySelector", {"nodeId": root, "selector": "#list-0"})["nodeId"]

    def count(role: str) -> int:
        found = driver.execute_cdp_cmd("Accessibility.queryAXTree", {"nodeId": table, "role": role})["nodes"]
        return len(found)

    assert (count("table"), count("row"), count("columnheader"), count("cell")) == (1, 451, 6, 6 * 450)

    def rows() -> list[str]:
        return list(
            driver.execute_script("return Array.from(document.querySelectorAll('#list-0 tr'), row => row.innerText)")
        )

    for button, status in (("edit-delete", "Saved: cue 120 deleted"), ("edit-join", "Saved: cues 300 and 301 joined")):
        at = 119 if button == "edit-delete" else 299
        driver.execute_script("document.querySelectorAll('#list-0 .edit')[arguments[0]].click()", at)
        driver.execute_script("document.getElementById(arguments[0]).click()", button)
        until(driver, f"document.getElementById('edit-status').textContent.startsWith('{status}')")
    corrected = rows()
    driver.execute_script("document.querySelector('#list-0 .go').click()")
    opened(driver, served.url)
    until(driver, "!document.querySelector('#list-0 tbody:not(.whole)')")
    assert corrected == rows()
    assert complaints(driver) == []
