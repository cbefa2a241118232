"""TXT: the words. Rules only point at them: captionkit never changes what is said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from captionkit import roll_up
from captionkit.lint.profiles import number
from captionkit.lint.rule import INFO, SAFE, UNSAFE, WARNING, Finding, rule, vtt_example
from captionkit.lint.subject import Subject
from captionkit.patterns import pattern


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


@rule(
    "TXT001",
    "empty-cue",
    WARNING,
    fix=UNSAFE,
    bad=vtt_example("00:01.000 --> 00:03.000\nHello there.", "00:04.000 --> 00:06.000"),
    good=_GOOD,
)
def empty_cue(subject: Subject) -> Iterator[Finding]:
    """A cue has no text that can be seen.

    Editors leave them behind; some players show an empty box, some readers lose the cue after it. The fix removes it.
    """
    for index in [i for i, text in enumerate(subject.visible) if not text or not text.strip(" \t\n\u00a0\u200b\ufeff")]:
        yield subject.on_cue(index, "shows nothing")


_EDGE_SPACE = pattern(r"(?m)^[ \t\u00a0]+(?=\S)|(?<=\S)[ \t\u00a0]+$")
_SPACES = (" ", "\t", "\u00a0")


@rule("TXT002", "space-at-line-edge", INFO, fix=SAFE, bad=_cue("Hello there. "), good=_GOOD)
def space_at_line_edge(subject: Subject) -> Iterator[Finding]:
    """A line begins or ends with a space.

    It moves centred text off the centre in players that keep spaces. The fix removes it.
    """
    if subject.has_edge_space:
        for index, raw in enumerate(subject.texts):
            if (
                raw.startswith(_SPACES)
                or raw.endswith(_SPACES)
                or ("\n" in raw and (" \n" in raw or "\n " in raw or "\t" in raw or "\u00a0" in raw))
            ):
                for match in _EDGE_SPACE.finditer(raw):
                    yield subject.in_text(index, match.start(), match.end(), "a space at the edge of the line")


# Two spaces in front, so that the search runs at the speed of looking for them.
_DOUBLE_SPACE = pattern(r"  (?<!   )[ \t]*+(?=\S)")
_DOUBLE_TAB = pattern(r"(?<![ \t])[ \t]{2,}+(?=\S)")


@rule("TXT003", "double-space", INFO, fix=SAFE, bad=_cue("Hello  there."), good=_GOOD)
def double_space(subject: Subject) -> Iterator[Finding]:
    """Two spaces stand in a row.

    WebVTT shows them as one, other players do not. The fix leaves one.
    """
    text = subject.all_text
    if "  " in text or "\t" in text:
        for index, at, match in subject.search(_DOUBLE_TAB if "\t" in text else _DOUBLE_SPACE):
            if at and not subject.texts[index][at - 1].isspace():
                yield subject.in_text(index, at, at + len(match[0]), f"{len(match[0])} spaces in a row")


# A literal in front, so that the search runs at the speed of looking for two characters.
_BEFORE_MARK = {mark: pattern(rf" {re.escape(mark)}(?=[\s\"'”’»)]|$)", re.MULTILINE) for mark in ",;:!?."}


@rule("TXT004", "space-before-punctuation", INFO, fix=UNSAFE, bad=_cue("Hello there !"), good=_cue("Hello there!"))
def space_before_punctuation(subject: Subject) -> Iterator[Finding]:
    """A space stands before a comma, full stop, question or exclamation mark.

    The mark may land alone on the next line. In French a space before `; : ! ?` is right and not reported. The fix
    removes it.
    """
    text = subject.all_text
    marks = ",." if subject.language[:2].lower() == "fr" else _BEFORE_MARK
    for mark in [mark for mark in marks if mark in text and f" {mark}" in text]:
        for index, at, _ in subject.search(_BEFORE_MARK[mark]):
            if at and subject.texts[index][at - 1].isalnum():
                yield subject.in_text(index, at, at + 2, f"a space before {mark!r}")


@rule(
    "TXT005",
    "repeated-cue",
    WARNING,
    fix=UNSAFE,
    bad=_cues("All right then.", "All right then.", "All right then."),
    good=_cues(*_SENTENCES),
)
def repeated_cue(subject: Subject) -> Iterator[Finding]:
    """Three or more cues in a row say the same.

    Speech recognition that has lost the thread repeats itself (Whisper does so in silence and music). Listen to the
    place. The fix keeps the first and holds it longer, up to the longest time that the profile allows a cue.
    """
    for first, count in repeats(subject):
        yield subject.on_cue(first, f"is said {count} times in a row")


def repeats(subject: Subject) -> Iterator[tuple[int, int]]:
    """Runs of three or more cues with the same words: the first's index and how many."""
    texts = subject.visible
    if len(set(texts)) == len(texts):
        return
    other: set[int] | None = None  # cues that repeat what is shown before for another reason
    first = 0
    for index in range(1, len(texts) + 1):
        if index < len(texts) and texts[index] == texts[first]:
            continue
        if index - first >= 3 and len(texts[first].strip()) > 3 and any(map(str.isalpha, texts[first])):
            if other is None:
                other = {*rolling(subject), *(begin + 1 for begin, _ in highlights(subject))}
            if other.isdisjoint(range(first + 1, index)):
                yield first, index - first
        first = index


