"""What the model is told of the notebook, behind the request or instead of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from k2_jupyter.errors import CellNotFoundError, SettingsError
from k2_jupyter.hosts.data.files import DataFile, inspect
from k2_jupyter.hosts.data.named import literal, named_files
from k2_jupyter.hosts.data.told import begun, fact_line, tables_told, whole
from k2_jupyter.hosts.lab.prompts import load
from k2_jupyter.hosts.lab.wire import Ask
from k2_jupyter.messages import Json
from k2_jupyter.notebook.base import Cell, CellRun, Document
from k2_jupyter.notebook.cutting import cut
from k2_jupyter.notebook.observation import observe
from k2_jupyter.notebook.text import neutral
from k2_jupyter.outputs import ErrorOutput

_MOST_VARIABLES = 100
_LONGEST = 200
_SOURCE = 20_000
_SHOWN = 4_000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is there when a turn begins."""

    folder: Path
    """Of the notebook: the kernel's working folder, unless somebody changed it."""
    root: Path
    """Of the server: what a page's paths are relative to."""
    document: Document
    variables: Mapping[str, str]
    """Name → a line; of a kernel that is busy none."""
    tables: Sequence[Mapping[str, Json]] = ()
    """What is known of those that hold a table."""
    kernel: Sequence[str] = ()
    """In what it is not as other kernels."""
    news: Sequence[str] = ()
    """What the user did since the last turn, and what became of the kernel."""


def task(asked: Ask, document: Document) -> str:
    """The request as the model gets it. Raises `CellNotFoundError`."""
    if asked.mode not in ("fix", "explain"):
        return asked.request
    cell = document.cell(asked.cell)
    return load(
        asked.mode,
        cell=cell.id,
        hash=cell.hash,
        source=neutral(cut(cell.source, _SOURCE)),
        shown=_shown(cell),
        request=asked.request,
    )


def title(asked: Ask) -> str:
    """The request as people read it."""
    if asked.mode not in ("fix", "explain"):
        return asked.request
    return f"{asked.mode.capitalize()} cell {asked.cell}. {asked.request}".strip()


def briefing(asked: Ask, around: Surroundings) -> str:
    """Files, variables, attachments and news; everything that is data is JSON on one line."""
    lines = begun(list(_files(asked, around)))
    lines += around.kernel
    lines += tables_told(around.tables)
    attached = list(_attached(asked, around))
    if attached:
        lines.append("Attached by the user, one JSON object a line:")
        lines += map(fact_line, attached)
    lines.append("The kernel and the notebook are the user's, who goes on working in both.")
    named = {table.get("variable") for table in around.tables}
    others = [(name, text) for name, text in around.variables.items() if name not in named]
    if others:
        lines.append("Other variables of the user:" if named else "Variables of the user:")
        shown = others[:_MOST_VARIABLES]
        lines += [literal(f"{name}: {text}"[:_LONGEST]) for name, text in shown]
    if around.news:
        lines.append("Since your last turn:")
        lines += map(literal, around.news)
    selected = f" Cell {asked.after} is selected; new cells go behind it." if asked.after else ""
    lines.append(f"Notebook: {len(around.document.cells())} cells.{selected}")
    return whole(lines)


def _files(asked: Ask, around: Surroundings) -> Iterator[DataFile]:
    """Those that the request names and those that are attached, each once."""
    found = {file.path: file for file in named_files(asked.request, around.folder)}
    root = around.root.resolve()
    for one in asked.attached:
        if one["kind"] == "file":
            path = root / one["path"]
            try:
                if path.resolve().is_relative_to(root):
                    file = inspect(path, around.folder)
                    found[file.path] = file
            except (SettingsError, OSError, ValueError):
                continue  # `_attached` names it; the model will see what is wrong with it
    yield from found.values()


def _attached(asked: Ask, around: Surroundings) -> Iterator[Mapping[str, Json]]:
    for one in asked.attached:
        match one:
            case {"kind": "cell", "cell": cell_id}:
                yield _cell(cell_id, around.document)
            case {"kind": "selection", "cell": cell_id, "text": text}:
                yield {"attached": "selection", "cell": cell_id, "text": cut(text, _SOURCE)}
            case {"kind": "variable", "name": name}:
                told = around.variables.get(
                    name, "not known now: the kernel is busy, or it is gone"
                )
                yield {"attached": "variable", "name": name, "is": told}
            case {"kind": "file", "path": path}:
                yield {"attached": "file", "name": path}


def _cell(cell_id: str, document: Document) -> Mapping[str, Json]:
    try:
        cell = document.cell(cell_id)
    except CellNotFoundError:
        return {"attached": "cell", "cell": cell_id, "gone": True}
    return {
        "attached": "cell",
        "cell": cell.id,
        "hash": cell.hash,
        "source": neutral(cut(cell.source, _SOURCE)),
        "shows": _shown(cell),
    }


def _shown(cell: Cell) -> str:
    """What the cell has put out, as the model reads any run."""
    if cell.kind != "code" or not (cell.outputs or cell.execution_count):
        return ""
    failed = any(isinstance(output, ErrorOutput) for output in cell.outputs)
    run = CellRun(
        cell.id,
        "error" if failed else "ok",
        cell.outputs,
        execution_count=cell.execution_count,
    )
    return observe(run, source_hash=cell.hash, budget=_SHOWN).text
