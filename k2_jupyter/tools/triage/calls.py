"""Calls: what is passed to them decides."""

from __future__ import annotations

import ast
import re

from k2_jupyter.tools.triage import files
from k2_jupyter.tools.triage.names import Names, known
from k2_jupyter.tools.triage.rules import METHODS, PLAIN_DUNDERS, SENSITIVE, rule, words
from k2_jupyter.tools.triage.scope import Findings, Scope
from k2_jupyter.tools.triage.scripts import decodes, shows_active

_HIDDEN = "runs code that this cell does not show"
_GETTERS = {
    "builtins.getattr": 1,
    "builtins.setattr": 1,
    "builtins.delattr": 1,
    "operator.attrgetter": 0,
    "operator.methodcaller": 0,
}
"""What takes an attribute's name, and at which position."""
_SCOPES = frozenset(("builtins.globals", "builtins.locals", "builtins.vars"))
_LOOKUPS = words("get pop setdefault __getitem__ __setitem__")
_ENVIRONMENT = words("os.environ.get os.getenv os.environ.setdefault os.environ.pop os.putenv")
_BUILTINS = words("exec eval compile open getattr setattr vars globals locals os sys")
_QUERY = re.compile(r"__|@[\w.]*\b(?:os|sys|io|subprocess|system|popen|exec|eval)\b")
_READERS = re.compile(
    r"read_|load|scan_|open$|imread$|get$|urlopen$|retrieve|genfromtxt$|connect$|create_engine$"
    r"|Image$|IFrame$|Audio$|Video$|File$|from_url$|Data$|HTML$|SVG$|Chart$|to_sql$"
)
_MARKUP = frozenset(("HTML", "SVG", "Markdown", "Latex", "display_html", "display_markdown"))


def call(node: ast.Call, scope: Scope) -> Findings:
    """Everything that a call gives reason for, files aside (`writes.py`)."""
    dotted = scope.names.dotted(node.func) or ""
    last = _last_name(node.func)
    if dotted in _ENVIRONMENT:
        scope.cover(node.func)
        yield from _environment(node.args[0] if node.args else None, scope.names)
    elif dotted in _GETTERS:
        scope.cover(node.func)
        yield from _attribute_by_name(node, dotted, scope)
    elif dotted in _SCOPES or dotted == "builtins.open":
        scope.cover(node.func)
    elif last in _LOOKUPS and node.args and isinstance(node.func, ast.Attribute):
        yield from _looked_up(node.func.value, node.args[0], scope)
    yield from _method(node, dotted, last, scope)
    yield from _content(node, dotted, last, scope.names)


def subscript(node: ast.Subscript, scope: Scope) -> Findings:
    """`os.environ["X"]` and `globals()["x"]`."""
    base = node.value
    if scope.names.dotted(base) == "os.environ":
        scope.cover(base)
        yield from _environment(node.slice, scope.names)
    else:
        yield from _looked_up(base, node.slice, scope)


def compare(node: ast.Compare, scope: Scope) -> Findings:
    """`"X" in os.environ` tells nothing about the value, nor does `"x" in sys.modules`."""
    for right in node.comparators:
        if scope.names.dotted(right) in ("os.environ", "sys.modules"):
            scope.cover(right)
    yield from ()


def _environment(name: ast.expr | None, names: Names) -> Findings:
    texts = names.texts(name)
    if not texts or not all(text.whole for text in texts):
        yield "secrets", "reads or sets environment variables that can't be read from the code"
    for text in texts:
        kind = files.environment_kind(text.head)
        if kind == "secret":
            yield "secrets", f"reads or sets a secret (`{text.head[:60]}` in the environment)"
        elif kind == "config":
            yield "config", f"reads or changes how programs are found (`{text.head[:60]}`)"


