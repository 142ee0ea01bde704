"""The imports and assignments of a source, and the import path that a name stands for.

One flat scope: a name that is bound twice has both meanings. Where nothing certain can be
said the answer is ``None``, and the checks then ask.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from k2_jupyter.tools.triage.rules import KNOWN, SENSITIVE

_DEPTH = 12
_ELEMENTS = 24
"""So many values of a loop over a list are followed."""
_BINDING = frozenset(
    (
        ast.Import,
        ast.ImportFrom,
        ast.Assign,
        ast.AnnAssign,
        ast.NamedExpr,
        ast.AugAssign,
        ast.For,
        ast.AsyncFor,
        ast.comprehension,
        ast.withitem,
        ast.arg,
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.ClassDef,
    )
)


class Bindings:
    """The imports and assignments of one syntax tree."""

    def __init__(self, nodes: Iterable[ast.AST]) -> None:
        self.imports: dict[str, str] = {}
        self.values: dict[str, list[ast.expr | None]] = {}
        self._dotted: dict[int, str | None] = {}
        for node in nodes:
            if type(node) in _BINDING:
                self._bind(node)

    def _bind(self, node: ast.AST) -> None:
        match node:
            case ast.Import(names=names):
                for name in names:
                    self._import(name)
            case ast.ImportFrom(module=module, names=names):
                for name in names:
                    self.imports[name.asname or name.name] = reached(f"{module or ''}.{name.name}")
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._assign(target, value)
            case ast.AnnAssign(target=target, value=given):
                self._assign(target, given)
            case ast.NamedExpr(target=target, value=value):
                self._assign(target, value)
            case _:
                self._bind_in_block(node)

    def _bind_in_block(self, node: ast.AST) -> None:
        match node:
            case ast.AugAssign(target=target):
                self._assign(target, None)
            case ast.For() | ast.AsyncFor() | ast.comprehension():
                self._assign_each(node.target, node.iter)
            case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
                self._assign(target, value)
            case ast.arg(arg=name):
                self.values.setdefault(name, []).append(None)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.values.setdefault(node.name, []).append(None)

    def _import(self, name: ast.alias) -> None:
        if name.asname:
            self.imports[name.asname] = reached(name.name)
        else:
            root = name.name.partition(".")[0]
            self.imports[root] = root

    def _assign(self, target: ast.expr, value: ast.expr | None) -> None:
        match target, value:
            case ast.Name(id=name), _:
                self.values.setdefault(name, []).append(value)
            case (
                (ast.Tuple(elts=targets) | ast.List(elts=targets)),
                (ast.Tuple(elts=values) | ast.List(elts=values)),
            ) if len(targets) == len(values):
                for one, its_value in zip(targets, values, strict=True):
                    self._assign(one, its_value)
            case ((ast.Tuple(elts=targets) | ast.List(elts=targets)), _):
                for one in targets:
                    self._assign(one, None)
            case ast.Starred(value=inner), _:
                self._assign(inner, None)

    def _assign_each(self, target: ast.expr, source: ast.expr) -> None:
        match source:
            case ast.List(elts=values) | ast.Tuple(elts=values) if values:
                for value in values[:_ELEMENTS]:
                    self._assign(target, value)
            case ast.Call(func=ast.Attribute(attr="glob" | "rglob" | "iterdir")):
                self._assign(target, source)
            case _:
                self._assign(target, None)

    def dotted(self, node: ast.AST, depth: int = _DEPTH) -> str | None:
        """The import path that an expression stands for."""
        key = id(node)
        if key not in self._dotted:
            self._dotted[key] = self._look_up(node, depth - 1) if depth else None
        return self._dotted[key]

    def _look_up(self, node: ast.AST, depth: int) -> str | None:
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value, depth)
            return None if base is None else reached(f"{base}.{node.attr}")
        if not isinstance(node, ast.Name):
            return None
        if node.id in self.imports:
            return self.imports[node.id]
        if node.id in self.values:
            return self._alias(node.id, depth)
        return KNOWN.get(node.id)

    def _alias(self, name: str, depth: int) -> str | None:
        if KNOWN.get(name, "").startswith("builtins."):
            # `if False: exec = 1` leaves the builtin in place.
            return KNOWN[name]
        for value in self.values[name]:
            if isinstance(value, ast.Attribute | ast.Name):
                found = self.dotted(value, depth)
                if found is not None:
                    return found
        return None


def reached(dotted: str) -> str:
    """`pandas.io.common.os.system` is `os.system`, whichever way it was reached."""
    parts = dotted.split(".")
    if SENSITIVE.isdisjoint(parts):
        return dotted
    for position in range(len(parts) - 1, 0, -1):
        if parts[position] in SENSITIVE:
            return ".".join(parts[position:])
    return dotted
