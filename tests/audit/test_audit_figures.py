"""The pure parts: judging a track, counting, comparing, exceptions, reports."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captionkit.audit.assemble import assemble
from captionkit.audit.changes import changes, history
from captionkit.audit.exceptions import apply, parse
from captionkit.audit.judge import judge, origin_of, with_twins
from captionkit.audit.model import Audit, Origin, Place, Recording, Status, Track, audit_from
from captionkit.audit.reports import Told, load, names
from captionkit.audit.reports._words import percent
from captionkit.audit.totals import missing, status, totals
from captionkit.errors import ConfigError, DamagedFile
from captionkit.lint.engine import Checker
from captionkit.lint.settings import Settings
from captionkit.spreadsheet import harmless

EN = Track("en", "en", "subtitles", Origin.HUMAN, cues=3, errors=0, warnings=1, infos=0, digest="sha256:1")
ES = replace(EN, language="es", locale="es", digest="sha256:2")
AUTO = replace(EN, origin=Origin.AUTOMATIC)
PLACE = Place("courses/1", "Film", "SIS1", seen_at="2026-11-21T10:00:00Z")


def recording(media: str, *tracks: Track, **more: object) -> Recording:
    return Recording("courses/1", f"media_objects/{media}", media, f"Title {media}", tracks=tracks, **more)  # type: ignore[arg-type]


def audit(*recordings: Recording, required: tuple[str, ...] = (), made_at: str = "2026-11-21T10:00:00Z") -> Audit:
    return assemble(
        [PLACE],
        recordings,
        source="https://c",
        made_at=made_at,
        tool="captionkit",
        profiles=("default",),
        required=required,
    )


@pytest.mark.parametrize(
    ("tracks", "required", "expected"),
    [
        ((), (), Status.NONE),
        ((), ("en",), Status.NONE),
        ((EN,), (), Status.CAPTIONED),
        ((EN,), ("en",), Status.CAPTIONED),
        ((EN,), ("es",), Status.NONE),
        ((EN,), ("en", "es"), Status.INCOMPLETE),
        ((EN, ES), ("en", "es"), Status.CAPTIONED),
        ((AUTO, ES), ("en", "es"), Status.AUTOMATIC),
        ((AUTO,), (), Status.AUTOMATIC),
        ((AUTO, ES), (), Status.CAPTIONED),
        ((replace(EN, origin=Origin.MACHINE_LIKE),), ("en",), Status.AUTOMATIC),
        ((replace(EN, kind="chapters"),), (), Status.NONE),
        ((replace(EN, state="processing"),), ("en",), Status.NONE),
        ((replace(EN, cues=0),), ("en",), Status.NONE),
        ((replace(EN, cues=None),), ("en",), Status.CAPTIONED),
        ((replace(EN, language="en-US"),), ("en",), Status.CAPTIONED),
    ],
)
def test_how_a_recording_stands(tracks: tuple[Track, ...], required: tuple[str, ...], expected: Status) -> None:
    assert status(recording("m-1", *tracks), required) is expected


def test_what_cannot_be_seen_is_unknown_and_never_counts_as_captioned() -> None:
    unseen = replace(recording("m-1"), tracks=None)
    assert status(unseen, ("en",)) is Status.UNKNOWN
    assert missing(unseen, ("en",)) == ()
    whole = totals(audit(unseen, recording("m-2", EN))).whole
    assert whole.share == 0.5


def test_minutes_count_what_is_known_and_say_what_is_not() -> None:
    whole = totals(
        audit(recording("a", EN, duration_ms=60_000), recording("b", duration_ms=180_000), recording("c", EN))
    ).whole
    assert (whole.minutes_due, whole.minutes_share, whole.no_length) == (4, 0.25, 1)


def test_exempt_recordings_are_not_due() -> None:
    whole = totals(audit(recording("a", EN), recording("b", exception="no speech"))).whole
    assert (whole.due, whole.share, whole.all) == (1, 1.0, 2)


STATUSES = st.sampled_from([(), (EN,), (AUTO,), (ES,), (EN, ES), None])


@given(st.lists(st.tuples(STATUSES, st.none() | st.integers(1, 10**7), st.booleans())))
def test_every_recording_is_counted_once(rows: list[tuple[tuple[Track, ...] | None, int | None, bool]]) -> None:
    found = audit(
        *[
            replace(recording(f"m-{i}"), tracks=tracks, duration_ms=length, exception="x" if exempt else "")
            for i, (tracks, length, exempt) in enumerate(rows)
        ],
        required=("en",),
    )
    told = totals(found)
    assert told.whole.all == len(rows) == sum(total.all for total in told.places.values())
    assert told.whole.count == sum((total.count for total in told.places.values()), Counter())
    assert sum(length is None for _, length, _ in rows) == told.whole.no_length
    assert told.whole.ms.total() == sum(length or 0 for _, length, _ in rows)


# --- judging ----------------------------------------------------------------------------------------------------------

CHECKER = Checker(Settings())


def cues(*texts: str) -> str:
    return "WEBVTT\n\n" + "\n".join(f"00:{i:02d}.000 --> 00:{i + 1:02d}.000\n{text}\n" for i, text in enumerate(texts))


def test_a_track_is_judged_by_its_words() -> None:
    found = judge(Track("en", "en"), cues("Hello there.", "A second line."), CHECKER, duration_ms=4000, asr=False)
    assert (found.origin, found.cues, found.captioned_ms, found.ends_ms) == (Origin.HUMAN, 2, 2000, 2000)
    assert found.coverage(4000) == 0.5 and found.digest.startswith("sha256:") and found.format == "vtt"
    raw = cues(*["so we go on and on with this without any mark"] * 5, *["and then we look at it once more"] * 6)
    assert judge(Track("en", "en"), raw, CHECKER, asr=False).origin is Origin.MACHINE_LIKE
    assert judge(Track("en", "en"), raw, CHECKER, asr=True).origin is Origin.AUTOMATIC
    assert judge(Track("en", "en"), cues("Hello."), CHECKER, asr=None).origin is Origin.UNKNOWN


def test_one_checker_serves_tracks_of_different_recordings() -> None:
    text = cues(*["Hello there."] * 20)
    assert "TIM010" in judge(Track("en", "en"), text, CHECKER, duration_ms=5000).rules
    assert "TIM010" not in judge(Track("en", "en"), text, CHECKER).rules


@pytest.mark.parametrize("content", ["", "\0", "<html>", b"\xff\xfe\x00", "1\n00:00:01,000 --> nonsense\n"])
def test_any_content_can_be_judged(content: str | bytes) -> None:
    found = judge(Track("en", "en"), content, CHECKER, asr=False)
    assert found.cues == 0 and not found.counts


def test_the_reason_for_a_machine_is_given() -> None:
    assert origin_of(Counter({"TXT006": 1}), False) == (
        Origin.MACHINE_LIKE, "lines repeat as in YouTube's automatic captions",
    )  # fmt: skip


# --- changes ----------------------------------------------------------------------------------------------------------


def test_changes_are_told_recording_by_recording() -> None:
    before = audit(recording("a", EN), recording("b", EN), recording("c"), recording("gone"))
    now = audit(
        recording("a", replace(EN, digest="sha256:9")), recording("b", EN, ES), recording("c", AUTO), recording("new")
    )
    assert [(c.media_id, c.kind, c.says) for c in changes(before, now)] == [
        ("a", "captions changed", "en changed"),
        ("b", "captions added", "es added (human)"),
        ("c", "captions added", "en added (automatic)"),
        ("c", "status", "was no captions, is automatic only"),
        ("new", "new recording", "new: no captions"),
        ("gone", "gone", "is not there any more"),
    ]


def test_an_audit_has_no_changes_against_itself_even_after_a_round_trip() -> None:
    one = audit(recording("a", EN, ES), replace(recording("b"), tracks=None), required=("en",))
    again = audit_from(load("json")(one, Told(totals(one))), "x")
    assert again == one
    assert changes(again, one) == []


def test_a_course_that_was_not_looked_at_is_not_gone() -> None:
    before = audit(recording("a", EN))
    failed = replace(before, places=(replace(PLACE, problem="refused"),), recordings=())
    assert changes(before, failed) == [] == changes(failed, before)


def test_history_measures_all_by_what_is_required_now() -> None:
    old = audit(recording("a", EN), recording("b"), made_at="2026-01-01T00:00:00Z")
    now = audit(recording("a", EN), recording("b", ES), required=("es",))
    assert [(p.made_at[:4], p.captioned, p.due) for p in history([now, old], now.required)] == [
        ("2026", 0, 2),
        ("2026", 1, 2),
    ]


@pytest.mark.parametrize("found", [None, [], {}, {"format": "other"}, {"format": "captionkit-audit/1"}])
def test_what_is_no_audit_is_refused(found: object) -> None:
    with pytest.raises(DamagedFile, match="no audit that captionkit wrote"):
        audit_from(json.dumps(found), "x.json")


# --- exceptions -------------------------------------------------------------------------------------------------------


def exempted(table: str, *recordings: Recording) -> tuple[list[str], list[str]]:
    marked, notes = apply(parse(table.encode(), "x.csv"), recordings, [PLACE], "2026-11-21")
    return [one.exception for one in marked], notes


@pytest.mark.parametrize(
    "row", ["m-1,,why,", "Title m-1,,why,", "title M-1.mp4,1,why,", ",courses/1,why,", ",SIS1,why,2027-01-01"]
)
def test_an_exception_fits_by_id_title_or_course(row: str) -> None:
    assert exempted(f"media,course,reason,until\n{row}\n", recording("m-1")) == (["why"], [])


def test_excel_writes_semicolons_and_a_byte_order_mark() -> None:
    assert exempted("\ufeffMedia;Reason\r\nm-1;no speech\r\n", recording("m-1")) == (["no speech"], [])


def test_an_exception_that_ran_out_or_fits_nothing_is_told() -> None:
    found = exempted("media,reason,until\nm-1,old,2026-11-21\nm-9,why,\n", recording("m-1"))
    assert found == (
        [""], ["The exception in line 2 ran out on 2026-11-21.", "The exception in line 3 (m-9) fits nothing."],
    )  # fmt: skip


@pytest.mark.parametrize(
    "table", ["", "a,b\n1,2\n", "media,reason\nm-1,\n", "media,reason\n,why\n", "media,reason,until\nm,why,soon\n"]
)
def test_a_table_that_says_nothing_sensible_is_refused(table: str) -> None:
    with pytest.raises(ConfigError):
        parse(table.encode(), "x.csv")


# --- reports ----------------------------------------------------------------------------------------------------------


def every(found: Audit) -> dict[str, str]:
    return {name: load(name)(found, Told(totals(found))) for name in names()}


EVIL = "</script><script>alert(1)</script>|=1+1\n# x"


def test_every_report_renders_nothing_and_everything() -> None:
    assert names() == ["csv", "html", "json", "markdown"]
    assert all(every(audit()).values())
    full = audit(
        recording("a", EN, ES, duration_ms=60_000), replace(recording("b"), tracks=None), recording("c", exception="x")
    )
    assert all("Title a" in text for name, text in every(full).items() if name != "markdown")


def test_titles_are_never_markup_or_formulas() -> None:
    one = replace(recording("a", replace(EN, origin_reason=EVIL, problem=EVIL)), title=EVIL, media_id=f"={EVIL}")
    reports = every(replace(audit(one), places=(replace(PLACE, name=EVIL),)))
    assert reports["html"].count("<script") == 2
    assert "<script>" not in reports["markdown"]
    json.loads(reports["json"])
    row = next(csv.DictReader(io.StringIO(reports["csv"].removeprefix("\ufeff"), newline="")))
    assert row["title"] == EVIL and row["media_id"] == f"'={EVIL}"


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1", "\n=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@given(st.text())
def test_no_cell_begins_a_formula_and_none_loses_a_character(text: str) -> None:
    found = harmless(text)
    assert found.lstrip(" \u00a0")[:1] not in {*"=+-@\t\r\n＝＋－＠"} or not found
    assert found.removeprefix("'") == text.replace("\0", "\ufffd").removeprefix("'")


def test_csv_has_a_row_for_each_track_and_one_for_none() -> None:
    text = every(audit(recording("a", EN, ES), recording("b"), required=("en", "es")))["csv"]
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert text.startswith("\ufeff") and "\r\n" in text
    assert [(row["media_id"], row["locale"], row["status"], row["missing"]) for row in rows] == [
        ("a", "en", "captioned", ""),
        ("a", "es", "captioned", ""),
        ("b", "", "no captions", "en es"),
    ]
    assert rows[0]["duration_s"] == "unknown" and rows[0]["coverage_percent"] == "unknown"
    assert all(None not in row and None not in row.values() for row in rows)


def test_a_place_that_failed_has_a_row_in_csv() -> None:
    failed = replace(audit(), places=(replace(PLACE, problem="not permitted"),))
    (row,) = csv.DictReader(io.StringIO(every(failed)["csv"].removeprefix("\ufeff"), newline=""))
    assert (row["place_id"], row["status"], row["problem"]) == ("courses/1", "unknown", "not permitted")


def test_nearly_all_is_not_called_all() -> None:
    assert [percent(x) for x in (None, 0.0, 0.001, 0.5, 0.999, 1.0)] == [
        "–",
        "0 %",
        "under 1 %",
        "50 %",
        "99 %",
        "100 %",
    ]


def test_the_same_words_under_two_languages_are_suspect() -> None:
    text = cues("Today we look at how a film is made.", "And why that is so difficult.")
    en, es = (judge(Track(tag, tag), text, CHECKER) for tag in ("en", "es"))
    fr = judge(Track("fr", "fr"), cues("Nous regardons un film et encore un film, et puis un autre film."), CHECKER)
    found = with_twins([en, es, fr])
    assert [track.suspect for track in found] == [
        "has the same words as the Spanish track", "has the same words as the English track", "",
    ]  # fmt: skip
