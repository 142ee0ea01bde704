"""The JupyterLab pages in which one notebook is open, and which of them leads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from k2_jupyter.adapters.page_cells import from_page
from k2_jupyter.adapters.page_meeting import fill, learn
from k2_jupyter.adapters.page_replica import Replica
from k2_jupyter.adapters.page_view import Errand, Page, View
from k2_jupyter.messages import Json

_SAVE_SECONDS = 30.0
"""After that long a save without an answer is taken for lost."""


class LiveRun(Protocol):
    """A run that is under way, as far as it has come."""

    @property
    def msg_id(self) -> str: ...
    @property
    def outputs(self) -> Sequence[Json]: ...
    @property
    def count(self) -> int | None: ...
    @property
    def seen(self) -> Sequence[str]: ...


class Pages:
    """Not thread-safe."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._views: dict[Page, View] = {}
        self._runs: dict[str, tuple[str, set[Page]]] = {}
        self._saving: Errand | None = None
        self._is_unsaved = False
        self.version = ""
        """Hash of the file as the server wrote it while no page was there; "" for never."""
        self.lead: View | None = None
        """The page that tells what the user does, and saves."""

    def __iter__(self) -> Iterator[View]:
        """Those that are instructed: of pages that share their cells, the lead alone."""
        return (view for view in self._views.values() if view is self.lead or not view.shares)

    def of(self, page: Page) -> View | None:
        """What is known of a page."""
        return self._views.get(page)

    def having(self, cell_id: str) -> list[View]:
        """Pages that have that cell, or will have it in a moment."""
        return [view for view in self if view.has(cell_id)]

    def tell(self, what: str, **fields: Json) -> None:
        """An instruction to all that needs no answer."""
        for view in self:
            view.page.send({"op": "do", "what": what, **fields})

    # They come and go

    def add(self, page: Page, cells: Any, live: LiveRun | None, *, shares: bool = False) -> None:
        """A page with these cells, as on the wire."""
        view = self._views[page] = View(page, from_page(cells), shares=shares)
        if self.lead is None:
            self.lead_by(view)
        elif shares:
            return
        else:
            fill(self._replica, view)
        for cell_id, (run, followers) in self._runs.items():
            refill: dict[str, Json] = {}
            if live is not None and live.msg_id == run:
                refill = {"outputs": live.outputs, "skip": [*live.seen], "count": live.count}
            followers.add(page)
            page.send({"op": "do", "what": "mirror", "cell": cell_id, "run": run, **refill})

    def remove(self, page: Page) -> None:
        """Where it led, the one that came first of the others does."""
        view = self._views.pop(page, None)
        if view is None:
            return
        view.close()
        for _, followers in self._runs.values():
            followers.discard(page)
        if self.lead is view:
            self.lead = None
            for other in self._views.values():
                self.lead_by(other)
                break

    def lead_by(self, view: View) -> None:
        """From now on the replica follows this page."""
        self.lead = view
        learn(self._replica, view)
        fill(self._replica, view)
        if self._saving is not None:  # asked of the page that led before
            self._saving, self._is_unsaved = None, True
        self._save()

    # Runs and saves

    def begin(self, cell_id: str, run: str) -> None:
        """All pages follow that run."""
        self._runs[cell_id] = run, {view.page for view in self}
        self.tell("mirror", cell=cell_id, run=run)

    def end(self, cell_id: str) -> set[Page]:
        """The run of that cell is over; the pages that followed it."""
        return self._runs.pop(cell_id, ("", set()))[1]

    def save(self) -> None:
        """Ask the lead page to, when it has done what it was asked before."""
        self._is_unsaved = True
        self._save()

    @property
    def is_unsaved(self) -> bool:
        """Is a save still to be done that was asked for?"""
        return self._is_unsaved or self._saving is not None

    def saved(self, errand: Errand) -> None:
        """A save was answered."""
        if errand is self._saving:
            self._saving = None
            self._save()

    def _save(self) -> None:
        waits = self._saving is not None and self._saving.age < _SAVE_SECONDS
        if self._is_unsaved and self.lead is not None and not waits:
            self._is_unsaved = False
            self._saving = self.lead.save(self.version)
