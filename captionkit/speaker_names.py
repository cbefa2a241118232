"""Whether what stands before a colon may be who speaks: `Ana Ruiz`, not `Remember how it scales`. Pure."""

from __future__ import annotations

from captionkit.patterns import pattern
from captionkit.scripts import is_unspaced

#: What stands before a colon in speech.
NO_NAMES = frozenset(
    ("note", "notes", "example", "examples", "question", "answer", "warning", "remember", "hint", "tip", "first",
     "second", "third", "today", "task", "definition", "theorem", "proof", "result", "summary", "conclusion", "reason",
     "problem", "solution", "homework", "reading", "source", "key", "agenda", "next", "finally", "so", "and", "but",
     "the", "this", "that", "these", "those", "here", "there", "my", "our", "your", "its", "what", "why", "how", "when",
     "where", "which", "again", "now", "then", "it", "we", "i", "you", "that's", "here's", "important", "imagine",
     "recall", "because", "also", "yes", "no", "or", "if", "as", "in", "step", "part", "case", "option", "rule")
)  # fmt: skip

#: Small words within names, and in lists of them.
_WITHIN_NAMES = frozenset(
    ("de", "da", "di", "do", "dos", "du", "des", "del", "della", "der", "den", "van", "von", "vom", "zu", "zum", "la",
     "le", "el", "al", "ibn", "bin", "of", "the", "and", "y", "e", "og", "och", "und", "et", "i")
)  # fmt: skip
_ROLES = frozenset(
    ("speaker", "student", "teacher", "professor", "lecturer", "instructor", "narrator", "host", "guest", "moderator",
     "interviewer", "interviewee", "voice", "man", "woman", "male", "female", "boy", "girl", "child", "person",
     "audience", "participant", "member", "presenter", "translator", "interpreter", "reporter", "announcer")
)  # fmt: skip
#: Of a name in a script that puts no spaces between words, in characters.
_LONGEST_UNSPACED = 10
_WORD = pattern(r"[^\W_]+(?:['’][^\W_]+)*")


def may_be_a_name(label: str) -> bool:
    """Whether a label may name somebody. Small words make a sentence of three words or more, unless one is a role."""
    words = _WORD.findall(label)
    if any(word.casefold() in _ROLES for word in words):
        return True
    if not words or words[0].casefold().replace("’", "'") in NO_NAMES:
        return False
    if len(label) > _LONGEST_UNSPACED and any(map(is_unspaced, label)):
        return False
    small = [word for word in words[1:] if word[0].islower() and word not in _WITHIN_NAMES]
    return len(words) < 3 or not small


def is_a_name(label: str) -> bool:
    """Whether a label surely looks like one, so that it is believed where it is said once: `Ana Ruiz`, `Speaker 2`."""
    words = _WORD.findall(label)
    return bool(words) and all(word[0].isupper() or word.isdecimal() for word in words) and may_be_a_name(label)
