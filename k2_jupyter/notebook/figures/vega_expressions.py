"""Vega expressions over one datum, as far as charts commonly use them.

An expression is parsed into a function; what is not known here raises `UnknownExpression`, so
that the chart is told as not computed. Nothing is executed as code.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from k2_jupyter.notebook.figures.reading import days

Datum: TypeAlias = Mapping[str, Any]
Evaluate: TypeAlias = Callable[[Datum], Any]

_MAX_LENGTH, _MAX_DEPTH = 2_000, 40
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)"
    r"|(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<name>[A-Za-z_$][\w$]*)"
    r"|(?P<sign>===|!==|==|!=|<=|>=|&&|\|\||[-+*/%<>!?:()\[\].,]))"
)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - dates of charts have no zone


class UnknownExpression(ValueError):  # noqa: N818 (nothing is wrong with it)
    """An expression that uses what is not known here."""


def _number(value: Any) -> float:
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
    return _number(left) + _number(right)


def _written(value: Any) -> str:
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return {None: "null", True: "true", False: "false"}.get(value, str(value))


def _divided(left: Any, right: Any) -> float:
    divisor = _number(right)
    return _number(left) / divisor if divisor else math.nan


def _rest(left: Any, right: Any) -> float:
    divisor = _number(right)
    return math.fmod(_number(left), divisor) if divisor else math.nan


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, str) == isinstance(right, str):
        return bool(left == right)
    return None not in (left, right) and _number(left) == _number(right)


def _less(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    return _number(left) < _number(right)


def _same(left: Any, right: Any) -> bool:
    return isinstance(left, str) == isinstance(right, str) and bool(left == right)


def truth(value: Any) -> bool:
    """As JavaScript: "", 0, null and not-a-number are false."""
    return bool(value) and not (isinstance(value, float) and math.isnan(value))


_BINARY: Final[dict[str, tuple[int, Callable[[Any, Any], Any]]]] = {
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
    "-": (5, lambda a, b: _number(a) - _number(b)),
    "*": (6, lambda a, b: _number(a) * _number(b)),
    "/": (6, _divided),
    "%": (6, _rest),
}


def _power(base: Any, exponent: Any) -> float:
    try:
        return float(math.pow(_number(base), _number(exponent)))
    except (OverflowError, ValueError):
        return math.nan


def _log(value: Any) -> float:
    return math.log(_number(value)) if _number(value) > 0 else math.nan


def _date_part(part: Callable[[datetime], int]) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        milliseconds = _number(value)
        if math.isnan(milliseconds):
            return math.nan
        return float(part(_EPOCH + timedelta(milliseconds=milliseconds)))

    return read


_FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "abs": lambda a: abs(_number(a)),
    "ceil": lambda a: float(math.ceil(_number(a))),
    "floor": lambda a: float(math.floor(_number(a))),
    "round": lambda a: float(math.floor(_number(a) + 0.5)),
    "sqrt": lambda a: math.sqrt(_number(a)) if _number(a) >= 0 else math.nan,
    "exp": lambda a: math.exp(min(700.0, _number(a))),
    "log": _log,
    "pow": _power,
    "min": lambda *a: min(map(_number, a)),
    "max": lambda *a: max(map(_number, a)),
    "toNumber": _number,
    "toString": _written,
    "upper": lambda a: str(a).upper(),
    "lower": lambda a: str(a).lower(),
    "length": len,
    "isValid": lambda a: a is not None and a == a,  # noqa: PLR0124 - not-a-number is not itself
    "isNaN": lambda a: math.isnan(_number(a)),
    "toDate": _number,
    "time": _number,
    "year": _date_part(lambda moment: moment.year),
    "month": _date_part(lambda moment: moment.month - 1),
    "date": _date_part(lambda moment: moment.day),
    "day": _date_part(lambda moment: (moment.weekday() + 1) % 7),
    "hours": _date_part(lambda moment: moment.hour),
    "quarter": _date_part(lambda moment: (moment.month + 2) // 3),
    "if": lambda test, yes, no: yes if truth(test) else no,
}
_CONSTANTS: Final[dict[str, Any]] = {
    "true": True,
    "false": False,
    "null": None,
    "undefined": None,
    "NaN": math.nan,
    "PI": math.pi,
    "E": math.e,
}


def expression(source: Any) -> Evaluate:
    """The function of an expression. Raises `UnknownExpression`."""
    if not isinstance(source, str) or len(source) > _MAX_LENGTH:
        raise UnknownExpression(str(source)[:60])
    reader = _Reader(source)
    evaluate = reader.ternary(0)
    reader.end()
    return evaluate


class _Reader:
    """A recursive descent over the tokens of one expression."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(source.rstrip()):
            found = _TOKEN.match(source, at)
            if found is None:
                raise UnknownExpression(source[:60])
            self._tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            at = found.end()
        self._next = 0

    def _unknown(self) -> UnknownExpression:
        return UnknownExpression(self._source[:60])

    def _look(self) -> tuple[str, str]:
        return self._tokens[self._next] if self._next < len(self._tokens) else ("", "")

    def _take(self, *signs: str) -> str:
        """The next token if it is one of these signs, else ""."""
        kind, token = self._look()
        if kind != "sign" or token not in signs:
            return ""
        self._next += 1
        return token

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise self._unknown()

    def end(self) -> None:
        if self._next < len(self._tokens):
            raise self._unknown()

    def ternary(self, depth: int) -> Evaluate:
        if depth > _MAX_DEPTH:
            raise self._unknown()
        test = self._binary(1, depth)
        if not self._take("?"):
            return test
        yes = self.ternary(depth + 1)
        self._need(":")
        no = self.ternary(depth + 1)
        return lambda datum: yes(datum) if truth(test(datum)) else no(datum)

    def _binary(self, least: int, depth: int) -> Evaluate:
        left = self._unary(depth)
        while (sign := self._look())[0] == "sign" and sign[1] in _BINARY:
            level, operate = _BINARY[sign[1]]
            if level < least:
                break
            self._next += 1
            left = _both(operate, left, self._binary(level + 1, depth + 1))
        return left

    def _unary(self, depth: int) -> Evaluate:
        if depth > _MAX_DEPTH:
            raise self._unknown()
        sign = self._take("!", "-", "+")
        if not sign:
            return self._primary(depth)
        inner = self._unary(depth + 1)
        if sign == "!":
            return lambda datum: not truth(inner(datum))
        factor = -1.0 if sign == "-" else 1.0
        return lambda datum: factor * _number(inner(datum))

    def _primary(self, depth: int) -> Evaluate:
        if self._take("("):
            inner = self.ternary(depth + 1)
            self._need(")")
            return inner
        kind, token = self._look()
        self._next += 1
        if kind == "number":
            value = float(token)
            return lambda _datum: value
        if kind == "text":
            text = re.sub(r"\\(.)", r"\1", token[1:-1])
            return lambda _datum: text
        if kind != "name":
            raise self._unknown()
        return self._named(token, depth)

    def _named(self, name: str, depth: int) -> Evaluate:
        if name == "datum":
            return self._field()
        if name in _CONSTANTS:
            constant = _CONSTANTS[name]
            return lambda _datum: constant
        function = _FUNCTIONS.get(name)
        if function is None or not self._take("("):
            raise self._unknown()
        arguments: list[Evaluate] = []
        while not self._take(")"):
            if arguments:
                self._need(",")
            arguments.append(self.ternary(depth + 1))
        return lambda datum: function(*(one(datum) for one in arguments))

    def _field(self) -> Evaluate:
        if self._take("."):
            kind, field = self._look()
            self._next += 1
        else:
            self._need("[")
            kind, field = self._look()
            self._next += 1
            self._need("]")
            if kind == "text":
                kind, field = "name", re.sub(r"\\(.)", r"\1", field[1:-1])
        if kind != "name":
            raise self._unknown()
        return lambda datum: datum.get(field)


def _both(operate: Callable[[Any, Any], Any], left: Evaluate, right: Evaluate) -> Evaluate:
    return lambda datum: operate(left(datum), right(datum))