def _attribute_by_name(node: ast.Call, dotted: str, scope: Scope) -> Findings:
    position = _GETTERS[dotted]
    if position >= len(node.args):
        yield "code", f"{_HIDDEN} (`{dotted}` without a readable name)"
        return
    wanted = node.args[position]
    texts = scope.names.texts(wanted)
    if not known(texts) and not _plain_name(wanted, scope.names):
        yield "code", f"{_HIDDEN} (an attribute whose name is put together)"
    module = scope.names.dotted(node.args[0]) if position else None
    if dotted == "builtins.setattr" and module is not None:
        yield "code", f"{_HIDDEN} (changes `{module}`)"
    for text in texts:
        names = text.head.split(".")
        if any(_reaches(part) for part in names) or (module and rule(f"{module}.{text.head}")):
            yield "code", f"{_HIDDEN} (`{text.head[:60]}` by name)"


def _looked_up(namespace: ast.expr, key: ast.expr, scope: Scope) -> Findings:
    """A name that is read from or put into `globals()`, `locals()` or `vars(module)`."""
    values = [namespace]
    if isinstance(namespace, ast.Name):
        values = [value for value in scope.names.values.get(namespace.id, ()) if value is not None]
    for value in values:
        if not isinstance(value, ast.Call) or scope.names.dotted(value.func) not in _SCOPES:
            continue
        module = scope.names.dotted(value.args[0]) if value.args else None
        texts = scope.names.texts(key)
        if not known(texts) or any(
            _reaches(text.head) or (module and rule(f"{module}.{text.head}")) for text in texts
        ):
            yield "code", f"{_HIDDEN} (a name looked up in `{ast.unparse(value)[:60]}`)"


def _reaches(attribute: str) -> bool:
    dunder = attribute.startswith("__") and attribute not in PLAIN_DUNDERS
    return dunder or attribute in METHODS or attribute in SENSITIVE or attribute in _BUILTINS


def _plain_name(node: ast.expr, names: Names) -> bool:
    """Whether a name is merely passed on, as in `getattr(frame, column)`."""
    if isinstance(node, ast.Name):
        return not any(value and decodes(value) for value in names.values.get(node.id, ()))
    return isinstance(node, ast.Attribute | ast.Subscript | ast.JoinedStr) and not decodes(node)


def _method(node: ast.Call, dotted: str, last: str, scope: Scope) -> Findings:
    ours = isinstance(node.func, ast.Name) and last in scope.names.values
    if last.startswith("fetch_") and not ours:
        yield "network", f"uses the network (`{last}`)"
    method = scope.names.method(node.func)
    if method is not None and method.attr in METHODS and not _decided(dotted):
        kind, what = METHODS[method.attr]
        yield kind, f"{what} (`{method.attr}`)"
    elif last in ("system", "popen") and isinstance(node.func, ast.Name) and not ours:
        yield "shell", f"starts a process (`{last}`)"
    if last in ("query", "eval") and any(
        _QUERY.search(text.head) for arg in node.args[:1] for text in scope.names.texts(arg)
    ):
        yield "code", f"{_HIDDEN} (an expression in `{last}`)"


def _decided(dotted: str) -> bool:
    return bool(dotted) and (rule(dotted) is not None or dotted == "platform.system")


def _content(node: ast.Call, dotted: str, last: str, names: Names) -> Findings:
    arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
    if _READERS.search(last) and any(files.is_url(names.texts(one)) for one in arguments):
        yield "network", f"uses the network (`{last}` of an address)"
    if last == "HTML" and any(keyword.arg == "filename" for keyword in node.keywords):
        yield "script", "puts a script or a page into the output (`HTML` of a file)"
    raw = last == "display" and any(keyword.arg == "raw" for keyword in node.keywords)
    if raw or (last in _MARKUP and any(shows_active(one, names) for one in arguments)):
        yield "script", f"puts a script or a page into the output (`{last}`)"
    if dotted.startswith("timeit.") and any(names.texts(one) for one in arguments):
        yield "code", f"{_HIDDEN} (a text that `{dotted}` runs)"
    if dotted == "numpy.load":
        allowed = files.argument(node, (2, frozenset(("allow_pickle",))))
        if allowed is not None and not (isinstance(allowed, ast.Constant) and not allowed.value):
            yield "code", f"{_HIDDEN} (`numpy.load` with pickles)"


def _last_name(func: ast.expr) -> str:
    match func:
        case ast.Attribute(attr=last) | ast.Name(id=last):
            return last
    return ""
