"""Recordings and captions of a local folder: what stands beside what.

A recording is a media file, or a name that only captions have: a folder of captions without the recordings is the usual
case. Where the recording is there and says how long it is, coverage is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from captionkit.auditing.judge import judge, with_twins
from captionkit.auditing.model import Place, Recording, Track, Waiting
from captionkit.auditing.sound import Hear, with_sound
from captionkit.config import DEFAULTS, load
from captionkit.configuration import FILE_NAME
from captionkit.documents import load as load_captions
from captionkit.errors import CaptionkitError, LocalError
from captionkit.files import walk
from captionkit.library.local_file import LocalFile
from captionkit.library.match import MEDIA_EXTENSIONS, title_key, without_extension
from captionkit.library.others import Other, command
from captionkit.library.scan import Library, others_in, scan
from captionkit.lint.checker import Checker
from captionkit.media_length import duration_ms

_SOUND = frozenset({".mp3", ".m4a", ".wav", ".ogg", ".oga", ".opus", ".flac", ".aac", ".wma", ".aif", ".aiff"})


def collect_folder(
    folder: Path, checker: Checker, *, now: str, durations: Mapping[str, int] | None = None, hear: Hear | None = None
) -> tuple[Place, list[Recording]]:
    """Everything in a folder.

    Args:
        now: ISO time. durations: in milliseconds by name, where the recordings are elsewhere.
        hear: holds captions against the sound of their recording; None for not to listen.

    Raises:
        LocalError: the folder cannot be looked into. ConfigError: its captionkit.toml is wrong.
    """
    config = load(folder / FILE_NAME) if (folder / FILE_NAME).is_file() else DEFAULTS
    media = _media_files(folder)
    library = scan(folder, config, titles=[path.stem for path in media])
    captions: dict[str, list[LocalFile]] = defaultdict(list)
    names: dict[str, str] = {}
    for track in library.tracks:
        key = title_key(without_extension(track.name))
        captions[key].append(track)
        names.setdefault(key, track.name)
    others = others_in(library)
    waiting: dict[str, list[Waiting]] = defaultdict(list)
    for other in others:
        key = title_key(without_extension(other.name))
        if other.is_read:
            waiting[key].append(Waiting(other.language, other.path, other.what, command(folder, [other.path])))
            names.setdefault(key, other.name)
    files: dict[str, Path] = {}
    for path in media:
        key = title_key(path.stem)
        if key not in names and title_key(path.relative_to(folder).with_suffix("").as_posix()) in names:
            key = title_key(path.relative_to(folder).with_suffix("").as_posix())
        files.setdefault(key, path)
        names.setdefault(key, path.stem)
    known = durations or {}
    pages = _pages(folder)
    recordings = []
    for key in sorted(names, key=lambda key: names[key].casefold()):
        file = files.get(key)
        length = known.get(names[key], duration_ms(file) if file else None)
        relative = file.relative_to(folder).as_posix() if file else ""
        kind = "" if file is None else "audio" if file.suffix.lower() in _SOUND else "video"
        url = next((pages[track.path] for track in captions.get(key, ()) if track.path in pages), "")
        tracks = with_twins([_judged(track, checker, length) for track in captions.get(key, ())])
        if hear and file:
            tracks = tuple([_heard(track, folder, file, hear, checker, length) for track in tracks])
        recordings.append(
            Recording(
                str(folder),
                relative or names[key],
                names[key],
                names[key],
                kind,
                duration_ms=length,
                tracks=tracks,
                url=url,
                waiting=tuple(waiting.get(key, ())),
            )
        )
    return Place(
        str(folder),
        folder.absolute().resolve().name or str(folder),
        seen_at=now,
        left_out=tuple(_left_out(library, others)),
    ), recordings


def _pages(folder: Path) -> dict[str, str]:
    """The page in Canvas of the recording that each file was last synced with, by the file's path."""
    from captionkit.remotes.canvas.addresses import page_of
    from captionkit.sync.manifest import parse_manifest
    from captionkit.sync.store import FolderStore

    store = FolderStore(folder)
    try:
        data = store.load_manifest()
        manifest = parse_manifest(data, str(store.manifest_path)) if data else None
    except CaptionkitError:
        return {}  # the report says nothing of Canvas; the commands that need the manifest say what is wrong with it
    if manifest is None:
        return {}
    return {
        track.path: page
        for address, base in manifest.tracks.items()
        if (page := page_of(manifest.base_url, address))
        for track in base.values()
        if track.path
    }


def _left_out(library: Library, others: Sequence[Other]) -> Iterator[str]:
    """The captions that are there and are not counted, and what to do about them."""
    if captions := [one for one in others if one.is_captions]:
        files = "1 file in another format" if len(captions) == 1 else f"{len(captions):,} files in other formats"
        example = f"{captions[0].path} ({captions[0].kind.title.partition(' (')[0]})"
        how = command(library.folder, [one.path for one in captions])
        convert = f" (to convert {'it' if len(captions) == 1 else 'them'}: {how})" if how else ""
        yield f"captions exist, not converted: {files}, such as {example}{convert}"
    yield from (f"no captions, whatever its name says: {one}" for one in others if not one.is_captions)
    for problem in library.stopped:
        yield f"{', '.join(problem.paths)}: {problem.message}"


def _media_files(folder: Path) -> list[Path]:
    found = []
    for root, folders, files in walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(root, name) for name in sorted(files)
                  if not name.startswith(".") and Path(name).suffix.lower() in MEDIA_EXTENSIONS]  # fmt: skip
    return found


def _heard(track: Track, folder: Path, recording: Path, hear: Hear, checker: Checker, length: int | None) -> Track:
    """The track with what the sound of its recording says of it."""
    if not track.cues or not track.is_captions:
        return track
    encoding = checker.settings.encoding_of(track.path)
    document = load_captions(folder / track.path, encoding=encoding, language=track.language)
    return with_sound(track, document, hear(recording, document), length, recording)


def _judged(track: LocalFile, checker: Checker, length: int | None) -> Track:
    changed = datetime.fromtimestamp(track.mtime_ns // 1_000_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    plain = Track(track.language, track.locale, track.kind or "", updated_at=changed, path=track.path)
    try:
        data = track.read()
    except LocalError as error:
        return replace(plain, problem=error.message)
    found = judge(plain, data, checker, duration_ms=length)
    return replace(found, origin_reason="" if found.origin == "unknown" else found.origin_reason)
