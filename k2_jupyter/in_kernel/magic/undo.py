"""Takes the names of a turn back: what it added goes, what it rebound is bound as before.

Until the next turn begins the objects from before the last one are kept alive for this. What
was changed in them, under whatever name, is seen by comparing them and said: it can't be taken
back. Standard library only.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from typing import Any

from ..values import changes, guard

_LOOKING = 0.1
"""Seconds for a look at all objects."""
_OF_SHELL = frozenset(["In", "Out", "exit", "quit", "get_ipython", "open"])
_CODE = (types.FunctionType, types.BuiltinFunctionType, types.ModuleType, type)
_BEYOND = "Files and whatever else is no variable are as the turn left them."

States = Mapping[str, changes.State]


class Undo:
    """The names of a namespace before and after the last turn."""

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

    def undo(self) -> list[str]:
        """Take the last turn back; says in lines what was done, and what could not be."""
        if self._before is None or self._after is None:
            return ["There is no turn to undo."]
        before, after = self._before, self._after
        self._before = self._after = None
        removed, restored, kept = self._rebind(before, after)
        in_place, sampled = self._objects(before, after)
        return [
            *_line("Removed", removed),
            *_line("As before", restored),
            *_line("Left, because you changed them since", kept),
            *_line("Changed in place by the turn, which can't be undone", in_place),
            *_line("Not compared in full; no change in place was seen", sampled),
            *([] if removed or restored or kept or in_place else ["The turn bound no names."]),
            _BEYOND,
        ]

    def _rebind(
        self, before: dict[str, Any], after: dict[str, Any]
    ) -> tuple[list[str], list[str], list[str]]:
        """Which names were removed, which bound as before, which left."""
        removed, restored, kept = [], [], []
        now = self._present()
        for name in sorted(before.keys() | after.keys()):
            if _same(before, after, name):
                continue
            if not _same(now, after, name):
                kept.append(name)
            elif name in before:
                self._names[name] = before[name]
                restored.append(name)
            else:
                del self._names[name]
                removed.append(name)
        return removed, restored, kept

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


def _states(values: Mapping[str, Any]) -> States:
    """The state of each, as far as there is time."""
    states: dict[str, changes.State] = {}

    def look() -> None:
        for name, value in values.items():
            states[name] = changes.state_of(value, deep=True)

    guard.within(_LOOKING, look)
    return states


def _same(one: Mapping[str, Any], other: Mapping[str, Any], name: str) -> bool:
    """Whether the name is bound to the very same object in both, or in neither."""
    if name not in one or name not in other:
        return name not in one and name not in other
    return one[name] is other[name]


def _line(what: str, names: list[str]) -> list[str]:
    return [f"{what}: {', '.join(names)}."] if names else []
