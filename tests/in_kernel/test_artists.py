"""What matplotlib draws is told as series, over a corpus of figures on random data."""

from __future__ import annotations

import json

import numpy as np
import pytest

from k2_jupyter.in_kernel.artists import series_of
from tests.in_kernel.corpus_expected import is_told
from tests.in_kernel.corpus_matplotlib import FIGURES


@pytest.mark.filterwarnings("ignore")  # the libraries' own, about each other
@pytest.mark.parametrize("seed", [0, 1])
def test_what_the_figures_draw_is_told(seed: int) -> None:
    missing, total = [], 0
    for place, make in enumerate(FIGURES):
        figure, expected = make(np.random.default_rng([seed, place]))
        figure.draw_without_rendering()
        told = [series_of(axes) for axes in figure.axes]
        json.dumps(told, allow_nan=False)
        name = f"{make.__module__.rpartition('.')[2]}.{make.__name__}"
        missing += [f"{name}: {one}" for one in expected if not is_told(one, told[one.axes])]
        total += len(expected)

    assert len(missing) <= 0.05 * total, "\n".join(missing)
