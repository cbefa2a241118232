"""The audit: which recordings have captions, in which language, made by whom, how good, and what changed since.

    model        what is known of a place, a recording, a track            pure
    judge        a caption file -> its language, origin, lint, coverage    pure
    exceptions   recordings that need no captions, and why                 pure
    totals       counts and minutes by place and language                  pure
    changes      one audit against an earlier one                          pure
    collect      a Canvas -> recordings, many courses, can be cut off and go on
    folder       a local folder -> recordings
    reports      csv, json, markdown, html                                 pure; one file each, found by their names

What cannot be known says so: unknown is a value of every field that can be unknown, and never counts as captioned.
"""

from __future__ import annotations

from captionkit.audit.model import Audit, Place, Recording, Track

__all__ = ["Audit", "Place", "Recording", "Track"]
