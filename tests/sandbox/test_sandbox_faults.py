"""What goes wrong on the way, the control endpoint, and the sandbox itself."""

from __future__ import annotations

import ast
import errno
import http.client
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from captionkit.sandbox import Sandbox, Switches

Asker = Callable[..., Any]

SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello\n"


def put_path(media: str) -> str:
    return f"/api/v1/media_objects/{media}/media_tracks"


@pytest.mark.parametrize(("action", "done"), [("drop_before", False), ("drop_after", True)])
def test_a_dropped_connection_gives_no_answer(
    ask: Asker, sandbox: Sandbox, media: str, action: str, done: bool
) -> None:
    sandbox.fault(action, method="PUT")
    with pytest.raises(http.client.RemoteDisconnected):
        ask("PUT", put_path(media), [{"locale": "en", "content": SRT}])
    assert bool(sandbox.tracks(media)) is done
    assert sandbox.requests[-1]["status"] == 0


def test_a_cut_answer_breaks_off_in_its_body_and_was_done(ask: Asker, sandbox: Sandbox, media: str) -> None:
    sandbox.fault("cut", method="PUT")
    with pytest.raises(http.client.IncompleteRead):
        ask("PUT", put_path(media), [{"locale": "en", "content": SRT}])
    assert len(sandbox.tracks(media)) == 1


def test_a_kept_connection_is_closed_after_a_whole_answer_that_does_not_say_so(
    ask: Asker, sandbox: Sandbox, media: str
) -> None:
    sandbox.fault("hang_up_after")
    first = ask("GET", put_path(media))
    assert (first.json, "Connection" in first.headers) == ([], False)
    ask.connection.sock.settimeout(5)  # type: ignore[attr-defined]
    assert ask.connection.sock.recv(1) == b""  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("action", "status", "done"),
    [
        ("bad_gateway_after", 502, True),
        ("error_before", 500, False),
        ("error_after", 500, True),
        ("status", 418, False),
        ("unavailable", 503, False),
        ("login_page", 200, False),
        ("half_json", 200, True),
        ("not_a_list", 200, True),
        ("no_content", 204, False),
        ("redirect", 302, False),
        ("throttled", 429, False),
        ("slow", 200, True),
        ("slow_before", 200, True),
    ],
)
def test_each_fault_answers_as_it_says_once(
    ask: Asker, sandbox: Sandbox, media: str, action: str, status: int, done: bool
) -> None:
    sandbox.fault(action, method="PUT", path=r"/media_tracks$", seconds=0.01, status=418)
    body = [{"locale": "en", "content": SRT}]
    assert ask("GET", put_path(media)).status == 200
    assert ask("PUT", put_path(media), body).status == status
    assert bool(sandbox.tracks(media)) is done
    assert sandbox.requests[-1]["fault"] == action
    assert ask("PUT", put_path(media), body).status == 200
    assert sandbox.faults_met() == [(action, 1)]


def test_the_bodies_of_faults_are_what_they_should_not_be(ask: Asker, sandbox: Sandbox, media: str) -> None:
    sandbox.add_track(media, "en", SRT)
    replies = {}
    for action in ("login_page", "half_json", "not_a_list", "bad_gateway_after"):
        sandbox.fault(action)
        replies[action] = ask("GET", put_path(media))
    assert b"<html" in replies["login_page"].body
    assert b"<html" in replies["bad_gateway_after"].body
    assert isinstance(replies["not_a_list"].json, dict)
    with pytest.raises(json.JSONDecodeError):
        replies["half_json"].json
    assert replies["half_json"].headers["Content-Type"].startswith("application/json")


def test_a_repeated_page_names_itself_as_the_next(ask: Asker, sandbox: Sandbox, course: int) -> None:
    sandbox.seed(course, 30)
    sandbox.fault("repeated_page", path="media_", times=0)
    first = ask("GET", f"/api/v1/courses/{course}/media_objects?page=2")
    again = ask("GET", first.links["next"])
    assert first.json == again.json


def test_the_nth_request_that_fits_meets_a_rule_as_often_as_it_says(ask: Asker, sandbox: Sandbox) -> None:
    sandbox.fault("error_before", path="self", nth=2, times=2)
    statuses = [ask("GET", "/api/v1/users/self").status for _ in range(5)]
    assert statuses == [200, 500, 500, 200, 200]
    sandbox.clear_faults()
    sandbox.fault("error_before", times=0)
    assert {ask("GET", "/api/v1/users/self").status for _ in range(3)} == {500}


def test_a_colleague_writes_between_the_read_and_the_write(ask: Asker, sandbox: Sandbox, media: str) -> None:
    seen: list[int] = []

    def meanwhile() -> None:
        seen.append(len(sandbox.tracks(media)))
        sandbox.add_track(media, "uk", SRT, user="colleague")

    sandbox.fault("meanwhile", method="PUT", do=meanwhile)
    assert ask("GET", put_path(media)).json == []
    ask("PUT", put_path(media), [{"locale": "en", "content": SRT}])
    assert seen == [0]
    assert [track["locale"] for track in sandbox.tracks(media)] == ["en"]
    sandbox.fault("meanwhile_after", method="PUT", do=[{"op": "rename", "media_id": media, "title": "Other"}])
    ask("PUT", put_path(media), [{"locale": "en"}])
    assert sandbox.media()[0]["user_entered_title"] == "Other"


