"""The array that a PUT carries for one media object. Pure, because this is where captions are lost.

Canvas deletes every track that the array does not name, of every user, before it looks at anything else. So the array
names every locale that is to stay, and holds content only for what changes. It is never empty: an empty array, `null`
or an array of the wrong things means "delete everything" to Canvas (media_tracks_controller.rb), and a bug of ours
should not be able to say that. When really nothing is to stay, it names `und`, which no track has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from captionkit.languages import PICKER_LOCALES
from captionkit.sync.decide import Do
from captionkit.sync.outcome import Seen
from captionkit.sync.plan import MediaPlan
from captionkit.sync.ports import TrackPut
from captionkit.sync.state import canonical_json, digest_of

#: A locale that no track has: named without content it is ignored (MediaTracksController spec: "br").
NOBODY = "und"


@dataclass(frozen=True, slots=True)
class Phase:
    """One PUT and what it must lead to.

    Attributes:
        before, after: locale -> (kind, content digest), of the whole object.
        body: what is sent. digest: over it, for the journal.
        shown: locale -> digest of what viewers must get afterwards, for the tracks that are sent.
        phantoms: locales that are named only so that a colleague's new track survives; they must not appear.
    """

    before: Seen
    after: Seen
    body: tuple[TrackPut, ...]
    digest: str
    shown: Mapping[str, str]
    phantoms: frozenset[str] = frozenset()


def phases(media: MediaPlan, contents: Mapping[str, str], *, guard_locales: bool = False) -> tuple[Phase, ...]:
    """The PUTs that carry out one media object's part of a plan: one, or two where a track has to be made anew.

    Args:
        contents: text by digest; has an entry for every step that sends something.

    Raises:
        KeyError: if a text is missing. Nothing is sent then.
    """
    steps = media.changes
    before = media.before_seen
    deleted = {step.locale for step in steps if step.do is Do.DELETE}
    remade = {step.locale for step in steps if step.do is Do.RECREATE}
    sending = [step for step in steps if step.do is not Do.DELETE]
    full = _phase(
        before={locale: seen for locale, seen in before.items() if not (remade and locale in deleted | remade)},
        after=media.after_seen,
        kept=before.keys() - deleted - {step.locale for step in sending},
        sent=[TrackPut(step.locale, contents[step.digest_after], step.send_kind) for step in sending],
        shown={step.locale: step.shown for step in sending},
        deleted=deleted,
        guard_locales=guard_locales,
    )
    if not remade:
        return (full,)
    gone = deleted | remade
    first = _phase(
        before=before,
        after={locale: seen for locale, seen in before.items() if locale not in gone},
        kept=before.keys() - gone,
        sent=[],
        shown={},
        deleted=gone,
        guard_locales=guard_locales,
    )
    return (first, full)


def _phase(
    *,
    before: Seen,
    after: Seen,
    kept: Iterable[str],
    sent: list[TrackPut],
    shown: Mapping[str, str],
    deleted: set[str],
    guard_locales: bool,
) -> Phase:
    named = [TrackPut(locale) for locale in sorted(kept)]
    taken = {put.locale for put in named} | {put.locale for put in sent} | deleted
    phantoms = frozenset(PICKER_LOCALES) - taken if guard_locales else frozenset()
    body = (*named, *(TrackPut(locale) for locale in sorted(phantoms)), *sent) or (TrackPut(NOBODY),)
    return Phase(before, after, body, _digest(body), shown, phantoms)


def _digest(body: Iterable[TrackPut]) -> str:
    return digest_of(
        canonical_json(
            [[put.locale, put.kind, None if put.content is None else digest_of(put.content)] for put in body]
        )
    )
