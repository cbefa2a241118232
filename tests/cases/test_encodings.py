"""Older character sets: what they are guessed to be, and that a guess damages nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from captionkit.charsets import guess
from captionkit.cli.frame import run as main
from captionkit.documents import load, loads, to_bytes
from captionkit.errors import UsageError
from captionkit.lint import check, settings_for
from captionkit.lint.checker import Checker
from captionkit.lint.fixing import fix_document

#: A few sentences of each language, and the character sets that it is found in.
LINES: dict[str, tuple[str, str]] = {
    "hu": (
        "cp1250 iso8859_2",
        "Jó reggelt kívánok, kezdődik az óra|Nézzük meg, hogyan működik ez a gép|Köszönöm, hogy eljöttek",
    ),
    "pl": (
        "cp1250 iso8859_2 cp852",
        "Zaczynamy wykład o pszczołach|Każda z nich tańczy w ulu|Dziękuję, że państwo przyszli|Źródło wiedzy",
    ),
    "cs": (
        "cp1250 iso8859_2 cp852",
        "Začínáme přednášku o včelách|Každá tančí v úlu|Děkuji, že jste přišli|Šťastný kůň žere řepu",
    ),
    "ro": (
        "cp1250 iso8859_2",
        "Începem lecţia despre albine|Fiecare dansează în stup|Vă mulţumesc că aţi venit|Şi încă o dată",
    ),
    "lt": (
        "cp1257 iso8859_13 iso8859_4",
        "Pradedame paskaitą apie bites|Kiekviena šoka avilyje|Ačiū, kad atėjote|Žiūrėkime į vaizdą",
    ),
    "el": (
        "cp1253 iso8859_7 cp737",
        "Αρχίζουμε το μάθημα για τις μέλισσες|Κάθε μία χορεύει|Ευχαριστώ που ήρθατε|Άλλη μία φορά",
    ),
    "tr": (
        "cp1254 cp857",
        "Arılar üzerine derse başlıyoruz|Her biri kovanda dans eder|Geldiğiniz için teşekkürler|İşte bir örnek",
    ),
    "he": ("cp1255 iso8859_8 cp862", "אנחנו מתחילים את השיעור על הדבורים|כל אחת רוקדת בכוורת|תודה שבאתם"),
    "ar": ("cp1256 iso8859_6", "نبدأ الدرس عن النحل|كل واحدة ترقص في الخلية|شكرا لحضوركم"),
    "ru": (
        "cp1251 koi8_r iso8859_5 cp866",
        "Начинаем лекцию о пчёлах|Каждая танцует в улье|Спасибо, что пришли|Ещё один пример",
    ),
    "uk": ("cp1251 koi8_u", "Починаємо лекцію про бджіл|Кожна танцює у вулику|Дякую, що прийшли|Ще один приклад"),
    "bg": ("cp1251 iso8859_5", "Започваме лекцията за пчелите|Всяка танцува в кошера|Благодаря, че дойдохте"),
    "fr": (
        "cp1252 mac_roman",
        "Nous commençons le cours sur les abeilles|Chacune danse à l’intérieur|Merci d’être venus, où que ce soit",
    ),
    "de": (
        "cp1252 cp850 mac_roman",
        "Wir beginnen die Vorlesung über Bienen|Jede tanzt im Stock, schön|Danke für Ihr Kommen, größer",
    ),
    "ja": ("cp932 euc_jp iso2022_jp", "ミツバチについての講義を始めます|一匹ずつ巣の中で踊ります|来てくれてありがとう"),
    "zh": ("gb18030", "我们开始关于蜜蜂的课程|每只都在蜂巢里跳舞|谢谢你们来"),
    "zh-TW": ("cp950", "我們開始關於蜜蜂的課程|每隻都在蜂巢裡跳舞|謝謝你們來"),
    "ko": ("cp949", "벌에 대한 강의를 시작합니다|모두 벌집에서 춤을 춥니다|와 주셔서 감사합니다"),
}  # fmt: skip
CASES = [(language, codec) for language, (codecs, _) in LINES.items() for codec in codecs.split()]


def srt(language: str, cues: int = 20) -> str:
    """A file of 80 lines."""
    lines = LINES[language][1].split("|")
    return "".join(
        f"{n + 1}\n00:00:{n:02d},000 --> 00:00:{n:02d},900\n{lines[n % len(lines)]}\n\n" for n in range(cues)
    )


@pytest.mark.parametrize(("language", "codec"), CASES)
def test_the_language_in_the_name_of_the_file_decides(language: str, codec: str) -> None:
    text = srt(language)
    document = loads(text.encode(codec), path=f"lecture.{language}.srt")
    assert [cue.text for cue in document.cues] == [cue.text for cue in loads(text).cues]
    assert document.encoding_is_guess
    assert to_bytes(document) == text.encode(codec)


@pytest.mark.parametrize(("language", "codec"), CASES)
def test_of_files_without_a_language_most_are_right_too(language: str, codec: str) -> None:
    data = srt(language).encode(codec)
    assert loads(data, path="lecture.srt").cues[1].text == loads(srt(language)).cues[1].text


def test_the_language_of_the_settings_or_of_the_header_decides_where_the_name_says_none() -> None:
    data = srt("hu").encode("cp1250")
    assert loads(data, path="lecture.srt", language="hu").encoding == "cp1250"
    webvtt = "WEBVTT\nLanguage: lt\n\n00:01.000 --> 00:02.000\nŽiūrėkime, ačiū\n".encode("cp1257")
    assert loads(webvtt, path="lecture.vtt").encoding == "cp1257"


def test_one_line_with_one_letter_is_western_unless_the_name_says_otherwise() -> None:
    data = "1\n00:00:01,000 --> 00:00:02,000\nCafé\n".encode("cp1252")
    assert loads(data).cues[0].text == "Café"
    assert guess("č".encode("cp1250"), "cs") == "cp1250"


def test_a_named_encoding_is_no_guess_and_a_safe_fix_makes_it_utf8() -> None:
    data = srt("pl").encode("iso8859_2")
    document = loads(data, path="a.srt", encoding="latin2")
    assert not document.encoding_is_guess and document.encoding == "iso8859-2"
    mended = fix_document(document, Checker(settings_for(select="ENC")))
    assert mended.data == srt("pl").encode()
    again = fix_document(loads(mended.data, encoding="latin2"), Checker(settings_for(select="ENC")))
    assert again.data == mended.data, "what is UTF-8 already stays so, whatever is named"


def test_a_byte_order_mark_wins_over_what_is_named() -> None:
    assert loads(srt("de").encode("utf-16"), encoding="cp1252").cues[0].text == "Wir beginnen die Vorlesung über Bienen"
    assert loads(srt("de").encode("utf-8-sig"), encoding="cp1252").encoding == "utf-8"


@pytest.mark.parametrize("name", ["klingon", "", "base64", "rot13", "cp037", "utf-8\0"])
def test_a_name_of_no_text_encoding_is_refused(name: str) -> None:
    if name:
        with pytest.raises(UsageError, match="no text encoding"):
            loads(b"x", encoding=name)


def test_bytes_that_have_no_meaning_in_the_named_encoding_are_named_and_kept() -> None:
    data = b"1\n00:00:01,000 --> 00:00:02,000\nA\x81B\n"
    document = loads(data, encoding="cp1252")
    assert "0x81" in " ".join(one.message for one in document.diagnostics)
    assert to_bytes(document) == data


@pytest.mark.parametrize(("language", "codec"), [("el", "cp1253"), ("he", "cp1255"), ("ru", "koi8_r")])
def test_no_safe_fix_touches_text_while_the_encoding_is_a_guess(language: str, codec: str) -> None:
    text = srt(language).replace("\n\n", "  \n\n", 3)
    data = text.encode(codec)
    path = f"a.{language}.srt"
    for document in (loads(data, path=path), loads(data, path=path, encoding="cp1256", encoding_is_guess=True)):
        mended = fix_document(document, Checker(settings_for()), path=path)
        assert mended.data == data


def test_a_guess_is_marked_as_an_unsafe_fix_and_utf16_as_a_safe_one(tmp_path: Path) -> None:
    from captionkit.reports.base import fix_of

    file = tmp_path / "a.hu.srt"
    file.write_bytes(srt("hu").encode("cp1250"))
    [one] = check(file, select="ENC001")
    assert "guess" in one.message and fix_of(one) == "unsafe"
    assert load(file).cues[0].text.startswith("Jó reggelt kívánok, kezdődik")
    [one] = check(loads(srt("hu").encode("utf-16")), select="ENC001")
    assert fix_of(one) == "safe"


# Line ends and byte order marks ------------------------------------------------------------------------------------

SRT = "1\n00:00:01,000 --> 00:00:02,000\nOne line\nsecond line\n\n2\n00:00:03,000 --> 00:00:04,000\nTwo\n"


def test_cr_cr_lf_is_one_line_end() -> None:
    data = SRT.replace("\n", "\r\r\n").encode()
    document = loads(data)
    assert [cue.text for cue in document.cues] == ["One line\nsecond line", "Two"]
    assert [cue.timing_line for cue in document.cues] == [2, 7]
    assert [one.code for one in document.diagnostics] == ["ENC003"]
    assert to_bytes(document) == data
    fixed = fix_document(document, Checker(settings_for(select="ENC")), restore=True)
    assert fixed.data == SRT.replace("\n", "\r\n").encode()


def test_an_edit_in_a_file_with_cr_cr_lf_touches_its_cue_only() -> None:
    data = SRT.replace("\n", "\r\r\n").encode()
    document = loads(data)
    first, second = document.cues
    edited = to_bytes(document.with_cues([first, second._replace(text="Other")]))
    assert edited == data[: data.index(b"2\r\r\n00:00:03")] + b"2\r\r\n00:00:03,000 --> 00:00:04,000\r\r\nOther\r\r\n"
    edited = to_bytes(document.with_cues([first._replace(text="Other"), second]))
    assert loads(edited).cues[1].content == second.content


def test_one_cr_cr_lf_among_others_is_one_line_end_too() -> None:
    data = SRT.replace("\n", "\r\n").replace("One line\r\n", "One line\r\r\n").encode()
    assert loads(data).cues[0].text == "One line\nsecond line"
    assert to_bytes(loads(data)) == data


@pytest.mark.parametrize("marks", [2, 3])
def test_a_second_byte_order_mark_is_named_and_dropped(marks: int) -> None:
    data = b"\xef\xbb\xbf" * marks + SRT.encode()
    document = loads(data)
    assert [cue.identifier for cue in document.cues] == ["1", "2"]
    assert [one.code for one in document.diagnostics] == ["ENC002", "ENC016"]
    assert to_bytes(document) == data
    assert fix_document(document, Checker(settings_for(select="ENC")), restore=True).data == SRT.encode()


def test_a_byte_order_mark_in_the_middle_is_named_and_dropped() -> None:
    data = SRT.encode() + b"\n\xef\xbb\xbf3\n00:00:05,000 --> 00:00:06,000\nThree\n"
    document = loads(data, path="a.srt")
    assert [cue.identifier for cue in document.cues] == ["1", "2", "3"]
    assert [(one.code, one.line) for one in document.diagnostics] == [("ENC016", 10)]
    fixed = fix_document(document, Checker(settings_for(select="ENC")), restore=True)
    assert fixed.data == data.replace(b"\xef\xbb\xbf", b"")


def test_webvtt_behind_two_marks_is_shown_by_no_browser_and_mended() -> None:
    data = b"\xef\xbb\xbf\xef\xbb\xbfWEBVTT\n\n00:01.000 --> 00:02.000\nHi\n"
    document = loads(data, path="a.vtt")
    assert not document.cues and {"ENC016", "VTT002"} <= {one.code for one in document.diagnostics}
    assert fix_document(document, Checker(settings_for()), restore=True, path="a.vtt").document.cues[0].text == "Hi"


# The commands ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        ["convert", "a.srt", "-o", "-"],
        ["shift", "a.srt", "--by", "1s"],
        ["retime", "a.srt", "--ratio", "1.1"],
        ["merge", "a.srt", "a.srt"],
        ["transcript", "a.srt"],
        ["diff", "a.srt", "b.srt"],
        ["check", "a.srt", "--output-format", "full", "--select", "LAY003"],
    ],
    ids=lambda command: command[0],
)
def test_every_command_that_reads_takes_an_encoding(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.srt").write_bytes(srt("pl").encode("iso8859_2"))
    Path("b.srt").write_text(srt("pl"), encoding="utf-8")
    code = main([*command, "--encoding", "iso-8859-2"])
    told = capsysbinary.readouterr()
    assert code == 0, told.err.decode()
    assert b"guess" not in told.out + told.err
    if command[0] in ("convert", "transcript"):
        assert "tańczy" in told.out.decode()
    if command[0] in ("shift", "retime", "merge"):
        assert "tańczy" in told.out.decode("iso8859_2")
    assert main([*command, "--encoding", "klingon"]) == 2


def test_the_configuration_names_encodings_by_glob_for_every_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("captionkit.toml").write_text('[encodings]\n"old/*" = "cp852"\n"*.srt" = "Windows-1250"\n', encoding="utf-8")
    Path("old").mkdir()
    Path("old/a.srt").write_bytes(srt("cs").encode("cp852"))
    Path("a.srt").write_bytes(srt("cs").encode("cp1250"))
    for name in ("a.srt", "old/a.srt"):
        assert main(["convert", name, "-o", "-"]) == 0
        assert "přednášku" in capsysbinary.readouterr().out.decode()
        assert main(["fix", name, "-q"]) == 0
        assert Path(name).read_text(encoding="utf-8") == srt("cs")
        assert main(["fix", name, "-q"]) == 0, "what is UTF-8 now is not read as the old encoding again"
        assert Path(name).read_text(encoding="utf-8") == srt("cs")
    Path("captionkit.toml").write_text('[encodings]\n"*" = "klingon"\n', encoding="utf-8")
    assert main(["check", "a.srt"]) == 2
    assert b"klingon" in capsysbinary.readouterr().err


#: UTF-8 that was read as a Windows code page and saved again.
MANGLED = {
    "ru": "cp1251",
    "uk": "cp1251",
    "el": "cp1253",
    "he": "cp1255",
    "ar": "cp1256",
    "fr": "cp1252",
    "pl": "cp1252",
}


def mangled(text: str, codec: str) -> str:
    return "".join([bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in text.encode()])


@pytest.mark.parametrize(("language", "codec"), MANGLED.items())
def test_utf8_that_was_read_as_a_code_page_comes_back_and_no_safe_fix_cuts_it(language: str, codec: str) -> None:
    text = srt(language)
    document = loads(mangled(text, codec), path=f"lecture.{language}.srt")
    assert "ENC006" in {one.code for one in check(document)}
    checker = Checker(settings_for())
    safe = fix_document(document, checker)
    for data in (to_bytes(document), safe.data):
        again = fix_document(loads(data), Checker(settings_for(select="ENC")), unsafe=True).data
        assert again.decode() == text
    assert "ENC006" not in {one.code for one in check(loads(text, path=f"lecture.{language}.srt"))}


def test_the_last_letter_of_a_line_looks_like_a_blank_and_stays() -> None:
    document = loads("1\n00:00:01,000 --> 00:00:02,000\nVoil\u00c3\u00a0\n\u00c3\u00a0 moi\n")
    assert fix_document(document, Checker(settings_for())).data == to_bytes(document)
    assert "Voilà" in fix_document(document, Checker(settings_for()), unsafe=True).data.decode()


@pytest.mark.parametrize("language", ["en", "fr", "de", ""])
def test_two_encodings_in_one_file_and_a_file_that_was_cut_off_are_utf8_with_broken_bytes(language: str) -> None:
    cue = "{}\n00:00:0{},000 --> 00:00:0{},900\n{}\n\n"
    head = (cue.format(1, 1, 1, "Café olé") + cue.format(2, 2, 2, "señor José")).encode()
    path = f"lecture.{language}.srt" if language else "lecture.srt"
    for data in (head + cue.format(3, 3, 3, "Über größer").encode("cp1252"), head[:-3]):
        document = loads(data, path=path)
        assert document.encoding == "utf-8" and document.cues[0].text == "Café olé"
        assert to_bytes(document) == data
        assert any(one.code == "ENC001" and "not valid UTF-8" in one.message for one in document.diagnostics)


@pytest.mark.parametrize("name", ["utf-16", "UTF-16LE", "utf_16_be", "utf-32", "UTF-32-BE", "U16"])
def test_utf16_without_a_mark_can_be_named(name: str) -> None:
    codec = (
        "utf-16-be"
        if "16_be" in name
        else "utf-32-be"
        if "BE" in name
        else "utf-32-le"
        if "32" in name
        else "utf-16-le"
    )
    text = srt("ru", 1).replace("-->", "->")  # so that no arrow tells what it is
    assert loads(text.encode(codec), "srt", encoding=name).cues[0].text == loads(text).cues[0].text
    assert loads(srt("tr").encode("cp1254"), encoding=name).encoding == codec, "a wrong name is no crash"
