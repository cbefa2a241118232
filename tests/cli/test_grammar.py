"""One grammar of options: the same word for the same thing in every command, found by walking over all of them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from captionkit.cli.frame import captionkit, run

SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:03,000 --> 00:00:04,000\nWorld\n"


def walk(group: click.Group, context: click.Context, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from walk(command, click.Context(command, parent=context, info_name=name), (*path, name))
        else:
            yield " ".join((*path, name)), command


assert isinstance(captionkit, click.Group)
COMMANDS = dict(walk(captionkit, click.Context(captionkit)))


def options(name: str) -> dict[str, click.Option]:
    """Each spelling that is shown -> the option."""
    shown = [one for one in COMMANDS[name].params if isinstance(one, click.Option) and not one.hidden]
    return {spelling: one for one in shown for spelling in (*one.opts, *one.secondary_opts)}


@pytest.fixture
def lecture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for variable in ("CANVAS_API_URL", "CAPTIONKIT_STUDIO_URL"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")  # where nobody answers
    for variable in ("CANVAS_API_TOKEN", "CAPTIONKIT_STUDIO_TOKEN"):
        monkeypatch.setenv(variable, "t" * 20)
    file = tmp_path / "lecture.en.srt"
    file.write_text(SRT, encoding="utf-8")
    return file


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_where_something_is_written_is_called_output(name: str) -> None:
    there = options(name)
    assert not {"--out", "--output-file", "--outfile", "--destination", "--target"} & there.keys()
    assert ("-o" in there) == ("--output" in there)
    assert "-o" not in there or there["-o"] is there["--output"]


@pytest.mark.parametrize("name", COMMANDS)
def test_times_are_since_and_until_and_to_is_a_format(name: str) -> None:
    there = options(name)
    assert not [
        one
        for one in there
        if re.search(r"-(from|to)$", one) and one not in ("--from", "--to", "--courses-from", "--files-from")
    ]
    for spelling in ("--since", "--until"):
        assert spelling not in there or there[spelling].metavar in ("TIME", "DATE")
    assert "--to" not in there or isinstance(there["--to"].type, click.Choice)
    assert "--from" not in there or name == "convert"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_url_is_the_address_of_a_service(name: str) -> None:
    there = options(name)
    assert "--url" not in there or re.search(r"[Aa]ddress of (Canvas|Studio)", there["--url"].help or "")
    assert "--studio" not in there or there["--studio"].is_flag  # of `sandbox`: serve that, too
    assert not name.startswith(("studio ", "tracks ", "media ")) or "--url" in there


#: Options of the same name mean the same, and are written alike.
SHORT = {
    "-o": "--output", "-i": "--in-place", "-y": "--yes", "-q": "--quiet", "-v": "--verbose", "-s": "--summary",
    "-j": "--workers", "-e": "--exit-zero",
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_a_letter_stands_for_the_same_word_everywhere(name: str) -> None:
    for spelling, option in options(name).items():
        if not spelling.startswith("--"):
            assert SHORT[spelling] in option.opts


#: An option that takes something else in one command, and why that is the same thing all the same.
TAKES_ELSE = {
    "--allow": "each command has its own checks",
    "--fps": "convert also takes 24000/1001, as files have it",
    "--output-format": "each command has its own reports",
    "--output": "of `split` a name with {n} in it",
    "--to": "each command has its own formats",
    "--user": "of `init` only self",
    "--yes": "twice where two questions are asked",
}


def test_an_option_takes_the_same_in_every_command() -> None:
    """`--media` was once a switch, a number and a name."""
    takes: dict[str, set[tuple[bool, str]]] = {}
    for name in COMMANDS:
        for spelling, option in options(name).items():
            takes.setdefault(spelling, set()).add((option.is_flag, type(option.type).__name__))
    several = {spelling for spelling, kinds in takes.items() if len(kinds) > 1 and spelling.startswith("--")}
    assert several <= TAKES_ELSE.keys(), {one: takes[one] for one in several - TAKES_ELSE.keys()}


# --- old spellings ----------------------------------------------------------------------------------------------------

#: What scripts have -> the parameter that it is today, and how.
OLD = [
    ("shift", ["a.srt", "--by", "1s", "--from", "2s", "--to", "3s"], {"since": "2s", "until": "3s"}),
    ("match", ["--out", "names.csv"], {"out": Path("names.csv")}),
    ("check", ["a.srt", "--media"], {"sound": True}),
    ("audit", ["--by", "A. Person"], {"by": "A. Person"}),
    ("sandbox", ["--media", "5"], {"media": 5}),
    ("plan", ["--out", "plan.json"], {"out": Path("plan.json")}),
    ("restore", [".", "--out", "plan.json"], {"out": Path("plan.json")}),
    ("check", ["a.srt", "--output-file", "r.json"], {"output_file": "r.json"}),
    ("fix", ["a.srt", "--output-file", "r.json"], {"output_file": "r.json"}),
    ("audit", ["--output-file", "r.json"], {"output": Path("r.json")}),
    ("audit", ["--studio", "https://s.example"], {"studio_url": "https://s.example"}),
    ("login", ["--studio", "https://s.example"], {"url": "https://s.example"}),
    ("upload", ["--studio", "https://s.example"], {"addresses": ("https://s.example",)}),
    ("studio download", ["1", "--out", "x.srt"], {"out": Path("x.srt")}),
    (
        "studio media",
        ["--from", "2025-01-01", "--to", "2025-02-01", "--viewed-from", "2025-01-02", "--viewed-to", "2025-01-03",
         "--viewed-by-students-from", "2025-01-04", "--viewed-by-students-to", "2025-01-05"],
        {"start_date": "2025-01-01", "end_date": "2025-02-01", "viewed_since": "2025-01-02",
         "viewed_until": "2025-01-03", "students_since": "2025-01-04", "students_until": "2025-01-05"},
    ),
    *[
        (name, ["--studio", "https://s.example"], {"studio_url": "https://s.example"})
        for name in COMMANDS if name.startswith("studio ")
    ],
]  # fmt: skip


@pytest.mark.parametrize(("name", "words", "means"), OLD, ids=[f"{name} {words[-2]}" for name, words, _ in OLD])
def test_an_old_spelling_goes_on_working_and_is_shown_nowhere(
    name: str, words: list[str], means: dict[str, object]
) -> None:
    context = click.Context(captionkit, info_name="captionkit")
    command: click.Command = captionkit
    for part in name.split():
        assert isinstance(command, click.Group)
        found = command.get_command(context, part)
        assert found is not None
        command = found
        context = click.Context(
            command, parent=context, info_name=part, resilient_parsing=True, **command.context_settings
        )
    command.parse_args(context, list(words))
    assert {key: context.params[key] for key in means} == means
    if words[-2] not in ("--from", "--to"):
        assert words[-2] not in options(name)


def test_an_earlier_audit_has_its_old_name_too(lecture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", ".", "-o", "then.json"]) == 0
    assert run(["audit", ".", "--since", "then.json", "-o", "now.html"]) == 0
    assert run(["audit", ".", "--earlier", "then.json", "-o", "now.md"]) == 0
    capsys.readouterr()


def test_the_url_of_a_recording_is_taken_as_its_link(lecture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As scripts have it from when `upload --url` named recordings; the token goes to no such address."""
    address = "https://files.example.edu/L.mp4"
    for words in (["--url", address], ["--link", address], ["--link", address, "--url", "https://s.example"]):
        assert run(["upload", *words, "--dry-run"]) == 0
        assert "L" in capsys.readouterr().out


