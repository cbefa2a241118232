"""What a remote can do that Canvas can, so that a plan promises nothing else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What can be done to the tracks of a remote.

    Attributes:
        replace: the text of a track that is there. delete: a track that is there. Where not, a plan says `manual`:
            a person has to do it in the service's own pages.
        srt_only: SRT is the only format that it is known to take.
    """

    replace: bool = True
    delete: bool = True
    srt_only: bool = False


#: Canvas: every track of a media object is replaced at once, in WebVTT or SRT.
CANVAS = Capabilities()

#: Instructure Media: the public API lists, adds and downloads caption files, and has no other call for them.
ADD_ONLY = Capabilities(replace=False, delete=False, srt_only=True)

#: What a service is called in messages, by `RemoteIdentity.kind`.
NAMES = {"canvas": "Canvas", "instructure-media": "Studio"}


def capabilities_of(kind: str) -> Capabilities:
    """Of a service, by `RemoteIdentity.kind`; that of Canvas where it is not known."""
    return ADD_ONLY if kind == "instructure-media" else CANVAS


def service_name(kind: str) -> str:
    """What a person calls the service, by `RemoteIdentity.kind`."""
    return NAMES.get(kind, "Canvas")
