"""Lecture captions made by rule, the same for the same seed: for benchmarks, the demo and tests.

    python scripts/corpus.py FOLDER [--lectures 40] [--seed 1]

One folder a language, SubRip, named `<language>/<number>_<title>.srt`, the same lectures in each language. The files
are as lecture captions are found, not as they should be. The shares of lengths, speeds, faults and line ends are those
counted in 1.1 million cues of real lecture captions in 48 languages: of the files 17 % have empty cues, 8 % a cue that
ends before it starts, under 1 % cues that overlap, 90 % a cue above 20 characters a second and 88 % a line above 42
characters; a third begin with a byte order mark, most end their lines with CRLF, one in 25 has `0:00:05.000` times, and
one is SubViewer under another name.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

#: For each language: how a sentence is built, and what may stand for each word of it. Numbers pick the same words in
#: every language, so that lectures are translations of each other.
_LANGUAGES: dict[str, tuple[list[str], dict[str, list[str]]]] = {
    "en": (
        [
            "In this lecture we look at {what}.", "Let's {do} {what} together and see {why}.",
            "The {thing} is {how}, but that depends on {what}.", "So, what is {what}?", "Okay.",
            "(audience laughs)", "If you {do} {what} first, the {thing} becomes {how}, and this is what we want.",
            "- Does the {thing} change when we {do} it?", "Remember {why}, and we come back to {what} next week.",
            "You can find the {thing} in chapter {n}, where {what} is explained with {n} examples.",
        ],
        {
            "what": ["the transformer architecture", "linear regression", "the French Revolution", "photosynthesis",
                     "supply and demand", "a binary search", "the nervous system", "statistical significance"],
            "do": ["train", "measure", "compare", "read", "draw", "simplify", "test", "rewrite"],
            "thing": ["model", "result", "argument", "experiment", "equation", "source", "market", "cell"],
            "how": ["surprisingly simple", "much faster", "well known", "hard to reproduce", "almost linear", "open"],
            "why": ["why it matters", "where it fails", "how it scales", "what the data say", "who wrote it"],
        },
    ),
    "fr": (
        [
            "Dans ce cours, nous regardons {what}.", "Essayons de {do} {what} ensemble pour voir {why}.",
            "Le {thing} est {how}, mais cela dépend de tout : {what}.", "Alors, qu'est-ce que {what} ?", "D'accord.",
            "(rires dans la salle)", "Si vous pouvez {do} {what} d'abord, le {thing} devient {how}, et c'est le but.",
            "- Est-ce que le {thing} change quand il faut le {do} ?",
            "Souvenez-vous {why}, car nous reviendrons sur {what} la semaine prochaine.",
            "Vous trouverez le {thing} au chapitre {n}, où l'on explique {what} avec {n} exemples.",
        ],
        {
            "what": ["l'architecture des transformers", "la régression linéaire", "la Révolution française",
                     "la photosynthèse", "l'offre et la demande", "la recherche dichotomique", "le système nerveux",
                     "la signification statistique"],
            "do": ["entraîner", "mesurer", "comparer", "lire", "dessiner", "simplifier", "tester", "réécrire"],
            "thing": ["modèle", "résultat", "raisonnement", "protocole", "calcul", "texte", "marché", "noyau"],
            "how": ["étonnamment simple", "bien plus rapide", "bien connu", "difficile à reproduire",
                    "presque linéaire", "ouvert"],
            "why": ["pourquoi c'est important", "où cela échoue", "comment cela passe à l'échelle",
                    "de ce que disent les données", "de qui l'a écrit"],
        },
    ),
    "ru": (
        [
            "В этой лекции мы рассмотрим тему: {what}.", "Давайте попробуем {do} это вместе и увидим, {why}.",
            "Наш {thing} оказался {how}, но многое зависит от темы: {what}.", "Итак, что такое {what}?", "Хорошо.",
            "(смех в зале)", "Если сначала {do} всё по порядку, {thing} станет {how}, и это нам подходит.",
            "- Изменится ли {thing}, если его {do}?", "Запомните, {why}, а к теме «{what}» вернёмся через неделю.",
            "Этот {thing} описан в главе {n}, где {what} объясняется на {n} примерах.",
        ],
        {
            "what": ["архитектура трансформеров", "линейная регрессия", "Французская революция", "фотосинтез",
                     "спрос и предложение", "двоичный поиск", "нервная система", "статистическая значимость"],
            "do": ["обучить", "измерить", "сравнить", "прочитать", "нарисовать", "упростить", "проверить",
                   "переписать"],
            "thing": ["метод", "результат", "довод", "опыт", "расчёт", "источник", "рынок", "пример"],
            "how": ["удивительно простым", "намного быстрее", "хорошо известным", "трудно повторимым",
                    "почти линейным", "открытым"],
            "why": ["почему это важно", "где это не работает", "как это растёт", "что говорят данные", "кто это писал"],
        },
    ),
    "zh-CN": (
        [
            "在这节课中，我们来看{what}。", "让我们一起{do}{what}，看看{why}。", "这个{thing}{how}，但取决于{what}。",
            "那么，什么是{what}？", "好的。", "（观众笑）", "如果先{do}{what}，{thing}就会{how}，这正是我们想要的。",
            "- 当我们{do}它时，{thing}会改变吗？", "请记住{why}，下周我们会再讲{what}。",
            "你可以在第{n}章找到这个{thing}，那里用{n}个例子解释了{what}。",
        ],
        {
            "what": ["Transformer架构", "线性回归", "法国大革命", "光合作用", "供给与需求", "二分查找", "神经系统",
                     "统计显著性"],
            "do": ["训练", "测量", "比较", "阅读", "绘制", "简化", "测试", "重写"],
            "thing": ["模型", "结果", "论点", "实验", "方程", "来源", "市场", "细胞"],
            "how": ["出奇地简单", "快得多", "广为人知", "难以重复", "几乎是线性的", "是开放的"],
            "why": ["为什么重要", "在哪里失效", "如何扩展", "数据说明了什么", "是谁写的"],
        },
    ),
    "ar": (
        [
            "في هذه المحاضرة ننظر إلى {what}.", "لنحاول أن {do} {what} معًا ونرى {why}.",
            "هذا {thing} {how}، لكن ذلك يعتمد على {what}.", "إذن، ما هو موضوع {what}؟", "حسنًا.", "(ضحك الجمهور)",
            "إذا أردنا أن {do} {what} أولًا، يصبح {thing} {how}، وهذا ما نريده.", "- هل يتغير {thing} عندما {do} ذلك؟",
            "تذكروا {why}، فسوف نعود إلى {what} في الأسبوع القادم.",
            "تجدون {thing} في الفصل {n}، حيث يُشرح {what} مع {n} أمثلة.",
        ],
        {
            "what": ["بنية المحولات", "الانحدار الخطي", "الثورة الفرنسية", "التمثيل الضوئي", "العرض والطلب",
                     "البحث الثنائي", "الجهاز العصبي", "الدلالة الإحصائية"],
            "do": ["ندرب", "نقيس", "نقارن", "نقرأ", "نرسم", "نبسط", "نختبر", "نعيد كتابة"],
            "thing": ["النموذج", "الناتج", "البرهان", "الاختبار", "الحساب", "المصدر", "السوق", "المثال"],
            "how": ["بسيط بشكل مدهش", "أسرع بكثير", "معروف جيدًا", "صعب التكرار", "خطي تقريبًا", "مفتوح"],
            "why": ["لماذا هو مهم", "أين يفشل", "كيف يتوسع", "ماذا تقول البيانات", "من كتبه"],
        },
    ),
}  # fmt: skip
LANGUAGES = tuple(_LANGUAGES)
_TITLES = ("welcome", "the-pipeline", "what-is-learning", "encoders", "decoders", "tokenizers", "batching", "metrics")
#: Widest line before a break, in characters: as programs set it that caption lectures, where they break lines at all.
_WIDTH = {"zh-CN": 20}
#: Characters a second of a calm speaker.
_SPEED = {"zh-CN": 5.0}


class Lecture(NamedTuple):
    """The captions of one lecture in one language, as the bytes of a file."""

    language: str
    name: str
    data: bytes

    @property
    def text(self) -> str:
        """With LF and without a byte order mark."""
        return self.data.decode("utf-8-sig").replace("\r\n", "\n")


class _Spoken(NamedTuple):
    """What is said in one cue: which sentence with which words, and when (in milliseconds)."""

    sentence: int
    words: tuple[int, ...]
    start: int
    end: int


def lectures(count: int = 40, seed: int = 1, languages: tuple[str, ...] = LANGUAGES) -> Iterator[Lecture]:
    """So many lectures, each in every language: about 75 cues and 8 kB a file."""
    for number in range(count):
        spoken = list(_spoken(random.Random(f"{seed} {number}")))
        name = f"{number:02d}_{_TITLES[number % len(_TITLES)]}"
        for language in languages:
            yield Lecture(language, name, _file(spoken, language, random.Random(f"{seed} {number} {language}"), number))


def write(folder: Path, count: int = 40, seed: int = 1, languages: tuple[str, ...] = LANGUAGES) -> list[Path]:
    """Write the lectures into a folder, and return the files."""
    files = []
    for lecture in lectures(count, seed, languages):
        file = folder / lecture.language / f"{lecture.name}.srt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(lecture.data)
        files.append(file)
    return files


def _spoken(chance: random.Random) -> Iterator[_Spoken]:
    now = chance.randrange(200, 6000)
    hurried = chance.random() < 0.97
    for _ in range(chance.randrange(25, 125)):
        sentence = chance.choices(range(10), (6, 5, 6, 3, 1, 1, 6, 3, 5, 6))[0]
        words = tuple(chance.randrange(240) for _ in range(6))
        length = len(_sentence_text(sentence, words, "en"))
        duration = max(
            600, round(length / (chance.uniform(21, 30) if hurried and chance.random() < 0.15 else 17) * 1000)
        )
        duration += chance.randrange(0, 700)
        yield _Spoken(sentence, words, now, now + duration)
        now += duration + (0 if chance.random() < 0.6 else chance.randrange(40, 2500))


def _sentence_text(sentence: int, words: tuple[int, ...], language: str) -> str:
    templates, choices = _LANGUAGES[language]
    picked = {key: values[words[place] % len(values)] for place, (key, values) in enumerate(choices.items())}
    return templates[sentence].format(**picked, n=words[5] % 12 + 1)


def _broken(text: str, width: int) -> str:
    """The text in lines of about this width, as a program breaks it."""
    if " " not in text:
        return "\n".join(text[at : at + width] for at in range(0, len(text), width))
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def _clock(ms: int, separator: str, hours: int = 2) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:0{hours}d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{separator}{ms:03d}"


def _file(spoken: list[_Spoken], language: str, chance: random.Random, number: int) -> bytes:
    breaks = chance.random() < 0.1
    has_empty, has_backward, has_overlap = chance.random() < 0.17, chance.random() < 0.076, chance.random() < 0.006
    is_short = chance.random() < 0.04
    is_sbv = number == 11 and language == "fr"
    blocks = []
    for place, cue in enumerate(spoken, 1):
        text = _sentence_text(cue.sentence, cue.words, language)
        if breaks or len(text) > 140:
            text = _broken(text, _WIDTH.get(language, 42))
        start, end = cue.start, cue.end
        if has_empty and place == 7:
            text = ""
        if has_backward and place == 9:
            end = start - 120
        if has_overlap and place == 11:
            end += 4000
        if is_sbv:
            blocks.append(f"{_clock(start, '.', 1)},{_clock(end, '.', 1)}\n{text}\n")
            continue
        clock = [_clock(ms, ".", 1) if is_short else _clock(max(ms, 0), ",") for ms in (start, end)]
        blocks.append(f"{place}\n{clock[0]} --> {clock[1]}\n{text}\n")
    body = "\n".join(blocks)
    if chance.random() < 0.8:
        body = body.replace("\n", "\r\n")
    mark = b"\xef\xbb\xbf" if chance.random() < 0.33 else b""
    return mark + body.encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lectures", type=int, default=40, help="so many, each in every language (default 40)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same files (default 1)")
    options = parser.parse_args()
    files = write(options.folder, options.lectures, options.seed)
    print(f"{len(files)} files in {options.folder}: {', '.join(LANGUAGES)}")


if __name__ == "__main__":
    main()
