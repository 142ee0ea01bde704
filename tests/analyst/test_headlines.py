"""The key figures that a conclusion marks for the report."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.analyst.conftest import Analyse

pytestmark = pytest.mark.usefixtures("undrawn")

RNG = np.random.default_rng(3)
FRAME = pd.DataFrame(
    {
        "year": np.arange(1900, 2000),
        "rain": RNG.normal(5, 1, 100),
        "heat": RNG.normal(50, 9, 100),
        "harvest": RNG.normal(20, 3, 100),
        "soil": list("abcd") * 25,
        "blight": RNG.choice(["yes", "no"], 100),
        "height_before": RNG.normal(9, 1, 100),
        "height_after": RNG.normal(11, 1, 100),
    }
)


@pytest.mark.parametrize(
    ("task", "headline"),
    [
        ("Did the height improve from before to after?", "Hedges' g"),
        ("How did the harvest develop over the years?", "slope of harvest a year"),
        ("Correlate rain, heat and harvest", "rho, rain and heat"),
        ("Is the blight associated with the soil?", "Cramér's V"),
        ("Regress harvest on rain and heat", "coefficient of rain"),
    ],
)
def test_a_few_claims_are_key_figures(task: str, headline: str, analyse: Analyse) -> None:
    claims = analyse(task, FRAME).conclusion.claims

    marked = [claim.headline for claim in claims if claim.headline]
    assert 2 <= len(marked) <= 4
    assert headline in marked, marked
