"""What a PUT did, by what is there afterwards. Canvas has no transaction, so anything in between is possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Seen = Mapping[str, tuple[str, str]]


class Effect(StrEnum):
    """APPLIED: as promised. NOT_APPLIED: as before. PARTIAL: each track is in one of the two states, not all in the
    same. FOREIGN: at least one track is in neither, so somebody else wrote."""

    APPLIED = "applied"
    NOT_APPLIED = "not-applied"
    PARTIAL = "partial"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Classified:
    """What happened, and to which locales something else happened.

    Attributes:
        added: locales that neither the state before nor the promise knows: a colleague's new track. They do not make
            an applied PUT any less applied.
        strange: locales that are in a state which is neither the one before nor the promised one.
    """

    effect: Effect
    added: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()


def classify(now: Seen, before: Seen, after: Seen) -> Classified:
    """Compare what is there now with what was there and with what was promised; locale -> (kind, digest) each."""
    added = tuple(sorted(now.keys() - before.keys() - after.keys()))
    strange, as_before, as_after = [], True, True
    for locale in sorted(before.keys() | after.keys()):
        is_before = now.get(locale) == before.get(locale)
        is_after = now.get(locale) == after.get(locale)
        as_before &= is_before
        as_after &= is_after
        if not (is_before or is_after):
            strange.append(locale)
    if strange:
        return Classified(Effect.FOREIGN, added, tuple(strange))
    if as_after:
        return Classified(Effect.APPLIED, added)
    if as_before:
        return Classified(Effect.NOT_APPLIED, added)
    return Classified(Effect.PARTIAL, added)
