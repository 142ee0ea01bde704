"""What a regression found, in plain words with the evidence behind them."""

from __future__ import annotations

from collections.abc import Sequence

from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.prepared import Part
from k2_jupyter.analyst.regression_answer import answer
from k2_jupyter.analyst.regression_caveats import caveats
from k2_jupyter.analyst.regression_found import Fitted, against, name_of
from k2_jupyter.analyst.regression_twins import twins
from k2_jupyter.analyst.wording import interval, p_value
from k2_jupyter.messages import Json

HEADED = 2
"""Predictors among the key figures."""


def conclusion(fitted: Fitted, remarks: Sequence[str]) -> dict[str, Json]:
    """Arguments of `finish`."""
    draft = Draft()
    paragraphs = [
        answer(draft, fitted),
        _predictors(draft, fitted),
        twins(draft, fitted),
        _checks(draft, fitted),
    ]
    return draft.finish(
        [paragraph for paragraph in paragraphs if paragraph],
        caveats=[*caveats(draft, fitted), *remarks],
        next_steps=["Try the model on rows that it was not made from."],
    )


def _predictors(draft: Draft, fitted: Fitted) -> str:
    if len(fitted.chosen.predictors) == 1 and not fitted.chosen.yes:
        return ""
    lines = [_told(draft, fitted, part) for part in fitted.chosen.predictors]
    head = (
        "Odds ratios for one more of a number, or for a level against another"
        if fitted.chosen.yes
        else "Change for one more of a number, or for a level against another"
    )
    return f"{head}, with confidence intervals:\n\n" + "\n".join(f"- {line}" for line in lines)


def _told(draft: Draft, fitted: Fitted, part: Part) -> str:
    """A predictor: its coefficient, or that of its level that stands out most."""
    name, found = part.column.name, fitted.clearest(part)
    if found is None:
        return f"{name_of(draft, fitted, part)}: no estimate."
    told, line = found
    head = f"{fitted.what} {told}" if part in fitted.asked[:HEADED] else ""
    if part.use == "number":
        text = (
            f"{name_of(draft, fitted, part)}: {interval(draft, line, head)}, {p_value(draft, line)}"
        )
        beta = fitted.model.line(f"standardised {name}")
        ratio = fitted.model.line(f"per standard deviation of {name}")
        if beta:
            text += f"; beta = {draft.number(beta['beta'])}"
        if ratio:
            text += f"; {draft.number(ratio['odds ratio'])} for one standard deviation"
        return text
    level = draft.name(told, fitted.model.cell, told)
    level = f"{level} against {against(draft, fitted, part)}"
    text = f"{level}: {interval(draft, line, head)}, {p_value(draft, line)}"
    joint = fitted.model.line(f"all levels of {name}")
    if len(fitted.terms(part)) > 1:
        text = f"{name_of(draft, fitted, part)}, most of all {text}"
        if joint:
            text += f"; all levels together {p_value(draft, joint)}"
    return text


def _checks(draft: Draft, fitted: Fitted) -> str:
    spread = fitted.checks.line("Breusch-Pagan test of an even spread")
    shape = fitted.checks.line("residuals")
    if not spread or not shape:
        return ""
    verdict = (
        "is not even, which the HC3 errors bear" if spread["p"].value < 0.05 else "is even enough"
    )
    text = f"The spread of the residuals {verdict} (Breusch-Pagan {p_value(draft, spread)})"
    if abs(shape["skewness"].value) > 1:
        text += f"; they are skewed (skewness {draft.number(shape['skewness'])})"
    return f"{text}."
