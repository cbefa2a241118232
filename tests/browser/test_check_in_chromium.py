"""The page of `check` in a real browser."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from real_browser import as_wide_as, barriers, colours, complaints, opened

from captionkit.cli.frame import run

CUE = "{n}\n00:{m:02d}:{s:02d},000 --> 00:{m:02d}:{s:02d},900\nThis is a sentence that nobody can read so fast, {n}.\n"


@pytest.fixture
def page(folder: Path) -> Path:
    return made(folder, 50)


@pytest.fixture
def short_page(folder: Path) -> Path:
    return made(folder, 5)


def made(folder: Path, files: int) -> Path:
    """The page for files of 100 cues, each too fast and too long; the files 3 and 30 have an error."""
    Path("captions").mkdir()
    for number in range(files):
        text = "\n".join(CUE.format(n=n, m=n // 60, s=n % 60) for n in range(1, 101))
        if number in (3, 30):
            text = text.replace("00:00:09,000 --> 00:00:09,900", "00:00:09,950 --> 00:00:09,900")
        Path(f"captions/week {number}.en.srt").write_text(text, encoding="utf-8")
    run(["check", "captions", "--profile", "dcmp", "-o", "check.html", "--exit-zero", "--no-cache"])
    return folder / "check.html"


def rows(driver: Any) -> list[str]:
    found = driver.execute_script(
        "return Array.from(document.querySelectorAll('#rows tbody tr:not([hidden])'), (r) => r.innerText)"
    )
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [375, 1280])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    driver: Any, short_page: Path, dark: bool, width: int
) -> None:
    colours(driver, dark=dark)
    try:
        with as_wide_as(driver, width):
            opened(driver, short_page)
            assert barriers(driver) == []
            assert complaints(driver) == []
            assert driver.execute_script("return document.documentElement.scrollWidth") <= width
    finally:
        colours(driver, dark=False)


def test_errors_come_first_and_the_rest_on_demand(driver: Any, page: Path) -> None:
    from selenium.webdriver import Keys
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import Select

    opened(driver, page)
    assert [row.splitlines()[0].split("\t")[0] for row in rows(driver)] == [
        "captions/week 3.en.srt", "captions/week 30.en.srt",
    ]  # fmt: skip
    Select(driver.find_element(By.ID, "f-severity")).select_by_value("warning")
    assert len(rows(driver)) >= 50
    driver.find_element(By.ID, "f-clear").send_keys(Keys.ENTER)
    assert len(rows(driver)) > 52
    driver.find_element(By.ID, "f-text").send_keys("week 30.en")
    assert rows(driver) and all("week 30.en" in row for row in rows(driver))
    more = driver.find_element(By.CSS_SELECTOR, "#rows tr:not([hidden]) summary")
    more.send_keys(Keys.ENTER)
    assert driver.execute_script("return arguments[0].parentElement.open", more)


def test_a_folder_prints_on_a_few_pages(driver: Any, page: Path) -> None:
    opened(driver, page)
    pdf = b64decode(driver.execute_cdp_cmd("Page.printToPDF", {})["data"])
    assert 1 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 8
