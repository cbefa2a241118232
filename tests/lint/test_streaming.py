"""A library of any size: results are written as they come, kept on disk where they are needed again, and counted."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from captionkit.cli.frame import run as captionkit
from captionkit.lint import folder, results
from captionkit.lint.results import FileResult, Kept, Passing, Totals
from captionkit.lint.run import Run, check_files
from captionkit.lint.settings import Settings
from captionkit.model import Diagnostic, Fix, Severity
from captionkit.reports import base, html, junit, sarif

ONE_PASS = [name for name in base.names() if base.load(name).in_one_pass]


def a_library(files: int = 30) -> Iterator[FileResult]:
    """Results of every kind: errors, warnings and remarks, clean files, some that could not be read."""
    for n in range(files):
        path = f"week{n % 3}/{n:04}.srt"
        if n % 10 == 9:
            yield FileResult(path, [], "cannot read: gone")
            continue
        found = [
            Diagnostic(
                "TIM001", Severity.ERROR, f"{k} ends first", 4 * k, 1, 4 * k, 9, k, 1000 * k, "", path, Fix.UNSAFE
            )
            for k in range(1, n % 3 + 1)
        ]
        found += [Diagnostic("SPD001", Severity.WARNING, "many", path=path)] * (n % 2)
        found += [Diagnostic("TXT003", Severity.INFO, "two spaces", 9, 2, 9, 4, 2, 5, "", path, Fix.SAFE)] * (
            n % 5 == 0
        )
        yield FileResult(path, found)
    late = FileResult("week1/0001.srt", [Diagnostic("LNG009", Severity.WARNING, "another's", path="week1/0001.srt")])
    late.adds = True
    yield late


def test_what_can_be_written_line_by_line_is_written_in_one_pass() -> None:
    assert {"concise", "csv", "jsonl", "grouped", "gitlab"} <= set(ONE_PASS)


@pytest.mark.parametrize("name", ONE_PASS)
def test_a_report_in_one_pass_is_written_while_files_are_still_being_checked(name: str) -> None:
    checked = []

    def slowly() -> Iterator[FileResult]:
        for result in a_library():
            checked.append(result.path)
            yield result

    pieces = base.load(name).pieces(Run(Passing(slowly()), Settings()))
    for _ in range(4):
        next(pieces)
    assert 0 < len(checked) < 8
    assert len("".join(pieces)) > 500


@pytest.mark.parametrize("name", base.names())
def test_what_was_put_on_disk_is_reported_as_what_was_held(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    held = base.load(name).text(Run(Kept(a_library()), Settings()))
    monkeypatch.setattr(results, "_MOST_HELD", 7)
    assert base.load(name).text(Run(Kept(a_library()), Settings())) == held
    if name in ONE_PASS:
        passing = base.load(name).text(Run(Passing(a_library()), Settings()))
        words = re.compile(r"[A-Z]{3}\d{3}|cannot read|\d+ \w+ in \d+ files")
        assert sorted(words.findall(passing)) == sorted(words.findall(held))


def test_the_default_report_has_errors_first_and_sums_below_also_from_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "_MOST_HELD", 0)
    out = base.load("full").text(Run(Kept(a_library()), Settings()))
    order = [found[0] for found in re.findall(r"\b((error: cannot)|TIM001|(warning SPD001)|TXT003)\b", out)]
    ranks = [["error: cannot", "TIM001", "warning SPD001", "TXT003"].index(one) for one in order]
    assert ranks == sorted(ranks) and len(set(ranks)) >= 3


def test_totals_add_up_in_any_order_and_any_parts() -> None:
    every = list(a_library(40))
    whole = Run(every, Settings()).totals
    parts = []
    for n in range(7):
        part = Totals()
        for result in every[n::7]:
            part.add(result)
        parts.append(part)
    assert sum(parts[::-1], Totals()) == sum(parts, Totals()) == whole
    assert whole.files == 40 and len(whole.errors) == 4
    assert whole.files_with["TIM001"] == sum(any(d.code == "TIM001" for d in one.diagnostics) for one in every)


def test_reports_that_cannot_be_endless_say_at_what_number_they_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "MOST_ROWS", 11)
    monkeypatch.setattr(junit, "MOST_CASES", 12)
    monkeypatch.setattr(sarif, "MOST_RESULTS", 13)
    run = Run(a_library(), Settings())
    every = sum(run.totals.tally.values())
    page = base.load("html").text(run)
    assert "At most 11 rows: the worst 11 of" in page
    rows = re.findall(r'<tr role="row" data-severity="(\w+)"', page)
    assert rows == ["error"] * 11
    suites = ElementTree.fromstring(base.load("junit").text(run))
    cases = list(suites.iter("testcase"))
    assert len(cases) == int(suites.get("tests", "")) == 12 + len(run.totals.errors) + 1
    assert len(list(suites.iter("failure"))) == int(suites.get("failures", "")) == 12
    assert "At most 12 test cases are listed" in ElementTree.tostring(suites).decode()
    (found,) = json.loads(base.load("sarif").text(run))["runs"]
    assert [one["level"] for one in found["results"]] == ["error"] * 13
    notices = [one["message"]["text"] for one in found["invocations"][0]["toolExecutionNotifications"]]
    assert f"At most 13 findings are listed: {every - 13} less severe findings are left out." in notices


def test_a_rule_that_raises_is_an_error_of_that_file_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from captionkit.lint.checker import Checker

    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.srt").write_text(f"1\n00:00:03,000 --> 00:00:01,000\n{name}\n", encoding="utf-8")
    check = Checker.check

    def raises(self: Checker, document: object, path: str = "", *rest: object, **more: object) -> list[Diagnostic]:
        if path.endswith("b.srt"):
            raise ZeroDivisionError("by nothing")
        return check(self, document, path, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Checker, "check", raises)
    found = list(check_files(sorted(map(str, tmp_path.iterdir())), Settings()))
    assert [bool(one.error) for one in found] == [False, True, False]
    assert "ZeroDivisionError: by nothing" in found[1].error
    assert [one.code for one in found[2].diagnostics] == ["TIM001"]


def test_what_only_shows_with_all_files_comes_last_in_one_pass_and_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "1\n00:00:01,000 --> 00:00:03,000\nHello there.\n"
    for name in ("a.en.srt", "a.en.vtt"):
        if name.endswith("vtt"):
            text = "WEBVTT\n\n" + text[2:].replace(",", ".")
        Path(name).write_text(text, encoding="utf-8")
    assert captionkit(["check", "--no-cache", "--isolated", ".", "--output-format", "jsonl"]) == 1
    assert [json.loads(line)["code"] for line in capsys.readouterr().out.splitlines()] == ["LNG005"]


def test_nothing_is_kept_of_files_that_no_rule_compares(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = []
    monkeypatch.setattr(folder.FolderFiles, "add", lambda self, path, facts: kept.append(path))
    alone = Settings(ignore=("LNG005", "LNG009", "LNG010", "LNG011", "SND"))
    assert list(folder.with_folder_rules(a_library(), alone)) == list(a_library()) and not kept
    list(folder.with_folder_rules(a_library(), Settings()))
    assert len(kept) == len(list(a_library()))


_PEAK = """
import re, sys
from captionkit.cli.frame import run
sys.stdout = open("/dev/null", "w")
run(["check", "--isolated", "--no-cache", "--workers", "1", *sys.argv[1:]])
status = open("/proc/self/status", encoding="ascii").read()
print(re.search("VmHWM: *([0-9]+)", status.expandtabs(1))[1], file=sys.__stderr__)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory as Linux counts it")
@pytest.mark.parametrize("how", [["--output-format", "jsonl"], ["--statistics"], [], ["--write-baseline", "b.json"]])
def test_memory_does_not_grow_with_the_findings(how: list[str], tmp_path: Path) -> None:
    cues = "\n".join(f"{n}\n00:00:{n % 50:02},900 --> 00:00:{n % 50:02},300\nHello  number {n}.\n" for n in range(150))
    for part, count in (("few", 20), ("many", 120)):
        (tmp_path / part).mkdir()
        for n in range(count):
            (tmp_path / part / f"{n}.srt").write_text(cues, encoding="utf-8")
    script = _PEAK.replace("run([", "from captionkit.lint import results; results._MOST_HELD = 100\nrun([", 1)
    peaks = []
    for part in ("few", "many"):
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / part), *how],
            capture_output=True,
            encoding="utf-8",
            check=True,
            cwd=tmp_path,
        )
        peaks.append(int(done.stderr.split()[-1]))
    # A hundred files with five hundred findings each are 25 MB where they are held.
    assert peaks[1] - peaks[0] < 8_000
