"""Captions: list, add, download; that is the whole public surface. guides/studio-server.md, section 3.

There is no delete and no replace. What happens to a second caption of a language is not known, so it is a switch.
"""

from __future__ import annotations

import re
from sqlite3 import Row
from typing import Any

from captionkit.sandbox.answers import Answer, json_answer
from captionkit.sandbox.studio.call import StudioCall, created
from captionkit.sandbox.studio.media import named_media

_OWN_NAMES = {
    "ar": "العربية",
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fi": "Suomi",
    "fr": "Français",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "nl": "Nederlands",
    "no": "Norsk",
    "pl": "Polski",
    "pt": "Português",
    "ru": "Русский",
    "sv": "Svenska",
    "tr": "Türkçe",
    "uk": "Українська",
    "vi": "Tiếng Việt",
    "zh": "中文",
}
_BOM = "\ufeff"


def list_captions(call: StudioCall) -> Answer:
    media = named_media(call, owner_only=call.switches.owner_only_captions)
    rows = call.state.all(
        "SELECT * FROM captions WHERE media_id = ? AND created_at <= ? ORDER BY id", media["id"], call.listed_until
    )
    return json_answer(200, {"caption_files": [_caption_json(call, row) for row in rows]})


def add_caption(call: StudioCall) -> Answer:
    media = named_media(call, owner_only=call.switches.owner_only_captions)
    srclang = call.text("srclang")
    if srclang is None:
        raise call.refuse(422, "srclang is missing")
    if not _is_language(call, srclang):
        raise call.refuse(422, "srclang is invalid")
    content = call.files.get("caption_file")
    if content is None:
        raise call.refuse(422, "caption_file is missing")
    is_vtt = content.removeprefix(_BOM.encode()).startswith(b"WEBVTT")
    if (is_vtt and not call.switches.takes_vtt) or (not is_vtt and b"-->" not in content):
        raise call.refuse(422, "caption_file is invalid")
    if call.switches.renames_languages:
        srclang = srclang.partition("-")[0]
    same = call.state.all("SELECT id FROM captions WHERE media_id = ? AND srclang = ?", media["id"], srclang)
    if same and call.switches.same_srclang == "reject":
        raise call.refuse(422, "srclang has already been taken")
    if same and call.switches.same_srclang == "replace":
        call.state.run("DELETE FROM captions WHERE media_id = ? AND srclang = ?", media["id"], srclang)
    if call.switches.reformats_captions and not is_vtt:
        content = _reformatted(content)
    new = call.state.insert(
        "captions",
        media_id=media["id"],
        srclang=srclang,
        content=content,
        subtitle_format="vtt" if is_vtt else "srt",
        status=call.switches.new_caption_status,
        created_at=call.state.stamp(),
    )
    row = call.state.one("SELECT * FROM captions WHERE id = ?", new)
    assert row is not None
    return created({"caption_file": _caption_json(call, row)})


def download_caption(call: StudioCall) -> Answer:
    caption_id = call.number(call.args["caption_id"], "caption_file_id")
    row = call.state.one("SELECT * FROM captions WHERE id = ?", caption_id)
    if row is None or row["created_at"] > call.state.stamp(call.switches.download_lag_s):
        raise call.refuse(404, "The caption file was not found")
    call.args["id"] = str(row["media_id"])
    named_media(call, owner_only=call.switches.owner_only_captions)
    return Answer(200, row["content"], [("Content-Type", "text/plain; charset=utf-8")])


def _is_language(call: StudioCall, srclang: str) -> bool:
    language, _, region = srclang.partition("-")
    if region and not call.switches.takes_regions:
        return False
    return not call.switches.knows_languages or language in _OWN_NAMES


def _caption_json(call: StudioCall, row: Row) -> dict[str, Any]:
    data = {
        "id": row["id"],
        # A path of the private API, where the number of the file means nothing: use the download call.
        "url": f"/api/media_management/caption_files/{row['id']:08x}-0000-4000-8000-000000000000-{row['media_id']}",
        "srclang": row["srclang"],
        "subtitle_format": row["subtitle_format"],
        "label": _OWN_NAMES.get(row["srclang"].partition("-")[0], row["srclang"]),
        "status": row["status"],
        "created_at": row["created_at"],
    }
    if call.switches.extra_caption_keys:
        data |= {"provider": row["provider"], "is_empty": False, "number_of_errors": 0}
    return data


def _reformatted(content: bytes) -> bytes:
    """The same cues in another spelling: what a client that compares bytes takes for a failed upload."""
    text = content.decode("utf-8", "replace").removeprefix(_BOM).replace("\r\n", "\n").replace("\r", "\n")
    blocks = [block for block in re.split(r"\n\s*\n", text.strip()) if "-->" in block]
    written = []
    for number, block in enumerate(blocks, 1):
        lines = block.split("\n")
        at = next(i for i, line in enumerate(lines) if "-->" in line)
        written.append("\n".join([str(number), *lines[at:]]) + "\n")
    return "\n".join(written).encode()
