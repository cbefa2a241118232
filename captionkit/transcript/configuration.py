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

from captionkit.errors import ConfigError
from captionkit.files import read_file

_KEYS: dict[str, type | tuple[type, ...]] = {
    "pause": (int, float), "paragraph": int, "speakers": bool, "sounds": bool, "timestamps": bool,
}  # fmt: skip


def read(start: Path) -> dict[str, Any]:
    """The table as it stands, checked; {} where there is none.

    Raises:
        ConfigError: for a key that is not known or a value that cannot be.
    """
    from captionkit.config import find
    from captionkit.records import RecordError, parse_toml

    file = find(start)
    if file is None:
        return {}
    try:
        table = parse_toml(read_file(file).decode("utf-8-sig")).get("transcript", {})
    except OSError as error:
        raise ConfigError(f"cannot read: {error.strerror or error}", where=str(file)) from error
    except (UnicodeDecodeError, RecordError) as error:
        raise ConfigError(f"this is no TOML: {error}", where=str(file)) from error
    if not isinstance(table, dict):
        raise ConfigError("[transcript] must be a table", where=str(file))
    for key, value in table.items():
        expected = _KEYS.get(key)
        if expected is None:
            raise ConfigError(f"[transcript] knows no {key!r}", where=str(file), hint=f"There are {', '.join(_KEYS)}.")
        if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
            raise ConfigError(f"transcript.{key} cannot be {value!r}", where=str(file))
        if not isinstance(value, bool) and isinstance(value, int | float) and not 0 <= value < 1_000_000:
            raise ConfigError(f"transcript.{key} must be between 0 and 1000000", where=str(file))
    return table
