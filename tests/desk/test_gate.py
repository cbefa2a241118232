"""Who may ask the desk for anything: each rule with a request that it refuses."""

from __future__ import annotations

import http.client

import pytest
from desk_client import Client

from captionkit.desk.gate import Asked, Gate
from captionkit.desk.server import Desk

OWN = {"host": "127.0.0.1:80", "origin": "http://127.0.0.1:80", "sec-fetch-site": "same-origin"}


def asked(gate: Gate, method: str = "POST", path: str = "changes", **headers: str) -> Asked:
    given = {**OWN, **{name.replace("_", "-"): value for name, value in headers.items()}}
    below = path if path.startswith("/") else gate.home + path
    return Asked(method, below, {name: value for name, value in given.items() if value})


def test_our_own_page_may() -> None:
    gate = Gate(80)
    assert gate.refusal(asked(gate)) == ""
    assert gate.refusal(asked(gate, sec_fetch_site="")) == ""
    assert gate.refusal(asked(gate, origin="")) == ""
    assert gate.refusal(asked(gate, "GET", origin="", sec_fetch_site="")) == ""
    assert gate.refusal(asked(gate, "GET", sec_fetch_site="cross-site", origin="")) == ""  # a link may lead here


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1"},
        {"host": "127.0.0.1:81"},
        {"host": "localhost:80"},
        {"host": ""},
        {"origin": "http://evil.example"},
        {"origin": "null", "sec_fetch_site": ""},
        {"origin": "http://127.0.0.1:81"},
        {"origin": "https://127.0.0.1:80"},
        {"origin": "http://localhost:80"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"origin": "", "sec_fetch_site": ""},
    ],
)
def test_nobody_else_may_change_anything(headers: dict[str, str]) -> None:
    gate = Gate(80)
    assert gate.refusal(asked(gate, **headers))


@pytest.mark.parametrize("path", ["/", "/changes", "//changes", "/x/changes", "/../", "/start", "/start/x/y"])
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_nothing_is_answered_without_the_secret(path: str, method: str) -> None:
    gate = Gate(80)
    refused = bool(gate.refusal(asked(gate, method, path)))
    assert refused == (not (path.startswith("/start/") and method == "GET"))


def test_a_start_address_counts_once_and_for_a_minute() -> None:
    now = [0.0]
    gate = Gate(80, lambda: now[0])
    code = gate.start_address().rpartition("/")[2]
    assert not gate.enter("")
    assert not gate.enter(code + "x")
    assert gate.enter(code)
    assert not gate.enter(code)
    late = gate.start_address().rpartition("/")[2]
    now[0] = 61.0
    assert not gate.enter(late)
    assert gate.secret not in gate.start_address()


def request(desk: Desk, method: str, path: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", int(desk.gate.host.partition(":")[2]), timeout=10)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_over_the_wire_each_is_refused_and_no_page_may_be_framed(desk: Desk, client: Client) -> None:
    own = {"Origin": client.base}
    assert request(desk, "GET", desk.gate.home + "recordings", {}).status == 200
    assert request(desk, "GET", desk.gate.home, {"Host": "evil.example"}).status == 403
    assert request(desk, "GET", "/recordings", {}).status == 403
    assert request(desk, "POST", desk.gate.home + "again", {}).status == 403
    assert request(desk, "POST", desk.gate.home + "again", {"Origin": "http://evil.example"}).status == 403
    assert request(desk, "POST", desk.gate.home + "again", own).status == 303
    assert request(desk, "PUT", desk.gate.home + "again", own).status == 404
    start = desk.gate.start_address().removeprefix(client.base)
    first, second = (request(desk, "GET", start, {}) for _ in range(2))
    assert (first.status, first.headers["Location"], second.status) == (303, desk.gate.home, 403)
    for path in ("", "recordings", "desk.js", "nowhere"):
        answer = request(desk, "GET", desk.gate.home + path, {})
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy and "default-src 'none'" in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"  # no other site is told the address
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["../", "%2e%2e/", "file/0/", "file/-1/", "file/99/media", "file/x/", "job/99", "evidence/..%2f..%2fetc%2fpasswd",
     "evidence/report.html", "desk.py", "undo", "file/0/delete", "recording?media=nobody", "recordings?page=x"],
)  # fmt: skip
def test_addresses_that_lead_nowhere_say_so(client: Client, path: str) -> None:
    client.get(path)
    assert client.status in (200, 403, 404, 409)
    assert "Traceback" not in client.page and "root:" not in client.page
