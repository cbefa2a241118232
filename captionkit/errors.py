"""Everything that captionkit raises on purpose, and the exit code of each.

    CaptionkitError            8  what happened, where, what was not changed, what to do next
    ├── UsageError             2  the call itself is wrong: a flag, a name, a format
    │   └── ConfigError        2  captionkit.toml is missing, unreadable or says something impossible
    ├── ContentError           1  a caption file cannot be used for what was asked
    │   ├── LossyConversion    1  --strict, and the conversion would lose something
    │   └── CrosscheckFailed   1  the second reader does not agree with what we were about to write
    ├── LocalError             8  the disk: cannot read, cannot write, full, locked
    │   ├── LockHeld           8  another captionkit works on this folder
    │   ├── NoSuchFile       2  what was named to be read is not there
    │   ├── LeadsOutside       8  a path or a link leads out of the folder that it must stay in
    │   └── DamagedFile        9  a file that captionkit wrote cannot be understood any more; names file and line
    ├── StaleError             3  the remote, the folder or the plan moved on; nothing written
    ├── GuardRefused           4  a safety limit says no; nothing written
    ├── RemoteError            7  Canvas or the network failed before anything was written
    │   ├── NoConnection       7  no answer: name, network, TLS, timeout
    │   ├── BadToken           7  401: the token is missing, wrong, revoked or expired
    │   ├── NotPermitted       7  403, or a 204 that stands for "refused"
    │   ├── NotFound           7  404, or an id that the server does not know
    │   ├── Throttled          7  the rate limit, after patience ran out
    │   ├── Rejected           7  400 or 422: the server does not take what was sent
    │   ├── AlreadyDone        7  409: what was asked for has been done before
    │   ├── NotAvailable       7  501: the account does not have what was asked for
    │   └── UnexpectedAnswer   7  anything else: HTML, half a reply, a 500
    │       └── OddAnswer      7  JSON, but not what this call answers with: costs only what was asked about
    └── OutcomeUnknown         6  a write was sent and what it did could not be established

Reading a caption file never raises because of what is in it: that is what diagnostics are for. These are for misuse,
for the disk, and for the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum


class ExitCode(IntEnum):
    """What `captionkit` ends with. The README lists them; a test compares its list with this one."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    STALE_OR_CONFLICT = 3
    GUARD_REFUSED = 4
    PARTIAL = 5
    OUTCOME_UNKNOWN = 6
    REMOTE_FAILED = 7
    LOCAL_FAILED = 8
    DAMAGED = 9
    INTERRUPTED = 130


#: Of several outcomes in one run the one named first here is the exit code (guides/sync.md, section 9).
SEVEREST_FIRST = (
    ExitCode.INTERRUPTED,
    ExitCode.OUTCOME_UNKNOWN,
    ExitCode.PARTIAL,
    ExitCode.GUARD_REFUSED,
    ExitCode.STALE_OR_CONFLICT,
    ExitCode.REMOTE_FAILED,
    ExitCode.LOCAL_FAILED,
    ExitCode.DAMAGED,
    ExitCode.USAGE,
    ExitCode.FINDINGS,
    ExitCode.OK,
)


def severest(codes: list[ExitCode]) -> ExitCode:
    """The one exit code that stands for all of these; OK for none."""
    return min(codes, key=SEVEREST_FIRST.index, default=ExitCode.OK)


class Remedy(StrEnum):
    """What a person can do about an error, for a front end to say in its own words."""

    CONVERT = "convert"  # make WebVTT of the files in other formats
    LIFT = "lift"  # look at what was refused, and lift that limit
    PLAN_AGAIN = "plan again"
    RESUME = "resume"  # find out what the last run did, and go on
    WAIT = "wait"
    RECONNECT = "reconnect"  # see to the network, or give another token
    GIVE_ADDRESS = "give address"  # of the service
    SIGN_IN = "sign in"  # to Studio
    SET_UP = "set up"  # say which course the folder belongs to
    ADD_CAPTIONS = "add captions"  # to a recording that is in Studio already
    UPLOAD_AGAIN = "upload again"  # though it may be there
    LIST_NAMES = "list names"  # of the files of a folder, with the recordings that they are for
    FIND_MEDIA = "find media"  # of Studio, by their titles
    LIST_COLLECTIONS = "list collections"  # of Studio


