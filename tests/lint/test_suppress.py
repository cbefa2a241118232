"""Comments that switch rules off."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from captionkit.documents import loads
from captionkit.lint import check
from captionkit.lint.rule import rules
from captionkit.lint.suppress import Suppression, Suppressions, read_suppressions
from captionkit.model import Diagnostic, Severity

FIRST = "00:01.000 --> 00:04.000\nHello there."
SECOND = "00:03.000 --> 00:06.000\nHow are you ?"
THIRD = "00:05.000 --> 00:08.000\nFine ."


def codes(*blocks: str, **arguments: object) -> list[str]:
    return [one.code for one in check(loads("WEBVTT\n\n" + "\n\n".join(blocks) + "\n", path="a.en.vtt"), **arguments)]  # type: ignore[arg-type]


def test_without_comments_all_is_told() -> None:
    assert codes(FIRST, SECOND, THIRD) == ["TIM003", "TXT004", "TIM003", "TXT004"]


def test_ignore_is_about_the_next_cue_only() -> None:
    assert codes(FIRST, "NOTE captionkit: ignore TIM003 -- both speak", SECOND, THIRD) == ["TXT004", "TIM003", "TXT004"]


def test_ignore_takes_several_codes_and_families() -> None:
    assert codes(FIRST, "NOTE captionkit: ignore TIM003, TXT", SECOND, THIRD) == ["TIM003", "TXT004"]


def test_a_comment_may_have_its_text_on_the_next_line() -> None:
    assert codes(FIRST, "NOTE\ncaptionkit: ignore TIM003", SECOND) == ["TXT004"]


def test_ignore_file_is_about_everything() -> None:
    assert codes("NOTE captionkit: ignore-file TIM -- a panel", FIRST, SECOND, THIRD) == ["TXT004", "TXT004"]


def test_off_and_on_are_about_what_lies_between() -> None:
    assert codes(FIRST, "NOTE captionkit: off TIM003", SECOND, "NOTE captionkit: on TIM003", THIRD) == [
        "TXT004",
        "TIM003",
        "TXT004",
    ]
    assert codes(FIRST, "NOTE captionkit: off TIM003", SECOND, THIRD) == ["TXT004", "TXT004"]


def test_a_comment_that_hides_nothing_is_told_and_so_is_an_unknown_code_and_a_blanket() -> None:
    assert codes("NOTE captionkit: ignore TIM003", FIRST) == ["SUP001"]
    assert codes("NOTE captionkit: ignore XYZ1", FIRST) == ["SUP002"]
    assert codes(FIRST, "NOTE captionkit: ignore", SECOND) == ["SUP003"]


def test_a_comment_about_a_rule_that_is_off_is_not_called_useless() -> None:
    assert codes("NOTE captionkit: ignore TIM003", FIRST, ignore="TIM003") == []


def test_comments_can_be_disregarded() -> None:
    assert codes(FIRST, "NOTE captionkit: ignore TIM003", SECOND, suppressions=False) == ["TIM003", "TXT004"]


def test_an_ordinary_comment_is_left_alone() -> None:
    assert codes("NOTE written with captionkit in mind", FIRST) == []


def _by_looking_at_all(comments: Suppressions, one: Diagnostic) -> set[Suppression]:
    """What covers a finding: comments about a cue or the file, and the last switch above it, if it is off."""

    def is_about(entry: Suppression) -> bool:
        return entry.prefix == "ALL" or one.code.startswith(entry.prefix)

    covering = {
        entry
        for entry in comments.entries
        if is_about(entry) and (entry.first <= one.line <= entry.last or entry.first == 0)
    }
    above = [switch for switch in comments.switches if is_about(switch[1]) and switch[1].line <= one.line]
    return covering | {entry for is_off, entry in above[-1:] if is_off}


@given(
    st.lists(
        st.sampled_from(("ignore", "ignore-file", "off", "on", "cue", "cue")).flatmap(
            lambda what: st.tuples(st.just(what), st.sampled_from(("", "TIM", "TIM003", "SPD, TIM003")))
        )
    ),
    st.lists(st.tuples(st.sampled_from(("TIM003", "TIM004", "SPD001", "LAY001")), st.integers(0, 40))),
)
def test_a_comment_covers_what_looking_at_all_comments_says(
    blocks: list[tuple[str, str]], findings: list[tuple[str, int]]
) -> None:
    text = "WEBVTT\n\n" + "".join(
        f"00:{at:02}.000 --> 00:{at:02}.500\na\n\n" if what == "cue" else f"NOTE captionkit: {what} {codes}\n\n"
        for at, (what, codes) in enumerate(blocks[:50])
    )
    comments = read_suppressions(loads(text, "vtt"))
    used: set[Suppression] = set()
    for code, line in findings:
        one = Diagnostic(code, Severity.ERROR, "", line)
        expected = _by_looking_at_all(comments, one)
        assert comments.covers(one) == bool(expected)
        used |= expected
    found = comments.findings(rules(), rules())["SUP001"]
    unused = {finding.line for finding in found if "no longer hides" in finding.message}
    hiding = [*comments.entries, *(entry for is_off, entry in comments.switches if is_off)]
    assert unused == {entry.line for entry in hiding if entry not in used}


def test_a_part_of_what_is_off_can_be_switched_on_again() -> None:
    off_tim = "NOTE captionkit: off TIM"
    assert codes(FIRST, off_tim, SECOND, "NOTE captionkit: on TIM003", THIRD) == [
        "TXT004", "TIM003", "TXT004",
    ]  # fmt: skip
    nothing_hidden = codes(FIRST, off_tim, "NOTE captionkit: on TIM003", SECOND, THIRD)
    assert nothing_hidden == ["SUP001", "TIM003", "TXT004", "TIM003", "TXT004"]
    assert codes(FIRST, off_tim, SECOND, "NOTE captionkit: on") == ["TXT004"]


def test_switching_on_what_is_not_off_is_told() -> None:
    assert codes("NOTE captionkit: on TIM003", FIRST) == ["SUP001"]


def test_a_code_of_an_earlier_version_is_understood_and_its_new_name_told() -> None:
    backwards = "00:30.000 --> 00:29.000\nHello."
    assert codes(backwards) == ["TIM001"]
    assert codes("NOTE captionkit: ignore VTT107 -- on purpose", backwards) == ["SUP004"]
    assert codes(backwards, ignore="VTT107") == []
