"""Files that captionkit wrote and answers of servers, broken in every way that JSON can be: one clear error or none.

Whatever is done to a manifest, a journal, a plan, a backup, a baseline, an audit or an answer, the reader gives a value
or raises a `CaptionkitError` that can be printed; and what it gives can be shown, written again and counted with. A
damaged line costs no other line.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from captionkit.auditing.changes import changes, history
from captionkit.auditing.model import audit_from
from captionkit.auditing.reports import Figures, load
from captionkit.auditing.totals import totals
from captionkit.cli.frame import run as command
from captionkit.errors import CaptionkitError
from captionkit.lint import baseline
from captionkit.lint.results import FileResult
from captionkit.remotes.canvas.api import Canvas
from captionkit.remotes.canvas.remote import CanvasRemote
from captionkit.remotes.http.session import Answer
from captionkit.remotes.studio import json as _studio_json
from captionkit.remotes.studio.vault import Grant
from captionkit.sync.journal import Past, caught_up, read_past
from captionkit.sync.manifest import Manifest, parse_manifest
from captionkit.sync.plan import parse_plan
from captionkit.sync.restore import saved_tracks
from captionkit.sync.run import check_guards, still_to_do
from captionkit.sync.show import plan_events, plan_lines
from captionkit.sync.state import canonical_json, digest_of, merge_views
from captionkit.upload.journal import UploadJournal

SRT = "1\n00:00:01,000 --> 00:00:02,000\n{}\n"

#: What may stand where something else should: as the text of a JSON value.
ODD = [
    "null", "true", "0", "-1", "1e400", "-1e999", "1.5", "9" * 5000, "[" * 100_000, "[" * 900 + "]" * 900, "{}", "[]",
    '""', '"x"', '"\\ud800"', '"\\u0000"', '"..\\/..\\/x"', '"../../x.vtt"', '"/etc/passwd.srt"', '".git/x.srt"',
    '"\\u202e\\u001b[2J"', '"con"', '"C:\\\\x.vtt"', '"as-is"', '"sha256:0"', "NaN", "Infinity", "", "'", "{", '{"":1}',
    '"' + "x" * 100_000 + '"', "18446744073709551616", "[null]", '{"a":{"b":[]}}', '"2026-99-99T99:99:99Z"',
]  # fmt: skip


@dataclass
class Example:
    """Real files of one folder that was pulled and pushed, and real answers."""

    manifest: bytes
    journal: list[bytes]
    plan: bytes
    backup: bytes
    audit: bytes
    baseline: bytes
    answers: Mapping[str, bytes]


class OneRun:
    """A store that has one run with this journal and this backup."""

    def __init__(self, journal: list[bytes] | None = None, backup: bytes = b"") -> None:
        self._journal = journal or []
        self._backup = backup

    def runs(self) -> list[str]:
        return ["run"]

    def read_journal(self, run: str) -> list[bytes]:
        return self._journal

    def load_backup(self, run: str, name: str) -> bytes:
        return self._backup

    def backup_path(self, run: str, name: str) -> str:
        return f"{run}/{name}"


@dataclass
class Scripted:
    """A session that answers everything with one body."""

    body: bytes
    base_url: str = "https://canvas.example"
    redact: Callable[[str], str] = field(default=str)

    def get(self, path: str, parameters: object = ()) -> Answer:
        return Answer(200, {"content-type": "application/json"}, self.body, f"https://canvas.example{path}", "GET x")

    def is_ours(self, url: str) -> bool:
        return url.startswith(self.base_url)


# --- the targets: what is broken, and how it is read and used ---------------------------------------------------------


def a_manifest(data: bytes, example: Example) -> None:
    found = parse_manifest(data, "manifest.jsonl")
    again = parse_manifest(found.as_bytes(), "again")
    assert not again.damage
    assert again.as_bytes() == found.as_bytes()
    assert found.digest
    for error in found.damage:
        _shown(error)
    whole = set(example.manifest.split(b"\n"))
    kept = set(found.as_bytes().split(b"\n"))
    for line in set(data.split(b"\n")) & whole - {b""}:
        if b'"format"' not in line and data.count(b"\n") == example.manifest.count(b"\n"):
            assert line in kept or len(found.damage) == 0, f"an undamaged line was lost: {line[:200]!r}"


def a_journal(data: bytes, example: Example) -> None:
    past: Past = read_past(OneRun(data.split(b"\n")), "run")  # type: ignore[arg-type]
    assert isinstance(past.in_doubt, tuple)
    assert past.can_go_on in (True, False)
    for error in past.damage:
        _shown(error)
    manifest: Manifest = parse_manifest(example.manifest, "manifest.jsonl")
    caught_up(manifest, [past]).as_bytes()
    still_to_do(parse_plan(example.plan, "plan.json"), past)


def a_plan(data: bytes, example: Example) -> None:
    for attempt in (data, _with_its_digest(data)):
        try:
            plan = parse_plan(attempt, "plan.json")
        except CaptionkitError as error:
            _shown(error)
            continue
        "\n".join(plan_lines(plan)).encode()
        json.dumps(list(plan_events(plan)))
        plan.as_bytes()
        for _, step in plan.steps():
            outside = step.path.startswith(("/", ".")) and not step.path.startswith(".captionkit/runs/")
            assert not outside and ".." not in step.path.split("/"), step.path
        check_guards(plan, parse_manifest(example.manifest, "manifest.jsonl"))


def a_backup(data: bytes, example: Example) -> None:
    store: Any = OneRun(example.journal, data)
    past = replace(read_past(store, "run"), backups={"media_objects/m-1": ("m-1", "")})
    for track in saved_tracks(store, past, "media_objects/m-1").values():
        assert ".." not in track.file
        assert not track.file or track.file.startswith("m-1/")


def an_audit(data: bytes, example: Example) -> None:
    before, now = audit_from(data, "audit.json"), audit_from(example.audit, "audit.json")
    found = totals(before)
    figures = Figures(found, changes(before, now), before.made_at, history([before, now], now))
    for form in ("csv", "html", "json", "markdown"):
        assert isinstance(load(form)(before, figures), str)


def a_baseline(data: bytes, example: Example) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, "baseline.json")
        file.write_bytes(data)
        list(baseline.without([FileResult("x.srt", [])], baseline.recorded(file), lambda path: []))


def an_answer(data: bytes, example: Example) -> None:
    def canvas() -> Canvas:
        return Canvas(Scripted(data))  # type: ignore[arg-type]

    asked: list[Callable[[], object]] = [
        lambda: canvas().whoami(),
        lambda: list(canvas().list_media()),
        lambda: canvas().list_tracks("media_objects/m-1"),
        lambda: list(canvas().list_files("courses/1")),
        lambda: merge_views(CanvasRemote(canvas()).read("media_objects/m-1", fresh_listing=False)),
    ]
    for ask in asked:
        try:
            found = ask()
        except CaptionkitError as error:
            _shown(error)
        else:
            repr(found).encode()


def a_studio_answer(data: bytes, example: Example) -> None:
    answer = Scripted(data).get("/api/public/v1/media")
    asked = (_studio_json.media_of, _studio_json.caption_of, _studio_json.collection_of, _studio_json.course_of,
             _studio_json.user_of, _studio_json.new_upload_of)  # fmt: skip
    for ask in asked:
        try:
            found = ask(answer.json(), answer)
        except CaptionkitError as error:
            _shown(error)
        else:
            repr(found).encode()


def a_sign_in(data: bytes, example: Example) -> None:
    try:
        Grant.from_json(data.decode("utf-8", "replace")).as_json().encode()
    except ValueError as error:
        assert "secret" not in str(error)


def an_upload_journal(data: bytes, example: Example) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, "uploads.jsonl")
        file.write_bytes(data)
        with UploadJournal(file).open() as journal:
            repr(journal.past("one")).encode()
            repr(journal.others("one")).encode()


_STUDIO = json.dumps({
    "id": 1, "title": "Lecture", "description": None, "duration": 61.5, "created_at": "2026-01-01T00:00:00Z",
    "owner": {"id": 7, "display_name": "Ann", "email": "ann@example.edu"}, "size": 5, "collection": {"id": 3},
    "srclang": "en", "status": "published", "name": "Lectures", "course_id": 101, "role_names": ["teacher"],
    "url": "https://upload.example/x", "display_name": "Ann",
}).encode()  # fmt: skip
_GRANT = Grant("1", "secret", "urn:x", "secret", "secret", 1.0, 2.0).as_json().encode()
_UPLOADS = b"\n".join(
    json.dumps({"key": key, "state": state, "at": 1.5, "media": "7", "language": "en"}).encode()
    for key in ("one", "two")
    for state in ("STARTED", "MADE", "CAPTION", "AGAIN")
)

TARGETS: dict[str, tuple[Callable[[Example], bytes], Callable[[bytes, Example], None]]] = {
    "manifest": (lambda e: e.manifest, a_manifest),
    "journal": (lambda e: b"\n".join(e.journal), a_journal),
    "plan": (lambda e: e.plan, a_plan),
    "backup": (lambda e: e.backup, a_backup),
    "audit": (lambda e: e.audit, an_audit),
    "baseline": (lambda e: e.baseline, a_baseline),
    "answer with tracks": (lambda e: e.answers["tracks"], an_answer),
    "answer with media": (lambda e: e.answers["media"], an_answer),
    "answer with files": (lambda e: e.answers["files"], an_answer),
    "answer with a user": (lambda e: e.answers["user"], an_answer),
    "answer of Studio": (lambda e: _STUDIO, a_studio_answer),
    "sign-in": (lambda e: _GRANT, a_sign_in),
    "journal of uploads": (lambda e: _UPLOADS, an_upload_journal),
}


class Target:
    """Breaks one file or answer a step, and reads it."""

    def __init__(self, chance: random.Random, corpus: Path) -> None:
        self._chance = chance
        self._example: Example | None = None
        self._data = b""
        self._runs = 0

    def step(self) -> None:
        if self._example is None:
            self._example = example()
        take, read = TARGETS[self._chance.choice(list(TARGETS))]
        self._data = broken(take(self._example), self._chance)
        self._runs += 1
        try:
            read(self._data, self._example)
        except CaptionkitError as error:
            _shown(error)

    def evidence(self) -> bytes:
        return self._data

    def done(self) -> str:
        return f"{self._runs} broken files and answers read"


def broken(data: bytes, chance: random.Random) -> bytes:
    """The same with one to three things in it that are not as they should be."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        lines = data.split(b"\n")
        at = chance.randrange(len(lines)) if len(lines) > 1 and lines[0].startswith(b'{"') else None
        part = data if at is None else lines[at]
        part = _broken_value(part, chance) if chance.random() < 0.8 else _broken_bytes(part, chance)
        data = part if at is None else b"\n".join([*lines[:at], part, *lines[at + 1 :]])
    return data


