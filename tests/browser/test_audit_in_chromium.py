"""The audit's page in a real browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from real_browser import as_wide_as, barriers, colours, complaints, opened

from captionkit.auditing.assemble import assemble
from captionkit.auditing.changes import changes, history
from captionkit.auditing.model import Audit, Origin, Place, Recording, Track
from captionkit.auditing.reports import Figures, load
from captionkit.auditing.totals import totals

EN = Track("en", "en", "subtitles", Origin.HUMAN, cues=3, captioned_ms=40_000, errors=1, warnings=1, infos=0,
           rules={"SPD001": 2, "TIM003": 1}, digest="sha256:1")  # fmt: skip


@pytest.fixture
def page(folder: Path) -> Path:
    places = [Place("courses/1", "Film <b>"), Place("courses/2", "Theatre"), Place("courses/3", "X", problem="refused")]
    auto = replace(EN, language="fr", locale="fr", origin=Origin.AUTOMATIC, digest="sha256:2")
    rows = [
        Recording(
            "courses/1",
            "media_objects/m-1",
            "m-1",
            "Lecture 10",
            "video",
            "2026-01-02",
            60_000,
            (EN, auto),
            url="https://c/media_objects_iframe/m-1",
        ),
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
    about["places"] = tuple(places)
    before = assemble(Audit(made_at="2026-01-01T00:00:00Z", recordings=tuple(rows[:2]), **about))
    now = assemble(Audit(made_at="2026-11-21T00:00:00Z", recordings=tuple(rows), **about))
    figures = Figures(totals(now), changes(before, now), before.made_at, history([before, now], now))
    Path("a.html").write_text(str(load("html")(now, figures)), encoding="utf-8")
    evidence = replace(figures, by="A. Person", snapshot=("evidence.json", "0" * 64))
    Path("evidence.html").write_text(
        str(load("evidence")(replace(now, standard="ada-title-ii"), evidence)), encoding="utf-8"
    )
    return folder / "a.html"


def shown(driver: Any) -> list[str]:
    """The titles of the rows that are not filtered away, in order."""
    rows = "#rows tbody tr:not([hidden]) th"
    script = "return Array.from(document.querySelectorAll(arguments[0]), c => c.firstChild.textContent.trim())"
    return driver.execute_script(script, rows)  # type: ignore[no-any-return]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("name", ["a.html", "evidence.html"])
def test_axe_finds_nothing_and_the_console_is_silent(
    driver: Any, page: Path, dark: bool, width: int, name: str
) -> None:
    colours(driver, dark=dark)
    try:
        with as_wide_as(driver, width):
            show(driver, page.with_name(name))
            assert barriers(driver) == []
            assert complaints(driver) == []
    finally:
        colours(driver, dark=False)


def show(driver: Any, page: Path) -> None:
    """Open a page; the evidence has no script that would say when it is ready."""
    if page.name == "evidence.html":
        driver.get_log("browser")
        driver.get(page.as_uri())
    else:
        opened(driver, page)


def choose(driver: Any, label: str) -> list[str]:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import Select

    Select(driver.find_element(By.ID, "f-show")).select_by_visible_text(label)
    return shown(driver)


def test_what_is_to_be_done_is_shown_first_and_the_rest_on_demand(driver: Any, page: Path) -> None:
    from selenium.webdriver.common.by import By

    opened(driver, page)
    heads = [head.text for head in driver.find_elements(By.TAG_NAME, "h2")]
    assert heads[:2] == ["In short", "To do, worst first"]
    assert shown(driver) == ["<script>alert(1)</script>", "Lecture 2", "By machine", "Lecture 10", "Unseen"]
    assert driver.find_element(By.ID, "f-count").text == "5 of 6 recordings: to do"
    assert choose(driver, "lacks French") == ["<script>alert(1)</script>", "Lecture 2"]
    assert choose(driver, "lacks English") == ["<script>alert(1)</script>", "By machine"]
    assert set(choose(driver, "has errors")) == {"Lecture 10", "Lecture 2", "By machine"}
    assert set(choose(driver, "automatic only")) == {"Lecture 10", "By machine"}
    assert choose(driver, "exempt") == ["Silent"]
    driver.find_element(By.ID, "f-clear").click()
    assert len(shown(driver)) == 6
    driver.find_element(By.ID, "f-text").send_keys("lecture video")
    assert set(shown(driver)) == {"Lecture 10", "Lecture 2"}


def test_titles_lead_to_canvas(driver: Any, page: Path) -> None:
    from selenium.webdriver.common.by import By

    opened(driver, page)
    links = driver.find_elements(By.CSS_SELECTOR, "#rows tbody th a")
    assert [link.get_attribute("href") for link in links] == ["https://c/media_objects_iframe/m-1"]


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
    seen: list[str] = []
    for _ in range(80):
        ActionChains(driver).send_keys(Keys.TAB).perform()
        where = driver.execute_script(
            "const a = document.activeElement; return a === document.body ? '' : a.id || a.className"
        )
        if not where and seen:
            break
        seen.append(where)
    assert {"skip", "f-text", "f-place", "f-show", "f-clear", "sort"} <= set(seen)


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


@pytest.mark.parametrize("name", ["a.html", "evidence.html"])
@pytest.mark.parametrize("width", [320, 375])
def test_nothing_is_wider_than_a_phone(driver: Any, page: Path, width: int, name: str) -> None:
    with as_wide_as(driver, width):  # WCAG 2.1, 1.4.10: content reflows at 320 CSS pixels
        show(driver, page.with_name(name))
        assert driver.execute_script("return document.documentElement.scrollWidth") <= width
        wide = """return Array.from(document.querySelectorAll("body *"))
            .filter((e) => e.getClientRects().length && !e.closest(".hidden-text, .skip, .patterns")
                && (e.getBoundingClientRect().right > innerWidth + 1 || e.scrollWidth > e.clientWidth + 1
                    && getComputedStyle(e).overflowX !== "visible"))
            .map((e) => e.outerHTML.slice(0, 80))"""
        assert driver.execute_script(wide) == []
        label = "return getComputedStyle(document.querySelector('td[data-label]'), '::before').content"
        assert driver.execute_script(label) not in ("none", "")  # each cell says its column


def test_the_pages_print_whole_and_with_marks_that_need_no_colour(driver: Any, page: Path) -> None:
    from base64 import b64decode

    for name in ("a.html", "evidence.html"):
        show(driver, page.with_name(name))
        pdf = b64decode(driver.execute_cdp_cmd("Page.printToPDF", {})["data"])
        assert pdf.startswith(b"%PDF") and 1 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 4
    opened(driver, page)
    marks = driver.execute_script(
        "return Array.from(document.querySelectorAll('#rows .mark'), (m) => m.className + m.textContent)"
    )
    by_class = {mark[:-1]: mark[-1] for mark in marks}
    assert len(set(by_class.values())) == len(by_class) > 3
