"""What a name may mean that is no title: never the wrong lecture, and never one of several."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from captionkit.library.guesses import Guess, guesses

TITLES = (
    "Lecture 1: Introduction", "Lecture 2: Cells", "Lecture 3: Photosynthesis", "Lecture 4: Mitosis and Meiosis",
    "Lecture 10: Review", "Lecture 11: Genetics I", "Lecture 12: Genetics II", "Lab safety", "Final exam review",
    "Midterm exam review", "Guest talk: Dr. Müller", "第3讲 光合作用", "Week 5 Session 2", "Week 2 Session 5",
)  # fmt: skip


@dataclass(frozen=True)
class Media:
    media: str
    media_id: str
    title: str


def course(*titles: str) -> list[Media]:
    return [Media(f"media_objects/m-{i}", f"m-{i}", title) for i, title in enumerate(titles)]


def guess(name: str, titles: tuple[str, ...] = TITLES) -> Guess:
    return guesses([name], course(*titles))[name]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("lecture-01_introduction", "Lecture 1: Introduction"),
        ("LECTURE_001", "Lecture 1: Introduction"),
        ("Introduction", "Lecture 1: Introduction"),
        ("02 cells lecture", "Lecture 2: Cells"),
        ("AST_998877_BIO101-Lec03_Photosynthesis_final", "Lecture 3: Photosynthesis"),
        ("3play_1234567_Lecture 3 - Fotosynthesis_captions", "Lecture 3: Photosynthesis"),
        ("Photosynthesis", "Lecture 3: Photosynthesis"),
        ("lecture_4__meiosis_and_mitosis_1080p", "Lecture 4: Mitosis and Meiosis"),
        ("Lec10", "Lecture 10: Review"),
        ("lecture ten review v2", "Lecture 10: Review"),
        ("genetics 2", "Lecture 12: Genetics II"),
        ("LabSafety", "Lab safety"),
        ("lab_saftey", "Lab safety"),
        ("FINAL_exam_review_FINAL_20261112", "Final exam review"),
        ("muller-guest-talk", "Guest talk: Dr. Müller"),
        ("第03讲-光合作用", "第3讲 光合作用"),
        ("wk5 sess2", "Week 5 Session 2"),
        ("Session 2, Week 5", "Week 5 Session 2"),
    ],
)
def test_what_fits_clearly_is_guessed(name: str, title: str) -> None:
    found = guess(name)
    assert found.candidates and found.candidates[0].title == title, found
    assert found.is_clear, found


@pytest.mark.parametrize(
    "name",
    [
        "Lecture 13", "Lecture 13: Photosynthesis", "lecture 31 introduction", "Lecture",  "exam review", "review",
        "Lecture 3 Glycolysis and more things", "genetics", "zzz", "2026", "Lecture 1 and 2", "a", "", "!!!",
        "Week 5 Session 3", "Session 25",
    ],
)  # fmt: skip
def test_what_fits_none_or_several_is_asked(name: str) -> None:
    assert not guess(name).is_clear, guess(name)


def test_numbers_are_never_alike() -> None:
    titles = tuple(f"Lecture {number}" for number in range(1, 40))
    for number in range(1, 40):
        found = guess(f"lecture_{number:03}", titles)
        assert found.is_clear and [one.title for one in found.candidates] == [f"Lecture {number}"]
    assert guess("lecture_040", titles).candidates == ()


def test_a_word_of_another_title_is_no_slip_of_the_pen() -> None:
    assert not guess("Meiosis", ("Mitosis", "Inorganic chemistry", "Meiosis in plants and animals")).is_clear
    assert guess("Mitosys", ("Mitosis", "Meiosis")).candidates[0].title == "Mitosis"
    assert not guess("Organic chemistry", ("Inorganic chemistry", "Physics")).is_clear


def test_week_and_lecture_are_not_mixed_up() -> None:
    titles = tuple(f"Week {week} Lecture {lecture}" for week in range(1, 12) for lecture in range(1, 4))
    for name in ("W2L3", "wk02_lec03", "Lecture 3 (Week 2)", "2.3", "week two lecture three"):
        found = guess(name, titles)
        assert found.is_clear and found.candidates[0].title == "Week 2 Lecture 3", (name, found)
    assert not guess("lecture 3", titles).is_clear


def test_what_all_names_share_is_left_out() -> None:
    titles = ("Cells", "Photosynthesis", "Mitosis")
    names = [f"UNI_BIO101_F26_{title}" for title in titles]
    for title, found in zip(sorted(titles), guesses(names, course(*titles)).values(), strict=True):
        assert found.is_clear and found.candidates[0].title == title, found


def test_two_names_for_one_recording_are_asked_about() -> None:
    found = guesses(["Lec 3", "Photosynthesis"], course(*TITLES))
    assert [one.is_clear for one in found.values()] == [False, False]
    assert "'Photosynthesis' may mean that recording too" in found["Lec 3"].why
    same = guesses(["Lec 3 Photosynthesis", "photosynthesis_lecture-03"], course(*TITLES))
    assert all(one.is_clear for one in same.values())


def test_a_recording_that_has_its_captions_is_asked_about() -> None:
    found = guesses(["Lec 3"], course(*TITLES), {"media_objects/m-2": "Lecture 3_ Photosynthesis"})["Lec 3"]
    assert not found.is_clear and "means that recording already" in found.why


def test_it_says_why() -> None:
    assert guess("lecture-04 meiosis and mitosis").why == "the same words and numbers"
    assert guess("lec 2 cells bio").why == "both have lecture, cells, 2; only the file bio"


name = st.text("Le1 ctur02_-ABéß三", max_size=14)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.lists(name, max_size=6), st.lists(name, max_size=6), st.randoms(use_true_random=False))
def test_guesses_depend_on_no_order_and_are_never_close(
    names: list[str], titles: list[str], chance: random.Random
) -> None:
    media = course(*titles)
    first = guesses(names, media)
    chance.shuffle(names)
    chance.shuffle(media)
    assert guesses(names, media) == first
    for found in first.values():
        scores = [one.score for one in found.candidates]
        assert scores == sorted(scores, reverse=True) and all(0 < score <= 100 for score in scores)
        if found.is_clear:
            assert len(scores) == 1 or scores[0] - scores[1] >= 12
