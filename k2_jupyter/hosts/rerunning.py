"""A notebook run again in a new kernel, in a copy of its folder."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

from k2_jupyter.adapters.client_kernel import ClientKernel, kernel_environment
from k2_jupyter.adapters.kernel_messages import Redactor
from k2_jupyter.events import CellStarted, EventStream
from k2_jupyter.hosts.scratch import scratch_copy
from k2_jupyter.messages import Json
from k2_jupyter.notebook.base import Cell
from k2_jupyter.notebook.compare import Move
from k2_jupyter.notebook.rerun import Verification, code_cells, fingerprint, rerun

MOST_DIFFERENCES = 100
"""Cells that a notebook's metadata names as different."""
SECONDS = 3600.0
"""For all cells together, unless the user says otherwise."""

Progress: TypeAlias = Callable[[int, int, str], None]
"""Told before each cell: its number from 1, of how many, and what it is for."""


@dataclass(frozen=True, slots=True)
class Rerun:
    """How a notebook is run again."""

    folder: Path
    """Its working folder; absolute."""
    kernel_name: str
    seconds: float
    redactor: Redactor
    refuse: Callable[[str], str] = lambda _: ""
    only: Collection[str] | None = None
    """What of the folder the copy holds (`scratch.standing_in`); ``None``: all."""
    in_place: bool = False
    """In the folder itself: the cells may change what is there."""

    def play(
        self, cells: Sequence[Cell], stop: threading.Event, progress: Progress
    ) -> Verification:
        """Run the cells in a new kernel.

        Raises `SettingsError` where the folder can't be copied, `KernelError` where no
        kernel can be had.
        """
        environment = kernel_environment(os.environ)
        with (
            self._place() as place,
            ClientKernel(self.kernel_name, place, environment, redactor=self.redactor) as kernel,
        ):
            events = rerun(
                cells,
                kernel,
                stop,
                seconds=self.seconds,
                refuse=self.refuse,
                move=Move(str(place), str(self.folder)),
            )
            return _watched(events, len(code_cells(cells)), progress)

    @contextmanager
    def _place(self) -> Iterator[Path]:
        if self.in_place:
            yield self.folder
        else:
            with scratch_copy(self.folder, self.only) as scratch:
                yield scratch


def as_metadata(verification: Verification, cells: Sequence[Cell]) -> dict[str, Json]:
    """``metadata.k2.verification`` of a notebook with these cells, for its report."""
    return {
        "cells": verification.cells,
        "ran": verification.ran,
        "stopped": verification.stopped,
        "differences": [asdict(one) for one in verification.differences[:MOST_DIFFERENCES]],
        "fingerprint": fingerprint(cells),
    }


def _watched(events: EventStream[Verification], count: int, progress: Progress) -> Verification:
    number = 0
    while True:
        try:
            event = next(events)
        except StopIteration as end:
            found: Verification = end.value
            return found
        if isinstance(event, CellStarted):
            number += 1
            progress(number, count, event.purpose)
