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
