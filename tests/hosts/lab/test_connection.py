"""A page that comes, goes and comes back has every event once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import websocket

from tests.hosts.lab.panel import HANG, Lab, Panel, Raw
from tests.hosts.lab.script import finish, run, script
from tests.loopback import Reply, Server, events

DROPS = 30
COUNTS = "import time\nfor n in range(200):\n    print(n, flush=True)\n    time.sleep(0.01)"


def pieces(go_on: threading.Event) -> Iterator[bytes]:
    """A long answer: it goes on as long as the test wants it to."""
    text = {"choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": None}]}
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    while not go_on.wait(0.01):
        yield from events(text, done=False)
    yield from events(end)


def without_deltas(panel: Panel) -> list[Raw]:
    passing = ("Gone", "TextDelta", "ReasoningDelta")
    return [one for _, one in sorted(panel.events.items()) if one["type"] not in passing]


def texts(panel: Panel) -> list[str]:
    return [one["text"] for _, one in sorted(panel.events.items()) if one["type"] == "TextDelta"]


def test_nothing_is_lost_or_doubled_over_many_drops(
    lab: Lab, panel: Panel, endpoint: Server
) -> None:
    over = threading.Event()
    long = Reply(pieces(over), headers={})
    endpoint.play = script(run(COUNTS), lambda body: long, finish())
    with lab.panel(panel.path) as other:
        panel.request("Count")
        panel.answer(panel.until("Opened"))
        for number in range(DROPS):
            seen = panel.last
            panel.drop()
            panel.open()
            if number == DROPS // 2:
                panel.until("TextDelta")
            panel.wait(partial(lambda seen: panel.last > seen, seen))
        over.set()
        panel.until("TurnFinished", reason="done")
        other.until("TurnFinished", reason="done")
        assert without_deltas(panel) == without_deltas(other)
        assert [cell["id"] for cell in panel.cells] == [cell["id"] for cell in other.cells]


def test_a_page_that_comes_late_gets_what_counts(lab: Lab, panel: Panel, endpoint: Server) -> None:
    endpoint.play = script(run("print(1)"), finish("Some text."))
    panel.finish("Work")
    with lab.panel(panel.path) as late:
        late.wait(lambda: late.last == panel.last)
        assert without_deltas(late) == without_deltas(panel)
        assert [cell["id"] for cell in late.cells] == [cell["id"] for cell in panel.cells]
        outputs = [one for one in late.received if one.get("what") == "outputs"]
        assert outputs[0]["outputs"][0]["text"] == "1\n"


def test_the_text_of_an_answer_that_was_stopped_is_kept(
    lab: Lab, panel: Panel, endpoint: Server
) -> None:
    over = threading.Event()
    endpoint.play = script(Reply(pieces(over), headers={}))
    panel.request("Tell me")
    panel.until("TextDelta")
    panel.send(op="stop")
    panel.until("TurnFinished", reason="interrupted")
    over.set()
    endpoint.play = script(finish())
    panel.finish("Go on")
    with lab.panel(panel.path) as late:
        late.wait(lambda: late.last == panel.last)
        assert texts(late) == texts(panel) != []


def test_a_running_cell_is_shown_as_far_as_it_has_come(
    lab: Lab, panel: Panel, endpoint: Server
) -> None:
    waits = "print('begun')\nimport time\nfor _ in range(60_000):\n    time.sleep(0.01)"
    endpoint.play = script(run(waits), finish())
    panel.request("Wait")
    panel.answer(panel.until("Opened"))
    panel.told("do", what="mirror")
    with lab.panel(panel.path) as late:
        mirror: Raw = {"outputs": []}
        while not mirror["outputs"]:  # it has begun, and has not printed yet
            seen = len(late.received)
            late.drop()
            late.open()
            mirror = late.told("do", after=seen, what="mirror")
        assert mirror["cell"] == panel.cells[0]["id"]
        assert mirror["outputs"][0]["text"] == "begun\n"
        assert mirror["skip"]
        late.send(op="stop")  # any page may
        assert panel.until("TurnFinished")["reason"] == "interrupted"


def test_the_first_page_leads(lab: Lab, panel: Panel) -> None:
    with lab.panel(panel.path) as other:
        assert panel.told("welcome")["lead"]
        assert not other.told("welcome")["lead"]


def test_a_foreign_log_is_not_gone_on_with(lab: Lab, panel: Panel, endpoint: Server) -> None:
    endpoint.play = script(finish())
    panel.finish("Work")
    with lab.panel(panel.path) as other:
        other.drop()
        other.log, other.events = "of another server", {1: {"type": "X"}, 2: {"type": "Y"}}
        other.open()
        other.wait(lambda: other.last == panel.last)
        assert without_deltas(other) == without_deltas(panel)


def test_the_turn_goes_on_without_a_page(lab: Lab, panel: Panel, endpoint: Server) -> None:
    gate = threading.Event()

    def later(body: dict[str, Any]) -> Any:
        assert gate.wait(HANG)
        return finish("Without you.")

    endpoint.play = script(run("x = 1"), later)
    panel.request("Work")
    panel.answer(panel.until("Opened"))
    panel.until("CellFinished")
    panel.drop()
    gate.set()
    panel.open()
    assert panel.until("TurnFinished")["conclusion"]["text"] == "Without you."
    assert [cell["kind"] for cell in panel.cells] == ["code", "markdown"]


def test_a_notebook_without_a_kernel_is_refused(lab: Lab) -> None:
    (lab.folder / "closed.ipynb").write_text("{}")
    url = f"ws://127.0.0.1:{lab.port}/k2/api/notebook?path=closed.ipynb&token={lab.token}"
    page = websocket.create_connection(url, timeout=HANG)
    page.send('{"op": "hello", "log": null, "since": 0, "cells": []}')
    assert '"refused"' in page.recv()
    assert page.recv_data()[0] == websocket.ABNF.OPCODE_CLOSE
    page.shutdown()  # type: ignore[no-untyped-call]


def test_what_is_no_message_is_refused_and_the_page_stays(panel: Panel, endpoint: Server) -> None:
    endpoint.play = script(finish())
    panel.send(op="approve", everything=True)
    assert panel.told("refused", of="")
    panel.send(op="ask", id="x", request="")
    assert panel.told("refused", of="ask")
    assert panel.finish("Work")["reason"] == "done"


def test_what_is_too_large_is_refused_in_words(lab: Lab, panel: Panel) -> None:
    with lab.panel(panel.path) as other:
        other.cells = [{"id": "c", "kind": "code", "source": "x" * 21_000_000, "metadata": {}}]
        other.send(op="changed", cells=other.cells)
        assert "more text than" in other.told("refused", of="changed")["why"]
        other.gone()  # the server has ended it
    assert panel.told("welcome")


def test_variables_are_told(panel: Panel, endpoint: Server) -> None:
    endpoint.play = script(run("answer_to_all = 42"), finish())
    panel.finish("Work")

    def asked() -> list[Raw]:
        seen = len(panel.received)
        panel.send(op="variables", id=str(seen))
        items = panel.told("variables", after=seen)["items"]
        return [one for one in items if one["name"] == "answer_to_all"]

    assert "42" in panel.wait(asked)[0]["text"]
