"""A deadline for an answer as a whole.

The read timeout of a socket is for each piece, so a server that sends a byte now and then keeps its client for ever: in
the body, in the headers, or with one "100 Continue" after the other, which `http.client` steps over without end. Here
every byte of an answer is read through one place that knows when the answer has to be there, and how long it may be.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

#: Seconds that one answer may take from the request's end to its own last byte.
LONGEST_EXCHANGE = 300.0
#: An answer of any kind with its headers; a listing of 100 objects is some 100 KB.
MOST_BYTES = 80 * 2**20


class _Limited(io.RawIOBase):
    """What a socket's file gives, until the deadline."""

    def __init__(self, raw: io.RawIOBase, connection: socket.socket, seconds: float) -> None:
        self._raw = raw
        self._connection = connection
        self._usual = connection.gettimeout()
        self._until = time.monotonic() + seconds
        self._left = MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        if self._left <= 0:
            raise http.client.HTTPException("the answer is too long")
        self._connection.settimeout(left if self._usual is None else min(left, self._usual))
        try:
            count = self._raw.readinto(buffer)
        finally:
            # For the next request over this connection; after the last byte the connection may be closed already.
            if self._connection.fileno() >= 0:
                self._connection.settimeout(self._usual)
        self._left -= count or 0
        return count if count is None else int(count)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


def adapter(seconds: float = LONGEST_EXCHANGE, **options: Any) -> HTTPAdapter:
    """An adapter for `requests` whose answers have to be there in so many seconds.

    Args:
        options: of `HTTPAdapter`, and `blocksize`, of `urllib3`.
    """

    class Response(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *arguments: Any, **named: Any) -> None:
            super().__init__(sock, *arguments, **named)
            self.fp = io.BufferedReader(_Limited(self.fp.detach(), sock, seconds))

    class Plain(HTTPConnection):
        response_class = Response

    class Secure(HTTPSConnection):
        response_class = Response

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    pools = {"http": PlainPool, "https": SecurePool}
    more = {"blocksize": options.pop("blocksize")} if "blocksize" in options else {}

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
            super().init_poolmanager(*arguments, **{**named, **more})
            self.poolmanager.pool_classes_by_scheme = pools

        def proxy_manager_for(self, proxy: Any, **named: Any) -> Any:
            manager = super().proxy_manager_for(proxy, **named, **more)
            manager.pool_classes_by_scheme = pools
            return manager

    return Adapter(**options)
