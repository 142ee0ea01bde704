"""Front ends that are no JupyterLab: what they show, what they are asked, what they offer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from k2_jupyter.messages import AssistantMessage
from k2_jupyter.settings import config_folder
from tests.hosts.magic.front_end import FrontEnd, Shown, front_end
from tests.hosts.magic.models import Runs, request
from tests.loopback import Play, Server, serving

Answering = Callable[[Play], Server]
OUTPUTS = {
    "stream",
    "display_data",
    "update_display_data",
    "execute_result",
    "error",
    "clear_output",
    "comm_open",
    "comm_msg",
}
END_OF_FILE = "\x04"
"""What a front end sends where the prompt was closed."""


class Answers(Runs):
    """Says of one request that it can't be done; runs the sources of the others."""

    def __call__(self, body: dict[str, Any]) -> AssistantMessage:
        if "impossible" in body["messages"][-1]["content"]:
            return self.call("finish", conclusion="There is no way.", claims=[], outcome="cannot")
        return super().__call__(body)

    number = 0


@pytest.fixture(scope="module")
def model() -> Answers:
    """What answers to `front`."""
    return Answers()


@pytest.fixture(scope="module")
def server(model: Answers) -> Iterator[Server]:
    """Where it does."""
    with serving(model) as served:
        yield served


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working folder of `front`."""
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def front(
    server: Server, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FrontEnd]:
    """One for the tests that ask for nothing else; it answers no prompt with "always"."""
    own = tmp_path_factory.mktemp("own")
    with front_end(
        folder,
        K2_BASE_URL=server.base_url,
        K2_MODEL="played",
        XDG_CONFIG_HOME=str(own / "config"),
        XDG_STATE_HOME=str(own / "state"),
        JPY_SESSION_NAME="",
    ) as client:
        yield client


def payloads(shown: Shown) -> list[str]:
    """What the front end is to put into the next cell."""
    return [one["text"] for one in shown.reply["payload"] if one["source"] == "set_next_input"]


def test_a_client_that_drops_unknown_parents_shows_everything(
    front: FrontEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped: list[str] = []
    monkeypatch.setattr(front, "others", lambda message: dropped.append(message["msg_type"]))
    shown = front.run(
        request(
            "print('printed')",
            "import sys\nprint('warned', file=sys.stderr)",
            "import matplotlib.pyplot as plt\nplt.plot([1, 3])\nplt.title('Two points');",
            "import plotly.graph_objects as go\ngo.Figure(go.Bar(x=['a'], y=[4]))",
            "from IPython.display import HTML\nHTML('<b>bold</b>')",
            "1 / 0",
            "40 + 2",
        ),
        answers=["y"],
    )
    assert shown.reply["status"] == "ok"
    assert "printed\n" in shown.text()
    assert "warned\n" in shown.text("stderr")
    assert "ZeroDivisionError" in shown.text("stderr")
    assert shown.data("image/png")
    assert shown.data("application/vnd.plotly.v1+json")
    assert "<b>bold</b>" in shown.data("text/html")
    assert "42" in shown.data("text/plain")
    assert "K2: done" in shown.card
    assert not OUTPUTS & set(dropped)


def test_what_is_offered_is_the_finished_code(front: FrontEnd) -> None:
    shown = front.run(request("made = 6 * 7", "1 / 0", "print(made)"), answers=["y"])
    (code,) = payloads(shown)
    assert code.startswith("# K2 · ")
    assert "made = 6 * 7" in code
    assert front.run("del made").reply["status"] == "ok"
    assert front.run(code).text() == "42\n"


def test_run_all_twice_asks_once(answering: Answering, tmp_path: Path) -> None:
    server = answering(Runs())
    requests = [request("n = 1\nprint('n is', n)"), request("n += 1\nprint('n is', n)")]

    def run_all(front: FrontEnd, *, answers: list[str], cells: bool) -> list[Shown]:
        named = enumerate(requests)
        return [front.run(r, answers=answers, cell=f"c{i}" if cells else "") for i, r in named]

    with front_end(tmp_path) as front:
        run_all(front, answers=["y"], cells=True)
        asked = len(server.requests)
        assert asked == 4
        again = run_all(front, answers=[], cells=True)
    with front_end(tmp_path) as front:
        later = run_all(front, answers=[], cells=False)
        assert front.value("n") == "2"
        assert len(server.requests) == asked
        front.run(requests[0].replace("%%k2", "%%k2 --again"), answers=["y"])
    assert len(server.requests) == asked + 2
    assert all("replayed, recorded on" in shown.card for shown in (*again, *later))
    assert all("n is 2\n" in shown.text() for shown in (again[1], later[1]))


@pytest.mark.parametrize("named_by", ["__vsc_ipynb_file__", "os.environ['JPY_SESSION_NAME']"])
def test_the_notebook_that_the_front_end_names_is_looked_at(
    front: FrontEnd, tmp_path: Path, named_by: str
) -> None:
    question = request(f"never = {named_by!r}")
    card = {"output_type": "display_data", "data": {"text/plain": "K2 · a model"}, "metadata": {}}
    cell = {"cell_type": "code", "source": question, "outputs": [card]}
    notebook = tmp_path / "theirs.ipynb"
    notebook.write_text(json.dumps({"cells": [cell]}))
    front.run(f"import os\n{named_by} = {str(notebook)!r}")
    shown = front.run(question, answers=["no"])
    front.run(f"del {named_by}")
    assert shown.reply["ename"] == "TurnFailed"
    assert "not in your journal" in shown.card


# Whom it asks, and what a cell may say of that


def test_it_asks_once_a_task_and_again_for_what_is_risky(front: FrontEnd, model: Answers) -> None:
    shown = front.run(
        request("a = 1", "b = 2", "import os; os.system('true')", "c = 3"),
        answers=["y", "not in my house"],
    )
    assert len(shown.prompts) == 2
    assert "say why not" in shown.prompts[0]
    assert "always" in shown.prompts[0]
    assert "always" not in shown.prompts[1]
    assert "not in my house" in model.read[2]
    assert front.value("(a, b, c)") == "(1, 2, 3)"


def test_a_closed_prompt_is_no_and_nobody_is_asked_again(front: FrontEnd, model: Answers) -> None:
    shown = front.run(request("never = 1", "never = 2"), answers=[END_OF_FILE])
    assert len(shown.prompts) == 1
    assert front.value("'never' in globals()") == "False"
    assert "Nobody is there to approve" in model.read[1]
    assert "`headless = true`" in shown.card


def test_without_input_the_refusal_names_the_setting(front: FrontEnd, server: Server) -> None:
    asked = len(server.requests)
    shown = front.run("%%k2\nhello", stdin=False)
    assert shown.reply["ename"] == "TurnFailed"
    assert "`headless = true` in $XDG_CONFIG_HOME/k2_jupyter/config.toml" in shown.reply["evalue"]
    assert len(server.requests) == asked


def test_options_in_a_cell_can_only_restrict(answering: Answering, tmp_path: Path) -> None:
    server = answering(Runs())
    config_folder().mkdir(mode=0o700, parents=True)
    (config_folder() / "config.toml").write_text("max_steps = 1")
    with front_end(tmp_path) as front:
        for options in ("--model k3", "--model nobody-knows-this", "--max-cost 1000000"):
            refused = front.run(f"%%k2 {options}\nhello")
            assert refused.reply["ename"] == "TurnFailed", refused.reply
        assert not server.requests
        for options in ("--headless", "--base-url http://127.0.0.1:9/v1", "--key x"):
            assert front.run(f"%%k2 {options}\nhello").reply["ename"] == "UsageError"
        capped = front.run(
            request("a = 1", "b = 2").replace("%%k2", "%%k2 --max-steps 9999"), answers=["y", ""]
        )
    assert "more steps" in capped.prompts[1]
    assert len(server.requests) == 1


# What the model and the notebook get


def test_a_described_variable_is_never_sent(front: FrontEnd, server: Server) -> None:
    asked = len(server.requests)
    front.run("globals().update({f'earlier{n}': n for n in range(50)})")  # more than are told
    front.run(
        "import pandas as pd\n"
        "df = pd.DataFrame({'town': [f'MARKED{n}' for n in range(900)], 'n': range(900)})\n"
        "deep = {'a': [0] * 500 + ['MARKED']}"
    )
    shown = front.run("%%k2\nn = 1 # what of {df} and of {deep}?", answers=["y"])
    assert shown.reply["status"] == "ok"
    told = server.requests[asked]["messages"][-1]["content"]
    assert "what of df (DataFrame, 900 rows × 2 columns" in told
    assert "deep (dict" in told
    assert b"MARKED" not in b"".join(server.bodies[asked:])


def test_other_data_is_no_other_request(front: FrontEnd, server: Server) -> None:
    question = "%%k2\nprint('rows', len(table)) # of {table}"
    front.run("import pandas as pd\ntable = pd.DataFrame({'n': range(3)})")
    front.run(question, answers=["y"])
    asked = len(server.requests)
    front.run("table = pd.DataFrame({'n': range(5)})")
    shown = front.run(question)
    assert len(server.requests) == asked
    assert "replayed" in shown.card
    assert "1 of 1 cells put out something else" in shown.card


def test_fix_and_explain_are_requests_about_cells(front: FrontEnd, model: Answers) -> None:
    front.run("%%k2\nhello", stdin=False)
    assert "K2's own" in str(front.run("%k2 fix").data("text/plain"))
    front.run("wrong = [1]\nwrong[3]")
    front.run("%k2 fix", answers=["n"] * 9)
    assert "wrong = [1]\nwrong[3]" in model.asked_for
    assert "IndexError: list index out of range" in model.asked_for
    front.run("%k2 explain", answers=["n"] * 9)
    assert "```python\nwrong = [1]\nwrong[3]\n```" in model.asked_for


def test_a_turn_is_written_to_files_that_did_not_exist(front: FrontEnd, folder: Path) -> None:
    front.run(request("print('in the file')"), answers=["y"])
    assert "Written: turn.ipynb" in str(front.run("%k2 save turn.ipynb").data("text/plain"))
    assert "Written: turn.html" in str(front.run("%k2 export turn.html").data("text/plain"))
    assert "Written: my turn.ipynb" in str(front.run("%k2 save 'my turn.ipynb'").data("text/plain"))
    kept = (folder / "turn.ipynb").read_text()
    assert "in the file" in str(json.loads(kept)["cells"][0]["outputs"])
    assert "in the file" in (folder / "turn.html").read_text()
    assert str(folder) not in kept
    for line, said in (
        ("save turn.ipynb", "turn.ipynb exists"),
        ("export turn.html", "turn.html exists"),
        ("save", "Say where to: %k2 save FILE.ipynb"),
        ("export turn.ipynb", "Say where to: %k2 export FILE.html"),
        ("save nowhere/turn.ipynb", "There is no folder nowhere"),
        (f"save {'n' * 300}.ipynb", "is no name for a file"),
        ("save ~nobody/turn.ipynb", "There is no folder ~nobody"),
    ):
        refused = front.run(f"%k2 {line}").reply
        assert said in refused["evalue"]
        assert str(folder) not in refused["evalue"]
    assert (folder / "turn.ipynb").read_text() == kept


def test_an_answer_that_it_cannot_be_done_is_an_answer(front: FrontEnd) -> None:
    shown = front.run("%%k2\nsomething impossible")
    assert shown.reply["status"] == "ok"
    assert "could not do it" in shown.card
