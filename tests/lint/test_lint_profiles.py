"""The profiles: their numbers are those of the standards, and nothing is invented."""

from __future__ import annotations

import pytest

from captionkit.errors import ConfigError
from captionkit.lint.profiles import ALIASES, HOUSE, LIMITS, PROFILES, Limit, Profile, combine, find
from captionkit.lint.rule import rules


def test_every_limit_has_a_source_a_date_and_a_confidence() -> None:
    for profile in PROFILES.values():
        for name, limit in profile.limits.items():
            assert name in LIMITS
            assert limit.unit == LIMITS[name][1]
            assert limit.source.title and limit.source.url and limit.source.date
            assert limit.source.confidence in ("primary", "secondary", "tool", "house")


@pytest.mark.parametrize("name", ["fcc", "wcag", "canvas"])
def test_standards_that_state_no_number_have_none(name: str) -> None:
    assert PROFILES[name].limits == {}


@pytest.mark.parametrize(
    ("profile", "limit", "value"),
    [
        ("netflix-en", "max_cps", 20),
        ("netflix-en-kids", "max_cps", 17),
        ("netflix", "max_cps", 17),
        ("netflix-kids", "max_cps", 13),
        ("netflix-en", "min_duration", 5000 / 6),
        ("netflix", "max_duration", 7000),
        ("netflix", "min_gap_frames", 2),
        ("dcmp", "max_line_chars", 32),
        ("dcmp", "max_wpm", 160),
        ("dcmp-middle", "max_wpm", 140),
        ("dcmp-lower", "max_wpm", 130),
        ("dcmp", "min_duration", 4000 / 3),
        ("dcmp", "max_duration", 6000),
        ("bbc", "max_line_chars", 37),
        ("bbc", "max_wpm", 180),
        ("bbc", "optimal_wpm", 160),
        ("bbc", "min_word_time", 300),
        ("bbc", "min_gap", 1000),
        ("bbc-vertical", "max_line_chars", 25),
        ("bbc-vertical", "max_lines", 3),
        ("ofcom", "optimal_wpm", 180),
        ("ofcom", "max_wpm", 200),
        ("ted", "max_cps", 21),
        ("ted", "max_cue_chars", 84),
        ("ted", "min_balance", 0.5),
        ("amazon", "max_cps", 17),
        ("arte", "max_duration", 10000),
        ("subtitle-edit", "optimal_cps", 15),
        ("subtitle-edit", "max_cps", 25),
        ("us-university", "max_lines", 3),
        ("us-university", "min_duration", 3000),
        ("3play-import", "max_line_chars", 32),
        ("teletext", "max_line_chars", 37),
        ("shorts", "max_line_chars", 24),
        ("shorts", "min_duration", 700),
    ],
)
def test_the_numbers_are_those_of_the_standard(profile: str, limit: str, value: float) -> None:
    assert find(profile).limits[limit].value == value


_IN_LANGUAGES: dict[str, dict[str, float]] = {
    "netflix": {"en": 20, "ar": 20, "hi": 22, "ko": 12, "zh": 9, "ja": 4, "de": 17},
    "netflix-kids": {"en": 17, "ar": 17, "hi": 18, "ko": 9, "zh": 7, "ja": 4, "de": 13},
    "netflix-sdh": {"en": 20, "ar": 23, "hi": 25, "ko": 14, "zh": 11, "ja": 7, "de": 20},
    "netflix-kids-sdh": {"en": 17, "ar": 20, "hi": 20, "ko": 11, "zh": 9, "ja": 7, "de": 17},
    "amazon": {"ar": 20, "de": 17},
}


@pytest.mark.parametrize("profile", _IN_LANGUAGES)
def test_the_numbers_of_single_languages_are_those_of_the_standard(profile: str) -> None:
    limits, lines = PROFILES[profile].limits, {"ja": 23, "ko": 16, "zh": 16, "th": 35}
    stated = {language: limits["max_cps"].for_language(language) for language in _IN_LANGUAGES[profile]}
    assert stated == _IN_LANGUAGES[profile]
    assert limits["max_line_chars"].languages == (lines if profile.startswith("netflix") else {})


def test_of_several_profiles_the_strictest_limit_counts_and_says_whose_it_is() -> None:
    both = combine(["netflix-en", "dcmp"])
    assert (both.limits["max_line_chars"].value, both.limits["max_line_chars"].profile) == (32, "dcmp-upper")
    assert (both.limits["max_cps"].value, both.limits["max_cps"].profile) == (20, "netflix-en")
    assert both.limits["min_duration"].value == 4000 / 3
    assert both.limits["max_duration"].value == 6000
    other_way = combine(["dcmp", "netflix-en"]).limits
    assert {name: limit.value for name, limit in other_way.items()} == {
        name: limit.value for name, limit in both.limits.items()
    }


def test_a_rule_that_one_of_several_profiles_wants_is_on() -> None:
    assert "CVS" in combine(["canvas", "dcmp"]).select


def test_a_profile_may_extend_another_and_its_own_values_win() -> None:
    own = Profile("mine", "", {"max_line_chars": Limit(36, "characters", HOUSE)}, extends=("dcmp",))
    made = combine(["mine"], {"mine": own})
    assert (made.limits["max_line_chars"].value, made.limits["max_line_chars"].profile) == (36, "mine")
    assert (made.limits["max_wpm"].value, made.limits["max_wpm"].profile) == (160, "dcmp-upper")


def test_profiles_that_extend_each_other_in_a_circle_are_refused() -> None:
    custom = {"a": Profile("a", "", extends=("b",)), "b": Profile("b", "", extends=("a",))}
    with pytest.raises(ConfigError, match="circle"):
        combine(["a"], custom)


def test_aliases_lead_to_profiles_and_prefixes_to_rules() -> None:
    assert all(target in PROFILES for target in ALIASES.values())
    for profile in PROFILES.values():
        for prefix in (*profile.select, *profile.ignore, *profile.severities):
            assert any(code.startswith(prefix) for code in rules()), (profile.name, prefix)
