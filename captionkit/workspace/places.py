"""What a workspace brings together: a folder on disk, and the way to its remote."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from captionkit.config import Config, for_folder
from captionkit.errors import CaptionkitError, ConfigError
from captionkit.library.scan import Library, scan
from captionkit.remotes import services
from captionkit.remotes.service import Opening
from captionkit.sync.history import outlived
from captionkit.sync.ports import Files, Model, Remote, Store
from captionkit.sync.store import FolderStore


class Home(Store, Files, Protocol):
    """A folder with its `.captionkit/`; see `captionkit.sync.store.FolderStore`."""

    def lock(self, command: str) -> AbstractContextManager[None]: ...

    def held_by(self) -> str | None: ...

    def new_run(self, plan_id: str) -> str: ...

    def new_lineage(self) -> str: ...

    def remove_run(self, run: str) -> None: ...


class Folder:
    """A caption folder on disk.

    Args:
        path: must exist, with a captionkit.toml in it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store: Home = FolderStore(path)

    @property
    def manifest_path(self) -> str:
        return str(self.path / ".captionkit" / "manifest.jsonl")

    def backup_of(self, run: str) -> str:
        """Where a run saved what it replaced, as a person finds it."""
        return str(self.path / ".captionkit" / "runs" / run / "backup")

    def config(self) -> Config:
        """What captionkit.toml says now."""
        return for_folder(self.path)

    def forget_old_runs(self, now: float, warn: Callable[[str], None]) -> tuple[str, ...]:
        """Remove the runs that captionkit.toml does not want kept; those that are gone. It never costs a run its
        success."""
        removed: list[str] = []
        try:
            keep = self.config().keep_runs
            for run in outlived(self.store, number=keep.number, days=keep.days, now=now):
                self.store.remove_run(run)
                removed.append(run)
        except CaptionkitError as error:
            warn("\n".join(error.lines()).replace("error:", "note:", 1))
        return tuple(removed)

    def scan(self, config: Config, titles: Iterable[str], recorded: Mapping[str, tuple[str, str]]) -> Library:
        """The caption files that are there now."""
        return scan(self.path, config, titles=titles, recorded=recorded)


class Connection:
    """The way to the remote that a folder belongs to; opened when it is first needed.

    Args:
        token: instead of the one from the environment, the keyring or a file.
        warn: is given what a person should know, and what could not be understood.
    """

    def __init__(self, token: str, as_user_id: str, warn: Callable[[str | CaptionkitError], None]) -> None:
        self._token = token
        self._as_user_id = as_user_id
        self._warn = warn
        self._open = contextlib.ExitStack()
        self._remote: Remote | None = None
        self._config: Config | None = None
        self._lock = threading.Lock()

    def remote(self, config: Config, store: Home) -> Remote:
        """The remote that the configuration names. One that is open already is used again.

        Raises:
            ConfigError: captionkit.toml does not say which.
        """
        with self._lock:
            if self._remote is None or not is_same_place(config, self._config):
                self._open.close()
                self._remote = self._open.enter_context(self._opened(config, store))
                self._config = config
            return self._remote

    def close(self) -> None:
        """Give the connection back. It is opened anew when it is needed again."""
        with self._lock:
            self._remote = None
            self._open.close()

    def _opened(self, config: Config, store: Home) -> AbstractContextManager[Remote]:
        if config.service is None:
            tables = " or ".join(f"[{table}]" for table in services())
            hint = "Write one with its url and what there is to be synced: a course, a group, a collection."
            message = f"there is no table {tables}, so it is not known where these captions belong"
            raise ConfigError(message, where=str(config.file), hint=hint)
        return config.service.open(
            Opening(config, store, self._as_user_id, self._warn, self._damaged, token=self._token)
        )

    def _damaged(self, errors: Iterable[CaptionkitError]) -> None:
        for error in errors:
            self._warn(error)


def is_same_place(one: Config, other: Config | None) -> bool:
    """Whether two configurations lead to the same course, by the same way."""
    places = [(c.service and c.service.kind, c.url, c.scope, c.path) for c in (one, other) if c is not None]
    return len(places) == 2 and places[0] == places[1]


def model_for(config: Config) -> Model:
    """What a request is rehearsed on."""
    assert config.service is not None  # there is no remote without one
    return config.service.model
