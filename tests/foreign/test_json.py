"""The JSON of speech recognisers and what YouTube stores read as WebVTT."""

from __future__ import annotations

import json
from typing import Any

import pytest

import captionkit
from captionkit.conversion import Converted
from captionkit.errors import ContentError


def read(found: Any, **given: Any) -> Converted:
    data = found if isinstance(found, bytes) else json.dumps(found).encode()
    return captionkit.import_captions(data, **given)


def shown(converted: Converted) -> list[tuple[int, int, str]]:
    return [(cue.start, cue.end, cue.text) for cue in converted.document.cues]


TWO = [(0, 2500, "Hello there."), (3000, 4250, "Bye &lt;now>")]


@pytest.mark.parametrize(
    "found",
    [
        {"text": " Hello", "language": "en", "segments": [
            {"id": 0, "start": 0.0, "end": 2.5, "text": " Hello there.", "tokens": [1, 2], "no_speech_prob": 0.1},
            {"id": 1, "start": 3.0, "end": 4.25, "text": " Bye <now>"}]},
        {"result": {"language": "en"}, "transcription": [
            {"timestamps": {"from": "00:00:00,000"}, "offsets": {"from": 0, "to": 2500}, "text": " Hello there."},
            {"timestamps": {"from": "00:00:03,000"}, "offsets": {"from": 3000, "to": 4250}, "text": " Bye <now>"}]},
        {"text": "x", "chunks": [
            {"timestamp": [0.0, 2.5], "text": " Hello there."}, {"timestamp": [3.0, 4.25], "text": " Bye <now>"}]},
        [{"start": 0, "end": 2.5, "text": "Hello there."}, {"start": 3, "end": 4.25, "text": "Bye <now>"}],
        {"status": "done", "output": {"segments": [
            {"start": 0, "end": 2.5, "text": "Hello there."}, {"start": 3, "end": 4.25, "text": "Bye <now>"}]}},
    ],
    ids=["whisper", "whisper.cpp", "transformers", "list", "wrapped"],
)  # fmt: skip
def test_what_recognisers_write(found: Any) -> None:
    converted = read(found)
    assert shown(converted) == TWO
    assert (converted.losses, converted.remarks) == ((), ())
    assert read(b"\xef\xbb\xbf" + json.dumps(found, indent=2).encode()).document.cues == converted.document.cues


def test_a_long_text_may_stand_before_the_segments() -> None:
    found = {"text": "word " * 40_000, "segments": [{"start": 0, "end": 1, "text": "Hi"}]}
    assert shown(read(found)) == [(0, 1000, "Hi")]


def test_speakers_are_voices_and_times_of_words_are_named_as_lost() -> None:
    words = [{"word": "Hello", "start": 0.0, "end": 0.5, "score": 0.9}, {"word": "you.", "start": 0.5, "end": 1.0}]
    converted = read({"segments": [{"start": 0, "end": 1, "text": " Hello you.", "words": words, "speaker": "S1"}]})
    assert shown(converted) == [(0, 1000, "<v S1>Hello you.</v>")]
    assert [(loss.kind, loss.message) for loss in converted.losses] == [
        ("inline timestamp", "the times of 2 single words: a caption is shown as a whole")
    ]


def test_a_segment_in_which_two_speak_has_two_voices() -> None:
    words = [{"word": "Hello.", "start": 0.0, "end": 0.5, "speaker": "A"},
             {"word": "Yes?", "start": 0.5, "end": 1.0, "speaker": "B"}]  # fmt: skip
    converted = read({"segments": [{"start": 0, "end": 1, "text": " Hello. Yes?", "words": words}]})
    assert shown(converted) == [(0, 1000, "<v A>Hello.</v>\n<v B>Yes?</v>")]


def test_single_words_are_put_together_at_pauses_and_ends_of_sentences() -> None:
    said = ["This", "is", "the", "first", "sentence", "of", "all.", "It", "goes", "on"]
    words = [{"word": word, "start": at / 2, "end": at / 2 + 0.5} for at, word in enumerate(said)]
    words.append({"word": "later", "start": 20.0, "end": 20.5})
    for found in (words, {"words": words}, {"word_segments": words}):
        converted = read(found)
        assert shown(converted) == [
            (0, 3500, "This is the first sentence of all."), (3500, 5000, "It goes on"), (20000, 20500, "later"),
        ]  # fmt: skip
        assert "put together" in converted.remarks[0]


