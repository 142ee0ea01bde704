"""What the cells of a notebook read, as far as their code says: names of earlier cells, files.

Python only, and by the text alone: nothing is run. A name that no cell above binds, and a
module, is not told; a path that is put together when the cell runs is not known.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

MOST = 20
"""Names, and files, that are told of one cell."""
_READERS = ("read", "load", "scan", "imread", "open", "fetch", "ExcelFile", "ParquetFile")
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True, slots=True)
class Reads:
    """Of one cell."""

    variables: tuple[tuple[str, str], ...] = ()
    """Names and the ids of the cells above that bound them last."""
    files: tuple[str, ...] = ()
    """Paths as the code has them."""


def reads(cells: Iterable[tuple[str, str]], transform: Callable[[str], str]) -> dict[str, Reads]:
    """Of cells in their order, as ids and sources; one that can't be parsed reads nothing.

    `transform` makes Python of a cell's text (`adapters.ipython_source.transform`).
    """
    where: dict[str, str] = {}
    texts: dict[str, str] = {}
    found: dict[str, Reads] = {}
    for cell, source in cells:
        try:
            tree = ast.parse(transform(source))
        except (SyntaxError, ValueError, RecursionError):
            continue
        found[cell] = _of_cell(tree, cell, where, texts)
    return found


def _of_cell(tree: ast.Module, cell: str, where: dict[str, str], texts: dict[str, str]) -> Reads:
    own: set[str] = set()
    variables: dict[str, str] = {}
    files: dict[str, None] = {}
    for statement in tree.body:
        seen = _Seen()
        seen.visit(statement)
        earlier = seen.loads if isinstance(statement, _ASSIGNING) else seen.loads - seen.stores
        variables |= {name: where[name] for name in sorted(earlier - own) if name in where}
        files |= dict.fromkeys(_files(statement, texts))
        texts |= _constant(statement)
        own |= seen.stores | seen.modules
        where |= dict.fromkeys(seen.stores, cell)
        for name in seen.modules:
            where.pop(name, None)
    return Reads(tuple(variables.items())[:MOST], tuple(files)[:MOST])


_ASSIGNING = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr)
"""Statements that read before they bind."""


class _Seen(ast.NodeVisitor):
    """The names of one scope: read, bound, bound to modules."""

    def __init__(self) -> None:
        self.loads: set[str] = set()
        self.stores: set[str] = set()
        self.modules: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        (self.loads if isinstance(node.ctx, ast.Load) else self.stores).add(node.id)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.loads.add(node.target.id)
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.modules |= {alias.asname or alias.name.split(".")[0] for alias in node.names}

    visit_ImportFrom = visit_Import  # noqa: N815

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self.stores |= {node.name} if node.name else set()
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.stores.add(node.name)
        self._within(node, set())

    def visit_FunctionDef(self, node: _Function) -> None:
        if not isinstance(node, ast.Lambda):
            self.stores.add(node.name)
        given = node.args
        named = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
        self._within(node, {one.arg for one in named if one})

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815
    visit_Lambda = visit_FunctionDef  # noqa: N815

    def visit_ListComp(self, node: _Comprehension) -> None:
        self._within(node, set())

    visit_SetComp = visit_ListComp  # noqa: N815
    visit_DictComp = visit_ListComp  # noqa: N815
    visit_GeneratorExp = visit_ListComp  # noqa: N815

    def _within(self, node: ast.AST, own: set[str]) -> None:
        """A scope inside: what it binds is not seen here."""
        inner = _Seen()
        inner.generic_visit(node)
        self.loads |= inner.loads - inner.stores - own


def _files(statement: ast.stmt, texts: Mapping[str, str]) -> list[str]:
    """Paths that are given to what reads files, also by a name that was bound to a text."""
    found = []
    for node in ast.walk(statement):
        if not isinstance(node, ast.Call) or not node.args or not _is_reader(node):
            continue
        match node.args[0]:
            case ast.Constant(value=str(path)):
                found.append(path)
            case ast.Name(id=name) if name in texts:
                found.append(texts[name])
    return found


def _is_reader(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name.startswith(_READERS) and not _writes(call)
    return False


def _writes(call: ast.Call) -> bool:
    """`open` with a mode that writes."""
    modes = [*call.args[1:2], *(one.value for one in call.keywords if one.arg == "mode")]
    return any(
        isinstance(mode, ast.Constant)
        and isinstance(mode.value, str)
        and mode.value.startswith(("w", "a", "x"))
        for mode in modes
    )


def _constant(statement: ast.stmt) -> dict[str, str]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
            return {name: text}
    return {}
