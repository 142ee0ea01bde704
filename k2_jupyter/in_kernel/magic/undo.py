"""Takes the names of a turn back: what it added goes, what it rebound is bound as before.

Until the next turn begins the objects from before the last one are kept alive for this.
Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_OF_SHELL = frozenset(["In", "Out", "exit", "quit", "get_ipython", "open"])
_BEYOND = "Files and whatever else is no variable are as the turn left them."


class Undo:
    """The names of a namespace before and after the last turn."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._before: dict[str, Any] | None = None
        self._after: dict[str, Any] | None = None
        self._told: set[str] = set()

    def begin(self) -> None:
        """A turn begins."""
        self._before, self._after, self._told = self._present(), None, set()

    def told(self, changed: Iterable[str]) -> None:
        """These names were reported as changed by a run of the turn."""
        self._told.update(changed)

    def end(self) -> None:
        """The turn has ended."""
        self._after = self._present()

    def undo(self) -> list[str]:
        """Take the last turn back; says in lines what was done, and what could not be."""
        if self._before is None or self._after is None:
            return ["There is no turn to undo."]
        before, after = self._before, self._after
        self._before = self._after = None
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
        in_place = sorted(name for name in self._told if name in now and _same(before, now, name))
        return [
            *_line("Removed", removed),
            *_line("As before", restored),
            *_line("Left, because you changed them since", kept),
            *_line("Changed in place by the turn, which can't be undone", in_place),
            *([] if removed or restored or kept or in_place else ["The turn bound no names."]),
            _BEYOND,
        ]

    def _present(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in list(self._names.items())
            if not name.startswith("_") and name not in _OF_SHELL
        }


def _same(one: dict[str, Any], other: dict[str, Any], name: str) -> bool:
    """Whether the name is bound to the very same object in both, or in neither."""
    if name not in one or name not in other:
        return name not in one and name not in other
    return one[name] is other[name]


def _line(what: str, names: list[str]) -> list[str]:
    return [f"{what}: {', '.join(names)}."] if names else []
