"""`captionkit.toml`: which Canvas a folder belongs to, and what its names mean.

Every table is listed in `_TABLES` with how it is read. A key that is not known is refused with the nearest that is,
since a mistyped `protect` that is silently ignored is a caption lost. `Config` is frozen and holds no secret: the token
never stands in a file that is shared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from captionkit.address import place_of, scope_of
from captionkit.canvas_rules import KINDS
from captionkit.errors import ConfigError
from captionkit.files import read_file
from captionkit.languages import canonical, is_known

FILE_NAME = "captionkit.toml"

#: Tables of the same file that others read and check: the linter's, and those of other remotes.
TABLES_OF_OTHERS = frozenset({"check", "profiles", "audit", "transcript", "extend"})

PATHS = ("auto", "media_objects", "media_attachments")
ON_CONFLICT = ("stop", "local", "remote")

#: One run deletes no more tracks than this unless it is told otherwise (sync-design, 2.2).
DEFAULT_MAX_DELETE = 10

#: What a run saved is the only copy of captions that it replaced. A course is looked at again within the year.
DEFAULT_KEEP_DAYS = 365

_EMPTY: Mapping[str, Any] = MappingProxyType({})


class TagsAsTheyAre(Mapping[str, str]):
    """Language tag -> what Studio is told: what the user decided, else the tag. Studio has no list of its own."""

    def __init__(self, decided: Mapping[str, str]) -> None:
        self._decided = decided

    def __getitem__(self, tag: str) -> str:
        return self._decided.get(tag, tag)

    def __iter__(self) -> Iterator[str]:
        return iter(self._decided)

    def __len__(self) -> int:
        return 1 + len(self._decided)  # never empty: it has an answer for every tag


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
        service: "canvas", or "studio" where the file has a table `[studio]` instead of `[canvas]`.
        url, scope: as in `captionkit.address.Place`; "" where the file has neither table. Of Studio the scope is
            "collections/12", "courses/101" (the number in Canvas) or "account".
        path: which of Canvas's two endpoints is used: "media_objects", "media_attachments" (by the file, where
            everybody's tracks can be read), or "auto", by the file where it can be found.
        kind: of new tracks whose file name does not say; None leaves it to Canvas, which says "subtitles".
        locales: language tag -> Canvas locale, where the user decides otherwise than `canvas_locale`.
        media: name of the file -> recording: its title, "m-abc", "media_objects/m-abc" or "media_attachments/123".
        languages: token in a file name -> language tag; None says the token is no language.
        include, exclude: glob patterns of paths relative to the folder, with "/" between the parts.
        on_conflict: "stop", "local" or "remote".
        delete: whether tracks whose file was removed are deleted without being asked for by `--delete`.
        protect: language tags that are never deleted.
        encodings: globs of paths, and the encoding of files there that are not UTF-8; the first that fits counts.
        keep_runs: for how long what earlier runs saved is kept.
        allow: checks of what is sent that do not count for this folder; see `captionkit.sync.publishable`.
    """

    file: Path | None = None
    service: str = "canvas"
    url: str = ""
    scope: str = ""
    path: str = PATHS[0]
    kind: str | None = None
    locales: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    media: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    languages: Mapping[str, str | None] = field(default_factory=lambda: _EMPTY)
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    on_conflict: str = "stop"
    delete: bool = False
    max_delete: MaxDelete = MaxDelete()
    keep_runs: KeepRuns = KeepRuns()
    protect: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    encodings: tuple[tuple[str, str], ...] = ()


DEFAULTS = Config()


def find(start: Path) -> Path | None:
    """The nearest captionkit.toml: in `start` (a folder or a file in one), or above it; None where there is none."""
    folder = start.absolute()
    for place in (folder, *folder.parents):
        candidate = place / FILE_NAME
        if candidate.is_file():
            return candidate
    return None


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
            hint=f"Make one: captionkit init {_quoted(folder)} --url https://canvas.example.edu --course ID",
        )
    return load(file)


