"""Which element of TTML is there from when to when (TTML2, 12.4; SMIL): containers in parallel and in sequence. Pure.

ttconv leaves out a div that begins late and does not say when it ends, and raises where something comes after what does
not end. So every begin and end is worked out here and written down, within the parent's time.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction

from captionkit.foreign.text import shortened
from captionkit.foreign.ttml_times import TT

_WITH_TIME = frozenset(f"{TT}{name}" for name in ("body", "div", "p", "span"))
_WITH_WORDS = frozenset(f"{TT}{name}" for name in ("p", "span"))
_SET = f"{TT}set"
TIMES = ("begin", "end", "dur")

#: Called with an element that is never there, and why.
Lose = Callable[[ET.Element, str], None]


def resolve(body: ET.Element, times: dict[ET.Element, dict[str, Fraction]], lose: Lose) -> None:
    """Leave in each element below the body a begin and an end in seconds from its parent's begin; and nothing else.

    An element without an end stays until its parent goes. Elements that are never there are taken out.

    Args:
        times: what each element says of begin, end and dur, in seconds.
    """
    _resolve(body, Fraction(0), times, lose)


def count_from_parents(body: ET.Element, times: dict[ET.Element, dict[str, Fraction]]) -> bool:
    """Whether all times count from the beginning of the video, as some programs write them; then they are changed.

    By the standard the times of what is nested count from its parent's begin. A file is taken for such a mistake only
    where by the standard something would be cut or lost, and counted so everything begins while its parent is there.
    """
    absolute = {body: (times.get(body, {}).get("begin", Fraction(0)), _end_of(times.get(body, {})))}
    is_cut = False
    for element in body.iter():
        if element.get("timeContainer") == "seq":
            return False
        begin, end = absolute[element]
        for child in element:
            said = times.get(child, {})
            own, until = said.get("begin", begin), _end_of(said)
            absolute[child] = own, end if until is None else until
            if "begin" in said and begin:
                if own < begin or (end is not None and own >= end):
                    return False
                is_cut = is_cut or (end is not None and max(own, until or own) > end - begin)
    if is_cut:
        for element, (begin, _) in absolute.items():
            for child in element:
                said = times.get(child, {})
                said.update({name: said[name] - begin for name in ("begin", "end") if name in said})
    return is_cut


def _end_of(said: Mapping[str, Fraction]) -> Fraction | None:
    return said.get("end", said["begin"] + said["dur"] if "begin" in said and "dur" in said else None)


def _resolve(
    element: ET.Element, earliest: Fraction, times: dict[ET.Element, dict[str, Fraction]], lose: Lose
) -> tuple[Fraction, Fraction | None]:
    """Begin and end of an element, from its parent's begin.

    Args:
        earliest: when it begins if it says nothing: 0, or the end of the one before in a sequence.
    """
    is_seq = element.attrib.pop("timeContainer", "") == "seq"
    if is_seq and element.tag in _WITH_WORDS and (words := _own_words(element)):
        lose(element, f"by themselves in a sequence, words have no time; left out: {shortened(words)!r}")
        _remove_own_words(element)
    said = times.get(element, {})
    begin = earliest + said.get("begin", 0)
    last: Fraction | None = None if element.tag == _SET else Fraction(0)
    if element.tag in _WITH_WORDS and _own_words(element):
        last = None
    gone: dict[ET.Element, str] = {}
    for child in element:
        if child.tag == _SET:
            _resolve(child, Fraction(0), times, lose)
        if child.tag not in _WITH_TIME:
            continue
        if is_seq and last is None:
            gone[child] = "it comes after one that does not end"
            continue
        from_when = last if is_seq and last is not None else Fraction(0)
        starts, ends = _resolve(child, from_when, times, lose)
        if ends is not None and ends <= starts:
            gone[child] = "it ends when it begins, or before; left out"
        if is_seq:
            last = ends if ends is None else max(ends, starts)
        else:
            last = None if last is None or ends is None else max(last, ends)
    for child, why in gone.items():
        if "".join(child.itertext()).strip():
            lose(child, why)
    remove(element, gone)
    ends_at = [earliest + said["end"]] if "end" in said else []
    if "dur" in said:
        ends_at.append(begin + said["dur"])
    end = min(ends_at) if ends_at else None if last is None else begin + last
    for name in TIMES:
        element.attrib.pop(name, None)
    element.set("begin", seconds(begin))
    if end is not None:
        element.set("end", seconds(end))
    return begin, end


def _own_words(element: ET.Element) -> str:
    """The words of an element that are in none of its children."""
    return " ".join([element.text or "", *(child.tail or "" for child in element)]).strip()


def _remove_own_words(element: ET.Element) -> None:
    element.text = None
    for child in element:
        child.tail = None


def remove(parent: ET.Element, gone: Collection[ET.Element]) -> None:
    """Take these children away, not the text behind them."""
    if not gone:
        return
    kept: list[ET.Element] = []
    for child in parent:
        if child not in gone:
            kept.append(child)
        elif child.tail and kept:
            kept[-1].tail = (kept[-1].tail or "") + child.tail
        elif child.tail:
            parent.text = (parent.text or "") + child.tail
    parent[:] = kept


def seconds(time: Fraction) -> str:
    """Seconds as ttconv reads them; a millionth more or less matters to nobody."""
    micro = round(time * 1_000_000)
    return f"{micro // 1_000_000}.{micro % 1_000_000:06d}s"
