"""Make the pictures of the README from the real pages: the desk's changes, and the report of an audit.

    python scripts/pictures.py

Needs Chromium with its driver and the extra dev. A stand-in Canvas with a course of made-up lectures is all that they
show.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from pathlib import Path

CLONE = Path(__file__).resolve().parent.parent
PICTURES = CLONE / "captionkit" / "guides" / "pictures"
sys.path.insert(0, str(CLONE / "tests" / "browser"))

from corpus import lectures  # noqa: E402
from real_browser import chromium  # noqa: E402

#: CSS pixels of a picture.
SIZE = (960, 780)


def main() -> None:
    from captionkit.desk.server import Desk
    from captionkit.sandbox import Sandbox

    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, Sandbox() as sandbox:
        folder = Path(scratch) / "captions"
        folder.mkdir()
        os.environ.update(XDG_CONFIG_HOME=scratch, CANVAS_API_URL=sandbox.url)
        os.environ["CANVAS_API_TOKEN"] = sandbox.tokens["teacher"]
        course = fill(sandbox, folder)
        (folder / "captionkit.toml").write_text(
            f'[canvas]\nurl = "{sandbox.url}"\ncourse = {course}\n', encoding="utf-8", newline="\n"
        )
        desk = Desk(folder)
        threading.Thread(target=desk.serve, daemon=True).start()
        with chromium(Path(scratch) / "profile") as driver:
            driver.set_window_size(*SIZE)
            root = f"http://{desk.gate.host}{desk.gate.home}"
            shoot(driver, root + "changes", "changes.png")
            driver.get(root + "evidence")
            driver.find_element("xpath", "//button[contains(., 'Make the report')]").click()
            until = time.monotonic() + 60
            while not driver.find_elements("link text", "A table (CSV)") and time.monotonic() < until:
                time.sleep(0.1)
            shoot(driver, root + "evidence/report.html", "report.png")
        desk.end()


def fill(sandbox, folder: Path) -> int:  # type: ignore[no-untyped-def]
    """A course as one finds them: some recordings captioned, one by a colleague, one by a machine; and a folder."""
    course = sandbox.add_course("Introduction to Heat")
    made = [one for one in lectures(8, languages=("en", "fr")) if not one.name.startswith("odd")]
    for number, lecture in enumerate(made, 1):
        title = f"Week {(number + 1) // 2} part {2 - number % 2}"
        media = sandbox.add_media(course, title, in_files=True)
        text = lecture.data.decode("utf-8-sig", "replace")
        here = folder / f"{title}.{lecture.language}.srt"
        if number in (1, 2, 3, 4):
            here.write_bytes(lecture.data)
        if number in (5, 6, 7, 8, 9, 10):
            sandbox.add_track(media, lecture.language, text, user="colleague" if number == 5 else "teacher")
        if number == 11:
            sandbox.add_track(media, "en", text, asr=True)
        if number == 9:
            here.write_bytes(b"1\n00:00:01,000 --> 00:00:04,000\nThe corrected version of this lecture.\n")
    return int(course)


def shoot(driver, address: str, name: str) -> None:  # type: ignore[no-untyped-def]
    driver.get(address)
    settled(driver)
    driver.save_screenshot(str(PICTURES / name))
    print(f"{name}: {(PICTURES / name).stat().st_size / 1000:.0f} kB")


def settled(driver) -> None:  # type: ignore[no-untyped-def]
    """Wait until nothing goes on any more on the page."""
    until = time.monotonic() + 60
    while driver.find_elements("id", "job") and time.monotonic() < until:
        time.sleep(0.1)


if __name__ == "__main__":
    main()
