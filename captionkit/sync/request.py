"""The array that a PUT carries for one media object. Pure, because this is where captions are lost.

Canvas deletes every track that the array does not name, of every user, before it looks at anything else. So the array
names every locale that is to stay, and holds content only for what changes. It is never empty: an empty array, `null`
or an array of the wrong things means "delete everything" to Canvas (media_tracks_controller.rb), and a bug of ours
should not be able to say that. When really nothing is to stay, it names `und`, which no track has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from captionkit.canvas_locales import PICKER_LOCALES
from captionkit.sync.decide import Do
from captionkit.sync.outcome import Seen
from captionkit.sync.plan import MediaPlan, Step
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
        asks: locales of which the request proves whose they are, since something has to be known before they may be
            left out of a later one.
        in_place: those of them that get a new text, though viewers may go on seeing the old one until they are made
            anew.
    """

    before: Seen
    after: Seen
    body: tuple[TrackPut, ...]
    digest: str
    shown: Mapping[str, str]
    phantoms: frozenset[str] = frozenset()
    asks: frozenset[str] = frozenset()
    in_place: frozenset[str] = frozenset()

    @property
    def omits(self) -> frozenset[str]:
        """Locales that are there before and not named, so that Canvas deletes them."""
        return frozenset(self.before) - {put.locale for put in self.body}


def phases(
    media: MediaPlan,
    contents: Mapping[str, str],
    *,
    unproved: Collection[str] = (),
    guard_locales: bool = False,
) -> tuple[Phase, ...]:
    """The PUTs that carry out one media object's part of a plan.

    One, where no track is to be made anew and all that are to be deleted are proved to be the file's own. Two, where a
    track has to be made anew: first without it, then with it. Where a track that is to go is not proved to be the
    file's own, a PUT before these leaves nothing out and asks: it sends the very text that is there, or the new one in
    place. The track keeps its id where it is the file's own; another course's stays untouched, and this file gets one
    beside it.

    Args:
        contents: text by digest; has an entry for every step that sends something, and for every track that is asked
            about.
        unproved: locales whose track may belong to the file that this one was copied from.

    Raises:
        KeyError: if a text is missing. Nothing is sent then.
    """
    before = media.before_seen
    deleted = {step.locale for step in media.changes if step.do is Do.DELETE}
    remade = {step.locale for step in media.changes if step.do is Do.RECREATE}
    sending = [step for step in media.changes if step.do is not Do.DELETE]
    asked = (deleted | remade) & set(unproved)
    if asked:
        kinds = {track.locale: (track.kind, track.digest) for track in media.before}
        probes = [
            TrackPut(locale, contents[digest], kind)
            for locale, (kind, digest) in kinds.items()
            if locale in deleted & asked
        ]
        at_once = [step for step in sending if step.locale not in remade - asked]
        first = _phase(
            before=before,
            after=before | {step.locale: (step.kind, step.digest_after) for step in at_once},
            sent=[*probes, *_puts(at_once, contents)],
            shown={step.locale: step.shown for step in at_once if step.locale not in remade},
            deleted=set(),
            guard_locales=guard_locales,
        )
        first = replace(first, asks=frozenset(asked), in_place=frozenset(asked & remade))
        rest = [step for step in sending if step.locale in remade]
        return (first, *anew(first.after, deleted, rest, contents, guard_locales=guard_locales))
    if not remade:
        return (_final(before, deleted, sending, contents, guard_locales=guard_locales),)
    return anew(before, deleted, sending, contents, guard_locales=guard_locales)


def anew(
    before: Seen, deleted: set[str], sending: list[Step], contents: Mapping[str, str], *, guard_locales: bool
) -> tuple[Phase, ...]:
    """One PUT without what is deleted and made anew, and one more that makes it; none where nothing is to go."""
    gone = deleted | {step.locale for step in sending if step.do is Do.RECREATE}
    if not gone:
        return ()
    after = {locale: seen for locale, seen in before.items() if locale not in gone}
    first = _phase(before=before, after=after, sent=[], shown={}, deleted=gone, guard_locales=guard_locales)
    if not sending:
        return (first,)
    return (first, _final(after, deleted, sending, contents, guard_locales=guard_locales))


def _final(
    before: Seen, deleted: set[str], sending: list[Step], contents: Mapping[str, str], *, guard_locales: bool
) -> Phase:
    """The PUT that leaves out what is deleted and sends what is sent."""
    sent = {step.locale: (step.kind, step.digest_after) for step in sending}
    return _phase(
        before=before,
        after={locale: seen for locale, seen in before.items() if locale not in deleted} | sent,
        sent=_puts(sending, contents),
        shown={step.locale: step.shown for step in sending},
        deleted=deleted,
        guard_locales=guard_locales,
    )


def _puts(steps: Iterable[Step], contents: Mapping[str, str]) -> list[TrackPut]:
    return [TrackPut(step.locale, contents[step.digest_after], step.send_kind) for step in steps]


def _phase(
    *,
    before: Seen,
    after: Seen,
    sent: list[TrackPut],
    shown: Mapping[str, str],
    deleted: set[str],
    guard_locales: bool,
) -> Phase:
    kept = before.keys() - deleted - {put.locale for put in sent}
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
