"""What the checks of one source share."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from k2_jupyter.tools.triage.names import Names
from k2_jupyter.tools.triage.rules import Rule

Findings: TypeAlias = Iterator[Rule]
"""Kinds and reasons; the line is the node's."""


@dataclass(slots=True)
class Scope:
    names: Names
    private: Sequence[str] = ()
    """Paths that no cell should name."""
    inputs: dict[str, int] = field(default_factory=dict)
    """Paths of the user's data files, and of what this source reads: from which line on a
    write there would replace them. What is written first and read back is no input."""
    covered: set[int] = field(default_factory=set)
    """Ids of nodes that the check of a parent has answered for."""

    def cover(self, *nodes: ast.AST) -> None:
        self.covered.update(map(id, nodes))
