"""Python's containers and records: lists, dicts, named tuples, dataclasses.

Runs inside the user's kernel. Subclasses are read through the methods of the base class,
which their overrides do not reach: ``dict.items(value)``, ``tuple.__iter__(value)``. Over 250
lines: what they are told by and what they are compared by belong together.
"""

from __future__ import annotations

import collections
import itertools
import marshal
import operator
from collections.abc import Iterator
from typing import Any

from . import kinds, looking, scalars, words

_SHOWN = 5
"""Items of a container that a line shows."""
_LISTED = 12
"""Items of a container that are described one by one."""
_COMPARED = 12_500
"""Items up to which a container is compared: 100 kB of references."""
_TEXT = frozenset((id(str),))


class Container(kinds.Kind):
    """Items in a row, read through the methods of the base class."""

    through_base = True

    def __init__(self, base: Any, brackets: tuple[str, str]) -> None:
        self.base = base
        self.brackets = brackets

    def items(self, value: Any, limit: int) -> list[Any]:
        return list(itertools.islice(self.base.__iter__(value), limit))

    def length(self, value: Any) -> int:
        return int(self.base.__len__(value))

    def outline(self, value: Any) -> str:
        name = words.short(looking.title(type(value)))
        return f"{name}, {words.counted(self.length(value), 'item')}"

    def line(self, value: Any) -> str:
        shown = self.inside(value, 3)
        return f"{self.outline(value)}: {words.short(shown, 200)}" if shown else self.outline(value)

    def inside(self, value: Any, depth: int) -> str:
        """The first items between brackets; "" where there are none."""
        if not self.length(value):
            return ""
        shown = [kinds.brief(item, depth - 1) for item in self.items(value, _SHOWN)]
        return self._closed(shown, self.length(value) - len(shown))

    def _closed(self, shown: list[str], more: int) -> str:
        left, right = self.brackets
        return f"{left}{', '.join(shown)}{', …' if more else ''}{right}"

    def brief(self, value: Any, depth: int) -> str:
        left, right = self.brackets
        if not self.length(value):
            return left + right
        if depth <= 0:
            return f"{left}{words.counted(self.length(value), 'item')}{right}"
        return words.short(self.inside(value, depth), 120)

    def details(self, value: Any) -> Iterator[str]:
        items = self.items(value, _LISTED)
        if all(id(type(item)) in kinds.NUMBERS for item in items):
            many = self.items(value, 60)
            more = self.length(value) - len(many)
            yield "  " + self._closed([kinds.brief(item, 1) for item in many], more)
            return
        yield from self._numbered(items)
        if self.length(value) > len(items):
            yield f"  … {self.length(value) - len(items)} more"

    def _numbered(self, items: list[Any]) -> Iterator[str]:
        for position, item in enumerate(items):
            yield f"  [{position}] {words.short(kinds.kind_of(item).line(item), 200)}"

    def facts(self, value: Any) -> kinds.Facts:
        return {"items": self.length(value)}

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        if self.length(value) > _COMPARED:
            walk.whole = False
            return None
        items = self.items(value, _COMPARED)
        # Lists of numbers and texts are the most and the longest; this looks at no item in Python.
        found = _classes(items)
        if found <= kinds.NUMBERS or (found == _TEXT and sum(map(len, items)) <= scalars.HASHED):
            return hash(marshal.dumps(items, 2))
        return tuple(map(walk.of, items[: walk.nodes + 1])), len(items)


class Record(Container):
    """A tuple with names: a `namedtuple`, and what scipy's tests return."""

    def outline(self, value: Any) -> str:
        names = words.listed((name for name, _ in self.fields(value)), limit=150)
        return f"{words.short(looking.title(type(value)))}, fields: {names}"

    def fields(self, value: Any) -> list[tuple[str, Any]]:
        names = _field_names(type(value))
        fields = list(zip(names, tuple.__iter__(value)))  # noqa: B905 - not before 3.10
        held = looking.own_dict(value)  # a t test of scipy has its degrees of freedom there
        return fields + [(name, held[name]) for name in held if not name.startswith("_")]

    def line(self, value: Any) -> str:
        return f"{words.short(looking.title(type(value)))}({self._inside(value, 2)})"

    def brief(self, value: Any, depth: int) -> str:
        name = words.short(looking.class_name(type(value)), 40)
        return f"{name}({self._inside(value, depth - 1)})" if depth > 0 else name

    def _inside(self, value: Any, depth: int) -> str:
        fields = self.fields(value)
        shown = (f"{name}={kinds.shown(name, one, depth)}" for name, one in fields[:10])
        return words.listed(map(words.plain, shown), max(0, len(fields) - 10), limit=200)

    def details(self, value: Any) -> Iterator[str]:
        for name, one in self.fields(value)[:_LISTED]:
            yield f"  {name}: {_line(name, one)}"


