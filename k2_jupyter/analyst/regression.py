"""Regression: a measurement by least squares, two outcomes by their odds."""

from __future__ import annotations

from k2_jupyter.analyst.draft import WHO
from k2_jupyter.analyst.kinds import named
from k2_jupyter.analyst.mentions import held_constant
from k2_jupyter.analyst.model_choice import Explained, choose_model
from k2_jupyter.analyst.prepared import Part, prepare
from k2_jupyter.analyst.regression_found import Fitted
from k2_jupyter.analyst.regression_told import conclusion
from k2_jupyter.analyst.screening import TESTED
from k2_jupyter.analyst.script import Script
from k2_jupyter.analyst.source import cell, imports, joined, literal
from k2_jupyter.analyst.table import Table
from k2_jupyter.analyst.worksheet import StepError, Worksheet, why

PLAN = {
    "who": f"Plan the work: {WHO}",
    "load": "Load and profile the data",
    "clean": "Choose target and predictors, and clean them",
    "fit": "Fit the model, with robust errors",
    "check": "Check residuals, collinearity and influence",
    "twins": "Fit the same in other ways",
    "draw": "Draw the model and its residuals",
    "conclude": "Conclude, with the source of every number",
}
LINEAR = ("smf", "diagnostic", "durbin_watson")
LOGISTIC = ("warnings", "smf", "stats")

_SEPARATED = ("Separation", "Singular", "Convergence", "overflow")
"""What statsmodels says where the likelihood has no maximum."""


def regress(sheet: Worksheet, task: str, table: Table) -> Script[None]:
    """The whole analysis, from the choice of the columns to `finish`."""
    sheet.plan(PLAN, done=2)
    sheet.open("clean")
    said = named(task, table)
    chosen, table = yield from choose_model(sheet, said, table)
    sheet.write(_stated(chosen))
    tools = ["define_p_text", "define_interval"]
    tools += [] if chosen.yes else ["define_scatter"]
    if any(part.use == "group" for part in chosen.predictors):
        tools.append("define_common_first")
    libraries = [*(LOGISTIC if chosen.yes else LINEAR)]
    libraries += ["stats"] if chosen.simple else ["fill"]
    libraries += ["LogLocator"] if chosen.yes and not chosen.simple else []
    yield from sheet.need(joined(imports(libraries), *map(cell, tools)), "Libraries for the model")
    target = Part("y", chosen.target, "group" if chosen.yes else "number")
    parts = (target, *chosen.predictors)
    prepared, _ = yield from prepare(sheet, parts, after=_shaped(chosen))
    fitted = Fitted(task, table, chosen, prepared, held_constant(task, said.scene.spoken))
    sheet.open("fit")
    sheet.write(f"## What goes with `{chosen.target.name}`")
    yield from (_logistic(sheet, fitted) if chosen.yes else _linear(sheet, fitted))
    sheet.open("conclude")
    yield from sheet.finish(conclusion(fitted, sheet.remarks))


def _shaped(chosen: Explained) -> list[str]:
    lines = [TESTED] if chosen.screened else []
    if chosen.yes:
        lines.append(f"yes = {literal(chosen.yes)}  # the outcome whose odds are modelled")
        as_text = 'data["y"].astype(str).str.removesuffix(".0")'
        lines.append(f'data["y"] = ({as_text} == yes).astype(int)')
    groups = [part.key for part in chosen.predictors if part.use == "group"]
    lines += [f'data["{key}"] = common_first(data["{key}"])' for key in groups]
    return lines


def _linear(sheet: Worksheet, fitted: Fitted) -> Script[None]:
    chosen = fitted.chosen
    sheet.define(cell("define_regression"), "Functions that fit the model")
    if chosen.simple:
        sheet.define(cell("define_pair"), "A function with the correlations")
        fitted.pair = yield from sheet.attempt("fit", cell("pair"), "Correlation")
    source = cell("regression", formula=chosen.formula)
    fitted.model = yield from sheet.need(source, "Least squares with HC3 errors")
    sheet.open("check")
    sheet.write("## Does the model hold?")
    sheet.define(cell("define_regression_checks"), "Functions that check the model")
    fitted.checks = yield from sheet.attempt("check", cell("regression_checks"), "Check the model")
    sheet.open("twins")
    fitted.twins = yield from sheet.attempt(
        "twins", cell("regression_twins"), "The same by other methods"
    )
    sheet.open("draw")
    sheet.write("## Figures")
    main = "regression_scatter" if chosen.simple else "regression_forest"
    yield from sheet.attempt("draw", cell(main), "The model")
    yield from sheet.attempt("draw", cell("regression_residuals"), "Its residuals")


def _logistic(sheet: Worksheet, fitted: Fitted) -> Script[None]:
    chosen = fitted.chosen
    sheet.close("check", "dropped")
    sheet.define(cell("define_logistic"), "Functions that fit the model")
    source = cell("regression", formula=chosen.formula)
    fitted.model = yield from sheet.run(source, "Logistic regression")
    if not fitted.model.ok:
        if any(sign in fitted.model.error for sign in _SEPARATED):
            raise StepError(
                f"the predictors tell the two values of `{chosen.target.name}` apart without a "
                "fault (or nearly), so their odds have no finite ratio."
            )
        raise StepError(why(fitted.model))
    sheet.open("twins")
    fitted.twins = yield from sheet.attempt(
        "twins", cell("logistic_twins"), "A linear model of the share"
    )
    if fitted.prepared.repeats.value:
        fitted.again = yield from sheet.attempt(
            "twins", cell("logistic_repeats"), "The same without repeats"
        )
    sheet.open("draw")
    sheet.write("## Figures")
    main = "logistic_curve" if chosen.simple else "logistic_forest"
    yield from sheet.attempt("draw", cell(main), "The model")


def _stated(chosen: Explained) -> str:
    names = ", ".join(f"`{part.column.name}`" for part in chosen.predictors)
    lines = ["## Choice of columns and cleaning", ""]
    lines.append(f"- Explained: `{chosen.target.name}`. Predictors: {names}.")
    if chosen.yes:
        lines.append(
            f"- Two values: the odds of `{chosen.target.name} = {chosen.yes}` are modelled."
        )
    if chosen.chosen_by_rule:
        lines.append("- The task names no predictor: all columns that can be one are taken.")
    if any(part.use == "group" for part in chosen.predictors):
        lines.append(
            "- Groups are compared with the lowest, where their levels have an order, else with "
            "the commonest; rare ones go together."
        )
    return "\n".join(lines)
