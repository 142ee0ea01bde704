"""Questions about figures, answered by rule from their descriptions alone.

Each answer is compared to the data, over matplotlib or seaborn, plotly and altair.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

from tests.notebook.figures.scenes import SCENES, told

_NUMBER = r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?"
_VALUE = rf'"([^"]*)"|({_NUMBER})'


@dataclass(frozen=True)
class Asked:
    question: str
    scene: str
    answer: Callable[[str], object]
    """From the description."""
    truth: Callable[[Any], object]
    """From the data."""
    unless: str = ""
    """A library that does not draw this."""


# Reading


def series(text: str, name: str = "") -> str:
    """The lines of the first series, or of the one with this name."""
    pattern = rf"(?m)^- [a-z ]+{f' {chr(34)}{name}{chr(34)}' if name else ''}.*(?:\n  .*)?"
    found = re.search(pattern, text)
    assert found is not None, text
    return found[0]


def fact(text: str, what: str, name: str = "") -> float:
    found = re.search(rf"(?<=[:,] ){what} ({_NUMBER})", series(text, name))
    assert found is not None, text
    return float(found[1])


def place(text: str, what: str, name: str = "") -> str:
    """Where it is: a label or a number."""
    found = re.search(rf'(?<=[:,] ){what} \S+ at (?:"([^"]*)"|([^,\n]*))', series(text, name))
    assert found is not None, text
    return found[1] or found[2]


def rows(text: str, name: str = "") -> dict[str, dict[str, float | None]]:
    """Label of a row → its numbers by column."""
    _, _, line = series(text, name).partition("\n  ")
    head, _, body = line.partition(": ")
    columns = [column.strip('"') for column in re.sub(r" \(.*", "", head).split(", ")]
    table: dict[str, dict[str, float | None]] = {}
    for row in body.split("; "):
        cells = re.findall(r'"[^"]*"|\S+', row)
        numbers = [None if cell == "–" else float(cell) for cell in cells[1 : len(columns)]]
        table[cells[0].strip('"')] = dict(zip(columns[1:], numbers, strict=True))
    return table


def column(text: str, name: str) -> dict[str, float | None]:
    """Label of a row → the number of one of the series that share a table."""
    table = re.search(rf"(?m)^- .*\n  \w+, .*\b{name}\b.*$", text)
    assert table is not None, text
    return {label: cells[name] for label, cells in rows(table[0]).items()}


def head(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, text
    return found[1]


QUESTIONS = [
    Asked(
        "Which tree is the tallest?",
        "bars",
        lambda text: place(text, "highest"),
        lambda data: data.set_index("tree")["height"].idxmax(),
    ),
    Asked(
        "Which tree is the smallest?",
        "bars",
        lambda text: place(text, "lowest"),
        lambda data: data.set_index("tree")["height"].idxmin(),
    ),
    Asked(
        "How tall is the elm?",
        "bars",
        lambda text: rows(text)["elm"]["value"],
        lambda data: data["height"][1],
    ),
    Asked(
        "How many bars are there?",
        "bars",
        lambda text: int(head(text, r"bar, (\d+) bars")),
        len,
    ),
    Asked(
        "Where do the error bars of the ash end?",
        "bars",
        lambda text: [rows(text)["ash"]["low"], rows(text)["ash"]["high"]],
        lambda data: [
            data["height"][2] - data["margin"][2],
            data["height"][2] + data["margin"][2],
        ],
        unless="altair",
    ),
    Asked(
        "What is the title?",
        "bars",
        lambda text: head(text, r'title "(.*)"'),
        lambda _: "Heights of trees",
    ),
    Asked(
        "What is measured, in which unit?",
        "bars",
        lambda text: head(text, r'y "([^"]*)"'),
        lambda _: "height (m)",
    ),
    Asked(
        "In which year does the north peak?",
        "lines",
        lambda text: int(place(text, "max", "north")),
        lambda data: data["year"][data["north"].idxmax()],
    ),
    Asked(
        "What is the lowest point of the south?",
        "lines",
        lambda text: fact(text, "min", "south"),
        lambda data: data["south"].min(),
    ),
    Asked(
        "Is the trend of the north rising?",
        "lines",
        lambda text: fact(text, "trend", "north") > 0,
        lambda data: np.polyfit(data["year"], data["north"], 1)[0] > 0,
    ),
    Asked(
        "By how much does the south change in a year?",
        "lines",
        lambda text: fact(text, "trend", "south"),
        lambda data: np.polyfit(data["year"], data["south"], 1)[0],
    ),
    Asked(
        "Which region ends higher?",
        "lines",
        lambda text: max(("north", "south"), key=lambda name: fact(text, "last", name)),
        lambda data: data[["north", "south"]].iloc[-1].idxmax(),
    ),
    Asked(
        "How were the sales of the north in 2007?",
        "lines",
        lambda text: column(text, "north")["2007"],
        lambda data: data["north"][7],
    ),
    Asked(
        "Which regions does the legend name?",
        "lines",
        lambda text: re.findall('"(.*?)"', head(text, 'legend "region": (.*)')),
        lambda _: ["north", "south"],
    ),
    Asked(
        "Between which ages are the points?",
        "points",
        lambda text: [fact(text, "x min"), fact(text, "x max")],
        lambda data: [data["age"].min(), data["age"].max()],
    ),
    Asked(
        "How many points are drawn?",
        "points",
        lambda text: int(head(text, r"scatter, (\d+) points")),
        len,
    ),
    Asked(
        "How closely do age and pay go together?",
        "points",
        lambda text: fact(text, "correlation"),
        lambda data: data["age"].corr(data["pay"]),
    ),
    Asked(
        "Which box has the largest median?",
        "boxes",
        lambda text: place(text, "highest median"),
        lambda data: data.groupby("tree")["height"].median().idxmax(),
    ),
    Asked(
        "How many outliers are drawn?",
        "boxes",
        lambda text: fact(text, "outliers"),
        lambda data: sum(map(_outliers, _by_tree(data).values())),
    ),
    Asked(
        "Which box has the most outliers?",
        "boxes",
        lambda text: max(rows(text).items(), key=lambda row: row[1]["outliers"] or 0)[0],
        lambda data: max(_by_tree(data).items(), key=lambda item: _outliers(item[1]))[0],
    ),
    Asked(
        "Between which values is the middle half of the yews?",
        "boxes",
        lambda text: [rows(text)["yew"]["q1"], rows(text)["yew"]["q3"]],
        lambda data: list(np.quantile(_by_tree(data)["yew"], [0.25, 0.75])),
    ),
    Asked(
        "Which ages are the most frequent?",
        "bins",
        lambda text: float(place(text, "peak").split(" to ")[0]),
        lambda data: 5 * np.histogram(data["age"], range(0, 61, 5))[0].argmax(),
    ),
    Asked(
        "How many people are there in all?",
        "bins",
        lambda text: fact(text, "total"),
        len,
    ),
    Asked(
        "How many people are from 10 to 15 years old?",
        "bins",
        lambda text: rows(text)["10"]["count"],
        lambda data: data["age"].between(10, 15, inclusive="left").sum(),
    ),
    Asked(
        "Which cell is the largest?",
        "cells",
        lambda text: place(text, "max").split(", "),
        lambda data: list(data.stack().idxmax()),
    ),
    Asked(
        "How small is the smallest cell?",
        "cells",
        lambda text: fact(text, "min"),
        lambda data: data.to_numpy().min(),
    ),
    Asked(
        "How much did the ash grow in summer?",
        "cells",
        lambda text: rows(text)["ash"]["summer"],
        lambda data: data.loc["ash", "summer"],
    ),
    Asked(
        "Which slice is the largest?",
        "slices",
        lambda text: place(text, "highest share %"),
        lambda data: data.set_index("tree")["area"].idxmax(),
    ),
    Asked(
        "Which share has the oak?",
        "slices",
        lambda text: rows(text)["oak"]["share %"],
        lambda data: 100 * data["area"][0] / data["area"].sum(),
    ),
    Asked(
        "Which violin has the largest median?",
        "violins",
        lambda text: place(text, "highest median"),
        lambda data: data.groupby("tree")["height"].median().idxmax(),
        unless="altair",
    ),
    Asked(
        "Which violin is widest at the lowest height?",
        "violins",
        lambda text: place(text, "lowest mode"),
        lambda data: data.groupby("tree")["height"].median().idxmin(),
        unless="altair",
    ),
    Asked(
        "How many panels are there?",
        "panels",
        lambda text: int(head(text, r"(?m)^(\d+) axes")),
        lambda data: data["plot"].nunique(),
    ),
    Asked(
        "What are the panels about?",
        "panels",
        lambda text: re.findall(r'(?m)^axes \d+ "(?:plot = )?(plot \d)"', text),
        lambda data: list(data["plot"].unique()),
    ),
    Asked(
        "Is y on a log scale?",
        "powers",
        lambda text: "log scale" in head(text, r'(y "cells".*)'),
        lambda _: True,
    ),
    Asked(
        "Has the figure faults?",
        "powers",
        lambda text: "no faults found" not in text,
        lambda _: False,
    ),
]


def _by_tree(data: Any) -> dict[str, Any]:
    return {name: part["height"] for name, part in data.groupby("tree")}


def _outliers(values: Any) -> int:
    """Tukey's rule, which all three libraries draw by."""
    low, high = np.quantile(values, [0.25, 0.75])
    reach = 1.5 * (high - low)
    return int(((values < low - reach) | (values > high + reach)).sum())


@cache
def scene(name: str, seed: int) -> dict[str, Any]:
    drawn = SCENES[name](np.random.default_rng(seed))
    data = drawn.pop("data")
    return {"data": data, **{library: told(figure) for library, figure in drawn.items()}}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("library", ["matplotlib", "plotly", "altair"])
@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.question)
def test_questions_are_answered_from_the_text_alone(asked: Asked, library: str, seed: int) -> None:
    shown = scene(asked.scene, seed)
    if library == asked.unless or library not in shown:
        pytest.skip(f"{library} does not draw this")
    answer, truth = asked.answer(shown[library]), asked.truth(shown["data"])
    if isinstance(answer, str | bool) or (isinstance(answer, list) and isinstance(answer[0], str)):
        assert answer == truth
    else:
        assert answer == pytest.approx(truth, rel=1e-5)
