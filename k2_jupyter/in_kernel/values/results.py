"""Results of statsmodels and scipy: their numbers as data. Runs inside the user's kernel."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from . import estimators, kinds, looking, words

_PARAMETERS = 20
_ROWS = 1_000_000
"""Observations up to which statsmodels is asked for what it computes from residuals."""
_SCIPY_RESULTS = (
    *("TukeyHSDResult", "BootstrapResult", "PermutationTestResult", "MonteCarloTestResult"),
    *("DunnettResult", "RelativeRiskResult", "OddsRatioResult", "BinomTestResult", "FitResult"),
    *("SomersDResult", "BartlettResult", "AndersonResult"),
)
"""What scipy.stats returns that is no tuple with names."""


class Fit(kinds.Kind):
    """A statsmodels result: the numbers of its summary, not its text."""

    def outline(self, value: Any) -> str:
        result = _unwrapped(value)
        model = getattr(result, "model", None)
        named = (
            f" of {words.short(looking.class_name(type(model)), 60)}" if model is not None else ""
        )
        return f"statsmodels {looking.class_name(type(result))}{named}"

    def line(self, value: Any) -> str:
        figures = ", ".join(f"{name} {number}" for name, number in _quality(_unwrapped(value)))
        return words.short(f"{self.outline(value)}: {figures}", words.LINE)

    def details(self, value: Any) -> Iterator[str]:
        return _coefficients(_unwrapped(value))


def _unwrapped(value: Any) -> Any:
    return looking.own_dict(value).get("_results", value)


def _quality(result: Any) -> list[tuple[str, str]]:
    """How good the fit is, as far as this sort of model has such a number."""
    nobs = getattr(result, "nobs", None)
    names = ["nobs", "df_model", "df_resid"]
    if nobs is not None and nobs <= _ROWS:
        names += [
            "rsquared",
            "rsquared_adj",
            "prsquared",
            "fvalue",
            "f_pvalue",
            "llf",
            "aic",
            "bic",
        ]
    found = []
    for name in names:
        try:
            number = words.number(getattr(result, name))
        except Exception:  # noqa: BLE001, S112 - not every model has each of them
            continue
        found += [(name, number)] if number != "nan" else []
    return found


def _coefficients(result: Any) -> Iterator[str]:
    """Estimate, standard error, p and confidence interval of each parameter."""
    params = result.params
    names = getattr(params, "index", None)
    if names is None:
        names = getattr(getattr(result, "model", None), "exog_names", None)
    numpy = sys.modules["numpy"]
    columns = [numpy.asarray(one) for one in (params, result.bse, result.pvalues)]
    if columns[0].ndim != 1:
        yield f"  params: {kinds.outline(params)}"
        return
    interval = numpy.asarray(result.conf_int())
    for at, row in enumerate(zip(*columns)):  # noqa: B905 - not before 3.10
        if at == _PARAMETERS:
            yield f"  … {len(columns[0]) - at} more parameters"
            return
        name = kinds.label(names[at]) if names is not None and at < len(names) else f"[{at}]"
        estimate, error, p = map(words.number, row)
        low, high = map(words.number, interval[at])
        yield f"  {name}: {estimate}, standard error {error}, p {p}, 95 % interval {low} … {high}"


class Differences(kinds.Kind):
    """Tukey's comparisons of statsmodels, a line a pair."""

    def details(self, value: Any) -> Iterator[str]:
        held = looking.own_dict(value)
        groups = [kinds.brief(one, 1) for one in held["groupsunique"].tolist()]
        pairs = [(a, b) for at, a in enumerate(groups) for b in groups[at + 1 :]]
        rows = zip(pairs, held["meandiffs"], held["confint"], held["pvalues"], held["reject"])  # noqa: B905
        for (a, b), difference, (low, high), p, reject in list(rows)[:30]:
            interval = f"{words.number(low)} … {words.number(high)}"
            verdict = "differ" if reject else "not shown to differ"
            yield (
                f"  {b} - {a}: {words.number(difference)} ({interval}),"
                f" p {words.number(p)}, {verdict}"
            )


class AnovaResult(kinds.Kind):
    """statsmodels' AnovaRM: its table is a frame."""

    def details(self, value: Any) -> Iterator[str]:
        table = looking.own_dict(value)["anova_table"]
        for effect, row in zip(table.index, table.to_numpy().tolist()):  # noqa: B905
            names = [kinds.label(name) for name in table.columns]
            pairs = zip(names, map(words.number, row))  # noqa: B905
            yield f"  {kinds.label(effect)}: {', '.join(f'{name} {n}' for name, n in pairs)}"


class Outcome(kinds.Kind):
    """What a function of scipy returns: its public attributes are plain numbers or arrays."""

    def outline(self, value: Any) -> str:
        names = [name for name in looking.own_dict(value) if not name.startswith("_")]
        return f"scipy {looking.class_name(type(value))}, {words.listed(names[:20])}"

    def line(self, value: Any) -> str:
        pairs = [f"{name}={kinds.brief(one, 2)}" for name, one in self._held(value)]
        return f"scipy {looking.class_name(type(value))}: {words.listed(pairs, limit=240)}"

    def details(self, value: Any) -> Iterator[str]:
        for name, one in self._held(value):
            yield f"  {name}: {estimators.fitted_text(one)}"

    def _held(self, value: Any) -> list[tuple[str, Any]]:
        held = looking.own_dict(value)
        return [(name, held[name]) for name in held if not name.startswith("_")][:20]


class Distribution(kinds.Kind):
    """A frozen distribution of scipy.stats."""

    def outline(self, value: Any) -> str:
        held = looking.own_dict(value)
        name = looking.own_dict(held["dist"]).get("name")
        parameters = [kinds.brief(one, 1) for one in held["args"]]
        parameters += [f"{name}={kinds.brief(one, 1)}" for name, one in held["kwds"].items()]
        return f"scipy distribution {kinds.label(name)}({', '.join(parameters)})"


def register() -> None:
    kinds.add(Fit(), "statsmodels.ResultsWrapper", "statsmodels.Results")
    kinds.add(Differences(), "statsmodels.TukeyHSDResults")
    kinds.add(AnovaResult(), "statsmodels.AnovaResults")
    kinds.add(Distribution(), "scipy.rv_frozen")
    kinds.add(Outcome(), *(f"scipy.{name}" for name in _SCIPY_RESULTS))
