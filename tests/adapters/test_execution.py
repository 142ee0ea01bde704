"""Every way in which a run can end, and how long one that must end is waited for."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from k2_jupyter.adapters import execution
from k2_jupyter.adapters.client_kernel import ClientKernel, kernel_environment
from k2_jupyter.adapters.kernel_process import KernelProcess
from k2_jupyter.adapters.patience import Patience, Step
from k2_jupyter.agent.limits import Deadline
from tests.adapters.kernels import HANG, drained, stream_text, when_printed
from tests.notebook.contract import run


def steps(patience: Patience, stop: threading.Event, seconds: float) -> list[tuple[float, Step]]:
    """What is done in the coming seconds, and when."""
    begin = time.monotonic()
    taken: list[tuple[float, Step]] = []
    for tenth in range(round(seconds * 10) + 1):
        step = patience.next(begin + tenth / 10, stop)
        if step != "wait":
            taken.append((tenth / 10, step))
        if step == "give up":
            break
    return taken


def stopped() -> threading.Event:
    stop = threading.Event()
    stop.set()
    return stop


def test_a_run_without_a_limit_is_left_alone() -> None:
    assert steps(Patience(None, (1,)), threading.Event(), 100) == []


def test_the_soft_limit_is_patient() -> None:
    taken = steps(Patience(0, (10, 10)), threading.Event(), 30)
    assert taken == [(0, "interrupt"), (10, "interrupt"), (20, "give up")]


def test_the_users_stop_is_over_within_a_second() -> None:
    patience = Patience(None, (10, 10))
    assert steps(patience, stopped(), 30) == [(0, "interrupt"), (0.5, "give up")]
    assert patience.cause == "stop"


def test_the_deadline_of_the_turn_tries_once_more() -> None:
    patience = Patience(None, (10, 10))
    deadline = Deadline(threading.Event(), 0)
    assert steps(patience, deadline, 30) == [(0, "interrupt"), (0.5, "interrupt"), (1.5, "give up")]
    assert patience.cause == "deadline"


def test_a_stop_cuts_the_patience_with_the_soft_limit_short() -> None:
    patience = Patience(0, (600,))
    assert steps(patience, threading.Event(), 1) == [(0, "interrupt")]
    assert steps(patience, stopped(), 1) == [(0, "interrupt"), (0.5, "give up")]


# With a real kernel


def test_stop_interrupts_and_keeps_the_namespace(fresh: ClientKernel) -> None:
    run(fresh, "x = 1")
    stop = threading.Event()
    stopped_at: list[float] = []

    def end_it() -> None:
        stopped_at.append(time.monotonic())
        stop.set()

    events = fresh.run(
        "cell1", "print('in')\nimport time; time.sleep(600)", timeout=None, stop=stop
    )
    result = drained(events, end_it)
    assert result.status == "interrupted"
    assert time.monotonic() - stopped_at[0] < HANG
    assert (fresh.epoch, run(fresh, "x").status) == (0, "ok")


def test_the_soft_limit_keeps_the_namespace(fresh: ClientKernel) -> None:
    result = run(fresh, "x = 1\nwhile True: pass", timeout=1)
    assert result.status == "timeout"
    assert "limit of 1 s" in result.detail
    assert result.changes.appeared == {"x": "int = 1"}
    assert (fresh.epoch, run(fresh, "x").status) == (0, "ok")


STUBBORN = """
import signal, time
signal.signal(signal.SIGINT, lambda *_: print('no', flush=True))
print('stubborn', flush=True)
while True:
    time.sleep(600)
"""


def test_a_cell_that_swallows_interrupts_is_killed_at_last(fresh: ClientKernel) -> None:
    result = run(fresh, STUBBORN, timeout=0.5)
    assert result.status == "dead"
    assert "did not react to interrupts" in result.detail
    assert stream_text(result) == "stubborn\nno\nno\n"
    assert fresh.epoch == 1
    assert run(fresh, "1").status == "ok"


@pytest.mark.parametrize(("timeout", "word"), [(HANG, "stubborn"), (0.5, "no")])
def test_the_users_stop_does_not_wait_for_a_stubborn_cell(
    tmp_path: Path, timeout: float, word: str
) -> None:
    stop = threading.Event()
    environment = kernel_environment(os.environ)
    with ClientKernel("python3", tmp_path, environment, interrupt_waits=(600,)) as kernel:
        result = when_printed(word, stop.set, kernel, STUBBORN, timeout=timeout, stop=stop)
        assert result.status == "interrupted"
        assert "Interrupted by the user. It did not react" in result.detail
        assert "All variables are gone" in result.detail
        assert kernel.epoch == 1
        assert run(kernel, "1").status == "ok"


FLOOD = """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    print('x' * 100_000)
"""


def test_the_users_stop_ends_a_stubborn_flood(fresh: ClientKernel) -> None:
    stop = threading.Event()
    result = when_printed("x", stop.set, fresh, FLOOD, stop=stop)
    assert (result.status, fresh.epoch) == ("interrupted", 1)


def test_a_killed_kernel_is_noticed_and_its_outputs_are_kept(fresh: ClientKernel) -> None:
    pid = int(stream_text(run(fresh, "import os; print(os.getpid())")))
    killed_at: list[float] = []

    def kill() -> None:
        killed_at.append(time.monotonic())
        os.kill(pid, 9)

    result = when_printed("so far", kill, fresh, "print('so far'); import time; time.sleep(600)")
    assert result.status == "dead"
    assert time.monotonic() - killed_at[0] < 2 + HANG
    assert "signal SIGKILL" in result.detail
    assert "All variables are gone" in result.detail
    assert stream_text(result) == "so far\n"
    assert fresh.epoch == 1
    assert run(fresh, "print('again')").status == "ok"


@pytest.mark.parametrize(
    ("crash", "cause"),
    [
        ("import os; os._exit(7)", "exit code 7"),
        ("import ctypes; ctypes.string_at(0)", "signal SIGSEGV"),
    ],
)
def test_a_crash_says_how_it_ended(fresh: ClientKernel, crash: str, cause: str) -> None:
    result = run(fresh, crash)
    assert result.status == "dead"
    assert cause in result.detail


def test_an_interrupt_that_begins_a_restart_is_no_error_of_the_cell(
    fresh: ClientKernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(fresh, "1")
    monkeypatch.setattr(execution, "CHECK_SECONDS", HANG)
    seen = iter([True])
    monkeypatch.setattr(KernelProcess, "alive", lambda process: next(seen, False))
    monkeypatch.setattr(KernelProcess, "ending", lambda process: "was restarted")
    result = run(fresh, "raise KeyboardInterrupt")
    assert result.status == "dead"
    assert result.detail.startswith("The kernel was restarted while the cell ran.")


def test_an_aborted_run_is_queued_again(shared: ClientKernel) -> None:
    run(shared, "1")
    process = shared._process
    assert process is not None
    failing = "import time; time.sleep(0.5); 1 / 0"
    process.channels.send(
        "execute_request", {"code": failing, "silent": False, "stop_on_error": True}
    )
    result = run(shared, "print('ran')")
    assert (result.status, stream_text(result)) == ("ok", "ran\n")


def test_leaving_a_run_in_the_middle_interrupts_it(fresh: ClientKernel) -> None:
    events = fresh.run(
        "cell1",
        "print('in', flush=True)\nimport time; time.sleep(600)",
        timeout=None,
        stop=threading.Event(),
    )
    next(events)
    events.close()
    assert run(fresh, "print('next')", timeout=HANG).status == "ok"
