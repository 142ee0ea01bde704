"""The faults of a figure as sentences: what is wrong, and what to do.

A sentence follows from the code, so that a forged fault can say nothing else than these.
"""

from __future__ import annotations

from collections.abc import Sequence

from k2_jupyter.notebook.figures.phrases import listed
from k2_jupyter.notebook.figures.record import Fault, FaultCode, FigureRecord

NONE_FOUND = "no faults found"

_SENTENCES: dict[FaultCode, str] = {
    "empty_axes": "nothing is drawn here: draw the data, or remove the axes",
    "missing_title": "there is no title: say what the figure shows",
    "missing_label": "the {what} axis has no label: name the quantity and its unit",
    "missing_legend": "several series are drawn and none is named: "
    "give each a label and add a legend",
    "overlapping_tick_labels": "{what} tick labels overlap{some}: "
    "rotate them, make the figure wider or show fewer",
    "overlapping_text": "texts overlap{names}: move them apart, shorten them or make the "
    "figure larger",
    "clipped_text": "text is cut off at the edge{names}: use layout='constrained', shorten it "
    "or make the figure larger",
    "overplotting": "{count} points cover each other: draw them smaller or transparent, draw a "
    "sample, or show their density",
    "too_many_categories": "too many categories{place}{many}: show the largest and sum up "
    "the others, or use a kind of figure that bears them",
    "repeated_colors": "the same colour stands for different things{names}: "
    "take a palette with a colour for each",
    "confusable_colors": "a colour-blind reader cannot tell these apart{names}: take a "
    "colour-blind safe palette, or add markers or line styles",
    "legend_over_data": "the legend covers data{marks}: move it outside the axes or to an "
    "empty corner",
    "log_scale_wanted": "the {what} values span orders of magnitude and most are squeezed "
    "together: use a log scale",
    "bars_not_from_zero": "bars do not begin at zero{limit}, so that their lengths mislead: "
    "let the {what} axis begin at zero",
}
_MOST = 8


def fault_lines(record: FigureRecord) -> list[str]:
    """A line each, the same fault of several axes as one; at most 8 and how many more."""
    groups: dict[tuple[FaultCode, str], list[Fault]] = {}
    for fault in record.faults:
        groups.setdefault((fault.code, fault.what), []).append(fault)
    lines = [_where(record, group) + _sentence(group) for group in groups.values()]
    more = [f"… {len(lines) - _MOST} more kinds of fault"] if len(lines) > _MOST else []
    return lines[:_MOST] + more


def _where(record: FigureRecord, group: Sequence[Fault]) -> str:
    numbers = sorted({fault.axes for fault in group if fault.axes})
    return f"axes {_runs(numbers)}: " if numbers and len(record.axes) > 1 else ""


def _runs(numbers: Sequence[int]) -> str:
    """``1, 3 to 6``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(
        f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs
    )


def _sentence(group: Sequence[Fault]) -> str:
    worst = max(group, key=lambda fault: fault.count or 0)
    count, of = worst.count, worst.of
    named = list(dict.fromkeys(name for fault in group for name in fault.names))
    places = {"legend": " in the legend", "pie": " in the pie", "": ""}
    return _SENTENCES[worst.code].format(
        what=worst.what or "y",
        count="many" if count is None else f"{count:,}",
        some=f" ({count} of {of})" if count and of else f" ({count})" if count else "",
        many=f" ({count})" if count else "",
        marks=f" ({count:,} marks)" if count else "",
        place=places.get(worst.what, f" on {worst.what}"),
        names=f" ({listed(named, 4)})" if named else "",
        limit=f" but at {listed(named[:1], 1)}" if named else "",
    )
