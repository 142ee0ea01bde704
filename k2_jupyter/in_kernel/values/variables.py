"""The user's variables: what they are, what became of them, and who made them.

Runs inside the user's kernel. The source is sent there and lives in `sys.modules` under a
private name: standard library only, Python 3.8 and later, no names left behind. No method
of an object is called whose class is not known (`kinds.py`, `looking.py`), and a timer ends
a look that takes too long (`guard.py`). Over 250 lines: asking, telling and owning share one
memory of the names.
"""

from __future__ import annotations

import json
import time
import types
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from . import (
    arrays,
    charts,
    containers,
    estimators,
    frames,
    guard,
    kinds,
    looking,
    objects,
    results,
    scalars,
    tables,
    words,
)
from . import changes as differences

_MAX_NAMES = 40
_COMPARING = 0.1
"""Seconds for the comparison of all variables, and as many again for telling."""
_LOOKING = 0.2
"""Seconds for a variable that is asked for."""
_IN_ALL = 2.0
"""Seconds for all that is asked for at once."""
_MAX_DESCRIPTION = 1_500
_SHELL_NAMES = ("In", "Out", "exit", "quit", "get_ipython")

_seen: dict[str, differences.State] = {}
_users: set[str] = set()
"""Names that the user gave, as far as no cell of the agent's took them since."""
_unseen_runs: list[bool] = []
"""Not empty while runs of the user's have not been looked at."""


