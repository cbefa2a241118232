"""Opening Studio, with a token that renews itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from captionkit.clock import SystemClock
from captionkit.credentials import checked_token
from captionkit.errors import UsageError
from captionkit.remotes.http.governor import HARD_CAP, Governor
from captionkit.remotes.http.session import Session
from captionkit.remotes.service import Opening
from captionkit.remotes.studio.api import STUDIO, InstructureMedia
from captionkit.remotes.studio.oauth import find_sign_in, studio_url
from captionkit.remotes.studio.remote import StudioRemote
from captionkit.sync.ports import Store


@contextmanager
def open_studio(
    url: str = "", *, configured: str = "", parallel: int = 4, warn: Callable[[str], None], token: str = ""
) -> Iterator[InstructureMedia]:
    """A Studio to talk to, as who is signed in.

    Args:
        url: from the command line. configured: from the folder's captionkit.toml.
        parallel: how many requests at once.
        token: instead of a sign-in.
    """
    base = studio_url(url, configured=configured)
    clock = SystemClock()
    if token:
        secret, renew = checked_token(token, "the token that was passed"), None
    else:
        signed_in = find_sign_in(base, typed=url, clock=clock)
        secret, renew = signed_in.token, signed_in.renewal.renew if signed_in.renewal else None
    governor = Governor(clock, most=parallel)
    with Session(base, secret, clock=clock, governor=governor, service=STUDIO, renew=renew) as session:
        yield InstructureMedia(session, warn=warn)


@contextmanager
def open_remote(opening: Opening) -> Iterator[StudioRemote]:
    """The Studio of a folder."""
    if opening.as_user_id:
        raise UsageError("Studio has no masquerading", hint="Name no user: the token says who you are.")
    config, store = opening.config, opening.store
    with open_studio("", configured=config.url, parallel=HARD_CAP, warn=opening.warn, token=opening.token) as studio:
        yield StudioRemote(studio, scope=config.scope, recorded=_sent_as(store), in_doubt=_sent_lately(store))


def _sent_as(store: Store) -> dict[str, dict[str, str]]:
    """media -> track id -> the locale in which it was sent, of what the manifest says is ours."""
    from captionkit.sync.manifest import parse_manifest

    data = store.load_manifest()
    tracks = parse_manifest(data, ".captionkit/manifest.jsonl").tracks if data is not None else {}
    return {
        media: {track.id: track.locale for track in by_locale.values() if track.is_ours}
        for media, by_locale in tracks.items()
    }


#: Seconds after which a listing shows what was sent: where a run was cut off, and where it looked and did not find it.
_LISTED_AFTER, _SURELY_LISTED_AFTER = 30.0, 600.0


def _sent_lately(store: Store) -> dict[str, float]:
    """Media objects to which one of the last runs sent something that it did not find -> seconds until something may be
    sent there again; infinite where that run had looked for it."""
    from datetime import UTC, datetime

    from captionkit.sync.journal import SETTLED, State, read_past

    settled, doubtful = set[str](), dict[str, float]()
    for run in sorted(store.runs(), reverse=True)[:3]:
        past = read_past(store, run)
        for media, record in past.last.items():
            if record["state"] in SETTLED:
                settled.add(media)
            elif media in past.in_doubt and media not in settled:
                age = (datetime.now(UTC) - datetime.fromisoformat(record["at"])).total_seconds()
                if record["state"] == State.ACKED and age < _SURELY_LISTED_AFTER:
                    doubtful[media] = math.inf
                elif age < _LISTED_AFTER:
                    doubtful.setdefault(media, _LISTED_AFTER - age)
    return doubtful
