"""A notebook of the sidebar as one HTML page, run again first where that is wanted."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from k2_jupyter.adapters import notebook_file
from k2_jupyter.adapters.kernel_spec import check_kernel
from k2_jupyter.adapters.notebook_json import cell_of
from k2_jupyter.adapters.report import CodeView, render
from k2_jupyter.errors import DocumentError, KernelError, SettingsError
from k2_jupyter.hosts.lab.provenance import of_cells
from k2_jupyter.hosts.rerunning import SECONDS, Progress, Rerun, as_metadata
from k2_jupyter.journal.redaction import Redactor
from k2_jupyter.messages import Json
from k2_jupyter.notebook.base import Cell
from k2_jupyter.notebook.rerun import Verification
from k2_jupyter.settings import state_folder

_NO_RERUN = "The notebook was not run again: {} Export it without the re-run, or put that right."


class ExportError(Exception):
    """There is no page; says why and what to do, for people."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the page asked for."""

    file: Path
    """Where the server's contents have the notebook; read by nobody here."""
    notebook: Mapping[str, Any]
    """As the page has it, saved or not; of any content."""
    code: CodeView
    kernel_name: str = ""
    """To run it again first: the kernel spec of the notebook's session; "" for not."""


@dataclass(frozen=True, slots=True)
class Exported:
    html: str
    verification: Verification | None

    def as_json(self, name: str) -> dict[str, Json]:
        """For the page, which saves it under that name."""
        return {"name": name, "html": self.html, "verified": self._verified()}

    def _verified(self) -> dict[str, Json] | None:
        found = self.verification
        if found is None:
            return None
        return {
            "equal": found.equal,
            "sentence": found.sentence,
            "differences": [asdict(one) for one in found.differences],
        }


def export(
    wanted: Wanted, redactor: Redactor, stop: threading.Event, progress: Progress
) -> Exported:
    """Takes as long as the notebook's cells do; `stop` ends it. Raises `ExportError`."""
    try:
        notebook = _read(wanted, redactor)
    except DocumentError as problem:
        raise ExportError(str(problem)) from None
    cells = [cell_of(raw) for raw in notebook["cells"]]
    found = None
    if wanted.kernel_name:
        found = _again(wanted, cells, redactor, stop, progress)
        _note(notebook, found, cells)
    html = render(
        notebook,
        code=wanted.code,
        title=None,
        fallback_title=wanted.file.stem,
        written=of_cells(state_folder(), wanted.file, cells),
    )
    return Exported(html, found)


def _read(wanted: Wanted, redactor: Redactor) -> dict[str, Any]:
    clean = redactor.json(cast("Json", wanted.notebook))
    return notebook_file.parse(json.dumps(clean).encode(), wanted.file, repair=True)


def _again(
    wanted: Wanted,
    cells: list[Cell],
    redactor: Redactor,
    stop: threading.Event,
    progress: Progress,
) -> Verification:
    try:
        check_kernel(wanted.kernel_name)
        again = Rerun(wanted.file.parent, wanted.kernel_name, SECONDS, redactor)
        return again.play(cells, stop, progress)
    except (KernelError, SettingsError) as problem:
        raise ExportError(_NO_RERUN.format(problem)) from None


def _note(notebook: dict[str, Any], found: Verification, cells: list[Cell]) -> None:
    """Put it where the report reads it, over what the notebook says of an earlier time."""
    known = notebook["metadata"].get("k2")
    k2 = dict(known) if isinstance(known, Mapping) else {}
    notebook["metadata"]["k2"] = {**k2, "verification": as_metadata(found, cells)}
