"""Looks at objects without running a line of theirs. Runs inside the user's kernel.

Standard library only, Python 3.8 and later. A class decides what ``value.name``,
``isinstance``, ``len``, ``==`` or ``hash`` do, a metaclass what they do with the class; so
what is known of an object is read through the descriptors of `type` and of the C types
(Python data model, 3.3.2 "Customizing attribute access"), and classes are compared with
``is``.
"""

from __future__ import annotations

import sys
import types
from typing import Any

_MRO = type.__dict__["__mro__"]
_MODULE = type.__dict__["__module__"]
_NAME = type.__dict__["__name__"]
_CLASS_DICT = type.__dict__["__dict__"]
_MODULE_DICT = vars(types.ModuleType)["__dict__"]


def lineage(value: Any) -> tuple[type, ...]:
    """The real class of an object and its bases, in the order of resolution."""
    return mro(type(value))


def mro(cls: type) -> tuple[type, ...]:
    bases: tuple[type, ...] = _MRO.__get__(cls)
    return bases


def derives(cls: type, base: type) -> bool:
    """`issubclass`, unless the classes see that otherwise."""
    return any(one is base for one in mro(cls))


def class_name(cls: type) -> str:
    return str.__str__(_NAME.__get__(cls))


def module_name(cls: type) -> str:
    """The module that a class says it is from, or ""."""
    module = _MODULE.__get__(cls)
    return module if type(module) is str else ""


def title(cls: type) -> str:
    """The name of a class, with the public part of its module's where that says something."""
    parts = [part for part in module_name(cls).split(".") if part and not part.startswith("_")]
    return ".".join([*(part for part in parts if part != "builtins"), class_name(cls)])


def class_dict(cls: type) -> Any:
    """What a class defines itself: a read-only mapping."""
    return _CLASS_DICT.__get__(cls)


def module_dict(module: Any) -> dict[str, Any]:
    """The names of a module; none where it is no module."""
    if module is None or not derives(type(module), types.ModuleType):
        return {}
    names: dict[str, Any] = _MODULE_DICT.__get__(module)
    return names


def home(cls: type) -> str:
    """``package.Class`` where that package really has this class, or "".

    The package is the topmost one, without a leading underscore.
    """
    module, name = module_name(cls), class_name(cls)
    if module == "__main__" or module_dict(sys.modules.get(module)).get(name) is not cls:
        return ""
    return f"{module.partition('.')[0].lstrip('_')}.{name}"


def own_dict(value: Any) -> dict[str, Any]:
    """The attributes that an object itself holds, in its ``__dict__`` and its slots."""
    held: dict[str, Any] = {}
    found = False
    for cls in lineage(value):
        for name, member in class_dict(cls).items():
            if type(member) is types.MemberDescriptorType and cls.__flags__ & _HEAP:
                try:
                    held.setdefault(name, member.__get__(value))
                except AttributeError:  # a slot that was never set
                    continue
            elif name == "__dict__" and not found:
                if type(member) is not types.GetSetDescriptorType:
                    return held
                found = True
                names = member.__get__(value)
                if derives(type(names), dict):
                    held.update((key, one) for key, one in dict.items(names) if type(key) is str)
    return held


_HEAP = 1 << 9
"""Py_TPFLAGS_HEAPTYPE: the class was made by a ``class`` statement, so its slots are too."""
