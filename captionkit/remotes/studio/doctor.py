"""What `captionkit doctor` asks of Studio: the address, the sign-in, whether there are media to see."""

from __future__ import annotations

from collections.abc import Iterator

from captionkit.doctor import Check, State, problem
from captionkit.errors import CaptionkitError
from captionkit.remotes.service import Question
from captionkit.remotes.studio.api import InstructureMedia
from captionkit.remotes.studio.oauth import find_sign_in, studio_url
from captionkit.remotes.studio.opening import open_studio
from captionkit.remotes.studio.remote import StudioRemote


def check(question: Question) -> Iterator[Check]:
    """See `captionkit.remotes.service.Service.check`."""
    topic = "address"
    warnings: list[str] = []
    try:
        base = studio_url(question.typed, configured=question.configured)
        yield Check(topic, State.GOOD, base)
        topic = "token"
        yield Check(topic, State.GOOD, f"from {find_sign_in(base, typed=question.typed).source}")
        topic = "Studio"
        if question.offline:
            yield Check(topic, State.UNKNOWN, "was not asked")
            return
        with open_studio(question.typed, configured=question.configured, warn=warnings.append) as studio:
            yield from check_studio(studio, question.scope)
        yield from (Check(topic, State.WARNING, warning) for warning in warnings)
    except CaptionkitError as error:
        yield problem(topic, error)


def check_studio(studio: InstructureMedia, scope: str) -> Iterator[Check]:
    """Whether Studio answers, as whom, and whether this user sees media in `scope`."""
    try:
        user = studio.whoami()
        if user is None:
            studio.ping()
        known = (
            f"that of {user.name or 'a user without a name'} (user {user.id})"
            if user
            else "a good one, without saying whose"
        )
        yield Check("Studio", State.GOOD, f"{studio.session.base_url} answers, and takes the token as {known}")
        first = next(iter(StudioRemote(studio, scope=scope).list_media()), None)
    except CaptionkitError as error:
        yield problem("Studio", error)
        return
    if first is None:
        yield Check("media", State.WARNING, f"{scope} has no media that this user can see")
    else:
        yield Check("media", State.GOOD, f"{scope} has media that this user can see")
