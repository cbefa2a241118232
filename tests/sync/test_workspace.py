"""A folder and its course from Python: what `captionkit.workspace` promises."""

from __future__ import annotations

import json
import re
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from teacher import Teacher, options, vtt

import captionkit
from captionkit import guides
from captionkit.errors import BadToken, ExitCode, GuardRefused, LeadsOutside, LockHeld, Remedy, StaleError, UsageError
from captionkit.sync.journal import read_past
from captionkit.sync.manifest import parse_manifest
from captionkit.sync.plan import parse_plan
from captionkit.sync.results import Ending
from captionkit.workspace import Event, Options, Workspace

FIXTURES = Path(__file__).parent / "written_in_2026"

if TYPE_CHECKING:
    from sandbox_course import SandboxCourse


def test_plan_and_report_say_in_one_line_what_they_come_to(teacher: Teacher) -> None:
    teacher.write("m-1.en.vtt", vtt("Hello"))
    workspace = teacher.workspace()
    plan = workspace.plan()
    assert repr(plan) == "<Plan push: 1 create; 0 media objects unchanged>"
    report = workspace.apply(plan)
    assert repr(report).endswith(": 1 committed>")
    assert repr(workspace) == f"<Workspace {str(teacher.folder)!r}>"


def test_each_part_of_a_plan_and_a_report_says_what_it_is(teacher: Teacher) -> None:
    teacher.write("m-1.en.vtt", vtt("Hello"))
    events = list[Event]()
    workspace = teacher.workspace(listen=events.append)
    plan = workspace.plan()
    ((media, step),) = plan.steps()
    assert repr(step) == "<Step create en: local-new [m-1.en.vtt]>"
    assert repr(media) == "<MediaPlan 'Lecture 1' (m-1): create en>"
    assert repr(workspace.apply(plan).results[0]) == "<Result 'Lecture 1' committed>"
    assert {"<Event state: 'Lecture 1' SENT>", "<Event progress: compared 1 of 1>"} <= set(map(repr, events))


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (Options(media=("nobody",)), "media nobody"),
        (Options(max_delete="many"), "max_delete"),
        (Options(on_conflict="mine"), "on_conflict mine"),
        (Options(resolve={"m-1/en": "mine"}), "resolve m-1/en=mine"),
        (Options(resolve={"m-1": "local"}), "resolve m-1=local"),
        (Options(resolve={"m-9/en": "local"}), "resolve m-9/en=local"),
        (Options(resolve={"m-1/en": "local"}), "resolve m-1/en=local"),
        (Options(allow=("anything",)), "'anything'"),
    ],
)
def test_an_option_that_cannot_be_is_named(teacher: Teacher, options: Options, named: str) -> None:
    teacher.write("m-2.en.vtt", vtt("Hello"))
    for method in (teacher.workspace().plan, teacher.workspace().pull, teacher.workspace().status):
        with pytest.raises(UsageError) as caught:
            method(options)
        assert named in str(caught.value)


def test_only_a_part_of_a_plan_is_carried_out(teacher: Teacher) -> None:
    teacher.write("m-1.en.vtt", vtt("One"))
    teacher.write("m-2.en.vtt", vtt("Two"))
    workspace = teacher.workspace()
    report = workspace.apply(workspace.plan(), only=["media_objects/m-2"])
    assert [result.media.media for result in report.results] == ["media_objects/m-2"]
    assert teacher.on_canvas("m-1") == {}
    assert teacher.on_canvas("m-2") == {"en": vtt("Two")}


def test_a_part_that_is_not_in_the_plan_is_reported_and_nothing_is_done(teacher: Teacher) -> None:
    teacher.write("m-1.en.vtt", vtt("One"))
    workspace = teacher.workspace()
    with pytest.raises(UsageError, match="nothing of the plan is about m-1"):
        workspace.apply(workspace.plan(), only=["m-1"])
    assert teacher.on_canvas("m-1") == {}


