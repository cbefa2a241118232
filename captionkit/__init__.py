"""Captions: read, check, mend, edit, convert and compare SRT and WebVTT, and keep a folder in step with Canvas.

    import captionkit

    document = captionkit.load("lecture.srt")               # whatever is in it; loads(text) for text or bytes
    for cue in document.cues:
        print(cue.start, cue.end, cue.text)                 # times are whole milliseconds
    for finding in captionkit.check(document):
        print(finding)                                      # lecture.srt:3:1: TIM001 error: ...

    fixed = captionkit.fix(document)                        # what no player shows otherwise; restore=True, unsafe=True
    later = captionkit.shift(fixed.document, 1500)
    loud = later.map(lambda cue: cue.replace(text=cue.text.upper()))
    converted = captionkit.convert(loud, "vtt")
    print(converted.summary())                              # what WebVTT cannot say, counted
    captionkit.dump(converted.document, "lecture.vtt")      # whole or not at all

Reading         load, loads; import_captions for TTML, SCC, EBU STL, SubStation, SAMI ...; from_pysrt, from_webvtt_py
Writing         dump, dumps; to_pysrt, to_webvtt_py
Quality         check, fix; audit for a folder or a course
Editing         document.map, document.with_cues, document.with_blocks, cue.replace; nothing is changed in its place
Times           shift, retime, merge, split; parse_time makes milliseconds of "1:30"
Other formats   convert, convert_text
Reading it      transcript, diff
Canvas          Workspace: plan, apply, pull, undo; see captionkit.workspace

Where captions are asked for, a document and the path of a file will both do. What goes wrong is a `CaptionkitError`,
which says what happened, what was left alone and what to do; a file never raises because of what is in it.

The guide is `captionkit guide python`. The names are loaded when they are first used, so that `import captionkit` and
`captionkit --version` cost nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "1.0.0"

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
    "Workspace": "workspace.workspace",
    "audit": "api",
    "check": "lint",
    "convert": "api",
    "convert_text": "conversion",
    "diff": "api",
    "dump": "documents",
    "dumps": "documents",
    "fix": "api",
    "from_pysrt": "bridges",
    "from_webvtt_py": "bridges",
    "import_captions": "foreign",
    "load": "documents",
    "loads": "documents",
    "merge": "api",
    "parse_time": "timecode",
    "retime": "api",
    "shift": "api",
    "split": "api",
    "to_pysrt": "bridges",
    "to_webvtt_py": "bridges",
    "transcript": "api",
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
    "Workspace",
    "__version__",
    "audit",
    "check",
    "convert",
    "convert_text",
    "diff",
    "dump",
    "dumps",
    "fix",
    "from_pysrt",
    "from_webvtt_py",
    "import_captions",
    "load",
    "loads",
    "merge",
    "parse_time",
    "retime",
    "shift",
    "split",
    "to_pysrt",
    "to_webvtt_py",
    "transcript",
]

if TYPE_CHECKING:
    from captionkit.api import audit, convert, diff, fix, merge, retime, shift, split, transcript
    from captionkit.bridges import from_pysrt, from_webvtt_py, to_pysrt, to_webvtt_py
    from captionkit.conversion import Converted, Loss, convert_text
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
    from captionkit.workspace.workspace import Workspace


if not TYPE_CHECKING:  # a type checker would take any name for one that is there

    def __getattr__(name: str) -> Any:
        if name not in _HOME:
            raise AttributeError(f"module 'captionkit' has no attribute {name!r}{_instead_of(name)}")
        from importlib import import_module

        value = getattr(import_module(f"captionkit.{_HOME[name]}"), name)
        globals()[name] = value
        return value


def _instead_of(name: str) -> str:
    """What a person may have meant, as the end of a sentence."""
    from os.path import exists

    place = f"{__path__[0]}/{name}"
    if name.startswith("_") or exists(place) or exists(f"{place}.py"):  # noqa: PTH110  pathlib is not loaded for this
        return ""  # asked for by Python itself, again and again, or before it loads the module
    known = {
        "open": "load", "read": "load", "from_file": "load", "parse": "loads", "from_string": "loads",
        "save": "dump", "write": "dump", "lint": "check", "to_vtt": "convert", "to_srt": "convert",
    }  # fmt: skip
    from difflib import get_close_matches

    near = [known[name]] if name in known else get_close_matches(name, __all__, 1)
    return f"; did you mean captionkit.{near[0]}?" if near else ""


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
