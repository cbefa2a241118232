"""A running stand-in Studio for the tests that ask for one, where captionkit[sandbox] is installed."""

from __future__ import annotations

import contextlib

with contextlib.suppress(ImportError):
    from studio_clients import api, studio  # noqa: F401
