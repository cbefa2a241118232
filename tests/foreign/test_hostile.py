"""Files made to hurt: bounded, refused with a sentence, and nothing but `ContentError`."""

from __future__ import annotations

import contextlib
import random
import time
from pathlib import Path

import pytest
from fuzzing import foreign

import captionkit
from captionkit.errors import ContentError
from captionkit.foreign import reading, xml_tree
from captionkit.library import others

TT = '<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="en"><body><div>{}</div></body></tt>'
P = '<p begin="1s" end="2s">Hi</p>'
DOCTYPE = '<!DOCTYPE tt [ <!ENTITY a "aaaaaaaaaa"> <!ENTITY b "&a;&a;&a;"> ]>\n'


def test_broken_files_of_every_format_are_read_or_refused(tmp_path: Path) -> None:
    target = foreign.Target(random.Random("other formats"), tmp_path)
    for _ in range(40):
        target.step()
    assert "40 broken files" in target.done()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp1252"]
)
@pytest.mark.parametrize(
    "text", [DOCTYPE + TT.format(P), TT.format("<!entity x 'y'>" + P), '<!DOCTYPE tt SYSTEM "x">' + TT]
)
def test_entities_are_refused_in_every_encoding(text: str, encoding: str) -> None:
    data = f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'.encode(encoding)
    with pytest.raises(ContentError, match="declares a document type or entities"):
        captionkit.import_captions(data, "ttml")


def test_the_line_of_a_declaration_is_named() -> None:
    with pytest.raises(ContentError) as caught:
        captionkit.import_captions(f'<?xml version="1.0"?>\n\n{DOCTYPE}{TT}'.encode(), path="a.ttml")
    assert caught.value.where == "a.ttml, line 3"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<div>" * 5_000 + P + "</div>" * 5_000, "nested more than"),
        (f'<p begin="1s">{"<span>" * 5_000}x{"</span>" * 5_000}</p>', "nested more than"),
        (P[:-1], "not well-formed|mismatched tag"),
        (P + "</span>", "mismatched tag"),
    ],
)
def test_what_exceeds_a_bound_or_cannot_be_mended_is_refused(body: str, message: str) -> None:
    with pytest.raises(ContentError, match=message):
        captionkit.import_captions(TT.format(body).encode())


def test_a_file_that_breaks_off_is_refused() -> None:
    with pytest.raises(ContentError, match="cut off before its end"):
        captionkit.import_captions(TT.format(P * 10)[:300].encode())


def test_sizes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_tree, "MOST_ELEMENTS", 1_000)
    with pytest.raises(ContentError, match="more than 1,000 elements"):
        captionkit.import_captions(TT.format("<p/>" * 1_000).encode())
    monkeypatch.setattr(reading, "MOST_CAPTIONS", 3)
    with pytest.raises(ContentError, match="more than 3 captions"):
        captionkit.import_captions(
            TT.format("".join([f'<p begin="{n}s" end="{n}.5s">x</p>' for n in range(9)])).encode()
        )
    with pytest.raises(ContentError, match="bytes, and captions have at most"):
        captionkit.import_captions(b"Scenarist_SCC V1.0\n" + bytes(reading.MOST_BYTES))


def test_a_packed_file_is_named_and_not_unpacked() -> None:
    with pytest.raises(ContentError, match="ZIP archive"):
        captionkit.import_captions(b"PK\x03\x04" + bytes(100), path="captions.ttml")
    with pytest.raises(ContentError, match="packed archive"):
        captionkit.import_captions(b"\x1f\x8b\x08" + bytes(100))


