"""What the export of a long notebook costs, beside plain nbconvert.

Usage: python -m tests.benchmarks.export [--rounds 3]

A notebook of 300 cells: 100 matplotlib figures, 100 frames, 50 prints, 50 texts. Processor
time, since other work on the machine is no cost of ours.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from k2_jupyter.adapters.report import export
from tests.in_kernel.figures.drawn import image


def picture(rng: np.random.Generator) -> str:
    figure = Figure(figsize=(8, 4.5), dpi=110)
    figure.subplots().plot(rng.normal(size=(500, 3)).cumsum(axis=0))
    return b64encode(image(figure)).decode()


def code(source: str, **data: str) -> Any:
    bundle = {name.replace("_", "/"): content for name, content in data.items()}
    return new_code_cell(source, outputs=[new_output("display_data", data=bundle)])


def notebook(rng: np.random.Generator) -> dict[str, Any]:
    cells = []
    for number in range(50):
        cells.append(new_markdown_cell(f"## Part {number}\n\nWhat $x_{{{number}}}$ says."))
        printed = "\n".join(f"row {line}: {line**2}" for line in range(40))
        cells.append(
            new_code_cell("print(rows)", outputs=[new_output("stream", text=f"{printed}\n")])
        )
        for _ in range(2):
            frame = pd.DataFrame(rng.normal(size=(20, 8)), columns=list("abcdefgh"))
            cells.append(code("frame", text_html=frame.to_html(), text_plain=str(frame)))
            cells.append(code("plot(frame)", image_png=picture(rng), text_plain="<Figure>"))
    made: dict[str, Any] = new_notebook(cells=cells)
    return made


def plain(source: Path, target: Path) -> None:
    body, _ = HTMLExporter().from_notebook_node(nbformat.read(source, as_version=4))
    target.write_text(body, "utf-8")


def measure(convert: Callable[[Path, Path], None], source: Path) -> tuple[float, int]:
    """Seconds and bytes."""
    target = source.with_suffix(".html")
    started = time.process_time()
    convert(source, target)
    return time.process_time() - started, target.stat().st_size


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--rounds", type=int, default=3)
    rounds: int = options.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "long.ipynb")
        made = notebook(np.random.default_rng(0))
        source.write_text(json.dumps(made), "utf-8")
        size = source.stat().st_size / 1e6
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print(f"a notebook of {len(made['cells'])} cells, 100 of them figures, {size:.1f} MB")
        plain(source, source.with_suffix(".html"))  # templates are compiled once
        for name, convert in (("nbconvert", plain), ("k2 export", export)):
            samples = [measure(convert, source) for _ in range(rounds)]
            seconds, written = map(statistics.median, zip(*samples, strict=True))
            print(f"{name:10} {seconds:5.2f} s, {written / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
