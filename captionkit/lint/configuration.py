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
from typing import TYPE_CHECKING, Any, NamedTuple

from captionkit.canvas_rules import KINDS
from captionkit.configuration import Configuration, Table, load, nearest_to
from captionkit.errors import ConfigError
from captionkit.lint.settings import Settings
from captionkit.model import Severity

if TYPE_CHECKING:
    from captionkit.lint.profiles import Profile


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
        if options.get("language"):
            from captionkit.languages import known_tags

            known_tags([options["language"]], "--language")
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
    configuration = load(explicit) if explicit else nearest_to(start)
    return Defaults() if configuration.file is None else _defaults(configuration, configuration.file)


def _defaults(configuration: Configuration, file: Path) -> Defaults:
    check = configuration.table("check")
    per_file = check.table("per_file_ignores")
    options = check.table("options")
    profiles = configuration.table("profiles")
    settings = Settings(
        profiles=check.words("profile") or ("default",),
        select=_codes(check.words("select")),
        extend_select=_codes(check.words("extend_select")),
        ignore=_codes(check.words("ignore")),
        per_file_ignores=tuple((glob, _codes(per_file.words(glob))) for glob in per_file.values),
        cue_ignores=tuple(_cue_ignore(one) for one in check.tables("cue_ignores", ("file", "cue", "codes", "reason"))),
        severities=_severities(check.table("severity")),
        custom={name: _profile(name, profiles.table(name), file) for name in profiles.values},
        kind=check.text("kind", choices=KINDS),
        language=check.tag("language", language) if (language := check.text("language")) else "",
        fps=check.number("fps", 24.0),
        encodings=configuration.encodings(),
        options=options.values,
        suppressions=check.flag("suppressions", True),
    )
    level = check.text("fail_level", "error", choices=tuple(severity.value for severity in Severity))
    return Defaults(settings, level, check.words("exclude"), file)


def _cue_ignore(table: Table) -> tuple[str, int, tuple[str, ...]]:
    number = table.values.get("cue", 0)
    if "file" not in table or not isinstance(number, int) or isinstance(number, bool):
        raise table.error("each of check.cue_ignores needs a file (a text) and a cue (its number)")
    return table.text("file"), number, _codes(table.words("codes") or ("ALL",))


def _severities(table: Table) -> dict[str, Severity]:
    levels = tuple(severity.value for severity in Severity)
    return {code.upper(): Severity(table.text(code, choices=levels)) for code in table.values}


def _profile(name: str, table: Table, file: Path) -> Profile:
    from captionkit.lint.profiles import HOUSE, LIMITS, Limit, Profile

    source = HOUSE._replace(title=file.name, url=str(file.name), date="", confidence="configured")
    limits = {
        key: Limit(table.number(key, 0), LIMITS[key][1], source, profile=name) for key in table.values if key in LIMITS
    }
    return Profile(
        name,
        table.text("purpose"),
        limits,
        _codes(table.words("select")),
        _codes(table.words("ignore")),
        _severities(table.table("severity")),
        extends=table.words("extends"),
    )
