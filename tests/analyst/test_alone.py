"""The notebooks run without k2_jupyter, print the same again, and hold no dead code."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.analyst.conftest import Analyse

pytestmark = pytest.mark.usefixtures("undrawn")

TASKS = {
    "two samples": "Does the rent differ by pets?",
    "paired": "Compare score before with score after",
    "association": "Are pets associated with the city?",
    "correlation": "Correlation matrix of the columns",
    "line": "Is the rent related to the area?",
    "regression": "Regress rent on area and city",
    "logistic": "Does the area affect the pets?",
    "trend": "How did the rent develop over the years?",
    "counts": "How many rows per month? Show the trend",
    "dashboard": "Compare the rent by city with a dashboard",
}


def flats() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    n = 400
    frame = pd.DataFrame({"area": rng.normal(70, 20, n).round(1), "pets": ["no", "yes"] * 200})
    frame["city"] = rng.choice(["Oslo", "Rome", "Wien"], n)
    frame["rent"] = (
        frame["area"] * 11 + rng.normal(0, 90, n) + 40 * (frame["pets"] == "yes")
    ).round()
    frame["area"] += 9 * (frame["pets"] == "yes")
    frame["score before"] = rng.normal(50, 9, n).round(1)
    frame["score after"] = (frame["score before"] + rng.normal(1, 4, n)).round(1)
    frame["day"] = pd.date_range("2018-01-01", periods=n, freq="5D").astype(str)
    return frame


ALONE = """\
import contextlib, io, json, os, sys, traceback
import matplotlib
matplotlib.use("pdf")
for line in sys.stdin:
    folder, source = json.loads(line)
    os.chdir(folder)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            exec(source, {"__name__": "__main__"})
        except Exception:
            traceback.print_exc(file=printed)
    print(json.dumps(printed.getvalue()), flush=True)
"""
"""Runs each source in a namespace of its own; the packages, which take longest, load once."""


@pytest.fixture(scope="module")
def printed_alone() -> Iterator[Callable[[Path, str], str]]:
    """``printed_alone(folder, source)``: what plain Python prints, in a process without us."""
    with subprocess.Popen(
        [sys.executable, "-c", ALONE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as python:
        assert python.stdin is not None
        assert python.stdout is not None
        asked, told = python.stdin, python.stdout

        def run(folder: Path, source: str) -> str:
            print(json.dumps([str(folder), source]), file=asked, flush=True)
            printed: str = json.loads(told.readline())
            return printed

        yield run


@pytest.mark.parametrize("kind", TASKS)
def test_the_code_stands_alone(
    kind: str, analyse: Analyse, printed_alone: Callable[[Path, str], str]
) -> None:
    analysis = analyse(TASKS[kind], flats())

    source = "\n".join(analysis.code)
    assert "k2_jupyter" not in source
    assert printed_alone(analysis.folder, source).split() == analysis.printed.split()
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--select=F,E731,B", "-"]
    checked = subprocess.run(
        [*ruff, "--ignore=B905,B007"], input=source, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
