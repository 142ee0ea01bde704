"""Code cells, filled in from the templates in ``cells/``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from string import Template


@cache
def _template(name: str) -> Template:
    text = files("k2_jupyter.analyst").joinpath("cells", f"{name}.py.txt").read_text("utf-8")
    return Template(text.strip("\n"))


def cell(name: str, /, **parts: str) -> str:
    """A cell's source. Raises `KeyError` where a placeholder is not given."""
    return _template(name).substitute(parts)


def literal(value: object) -> str:
    """A Python literal with double quotes where that is as good."""
    text = repr(value)
    if text.startswith("'") and '"' not in text:
        return f'"{text[1:-1]}"'
    return text


def joined(*parts: str) -> str:
    """Templates one after another in one cell, two blank lines between."""
    return "\n\n\n".join(part for part in parts if part)


def imports(names: Sequence[str]) -> str:
    """Import lines, each known by the name that the code uses."""
    standard = [_IMPORTS[name] for name in _STANDARD if name in names]
    others = sorted(
        (line for name, line in _IMPORTS.items() if name in names and name not in _STANDARD),
        key=lambda line: (line.startswith("from"), line),
    )
    return "\n\n".join("\n".join(lines) for lines in (standard, others) if lines)


_IMPORTS = {
    "json": "import json",
    "escape": "from html import escape",
    "combinations": "from itertools import combinations",
    "Path": "from pathlib import Path",
    "fill": "from textwrap import fill",
    "alt": "import altair as alt",
    "plt": "import matplotlib.pyplot as plt",
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "sns": "import seaborn as sns",
    "vlc": "import vl_convert as vlc",
    "warnings": "import warnings",
    "sm": "import statsmodels.api as sm",
    "smf": "import statsmodels.formula.api as smf",
    "mdates": "import matplotlib.dates as mdates",
    "LogLocator": "from matplotlib.ticker import LogLocator",
    "MaxNLocator": "from matplotlib.ticker import MaxNLocator",
    "display": "from IPython.display import display",
    "stats": "from scipy import stats",
    "optimize": "from scipy import optimize",
    "gaussian_filter1d": "from scipy.ndimage import gaussian_filter1d",
    "acorr_ljungbox": "from statsmodels.stats.diagnostic import acorr_ljungbox",
    "diagnostic": "from statsmodels.stats.diagnostic import het_breuschpagan, linear_reset",
    "durbin_watson": "from statsmodels.stats.stattools import durbin_watson",
    "anova_lm": "from statsmodels.stats.anova import anova_lm",
    "multipletests": "from statsmodels.stats.multitest import multipletests",
    "proportion_confint": (
        "from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint"
    ),
    "anova_oneway": "from statsmodels.stats.oneway import anova_oneway",
}
_STANDARD = ("json", "warnings", "escape", "combinations", "Path", "fill")