def load(file: Path) -> Config:
    """Read one captionkit.toml.

    Raises:
        ConfigError: it cannot be read, is not TOML, or says something impossible; with the key and what was expected.
    """
    try:
        data = read_file(file)
    except OSError as error:
        raise ConfigError(
            f"cannot be read: {error.strerror or error}", where=str(file), hint="Check that you may read it."
        ) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"is not UTF-8 (byte {error.start + 1})", where=str(file), hint="Save it as UTF-8 in your editor."
        ) from error
    return parse(text, file)


def parse(text: str, file: Path | None = None) -> Config:
    """Read the text of a captionkit.toml; see `load`."""
    from captionkit.records import RecordError, parse_toml

    where = str(file) if file else FILE_NAME
    try:
        document = parse_toml(text)
    except RecordError as error:
        hint = 'A name with spaces, dots or accents needs quotes: "Lecture 1" = "m-abc".'
        raise ConfigError(f"is not valid TOML: {error}", where=where, hint=hint) from error
    known = [*_TABLES, *TABLES_OF_OTHERS]
    if "canvas" in document and "studio" in document:
        hint = "Keep the table of the one that this folder is for, and make another folder for the other."
        raise ConfigError(
            "there are both [canvas] and [studio]; a folder belongs to one of them", where=where, hint=hint
        )
    homes = {key: table for table, keys in _KEYS.items() for key in keys}
    values: dict[str, Any] = {}
    for name, table in document.items():
        if name not in known and name in homes:
            hint = f"Write it below the line [{homes[name]}]."
            raise ConfigError(f"key {name!r} stands outside of its table", where=where, hint=hint)
        if name not in known:
            _unknown(where, f"table [{name}]" if isinstance(table, dict) else f"key {name!r}", name, known)
        if name in TABLES_OF_OTHERS:
            continue
        if not isinstance(table, dict):
            _wrong(where, name, "a table", table)
        values.update(_TABLES[name](where, table))
    return Config(file=file, **values)


def encoding_of(path: str, encodings: Iterable[tuple[str, str]]) -> str:
    """What `Config.encodings` says of a file that is not UTF-8; "" where it says nothing."""
    from captionkit.lint.settings import matches

    return next((name for glob, name in encodings if matches(path, glob)), "")


# --- the tables -------------------------------------------------------------------------------------------------------


# Of the tables whose keys are ours; in [media], [languages] and [canvas.locales] they are the user's.
_KEYS: Mapping[str, tuple[str, ...]] = {
    "canvas": ("url", "course", "group", "user", "path", "kind", "locales"),
    "studio": ("url", "collection", "course", "account", "locales"),
    "files": ("include", "exclude"),
    "sync": ("on_conflict", "delete", "max_delete", "protect", "allow", "keep_runs"),
}


def _canvas(where: str, table: dict[str, Any]) -> dict[str, Any]:
    _only(where, "canvas", table)
    if "url" not in table:
        raise ConfigError("[canvas] has no url", where=where, hint='Write: url = "https://canvas.example.edu"')
    with _at(where, "canvas.url"):
        place = place_of(_text(where, "canvas.url", table["url"]))
    scopes = []
    for key, scope_kind in (("course", "courses"), ("group", "groups"), ("user", "users")):
        if key in table:
            value = table[key]
            if isinstance(value, bool) or not isinstance(value, int | str):
                _wrong(where, f"canvas.{key}", "a number or a text in quotes", value)
            with _at(where, f"canvas.{key}"):
                scopes.append(scope_of(scope_kind, str(value)))
    if not scopes and place.scope:
        scopes = [place.scope]
    hint = 'Write one of: course = 101, group = 7, user = "self"'
    if len(scopes) != 1:
        found = "names no course, group or user" if not scopes else f"names {' and '.join(scopes)} at once"
        raise ConfigError(f"[canvas] {found}; it must name exactly one", where=where, hint=hint)
    if place.scope and place.scope != scopes[0]:
        raise ConfigError(
            f"canvas.url is the address of {place.scope}, but {scopes[0]} is named", where=where, hint=hint
        )
    path = _one_of(where, "canvas.path", table.get("path", PATHS[0]), PATHS)
    kind = _one_of(where, "canvas.kind", table["kind"], KINDS) if "kind" in table else None
    locales = {}
    for tag, locale in _texts(where, "canvas.locales", table.get("locales", {})).items():
        if not re.fullmatch(r"[A-Za-z-]+", locale):
            raise ConfigError(
                f"canvas.locales: {locale!r} is no locale that Canvas takes",
                where=where,
                hint="Only letters and hyphens are possible.",
            )
        locales[_tag(where, "canvas.locales", tag)] = locale
    return {
        "url": place.base_url,
        "scope": scopes[0],
        "path": path,
        "kind": kind,
        "locales": MappingProxyType(locales),
    }


