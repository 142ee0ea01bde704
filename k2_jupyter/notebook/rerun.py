"""A notebook run again from top to bottom, and whether it says the same."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from k2_jupyter.events import EventStream
from k2_jupyter.notebook.base import Cell, CellRun, Kernel, Notebook
from k2_jupyter.notebook.compare import Move, difference
from k2_jupyter.notebook.memory import MemoryDocument
from k2_jupyter.notebook.text import valid_unicode
from k2_jupyter.outputs import Display, ErrorOutput, Output, Stream


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that did not put out the same."""

    cell: str
    number: int
    """Of the code cell in the notebook, from 1."""
    what: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of running a notebook again."""

    cells: int
    """Code cells with a source."""
    ran: int
    differences: tuple[Difference, ...] = ()
    stopped: str = ""
    """Why it ended before the last cell; "" where it did not."""
    out_of_time: bool = False
    interrupted: bool = False

    @property
    def equal(self) -> bool:
        """Every cell ran again and said the same."""
        return not self.stopped and not self.differences

    @property
    def sentence(self) -> str:
        """The result in a line."""
        count = len(self.differences)
        differ = f"{count} of {_cells(self.cells)} {'differs' if count == 1 else 'differ'}"
        if self.stopped and not self.ran:
            return f"not re-run: {self.stopped}"
        if self.stopped:
            so_far = f"; {differ}" if count else ""
            return f"re-run: {self.ran} of {_cells(self.cells)}, then {self.stopped}{so_far}"
        if count:
            return f"re-run: {differ}"
        return f"re-run: all {_cells(self.cells)} equal" if self.cells else "re-run: no code cells"


def _cells(count: int) -> str:
    return f"{count} cell" if count == 1 else f"{count} cells"


def _anything(_source: str) -> str:
    return ""


_STAY: Final = Move()


def rerun(
    cells: Sequence[Cell],
    kernel: Kernel,
    stop: threading.Event,
    *,
    seconds: float,
    refuse: Callable[[str], str] = _anything,
    move: Move = _STAY,
) -> EventStream[Verification]:
    """Run the code cells in order in `kernel`, which must be new, and compare the outputs.

    `cells` stay as they are. All runs together may take `seconds`. A cell that fails does
    not end it; `stop`, the time, a dead kernel and a source that `refuse` gives a reason
    against do, for what follows would not be what it was. Raises `KernelError` where no
    kernel can be had.
    """
    code = code_cells(cells)
    document = MemoryDocument.of(cells)
    notebook = Notebook(document, kernel)
    deadline = time.monotonic() + seconds
    ran, stopped = 0, ""
    for number, cell in enumerate(code, 1):
        if stopped := _hindrance(refuse(cell.source), number, stop, deadline):
            break
        left = deadline - time.monotonic()
        run = yield from notebook.run_cell(
            cell.id, cell.source, purpose=_purpose(cell), timeout=max(left, 0.0), stop=stop
        )
        if stopped := _failure(run, number, stop):
            break
        ran += 1
    late = bool(stopped) and time.monotonic() >= deadline
    return Verification(
        len(code),
        ran,
        tuple(_differences(code[:ran], document, move)),
        stopped,
        out_of_time=late,
        interrupted=bool(stopped) and stop.is_set(),
    )


def _differences(ran: Sequence[Cell], document: MemoryDocument, move: Move) -> Iterator[Difference]:
    for number, cell in enumerate(ran, 1):
        what = difference(cell.outputs, document.cell(cell.id).outputs, move)
        if what:
            unseen = "" if cell.outputs or cell.execution_count else "had no outputs; "
            yield Difference(cell.id, number, unseen + what)


def code_cells(cells: Sequence[Cell]) -> list[Cell]:
    """Those that there is something to run of."""
    return [cell for cell in cells if cell.kind == "code" and cell.source.strip()]


def fingerprint(cells: Sequence[Cell]) -> str:
    """SHA-256 of the code and what it put out, to tell that a notebook is as it was verified."""
    digest = hashlib.sha256()
    for cell in code_cells(cells):
        said = [cell.source, *(text for output in cell.outputs for text in _texts(output))]
        digest.update(json.dumps([valid_unicode(text) for text in said]).encode())
    return digest.hexdigest()


def _texts(output: Output) -> list[str]:
    match output:
        case Stream(_, text):
            return [text]
        case ErrorOutput(name, value):
            return [name, value]
        case Display(data):
            return [text for _, text in sorted(data.items()) if isinstance(text, str)]


def _hindrance(refusal: str, number: int, stop: threading.Event, deadline: float) -> str:
    """Why this cell can't be run now, or ""."""
    if stop.is_set():
        return "interrupted"
    if time.monotonic() >= deadline:
        return "the time was up"
    return f"cell {number} was not run without approval ({refusal})" if refusal else ""


def _failure(run: CellRun, number: int, stop: threading.Event) -> str:
    """Why nothing can be run after this, or ""."""
    match run.status:
        case "ok" | "error":
            return ""
        case "timeout":
            return f"cell {number} did not end in time"
        case "dead":
            return f"the kernel died in cell {number}"
    return "interrupted" if stop.is_set() else f"cell {number} did not run"


def _purpose(cell: Cell) -> str:
    """What the cell is for, or the first line of its source."""
    k2 = cell.metadata.get("k2")
    purpose = k2.get("purpose") if isinstance(k2, dict) else None
    return purpose if isinstance(purpose, str) and purpose else cell.source.strip().split("\n")[0]
