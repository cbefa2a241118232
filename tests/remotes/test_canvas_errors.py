"""Every answer of Canvas that is no success becomes the right error, said to a person (reference, section 11)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from captionkit.errors import (
    BadToken,
    ExitCode,
    NotFound,
    NotPermitted,
    Rejected,
    RemoteError,
    Throttled,
    UnexpectedAnswer,
)
from captionkit.remotes.canvas.errors import complaints, error_for
from captionkit.remotes.http.session import Answer

REALM = {"www-authenticate": 'Bearer realm="canvas-lms"'}
UNAUTHORIZED = {"status": "unauthorized", "errors": [{"message": "user not authorized to perform that action"}]}


def error(status: int, body: Any = b"", headers: dict[str, str] | None = None, where: str = "GET /x") -> RemoteError:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return error_for(Answer(status, headers or {}, data, "https://c.example/x", where), lambda text: text)


# ruff: noqa: E501
# A table is read by its columns, so its rows stay whole.
@pytest.mark.parametrize(
    ("status", "headers", "body", "kind", "words"),
    [
        (401, REALM, {"status": "unauthenticated", "errors": [{"message": "user authorization required"}]}, BadToken, "does not accept the token"),
        (401, REALM, {"errors": [{"message": "Invalid access token."}]}, BadToken, "Invalid access token"),
        (401, REALM, {"errors": [{"message": "Ungültiges Token."}]}, BadToken, "Ungültiges Token"),
        (401, REALM, {"errors": [{"message": "Revoked access token."}]}, BadToken, "Revoked"),
        (401, REALM, {"errors": [{"message": "x", "expired_at": "2026-01-01T00:00:00Z"}]}, BadToken, "expired, on 2026-01-01"),
        (401, {}, {"errors": [{"message": "Insufficient scopes on access token."}]}, NotPermitted, "developer key"),
        (401, {}, {"errors": [{"message": "Unzureichende Bereiche"}]}, NotPermitted, "developer key"),
        (401, {}, UNAUTHORIZED, NotPermitted, "not permitted, or not there"),
        (401, {}, {"errors": "Invalid as_user_id"}, NotPermitted, "act as that user"),
        (401, {}, {"errors": "Cannot change masquerade"}, NotPermitted, "act as that user"),
        (401, {}, b"<html>Please log in</html>", BadToken, "asks for a login"),
        (403, {}, UNAUTHORIZED, NotPermitted, "not permitted, or not there"),
        (403, {}, b"403 Forbidden (Rate Limit Exceeded)\n", Throttled, "rate limit"),
        (429, {}, b"429 Forbidden (Rate Limit Exceeded)\n", Throttled, "rate limit"),
        (429, {}, b"", Throttled, "rate limit"),
        (403, {}, b"<html><body>blocked by the firewall", NotPermitted, "in front of Canvas"),
        (204, {}, b"", NotPermitted, "204"),
        (404, {}, {"errors": [{"message": "The specified resource does not exist."}]}, NotFound, "nothing by this id"),
        (404, {}, b"<!DOCTYPE html><h1>Not Found", NotFound, "no Canvas API at this address"),
        (400, {}, {"message": "The user_entered_title parameter must have a value"}, Rejected, "user_entered_title"),
        (400, {}, {"errors": [{"field": "search_term", "code": "invalid", "message": "2 or more characters is required"}]}, Rejected, "search_term 2 or more"),
        (422, {}, {"errors": [{"field": "locale", "message": "has already been taken", "error_code": "taken"}]}, Rejected, "locale has already been taken"),
        (422, {}, {"errors": {"locale": [{"attribute": "locale", "type": "invalid", "message": "ist ungültig"}]}}, Rejected, "locale ist ungültig \\[invalid\\]"),
        (422, {}, {"error": "Media object not found or not yet processed"}, Rejected, "not yet processed"),
        (413, {}, b"<html>", Rejected, "413"),
        (500, {}, {"errors": [{"message": "An error occurred.", "error_code": "internal_server_error"}]}, UnexpectedAnswer, "500"),
        (302, {}, b"", UnexpectedAnswer, "302"),
        (201, {}, b"{}", UnexpectedAnswer, "201"),
    ],
)  # fmt: skip
def test_each_answer_has_its_error(
    status: int, headers: dict[str, str], body: Any, kind: type[RemoteError], words: str
) -> None:
    reported = error(status, body, headers)
    assert type(reported) is kind
    assert reported.status == status
    assert reported.exit_code == ExitCode.REMOTE_FAILED
    with pytest.raises(kind, match=words):
        raise reported
    assert "GET /x" in str(reported)
    assert "Nothing was written." in str(reported)


def test_a_missing_course_is_reported_by_its_number() -> None:
    body = {"errors": [{"message": "The specified resource does not exist."}]}
    reported = error(404, body, where="GET /api/v1/courses/999/media_objects")
    assert "this Canvas has no course 999" in str(reported)


def test_what_the_server_says_is_cut_and_cleaned() -> None:
    answer = Answer(422, {}, json.dumps({"message": "s3cret " + "x" * 5000}).encode(), "u", "PUT /x")
    reported = str(error_for(answer, lambda text: text.replace("s3cret", "(hidden)")))
    assert "s3cret" not in reported
    assert len(reported) < 500


KEYS = ["errors", "message", "error", "field", "code", "status", "x"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@settings(derandomize=True)
@given(JSON, st.sampled_from([200, 204, 301, 400, 401, 403, 404, 422, 429, 500, 503]), st.booleans())
def test_no_body_whatever_its_shape_breaks_the_telling(body: Any, status: int, realm: bool) -> None:
    assert isinstance(error(status, body, REALM if realm else {}), RemoteError)
    assert all(isinstance(text, str) and text for text in complaints(body))


@settings(derandomize=True)
@given(st.binary(max_size=60), st.sampled_from([400, 401, 403, 404, 500]))
def test_no_bytes_break_the_telling(body: bytes, status: int) -> None:
    assert isinstance(error(status, body), RemoteError)
