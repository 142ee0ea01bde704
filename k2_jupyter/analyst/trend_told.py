"""What a series showed, in plain words with the evidence behind them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.prepared import Prepared, cleaning_caveats
from k2_jupyter.analyst.reading import NOTHING, NUMBER, Fact, Line, Observation
from k2_jupyter.analyst.table import Table
from k2_jupyter.analyst.wording import counted, interval, p_value
from k2_jupyter.messages import Json

OBSERVATIONAL = (
    "Observational data: a trend says what happened, not why; and what is measured may have "
    "changed on the way."
)
FEW = 8
"""Periods below which a test of the trend has little to go by."""
CLOSE = 0.5
"""Durbin-Watson below which errors made for autocorrelation are too small, too."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@dataclass(slots=True)
class Followed:
    """What is known so far; filled step by step."""

    table: Table
    measure: str
    """Name of the column; "" where rows are counted."""
    time: str
    unit: str
    prepared: Prepared
    guessed: bool = False
    series: Observation = NOTHING
    tests: Observation = NOTHING
    rows: Observation = NOTHING
    again: Observation = NOTHING
    season: Observation = NOTHING

    @property
    def slope(self) -> Line:
        return self.tests.line("slope")

    @property
    def clear(self) -> bool:
        return self.slope["p"].value < 0.05

    @property
    def autocorrelated(self) -> bool:
        box = self.tests.line("Ljung-Box test")
        return bool(box) and box["p"].value < 0.05


def conclusion(found: Followed, remarks: Sequence[str]) -> dict[str, Json]:
    """Arguments of `finish`."""
    draft = Draft()
    paragraphs = [
        _answer(draft, found),
        _course(draft, found),
        _evidence(draft, found),
        _season(draft, found),
    ]
    return draft.finish(
        [paragraph for paragraph in paragraphs if paragraph],
        caveats=[*_caveats(draft, found), *remarks],
        next_steps=["Compare the trend of groups: “Compare TARGET by FACTOR over the years”."],
    )


def _what(draft: Draft, found: Followed) -> str:
    if not found.measure:
        return "The number of rows"
    name = draft.name(found.measure, found.table.cell)
    periods = found.series.line("periods")
    return name if periods["n"].value == periods["rows"].value else f"The mean of {name}"


def _inside(what: str) -> str:
    """Inside a sentence: names stay as they are."""
    return what if what.startswith("`") else what[0].lower() + what[1:]


def _answer(draft: Draft, found: Followed) -> str:
    what, time = _what(draft, found), draft.name(found.time, found.table.cell)
    tested = f"{p_value(draft, found.slope)} with errors that bear autocorrelation"
    slope = interval(draft, found.slope, f"slope of {found.measure or 'the rows'} a {found.unit}")
    if not found.clear:
        return (
            f"**No clear trend: {_inside(what)} neither rises nor falls reliably over "
            f"{time}** (slope {slope} a {found.unit}, {tested})."
        )
    way = "rises" if found.slope["estimate"].value > 0 else "falls"
    return f"**{what} {way} over {time}, by {slope} a {found.unit}** ({tested})."


def _course(draft: Draft, found: Followed) -> str:
    """First and last, highest and lowest period."""
    cell = found.series.cell
    ends = [
        _period(draft, found, rf"{name} period is (.*): \w+ = ({NUMBER}), n = ")
        for name in ("first", "last")
    ]
    tops = [
        _period(draft, found, rf"{name} in (.*): \w+ = ({NUMBER})$")
        for name in ("highest", "lowest")
    ]
    periods = found.series.line("periods")
    if not all((*ends, *tops)) or not cell:
        return ""
    return (
        f"Over {draft.number(periods['n'])} periods it goes from {ends[0]} to {ends[1]}; the "
        f"highest is {tops[0]}, the lowest {tops[1]}."
    )


