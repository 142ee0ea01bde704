"""What the model is told of the place, behind the request."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from k2_jupyter.hosts.data.named import literal, named_files
from k2_jupyter.hosts.magic.asked import Asked
from k2_jupyter.messages import Json


def briefing(asked: Asked, cells: int, undone: Sequence[str] = ()) -> str:
    """Files that the request names, tables in variables, the other variables.

    `undone` is what the user took back of the last turn.
    """
    lines = ["Working folder: the kernel's current directory. Write files there."]
    files = list(named_files(asked.request, asked.place.folder))
    if files:
        lines.append("Data files, one JSON object a line, paths relative to the working folder:")
        lines += [file.briefing_line() for file in files]
    if asked.tables:
        lines.append("Tables in variables of the user, one JSON object a line:")
        lines += map(_line, asked.tables)
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
    return "<briefing>\n" + "\n".join(lines) + "\n</briefing>"


def _line(table: Mapping[str, Json]) -> str:
    return literal(json.dumps(table, ensure_ascii=False))
