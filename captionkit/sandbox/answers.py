"""What the server says. Bodies and headers of guides/canvas-server.md, section 11."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

_GERMAN = {
    "user authorization required": "Benutzerautorisierung erforderlich",
    "user not authorized to perform that action": "Benutzer ist zu dieser Aktion nicht berechtigt",
    "The specified resource does not exist.": "Die angegebene Ressource existiert nicht.",
    "An error occurred.": "Ein Fehler ist aufgetreten.",
    "is invalid": "ist ungültig",
    "can't be blank": "darf nicht leer sein",
    "is not included in the list": "ist nicht in der Liste enthalten",
    "has already been taken": "ist bereits vergeben",
    "Invalid access token.": "Ungültiger Zugriffsschlüssel.",
}


@dataclass(slots=True)
class Answer:
    """One HTTP answer.

    Attributes:
        cut_at: send only so many bytes of the body, though the headers promise all of it, and close the connection;
            None sends everything. A negative number closes it without any answer.
    """

    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    cut_at: int | None = None


class Refusal(Exception):
    """Ends a request with this answer; what was done before it stays done."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def json_answer(status: int, data: Any, *headers: tuple[str, str]) -> Answer:
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return Answer(status, body, [("Content-Type", "application/json; charset=utf-8"), *headers])


def html_answer(status: int, title: str, text: str, *headers: tuple[str, str]) -> Answer:
    head = f'<!DOCTYPE html>\n<html lang="en"><head><title>{title}</title></head>'
    page = f"{head}<body><h1>{title}</h1>{text}</body></html>"
    return Answer(status, page.encode(), [("Content-Type", "text/html; charset=utf-8"), *headers])


class Words:
    """The server's messages in the user's language: a client that matches on text is caught by switching it."""

    def __init__(self, language: str) -> None:
        self._words = _GERMAN if language == "de" else {}

    def __call__(self, message: str) -> str:
        return self._words.get(message, message)


_BEARER = ("WWW-Authenticate", 'Bearer realm="canvas-lms"')


def unauthenticated(words: Words) -> Refusal:
    body = {"status": "unauthenticated", "errors": [{"message": words("user authorization required")}]}
    return Refusal(json_answer(401, body, _BEARER))


def bad_token(words: Words, message: str = "Invalid access token.", **extra: str) -> Refusal:
    return Refusal(json_answer(401, {"errors": [{"message": words(message), **extra}]}, _BEARER))


def missing_scope(words: Words) -> Refusal:
    return Refusal(json_answer(401, {"errors": [{"message": words("Insufficient scopes on access token.")}]}))


def unauthorized(words: Words, old_server: bool) -> Refusal:
    body = {"status": "unauthorized", "errors": [{"message": words("user not authorized to perform that action")}]}
    return Refusal(json_answer(401 if old_server else 403, body))


def not_found(words: Words) -> Refusal:
    return Refusal(json_answer(404, {"errors": [{"message": words("The specified resource does not exist.")}]}))


def invalid(words: Words, *faults: tuple[str, str, str]) -> Refusal:
    """422; each fault is (field, message, error code)."""
    errors = [{"field": name, "message": words(message), "error_code": code} for name, message, code in faults]
    return Refusal(json_answer(422, {"errors": errors}))


def broken(words: Words) -> Refusal:
    """500, the way of everything that the real server did not foresee."""
    errors = [{"message": words("An error occurred."), "error_code": "internal_server_error"}]
    return Refusal(json_answer(500, {"errors": errors, "error_report_id": 4711}))


def no_content() -> Refusal:
    """204: the action returned without rendering, which Rails turns into this. It means "refused" (section 3)."""
    return Refusal(Answer(204))


def login_page() -> Answer:
    form = '<form action="/login/canvas" method="post"><input name="pseudonym_session[unique_id]"></form>'
    return html_answer(200, "Log In to Canvas", form)
