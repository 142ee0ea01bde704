"""Rows of a Vega-Lite chart: where its data stand, and what its transforms make of them.

What cannot be followed (data at an address, an unknown transform) raises `NotComputed`, whose
text says so: a chart's numbers are told as they are drawn, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from k2_jupyter.notebook.figures.reading import items, number, obj, text
from k2_jupyter.notebook.figures.vega_aggregates import NotComputed, Row, aggregated
from k2_jupyter.notebook.figures.vega_expressions import UnknownExpression, expression
from k2_jupyter.notebook.figures.vega_fields import binning, date_key, field_value
from k2_jupyter.notebook.figures.vega_functions import truth

_MAX_ROWS = 300_000


def rows_of(data: Any, datasets: Mapping[str, Any]) -> list[Row]:
    """Inline data, or a named data set. Raises `NotComputed`."""
    data = obj(data)
    if "url" in data:
        raise NotComputed("data at an address: not computed")
    given: Any = data.get("values")
    if given is None and isinstance(data.get("name"), str):
        given = datasets.get(data["name"])
    if "sequence" in data:
        given = _sequence(obj(data["sequence"]))
    if isinstance(given, Mapping):
        given = [given]
    if not isinstance(given, list | tuple):
        raise NotComputed("no data in the chart: not computed")
    if len(given) > _MAX_ROWS:
        raise NotComputed(f"{len(given)} rows are too many: not computed")
    return [one if isinstance(one, Mapping) else {"data": one} for one in given]


def _sequence(wanted: Mapping[str, Any]) -> list[Row]:
    start, stop, step = (number(wanted.get(key)) for key in ("start", "stop", "step"))
    start, step, name = start or 0.0, step or 1.0, text(wanted.get("as")) or "data"
    count = int(((stop or 0.0) - start) / step)
    if not 0 <= count <= _MAX_ROWS:
        raise NotComputed("a sequence without end: not computed")
    return [{name: start + place * step} for place in range(count)]


def transformed(rows: Sequence[Row], transforms: Any) -> list[Row]:
    """The rows after a list of transforms. Raises `NotComputed`."""
    found = list(rows)
    for one in map(obj, items(transforms)):
        name = next((key for key in _TRANSFORMS if key in one), None)
        if name is None:
            raise NotComputed(f"transform {', '.join(map(str, one))[:60]}: not computed")
        try:
            found = _TRANSFORMS[name](found, one)
        except UnknownExpression as problem:
            raise NotComputed(f"{name} {problem}: not computed") from None
    return found


# Each transform


def _filter(rows: Sequence[Row], wanted: Mapping[str, Any]) -> list[Row]:
    test = predicate(wanted["filter"])
    return [row for row in rows if test(row)]


def predicate(wanted: Any) -> Callable[[Row], bool]:
    """A test of rows. A selection passes all, as it does before anyone selects.

    Raises `UnknownExpression`.
    """
    if isinstance(wanted, str):
        evaluate = expression(wanted)
        return lambda row: truth(evaluate(row))
    wanted = obj(wanted)
    if "param" in wanted or "selection" in wanted:
        return lambda _row: True
    if "not" in wanted:
        inner = predicate(wanted["not"])
        return lambda row: not inner(row)
    for key, fold in (("and", all), ("or", any)):
        if key in wanted:
            parts = [predicate(part) for part in items(wanted[key])]
            return lambda row: fold(part(row) for part in parts)
    return _of_field(wanted)


def _of_field(wanted: Mapping[str, Any]) -> Callable[[Row], bool]:
    name = text(wanted.get("field"))
    if not name or "timeUnit" in wanted:
        raise UnknownExpression(str(dict(wanted))[:60])

    def value(row: Row) -> Any:
        return _comparable(field_value(row, name))

    if "oneOf" in wanted:
        allowed = [_comparable(one) for one in items(wanted["oneOf"])]
        return lambda row: value(row) in allowed
    if "range" in wanted:
        low, high = (_comparable(end) for end in [*items(wanted["range"]), None, None][:2])
        return lambda row: _within(low, value(row), high)
    if "valid" in wanted:
        return lambda row: (value(row) is not None) == bool(wanted["valid"])
    for key, test in _COMPARISONS.items():
        if key in wanted:
            limit = _comparable(wanted[key])
            return lambda row: _compared(test, value(row), limit)
    raise UnknownExpression(str(dict(wanted))[:60])


_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "equal": lambda a, b: a == b,
    "lte": lambda a, b: a <= b,
    "lt": lambda a, b: a < b,
    "gte": lambda a, b: a >= b,
    "gt": lambda a, b: a > b,
}


def _comparable(value: Any) -> Any:
    """Dates as days, so that they compare with each other; else the value."""
    if isinstance(value, Mapping):
        parts = [number(value.get(key)) for key in ("year", "month", "date")]
        year, month, date = (
            default if part is None else int(part)
            for part, default in zip(parts, (1970, 1, 1), strict=True)
        )
        return date_key(f"{year:04d}-{month:02d}-{date:02d}")
    found = date_key(value) if isinstance(value, str) else None
    return value if found is None else found


def _compared(test: Callable[[Any, Any], bool], value: Any, limit: Any) -> bool:
    if isinstance(value, str) != isinstance(limit, str) or value is None:
        return False
    return test(value, limit)


def _within(low: Any, value: Any, high: Any) -> bool:
    found = number(value)
    if found is None:
        return False
    return (low is None or low <= found) and (high is None or found <= high)


def _calculate(rows: Sequence[Row], wanted: Mapping[str, Any]) -> list[Row]:
    evaluate, name = expression(wanted["calculate"]), text(wanted.get("as"))
    return [{**row, name: evaluate(row)} for row in rows]


def _aggregate(rows: Sequence[Row], wanted: Mapping[str, Any]) -> list[Row]:
    keys = [text(key) for key in items(wanted.get("groupby"))]
    found: list[Row] = []
    for key, members in _grouped(rows, keys).items():
        made = dict(zip(keys, key, strict=True))
        for one in map(obj, items(wanted["aggregate"])):
            op, field = text(one.get("op")), text(one.get("field"))
            made[text(one.get("as"))] = aggregated(op, members, field)
        found.append(made)
    return found


def _join_aggregate(rows: Sequence[Row], wanted: Mapping[str, Any]) -> list[Row]:
    keys = [text(key) for key in items(wanted.get("groupby"))]
    named = {"aggregate": wanted["joinaggregate"], "groupby": keys}
    made = {tuple(row[key] for key in keys): row for row in _aggregate(rows, named)}
    return [{**row, **made[tuple(_key(row, key) for key in keys)]} for row in rows]


def _bin(rows: Sequence[Row], wanted: Mapping[str, Any]) -> list[Row]:
    source = text(wanted.get("field"))
    names = [text(one) for one in items(wanted.get("as"))] or [text(wanted.get("as"))]
    found = [number(field_value(row, source)) for row in rows]
    bins = binning(obj(wanted["bin"]), [one for one in found if one is not None], 10)
    made: list[Row] = []
    for row, value in zip(rows, found, strict=True):
        low = None if value is None or bins is None else bins.lower(value)
        high = None if low is None or bins is None else low + bins.step
        made.append({**row, **dict(zip(names, (low, high), strict=False))})
    return made


def _fold(rows: Sequence[Row], wanted: Mapping[str, Any]) -> list[Row]:
    names = [text(one) for one in items(wanted["fold"])][:50]
    key, value = ([text(one) for one in items(wanted.get("as"))] or ["key", "value"])[:2]
    if len(rows) * len(names) > _MAX_ROWS:
        raise NotComputed("too many rows after a fold: not computed")
    return [{**row, key: name, value: field_value(row, name)} for row in rows for name in names]


_TRANSFORMS: Final[dict[str, Callable[[Sequence[Row], Mapping[str, Any]], list[Row]]]] = {
    "filter": _filter,
    "calculate": _calculate,
    "aggregate": _aggregate,
    "joinaggregate": _join_aggregate,
    "bin": _bin,
    "fold": _fold,
}


def _key(row: Row, name: str) -> Any:
    value = field_value(row, name)
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _grouped(rows: Sequence[Row], keys: Sequence[str]) -> dict[tuple[Any, ...], list[Row]]:
    groups: dict[tuple[Any, ...], list[Row]] = {} if keys else {(): []}
    for row in rows:
        groups.setdefault(tuple(_key(row, key) for key in keys), []).append(row)
    return groups
