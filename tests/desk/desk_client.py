"""A desk over a course on the stand-in Canvas, and a browser without a script."""

from __future__ import annotations

import html
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from sandbox_course import SandboxCourse

from captionkit.desk.server import Desk

CUES = "1\n00:00:01,000 --> 00:00:03,500\n{} of the lecture.\n\n2\n00:00:04,000 --> 00:00:07,250\nWe go on.\n"


@contextmanager
def served(folder: Path) -> Iterator[Desk]:
    desk = Desk(folder)
    thread = threading.Thread(target=desk.serve)
    thread.start()
    try:
        yield desk
    finally:
        desk.end()
        thread.join(10)
        assert not thread.is_alive()


@contextmanager
def something_going_on(desk: Desk) -> Iterator[threading.Event]:
    """A piece of work that goes on until it is let go."""
    let_go = threading.Event()
    desk.session.jobs.begin("Something long", lambda job: let_go.wait(20))
    try:
        yield let_go
    finally:
        let_go.set()
        while desk.session.jobs.running:
            time.sleep(0.01)


class Client:
    """Loads pages and sends forms, as a browser with script off would."""

    def __init__(self, desk: Desk) -> None:
        self.base = f"http://{desk.gate.host}"
        self.root = self.base + desk.gate.home
        self.session = requests.Session()
        self.session.trust_env = False
        self.page = ""
        self.digests: dict[str, str] = {}

    def get(self, path: str = "") -> str:
        """A page, when what it waits for is there."""
        return self.settle(self.session.get(self.root + path, timeout=20))

    def post(self, path: str, **fields: str | list[str]) -> str:
        answer = self.session.post(
            self.root + path,
            data=fields,
            timeout=20,
            headers={"Origin": self.base, "Sec-Fetch-Site": "same-origin"},
        )
        return self.settle(answer)

    def correct(self, address: str, *cue: str, **headers: str) -> requests.Response:
        """What is answered to the page of a file that puts this in the place of its first cue: begin, end, text.

        Args:
            address: of the page, as it was made last by `opened`.
        """
        body = {"file": 0, "cue": 0, "replaces": 1, "digest": self.digests[address], "cues": [cue]}
        own = {"Origin": self.base, "Sec-Fetch-Site": "same-origin", **headers}
        return self.session.post(f"{self.root}{address}correct", json=body, headers=own, timeout=20)

    def opened(self, address: str) -> str:
        """The page of a file, which remembers what the file was."""
        page = self.session.get(self.root + address, timeout=20).text
        data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
        self.digests[address] = data["editable"][0]["digest"]
        return page

    def settle(self, answer: requests.Response) -> str:
        """The page; while it shows a job, it is asked for again, as it says itself that a browser should."""
        until = time.monotonic() + 30
        while 'id="job"' in answer.text:
            assert '<noscript><meta http-equiv="refresh"' in answer.text
            assert time.monotonic() < until, answer.text
            time.sleep(0.05)
            answer = self.session.get(answer.url, timeout=20)
        self.status, self.page, self.url = answer.status_code, answer.text, answer.url
        return self.text

    @property
    def text(self) -> str:
        """What a person reads on the page."""
        body = re.sub(r"<(head|script|style)\b.*?</\1>", " ", self.page, flags=re.DOTALL)
        return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)))

    def hidden(self, name: str) -> str:
        """The value of a hidden field."""
        found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)">', self.page)
        assert found, self.page
        return html.unescape(found[1])

    def link(self, text: str) -> str:
        """Where the link of this text leads, below the root."""
        found = re.search(rf'<a href="([^"]*)"[^>]*>(?:<[^>]*>)*{re.escape(text)}', self.page)
        assert found, self.text
        return html.unescape(found[1]).removeprefix(self.root.removeprefix(self.base))


def write(course: SandboxCourse, **files: str) -> None:
    for name, words in files.items():
        course.write(name.replace("__", ".").replace("_", " "), CUES.format(words))
