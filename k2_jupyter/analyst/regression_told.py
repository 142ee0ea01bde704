"""What a regression found, in plain words with the evidence behind them.

Longer than most files: a line, several predictors and odds are told with the same parts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.model_choice import ROWS_A_TERM, Explained
from k2_jupyter.analyst.prepared import Part, Prepared, cleaning_caveats
from k2_jupyter.analyst.reading import NOTHING, Fact, Line, Observation
from k2_jupyter.analyst.table import Table
from k2_jupyter.analyst.wording import interval, listed, p_value
from k2_jupyter.messages import Json

OBSERVATIONAL = (
    "Observational data: the coefficients describe what goes together, given the other predictors; "
    "they are no proof of a cause."
)
BY_RULE = (
    "The predictors were taken because they are there: with another set the coefficients change."
)
MANY_NAMES = 6
COLLINEAR = 5
"""Variance inflation from which on single coefficients are hard to tell apart."""
_TWINS = {
    "Huber's robust regression": "with Huber's robust regression",
    "without influential rows": "without the rows of most influence",
    "logarithm": "with the logarithm of the target",
    "without exact repeats": "without exact repeats",
}
"""How the lines of a twin begin → how it is told of."""


@dataclass(slots=True)
class Fitted:
    """What is known so far; filled step by step."""

    task: str
    table: Table
    chosen: Explained
    prepared: Prepared
    model: Observation = NOTHING
    pair: Observation = NOTHING
    checks: Observation = NOTHING
    twins: Observation = NOTHING

    @property
    def what(self) -> str:
        """How the lines of the terms begin."""
        return "odds ratio of" if self.chosen.yes else "coefficient of"

    def terms(self, part: Part) -> list[tuple[str, Line]]:
        """The printed terms of a predictor: itself, or one for each level but the commonest."""
        name = re.escape(part.column.name) + ("" if part.use == "number" else " = .*")
        names = re.findall(rf"^{self.what} ({name}): ", self.model.stdout, re.MULTILINE)
        return [(name, self.model.line(f"{self.what} {name}")) for name in names]

    def p(self, part: Part) -> Fact | None:
        """The p value of a predictor, all its levels together."""
        if part.use == "group" and not self.chosen.yes:
            return self.model.line(f"all levels of {part.column.name}").get("p")
        found = [line["p"] for _, line in self.terms(part)]
        return min(found, key=lambda fact: fact.value, default=None)


def conclusion(fitted: Fitted, remarks: Sequence[str]) -> dict[str, Json]:
    """Arguments of `finish`."""
    draft = Draft()
    firm = _firm(fitted)
    paragraphs = [
        _answer_of_one(draft, fitted)
        if fitted.chosen.simple and not fitted.chosen.yes
        else _answer(draft, fitted, firm),
        _predictors(draft, fitted),
        _twins(draft, fitted, firm),
        _checks(draft, fitted),
    ]
    return draft.finish(
        [paragraph for paragraph in paragraphs if paragraph],
        caveats=[*_caveats(draft, fitted), *remarks],
        next_steps=["Try the model on rows that it was not made from."],
    )


def _firm(fitted: Fitted) -> list[Part]:
    """The predictors whose p value, corrected for their number (Holm), is below 0.05."""
    tested = [
        (part, fact.value)
        for part in fitted.chosen.predictors
        if (fact := fitted.p(part)) is not None
    ]
    firm: list[Part] = []
    for position, (part, p) in enumerate(sorted(tested, key=lambda pair: pair[1])):
        if p * (len(tested) - position) >= 0.05:
            break
        firm.append(part)
    return [part for part in fitted.chosen.predictors if part in firm]


def _name(draft: Draft, fitted: Fitted, name: str) -> str:
    return draft.name(name, fitted.table.cell)


def _target(draft: Draft, fitted: Fitted) -> str:
    chosen = fitted.chosen
    name = chosen.target.name
    return draft.name(f"{name} = {chosen.yes}" if chosen.yes else name, fitted.table.cell, name)


def _answer_of_one(draft: Draft, fitted: Fitted) -> str:
    (part,) = fitted.chosen.predictors
    ((_, slope),) = fitted.terms(part)
    target, other = _target(draft, fitted), _name(draft, fitted, part.column.name)
    r, rho = fitted.pair.line("Pearson's r"), fitted.pair.line("Spearman's rho")
    fit = fitted.model.line("fit")
    together = f"Pearson's r = {interval(draft, r, _R)}, " if r else ""
    tested = (
        f"{together}R² = {draft.number(fit['R²'], 'R²')}, {p_value(draft, slope)} with HC3 errors"
    )
    if slope["p"].value >= 0.05:
        text = f"**No clear relation between {target} and {other}** ({tested})."
    else:
        way = "rises" if slope["estimate"].value > 0 else "falls"
        strength = f", and the relation is {_r_word(r['estimate'].value)}" if r else ""
        text = (
            f"**{target} {way} with {other}{strength}** ({tested}). The slope is "
            f"{interval(draft, slope)}: that much of {target} for one more of {other}."
        )
    if rho:
        same = (rho["p"].value < 0.05) == (slope["p"].value < 0.05)
        text += (
            f" On ranks Spearman's rho = {interval(draft, rho)}, {p_value(draft, rho)}: it "
            f"{'agrees' if same else 'does not agree, so the finding is not a firm one'}."
        )
    return text


def _r_word(r: float) -> str:
    """Cohen's words for a correlation (1988)."""
    if abs(r) < 0.1:
        return "very weak"
    if abs(r) < 0.3:
        return "weak"
    return "moderate" if abs(r) < 0.5 else "strong"


