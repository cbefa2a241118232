"""Recordings of Studio (Instructure Media): a collection, a course's collection, or the whole account.

Studio says how long a recording runs, so coverage and minutes are known here. Its listing has no captions: they cost a
request for each recording, and one more for each caption file. Captions that Studio made are marked by their provider.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from captionkit.auditing.gather import Gatherer, OnProgress, ignore_progress
from captionkit.auditing.judge import judge, tag_of, with_twins
from captionkit.auditing.model import Origin, Place, Recording, Track
from captionkit.errors import BadToken, CaptionkitError, NoConnection

if TYPE_CHECKING:
    from captionkit.auditing.progress import Progress
    from captionkit.lint.checker import Checker
    from captionkit.remotes.studio.api import CaptionFile, InstructureMedia, Media

OUT_OF_REACH = (
    "Recordings outside of Studio (media in Canvas's files, Panopto, Kaltura, YuJa, embedded players) are not in this "
    "report."
)


class StudioCollector(Gatherer):
    """Looks at places of Studio: "collections/12", "studio/courses/101" (the number in Canvas) or "account".

    Args:
        studio: where and as whom. checker: the rules.
        contents: whether caption files are downloaded.
    """

    def __init__(
        self,
        studio: InstructureMedia,
        checker: Checker,
        progress: Progress,
        *,
        now: Callable[[], str],
        contents: bool = True,
        on_progress: OnProgress = ignore_progress,
    ) -> None:
        super().__init__(progress, now=now, on_progress=on_progress)
        self._studio = studio
        self._checker = checker
        self._contents = contents

    def _place(self, key: str) -> tuple[Place, list[Recording]]:
        place = Place(key, key, seen_at=self.now())
        try:
            name, media = self._listing(key)
            place = replace(place, name=name or key)
            return place, [self._recording(key, one) for one in media]
        except (BadToken, NoConnection):
            raise
        except CaptionkitError as error:
            return replace(place, problem=error.message), []

    def _listing(self, key: str) -> tuple[str, Iterable[Media]]:
        kind, _, number = key.rpartition("/")
        if kind == "collections":
            return self._studio.collection(number).name, self._studio.collection_media(number)
        if kind == "studio/courses":
            course = self._studio.course(number)
            return course.name, self._studio.collection_media(course.collection_id)
        return "The whole account", self._studio.search_media()

    def _recording(self, key: str, media: Media) -> Recording:
        self.go_on()
        length = round(media.duration * 1000) or None
        found = Recording(
            key,
            f"media/{media.id}",
            media.id,
            media.title,
            "",
            media.created_at,
            duration_ms=length,
            tracks=None,
            last_viewed=media.last_viewed,
        )
        try:
            captions = self._studio.captions(media.id)
        except (BadToken, NoConnection):
            raise
        except CaptionkitError:
            return found  # its captions cannot be seen: unknown, not none
        return replace(found, tracks=with_twins([self._track(one, length) for one in captions]))

    def _track(self, caption: CaptionFile, length: int | None) -> Track:
        machine = caption.is_machine_made
        plain = Track(
            tag_of(caption.srclang), caption.srclang, id=caption.id, created_at=caption.created_at,
            format=caption.subtitle_format.lower(), state="processing" if caption.is_in_the_making else "",
            origin=Origin.AUTOMATIC if machine else Origin.UNKNOWN, origin_reason="Studio made it" if machine else "",
        )  # fmt: skip
        if caption.is_in_the_making:
            return replace(plain, problem=f"it is {caption.status}")
        if not self._contents:
            return replace(plain, problem="its text was not read")
        try:
            content = self._studio.caption_content(caption.id)
        except (BadToken, NoConnection):
            raise
        except CaptionkitError as error:
            return replace(plain, problem=error.message)
        # The provider is not documented, so that it says nothing does not mean a person.
        return judge(plain, content, self._checker, duration_ms=length, asr=machine if caption.provider else None)
