"""Files that are called captions and are something else, and files that a fix makes readable."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from captionkit.cli.frame import run as main
from captionkit.documents import load, to_bytes
from captionkit.foreign.sniff import sniff


def docx() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document>00:00:01,000 --> 00:00:02,000</w:document>")
    return data.getvalue()


def zipped() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("lecture.srt", "1\n00:00:01,000 --> 00:00:02,000\nHi\n")
    return data.getvalue()


SCC = "Scenarist_SCC V1.0\n\n00:00:00:00\t9420 94ad 9470 c8e9 942f\n"
ASS = "[Script Info]\nTitle: x\n\n[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.00,Hi\n"
TTML = '<?xml version="1.0"?>\n<!-- made by x -->\n<tt xmlns="http://www.w3.org/ns/ttml"><body/></tt>\n'
STL = b"850STL25.01" + b"0" * 1013
SPRUCE = "//Font select and font size\n$FontName = Arial\n$FontSize = 30\n\n00:00:01:00 , 00:00:02:00 , Hi\n"
KINDS: list[tuple[str, str | bytes, str]] = [
    ("a.srt", "{\\rtf1\\ansi\n1\\\n00:00:01,000 --> 00:00:02,000\\\nHi\\\n}", "an RTF document"),
    ("a.srt", docx(), "a Word document"),
    ("a.srt", zipped(), "a ZIP archive"),
    ("a.vtt", b"%PDF-1.7\n1 0 obj\n", "a PDF document"),
    ("a.vtt", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "an old Office document"),
    ("a.srt", b"\x89PNG\r\n\x1a\n\0\0", "a picture"),
    ("a.srt", b"\0\0\0\x20ftypisom\0\0", "a video or sound file"),
    ("a.vtt", TTML, "a TTML file"),
    ("a.ttml", '<tt:tt xmlns:tt="http://www.w3.org/ns/ttml"/>', "a TTML file"),
    ("a.srt", ASS, "a SubStation file"),
    ("a.srt", "﻿" + ASS, "a SubStation file"),
    ("a.srt", ASS.replace("\n", "\r\n").encode("utf-16"), "a SubStation file"),
    ("a.srt", SCC, "an SCC file"),
    ("a.smi", "<SAMI>\n<BODY><SYNC Start=1000><P Class=ENCC>Hi</BODY></SAMI>\n", "a SAMI file"),
    ("a.srt", STL, "an EBU STL file"),
    ("a.srt", SPRUCE, "a Spruce STL file"),
    ("a.stl", SPRUCE.rpartition("\n\n")[2], "a Spruce STL file"),
    ("a.scc", SCC.partition("\n\n")[2], "an SCC file"),
    ("a.ttml", '<tt xmlns="http://www.w3.org/ns/ttml"/>'.encode("utf-16-le"), "a TTML file"),
    ("a.ttml", '<!DOCTYPE tt [ <!ENTITY a "b"> ]>\n<tt xmlns="http://www.w3.org/ns/ttml"/>', "a TTML file"),
    ("a.mcc", "File Format=MacCaption_MCC V1.0\n\n", "an MCC file"),
    ("a.txt", "{QTtext} {font:Arial}\n[00:00:01.00]\nHi\n", "a QuickTime text file"),
    ("a.srt", "{0}{25}Hello|there\n{30}{60}Bye\n", "a MicroDVD file"),
    ("a.srt", "{1}{1}25.000\n{0}{25}Hello\n", "a MicroDVD file"),
    ("a.srt", "[10][35]Hello|there\n[40][60]Bye\n", "an MPL2 file"),
    ("a.srt", "[ti:Song]\n[00:12.00]Hello\n", "an LRC file"),
    ("a.srt", "00:00:01:Hello\n00:00:04:Bye\n", "a TMPlayer file"),
    ("a.vtt", "#EXTM3U\n#EXTINF:6,\ns1.vtt\n", "an HLS playlist"),
    ("a.vtt", '{"segments": [{"start": 0.0, "text": "Hi"}]}', "the JSON of a speech recogniser"),
    ("a.vtt", '{"wireMagic": "pb3", "events": []}', "YouTube's own JSON"),
    ("a.vtt", '{"error": "not found"}', "JSON"),
    ("a.vtt", '<!DOCTYPE html><form><input type="password"></form>', "asks to log in"),
    ("a.vtt", "<html><title>Not found</title></html>", "a web page"),
    ("a.vtt", '<?xml version="1.0"?><timedtext format="3"/>', "YouTube's own XML"),
    ("a.vtt", '<?xml version="1.0"?><error>Denied</error>', "an XML file"),
    ("a.scc", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "Git LFS"),
    ("a.ttml", '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>', "the error message of a server"),
    ("a.csv", '"Speaker Name","Start Time","End Time","Text"\n"Ana","00:00:00:00","00:00:02:10","Hi"\n', "a table"),
    ("a.txt", "@ This file written with Avid\n\n<begin subtitles>\n\n00:00:01:00 00:00:02:00\nHi\n", "of Avid"),
    ("a.txt", "[00:00:03] Ana: Hello\n[00:00:10] Bob: Thanks\n", "a transcript that says when each part begins"),
    ("a.json", '{"text": "Hello there."}', "a speech recogniser, without times"),
    ("a.json", '{"recognizedPhrases": [{"offsetInTicks": 1, "nBest": []}]}', "a speech service"),
    ("a.tsv", "start\tend\ttext\n0\t3000\tHi\n", "a table (TSV) of Whisper"),
    ("a.srt", "Hello class.\nToday we speak of bees.\n", "plain text without times"),
]


@pytest.mark.parametrize(("name", "content", "said"), KINDS, ids=[said for _, _, said in KINDS])
def test_what_a_file_is_is_said_in_one_finding_with_what_to_do(
    name: str, content: str | bytes, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    data = content if isinstance(content, bytes) else content.encode()
    Path(name).write_bytes(data)
    document = load(name)
    assert not document.cues
    assert to_bytes(document) == data
    assert main(["check", name, "--output-format", "concise", "-q"]) == 1
    first, *rest = capsys.readouterr().out.splitlines()
    assert said in first and " ENC012 " in first and ": " in first.split("not SRT or WebVTT")[1]
    assert not any(" ENC" in line or " SRT" in line or " VTT" in line for line in rest)
    code = main(["convert", name, "-o", "out.vtt"])
    if code:
        assert said in capsys.readouterr().err
        assert not Path("out.vtt").exists()
    else:
        kind = sniff(data)
        assert kind is not None and kind.is_converted and load("out.vtt").cues


@pytest.mark.parametrize(
    "text",
    [
        "1\n00:00:01,000 --> 00:00:02,000\n{0}{25}\n",
        "1\n00:00:01,000 --> 00:00:02,000\n<tt>\n",
        "WEBVTT\n\nNOTE <tt xmlns>\n\n00:01.000 --> 00:02.000\n[Script Info]\n",
        "00:00:01,000 --> 00:00:02,000\nHi\n00:00:03,000 --> 00:00:04,000\nYo\n",
        "0:00:01.000,0:00:02.000\nHi\n",
    ],
)
def test_captions_are_never_taken_for_something_else(text: str) -> None:
    kind = sniff(text.encode())
    assert kind is None or not kind.is_certain


@pytest.mark.parametrize(
    ("text", "why", "fix"),
    [
        ("webvtt\n\n00:01.000 --> 00:03.000\nhello\n", "WEBVTT", "captionkit fix --restore a.vtt"),
        ("WEB VTT\n\n00:01.000 --> 00:03.000\nhello\n", "WEBVTT", "captionkit fix --restore a.vtt"),
        ("00:01.000 --> 00:03.000\nhello\n", "WEBVTT", "captionkit fix --restore a.vtt"),
        ("WEBVTT\n\n1\n00:00:01,000 --> 00:00:03,000\nhello\n", "comma", "captionkit fix --restore a.vtt"),
        ("\ufeff\ufeffWEBVTT\n\n00:01.000 --> 00:03.000\nhello\n", "mark", "captionkit fix --restore a.vtt"),
    ],
)
def test_where_a_fix_finds_cues_the_error_says_why_there_are_none_and_names_it(
    text: str, why: str, fix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.vtt").write_text(text, encoding="utf-8", newline="")
    for command in (["convert", "a.vtt", "-o", "-"], ["transcript", "a.vtt"], ["shift", "a.vtt", "--by", "1s"]):
        assert main(command) == 1
        told = capsys.readouterr().err
        assert why in told and fix in told
        assert "the file you mean" not in told
    assert main([*fix.split()[1:], "-q", "--exit-zero"]) == 0
    capsys.readouterr()
    assert main(["convert", "a.vtt", "-o", "-"]) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[00:00.000 --> 00:03.000]  Hello class\n[00:03.000 --> 00:06.000]  and bees\n", "prints on the screen"),
        ("[00:00:00.000 --> 00:00:03.000]   Hello class\n", "prints on the screen"),
        ("0:00\nhello class\n0:03\ntoday\n", "when each part begins"),
        ("Ana Ruiz  0:03  \nHello class.\n\nBen  0:12  \nHi.\n\nTranscribed by otter\n", "when each part begins"),
        ("Speaker 1 (00:03):\nHello\n\nSpeaker 2 (00:12):\nYo\n", "when each part begins"),
        ("Class begins at 10:30 and\nends at 11:15 today.\n", "plain text without times"),
    ],
)
def test_a_transcript_with_times_is_named(text: str, said: str) -> None:
    kind = sniff(text.encode())
    assert kind is not None and not kind.is_certain and said in kind.title