class CaptionkitError(Exception):
    """Says itself to a person.

    Args:
        message: what happened, one sentence, no secret in it.
        where: the file, line, cue and timecode; or the media object and locale.
        unchanged: what was left alone, e.g. "Nothing was written."
        hint: what to do next, in words that are right for every front end.
        remedy: the kind of that, where a front end has a command or a button for it.
    """

    exit_code = ExitCode.LOCAL_FAILED
    remedy: Remedy | None = None

    def __init__(
        self, message: str, *, where: str = "", unchanged: str = "", hint: str = "", remedy: Remedy | None = None
    ) -> None:
        super().__init__(message)
        self.remedy = remedy or self.remedy
        self.message = message
        self.where = where
        self.unchanged = unchanged
        self.hint = hint

    def lines(self) -> list[str]:
        """The error as a person reads it, a line each."""
        place = f"{self.where}: " if self.where else ""
        return [f"error: {place}{self.message}", *(f"  {extra}" for extra in (self.unchanged, self.hint) if extra)]

    def __str__(self) -> str:
        return "\n".join(self.lines()).removeprefix("error: ")


class UsageError(CaptionkitError):
    exit_code = ExitCode.USAGE


class WrongOption(UsageError):
    """What was asked for by one of `captionkit.workspace.Options` cannot be.

    Args:
        option: its name, "media". value: what was given.
    """

    def __init__(self, message: str, option: str, value: str, *, unchanged: str = "", hint: str = "") -> None:
        super().__init__(message, where=f"{option} {value}".strip(), unchanged=unchanged, hint=hint)
        self.option = option


class ConfigError(UsageError):
    pass


class ContentError(CaptionkitError):
    exit_code = ExitCode.FINDINGS


class LossyConversion(ContentError):
    pass


class CrosscheckFailed(ContentError):
    pass


class LocalError(CaptionkitError):
    exit_code = ExitCode.LOCAL_FAILED


class NoSuchFile(LocalError):
    """What a person named is not there: a mistake in the call, and none of the disk."""

    exit_code = ExitCode.USAGE

    def __init__(self, where: str, *, what: str = "file", unchanged: str = "", hint: str = "") -> None:
        super().__init__(f"there is no such {what}", where=where, unchanged=unchanged, hint=hint)


class LockHeld(LocalError):
    remedy = Remedy.WAIT


class LeadsOutside(LocalError):
    pass


class DamagedFile(LocalError):
    exit_code = ExitCode.DAMAGED


class StaleError(CaptionkitError):
    exit_code = ExitCode.STALE_OR_CONFLICT


class GuardRefused(CaptionkitError):
    """A limit says no.

    Args:
        lifts: the limits that have to be lifted, by name; with "max-delete" how high it must be, else "".
    """

    exit_code = ExitCode.GUARD_REFUSED

    def __init__(self, message: str, *, lifts: Mapping[str, str] | None = None, **about: str) -> None:
        super().__init__(message, remedy=Remedy.LIFT if lifts else None, **about)
        self.lifts = lifts or {}


class RemoteError(CaptionkitError):
    """Canvas or the way to it failed.

    Args:
        status: the HTTP status, 0 where there was no answer.
    """

    exit_code = ExitCode.REMOTE_FAILED

    def __init__(
        self,
        message: str,
        *,
        where: str = "",
        unchanged: str = "",
        hint: str = "",
        status: int = 0,
        remedy: Remedy | None = None,
    ) -> None:
        super().__init__(message, where=where, unchanged=unchanged, hint=hint, remedy=remedy)
        self.status = status


class NoConnection(RemoteError):
    remedy = Remedy.RECONNECT


class BadToken(RemoteError):
    remedy = Remedy.RECONNECT


class NotPermitted(RemoteError):
    pass


class NotFound(RemoteError):
    pass


class Throttled(RemoteError):
    remedy = Remedy.WAIT


class Rejected(RemoteError):
    pass


class AlreadyDone(RemoteError):
    pass


class NotAvailable(RemoteError):
    pass


class UnexpectedAnswer(RemoteError):
    pass


class OddAnswer(UnexpectedAnswer):
    pass


class OutcomeUnknown(CaptionkitError):
    exit_code = ExitCode.OUTCOME_UNKNOWN
