"""The rules know no data set by name: other names and other levels give the same findings."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.analyst.conftest import Analyse
from tests.analyst.sound import is_sound

SALARIES = Path(__file__).parents[2] / "example_notebooks/data/ds_salaries_2020_2025.csv"
NAMES = {
    "work_year": "Saison Year",
    "experience_level": "guild",
    "employment_type": "Vertrag",
    "job_title": "Zunft",
    "salary": "earned",
    "salary_currency": "coin currency",
    "salary_in_usd": "earned in EUR",
    "employee_residence": "Heimat",
    "remote_ratio": "afar",
    "company_location": "Burg",
    "company_size": "court",
}
LEVELS: dict[str, dict[object, str]] = {
    "experience_level": {"EN": "apprentice", "EX": "elder", "MI": "fellow", "SE": "master"},
    "company_size": {"S": "palace", "M": "squire", "L": "tavern"},
    "remote_ratio": {0: "cellar", 50: "field", 100: "moor"},
}
TASKS = {
    "two factors": (
        "Does remote_ratio affect salary_in_usd, and does it differ by experience_level?",
        "Does afar affect the earned EUR, and does it differ by guild?",
    ),
    "two samples": (
        "Compare the salary_in_usd of company_size L and M",
        "Compare the earned EUR of court tavern and squire",
    ),
    "association": (
        "Is company_size associated with experience_level?",
        "Is court associated with guild?",
    ),
    "regression": (
        "Regress salary_in_usd on experience_level and work_year",
        "Regress earned EUR on guild and Saison Year",
    ),
    "trend": (
        "How did the salary_in_usd develop over work_year?",
        "How did the earned EUR develop over Saison Year?",
    ),
}


@pytest.fixture(scope="module")
def salaries() -> pd.DataFrame:
    """A part of the file that keeps its rare groups."""
    whole = pd.read_csv(SALARIES)
    return pd.concat([whole.sample(3000, random_state=1), whole.query("remote_ratio == 50")])


def findings(printed: str) -> list[str]:
    """The numbers that the cells printed after the profile, in their order."""
    told = printed.split("rows used", 1)[1]
    found = re.findall(r"(?<![\w.])-?\d[\d,]*\.?\d*(?:e-?\d+)?(?![\w.])", told)
    return [number.rstrip(",") for number in found]


@pytest.mark.parametrize("kind", TASKS)
def test_names_and_levels_change_nothing(
    kind: str, salaries: pd.DataFrame, analyse: Analyse
) -> None:
    task, other = TASKS[kind]
    renamed = salaries.assign(
        **{name: salaries[name].map(levels) for name, levels in LEVELS.items()}
    ).rename(columns=NAMES)

    one, two = analyse(task, salaries), analyse(other, renamed)

    first, second = findings(one.printed), findings(two.printed)
    codes = {"0", "50", "100"}  # levels that were numbers, and no longer are
    assert [n for n in first if n not in codes] == [n for n in second if n not in codes]
    assert len(first) > 20
    is_sound(one)
    is_sound(two)


def changed_words(frame: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Other names, and for every level of text another that keeps their order."""
    text = [
        str(name) for name in frame.select_dtypes(["object", "str"]) if frame[name].nunique() < 8
    ]
    levels = {
        name: {level: f"{'klmnopqr'[i]}olv" for i, level in enumerate(sorted(frame[name].unique()))}
        for name in text
    }
    recoded = frame.assign(**{name: frame[name].map(levels[name]) for name in text})
    return recoded.rename(columns=names)


def trial() -> pd.DataFrame:
    rng = np.random.default_rng(6)
    strain = np.tile(["black", "grey", "white"], 40)
    before = rng.normal(30, 4, 120).round(1)
    frame = pd.DataFrame({"strain": strain, "cage": rng.choice(["low", "top"], 120)})
    return frame.assign(mass_before=before, mass_after=before + rng.normal(1, 2, 120).round(1))


def sales() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    month = pd.date_range("2018-01-01", periods=60, freq="MS").strftime("%Y-%m-%d")
    frame = pd.DataFrame({"month": month, "shop": rng.choice(["east", "west"], 60)})
    return frame.assign(turnover=np.arange(60) + rng.normal(100, 9, 60).round(1))


OTHERS = {
    "paired": (
        trial, "Did the mass rise from mass_before to mass_after?",
        "Did the bulk rise from bulk before to bulk after?",
    ),
    "association": (
        trial, "Is the strain associated with the cage?", "Is the kin associated with the den?",
    ),
    "regression": (
        trial, "Regress mass_after on mass_before and strain",
        "Regress bulk after on bulk before and kin",
    ),
    "trend": (
        sales, "How did the turnover develop over time?", "How did the Ertrag develop over time?",
    ),
    "comparison": (sales, "Compare the turnover by shop", "Compare the Ertrag by Ort"),
}  # fmt: skip
OTHER_NAMES = {
    "strain": "kin", "cage": "den", "mass_before": "bulk before", "mass_after": "bulk after",
    "month": "Datum", "shop": "Ort", "turnover": "Ertrag",
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.usefixtures("undrawn")
def test_so_it_is_with_other_data(kind: str, analyse: Analyse) -> None:
    made, task, other = OTHERS[kind]
    frame = made()

    one, two = analyse(task, frame), analyse(other, changed_words(frame, OTHER_NAMES))

    assert findings(one.printed) == findings(two.printed)
    assert len(findings(one.printed)) > 15
    for analysis in (one, two):
        assert analysis.finished.reason == "done"
        assert [claim for claim in analysis.conclusion.claims if not claim.found] == []
