"""Whether other ways to fit the same model say the same, in words."""

from __future__ import annotations

from collections.abc import Sequence

from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.prepared import Part
from k2_jupyter.analyst.reading import Line
from k2_jupyter.analyst.regression_found import Fitted, name_of
from k2_jupyter.analyst.wording import counted, interval, listed, p_value

REPEATS = "without exact repeats"
MOST_TOLD = 3
"""Terms told of one by one in the model without repeats."""
_TWINS = {
    "Huber's robust regression": "with Huber's robust regression",
    "without influential rows": "without the rows of most influence",
    "logarithm": "with the logarithm of the target",
}
"""How the lines of a twin begin → how it is told of."""


def twins(draft: Draft, fitted: Fitted) -> str:
    """Do other methods give the same verdicts on what was found (or on all, if nothing was)?"""
    parts = fitted.firm() or list(fitted.chosen.predictors)
    others = _linear_twin(fitted) if fitted.chosen.yes else _other_fits(draft, fitted, parts)
    return " ".join(text for text in (others, _without_repeats(draft, fitted, parts)) if text)


def _other_fits(draft: Draft, fitted: Fitted, parts: Sequence[Part]) -> str:
    agreeing: list[str] = []
    differing: dict[str, str] = {}
    for twin, words in _TWINS.items():
        verdicts = {
            name: _same(fitted, line, fitted.twins.line(f"{twin}, {fitted.what} {name}"))
            for part in parts
            for name, line in fitted.terms(part)
        }
        changed = [name for name, same in verdicts.items() if same is False]
        if changed:
            told = [draft.name(name, fitted.model.cell, name) for name in changed[:3]]
            differing[words] = listed(told)
        elif True in verdicts.values():
            agreeing.append(words)
    text = [f"The verdicts stay the same {listed(agreeing)}."] if agreeing else []
    if differing:
        told = [f"that on {names} {words}" for words, names in differing.items()]
        text.append(f"Not firm, because a verdict changes: {'; '.join(told)}.")
    return " ".join(text)


def _same(fitted: Fitted, one: Line, other: Line) -> bool | None:
    """Do two estimates give one verdict: both clear on one side, or both unclear?"""
    if not other:
        return None
    none = 1 if fitted.chosen.yes else 0
    clear = [line["p"].value < 0.05 for line in (one, other)]
    sides = [line["estimate"].value > none for line in (one, other)]
    return clear[0] == clear[1] and (not clear[0] or sides[0] == sides[1])


def _linear_twin(fitted: Fitted) -> str:
    same = []
    for part in fitted.chosen.predictors:
        for name, line in fitted.terms(part):
            twin = fitted.twins.line(f"linear probability of {name}")
            if twin:
                same.append((line["p"].value < 0.05) == (twin["p"].value < 0.05))
    if not same:
        return ""
    if all(same):
        return "A linear model of the share with HC3 errors gives the same verdicts."
    return "A linear model of the share with HC3 errors does not give all the same verdicts."


def _without_repeats(draft: Draft, fitted: Fitted, parts: Sequence[Part]) -> str:
    """The same model without exact repeats: its estimates, and whether the verdicts stay."""
    seen = fitted.again if fitted.chosen.yes else fitted.twins
    told: list[str] = []
    same = []
    for part in parts:
        for name, line in fitted.terms(part):
            again = seen.line(f"{REPEATS}, {fitted.what} {name}")
            if not again:
                continue
            same.append(_same(fitted, line, again))
            if fitted.clearest(part) == (name, line) and len(told) < MOST_TOLD:
                told.append(_told(draft, fitted, part, name, again))
    if not told:
        return ""
    rows = ("row that repeats", "rows that repeat")
    verdict = "the verdicts stay" if all(same) else "not all verdicts stay, so they are not firm"
    return (
        f"Without the {counted(draft, fitted.prepared.repeats, *rows)} another row exactly "
        f"({draft.percent(fitted.prepared.repeat_share)}): {'; '.join(told)}; {verdict}."
    )


def _told(draft: Draft, fitted: Fitted, part: Part, term: str, line: Line) -> str:
    name = name_of(draft, fitted, part)
    if part.use == "group":
        name = draft.name(term, fitted.model.cell, term)
    return f"{name} {interval(draft, line)}, {p_value(draft, line)}"