@pytest.mark.parametrize(
    "data",
    [
        TT.format(
            '<p begin="0s" end="9s">' + "".join([f'<span begin="{n}ms">w </span>' for n in range(3_000)]) + "</p>"
        ),
        TT.format('<p begin="1s" end="1s">x</p>' * 20_000 + P),
        TT.format('<p begin="1s" xml:space="preserve">' + "<span> </span>" * 20_000 + "x</p>"),
        TT.format("<p begin='1s'>" + "<m:m xmlns:m='m'/>" * 20_000 + "x</p>"),
        TT.format("<p begin='1s'>" + "&" * 100_000 + "</p>"),
        TT.format("<p begin='1s'>" + "<br>" * 20_000 + "x</p>"),
        TT.format("<p begin='1s'>& " + "<!--" * 200_000),
        "<tt " + " ".join([f'a{n}="1"' for n in range(20_000)]) + "/>",
        TT.format("".join([f'<p begin="1s" end="2s" xml:id="a{n}">x</p>' for n in range(10_000)])),
        "Scenarist_SCC V1.0\n\n" + "00:00:01:00\t94zz\n" * 20_000,
        "Scenarist_SCC V1.0\n\n00:00:01:00\t" + "9420 " + "c1c2 " * 20_000 + "942f\n",
    ],
    ids=[
        "spans",
        "no time",
        "blanks",
        "foreign elements",
        "ampersands",
        "breaks",
        "comments",
        "attributes",
        "same time",
        "bad words",
        "long line",
    ],
)
def test_hostile_files_take_no_longer_than_their_size_asks(data: str) -> None:
    begin = time.process_time()
    with contextlib.suppress(ContentError):
        captionkit.import_captions(data.encode())
    assert time.process_time() - begin < 15


ASS_TOP = "[Script Info]\n[Events]\nFormat: Start, End, Text\n"


def ass(text: str) -> str:
    return f"{ASS_TOP}Dialogue: 0:00:01.00,0:00:02.00,{text}\n"


@pytest.mark.parametrize(
    "data",
    [
        ass("{" * 200_000),
        ass("{" * 200_000 + "}"),
        ass("{" + "\\t(" * 100_000 + "}x"),
        ass("{\\t(" + "(" * 200_000 + "}x"),
        ass("{\\i1}a{\\i0}b" * 20_000),
        ass("\\" * 200_000),
        "[Script Info]\n[Events]\nFormat: " + "Text, " * 50_000 + "\n" + ass("x"),
        "<SAMI><SYNC Start=1><P>" + "<a " * 100_000,
        "<SAMI><SYNC Start=1><P " + "a" * 300_000 + ">x",
        "<SAMI><SYNC Start=1><P " + "a='" * 100_000 + ">x",
        "<SAMI><SYNC Start=1><P>" + "<!--" * 100_000,
        "<SAMI><SYNC Start=1><P>" + "<font color=red>a" * 20_000,
        "<SAMI>" + ".a {" * 100_000 + "<SYNC Start=1><P>a",
        "<SAMI>" + "".join([f"<SYNC Start={n}><P class=c{n}>a" for n in range(10_000)]),
        "{1}{1}25\n{1}{5}" + "{y:i}" * 40_000 + "x",
        "{1}{1}25\n{1}{5}" + "{a:" * 100_000,
        "[1][5]" + "|/_a" * 20_000,
        '{"segments": ' + "[" * 300_000,
        '{"text":"' + "\\\\" * 200_000 + '","segments":[{"start":1,"text":"x"}]}',
        '{"text":"' * 50_000 + '"segments":[{"start":1,"text":"x"}]',
        "<?xml version='1.0'?><timedtext><body><p t='1' d='2'>" + "<s t='1'>a</s>" * 20_000 + "</p>",
        "<?xml version='1.0'?><timedtext>" + "<pen id='999999'/>" * 100_000 + "<p t='1' d='2'>a</p>",
    ],
    ids=[
        "ass open braces", "ass one closed", "ass animations", "ass brackets", "ass switches", "ass backslashes",
        "ass format", "sami tags", "sami attribute", "sami quotes", "sami comments", "sami fonts", "sami rules",
        "sami classes", "microdvd codes", "microdvd open codes", "mpl2", "json nesting", "json text", "json keys",
        "srv3 words", "srv3 pens",
    ],
)  # fmt: skip
def test_the_same_for_formats_that_are_read_here(data: str, tmp_path: Path) -> None:
    file = tmp_path / "hostile.json"
    file.write_text(data, encoding="utf-8")
    begin = time.process_time()
    others.look_at("hostile.json", str(file))
    with contextlib.suppress(ContentError):
        captionkit.import_captions(data.encode())
    assert time.process_time() - begin < 10
