"""Studio's API over real HTTP: what it gives, and what each thing that can be wrong with a call is told as."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from studio_clients import ImpatientClock, client, srt, who

from captionkit.cli._remedies import lines_of
from captionkit.errors import (
    AlreadyDone,
    BadToken,
    NotAvailable,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
    Rejected,
    Remedy,
    RemoteError,
    Throttled,
    UnexpectedAnswer,
    UsageError,
)
from captionkit.remotes.http.session import Answer
from captionkit.remotes.studio.api import STUDIO, InstructureMedia
from captionkit.remotes.studio.errors import ALWAYS, CALLS, complaint
from captionkit.remotes.studio.uploads import put_file
from captionkit.sandbox.studio import Studio

URL = "https://files.example.edu/lecture.mp4"


def sent_upload(api: InstructureMedia, tmp_path: Path) -> str:
    new = api.new_upload()
    file = tmp_path / "x.mp4"
    file.write_bytes(b"x" * 1000)
    put_file(new.url, file)
    return new.id


# --- reading


def test_ping_and_who_the_token_is(studio: Studio, api: InstructureMedia) -> None:
    assert api.ping()
    assert (who(api).name, who(api).email) == ("Teacher", "teacher@sandbox.invalid")
    assert api.user(who(api).id) == who(api)


def test_paging_gets_every_media_of_the_account_once(studio: Studio, api: InstructureMedia) -> None:
    ids = studio.seed(120)
    assert sorted(int(media.id) for media in api.search_media()) == sorted(ids)
    assert [r["query"]["page"] for r in studio.requests] == ["1", "2", "3"]


def test_search_conditions_are_sent_and_hold_together(studio: Studio, api: InstructureMedia) -> None:
    wanted = studio.add_media("Montage today")
    studio.add_media("Something else")
    assert [m.id for m in api.search_media(title="montage", owner="teacher@sandbox.invalid")] == [str(wanted)]
    assert not list(api.search_media(title="montage", owner="nobody@sandbox.invalid"))
    assert not list(api.search_media(end_date="2001-01-01"))
    assert not list(api.search_media(min_size=10**12))
    with pytest.raises(UsageError, match="start_date"):
        api.search_media(start_date="yesterday")


def test_a_media_says_its_collection_and_a_course_its_own(studio: Studio, api: InstructureMedia) -> None:
    collection = studio.add_collection("Film", course_id=101)
    media = studio.add_media("Lecture 1", collection=collection)
    assert api.course("101").collection_id == str(collection)
    assert api.media(str(media)).collection_id == str(collection)
    assert [m.id for m in api.collection_media(str(collection))] == [str(media)]
    assert {c.id for c in api.collections()} >= {str(collection)}
    assert api.collection(str(collection)).course_id == "101"


def test_a_collection_without_a_name_has_an_empty_one(studio: Studio, api: InstructureMedia) -> None:
    studio.set(null_collection_names=True)
    assert [c.name for c in api.collections()] == [""]


def test_captions_are_listed_added_and_downloaded(studio: Studio, api: InstructureMedia) -> None:
    media = studio.add_media("Lecture 1")
    studio.add_caption(media, "en", srt("machine"), automatic=True)
    added = api.add_caption(str(media), "pt-BR", srt("Olá").encode())
    found = {caption.srclang: caption for caption in api.captions(str(media))}
    assert found["en"].is_machine_made and not found["pt-BR"].is_machine_made
    assert api.caption_content(added.id).decode() == srt("Olá")
    assert added.status == "uploaded" and not added.is_in_the_making


@pytest.mark.parametrize("shape", ["text", "object"])
def test_what_studio_says_is_in_the_error_in_either_shape(studio: Studio, api: InstructureMedia, shape: str) -> None:
    studio.set(error_shape=shape)
    with pytest.raises(NotFound, match="The media was not found"):
        api.media("77")


def test_captions_keys_that_are_not_documented_may_be_missing(studio: Studio, api: InstructureMedia) -> None:
    studio.set(extra_caption_keys=False)
    media = studio.add_media("Lecture 1")
    studio.add_caption(media, "en", srt("x"), automatic=True)
    assert api.captions(str(media))[0].provider == ""


# --- the four calls that make media


def test_a_media_is_made_in_my_uploads_from_an_address(studio: Studio, api: InstructureMedia) -> None:
    made = api.create_from_url(URL, title="One", description="Two", auto_caption=True)
    row = next(m for m in studio.media() if m["id"] == int(made.id))
    assert (row["title"], row["description"], row["auto_caption"], row["url"]) == ("One", "Two", 1, URL)
    assert row["collection_id"] == studio.library("teacher")


def test_a_media_is_made_in_a_collection_through_either_call(studio: Studio, api: InstructureMedia) -> None:
    collection = studio.add_collection("Film")
    made = [
        api.create_in_collection(str(collection), URL, title="One", description="Ä & ?", auto_caption=True),
        api.create_from_url(URL, title="Two", collection_id=str(collection)),
    ]
    rows = {m["id"]: m for m in studio.media()}
    assert [rows[int(m.id)]["collection_id"] for m in made] == [collection, collection]
    assert (rows[int(made[0].id)]["description"], rows[int(made[0].id)]["auto_caption"]) == ("Ä & ?", 1)


@pytest.mark.parametrize("url", ["https://www.youtube.com/watch?v=abc", "https://vimeo.com/1", "https://youtu.be/x"])
def test_a_link_to_youtube_or_vimeo_needs_no_title(studio: Studio, api: InstructureMedia, url: str) -> None:
    assert api.create_from_url(url, is_external=True).id
    collection = studio.add_collection("Film")
    made = api.create_in_collection(str(collection), url, is_external=True)
    assert next(m for m in studio.media() if m["id"] == int(made.id))["is_external"]


def test_an_administrator_makes_media_for_somebody_else(studio: Studio) -> None:
    colleague = next(str(u["id"]) for u in studio.users() if u["name"] == "colleague")
    with client(studio, "admin") as admin:
        made = admin.create_from_url(URL, title="For you", user_id=colleague)
        begun = admin.new_upload(user_id=colleague)
    rows = {m["id"]: m for m in studio.media()}
    assert rows[int(made.id)]["owner_id"] == rows[int(begun.id)]["owner_id"] == int(colleague)


def test_an_upload_takes_three_steps_and_is_completed_once(
    studio: Studio, api: InstructureMedia, tmp_path: Path
) -> None:
    media_id = sent_upload(api, tmp_path)
    made = api.complete_upload(media_id, title="Mine", description="About it", auto_caption=True)
    row = next(m for m in studio.media() if m["id"] == int(media_id))
    assert made.id == media_id
    assert (row["title"], row["description"], row["auto_caption"], row["size"]) == ("Mine", "About it", 1, 1000)
    with pytest.raises(AlreadyDone, match="completed already"):
        api.complete_upload(media_id, title="Mine")


# --- what can be wrong, one by one


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"url": ""}, "no address"),
        ({"url": "ftp://x/y.mp4"}, "no address"),
        ({"url": "lecture.mp4"}, "no address"),
        ({"url": "https://"}, "no address"),
        ({"title": ""}, "needs a title"),
        ({"title": "   "}, "needs a title"),
        ({"user_id": "11", "collection_id": "401"}, "not to both"),
        ({"user_id": "me"}, "no user id"),
        ({"collection_id": "1/../2"}, "no collection id"),
        ({"is_external": True}, "neither YouTube nor Vimeo"),
        ({"url": "https://youtube.com.evil.example/x", "is_external": True}, "neither YouTube nor Vimeo"),
    ],
)
def test_what_the_documentation_rules_out_is_not_sent(
    studio: Studio,
    api: InstructureMedia,
    arguments: dict[str, Any],
    says: str,
) -> None:
    with pytest.raises(UsageError, match=says):
        api.create_from_url(**{"url": URL, "title": "T", **arguments})
    assert not studio.requests


@pytest.mark.parametrize("media", ["", "x", "1/2", "../users", "-1", "9" * 40])
def test_an_id_that_is_no_number_never_becomes_an_address(studio: Studio, api: InstructureMedia, media: str) -> None:
    for call in (api.media, api.captions, api.caption_content, api.course, api.collection, api.user):
        with pytest.raises(UsageError):
            call(media)
    with pytest.raises(UsageError):
        api.complete_upload(media, title="T")
    with pytest.raises(UsageError):
        api.complete_upload("1", title=" ")
    with pytest.raises(UsageError):
        api.add_caption("1", "en/../x", b"")
    assert not studio.requests


def test_a_wrong_token_is_reported_as_that_by_every_call(studio: Studio, tmp_path: Path) -> None:
    with client(studio, token="nobody~token") as api:
        for call in (
            api.ping,
            api.whoami,
            lambda: list(api.search_media()),
            lambda: api.captions("1"),
            lambda: api.create_from_url(URL, title="T"),
            lambda: api.create_in_collection("1", URL, title="T"),
            api.new_upload,
            lambda: api.complete_upload("1", title="T"),
            lambda: api.add_caption("1", "en", b"x"),
        ):
            with pytest.raises(BadToken, match="does not accept the token") as raised:
                call()
            assert raised.value.remedy is Remedy.SIGN_IN
            assert "nobody~token" not in str(raised.value)


def test_a_missing_right_says_whose_token_would_do(studio: Studio, api: InstructureMedia) -> None:
    theirs = studio.add_media("Theirs", user="colleague")
    library = studio.library("colleague")
    with pytest.raises(NotPermitted, match="captions") as raised:
        api.captions(str(theirs))
    assert "owner" in raised.value.hint and "administrator" in raised.value.hint
    with pytest.raises(NotPermitted, match="add captions"):
        api.add_caption(str(theirs), "en", srt("x").encode())
    with pytest.raises(NotPermitted, match="add media to the collection"):
        api.create_in_collection(str(library), URL, title="T")
    with pytest.raises(NotPermitted, match="for that user"):
        api.new_upload(user_id=str(studio.users()[1]["id"]))
    with pytest.raises(NotPermitted):
        api.create_from_url(URL, title="T", user_id=str(studio.users()[1]["id"]))


def test_what_is_not_there_says_how_to_find_it(studio: Studio, api: InstructureMedia) -> None:
    for call, hint in (
        (lambda: api.media("77"), "studio media"),
        (lambda: api.captions("77"), "studio media"),
        (lambda: api.add_caption("77", "en", srt("x").encode()), "studio media"),
        (lambda: api.caption_content("77"), "List them again"),
        (lambda: list(api.collection_media("77")), "studio collections"),
        (lambda: api.create_in_collection("77", URL, title="T"), "studio collections"),
        (lambda: api.complete_upload("77", title="T"), "--again"),
        (lambda: api.course("77"), "Canvas"),
    ):
        with pytest.raises(NotFound) as raised:
            call()
        assert hint in lines_of(raised.value)[-1]
        assert raised.value.unchanged == "Nothing was written."


def test_values_that_are_not_taken_are_reported_for_each_call(studio: Studio, api: InstructureMedia) -> None:
    media = studio.add_media("Lecture 1")
    calls: tuple[Callable[[], object], ...] = (
        lambda: api.create_from_url(URL, title="T", collection_id="77"),
        lambda: api.add_caption(str(media), "xx", srt("x").encode()),
        lambda: api.add_caption(str(media), "en", b"no caption"),
        lambda: api.add_caption(str(media), "en", b"WEBVTT\n\n00:01.000 --> 00:02.000\nx\n"),
        lambda: api.complete_upload(api.new_upload().id, title="nothing was sent"),
    )
    for call in calls:
        with pytest.raises(Rejected) as raised:
            call()
        assert raised.value.status == 422 and raised.value.hint
    studio.fault("status", method="POST", path="complete$", status=400)
    with pytest.raises(Rejected, match="title is missing"):
        api.complete_upload("1", title="T")
    with client(studio, "admin") as admin, pytest.raises(NotFound, match="user"):
        admin.new_upload(user_id="77")


def test_automatic_captions_that_the_account_does_not_have_are_reported(
    studio: Studio,
    api: InstructureMedia,
    tmp_path: Path,
) -> None:
    studio.set(auto_caption=False)
    media_id = sent_upload(api, tmp_path)
    collection = str(studio.add_collection("Film"))
    calls: tuple[Callable[[], object], ...] = (
        lambda: api.create_from_url(URL, title="T", auto_caption=True),
        lambda: api.create_in_collection(collection, URL, title="T", auto_caption=True),
        lambda: api.complete_upload(media_id, title="T", auto_caption=True),
    )
    for call in calls:
        with pytest.raises(NotAvailable, match="automatic captions") as raised:
            call()
        assert raised.value.status == 501 and "administrator" in raised.value.hint
    assert api.complete_upload(media_id, title="T").id == media_id


def test_every_documented_status_of_every_call_has_a_meaning_with_advice() -> None:
    documented = {
        "create in collection": {401, 403, 404, 422, 501},
        "create": {401, 403, 422, 501},
        "upload": {401, 403, 404, 422},
        "complete": {400, 401, 403, 404, 409, 501},
        "captions": {401, 403, 404, 422},
        "add caption": {401, 403, 404, 422},
        "caption": {401, 403, 404, 422},
    }
    for call, statuses in documented.items():
        for status in statuses:
            meaning = CALLS[call].get(status) or ALWAYS[status]
            assert meaning.hint and issubclass(meaning.error, RemoteError), (call, status)


# --- the wire


def test_a_read_is_repeated_and_a_write_is_not(studio: Studio, api: InstructureMedia) -> None:
    studio.fault("error_before", method="GET", times=2)
    assert api.ping()
    studio.reset_log()
    studio.fault("error_before", method="POST")
    with pytest.raises(OutcomeUnknown):
        api.create_from_url(URL, title="T")
    assert studio.counts == {"POST": 1}


@pytest.mark.parametrize("fault", ["drop_after", "bad_gateway_after", "error_after", "half_json", "cut"])
def test_a_write_without_a_whole_answer_has_an_unknown_outcome(
    studio: Studio,
    api: InstructureMedia,
    fault: str,
) -> None:
    studio.fault(fault, method="POST")
    with pytest.raises(OutcomeUnknown, match="not known"):
        api.create_from_url(URL, title="T")
    assert [m["title"] for m in studio.media()] == ["T"]


def test_a_server_that_is_not_there_did_nothing(studio: Studio) -> None:
    with client(studio) as api:
        studio.stop()
        with pytest.raises(RemoteError) as raised:
            api.create_from_url(URL, title="T")
    assert raised.value.unchanged == "Nothing was written."
    assert "CAPTIONKIT_STUDIO_URL" in raised.value.hint and "CANVAS" not in str(raised.value)


def test_a_rate_limit_is_reported_as_that(studio: Studio, api: InstructureMedia) -> None:
    studio.fault("throttled", method="POST")
    with pytest.raises(Throttled):
        api.new_upload()
    studio.fault("throttled", method="GET", times=2)
    assert api.ping()


def test_a_server_that_says_when_to_come_back_is_heeded(studio: Studio) -> None:
    clock = ImpatientClock()
    with client(studio, clock=clock) as api:
        studio.fault("unavailable", method="GET", seconds=17)
        assert api.ping()
        assert 17 <= clock.slept < 30
        studio.fault("unavailable", method="GET", seconds=100_000)
        assert api.ping()
        assert clock.slept < 100


def test_a_login_page_is_not_taken_for_an_answer(studio: Studio, api: InstructureMedia) -> None:
    studio.fault("login_page", method="GET")
    with pytest.raises(UnexpectedAnswer, match="login page"):
        api.whoami()
    studio.fault("login_page", method="GET", path="download")
    with pytest.raises(UnexpectedAnswer):
        api.caption_content("1")


def test_what_a_proxy_says_in_html_is_not_repeated() -> None:
    assert complaint(b"<html>secret</html>") == ""
    assert complaint(b'{"error": {"message": "no"}}') == "no"
    assert complaint(b'{"error": ["a", {"message": "b"}]}') == "a; b"
    assert complaint(b'{"error": {"title": ["is missing", "is short"]}}') == "title is missing; is short"
    assert complaint(b'["error"]') == complaint(b"") == complaint(b"\xff") == ""


def test_a_token_that_ends_in_the_middle_is_renewed_once_and_the_call_goes_on(studio: Studio) -> None:
    from captionkit.credentials import Token

    asked = []

    def renew(refused: Token) -> Token:
        asked.append(refused.reveal())
        return Token(studio.tokens["admin"])

    first = studio.tokens["teacher"]
    with client(studio, renew=renew) as api:
        assert who(api).name == "Teacher"
        studio.end_tokens("teacher")
        assert api.create_from_url(URL, title="T").id
        assert who(api).name == "Admin"
        assert first not in api.session.redact(f"x {first} y")
    assert asked == [first]
    assert [m["title"] for m in studio.media()] == ["T"]


def test_a_renewal_that_does_not_help_is_not_repeated_without_end(studio: Studio) -> None:
    from captionkit.credentials import Token

    with client(studio, token="old~token", renew=lambda refused: Token("new~token")) as api, pytest.raises(BadToken):
        api.whoami()
    assert len(studio.requests) == 2


# --- paging, where the server is odd


class Pages:
    """A session that answers with these pages, and after them with the last one again."""

    def __init__(self, *pages: dict[str, object]) -> None:
        self.pages = pages
        self.asked: list[int] = []
        self.base_url = "http://127.0.0.1"

    def get(self, path: str, parameters: list[tuple[str, str]]) -> Answer:
        number = int(dict(parameters)["page"])
        self.asked.append(number)
        body = json.dumps(self.pages[min(number, len(self.pages)) - 1]).encode()
        return Answer(200, {"content-type": "application/json"}, body, self.base_url, "GET x", service=STUDIO)


def media_page(first: int, count: int, **meta: int) -> dict[str, object]:
    page: dict[str, object] = {"media": [{"id": n, "title": str(n)} for n in range(first, first + count)]}
    return page | ({"meta": meta} if meta else {})


def listed(*pages: dict[str, object]) -> list[str]:
    return [media.id for media in InstructureMedia(Pages(*pages)).search_media()]  # type: ignore[arg-type]


def test_without_a_count_of_pages_a_short_page_is_the_last() -> None:
    assert len(listed(media_page(1, 50), media_page(51, 50), media_page(101, 7))) == 107
    assert listed(media_page(1, 0)) == []
    assert len(listed(media_page(1, 50), media_page(51, 0))) == 50


def test_what_moves_to_the_next_page_meanwhile_is_listed_once() -> None:
    pages = [media_page(1, 50, last_page=2), media_page(50, 30, last_page=2)]
    assert listed(*pages) == [str(n) for n in range(1, 80)]


def test_half_a_listing_is_never_taken_for_a_whole_one() -> None:
    for pages in (
        [media_page(1, 50, last_page=3), media_page(1, 50, last_page=3)],  # the same page again
        [media_page(1, 50), media_page(1, 50)],
        [media_page(1, 50, last_page=3), media_page(0, 0, last_page=3)],  # one that should not be empty
        [{"media": {"id": 1}}],
        [{"meta": {"last_page": 1}}],
    ):
        with pytest.raises(UnexpectedAnswer):
            listed(*pages)


def test_one_that_cannot_be_used_is_reported_and_costs_no_other() -> None:
    warnings: list[str] = []
    rows = [{"title": "without an id"}, {"id": "../x"}, {"id": True}, {"id": 1 << 70}, None, {"id": 7, "title": 9}]
    api = InstructureMedia(Pages({"media": rows, "meta": {"last_page": 1}}), warn=warnings.append)  # type: ignore[arg-type]
    assert [(media.id, media.title) for media in api.search_media()] == [("7", "")]
    assert len(warnings) == 5 and all("left out of a list" in message for message in warnings)


def test_a_full_last_page_without_a_count_costs_one_request_more_and_no_error() -> None:
    session = Pages(media_page(1, 50), {"media": []})
    assert len(list(InstructureMedia(session).search_media())) == 50  # type: ignore[arg-type]
    assert session.asked == [1, 2]