@rule(
    "TXT006",
    "rolling-duplicate",
    WARNING,
    fix=UNSAFE,
    bad=_cues(
        "and so we begin",
        "and so we begin\nwith the first",
        "with the first\nof the examples",
        "of the examples\nthat we have",
    ),
    good=_cues(*_SENTENCES),
)
def rolling_duplicate(subject: Subject) -> Iterator[Finding]:
    """Cue after cue begins with the line the one before ended with: captions that roll up, saved as cues.

    YouTube's automatic captions come so. Every line is shown twice and read twice, and a screen reader says it twice.
    Told once a file, where it begins. The fix leaves each line once; the words that were repeated go.
    """
    rolled = list(rolling(subject))
    if rolled:
        yield subject.on_cue(
            rolled[0], f"repeats the line before it, as do {len(rolled) - 1} other cues of {len(subject.cues)}"
        )


def rolling(subject: Subject) -> dict[int, tuple[int, int]]:
    """The cues that repeat what the one before shows, by index, with how many lines and characters of the line after
    them they repeat; none where the file as a whole does not roll up."""
    texts = subject.visible
    # Most cues do not begin with anything that stands in the one before: a few characters tell.
    if 3 * sum(1 for above, cue in pairwise(texts) if cue.lstrip()[:4].rstrip() in above and above) < len(texts):
        return {}
    if len(texts) < 4:
        return {}
    shown = [
        roll_up.Shown(start, end, [tidy for line in text.split("\n") if (tidy := line.strip())])
        for start, end, text in zip(subject.starts, subject.ends, subject.visible, strict=True)
    ]
    rolled = roll_up.rolling(shown)
    for first, count in highlights(subject):
        for index in range(first, first + count):
            rolled.pop(index, None)
    return rolled if roll_up.is_rolled_up(len(rolled), len(shown)) else {}


# A mark on one word: what programs that light up the word that is being said write.
_MARKED = pattern(r"<(u|b|i|font|c)(?:[. ][^<>]*)?>([^<>]*)</\1>")


def highlights(subject: Subject) -> list[tuple[int, int]]:
    """Runs of cues that show the same phrase while a mark moves through its words: the first's index and how many."""
    texts, raws = subject.visible, subject.texts
    if texts is raws or len(set(texts)) == len(texts):
        return []
    found: list[tuple[int, int]] = []
    first = 0
    for index in range(1, len(texts) + 1):
        if (
            index < len(texts)
            and texts[index] == texts[first]
            and subject.starts[index] - subject.ends[index - 1] <= _PHRASE_GAP_MS
        ):
            continue
        if index - first >= 2 and _mark_moves(raws[first:index]):
            found.append((first, index - first))
        first = index
    return found