def test_a_mistake_in_what_happens_meanwhile_is_reported_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="no media object 'm-none'"), Sandbox() as sandbox:
        sandbox.fault("meanwhile", do=lambda: sandbox.tracks("m-none"))
        _ask_and_ignore(sandbox.port)
    assert "Traceback" in capsys.readouterr().err


def test_a_fault_that_does_not_exist_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="no fault is called 'explode'"):
        sandbox.fault("explode")
    with pytest.raises(ValueError, match="needs `do`"):
        sandbox.fault("meanwhile")
    with pytest.raises(ValueError, match="no operation is called 'nothing'"):
        sandbox.fault("meanwhile", do=[{"op": "nothing"}])


# The control endpoint


def control(ask: Asker, name: str, /, **arguments: Any) -> Any:
    return ask("POST", f"/sandbox/{name}", arguments, token=None)


def test_the_world_can_be_set_over_http(ask: Asker, sandbox: Sandbox) -> None:
    course = control(ask, "add_course", name="Film").json["result"]
    media = control(ask, "add_media", course=course, title="Lecture").json["result"]
    control(ask, "add_track", media_id=media, locale="uk", content=SRT, user="colleague")
    (track,) = control(ask, "tracks", media_id=media).json["result"]
    assert (track["user"], track["content"]) == ("colleague", SRT)
    control(ask, "fault", action="meanwhile", do=[{"op": "delete_track", "track": track["id"]}])
    assert ask("GET", put_path(media), token="colleague").json == []
    assert control(ask, "set", latency_ms=1).json["result"]["latency_ms"] == 1
    assert control(ask, "request_counts").json["result"] == {"GET": 1}
    assert "add_course" in ask("GET", "/sandbox", token=None).json["operations"]


