"""The one strict reader of JSON: text to values, and values to dataclasses by the types of their fields. Of TOML, text
to tables.

What is read here was written by captionkit, by a server, or by somebody who wants to do harm with it. So nothing is
taken on trust: a value has the type that its field says, a text can be written out again, a number is one that the rest
of the program can count with. Whatever is wrong is one `RecordError` that names the field; who reads a file makes of it
a `DamagedFile` with file and line, who reads an answer an `UnexpectedAnswer`. Keys that no field has are passed over.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

from captionkit.errors import DamagedFile

T = TypeVar("T")
Read = Callable[[Any, str], Any]

#: What fits into 64 bits. Python counts further, but not quickly, and does not print what has 4,300 digits.
_LARGEST = 2**63


class RecordError(ValueError):
    """What is wrong with a value, in words."""


class NotJson(RecordError):
    """It is no JSON at all: cut off, another format, bytes that are no text."""


def parse(data: bytes | str) -> Any:
    """The value of a JSON text.

    Raises:
        NotJson: it is no JSON (RFC 8259) or no UTF-8.
        RecordError: it is nested too deeply, or has a number with thousands of digits.
    """
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        return _DECODER.decode(text)
    except UnicodeDecodeError:
        raise NotJson("it is not UTF-8") from None
    except RecursionError:
        raise RecordError("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise NotJson(f"it is no JSON: {error}" if text else "it is empty") from None
    except NotJson:
        raise
    except ValueError:
        raise RecordError("a number in it has more digits than anybody counts with") from None


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text.

    Raises:
        RecordError: it is no TOML, is nested too deeply, or has a number with thousands of digits.
    """
    import tomllib

    try:
        return tomllib.loads(text)
    except RecursionError:
        raise RecordError("it is nested too deeply to be read") from None
    except tomllib.TOMLDecodeError as error:
        raise RecordError(str(error)) from None
    except ValueError:
        raise RecordError("a number in it has more digits than anybody counts with") from None


def read(cls: type[T], value: Any, at: str = "") -> T:
    """A dataclass, or any other type that its fields may have, from a JSON value.

    Args:
        at: the name of what is read, for messages.

    Raises:
        RecordError: naming the field.
    """
    kind: Any = cls
    found: T = _reader(kind)(value, at)
    return found


def load(cls: type[T], data: bytes | str, where: str) -> T:
    """A dataclass from a file, or from a line of one.

    Args:
        where: the file, and the line.

    Raises:
        DamagedFile
    """
    with damaged_at(where):
        return read(cls, parse(data))


class damaged_at:  # noqa: N801  reads as words: with damaged_at(file)
    """Say in which file something stands that cannot be understood.

    Args:
        where: the file, and the line.
        what: the file in words. hint: what to do about it.
    """

    def __init__(self, where: str, what: str = "", hint: str = "") -> None:
        self.where = where
        self.what = what
        self.hint = hint

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, RecordError):
            message = f"{self.what}: {error}" if self.what else str(error)
            unchanged = "Nothing was sent and nothing was changed because of it."
            raise DamagedFile(message, where=self.where, unchanged=unchanged, hint=self.hint) from None


def numbered(data: bytes, where: str) -> Iterator[tuple[str, bytes]]:
    """The lines of a file that hold anything, each with its place for messages."""
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            yield f"{where}, line {number}", line


def clean_text(value: Any, at: str = "") -> str:
    """A text that can be written out again: no half of a surrogate pair, which JSON can spell, and no NUL."""
    if not isinstance(value, str):
        _wrong(at, "a text", value)
    if "\0" in value or (not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value)):
        raise RecordError(f"{at or 'a text'} has a character in it that no text has")
    return value


# --- by type ----------------------------------------------------------------------------------------------------------


@cache
def _reader(kind: Any) -> Read:
    """How a value of this type is read."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if origin in (Union, UnionType):
        others = [one for one in inner if one is not NoneType]
        assert len(others) == 1
        assert len(others) < len(inner)
        some = _reader(others[0])
        return lambda value, at: None if value is None else some(value, at)
    if origin is tuple and Ellipsis not in inner:
        parts = [_reader(one) for one in inner]
        return lambda value, at: tuple(
            part(one, f"{at}[{i}]")
            for i, (part, one) in enumerate(zip(parts, _list(value, at, len(parts)), strict=True))
        )
    if origin in (tuple, frozenset, list):
        each = _reader(inner[0])
        return lambda value, at: origin(each(one, f"{at}[{i}]") for i, one in enumerate(_list(value, at)))
    if origin in (Mapping, dict):
        each = _reader(inner[1])
        return lambda value, at: {
            clean_text(name, f"a key of {at}"): each(one, f"{at}.{name}") for name, one in _object(value, at).items()
        }
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda value, at: _one_of(kind, value, at)
    if is_dataclass(kind):
        return _of_dataclass(kind)
    raise TypeError(f"no record has fields of the type {kind}")


def _of_dataclass(kind: Any) -> Read:
    hints = get_type_hints(kind)
    parts = [
        (one.name, _reader(hints[one.name]), one.default is MISSING and one.default_factory is MISSING)
        for one in fields(kind)
        if one.init
    ]

    def read_fields(value: Any, at: str) -> Any:
        _object(value, at)
        lead = f"{at}." if at else ""
        found = {}
        for name, part, is_needed in parts:
            if name in value:
                one = value[name]
                # Most fields of most records: a plain text that needs no closer look.
                is_plain = part is clean_text and type(one) is str and one.isascii() and "\0" not in one
                found[name] = one if is_plain else part(one, lead + name)
            elif is_needed:
                raise RecordError(f"{lead}{name} is missing")
        return kind(**found)

    return read_fields


def _object(value: Any, at: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _wrong(at, "an object", value)
    return value


def _list(value: Any, at: str, length: int | None = None) -> list[Any]:
    if not isinstance(value, list):
        _wrong(at, "a list", value)
    if length is not None and len(value) != length:
        raise RecordError(f"{at or 'it'} must be a list of {length}, not of {len(value)}")
    return value


def _flag(value: Any, at: str) -> bool:
    if not isinstance(value, bool):
        _wrong(at, "true or false", value)
    return value


def _integer(value: Any, at: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= _LARGEST:
        _wrong(at, "a whole number", value)
    return value


def _number(value: Any, at: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) >= _LARGEST:
        _wrong(at, "a number", value)  # 1e400, too, which is infinite here
    return float(value)


def _one_of(kind: type[Enum], value: Any, at: str) -> Enum:
    try:
        return kind(value)
    except (ValueError, TypeError):
        _wrong(at, "one of " + ", ".join(str(one.value) for one in kind), value)


_PLAIN: Mapping[Any, Read] = MappingProxyType(
    {str: clean_text, int: _integer, float: _number, bool: _flag, dict: _object, Any: lambda value, at: value}
)


def _wrong(at: str, wanted: str, value: Any) -> NoReturn:
    names = {str: "a text", bool: "true or false", list: "a list", dict: "an object", NoneType: "null"}
    raise RecordError(f"{at or 'it'} must be {wanted}, not {names.get(type(value), 'such a number')}")


def _no_constant(name: str) -> NoReturn:
    raise NotJson(f"it is no JSON: {name} is no number")


#: Made once: `json.loads` makes a new one for each line of a manifest.
_DECODER = json.JSONDecoder(parse_constant=_no_constant)
