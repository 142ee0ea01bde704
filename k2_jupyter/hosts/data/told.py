"""The lines of a briefing that every host writes alike; the offline analyst reads them too."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from k2_jupyter.hosts.data.files import DataFile
from k2_jupyter.hosts.data.named import literal
from k2_jupyter.messages import Json


def begun(files: Sequence[DataFile]) -> list[str]:
    """Where the cells run, and the data files, a line each."""
    lines = ["Working folder: the kernel's current directory. Write files there."]
    if files:
        lines.append("Data files, one JSON object a line, paths relative to the working folder:")
        lines += [file.briefing_line() for file in files]
    return lines


def tables_told(tables: Sequence[Mapping[str, Json]]) -> list[str]:
    """Variables of the user that hold a table, a line each."""
    if not tables:
        return []
    return ["Tables in variables of the user, one JSON object a line:", *map(fact_line, tables)]


def fact_line(facts: Mapping[str, Json]) -> str:
    """Facts as data, a line."""
    return literal(json.dumps(facts, ensure_ascii=False))


def whole(lines: Iterable[str]) -> str:
    """The briefing as it stands behind a request."""
    return "<briefing>\n" + "\n".join(lines) + "\n</briefing>"
