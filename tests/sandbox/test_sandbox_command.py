"""`captionkit sandbox` as a person starts it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import urllib.request
from pathlib import Path

import console
import pytest

from captionkit.cli.frame import run
from captionkit.sandbox import Sandbox

ROOT = Path(__file__).parents[2]


def start(*options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "captionkit", "sandbox", "--port", "0", *options]
    return console.start(command, cwd=ROOT)


def stop(process: subprocess.Popen[str]) -> tuple[str, str]:
    # Not communicate(), which loses what readline() had read ahead.
    console.press_ctrl_c(process)
    assert process.stdout is not None and process.stderr is not None
    with process.stdout, process.stderr, process.stdin or contextlib.nullcontext():
        about = process.stdout.read(), process.stderr.read()
    process.wait(timeout=20)
    return about


def test_it_serves_a_course_with_something_of_everything_until_it_is_stopped(tmp_path: Path) -> None:
    process = start("--json", "--old-server", "--data", str(tmp_path / "kept"))
    assert process.stdout is not None
    about = json.loads(process.stdout.readline())
    url = f"{about['url']}/api/v1/courses/{about['course_id']}/media_objects?per_page=100"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {about['tokens']['teacher']}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        listed = json.load(answer)
    _, errors = stop(process)
    assert (process.returncode, errors) == (0, "")
    assert [entry["media_id"] for entry in listed] == about["media_ids"]
    assert "auto_caption_status" not in listed[0]
    with Sandbox(tmp_path / "kept") as sandbox:
        tracks = sandbox.all_tracks()
    assert {track["user"] for track in tracks} == {"teacher", "colleague"}
    assert {track["workflow_state"] for track in tracks} == {"ready", "processing"}
    assert any(track["asr"] for track in tracks)


def test_it_says_where_it_is_and_how_to_go_on() -> None:
    process = start("--more-media", "5")
    assert process.stdout is not None
    first = process.stdout.readline()
    output, _ = stop(process)
    text = first + output
    with Sandbox() as sandbox:
        token = sandbox.tokens["teacher"]
    for part in (
        "http://127.0.0.1:",
        "15 media objects",
        "export CANVAS_API_URL",
        "$env:",
        "set CANVAS_API_URL",
        token,
    ):
        assert part in text
    assert "Its state is gone" in text


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("latncy=5", "no switch is called 'latncy'"),
        ("latency_ms", "takes NAME=VALUE"),
        ("latency_ms=soon", "takes int"),
        ("throttle_status=500", "403, 429"),
    ],
)
def test_a_wrong_switch_is_a_usage_error(setting: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sandbox", "--set", setting]) == 2
    assert says in capsys.readouterr().err


def test_the_switches_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sandbox", "--list-switches"]) == 0
    output = capsys.readouterr().out
    assert "throttle_status=429" in output
    assert "hwm, maximum, outflow, up_front_cost:" in output


def test_a_port_that_is_taken_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    with Sandbox() as sandbox:
        assert run(["sandbox", "--port", str(sandbox.port)]) == 8
    error = capsys.readouterr().err
    assert f"port {sandbox.port}" in error
    assert "--port 0" in error


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert run(["sandbox", "--port", "0", "--data", str(tmp_path / "file" / "data")]) == 8
    assert "cannot start" in capsys.readouterr().err


def test_a_folder_with_another_database_is_reported_and_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sandbox.sqlite3"
    file.write_bytes(b"not a database at all, but a file of some length" * 100)
    before = file.read_bytes()
    assert run(["sandbox", "--port", "0", "--data", str(tmp_path)]) == 8
    assert "not a database of the sandbox" in capsys.readouterr().err
    assert file.read_bytes() == before


def test_without_werkzeug_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "werkzeug"]:
        monkeypatch.delitem(sys.modules, name)
    for name in [name for name in sys.modules if name.startswith("captionkit.sandbox")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "werkzeug", None)
    assert run(["sandbox"]) == 2
    assert 'python -m pip install "captionkit[sandbox]"' in capsys.readouterr().err


def test_it_serves_instructure_media_as_well_where_asked() -> None:
    process = start("--json", "--studio-set", "null_collection_names=false")
    assert process.stdout is not None
    studio = json.loads(process.stdout.readline())["studio"]
    request = urllib.request.Request(
        f"{studio['url']}/api/public/v1/media/search",
        headers={"Authorization": f"Bearer {studio['tokens']['teacher']}"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        listed = json.load(answer)["media"]
    assert stop(process)[1] == ""
    assert [media["title"] for media in listed] == ["Lecture 01: Welcome", "Lecture 02: The pipeline"]
