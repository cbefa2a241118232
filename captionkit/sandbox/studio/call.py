"""One request to the stand-in Studio, and the ways to refuse it. guides/studio-server.md, sections 1, 6 and 7."""

from __future__ import annotations

from dataclasses import dataclass
from sqlite3 import Row
from typing import Any

from captionkit.sandbox.answers import Answer, Refusal, json_answer
from captionkit.sandbox.studio.state import StudioState
from captionkit.sandbox.studio.switches import StudioSwitches


@dataclass(slots=True)
class StudioCall:
    """One request.

    Attributes:
        user: row of the users table.
        params: of query, JSON and form together: the server takes any of them.
        files: uploaded files of a multipart body, name -> bytes.
        upload_url: scheme, host and port of the upload host.
    """

    state: StudioState
    switches: StudioSwitches
    user: Row
    base: str
    upload_url: str
    params: dict[str, Any]
    files: dict[str, bytes]
    args: dict[str, str]

    def refuse(self, status: int, message: str) -> Refusal:
        return refusal(self.switches, status, message)

    def number(self, value: Any, name: str) -> int:
        """An id as the API takes it: an integer, or its digits.

        Raises:
            Refusal: 422.
        """
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 62:
            return value
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 18:
            return int(value)
        raise self.refuse(422, f"{name} is invalid")

    @property
    def listed_until(self) -> str:
        """The time at which what is listed was made at the latest."""
        return self.state.stamp(self.switches.listing_lag_s)

    def flag(self, name: str) -> bool:
        return self.params.get(name) in (True, "true", "True", "1", 1)

    def text(self, name: str) -> str | None:
        value = self.params.get(name)
        return value if isinstance(value, str) and value.strip() else None

    def page(self, ids: list[int]) -> tuple[list[int], dict[str, int]]:
        """One page of `ids` and its `meta`: page from 1, per_page 20 up to 50 (section 7)."""
        page = max(self.number(self.params.get("page", 1), "page"), 1)
        per_page = max(self.number(self.params.get("per_page", 20), "per_page"), 1)
        if per_page > 50:
            if self.switches.per_page_over == "reject":
                raise self.refuse(422, "per_page is invalid")
            per_page = 50
        meta = {"current_page": page, "last_page": max(-(-len(ids) // per_page), 1), "total_count": len(ids)}
        return ids[(page - 1) * per_page : page * per_page], meta


def refusal(switches: StudioSwitches, status: int, message: str) -> Refusal:
    body = {"message": message} if switches.error_shape == "object" else message
    return Refusal(json_answer(status, {"error": body}))


def created(data: Any) -> Answer:
    return json_answer(201, data)
