"""Studio (Instructure Media): its public API, and that as a `captionkit.sync.ports.Remote`."""

from __future__ import annotations

from captionkit.configuration import ANY
from captionkit.remotes.service import Service, lazily
from captionkit.sync.features import Features

KIND = "instructure-media"
#: The public API lists, adds and downloads caption files, and has no other call for them.
FEATURES = Features("Studio", replace=False, delete=False, srt_only=True, uploads=True)


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
    read_table=lazily(f"{__name__}.settings", "read_table"),
    open=lazily(f"{__name__}.opening", "open_remote"),
    model=lazily(f"{__name__}.model", "StudioModel"),
    check=lazily(f"{__name__}.doctor", "check"),
    signs_in=True,
)