def test_one_recording_may_be_named_without_a_tuple(teacher: Teacher) -> None:
    teacher.write("m-1.en.vtt", vtt("One"))
    teacher.write("m-2.en.vtt", vtt("Two"))
    plan = teacher.workspace().plan(Options(media="m-2"))
    assert [media.media for media in plan.objects] == ["media_objects/m-2"]


def test_a_pull_is_a_plan_first_and_changes_nothing_until_it_is_applied(teacher: Teacher) -> None:
    teacher.world.add_track("m-1", "en", vtt("Hello"))
    teacher.clock.sleep(300)
    workspace = teacher.workspace()
    plan = workspace.pull()
    assert repr(plan) == "<Plan pull: 1 write; 0 media objects unchanged>"
    assert teacher.files() == []
    report = workspace.apply(plan)
    assert report.exit_code is ExitCode.OK
    assert teacher.files() == ["Lecture 1.en.vtt"]


def test_a_plan_and_its_apply_list_the_course_once(teacher: Teacher) -> None:
    teacher.write("m-1.en.vtt", vtt("Hello"))
    workspace = teacher.workspace()
    plan = workspace.plan()
    assert teacher.world.count("LIST") == 1
    workspace.apply(plan)
    assert teacher.world.count("LIST") == 2, "just before the PUT it is read who else has a track; that lists here, too"


@pytest.mark.parametrize("path", ["media_objects", "auto"])
def test_a_look_at_one_recording_costs_that_recordings_requests(teacher: Teacher, path: str) -> None:
    teacher = Teacher(teacher.folder, teacher.world, path=path, clock=teacher.clock)
    teacher.world.add_track("m-1", "uk", vtt("Theirs"), user="2")
    teacher.write("m-1.en.vtt", vtt("Hello"))
    teacher.write("m-2.en.vtt", vtt("Two"))
    teacher.clock.sleep(300)
    workspace = teacher.workspace()
    workspace.apply(workspace.plan())
    teacher.clock.sleep(300)
    teacher.write("m-1.en.vtt", vtt("Hello again"))
    english = next(row.id for row in teacher.world.tracks("m-2") if row.locale == "en")
    teacher.world.edit_track(english, vtt("Edited there"))
    before = len(teacher.world.log)
    plan = workspace.plan(Options(media=("m-1",)))
    asked = [(request.method, request.media) for request in teacher.world.log[before:]]
    # By its media id, what colleagues have of it is looked up in the listing, which costs Canvas one small page.
    assert set(asked) <= {("GET", plan.objects[0].media), ("LIST", "courses/101")}
    assert len(asked) <= 2
    assert [(step.locale, str(step.do)) for _, step in plan.steps()] == [("en", "update"), ("uk", "keep")]
    assert workspace.apply(plan).exit_code is ExitCode.OK
    assert teacher.on_canvas("m-1") == {"en": vtt("Hello again"), "uk": vtt("Theirs")}
    assert [step.why for _, step in workspace.plan(Options(media=("m-2",))).steps()] == ["remote-edit"]


def test_a_plan_of_a_new_folder_is_carried_out_by_another_workspace(teacher: Teacher) -> None:
    teacher.write("m-1.en.vtt", vtt("Hello"))
    first, second = teacher.workspace(), teacher.workspace()
    plan = first.plan()
    assert second.plan().lineage == plan.lineage, "one folder, one name"
    assert second.apply(parse_plan(plan.as_bytes(), "plan.json")).exit_code is ExitCode.OK
    with pytest.raises(StaleError, match="another sync"):
        first.apply(plan)


def test_nothing_is_held_between_two_calls_and_two_do_not_go_together(teacher: Teacher) -> None:
    teacher.write("m-1.en.vtt", vtt("Hello"))
    one, other = teacher.workspace(), teacher.workspace()
    plan = one.plan()
    with other.hold("push"):
        with pytest.raises(LockHeld):
            one.apply(plan)
        with pytest.raises(LockHeld):
            one.plan()
        assert one.status().running is not None
    assert one.apply(plan).exit_code is ExitCode.OK
    assert threading.active_count() == threading.active_count()


