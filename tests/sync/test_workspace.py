"""A folder and its course from Python: what `captionkit.workspace` promises."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from desk import Desk, options, vtt

from captionkit.errors import BadToken, ExitCode, GuardRefused, LeadsOutside, LockHeld, Remedy, StaleError
from captionkit.sync.journal import read_past
from captionkit.sync.manifest import parse_manifest
from captionkit.sync.plan import parse_plan
from captionkit.sync.results import Ending
from captionkit.workspace import Event, Options, Workspace

FIXTURES = Path(__file__).parent / "written_in_2026"

if TYPE_CHECKING:
    from campus import Campus


def test_plan_and_report_say_in_one_line_what_they_come_to(desk: Desk) -> None:
    desk.write("m-1.en.vtt", vtt("Hello"))
    workspace = desk.workspace()
    plan = workspace.plan()
    assert repr(plan) == "<Plan push: 1 create; 0 media objects unchanged>"
    report = workspace.apply(plan)
    assert repr(report).endswith(": 1 committed>")
    assert repr(workspace) == f"<Workspace {str(desk.folder)!r}>"


def test_only_a_part_of_a_plan_is_carried_out(desk: Desk) -> None:
    desk.write("m-1.en.vtt", vtt("One"))
    desk.write("m-2.en.vtt", vtt("Two"))
    workspace = desk.workspace()
    report = workspace.apply(workspace.plan(), only=["media_objects/m-2"])
    assert [result.media.media for result in report.results] == ["media_objects/m-2"]
    assert desk.on_canvas("m-1") == {}
    assert desk.on_canvas("m-2") == {"en": vtt("Two")}


def test_a_pull_is_a_plan_first_and_changes_nothing_until_it_is_applied(desk: Desk) -> None:
    desk.world.add_track("m-1", "en", vtt("Hello"))
    desk.clock.sleep(300)
    workspace = desk.workspace()
    plan = workspace.pull()
    assert repr(plan) == "<Plan pull: 1 write; 0 media objects unchanged>"
    assert desk.files() == []
    report = workspace.apply(plan)
    assert report.exit_code is ExitCode.OK
    assert desk.files() == ["Lecture 1.en.vtt"]


def test_a_plan_and_its_apply_list_the_course_once(desk: Desk) -> None:
    desk.write("m-1.en.vtt", vtt("Hello"))
    workspace = desk.workspace()
    plan = workspace.plan()
    assert desk.world.count("LIST") == 1
    workspace.apply(plan)
    assert desk.world.count("LIST") == 2, "just before the PUT it is read who else has a track; that lists here, too"


@pytest.mark.parametrize("path", ["media_objects", "auto"])
def test_a_look_at_one_recording_costs_that_recordings_requests(desk: Desk, path: str) -> None:
    desk = Desk(desk.folder, desk.world, path=path, clock=desk.clock)
    desk.world.add_track("m-1", "uk", vtt("Theirs"), user="2")
    desk.write("m-1.en.vtt", vtt("Hello"))
    desk.write("m-2.en.vtt", vtt("Two"))
    desk.clock.sleep(300)
    workspace = desk.workspace()
    workspace.apply(workspace.plan())
    desk.clock.sleep(300)
    desk.write("m-1.en.vtt", vtt("Hello again"))
    english = next(row.id for row in desk.world.tracks("m-2") if row.locale == "en")
    desk.world.edit_track(english, vtt("Edited there"))
    before = len(desk.world.log)
    plan = workspace.plan(Options(media=("m-1",)))
    asked = [(request.method, request.media) for request in desk.world.log[before:]]
    # By its media id, what colleagues have of it is looked up in the listing, which costs Canvas one small page.
    assert set(asked) <= {("GET", plan.objects[0].media), ("LIST", "courses/101")}
    assert len(asked) <= 2
    assert [(step.locale, str(step.do)) for _, step in plan.steps()] == [("en", "update"), ("uk", "keep")]
    assert workspace.apply(plan).exit_code is ExitCode.OK
    assert desk.on_canvas("m-1") == {"en": vtt("Hello again"), "uk": vtt("Theirs")}
    assert [step.why for _, step in workspace.plan(Options(media=("m-2",))).steps()] == ["remote-edit"]


def test_a_plan_of_a_new_folder_is_carried_out_by_another_workspace(desk: Desk) -> None:
    desk.write("m-1.en.vtt", vtt("Hello"))
    first, second = desk.workspace(), desk.workspace()
    plan = first.plan()
    assert second.plan().lineage == plan.lineage, "one folder, one name"
    assert second.apply(parse_plan(plan.as_bytes(), "plan.json")).exit_code is ExitCode.OK
    with pytest.raises(StaleError, match="another sync"):
        first.apply(plan)


def test_nothing_is_held_between_two_calls_and_two_do_not_go_together(desk: Desk) -> None:
    desk.write("m-1.en.vtt", vtt("Hello"))
    one, other = desk.workspace(), desk.workspace()
    plan = one.plan()
    with other.hold("push"):
        with pytest.raises(LockHeld):
            one.apply(plan)
        with pytest.raises(LockHeld):
            one.plan()
        assert one.status().running is not None
    assert one.apply(plan).exit_code is ExitCode.OK
    assert threading.active_count() == threading.active_count()


def test_every_method_may_be_called_from_any_thread(desk: Desk) -> None:
    desk.write("m-1.en.vtt", vtt("Hello"))
    workspace, found, errors = desk.workspace(), [], list[BaseException]()

    def work() -> None:
        try:
            found.append(repr(workspace.plan()))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert set(found) == {"<Plan push: 1 create; 0 media objects unchanged>"}


def test_events_say_which_object_is_in_which_state(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.write("m-1.en.vtt", vtt("Hello"))
    events = list[Event]()
    workspace = desk.workspace(listen=events.append)
    workspace.apply(workspace.plan())
    states = [(event.title, event.state) for event in events if event.kind == "state"]
    assert states == [("Lecture 1", s) for s in ("BACKED_UP", "SENT", "ACKED", "VERIFIED", "COMMITTED")]
    assert {event.doing for event in events if event.kind == "progress"} >= {"compared", "sent and verified"}
    assert capsys.readouterr() == ("", "")


def test_undoing_and_going_on_are_plans_too(desk: Desk) -> None:
    desk.write("m-1.en.vtt", vtt("Hello"))
    desk.push()
    workspace = desk.workspace()
    assert workspace.resume() is None
    plan = workspace.restore()
    assert plan.what == "restore"
    report = workspace.apply(plan)
    assert [result.ending for result in report.results] == [Ending.REFUSED] or desk.on_canvas("m-1") == {}
    assert [entry.what for entry in workspace.history()] == ["restore", "push"]


def test_the_example_in_the_readme_syncs_a_folder(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")
    example = next(code for code in readme.split("```python\n")[1:] if "Workspace.open" in code).split("```")[0]
    assert len([line for line in example.splitlines() if line.strip()]) <= 6
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    monkeypatch.chdir(campus.folder.parent)
    exec(compile(example, "README.md", "exec"), {})
    assert campus.tracks("Lecture 1") == {"en": vtt("Hello")}


def test_a_token_can_be_passed_and_is_in_no_word(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    token = campus.sandbox.tokens["teacher"]
    monkeypatch.delenv("CANVAS_API_TOKEN")
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    with Workspace.open(campus.folder, token=token) as workspace:
        plan = workspace.plan(Options(media=("Lecture 1",)))
        assert len(plan.changing) == 1
        assert token not in repr(workspace) + repr(plan) + repr(vars(workspace))


def test_options_that_nothing_was_said_about_come_from_the_folder(desk: Desk) -> None:
    desk.write("m-1.en.vtt", vtt("Hello"))
    desk.write("m-1.fr.vtt", vtt("Bonjour"))
    desk.push()
    desk.delete("m-1.fr.vtt")
    desk.says["delete"] = True
    assert desk.workspace().plan().changing
    assert not desk.workspace().plan(options(delete=False)).changing


def test_one_file_is_read_and_saved_only_over_what_was_read(desk: Desk) -> None:
    desk.write("m-1.en.vtt", vtt("Hello"))
    workspace = desk.workspace()
    mine, theirs = workspace.read("m-1.en.vtt"), workspace.read("m-1.en.vtt")
    saved = workspace.save("m-1.en.vtt", vtt("Mine").encode(), expected=mine.digest)
    assert desk.read("m-1.en.vtt") == vtt("Mine")
    with pytest.raises(StaleError):
        workspace.save("m-1.en.vtt", vtt("Theirs").encode(), expected=theirs.digest)
    assert desk.read("m-1.en.vtt") == vtt("Mine")
    workspace.save("m-1.en.vtt", vtt("Mine again").encode(), expected=saved.digest)
    workspace.save("m-1.fr.vtt", vtt("Nouveau").encode(), expected="")
    assert desk.files() == ["m-1.en.vtt", "m-1.fr.vtt"]


@pytest.mark.parametrize("path", ["captionkit.toml", "../out.vtt", ".captionkit/manifest.jsonl", "/etc/passwd"])
def test_only_caption_files_of_the_folder_are_read_and_saved(desk: Desk, path: str) -> None:
    with pytest.raises(LeadsOutside):
        desk.workspace().read(path)
    with pytest.raises(LeadsOutside):
        desk.workspace().save(path, b"x", expected="")


def test_errors_say_what_a_person_can_do(desk: Desk) -> None:
    desk.write("m-1.en.vtt", vtt("Hello"))
    desk.write("m-2.en.vtt", vtt("Two"))
    desk.push()
    plan = desk.plan()
    with desk.workspace().hold("push"), pytest.raises(LockHeld) as held:
        desk.plan()
    assert held.value.remedy is Remedy.WAIT
    desk.delete("m-1.en.vtt")
    with pytest.raises(GuardRefused) as refused:
        desk.apply(desk.survey(named=("m-1",), delete=True))
    assert refused.value.remedy is Remedy.LIFT
    desk.write("m-1.en.vtt", vtt("Edited"))
    desk.push()
    with pytest.raises(StaleError) as stale:
        desk.apply(plan)
    assert stale.value.remedy is Remedy.PLAN_AGAIN
    assert BadToken("x").remedy is Remedy.RECONNECT


def test_what_was_refused_is_remembered_and_tried_again_when_it_changes_or_is_named(desk: Desk) -> None:
    desk.write("m-1.en.vtt", vtt("Hello"))
    desk.write("m-2.en.vtt", vtt("Two"))
    desk.world.fault("refused", media="media_objects/m-1")
    report = desk.push()
    assert {r.media.media: r.ending for r in report.results}["media_objects/m-1"] is Ending.REFUSED
    plan = desk.plan()
    assert not plan.changing
    assert any("refused this" in media.blocked for media in plan.objects)
    assert desk.survey(named=("m-1",)).changing, "it is named"
    desk.write("m-1.en.vtt", vtt("Hello again"))
    assert desk.push().exit_code is ExitCode.OK
    assert desk.on_canvas("m-1") == {"en": vtt("Hello again")}


def test_a_question_is_answered_in_captionkit_toml_and_the_next_plan_goes_by_it(campus: Campus) -> None:
    campus.write("Lectur one.en.vtt", vtt("Hello"))
    with Workspace.open(campus.folder) as workspace:
        (question,) = workspace.questions()
        assert (question.kind, question.paths) == ("recording", ("Lectur one.en.vtt",))
        assert not workspace.plan().changing
        workspace.answer(question, campus.media["Lecture 1"])
        assert workspace.questions() == ()
        assert len(workspace.plan().changing) == 1


def test_after_a_restore_the_files_come_too_where_that_is_wanted(campus: Campus) -> None:
    campus.write("Lecture 1.en.vtt", vtt("Before"))
    assert campus.push().code == 0
    campus.write("Lecture 1.en.vtt", vtt("After"))
    assert campus.push("--allow", "all-changed").code == 0
    time.sleep(1.1)  # the server's times have whole seconds, and the waiting for them is switched off here
    said = campus.shell("restore", campus.folder, "--yes")
    assert "The files in the folder are as they were" in said.out
    assert (campus.folder / "Lecture 1.en.vtt").read_text() == vtt("After")
    assert campus.push("--on-conflict", "local", "--resolve", "Lecture 1/en=local").code == 0
    time.sleep(1.1)
    said = campus.shell("restore", campus.folder, "--yes", "--files")
    assert said.code == 0, said.all
    assert (campus.folder / "Lecture 1.en.vtt").read_text() == vtt("Before")
    assert "Nothing to send" in campus.push().out


def test_what_a_plan_says_in_a_file_is_what_it_said_before() -> None:
    """A plan, a manifest and a journal as they were written in November 2026."""
    written = json.loads((FIXTURES / "plan.json").read_bytes())
    plan = parse_plan((FIXTURES / "plan.json").read_bytes(), "plan.json")
    now = json.loads(plan.as_bytes())
    assert written["summary"].items() <= now["summary"].items(), "more may be counted, and that changes the id"
    assert {**now, "summary": 0, "plan_id": 0} == {**written, "summary": 0, "plan_id": 0}
    assert [str(step.do) for _, step in plan.steps()] == ["keep", "update", "delete", "create", "recreate"]
    manifest = parse_manifest((FIXTURES / "manifest.jsonl").read_bytes(), "manifest.jsonl")
    assert manifest.as_bytes() == (FIXTURES / "manifest.jsonl").read_bytes()
    store = Lines((FIXTURES / "journal.jsonl").read_bytes().splitlines())
    past = read_past(store, "20261128T000000000Z-00000000")  # type: ignore[arg-type]
    assert past.ended
    assert not past.damage
    assert set(past.committed) == {"media_objects/m-1", "media_objects/m-2"}


class Lines:
    """A store that has nothing but one journal."""

    def __init__(self, lines: list[bytes]) -> None:
        self.lines = lines

    def read_journal(self, run: str) -> list[bytes]:
        return self.lines
