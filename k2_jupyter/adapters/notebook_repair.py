"""Makes the best of a notebook that breaks its format, for who only wants to look at it."""

from __future__ import annotations

import re
from typing import Any

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KINDS = ("code", "markdown", "raw")


def repaired(notebook: dict[str, Any]) -> dict[str, Any]:
    """`notebook` (any format, as JSON) with what is missing put in and what is odd left out.

    Cells and outputs of a kind that is not known go; texts, ids and metadata of a wrong type
    become empty ones. A notebook that keeps its format comes back as it is.
    """
    fixed = {**notebook, "metadata": _mapping(notebook.get("metadata"))}
    if fixed["nbformat"] < 4:
        sheets = [_mapping(sheet) for sheet in _list(notebook.get("worksheets"))]
        fixed["worksheets"] = [
            {"metadata": {}, **sheet, "cells": _mappings(sheet.get("cells"))} for sheet in sheets
        ]
        return fixed
    cells = _mappings(notebook.get("cells"))
    fixed["cells"] = [_cell(cell) for cell in cells if cell.get("cell_type") in _KINDS]
    return fixed


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    fixed = {
        **cell,
        "metadata": _mapping(cell.get("metadata")),
        "source": _text(cell.get("source")),
    }
    identity = cell.get("id")
    if not (isinstance(identity, str) and _ID.fullmatch(identity)):
        fixed.pop("id", None)
    if "attachments" in cell and not isinstance(cell["attachments"], dict):
        del fixed["attachments"]
    if cell["cell_type"] == "code":
        count = cell.get("execution_count")
        fixed["execution_count"] = count if isinstance(count, int) else None
        outputs = (_output(output) for output in _mappings(cell.get("outputs")))
        fixed["outputs"] = [output for output in outputs if output is not None]
    return fixed


def _output(output: dict[str, Any]) -> dict[str, Any] | None:
    match output.get("output_type"):
        case "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            return {"output_type": "stream", "name": name, "text": _text(output.get("text"))}
        case "error":
            lines = [str(line) for line in _list(output.get("traceback"))]
            said = {key: str(output.get(key, "")) for key in ("ename", "evalue")}
            return {"output_type": "error", **said, "traceback": lines}
        case "execute_result" | "display_data" | "update_display_data":
            shown = {
                "output_type": "display_data",
                "data": _mapping(output.get("data")),
                "metadata": _mapping(output.get("metadata")),
            }
            return shown if shown["data"] else None
    return None


def _text(value: object) -> str | list[str]:
    if isinstance(value, list):
        return [line for line in value if isinstance(line, str)]
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _mappings(value: object) -> list[dict[str, Any]]:
    return [item for item in _list(value) if isinstance(item, dict)]
