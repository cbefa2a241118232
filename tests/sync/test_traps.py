"""Every trap of Canvas's media tracks that we know of, by name, over real HTTP: nothing is lost, and the user is told.

The numbers are sections of the documentation's chapter on what Canvas really does.
"""

from __future__ import annotations

import pytest
from sandbox_course import SandboxCourse
from teacher import srt, vtt

from captionkit.errors import ExitCode


def test_colleagues_tracks_hidden_from_the_list(course: SandboxCourse) -> None:
    """The track list shows one's own tracks, and a PUT deletes everybody's that it does not name (sections 4, 5)."""
    theirs = course.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    result = course.push()
    assert result.code == ExitCode.OK
    assert "= keep      uk  only in Canvas; stays" in result.out
    assert course.tracks("Lecture 1") == {"en": vtt("Hello"), "uk": vtt("Привіт")}
    assert theirs in [track["id"] for track in course.sandbox.tracks(course.media["Lecture 1"])]


def test_a_colleagues_track_that_is_added_while_we_work(course: SandboxCourse) -> None:
    course.add("Lecture 1", "en", vtt("Old"))
    course.write("Lecture 1.en.vtt", vtt("New"))
    course.sandbox.fault(
        "meanwhile_after",
        method="GET",
        path="media_tracks",
        do=lambda: course.add("Lecture 1", "uk", vtt("Привіт"), user="colleague"),
    )
    result = course.push("--on-conflict", "local")
    assert result.code == ExitCode.STALE_OR_CONFLICT
    assert "somebody changed uk in Canvas after the plan was made; left alone" in result.out
    assert course.tracks("Lecture 1") == {"en": vtt("Old"), "uk": vtt("Привіт")}
    assert course.push("--on-conflict", "local").code == ExitCode.OK
    assert course.tracks("Lecture 1") == {"en": vtt("New"), "uk": vtt("Привіт")}


def test_a_foreign_owned_locale(course: SandboxCourse) -> None:
    """Replacing it by the media id answers 422 "taken", after what was not named is deleted (section 5)."""
    course.configure(path="media_objects")
    course.add("Lecture 1", "en", vtt("Theirs"), user="colleague")
    course.write("Lecture 1.en.vtt", vtt("Mine"))
    course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
    result = course.push("--on-conflict", "local")
    assert result.code == ExitCode.PARTIAL
    assert "belongs to a colleague's track that Canvas does not let you read or replace" in result.out
    assert course.tracks("Lecture 1") == {"en": vtt("Theirs"), "fr": vtt("Bonjour")}


def test_inherited_tracks(course: SandboxCourse) -> None:
    """A PUT to a copied file that does not name an inherited locale deletes the original's track (section 5)."""
    course.add_last_year("Lecture 1", "fr", vtt("De l'original"))
    copy = course.sandbox.copy_course(course.id, "Next year")
    course.configure(copy, path="media_attachments")
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    result = course.push("--mirror", "--allow", "last-caption")
    assert result.code == ExitCode.OK
    assert "fr belongs to the file in another course that this one was copied from; it was left as it is" in result.out
    puts = course.puts()
    result = course.push("--mirror")
    assert result.code == ExitCode.OK
    assert "--mirror leaves it too" in result.out
    assert course.puts() == puts, "what was learned is remembered"
    original = course.sandbox.file_id(course.media["Lecture 1"])
    by_file = {
        (t["attachment_id"], t["locale"]): t["content"] for t in course.sandbox.tracks(course.media["Lecture 1"])
    }
    assert by_file.pop((original, "fr")) == vtt("De l'original")
    assert list(by_file.values()) == [vtt("Hello")]


def test_inherited_tracks_stay_as_they_are_under_ours(course: SandboxCourse) -> None:
    course.add_last_year("Lecture 1", "en", srt("Original"))
    copy = course.sandbox.copy_course(course.id, "Next year")
    course.configure(copy, path="media_attachments")
    course.write("Lecture 1.en.vtt", vtt("Mine"))
    result = course.push("--on-conflict", "local")
    assert result.code == ExitCode.OK, result.all
    assert "this recording is a copy of another course's; it has captions of its own in en now" in result.out
    original = course.sandbox.file_id(course.media["Lecture 1"])
    texts = {t["attachment_id"] == original: t["content"] for t in course.sandbox.tracks(course.media["Lecture 1"])}
    assert texts[True] == srt("Original")
    assert "Mine" in texts[False]


