"""A task may mean some of the rows only."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from tests.analyst.conftest import Analyse
from tests.analyst.sound import is_sound


@pytest.fixture(scope="module")
def harvest() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    crop, soil = np.tile(["wheat", "rye", "oats"], 160), np.repeat(["clay", "sand"], 240)
    frame = pd.DataFrame({"crop": crop, "soil": soil, "year": np.arange(480) // 6 % 8 + 2001})
    frame["day"] = pd.to_datetime(frame["year"].astype(str) + "-07-01").dt.strftime("%d.%m.%Y")
    better = np.where((frame["year"] == 2004) & (crop == "rye"), 9, 0)
    return frame.assign(harvest=rng.normal(40, 3, 480).round(1) + better)


@pytest.mark.parametrize(
    ("task", "condition", "rows"),
    [
        ("Compare the harvest by crop in 2004", "year = 2004", 60),
        ("Does the harvest differ by crop among sand?", "soil = sand", 240),
        ("Does the harvest differ by crop?", "", 480),
        ("Compare the harvest by crop from 2001 to 2008", "", 480),
        ("Is the harvest higher for rye?", "", 480),
        ("How did the harvest change over the years for oats?", "crop = oats", 160),
        ("Compare the harvest by crop without 2004", "year ≠ 2004", 420),
        ("Compare the harvest by crop without rye", "crop ≠ rye", 320),
        (
            "Compare harvest by soil, leaving out the crops oats and Rye",
            "crop ≠ oats and crop ≠ rye",
            160,
        ),
        (
            "Compare the harvest by crop except for the years 2001 and 2002",
            "year ≠ 2001 and year ≠ 2002",
            360,
        ),
        ("Compare the harvest by crop without adjusting for clay", "", 480),
    ],
)
def test_the_rows_that_are_meant_are_used(
    task: str, condition: str, rows: int, harvest: pd.DataFrame, analyse: Analyse
) -> None:
    analysis = analyse(task, harvest.drop(columns="day"))

    caveats = " ".join(analysis.conclusion.caveats)
    assert (f"Only the rows with `{condition}` were used: {rows} of 480." in caveats) == bool(
        condition
    )
    assert re.search(rf"^rows used: (n = )?{rows}\b", analysis.printed, re.MULTILINE)
    is_sound(analysis)


def test_a_year_is_looked_for_in_dates(harvest: pd.DataFrame, analyse: Analyse) -> None:
    analysis = analyse("Compare the harvest by crop in 2004", harvest.drop(columns="year"))

    assert "Only the rows with `day = 2004` were used" in " ".join(analysis.conclusion.caveats)
    assert "highest: `crop = rye`" in analysis.conclusion.text
    is_sound(analysis)

    analysis = analyse("Compare the harvest by crop without 2004", harvest.drop(columns="year"))

    assert "Only the rows with `day ≠ 2004` were used" in " ".join(analysis.conclusion.caveats)
    is_sound(analysis)
