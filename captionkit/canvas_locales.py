"""What Canvas is told of a language: letters and hyphens only, and only some of them have a name in its menu."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from captionkit.language_table import PICKER
from captionkit.languages import canonical, display_name

#: The 63 codes of Canvas's caption menu and the names it shows for them.
PICKER_LOCALES: Mapping[str, str] = PICKER

#: What Canvas accepts as a locale (`app/models/media_track.rb`).
_LOCALE = re.compile(r"[A-Za-z-]+")

# Chinese by the writing of the place (guides/limits.md, section 4: langcodes says zh for zh-CN, the menu has zh-Hans).
_CHINESE = {
    "zh-CN": "zh-Hans",
    "zh-SG": "zh-Hans",
    "zh-MY": "zh-Hans",
    "zh-TW": "zh-Hant",
    "zh-HK": "zh-Hant",
    "zh-MO": "zh-Hant",
}

_MAX_DISTANCE = 5


@dataclass(frozen=True, slots=True)
class CanvasLocale:
    """What Canvas is told.

    Attributes:
        locale: letters and hyphens only.
        in_picker: whether Canvas's menu has a name for it; players show the bare code otherwise.
        note: what was changed on the way from the tag; "" where nothing was.
    """

    locale: str
    in_picker: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class NoLocale:
    """A tag that Canvas cannot store as it stands, and what could be stored instead."""

    tag: str
    choices: tuple[str, ...]
    reason: str


def canvas_locale(tag: str, locales: Mapping[str, str] | None = None) -> CanvasLocale | NoLocale:
    """The locale that Canvas stores for a language.

    In this order: what `locales` (the table `[canvas.locales]`) says; the tag itself if Canvas's menu has it; the
    writing for Chinese; the language without its region or script, if the difference is slight; the nearest of the menu
    of the same language; the tag as it stands, if Canvas can store it. Never another language, however near.

    Args:
        tag: a language tag.
        locales: language tag -> Canvas locale, as the user decided.

    Returns:
        A CanvasLocale, or NoLocale with choices where Canvas cannot store this tag and nothing is near enough.

    Raises:
        ValueError: `tag` has not the shape of a language tag.
    """
    tag = canonical(tag)
    if locales and tag in locales:
        chosen = locales[tag]
        return CanvasLocale(chosen, chosen in PICKER, "as captionkit.toml says")
    return _locale(tag)


@lru_cache(maxsize=1024)
def _locale(tag: str) -> CanvasLocale | NoLocale:
    if tag in PICKER:
        return CanvasLocale(tag, True)
    if tag == "fil":
        # The menu's own `fl` is no language code, and browsers do not know it.
        return CanvasLocale("tl", True, "Canvas's code for Filipino that browsers know is tl")
    primary = tag.partition("-")[0]
    chinese = _CHINESE.get(tag) or next((f"zh-{p}" for p in tag.split("-")[1:2] if p in ("Hans", "Hant")), "")
    if primary == "zh" and chinese:
        return CanvasLocale(chinese, True, f"Canvas's menu has {chinese} and not {tag}")
    near = _nearest_in_picker(tag, primary)
    if near:
        return CanvasLocale(near, True, f"Canvas's menu has {near} and not {tag}")
    if _LOCALE.fullmatch(tag):
        return CanvasLocale(tag, False, f"Canvas's menu has no {display_name(tag)}; players will show {tag}")
    letters = tuple(dict.fromkeys(c for c in (primary, _letters_only(tag)) if c))
    return NoLocale(tag, letters, f"Canvas takes only letters and hyphens in a locale, so not {tag}")


def _nearest_in_picker(tag: str, primary: str) -> str:
    """A locale of the menu that this language can be shown under; "" if there is none."""
    from langcodes import closest_match, standardize_tag, tag_distance

    # Rather plain `en` than en-GB for en-IN: it says nothing that is not so.
    if primary in PICKER and tag_distance(tag, primary) <= _MAX_DISTANCE:
        return primary
    match, _ = closest_match(tag, list(PICKER), max_distance=_MAX_DISTANCE)
    if match == "und":
        return ""
    # Near is not enough, it must be the same language, or the same in the wide sense of ISO 639-3 (Dari is Persian):
    # CLDR also puts Bosnian near Croatian, Cantonese near Chinese, Gaelic near English.
    wide = standardize_tag(tag, macro=True).partition("-")[0]
    return match if canonical(match).partition("-")[0] in (primary, wide) else ""


def _letters_only(tag: str) -> str:
    return "-".join(p for p in tag.partition("-x-")[0].split("-") if p.isalpha())
