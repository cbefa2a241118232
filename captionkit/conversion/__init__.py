"""One format to another, with every loss named, and what a viewer sees of a document.

    convert      the document in another format, and what that does not keep      to_webvtt, webvtt_to_srt
    convert_text the same from text to text
    shown        what a browser shows of it, cue by cue                           viewer
    viewer_digest  the same as one digest: equal digests, equal captions

`placement` and `colours` hold the two tables between the languages, `restore_notes` what goes through WebVTT in notes,
`losses` the kinds of loss and how they are counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from captionkit.conversion.losses import KINDS, Converted, Loss
    from captionkit.conversion.viewer import RenderedCue, rendered, viewer_digest
    from captionkit.errors import LossyConversion
    from captionkit.model import Block, Document

__all__ = ["KINDS", "Converted", "Loss", "RenderedCue", "convert", "convert_text", "rendered", "viewer_digest"]

# Loaded when they are first used: importing `captionkit` must cost nothing.
_HOME = {
    **dict.fromkeys(("KINDS", "Converted", "Loss"), "losses"),
    **dict.fromkeys(("RenderedCue", "rendered", "viewer_digest"), "viewer"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'captionkit.conversion' has no attribute {name!r}")
    from importlib import import_module

    globals()[name] = value = getattr(import_module(f"captionkit.conversion.{_HOME[name]}"), name)
    return value


def convert(
    document: Document, format: str, *, strict: bool = False, carry: bool = True, speakers: str = ""
) -> Converted:
    """The document in this format.

    To its own format it is a normalised copy without loss: UTF-8, no byte order mark, LF, everything written anew.

    Args:
        format: "srt" or "vtt".
        strict: refuse a conversion that would lose something.
        carry: from SRT to WebVTT, whether NOTE blocks may carry what WebVTT cannot say, so that converting back gives
            the same document.
        speakers: who speaks: "keep" says it as the format does (`<v Ana>` in WebVTT, `Ana: ` in SRT, from one to the
            other), "labels" as `Ana: ` in either, "drop" leaves voices out. By default labels stay words, and voices
            that SRT cannot say are named as losses.

    Raises:
        LossyConversion: with strict, naming each loss. Nothing is changed.
        UsageError: for a format that is not known.
    """
    from captionkit.conversion.losses import Converted
    from captionkit.model import Document

    writable(format)
    if speakers:
        from captionkit.conversion.speakers import WAYS, rewritten, with_voices
        from captionkit.errors import UsageError

        if speakers not in WAYS:
            raise UsageError(f"speakers cannot be {speakers!r}", hint=f"There are {', '.join(WAYS)}.")
    blocks: Sequence[Block] = document.blocks
    losses: Sequence[Loss] = ()
    encoding, bom = "utf-8", False
    if format == document.format:
        if format == "vtt" and speakers in ("labels", "drop"):
            blocks = rewritten(blocks, speakers)
    elif format == "vtt":
        from captionkit.conversion.srt_to_webvtt import convert as to_webvtt

        blocks, losses = to_webvtt(document, carry=carry)
        if speakers == "keep":
            blocks = with_voices(blocks)
    else:
        from captionkit.conversion.webvtt_to_srt import convert as webvtt_to_srt

        blocks, losses, about = webvtt_to_srt(document, speakers=speakers)
        encoding, bom = about.encoding, about.bom
    made = Document(format, tuple(blocks), encoding=encoding, bom=bom, path=document.path)
    converted = Converted(made, tuple(losses))
    if strict and losses:
        raise lossy(converted, document.path)
    return converted


def writable(format: str) -> None:
    """Refuse what is no format to convert to.

    Raises:
        UsageError: naming those there are.
    """
    if format in ("srt", "vtt"):
        return
    from captionkit.errors import UsageError

    name, dot, extension = str(format).rpartition(".")
    meant = {"webvtt": "vtt", "subrip": "srt"}.get(extension.lower(), extension.lower())
    hint = 'The formats are "srt" and "vtt"; all others are read only.'
    if meant in ("srt", "vtt"):
        made = f"captionkit.dump(captionkit.convert(captions, {meant!r}).document, {str(format)!r})"
        hint = f"Write {meant!r}; a file is written with {made}." if name and dot else f"Write {meant!r}."
    raise UsageError(f"{format!r} is not a format captionkit can write", unchanged="Nothing was converted.", hint=hint)


def convert_text(text: str, source: str, target: str, *, carry: bool = True) -> tuple[str, tuple[Loss, ...]]:
    """The text of a whole file in another format, and what that does not keep.

    Args:
        source, target: "srt" or "vtt".
        carry: as for `convert`.

    Raises:
        UsageError: for a format that is not known.
    """
    from captionkit.documents import dumps, loads

    converted = convert(loads(text, source), target, carry=carry)
    return dumps(converted.document), converted.losses


def lossy(converted: Converted, path: str = "") -> LossyConversion:
    """The error that refuses this conversion: what it would not keep, counted, and the first few by place."""
    from captionkit.errors import LossyConversion

    named = [str(loss) for loss in converted.losses[:5]]
    more = len(converted.losses) - len(named)
    return LossyConversion(
        f"the conversion would lose something: {converted.summary()}",
        where=path,
        unchanged="Nothing was written.",
        hint="\n  ".join(
            [
                *named,
                *([f"and {more} more"] if more > 0 else []),
                "Without --strict it is converted, and the losses are named.",
            ]
        ),
    )
