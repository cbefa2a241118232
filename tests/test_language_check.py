from __future__ import annotations

from pathlib import Path

import pytest
from corpus import lectures
from hypothesis import given
from hypothesis import strategies as st

from captionkit import check
from captionkit.documents import loads
from captionkit.language_check import Verdict, alike, compare, installed_detector

TEXTS = {
    "en": "Today we will look at how a film is made and why that is so difficult. The first thing that you have to "
    "know is that not all shots are the same. Editing is the art of putting them together so that the story "
    "makes sense. That is why in this class we are going to talk about cuts and about the music that goes "
    "with them.",
    "es": "Hoy vamos a ver cómo se hace una película y por qué es tan difícil. Lo primero que hay que saber es que "
    "no todos los planos son iguales. El montaje es el arte de unirlos para que la historia tenga sentido. "
    "Por eso en esta clase vamos a hablar de los cortes y de la música que los acompaña, y también de lo que "
    "no se ve.",
    "pt": "Hoje vamos ver como se faz um filme e por que isso é tão difícil. A primeira coisa que é preciso saber é "
    "que nem todos os planos são iguais. A montagem é a arte de os unir para que a história faça sentido. Por "
    "isso, nesta aula, vamos falar dos cortes e da música que os acompanha, e também do que não se vê na "
    "imagem.",
    "it": "Oggi vediamo come si fa un film e perché è così difficile. La prima cosa che bisogna sapere è che non "
    "tutte le inquadrature sono uguali. Il montaggio è l'arte di unirle in modo che la storia abbia un senso. "
    "Per questo in questa lezione parliamo dei tagli e della musica che li accompagna, e anche di quello che "
    "non si vede.",
    "fr": "Aujourd'hui, nous allons voir comment on fait un film et pourquoi c'est si difficile. La première chose "
    "qu'il faut savoir, c'est que tous les plans ne sont pas les mêmes. Le montage est l'art de les mettre "
    "ensemble pour que l'histoire ait un sens. Dans ce cours, nous parlons donc des coupes et de la musique "
    "qui va avec.",
    "de": "Heute sehen wir uns an, wie ein Film gemacht wird und warum das so schwer ist. Das Erste, was man wissen "
    "muss, ist, dass nicht alle Einstellungen gleich sind. Der Schnitt ist die Kunst, sie so zu verbinden, "
    "dass die Geschichte einen Sinn ergibt. Deshalb sprechen wir in dieser Stunde über Schnitte und auch über "
    "die Musik.",
    "nl": "Vandaag kijken we naar hoe een film wordt gemaakt en waarom dat zo moeilijk is. Het eerste wat je moet "
    "weten is dat niet alle shots hetzelfde zijn. De montage is de kunst om ze zo te verbinden dat het "
    "verhaal klopt. Daarom praten we in deze les over de sneden en ook over de muziek die erbij hoort.",
    "sv": "I dag ska vi titta på hur man gör en film och varför det är så svårt. Det första man måste veta är att "
    "inte alla tagningar är lika. Klippningen är konsten att sätta ihop dem så att berättelsen får mening. "
    "Därför ska vi i den här lektionen prata om klipp och också om den musik som hör till.",
    "ru": "Сегодня мы посмотрим, как делается фильм и почему это так трудно. Первое, что нужно знать, это то, что "
    "не все планы одинаковы. Монтаж — это искусство соединять их так, чтобы история имела смысл. Поэтому на "
    "этом занятии мы будем говорить о склейках и о музыке, которая их сопровождает, а также о том, чего не "
    "видно.",
    "uk": "Сьогодні ми подивимося, як робиться фільм і чому це так важко. Перше, що треба знати, це те, що не всі "
    "плани однакові. Монтаж — це мистецтво поєднувати їх так, щоб історія мала сенс. Тому на цьому занятті ми "
    "будемо говорити про склейки і про музику, яка їх супроводжує, а також про те, чого не видно на екрані.",
    "ja": "今日は映画がどのように作られるのか、そしてなぜそれがそんなに難しいのかを見ていきます。まず"
    "知っておくべきことは、すべてのショットが同じではないということです。編集とは、物語が意味を"
    "持つようにそれらをつなぎ合わせる芸術です。ですから、この授業ではカットについて、そしてそれ"
    "に合わせる音楽についてお話しします。また、画面に見えないものについてもお話しします。それで"
    "はさっそく始めましょう。最初の例は、みなさんもよく知っている古い映画です。とても有名な場面"
    "です。",
    "zh": "今天我们来看看电影是如何制作的，以及为什么这么难。首先要知道的是，并不是所有的镜头都是一样"
    "的。剪辑是一门把它们组合在一起的艺术，让故事有意义。所以在这节课上，我们将讨论剪辑以及与之"
    "配合的音乐，还要谈谈画面上看不见的东西。那么我们现在就开始吧。第一个例子是大家都很熟悉的一"
    "部老电影，其中有一个非常有名的场面，请大家仔细观察它的节奏和光线。你会发现每一个镜头都有它"
    "自己的位置和作用，没有一个是多余的，这就是导演的功力所在，也是我们今天要学习的重点内容。",
}


