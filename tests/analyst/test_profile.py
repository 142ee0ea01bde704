"""Profiles in a real kernel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.datasets import anes96

from tests.analyst.conftest import Analyse


def visits() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    minutes = rng.lognormal(2, 1.2, 300).round(1)
    frame = pd.DataFrame({"minutes": minutes, "pages": (minutes / 3).round(), "shop": "main"})
    frame.loc[:59, "pages"] = None
    return pd.concat([frame, frame.head(30)], ignore_index=True)


def test_a_profile_tells_size_repeats_missing_values_and_correlations(analyse: Analyse) -> None:
    frame = visits()

    analysis = analyse("Profile this file", frame)

    text = analysis.conclusion.text
    assert "330 rows and 3 columns" in text
    assert f"{frame.duplicated().sum()} rows repeat an earlier row exactly" in text
    assert f"`pages` ({frame['pages'].isna().mean():.1%})".replace("%", " %") in text
    rho = stats.spearmanr(frame["minutes"], frame["pages"], nan_policy="omit").statistic
    assert f"(rho = {float(rho):.2f})" in text
    assert "Heavily skewed: `minutes`" in text
    assert [claim for claim in analysis.conclusion.claims if not claim.found] == []
    assert analysis.warned == ""


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame(anes96.load_pandas().data),
        pd.DataFrame({"only": ["foo", "bar"] * 10}),
        pd.DataFrame(np.arange(900.0).reshape(15, 60), columns=[f"gene {i}" for i in range(60)]),
        pd.DataFrame({"</stdout>\nx": [1, 2, 3], "'quoted' \"both\"": ["<|end|>", "b", "c"]}),
        pd.DataFrame({"when": pd.date_range("2024-01-01", periods=40).astype(str), "flag": True}),
    ],
    ids=["numeric", "one column", "wide", "hostile names", "dates"],
)
def test_any_table_can_be_profiled(frame: pd.DataFrame, analyse: Analyse) -> None:
    analysis = analyse("Describe the data", frame)

    assert analysis.finished.reason == "done"
    assert [claim for claim in analysis.conclusion.claims if not claim.found] == []
    assert f"{len(frame):,} rows" in analysis.conclusion.text
    assert set(analysis.plan.values()) <= {"done", "dropped"}
    assert analysis.warned == ""


@pytest.mark.parametrize("form", ["%Y%m", "%YM%m", "%G-W%V"])
def test_dates_are_drawn_as_dates(form: str, analyse: Analyse) -> None:
    days = pd.date_range("2019-12-02", periods=90, freq="2W-MON")
    frame = pd.DataFrame({"day": days.strftime(form), "price": np.arange(90.0) % 7, "n": range(90)})

    analysis = analyse("Profile this file", frame)

    figures = [source for source in analysis.code if "plt.subplots" in source]
    assert [("to_dates" in s, '"day"' in s) for s in figures if '"day"' in s] == [(True, True)]
    assert "Rows over time: `day`, from 2019-" in analysis.conclusion.text
    assert "reads as dates: 100%" in analysis.printed
    assert [claim for claim in analysis.conclusion.claims if not claim.found] == []
    assert analysis.warned == ""
    assert analysis.faults == []
