"""What a remote says of itself, so that nothing outside of its folder has to know its name.

A remote is a folder in `captionkit/remotes/` whose `__init__` exports one `SERVICE`. It is found by looking, and loaded
whenever a configuration is read, so that module imports nothing heavy: what `SERVICE` names is imported when called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from captionkit.sync.features import Features

if TYPE_CHECKING:
    from captionkit.config import Config
    from captionkit.configuration import Keys, Table
    from captionkit.doctor import Check
    from captionkit.errors import CaptionkitError
    from captionkit.sync.ports import MediaState, Remote, Store


def _nothing(_: object) -> None:
    return None


def lazily(module: str, name: str) -> Callable[..., Any]:
    """A function of a module that is loaded when it is called."""

    def call(*arguments: object) -> Any:
        from importlib import import_module

        return getattr(import_module(module), name)(*arguments)

    return call


@dataclass(frozen=True, slots=True)
class Opening:
    """What a remote is opened with.

    Attributes:
        config: of the folder. store: what earlier runs of the folder did.
        as_user_id: act as this user; "" for whom the token belongs to.
        warn: is given a sentence about what the service does otherwise than it should.
        damaged: is given what stood in listings and could not be understood, when the remote is closed.
        token: instead of the one from where tokens are kept.
    """

    config: Config
    store: Store
    as_user_id: str = ""
    warn: Callable[[str], None] = _nothing
    damaged: Callable[[Sequence[CaptionkitError]], None] = _nothing
    token: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What `captionkit doctor` asks of a service.

    Attributes:
        configured: the address in the folder's configuration. typed: that on the command line.
        scope: where to look; "" for nowhere.
        offline: ask the service itself nothing.
    """

    configured: str = ""
    typed: str = ""
    scope: str = ""
    as_user_id: str = ""
    offline: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """A remote, as it describes itself.

    Attributes:
        kind: what manifests and plans call it. Files that were written keep it, so it never changes.
        table: its table of captionkit.toml.
        keys: this table and those in it, with what each key means; see `captionkit.configuration.Keys`.
        features: what it can do.
        read_table: from the table to values of `captionkit.config.Config`: url, scope, and what else it has.
        open: the remote of a folder, with the token from where tokens are kept.
        model: a model of the server that holds one media object as it was just read, to rehearse a request on.
        check: what is right and wrong with address, token and rights.
        signs_in: whether a person signs in, and what that gives renews itself; else a token is pasted.
    """

    kind: str
    table: str
    keys: Mapping[str, Keys]
    features: Features
    read_table: Callable[[Table], dict[str, Any]]
    open: Callable[[Opening], AbstractContextManager[Remote]]
    model: Callable[[MediaState], Remote]
    check: Callable[[Question], Iterator[Check]]
    signs_in: bool = False
