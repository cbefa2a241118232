"""TXT009 to TXT011, TXT016 and TXT019: text that is there in place of what is said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from captionkit.lint.context import Context
from captionkit.lint.edits import FixTask, with_cues_changed
from captionkit.lint.examples import SENTENCES, spoken, vtt
from captionkit.lint.rule import INFO, UNSAFE, WARNING, Finding, Words, example, fixes, rule
from captionkit.model import Document
from captionkit.patterns import pattern

ORDER = 40
_GOOD = spoken("Hello there.")
_PLACEHOLDER = pattern(
    r"[\[(<]\s*(?i:inaudible|unintelligible|indistinct|unclear|crosstalk|cross talk|\?{1,5}|unverständlich|"
    r"inaudible \d[\d:]*|"
    r"inaudible at \d[\d:]*|incompréhensible|ininteligible|no se entiende|xxx+|todo|tbd|___+)\s*[\])>]"
)


@rule("TXT009", WARNING, needs="[(<")
@example(spoken("And this is [inaudible] then."), spoken("And this is entropy then."))
def placeholder(context: Context) -> Iterator[Finding]:
    """Something was not understood: `[inaudible]`, `[??]`, `(crosstalk)`.

    Somebody who was there, or knows the context, can fill it in.
    """
    for bracket in context.signs.intersection("[(<"):
        yield from context.matches(_PLACEHOLDER, "{} is still to be filled in", first=bracket)


_CREDIT = pattern(
    r"(?:transcribed|transcription|transcript|subtitles?|captions?|captioned|captioning|subtitled|translated|synced|"
    r"untertitel|sous-titres?|subtítulos|sottotitoli|legendas|субтитры)\b[^\n]{0,40}\b(?:by|im auftrag|von|par|por|di|"
    r"created|сделал|provided|community)\b[^\n]*?(?:https?://|www\.|otter\.ai|rev\.com|amara\.org|zdf|opensubtitles|"
    r"funk\b|3play|verbit|sonix|happy ?scribe|turboscribe|dimatorzok|community)"
    r"|(?:https?://|www\.)(?:otter\.ai|rev\.com|amara\.org|opensubtitles|turboscribe|sonix|happyscribe)",
    re.IGNORECASE,
)

#: One of these stands in every credit.
_SERVICES = (
    *("http", "www.", "otter.ai", "rev.com", "amara", "zdf", "opensubtitles", "funk", "3play"),
    *("verbit", "sonix", "happyscribe", "happy scribe", "turboscribe", "dimatorzok", "community"),
)


@rule("TXT010", WARNING, UNSAFE)
@example(spoken("Hello there.", "Transcribed by https://otter.ai"), spoken("Hello there."))
def credit(context: Context) -> Iterator[Finding]:
    """A cue names the service that made the captions, or advertises it.

    Nobody says it in the video. Looked for where credits stand: in the first and last cues, and in those that stand
    five seconds or more apart from the rest. The fix removes the cue.
    """
    for index in service_credits(context):
        yield context.on_cue(index, "is a credit of the captioning service, not something that is said")


@fixes("TXT010", fix=UNSAFE, words=Words.REMOVED)
def without_credits(task: FixTask) -> Document | None:
    return with_cues_changed(task.document, dict.fromkeys(service_credits(task.context)))


def service_credits(context: Context) -> Iterator[int]:
    """The cues that are a service's credit and no more."""
    count = len(context.cues)
    places = sorted({*range(min(3, count)), *range(max(0, count - 5), count), *context.apart})
    together = "\n".join([context.visible[index] for index in places]).lower()
    if not any(one in together for one in _SERVICES):
        return
    for index in places:
        shown = context.visible[index].lower()
        if len(shown) < 160 and any(one in shown for one in _SERVICES) and _CREDIT.search(shown):
            yield index


#: What Whisper and its like are known to write into silence and music. Reported only for a whole cue at the end or
#: alone.
_HALLUCINATIONS = frozenset(
    (
        "thanks for watching",
        "thank you for watching",
        "thanks for watching and see you next time",
        "thank you so much for watching",
        "please subscribe",
        "please subscribe to my channel",
        "like and subscribe",
        "don't forget to subscribe",
        "see you in the next video",
        "see you next time",
        "subtitles by the amara.org community",
        "bye-bye",
        "you",
        "vielen dank",
        "vielen dank fürs zuschauen",
        "danke fürs zuschauen",
        "sous-titres réalisés par la communauté d'amara.org",
        "merci d'avoir regardé cette vidéo",
        "gracias por ver el video",
        "¡gracias por ver!",
        "ご視聴ありがとうございました",
        "字幕by索兰娅",
        "продолжение следует",
        "spasibo za prosmotr",
        "спасибо за просмотр",
    )
)


@rule("TXT011", WARNING, UNSAFE)
@example(vtt("1-3 Hello there.", "20-23 Thanks for watching!"), spoken(*SENTENCES))
def known_hallucination(context: Context) -> Iterator[Finding]:
    """A cue says what speech recognition is known to make up in silence: "Thanks for watching!"

    Reported where it stands apart from the rest by five seconds or more, since it may also be said. Listen to the
    place. The fix removes the cue.
    """
    yield from (
        context.on_cue(index, f"{context.visible[index].strip()!r} is what speech recognition writes into silence")
        for index in hallucinations(context)
    )


@fixes("TXT011", fix=UNSAFE, words=Words.REMOVED)
def without_hallucinations(task: FixTask) -> Document | None:
    return with_cues_changed(task.document, dict.fromkeys(hallucinations(task.context)))


def hallucinations(context: Context) -> Iterator[int]:
    """The cues that are known to be made up, and stand apart."""
    for index in sorted(context.apart):
        text = context.visible[index]
        if len(text) < 70 and text.strip(" \n.!?♪…。！").lower() in _HALLUCINATIONS:
            yield index


@rule("TXT016", INFO, default=False)
@example(spoken("That darn machine."), spoken("That machine."), arguments={"options": {"profanity": ["darn"]}})
def profanity(context: Context) -> Iterator[Finding]:
    """A word from your own list: the option `profanity` under `[check.options]`.

    Captions are to say what is said; the rule is for finding recognition errors that would embarrass. captionkit has no
    list of its own and never changes the word.
    """
    words = context.options.get("profanity")
    if isinstance(words, (list, tuple)) and words:
        pattern = re.compile(rf"\b(?:{'|'.join(re.escape(str(word)) for word in words)})\b", re.IGNORECASE)
        for index, _, match in context.search_visible(pattern):
            yield context.on_cue(index, f"{match[0]!r} is on your list")


_SAMPLE = pattern(r"lorem ipsum|\b(?:insert|your|add) (?:text|caption|subtitle)s? here", re.IGNORECASE)
_BEFORE_HERE = (b"text", b"texts", b"caption", b"captions", b"subtitle", b"subtitles")


@rule("TXT019", WARNING)
@example(spoken("Lorem ipsum dolor sit amet."), _GOOD)
def placeholder_text(context: Context) -> Iterator[Finding]:
    """The cue holds a template's sample text.

    `Lorem ipsum`, `Insert text here`, `Your caption here`: somebody forgot to fill it in.
    """
    text = context.lower_bytes
    here = text.find(b" here")
    while here >= 0 and not text.endswith(_BEFORE_HERE, 0, here):
        here = text.find(b" here", here + 1)
    if here >= 0 or b"ipsum" in text:
        for index, _, match in context.search_visible(_SAMPLE):
            yield context.on_cue(index, f"{match[0]!r} is sample text")