def _studio(where: str, table: dict[str, Any]) -> dict[str, Any]:
    _only(where, "studio", table)
    if "url" not in table:
        hint = 'Write: url = "https://your-school.instructuremedia.com"'
        raise ConfigError("[studio] has no url", where=where, hint=hint)
    with _at(where, "studio.url"):
        place = place_of(_text(where, "studio.url", table["url"]))
    scopes = []
    for key, scope_kind in (("collection", "collections"), ("course", "courses")):
        if key in table:
            value = table[key]
            if isinstance(value, bool) or not isinstance(value, int | str):
                _wrong(where, f"studio.{key}", "a number", value)
            if not re.fullmatch(r"[0-9]{1,19}", str(value).strip()):
                raise ConfigError(f"studio.{key} must be a number, not {value!r}", where=where)
            scopes.append(f"{scope_kind}/{str(value).strip()}")
    if "account" in table:
        if not isinstance(table["account"], bool):
            _wrong(where, "studio.account", "true or false", table["account"])
        scopes += ["account"] * table["account"]
    if len(scopes) != 1:
        found = "names no collection, course or account" if not scopes else f"names {' and '.join(scopes)} at once"
        hint = "Write one of: collection = 12, course = 101 (its number in Canvas), account = true"
        raise ConfigError(f"[studio] {found}; it must name exactly one", where=where, hint=hint)
    locales = {}
    for tag, locale in _texts(where, "studio.locales", table.get("locales", {})).items():
        if not re.fullmatch(r"[A-Za-z0-9-]{2,35}", locale):
            raise ConfigError(f"studio.locales: {locale!r} is no language", where=where, hint='e.g. "pt-BR" = "pt"')
        locales[_tag(where, "studio.locales", tag)] = locale
    return {"service": "studio", "url": place.base_url, "scope": scopes[0], "locales": TagsAsTheyAre(locales)}


def _media(where: str, table: dict[str, Any]) -> dict[str, Any]:
    entries = _texts(where, "media", table)
    for name, meant in entries.items():
        if not meant.strip():
            raise ConfigError(
                f"media.{name!r} says nothing",
                where=where,
                hint='Write the title of the recording, or its media id, like "m-4uoGqVdEqXhpqu2". '
                "`captionkit media list` or `captionkit studio media` shows both.",
            )
    return {"media": MappingProxyType({name: meant.strip() for name, meant in entries.items()})}


def _languages(where: str, table: dict[str, Any]) -> dict[str, Any]:
    tokens: dict[str, str | None] = {}
    for token, value in table.items():
        if value is False:
            tokens[token] = None
            continue
        if not isinstance(value, str):
            _wrong(where, f"languages.{token}", 'a language tag like "sv", or false for "no language"', value)
        tokens[token] = _tag(where, f"languages.{token}", value)
    return {"languages": MappingProxyType(tokens)}


def _files(where: str, table: dict[str, Any]) -> dict[str, Any]:
    _only(where, "files", table)
    return {key: _list(where, f"files.{key}", table[key]) for key in ("include", "exclude") if key in table}