#: Between two words of a phrase nobody pauses longer.
_PHRASE_GAP_MS = 1000


def _mark_moves(raws: Sequence[str]) -> bool:
    """Whether at most one part of each of these is marked, and it is not the same in all."""
    places = set()
    for raw in raws:
        marked = list(_MARKED.finditer(raw))
        if len(marked) > 1 or ("<" in raw and not marked):
            return False
        places.add(marked[0].span(2) if marked else None)
        if marked and len(marked[0][2].split()) > 1:
            return False
    return len(places) > 1


def without_mark(raw: str) -> str:
    """The phrase without the mark on one of its words."""
    return _MARKED.sub(r"\2", raw)


@rule(
    "TXT020",
    "word-highlight",
    WARNING,
    fix=UNSAFE,
    bad=_cues("<u>We</u> look at it.", "We <u>look</u> at it.", "We look <u>at</u> it.", "We look at <u>it.</u>"),
    good=_cues("We look at it."),
)
def word_highlight(subject: Subject) -> Iterator[Finding]:
    """The same phrase is shown again and again while a mark moves through its words.

    Whisper and its like write such files to light up each word as it is said. As captions they flicker, and a screen
    reader says the phrase once for each word. The fix shows each phrase once, over the time of all, and takes the mark
    off; the words that were repeated go. Told once a file, where it begins.
    """
    found = highlights(subject)
    if found:
        count = sum(count for _, count in found)
        yield subject.on_cue(
            found[0][0], f"shows a phrase again for each of its words, as do {count - 1} of {len(subject.cues)} cues"
        )


def _mostly_has_case(text: str) -> bool:
    """Whether the text is in a script with capitals: names and abbreviations do not make it one."""
    letters = [char for char in text if char.isalpha()]
    return len(letters) >= 40 and sum(1 for char in letters if char.lower() != char.upper()) > 0.8 * len(letters)


@rule("TXT007", "all-capitals", INFO, bad=_cues(*[text.upper() for text in _SENTENCES]), good=_cues(*_SENTENCES))
def all_capitals(subject: Subject) -> Iterator[Finding]:
    """The whole file is in capital letters.

    It was the custom of analogue television. Capitals are harder to read, hide names, and screen readers may spell
    them. Scripts without capitals have no such fault, whatever Latin words stand among them.
    """
    sample = subject.all_visible
    head = sample[:200]
    if (
        subject.cues
        and head.upper() == head
        and sample.upper() == sample
        and sample.lower() != sample
        and _mostly_has_case(sample)
    ):
        yield subject.on_file("everything is in capital letters")


@rule(
    "TXT008",
    "looks-like-raw-speech-recognition",
    WARNING,
    bad=_cues(*[text.rstrip(".").lower() for text in _SENTENCES * 2]),
    good=_cues(*_SENTENCES),
)
def looks_like_raw_speech_recognition(subject: Subject) -> Iterator[Finding]:
    """The text has next to no punctuation and no capital letters.

    It comes from speech recognition and nobody has read it: where sentences end cannot be seen, and the words are
    usually wrong in places. Captions that nobody has reviewed are not taken as captions by W3C's accessibility
    initiative.
    """
    text = subject.all_visible
    if len(subject.cues) < 10 or text[:200].upper() == text[:200]:
        return
    marks = sum(text.count(mark) for mark in (".?!," if text.isascii() else ".?!,。，、？！।؟،"))
    if marks * 400 >= len(text):
        return  # far more often than not: the letters need not be counted
    letters = sum(map(str.isalpha, text))
    capitals = sum(1 for char in text if char.isupper())
    if letters >= 100 and marks * 400 < letters and _mostly_has_case(text) and capitals * 100 < letters:
        yield subject.on_file(
            f"{marks} punctuation marks and {capitals} capitals in {letters:,} letters",
            "Have somebody read it against the recording.",
        )


