"""What a regression printed, and what of it is clear."""

from __future__ import annotations

import re
from dataclasses import dataclass

from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.model_choice import Explained
from k2_jupyter.analyst.prepared import Part, Prepared
from k2_jupyter.analyst.reading import NOTHING, Fact, Line, Observation
from k2_jupyter.analyst.table import Table

COLLINEAR = 5
"""Variance inflation from which on single coefficients are hard to tell apart."""


@dataclass(slots=True)
class Fitted:
    """What is known so far; filled step by step."""

    task: str
    table: Table
    chosen: Explained
    prepared: Prepared
    held: frozenset[str] = frozenset()
    """Columns that the task only wants controlled for."""
    model: Observation = NOTHING
    pair: Observation = NOTHING
    checks: Observation = NOTHING
    twins: Observation = NOTHING
    again: Observation = NOTHING
    """The model of two outcomes without exact repeats."""

    @property
    def what(self) -> str:
        """How the lines of the terms begin."""
        return "odds ratio of" if self.chosen.yes else "coefficient of"

    @property
    def asked(self) -> list[Part]:
        """The predictors that the task asks about: all, where all are only controlled for."""
        free = [part for part in self.chosen.predictors if part.column.name not in self.held]
        return free or list(self.chosen.predictors)

    def terms(self, part: Part) -> list[tuple[str, Line]]:
        """The printed terms of a predictor: itself, or one for each level but the first."""
        name = re.escape(part.column.name) + ("" if part.use == "number" else " = .*")
        names = re.findall(rf"^{self.what} ({name}): ", self.model.stdout, re.MULTILINE)
        return [(name, self.model.line(f"{self.what} {name}")) for name in names]

    def clearest(self, part: Part) -> tuple[str, Line] | None:
        """The term with the smallest p value."""
        return min(self.terms(part), key=lambda term: term[1]["p"].value, default=None)

    def p(self, part: Part) -> Fact | None:
        """The p value of a predictor, all its levels together."""
        if part.use == "group":
            return self.model.line(f"all levels of {part.column.name}").get("p")
        return next((line["p"] for _, line in self.terms(part)), None)

    def firm(self) -> list[Part]:
        """The predictors whose p value, corrected for their number (Holm), is below 0.05."""
        tested = [
            (part, fact.value)
            for part in self.chosen.predictors
            if (fact := self.p(part)) is not None
        ]
        firm: list[Part] = []
        for position, (part, p) in enumerate(sorted(tested, key=lambda pair: pair[1])):
            if p * (len(tested) - position) >= 0.05:
                break
            firm.append(part)
        return [part for part in self.chosen.predictors if part in firm]

    def inflation(self) -> Fact | None:
        """The largest variance inflation, where single coefficients are hard to tell apart."""
        vif = self.checks.fact(r"^collinearity: largest VIF = (NUM) ", "collinearity largest VIF")
        return vif if vif is not None and vif.value > COLLINEAR else None


def name_of(draft: Draft, fitted: Fitted, part: Part) -> str:
    return draft.name(part.column.name, fitted.table.cell)


def target_of(draft: Draft, fitted: Fitted) -> str:
    chosen = fitted.chosen
    name = chosen.target.name
    return draft.name(f"{name} = {chosen.yes}" if chosen.yes else name, fitted.table.cell, name)


def against(draft: Draft, fitted: Fitted, part: Part) -> str:
    """The level that those of a group are compared with."""
    name = part.column.name
    start = f"levels of {name} are compared with"
    found = re.search(rf"^{re.escape(start)} (.+)$", fitted.model.stdout, re.MULTILINE)
    return draft.name(found[1], fitted.model.cell, start) if found else "another"
