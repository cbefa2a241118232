"""This server and the one in memory, built apart from guides/canvas-server.md, must do the same to the same tracks.

The engine rehearses every PUT on the one in memory; where the two differ, one of them is wrong about Canvas.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from fakes.canvas import FakeCanvas
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from captionkit.sandbox import Sandbox

SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello\n"
VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\nHello again\n"
LOCALES = ("en", "de", "fr")
HOMES = ("original", "copy", "none")

tracks = st.lists(
    st.tuples(
        st.sampled_from(LOCALES),
        st.sampled_from(["teacher", "colleague"]),
        st.sampled_from(HOMES),
        st.sampled_from([SRT, VTT]),
    ),
    max_size=5,
    unique_by=lambda track: (track[0], track[2]),
)
contents = st.sampled_from(
    [
        None,
        "",
        " \n",
        "\u3000",
        SRT,
        VTT,
        "4:3 and 1:2:3,400",
        "5",
        5,
        1.5,
        True,
        False,
        [],
        {},
        ["x"],
        {"a": 1},
        "<tt xmlns=''>",
        "x\0y",
        "mentions WEBVTT",
        "\ufeff" + SRT,
        "1\r\n0:00:01,000 --> 00:00:02,000\r\nHi\r\n",
    ]
)
elements = st.fixed_dictionaries(
    {},
    optional={
        "locale": st.sampled_from([*LOCALES, *LOCALES, *LOCALES, "EN", "es-419", "", None, 5]),
        "content": contents,
        "kind": st.sampled_from(["captions", "subtitles", "chapters", "forced", "", None]),
        "id": st.just(1),
    },
)
bodies: st.SearchStrategy[object] = st.one_of(
    st.lists(elements, max_size=4),
    st.sampled_from([None, False, {}, ["en"], [1], [None], 5, "x", True, {"tracks": []}, [[]]]),
)
paths = st.sampled_from(["media_objects", "original", "copy"])


class Both:
    """The same rows on both servers."""

    def __init__(self, sandbox: Sandbox, course: int, other: int) -> None:
        self.sandbox = sandbox
        self.connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=10)
        self.course, self.other = course, other

    def fill(self, rows: list[tuple[str, str, str, str]]) -> None:
        self.media = self.sandbox.add_media(self.course, "Lecture")
        self.copy = self.sandbox.copy_media(self.media, self.other)
        self.world = FakeCanvas()
        self.world.add_media("courses/1", "Lecture", owner="1", media_id=self.media)
        self.memory_copy = self.world.add_copy(self.media, "courses/2")
        for locale, user, home, content in rows:
            self.sandbox.add_track(
                self.media,
                locale,
                content,
                user=user,
                file=self.copy if home == "copy" else None,
                in_scope_of_file=home != "none",
            )
            number = self.world.add_track(
                self.media,
                locale,
                content,
                user="1" if user == "teacher" else "2",
                attachment_id=self.memory_copy if home == "copy" else None,
            )
            if home == "none":
                self.world.track(number).attachment_id = None

    def put(self, path: str, body: Any) -> tuple[int, int]:
        ours = {
            "media_objects": f"media_objects/{self.media}",
            "original": f"media_attachments/{self.sandbox.file_id(self.media)}",
            "copy": f"media_attachments/{self.copy}",
        }[path]
        theirs = {
            "media_objects": f"media_objects/{self.media}",
            "original": f"media_attachments/{self.world.media[self.media].attachment_id}",
            "copy": f"media_attachments/{self.memory_copy}",
        }[path]
        headers = {"Authorization": f"Bearer {self.sandbox.tokens['teacher']}", "Content-Type": "application/json"}
        self.connection.request("PUT", f"/api/v1/{ours}/media_tracks", json.dumps(body), headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status, self.world.replace_tracks("1", theirs, body)[0]

    def truths(self) -> tuple[list[Any], list[Any]]:
        homes = {self.copy: "copy", None: "none"}
        ours = [
            (
                t["locale"],
                t["user"],
                homes.get(t["attachment_id"], "original"),
                t["kind"],
                t["content"],
                t["webvtt_content"],
            )
            for t in self.sandbox.tracks(self.media)
        ]
        users = {"1": "teacher", "2": "colleague"}
        homes_there = {self.memory_copy: "copy", None: "none"}
        theirs = [
            (
                r.locale,
                users[r.user_id or ""],
                homes_there.get(r.attachment_id, "original"),
                r.kind,
                r.content,
                r.webvtt_content,
            )
            for r in self.world.tracks(self.media)
        ]
        return sorted(ours, key=repr), sorted(theirs, key=repr)


@pytest.fixture(scope="module")
def both() -> Iterator[Both]:
    with Sandbox() as sandbox:
        sandbox.set(throttle=False)
        both = Both(sandbox, sandbox.add_course("Original"), sandbox.add_course("Copy"))
        yield both
        both.connection.close()


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(tracks, st.lists(st.tuples(paths, bodies), min_size=1, max_size=3))
def test_both_servers_end_in_the_same_state_with_the_same_status(
    both: Both, rows: list[tuple[str, str, str, str]], puts: list[tuple[str, Any]]
) -> None:
    both.fill(rows)
    for path, body in puts:
        ours, theirs = both.put(path, body)
        assert ours == theirs, (path, body)
        here, there = both.truths()
        assert here == there, (path, body)
