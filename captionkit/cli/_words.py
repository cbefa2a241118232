"""How the command line says what a person can do about a line of a plan; see `captionkit.sync.show.Words`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from captionkit.library.others import command
from captionkit.sync.decide import Way
from captionkit.sync.plan import MediaPlan, Step
from captionkit.sync.show import Words

_ADVICE = {
    Way.PUSH: {
        "removal-kept": "--delete would delete it",
        "removal-unnamed": "name it with --media to delete",
        "remote-edit": "pull brings it",
        "remote-removal": "not sent again; --resolve …=local sends it",
        "hidden": "pull cannot bring it, --mirror leaves it",
        "lent-unmanaged": "pull brings it",
        "lent": "--mirror leaves it too",
        "loose": "path = media_objects deletes it",
        "colleagues": "--allow foreign-owner would delete it",
        "colleagues-removed": "--allow foreign-owner deletes it",
        "mirror": "--mirror deletes what the folder does not have",
    },
    Way.PULL: {
        "local-only": "push sends it",
        "local-edit": "push sends it",
        "local-removal": "--restore brings it back",
        "remote-removal-kept": "--delete would delete the file",
    },
}


def _settle(media: MediaPlan) -> str:
    key = f"{media.media.rpartition('/')[2]}/{media.conflicts[0].locale}"
    return f"choose with --resolve {key}=local or {key}=remote, or --on-conflict local|remote for all"


def _advice(way: Way, step: Step) -> str:
    return _ADVICE[way].get(step.why, "")


WORDS = Words(
    _advice,
    _settle,
    lambda checks: f"with {', '.join(f'--allow {check}' for check in checks)}",
    "`captionkit plan FOLDER` shows them",
    "`captionkit resume FOLDER` goes on where this stopped; another `push` compares afresh first.",
    "`captionkit match` asks which recording such files are for, and keeps the answers.",
)


def words_for(folder: Path) -> Words:
    """The same for the plans of a folder, whose files can be named."""

    def convert(paths: Sequence[str]) -> str:
        return command(folder, paths)

    return replace(WORDS, convert=convert)
