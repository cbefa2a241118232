"""Every report: found by itself, whole, safe to open, and what its readers expect."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from captionkit.documents import loads
from captionkit.lint import check
from captionkit.lint.results import FileResult
from captionkit.lint.run import Run
from captionkit.lint.settings import Settings
from captionkit.model import Diagnostic, Severity
from captionkit.reports import base, github, sarif

NASTY = "=cmd|' /C calc'!A0 <script>alert(1)</script> \"quoted\", | pipes |\n::error::forged %0A & \x01 \ud83d\ude00"
TEXT = "WEBVTT\n\n00:03.000 --> 00:01.000\nHello  there.\n\n00:05.000 --> 00:07.000\n<i>R & D\n"


def made(path: str = "week 1/a,b:c.en.vtt") -> Run:
    document = loads(TEXT, path=path)
    lines = TEXT.split("\n")
    good = FileResult("good.srt", [])
    nasty = FileResult(
        "=nasty.srt", [Diagnostic("TXT010", Severity.WARNING, NASTY, 3, 2, 3, 9, 7, 3_723_004, "-hint", "=nasty.srt")]
    )
    broken = FileResult("broken.srt", [], "cannot read: Permission denied")
    found = FileResult(path, check(document, ignore="SPD"))
    return Run([found, good, nasty, broken], Settings(), lambda name: lines if name == path else ())


def text(name: str, run: Run | None = None) -> str:
    return base.load(name).text(run or made())


def test_the_reports_are_the_files_of_the_folder() -> None:
    folder = Path(base.__file__).parent
    assert set(base.names()) == {f.stem for f in folder.glob("*.py")} - {"__init__", "base"}
    assert set(base.names()) >= {
        "full", "concise", "grouped", "json", "jsonl", "sarif", "github", "gitlab", "junit", "csv", "html", "markdown",
    }  # fmt: skip


@pytest.mark.parametrize("name", base.names())
def test_every_report_names_each_file_with_a_finding_and_the_one_that_could_not_be_read(name: str) -> None:
    out = text(name)
    assert "TIM001" in out or (name == "gitlab" and "end-before-start" in out)
    assert "broken.srt" in out and "Permission denied" in out
    assert base.load(name).about


@pytest.mark.parametrize("name", base.names())
def test_every_report_can_say_that_there_is_nothing(name: str) -> None:
    out = text(name, Run([FileResult("good.srt", [])], Settings()))
    out = re.sub("<style>.*</style>", "", out, flags=re.DOTALL)
    assert "error" not in out.lower().replace("errors", "").replace(".error", "").replace('"error": 0', "")


@pytest.mark.parametrize("name", base.names())
def test_every_report_is_the_same_each_time(name: str) -> None:
    assert text(name) == text(name)


def test_people_see_place_cue_time_and_what_can_be_mended() -> None:
    lines = text("concise").splitlines()
    assert lines[0].startswith("week 1/a,b:c.en.vtt:3:1: error TIM001 [!] ") and lines[0].endswith(
        "(cue 1, 00:00:03.000)"
    )
    assert any("VTT201 [*]" in line and "(cue 2, 00:00:05.000)" in line for line in lines)
    assert "[*] 3 can be fixed with --fix." in lines


def test_the_excerpt_points_at_the_characters() -> None:
    out = text("full")
    assert " 7 | <i>R & D\n   |      ^\n" in out


def test_a_very_long_line_is_cut_around_the_place() -> None:
    line = "x" * 1000 + "&" + "y" * 1000
    one = Diagnostic("VTT201", Severity.ERROR, "m", 1, 1001, 1, 1002, 1, 0, "", "a.vtt")
    out = text("full", Run([FileResult("a.vtt", [one])], Settings(), lambda name: [line]))
    excerpt, caret = out.splitlines()[3:5]
    assert len(excerpt) < 200
    assert excerpt[caret.index("^")] == "&"


def test_json_is_one_document_with_counts() -> None:
    whole = json.loads(text("json"))
    assert whole["counts"]["error"] == 3 and whole["files"] == 4
    first = whole["findings"][0]
    assert (first["code"], first["line"], first["cue"], first["time"], first["time_ms"]) == (
        "TIM001",
        3,
        1,
        "00:00:03.000",
        3000,
    )
    assert whole["errors"] == [{"path": "broken.srt", "message": "cannot read: Permission denied"}]


def test_jsonl_is_one_object_a_line() -> None:
    rows = [json.loads(line) for line in text("jsonl").splitlines()]
    assert [row["code"] for row in rows if "code" in row].count("VTT201") == 1


def test_sarif_has_what_the_schema_requires_and_nothing_that_it_forbids() -> None:
    whole = json.loads(text("sarif"))
    assert whole["version"] == "2.1.0" and set(whole) == {"$schema", "version", "runs"}
    (run,) = whole["runs"]
    assert set(run) <= {"tool", "invocations", "columnKind", "results"}
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "captionkit"
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["invocations"][0]["executionSuccessful"] is False
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert re.fullmatch(r"[A-Za-z0-9._~%/!$&'()*+,;=:@-]+", physical["artifactLocation"]["uri"])
        assert physical["region"]["startLine"] >= 1 and physical["region"]["startColumn"] >= 1
    for rule in rules:
        assert set(rule) == {"id", "name", "shortDescription", "fullDescription", "defaultConfiguration", "properties"}
        assert len(rule["properties"]["tags"]) <= 20
    ranks = [{"error": 0, "warning": 1, "note": 2}[result["level"]] for result in run["results"]]
    assert ranks == sorted(ranks), "the most severe first, since a reader may drop the rest"


def test_sarif_fingerprints_are_unique_and_do_not_move_with_the_lines() -> None:
    def marks(source: str) -> list[str]:
        document = loads(source, path="a.vtt")
        run = Run([FileResult("a.vtt", check(document))], Settings(), lambda name: source.split("\n"))
        results = json.loads(text("sarif", run))["runs"][0]["results"]
        return [result["partialFingerprints"]["captionkit/v1"] for result in results]

    before = marks(TEXT)
    assert len(set(before)) == len(before)
    after = marks(TEXT.replace("WEBVTT\n\n", "WEBVTT\n\nNOTE something new\n\n"))
    assert after == before


def test_sarif_keeps_to_the_number_of_results_that_github_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    run = json.loads(text("sarif"))["runs"][0]
    assert len(run["results"]) == 2
    assert "left out" in run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]


def test_github_escapes_what_could_forge_a_command_and_says_how_many_are_not_shown() -> None:
    lines = text("github").splitlines()
    assert lines[0] == "::error file=broken.srt,title=captionkit::cannot read: Permission denied"
    assert lines[1].startswith("::error file=week 1/a%2Cb%3Ac.en.vtt,line=3,col=1,")
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines)
    many = FileResult("a.srt", [Diagnostic("TIM003", Severity.WARNING, "m", n, 1, path="a.srt") for n in range(1, 31)])
    lines = text("github", Run([many], Settings())).splitlines()
    assert sum(line.startswith("::warning") for line in lines) == github.MOST_A_LEVEL
    assert "20 more are not shown" in lines[-1] and lines[-1].startswith("::notice")


def test_github_never_uses_more_annotations_than_it_may() -> None:
    many = [Diagnostic("X", severity, "m", n, 1, path="a") for severity in Severity for n in range(1, 40)]
    broken = [FileResult(f"{n}.srt", [], "cannot read") for n in range(3)]
    lines = text("github", Run([FileResult("a", many), *broken], Settings())).splitlines()
    for command in ("error", "warning", "notice"):
        assert sum(line.startswith(f"::{command} ") for line in lines) <= 10


def test_gitlab_rows_have_unique_fingerprints_and_known_severities() -> None:
    rows = json.loads(text("gitlab"))
    assert len({row["fingerprint"] for row in rows}) == len(rows)
    assert {row["severity"] for row in rows} <= {"info", "minor", "major", "critical", "blocker"}
    assert all(row["location"]["lines"]["begin"] >= 1 for row in rows)


def test_junit_is_well_formed_whatever_the_text() -> None:
    root = ElementTree.fromstring(text("junit"))
    assert int(root.get("failures", "0")) == len(root.findall(".//failure"))
    assert int(root.get("errors", "0")) == len(root.findall(".//error")) == 1
    assert int(root.get("tests", "0")) == len(root.findall(".//testcase"))


def test_csv_opens_in_a_spreadsheet_and_runs_no_formula() -> None:
    out = text("csv")
    assert out.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(out[1:])))
    assert {len(row) for row in rows} == {11}
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row if cell)
    assert rows[1][:6] == ["week 1/a,b:c.en.vtt", "3", "1", "1", "00:00:03.000", "error"]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, Any]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "link", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_web_page_is_whole_accessible_and_runs_nothing_but_its_own_script() -> None:
    page = _Page()
    page.feed(text("html"))
    assert page.open == []
    tags = [tag for tag, _ in page.tags]
    assert tags.count("h1") == 1 and tags.count("table") == tags.count("caption") >= 2
    assert ("html", {"lang": "en"}) in page.tags
    assert tags.count("script") == 2 and "img" not in tags  # its own, and the block of data, which holds nothing
    assert [attributes for tag, attributes in page.tags if tag == "link"] == [{"rel": "icon", "href": "data:,"}]
    policy = next(a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src 'sha256-" in policy and "unsafe" not in policy and "http" not in policy
    assert all(attributes.get("scope") for tag, attributes in page.tags if tag == "th")


def test_the_web_page_has_a_row_for_each_rule_in_each_file_and_every_place_in_it() -> None:
    long = [Diagnostic("SPD001", Severity.WARNING, f"{n} cps", n, 1, n, n * 1000, path="a.srt") for n in range(1, 101)]
    wrong = Diagnostic("TIM001", Severity.ERROR, "ends before it starts", 7, 1, 2, 0, path="b.srt")
    out = text("html", Run([FileResult("a.srt", long), FileResult("b.srt", [wrong])], Settings()))
    rows = re.findall(r'<tr role="row" data-severity="(\w+)" data-rule="(\w+)"', out)
    assert rows == [("error", "TIM001"), ("warning", "SPD001")]
    assert "<summary>99 more</summary>" in out and all(f"{n} cps" in out for n in range(1, 101))


def test_markdown_cannot_be_broken_by_a_message() -> None:
    out = text("markdown")
    rows = [line for line in out.splitlines() if line.startswith("| ") and "TXT010" in line and "warning" in line]
    assert rows and "<script" not in rows[0].replace("\\<script", "")
    assert len(re.findall(r"(?<!\\)\|", rows[0])) == 6


def test_a_very_long_markdown_list_is_cut_and_says_so() -> None:
    many = [Diagnostic("TIM003", Severity.WARNING, "m", n, 1, path="a.srt") for n in range(1, 700)]
    assert "199 more findings are not listed." in text("markdown", Run([FileResult("a.srt", many)], Settings()))


@pytest.mark.parametrize("name", base.names())
def test_a_file_name_with_a_line_end_or_bytes_that_are_no_text_breaks_no_report(name: str) -> None:
    path = "new\nline\udcff.srt"
    one = Diagnostic("TIM001", Severity.ERROR, "m", 2, 1, 0, 0, 1, 0, "", path)
    out = text(name, Run([FileResult(path, [one]), FileResult(path, [], "cannot read")], Settings()))
    assert out.encode("utf-8", "backslashreplace")
    if name in ("concise", "full", "grouped", "github"):
        assert not any(line.startswith("line") for line in out.splitlines())


@pytest.mark.parametrize("blank", ["", " ", "\t", "\r", "\n", " \t ", "\u00a0", "\ufeff", "\u3000"])
@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "＠x"])
def test_no_cell_begins_with_a_formula(blank: str, formula: str) -> None:
    hostile = FileResult(f"{blank}{formula}.srt", [], f"{blank}{formula}")
    rows = list(csv.reader(io.StringIO(base.load("csv").text(Run([hostile], Settings())).removeprefix("\ufeff"))))
    for cell in rows[1]:
        assert not cell.lstrip(" \t\r\n\u00a0\ufeff\u3000").startswith(("=", "+", "-", "@", "＝", "＠"))
        assert not cell.startswith(("\t", "\r", "\n"))
