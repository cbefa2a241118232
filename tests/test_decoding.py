"""Bytes to text and back."""

from __future__ import annotations

import pytest
from caption_texts import data, texts
from hypothesis import given
from hypothesis import strategies as st

from captionkit.decoding import character_diagnostics, decode, encode, flatten

TIMING = "1\n00:00:01,000 --> 00:00:02,000\n"


@given(data=data)
def test_any_bytes_can_be_decoded_and_what_is_exact_comes_back(data: bytes) -> None:
    decoded = decode(data)
    if decoded.exact:
        assert encode(decoded.text, decoded.encoding, decoded.bom) == data


@given(data=data)
def test_the_same_bytes_are_always_decoded_alike(data: bytes) -> None:
    assert decode(data) == decode(data)


@pytest.mark.parametrize(
    ("codec", "encoding", "bom"),
    [
        ("utf-8", "utf-8", False),
        ("utf-8-sig", "utf-8", True),
        ("utf-16", "utf-16-le", True),
        ("utf-16-le", "utf-16-le", False),
        ("utf-16-be", "utf-16-be", False),
        ("utf-32", "utf-32-le", True),
        ("utf-32-le", "utf-32-le", False),
        ("utf-32-be", "utf-32-be", False),
    ],
)
def test_unicode_is_known_by_its_mark_or_by_its_arrow(codec: str, encoding: str, bom: bool) -> None:
    text = TIMING + "Žluťoučký kůň 字幕\n"
    decoded = decode(text.encode(codec))
    assert (decoded.text, decoded.encoding, decoded.bom, decoded.exact) == (text, encoding, bom, True)


@pytest.mark.parametrize(
    ("codec", "words"),
    [
        ("cp1252", "Le café était déjà fermé à cause de la fête, où êtes-vous allés ?"),
        ("cp1251", "Привет, как дела? Сегодня мы поговорим о нейронных сетях."),
        ("cp1250", "Žluťoučký kůň příšerně úpěl ďábelské ódy, a pak šel domů spát."),
        ("shift_jis", "こんにちは、今日はニューラルネットワークについて話します。"),
        ("gb18030", "你好，今天我们来谈谈神经网络和自然语言处理的基本概念。"),
        ("cp949", "안녕하세요 오늘은 신경망에 대해 이야기하겠습니다."),
        ("cp1256", "مرحبا بكم اليوم سوف نتحدث عن الشبكات العصبية"),
    ],
)
def test_an_older_charset_is_guessed_and_reported_as_guessed(codec: str, words: str) -> None:
    decoded = decode((TIMING + words + "\n").encode(codec))
    assert words in decoded.text
    [found] = decoded.diagnostics
    assert found.code == "ENC001"
    assert "guess" in found.message and decoded.encoding in found.message


def test_utf8_with_a_broken_byte_stays_utf8_and_names_the_line() -> None:
    decoded = decode(TIMING.encode() + "příšerně žluťoučký kůň úpěl ďábelské ódy".encode() + b"\xff\n")
    assert decoded.encoding == "utf-8" and not decoded.exact
    assert "úpěl ďábelské ódy\ufffd" in decoded.text
    assert [(found.code, found.line) for found in decoded.diagnostics] == [("ENC001", 3)]


@given(text=texts)
def test_flat_text_has_only_line_feeds_and_as_many_lines(text: str) -> None:
    flat = flatten(text).text
    assert "\r" not in flat
    assert flat == text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    ("text", "newline", "codes"),
    [
        ("a\nb\n", "\n", []),
        ("a\r\nb\r\n", "\r\n", []),
        ("a\rb\r", "\r", ["ENC003"]),
        ("a\r\nb\r\nc\n", "\r\n", ["ENC003"]),
        ("a\nb\nc\r\n", "\n", ["ENC003"]),
        ("", "\n", []),
    ],
)
def test_the_line_end_used_most_is_the_documents(text: str, newline: str, codes: list[str]) -> None:
    flat = flatten(text)
    assert flat.newline == newline
    assert [found.code for found in flat.diagnostics] == codes


@given(text=st.text(st.sampled_from("a\0\x01\x0b\x1f\x7f\x85\x9f\xa0\ufffd\u2028é字\n"), max_size=30))
def test_control_characters_are_found_wherever_they_stand(text: str) -> None:
    expected = {"ENC004" for char in text if char == "\0"} | {"ENC005" for char in text if char == "\ufffd"}
    expected |= {"ENC007" for char in text if char in "\x01\x0b\x1f\x7f\x85\x9f"}
    found = character_diagnostics(text)
    assert {each.code for each in found} == expected
    for each in found:
        line = text.split("\n")[each.line - 1]
        assert line[each.column - 1] in "\0\x01\x0b\x1f\x7f\x85\x9f\ufffd"
