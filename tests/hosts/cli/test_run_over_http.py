"""The main job through the real client, with a model that branches on what came back.

The model is played by rules over the request that it is sent: it knows no output and no
result beforehand, so it can only repair what it has read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from k2_jupyter.hosts.cli.main import main
from k2_jupyter.messages import AssistantMessage, ToolCall
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


class Repairing:
    """Reads the last observation of each cell, mends what is wrong with it, then concludes."""

    def __call__(self, body: dict[str, Any]) -> AssistantMessage:
        messages = body["messages"]
        self.task = next(m["content"] for m in messages if m["role"] == "user")
        results = [m["content"] for m in messages if m["role"] == "tool"]
        calls = [call["function"] for m in messages for call in m.get("tool_calls", ())]
        self.number = len(results)
        self.seen: dict[str, str] = {}
        """Purpose of a cell → what came of its newest run."""
        purposes: dict[str, str] = {}
        for call, result in zip(calls, results, strict=True):
            arguments = json.loads(call["arguments"])
            if call["name"] == "run_cell":
                purposes[self.cell(result)[0]] = arguments["purpose"]
            if call["name"] in ("run_cell", "edit_cell"):
                self.seen[purposes[self.cell(result)[0]]] = result
        return self.loaded() or self.cleaned() or self.plotted() or self.concluded()

    def loaded(self) -> AssistantMessage | None:
        path = json.loads(re.findall(r'^\{"path".*$', self.task, re.MULTILINE)[0])["path"]
        if "load" not in self.seen:
            return self.run("load", LOAD.format(path=path, options=""))
        if ", 1)" in self.seen["load"]:  # one column: the delimiter was another
            return self.edit("load", LOAD.format(path=path, options=', sep="|"'))
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
        if "EMPTY" in self.seen["plot"]:
            return self.edit("plot", PLOT.format(region="North"))
        return None

    def concluded(self) -> AssistantMessage:
        printed = self.seen["clean"]
        mean = re.search(r"mean price: ([\d.]+)", printed)
        rows = re.search(r"rows with a price: (\d+)", printed)
        assert mean is not None
        assert rows is not None
        cell = self.cell(printed)[0]
        claims = [
            {"number": f"{float(mean[1]):.1f}", "cell": cell, "label": "mean price"},
            {"number": rows[1], "cell": cell, "label": "rows"},
        ]
        text = f"The mean price is {float(mean[1]):.1f} EUR over {rows[1]} rows."
        return self.call("finish", conclusion=text, claims=claims)

    def run(self, purpose: str, source: str) -> AssistantMessage:
        return self.call("run_cell", source=source, purpose=purpose)

    def edit(self, purpose: str, source: str) -> AssistantMessage:
        cell, digest = self.cell(self.seen[purpose])
        return self.call("edit_cell", cell=cell, hash=digest, source=source)

    def cell(self, observation: str) -> tuple[str, str]:
        head = re.match(r"cell (\w+) \(hash (\w+)\)", observation)
        assert head is not None
        return head[1], head[2]

    def call(self, name: str, **arguments: Any) -> AssistantMessage:
        call = ToolCall(f"functions.{name}:{self.number}", name, json.dumps(arguments))
        return AssistantMessage(calls=(call,))


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    """Bars for commas, a word among the prices, and regions in capitals."""
    rows = [f"{'North' if n % 3 else 'South'}|{100 + n * 1.5}" for n in range(40)]
    path = tmp_path / "prices.csv"
    path.write_text("region|price\n" + "\n".join([*rows, "North|unknown"]) + "\n")
    return path


def run(server: Server, out: Path, *more: str) -> int:
    options = ["--model", "played", "--base-url", server.base_url, "--out", str(out)]
    return main(["run", "What is the mean price?", *options, *more])


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
    conclusion = notebook.cells[-1]
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
            cell = self.cell(self.seen["clean"])[0]
            claims = [{"number": "99.9", "cell": cell, "label": "mean price"}]
            return self.call("finish", conclusion="The mean price is 99.9 EUR.", claims=claims)

    server = serve(Wrong())
    out = tmp_path / "out"
    assert run(server, out, "--data", str(prices)) == 0
    complaints = [
        m for m in server.requests[-1]["messages"] if "99.9: not in" in m.get("content", "")
    ]
    assert len(complaints) == 1
    source = nbformat.read(out / "analysis.ipynb", as_version=4).cells[-1].source
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
