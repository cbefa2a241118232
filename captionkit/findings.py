"""What reading a file may find: the codes, how bad each is, and what may be done about it.

The rules of `captionkit.lint` that only a reader can see take both from here, so each stands in one place.
"""

from __future__ import annotations

from captionkit.model import Diagnostic, Fix, Severity

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
SAFE, RESTORES, UNSAFE, HINT, NONE = Fix.SAFE, Fix.RESTORES, Fix.UNSAFE, Fix.HINT, Fix.NONE

#: By code: how bad it is, and what may be done about it where the finding does not say otherwise.
READER_CODES = {
    "ENC001": (ERROR, SAFE),
    "ENC002": (INFO, SAFE),
    "ENC003": (WARNING, SAFE),
    "ENC004": (ERROR, UNSAFE),
    "ENC005": (WARNING, NONE),
    "ENC007": (WARNING, SAFE),
    "ENC009": (INFO, SAFE),
    "ENC010": (ERROR, HINT),
    "ENC011": (ERROR, NONE),
    "ENC012": (ERROR, NONE),
    "ENC015": (ERROR, RESTORES),
    "ENC016": (WARNING, RESTORES),
    "SRT001": (WARNING, SAFE),
    "SRT002": (ERROR, RESTORES),
    "SRT003": (WARNING, SAFE),
    "SRT004": (INFO, SAFE),
    "SRT010": (ERROR, NONE),
    "SRT011": (WARNING, SAFE),
    "SRT012": (WARNING, RESTORES),
    "SRT016": (ERROR, RESTORES),
    "SRT017": (WARNING, UNSAFE),
    "SRT018": (WARNING, RESTORES),
    "SRT020": (ERROR, UNSAFE),
    "SRT022": (INFO, SAFE),
    "SRT023": (ERROR, NONE),
    "SRT024": (ERROR, RESTORES),
    "SRT035": (ERROR, RESTORES),
    "TIM020": (ERROR, UNSAFE),
    "TIM021": (WARNING, RESTORES),
    "TIM022": (ERROR, RESTORES),
    "TIM023": (ERROR, UNSAFE),
    "VTT001": (ERROR, RESTORES),
    "VTT002": (ERROR, RESTORES),
    "VTT003": (ERROR, RESTORES),
    "VTT004": (INFO, UNSAFE),
    "VTT005": (WARNING, UNSAFE),
    "VTT006": (ERROR, NONE),
    "VTT011": (ERROR, UNSAFE),
    "VTT012": (ERROR, UNSAFE),
    "VTT014": (ERROR, NONE),
    "VTT015": (ERROR, UNSAFE),
    "VTT016": (ERROR, UNSAFE),
    "VTT017": (ERROR, UNSAFE),
    "VTT018": (ERROR, UNSAFE),
    "VTT020": (WARNING, NONE),
    "VTT101": (ERROR, NONE),
    "VTT102": (ERROR, RESTORES),
    "VTT103": (ERROR, RESTORES),
    "VTT109": (ERROR, UNSAFE),
}


def finding(
    code: str,
    message: str,
    line: int,
    column: int = 0,
    *,
    cue: int | None = None,
    time: int | None = None,
    hint: str = "",
    fix: Fix | None = None,
) -> Diagnostic:
    """A diagnostic of a reader, with the severity that its code has by default.

    Args:
        fix: what may be done about it, where that is not what the code says.
    """
    severity, usual = READER_CODES[code]
    # As `Diagnostic(...)` does it, without its call: a library has a million findings.
    fields = (code, severity, message, line, column, 0, 0, cue, time, hint, "", fix or usual, None)
    return tuple.__new__(Diagnostic, fields)
