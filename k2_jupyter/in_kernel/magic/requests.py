"""What the user's words become: `{df}` a description of `df`; `fix` and `explain` a request."""

from __future__ import annotations

import linecache
import re
import sys
import traceback
from collections.abc import Mapping
from typing import Any

from ..errors import hints
from ..values import variables
from .ends import TurnFailed, TurnInterrupted

_NAMED = re.compile(r"(?<![{$\\\w}])\{([^\W\d]\w*)\}(?!\})")
_MAX_SOURCE = 20_000


class NothingToSay(Exception):  # noqa: N818 - told to the user as it stands
    """There is no error, or no cell, to ask about."""


def named(request: str, names: dict[str, Any]) -> dict[str, str]:
    """A line about each variable that the request names as ``{name}``, never its content."""
    found = dict.fromkeys(_NAMED.findall(request))
    return {
        name: variables.line(name, names[name])
        for name in found
        if not name.startswith("_") and name in names
    }


def described(request: str, lines: Mapping[str, str]) -> str:
    """Each ``{name}`` of these with its line behind it; all other braces stay as they are."""

    def describe(found: re.Match[str]) -> str:
        name = found[1]
        return f"{name} ({lines[name]})" if name in lines else found[0]

    return _NAMED.sub(describe, request)


def fix(cells: list[str]) -> str:
    """Asks to repair what failed last. Raises `NothingToSay`."""
    problem = getattr(sys, "last_value", None)
    if problem is None:
        raise NothingToSay("There was no error to fix.")
    if isinstance(problem, (TurnFailed, TurnInterrupted)):
        raise NothingToSay("The last error is K2's own: there is no cell to fix.")
    said = "".join(traceback.format_exception_only(type(problem), problem)).strip()
    source = _source_of(problem) or (_last(cells) or "")
    facts = "\n".join(hints.hints(problem))
    return (
        "Find out why this cell failed, repair it, run the repaired cell, and say in plain "
        f"words what was wrong.\n\n{_code(source)}\n\nThe error:\n{said[:_MAX_SOURCE]}"
        + (f"\n\nKnown about it:\n{facts}" if facts else "")
    )


def explain(cells: list[str]) -> str:
    """Asks for an explanation of the last cell. Raises `NothingToSay`."""
    source = _last(cells)
    if source is None:
        raise NothingToSay("There is no cell to explain.")
    return (
        "Explain what this cell does and what came out of it, in plain words. It has run "
        f"already: do not run it again.\n\n{_code(source)}"
    )


def _last(cells: list[str]) -> str | None:
    """The last cell that is no `%%k2` and no `%k2` itself."""
    for cell in reversed(cells):
        if cell.strip() and not re.match(r"\s*%{1,2}k2\b", cell):
            return cell
    return None


def _source_of(problem: BaseException) -> str:
    """The cell in which an exception arose: the outermost frame whose source was a cell."""
    names = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(problem.__traceback__)]
    if isinstance(problem, SyntaxError) and problem.filename:
        names.append(problem.filename)
    for name in names:
        if _is_cell(name):
            return "".join(linecache.getlines(name)).rstrip()
    return ""


def _is_cell(name: str) -> bool:
    """Whether IPython compiled it: it keeps such sources, and only those, without a time."""
    entry = linecache.cache.get(name)
    return entry is not None and len(entry) == 4 and entry[1] is None


def _code(source: str) -> str:
    fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", source)), default=0))
    return f"{fence}python\n{source[:_MAX_SOURCE].rstrip()}\n{fence}"
