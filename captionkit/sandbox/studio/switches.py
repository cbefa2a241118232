"""What can be set about the stand-in Studio: mostly what nobody knows (guides/studio-server.md, section 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from captionkit.sandbox.switches import Settable


@dataclass(frozen=True, slots=True)
class StudioSwitches(Settable):
    """The server's settings.

    Attributes:
        latency_ms: added to every answer of the API host.
        new_caption_status: what an uploaded caption is at first: "uploaded" or "published".
        same_srclang: a second caption of a language: "append", "replace" the first, or "reject" it with 422.
        takes_vtt: whether a WebVTT file is taken as a caption, or 422.
        knows_languages: whether an unknown `srclang` is 422.
        takes_regions: whether `srclang` may have a region or script (en-US, zh-Hans).
        reformats_captions: whether the server writes SRT anew: LF, numbered from 1, no byte order mark.
        extra_caption_keys: `provider`, `is_empty` and `number_of_errors` in caption objects.
        null_collection_names: whether a collection without a name says null instead of "".
        token_lifetime_s: how long an access token lives; 0 is without end. 7200 was seen once.
        tells_expires_in: whether the token answer says so.
        rotates_refresh_tokens: whether each refresh gives a new refresh token and ends the old one.
        drops_state: whether `state` is lost on the way back from the sign-in (it is on the real one).
        per_page_over: more than 50 per page: "clamp" or "reject" with 422.
        auto_caption: whether automatic captions are enabled for the account; else 501.
        error_shape: "text" for `{"error": "..."}`, "object" for `{"error": {"message": "..."}}`.
        owner_only_captions: whether captions and downloads are for owners and admins only.
        upload_url_lifetime_s: how long an upload URL works; 0 is without end.
        completes_empty_uploads: whether an upload can be completed to which nothing was sent, or 422.
        keeps_uploads: whether uploaded bytes are kept on disk; else only their number and digest.
        knows_users_me: whether `/users/me` is answered. It is in no documentation.
        listing_lag_s: how long listings and searches do not show what is new.
        download_lag_s: how long a new caption file cannot be downloaded.
        renames_languages: whether the region of a language is dropped: pt-BR is stored as pt.
        upload_collection: whether the undocumented `collection_id` of a new upload is heeded.
        takes_oob: whether the sign-in may end on a page that shows the code, instead of at an https address.
    """

    latency_ms: int = 0
    new_caption_status: str = "uploaded"
    same_srclang: str = "append"
    takes_vtt: bool = False
    knows_languages: bool = True
    takes_regions: bool = True
    reformats_captions: bool = False
    extra_caption_keys: bool = True
    null_collection_names: bool = True
    token_lifetime_s: int = 7200
    tells_expires_in: bool = True
    rotates_refresh_tokens: bool = True
    drops_state: bool = True
    per_page_over: str = "clamp"
    auto_caption: bool = True
    error_shape: str = "text"
    owner_only_captions: bool = True
    upload_url_lifetime_s: int = 0
    completes_empty_uploads: bool = False
    keeps_uploads: bool = False
    knows_users_me: bool = True
    listing_lag_s: float = 0.0
    download_lag_s: float = 0.0
    renames_languages: bool = False
    upload_collection: bool = False
    takes_oob: bool = True

    CHOICES: ClassVar[dict[str, tuple[Any, ...]]] = {
        "new_caption_status": ("uploaded", "published"),
        "same_srclang": ("append", "replace", "reject"),
        "per_page_over": ("clamp", "reject"),
        "error_shape": ("text", "object"),
    }
