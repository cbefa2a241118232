"""What every store does alike: a folder, object storage, and what fsspec reads."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import needs
import pytest

from captionkit.errors import LeadsOutside, RemoteError
from captionkit.scale import Entry, Unread, open_store, read_part
from captionkit.scale.stores import CAPTIONS, Store
from captionkit.terminal import clean_line

NAMES = ("a.srt", "b/c d+é%.vtt", "b/e/f.WEBVTT", "z.txt", ".hidden/x.srt", "b/.y.srt")


@pytest.fixture(params=["folder", "s3", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return open_store(str(tmp_path / "stored"))
    for needed in {"s3": ("obstore", "moto", "boto3"), "memory": ("fsspec",)}[request.param]:
        pytest.importorskip(needed)
    if request.param == "memory":
        return open_store(f"memory://{tmp_path.name}/in")
    bucket: Any = request.getfixturevalue("bucket")
    return open_store(f"{bucket.address}/in")


def test_files_are_listed_read_and_written_whole(store: Store) -> None:
    assert list(store.list()) == []
    for name in NAMES:
        store.put(name, name.encode())
    found = {entry.path: entry for entry in store.list(endings=CAPTIONS)}
    assert sorted(found) == ["a.srt", "b/c d+é%.vtt", "b/e/f.WEBVTT"]
    assert all(entry.size == len(name.encode()) and entry.tag for name, entry in found.items())
    assert [entry.path for entry in store.list("b/e")] == ["b/e/f.WEBVTT"]
    before = found["a.srt"].tag
    store.put("a.srt", b"another and longer")
    assert {entry.path: entry.tag for entry in store.list(endings=CAPTIONS)}["a.srt"] != before
    assert store.get("a.srt") == b"another and longer"
    assert store.put_new("new.srt", b"1") and not store.put_new("new.srt", b"2") and store.get("new.srt") == b"1"
    store.put_pieces("large.csv", (b"x" * 100_000 for _ in range(70)))
    assert len(store.get("large.csv")) == 7_000_000
    with pytest.raises(FileNotFoundError):
        store.get("nowhere.srt")
    store.delete("new.srt")
    store.delete("new.srt")
    assert "new.srt" not in [entry.path for entry in store.list()]


def test_what_cannot_be_written_whole_is_not_there(store: Store) -> None:
    def pieces() -> Any:
        yield b"the first"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.put_pieces("half.csv", pieces())
    with pytest.raises(FileNotFoundError):
        store.get("half.csv")


def test_files_come_in_their_order_and_what_cannot_be_read_in_its_place(store: Store) -> None:
    entries = [Entry(f"{n:03}.srt", 3) for n in range(150)]
    for entry in entries:
        if entry.path != "077.srt":
            store.put(entry.path, entry.path.encode())
    entries[11] = entries[11]._replace(size=1 << 40)
    found = list(read_part(store.address, entries))
    assert [path for path, _ in found] == [entry.path for entry in entries]
    assert [n for n, (_, data) in enumerate(found) if isinstance(data, Unread)] == [11, 77]
    assert all(data == path.encode() for path, data in found if not isinstance(data, Unread))


@pytest.mark.parametrize(
    "name",
    ["a b.srt", "a%20b.srt", "100%.srt", "日本語.srt", "e\u0301.srt", "#hash?.srt", "a*b~[c]{d}|e^f`g.srt",
     'q"uo\'te.srt', "back\\slash.srt", "plus+&<.srt", "a:b.srt", " .srt", "\u200e.srt", "x" * 1000 + ".srt"],
)  # fmt: skip
def test_an_object_is_read_whatever_its_name(bucket: Any, name: str) -> None:
    bucket.put(f"in %20/{name}", name.encode())
    address = f"{bucket.address}/in %20"
    ((path, data),) = read_part(address, open_store(address).list(endings=CAPTIONS))
    assert (path, data) == (name, name.encode())


@pytest.mark.parametrize("name", ["in//a.srt", "in/../a.srt", "in/./a.srt", "in/tab\t.srt"])
def test_a_name_that_cannot_be_used_is_said_and_not_passed_over(bucket: Any, name: str) -> None:
    bucket.put("in/a.srt", b"1")
    bucket.put(name, b"1")
    with pytest.raises(RemoteError, match="whose name cannot be used") as caught:
        list(open_store(f"{bucket.address}/in").list())
    assert clean_line(name) in caught.value.message


def test_what_is_compressed_for_the_web_is_read_as_what_it_was(bucket: Any) -> None:
    texts = {"a": b"1\n", "twice": gzip.compress(b"1\n"), "cut": b"1\n" * 1000}
    for name, text in texts.items():
        packed = gzip.compress(text)
        bucket.put(f"{name}.srt", packed[:-9] if name == "cut" else packed, ContentEncoding="gzip")
    bucket.put("plain.srt", b"2\n", ContentEncoding="gzip")
    bucket.put("bomb.srt", gzip.compress(bytes(65 << 20)), ContentEncoding="gzip")
    found = dict(read_part(bucket.address, open_store(bucket.address).list()))
    assert (found["a.srt"], found["twice.srt"], found["plain.srt"]) == (b"1\n", texts["twice"], b"2\n")
    assert "damaged" in str(found["cut.srt"]) and "more than 67,108,864 bytes" in str(found["bomb.srt"])
    assert isinstance(found["cut.srt"], Unread) and isinstance(found["bomb.srt"], Unread)


@needs.links
def test_a_link_out_of_a_folder_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "report").mkdir()
    try:
        (tmp_path / "report" / "files").symlink_to(tmp_path / "elsewhere")
    except OSError:
        pytest.skip("no links can be made here")
    with pytest.raises(LeadsOutside):
        open_store(str(tmp_path / "report")).put("files/a.parquet", b"x")
    assert not list((tmp_path / "elsewhere").iterdir())
