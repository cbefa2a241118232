"""The named profiles: which rules, how strict, which limits, and where each number comes from.

No number here is ours unless it says "house". A standard that states no number has none here: the FCC's rule (47 CFR
79.1(j)(2)) and WCAG are deliberately not quantitative, and the figures that circulate under their names (220 words a
minute, 66 ms, 99 %) are inventions.

Pure data. `combine` makes one of several: the strictest limit counts, a rule that any of them wants is on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from captionkit.errors import ConfigError
from captionkit.model import Severity


class Source(NamedTuple):
    """Where a number comes from.

    Attributes:
        title: the document.
        url: where it was read, or the rule's citation.
        date: of the document where it has one, else when it was read.
        confidence: "primary" (the standard's own text was read), "secondary" (another's quotation of it), "tool" (what
            a widely used editor ships under that name), "house" (ours).
    """

    title: str
    url: str
    date: str
    confidence: str


_READ = "read November 2026"
_PARTNERS = "https://partnerhelp.netflixstudios.com/hc/en-us/articles"
_DCMP_KEY = "https://dcmp.org/learn/captioningkey"
_DCMP_OLD_PAGE = "https://dcmp.org/learn/5-captioning-guidelines-for-the-dcmp"
_BBC_PAGE = "https://www.bbc.co.uk/accessibility/forproducts/guides/subtitles"
_TED_PAGE = "https://translations.ted.com (TED_Translators_Cheat-sheet)"
_CUNY_PAGE = "https://cats.cuny.edu (video accessibility)"
_EDITOR = "https://github.com/SubtitleEdit/subtitleedit"

HOUSE = Source("captionkit", "captionkit/lint/profiles.py", "2026-11", "house")
_NF = "Netflix Timed Text Style Guide"
_NF_TIMING = Source(f"{_NF}: Subtitle Timing Guidelines", f"{_PARTNERS}/360051554394", _READ, "primary")
_NF_GENERAL = Source(f"{_NF}: General Requirements", f"{_PARTNERS}/215758617", _READ, "primary")
_NF_ENGLISH = Source(
    "Netflix English Timed Text Style Guide", f"{_PARTNERS}/217350977", "read October 2026", "secondary"
)
_NF_LANGUAGES = Source(
    "Netflix style guides a language, as Subtitle Edit's quality check has them",
    f"{_EDITOR} (NetflixQualityController.cs @1318ec78)",
    _READ,
    "tool",
)
_DCMP_TEXT = Source("DCMP Captioning Key: Text", f"{_DCMP_KEY}/597", _READ, "secondary")
_DCMP_RATE = Source("DCMP Captioning Key: Presentation Rate", f"{_DCMP_KEY}/601", _READ, "primary")
_DCMP_OLD = Source("DCMP captioning guidelines (older edition)", _DCMP_OLD_PAGE, _READ, "primary")
_BBC = Source("BBC Subtitle Guidelines 1.2", _BBC_PAGE, "March 2026", "primary")
_OFCOM = Source(
    "Ofcom, Guidelines on the provision of television access services", "stakeholders.ofcom.org.uk", _READ, "secondary"
)
_TED = Source("TED Translators cheat sheet", _TED_PAGE, _READ, "primary")
_SE = Source("Subtitle Edit's rule profiles", f"{_EDITOR} (RulesProfile)", _READ, "tool")
_CUNY = Source("CUNY, LSU and Auburn caption style sheets", _CUNY_PAGE, _READ, "primary")
_3PLAY = Source("3Play Media: importing captions", "https://support.3playmedia.com 227735128", _READ, "primary")


class Limit(NamedTuple):
    """One number that a file is held to.

    Attributes:
        value: in `unit`.
        unit: "characters", "lines", "characters/s", "words/min", "ms", "frames", "ms/word", "ratio".
        source: where it comes from.
        zero_ok: of a gap: whether cues that touch are fine as well.
        languages: other values for single languages (BCP 47 primary subtags).
        profile: the profile that states it; filled in by `resolve`.
    """

    value: float
    unit: str
    source: Source
    zero_ok: bool = False
    languages: Mapping[str, float] = {}
    profile: str = ""

    def for_language(self, language: str) -> float:
        """The value that counts for this language."""
        return self.languages.get(language.split("-", 1)[0].lower(), self.value) if self.languages else self.value

    def says(self, value: float | None = None) -> str:
        """The limit as a message names it: `20 characters/s (netflix-en)`."""
        return f"{number(self.value if value is None else value)} {self.unit} ({self.profile})"


def number(value: float) -> str:
    """A figure without needless digits: 20, 23.4, 833.3."""
    return f"{value:.1f}".removesuffix(".0") if abs(value) >= 1 else f"{value:.2f}"


#: What each limit is called, which way is stricter, and what it means. Config files and `explain` use these names.
LIMITS: Mapping[str, tuple[str, str, str]] = {
    "max_line_chars": ("max", "characters", "characters in a line"),
    "max_lines": ("max", "lines", "lines in a cue"),
    "max_cue_chars": ("max", "characters", "characters in a cue"),
    "max_cps": ("max", "characters/s", "characters to read a second"),
    "optimal_cps": ("max", "characters/s", "characters a second that are comfortable"),
    "max_wpm": ("max", "words/min", "words to read a minute"),
    "optimal_wpm": ("max", "words/min", "words a minute that are comfortable"),
    "min_duration": ("min", "ms", "how long a cue is shown at least"),
    "max_duration": ("max", "ms", "how long a cue is shown at most"),
    "min_word_time": ("min", "ms/word", "how long a cue is shown at least for each of its words"),
    "min_gap": ("min", "ms", "the gap between two cues, at least"),
    "min_gap_frames": ("min", "frames", "the gap between two cues, at least, in frames"),
    "flicker_gap": ("min", "ms", "gaps shorter than this, but longer than the least gap, flicker and are to be closed"),
    "min_balance": ("min", "ratio", "the shorter of two lines against the longer"),
    "max_uncaptioned": ("max", "ms", "how long a stretch may be without any cue"),
}


class Profile(NamedTuple):
    """One named set of rules and limits."""

    name: str
    purpose: str
    limits: Mapping[str, Limit] = {}
    select: tuple[str, ...] = ()  # switched on besides the rules that are on by default
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = {}
    basis: str = ""
    aliases: tuple[str, ...] = ()
    extends: tuple[str, ...] = ()


class _Touching(int):
    """A least gap beside which cues that touch are fine."""


_Value = float | tuple[float, Mapping[str, float]]


def _limits(source: Source, **values: _Value) -> Mapping[str, Limit]:
    """The limits that one source states: a number, with those of other languages where there are some."""
    made = {}
    for name, given in values.items():
        value, languages = given if isinstance(given, tuple) else (given, {})
        touching = isinstance(value, _Touching)
        made[name] = Limit(int(value) if touching else value, LIMITS[name][1], source, touching, languages)
    return made


_FIVE_SIXTHS = 5000 / 6  # 20 frames at 24 fps, 25 at 29.97

_NETFLIX = {
    **_limits(_NF_GENERAL, max_lines=2),
    **_limits(_NF_TIMING, min_duration=_FIVE_SIXTHS, max_duration=7000, min_gap_frames=2, flicker_gap=500),
}
_NETFLIX_CHARS = _limits(_NF_LANGUAGES, max_line_chars=(42, {"ja": 23, "ko": 16, "zh": 16, "th": 35}))


def _netflix(name: str, purpose: str, cps: float, languages: Mapping[str, float], *select: str) -> Profile:
    """A profile of Netflix's; for English alone where no other language has a limit of its own."""
    limits = _limits(_NF_ENGLISH, max_line_chars=42, max_cps=cps)
    if languages:
        limits = {**_NETFLIX_CHARS, **_limits(_NF_LANGUAGES, max_cps=(cps, languages))}
    select = ("TIM007", "LAY005", *select)
    return Profile(name, f"streaming, {purpose}", {**_NETFLIX, **limits}, select, basis="Netflix")