class Mapping(Container):
    """A dict, read through `dict` whatever its class overrides."""

    def pairs(self, value: Any, limit: int) -> list[tuple[Any, Any]]:
        return list(itertools.islice(dict.items(value), limit))

    def inside(self, value: Any, depth: int) -> str:
        if not self.length(value):
            return ""
        shown = [
            f"{kinds.brief(key, 1)}: {kinds.shown(key, one, depth - 1)}"
            for key, one in self.pairs(value, _SHOWN)
        ]
        return self._closed(shown, self.length(value) - len(shown))

    def details(self, value: Any) -> Iterator[str]:
        pairs = self.pairs(value, _LISTED)
        for key, one in pairs:
            yield f"  {words.short(kinds.brief(key, 2), 60)}: {_line(key, one)}"
        if self.length(value) > len(pairs):
            yield f"  … {self.length(value) - len(pairs)} more"

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        walk.whole = walk.whole and self.length(value) <= _COMPARED
        keys = list(itertools.islice(dict.keys(value), _COMPARED))
        return walk.of(keys), walk.of(list(itertools.islice(dict.values(value), _COMPARED)))


class Dataclass(kinds.Kind):
    """An instance of a dataclass: its fields, from where the instance holds them."""

    def fields(self, value: Any) -> list[tuple[str, Any]]:
        held = looking.own_dict(value)
        return [(name, held[name]) for name in _dataclass_names(type(value)) if name in held]

    def outline(self, value: Any) -> str:
        names = words.listed((name for name, _ in self.fields(value)), limit=150)
        return f"{words.short(looking.title(type(value)))} (dataclass), fields: {names}"

    def line(self, value: Any) -> str:
        return self.brief(value, 3)

    def brief(self, value: Any, depth: int) -> str:
        name = words.short(looking.class_name(type(value)), 40)
        if depth <= 0:
            return name
        shown = (f"{key}={kinds.shown(key, one, depth - 1)}" for key, one in self.fields(value))
        return f"{name}({words.listed(map(words.plain, shown), limit=200)})"

    def details(self, value: Any) -> Iterator[str]:
        for name, one in self.fields(value)[:30]:
            yield f"  {name}: {_line(name, one)}"

    def facts(self, value: Any) -> kinds.Facts:
        return {
            "field": {
                name: "secret" if words.secret(name) else kinds.brief(one, 1)
                for name, one in self.fields(value)
            }
        }

    def content(self, value: Any, walk: kinds.Walk) -> Any:
        return tuple((name, walk.of(one)) for name, one in self.fields(value))


def _classes(items: list[Any]) -> frozenset[int]:
    """The ``id`` of each class among the items."""
    # Most lists have one; to compare is half the work of to collect, at each step for each list.
    first = type(items[0]) if items else None
    if items and all(map(operator.is_, map(type, items), itertools.repeat(first))):
        return frozenset((id(first),))
    return frozenset(map(id, map(type, items)))


def _line(name: Any, value: Any) -> str:
    kind = kinds.kind_of(value)
    if words.secret(name):
        return f"{words.short(kind.outline(value), 150)} {words.NOT_SHOWN}"
    return words.short(kind.line(value), 200)


def _field_names(cls: type) -> tuple[str, ...]:
    for base in looking.mro(cls):
        names = looking.class_dict(base).get("_fields")
        if type(names) is tuple and all(type(name) is str for name in names):
            return tuple(words.short(name, 40) for name in names)
    return ()


def _dataclass_names(cls: type) -> list[str]:
    for base in looking.mro(cls):
        fields = looking.class_dict(base).get("__dataclass_fields__")
        if type(fields) is dict:
            return [name for name in fields if type(name) is str]
    return []


def _is_dataclass(cls: type) -> bool:
    return bool(_dataclass_names(cls))


class _Tuple(Container):
    """A tuple, or one with names."""

    _record = Record(tuple, ("(", ")"))

    def outline(self, value: Any) -> str:
        return self._read(value).outline(value)

    def line(self, value: Any) -> str:
        return self._read(value).line(value)

    def brief(self, value: Any, depth: int) -> str:
        return self._read(value).brief(value, depth)

    def details(self, value: Any) -> Iterator[str]:
        return self._read(value).details(value)

    def _read(self, value: Any) -> Container:
        is_record = type(value) is not tuple and _field_names(type(value))
        return self._record if is_record else _PLAIN_TUPLE


_PLAIN_TUPLE = Container(tuple, ("(", ")"))


def register() -> None:
    kinds.add(Container(list, ("[", "]")), list)
    kinds.add(_Tuple(tuple, ("(", ")")), tuple)
    kinds.add(Container(set, ("{", "}")), set)
    kinds.add(Container(frozenset, ("{", "}")), frozenset)
    kinds.add(Container(collections.deque, ("[", "]")), collections.deque)
    kinds.add(Mapping(dict, ("{", "}")), dict)
    kinds.OTHERS.append((_is_dataclass, Dataclass()))
