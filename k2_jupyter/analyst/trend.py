"""Trend over time: a series of periods, its slope, its season.

Longer than most files: which series is meant decides each of its steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from k2_jupyter.analyst.candidates import in_one_currency, is_measurement
from k2_jupyter.analyst.draft import WHO, Draft
from k2_jupyter.analyst.kinds import Named, named
from k2_jupyter.analyst.prepared import Part, prepare
from k2_jupyter.analyst.script import Script
from k2_jupyter.analyst.source import cell, imports, joined
from k2_jupyter.analyst.table import Column, Table
from k2_jupyter.analyst.trend_told import Followed, conclusion
from k2_jupyter.analyst.wording import listed
from k2_jupyter.analyst.words import pieces, says
from k2_jupyter.analyst.worksheet import StepError, Worksheet

PLAN = {
    "who": f"Plan the work: {WHO}",
    "load": "Load and profile the data",
    "clean": "Choose the columns and clean them",
    "series": "Sum the rows up by period",
    "test": "Test the trend, with robust twins and the autocorrelation",
    "season": "Look for a season",
    "draw": "Draw the series and its trend",
    "conclude": "Conclude, with the source of every number",
}
LIBRARIES = ("sm", "optimize", "stats", "acorr_ljungbox", "durbin_watson")
FEWEST = 4
"""Periods below which no trend is tested."""
MOST_PERIODS = 120
_PERIODS = (("D", 1), ("W", 7), ("M", 365.25 / 12), ("Q", 365.25 / 4), ("Y", 365.25))
"""pandas' codes of periods, and their days."""
_DAYS = {"day": 1, "week": 7, "month": 30.4375, "year": 365.25}
_WORDS = (
    ("D", ("daily", "day")), ("W", ("weekly", "week")), ("M", ("month", "monthly")),
    ("Q", ("quarter", "quarterly")), ("Y", ("year", "yearly", "annual", "annually")),
)  # fmt: skip
_COUNTS = {"many", "number", "count", "counts", "often", "frequency"}


@dataclass(frozen=True, slots=True)
class Series:
    """What is followed over which time."""

    measure: Column | None
    """``None``: the rows themselves are counted."""
    time: Column
    within: Column | None
    """The month or quarter beside a column of years."""
    code: str
    """pandas' code of the period; "" for plain years."""
    unit: str
    """The slope is told for one of it."""
    guessed: bool = False

    @property
    def seasons(self) -> int:
        """Periods of a year that may have a season."""
        return {"M": 12, "Q": 4}.get(self.code, 0)


def follow(sheet: Worksheet, task: str, table: Table) -> Script[None]:
    """The whole analysis, from the choice of the columns to `finish`."""
    sheet.plan(PLAN, done=2)
    sheet.open("clean")
    chosen = yield from _chosen(sheet, task, table)
    sheet.write(_stated(chosen))
    ticks = "mdates" if chosen.code else "MaxNLocator"
    tools = [imports((*LIBRARIES, ticks)), cell("define_p_text"), cell("define_interval")]
    days = str(_DAYS[chosen.unit])
    tools.append(
        cell("define_periods", code=chosen.code, days=days, unit=chosen.unit)
        if chosen.code
        else cell("define_years")
    )
    tools.append(cell("define_show_series"))
    yield from sheet.need(joined(*tools), "Libraries and functions for the series")
    prepared, _ = yield from prepare(sheet, _parts(chosen), after=_named_lines(chosen))
    name = chosen.measure.name if chosen.measure else ""
    found = Followed(table, name, chosen.time.name, chosen.unit, prepared, guessed=chosen.guessed)
    sheet.open("series")
    sheet.write("## The series")
    found.series = yield from sheet.need(_series_source(chosen), "Sum up by period")
    periods = found.series.line("periods").get("n")
    if periods is None:
        raise StepError("the periods could not be read back.")
    if periods.value < FEWEST:
        raise StepError("there are too few periods for a trend. The notebook shows them.")
    yield from _tests(sheet, chosen, found)
    sheet.open("draw")
    sheet.write("## Figures")
    yield from sheet.attempt("draw", _line_source(chosen), "The series and its trend")
    if found.season.ok:
        yield from sheet.attempt("draw", cell("trend_months"), "The months of the year")
    sheet.open("conclude")
    yield from sheet.finish(conclusion(found, sheet.remarks))


def _tests(sheet: Worksheet, chosen: Series, found: Followed) -> Script[None]:
    sheet.open("test")
    sheet.write("## Is there a trend?")
    sheet.define(cell("define_trend", seasons=str(chosen.seasons)), "Functions with the tests")
    found.tests = yield from sheet.need(cell("trend_test"), "Test the trend")
    counts = found.series.line("periods")
    if chosen.measure and counts["rows"].value >= 5 * counts["n"].value:
        source = f"{imports(('smf',))}\n\n{cell('trend_rows')}"
        found.rows = yield from sheet.attempt("test", source, "The same over the rows")
    if chosen.measure and found.prepared.repeats.value:
        found.again = yield from sheet.attempt(
            "test", cell("trend_repeats"), "The same without repeats"
        )
    if not chosen.seasons or counts["n"].value < 3 * chosen.seasons:
        sheet.close("season", "dropped")
        return
    sheet.open("season")
    found.season = yield from sheet.attempt("season", cell("trend_season"), "Look for a season")


