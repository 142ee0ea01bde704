"""One line that stands for an observation when it is old."""

from __future__ import annotations

from collections.abc import Iterator

from k2_jupyter.notebook.base import CellRun
from k2_jupyter.notebook.figures import figure_text
from k2_jupyter.notebook.text import neutral
from k2_jupyter.outputs import Display, ErrorOutput, Stream

_NAMES = 6
_TEXT = 80


def gist(run: CellRun, *, source_hash: str) -> str:
    """Which cell, how it ended, what kinds of things came out, and where to read them."""
    parts = [f"cell {run.cell} (hash {source_hash}) · {run.status}", *_outputs(run)]
    names = [*run.changes.appeared, *run.changes.changed]
    if names:
        more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
        parts.append(f"made or changed {', '.join(names[:_NAMES])}{more}")
    return f"{' · '.join(neutral(part) for part in parts)}; read_output shows it"


def _outputs(run: CellRun) -> Iterator[str]:
    lines = figures = others = 0
    for output in run.outputs:
        match output:
            case Stream():
                lines += output.text.count("\n") + (not output.text.endswith("\n"))
            case Display():
                is_figure = figure_text(output) is not None
                figures += is_figure
                others += not is_figure
            case ErrorOutput():
                yield f"{output.ename}: {output.evalue}".partition("\n")[0][:_TEXT]
    for count, what in ((lines, "printed line"), (figures, "figure"), (others, "display")):
        if count:
            yield f"{count} {what}{'s' if count != 1 else ''}"
