"""Undo and redo of whole turns: over a raw socket, with cells in a real kernel."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from k2_jupyter.messages import AssistantMessage
from tests.hosts.lab.conftest import KEY
from tests.hosts.lab.panel import Lab, Panel, Raw, serving_lab
from tests.hosts.lab.script import call, finish, run, script, told
from tests.loopback import Server, serving

SEVEN = [f"made_{n} = {n}\nmade_{n}" for n in range(5)]


def hash_of(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()[:12]


def edit(cell: str, before: str, after: str) -> AssistantMessage:
    return call("edit_cell", cell=cell, hash=hash_of(before), source=after, run=True)


def play(endpoint: Server, *answers: AssistantMessage) -> None:
    endpoint.play = script(*answers, finish())


def turn(panel: Panel, request: str = "Do it") -> str:
    """Ask, approve, wait until it can be undone; its id."""
    start = panel.last
    panel.finish(request)
    undoable: str = panel.until("Undoable", start)["turn"]
    return undoable


def undo(panel: Panel, turn: str, op: str = "undo") -> list[str]:
    """Take it back; what is said of it."""
    start = panel.last
    panel.send(op=op, turn=turn)
    lines: list[str] = panel.until({"undo": "Undone", "redo": "Redone"}[op], start)["lines"]
    return lines


def refused(panel: Panel, turn: str, op: str = "undo") -> str:
    start = len(panel.received)
    panel.send(op=op, turn=turn)
    why: str = panel.told("refused", start, of=op, id=turn)["why"]
    return why


def shown(panel: Panel) -> list[Raw]:
    return copy.deepcopy(panel.cells)


def texts(cells: list[Raw]) -> list[Raw]:
    """The cells without outputs: those of runs come to a page from the kernel."""
    return [cell | {"count": None, "outputs": []} for cell in cells]


def names(panel: Panel) -> set[str]:
    start = len(panel.received)
    panel.send(op="variables", id="v")
    return {item["name"] for item in panel.told("variables", start)["items"]}


def find(panel: Panel, source: str) -> Raw:
    return next(cell for cell in panel.cells if cell["source"] == source)


def test_a_turn_of_seven_cells_is_undone_and_redone(panel: Panel, endpoint: Server) -> None:
    panel.add(
        "users",
        "mine = 1",
        count=1,
        outputs=[{"output_type": "stream", "name": "stdout", "text": "1"}],
    )
    before = shown(panel)
    note = call("add_markdown", source="# Made")
    play(endpoint, edit("users", "mine = 1", "mine = 2"), *map(run, SEVEN), note)
    id_ = turn(panel)
    after = shown(panel)
    assert len(after) == 8
    assert {"mine", "made_4"} <= names(panel)
    lines = undo(panel, id_)
    assert shown(panel) == before
    assert lines[0] == "Cells: 7 removed, 1 as before."
    assert "Variables: Removed: made_0, made_1, made_2, made_3, made_4, mine." in lines
    assert not {"mine", "made_4"} & names(panel)
    assert undo(panel, id_, "redo")[0] == "Cells: 1 as before, 7 put back."
    assert texts(panel.cells) == texts(after)
    assert {"mine", "made_4"} <= names(panel)


def test_what_the_user_did_since_stays_and_is_listed(panel: Panel, endpoint: Server) -> None:
    panel.add("edited", "a = 1")
    panel.add("deleted", "b = 1")
    play(
        endpoint,
        edit("edited", "a = 1", "a = 2"),
        edit("deleted", "b = 1", "b = 2"),
        *map(run, SEVEN[:3]),
    )
    id_ = turn(panel)
    first, second = (find(panel, source)["id"] for source in SEVEN[:2])
    panel.edit("edited", "a = 2  # mine")
    panel.edit(first, "mine")
    panel.remove("deleted")
    panel.move(second, 0)
    panel.add("new", "made_2 + 1")
    lines = undo(panel, id_)
    assert [cell["id"] for cell in panel.cells] == ["edited", first, "new"]
    assert find(panel, "a = 2  # mine")
    assert find(panel, "mine")
    for line in (
        "Left as you changed it: cell edited.",
        f"Left as you changed it: cell {first}.",
        "Not brought back, as you deleted it: cell deleted.",
        "made_2 is used by cell new, and only this turn made it.",
    ):
        assert line in lines, lines


def test_a_turn_that_others_build_on_waits_for_them(panel: Panel, endpoint: Server) -> None:
    answers = [run("base = 1"), finish(), run("base + 1"), finish(), run("other = 1")]
    play(endpoint, *answers)
    made, uses, apart = turn(panel), turn(panel, "Add one"), turn(panel)
    assert "“Add one” uses base" in refused(panel, made)
    undo(panel, uses)
    undo(panel, made)
    assert [cell["source"] for cell in panel.cells if cell["kind"] == "code"] == ["other = 1"]
    assert "undone already" in refused(panel, made)
    undo(panel, apart)
    assert "base" not in names(panel)


def test_a_turn_that_a_later_one_edits_waits_for_it(panel: Panel, endpoint: Server) -> None:
    def mends(body: dict[str, Any]) -> AssistantMessage:
        return edit(find(panel, "n = 1")["id"], "n = 1", "n = 2")

    endpoint.play = script(run("n = 1"), finish(), mends, finish())
    made, later = turn(panel), turn(panel, "Mend it")
    assert "“Mend it” works with cell" in refused(panel, made)
    undo(panel, later)
    assert find(panel, "n = 1")
    undo(panel, made)
    assert panel.cells == []


def test_nothing_is_undone_while_a_turn_runs(panel: Panel, endpoint: Server) -> None:
    play(endpoint, run("n = 1"), finish(), call("ask_user", question="Which?"))
    made = turn(panel)
    panel.request("And now?")
    opened = panel.until("Opened", panel.last)
    assert "Something runs" in refused(panel, made)
    start = panel.last
    panel.answer(opened, type="Reply", text="that")
    panel.approve_all(start)
    assert "changed no cells" in refused(panel, "0000")


def test_the_model_is_told(panel: Panel, endpoint: Server) -> None:
    play(endpoint, run("n = 1"), finish())
    undo(panel, turn(panel, "Count them"))
    panel.finish("Go on")
    assert "The user has undone your turn “Count them”" in told(json.loads(endpoint.bodies[-1]))


def test_a_restarted_kernel_is_asked_nothing(panel: Panel, lab: Lab, endpoint: Server) -> None:
    kernel = lab.session(panel.path)["kernel"]["id"]
    play(endpoint, run("n = 1"))
    made, start = turn(panel), panel.last
    status, _ = lab.ask("POST", f"api/kernels/{kernel}/restart")
    assert status == 200
    panel.until("KernelChanged", start, status="started")
    lines = undo(panel, made)
    assert panel.cells == []
    assert any(line.startswith("The variables are as they are") for line in lines)


def test_a_page_that_comes_back_sees_what_is_undone(panel: Panel, endpoint: Server) -> None:
    play(endpoint, run("n = 1"))
    made = turn(panel)
    panel.drop()
    panel.open()
    undo(panel, made)
    panel.drop()
    panel.log = None
    panel.open()
    assert panel.until("Undone")["turn"] == made
    assert panel.cells == []


def test_another_life_of_the_server_can_undo(tmp_path: Path) -> None:
    mend = edit("users", "mine = 1", "mine = 2")
    with serving(script(run("n = 1"), mend, finish())) as endpoint:
        chosen = {"K2_BASE_URL": endpoint.base_url, "K2_MODEL": "played", "K2_API_KEY": KEY}
        with serving_lab(tmp_path, **chosen) as lab, lab.panel(lab.notebook()) as panel:
            panel.add("users", "mine = 1")
            before = shown(panel)
            made = turn(panel)
            after = shown(panel)
        with serving_lab(tmp_path, **chosen) as lab, again(lab, panel, after) as panel:
            assert panel.until("Undoable")["turn"] == made
            undo(panel, made)
            assert shown(panel) == before
        with serving_lab(tmp_path, **chosen) as lab, again(lab, panel, before) as panel:
            assert panel.until("Undone")["turn"] == made
            undo(panel, made, "redo")
            assert texts(panel.cells) == texts(after)


def test_what_no_record_keeps_is_listed(tmp_path: Path) -> None:
    """Texts with a secret, and outputs over 1 MB: another life of the server lacks them."""
    hidden = f"key = '{KEY}'"
    mends = edit("secret", hidden, "key = ''"), edit("long", "shown = 1", "shown = 2")
    megabyte = {"output_type": "stream", "name": "stdout", "text": "1" * 1_000_000}
    with serving(script(*mends, finish())) as endpoint:
        chosen = {"K2_BASE_URL": endpoint.base_url, "K2_MODEL": "played", "K2_API_KEY": KEY}
        with serving_lab(tmp_path, **chosen) as lab, lab.panel(lab.notebook()) as panel:
            panel.add("secret", hidden)
            panel.add("long", "shown = 1", count=1, outputs=[megabyte])
            made = turn(panel)
            after = shown(panel)
        with serving_lab(tmp_path, **chosen) as lab, again(lab, panel, after) as panel:
            lines = undo(panel, made)
            long = find(panel, "shown = 1")
    assert lines[0] == "Cells: 1 removed, 1 as before."
    assert lines[1:3] == [
        "Not as before, as its text has a secret, which is kept nowhere: cell secret.",
        "Without its outputs or pictures, which were too long to keep: cell long.",
    ]
    assert find(panel, "key = ''")["id"] == "secret"
    assert (long["id"], long["outputs"]) == ("long", [])
    kept = [*(tmp_path / "xdg_state_home").rglob("*.jsonl")]
    assert kept
    assert not any(KEY in journal.read_text() for journal in kept)


@contextmanager
def again(lab: Lab, before: Panel, cells: list[Raw]) -> Iterator[Panel]:
    """A page with these cells of the notebook that another one had open."""
    lab.session(before.path)
    panel = Panel(lab, before.path, copy.deepcopy(cells))
    panel.open()
    try:
        yield panel
    finally:
        panel.close()
