"""A guess at the character set of bytes that are neither UTF-8 nor marked: who writes what, and what its letters are.

Theory of operation. The older character sets have no signature, and most bytes mean a letter in most of them. What
tells them apart is the language: 0xF5 is ő to a Hungarian and õ to an Estonian. So a text is decoded in each set that
its language was ever written in, and the reading that looks most like the language wins: letters that the language has
count for it, letters of others against it, so do signs within words, control characters, and a capital behind a small
letter. Where two sets read a text alike, the first of the list is taken. Without a language all languages are tried,
and the one that fits best decides; that is right less often, so a language is worth to be known.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple
from unicodedata import category

#: Text enough to tell; looking at more costs time and changes nothing.
_ENOUGH = 1 << 16

_WESTERN = ("cp1252", "mac_roman", "cp850", "cp437")
_CENTRAL = ("cp1250", "iso8859_2", "cp852", "mac_latin2")
_BALTIC = ("cp1257", "iso8859_4", "cp775")
_CYRILLIC = ("cp1251", "koi8_r", "iso8859_5", "cp866", "mac_cyrillic", "cp855")
_UKRAINIAN = ("cp1251", "koi8_u", "iso8859_5", "cp866", "mac_cyrillic")


class _Alphabet(NamedTuple):
    """How a language is written.

    Attributes:
        charsets: those it was written in, the most usual first.
        letters: those beyond ASCII, small, the most frequent first.
        script: "L" where only some letters are beyond ASCII, else "N": all are.
    """

    charsets: tuple[str, ...]
    letters: str
    script: str = "L"


#: The first that fits is taken, so what is usual stands above what is rare.
_ALPHABETS: Mapping[str, _Alphabet] = {
    "fr": _Alphabet(_WESTERN, "éèàêçùâîôûëïœüæÿ"),
    "de": _Alphabet(_WESTERN, "üäößéàè"),
    "es": _Alphabet(_WESTERN, "óíáéñúü"),
    "pt": _Alphabet((*_WESTERN, "cp860"), "ãçáéíóêõâúàôü"),
    "it": _Alphabet(_WESTERN, "èàùòìéîóí"),
    "nl": _Alphabet(_WESTERN, "ëéïèöüêà"),
    "sv": _Alphabet(_WESTERN, "äåöéàü"),
    "da": _Alphabet((*_WESTERN, "cp865"), "øåæéöüäó"),
    "nb": _Alphabet((*_WESTERN, "cp865"), "øåæéòôèäö"),
    "fi": _Alphabet(_WESTERN, "äöåéšž"),
    "is": _Alphabet((*_WESTERN, "mac_iceland", "cp861"), "ðáíþóæöéúý"),
    "ca": _Alphabet(_WESTERN, "éàóèíçòúïü·"),
    "gl": _Alphabet(_WESTERN, "óíáéñúüï"),
    "ga": _Alphabet(_WESTERN, "áíéóú"),
    "en": _Alphabet(_WESTERN, "éèñïöüàçáóíêâôäëåøæœ"),
    "et": _Alphabet(("cp1257", "cp1252", *_BALTIC[1:], "iso8859_15", "cp850"), "äõüöšž"),
    "lv": _Alphabet(_BALTIC, "āīēšņūļģķžčŗō"),
    "lt": _Alphabet(_BALTIC, "ėšįžųūčęąó"),
    "hu": _Alphabet(_CENTRAL, "áéőöíüóúű"),
    "pl": _Alphabet(_CENTRAL, "ęążłóśćńźé"),
    "cs": _Alphabet(_CENTRAL, "íáéěšýřčžůúňťďóüö"),
    "sk": _Alphabet(_CENTRAL, "áíéýčšžúľťôňďóäŕĺě"),
    "sl": _Alphabet(_CENTRAL, "čšžćđéá"),
    "hr": _Alphabet(_CENTRAL, "čšžćđéá"),
    "sr-Latn": _Alphabet(_CENTRAL, "čšžćđéá"),
    "ro": _Alphabet((*_CENTRAL[:2], "iso8859_16", *_CENTRAL[2:], "mac_romanian"), "ăîâțşţșéöá"),
    "sq": _Alphabet(("cp1252", *_CENTRAL, "cp850"), "ëçéâ"),
    "tr": _Alphabet(("cp1254", "cp857", "mac_turkish"), "ıüşçğöâîûé"),
    "az": _Alphabet(("cp1254", "cp857"), "əıüşçğö"),
    "mt": _Alphabet(("iso8859_3",), "ħżġċàèòù"),
    "eo": _Alphabet(("iso8859_3",), "ĉĝĥĵŝŭé"),
    "vi": _Alphabet(("cp1258",), "đăâêôơưáàéèíìóòúùý"),
    "ru": _Alphabet(_CYRILLIC, "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", "N"),
    "uk": _Alphabet(_UKRAINIAN, "оанивіетрслкдмупязьбгчйхжшїюєщцфґ", "N"),
    "bg": _Alphabet(_CYRILLIC, "аиоентсрвлдкмпзгъубчхжщйюцшяьф", "N"),
    "be": _Alphabet(_UKRAINIAN, "анаоеірстклуывпдмязбьйчгшжхцўюэфё", "N"),
    "sr": _Alphabet(_CYRILLIC, "аоиенрсјтукдвмлпзгбчшцжхљњћђфџ", "N"),
    "mk": _Alphabet(_CYRILLIC, "аоиентсрвдклмпугјзбчшжцќѓљњфхџѕ", "N"),
    "el": _Alphabet(("cp1253", "iso8859_7", "cp737", "mac_greek", "cp869"), "ατοειηςνσρκπμυλόίγέήάδθώχύφβξζψϊϋΐΰ", "N"),
    "he": _Alphabet(("cp1255", "iso8859_8", "cp862"), "יוהלאמרתבשנכםדקפחעגטסזןךצץף", "N"),
    "ar": _Alphabet(("cp1256", "iso8859_6", "cp720"), "ايلمنوتربدعسهفكقحةجطشأذصىخإثضغئزظءآؤ", "N"),
    "fa": _Alphabet(("cp1256", "iso8859_6"), "انیردمهوتبسشزکگقفخپعلجحغچصطضئيكژظذآثؤءأ", "N"),
    "ur": _Alphabet(("cp1256",), "اینرکےوہسملبتدگپقٹچعفزشجخحھںڈصڑطضظئغذآثأؤ", "N"),
    "th": _Alphabet(("cp874", "mac_thai"), "านรอกเงมยลวดทสตะปบคหแจพชขใไโผถซธศณฉภฟญษฝฮฐฎฏฑฒฌฆฤๆ", "N"),
    "ja": _Alphabet(("cp932", "euc_jp", "shift_jis_2004"), "", "N"),
    "zh": _Alphabet(("gb18030", "cp950"), "", "N"),
    "zh-Hant": _Alphabet(("cp950", "big5hkscs", "gb18030"), "", "N"),
    "ko": _Alphabet(("cp949", "johab"), "", "N"),
}  # fmt: skip

#: Languages written like another one of the table.
_LIKE = {
    "no": "nb", "nn": "nb", "bs": "hr", "sh": "hr", "eu": "es", "ast": "es", "af": "nl", "fo": "is", "id": "en",
    "ms": "en", "sw": "en", "tl": "en", "fil": "en", "cy": "fr", "br": "fr", "lb": "de", "ht": "fr", "ps": "ar",
    "ug": "ar", "yi": "he", "iw": "he", "yue": "zh-Hant", "cmn": "zh", "mo": "ro",
}  # fmt: skip
_TRADITIONAL = ("hant", "tw", "hk", "mo")

_ESCAPES = ((b"\x1b$B", "iso2022_jp"), (b"\x1b$@", "iso2022_jp"), (b"\x1b$)C", "iso2022_kr"), (b"~{", "hz"))

#: Marks that any language writes.
_PUNCTUATION = frozenset("’‘‚“”„«»‹›…–—\xa0·•°€£§№´")
_PAIR = re.compile(r"(?=([^\W\d_])([^\W\d_]))(?:[^\x00-\x7f]|[a-zA-Z](?=[^\x00-\x7f]))")
_LATIN = re.compile("[a-zA-Z]")
_SPANISH = frozenset("¿¡ªº")

#: What is kept against a reading, for each character.
_FOREIGN, _SIGN, _CONTROL, _CASE, _MIXED = -1.5, -2.0, -30.0, -2.0, -2.0
#: Below this, on average, a text does not look like the language at all.
_UNLIKELY = -0.25


def escaped(data: bytes) -> str:
    """The charset of text in ASCII that switches to others by escape sequences (ISO 2022, HZ); "" for plain ASCII."""
    for sequence, charset in _ESCAPES:
        if sequence in data:
            try:
                text = data.decode(charset)
            except UnicodeDecodeError:
                continue
            # `~{` may also stand in what somebody wrote.
            if charset != "hz" or (b"~}" in data and any(char > "\u3000" for char in text)):
                return charset
    return ""


def guess(data: bytes, language: str = "") -> str:
    """The charset, by its Python name, that these bytes are most likely in; "" where none fits.

    Args:
        language: BCP 47, where it is known.
    """
    sample = _sample(data)
    best, charset = _best(sample, data, _written_like(language)) if language else (_UNLIKELY, "")
    if not charset or best <= _UNLIKELY:
        # The language is not known, or the file is not in the language that its name says.
        charset = _best(sample, data, tuple(_ALPHABETS))[1] or charset
    return charset


def _written_like(language: str) -> tuple[str, ...]:
    primary, *rest = language.lower().replace("_", "-").split("-")
    if primary in ("zh", "cmn") and any(part in _TRADITIONAL for part in rest):
        return ("zh-Hant",)
    if primary == "sr":
        return ("sr-Latn",) if "latn" in rest else ("sr",) if "cyrl" in rest else ("sr", "sr-Latn")
    name = _LIKE.get(primary, primary)
    return (name,) if name in _ALPHABETS else ()


def _sample(data: bytes) -> bytes:
    """As much as is enough, and only the lines that say something: those with a byte beyond ASCII."""
    if len(data) <= _ENOUGH:
        return data
    cut = data.find(b"\n", _ENOUGH)
    return data[: cut if cut >= 0 else len(data)]


def _best(sample: bytes, data: bytes, languages: tuple[str, ...]) -> tuple[float, str]:
    """The charset of these languages in which the text looks most like one of them, and how much it does."""
    readings: dict[str, _Seen | None] = {}
    best, found = float("-inf"), ""
    for language in languages:
        alphabet = _ALPHABETS[language]
        for charset in alphabet.charsets:
            if charset not in readings:
                readings[charset] = _seen(sample, charset)
            seen = readings[charset]
            if seen is None:
                continue
            score = _likeness(seen, language, alphabet)
            if score > best + 1e-9 and _reads(data, sample, charset):
                best, found = score, charset
    return best, found


def _reads(data: bytes, sample: bytes, charset: str) -> bool:
    if data is sample:
        return True
    try:
        data.decode(charset)
    except UnicodeDecodeError:
        return False
    return True


class _Seen(NamedTuple):
    """What a reading of the bytes shows.

    Attributes:
        counts: how often each character beyond ASCII stands there.
        total: of them together.
        capitals_inside: capitals behind a small letter, one of the two beyond ASCII.
        mixed: how often a letter beyond ASCII stands beside one of ASCII.
        latin: letters of ASCII.
    """

    counts: Counter[str]
    total: int
    capitals_inside: int
    mixed: int
    latin: int


def _seen(data: bytes, charset: str) -> _Seen | None:
    try:
        text = data.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return None
    counts = Counter(re.findall(r"[^\x00-\x7f]", text))
    capitals = mixed = 0
    for match in _PAIR.finditer(text):
        one, other = match[1], match[2]
        capitals += one.islower() and other.isupper()
        mixed += one.isascii() or other.isascii()
    return _Seen(counts, sum(counts.values()), capitals, mixed, len(_LATIN.findall(text)))


def _likeness(seen: _Seen, language: str, alphabet: _Alphabet) -> float:
    """How much a reading looks like a language: about 1 for a good one, below 0 for one that cannot be right."""
    if not seen.total:
        return 0.0
    weights = _weights(language)
    known = 0.0
    capitals = small = 0
    for char, count in seen.counts.items():
        known += count * (weights[char] if char in weights else _other(char, language))
        if char.isupper():
            capitals += count
        elif char.islower():
            small += count
    known += _CASE * seen.capitals_inside
    if alphabet.script == "N":
        # All letters of a word are of one script, and most are small; East Asian words have no edges to be seen.
        known += (_MIXED if alphabet.letters else _MIXED / 3) * seen.mixed - 0.5 * max(capitals - small, 0)
    else:
        known -= max(seen.total - seen.latin, 0)
    return known / seen.total


@cache
def _weights(language: str) -> Mapping[str, float]:
    """What each letter of a language counts for it: frequent ones more where all letters are beyond ASCII."""
    alphabet = _ALPHABETS[language]
    many = len(alphabet.letters)
    weights: dict[str, float] = {}
    for rank, letter in enumerate(alphabet.letters):
        weight = 1.0 if alphabet.script == "L" else 1.3 - 0.8 * rank / many
        weights.setdefault(letter, weight)
        if len(letter.upper()) == 1:
            weights.setdefault(letter.upper(), weight)
    if language == "tr" or language == "az":
        weights["İ"] = 1.0
    if language in ("es", "gl", "ca"):
        weights |= dict.fromkeys(_SPANISH, 0.7)
    return weights


@cache
def _other(char: str, language: str) -> float:
    """What a character that is not in the alphabet counts."""
    if char in _PUNCTUATION:
        return 0.6
    if language in ("ja", "zh", "zh-Hant", "ko"):
        return _east_asian(char, language)
    kind = category(char)
    if kind[0] == "M" and language in ("vi", "he", "ar", "fa", "ur", "th"):
        return 0.8
    if kind[0] == "C":
        # Direction marks and joiners are no mistake; control characters are.
        return 0.0 if char in "\u200c\u200d\u200e\u200f" else _CONTROL
    return _FOREIGN if kind[0] == "L" else _SIGN


def _east_asian(char: str, language: str) -> float:
    if "\u3041" <= char <= "\u30ff":
        return 1.3 if language == "ja" else -0.5
    if "\uac00" <= char <= "\ud7a3":
        return 1.2 if language == "ko" and _has(char, "euc_kr") else -1.5
    if "\u3000" <= char <= "\u303f" or "\uff01" <= char <= "\uff5e":
        return 0.8
    if "\uff61" <= char <= "\uff9f":
        return -1.0 if language != "ja" else -0.5  # half-width kana: Japanese, but rare
    if "\u4e00" <= char <= "\u9fff":
        return _ideograph(char, language)
    kind = category(char)
    return _CONTROL if kind[0] == "C" else _SIGN


_FREQUENT = {"zh": ("gb2312", 0xB0, 0xD7), "zh-Hant": ("big5", 0xA4, 0xC6), "ja": ("euc_jp", 0xB0, 0xCF)}


def _ideograph(char: str, language: str) -> float:
    """Each standard puts the frequent characters first: rows 16 to 55 of GB 2312, 16 to 47 of JIS, A4 to C6 of Big5."""
    if language == "ko":
        return -0.2
    charset, first, last = {
        "zh": ("gb2312", 0xB0, 0xD7),
        "zh-Hant": ("big5", 0xA4, 0xC6),
        "ja": ("euc_jp", 0xB0, 0xCF),
    }[language]
    try:
        lead = char.encode(charset)[0]
    except UnicodeEncodeError:
        return -1.5
    return 1.0 if first <= lead <= last else -0.6


def _has(char: str, charset: str) -> bool:
    try:
        char.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
