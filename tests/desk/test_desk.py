"""The whole job at the desk, with script off: it does, refuses and says what the commands do, refuse and say."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from deliveries import FILES
from desk_client import CUES, Client, served, something_going_on
from sandbox_course import SandboxCourse

from captionkit.desk.server import Desk, folder_or_last, open_desk
from captionkit.sandbox import Switches


def lecture(course: SandboxCourse, name: str, words: str) -> None:
    course.write(name, CUES.format(words))


def test_two_pasted_texts_connect_a_folder_and_the_token_lies_nowhere(
    course: SandboxCourse, client: Client, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    token = os.environ["CANVAS_API_TOKEN"]
    monkeypatch.setenv("CANVAS_API_TOKEN", "")
    (course.folder / "captionkit.toml").unlink()
    assert "Address of the course" in client.get()
    assert "not of a course" in client.post("connect", address=course.sandbox.url, token=token)
    assert "does not accept the token" in client.post(
        "connect", address=f"{course.sandbox.url}/courses/{course.id}", token="wrong"
    )
    assert not (course.folder / "captionkit.toml").exists()
    page = client.post("connect", address=f"{course.sandbox.url}/courses/{course.id}", token=token)
    assert "3 recordings in Canvas" in page and "Connected" in page
    for file in [*course.folder.rglob("*"), *home.rglob("*")]:
        assert not file.is_file() or token not in file.read_text(encoding="utf-8", errors="replace")
    for path in ("", "recordings", "changes", "history", "connect"):
        assert token not in client.get(path) and token not in client.page and token not in client.url


def test_looking_sends_nothing_and_sending_sends_once(course: SandboxCourse, client: Client) -> None:
    lecture(course, "Lecture 1.en.srt", "English")
    lecture(course, "Lecture 2.fr.vtt", "Französisch")
    assert "2 caption tracks to send" in client.get() or "1 caption track to send" in client.text
    for path in ("recordings", "questions", "changes", "bring", "history", "evidence"):
        client.get(path)
        assert client.status == 200
    assert course.puts() == 0
    assert "Nothing has been sent" in client.get("changes")
    plan = client.hidden("plan")
    page = client.post("send", plan=plan)
    assert "read back and verified" in page and "Undo this" in page
    sent = course.puts()
    again = client.post("send", plan=plan)  # a double click
    assert course.puts() == sent and "read back and verified" in again
    assert "Nothing would be done" in client.get("changes")
    assert set(course.tracks("Lecture 1")) == {"en"}


def test_a_plan_that_is_not_the_one_that_was_shown_is_not_sent(course: SandboxCourse, client: Client) -> None:
    lecture(course, "Lecture 1.en.srt", "English")
    client.get("changes")
    plan = client.hidden("plan")
    lecture(course, "Lecture 2.en.srt", "More")
    client.post("again", then="changes")
    page = client.post("send", plan=plan)
    assert client.status == 409 and "not those that the page showed" in page and "Nothing was sent" in page
    assert course.puts() == 0


def test_what_changed_since_is_left_and_said(course: SandboxCourse, client: Client) -> None:
    lecture(course, "Lecture 1.en.srt", "English")
    client.get("changes")
    plan = client.hidden("plan")
    course.add("Lecture 1", "en", CUES.format("A colleague's"))
    page = client.post("send", plan=plan)
    assert "left: changed meanwhile" in page
    assert "colleague" in course.tracks("Lecture 1")["en"]


def test_all_conflicts_are_decided_one_way_or_one_by_one(course: SandboxCourse, client: Client) -> None:
    for number in (1, 2):
        lecture(course, f"Lecture {number}.en.srt", f"Ours {number}")
        course.add(f"Lecture {number}", "en", CUES.format(f"Theirs {number}"))
    assert "2 conflicts to decide" in client.get()
    assert "conflict" in client.get("changes") and "Send" not in client.text
    key = f"resolve {course.media['Lecture 1']}/en"
    page = client.post("changes", on_conflict="stop", **{_named(client, key): "remote"})
    assert "1 conflict" in page
    page = client.post("changes", on_conflict="local")
    assert "conflict" not in page.partition("Decide")[0]
    client.post("send", plan=client.hidden("plan"))
    assert "Ours 2" in course.tracks("Lecture 2")["en"]
    assert "Theirs 1" in course.tracks("Lecture 1")["en"]


def _named(client: Client, key: str) -> str:
    """The field of a track, whose recording may be named by its file."""
    import re

    names = re.findall(r'name="(resolve [^"]+)"', client.page)
    assert names
    return key if key in names else names[0]


def test_files_without_a_place_are_settled(course: SandboxCourse, client: Client) -> None:
    lecture(course, "lec one.en.srt", "First")
    lecture(course, "zzz.en.srt", "Second")
    page = client.get("questions")
    assert "lec one" in page and "zzz" in page
    page = client.post("questions", **{"other recording:zzz": "nothing like it"})
    assert client.status == 400 and "nothing like it" in page
    answers = {"recording:lec one": course.media["Lecture 1"], "recording:zzz": "other"}
    page = client.post("questions", **answers, **{"other recording:zzz": "Lecture 2"})
    assert "2 answers saved" in page and "No questions" in page
    said = (course.folder / "captionkit.toml").read_text(encoding="utf-8")
    assert course.media["Lecture 1"] in said and course.media["Lecture 2"] in said


def test_an_answer_that_is_not_taken_says_so_where_it_was_given_and_loses_no_other(
    course: SandboxCourse, client: Client
) -> None:
    for name in ("aaa.en.srt", "zzz.en.srt", "Lecture 3.srt"):
        lecture(course, name, "Words")
    client.get("questions")
    language = client.page.partition('name="other language:')[2].partition('"')[0]
    answers = {
        "recording:aaa": "other", "other recording:aaa": "nothing <b>like it",
        "recording:zzz": "leave out",
        f"other language:{language}": "French",
    }  # fmt: skip
    client.post("questions", **answers)
    assert client.status == 400 and "<title>Error: Questions" in client.page and "no recording that" in client.text
    assert client.page.count('aria-invalid="true"') == 1 and 'value="nothing &lt;b&gt;like it"' in client.page
    assert 'value="leave out" checked' in client.page and 'value="French"' in client.page
    answers["other recording:aaa"] = "Lecture 1"
    assert "3 answers saved" in client.post("questions", **answers)
    assert '"fr"' in (course.folder / "captionkit.toml").read_text(encoding="utf-8")


def test_no_page_speaks_of_what_there_is_none_of_or_of_a_command_line(course: SandboxCourse, client: Client) -> None:
    course.write("Lecture 1.en.srt", "1\n00:00:05,000 --> 00:00:01,000\nBackwards\n")
    lecture(course, "Lecture 2.en.srt", "English")
    course.add("Lecture 2", "en", CUES.format("Theirs"))
    client.get("changes")
    client.post("changes", on_conflict="local")
    assert (
        "1 to update, 1 held back. " in client.text and "1 recording in Canvas that no file here is for." in client.text
    )
    client.post("send", plan=client.hidden("plan"))
    assert "requests to Canvas" not in client.text
    client.get(client.link("Undo this"))
    assert "1 to update." in client.text and ".captionkit" not in client.text
    for path in ("", "recordings", "changes", "bring", "history"):
        page = client.get(path)
        for said in (" 0 ", "media object", "fix mends", "findings)", "bytes]", "`", "--"):
            assert said not in page, path


def test_captions_in_other_formats_are_listed_and_not_sent(course: SandboxCourse, client: Client) -> None:
    course.write("Lecture 1.fr.dfxp", FILES[".dfxp"])
    page = client.get("changes")  # nothing else is there
    assert "Lecture 1.fr.dfxp: a TTML file" in page and client.link("Convert them") == "others"
    lecture(course, "Lecture 2.en.srt", "English")
    page = client.get("changes?again=1")
    assert "Captions in other formats, not converted" in page
    assert "Lecture 1.fr.dfxp: a TTML file (also called DFXP or IMSC), about 2 captions" in page
    assert client.link("Convert them") == "others"


def test_what_is_held_back_says_why_and_goes_out_when_it_is_allowed(course: SandboxCourse, client: Client) -> None:
    course.write("Lecture 1.en.srt", "<<<<<<< ours\n" + CUES.format("English"))
    page = client.get("changes")
    assert "not sent" in page and "send files with the marks of a merge in them" in page
    client.post("changes", allow=["conflict-markers", "hidden-words"])
    assert "Send 1 track" in client.text
    client.post("send", plan=client.hidden("plan"))
    assert "en" in course.tracks("Lecture 1")


def test_a_limit_refuses_in_words_and_is_lifted_on_the_page(course: SandboxCourse, client: Client) -> None:
    lecture(course, "Lecture 1.en.srt", "English")
    client.get("changes")
    client.post("send", plan=client.hidden("plan"))
    (course.folder / "Lecture 1.en.srt").unlink()
    lecture(course, "Lecture 1.fr.srt", "Le cours")
    client.post("again", then="changes")
    page = client.post("changes", delete="yes")
    assert "--" not in page and "`" not in page
    client.post("send", plan=client.hidden("plan"))
    assert set(course.tracks("Lecture 1")) == {"fr"}


def test_a_run_is_undone_through_a_plan_and_history_tells(course: SandboxCourse, client: Client) -> None:
    course.add("Lecture 1", "en", CUES.format("Before"))
    lecture(course, "Lecture 1.en.srt", "After")
    client.get("changes")
    client.post("changes", on_conflict="local")
    client.post("send", plan=client.hidden("plan"))
    assert "After" in course.viewed("Lecture 1", "en")
    assert "Undo…" in client.get("history")
    run = client.link("Undo…")
    page = client.get(run)
    assert "Nothing has been done yet" in page
    client.post("undo", plan=client.hidden("plan"), run=client.hidden("run"))
    assert "Before" in course.viewed("Lecture 1", "en")
    assert "undone" in client.get("history")
    run = run.partition("run=")[2]
    assert "Lecture 1" in client.post("verify", run=run) or "not" in client.text


def test_bring_takes_what_canvas_has(course: SandboxCourse, client: Client) -> None:
    course.add("Lecture 2", "de", CUES.format("Deutsch"))
    assert "no captions yet" in client.get() and "bring what Canvas has" in client.text
    page = client.get("bring")
    assert "new file" in page and not list(course.folder.glob("*.de.*"))
    client.post("bring", plan=client.hidden("plan"))
    assert [file.name for file in course.folder.glob("*.de.*")] == ["Lecture 2.de.srt"]


def test_recordings_are_found_by_what_they_lack(course: SandboxCourse, client: Client) -> None:
    course.add("Lecture 1", "fr", CUES.format("Le cours"))
    course.add("Lecture 2", "en", CUES.format("The course"), asr=True)
    course.write("Lecture 3.fr.srt", "1\n00:00:05,000 --> 00:00:01,000\nBackwards\n")
    assert "3 recordings of 3" in client.get("recordings")
    page = client.get("recordings?lacks=fr")
    assert "1 recording of 3" in page and "Lecture 2" in page
    assert "1 recording of 3" in client.get("recordings?show=automatic")
    assert "1 recording of 3" in client.get("recordings?q=ture+3")
    page = client.get(client.link("Lecture 3"))
    assert "Lecture 3.fr.srt" in page and "Correct" in page


def test_a_file_is_corrected_at_the_desk_and_never_over_somebody_elses_change(
    course: SandboxCourse, client: Client
) -> None:
    lecture(course, "Lecture 1.en.srt", "English")
    client.get("recordings")
    client.get(client.link("Lecture 1"))
    address, mine = client.link("Correct"), ("1s", "2s", "Mine")
    client.opened(address)
    assert client.correct(address, *mine, Origin="http://evil.example").status_code == 403
    assert client.correct(address, *mine).status_code == 200
    file = course.folder / "Lecture 1.en.srt"
    assert "Mine" in file.read_text(encoding="utf-8") and "We go on" in file.read_text(encoding="utf-8")
    again = client.correct(address, *mine)
    assert again.status_code == 409 and "your words are still here" in again.text
    page = client.session.get(client.root + address, timeout=20)
    assert "Mine" in page.text and "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_the_report_is_made_and_each_form_of_it_is_there(course: SandboxCourse, client: Client) -> None:
    course.add("Lecture 1", "en", CUES.format("English"))
    page = client.post("evidence", require="en,zzz", standard="ada-title-ii", by="Office")
    assert client.status == 400 and "no language tag" in page
    page = client.post("evidence", require="en", standard="ada-title-ii", by="Office <b>")
    assert "One page of evidence" in page
    evidence = client.session.get(client.root + "evidence/evidence.html", timeout=20)
    assert "Office &lt;b&gt;" in evidence.text and evidence.headers["Content-Type"].startswith("text/html")
    snapshot = client.session.get(client.root + "evidence/audit.json", timeout=20)
    assert "attachment" in snapshot.headers["Content-Disposition"]
    assert len(json.loads(snapshot.text)["recordings"]) == 3


def test_a_vendors_other_formats_are_converted_and_what_cannot_be_read_says_why(
    course: SandboxCourse, client: Client
) -> None:
    course.write("Lecture 1.en.sbv", "0:00:01.000,0:00:03.000\nHello from SBV\n\n0:00:04.000,0:00:05.000\nBye\n")
    course.write("Lecture 2.en.ass", "[Script Info]\nScriptType: v4.00+\n\n[Events]\nFormat: Start, End, Text\n")
    assert "2 files in other formats to convert" in client.get()
    page = client.get("others")
    assert "SBV" in page and "Convert 2 files" in page
    page = client.post("others")
    assert "written: Lecture 1.en.vtt" in page and "not converted" in page
    assert "Hello from SBV" in (course.folder / "Lecture 1.en.vtt").read_text(encoding="utf-8")
    assert "1 caption track to send" in client.get()


def test_titles_and_captions_are_text_everywhere(course: SandboxCourse, client: Client) -> None:
    evil = "<script>alert(1)</script>"
    media = course.sandbox.add_media(course.id, evil, in_files=True)
    course.sandbox.add_track(media, "en", CUES.format(evil))
    course.write("x.en.srt", CUES.format(evil))
    for path in ("", "recordings", f"recordings?q={evil}", "questions", "changes", "bring", "history", "evidence"):
        client.get(path)
        assert "<script>alert" not in client.page
        assert client.status == 200


def test_a_server_that_is_gone_and_a_folder_that_is_held_are_answered(course: SandboxCourse, client: Client) -> None:
    lecture(course, "Lecture 1.en.srt", "English")
    client.get("changes")
    plan = client.hidden("plan")
    from captionkit.workspace import Workspace

    with Workspace.open(course.folder) as other, other.hold("push"):
        page = client.post("send", plan=plan)
        assert "another captionkit works on this folder" in page and "Wait a little" in page
    course.sandbox.stop()
    client.post("again", then="changes")
    assert client.status == 409 and "Check the network" in client.text


def test_a_second_start_opens_the_same_desk_and_a_dead_ones_word_is_not_believed(course: SandboxCourse) -> None:
    assert open_desk(course.folder) == ""
    with served(course.folder) as desk:
        address = open_desk(course.folder)
        assert address.startswith(f"http://{desk.gate.host}/start/")
        client = Client(desk)
        assert client.session.get(address, timeout=10).status_code == 200
        for key in ("", "wrong"):
            answer = client.session.post(f"{client.base}/again", headers={"X-Captionkit-Key": key}, timeout=10)
            assert answer.status_code == 403
    assert open_desk(course.folder) == ""


def test_the_last_folder_is_opened_where_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    one = tmp_path / "one"
    one.mkdir()
    assert folder_or_last(one) == one
    assert folder_or_last(None) == one
    (tmp_path / "captionkit.toml").write_text("", encoding="utf-8")
    assert folder_or_last(None) == tmp_path


def test_a_run_that_was_stopped_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sandbox_course import open_course

    titles = tuple(f"Talk {number:02}" for number in range(60))
    with (
        open_course(tmp_path, monkeypatch, capsys, Switches(latency_ms=30), titles) as course,
        served(course.folder) as desk,
    ):
        for title in titles:
            lecture(course, f"{title}.en.srt", title)
        client = Client(desk)
        client.get("changes")
        answer = client.session.post(
            client.root + "send", data={"plan": client.hidden("plan")}, headers={"Origin": client.base}, timeout=20
        )
        assert "Stop after what is in hand" in answer.text
        number = answer.url.rpartition("/")[2]
        while not course.puts():
            time.sleep(0.005)
        course.sandbox.set(latency_ms=500)  # so that the button is pressed long before the end
        client.session.post(f"{client.root}job/{number}/stop", headers={"Origin": client.base}, timeout=20)
        course.sandbox.set(latency_ms=0)
        page = client.get(f"job/{number}")
        assert "stopped" in page and "not started" in page
        assert 0 < course.puts() < 60
        page = client.get("resume")
        assert "Nothing has been done yet" in page
        client.post("resume", plan=client.hidden("plan"))
        assert course.puts() == 60
        assert "Nothing would be done" in client.get("changes")


def test_the_first_overview_lists_the_course_once_and_shows_at_once_what_the_folder_has(
    course: SandboxCourse, desk: Desk, client: Client
) -> None:
    lecture(course, "Lecture 1.en.srt", "English")
    course.write("Lecture 2.en.sbv", "0:00:01.000,0:00:03.000\nHello from SBV\n\n")
    with something_going_on(desk):
        at_once = client.session.get(client.root, timeout=20)
    assert "1 file in other formats to convert" in at_once.text and "1 caption file in the folder" in at_once.text
    assert "is not known now" in at_once.text
    client.settle(at_once)
    assert "1 caption track to send" in client.text and "3 recordings in Canvas" in client.text
    listings = [asked for asked in course.sandbox.requests if asked["path"].endswith("/media_objects")]
    assert len(listings) == 1


def test_the_files_of_the_folder_can_be_corrected_while_nobody_answers(course: SandboxCourse, client: Client) -> None:
    lecture(course, "Lecture 1.en.srt", "English")
    (course.folder / "Lecture 1.mp4").write_bytes(b"a lecture")
    course.sandbox.stop()
    assert "1 caption file in the folder. What Canvas has is not known now" in client.get() and client.status == 200
    page = client.get("recordings")
    assert "Check the network" in page and "can be corrected all the same" in page and client.status == 200
    address = client.link("Correct Lecture 1")
    assert "English of the lecture." in client.opened(address)
    assert client.session.get(f"{client.root}{address}media", timeout=20).content == b"a lecture"
    assert client.correct(address, "1s", "2s", "Mine").status_code == 200
    assert "Mine" in (course.folder / "Lecture 1.en.srt").read_text(encoding="utf-8")
