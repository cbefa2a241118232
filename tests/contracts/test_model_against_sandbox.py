"""The in-memory Canvas, on which every plan is rehearsed, and the sandbox do the same with the same requests.

They were written apart and share no code, so where they agree on every odd body, a mistake in one would have to be
made twice. Random requests by two users on the three paths to one recording: by media id, by its file, by a copy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fakes.canvas import FakeCanvas
from fakes.clock import SimulatedClock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from captionkit.credentials import Token
from captionkit.remotes.canvas.model import NO_FILE
from captionkit.remotes.http.governor import Governor
from captionkit.remotes.http.session import Answer, Session

pytest.importorskip("werkzeug", reason="the sandbox needs werkzeug: pip install captionkit[sandbox]")

from captionkit.sandbox import Sandbox

SRT = "1\r\n00:00:1,000 --> 0:00:02,500\r\n4:3, 5, 6\r\n"
VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\nx"
USERS = {"teacher": "1", "colleague": "2"}

LOCALES = st.sampled_from(["en", "EN", "de", "zh-Hans", "es-419", "", "-"])
CONTENTS = st.sampled_from(
    [SRT, VTT, VTT + "!", "one track mind", "", " \n", None, False, 5, 1.5, True, ["x"], [], {}, {"a": 1},
     "<TT  xmlns='x'>", "<tt lang='en' xmlns='x'>", "\ufeff" + SRT, "\u00a0"],
)  # fmt: skip
KINDS = st.sampled_from(["captions", "subtitles", "chapters", "lyrics", None])
ELEMENTS = st.fixed_dictionaries({"locale": LOCALES}, optional={"content": CONTENTS, "kind": KINDS})
BODIES: st.SearchStrategy[object] = st.one_of(
    st.lists(ELEMENTS, max_size=4),
    st.lists(ELEMENTS | st.fixed_dictionaries({}, optional={"content": CONTENTS}), max_size=3),
    st.sampled_from([None, False, {}, [], ["en"], ["en", "de"], {"tracks": []}, [1], [None], 5, "x", True]),
)
#: What else there is about a server or a recording (guides/canvas-server.md, section 16).
TRAITS = st.sets(st.sampled_from(["older", "import", "handed in", "no original", "of no file"]), max_size=2)
STEPS = st.lists(
    st.tuples(st.sampled_from(list(USERS)), st.sampled_from(["id", "file", "copy"]), BODIES), min_size=1, max_size=5
)


class Both:
    """The sandbox and the model, with the same users."""

    def __init__(self, sandbox: Any) -> None:
        self.sandbox = sandbox
        sandbox.set(throttle=False)
        self.courses = [sandbox.add_course("Film"), sandbox.add_course("Copy")]
        clock = SimulatedClock()
        self.sessions = {
            name: Session(sandbox.url, Token(sandbox.tokens[name]), clock=clock, governor=Governor(clock))
            for name in USERS
        }

    def begin(self, traits: set[str]) -> None:
        """A recording with a copy and three tracks, in a world of its own in the model."""
        self.model = FakeCanvas()
        self.model.older = "older" in traits
        self.sandbox.set(old_server="older" in traits, deletes_own_only="older" in traits)
        ours = self.model.add_media("courses/101", "Lecture")
        theirs = self.sandbox.add_media(self.courses[0], "Lecture")
        self.ours, self.theirs = ours, theirs
        for locale, content, user in (("en", SRT, "teacher"), ("fr", VTT, "colleague"), ("de", VTT, "teacher")):
            self.model.add_track(ours, locale, content, user=USERS[user])
            self.sandbox.add_track(theirs, locale, content, user=user)
        own = "import" in traits
        copies = (
            self.model.add_copy(ours, "courses/202", own_tracks=own),
            self.sandbox.copy_media(theirs, self.courses[1], own_tracks=own),
        )
        original = self.model.media[ours].attachment_id
        assert original is not None
        self.originals = original, self.sandbox.file_id(theirs)
        self.paths = {
            "id": (f"media_objects/{ours}", f"media_objects/{theirs}"),
            "file": (f"media_attachments/{self.originals[0]}", f"media_attachments/{self.originals[1]}"),
            "copy": (f"media_attachments/{copies[0]}", f"media_attachments/{copies[1]}"),
        }
        if "of no file" in traits:
            self.model.add_track(ours, "zh-Hans", VTT, attachment_id=NO_FILE)
            self.sandbox.add_track(theirs, "zh-Hans", VTT, in_scope_of_file=False)
        if "handed in" in traits:
            self.model.files[self.originals[0]].submitted = True
            self.sandbox.submit_file(self.originals[1])
        if "no original" in traits:
            self.model.delete_original(ours)
            self.sandbox.delete_original(theirs)

    def put(self, user: str, path: str, body: Any) -> tuple[int, int]:
        ours, theirs = self.paths[path]
        status, _ = self.model.replace_tracks(USERS[user], ours, body)
        got = self.sessions[user].put_once(
            f"/api/v1/{theirs}/media_tracks", (), json.dumps(body).encode(), "application/json"
        )
        assert isinstance(got, Answer)
        return status, got.status

    def truths(self) -> tuple[list[Any], list[Any]]:
        ours = [
            (row.locale, row.kind, row.content, row.webvtt_content, row.user_id, row.attachment_id == self.originals[0])
            for row in sorted(self.model.tracks(self.ours), key=lambda row: int(row.id))
        ]
        theirs = [
            (row["locale"], row["kind"], row["content"], row["webvtt_content"],
             None if row["user_id"] is None else str(row["user_id"]), row["attachment_id"] == self.originals[1])
            for row in sorted(self.sandbox.tracks(self.theirs), key=lambda row: row["id"])
        ]  # fmt: skip
        return ours, theirs


@pytest.fixture(scope="module")
def both() -> Iterator[Both]:
    with Sandbox() as sandbox:
        made = Both(sandbox)
        yield made
        for session in made.sessions.values():
            session.close()


@settings(
    derandomize=True, max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS, TRAITS)
def test_the_model_and_the_sandbox_do_the_same(both: Both, steps: list[tuple[str, str, Any]], traits: set[str]) -> None:
    both.begin(traits)
    for user, path, body in steps:
        ours, theirs = both.put(user, path, body)
        assert ours == theirs, (user, path, body)
        ours_now, theirs_now = both.truths()
        assert ours_now == theirs_now, (user, path, body)
