"""Every trap of Canvas's media tracks that we know of, by name, over real HTTP: nothing is lost, and the user is told.

The numbers are sections of the documentation's chapter on what Canvas really does.
"""

from __future__ import annotations

import pytest
from campus import Campus
from desk import srt, vtt

from captionkit.errors import ExitCode


def test_colleagues_tracks_hidden_from_the_list(campus: Campus) -> None:
    """The track list shows one's own tracks, and a PUT deletes everybody's that it does not name (sections 4, 5)."""
    theirs = campus.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    said = campus.push()
    assert said.code == ExitCode.OK
    assert "= keep      uk  only in Canvas; stays" in said.out
    assert campus.tracks("Lecture 1") == {"en": vtt("Hello"), "uk": vtt("Привіт")}
    assert theirs in [track["id"] for track in campus.sandbox.tracks(campus.media["Lecture 1"])]


def test_a_colleagues_track_that_is_added_while_we_work(campus: Campus) -> None:
    campus.add("Lecture 1", "en", vtt("Old"))
    campus.write("Lecture 1.en.vtt", vtt("New"))
    campus.sandbox.fault(
        "meanwhile_after",
        method="GET",
        path="media_tracks",
        do=lambda: campus.add("Lecture 1", "uk", vtt("Привіт"), user="colleague"),
    )
    said = campus.push("--on-conflict", "local")
    assert said.code == ExitCode.STALE_OR_CONFLICT
    assert "somebody changed uk in Canvas after the plan was made; left alone" in said.out
    assert campus.tracks("Lecture 1") == {"en": vtt("Old"), "uk": vtt("Привіт")}
    assert campus.push("--on-conflict", "local").code == ExitCode.OK
    assert campus.tracks("Lecture 1") == {"en": vtt("New"), "uk": vtt("Привіт")}


def test_a_foreign_owned_locale(campus: Campus) -> None:
    """Replacing it by the media id answers 422 "taken", after what was not named is deleted (section 5)."""
    campus.configure(path="media_objects")
    campus.add("Lecture 1", "en", vtt("Theirs"), user="colleague")
    campus.write("Lecture 1.en.vtt", vtt("Mine"))
    campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
    said = campus.push("--on-conflict", "local")
    assert said.code == ExitCode.PARTIAL
    assert "belongs to a colleague's track that Canvas does not let you read or replace" in said.out
    assert campus.tracks("Lecture 1") == {"en": vtt("Theirs"), "fr": vtt("Bonjour")}


def test_inherited_tracks(campus: Campus) -> None:
    """A PUT to a copied file that does not name an inherited locale deletes the original's track (section 5)."""
    campus.add_last_year("Lecture 1", "fr", vtt("De l'original"))
    copy = campus.sandbox.copy_course(campus.course, "Next year")
    campus.configure(copy, path="media_attachments")
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    said = campus.push("--mirror", "--allow", "last-caption")
    assert said.code == ExitCode.OK
    assert "fr belongs to the file in another course that this one was copied from; it was left as it is" in said.out
    puts = campus.puts()
    said = campus.push("--mirror")
    assert said.code == ExitCode.OK
    assert "--mirror leaves it too" in said.out
    assert campus.puts() == puts, "what was learned is remembered"
    original = campus.sandbox.file_id(campus.media["Lecture 1"])
    by_file = {
        (t["attachment_id"], t["locale"]): t["content"] for t in campus.sandbox.tracks(campus.media["Lecture 1"])
    }
    assert by_file.pop((original, "fr")) == vtt("De l'original")
    assert list(by_file.values()) == [vtt("Hello")]


