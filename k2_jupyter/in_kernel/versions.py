"""Which packages the user's code has taken up, and their versions. Runs inside the kernel.

Standard library only, Python 3.8 and later; nothing is imported, no user's code runs.
"""

from __future__ import annotations

import platform
import sys
import types
from typing import Any

from .values.variables import Report

_NAMED = (types.FunctionType, types.BuiltinFunctionType, type)
"""What says in ``__module__`` where it comes from, without running anybody's code."""


_OWN = frozenset(("", "IPython", "ipykernel", *getattr(sys, "stdlib_module_names", ())))
"""Of no package that a reader must install for the analysis; Python knows its own from 3.10."""


def versions() -> Report:
    """Import name → version, of Python itself first; packages without a version are left out."""
    from IPython import get_ipython

    found = {"python": platform.python_version()}
    names = {_package(value) for value in dict(get_ipython().user_ns).values()}
    for name in sorted(names):
        version = getattr(sys.modules.get(name), "__version__", None)
        if type(version) is str and name not in _OWN:
            found[name] = version[:60]
    return Report(found)


def _package(value: Any) -> str:
    """The top-level package of a module, function or class; "" for other values."""
    kind = type(value)
    if issubclass(kind, types.ModuleType):
        name = types.ModuleType.__getattribute__(value, "__dict__").get("__name__")
    elif kind in _NAMED:
        name = value.__module__
    else:
        return ""
    return name.split(".", 1)[0] if type(name) is str else ""
