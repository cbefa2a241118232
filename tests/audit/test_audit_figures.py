"""The pure parts: judging a track, counting, comparing, exceptions, reports."""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captionkit.auditing.assemble import assemble
from captionkit.auditing.changes import changes, history
from captionkit.auditing.coverage import covers, standings
from captionkit.auditing.exceptions import apply, parse
from captionkit.auditing.judge import judge, origin_of, with_twins
from captionkit.auditing.model import Audit, Origin, Place, Recording, Status, Track, audit_from
from captionkit.auditing.reports import Figures, load, names
from captionkit.auditing.reports._words import headline, language_line, percent
from captionkit.auditing.todo import tasks
from captionkit.auditing.totals import totals
from captionkit.errors import ConfigError, DamagedFile
from captionkit.lint.checker import Checker
from captionkit.lint.settings import Settings
from captionkit.preview.lanes import covered
from captionkit.spreadsheet import harmless
from captionkit.timecode import timecode

EN = Track("en", "en", "subtitles", Origin.HUMAN, cues=3, errors=0, warnings=1, infos=0, digest="sha256:1")
ES = replace(EN, language="es", locale="es", digest="sha256:2")
AUTO = replace(EN, origin=Origin.AUTOMATIC)
PLACE = Place("courses/1", "Film", "SIS1", seen_at="2026-11-21T10:00:00Z")


def recording(media: str, *tracks: Track, **more: object) -> Recording:
    return Recording("courses/1", f"media_objects/{media}", media, f"Title {media}", tracks=tracks, **more)  # type: ignore[arg-type]


def audit(*recordings: Recording, required: tuple[str, ...] = (), made_at: str = "2026-11-21T10:00:00Z") -> Audit:
    return assemble(Audit("https://c", made_at, "captionkit", ("default",), required, (PLACE,), recordings))


HOUR = 3_600_000
UNSURE = "Of {} captioned the length is unknown, so they may be captioned in part only."


@pytest.mark.parametrize(
    ("tracks", "required", "expected"),
    [
        ((), (), [Status.MISSING]),
        ((), ("en",), [Status.MISSING]),
        ((EN,), (), [Status.CAPTIONED]),
        ((EN,), ("en",), [Status.CAPTIONED]),
        ((EN,), ("en", "es"), [Status.CAPTIONED, Status.MISSING]),
        ((EN, ES), ("en", "es"), [Status.CAPTIONED, Status.CAPTIONED]),
        ((AUTO, ES), ("en", "es"), [Status.AUTOMATIC, Status.CAPTIONED]),
        ((AUTO,), (), [Status.AUTOMATIC]),
        ((AUTO, ES), (), [Status.CAPTIONED]),
        ((AUTO, EN), ("en",), [Status.CAPTIONED]),
        ((replace(EN, origin=Origin.MACHINE_LIKE),), ("en",), [Status.AUTOMATIC]),
        ((replace(EN, kind="chapters"),), (), [Status.MISSING]),
        ((replace(EN, state="processing"),), ("en",), [Status.MISSING]),
        ((replace(EN, cues=0),), ("en",), [Status.DAMAGED]),
        ((replace(EN, errors=2),), ("en",), [Status.DAMAGED]),
        ((replace(EN, errors=2), ES), ("en", "es"), [Status.DAMAGED, Status.CAPTIONED]),
        ((replace(EN, suspect="its words are French"),), ("en",), [Status.WRONG_LANGUAGE]),
        ((replace(EN, errors=None, problem="refused"),), ("en",), [Status.NOT_READ]),
        ((replace(EN, language="en-US"),), ("en",), [Status.CAPTIONED]),
        ((replace(EN, language="en-GB"),), ("en",), [Status.CAPTIONED]),
        ((EN,), ("en-GB",), [Status.MISSING]),
        ((replace(EN, language="zh-Hant"),), ("zh",), [Status.MISSING]),
    ],
)
def test_each_language_of_a_recording_is_judged_by_itself(
    tracks: tuple[Track, ...], required: tuple[str, ...], expected: list[Status]
) -> None:
    found = standings(recording("m-1", *tracks), audit(required=required))
    assert [one.status for one in found] == expected


