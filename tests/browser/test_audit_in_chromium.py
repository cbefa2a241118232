"""The audit's page in a real browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from real_browser import barriers, colours, complaints, opened

from captionkit.audit.assemble import assemble
from captionkit.audit.changes import changes, history
from captionkit.audit.model import Origin, Place, Recording, Track
from captionkit.audit.reports import Told, load
from captionkit.audit.totals import totals

EN = Track("en", "en", "subtitles", Origin.HUMAN, cues=3, captioned_ms=40_000, errors=1, warnings=1, infos=0,
           rules={"SPD001": 2, "TIM003": 1}, digest="sha256:1")  # fmt: skip


@pytest.fixture
def page(folder: Path) -> Path:
    places = [Place("courses/1", "Film <b>"), Place("courses/2", "Theatre"), Place("courses/3", "X", problem="refused")]
    auto = replace(EN, language="fr", locale="fr", origin=Origin.AUTOMATIC, digest="sha256:2")
    rows = [
        Recording("courses/1", "media_objects/m-1", "m-1", "Lecture 10", "video", "2026-01-02", 60_000, (EN, auto)),
        Recording("courses/1", "media_objects/m-2", "m-2", "Lecture 2", "video", "2026-01-03", None, (EN,)),
        Recording(
            "courses/2", "media_objects/m-3", "m-3", "<script>alert(1)</script>", "audio", "2026-01-01", 90_000, ()
        ),
        Recording("courses/2", "media_objects/m-4", "m-4", "Unseen", tracks=None),
        Recording(
            "courses/2", "media_objects/m-5", "m-5", "Silent", exception="no speech", exception_until="2027-01-01"
        ),
        Recording("courses/2", "media_objects/m-6", "m-6", "By machine", tracks=(auto,)),
    ]
    about: dict[str, Any] = {
        "source": "https://c",
        "tool": "captionkit",
        "profiles": ("default",),
        "required": ("en", "fr"),
    }
    before = assemble(places, rows[:2], made_at="2026-01-01T00:00:00Z", **about)
    now = assemble(places, rows, made_at="2026-11-21T00:00:00Z", **about)
    told = Told(totals(now), changes(before, now), before.made_at, history([before, now], now.required))
    Path("a.html").write_text(load("html")(now, told))
    return folder / "a.html"


def shown(driver: Any) -> list[str]:
    """The titles of the rows that are not filtered away, in order."""
    rows = "#rows tbody tr:not([hidden]) th"
    script = "return Array.from(document.querySelectorAll(arguments[0]), c => c.firstChild.textContent.trim())"
    return driver.execute_script(script, rows)  # type: ignore[no-any-return]


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_and_the_console_is_silent(driver: Any, page: Path, dark: bool) -> None:
    colours(driver, dark=dark)
    try:
        opened(driver, page)
        assert barriers(driver) == []
        assert complaints(driver) == []
    finally:
        colours(driver, dark=False)


def test_recordings_are_filtered_by_words_status_and_language(driver: Any, page: Path) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import Select

    opened(driver, page)
    assert len(shown(driver)) == 6
    driver.find_element(By.ID, "f-text").send_keys("lecture video")
    assert shown(driver) == ["Lecture 10", "Lecture 2"]
    assert driver.find_element(By.ID, "f-count").text == "2 of 6 recordings"
    Select(driver.find_element(By.ID, "f-language")).select_by_value("fr")
    assert shown(driver) == ["Lecture 10"]
    driver.find_element(By.ID, "f-clear").click()
    Select(driver.find_element(By.ID, "f-status")).select_by_value("exempt")
    assert shown(driver) == ["Silent"]


def test_columns_sort_by_keyboard_and_say_so(driver: Any, page: Path) -> None:
    from selenium.webdriver import Keys
    from selenium.webdriver.common.by import By

    opened(driver, page)
    button = driver.find_elements(By.CSS_SELECTOR, "#rows .sort")[1]
    head = button.find_element(By.XPATH, "..")
    button.send_keys(Keys.ENTER)
    assert head.get_attribute("aria-sort") == "ascending"
    up = shown(driver)
    assert up.index("Lecture 2") < up.index("Lecture 10")
    button.send_keys(Keys.SPACE)
    assert head.get_attribute("aria-sort") == "descending"
    assert shown(driver) == up[::-1]


def test_every_control_is_reached_by_tab(driver: Any, page: Path) -> None:
    from selenium.webdriver import ActionChains, Keys

    opened(driver, page)
    seen = []
    for _ in range(80):
        ActionChains(driver).send_keys(Keys.TAB).perform()
        where = driver.execute_script(
            "const a = document.activeElement; return a === document.body ? '' : a.id || a.className"
        )
        if not where and seen:
            break
        seen.append(where)
    assert {"skip", "f-text", "f-place", "f-status", "f-language", "f-origin", "f-clear", "sort", "wide"} <= set(seen)


def test_the_page_is_whole_without_its_script(driver: Any, page: Path) -> None:
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        driver.get(page.as_uri())
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert len(shown(driver)) == 6
    assert driver.execute_script("return document.querySelectorAll('svg.bar rect').length") > 10


def test_print_leaves_out_what_cannot_be_used_on_paper(driver: Any, page: Path) -> None:
    opened(driver, page)
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        hidden = "return getComputedStyle(document.querySelector(arguments[0])).display"
        assert driver.execute_script(hidden, ".controls") == "none"
        assert driver.execute_script(hidden, "#rows thead") == "table-header-group"
        pdf = driver.execute_cdp_cmd("Page.printToPDF", {})
        assert len(pdf["data"]) > 10_000
    finally:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        colours(driver, dark=False)


def test_small_screens_do_not_scroll_sideways(driver: Any, page: Path) -> None:
    opened(driver, page)
    size = driver.get_window_size()
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": 320, "height": 700, "deviceScaleFactor": 1, "mobile": False})  # fmt: skip
    try:  # WCAG 2.1, 1.4.10: content reflows at 320 CSS pixels; tables may scroll in their own boxes
        assert driver.execute_script("return document.documentElement.scrollWidth") <= 320
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        driver.set_window_size(size["width"], size["height"])
