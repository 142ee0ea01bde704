"""What is wrong with a value, where the error says too little: hints about errors.

Runs inside the user's kernel. Rules as in `missing`. Of frames and series the first rows
are read, by pandas' own methods on its own classes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from ..values import kinds, looking, words
from .failing_line import Line, constant_index, dotted
from .near import quoted
from .raised import is_a, message

_ROWS = 10_000
_UNREADABLE = (
    re.compile(r"could not convert string to (?:float|int|complex): '(.*)'", re.DOTALL),
    re.compile(r"invalid literal for int\(\) with base \d+: '(.*)'", re.DOTALL),
    re.compile(r"Unable to parse string \"(.*)\" at position", re.DOTALL),
    re.compile(r"[tT]ime data \"?'?(.*?)'?\"? does(?:n't| not) match format", re.DOTALL),
)
_LENGTHS = re.compile(r"\blengths?\b", re.IGNORECASE)


def columns(error: BaseException, line: Line | None) -> Iterator[str]:
    """The columns that the line takes out of frames."""
    if line is None or is_a(error, KeyError):
        return
    for written, column in _columns(line):
        yield f"{written}: {kinds.kind_of(column).line(column)}"


def _columns(line: Line) -> Iterator[tuple[str, Any]]:
    """``df["a"]`` as it is written, and the column."""
    for node in line.nodes():
        if isinstance(node, ast.Subscript):
            for column in _column(node, line):
                yield f"{dotted(node.value)}[{constant_index(node)!r}]", column


def _column(node: ast.AST, line: Line) -> list[Any]:
    """The column that ``df["a"]`` means; empty for anything else, and for secrets."""
    name = constant_index(node)
    if not isinstance(node, ast.Subscript) or not name or words.secret(name):
        return []
    owners = [owner for owner in line.value_of(node.value) if _is_frame(owner)]
    return [one[name] for one in owners if name in one.columns and one.columns.is_unique]


def _is_frame(value: Any) -> bool:
    return looking.home(type(value)) == "pandas.DataFrame"


def unreadable(error: BaseException, line: Line | None) -> Iterator[str]:
    """Where the text stands that is no number or no date."""
    if line is None or not is_a(error, ValueError):
        return
    for pattern in _UNREADABLE:
        found = pattern.search(message(error))
        if found:
            yield from _places(found[1], line)
            return


def _places(text: str, line: Line) -> Iterator[str]:
    for written, column in _text_columns(line):
        values = column.head(_ROWS).tolist()
        if text not in [value for value in values if type(value) is str]:
            continue
        number = sum(type(value) is str and not _is_number(value) for value in values)
        others = [one for one in dict.fromkeys(values) if type(one) is str and not _is_number(one)]
        others = [one for one in others if one != text][:4]
        also = f"; others that are no numbers: {quoted(others)}" if others else ""
        row = values.index(text)
        yield f"{quoted([text])} stands in row {row} of {written}, {number} such rows{also}"


def _text_columns(line: Line) -> Iterator[tuple[str, Any]]:
    found: dict[str, Any] = dict(_columns(line))
    for name, value in line.values().items():
        if looking.home(type(value)) == "pandas.Series" and not words.secret(name):
            found.setdefault(name, value)
        if _is_frame(value) and not found and value.columns.is_unique:
            for column in list(value.columns)[:100]:
                if not words.secret(column):
                    found[f"{name}[{column!r}]"] = value[column]
    for written, column in found.items():
        if str(column.dtype) in ("object", "str", "string"):
            yield written, column


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def lengths(error: BaseException, line: Line | None) -> Iterator[str]:
    """How long each part of a dict on the line is."""
    if line is None or not is_a(error, ValueError) or not _LENGTHS.search(message(error)):
        return
    for node in line.nodes():
        if isinstance(node, ast.Dict):
            parts = zip(node.keys, node.values)  # noqa: B905 - not before 3.10
            told = [
                f"{words.short(str(key.value), 40)} {size}"
                for key, part in parts
                if isinstance(key, ast.Constant)
                for size in _size(part, line)
            ]
            if told:
                yield f"lengths: {words.listed(told)}"


def _size(node: ast.AST, line: Line) -> list[int]:
    if isinstance(node, (ast.List, ast.Tuple)):
        return [len(node.elts)]
    for value in line.value_of(node) or _column(node, line):
        for cls in (list, tuple, dict, set, str):
            if type(value) is cls:
                return [len(value)]
        if looking.home(type(value)) in ("numpy.ndarray", "pandas.Series", "pandas.Index"):
            return [int(value.shape[0])] if value.shape else []
    return []


def ambiguous(error: BaseException, line: Line | None) -> Iterator[str]:
    if is_a(error, ValueError) and message(error).startswith("The truth value of a"):
        yield (
            "several truth values stand where one is needed: combine conditions with & | ~, each in"
            " parentheses, or reduce them with .any() or .all()"
        )


def group(error: BaseException, line: Line | None) -> Iterator[str]:
    """What a group of exceptions holds."""
    for cls in looking.lineage(error):
        if looking.class_name(cls) == "BaseExceptionGroup":
            held = looking.class_dict(cls)["exceptions"].__get__(error)
            told = [f"{looking.title(type(one))}: {message(one)}" for one in held[:5]]
            yield f"it holds {words.counted(len(held), 'exception')}: {'; '.join(told)}"


RULES = (columns, unreadable, lengths, ambiguous, group)
