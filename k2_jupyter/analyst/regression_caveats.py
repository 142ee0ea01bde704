"""What the reader of a regression should keep in mind."""

from __future__ import annotations

from k2_jupyter.analyst.draft import Draft
from k2_jupyter.analyst.model_choice import ROWS_A_TERM
from k2_jupyter.analyst.prepared import cleaning_caveats
from k2_jupyter.analyst.regression_found import Fitted
from k2_jupyter.analyst.regression_twins import REPEATS
from k2_jupyter.analyst.wording import listed, p_value

OBSERVATIONAL = (
    "Observational data: the coefficients describe what goes together, given the other predictors; "
    "they are no proof of a cause."
)
BY_RULE = (
    "The predictors were taken because they are there: with another set the coefficients change."
)


def caveats(draft: Draft, fitted: Fitted) -> list[str]:
    told = [OBSERVATIONAL]
    if fitted.chosen.chosen_by_rule:
        told.append(BY_RULE)
    if fitted.chosen.left_out:
        names = listed([draft.name(name, fitted.table.cell) for name in fitted.chosen.left_out])
        told.append(f"The task also speaks of {names}; the model does without.")
    told += _model_caveats(draft, fitted)
    repeats = any(REPEATS in seen.stdout for seen in (fitted.twins, fitted.again))
    told += cleaning_caveats(draft, fitted.prepared, fitted.table, compared=repeats)
    return told


def _model_caveats(draft: Draft, fitted: Fitted) -> list[str]:
    told = []
    bent = fitted.checks.line("RESET test of straight lines")
    if bent and bent["p"].value < 0.05:
        told.append(
            f"The relation bends (RESET test {p_value(draft, bent)}): a straight line is a rough "
            "description of it."
        )
    vif = fitted.inflation()
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
