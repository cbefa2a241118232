"""Object storage as a store, with obstore. What a server says of an error may name a key, so it is put in our words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from captionkit.errors import RemoteError
from captionkit.scale.parts import Entry
from captionkit.scale.stores import MOST_BYTES, NoAccess, needs
from captionkit.terminal import clean_line

_MISSING, _WRONG = "there are no credentials", "the credentials are wrong"
_EXPIRED = "the credentials have expired"
#: What servers call what is wrong, and how we say it. Nothing else of their answers is passed on.
_CODES = {
    "NoSuchBucket": "there is no such bucket",
    "ContainerNotFound": "there is no such container",
    "InvalidAccessKeyId": _WRONG,
    "SignatureDoesNotMatch": _WRONG,
    "AuthenticationFailed": _WRONG,
    "InvalidToken": _WRONG,
    "ExpiredToken": _EXPIRED,
    "AccessDenied": "no permission",
    "SlowDown": "the store is busy, and stayed so",
}
_CODE = re.compile(r"<Code>(\w+)</Code>")
#: Where a machine of a cloud would be given credentials: asked last, when the environment has none.
_NO_CREDENTIALS = re.compile(r"performing \w+ http://(?:169\.254\.|metadata)")
_UNREADABLE_NAME = re.compile(r'Path "(.*?)"(?: contained|: Enc)', re.DOTALL)


class ObjectStore:
    """Amazon S3 and what speaks as it does, Google Cloud Storage, Azure Blob Storage. Retries are obstore's own: 503
    and lost connections cost time."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._calls = needs("obstore")
        wrong = self._calls.exceptions
        self._in_words = (
            (FileNotFoundError, "it is not there"),
            (wrong.NotFoundError, "it is not there"),
            (wrong.PermissionDeniedError, "no permission"),
            (wrong.UnauthenticatedError, _WRONG),
        )
        self._exists = wrong.AlreadyExistsError
        scheme, _, rest = address.partition("://")
        try:
            # A name is what it is: "%20" in it is no blank.
            self._store = needs("obstore.store").from_url(f"{scheme}://{quote(rest, safe='/:@')}")
        except Exception as error:
            raise self._failed("open", "", error) from None

    def _failed(self, what: str, path: str, error: Exception) -> RemoteError:
        where = f"{self.address}/{path}" if path else self.address
        name = _UNREADABLE_NAME.search(str(error)) if type(error).__name__ == "InvalidPathError" else None
        if name:
            return RemoteError(
                f"cannot {what}: there is an object here whose name cannot be used: {clean_line(name[1])}",
                where=where, unchanged="Nothing was left out in silence.",
                hint="A part of a name is neither empty nor . or .. and has no control characters: rename that object, "
                "or name a folder that it is not in.",
            )  # fmt: skip
        why = self._why(error)
        return (NoAccess if why in (_MISSING, _WRONG, _EXPIRED) else RemoteError)(
            f"cannot {what}: {why}",
            where=where,
            hint="Look at the address, and at the credentials in the environment of who reads it.",
        )

    def _why(self, error: Exception) -> str:
        text = str(error)
        code = _CODE.search(text)
        if code and code[1] in _CODES:
            return _CODES[code[1]]
        if _NO_CREDENTIALS.search(text):
            return _MISSING
        found = [words for kind, words in self._in_words if isinstance(error, kind)]
        return found[0] if found else "the store did not answer, or with an error"

    def list(self, below: str = "", endings: tuple[str, ...] = ()) -> Iterator[Entry]:
        try:
            for found in self._calls.list(self._store, below or None, chunk_size=1000):
                for one in found:
                    path = one["path"]
                    if path.lower().endswith(endings or "") and not _is_hidden(path):
                        yield Entry(path, one["size"], (one["e_tag"] or "").strip('"'))
        except FileNotFoundError:
            return
        except Exception as error:
            if isinstance(error, RemoteError):
                raise
            raise self._failed("list", below, error) from None

    def get(self, path: str) -> bytes:
        try:
            found = self._calls.get(self._store, path)
            data = bytes(found.bytes())
        except Exception as error:
            why = self._why(error)
            if why in (_MISSING, _WRONG, _EXPIRED):
                raise self._failed("read", path, error) from None
            kinds = {"it is not there": FileNotFoundError, "no permission": PermissionError}
            raise kinds.get(why, OSError)(why) from None
        is_packed = found.attributes.get("Content-Encoding") == "gzip" and data.startswith(b"\x1f\x8b")
        return _unpacked(data) if is_packed else data

    def put(self, path: str, data: bytes) -> None:
        try:
            self._calls.put(self._store, path, data)
        except Exception as error:
            raise self._failed("write", path, error) from None

    def put_pieces(self, path: str, pieces: Iterable[bytes]) -> None:
        writer = None
        for piece in pieces:
            try:
                writer = writer or self._calls.open_writer(self._store, path)
                writer.write(piece)
            except Exception as error:
                raise self._failed("write", path, error) from None
        if writer is None:
            return self.put(path, b"")
        try:
            # Only now there is such an object; where a piece could not be made there is none.
            writer.close()
        except Exception as error:
            raise self._failed("write", path, error) from None
        return None

    def put_new(self, path: str, data: bytes) -> bool:
        try:
            self._calls.put(self._store, path, data, mode="create")
        except self._exists:
            return False
        except Exception as error:
            raise self._failed("write", path, error) from None
        return True

    def delete(self, path: str) -> None:
        try:
            self._calls.delete(self._store, path)
        except FileNotFoundError:
            return
        except Exception as error:
            raise self._failed("delete", path, error) from None


def _is_hidden(path: str) -> bool:
    return path.startswith(".") or "/." in path


def _unpacked(data: bytes) -> bytes:
    """What was compressed for the web.

    Raises:
        OSError
    """
    import gzip
    import zlib
    from io import BytesIO

    try:
        with gzip.open(BytesIO(data)) as file:
            unpacked = file.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise OSError("it is compressed, and damaged") from None
    if len(unpacked) > MOST_BYTES:
        raise OSError(f"it is compressed, and has more than {MOST_BYTES:,} bytes")
    return unpacked
