"""Figure records as a kernel sends them, made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def figure(*axes: dict[str, Any], title: str = "", **more: Any) -> dict[str, Any]:
    head = {"version": 1, "library": "matplotlib", "title": title, "size": [640, 480]}
    return {**head, "axes": list(axes), "faults": [], **more}


def panel(*series: dict[str, Any], title: str = "", **more: Any) -> dict[str, Any]:
    return {"title": title, "series": list(series), **more}


def axis(label: str, scale: str = "linear", **more: Any) -> dict[str, Any]:
    return {"label": label, "scale": scale, "limits": [0, 10], "ticks": ["0", "5"], **more}


def series(kind: str = "line", rows: Sequence[Sequence[Any]] = (), **more: Any) -> dict[str, Any]:
    width = len(rows[0]) if rows else 0
    columns = ["x", "y", "low", "high"][:width]
    return {"kind": kind, "count": len(rows), "columns": columns, "rows": rows, **more}


def fault(code: str, axes: int = 1, **more: Any) -> dict[str, Any]:
    return {"code": code, "axes": axes, **more}
