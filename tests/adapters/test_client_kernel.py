"""A real kernel: what it puts out, and what it says about its variables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from k2_jupyter.adapters import kernel_runs
from k2_jupyter.adapters.client_kernel import ClientKernel, kernel_environment
from k2_jupyter.errors import KernelSilentError, StopRequested
from k2_jupyter.notebook.base import Kernel, Notebook
from k2_jupyter.notebook.memory import MemoryDocument
from k2_jupyter.outputs import Display, ErrorOutput, Stream, UpdateDisplay
from k2_jupyter.tools.read_output import ReadOutput
from tests.adapters.kernels import ECHO, HANG, SECRET, install_kernel, stream_text
from tests.notebook.contract import KernelContract, run, run_and_watch


class TestContract(KernelContract):
    @pytest.fixture
    def kernel(self, shared: ClientKernel) -> Kernel:
        return shared


# What comes out


def test_outputs_keep_their_order(shared: ClientKernel) -> None:
    source = "import sys\nprint('a')\nprint('b', file=sys.stderr)\ndisplay('c')\nprint('d')\n'e'"
    outputs = run(shared, source).outputs
    assert [type(output).__name__ for output in outputs] == [
        "Stream",
        "Stream",
        "Display",
        "Stream",
        "Display",
    ]
    last = outputs[-1]
    assert isinstance(last, Display)
    assert last.execution_count is not None


def test_a_display_is_updated_in_its_own_cell_and_from_the_next(shared: ClientKernel) -> None:
    first = run(shared, "h = display('one', display_id='x1'); h.update('two')")
    (shown,) = first.outputs
    assert isinstance(shown, Display)
    assert (shown.display_id, shown.data["text/plain"]) == ("x1", "'two'")
    second = run(shared, "h.update('three')")
    assert second.outputs == ()
    assert [type(update) for update in second.updates] == [UpdateDisplay]


def test_clear_output_and_carriage_returns(shared: ClientKernel) -> None:
    source = """
from IPython.display import clear_output
for n in range(3):
    clear_output(wait=True)
    print(f'\\rframe {n}', end='')
"""
    assert run(shared, source).outputs == (Stream("stdout", "frame 2"),)


def test_input_is_answered_with_an_error_at_once(shared: ClientKernel) -> None:
    result = run(shared, "input('name? ')")
    assert result.status == "error"
    assert any(
        isinstance(output, ErrorOutput) and output.ename == "StdinNotImplementedError"
        for output in result.outputs
    )


def test_variables_are_told_after_an_error_too(shared: ClientKernel) -> None:
    result = run(shared, "before_the_error = [1, 2]\n1 / 0")
    assert result.changes.appeared == {"before_the_error": "list, 2 items: [1, 2]"}
    gone = run(shared, "del before_the_error")
    assert gone.changes.gone == ("before_the_error",)


def test_hints_come_with_an_error_and_only_then(shared: ClientKernel) -> None:
    source = """
import pandas as pd
def pay(rows):
    return rows['salary_usd'].mean()
pay(pd.DataFrame({'Salary in USD': [1.5]}))
"""
    result = run(shared, source)
    assert result.hints[0] == "rows has no 'salary_usd'; near it: 'Salary in USD'"
    assert result.changes.appeared == {"pay": "function pay(rows)"}
    assert run(shared, "del pay").hints == ()
    assert run(shared, "raise KeyboardInterrupt").hints == ()
    assert run(shared, "x = (").hints == ()
    assert run(shared, "sum(1, 2)").hints == ()


def test_hints_are_redacted(shared: ClientKernel) -> None:
    half = len(SECRET) // 2
    run(shared, f"rows = {{{SECRET[:half]!r} + {SECRET[half:]!r}: 1}}")
    result = run(shared, "rows['other']")
    assert "[redacted]" in result.hints[0]
    assert SECRET not in repr(result)
    run(shared, "del rows")


def test_nothing_of_ours_stays_in_the_users_namespace(fresh: ClientKernel) -> None:
    result = run(fresh, "print(sorted(n for n in globals() if not n.startswith('_')), In)")
    names = "['In', 'Out', 'exit', 'get_ipython', 'open', 'quit']"
    assert stream_text(result).startswith(names)
    assert result.execution_count == 1
    assert result.changes.appeared == {}


def test_secrets_are_taken_out_before_anyone_sees_them(shared: ClientKernel) -> None:
    half = len(SECRET) // 2
    source = f"""
import sys
print({SECRET[:half]!r}, end='', flush=True)
print({SECRET[half:]!r})
display({{'text/html': '<b>' + {SECRET[:half]!r} + {SECRET[half:]!r}}}, raw=True)
leaked = {SECRET[:half]!r} + {SECRET[half:]!r}
raise ValueError(leaked)
"""
    result, changes = run_and_watch(shared, source)
    assert SECRET not in repr(result)
    assert SECRET not in repr(changes)
    assert repr(result).count("[redacted]") >= 4


def test_a_late_output_of_an_earlier_cell_is_not_ours(shared: ClientKernel) -> None:
    run(
        shared,
        """
import threading
go = threading.Event()
def late():
    go.wait()
    print('late', flush=True)
    done.set()
done = threading.Event()
thread = threading.Thread(target=late)
thread.start()
""",
    )
    result = run(shared, "print('mine'); go.set(); done.wait(); thread.join(); del thread, late")
    assert "mine" in stream_text(result)


FLOOD = "for n in range(200): print(n, 'x' * 1_000_000)\nprint('the end')"
MEMORY_OF_A_FLOOD = """
import os, resource, sys, threading
from pathlib import Path
from k2_jupyter.adapters.client_kernel import ClientKernel, kernel_environment