def test_every_method_may_be_called_from_any_thread(teacher: Teacher) -> None:
    teacher.write("m-1.en.vtt", vtt("Hello"))
    workspace, found, errors = teacher.workspace(), [], list[BaseException]()

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


def test_events_say_which_object_is_in_which_state(teacher: Teacher, capsys: pytest.CaptureFixture[str]) -> None:
    teacher.write("m-1.en.vtt", vtt("Hello"))
    events = list[Event]()
    workspace = teacher.workspace(listen=events.append)
    workspace.apply(workspace.plan())
    states = [(event.title, event.state) for event in events if event.kind == "state"]
    assert states == [("Lecture 1", s) for s in ("BACKED_UP", "SENT", "ACKED", "VERIFIED", "COMMITTED")]
    assert {event.doing for event in events if event.kind == "progress"} >= {"compared", "sent and verified"}
    assert capsys.readouterr() == ("", "")


def test_undoing_and_going_on_are_plans_too(teacher: Teacher) -> None:
    teacher.write("m-1.en.vtt", vtt("Hello"))
    teacher.push()
    workspace = teacher.workspace()
    assert workspace.resume() is None
    plan = workspace.restore()
    assert plan.what == "restore"
    report = workspace.apply(plan)
    assert [result.ending for result in report.results] == [Ending.REFUSED] or teacher.on_canvas("m-1") == {}
    assert [entry.what for entry in workspace.history()] == ["restore", "push"]


