"""See captionkit do its job: `python scripts/demo.py`. Needs nothing but Python 3.11 or newer.

Sets itself up, starts a stand-in Canvas on this machine, and keeps a folder of captions in step with it: pull, new
files from a vendor, plan, apply, an edit and a removal, push, a push that is undone, the same in a course that was
copied, and a look at what viewers and a colleague have afterwards. Then a recording goes to a stand-in Studio, with its
captions. Everything it says is checked; it ends with 0 only if all of it is true. `--here`: with the Python that runs
it, in which captionkit is installed already.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from environment import CLONE, PYTHON, answer_help, ensure, say

if TYPE_CHECKING:
    from captionkit.sandbox.server import Sandbox

    #: Language -> lecture -> file.
    Files = dict[str, dict[str, Path]]

COUNT_OF_LANGUAGES = 3
LECTURES = 10
UKRAINIAN = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nЦі субтитри зробила колега.\n"
OLD_ENGLISH = "1\n00:00:01,000 --> 00:00:03,000\nold captions from last year\n"
AUTOMATIC = "WEBVTT\n\n00:00:00.000 --> 00:00:03.000\nso um welcome too the coarse\n"
DRAFT = "1\n00:00:01,000 --> 00:00:04,000\nDet här är bara ett utkast till föreläsning {}.\n"
SPANISH = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\nHola.\n"


def main() -> None:
    answer_help(__doc__)
    if Path(sys.prefix) != PYTHON.parent.parent and sys.argv[1:] != ["--here"]:
        python = ensure("all")
        sys.exit(subprocess.call([str(python), str(Path(__file__).resolve())]))
    # A code page of Windows has no name for what is printed.
    if not sys.stdout.isatty() and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    folder = CLONE / ".demo" / "captions"
    shutil.rmtree(folder.parent, ignore_errors=True)
    folder.mkdir(parents=True)
    from captionkit.sandbox import Sandbox

    say("Starting a stand-in Canvas")
    with Sandbox() as sandbox:
        Demo(sandbox, folder).run()


def vendor_files(folder: Path) -> Files:
    """Caption files as a vendor delivers them, language -> lecture -> file."""
    from corpus import LANGUAGES, write

    found: Files = {}
    for file in write(folder, LECTURES, languages=LANGUAGES[:COUNT_OF_LANGUAGES]):
        found.setdefault(file.parent.name, {})[file.stem] = file
    say(f"Caption files: {os.path.relpath(folder, CLONE)} ({', '.join(found)}; {LECTURES} lectures)")
    return found


class Demo:
    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.files = vendor_files(folder.parent / "vendor")
        self.lectures = list(next(iter(self.files.values())))
        self.course = sandbox.add_course("Lectures with captions")
        self.media = {name: sandbox.add_media(self.course, name + ".mp4") for name in self.lectures}
        first, second, third, fourth, fifth = list(self.media.values())[:5]
        sandbox.add_track(first, "en", OLD_ENGLISH)
        self.colleagues = sandbox.add_track(second, "uk", UKRAINIAN, user="colleague")
        sandbox.add_track(third, "en", AUTOMATIC, asr=True)
        self.spanish = fourth
        sandbox.add_track(fourth, "es", SPANISH)
        sandbox.add_track(fifth, "es", SPANISH)
        self.environment = {
            **os.environ,
            "CANVAS_API_URL": sandbox.url,
            "CANVAS_API_TOKEN": sandbox.tokens["teacher"],
        }

    def run(self) -> None:
        say("A folder for the course, with what Canvas has already")
        self.captionkit("init", self.folder, "--url", self.sandbox.url, "--course", self.course)
        self.captionkit("pull", self.folder)

        say("The vendor delivers captions in " + str(len(self.files)) + " languages")
        self.deliver()
        self.captionkit("check", self.folder, "--statistics", expected=(0, 1))

        say("What viewers should not get as it is, is held back; so it is mended first")
        output = self.captionkit("plan", self.folder)
        expect("! not sent" in output, "a cue that ends before it starts is not published unseen")
        self.captionkit("fix", self.folder, "--select", "TIM001", "--unsafe-fixes")

        say("What would a push do? Nothing is sent yet")
        plan = self.folder.parent / "plan.json"
        self.captionkit("plan", self.folder, "-o", plan)
        expect(self.put_count() == 0, "planning sent no PUT")

        say("Carry out just that plan")
        self.captionkit("apply", plan, self.folder)
        self.verify_all()

        say("Once more: there is nothing left to do")
        self.sandbox.reset_log()
        output = self.captionkit("push", self.folder, "--yes")
        expect(self.put_count() == 0 and "Nothing to send" in output, "the second push sent no PUT and said so")

        say("Somebody corrects a word, and removes the Spanish captions of one lecture")
        edited = self.change_a_word(self.lectures[0], "(corrected)")
        next(self.folder.glob(self.lectures[3] + ".es.*")).unlink()
        self.captionkit("push", self.folder, "--yes", "--delete")
        expect("(corrected)" in self.viewed(self.media[self.lectures[0]], edited), "viewers get the corrected word")
        expect("es" not in self.locales(self.spanish), "the Spanish captions are gone")
        saved = [file.read_text("utf-8") for file in self.folder.glob(".captionkit/runs/*/backup/**/*.vtt")]
        expect(SPANISH in saved, "and they were saved first, under .captionkit/runs")
        self.verify_colleague()

        self.undo()

        self.next_year()

        say("What the colleague sees in Canvas")
        self.captionkit("media", "list", "--course", self.course, token="colleague")
        self.upload_to_studio()
        print()
        say("All of it is true. The folder is still there to look at: " + str(self.folder.relative_to(CLONE)))

    def undo(self) -> None:
        """A push that should not have been: what it made goes again, what it replaced comes back."""
        say("Somebody sends a draft by mistake, and takes it back")
        before = {lecture: self.shown(lecture) for lecture in self.lectures}
        for number, lecture in enumerate(self.lectures[:3], start=1):
            (self.folder / (lecture + ".sv.srt")).write_text(DRAFT.format(number), encoding="utf-8")
        self.change_a_word(self.lectures[0], "(draft)")
        # The draft is one line long, and is held back for it.
        self.captionkit("push", self.folder, "--yes", "--allow", "times")
        expect("sv" in self.locales(self.media[self.lectures[0]]), "viewers got the draft")
        self.captionkit("history", self.folder)
        self.captionkit("restore", self.folder, "--yes")
        after = {lecture: self.shown(lecture) for lecture in self.lectures}
        expect(after == before, "viewers get just what they got before: nothing of that push is left")
        self.verify_colleague()

    def next_year(self) -> None:
        """A copied course shows the captions of last year's, where a careless request would destroy them."""
        say("Next year the course is copied: the copy shows last year's captions, and some get their own")
        copy = self.sandbox.copy_course(self.course, "Lectures with captions, next year")
        last_year = {track["id"]: track["content"] for track in self.sandbox.all_tracks()}
        files = {lecture: self.sandbox.file_id(media, copy) for lecture, media in self.media.items()}
        before = {lecture: self.sandbox.shown(file) for lecture, file in files.items()}
        folder = self.folder.parent / "next-year"
        folder.mkdir()
        self.captionkit("init", folder, "--url", self.sandbox.url, "--course", copy)
        self.captionkit("pull", folder)
        first, second, third = self.lectures[:3]
        [english] = folder.glob(glob_safe(first) + "*.en.*")
        self.add_word(english, "(of this year)")
        name = english.name.partition(".en.")[0].replace(first, second)
        (folder / (name + ".sv.srt")).write_text(DRAFT.format(2), encoding="utf-8")
        next(folder.glob(glob_safe(third) + "*.fr.*")).unlink()
        self.captionkit("push", folder, "--yes", "--delete", "--allow", "times")
        expect("(of this year)" in self.sandbox.shown(files[first])["en"], "viewers of the copy get this year's word")
        expect("sv" in self.sandbox.shown(files[second]), "and Swedish, which is new")
        self.verify_last_year(last_year)
        self.captionkit("restore", folder, "--yes")
        after = {lecture: self.sandbox.shown(file) for lecture, file in files.items()}
        expect(after == before, "undone, viewers of the copy get just what they got before")
        self.verify_last_year(last_year)

    def verify_last_year(self, last_year: dict[int, str]) -> None:
        now = {track["id"]: track["content"] for track in self.sandbox.all_tracks() if track["id"] in last_year}
        expect(now == last_year, "all " + str(len(now)) + " tracks of last year's course are untouched")

    def upload_to_studio(self) -> None:
        """The other service: a recording is uploaded, with the captions that lie beside it."""
        from captionkit.sandbox.studio import Studio

        say("Studio (Instructure Media): a recording goes up, and after it the captions beside it")
        recordings = self.folder.parent / "recordings"
        recordings.mkdir()
        lecture = recordings / "Guest lecture.mp4"
        lecture.write_bytes(os.urandom(1 << 20) * 64)
        first = self.lectures[0]
        for language in self.files:
            captions = self.folder / language / (first + ".srt")
            shutil.copyfile(captions, recordings / ("Guest lecture." + language + ".srt"))
        with Studio() as studio:
            self.environment["CAPTIONKIT_STUDIO_URL"] = studio.url
            self.environment["CAPTIONKIT_STUDIO_TOKEN"] = studio.tokens["teacher"]
            journal = recordings / "journal.jsonl"
            studio.upload_fault("drop_during", method="PUT", size=1 << 20)
            self.captionkit("upload", lecture, "--title", "Guest lecture: montage", "--journal", journal)
            [media] = studio.media()
            digest = hashlib.sha256(lecture.read_bytes()).hexdigest()
            expect(media["sha256"] == digest, "all 64 MB arrived, though the connection was cut after the first")
            expect(studio.uploads.leaked_tokens == 0, "the upload host never saw the token")
            sent = {caption["srclang"] for caption in studio.captions(media["id"])}
            expect(sent == set(self.files), "the captions are there in " + str(len(sent)) + " languages, read back")
            self.captionkit("upload", lecture, "--title", "Guest lecture: montage", "--journal", journal)
            expect(len(studio.media()) == 1, "a second run uploads nothing twice")

    # --- what happens

    def deliver(self) -> None:
        """Put the vendor's files into the folder; they take the place of older ones in the same language."""
        for language, lectures in self.files.items():
            (self.folder / language).mkdir()
            for lecture, file in lectures.items():
                for older in self.folder.glob(glob_safe(lecture) + "." + language + ".*"):
                    older.unlink()
                shutil.copyfile(file, self.folder / language / file.name)

    def change_a_word(self, lecture: str, word: str) -> str:
        self.add_word(self.folder / "en" / (lecture + ".srt"), word)
        return "en"

    def add_word(self, file: Path, word: str) -> None:
        import captionkit

        document = captionkit.load(file)
        first, *others = document.cues
        captionkit.dump(document.with_cues([first.replace(text=first.text + " " + word), *others]), file)

    def captionkit(self, *arguments: object, token: str = "teacher", expected: tuple[int, ...] = (0,)) -> str:
        """Run a command as a person would, show it and what it says, and make sure that it went well."""
        words = [str(word.relative_to(CLONE)) if isinstance(word, Path) else str(word) for word in arguments]
        print("\n$ captionkit " + " ".join('"' + word + '"' if " " in word else word for word in words), flush=True)
        environment = {**self.environment, "CANVAS_API_TOKEN": self.sandbox.tokens[token]}
        done = subprocess.run(
            [sys.executable, "-m", "captionkit", *words],
            env=environment,
            cwd=CLONE,
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        print(shortened(done.stdout), flush=True)
        ended = "captionkit " + words[0] + " ended with " + str(done.returncode)
        expect(done.returncode in expected, ended, quiet=True)
        return done.stdout

    # --- what is there afterwards

    def verify_all(self) -> None:
        """Every file is what viewers get, cue by cue; nothing else was lost."""
        import captionkit
        from captionkit.conversion import viewer_digest

        checked = 0
        for language, lectures in self.files.items():
            for lecture in lectures:
                file = captionkit.load(self.folder / language / (lecture + ".srt"))
                locale = {"zh-CN": "zh-Hans"}.get(language, language)
                shown = captionkit.loads(self.viewed(self.media[lecture], locale), "vtt")
                expect(viewer_digest(file) == viewer_digest(shown), lecture + " " + language, quiet=True)
                checked += 1
        expect(
            checked >= COUNT_OF_LANGUAGES * LECTURES, str(checked) + " tracks read back: viewers get what the files say"
        )
        expect("es" in self.locales(self.spanish), "the Spanish captions that nobody mentioned are still there")
        self.verify_colleague()

    def verify_colleague(self) -> None:
        track = next(t for t in self.sandbox.all_tracks() if t["id"] == self.colleagues)
        expect(track["content"] == UKRAINIAN, "the colleague's Ukrainian track is untouched: same id, same words")

    def viewed(self, media: str, locale: str) -> str:
        track = next(t for t in self.sandbox.tracks(media) if t["locale"] == locale)
        return self.sandbox.viewed(track["id"])

    def shown(self, lecture: str) -> dict[str, str]:
        """What viewers get of a lecture, by language."""
        return {locale: self.viewed(self.media[lecture], locale) for locale in self.locales(self.media[lecture])}

    def locales(self, media: str) -> set[str]:
        return {track["locale"] for track in self.sandbox.tracks(media)}

    def put_count(self) -> int:
        return self.sandbox.counts.get("PUT", 0)


def expect(is_true: bool, claim: str, *, quiet: bool = False) -> None:
    if not is_true:
        sys.exit("NOT TRUE: " + claim)
    if not quiet:
        print("   true: " + claim, flush=True)


def shortened(text: str, most: int = 45) -> str:
    """The beginning and the end of a long output."""
    lines = text.rstrip("\n").split("\n")
    if len(lines) <= most:
        return "\n".join(lines)
    return "\n".join([*lines[: most - 8], "   ... " + str(len(lines) - most) + " more lines ...", *lines[-8:]])


def glob_safe(text: str) -> str:
    return "".join("[" + c + "]" if c in "[]*?" else c for c in text)


if __name__ == "__main__":
    main()
