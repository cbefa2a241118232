"""A real captionkit process, a Canvas over HTTP, two colleagues who write at any moment, a broken wire, and `kill -9`.

`play(seed)` is one round, in an ordinary course or in a copied one, whose original must stay as it is. A colleague's
page may be stale: saved, it removes what was added since. What is asked afterwards: every text that was ever on the
server is there still, or in a backup of the run that replaced it, or was replaced by a colleague, or was written by one
within an exposure window that the journal records; and once everybody leaves captionkit alone, it brings the server in
step with the folder.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from captionkit.errors import ExitCode
from captionkit.sandbox import Sandbox, Switches

CLONE = Path(__file__).resolve().parent.parent.parent
TITLES = ("Lecture 1", "Lecture 2", "Lecture 3")
LOCALES = ("de", "en", "fr", "uk")
#: What the wire may do to any request; after each of them what was done has to be found out.
WIRE = (
    "drop_before", "drop_during", "drop_after", "cut", "hang_up_after", "bad_gateway_after", "error_before",
    "error_after", "half_json", "login_page", "not_a_list", "throttled", "slow", "redirect", "no_content",
)  # fmt: skip
#: What a command may end with here.
STATED = {int(code) for code in ExitCode} - {ExitCode.USAGE}
#: A killed child's request may still be in the server's hands for this many seconds.
AFTERLIFE = 1.5


@dataclass
class Tally:
    """What rounds went through."""

    rounds: int = 0
    runs: int = 0
    crashes: int = 0
    faults: int = 0
    foreign_writes: int = 0
    born_in_window: int = 0
    lost: int = 0
    endings: dict[int, int] = field(default_factory=dict)

    def __iadd__(self, other: Tally) -> Tally:
        for name in ("rounds", "runs", "crashes", "faults", "foreign_writes", "born_in_window", "lost"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for code, number in other.endings.items():
            self.endings[code] = self.endings.get(code, 0) + number
        return self


@dataclass(frozen=True)
class Write:
    """A text that a colleague uploaded, and the time in which that happened."""

    media_id: str
    text: str
    begun: float
    done: float


class Round:
    """One course and one folder; see `play`."""

    def __init__(self, seed: int, sandbox: Sandbox, home: Path) -> None:
        self.draw = random.Random(seed)
        self.sandbox = sandbox
        self.folder = home / "captions"
        self.folder.mkdir()
        self.tally = Tally(rounds=1)
        self.ever: dict[str, str] = {}  # text -> where it was seen
        self.writes: list[Write] = []
        self.theirs: set[str] = set()  # texts that a colleague replaced or deleted
        self.killed_at: list[float] = []
        self._texts = 0
        self._stop = threading.Event()
        self.course = sandbox.add_course("Captions")
        self.media = {
            title: sandbox.add_media(self.course, title, in_files=self.draw.random() < 0.5) for title in TITLES
        }
        self.is_copy = self.draw.random() < 0.5
        if self.is_copy:
            self._copy()
        self.tabs: dict[str, dict[str, Any]] = {}
        self.elsewhere = self._elsewhere()
        path = "" if self.is_copy or self.draw.random() < 0.7 else 'path = "media_objects"\n'  # by default "auto"
        toml = f'[canvas]\nurl = "{sandbox.url}"\ncourse = {self.course}\n{path}'
        (self.folder / "captionkit.toml").write_text(toml, encoding="utf-8")
        self.environment = {**os.environ, "CANVAS_API_URL": sandbox.url, "CANVAS_API_TOKEN": sandbox.tokens["teacher"],
                            "PYTHONUTF8": "1", "PYTHONPATH": str(CLONE)}  # fmt: skip

    def _copy(self) -> None:
        """From now on the course is a copy of that with the recordings, which have captions there."""
        for title, media_id in self.media.items():
            for locale in self.draw.sample(LOCALES, 3):
                form = self.draw.choice(["vtt", "srt"])
                user = self.draw.choice(["teacher", "colleague"])
                self.sandbox.add_track(media_id, locale, self.text(f"original {title}", form), user=user)
        self.course = self.sandbox.copy_course(self.course, "Next year", own_tracks=self.draw.random() < 0.3)
        self.sandbox.enroll("colleague", self.course)
        for media_id in self.media.values():
            if self.draw.random() < 0.3:
                self.sandbox.replace_data(self._file(media_id), "teacher")

    def _file(self, media_id: str) -> int:
        return self.sandbox.file_id(media_id, self.course)

    def _shown(self, media_id: str) -> dict[str, dict[str, Any]]:
        """What the course shows of a recording, by locale: the file's own tracks, and what it is lent."""
        file, home = self._file(media_id), self.sandbox.file_id(media_id)
        rows = [t for t in self.sandbox.tracks(media_id) if t["attachment_id"] in (file, home)]
        return {t["locale"]: t for t in sorted(rows, key=lambda t: bool(t["attachment_id"] == file))}

    def _elsewhere(self) -> dict[int, str]:
        """The tracks of the originals in another course."""
        homes = {self.sandbox.file_id(media_id) for media_id in self.media.values() if self.is_copy}
        return {t["id"]: t["content"] for t in self.sandbox.all_tracks() if t["attachment_id"] in homes}

    # --- people

    def text(self, who: str, form: str) -> str:
        """A text like no other."""
        self._texts += 1
        words = f"{who} {self._texts}"
        if form == "vtt":
            return f"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n{words}\n"
        # "garbled" is what Canvas's own conversion would spoil, so that the track is made anew in two requests.
        return f"1\n00:00:01,000 --> 00:00:02,000\n{'5, ' * (form == 'garbled')}{words}\n"

    def edit_folder(self) -> None:
        for _ in range(self.draw.randrange(1, 6)):
            title, locale = self.draw.choice(TITLES), self.draw.choice(LOCALES)
            for file in self.folder.glob(f"{title}.{locale}.*"):
                file.unlink()
            if self.draw.random() < 0.85:
                form = self.draw.choice(["vtt", "srt", "garbled"])
                name = f"{title}.{locale}.{'vtt' if form == 'vtt' else 'srt'}"
                (self.folder / name).write_text(self.text("folder", form), encoding="utf-8")

    def editor(self, seed: int, pause: float) -> None:
        """A colleague in the browser, until told to stop."""
        draw = random.Random(seed)
        while not self._stop.wait(draw.uniform(0, 2 * pause)):
            self.foreign_write(draw)

    def foreign_write(self, draw: random.Random) -> None:
        media_id, locale = self.media[draw.choice(TITLES)], draw.choice(LOCALES)
        with self.sandbox._state.lock:  # as the server's own request would be: one at a time
            begun = time.time()
            there = self._shown(media_id).get(locale)
            is_own = there is not None and there["attachment_id"] == self._file(media_id)
            if is_own and there is not None:
                self.theirs.add(there["content"])
            if draw.random() < 0.15:
                self._use_tab(draw, media_id, locale, begun)
            elif is_own and there is not None and draw.random() < 0.2:
                self.sandbox.delete_track(there["id"])
            else:
                text = self.text("colleague", draw.choice(["vtt", "srt"]))
                if there is None or not is_own:  # over a track that is lent this makes one of the copy's own
                    user = draw.choice(["teacher", "colleague"])
                    self.sandbox.add_track(media_id, locale, text, user=user, file=self._file(media_id))
                else:
                    self.sandbox.edit_track(there["id"], text)
                self.writes.append(Write(media_id, text, begun, time.time()))
            self.tally.foreign_writes += 1

    def _use_tab(self, draw: random.Random, media_id: str, locale: str, begun: float) -> None:
        """Open Canvas's own page of a recording's captions, or save in one that was opened a while ago."""
        tab = self.tabs.pop(media_id, None)
        if tab is None:
            self.tabs[media_id] = self.sandbox.open_tab("colleague", self._file(media_id))
            return
        text = self.text("stale tab", "vtt")
        shown = self._shown(media_id)
        # What is lent, and not in the list, Canvas would destroy in the other course: not here.
        tab["locales"] += [loc for loc, t in shown.items() if t["id"] in self.elsewhere]
        self.theirs |= {t["content"] for loc, t in shown.items() if loc == locale or loc not in tab["locales"]}
        self.sandbox.save_tab(tab, {locale: text})
        self.writes.append(Write(media_id, text, begun, time.time()))

    # --- captionkit

    def captionkit(self, command: str, *options: str, kill_after: float | None = None) -> int | None:
        """Run a command; its exit code, None where it was killed."""
        self.note_texts()
        self.tally.runs += 1
        child = subprocess.Popen(
            [sys.executable, "-m", "captionkit", command, str(self.folder), *options],
            cwd=CLONE, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            out, err = child.communicate(timeout=kill_after or 180)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            assert kill_after is not None, f"captionkit {command} did not end"
            self.killed_at.append(time.time())
            self.tally.crashes += 1
            time.sleep(0.1)
            return None
        output = (out + err).decode("utf-8", "replace")
        assert "Traceback" not in output, output
        assert child.returncode in STATED, f"{command} ended with {child.returncode}: {output}"
        self.tally.endings[child.returncode] = self.tally.endings.get(child.returncode, 0) + 1
        self.output = output
        return child.returncode

    def push_and_resume(self, kill: bool) -> None:
        """A push, killed at a random moment or not, and resumed until it is at its end."""
        options = ["--yes", "--on-conflict", self.draw.choice(["stop", "local", "remote"])]
        options += [
            "--max-delete",
            "99",
            "--allow",
            "last-caption",
            "--allow",
            "all-changed",
            "--allow",
            "foreign-owner",
        ]
        options += ["--delete"] * (self.draw.random() < 0.5) + ["--guard-locales"] * (self.draw.random() < 0.3)
        code = self.captionkit("push", *options, kill_after=self.draw.uniform(0.3, 2.2) if kill else None)
        while code is None:
            code = self.captionkit(
                "resume", "--yes", kill_after=self.draw.uniform(0.3, 2.2) if self.draw.random() < 0.6 else None
            )

    def settle(self) -> None:
        """Left alone, it brings Canvas in step with the folder, and then has nothing more to do."""
        self.sandbox.clear_faults()
        self.captionkit("resume", "--yes")
        for _ in range(3):
            code = self.captionkit("push", "--yes", "--on-conflict", "local", "--allow", "all-changed")
        puts = self.sandbox.counts.get("PUT", 0)
        code = self.captionkit("push", "--yes", "--on-conflict", "local", "--allow", "all-changed")
        assert self.sandbox.counts.get("PUT", 0) == puts, "it never comes to rest"
        assert code is not None
        teacher = next(user["id"] for user in self.sandbox.users() if user["name"] == "teacher")
        for file in self.folder.glob("Lecture*"):
            title, locale, _ = file.name.rsplit(".", 2)
            words = file.read_text(encoding="utf-8").splitlines()[-1]
            if "may still be on its way" in self.output:
                continue  # killed between the two requests for a track of a copy: it goes on in ten minutes
            track = self._shown(self.media[title]).get(locale)
            # Deleted by a colleague, which a push reports and does not undo.
            if track is None or track["id"] in self.elsewhere:
                assert "deleted in Canvas" in self.output, (file.name, self.output)
            elif track["user_id"] == teacher and "edited in Canvas" not in self.output:
                assert words in self.sandbox.viewed(track["id"]).splitlines(), (file.name, self.output)

    # --- the history

    def note_texts(self) -> None:
        for track in self.sandbox.all_tracks():
            self.ever[track["content"]] = track["media_id"]

    def judge(self) -> None:
        """Nothing is lost but what was born in a window that the journal tells of."""
        self.note_texts()
        assert self._elsewhere() == self.elsewhere, "a track of another course was changed or destroyed"
        there = {track["content"] for track in self.sandbox.all_tracks()}
        backups = self.folder.glob(".captionkit/runs/*/backup/**/*.*")
        saved = {file.read_text(encoding="utf-8") for file in backups if file.suffix in (".vtt", ".srt")}
        written = {write.text: write for write in self.writes}
        windows = self.windows()
        for text in (*self.ever, *written):
            if text in there or text in saved or text in self.theirs:
                continue
            write = written.get(text)
            is_excused = write is not None and any(
                media_id == write.media_id and begin <= write.done and write.begun <= end
                for media_id, begin, end in windows
            )
            self.tally.born_in_window += is_excused
            self.tally.lost += not is_excused
            assert is_excused, f"lost: {text!r} of {self.ever.get(text)}"

    def windows(self) -> list[tuple[str, float, float]]:
        """When an edit could not be seen: from our last look to the answer, or to the end of a killed child's acts."""
        found = []
        ids = {f"media_attachments/{self._file(m)}": m for m in self.media.values()}
        for journal in self.folder.glob(".captionkit/runs/*/journal.jsonl"):
            sent: dict[str, float] = {}
            for line in journal.read_bytes().split(b"\n"):
                try:
                    record = json.loads(line)
                except ValueError:
                    continue
                media = record.get("media", "")
                media_id = ids.get(media, media.rpartition("/")[2])
                if record["state"] == "SENT":
                    sent[media_id] = datetime.fromisoformat(record["at"]).timestamp()
                elif record["state"] == "ACKED":
                    sent.pop(media_id, None)
                    found.append((media_id, record["looked_at"], record["answered_at"]))
            for media_id, at in sent.items():
                death = min((moment for moment in self.killed_at if moment >= at), default=at)
                found.append((media_id, at - 1.2, death + AFTERLIFE))
        return found


def play(seed: int, *, pushes: int = 3) -> Tally:
    """One round; the same seed draws the same moves, though not the same moments.

    Raises:
        AssertionError: where something was lost, or a command ended as none should.
    """
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="captionkit-torture-") as home:
        switches = Switches(latency_ms=draw.choice([0, 5, 20, 60]), old_server=draw.random() < 0.3)
        with Sandbox(switches=switches) as sandbox:
            round_ = Round(seed, sandbox, Path(home))
            for _ in range(draw.randrange(6)):
                round_.foreign_write(draw)
            round_.note_texts()
            pause = draw.choice([0.03, 0.15, 0.6])
            busy = draw.random() < 0.6
            editors = [threading.Thread(target=round_.editor, args=(seed + n, pause)) for n in range(2 * busy)]
            for editor in editors:
                editor.start()
            try:
                for _ in range(pushes):
                    round_.edit_folder()
                    if draw.random() < 0.6:
                        action, method = draw.choice(WIRE), draw.choice(["PUT", "GET"])
                        sandbox.fault(action, method=method, nth=draw.randrange(1, 5), times=draw.randrange(1, 4),
                                  seconds=0.3, size=20)  # fmt: skip
                    round_.push_and_resume(kill=draw.random() < 0.75)
                    round_.tally.faults += sum(met for _, met in sandbox.faults_met())
                    sandbox.clear_faults()
            finally:
                round_._stop.set()
                for editor in editors:
                    editor.join()
            round_.judge()
            round_.settle()
            round_.judge()
            return round_.tally
