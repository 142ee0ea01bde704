"""Calls that write, and where."""

from __future__ import annotations

import ast
import posixpath

from k2_jupyter.tools.triage import files
from k2_jupyter.tools.triage.names import Text, known
from k2_jupyter.tools.triage.scope import Findings, Scope

_WRITES = frozenset("wax+")


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
    known = files.WRITING_FUNCTIONS.get(dotted) or files.WRITING_METHODS.get(
        func.attr if func else ""
    )
    if func and scope.names.is_stream(func.value) and func.attr != "extractall":
        return
    if known is not None:
        yield from to(files.argument(node, known), scope)
    elif dotted in files.OPENERS:
        if files.opens_for_writing(node, scope.names):
            yield from to(files.argument(node, files.FIRST), scope)
    elif func:
        yield from _by_path(node, func, dotted, scope)


def _by_path(node: ast.Call, func: ast.Attribute, dotted: str, scope: Scope) -> Findings:
    """Methods of `pathlib.Path`: the path is what they are called on."""
    match func.attr:
        case "write_text" | "write_bytes":
            yield from to(func.value, scope)
        case "open" if not dotted and files.mode_of_path_open(node) & _WRITES:
            yield from to(func.value, scope)
        case "mkdir" | "touch":
            for text in scope.names.texts(func.value):
                if text.head:
                    yield from _place(text, node.lineno, scope)
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
            yield from _place(text, target.lineno, scope)


def _place(text: Text, line: int, scope: Scope) -> Findings:
    shown = text.head[:60]
    if files.is_url((text,)):
        yield "network", f"writes to the network (`{shown}`)"
    elif text.whole and scope.inputs.get(posixpath.normpath(text.head), line + 1) <= line:
        yield "delete", f"overwrites data of the user (`{shown}`)"
    elif files.leaves_folder(text):
        yield "write", f"writes outside the working folder (`{shown}`)"
    elif files.holds_code(text):
        yield "code", f"writes a file that can be run (`{shown}`)"
