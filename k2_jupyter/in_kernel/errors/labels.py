"""Row labels of pandas that do not exist: hints about errors. Runs inside the user's kernel."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from ..values import kinds, looking, words
from .failing_line import Line, constant_index, dotted
from .near import near_or_all, text_of, texts

_ENTRIES = 2_000
_LEVELS = 5
_BY_LABEL = ("loc", "at")


def missing(line: Line, label: Any, wanted: list[str]) -> Iterator[str]:
    """What an index on the line has instead of these labels; nothing where none was asked.

    `label` is what the error was made with, `wanted` its texts as far as they are known.
    """
    for node in line.nodes():
        owner = _owner(node)
        if owner is None:
            continue
        for value in line.value_of(owner):
            if looking.home(type(value)) not in ("pandas.DataFrame", "pandas.Series"):
                continue
            if _asks(_rows(node, value.index), label, wanted, line):
                yield from _told(dotted(owner), value.index, label, wanted)


def may_be_asked(line: Line) -> bool:
    """Whether rows are taken by label, be it from what only code could tell."""
    return any(_owner(node) is not None for node in line.nodes())


def _owner(node: ast.AST) -> ast.AST | None:
    """``df`` of ``df.loc[…]``, ``df.at[…]``, ``df.xs(…)``."""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute):
        owner = node.value.value if node.value.attr in _BY_LABEL else None
        # a column has the index of its frame
        return owner.value if isinstance(owner, ast.Subscript) and constant_index(owner) else owner
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        return node.func.value if node.func.attr == "xs" else None
    return None


def _rows(node: Any, index: Any) -> ast.AST:
    """What stands for the rows in ``df.loc[rows, columns]``."""
    part: Any = node.args[0] if isinstance(node, ast.Call) else node.slice
    part = part.value if type(part).__name__ == "Index" else part  # before Python 3.9
    if isinstance(part, ast.Tuple) and part.elts:
        alone = not _has_levels(index) or isinstance(part.elts[0], ast.Tuple)
        part = part.elts[0] if alone else part
    return part  # type: ignore[no-any-return]


def _asks(rows: ast.AST, label: Any, wanted: list[str], line: Line) -> bool:
    """Whether this label stands there, or what only code could tell."""
    if type(label) is tuple or not wanted:
        return True
    for inner in ast.walk(rows):
        if isinstance(inner, ast.Constant):
            if text_of(inner.value) in wanted:
                return True
        elif isinstance(inner, (ast.Name, ast.Call)):
            held = line.value_of(inner)
            if not held or text_of(held[0]) in wanted or type(held[0]) in (list, tuple):
                return True
    return False


def _told(written: str, index: Any, label: Any, wanted: list[str]) -> Iterator[str]:
    if any(words.secret(name) for name in index.names):
        return
    if not _has_levels(index):
        for one in wanted or [text_of(label)]:
            yield f"{written}'s index has no {one!r}; {_instead(one, index)}"
        return
    levels = list(zip(index.names, index.levels))[:_LEVELS]  # noqa: B905 - not before 3.10
    keys = label if type(label) is tuple else (label,) * len(levels)
    absent = []
    for (name, level), one in zip(levels, keys):  # noqa: B905 - not before 3.10
        if text_of(one) not in texts(level[:_ENTRIES]):
            found = _instead(text_of(one), level)
            absent.append(f"level {kinds.label(name)} has no {text_of(one)!r}; {found}")
    if not absent or (type(label) is not tuple and len(absent) < len(levels)):
        absent = [f"{kinds.brief(label, 2)} stands in its levels, but not in such a row"]
    for told in absent:
        yield f"{written}'s index: {told}"


def _instead(wanted: str, index: Any) -> str:
    names = texts(index[:_ENTRIES])
    if len(names) < min(len(index), _ENTRIES):  # dates, intervals, other objects
        return kinds.kind_of(index).line(index)
    return near_or_all(wanted, names, "labels")


def _has_levels(index: Any) -> bool:
    return looking.home(type(index)) == "pandas.MultiIndex"