@pytest.mark.parametrize(
    ("name", "arguments", "status", "says"),
    [
        ("nothing", {}, 404, "no operation is called 'nothing'"),
        ("stop", {}, 404, "no operation"),
        ("add_course", {}, 400, "name"),
        ("add_course", {"name": "x", "colour": 1}, 400, "colour"),
        ("set", {"latncy": 5}, 400, "no switch is called 'latncy'"),
        ("set", {"latency_ms": "5"}, 400, "takes int"),
        ("set", {"throttle_status": 500}, 400, "403, 429"),
        ("tracks", {"media_id": "m-none"}, 400, "no media object 'm-none'"),
        ("enroll", {"user": "teacher", "course": 1, "role": "king"}, 400, "no role"),
        ("add_user", {"name": "teacher"}, 400, "UNIQUE"),
        ("fault", {"action": "cut", "path": "("}, 400, "unterminated"),
        ("add_track", {"media_id": "m", "locale": "en", "user": "nobody"}, 400, "no media object"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    ask: Asker, name: str, arguments: dict[str, Any], status: int, says: str
) -> None:
    reply = control(ask, name, **arguments)
    assert reply.status == status
    assert says in reply.json["error"]


def test_a_web_page_cannot_play_with_the_sandbox(ask: Asker) -> None:
    for headers in ({"Origin": "https://example.org"}, {"Host": "rebound.example.org"}):
        assert ask("POST", "/sandbox/add_course", {"name": "x"}, headers=headers).status == 403


def test_the_control_endpoint_is_neither_logged_nor_faulted_nor_throttled(ask: Asker, sandbox: Sandbox) -> None:
    sandbox.fault("error_before", times=0)
    assert control(ask, "users").status == 200
    assert sandbox.requests == []


# The log, and the sandbox


def test_the_log_holds_what_was_asked_and_no_token(ask: Asker, sandbox: Sandbox, media: str) -> None:
    token = sandbox.tokens["teacher"]
    ask("PUT", put_path(media) + "?include[]=content", [{"locale": "en", "content": SRT}])
    ask("GET", f"/api/v1/users/self?access_token={token}", token=None)
    entry = sandbox.requests[0]
    assert (entry["method"], entry["path"], entry["status"], entry["user"]) == ("PUT", put_path(media), 200, "teacher")
    assert entry["query"] == {"include": ["content"]}
    assert json.loads(entry["body"]) == [{"locale": "en", "content": SRT}]
    assert sandbox.counts == {"PUT": 1, "GET": 1}
    assert token not in json.dumps(sandbox.requests)
    sandbox.reset_log()
    assert sandbox.requests == []


def test_one_connection_serves_many_requests(ask: Asker) -> None:
    ask("GET", "/api/v1/users/self")
    socket = ask.connection.sock  # type: ignore[attr-defined]
    for _ in range(5):
        ask("GET", "/api/v1/users/self")
        ask("PUT", "/api/v1/media_objects/m-none/media_tracks", [])
    assert ask.connection.sock is socket  # type: ignore[attr-defined]


def test_a_chunked_body_is_read(sandbox: Sandbox, media: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=5)
    parts = [b'[{"locale":"en",', b'"content":"chunked"}]']
    headers = {"Authorization": f"Bearer {sandbox.tokens['teacher']}", "Content-Type": "application/json"}
    for _ in range(2):
        connection.request("PUT", put_path(media), iter(parts), headers, encode_chunked=True)
        answer = connection.getresponse()
        assert (answer.status, len(answer.read())) == (
            200,
            len(answer.headers) and int(answer.headers["Content-Length"]),
        )
    connection.close()
    assert sandbox.tracks(media)[0]["content"] == "chunked"


def test_a_client_that_asks_first_is_asked_to_go_on(sandbox: Sandbox, media: str) -> None:
    import socket

    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=5) as raw:
        head = f"PUT {put_path(media)} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sandbox.tokens['teacher']}\r\n"
        raw.sendall(head.encode() + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 100 ")
        raw.sendall(b"[]")
        assert raw.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_a_request_that_breaks_off_is_not_executed(sandbox: Sandbox, media: str) -> None:
    import socket

    sandbox.add_track(media, "en", SRT)
    with socket.create_connection(("127.0.0.1", sandbox.port)) as raw:
        head = f"PUT {put_path(media)} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sandbox.tokens['teacher']}\r\n"
        raw.sendall(head.encode() + b"Content-Length: 100\r\n\r\n[]")
        raw.shutdown(socket.SHUT_WR)
        assert raw.recv(100) == b""
    assert len(sandbox.tracks(media)) == 1
    assert sandbox.requests == []


def test_head_has_the_headers_of_get_and_no_body(ask: Asker) -> None:
    reply = ask("HEAD", "/api/v1/users/self")
    assert (reply.status, reply.body) == (200, b"")
    assert int(reply.headers["Content-Length"]) > 0


def test_state_is_kept_in_its_folder(tmp_path: Path) -> None:
    with Sandbox(tmp_path / "data") as sandbox:
        media = sandbox.add_media(sandbox.add_course("Film"), "Lecture")
        track = sandbox.add_track(media, "en", SRT)
        tokens = sandbox.tokens
    with Sandbox(tmp_path / "data") as sandbox:
        assert [t["id"] for t in sandbox.tracks(media)] == [track]
        assert sandbox.tokens == tokens
        sandbox.delete_track(track)
        assert sandbox.add_track(media, "en", SRT) > track


def test_two_sandboxes_give_the_same_ids_to_the_same_steps() -> None:
    about = []
    for _ in range(2):
        with Sandbox() as sandbox:
            course = sandbox.add_course("Film")
            about.append((course, sandbox.add_media(course, "L"), sandbox.seed(course, 3), sandbox.tokens))
    assert about[0] == about[1]


def test_it_stops_with_connections_open_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    sandbox = Sandbox()
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=5)
    connection.request("GET", "/api/v1/users/self")
    connection.getresponse().read()
    sandbox.fault("slow_before", seconds=60)
    waiting = threading.Thread(target=_ask_and_ignore, args=(sandbox.port,))
    waiting.start()
    while not sandbox.faults_met()[0][1]:
        pass
    sandbox.stop()
    sandbox.stop()
    waiting.join(5)
    connection.close()
    assert set(threading.enumerate()) == before


def _ask_and_ignore(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/api/v1/users/self")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        pass
    finally:
        connection.close()


def test_a_fault_of_the_sandbox_itself_does_not_pass_for_canvas(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(RuntimeError, match="the sandbox itself failed"), Sandbox() as sandbox:
        monkeypatch.setattr(sandbox._app, "_routed", lambda *_: 1 / 0)
        connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=5)
        connection.request("GET", "/api/v1/users/self")
        assert connection.getresponse().status == 500
        connection.close()
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_behind(sandbox: Sandbox) -> None:
    with pytest.raises(OSError) as raised:
        Sandbox(port=sandbox.port)
    assert raised.value.errno in (errno.EADDRINUSE, 10048), "WSAEADDRINUSE on Windows"


def test_switches_can_be_given_at_the_start() -> None:
    with Sandbox(switches=Switches(old_server=True, latency_ms=3)) as sandbox:
        assert (sandbox.switches.old_server, sandbox.switches.latency_ms) == (True, 3)


def test_the_date_header_follows_the_servers_clock(ask: Asker, sandbox: Sandbox) -> None:
    from email.utils import parsedate_to_datetime

    now = parsedate_to_datetime(ask("GET", "/api/v1/users/self").headers["Date"])
    sandbox.set(clock_skew_s=7200)
    skewed = parsedate_to_datetime(ask("GET", "/api/v1/users/self").headers["Date"])
    assert 7190 < (skewed - now).total_seconds() < 7300


def test_the_sandbox_shares_no_code_with_the_client() -> None:
    import captionkit.sandbox

    folder = Path(captionkit.sandbox.__file__).parent
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, file
                names = [node.module or ""]
            for name in names:
                assert not name.startswith("captionkit") or name.startswith("captionkit.sandbox"), (file, name)
                assert name.partition(".")[0] not in ("requests", "click"), (file, name)
