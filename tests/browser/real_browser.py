"""A real Chromium for the tests of our pages, driven over WebDriver."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

#: What the continuous integration sets, so that a missing browser is a failure there and not a silent skip.
REQUIRED = os.environ.get("CAPTIONKIT_REQUIRE_BROWSER") == "1"


def why_not() -> str:
    """Why there is no browser to test with; "" where there is."""
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "selenium is not installed (the extra dev has it)"
    if not _chromium():
        return "no Chromium was found (Debian: apt-get install chromium chromium-driver)"
    if not shutil.which("chromedriver"):
        return "no chromedriver was found (Debian: apt-get install chromium-driver)"
    return ""


def _chromium() -> str:
    return next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
    )


@contextmanager
def chromium(profile: Path, *, dark: bool = False) -> Iterator[Any]:
    """A browser with a profile of its own, ended afterwards."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = _chromium()
    for flag in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
        "--autoplay-policy=no-user-gesture-required", "--window-size=1280,1000", f"--user-data-dir={profile}",
    ):  # fmt: skip
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver") or ""))
    try:
        colours(driver, dark=dark)
        yield driver
    finally:
        driver.quit()


def colours(driver: Any, *, dark: bool) -> None:
    """Light or dark, as the system would say; without motion, so that pictures stand still."""
    wishes = [
        {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": wishes})


@contextmanager
def as_wide_as(driver: Any, width: int) -> Iterator[None]:
    """A screen of so many CSS pixels."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        yield
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def opened(driver: Any, address: Path | str) -> Any:
    """Open a page of ours and wait until its script is done."""
    driver.get_log("browser")  # what the page before had to say is its own business
    driver.get(address.as_uri() if isinstance(address, Path) else address)
    until(driver, "document.documentElement.dataset.ready === 'true'")
    return driver


def until(driver: Any, expression: str, *, seconds: float = 30) -> None:
    """Wait until a JavaScript expression is true in the page.

    Waits ask with scripts only, and again after an error: between two pages a browser has no page to ask, and gives
    out elements of the one that is just going.
    """
    from selenium.common.exceptions import WebDriverException

    end = time.monotonic() + seconds
    while True:
        try:
            if driver.execute_script(f"return !!({expression})"):
                return
            seen = driver.execute_script("return document.body ? document.body.innerText : ''")
        except WebDriverException as error:
            seen = error.msg
        assert time.monotonic() < end, f"{expression} never came true: {seen}"
        time.sleep(0.02)


def complaints(driver: Any) -> list[str]:
    """What the console shows that is worse than information: errors, blocked content, warnings."""
    return [entry["message"] for entry in driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


def barriers(driver: Any) -> list[str]:
    """What axe-core finds against WCAG 2.1 A and AA, a line each."""
    source = next(_axe(), None)
    if source is None:
        if REQUIRED:
            pytest.fail("axe-core is not installed")
        pytest.skip("axe-core is not installed (the extra dev has axe-core-python, which brings it)")
    driver.execute_script(source.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
    report = driver.execute_async_script(
        "const done = arguments[1]; axe.run(document, {runOnly: {type: 'tag', values: arguments[0]}}).then(done);", tags
    )
    return [
        f"{found['id']}: {node['target']} {node.get('failureSummary', '')}"
        for found in report["violations"]
        for node in found["nodes"]
    ]


def _axe() -> Iterator[Path]:
    """The newest first: one that is named, one that npm installed, one that a Python package brings along."""
    from importlib.util import find_spec

    named = os.environ.get("CAPTIONKIT_AXE")
    places = [Path(named)] if named else []
    places.append(Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js")
    spec = find_spec("axe_core_python")
    places += [Path(folder) / "axe.min.js" for folder in (spec.submodule_search_locations or () if spec else ())]
    yield from (place for place in places if place.is_file())