@pytest.mark.parametrize("language", TEXTS)
def test_words_in_the_declared_language_agree(language: str) -> None:
    assert compare(TEXTS[language], language) == Verdict(True)
    assert compare(TEXTS[language], f"{language}-{'CN' if language == 'zh' else 'US'}").agrees is True


LATIN = ("en", "es", "pt", "it", "fr", "de", "nl", "sv")


@pytest.mark.parametrize("declared", LATIN)
@pytest.mark.parametrize("words", LATIN)
def test_the_wrong_file_is_caught_without_any_extra(declared: str, words: str) -> None:
    if declared != words:
        assert compare(TEXTS[words], declared) == Verdict(False, words)


@pytest.mark.parametrize(("declared", "words"), [("ru", "uk"), ("uk", "ru"), ("zh", "ja"), ("ja", "zh")])
def test_neighbours_in_one_script_are_distinguished(declared: str, words: str) -> None:
    assert compare(TEXTS[words], declared) == Verdict(False, words)


@pytest.mark.parametrize(("one", "other"), [("da", "nb"), ("hr", "sr"), ("zh", "yue"), ("en", "en-GB"), ("id", "ms")])
def test_languages_that_are_nearly_one_are_never_distinguished(one: str, other: str) -> None:
    assert alike(one, other) and alike(other, one)


def test_english_terms_in_a_spanish_lecture_do_not_matter() -> None:
    text = TEXTS["es"] + " The pipeline function of the Transformers library. Machine learning with the dataset. " * 3
    assert compare(text, "es").agrees is True


def test_two_languages_at_once_are_no_fault() -> None:
    mixed = "\n".join(f"{a}.\n{b}." for a, b in zip(TEXTS["fr"].split(". "), TEXTS["en"].split(". "), strict=False))
    assert compare(mixed, "fr").agrees is not False
    assert compare(mixed, "en").agrees is not False


@pytest.mark.parametrize("text", ["", "Hello.", "[music]\n" * 100, "1 2 3 4 " * 100, "Uh. " * 5])
def test_too_little_says_nothing(text: str) -> None:
    assert compare(text, "es").agrees is None


@pytest.mark.parametrize("tag", ["und", "zxx", "", "x", "!", "mul"])
def test_a_tag_that_is_no_language_says_nothing(tag: str) -> None:
    assert compare(TEXTS["en"], tag).agrees is None


def test_a_language_without_a_list_is_caught_by_what_it_is_not() -> None:
    assert compare(TEXTS["en"], "sw") == Verdict(False, "en")


def test_the_detector_is_believed_only_if_it_says_the_same_of_every_piece() -> None:
    text = "lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod tempor " * 40
    answers = iter(["la", "lt", "la", "lt", "la", "lt", "la", "lt"])
    assert compare(text, "lt", lambda piece: next(answers)).agrees is None
    assert compare(text, "lt", lambda piece: "la") == Verdict(False, "la")
    assert compare(text, "lt", lambda piece: "lt") == Verdict(True)
    assert compare(text, "lt").agrees is None


def test_it_is_not_asked_where_the_words_are_plain() -> None:
    def never(piece: str) -> str:
        raise AssertionError("the model would be loaded for nothing")

    for language, text in TEXTS.items():
        assert compare(text, language, never).agrees is True


#: Languages that no detector here knows, and what it takes them for.
UNKNOWN = {
    "hmn": "Nyob zoo sawv daws. Hnub no peb yuav tham txog keeb kwm ntawm haiv neeg Hmoob thiab yuav ua li cas lawv "
    "tuaj nyob rau teb chaws Meskas. Thaum ub lawv nyob rau saum roob, ua teb ua liaj thiab tu tsiaj. Tom qab tsov rog "
    "xaus, coob leej ntau tus tau khiav mus nyob rau Thaib teb. Ces lawv thiaj li tau tuaj nyob rau ntau lub xeev.",
    "mi": "Tēnā koutou katoa. I tēnei rā ka kōrero tātou mō te hītori o ngā iwi Māori me te taenga mai o ngā waka ki "
    "Aotearoa. He tangata tere moana rātou, ā, i mōhio rātou ki ngā whetū hei tohu mō te ara. Ka noho rātou ki ngā "
    "takiwā rerekē, ka whakatū kāinga, ka ngaki māra hoki. He mea nui kia mau tonu tō tātou reo mō ngā uri whakatipu.",
    "ceb": "Maayong buntag kaninyong tanan. Karong adlawa maghisgot kita mahitungod sa kasaysayan sa Sugbo ug kung "
    "giunsa pagpuyo sa mga tawo sa kabaybayonan kaniadto. Nakigpatigayon sila sa mga langyaw ug nagtanom ug mais. "
    "Importante nga masabtan nato nga ang atong pinulongan usa ka bahandi alang sa atong mga anak.",
}