def test_the_example_in_the_readme_syncs_a_folder(course: SandboxCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")
    example = next(code for code in readme.split("```python\n")[1:] if "Workspace.open" in code).split("```")[0]
    assert len([line for line in example.splitlines() if line.strip()]) <= 6
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    monkeypatch.chdir(course.folder.parent)
    exec(compile(example, "README.md", "exec"), {})
    assert course.tracks("Lecture 1") == {"en": vtt("Hello")}


def test_the_examples_of_the_guide_sync_ask_undo_and_audit(
    course: SandboxCourse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = [
        code for code in re.findall(r"(?ms)^```python\n(.*?)^```", guides.text("python")) if "Workspace" in code
    ]
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    course.write("Lectur two.en.vtt", vtt("Two"))
    monkeypatch.chdir(course.folder.parent)
    known: dict[str, object] = {"captionkit": captionkit}
    capsys.readouterr()
    exec(compile(first, "python.md", "exec"), known)
    assert course.tracks("Lecture 1") == {"en": vtt("Hello")}
    printed = capsys.readouterr().out
    assert "recording ('Lectur two.en.vtt',)" in printed
    assert "Lecture 1 VERIFIED" in printed
    exec(compile(second, "python.md", "exec"), known)
    printed = capsys.readouterr().out
    assert course.tracks("Lecture 1") == {}
    assert "recordings have captions in English" in printed


def test_a_token_can_be_passed_and_is_in_no_word(course: SandboxCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    token = course.sandbox.tokens["teacher"]
    monkeypatch.delenv("CANVAS_API_TOKEN")
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    with Workspace.open(course.folder, token=token) as workspace:
        plan = workspace.plan(Options(media=("Lecture 1",)))
        assert len(plan.changing) == 1
        assert token not in repr(workspace) + repr(plan) + repr(vars(workspace))


def test_options_that_nothing_was_given_for_come_from_the_folder(teacher: Teacher) -> None:
    teacher.write("m-1.en.vtt", vtt("Hello"))
    teacher.write("m-1.fr.vtt", vtt("Bonjour"))
    teacher.push()
    teacher.delete("m-1.fr.vtt")
    teacher.says["delete"] = True
    assert teacher.workspace().plan().changing
    assert not teacher.workspace().plan(options(delete=False)).changing


def test_one_file_is_read_and_saved_only_over_what_was_read(teacher: Teacher) -> None:
    teacher.write("m-1.en.vtt", vtt("Hello"))
    workspace = teacher.workspace()
    mine, theirs = workspace.read("m-1.en.vtt"), workspace.read("m-1.en.vtt")
    saved = workspace.save("m-1.en.vtt", vtt("Mine").encode(), expected=mine.digest)
    assert teacher.read("m-1.en.vtt") == vtt("Mine")
    with pytest.raises(StaleError):
        workspace.save("m-1.en.vtt", vtt("Theirs").encode(), expected=theirs.digest)
    assert teacher.read("m-1.en.vtt") == vtt("Mine")
    workspace.save("m-1.en.vtt", vtt("Mine again").encode(), expected=saved.digest)
    workspace.save("m-1.fr.vtt", vtt("Nouveau").encode(), expected="")
    assert teacher.files() == ["m-1.en.vtt", "m-1.fr.vtt"]


@pytest.mark.parametrize("path", ["captionkit.toml", "../out.vtt", ".captionkit/manifest.jsonl", "/etc/passwd"])
def test_only_caption_files_of_the_folder_are_read_and_saved(teacher: Teacher, path: str) -> None:
    with pytest.raises(LeadsOutside):
        teacher.workspace().read(path)
    with pytest.raises(LeadsOutside):
        teacher.workspace().save(path, b"x", expected="")


def test_errors_say_what_a_person_can_do(teacher: Teacher) -> None:
    teacher.write("m-1.en.vtt", vtt("Hello"))
    teacher.write("m-2.en.vtt", vtt("Two"))
    teacher.push()
    plan = teacher.plan()
    with teacher.workspace().hold("push"), pytest.raises(LockHeld) as held:
        teacher.plan()
    assert held.value.remedy is Remedy.WAIT
    teacher.delete("m-1.en.vtt")
    with pytest.raises(GuardRefused) as refused:
        teacher.apply(teacher.survey(named=("m-1",), delete=True))
    assert refused.value.remedy is Remedy.LIFT
    teacher.write("m-1.en.vtt", vtt("Edited"))
    teacher.push()
    with pytest.raises(StaleError) as stale:
        teacher.apply(plan)
    assert stale.value.remedy is Remedy.PLAN_AGAIN
    assert BadToken("x").remedy is Remedy.RECONNECT


def test_what_was_refused_is_remembered_and_tried_again_when_it_changes_or_is_named(teacher: Teacher) -> None:
    teacher.write("m-1.en.vtt", vtt("Hello"))
    teacher.write("m-2.en.vtt", vtt("Two"))
    teacher.world.fault("refused", media="media_objects/m-1")
    report = teacher.push()
    assert {r.media.media: r.ending for r in report.results}["media_objects/m-1"] is Ending.REFUSED
    plan = teacher.plan()
    assert not plan.changing
    assert any("refused this" in media.blocked for media in plan.objects)
    assert teacher.survey(named=("m-1",)).changing, "it is named"
    teacher.write("m-1.en.vtt", vtt("Hello again"))
    assert teacher.push().exit_code is ExitCode.OK
    assert teacher.on_canvas("m-1") == {"en": vtt("Hello again")}


def test_a_question_is_answered_in_captionkit_toml_and_the_next_plan_goes_by_it(course: SandboxCourse) -> None:
    course.write("Lectur one.en.vtt", vtt("Hello"))
    with Workspace.open(course.folder) as workspace:
        (question,) = workspace.questions()
        assert (question.kind, question.paths) == ("recording", ("Lectur one.en.vtt",))
        assert not workspace.plan().changing
        workspace.answer(question, course.media["Lecture 1"])
        assert workspace.questions() == ()
        assert len(workspace.plan().changing) == 1


#: Files -> what is answered, and how each is then read: media object and language.
QUESTIONS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("Lecture 1.vtt",): ("en", "Lecture 1/en"),  # no language
    ("vendor/Lecture 2.vtt", "vendor/Lecture 3.vtt"): ("en", "Lecture 2/en", "Lecture 3/en"),  # a folder of these
    ("Talk_it.vtt", "week_it.vtt"): ("leave out",),  # a word, or a language
    ("Lecture 2.hi.vtt",): ("hi", "Lecture 2/hi"),  # a flag, or a language
    ("fr/Lecture 3.de.vtt",): ("de", "Lecture 3/de"),  # the folder says another one
    ("Lecture 1.es.fr.vtt",): ("fr", "Lecture 1/fr"),  # two languages
    ("es.vtt",): ("Lecture 2", "Lecture 2/es"),  # no recording
    ("Lecture 3.bn-001.vtt",): ("bn", "Lecture 3/bn"),  # a language that Canvas does not store so
    ("a/Lecture 3.sv.vtt",): ("Lecture 3", "Lecture 3/sv"),  # the same name in two folders
    ("b/Lecture 3.sv.vtt",): ("Lecture 2", "Lecture 2/sv"),
    ("Lecture 1.pl.srt", "Lecture 1.pl.vtt"): ("Lecture 1.pl.vtt", "Lecture 1/pl"),  # the same track twice
    ("Lectur 1.da.vtt",): ("Lecture 1", "Lecture 1/da"),  # no title
}


def test_every_question_can_be_answered_in_captionkit_toml(course: SandboxCourse) -> None:
    for paths in QUESTIONS:
        for path in paths:
            course.write(path, vtt(path))
    with Workspace.open(course.folder) as workspace:
        asked = {question.paths: question for question in workspace.questions()}
        assert {*asked} == {*QUESTIONS}
        assert len({question.id for question in asked.values()}) == len(asked)
        for paths, (choice, *_) in QUESTIONS.items():
            workspace.answer(asked[paths], choice)
        assert workspace.questions() == ()
        found = {step.path: f"{media.title}/{step.locale}" for media, step in workspace.plan().steps()}
    assert sorted(found.values()) == sorted(place for _, *places in QUESTIONS.values() for place in places)
    assert all(place in QUESTIONS[paths] for paths in QUESTIONS for path, place in found.items() if path in paths)


def test_an_answer_that_is_none_changes_nothing(course: SandboxCourse) -> None:
    course.write("Lectur 1.en.vtt", vtt("a"))
    course.write("Lecture 2.vtt", vtt("b"))
    course.write("Lecture 3.en.vtt", vtt("c"))
    course.write("Lecture 3.en.srt", "1\n00:00:01,000 --> 00:00:02,000\nd\n")
    before = (course.folder / "captionkit.toml").read_bytes()
    with Workspace.open(course.folder) as workspace:
        for question in workspace.questions():
            with pytest.raises(UsageError) as caught:
                workspace.answer(question, "no such thing")
            assert caught.value.unchanged == "Nothing was written."
    assert (course.folder / "captionkit.toml").read_bytes() == before


def test_after_a_restore_the_files_come_too_where_that_is_wanted(course: SandboxCourse) -> None:
    course.write("Lecture 1.en.vtt", vtt("Before"))
    assert course.push().code == 0
    course.write("Lecture 1.en.vtt", vtt("After"))
    assert course.push("--allow", "all-changed").code == 0
    time.sleep(1.1)  # the server's times have whole seconds, and the waiting for them is switched off here
    result = course.shell("restore", course.folder, "--yes")
    assert "The files in the folder are as they were" in result.out
    assert (course.folder / "Lecture 1.en.vtt").read_text(encoding="utf-8") == vtt("After")
    assert course.push("--on-conflict", "local", "--resolve", "Lecture 1/en=local").code == 0
    time.sleep(1.1)
    result = course.shell("restore", course.folder, "--yes", "--files")
    assert result.code == 0, result.all
    assert (course.folder / "Lecture 1.en.vtt").read_text(encoding="utf-8") == vtt("Before")
    assert "Nothing to send" in course.push().out


def test_what_a_plan_says_in_a_file_is_what_it_says_before() -> None:
    """A plan, a manifest and a journal as they were written in November 2026."""
    written = json.loads((FIXTURES / "plan.json").read_bytes())
    plan = parse_plan((FIXTURES / "plan.json").read_bytes(), "plan.json", any_version=True)
    now = json.loads(plan.as_bytes())
    assert written["summary"].items() <= now["summary"].items(), "more may be counted, and that changes the id"
    changes = {"summary": 0, "plan_id": 0, "tool": 0}
    assert {**now, **changes} == {**written, **changes}
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