def _answer(draft: Draft, fitted: Fitted, firm: Sequence[Part]) -> str:
    target = _target(draft, fitted)
    if fitted.chosen.yes:
        test, fit = fitted.model.line("likelihood-ratio test"), fitted.model.line("fit")
        tested = (
            f"likelihood-ratio chi²({draft.number(test['df'])}) = {draft.number(test['chi²'])}, "
            f"{p_value(draft, test)}; McFadden's R² = {draft.number(fit[_MCFADDEN])}, AUC = "
            f"{draft.number(fit['AUC'], 'AUC')}"
        )
    else:
        test, fit = fitted.model.line("overall test (HC3)"), fitted.model.line("fit")
        df = f"{draft.number(test['df'])}, {draft.number(test['residual df'])}"
        tested = (
            f"adjusted R² = {draft.number(fit['adjusted R²'], 'adjusted R²')}; F({df}) = "
            f"{draft.number(test['F'])}, {p_value(draft, test)} with HC3 errors"
        )
    several = len(fitted.chosen.predictors) > 1
    if not firm:
        names = listed([_name(draft, fitted, p.column.name) for p in fitted.chosen.predictors])
        none = "None of the predictors goes" if several else f"{names} does not go"
        if several and test["p"].value < 0.05:
            return (
                f"**Taken together the predictors go with {target}, but no single one does so "
                f"clearly** ({tested})."
            )
        return f"**{none} clearly with {target}** ({tested})."
    names = listed([_name(draft, fitted, part.column.name) for part in firm])
    rest = ""
    if len(firm) < len(fitted.chosen.predictors):
        others = "others in the model" if fitted.chosen.left_out else "others"
        rest = f"; of the {others} that is not clear"
        if _inflation(fitted) is not None:
            rest += " (predictors go closely together)"
    goes = "goes" if len(firm) == 1 else "go"
    given = " when all predictors are taken together" if several else ""
    return f"**{names} {goes} with {target}{given}{rest}** ({tested})."


def _inflation(fitted: Fitted) -> Fact | None:
    """The largest variance inflation, where single coefficients are hard to tell apart."""
    vif = fitted.checks.fact(r"^collinearity: largest VIF = (NUM) ", "collinearity largest VIF")
    return vif if vif is not None and vif.value > COLLINEAR else None


_MCFADDEN = "McFadden's R²"
_R = "Pearson's r"
HEADED = 2
"""Predictors among the key figures."""


def _predictors(draft: Draft, fitted: Fitted) -> str:
    if fitted.chosen.simple and not fitted.chosen.yes:
        return ""
    lines = [_told(draft, fitted, part) for part in fitted.chosen.predictors]
    head = (
        "Odds ratios for one more of a number, or for a level against the commonest one"
        if fitted.chosen.yes
        else "Change for one more of a number, or for a level against the commonest one"
    )
    return f"{head}, with confidence intervals:\n\n" + "\n".join(f"- {line}" for line in lines)


