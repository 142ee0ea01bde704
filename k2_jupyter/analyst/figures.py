"""The code of the figures."""

from __future__ import annotations

from k2_jupyter.analyst.findings import Comparison
from k2_jupyter.analyst.source import cell, imports

FEW_ROWS = 300
"""Up to this many rows each row is drawn as a point as well."""
_LOG_TICKS = "ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))\nax.minorticks_off()"
_LEGEND = '\nax.legend(title=second, frameon=False, loc="upper left", bbox_to_anchor=(1, 1))'
MANY_GROUPS = 12
WIDE, NARROW = 90, 65
"""Characters that fit side by side below a figure, without and with a legend beside it."""


def violin_source(found: Comparison) -> str:
    """Violins; a log axis or a cut view where the target has a heavy tail."""
    target = found.table.column(found.choice.target)
    heavy = found.assumptions is not None and (
        found.assumptions.skewness.value > 1 or found.assumptions.kurtosis.value > 5
    )
    logarithmic = heavy and target.low is not None and target.low > 0
    cut = heavy and not logarithmic
    view = 'data[data["y"].between(*data["y"].quantile([0.01, 0.99]))]' if cut else "data"
    few = found.cleaned.used.value <= FEW_ROWS
    points = "np.random.seed(0)  # points are spread at random: alike in each run\n"
    points += 'sns.stripplot(data, x="a", y="y", color="0.25", size=3, alpha=0.5, ax=ax)'
    lines = cell(
        "violin",
        view=view,
        scale=", log_scale=True" if logarithmic else "",
        points=points if few else "",
        note=" (the outermost 1 % on either side not drawn)" if cut else "",
        axis=" (log scale)" if logarithmic else "",
        ticks=_LOG_TICKS if logarithmic else "",
        turned=_turned(found, beside=False),
    )
    source = "\n".join(line for line in lines.splitlines() if line)
    return f"{imports(('LogLocator',))}\n\n{source}" if logarithmic else source


def boxplot_source() -> str:
    """The plainer figure where violins fail."""
    return cell("boxplot")


def bars_source(found: Comparison) -> str:
    """Means with confidence intervals, side by side for the second factor."""
    two = found.choice.second is not None
    return cell(
        "bars",
        by='"a", "b"' if two else '"a"',
        wide=".unstack()" if two else "",
        color="" if two else ", color=COLORS",
        title=" and {second}" if two else "",
        legend=_LEGEND if two else "",
        turned=_turned(found, beside=two),
    )


def _turned(found: Comparison, *, beside: bool) -> str:
    """How the level names stand; `beside`: the figure has a legend beside it."""
    if len(found.groups) > MANY_GROUPS:
        return "rotation=90"
    room = (NARROW if beside else WIDE) // len(found.groups)
    longest = max(len(word) for group in found.groups for word in group.levels[0].split() or [""])
    return "rotation=0" if longest <= room else 'rotation=25, ha="right"'
