"""The texts that a plan sends, made from the folder's files as they are when it is carried out."""

from __future__ import annotations

from collections.abc import Mapping

from captionkit.decoding import digest_of_file
from captionkit.documents import loads
from captionkit.errors import CaptionkitError, StaleError
from captionkit.library.local_file import LocalFile
from captionkit.sync.decide import Do
from captionkit.sync.plan import MediaPlan, Step
from captionkit.sync.ports import Files
from captionkit.sync.state import digest_of
from captionkit.sync.upload import prepare


def texts_of(media: MediaPlan, files: Files, contents: Mapping[str, str]) -> dict[str, str]:
    """The text of every step that sends one, by digest.

    Args:
        contents: texts by digest that planning has already made; those that are missing are made again.

    Raises:
        StaleError: where a file is not what it was when the plan was made.
    """
    texts = {}
    for step in media.changes:
        if step.do is Do.DELETE:
            continue
        data = _file(step, files)
        text = contents.get(step.digest_after)
        if text is None:
            text = _rebuilt(step, data)
        if digest_of(text) != step.digest_after:
            raise StaleError(f"{step.path} would be sent differently now than when the plan was made")
        texts[step.digest_after] = text
    return texts


def _file(step: Step, files: Files) -> bytes:
    try:
        data = files.read_file(step.path)
    except CaptionkitError as error:
        raise StaleError(f"{step.path} cannot be read any more: {error.message}") from error
    if digest_of_file(data) != step.local_digest:
        raise StaleError(f"{step.path} changed after the plan was made")
    return data


def _rebuilt(step: Step, data: bytes) -> str:
    if step.send == "as-is":
        return data.decode("utf-8", "surrogatepass")
    document = loads(data, path=step.path, encoding=step.encoding)
    prepared = prepare(document, LocalFile(step.locale, step.path), srt_only=step.send == "plain-srt")
    if prepared.problem:
        raise StaleError(f"{step.path} cannot be sent: {prepared.problem}")
    return prepared.plain or ((prepared.srt or "") if step.send == "srt" else prepared.webvtt)
