"""The table [transcript] of the nearest captionkit.toml: how this house likes its transcripts.

[transcript]
pause = 2.5          # seconds without a caption that begin a paragraph
paragraph = 700      # characters after which the next end of a sentence ends it; 0 for never
speakers = true
sounds = true
timestamps = false
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

_MOST = 1_000_000


def read(start: Path) -> dict[str, Any]:
    """The table as it stands, checked; {} where there is none.

    Raises:
        ConfigError: for a key that is not known or a value that cannot be.
    """
    from captionkit.configuration import nearest_to

    table = nearest_to(start).table("transcript")
    for key, value in table.values.items():
        if key in ("pause", "paragraph"):
            kind = int | float if key == "pause" else int
            if isinstance(value, bool) or not isinstance(value, kind) or not 0 <= value < _MOST:
                table.wrong(key, f"a {'whole ' * (kind is int)}number from 0 to {_MOST:,}")
        else:
            table.flag(key)
    return dict(table.values)
