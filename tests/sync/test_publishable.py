"""A push publishes only what should be seen: each check holds a track back, and is lifted by its name.

All through the commands, against the stand-in Canvas over real HTTP.
"""

from __future__ import annotations

import json
import re
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from sandbox_course import CommandResult, SandboxCourse

from captionkit.errors import ExitCode
from captionkit.language_check import installed_detector

ENGLISH = (
    "Today we will look at how a film is made and why that is so difficult.",
    "The first thing that you have to know is that not all shots are the same.",
    "Editing is the art of putting them together so that the story makes sense.",
    "That is why in this class we are going to talk about cuts and about music.",
)
FRENCH = (
    "Aujourd'hui nous allons voir comment on fait un film et pourquoi c'est si difficile.",
    "La première chose que vous devez savoir est que tous les plans ne sont pas les mêmes.",
    "Le montage est l'art de les mettre ensemble pour que l'histoire ait un sens.",
    "C'est pour cela que dans ce cours nous allons parler des coupes et de la musique.",
)
RUSSIAN = (
    "Сегодня мы посмотрим, как снимают кино и почему это так трудно.",
    "Первое, что вы должны знать: не все планы одинаковы.",
    "Монтаж — это искусство соединять их так, чтобы история имела смысл.",
    "Поэтому на этом занятии мы будем говорить о склейках и о музыке.",
)


CHINESE = (
    "今天我们要看看电影是怎么拍成的，以及为什么这么难。",
    "首先要知道的是，并不是所有的镜头都一样。",
    "剪辑是把它们组合在一起，让故事有意义的艺术。",
    "所以在这堂课里，我们要谈谈剪接和音乐，还有声音的设计。",
)


LITHUANIAN = (
    "Šiandien pažiūrėsime, kaip kuriamas filmas ir kodėl tai taip sunku.",
    "Pirmas dalykas, kurį reikia žinoti, yra tai, kad ne visi kadrai vienodi.",
    "Montažas yra menas juos sujungti taip, kad istorija turėtų prasmę.",
    "Todėl šioje paskaitoje kalbėsime apie pjūvius ir apie muziką.",
)


def srt(texts: Sequence[str], every_s: int = 5) -> str:
    cues = [
        f"{n + 1}\n{clock(n * every_s)},000 --> {clock(n * every_s + 4)},000\n{text}\n" for n, text in enumerate(texts)
    ]
    return "\n".join(cues)


def vtt(texts: Sequence[str], every_s: int = 5) -> str:
    cues = [f"{clock(n * every_s)}.000 --> {clock(n * every_s + 4)}.000\n{text}\n" for n, text in enumerate(texts)]
    return "WEBVTT\n\n" + "\n".join(cues)


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def movie(path: Path, seconds: int) -> None:
    """The few bytes of an MP4 file that say how long it runs."""

    def sandbox(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I4s", len(content) + 8, name) + content

    header = struct.pack(">B3xIIII", 0, 0, 0, 1000, seconds * 1000)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sandbox(b"ftyp", b"isom") + sandbox(b"moov", sandbox(b"mvhd", header)))


MERGED_SRT = srt(ENGLISH).replace(ENGLISH[1], f"<<<<<<< HEAD\n{ENGLISH[1]}\n=======\n{ENGLISH[2]}\n>>>>>>> vendor")
MERGED_VTT = vtt(ENGLISH).replace("WEBVTT\n\n", "WEBVTT\n\n<<<<<<< HEAD\n") + "\n=======\n>>>>>>> 3fa45bc (new texts)\n"
UNREAD_CUE = srt(ENGLISH).replace("00:00:05,000", "00:00:o5,000")
STRAY_TEXT = "Transcribed by a friend of mine\n\n" + srt(ENGLISH)
BACKWARDS = vtt(ENGLISH).replace("00:00:05.000 --> 00:00:09.000", "00:00:09.000 --> 00:00:05.000")
NEVER_CLOSED = vtt(ENGLISH).replace("the same", "<made-up>the same")