_PLACEHOLDER_TEXT = (
    r"\s*(?i:inaudible|unintelligible|indistinct|unclear|crosstalk|cross talk|\?{1,5}|unverständlich|"
    r"inaudible \d[\d:]*|"
    r"inaudible at \d[\d:]*|incompréhensible|ininteligible|no se entiende|xxx+|todo|tbd|___+)\s*[\])>]"
)
# One for each bracket: a literal in front is found at the speed of looking for a character.
_PLACEHOLDERS = {bracket: pattern(re.escape(bracket) + _PLACEHOLDER_TEXT) for bracket in "[(<"}


@rule(
    "TXT009", "placeholder", WARNING, bad=_cue("And this is [inaudible] then."), good=_cue("And this is entropy then.")
)
def placeholder(subject: Subject) -> Iterator[Finding]:
    """Something was not understood: `[inaudible]`, `[??]`, `(crosstalk)`.

    Somebody who was there, or knows the subject, can fill it in.
    """
    text = subject.all_text
    for bracket in [bracket for bracket in _PLACEHOLDERS if bracket in text]:
        for index, at, match in subject.search(_PLACEHOLDERS[bracket]):
            yield subject.in_text(index, at, at + len(match[0]), f"{match[0]} is still to be filled in")


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
def credit(subject: Subject) -> Iterator[Finding]:
    """A cue names the service that made the captions, or advertises it.

    Nobody says it in the video. Looked for where credits stand: in the first and last cues, and in those that stand
    five seconds or more apart from the rest. The fix removes the cue.
    """
    for index in service_credits(subject):
        yield subject.on_cue(index, "is a credit of the captioning service, not something that is said")


def service_credits(subject: Subject) -> Iterator[int]:
    """The cues that are a service's credit and no more."""
    count = len(subject.cues)
    places = sorted({*range(min(3, count)), *range(max(0, count - 5), count), *subject.apart})
    together = "\n".join([subject.visible[index] for index in places]).lower()
    if not any(one in together for one in _SERVICES):
        return
    for index in places:
        shown = subject.visible[index].lower()
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
def known_hallucination(subject: Subject) -> Iterator[Finding]:
    """A cue says what speech recognition is known to make up in silence: "Thanks for watching!"

    Reported where it stands apart from the rest by five seconds or more, since it may also be said. Listen to the
    place. The fix removes the cue.
    """
    yield from (
        subject.on_cue(index, f"{subject.visible[index].strip()!r} is what speech recognition writes into silence")
        for index in hallucinations(subject)
    )


def hallucinations(subject: Subject) -> Iterator[int]:
    """The cues that are known to be made up, and stand apart."""
    for index in sorted(subject.apart):
        text = subject.visible[index]
        if len(text) < 70 and text.strip(" \n.!?♪…。！").lower() in _HALLUCINATIONS:
            yield index


#: Characters of a cue in which brackets are counted; more than this nobody reads.
_LONGEST_SENTENCE = 1000
_PAIRS = {"(": ")", "[": "]", "{": "}", "“": "”", "«": "»", "（": "）", "「": "」", "『": "』"}


@rule(
    "TXT012", "unbalanced-brackets", WARNING, bad=_cue("And so [music plays on."), good=_cue("And so [music plays] on.")
)
def unbalanced_brackets(subject: Subject) -> Iterator[Finding]:
    """A bracket is opened and never closed, or closed and never opened.

    A reader cannot tell a sound from speech. Brackets that run over a few cues are followed; list numbers such as `1)`
    and smileys are not counted.
    """
    text = subject.all_visible
    for opening, closing in _PAIRS.items():
        if opening not in text and closing not in text:
            continue
        if text.count(opening) == text.count(closing) and opening != "“":
            continue
        yield from _unbalanced(subject, opening, closing)


