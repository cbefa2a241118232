"""What every rule promises. A new rule is taken up by being there."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from captionkit.documents import loads
from captionkit.findings import READER_CODES
from captionkit.lint import check, settings_for
from captionkit.lint.checker import Checker
from captionkit.lint.fixing import fix_document
from captionkit.lint.profiles import LIMITS, PROFILES
from captionkit.lint.rule import FAMILIES, FIXED, Fix, Rule, edit_of, rules, steps
from captionkit.model import Diagnostic, Document

EVERY = list(rules().values())
OF_FILES = [rule for rule in EVERY if not rule.folder]
OF_FOLDERS = [rule for rule in EVERY if rule.folder]
FIXABLE = [rule for rule in OF_FILES if rule.fix in (Fix.SAFE, Fix.RESTORES, Fix.UNSAFE)]


def ids(rule: Rule) -> str:
    return f"{rule.code}-{rule.name}"


def example(rule: Rule, which: str) -> tuple[Document, dict[str, Any]]:
    arguments = dict(rule.arguments)
    text = getattr(rule, which)
    file = rule.file if which == "bad" else rule.good_file
    return loads(text, arguments.pop("format", None), path=file), {"profile": rule.profile, **arguments}


def found(rule: Rule, which: str) -> list[Diagnostic]:
    document, arguments = example(rule, which)
    return check(document, **arguments)


def test_there_are_at_least_120_rules_in_all_eleven_families() -> None:
    assert len(EVERY) >= 120
    assert {rule.family for rule in EVERY} == set(FAMILIES)


@pytest.mark.parametrize("rule", OF_FILES, ids=ids)
def test_the_bad_example_fires_exactly_its_rule(rule: Rule) -> None:
    assert {one.code for one in found(rule, "bad")} == {rule.code}


@pytest.mark.parametrize("rule", OF_FILES, ids=ids)
def test_the_good_example_fires_nothing(rule: Rule) -> None:
    assert found(rule, "good") == []


@pytest.mark.parametrize("rule", OF_FOLDERS, ids=ids)
def test_a_rule_about_folders_fires_for_its_bad_names_only(rule: Rule) -> None:
    checker = Checker(settings_for(profile=rule.profile, **rule.arguments))
    assert isinstance(rule.bad, tuple) and isinstance(rule.good, tuple)
    assert {one.code for one in checker.check_folder(rule.bad)} == {rule.code}
    assert checker.check_folder(rule.good) == []


@pytest.mark.parametrize("rule", FIXABLE, ids=ids)
def test_the_bad_example_is_clean_once_mended_and_mending_again_changes_nothing(rule: Rule) -> None:
    document, arguments = example(rule, "bad")
    checker = Checker(settings_for(**arguments))
    kinds = {"restore": rule.fix is Fix.RESTORES, "unsafe": rule.fix is Fix.UNSAFE}
    mended = fix_document(document, checker, **kinds, path=rule.file)
    assert mended.remaining == []
    assert mended.fixed.get(rule.code, 0) >= 1
    again = fix_document(mended.document, checker, **kinds, path=rule.file)
    assert again.data == mended.data
    assert again.fixed == {}


@pytest.mark.parametrize("rule", [rule for rule in FIXABLE if rule.fix is Fix.UNSAFE], ids=ids)
def test_an_unsafe_fix_does_not_run_unasked(rule: Rule) -> None:
    document, arguments = example(rule, "bad")
    mended = fix_document(document, Checker(settings_for(**arguments)), path=rule.file)
    assert rule.code in {one.code for one in mended.remaining}


@pytest.mark.parametrize("rule", [rule for rule in OF_FILES if rule.fix in (Fix.NONE, Fix.HINT)], ids=ids)
def test_what_only_a_person_can_mend_is_left_byte_for_byte(rule: Rule) -> None:
    document, arguments = example(rule, "bad")
    mended = fix_document(document, Checker(settings_for(**arguments)), unsafe=True, path=rule.file)
    assert mended.fixed == {}
    assert rule.code in {one.code for one in mended.remaining}


@pytest.mark.parametrize("rule", EVERY, ids=ids)
def test_the_documentation_says_what_and_why(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z][A-Z0-9]{2}\d{3}", rule.code)
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", rule.name)
    paragraphs = rule.explanation.split("\n\n")
    assert len(paragraphs) >= 2, "a first sentence, and why it matters"
    assert rule.summary.endswith((".", "`", "?", "!", '"'))
    assert all(name in LIMITS for name in rule.limits)
    assert rule.profile in PROFILES


def test_names_are_unique_within_a_family() -> None:
    names = [(rule.family, rule.name) for rule in EVERY]
    assert len(set(names)) == len(names)


def test_what_readers_report_is_documented() -> None:
    of_readers = {rule.code: (rule.severity, rule.fix) for rule in EVERY if rule.function is None}
    assert {code: found for code, found in of_readers.items() if not code.startswith("SUP")} == READER_CODES


def test_every_fix_belongs_to_a_rule_that_announces_it_and_every_announced_fix_exists() -> None:
    for rule in EVERY:
        edit = edit_of(rule.code, rule.fix)
        assert (edit is not None) == (rule.fix in FIXED)
        assert edit is None or all(step.fix in FIXED[: FIXED.index(rule.fix) + 1] for step in edit.steps)
        assert edit is None or edit.steps
    assert {code for step in steps() for code in step.codes} == {rule.code for rule in EVERY if rule.fix in FIXED}


@pytest.mark.parametrize("rule", [rule for rule in OF_FILES if rule.limits], ids=ids)
def test_a_rule_with_a_limit_names_the_profile_in_its_message_and_is_silent_without_one(rule: Rule) -> None:
    document, arguments = example(rule, "bad")
    messages = [one.message for one in check(document, **arguments) if one.code == rule.code]
    assert messages and all(f"({rule.profile})" in message for message in messages)
    arguments |= {"profile": "fcc", "select": rule.code}
    assert check(replace(document), **arguments) == []
