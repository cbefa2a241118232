"""Studio (Instructure Media): its public API, and that as a `captionkit.sync.ports.Remote`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from captionkit.configuration import ANY
from captionkit.remotes.service import Opening, Question, Service
from captionkit.sync.features import Features

if TYPE_CHECKING:
    from captionkit.configuration import Table
    from captionkit.doctor import Check
    from captionkit.sync.ports import MediaState, Remote

KIND = "instructure-media"
#: The public API lists, adds and downloads caption files, and has no other call for them.
FEATURES = Features("Studio", replace=False, delete=False, srt_only=True, uploads=True)


def _read_table(table: Table) -> dict[str, Any]:
    from captionkit.remotes.studio.settings import read_table

    return read_table(table)


def _open(opening: Opening) -> AbstractContextManager[Remote]:
    from captionkit.remotes.studio.opening import open_remote

    return open_remote(opening)


def _model(state: MediaState) -> Remote:
    from captionkit.remotes.studio.model import StudioModel

    return StudioModel(state)


def _check(question: Question) -> Iterator[Check]:
    from captionkit.remotes.studio.doctor import check

    return check(question)


SERVICE = Service(
    kind=KIND,
    table="studio",
    keys={
        "studio": {
            "url": 'the address: "https://your-school.instructuremedia.com"',
            "collection": "the number of the collection; or `course`, or `account`, never two of them",
            "course": "the number that the course has in Canvas",
            "account": "true: all that you may see",
            "locales": "see the table below",
        },
        "studio.locales": {ANY: 'language tag = what Studio is told: "pt-BR" = "pt"'},
    },
    features=FEATURES,
    read_table=_read_table,
    open=_open,
    model=_model,
    check=_check,
    signs_in=True,
)
