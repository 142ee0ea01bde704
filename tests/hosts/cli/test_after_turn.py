"""What `k2 run` does at its end: the notebook is run again, and everybody is told."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup

from k2_jupyter.hosts.cli.main import main
from k2_jupyter.messages import AssistantMessage, ToolCall
from tests.loopback import Play, Server

Ran = Callable[..., tuple[int, str]]


def playing(*sources: str) -> Play:
    """A model that runs these cells, then finishes."""

    def play(body: dict[str, Any]) -> AssistantMessage:
        number = sum(message["role"] == "tool" for message in body["messages"])
        if number < len(sources):
            name, arguments = "run_cell", {"source": sources[number], "purpose": f"Step {number}"}
        else:
            name, arguments = "finish", {"conclusion": "That is all.", "claims": []}
        call = ToolCall(f"functions.{name}:{number}", name, json.dumps(arguments))
        return AssistantMessage(calls=(call,))

    return play


@pytest.fixture
def ran(serve: Callable[[Play], Server], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Ran:
    """``ran(sources, *options)``: exit code and what was printed; the files are in ``out``."""

    def run(sources: list[str], *options: str) -> tuple[int, str]:
        server = serve(playing(*sources))
        endpoint = ["--model", "m", "--base-url", server.base_url]
        code = main(["run", "go", *endpoint, "--out", str(tmp_path / "out"), *options])
        return code, capsys.readouterr().out

    return run


def left(folder: Path) -> tuple[Any, str]:
    """The notebook, and the report's text."""
    page = (folder / "out" / "analysis.html").read_text()
    text = BeautifulSoup(page, "html.parser").get_text()
    notebook = nbformat.read(folder / "out" / "analysis.ipynb", as_version=4)
    return notebook, " ".join(text.split())


def test_equal_cells_are_told_in_terminal_notebook_and_report(ran: Ran, tmp_path: Path) -> None:
    code, shown = ran(["x = 2", "print(x * 0.5)", "import pandas as pd"])

    notebook, page = left(tmp_path)
    assert code == 0
    assert "✓ re-run: all 3 cells equal" in shown
    assert "Re-run: all 3 cells equal." in page
    assert notebook.cells[-1].source == "*Re-run: all 3 cells equal.*"
    assert notebook.cells[-1].metadata.k2.role == "verification"
    assert page.count("all 3 cells equal") == 2  # the summary and the footer, not the cell
    assert re.search(r"python 3\.[\d.]+, pandas \d[\d.]+, k2_jupyter \d", page)


def test_what_differs_is_told_everywhere(ran: Ran, tmp_path: Path) -> None:
    code, shown = ran(["import random", "print(random.random())"])

    notebook, page = left(tmp_path)
    assert code == 0
    assert "! re-run: 1 of 2 cells differs" in shown
    assert "cell 2" in shown
    assert "Re-run: 1 of 2 cells differs." in page
    assert "printed text, line 1" in page
    assert "printed text, line 1" in notebook.cells[-1].source


def test_without_it_the_report_says_so(ran: Ran, tmp_path: Path) -> None:
    _, shown = ran(["print(1)"], "--no-verify")

    notebook, page = left(tmp_path)
    for text in (shown, page, notebook.cells[-1].source):
        assert "ot re-run: --no-verify" in text


def test_files_of_the_turn_are_made_again_elsewhere(ran: Ran, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    appended = "with open('log.txt', 'a') as log:\n    log.write('x')"

    _, shown = ran(["import os\nos.mkdir('plots')", appended, "print(*open('log.txt'))"])

    assert "all 3 cells equal" in shown
    assert (tmp_path / "out" / "log.txt").read_text() == "x"
    assert [path.name for path in tmp_path.iterdir() if "rerun" in path.name] == []


def test_what_needed_an_approval_is_not_run_again_unasked(ran: Ran, tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("!touch ../touched")])
    nbformat.write(notebook, tmp_path / "in.ipynb")

    _, shown = ran(["print(1)"], "--notebook", str(tmp_path / "in.ipynb"))

    assert "not re-run: cell 1 was not run without approval (shell)" in shown
    assert not (tmp_path / "touched").exists()


def test_a_report_of_a_notebook_that_was_changed_since_says_so(ran: Ran, tmp_path: Path) -> None:
    ran(["print(1)"])
    path = tmp_path / "out" / "analysis.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].outputs[0].text = "2\n"
    nbformat.write(notebook, path)

    assert main(["export", str(path)]) == 0

    assert "all 1 cell equal; the notebook was changed since" in left(tmp_path)[1]
    assert main(["verify", str(path)]) == 1


def test_a_turn_without_cells_says_nothing_of_it(ran: Ran) -> None:
    assert "re-run" not in ran([])[1]


def test_a_turn_that_used_up_its_time_is_not_run_again(ran: Ran, tmp_path: Path) -> None:
    code, shown = ran(["print(1)", "import time\ntime.sleep(60)"], "--max-seconds", "4")

    assert code == 74
    assert "not re-run: the time was up" in shown
    assert "Not re-run: the time was up." in left(tmp_path)[1]


def test_ctrl_c_ends_the_rerun_alone(serve: Callable[[Play], Server], tmp_path: Path) -> None:
    slow_again = (
        "import os, time\n"
        "open('begun', 'w').close()\n"
        "time.sleep(60 if '-rerun-' in os.getcwd() else 0)"
    )
    server = serve(playing(slow_again))
    options = ["--model", "m", "--base-url", server.base_url, "--out", str(tmp_path / "out")]
    process = subprocess.Popen(
        [sys.executable, "-m", "k2_jupyter", "run", "go", *options],
        stdout=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".out-rerun-*/begun")) and time.monotonic() < deadline:
        assert process.poll() is None
        time.sleep(0.05)

    process.send_signal(signal.SIGINT)
    shown, _ = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "not re-run: interrupted" in shown
    assert "That is all." in shown
    assert "Not re-run: interrupted." in left(tmp_path)[1]
    assert list(tmp_path.glob(".out-rerun-*")) == []
