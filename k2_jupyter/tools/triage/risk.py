"""What triage finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

RiskKind: TypeAlias = Literal[
    "shell",
    "network",
    "install",
    "delete",
    "write",
    "secrets",
    "code",
    "config",
    "script",
    "unparsable",
]
"""Why a cell asks; also the words of ``--allow``.

``delete``: deletes, moves or overwrites the user's files. ``write``: outside the working
folder, or to a path that can't be read from the code. ``code``: code that this source does
not show (exec, dynamic imports, pickles, native calls), or that outlives the cell.
``config``: settings and internals of Jupyter, IPython, the shell or this package.
``script``: JavaScript in an output. ``unparsable``: nobody can tell what it does.
"""


@dataclass(frozen=True, slots=True)
class Risk:
    """A reason to ask before a cell runs."""

    kind: RiskKind
    reason: str
    """For people and the model, for example ``starts a process (`subprocess.run`)``."""
    line: int
    """Of the source, from 1."""
