"""`%%k2` in real kernels, the model played over loopback."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from k2_jupyter.messages import AssistantMessage, ToolCall
from tests.hosts.cli.played import PlayedModel
from tests.hosts.magic.front_end import HANG, FrontEnd
from tests.hosts.magic.models import Runs, Silent, request
from tests.loopback import Play


class Halves(PlayedModel):
    """Fails on the user's variable, repairs the cell, and concludes from what it printed."""

    steps = ("compute", "repair", "conclude")

    def compute(self) -> AssistantMessage | None:
        if "half" in self.seen:
            return None
        return self.run("half", "half = numbers.mean() / 2\nprint('half of the mean:', half)")

    def repair(self) -> AssistantMessage | None:
        if "AttributeError" not in self.seen["half"]:
            return None
        return self.edit(
            "half", "half = sum(numbers) / len(numbers) / 2\nprint('half of the mean:', half)"
        )

    def conclude(self) -> AssistantMessage:
        half = self.value("half", r"half of the mean: ([\d.]+)")
        claim = self.claim(half, "half", "half of the mean")
        return self.call("finish", conclusion=f"Half of the mean is {half}.", claims=[claim])


def test_an_error_is_repaired_in_the_users_namespace(asked: Callable[[Play], FrontEnd]) -> None:
    front = asked(Halves())
    front.run("numbers = [2, 4, 9]")
    shown = front.run("%%k2\nWhat is half of the mean?", answers=["y"])
    assert shown.reply["status"] == "ok"
    assert "Half of the mean is 2.5." in shown.card
    assert "half of the mean: 2.5\n" in shown.text()
    assert "AttributeError" in shown.text("stderr")
    assert not [kind for kind, _ in shown.messages if kind == "error"]
    assert front.value("half") == "2.5"
    assert (
        front.value("[s.splitlines()[0][:4] for s in In if 'half' in s][-2:]") == "['half', 'half']"
    )


def test_a_refusal_runs_nothing_and_the_model_reads_why(
    asked: Callable[[Play], FrontEnd],
) -> None:
    read: list[str] = []

    def play(body: dict[str, Any]) -> AssistantMessage:
        results = [m["content"] for m in body["messages"] if m["role"] == "tool"]
        if results:
            read.extend(results)
            return AssistantMessage("Then I leave it.")
        arguments = json.dumps({"source": "half = 1", "purpose": "half"})
        return AssistantMessage(calls=(ToolCall("c1", "run_cell", arguments),))

    front = asked(play)
    shown = front.run("%%k2\nhalve", answers=["not on Sundays"])
    assert shown.reply["status"] == "ok"
    assert front.value("'half' in globals()") == "False"
    assert len(shown.prompts) == 1
    assert "not on Sundays" in read[0]


def test_an_interrupt_in_a_model_call_ends_the_turn(asking: Callable[[Play], FrontEnd]) -> None:
    model = Silent()
    front = asking(model)

    def interrupt() -> None:
        assert model.asked.wait(30)
        front.interrupt()

    threading.Thread(target=interrupt).start()
    shown = front.run("%%k2\nthink")
    model.released.set()
    assert shown.reply["ename"] == "TurnInterrupted"
    assert "interrupted" in shown.card


def test_everything_that_a_cell_can_show_is_shown_and_read(
    asking: Callable[[Play], FrontEnd],
) -> None:
    model = Runs()
    front = asking(model)
    shown = front.run(
        request(
            "import asyncio\nawait asyncio.sleep(0)\nawaited = 'yes'\nawaited",
            "import matplotlib.pyplot as plt\nplt.plot([1, 3])\nplt.title('Two points');",
            "import ipywidgets\nipywidgets.IntSlider(7)",
            "!echo from the shell",
            "import plotly.graph_objects as go\ngo.Figure(go.Bar(x=['a'], y=[4]))",
            "print('x' * 300_000)",
            "input('name?')",
        ),
        answers=["y", "y"],
    )
    assert shown.reply["status"] == "ok"
    assert shown.data("text/plain")[2:]
    assert shown.data("image/png")
    assert shown.data("application/vnd.jupyter.widget-view+json")
    assert shown.data("application/vnd.plotly.v1+json")
    assert "from the shell" in shown.text()
    assert len(shown.text()) > 300_000
    awaited, figure, widget, shell, chart, flood, typed = model.read
    assert "'yes'" in awaited
    assert "Two points" in figure
    assert "IntSlider" in widget
    assert "from the shell" in shell
    assert "bar" in chart
    assert len(flood) < 20_000
    assert "StdinNotImplementedError" in typed
    assert len(shown.prompts) == 2  # the task, and the shell


