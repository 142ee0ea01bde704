"""A notebook file's content with the cells as the server knows them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from k2_jupyter.adapters.notebook_json import RawCell, raw_output
from k2_jupyter.journal.records import encode
from k2_jupyter.notebook.base import Cell

_FORMAT = (4, 5)


def written(
    content: Mapping[str, Any], cells: Sequence[Cell], *, ran: Collection[str]
) -> dict[str, Any]:
    """These cells in the place of those of `content`, a notebook of format 4.

    What a page does not tell of a cell (most metadata, attachments) stays as it stands in
    the file, and so do the outputs of a cell that shows the same run; `ran` are the cells
    whose outputs are known better, because the agent has run them.
    """
    there = _Found(content.get("cells", ()))
    minor = max(_FORMAT[1], int(content.get("nbformat_minor", 0)))
    new = [_cell(cell, there.take(cell), cell.id in ran) for cell in cells]
    known = {"metadata": {}, **content}
    return {**known, "nbformat": _FORMAT[0], "nbformat_minor": minor, "cells": new}


class _Found:
    """The file's cells: by id, and in files that have none by what stands in them."""

    def __init__(self, raws: Sequence[RawCell]) -> None:
        self._by_id = {raw["id"]: raw for raw in raws if "id" in raw}
        self._others = [raw for raw in raws if "id" not in raw]

    def take(self, cell: Cell) -> RawCell | None:
        if cell.id in self._by_id:
            return self._by_id[cell.id]
        for raw in self._others:
            if (raw["cell_type"], raw["source"]) == (cell.kind, cell.source):
                self._others.remove(raw)
                return raw
        return None


def _cell(cell: Cell, before: RawCell | None, is_ran: bool) -> RawCell:
    same = before if before is not None and before["cell_type"] == cell.kind else None
    metadata = {**(same or before or {}).get("metadata", {}), **cell.metadata}
    new: RawCell = {"cell_type": cell.kind, **(same or {}), "id": cell.id}
    new |= {"metadata": metadata, "source": cell.source}
    if cell.kind != "code":
        return {**({"attachments": dict(cell.attachments)} if cell.attachments else {}), **new}
    if is_ran or same is None or same.get("execution_count") != cell.execution_count:
        # Of a run that the user has not seen nothing is trusted.
        metadata.pop("trusted", None)
        outputs = [encode(raw_output(output)) for output in cell.outputs]
        new |= {"execution_count": cell.execution_count, "outputs": outputs}
    return new
