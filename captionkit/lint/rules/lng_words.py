"""LNG008: the words against the declared language."""

from __future__ import annotations

from collections.abc import Iterator

from captionkit.lint.context import Context
from captionkit.lint.examples import vtt
from captionkit.lint.rule import ERROR, Finding, example, rule
from captionkit.lint.rules.a11 import script_mismatch

_SPANISH = (
    "Hoy vamos a ver cómo se hace una\npelícula y por qué es tan difícil.",
    "Lo primero que hay que saber es que\nno todos los planos son iguales.",
    "El montaje es el arte de unirlos para\nque la historia tenga sentido.",
    "Por eso en esta clase vamos a hablar\nde los cortes y de la música.",
)
_ENGLISH = (
    "Today we will look at how a film is\nmade and why that is so difficult.",
    "The first thing that you have to know is\nthat not all shots are the same.",
    "Editing is the art of putting them\ntogether so that the story makes sense.",
    "That is why in this class we are going\nto talk about cuts and about music.",
)


def _example(texts: tuple[str, ...]) -> str:
    return vtt(*[f"00:{i * 6:02d}.000 --> 00:{i * 6 + 5:02d}.000\n{text}" for i, text in enumerate(texts)])


@rule("LNG008", ERROR)
@example(_example(_SPANISH), _example(_ENGLISH))
def words_of_another_language(context: Context) -> Iterator[Finding]:
    """The words are plainly not those of the language that the file declares.

    Files have been mixed up or named wrongly: viewers who choose Spanish get English. Reported only where the text
    lacks the declared language altogether, for some thirty languages; with the extra `captionkit[language]` for 97.
    Rename the file, or put the right one in its place.
    """
    language = context.language
    if not language or context.kind == "metadata":
        return
    from captionkit.language_check import GLANCE, SAMPLE, compare, installed_detector, plainly_agrees

    # The first minute is nearly always enough to see that all is well.
    if plainly_agrees(context.all_visible[:GLANCE].replace("\0", ""), language.partition("-")[0].lower()):
        return
    if any(True for _ in script_mismatch(context)):
        return
    sample = context.all_visible[:SAMPLE].replace("\0", "")
    verdict = compare(sample, language)
    if verdict.agrees is None and len(sample) >= 200:
        verdict = compare(sample, language, installed_detector())
    if verdict.agrees is False:
        yield context.on_file(verdict.says(language), "Check which file this is, then rename it or exchange it.")
