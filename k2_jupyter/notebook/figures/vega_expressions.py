"""Vega expressions over one datum, as far as charts commonly use them.

An expression is parsed into a function; what is not known here raises `UnknownExpression`, so
that the chart is told as not computed. Nothing is executed as code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from k2_jupyter.notebook.figures.vega_functions import (
    BINARY,
    CONSTANTS,
    FUNCTIONS,
    number_of,
    truth,
)

Datum: TypeAlias = Mapping[str, Any]
Evaluate: TypeAlias = Callable[[Datum], Any]

_MAX_LENGTH, _MAX_DEPTH = 2_000, 40
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)"
    r"|(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<name>[A-Za-z_$][\w$]*)"
    r"|(?P<sign>===|!==|==|!=|<=|>=|&&|\|\||[-+*/%<>!?:()\[\].,]))"
)


class UnknownExpression(ValueError):  # noqa: N818 (nothing is wrong with it)
    """An expression that uses what is not known here."""


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
        while (sign := self._look())[0] == "sign" and sign[1] in BINARY:
            level, operate = BINARY[sign[1]]
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
        return lambda datum: factor * number_of(inner(datum))

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
        if name in CONSTANTS:
            constant = CONSTANTS[name]
            return lambda _datum: constant
        function = FUNCTIONS.get(name)
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
