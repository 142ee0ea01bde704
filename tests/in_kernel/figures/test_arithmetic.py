"""Sums over what figures draw."""

from __future__ import annotations

import itertools
import random
import statistics

import numpy as np
import pytest

from k2_jupyter.in_kernel.figures import arithmetic


@pytest.mark.parametrize("value", [None, "3", float("nan"), float("inf"), 10**400, [], object()])
def test_what_is_no_finite_number_is_none(value: object) -> None:
    assert arithmetic.number(value) is None
    assert arithmetic.rounded(value) is None


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (1234567.89, 1_234_570),
        (1234567, 1_234_567),
        (0.1 + 0.2, 0.3),
        (-2.0, -2),
        (1.23456789e-7, 1.23457e-07),
        (1e300, 1e300),
    ],
)
def test_numbers_have_six_significant_digits(value: float, told: float) -> None:
    assert arithmetic.rounded(value) == told


def test_arrays_of_any_library_become_lists() -> None:
    assert arithmetic.numbers(np.array([1, np.nan, 2.5])) == [1.0, None, 2.5]
    assert arithmetic.listed(np.float64(3)) == [3.0]


def test_quantiles_are_numpys() -> None:
    data = sorted(random.Random(1).gauss(0, 1) for _ in range(31))
    for share in (0.0, 0.25, 0.5, 0.9, 1.0):
        assert arithmetic.quantile(data, share) == pytest.approx(np.quantile(data, share))
    assert arithmetic.quantile([], 0.5) is None


def test_a_fit_is_the_least_squares_line() -> None:
    rng = np.random.default_rng(2)
    xs, ys = rng.normal(5, 2, 40), rng.normal(size=40)
    slope, correlation = arithmetic.fit(xs.tolist(), ys.tolist())
    assert slope == pytest.approx(np.polyfit(xs, ys, 1)[0])
    assert correlation == pytest.approx(statistics.correlation(xs.tolist(), ys.tolist()))


def test_constant_data_have_no_correlation() -> None:
    assert arithmetic.fit([0.1] * 9, list(range(9))) == (None, None)
    slope, correlation = arithmetic.fit([1.0, 2.0, 3.0], [0.1, 0.1, 0.1])
    assert slope == pytest.approx(0)
    assert correlation is None


def test_huge_numbers_overflow_to_nothing() -> None:
    assert arithmetic.fit([1e300, -1e300, 5e299], [1.0, 2.0, 4.0]) == (None, None)


def test_an_outlier_does_not_bend_the_line_it_is_judged_by() -> None:
    xs = [float(x) for x in range(40)]
    ys = [2 * x + (x * 7919) % 5 for x in xs]
    ys[39] = -200.0
    assert arithmetic.outliers(ys, xs) == [39]
    assert arithmetic.outliers(ys[:39], xs[:39]) == []


def test_outliers_where_most_values_are_equal() -> None:
    assert arithmetic.outliers([1.0] * 20 + [9.0]) == [20]
    assert arithmetic.outliers([1.0] * 20) == []


def test_few_values_have_no_outliers() -> None:
    assert arithmetic.outliers([1.0, 1.1, 0.9, 1.0, 50.0]) == []


def test_kept_places_are_even_and_hold_the_wanted_ones() -> None:
    places = arithmetic.kept(1_000, 60, [3, 997, 3])
    assert {0, 3, 997, 999} <= set(places)
    assert len(places) <= 60
    assert max(b - a for a, b in itertools.pairwise(places)) < 25
    assert arithmetic.kept(5, 60) == [0, 1, 2, 3, 4]
