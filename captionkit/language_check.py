"""Whether the words are in the language that a file declares: the wrong file uploaded as Spanish is caught by this.

Theory of operation. Two ways, the cheap one first. Every language has some forty words that make up a third of its
running text (the, of, and; el, de, que). If those of the declared language are plenty in the first lines, or its script
is where it alone uses one, all is well, and nothing else is asked; that is nearly always so, and costs some
microseconds. If they are not in the first three minutes, and those of another language are, plainly, it is that other
language. Only what is left, and languages without a list here, goes to a detector that
knows 97 languages: py3langid (BSD licence, its model of 4.5 MB in the package), the extra `captionkit[language]`. It is
asked about several pieces of the text and believed only if it says the same of each. Without the extra, what the words
do not settle is not known, and nothing is reported.

Languages that are nearly one (Danish and Norwegian, Croatian and Serbian) are never told apart. Names, sounds and the
English terms of a lecture do not matter: a text must lack the declared language altogether. Pure, but that the detector
reads its model when it is first asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from captionkit.languages import canonical, display_name

#: The words that no text of a language can do without. Chosen for being frequent and not those of a neighbour.
_WORDS = {
    "en": "the of and to that is it you in this we for are with have be not but what so they on was can as your "
    "there at from if do which would when about all will an or how here has more",
    "es": "de que el la y en los del las por con una para como más pero su se lo es un esto eso está son muy "
    "también hay cuando porque qué ser este esta nos si ya al sobre entonces vamos puede",
    "fr": "de le la et les des est que un une dans pour en pas vous nous qui sur ce il au plus avec par je mais on "
    "cette sont ou être aussi comme ne du c'est donc très fait ces peut",
    "de": "der die und das ist nicht ein eine zu den mit sie es von dem sich auf für wir auch ich wie dass im "
    "werden als oder aber wenn kann hier noch nur was man sind bei einen wird aus",
    "it": "di che il la è e un per non una sono le con del si da ma come i gli questo della anche più nel ci dei "
    "delle se lo quando cosa essere perché molto alla questa quindi poi",
    "pt": "de que o a e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das à seu "
    "sua ou ser quando muito nos já está eu também isso você são então",
    "nl": "de het een en van is dat in te niet op zijn die je met voor we er maar ook aan wat als om dan dit bij "
    "kan of naar worden nog deze hebben wordt heeft uit over door",
    "sv": "och att det är som en på för av med den inte ett har till vi jag kan om de men så man var du eller från "
    "när här också ska vad då alla mycket",
    "da": "og at det er en til på som af for med den ikke der vi har et jeg kan de man så men du om eller fra når "
    "her også skal hvad var blive",
    "nb": "og at det er en til på som av for med den ikke vi har et jeg kan de man så men du om eller fra når her "
    "også skal hva var blir",
    "fi": "ja on se että ei ole hän mutta kun niin mitä tämä myös voi jos kuin ovat sen olla tai joka oli me te nyt "
    "siitä mukaan vain",
    "pl": "i w na się nie z że to do jest o jak a co po ale tak dla od czy jego ten są być można tego które przez "
    "tym już tylko może jeśli",
    "cs": "a se na je v že to s z do o jako pro ale by tak jsou který jsem když nebo může jeho které být už jsme co "
    "podle také není",
    "sk": "a sa na je v že to s z do o ako pre ale by tak sú ktorý som keď alebo môže jeho ktoré byť už sme čo "
    "podľa tiež nie",
    "ro": "de și în la cu care nu este o un din pe să mai sau sunt ca pentru că ce dar fi se prin această acest "
    "când foarte dacă cum poate",
    "hu": "a az és hogy nem is egy ez de meg ha már csak van vagy mint volt azt ezt lehet ami akkor kell még itt "
    "nagyon amely pedig",
    "tr": "ve bir bu da de için ile çok ne daha gibi o olarak var ama olan en kadar ki sonra değil her mi şimdi "
    "olduğu veya ya burada",
    "id": "yang dan di itu dengan untuk ini tidak dari dalam akan pada juga ke ada kita bisa adalah atau saya "
    "mereka dapat oleh lebih sudah karena",
    "ms": "yang dan di itu dengan untuk ini tidak dari dalam akan pada juga ke ada kita boleh adalah atau saya "
    "mereka dapat oleh lebih sudah kerana",
    "vi": "là và của có cho không trong được một với các những này đó người để khi thì như từ đã cũng chúng ta bạn "
    "ra vào",
    "hr": "i u je na se da su za od s a koji to ne što kao ali ili iz po kako biti može sve bi nije samo kada koje "
    "imamo",
    "ca": "de que la el i en les del per un una amb és no els com més al però aquest aquesta es ho són si també "
    "quan molt perquè",
    "ru": "и в не на что с по это как а но к у из за от так же для то вы мы все он она было если или его есть "
    "только можно может когда этот также",
    "uk": "і в не на що з та до це як а але у від за так для ми ви він вона було якщо або його є лише можна може "
    "коли цей також про",
    "bg": "и в не на че с по това как а но от за да се ще са той тя беше ако или му е само може когато този също "
    "ние вие",
    "el": "και το να του η της με που για την από στο είναι τον δεν σε τα οι μας ένα θα μια αυτό ότι ως αν έχει πως "
    "στην",
    "ar": "في من على أن إلى هذا هذه التي الذي عن مع ما لا كان هو هي أو كل بعد ذلك هناك نحن لم قد بين حيث عند يمكن",
    "fa": "و در به از که این را با است برای آن یک می ها تا هم شود ما شما کرد بود خود یا اگر باید کنید هر نیست",
    "he": "של את על לא זה עם הוא היא כי אני אנחנו גם או כל מה יש אם אבל היה זאת אתם אז כמו רק יותר",
    "hi": "के है में की और से को का यह हैं एक पर इस कि नहीं हम तो भी कर लिए जो आप था ही या अगर",
}

#: Languages that share too many words to be told apart by them, or that speakers read in each other's files.
_ALIKE = (
    {"da", "nb", "nn", "no"}, {"hr", "sr", "bs", "sh", "sl"}, {"id", "ms"}, {"cs", "sk"}, {"bg", "mk"},
    {"ca", "es", "gl"}, {"gl", "pt"}, {"hi", "mr", "ne"}, {"ur", "hi"}, {"af", "nl"}, {"be", "ru"}, {"be", "uk"},
    {"zh", "yue", "cmn", "wuu"}, {"tl", "fil"}, {"ar", "ary", "arz"}, {"fa", "prs"}, {"ku", "ckb", "sdh"},
    {"gn", "gug"}, {"uz", "uzs"}, {"ff", "fuv"}, {"ki", "kik"}, {"st", "nso", "tn"}, {"xh", "zu"}, {"es", "ext", "an"},
    {"it", "vec", "lij"}, {"ht", "gcf", "gcr"}, {"en", "pcm"}, {"el", "grc"}, {"he", "hbo"},
)  # fmt: skip

#: Characters that are looked at: some three minutes of speech.
SAMPLE = 3000
#: Of these a first look is made, which is mostly the last: a minute of speech in letters, two in Chinese.
GLANCE = 500
_SCRIPT_GLANCE = 200
#: A share of frequent words that no text of another language reaches.
_PLENTY = 0.3
#: Fewer words than this say nothing for sure.
_LEAST_WORDS = 40
_SOME_WORDS = 100
_LEAST_LETTERS = 200
_LEAST_HAN = 60

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NOT_SPOKEN = re.compile(r"\[[^\[\]]*+\]|\([^()]*+\)|https?://\S+|♪")


class Verdict(NamedTuple):
    """What the words say about the declared language.

    Attributes:
        agrees: None where it cannot be known.
        found: the language that they are in, where that is another one; "" otherwise.
    """

    agrees: bool | None
    found: str = ""

    def says(self, declared: str) -> str:
        """A sentence for a person; "" where there is nothing to report."""
        if self.agrees is not False:
            return ""
        return f"the file is declared {display_name(declared)}, but its words are {display_name(self.found)}"


#: Text in, BCP 47 primary language out.
Detector = Callable[[str], str]


def compare(text: str, declared: str, detector: Detector | None = None) -> Verdict:
    """Hold the words against a declared language.

    Args:
        text: what viewers see; the beginning is enough.
        declared: BCP 47.
        detector: asked where the frequent words do not settle it; None for not known then.
    """
    language = _primary(declared)
    if not language or language in ("und", "zxx", "mul", "mis"):
        return Verdict(None)
    if plainly_agrees(text, language):
        return Verdict(True)
    known = _lists().get(language)
    # A third of it, and a third of the work, where that is clear.
    some = _words(text[: SAMPLE // 3]) if known else []
    if known and len(some) >= _SOME_WORDS:
        share = _share(some, known)
        if share >= 0.18 and all(share * 1.15 >= _share(some, those) for those in _lists().values()):
            return Verdict(True)
    sample = text[:SAMPLE]
    words = _words(sample)
    if len(words) < _LEAST_WORDS and sum(map(len, words)) < (
        _LEAST_HAN if language in ("zh", "ja") else _LEAST_LETTERS
    ):
        return Verdict(None)
    if language in _SCRIPTS or language in ("zh", "ja"):
        return _by_script(sample, language)
    own = _share(words, known) if known else None
    shares = {code: _share(words, those) for code, those in _lists().items()}
    best = max(shares, key=lambda code: shares[code])
    if known and own is not None:
        if own >= 0.12 and own * 1.15 >= shares[best]:
            return Verdict(True)
        # Neighbours share words (de, la, que), so what counts is those that only one of the two has.
        theirs, ours = _share(words, _lists()[best] - known), _share(words, known - _lists()[best])
        if shares[best] >= 0.18 and theirs >= 0.10 and ours * 4 < theirs and not alike(best, language):
            return Verdict(False, best)
        if own >= 0.08 and ours * 2 >= theirs:
            return Verdict(True)  # two languages at once, or a text of terms: the declared one is there
    elif shares[best] >= 0.30 and _is_latin(words) and not _writes_otherwise(language):
        return Verdict(None) if alike(best, language) else Verdict(False, best)
    return _detected(sample, language, detector)


def plainly_agrees(text: str, language: str) -> bool:
    """Whether the beginning of a text shows at first sight that it is of this language. False means nothing.

    Args:
        text: what viewers see; only the first `GLANCE` characters are looked at.
        language: the primary subtag, in small letters.
    """
    known = _lists().get(language)
    if known:
        # Words with their punctuation are not in the list: they count against, so a plenty here is one for sure.
        words = text[:GLANCE].lower().split()
        return len(words) >= _LEAST_WORDS and sum(map(known.__contains__, words)) >= _PLENTY * len(words)
    first = text[:_SCRIPT_GLANCE]
    if language == "zh" and _letters_of("ja").search(text[:GLANCE]) is not None:
        return False
    own = _letters_of(language) if language in _SCRIPTS or language in ("zh", "ja") else None
    return own is not None and (len(first) - len(own.sub("", first))) * 10 >= len(first) > 50


def _words(text: str) -> list[str]:
    return _WORD.findall(_NOT_SPOKEN.sub(" ", text).casefold().replace("’", "'"))


#: Languages that alone are written in their script, as far as captions go.
_SCRIPTS = {
    "ko": "가-힣", "th": "\u0e00-\u0e7f", "ka": "ა-ჿ", "hy": "Ա-և", "km": "\u1780-\u17ff", "lo": "\u0e80-\u0eff",
    "my": "\u1000-\u109f", "ta": "\u0b80-\u0bff", "te": "\u0c00-\u0c7f", "kn": "\u0c80-\u0cff", "ml": "\u0d00-\u0d7f",
    "gu": "\u0a80-\u0aff", "pa": "\u0a00-\u0a7f", "si": "\u0d80-\u0dff", "or": "\u0b00-\u0b7f",
}  # fmt: skip
_HAN, _KANA = "\u4e00-\u9fff", "\u3041-\u30ff"


@cache
def _letters_of(language: str) -> re.Pattern[str]:
    """The letters that show a language of `_SCRIPTS`, Chinese (Han) or Japanese (kana)."""
    return re.compile(f"[{ {'zh': _HAN, 'ja': _KANA}.get(language) or _SCRIPTS[language] }]+")


def _by_script(sample: str, language: str) -> Verdict:
    """Where the script says the language. What is in another script altogether is A11006's to tell."""
    letters = sum(map(str.isalpha, sample))

    def has(characters: str, part: float) -> bool:
        return len(re.findall(f"[{characters}]", sample)) >= part * max(letters, 1)

    if language == "zh":
        # Japanese is a third or more kana; a Chinese text may quote some.
        return Verdict(False, "ja") if has(_KANA, 0.2) else Verdict(True if has(_HAN, 0.1) else None)
    if language == "ja":
        return Verdict(True) if has(_KANA, 0.05) else Verdict(False, "zh") if has(_HAN, 0.5) else Verdict(None)
    return Verdict(True if has(_SCRIPTS[language], 0.1) else None)


