"""The demo's task through the real client, with a model that branches on what came back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from scipy import stats

from k2_jupyter.hosts.cli.demo import TASK
from k2_jupyter.hosts.cli.main import main
from k2_jupyter.messages import AssistantMessage
from tests.hosts.cli.played import PlayedModel
from tests.loopback import Play, Server

DATA = Path(__file__).parents[3] / "example_notebooks" / "data" / "ds_salaries_2020_2025.csv"

LOAD = """\
import pandas as pd

df = pd.read_csv("{path}"{options})
print(df.shape, "repeats:", df.duplicated().sum())
print(df.dtypes)"""
ANOVA = """\
from scipy import stats

groups = [part["{target}"] for _, part in df.groupby("remote_ratio")]
F, p = stats.f_oneway(*groups)
print(f"one-way ANOVA: F = {{F:.2f}}, p = {{p:.3g}}, n = {{len(df)}}")"""
INTERACTION = """\
import statsmodels.formula.api as smf
from statsmodels.stats.anova import anova_lm

model = smf.ols("{target} ~ C(remote_ratio) * C(experience_level)", df).fit()
print(anova_lm(model, typ=2).round(2).to_string())"""
VIOLIN = """\
import matplotlib.pyplot as plt
import seaborn as sns

shown = df[df["employment_type"] == "{kind}"]
fig, ax = plt.subplots()
if len(shown):
    sns.violinplot(shown, x="remote_ratio", y="{target}", ax=ax)
ax.set(title="Salary by remote ratio", xlabel="remote ratio (%)", ylabel="salary (USD)")
plt.show()"""
DASHBOARD = """\
import altair as alt

means = df.groupby(["work_year", "remote_ratio"], as_index=False)["{target}"].mean()
years = alt.binding_select(options=sorted(set(means["work_year"])))
year = alt.param("year", bind=years, value=2024)
bars = alt.Chart(means).mark_bar().encode(x="remote_ratio:N", y="{target}:Q")
bars = bars.add_params(year).transform_filter("datum.work_year == year")
bars.save("dashboard.html", inline=True)
print("written")"""


class Analyst(PlayedModel):
    """Takes the names from what it reads; meets an error, a wrong dtype, an empty figure."""

    steps = ("planned", "loaded", "tested", "crossed", "drawn", "shown", "concluded")

    def planned(self) -> AssistantMessage | None:
        items = [{"title": "Load", "state": "active"}, {"title": "Test"}, {"title": "Show"}]
        return None if self.number else self.call("set_plan", items=items)

    def loaded(self) -> AssistantMessage | None:
        if "load" not in self.seen:
            return self.run("load", LOAD.format(path=self.path, options=", dtype=str"))
        if re.search(r"(?m)^salary\w*usd\s+(?:str|object)", self.seen["load"]):  # numbers as text
            return self.edit("load", LOAD.format(path=self.path, options=""))
        return None

    @property
    def target(self) -> str:
        return self.value("load", r"(salary\w*usd)")

    def tested(self) -> AssistantMessage | None:
        if "anova" not in self.seen:
            return self.run("anova", ANOVA.format(target="salary_usd"))
        if "KeyError" in self.seen["anova"]:
            return self.edit("anova", ANOVA.format(target=self.target))
        return None

    def crossed(self) -> AssistantMessage | None:
        if "cross" in self.seen:
            return None
        return self.run("cross", INTERACTION.format(target=self.target))

    def drawn(self) -> AssistantMessage | None:
        if "violin" not in self.seen:
            return self.run("violin", VIOLIN.format(kind="full time", target=self.target))
        if "nothing is drawn" in self.seen["violin"]:
            return self.edit("violin", VIOLIN.format(kind="FT", target=self.target))
        return None

    def shown(self) -> AssistantMessage | None:
        if "dashboard" in self.seen:
            return None
        return self.run("dashboard", DASHBOARD.format(target=self.target))

    def concluded(self) -> AssistantMessage:
        f = self.value("anova", r"F = ([\d.]+)")
        cross = self.value("cross", r"C\(remote_ratio\):C\(experience_level\)\s+\S+\s+\S+\s+(\S+)")
        rows = f"{int(self.value('anova', 'n = ([0-9]+)')):,}"
        text = (
            f"The remote ratio goes with the salary (one-way F = {f}, {rows} rows), and the "
            f"effect differs by experience level (interaction F = {cross})."
        )
        claims = [
            self.claim(f, "anova", "F"),
            self.claim(rows, "anova", "n"),
            self.claim(cross, "cross", "F"),
        ]
        return self.call("finish", conclusion=text, claims=claims, caveats=["Observational."])


def test_the_demo_task_over_the_wire(
    serve: Callable[[Play], Server], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = serve(Analyst())
    out = tmp_path / "out"
    options = ["--model", "played", "--base-url", server.base_url, "--out", str(out)]
    assert main(["run", TASK, "--data", str(DATA), "--no-verify", *options]) == 0

    frame = pd.read_csv(DATA)
    f = stats.f_oneway(*(part["salary_in_usd"] for _, part in frame.groupby("remote_ratio")))
    shown = capsys.readouterr().out
    assert f"one-way F = {f.statistic:.2f}, {len(frame):,} rows" in shown
    assert "not found in the outputs" not in shown
    notebook = nbformat.read(out / "analysis.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.metadata["k2"]["purpose"] for cell in code] == [
        "load", "anova", "cross", "violin", "dashboard",
    ]  # fmt: skip
    assert not [o for cell in code for o in cell.outputs if o.output_type == "error"]
    calls = [
        call["function"]["name"]
        for message in server.requests[-1]["messages"]
        for call in message.get("tool_calls", ())
    ]
    assert calls.count("edit_cell") == 3, "a wrong dtype, an error, an empty figure"
    assert "vega" in (out / "dashboard.html").read_text("utf-8")[:2_000_000]
    # the script holds no results: what it concluded stands in what it was sent
    sent = json.dumps(server.requests[-1]["messages"])
    assert f"F = {f.statistic:.2f}" in sent
