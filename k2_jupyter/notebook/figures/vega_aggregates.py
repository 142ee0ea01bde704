"""Aggregates of Vega: one number for the rows of a group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from k2_jupyter.in_kernel.figures import arithmetic
from k2_jupyter.notebook.figures.reading import number
from k2_jupyter.notebook.figures.vega_fields import field_value

Row: TypeAlias = Mapping[str, Any]


class NotComputed(ValueError):  # noqa: N818 (nothing is wrong with the chart)
    """What of a chart's numbers is not known here; the text goes into the record's cut."""


def aggregated(how: str, rows: Sequence[Row], field: str) -> float | None:
    """One number for some rows. Raises `NotComputed` for operations that are not known here.

    Quantiles are interpolated linearly and deviations are those of a sample, as Vega's.
    """
    if how == "count":
        return float(len(rows))
    given = [field_value(row, field) for row in rows]
    if how == "distinct":
        return float(len({str(one) for one in given}))
    if how in ("missing", "valid"):
        valid = sum(number(one) is not None or isinstance(one, str) for one in given)
        return float(valid if how == "valid" else len(given) - valid)
    if how in ("ci0", "ci1"):
        raise NotComputed("a confidence interval: bootstrapped, not computed")
    found = [x for one in given if (x := number(one)) is not None]
    if how not in _FOLDS:
        raise NotComputed(f"aggregate {how}: not computed")
    return _FOLDS[how](found) if found else (0.0 if how == "sum" else None)


def _variance(found: Sequence[float], less: int) -> float | None:
    middle = arithmetic.mean(found) or 0.0
    if len(found) <= less:
        return 0.0
    return sum((x - middle) * (x - middle) for x in found) / (len(found) - less)


def _root(value: float | None) -> float | None:
    return None if value is None else value**0.5


_FOLDS: Final[dict[str, Callable[[Sequence[float]], float | None]]] = {
    "sum": sum,
    "mean": arithmetic.mean,
    "average": arithmetic.mean,
    "median": arithmetic.median,
    "min": min,
    "max": max,
    "q1": lambda found: arithmetic.quantile(sorted(found), 0.25),
    "q3": lambda found: arithmetic.quantile(sorted(found), 0.75),
    "variance": lambda found: _variance(found, 1),
    "variancep": lambda found: _variance(found, 0),
    "stdev": lambda found: _root(_variance(found, 1)),
    "stdevp": lambda found: _root(_variance(found, 0)),
    "stderr": lambda found: _root((_variance(found, 1) or 0.0) / len(found)),
}
