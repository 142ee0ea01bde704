"""Levels that pandas takes for missing values."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from k2_jupyter.analyst.missing_words import Kept, levels_taken
from k2_jupyter.analyst.reading import Observation
from tests.analyst.conftest import Analyse
from tests.analyst.sound import is_sound
from tests.analyst.tables import number, table, words

RESULT = words("result", "Some", "Marked")
PLACE = words("place", "EU", "AS", "AF")


def trial() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "result": ["None", "Some", "Marked"] * 30,
            "arm": rng.choice(["drug", "placebo"], 90),
            "age": [np.nan, *rng.normal(50, 9, 89).round(1)],
        }
    )


def test_none_among_words_is_a_group(analyse: Analyse) -> None:
    analysis = analyse("Does age differ by result?", trial())

    assert 'na_values=[""]' in "".join(analysis.code)
    assert '# "None" is a level of result: not missing.' in "".join(analysis.code)
    assert "“None” was kept as a level of `result` (30 rows)" in str(analysis.conclusion.caveats)
    assert "result = None" in analysis.conclusion.text + analysis.printed
    is_sound(analysis)


def test_none_among_numbers_means_missing_everywhere(analyse: Analyse) -> None:
    frame = trial()
    frame["age"] = frame["age"].astype(object).where(frame["age"].notna(), "None")

    analysis = analyse("Does age differ by result?", frame)

    assert "na_values" not in "".join(analysis.code)
    assert "takes such words for missing" not in "".join(analysis.code)
    is_sound(analysis)


@pytest.mark.parametrize(
    ("printed", "kept", "missing"),
    [
        ("'result' holds 'None': n = 30", [Kept("None", ("result",))], []),
        ("'result' holds 'NA': n = 30", [], ["NA"]),
        ("'place' holds 'NA': n = 2", [Kept("NA", ("place",))], []),
        ("'place' holds 'NA': n = 2\n'age' holds 'NA': n = 1", [], ["NA"]),
        ("'result' holds 'None': n = 3\n'age' holds 'NA': n = 1",
         [Kept("None", ("result",))], ["NA"]),
        ("'result' holds 'None': n = 3\n'ok' holds 'None': n = 1", [], ["None"]),
        ("'result' holds 'None': n = 3\n'name' holds 'None': n = 1",
         [Kept("None", ("result",))], []),
    ],
)  # fmt: skip
def test_which_words_are_levels(printed: str, kept: list[Kept], missing: list[str]) -> None:
    names = words("name", "Ann", "Bob", distinct=80)
    profiled = table(RESULT, PLACE, number("age"), words("ok", "True", "False"), names)

    assert levels_taken(Observation(stdout=printed), profiled) == (kept, missing)
