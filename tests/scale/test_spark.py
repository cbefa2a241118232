"""The recipe for Spark of the guide archives, as it stands there: only where Java and pyspark are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from corpus import write

from captionkit import guides
from captionkit.lint.run import check_files
from captionkit.lint.settings import Settings


@pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java here")
def test_the_recipe_finds_what_the_command_finds(alone: Path) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    from pyarrow import dataset

    write(alone / "lectures", 3)
    (recipe,) = [text for text in guides.text("archives").split("```") if "pyspark" in text]
    assert len(recipe.strip().splitlines()) <= 25 and "binaryFile" not in recipe
    code = recipe.removeprefix("python\n")
    for name, place in (("s3://archive/lectures", "lectures"), ("s3a://archive/report", "report")):
        code = code.replace(f'"{name}"', repr(str(alone / place)))
    Path("recipe.py").write_text(code, encoding="utf-8")
    environment = {
        **os.environ, "PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_SUBMIT_ARGS": "--master local[2] --conf spark.ui.enabled=false pyspark-shell",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "recipe.py"], env=environment, capture_output=True, encoding="utf-8", check=False, timeout=240
    )
    assert done.returncode == 0, done.stderr[-3000:]
    files = sorted(str(file) for file in (alone / "lectures").rglob("*.srt"))
    wanted = [
        one for result in check_files(files, Settings(profiles=("dcmp",)), workers=1) for one in result.diagnostics
    ]
    assert f"15 files, 0 not read, {len(wanted)} findings" in done.stdout
    prefix = f"{alone / 'lectures'}{os.sep}"
    rows = dataset.dataset("report", format="parquet").to_table().to_pylist()
    found = sorted((row["path"], row["line"], row["code"], row["message"]) for row in rows)
    assert found == sorted((one.path.removeprefix(prefix), one.line, one.code, one.message) for one in wanted)
