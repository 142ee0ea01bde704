"""What the user's variables are, in text. Runs inside the user's kernel.

The source is sent to the kernel and lives in `sys.modules` under a private name: standard
library only, Python 3.8 and later, no names left behind. It calls no method of an object
whose class it does not know: a `__repr__` or a `__len__` of the user's may be slow, fail,
or do something.
"""

from __future__ import annotations

import inspect
import json
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

_MAX_NAMES = 40
_MAX_SECONDS = 0.2
_MAX_VALUE = 80
_MAX_LINE = 300
_MAX_DESCRIPTION = 1_500
_MAX_COLUMNS = 30
_MAX_CELLS_COUNTED = 50_000_000
_SECRET_WORDS = ("key", "token", "password", "passwd", "secret", "credential")
_SCALARS = (bool, int, float, complex, str, bytes, type(None))
_CONTAINERS = (list, tuple, set, frozenset, dict)
_LIBRARIES = ("numpy", "pandas", "polars", "pyarrow", "geopandas", "xarray")
_SHELL_NAMES = ("In", "Out", "exit", "quit", "get_ipython")

_seen: dict[str, Any] = {}


class Report:
    """A JSON text, which IPython shows as it is."""

    def __init__(self, content: dict[str, Any]) -> None:
        self._text = json.dumps(content)

    def __repr__(self) -> str:
        return self._text


def changes() -> Report:
    """What appeared, changed and went since the last call, one line a name."""
    deadline = time.monotonic() + _MAX_SECONDS
    now: dict[str, Any] = {}
    appeared: dict[str, str] = {}
    changed: dict[str, str] = {}
    more = 0
    for name, value in _variables().items():
        now[name] = state = _state(value)
        if name in _seen and _seen[name] == state:
            continue
        if len(appeared) + len(changed) >= _MAX_NAMES or time.monotonic() > deadline:
            more += 1
        elif name in _seen:
            changed[name] = _guarded(_line, name, value)
        else:
            appeared[name] = _guarded(_line, name, value)
    gone = [name for name in _seen if name not in now]
    _seen.clear()
    _seen.update(now)
    more += max(0, len(gone) - _MAX_NAMES)
    return Report(
        {"appeared": appeared, "changed": changed, "gone": gone[:_MAX_NAMES], "more": more}
    )


def describe(names: Iterable[str] = ()) -> Report:
    """Some lines about each variable (all, or these)."""
    deadline = time.monotonic() + 5 * _MAX_SECONDS
    variables = _variables()
    described: dict[str, str] = {}
    for name in (list(names) or list(variables))[:_MAX_NAMES]:
        if time.monotonic() > deadline:
            described[name] = "(not described: out of time)"
        elif name in variables:
            described[name] = _guarded(_lines, name, variables[name])
    return Report(described)


def _variables() -> dict[str, Any]:
    from IPython import get_ipython

    shell = get_ipython()
    hidden = shell.user_ns_hidden
    module = type(sys)
    return {
        name: value
        for name, value in list(shell.user_ns.items())
        if not name.startswith("_")
        and not isinstance(value, module)
        and name not in _SHELL_NAMES
        and not (name in hidden and hidden[name] is value)
    }


def _guarded(describer: Callable[[str, Any], str], name: str, value: Any) -> str:
    try:
        return describer(name, value)
    except Exception as problem:  # noqa: BLE001 - one odd object must not cost the report
        return f"{type(value).__name__} (not described: {type(problem).__name__})"


# What tells that a variable is another


def _state(value: Any) -> Any:
    """Something to compare between two runs; equal unless the variable changed visibly."""
    kind = type(value)
    try:
        if kind in _SCALARS:
            return kind, repr(value) if kind is float else value  # nan is not equal to itself
        if kind in _CONTAINERS:
            return id(value), kind, len(value)
        if _is_frame(value):
            return id(value), kind, value.shape, tuple(map(str, value.dtypes)), tuple(value.columns)
        if _library(value) in _LIBRARIES:
            return id(value), kind, getattr(value, "shape", None), str(getattr(value, "dtype", ""))
    except Exception:  # noqa: BLE001 - one odd object must not cost the report
        return id(value), kind, None
    return id(value), kind