# The choice


def _chosen(sheet: Worksheet, task: str, table: Table) -> Script[Series]:
    said = named(task, table)
    time = said.scene.time
    if time is None:
        raise StepError("the file has no column of dates or years.")
    measures = in_one_currency([m.column for m in said.measures], said.scene.columns)
    measures += [m.column for m in said.categories if m.role == "target" and m.column.is_number]
    counted = not measures and bool(_COUNTS & set(pieces(task)))
    measure, guessed = (measures[0], False) if measures else (None, False)
    if measure is None and not counted:
        measure, guessed = yield from _asked(sheet, said)
    others = [column for column in measures if column is not measure]
    if others:
        draft = Draft()
        names = listed([draft.name(column.name, table.cell) for column in others])
        sheet.remark(f"The task also speaks of {names}; ask for its trend separately.", draft)
    within = _within(said, time) if time.is_year else None
    code = _code(task, time, within)
    return Series(measure, time, within, code, _unit(time, code), guessed)


def _asked(sheet: Worksheet, said: Named) -> Script[tuple[Column | None, bool]]:
    """The measurement that is meant, and whether that is a guess; the rows where there is none."""
    able = [c for c in said.scene.columns if is_measurement(c, said.scene.rows)][:4]
    if not able:
        return None, True
    names = [column.name for column in able]
    if len(able) == 1:
        return able[0], False
    name, answered = yield from sheet.ask("Which column is followed over time?", names)
    return able[names.index(name)], not answered


def _within(said: Named, time: Column) -> Column | None:
    """A column of months or quarters beside the years."""
    for column in said.scene.columns:
        words = set(pieces(column.name))
        months = "month" in words and (column.low, column.high) == (1, 12)
        quarters = bool({"quarter", "qtr"} & words) and (column.low, column.high) == (1, 4)
        if column is not time and (months or quarters):
            return column
    return None


def _code(task: str, time: Column, within: Column | None) -> str:
    if within is not None:
        return "M" if within.high == 12 else "Q"
    if not time.is_date:
        return ""
    words = pieces(task)
    for code, names in _WORDS:
        if says(words, names) and code != "Y":
            return code
    span = (date.fromisoformat(time.last) - date.fromisoformat(time.first)).days
    step = span / max(1, time.distinct - 1)
    if step <= 31 and span >= 2 * 365:
        return "M"
    fitting = [
        code for code, days in _PERIODS if days >= 0.9 * step and span / days <= MOST_PERIODS
    ]
    return fitting[0] if fitting else "Y"


def _unit(time: Column, code: str) -> str:
    if not time.is_date:
        return "year"
    span = (date.fromisoformat(time.last) - date.fromisoformat(time.first)).days
    if span >= 2 * 365:
        return "year"
    return {"D": "day", "W": "week"}.get(code, "month")


# The cells


def _parts(chosen: Series) -> list[Part]:
    dated = chosen.time.is_date
    parts = [Part("t", chosen.time, "date" if dated else "as it is")]
    if chosen.measure:
        parts.insert(0, Part("y", chosen.measure, "number"))
    if chosen.within:
        parts.append(Part("within", chosen.within, "as it is"))
    return parts


def _named_lines(chosen: Series) -> list[str]:
    measured = 'label["y"]' if chosen.measure else '"rows"'
    lines = [f"measured = {measured}"]
    if chosen.within:
        month = 'data["within"]' if chosen.code == "M" else '3 * data["within"] - 2'
        lines.append(
            f'data["t"] = pd.to_datetime({{"year": data["t"], "month": {month}, "day": 1}})'
        )
    elif not chosen.code:
        lines.append('data["t"] = data["t"].astype(int)')
    return lines


def _series_source(chosen: Series) -> str:
    dates, whole = "", "series = whole_years(series)\nkept = series.index"
    if chosen.code:
        dates = 'dates = data["t"]\ndata["t"] = dates.dt.to_period(PERIOD)'
        whole = "series = whole_periods(series, dates)\nkept = series.index\nseries = timed(series)"
        if not chosen.measure:
            gaps = "# A period without rows counts as none.\nseries = series.resample(PERIOD).sum()"
            whole = f"{gaps}\n{whole}"
    return cell(
        "trend_series",
        dates=dates,
        value='rows["y"].mean()' if chosen.measure else "rows.size()",
        whole=whole,
        what="mean" if chosen.measure else "count",
    ).lstrip()


def _line_source(chosen: Series) -> str:
    ticks = "ax.xaxis.set_major_locator(MaxNLocator(integer=True))"
    if chosen.code:
        ticks = (
            "ticks = mdates.AutoDateLocator(minticks=3, maxticks=8)\n"
            "ax.xaxis.set_major_locator(ticks)\n"
            "ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(ticks))"
        )
    return cell("trend_line", what="mean" if chosen.measure else "count", ticks=ticks)


def _stated(chosen: Series) -> str:
    what = f"the mean of `{chosen.measure.name}`" if chosen.measure else "the number of rows"
    periods = {"D": "day", "W": "week", "M": "month", "Q": "quarter", "Y": "year", "": "year"}
    lines = [
        "## Choice of columns and cleaning",
        "",
        f"- Followed: {what} over `{chosen.time.name}`, by {periods[chosen.code]}.",
        "- A first or last period that the data do not fill is left out.",
    ]
    return "\n".join(lines)
