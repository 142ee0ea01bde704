"""Changes of cells as JSON, for a journal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from k2_jupyter.adapters.notebook_json import cell_of, raw_output
from k2_jupyter.journal.records import OUTPUT_CAP, encode
from k2_jupyter.messages import Json
from k2_jupyter.notebook.base import Cell
from k2_jupyter.notebook.changes import Change

_NOTHING: dict[str, Json] = {"outputs": [], "attachments": {}}


def to_record(change: Change) -> dict[str, Json]:
    """``cut``: its outputs, or the pictures in its text, were too long to keep."""
    before = change.before
    shown: dict[str, Json] = _shown(before) if before else {}
    cut = len(json.dumps(shown)) > OUTPUT_CAP
    return {
        "cell": change.cell,
        "before": {**_raw(before), **(_NOTHING if cut else shown)} if before else None,
        "after": change.after,
        "front": list(change.front),
        "count": change.count,
        "cut": cut,
    }


def of_record(record: Mapping[str, Any]) -> Change:
    """Raises what a wrong field raises."""
    before = record["before"]
    return Change(
        record["cell"],
        None if before is None else cell_of(before),
        record["after"],
        tuple(record["front"]),
        record["count"],
    )


def _shown(cell: Cell) -> dict[str, Json]:
    outputs = encode([raw_output(output) for output in cell.outputs])
    return {"outputs": outputs, "attachments": encode(cell.attachments)}


def _raw(cell: Cell) -> dict[str, Json]:
    return {
        "cell_type": cell.kind,
        "id": cell.id,
        "source": cell.source,
        "metadata": encode(cell.metadata),
        "execution_count": cell.execution_count,
    }
