"""Where each rule with a number begins to find something: one step on either side of it."""

from __future__ import annotations

from typing import Any

import pytest

from captionkit.documents import loads
from captionkit.lint import check, settings_for
from captionkit.lint.checker import Checker
from captionkit.lint.examples import spoken, vtt
from captionkit.lint.fixing import fix_document


def _first_at(seconds: float) -> str:
    return vtt(f"{seconds}-{seconds + 2} Hello there.")


def _shown_for(seconds: float, text: str = "Hello there.") -> str:
    return vtt(f"1-{1 + seconds:.3f} {text}")


def _apart(seconds: float, text: str = "How are you?") -> str:
    return vtt("1-3 Hello there.", f"{3 + seconds:.3f}-{6 + seconds:.3f} {text}")


def _words(count: int) -> str:
    return " ".join(["word"] * count)


#: The rule, what `check` gets besides, what is just within, and what is just beyond.
_EDGES: list[tuple[str, dict[str, Any], str, str]] = [
    ("TIM001", {}, _shown_for(0.001), vtt("1.001-1 Hello.")),
    ("TIM002", {}, _shown_for(0.001), _shown_for(0)),
    ("TIM003", {}, _apart(0), _apart(-0.001)),
    ("TIM006", {}, _apart(0), _apart(0.001)),
    ("TIM006", {}, _apart(0.083), _apart(0.082)),
    ("TIM006", {"fps": 50}, _apart(0.039), _apart(0.038)),
    ("TIM006", {"profile": "bbc"}, _apart(0.999), _apart(0.998)),
    ("TIM007", {"profile": "netflix-en"}, _apart(0.084), _apart(0.085)),
    ("TIM007", {"profile": "netflix-en"}, _apart(0.499), _apart(0.498)),
    ("TIM008", {}, _shown_for(0.833), _shown_for(0.832)),
    ("TIM009", {}, _shown_for(7.007), _shown_for(7.008)),
    ("TIM010", {"duration": 5}, vtt("1-5.5 Hello."), vtt("1-5.501 Hello.")),
    ("TIM011", {}, _first_at(3539.999), _first_at(3540)),
    ("TIM012", {"select": "TIM012"}, _apart(30), _apart(30.001)),
    ("TIM013", {"select": "TIM013", "duration": 100}, vtt("1-95 Hello."), vtt("1-94.999 Hello.")),
    ("TIM014", {"select": "TIM014"}, _first_at(60), _first_at(60.001)),
    ("TIM015", {"duration": 3600}, vtt("1-3710 Hello."), vtt("1-3715 Hello.")),
    ("TIM016", {}, vtt("86399-86400 Hello."), vtt("86399-86400.001 Hello.")),
    ("TIM017", {}, _shown_for(120), _shown_for(120.001)),
    ("TIM019", {"select": "TIM019"}, spoken(*"abcdefghi"), spoken(*"abcdefghij")),
    ("SPD001", {}, _shown_for(1, "a" * 20), _shown_for(1, "a" * 21)),
    ("SPD001", {"profile": "netflix", "language": "zh"}, _shown_for(2, "我" * 18), _shown_for(2, "我" * 19)),
    ("SPD002", {"profile": "dcmp"}, _shown_for(3, _words(8)), _shown_for(3, _words(9))),
    ("SPD002", {"profile": "dcmp-lower"}, _shown_for(6, _words(13)), _shown_for(6, _words(14))),
    ("SPD002", {"profile": "dcmp"}, _shown_for(0.1, _words(2)), _shown_for(0.1, _words(3))),
    ("SPD003", {"profile": "subtitle-edit"}, _shown_for(2, "a" * 30), _shown_for(2, "a" * 31)),
    ("SPD004", {"profile": "bbc"}, _shown_for(1.499, _words(5)), _shown_for(1.498, _words(5))),
    ("SPD005", {"select": "SPD005"}, vtt("1-5 12345678", "5-6 " + "a" * 16), vtt("1-5 12345678", "5-6 " + "a" * 17)),
    ("LAY001", {}, spoken("a" * 42), spoken("a" * 43)),
    ("LAY001", {"language": "zh"}, spoken("我" * 16), spoken("我" * 17)),
    ("LAY002", {}, spoken("a\nb"), spoken("a\nb\nc")),
    ("LAY003", {"profile": "ted"}, spoken(f"{'a' * 42}\n{'b' * 42}"), spoken(f"{'a' * 42}\n{'b' * 43}")),
    ("LAY004", {"profile": "ted"}, spoken(f"{'a' * 40}\n{'b' * 20}"), spoken(f"{'a' * 40}\n{'b' * 19}")),
    ("LAY004", {"profile": "ted"}, spoken(f"{'a' * 20}\nb"), spoken(f"{'a' * 21}\nb")),
    ("LAY005", {"profile": "netflix-en"}, spoken(f"{'a' * 21}\n{'b' * 21}"), spoken(f"{'a' * 21}\n{'b' * 20}")),
    ("TXT005", {}, spoken(*["All right."] * 2), spoken(*["All right."] * 3)),
    ("TXT007", {}, spoken("A" * 39), spoken("A" * 40)),
    ("TXT008", {}, spoken(*["so this is what"] * 9), spoken(*["so this is what"] * 10)),
    ("TXT010", {}, spoken("Captions by rev.com " + "a" * 140), spoken("Captions by rev.com " + "a" * 139)),
    ("TXT011", {}, _apart(4.999, "Thanks for watching!"), _apart(5, "Thanks for watching!")),
    ("A11001", {"select": "A11001"}, vtt("1-3 One.", "599-600.999 Two."), vtt("1-3 One.", "599-601 Two.")),
    ("A11002", {"select": "A11002"}, spoken(">> One.", ">> Two."), spoken(">> One.", ">> Two.", ">> Three.")),
    ("A11005", {"select": "A11005", "kind": "subtitles"}, spoken("[ab]"), spoken("[abc]")),
    ("CVS007", {"select": "CVS007"}, "WEBVTT\n\nNOTE " + "a" * 294_987, "WEBVTT\n\nNOTE " + "a" * 294_988),
]


