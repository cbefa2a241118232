"""Uploads against a running stand-in: killed at every step and started again, nothing is made twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from studio_clients import ImpatientClock, client, recording, srt

from captionkit.errors import BadToken, ExitCode, LocalError, LockHeld, OutcomeUnknown, Remedy
from captionkit.remotes.studio.api import InstructureMedia
from captionkit.remotes.studio.uploads import put_file
from captionkit.sandbox.studio import Studio
from captionkit.upload.items import Destination, Item, file_item, url_item
from captionkit.upload.journal import UploadJournal
from captionkit.upload.run import Ending, Means, Result, exit_code, upload

VIDEO = "https://files.example.edu/lecture.mp4"


class Killed(BaseException):
    """As if the power went: nothing in captionkit catches it."""


class Dying:
    """A service whose process dies before or after one of its calls."""

    def __init__(self, inner: Any, method: str, when: str) -> None:
        self._inner = inner
        self._method = method
        self._when = when

    def __getattr__(self, name: str) -> Any:
        do = getattr(self._inner, name)
        if name != self._method:
            return do

        def call(*args: Any, **kwargs: Any) -> Any:
            if self._when == "before":
                raise Killed(name)
            do(*args, **kwargs)
            raise Killed(name)

        return call


class Bench:
    """A folder with recordings, a journal, and runs over them."""

    def __init__(self, studio: Studio, folder: Path) -> None:
        self.studio = studio
        self.folder = folder
        self.journal = folder / "journal.jsonl"

    def run(
        self,
        items: list[Item],
        *,
        wrap: Callable[[InstructureMedia], Any] = lambda api: api,
        put: Any = put_file,
        user: str = "teacher",
        stopped: Callable[[], bool] = lambda: False,
        journal: Callable[[UploadJournal], Any] = lambda journal: journal,
        parallel: int = 1,
        clock: ImpatientClock | None = None,
        knows_who: bool = True,
    ) -> list[Result]:
        with client(self.studio, user) as api, UploadJournal(self.journal).open() as opened:
            user_id = next(str(u["id"]) for u in self.studio.users() if u["name"] == user) if knows_who else ""
            account = f"{self.studio.url}/{user}"
            means = Means(wrap(api), account, user_id, put, journal(opened), clock or ImpatientClock())
            return upload(items, means, parallel=parallel, stopped=stopped)

    def lecture(self, *captions: str, name: str = "lecture.mp4") -> Item:
        file = recording(self.folder, name)
        for language in captions:
            text = srt(f"in {language}")
            (self.folder / f"{file.stem}.{language}.srt").write_text(text, encoding="utf-8")
        return file_item(file, Destination())

    @property
    def visible(self) -> list[dict[str, Any]]:
        """The media that a person can see."""
        return [row for row in self.studio.media() if row["is_complete"]]


@pytest.fixture
def bench(studio: Studio, tmp_path: Path) -> Bench:
    return Bench(studio, tmp_path)


def digest(item: Item) -> str:
    assert item.path is not None
    return hashlib.sha256(item.path.read_bytes()).hexdigest()


# --- when all goes well


def test_a_recording_goes_up_whole_and_its_captions_after_it(bench: Bench) -> None:
    item = bench.lecture("en", "de")
    [result] = bench.run([item])
    [row] = bench.visible
    assert (result.ending, result.media_id, result.is_whole) == (Ending.UPLOADED, str(row["id"]), True)
    assert (row["title"], row["sha256"]) == ("lecture", digest(item))
    assert {c["srclang"]: c["content"] for c in bench.studio.captions(row["id"])} == {
        "de": srt("in de"),
        "en": srt("in en"),
    }
    assert exit_code([result]) is ExitCode.OK


def test_a_second_run_looks_once_and_sends_nothing(bench: Bench) -> None:
    item = bench.lecture("en")
    bench.run([item])
    bench.studio.reset_log()
    [again] = bench.run([item])
    assert (again.ending, again.media_id) == (Ending.ALREADY, str(bench.visible[0]["id"]))
    assert [(r["method"], r["path"]) for r in bench.studio.requests] == [("GET", "/api/public/v1/media/9001")]


def test_captions_that_come_later_go_to_the_media_that_is_there(bench: Bench) -> None:
    bench.run([bench.lecture()])
    item = file_item(bench.folder / "lecture.mp4", Destination())
    (bench.folder / "lecture.fr.srt").write_text(srt("Bonjour"), encoding="utf-8")
    later = file_item(bench.folder / "lecture.mp4", Destination())
    assert later.key(bench.studio.url) == item.key(bench.studio.url)
    [result] = bench.run([later])
    assert [caption.state for caption in result.captions] == ["sent"]
    assert len(bench.visible) == 1 and len(bench.studio.uploads.requests) == 1


def test_a_recording_that_was_edited_is_another_one(bench: Bench) -> None:
    bench.run([bench.lecture()])
    recording(bench.folder, size=400_000)
    [result] = bench.run([file_item(bench.folder / "lecture.mp4", Destination())])
    assert result.ending is Ending.UPLOADED and len(bench.visible) == 2


def test_many_go_up_at_once_and_each_is_itself(bench: Bench) -> None:
    items = []
    for number in range(6):
        file = bench.folder / f"lecture {number}.mp4"
        file.write_bytes(bytes([number]) * 200_000)
        items.append(file_item(file, Destination()))
    results = bench.run(items, parallel=4)
    assert all(result.is_whole for result in results)
    assert {row["title"]: row["sha256"] for row in bench.visible} == {item.title: digest(item) for item in items}


def test_a_user_is_honoured(bench: Bench) -> None:
    colleague = next(u["id"] for u in bench.studio.users() if u["name"] == "colleague")
    recording(bench.folder)
    theirs = file_item(bench.folder / "lecture.mp4", Destination(user_id=str(colleague)))
    bench.run([theirs], user="admin")
    assert [row["owner_id"] for row in bench.visible] == [colleague]
    [again] = bench.run([theirs], user="admin")
    assert again.ending is Ending.ALREADY and not again.notes


# --- killed at every step

STEPS = [
    (method, when)
    for method in ("new_upload", "complete_upload", "captions", "add_caption", "caption_content")
    for when in ("before", "after")
]


@pytest.mark.parametrize(("method", "when"), STEPS)
def test_killed_at_any_call_it_goes_on_and_nothing_is_made_twice(bench: Bench, method: str, when: str) -> None:
    item = bench.lecture("en", "de")
    with pytest.raises(Killed):
        bench.run([item], wrap=lambda api: Dying(api, method, when))
    [result] = bench.run([item])
    [row] = bench.visible
    assert result.is_whole and row["sha256"] == digest(item)
    assert sorted(c["srclang"] for c in bench.studio.captions(row["id"])) == ["de", "en"]
    whole = [r for r in bench.studio.uploads.requests if r["status"] == 200]
    assert len(whole) == 1, "the file went up once"


@pytest.mark.parametrize("when", ["before", "in the middle", "after"])
def test_killed_while_the_file_is_sent_it_is_sent_whole_again_and_seen_once(bench: Bench, when: str) -> None:
    item = bench.lecture("en")

    def dying(url: str, path: Path, *, sent: Callable[[int], None], **more: Any) -> None:
        def half(size: int) -> None:
            if when == "in the middle":
                raise Killed("put")

        if when == "before":
            raise Killed("put")
        put_file(url, path, sent=half, **more)
        raise Killed("put")

    with pytest.raises(Killed):
        bench.run([item], put=dying)
    [result] = bench.run([item])
    assert result.is_whole and [row["sha256"] for row in bench.visible] == [digest(item)]


RECORDS = ["begun", "sent", "created", "caption", "done"]


@pytest.mark.parametrize("state", RECORDS)
@pytest.mark.parametrize("when", ["before", "torn"])
def test_killed_around_any_record_of_the_journal_it_goes_on(bench: Bench, state: str, when: str) -> None:
    item = bench.lecture("en")

    class Torn:
        def __init__(self, inner: UploadJournal) -> None:
            self.inner = inner

        def past(self, key: str) -> Any:
            return self.inner.past(key)

        def write(self, key: str, what: str, **more: str) -> None:
            if what == state:
                if when == "torn":
                    with bench.journal.open("ab") as file:
                        file.write(b'{"key": "' + key.encode()[:5])
                raise Killed(what)
            self.inner.write(key, what, **more)

    with pytest.raises(Killed):
        bench.run([item], journal=Torn)
    [result] = bench.run([item])
    [row] = bench.visible
    assert result.is_whole and row["sha256"] == digest(item)
    assert [c["srclang"] for c in bench.studio.captions(row["id"])] == ["en"]
    bench.studio.reset_log()
    assert bench.run([item])[0].ending is Ending.ALREADY and set(bench.studio.counts) == {"GET"}


def test_a_lost_answer_to_complete_is_asked_for_again_and_409_means_done(bench: Bench) -> None:
    bench.studio.fault("drop_after", method="POST", path="complete$")
    [result] = bench.run([bench.lecture()])
    assert result.is_whole and len(bench.visible) == 1
    assert [r["status"] for r in bench.studio.requests if r["path"].endswith("complete")] == [0, 409]


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "bad_gateway_after", "throttled", "half_json"])
@pytest.mark.parametrize("path", ["uploads$", "complete$", "caption_files$"])
def test_an_answer_that_is_lost_once_costs_nothing(bench: Bench, fault: str, path: str) -> None:
    bench.studio.fault(fault, method="POST", path=path)
    [result] = bench.run([bench.lecture("en")])
    [row] = bench.visible
    assert result.is_whole, result
    assert len(bench.studio.captions(row["id"])) == 1


def test_an_address_that_ends_while_it_waits_is_replaced_by_a_new_one(bench: Bench) -> None:
    ended: list[str] = []

    def late(url: str, path: Path, **more: Any) -> None:
        if not ended:
            ended.append(url)
            bench.studio.end_upload_urls()
        put_file(url, path, **more)

    [result] = bench.run([bench.lecture()], put=late)
    assert result.is_whole and len(bench.visible) == 1


def test_an_upload_that_the_server_forgot_is_sent_anew(bench: Bench) -> None:
    item = bench.lecture()
    with pytest.raises(Killed):
        bench.run([item], wrap=lambda api: Dying(api, "complete_upload", "before"))
    bench.studio.delete_media(bench.studio.media()[0]["id"])
    [result] = bench.run([item])
    assert result.is_whole and result.notes and len(bench.visible) == 1


# --- media from an address


def test_an_address_makes_a_media_once(bench: Bench) -> None:
    item = url_item(VIDEO, Destination(), title="One")
    assert bench.run([item])[0].ending is Ending.UPLOADED
    assert bench.run([item])[0].ending is Ending.ALREADY
    assert [row["title"] for row in bench.visible] == ["One"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_a_media_is_made_from_an_address_it_is_looked_for_first(bench: Bench, when: str) -> None:
    item = url_item(VIDEO, Destination(), title="One")
    bench.studio.add_media("One more of that kind")
    with pytest.raises(Killed):
        bench.run([item], wrap=lambda api: Dying(api, "create_from_url", when))
    [result] = bench.run([item])
    assert result.is_whole and [row["title"] for row in bench.visible].count("One") == 1
    assert bool(result.notes) == (when == "after")


def test_a_lost_answer_is_found_by_its_title_in_the_same_run(bench: Bench) -> None:
    bench.studio.fault("drop_after", method="POST", path="media$")
    [result] = bench.run([url_item(VIDEO, Destination(), title="One")])
    assert result.is_whole and [row["title"] for row in bench.visible] == ["One"]


def test_where_it_cannot_be_known_nothing_is_made_again(bench: Bench) -> None:
    link = url_item("https://youtu.be/x", Destination(is_external=True))
    bench.studio.fault("drop_after", method="POST", path="media$")
    first, second = bench.run([link])[0], bench.run([link])[0]
    assert first.ending is second.ending is Ending.UNKNOWN
    assert isinstance(second.error, OutcomeUnknown) and second.error.remedy is Remedy.UPLOAD_AGAIN
    assert exit_code([first]) is ExitCode.OUTCOME_UNKNOWN
    assert len(bench.visible) == 1


def test_two_new_media_of_that_title_are_not_guessed_between(bench: Bench) -> None:
    item = url_item(VIDEO, Destination(), title="One")
    with pytest.raises(Killed):
        bench.run([item], wrap=lambda api: Dying(api, "create_from_url", "after"))
    bench.studio.add_media("One")
    assert bench.run([item])[0].ending is Ending.UNKNOWN and len(bench.visible) == 2


def test_an_older_media_of_that_title_is_not_taken_for_the_new_one(bench: Bench) -> None:
    item = url_item(VIDEO, Destination(), title="One")
    bench.studio.add_media("One")
    with pytest.raises(Killed):
        bench.run([item], wrap=lambda api: Dying(api, "create_from_url", "before"))

    class LastYear:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        def __getattr__(self, name: str) -> Any:
            return getattr(self.inner, name)

        def search_media(self, **asked: str) -> list[Any]:
            return [replace(media, created_at="2025-01-01T00:00:00.000Z") for media in self.inner.search_media(**asked)]

    [result] = bench.run([item], wrap=LastYear)
    assert result.is_whole and not result.notes and len(bench.visible) == 2


def test_a_link_that_was_refused_is_no_doubt_either(bench: Bench) -> None:
    link = url_item("https://youtu.be/x", Destination(is_external=True))
    bench.studio.fault("status", method="POST", path="media$", status=422)
    assert bench.run([link])[0].ending is Ending.FAILED
    assert bench.run([link])[0].ending is Ending.UPLOADED


def test_a_refusal_is_no_doubt_the_next_run_tries_again(bench: Bench) -> None:
    bench.studio.set(auto_caption=False)
    item = url_item(VIDEO, Destination(auto_caption=True), title="One")
    assert bench.run([item])[0].ending is Ending.FAILED
    bench.studio.set(auto_caption=True)
    [result] = bench.run([item])
    assert result.is_whole and not result.notes


# --- captions


@pytest.mark.parametrize("same", ["append", "replace", "reject"])
def test_captions_that_are_there_already_are_never_touched(bench: Bench, same: str) -> None:
    item = bench.lecture("en", "de")
    bench.studio.set(same_srclang=same)
    with pytest.raises(Killed):
        bench.run([item], wrap=lambda api: Dying(api, "captions", "before"))
    media = bench.visible[0]["id"]
    bench.studio.add_caption(media, "en", srt("a colleague's"))
    [result] = bench.run([item])
    assert {c.srclang: c.state for c in result.captions} == {"de": "sent", "en": "manual"}
    assert not result.is_whole and exit_code([result]) != ExitCode.OK
    texts = [c["content"] for c in bench.studio.captions(media) if c["srclang"] == "en"]
    assert texts == [srt("a colleague's")]


def test_captions_that_are_there_in_other_words_of_the_format_are_the_same(bench: Bench) -> None:
    bench.studio.set(reformats_captions=True)
    (bench.folder / "lecture.en.srt").write_bytes(b"\xef\xbb\xbf7\r\n00:00:01,000 --> 00:00:02,000\r\nHello\r\n")
    recording(bench.folder)
    [result] = bench.run([file_item(bench.folder / "lecture.mp4", Destination())])
    assert [c.state for c in result.captions] == ["sent"]


def test_a_server_that_stores_something_else_is_reported(bench: Bench) -> None:
    class Changing:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        def __getattr__(self, name: str) -> Any:
            return getattr(self.inner, name)

        def add_caption(self, media_id: str, srclang: str, data: bytes) -> Any:
            return self.inner.add_caption(media_id, srclang, data.replace(b"in", b"out"))

    [result] = bench.run([bench.lecture("en")], wrap=Changing)
    assert result.captions[0].state == "unknown" and "with another text" in result.captions[0].message
    assert not result.is_whole and exit_code([result]) is ExitCode.OUTCOME_UNKNOWN
    assert len(bench.studio.captions(int(result.media_id))) == 1


def test_webvtt_goes_as_srt_and_what_that_cannot_say_is_named(bench: Bench) -> None:
    recording(bench.folder)
    vtt = "WEBVTT\n\n00:01.000 --> 00:02.000 line:0\n<v Ann>Hello &amp; hi\n"
    (bench.folder / "lecture.en.vtt").write_text(vtt, encoding="utf-8")
    [result] = bench.run([file_item(bench.folder / "lecture.mp4", Destination())])
    assert result.captions[0].state == "sent" and "voice" in result.captions[0].message
    stored = bench.studio.captions(int(result.media_id))[0]["content"]
    assert stored == "1\n00:00:01,000 --> 00:00:02,000\nHello & hi\n"


# --- when it cannot go on


def test_a_stop_in_the_middle_leaves_the_rest_for_the_next_run(bench: Bench) -> None:
    items = [bench.lecture(name=f"lecture {n}.mp4") for n in range(3)]
    ended: list[int] = []

    def put(url: str, path: Path, **more: Any) -> None:
        put_file(url, path, **more)
        ended.append(1)

    results = bench.run(items, put=put, stopped=lambda: bool(ended))
    assert [r.ending for r in results] == [Ending.STOPPED] * 3
    assert exit_code(results) is ExitCode.INTERRUPTED
    results = bench.run(items)
    assert all(r.is_whole for r in results) and len(bench.visible) == 3
    assert len([r for r in bench.studio.uploads.requests if r["status"] == 200]) == 3


def test_a_token_that_is_refused_ends_the_run_and_not_each_item_by_itself(bench: Bench) -> None:
    items = [bench.lecture(name=f"lecture {n}.mp4") for n in range(3)]
    bench.studio.end_tokens("teacher")
    results = bench.run(items)
    assert [r.ending for r in results] == [Ending.FAILED, Ending.NOT_STARTED, Ending.NOT_STARTED]
    assert isinstance(results[0].error, BadToken)
    assert exit_code(results) is ExitCode.REMOTE_FAILED
    assert len(bench.studio.requests) == 1


def test_one_that_fails_does_not_stop_the_others(bench: Bench) -> None:
    items = [bench.lecture(name=f"lecture {n}.mp4") for n in range(3)]
    assert items[1].path is not None
    items[1].path.unlink()
    results = bench.run(items)
    assert [r.ending for r in results] == [Ending.UPLOADED, Ending.FAILED, Ending.UPLOADED]
    assert exit_code(results) is ExitCode.PARTIAL


def test_nothing_is_sent_that_cannot_be_written_down(bench: Bench) -> None:
    class Full:
        path = bench.journal

        def __init__(self, inner: UploadJournal) -> None:
            self.inner = inner

        def past(self, key: str) -> Any:
            return self.inner.past(key)

        def write(self, key: str, state: str, **more: str) -> None:
            raise LocalError("disk full", where=str(bench.journal))

    items = [bench.lecture(name=f"lecture {n}.mp4") for n in range(2)]
    results = bench.run(items, journal=Full)
    assert [r.ending for r in results] == [Ending.FAILED, Ending.NOT_STARTED]
    assert not bench.studio.uploads.requests and not bench.visible


def test_two_runs_do_not_share_a_journal(bench: Bench) -> None:
    with UploadJournal(bench.journal).open(), pytest.raises(LockHeld, match="uploading"):  # noqa: SIM117
        with UploadJournal(bench.journal).open():
            pass


def test_the_journal_holds_no_address_no_token_and_no_caption(bench: Bench) -> None:
    signed = "https://user:pass@files.example.edu/x.mp4?X-Amz-Signature=secret~signature"
    seen: list[str] = []

    def noting(url: str, path: Path, **more: Any) -> None:
        seen.append(url.partition("X-Signature=")[2])
        put_file(url, path, **more)

    bench.run([bench.lecture("en"), url_item(signed, Destination(), title="Signed")], put=noting)
    text = bench.journal.read_text(encoding="utf-8")
    assert seen and seen[0]
    secrets = (*seen, "X-Signature", "secret~signature", "user:pass", bench.studio.tokens["teacher"], "in en")
    assert not [secret for secret in secrets if secret in text]
