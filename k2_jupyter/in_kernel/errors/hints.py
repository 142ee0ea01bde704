"""What is known about an error beyond its traceback. Runs inside the user's kernel.

Told are the types and shapes of the names on the failing line of the user's code, and what
may have been meant or what may be done instead. Objects are read as `looking` and `kinds`
read them: nothing of the user's is called, not even the exception's own ``__str__``.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from typing import Any

from ..values import guard, looking, variables, words
from . import failing_line, missing, not_found, wrong_values

_MAX_SECONDS = 0.05
_MAX_LINES = 12
_MAX_CHARACTERS = 1_200
_MAX_LINE = 240
_RULES = (*missing.RULES, *not_found.RULES, *wrong_values.RULES)


def after_error() -> variables.Report:
    """What `variables.changes` reports, and the hints about the last error beside it."""
    told = json.loads(repr(variables.changes()))
    return variables.Report({**told, "hints": hints(getattr(sys, "last_value", None))})


def hints(error: Any) -> list[str]:
    """Lines about an exception, the most helpful first; bounded in time, number and size."""
    if error is None or looking.derives(type(error), SyntaxError):
        return []
    lines: list[str] = []
    room = _MAX_CHARACTERS
    for hint in guard.taken(_MAX_SECONDS, lambda: _hints(error)):
        line = words.short(hint, _MAX_LINE)
        room -= len(line) + 1
        if room < 0 or len(lines) == _MAX_LINES:
            break
        lines.append(line)
    return lines


def _hints(error: BaseException) -> Iterator[str]:
    line = failing_line.of_exception(error)
    for rule in _RULES:
        with contextlib.suppress(Exception):  # one rule that fails must not cost the others
            yield from rule(error, line)
    if line is not None:
        for name, value in line.values().items():
            yield f"{name}: {variables.line(name, value)}"