@pytest.mark.parametrize("language", UNKNOWN)
def test_the_installed_detector_is_not_asked_about_a_language_that_it_does_not_know(language: str) -> None:
    verdict = compare(UNKNOWN[language] * 2, language, installed_detector())
    assert verdict.agrees is None and not verdict.says(language)


def test_the_installed_detector_knows_languages_without_a_list() -> None:
    detector = installed_detector()
    if detector is None:
        pytest.skip("captionkit[language] is not installed")
    assert {detector(TEXTS[language]) for language in LATIN} == set(LATIN)
    lithuanian = (
        "Šiandien pažiūrėsime, kaip kuriamas filmas ir kodėl tai taip sunku. Pirmas dalykas, kurį reikia žinoti. " * 6
    )
    assert compare(lithuanian, "lt", detector).agrees is True
    assert compare(lithuanian, "lv", detector) == Verdict(False, "lt")


def test_no_lecture_is_accused_and_no_wrong_name_passes() -> None:
    for lecture in lectures(12):
        language = lecture.language
        text = "\n".join(cue.text for cue in loads(lecture.data).cues)
        assert compare(text, language).agrees is not False, lecture.name
        for declared in ("en", "es", "fr", "de", "pt", "it", "ru", "uk"):
            if declared != language and language != "zh-CN":
                assert compare(text, declared).agrees is not True, (lecture.name, language, declared)


@given(st.text(max_size=600), st.sampled_from([*TEXTS, "th", "sw", "yue", "sr-Latn"]))
def test_any_text_has_a_verdict(text: str, declared: str) -> None:
    verdict = compare(text, declared, lambda piece: "en")
    assert (verdict.agrees is False) == bool(verdict.says(declared))


# --- the rule ---------------------------------------------------------------------------------------------------------


def cues(text: str) -> str:
    parts = text.split(". ")
    return "WEBVTT\n\n" + "\n".join(
        f"00:{i * 9:02d}.000 --> 00:{i * 9 + 8:02d}.000\n{p}.\n" for i, p in enumerate(parts)
    )


def test_check_tells_the_wrong_file(tmp_path: Path) -> None:
    wrong = tmp_path / "lecture.es.vtt"
    wrong.write_text(cues(TEXTS["en"]), encoding="utf-8")
    (found,) = [one for one in check(wrong) if one.code == "LNG008"]
    assert found.message == "the file is declared Spanish, but its words are English"
    wrong.write_text(cues(TEXTS["es"]), encoding="utf-8")
    assert "LNG008" not in {one.code for one in check(wrong)}


def test_another_script_is_reported_once(tmp_path: Path) -> None:
    wrong = tmp_path / "lecture.ru.vtt"
    wrong.write_text(cues(TEXTS["en"]), encoding="utf-8")
    assert {"LNG008", "A11006"} & {one.code for one in check(wrong)} == {"A11006"}


def test_a_plan_says_so_before_anything_goes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")
    from captionkit.cli.frame import run
    from captionkit.sandbox import Sandbox

    with Sandbox() as sandbox:
        course = sandbox.add_course("Film")
        sandbox.add_media(course, "Lecture 1")
        monkeypatch.setenv("CANVAS_API_URL", sandbox.url)
        monkeypatch.setenv("CANVAS_API_TOKEN", sandbox.tokens["teacher"])
        assert run(["init", str(tmp_path), "--url", sandbox.url, "--course", str(course)]) == 0
        (tmp_path / "Lecture 1.es.vtt").write_text(cues(TEXTS["en"]), encoding="utf-8")
        (tmp_path / "Lecture 1.en.vtt").write_text(cues(TEXTS["en"]), encoding="utf-8")
        capsys.readouterr()
        assert run(["plan", str(tmp_path)]) == 0
        printed = capsys.readouterr().out
    assert printed.count("the file is declared Spanish, but its words are English") == 1
    assert "declared English" not in printed