def _period(draft: Draft, found: Followed, pattern: str) -> str:
    seen = found.series
    match = re.search(rf"^{pattern}", seen.stdout, re.MULTILINE)
    if match is None:
        return ""
    words = match[0].split(" ")
    draft.name(match[1], seen.cell, f"{words[0]} period")
    end = f"{words[0]}, {match[1]}" if words[0] in ("first", "last") else ""
    value = draft.number(Fact(match[2], seen.cell, f"{words[0]} mean count"), end)
    return f"{value} in {match[1]}"


def _evidence(draft: Draft, found: Followed) -> str:
    theil, kendall = found.tests.line("Theil-Sen slope"), found.tests.line("Mann-Kendall test")
    same = (kendall["p"].value < 0.05) == found.clear
    text = (
        f"Evidence: Theil-Sen slope {interval(draft, theil)}; Mann-Kendall tau = "
        f"{draft.number(kendall['tau'])}, {p_value(draft, kendall)}: it "
        f"{'agrees' if same else 'does not agree, so the finding is not a firm one'}."
    )
    rows = found.rows.line("slope over the rows")
    if rows:
        text += f" Over the rows themselves: {interval(draft, rows)}, {p_value(draft, rows)}."
    again = found.again.line("without exact repeats, slope")
    if again:
        stays = "stays" if (again["p"].value < 0.05) == found.clear else "changes"
        text += (
            f" Without exact repeats: {interval(draft, again)}, {p_value(draft, again)}; the "
            f"finding {stays}."
        )
    return text


def _season(draft: Draft, found: Followed) -> str:
    season = found.season.line("season")
    if not season:
        return ""
    tested = f"H = {draft.number(season['H'])}, {p_value(draft, season)}"
    if season["p"].value >= 0.05:
        return f"The periods of the year do not clearly differ ({tested})."
    months = [
        _MONTHS[int(match[1]) - 1]
        for name in ("highest", "lowest")
        if (match := re.search(rf"^{name} in month (\d+):", found.season.stdout, re.MULTILINE))
    ]
    ends = f"; it is highest in {months[0]} and lowest in {months[1]}" if len(months) == 2 else ""
    return (
        f"There is a season ({tested}; it makes {draft.percent(season['share'])} of the variance "
        f"beside the trend){ends}. The slope is told given the season."
    )


def _caveats(draft: Draft, found: Followed) -> list[str]:
    caveats = [OBSERVATIONAL]
    box = found.tests.line("Ljung-Box test")
    watson = found.tests.line("residuals").get("Durbin-Watson")
    if found.autocorrelated and watson is not None:
        caveats.append(
            f"Neighbouring periods go together (Ljung-Box {p_value(draft, box)}, Durbin-Watson "
            f"{draft.number(watson)}): the Mann-Kendall test takes them for independent and is too "
            "sure."
        )
        if watson.value < CLOSE:
            caveats.append(
                "They go together so closely that the interval of the slope is too narrow as well: "
                "a wandering series shows such slopes by chance."
            )
    bend = found.tests.line("bend (square of the time)")
    if bend and bend["p"].value < 0.05:
        caveats.append(
            f"The course is no straight line ({p_value(draft, bend)} for a bend): the slope is an "
            "average over all of it."
        )
    if found.series.line("periods")["n"].value < FEW:
        caveats.append("With so few periods only a very steady trend can be seen.")
    caveats += _incomplete(draft, found)
    if found.guessed and found.measure:
        name = draft.name(found.measure, found.table.cell)
        caveats.append(f"The task does not say what is followed: {name} was taken.")
    compared = bool(found.again.line("without exact repeats, slope"))
    return [*caveats, *cleaning_caveats(draft, found.prepared, found.table, compared=compared)]


def _incomplete(draft: Draft, found: Followed) -> list[str]:
    seen = found.series
    told = []
    pattern = rf"^incomplete and left out: (.*), rows = ({NUMBER})$"
    for period, rows in re.findall(pattern, seen.stdout, re.MULTILINE):
        draft.name(period, seen.cell, "incomplete")
        fact = Fact(rows, seen.cell, "incomplete rows")
        size = counted(draft, fact, "row", "rows")
        told.append(f"{period} is incomplete ({size}) and was left out.")
    return told
