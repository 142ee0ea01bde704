from __future__ import annotations

import threading

import pytest

from k2_jupyter.events import CellFinished, CellStarted
from k2_jupyter.notebook.base import Changes, Document, Kernel, Notebook
from k2_jupyter.notebook.memory import MemoryDocument, MemoryKernel, Played
from k2_jupyter.outputs import Display, ErrorOutput, Stream, UpdateDisplay
from tests.notebook.contract import (
    DISPLAY,
    FAIL,
    NAME,
    PRINT,
    DocumentContract,
    KernelContract,
    run,
)


class TestMemoryDocument(DocumentContract):
    @pytest.fixture
    def document(self) -> Document:
        return MemoryDocument()


class TestMemoryKernel(KernelContract):
    @pytest.fixture
    def kernel(self) -> Kernel:
        variables: dict[str, str] = {"answer": "int = 42"}
        played = {
            PRINT: Played([Stream("stdout", "hello\n")]),
            DISPLAY: Played([Display({"text/plain": "'shown'"})]),
            FAIL: Played([ErrorOutput("ZeroDivisionError", "division by zero")]),
            NAME: Played(changes=Changes({"answer": "int = 42"})),
        }
        return MemoryKernel(played.__getitem__, variables)


def test_a_played_death_loses_the_namespace() -> None:
    kernel = MemoryKernel(lambda source: Played(status="dead", detail="killed"), {"x": "int = 1"})
    assert run(kernel, "crash").detail == "killed"
    assert (kernel.epoch, kernel.describe(stop=threading.Event())) == (1, {})


def test_a_notebook_keeps_what_a_run_left() -> None:
    shown = Display({"text/plain": "0 %"}, display_id="progress")
    document = MemoryDocument(["show", "update"])
    first, second = document.cells()
    played = {
        "show": Played([shown]),
        "update": Played([UpdateDisplay("progress", {"text/plain": "100 %"})]),
    }
    notebook = Notebook(document, MemoryKernel(played.__getitem__))
    for cell in (first, second):
        events = list(notebook.run_cell(cell.id, cell.source, timeout=None, stop=threading.Event()))
        assert isinstance(events[0], CellStarted)
        assert isinstance(events[-1], CellFinished)
    (kept,) = document.cell(first.id).outputs
    assert isinstance(kept, Display)
    assert kept.data == {"text/plain": "100 %"}
    assert list(notebook.runs) == [first.id, second.id]


def test_a_name_that_a_users_cell_gave_is_the_users_until_the_agent_takes_it() -> None:
    played = {
        "theirs": Played(changes=Changes({"df": "DataFrame"}, {"n": "int = 1 → 2"})),
        "appears": Played(changes=Changes({"other": "int = 1"})),
        "changes": Played(changes=Changes({}, {"df": "other values", "x": "int = 1 → 2"})),
        "told": Played(changes=Changes({}, {"x": "int = 2 → 3"}, (), ("x",))),
        "gone": Played(changes=Changes({}, {}, ("n",))),
        "again": Played(changes=Changes({"n": "int = 1"}, {"df": "other values"})),
        "n": Played(changes=Changes({}, {"n": "int = 1 → 2"})),
    }
    notebook = Notebook(MemoryDocument(["theirs"]), MemoryKernel(played.__getitem__))

    def overwritten(cell_id: str) -> tuple[str, ...]:
        source = notebook.document.cell(cell_id).source
        list(notebook.run_cell(cell_id, source, timeout=None, stop=threading.Event()))
        return notebook.runs[cell_id].changes.overwritten

    (theirs,) = notebook.document.cells()
    assert overwritten(theirs.id) == ()
    assert overwritten(notebook.add("appears").id) == ()
    assert overwritten(notebook.add("changes").id) == ("df",)
    assert overwritten(notebook.add("changes").id) == ()
    assert overwritten(notebook.add("told").id) == ("x",)
    assert overwritten(notebook.add("gone").id) == ()
    assert overwritten(notebook.add("again").id) == ()
    assert overwritten(notebook.add("n").id) == ()
    assert overwritten(theirs.id) == ()
    assert overwritten(notebook.add("n").id) == ("n",)
