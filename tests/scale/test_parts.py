"""Pure functions for any engine: what travels is small, what comes back adds up, and parts are found again."""

from __future__ import annotations

import pickle
import subprocess
import sys
from itertools import chain

import pytest
from corpus import lectures

from captionkit.documents import loads
from captionkit.lint.checker import Checker
from captionkit.lint.results import Totals
from captionkit.lint.settings import Settings
from captionkit.scale import Entry, Unread, check_bytes, check_partition, parts
from captionkit.scale import check as scale_check
from captionkit.scale.parts import remaining

FILES = [(f"{one.language}/{one.name}.srt", one.data) for one in lectures(4)]


def test_the_findings_of_bytes_are_those_of_a_document() -> None:
    for path, data in FILES:
        assert check_bytes(path, data, Settings()).diagnostics == Checker(Settings()).check(
            loads(data, path=path), path
        )


def test_whatever_the_bytes_are_there_is_a_result() -> None:
    for data in (b"", b"\xff\xfe\x00", b"\x00" * 100, bytes(range(256)) * 9):
        assert not check_bytes("a.srt", data, Settings()).error
    assert check_bytes("a.srt", Unread("cannot read: gone"), Settings()).error == "cannot read: gone"
    assert "no text encoding" in check_bytes("a.srt", b"\xe9", Settings(encoding="klingon")).error.lower()


def test_a_rule_that_raises_is_an_error_of_its_file_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    check = Checker.check

    def raises(self: Checker, document: object, path: str = "") -> object:
        if path == FILES[3][0]:
            raise RecursionError("too deep")
        return check(self, document, path)  # type: ignore[arg-type]

    monkeypatch.setattr(Checker, "check", raises)
    found = check_partition(FILES, Settings())
    assert list(found.totals.errors) == [FILES[3][0]] and "RecursionError" in found.totals.errors[FILES[3][0]]
    assert found.totals.files == len(FILES)


def test_settings_and_results_travel_and_the_rules_are_chosen_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(pickle.dumps(Settings(profiles=("dcmp",)))) < 150
    made: list[Settings] = []

    def noted(settings: Settings) -> Checker:
        made.append(settings)
        return Checker(settings)

    monkeypatch.setattr(scale_check, "Checker", noted)
    scale_check._CHECKERS.clear()
    found = pickle.loads(pickle.dumps(check_partition(FILES, pickle.loads(pickle.dumps(Settings())))))
    assert found == check_partition(FILES, Settings())
    assert len(made) == 1
    size = len(pickle.dumps(found)) / len(FILES)
    assert size < 8_000  # a lecture with twenty findings


def test_partitions_add_up_to_the_whole_in_any_order() -> None:
    whole = check_partition(FILES, Settings()).totals
    pieces = [check_partition(FILES[n::3], Settings()).totals for n in range(3)]
    assert sum(pieces[::-1], Totals()) == sum(pieces, Totals()) == whole
    assert whole.files == len(FILES) and whole.tally


def listing(count: int) -> list[Entry]:
    return [Entry(f"week{n % 7}/{n:05}.srt", n, f"{n:x}") for n in range(count)]


def test_parts_hold_the_listing_in_its_order_and_have_the_size_that_is_asked_for() -> None:
    entries = listing(5000)
    made = list(parts(iter(entries), 100))
    assert list(chain.from_iterable(part.entries for part in made)) == entries
    assert all(100 <= len(part.entries) <= 200 for part in made[:-1])
    assert len({part.name for part in made}) == len(made)
    first = next(parts(iter(entries)))
    assert 1000 <= len(first.entries) <= 2000


@pytest.mark.parametrize("change", ["one more", "one less", "one changed"])
def test_a_change_of_one_file_changes_a_part_or_two_and_not_all_that_follow(change: str) -> None:
    entries = listing(5000)
    before = {part.name for part in parts(entries, 100)}
    changed = {
        "one more": [*entries[:700], Entry("week1/new.srt", 1, "x"), *entries[700:]],
        "one less": [*entries[:700], *entries[701:]],
        "one changed": [*entries[:700], entries[700]._replace(tag="other"), *entries[701:]],
    }[change]
    assert 1 <= len({part.name for part in parts(changed, 100)} - before) <= 2


def test_a_part_that_was_done_in_halves_is_done_and_the_rest_is_left() -> None:
    (part,) = parts(listing(40), 100)
    left, right = part.halves()
    assert remaining(part, frozenset()) == ([part], [])
    assert remaining(part, frozenset({part.name})) == ([], [part])
    todo, done = remaining(part, frozenset({left.halves()[1].name, right.name}))
    assert todo == [left.halves()[0]] and done == [left.halves()[1], right]


def test_nothing_of_it_is_loaded_by_a_command_that_needs_none() -> None:
    script = (
        "import sys; from captionkit.cli.frame import run; run(['check', '--help']); run(['rules'])\n"
        "found = {'dask', 'distributed', 'obstore', 'pyarrow', 'fsspec', 'captionkit.scale'} & set(sys.modules)\n"
        "print(found, file=sys.stderr); sys.exit(bool(found))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