@pytest.mark.parametrize(
    ("covered", "least", "expected"),
    [
        (7_000, 0.9, Status.PARTLY),
        (0.89 * HOUR, 0.9, Status.PARTLY),
        (0.9 * HOUR, 0.9, Status.CAPTIONED),
        (0.89 * HOUR, 0.8, Status.CAPTIONED),
    ],
)
def test_captions_of_a_part_are_no_captions_of_the_whole(covered: float, least: float, expected: Status) -> None:
    one = recording("a", replace(EN, covered_ms=int(covered)), duration_ms=HOUR)
    found = audit(one, required=("en",))
    (standing,) = standings(one, replace(found, least_coverage=least))
    assert (standing.status, standing.covered_ms) == (expected, int(covered))
    minutes = totals(found).whole.languages[0]
    assert (minutes.due_ms, minutes.covered_ms) == (HOUR, int(covered))


def test_that_a_length_is_unknown_is_reported() -> None:
    one = recording("a", EN)
    (standing,) = standings(one, audit(one, required=("en",)))
    assert (standing.status, standing.share, standing.reason) == (Status.CAPTIONED, None, "length unknown")
    (line,) = [language_line(x) for x in totals(audit(one, required=("en",))).whole.languages]
    assert "Of 1 captioned the length is unknown" in line


@pytest.mark.parametrize(
    ("cues", "length", "covered"),
    [
        ([(0, 7_000)], HOUR, 7_000),
        ([(0, 4_000), (9_000, HOUR)], HOUR, HOUR),  # a short pause is covered
        ([(0, 4_000), (1_800_000, HOUR)], HOUR, 4_000 + HOUR // 2),  # half an hour is not
        ([(1_000, 3_000), (3_500, 6_000)], 9_000, 6_000),  # in a short recording three seconds are long
        ([(20_000, 3_580_000)], HOUR, HOUR),  # a title before, applause after
        ([(0, 10_000), (0, 10_000), (5_000, 8_000)], 100_000, 10_000),
        ([(0, 2 * HOUR)], HOUR, HOUR),
        ([(HOUR + 1, HOUR + 900)], HOUR, 0),
        ([], HOUR, 0),
        ([(1_000, 3_000)], None, 3_000),
    ],
)
def test_what_captions_cover(cues: list[tuple[int, int]], length: int | None, covered: int) -> None:
    assert covers(cues, length) == covered


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**5))), st.none() | st.integers(1, 10**7))
def test_captions_cover_no_more_than_there_is_and_no_less_than_they_are_shown(
    spans: list[tuple[int, int]], length: int | None
) -> None:
    cues = [(start, start + long) for start, long in spans]
    shown = covered((min(start, length or start), min(end, length or end)) for start, end in cues)
    found = covers(cues, length)
    assert shown <= found <= (length or max((end for _, end in cues), default=0))


def test_what_cannot_be_seen_is_not_read_and_never_counts_as_captioned() -> None:
    unseen = replace(recording("m-1"), tracks=None)
    whole = totals(audit(unseen, recording("m-2", EN))).whole
    assert whole.languages[0].share == 0.5 and whole.languages[0].count[Status.NOT_READ] == 1


def test_minutes_count_what_is_covered_and_say_what_is_not_known() -> None:
    rows = [
        recording("a", replace(EN, covered_ms=60_000), duration_ms=60_000),
        recording("b", duration_ms=180_000),
        recording("c", EN),
        recording("d", replace(EN, covered_ms=60_000, errors=1), duration_ms=60_000),
    ]
    (one,) = totals(audit(*rows)).whole.languages
    assert (one.due_ms, one.covered_ms, one.minutes_share, one.no_length) == (300_000, 60_000, 0.2, 1)


def test_exempt_recordings_are_not_due() -> None:
    whole = totals(audit(recording("a", EN), recording("b", exception="no speech"))).whole
    assert (whole.due, whole.complete, whole.all) == (1, 1, 2)


def test_no_aggregate_hides_a_language() -> None:
    rows = [recording(f"m-{i}", *([EN] if i < 293 else [])) for i in range(300)]
    found = audit(*rows, required=("en", "es"))
    whole = totals(found).whole
    assert headline(whole) == "293 of 300 recordings have captions in English, 0 in Spanish, 0 in both."
    assert [language_line(one) for one in whole.languages] == [
        "English: 293 of 300 captioned (98 %), 7 missing. " + UNSURE.format(293),
        "Spanish: 0 of 300 captioned (0 %), 300 missing.",
    ]
    for name, text in every(found).items():
        assert name in ("csv", "xlsx") or "0 in Spanish" in text, name