@pytest.mark.parametrize(
    ("code", "options", "within", "beyond"), _EDGES, ids=[f"{number}-{edge[0]}" for number, edge in enumerate(_EDGES)]
)
def test_a_rule_begins_at_its_number(code: str, options: dict[str, Any], within: str, beyond: str) -> None:
    for text, wanted in ((within, False), (beyond, True)):
        found = {one.code for one in check(loads(text, "vtt"), **options)}
        assert (code in found) is wanted, (text[-200:], sorted(found))


@pytest.mark.parametrize("code", ["SPD001", "SPD002"])
def test_what_cannot_be_held_longer_is_not_marked_as_if_it_could(code: str) -> None:
    fast = "one two three four five six seven"
    full = check(loads(vtt(f"1-2 {fast}", "2-5 Hello there."), "vtt"), profile="dcmp,netflix-en", select=code)
    free = check(loads(vtt(f"1-2 {fast}", "4-7 Hello there."), "vtt"), profile="dcmp,netflix-en", select=code)
    assert [one.fix.value for one in full] == ["none"]
    assert [one.fix.value for one in free] == ["unsafe"]


@pytest.mark.parametrize(("start", "end"), [(1.5, 1500), (1.499, 4000)])
def test_no_cue_is_cut_below_half_a_second(start: float, end: int) -> None:
    document = loads(vtt("1-4 Hello there.", f"{start}-6 How are you?"), "vtt")
    assert fix_document(document, Checker(settings_for(select="TIM003")), unsafe=True).document.cues[0].end == end


def test_marks_at_the_wrong_end_are_found_behind_a_direction_mark() -> None:
    text = spoken("\u202b.\u05d6\u05d4 \u05e0\u05db\u05d5\u05df\u202c")
    assert {one.code for one in check(loads(text, "vtt"), select="TXT021")} == {"TXT021"}


def test_cues_that_touch_do_not_overlap_where_others_do() -> None:
    document = loads(vtt("1-4 One.", "3-5 Two.", "5-7 Three."), "vtt")
    assert [one.cue for one in check(document, select="TIM003")] == [2]


def test_a_second_colon_behind_a_name_is_none_of_another_speaker() -> None:
    document = loads(spoken("Bob: he said: no.", "BOB: she said: yes.", "Bob: so: it: is."), "vtt")
    assert [one.message for one in check(document, select="TXT014")] == [
        "the speaker is 'BOB' here and 'Bob' elsewhere"
    ]
