"""Calls that write, and where."""

from __future__ import annotations

import ast
import posixpath

from k2_jupyter.tools.triage import files
from k2_jupyter.tools.triage.names import Text, known
from k2_jupyter.tools.triage.scope import Findings, Scope

_WRITES = frozenset("wax+")
_UNPACKS = {"extract": 1, "extractall": 0}
"""Methods of archives, and where the folder stands."""
_REWRITES = frozenset(("fileinput.input", "fileinput.FileInput"))


def note_reads(node: ast.Call, scope: Scope) -> None:
    """Remember which files are read: writing to one of them replaces the user's data."""
    match node.func:
        case ast.Attribute(attr=name) | ast.Name(id=name) if name.startswith("read_") and node.args:
            for text in scope.names.texts(node.args[0]):
                if text.whole and text.head:
                    scope.inputs.setdefault(posixpath.normpath(text.head), node.lineno)


def writes(node: ast.Call, scope: Scope) -> Findings:
    """A call that writes: to where."""
    dotted = scope.names.dotted(node.func) or ""
    func = scope.names.method(node.func)
    named = func.attr if func else ""
    last = node.func.id if isinstance(node.func, ast.Name) else named
    target = files.WRITING_FUNCTIONS.get(dotted) or files.WRITING_METHODS.get(named)
    if named in _UNPACKS:
        yield from _unpacked(node, named, func, scope)
    elif func and scope.names.is_stream(func.value):
        return
    elif target is not None:
        yield from to(files.argument(node, target), scope)
    elif dotted in files.OPENERS:
        if files.opens_for_writing(node, scope.names):
            yield from to(files.argument(node, files.FIRST), scope)
    elif dotted in _REWRITES:
        if files.argument(node, (1, frozenset(("inplace",)))) is not None:
            yield from to(files.argument(node, (0, frozenset(("files",)))), scope)
    elif last in files.DATABASES:
        yield from _database(node, last, scope)
    elif func:
        yield from _by_path(node, func, dotted, scope)


def _unpacked(node: ast.Call, named: str, func: ast.Attribute | None, scope: Scope) -> Findings:
    """Members of an archive; `Series.str.extract` has the name, but no folder."""
    folder = files.argument(node, (_UNPACKS[named], frozenset(("path",))))
    if func and scope.names.is_stream(func.value):
        yield from to(folder, scope)
    elif not (func and isinstance(func.value, ast.Attribute) and func.value.attr == "str"):
        yield from _if_known(folder, node.lineno, scope)


def _if_known(path: ast.expr | None, line: int, scope: Scope) -> Findings:
    for text in scope.names.texts(path):
        if text.head:
            yield from place(text, line, scope)


def _database(node: ast.Call, named: str, scope: Scope) -> Findings:
    """An engine's address that names a local file; other addresses are the network's."""
    for text in scope.names.texts(files.argument(node, files.DATABASES[named])):
        if files.is_local_address(text):
            yield from place(text, node.lineno, scope)


def _by_path(node: ast.Call, func: ast.Attribute, dotted: str, scope: Scope) -> Findings:
    """Methods of `pathlib.Path`: the path is what they are called on."""
    match func.attr:
        case "write_text" | "write_bytes":
            yield from to(func.value, scope)
        case "open" if not dotted and files.mode_of_path_open(node) & _WRITES:
            yield from to(func.value, scope)
        case "mkdir" | "touch":
            yield from _if_known(func.value, node.lineno, scope)
        case "rename" | "replace" if scope.names.is_path(func.value):
            yield "delete", f"deletes or moves files (`Path.{func.attr}`)"


def to(target: ast.expr | None, scope: Scope) -> Findings:
    """What speaks against writing to the file that an expression names."""
    if target is None or scope.names.is_stream(target):
        return
    if isinstance(target, ast.Constant) and not isinstance(target.value, str):
        return
    texts = scope.names.texts(target)
    if not known(texts):
        shown = ast.unparse(target)[:60]
        yield (
            "write",
            (
                f"writes to a path that can't be read from this cell (`{shown}`): "
                'begin it with a text, such as "out/"'
            ),
        )
    for text in texts:
        if text.head:
            yield from place(text, target.lineno, scope)


def place(text: Text, line: int, scope: Scope) -> Findings:
    """What speaks against writing to a path in that line."""
    shown = text.head[:60]
    if files.is_url((text,)):
        yield "network", f"writes to the network (`{shown}`)"
    elif text.whole and scope.inputs.get(posixpath.normpath(text.head), line + 1) <= line:
        yield "delete", f"overwrites data of the user (`{shown}`)"
    elif files.leaves_folder(text):
        yield "write", f"writes outside the working folder (`{shown}`)"
    elif files.holds_code(text):
        yield "code", f"writes a file that can be run (`{shown}`)"
