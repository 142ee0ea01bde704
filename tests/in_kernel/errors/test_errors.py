"""Hints about errors, made in this process as a kernel would make them."""

from __future__ import annotations

import linecache
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from k2_jupyter.in_kernel.errors import hints as errors

CELL = "<cell>"
FRAME = pd.DataFrame(
    {
        "Salary in USD": [1.5, 2.0, 3.0],
        "experience level": ["EN", "SE", "MI"],
        "price": ["12", "1,200", "n/a"],
        "api_key": ["s3cr3t-1", "s3cr3t-2", "s3cr3t-3"],
    }
)

Hints = Callable[..., list[str]]


@pytest.fixture
def hints() -> Iterator[Hints]:
    """``hints(source, name=value)``: what is told when the source fails."""

    def told(source: str, **names: Any) -> list[str]:
        linecache.cache[CELL] = len(source), None, source.splitlines(keepends=True), CELL
        names = {"df": FRAME, "pd": pd, "np": np, **names}
        with pytest.raises(BaseException) as caught:  # noqa: PT011 - whichever it is
            exec(compile(source, CELL, "exec"), names)  # noqa: S102 - a cell of the test's own
        return errors.hints(caught.value)

    yield told
    linecache.cache.pop(CELL, None)


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("df['salary_in_usd']", "df has no 'salary_in_usd'; near it: 'Salary in USD'"),
        ("df.groupby('Experience')", "df has no 'Experience'; near it: 'experience level'"),
        ("df.groupby('price')['slary']", "df has no 'slary'; near it: 'Salary in USD'"),
        ("df[['price', 'api']]", "df has no 'api'; near it: 'api_key'"),
        ("df.sort_values('Price')", "df has no 'Price'; near it: 'price'"),
        ("df['zzz']", "df has no 'zzz'; its columns: 'Salary in USD', 'experience level'"),
        ("d = {'Alpha': 1}\nd['alpha']", "d has no 'alpha'; near it: 'Alpha'"),
        ("d = {1: 'a', 2: 'b'}\nd[3]", "d has no 3; its keys: 1, 2"),
        ("s = df['price']\ns['prise']", "s has no 'prise'; its index: 0, 1, 2"),
        ("lenght(df)", "no lenght; near it: len"),
        ("plt.show()", "plt is not imported: import matplotlib.pyplot as plt"),
        ("df.pricee", "no .pricee; near it: .price"),
        ("df.append(df)", "pandas.DataFrame.append is gone; instead: pd.concat([df, other])"),
        ("np.float(1)", "numpy.float is gone; instead: float"),
        ("df.fillna(0, method='ffill')", "fillna(method=…) is gone; instead: df.ffill()"),
        ("f = lambda a, color=1: 0\nf(1, colour=2)", "f has no 'colour'; near it: 'color'"),
        ("x = None\nx.mean()", "what stands before .mean is None"),
        ("import bokeh", "bokeh is not installed; for plots there is: matplotlib, seaborn"),
        ("import scikit_learn", "scikit_learn is imported as sklearn, and that is installed"),
        ("import polarss", "polarss is not installed; near it: polars"),
        ("import scipy.statss", "scipy has no statss; near it: stats"),
        ("from math import sqroot", "math has no sqroot; near it: sqrt"),
        ("from scipy.stats import binom_test", "scipy.stats.binom_test is gone"),
        ("df['price'].astype(float)", "'1,200' stands in row 1 of df['price'], 2 such rows"),
        ("df['price'] + df['Salary in USD']", "df['price']: Series 'price' of"),
        ("bool(df['price'] == 'x')", "several truth values stand where one is needed"),
        ("pd.DataFrame({'a': [1, 2], 'b': df['price']})", "lengths: a 2, b 3"),
        ("np.zeros(3) + df", "df: DataFrame, 3 rows × 4 columns"),
        ("a = np.ones((3, 2))\na + np.ones(5)", "a: ndarray of float64, 3 × 2"),
        ("items = [1, 2, 3]\nitems[5]", "items: list, 3 items"),
        ("raise ExceptionGroup('all', [ValueError('a')])", "it holds 1 exception: ValueError: a"),
    ],
)
def test_a_hint_helps(hints: Hints, source: str, hint: str) -> None:
    assert any(line.startswith(hint) for line in hints(source)), hints(source)


SITES = pd.DataFrame(
    {"flow": range(4)},
    index=pd.MultiIndex.from_product([["weir", "gate"], [2019, 2020]], names=["site", "year"]),
)
BY_NAME = pd.DataFrame({"flow": [1, 2]}, index=["weir", "gate"])
QUARTERS = pd.DataFrame({"flow": [1, 2]}, index=pd.period_range("2020Q1", periods=2, freq="Q"))


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("names.loc['wier']", "names's index has no 'wier'; near it: 'weir'"),
        ("names.loc[['zzz']]", "names's index has no 'zzz'; its labels: 'weir', 'gate'"),
        ("which = 'zzz'\nnames.at[which, 'flow']", "names's index has no 'zzz'"),
        ("names['flow'].loc['wier']", "names's index has no 'wier'; near it: 'weir'"),
        ("names.loc['weir', 'folw']", "names has no 'folw'; near it: 'flow'"),
        ("names.loc['weir']['folw']", "names has no 'folw'; near it: 'flow'"),
        ("quarters.loc['2025Q1']", "quarters's index has no '2025Q1'; PeriodIndex, 2 entries"),
        ("sites.loc[('weir', 1999)]", "sites's index: level year has no 1999; its labels: 2019"),
        ("sites.loc[('weir', 1999), 'flow']", "sites's index: level year has no 1999"),
        ("sites.iloc[:3].loc[('gate', 2020)]", "sites: DataFrame"),
        (
            "sites = sites.iloc[:3]\nsites.loc[('gate', 2020)]",
            "sites's index: 2020 stands in its levels",
        ),
        ("sites.xs(1999, level='year')", "sites's index: level year has no 1999"),
        ("sites.xs('gaet')", "sites's index: level site has no 'gaet'; near it: 'gate'"),
    ],
)
def test_a_label_of_a_row(hints: Hints, source: str, hint: str) -> None:
    told = hints(source, names=BY_NAME, quarters=QUARTERS, sites=SITES)
    assert any(line.startswith(hint) for line in told), told
    assert "its columns" not in str(told)