def _unbalanced(subject: Subject, opening: str, closing: str) -> Iterator[Finding]:
    if opening in "“«" and (
        closing in "“" or subject.language[:2].lower() in ("de", "da", "cs", "sv", "fi", "pl", "bg")
    ):
        return  # these languages use the same marks the other way round
    open_since: list[int] = []
    for index, shown in enumerate(subject.visible):
        if opening not in shown and closing not in shown:
            continue
        line = re.sub(r"(?:^|\s)[\w.]{1,3}\)|[:;]-?[()]|\\[({\[]", " ", shown) if opening == "(" else shown
        for char in line[:_LONGEST_SENTENCE]:
            if char == opening:
                open_since.append(index)
            elif char == closing:
                if open_since:
                    open_since.pop()
                else:
                    yield subject.on_cue(index, f"{closing!r} closes nothing")
        if open_since and index - open_since[0] > 4:
            yield subject.on_cue(open_since.pop(0), f"{opening!r} is not closed")
    for index in open_since:
        yield subject.on_cue(index, f"{opening!r} is not closed")


_HASH_MUSIC = pattern(r"(?m)^[ \t]*#[ \t]+\S.*\S[ \t]+#[ \t]*$")


@rule(
    "TXT013",
    "hash-for-music",
    INFO,
    fix=UNSAFE,
    bad=_cue("# Happy birthday to you #"),
    good=_cue("♪ Happy birthday to you ♪"),
)
def hash_for_music(subject: Subject) -> Iterator[Finding]:
    """Song is marked with `#`.

    Teletext had no note sign. Viewers know ♪, and screen readers say "number". The fix writes ♪.
    """
    if "#" in subject.all_text:
        for index, at, match in subject.search(_HASH_MUSIC):
            yield subject.in_text(index, at, at + len(match[0]), "sung text is marked with ♪ today")


_SPEAKER = pattern(r"(?m)^[ \t]*(?:>>[ \t]*|-[ \t]*)?([^\W\d_][\w.'’ -]{0,28}[\w.)]):(?=[ \t\n]|$)")


def speakers(subject: Subject) -> Counter[str]:
    """The names that stand before a colon at the beginning of a line, or in a voice tag, and how often."""
    found: Counter[str] = Counter()
    if ":" in subject.all_visible:
        for shown in subject.visible:
            if ":" in shown:
                found.update(match[1].strip() for match in _SPEAKER.finditer(shown))
    if "<v" in subject.all_text:
        found.update(
            match[1].strip() for _, _, match in subject.search(re.compile(r"<v(?:\.[^\s<>]*+)?[ \t]++([^<>]++)>"))
        )
    return found


@rule(
    "TXT014",
    "inconsistent-speaker-label",
    INFO,
    bad=_cues("Professor: Hello there.", "PROFESSOR: Let us begin.", "Professor: So be it."),
    good=_cues("Professor: Hello there.", "Professor: Let us begin."),
)
def inconsistent_speaker_label(subject: Subject) -> Iterator[Finding]:
    """The same speaker is written in two ways: `Professor`, `PROFESSOR`.

    Readers may take them for two people.
    """
    names = speakers(subject)
    by_key: dict[str, list[str]] = {}
    for name in names:
        by_key.setdefault(re.sub(r"[\s.]+", " ", name).strip().casefold(), []).append(name)
    for spellings in by_key.values():
        if len(spellings) > 1:
            usual = max(spellings, key=lambda name: names[name])
            for name in spellings:
                if name != usual:
                    index = next((i for i, text in enumerate(subject.texts) if f"{name}" in text), 0)
                    yield subject.on_cue(index, f"the speaker is {name!r} here and {usual!r} elsewhere")


_INVISIBLE = pattern("[\u200b\u00ad\u2060\ufeff]")


