"""`captionkit preview`: see captions on the video, on a timeline, and against each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from captionkit.cli._captions import encoding_option
from captionkit.cli._grammar import json_option
from captionkit.cli._output import echo, echo_data, refuse_other_names
from captionkit.cli._paths import PathArgument
from captionkit.errors import NoSuchFile, UsageError
from captionkit.files import is_folder, is_there, read_file

if TYPE_CHECKING:
    from captionkit.lint.checker import Checker
    from captionkit.preview import Recording

#: A recording up to this size is put into the page that -o writes; a larger one stays beside it.
MOST_EMBEDDED = 30 * 2**20
_SOUND = frozenset({".mp3", ".m4a", ".wav", ".ogg", ".oga", ".opus", ".flac", ".aac", ".wma", ".aif", ".aiff"})


@click.command("preview")
@click.argument("paths", cls=PathArgument, nargs=-1, required=True, metavar="[MEDIA] CAPTIONS...")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write a page to this file "
              "instead of showing it; - is standard output.")  # fmt: skip
@click.option("--embed/--no-embed", default=None, help="With -o: put the recording into the page, or link it. By "
              "default it is put in up to 30 MB.")  # fmt: skip
@click.option("--sound", is_flag=True, help="Listen to MEDIA, and draw where somebody speaks. Needs captionkit[sound].")
@click.option("--profile", "profiles", metavar="NAME[,NAME]", help="Whose limits are drawn and whose findings are "
              "shown; by default captionkit.toml's.")  # fmt: skip
@click.option("--kind", type=click.Choice(["captions", "subtitles", "descriptions", "chapters", "metadata"]),
              help="What the tracks are for, to the player and to the rules.")  # fmt: skip
@click.option("--language", metavar="TAG", help="Where the files' names do not say it.")
@encoding_option
@click.option("--title", default="", help="The heading of the page.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where to serve; any free one by default.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@json_option("Print what was written, or where the page is served, as JSON.")
@click.option("--force", is_flag=True, help="With -o: overwrite the file if it is there.")
def command(
    paths: tuple[str, ...], output: Path | None, embed: bool | None, sound: bool, profiles: str | None,
    kind: str | None, language: str | None, encoding: str, title: str, port: int, no_browser: bool,
    as_json: bool, force: bool,
) -> None:  # fmt: skip
    """Look at caption files: beside the video or sound as a browser shows them, with a cue list that follows, a
    timeline of cues, gaps, overlaps and reading speed, and what `check` finds, where it is. Two files are shown side by
    side with their differences. Without MEDIA there are the list and the timeline.

    The page needs nothing from the net. Without -o it is served to this computer alone until Ctrl-C, and cues can be
    corrected in it: text and times are saved to the file at once, and nothing else of it changes.

    \b
    Examples:
      captionkit preview lecture.mp4 lecture.en.vtt
      captionkit preview lecture.mp4 lecture.en.vtt --sound
      captionkit preview vendor.en.srt corrected.en.srt --profile dcmp
      captionkit preview lecture.mp4 lecture.en.vtt lecture.es.vtt -o lecture.html
    """
    from captionkit.preview import preview_page
    from captionkit.preview.session import lane_of

    media, captions = _sorted_out(paths)
    to_stdout = output is not None and str(output) == "-"
    if to_stdout and as_json:
        raise UsageError("the page and --json cannot both go to standard output", unchanged="Nothing was written.")
    if output is not None and not to_stdout:
        refuse_other_names(str(output), (".html", ".htm"))
    if output is not None and not to_stdout and is_there(output) and not force:
        raise UsageError("this file is there already", where=str(output), unchanged="It is as it was.",
                         hint="Give --force to overwrite it, or another name.")  # fmt: skip
    checkers = _checkers(media, captions, profiles=profiles, kind=kind, language=language, encoding=encoding)
    if sound and media is None:
        raise UsageError("--sound listens to a recording, and none is named", unchanged="Nothing was written.")
    speech = _speech(media) if sound and media else ()
    if output is None:
        recording = _recording(media, "media")._replace(speech=speech) if media else None
        _serve(checkers, media, recording, title, port, no_browser=no_browser, as_json=as_json)
        return
    lanes = [lane_of(name, checker) for name, checker in checkers]
    recording = _recording(media, _source(media, output, embed))._replace(speech=speech) if media else None
    from captionkit.files import write_atomically

    page = preview_page(lanes, recording, title=title)
    if to_stdout:
        echo_data(page)
        return
    write_atomically(output, page.encode())
    beside = media and recording and not recording.source.startswith("data:")
    if as_json:
        from captionkit.cli._remote import print_json

        print_json({"paths": [*paths], "output": str(output), "plays": str(media) if beside else None})
        return
    echo(f"Written: {output}" + (f". It plays {media} from where that is now; keep them together." if beside else ""))


def _sorted_out(paths: tuple[str, ...]) -> tuple[Path | None, list[str]]:
    """Which of these is the recording and which are captions."""
    from captionkit.library.match import MEDIA_EXTENSIONS

    media = [path for path in paths if Path(path).suffix.lower() in MEDIA_EXTENSIONS]
    captions = [path for path in paths if path not in media]
    if len(media) > 1:
        raise UsageError("only one recording can be shown at a time", where=", ".join(media))
    if not captions:
        raise UsageError("no captions are named", hint="captionkit preview lecture.mp4 lecture.en.vtt")
    for path in paths:
        if not is_there(path):
            raise NoSuchFile(path, hint="Check the name.")
        if is_folder(path):
            raise UsageError("is a folder; name the files to show", where=path)
    return (Path(media[0]) if media else None), captions


def _checkers(
    media: Path | None, captions: list[str], *, profiles: str | None, kind: str | None, language: str | None,
    encoding: str,
) -> list[tuple[str, Checker]]:  # fmt: skip
    from captionkit.lint.checker import Checker
    from captionkit.lint.configuration import read_settings
    from captionkit.media_length import duration_ms

    length = duration_ms(media) if media else None
    options = {
        "profiles": profiles,
        "kind": kind,
        "language": language,
        "encoding": encoding,
        "duration": length / 1000 if length else None,
    }
    return [(name, Checker(read_settings(Path(name)).with_options(options))) for name in captions]


def _recording(media: Path, source: str) -> Recording:
    from captionkit.media_length import duration_ms
    from captionkit.preview import Recording

    return Recording(source, media.name, media.suffix.lower() in _SOUND, duration_ms(media) or 0)


def _source(media: Path, output: Path, embed: bool | None) -> str:
    """The recording itself as a data: URL, or its address as seen from the page."""
    import os
    from urllib.parse import quote

    if embed or (embed is None and media.stat().st_size <= MOST_EMBEDDED):
        from base64 import b64encode
        from mimetypes import guess_type

        kind = guess_type(media.name)[0] or "video/mp4"
        return f"data:{kind};base64,{b64encode(read_file(media)).decode()}"
    try:
        relative = os.path.relpath(media.absolute(), output.absolute().parent)
    except ValueError:  # another drive on Windows
        return media.absolute().as_uri()
    return quote(relative.replace(os.sep, "/"), safe="/.-_~")


def _speech(media: Path) -> tuple[tuple[int, int], ...]:
    from captionkit.cli._sound import listened

    return listened(media).stretches()


def _serve(
    checkers: list[tuple[str, Checker]], media: Path | None, recording: Recording | None, title: str, port: int,
    *, no_browser: bool, as_json: bool,
) -> None:  # fmt: skip
    import webbrowser

    from captionkit.errors import LocalError
    from captionkit.preview.server import PreviewServer
    from captionkit.preview.session import Session

    session = Session(checkers, recording, title=title)
    session.page()  # what is wrong with a file is said here, and not in the browser
    try:
        server = PreviewServer(session.page, media, port, session.editor)
    except OSError as error:
        raise LocalError(f"cannot serve at port {port}: {error.strerror or error}", hint="Leave out --port.") from error
    with server:
        if as_json:
            echo_data(f'{{"url": "{server.url}"}}\n')
        else:
            echo(f"{server.url}\nCtrl-C ends it.")
        if not no_browser and not webbrowser.open(server.url):
            echo("No browser could be opened; open the address above in one.", err=True)
        try:
            server.serve_forever(poll_interval=0.2)
        except KeyboardInterrupt:
            echo()
