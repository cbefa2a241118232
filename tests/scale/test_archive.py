"""An archive on object storage, checked by processes that may be lost: the findings are the command's, to the last."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event
from typing import Any

import needs
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


def test_captions_in_other_formats_are_named_as_without_an_engine(
    alone: Path, bucket: Any, engine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"a.en.srt": SMALL, "a.en.sub": "{25}{50}Hello\n", "b.en.sub": "{25}{50}Hello\n", "c.txt": "no captions"}
    (alone / "videos").mkdir()
    for name, text in files.items():
        (alone / "videos" / name).write_text(text, encoding="utf-8")
    bucket.fill(alone / "videos", "videos")
    for source, how in (
        (f"{bucket.address}/videos", ""),
        ("videos", f" Convert it: captionkit convert {Path('videos', 'b.en.sub')} --fps RATE"),
    ):
        captionkit(["check", "--isolated", source, "--engine", engine, "-o", f"report-{len(how)}"])
        assert capsys.readouterr().err.splitlines()[-2:] == [
            f"1 caption file in another format than SRT and WebVTT, not converted.{how}",
            f"  {source}/b.en.sub: a MicroDVD file, about 1 caption; it needs --fps RATE, the frame rate of the video",
        ]


def test_a_worker_killed_half_way_costs_time_and_no_finding(lectures: Path, engine: str) -> None:
    from distributed import Client

    with Client(engine.replace("dask", "tcp"), set_as_default=False) as client:
        pids = list(client.run(os.getpid).values())
    killed: list[int] = []

    def listen(parts: int, done: Any) -> None:
        if not killed:
            killed.append(pids[0])
            os.kill(pids[0], signal.SIGKILL)

    Archive("lectures", "report", Settings(), engine=engine, part_files=2).run(listen)
    assert killed
    assert archive("lectures", engine, "--resume", "--part-files", "2", "--output-format", "jsonl") == ExitCode.FINDINGS
    assert jsonl() == findings(local("jsonl", ".jsonl"))


@needs.posix_signals
def test_ctrl_c_ends_all_in_words_and_resume_goes_on(lectures: Path, bucket: Any, engine: str, storage: Any) -> None:
    bucket.fill(lectures, "in")
    source = f"{bucket.address}/in"
    asked, answer = Event(), Event()

    def wait() -> None:
        asked.set()
        answer.wait()

    storage.changes = {"/in/zh-CN/": wait}
    order = [sys.executable, "-m", "captionkit", "check", "--isolated", source, "--engine", "dask", "-j", "1"]
    running = subprocess.Popen(
        [*order, "-o", "report", "--part-files", "5"], stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True
    )
    try:
        assert asked.wait(240)
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does: the workers, too
        assert running.communicate(timeout=240)[1].split() == ["Interrupted."]
    finally:
        answer.set()
    assert running.returncode == ExitCode.INTERRUPTED
    assert archive(source, engine, "--resume", "--output-format", "jsonl") == ExitCode.FINDINGS
    assert jsonl(source) == findings(local("jsonl", ".jsonl"))


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


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((403, "ExpiredToken"), "the credentials have expired"),
        ((403, "InvalidAccessKeyId"), "the credentials are wrong"),
    ],
)
def test_credentials_that_open_nothing_end_the_run_and_cost_no_rows(
    bucket: Any, engine: str, storage: Any, capsys: pytest.CaptureFixture[str], answer: tuple[int, str], sentence: str
) -> None:
    for name in "abcd":
        bucket.put(f"in/{name}.srt", SMALL.encode())
    storage.faults = {".srt": [answer] * 100}
    assert archive(f"{bucket.address}/in", engine) == ExitCode.REMOTE_FAILED
    written = capsys.readouterr().err
    assert sentence in written and SECRET not in written and not list(Path("report").glob("files/*"))
    storage.faults.clear()
    assert archive(f"{bucket.address}/in", engine, "--resume") == ExitCode.FINDINGS
    assert "4 errors" in capsys.readouterr().out


def test_how_many_files_could_not_be_read_is_said_without_a_report(
    bucket: Any, engine: str, storage: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    bucket.put("in/a.srt", SMALL.encode())
    storage.faults = {"a.srt": [(403, "AccessDenied")]}
    assert archive(f"{bucket.address}/in", engine) == ExitCode.USAGE
    assert "1 file could not be read; report/files says why." in capsys.readouterr().out


def test_what_changes_after_it_was_listed_is_checked_as_it_is_read_and_again_by_the_next(
    bucket: Any, engine: str, storage: Any
) -> None:
    for name in "ab":
        bucket.put(f"in/{name}.srt", b"1\n00:00:01,000 --> 00:00:03,000\nHello there.\n")
    storage.changes = {"a.srt": lambda: bucket.put("in/a.srt", SMALL.encode())}
    archive(f"{bucket.address}/in", engine, "--output-format", "jsonl")
    assert [line for line in jsonl() if "TIM001" in line and "a.srt" in line]
    storage.asked.clear()
    archive(f"{bucket.address}/in", engine, "--output-format", "jsonl", "--resume")
    assert [one for one in storage.asked if "a.srt" in one]
    assert [line for line in jsonl() if "TIM001" in line and "a.srt" in line]


def rows(kind: str) -> list[str]:
    """The paths in the tables of a report, as somebody reads them who does not know the manifest."""
    from pyarrow import dataset

    return sorted(row["path"] for row in dataset.dataset(f"report/{kind}", format="parquet").to_table().to_pylist())


def test_whoever_reads_the_folders_of_tables_has_each_file_once_after_a_change(lectures: Path, engine: str) -> None:
    archive("lectures", engine)
    (lectures / "en" / "01_the-pipeline.srt").write_text(SMALL, encoding="utf-8")
    next((lectures / "fr").iterdir()).unlink()
    archive("lectures", engine, "--resume", "--output-format", "jsonl")
    files = [str(file) for file in Path("lectures").rglob("*.[sv]*t")]
    assert rows("files") == sorted(files) and len(rows("listing")) == len(files)
    assert rows("findings") == sorted(json.loads(line)["path"] for line in jsonl())


def test_a_folder_that_is_anothers_is_not_written_to(
    lectures: Path, engine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    archive("lectures", engine)
    before = {file: file.read_bytes() for file in Path("report").rglob("*") if file.is_file()}
    assert archive("lectures", engine, "--resume", "--profile", "dcmp") == ExitCode.USAGE
    assert "of another run: other settings" in capsys.readouterr().err
    assert archive("lectures/en", engine, "--resume") == ExitCode.USAGE
    assert "of another run: another archive" in capsys.readouterr().err
    Path("report/manifest.json").rename("manifest.json")
    for more in ([], ["--resume"]):
        assert archive("lectures", engine, *more) == ExitCode.USAGE
        assert "no manifest.json says of which" in capsys.readouterr().err
    Path("manifest.json").rename("report/manifest.json")
    assert {file: file.read_bytes() for file in Path("report").rglob("*") if file.is_file()} == before


def test_of_two_runs_that_begin_at_once_the_second_is_refused(
    lectures: Path, bucket: Any, engine: str, storage: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    def begin_another() -> None:
        # After this run has seen that there is no manifest, and before it writes its own.
        storage.changes[bucket.address.rpartition("/")[2]] = lambda: bucket.put("report/manifest.json", b"another's")

    storage.changes = {"report/manifest.json": begin_another}
    assert captionkit(["check", "lectures", "--engine", engine, "-o", f"{bucket.address}/report"]) == ExitCode.USAGE
    assert "there is a report of captionkit in this folder already" in capsys.readouterr().err
    assert bucket.names("report/") == ["report/manifest.json"] and bucket.get("report/manifest.json") == b"another's"


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


def test_files_that_would_be_written_to_one_name_are_not_converted(
    bucket: Any, engine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    alone, rivals = ("a.b", "a.vtt", "a/x", "b", "d"), ("a.vtt", "a.WEBVTT", "c.VTT", "c.vtt", "c.webvtt")
    for name in (*rivals, *(f"{stem}.{'webvtt' if stem == 'b' else 'vtt'}" for stem in alone)):
        bucket.put(f"in/{name}", f"WEBVTT\n\n00:01.000 --> 00:02.000\n{name}\n".encode())
    order = ["convert", f"{bucket.address}/in", "--to", "srt", "--engine", engine, "-o", f"{bucket.address}/out"]
    for more in (["--force"], ["--force", "--resume"]):
        assert captionkit([*order, "--part-files", "2", *more]) == ExitCode.FINDINGS
        shown = capsys.readouterr()
        assert "5 files converted" in shown.out and "5 not converted" in shown.out
        assert shown.err.count("another file here would be written to the same name") == 5
        made = [name for name in bucket.names("out/") if ".captionkit" not in name]
        assert made == [f"out/{stem}.srt" for stem in alone]
    assert b"a.vtt.vtt" in bucket.get("out/a.vtt.srt")


def test_a_conversion_that_could_not_be_written_costs_a_row_and_is_written_by_the_next(
    alone: Path, engine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (alone / "in").mkdir()
    for name in "abc":
        (alone / "in" / f"{name}.srt").write_text(SMALL, encoding="utf-8")
    (alone / "out" / "a.vtt").mkdir(parents=True)
    order = ["convert", "in", "--to", "vtt", "--engine", engine, "-o", "out", "--force"]
    assert captionkit(order) == ExitCode.FINDINGS
    assert "2 files converted" in capsys.readouterr().out
    (alone / "out" / "a.vtt").rmdir()
    assert captionkit([*order, "--resume"]) == ExitCode.OK
    assert (alone / "out" / "a.vtt").read_text(encoding="utf-8").startswith("WEBVTT")


@pytest.mark.parametrize(
    "wrong",
    [["--fix"], ["--files-from", "x"], ["--baseline", "x"], ["--output-format", "nothing"]],
)
def test_what_does_not_go_with_an_engine_is_said_before_anything_is_read(lectures: Path, wrong: list[str]) -> None:
    assert captionkit(["check", "lectures", "--engine", "dask", "-o", "report", *wrong]) == ExitCode.USAGE
    assert captionkit(["check", "lectures", "--resume"]) == ExitCode.USAGE
    assert captionkit(["check", "lectures", "--engine", "spark", "-o", "report"]) == ExitCode.USAGE
    assert captionkit(["check", "lectures", "--engine", "dask"]) == ExitCode.USAGE