def test_segments_without_times_are_named_and_open_ends_said() -> None:
    converted = read({"segments": [{"start": None, "end": 1, "text": "lost"}, {"start": 1, "end": None, "text": "a"}]})
    assert shown(converted) == [(1000, 6000, "a")]
    assert [loss.kind for loss in converted.losses] == ["unreadable time"]


def test_times_as_text_and_in_milliseconds() -> None:
    rows = [{"start": "0.0", "end": "2.5", "text": "Hello there."}, {"start": "00:00:03,000", "end": "0:04.25",
            "text": "Bye <now>"}]  # fmt: skip
    assert shown(read({"segments": rows})) == TWO
    words = [{"text": word, "start": 1000 * at, "end": 1000 * at + 400, "speaker": "A"}
             for at, word in enumerate(["Smoke", "from", "hundreds", "of", "wildfires"])]  # fmt: skip
    converted = read({"id": "x", "text": "Smoke", "words": words})
    assert shown(converted) == [(0, 4400, "<v A>Smoke from hundreds of wildfires</v>")]
    assert "milliseconds" in converted.remarks[0]
    slow = [{"start": 0, "end": 8, "text": "Yes."}, {"start": 10, "end": 18, "text": "No."}]
    assert shown(read(slow)) == [(0, 8000, "Yes."), (10000, 18000, "No.")]  # slow, but not so slow


def test_a_segment_that_has_only_words_says_them() -> None:
    words = [{"word": " Hi", "start": 0.0, "end": 0.5}, {"word": " you", "start": 0.5, "end": 1.0}]
    assert shown(read({"segments": [{"start": 0, "end": 1, "text": "", "words": words}]})) == [(0, 1000, "Hi you")]


@pytest.mark.parametrize(
    "data",
    [
        b'{"segments": [{"start": NaN, "end": Infinity, "text": "x"}]}',
        b'{"segments": [{"start": true, "end": 1e400, "text": "x"}]}',
        b'{"segments": [{"start": 1e300, "end": 1e301, "text": "x"}]}',
        b'{"segments": "x"}',
        b'{"segments": [1, null, "x", [], {}]}',
        b'{"segments": [{"start": 0, "end": 1, "text": 5}]}',
        b'{"segments": [{"start": 0, "end": 1, "text": "cut off',
        b'{"segments": ' + b"[" * 100_000,
        b'{"wireMagic": "pb3", "events": {}}',
        b'{"wireMagic": "pb3", "events": [1, null, {"segs": 5}, {"segs": [1, {"utf8": 5}]}]}',
    ],
)
def test_odd_json_is_a_sentence(data: bytes) -> None:
    with pytest.raises(ContentError):
        read(data)


SAID = [("Hello", 500, 900), ("there.", 1000, 1900), ("Bye", 4000, 4900)]


def test_words_of_services_where_they_put_them() -> None:
    def words(name: str, factor: int, **more: Any) -> list[dict[str, Any]]:
        return [{name: text, "start": start / factor, "end": end / factor, **more} for text, start, end in SAID]

    expected = [(500, 1900, "Hello there."), (4000, 4900, "Bye")]
    vosk = {"result": words("word", 1000), "text": "hello there bye"}
    assert shown(read(vosk)) == expected
    whole = [{**one, "start": int(one["start"]), "end": int(one["end"])} for one in words("text", 1)]  # milliseconds
    assembly = {"id": "x", "language_code": "en_us", "words": whole}
    converted = read(assembly)
    assert shown(converted) == expected
    assert converted.document.blocks[0].text.strip() == "WEBVTT\nLanguage: en-US"
    # Deepgram: the word as it is written and as it was heard, who speaks as a number, a list for each channel.
    heard = [{**one, "punctuated_word": one["word"], "word": "heard"} for one in words("word", 1000, speaker=1)]
    alternatives = [{"alternatives": [{"transcript": "hello there bye", "words": heard}]}]
    converted = read({"metadata": {"channels": 2}, "results": {"channels": alternatives * 2}})
    assert shown(converted) == [(start, end, f"<v Speaker 1>{text}</v>") for start, end, text in expected]
    assert [loss.kind for loss in converted.losses] == ["channel"]


