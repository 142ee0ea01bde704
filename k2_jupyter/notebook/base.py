"""The port to notebooks: a `Document` (cells by id) and a `Kernel` (where they run).

Tools know only these. Every implementation passes ``tests/notebook/contract.py``.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from k2_jupyter.errors import CellChangedError
from k2_jupyter.events import CellFinished, CellStarted, EventStream, RunStatus
from k2_jupyter.messages import Json
from k2_jupyter.outputs import Output, UpdateDisplay

CellKind: TypeAlias = Literal["code", "markdown", "raw"]


def source_hash(source: str) -> str:
    """First 12 hex digits of the SHA-256 of a source: what an edit names as its base."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it stands now; a snapshot, not a handle."""

    id: str
    kind: CellKind
    source: str
    outputs: tuple[Output, ...] = ()
    execution_count: int | None = None
    metadata: Mapping[str, Json] = field(default_factory=dict)
    attachments: Mapping[str, Json] = field(default_factory=dict)
    """Of a text cell, in the notebook format: its pictures by name, where they are known."""

    @property
    def hash(self) -> str:
        return source_hash(self.source)

    def check(self, seen: str) -> None:
        """Raise `CellChangedError` unless `seen` is the hash of this source."""
        if self.hash != seen:
            raise CellChangedError(
                f"Cell `{self.id}` has hash {self.hash}, not {seen}: it is not what you read.",
                current=self.source,
            )


class Document(Protocol):
    """The cells of one notebook, addressed by their ids."""

    def cells(self) -> Sequence[Cell]:
        """All cells in order."""
        ...

    def cell(self, cell_id: str) -> Cell:
        """One cell. Raises `CellNotFoundError`."""
        ...

    def insert(
        self,
        source: str,
        *,
        kind: CellKind = "code",
        after: str | None = None,
        metadata: Mapping[str, Json] | None = None,
    ) -> Cell:
        """Add a cell behind `after` (``None``: at the end). Raises `CellNotFoundError`."""
        ...

    def replace(self, cell_id: str, source: str, *, seen: str) -> Cell:
        """Change a source; outputs of a code cell go.

        `seen` is the hash of the source that the caller has read. Raises
        `CellChangedError` where the cell is another by now, `CellNotFoundError`.
        """
        ...

    def delete(self, cell_id: str, *, seen: str) -> None:
        """Remove a cell; the same rules as `replace`."""
        ...

    def set_outputs(
        self, cell_id: str, outputs: Sequence[Output], execution_count: int | None
    ) -> None:
        """Keep what a run left. A cell deleted meanwhile is no error."""
        ...

    def update_display(self, display_id: str, data: Mapping[str, Json]) -> None:
        """Replace the content of that display in every cell that shows it."""
        ...

    def save(self) -> None:
        """Make the present state durable. Raises `DocumentError`."""
        ...


