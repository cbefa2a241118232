"""The session over a real socket: what is retried, what never is, what is believed, and where the token goes."""

from __future__ import annotations

import contextlib
import gzip
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from fakes.clock import SimulatedClock

from captionkit.credentials import Token
from captionkit.errors import ConfigError, NoConnection, RemoteError, Throttled, UnexpectedAnswer
from captionkit.remotes.http.governor import Governor
from captionkit.remotes.http.session import Answer, Limits, NoAnswer, Session

SECRET = "1234~SecretSecretSecret"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"
DROP = b""


def answer(status: str, body: bytes = b"", *headers: str, kind: str = "application/json") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass
class Server:
    """Says exactly the bytes it was given, one entry a request, the last for ever, and remembers what it was asked."""

    script: list[bytes | Callable[[bytes], bytes]]
    asked: list[bytes] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._open: list[socket.socket] = []
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            while (request := self._request(connection)) is not None:
                self.asked.append(request)
                answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
                answer = answer(request) if callable(answer) else answer
                try:
                    connection.sendall(answer)
                except OSError:
                    return
                head, _, body = answer.partition(b"\r\n\r\n")
                if f"content-length: {len(body)}".encode() not in head.lower() and b"304" not in head:
                    return  # nothing, or half of something: hang up

    def _request(self, connection: socket.socket) -> bytes | None:
        data = b""
        try:
            while b"\r\n\r\n" not in data:
                more = connection.recv(65536)
                if not more:
                    return None
                data += more
            head, _, body = data.partition(b"\r\n\r\n")
            for line in head.split(b"\r\n"):
                if line.lower().startswith(b"content-length:"):
                    while len(body) < int(line.split(b":")[1]):
                        body += connection.recv(65536)
            return head + b"\r\n\r\n" + body
        except OSError:
            return None

    def close(self) -> None:
        self._socket.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in self._threads[1:]:
            thread.join(2)


@pytest.fixture
def serving() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(*script: bytes | Callable[[bytes], bytes]) -> Server:
        servers.append(Server(list(script)))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def session_to() -> Iterator[Callable[..., Session]]:
    sessions: list[Session] = []

    def make(url: str, **options: object) -> Session:
        clock = SimulatedClock()
        rng = random.Random(1)
        session = Session(url, Token(SECRET), clock=clock, governor=Governor(clock, rng=rng), rng=rng, **options)  # type: ignore[arg-type]
        sessions.append(session)
        return session

    yield make
    for session in sessions:
        session.close()


Serving = Callable[..., Server]
SessionTo = Callable[..., Session]


def put(session: Session, body: bytes = b"[]") -> Answer | NoAnswer:
    return session.put_once("/api/v1/x", (), body, "application/json")


# --- what is sent


def test_a_request_says_who_we_are_and_what_we_take(serving: Serving, session_to: SessionTo) -> None:
    server = serving(OK)
    session_to(server.url).get("/api/v1/x", [("include[]", "a"), ("include[]", "b")])
    head = server.asked[0].decode()
    assert head.startswith("GET /api/v1/x?include%5B%5D=a&include%5B%5D=b HTTP/1.1")
    assert f"Authorization: Bearer {SECRET}" in head
    assert "User-Agent: captionkit/" in head
    assert "Accept: application/json" in head
    assert "gzip" in head


def test_the_connection_is_kept_open(serving: Serving, session_to: SessionTo) -> None:
    server = serving(OK)
    session = session_to(server.url)
    for _ in range(5):
        session.get("/api/v1/x")
    assert (len(server.asked), server.connections) == (5, 1)


def test_a_compressed_answer_is_read(serving: Serving, session_to: SessionTo) -> None:
    server = serving(answer("200 OK", gzip.compress(b'["x"]'), "Content-Encoding: gzip"))
    assert session_to(server.url).get("/x").json() == ["x"]


def test_cookies_are_not_taken(serving: Serving, session_to: SessionTo) -> None:
    server = serving(answer("200 OK", b"[]", "Set-Cookie: session=other; Path=/"))
    session = session_to(server.url)
    session.get("/a")
    session.get("/b")
    assert b"Cookie" not in server.asked[1]


