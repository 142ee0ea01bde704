"""What stands at the positions along an axis of matplotlib: categories, dates or numbers.

Runs in the user's kernel: standard library only, Python 3.8 and later; numpy and matplotlib
are the user's, found in `sys.modules`.
"""
# ruff: noqa: B905 - zip(strict=) came with Python 3.10

from __future__ import annotations

import bisect
import sys
from typing import Any

_PERIODS = {"D": "day", "W": "week", "M": "month", "Q": "quarter", "Y": "year", "A": "year"}
"""Pandas' names of frequencies; "A" was years until pandas 2.2."""


def kinds(thing: Any) -> set[str]:
    """Names of its classes: what matplotlib calls it, with no import of matplotlib."""
    return {one.__name__ for one in type(thing).__mro__}


class Positions:
    """Labels of one axis (`axes.xaxis`, `axes.yaxis`), by position."""

    def __init__(self, axis: Any) -> None:
        self._axis = axis
        self._formatter = axis.get_major_formatter()
        self.categories = self._category_labels()
        self._places = sorted(self.categories)
        gaps = [b - a for a, b in zip(self._places, self._places[1:])]
        self._reach = 0.5 * min(gaps, default=1.0)
        self._frequency = str(getattr(axis.axes, "freq", None) or "").split("-")[0]
        names = kinds(self._formatter)
        self._periods = "TimeSeries_DateFormatter" in names and bool(self._frequency)
        dates = any("DateFormatter" in name for name in names)
        self._dates = dates and not self._periods and not self.categories

    @property
    def per(self) -> str:
        """The unit of one step along the axis."""
        if self._periods:
            return _PERIODS.get(self._frequency[:1], "period")
        return "day" if self._dates else "x"

    def nearest(self, place: float) -> Any:
        """The category that a mark at or beside its tick belongs to, a date, or the number."""
        for found in self._around(place):
            if abs(found - place) <= self._reach * (1 + 1e-9):
                return self.categories[found]
        return self.at(place)

    def at(self, place: float) -> Any:
        """The category exactly here, a date (ISO), or the number."""
        texts = self.texts([place])
        return place if texts is None else texts[0]

    def texts(self, places: Any) -> list[str] | None:
        """Labels for these positions; None where they are plain numbers."""
        if self.categories:
            found = [self._exact(place) for place in places]
            return None if None in found else found  # type: ignore[return-value]
        if self._dates:
            return _iso(places)
        return self._period_texts(places) if self._periods else None

    def _exact(self, place: float) -> str | None:
        close = [one for one in self._around(place) if abs(one - place) < 1e-6 * self._reach]
        return self.categories[close[0]] if close else None

    def _around(self, place: float) -> list[float]:
        """The places next to this one, the nearest first."""
        right = bisect.bisect_left(self._places, place)
        return sorted(self._places[max(0, right - 1) : right + 1], key=lambda one: abs(one - place))

    def _category_labels(self) -> dict[float, str]:
        fixed = {"StrCategoryFormatter", "FixedFormatter"}
        if kinds(self._formatter).isdisjoint(fixed) and not self._set_by_user():
            return {}
        places = [float(place) for place in self._axis.get_majorticklocs()]
        labels = self._formatter.format_ticks(places)
        found = {place: str(label).strip() for place, label in zip(places, labels)}
        found = {place: label for place, label in found.items() if label}
        return {} if all(_says(label, place) for place, label in found.items()) else found

    def _set_by_user(self) -> bool:
        """`set_xticks(places, labels)`, pandas too: a function that looks the label up."""
        lookup = getattr(getattr(self._formatter, "func", None), "func", None)
        return getattr(lookup, "__name__", "") == "_format_with_dict"

    def _period_texts(self, places: Any) -> list[str]:
        period = sys.modules["pandas"].Period
        return [str(period(ordinal=int(place), freq=self._frequency)) for place in places]


def _says(label: str, place: float) -> bool:
    """A label that is the number of its position makes no category."""
    try:
        return abs(float(label.replace("−", "-").replace(",", "")) - place) < 1e-6 * (
            1 + abs(place)
        )
    except ValueError:
        return False


def _iso(places: Any) -> list[str]:
    """Matplotlib's days since its epoch as ISO dates, with the time where it matters."""
    numpy, dates = sys.modules["numpy"], sys.modules["matplotlib.dates"]
    days = numpy.asarray(places, dtype=float)
    since = numpy.where(numpy.isfinite(days), numpy.round(days * 86_400), 0).astype(
        "timedelta64[s]"
    )
    unit = "D" if not (since.astype(int) % 86_400).any() else "s"
    texts = numpy.datetime_as_string(numpy.datetime64(dates.get_epoch()) + since, unit=unit)
    return [str(text) for text in numpy.atleast_1d(texts)]