def _library(value: Any) -> str:
    return str(type(value).__module__).partition(".")[0]


def _is_frame(value: Any) -> bool:
    return type(value).__name__.endswith("DataFrame") and _library(value) in _LIBRARIES


# One line


def _line(name: str, value: Any) -> str:
    kind = type(value).__name__
    if type(value) in _SCALARS:
        return _scalar(name, value)
    if isinstance(value, (type, type(_line))):
        return _code(value)
    if type(value) in _CONTAINERS:
        return f"{kind}, {_counted(len(value), 'item')}"
    if _is_frame(value):
        return _frame(value)
    if _library(value) in _LIBRARIES:
        return _array(name, value)
    module = type(value).__module__
    return kind if module in ("builtins", "__main__") else f"{module}.{kind}"


def _scalar(name: str, value: Any) -> str:
    if value is None:
        return "None"
    kind = type(value).__name__
    if any(word in name.lower() for word in _SECRET_WORDS):
        return f"{kind} (not shown: by its name a secret)"
    if isinstance(value, bytes):
        return f"bytes, {_counted(len(value), 'byte')}"
    if isinstance(value, str):
        return f"str, {_counted(len(value), 'character')} = {_short(repr(value[:_MAX_VALUE]))}"
    if isinstance(value, int) and value.bit_length() > 256:
        return f"int of {value.bit_length()} bits"
    return f"{kind} = {_short(repr(value))}"


def _code(value: Any) -> str:
    if isinstance(value, type):
        return f"class {_short(value.__name__)}"
    parameters = ", ".join(inspect.signature(value).parameters)
    return _short(f"function {value.__name__}({parameters})", 160)


def _frame(value: Any) -> str:
    rows, columns = value.shape
    size = f"{type(value).__name__}, {rows} rows × {columns} columns"
    pairs = zip(list(value.columns)[:_MAX_COLUMNS], list(value.dtypes)[:_MAX_COLUMNS])  # noqa: B905 - not before 3.10
    dtypes = ", ".join(f"{column} {dtype}" for column, dtype in pairs)
    return _short(f"{size}: {dtypes}" if dtypes else size, _MAX_LINE)


def _array(name: str, value: Any) -> str:
    kind = type(value).__name__
    shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
    if not isinstance(shape, tuple):
        return kind
    if shape == ():
        return _scalar(name, value.item()) if hasattr(value, "item") else kind
    if len(shape) == 1:
        return f"{kind} of {dtype}, {_counted(shape[0], 'value')}"
    return f"{kind} of {dtype}, {' × '.join(map(str, shape))}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _short(text: str, limit: int = _MAX_VALUE) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


# Several lines


def _lines(name: str, value: Any) -> str:
    if not _is_frame(value) or _library(value) not in ("pandas", "geopandas"):
        return _line(name, value)
    rows, columns = value.shape
    text = [f"{type(value).__name__}, {rows} rows × {columns} columns"]
    shown = value.iloc[:, :_MAX_COLUMNS]
    missing = shown.isna().sum() if shown.size < _MAX_CELLS_COUNTED else None
    for position, column in enumerate(shown.columns):
        nulls = "" if missing is None else f", {int(missing.iloc[position])} missing"
        text.append(f"  {_short(str(column), 40)}: {shown.dtypes.iloc[position]}{nulls}")
    if columns > _MAX_COLUMNS:
        text.append(f"  … {columns - _MAX_COLUMNS} more columns")
    text.append(value.head(3).to_string(max_cols=12, max_colwidth=24, line_width=120))
    return _short("\n".join(text), _MAX_DESCRIPTION)
