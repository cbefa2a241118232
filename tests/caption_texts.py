"""Texts for property tests: pieces of caption files, good and bad, in any order."""

from __future__ import annotations

from hypothesis import strategies as st

PIECES = [
    "\n", "\n\n", "\n\n\n", " ", "\t", "\n \n", "\r", "\r\n", "\0", "\f", "\u2028", "\x85", "\x0b",
    "1", "42", "5\n\n", "text", "x: y", "-", ".", ":", "-->", " --> ", "->", "WEBVTT", "WEBVTT\n\n",
    "00:00:01.000 --> 00:00:02.000", "00:01.000 --> 00:02.000", "00:00:01,000 --> 00:00:02,000",
    "0:00:01.000-->1:00:02.000 line:0", "00:00:60.000 --> 00:00:01.000", "60:00.000", "99:00:00,000",
    "00:00:01.0000 --> 00:00:02.000", "00:00:01,5 --> 00:00:02", "-00:00:01,000 --> 00:00:02,000",
    "0:00:01.000,0:00:02.000", "00:00:01：000 → 00:00:02,000",
    "\n\n00:00:01.000 --> 00:00:02.000\nHello\n\n", "\n\n1\n00:00:01.000 --> 00:00:02.000 align:left\nHello\nyou\n\n",
    "\n1\n00:00:03,000 --> 00:00:04,000\nfoo\n\n2\n00:00:05,000 --> 00:00:06,000\nbar\n\n",
    "\n\n3\n00:00:07,000 --> 00:00:08,000\n<i>a & b</i>\nsecond line\n\n4\n00:00:09,000 --> 00:00:10,000\nlast\n\n",
    "\n\n8\n0:00:01.000 --> 00:00:02,000\nloose\n\n9\n00:00:03.000 --> 0:00:04.000\nends\n\n",
    "\n7\n00:00:07,000 -> 00:00:08,000\nbaz", "\n00:00:01,000 --> 00:00:02,000\n", "STYLE", "STYLE\n::cue{}\n\n",
    "REGION\nid:a\n\n", "NOTE", "NOTE x\n", "line:1 region:a", "é", "字幕", "🔪",
]  # fmt: skip

#: Any text at all, made mostly of what occurs in caption files.
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=24).map("".join)

#: The same, as a WebVTT file more often than not.
vtt_texts = st.tuples(st.sampled_from(["WEBVTT\n\n", "WEBVTT\n", "WEBVTT", ""]), texts).map("".join)

#: Any bytes at all, and the bytes of texts in the encodings that occur.
data = st.one_of(
    st.binary(max_size=200),
    st.tuples(
        texts, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "cp1251", "shift_jis"])
    ).map(lambda pair: pair[0].encode(pair[1], "replace")),
)
