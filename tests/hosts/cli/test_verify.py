"""Notebooks run again in real kernels: what is hidden in them comes to light."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from rich.console import Console

from k2_jupyter.adapters.file_document import FileDocument
from k2_jupyter.errors import SettingsError
from k2_jupyter.hosts.cli.verify import INTERRUPTED, exit_code, run_verify
from k2_jupyter.hosts.rerunning import Rerun
from k2_jupyter.journal.redaction import Redactor

Executed = Callable[..., Path]


@pytest.fixture
def executed(tmp_path: Path) -> Executed:
    """``executed(sources, order=…)``: a notebook whose cells ran in that order."""
    folder = tmp_path / "work"
    folder.mkdir()

    def make(sources: Sequence[str], order: Sequence[int] | None = None) -> Path:
        notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
        client = NotebookClient(notebook, resources={"metadata": {"path": str(folder)}})
        with client.setup_kernel():
            for position in order or range(len(sources)):
                client.execute_cell(notebook.cells[position], position)
        path = folder / "notes.ipynb"
        nbformat.write(notebook, path)
        return path

    return make


def verified(path: Path, **options: Any) -> tuple[int, str]:
    console = Console(record=True, width=200)
    code = run_verify(path, console, **options)
    return code, console.export_text()


ORDINARY = [
    "import random\nimport os\nrandom.seed(7)\nnumbers = [random.random() for _ in range(5)]",
    "print(sum(numbers), os.getcwd())\nnumbers",
    "import warnings\nwarnings.warn('once')\nobject()",
    "raise ValueError('kept on purpose')",
]


@pytest.mark.filterwarnings("ignore")
def test_a_notebook_that_says_the_same_is_equal(executed: Executed) -> None:
    path = executed(ORDINARY[:3])
    before = path.read_bytes()

    code, shown = verified(path)

    assert (code, shown.splitlines()[-1]) == (0, "✓ re-run: all 3 cells equal")
    assert "re-running cell 2 of 3: print(sum(numbers)" in shown
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.parent.iterdir() if "rerun" in entry.name] == []


def test_an_unseeded_random_number_is_found(executed: Executed) -> None:
    code, shown = verified(executed(["import random", "print(random.random())"]))

    assert code == 1
    assert "re-run: 1 of 2 cells differs" in shown
    assert "cell 2" in shown
    assert "printed text, line 1" in shown


def test_a_deleted_cell_is_found(executed: Executed) -> None:
    path = executed(["rate = 3", "print(rate * 2)"])
    notebook = nbformat.read(path, as_version=4)
    del notebook.cells[0]
    nbformat.write(notebook, path)

    code, shown = verified(path)

    assert code == 1
    assert "name 'rate' is not defined" in shown


def test_hidden_state_is_found(executed: Executed) -> None:
    path = executed(["total = 0", "total += 5\nprint(total)"], order=[0, 1, 1])

    code, shown = verified(path)

    assert code == 1
    assert "`10` then, `5` now" in shown


def test_an_out_of_order_notebook_is_found(executed: Executed) -> None:
    code, shown = verified(executed(["print(rate)", "rate = 3"], order=[1, 0]))

    assert code == 1
    assert "cell 1" in shown
    assert "NameError" in shown


def test_an_edited_output_is_found(executed: Executed) -> None:
    path = executed(["print('p = 0.04')"])
    path.write_text(path.read_text().replace("p = 0.04\\n", "p = 0.001\\n"))

    assert verified(path)[0] == 1


def test_what_cells_write_does_not_touch_the_folder(executed: Executed) -> None:
    source = "with open('log.txt', 'a') as log:\n    log.write('x')\nprint(open('log.txt').read())"
    path = executed([source])
    log = path.with_name("log.txt")
    assert log.read_text() == "x"

    code, shown = verified(path)

    assert (code, log.read_text()) == (1, "x")
    assert "`xx` now" in shown

    log.unlink()
    assert verified(path)[0] == 0
    assert verified(path, in_place=True)[0] == 0
    assert log.read_text() == "x"


def test_data_beside_the_folder_are_read_and_folders_read_alike(executed: Executed) -> None:
    sources = ["import os\nprint(os.getcwd(), open('../data.csv').read(), os.listdir('.git'))"]
    (path := executed(["1"])).parent.joinpath(".git").mkdir()
    path.parent.parent.joinpath("data.csv").write_text("a,b")

    assert verified(executed(sources))[0] == 0


def test_an_error_that_was_there_is_no_difference(executed: Executed, tmp_path: Path) -> None:
    error = new_output("error", ename="ValueError", evalue="kept on purpose", traceback=["…"])
    cells = [new_code_cell(ORDINARY[3], outputs=[error]), new_code_cell("print(1)")]
    cells[1].outputs = [new_output("stream", text="1\n")]
    path = tmp_path / "a.ipynb"
    nbformat.write(new_notebook(cells=cells), path)

    assert verified(path)[0] == 0


def test_a_notebook_that_never_ran_is_not_called_equal(tmp_path: Path) -> None:
    nbformat.write(new_notebook(cells=[new_code_cell("print(1)")]), tmp_path / "a.ipynb")

    code, shown = verified(tmp_path / "a.ipynb")

    assert code == 1
    assert "had no outputs" in shown


def test_the_time_limit_ends_it(tmp_path: Path) -> None:
    cells = [new_code_cell("1"), new_code_cell("import time\ntime.sleep(600)")]
    nbformat.write(new_notebook(cells=cells), tmp_path / "a.ipynb")

    code, shown = verified(tmp_path / "a.ipynb", seconds=3)

    assert code == 74
    assert "cell 2 did not end in time" in shown


def test_a_kernel_that_dies_is_told(tmp_path: Path) -> None:
    cells = [new_code_cell("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")]
    nbformat.write(new_notebook(cells=cells), tmp_path / "a.ipynb")

    code, shown = verified(tmp_path / "a.ipynb")

    assert code == 1
    assert "the kernel died in cell 1" in shown


def test_a_stop_ends_it_within_a_cell(tmp_path: Path) -> None:
    stop = threading.Event()
    sleeping = new_notebook(cells=[new_code_cell("import time\ntime.sleep(600)")])
    nbformat.write(sleeping, tmp_path / "a.ipynb")
    cells = FileDocument.open(tmp_path / "a.ipynb").cells()
    again = Rerun(tmp_path, "python3", 600, Redactor([]))

    found = again.play(cells, stop, lambda *_: stop.set())

    assert (found.ran, found.stopped) == (0, "interrupted")
    assert exit_code(found) == INTERRUPTED


def test_a_folder_that_is_too_large_is_not_copied(
    executed: Executed, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = executed(["1"])
    (path.parent / "big.bin").write_bytes(b"x" * 3000)
    monkeypatch.setattr("k2_jupyter.hosts.scratch.MOST_BYTES", 3000)

    with pytest.raises(SettingsError, match=r"too much to copy.*--in-place"):
        verified(path)


def test_a_notebook_may_not_choose_what_runs_it(tmp_path: Path) -> None:
    metadata = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}
    notebook = new_notebook(cells=[new_markdown_cell("x")], metadata=metadata)
    nbformat.write(notebook, tmp_path / "a.ipynb")

    with pytest.raises(SettingsError, match=r"written in R: name its kernel with --kernel"):
        verified(tmp_path / "a.ipynb")
    with pytest.raises(SettingsError, match=r"no kernel `nowhere`"):
        verified(tmp_path / "a.ipynb", kernel="nowhere")
    assert verified(tmp_path / "a.ipynb", kernel="python3") == (0, "✓ re-run: no code cells\n")


@pytest.mark.parametrize("content", ["", "{}", '{"nbformat": 9, "cells": []}'])
def test_what_is_no_notebook_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.ipynb").write_text(content)

    with pytest.raises(SettingsError, match="notebook"):
        verified(tmp_path / "a.ipynb")
