"""A kernel that a Jupyter server owns and a user uses: cells of both, each in its turn."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from k2_jupyter.adapters import shared_port
from k2_jupyter.adapters.execution import Execution
from k2_jupyter.adapters.server_kernel import SharedKernel
from k2_jupyter.adapters.shared_process import SharedProcess
from k2_jupyter.errors import KernelSilentError
from k2_jupyter.events import Notice
from k2_jupyter.journal.redaction import Redactor
from k2_jupyter.notebook.base import Kernel
from k2_jupyter.outputs import Display
from tests.adapters.kernels import ECHO, SECRET, install_kernel, stream_text
from tests.adapters.served import Hold, Running, Served, wait_for
from tests.notebook.contract import KernelContract, run


@pytest.fixture
def kernel(served: Served) -> Kernel:
    """Of a turn."""
    return served.shared.port(redactor=Redactor([SECRET]))


@pytest.fixture
def unaware(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run is asked for at once, as it is where the user's cell came in the same moment."""
    monkeypatch.setattr(SharedProcess, "ping", lambda process: lambda wait_ms: True)


class TestContract(KernelContract):
    """The one of every kernel."""


# Among the user's cells


def test_a_run_waits_for_the_users_cell_and_says_so(served: Served, hold: Hold) -> None:
    asked: list[str] = []
    kernel = served.shared.port(announce=lambda cell, msg_id: asked.append(cell))
    served.ran("order = []")
    user = served.busy_with(hold, "order.append('user')")
    running = Running(kernel, "order.append('agent'); print(order)", timeout=1)
    wait_for(lambda: running.events)
    assert asked == []
    hold.let_go()
    result = running.result()
    assert stream_text(result) == "['user', 'agent']\n"
    assert isinstance(running.events[0], Notice)
    assert "until the kernel was free" in result.detail
    assert asked == ["cell1"]
    assert served.reply(user)["status"] == "ok"


def test_a_run_that_waits_is_withdrawn_by_a_stop(served: Served, hold: Hold) -> None:
    asked: list[str] = []
    kernel = served.shared.port(announce=lambda cell, msg_id: asked.append(cell))
    user = served.busy_with(hold)
    running = Running(kernel, "withdrawn = False")
    wait_for(lambda: running.events)
    running.stop.set()
    assert running.result().status == "interrupted"
    hold.let_go()
    assert served.reply(user)["status"] == "ok"
    assert asked == []
    assert served.value("'withdrawn' in globals()") == "False"


@pytest.mark.usefixtures("unaware")
def test_a_run_in_the_queue_is_interrupted_when_it_begins_and_not_before(
    served: Served, hold: Hold, kernel: Kernel
) -> None:
    user = served.busy_with(hold)
    running = Running(kernel, "begun = 1\nimport time\ntime.sleep(600)\nended = 1")
    wait_for(lambda: served.shared.execution)
    running.stop.set()
    result = running.result()
    assert (result.status, result.outputs) == ("interrupted", ())
    hold.let_go()
    assert served.reply(user)["status"] == "ok"
    assert served.value("'ended' in globals()") == "False"


@pytest.mark.usefixtures("unaware")
def test_the_soft_limit_counts_from_the_beginning(
    served: Served, hold: Hold, kernel: Kernel
) -> None:
    served.busy_with(hold)
    running = Running(kernel, "print('ran')", timeout=0.5)
    wait_for(lambda: isinstance(now := served.shared.execution, Execution) and now.waited > 1)
    hold.let_go()
    result = running.result()
    assert (result.status, stream_text(result)) == ("ok", "ran\n")
    assert "It waited" in result.detail


@pytest.mark.usefixtures("unaware")
def test_a_run_is_asked_for_again_after_the_users_failing_cell(served: Served, hold: Hold) -> None:
    asked: list[str] = []
    kernel = served.shared.port(announce=lambda cell, msg_id: asked.append(msg_id))
    served.busy_with(hold, "1 / 0")
    running = Running(kernel, "print('ran')")
    wait_for(lambda: asked)
    hold.let_go()
    assert stream_text(running.result()) == "ran\n"
    assert len(set(asked)) == 2


def test_a_failing_run_leaves_the_users_queue_alone(
    served: Served, hold: Hold, kernel: Kernel
) -> None:
    running = Running(kernel, f"{hold.source}1 / 0")
    wait_for(lambda: hold.holds)
    user = served.run("1")
    hold.let_go()
    assert running.result().status == "error"
    assert served.reply(user)["status"] == "ok"


def test_a_run_of_ours_is_interrupted(served: Served, hold: Hold, kernel: Kernel) -> None:
    served.ran("kept = 1")
    running = Running(kernel, hold.source)
    wait_for(lambda: hold.holds)
    running.stop.set()
    assert running.result().status == "interrupted"
    assert run(kernel, "kept").status == "ok"