def amazon(*words: tuple[str, str, str], **about: Any) -> dict[str, Any]:
    """Words with their times and speakers, each followed by a comma."""
    items: list[dict[str, Any]] = []
    for start, end, word in words:
        said = {"type": "pronunciation", "start_time": start, "end_time": end, "alternatives": [{"content": word}]}
        items += [said, {"type": "punctuation", "alternatives": [{"confidence": "0.0", "content": ","}]}]
    return {"jobName": "x", "status": "COMPLETED", "results": {"transcripts": [], "items": items, **about}}


def google(*words: tuple[str, str, str], speaker: int = 0) -> dict[str, Any]:
    """One result."""
    tag = {"speakerTag": speaker} if speaker else {}
    heard = [{"startTime": start, "endTime": end, "word": word, **tag} for start, end, word in words]
    return {"alternatives": [{"transcript": "x", "words": heard}], "languageCode": "en-us"}


TICKS = {"offsetInTicks": 5_000_000.0, "durationInTicks": 15_000_000}
HEARD = [("0.5", "0.9", "Hello"), ("1.0", "2.0", "Ana")]


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (amazon(*HEARD), "Hello, Ana,"),
        (
            amazon(*HEARD, speaker_labels={"segments": [
                {"items": [{"start_time": start, "speaker_label": "spk_1"} for start, _, _ in HEARD]}
            ]}),
            "<v Speaker 1>Hello, Ana,</v>",
        ),
        ({"results": [google(("0.500s", "0.9s", "Hello")), google(("1s", "2s", "Ana"))]}, "Hello Ana"),
        (
            {"results": [google(("0.500s", "0.9s", "Hello")),
                         google(("0.500s", "0.9s", "Hello"), ("1s", "2s", "Ana"), speaker=2)]},
            "<v Speaker 2>Hello Ana</v>",
        ),
        ({"recognizedPhrases": [{**TICKS, "nBest": [{"lexical": "x", "display": "Hello, Ana."}]}]}, "Hello, Ana."),
        (
            {"combinedPhrases": [{"text": "x"}], "phrases": [
                {"offsetMilliseconds": 500, "durationMilliseconds": 1500, "text": "Hello, Ana.", "speaker": 1}]},
            "<v Speaker 1>Hello, Ana.</v>",
        ),
        (
            {"monologues": [{"speaker": 0, "elements": [
                {"type": "text", "value": "Hello", "ts": 0.5, "end_ts": 0.9}, {"type": "punct", "value": ", "},
                {"type": "text", "value": "Ana", "ts": 1.0, "end_ts": 2.0}, {"type": "punct", "value": "."}]}]},
            "<v Speaker 0>Hello, Ana.</v>",
        ),
    ],
    ids=["amazon", "amazon with speakers", "google", "google with speakers", "azure", "azure, fast", "rev"],
)  # fmt: skip
def test_what_services_write(found: Any, text: str) -> None:
    converted = read(found)
    assert shown(converted) == [(500, 2000, text)]
    assert not converted.losses


def test_a_second_channel_of_azure_is_named() -> None:
    phrases = [{**TICKS, "channel": channel, "nBest": [{"display": f"Of {channel}"}]} for channel in (0, 1)]
    converted = read({"recognizedPhrases": phrases})
    assert shown(converted) == [(500, 2000, "Of 0")]
    assert [loss.kind for loss in converted.losses] == ["channel"]


@pytest.mark.parametrize(
    ("said", "language"), [("english", "en"), ("en_us", "en-US"), ("Haitian Creole", "ht"), ("klingonese", ""), (7, "")]
)
def test_the_language_that_it_says_by_tag_or_by_name(said: Any, language: str) -> None:
    converted = read({"language": said, "segments": [{"start": 0, "end": 1, "text": "Hi"}]})
    header = captionkit.dumps(converted.document).partition("\n\n")[0]
    assert header == (f"WEBVTT\nLanguage: {language}" if language else "WEBVTT")


