"""What every remote must do, whatever it can: the claims about Canvas, Studio and a toy, gated by their features.

`test_remote.py` has what only a remote must do that replaces tracks and reaches media objects by files.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from studio_clients import client
from test_remote import InMemory, OnSandbox

import captionkit.remotes
from captionkit.remotes import services
from captionkit.remotes.service import Service
from captionkit.remotes.studio.remote import StudioRemote
from captionkit.sync.ports import MediaState, PutReply, Remote, TrackPut

OLD = "1\n00:00:00,000 --> 00:00:01,251\nHello\n"
NEW = "1\n00:00:00,000 --> 00:00:01,251\nGood morning\n"


class Place:
    """A remote with one recording that has an English track by whom we act as.

    Attributes:
        media: the address of the recording.
    """

    def __init__(self, remote: Remote, service: Service, texts: tuple[str, str] = (OLD, NEW)) -> None:
        self.remote = remote
        self.service = service
        self.features = service.features
        self.old, self.new = texts
        (summary,) = remote.list_media()
        self.media = summary.media

    def put(self, *tracks: tuple[str, str | None]) -> PutReply:
        kind = self.features.kinds[0] if self.features.kinds else None
        return self.remote.put_tracks(self.media, [TrackPut(locale, text, text and kind) for locale, text in tracks])

    def state(self) -> MediaState:
        return self.remote.read(self.media, fresh_listing=False)

    def texts(self) -> dict[str, str | None]:
        return {track.locale: track.content for track in self.state().tracks}


@pytest.fixture(params=["model of canvas", "canvas", "studio", "toy"])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    if request.param in ("canvas", "studio") and importlib.util.find_spec("werkzeug") is None:
        pytest.skip("the sandbox needs werkzeug: pip install captionkit[sandbox]")
    if "canvas" in request.param:
        server = OnSandbox() if request.param == "canvas" else InMemory()
        server.add_track(server.add_media("Lecture 1"), "en", OLD)
        yield Place(server.remote(), services()["canvas"])
        server.close()
    elif request.param == "studio":
        from captionkit.sandbox.studio import Studio

        with Studio() as studio:
            studio.add_caption(studio.add_media("Lecture 1"), "en", OLD)
            with client(studio) as api:
                yield Place(StudioRemote(api), services()["studio"])
    else:
        monkeypatch.setattr(captionkit.remotes, "__path__", [str(Path(__file__).parent / "remotes")])
        from captionkit.remotes import toy  # type: ignore[attr-defined]

        yield Place(toy.Toybox({"Lecture-1": {"en": OLD}}), toy.SERVICE)


def test_the_identity_says_which_service_it_is_and_what_it_can_do(place: Place) -> None:
    identity = place.remote.identity()
    assert (identity.kind, identity.features) == (place.service.kind, place.service.features)
    assert identity.features.name != "the service"
    assert identity.base_url.partition("://")[0] in ("http", "https")
    assert not identity.base_url.endswith("/")
    assert identity.user_id and identity.scope
    assert identity == place.remote.identity()


def test_a_listing_names_each_recording_by_an_address(place: Place) -> None:
    listed = tuple(place.remote.list_media())
    assert [s.title.replace("-", " ") for s in listed] == ["Lecture 1"]
    assert all(s.media.partition("/")[2] for s in listed)
    assert place.remote.located(listed, {}, ()) == listed, "nobody asked for a file"


def test_a_read_shows_the_texts_that_are_there(place: Place) -> None:
    state = place.state()
    assert state.media == place.media
    assert [(track.locale, track.content) for track in state.tracks] == [("en", place.old)]
    assert all(track.id for track in state.tracks)


def test_a_track_is_added_beside_the_others_which_stay_as_they_are(place: Place) -> None:
    before = place.state().tracks
    reply = place.put(("en", None), ("fr", place.new))
    assert reply.outcome == "acknowledged"
    assert place.texts() == {"en": place.old, "fr": place.new}
    assert before[0] in place.state().tracks


def test_a_text_is_replaced_or_the_request_is_refused_and_nothing_changes(place: Place) -> None:
    reply = place.put(("en", place.new))
    if place.features.replace:
        assert (reply.outcome, place.texts()) == ("acknowledged", {"en": place.new})
    else:
        assert (reply.outcome, place.texts()) == ("refused", {"en": place.old})


def test_what_is_left_out_goes_only_where_tracks_can_be_deleted(place: Place) -> None:
    place.put(("fr", place.new))
    assert ("en" in place.texts()) is not place.features.delete


@pytest.mark.parametrize(
    "tracks",
    [(("en", None), ("fr", NEW)), (("en", NEW),), (("fr", NEW),), (("en", OLD), ("fr", NEW))],
    ids=["add", "replace", "leave out", "send again"],
)
def test_the_model_of_a_rehearsal_ends_as_the_service_does(
    place: Place, tracks: tuple[tuple[str, str | None], ...]
) -> None:
    model = Place.__new__(Place)
    model.remote, model.features, model.media = place.service.model(place.state()), place.features, place.media
    assert model.texts() == place.texts()
    assert model.put(*tracks).outcome == place.put(*tracks).outcome
    assert model.texts() == place.texts()


def test_what_it_costs_is_counted_or_nothing_is_reported(place: Place) -> None:
    before = sum(place.remote.cost().requests.values())
    place.state()
    assert sum(place.remote.cost().requests.values()) >= before
