"""Places that have recordings with caption tracks, each behind `captionkit.sync.ports.Remote`, and the way to them.

A new one is a module here with that protocol's methods; `tests/contracts/test_remote.py` is what it must do.
"""
