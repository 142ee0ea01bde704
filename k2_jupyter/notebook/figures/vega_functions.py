"""Operators and functions of Vega expressions, with the conversions of JavaScript."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from k2_jupyter.notebook.figures.reading import days

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - dates of charts have no zone


def number_of(value: Any) -> float:
    """As JavaScript converts it; dates as milliseconds."""
    if isinstance(value, bool | int | float):
        return float(value)
    if value is None:
        return 0.0
    try:
        return float(value)
    except (TypeError, ValueError):
        moment = days(value)
        return math.nan if moment is None else moment * 86_400_000


def _plus(left: Any, right: Any) -> Any:
    if isinstance(left, str) or isinstance(right, str):
        return f"{_written(left)}{_written(right)}"
    return number_of(left) + number_of(right)


def _written(value: Any) -> str:
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return {None: "null", True: "true", False: "false"}.get(value, str(value))


def _divided(left: Any, right: Any) -> float:
    divisor = number_of(right)
    return number_of(left) / divisor if divisor else math.nan


def _rest(left: Any, right: Any) -> float:
    divisor = number_of(right)
    return math.fmod(number_of(left), divisor) if divisor else math.nan


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, str) == isinstance(right, str):
        return bool(left == right)
    return None not in (left, right) and number_of(left) == number_of(right)


def _less(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    return number_of(left) < number_of(right)


def _same(left: Any, right: Any) -> bool:
    return isinstance(left, str) == isinstance(right, str) and bool(left == right)


def truth(value: Any) -> bool:
    """As JavaScript: "", 0, null and not-a-number are false."""
    return bool(value) and not (isinstance(value, float) and math.isnan(value))


BINARY: Final[dict[str, tuple[int, Callable[[Any, Any], Any]]]] = {
    "||": (1, lambda a, b: a if truth(a) else b),
    "&&": (2, lambda a, b: b if truth(a) else a),
    "==": (3, _equal),
    "!=": (3, lambda a, b: not _equal(a, b)),
    "===": (3, _same),
    "!==": (3, lambda a, b: not _same(a, b)),
    "<": (4, _less),
    ">": (4, lambda a, b: _less(b, a)),
    "<=": (4, lambda a, b: _less(a, b) or _equal(a, b)),
    ">=": (4, lambda a, b: _less(b, a) or _equal(a, b)),
    "+": (5, _plus),
    "-": (5, lambda a, b: number_of(a) - number_of(b)),
    "*": (6, lambda a, b: number_of(a) * number_of(b)),
    "/": (6, _divided),
    "%": (6, _rest),
}


def _power(base: Any, exponent: Any) -> float:
    try:
        return float(math.pow(number_of(base), number_of(exponent)))
    except (OverflowError, ValueError):
        return math.nan


def _log(value: Any) -> float:
    return math.log(number_of(value)) if number_of(value) > 0 else math.nan


def _date_part(part: Callable[[datetime], int]) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        milliseconds = number_of(value)
        if math.isnan(milliseconds):
            return math.nan
        return float(part(_EPOCH + timedelta(milliseconds=milliseconds)))

    return read


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "abs": lambda a: abs(number_of(a)),
    "ceil": lambda a: float(math.ceil(number_of(a))),
    "floor": lambda a: float(math.floor(number_of(a))),
    "round": lambda a: float(math.floor(number_of(a) + 0.5)),
    "sqrt": lambda a: math.sqrt(number_of(a)) if number_of(a) >= 0 else math.nan,
    "exp": lambda a: math.exp(min(700.0, number_of(a))),
    "log": _log,
    "pow": _power,
    "min": lambda *a: min(map(number_of, a)),
    "max": lambda *a: max(map(number_of, a)),
    "toNumber": number_of,
    "toString": _written,
    "upper": lambda a: str(a).upper(),
    "lower": lambda a: str(a).lower(),
    "length": len,
    "isValid": lambda a: a is not None and a == a,  # noqa: PLR0124 - not-a-number is not itself
    "isNaN": lambda a: math.isnan(number_of(a)),
    "toDate": number_of,
    "time": number_of,
    "year": _date_part(lambda moment: moment.year),
    "month": _date_part(lambda moment: moment.month - 1),
    "date": _date_part(lambda moment: moment.day),
    "day": _date_part(lambda moment: (moment.weekday() + 1) % 7),
    "hours": _date_part(lambda moment: moment.hour),
    "quarter": _date_part(lambda moment: (moment.month + 2) // 3),
    "if": lambda test, yes, no: yes if truth(test) else no,
}
CONSTANTS: Final[dict[str, Any]] = {
    "true": True,
    "false": False,
    "null": None,
    "undefined": None,
    "NaN": math.nan,
    "PI": math.pi,
    "E": math.e,
}
