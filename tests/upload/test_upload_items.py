"""What is to be uploaded, and what it is called: files, addresses, CSV files, and what lies beside a recording."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import needs
import pytest

from captionkit.errors import LocalError, UsageError
from captionkit.upload.items import Destination, Item, Row, file_item, languages, read_csv, url_item, with_rows

HOME = Destination()
SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello\n"


def video(folder: Path, name: str = "lecture.mp4") -> Path:
    (folder / name).write_bytes(b"x" * 100)
    return folder / name


def captions(item: Item) -> dict[str, str]:
    return {caption.file.locale: caption.file.path for caption in item.captions}


# --- titles


def test_a_title_is_the_name_unless_something_beside_it_says_more(tmp_path: Path) -> None:
    file = video(tmp_path)
    assert file_item(file, HOME).title == "lecture"
    (tmp_path / "lecture.info.json").write_text(
        json.dumps({"title": "From the web", "description": "Long", "x": 1}), encoding="utf-8"
    )
    assert (file_item(file, HOME).title, file_item(file, HOME).description) == ("From the web", "Long")
    (tmp_path / "lecture.title.txt").write_text("\ufeffMine\nnot this\n", encoding="utf-8")
    for end in (b"\n", b"\r\n"):
        (tmp_path / "lecture.description.txt").write_bytes(b"Two" + end + b"lines" + end)
        assert (file_item(file, HOME).title, file_item(file, HOME).description) == ("Mine", "Two\nlines")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"title": 5}', "null", "[" * 5000])
def test_an_info_file_that_says_nothing_is_passed_over(tmp_path: Path, text: str) -> None:
    file = video(tmp_path)
    (tmp_path / "lecture.info.json").write_text(text, encoding="utf-8")
    assert file_item(file, HOME).title == "lecture"


def test_an_address_is_called_by_its_last_part_and_shown_without_its_signature() -> None:
    item = url_item("https://me:pw@x.example/a/Lecture%20C.mp4?sig=secret", HOME)
    assert item.title == "Lecture C"
    assert item.shown == "https://x.example/a/Lecture%20C.mp4"
    assert "secret" not in repr(item) and "pw" not in repr(item)
    assert url_item("https://youtu.be/x", Destination(is_external=True)).title == ""


@pytest.mark.parametrize(
    "text",
    [
        "file,title,description\nlecture.mp4,One,About\n",
        "\ufeffPath;Title;Description\r\nlecture.mp4;One;About\r\n",
        "name\ttitle\tdescription\n\nlecture.mp4\tOne\tAbout\n",
        'file,title,description\nlecture.mp4,"One","About"',
    ],
)
def test_a_csv_file_of_any_spreadsheet_is_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.csv").write_text(text, encoding="utf-8", newline="")
    assert read_csv(tmp_path / "t.csv") == [Row("lecture.mp4", "", "One", "About")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no column"),
        ("title\nx\n", "no column"),
        ("file,titel\na,b\n", "'titel' is not known"),
        ("file,title\n,b\n", "row 2"),
        ("file,url\na,http://x\n", "row 2"),
        ("file,title\na,b,c\n", "more cells"),
    ],
)
def test_a_csv_file_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=says):
        read_csv(tmp_path / "t.csv")


def test_a_csv_file_that_is_not_utf8_or_not_there_is_reported(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("file,title\na,é\n".encode("latin-1"))
    with pytest.raises(UsageError, match="UTF-8"):
        read_csv(tmp_path / "t.csv")
    with pytest.raises(LocalError):
        read_csv(tmp_path / "u.csv")


def test_rows_go_to_their_files_by_name_or_path_and_the_rest_is_reported(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    items = [
        file_item(video(tmp_path), HOME),
        file_item(video(tmp_path / "sub", "b.mp4"), HOME),
        url_item("https://x/y", HOME),
    ]
    rows = [
        Row("lecture.mp4", "", "One", ""),
        Row("sub/b.mp4", "", "", "About B"),
        Row("", "https://x/y", "Web", ""),
        Row("other.mp4", "", "Other", ""),
    ]
    done, unused = with_rows(items, rows, tmp_path)
    assert [(i.title, i.description) for i in done] == [("One", ""), ("b", "About B"), ("Web", "")]
    assert unused == [rows[3]]


# --- captions beside a recording


def test_captions_are_found_by_the_rules_of_a_synced_folder(tmp_path: Path) -> None:
    file = video(tmp_path)
    for name in (
        "lecture.en.srt",
        "lecture.pt-BR.vtt",
        "lecture_de.srt",
        "lecture.mp4.fr.srt",
        "other.en.srt",
        "x.srt",
    ):
        (tmp_path / name).write_text(SRT, encoding="utf-8")
    item = file_item(file, HOME)
    assert captions(item) == {
        "de": "lecture_de.srt",
        "en": "lecture.en.srt",
        "fr": "lecture.mp4.fr.srt",
        "pt-BR": "lecture.pt-BR.vtt",
    }
    assert not item.problems


def test_captions_of_a_recording_with_a_longer_name_are_not_taken(tmp_path: Path) -> None:
    short, long = video(tmp_path, "week 1.mp4"), video(tmp_path, "week 1 b.mp4")
    (tmp_path / "week 1.en.srt").write_text(SRT, encoding="utf-8")
    (tmp_path / "week 1 b.en.srt").write_text(SRT, encoding="utf-8")
    assert captions(file_item(short, HOME)) == {"en": "week 1.en.srt"}
    assert captions(file_item(long, HOME)) == {"en": "week 1 b.en.srt"}


def test_captions_that_may_be_of_a_recording_with_a_longer_name_are_not_taken_by_the_shorter(tmp_path: Path) -> None:
    short, long = video(tmp_path), video(tmp_path, "lecture.en.mp4")
    (tmp_path / "lecture.en.srt").write_text(SRT, encoding="utf-8")
    assert not file_item(short, HOME).captions
    assert not file_item(long, HOME).captions and len(file_item(long, HOME).problems) == 1


def test_what_cannot_be_distinguished_is_reported_and_not_guessed(tmp_path: Path) -> None:
    file = video(tmp_path)
    for name in ("lecture.srt", "lecture.en.srt", "lecture.english.vtt"):
        (tmp_path / name).write_text(SRT, encoding="utf-8")
    item = file_item(file, HOME)
    assert len(item.captions) == 1
    assert len(item.problems) == 2 and any("lecture.srt" in problem for problem in item.problems)


def test_a_caption_file_without_captions_is_a_problem_of_its_own(tmp_path: Path) -> None:
    file = video(tmp_path)
    (tmp_path / "lecture.en.srt").write_text("nothing here", encoding="utf-8")
    (tmp_path / "lecture.de.srt").write_bytes(b"\x00\xff\xfe\x00" * 10)
    assert all(caption.problem for caption in file_item(file, HOME).captions)


def test_studio_is_sent_what_the_configuration_says_of_a_language(tmp_path: Path) -> None:
    file = video(tmp_path)
    (tmp_path / "lecture.pt-BR.srt").write_text(SRT, encoding="utf-8")
    assert list(captions(file_item(file, HOME, language=languages({"pt-BR": "pt"})))) == ["pt"]


def test_captions_can_be_left_out(tmp_path: Path) -> None:
    file = video(tmp_path)
    (tmp_path / "lecture.en.srt").write_text(SRT, encoding="utf-8")
    assert not file_item(file, HOME, captions=False).captions


# --- what is no recording


def test_what_is_no_recording_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text(SRT, encoding="utf-8")
    (tmp_path / "empty.mp4").touch()
    for name, kind, says in (
        ("a.srt", UsageError, "caption file"),
        ("", UsageError, "folder"),
        ("empty.mp4", LocalError, "empty"),
        ("missing.mp4", LocalError, "there is no such file"),
    ):
        with pytest.raises(kind, match=says) as raised:
            file_item(tmp_path / name, HOME)
        assert raised.value.unchanged == "Nothing was sent."


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_no_text_is_uploaded_under_one_that_is(tmp_path: Path) -> None:
    bad = tmp_path / os.fsdecode(b"a\xff\nb.mp4")
    bad.write_bytes(b"x")
    item = file_item(bad, HOME)
    assert (item.title, item.shown) == ("a? b", "a? b.mp4")
    other = tmp_path / os.fsdecode(b"a\xfe\nb.mp4")
    other.write_bytes(b"x")
    os.utime(other, ns=(0, item.mtime_ns))
    assert file_item(other, HOME).key("") != item.key("")


@needs.posix_files
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(UsageError, match="pipe"):
        file_item(tmp_path / "pipe.mp4", HOME)


def test_the_key_is_of_the_bytes_and_the_place(tmp_path: Path) -> None:
    file = video(tmp_path)
    item = file_item(file, HOME)
    base = "https://x.instructuremedia.com"
    assert item.key(base) == file_item(tmp_path / "." / "lecture.mp4", HOME).key(base)
    others = {
        item.key("https://y.instructuremedia.com"),
        file_item(file, Destination(collection_id="1")).key(base),
        file_item(file, Destination(user_id="1")).key(base),
        file_item(video(tmp_path, "b.mp4"), HOME).key(base),
    }
    assert len(others | {item.key(base)}) == 5