#: What is wrong, the file's name, its content, and the check that holds it back.
BAD: dict[str, tuple[str, str | bytes, str]] = {
    "marks of a merge in SRT": ("Lecture 1.en.srt", MERGED_SRT, "conflict-markers"),
    "marks of a merge in WebVTT": ("Lecture 1.en.vtt", MERGED_VTT, "conflict-markers"),
    "a mark that was forgotten": ("Lecture 1.en.vtt", vtt(ENGLISH) + "\n>>>>>>> vendor\n", "conflict-markers"),
    "French called Spanish": ("Lecture 1.es.srt", srt(FRENCH), "language"),
    "French called German, in WebVTT": ("Lecture 1.de.vtt", vtt(FRENCH), "language"),
    "Russian called English": ("Lecture 1.en.srt", srt(RUSSIAN), "language"),
    "English called Japanese": ("Lecture 1.ja.srt", srt(ENGLISH), "language"),
    "a cue that cannot be read": ("Lecture 1.en.srt", UNREAD_CUE, "hidden-words"),
    "words on the timing line": (
        "Lecture 1.en.srt",
        srt(ENGLISH).replace("00:00:09,000", "00:00:09,000 Hello everyone"),
        "hidden-words",
    ),
    "words that players take for a tag": ("Lecture 1.en.vtt", vtt([*ENGLISH, "if a <b and c> d"]), "hidden-words"),
    "text before the first cue": ("Lecture 1.en.srt", STRAY_TEXT, "hidden-words"),
    "a block that is no cue": ("Lecture 1.en.vtt", vtt(ENGLISH) + "\nand these words were lost\n", "hidden-words"),
    "a cue that ends before it starts": ("Lecture 1.en.vtt", BACKWARDS, "findings"),
    "a tag that hides nothing but is none": ("Lecture 1.en.vtt", NEVER_CLOSED, "findings"),
    "an encoding that is a guess": ("Lecture 1.fr.srt", srt(FRENCH).encode("cp1252"), "encoding"),
    "letters that were mangled before": (
        "Lecture 1.fr.srt",
        srt([*FRENCH, "Voilà, c'était déjà fini."]).encode().decode("cp1252", "replace").encode(),
        "encoding",
    ),
    "a letter that is lost": ("Lecture 1.en.srt", srt(ENGLISH).replace("film", "fi\0m"), "encoding"),
    "English called Chinese, with a script": ("Lecture 1.zh-Hans.srt", srt(ENGLISH), "language"),
    "Chinese called Japanese": ("Lecture 1.ja.srt", srt(CHINESE), "language"),
    "broken bytes": ("Lecture 1.fr.srt", srt(FRENCH).encode().replace("è".encode(), b"\xe8"), "encoding"),
}


def held(result: CommandResult) -> list[tuple[str, ...]]:
    """The checks that hold a track back, for each such step of `--json`."""
    steps = [json.loads(line) for line in result.out.splitlines()]
    return [tuple(step["held"]) for step in steps if step.get("do") == "hold"]


@pytest.mark.parametrize("what", BAD)
class TestEachCheck:
    def test_holds_the_track_back_and_lets_the_rest_go_on(self, course: SandboxCourse, what: str) -> None:
        name, text, check = BAD[what]
        course.write(name, text)
        course.write("Lecture 2.en.srt", srt(ENGLISH[:2]))
        assert check in held(course.shell("plan", course.folder, "--json"))[0]
        result = course.push()
        assert result.code == ExitCode.FINDINGS, result.all
        assert "! not sent" in result.out and f"--allow {check}" in result.out
        assert "NOT SENT: " in result.out
        assert course.tracks("Lecture 1") == {}
        assert set(course.tracks("Lecture 2")) == {"en"}
        assert course.push().code == ExitCode.FINDINGS, "it is said again, until somebody does something"

    def test_is_lifted_by_its_name(self, course: SandboxCourse, what: str) -> None:
        name, text, _ = BAD[what]
        course.write(name, text)
        (checks,) = held(course.shell("plan", course.folder, "--json"))
        lifted = [part for check in checks for part in ("--allow", check)]
        while more := held(course.shell("plan", course.folder, "--json", *lifted)):
            lifted += [part for check in more[0] for part in ("--allow", check)]
        result = course.push(*lifted)
        assert result.code == ExitCode.OK, result.all
        assert len(course.tracks("Lecture 1")) == 1

    def test_stays_when_another_one_is_lifted(self, course: SandboxCourse, what: str) -> None:
        name, text, _ = BAD[what]
        course.write(name, text)
        assert course.push("--allow", "same-words").code == ExitCode.FINDINGS
        assert course.tracks("Lecture 1") == {}


