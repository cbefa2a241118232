"""What can go wrong with the in-memory Canvas, and when somebody may look or interfere."""

from __future__ import annotations

from dataclasses import dataclass, field

from captionkit.errors import BadToken, NoConnection, NotFound, NotPermitted, RemoteError, Throttled, UnexpectedAnswer

#: What can be made to happen to a PUT; `step` is the number of statements that are executed first.
PUT_FAULTS = {
    "throttled": "429, nothing done",
    "lost-request": "no answer, nothing done",
    "lost-answer": "no answer, all done",
    "partial": "no answer, the first `step` statements done",
    "refused": "204 without a body, nothing done",
    "unauthorized": "401, nothing done",
    "rejected": "422 after the first `step` statements",
    "server-error": "500 after the first `step` statements",
    "gateway-error": "502, all done",
    "not-json": "200 with an HTML page, all done",
    "late": "no answer; done only after `late_by` more requests",
}

#: What can be made to happen to a GET of one object's tracks or to a LIST.
READ_FAULTS: dict[str, type[RemoteError]] = {
    "throttled": Throttled,
    "no-connection": NoConnection,
    "bad-token": BadToken,
    "not-permitted": NotPermitted,
    "not-found": NotFound,
    "html": UnexpectedAnswer,
}


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the world saw it."""

    method: str
    user_id: str
    media: str
    body: object = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a hook is called: before a request is executed, after each statement of a PUT, or after a request."""

    when: str
    request: Request


@dataclass(slots=True)
class Fault:
    """Something that goes wrong with the next fitting requests.

    Attributes:
        kind: a key of PUT_FAULTS or READ_FAULTS.
        on: "PUT", "GET" (tracks of one object) or "LIST".
        media: only for this object; "" for any.
        skip: how many fitting requests go well first.
        times: how many it hits.
        step, late_by: see PUT_FAULTS.
    """

    kind: str
    on: str = "PUT"
    media: str = ""
    skip: int = 0
    times: int = 1
    step: int = 0
    late_by: int = 1


NOTHING_DONE = {
    "throttled": (429, "429 Forbidden (Rate Limit Exceeded)"),
    "lost-request": (0, "the connection was lost"),
    "refused": (204, ""),
    "unauthorized": (401, "Invalid access token."),
}
MIDWAY = {
    "partial": (0, "the connection was lost"),
    "rejected": (422, "locale is invalid"),
    "server-error": (500, "An error occurred."),
}
ALL_DONE = {
    "lost-answer": (0, "the connection was lost"),
    "gateway-error": (502, "Bad Gateway"),
    "not-json": (200, "<!DOCTYPE html>"),
}
