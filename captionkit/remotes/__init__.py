"""Places that have recordings with caption tracks, each behind `captionkit.sync.ports.Remote`, and the way to them.

A new one is a folder here that has that protocol's methods; `tests/contracts/test_remote.py` is what it must do.
"""
