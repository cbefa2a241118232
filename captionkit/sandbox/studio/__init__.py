"""A stand-in Instructure Media (Studio): the API on one port, the upload host on another.

    from captionkit.sandbox.studio import Studio

    with Studio() as studio:
        media = studio.add_media("Lecture 1", user="teacher")
        ...  # point a client at studio.url with studio.tokens["teacher"]

What the public documentation and its clients say is fixed here; what nobody outside knows is a switch, so that a
client which relies on one answer to an open question is found out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from captionkit.sandbox.studio.server import Studio
    from captionkit.sandbox.studio.switches import StudioSwitches

__all__ = ["Studio", "StudioSwitches"]


def __getattr__(name: str) -> Any:
    if name == "Studio":
        from captionkit.sandbox.studio.server import Studio

        return Studio
    if name == "StudioSwitches":
        from captionkit.sandbox.studio.switches import StudioSwitches

        return StudioSwitches
    raise AttributeError(f"module 'captionkit.sandbox.studio' has no attribute {name!r}")
