"""Studio as a remote of the sync engine, over real HTTP: what it adds, what it leaves to a person, what it reads."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from studio_clients import client, srt

from captionkit.config import Config
from captionkit.errors import ExitCode, NotFound, UsageError
from captionkit.remotes.studio import SERVICE
from captionkit.remotes.studio.api import InstructureMedia
from captionkit.remotes.studio.model import StudioModel
from captionkit.remotes.studio.remote import StudioRemote
from captionkit.remotes.studio.settings import TagsAsTheyAre
from captionkit.sandbox.studio import Studio
from captionkit.sync.decide import Do
from captionkit.sync.plan import Plan, parse_plan
from captionkit.sync.ports import MediaState, TrackPut
from captionkit.sync.run import Report
from captionkit.workspace import Options, Workspace
from captionkit.workspace.places import Folder


class UnconfiguredFolder(Folder):
    """A folder for a Studio, with nothing decided in its captionkit.toml."""

    def config(self) -> Config:
        return Config(service=SERVICE, locales=TagsAsTheyAre({}))


class Teacher:
    """A folder whose files are called MEDIA.LANG.srt, and the Studio that it belongs to."""

    def __init__(self, studio: Studio, api: InstructureMedia, folder: Path) -> None:
        self.studio = studio
        self.remote = StudioRemote(api)
        self.folder = folder
        self.clock = api.session.clock
        self.media = studio.add_media("Lecture 1")

    def write(self, language: str, text: str, extension: str = "srt") -> None:
        (self.folder / f"{self.media}.{language}.{extension}").write_text(text, encoding="utf-8", newline="")

    def workspace(self) -> Workspace:
        return Workspace(UnconfiguredFolder(self.folder), lambda config, store: self.remote, clock=self.clock)

    def plan(self, **options: object) -> Plan:
        return self.workspace().plan(Options(show_unchanged=True, **options))  # type: ignore[arg-type]

    def push(self, **options: object) -> Report:
        return self.workspace().apply(self.plan(**options))

    def steps(self, **options: object) -> dict[str, tuple[Do, str]]:
        return {step.locale: (step.do, step.why) for _, step in self.plan(**options).steps()}

    def there(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for caption in self.studio.captions(self.media):
            found.setdefault(caption["srclang"], []).append(caption["content"])
        return found


@pytest.fixture
def teacher(studio: Studio, api: InstructureMedia, tmp_path: Path) -> Teacher:
    return Teacher(studio, api, tmp_path)


# --- push


def test_new_captions_are_added_read_back_and_recorded(teacher: Teacher) -> None:
    teacher.write("en", srt("Hello"))
    teacher.write("es-419", "WEBVTT\n\n00:01.000 --> 00:02.000\nHola\n", "vtt")
    report = teacher.push()
    assert report.exit_code is ExitCode.OK
    assert teacher.there() == {"en": [srt("Hello")], "es-419": [srt("Hola")]}
    assert set(teacher.steps().values()) == {(Do.KEEP, "clean")}
    posts = sum(request["method"] == "POST" for request in teacher.studio.requests)
    assert posts == 2


@pytest.mark.parametrize(
    "switches",
    [
        {"reformats_captions": True},
        {"new_caption_status": "published"},
        {"extra_caption_keys": False},
        {"error_shape": "object"},
        {"per_page_over": "reject"},
        {"same_srclang": "replace"},
        {"same_srclang": "reject"},
    ],
)
def test_whatever_is_not_known_of_the_server_a_push_is_verified(teacher: Teacher, switches: dict[str, object]) -> None:
    teacher.studio.set(**switches)
    teacher.write(
        "en", "\ufeff5\r\n00:00:01,000 --> 00:00:02,000\r\nHello\r\n\r\n9\r\n00:00:03,000 --> 00:00:04,000\r\nBye"
    )
    assert teacher.push().exit_code is ExitCode.OK
    assert set(teacher.steps().values()) == {(Do.KEEP, "clean")}


def test_an_edit_is_left_to_a_person_and_the_plan_says_why(teacher: Teacher) -> None:
    teacher.write("en", srt("Hello"))
    teacher.push()
    teacher.write("en", srt("Hello again"))
    teacher.write("de", srt("Hallo"))
    assert teacher.steps()["en"] == (Do.MANUAL, "manual-replace")
    report = teacher.push()
    assert report.exit_code is ExitCode.PARTIAL, "de was sent, en was not"
    assert teacher.there() == {"en": [srt("Hello")], "de": [srt("Hallo")]}
    assert teacher.steps()["en"] == (Do.MANUAL, "manual-replace"), "it goes on being said"
    assert teacher.push().exit_code is ExitCode.GUARD_REFUSED


def test_an_edit_that_nobody_sees_is_nothing_to_do(teacher: Teacher) -> None:
    teacher.write("en", srt("Hello"))
    teacher.push()
    teacher.write("en", "\ufeff" + srt("Hello").replace("\n", "\r\n"))
    assert teacher.steps()["en"] == (Do.ADOPT, "both-same")
    assert teacher.push().exit_code is ExitCode.OK
    assert teacher.steps()["en"] == (Do.KEEP, "clean")


@pytest.mark.parametrize("policy", [{"delete": True}, {"mirror": True}])
def test_a_deletion_is_left_to_a_person(teacher: Teacher, policy: dict[str, object]) -> None:
    teacher.write("en", srt("Hello"))
    teacher.write("de", srt("Hallo"))
    teacher.push()
    (teacher.folder / f"{teacher.media}.de.srt").unlink()
    assert teacher.steps()["de"] == (Do.KEEP, "removal-kept")
    assert teacher.steps(**policy)["de"] == (Do.MANUAL, "manual-delete")
    teacher.push(**policy)
    assert set(teacher.there()) == {"de", "en"}


def test_captions_made_by_machine_are_not_covered_up(teacher: Teacher) -> None:
    teacher.studio.add_caption(teacher.media, "en", srt("machine"), automatic=True)
    teacher.write("en", srt("by a person"))
    assert teacher.steps()["en"] == (Do.CONFLICT, "first-contact")
    assert teacher.steps(on_conflict="local")["en"] == (Do.MANUAL, "manual-replace")
    teacher.push(on_conflict="local")
    assert teacher.there() == {"en": [srt("machine")]}


def test_the_same_captions_there_and_here_are_recorded_without_a_request_that_writes(teacher: Teacher) -> None:
    teacher.studio.add_caption(teacher.media, "en", srt("Hello").replace("\n", "\r\n"))
    teacher.write("en", srt("Hello"))
    assert teacher.push().exit_code is ExitCode.OK
    assert teacher.steps()["en"] == (Do.KEEP, "clean")
    assert not [request for request in teacher.studio.requests if request["method"] != "GET"]


def test_a_colleague_who_adds_the_language_in_between_is_not_doubled(teacher: Teacher) -> None:
    teacher.write("en", srt("mine"))
    plan = teacher.plan()
    teacher.studio.add_caption(teacher.media, "en", srt("a colleague's"))
    report = teacher.workspace().apply(plan)
    assert report.exit_code is ExitCode.STALE_OR_CONFLICT
    assert teacher.there() == {"en": [srt("a colleague's")]}


@pytest.mark.parametrize(
    "fault", ["drop_before", "drop_after", "bad_gateway_after", "error_before", "half_json", "throttled"]
)
def test_an_answer_that_is_lost_adds_nothing_twice(teacher: Teacher, fault: str) -> None:
    teacher.studio.fault(fault, method="POST", path="caption_files")
    teacher.write("en", srt("Hello"))
    teacher.write("de", srt("Hallo"))
    assert teacher.push().exit_code is ExitCode.OK
    assert teacher.there() == {"en": [srt("Hello")], "de": [srt("Hallo")]}


def test_a_plan_from_a_file_sends_just_what_was_planned(teacher: Teacher) -> None:
    teacher.write("en", "WEBVTT\n\n00:01.000 --> 00:02.000 line:0\n<v Ann>Hello\n", "vtt")
    plan = parse_plan(teacher.plan().as_bytes(), "plan.json")
    assert teacher.workspace().apply(plan).exit_code is ExitCode.OK
    assert teacher.there() == {"en": [srt("Hello")]}


def test_a_language_that_the_server_does_not_know_is_reported_and_the_rest_is_sent_next_time(teacher: Teacher) -> None:
    teacher.write("la", srt("?"))
    report = teacher.push()
    assert report.exit_code is ExitCode.REMOTE_FAILED
    assert "studio.locales" in report.results[0].message
    assert not teacher.there()


def test_someone_without_the_right_changes_nothing_and_is_reported(studio: Studio, tmp_path: Path) -> None:
    with client(studio, "colleague") as theirs, client(studio) as mine:
        teacher = Teacher(studio, mine, tmp_path)
        teacher.write("en", srt("Hello"))
        reply = StudioRemote(theirs).put_tracks(f"media/{teacher.media}", [TrackPut("en", srt("Hello"))])
    assert (reply.outcome == "refused" and "owner" in reply.message) or "permit" in reply.message
    assert not teacher.there()


# --- pull


def test_a_pull_brings_one_file_a_language_a_persons_before_the_machines(teacher: Teacher) -> None:
    teacher.studio.add_caption(teacher.media, "en", srt("machine"), automatic=True)
    teacher.studio.add_caption(teacher.media, "en", srt("by a person"), status="uploaded")
    teacher.studio.add_caption(teacher.media, "de", srt("alt"), status="published")
    teacher.studio.add_caption(teacher.media, "de", srt("neu"), status="uploaded")
    teacher.studio.add_caption(teacher.media, "fr", "", status="processing")
    workspace = teacher.workspace()
    workspace.apply(workspace.pull())
    files = {file.name: file.read_text(encoding="utf-8") for file in teacher.folder.glob("*.srt")}
    assert files == {"Lecture 1.de.srt": srt("alt"), "Lecture 1.en.srt": srt("by a person")}
    assert teacher.steps()["en"] == (Do.KEEP, "clean")


# --- the remote itself


def test_a_collection_a_course_and_the_account_are_listed(studio: Studio, api: InstructureMedia) -> None:
    collection = studio.add_collection("Film", course_id=101)
    inside, outside = studio.add_media("In", collection=collection), studio.add_media("Out")
    assert [s.title for s in StudioRemote(api, scope=f"collections/{collection}").list_media()] == ["In"]
    assert [s.media for s in StudioRemote(api, scope="courses/101").list_media()] == [f"media/{inside}"]
    assert {s.media_id for s in StudioRemote(api).list_media()} == {str(inside), str(outside)}
    with pytest.raises(NotFound):
        list(StudioRemote(api, scope="courses/5").list_media())


@pytest.mark.parametrize(
    "scope", ["", "courses", "courses/x", "users/self", "groups/1", "account/1", "collections/1/2"]
)
def test_no_other_scope_is_taken(api: InstructureMedia, scope: str) -> None:
    with pytest.raises(UsageError):
        StudioRemote(api, scope=scope)


def test_reading_costs_one_request_a_media_and_one_a_caption(teacher: Teacher) -> None:
    teacher.studio.add_caption(teacher.media, "en", srt("a"))
    teacher.studio.add_caption(teacher.media, "de", srt("b"))
    teacher.studio.reset_log()
    state = teacher.remote.read(f"media/{teacher.media}", fresh_listing=True)
    assert [track.locale for track in state.tracks] == ["de", "en"]
    assert len(teacher.studio.requests) == 3


def test_who_it_is_is_known_without_users_me_where_one_library_is_shown(studio: Studio, api: InstructureMedia) -> None:
    studio.set(knows_users_me=False)
    assert StudioRemote(api).identity().user_id == str(studio.users()[0]["id"])
    with client(studio, "admin") as admin:  # who is shown everybody's
        assert StudioRemote(admin).identity().user_id == "me"


@pytest.mark.parametrize(
    "puts",
    [
        [TrackPut("fr", srt("Salut"))],
        [TrackPut("en"), TrackPut("fr", srt("Salut")), TrackPut("it", srt("Ciao"))],
        [TrackPut("en"), TrackPut("de")],
        [],
        [TrackPut("en", srt("another text"))],
        [TrackPut("en", srt("Hello")), TrackPut("fr", srt("Salut"))],
    ],
)
def test_the_model_that_requests_are_rehearsed_on_does_what_the_server_does(
    teacher: Teacher, puts: list[TrackPut]
) -> None:
    teacher.studio.add_caption(teacher.media, "en", srt("Hello"))
    teacher.studio.add_caption(teacher.media, "de", srt("Hallo"))
    place = f"media/{teacher.media}"
    model = StudioModel(teacher.remote.read(place, fresh_listing=True))
    expected, real = model.put_tracks(place, puts), teacher.remote.put_tracks(place, puts)
    assert (real.status, real.outcome) == (expected.status, expected.outcome)

    def seen(state: MediaState) -> list[tuple[str, str, str | None, str | None]]:
        return [(t.locale, t.kind, t.content, t.webvtt_content) for t in state.tracks]

    after = teacher.remote.read(place, fresh_listing=True)
    assert seen(after) == seen(model.read(place, fresh_listing=True))
