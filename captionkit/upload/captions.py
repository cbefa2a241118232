"""Adding a caption file to a media so that it is there once, whatever Studio does.

Theory of operation. Studio has no call to replace or delete captions, so a second copy stays for ever. It may keep a
language by another tag than it was given (pt-BR as pt), and its listing may show what is new only later. So what counts
is the id in the 201 answer: that file is downloaded and compared, and after a 201 nothing is ever sent again. Where no
answer came, the listing is looked at for half a minute for a new file with the very text; only then is it sent once
more. What cannot be read or found stays unknown, and is for a person to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from enum import StrEnum
from typing import NamedTuple

from captionkit.documents import loads
from captionkit.errors import BadToken, NotPermitted, OutcomeUnknown, RemoteError
from captionkit.sync.plain_srt import plain_srt
from captionkit.upload.ports import CaptionLike, CaptionService

#: Seconds before each look for what was sent: half a minute in all, with which lags of some seconds are waited out.
LOOKS = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0)
#: How often a caption file is sent, the first time included, where no answer comes and the listing does not show it.
SENDINGS = 2


class Found(StrEnum):
    """What is known of a caption file that was sent: SAME is there with the text, OTHER holds another text."""

    SAME = "same"
    OTHER = "other"
    UNKNOWN = "unknown"


class Added(NamedTuple):
    """What became of a caption file that was sent.

    Attributes:
        id: of the caption file; "" where it is not known.
        srclang: the language by which Studio keeps it; "" where it is not known.
        message: what a person should know; "" where all is as it was sent.
    """

    found: Found
    id: str = ""
    srclang: str = ""
    message: str = ""


def text_of(content: bytes) -> str:
    """A downloaded caption file as text in the one spelling; "" where there is no caption in it."""
    return plain_srt(loads(content)).text


def add(
    studio: CaptionService, media_id: str, srclang: str, text: str, *, there: Collection[str],
    pause: Callable[[float], None], taken: Callable[[str], object] = lambda caption_id: None,
) -> Added:  # fmt: skip
    """Send a caption file, and find out what became of it.

    Args:
        text: in the one spelling (`captionkit.sync.plain_srt`).
        there: ids of the caption files that were there just before.
        pause: waits so many seconds.
        taken: is given the id in the 201 answer, before anything else is asked.

    Raises:
        RemoteError: nothing was added.
    """
    message = ""
    for sending in range(SENDINGS):
        try:
            made = studio.add_caption(media_id, srclang, text.encode())
        except OutcomeUnknown as error:
            message = f"{error.message}, and its listing does not show it"
        except RemoteError as error:
            if not sending:
                raise
            # The first may have arrived all the same: what refuses the second says nothing of that.
            return Added(Found.UNKNOWN, message=f"{message}; sent once more, {error.message}")
        else:
            taken(made.id)
            return compare(studio, made.id, text, srclang=srclang, kept_as=made.srclang, pause=pause)
        try:
            found = look_for(studio, media_id, srclang, text, but=there, pause=pause)
        except RemoteError as error:
            return not_looked_up(error)
        if found:
            return found
    return Added(Found.UNKNOWN, message=message)


def compare(
    studio: CaptionService, caption_id: str, text: str, *, srclang: str, kept_as: str = "",
    pause: Callable[[float], None],
) -> Added:  # fmt: skip
    """Download the caption file that a 201 answer named, and compare it; patient, since it may be there only later."""
    problem, others = "", 0
    for seconds in LOOKS:
        pause(seconds)
        try:
            content = text_of(studio.caption_content(caption_id))
        except (BadToken, NotPermitted) as error:
            problem = error.message
            break
        except RemoteError as error:
            problem = error.message
            continue
        if content == text:
            return Added(Found.SAME, caption_id, kept_as or srclang, _renamed(srclang, kept_as))
        others += bool(content)
        problem = "" if content else "it is empty"
        if others > 1:
            break  # it is whole, and stays another text
    if others:
        return Added(
            Found.OTHER, caption_id, kept_as, f"Studio made caption file {caption_id} of it, with another text"
        )
    message = f"Studio said that it took it as caption file {caption_id}, which cannot be downloaded ({problem})"
    return Added(Found.UNKNOWN, caption_id, kept_as, message)


def look_for(
    studio: CaptionService, media_id: str, srclang: str, text: str, *, but: Collection[str],
    pause: Callable[[float], None], looks: Iterable[float] = LOOKS[1:],
) -> Added | None:  # fmt: skip
    """A caption file with the very text that is not among `but`; None where there is none, after some time.

    Raises:
        RemoteError: the last look failed, so that nothing is known.
    """
    failed: RemoteError | None = None
    for seconds in looks:
        pause(seconds)
        try:
            failed = None
            fresh = [one for one in studio.captions(media_id) if one.id not in but]
            for one in fresh:
                if is_language(one.srclang, srclang) and text_of(studio.caption_content(one.id)) == text:
                    return Added(Found.SAME, one.id, one.srclang, _renamed(srclang, one.srclang))
        except BadToken:
            raise
        except RemoteError as error:
            failed = error
    if failed is not None:
        raise failed
    return None


def not_looked_up(error: RemoteError) -> Added:
    """What is known where no answer came and no look succeeds."""
    return Added(Found.UNKNOWN, message=f"no answer came, and whether it is there cannot be read: {error.message}")


def is_language(there: str, asked: str) -> bool:
    """Whether Studio may mean this language by that tag: it may have left out or changed the region."""
    return _primary(there) == _primary(asked)


def known_by(captions: Iterable[CaptionLike]) -> frozenset[str]:
    return frozenset(one.id for one in captions)


def _primary(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()


def _renamed(srclang: str, kept_as: str) -> str:
    if not kept_as or kept_as.replace("_", "-").lower() == srclang.lower():
        return ""
    return f"Studio keeps it as {kept_as}"
