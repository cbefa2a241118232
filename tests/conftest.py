"""What all tests share: properties are checked on the same examples in every run, and never against the clock."""

from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A run in the background ignores Ctrl-C, and what it starts would, too: tests press it.
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile(
    "captionkit", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=False
)
settings.load_profile("captionkit")