def _dcmp(level: str, words_a_minute: float, *aliases: str) -> Profile:
    limits = {
        **_limits(_DCMP_OLD, max_line_chars=32),
        **_limits(_DCMP_TEXT, max_lines=2, min_duration=4000 / 3, max_duration=6000),  # 40 frames at 30 a second
        **_limits(_DCMP_RATE, max_wpm=words_a_minute),
    }
    purpose = f"US education, {level}-level students"
    return Profile(f"dcmp-{level}", purpose, limits, basis="DCMP Captioning Key", aliases=aliases)


def _bbc(name: str, purpose: str, characters: float, lines: float) -> Profile:
    limits = {
        **_limits(_BBC, optimal_wpm=160, max_wpm=180, min_word_time=300, min_gap=_Touching(1000)),
        **_limits(_BBC, max_line_chars=characters, max_lines=lines),
    }
    return Profile(name, f"United Kingdom, {purpose}", limits, ("SPD004", "LAY007"), basis="BBC")


_SOUNDS_AND_SPEAKERS = ("A11001", "A11002")
_ALL = (
    Profile(
        "default",
        "lectures: what breaks a file is an error, what makes it hard to read a warning",
        {
            **_NETFLIX_CHARS,
            **_limits(_NF_GENERAL, max_lines=2),
            **_limits(_NF_ENGLISH, max_cps=20),
            **_limits(_NF_TIMING, min_duration=_FIVE_SIXTHS, max_duration=7000, min_gap_frames=_Touching(2)),
        },
        basis="ours; the numbers are Netflix's for English, and for the lines of Chinese, Japanese, Korean and Thai",
    ),
    _dcmp("upper", 160, "dcmp"),
    _dcmp("middle", 140),
    _dcmp("lower", 130),
    _netflix("netflix-en", "English", 20, {}),
    _netflix("netflix-en-kids", "English, children's programmes", 17, {}),
    _netflix("netflix", "other languages", 17, {"en": 20, "ar": 20, "hi": 22, "ko": 12, "zh": 9, "ja": 4}),
    _netflix(
        "netflix-kids",
        "other languages, children's programmes",
        13,
        {"en": 17, "ar": 17, "hi": 18, "ko": 9, "zh": 7, "ja": 4},
    ),
    _netflix(
        "netflix-sdh",
        "for the deaf and hard of hearing",
        20,
        {"ar": 23, "hi": 25, "ko": 14, "zh": 11, "ja": 7},
        *_SOUNDS_AND_SPEAKERS,
    ),
    _netflix(
        "netflix-kids-sdh",
        "for deaf and hard of hearing children",
        17,
        {"ar": 20, "hi": 20, "ko": 11, "zh": 9, "ja": 7},
        *_SOUNDS_AND_SPEAKERS,
    ),
    _bbc("bbc", "broadcast", 37, 2),
    _bbc("bbc-vertical", "vertical video", 25, 3),
    Profile(
        "ofcom",
        "United Kingdom, the regulator",
        _limits(_OFCOM, optimal_wpm=180, max_wpm=200),
        severities={"SPD002": Severity.ERROR, "SPD003": Severity.WARNING},
        basis="Ofcom, read second-hand",
    ),
    Profile(
        "ted",
        "volunteer translators",
        {
            **_limits(_TED, max_line_chars=42, max_cue_chars=84, max_lines=2, max_cps=21),
            **_limits(_TED, min_duration=1000, max_duration=7000, min_balance=0.5),
        },
        ("LAY003", "LAY004"),
        basis="TED",
    ),
    Profile(
        "amazon",
        "streaming (unofficial: the numbers are what an editor ships under that name)",
        {
            **_limits(_SE, max_line_chars=42, max_lines=2, max_cps=(17, {"ar": 20}), max_wpm=204),
            **_limits(_SE, min_duration=1000, max_duration=7000, min_gap_frames=2),
        },
        basis="Subtitle Edit's reading; Amazon publishes formats, not numbers",
    ),
    Profile(
        "arte",
        "broadcast, France and Germany (unofficial)",
        {
            **_limits(_SE, max_line_chars=40, max_lines=2, max_cps=20, max_wpm=240),
            **_limits(_SE, min_duration=1000, max_duration=10000, min_gap=200),
        },
        basis="Subtitle Edit's reading",
    ),
    Profile(
        "subtitle-edit",
        "what Subtitle Edit warns about out of the box",
        {
            **_limits(_SE, max_line_chars=43, max_lines=2, optimal_cps=15, max_cps=25, max_wpm=400),
            **_limits(_SE, min_duration=1000, max_duration=8000, min_gap=24),
        },
        ("SPD003",),
        basis="Subtitle Edit",
    ),
    Profile(
        "us-university",
        "campus style sheets; all as information, because 3 to 7 seconds helps nobody as a hard rule",
        _limits(_CUNY, max_line_chars=32, max_lines=3, min_duration=3000, max_duration=7000),
        severities=dict.fromkeys(("LAY", "TIM008", "TIM009"), Severity.INFO),
        basis="three campus style sheets",
    ),
    Profile(
        "3play-import",
        "files that go back to 3Play Media",
        _limits(_3PLAY, max_line_chars=32, max_lines=2),
        severities=dict.fromkeys(("SRT003", "SRT004", "TIM003"), Severity.ERROR),
        basis="3Play Media",
    ),
    Profile("teletext", "EBU STL and teletext", _limits(_BBC, max_line_chars=37), basis="BBC"),
    Profile(
        "shorts",
        "vertical short videos",
        _limits(_SE, max_line_chars=24, max_lines=2, max_cps=25, min_duration=700, max_duration=5000),
        basis="Subtitle Edit",
    ),
    Profile(
        "wcag",
        "the legal floor (WCAG 2.1, 1.2.2 and 1.2.4): presence, sync, who speaks, sounds. It states no number",
        select=("A11", "TIM012", "TIM013", "TIM014"),
        basis="WCAG 2.1",
    ),
    Profile(
        "fcc",
        "47 CFR 79.1(j): accurate, in sync, complete, well placed. It states no number",
        select=("TIM012", "TIM013", "TIM014", *_SOUNDS_AND_SPEAKERS),
        severities={"TIM003": Severity.ERROR},
        basis="FCC 14-12, 79 FR 17911",
    ),
    Profile("canvas", "ready for upload to Canvas", select=("CVS",), basis="Canvas's source"),
)

