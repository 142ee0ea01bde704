"""What lives inside a Python kernel (`in_kernel/`): how it gets there, how it is asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Literal, TypeAlias

Message: TypeAlias = dict[str, Any]
"""A Jupyter message: header, parent_header, msg_type, content, metadata."""
UndoDeed: TypeAlias = Literal["begin", "end", "undo", "redo"]

_VALUES = "looking words guard kinds scalars containers objects arrays frames tables estimators"
_ERRORS = "near substitutes raised failing_line labels missing not_found wrong_values hints"
_FIGURES = (
    "arithmetic facts series positions drawing bands many_points artists_steps artists_bars"
    " artists_errors artists_areas artists_boxes artists_lines artists_points artists_violins"
    " artists scales axes boxes colors covered faults layout formatting seaborn_objects record"
)
_PARTS = (
    *(f"values.{name}" for name in f"{_VALUES} results charts changes variables".split()),
    *(f"errors.{name}" for name in _ERRORS.split()),
    *(f"figures.{name}" for name in _FIGURES.split()),
    "table_variables",
    "undo",
    "versions",
    "streams",
)
"""Modules of `in_kernel/`, each behind those that it imports (``from . import …``,
``from ..values import …``)."""
_VARIABLES = "__import__('sys').modules['_k2_jupyter.values.variables']"
CHANGES = f"{_VARIABLES}.changes()"
"""The expression that tells what became of the variables since it was asked last."""
AFTER_ERROR = "__import__('sys').modules['_k2_jupyter.errors.hints'].after_error()"
"""The expression that tells the same and, as ``hints``, what is known about the last error."""
VERSIONS = "__import__('sys').modules['_k2_jupyter.versions'].versions()"
"""The expression that tells the versions of what the user's code has imported."""

HELD = "__import__('sys').modules['_k2_jupyter.table_variables'].held()"
"""The expression that tells, as ``variables``, a line about each and, as ``tables``, which of
them hold one."""

_ONLY_OWN = frozenset(["streams"])
"""Parts that change how every cell prints: not for a kernel that others use too."""

_BOOTSTRAP = """
import sys, types
known = getattr(sys.modules.get("_k2_jupyter"), "digest", "") == digest
rooms = {} if known else {"": "", "values": "", "errors": "", "figures": "", **sources}
for name, source in rooms.items():
    full = "_k2_jupyter" + ("." + name if name else "")
    module = sys.modules[full] = types.ModuleType(full)
    above, _, last = full.rpartition(".")
    if above:
        setattr(sys.modules[above], last, module)
    if source:
        module.__package__ = above
        exec(compile(source, "<" + full + ">", "exec"), module.__dict__)
    else:
        module.__path__ = []
    getattr(module, "install", bool)()
sys.modules["_k2_jupyter"].digest = digest
"""


def setup_code(*, own: bool = True) -> str:
    """One expression, so that nothing of it stays among the user's names.

    `own`: the kernel is ours alone. Where the same parts are there already, nothing is done.
    """
    room = files("k2_jupyter.in_kernel")
    sources = {
        name: room.joinpath(f"{name.replace('.', '/')}.py").read_text("utf-8")
        for name in _PARTS
        if own or name not in _ONLY_OWN
    }
    digest = hashlib.sha256(repr(sources).encode()).hexdigest()
    return f"exec({_BOOTSTRAP!r}, {{'sources': {sources!r}, 'digest': {digest!r}}})"


def describe_expression(names: Sequence[str]) -> str:
    """The expression that describes the variables of these names, or all."""
    return f"{_VARIABLES}.describe({list(names)!r})"


def undo_expression(deed: UndoDeed, turn: str) -> str:
    """The expression that notes or takes back what a turn does to the names."""
    return f"__import__('sys').modules['_k2_jupyter.undo'].{deed}({turn!r})"


def value_of(reply: Message | None) -> dict[str, Any] | None:
    """What our expression gave; None where it was not evaluated or gives no object."""
    if reply is None:
        return None
    try:
        content = json.loads(reply["content"]["user_expressions"]["k2"]["data"]["text/plain"])
    except (KeyError, TypeError, ValueError):
        return None
    return content if isinstance(content, dict) else None