@dataclass(frozen=True, slots=True)
class Changes:
    """What a run did to the user's variables; a line of text each."""

    appeared: Mapping[str, str] = field(default_factory=dict)
    """Name → description, for example ``df`` → ``DataFrame, 74301 rows × 11 columns``."""
    changed: Mapping[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    overwritten: tuple[str, ...] = ()
    """Names of variables that the user made and this run rebound or changed in place."""


@dataclass(frozen=True, slots=True)
class CellRun:
    """One run of one cell, and all that came of it."""

    cell: str
    status: RunStatus
    outputs: tuple[Output, ...] = ()
    """Bounded: what the notebook keeps and what the model reads is cut from this."""
    seconds: float = 0.0
    execution_count: int | None = None
    changes: Changes = field(default_factory=Changes)
    spool: Path | None = None
    """File with the printed text in full (capped), when more was printed than kept."""
    updates: tuple[UpdateDisplay, ...] = ()
    """Updates of displays that other cells show."""
    detail: str = ""
    """For ``timeout``, ``dead`` and ``aborted``: what happened, for the model."""
    hints: tuple[str, ...] = ()
    """For ``error``: what the kernel knows of the names on the failing line, a line each."""


class Kernel(Protocol):
    """Runs sources. One at a time."""

    @property
    def epoch(self) -> int:
        """Rises by one each time the namespace was lost."""
        ...

    def run(
        self, cell_id: str, source: str, *, timeout: float | None, stop: threading.Event
    ) -> EventStream[CellRun]:
        """Run a source for a cell; yields a `CellOutput` as each output comes.

        `timeout` is the soft limit in seconds: then the run is interrupted, waited for,
        and the namespace kept. Within 1 s of `stop` the run has ended as well; where it
        does not react to the interrupt, the namespace goes with it, or, in a kernel that
        others use too, the run is given up while it goes on there.
        A failing cell is an ordinary `CellRun`. Raises `KernelError` only where no
        kernel can be had.
        """
        ...

    def describe(self, names: Sequence[str] = (), *, stop: threading.Event) -> Mapping[str, str]:
        """Name → several lines about each of the user's variables (all, or these).

        Bounded in time and size, without side effects. Raises `KernelSilentError` when
        the kernel is busy or has died (the epoch has risen then), `StopRequested`, and
        `KernelError` only where no kernel can be had.
        """
        ...

    def restart(self, *, stop: threading.Event) -> None:
        """Start anew with an empty namespace. Raises `KernelError` and `StopRequested`."""
        ...


@dataclass(slots=True)
class Notebook:
    """A document and its kernel, and which cells the agent made in this turn."""

    document: Document
    kernel: Kernel
    own: set[str] = field(default_factory=set)
    """Ids of cells that the agent made. Kept in memory only: a file can't claim them."""
    runs: dict[str, CellRun] = field(default_factory=dict)
    """Cell id → its newest run in this turn, in the order of running."""
    _users: set[str] = field(default_factory=set, init=False, repr=False)
    """Names of variables that cells of the user's gave when they ran in this turn."""

    def add(
        self,
        source: str,
        *,
        kind: CellKind = "code",
        purpose: str = "",
        after: str | None = None,
        metadata: Mapping[str, Json] | None = None,
    ) -> Cell:
        """A cell of the agent's own, marked as such in its metadata (``k2``).

        The mark is for readers; whose a cell is, `own` decides.
        """
        k2: dict[str, Json] = {"author": "agent", **({"purpose": purpose} if purpose else {})}
        cell = self.document.insert(
            source, kind=kind, after=after, metadata={"k2": {**k2, **(metadata or {})}}
        )
        self.own.add(cell.id)
        return cell

    def purpose(self, cell_id: str) -> str:
        """The one-line purpose that the cell was made with, or ""."""
        k2 = self.document.cell(cell_id).metadata.get("k2")
        purpose = k2.get("purpose") if isinstance(k2, Mapping) else None
        return purpose if isinstance(purpose, str) else ""

    def run_cell(
        self,
        cell_id: str,
        source: str,
        *,
        purpose: str = "",
        timeout: float | None,
        stop: threading.Event,
    ) -> EventStream[CellRun]:
        """Run exactly this source, keep the outputs in the cell and save the document.

        The source is the one that was admitted. Raises `CellChangedError` where the cell
        has become another: the document may have been changed by others meanwhile.
        """
        self.document.cell(cell_id).check(source_hash(source))
        yield CellStarted(cell_id, source, purpose, self.kernel.epoch)
        run = yield from self.kernel.run(cell_id, source, timeout=timeout, stop=stop)
        run = replace(run, changes=self._whose(cell_id, run.changes))
        self.runs.pop(cell_id, None)
        self.runs[cell_id] = run
        self.document.set_outputs(cell_id, run.outputs, run.execution_count)
        for update in run.updates:
            self.document.update_display(update.display_id, update.data)
        self.document.save()
        yield CellFinished(cell_id, run.status, run.seconds, run.execution_count, run.outputs)
        return run

    def _whose(self, cell_id: str, changes: Changes) -> Changes:
        """The changes, with those of the user's names that a cell of the agent's took.

        Each is told once; from then on it is the agent's. The kernel knows what the user
        ran there; whose a cell was that we ran, it does not.
        """
        if cell_id not in self.own:
            self._users |= {*changes.appeared, *changes.changed}
            return replace(changes, overwritten=())
        taken = self._users.intersection(changes.changed)
        self._users -= {*taken, *changes.appeared, *changes.gone}
        others = [name for name in changes.overwritten if name not in taken]
        return replace(changes, overwritten=(*others, *sorted(taken)))