def _told(draft: Draft, fitted: Fitted, part: Part) -> str:
    """A predictor: its coefficient, or that of its level that stands out most."""
    terms, name = fitted.terms(part), part.column.name
    if not terms:
        return f"{_name(draft, fitted, name)}: no estimate."
    told, line = min(terms, key=lambda term: term[1]["p"].value)
    head = f"{fitted.what} {told}" if part in fitted.chosen.predictors[:HEADED] else ""
    if part.use == "number":
        text = (
            f"{_name(draft, fitted, name)}: {interval(draft, line, head)}, {p_value(draft, line)}"
        )
        beta = fitted.model.line(f"standardised {name}")
        ratio = fitted.model.line(f"per standard deviation of {name}")
        if beta:
            text += f"; beta = {draft.number(beta['beta'])}"
        if ratio:
            text += f"; {draft.number(ratio['odds ratio'])} for one standard deviation"
        return text
    level = draft.name(told, fitted.model.cell, told)
    text = f"{level}: {interval(draft, line, head)}, {p_value(draft, line)}"
    joint = fitted.model.line(f"all levels of {name}")
    if len(terms) > 1:
        text = f"{_name(draft, fitted, name)}, most of all {text}"
        if joint:
            text += f"; all levels together {p_value(draft, joint)}"
    return text


def _twins(draft: Draft, fitted: Fitted, firm: Sequence[Part]) -> str:
    """Do other methods give the same verdicts on what was found (or on all, if nothing was)?"""
    if fitted.chosen.yes:
        return _linear_twin(fitted)
    agreeing: list[str] = []
    differing: dict[str, str] = {}
    for twin, words in _TWINS.items():
        verdicts = {
            name: _same(line, fitted.twins.line(f"{twin}, {fitted.what} {name}"))
            for part in firm or fitted.chosen.predictors
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


def _same(one: Line, other: Line) -> bool | None:
    """Do two estimates give one verdict: both clear with one sign, or both unclear?"""
    if not other:
        return None
    clear = [line["p"].value < 0.05 for line in (one, other)]
    signs = [line["estimate"].value > 0 for line in (one, other)]
    return clear[0] == clear[1] and (not clear[0] or signs[0] == signs[1])


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


def _caveats(draft: Draft, fitted: Fitted) -> list[str]:
    caveats = [OBSERVATIONAL]
    if fitted.chosen.chosen_by_rule:
        caveats.append(BY_RULE)
        if fitted.chosen.left_out:
            some = [_name(draft, fitted, name) for name in fitted.chosen.left_out[:MANY_NAMES]]
            more = ["others"] if len(fitted.chosen.left_out) > MANY_NAMES else []
            caveats.append(
                f"There are too few rows for all columns: {listed([*some, *more])} stay out. The "
                "first of the file were taken, so what goes with the target may be among the rest: "
                "name the columns that matter."
            )
    elif fitted.chosen.left_out:
        names = listed([_name(draft, fitted, name) for name in fitted.chosen.left_out])
        caveats.append(f"The task also speaks of {names}; the model does without.")
    caveats += _model_caveats(draft, fitted)
    repeats = "without exact repeats" in fitted.twins.stdout
    caveats += cleaning_caveats(draft, fitted.prepared, fitted.table, compared=repeats)
    return caveats


def _model_caveats(draft: Draft, fitted: Fitted) -> list[str]:
    told = []
    bent = fitted.checks.line("RESET test of straight lines")
    if bent and bent["p"].value < 0.05:
        told.append(
            f"The relation bends (RESET test {p_value(draft, bent)}): a straight line is a rough "
            "description of it."
        )
    vif = _inflation(fitted)
    if vif is not None:
        told.append(
            f"Predictors go closely together (largest VIF {draft.number(vif)}): what belongs to "
            "which of them is uncertain, and a single one without a clear effect may have one."
        )
    order = fitted.checks.line("rows in the order of the file").get("Durbin-Watson")
    if order is not None and not 1.5 < order.value < 2.5 and fitted.prepared.rows.value > 20:
        told.append(
            f"Neighbouring rows go together (Durbin-Watson {draft.number(order)}): if the file is "
            "in the order of time, the intervals are too narrow."
        )
    model = fitted.model.line("model")
    terms, events, n = (
        model[name].value if name in model else 0 for name in ("terms", "events", "n")
    )
    if fitted.chosen.yes and min(events, n - events) < ROWS_A_TERM * terms:
        told.append("Few events for so many terms: the odds ratios are likely too far from one.")
    elif n < ROWS_A_TERM * terms:
        told.append("Few rows for so many terms: the model likely fits these rows too closely.")
    return told