def test_a_netrc_entry_does_not_take_the_tokens_place(
    serving: Serving, session_to: SessionTo, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"  # type: ignore[operator]
    netrc.write_text("machine 127.0.0.1 login someone password else\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    server = serving(OK)
    session = session_to(server.url)
    session._session().trust_env = True  # as it is for every host but this computer
    session.get("/x")
    assert f"Bearer {SECRET}".encode() in server.asked[0]


def test_a_proxy_is_not_asked_about_this_computer(
    serving: Serving, session_to: SessionTo, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serving(OK)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    server = serving(OK)
    session_to(server.url).get("/x")
    assert (len(server.asked), len(proxy.asked)) == (1, 0)


def test_a_session_in_clear_over_a_network_cannot_be_made() -> None:
    with pytest.raises(ConfigError, match="unencrypted"):
        Session("http://canvas.example.edu", Token(SECRET))


# --- reading again


@pytest.mark.parametrize(
    "trouble",
    [
        DROP,
        OK[:-1],
        answer("200 OK", b"x" * 100)[:-50],
        answer("500 Internal Server Error", b"{}"),
        answer("502 Bad Gateway", b"<html>", kind="text/html"),
        answer("503 Service Unavailable", b"", "Retry-After: 1"),
        answer("504 Gateway Timeout"),
        answer("429 Too Many Requests", b"429 Forbidden (Rate Limit Exceeded)\n", kind="text/plain"),
        answer("403 Forbidden", b"403 Forbidden (Rate Limit Exceeded)\n", kind="text/plain"),
        answer("200 OK", b"not gzip", "Content-Encoding: gzip"),
    ],
)
def test_a_read_is_sent_again_until_it_works(serving: Serving, session_to: SessionTo, trouble: bytes) -> None:
    server = serving(trouble, trouble, trouble, OK)
    session = session_to(server.url)
    before = session.clock.now()
    assert session.get("/x").json() == []
    assert len(server.asked) == 4
    assert 1.5 <= session.clock.now() - before <= 120


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (DROP, NoConnection),
        (answer("500 Internal Server Error", b'{"error_report_id":77}'), UnexpectedAnswer),
        (answer("429 Too Many Requests", b"Rate Limit Exceeded"), Throttled),
    ],
)
def test_patience_ends_after_five_more_attempts(
    serving: Serving, session_to: SessionTo, trouble: bytes, error: type[RemoteError]
) -> None:
    server = serving(trouble)
    with pytest.raises(error) as raised:
        session_to(server.url).get("/api/v1/x")
    assert len(server.asked) == 6
    assert "GET /api/v1/x" in str(raised.value)
    assert "Nothing was written" in str(raised.value)
    if error is UnexpectedAnswer:
        assert "77" in str(raised.value)


def test_patience_ends_at_its_deadline(serving: Serving, session_to: SessionTo) -> None:
    server = serving(DROP)
    session = session_to(server.url, limits=Limits(patience=2.0, retries=1000))
    before = session.clock.now()
    with pytest.raises(NoConnection):
        session.get("/x")
    assert session.clock.now() - before <= 2.0


def test_retry_after_is_honoured(serving: Serving, session_to: SessionTo) -> None:
    throttle = answer("429 Too Many Requests", b"Rate Limit Exceeded", "Retry-After: 40")
    session = session_to(serving(throttle, OK).url)
    before = session.clock.now()
    session.get("/x")
    assert session.clock.now() - before >= 40


@pytest.mark.parametrize("status", ["400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found", "422 No"])
def test_an_answer_that_will_not_change_is_not_asked_for_again(
    serving: Serving, session_to: SessionTo, status: str
) -> None:
    server = serving(answer(status, b"{}"))
    assert session_to(server.url).get("/x").status == int(status[:3])
    assert len(server.asked) == 1


def test_a_host_that_was_never_reached_is_not_tried_for_minutes(session_to: SessionTo) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    session = session_to(f"http://127.0.0.1:{port}")
    before = session.clock.now()
    with pytest.raises(NoConnection, match="refuses the connection"):
        session.get("/x")
    assert session.clock.now() == before


def test_a_name_that_nobody_has_is_reported_as_such(session_to: SessionTo, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NoConnection, match="no server named nowhere"):
        session_to("https://nowhere.invalid").get("/x")


def test_a_server_that_speaks_no_tls_is_reported_as_such(session_to: SessionTo) -> None:
    heard: list[bytes] = []

    def speak() -> None:
        connection, _ = listener.accept()
        with connection:
            heard.append(connection.recv(65536))
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=speak)
        thread.start()
        with pytest.raises(NoConnection, match="TLS failed") as raised:
            session_to(f"https://127.0.0.1:{listener.getsockname()[1]}").get("/x")
        thread.join()
    assert "REQUESTS_CA_BUNDLE" in str(raised.value)
    assert SECRET.encode() not in heard[0]


