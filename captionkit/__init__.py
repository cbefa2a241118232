"""Captions: read, check, convert and sync SRT and WebVTT, in the habit of `json`.

    import captionkit

    document = captionkit.load("lecture.srt")
    for cue in document.cues:
        print(cue.start, cue.end, cue.text)
    converted = captionkit.convert(document, "vtt")
    captionkit.dump(converted.document, "lecture.vtt")
    captionkit.dump(captionkit.import_captions("lecture.dfxp").document, "lecture.vtt")

The names below are the public ones. They are loaded when they are first used, so that `import captionkit` and
`captionkit --version` cost nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "Block": "model",
    "CaptionkitError": "errors",
    "Converted": "conversion",
    "Cue": "model",
    "Diagnostic": "model",
    "Document": "model",
    "Header": "model",
    "Loss": "conversion",
    "Note": "model",
    "Region": "model",
    "Severity": "model",
    "Stray": "model",
    "Style": "model",
    "check": "lint",
    "convert": "conversion",
    "convert_text": "conversion",
    "dump": "documents",
    "dumps": "documents",
    "import_captions": "foreign",
    "load": "documents",
    "loads": "documents",
    "parse_time": "timecode",
    "to_pysrt": "bridges",
    "to_webvtt_py": "bridges",
}

__all__ = [
    "Block",
    "CaptionkitError",
    "Converted",
    "Cue",
    "Diagnostic",
    "Document",
    "Header",
    "Loss",
    "Note",
    "Region",
    "Severity",
    "Stray",
    "Style",
    "__version__",
    "check",
    "convert",
    "convert_text",
    "dump",
    "dumps",
    "import_captions",
    "load",
    "loads",
    "parse_time",
    "to_pysrt",
    "to_webvtt_py",
]

if TYPE_CHECKING:
    from captionkit.bridges import to_pysrt, to_webvtt_py
    from captionkit.conversion import Converted, Loss, convert, convert_text
    from captionkit.documents import dump, dumps, load, loads
    from captionkit.errors import CaptionkitError
    from captionkit.foreign import import_captions
    from captionkit.lint import check
    from captionkit.model import (
        Block,
        Cue,
        Diagnostic,
        Document,
        Header,
        Note,
        Region,
        Severity,
        Stray,
        Style,
    )
    from captionkit.timecode import parse_time


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'captionkit' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"captionkit.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