STUBBORN = """
import signal
before = signal.signal(signal.SIGINT, lambda *_: None)
{hold}
signal.signal(signal.SIGINT, before)
"""


def test_the_users_kernel_is_not_killed_for_a_stubborn_cell(
    served: Served, hold: Hold, kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_port, "_STUCK_SECONDS", 0.1)
    served.ran("kept = 1")
    running = Running(kernel, STUBBORN.format(hold=hold.source))
    wait_for(lambda: hold.holds)
    running.stop.set()
    result = running.result()
    assert result.status == "interrupted"
    assert "still runs in the user's kernel" in result.detail
    after = run(kernel, "1")
    assert after.status == "aborted"
    assert "did not react to interrupts" in after.detail
    hold.let_go()
    assert run(kernel, "kept").status == "ok"


# What is told of the variables


def test_what_the_user_did_between_two_runs_is_not_ours(served: Served, kernel: Kernel) -> None:
    run(kernel, "mine = 1")
    served.ran("theirs = 1")
    assert run(kernel, "more = 1").changes.appeared == {"more": "int = 1"}
    assert run(kernel, "theirs = 2").changes.overwritten == ("theirs",)


def test_nothing_of_ours_stays_among_the_users_names(served: Served) -> None:
    with served.server.kernel() as other:
        other.ran("before = sorted(globals())")
        kernel = other.shared.port()
        run(kernel, "x = 1")
        assert kernel.describe(stop=threading.Event()).keys() == {"before", "x"}
        new = "sorted(n for n in set(globals()) - set(before) if n[0] != '_')"
        assert other.value(new) == "['before', 'x']"
        assert other.value("'_k2_jupyter.streams' in __import__('sys').modules") == "False"
        assert other.value("In[1:]") == "['before = sorted(globals())', 'x = 1']"


LOAD_MAGIC = """
%load_ext k2_jupyter
get_ipython().magics_manager.registry['K2Magics']._talk()
import matplotlib.pyplot as plt
"""
FIGURE = "_ = plt.figure(); _ = plt.plot([1, 2]); _ = plt.title('Rising')"


def test_the_magic_in_the_same_kernel_describes_nothing_twice(served: Served) -> None:
    with served.server.kernel() as other:
        kernel = other.shared.port()
        run(kernel, f"import matplotlib.pyplot as plt\n{FIGURE}")
        other.ran(LOAD_MAGIC)
        result = run(kernel, f"new = 1\n{FIGURE}")
        assert result.changes.appeared == {"new": "int = 1"}
        (figure,) = result.outputs
        assert isinstance(figure, Display)
        assert "'title': 'Rising'" in str(figure.data["application/vnd.k2.figure+json"])


def test_variables_are_listed_unless_the_kernel_is_busy(served: Served, hold: Hold) -> None:
    run(served.shared.port(), "listed = 1")
    stop = threading.Event()
    assert served.shared.variables(seconds=60, stop=stop)["listed"] == "int = 1"
    variables, tables = served.shared.held(None, seconds=60, stop=stop)
    assert (variables["listed"], tables) == ("int = 1", [])
    stop.set()
    assert served.shared.variables(seconds=60, stop=stop) == {}
    served.busy_with(hold)
    assert served.shared.variables() == {}


# For a page that comes later


def test_a_run_so_far(served: Served, hold: Hold, kernel: Kernel) -> None:
    assert served.shared.live() is None
    half = len(SECRET) // 2
    source = f"""
print({SECRET[:half]!r} + {SECRET[half:]!r})
display('shown')
print({SECRET[:half]!r}, flush=True, end='')
{hold.source}"""
    with served.heard() as heard:
        running = Running(kernel, source)
        wait_for(lambda: printed(served.shared) == ["[redacted]\n", SECRET[:half]])
        live = served.shared.live()
        assert live is not None
        assert live.cell == "cell1"
        assert live.outputs[1]["data"] == {"text/plain": "'shown'"}
        wait_for(lambda: set(live.seen) == heard(live.msg_id))
    hold.let_go()
    result = running.result()
    assert (result.status, result.execution_count) == ("ok", live.count)
    assert served.shared.live() is None


def printed(shared: SharedKernel) -> list[str]:
    """The texts that the live run has printed."""
    live = shared.live()
    return [output["text"] for output in live.outputs if "text" in output] if live else []


# Other languages


def test_a_kernel_of_another_language(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    argv = [sys.executable, "-c", ECHO, "-f", "{connection_file}"]
    install_kernel(tmp_path / "jupyter", monkeypatch, *argv)
    with served.server.kernel("made") as echo:
        kernel = echo.shared.port()
        result = run(kernel, "any words")
        assert (result.status, stream_text(result)) == ("ok", "any words")
        assert echo.shared.language == "echo"
        with pytest.raises(KernelSilentError, match=r"Python kernels only, .* speaks echo"):
            kernel.describe(stop=threading.Event())
        assert echo.shared.variables() == {}
