"""Takes the names of a turn back: what it added goes, what it rebound is bound as before.

Until the next turn begins the objects from before the last one are kept alive for this; of
older turns only those that others keep alive, or that no weak reference can name. What was
changed in them, under whatever name, is seen by comparing them and said: it can't be taken
back. Standard library only, Python 3.8 and later.
"""

from __future__ import annotations

import types
import weakref
from collections.abc import Iterable, Mapping
from typing import Any

from .values import changes, guard
from .values.variables import Report

_LOOKING = 0.1
"""Seconds for a look at all objects."""
_MOST_TURNS = 10
_OF_SHELL = frozenset(["In", "Out", "exit", "quit", "get_ipython", "open"])
_CODE = (types.FunctionType, types.BuiltinFunctionType, types.ModuleType, type)
_BEYOND = "Files and whatever else is no variable are as the turn left them."
_DONE = ("Removed", "As before")
_DONE_AGAIN = ("Removed again", "As the turn left them")

States = Mapping[str, changes.State]


class _Lost:
    """Stands for an object that is not alive any more."""


_LOST = _Lost()


class _Reference(weakref.ref):  # type: ignore[type-arg]  # Python 3.8 has no such brackets
    """One of ours; the user may have others in variables."""


class Undo:
    """The names of a namespace before and after one turn."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._before: dict[str, Any] | None = None
        self._after: dict[str, Any] | None = None
        self._told: set[str] = set()
        self._states: States = {}
        self._left: States = {}
        """The states in which the turn left the objects from before it."""

    def begin(self) -> None:
        """A turn begins."""
        self._before, self._after, self._told = self._present(), None, set()
        self._states = _states(self._before)

    def told(self, changed: Iterable[str]) -> None:
        """These names were reported as changed by a run of the turn."""
        self._told.update(changed)

    def end(self) -> None:
        """The turn has ended."""
        self._after, self._left = self._present(), _states(self._before or {})

    @property
    def noted(self) -> bool:
        """Is it known what the turn did?"""
        return self._before is not None and self._after is not None

    def weaken(self) -> None:
        """Another turn begins: do not keep alive what only this one knows."""
        self._before, self._after = _weak(self._before), _weak(self._after)

    def undo(self) -> list[str]:
        """Take the turn back; says in lines what was done, and what could not be."""
        if not self.noted:
            return ["There is no turn to undo."]
        lines = [*self.take_back(), _BEYOND]
        self._before = self._after = None
        return lines

    def take_back(self) -> list[str]:
        """The same of the names alone, so that `redo` can bind them again."""
        before, after = _alive(self._before or {}), _alive(self._after or {})
        in_place, sampled = self._objects(before, after)
        lines, done = self._turn_back(_DONE, before, after)
        self._before, self._after = _only(after, done), _only(before, done)
        return [
            *lines,
            *_line("Changed in place by the turn, which can't be undone", in_place),
            *_line("Not compared in full; no change in place was seen", sampled),
            *([] if lines or in_place else ["The turn bound no names."]),
        ]

    def redo(self) -> list[str]:
        """Bind the names again as the turn left them; behind `take_back`."""
        before, after = _alive(self._before or {}), _alive(self._after or {})
        lines, done = self._turn_back(_DONE_AGAIN, before, after)
        self._before, self._after = _only(after, done), _only(before, done)
        return lines

    def _turn_back(
        self, words: tuple[str, str], before: dict[str, Any], after: dict[str, Any]
    ) -> tuple[list[str], list[str]]:
        """What was done, and to which names."""
        removed, restored, kept, lost = [], [], [], []
        now = self._present()
        for name in sorted(before.keys() | after.keys()):
            if _same(before, after, name):
                continue
            if not _same(now, after, name):
                kept.append(name)
            elif name not in before:
                del self._names[name]
                removed.append(name)
            elif before[name] is _LOST:
                lost.append(name)
            else:
                self._names[name] = before[name]
                restored.append(name)
        lines = [
            *_line(words[0], removed),
            *_line(words[1], restored),
            *_line("Left, because they were changed since", kept),
            *_line("Left, because what they were before is not there any more", lost),
        ]
        return lines, [*removed, *restored]

    def _objects(
        self, before: dict[str, Any], after: dict[str, Any]
    ) -> tuple[list[str], list[str]]:
        """Names whose objects the turn changed, and those that were not seen whole."""
        changed, sampled = [], []
        for name in sorted(before):
            old, new = self._states.get(name), self._left.get(name)
            told = name in self._told and _same(before, after, name)
            if told or (old and new and not changes.same(old, new)):
                changed.append(name)
            elif not ((old and new and old.whole and new.whole) or isinstance(before[name], _CODE)):
                sampled.append(name)
        return changed, sampled

    def _present(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in list(self._names.items())
            if not name.startswith("_") and name not in _OF_SHELL
        }


_turns: dict[str, Undo] = {}
"""By their ids, the newest last."""


def begin(turn: str) -> Report:
    """A turn begins in this kernel."""
    from IPython import get_ipython

    for older in _turns.values():
        older.weaken()
    _turns[turn] = Undo(get_ipython().user_ns)
    _turns[turn].begin()
    while len(_turns) > _MOST_TURNS:
        del _turns[next(iter(_turns))]
    return Report({"noted": True})


def end(turn: str, changed: Iterable[str] = ()) -> Report:
    """It has ended; these names were reported as changed by its runs."""
    if turn in _turns:
        _turns[turn].told(changed)
        _turns[turn].end()
    return Report({"noted": turn in _turns})


def undo(turn: str) -> Report:
    """``lines`` of what was done; nothing where this kernel does not know the turn."""
    known = _turns.get(turn)
    return Report({"lines": known.take_back()} if known and known.noted else {})


def redo(turn: str) -> Report:
    """As `undo`."""
    known = _turns.get(turn)
    return Report({"lines": known.redo()} if known and known.noted else {})


def _states(values: Mapping[str, Any]) -> States:
    """The state of each, as far as there is time."""
    states: dict[str, changes.State] = {}

    def look() -> None:
        for name, value in values.items():
            states[name] = changes.state_of(value, deep=True)

    guard.within(_LOOKING, look)
    return states


def _weak(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """References to these objects, which keep them alive only where no others can be had."""
    return None if values is None else {name: _reference(value) for name, value in values.items()}


def _reference(value: Any) -> Any:
    try:
        return _Reference(value)
    except TypeError:  # numbers, texts, lists
        return value


def _alive(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _object(value) for name, value in values.items()}


def _object(value: Any) -> Any:
    if type(value) is not _Reference:
        return value
    there = value()
    return _LOST if there is None else there


def _only(values: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def _same(one: Mapping[str, Any], other: Mapping[str, Any], name: str) -> bool:
    """Whether the name is bound to the very same object in both, or in neither."""
    if name not in one or name not in other:
        return name not in one and name not in other
    return one[name] is other[name]


def _line(what: str, names: list[str]) -> list[str]:
    return [f"{what}: {', '.join(names)}."] if names else []
