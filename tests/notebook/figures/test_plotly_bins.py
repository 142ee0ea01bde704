"""Bins as plotly.js makes them; what it drew was read from its `calcdata` in a browser."""

from __future__ import annotations

import pytest

from k2_jupyter.notebook.figures.plotly_bins import Wish, bins_of, rough_to_round, wish


def edges(data: list[float], **wanted: float) -> list[float]:
    bins = bins_of(data, Wish(**wanted), dates=False)
    assert bins is not None
    return bins.edges


def test_whole_numbers_stand_in_the_middle_of_their_bins() -> None:
    assert edges([0.0, 1, 1, 2, 3, 3, 3], size=1)[:3] == [-0.5, 0.5, 1.5]
    assert edges([float(x) for x in range(12)], most=7)[:3] == [-0.5, 1.5, 3.5]


def test_edges_avoid_the_values() -> None:
    assert edges([0.5, 1.0, 1.5, 2.0, 2.5], size=0.5)[0] == 0.25


def test_each_bin_holds_its_lower_edge() -> None:
    bins = bins_of([0.2, 3.9], Wish(start=0, end=4, size=1), dates=False)
    assert bins is not None
    assert [bins.place(value) for value in (-0.1, 0, 0.99, 1, 3.5, 4)] == [None, 0, 0, 1, 3, None]


def test_months_are_whole() -> None:
    day = 86_400_000.0
    data = [19_358 * day + place * 7 * day for place in range(60)]  # from 2023-01-01, weekly
    bins = bins_of(data, Wish(size="M1"), dates=True)
    assert bins is not None
    assert bins.label(0) == "2022-12-31 12:00:00 to 2023-01-31 12:00:00"
    assert bins.label(1) == "2023-01-31 12:00:00 to 2023-02-28 12:00:00"
    assert sum(bins.place(value) is not None for value in data) == 60


@pytest.mark.parametrize(
    ("rough", "round_"), [(1.0, 2), (2.0, 5), (5.1, 10), (0.03, 0.05), (70, 100)]
)
def test_rough_sizes_become_round(rough: float, round_: float) -> None:
    assert rough_to_round(rough) == pytest.approx(round_)


def test_wishes_are_read_or_left_out() -> None:
    assert wish({"start": 1, "size": "M3"}, 5, dates=False) == Wish(1.0, None, "M3", 5.0)
    assert wish({"start": [], "size": "Mx"}, -1, dates=False) == Wish()
    assert wish({"start": "1970-01-02"}, None, dates=True).start == 86_400_000


def test_too_many_bins_are_none() -> None:
    assert bins_of([0.0, 1e9], Wish(size=0.1), dates=False) is None
    assert bins_of([], Wish(), dates=False) is None
