"""Captions against the sound of their recording: do they belong to it, and are they in time? Needs captionkit[sound].

Theory of operation. No word is recognised. `decode` gives the sound, a detector says a hundred times a second whether
somebody speaks (`speech`, kept by the recording's digest), `signals` makes of that and of the captions what can be
compared, `correlation` says at which shift they fit and how much better than the same captions in another order,
`cuts` finds where a recording was cut, and `verdict` says what that is worth: fits, does not fit, cannot tell. `places`
says where speech has no captions, `aligning` moves captions into time. numpy is imported in this package alone, and
only when it is used.
"""

from __future__ import annotations