def test_automatic_tracks_being_processed(course: SandboxCourse) -> None:
    """They have no text for hours, and leaving their locale out deletes them (section 9)."""
    course.add("Lecture 1", "en", "", asr=True, workflow_state="processing")
    course.write("Lecture 1.en.vtt", vtt("Mine"))
    course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
    result = course.push("--on-conflict", "local")
    assert "Canvas is still making automatic captions for this language" in result.out
    assert course.tracks("Lecture 1") == {"en": "", "fr": vtt("Bonjour")}


def test_a_204_is_a_refusal(course: SandboxCourse) -> None:
    """A missing right is answered as if all were well, with nothing done (section 3)."""
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    course.sandbox.fault("no_content", method="PUT")
    result = course.push()
    assert result.code == ExitCode.REMOTE_FAILED
    assert "Canvas refused without saying so (204): this user may not change it" in result.out
    assert "Nothing was changed" in result.out
    assert course.tracks("Lecture 1") == {}


def test_include_stripped_from_a_scoped_token(course: SandboxCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Absent content is not empty content (section 4): what cannot be read cannot be saved, so it is not replaced."""
    course.add("Lecture 1", "en", vtt("Theirs"))
    one = "url:{}|/api/v1/media_objects/:media_object_id/media_tracks"
    scopes = ["url:GET|/api/v1/users/:id", "url:GET|/api/v1/courses/:course_id/media_objects"]
    token = course.sandbox.add_token("teacher", scopes=[*scopes, one.format("GET"), one.format("PUT")])
    monkeypatch.setenv("CANVAS_API_TOKEN", token)
    course.write("Lecture 1.en.vtt", vtt("Mine"))
    result = course.push("--on-conflict", "local")
    assert result.code == ExitCode.GUARD_REFUSED, result.all
    assert "Canvas hides this track's text from your token, so it cannot be saved before it is replaced" in result.out
    assert course.puts() == 0


def test_a_rename_by_somebody_else_while_we_work(course: SandboxCourse) -> None:
    """Media objects are addressed by id, so what was planned goes where it was planned to go."""
    course.write("Lecture 1.en.vtt", vtt("Hello"))

    def renamed() -> None:
        course.sandbox.rename(course.media["Lecture 1"], "Week 1")
        course.sandbox.rename(course.media["Lecture 2"], "Lecture 1")

    course.sandbox.fault("meanwhile", method="GET", path="media_tracks", do=renamed)
    assert course.push().code == ExitCode.OK
    assert course.tracks("Lecture 1") == {"en": vtt("Hello")}
    assert course.tracks("Lecture 2") == {}


def test_a_rename_between_two_runs_does_not_make_two_copies(course: SandboxCourse) -> None:
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    course.push()
    course.sandbox.rename(course.media["Lecture 1"], "Introduction")
    puts = course.puts()
    result = course.push()
    assert result.code == ExitCode.OK
    assert course.puts() == puts
    # The record of earlier syncs keeps the file to its media object; it does not count as removed, even with leave.
    course.write("Lecture 1.en.vtt", vtt("Hello again"))
    result = course.shell("push", course.folder, "--yes", "--delete", "--mirror")
    assert result.code == ExitCode.OK, result.out
    assert "no title in Canvas fits its name any more" in result.out
    assert course.tracks("Lecture 1") == {"en": vtt("Hello again")}


def test_a_title_that_a_second_media_object_gets_too_does_not_take_the_files_away(course: SandboxCourse) -> None:
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    course.push()
    course.sandbox.rename(course.media["Lecture 2"], "Lecture 1")
    result = course.shell("push", course.folder, "--yes", "--delete")
    assert result.code == ExitCode.OK, result.out
    assert course.tracks("Lecture 1") == {"en": vtt("Hello")}


def test_a_title_that_moves_to_another_media_object_deletes_nothing(course: SandboxCourse) -> None:
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    course.push()
    course.sandbox.rename(course.media["Lecture 1"], "Old lecture 1")
    course.sandbox.rename(course.media["Lecture 2"], "Lecture 1")
    result = course.shell("push", course.folder, "--yes", "--delete", "--media", "Old lecture 1")
    assert course.tracks("Lecture 1") == {"en": vtt("Hello")}, result.out


@pytest.mark.parametrize("path", ["auto", "media_objects"])
@pytest.mark.parametrize("how", ["delete_media", "purge_media"])
def test_a_media_object_deleted_meanwhile(course: SandboxCourse, how: str, path: str) -> None:
    """A deleted one still answers (section 2); it must not be written to as if nothing had happened."""
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    course.write("Lecture 2.en.vtt", vtt("Two"))
    course.configure(path=path)
    name = (
        course.media["Lecture 1"] if path == "media_objects" else str(course.sandbox.file_id(course.media["Lecture 1"]))
    )
    delete = getattr(course.sandbox, how)
    course.sandbox.fault(
        "meanwhile", method="GET", path=f"{name}/media_tracks", do=lambda: delete(course.media["Lecture 1"])
    )
    result = course.push()
    assert result.code == ExitCode.PARTIAL
    assert "not in the listing any more" in result.out or "not permitted, or not there" in result.out
    assert course.tracks("Lecture 2") == {"en": vtt("Two")}
    assert not any(track["media_id"] == course.media["Lecture 1"] for track in course.sandbox.all_tracks())


def test_a_media_object_deleted_between_two_runs(course: SandboxCourse) -> None:
    """It is said once, recorded as gone, and stops nothing else, not even by the file that has no place any more."""
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    course.write("Lecture 2.en.vtt", vtt("Hello"))
    course.push()
    course.sandbox.delete_media(course.media["Lecture 1"])
    assert "does not list this recording any more" in course.shell("status", course.folder).out
    course.write("Lecture 2.en.vtt", vtt("Hello again"))
    result = course.push()
    assert result.code == ExitCode.OK, result.all
    assert "Canvas does not list this recording any more" in result.out
    assert course.tracks("Lecture 2") == {"en": vtt("Hello again")}
    result = course.push()
    assert result.code == ExitCode.OK, result.all
    assert "Lecture 1" not in result.all
    course.write("Lecture 1.de.vtt", vtt("Hallo"))
    result = course.push()
    assert result.code == ExitCode.FINDINGS, "a new file for it goes nowhere, which is said"
    assert "Lecture 1: there is no media object" in result.out or "Lecture 1" in result.out


def test_a_recording_that_comes_back_is_taken_up_where_it_was_left(course: SandboxCourse) -> None:
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    course.push()
    course.sandbox.delete_media(course.media["Lecture 1"])
    course.push()
    with course.sandbox._changing_media():
        course.sandbox._state.run("UPDATE media_objects SET deleted = 0")
        course.sandbox._state.run("UPDATE attachments SET deleted = 0")
    course.write("Lecture 1.en.vtt", vtt("Hello again"))
    result = course.push()
    assert result.code == ExitCode.OK, result.all
    assert course.tracks("Lecture 1") == {"en": vtt("Hello again")}


def test_a_new_recording_of_the_same_name_gets_the_files_of_the_one_that_is_gone(course: SandboxCourse) -> None:
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    course.push()
    course.sandbox.delete_media(course.media["Lecture 1"])
    course.push()
    course.media["Lecture 1"] = course.sandbox.add_media(course.id, "Lecture 1")
    for expected in (ExitCode.OK, ExitCode.OK):
        result = course.push()
        assert result.code == expected, result.all
    assert course.tracks("Lecture 1") == {"en": vtt("Hello")}


def test_a_track_that_somebody_deleted_is_a_difference_that_a_scheduled_job_notices(course: SandboxCourse) -> None:
    """Canvas's own page sends the list it knew when it was opened: a stale tab removes what was added since."""
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    course.write("Lecture 1.fr.vtt", vtt("Bonjour"))
    course.push()
    (french,) = [t["id"] for t in course.sandbox.tracks(course.media["Lecture 1"]) if t["locale"] == "fr"]
    course.sandbox.delete_track(french)
    for _ in range(2):
        result = course.push()
        assert result.code == ExitCode.FINDINGS
        assert "1 difference left: fr of Lecture 1 was deleted in Canvas" in result.out
    course.write("Lecture 2.en.vtt", vtt("Two"))
    result = course.push()
    assert result.code == ExitCode.FINDINGS, "also beside something that was sent"
    assert "1 difference left: fr of Lecture 1 was deleted in Canvas" in result.out
    assert course.push("--resolve", "Lecture 1/fr=local").code == ExitCode.OK
    assert course.push().code == ExitCode.OK


def test_a_colleagues_track_that_cannot_be_read_is_reported_truly(course: SandboxCourse) -> None:
    course.configure(path="media_objects")
    course.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    result = course.push("--mirror")
    assert result.code == ExitCode.OK, result.all
    assert "pull cannot bring it, --mirror leaves it" in result.out
    assert "pull brings it, --mirror would delete it" not in result.out
    result = course.push()
    assert "has just what this folder has" not in result.out
    assert "besides 1 track, made by colleagues, whose text Canvas does not show you" in result.out


def test_a_media_object_replaced_meanwhile(course: SandboxCourse) -> None:
    """A file's id leads on to its replacement (section 2), which has other captions: they are not overwritten."""
    course.configure(path="media_attachments")
    course.add("Lecture 1", "en", vtt("Old"))
    other = course.sandbox.add_media(None, "Lecture 1, new recording")
    theirs = course.sandbox.add_track(other, "en", vtt("Of the new recording"))
    file = course.sandbox.file_id(course.media["Lecture 1"])

    def replace() -> None:
        new = course.sandbox.replace_file(file, course.id, "Lecture 1.mp4", media_entry_id=other)
        with course.sandbox._state.lock:  # the new recording's captions belong to its file
            course.sandbox._state.run("UPDATE tracks SET attachment_id = ? WHERE id = ?", new, theirs)

    course.write("Lecture 1.en.vtt", vtt("New"))
    course.sandbox.fault("meanwhile", method="GET", path="media_tracks", nth=2, do=replace)
    result = course.push("--on-conflict", "local")
    assert result.code == ExitCode.STALE_OR_CONFLICT
    assert "somebody changed en in Canvas after the plan was made; left alone" in result.out
    assert course.sandbox.tracks(other)[0]["content"] == vtt("Of the new recording")
    assert course.tracks("Lecture 1") == {"en": vtt("Old")}


@pytest.mark.parametrize("old_server", [True, False], ids=["old", "new"])
def test_old_servers_and_new_ones(course: SandboxCourse, old_server: bool) -> None:
    """Fewer keys, throttling by 403 with a text or by 429 (sections 4, 8, 11, 12)."""
    course.sandbox.set(old_server=old_server)
    course.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
    course.add("Lecture 1", "en", srt("Old"))
    course.write("Lecture 1.en.vtt", vtt("New"))
    course.sandbox.fault("throttled", method="PUT")
    course.sandbox.fault("throttled", method="GET", path="media_tracks")
    result = course.push("--on-conflict", "local")
    assert result.code == ExitCode.OK, result.all
    assert "2 of them throttled and repeated" in result.out
    assert "New" in course.viewed("Lecture 1", "en")
    assert course.tracks("Lecture 1")["uk"] == vtt("Привіт")


@pytest.mark.parametrize("old_server", [True, False], ids=["401", "403"])
def test_what_is_not_permitted_is_no_bad_token(
    course: SandboxCourse, old_server: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old servers answer 401 to both; only a bad token comes with WWW-Authenticate (section 11)."""
    course.sandbox.set(old_server=old_server)
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    monkeypatch.setenv("CANVAS_API_TOKEN", course.sandbox.tokens["stranger"])
    result = course.push()
    assert result.code == ExitCode.REMOTE_FAILED
    assert "not permitted, or not there" in result.err
    assert "token" not in result.err


def test_the_files_path_shows_colleagues_tracks_and_replaces_them_after_they_were_saved(course: SandboxCourse) -> None:
    """media_attachments lists everybody's tracks with their text; the file's id is in the Files API (section 2)."""
    course.configure(path="media_attachments")
    course.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
    course.write("Lecture 1.uk.vtt", vtt("Вітаю"))
    result = course.push()
    assert result.code == ExitCode.STALE_OR_CONFLICT
    assert "in the folder and in Canvas, different, and never synced before" in result.out
    assert course.push("--on-conflict", "local").code == ExitCode.OK
    assert course.tracks("Lecture 1") == {"uk": vtt("Вітаю")}
    assert vtt("Привіт") in course.saved()


def test_on_the_files_path_a_file_that_cannot_be_found_is_addressed_by_its_media_id(course: SandboxCourse) -> None:
    course.configure(path="media_attachments")
    course.sandbox.set(files_show_media_entry_id=False)
    course.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    assert course.push().code == ExitCode.OK
    assert course.tracks("Lecture 1") == {"en": vtt("Hello"), "uk": vtt("Привіт")}
    assert [r["path"] for r in course.sandbox.requests if r["method"] == "PUT"] == [
        f"/api/v1/media_objects/{course.media['Lecture 1']}/media_tracks"
    ]


def test_a_blueprint_that_locks_the_file(course: SandboxCourse) -> None:
    course.sandbox.lock(course.media["Lecture 1"])
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    result = course.push()
    assert result.code in (ExitCode.REMOTE_FAILED, ExitCode.GUARD_REFUSED)
    assert "Lecture 1" in result.out
    assert course.tracks("Lecture 1") == {}


def test_the_stale_copy(course: SandboxCourse) -> None:
    """WebVTT over SRT is stored, and players go on showing the old text (section 7)."""
    course.add("Lecture 1", "en", srt("Old"))
    course.write("Lecture 1.en.srt", srt("5, 6, 7"))
    result = course.push("--on-conflict", "local")
    assert result.code == ExitCode.OK
    assert "Canvas would go on showing the old text, so the track is deleted and made anew" in result.out
    assert "\n5, 6, 7\n" in course.viewed("Lecture 1", "en")
    assert srt("Old") in course.saved()


def test_srt_that_says_webvtt(course: SandboxCourse) -> None:
    """Canvas never converts it, and players fail (section 7)."""
    course.add("Lecture 1", "en", srt("Old"))
    course.write("Lecture 1.en.srt", srt("We use WEBVTT here"))
    assert course.push("--on-conflict", "local").code == ExitCode.OK
    assert course.viewed("Lecture 1", "en").startswith("WEBVTT")
    assert "We use WEBVTT here" in course.viewed("Lecture 1", "en")


def test_a_listing_that_shuffles_what_sorts_alike(course: SandboxCourse) -> None:
    """The listing has no tie-breaker, so its pages may show an object twice and another never (section 8)."""
    course.sandbox.set(stable_ties=False)
    course.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
    course.write("Lecture 1.en.vtt", vtt("Hello"))
    assert course.push().code == ExitCode.OK
    assert course.tracks("Lecture 1") == {"en": vtt("Hello"), "uk": vtt("Привіт")}


def test_a_file_in_whose_place_another_of_the_recording_has_come(course: SandboxCourse) -> None:
    """Nothing tells before a request has left; then what to do is said, and done once it is over."""
    course.write("Lecture 1.en.vtt", vtt("One"))
    assert course.push().code == ExitCode.OK
    file = course.sandbox.file_id(course.media["Lecture 1"])
    course.sandbox.replace_file(file, course.id, "Lecture 1.mp4")
    course.write("Lecture 1.en.vtt", vtt("Two"))
    for code in (ExitCode.OUTCOME_UNKNOWN, ExitCode.REMOTE_FAILED):
        result = course.push()
        assert result.code == code, result.all
        assert 'another has taken its place, set path = "media_attachments"' in result.out
    course.configure(path="media_attachments")
    assert course.push().code == ExitCode.OK
    course.configure()
    assert "Nothing to send" in course.push().out


def test_what_is_left_is_counted_once_and_by_what_it_is(course: SandboxCourse) -> None:
    for locale in ("en", "fr", "de"):
        course.write(f"Lecture 1.{locale}.vtt", vtt(locale))
    assert course.push().code == ExitCode.OK
    ids = {track["locale"]: track["id"] for track in course.sandbox.tracks(course.media["Lecture 1"])}
    course.sandbox.edit_track(ids["en"], vtt("Edited there"))
    course.sandbox.delete_track(ids["fr"])
    (course.folder / "Lecture 1.de.vtt").unlink()
    result = course.push()
    assert (
        "Nothing was sent: 1 track edited in Canvas, 1 track deleted in Canvas, 1 track that stays without a file here."
        in result.out
    ), result.out
    assert "1 difference left: fr of Lecture 1 was deleted in Canvas" in result.out
