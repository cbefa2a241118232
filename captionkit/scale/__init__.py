"""An archive of a million files: the same check, and the same conversion, on an engine that has the machines for it.

    from captionkit.lint.settings import Settings
    from captionkit.scale import check_bytes, check_partition

`check_bytes` and `check_partition` are pure and can be pickled, for any engine. `captionkit check s3://bucket/prefix
--engine dask -o report/` is `run.Archive` on Dask. Dask, obstore and pyarrow come with `captionkit[scale]`; nothing of
them is loaded before it is used.

The way of the data: `stores` lists, `parts` cuts the listing, `engine` gives the parts out, `work` reads, checks and
writes one part where it runs, `tables` is what is written, `report` reads it back.
"""

from __future__ import annotations

from captionkit.scale.check import Partition, Unread, check_bytes, check_partition
from captionkit.scale.parts import Entry, Part, parts
from captionkit.scale.stores import open_store, read_part

__all__ = [
    "Entry",
    "Part",
    "Partition",
    "Unread",
    "check_bytes",
    "check_partition",
    "open_store",
    "parts",
    "read_part",
]
