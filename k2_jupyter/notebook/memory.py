"""A notebook in memory: a document without a file, a kernel that is played by a function."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from k2_jupyter.errors import CellNotFoundError, StopRequested
from k2_jupyter.events import CellOutput, EventStream, RunStatus
from k2_jupyter.messages import Json
from k2_jupyter.notebook.base import Cell, CellKind, CellRun, Changes
from k2_jupyter.notebook.outputs import OutputCollector, updated
from k2_jupyter.outputs import ErrorOutput, Output, OutputChange


class MemoryDocument:
    """A `Document` that nobody else sees. Ids are ``cell1``, ``cell2`` …, or those of `ids`."""

    def __init__(self, sources: Iterable[str] = (), *, ids: Iterator[str] | None = None) -> None:
        self._cells: list[Cell] = []
        self._ids = ids or (f"cell{number}" for number in itertools.count(1))
        for source in sources:
            self.insert(source)

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> Self:
        """A copy of these cells, with their ids."""
        document = cls()
        document._cells = list(cells)
        return document

    def cells(self) -> Sequence[Cell]:
        return tuple(self._cells)

    def cell(self, cell_id: str) -> Cell:
        return self._cells[self._index(cell_id)]

    def insert(
        self,
        source: str,
        *,
        kind: CellKind = "code",
        after: str | None = None,
        metadata: Mapping[str, Json] | None = None,
    ) -> Cell:
        at = len(self._cells) if after is None else self._index(after) + 1
        cell = Cell(next(self._ids), kind, source, metadata=dict(metadata or {}))
        self._cells.insert(at, cell)
        return cell

    def put(self, cell: Cell) -> None:
        """Keep this very cell, id and all: in the place of the one with its id, or last."""
        known = [at for at, kept in enumerate(self._cells) if kept.id == cell.id]
        at = known[0] if known else len(self._cells)
        self._cells[at : at + 1] = [cell]

    def replace(self, cell_id: str, source: str, *, seen: str) -> Cell:
        at = self._unchanged(cell_id, seen)
        self._cells[at] = replace(self._cells[at], source=source, outputs=(), execution_count=None)
        return self._cells[at]

    def delete(self, cell_id: str, *, seen: str) -> None:
        del self._cells[self._unchanged(cell_id, seen)]

    def set_outputs(
        self, cell_id: str, outputs: Sequence[Output], execution_count: int | None
    ) -> None:
        for at, cell in enumerate(self._cells):
            if cell.id == cell_id and cell.kind == "code":
                self._cells[at] = replace(
                    cell, outputs=tuple(outputs), execution_count=execution_count
                )

    def update_display(self, display_id: str, data: Mapping[str, Json]) -> None:
        for at, cell in enumerate(self._cells):
            outputs = tuple(updated(output, display_id, data) for output in cell.outputs)
            self._cells[at] = replace(cell, outputs=outputs)

    def save(self) -> None:
        """Nothing to do: memory is as durable as it gets."""

    def _index(self, cell_id: str) -> int:
        for at, cell in enumerate(self._cells):
            if cell.id == cell_id:
                return at
        raise CellNotFoundError(f"There is no cell `{cell_id}`.")

    def _unchanged(self, cell_id: str, seen: str) -> int:
        at = self._index(cell_id)
        self._cells[at].check(seen)
        return at


@dataclass(frozen=True, slots=True)
class Played:
    """What a played kernel does with a source."""

    outputs: Sequence[OutputChange] = ()
    status: RunStatus | None = None
    """``None``: ``error`` if an `ErrorOutput` is among the outputs, else ``ok``."""
    changes: Changes = field(default_factory=Changes)
    detail: str = ""


class MemoryKernel:
    """A `Kernel` that a function plays: source → what comes of it."""

    def __init__(
        self,
        play: Callable[[str], Played] = lambda source: Played(),
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self._play = play
        self._variables = dict(variables or {})
        self._epoch = 0
        self._count = 0
        self.sources: list[str] = []
        """What was run, in order."""

    @property
    def epoch(self) -> int:
        return self._epoch

    def run(
        self, cell_id: str, source: str, *, timeout: float | None, stop: threading.Event
    ) -> EventStream[CellRun]:
        if stop.is_set():
            return CellRun(cell_id, "interrupted", detail="Stopped before it ran.")
        self.sources.append(source)
        self._count += 1
        count = self._count
        played = self._play(source)
        collector = OutputCollector()
        status = played.status or "ok"
        for change in played.outputs:
            if stop.is_set():
                status = "interrupted"
                break
            if isinstance(change, ErrorOutput) and played.status is None:
                status = "error"
            collector.apply(change)
            yield CellOutput(cell_id, change)
        if status == "dead":
            self._lose()
        return CellRun(
            cell_id,
            status,
            collector.outputs,
            execution_count=count,
            changes=played.changes,
            updates=collector.updates,
            detail=played.detail,
        )

    def describe(self, names: Sequence[str] = (), *, stop: threading.Event) -> Mapping[str, str]:
        if stop.is_set():
            raise StopRequested
        return {name: text for name, text in self._variables.items() if not names or name in names}

    def restart(self, *, stop: threading.Event) -> None:
        if stop.is_set():
            raise StopRequested
        self._lose()

    def _lose(self) -> None:
        self._epoch += 1
        self._count = 0
        self._variables.clear()
