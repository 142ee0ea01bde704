"""The corpus of matplotlib figures: each maker takes a random generator and gives a figure
and what it is known to draw, so that another seed makes another corpus."""

from __future__ import annotations

from tests.in_kernel.figures import corpus_pandas, corpus_pyplot, corpus_seaborn
from tests.in_kernel.figures.corpus_expected import Maker

FIGURES: list[Maker] = [
    *corpus_pyplot.FIGURES,
    *corpus_seaborn.FIGURES,
    *corpus_pandas.FIGURES,
]
