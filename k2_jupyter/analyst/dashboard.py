"""The dashboard: one HTML file that opens offline and filters in the browser."""

from __future__ import annotations

from dataclasses import replace

from k2_jupyter.analyst.choice import Choice
from k2_jupyter.analyst.reading import Observation
from k2_jupyter.analyst.script import Script
from k2_jupyter.analyst.source import cell, imports, joined
from k2_jupyter.analyst.worksheet import Worksheet

PACKAGES = ("json", "escape", "Path", "alt", "vlc", "gaussian_filter1d")


def dashboard(sheet: Worksheet, choice: Choice) -> Script[bool]:
    """Write ``dashboard.html``; was it written? The second try goes without the time."""
    sheet.open("dashboard")
    sheet.write(
        "## Dashboard\n\nThe next cells write `dashboard.html`; it opens without a network."
    )
    if choice.time and (yield from _written(sheet, choice, last=False)):
        return True
    return (yield from _written(sheet, replace(choice, time=None), last=True))


def _written(sheet: Worksheet, choice: Choice, *, last: bool) -> Script[bool]:
    """Run the cells; where one fails, all go."""
    made: list[Observation] = []
    for source, purpose in _sources(choice):
        if last:
            seen = yield from sheet.attempt("dashboard", source, purpose)
        else:
            seen = yield from sheet.run(source, purpose)
            made.append(seen)
        if not seen.ok:
            for one in made:
                sheet.discard(one)
            return False
        if last:
            made.append(seen)
    return True


def _sources(choice: Choice) -> tuple[tuple[str, str], ...]:
    filters = ["b"] if choice.second else []
    times = ["t"] if choice.time else []
    names = {"a": "factor", "b": "second", "t": "time"}
    chosen = [f'chooser("{key}", {names[key]})' for key in ("a", *filters, *times)]
    others = "".join(f', "{key}"' for key in ("a", *filters))
    charts = joined(cell("dashboard_page"), cell("dashboard_trend", others=others) if times else "")
    layout = cell(
        "dashboard_layout",
        trend=", trend" if times else "",
        choosers="\n        .add_params(\n            "
        + ",\n            ".join(chosen)
        + ",\n        )",
    )
    data = cell("dashboard_data", keys=_list(["a", *filters, *times]))
    return (
        (f"{imports(PACKAGES)}\n\n{data}", "Sum up the data for the dashboard"),
        (cell("dashboard", filters=_list(["a", *filters, *times])), "Filters and means"),
        (charts, "Charts of the dashboard"),
        (layout, "Lay the charts out"),
        (cell("dashboard_look"), "The look of the page"),
        (cell("dashboard_save"), "Write dashboard.html"),
    )


def _list(keys: list[str]) -> str:
    return "[" + ", ".join(f'"{key}"' for key in keys) + "]"
