"""The rules know no data set by name: other names and other levels give the same findings."""

from __future__ import annotations

import re
from pathlib import Path

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
