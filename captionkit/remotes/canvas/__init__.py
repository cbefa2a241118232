"""Canvas LMS: its Media Objects API, and that as a `captionkit.sync.ports.Remote`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from captionkit.canvas_rules import KINDS, locale_problem
from captionkit.configuration import ANY
from captionkit.remotes.service import Opening, Question, Service
from captionkit.sync.features import Features

if TYPE_CHECKING:
    from captionkit.configuration import Table
    from captionkit.doctor import Check
    from captionkit.sync.ports import MediaState, Remote

KIND = "canvas"
#: Every track of a media object is replaced at once, in WebVTT or SRT.
FEATURES = Features("Canvas", kinds=KINDS, locale_problem=locale_problem, files=True)


def _read_table(table: Table) -> dict[str, Any]:
    from captionkit.remotes.canvas.settings import read_table

    return read_table(table)


def _open(opening: Opening) -> AbstractContextManager[Remote]:
    from captionkit.remotes.canvas.opening import open_remote

    return open_remote(opening)


def _model(state: MediaState) -> Remote:
    from captionkit.remotes.canvas.model_remote import rehearsal

    return rehearsal(state)


def _check(question: Question) -> Iterator[Check]:
    from captionkit.remotes.canvas.doctor import check

    return check(question)


SERVICE = Service(
    kind=KIND,
    table="canvas",
    keys={
        "canvas": {
            "url": 'the address: "https://canvas.example.edu"',
            "course": "the number of the course; or `group`, or `user`, never two of them",
            "group": "the number of the group",
            "user": '"self": your own files',
            "path": 'how recordings are reached: "auto" (by their file, where Canvas shows it), "media_objects" or '
            '"media_attachments"',
            "kind": "of new tracks whose file name does not say it; Canvas's own, where it is left out",
            "locales": "see the table below",
        },
        "canvas.locales": {ANY: 'language tag = what Canvas is told: "es-419" = "es"'},
    },
    features=FEATURES,
    read_table=_read_table,
    open=_open,
    model=_model,
    check=_check,
)
