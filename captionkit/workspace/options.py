"""What a person wants of a plan, and what is made of it together with captionkit.toml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from captionkit.canvas_locales import CanvasLocale, canvas_locale
from captionkit.config import ON_CONFLICT, Config, MaxDelete
from captionkit.config import max_delete as parse_max_delete
from captionkit.errors import ConfigError, WrongOption
from captionkit.sync.decide import Policy
from captionkit.sync.guards import LIFTABLE
from captionkit.sync.publishable import NAMES, allowed


@dataclass(frozen=True, slots=True)
class Options:
    """What a plan may do. None leaves it to captionkit.toml.

    Attributes:
        media: look at these media objects only: ids, titles, or names in the folder. One may stand by itself.
        delete: a push deletes tracks that captionkit put there and whose file left the folder; a pull deletes files
            whose track was deleted there.
        mirror: the folder is the whole truth for the media objects that it has files for.
        max_delete: refuse a plan that deletes more tracks than this, a number or a percentage: "10", "5%", "all".
        on_conflict: whose version counts where both changed: "stop" leaves such media alone, "local", "remote".
        resolve: the same for one track: "m-abc/en" -> "local" or "remote". A title will do for the id.
        allow: safety limits and checks that are lifted, by name.
        guard_locales: name every language that Canvas offers in each request, so that one which a colleague adds in
            that very moment is kept.
        restore: a pull brings back files that were removed here and are still there.
        encoding: of files that are not UTF-8; "" leaves it to captionkit.toml, and to a guess.
        show_unchanged: have the media objects in the plan that are the same on both sides, too.
    """

    media: Sequence[str] = ()
    delete: bool | None = None
    mirror: bool = False
    max_delete: str | None = None
    on_conflict: str | None = None
    resolve: Mapping[str, str] = field(default_factory=dict)
    allow: Sequence[str] = ()
    guard_locales: bool = False
    restore: bool = False
    encoding: str = ""
    show_unchanged: bool = False

    def __post_init__(self) -> None:
        for name in ("media", "allow"):
            value = getattr(self, name)
            object.__setattr__(self, name, (value,) if isinstance(value, str) else tuple(value))


def policy_from(config: Config, ours: int, options: Options) -> Policy:
    """What was asked for over captionkit.toml over the defaults.

    Args:
        ours: how many tracks the folder keeps on the remote, for a limit in percent.

    Raises:
        WrongOption: one of them cannot be.
    """
    if options.on_conflict not in (None, *ON_CONFLICT):
        raise WrongOption(f"must be one of {', '.join(ON_CONFLICT)}", "on_conflict", str(options.on_conflict))
    given = options.max_delete
    limit = config.max_delete if given is None else _limit(given)
    protected = set(config.protect)
    for tag in config.protect:
        stored = canvas_locale(tag)
        if isinstance(stored, CanvasLocale):
            protected.add(stored.locale)
    return Policy(
        delete=config.delete if options.delete is None else options.delete,
        mirror=options.mirror,
        max_delete=limit.of(ours),
        on_conflict=options.on_conflict or config.on_conflict,
        resolve=options.resolve,
        protect=frozenset(protected),
        allow=allowed(options.allow, (*LIFTABLE, *NAMES)) | frozenset(config.allow),
        guard_locales=options.guard_locales,
        new_kind=config.kind if config.features.kinds else None,
        restore=options.restore,
    )


def _limit(given: str) -> MaxDelete:
    try:
        return parse_max_delete(given)
    except ConfigError as error:
        raise WrongOption(error.message, "max_delete", "") from None