@rule("TXT015", "invisible-character", INFO, fix=SAFE, bad=_cue("Hello\u200b there."), good=_GOOD)
def invisible_character(subject: Subject) -> Iterator[Finding]:
    """A zero-width space or soft hyphen stands in the text.

    It is not seen, but search does not find the word, screen readers stumble, and counts go wrong. Joiners and
    direction marks, which some scripts need, are left alone; so is the zero-width space in Thai, Khmer, Lao and
    Burmese. The fix removes it.
    """
    if not subject.has_odd_characters or subject.language[:2].lower() in ("th", "km", "lo", "my"):
        return
    for index, at, match in subject.search(_INVISIBLE):
        yield subject.in_text(index, at, at + 1, f"invisible character U+{ord(match[0]):04X}")


@rule(
    "TXT016",
    "profanity",
    INFO,
    default=False,
    bad=_cue("That darn machine."),
    good=_cue("That machine."),
    context={"select": "TXT016", "options": {"profanity": ["darn"]}},
)
def profanity(subject: Subject) -> Iterator[Finding]:
    """A word from your own list: the option `profanity` under `[check.options]`.

    Captions are to say what is said; the rule is for finding recognition errors that would embarrass. captionkit has no
    list of its own and never changes the word.
    """
    words = subject.options.get("profanity")
    if isinstance(words, (list, tuple)) and words:
        pattern = re.compile(rf"\b(?:{'|'.join(re.escape(str(word)) for word in words)})\b", re.IGNORECASE)
        for index, _, match in subject.search_visible(pattern):
            yield subject.on_cue(index, f"{match[0]!r} is on your list")


@rule("TXT017", "repeated-word", INFO, bad=_cue("We look at the the first."), good=_cue("We look at the first."))
def repeated_word(subject: Subject) -> Iterator[Finding]:
    """A short function word stands twice in a row: `the the`.

    It may have been said; more often it is a slip of the keyboard or of speech recognition. English only. Never
    changed.
    """
    if subject.language[:2].lower() in ("", "en"):
        for index, at, match in subject.search(_TWICE) if _may_repeat(subject.all_lower) else ():
            yield subject.in_text(index, at, at + len(match[0]), f"{match[1]!r} stands twice")


_TWICE = pattern(r"\b(the|a|an|of|to|and|is|in|for|with)[ \t]+\1\b(?![.'’-])", re.IGNORECASE)


def _may_repeat(text: str) -> bool:
    text = text.replace("\n", " ")
    return any(f" {w} {w} " in text for w in ("the", "a", "an", "of", "to", "and", "is", "in", "for", "with"))


@rule(
    "TXT018",
    "dots-for-ellipsis",
    INFO,
    default=False,
    bad=_cue("And so.... we go."),
    good=_cue("And so... we go."),
    context={"select": "TXT018"},
)
def dots_for_ellipsis(subject: Subject) -> Iterator[Finding]:
    """Two, four or more dots in a row.

    An ellipsis is three dots or the sign …; anything else is read as a slip.
    """
    if ".." in subject.all_text:
        for index, at, match in subject.search(re.compile(r"(?<!\.)(?:\.{2}|\.{4,})(?![./])")):
            yield subject.in_text(index, at, at + len(match[0]), f"{number(len(match[0]))} dots in a row")


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
def placeholder_text(subject: Subject) -> Iterator[Finding]:
    """The cue holds a template's sample text.

    `Lorem ipsum`, `Insert text here`, `Your caption here`: somebody forgot to fill it in.
    """
    text = subject.all_lower
    if ("ipsum" in text or " here" in text) and any(sample in text for sample in _SAMPLES):
        for index, _, match in subject.search_visible(
            re.compile(
                r"lorem ipsum|\b(?:insert|your|add) (?:text|caption|subtitle)s? here",
                re.I,
            )
        ):
            yield subject.on_cue(index, f"{match[0]!r} is sample text")


#: A letter that is read from right to left, and marks that belong at the end of what is said.
_RTL = "\u0590-\u05ff\u0600-\u06ff\u0700-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
_MARKS = r".,!?:;\u060c\u061b\u061f"
_DIRECTION = r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]"
#: A line whose last marks stand before its first letter, where players that read from left to right put the end.
WRONG_END = pattern(
    rf"^({_DIRECTION}*)(?!\.\.)([{_MARKS}]{{1,3}})[ \t]*"
    rf"((?:[\"'«»“”]|{_DIRECTION})*[{_RTL}][^\n]*?)([ \t]{{1,8}}-)?({_DIRECTION}{{0,4}})$",
    re.MULTILINE,
)
_ENDED = pattern(rf"[{_MARKS}\u2026][\"'«»“”)\]]*{_DIRECTION}*$")


