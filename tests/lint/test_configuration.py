"""captionkit.toml and pyproject.toml, as the linter reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from captionkit.configuration import find
from captionkit.errors import ConfigError
from captionkit.lint.checker import Checker
from captionkit.lint.configuration import Defaults, read_settings
from captionkit.model import Severity


def read(folder: Path, text: str, name: str = "captionkit.toml") -> Defaults:
    (folder / name).write_text(text, encoding="utf-8")
    return read_settings(folder)


def test_everything_that_can_be_set(tmp_path: Path) -> None:
    defaults = read(
        tmp_path,
        """
        [canvas]
        url = "https://canvas.example.edu"
        [check]
        profile = ["canvas", "mine"]
        select = ["TIM", "SPD"]
        extend-select = ["LNG"]
        ignore = ["TIM003"]
        per-file-ignores = { "drafts/*" = ["SPD"] }
        cue-ignores = [{ file = "a.srt", cue = 3, codes = ["TIM008"], reason = "meant so" }]
        severity = { TIM = "error" }
        kind = "captions"
        language = "en"
        fps = 25
        fail-level = "warning"
        exclude = ["old"]
        suppressions = false
        [check.options]
        max-uncaptioned = 20
        [profiles.mine]
        extends = "dcmp"
        max-line-chars = 36
        severity = { LAY = "error" }
        """,
    )
    settings = defaults.settings
    assert settings.profiles == ("canvas", "mine")
    assert (settings.select, settings.extend_select, settings.ignore) == (("TIM", "SPD"), ("LNG",), ("TIM003",))
    assert settings.per_file_ignores == (("drafts/*", ("SPD",)),)
    assert settings.cue_ignores == (("a.srt", 3, ("TIM008",)),)
    assert settings.severities == {"TIM": Severity.ERROR}
    assert (settings.kind, settings.language, settings.fps, settings.suppressions) == ("captions", "en", 25.0, False)
    assert (defaults.fail_level, defaults.exclude) == ("warning", ("old",))
    assert settings.options == {"max_uncaptioned": 20}
    checker = Checker(settings)
    assert (checker.limits["max_line_chars"].value, checker.limits["max_line_chars"].profile) == (36, "mine")
    assert checker.limits["max_wpm"].value == 160


def test_the_command_line_wins(tmp_path: Path) -> None:
    defaults = read(tmp_path, '[check]\nprofile = "dcmp"\nignore = ["TIM"]\nfps = 25\n')
    settings = defaults.with_options({"profiles": "ted,canvas", "ignore": ("SPD,lay",), "fps": 30.0, "duration": 2.5})
    assert settings.profiles == ("ted", "canvas")
    assert settings.ignore == ("TIM", "SPD", "LAY")
    assert (settings.fps, settings.duration_ms) == (30.0, 2500)


def test_pyproject_counts_only_with_its_own_table(tmp_path: Path) -> None:
    assert read(tmp_path, '[project]\nname = "captionkit-user"\n', "pyproject.toml") == Defaults()
    defaults = read(tmp_path, '[tool.captionkit.check]\nprofile = "ted"\n', "pyproject.toml")
    assert defaults.settings.profiles == ("ted",)


def test_the_nearest_file_counts_alone(tmp_path: Path) -> None:
    (tmp_path / "captionkit.toml").write_text('[check]\nprofile = "ted"\nignore = ["TIM"]\n', encoding="utf-8")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert find(below / "x.srt") == tmp_path / "captionkit.toml"
    (tmp_path / "a" / ".captionkit.toml").write_text('[check]\nprofile = "bbc"\n', encoding="utf-8")
    settings = read_settings(below / "x.srt").settings
    assert (settings.profiles, settings.ignore) == (("bbc",), ())


def test_a_file_may_extend_another(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text('[check]\nprofile = "ted"\nignore = ["TIM"]\n', encoding="utf-8")
    settings = read(tmp_path, 'extend = "base.toml"\n[check]\nignore = ["SPD"]\n').settings
    assert (settings.profiles, settings.ignore) == (("ted",), ("SPD",))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[check]\nprofil = "ted"\n', "Did you mean 'profile'"),
        ("[check]\nprofile = 3\n", "a list of texts in quotes"),
        ('[check]\nfail-level = "bad"\n', "one of error, warning, info"),
        ("[check]\nfps = -1\n", "a number above 0"),
        ('[check]\nlanguage = "klingon"\n', "check.language: 'klingon' is no language tag"),
        ('[check]\nseverity = { TIM = "worst" }\n', "one of error, warning, info"),
        ("[check.options]\nmax-uncaptionned = 3\n", "Did you mean 'max-uncaptioned'"),
        ("[profiles.mine]\nmax-line-char = 3\n", "Did you mean 'max-line-chars'"),
        ('[profiles.mine]\nmax-line-chars = "42"\n', "a number above 0"),
        ("[check]\ncue-ignores = [{ cue = 3 }]\n", "needs a file"),
        ('extend = "captionkit.toml"\n', "extends itself"),
        ('extend = "nowhere.toml"\n', "cannot be read"),
        ("[check\n", "not valid TOML"),
        ("[chek]\n", "Did you mean 'check'"),
        ("[sync]\nmax-delte = 3\n", "Did you mean 'max-delete'"),
        ("[canvas.locale]\n", "Did you mean 'locales'"),
        ("[transcript]\npaus = 3\n", "Did you mean 'pause'"),
        ("max_delete = 3\n", "below the line [sync]"),
        ("check = 3\n", "must be a table"),
    ],
)
def test_a_mistake_is_told_with_the_file_and_what_is_expected(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert says in str(caught.value)
    assert ".toml" in str(caught.value)
