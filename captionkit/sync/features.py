"""What a service can do, so that a plan promises nothing else. Each remote says it in `RemoteIdentity.features`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def _takes_any(locale: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Features:
    """What can be done to the tracks of a remote, and what it is called.

    Attributes:
        name: what a person calls the service.
        replace: the text of a track that is there. delete: a track that is there. Where not, a plan says `manual`:
            a person has to do it in the service's own pages.
        srt_only: SRT is the only format that it is known to take.
        kinds: what a track can be, as the service calls it; empty where it knows no kinds, so that none is asked for.
        locale_problem: why a locale would be refused; "" where it is taken.
        files: whether a media object can be reached by a file, which a copied course has of its own.
        uploads: whether recordings can be sent there.
    """

    name: str = "the service"
    replace: bool = True
    delete: bool = True
    srt_only: bool = False
    kinds: tuple[str, ...] = ()
    locale_problem: Callable[[str], str] = _takes_any
    files: bool = False
    uploads: bool = False
