"""The notebook format 4.5 and our records: outputs, cells, and a cell's JSON text."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, TypeAlias

from k2_jupyter.messages import Json
from k2_jupyter.notebook.base import Cell, CellKind
from k2_jupyter.notebook.text import valid_unicode
from k2_jupyter.outputs import Display, ErrorOutput, Output, Stream, StreamName

RawCell: TypeAlias = dict[str, Any]
"""A cell as the notebook format has it, texts joined."""

_SPLIT_TYPES = ("image/svg+xml", "application/javascript")


def output_of(raw: Mapping[str, Any]) -> Output:
    """The record of an output in the notebook format."""
    match raw.get("output_type"):
        case "stream":
            name: StreamName = "stderr" if raw.get("name") == "stderr" else "stdout"
            return Stream(name, _joined(raw.get("text", "")))
        case "error":
            return ErrorOutput(
                str(raw.get("ename", "")),
                str(raw.get("evalue", "")),
                tuple(map(str, raw.get("traceback", ()))),
            )
    data = {
        kind: _joined(content) if _is_text(kind) else content
        for kind, content in raw.get("data", {}).items()
    }
    return Display(data, raw.get("metadata", {}), execution_count=raw.get("execution_count"))


def raw_output(output: Output) -> dict[str, Any]:
    """An output in the notebook format."""
    match output:
        case Stream(name, text):
            return {"output_type": "stream", "name": name, "text": text}
        case ErrorOutput(ename, evalue, traceback):
            return {
                "output_type": "error",
                "ename": ename,
                "evalue": evalue,
                "traceback": list(traceback),
            }
        case Display(data, metadata, _, count):
            shown = {"data": dict(data), "metadata": dict(metadata)}
            if count is None:
                return {"output_type": "display_data", **shown}
            return {"output_type": "execute_result", "execution_count": count, **shown}


def cell_of(raw: RawCell) -> Cell:
    """The record of a cell in the notebook format."""
    kind: CellKind = raw["cell_type"]
    return Cell(
        raw["id"],
        kind,
        _joined(raw["source"]),
        tuple(map(output_of, raw.get("outputs", ()))),
        raw.get("execution_count"),
        raw.get("metadata", {}),
        raw.get("attachments", {}),
    )


def cell_text(raw: RawCell) -> str:
    """A cell as it stands in a file: nbformat's own layout, indented by two."""
    return _dumped(_split(raw)).replace("\n", "\n  ")


def notebook_text(cells: list[str], others: Mapping[str, Any]) -> str:
    """A whole notebook file, of the texts of its cells and its other fields."""
    rest = _dumped(others)[1:]
    if not cells:
        return f'{{\n "cells": [],{rest}\n'
    parts = [",\n  "] * (2 * len(cells) + 1)
    parts[0], parts[1::2], parts[-1] = '{\n "cells": [\n  ', cells, f"\n ],{rest}\n"
    return "".join(parts)  # once: it is the whole file, at each save


def _dumped(value: Any) -> str:
    try:
        text = _encode(value, allow_nan=False)
    except ValueError:  # NaN is no JSON: JupyterLab could not open the file
        text = _encode(_finite(value), allow_nan=False)
    return valid_unicode(text)


def _encode(value: Any, *, allow_nan: bool) -> str:
    return json.dumps(
        value,
        ensure_ascii=False,
        allow_nan=allow_nan,
        indent=1,
        sort_keys=True,
        separators=(",", ": "),
    )


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value if not isinstance(value, float) or math.isfinite(value) else None


def _split(raw: RawCell) -> RawCell:
    cell = {**raw, "source": raw["source"].splitlines(keepends=True)}
    if "outputs" in cell:
        cell["outputs"] = [_split_output(output) for output in cell["outputs"]]
    return cell


def _split_output(raw: Mapping[str, Any]) -> dict[str, Any]:
    output = dict(raw)
    if isinstance(output.get("text"), str):
        output["text"] = output["text"].splitlines(keepends=True)
    if "data" in output:
        output["data"] = {
            kind: content.splitlines(keepends=True)
            if _is_text(kind) and isinstance(content, str)
            else content
            for kind, content in output["data"].items()
        }
    return output


def _is_text(media_type: str) -> bool:
    return media_type.startswith("text/") or media_type in _SPLIT_TYPES


def _joined(text: Json) -> Any:
    return "".join(map(str, text)) if isinstance(text, list) else text
