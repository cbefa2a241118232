"""login, studio, upload, and the sync commands in a folder of Studio: as a person runs them, against the stand-in."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import console
import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from studio_clients import recording, srt

from captionkit.errors import ExitCode
from captionkit.sandbox.studio import Studio

Run = Callable[..., tuple[int, str, str]]

pytestmark = pytest.mark.usefixtures("home")


def files_of(folder: Path) -> Iterator[Path]:
    yield from (file for file in folder.rglob("*") if file.is_file())


# --- login


def test_login_asks_for_a_code_keeps_the_tokens_and_later_commands_use_them(
    ck: Run, studio: Studio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CAPTIONKIT_STUDIO_CLIENT_SECRET", studio.client_secret)
    code, out, err = ck("login", "--client-id", studio.client_id, stdin=studio.sign_in_code("teacher") + "\n")
    assert code == ExitCode.OK, err
    assert "/api/public/oauth/authorize?client_id=" in out and "as Teacher" in out
    monkeypatch.delenv("CAPTIONKIT_STUDIO_CLIENT_SECRET")
    monkeypatch.delenv("CAPTIONKIT_STUDIO_URL")
    studio.add_media("Lecture 1")
    assert "Lecture 1" in ck("studio", "media")[1], "the address is remembered, too"
    assert "as Teacher" in ck("login", "--status")[1]
    [kept] = [file for file in files_of(tmp_path / "home") if file.suffix == ".json"]
    if sys.platform != "win32":
        assert kept.stat().st_mode & 0o777 == 0o600
    assert ck("login", "--forget")[0] == ExitCode.OK and not kept.exists()
    code, _, err = ck("studio", "media")
    assert code == ExitCode.USAGE and "captionkit login" in err


def test_a_token_that_ended_is_renewed_in_the_middle_of_an_upload_and_kept(
    ck: Run, studio: Studio, monkeypatch: pytest.MonkeyPatch, home: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("CAPTIONKIT_STUDIO_CLIENT_SECRET", studio.client_secret)
    ck("login", "--client-id", studio.client_id, stdin=studio.sign_in_code("teacher") + "\n")
    [kept] = [file for file in files_of(tmp_path / "home") if file.suffix == ".json"]
    before = json.loads(kept.read_text(encoding="utf-8"))
    before["made_at"] = 0.0  # an hour ago, say
    kept.write_text(json.dumps(before), encoding="utf-8")
    file = recording(home)
    (home / "lecture.en.srt").write_text(srt("Hello"), encoding="utf-8")
    studio.fault("meanwhile", method="POST", path="complete$", do=lambda: studio.end_tokens("teacher"))
    code, out, err = ck("upload", file)
    assert code == ExitCode.OK, out + err
    after = json.loads(kept.read_text(encoding="utf-8"))
    assert after["access_token"] != before["access_token"] and after["refresh_token"] != before["refresh_token"]
    assert len([m for m in studio.media() if m["is_complete"]]) == 1


def test_login_without_anybody_to_ask_says_where_to_put_it(ck: Run, studio: Studio) -> None:
    code, _, err = ck("login")
    assert code == ExitCode.USAGE and "CAPTIONKIT_STUDIO_CLIENT_ID" in err
    code, _, err = ck("login", "--client-id", studio.client_id)
    assert code == ExitCode.USAGE and "CAPTIONKIT_STUDIO_CLIENT_SECRET" in err


def test_a_wrong_code_keeps_nothing(ck: Run, studio: Studio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CAPTIONKIT_STUDIO_CLIENT_SECRET", studio.client_secret)
    code, out, err = ck("login", "--client-id", studio.client_id, stdin="code~wrong\n")
    assert code == ExitCode.REMOTE_FAILED and "does not take the code" in err
    assert "code~wrong" not in out + err
    assert not list(files_of(tmp_path / "home"))


# --- studio


@pytest.mark.usefixtures("signed_in")
def test_studio_shows_what_is_there_for_a_person_and_for_scripts(ck: Run, studio: Studio) -> None:
    collection = studio.add_collection("Film", course_id=101)
    media = studio.add_media("Lecture 1", collection=collection)
    studio.add_caption(media, "en", srt("Hello"), automatic=True)
    assert "Teacher" in ck("studio", "ping")[1]
    assert "Lecture 1" in ck("studio", "media", "--course", "101")[1]
    assert json.loads(ck("studio", "media", "--title", "lect", "--json")[1])[0]["id"] == str(media)
    assert str(collection) in ck("studio", "collections")[1] and str(collection) in ck("studio", "course", "101")[1]
    assert "machine" in ck("studio", "captions", media)[1] and "Lecture 1" in ck("studio", "show", media)[1]
    caption = json.loads(ck("studio", "captions", f"media/{media}", "--json")[1])[0]["id"]
    assert ck("studio", "download", caption, "--out", "x.srt")[0] == ExitCode.OK
    assert Path("x.srt").read_text(encoding="utf-8") == srt("Hello")
    code, _, err = ck("studio", "download", caption, "--out", "x.srt")
    assert code == ExitCode.LOCAL_FAILED and "--force" in err


@pytest.mark.usefixtures("signed_in")
def test_studio_add_reads_back_and_names_what_srt_cannot_say(ck: Run, studio: Studio) -> None:
    media = studio.add_media("Lecture 1")
    Path("a.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000 line:0\n<v Ann>Hello\n", encoding="utf-8")
    code, out, err = ck("studio", "add", media, "EN", "a.vtt")
    assert code == ExitCode.OK and "read back" in out and "voice" in err
    assert studio.captions(media)[0]["content"] == srt("Hello")
    assert ck("studio", "add", media, "en", "a.vtt")[0] == ExitCode.OK, "the same again is there already"
    assert len(studio.captions(media)) == 1
    Path("b.srt").write_text(srt("Other"), encoding="utf-8")
    code, _, err = ck("studio", "add", media, "en", "b.srt")
    assert code == ExitCode.REMOTE_FAILED and "no call to replace" in err
    assert ck("studio", "add", media, "fr", "a.vtt", "--strict")[0] == ExitCode.FINDINGS
    assert len(studio.captions(media)) == 1


# --- the sync commands


@pytest.mark.usefixtures("signed_in")
def test_status_plan_push_and_pull_work_in_a_folder_of_studio(ck: Run, studio: Studio, home: Path) -> None:
    collection = studio.add_collection("Film", course_id=101)
    first = studio.add_media("Lecture 1", collection=collection)
    studio.add_caption(first, "de", srt("Hallo"))
    assert ck("studio", "init", home, "--course", "101")[0] == ExitCode.OK
    (home / "Lecture 1.en.srt").write_text(srt("Hello"), encoding="utf-8")
    (home / "Lecture 1.es-419.cc.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nHola\n", encoding="utf-8")
    code, out, err = ck("status", home)
    assert code == ExitCode.OK and "+ create" in out and "Canvas" not in out + err
    assert ck("plan", home, "--check")[0] == ExitCode.FINDINGS
    code, out, err = ck("push", home, "--yes")
    assert code == ExitCode.OK and "2 tracks of 1 media object sent, read back and verified" in out, out + err
    assert {c["srclang"] for c in studio.captions(first)} == {"de", "en", "es-419"}
    code, out, _ = ck("pull", home)
    assert code == ExitCode.OK and (home / "Lecture 1.de.srt").read_text(encoding="utf-8") == srt("Hallo")
    (home / "Lecture 1.en.srt").write_text(srt("Hello there"), encoding="utf-8")
    (home / "Lecture 1.de.srt").unlink()
    code, out, _ = ck("plan", home, "--delete")
    assert out.count("! manual") == 2 and "2 to do by hand in Studio" in out
    code, out, _ = ck("push", home, "--delete", "--yes")
    assert code == ExitCode.GUARD_REFUSED and "by hand in Studio" in out
    assert len(studio.captions(first)) == 3
    assert ck("status", home, "--as-user-id", "5")[0] == ExitCode.USAGE


@pytest.mark.usefixtures("signed_in")
def test_what_a_push_made_is_left_to_a_person_to_take_back(ck: Run, studio: Studio, home: Path) -> None:
    media = studio.add_media("Lecture 1", collection=studio.add_collection("Film", course_id=101))
    assert ck("studio", "init", home, "--course", "101")[0] == ExitCode.OK
    (home / "Lecture 1.en.srt").write_text(srt("Hello"), encoding="utf-8")
    assert ck("push", home, "--yes")[0] == ExitCode.OK
    code, out, err = ck("restore", home, "--yes")
    assert code == ExitCode.GUARD_REFUSED and "! manual    en  to be deleted" in out and "Canvas" not in out + err
    assert [caption["srclang"] for caption in studio.captions(media)] == ["en"]


@pytest.mark.usefixtures("signed_in")
def test_a_push_that_was_killed_is_finished_by_resume_and_adds_nothing_twice(
    ck: Run, studio: Studio, home: Path
) -> None:
    media = studio.seed(4)
    for number in range(1, 5):
        for language in ("de", "en"):
            (home / f"Lecture {number:05d}.{language}.srt").write_text(srt(f"{language} {number}"), encoding="utf-8")
    ck("studio", "init", home, "--account")
    studio.fault("slow", method="POST", path="caption_files", nth=3, seconds=30)
    process = subprocess.Popen(
        [sys.executable, "-m", "captionkit", "push", "--yes", str(home)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent.parent)},
    )  # fmt: skip
    while sum(row["method"] == "POST" for row in studio.requests) < 3 and process.poll() is None:
        time.sleep(0.02)
    process.kill()
    process.communicate(timeout=60)
    studio.clear_faults()
    code, out, err = ck("resume", home, "--yes")
    assert code == ExitCode.OK, out + err
    assert [sorted(c["srclang"] for c in studio.captions(one)) for one in media] == [["de", "en"]] * 4
    assert "Nothing to send" in ck("push", home, "--yes")[1]


def test_a_folder_of_both_services_or_of_an_impossible_studio_is_refused(ck: Run, home: Path) -> None:
    for text, says in (
        ('[studio]\nurl = "x.instructuremedia.com"\naccount = true\n[canvas]\nurl = "https://x"\ncourse = 1\n', "both"),
        ("[studio]\naccount = true\n", "no url"),
        ('[studio]\nurl = "x.instructuremedia.com"\n', "exactly one"),
        ('[studio]\nurl = "x.instructuremedia.com"\naccount = false\n', "exactly one"),
        ('[studio]\nurl = "x.instructuremedia.com"\naccount = true\ncourse = 1\n', "at once"),
        ('[studio]\nurl = "x.instructuremedia.com"\ncourse = "film"\n', "must be a number"),
        ('[studio]\nurl = "x.instructuremedia.com"\ncolection = 5\n', "collection"),
        (
            '[studio]\nurl = "x.instructuremedia.com"\naccount = true\n[studio.locales]\n"pt-BR" = "p t"\n',
            "no language",
        ),
    ):
        (home / "captionkit.toml").write_text(text, encoding="utf-8")
        code, _, err = ck("status", home)
        assert code == ExitCode.USAGE and says in err, (text, err)


@pytest.mark.usefixtures("signed_in")
def test_a_language_can_be_set_otherwise(ck: Run, studio: Studio, home: Path) -> None:
    studio.set(takes_regions=False)
    media = studio.add_media("Lecture 1")
    (home / "Lecture 1.pt-BR.srt").write_text(srt("Olá"), encoding="utf-8")
    ck("studio", "init", home, "--account")
    code, out, err = ck("push", home, "--yes")
    assert code == ExitCode.REMOTE_FAILED and "studio.locales" in out + err
    toml = home / "captionkit.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('# "pt-BR" = "pt"', '"pt-BR" = "pt"'), encoding="utf-8")
    assert ck("push", home, "--yes")[0] == ExitCode.OK
    assert [c["srclang"] for c in studio.captions(media)] == ["pt"]


# --- upload


@pytest.mark.usefixtures("signed_in")
def test_upload_sends_recordings_and_their_captions_and_says_so(ck: Run, studio: Studio, home: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        recording(home, name)
    (home / "a.en.srt").write_text(srt("Hello"), encoding="utf-8")
    (home / "t.csv").write_text("file,title\na.mp4,First\nb.mp4,Second\n", encoding="utf-8")
    code, out, err = ck("upload", "--csv", "t.csv", "--dry-run")
    assert code == ExitCode.OK and "a.en.srt" in out and not studio.requests
    code, out, err = ck("upload", "--csv", "t.csv")
    assert code == ExitCode.OK and "2 uploaded, 1 caption file sent and read back" in out, out + err
    assert sorted(row["title"] for row in studio.media()) == ["First", "Second"]
    events = [json.loads(line) for line in ck("upload", "a.mp4", "b.mp4", "--json")[1].splitlines()]
    assert [event["ending"] for event in events] == ["already there", "already there"]
    assert ck("upload", "a.mp4", "--again")[0] == ExitCode.OK
    assert len(studio.media()) == 3


def test_what_one_person_has_uploaded_is_not_there_for_another(
    ck: Run, studio: Studio, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording(home, "a.mp4")
    for user in ("teacher", "colleague", "teacher"):
        monkeypatch.setenv("CAPTIONKIT_STUDIO_TOKEN", studio.tokens[user])
        assert ck("upload", "a.mp4")[0] == ExitCode.OK
    assert len({row["owner_id"] for row in studio.media()}) == len(studio.media()) == 2


@pytest.mark.usefixtures("signed_in")
def test_a_file_that_is_likely_too_large_is_reported_before(ck: Run, home: Path) -> None:
    with (home / "huge.mp4").open("wb") as file:
        file.truncate(6 << 30)
    code, out, err = ck("upload", "huge.mp4", "--dry-run")
    assert code == ExitCode.OK and "larger than 5 GB" in err and "6.4 GB" in out


@pytest.mark.usefixtures("signed_in")
def test_upload_takes_addresses_and_links(ck: Run, studio: Studio) -> None:
    collection = studio.add_collection("Film")
    code, out, err = ck("upload", "--link", "https://files.example.edu/L.mp4", "--collection", collection)
    assert code == ExitCode.OK, out + err
    assert ck("upload", "--link", "https://youtu.be/x", "--external")[0] == ExitCode.OK
    assert [(m["title"], m["is_external"], m["collection_id"]) for m in studio.media()] == [
        ("L", 0, collection),
        ("Video at youtu.be", 1, studio.library("teacher")),
    ]


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "nothing to upload"),
        (["--link", "ftp://x/y"], "no address"),
        (["--link", "https://files.example.edu/"], "needs a title"),
        ([" .mp4"], "needs a title"),
        (["--link", "https://x.example/a.mp4", "--external"], "neither YouTube nor Vimeo"),
        (["a.mp4", "--external"], "for --link alone"),
        (["a.mp4", "a.mp4"], "given 2 times"),
        (["a.mp4", "b.mp4", "--title", "T"], "for one recording"),
        (["a.mp4", "--user-id", "me"], "no user id"),
        (["a.mp4", "--collection", "Film"], "no collection id"),
        (["missing.mp4"], "there is no such file"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_sent(
    ck: Run, studio: Studio, home: Path, arguments: list[str], says: str
) -> None:
    for name in ("a.mp4", "b.mp4", " .mp4"):
        recording(home, name)
    code, _, err = ck("upload", *arguments)
    assert code in (ExitCode.USAGE, ExitCode.LOCAL_FAILED) and says in err
    assert not studio.requests


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("how", ["killed", "Ctrl-C"])
def test_a_process_that_is_killed_in_the_middle_of_a_file_leaves_the_rest_to_the_next(
    ck: Run, studio: Studio, home: Path, how: str
) -> None:
    file = recording(home, size=4_000_000)
    (home / "lecture.en.srt").write_text(srt("Hello"), encoding="utf-8")
    studio.upload_fault("slow_before", method="PUT", seconds=30)
    command = [sys.executable, "-m", "captionkit", "upload", str(file)]
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent.parent)}
    if how == "killed":
        process = subprocess.Popen(
            command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, encoding="utf-8"
        )
    else:
        process = console.start(command, env=environ)
    while not studio.uploads.requests and process.poll() is None:
        time.sleep(0.02)
    if how == "killed":
        process.kill()
    else:
        console.press_ctrl_c(process)
        time.sleep(0.3)
        console.press_ctrl_c(process)  # the second one ends it at once
    process.communicate(timeout=60)
    studio.uploads.clear_faults()
    assert process.returncode == ExitCode.INTERRUPTED or how == "killed"
    code, out, err = ck("upload", file)
    assert code == ExitCode.OK, out + err
    whole = [row for row in studio.media() if row["is_complete"]]
    assert [row["size"] for row in whole] == [4_000_000]
    assert [c["srclang"] for c in studio.captions(whole[0]["id"])] == ["en"]


# --- secrets


def test_no_secret_is_in_any_output_journal_plan_or_other_file(
    ck: Run, studio: Studio, monkeypatch: pytest.MonkeyPatch, home: Path, tmp_path: Path
) -> None:
    """Everything is done once, well and badly; then everything that was printed or written is searched."""
    outputs: list[str] = []

    def all_of(*arguments: object, stdin: str = "") -> None:
        code, out, err = ck(*arguments, stdin=stdin)
        outputs.append(f"{arguments} {code}\n{out}\n{err}")

    code = studio.sign_in_code("teacher")
    monkeypatch.setenv("CAPTIONKIT_STUDIO_CLIENT_SECRET", studio.client_secret)
    all_of("login", "--client-id", studio.client_id, stdin=f"{code}\n")
    [kept] = [file for file in files_of(tmp_path / "home") if file.suffix == ".json"]
    tokens = {kept.read_text(encoding="utf-8")}
    media = studio.add_media("lecture")
    file = recording(home)
    (home / "lecture.en.srt").write_text(srt("Hello"), encoding="utf-8")
    all_of("studio", "init", home, "--account")
    for fault in ("drop_during", "error_before", "drop_after"):
        studio.upload_fault(fault, method="PUT", size=1000)
        all_of("upload", file, "--again", "--json")
    studio.end_upload_urls()
    studio.fault("half_json", method="POST", path="uploads$")
    all_of("upload", file, "--again")
    all_of("upload", "--link", "https://files.example.edu/x.mp4?X-Amz-Signature=signed~address")
    for fault in ("login_page", "error_before", "half_json", "redirect", "drop_before"):
        studio.fault(fault, times=1)
        all_of("studio", "show", media)
    all_of("plan", home, "--out", home / "plan.json")
    all_of("push", home, "--yes")
    all_of("pull", home)
    studio.end_tokens("teacher")
    grant = json.loads(kept.read_text(encoding="utf-8")) | {"made_at": 0.0}
    kept.write_text(json.dumps(grant), encoding="utf-8")
    all_of("studio", "ping")
    tokens.add(kept.read_text(encoding="utf-8"))
    studio.end_tokens("teacher")
    studio.end_refresh_tokens("teacher")
    kept.write_text(json.dumps(json.loads(kept.read_text(encoding="utf-8")) | {"made_at": 0.0}), encoding="utf-8")
    all_of("studio", "ping")
    all_of("login", "--status")

    secrets = {studio.client_secret, code, "signed~address", "X-Signature="}
    for text in tokens:
        found = json.loads(text)
        secrets |= {found["access_token"], found["refresh_token"]}
    assert len(secrets) == 8
    written = {str(f): f.read_bytes() for folder in (home, tmp_path / "home") for f in files_of(folder) if f != kept}
    assert any("uploads-" in name for name in written) and any("plan.json" in name for name in written)
    printed = "\n".join(outputs)
    # What the user typed stands in the list of arguments that this test itself made; nowhere else.
    printed = re.sub(r"\('upload', '--link'.*", "", printed)
    for secret in secrets:
        assert secret not in printed, secret
        assert not [name for name, data in written.items() if secret.encode() in data], secret
