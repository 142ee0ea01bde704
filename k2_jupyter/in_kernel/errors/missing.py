"""What may be meant by a name that does not exist: hints about errors.

Runs inside the user's kernel. A rule takes an exception and the line where it arose (None
where that is unknown) and yields lines of text; one that does not apply yields nothing.
"""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Iterator
from typing import Any

from ..values import kinds, looking, words
from . import labels
from .failing_line import Line, constant_index, dotted
from .near import Code, near, near_or_all, texts
from .raised import arguments, is_a, message, own
from .substitutes import MOVED, USUAL

_QUOTED = re.compile(r"(?<!=)'([^']{1,200})'")
_COLUMN = re.compile(r"Columns? not found: (.+)|column \"([^\"]+)\"")
_ATTRIBUTE = re.compile(r"module '([\w.]+)' has no attribute '(\w+)'")
_ARGUMENT = re.compile(r"([\w.<>]+)\(\) got an unexpected keyword argument '(\w+)'")
_ENTRIES = 2_000


# Columns and keys


def key(error: BaseException, line: Line | None) -> Iterator[str]:
    """A column of a frame or a key of a mapping on the line."""
    named = looking.class_name(type(error)) in ("ColumnNotFoundError", "KeyError")
    if line is None or not (named or is_a(error, KeyError)):
        return
    wanted = _keys_wanted(error)
    in_rows = list(labels.missing(line, (arguments(error) or ("",))[0], wanted))
    if in_rows or (labels.may_be_asked(line) and not message(error)):
        yield from in_rows
        return
    indexed = (node for node in line.nodes() if isinstance(node, ast.Subscript))
    asked = {dotted(node.value) for node in indexed if constant_index(node) in wanted} - {""}
    for name, value in line.values().items():
        what, names = _names_in(value)
        for one in wanted:
            if what and one not in names and (not asked or name in asked):
                yield f"{name} has no {one!r}; {near_or_all(one, names, what)}"


def _keys_wanted(error: BaseException) -> list[str]:
    text = message(error)
    column = _COLUMN.search(text)
    if column:
        return [(column[1] or column[2]).strip("'\"")]
    if text.startswith("None of [") or " not in index" in text or "not found" in text:
        return _QUOTED.findall(text)[:3]
    if text:
        return [text]
    made_with = arguments(error)
    simple = made_with and type(made_with[0]) in (int, float, bool)
    return [Code(repr(made_with[0]))] if simple else []


def _names_in(value: Any) -> tuple[str, list[str]]:
    """What the names in a thing are called, and these."""
    for cls in looking.lineage(value):
        home = looking.home(cls)
        if cls is dict:
            return "keys", texts(dict.keys(value))
        if home == "pandas.GroupBy":
            return _names_in(looking.own_dict(value).get("obj"))
        if home and kinds.kind_of(value) is kinds.UNREAD:
            continue  # a subclass that may do anything when it is asked
        if home in ("pandas.DataFrame", "polars.DataFrame"):
            return "columns", texts(value.columns)
        if home == "pyarrow.Table":
            return "columns", texts(value.column_names)
        if home == "pandas.Series":
            return "index", texts(value.index[:_ENTRIES])
    return "", []


# Names and attributes


def name(error: BaseException, line: Line | None) -> Iterator[str]:
    if line is None or not is_a(error, NameError):
        return
    quoted_name = _QUOTED.search(message(error))
    wanted = quoted_name[1] if quoted_name else ""
    if wanted in USUAL:
        yield f"{wanted} is not imported: {USUAL[wanted]}"
        return
    known = [one for one in line.names if not one.startswith("_")] + dir(builtins)
    likely = near(wanted, known)
    if likely:
        yield f"no {wanted}; near it: {words.listed(likely)}"


def attribute(error: BaseException, line: Line | None) -> Iterator[str]:
    if not is_a(error, AttributeError):
        return
    wanted, owner = own(error, AttributeError, "name"), own(error, AttributeError, "obj")
    if type(wanted) is not str:  # raised by a `__getattr__` of the module's own
        told = _ATTRIBUTE.search(message(error))
        if told is None:
            return
        wanted, owner = told[2], sys.modules.get(told[1])
    if owner is None:
        yield (
            f"what stands before .{wanted} is None: a method that works in place or only prints"
            " gives None back"
        )
        return
    for home in _homes(owner):
        if f"{home}.{wanted}" in MOVED:
            yield f"{home}.{wanted} is gone; instead: {MOVED[f'{home}.{wanted}']}"
            return
    likely = near(wanted, _attributes(owner))
    if likely:
        yield f"no .{wanted}; near it: {words.listed('.' + one for one in likely)}"
    what, names = _names_in(owner)
    if what == "columns" and not likely:
        yield f"no column {wanted!r} either; {near_or_all(wanted, names, what)}"


def _homes(owner: Any) -> list[str]:
    """The names under which what an object offers may have moved."""
    module = looking.module_dict(owner).get("__name__")
    if type(module) is str:
        return [module]
    return [home for home in map(looking.home, looking.lineage(owner)) if home]


def _attributes(owner: Any) -> list[str]:
    names = set(looking.module_dict(owner) or looking.own_dict(owner))
    for cls in looking.lineage(owner):
        names.update(looking.class_dict(cls))
    what, columns = _names_in(owner)
    if what == "columns":
        names.update(column for column in columns if column.isidentifier())
    return sorted(one for one in names if type(one) is str and not one.startswith("_"))


# Arguments


def argument(error: BaseException, line: Line | None) -> Iterator[str]:
    """A keyword that a function does not take."""
    found = _ARGUMENT.search(message(error)) if is_a(error, TypeError) else None
    if found is None:
        return
    function, wanted = found[1].rpartition(".")[2], found[2]
    called = _callee(line, wanted)
    for title in (function, called[0] if called else ""):
        if f"{title}({wanted})" in MOVED:
            yield f"{title}({wanted}=…) is gone; instead: {MOVED[f'{title}({wanted})']}"
            return
    if called and called[1]:
        parameters = [one for one in called[1] if one not in ("self", "cls")]
        yield f"{called[0]} has no {wanted!r}; {near_or_all(wanted, parameters, 'parameters')}"


def _callee(line: Line | None, keyword: str) -> tuple[str, list[str]] | None:
    """Name and parameters of the function that is called with that keyword on the line."""
    for node in line.nodes() if line else ():
        if isinstance(node, ast.Call) and any(one.arg == keyword for one in node.keywords):
            called = node.func
            title = str(getattr(called, "attr", None) or getattr(called, "id", ""))
            for value in _functions(line, called) if line else ():
                return title, _parameters(value)
            return title, []
    return None


def _functions(line: Line, called: ast.AST) -> Iterator[Any]:
    yield from line.value_of(called)
    if isinstance(called, ast.Attribute):
        for owner in line.value_of(called.value):
            for cls in looking.lineage(owner):
                if called.attr in looking.class_dict(cls):
                    yield looking.class_dict(cls)[called.attr]


def _parameters(function: Any) -> list[str]:
    if looking.derives(type(function), type):
        made = [looking.class_dict(cls).get("__init__") for cls in looking.mro(function)]
        function = next((one for one in made if one is not None), None)
    wrapped = looking.own_dict(function)
    function = wrapped.get("__wrapped__", wrapped.get("__func__", function))
    if type(function) is not type(_parameters):
        return []
    code = function.__code__
    return list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])


RULES = (key, name, attribute, argument)