def most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

with ClientKernel("python3", Path(), kernel_environment(os.environ)) as kernel:
    for _ in kernel.run("cell1", "1", timeout=100, stop=threading.Event()):
        pass
    before = most()
    for _ in kernel.run("cell1", sys.argv[1], timeout=100, stop=threading.Event()):
        pass
    print(most() - before)
"""


def test_a_flood_costs_little_memory(tmp_path: Path) -> None:
    # In a process of its own: what earlier tests have left is given back and taken at any time.
    command = [sys.executable, "-c", MEMORY_OF_A_FLOOD, FLOOD]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 100_000  # kB


def test_a_flood_leaves_little(shared: ClientKernel) -> None:
    result = run(shared, FLOOD)
    assert result.status == "ok"
    text = stream_text(result)
    assert len(json.dumps(text)) < 1_000_000
    assert text.startswith("0 xxx")
    assert text.endswith("the end\n")
    assert result.spool is not None
    assert result.spool.stat().st_size <= 64_000_000
    notebook = Notebook(MemoryDocument([""]), shared, runs={"cell1": result})
    page = read_output(notebook, search="xxx", lines=2)
    assert page.startswith("<output>\n64 lines match\n1: 0 xxx")
    assert "… more matches from line 3" in page
    assert len(page) < 2_000
    assert read_output(notebook, from_line=50, from_character=999_990).count("x") > 10


def read_output(notebook: Notebook, **asked: object) -> str:
    """What the model reads of the first cell's output."""
    events = ReadOutput(notebook).run({"cell": "cell1", **asked}, threading.Event())
    with pytest.raises(StopIteration) as end:
        next(events)
    return str(end.value.value.text)


def test_a_figure_carries_its_facts(shared: ClientKernel) -> None:
    result = run(
        shared,
        "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])\n_ = plt.title('Rising')",
    )
    (figure,) = result.outputs
    assert isinstance(figure, Display)
    assert "image/png" in figure.data
    assert "'title': 'Rising'" in str(figure.data["application/vnd.k2.figure+json"])


def test_a_kernel_of_another_language_runs_without_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    argv = [sys.executable, "-c", ECHO, "-f", "{connection_file}"]
    install_kernel(tmp_path / "jupyter", monkeypatch, *argv)
    with ClientKernel("made", tmp_path, kernel_environment(os.environ)) as kernel:
        result = run(kernel, "any words")
        assert (result.status, stream_text(result)) == ("ok", "any words")
        with pytest.raises(KernelSilentError, match=r"Python kernels only, .* speaks echo"):
            kernel.describe(stop=threading.Event())


# When it does not answer


def test_a_kernel_that_left_between_two_runs(fresh: ClientKernel) -> None:
    leave(fresh)
    result = run(fresh, "print('never')")
    assert (result.status, result.outputs) == ("dead", ())
    assert "did not run" in result.detail
    assert run(fresh, "1").status == "ok"


def leave(kernel: ClientKernel) -> None:
    """Let the kernel end by itself, as a cell can."""
    assert run(kernel, "exit()").status == "ok"
    process = kernel._process
    assert process is not None
    deadline = time.monotonic() + HANG
    while process.alive() and time.monotonic() < deadline:
        process.channels.reply("", 10)


def test_a_kernel_that_left_cannot_describe_and_is_replaced(fresh: ClientKernel) -> None:
    leave(fresh)
    with pytest.raises(KernelSilentError, match=r"ended with exit code 0\. All variables are gone"):
        fresh.describe(stop=threading.Event())
    assert fresh.epoch == 1
    assert fresh.describe(stop=threading.Event()) == {}


def test_a_busy_kernel_says_so_and_is_kept(
    fresh: ClientKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(fresh, "x = 1")
    occupy(fresh)
    monkeypatch.setattr(kernel_runs, "ASK_SECONDS", 0.2)
    with pytest.raises(KernelSilentError, match="busy"):
        fresh.describe(stop=threading.Event())
    assert fresh.epoch == 0


def occupy(kernel: ClientKernel) -> None:
    """Let the kernel do something else for long."""
    process = kernel._process
    assert process is not None
    process.channels.send(
        "execute_request", {"code": "import time; time.sleep(600)", "silent": False}
    )


class StopSoon(threading.Event):
    """Not set when it is looked at first, and set from then on."""

    looked = 0

    def is_set(self) -> bool:
        self.looked += 1
        return self.looked > 3


def test_stop_ends_the_wait_for_a_busy_kernel(
    fresh: ClientKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(fresh, "1")
    occupy(fresh)
    monkeypatch.setattr(kernel_runs, "ASK_SECONDS", 600)
    with pytest.raises(StopRequested):
        fresh.describe(stop=StopSoon())


@pytest.mark.parametrize(
    "wait",
    [
        lambda kernel, stop: kernel.describe(stop=stop),
        lambda kernel, stop: kernel.restart(stop=stop),
    ],
)
def test_stop_ends_the_wait_for_a_kernel_that_starts(
    wait: Callable[[Kernel, threading.Event], object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow = [sys.executable, "-c", "import time; time.sleep(600)", "{connection_file}"]
    install_kernel(tmp_path / "jupyter", monkeypatch, *slow)
    environment = kernel_environment(os.environ)
    with (
        ClientKernel("made", tmp_path, environment, start_timeout=600) as kernel,
        pytest.raises(StopRequested),
    ):
        wait(kernel, StopSoon())