def test_a_certificate_bundle_that_is_not_there_is_reported_as_such(
    serving: Serving, session_to: SessionTo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/bundle.pem")
    with pytest.raises(NoConnection, match="REQUESTS_CA_BUNDLE"):
        session_to(serving(OK).url.replace("http:", "https:")).get("/x")


def forever(head: bytes, piece: bytes, pause: float) -> Callable[[socket.socket], None]:
    """An answer that begins, and then sends this again and again."""

    def speak(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            time.sleep(pause)

    return speak


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
DRIPS: dict[str, Callable[[socket.socket], object]] = {
    "body": forever(HEAD + b"Content-Length: 100000\r\n\r\n", b" ", 0.05),
    "body in chunks": forever(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", 0.05),
    "body without a length": forever(HEAD + b"Connection: close\r\n\r\n", b" ", 0.05),
    "size of a chunk": forever(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0", 0.05),
    "trailers": forever(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n", 0.05),
    "header": forever(HEAD, b"x", 0.05),
    "headers": forever(HEAD, b"X-A: b\r\n", 0.05),
    "status": forever(b"HTTP/1.1 200 O", b"K", 0.05),
    "100 Continue": forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.05),
    "100 Continue with headers": forever(b"HTTP/1.1 100 Continue\r\n", b"X: y\r\n", 0.05),
    "100 Continue, fast": forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, 0.0),
    "103 Early Hints": forever(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", 0.05),
    "nothing": lambda connection: connection.recv(1),
}


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("name", DRIPS)
def test_an_answer_that_drips_has_one_deadline_for_all_of_it(name: str, method: str, session_to: SessionTo) -> None:
    def serve(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                DRIPS[name](connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        begin = time.monotonic()
        with Session(url, Token(SECRET), limits=Limits(retries=0, longest_exchange=0.5, read_timeout=10)) as session:
            if method == "PUT":
                got = put(session)
                assert isinstance(got, NoAnswer) or got.status == 103
                assert not isinstance(got, NoAnswer) or got.sent
            else:
                with pytest.raises(RemoteError) if name != "103 Early Hints" else contextlib.nullcontext():
                    session.get("/x")
        assert time.monotonic() - begin < 5
    thread.join(5)
    assert not thread.is_alive()


def test_a_slow_answer_within_its_time_is_taken_and_the_connection_is_used_again(
    serving: Serving, session_to: SessionTo
) -> None:
    def slowly(request: bytes) -> bytes:
        time.sleep(0.2)
        return OK

    server = serving(slowly)
    session = session_to(server.url)
    for _ in range(3):
        assert session.get("/x").status == 200
    assert server.connections == 1


# --- writing once


@pytest.mark.parametrize(
    "trouble", [DROP, OK[:-1], answer("500 Oops"), answer("502 Bad Gateway"), answer("429 Too Many")]
)
def test_a_write_is_never_sent_again(serving: Serving, session_to: SessionTo, trouble: bytes) -> None:
    server = serving(trouble, OK)
    got = put(session_to(server.url))
    assert len(server.asked) == 1
    assert isinstance(got, Answer) or got.sent


def test_a_write_on_a_connection_that_the_server_closed_is_not_sent_again_by_itself(
    serving: Serving, session_to: SessionTo
) -> None:
    server = serving(OK, DROP, OK)
    session = session_to(server.url)
    session.get("/x")
    got = put(session)
    assert isinstance(got, NoAnswer)
    assert got.sent
    assert len(server.asked) == 2


def test_a_write_that_found_no_server_was_certainly_not_sent(session_to: SessionTo) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    got = put(session_to(f"http://127.0.0.1:{port}"))
    assert isinstance(got, NoAnswer)
    assert not got.sent
    assert got.error.unchanged == "Nothing was written."


def test_a_write_follows_no_redirect(serving: Serving, session_to: SessionTo) -> None:
    server = serving(answer("307 Temporary Redirect", b"", "Location: /elsewhere"), OK)
    got = put(session_to(server.url))
    assert isinstance(got, Answer)
    assert got.status == 307
    assert len(server.asked) == 1


def test_a_redirect_that_makes_no_sense_still_tells_that_the_write_was_sent(
    serving: Serving, session_to: SessionTo
) -> None:
    got = put(session_to(serving(answer("302 Found", b"", "Location: http://[::1")).url))
    assert isinstance(got, Answer)
    assert got.status == 302


def test_a_lost_answer_does_not_claim_that_nothing_was_written(serving: Serving, session_to: SessionTo) -> None:
    got = put(session_to(serving(DROP).url))
    assert isinstance(got, NoAnswer)
    assert got.error.unchanged == ""


def test_a_body_arrives_as_it_was(serving: Serving, session_to: SessionTo) -> None:
    server = serving(OK)
    body = '["ä\U0001f600"]'.encode()
    put(session_to(server.url), body)
    assert server.asked[0].endswith(b"\r\n\r\n" + body)
    assert b"Content-Type: application/json\r\n" in server.asked[0]


# --- redirects


def test_a_read_follows_a_redirect_on_the_same_host(serving: Serving, session_to: SessionTo) -> None:
    server = serving(answer("302 Found", b"", "Location: /other?a=1"), OK)
    assert session_to(server.url).get("/x", [("q", "1")]).json() == []
    assert server.asked[1].startswith(b"GET /other?a=1 ")


@pytest.mark.parametrize(
    "target",
    [
        "{other}/x",
        "//127.0.0.1:{port}/x",
        "https://canvas.example.edu/x",
        "http://user@127.0.0.1/",
        "http://[::1",
        "ftp://x",
    ],
)
def test_the_token_does_not_go_to_another_host(serving: Serving, session_to: SessionTo, target: str) -> None:
    other = serving(OK)
    target = target.format(other=other.url, port=other.port)
    server = serving(answer("302 Found", b"", f"Location: {target}"))
    with pytest.raises(UnexpectedAnswer, match="The token was not sent there"):
        session_to(server.url).get("/x")
    assert other.asked == []
    assert len(server.asked) == 1


def test_a_redirect_to_another_host_names_it_and_the_cure(serving: Serving, session_to: SessionTo) -> None:
    server = serving(answer("301 Moved", b"", "Location: https://canvas.new.example/api/v1/x?access_token=abc"))
    with pytest.raises(UnexpectedAnswer) as raised:
        session_to(server.url).get("/x")
    assert "set CANVAS_API_URL to https://canvas.new.example" in str(raised.value)
    assert "abc" not in str(raised.value)


def test_a_redirect_in_a_circle_ends(serving: Serving, session_to: SessionTo) -> None:
    server = serving(answer("302 Found", b"", "Location: /x"))
    with pytest.raises(UnexpectedAnswer, match="circle"):
        session_to(server.url).get("/x")


def test_an_address_of_another_host_is_not_asked(serving: Serving, session_to: SessionTo) -> None:
    other = serving(OK)
    with pytest.raises(UnexpectedAnswer, match="another host"):
        session_to(serving(OK).url).get(f"{other.url}/x")
    assert other.asked == []


# --- what is believed


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"<!DOCTYPE html><form action='/login'><input type=\"password\">", "text/html", "login page"),
        (b"<html><body>hello</body></html>", "text/html; charset=utf-8", "a web page"),
        (b"\xef\xbb\xbf<!doctype html><p>", "application/json", "a web page"),
        (b'[{"a": 1}, {"b"', "application/json", "no whole JSON"),
        (b"", "application/json", "empty"),
        ('["ä"]'.encode("latin-1"), "application/json; charset=iso-8859-1", "not UTF-8"),
        (b"[NaN]", "application/json", "no whole JSON"),
        (b"[" * 100_000, "application/json", "nested too deeply"),
        (b"[1" + b"0" * 5000 + b"]", "application/json", "more digits"),
    ],
)
def test_what_is_no_json_is_reported_as_what_it_is(
    serving: Serving, session_to: SessionTo, body: bytes, kind: str, words: str
) -> None:
    with pytest.raises(UnexpectedAnswer, match=words):
        session_to(serving(answer("200 OK", body, kind=kind)).url).get("/x").json()


@pytest.mark.parametrize("kind", ["application/json; charset=iso-8859-1", "text/plain", "application/octet-stream"])
def test_json_is_utf8_whatever_the_header_says(serving: Serving, session_to: SessionTo, kind: str) -> None:
    server = serving(answer("200 OK", '\ufeff["ä"]'.encode(), kind=kind))
    assert session_to(server.url).get("/x").json() == ["ä"]


def test_an_answer_that_is_too_long_is_dropped(serving: Serving, session_to: SessionTo) -> None:
    server = serving(answer("200 OK", gzip.compress(b" " * 3_000_000), "Content-Encoding: gzip"))
    session = session_to(server.url, limits=Limits(largest_answer=1_000_000))
    with pytest.raises(UnexpectedAnswer, match="longer than"):
        session.get("/x")
    assert len(server.asked) == 1


def test_ten_megabytes_are_not_too_long(serving: Serving, session_to: SessionTo) -> None:
    body = b'["' + b"x" * 10_000_000 + b'"]'
    assert len(session_to(serving(answer("200 OK", body)).url).get("/x").json()[0]) == 10_000_000


# --- secrets


def test_no_error_holds_the_token_or_a_signed_address(serving: Serving, session_to: SessionTo) -> None:
    session = session_to(serving(OK).url)
    text = session.redact(
        f"GET https://x/?access_token=aaa111&verifier=bbb222 Authorization: Bearer {SECRET} "
        "https://s3/x?X-Amz-Signature=ccc333&X-Amz-Credential=ddd444 \x1b[31m\u202e"
    )
    for secret in ("aaa111", "bbb222", SECRET, "ccc333", "ddd444", "\x1b", "\u202e"):
        assert secret not in text


def test_an_error_and_all_that_hangs_on_it_hold_no_token(serving: Serving, session_to: SessionTo) -> None:
    import traceback

    other = "aaa" + "111"
    with pytest.raises(NoConnection) as raised:
        session_to(serving(DROP).url, limits=Limits(retries=0)).get("/x", [("access_token", other)])
    shown = "".join(traceback.format_exception(raised.value))
    assert SECRET not in shown
    assert other not in shown


def test_the_governor_learns_from_the_headers(serving: Serving, session_to: SessionTo) -> None:
    server = serving(answer("200 OK", b"[]", "X-Rate-Limit-Remaining: 90.5", "X-Request-Cost: 0.75"))
    session = session_to(server.url)
    session.get("/x")
    before = session.clock.now()
    session.get("/x")
    assert session.clock.now() - before == pytest.approx((100 + 50 - 90.5) / 10, abs=0.01)
    assert session.governor.cost().server_cost == 1.5
    assert session.governor.cost().requests == {"GET": 2}


@pytest.mark.parametrize("header", ["X-Rate-Limit-Remaining: nan", "X-Request-Cost: inf", "X-Request-Cost: abc"])
def test_headers_that_make_no_sense_are_not_believed(serving: Serving, session_to: SessionTo, header: str) -> None:
    session = session_to(serving(answer("200 OK", b"[]", header)).url)
    before = session.clock.now()
    session.get("/x")
    session.get("/x")
    assert session.clock.now() == before
    assert session.governor.cost().server_cost == 0.0


def test_a_write_whose_turn_comes_too_late_is_not_sent_and_not_counted(serving: Serving, session_to: SessionTo) -> None:
    server = serving(answer("200 OK", b"{}", "X-Rate-Limit-Remaining: 20"), answer("200 OK", b"[]"))
    session = session_to(server.url)
    session.get("/api/v1/x")  # now there is less room than the reserve, and the next request must wait for seconds
    began = session.clock.now()
    got = session.put_once("/api/v1/x", (), b"[]", "application/json", not_after=began + 5)
    assert isinstance(got, NoAnswer)
    assert (got.sent, got.retriable) == (False, False)
    assert session.clock.now() - began > 5
    assert session.governor.cost().requests["PUT"] == 0
    assert len(server.asked) == 1
    now = session.clock.now()
    assert isinstance(session.put_once("/api/v1/x", (), b"[]", "application/json", not_after=now), Answer)
