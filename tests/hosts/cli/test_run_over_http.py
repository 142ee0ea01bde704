"""The main job through the real client, with a model that branches on what came back.

The model is played by rules over the request that it is sent: it knows no output and no
result beforehand, so it can only repair what it has read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from k2_jupyter.hosts.cli.main import main
from k2_jupyter.messages import AssistantMessage, ToolCall
from tests.hosts.cli.played import PlayedModel
from tests.loopback import Play, Reply, Server, refusal

LOAD = """\
import pandas as pd

df = pd.read_csv("{path}"{options})
print(df.shape, list(df.columns))
print(df.dtypes)"""
CLEAN = """\
df["price"] = {price}
print(df["price"].dtype)
print("mean price:", df["price"].mean())
print("rows with a price:", df["price"].notna().sum())"""
PLOT = """\
import matplotlib.pyplot as plt

shown = df[df["region"] == {region!r}]
fig, ax = plt.subplots()
if len(shown):
    ax.hist(shown["price"].dropna(), color="#4878a8")
ax.set(title="Price", xlabel="price (EUR)", ylabel="rows")
plt.show()"""


class Repairing(PlayedModel):
    """Reads the last observation of each cell, mends what is wrong with it, then concludes."""

    steps = ("loaded", "cleaned", "plotted", "concluded")

    def loaded(self) -> AssistantMessage | None:
        if "load" not in self.seen:
            return self.run("load", LOAD.format(path=self.path, options=""))
        if ", 1)" in self.seen["load"]:  # one column: the delimiter was another
            return self.edit("load", LOAD.format(path=self.path, options=', sep="|"'))
        return None

    def cleaned(self) -> AssistantMessage | None:
        if "clean" not in self.seen:
            return self.run("clean", CLEAN.format(price='df["price"]'))
        if "<error>" in self.seen["clean"]:  # text among the numbers
            repaired = 'pd.to_numeric(df["price"], errors="coerce")'
            return self.edit("clean", CLEAN.format(price=repaired))
        return None

    def plotted(self) -> AssistantMessage | None:
        if "plot" not in self.seen:
            return self.run("plot", PLOT.format(region="north"))
        if "nothing is drawn" in self.seen["plot"]:
            return self.edit("plot", PLOT.format(region="North"))
        return None

    def concluded(self) -> AssistantMessage:
        mean = f"{float(self.value('clean', 'mean price: ([0-9.]+)')):.1f}"
        rows = self.value("clean", r"rows with a price: (\d+)")
        claims = [self.claim(mean, "clean", "mean price"), self.claim(rows, "clean", "rows")]
        text = f"The mean price is {mean} EUR over {rows} rows."
        return self.call("finish", conclusion=text, claims=claims)


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    """Bars for commas, a word among the prices, and regions in capitals."""
    rows = [f"{'North' if n % 3 else 'South'}|{100 + n * 1.5}" for n in range(40)]
    path = tmp_path / "prices.csv"
    path.write_text("region|price\n" + "\n".join([*rows, "North|unknown"]) + "\n")
    return path


def run(server: Server, out: Path, *more: str) -> int:
    options = ["--model", "played", "--base-url", server.base_url, "--out", str(out)]
    return main(["run", "What is the mean price?", "--no-verify", *options, *more])


def test_what_came_back_wrong_is_repaired(
    serve: Callable[[Play], Server], prices: Path, tmp_path: Path
) -> None:
    server = serve(Repairing())
    out = tmp_path / "out"
    assert run(server, out, "--data", str(prices)) == 0

    notebook = nbformat.read(out / "analysis.ipynb", as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) == 3, "repairs replace cells, they leave no debris"
    assert not [o for cell in code for o in cell.outputs if o.output_type == "error"]
    assert 'sep="|"' in code[0].source
    conclusion = notebook.cells[-2]  # the last one says that it did not run again
    expected = sum(100 + n * 1.5 for n in range(40)) / 40
    assert f"The mean price is {expected:.1f} EUR over 40 rows." in conclusion.source
    assert "not found" not in conclusion.source
    assert (out / "analysis.html").stat().st_size > 1000

    made = [
        call["function"]["name"]
        for m in server.requests[-1]["messages"]
        for call in m.get("tool_calls", ())
    ]
    assert made == ["run_cell", "edit_cell"] * 3, "the delimiter, the dtype, the empty figure"


def test_a_wrong_number_goes_back_once_and_is_then_marked(
    serve: Callable[[Play], Server], prices: Path, tmp_path: Path
) -> None:
    class Wrong(Repairing):
        def concluded(self) -> AssistantMessage:
            claims = [self.claim("99.9", "clean", "mean price")]
            return self.call("finish", conclusion="The mean price is 99.9 EUR.", claims=claims)

    server = serve(Wrong())
    out = tmp_path / "out"
    assert run(server, out, "--data", str(prices)) == 0
    complaints = [
        m for m in server.requests[-1]["messages"] if "99.9: not in" in m.get("content", "")
    ]
    assert len(complaints) == 1
    source = nbformat.read(out / "analysis.ipynb", as_version=4).cells[-2].source
    assert "99.9 **(not found in the outputs)**" in source
    assert "not found in the outputs" in (out / "analysis.html").read_text()


def test_a_question_that_needs_no_cells_is_answered_without_cells(
    serve: Callable[[Play], Server], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = serve(lambda body: AssistantMessage("A p value is a probability."))
    assert run(server, tmp_path / "out") == 0
    shown = capsys.readouterr().out
    assert "A p value is a probability." in shown
    assert "looked up" not in shown
    assert list((tmp_path / "out").iterdir()) == []
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (refusal(401, "invalid_authentication_error", "bad key"), "refused"),
        (refusal(404, "resource_not_found_error", "no model"), "played"),
        (Reply([b"<html>hello</html>"], content_type="text/html"), "text/html"),
    ],
)
def test_an_endpoint_that_will_not_do_ends_with_75_and_one_clear_line(
    serve: Callable[[Play], Server],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    reply: Reply,
    said: str,
) -> None:
    server = serve(lambda body: reply)
    assert run(server, tmp_path / "out") == 75
    assert said in capsys.readouterr().out


def test_a_risky_cell_is_refused_when_nobody_is_there(
    serve: Callable[[Play], Server], tmp_path: Path
) -> None:
    def play(body: dict[str, Any]) -> AssistantMessage:
        results = [m["content"] for m in body["messages"] if m["role"] == "tool"]
        if not results:
            arguments = {"source": "!touch escaped", "purpose": "look"}
            return AssistantMessage(calls=(ToolCall("1", "run_cell", json.dumps(arguments)),))
        assert "Not approved" in results[0]
        assert "Do not work around" in results[0]
        return AssistantMessage("I was not allowed to.")

    out = tmp_path / "out"
    assert run(serve(play), out) == 77
    assert not (out / "escaped").exists()
    assert run(serve(play_allowed), out, "--allow", "shell") == 0
    assert (out / "escaped").exists()


def play_allowed(body: dict[str, Any]) -> AssistantMessage:
    """Runs one shell cell, then ends in plain text, also when asked to finish."""
    if body["messages"][-1]["role"] == "user" and len(body["messages"]) == 2:
        arguments = {"source": "!touch escaped", "purpose": "look"}
        return AssistantMessage(calls=(ToolCall("1", "run_cell", json.dumps(arguments)),))
    return AssistantMessage("Done.")