def test_inherited_tracks_stay_as_they_are_under_ours(campus: Campus) -> None:
    campus.add_last_year("Lecture 1", "en", srt("Original"))
    copy = campus.sandbox.copy_course(campus.course, "Next year")
    campus.configure(copy, path="media_attachments")
    campus.write("Lecture 1.en.vtt", vtt("Mine"))
    said = campus.push("--on-conflict", "local")
    assert said.code == ExitCode.OK, said.all
    assert "this recording is a copy of another course's; it has captions of its own in en now" in said.out
    original = campus.sandbox.file_id(campus.media["Lecture 1"])
    texts = {t["attachment_id"] == original: t["content"] for t in campus.sandbox.tracks(campus.media["Lecture 1"])}
    assert texts[True] == srt("Original")
    assert "Mine" in texts[False]


def test_automatic_tracks_being_processed(campus: Campus) -> None:
    """They have no text for hours, and leaving their locale out deletes them (section 9)."""
    campus.add("Lecture 1", "en", "", asr=True, workflow_state="processing")
    campus.write("Lecture 1.en.vtt", vtt("Mine"))
    campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
    said = campus.push("--on-conflict", "local")
    assert "Canvas is still making automatic captions for this language" in said.out
    assert campus.tracks("Lecture 1") == {"en": "", "fr": vtt("Bonjour")}


def test_a_204_is_a_refusal(campus: Campus) -> None:
    """A missing right is answered as if all were well, with nothing done (section 3)."""
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    campus.sandbox.fault("no_content", method="PUT")
    said = campus.push()
    assert said.code == ExitCode.REMOTE_FAILED
    assert "Canvas refused without saying so (204): this user may not change it" in said.out
    assert "Nothing was changed" in said.out
    assert campus.tracks("Lecture 1") == {}


