"""The house's rules, read from the code itself: which way imports point, and where effects may be."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "captionkit"

#: What a part may import of ours, from the inside out. A part may always import itself, and `patterns`.
INWARD = {
    "model": set(),
    "errors": set(),
    "findings": {"model"},
    "files": {"errors"},
    "records": {"errors"},
    "canvas_rules": set(),
    "charsets": set(),
    "decoding": {"model", "errors", "charsets", "findings"},
    "markup": {"model", "errors", "decoding", "timecode"},
    "language_table": set(),
    "languages": {"language_table", "errors"},
    "timecode": {"errors"},
    "foreign/sniff": {"model", "errors"},
    "formats": {"model", "errors", "findings", "decoding", "timecode", "markup"},
    "documents": {"model", "errors", "findings", "files", "decoding", "formats", "languages", "foreign"},
    "conversion": {
        "model",
        "errors",
        "decoding",
        "timecode",
        "markup",
        "formats",
        "documents",
        "hls",
        "speaker_names",
    },
    "foreign": {
        "model",
        "errors",
        "files",
        "decoding",
        "timecode",
        "languages",
        "markup",
        "formats",
        "conversion",
        "roll_up",
    },
    "roll_up": {"model", "markup"},
    "hls": {"model", "timecode", "patterns"},
    "scripts": set(),
    "order": {"model"},
    "speaker_names": {"scripts"},
    "class_names": {"model", "patterns"},
    "timing": {"model", "errors", "timecode", "markup", "hls", "class_names"},
}
OUTER = {"cli", "remotes", "reports", "sandbox"}

#: Modules that decide and compute, and touch neither disk, clock nor network.
PURE = [
    "model",
    "errors",
    "records",
    "timecode",
    "canvas_rules",
    "charsets",
    "decoding",
    "markup",
    "language_table",
    "languages",
    "canvas_locales",
    "foreign",
    "formats",
    "conversion",
    "timing",
    "hls",
    "order",
    "speaker_names",
    "class_names",
    "lint/rules",
    "library/match",
    "sync/ports",
    "sync/features",
    "sync/plain_srt",
    "sync/publishable",
    "upload/ports",
    "sync/state",
    "sync/manifest",
    "sync/decide",
    "sync/guards",
    "sync/plan",
    "sync/outcome",
    "sync/request",
    "sync/upload",
    "sync/survey",
    "sync/object_run",
    "sync/exchange",
    "sync/wrong_files",
    "sync/undo",
    "sync/whose",
    "sync/backup",
    "sync/run",
    "sync/bring",
    "sync/sides",
    "sync/journal",
    "sync/show",
    "pages",
    "language_check",
    "transcripts/spoken",
    "transcripts/paragraphs",
    "transcripts/writers",
    "preview/compare",
    "preview/lanes",
    "auditing/model",
    "auditing/judge",
    "auditing/totals",
    "auditing/coverage",
    "auditing/todo",
    "auditing/standards",
    "auditing/verify",
    "auditing/reports/evidence",
    "page_tables",
    "auditing/changes",
    "auditing/assemble",
    "auditing/reports/html",
    "auditing/reports/json",
    "auditing/reports/markdown",
]
EFFECTS = {"os", "io", "time", "socket", "requests", "click", "subprocess", "sqlite3", "tempfile", "shutil", "random"}


def files(part: str) -> list[Path]:
    folder = PACKAGE / part
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [PACKAGE / f"{part}.py"]


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def imports(file: Path) -> frozenset[str]:
    """Every module that a file imports, wherever in it; those only for type checking too."""
    return frozenset(_imports(file))


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def parts_imported(file: Path) -> set[str]:
    return {name.split(".")[1] for name in imports(file) if name.startswith("captionkit.")}


@pytest.mark.parametrize("part", INWARD)
def test_the_inner_parts_import_only_what_lies_further_in(part: str) -> None:
    for file in files(part):
        outward = parts_imported(file) - INWARD[part] - {part, "patterns", "__version__"}
        assert not outward, f"{file.relative_to(PACKAGE)} imports {outward}"


def test_sync_knows_ports_and_no_remote() -> None:
    for file in files("sync"):
        assert not parts_imported(file) & OUTER, file


def test_uploads_know_ports_and_no_remote() -> None:
    for file in files("upload"):
        assert not parts_imported(file) & OUTER, file


def test_nothing_but_commands_imports_commands() -> None:
    for file in sorted(PACKAGE.rglob("*.py")):
        if file.relative_to(PACKAGE).parts[0] not in ("cli", "__main__.py"):
            assert "cli" not in parts_imported(file), file


@pytest.mark.parametrize("part", PURE)
def test_the_pure_modules_have_no_effects(part: str) -> None:
    found = files(part)
    assert found
    for file in found:
        assert not {name.split(".")[0] for name in imports(file)} & EFFECTS, file
        calls = [n.func.id for n in ast.walk(parsed(file))
                 if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]  # fmt: skip
        assert not {"open", "print", "input"} & set(calls), file


def test_only_the_second_reader_and_the_bridges_import_pysrt_and_webvtt_py() -> None:
    for file in sorted(PACKAGE.rglob("*.py")):
        if {name.split(".")[0] for name in imports(file)} & {"pysrt", "webvtt"}:
            assert file.stem in ("crosscheck", "bridges"), file


def test_the_sandbox_shares_no_code_with_the_client() -> None:
    for file in files("sandbox"):
        assert parts_imported(file) <= {"sandbox"}, file


def _names(file: Path) -> set[str]:
    """Dotted names that a module uses: `click.echo`, `sys.stdout.buffer`, `print`."""
    found: set[str] = set()
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Attribute):
            found.add(ast.unparse(node))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(node.func.id)
    return found


def test_one_module_writes_to_the_standard_streams() -> None:
    """Everything else would have to remember that a terminal obeys what it is sent; see `captionkit.terminal`."""
    writers = ("click.echo", "click.secho", "click.confirm", "click.prompt", "click.echo_via_pager", "print",
               "sys.stdout.write", "sys.stdout.buffer", "sys.stdout.buffer.write", "sys.stderr.write",
               "sys.stderr.buffer")  # fmt: skip
    wrong = {
        file.relative_to(PACKAGE).as_posix(): sorted(found)
        for file in sorted(PACKAGE.rglob("*.py"))
        if file.parent.name != "sandbox" and (found := _names(file) & set(writers))
    }
    # `captionkit --version` prints one line of our own and loads nothing for it.
    assert set(wrong) == {"cli/_output.py", "cli/__init__.py"}
    assert wrong["cli/__init__.py"] == ["print"]


def test_no_function_but_a_command_has_more_than_eight_parameters() -> None:
    # What the sandbox is told to do by name, over HTTP too, and the options of `upload` and `studio add`.
    known = {("sandbox/world.py", "add_media"), ("sandbox/world.py", "add_track"), ("sandbox/controls.py", "fault"),
             ("cli/upload.py", "_items")}  # fmt: skip
    found = set()
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.FunctionDef) and not node.decorator_list:
                given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                if len([argument for argument in given if argument.arg not in ("self", "cls")]) > 8:
                    found.add((file.relative_to(PACKAGE).as_posix(), node.name))
    assert found == known


#: How a person does it at the command line. A desk has buttons, and Python has arguments.
COMMANDS = (
    "plan|apply|push|pull|resume|restore|history|verify|status|match|init|media|check|fix|login|studio|upload|tracks|"
    "audit|convert|doctor|desk"
)
AS_A_COMMAND = re.compile(rf"--[a-z]|captionkit (?:{COMMANDS})\b")


#: What commands, desks and scripts share. `library/others` and `library/creating` write commands to be pasted.
ENGINE = [
    "sync", "workspace", "remotes", "upload", "config", "configuration", "credentials", "secret_store",
    "auditing/model", "auditing/assemble", "auditing/audits", "auditing/collect", "auditing/collect_studio",
    "library/mapping", "library/name_table", "library/match", "library/scan", "library/names",
]  # fmt: skip


@pytest.mark.parametrize("part", ENGINE)
def test_the_engine_names_no_command_and_no_option(part: str) -> None:
    for file in files(part):
        tree = parsed(file)
        owners = [n for n in ast.walk(tree) if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef)]
        documented = {id(owner.body[0].value) for owner in owners if owner.body and isinstance(owner.body[0], ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
                assert not AS_A_COMMAND.search(node.value), f"{file.name}:{node.lineno}: {node.value}"


def test_text_is_read_and_written_in_an_encoding_that_is_named() -> None:
    """Windows' own is not UTF-8. The linter finds `open`, and paths only where it knows that they are paths."""
    unnamed = []
    for file in sorted(f for part in ("captionkit", "scripts", "tests") for f in (PACKAGE.parent / part).rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        if not any(call in source for call in ("_text(", "text=True")):
            continue
        for node in ast.walk(parsed(file)):
            if not isinstance(node, ast.Call):
                continue
            given = {keyword.arg for keyword in node.keywords}
            positional = {"read_text": 1, "write_text": 2}.get(getattr(node.func, "attr", ""))
            is_of_a_file = positional is not None and len(node.args) < positional
            is_of_a_process = ast.unparse(node.func).startswith("subprocess.") and "text" in given
            if (is_of_a_file or is_of_a_process) and "encoding" not in given:
                unnamed.append(f"{file.relative_to(PACKAGE.parent)}:{node.lineno}")
    assert not unnamed
