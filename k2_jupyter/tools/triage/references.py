"""Names, attributes, imports and strings: what a source refers to, called or not."""

from __future__ import annotations

import ast
import posixpath
import re

from k2_jupyter.tools.triage import files
from k2_jupyter.tools.triage.bindings import reached
from k2_jupyter.tools.triage.rules import PLAIN_DUNDERS, SENSITIVE, rule, words
from k2_jupyter.tools.triage.scope import Findings, Scope
from k2_jupyter.tools.triage.scripts import shows_active

_HIDDEN = "runs code that this cell does not show"
_CODE_IN_TEXT = re.compile(
    r"__(?:import|subclasses|globals|builtins|bases|mro|code|class|reduce|getattribute)__"
    r"|\b(?:os|subprocess)\.(?:system|popen|run|Popen)\b"
)
_FOLLOWED = frozenset(
    f"builtins.{name}" for name in words("getattr setattr delattr vars globals locals open")
)
_ENTRANCES = frozenset(("os", "IPython", "IPython.get_ipython"))
"""Imports that say nothing yet: what is used of them does."""


def imports(node: ast.Import | ast.ImportFrom, scope: Scope) -> Findings:
    """What an import brings in, and under which name."""
    module = "" if isinstance(node, ast.Import) else node.module or ""
    for name in node.names:
        dotted = reached(f"{module}.{name.name}") if module else name.name
        renamed = bool(module) or name.asname not in (None, name.name)
        if name.name == "*" and module in SENSITIVE:
            yield "code", f"{_HIDDEN} (`from {module} import *`)"
        elif dotted in SENSITIVE and renamed:
            yield "code", f"{_HIDDEN} (gives `{dotted}` another name)"
        elif dotted not in _ENTRANCES:
            yield from _known(dotted)


def name(node: ast.Name, scope: Scope) -> Findings:
    """A name by itself; those that stand before a dot are covered by their attribute."""
    if id(node) in scope.covered or not isinstance(node.ctx, ast.Load):
        return
    dotted = scope.names.dotted(node)
    if dotted in SENSITIVE or dotted in _FOLLOWED:
        yield "code", f"{_HIDDEN} (hands `{dotted}` around)"
    elif dotted is not None:
        yield from _known(dotted)
    elif node.id.startswith("__") and node.id not in PLAIN_DUNDERS:
        yield "code", f"{_HIDDEN} (`{node.id}`)"


def attribute(node: ast.Attribute, scope: Scope) -> Findings:
    """`a.b.c` as a whole where it is an import path, and every dunder on the way."""
    dotted = scope.names.dotted(node)
    if dotted is not None:
        scope.cover(node.value)
    module = scope.names.dotted(node.value)
    dunder = node.attr.startswith("__") and node.attr.endswith("__")
    if dunder and (node.attr not in PLAIN_DUNDERS or (node.attr == "__dict__" and module)):
        yield "code", f"{_HIDDEN} (`{node.attr}`)"
    if dotted is None or id(node) in scope.covered:
        return
    if dotted in SENSITIVE:
        yield "code", f"{_HIDDEN} (hands `{dotted}` around)"
    yield from _known(dotted)


def definition(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, scope: Scope
) -> Findings:
    """Functions that Python, pickle or the front end call by themselves."""
    if node.name in ("__reduce__", "__reduce_ex__", "__setstate__", "__del__"):
        yield "code", f"runs code when nobody calls it (`{node.name}`)"
    if node.name == "_repr_javascript_":
        yield "script", "puts a script into the output (`_repr_javascript_`)"
    if node.name in ("_repr_html_", "_repr_mimebundle_") and shows_active(node, scope.names):
        yield "script", f"puts a script or a page into the output (`{node.name}`)"


def strings(node: ast.expr, scope: Scope) -> Findings:
    """Strings that name secrets or settings, or that hold code, however they are put together."""
    for text in scope.names.texts(node):
        head = text.head
        if not head or head.isalnum():
            continue
        if files.named_secret(head):
            yield "secrets", f"names a file that may hold secrets (`{head[:60]}`)"
        if files.named_config(head) or _private(head, scope):
            yield "config", f"names settings, not data (`{head[:60]}`)"
        if _CODE_IN_TEXT.search(head):
            yield "code", f"{_HIDDEN} (a text that holds code)"
        if head in ("application/javascript", "text/javascript"):
            yield "script", f"puts a script into the output (`{head}`)"


def _private(head: str, scope: Scope) -> bool:
    expanded = posixpath.normpath(posixpath.expanduser(head))
    return any(place in head or place in expanded for place in scope.private)


def _known(dotted: str) -> Findings:
    found = rule(dotted)
    if found is not None:
        kind, what = found
        yield kind, f"{what} (`{dotted.removeprefix('builtins.')}`)"
