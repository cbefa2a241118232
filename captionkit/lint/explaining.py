"""What a rule or a profile is about, as text for a person, as Markdown, or as data."""

from __future__ import annotations

from typing import Any

from captionkit.errors import UsageError
from captionkit.lint.profiles import ALIASES, LIMITS, PROFILES, Limit, Profile, combine, number
from captionkit.lint.rule import FAMILIES, RENAMED, InFolder, Rule, rules

_FIXES = {
    "safe": "--fix mends it; what any player shows stays the same",
    "restores": "--fix --restore mends it; what some players drop or show as text is shown as the file means it",
    "unsafe": "--fix --unsafe-fixes mends it; times, lines or markup change",
    "hint": "a person has to mend it; the finding says how",
    "none": "a person has to mend it",
}


def explain(name: str) -> str:
    """The documentation of a rule (by code or name), a family or a profile.

    Raises:
        UsageError: if there is nothing of that name, with the nearest names.
    """
    every = rules()
    code = name.upper()
    if code in every:
        return explain_rule(every[code])
    if code in RENAMED:
        now = RENAMED[code]
        return "\n\n".join([f"{code} is called {' and '.join(now)} now.", *(explain_rule(every[one]) for one in now)])
    by_name = {rule.name: rule for rule in every.values()}
    same = [rule for rule in every.values() if rule.name == name.lower()]
    if same:
        return "\n\n".join(explain_rule(rule) for rule in same)
    if code in FAMILIES:
        members = [rule for rule in every.values() if rule.family == code]
        return "\n".join(
            [f"{code}: {FAMILIES[code]}", "", *(f"{rule.code}  {rule.name}: {rule.summary}" for rule in members)]
        )
    if name in PROFILES or name in ALIASES:
        return explain_profile(combine([name]), name)
    from difflib import get_close_matches

    near = get_close_matches(code, every, n=2) or get_close_matches(name.lower(), [*by_name, *PROFILES, *ALIASES], n=2)
    raise UsageError(
        f"there is no rule, family or profile {name!r}",
        hint=f"Did you mean {' or '.join(near)}?"
        if near
        else "`captionkit rules` and `captionkit profiles` list them.",
    )


def explain_rule(rule: Rule) -> str:
    """A rule's documentation with its examples, and the limits that profiles state for it."""
    lines = [f"{rule.code} {rule.name}", "", rule.explanation, ""]
    lines.append(f"Severity: {rule.severity.value}. {'On' if rule.default else 'Off'} by default{_where_on(rule)}.")
    lines.append(f"Fix: {rule.fix.value}: {_FIXES[rule.fix.value]}.")
    if rule.kind:
        lines.append(f"Only for --kind {rule.kind}.")
    if rule.source:
        lines.append(f"Source: {rule.source}")
    if rule.limits:
        lines += ["", "Limits:", *_limits_of(rule)]
    lines += ["", f"Bad ({rule.file}):" if not rule.folder else "Bad:", "", *_example(rule.bad)]
    lines += ["", f"Good ({rule.good_file}):" if rule.good_file != rule.file else "Good:", "", *_example(rule.good)]
    return "\n".join(lines)


def _where_on(rule: Rule) -> str:
    if rule.default:
        return ""
    names = [p.name for p in PROFILES.values() if any(rule.code.startswith(prefix) for prefix in p.select)]
    return f"; on with --profile {' or '.join(names)}" if names else f"; switch it on with --extend-select {rule.code}"


def _limits_of(rule: Rule) -> list[str]:
    lines = []
    for profile in PROFILES.values():
        for name in rule.limits:
            limit = profile.limits.get(name)
            if limit:
                lines.append(f"  {profile.name:17} {_value(limit):24} {_source(limit)}")
    return lines or ["  no standard states one"]


def _value(limit: Limit) -> str:
    return f"{number(limit.value)} {limit.unit}{' or touching' if limit.zero_ok else ''}"


def _source(limit: Limit) -> str:
    source = limit.source
    return f"{source.title} ({', '.join(part for part in (source.date, source.confidence) if part)}) {source.url}"


def _example(example: str | bytes | tuple[InFolder, ...]) -> list[str]:
    if isinstance(example, tuple):
        return [f"    {one.path}" for one in example]
    if isinstance(example, bytes):
        return [f"    {repr(example[:60])[1:]} ..."]
    lines = example.split("\n")[:-1] if example.endswith("\n") else example.split("\n")
    shown = lines if len(lines) <= 16 else [*lines[:12], f"... {len(lines) - 12} more lines"]
    return [f"    {_visible(line)}" for line in shown]


