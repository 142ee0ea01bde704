"""The first words on a regression: what goes with the target, how much, how surely."""

from __future__ import annotations

from collections.abc import Sequence

from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.prepared import Part
from k2_jupyter.analyst.reading import Line
from k2_jupyter.analyst.regression_found import Fitted, against, name_of, target_of
from k2_jupyter.analyst.wording import interval, listed, p_value

_MCFADDEN = "McFadden's R²"
_R = "Pearson's r"


def answer(draft: Draft, fitted: Fitted) -> str:
    """The headline and the evidence right behind it."""
    if fitted.chosen.simple and not fitted.chosen.yes:
        return _of_a_line(draft, fitted)
    if len(fitted.asked) == 1:
        return _of_one(draft, fitted, fitted.asked[0])
    return _of_several(draft, fitted)


def _of_a_line(draft: Draft, fitted: Fitted) -> str:
    (part,) = fitted.chosen.predictors
    ((_, slope),) = fitted.terms(part)
    target, other = target_of(draft, fitted), name_of(draft, fitted, part)
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


def _of_one(draft: Draft, fitted: Fitted, part: Part) -> str:
    """One predictor is asked about; others, if any, are controlled for."""
    clear = part in fitted.firm()
    name, target = name_of(draft, fitted, part), target_of(draft, fitted)
    goes = "goes with" if clear else "does not go clearly with"
    held = [name_of(draft, fitted, p) for p in fitted.chosen.predictors if p is not part]
    given = (
        f" when {listed(held)} {'is' if len(held) == 1 else 'are'} held constant" if held else ""
    )
    found = fitted.clearest(part)
    told = _effect(draft, fitted, part, *found) if found else "no estimate"
    joint = fitted.model.line(f"all levels of {part.column.name}")
    if len(fitted.terms(part)) > 1 and joint:
        told += f"; all levels together {p_value(draft, joint)}"
    return f"**{name} {goes} {target}{given}: {told}** ({_fit(draft, fitted)})."


def _effect(draft: Draft, fitted: Fitted, part: Part, term: str, line: Line) -> str:
    """A term's estimate with what it says, its interval and p."""
    estimate = f"{interval(draft, line, f'{fitted.what} {term}')}, {p_value(draft, line)}"
    if part.use == "number":
        way = "multiplies the odds by" if fitted.chosen.yes else "goes with a change of"
        return f"one more of {name_of(draft, fitted, part)} {way} {estimate}"
    level = draft.name(term, fitted.model.cell, term)
    way = "odds ratio" if fitted.chosen.yes else "a difference of"
    return f"{level} against {against(draft, fitted, part)}, {way} {estimate}"


def _of_several(draft: Draft, fitted: Fitted) -> str:
    target, tested = target_of(draft, fitted), _fit(draft, fitted)
    asked, firm = fitted.asked, fitted.firm()
    clear = [part for part in asked if part in firm]
    held = [part for part in fitted.chosen.predictors if part not in asked]
    if not clear:
        if _joint_p(fitted) < 0.05 and not held:
            return (
                f"**Taken together the predictors go with {target}, but no single one does so "
                f"clearly** ({tested})."
            )
        return f"**None of {_names(draft, fitted, asked)} goes clearly with {target}** ({tested})."
    rest = ""
    if len(clear) < len(asked):
        others = "others in the model" if fitted.chosen.left_out else "others"
        rest = f"; of the {others} that is not clear"
        if fitted.inflation() is not None:
            rest += " (predictors go closely together)"
    goes = "goes" if len(clear) == 1 else "go"
    given = "all predictors are taken together"
    if held:
        given = f"{_names(draft, fitted, held)} {'is' if len(held) == 1 else 'are'} held constant"
    return f"**{_names(draft, fitted, clear)} {goes} with {target} when {given}{rest}** ({tested})."


def _names(draft: Draft, fitted: Fitted, parts: Sequence[Part]) -> str:
    return listed([name_of(draft, fitted, part) for part in parts])


def _joint_p(fitted: Fitted) -> float:
    test = "likelihood-ratio test" if fitted.chosen.yes else "overall test (HC3)"
    return fitted.model.line(test)["p"].value


def _fit(draft: Draft, fitted: Fitted) -> str:
    """How well the model fits, and its joint test."""
    fit = fitted.model.line("fit")
    if fitted.chosen.yes:
        test = fitted.model.line("likelihood-ratio test")
        return (
            f"likelihood-ratio chi²({draft.number(test['df'])}) = {draft.number(test['chi²'])}, "
            f"{p_value(draft, test)}; McFadden's R² = {draft.number(fit[_MCFADDEN])}, AUC = "
            f"{draft.number(fit['AUC'], 'AUC')}"
        )
    test = fitted.model.line("overall test (HC3)")
    df = f"{draft.number(test['df'])}, {draft.number(test['residual df'])}"
    return (
        f"adjusted R² = {draft.number(fit['adjusted R²'], 'adjusted R²')}; F({df}) = "
        f"{draft.number(test['F'])}, {p_value(draft, test)} with HC3 errors"
    )
