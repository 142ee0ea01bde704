"""What every `Document` and every `Kernel` must do. Test classes inherit it."""

from __future__ import annotations

import threading

import pytest

from k2_jupyter.errors import CellChangedError, CellNotFoundError, StopRequested
from k2_jupyter.events import CellOutput
from k2_jupyter.notebook.base import CellRun, Document, Kernel, source_hash
from k2_jupyter.outputs import Display, ErrorOutput, OutputChange, Stream


def run(
    kernel: Kernel,
    source: str,
    *,
    timeout: float | None = 60,
    stop: threading.Event | None = None,
) -> CellRun:
    """Run a source to its end."""
    return run_and_watch(kernel, source, timeout=timeout, stop=stop)[0]


def run_and_watch(
    kernel: Kernel,
    source: str,
    *,
    timeout: float | None = 60,
    stop: threading.Event | None = None,
) -> tuple[CellRun, list[OutputChange]]:
    """Run a source; also what came out while it ran."""
    events = kernel.run("cell1", source, timeout=timeout, stop=stop or threading.Event())
    changes: list[OutputChange] = []
    while True:
        try:
            event = next(events)
        except StopIteration as end:
            result: CellRun = end.value
            return result, changes
        assert isinstance(event, CellOutput)
        assert event.cell == "cell1"
        changes.append(event.change)


class DocumentContract:
    """Needs a fixture `document`: an empty one."""

    def test_cells_stand_where_they_were_put(self, document: Document) -> None:
        first = document.insert("a = 1")
        last = document.insert("# Title", kind="markdown", metadata={"k2": {"author": "agent"}})
        middle = document.insert("b = 2", after=first.id)
        assert document.cells() == (first, middle, last)
        assert len({first.id, middle.id, last.id}) == 3
        assert document.cell(last.id).kind == "markdown"
        assert document.cell(last.id).metadata == {"k2": {"author": "agent"}}

    def test_replace_needs_the_hash_that_was_read(self, document: Document) -> None:
        cell = document.insert("a = 1")
        changed = document.replace(cell.id, "a = 2", seen=cell.hash)
        assert (changed.id, changed.source) == (cell.id, "a = 2")
        with pytest.raises(CellChangedError) as caught:
            document.replace(cell.id, "a = 3", seen=cell.hash)
        assert caught.value.current == "a = 2"
        assert document.cell(cell.id).source == "a = 2"

    def test_replace_takes_the_outputs_away(self, document: Document) -> None:
        cell = document.insert("a")
        document.set_outputs(cell.id, [Stream("stdout", "1\n")], 4)
        assert document.cell(cell.id).execution_count == 4
        changed = document.replace(cell.id, "b", seen=cell.hash)
        assert (changed.outputs, changed.execution_count) == ((), None)

    def test_delete_needs_the_hash_too(self, document: Document) -> None:
        cell = document.insert("a = 1")
        with pytest.raises(CellChangedError):
            document.delete(cell.id, seen=source_hash("other"))
        document.delete(cell.id, seen=cell.hash)
        assert document.cells() == ()

    def test_an_unknown_cell_is_named(self, document: Document) -> None:
        with pytest.raises(CellNotFoundError, match="nowhere"):
            document.cell("nowhere")
        with pytest.raises(CellNotFoundError, match="nowhere"):
            document.insert("a", after="nowhere")
        with pytest.raises(CellNotFoundError, match="nowhere"):
            document.replace("nowhere", "a", seen="")
        with pytest.raises(CellNotFoundError, match="nowhere"):
            document.delete("nowhere", seen="")

    def test_outputs_of_a_deleted_cell_are_no_error(self, document: Document) -> None:
        document.set_outputs("nowhere", [Stream("stdout", "1\n")], 1)
        assert document.cells() == ()

    def test_a_display_is_updated_in_every_cell_that_shows_it(self, document: Document) -> None:
        cells = [document.insert("show"), document.insert("show again")]
        for cell in cells:
            shown = Display({"text/plain": "old"}, display_id="d")
            document.set_outputs(cell.id, [shown, Display({"text/plain": "other"})], 1)
        document.update_display("d", {"text/plain": "new"})
        for cell in cells:
            texts = [
                output.data["text/plain"]
                for output in document.cell(cell.id).outputs
                if isinstance(output, Display)
            ]
            assert texts == ["new", "other"]

    def test_save_keeps_everything(self, document: Document) -> None:
        cell = document.insert("a")
        document.set_outputs(cell.id, [Stream("stdout", "1\n")], 1)
        before = document.cells()
        document.save()
        assert document.cells() == before


PRINT = "print('hello')"
DISPLAY = "display('shown')"
FAIL = "1 / 0"
NAME = "answer = 42"


class KernelContract:
    """Needs a fixture `kernel` in which the sources above do what they do in Python."""

    def test_printed_text_comes_as_it_is_printed_and_is_kept(self, kernel: Kernel) -> None:
        result, changes = run_and_watch(kernel, PRINT)
        assert (result.cell, result.status) == ("cell1", "ok")
        assert changes == [Stream("stdout", "hello\n")]
        assert result.outputs == (Stream("stdout", "hello\n"),)
        assert result.execution_count is not None

    def test_a_display_is_kept(self, kernel: Kernel) -> None:
        (shown,) = run(kernel, DISPLAY).outputs
        assert isinstance(shown, Display)
        assert shown.data["text/plain"] == "'shown'"

    def test_a_failing_cell_is_an_ordinary_run(self, kernel: Kernel) -> None:
        result = run(kernel, FAIL)
        assert result.status == "error"
        (error,) = result.outputs
        assert isinstance(error, ErrorOutput)
        assert (error.ename, error.evalue) == ("ZeroDivisionError", "division by zero")

    def test_variables_are_told_and_described(self, kernel: Kernel) -> None:
        result = run(kernel, NAME)
        assert result.changes.appeared["answer"] == "int = 42"
        stop = threading.Event()
        assert kernel.describe(["answer"], stop=stop) == {"answer": "int = 42"}
        assert "answer" in kernel.describe(stop=stop)

    def test_a_stopped_run_does_not_run(self, kernel: Kernel) -> None:
        stop = threading.Event()
        stop.set()
        result = run(kernel, PRINT, stop=stop)
        assert (result.status, result.outputs) == ("interrupted", ())

    def test_after_a_stop_nothing_is_described_or_restarted(self, kernel: Kernel) -> None:
        stop = threading.Event()
        stop.set()
        before = kernel.epoch
        with pytest.raises(StopRequested):
            kernel.describe(stop=stop)
        with pytest.raises(StopRequested):
            kernel.restart(stop=stop)
        assert kernel.epoch == before

    def test_restart_begins_a_new_epoch(self, kernel: Kernel) -> None:
        run(kernel, NAME)
        before = kernel.epoch
        stop = threading.Event()
        kernel.restart(stop=stop)
        assert kernel.epoch == before + 1
        assert "answer" not in kernel.describe(stop=stop)
        assert run(kernel, PRINT).status == "ok"