def test_what_is_to_be_done_comes_worst_first_and_longest_first() -> None:
    rows = [
        recording("part", replace(EN, covered_ms=1000), duration_ms=HOUR),
        recording("short", duration_ms=60_000),
        recording("long", duration_ms=HOUR),
        recording("auto", AUTO),
        recording("broken", replace(EN, errors=3)),
        recording("wrong", replace(EN, suspect="its words are French")),
        recording("fine", EN),
        recording("exempt", exception="no speech"),
    ]
    found = audit(*rows, required=("en",))
    todo = tasks(found, totals(found).standings)
    assert [one.recording.media_id for one in todo] == ["long", "short", "wrong", "broken", "auto", "part"]
    assert todo[-1].what == "Have the rest of the English captions made: they cover 0:00:01 of 1:00:00."
    assert todo[2].what == "Replace the English captions: its words are French."


STATUSES = st.sampled_from([(), (EN,), (AUTO,), (ES,), (EN, ES), None])


@given(st.lists(st.tuples(STATUSES, st.none() | st.integers(1, 10**7), st.booleans())))
def test_every_recording_is_counted_once(rows: list[tuple[tuple[Track, ...] | None, int | None, bool]]) -> None:
    found = audit(
        *[
            replace(recording(f"m-{i}"), tracks=tracks, duration_ms=length, exception="x" if exempt else "")
            for i, (tracks, length, exempt) in enumerate(rows)
        ],
        required=("en", "es"),
    )
    figures = totals(found)
    assert figures.whole.all == len(rows) == sum(total.all for total in figures.places.values())
    assert figures.whole.count == sum((total.count for total in figures.places.values()), Counter())
    for one in figures.whole.languages:
        assert one.count.total() == len(rows) and one.captioned >= figures.whole.complete
    assert sum(length is None for _, length, _ in rows) == figures.whole.no_length


# --- judging ----------------------------------------------------------------------------------------------------------

CHECKER = Checker(Settings())


def cues(*texts: str) -> str:
    return "WEBVTT\n\n" + "\n".join(f"00:{i:02d}.000 --> 00:{i + 1:02d}.000\n{text}\n" for i, text in enumerate(texts))


def test_a_track_is_judged_by_its_words() -> None:
    found = judge(Track("en", "en"), cues("Hello there.", "A second line."), CHECKER, duration_ms=4000, asr=False)
    assert (found.origin, found.cues, found.captioned_ms, found.ends_ms) == (Origin.HUMAN, 2, 2000, 2000)
    assert (
        found.covered_ms == 4000
        and found.coverage(8000) == 0.5
        and found.digest.startswith("sha256:")
        and found.format == "vtt"
    )
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
    assert found.cues == 0
    one = recording("a", found)
    assert standings(one, audit(one))[0].status is Status.DAMAGED


def test_the_reason_for_a_machine_is_given() -> None:
    assert origin_of(Counter({"TXT006": 1}), False) == (
        Origin.MACHINE_LIKE, "lines repeat as in YouTube's automatic captions",
    )  # fmt: skip


# --- changes ----------------------------------------------------------------------------------------------------------


def test_changes_are_reported_recording_by_recording() -> None:
    before = audit(recording("a", EN), recording("b", EN), recording("c"), recording("gone"))
    now = audit(
        recording("a", replace(EN, digest="sha256:9")), recording("b", EN, ES), recording("c", AUTO), recording("new")
    )
    assert [(c.media_id, c.kind, c.says) for c in changes(before, now)] == [
        ("a", "captions changed", "en changed"),
        ("b", "captions added", "es added (human)"),
        ("c", "captions added", "en added (automatic)"),
        ("c", "status", "was missing, is automatic only"),
        ("new", "new recording", "new: missing"),
        ("gone", "gone", "is not there any more"),
    ]


def test_an_audit_has_no_changes_against_itself_even_after_a_round_trip() -> None:
    one = audit(recording("a", EN, ES), replace(recording("b"), tracks=None), required=("en",))
    again = audit_from(every(one)["json"], "x")
    assert again == one
    assert changes(again, one) == []


def test_a_course_that_was_not_looked_at_is_not_gone() -> None:
    before = audit(recording("a", EN))
    failed = replace(before, places=(replace(PLACE, problem="refused"),), recordings=())
    assert changes(before, failed) == [] == changes(failed, before)