class Report:
    """A JSON text, which IPython shows as it is."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        self._text = json.dumps(content)

    def __repr__(self) -> str:
        return self._text


def changes() -> Report:
    """What appeared, changed and went since the last call, one line a name.

    As modules are not told, so are functions and classes that came out of one by their name.
    `overwritten` are the changed names that were the user's; they are no longer.
    """
    variables = _variables()
    before, now = dict(_seen), _states(variables)
    _remember(now)
    changed = [name for name in now if name in before and not _same(before, now, name)]
    new = [name for name in now if name not in before]
    appeared = [name for name in new if not _is_imported(name, variables[name])]
    appeared.sort(key=lambda name: _is_code(variables[name]))
    gone = [name for name in before if name not in now]
    overwritten = [name for name in changed if name in _users]
    _users.difference_update(overwritten, new, gone)
    changed.sort(key=lambda name: name not in overwritten)
    names = [*changed, *appeared][:_MAX_NAMES]
    told = _told(before, now, {name: variables[name] for name in names})
    return Report(
        {
            "appeared": {name: told[name] for name in appeared if name in told},
            "changed": {name: told[name] for name in changed if name in told},
            "gone": gone[:_MAX_NAMES],
            "overwritten": overwritten[:_MAX_NAMES],
            "more": len(changed) + len(appeared) - len(told) + len(gone[_MAX_NAMES:]),
        }
    )


def describe(names: Iterable[str] = ()) -> Report:
    """Some lines about each of these variables; without names `lines`."""
    asked = list(names)
    if not asked:
        return lines()
    variables = _variables()
    return _report({name: variables[name] for name in asked if name in variables}, _described)


def lines() -> Report:
    """A line about each variable."""
    return _report(_variables(), line)


def line(name: str, value: Any) -> str:
    """One line about a value that has this name, whatever the value is."""
    return "".join(guard.taken(_LOOKING, lambda: iter([_line(name, value)]))) or _schema(value)


def install() -> None:
    """Begin; called once when the module has arrived in the kernel.

    What stands there already is the user's. IPython calls `_before_run` before each cell.
    """
    from IPython import get_ipython

    _seen.update(_states(_variables()))
    _users.update(_seen)
    get_ipython().events.register("pre_run_cell", _before_run)


def begin() -> None:
    """Before a run of the agent's: what changed since its last one is the user's doing."""
    if not _unseen_runs:
        return
    _unseen_runs.clear()
    now = _states(_variables())
    _users.update(name for name in now if name not in _seen or not _same(_seen, now, name))
    _remember(now)


def _before_run(_info: Any) -> None:
    if _is_agents():
        begin()
    else:
        _unseen_runs[:] = [True]


def _is_agents() -> bool:
    """Whether the running request asks us for the changes, as only the agent's do.

    In a kernel with `%%k2` and a sidebar there are two of us, each with its own agent: what
    one agent did is to the other what others did.
    """
    from IPython import get_ipython

    parent = getattr(get_ipython(), "parent_header", None)
    content = parent.get("content") if type(parent) is dict else None
    expressions = content.get("user_expressions") if type(content) is dict else None
    return type(expressions) is dict and repr(__name__) in str(expressions.get("k2"))


def _variables() -> dict[str, Any]:
    from IPython import get_ipython

    shell = get_ipython()
    hidden = shell.user_ns_hidden
    return {
        name: value
        for name, value in list(shell.user_ns.items())
        if type(name) is str
        and not name.startswith("_")
        and not looking.derives(type(value), types.ModuleType)
        and name not in _SHELL_NAMES
        and not (name in hidden and hidden[name] is value)
    }


def _states(variables: dict[str, Any]) -> dict[str, differences.State]:
    """The state of each; once the time is over, what needs no look."""
    states: dict[str, differences.State] = {}

    def look() -> None:
        for name, value in variables.items():
            states[name] = differences.state_of(value, deep=True)

    guard.within(_COMPARING, look)
    for name, value in variables.items():
        if name not in states:
            states[name] = differences.state_of(value, deep=False)
    return states


def _remember(now: dict[str, differences.State]) -> None:
    _seen.clear()
    _seen.update(now)


def _same(before: Any, now: Any, name: str) -> bool:
    return differences.same(before[name], now[name])


def _told(before: Any, now: Any, variables: dict[str, Any]) -> dict[str, str]:
    """A line about each of these, as far as there is time."""
    told: dict[str, str] = {}

    def tell() -> None:
        for name, value in variables.items():
            told[name] = _said(before.get(name), now[name], name, value)

    def outline() -> None:
        for name, value in variables.items():
            if name not in told:
                told[name] = _outline(value)

    if not guard.within(_COMPARING, tell):
        guard.within(_COMPARING, outline)
    return {name: told.get(name) or _late(value) for name, value in variables.items()}


def _said(old: Any, new: differences.State, name: str, value: Any) -> str:
    if old is None:
        return _line(name, value)
    try:
        return differences.told(old, new, name, value)
    except Exception as problem:  # noqa: BLE001 - one odd object must not cost the report
        return _failed(value, problem)


def _report(variables: dict[str, Any], describer: Callable[[str, Any], str]) -> Report:
    """Name → text, as far as there is time; what is left over is counted."""
    until = time.monotonic() + _IN_ALL
    told: dict[str, str] = {}
    for name in list(variables)[:_MAX_NAMES]:
        late = time.monotonic() > until
        told[name] = (_late if late else partial(describer, name))(variables[name])
    if len(variables) > _MAX_NAMES:
        told["…"] = f"{len(variables) - _MAX_NAMES} more names"
    return Report(told)


def _line(name: str, value: Any) -> str:
    try:
        return differences.line(name, value)
    except Exception as problem:  # noqa: BLE001 - one odd object must not cost the report
        return _failed(value, problem)


def _described(name: str, value: Any) -> str:
    """Its line and what else is known, by whole lines within the limit."""
    lines = guard.taken(_LOOKING, lambda: _lines(name, value)) or [_schema(value)]
    text = lines[0]
    for one in lines[1:]:
        if len(text) + min(len(one), words.LINE) + 3 > _MAX_DESCRIPTION:
            return text + "\n…"
        text += "\n" + words.short(one, words.LINE)
    return text


def _lines(name: str, value: Any) -> Iterator[str]:
    yield _line(name, value)
    if words.secret(name):
        return
    try:
        yield from kinds.kind_of(value).details(value)
    except Exception as problem:  # noqa: BLE001 - one odd object must not cost the report
        yield f"  (not described further: {words.short(looking.class_name(type(problem)))})"


def _schema(value: Any) -> str:
    """What is said when the time was over before anything else was."""
    return "".join(guard.taken(_LOOKING, lambda: iter([_outline(value)]))) or _late(value)


def _outline(value: Any) -> str:
    try:
        return words.short(kinds.outline(value), words.LINE)
    except Exception as problem:  # noqa: BLE001 - one odd object must not cost the report
        return _failed(value, problem)


def _late(value: Any) -> str:
    return f"{words.short(looking.title(type(value)), 150)} (not described: out of time)"


def _failed(value: Any, problem: Exception) -> str:
    name = words.short(looking.title(type(value)), 150)
    return f"{name} (not described: {words.short(looking.class_name(type(problem)))})"


def _is_imported(name: str, value: Any) -> bool:
    """Whether a function or class is another module's and still has its name."""
    if not _is_code(value):
        return False
    if looking.derives(type(value), type):
        return looking.class_name(value) == name and looking.module_name(value) != "__main__"
    return bool(value.__name__ == name and value.__globals__.get("__name__") != "__main__")


def _is_code(value: Any) -> bool:
    kind = kinds.kind_of(value)
    return type(kind) is objects.Function or type(kind) is objects.Class


for _room in (scalars, containers, objects, arrays, frames, tables, estimators, results, charts):
    _room.register()
