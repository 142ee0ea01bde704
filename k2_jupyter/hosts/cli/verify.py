"""`k2 verify`, and what `k2 run` does at its end: the notebook run again and compared."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from k2_jupyter.adapters.file_document import FileDocument
from k2_jupyter.adapters.kernel_spec import check_kernel
from k2_jupyter.errors import DocumentError, KernelError, SettingsError
from k2_jupyter.events import EndReason
from k2_jupyter.hosts.cli.cell_block import first_line, plain
from k2_jupyter.hosts.cli.signals import stopping
from k2_jupyter.hosts.cli.view import TerminalView
from k2_jupyter.hosts.rerunning import SECONDS, Progress, Rerun
from k2_jupyter.journal.redaction import Redactor, collect_secrets
from k2_jupyter.notebook.rerun import Verification, code_cells
from k2_jupyter.settings import take_keys
from k2_jupyter.tools.triage import Triage

if TYPE_CHECKING:
    from rich.console import Console

EQUAL, DIFFERS, TIME_UP, INTERRUPTED = 0, 1, 74, 130


@dataclass(frozen=True, slots=True)
class AfterTurn:
    """What `k2 run` does with the notebook at its end."""

    rerun: Rerun
    reason: EndReason
    wanted: bool
    """Not switched off by the user."""

    def of(
        self, document: FileDocument, stop: threading.Event, progress: Callable[[str], None]
    ) -> Verification | None:
        """The result, or why there is none; ``None`` where no cell could run."""
        count = len(code_cells(document.cells()))
        if not count:
            return None
        try:
            if self.wanted and self.reason != "failed":
                return self.rerun.play(document.cells(), stop, _lines(progress))
            hindrance = "--no-verify" if not self.wanted else "the turn could not go on"
        except (SettingsError, KernelError) as problem:
            hindrance = str(problem).rstrip(".")
        return Verification(count, 0, stopped=hindrance)


def refusal(triage: Triage, allowed: Collection[str]) -> Callable[[str], str]:
    """Kinds of risk in a source that nobody approves at the end of a turn; "" for none."""

    def refuse(source: str) -> str:
        kinds = {risk.kind for risk in triage(source)} - set(allowed)
        return ", ".join(sorted(kinds))

    return refuse


def run_verify(
    notebook: Path,
    console: Console,
    *,
    kernel: str | None = None,
    seconds: float | None = None,
    in_place: bool = False,
) -> int:
    """Run a notebook again and print what differs; the notebook stays as it is.

    Returns 0 where all cells are equal, 1 where one is not or could not be run, 74 where
    the time was up, 130 after Ctrl-C. Raises `SettingsError` for what the user must change.
    """
    keys = take_keys(os.environ).values()
    path = notebook.resolve()
    try:
        document = FileDocument.open(path)
        chosen = _kernel_for(document, kernel)
    except (DocumentError, KernelError) as problem:
        raise SettingsError(str(problem)) from None
    redactor = Redactor([*keys, *collect_secrets(os.environ, path.parent)])
    again = Rerun(path.parent, chosen, seconds or SECONDS, redactor, in_place=in_place)
    stop = threading.Event()
    view = TerminalView(console, live=console.is_terminal)
    with view, stopping(stop, lambda: False):
        try:
            found = again.play(document.cells(), stop, _lines(view.progress))
        except SettingsError as problem:
            raise SettingsError(f"{problem} --in-place runs it in the folder itself.") from None
    view.verified(found)
    return exit_code(found)


def _lines(show: Callable[[str], None]) -> Progress:
    """Progress as lines of text."""

    def told(number: int, count: int, purpose: str) -> None:
        show(f"re-running cell {number} of {count}: {first_line(purpose)}")

    return told


def exit_code(found: Verification) -> int:
    """Of `k2 verify`, see `arguments.EXIT_CODES`."""
    if found.interrupted:
        return INTERRUPTED
    if found.out_of_time:
        return TIME_UP
    return EQUAL if found.equal else DIFFERS


def _kernel_for(document: FileDocument, chosen: str | None) -> str:
    """The kernel that the user names; else python3, if that is the notebook's language.

    A notebook file may not choose what runs it. Raises `KernelError`, `SettingsError`.
    """
    if chosen is None and document.language not in ("", "python", "python3", "ipython"):
        raise SettingsError(
            f"{document.path.name} is written in {plain(document.language)[:40]}: "
            "name its kernel with --kernel."
        )
    name = chosen or "python3"
    check_kernel(name)
    return name
