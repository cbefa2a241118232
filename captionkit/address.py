"""Which Canvas, and what in it: addresses and ids as people copy them from the browser.

An address never holds a secret: one with a password in it is refused, and neither it nor the rest of what was pasted is
repeated in the message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from captionkit.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Place:
    """A Canvas and what in it a folder is compared with.

    Attributes:
        base_url: scheme, host and port, lower case, no path, no trailing slash.
        scope: "courses/101", "groups/7" or "users/self"; "" where the address says none.
    """

    base_url: str
    scope: str = ""


def place_of(text: str) -> Place:
    """Understand the address of a Canvas, or one copied from the browser: the course in it is taken, too.

    Args:
        text: "https://canvas.example.edu", "canvas.example.edu", "https://canvas.example.edu/courses/12/files" ...

    Raises:
        ConfigError: it is no address, holds a password, or is plain http to another machine.
    """
    from urllib.parse import urlsplit

    address = text.strip()
    hint = "Give it like this: https://canvas.example.edu"
    if "://" not in address:
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ConfigError("the address of Canvas cannot be read", hint=hint) from error
    if parts.username is not None or parts.password is not None:
        raise ConfigError(
            "the address of Canvas holds a user name or password",
            hint="Take it out; the access token goes into the environment variable CANVAS_API_TOKEN.",
        )
    scheme = parts.scheme.lower()
    if scheme not in ("https", "http"):
        raise ConfigError(f"the address of Canvas begins with {parts.scheme}://, and must with https://", hint=hint)
    host = wire_host(host)
    if not host:
        raise ConfigError("the address of Canvas names no host that could exist", hint=hint)
    if scheme == "http" and not is_loopback(host):
        raise ConfigError(
            f"the address http://{host} is not encrypted, so the access token could be read on the way",
            hint=f"Use https://{host}",
        )
    literal = f"[{host}]" if ":" in host else host
    default = 443 if scheme == "https" else 80
    base = f"{scheme}://{literal}" + (f":{port}" if port is not None and port != default else "")
    found = re.match(r"/(?:api/v1/)?(courses|groups|users)/([^/]+)", parts.path)
    scope = ""
    if found and (found[1] != "users" or found[2] == "self"):
        scope = scope_of(found[1], found[2])
    return Place(base, scope)


def scope_of(kind: str, identifier: str) -> str:
    """The scope of a course, a group or one's own media: ("courses", "101") -> "courses/101".

    Args:
        kind: "courses", "groups" or "users".
        identifier: Canvas's number, also as `1~23`; a copied address; "self" for users. No SIS id: Canvas lists media
            objects by the number only (media_objects_controller.rb finds the course by its plain id).

    Raises:
        ConfigError: that is no id.
    """
    text = identifier.strip()
    if "/" in text and "://" in text:
        place = place_of(text)
        if place.scope.startswith(f"{kind}/"):
            return place.scope
        raise ConfigError(f"the address {place.base_url}... names no {kind.removesuffix('s')}")
    one = kind.removesuffix("s")
    if kind == "users":
        if text != "self":
            raise ConfigError(
                f'user must be "self", not {text!r}', hint="captionkit works with your own media, not another's."
            )
        return "users/self"
    if not re.fullmatch(r"[0-9]+(?:~[0-9]+)?", text):
        sis = " Canvas does not take SIS ids for media." if text.startswith("sis_") else ""
        raise ConfigError(
            f"{one} must be Canvas's number, not {text!r}",
            hint=f"It stands in the address of the {one}: https://canvas.example.edu/{kind}/101 -> 101.{sis}",
        )
    return f"{kind}/{text}"


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
