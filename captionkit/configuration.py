"""The one reader of `captionkit.toml`, and of the table `[tool.captionkit]` in a `pyproject.toml`.

A file is read and checked as a whole, whoever asks: a table or key that is not known is refused with the nearest that
is, since a mistyped `protect` that is silently ignored is a caption lost. Who needs a part reads it with a `Table`,
which says what is wrong with a value in one way: where, which key, what was expected, what stands there.

A file may build on another: `extend = "../captionkit.toml"`; values here win over those there. That counts for how
captions are read and checked. Where a folder belongs and how it is synced is said in its own file alone.

Keys may be written with hyphens or underscores.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from captionkit.errors import ConfigError
from captionkit.files import read_file

FILE_NAME = "captionkit.toml"
#: Where a configuration is looked for, in this order in each folder upwards; the first that is found counts alone.
NAMES = (FILE_NAME, ".captionkit.toml", "pyproject.toml")

#: A table of the file: its keys, and what each means, with the value that counts where it is left out in brackets. A
#: table whose keys are the user's own has the one key ANY.
Keys = Mapping[str, str]
ANY = "*"

_PROFILE: Keys = {
    "extends": "profiles that it builds on",
    "purpose": "what it is for, as `captionkit profiles` shows it",
    "select": "rules that are on besides the usual ones",
    "ignore": "rules that are off",
    "severity": "rule = error, warning or info",
}

#: The tables that do not belong to a remote; each remote adds its own.
_TABLES: Mapping[str, Keys] = {
    "media": {ANY: 'name of the file = recording: its title, "m-abc" or "media_attachments/123"'},
    "languages": {ANY: 'a piece of file names = language tag, or false where it is no language: "sp" = "es"'},
    "encodings": {ANY: 'glob of files that are not UTF-8 = their encoding: "old/*.hu.srt" = "windows-1250"'},
    "files": {
        "include": "globs of files that count; all, where it is left out",
        "exclude": "globs of files that do not count",
    },
    "sync": {
        "on_conflict": 'whose version counts where both changed: "stop" (neither), "local" or "remote"',
        "delete": "whether tracks that captionkit put there go when their file is removed (false)",
        "max_delete": 'how many tracks one run may delete: a number, or "25%" (10)',
        "protect": "languages that are never deleted",
        "allow": "checks of what is sent that do not count for this folder",
        "keep_runs": 'for how long copies of what was replaced are kept: 50, "90 days" or "all" ("365 days")',
    },
    "check": {
        "profile": 'rules and limits to check against ("default")',
        "select": "check these rules only: codes or beginnings of codes",
        "extend_select": "check these rules besides",
        "ignore": "leave these rules out",
        "per_file_ignores": 'glob = rules to leave out there: { "lab/*.srt" = ["LAY"] }',
        "cue_ignores": 'rules to leave out in one cue: [{ file = "a.srt", cue = 7, codes = ["TIM"], reason = "..." }]',
        "severity": "rule = error, warning or info",
        "kind": "captions, subtitles, descriptions, chapters or metadata, where it matters",
        "language": "the language of files whose names do not say it",
        "fps": "frames a second, for limits in frames (24)",
        "fail_level": "the mildest finding that makes the exit code 1 (error)",
        "exclude": "globs of files to leave out below a folder",
        "options": "see the table below",
        "suppressions": "whether comments in files switch rules off (true)",
    },
    "check.options": {
        "max_uncaptioned": "seconds that a stretch may be without a cue (30)",
        "starts_late": "seconds after which the first cue is late (60)",
        "profanity": "words that TXT016 looks for",
        "cps_count": 'how characters are counted: "all" or "no-spaces"',
    },
    "profiles": {ANY: "a profile of your own: its name = a table of the keys below and of limits"},
    "transcript": {
        "pause": "seconds without a caption that begin a paragraph (2.5)",
        "paragraph": "characters after which the next end of a sentence ends it; 0 for never (700)",
        "speakers": "whether it says who speaks (true)",
        "sounds": "whether lines that are only a sound or music stay (true)",
        "timestamps": "whether each paragraph says when it begins (false)",
    },
}


class Table:
    """A table of a configuration, read key by key.

    Args:
        values: as TOML has them; their names are known, and written with underscores.
        where: the file. name: of the table, "sync" or "check.options".
    """

    def __init__(self, values: Mapping[str, Any], where: str, name: str) -> None:
        self.values = values
        self.where = where
        self.name = name

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def error(self, message: str, hint: str = "") -> ConfigError:
        return ConfigError(message, where=self.where, hint=hint)

    def wrong(self, key: str, expected: str) -> NoReturn:
        """Say that the value at `key` is not what was expected.

        Raises:
            ConfigError: always.
        """
        raise self.error(f"{self.name}.{key} must be {expected}, not {_described(self.values[key])}")

    @contextmanager
    def at(self, key: str) -> Iterator[None]:
        """Say in which file and at which key a value stands that a function could not understand."""
        try:
            yield
        except ConfigError as error:
            if error.where:
                raise
            raise self.error(f"{self.name}.{key}: {error.message}", error.hint) from None

    def text(self, key: str, otherwise: str = "", *, choices: tuple[str, ...] = ()) -> str:
        value = self.values.get(key, otherwise)
        if not isinstance(value, str):
            self.wrong(key, "a text in quotes")
        if key in self.values and choices and value not in choices:
            near = nearest(value, choices)
            raise self.error(
                f"{self.name}.{key} must be one of {', '.join(choices)}, not {value!r}",
                f"Did you mean {near!r}?" if near else "",
            )
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.wrong(key, "a list of texts in quotes")
        return tuple(value)

    def words(self, key: str) -> tuple[str, ...]:
        """A list of texts, or one text with commas between."""
        value = self.values.get(key, [])
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return self.texts(key)

    def number_or_text(self, key: str) -> str:
        """An id: a number, or a text in quotes."""
        value = self.values[key]
        if isinstance(value, bool) or not isinstance(value, int | str):
            self.wrong(key, "a number or a text in quotes")
        return str(value).strip()

    def number(self, key: str, otherwise: float) -> float:
        """A number above 0."""
        value = self.values.get(key, otherwise)
        if isinstance(value, bool) or not isinstance(value, int | float) or (key in self.values and not value > 0):
            self.wrong(key, "a number above 0")
        return float(value)

    def flag(self, key: str, otherwise: bool = False) -> bool:
        value = self.values.get(key, otherwise)
        if not isinstance(value, bool):
            self.wrong(key, "true or false")
        return value

    def table(self, key: str) -> Table:
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            self.wrong(key, "a table")
        return Table(value, self.where, f"{self.name}.{key}")

    def tables(self, key: str, keys: tuple[str, ...]) -> list[Table]:
        """A list of tables with these keys."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.wrong(key, "a list of tables")
        name = f"{self.name}.{key}"
        return [Table(_with_known_keys(one, keys, self.where, name), self.where, name) for one in value]

    def each_text(self) -> dict[str, str]:
        """Every key with its value, which are texts."""
        return {key: self.text(key) for key in self.values}

    def tag(self, key: str, text: str) -> str:
        """A language tag in its usual form."""
        from captionkit.languages import canonical, is_known

        if not is_known(text):
            raise self.error(
                f"{self.name}{'.' * bool(key)}{key}: {text!r} is no language tag",
                'Write a BCP 47 tag like "en", "pt-BR" or "zh-Hans".',
            )
        return canonical(text)


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a file says, checked as far as its tables and keys go.

    Attributes:
        file: None where there is no file.
        own: the tables of this file. whole: with those of the files that it extends underneath.
    """

    file: Path | None
    own: Mapping[str, dict[str, Any]]
    whole: Mapping[str, dict[str, Any]]

    def table(self, name: str) -> Table:
        """A table, empty where it is not there; what is extended counts."""
        return Table(self.whole.get(name, {}), str(self.file or FILE_NAME), name)

    def own_table(self, name: str) -> Table:
        """A table as it stands in this very file."""
        return Table(self.own.get(name, {}), str(self.file or FILE_NAME), name)

    def encodings(self) -> tuple[tuple[str, str], ...]:
        """Globs of paths, and the encoding of files there that are not UTF-8; the first that fits counts."""
        from captionkit.decoding import encoding_named
        from captionkit.errors import UsageError

        table = self.table("encodings")
        found = []
        for glob, name in table.each_text().items():
            try:
                found.append((glob, encoding_named(name)))
            except UsageError as error:
                raise table.error(f"encodings.{glob!r}: {error.message}", error.hint) from None
        return tuple(found)


NOTHING = Configuration(None, {}, {})


def find(start: Path) -> Path | None:
    """The nearest configuration: in `start` (a folder or a file in one), or above it; None where there is none."""
    folder = start.absolute()
    for place in (folder, *folder.parents):
        for name in NAMES:
            candidate = place / name
            if candidate.is_file() and (name != "pyproject.toml" or _is_ours(candidate)):
                return candidate
    return None


def load(file: Path) -> Configuration:
    """Read one file, with those that it extends.

    Raises:
        ConfigError: it cannot be read, is not TOML, or has a table or key that is not known.
    """
    return _load(file, ())


def nearest_to(start: Path) -> Configuration:
    """What counts for what is at `start`; see `find` and `load`."""
    file = find(start)
    return NOTHING if file is None else load(file)


def parse(text: str, file: Path | None = None) -> Configuration:
    """Read the text of a captionkit.toml that extends nothing; see `load`."""
    own = _tables_of(_document(text, file), str(file or FILE_NAME))
    return Configuration(file, own, own)


def nearest(name: str, known: Iterable[str]) -> str:
    """What was probably meant, "" where nothing is like it."""
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return near[0] if near else ""


# --- the file ---------------------------------------------------------------------------------------------------------


def _load(file: Path, seen: tuple[Path, ...]) -> Configuration:
    if file.resolve() in seen:
        raise ConfigError("this file extends itself", where=str(file))
    document = _document(_text_of(file), file)
    if file.name == "pyproject.toml":
        document = _inner(_inner(document, "tool", file), "captionkit", file)
    base = document.get("extend")
    own = _tables_of(document, str(file))
    if base is None:
        return Configuration(file, own, own)
    if not isinstance(base, str):
        raise ConfigError("extend must be the path of another configuration file", where=str(file))
    under = _load(file.parent / base, (*seen, file.resolve())).whole
    whole = {name: {**under.get(name, {}), **own.get(name, {})} for name in {**under, **own}}
    return Configuration(file, own, whole)


def _text_of(file: Path) -> str:
    try:
        data = read_file(file)
    except OSError as error:
        raise ConfigError(
            f"cannot be read: {error.strerror or error}", where=str(file), hint="Check that you may read it."
        ) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"is not UTF-8 (byte {error.start + 1})", where=str(file), hint="Save it as UTF-8 in your editor."
        ) from error


def _document(text: str, file: Path | None) -> dict[str, Any]:
    from captionkit.records import RecordError, parse_toml

    try:
        return parse_toml(text)
    except RecordError as error:
        hint = 'A name with spaces, dots or accents needs quotes: "Lecture 1" = "m-abc".'
        raise ConfigError(f"is not valid TOML: {error}", where=str(file or FILE_NAME), hint=hint) from error


def _is_ours(pyproject: Path) -> bool:
    if b"captionkit" not in read_file(pyproject):
        return False
    return "captionkit" in _inner(_document(_text_of(pyproject), pyproject), "tool", pyproject)


def _inner(document: Mapping[str, Any], name: str, file: Path) -> dict[str, Any]:
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise ConfigError(f"{name} must be a table, not {_described(table)}", where=str(file))
    return table


def _tables_of(document: Mapping[str, Any], where: str) -> dict[str, dict[str, Any]]:
    """The tables of a file, its keys with underscores.

    Raises:
        ConfigError: a table or key is not known, or a table is none.
    """
    tables = all_tables()
    known = [name for name in tables if "." not in name]
    found: dict[str, dict[str, Any]] = {}
    for name, table in document.items():
        if name == "extend":
            continue
        if name not in known:
            _unknown_table(name, table, known, tables, where)
        if not isinstance(table, dict):
            raise ConfigError(f"{name} must be a table, not {_described(table)}", where=where)
        found[name] = _with_known_keys(table, tables[name], where, name)
    for nested in (name for name in tables if "." in name):
        outer, _, key = nested.partition(".")
        inner = found.get(outer, {}).get(key)
        if isinstance(inner, dict):
            found[outer][key] = _with_known_keys(inner, tables[nested], where, nested)
    if "profiles" in found:
        found["profiles"] = {name: _profile(name, one, where) for name, one in found["profiles"].items()}
    return found


def all_tables() -> dict[str, Keys]:
    """Every table that a file may have, with its keys; those of remotes first."""
    from captionkit.remotes import services

    of_remotes = [service.keys for service in services().values()]
    return {name: keys for tables in (*of_remotes, _TABLES) for name, keys in tables.items()}


def profile_keys() -> dict[str, str]:
    """The keys of a profile of one's own: its limits among them, each with its unit."""
    from captionkit.lint.profiles import LIMITS

    return {**_PROFILE, **{name: f"{what}, in {unit}" for name, (_, unit, what) in LIMITS.items()}}


