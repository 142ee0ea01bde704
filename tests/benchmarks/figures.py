"""What the description of a matplotlib figure costs beside its drawing.

Usage: python -m tests.benchmarks.figures [--rounds 5]

In one process, as the inline backend draws: the layout at the draw event and the record behind
the drawing, together. Target 6: at most 50 ms. Processor time, since other work on the machine
is no cost of ours; the ratio to the drawing tells more than the milliseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.figure import Figure

from k2_jupyter.in_kernel.figures import record as figures
from tests.in_kernel.figures.drawn import image

TARGET = 0.050


def line(rng: np.random.Generator) -> Figure:
    figure = Figure()
    figure.subplots().plot(rng.normal(size=500).cumsum())
    return figure


def long_line(rng: np.random.Generator) -> Figure:
    figure = Figure()
    figure.subplots().plot(rng.normal(size=1_000_000).cumsum())
    return figure


def scatter(rng: np.random.Generator) -> Figure:
    figure = Figure()
    x, y = rng.normal(size=(2, 100_000))
    figure.subplots().scatter(x, y, s=2)
    return figure


def facets(rng: np.random.Generator) -> Figure:
    figure = Figure(figsize=(12, 12))
    for axes in figure.subplots(4, 4).flat:
        axes.plot(rng.random(50), label="a")
        axes.plot(rng.random(50), label="b")
        axes.legend()
        axes.set(title="a panel", xlabel="x", ylabel="y")
    return figure


def heat_map(rng: np.random.Generator) -> Figure:
    figure = Figure(figsize=(20, 20))
    sns.heatmap(rng.random((50, 50)), annot=True, ax=figure.subplots())
    return figure


def violins(rng: np.random.Generator) -> Figure:
    figure = Figure()
    figure.subplots().violinplot(rng.normal(size=(1_000, 5)))
    return figure


def bars(rng: np.random.Generator) -> Figure:
    figure = Figure()
    figure.subplots().bar([f"name {place}" for place in range(200)], rng.random(200))
    return figure


FIGURES: tuple[Callable[[np.random.Generator], Figure], ...] = (
    line,
    long_line,
    scatter,
    facets,
    heat_map,
    violins,
    bars,
)


def measure(figure: Figure) -> tuple[float, float, int]:
    """Seconds of the drawing and of the description; characters of the record."""
    at_draw = 0.0
    look = figures._layout_faults

    def timed(figure: Figure, renderer: Any) -> Any:
        nonlocal at_draw
        started = time.process_time()
        found = look(figure, renderer)
        at_draw += time.process_time() - started
        return found

    figures._layout_faults = timed
    try:
        started = time.process_time()
        figures.before_drawing(figure)
        image(figure)
        drawing = time.process_time() - started - at_draw
    finally:
        figures._layout_faults = look
    started = time.process_time()
    record = figures.describe(figure)
    return drawing, at_draw + time.process_time() - started, len(json.dumps(record))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--rounds", type=int, default=5)
    rounds: int = options.parse_args().rounds
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, matplotlib {mpl.__version__}")
    for make in FIGURES:
        samples = [measure(make(np.random.default_rng(seed))) for seed in range(rounds)]
        drawing, description, size = map(statistics.median, zip(*samples, strict=True))
        met = "met" if description <= TARGET else "MISSED"
        print(
            f"target 6 {met}: {make.__name__:10} drawn in {drawing * 1000:6.1f} ms, described "
            f"in {description * 1000:5.1f} ms ({description / drawing:.2f} of it), "
            f"{size:.0f} characters"
        )


if __name__ == "__main__":
    main()
