"""The one way to make a `requests` session.

requests does a number of things by itself that nobody may do who carries a token and writes: it takes credentials from
.netrc, it keeps cookies, it goes where it is redirected to, and it asks a proxy even for this computer.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests

from captionkit.address import is_loopback_url
from captionkit.remotes.http.deadline import adapter


class _Unredirected(requests.Session):
    # requests works out the next address even when told not to go there, and fails on a broken one.
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


class _Authorization(requests.auth.AuthBase):
    # An auth object and not a header, because requests puts a .netrc entry in place of a mere header.
    def __init__(self, value: Callable[[], str]) -> None:
        self._value = value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.pop("Authorization", None)
        if value := self._value():
            request.headers["Authorization"] = value
        return request


def open_session(
    url: str, *, authorization: Callable[[], str] = lambda: "", longest_exchange: float | None = None, **pool: Any
) -> requests.Session:
    """A session for the origin of `url`.

    Args:
        authorization: the header, asked for before each request; "" for none.
        longest_exchange: seconds that one answer may take as a whole; by default those of `deadline`.
        pool: further arguments of urllib3's pools.
    """
    session = _Unredirected()
    session.auth = _Authorization(authorization)
    # A session cookie beside a token could make us somebody else; take none.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # max_retries=0: urllib3 would send a PUT again by itself.
    seconds = () if longest_exchange is None else (longest_exchange,)
    limited = adapter(*seconds, max_retries=0, **pool)
    session.mount("https://", limited)
    session.mount("http://", limited)
    if is_loopback_url(url):
        session.trust_env = False  # a proxy has no business between us and ourselves, and would see the token
        session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
    return session