def test_an_interrupt_reaches_the_cell_and_the_turn_ends(
    asking: Callable[[Play], FrontEnd],
) -> None:
    model = Runs()
    front = asking(model)

    def watch(kind: str, content: dict[str, Any]) -> None:
        if kind == "stream" and "sleeps" in content["text"]:
            front.interrupt()

    sleeper = "import time\nkept = 1\nprint('sleeps', flush=True)\ntime.sleep(600)"
    shown = front.run(request(sleeper, "never = 1"), answers=["y"], watch=watch)
    assert shown.reply["ename"] == "TurnInterrupted"
    assert front.value("(kept, 'never' in globals())") == "(1, False)"
    again = front.run(request("kept += 1"), answers=["y"])
    assert again.reply["status"] == "ok"
    assert front.value("kept") == "2"


def test_the_agents_code_cannot_ask_the_agent(
    asked: Callable[[Play], FrontEnd], tmp_path: Path
) -> None:
    model = Runs()
    front = asked(model)
    ask = "get_ipython().run_cell_magic('k2', '', 'go on')"
    (tmp_path / "asks.py").write_text(ask)
    front.run(
        request(
            ask,
            "get_ipython().run_line_magic('k2', 'status')",
            "%run -i asks.py",
            f"import threading\nt = threading.Thread(target=lambda: {ask})\nt.start()\nt.join()",
            "get_ipython().run_cell('%%k2\\ngo on');",
        ),
        answers=["y"] * 9,
    )
    assert len(model.read) == 5
    assert all("can't be used inside code that K2 runs" in read for read in model.read)


@pytest.mark.parametrize(
    "sleeps", ["!sleep 987", "import subprocess; subprocess.run(['sleep', '987'])"]
)
def test_an_interrupt_ends_what_a_cell_has_started(
    asking: Callable[[Play], FrontEnd], sleeps: str
) -> None:
    front = asking(Runs())

    def sleepers() -> list[psutil.Process]:
        found = psutil.Process(front.pid).children(recursive=True)
        return [p for p in found if p.status() != psutil.STATUS_ZOMBIE and p.name() == "sleep"]

    def interrupt() -> None:
        while not sleepers():
            pass
        front.interrupt()

    threading.Thread(target=interrupt).start()
    shown = front.run(request(sleeps, "never = 1"), answers=["y"] * 3)
    assert shown.reply["ename"] == "TurnInterrupted"
    assert front.value("'never' in globals()") == "False"
    until = time.monotonic() + HANG
    while sleepers():
        assert time.monotonic() < until


def test_a_killed_agent_is_noticed_and_the_next_request_starts_another(
    asked: Callable[[Play], FrontEnd],
) -> None:
    front = asked(Runs())
    kill = (
        "import os, signal, subprocess\n"
        "found = subprocess.check_output(['pgrep', '-P', str(os.getpid()), '-f', 'hosts.magic'])\n"
        "os.kill(int(found), signal.SIGKILL)"
    )
    shown = front.run(request(kill), answers=["y", "y"])
    assert shown.reply["ename"] == "TurnFailed"
    # A notebook keeps this, and is given away.
    assert "$XDG_STATE_HOME/k2_jupyter/magic/agent.log" in shown.reply["evalue"]
    assert os.environ["XDG_STATE_HOME"] not in str(shown.reply)
    assert front.run(request("alive = 1"), answers=["y"]).reply["status"] == "ok"
    assert front.value("alive") == "1"


def test_a_killed_kernel_leaves_no_agent(asked: Callable[[Play], FrontEnd]) -> None:
    front = asked(Runs())
    front.run(request("x = 1"), answers=["y"])
    (child,) = psutil.Process(front.pid).children()
    os.kill(front.pid, signal.SIGKILL)
    child.wait(30)


def test_nobody_there_means_nothing_is_sent(
    asking: Callable[[Play], FrontEnd],
) -> None:
    def play(body: dict[str, Any]) -> AssistantMessage:
        raise AssertionError("asked")

    shown = asking(play).run("%%k2\nhello", stdin=False)
    assert shown.reply["ename"] == "TurnFailed"
    assert "headless" in shown.reply["evalue"]
