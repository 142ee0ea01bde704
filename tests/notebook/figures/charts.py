"""Charts of the tests as the JSON that a notebook's output holds, and how a record is read."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import plotly.io

from tests.in_kernel.figures.corpus_expected import Expected, is_told


def plotly_json(figure: Any) -> dict[str, Any]:
    """A plotly figure as plotly.js gets it."""
    content: dict[str, Any] = json.loads(plotly.io.to_json(figure, engine="json"))
    return content


def share_told(record: dict[str, Any] | None, known: list[Expected]) -> float:
    """How many of the expected facts a record tells."""
    assert record is not None
    axes = record["axes"]
    told = [one.axes < len(axes) and is_told(one, axes[one.axes]["series"]) for one in known]
    return sum(told) / len(told)


def facts(series: dict[str, Any]) -> dict[str, tuple[Any, str]]:
    """The facts of a series by their names."""
    return {name: (value, at) for name, value, at in series["facts"]}


_ODD: list[Any] = [
    None, True, float("nan"), float("inf"), -1, 0, 1e308, 10**400, "", "x", "2024-13-45",
    "9999-12-31", [], {}, [[]], [None], {"a": 1}, "\ud800", [1, "a", None], [[1, 2], [3]],
    {"dtype": "f8", "bdata": "AA"}, {"dtype": "i4", "bdata": "!"}, "M0", "M99999999",
    {"field": "x"},
]  # fmt: skip


def forged(content: Any, seed: int) -> Any:
    """A chart with some of its parts replaced by what never stands there."""
    rng = random.Random(seed)
    content = copy.deepcopy(content)
    places = list(_places(content))
    for holder, key in rng.sample(places, k=min(len(places), rng.choice([1, 2, 4]))):
        holder[key] = copy.deepcopy(rng.choice(_ODD))
    return content


def _places(content: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(content, dict):
        for key, part in content.items():
            yield content, key
            yield from _places(part)
    elif isinstance(content, list):
        for place, part in enumerate(content[:6]):
            yield content, place
            yield from _places(part)
