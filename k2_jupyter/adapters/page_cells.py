"""Cells as they go over the wire to a JupyterLab page and come from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from k2_jupyter.adapters.notebook_json import cell_of, raw_output
from k2_jupyter.messages import Json
from k2_jupyter.notebook.base import Cell
from k2_jupyter.outputs import Display, Output

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""As the notebook format has it: ids are quoted to the model, so they may be no sentences."""
_KINDS = ("code", "markdown", "raw")
_OUTPUTS = ("stream", "error", "display_data", "execute_result")


def to_page(cell: Cell) -> dict[str, Json]:
    """The cell without its outputs, which follow by themselves: they are not trusted as it is."""
    return {
        "id": cell.id,
        "kind": cell.kind,
        "source": cell.source,
        "metadata": dict(cell.metadata),
        "count": None,
        "outputs": [],
        **({"attachments": dict(cell.attachments)} if cell.attachments else {}),
    }


def outputs_to_page(outputs: Sequence[Output]) -> list[dict[str, Json]]:
    """Outputs in the notebook format, with the ids by which later updates find displays."""
    return [_to_page(output) for output in outputs]


def _to_page(output: Output) -> dict[str, Json]:
    raw = raw_output(output)
    if isinstance(output, Display) and output.display_id is not None:
        raw["transient"] = {"display_id": output.display_id}
    return raw


def from_page(cells: Any, known: Mapping[str, Cell] | None = None) -> list[Cell]:
    """What a page said of its cells. What is no cell is left out.

    A cell that comes without outputs has those of the `known` one with its id.
    """
    if not isinstance(cells, list):
        return []
    found = [(raw, cell) for raw in cells if (cell := _cell(raw)) is not None]
    return [
        replace(cell, outputs=known[cell.id].outputs)
        if known and "outputs" not in raw and cell.id in known
        else cell
        for raw, cell in found
    ]


def _cell(raw: Any) -> Cell | None:
    if not isinstance(raw, dict) or raw.get("kind") not in _KINDS:
        return None
    cell_id, source, count = raw.get("id"), raw.get("source"), raw.get("count")
    if not (isinstance(cell_id, str) and _ID.fullmatch(cell_id) and isinstance(source, str)):
        return None
    metadata, outputs = raw.get("metadata"), raw.get("outputs")
    k2 = metadata.get("k2") if isinstance(metadata, dict) else None
    return cell_of(
        {
            "cell_type": raw["kind"],
            "id": cell_id,
            "source": source,
            "metadata": {"k2": k2} if isinstance(k2, dict) else {},
            "execution_count": count if isinstance(count, int) else None,
            "outputs": [one for one in outputs if _is_output(one)]
            if isinstance(outputs, list)
            else [],
        }
    )


def _is_output(raw: Any) -> bool:
    if not isinstance(raw, Mapping) or raw.get("output_type") not in _OUTPUTS:
        return False
    maps = (raw.get("data", {}), raw.get("metadata", {}))
    return (
        all(isinstance(one, Mapping) for one in maps)
        and isinstance(raw.get("traceback", []), list)
        and isinstance(raw.get("text", ""), str | list)
    )
