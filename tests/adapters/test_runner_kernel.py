"""The user's kernel over the pipe, as far as a kernel must be what all kernels are."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from k2_jupyter.adapters.runner_kernel import RunnerKernel
from k2_jupyter.errors import KernelError, KernelSilentError
from k2_jupyter.in_kernel.magic.pipe import TO_AGENT, Message, Pipe, PipeClosed, ProtocolError
from k2_jupyter.journal.redaction import Redactor
from k2_jupyter.notebook.base import Kernel
from k2_jupyter.outputs import Display, Stream
from tests.notebook.contract import PRINT, KernelContract, run, run_and_watch

ROOT = Path(__file__).parents[2]
SECRET = "sk-canary-of-runner-0123456789"


@dataclass
class Ends:
    """Both ends, and the process of the far one."""

    kernel: RunnerKernel
    process: subprocess.Popen[bytes]
    inbox: queue.SimpleQueue[Message | None]


@pytest.fixture
def ends() -> Iterator[Ends]:
    there, here = os.pipe(), os.pipe()
    command = [sys.executable, "-m", "tests.adapters.kernel_end", str(there[0]), str(here[1])]
    process = subprocess.Popen(
        command, cwd=ROOT, pass_fds=(there[0], here[1]), stdout=subprocess.DEVNULL
    )
    os.close(there[0])
    os.close(here[1])
    pipe = Pipe(here[0], there[1], TO_AGENT)
    inbox: queue.SimpleQueue[Message | None] = queue.SimpleQueue()

    def listen() -> None:
        try:
            while True:
                inbox.put(pipe.receive())
        except (PipeClosed, ProtocolError):
            inbox.put(None)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    yield Ends(RunnerKernel(pipe, inbox, redactor=Redactor([SECRET])), process, inbox)
    process.kill()
    process.wait()
    thread.join()
    pipe.close()


@pytest.fixture
def kernel(ends: Ends) -> Kernel:
    return ends.kernel


class TestContract(KernelContract):
    def test_printed_text_comes_as_it_is_printed_and_is_kept(self, kernel: Kernel) -> None:
        """A terminal's text comes as it is written: `print` writes the line's end apart."""
        result, changes = run_and_watch(kernel, PRINT)
        assert "".join(one.text for one in changes if isinstance(one, Stream)) == "hello\n"
        assert result.outputs == (Stream("stdout", "hello\n"),)
        assert result.execution_count is not None

    def test_restart_begins_a_new_epoch(self, kernel: Kernel) -> None:
        """It is the user's: only the user can restart it, and the model is told so."""
        with pytest.raises(KernelError, match="only the user"):
            kernel.restart(stop=threading.Event())
        assert kernel.epoch == 0


def test_a_run_over_its_limit_is_interrupted_and_the_namespace_kept(kernel: Kernel) -> None:
    run(kernel, "ready = 1")
    source = "import time\nkept = 1\nprint('sleeps', flush=True)\ntime.sleep(600)"
    assert run(kernel, source, timeout=0.5).status == "timeout"
    assert run(kernel, "print(kept)").outputs == (Stream("stdout", "1\n"),)


def test_secrets_are_removed(kernel: Kernel) -> None:
    result = run(kernel, f"print({SECRET!r})\ndisplay({SECRET!r})\nx = {SECRET!r}")
    assert SECRET not in repr(result)
    assert [type(output) for output in result.outputs] == [Stream, Display]


def test_a_dead_end_is_a_dead_kernel(ends: Ends) -> None:
    result = run(ends.kernel, "import os\nos._exit(3)")
    assert result.status == "dead"
    with pytest.raises(KernelSilentError, match="gone"):
        ends.kernel.describe(stop=threading.Event())


def test_what_other_runs_say_is_not_taken(ends: Ends) -> None:
    forged: Message = {"op": "output", "run": "another", "type": "stream"}
    ends.inbox.put({**forged, "content": {"name": "stdout", "text": "forged"}, "metadata": {}})
    ran: Message = {"op": "ran", "run": "another", "status": "ok", "count": 1, "seconds": 0.0}
    ends.inbox.put({**ran, "report": {}})
    assert run(ends.kernel, "print('mine')").outputs == (Stream("stdout", "mine\n"),)
