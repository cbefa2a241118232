"""What an upload needs of the world: a service, a way to send a file, somebody to tell how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from captionkit.sync.ports import Clock
from captionkit.upload.items import Item


class NewUpload(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def url(self) -> str: ...


class OwnerLike(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


class MediaLike(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def created_at(self) -> str: ...
    @property
    def owner(self) -> OwnerLike: ...
    @property
    def collection_id(self) -> str: ...
    @property
    def collection_name(self) -> str: ...


class CaptionLike(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def srclang(self) -> str: ...
    @property
    def is_machine_made(self) -> bool: ...


class CaptionService(Protocol):
    """Lists, adds and gives caption files."""

    def captions(self, media_id: str) -> Sequence[CaptionLike]: ...

    def caption_content(self, caption_id: str) -> bytes: ...

    def add_caption(self, media_id: str, srclang: str, srt: bytes) -> CaptionLike: ...


class Service(CaptionService, Protocol):
    """Where recordings go; `captionkit.remotes.studio.api.InstructureMedia` is one."""

    def new_upload(self, *, user_id: str = "") -> NewUpload: ...

    def complete_upload(
        self, media_id: str, *, title: str, description: str = "", auto_caption: bool = False
    ) -> MediaLike: ...

    def create_in_collection(
        self,
        collection_id: str,
        url: str,
        *,
        title: str = "",
        description: str = "",
        auto_caption: bool = False,
        user_id: str = "",
        is_external: bool = False,
    ) -> MediaLike: ...

    def create_from_url(
        self,
        url: str,
        *,
        title: str = "",
        description: str = "",
        auto_caption: bool = False,
        user_id: str = "",
        collection_id: str = "",
        is_external: bool = False,
    ) -> MediaLike: ...

    def media(self, media_id: str) -> MediaLike: ...

    def search_media(self, **conditions: str | int | None) -> Iterator[MediaLike]: ...


class Put(Protocol):
    """Sends a file to a signed address; `captionkit.remotes.studio.uploads.put_file` is one."""

    def __call__(
        self, url: str, path: Path, *, sent: Callable[[int], None], stopped: Callable[[], bool], clock: Clock
    ) -> None: ...


class Progress(Protocol):
    """Hears how far everything is; may be called from several threads."""

    def begin(self, item: Item) -> None: ...

    def sent(self, item: Item, size: int) -> None: ...

    def end(self, item: Item) -> None: ...
