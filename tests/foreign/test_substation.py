"""ASS and SSA read as WebVTT."""

from __future__ import annotations

import subprocess
import sys

import pytest

import captionkit
from captionkit.conversion import Converted
from captionkit.errors import ContentError

TOP = """[Script Info]
ScriptType: v4.00+
PlayResX: 640
PlayResY: 360

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Bold, Italic, Underline, StrikeOut, Alignment
Style: Default,Arial,20,&H00FFFFFF,0,0,0,0,2
Style: Sign,Arial,20,&H0000FFFF,-1,0,0,0,8

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def line(text: str, *, start: str = "0:00:01.00", end: str = "0:00:02.50", style: str = "Default", **more: str) -> str:
    layer, name, effect = more.get("layer", "0"), more.get("name", ""), more.get("effect", "")
    return f"{more.get('word', 'Dialogue')}: {layer},{start},{end},{style},{name},0,0,0,{effect},{text}\n"


def read(*lines: str, top: str = TOP) -> Converted:
    return captionkit.import_captions((top + "".join(lines)).encode(), path="a.ass")


def shown(converted: Converted) -> list[tuple[int, int, str, str]]:
    return [(cue.start, cue.end, cue.text, cue.settings) for cue in converted.document.cues]


def losses(converted: Converted) -> list[tuple[str, int]]:
    return [(loss.kind, loss.line) for loss in converted.losses]


@pytest.mark.parametrize(
    ("text", "cue", "settings"),
    [
        ("Hello, world", "Hello, world", ""),
        ("A & <b> --> {\\i1}c{\\i0} d", "A &amp; &lt;b> --&gt; <i>c</i> d", ""),
        ("one\\Ntwo\\hthree", "one\ntwo\N{NO-BREAK SPACE}three", ""),
        ("one\\ntwo", "one two", ""),
        ("C:\\dir \\{x\\}", "C:\\dir {x}", ""),
        ("{\\b1\\u1}x{\\b0}y", "<b><u>x</u></b><u>y</u>", ""),
        ("{\\b700}x{\\b400}y", "<b>x</b>y", ""),
        ("{\\i1}x{\\r}y", "<i>x</i>y", ""),
        ("x{\\rSign}y", "x<c.yellow><b>y</b></c>", ""),
        ("{\\c&H0000FF&}x{\\c}y", "<c.red>x</c>y", ""),
        ("{\\1c&HFF8000&}x", "<c.c-0080ff>x</c>", ""),
        ("{\\an8}x", "x", "line:0"),
        ("{\\a6}x", "x", "line:0"),
        ("{\\an8\\an1}x", "x", "line:0"),
        ("{\\pos(320,36)}x", "x", "line:10%,end position:50%"),
        ("{\\an7\\pos(64,36)}x", "x", "line:10% position:10%,line-left align:left"),
        ("{\\an5}{\\pos(320,180)\\pos(0,0)}x", "x", "line:50%,center position:50%"),
        ("{\\k50}Ka{\\k50}ra{\\kf100}o", "Ka<00:00:01.500>ra<00:00:02.000>o", ""),
        ("{\\s1}x", "<c.strike>x</c>", ""),
        ("{unclosed", "{unclosed", ""),
        ("a{\\i1{b}c", "a<i>c</i>", ""),
    ],
)
def test_what_the_text_of_a_line_means(text: str, cue: str, settings: str) -> None:
    converted = read(line(text))
    assert shown(converted) == [(1000, 2500, cue, settings)]
    assert not converted.losses


def test_fields_stand_where_format_says() -> None:
    top = TOP[: TOP.index("[V4+")] + (
        "[V4+ Styles]\nFormat: Alignment, Name, Italic\nStyle: 8,Top,-1\n"
        "[Events]\nFormat: Start, End, Style, Actor, Text\n"
    )
    assert shown(read("Dialogue: 0:00:01.00,0:00:02.50,Top,Ana,Hello, you\n", top=top)) == [
        (1000, 2500, "<v Ana><i>Hello, you</i></v>", "line:0")
    ]


def test_a_style_gives_look_and_place_and_tags_take_them_back() -> None:
    assert shown(read(line("a{\\b0}b{\\an2}", style="Sign"))) == [
        (1000, 2500, "<c.yellow><b>a</b>b</c>", ""),
    ]
    assert shown(read(line("a", style="Sign"), line("b", style="Unknown"))) == [
        (1000, 2500, "<c.yellow><b>a</b></c>", "line:0"),
        (1000, 2500, "b", ""),
    ]


def test_who_speaks_is_a_voice() -> None:
    assert shown(read(line("Hi", name="Ana Ruiz"), line("Yo", name="NTP")))[0][2] == "<v Ana Ruiz>Hi</v>"
    assert shown(read(line("Yo", name="NTP")))[0][2] == "Yo"


def test_ssa_has_other_alignments_and_colours() -> None:
    top = (
        "[Script Info]\nScriptType: v4.00\n[V4 Styles]\n"
        "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, TertiaryColour, BackColour, Bold, Italic, "
        "BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, AlphaLevel, Encoding\n"
        "Style: Default,Arial,20,65535,0,0,0,0,-1,1,2,2,6,10,10,10,0,0\n[Events]\n"
        "Format: Marked, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    )
    found = read("Dialogue: Marked=0,0:00:01.00,0:00:02.50,*Default,NTP,0,0,0,,Hi\n", top=top)
    assert shown(found) == [(1000, 2500, "<c.yellow><i>Hi</i></c>", "line:0")]


def test_times_beyond_what_pysubs2_reads() -> None:
    assert shown(read(line("x", start="123:00:00.00", end="123:00:01.5")))[0][:2] == (442_800_000, 442_801_500)
    assert shown(read(line("x", start="0:00:01.234", end="0:00:02.5")))[0][:2] == (1234, 2500)


def test_a_line_that_cannot_be_read_costs_only_itself() -> None:
    converted = read(line("x", start="0:00:xx.00"), line("y"))
    assert shown(converted) == [(1000, 2500, "y", "")]
    assert losses(converted) == [("unreadable line", 13)]
    assert "'x'" in converted.losses[0].message


def test_a_style_with_rubbish_costs_no_captions() -> None:
    top = TOP.replace("Style: Default,Arial,20,&H00FFFFFF,0,0,0,0,2", "Style: Default,Arial,big,#fff,,,x,,99")
    assert shown(read(line("y"), top=top)) == [(1000, 2500, "y", "")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{\\p1}m 0 0 l 100 0 100 100{\\p0}", "drawing"),
        ("{\\fnComic Sans}x", "font attribute"),
        ("{\\fs40}x", "font attribute"),
        ("{\\fad(200,200)}x", "override tag"),
        ("{\\t(0,500,\\c&H00FF00&\\b1)}x", "override tag"),
        ("{\\move(0,0,100,100)}x", "override tag"),
        ("{\\blur2}x", "override tag"),
        ("x {look this up} y", "comment"),
    ],
)
def test_what_is_lost_is_named(text: str, kind: str) -> None:
    converted = read(line(text), line("other", start="0:00:05.00", end="0:00:06.00"))
    assert losses(converted) == [(kind, 13)]
    assert "<b>" not in captionkit.dumps(converted.document)
    assert "m 0 0" not in captionkit.dumps(converted.document)


def test_comments_effects_layers_and_fonts_of_styles_are_named_once() -> None:
    top = TOP.replace("Style: Sign,Arial", "Style: Sign,Times")
    converted = read(
        line("todo", word="Comment"),
        line("x"),
        line("{\\bord4}x", layer="1"),
        line("y", effect="Banner;10"),
        line("z", style="Sign", start="0:00:02.00"),
        line("zz", style="Sign", start="0:00:02.10"),
        line("w", start="0:00:03.00", end="0:00:04.00"),
        top=top,
    )
    assert [text for _, _, text, _ in shown(converted)] == [
        "x", "y", "<c.yellow><b>z</b></c>", "<c.yellow><b>zz</b></c>", "w",
    ]  # fmt: skip
    assert sorted(losses(converted)) == [("comment", 0), ("font attribute", 17), ("layer", 0), ("override tag", 16)]


def test_wrap_style_2_breaks_lines_at_a_small_n() -> None:
    assert shown(read(line("a\\nb"), top=TOP.replace("PlayResX", "WrapStyle: 2\nPlayResX")))[0][2] == "a\nb"


def test_a_place_is_counted_in_the_size_of_the_script() -> None:
    none = TOP.replace("PlayResX: 640\n", "").replace("PlayResY: 360\n", "")
    assert shown(read(line("{\\pos(192,144)}x"), top=none))[0][3] == "line:50%,end position:50%"
    one = TOP.replace("PlayResX: 640\n", "").replace("360", "300")
    assert shown(read(line("{\\pos(200,150)}x"), top=one))[0][3] == "line:50%,end position:50%"


def test_attached_fonts_are_no_lines() -> None:
    fonts = "[Fonts]\nfontname: a.ttf\nStyle: 0,0\nDialogue: 0,0:00:01.00,0:00:02.00,,,,,,,no\n"
    assert len(shown(read(line("x"), top=TOP.replace("[Events]", f"{fonts}\n[Events]")))) == 1


def test_a_script_without_lines_is_an_error() -> None:
    with pytest.raises(ContentError, match="no captions are left"):
        read()
    with pytest.raises(ContentError, match="no captions are left"):
        read(line("{\\p1}m 0 0 l 1 1"), line("x", word="Comment"))


def test_older_encodings_are_guessed_or_named() -> None:
    text = TOP + line("Pardon, où êtes-vous déjà allés cet été ?") * 3
    data = text.encode("cp1252")
    assert "été" in captionkit.import_captions(data, encoding="windows-1252").document.cues[0].text
    guessed = captionkit.import_captions(data, path="a.fr.ass")
    assert "--encoding" in " ".join(guessed.remarks)
    assert "été" in captionkit.import_captions(text.encode("utf-16")).document.cues[0].text


def test_without_pysubs2_a_sentence_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['pysubs2'] = None\n"
        "import captionkit\n"
        f"try: captionkit.import_captions({(TOP + line('x')).encode()!r})\n"
        "except captionkit.CaptionkitError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert "pysubs2, which is not installed" in done.stdout
    assert 'python -m pip install "captionkit[formats]"' in done.stdout
