"""An archive on object storage, checked by processes that may be lost: the findings are the command's, to the last."""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from corpus import write
from object_storage import KEY_ID, SECRET

from captionkit.cli.frame import run as captionkit
from captionkit.errors import ExitCode
from captionkit.lint.settings import Settings
from captionkit.scale import run as scale_run
from captionkit.scale.manifest import Stamp, stamp
from captionkit.scale.parts import Entry, part_of
from captionkit.scale.run import Archive
from captionkit.scale.work import Task

if sys.platform == "win32":
    pytest.skip("Dask's processes have not been tried under Wine", allow_module_level=True)
for needed in ("distributed", "obstore", "pyarrow", "moto", "boto3"):
    pytest.importorskip(needed, reason="captionkit[scale] and moto[server] are not installed")

SMALL = "1\n00:00:03,000 --> 00:00:01,000\nHello there.\n"


@pytest.fixture
def lectures(alone: Path) -> Path:
    """Thirty files with all kinds of findings, those about folders too."""
    write(alone / "lectures", 6)
    (alone / "lectures" / "en" / "00_welcome.vtt").write_text(
        "WEBVTT\n\n00:01.000 --> 00:02.000\nHi.\n", encoding="utf-8"
    )
    (alone / "lectures" / "notes.txt").write_text("no captions", encoding="utf-8")
    return alone / "lectures"


def local(form: str, ending: str) -> str:
    """What the command says of the same files, on its own."""
    order = ["check", "--isolated", "--no-cache", "lectures", "--output-format", form]
    captionkit([*order, "--level", "info", "-o", f"local{ending}"])
    return Path(f"local{ending}").read_text(encoding="utf-8")


def archive(source: str, engine: str, *more: str) -> int:
    code = captionkit(["check", "--isolated", source, "--engine", engine, "-o", "report", "--part-files", "5", *more])
    return int(code)


def findings(text: str, prefix: str = "") -> list[str]:
    return sorted(line.replace(prefix, "lectures") if prefix else line for line in text.splitlines())


def jsonl(prefix: str = "") -> list[str]:
    return findings(Path("report/report.jsonl").read_text(encoding="utf-8"), prefix)