def test_text_without_times_is_asked_for_captions() -> None:
    with pytest.raises(ContentError, match="without times, not SRT or WebVTT: let it write SRT or WebVTT"):
        read({"text": "Hello there.", "usage": {"type": "duration"}})


# --- YouTube ----------------------------------------------------------------------------------------------------------


def json3(*events: dict[str, Any], **more: Any) -> Converted:
    return read({"wireMagic": "pb3", "pens": [{}], "events": list(events), **more})


def rolling() -> list[dict[str, Any]]:
    """Automatic captions as YouTube stores them: each line stays until the one after the next begins."""
    return [
        {"tStartMs": 0, "dDurationMs": 99000, "id": 1, "wpWinPosId": 1, "wsWinStyleId": 1},
        {"tStartMs": 40, "dDurationMs": 5080, "wWinId": 1,
         "segs": [{"utf8": "today"}, {"utf8": " we're", "tOffsetMs": 240}]},
        {"tStartMs": 1670, "dDurationMs": 3450, "wWinId": 1, "aAppend": 1, "segs": [{"utf8": "\n"}]},
        {"tStartMs": 1680, "dDurationMs": 5599, "wWinId": 1, "segs": [{"utf8": "metric spaces"}]},
        {"tStartMs": 7270, "dDurationMs": 10, "wWinId": 1, "aAppend": 1, "segs": [{"utf8": "\n"}]},
        {"tStartMs": 9000, "dDurationMs": 2000, "wWinId": 1, "segs": [{"utf8": "[Music]"}]},
    ]  # fmt: skip


WINDOWS = {
    "wsWinStyles": [{}, {"mhModeHint": 2, "juJustifCode": 0, "sdScrollDir": 3}],
    "wpWinPositions": [{}, {"apPoint": 6, "ahHorPos": 20, "avVerPos": 100}],
}
LINES = [(40, 1680, "today we're"), (1680, 7279, "metric spaces"), (9000, 11000, "[Music]")]


def test_captions_that_roll_up_show_each_line_once() -> None:
    converted = json3(*rolling(), **WINDOWS)
    assert shown(converted) == LINES
    assert [loss.kind for loss in converted.losses] == ["inline timestamp"]


def test_words_that_are_appended_go_on_with_the_line() -> None:
    converted = json3(
        {"tStartMs": 0, "dDurationMs": 9000, "id": 1, "wsWinStyleId": 1},
        {"tStartMs": 1000, "dDurationMs": 1000, "wWinId": 1, "segs": [{"utf8": "HELLO"}]},
        {"tStartMs": 1500, "dDurationMs": 1000, "wWinId": 1, "aAppend": 1, "segs": [{"utf8": " THERE"}]},
        {"tStartMs": 2000, "wWinId": 1, "aAppend": 1, "segs": [{"utf8": "\n"}]},
        {"tStartMs": 2200, "dDurationMs": 1000, "wWinId": 1, "aAppend": 1, "segs": [{"utf8": "AND NOW"}]},
        **WINDOWS,
    )
    assert shown(converted) == [(1000, 2200, "HELLO THERE"), (2200, 3200, "AND NOW")]


def test_uploaded_captions_keep_their_times_places_and_looks() -> None:
    converted = json3(
        {"tStartMs": 1000, "dDurationMs": 3000, "segs": [{"utf8": "One\ntwo & <three>"}]},
        {"tStartMs": 2000, "dDurationMs": 3000, "wpWinPosId": 1, "segs": [{"utf8": "Sign", "pPenId": 1}]},
        pens=[{}, {"bAttr": 1, "fcForeColor": 0xFF0000}],
        wpWinPositions=[{}, {"apPoint": 1, "ahHorPos": 50, "avVerPos": 0}],
    )
    assert [(cue.content) for cue in converted.document.cues] == [
        (1000, 4000, "One\ntwo &amp; &lt;three>", "", ""),
        (2000, 5000, "<c.red><b>Sign</b></c>", "", "line:0% position:50%"),
    ]
    assert not converted.losses


