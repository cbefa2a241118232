"""What was on a media object before a run touched it, on our disk."""

from __future__ import annotations

import json

from captionkit.sync.plan import MediaPlan
from captionkit.sync.ports import Store
from captionkit.sync.state import Tracks


def back_up(store: Store, run: str, folder: str, media: MediaPlan, tracks: Tracks) -> int:
    """Save the text of every track that can be read, and of each what a restore needs to know.

    Args:
        folder: below the run's backup.

    Returns:
        How many texts were saved.

    Raises:
        LocalError: where the disk does not take it; nothing may be sent then.
    """
    records = []
    for locale, track in sorted(tracks.items()):
        name = ""
        if track.content is not None:
            # The id keeps `en` and `EN` apart where file names do not, and `con` from being a device on Windows.
            name = f"{track.id}-{locale}.{'srt' if track.stored_as == 'srt' else 'vtt'}"
            store.save_backup(run, f"{folder}/{name}", track.content.encode("utf-8", "surrogatepass"))
        records.append(
            {
                "locale": locale,
                "kind": track.kind,
                "id": track.id,
                "digest": track.digest,
                "owner_id": track.owner_id,
                "updated_at": track.updated_at,
                "created_at": track.created_at,
                "stored_as": track.stored_as,
                "hidden": track.hidden,
                "asr": track.asr,
                "file": name,
            }
        )
    about = {"media": media.media, "title": media.title, "tracks": records}
    data = json.dumps(about, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"
    store.save_backup(run, f"{folder}/tracks.json", data)
    return sum(bool(record["file"]) for record in records)
