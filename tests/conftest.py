"""What all tests share: properties are checked on the same examples in every run, and never against the clock."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "captionkit", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=False
)
settings.load_profile("captionkit")
