"""The hooks, run by the real pre-commit in a real git repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRE_COMMIT = shutil.which("pre-commit", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")

pytestmark = [
    pytest.mark.skipif(PRE_COMMIT is None, reason="pre-commit is not installed"),
    pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed"),
]

CLEAN = "1\n00:00:01,000 --> 00:00:03,000\nHello there.\n"


def hook(name: str) -> str:
    """The hook as the manifest has it, run by this interpreter instead of an environment that pip would make."""
    text = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    one = next(part for part in text.split("- id: ")[1:] if part.startswith(f"{name}\n"))
    one = "\n".join(line for line in one.splitlines() if not line.lstrip().startswith("#"))
    one = one.replace("language: python", "language: system").replace(
        "entry: captionkit", f"entry: {sys.executable} -m captionkit"
    )
    return f"repos:\n- repo: local\n  hooks:\n  - id: {one.replace(chr(10), chr(10) + '  ').rstrip()}\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "clean.en.srt").write_text(CLEAN, encoding="utf-8")
    (folder / "readme.txt").write_text("1\n00:00:03,000 --> 00:00:01,000\nnot a caption file\n", encoding="utf-8")
    return folder


def environment(folder: Path) -> dict[str, str]:
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    return {
        **keep,
        "HOME": str(folder.parent),
        "PRE_COMMIT_HOME": str(folder.parent / "pre-commit"),
        "CAPTIONKIT_CACHE_DIR": str(folder.parent / "cache"),
        "PYTHONPATH": str(ROOT),
        "GIT_CONFIG_NOSYSTEM": "1",
    }


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, env=environment(folder), capture_output=True)


def run(folder: Path, name: str) -> tuple[int, str]:
    (folder / ".pre-commit-config.yaml").write_text(hook(name), encoding="utf-8")
    git(folder, "add", "-A")
    assert PRE_COMMIT is not None
    done = subprocess.run(
        [PRE_COMMIT, "run", "--all-files", "--verbose"],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        encoding="utf-8",
    )
    return done.returncode, done.stdout + done.stderr


def test_a_clean_repository_passes(repository: Path) -> None:
    code, out = run(repository, "captionkit-check")
    assert (code, "Passed" in out) == (0, True), out
    assert "1 file checked, nothing found." in out


def test_a_broken_file_fails_with_its_place(repository: Path) -> None:
    (repository / "broken.en.VTT").write_text("WEBVTT\n\n00:03.000 --> 00:01.000\nHello there.\n", encoding="utf-8")
    code, out = run(repository, "captionkit-check")
    assert code == 1, out
    assert "broken.en.VTT:3:1" in out and "TIM001" in out
    assert "readme.txt" not in out


def test_a_utf16_file_which_pre_commit_takes_for_binary_is_seen(repository: Path) -> None:
    (repository / "windows.en.srt").write_bytes(CLEAN.encode("utf-16"))
    code, out = run(repository, "captionkit-check")
    assert code == 1, out
    assert "windows.en.srt" in out and "ENC001" in out


def test_the_fix_hook_mends_fails_once_and_then_passes(repository: Path) -> None:
    (repository / "windows.en.srt").write_bytes(CLEAN.encode("utf-16"))
    code, out = run(repository, "captionkit-fix")
    assert code == 1 and "files were modified by this hook" in out
    assert (repository / "windows.en.srt").read_text(encoding="utf-8") == CLEAN
    code, out = run(repository, "captionkit-fix")
    assert code == 0, out


def test_what_the_configuration_excludes_is_left_out_although_pre_commit_names_it(repository: Path) -> None:
    (repository / "broken.en.vtt").write_text("WEBVTT\n\n00:03.000 --> 00:01.000\nHello there.\n", encoding="utf-8")
    (repository / "captionkit.toml").write_text('[check]\nexclude = ["broken*"]\n', encoding="utf-8")
    code, out = run(repository, "captionkit-check")
    assert code == 0, out


def test_the_manifest_is_one_that_pre_commit_takes(tmp_path: Path) -> None:
    assert PRE_COMMIT is not None
    subprocess.run(
        [PRE_COMMIT, "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")], check=True, env=environment(tmp_path)
    )
