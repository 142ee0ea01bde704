"""A JupyterLab page as `PageDocument` meets it, played: what it does with instructions."""

from __future__ import annotations

import copy
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

from k2_jupyter.adapters.page_document import PageDocument
from k2_jupyter.messages import Json
from k2_jupyter.notebook.base import source_hash

Raw: TypeAlias = dict[str, Any]
"""A cell as it goes over the wire."""


def raw(cell_id: str, source: str = "", *, kind: str = "code", **fields: Any) -> Raw:
    """A cell of a page."""
    cell: Raw = {"id": cell_id, "kind": kind, "source": source, "metadata": {}, "count": None}
    return cell | {"outputs": []} | fields


class PlayedPage:
    """Cells, what came from the server (`inbox`), and what has not reached it yet (`outbox`)."""

    def __init__(self, document: PageDocument, cells: list[Raw]) -> None:
        self.document = document
        self.cells = copy.deepcopy(cells)
        self.inbox: queue.SimpleQueue[Mapping[str, Any]] = queue.SimpleQueue()
        self.outbox: deque[Raw] = deque()
        self.saves: list[list[Raw]] = []
        self.told: list[Mapping[str, Any]] = []
        """Every instruction that was carried out."""
        self.guard: Callable[[str], None] = lambda source: None
        """Called with each source that is about to go."""

    def attach(self, live: Any = None) -> None:
        self.document.attach(self, copy.deepcopy(self.cells), live=live)

    def send(self, message: Mapping[str, Json]) -> None:
        self.inbox.put(message)

    # The user

    def edit(self, cell_id: str, source: str) -> None:
        cell = self.cell(cell_id)
        cell["source"] = source
        self._report(cell)

    def ran(self, cell_id: str, count: int | None, *outputs: Raw) -> None:
        cell = self.cell(cell_id)
        cell.update(count=count, outputs=list(outputs))
        self._report(cell)

    def add(self, cell: Raw, at: int) -> None:
        self.cells.insert(at, copy.deepcopy(cell))
        self._report(cell, order=True)

    def remove(self, cell_id: str) -> None:
        self.cells.remove(self.cell(cell_id))
        self._report(order=True)

    def move(self, cell_id: str, to: int) -> None:
        cell = self.cell(cell_id)
        self.cells.remove(cell)
        self.cells.insert(to, cell)
        self._report(order=True)

    # The extension

    def work(self) -> bool:
        """Carry out the next instruction; False where there is none."""
        try:
            message = self.inbox.get_nowait()
        except queue.Empty:
            return False
        self._carry_out(message)
        return True

    def deliver(self) -> bool:
        """Let the next message reach the server; False where there is none."""
        if not self.outbox:
            return False
        self.document.taken(self, self.outbox.popleft())
        return True

    def settle(self) -> None:
        """Until nothing is under way."""
        while self.work() or self.deliver():
            pass

    @contextmanager
    def working(self) -> Iterator[None]:
        """Answer from another thread, as a page does."""
        stop = threading.Event()

        def loop() -> None:
            while not stop.wait(0.001):
                self.settle()

        thread = threading.Thread(target=loop)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            self.settle()

    def _carry_out(self, message: Mapping[str, Any]) -> None:
        assert message["op"] == "do"
        self.told.append(message)
        answer: Raw = {"op": "done", "id": message.get("id"), "ok": True}
        handle = getattr(self, f"_{message['what']}")
        answer |= handle(message) or {}
        if answer["id"] is not None:
            self.outbox.append(answer)

    def _insert(self, message: Mapping[str, Any]) -> None:
        ids = [cell["id"] for cell in self.cells]
        if message["cell"]["id"] in ids:  # the user has undone its deletion
            return
        after = message["after"]
        at = ids.index(after) + 1 if after in ids else len(ids) if after else 0
        self.cells.insert(at, dict(message["cell"]))

    def _replace(self, message: Mapping[str, Any]) -> Raw | None:
        refusal = self._refusal(message)
        if refusal is None:
            change = {"source": message["source"], "metadata": message["metadata"]}
            self.cell(message["cell"]).update(change, count=None, outputs=[])
        return refusal

    def _delete(self, message: Mapping[str, Any]) -> Raw | None:
        refusal = self._refusal(message)
        if refusal is None:
            cell = self.cell(message["cell"])
            self.cells.remove(cell)
            was = {name: it for name, it in cell["metadata"].items() if name != "k2"}
            lost = {"was": was, "attachments": cell.get("attachments")}
            return {name: it for name, it in lost.items() if it}
        return refusal

    def _refusal(self, message: Mapping[str, Any]) -> Raw | None:
        found = [cell for cell in self.cells if cell["id"] == message["cell"]]
        if not found:
            return {"ok": False, "why": "There is no such cell."}
        current = found[0]["source"]
        if source_hash(current) != message["seen"]:
            return {"ok": False, "current": current, "why": "The cell was changed."}
        self.guard(current)
        return None

    def _outputs(self, message: Mapping[str, Any]) -> None:
        for cell in self.cells:
            if cell["id"] == message["cell"]:
                cell.update(count=message["count"], outputs=list(message["outputs"]))

    def _display(self, message: Mapping[str, Any]) -> None:
        pass

    def _mirror(self, message: Mapping[str, Any]) -> None:
        pass

    def _save(self, message: Mapping[str, Any]) -> None:
        self.saves.append(copy.deepcopy(self.cells))

    # What it has

    def cell(self, cell_id: str) -> Raw:
        return next(cell for cell in self.cells if cell["id"] == cell_id)

    @property
    def sources(self) -> list[tuple[str, str]]:
        return [(cell["id"], cell["source"]) for cell in self.cells]

    def _report(self, *cells: Raw, order: bool = False) -> None:
        message: Raw = {"op": "changed", "cells": copy.deepcopy([*cells])}
        if order:
            message["order"] = [cell["id"] for cell in self.cells]
        self.outbox.append(message)
