"""What a folder's `captionkit.toml` says: which remote it belongs to, and what its names mean.

Each table is read by one function of `_TABLES`, those of remotes by the remote. `Config` is frozen and holds no secret:
the token never stands in a file that is shared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from captionkit import configuration
from captionkit.configuration import FILE_NAME, Configuration, Table
from captionkit.errors import ConfigError, Remedy
from captionkit.files import CAPTION_EXTENSIONS
from captionkit.sync.features import Features

if TYPE_CHECKING:
    from captionkit.remotes.service import Service

ON_CONFLICT = ("stop", "local", "remote")

#: One run deletes no more tracks than this unless it is told otherwise (guides/sync.md, section 2.1).
DEFAULT_MAX_DELETE = 10

#: What a run saved is the only copy of captions that it replaced. A course is looked at again within the year.
DEFAULT_KEEP_DAYS = 365

_EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class MaxDelete:
    """How many tracks one run may delete: a number, or percent of the tracks there are."""

    tracks: int | None = DEFAULT_MAX_DELETE
    percent: int | None = None

    def of(self, total: int) -> int:
        """How many of `total` tracks may go."""
        if self.percent is not None:
            return self.percent * total // 100
        return total if self.tracks is None else self.tracks

    def __str__(self) -> str:
        return f"{self.percent}%" if self.percent is not None else str(self.tracks)


@dataclass(frozen=True, slots=True)
class KeepRuns:
    """How many runs, with what they saved, are kept: the newest so many, or those of the last so many days."""

    number: int | None = None
    days: int | None = DEFAULT_KEEP_DAYS

    def __str__(self) -> str:
        kept = f"{self.number}" if self.number is not None else "all"
        return f"{self.days} days" if self.days is not None else kept


@dataclass(frozen=True, slots=True)
class Config:
    """What `captionkit.toml` says, with the defaults for what it leaves out.

    Attributes:
        file: the file it was read from; None for the defaults.
        service: of the table that says which remote the folder belongs to; None where it belongs to none.
        url, scope: as in `captionkit.sync.ports.RemoteIdentity`; "" where the folder belongs to none.
        path: by which address media objects are reached, where the service has several; "auto" by the best.
        kind: of new tracks whose file name does not say; None leaves it to the service.
        locales: language tag -> what the service is told, where the user decides otherwise.
        media: name of the file -> recording: its title, "m-abc", "media_objects/m-abc" or "media_attachments/123".
        languages: token in a file name -> language tag; None says the token is no language.
        languages_of: globs of paths, and the language of files there whose names say none; the first that fits counts.
        include, exclude: glob patterns of paths relative to the folder, with "/" between the parts.
        on_conflict: "stop", "local" or "remote".
        delete: whether tracks whose file was removed are deleted without being asked for by `--delete`.
        protect: language tags that are never deleted.
        encodings: globs of paths, and the encoding of files there that are not UTF-8; the first that fits counts.
        keep_runs: for how long what earlier runs saved is kept.
        allow: checks of what is sent that do not count for this folder; see `captionkit.sync.publishable`.
    """

    file: Path | None = None
    service: Service | None = None
    url: str = ""
    scope: str = ""
    path: str = "auto"
    kind: str | None = None
    locales: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    media: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    languages: Mapping[str, str | None] = field(default_factory=lambda: _EMPTY)
    languages_of: tuple[tuple[str, str], ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    on_conflict: str = "stop"
    delete: bool = False
    max_delete: MaxDelete = MaxDelete()
    keep_runs: KeepRuns = KeepRuns()
    protect: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    encodings: tuple[tuple[str, str], ...] = ()

    @property
    def features(self) -> Features:
        """What the service of the folder can do."""
        return self.service.features if self.service else Features()


DEFAULTS = Config()


def for_folder(folder: Path) -> Config:
    """The configuration of a folder that is synced: exactly `FOLDER/captionkit.toml`, never one above it.

    Raises:
        ConfigError: it is not there, cannot be read, or says something impossible.
    """
    file = folder / FILE_NAME
    if not folder.is_dir():
        raise ConfigError(
            "there is no such folder" if not folder.exists() else "this is not a folder",
            where=str(folder),
            hint="Give the folder that holds the captions and its captionkit.toml.",
        )
    if not file.exists():
        raise ConfigError(
            f"this folder has no {FILE_NAME}, so captionkit does not know which Canvas course it belongs to",
            where=str(folder),
            hint="Make one that names the address and the course.",
            remedy=Remedy.SET_UP,
        )
    return load(file)


def load(file: Path) -> Config:
    """Read one captionkit.toml.

    Raises:
        ConfigError: it cannot be read, is not TOML, or says something impossible; with the key and what was expected.
    """
    return of(configuration.load(file))


def parse(text: str, file: Path | None = None) -> Config:
    """Read the text of a captionkit.toml; see `load`."""
    return of(configuration.parse(text, file))


def of(configuration: Configuration) -> Config:
    """What a configuration says about its folder. Only its encodings may come from a file that it extends.

    Raises:
        ConfigError: it says something impossible.
    """
    from captionkit.remotes import services

    places = [service for name, service in services().items() if name in configuration.own]
    if len(places) > 1:
        both = " and ".join(f"[{service.table}]" for service in places)
        raise ConfigError(
            f"there are both {both}; a folder belongs to one of them",
            where=str(configuration.file or FILE_NAME),
            hint="Keep the table of the one that this folder is for, and make another folder for the other.",
        )
    values: dict[str, Any] = {"file": configuration.file, "encodings": configuration.encodings()}
    for service in places:
        values |= {"service": service, **service.read_table(configuration.own_table(service.table))}
    for name, read in _TABLES.items():
        values |= read(configuration.own_table(name))
    return Config(**values)


def encoding_of(path: str, encodings: Iterable[tuple[str, str]]) -> str:
    """What `Config.encodings` says of a file that is not UTF-8; "" where it says nothing."""
    from captionkit.lint.settings import matches

    return next((name for glob, name in encodings if matches(path, glob)), "")


# --- the tables -------------------------------------------------------------------------------------------------------


def _media(table: Table) -> dict[str, Any]:
    entries = table.each_text()
    for name, meant in entries.items():
        if not meant.strip():
            raise table.error(
                f"media.{name!r} says nothing",
                'Write the title of the recording, or its media id, like "m-4uoGqVdEqXhpqu2". '
                "The list of media has both.",
            )
    return {"media": MappingProxyType({name: meant.strip() for name, meant in entries.items()})}


def _languages(table: Table) -> dict[str, Any]:
    tokens: dict[str, str | None] = {}
    files: list[tuple[str, str]] = []
    for token, value in table.values.items():
        if value is not False and not isinstance(value, str):
            table.wrong(token, 'a language tag like "sv", or false for "no language"')
        tag = None if value is False else table.tag(token, value)
        if not token.lower().endswith(CAPTION_EXTENSIONS):
            tokens[token] = tag
        elif tag is None:
            table.wrong(token, "a language tag: it stands for files")
        else:
            files.append((token, tag))
    return {"languages": MappingProxyType(tokens), "languages_of": tuple(files)}


def _files(table: Table) -> dict[str, Any]:
    return {key: table.texts(key) for key in ("include", "exclude")}


def _sync(table: Table) -> dict[str, Any]:
    from captionkit.sync.publishable import NAMES

    values: dict[str, Any] = {
        "on_conflict": table.text("on_conflict", ON_CONFLICT[0], choices=ON_CONFLICT),
        "delete": table.flag("delete"),
        "protect": tuple(table.tag("protect", tag) for tag in table.texts("protect")),
        "allow": table.texts("allow"),
    }
    for name in values["allow"]:
        if name not in NAMES:
            near = configuration.nearest(name, NAMES)
            raise table.error(
                f"sync.allow must be one of {', '.join(NAMES)}, not {name!r}", f"Did you mean {near!r}?" if near else ""
            )
    for key, understood in (("max_delete", max_delete), ("keep_runs", keep_runs)):
        if key in table:
            with table.at(key):
                values[key] = understood(table.values[key])
    return values


_TABLES: Mapping[str, Callable[[Table], dict[str, Any]]] = {
    "media": _media,
    "languages": _languages,
    "files": _files,
    "sync": _sync,
}


def max_delete(value: object, *, where: str = "") -> MaxDelete:
    """Understand a limit: 10, "10", "25%".

    Args:
        where: the option that it stands in.

    Raises:
        ConfigError: it is none.
    """
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value.strip()):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return MaxDelete(tracks=value)
    if (
        isinstance(value, str)
        and (percent := re.fullmatch(r"([0-9]{1,3}) ?%", value.strip()))
        and int(percent[1]) <= 100
    ):
        return MaxDelete(tracks=None, percent=int(percent[1]))
    raise ConfigError(f'expected a number like 10 or a share like "25%", not {value!r}', where=where)


def keep_runs(value: object) -> KeepRuns:
    """Understand how many runs are kept: 50, "90 days", "all".

    Raises:
        ConfigError: it is none of these.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return KeepRuns(number=value, days=None)
    if isinstance(value, str) and (days := re.fullmatch(r"([0-9]{1,5}) ?days?", value.strip())) and int(days[1]):
        return KeepRuns(days=int(days[1]))
    if value == "all":
        return KeepRuns(days=None)
    raise ConfigError(f'expected a number like 50, a time like "90 days", or "all", not {value!r}')
