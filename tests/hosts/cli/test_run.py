"""`k2 run` and `k2 demo` with the offline analyst: what a user does, and what is left."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from k2_jupyter.hosts.cli.arguments import EXIT_CODES, parser
from k2_jupyter.hosts.cli.main import main
from k2_jupyter.messages import AssistantMessage, ToolCall
from tests.loopback import Play, Server


@pytest.fixture
def plants() -> pd.DataFrame:
    """Three beds, the third one taller; 60 rows, two values missing."""
    heights = [20 + n % 7 + (6 if n % 3 == 2 else 0) for n in range(60)]
    frame = pd.DataFrame({"bed": [f"bed {n % 3}" for n in range(60)], "height_cm": heights})
    frame["height_cm"] = frame["height_cm"].astype(float)
    frame.loc[[4, 9], "height_cm"] = None
    return frame


def test_a_comparison_from_the_table_to_the_files(
    plants: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of an Excel sheet; ``tests/analyst/test_formats.py`` reads all formats."""
    path = tmp_path / "plants.xlsx"
    plants.to_excel(path, index=False)
    out = tmp_path / "out"
    task = "does height_cm differ by bed?"
    assert main(["run", task, "--data", str(path), "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "cells equal" in shown  # so few rows are drawn as points, spread at random
    assert "Yes" in shown
    assert "offline analyst" in shown
    assert "not found" not in shown
    notebook = nbformat.read(out / "analysis.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert "k2_jupyter" not in "".join(cell.source for cell in notebook.cells)


def test_a_task_outside_the_catalogue_exits_with_3(
    tmp_path: Path, plants: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plants.csv"
    plants.to_csv(path, index=False)
    options = ["--data", str(path), "--out", str(tmp_path / "out")]
    assert main(["run", "train a neural network that predicts the bed", *options]) == 3
    shown = capsys.readouterr().out
    assert "needs a model" in shown
    assert "profile" in shown


def test_plan_only_runs_nothing(
    tmp_path: Path, plants: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plants.csv"
    plants.to_csv(path, index=False)
    out = tmp_path / "out"
    options = ["--data", str(path), "--out", str(out), "--plan-only"]
    assert main(["run", "does height_cm differ by bed?", *options]) == 0
    assert "Load" in capsys.readouterr().out
    assert list(out.iterdir()) == []


def running(source: str, number: int) -> AssistantMessage:
    arguments = json.dumps({"source": source, "purpose": "again"})
    return AssistantMessage(calls=(ToolCall(f"run_cell:{number}", "run_cell", arguments),))


def endless(body: dict[str, Any]) -> AssistantMessage:
    number = sum(message["role"] == "tool" for message in body["messages"])
    slow = "slow" in str(body["messages"][1])
    return running("import time; time.sleep(30)" if slow else "1", number)


@pytest.mark.parametrize(
    ("task", "limit", "said"),
    [
        ("go", ["--max-steps", "2"], "limit of 2 steps"),
        ("slow", ["--max-seconds", "3"], "limit of 3 seconds"),
    ],
)
def test_a_limit_exits_with_74_and_valid_files(
    task: str,
    limit: list[str],
    said: str,
    tmp_path: Path,
    serve: Callable[[Play], Server],
    capsys: pytest.CaptureFixture[str],
) -> None:
    server = serve(endless)
    out = tmp_path / "out"
    options = ["--model", "m", "--base-url", server.base_url, "--out", str(out)]
    assert main(["run", task, *options, *limit]) == 74
    assert said in capsys.readouterr().out
    nbformat.validate(nbformat.read(out / "analysis.ipynb", as_version=4))
    assert (out / "analysis.html").exists()


def test_the_catalogue_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--catalogue"]) == 0
    assert "no language model" in capsys.readouterr().out


def test_a_task_must_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run"]) == 2
    assert "needs a task" in capsys.readouterr().err


def test_the_work_goes_on_when_nobody_reads_the_output(
    tmp_path: Path, serve: Callable[[Play], Server]
) -> None:
    read = threading.Event()

    def play(body: dict[str, Any]) -> AssistantMessage:
        number = sum(message["role"] == "tool" for message in body["messages"])
        assert not number or read.wait(60)
        return AssistantMessage("ok") if number == 3 else running("print('more')", number)

    options = ["--model", "m", "--base-url", serve(play).base_url, "--out", str(tmp_path / "out")]
    process = subprocess.Popen(
        [sys.executable, "-m", "k2_jupyter", "run", "go", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    read.set()
    assert process.stderr.read() == b""
    assert process.wait(60) == 0
    process.stderr.close()
    assert (tmp_path / "out" / "analysis.html").exists()


def test_the_task_may_stand_behind_the_files(
    tmp_path: Path, plants: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [tmp_path / "plants.csv", tmp_path / "more.csv"]
    for path in paths:
        plants.to_csv(path, index=False)
    files = ["--data", *map(str, paths)]
    assert main(["run", *files, "plan a profile", "--out", str(tmp_path / "o"), "--plan-only"]) == 0
    assert main(["run", *files, "--out", str(tmp_path / "o")]) == 2
    assert "needs a task" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "demo", "export", "verify", "check", "login", "turns"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert f"usage: k2 {command}" in shown
    assert "example" in shown or command == "demo"


def test_help_lists_the_exit_codes_and_imports_nothing_heavy() -> None:
    assert all(f"\n  {code} " in EXIT_CODES for code in (0, 1, 2, 3, 74, 75, 77, 130))
    assert EXIT_CODES in parser().format_help()
    code = (
        "import sys, k2_jupyter.hosts.cli.main as m; m.parser().format_help(); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"openai", "rich", "IPython", "zmq", "nbformat", "nbconvert", "jsonschema"}
    assert heavy.isdisjoint(done.stdout.split())


def test_the_demo_leaves_three_files_and_a_notebook_that_runs_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "k2-demo"
    assert main(["demo", "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    for name in ("analysis.ipynb", "analysis.html", "dashboard.html"):
        assert str(out / name) in shown
        assert (out / name).stat().st_size > 10_000
    assert "not found in the outputs" not in shown
    assert re.search(r"✓ re-run: all \d+ cells equal", shown)
    assert (out / "dashboard.html").stat().st_size < 8_000_000

    # the reference figures of the salary file, found by the analyst itself
    assert "324.35" in shown
    assert "144.34" in shown
    notebook = nbformat.read(out / "analysis.ipynb", as_version=4)
    assert "k2_jupyter" not in "".join(cell.source for cell in notebook.cells)
