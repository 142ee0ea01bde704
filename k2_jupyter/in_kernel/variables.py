"""What the user's variables are, in text. Runs inside the user's kernel.

The source is sent to the kernel and lives in `sys.modules` under a private name, so it
uses the standard library only, runs on Python 3.8 and later, and leaves no names behind.
It never calls a method of an object whose class it does not know: a `__repr__` or a
`__len__` of the user's may be slow, fail, or do something.
"""

import json
import sys
import time

_MAX_NAMES = 40
_MAX_SECONDS = 0.2
_MAX_TEXT = 80
_MAX_COLUMNS = 300
_SECRET_WORDS = ("key", "token", "password", "passwd", "secret", "credential")
_SCALARS = (bool, int, float, complex, str, bytes, type(None))
_CONTAINERS = (list, tuple, set, frozenset, dict)

_seen = {}


class Report:
    """A JSON text that IPython shows as it is."""

    def __init__(self, content):
        self._text = json.dumps(content)

    def __repr__(self):
        return self._text


def changes():
    """What the names were since the last call, one line each, as a `Report`."""
    deadline = time.monotonic() + _MAX_SECONDS
    now, appeared, changed, more = {}, {}, {}, 0
    for name, value in _variables().items():
        now[name] = state = _state(value)
        if name in _seen and _seen[name] == state:
            continue
        if len(appeared) + len(changed) >= _MAX_NAMES or time.monotonic() > deadline:
            more += 1
            continue
        (changed if name in _seen else appeared)[name] = line(name, value)
    gone = [name for name in _seen if name not in now]
    _seen.clear()
    _seen.update(now)
    more += max(0, len(gone) - _MAX_NAMES)
    return Report(
        {"appeared": appeared, "changed": changed, "gone": gone[:_MAX_NAMES], "more": more}
    )


def describe(names=()):
    """Some lines about each variable (all, or these), as a `Report`."""
    deadline = time.monotonic() + 5 * _MAX_SECONDS
    variables = _variables()
    chosen = list(names) or list(variables)
    described = {}
    for name in chosen[:_MAX_NAMES]:
        if time.monotonic() > deadline:
            described[name] = "(not described: out of time)"
        elif name in variables:
            described[name] = _guarded(_lines, name, variables[name])
    return Report(described)


def line(name, value):
    """One line about a variable; never raises."""
    return _guarded(_line, name, value)


def _variables():
    from IPython import get_ipython

    shell = get_ipython()
    hidden = shell.user_ns_hidden
    module = type(sys)
    return {
        name: value
        for name, value in list(shell.user_ns.items())
        if not name.startswith("_")
        and not isinstance(value, module)
        and not (name in hidden and hidden[name] is value)
        and name not in ("In", "Out", "exit", "quit", "get_ipython")
    }


def _guarded(describer, name, value):
    try:
        return describer(name, value)
    except Exception as problem:  # noqa: BLE001 - an odd object must not cost the report
        return "%s (not described: %s)" % (type(value).__name__, type(problem).__name__)


def _state(value):
    """What tells that a variable is another: compared between two runs."""
    try:
        if type(value) in _SCALARS:
            return type(value), value if value == value else "nan"
        size = None
        if isinstance(value, _CONTAINERS):
            size = type(value) in _CONTAINERS and len(value)
        elif _known(value):
            size = getattr(value, "shape", None), str(getattr(value, "dtype", ""))
            if _is_frame(value):
                size = value.shape, tuple(value.columns), tuple(map(str, value.dtypes))
        return id(value), type(value), size
    except Exception:  # noqa: BLE001 - an odd object must not cost the report
        return id(value), type(value), None


def _library(value):
    return type(value).__module__.partition(".")[0]


def _known(value):
    return _library(value) in ("numpy", "pandas", "polars", "pyarrow", "geopandas", "xarray")


def _is_frame(value):
    return _known(value) and type(value).__name__ in ("DataFrame", "GeoDataFrame")


def _is_secret(name):
    lowered = name.lower()
    return any(word in lowered for word in _SECRET_WORDS)


def _short(text, limit=_MAX_TEXT):
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _line(name, value):
    kind = type(value).__name__
    if type(value) in _SCALARS:
        return _scalar(name, value, kind)
    if isinstance(value, type):
        return "class " + _short(value.__name__)
    if type(value).__name__ in ("function", "builtin_function_or_method"):
        return _signature(value)
    if type(value) in _CONTAINERS:
        return "%s, %d item%s" % (kind, len(value), "" if len(value) == 1 else "s")
    if _known(value):
        return _array(name, value, kind)
    module = type(value).__module__
    return kind if module in ("builtins", "__main__") else "%s.%s" % (module, kind)


def _scalar(name, value, kind):
    if value is None:
        return "None"
    size = ", %d characters" % len(value) if isinstance(value, (str, bytes)) else ""
    if _is_secret(name):
        return kind + " (not shown: the name says it is secret)"
    if isinstance(value, int) and value.bit_length() > 256:
        return "int, %d bits" % value.bit_length()
    if isinstance(value, bytes):
        return kind + ", %d bytes" % len(value)
    if isinstance(value, str):
        return "%s%s = %s" % (kind, size, _short(repr(value[:_MAX_TEXT])))
    return "%s = %s" % (kind, _short(repr(value)))


def _signature(function):
    import inspect

    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return "function"
    return _short("function %s(%s)" % (function.__name__, ", ".join(parameters)), 160)


def _array(name, value, kind):
    if _is_frame(value):
        rows, columns = value.shape
        dtypes = ", ".join(
            "%s %s" % (column, dtype)
            for column, dtype in zip(list(value.columns)[:40], list(value.dtypes)[:40])
        )
        size = "%s, %d rows × %d columns" % (kind, rows, columns)
        return _short("%s: %s" % (size, dtypes), _MAX_COLUMNS) if columns else size
    shape = getattr(value, "shape", None)
    dtype = getattr(value, "dtype", None)
    if shape == () and hasattr(value, "item") and not _is_secret(name):
        return "%s = %s" % (kind, _short(repr(value.item())))
    if kind in ("Series", "Index") and isinstance(shape, tuple):
        return "%s %s, %d rows" % (kind, dtype, shape[0])
    if isinstance(shape, tuple):
        return "%s %s, shape %s" % (kind, dtype, shape)
    return kind


def _lines(name, value):
    if not _is_frame(value) or _library(value) not in ("pandas", "geopandas"):
        return _line(name, value)
    rows, columns = value.shape
    text = ["%s, %d rows × %d columns" % (type(value).__name__, rows, columns)]
    nulls = value.iloc[:, :30].isna().sum() if rows * columns < 50_000_000 else None
    for position, column in enumerate(list(value.columns)[:30]):
        missing = "" if nulls is None else ", %d missing" % int(nulls.iloc[position])
        text.append("  %s: %s%s" % (_short(str(column)), value.dtypes.iloc[position], missing))
    if columns > 30:
        text.append("  … %d more columns" % (columns - 30))
    text.append(value.head(3).to_string(max_cols=12, max_colwidth=24, line_width=120))
    return _short("\n".join(text), 1_500)