def test_findings_in_a_bucket_are_those_of_the_command(
    lectures: Path, bucket: Any, engine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bucket.fill(lectures, "archive/all")
    source = f"{bucket.address}/archive/all"
    assert archive(source, engine, "--output-format", "jsonl") == ExitCode.FINDINGS
    found = jsonl(source)
    assert found == findings(local("jsonl", ".jsonl"))
    assert any("LNG005" in line for line in found) and len(found) > 100
    manifest = json.loads(Path("report/manifest.json").read_text(encoding="utf-8"))
    assert manifest["finished"] and manifest["files"] == 31 and len(manifest["parts"]) >= 3
    assert (manifest["version"], manifest["rules"]) == stamp()


@pytest.mark.parametrize("form", ["csv", "sarif", "html", "markdown", "full", "junit", "json"])
def test_every_report_is_read_back_from_the_tables(lectures: Path, engine: str, form: str) -> None:
    from captionkit.reports.base import load

    archive("lectures", engine, "--output-format", form)
    ending = load(form).extensions[0]
    made, alone = Path(f"report/report{ending}").read_text(encoding="utf-8"), local(form, ending)
    # In one pass what only shows with all files comes last.
    assert (findings(made) == findings(alone)) if load(form).in_one_pass else (made == alone)


def test_a_worker_killed_half_way_costs_time_and_no_finding(lectures: Path, engine: str) -> None:
    from distributed import Client

    with Client(engine.replace("dask", "tcp"), set_as_default=False) as client:
        pids = list(client.run(os.getpid).values())
    killed = []

    def listen(parts: int, done: Any) -> None:
        if not killed:
            killed.append(pids[0])
            os.kill(pids[0], signal.SIGKILL)

    Archive("lectures", "report", Settings(), engine=engine, part_files=2).run(listen)
    assert killed
    assert archive("lectures", engine, "--resume", "--part-files", "2", "--output-format", "jsonl") == ExitCode.FINDINGS
    assert jsonl() == findings(local("jsonl", ".jsonl"))


def test_a_file_that_ends_every_process_costs_itself_alone(alone: Path, engine: str) -> None:
    for name in ("a", "poison"):
        (alone / "lectures").mkdir(exist_ok=True)
        (alone / "lectures" / f"{name}.srt").write_text(SMALL, encoding="utf-8")
    assert archive("lectures", engine, "--output-format", "jsonl") == ExitCode.USAGE
    rows = [json.loads(line) for line in Path("report/report.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["path"] for row in rows if row.get("code") == "TIM001"] == ["lectures/a.srt"]
    (error,) = [row for row in rows if "error" in row]
    assert error["path"] == "lectures/poison.srt" and "ended the process" in error["error"]


def test_a_503_costs_time_and_a_missing_object_one_row(bucket: Any, engine: str, storage: Any) -> None:
    for name in ("a", "busy", "gone", "z"):
        bucket.put(f"in/{name}.srt", SMALL.encode())
    storage.faults = {"busy.srt": [503, 503], "gone.srt": [404]}
    assert archive(f"{bucket.address}/in", engine, "--output-format", "jsonl") == ExitCode.USAGE
    rows = [json.loads(line) for line in Path("report/report.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {row["path"].rpartition("/")[2] for row in rows if row.get("code") == "TIM001"} == {
        "a.srt",
        "busy.srt",
        "z.srt",
    }
    assert [row["error"] for row in rows if "error" in row] == ["cannot read: it is not there"]
    assert storage.faults["busy.srt"] == []
    # And tried again by the next.
    assert archive(f"{bucket.address}/in", engine, "--output-format", "jsonl", "--resume") == ExitCode.FINDINGS
    assert Path("report/report.jsonl").read_text(encoding="utf-8").count("TIM001") == 4


def test_nothing_secret_travels_or_is_written_down(lectures: Path, bucket: Any, engine: str, storage: Any) -> None:
    from pyarrow import parquet

    bucket.fill(lectures, "in")
    storage.faults = {"en/00_welcome.srt": [403]}
    source = f"{bucket.address}/in"
    archive(source, engine, "--output-format", "csv")
    written = [repr(parquet.read_table(f).to_pylist()) for f in Path("report").rglob("*.parquet")]
    written += [f.read_text(encoding="utf-8") for f in Path("report").rglob("*.[cj]s*")]
    task = Task(stamp(), source, source, "report", part_of((0,), [Entry("a.srt", 1, "x")]), Settings())
    travelling = pickle.dumps(task).decode("latin-1")
    assert len(written) > 5 and any("no permission" in text for text in written)
    for text in (*written, travelling):
        assert SECRET not in text and KEY_ID not in text
    assert len(travelling) < 600


@pytest.mark.parametrize("address", [f"s3://{KEY_ID}:{SECRET}@bucket/in", f"az://box/in?sig={SECRET}", "nowhere://x/y"])
def test_an_address_with_a_secret_in_it_or_that_nothing_reads_is_refused(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert captionkit(["check", address, "-o", "report"]) == ExitCode.USAGE
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err and "Traceback" not in said.err
    assert not Path("report").exists()


def test_a_bucket_that_is_not_there_is_said_in_words(storage: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert captionkit(["check", "s3://no-such-bucket-anywhere/in", "-o", "report"]) == ExitCode.REMOTE_FAILED
    assert "there is no such bucket" in capsys.readouterr().err


def test_resume_does_what_is_not_done_and_what_changed_and_no_more(
    lectures: Path, bucket: Any, engine: str, storage: Any
) -> None:
    bucket.fill(lectures, "in")
    source, report = f"{bucket.address}/in", f"{bucket.address}/report"
    asked = ["check", "--isolated", source, "--engine", engine, "-o", report, "--part-files", "5"]
    captionkit(asked)
    marks = bucket.names("report/files/")
    assert captionkit(asked) == ExitCode.USAGE  # there is a report already
    bucket.delete(marks[0])
    storage.asked.clear()
    captionkit([*asked, "--resume", "--output-format", "csv"])
    read = [one for one in storage.asked if one.startswith("GET") and "/in/" in one]
    assert bucket.names("report/files/") == marks and 0 < len(read) <= 10
    bucket.put("in/en/new.en.srt", SMALL.encode())
    bucket.put("in/fr/01_the-pipeline.srt", SMALL.encode())
    storage.asked.clear()
    captionkit([*asked, "--resume", "--output-format", "csv"])
    read = [one for one in storage.asked if one.startswith("GET") and "/in/" in one]
    assert 0 < len(read) <= 25
    table = bucket.get("report/report.csv").decode()
    assert "en/new.en.srt,2,1" in table
    assert json.loads(bucket.get("report/manifest.json"))["files"] == 32
    assert captionkit([*asked, "--resume", "--profile", "dcmp"]) == ExitCode.USAGE  # other settings


def test_a_folder_from_a_stranger_decides_nothing(
    lectures: Path, engine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    archive("lectures", engine)
    tables = sorted(Path("report/files").iterdir())
    # A table of other files under this name, and one that is none: both are made again.
    tables[0].write_bytes(tables[1].read_bytes())
    tables[2].write_bytes(b"PAR1 rubbish")
    assert archive("lectures", engine, "--resume", "--output-format", "csv") == ExitCode.FINDINGS
    assert findings(Path("report/report.csv").read_text(encoding="utf-8")) == findings(local("csv", ".csv"))
    capsys.readouterr()
    for damage in ("{}", "[]", "not json", '{"parts": ["../../etc/passwd"]}'):
        content = json.loads(Path("report/manifest.json").read_text(encoding="utf-8"))
        changed = json.dumps({**content, **json.loads(damage)}) if "parts" in damage else damage
        kept = Path("report/manifest.json").read_text(encoding="utf-8")
        Path("report/manifest.json").write_text(changed, encoding="utf-8")
        assert archive("lectures", engine, "--resume") == ExitCode.DAMAGED
        assert "manifest.json" in capsys.readouterr().err
        Path("report/manifest.json").write_text(kept, encoding="utf-8")
    (name, *_) = json.loads(Path("report/manifest.json").read_text(encoding="utf-8"))["parts"]
    Path(f"report/findings/{name}.parquet").write_bytes(b"PAR1" * 10)
    assert archive("lectures", engine, "--resume", "--output-format", "csv") == ExitCode.DAMAGED


def test_a_worker_with_other_rules_is_refused(
    lectures: Path, engine: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scale_run, "stamp", lambda: Stamp("0.1.0", "other"))
    assert archive("lectures", engine) == ExitCode.USAGE
    assert "a worker has another captionkit than this computer" in capsys.readouterr().err


def test_convert_goes_from_object_to_object(
    lectures: Path, bucket: Any, engine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bucket.fill(lectures, "in")
    bucket.put("in/broken.srt", b"no captions at all")
    order = [
        "convert",
        f"{bucket.address}/in",
        "--to",
        "vtt",
        "--engine",
        engine,
        "-o",
        f"{bucket.address}/out",
        "--part-files",
        "5",
    ]
    assert captionkit(order) == ExitCode.FINDINGS
    said = capsys.readouterr()
    assert "30 files converted" in said.out and "1 not converted" in said.out and "broken.srt" in said.err
    captionkit(["convert", "lectures", "--to", "vtt", "-o", "local"])
    for file in Path("local").rglob("*.vtt"):
        name = file.relative_to("local").as_posix()
        assert bucket.get(f"out/{name}") == file.read_bytes(), name
    # Again: what is there and the same stands, and nothing is done twice.
    assert captionkit([*order, "--resume"]) == ExitCode.FINDINGS
    bucket.put("out/en/01_the-pipeline.vtt", b"somebody else's")
    bucket.put("in/en/01_the-pipeline.srt", SMALL.encode())
    capsys.readouterr()
    captionkit([*order, "--resume"])
    assert "--force overwrites it" in capsys.readouterr().err
    assert bucket.get("out/en/01_the-pipeline.vtt") == b"somebody else's"


@pytest.mark.parametrize(
    "wrong",
    [["--fix"], ["--files-from", "x"], ["--baseline", "x"], ["--output-format", "nothing"]],
)
def test_what_does_not_go_with_an_engine_is_said_before_anything_is_read(lectures: Path, wrong: list[str]) -> None:
    assert captionkit(["check", "lectures", "--engine", "dask", "-o", "report", *wrong]) == ExitCode.USAGE
    assert captionkit(["check", "lectures", "--resume"]) == ExitCode.USAGE
    assert captionkit(["check", "lectures", "--engine", "spark", "-o", "report"]) == ExitCode.USAGE
    assert captionkit(["check", "lectures", "--engine", "dask"]) == ExitCode.USAGE
