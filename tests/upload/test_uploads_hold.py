"""What nobody outside knows of Studio, and what can happen on the way: nothing is called there that is not, nothing is
sent again that is, and only documented fields go out. Over the wire, against the stand-in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from studio_clients import ImpatientClock, client, recording, srt

from captionkit.cli._transfer import report_lines
from captionkit.errors import DamagedFile, ExitCode
from captionkit.remotes.studio.uploads import put_file
from captionkit.sandbox.studio import Studio
from captionkit.upload.items import Destination, Item, file_item, url_item
from captionkit.upload.journal import UploadJournal
from captionkit.upload.run import Ending, Means, Result, exit_code, upload

WEEK_1, WEEK_2 = "https://files.example.edu/week1/video.mp4", "https://files.example.edu/week2/video.mp4"


class Bench:
    """A folder, a journal, and uploads with them. Waiting costs no time; Studio's clock goes along where it matters."""

    def __init__(self, studio: Studio, folder: Path) -> None:
        self.studio = studio
        self.folder = folder
        self.clock = ImpatientClock()

    def run(self, *items: Item, user: str = "teacher", knows_who: bool = True, parallel: int = 1) -> list[Result]:
        with (
            client(self.studio, user, clock=self.clock) as api,
            UploadJournal(self.folder / "journal.jsonl").open() as journal,
        ):
            who = api.whoami() if knows_who else None
            user_id = who.id if who else ""
            account = f"{self.studio.url}/users/{user_id or 'me'}"
            return upload(items, Means(api, account, user_id, put_file, journal, self.clock), parallel=parallel)

    def lecture(self, *captions: str, to: Destination | None = None, name: str = "lecture.mp4") -> Item:
        file = recording(self.folder, name)
        for language in captions:
            (self.folder / f"{file.stem}.{language}.srt").write_text(srt(f"in {language}"), encoding="utf-8")
        return file_item(file, to or Destination())

    @property
    def posts(self) -> int:
        return sum(r["method"] == "POST" and r["path"].endswith("caption_files") for r in self.studio.requests)


@pytest.fixture
def bench(studio: Studio, tmp_path: Path) -> Bench:
    return Bench(studio, tmp_path)


# --- a recording that was never made


@pytest.mark.parametrize("fault", ["drop_before", "error_before"])
def test_a_recording_whose_request_was_lost_is_not_taken_for_another_of_the_same_title(
    bench: Bench, fault: str
) -> None:
    bench.studio.fault(fault, method="POST", path="media$", nth=2)
    first, second = bench.run(url_item(WEEK_1, Destination()), url_item(WEEK_2, Destination()))
    assert (first.ending, second.ending) == (Ending.UPLOADED, Ending.UNKNOWN)
    assert exit_code([first, second]) is ExitCode.OUTCOME_UNKNOWN
    assert len(bench.studio.media()) == 1 and not second.media_id
    bench.clock.slept += 60
    first, second = bench.run(url_item(WEEK_1, Destination()), url_item(WEEK_2, Destination()))
    assert (first.ending, second.ending) == (Ending.ALREADY, Ending.UPLOADED) and first.media_id != second.media_id


def test_of_two_lost_answers_neither_takes_what_the_other_may_have_made(bench: Bench) -> None:
    bench.studio.fault("drop_before", method="POST", path="media$", nth=1)
    bench.studio.fault("drop_after", method="POST", path="media$", nth=2)
    results = bench.run(url_item(WEEK_1, Destination()), url_item(WEEK_2, Destination()), parallel=2)
    assert [result.ending for result in results] == [Ending.UNKNOWN] * 2
    assert len(bench.studio.media()) == 1


def test_what_was_there_before_the_request_is_not_what_it_made(bench: Bench) -> None:
    bench.studio.add_media("video")  # a second ago, by hand
    bench.studio.fault("drop_before", method="POST", path="media$")
    [result] = bench.run(url_item(WEEK_1, Destination()))
    assert result.ending is Ending.UNKNOWN and len(bench.studio.media()) == 1