PROFILES: Mapping[str, Profile] = {profile.name: profile for profile in _ALL}
ALIASES: Mapping[str, str] = {
    **{alias: profile.name for profile in _ALL for alias in profile.aliases},
    "netflix-en-sdh": "netflix-en",  # English: 20 and 17 with and without SDH
    "netflix-en-kids-sdh": "netflix-en-kids",
}


def find(name: str, custom: Mapping[str, Profile] | None = None) -> Profile:
    """The profile of that name, those of the configuration included.

    Raises:
        ConfigError: if there is none, with the nearest names.
    """
    known = {**PROFILES, **(custom or {})}
    wanted = ALIASES.get(name, name) if name not in known else name
    if wanted in known:
        return known[wanted]
    from difflib import get_close_matches

    near = get_close_matches(name, [*known, *ALIASES], n=2)
    hint = f"Did you mean {' or '.join(near)}?" if near else "`captionkit profiles` lists them."
    raise ConfigError(f"there is no profile {name!r}", hint=hint)


def combine(names: Sequence[str], custom: Mapping[str, Profile] | None = None) -> Profile:
    """Several profiles as one: the strictest limit counts, every rule that one of them wants is on.

    A rule that one profile switches off stays on if another one wants it.

    Raises:
        ConfigError: for a name that does not exist, or a profile that extends itself.
    """
    parts = [_extended(name, custom or {}, ()) for name in names] or [PROFILES["default"]]
    ignored = set.intersection(*(set(part.ignore) for part in parts))
    return _together(parts)._replace(name=",".join(names) or "default", ignore=tuple(sorted(ignored)))