#: What may look odd and is fine: the file's name and its content.
GOOD: dict[str, tuple[str, str | bytes]] = {
    "a wrong arrow that our writer puts right": ("Lecture 1.en.srt", srt(ENGLISH).replace("-->", "->", 1)),
    "numbers that are missing": ("Lecture 1.en.srt", srt(ENGLISH).replace("2\n00:00:05", "00:00:05")),
    "a tag that is not closed, in SRT": ("Lecture 1.en.srt", srt(["<i>Hello", *ENGLISH])),
    "Q&A in WebVTT": ("Lecture 1.en.vtt", vtt(["Q&A and R&D", *ENGLISH])),
    "an alignment of old, which players read over": (
        "Lecture 1.en.vtt", vtt(ENGLISH).replace("00:00:04.000", "00:00:04.000 align:middle line:90%")
    ),
    "Chinese": ("Lecture 1.zh-Hans.srt", srt(CHINESE)),
    "Chinese and English": (
        "Lecture 1.zh-Hant.srt", srt([f"{a}\n{b}" for a, b in zip(CHINESE, ENGLISH, strict=True)])
    ),
    "code with < and >": ("Lecture 1.en.srt", srt(["if a < b && c > d: List<String> x;", *ENGLISH])),
    "coordinates on the timing line": (
        "Lecture 1.en.srt", srt(ENGLISH).replace("00:00:09,000", "00:00:09,000 X1:10 X2:20 Y1:30 Y2:40")
    ),
    "an underline": ("Lecture 1.en.srt", srt(["Chapter one\n=======", *ENGLISH])),
    "an underline in WebVTT": ("Lecture 1.en.vtt", vtt(["Chapter one\n=======", *ENGLISH])),
    "prompts": ("Lecture 1.en.srt", srt([">>> print(1)", ">>>>>>> and so on", *ENGLISH])),
    "two languages in one file": ("Lecture 1.fr.srt", srt([f"{a}\n{b}" for a, b in zip(FRENCH, ENGLISH, strict=True)])),
    "letters that look mangled, told of": (
        "Lecture 1.en.srt", srt(["It says Ã© and Ã¨", "and Ã¼ for a letter with two dots", *(ENGLISH * 5)])
    ),
    "music alone": ("Lecture 1.en.vtt", vtt(["[Music]", "♪ ♪", "[Applause]"])),
    "one word": ("Lecture 1.es.vtt", vtt(["OK"])),
    "a dot that is shown for no time": (
        "Lecture 1.en.srt",
        srt(ENGLISH) + "\n5\n00:00:20,000 --> 00:00:20,000\n.\n.\n",
    ),
    "a byte order mark and CRLF": ("Lecture 1.fr.srt", b"\xef\xbb\xbf" + srt(FRENCH).replace("\n", "\r\n").encode()),
    "UTF-16 with a mark": ("Lecture 1.fr.srt", srt(FRENCH).encode("utf-16")),
    "words for numbers": ("Lecture 1.en.srt", re.sub(r"(?m)^(\d)$", r"cue \1", srt(ENGLISH))),
    "a comment and a style": (
        "Lecture 1.en.vtt", f"WEBVTT\n\nSTYLE\n::cue {{ color: red }}\n\nNOTE nobody sees this\n{vtt(ENGLISH)[6:]}"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", GOOD)
def test_what_is_fine_goes_out(course: SandboxCourse, what: str) -> None:
    name, text = GOOD[what]
    course.write(name, text)
    result = course.push()
    assert result.code == ExitCode.OK, result.all
    assert len(course.tracks("Lecture 1")) == 1


def test_captions_without_any_text_are_none(course: SandboxCourse) -> None:
    course.write("Lecture 1.en.srt", srt(["", " ", ""]))
    course.write("Lecture 2.en.vtt", vtt(["&nbsp;", "<i> </i>"]))
    result = course.push()
    assert result.code == ExitCode.FINDINGS
    assert course.tracks("Lecture 1") == course.tracks("Lecture 2") == {}


def test_without_a_detector_words_and_letters_that_are_sure_still_count(
    course: SandboxCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "py3langid", None)
    installed_detector.cache_clear()
    course.write("Lecture 1.es.srt", srt(FRENCH))
    course.write("Lecture 1.ko.srt", srt(ENGLISH))
    course.write("Lecture 2.lv.srt", srt(LITHUANIAN))
    try:
        result = course.push()
    finally:
        installed_detector.cache_clear()
    assert result.code == ExitCode.FINDINGS
    assert course.tracks("Lecture 1") == {}
    assert set(course.tracks("Lecture 2")) == {"lv"}, "only a detector knows that this is no Latvian"


class TestSameWords:
    def test_the_captions_of_another_recording_are_held_back_in_whatever_format(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.srt", srt(ENGLISH))
        assert course.push().code == ExitCode.OK
        course.write("Lecture 2.en.vtt", vtt([text.upper() for text in ENGLISH], every_s=7))
        course.write("Lecture 3.en.srt", srt(ENGLISH[:2]))
        result = course.push()
        assert result.code == ExitCode.FINDINGS
        assert "the words are those of another recording, Lecture 1 (Lecture 1.en.srt)" in result.out
        assert course.tracks("Lecture 2") == {}
        assert set(course.tracks("Lecture 3")) == {"en"}
        assert course.push("--allow", "same-words").code == ExitCode.OK
        assert set(course.tracks("Lecture 2")) == {"en"}

    def test_of_two_new_ones_nobody_knows_which_is_right(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.srt", srt(ENGLISH))
        course.write("Lecture 2.en.srt", srt(ENGLISH))
        assert held(course.shell("plan", course.folder, "--json")) == [("same-words",), ("same-words",)]

    def test_one_that_is_held_back_accuses_nobody(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.fr.srt", srt(FRENCH))
        course.write("Lecture 2.es.srt", srt(FRENCH))
        assert held(course.shell("plan", course.folder, "--json")) == [("language",)]
        course.push()
        assert set(course.tracks("Lecture 1")) == {"fr"}

    def test_two_files_of_one_recording_may_say_the_same(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.srt", srt(ENGLISH))
        course.write("Lecture 1.en-GB.srt", srt(ENGLISH))
        assert course.push().code == ExitCode.OK

    def test_words_that_are_few_and_numbers_that_differ_are_no_sign(self, course: SandboxCourse) -> None:
        for number in (1, 2, 3):
            course.write(f"Lecture {number}.en.srt", srt([*ENGLISH, f"This was lecture {number}."]))
            course.write(f"Lecture {number}.fr.srt", srt(["[Musique douce pendant toute la vidéo, sans une parole]"]))
        assert course.push().code == ExitCode.OK


class TestLength:
    def test_captions_that_run_on_long_after_the_recording_beside_them(self, course: SandboxCourse) -> None:
        movie(course.folder / "Lecture 1.mp4", 60)
        movie(course.folder / "videos" / "Lecture 2.mp4", 60)
        course.write("Lecture 1.en.srt", srt(ENGLISH, every_s=40))
        course.write("Lecture 2.en.srt", srt([*ENGLISH, "And more."], every_s=15))
        assert course.push().code == ExitCode.FINDINGS
        assert course.tracks("Lecture 1") == {}
        assert set(course.tracks("Lecture 2")) == {"en"}
        assert course.push("--allow", "length").code == ExitCode.OK
        assert set(course.tracks("Lecture 1")) == {"en"}

    def test_captions_of_a_small_part_of_it(self, course: SandboxCourse) -> None:
        movie(course.folder / "Lecture 1.mp4", 3600)
        course.write("Lecture 1.en.srt", srt(ENGLISH))
        result = course.push()
        assert result.code == ExitCode.FINDINGS
        assert "they end at 00:00:19.000 already, and the recording at 01:00:00.000" in result.out

    def test_the_lecture_whose_length_they_fit_is_named(self, course: SandboxCourse) -> None:
        movie(course.folder / "Lecture 1.mp4", 3600)
        movie(course.folder / "Lecture 2.mp4", 25)
        course.write("Lecture 1.en.srt", srt(ENGLISH))
        course.write("Lecture 2.fr.srt", srt(FRENCH))
        result = course.push()
        assert "possibly another lecture's; it fits the length of Lecture 2 (00:00:25.000)" in result.out, result.out

    def test_two_recordings_of_the_name_that_differ_are_not_known(self, course: SandboxCourse) -> None:
        movie(course.folder / "a" / "Lecture 1.mp4", 2)
        movie(course.folder / "b" / "Lecture 1.mp4", 60)
        course.write("Lecture 1.en.srt", srt(ENGLISH, every_s=40))
        assert course.push().code == ExitCode.OK


def timed(texts: Sequence[str], starts_ms: Sequence[int]) -> str:
    cues = [
        f"{stamp(start)} --> {stamp(start + 1500)}\n{texts[n % len(texts)]} {n}" for n, start in enumerate(starts_ms)
    ]
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def stamp(ms: int) -> str:
    return f"{clock(ms // 1000)}.{ms % 1000:03d}"


def starts_of(seed: int, number: int = 60) -> list[int]:
    return [2000 + n * 3000 + (n * n * 7919 * seed) % 1400 for n in range(number)]


class TestTimes:
    def test_a_language_that_starts_later_than_the_other_is_held_back_with_the_offset(
        self, course: SandboxCourse
    ) -> None:
        course.write("Lecture 1.fr.vtt", timed(FRENCH, starts_of(1)))
        course.push()
        course.write("Lecture 1.en.vtt", timed(ENGLISH, [start + 12_000 for start in starts_of(1)]))
        result = course.push()
        assert result.code == ExitCode.FINDINGS, result.all
        assert "all start 12.0 s later than French" in result.out and "--allow times" in result.out
        assert list(course.tracks("Lecture 1")) == ["fr"]
        assert course.push("--allow", "times").code == ExitCode.OK
        assert sorted(course.tracks("Lecture 1")) == ["en", "fr"]

    def test_the_likelier_lecture_is_named(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.fr.vtt", timed(FRENCH, starts_of(1)))
        course.write("Lecture 2.fr.vtt", timed(FRENCH[::-1], starts_of(3, 100)))
        course.push()
        course.write("Lecture 1.en.vtt", timed(ENGLISH, starts_of(3, 100)))
        result = course.shell("plan", course.folder)
        assert (
            "they end at 00:05:0" in result.out
            and "possibly another lecture's; its times are those of Lecture 2" in result.out
        )

    def test_the_same_words_in_two_languages_of_one_recording(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.vtt", vtt(ENGLISH))
        course.write("Lecture 1.es.vtt", vtt(ENGLISH))
        result = course.push("--allow", "language")
        assert "has the same words as the Spanish track" in result.out
        assert course.tracks("Lecture 1") == {}


class TestThePlan:
    def test_check_says_that_there_is_something_to_complain_about(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.es.srt", srt(FRENCH))
        assert course.shell("plan", course.folder).code == ExitCode.OK
        assert course.shell("plan", course.folder, "--check").code == ExitCode.FINDINGS
        result = course.shell("status", course.folder)
        assert "! not sent" in result.out

    def test_apply_does_what_the_plan_decided(self, course: SandboxCourse, tmp_path: Path) -> None:
        course.write("Lecture 1.es.srt", srt(FRENCH))
        course.write("Lecture 2.en.srt", srt(ENGLISH))
        plan = tmp_path / "plan.json"
        course.shell("plan", course.folder, "--out", plan)
        (media,) = [
            media for media in json.loads(plan.read_text(encoding="utf-8"))["objects"] if media["title"] == "Lecture 1"
        ]
        (step,) = media["steps"]
        assert (step["do"], step["why"], step["held"]) == ("hold", "held-back", ["language"])
        assert "French" in step["note"] and "Spanish" in step["note"]
        result = course.shell("apply", plan, course.folder)
        assert result.code == ExitCode.FINDINGS, result.all
        assert course.tracks("Lecture 1") == {} and set(course.tracks("Lecture 2")) == {"en"}
        course.shell("plan", course.folder, "--out", plan, "--force", "--allow", "language")
        assert course.shell("apply", plan, course.folder).code == ExitCode.OK
        assert set(course.tracks("Lecture 1")) == {"es"}

    def test_apply_does_not_send_a_file_that_became_bad_after_the_plan(
        self, course: SandboxCourse, tmp_path: Path
    ) -> None:
        course.write("Lecture 1.en.srt", srt(ENGLISH))
        plan = tmp_path / "plan.json"
        course.shell("plan", course.folder, "--out", plan)
        course.write("Lecture 1.en.srt", MERGED_SRT)
        assert course.shell("apply", plan, course.folder).code == ExitCode.STALE_OR_CONFLICT
        assert course.tracks("Lecture 1") == {}

    def test_an_edit_is_judged_and_what_is_there_stays(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.srt", srt(ENGLISH))
        course.push()
        before = course.tracks("Lecture 1")
        course.write("Lecture 1.en.srt", MERGED_SRT)
        result = course.push("--on-conflict", "local")
        assert result.code == ExitCode.FINDINGS
        assert course.tracks("Lecture 1") == before
        course.write("Lecture 1.en.srt", srt([*ENGLISH, "Resolved."]))
        assert course.push().code == ExitCode.OK
        assert "Resolved." in course.tracks("Lecture 1")["en"]

    def test_a_track_that_is_there_and_stays_is_not_judged_again(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.es.srt", srt(FRENCH))
        course.push("--allow", "language")
        result = course.push()
        assert result.code == ExitCode.OK
        assert "Nothing to send" in result.out
        course.add("Lecture 2", "es", vtt(FRENCH))
        course.shell("pull", course.folder)
        assert course.push().code == ExitCode.OK

    def test_what_was_saved_comes_back_whatever_it_says(self, course: SandboxCourse) -> None:
        """An undo restores; it does not judge what a colleague had put there."""
        course.add("Lecture 1", "es", vtt(FRENCH))
        course.write("Lecture 1.es.srt", srt(["Hola a todos."]))
        assert course.push("--on-conflict", "local").code == ExitCode.OK
        course.sandbox.set(clock_skew_s=60.0)
        assert course.shell("restore", course.folder, "--yes").code == ExitCode.OK
        assert course.tracks("Lecture 1")["es"] == vtt(FRENCH)

    def test_an_edit_of_what_canvas_holds_as_srt(self, course: SandboxCourse) -> None:
        course.add("Lecture 1", "en", srt(ENGLISH))
        course.write("Lecture 1.en.srt", UNREAD_CUE)
        course.write("Lecture 2.en.srt", srt(RUSSIAN))
        course.add("Lecture 2", "en", srt(ENGLISH[:2]))
        result = course.push("--on-conflict", "local", "--allow", "hidden-words")
        assert result.code == ExitCode.FINDINGS
        assert "sent as" in result.out and "! not sent" in result.out
        assert course.tracks("Lecture 2")["en"] == srt(ENGLISH[:2])


class TestEncodings:
    """Who names the encoding in captionkit.toml has said what it is: nothing is guessed, in a plan file neither."""

    def test_one_that_is_named_is_no_guess(self, course: SandboxCourse, tmp_path: Path) -> None:
        course.write("fr/Lecture 1.srt", srt(FRENCH).encode("cp1252"))
        course.write("fr/Lecture 2.srt", srt(FRENCH[:2]).encode("cp1252"))
        with (course.folder / "captionkit.toml").open("a") as toml:
            toml.write('\n[encodings]\n"fr/*1.srt" = "windows-1252"\n')
        plan = tmp_path / "plan.json"
        course.shell("plan", course.folder, "--out", plan)
        result = course.shell("apply", plan, course.folder)
        assert result.code == ExitCode.FINDINGS, result.all
        assert "première chose" in course.viewed("Lecture 1", "fr")
        assert course.tracks("Lecture 2") == {}

    def test_one_that_nobody_knows_is_a_mistake_in_the_configuration(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.srt", srt(ENGLISH))
        with (course.folder / "captionkit.toml").open("a") as toml:
            toml.write('\n[encodings]\n"*" = "windows-9999"\n')
        result = course.push()
        assert result.code == ExitCode.USAGE
        assert "windows-9999" in result.err and course.puts() == 0


class TestNames:
    def test_a_name_that_is_not_known_is_refused_with_the_nearest(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.en.srt", srt(ENGLISH))
        for command in ("push", "plan"):
            result = course.shell(command, course.folder, "--allow", "langauge")
            assert result.code == ExitCode.USAGE
            assert "Did you mean language?" in result.err
        assert course.puts() == 0

    def test_the_configuration_lifts_them_for_the_folder(self, course: SandboxCourse) -> None:
        course.write("Lecture 1.es.srt", srt(FRENCH))
        toml = course.folder / "captionkit.toml"
        before = toml.read_text(encoding="utf-8")
        toml.write_text(before + '\n[sync]\nallow = ["langage"]\n', encoding="utf-8")
        result = course.push()
        assert result.code == ExitCode.USAGE and "Did you mean 'language'?" in result.err
        toml.write_text(before + '\n[sync]\nallow = ["language", "encoding"]\n', encoding="utf-8")
        assert course.push().code == ExitCode.OK
        assert set(course.tracks("Lecture 1")) == {"es"}

    def test_help_names_every_check(self, course: SandboxCourse) -> None:
        from captionkit.sync.publishable import NAMES

        for command in ("push", "plan", "upload"):
            words = "".join(course.shell(command, "--help").out.split())  # a line may break at a hyphen
            assert all(name in words for name in NAMES), command


def test_the_encoding_of_files_that_are_not_utf_8_is_an_option_of_plan_and_push(course: SandboxCourse) -> None:
    text = "Łódź leży w środku Polski, a żółw śpi."
    course.write("Lecture 1.pl.vtt", vtt(text).encode("windows-1250"))
    result = course.shell("plan", course.folder, "--encoding", "cp1250", "--out", course.folder.parent / "plan.json")
    assert "! not sent" not in result.out, result.all
    assert course.shell("apply", course.folder.parent / "plan.json", course.folder).code == ExitCode.OK
    assert course.tracks("Lecture 1") == {"pl": vtt(text)}
    course.write("Lecture 2.pl.vtt", vtt(text).encode("windows-1250"))
    assert course.push("--encoding", "windows-1250").code == ExitCode.OK
    assert course.tracks("Lecture 2") == {"pl": vtt(text)}
    assert course.push("--encoding", "windows-125o").code == ExitCode.USAGE
