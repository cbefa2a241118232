"""The desk for a folder that belongs to a collection of Studio."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk_client import CUES, Client, served

from captionkit.sandbox.studio import Studio


def test_a_folder_of_studio_does_what_studio_can_and_says_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Studio() as studio:
        number = studio.add_collection("Lectures")
        for title in ("Lecture 1", "Lecture 2"):
            studio.add_media(title, collection=number)
        folder = tmp_path / "captions"
        folder.mkdir()
        settings = f'[studio]\nurl = "{studio.url}"\ncollection = {number}\n'
        (folder / "captionkit.toml").write_text(settings, encoding="utf-8")
        (folder / "Lecture 1.en.srt").write_text(CUES.format("English"), encoding="utf-8")
        with served(folder) as desk:
            client = Client(desk)
            page = client.get()
            assert "not signed in" in page and client.link("Connect") == "connect"
            page = client.get("connect")
            assert "captionkit login" in page and 'name="token"' not in client.page and "Canvas" not in page
            page = client.post("connect", address="", token="a-canvas-token")
            assert "no token is taken" in page.lower() and "went nowhere" in page
            assert (folder / "captionkit.toml").read_text(encoding="utf-8") == settings
            monkeypatch.setenv("CAPTIONKIT_STUDIO_URL", studio.url)
            monkeypatch.setenv("CAPTIONKIT_STUDIO_TOKEN", studio.tokens["teacher"])
            for path in ("", "recordings", "questions", "changes", "bring", "history"):
                page = client.get(path)
                assert client.status == 200 and "Canvas" not in page, path
            client.get("changes")
            page = client.post("send", plan=client.hidden("plan"))
            assert "Sending: done" in page and "Canvas" not in page
            assert "belongs to no course of a Canvas" in client.post("evidence", require="en", standard="")
            for path in ("history", "recordings", "changes?again=1"):
                assert "Canvas" not in client.get(path), path
