"""The line of the user's code at which an exception arose, and the names that stand on it.

Runs inside the user's kernel. The traceback, the frame and the source are read, nothing is
evaluated: an attribute counts where the object holds it itself.
"""

from __future__ import annotations

import ast
import dis
import itertools
import linecache
import os
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..values import looking
from . import raised

_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")
_LIBRARIES = ("site-packages", "dist-packages")
_NO_DATA = (type, types.ModuleType, types.FunctionType, types.MethodType, type(len))
_LOADS = ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FAST", "LOAD_DEREF", "LOAD_FAST_CHECK")


class Line:
    """One line in one frame."""

    def __init__(self, traceback: Any) -> None:
        frame = traceback.tb_frame
        self.names: dict[str, Any] = {**frame.f_globals, **frame.f_locals}
        """All that the line could name, builtins apart."""
        self._frame = frame
        self._number = traceback.tb_lineno
        self.statement = _statement(frame, _position(traceback))
        """The syntax tree of the statement, or None without a source."""

    def nodes(self) -> Iterator[ast.AST]:
        """The nodes of the statement in the order of its text, but not those of a body."""
        if self.statement is not None:
            yield from _nodes(self.statement)

    def values(self) -> dict[str, Any]:
        """What the line names, in its order: ``df``, ``self.data``; no modules and functions."""
        found: dict[str, Any] = {}
        for name, value in self._named():
            if not any(looking.derives(type(value), kind) for kind in _NO_DATA):
                found.setdefault(name, value)
        return found

    def _named(self) -> Iterator[tuple[str, Any]]:
        if self.statement is None:
            for name in _loaded(self._frame.f_code, self._number):
                if name in self.names:
                    yield name, self.names[name]
            return
        inner = set()
        for node in self.nodes():
            if isinstance(node, ast.Attribute):
                held = self.value_of(node)
                if held:
                    inner.add(id(node.value))
                    yield dotted(node), held[0]
            elif isinstance(node, ast.Name) and id(node) not in inner and node.id in self.names:
                yield node.id, self.names[node.id]

    def value_of(self, node: ast.AST) -> list[Any]:
        """The value of a name, or of an attribute of one; empty where only code could tell."""
        if isinstance(node, ast.Name):
            return [self.names[node.id]] if node.id in self.names else []
        if isinstance(node, ast.Attribute):
            for owner in self.value_of(node.value):
                held = looking.module_dict(owner) or looking.own_dict(owner)
                return [held[node.attr]] if node.attr in held else []
        return []


def constant_index(node: ast.AST) -> str:
    """The text between the brackets of ``thing["text"]``, or ""."""
    index = getattr(node, "slice", None) if isinstance(node, ast.Subscript) else None
    if type(index).__name__ == "Index":  # before Python 3.9
        index = getattr(index, "value", None)
    value = index.value if isinstance(index, ast.Constant) else None
    return value if type(value) is str else ""


def of_exception(error: BaseException) -> Line | None:
    """The line of the deepest frame that is no library's; None where there is none."""
    found = None
    traceback = raised.traceback(error)
    while traceback is not None:
        if not _in_library(traceback.tb_frame.f_code.co_filename):
            found = traceback
        traceback = traceback.tb_next
    return None if found is None else Line(found)


def dotted(node: ast.AST) -> str:
    """``a.b.c`` as it is written; "" where something else stands before a dot."""
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return node.id if isinstance(node, ast.Name) else ""


def _in_library(file: str) -> bool:
    installed = any(room in file for room in _LIBRARIES)
    compiled = file.endswith((".pyx", ".pxd", ".pxi")) or file.startswith(("<frozen", "<__array"))
    return installed or compiled or file.startswith(str(Path(os.__file__).parent) + os.sep)


def _position(traceback: Any) -> tuple[int, int]:
    """Line and column of what failed; before Python 3.11 the line is all that is known."""
    positions = getattr(traceback.tb_frame.f_code, "co_positions", None)
    if positions is not None:
        at = next(itertools.islice(positions(), traceback.tb_lasti // 2, None), (None,) * 4)
        if at[0] is not None and at[2] is not None:
            return at[0], at[2]
    return traceback.tb_lineno, sys.maxsize


def _statement(frame: Any, position: tuple[int, int]) -> ast.AST | None:
    """The innermost statement that covers a position."""
    source = "".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals))
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = None
    line, column = position
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            ends = node.end_lineno or line, node.end_col_offset or 0
            column_known = column if column < sys.maxsize else ends[1]
            if (node.lineno, node.col_offset) <= (line, column) and (line, column_known) <= ends:
                found = node  # breadth first: what comes later is further inside
    return found


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for field, value in ast.iter_fields(node):
        if field in _BODIES and isinstance(value, list):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _nodes(child)


def _loaded(code: Any, number: int) -> Iterator[str]:
    """Names that the instructions of a line load, where there is no source to be read."""
    on_line = False
    for instruction in dis.get_instructions(code):
        if instruction.starts_line is not None:
            line = getattr(instruction, "line_number", None) or instruction.starts_line
            on_line = line == number
        if on_line and instruction.opname in _LOADS:
            yield str(instruction.argval)