def test_another_persons_new_recording_of_that_title_is_not_ours(bench: Bench) -> None:
    bench.studio.share(bench.studio.library("colleague"), "teacher")
    bench.studio.fault("drop_before", method="POST", path="media$")
    bench.studio.fault(
        "meanwhile", method="GET", path="media/search$", nth=2,
        do=lambda: bench.studio.add_media("video", user="colleague"),
    )  # fmt: skip
    [result] = bench.run(url_item(WEEK_1, Destination()))
    assert result.ending is Ending.UNKNOWN and not result.media_id and len(bench.studio.media()) == 1


def test_what_another_item_made_is_not_taken_although_the_listing_showed_it_only_later(bench: Bench) -> None:
    bench.studio.set(listing_lag_s=3600)
    bench.studio.fault("drop_before", method="POST", path="media$", nth=2)
    bench.studio.fault(
        "meanwhile", method="GET", path="media/search$", nth=3, do=lambda: bench.studio.set(listing_lag_s=0)
    )
    first, second = bench.run(url_item(WEEK_1, Destination()), url_item(WEEK_2, Destination()))
    assert (first.ending, second.ending) == (Ending.UPLOADED, Ending.UNKNOWN) and not second.media_id


def test_a_lost_answer_is_found_although_the_search_lags(bench: Bench) -> None:
    bench.studio.set(listing_lag_s=3600)
    bench.studio.fault("drop_after", method="POST", path="media$")
    [result] = bench.run(url_item(WEEK_1, Destination()))
    assert result.ending is Ending.UNKNOWN
    bench.studio.set(listing_lag_s=0)
    [result] = bench.run(url_item(WEEK_1, Destination()))
    assert result.is_whole and len(bench.studio.media()) == 1


@pytest.mark.parametrize("answer", [b"{}", b'{"media": {}}', b'{"media": {"id": "../x"}}', b"[]", b"\xff", b"null"])
def test_an_answer_that_says_it_badly_is_no_reason_to_make_it_again(bench: Bench, answer: bytes) -> None:
    with Answering(bench.studio, "POST", "/media", 201, answer):
        [result] = bench.run(url_item(WEEK_1, Destination()))
    assert result.ending is Ending.UPLOADED, "it was looked for, and found"
    assert len(bench.studio.media()) == 1


class Answering:
    """Studio does what is asked and answers with these bytes instead."""

    def __init__(self, studio: Studio, method: str, path: str, status: int, body: bytes) -> None:
        self.app = studio._app
        self.asked = (method, path, status, body)

    def __enter__(self) -> None:
        self.original = self.app.execute
        method, path, status, body = self.asked

        def execute(environ: dict[str, Any], entry: Any, params: dict[str, Any]) -> Any:
            answer = self.original(environ, entry, params)
            if entry.method == method and entry.path.endswith(path):
                answer.status, answer.body = status, body
            return answer

        self.app.execute = execute  # type: ignore[method-assign]

    def __exit__(self, *_: object) -> None:
        self.app.execute = self.original  # type: ignore[method-assign]


# --- captions


@pytest.mark.parametrize("lag", [{"listing_lag_s": 3600}, {"renames_languages": True},
                                 {"listing_lag_s": 3600, "renames_languages": True}])  # fmt: skip
