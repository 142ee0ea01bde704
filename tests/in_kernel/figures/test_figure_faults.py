"""Planted faults are named, and clean figures are left in peace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.in_kernel.figures import planted_figures as planted
from tests.in_kernel.figures.drawn import codes, record


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    planted.close()


@pytest.mark.parametrize(
    ("code", "maker", "printing"), planted.FAULTY, ids=lambda value: getattr(value, "__name__", "")
)
def test_a_planted_fault_is_named(
    code: str, maker: planted.Maker, printing: dict[str, Any]
) -> None:
    assert code in codes(maker(np.random.default_rng(1)), **printing)


def test_each_code_is_planted_twice() -> None:
    times = Counter(code for code, _, _ in planted.FAULTY)
    assert len(times) == 14
    assert set(times.values()) == {2}


@pytest.mark.filterwarnings("ignore:vert")  # seaborn's own, from matplotlib 3.11
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.full)])
def test_clean_figures_have_no_fault(seed: int) -> None:
    found = {
        maker.__name__: record(maker(np.random.default_rng(seed)))["faults"]
        for maker in planted.CLEAN
    }
    alarms = {name: faults for name, faults in found.items() if faults}
    assert len(found) >= 25
    assert alarms == {}
