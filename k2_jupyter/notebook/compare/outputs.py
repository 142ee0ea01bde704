"""The outputs of two runs of one cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from k2_jupyter.messages import Json
from k2_jupyter.notebook.compare.pictures import picture_difference
from k2_jupyter.notebook.compare.structure import structure_difference
from k2_jupyter.notebook.compare.text import (
    Move,
    drawing_difference,
    markup_difference,
    text_difference,
)
from k2_jupyter.notebook.figures.record import RECORD_TYPE
from k2_jupyter.notebook.outputs import OutputCollector
from k2_jupyter.outputs import Display, ErrorOutput, Output, Stream

_STAY: Final = Move()


def difference(before: Sequence[Output], after: Sequence[Output], move: Move = _STAY) -> str:
    """The first thing in which two runs differ, in words; "" where they say the same.

    An error of one run alone is told first. Printed text is compared as a whole, displays
    in their order and by the form of each that says most: the record of a figure, a chart's
    JSON, pixels, HTML, text. What went to stderr is not compared: warnings come once a
    session, progress bars tell the time.
    """
    before, after = _bounded(before), _bounded(after)
    if found := _error_difference(_error(before), _error(after), move):
        return found
    if found := text_difference(_printed(before), move.undo(_printed(after))):
        return f"printed text, {found}"
    shown = [one for one in before if isinstance(one, Display)]
    again = [one for one in after if isinstance(one, Display)]
    for number, (old, new) in enumerate(zip(shown, again, strict=False), 1):
        if found := _display_difference(old.data, new.data, move):
            place = f" {number}" if len(shown) > 1 else ""
            return f"output{place}, {found}"
    if len(shown) != len(again):
        return f"outputs: {len(shown)} then, {len(again)} now"
    return ""


def _error(outputs: Sequence[Output]) -> str:
    """Type and message of the error that ended the run, or ""."""
    errors = [one for one in outputs if isinstance(one, ErrorOutput)]
    return f"{errors[-1].ename}: {errors[-1].evalue}" if errors else ""


def _error_difference(before: str, after: str, move: Move) -> str:
    after = move.undo(after)
    if before and after:
        found = text_difference(before, after)
        return f"error, {found}" if found else ""
    said = before or after
    return f"{said[:300]} ({'then' if before else 'now'})" if said else ""


def _bounded(outputs: Sequence[Output]) -> tuple[Output, ...]:
    """As a run of ours keeps them: stored ones may be longer, or cut into more pieces."""
    collector = OutputCollector()
    for output in outputs:
        collector.apply(output)
    collector.close()
    return collector.outputs


def _printed(outputs: Sequence[Output]) -> str:
    return "".join(one.text for one in outputs if isinstance(one, Stream) and one.name == "stdout")


def _display_difference(before: Mapping[str, Json], after: Mapping[str, Json], move: Move) -> str:
    for kind in (*_COMPARED, *sorted(before.keys() & after.keys())):
        if kind in before and kind in after and (compare := _comparison(kind)):
            old, new = before[kind], _moved(after[kind], move)
            if kind == RECORD_TYPE and not (_is_whole(old) and _is_whole(new)):
                continue
            if isinstance(old, str) != isinstance(new, str):
                return "another kind of output"
            return compare(old, new)
    return "" if before.keys() == after.keys() else "another kind of output"


def _moved(content: Json, move: Move) -> Json:
    return move.undo(content) if isinstance(content, str) else content


def _is_whole(record: Json) -> bool:
    """Says all it can; one without a version counts only, a cut one was made in a hurry."""
    return isinstance(record, Mapping) and "version" in record and "cut" not in record


def _comparison(kind: str) -> Callable[[Any, Any], str] | None:
    if kind in _COMPARED:
        return _COMPARED[kind]
    # Widgets are numbered at random; their text form says what they are.
    json = kind.endswith("+json") and not kind.startswith("application/vnd.jupyter.widget")
    return structure_difference if json else None


def _record_difference(before: Json, after: Json) -> str:
    found = structure_difference(before, after)
    return f"figure: {found}" if found else ""


_COMPARED: Final[Mapping[str, Callable[[Any, Any], str]]] = {
    RECORD_TYPE: _record_difference,
    "application/vnd.plotly.v1+json": structure_difference,
    "image/png": picture_difference,
    "image/jpeg": picture_difference,
    "image/svg+xml": drawing_difference,
    "text/html": markup_difference,
    "text/markdown": text_difference,
    "text/latex": text_difference,
    "application/json": structure_difference,
    "text/plain": text_difference,
}
"""The forms of a display, the one that says most first."""
