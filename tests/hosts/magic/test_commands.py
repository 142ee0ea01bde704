"""`%k2 …`, and a turn that goes on after its kernel was lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from k2_jupyter.messages import AssistantMessage
from k2_jupyter.settings import config_folder
from tests.hosts.cli.played import PlayedModel
from tests.hosts.magic.near_end import Ended, near_end
from tests.loopback import Play, Reply, Server

Answering = Callable[[Play], Server]


class Adds(PlayedModel):
    """A plan, two cells that build on one another, a conclusion."""

    steps = ("plan", "first", "second", "conclude")

    def plan(self) -> AssistantMessage | None:
        items = [{"title": "Add them up", "state": "active"}]
        return None if self.number else self.call("set_plan", items=items)

    def first(self) -> AssistantMessage | None:
        return None if "first" in self.seen else self.run("first", "a = len('abc')\nprint('a:', a)")

    def second(self) -> AssistantMessage | None:
        if "second" in self.seen:
            return None
        return self.run("second", "b = a + len('de')\nprint('sum:', b)")

    def conclude(self) -> AssistantMessage:
        b = self.value("second", r"sum: (\d+)")
        return self.call(
            "finish", conclusion=f"The sum is {b}.", claims=[self.claim(b, "second", "sum")]
        )


def said(ended: Ended) -> str:
    assert ended.status == "done", ended.text
    return str(ended.said[0]["text"])


def test_each_says_something_before_and_after_a_turn(answering: Answering, folder: Path) -> None:
    answering(Adds())
    with near_end(str(folder)) as kernel:
        assert "No turn yet" in said(kernel.command("status"))
        assert "--again" in said(kernel.command("help"))
        kernel.ask("add")
        assert "done, 4 steps, 2 cells" in said(kernel.command("status"))
        assert "Add them up" in said(kernel.command("plan"))
        assert "tokens" in said(kernel.command("cost"))
        assert "played at 127.0.0.1" in said(kernel.command("model"))
        assert kernel.command("nonsense").status == "failed"


def test_the_model_is_one_that_the_user_has_configured(answering: Answering, folder: Path) -> None:
    answering(Adds())
    with near_end(str(folder)) as kernel:
        refused = kernel.command("model", "k3")
        assert "no model that you have configured" in refused.text
        assert str(config_folder()) not in refused.text
        assert kernel.ask("add", model="k3").status == "failed"
        assert "offline analyst" in said(kernel.command("model", "offline"))


def test_the_turn_as_files(answering: Answering, folder: Path) -> None:
    answering(Adds())
    with near_end(str(folder)) as kernel:
        assert "no turn" in kernel.command("save", "a.ipynb").text.lower()
        ended = kernel.ask("add")
        (offered,) = ended.offered
        title, code = offered.split("\n\n", 1)
        assert title.startswith("# K2 · ")
        assert title.endswith(" · add")
        assert code.startswith("# first\na = len('abc')\n")
        assert offered.endswith("# second\nb = a + len('de')\nprint('sum:', b)")
        assert "a.ipynb" in said(kernel.command("save", "a.ipynb"))
        assert "a.html" in said(kernel.command("export", "a.html"))
        assert "exists" in kernel.command("save", "a.ipynb").text
        assert kernel.command("save", "../nowhere/a.ipynb").status == "failed"
        assert kernel.command("export", "a.ipynb").status == "failed"
    notebook = json.loads((folder / "a.ipynb").read_text())
    assert [cell["cell_type"] for cell in notebook["cells"]] == ["code", "code", "markdown"]
    (claim,) = notebook["cells"][2]["metadata"]["k2"]["conclusion"]["claims"]
    assert claim["cell"] == notebook["cells"][1]["id"]
    assert "The sum is" in (folder / "a.html").read_text()


def test_a_replayed_turn_as_a_file(answering: Answering, folder: Path) -> None:
    answering(Adds())
    with near_end(str(folder)) as kernel:
        for _ in range(2):
            kernel.ask("add", before=[])
        assert "a.ipynb" in said(kernel.command("save", "a.ipynb"))
    cells = json.loads((folder / "a.ipynb").read_text())["cells"]
    assert [cell["cell_type"] for cell in cells] == ["code", "code", "markdown"]
    assert "sum: 5" in str(cells[1]["outputs"])


@pytest.mark.parametrize("lost_at", ["first", "second"])
def test_a_turn_goes_on_after_its_kernel_was_lost(
    answering: Answering, folder: Path, lost_at: str
) -> None:
    model = Adds()
    dead: list[bool] = []

    def play(body: dict[str, Any]) -> AssistantMessage | Reply:
        answer = model(body)
        if dead or lost_at not in model.seen:
            return answer
        dead.append(True)
        kernel.pipe.close()
        return Reply(end="silence")

    server = answering(play)
    with near_end(str(folder)) as kernel, pytest.raises(Exception, match=r"gone|descriptor"):
        kernel.ask("add")
    asked = len(server.requests)
    with near_end(str(folder)) as kernel:
        ended = kernel.command("resume")
        assert (ended.status, kernel.namespace["b"]) == ("done", 5)
        assert "The sum is 5." in ended.card
        assert ended.ran[0].startswith("a = len")
        assert kernel.command("resume").status == "failed"  # it has ended here
    again = server.requests[asked]["messages"]
    assert again[1]["content"].startswith("add")
    assert "was cut off" in again[-1]["content"]
    assert "kernel is gone" not in str(again)
    calls = [call for message in again for call in message.get("tool_calls", ())]
    assert len(calls) == sum(message["role"] == "tool" for message in again)


def test_resume_brings_back_what_earlier_turns_made(answering: Answering, folder: Path) -> None:
    server = answering(Adds())
    with near_end(str(folder)) as kernel:
        kernel.ask("add")
    asked = len(server.requests)
    with near_end(str(folder)) as kernel:
        assert kernel.command("resume").status == "done"
        assert kernel.namespace["b"] == 5
    assert len(server.requests) == asked


def test_without_a_journal_there_is_nothing_to_resume(folder: Path) -> None:
    with near_end(str(folder)) as kernel:
        assert "no turn of this folder" in kernel.command("resume").text
