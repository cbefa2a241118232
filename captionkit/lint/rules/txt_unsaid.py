"""TXT009 to TXT011, TXT016 and TXT019: text that is there in place of what is said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from captionkit.lint.context import Context
from captionkit.lint.edits import FixTask, Words, fixes, with_cues_changed
from captionkit.lint.rule import INFO, UNSAFE, WARNING, Finding, rule, vtt_example
from captionkit.model import Document
from captionkit.patterns import pattern

#: When the fixes below run: bytes first, then timing lines, blocks, order, markup, words, times and lines.
ORDER = 40


def _cue(text: str) -> str:
    return vtt_example(f"00:01.000 --> 00:04.000\n{text}")


def _cues(*texts: str) -> str:
    return vtt_example(*[f"00:{3 * n + 1:02d}.000 --> 00:{3 * n + 4:02d}.000\n{text}" for n, text in enumerate(texts)])


_GOOD = _cue("Hello there.")


_SENTENCES = (
    "We look at the first.",
    "Then at the second.",
    "The third is harder.",
    "It takes its time.",
    "Now to the rest.",
)


_PLACEHOLDER_TEXT = (
    r"\s*(?i:inaudible|unintelligible|indistinct|unclear|crosstalk|cross talk|\?{1,5}|unverständlich|"
    r"inaudible \d[\d:]*|"
    r"inaudible at \d[\d:]*|incompréhensible|ininteligible|no se entiende|xxx+|todo|tbd|___+)\s*[\])>]"
)


# One for each bracket: a literal in front is found at the speed of looking for a character.
_PLACEHOLDERS = {bracket: pattern(re.escape(bracket) + _PLACEHOLDER_TEXT) for bracket in "[(<"}


@rule(
    "TXT009",
    "placeholder",
    WARNING,
    needs="[(<",
    bad=_cue("And this is [inaudible] then."),
    good=_cue("And this is entropy then."),
)
def placeholder(context: Context) -> Iterator[Finding]:
    """Something was not understood: `[inaudible]`, `[??]`, `(crosstalk)`.

    Somebody who was there, or knows the context, can fill it in.
    """
    text = context.all_text
    for bracket in [bracket for bracket in _PLACEHOLDERS if bracket in text]:
        for index, at, match in context.search(_PLACEHOLDERS[bracket]):
            yield context.in_text(index, at, at + len(match[0]), f"{match[0]} is still to be filled in")


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
    "http",
    "www.",
    "otter.ai",
    "rev.com",
    "amara",
    "zdf",
    "opensubtitles",
    "funk",
    "3play",
    "verbit",
    "sonix",
    "happyscribe",
    "happy scribe",
    "turboscribe",
    "dimatorzok",
    "community",
)


@rule(
    "TXT010",
    "credit",
    WARNING,
    fix=UNSAFE,
    bad=_cues("Hello there.", "Transcribed by https://otter.ai"),
    good=_cues("Hello there."),
)
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


@rule(
    "TXT011",
    "known-hallucination",
    WARNING,
    fix=UNSAFE,
    bad=vtt_example("00:01.000 --> 00:03.000\nHello there.", "00:20.000 --> 00:23.000\nThanks for watching!"),
    good=_cues(*_SENTENCES),
)
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


@rule(
    "TXT016",
    "profanity",
    INFO,
    default=False,
    bad=_cue("That darn machine."),
    good=_cue("That machine."),
    arguments={"select": "TXT016", "options": {"profanity": ["darn"]}},
)
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


_SAMPLES = (
    "lorem ipsum",
    "text here",
    "texts here",
    "caption here",
    "captions here",
    "subtitle here",
    "subtitles here",
)


@rule("TXT019", "placeholder-text", WARNING, bad=_cue("Lorem ipsum dolor sit amet."), good=_GOOD)
def placeholder_text(context: Context) -> Iterator[Finding]:
    """The cue holds a template's sample text.

    `Lorem ipsum`, `Insert text here`, `Your caption here`: somebody forgot to fill it in.
    """
    text = context.lower_bytes
    if (b"ipsum" in text or b" here" in text) and any(sample.encode() in text for sample in _SAMPLES):
        for index, _, match in context.search_visible(
            re.compile(
                r"lorem ipsum|\b(?:insert|your|add) (?:text|caption|subtitle)s? here",
                re.I,
            )
        ):
            yield context.on_cue(index, f"{match[0]!r} is sample text")
