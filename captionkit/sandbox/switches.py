"""What can be set about the stand-in, at the start or while it runs: where servers differ, or nobody outside knows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any, ClassVar, Self, cast


class Settable:
    """Settings that can be changed by name, with a word on what is wrong with a wrong one."""

    __slots__ = ()
    #: What a setting may be, where its type does not say it all.
    CHOICES: ClassVar[dict[str, tuple[Any, ...]]] = {}

    def with_changes(self, **changes: Any) -> Self:
        """A copy with these changed.

        Raises:
            ValueError: for a name that is no switch, or a value of the wrong type or not among the choices.
        """
        known = {f.name: f for f in fields(cast(Any, self))}
        for name, value in changes.items():
            if name not in known:
                raise ValueError(f"no switch is called {name!r}; there are: {', '.join(sorted(known))}")
            wanted = type(getattr(self, name))
            if isinstance(value, int) and not isinstance(value, bool) and wanted is float:
                changes[name] = float(value)
            elif not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
                raise ValueError(f"switch {name!r} takes {wanted.__name__}, not {value!r}")
            if name in self.CHOICES and value not in self.CHOICES[name]:
                raise ValueError(f"switch {name!r} is one of {', '.join(map(repr, self.CHOICES[name]))}, not {value!r}")
        return cast(Self, replace(cast(Any, self), **changes))

    def as_dict(self) -> dict[str, Any]:
        return asdict(cast(Any, self))


@dataclass(frozen=True, slots=True)
class Switches(Settable):
    """The server's settings. Section numbers are those of guides/canvas-server.md.

    Attributes:
        old_server: a Canvas of about 2023: 401 where a new one says 403, throttling by 403, no `workflow_state`, `asr`,
            `auto_caption_status` and `viewer_restrictions` keys (sections 3, 4, 8, 11).
        latency_ms: added to every answer but those of the control endpoint.
        kaltura_ms: added per listed media object unless `exclude[]=sources` (section 8).
        throttle: whether the leaky bucket is there at all (section 12).
        throttle_status: 403 or 429 on a new server; an old one always says 403.
        hwm, maximum, outflow, up_front_cost: the bucket, in Canvas's units; outflow is per second.
        request_cost: charged for every request, in the same units (seconds of work on the real server).
        row_cost: charged for every listed media object.
        string_ids: whether `Accept: application/json+canvas-string-ids` turns ids into strings (section 4, uncertain).
        deletes_own_only: a replace-all PUT deletes only the caller's own unlisted tracks, and what is refused is 401
            instead of 204: the controller of about 2022 (section 16).
        rights_by_file: whether a PUT by a file asks for the right on that file alone; the controller that was run asks
            for the media object's, too, and answers 204 (section 16).
        stale_column_fixed: whether a WebVTT upload clears `webvtt_content` (section 7; real ones are not known to).
        form_body_readable: whether a track PUT with a form content type still sees its body (section 5, uncertain).
        attachment_track_order: "locale", or "newest": the order on that path is formally unspecified (section 4).
        stable_ties: False shuffles what sorts alike anew for every page: the listing has no tie-breaker (section 8), so
            walking its pages may then show one media object twice and another never.
        hidden_file: "refuse" the whole listing for a file that may not be downloaded, or "skip" it (section 8).
        files_show_media_entry_id: whether the Files API tells the media id of a file (section 2).
        asr_requests: the root account flag behind POST .../asr (section 1).
        token_opens_track_url: the site flag that lets a token load a single track at its browser path (section 1).
        clock_skew_s: the server's clock minus the real one, in seconds: timestamps and the Date header.
        language: "en" or "de", the language of messages (section 11: they are localised to the user).
    """

    old_server: bool = False
    latency_ms: int = 0
    kaltura_ms: int = 0
    throttle: bool = True
    throttle_status: int = 429
    hwm: float = 600.0
    maximum: float = 800.0
    outflow: float = 10.0
    up_front_cost: float = 50.0
    request_cost: float = 0.05
    row_cost: float = 0.001
    string_ids: bool = True
    deletes_own_only: bool = False
    rights_by_file: bool = False
    stale_column_fixed: bool = False
    form_body_readable: bool = True
    attachment_track_order: str = "locale"
    stable_ties: bool = True
    hidden_file: str = "refuse"
    files_show_media_entry_id: bool = True
    asr_requests: bool = False
    token_opens_track_url: bool = False
    clock_skew_s: float = 0.0
    language: str = "en"

    CHOICES: ClassVar[dict[str, tuple[Any, ...]]] = {
        "throttle_status": (403, 429),
        "attachment_track_order": ("locale", "newest"),
        "hidden_file": ("refuse", "skip"),
        "language": ("en", "de"),
    }