def _visible(line: str) -> str:
    """A line with what cannot be seen written out."""
    line = line if len(line) <= 120 else f"{line[:100]} ... ({len(line)} characters)"
    return "".join(char if char.isprintable() else f"<U+{ord(char):04X}>" for char in line)


def explain_profile(profile: Profile, name: str = "") -> str:
    """A profile's purpose, its limits with their sources, and the rules it switches."""
    known = PROFILES.get(ALIASES.get(name, name), profile)
    lines = [f"{name or profile.name}: {known.purpose}", ""]
    if known.basis:
        lines += [f"Basis: {known.basis}.", ""]
    if profile.limits:
        lines.append("Limits:")
        for key, limit in profile.limits.items():
            lines.append(f"  {key:17} {_value(limit):24} {LIMITS[key][2]}")
            lines.append(f"  {'':17} {_source(limit)}")
            if limit.languages:
                others = ", ".join(f"{language} {number(value)}" for language, value in limit.languages.items())
                lines.append(f"  {'':17} other languages: {others}")
    else:
        lines.append("Limits: none. Its basis states no number, and captionkit invents none.")
    if profile.select:
        lines += ["", f"Switches on: {', '.join(profile.select)}."]
    if profile.severities:
        lines += [
            "",
            "Severities: " + ", ".join(f"{prefix} {level.value}" for prefix, level in profile.severities.items()) + ".",
        ]
    return "\n".join(lines)


def rule_as_dict(rule: Rule) -> dict[str, Any]:
    """A rule as data; examples that are bytes as Latin-1 text."""

    def text(example: str | bytes | tuple[InFolder, ...]) -> Any:
        if isinstance(example, tuple):
            return [one.path for one in example]
        return example.decode("latin-1") if isinstance(example, bytes) else example

    return {
        "code": rule.code,
        "name": rule.name,
        "family": rule.family,
        "severity": rule.severity.value,
        "default": rule.default,
        "fix": rule.fix.value,
        "kind": rule.kind or None,
        "summary": rule.summary,
        "explanation": rule.explanation,
        "limits": list(rule.limits),
        "source": rule.source or None,
        "bad": text(rule.bad),
        "good": text(rule.good),
    }


def rules_as_markdown() -> str:
    """All rules as tables, a family each."""
    lines = []
    for family, about in FAMILIES.items():
        members = [rule for rule in rules().values() if rule.family == family]
        lines += [
            f"## {family}: {about}",
            "",
            "| code | name | severity | default | fix | what it finds |",
            "|---|---|---|---|---|---|",
        ]
        lines += [
            " | ".join(
                (
                    f"| {r.code}",
                    r.name,
                    r.severity.value,
                    "on" if r.default else "off",
                    r.fix.value,
                    f"{_cell(r.summary)} |",
                )
            )
            for r in members
        ]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def rules_as_text() -> str:
    """All rules, a line each."""
    every = rules()
    lines = []
    for family, about in FAMILIES.items():
        members = [rule for rule in every.values() if rule.family == family]
        lines += [f"{family}  {about} ({len(members)})"]
        lines += [
            f"  {r.code}  {r.severity.value:7}  {'on ' if r.default else 'off'}  {r.fix.value:8}  {r.name}"
            for r in members
        ]
        lines.append("")
    on = sum(1 for rule in every.values() if rule.default)
    lines.append(f"{len(every)} rules, {on} on by default. `captionkit explain CODE` tells about each one.")
    return "\n".join(lines)


def profiles_as_text() -> str:
    """All profiles, a line each."""
    lines = []
    for profile in PROFILES.values():
        names = ", ".join([profile.name, *(alias for alias, target in ALIASES.items() if target == profile.name)])
        lines.append(f"{names:34} {profile.purpose}")
    lines += [
        "",
        "`captionkit explain NAME` shows a profile's limits and where each comes from. Several count together:",
        "--profile canvas,dcmp. Your own go into captionkit.toml under [profiles.NAME].",
    ]
    return "\n".join(lines)


def profile_as_dict(profile: Profile) -> dict[str, Any]:
    """A profile as data."""
    return {
        "name": profile.name,
        "purpose": profile.purpose,
        "basis": profile.basis,
        "select": list(profile.select),
        "severities": {prefix: level.value for prefix, level in profile.severities.items()},
        "limits": {
            name: {
                "value": limit.value,
                "unit": limit.unit,
                "touching_allowed": limit.zero_ok,
                "languages": dict(limit.languages),
                "source": limit.source.title,
                "url": limit.source.url,
                "date": limit.source.date,
                "confidence": limit.source.confidence,
            }
            for name, limit in profile.limits.items()
        },
    }
