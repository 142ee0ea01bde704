"""Spellings that were joined, and those that were not, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.reading import Fact
from k2_jupyter.analyst.spelling import look_alikes
from k2_jupyter.analyst.table import Table
from k2_jupyter.analyst.wording import counted, listed


def joined_caveats(draft: Draft, table: Table, joined: Mapping[str, Fact]) -> list[str]:
    """What was joined and why, of columns of groups. `joined`: column → values."""
    told = []
    for name, fact in joined.items():
        levels = list(dict.fromkeys(table.column(name).spellings.values()))
        into = [draft.name(level, table.cell, name) for level in levels if level]
        into += ["the missing ones"] if "" in levels else []
        values = counted(draft, fact, "value was", "values were")
        told.append(
            f"In {draft.name(name, table.cell)} {values} written in another way, in case or spaces "
            f"only, and joined with {listed(into[:5])}."
        )
    return told


def alike_caveats(draft: Draft, table: Table, columns: Sequence[str]) -> list[str]:
    """Levels that look alike and may still be two things, so they were not joined."""
    told = []
    for name in columns:
        for group in look_alikes(table.column(name).levels)[:3]:
            levels = listed([draft.name(f"{name} = {level}", table.cell, name) for level in group])
            told.append(
                f"{levels} differ only in upper and lower case and may be two things, so they "
                "stay apart: if they mean the same, join them."
            )
    return told
