"""A stand-in Canvas: real HTTP on the loopback, state in SQLite, the dangerous behaviours of the real server included.

    from captionkit.sandbox import Sandbox

    with Sandbox() as sandbox:
        course = sandbox.add_course("Film studies")
        media_id = sandbox.add_media(course, "Lecture 1")
        sandbox.add_track(media_id, "en", "1\\n00:00:01,000 --> 00:00:02,000\\nHello\\n", user="colleague")
        ...  # point a client at sandbox.url with sandbox.tokens["teacher"]
        assert [track["locale"] for track in sandbox.tracks(media_id)] == ["en"]

It is for people to rehearse with and for tests. It shares no code with the client: nothing of captionkit outside this
folder is imported here, so a mistake in the one cannot hide a mistake in the other. Needs `captionkit[sandbox]`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from captionkit.sandbox.server import Sandbox
    from captionkit.sandbox.switches import Switches

__all__ = ["Sandbox", "Switches"]


def __getattr__(name: str) -> Any:
    # Lazily, so that the help of the command line does not pay for the server.
    if name == "Sandbox":
        from captionkit.sandbox.server import Sandbox

        return Sandbox
    if name == "Switches":
        from captionkit.sandbox.switches import Switches

        return Switches
    raise AttributeError(f"module 'captionkit.sandbox' has no attribute {name!r}")
