"""Transcripts of whole folders, and Word documents."""

from __future__ import annotations

import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from captionkit.cli.frame import run
from captionkit.transcripts import Paragraph
from captionkit.transcripts.word import write_word
from captionkit.transcripts.writers import About

HI = "WEBVTT\n\n00:01.000 --> 00:02.000\nHi there.\n"
TALK = """WEBVTT

00:01.000 --> 00:02.000
<v Ana Ruiz>Good morning.</v>

00:03.000 --> 00:04.000
[applause]

00:05.000 --> 00:06.000
<v Ben>Two &lt; three & \x0bfour.</v>
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(path: str, text: str = HI) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def written(folder: str = "out") -> set[str]:
    return {path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file()}


@pytest.mark.parametrize("form", ["html", "docx", "md", "txt"])
def test_every_file_of_a_folder_has_its_transcript_with_the_folders_kept(folder: Path, form: str) -> None:
    put("course/intro.en.vtt")
    put("course/week1/intro.en.vtt")
    put("course/week1/intro.es.srt", "1\n00:00:01,000 --> 00:00:02,000\nHola.\n")
    assert run(["transcript", "course", "-o", "out/", "--to", form]) == 0
    assert written() == {f"intro.en.{form}", f"week1/intro.en.{form}", f"week1/intro.es.{form}"}


def test_names_never_collide(folder: Path) -> None:
    put("course/a.en.vtt")
    put("course/a.en.srt", "1\n00:00:01,000 --> 00:00:02,000\nHola.\n")
    put("course/A.en (vtt).vtt")
    put("other/A.EN.vtt")
    assert run(["transcript", "course", "other", "-o", "out"]) == 0
    assert len({name.casefold() for name in written()}) == 4
    assert "Hola" in Path("out/a.en (srt).txt").read_text(encoding="utf-8")


def test_what_the_configuration_leaves_out_is_left_out(folder: Path) -> None:
    put("course/a.en.vtt")
    put("course/old/b.en.vtt")
    put("course/captionkit.toml", '[files]\nexclude = ["old/**"]\n')
    assert run(["transcript", "course", "-o", "out"]) == 0
    assert written() == {"a.en.txt"}


def test_one_bad_file_stops_only_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put("course/a.en.vtt")
    put("course/b.en.vtt", "nothing\n")
    assert run(["transcript", "course", "-o", "out"]) == 1
    assert written() == {"a.en.txt"}
    err = capsys.readouterr().err
    assert "b.en.vtt: this is plain text without times" in err
    assert "1 transcript written to out; 1 not written" in err


def test_a_folder_needs_one_for_the_transcripts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put("course/a.en.vtt")
    assert run(["transcript", "course"]) == 2
    assert "-o transcripts/" in capsys.readouterr().err
    put("empty/readme.txt")
    assert run(["transcript", "empty", "-o", "out"]) == 8
    assert "there are no caption files in it" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["a.pdf", "a.doc", "a.csv", "transcript"])
def test_a_name_whose_extension_nothing_writes_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    put("a.en.vtt")
    assert run(["transcript", "a.en.vtt", "-o", name]) == 2
    assert "captionkit cannot write" in capsys.readouterr().err
    assert not Path(name).exists()


def test_a_word_document_has_a_heading_its_language_and_its_speakers(folder: Path) -> None:
    docx = pytest.importorskip("docx")
    put("Lección 1.es-MX.vtt", TALK)
    assert run(["transcript", "Lección 1.es-MX.vtt", "-o", "t.docx", "--timestamps"]) == 0
    document = docx.Document("t.docx")
    texts = [(p.style.name, p.text) for p in document.paragraphs]
    assert texts[0] == ("Heading 1", "Lección 1")
    assert [text for _, text in texts[1:]] == [
        "[0:01] Ana Ruiz: Good morning.",
        "[0:03] [applause]",
        "[0:05] Ben: Two < three & four.",
    ]
    assert [run.text for run in document.paragraphs[1].runs if run.style.name == "Speaker"] == ["Ana Ruiz:"]
    assert [run.text for run in document.paragraphs[2].runs if run.style.name == "Sound"] == ["[applause]"]
    languages = document.styles.element.xpath("w:docDefaults//w:lang/@w:val")
    assert languages == ["es-MX"]
    assert document.core_properties.title == "Lección 1" and document.core_properties.language == "es-MX"


def test_arabic_runs_from_right_to_left_and_the_same_captions_give_the_same_document() -> None:
    docx = pytest.importorskip("docx")

    talk = [Paragraph(0, 1000, "مرحبا", "أحمد")]
    data = write_word(talk, About("درس", "ar"))
    assert data == write_word(talk, About("درس", "ar"))
    with ZipFile(BytesIO(data)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    document = docx.Document(BytesIO(data))
    assert document.styles.element.xpath("w:docDefaults//w:lang/@w:bidi") == ["ar"]
    assert len(document.element.xpath("//w:pPr/w:bidi")) == 2
    assert len(document.element.xpath("//w:rPr/w:rtl")) == 4


def test_without_the_extra_a_sentence_says_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "docx", None)
    put("a.en.vtt")
    assert run(["transcript", "a.en.vtt", "-o", "a.docx"]) == 2
    assert 'pip install "captionkit[office]"' in capsys.readouterr().err
    assert not Path("a.docx").exists()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_word_document(folder: Path) -> None:
    pytest.importorskip("docx")
    put("talk.en.vtt", TALK)
    assert run(["transcript", "talk.en.vtt", "-o", "talk.docx"]) == 0
    profile = (folder / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "txt:Text", "talk.docx"]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    text = Path("talk.txt").read_text(encoding="utf-8-sig")
    assert " ".join(text.split()) == "talk Ana Ruiz: Good morning. [applause] Ben: Two < three & four."
