"""Canvas LMS: its Media Objects API, and that as a `captionkit.sync.ports.Remote`."""

from __future__ import annotations

from captionkit.canvas_rules import KINDS, locale_problem
from captionkit.configuration import ANY
from captionkit.remotes.service import Service, lazily
from captionkit.sync.features import Features

KIND = "canvas"
#: Every track of a media object is replaced at once, in WebVTT or SRT.
FEATURES = Features("Canvas", kinds=KINDS, locale_problem=locale_problem, files=True)


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
    read_table=lazily(f"{__name__}.settings", "read_table"),
    open=lazily(f"{__name__}.opening", "open_remote"),
    model=lazily(f"{__name__}.model_remote", "rehearsal"),
    check=lazily(f"{__name__}.doctor", "check"),
)
