"""What is told of the user's variables, as JSON objects."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..errors import hints
from ..values import variables


def after(status: str) -> dict[str, Any]:
    """What became of the variables in a run that ended so, and hints about its error."""
    return _parsed(hints.after_error() if status == "error" else variables.changes())


def lines() -> dict[str, Any]:
    """A line about each variable."""
    return _parsed(variables.lines())


def describe(names: Sequence[str]) -> dict[str, Any]:
    """Some lines about each of these variables; without names a line about each."""
    return _parsed(variables.describe(names))


def _parsed(report: variables.Report) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(repr(report))
    return content
