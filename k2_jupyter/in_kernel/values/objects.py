"""Code, iterators, files, modules and exceptions. Runs inside the user's kernel.

An iterator is never asked for its next item, a file never for its position: both would
change them.
"""

from __future__ import annotations

import functools
import inspect
import io
import types
from collections.abc import Iterator
from typing import Any

from . import kinds, looking, words


class Function(kinds.Kind):
    """A function in Python, by its code object: `inspect.signature` follows attributes."""

    other = "other code"

    def outline(self, value: Any) -> str:
        name = words.short(value.__name__, 60)
        return words.short(f"{self._word(value)} {name}({signature(value)})", 200)

    def details(self, value: Any) -> Iterator[str]:
        first = doc_line(value.__doc__)
        if first:
            yield f"  {first}"

    def brief(self, value: Any, depth: int) -> str:
        return f"function {words.short(value.__name__, 40)}"

    def facts(self, value: Any) -> kinds.Facts:
        return {"parameters": f"({signature(value)})"}

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        defaults = value.__defaults__, value.__kwdefaults__
        return hash(value.__code__), walk.of(defaults)

    def _word(self, value: Any) -> str:
        flags = value.__code__.co_flags
        if flags & inspect.CO_ASYNC_GENERATOR:
            return "async generator function"
        if flags & inspect.CO_GENERATOR:
            return "generator function"
        return "async function" if flags & inspect.CO_COROUTINE else "function"


class Method(kinds.Kind):
    def outline(self, value: Any) -> str:
        function = kinds.brief(value.__func__).replace("function ", "", 1)
        return f"method {function} of {kinds.brief(value.__self__, 0)}"


class Builtin(kinds.Kind):
    def outline(self, value: Any) -> str:
        text = value.__text_signature__
        text = text.replace("$module, ", "").replace("$self, ", "") if text else "(…)"
        return words.short(f"function {value.__name__}{text}", 160)


class Partial(kinds.Kind):
    def outline(self, value: Any) -> str:
        return f"partial of {kinds.brief(value.func, 1)}"


class Class(kinds.Kind):
    """A class: its bases and what it defines."""

    through_base = True
    other = "other code"

    def outline(self, value: Any) -> str:
        bases = [looking.title(base) for base in value_bases(value) if base is not object]
        named = f"class {words.short(looking.class_name(value))}"
        return f"{named}({words.short(', '.join(bases))})" if bases else named

    def details(self, value: Any) -> Iterator[str]:
        first = doc_line(looking.class_dict(value).get("__doc__"))
        if first:
            yield f"  {first}"
        init = looking.class_dict(value).get("__init__")
        if type(init) is types.FunctionType:
            yield f"  {words.short(looking.class_name(value))}({signature(init, skip=1)})"
        names = [name for name in looking.class_dict(value) if not name.startswith("_")]
        if names:
            yield f"  defines {words.listed(words.short(name, 40) for name in names[:100])}"

    def brief(self, value: Any, depth: int) -> str:
        return f"class {words.short(looking.class_name(value), 40)}"

    def facts(self, value: Any) -> kinds.Facts:
        return {"bases": str([looking.title(base) for base in value_bases(value)])}

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        if looking.home(value):  # it came by an import
            return id(value)
        members = list(looking.class_dict(value).items())[:200]
        return tuple((name, walk.of(one)) for name, one in members if id(type(one)) in _TOLD_APART)


_TOLD_APART = kinds.NUMBERS | {id(types.FunctionType), id(str)}


class Generator(kinds.Kind):
    """Where it stands is known without asking it for anything."""

    def outline(self, value: Any) -> str:
        name = words.short(value.__name__, 60)
        state = inspect.getgeneratorstate(value)
        where = {"GEN_CREATED": "not started", "GEN_CLOSED": "finished", "GEN_RUNNING": "running"}
        return f"generator {name}, {where.get(state, 'suspended')}"


