"""A figure with faults is mended by a model that cannot see it, from what it reads of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import nbformat

from k2_jupyter.hosts.cli.main import main
from k2_jupyter.messages import AssistantMessage
from k2_jupyter.notebook.figures import RECORD_TYPE
from tests.hosts.cli.played import PlayedModel
from tests.loopback import Play, Server

DATA = """\
import pandas as pd

df = pd.read_csv("{path}")
print(df.shape)"""
PLOT = """\
import matplotlib.pyplot as plt

means = df.pivot_table(index="district", columns="kind", values="price")
fig, ax = plt.subplots(figsize=(6, 4))
means.plot.bar(ax=ax, rot={rotation}, color={colors}, legend=False, ylabel="{y}")
ax.set(title="{title}", ylim={limits})
ax.legend({legend})
plt.show()"""
BAD = {
    "rotation": "0",
    "colors": '["#d62728", "#8c6d1f", "#2ca02c"]',
    "y": "",
    "title": "",
    "limits": "(100, 400)",
    "legend": 'loc="center"',
}
REMEDIES = {
    "x tick labels overlap": {"rotation": "90"},
    "a colour-blind reader cannot tell": {"colors": '["#0072b2", "#e69f00", "#56b4e9"]'},
    "the y axis has no label": {"y": "mean price (EUR)"},
    "there is no title": {"title": "Mean price by district and kind of flat"},
    "bars do not begin at zero": {"limits": "(0, 400)"},
    "the legend covers data": {"legend": 'loc="upper left", bbox_to_anchor=(1, 1)'},
}


class Blind(PlayedModel):
    """Knows a remedy for each fault, and nothing of the data or of the figure."""

    steps = ("loaded", "drawn", "concluded")

    def __init__(self) -> None:
        self.plot = dict(BAD)
        self.read: list[str] = []
        """What it was told of each version of the figure."""

    def loaded(self) -> AssistantMessage | None:
        return None if "load" in self.seen else self.run("load", DATA.format(path=self.path))

    def drawn(self) -> AssistantMessage | None:
        if "plot" not in self.seen:
            return self.run("plot", PLOT.format(**self.plot))
        self.read.append(self.seen["plot"])
        if "no faults found" in self.seen["plot"] or len(self.read) > len(REMEDIES):
            return None
        for fault, remedy in REMEDIES.items():
            if fault in self.seen["plot"]:
                self.plot.update(remedy)
        return self.edit("plot", PLOT.format(**self.plot))

    def concluded(self) -> AssistantMessage:
        return self.call("finish", conclusion="The figure shows the mean prices.", claims=[])


def prices(path: Path) -> Path:
    dice = random.Random(7)
    ends = ("schönhausen", "marzahn", "stadt")
    names = [start + end for start in ("Nieder", "Ober", "Alt") for end in ends]
    rows = [
        f"{name},{kind},{dice.gauss(250, 40):.0f}"
        for name in names
        for kind in ("old building", "new building", "shared")
        for _ in range(9)
    ]
    path.write_text("\n".join(["district,kind,price", *rows]), encoding="utf-8")
    return path


def test_a_bad_plot_is_mended_by_its_faults(
    serve: Callable[[Play], Server], tmp_path: Path
) -> None:
    model = Blind()
    server = serve(model)
    options = ["--model", "played", "--base-url", server.base_url, "--out", str(tmp_path / "out")]
    data = str(prices(tmp_path / "p.csv"))
    assert main(["run", "Show prices.", "--data", data, "--no-verify", *options]) == 0

    assert [fault for fault in REMEDIES if fault not in model.read[0]] == []
    assert [fault for fault in REMEDIES if fault in model.read[-1]] == []
    assert "no faults found" in model.read[-1]
    notebook = nbformat.read(tmp_path / "out" / "analysis.ipynb", as_version=4)
    (figure,) = [
        output.data
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "image/png" in output.get("data", {})
    ]
    assert figure[RECORD_TYPE]["faults"] == []
    report = (tmp_path / "out" / "analysis.html").read_text("utf-8")
    assert 'alt="Bar chart: Mean price by district and kind of flat; ' in report
    assert "What this figure shows" in report
