"""What the model is told of the place, behind the request."""

from __future__ import annotations

from collections.abc import Sequence

from k2_jupyter.hosts.data.named import literal, named_files
from k2_jupyter.hosts.data.told import begun, tables_told, whole
from k2_jupyter.hosts.magic.asked import Asked


def briefing(asked: Asked, cells: int, undone: Sequence[str] = ()) -> str:
    """Files that the request names, tables in variables, the other variables.

    `undone` is what the user took back of the last turn.
    """
    lines = begun(list(named_files(asked.request, asked.place.folder)))
    lines += tables_told(asked.tables)
    others = {
        name: text
        for name, text in asked.variables.items()
        if name not in {table["variable"] for table in asked.tables}
    }
    lines.append("The kernel is the user's, who waits; it cannot be restarted.")
    if others:
        lines.append("Other variables of the user:")
        lines += [literal(f"{name}: {text}") for name, text in others.items()]
    if undone:
        lines.append("The user has undone your last turn (%k2 undo); its cells no longer hold:")
        lines += map(literal, undone)
    lines.append(f"Notebook: {cells} cells of yours.")
    return whole(lines)