def _sync(where: str, table: dict[str, Any]) -> dict[str, Any]:
    _only(where, "sync", table)
    values: dict[str, Any] = {}
    if "on_conflict" in table:
        values["on_conflict"] = _one_of(where, "sync.on_conflict", table["on_conflict"], ON_CONFLICT)
    if "delete" in table:
        if not isinstance(table["delete"], bool):
            _wrong(where, "sync.delete", "true or false", table["delete"])
        values["delete"] = table["delete"]
    if "max_delete" in table:
        with _at(where, "sync.max_delete"):
            values["max_delete"] = max_delete(table["max_delete"])
    if "keep_runs" in table:
        with _at(where, "sync.keep_runs"):
            values["keep_runs"] = keep_runs(table["keep_runs"])
    if "protect" in table:
        tags = _list(where, "sync.protect", table["protect"])
        values["protect"] = tuple(_tag(where, "sync.protect", t) for t in tags)
    if "allow" in table:
        from captionkit.sync.publishable import NAMES

        values["allow"] = tuple(_one_of(where, "sync.allow", name, NAMES)
                                for name in _list(where, "sync.allow", table["allow"]))  # fmt: skip
    return values


def _encodings(where: str, table: dict[str, Any]) -> dict[str, Any]:
    from captionkit.errors import UsageError
    from captionkit.text import encoding_named

    found = []
    for glob, name in _texts(where, "encodings", table).items():
        try:
            found.append((glob, encoding_named(name)))
        except UsageError as error:
            raise ConfigError(f"encodings.{glob!r}: {error.message}", where=where, hint=error.hint) from None
    return {"encodings": tuple(found)}


_TABLES: Mapping[str, Callable[[str, dict[str, Any]], dict[str, Any]]] = {
    "canvas": _canvas,
    "studio": _studio,
    "media": _media,
    "languages": _languages,
    "files": _files,
    "sync": _sync,
    "encodings": _encodings,
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


# --- saying what is wrong ---------------------------------------------------------------------------------------------


class _at:  # noqa: N801  reads as a word: with _at(...)
    """Say in which file and at which key a value stands that a function could not understand."""

    def __init__(self, where: str, key: str) -> None:
        self.where = where
        self.key = key

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ConfigError) and not error.where:
            raise ConfigError(f"{self.key}: {error.message}", where=self.where, hint=error.hint) from None


def _unknown(where: str, what: str, name: str, known: list[str] | tuple[str, ...]) -> NoReturn:
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    hint = f"Did you mean {near[0]!r}?" if near else f"Known here: {', '.join(sorted(known))}."
    raise ConfigError(f"unknown {what}", where=where, hint=hint)


def _only(where: str, table_name: str, table: dict[str, Any]) -> None:
    keys = _KEYS[table_name]
    for key in table:
        if key not in keys:
            _unknown(where, f"key {key!r} in [{table_name}]", key, keys)


_KINDS_OF_VALUE = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "a table",
}


def _wrong(where: str, key: str, expected: str, value: object) -> NoReturn:
    raise ConfigError(f"{key} must be {expected}, not {_KINDS_OF_VALUE.get(type(value), 'a date')}", where=where)


def _text(where: str, key: str, value: object) -> str:
    if not isinstance(value, str):
        _wrong(where, key, "a text in quotes", value)
    return value


def _texts(where: str, key: str, table: object) -> dict[str, str]:
    if not isinstance(table, dict):
        _wrong(where, key, "a table", table)
    return {name: _text(where, f"{key}.{name}", value) for name, value in table.items()}


def _list(where: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        _wrong(where, key, "a list of texts in quotes", value)
    return tuple(value)


def _one_of(where: str, key: str, value: object, choices: tuple[str, ...]) -> str:
    text = _text(where, key, value)
    if text not in choices:
        from difflib import get_close_matches

        near = get_close_matches(text, choices, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else ""
        raise ConfigError(f"{key} must be one of {', '.join(choices)}, not {text!r}", where=where, hint=hint)
    return text


def _tag(where: str, key: str, text: str) -> str:
    if not is_known(text):
        raise ConfigError(
            f"{key}: {text!r} is no language tag",
            where=where,
            hint='Write a BCP 47 tag like "en", "pt-BR" or "zh-Hans".',
        )
    return canonical(text)


def _quoted(folder: Path) -> str:
    text = str(folder)
    return f'"{text}"' if " " in text else text
