"""The caption files of an archive that are in other formats: they are not checked there, and named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from captionkit.errors import CaptionkitError
from captionkit.library.others import EXTENSIONS, Other, is_candidate, look_into
from captionkit.lint.settings import matches
from captionkit.scale.stores import CAPTIONS, Store, shown

#: So many files are looked into, each of which is a request; an archive may hold any number of `.json` and `.txt`.
MOST = 1_000


def others_of(store: Store, exclude: Sequence[str], source: str) -> Iterator[Other]:
    """Those of the first `MOST` candidates that are captions and have no SRT or WebVTT beside them.

    Raises:
        RemoteError: the archive cannot be listed.
    """
    seen = 0
    for entry in store.list(endings=tuple(EXTENSIONS)):
        path = shown(source, entry.path)
        if not is_candidate(entry.path) or any(matches(path, glob) for glob in exclude):
            continue
        seen += 1
        if seen > MOST:
            return
        data = _data(store, entry.path)
        stem = entry.path.rpartition(".")[0]
        other = look_into(path, path, data) if data else None
        if other and not any(_data(store, stem + ending) for ending in CAPTIONS):
            yield other


def _data(store: Store, path: str) -> bytes:
    try:
        return store.get(path)
    except (OSError, CaptionkitError):
        return b""