def test_after_a_201_the_caption_is_known_by_its_id_and_never_sent_again(bench: Bench, lag: dict[str, Any]) -> None:
    item = bench.lecture("pt-BR", "en")
    bench.studio.set(**lag)
    for _ in range(3):
        [result] = bench.run(item)
        assert result.is_whole, result
        assert len(bench.studio.captions(int(result.media_id))) == 2 == bench.posts
    (bench.folder / "journal.jsonl").write_text(
        "\n".join(
            line for line in (bench.folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()
            if json.loads(line)["state"] not in ("caption", "done")
        ) + "\n",
        encoding="utf-8",
    )  # fmt: skip
    assert bench.run(item)[0].is_whole and bench.posts == 2, "also by a run that only had the answer"


def test_a_language_that_studio_keeps_otherwise_is_reported(bench: Bench) -> None:
    bench.studio.set(renames_languages=True)
    [result] = bench.run(bench.lecture("pt-BR"))
    assert result.captions[0].state == "sent" and "keeps it as pt" in result.captions[0].message


def test_what_cannot_be_found_after_a_201_is_unknown_and_not_sent_again(bench: Bench) -> None:
    item = bench.lecture("en")
    bench.studio.set(download_lag_s=3600)
    for _ in range(3):
        [result] = bench.run(item)
        assert result.captions[0].state == "unknown" and exit_code([result]) is ExitCode.OUTCOME_UNKNOWN
        assert bench.posts == 1
    bench.studio.set(download_lag_s=0)
    assert bench.run(item)[0].is_whole and bench.posts == 1


@pytest.mark.parametrize("renamed", [False, True])
@pytest.mark.parametrize("fault", ["drop_after", "bad_gateway_after", "half_json", "error_after"])
def test_a_lost_answer_is_looked_for_by_its_text(bench: Bench, fault: str, renamed: bool) -> None:
    bench.studio.set(renames_languages=renamed)
    bench.studio.fault(fault, method="POST", path="caption_files$")
    [result] = bench.run(bench.lecture("pt-BR"))
    assert result.is_whole and bench.posts == 1


def test_what_got_no_answer_is_not_sent_again_where_nobody_could_look_for_it(bench: Bench) -> None:
    bench.studio.fault("drop_after", method="POST", path="caption_files$")
    bench.studio.fault("error_before", method="GET", path="caption_files$", nth=2, times=0)
    item = bench.lecture("en")
    [result] = bench.run(item)
    assert bench.posts == 1
    assert result.captions[0].state == "unknown" and "cannot be read" in result.captions[0].message
    bench.studio.clear_faults()
    assert bench.run(item)[0].is_whole and bench.posts == 1


def test_the_same_words_in_two_languages_are_two_caption_files(bench: Bench) -> None:
    recording(bench.folder)
    for language in ("en", "en-GB"):
        (bench.folder / f"lecture.{language}.srt").write_text(srt("Hello"), encoding="utf-8")
    item = file_item(bench.folder / "lecture.mp4", Destination())
    [result] = bench.run(item)
    assert [caption.state for caption in result.captions] == ["sent", "sent"]
    assert sorted(c["srclang"] for c in bench.studio.captions(int(result.media_id))) == ["en", "en-GB"]


def test_a_caption_file_with_an_impossible_language_costs_no_other(bench: Bench) -> None:
    item = bench.lecture()
    [result] = bench.run(item)
    bench.studio.add_caption(int(result.media_id), "../../x", srt("Bad"))
    (bench.folder / "lecture.en.srt").write_text(srt("Hello"), encoding="utf-8")
    [again] = bench.run(file_item(bench.folder / "lecture.mp4", Destination()))
    assert again.media_id == result.media_id and [caption.state for caption in again.captions] == ["sent"]


# --- where it lies


@pytest.mark.parametrize("heeds", [False, True])
def test_a_file_for_a_collection_sends_documented_fields_and_says_where_it_lies(bench: Bench, heeds: bool) -> None:
    bench.studio.set(upload_collection=heeds)
    film = str(bench.studio.add_collection("Film"))
    item = bench.lecture(to=Destination(collection_id=film))
    for ending in (Ending.UPLOADED, Ending.ALREADY):
        [result] = bench.run(item)
        assert result.ending is ending and result.elsewhere == str(bench.studio.library("teacher"))
        assert f"captionkit studio move {result.media_id} --collection {film}" in "\n".join(report_lines([result]))
        assert "My Uploads" in result.notes[0] and exit_code([result]) is not ExitCode.OK
    begun = [r for r in bench.studio.requests if r["path"].endswith("/media/uploads")]
    assert [(r["body"], r["query"]) for r in begun] == [("{}", {})]


def test_a_resumed_upload_says_where_it_lies_as_well(bench: Bench) -> None:
    film = str(bench.studio.add_collection("Film"))
    item = bench.lecture(to=Destination(collection_id=film))
    bench.studio.fault("status", method="POST", path="complete$", status=403)
    assert bench.run(item)[0].ending is Ending.FAILED
    [result] = bench.run(item)
    assert result.ending is Ending.FINISHED and result.elsewhere and "My Uploads" in result.notes[0]


def test_what_lies_in_the_collection_is_there(bench: Bench) -> None:
    film = bench.studio.add_collection("Film")
    item = bench.lecture(to=Destination(collection_id=str(film)))
    [result] = bench.run(item)
    with client(bench.studio) as api:
        from captionkit.remotes.studio.changes import move

        assert move(api, result.media_id, str(film))
    [result] = bench.run(item)
    assert result.ending is Ending.ALREADY and not result.notes and exit_code([result]) is ExitCode.OK


# --- already there


def test_what_was_deleted_meanwhile_is_uploaded_anew(bench: Bench) -> None:
    item = bench.lecture("en")
    [first] = bench.run(item)
    bench.studio.delete_media(int(first.media_id))
    [again] = bench.run(item)
    assert again.ending is Ending.UPLOADED and again.media_id != first.media_id and "not in Studio" in again.notes[0]
    assert [c["srclang"] for c in bench.studio.captions(int(again.media_id))] == ["en"]


def test_an_address_whose_media_was_deleted_is_made_anew(bench: Bench) -> None:
    item = url_item(WEEK_1, Destination())
    [first] = bench.run(item)
    bench.studio.delete_media(int(first.media_id))
    [again] = bench.run(item)
    assert again.ending is Ending.UPLOADED and again.media_id != first.media_id


def test_another_persons_on_the_same_computer_is_not_there_even_where_studio_does_not_say_who_one_is(
    bench: Bench,
) -> None:
    bench.studio.set(knows_users_me=False)
    item = bench.lecture()
    for user in ("teacher", "colleague"):
        assert bench.run(item, user=user)[0].ending is Ending.UPLOADED
    other = bench.lecture(name="b.mp4")
    bench.run(other, knows_who=False)
    [theirs] = bench.run(other, user="colleague", knows_who=False)
    assert theirs.ending is Ending.UPLOADED
    assert len(bench.studio.media()) == 4


def test_where_it_cannot_be_known_whose_it_is_that_is_reported(bench: Bench) -> None:
    item = bench.lecture()
    bench.run(item, knows_who=False)
    [result] = bench.run(item, user="admin", knows_who=False)
    assert (
        result.ending is Ending.ALREADY
        and "belongs to Teacher" in result.notes[0]
        and "upload it again" in result.notes[0]
    )


def test_already_there_costs_one_request_an_item(bench: Bench) -> None:
    items = [bench.lecture("en", name=f"lecture {n}.mp4") for n in range(3)]
    bench.run(*items)
    bench.studio.reset_log()
    results = bench.run(*items)
    assert {result.ending for result in results} == {Ending.ALREADY}
    looks = [r for r in bench.studio.requests if "/media/" in r["path"]]
    assert len(looks) == 3 and all(r["method"] == "GET" for r in bench.studio.requests)


# --- the journal


BAD = {
    "wrong type": b'{"key": "k", "state": "created", "media": 5}', "missing": b'{"state": "created"}',
    "no object": b"[]", "nested": b"[" * 100_000 + b"]" * 100_000,
    "digits": b'{"key": "k", "at": ' + b"9" * 5000 + b"}",
    "infinite": b'{"key": "k", "state": "created", "at": 1e400}', "unknown": b'{"key": "k", "state": "?"}',
    "surrogate": b'{"key": "\\ud800", "state": "created"}', "nul": b'{"key": "\\u0000", "state": "created"}',
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_a_line_of_the_journal_that_is_no_record_is_one_clear_error(bench: Bench, kind: str) -> None:
    item = bench.lecture("en")
    bench.run(item)
    file = bench.folder / "journal.jsonl"
    lines = file.read_bytes().splitlines()
    file.write_bytes(b"\n".join([lines[0], BAD[kind], *lines[1:]]) + b"\n")
    bench.studio.reset_log()
    with pytest.raises(DamagedFile) as raised:
        bench.run(item)
    assert raised.value.where.endswith("journal.jsonl, line 2") and "another journal" in raised.value.hint
    assert all(r["method"] == "GET" and "/media/" not in r["path"] for r in bench.studio.requests)
