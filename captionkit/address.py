"""Addresses of servers as people type and paste them, understood in one way.

An address never holds a secret: one with a password in it is refused, and neither it nor the rest of what was pasted is
repeated in the message.
"""

from __future__ import annotations

import re

from captionkit.errors import ConfigError


def base_url(text: str, *, of: str = "Canvas", example: str = "canvas.example.edu") -> str:
    """Scheme, host and port, lower case; a path, as in the address of a course, is left out.

    Args:
        text: "https://canvas.example.edu", "canvas.example.edu", "localhost:3000", "https://Bücher.example./x" ...
        of: the service, for messages. example: a host, for messages.

    Raises:
        ConfigError: it is no address, holds a password, or would send the token in clear over a network.
    """
    from urllib.parse import urlsplit

    text = text.strip()
    hint = f"Give it like this: https://{example}"
    if "://" not in text:
        text = f"{'http' if is_loopback(_bare_host(text)) else 'https'}://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ConfigError(f"the address of {of} cannot be read", hint=hint) from None
    if parts.username is not None or parts.password is not None:
        raise ConfigError(
            f"the address of {of} holds a user name or password",
            hint="Leave out everything before the @; an access token goes into an environment variable.",
        )
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https"):
        raise ConfigError(f"the address of {of} begins with {scheme}://, and must with https://", hint=hint)
    host = wire_host(parts.hostname or "")
    if not host:
        raise ConfigError(f"the address of {of} names no host that could exist", hint=hint)
    if scheme == "http" and not is_loopback(host):
        raise ConfigError(
            f"the address http://{host} is not encrypted, so the access token could be read on the way",
            unchanged="Nothing was sent.",
            hint=f"Use https://{host}. Plain http works only for a server on this computer.",
        )
    literal = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}[scheme]
    return f"{scheme}://{literal}" + (f":{port}" if port not in (None, default) else "")


def _bare_host(text: str) -> str:
    """The host of an address without a scheme: "localhost" of "localhost:3000/x", "::1" of "[::1]:80"."""
    authority = re.split(r"[/?#]", text, maxsplit=1)[0]
    return authority[1:].partition("]")[0] if authority.startswith("[") else authority.partition(":")[0]


def is_loopback_url(url: str) -> bool:
    """Whether this address is on this computer."""
    from urllib.parse import urlsplit

    return is_loopback(urlsplit(url).hostname or "")


def wire_host(host: str) -> str:
    """The host in the form that goes over the wire; "" if it cannot be one."""
    if ":" in host:
        from ipaddress import AddressValueError, IPv6Address

        try:
            return str(IPv6Address(host.partition("%")[0]))
        except AddressValueError:
            return ""
    try:
        plain = host.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    return plain if re.fullmatch(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?", plain) and ".." not in plain else ""


def is_loopback(host: str) -> bool:
    """Whether this is a name or an address of this computer (RFC 6761, 6.3; RFC 1122, 3.2.1.3; RFC 4291, 2.5.3)."""
    host = host.lower().rstrip(".")
    if host == "localhost" or host.endswith(".localhost") or host == "::1":
        return True
    octets = host.split(".")
    # What is no number below 256 would be looked up as a name, and may be anywhere.
    return (
        len(octets) == 4 and octets[0] == "127" and all(re.fullmatch("[0-9]{1,3}", o) and int(o) < 256 for o in octets)
    )


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/*")
_NO_PORT = re.compile(r":(?![0-9]*\Z)")


def shown_url(url: str) -> str:
    """An address without what may be a secret in it: user name, password, query and fragment.

    A password that holds `/`, `?` or `#` as it stands breaks the address; it is left out all the same.
    """
    scheme = found[0] if (found := _SCHEME.match(url)) else ""
    rest = url[len(scheme) :]
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    tail = rest[len(authority) :]
    if "@" in tail and (_NO_PORT.search(authority) or (":" in authority and "." not in authority)):
        rest = rest.rpartition("@")[2]
    elif "@" in authority:
        rest = authority.rpartition("@")[2] + tail
    elif _NO_PORT.search(authority):
        rest = authority.partition(":")[0]
    return scheme + re.split(r"[?#]", rest, maxsplit=1)[0][:200]