def test_history_measures_all_by_what_is_required_now() -> None:
    old = audit(recording("a", EN), recording("b"), made_at="2026-01-01T00:00:00Z")
    now = audit(recording("a", EN), recording("b", ES), required=("es",))
    assert [(p.made_at[:7], p.languages) for p in history([now, old], now)] == [
        ("2026-01", (("es", 0, 2),)),
        ("2026-11", (("es", 1, 2),)),
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


def test_an_exception_that_ran_out_or_fits_nothing_is_reported() -> None:
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
    """All reports; of the workbook the text of its cells."""
    figures = Figures(totals(found))
    reports = {}
    for name in names():
        data = load(name)(found, figures)
        reports[name] = data if isinstance(data, str) else "\n".join(cells(data))
    return reports


def cells(workbook: bytes) -> list[str]:
    openpyxl = pytest.importorskip("openpyxl", reason="needs the extra office")
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    return [
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
    ]


EVIL = "</script><script>alert(1)</script>|=1+1\n# x"


def test_every_report_renders_nothing_and_everything() -> None:
    assert names() == ["csv", "evidence", "html", "json", "markdown", "xlsx"]
    assert all(every(audit()).values())
    full = audit(
        recording("a", EN, ES, duration_ms=60_000), replace(recording("b"), tracks=None), recording("c", exception="x")
    )
    assert all("Title a" in text for name, text in every(full).items() if name != "markdown")


def test_titles_are_never_markup_or_formulas() -> None:
    one = replace(recording("a", replace(EN, origin_reason=EVIL, problem=EVIL)), title=EVIL, media_id=f"={EVIL}")
    reports = every(replace(audit(one), places=(replace(PLACE, name=EVIL),)))
    assert reports["html"].count("<script") == 2
    assert "<script" not in reports["evidence"]
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
        ("b", "", "missing", "en es"),
    ]
    assert rows[0]["duration_s"] == "unknown" and rows[0]["coverage_percent"] == "unknown"
    assert all(None not in row and None not in row.values() for row in rows)


def test_a_place_that_failed_has_a_row_in_csv() -> None:
    failed = replace(audit(), places=(replace(PLACE, problem="not permitted"),))
    (row,) = csv.DictReader(io.StringIO(every(failed)["csv"].removeprefix("\ufeff"), newline=""))
    assert (row["place_id"], row["status"], row["problem"]) == ("courses/1", "not read", "not permitted")


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


FRENCH = "Voici la phrase {} de ce cours, et nous la disons pour vous dans la salle {}."


def test_a_track_that_may_be_another_recordings_is_not_captioned() -> None:
    def cues(
        seed: int, offset: int = 0, says: str = "Sentence {} of this lecture is what we say, and {} is how."
    ) -> str:
        chance = random.Random(seed)
        now, blocks = 1000 + offset, []
        for number in range(60):
            now += chance.randint(2000, 5000)
            blocks.append(f"{timecode(now)} --> {timecode(now + 1500)}\n{says.format(number, seed)}")
        return "WEBVTT\n\n" + "\n\n".join(blocks) + "\n"

    def judged_as(language: str, text: str) -> Track:
        return judge(Track(language, language), text, Checker(Settings()))

    recordings = [
        Recording(
            "1", "m1", "m1", "Lecture 1", tracks=(judged_as("en", cues(1)), judged_as("fr", cues(1, 12_000, FRENCH)))
        ),
        Recording("1", "m2", "m2", "Lecture 2", tracks=(judged_as("en", cues(2)),)),
        Recording("1", "m3", "m3", "Lecture 3", tracks=(judged_as("en", cues(2)),)),
        Recording("2", "m3", "m3", "Lecture 3, in another course", tracks=(judged_as("en", cues(2)),)),
        Recording("1", "m4", "m4", "Lecture 4", tracks=(judged_as("en", cues(4)),)),
    ]
    audit = assemble(Audit("x", "2026-01-01", "t", (), ("en",), (), tuple(recordings)))
    found = [standing for one in audit.recordings for standing in standings(one, audit)]
    assert [one.status for one in found] == [*[Status.WRONG_FILE] * 4, Status.CAPTIONED]
    assert found[0].reason == "all start 12.0 s earlier than French"
    assert "the words are those of another recording, Lecture 3 (en)" in found[1].reason


def test_a_snapshot_that_names_a_standard_of_nobody_is_damaged() -> None:
    from captionkit.errors import DamagedFile

    text = load("json")(audit(), Figures(totals(audit())))
    assert isinstance(text, str)
    assert audit_from(text, "audit.json").standard == ""
    with pytest.raises(DamagedFile, match="standard must be one of"):
        audit_from(text.replace('"standard": ""', '"standard": "/etc/passwd"'), "audit.json")
