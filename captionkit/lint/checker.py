"""Hold the rules against documents.

A `Checker` works out once which rules are on, how bad each is and which limits count, and then takes any number of
documents. Pure: it gets documents, it gives diagnostics.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from operator import itemgetter

from captionkit.errors import UsageError
from captionkit.formats.base import collector_paused
from captionkit.lint.context import Context, is_guessed
from captionkit.lint.profiles import Limit, combine
from captionkit.lint.rule import FAMILIES, FIXED, Finding, InFolder, Rule, edit_of, rules, steps
from captionkit.lint.settings import Settings, longest_prefix, matches
from captionkit.lint.summing import counted, is_summed, summed
from captionkit.lint.suppress import Suppressions, read_suppressions
from captionkit.model import Cue, Diagnostic, Document, Edit, Fix, Severity

_NEW = tuple.__new__
#: A finding's line, column and code.
_PLACE = itemgetter(3, 4, 0)

#: One mistake is reported once. Where the first is found the others only follow from it: anywhere in the file ...
_FOLLOWS_IN_FILE = {
    "ENC012": ("",),
    "ENC020": ("VTT", "SRT", "TIM", "LAY", "SPD", "TXT"),
    "VTT001": ("ENC011",),
    "VTT002": ("ENC011",),
    "TIM015": ("TIM010",),
}
#: ... or in the same line.
_FOLLOWS_IN_LINE = {
    "TIM005": ("TIM003",),
    "TIM024": ("TIM003",),
    "TIM016": ("TIM011", "TIM009", "TIM017"),
    "TIM017": ("TIM009",),
    "VTT014": ("ENC015",),
    "VTT024": ("VTT011",),
    "VTT015": ("VTT101",),
    "VTT132": ("VTT122",),
    "VTT203": ("VTT205",),
    "VTT221": ("TIM003",),
}

#: Tracks that nobody reads along with the picture: no reading speed, no line length, no words to judge.
_NOT_READ = {
    "chapters": ("SPD", "LAY", "TXT", "A11", "TIM003", "TIM008", "TIM009", "TIM012", "TIM013", "TIM017", "TIM019"),
    "metadata": ("SPD", "LAY", "TXT", "A11", "TIM003", *(f"TIM{n:03}" for n in range(5, 20)), "VTT2"),
    "descriptions": ("SPD", "LAY", "A11", "TIM008", "TIM009", "TIM012"),
}


class Checker:
    """The rules that are on, ready to be held against documents.

    Args:
        settings: what to check.

    Raises:
        UsageError: for a prefix that no rule has.
        ConfigError: for a profile that does not exist.
    """

    def __init__(self, settings: Settings) -> None:
        settings = settings.with_current_codes()
        self.settings = settings
        self.profile = combine(settings.profiles, settings.custom)
        self.limits: dict[str, Limit] = dict(self.profile.limits)
        every = rules()
        for prefixes in (settings.select, settings.extend_select, settings.ignore):
            _known(prefixes, every.values())
        self.enabled: dict[str, Rule] = {code: rule for code, rule in every.items() if self._is_on(rule)}
        self.severity: dict[str, Severity] = {code: self._severity(rule) for code, rule in every.items()}
        self._of_files = [
            rule
            for rule in self.enabled.values()
            if rule.function is not None
            and not rule.folder
            and not (rule.limits and not any(name in self.limits for name in rule.limits))
        ]
        self._of_folders = [rule for rule in self.enabled.values() if rule.folder]
        # A rule about the other format has nothing to say: it is not even asked.
        self._by_format = {
            "srt": [rule for rule in self._of_files if rule.family != "VTT"],
            "vtt": [rule for rule in self._of_files if rule.family != "SRT"],
        }
        self._summed = {code: rule for code, rule in self.enabled.items() if is_summed(code, settings)}
        # Of these nothing needs to be known but how many there are, where nothing hides some of them.
        follows = {code for codes in _FOLLOWS_IN_LINE.values() for code in codes}
        self._counted = {code for code, rule in self._summed.items() if rule.figures and code not in follows}
        self._off_reader = {code for code in every if code not in self.enabled}
        self._reader_severities = {
            code: self.severity[code] for code, rule in every.items() if self.severity[code] is not rule.severity
        }

    def _is_on(self, rule: Rule) -> bool:
        settings = self.settings
        code = rule.code
        if settings.select:
            chosen = longest_prefix(code, settings.select)
        else:
            chosen = longest_prefix(code, self.profile.select)
            if rule.default:
                chosen = max(chosen, 0)
            if chosen <= longest_prefix(code, self.profile.ignore):
                chosen = -1
        chosen = max(chosen, longest_prefix(code, settings.extend_select))
        if longest_prefix(code, _NOT_READ.get(settings.kind, ())) > chosen:
            return False
        return chosen > longest_prefix(code, settings.ignore)

    def _severity(self, rule: Rule) -> Severity:
        for table in (self.settings.severities, self.profile.severities):
            fitting = [prefix for prefix in table if rule.code.startswith(prefix)]
            if fitting:
                return table[max(fitting, key=len)]
        return rule.severity

    def context(self, document: Document, name: str = "") -> Context:
        """The document as the rules see it under these settings."""
        settings = self.settings
        return Context(
            document,
            name=name or document.path,
            limits=self.limits,
            kind=settings.kind,
            language=settings.language,
            duration_ms=settings.duration_ms,
            fps=settings.fps,
            options=dict(settings.options),
        )

    def check(
        self, document: Document, path: str = "", context: Context | None = None, *, each: bool = False
    ) -> list[Diagnostic]:
        """All findings about one document, by line.

        Args:
            document: what was read.
            path: the name to report; by default the document's own.
            context: the same document with its columns, where the caller has that already.
            each: each finding at its place, also those that the default profile counts (see `summing`).
        """
        path = path or document.path
        context = context or self.context(document, path)
        found = self._of_reader(document, context, path)
        may_suppress = self.settings.suppressions and _may_suppress(document)
        hides = self.settings.per_file_ignores or self.settings.cue_ignores or may_suppress
        with collector_paused(len(context.all_text)):
            found += self._of_rules(context, path, frozenset() if each or hides else self._counted)
        if self.settings.per_file_ignores or self.settings.cue_ignores:
            found = self._not_ignored_here(found, path)
        if may_suppress:
            found = self._not_suppressed(found, read_suppressions(document), context, path)
        if len(found) > 1:
            found = _without_consequences(found)
        if self._summed and not each:
            found = summed(found, self._summed, context, path)
        found.sort(key=_PLACE)
        return found

    @property
    def compares_files(self) -> bool:
        """Whether there are rules that look at all files together."""
        return bool(self._of_folders)

    def check_folder(self, files: Sequence[InFolder]) -> list[Diagnostic]:
        """What only shows when all files are looked at together."""
        found: list[Diagnostic] = []
        for rule in self._of_folders:
            assert rule.function is not None
            for path, finding in rule.function(files):
                one = _diagnostics(rule, self.severity[rule.code], [finding], [], str(path))
                found += self._not_ignored_here(one, str(path))
        return found

    def _of_rules(self, context: Context, path: str, only_counted: AbstractSet[str]) -> list[Diagnostic]:
        """What the rules find; of those that are only counted, how much they find."""
        found: list[Diagnostic] = []
        holds: dict[str, bool] = {"": True}
        for rule in self._by_format.get(context.format, ()):
            if rule.kind and rule.kind != context.kind:
                continue
            needs = rule.needs
            if needs not in holds:
                holds[needs] = context.holds(needs)
            if not holds[needs]:
                continue
            if rule.figures and rule.code in only_counted:
                figures = rule.figures(context)
                if len(figures) > 1:
                    found.append(counted(rule, self.severity[rule.code], figures, context, path))
                if len(figures) != 1:
                    continue
            assert rule.function is not None
            findings = list(rule.function(context))
            if findings:
                found += self._settled(
                    _diagnostics(rule, self.severity[rule.code], findings, context.cues, path), context
                )
        return found

    def _of_reader(self, document: Document, context: Context, path: str) -> list[Diagnostic]:
        diagnostics = document.diagnostics
        if not diagnostics:
            return []
        off, other = self._off_reader, self._reader_severities
        kept = []
        for one in diagnostics:
            code = one[0]
            if code in off:
                continue
            fields = (code, other.get(code, one[1]), *one[2:10], path, one[11], edit_of(code, one[11]))
            kept.append(_NEW(Diagnostic, fields))
        return self._settled(kept, context)

    def _settled(self, found: list[Diagnostic], context: Context) -> list[Diagnostic]:
        """The findings with what mending each of them really takes in this document."""
        guessed, depend = is_guessed(context.document), _depend()
        every = guessed or context.has_doubled_ends
        if not every and not any(one[12] and (one[12][1] or one[0] in depend) for one in found):
            return found
        return [
            _settled(one, context, guessed) if one[12] and (every or one[12][1] or one[0] in depend) else one
            for one in found
        ]

    def _not_ignored_here(self, found: list[Diagnostic], path: str) -> list[Diagnostic]:
        prefixes = tuple(
            prefix for glob, ignored in self.settings.per_file_ignores if matches(path, glob) for prefix in ignored
        )
        cues = [(number, ignored) for glob, number, ignored in self.settings.cue_ignores if matches(path, glob)]
        if not prefixes and not cues:
            return found
        return [
            one
            for one in found
            if longest_prefix(one.code, prefixes) < 0
            and not any(number in (0, one.cue) and longest_prefix(one.code, ignored) >= 0 for number, ignored in cues)
        ]

    def _not_suppressed(
        self, found: list[Diagnostic], comments: Suppressions, context: Context, path: str
    ) -> list[Diagnostic]:
        """Leave out what comments switch off, and report the comments that do nothing."""
        kept = [one for one in found if not comments.covers(one)]
        for code, findings in comments.findings(rules(), self.enabled).items():
            if code in self.enabled:
                made = _diagnostics(self.enabled[code], self.severity[code], findings, [], path)
                kept += self._settled(made, context)
        return kept


def _without_consequences(found: list[Diagnostic]) -> list[Diagnostic]:
    """Leave out what only follows from something else that is reported."""
    codes = {one[0] for one in found}
    for cause in codes & _FOLLOWS_IN_FILE.keys():
        starts = _FOLLOWS_IN_FILE[cause]
        found = [one for one in found if one.code == cause or not one.code.startswith(starts)]
    causes = found
    for cause in sorted(codes & _FOLLOWS_IN_LINE.keys()):
        follows = codes.intersection(_FOLLOWS_IN_LINE[cause])
        if follows:
            lines = {one[3] for one in causes if one[0] == cause}
            lines.update([line + 1 for line in lines])  # an identifier and its timing line
            found = [one for one in found if one[3] not in lines or one[0] not in follows]
    return found


def _may_suppress(document: Document) -> bool:
    return document.format == "vtt" and any("captionkit:" in note.text for note in document.notes)


def _diagnostics(
    rule: Rule, severity: Severity, findings: Iterable[Finding], cues: Sequence[Cue], path: str
) -> list[Diagnostic]:
    code, usual = rule.code, rule.fix
    usual_edit = edit_of(code, usual)
    made = []
    # As a tuple of its class, past the class's own, slower, constructor: a library has hundreds of thousands.
    for message, line, column, end_line, end_column, index, hint, fix, spans in findings:
        edit = edit_of(code, fix) if fix else usual_edit
        if edit and spans:
            edit = Edit(edit.steps, spans)
        cue, time = (None, None) if index is None else (index + 1, cues[index][0])
        fields = (code, severity, message, line, column, end_line, end_column, cue, time)
        made.append(_NEW(Diagnostic, (*fields, hint, path, fix or usual, edit)))
    return made


@cache
def _depend() -> frozenset[str]:
    """The codes of findings that are mended in one document with less than in another."""
    return frozenset(code for step in steps() if step.takes for code in step.codes)


_NO_INK = " \t\u00a0\u00ad\u200b\u2060\ufeff"


def _empties_line(text: str, start: int, end: int, instead: str) -> bool:
    """Whether nothing that has ink would be left of a line of this text."""
    if instead.strip(_NO_INK) or text[end : end + 1].strip() or text[max(start - 1, 0) : start].strip():
        return False
    line_end = text.find("\n", end)
    return not (text[text.rfind("\n", 0, start) + 1 : start] + text[end : line_end if line_end >= 0 else None]).strip(
        _NO_INK
    )


def _settled(one: Diagnostic, context: Context, guessed: bool) -> Diagnostic:
    assert one.edit is not None
    fix, spans = one.fix, one.edit.spans
    source = context.document.source
    if guessed and fix is not Fix.UNSAFE and not all(step.keeps_text for step in one.edit.steps):
        # Where some bytes have no meaning, text that is written anew would lose them.
        fix = Fix.NONE if source and source.data is not None else Fix.UNSAFE
    if fix is Fix.SAFE and context.has_doubled_ends:
        fix = Fix.RESTORES
    if one.cue and fix is Fix.SAFE and any(_empties_line(context.texts[one.cue - 1], *span) for span in spans):
        fix = Fix.UNSAFE  # at a blank line the cue ends to some players, or begins another
    for step in one.edit.steps:
        if fix in FIXED and step.takes and (more := step.takes(context, one)) not in FIXED[: FIXED.index(fix)]:
            fix = more
    if fix is one.fix:
        return one
    edit = edit_of(one.code, fix)
    return one._replace(fix=fix, edit=edit and Edit(edit.steps, spans))


def _known(prefixes: Iterable[str], every: Iterable[Rule]) -> None:
    codes = [rule.code for rule in every]
    for prefix in prefixes:
        if prefix == "ALL" or any(code.startswith(prefix) for code in codes):
            continue
        from difflib import get_close_matches

        by_name = [rule.code for rule in every if rule.name == prefix.lower()]
        near = by_name or get_close_matches(prefix.upper(), [*codes, *FAMILIES], n=3)
        raise UsageError(
            f"no rule begins with {prefix!r}",
            hint=f"Did you mean {' or '.join(near)}?" if near else "`captionkit rules` lists them.",
        )
