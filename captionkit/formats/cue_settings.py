"""Cue settings and region settings, parsed by the specification (WebVTT 6.2 and 6.3), and what is wrong with them.

The parser takes or ignores each setting; the syntax (4.4 and 4.3) is stricter. `parse_settings` gives both: the values
that a browser uses, and a problem for everything that the syntax does not allow.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from captionkit.patterns import pattern

# 4.4, a WebVTT percentage; the parser and the syntax agree on it.
_PERCENTAGE = pattern(r"[0-9]++(?:\.[0-9]++)?%")
_LINE_NUMBER = pattern(r"-?[0-9]++(?:\.[0-9]++)?")
_TOKEN = pattern(r"[^ \t\n\f\r]+")
_SETTINGS = ("vertical", "line", "position", "size", "align", "region")
_REGION_SETTINGS = ("id", "width", "lines", "regionanchor", "viewportanchor", "scroll")
_ALIGNMENTS = ("start", "center", "end", "left", "right")
_LINE_ALIGNMENTS = ("start", "center", "end")
_POSITION_ALIGNMENTS = ("line-left", "center", "line-right")


class CueSettings(NamedTuple):
    """Where and how a cue is shown, by the names of the specification (section 3.1). The defaults are its defaults.

    Attributes:
        vertical: "" (horizontal), "rl" or "lr".
        line: a percentage if not `snap`, else a line number; None for auto.
        line_align: "start", "center" or "end".
        snap: the snap-to-lines flag.
        position: a percentage; None for auto.
        position_align: "line-left", "center" or "line-right"; "auto" otherwise.
        size: a percentage.
        align: "start", "center", "end", "left" or "right".
        region: the region's identifier; "" for none. Whether there is such a region is not known here.
    """

    vertical: str = ""
    line: float | None = None
    line_align: str = "start"
    snap: bool = True
    position: float | None = None
    position_align: str = "auto"
    size: float = 100.0
    align: str = "center"
    region: str = ""


class RegionSettings(NamedTuple):
    """A region (section 3.2): percentages of the video, but `lines`. The defaults are those of the specification."""

    id: str = ""
    width: float = 100.0
    lines: int = 3
    region_anchor: tuple[float, float] = (0.0, 100.0)
    viewport_anchor: tuple[float, float] = (0.0, 100.0)
    scroll: str = ""


class Problem(NamedTuple):
    """Something in settings that the syntax does not allow.

    Attributes:
        code: VTT120 to VTT133 for cues, VTT140 to VTT143 for regions.
        message: one sentence for a person.
        offset: where in the settings it stands, from 0.
        token: the setting as it stands.
    """

    code: str
    message: str
    offset: int
    token: str


@lru_cache(maxsize=4096)
def parse_settings(settings: str) -> tuple[CueSettings, tuple[Problem, ...]]:
    """Parse the settings of a cue, i.e. what follows the end time in its timing line.

    Returns:
        What a browser makes of it (6.3, parse the WebVTT cue settings), and what is wrong with it by 4.4.
    """
    values = CueSettings()
    problems: list[Problem] = []
    seen: set[str] = set()
    for match in _TOKEN.finditer(settings):
        token, offset = match[0], match.start()
        name, colon, value = token.partition(":")
        if not colon or not name or not value:
            problems.append(_malformed(token, offset))
            continue
        if name not in _SETTINGS:
            if name.lower() in _SETTINGS:
                message = f"Settings are written in small letters: {name.lower()!r}, not {name!r}."
                problems.append(Problem("VTT133", message, offset, token))
            else:
                problems.append(Problem("VTT120", f"There is no cue setting {name!r}.", offset, token))
            continue
        if name in seen:
            problems.append(Problem("VTT121", f"The setting {name!r} stands here again.", offset, token))
        seen.add(name)
        values, found = _PARSE[name](values, value)
        problems += [Problem(code, message, offset, token) for code, message in found]
    return values, tuple(problems)


def _malformed(token: str, offset: int) -> Problem:
    name, colon, value = token.partition(":")
    if colon and name.lower() in _SETTINGS and not value:
        message = f"{token!r} has no value; no space may stand after the colon."
        return Problem("VTT132", message, offset, token)
    return Problem("VTT122", f"{token!r} is no setting; a setting is written name:value.", offset, token)


_Parsed = tuple[CueSettings, list[tuple[str, str]]]


def _vertical(values: CueSettings, value: str) -> _Parsed:
    if value in ("rl", "lr"):
        # There are no vertical regions.
        return values._replace(vertical=value, region=""), []
    found = [_wrong("VTT124", "vertical", value, ("rl", "lr"))]
    return (values._replace(region="") if values.vertical else values), found


def _line(values: CueSettings, value: str) -> _Parsed:
    where, comma, align = value.partition(",")
    found: list[tuple[str, str]] = []
    is_percentage = where.endswith("%")
    if is_percentage:
        number = percentage(where)
        if number is None:
            return values, [_bad_percentage("VTT125", "line", where)]
    else:
        if not _LINE_NUMBER.fullmatch(where):
            return values, [("VTT125", f"{where!r} is no line: a whole number or a percentage is.")]
        number = _float(where)
        if "." in where:
            found.append(("VTT125", f"{where!r} is no whole number of lines; browsers take it, the syntax does not."))
    if comma and align not in _LINE_ALIGNMENTS:
        return values, [*found, _wrong("VTT126", "line alignment", align, _LINE_ALIGNMENTS)]
    if comma:
        values = values._replace(line_align=align)
    return values._replace(line=number, snap=not is_percentage, region=""), found


def _position(values: CueSettings, value: str) -> _Parsed:
    where, comma, align = value.partition(",")
    number = percentage(where)
    if number is None:
        return values, [_bad_percentage("VTT127", "position", where)]
    if comma and align not in _POSITION_ALIGNMENTS:
        return values, [_wrong("VTT128", "position alignment", align, _POSITION_ALIGNMENTS)]
    if comma:
        values = values._replace(position_align=align)
    return values._replace(position=number), []


def _size(values: CueSettings, value: str) -> _Parsed:
    number = percentage(value)
    if number is None:
        return values, [_bad_percentage("VTT123", "size", value)]
    return values._replace(size=number, region="" if number != 100 else values.region), []


def _align(values: CueSettings, value: str) -> _Parsed:
    if value in _ALIGNMENTS:
        return values._replace(align=value), []
    return values, [_wrong("VTT129", "align", value, _ALIGNMENTS)]


def _region(values: CueSettings, value: str) -> _Parsed:
    return values._replace(region=value), []


_PARSE = {
    "vertical": _vertical,
    "line": _line,
    "position": _position,
    "size": _size,
    "align": _align,
    "region": _region,
}


def parse_region(text: str) -> tuple[RegionSettings, tuple[Problem, ...]]:
    """Parse the settings of a region: `Region.text`.

    Returns:
        What a browser makes of it (6.2), and what is wrong with it by 4.3.
    """
    values = RegionSettings()
    problems: list[Problem] = []
    seen: set[str] = set()
    for match in _TOKEN.finditer(text):
        token, offset = match[0], match.start()
        name, colon, value = token.partition(":")
        if not colon or not name or not value or name not in _REGION_SETTINGS:
            problems.append(Problem("VTT142", f"{token!r} is no region setting.", offset, token))
            continue
        if name in seen:
            problems.append(Problem("VTT143", f"The setting {name!r} stands here again.", offset, token))
        seen.add(name)
        changed = _region_value(values, name, value)
        if changed is None:
            problems.append(Problem("VTT142", f"{value!r} is no value for {name!r}.", offset, token))
        else:
            values = changed
    if not values.id:
        problems.insert(0, Problem("VTT140", "The region has no id, so no cue can name it.", 0, ""))
    return values, tuple(problems)


def _region_value(values: RegionSettings, name: str, value: str) -> RegionSettings | None:
    if name == "id":
        return values._replace(id=value)
    if name == "width":
        width = percentage(value)
        return None if width is None else values._replace(width=width)
    if name == "lines":
        is_number = value.isascii() and value.isdigit()
        return values._replace(lines=min(int(value[:9]), 10**6)) if is_number else None
    if name == "scroll":
        return values._replace(scroll="up") if value == "up" else None
    x_text, comma, y_text = value.partition(",")
    x, y = percentage(x_text), percentage(y_text)
    if not comma or x is None or y is None:
        return None
    return values._replace(region_anchor=(x, y)) if name == "regionanchor" else values._replace(viewport_anchor=(x, y))


def percentage(text: str) -> float | None:
    """Parse a percentage string (6.2): 0 to 100, or None."""
    if not _PERCENTAGE.fullmatch(text):
        return None
    number = _float(text[:-1])
    return number if number <= 100 else None


def _float(digits: str) -> float:
    # More than any screen has lines; what is not finite could not be computed with.
    return max(min(float(digits[:400]), _MOST_LINES), -_MOST_LINES)


_MOST_LINES = 1e9


def _wrong(code: str, what: str, value: str, allowed: tuple[str, ...]) -> tuple[str, str]:
    return code, f"{value!r} is no {what}; these are: {', '.join(allowed)}."


def _bad_percentage(code: str, what: str, value: str) -> tuple[str, str]:
    if _PERCENTAGE.fullmatch(value):
        return "VTT123", f"{value!r} is no {what}: a percentage is at most 100%."
    return code, f"{value!r} is no {what}: it must be a percentage, such as 50%."