SRV3 = """<?xml version="1.0" encoding="utf-8" ?><timedtext format="3">
<head><pen id="1" b="1"/><pen id="2" i="1" fc="#FF0000"/><pen id="3" rb="1"/><pen id="4" rb="4"/>
<ws id="1" mh="2"/><wp id="0" ap="7" ah="50" av="100"/><wp id="1" ap="1" ah="50" av="0"/></head>
<body>%s</body></timedtext>
"""


def srv3(body: str) -> Converted:
    return read((SRV3 % body).encode())


def test_srv3_says_the_same_as_json3() -> None:
    body = (
        '<w t="0" id="1" wp="1" ws="1"/><p t="40" d="5080" w="1"><s ac="255">today</s><s t="240" ac="1"> we\'re</s></p>'
        '<p t="1670" d="3450" w="1" a="1">\n</p><p t="1680" d="5599" w="1"><s>metric spaces</s></p>'
        '<p t="7270" d="10" w="1" a="1">\n</p><p t="9000" d="2000" w="1">[Music]</p>'
    )
    converted = srv3(body)
    assert shown(converted) == LINES
    assert [loss.kind for loss in converted.losses] == ["inline timestamp"]


@pytest.mark.parametrize(
    ("body", "text", "settings"),
    [
        ('<p t="1000" d="1000" wp="1" p="1">Top</p>', "<b>Top</b>", "line:0% position:50%"),
        ('<p t="1000" d="1000"><s p="2">Red</s> &amp; plain&#39;s\nline</p>',
         "<c.red><i>Red</i></c> &amp; plain's\nline", ""),
        ('<p t="1000" d="1000"><s p="3">漢</s><s>(</s><s p="4">かん</s><s>)</s>x</p>',
         "<ruby>漢<rt>かん</rt></ruby>x", ""),
        ('<p t="1000" d="1000"><s>Ka</s><s t="500">ra</s></p>', "Ka<00:00:01.500>ra", ""),
        ('<p t="1000" d="1000">a<br/>b & c</p>', "a\nb &amp; c", ""),
    ],
)  # fmt: skip
def test_the_markup_of_srv3(body: str, text: str, settings: str) -> None:
    cue, *rest = srv3(body).document.cues
    assert (cue.start, cue.end, cue.text, cue.settings, rest) == (1000, 2000, text, settings, [])


def test_older_xml_of_youtube() -> None:
    srv1 = b'<?xml version="1.0"?><transcript><text start="1.5" dur="2">I&amp;#39;m</text><text start="4.25">x</text>'
    assert shown(read(srv1 + b"</transcript>")) == [(1500, 3500, "I'm"), (4250, 9250, "x")]
    srv2 = b'<?xml version="1.0"?><timedtext><text t="1500" d="2000">a &amp;amp; b</text></timedtext>'
    assert shown(read(srv2)) == [(1500, 3500, "a &amp;amp; b")]


def test_older_xml_rolls_up_where_its_lines_overlap() -> None:
    rows = "".join(f'<text start="{n * 2}" dur="5">line {n}</text>' for n in range(4))
    converted = read(f'<?xml version="1.0"?><transcript>{rows}</transcript>'.encode())
    assert shown(converted) == [
        (0, 2000, "line 0"), (2000, 4000, "line 1"), (4000, 6000, "line 2"), (6000, 11000, "line 3"),
    ]  # fmt: skip
    assert "roll up" in converted.remarks[0]


def test_entities_are_refused() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><timedtext><body><p t="0" d="1">&a;</p></body>'
    with pytest.raises(ContentError, match="declares a document type or entities"):
        read(f"{bomb}</timedtext>".encode(), kind="srv3")


def test_what_widens_the_box_around_words_is_no_text() -> None:
    padded = '<p t="1" d="999"><s p="1">\u200b</s><s>\u200b \u200bSun\u200bday\u200b \u200b</s></p>'
    converted = read(f'<timedtext format="3"><body>{padded}</body></timedtext>'.encode())
    assert shown(converted) == [(1, 1000, "Sun\u200bday")]
