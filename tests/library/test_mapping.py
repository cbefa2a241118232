"""What a person decided about names, as it is to stand under [media]."""

from __future__ import annotations

from captionkit.library.mapping import Answer, Sure, decided, rows
from captionkit.library.match import Recordings, match
from captionkit.sync.ports import MediaSummary


def summary(media: str, title: str, media_id: str = "") -> MediaSummary:
    return MediaSummary(media, media_id or media.rpartition("/")[2], title, True, ())


def entries(media: list[MediaSummary], *answers: tuple[str, str, str]) -> dict[str, tuple[str, str]]:
    """Answers are path, name and recording."""
    recordings = Recordings(media)
    found = rows(
        [(path, name, "en") for path, name, _ in answers], match([n for _, n, _ in answers], media, {}), recordings
    )
    given = [Answer("row", path, "en", recording) for path, _, recording in answers]
    return dict(decided(given, found, recordings).entries)


def test_studios_media_stand_by_their_address_since_a_number_alone_says_little() -> None:
    assert entries([summary("media/12", "Intro")], ("a.en.srt", "a", "Intro")) == {"a": ("media/12", "Intro")}


def test_a_media_object_that_two_files_share_stands_by_its_file() -> None:
    shared = [summary("media_attachments/1", "Intro", "m-a"), summary("media_attachments/2", "Outro", "m-a")]
    assert entries(shared, ("a.en.srt", "a", "Outro")) == {"a": ("media_attachments/2", "Outro")}


def test_what_is_certain_already_needs_no_entry_but_another_answer_does() -> None:
    media = [summary("media_objects/m-1", "Intro"), summary("media_objects/m-2", "Outro")]
    assert entries(media, ("Intro.en.srt", "Intro", "Intro")) == {}
    assert entries(media, ("Intro.en.srt", "Intro", "m-2")) == {"Intro": ("m-2", "Outro")}


def test_a_row_of_a_name_that_an_entry_sends_nowhere_is_asked_about() -> None:
    media = [summary("media_objects/m-1", "Lecture 1: Intro")]
    (row,) = rows(
        [("x.en.srt", "lecture-01", "en")], match(["lecture-01"], media, {"lecture-01": "gone"}), Recordings(media)
    )
    assert row.sure is Sure.LIKELY and "captionkit.toml says 'gone'" in row.why