def _broken_value(data: bytes, chance: random.Random) -> bytes:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return _broken_bytes(data, chance)
    mark = "\ufdd0"
    places: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        inside = one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else ()
        for key, each in inside:
            places.append((one, key))
            waiting.append(each)
    if not places or chance.random() < 0.03:
        return chance.choice(ODD).encode()
    home, key = chance.choice(places)
    if chance.random() < 0.2:
        del home[key]
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    home[key] = mark
    text = json.dumps(value, ensure_ascii=False)
    return text.replace(f'"{mark}"', chance.choice(ODD)).encode("utf-8", "surrogatepass")


def _broken_bytes(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    end = min(len(data), at + chance.choice((1, 8, 200)))
    return data[:at] + chance.choice((b"", b"\0", b"\xff", b"\r\n", data[at:end] * 2, b'"', b"{", b"]")) + data[end:]


def _with_its_digest(data: bytes) -> bytes:
    """A plan as somebody who knows how its id is made would send it."""
    try:
        raw = json.loads(data)
        raw.pop("plan_id", None)
        raw["plan_id"] = digest_of(canonical_json(raw))
        return json.dumps(raw).encode()
    except (ValueError, RecursionError, AttributeError, TypeError):
        return data


def _shown(error: CaptionkitError) -> None:
    assert error.exit_code
    "\n".join(error.lines()).encode()


def example() -> Example:
    """What a pull and a push of a stand-in Canvas leave behind, and what it answers."""
    import requests

    from captionkit.sandbox import Sandbox

    with TemporaryDirectory() as place, Sandbox() as sandbox, _environment(sandbox.url, sandbox.tokens["teacher"]):
        folder = Path(place, "captions")
        folder.mkdir()
        course = sandbox.add_course("Captions")
        media = [sandbox.add_media(course, f"Lecture {n}", in_files=True) for n in (1, 2, 3)]
        sandbox.add_track(media[0], "de", SRT.format("Hallo"))
        sandbox.add_track(media[1], "en", SRT.format("Hello"))
        (folder / "captionkit.toml").write_text(
            f'[canvas]\nurl = "{sandbox.url}"\ncourse = {course}\n', encoding="utf-8"
        )
        _quietly("pull", str(folder))
        for file in folder.glob("*.srt"):
            file.write_text(SRT.format("Something else that is said"), encoding="utf-8")
        (folder / "Lecture 3.en.srt").write_text(SRT.format("New here"), encoding="utf-8")
        _quietly("plan", str(folder), "-o", str(Path(place, "plan.json")))
        _quietly("push", str(folder), "--yes", "--allow", "all-changed")
        _quietly("audit", str(folder), "-o", str(Path(place, "audit.json")))
        _quietly("check", str(folder), "--select", "ALL", "--write-baseline", str(Path(place, "baseline.json")))
        home = folder / ".captionkit"
        pushed = max(home.glob("runs/*/plan.json")).parent
        headers = {"Authorization": f"Bearer {sandbox.tokens['teacher']}"}

        def answer(path: str) -> bytes:
            return requests.get(f"{sandbox.url}/api/v1/{path}", headers=headers, timeout=10).content

        return Example(
            (home / "manifest.jsonl").read_bytes(),
            (pushed / "journal.jsonl").read_bytes().split(b"\n")[:-1],
            Path(place, "plan.json").read_bytes(),
            next(pushed.glob("backup/*/tracks.json")).read_bytes(),
            Path(place, "audit.json").read_bytes(),
            Path(place, "baseline.json").read_bytes(),
            {
                "tracks": answer(f"media_objects/{media[0]}/media_tracks?include[]=content"),
                "media": answer(f"courses/{course}/media_objects"),
                "files": answer(f"courses/{course}/files"),
                "user": answer("users/self"),
            },
        )


@contextmanager
def _environment(url: str, token: str) -> Any:
    before = dict(os.environ)
    os.environ |= {"CANVAS_API_URL": url, "CANVAS_API_TOKEN": token}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _quietly(*words: str) -> None:
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        code = command(words)
    assert code in (0, 1), f"{words}: {code}: {out.getvalue()} {err.getvalue()}"
