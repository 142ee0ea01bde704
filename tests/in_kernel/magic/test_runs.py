"""What a run came to, and that it is told whatever happens."""

from __future__ import annotations

import signal
import types
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets import HasTraits, Integer
from traitlets.config import Config

from k2_jupyter.in_kernel.magic.runs import Outcome, Runs, run_source

INTERRUPT = "os.kill(os.getpid(), signal.SIGINT)"


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    in_memory = Config({"HistoryManager": {"hist_file": ":memory:"}})
    yield InteractiveShell.instance(config=in_memory)
    InteractiveShell.clear_instance()


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("x = 1", "ok"),
        ("1 / 0", "error"),
        ("if", "error"),
        ("raise KeyboardInterrupt", "interrupted"),
        ("import asyncio\nawait asyncio.sleep(0)", "ok"),
        ("import asyncio\nraise asyncio.CancelledError", "error"),
        ("t = asyncio.ensure_future(asyncio.sleep(9))\nt.cancel()\nawait t", "error"),
        (INTERRUPT + "\nawait asyncio.sleep(60)", "interrupted"),
        (f"try:\n    {INTERRUPT}\nexcept KeyboardInterrupt:\n    pass", "interrupted"),
        (f"signal.signal(signal.SIGINT, lambda *_: 0)\n{INTERRUPT}", "ok"),
    ],
)
def test_statuses(shell: Any, source: str, status: str) -> None:
    shell.run_cell("import asyncio, os, signal")
    before = signal.getsignal(signal.SIGINT)
    assert run_source(shell, source)["status"] == status
    own = "lambda" in source
    assert (signal.getsignal(signal.SIGINT) is before) is not own
    signal.signal(signal.SIGINT, before)


def test_results_are_entries_of_in_and_out(shell: Any) -> None:
    count = run_source(shell, "6 * 7")["count"]
    run_source(shell, f"seen = _, Out[{count}], In[{count}], __")
    assert shell.user_ns["seen"][:3] == (42, 42, "6 * 7")


def test_an_interrupt_before_ipython_has_counted_is_an_interrupt() -> None:
    """IPython 8 then gives no count, which its own trait does not take."""

    class Shell(HasTraits):
        execution_count = Integer(3)
        history_manager = types.SimpleNamespace(input_hist_parsed=[""] * 4)
        loop_runner = None

        def run_cell(self, source: str, *, store_history: bool) -> Any:
            return types.SimpleNamespace(
                execution_count=None, error_before_exec=None, error_in_exec=KeyboardInterrupt()
            )

    outcome = run_source(Shell(), "x")
    assert (outcome["status"], outcome["count"]) == ("interrupted", None)


def test_a_run_that_is_stopped_before_it_begins_does_not_run(shell: Any) -> None:
    runs, told = Runs(shell), list[Outcome]()
    runs.stop("r1")
    runs.carry_out("r1", "never = 1", nullcontext(), told.append)
    runs.carry_out("r2", "after = 1", nullcontext(), told.append)
    assert [outcome["status"] for outcome in told] == ["interrupted", "ok"]
    assert "never" not in shell.user_ns
    assert told[1]["report"]["appeared"] == {"after": "int = 1"}


def test_what_came_of_a_run_is_told_also_when_the_look_at_it_is_interrupted(
    shell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs, told = Runs(shell), list[Outcome]()

    def interrupted(status: str) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("k2_jupyter.in_kernel.magic.reports.after", interrupted)
    with pytest.raises(KeyboardInterrupt):
        runs.carry_out("r1", "x = 1", nullcontext(), told.append)
    assert told[0]["status"] == "ok"
