"""`PageDocument`: the cells of a notebook that is open in JupyterLab pages.

The server keeps a replica and tells the pages what to change; one of them, the lead, tells
what the user changed. What stands in a page is the user's: only the page itself replaces a
source, when it still is the one that the change was made from.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from k2_jupyter.adapters.page_replica import Replica
from k2_jupyter.adapters.page_view import Errand, Page, View
from k2_jupyter.adapters.pages import LiveRun, Pages
from k2_jupyter.errors import CellChangedError, CellNotFoundError, StopRequested
from k2_jupyter.messages import Json
from k2_jupyter.notebook.base import Cell, CellKind
from k2_jupyter.notebook.changes import Change, Changes
from k2_jupyter.outputs import Output

ANSWER_SECONDS = 5.0
"""How long the lead page may take to answer a change; then the replica decides."""


class PageDocument:
    """A `Document` in pages. One thread edits it; the pages talk from another."""

    def __init__(self, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._answer_seconds = answer_seconds
        self._lock = threading.Lock()
        self._replica = Replica()
        self._pages = Pages(self._replica)
        self.stop = threading.Event()
        """Ends a wait for a page; the host sets the turn's own here."""

    @property
    def anchor(self) -> str | None:
        """The cell that the next new one goes behind, and which that one then is.

        ``None``: new cells go to the end. Where the anchor is deleted, its predecessor
        takes its place; "" is the place before all cells.
        """
        return self._replica.anchor

    @anchor.setter
    def anchor(self, cell_id: str | None) -> None:
        with self._lock:
            self._replica.anchor = cell_id if cell_id in self._replica.cells else None

    @property
    def facts(self) -> Mapping[str, Json]:
        """Of the turn (``turn``, ``step``, ``model``): put into the mark of each cell."""
        return self._replica.facts

    @facts.setter
    def facts(self, facts: Mapping[str, Json]) -> None:
        self._replica.facts = facts

    @property
    def noted(self) -> Changes:
        """What is done to the cells goes here, but for what the user does; set for each turn."""
        return self._replica.noted

    @noted.setter
    def noted(self, changes: Changes) -> None:
        self._replica.noted = changes

    @property
    def made(self) -> frozenset[str]:
        """Ids of the cells that the agent made, in this turn and before."""
        with self._lock:
            return frozenset(one for one in self._replica.cells if self._replica.past(one).made)

    # The agent's side

    def cells(self) -> Sequence[Cell]:
        with self._lock:
            return tuple(self._replica.cells.values())

    def cell(self, cell_id: str) -> Cell:
        with self._lock:
            return self._replica.cell(cell_id)

    def insert(
        self,
        source: str,
        *,
        kind: CellKind = "code",
        after: str | None = None,
        metadata: Mapping[str, Json] | None = None,
    ) -> Cell:
        """In the replica at once; ``after=None`` means behind the anchor."""
        with self._lock:
            cell = self._replica.insert(source, kind, after, metadata)
            for view in self._pages:
                view.insert(cell, self._replica.before(cell.id))
            return cell

    def replace(self, cell_id: str, source: str, *, seen: str) -> Cell:
        """Also raises `StopRequested`. A page that does not answer leaves it to the replica."""
        with self._lock:
            cell = self._replica.cell(cell_id)
            cell.check(seen)
            new = self._replica.rewritten(cell, source)
            sent = {view: view.replace(new, seen) for view in self._pages.having(cell_id)}
            errand = self._deciding(sent) or Errand.alone("replace", new)
        self._await(errand, new, seen)
        return new

    def delete(self, cell_id: str, *, seen: str) -> None:
        """As `replace`."""
        with self._lock:
            cell = self._replica.cell(cell_id)
            cell.check(seen)
            self._replica.leaving(cell)
            front = tuple(self._replica.before(cell_id))
            sent = {view: view.delete(cell) for view in self._pages.having(cell_id)}
            errand = self._deciding(sent) or Errand.alone("delete", cell)
        self._await(errand, cell, seen)
        if errand.was or errand.attachments:
            with self._lock:
                metadata = {**errand.was, **cell.metadata}
                whole = replace(cell, metadata=metadata, attachments=errand.attachments)
                self._replica.noted.note(Change(cell.id, whole, None, front=front))

    def restore(self, cell: Cell, *, seen: str) -> None:
        """`cell` in the place of the one with its id: source, mark and outputs. As `replace`."""
        with self._lock:
            known = self._replica.cell(cell.id)
            known.check(seen)
            self._replica.changed(known, cell)
            views = self._pages.having(cell.id) if known.source != cell.source else ()
            errand = self._deciding({view: view.replace(cell, seen) for view in views})
        self._await(errand or Errand.alone("replace", cell), cell, seen)
        with self._lock:
            for view in self._pages.having(cell.id) if cell.kind == "code" else ():
                view.outputs(cell)

    def adopt(self, cell: Cell, front: Sequence[str]) -> None:
        """A cell of the agent's from before this server's life; where it is lost, put it back."""
        with self._lock:
            past = self._replica.past(cell.id)
            if cell.id in self._replica.cells:
                past.made = True
                past.written.add(cell.hash)
                return
        if not past.gone:
            self.put_back(cell, front)

    def put_back(self, cell: Cell, front: Sequence[str]) -> None:
        """A cell that was deleted, with its id and outputs; `front`: the cells before it."""
        with self._lock:
            self._replica.put_back(cell, front)
            for view in self._pages:
                view.insert(cell, self._replica.before(cell.id))
                if cell.kind == "code":
                    view.outputs(cell)

    def set_outputs(
        self, cell_id: str, outputs: Sequence[Output], execution_count: int | None
    ) -> None:
        """Pages that followed the run have them already; the others are told."""
        with self._lock:
            cell = self._replica.set_outputs(cell_id, outputs, execution_count)
            followers = self._pages.end(cell_id)
            if cell is None:
                return
            for view in self._pages.having(cell_id):
                if view.page in followers or (view.shares and followers):
                    view.shows(cell)
                else:
                    view.outputs(cell)

    def update_display(self, display_id: str, data: Mapping[str, Json]) -> None:
        with self._lock:
            self._replica.update_display(display_id, data)
            self._pages.tell("display", display_id=display_id, data=data)

    def save(self) -> None:
        """Ask the lead page to write the file; one request at a time, the last one surely."""
        with self._lock:
            self._pages.save()

    @property
    def is_unsaved(self) -> bool:
        """Was a save asked for that no page has answered?"""
        with self._lock:
            return self._pages.is_unsaved

    @property
    def ran(self) -> frozenset[str]:
        """Ids of the cells whose outputs are of a run of the agent's."""
        with self._lock:
            return frozenset(one for one in self._replica.cells if self._replica.past(one).counts)

    def written(self, version: str) -> None:
        """The server has written the file: the next page may save over that version."""
        with self._lock:
            self._pages.version = version

    def mirror(self, cell_id: str, run: str) -> None:
        """A run of that cell begins: the pages follow the messages of this request."""
        with self._lock:
            self._replica.running.add(cell_id)
            self._pages.begin(cell_id, run)

    def take_user_changes(self) -> list[str]:
        """What the user did to the cells since this was asked last, a line each."""
        with self._lock:
            return self._replica.changes.take(self._replica.cells)

    # The pages' side

    def attach(
        self, page: Page, cells: Any, *, live: LiveRun | None = None, shares: bool = False
    ) -> None:
        """A page with these cells (as on the wire) comes, for the first time or again.

        `live` is the run that was under way just before this call. `shares`: the pages
        exchange what is done in them by themselves, outputs too (jupyter-collaboration).
        """
        with self._lock:
            self._pages.add(page, cells, live, shares=shares)

    def detach(self, page: Page) -> None:
        """The page is gone."""
        with self._lock:
            self._pages.remove(page)

    def has(self, page: Page) -> bool:
        """Is it attached?"""
        with self._lock:
            return self._pages.of(page) is not None

    def lead(self, page: Page) -> None:
        """This page asked: from now on the document follows it."""
        with self._lock:
            view = self._pages.of(page)
            if view is not None and view is not self._pages.lead:
                self._pages.lead_by(view)

    def leads(self, page: Page) -> bool:
        """Is it this page that the document follows?"""
        lead = self._pages.lead
        return lead is not None and lead.page is page

    def taken(self, page: Page, message: Mapping[str, Any]) -> None:
        """A page's ``changed`` or ``done``."""
        with self._lock:
            view = self._pages.of(page)
            if view is None:
                return
            if message.get("op") == "done":
                errand = view.done(message)
                if errand is not None:
                    self._answered(view, errand)
            elif message.get("op") == "changed":
                deeds = view.changed(message)
                if view is self._pages.lead:
                    self._replica.follow(deeds, [*view.cells])

    # The lead's answers

    def _deciding(self, sent: Mapping[View, Errand]) -> Errand | None:
        return sent.get(self._pages.lead) if self._pages.lead is not None else None

    def _await(self, errand: Errand, cell: Cell, seen: str) -> None:
        """Until the page has answered or is gone: then the replica decides."""
        self._wait(errand.over)
        with self._lock:
            if not errand.refused:
                if not errand.counted:
                    self._replica.cell(cell.id).check(seen)
                    self._count(errand, cell)
                return
        said = f"Cell `{cell.id}` stays as it is: {errand.why}"
        if errand.current is None:
            raise CellNotFoundError(said)
        raise CellChangedError(said, current=errand.current)

    def _wait(self, over: threading.Event) -> None:
        until = time.monotonic() + self._answer_seconds
        while not over.wait(min(0.1, max(0.0, until - time.monotonic()))):
            if self.stop.is_set():
                raise StopRequested
            if time.monotonic() >= until:
                return

    def _answered(self, view: View, errand: Errand) -> None:
        cell = errand.cell
        if cell is None:
            self._pages.saved(errand)
        elif view is not self._pages.lead:
            errand.refused = False  # another page leads by now: this one does not decide
        elif errand.refused:
            if errand.current is not None and cell.id in view.cells:
                self._replica.take_source(view.cells[cell.id])
                self._replica.reorder([*view.cells])
        elif errand.what == "insert":
            if cell.id not in self._replica.cells and view.has(cell.id):
                self._replica.take(cell)
            self._replica.reorder([*view.cells])
        elif errand.what in ("replace", "delete"):
            self._count(errand, cell)
        errand.over.set()

    def _count(self, errand: Errand, cell: Cell) -> None:
        """The replica has the change from now on; again where the user had undone it."""
        known = self._replica.cells.get(cell.id)
        if known is not None and errand.what == "delete":
            self._replica.delete(cell.id)
        elif known is not None:
            new = replace(known, source=cell.source) if errand.counted else cell
            self._replica.cells[cell.id] = new
        errand.counted = True
