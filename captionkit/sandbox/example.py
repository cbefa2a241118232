"""What `captionkit sandbox` shows at the start: a course as one finds them, with something of everything."""

from __future__ import annotations

from typing import Any

from captionkit.sandbox.world import World

_LECTURES = (
    "Lecture 01: Welcome",
    "Lecture 02: The pipeline",
    "Lecture 03: Transfer learning",
    "Lecture 04: Encoders",
    "Lecture 05: Decoders",
    "Lecture 06: Tokenizers",
    "Lecture 07: Padding",
    "Lecture 08: Training loops",
    "Lecture 09: Sharing models",
    "Lecture 10: Questions and answers",
)
_WORDS = {
    "en": ("Welcome to the course.", "Today we look at the second part."),
    "de": ("Willkommen zum Kurs.", "Heute geht es um den zweiten Teil."),
    "fr": ("Bienvenue dans le cours.", "Aujourd'hui, la deuxième partie."),
    "uk": ("Ласкаво просимо до курсу.", "Сьогодні розглянемо другу частину."),
}


def example_course(world: World) -> dict[str, Any]:
    """A course with ten lectures, if there is none yet.

    Returns:
        `course_id`, and `media_ids` in the order of their titles.
    """
    courses = world.courses()
    if courses:
        course = int(courses[0]["id"])
        return {"course_id": course, "media_ids": [media["media_id"] for media in world.media(course)]}
    course = world.add_course("Sandbox course")
    media = [
        world.add_media(course, title, user="colleague" if n == 5 else "teacher") for n, title in enumerate(_LECTURES)
    ]
    world.add_track(media[0], "en", _srt("en"))
    world.add_track(media[0], "de", _srt("de"))
    world.add_track(media[1], "en", _srt("en"), kind="captions")
    world.add_track(media[1], "uk", _srt("uk"), user="colleague")
    world.add_track(media[2], "fr", "WEBVTT\n\n" + _srt("fr").replace(",", "."))
    world.add_track(media[3], "en", _srt("en"), asr=True)
    world.add_track(media[4], "en", asr=True, workflow_state="processing")
    world.set_auto_caption_status(media[3], "complete")
    world.set_auto_caption_status(media[4], "processing")
    world.lock(media[8])
    return {"course_id": course, "media_ids": media}


def _srt(language: str) -> str:
    first, second = _WORDS[language]
    return f"1\n00:00:01,000 --> 00:00:03,500\n{first}\n\n2\n00:00:04,000 --> 00:00:07,250\n{second}\n"