# --- what is not there ------------------------------------------------------------------------------------------------

#: Every command that reads a file or folder that is named -> words with NO for it.
MISSING = {
    "align": ["NO.mp4 lecture.en.srt", "lecture.en.srt NO.srt"],
    "apply": ["NO.json", "NO.json NO"],
    "audit": ["NO", ". --exceptions NO.csv", ". --durations NO.csv", ". --earlier NO.json", "--courses-from NO.csv",
              "--verify NO.json"],
    "check": ["NO.srt", "NO", "--files-from NO.txt", "lecture.en.srt --config NO.toml",
              "lecture.en.srt --baseline NO.json", "lecture.en.srt NO.srt"],
    "convert": ["NO.srt", "NO", "NO.ttml --from ttml"],
    "diff": ["NO.srt lecture.en.srt", "lecture.en.srt NO.srt"],
    "doctor": ["NO --offline"],
    "fix": ["NO.srt"],
    "history": ["NO"],
    "match": ["NO", ". --list NO.csv"],
    "merge": ["NO.srt lecture.en.srt", "lecture.en.srt NO.srt"],
    "plan": ["NO"],
    "preview": ["NO.srt", "NO.mp4 lecture.en.srt"],
    "pull": ["NO"],
    "push": ["NO"],
    "restore": ["NO"],
    "resume": ["NO"],
    "retime": ["NO.srt --ratio 1.1"],
    "shift": ["NO.srt --by 1s"],
    "split": ["NO.srt --at 1s"],
    "status": ["NO"],
    "studio add": ["1 en NO.srt"],
    "sync-check": ["NO.mp4 lecture.en.srt", "lecture.en.srt NO.srt"],
    "transcript": ["NO.srt", "lecture.en.srt NO.srt"],
    "upload": ["NO.mp4", "--csv NO.csv"],
    "verify": ["NO"],
}  # fmt: skip
#: Folders that are made where they are not there.
MADE = {"desk", "init", "studio init", "studio delete"}


