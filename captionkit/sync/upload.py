"""What text is sent for a track so that viewers get what the file says.

Theory of operation. A file is read, turned into WebVTT where it is SRT, and read again by a second reader, which must
agree. That WebVTT is sent for a new track. A track that Canvas holds as SRT is another matter: Canvas keeps its own
conversion beside the stored text and goes on showing it after a WebVTT upload (guides/canvas-server.md, section 7).
So such a track gets SRT again, if Canvas's conversion of it shows exactly the intended cues; otherwise the track is
deleted and made anew in two requests, which a plan calls `recreate`. In place is better: it keeps the track's id and
whose it is.

A service that takes only SRT (Instructure Media) gets it in one spelling, see `captionkit.sync.plain_srt`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property

from captionkit.canvas_rules import canvas_webvtt, content_problems, viewers_get
from captionkit.conversion import convert, viewer_digest
from captionkit.crosscheck import compare, verify
from captionkit.decoding import one_line_end
from captionkit.documents import dumps, loads
from captionkit.errors import CaptionkitError
from captionkit.library.local_file import LocalFile
from captionkit.library.wrong_file import NO_FACTS, Facts
from captionkit.markup import visible_text
from captionkit.model import Document
from captionkit.sync.decide import Do
from captionkit.sync.plain_srt import plain_srt
from captionkit.sync.ports import Whose
from captionkit.sync.publishable import Reason
from captionkit.sync.state import RemoteNow, digest_of


@dataclass(frozen=True, slots=True)
class Payload:
    """What a PUT carries for one track.

    Attributes:
        do: create, update or recreate.
        send: "vtt", "srt", or "plain-srt" for a service that takes only that.
        digest: of `content`.
    """

    do: Do
    send: str
    digest: str
    content: str = field(repr=False)


@dataclass(frozen=True)
class Prepared:
    """A caption file, ready to be sent, or the reason why it is not.

    Attributes:
        file: what it was made from.
        webvtt: the text that is sent to a place that holds WebVTT or nothing. "" where there is a problem.
        shown: digest of what viewers are to get.
        problem: why the file cannot be sent, one sentence; "" where it can.
        notes: what a person should know: a guessed encoding, a loss.
        plain: the text for a service that takes only SRT; "" where Canvas is meant.
        sent: what goes out, read again; None where there is a problem.
        reasons: what speaks against publishing it; None where that was not asked yet.
        facts: what is compared with other tracks; see `captionkit.library.wrong_file`.
    """

    file: LocalFile
    document: Document
    webvtt: str
    shown: str
    problem: str = ""
    notes: tuple[str, ...] = ()
    plain: str = ""
    sent: Document | None = field(default=None, repr=False)
    reasons: tuple[Reason, ...] | None = None
    facts: Facts = NO_FACTS

    def without_documents(self) -> Prepared:
        """The same without what fills the memory and is asked for only where Canvas holds SRT already."""
        return replace(self, document=Document(format="vtt", blocks=()), sent=None)

    @cached_property
    def srt(self) -> str | None:
        """The same as SRT that Canvas converts to exactly the intended cues; None where there is none."""
        for candidate in self._srt_candidates():
            converted = canvas_webvtt(candidate)
            if converted is not None and viewer_digest(loads(converted, "vtt")) == self.shown:
                return candidate
        return None

    def _srt_candidates(self) -> list[str]:
        texts = [_plain(self.document)] if self.document.format == "srt" else []
        with suppress(CaptionkitError):  # what SRT cannot say may be nothing that viewers see; `srt` compares
            texts.append(_plain(convert(self.document, "srt", carry=False).document))
        return [text for text in texts if not any(content_problems(text))]


def prepare(document: Document, file: LocalFile, *, srt_only: bool = False) -> Prepared:
    """Make a caption file ready to be sent. Never raises because of what is in it.

    Args:
        srt_only: for a service that takes nothing but SRT.
    """
    if not document.cues:
        return Prepared(file, document, "", "", problem="there is no caption in it; is it really a caption file?")
    notes = tuple(d.message for d in document.diagnostics if d.code == "ENC001")
    if srt_only:
        return _prepared_srt(document, file, notes)
    try:
        if document.format == "vtt" and document.source is not None and document.source.text.startswith("WEBVTT"):
            webvtt = _plain(document)
        else:
            # Without notes that carry what only SRT can say: the file stays here, and viewers have no use for them.
            converted = convert(document, "vtt", carry=False)
            webvtt = _plain(converted.document)
            notes += (converted.summary(),) if converted.losses else ()
        read = loads(webvtt, "vtt")
        if not any(visible_text(cue.text, "vtt").strip() for cue in read.cues):
            return Prepared(file, document, "", "", problem="none of its captions has any text", notes=notes)
        if compare(read.cues, webvtt, "vtt"):
            verify(webvtt, "vtt")  # says it in words
    except CaptionkitError as error:
        return Prepared(file, document, "", "", problem=error.message, notes=notes)
    for problem in content_problems(webvtt):
        return Prepared(file, document, "", "", problem=problem, notes=notes)
    return Prepared(file, document, webvtt, viewer_digest(read), notes=notes, sent=read)


def _prepared_srt(document: Document, file: LocalFile, notes: tuple[str, ...]) -> Prepared:
    plain = plain_srt(document)
    if plain.losses:
        notes += (plain.losses,)
    try:
        if not plain.text:
            return Prepared(file, document, "", "", problem="none of its captions has any text", notes=notes)
        verify(plain.text, "srt")
        sent = loads(plain.text, "srt")
        webvtt = _plain(convert(sent, "vtt", carry=False).document)
    except CaptionkitError as error:
        return Prepared(file, document, "", "", problem=error.message, notes=notes)
    shown = viewer_digest(loads(webvtt, "vtt"))
    return Prepared(file, document, webvtt, shown, notes=notes, plain=plain.text, sent=sent)


def payload_for(prepared: Prepared, remote: RemoteNow | None) -> Payload:
    """What to send, given what Canvas holds for the locale now."""
    if prepared.plain:
        return _payload(Do.CREATE if remote is None else Do.UPDATE, "plain-srt", prepared.plain)
    if remote is None:
        return _payload(Do.CREATE, "vtt", prepared.webvtt)
    if remote.whose in (Whose.LENT, Whose.LOOSE):
        # Canvas makes a new track of this file's own, beside the one that it does not have itself.
        return _payload(Do.UPDATE, "vtt", prepared.webvtt)
    if remote.stored_as == "vtt":
        return _payload(Do.UPDATE, "vtt", prepared.webvtt)
    if prepared.srt is not None:
        return _payload(Do.UPDATE, "srt", prepared.srt)
    return _payload(Do.RECREATE, "vtt", prepared.webvtt)


def shows_the_same(prepared: Prepared, remote: RemoteNow) -> bool:
    """Whether viewers get from Canvas just what they would get from the file."""
    if remote.shown_text is None or prepared.problem:
        return False
    return viewer_digest(loads(remote.shown_text, "vtt")) == prepared.shown


def shown_digest(content: str, webvtt_content: str | None) -> str:
    """Digest of what players show for a track with these two columns."""
    return viewer_digest(loads(viewers_get(content, webvtt_content), "vtt"))


def _payload(do: Do, send: str, content: str) -> Payload:
    return Payload(do, send, digest_of(content), content)


def _plain(document: Document) -> str:
    """The document as text with LF line ends, as every reader takes it."""
    return one_line_end(dumps(document))
