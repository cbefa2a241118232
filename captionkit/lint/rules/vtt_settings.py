"""VTT120 to VTT144: where a cue is shown, and regions. The parser of `captionkit.formats` says what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from captionkit.lint.places import Places
from captionkit.lint.rule import ERROR, INFO, SAFE, UNSAFE, WARNING, Finding, rule, vtt_example
from captionkit.lint.subject import Subject

_SETTINGS = "https://www.w3.org/TR/webvtt1/#webvtt-cue-settings"
_REGIONS = "https://www.w3.org/TR/webvtt1/#webvtt-region-settings"


def _cue(settings: str) -> str:
    return vtt_example(f"00:01.000 --> 00:03.000 {settings}\nHello there.")


def _in_region(region: str, settings: str = "region:top") -> str:
    return vtt_example(f"REGION\n{region}", f"00:01.000 --> 00:03.000 {settings}\nHello there.")


def _wrong(subject: Subject, code: str) -> Iterator[Finding]:
    for index, problem in subject.settings_problems.get(code, ()):
        yield subject.in_settings(index, problem.token, problem.message)


@rule(
    "VTT120", "unknown-setting", WARNING, fix=UNSAFE, source=_SETTINGS, bad=_cue("colour:red"), good=_cue("align:start")
)
def unknown_setting(subject: Subject) -> Iterator[Finding]:
    """There is no cue setting of that name.

    Browsers step over it, so what it was to do is not done. The fix removes it.
    """
    return _wrong(subject, "VTT120")


@rule(
    "VTT121",
    "duplicate-setting",
    ERROR,
    fix=UNSAFE,
    source=_SETTINGS,
    bad=_cue("align:start align:end"),
    good=_cue("align:end"),
)
def duplicate_setting(subject: Subject) -> Iterator[Finding]:
    """A setting stands twice.

    The last one counts in a browser; others take the first. The fix keeps the last.
    """
    return _wrong(subject, "VTT121")


@rule("VTT122", "malformed-setting", ERROR, fix=UNSAFE, source=_SETTINGS, bad=_cue("start"), good=_cue("align:start"))
def malformed_setting(subject: Subject) -> Iterator[Finding]:
    """Something after the end time is no setting: settings are written `name:value`.

    Browsers step over it. The fix moves words into the text, since often the cue's first line has slipped up, and
    removes anything else.
    """
    return _wrong(subject, "VTT122")


@rule(
    "VTT123",
    "percentage-out-of-range",
    ERROR,
    fix=UNSAFE,
    source=_SETTINGS,
    bad=_cue("size:120%"),
    good=_cue("size:80%"),
)
def percentage_out_of_range(subject: Subject) -> Iterator[Finding]:
    """A percentage is above 100, or is no percentage.

    Browsers ignore the setting and put the cue at its usual place. The fix removes it.
    """
    return _wrong(subject, "VTT123")


@rule("VTT124", "bad-vertical", ERROR, fix=UNSAFE, source=_SETTINGS, bad=_cue("vertical:tb"), good=_cue("vertical:rl"))
def bad_vertical(subject: Subject) -> Iterator[Finding]:
    """`vertical` is neither `rl` nor `lr`.

    The text is then written horizontally. The fix removes the setting.
    """
    return _wrong(subject, "VTT124")


@rule("VTT125", "bad-line", ERROR, fix=UNSAFE, source=_SETTINGS, bad=_cue("line:top"), good=_cue("line:0"))
def bad_line(subject: Subject) -> Iterator[Finding]:
    """`line` is neither a whole number nor a percentage.

    Browsers take decimals, although the syntax has none, and ignore anything else: the cue may cover what it was to
    keep free. The fix rounds a decimal and removes anything else.
    """
    return _wrong(subject, "VTT125")


@rule(
    "VTT126",
    "bad-line-align",
    ERROR,
    fix=UNSAFE,
    source=_SETTINGS,
    bad=_cue("line:50%,middle"),
    good=_cue("line:50%,center"),
)
def bad_line_align(subject: Subject) -> Iterator[Finding]:
    """The alignment after `line` is none of `start`, `center`, `end`.

    Browsers then ignore the whole setting. The fix removes it.
    """
    return _wrong(subject, "VTT126")


@rule(
    "VTT127", "bad-position", ERROR, fix=UNSAFE, source=_SETTINGS, bad=_cue("position:left"), good=_cue("position:10%")
)
def bad_position(subject: Subject) -> Iterator[Finding]:
    """`position` is no percentage.

    Browsers ignore it. The fix removes the setting.
    """
    return _wrong(subject, "VTT127")


@rule(
    "VTT128",
    "bad-position-align",
    ERROR,
    fix=UNSAFE,
    source=_SETTINGS,
    bad=_cue("position:10%,start"),
    good=_cue("position:10%,line-left"),
)
def bad_position_align(subject: Subject) -> Iterator[Finding]:
    """The alignment after `position` is none of `line-left`, `center`, `line-right`.

    Earlier drafts had `start`, `middle` and `end`; today's browsers ignore the whole setting. The fix writes what the
    draft meant, which makes the setting work: the cue moves to where its author put it.
    """
    return _wrong(subject, "VTT128")


@rule("VTT129", "bad-align", ERROR, fix=SAFE, source=_SETTINGS, bad=_cue("align:middle"), good=_cue("align:center"))
def bad_align(subject: Subject) -> Iterator[Finding]:
    """`align` is none of `start`, `center`, `end`, `left`, `right`.

    `align:middle` is from an earlier draft and still in vendors' files. Browsers ignore it and centre the text, so the
    fix, `align:center`, changes nothing on the screen; any other value is removed only with --unsafe-fixes.
    """
    return _wrong(subject, "VTT129")


@rule("VTT130", "unknown-region", ERROR, source=_REGIONS, bad=_cue("region:top"), good=_in_region("id:top"))
def unknown_region(subject: Subject) -> Iterator[Finding]:
    """A cue names a region that the file does not define.

    It is shown at the usual place. Define the region in the head of the file, or remove the setting.
    """
    for index, name in _region_names(subject):
        if name not in subject.regions:
            yield subject.in_settings(index, f"region:{name}", f"no region has the id {name!r}")


def _region_names(subject: Subject) -> Iterator[tuple[int, str]]:
    if subject.format == "vtt":
        for index, cue in enumerate(subject.cues):
            if "region:" in cue.settings:
                for token in cue.settings.split():
                    if token.startswith("region:") and len(token) > 7:
                        yield index, token[7:]


@rule(
    "VTT131",
    "region-ignored",
    WARNING,
    source=_REGIONS,
    bad=_in_region("id:top", "region:top line:0"),
    good=_in_region("id:top"),
)
def region_ignored(subject: Subject) -> Iterator[Finding]:
    """A cue has a region and also `vertical`, `line` or `size`: it is then not shown in the region.

    Decide for one of them.
    """
    from captionkit.formats.webvtt import parse_settings

    for index, name in _region_names(subject):
        if not parse_settings(subject.cues[index].settings)[0].region:
            yield subject.in_settings(index, f"region:{name}", "vertical, line or size switch the region off")


@rule(
    "VTT132",
    "space-in-setting",
    ERROR,
    fix=UNSAFE,
    source=_SETTINGS,
    bad=_cue("align: center"),
    good=_cue("align:center"),
)
def space_in_setting(subject: Subject) -> Iterator[Finding]:
    """A space stands after the colon of a setting.

    Browsers see two words that mean nothing. The fix removes the space, which makes the setting work.
    """
    return _wrong(subject, "VTT132")


@rule(
    "VTT133",
    "setting-in-capitals",
    ERROR,
    fix=UNSAFE,
    source=_SETTINGS,
    bad=_cue("Align:start"),
    good=_cue("align:start"),
)
def setting_in_capitals(subject: Subject) -> Iterator[Finding]:
    """A setting's name has capital letters.

    Upper and lower case count; browsers ignore it. The fix writes it small, which makes the setting work.
    """
    return _wrong(subject, "VTT133")


def _region_wrong(subject: Subject, code: str) -> Iterator[Finding]:
    from captionkit.formats.webvtt import parse_region

    for region in subject.document.regions:
        problems = [problem for problem in parse_region(region.text)[1] if problem.code == code]
        places = Places(region.text if problems else "")
        for problem in problems:
            line, column = places.at(problem.offset)
            line, column = (region.line + 1 + line, column) if problem.token else (region.line, 1)
            yield subject.on_line(line, problem.message, column=column, length=len(problem.token))


@rule(
    "VTT140",
    "region-without-id",
    ERROR,
    source=_REGIONS,
    bad=_in_region("width:40%", "align:start"),
    good=_in_region("id:top"),
)
def region_without_id(subject: Subject) -> Iterator[Finding]:
    """A region has no id.

    No cue can name it, so it does nothing.
    """
    return _region_wrong(subject, "VTT140")


@rule(
    "VTT141",
    "duplicate-region",
    ERROR,
    source=_REGIONS,
    bad=vtt_example("REGION\nid:top", "REGION\nid:top", "00:01.000 --> 00:03.000 region:top\nHello there."),
    good=_in_region("id:top"),
)
def duplicate_region(subject: Subject) -> Iterator[Finding]:
    """Two regions have the same id.

    Browsers take the last, other players the first.
    """
    from captionkit.formats.webvtt import parse_region

    seen: set[str] = set()
    for region in subject.document.regions:
        name = parse_region(region.text)[0].id
        if name and name in seen:
            yield subject.on_line(region.line, f"there is already a region {name!r}", length=6)
        seen.add(name)


@rule(
    "VTT142",
    "bad-region-setting",
    ERROR,
    source=_REGIONS,
    bad=_in_region("id:top\nwidth:wide"),
    good=_in_region("id:top\nwidth:40%"),
)
def bad_region_setting(subject: Subject) -> Iterator[Finding]:
    """A region's setting is not known or its value is not allowed.

    Known are id, width (%), lines (a number), regionanchor and viewportanchor (%,%), scroll (up). Browsers ignore
    others.
    """
    return _region_wrong(subject, "VTT142")


@rule(
    "VTT143",
    "repeated-region-setting",
    ERROR,
    fix=UNSAFE,
    source=_REGIONS,
    bad=_in_region("id:top\nwidth:40%\nwidth:50%"),
    good=_in_region("id:top\nwidth:40%"),
)
def repeated_region_setting(subject: Subject) -> Iterator[Finding]:
    """A region has a setting twice.

    The last one counts in a browser; others take the first. The fix keeps the last.
    """
    return _region_wrong(subject, "VTT143")


@rule(
    "VTT144",
    "unused-region",
    INFO,
    fix=UNSAFE,
    source=_REGIONS,
    bad=_in_region("id:top", "align:start"),
    good=_in_region("id:top"),
)
def unused_region(subject: Subject) -> Iterator[Finding]:
    """No cue names this region.

    A leftover, or the cues name it wrongly. The fix removes it.
    """
    if subject.document.regions:
        used = {name for _, name in _region_names(subject)}
        for name, line in subject.regions.items():
            if name and name not in used:
                yield subject.on_line(line, f"no cue is shown in region {name!r}", length=6)