def _detected(sample: str, language: str, detector: Detector | None) -> Verdict:
    known = getattr(detector, "languages", ())
    if detector is None or (known and not any(alike(language, one) for one in known)):
        return Verdict(None)  # of a language that it does not know it would say that it is another one
    size = max(400, len(sample) // 3)
    pieces = [sample[at : at + size] for at in range(0, len(sample), size)]
    found = {detector(piece) for piece in pieces if len(piece) >= 300 or len(pieces) == 1}
    if len(found) != 1 or "" in found:
        return Verdict(None)
    (one,) = found
    if one == language or alike(one, language):
        return Verdict(True)
    return Verdict(False, one)


def alike(one: str, other: str) -> bool:
    """Whether two languages are too near to be told apart by their words."""
    a, b = _primary(one), _primary(other)
    return a == b or any(a in group and b in group for group in _ALIKE)


@cache
def _primary(tag: str) -> str:
    try:
        return canonical(tag).partition("-")[0]
    except ValueError:
        return ""


@cache
def _lists() -> dict[str, frozenset[str]]:
    return {code: frozenset(words.split()) for code, words in _WORDS.items()}


def _share(words: Sequence[str], known: frozenset[str]) -> float:
    """The share of running words that are among these."""
    return sum([word in known for word in words]) / len(words)


def _is_latin(words: Sequence[str]) -> bool:
    return sum(word[0] < "\u0250" for word in words) * 10 >= 9 * len(words)


def _writes_otherwise(language: str) -> bool:
    """Whether a language without a list here is written in letters other than Latin: A11006 tells that better."""
    from langcodes import Language

    return Language.get(language).maximize().script != "Latn"


class _Installed:
    """py3langid as a detector.

    Attributes:
        languages: those that it can find.
    """

    def __init__(self, module: Any) -> None:
        self._classify = module.classify
        self._classify("")  # reads the model
        self.languages = frozenset(map(str, module.IDENTIFIER.nb_classes)) - {"zxx"}

    def __call__(self, text: str) -> str:
        found = str(self._classify(text)[0])
        return "" if found == "zxx" else "nb" if found == "no" else found


@cache
def installed_detector() -> Detector | None:
    """The detector of the extra `captionkit[language]`, or None. Loading it takes half a second and 100 MB."""
    try:
        from py3langid import langid
    except ImportError:
        return None
    return _Installed(langid)
