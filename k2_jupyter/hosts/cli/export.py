"""`k2 export`: a notebook as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from k2_jupyter.errors import DocumentError, SettingsError

if TYPE_CHECKING:
    from rich.console import Console

    from k2_jupyter.adapters.report import CodeView


def run_export(notebook: Path, output: Path | None, code: CodeView, console: Console) -> int:
    """Write the report beside the notebook, or to `output`; returns 0.

    Raises `SettingsError` with the cause for a file that is missing, no notebook or not
    readable, and for an output that can't be written.
    """
    from k2_jupyter.adapters.report import export

    target = output or notebook.with_suffix(".html")
    if target.is_dir():
        target = target / notebook.with_suffix(".html").name
    if target.exists() and target.samefile(notebook):
        raise SettingsError(f"{target} is the notebook itself: choose another -o.")
    try:
        export(notebook, target, code=code)
    except DocumentError as problem:
        raise SettingsError(str(problem)) from problem
    console.print(str(target), markup=False)
    return 0