def _extended(name: str, custom: Mapping[str, Profile], seen: tuple[str, ...]) -> Profile:
    """The profile with what it extends taken in; its own values win."""
    profile = find(name, custom)
    if profile.name in seen:
        raise ConfigError(f"the profiles {' -> '.join((*seen, profile.name))} extend each other in a circle")
    if not profile.extends:
        return profile
    base = _together([_extended(one, custom, (*seen, profile.name)) for one in profile.extends])
    return profile._replace(
        limits={**base.limits, **{k: v._replace(profile=profile.name) for k, v in profile.limits.items()}},
        select=(*base.select, *profile.select),
        ignore=(*base.ignore, *profile.ignore),
        severities={**base.severities, **profile.severities},
    )


def _together(parts: Sequence[Profile]) -> Profile:
    """What resolved profiles have together, each limit marked with the profile that states it."""
    limits: dict[str, Limit] = {}
    severities: dict[str, Severity] = {}
    for part in parts:
        for name, limit in part.limits.items():
            named = limit if limit.profile else limit._replace(profile=part.name)
            limits[name] = _stricter(name, limits[name], named) if name in limits else named
        for prefix, severity in part.severities.items():
            if prefix not in severities or severity.rank < severities[prefix].rank:
                severities[prefix] = severity
    select = dict.fromkeys(prefix for part in parts for prefix in part.select)
    ignore = dict.fromkeys(prefix for part in parts for prefix in part.ignore)
    return Profile("", parts[0].purpose, limits, tuple(select), tuple(ignore), severities)


def _stricter(name: str, one: Limit, other: Limit) -> Limit:
    if LIMITS[name][0] == "max":
        return other if other.value < one.value else one
    if one.zero_ok != other.zero_ok and one.value == other.value:
        return other if one.zero_ok else one
    return other if other.value > one.value else one
