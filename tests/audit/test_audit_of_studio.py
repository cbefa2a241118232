from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("werkzeug", reason="needs captionkit[sandbox]")

from captionkit.cli.frame import run
from captionkit.sandbox.studio import Studio

SRT = "1\n00:00:00,500 --> 00:00:02,000\nHello there, everybody.\n\n2\n00:00:02,200 --> 00:00:03,000\nLet us begin.\n"


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    with Studio() as studio:
        monkeypatch.setenv("CAPTIONKIT_STUDIO_URL", studio.url)
        monkeypatch.setenv("CAPTIONKIT_STUDIO_TOKEN", studio.tokens["teacher"])
        monkeypatch.chdir(tmp_path)
        yield studio


def test_a_collection_is_audited_with_minutes_and_coverage(studio: Studio, capsys: pytest.CaptureFixture[str]) -> None:
    collection = studio.add_collection("Film studies")
    first = studio.add_media("Lecture 1", collection=collection)
    second = studio.add_media("Lecture 2", collection=collection)
    studio.add_media("Lecture 3", collection=collection)
    studio.add_media("Somewhere else")
    studio.add_caption(first, "en", SRT)
    studio.add_caption(second, "en", SRT, automatic=True)
    capsys.readouterr()
    code = run(["audit", "--studio-collection", str(collection), "--require", "en", "--output-format", "json"])
    found = json.loads(capsys.readouterr().out)
    assert code == 0
    assert found["places"][0]["name"] == "Film studies"
    rows = {one["title"]: one for one in found["recordings"]}
    assert {title: one["status"] for title, one in rows.items()} == {
        "Lecture 1": "captioned", "Lecture 2": "automatic only", "Lecture 3": "missing",
    }  # fmt: skip
    assert [track["origin"] for one in rows.values() for track in one["tracks"]] == ["unknown", "automatic"]
    assert rows["Lecture 1"]["duration_ms"] and rows["Lecture 1"]["tracks"][0]["captioned_ms"] == 2300
    assert found["totals"]["whole"]["length_unknown"] == 0
    assert any("outside of Studio" in limit for limit in found["limits"])


def test_the_account_and_a_collection_that_is_not_there(studio: Studio, capsys: pytest.CaptureFixture[str]) -> None:
    studio.add_caption(studio.add_media("Lecture 1"), "en", SRT)
    capsys.readouterr()
    code = run(["audit", "--studio-account", "--studio-collection", "99999", "--output-format", "json"])
    found = json.loads(capsys.readouterr().out)
    assert code == 5
    assert [bool(place["problem"]) for place in found["places"]] == [True, False]
    assert [one["title"] for one in found["recordings"]] == ["Lecture 1"]
    assert run(["audit", "--studio-collection", "x"]) == 2
    assert run(["audit", "--studio-account", "--course", "1"]) == 2


def test_nothing_is_written_to_studio(studio: Studio) -> None:
    studio.add_caption(studio.add_media("Lecture 1"), "en", SRT)
    studio.reset_log()
    assert run(["audit", "--studio-account", "-o", "a.csv"]) == 0
    assert set(studio.counts) == {"GET"}
