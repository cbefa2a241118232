"""The table of rules in the guide comparison counts the rules that there are."""

from __future__ import annotations

import re
from collections import Counter

from captionkit import guides
from captionkit.lint.profiles import PROFILES
from captionkit.lint.rule import rules

SECTION = guides.text("comparison").split("\n## Rules\n")[1].split("\n## ")[0]


def test_the_guide_counts_each_family_as_it_is() -> None:
    rows = {family: int(count) for family, count in re.findall(r"(?m)^\| ([A-Z0-9]{3}) [^|]*\| (\d+) \|", SECTION)}
    assert rows == Counter(rule.family for rule in rules().values())
    assert f"\n{len(rules())} rules" in SECTION


def test_the_guide_counts_the_profiles() -> None:
    assert f"{len(PROFILES)} profiles" in SECTION
