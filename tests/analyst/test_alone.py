"""The notebooks run without k2_jupyter, print the same again, and hold no dead code."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from tests.analyst.conftest import Analyse, Analysis

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


@pytest.mark.parametrize("kind", TASKS)
def test_the_code_stands_alone(kind: str, analyse: Analyse) -> None:
    analysis = analyse(TASKS[kind], flats())

    source = "\n".join(analysis.code)
    assert "k2_jupyter" not in source
    again = run(
        [sys.executable, "-"], f"import matplotlib; matplotlib.use('pdf')\n{source}", analysis
    )
    assert again.returncode == 0, again.stderr
    assert again.stdout.split() == analysis.printed.split()
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--select=F,E731,B", "-"]
    checked = run([*ruff, "--ignore=B905,B007"], source, analysis)
    assert checked.returncode == 0, checked.stdout


def run(command: list[str], text: str, analysis: Analysis) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        input=text,
        cwd=analysis.folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