def _profile(name: str, table: object, where: str) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise ConfigError(f"profiles.{name} must be a table, not {_described(table)}", where=where)
    return _with_known_keys(table, profile_keys(), where, f"profiles.{name}")


def _unknown_table(name: str, value: object, known: list[str], tables: Mapping[str, Keys], where: str) -> NoReturn:
    plain = name.replace("-", "_")
    home = next((table for table, keys in tables.items() if plain in keys), "")
    if home and not isinstance(value, dict):
        hint = f"Write it below the line [{home}]."
        raise ConfigError(f"key {name!r} stands outside of its table", where=where, hint=hint)
    near = nearest(name, known)
    hint = f"Did you mean {near!r}?" if near else f"Known here: {', '.join(sorted(known))}."
    raise ConfigError(f"unknown {f'table [{name}]' if isinstance(value, dict) else f'key {name!r}'}", where=where,
                      hint=hint)  # fmt: skip


def _with_known_keys(table: Mapping[str, Any], keys: Collection[str], where: str, name: str) -> dict[str, Any]:
    if ANY in keys:
        return dict(table)
    found: dict[str, Any] = {}
    for key, value in table.items():
        plain = key.replace("-", "_")
        if plain not in keys:
            near = nearest(plain, keys)
            written = near.replace("_", "-") if "-" in key else near
            hint = f"Did you mean {written!r}?" if near else f"Known here: {', '.join(sorted(keys))}."
            raise ConfigError(f"unknown key {key!r} in [{name}]", where=where, hint=hint)
        if plain in found:
            raise ConfigError(f"{key!r} stands twice in [{name}], with a hyphen and with an underscore", where=where)
        found[plain] = value
    return found


def _described(value: object) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return f"a text ({value[:60]!r})" if isinstance(value, str) else kinds.get(type(value), "a date")
