"""What a check is to do: the rules, the limits, the exceptions. From the command line, or from the configuration.

The file is read by `captionkit.lint.configuration`; this module has no I/O and knows only values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from captionkit.lint.profiles import Profile
from captionkit.lint.rule import RENAMED, current
from captionkit.model import Severity, repr_of


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that decides which findings a file has. Two equal settings give equal findings: the cache counts on
    it.

    Attributes:
        profiles: the names of the profiles that count together.
        select: code prefixes ("TIM", "VTT2", "SRT003", or "ALL") instead of the profile's choice; () for the profile's.
        extend_select: prefixes besides those.
        ignore: prefixes to leave out; of a select and an ignore the longer one counts.
        per_file_ignores: a glob over the path, and the prefixes to leave out there.
        cue_ignores: a glob over the path, the cue's number from 1 (0 for all), and the prefixes: what a comment does in
            WebVTT, for SRT, which has none.
        severities: another severity for the rules with this prefix.
        custom: profiles of the configuration by name.
        kind: captions, subtitles, descriptions, chapters or metadata; "" where not known.
        language: BCP 47; "" to take it from each file.
        duration_ms: how long the media runs; 0 where not known.
        fps: frames a second.
        encoding: of all files that are not UTF-8; "" to find out.
        encodings: a glob over the path, and the encoding of files there that are not UTF-8; the first that fits counts.
        options: for single rules, by name.
        suppressions: whether comments in the files count.
        each: each finding at its place, also those that the default profile counts; see `summing`.
    """

    profiles: tuple[str, ...] = ("default",)
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    cue_ignores: tuple[tuple[str, int, tuple[str, ...]], ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    custom: Mapping[str, Profile] = field(default_factory=dict)
    kind: str = ""
    language: str = ""
    duration_ms: int = 0
    fps: float = 24.0
    encoding: str = ""
    encodings: tuple[tuple[str, str], ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)
    suppressions: bool = True
    each: bool = False

    def __repr__(self) -> str:
        """`Settings(profiles=('netflix',), language='en')`: what is not as usual."""
        return repr_of(self)

    def renamed(self) -> dict[str, tuple[str, ...]]:
        """The codes named here that have another name now, and that name."""
        named = [*self.select, *self.extend_select, *self.ignore, *self.severities]
        named += [code for _, codes in self.per_file_ignores for code in codes]
        named += [code for _, _, codes in self.cue_ignores for code in codes]
        named += [code for one in self.custom.values() for code in (*one.select, *one.ignore, *one.severities)]
        return {code: RENAMED[code] for code in named if code in RENAMED}

    def with_current_codes(self) -> Settings:
        """The same with the codes as they are called now."""
        if not self.renamed():
            return self
        custom = {
            name: one._replace(
                select=current(one.select), ignore=current(one.ignore), severities=_current_keys(one.severities)
            )
            for name, one in self.custom.items()
        }
        return replace(
            self,
            select=current(self.select),
            extend_select=current(self.extend_select),
            ignore=current(self.ignore),
            per_file_ignores=tuple((glob, current(codes)) for glob, codes in self.per_file_ignores),
            cue_ignores=tuple((glob, cue, current(codes)) for glob, cue, codes in self.cue_ignores),
            severities=_current_keys(self.severities),
            custom=custom,
        )

    def encoding_of(self, path: str) -> str:
        """The encoding of a file that is not UTF-8; "" where nobody says."""
        return self.encoding or next((name for glob, name in self.encodings if matches(path, glob)), "")

    def fingerprint(self) -> str:
        """A short text that differs where the findings may differ."""
        from hashlib import sha256

        parts = [
            repr(getattr(self, name)) for name in self.__slots__ if name not in ("severities", "custom", "options")
        ]
        parts += [
            repr(sorted((k, repr(v)) for k, v in m.items())) for m in (self.severities, self.custom, self.options)
        ]
        return sha256("\0".join(parts).encode()).hexdigest()[:16]


def _current_keys(table: Mapping[str, Severity]) -> dict[str, Severity]:
    return {new: severity for code, severity in table.items() for new in current((code,))}


def matches(path: str, pattern: str) -> bool:
    """Whether a path is meant by a glob of the configuration: its name, its whole path, or a folder on the way."""
    path = path.replace("\\", "/").removeprefix("./")
    pattern = pattern.replace("\\", "/").removeprefix("./")
    name = path.rsplit("/", 1)[-1]
    if fnmatchcase(path, pattern) or fnmatchcase(name, pattern) or fnmatchcase(path, f"*/{pattern}"):
        return True
    folder = pattern.rstrip("/") + "/*"
    return fnmatchcase(path, folder) or fnmatchcase(path, f"*/{folder}")


def longest_prefix(code: str, prefixes: tuple[str, ...]) -> int:
    """How much of a code the most exact of these prefixes names; 0 for "ALL" (as 1), -1 for none."""
    best = -1
    for prefix in prefixes:
        if prefix == "ALL":
            best = max(best, 0)
        elif code.startswith(prefix):
            best = max(best, len(prefix))
    return best