def test_a_column_of_polars(hints: Hints) -> None:
    told = hints("frame.select('Pay')", frame=pl.DataFrame({"pay": [1], "name": ["a"]}))
    assert told[0] == "frame has no 'Pay'; near it: 'pay'"


def test_files_near_the_name(hints: Hints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    for name in ("salaries.csv", "data/sales.csv", ".env"):
        (tmp_path / name).touch()
    assert hints("open('Salary.csv')") == [
        "the working folder has no 'Salary.csv'; near it: 'salaries.csv'"
    ]
    assert hints("open('sales.csv')")[-1] == "a file of that name: 'data/sales.csv'"
    assert hints("open('datta/deep/x.csv')")[0].endswith("no 'datta'; near it: 'data'")
    assert ".env" not in str(hints("open('zzz')"))


FUNCTION = """
class Shop:
    def __init__(self):
        self.rows = [{'price': 1}]
        self.password = 'hunter2'
    def total(self, tax):
        return self.rows[0]['prise'] * tax + len(self.password)

Shop().total(
    2)
"""


def test_locals_of_the_deepest_frame_of_the_users(hints: Hints) -> None:
    told = hints(FUNCTION)
    assert any(line.startswith("self.rows: list, 1 item") for line in told)
    assert "tax: int = 2" in told
    assert "hunter2" not in str(told)


def test_the_thing_that_was_indexed_is_told_and_no_other(hints: Hints) -> None:
    assert hints("df['price'] = other['x']", other={"y": 1})[0].startswith("other has no 'x'")
    told = hints("if other['x']: df['price'] = 1", other={"y": 1})
    assert told == ["other has no 'x'; its keys: 'y'", "other: dict, 1 item: {'y': 1}"]


def test_a_syntax_error_has_none(hints: Hints) -> None:
    assert hints("x = (") == []


def test_secrets_are_not_told(hints: Hints) -> None:
    assert "s3cr3t" not in str(hints("token + 1", token="s3cr3t"))
    assert "s3cr3t" not in str(hints("df['api_key'].astype(float)"))


HOSTILE = """
class Hostile(Exception):
    touched = []
    def __getattribute__(self, name):
        Hostile.touched.append(name)
        raise RuntimeError
    __str__ = __repr__ = __len__ = __eq__ = __hash__ = __bool__ = __getattribute__

class Meta(type):
    def __instancecheck__(cls, instance): Hostile.touched.append('meta')
    def __subclasscheck__(cls, other): Hostile.touched.append('meta')

class Odd(dict, metaclass=Meta):
    @property
    def columns(self): Hostile.touched.append('columns')
    def __getitem__(self, key): raise KeyError(thing)
    def keys(self): Hostile.touched.append('keys')
    __iter__ = items = keys

thing, odd = Hostile(), Odd()
"""


@pytest.mark.parametrize(
    "line", ["odd['x'], thing", "odd + thing.x.y", "raise thing", "sum(odd, thing)", "thing.name"]
)
def test_nothing_of_the_users_is_called(hints: Hints, line: str) -> None:
    names: dict[str, Any] = {}
    exec(compile(HOSTILE, "<hostile>", "exec"), names)  # noqa: S102 - a cell of the test's own
    touched = names["Hostile"].touched
    before: list[int] = []

    def mark() -> None:
        before.append(len(touched))

    source = f"try:\n    {line}\nfinally:\n    mark()\n"
    hints(source, **names, mark=mark)
    assert len(touched) == before[0]


def test_a_subclass_of_a_frame_is_not_asked(hints: Hints) -> None:
    class Mine(pd.DataFrame):
        @property  # type: ignore[misc]
        def columns(self) -> Any:
            asked.append(1)
            return super().columns

    asked: list[int] = []
    mine = Mine({"a": [1]})
    asked.clear()
    hints("{'b': 1}['a'], mine", mine=mine)
    assert asked == []


def test_hints_are_bounded(hints: Hints) -> None:
    names = {f"name_{n}": list(range(1_000)) for n in range(100)}
    told = hints(f"[{', '.join(names)}].nothing", **names)
    assert len(told) <= 12
    assert sum(map(len, told)) <= 1_200
    wide = pd.DataFrame(np.zeros((2, 5_000)), columns=[f"column {n}" for n in range(5_000)])
    begun = time.monotonic()
    assert "near it" in hints("wide['column']", wide=wide)[0]
    assert time.monotonic() - begun < 20
