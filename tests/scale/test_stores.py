"""What every store does alike: a folder, object storage, and what fsspec reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import needs
import pytest

from captionkit.errors import LeadsOutside
from captionkit.scale import Entry, Unread, open_store, read_part
from captionkit.scale.stores import CAPTIONS, Store

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
