"""The linter's part of the configuration: `[check]`, `[profiles]`, `[encodings]` of the nearest captionkit.toml.

Looked for upwards from what is checked: `captionkit.toml`, `.captionkit.toml`, or a `pyproject.toml` with a table
`[tool.captionkit]`. The first that is found counts alone, with what it extends:

    extend = "../captionkit.toml"            # values here win over those there

    [check]
    profile = ["canvas", "mycampus"]
    ignore = ["LAY"]
    per-file-ignores = { "drafts/*" = ["TIM", "SPD"] }
    cue-ignores = [ { file = "week1.srt", cue = 42, codes = ["TIM003"], reason = "two speakers" } ]
    severity = { TIM003 = "error" }
    fail-level = "warning"

    [encodings]                              # of files that are not UTF-8; for every command
    "old/*.hu.srt" = "windows-1250"

    [check.options]
    max-uncaptioned = 20                     # seconds; for TIM012

    [profiles.mycampus]
    extends = "dcmp"
    max-line-chars = 36

What stands on the command line wins over the file. A key that does not exist is an error, with the nearest that does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from captionkit.errors import ConfigError
from captionkit.files import read_file
from captionkit.lint.settings import Settings
from captionkit.model import Severity

NAMES = ("captionkit.toml", ".captionkit.toml", "pyproject.toml")

_CHECK_KEYS = (
    "profile",
    "select",
    "extend_select",
    "ignore",
    "per_file_ignores",
    "cue_ignores",
    "severity",
    "kind",
    "language",
    "fps",
    "fail_level",
    "exclude",
    "options",
    "suppressions",
)
_PROFILE_KEYS = ("extends", "purpose", "select", "ignore", "severity")
_OPTIONS = ("max_uncaptioned", "starts_late", "profanity", "cps_count", "sample_words")


class Defaults(NamedTuple):
    """What the configuration says, before the command line has its say."""

    settings: Settings = Settings()
    fail_level: str = "error"
    exclude: tuple[str, ...] = ()
    file: Path | None = None

    def with_options(self, options: Mapping[str, Any]) -> Settings:
        """The settings with what the command line says put over them."""
        changes: dict[str, Any] = {}
        if options.get("profiles"):
            changes["profiles"] = tuple(part.strip() for part in options["profiles"].split(",") if part.strip())
        for name in ("select", "extend_select", "ignore"):
            if options.get(name):
                codes = _codes(options[name])
                changes[name] = codes if name == "select" else (*getattr(self.settings, name), *codes)
        if options.get("select"):
            changes["ignore"] = _codes(options.get("ignore") or ())
        if options.get("per_file_ignores"):
            pairs = [_glob_and_codes(text) for text in options["per_file_ignores"]]
            changes["per_file_ignores"] = (*self.settings.per_file_ignores, *pairs)
        for name in ("kind", "language", "encoding", "fps"):
            if options.get(name):
                changes[name] = options[name]
        if options.get("fps") is not None and not 1 <= options["fps"] <= 1000:
            raise ConfigError(f"--fps {options['fps']} is no frame rate", hint="Give 23.976, 24, 25, 29.97, 30, ...")
        if options.get("duration"):
            changes["duration_ms"] = round(options["duration"] * 1000)
        if options.get("no_suppressions"):
            changes["suppressions"] = False
        return replace(self.settings, **changes)


def _codes(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(code.strip().upper() for text in given for code in text.split(",") if code.strip())


def _glob_and_codes(text: str) -> tuple[str, tuple[str, ...]]:
    glob, colon, codes = text.rpartition(":")
    if not colon or not glob or not codes:
        raise ConfigError(f"{text!r} is no GLOB:CODES", hint='For example: --per-file-ignores "drafts/*:TIM,SPD"')
    return glob, _codes([codes])


def read_settings(start: Path, explicit: Path | None = None) -> Defaults:
    """The configuration that counts for what is at `start`.

    Args:
        start: a file or folder that is to be checked.
        explicit: the file to read instead of looking for one.

    Raises:
        ConfigError: if the file cannot be read, is no TOML, or says something that is not known or not possible.
    """
    file = explicit or find_file(start)
    if file is None:
        return Defaults()
    return _defaults(_tables(file, ()), file)


def find_file(start: Path) -> Path | None:
    """The nearest configuration above a file or folder."""
    folder = start.absolute()
    for place in (folder, *folder.parents):
        for name in NAMES:
            candidate = place / name
            if candidate.is_file() and (name != "pyproject.toml" or b"captionkit" in read_file(candidate)):
                if name == "pyproject.toml" and "captionkit" not in _table_of(_load(candidate), "tool", candidate):
                    continue
                return candidate
    return None


def _load(file: Path) -> dict[str, Any]:
    from captionkit.records import RecordError, parse_toml

    try:
        return parse_toml(read_file(file).decode("utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"cannot read: {error.strerror or error}", where=str(file)) from error
    except (RecordError, UnicodeDecodeError) as error:
        raise ConfigError(f"this is no TOML: {error}", where=str(file)) from error


def _table_of(content: dict[str, Any], name: str, file: Path) -> dict[str, Any]:
    table = content.get(name, {})
    if not isinstance(table, dict):
        raise ConfigError(f"{name} must be a table", where=str(file))
    return table


def _tables(file: Path, seen: tuple[Path, ...]) -> dict[str, Any]:
    """The tables `check` and `profiles` of a file, with those of the files it extends underneath."""
    if file.resolve() in seen:
        raise ConfigError("this file extends itself", where=str(file))
    content = _load(file)
    if file.name == "pyproject.toml":
        content = _table_of(_table_of(content, "tool", file), "captionkit", file)
    own = {name: content.get(name, {}) for name in ("check", "profiles", "encodings")}
    for name, table in own.items():
        if not isinstance(table, dict):
            raise ConfigError(f"{name!r} must be a table", where=str(file))
    base = content.get("extend")
    if base is None:
        return own
    if not isinstance(base, str):
        raise ConfigError("'extend' must be the path of another configuration file", where=str(file))
    under = _tables((file.parent / base), (*seen, file.resolve()))
    return {name: {**under[name], **own[name]} for name in own}


def _defaults(tables: Mapping[str, Any], file: Path) -> Defaults:
    check = _known_keys(tables["check"], _CHECK_KEYS, f"{file}, [check]")
    read = _Reader(check, str(file))
    settings = Settings(
        profiles=read.words("profile") or ("default",),
        select=_codes(read.words("select")),
        extend_select=_codes(read.words("extend_select")),
        ignore=_codes(read.words("ignore")),
        per_file_ignores=tuple(
            (glob, _codes(_as_words(codes, glob, file))) for glob, codes in read.table("per_file_ignores").items()
        ),
        cue_ignores=tuple(_cue_ignore(one, file) for one in read.list_of_tables("cue_ignores")),
        severities=_severities(read.table("severity"), str(file)),
        custom={name: _profile(name, table, file) for name, table in tables["profiles"].items()},
        kind=read.text("kind", ("captions", "subtitles", "descriptions", "chapters", "metadata")),
        language=read.text("language"),
        fps=read.number("fps", 24.0),
        encodings=tuple(_encoding(glob, name, file) for glob, name in tables["encodings"].items()),
        options=_known_keys(read.table("options"), _OPTIONS, f"{file}, [check.options]"),
        suppressions=read.flag("suppressions", True),
    )
    level = read.text("fail_level", tuple(severity.value for severity in Severity)) or "error"
    return Defaults(settings, level, read.words("exclude"), file)


def _encoding(glob: str, name: object, file: Path) -> tuple[str, str]:
    from captionkit.errors import UsageError
    from captionkit.text import encoding_named

    if not isinstance(name, str):
        raise ConfigError(f"the encoding of {glob!r} must be a text", where=f"{file}, [encodings]")
    try:
        return glob, encoding_named(name)
    except UsageError as error:
        raise ConfigError(error.message, where=f"{file}, [encodings]", hint=error.hint) from None


def _known_keys(table: Mapping[str, Any], known: Sequence[str], where: str) -> dict[str, Any]:
    """The table with underscores for hyphens.

    Raises:
        ConfigError: for a key that is not known.
    """
    read = {}
    for key, value in table.items():
        plain = key.replace("-", "_")
        if plain not in known:
            from difflib import get_close_matches

            near = get_close_matches(plain, known, n=1)
            hint = f"Did you mean {near[0].replace('_', '-')!r}?" if near else f"Known are: {', '.join(known)}."
            raise ConfigError(f"there is no setting {key!r}", where=where, hint=hint)
        read[plain] = value
    return read


class _Reader:
    """Reads typed values from a table and says what is wrong in the user's terms."""

    def __init__(self, table: Mapping[str, Any], where: str) -> None:
        self.values = table
        self.where = where

    def _wrong(self, key: str, expected: str) -> ConfigError:
        return ConfigError(f"{key.replace('_', '-')!r} must be {expected}, not {self.values[key]!r}", where=self.where)

    def words(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self._wrong(key, "a list of texts")
        return tuple(value)

    def table(self, key: str) -> dict[str, Any]:
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self._wrong(key, "a table")
        return value

    def list_of_tables(self, key: str) -> list[dict[str, Any]]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self._wrong(key, "a list of tables")
        return value

    def text(self, key: str, allowed: tuple[str, ...] = ()) -> str:
        value = self.values.get(key, "")
        if not isinstance(value, str):
            raise self._wrong(key, "a text")
        if value and allowed and value not in allowed:
            raise self._wrong(key, f"one of {', '.join(allowed)}")
        return value

    def number(self, key: str, otherwise: float) -> float:
        value = self.values.get(key, otherwise)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
            raise self._wrong(key, "a number above 0")
        return float(value)

    def flag(self, key: str, otherwise: bool) -> bool:
        value = self.values.get(key, otherwise)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value


def _as_words(value: object, key: str, file: Path) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return value
    raise ConfigError(f"the codes for {key!r} must be a list of texts", where=str(file))


def _cue_ignore(table: Mapping[str, Any], file: Path) -> tuple[str, int, tuple[str, ...]]:
    read = _known_keys(table, ("file", "cue", "codes", "reason"), f"{file}, cue-ignores")
    number = read.get("cue", 0)
    if not isinstance(read.get("file"), str) or not isinstance(number, int) or isinstance(number, bool):
        raise ConfigError("each of cue-ignores needs a file (a text) and a cue (its number)", where=str(file))
    return read["file"], number, _codes(_as_words(read.get("codes", ["ALL"]), "cue-ignores", file))


def _severities(table: Mapping[str, Any], where: str) -> dict[str, Severity]:
    try:
        return {code.upper(): Severity(value) for code, value in table.items()}
    except ValueError as error:
        raise ConfigError(f"a severity is error, warning or info: {error}", where=where) from error


def _profile(name: str, table: object, file: Path) -> Any:
    from captionkit.lint.profiles import HOUSE, LIMITS, Limit, Profile

    where = f"{file}, [profiles.{name}]"
    if not isinstance(table, dict):
        raise ConfigError("a profile must be a table", where=where)
    read = _known_keys(table, (*_PROFILE_KEYS, *LIMITS), where)
    values = _Reader(read, where)
    source = HOUSE._replace(title=file.name, url=str(file.name), date="", confidence="configured")
    limits = {}
    for key in read:
        if key in LIMITS:
            limits[key] = Limit(values.number(key, 0), LIMITS[key][1], source, profile=name)
    return Profile(
        name,
        values.text("purpose"),
        limits,
        _codes(values.words("select")),
        _codes(values.words("ignore")),
        _severities(values.table("severity"), where),
        extends=values.words("extends"),
    )
