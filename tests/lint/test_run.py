"""Many files: which are found, in what order, and that workers and the cache change nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from captionkit.errors import ExitCode
from captionkit.lint.cache import Cache
from captionkit.lint.results import FileResult
from captionkit.lint.run import Run, check_files, find_files
from captionkit.lint.settings import Settings, matches
from captionkit.model import Severity

GOOD = "1\n00:00:01,000 --> 00:00:03,000\nHello there.\n"
BAD = "1\n00:00:03,000 --> 00:00:01,000\nHello there.\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CAPTIONKIT_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "captions"
    for number in range(90):
        file = folder / f"week{number % 9}" / f"lecture{number}.en.srt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(BAD if number % 7 == 0 else GOOD, encoding="utf-8")
        os.utime(file, (1_700_000_000, 1_700_000_000))
    (folder / "notes.txt").write_text("not a caption", encoding="utf-8")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "x.srt").write_text(BAD, encoding="utf-8")
    return folder


def test_a_folder_means_the_captions_below_it_sorted_and_each_once(tree: Path) -> None:
    files, missing = find_files([str(tree), str(tree / "week0" / "lecture0.en.srt"), "nowhere"])
    assert len(files) == 90 and len(set(files)) == 90
    assert missing == ["nowhere"]
    assert files == sorted(files, key=lambda f: Path(f).parts)


def test_exclude_counts_below_folders_and_for_named_files_only_when_forced(tree: Path) -> None:
    named = str(tree / "week0" / "lecture0.en.srt")
    assert not any("week0" in file for file in find_files([str(tree)], exclude=["week0/*"])[0])
    assert find_files([named], exclude=["week0/*"])[0] == [named]
    assert find_files([named], exclude=["week0/*"], force_exclude=True)[0] == []


def test_a_file_is_taken_whatever_its_name(tmp_path: Path) -> None:
    file = tmp_path / "captions"
    file.write_text(BAD, encoding="utf-8")
    assert find_files([str(file)])[0] == [str(file)]


def test_the_number_of_workers_changes_nothing(tree: Path) -> None:
    files, _ = find_files([str(tree)])
    alone = list(check_files(files, Settings(), workers=1))
    assert list(check_files(files, Settings(), workers=3)) == alone
    assert sum(len(result.diagnostics) for result in alone) == 13


def test_the_cache_gives_the_same_findings_and_notices_a_change(tree: Path) -> None:
    files, _ = find_files([str(tree)])
    cache = Cache.open(Settings())
    first = list(check_files(files, Settings(), cache=cache))
    cache.save()
    warm = Cache.open(Settings())
    assert all(warm.get(file) is not None for file in files)
    assert list(check_files(files, Settings(), cache=warm)) == first
    Path(files[0]).write_text(BAD + "\n", encoding="utf-8")
    os.utime(files[0], (1_700_000_001, 1_700_000_001))
    assert Cache.open(Settings()).get(files[0]) is None
    assert Cache.open(Settings()).get(files[1]) is not None


def test_other_settings_have_a_cache_of_their_own(tree: Path) -> None:
    files, _ = find_files([str(tree)])
    cache = Cache.open(Settings())
    list(check_files(files, Settings(), cache=cache))
    cache.save()
    other = Settings(select=("ENC",))
    assert Cache.open(other).get(files[0]) is None
    assert Settings().fingerprint() == Settings().fingerprint() != other.fingerprint()


def test_a_broken_cache_is_as_good_as_none(tree: Path) -> None:
    cache = Cache.open(Settings())
    cache.file.parent.mkdir(parents=True)
    cache.file.write_bytes(b"\x00rubbish")
    assert Cache.open(Settings()).get(str(tree / "week0" / "lecture0.en.srt")) is None


def test_a_file_that_was_just_written_is_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPTIONKIT_CACHE_DIR", str(tmp_path / "cache"))
    file = tmp_path / "a.srt"
    file.write_text(GOOD, encoding="utf-8")
    now = file.stat().st_mtime_ns
    monkeypatch.setattr("time.time_ns", lambda: now + 1000)
    cache = Cache.open(Settings())
    list(check_files([str(file)], Settings(), cache=cache))
    assert cache.get(str(file)) is None


def test_an_unreadable_file_is_a_result_and_the_others_go_on(tree: Path) -> None:
    gone = str(tree / "gone.srt")
    results = list(check_files([gone, str(tree / "week0" / "lecture0.en.srt")], Settings()))
    assert "there is no such file" in results[0].error and results[0].diagnostics == []
    assert [one.code for one in results[1].diagnostics] == ["TIM001"]


def finding(severity: Severity) -> FileResult:
    from captionkit.model import Diagnostic

    return FileResult("a.srt", [Diagnostic("XXX001", severity, "x")])


def test_the_exit_code_is_0_1_or_2() -> None:
    warning = Run([finding(Severity.WARNING)], Settings())
    assert warning.exit_code() == ExitCode.OK
    warning.fail_level = Severity.WARNING
    assert warning.exit_code() == ExitCode.FINDINGS
    error = Run([finding(Severity.ERROR)], Settings())
    assert error.exit_code() == ExitCode.FINDINGS
    assert error.exit_code(zero=True) == ExitCode.OK
    broken = Run([FileResult("a.srt", [], "cannot read")], Settings())
    assert broken.exit_code(zero=True) == ExitCode.USAGE
    mended = Run([FileResult("a.srt", [], fixed={"TXT003": 1})], Settings())
    assert mended.exit_code() == ExitCode.OK
    assert mended.exit_code(fixed=True) == ExitCode.FINDINGS


@pytest.mark.parametrize(
    ("path", "glob", "answer"),
    [
        ("drafts/a.srt", "drafts/*", True),
        ("x/drafts/a.srt", "drafts", True),
        ("a.srt", "*.srt", True),
        ("b/a.srt", "a.srt", True),
        ("./drafts/a.srt", "drafts/", True),
        ("drafts2/a.srt", "drafts", False),
        ("a.vtt", "*.srt", False),
        ("w\\drafts\\a.srt", "drafts/*", True),
    ],
)
def test_globs_mean_names_paths_and_folders(path: str, glob: str, answer: bool) -> None:
    assert matches(path, glob) is answer


def test_findings_that_were_packed_count_the_same_and_unpack_to_themselves() -> None:
    from captionkit.lint.results import Packed
    from captionkit.model import Diagnostic

    found = [
        Diagnostic("TIM003", Severity.WARNING, "overlaps", 4, 1, 0, 0, 2, 3000, "a hint", "a.srt"),
        Diagnostic("ENC009", Severity.INFO, "no end", 9, 2, 9, 3, None, None, "", "a.srt"),
    ]
    packed = FileResult("a.srt", Packed.pack(found))
    assert packed.tally() == FileResult("a.srt", found).tally() != {}
    assert packed.diagnostics == found
    assert all(isinstance(one.severity, Severity) for one in packed.diagnostics)
    packed.diagnostics = found[:1]
    assert packed.tally() == {("TIM003", Severity.WARNING): 1}