def test_every_command_that_reads_what_is_named_is_tried() -> None:
    def is_read(one: click.Parameter) -> bool:
        is_path = isinstance(one.type, click.Path) and not {"--output", "--journal", "--write-baseline"} & {*one.opts}
        return is_path or type(one).__name__ == "PathArgument"

    assert {name for name, command in COMMANDS.items() if any(map(is_read, command.params))} - MADE - {"sandbox"} == (
        MISSING.keys()
    )


@pytest.mark.parametrize(("name", "words"), [(name, words) for name in MISSING for words in MISSING[name]])
def test_a_file_or_folder_that_is_not_there_is_exit_2_in_one_wording(
    name: str, words: str, lecture: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(lecture.parent.rglob("*"))
    assert run([*name.split(), *words.split()]) == 2
    printed = capsys.readouterr()
    said = printed.out if name == "doctor" else printed.err
    assert re.search(r"there is no such (file|folder)\b", said), said
    if name != "doctor":
        assert re.search(r"(?m)^error: (\./)?NO[.\w]*: there is no such (file|folder|file or folder)$", said), said
    assert sorted(lecture.parent.rglob("*")) == before


@pytest.mark.parametrize(
    "words", [["frob"], ["shift"], ["shift", "--frob"], ["check", "--kind", "x", "a.srt"], ["studio", "frob"]]
)
def test_a_mistake_in_the_call_is_told_as_every_other_error(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == 2
    lines = capsys.readouterr().err.splitlines()
    assert re.match(r"error: [a-z]", lines[0])
    assert all(line.startswith("  ") for line in lines[1:])
    assert lines[-1].endswith("--help` explains it.")


# --- for programs, and before anything is done ------------------------------------------------------------------------

#: Commands whose output is one thing for people or for other programs, and which write nothing to tell of.
NO_JSON = {
    "completion": "a script for a shell",
    "desk": "pages for a person",
    "guide": "a page to read",
    "tracks show": "the track itself",
}
#: Commands that write nothing, or only the report, plan or page that -o asks for.
NO_DRY_RUN = {
    "audit": "only the report", "completion": "only prints", "desk": "asks before it writes", "diff": "only prints",
    "doctor": "only prints", "explain": "only prints", "guide": "only prints", "history": "only prints",
    "login": "nothing is known before the code is", "media list": "only prints", "plan": "is the dry run of push",
    "preview": "only the page", "profiles": "only prints", "rules": "only prints", "sandbox": "a stand-in",
    "status": "only prints", "studio captions": "only prints", "studio collections": "only prints",
    "studio course": "only prints", "studio library": "only prints", "studio media": "only prints",
    "studio ping": "only prints", "studio show": "only prints", "studio users": "only prints",
    "sync-check": "only prints", "tracks list": "only prints", "tracks show": "only the track", "verify": "only prints",
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_program_may_read_is_there_as_json(name: str) -> None:
    assert ("--json" in options(name)) == (name not in NO_JSON)
    assert name in NO_JSON or (options(name)["--json"].is_flag and options(name)["--json"].name == "as_json")


@pytest.mark.parametrize("name", COMMANDS)
def test_what_writes_can_be_tried_first(name: str) -> None:
    assert ("--dry-run" in options(name)) == (name not in NO_DRY_RUN)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_ends_with_an_example_of_the_command(name: str) -> None:
    text = COMMANDS[name].help or ""
    assert re.search(rf"(?m)^ *Examples?:\n(?: +captionkit .*\n)*? +captionkit {name}\b", text), text
    for line in re.findall(r"(?m)^ +captionkit (.*)$", text):
        for word in re.findall(r"(?<!\S)--[a-z-]+", line):
            named = next(other for other in sorted(COMMANDS, key=len, reverse=True) if line.startswith(other))
            assert word in options(named), f"{line}: {word}"


#: What each writes for a program, by the words after its name -> the keys of the object or of each line.
AS_JSON = {
    "shift lecture.en.srt --by 1s -o out.srt": {"paths", "output", "dry_run", "cues", "left_out", "clipped"},
    "retime lecture.en.srt --ratio 1.1 -o out.srt": {"paths", "output", "dry_run", "cues", "left_out", "clipped"},
    "merge lecture.en.srt two.srt -o out.srt": {"paths", "output", "dry_run", "cues", "lost"},
    "split lecture.en.srt --at 2s": {"path", "dry_run", "parts"},
    "convert lecture.en.srt": {"path", "output", "problem", "cues", "losses", "remark", "dry_run"},
    "transcript lecture.en.srt -o out.txt": {"path", "output", "problem", "bytes", "dry_run"},
    "init captions --url https://c.example --course 1": {
        "folder", "written", "made_folder", "dry_run", "place", "files", "languages", "problems"},
    "studio init captions --account": {
        "folder", "written", "made_folder", "dry_run", "place", "files", "languages", "problems"},
    "check lecture.en.srt": None,
    "fix lecture.en.srt": None,
    "audit .": None,
    "preview lecture.en.srt -o out.html": {"paths", "output", "plays"},
}  # fmt: skip


@pytest.mark.parametrize("words", AS_JSON)
def test_json_is_all_that_standard_output_gets(words: str, lecture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lecture.with_name("two.srt").write_text(SRT, encoding="utf-8")
    assert run([*words.split(), "--json"]) in (0, 1)
    found = json.loads(capsys.readouterr().out)
    assert AS_JSON[words] is None or found.keys() == AS_JSON[words]


DRY = [words for words in AS_JSON if words.split()[0] not in ("audit", "preview")] + [
    "fix two.srt", "check two.srt --fix --restore", "shift lecture.en.srt --by 1s --in-place", "upload a.mp4",
]  # fmt: skip


@pytest.mark.parametrize("more", [[], ["--json"]], ids=["words", "json"])
@pytest.mark.parametrize("words", DRY)
def test_a_dry_run_changes_nothing_and_ends_as_the_run_does(
    words: str, more: list[str], lecture: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lecture.with_name("two.srt").write_text(SRT.replace("-->", "->"), encoding="utf-8")
    lecture.with_name("a.mp4").write_bytes(b"no recording")
    before = {path: path.read_bytes() for path in lecture.parent.rglob("*") if path.is_file()}
    code = run([*words.split(), *more, "--dry-run"])
    assert {path: path.read_bytes() for path in lecture.parent.rglob("*") if path.is_file()} == before
    assert "".join(capsys.readouterr()), "it says what would be done"
    if not words.startswith("upload"):  # nobody answers there
        assert run([*words.split(), *more]) == code
    capsys.readouterr()


def test_captions_and_json_do_not_both_go_to_standard_output(lecture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in ("shift lecture.en.srt --by 1s", "convert lecture.en.srt -o -", "transcript lecture.en.srt"):
        assert run([*words.split(), "--json"]) == 2
        assert "cannot both go to standard output" in capsys.readouterr().err


def test_a_file_that_cannot_be_converted_is_an_object_too(lecture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lecture.with_name("empty.srt").write_bytes(b"")
    assert run(["convert", "lecture.en.srt", "empty.srt", "--json"]) == 1
    good, bad = map(json.loads, capsys.readouterr().out.splitlines())
    assert good.keys() == bad.keys()
    assert good["problem"] is None and good["output"] == "lecture.en.vtt"
    assert bad["path"] == "empty.srt" and bad["output"] is None and bad["problem"]["exit_code"] == 1


# --- colours ----------------------------------------------------------------------------------------------------------

BAD = "1\n00:00:01,000 -> 00:00:02,000\nHello 12 | error: \x1b[31mred\n"
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def bad(lecture: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for variable in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    lecture.with_name("bad.srt").write_text(BAD, encoding="utf-8")
    return "bad.srt"


@pytest.mark.parametrize("form", ["full", "concise", "grouped"])
def test_colours_say_nothing_that_no_word_says(form: str, bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", bad, "--output-format", form])
    plain = capsys.readouterr().out
    run(["check", bad, "--output-format", form, "--color", "always"])
    coloured = capsys.readouterr().out
    assert "\x1b" not in plain and ESCAPE.sub("", coloured) == plain
    for what in ("TIM022", "error"):
        assert re.search(rf"\x1b\[[0-9;]*m{what}\x1b\[0m", coloured)
    assert re.search(r"\x1b\[1mbad\.srt", coloured)
    assert "\x1b[31mred" not in coloured, "what a caption has in it is not obeyed"


@pytest.mark.parametrize(
    ("environment", "words", "is_coloured"),
    [
        ({}, [], False),  # no terminal
        ({"FORCE_COLOR": "1"}, [], True),
        ({"FORCE_COLOR": "0"}, [], False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False),
        ({"NO_COLOR": "1"}, ["--color", "always"], True),
        ({"FORCE_COLOR": "1"}, ["--color", "never"], False),
        ({"FORCE_COLOR": "1"}, ["--json"], False),
        ({"FORCE_COLOR": "1"}, ["--statistics"], False),
        ({"FORCE_COLOR": "1"}, ["--diff", "--restore"], True),
    ],
)
def test_colours_are_for_terminals_and_those_who_ask(
    environment: dict[str, str], words: list[str], is_coloured: bool, bad: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    run(["check", bad, *words])
    assert bool(ESCAPE.search(capsys.readouterr().out)) == is_coloured


def test_a_report_in_a_file_has_no_colours(bad: str, lecture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", bad, "--color", "always", "-o", "report.txt"])
    assert "\x1b" not in lecture.with_name("report.txt").read_text(encoding="utf-8")
    capsys.readouterr()


# --- completion -------------------------------------------------------------------------------------------------------


def completed(*words: str) -> list[str]:
    """What bash is offered for the last word."""
    found = subprocess.run(
        [sys.executable, "-m", "captionkit"],
        env={**os.environ, "_CAPTIONKIT_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(("captionkit", *words)),
             "COMP_CWORD": str(len(words))},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert not found.stderr
    return [line.partition(",")[2] for line in found.stdout.splitlines()]


def test_commands_options_choices_and_files_are_completed() -> None:
    assert completed("sh") == ["shift"]
    assert "--output-format" in completed("check", "--out")
    assert completed("convert", "--to", "v") == ["vtt"]
    assert completed("studio", "unar") == ["unarchive"]
    assert "file" in subprocess.run(
        [sys.executable, "-m", "captionkit"],
        env={**os.environ, "_CAPTIONKIT_COMPLETE": "bash_complete", "COMP_WORDS": "captionkit shift le",
             "COMP_CWORD": "2"},
        capture_output=True, encoding="utf-8", check=False,
    ).stdout  # fmt: skip


def test_the_names_of_commands_are_completed_without_loading_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("no command is loaded")

    monkeypatch.setattr(type(captionkit), "get_command", refuse)
    items = captionkit.shell_complete(click.Context(captionkit), "s")
    assert "shift" in [item.value for item in items] and all(item.help for item in items)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_each_shell_has_its_script_and_the_help_says_where_it_goes(
    shell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from click.shell_completion import get_completion_class

    code = run(["completion", shell])
    printed = capsys.readouterr()
    if get_completion_class(shell) is None:
        assert code == 2 and "newer" in printed.err  # PowerShell, before click 8.5
    else:
        assert code == 0 and "_CAPTIONKIT_COMPLETE" in printed.out
    assert f"captionkit completion {shell}" in (COMMANDS["completion"].help or "")
    monkeypatch.setenv("SHELL", f"/usr/bin/{shell}")
    assert run(["completion"]) == code
    assert capsys.readouterr().out == printed.out
