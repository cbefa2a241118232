"""The functions at the top level: documents and paths alike, and what is answered to everything else."""

from __future__ import annotations

import pydoc
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

import captionkit
from captionkit import CaptionkitError, Document
from captionkit.api import Captions

SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello & welcome.\n\n2\n00:00:03,000 --> 00:00:04,000\n[applause]\n"
TTML = """<tt xmlns="http://www.w3.org/ns/ttml"><body><div>
<p begin="00:00:01.000" end="00:00:02.000">Bonjour</p></div></body></tt>"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("a.en.srt").write_text(SRT, encoding="utf-8")
    Path("a.docx").write_bytes(b"PK\3\4" + b"\0" * 26 + b"word/document.xml")
    Path("a.ttml").write_text(TTML, encoding="utf-8")
    return tmp_path


CALLS: dict[str, Callable[[Captions], object]] = {
    "check": captionkit.check,
    "convert": lambda captions: captionkit.convert(captions, "vtt"),
    "diff": lambda captions: captionkit.diff(captions, captions),
    "fix": captionkit.fix,
    "merge": lambda captions: captionkit.merge([captions, captions]),
    "retime": lambda captions: captionkit.retime(captions, Fraction(25, 24)),
    "shift": lambda captions: captionkit.shift(captions, 500),
    "split": lambda captions: captionkit.split(captions, [2500]),
    "to_pysrt": lambda captions: captionkit.dumps(captionkit.from_pysrt(captionkit.to_pysrt(captions))),
    "to_webvtt_py": lambda captions: captionkit.dumps(captionkit.from_webvtt_py(captionkit.to_webvtt_py(captions))),
    "transcript": lambda captions: captionkit.transcript(captions),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_document_and_the_path_of_its_file_are_alike(name: str, folder: Path) -> None:
    document = captionkit.load("a.en.srt")
    assert CALLS[name](document) == CALLS[name]("a.en.srt") == CALLS[name](Path("a.en.srt"))


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("given", [5, None, b"WEBVTT", SRT, [1]], ids=str)
def test_what_is_neither_is_answered(name: str, given: object, folder: Path) -> None:
    with pytest.raises(CaptionkitError, match=r"a document or the path of a file.*\n.*captionkit\.loads"):
        CALLS[name](given)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [*CALLS])
@pytest.mark.parametrize("given", ["a.docx", "a.ttml"])
def test_a_file_of_another_kind_is_never_taken_for_one_without_cues(name: str, given: str, folder: Path) -> None:
    if name in ("check", "fix"):
        return  # they name it as a finding
    if (name, given) == ("convert", "a.ttml"):
        pytest.importorskip("ttconv")
        assert [cue.text for cue in captionkit.convert("a.ttml", "srt").document.cues] == ["Bonjour"]
        return
    with pytest.raises(CaptionkitError, match="Word document" if given == "a.docx" else r"import_captions\('a.ttml'\)"):
        CALLS[name](given)


def test_the_finding_names_a_file_of_another_kind(folder: Path) -> None:
    assert "Word document" in str(captionkit.check("a.docx")[0])
    assert "Word document" in captionkit.fix("a.docx").remaining[0].message
    assert "Word document" in repr(captionkit.load("a.docx"))


MISTAKES: dict[str, tuple[Callable[[Document], object], str]] = {
    "a format that is only read": (lambda d: captionkit.convert(d, "ttml"), 'The formats are "srt" and "vtt"'),
    "an extension for a format": (lambda d: captionkit.convert(d, ".VTT"), "Write 'vtt'"),
    "the name of a format": (lambda d: captionkit.convert(d, "webvtt"), "Write 'vtt'"),
    "a Word document": (lambda d: captionkit.dump(d, "x.docx"), "written as .srt or .vtt"),
    "a format that is not written": (lambda d: captionkit.dump(d, "x.ttml"), "written as .srt or .vtt"),
    "a video": (lambda d: captionkit.dump(d, Path("x.MP4")), "written as .srt or .vtt"),
    "the other format": (lambda d: captionkit.dump(d, "x.vtt"), "captionkit.convert(document, 'vtt').document"),
    "a conversion": (lambda d: captionkit.dump(captionkit.convert(d, "vtt"), "x.vtt"), ".document"),  # type: ignore[arg-type]
    "a path and a path": (lambda d: captionkit.dump("a.srt", "b.srt"), "captionkit.load(path)"),  # type: ignore[arg-type]
    "text": (lambda d: captionkit.load(SRT), "captionkit.loads(text)"),
    "no text": (lambda d: captionkit.loads(5), "captionkit.loads(text)"),  # type: ignore[arg-type]
    "seconds": (lambda d: captionkit.shift(d, 1.5), "1500 for seconds"),  # type: ignore[arg-type]
    "a time in words": (lambda d: captionkit.shift(d, "1.5s"), "captionkit.parse_time('1.5s')"),  # type: ignore[arg-type]
    "one time": (lambda d: captionkit.split(d, 1000), "captionkit.split(document, [60_000])"),  # type: ignore[arg-type]
    "a ratio in words": (lambda d: captionkit.retime(d, "25/24"), "fractions.Fraction"),  # type: ignore[arg-type]
    "one document": (lambda d: captionkit.merge(d), "captionkit.merge(["),  # type: ignore[arg-type]
    "too few offsets": (lambda d: captionkit.merge([d, d], [0]), "One for each"),
    "a transcript as PDF": (lambda d: captionkit.transcript(d).write("x.pdf"), ".docx"),
    "a file to convert to": (lambda d: captionkit.convert(d, "b.vtt"), "captionkit.dump(captionkit.convert("),
    "earlier than 0": (lambda d: captionkit.shift(d, -5000), "drop=True"),
    "a number to read as a time": (lambda d: captionkit.parse_time(90), "milliseconds already"),  # type: ignore[arg-type]
    "a kind that is none": (lambda d: captionkit.check(d, kind="subtitle"), "subtitles, captions"),
    "the name of a language": (lambda d: captionkit.check(d, language="English"), "For instance en"),
    "a duration in words": (lambda d: captionkit.check(d, duration="1:30:00"), "captionkit.parse_time"),  # type: ignore[arg-type]
    "an argument that is none": (lambda d: captionkit.fix(d, profil="dcmp"), "Did you mean profile?"),
    "a file for pysrt's object": (lambda d: captionkit.from_pysrt("a.srt"), "captionkit.load(path)"),
    "a file for webvtt-py's": (lambda d: captionkit.from_webvtt_py("a.vtt"), "captionkit.load(path)"),  # type: ignore[arg-type]
    "an audit of a file": (lambda d: captionkit.audit("a.en.srt"), "no such folder"),
    "an audit of a document": (lambda d: captionkit.audit(d), 'captionkit.audit("captions")'),  # type: ignore[arg-type]
    "an audit as PDF": (lambda d: captionkit.audit(".").write("x.pdf"), ".html"),
    "a language that is none": (lambda d: captionkit.audit(".", require="english!"), "For instance en"),
    "a standard that is none": (lambda d: captionkit.audit(".", standard="wcag"), "wcag-1.2.2"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_answered_with_what_to_write(name: str, folder: Path) -> None:
    mistake, answer = MISTAKES[name]
    before = sorted(folder.iterdir())
    with pytest.raises(CaptionkitError) as raised:
        mistake(captionkit.load("a.en.srt"))
    assert answer in str(raised.value)
    assert sorted(folder.iterdir()) == before


def test_a_file_with_an_odd_name_is_written_back(folder: Path) -> None:
    Path("a.sub").write_text(SRT, encoding="utf-8")
    captionkit.dump(captionkit.shift("a.sub", 500), "a.sub")
    captionkit.dump(captionkit.load("a.sub"), "a.sub.part")
    assert captionkit.load("a.sub.part").cues[0].start == 1500


def test_a_name_that_is_nearly_right_is_answered() -> None:
    for wrong, right in {"lod": "load", "read": "load", "save": "dump", "from_pysub": "from_pysrt"}.items():
        with pytest.raises(AttributeError, match=rf"did you mean captionkit\.{right}\?"):
            getattr(captionkit, wrong)


def test_what_is_fixed_is_said_and_the_file_is_left_alone(folder: Path) -> None:
    broken = SRT.replace("4,000\n[", "2,500\n[").rstrip("\n")
    Path("b.srt").write_text(broken, encoding="utf-8")
    safe, unsafe = captionkit.fix("b.srt"), captionkit.fix("b.srt", unsafe=True)
    assert safe.fixed.keys() < unsafe.fixed.keys()
    assert repr(safe).startswith("<Fixed srt: 1 of ")
    assert repr(captionkit.fix("a.en.srt")) == "<Fixed srt: nothing fixed; 0 findings left>"
    assert Path("b.srt").read_text(encoding="utf-8") == broken


def test_a_transcript_is_paragraphs_a_text_and_a_file(folder: Path) -> None:
    made = captionkit.transcript("a.en.srt")
    assert [one.text for one in made] == ["Hello & welcome.", "[applause]"]
    assert (len(made), made[0].start, made.title, made.language) == (2, 1000, "a", "en")
    assert made.text == "Hello & welcome.\n\n[applause]\n"
    assert len(captionkit.transcript("a.en.srt", sounds=False)) == 1
    made.write("a.html", timestamps=True)
    assert '<html lang="en"' in Path("a.html").read_text(encoding="utf-8")
    assert repr(made) == "<Transcript 'a' en: 2 paragraphs>"


def test_an_audit_of_a_folder_says_what_is_there_and_writes_reports(folder: Path) -> None:
    report = captionkit.audit(folder, require="en,fr")
    first, *others = report.summary().split("\n")
    assert first == "1 of 1 recording has captions in English, 0 in French, 0 in both."
    assert "a.ttml" in others[0]
    assert not report.is_complete
    assert captionkit.audit(str(folder), require=["en"]).is_complete
    for name in ("r.html", "r.json", "r.csv", "r.md"):
        report.write(name)
        assert Path(name).stat().st_size
    assert repr(report).startswith(f"<AuditReport {folder}: 1 of 1")
    assert repr(report.audit).startswith("<Audit ")


def test_reprs_are_one_line_each(folder: Path) -> None:
    document = captionkit.load("a.en.srt")
    assert repr(captionkit.convert(document, "vtt")) == "<Converted vtt: 2 cues; nothing is lost>"
    changed = captionkit.shift(document, 500).map(lambda cue: cue if cue.start < 2000 else None)
    assert repr(captionkit.diff(document, changed)) == "<Difference: 1 moved, 1 removed; 0 cues are the same>"
    from captionkit.lint import settings_for
    from captionkit.timing import merged

    assert repr(merged([document, document])).endswith("; nothing is lost>")
    assert repr(settings_for(language="en")) == "Settings(language='en')"


def test_losses_are_summed_up_in_words_even_where_there_are_none() -> None:
    assert captionkit.convert(captionkit.loads(SRT), "vtt").summary() == "nothing is lost"
    styled = captionkit.loads("WEBVTT\n\nSTYLE\n::cue(.a) { margin: 1px }\n\n00:01.000 --> 00:02.000\nHi\n")
    assert captionkit.convert(styled, "srt").summary() == "1 STYLE block not kept"


def test_help_is_a_tour_with_every_name_in_it() -> None:
    page = pydoc.plain(pydoc.render_doc(captionkit))
    assert "captionkit guide python" in page
    for name in captionkit.__all__:
        assert name in page or name == "__version__"
    assert "class Workspace" in page
    assert "transcript(" in page


def test_bridges_lead_both_ways() -> None:
    document = captionkit.loads(SRT)
    pytest.importorskip("pysrt")
    assert [cue.content for cue in captionkit.from_pysrt(captionkit.to_pysrt(document)).cues] == [
        cue.content for cue in document.cues
    ]
    assert len(captionkit.from_webvtt_py(captionkit.to_webvtt_py(document)).cues) == 2


def test_nothing_of_it_is_loaded_before_it_is_used() -> None:
    code = "import captionkit, sys; captionkit.load; print(*[m for m in sys.modules if m.startswith('captionkit.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert not {"captionkit.api", "captionkit.workspace", "captionkit.lint"} & set(done.stdout.split())


def test_the_tour_runs(folder: Path) -> None:
    Path("lecture.srt").write_text(SRT, encoding="utf-8")
    code = "\n".join(line[4:] for line in (captionkit.__doc__ or "").split("\n") if line.startswith("    "))
    exec(compile(code, "captionkit", "exec"), {})
    first = captionkit.load("lecture.vtt").cues[0]
    assert (first.start, first.text) == (2500, "HELLO &amp; WELCOME.")