def test_include_stripped_from_a_scoped_token(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Absent content is not empty content (section 4): what cannot be read cannot be saved, so it is not replaced."""
    campus.add("Lecture 1", "en", vtt("Theirs"))
    one = "url:{}|/api/v1/media_objects/:media_object_id/media_tracks"
    scopes = ["url:GET|/api/v1/users/:id", "url:GET|/api/v1/courses/:course_id/media_objects"]
    token = campus.sandbox.add_token("teacher", scopes=[*scopes, one.format("GET"), one.format("PUT")])
    monkeypatch.setenv("CANVAS_API_TOKEN", token)
    campus.write("Lecture 1.en.vtt", vtt("Mine"))
    said = campus.push("--on-conflict", "local")
    assert said.code == ExitCode.GUARD_REFUSED, said.all
    assert "Canvas hides this track's text from your token, so it cannot be saved before it is replaced" in said.out
    assert campus.puts() == 0


def test_a_rename_by_somebody_else_while_we_work(campus: Campus) -> None:
    """Media objects are addressed by id, so what was planned goes where it was planned to go."""
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    campus.sandbox.fault(
        "meanwhile",
        method="GET",
        path="media_tracks",
        do=lambda: (
            campus.sandbox.rename(campus.media["Lecture 1"], "Week 1"),
            campus.sandbox.rename(campus.media["Lecture 2"], "Lecture 1"),
        ),
    )
    assert campus.push().code == ExitCode.OK
    assert campus.tracks("Lecture 1") == {"en": vtt("Hello")}
    assert campus.tracks("Lecture 2") == {}


def test_a_rename_between_two_runs_does_not_make_two_copies(campus: Campus) -> None:
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    campus.push()
    campus.sandbox.rename(campus.media["Lecture 1"], "Introduction")
    puts = campus.puts()
    said = campus.push()
    assert said.code == ExitCode.OK
    assert campus.puts() == puts
    # The record of earlier syncs keeps the file to its media object; it does not count as removed, even with leave.
    campus.write("Lecture 1.en.vtt", vtt("Hello again"))
    said = campus.shell("push", campus.folder, "--yes", "--delete", "--mirror")
    assert said.code == ExitCode.OK, said.out
    assert "no title in Canvas fits its name any more" in said.out
    assert campus.tracks("Lecture 1") == {"en": vtt("Hello again")}


def test_a_title_that_a_second_media_object_gets_too_does_not_take_the_files_away(campus: Campus) -> None:
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    campus.push()
    campus.sandbox.rename(campus.media["Lecture 2"], "Lecture 1")
    said = campus.shell("push", campus.folder, "--yes", "--delete")
    assert said.code == ExitCode.OK, said.out
    assert campus.tracks("Lecture 1") == {"en": vtt("Hello")}


def test_a_title_that_moves_to_another_media_object_deletes_nothing(campus: Campus) -> None:
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    campus.push()
    campus.sandbox.rename(campus.media["Lecture 1"], "Old lecture 1")
    campus.sandbox.rename(campus.media["Lecture 2"], "Lecture 1")
    said = campus.shell("push", campus.folder, "--yes", "--delete", "--media", "Old lecture 1")
    assert campus.tracks("Lecture 1") == {"en": vtt("Hello")}, said.out


@pytest.mark.parametrize("path", ["auto", "media_objects"])
@pytest.mark.parametrize("how", ["delete_media", "purge_media"])
def test_a_media_object_deleted_meanwhile(campus: Campus, how: str, path: str) -> None:
    """A deleted one still answers (section 2); it must not be written to as if nothing had happened."""
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    campus.write("Lecture 2.en.vtt", vtt("Two"))
    campus.configure(path=path)
    name = (
        campus.media["Lecture 1"] if path == "media_objects" else str(campus.sandbox.file_id(campus.media["Lecture 1"]))
    )
    delete = getattr(campus.sandbox, how)
    campus.sandbox.fault(
        "meanwhile", method="GET", path=f"{name}/media_tracks", do=lambda: delete(campus.media["Lecture 1"])
    )
    said = campus.push()
    assert said.code == ExitCode.PARTIAL
    assert "not in the listing any more" in said.out or "not permitted, or not there" in said.out
    assert campus.tracks("Lecture 2") == {"en": vtt("Two")}
    assert not any(track["media_id"] == campus.media["Lecture 1"] for track in campus.sandbox.all_tracks())


def test_a_media_object_deleted_between_two_runs(campus: Campus) -> None:
    """It is said once, recorded as gone, and stops nothing else, not even by the file that has no place any more."""
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    campus.write("Lecture 2.en.vtt", vtt("Hello"))
    campus.push()
    campus.sandbox.delete_media(campus.media["Lecture 1"])
    assert "does not list this recording any more" in campus.shell("status", campus.folder).out
    campus.write("Lecture 2.en.vtt", vtt("Hello again"))
    said = campus.push()
    assert said.code == ExitCode.OK, said.all
    assert "Canvas does not list this recording any more" in said.out
    assert campus.tracks("Lecture 2") == {"en": vtt("Hello again")}
    said = campus.push()
    assert said.code == ExitCode.OK, said.all
    assert "Lecture 1" not in said.all
    campus.write("Lecture 1.de.vtt", vtt("Hallo"))
    said = campus.push()
    assert said.code == ExitCode.FINDINGS, "a new file for it goes nowhere, which is said"
    assert "Lecture 1: there is no media object" in said.out or "Lecture 1" in said.out


def test_a_recording_that_comes_back_is_taken_up_where_it_was_left(campus: Campus) -> None:
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    campus.push()
    campus.sandbox.delete_media(campus.media["Lecture 1"])
    campus.push()
    with campus.sandbox._changing_media():
        campus.sandbox._state.run("UPDATE media_objects SET deleted = 0")
        campus.sandbox._state.run("UPDATE attachments SET deleted = 0")
    campus.write("Lecture 1.en.vtt", vtt("Hello again"))
    said = campus.push()
    assert said.code == ExitCode.OK, said.all
    assert campus.tracks("Lecture 1") == {"en": vtt("Hello again")}


def test_a_new_recording_of_the_same_name_gets_the_files_of_the_one_that_is_gone(campus: Campus) -> None:
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    campus.push()
    campus.sandbox.delete_media(campus.media["Lecture 1"])
    campus.push()
    campus.media["Lecture 1"] = campus.sandbox.add_media(campus.course, "Lecture 1")
    for expected in (ExitCode.OK, ExitCode.OK):
        said = campus.push()
        assert said.code == expected, said.all
    assert campus.tracks("Lecture 1") == {"en": vtt("Hello")}


def test_a_track_that_somebody_deleted_is_a_difference_that_a_scheduled_job_notices(campus: Campus) -> None:
    """Canvas's own page sends the list it knew when it was opened: a stale tab removes what was added since."""
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    campus.write("Lecture 1.fr.vtt", vtt("Bonjour"))
    campus.push()
    (french,) = [t["id"] for t in campus.sandbox.tracks(campus.media["Lecture 1"]) if t["locale"] == "fr"]
    campus.sandbox.delete_track(french)
    for _ in range(2):
        said = campus.push()
        assert said.code == ExitCode.FINDINGS
        assert "1 difference left: fr of Lecture 1 was deleted in Canvas" in said.out
    campus.write("Lecture 2.en.vtt", vtt("Two"))
    said = campus.push()
    assert said.code == ExitCode.FINDINGS, "also beside something that was sent"
    assert "1 difference left: fr of Lecture 1 was deleted in Canvas" in said.out
    assert campus.push("--resolve", "Lecture 1/fr=local").code == ExitCode.OK
    assert campus.push().code == ExitCode.OK


def test_a_colleagues_track_that_cannot_be_read_is_said_truly(campus: Campus) -> None:
    campus.configure(path="media_objects")
    campus.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    said = campus.push("--mirror")
    assert said.code == ExitCode.OK, said.all
    assert "pull cannot bring it, --mirror leaves it" in said.out
    assert "pull brings it, --mirror would delete it" not in said.out
    said = campus.push()
    assert "has just what this folder has" not in said.out
    assert "besides 1 track, made by colleagues, whose text Canvas does not show you" in said.out


def test_a_media_object_replaced_meanwhile(campus: Campus) -> None:
    """A file's id leads on to its replacement (section 2), which has other captions: they are not overwritten."""
    campus.configure(path="media_attachments")
    campus.add("Lecture 1", "en", vtt("Old"))
    other = campus.sandbox.add_media(None, "Lecture 1, new recording")
    theirs = campus.sandbox.add_track(other, "en", vtt("Of the new recording"))
    file = campus.sandbox.file_id(campus.media["Lecture 1"])

    def replace() -> None:
        new = campus.sandbox.replace_file(file, campus.course, "Lecture 1.mp4", media_entry_id=other)
        with campus.sandbox._state.lock:  # the new recording's captions belong to its file
            campus.sandbox._state.run("UPDATE tracks SET attachment_id = ? WHERE id = ?", new, theirs)

    campus.write("Lecture 1.en.vtt", vtt("New"))
    campus.sandbox.fault("meanwhile", method="GET", path="media_tracks", nth=2, do=replace)
    said = campus.push("--on-conflict", "local")
    assert said.code == ExitCode.STALE_OR_CONFLICT
    assert "somebody changed en in Canvas after the plan was made; left alone" in said.out
    assert campus.sandbox.tracks(other)[0]["content"] == vtt("Of the new recording")
    assert campus.tracks("Lecture 1") == {"en": vtt("Old")}


@pytest.mark.parametrize("old_server", [True, False], ids=["old", "new"])
def test_old_servers_and_new_ones(campus: Campus, old_server: bool) -> None:
    """Fewer keys, throttling by 403 with a text or by 429 (sections 4, 8, 11, 12)."""
    campus.sandbox.set(old_server=old_server)
    campus.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
    campus.add("Lecture 1", "en", srt("Old"))
    campus.write("Lecture 1.en.vtt", vtt("New"))
    campus.sandbox.fault("throttled", method="PUT")
    campus.sandbox.fault("throttled", method="GET", path="media_tracks")
    said = campus.push("--on-conflict", "local")
    assert said.code == ExitCode.OK, said.all
    assert "2 of them throttled and repeated" in said.out
    assert "New" in campus.viewed("Lecture 1", "en")
    assert campus.tracks("Lecture 1")["uk"] == vtt("Привіт")


@pytest.mark.parametrize("old_server", [True, False], ids=["401", "403"])
def test_what_is_not_permitted_is_no_bad_token(
    campus: Campus, old_server: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old servers answer 401 to both; only a bad token comes with WWW-Authenticate (section 11)."""
    campus.sandbox.set(old_server=old_server)
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    monkeypatch.setenv("CANVAS_API_TOKEN", campus.sandbox.tokens["stranger"])
    said = campus.push()
    assert said.code == ExitCode.REMOTE_FAILED
    assert "not permitted, or not there" in said.err
    assert "token" not in said.err


def test_the_files_path_shows_colleagues_tracks_and_replaces_them_after_they_were_saved(campus: Campus) -> None:
    """media_attachments lists everybody's tracks with their text; the file's id is in the Files API (section 2)."""
    campus.configure(path="media_attachments")
    campus.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
    campus.write("Lecture 1.uk.vtt", vtt("Вітаю"))
    said = campus.push()
    assert said.code == ExitCode.STALE_OR_CONFLICT
    assert "in the folder and in Canvas, different, and never synced before" in said.out
    assert campus.push("--on-conflict", "local").code == ExitCode.OK
    assert campus.tracks("Lecture 1") == {"uk": vtt("Вітаю")}
    assert vtt("Привіт") in campus.saved()


def test_on_the_files_path_a_file_that_cannot_be_found_is_addressed_by_its_media_id(campus: Campus) -> None:
    campus.configure(path="media_attachments")
    campus.sandbox.set(files_show_media_entry_id=False)
    campus.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    assert campus.push().code == ExitCode.OK
    assert campus.tracks("Lecture 1") == {"en": vtt("Hello"), "uk": vtt("Привіт")}
    assert [r["path"] for r in campus.sandbox.requests if r["method"] == "PUT"] == [
        f"/api/v1/media_objects/{campus.media['Lecture 1']}/media_tracks"
    ]


def test_a_blueprint_that_locks_the_file(campus: Campus) -> None:
    campus.sandbox.lock(campus.media["Lecture 1"])
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    said = campus.push()
    assert said.code in (ExitCode.REMOTE_FAILED, ExitCode.GUARD_REFUSED)
    assert "Lecture 1" in said.out
    assert campus.tracks("Lecture 1") == {}


def test_the_stale_copy(campus: Campus) -> None:
    """WebVTT over SRT is stored, and players go on showing the old text (section 7)."""
    campus.add("Lecture 1", "en", srt("Old"))
    campus.write("Lecture 1.en.srt", srt("5, 6, 7"))
    said = campus.push("--on-conflict", "local")
    assert said.code == ExitCode.OK
    assert "Canvas would go on showing the old text, so the track is deleted and made anew" in said.out
    assert "\n5, 6, 7\n" in campus.viewed("Lecture 1", "en")
    assert srt("Old") in campus.saved()


def test_srt_that_says_webvtt(campus: Campus) -> None:
    """Canvas never converts it, and players fail (section 7)."""
    campus.add("Lecture 1", "en", srt("Old"))
    campus.write("Lecture 1.en.srt", srt("We use WEBVTT here"))
    assert campus.push("--on-conflict", "local").code == ExitCode.OK
    assert campus.viewed("Lecture 1", "en").startswith("WEBVTT")
    assert "We use WEBVTT here" in campus.viewed("Lecture 1", "en")


def test_a_listing_that_shuffles_what_sorts_alike(campus: Campus) -> None:
    """The listing has no tie-breaker, so its pages may show an object twice and another never (section 8)."""
    campus.sandbox.set(stable_ties=False)
    campus.add("Lecture 1", "uk", vtt("Привіт"), user="colleague")
    campus.write("Lecture 1.en.vtt", vtt("Hello"))
    assert campus.push().code == ExitCode.OK
    assert campus.tracks("Lecture 1") == {"en": vtt("Hello"), "uk": vtt("Привіт")}
