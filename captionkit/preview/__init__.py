"""A page to look at captions: beside the video, on a timeline, with what is wrong where it is wrong, and against
another file.

    lanes      a caption file -> what the page shows of it                 pure
    compare    two caption files -> their cues side by side                pure
    page       lanes and comparison -> one self-contained HTML page        pure; its style and script are in assets/
    editing    a cue corrected in the page -> the file, of which nothing else changes
    session    the files while a server runs -> their page as they are now
    server     the page and a large recording, on this computer alone, and what the page asks for
"""

from __future__ import annotations

from captionkit.preview.compare import Row, compare
from captionkit.preview.lanes import Lane, lane
from captionkit.preview.page import Recording, preview_page

__all__ = ["Lane", "Recording", "Row", "compare", "lane", "preview_page"]
