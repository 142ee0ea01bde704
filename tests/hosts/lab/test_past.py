"""Past turns of a notebook as the panel lists, shows and purges them; who wrote its cells."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from k2_jupyter.events import (
    AnswerReceived,
    CellFinished,
    CellStarted,
    EventStream,
    StepStarted,
    TurnStarted,
)
from k2_jupyter.hosts.lab.past import past
from k2_jupyter.hosts.lab.provenance import of_cells
from k2_jupyter.journal.journal import Journal
from k2_jupyter.journal.recorded import recorded
from k2_jupyter.journal.redaction import Redactor
from k2_jupyter.messages import AssistantMessage, Usage
from k2_jupyter.models.profiles import Prices
from k2_jupyter.notebook.base import Cell, source_hash
from tests.hosts.lab.panel import Lab, Panel, Raw
from tests.hosts.lab.script import call, finish, run, script
from tests.loopback import Server


def used(answer: AssistantMessage) -> AssistantMessage:
    return replace(answer, usage=Usage(100, 40, 20))


def turns(panel: Panel) -> list[Raw]:
    status, said = panel.lab.ask("GET", f"k2/api/turns?path={panel.path}")
    assert status == 200, said
    found: list[Raw] = said["turns"]
    return found


def events(panel: Panel, turn: str) -> tuple[int, Any]:
    return panel.lab.ask("GET", f"k2/api/turns?path={panel.path}&turn={quote(turn)}")


def purge(panel: Panel, turn: str = "") -> tuple[int, Any]:
    return panel.lab.ask("POST", "k2/api/purge", {"path": panel.path, "turn": turn})


def origins(panel: Panel, path: str = "") -> dict[str, Raw]:
    """By cell."""
    cells = [{**cell, "cell_type": cell["kind"]} for cell in panel.cells]
    asked = {"path": path or panel.path, "cells": cells}
    status, said = panel.lab.ask("POST", "k2/api/provenance", asked)
    assert status == 200, said
    return {one["cell"]: one for one in said["cells"]}


def test_turns_are_listed_the_newest_first(panel: Panel, endpoint: Server) -> None:
    endpoint.play = script(used(run("6 * 7")), finish("It is known."), finish("Nothing more."))
    assert turns(panel) == []
    panel.finish("Multiply")
    panel.finish("And now?")
    newest, oldest = turns(panel)
    assert (newest["request"], newest["conclusion"]) == ("And now?", "Nothing more.")
    assert (oldest["request"], oldest["outcome"], oldest["steps"]) == ("Multiply", "done", 2)
    assert (oldest["tokens"], oldest["cached"]) == (120, 40)
    assert oldest["dollars"] is None  # nobody knows what that model costs
    assert not oldest["undone"]


def test_a_turn_is_told_in_the_words_of_the_wire(panel: Panel, endpoint: Server) -> None:
    endpoint.play = script(run("print('x' * 9000)"), finish("Done so."))
    panel.finish("Print much")
    [one] = turns(panel)
    _, said = events(panel, one["turn"])
    told = [entry["event"] for entry in said["events"]]
    assert told[0]["type"] == "Asked"
    assert told[0]["request"] == "Print much"
    assert told[-1]["conclusion"]["text"] == "Done so."
    assert {"Opened", "Closed", "CellStarted", "CallFinished"} <= {one["type"] for one in told}
    [called, _] = [one for one in told if one["type"] == "CallFinished"]
    assert len(called["result"]["text"]) <= 2000


def test_a_turn_of_another_notebook_is_not_told_nor_purged(
    lab: Lab, kernel: str, panel: Panel, endpoint: Server
) -> None:
    endpoint.play = script(finish())
    panel.finish("Mine")
    [mine] = turns(panel)
    other = Panel(lab, lab.notebook(kernel=kernel))
    assert turns(other) == []
    for turn in (mine["turn"], "none", "../../x"):
        assert events(other, turn)[0] == 404
        assert purge(other, turn)[0] == 404
    assert len(turns(panel)) == 1


def test_one_or_all_turns_are_purged_from_the_disk(panel: Panel, endpoint: Server) -> None:
    endpoint.play = script(finish(), finish(), finish())
    for request in ("one", "two", "three"):
        panel.finish(request)
    assert purge(panel, turns(panel)[1]["turn"]) == (200, {"purged": 1, "kept": 0})
    assert [one["request"] for one in turns(panel)] == ["three", "one"]
    assert purge(panel) == (200, {"purged": 2, "kept": 0})
    assert turns(panel) == []
    kept = panel.lab.folder.parent.rglob("journal.jsonl")
    assert not [file for file in kept if panel.path in file.read_text()]


def test_a_running_turn_stays(panel: Panel, endpoint: Server) -> None:
    endpoint.play = script(run("1"), finish())
    start = panel.last
    panel.request("wait for me")
    panel.until("Opened")
    [running] = turns(panel)
    assert running["outcome"] == "running"
    assert purge(panel, running["turn"]) == (200, {"purged": 0, "kept": 1})
    panel.approve_all(start)


def test_each_cell_is_told_by_whom_it_was_written(panel: Panel, endpoint: Server) -> None:
    panel.add("own", "start = 1")
    panel.add("changed", "old = 2")
    endpoint.play = script(
        used(run("total = start + 1")),
        call("edit_cell", cell="changed", hash=source_hash("old = 2"), source="new = total"),
        call("add_markdown", source="# Seen"),
        finish(),
    )
    panel.finish("Add")
    made, noted, *_ = (one for one in panel.cells if one["id"] not in ("own", "changed"))
    panel.add("forged", "new", metadata={"k2": {"author": "agent", "turn": "../x", "hash": "0"}})
    found = origins(panel)
    by = {cell: one["by"] for cell, one in found.items()}
    assert by["own"] == "user"
    assert by["changed"] == "mixed"
    assert by["forged"] == "claimed"
    assert by[made["id"]] == by[noted["id"]] == "agent"
    row = found[made["id"]]
    assert (row["request"], row["step"], row["edited"]) == ("Add", 1, False)
    assert row["variables"] == [["start", "own"]]
    assert row["tokens"] == 80
    assert found["forged"]["variables"] == [["new", "changed"]]


def test_a_change_by_the_user_shows(panel: Panel, endpoint: Server) -> None:
    endpoint.play = script(run("a = 1"), finish())
    panel.finish("Bind it")
    made = next(one for one in panel.cells if one["source"] == "a = 1")
    made["source"] = "a = 2"
    made["metadata"]["k2"]["hash"] = source_hash("a = 2")  # says that nothing was changed
    assert origins(panel)[made["id"]]["edited"]


def test_a_copy_of_the_notebook_knows_where_its_cells_come_from(
    panel: Panel, endpoint: Server
) -> None:
    endpoint.play = script(run("a = 1"), finish())
    panel.finish("Bind it")
    made = next(one for one in panel.cells if one["source"] == "a = 1")
    assert origins(panel, "copy.ipynb")[made["id"]]["by"] == "agent"


@pytest.mark.parametrize("cells", [None, [1], [{"id": "a"}]])
def test_what_are_no_cells_is_refused(panel: Panel, cells: Any) -> None:
    asked = {"path": panel.path, "cells": cells}
    assert panel.lab.ask("POST", "k2/api/provenance", asked)[0] == 400


def test_cost_is_what_the_turn_paid_then(tmp_path: Path) -> None:
    """A thousand tokens in at a dollar a million, a hundred out at ten."""

    def turn() -> EventStream[None]:
        yield TurnStarted("t1", "Count", "kimi")
        yield StepStarted(1)
        yield AnswerReceived(AssistantMessage(usage=Usage(1_000, 0, 100)))
        yield CellStarted("c1", "1")
        yield CellFinished("c1", "ok", 2.5)

    notebook = tmp_path / "a.ipynb"
    facts = {"prices": asdict(Prices(cached_input=0.1, input=1.0, output=10.0))}
    with Journal.create(tmp_path, "t1", Redactor(), notebook=notebook, facts=facts) as journal:
        list(recorded(turn(), journal))
    [listed] = past(tmp_path, notebook)
    assert listed["dollars"] == pytest.approx(0.002)
    assert listed["outcome"] == "unfinished"
    [row] = of_cells(tmp_path, notebook, [Cell("c1", "code", "1")])
    assert row.dollars == pytest.approx(0.002)
    assert row.seconds is not None
    assert row.seconds >= 2.5


def test_an_undone_turn_says_so_and_wrote_nothing(panel: Panel, endpoint: Server) -> None:
    panel.add("own", "old = 1")
    change = call("edit_cell", cell="own", hash=source_hash("old = 1"), source="new = 1")
    endpoint.play = script(change, finish())
    panel.finish("Change it")
    [done] = turns(panel)
    assert origins(panel)["own"]["by"] == "mixed"
    panel.until("Undoable")
    panel.send(op="undo", turn=done["turn"])
    panel.until("Undone")
    [taken_back] = turns(panel)
    assert (taken_back["turn"], taken_back["undone"]) == (done["turn"], True)
    assert origins(panel)["own"]["by"] == "user"
    panel.send(op="redo", turn=done["turn"])
    panel.until("Redone")
    assert not turns(panel)[0]["undone"]
    assert purge(panel) == (200, {"purged": 1, "kept": 0})
    kept = panel.lab.folder.parent.rglob("journal.jsonl")
    assert not [file for file in kept if panel.path in file.read_text()]