class Coroutine(kinds.Kind):
    def outline(self, value: Any) -> str:
        return f"{type(value).__name__} {words.short(value.__name__, 60)}, not awaited from here"


class Iterating(kinds.Kind):
    def outline(self, value: Any) -> str:
        return f"{looking.title(type(value))} iterator, not consumed"


class File(kinds.Kind):
    """An open or closed file; `tell` would flush it."""

    def outline(self, value: Any) -> str:
        state = "closed" if value.closed else "open"
        parts = [f"file {kinds.brief(getattr(value, 'name', None), 1)}", state]
        parts += [str(value.mode)] if hasattr(value, "mode") else []
        parts += [str(value.encoding)] if hasattr(value, "encoding") else []
        return words.short(", ".join(parts), 200)


class Buffer(kinds.Kind):
    def outline(self, value: Any) -> str:
        return f"{type(value).__name__}, {'closed' if value.closed else 'in memory'}"


_ARGS = BaseException.__dict__["args"]


class Raised(kinds.Kind):
    """An exception: its class and the plain values that it was made with."""

    through_base = True

    def outline(self, value: Any) -> str:
        return f"exception {words.short(looking.title(type(value)))}"

    def line(self, value: Any) -> str:
        arguments = [kinds.brief(one, 2) for one in _ARGS.__get__(value)[:5]]
        return words.short(f"{self.outline(value)}({', '.join(arguments)})", 200)


class Module(kinds.Kind):
    through_base = True

    def outline(self, value: Any) -> str:
        return f"module {kinds.brief(looking.module_dict(value).get('__name__'))}"


def signature(function: Any, skip: int = 0) -> str:
    """The parameters of a Python function, with those defaults that are plain values."""
    code = function.__code__
    names = code.co_varnames
    plain, only = code.co_argcount, code.co_kwonlyargcount
    defaults = function.__defaults__ or ()
    first = plain - len(defaults)
    parts = [
        name if at < first else f"{name}={kinds.shown(name, defaults[at - first], 1)}"
        for at, name in enumerate(names[:plain])
    ][skip:]
    at = plain + only
    if code.co_flags & inspect.CO_VARARGS:
        parts.append("*" + names[at])
        at += 1
    elif only:
        parts.append("*")
    parts += _keyword_only(function, names[plain : plain + only])
    if code.co_flags & inspect.CO_VARKEYWORDS:
        parts.append("**" + names[at])
    return words.plain(", ".join(parts))


def _keyword_only(function: Any, names: Any) -> list[str]:
    defaults = function.__kwdefaults__ or {}
    return [
        f"{name}={kinds.shown(name, defaults[name], 1)}" if name in defaults else name
        for name in names
    ]


def value_bases(cls: Any) -> Any:
    return type.__dict__["__bases__"].__get__(cls)


def doc_line(doc: Any) -> str:
    """The first line of a docstring; "" where there is none."""
    if type(doc) is not str:
        return ""
    return words.short(doc[:2_000].strip().partition("\n")[0].strip(), 160)


def register() -> None:
    kinds.add(Function(), types.FunctionType)
    kinds.add(Method(), types.MethodType)
    kinds.add(Builtin(), types.BuiltinFunctionType)
    kinds.add(Partial(), functools.partial)
    kinds.add(Class(), type)
    kinds.add(Generator(), types.GeneratorType)
    kinds.add(Coroutine(), types.CoroutineType, types.AsyncGeneratorType)
    kinds.add(Iterating(), map, filter, zip, enumerate, reversed)
    kinds.add(Iterating(), type(iter([])), type(iter(())), type(iter({})), type(iter(set())))
    kinds.add(Iterating(), type(iter("")), type(iter(range(0))))
    kinds.add(File(), io.TextIOWrapper, io.BufferedReader, io.BufferedWriter, io.BufferedRandom)
    kinds.add(File(), io.FileIO)
    kinds.add(Buffer(), io.StringIO, io.BytesIO)
    kinds.add(Raised(), BaseException)
    kinds.add(Module(), types.ModuleType)