@rule(
    "TXT021",
    "punctuation-at-wrong-end",
    WARNING,
    fix=UNSAFE,
    file="lecture.he.vtt",
    bad=_cue(".\u05d6\u05d4 \u05e0\u05db\u05d5\u05df"),
    good=_cue("\u200f\u05d6\u05d4 \u05e0\u05db\u05d5\u05df.\u200f"),
    source="https://www.unicode.org/reports/tr9/",
)
def punctuation_at_wrong_end(subject: Subject) -> Iterator[Finding]:
    """A line that is read from right to left begins with the full stop, comma, question or exclamation mark that ends
    it.

    It was typed to look right in a player that writes every line from left to right; browsers, which look at the first
    letter, show it at the wrong end. The fix puts it where it is said, and direction marks on both sides, with which
    both kinds of players show it at the left.
    """
    if subject.all_text.isascii():
        return
    for index, at, match in subject.search(WRONG_END):
        if not _ENDED.search(match[3]):
            yield subject.in_text(index, at, at + len(match[0]), f"{match[2]!r} stands before the first letter")


#: A tag that is closed at once.
EMPTY_SPAN = pattern(r"<([ibucs])(?:\.[^\s<>]*)?></\1>", re.IGNORECASE)


@rule("TXT022", "empty-span", INFO, fix=SAFE, bad=_cue("Hello <i></i>there."), good=_GOOD)
def empty_span(subject: Subject) -> Iterator[Finding]:
    """A tag is opened and closed at once.

    It does nothing. The fix removes it.
    """
    if "></" in subject.all_text:
        for index, at, match in subject.search(EMPTY_SPAN):
            yield subject.in_text(index, at, at + len(match[0]), f"{match[0]} holds nothing")


#: Letters of Latin that look like letters of Cyrillic, and those.
_LATIN = "aceiopxyABCEHIKMOPTXjsS"
_CYRILLIC = "асеіорхуАВСЕНІКМОРТХјѕЅ"
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_MIXED = pattern(r"(?<![^\W\d_])[^\W\d_]*(?:[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z])[^\W\d_]*")


def in_one_script(text: str) -> str:
    """The text with each word that mixes Latin and Cyrillic look-alikes in the script of its other letters."""
    return _MIXED.sub(lambda match: _in_one_script(match[0]) or match[0], text)


def _in_one_script(word: str) -> str | None:
    for table, foreign in ((_TO_CYRILLIC, "[A-Za-z]"), (_TO_LATIN, "[\u0400-\u04ff]")):
        made = word.translate(table)
        if not re.search(foreign, made):
            return made
    return None


@rule(
    "TXT023",
    "mixed-scripts",
    WARNING,
    fix=UNSAFE,
    file="lecture.ru.vtt",
    bad=_cue("Это oчень важно."),
    good=_cue("Это очень важно."),
    source="https://www.unicode.org/reports/tr39/",
)
def mixed_scripts(subject: Subject) -> Iterator[Finding]:
    """A word has letters of two alphabets that look alike: a Latin `o` among Cyrillic letters.

    It looks right, and search, spell checkers and screen readers do not find the word. Scanned text and keyboards that
    were switched too late make such words. Only words that one alphabet can write alone are reported. The fix writes
    them so.
    """
    text = subject.all_text
    if text.isascii() or not _MIXED.search(text):
        return
    for index, at, match in subject.search(_MIXED):
        made = _in_one_script(match[0])
        if made is not None:
            yield subject.in_text(index, at, at + len(match[0]), f"{match[0]!r} mixes two alphabets")
