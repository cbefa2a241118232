"""The audit: which recordings have captions, in which language, made by whom, how good, and what changed since.

    model        what is known of a place, a recording, a track            pure
    judge        a caption file -> its language, origin, lint, coverage    pure
    coverage     how a recording stands in each required language          pure
    exceptions   recordings that need no captions, and why                 pure
    totals       counts and minutes by place and language                  pure
    todo         what is to be done, worst first                           pure
    standards    what WCAG and ADA Title II ask, and what cannot be known  pure
    verify       a snapshot against what is there now                      pure
    changes      one audit against an earlier one                          pure
    collect      a Canvas -> recordings, many courses, can be cut off and go on
    folder       a local folder -> recordings
    reports      xlsx, csv, json, markdown, html, evidence                 pure; one file each, found by their names

What cannot be known says so: unknown is a value of every field that can be unknown, and never counts as captioned.
"""

from __future__ import annotations

from captionkit.auditing.model import Audit, Place, Recording, Track

__all__ = ["Audit", "Place", "Recording", "Track"]
