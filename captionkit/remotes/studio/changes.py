"""What can be done to a media in Studio beside its captions: put it into a collection, archive it, delete it.

Theory of operation. Studio documents no call that moves a media. It documents one that takes a media out of the archive
into a collection, so moving is archiving and taking out again. Each step is looked at afterwards, and where the second
does not work, the media is put back where it was, or the error says that it lies in the archive.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from captionkit.errors import CaptionkitError, NotFound, OutcomeUnknown, RemoteError
from captionkit.remotes.studio.api import InstructureMedia
from captionkit.remotes.studio.json import CaptionFile, Media


def move(studio: InstructureMedia, media_id: str, collection_id: str) -> bool:
    """Put a media into a collection; False where it lies there already.

    Raises:
        RemoteError: it lies where it was.
        OutcomeUnknown: it may lie in the archive, or elsewhere.
    """
    media, target = studio.media(media_id), studio.collection(collection_id)
    if media.collection_id == target.id:
        return False
    with suppress(OutcomeUnknown):  # taking it out again is right whether it is in the archive or not
        studio.archive_media(media.id)
    try:
        studio.unarchive_media(media.id, target.id)
    except CaptionkitError as error:
        _put_back(studio, media, target.id, error)
    _must_lie_in(studio, media.id, target.id)
    return True


def _put_back(studio: InstructureMedia, media: Media, wanted: str, error: CaptionkitError) -> None:
    """After a second step that failed: where the media is now."""
    try:
        if studio.media(media.id).collection_id == wanted:
            return  # done all the same
        studio.unarchive_media(media.id, media.collection_id)
        _must_lie_in(studio, media.id, media.collection_id)
    except CaptionkitError:
        raise OutcomeUnknown(
            f"media {media.id} was archived, and could not be put into collection {wanted}: {error.message}",
            where=error.where, hint=f"Look at it in Studio, and take it out of the archive into collection {wanted}.",
        ) from None  # fmt: skip
    raise RemoteError(
        f"media {media.id} could not be put into collection {wanted}: {error.message}", where=error.where,
        unchanged=f"It lies in collection {media.collection_id}, as before.", hint=error.hint,
        status=getattr(error, "status", 0),
    ) from None  # fmt: skip


def _must_lie_in(studio: InstructureMedia, media_id: str, collection_id: str) -> None:
    try:
        found = studio.media(media_id).collection_id
    except RemoteError as error:
        found, why = "", f": {error.message}"
    else:
        why = ""
    if found != collection_id:
        place = (
            f"Studio says that it lies in collection {found}" if found else f"Studio does not say where it lies{why}"
        )
        raise OutcomeUnknown(
            f"media {media_id} was to be put into collection {collection_id}; {place}", hint="Look at it in Studio.",
        )  # fmt: skip


def delete(studio: InstructureMedia, media_id: str, keep: Callable[[CaptionFile, bytes], object]) -> int:
    """Delete a media; how many caption files it had.

    Args:
        keep: is given each caption file first; if it raises, nothing is deleted.

    Raises:
        RemoteError: nothing was deleted.
        OutcomeUnknown: it may have been deleted.
    """
    captions = studio.captions(media_id)
    for caption in captions:
        if not caption.is_in_the_making:
            keep(caption, studio.caption_content(caption.id))
    try:
        studio.delete_media(media_id)
    except OutcomeUnknown:
        try:
            studio.media(media_id)
        except NotFound:
            return len(captions)
        raise
    return len(captions)
