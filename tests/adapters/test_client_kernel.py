"""A real kernel, what it puts out, and every way in which it can end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from k2_jupyter.adapters import client_kernel
from k2_jupyter.adapters.client_kernel import ClientKernel, kernel_environment
from k2_jupyter.errors import KernelError, KernelSilentError, StopRequested
from k2_jupyter.events import CellOutput
from k2_jupyter.journal.redaction import Redactor
from k2_jupyter.notebook.base import CellRun, Kernel
from k2_jupyter.outputs import Display, ErrorOutput, Stream, UpdateDisplay
from tests.notebook.contract import KernelContract, run, run_and_watch

HANG = 30.0
"""Seconds after which a test has failed, whatever the machine."""
SECRET = "correct-horse-battery"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClientKernel]:
    """One kernel for the tests that leave it as it was."""
    folder = tmp_path_factory.mktemp("kernel")
    with ClientKernel(
        "python3",
        folder,
        kernel_environment(os.environ),
        redactor=Redactor([SECRET]),
        spool_dir=folder / "spool",
    ) as kernel:
        yield kernel


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[ClientKernel]:
    """A kernel of the test's own, impatient with cells that do not react."""
    with ClientKernel(
        "python3", tmp_path, kernel_environment(os.environ), interrupt_waits=(0.5, 0.5)
    ) as kernel:
        yield kernel


class TestContract(KernelContract):
    @pytest.fixture
    def kernel(self, shared: ClientKernel) -> Kernel:
        return shared


def stream_text(result: CellRun) -> str:
    return "".join(output.text for output in result.outputs if isinstance(output, Stream))


def when_printed(
    word: str,
    act: Callable[[], None],
    kernel: Kernel,
    source: str,
    *,
    timeout: float = HANG,
    stop: threading.Event | None = None,
) -> CellRun:
    """Run a source, and act as soon as it has printed a word."""
    events = kernel.run("cell1", source, timeout=timeout, stop=stop or threading.Event())
    while True:
        try:
            event = next(events)
        except StopIteration as end:
            result: CellRun = end.value
            return result
        if isinstance(event, CellOutput) and word in getattr(event.change, "text", ""):
            act()


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
    assert result.changes.appeared == {"before_the_error": "list, 2 items"}
    gone = run(shared, "del before_the_error")
    assert gone.changes.gone == ("before_the_error",)


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


def test_a_flood_costs_little_memory_and_leaves_little(shared: ClientKernel) -> None:
    process = psutil.Process()
    before = process.memory_info().rss
    highest = before
    events = shared.run(
        "cell1",
        "for n in range(200): print(n, 'x' * 1_000_000)\nprint('the end')",
        timeout=100,
        stop=threading.Event(),
    )
    while True:
        try:
            next(events)
        except StopIteration as end:
            result: CellRun = end.value
            break
        highest = max(highest, process.memory_info().rss)
    assert result.status == "ok"
    assert highest - before < 100e6
    text = stream_text(result)
    assert len(json.dumps(text)) < 1_000_000
    assert text.startswith("0 xxx")
    assert text.endswith("the end\n")
    assert result.spool is not None
    assert result.spool.stat().st_size <= 64_000_000


def test_a_figure_carries_its_facts(shared: ClientKernel) -> None:
    result = run(
        shared,
        "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])\n_ = plt.title('Rising')",
    )
    (figure,) = result.outputs
    assert isinstance(figure, Display)
    assert "image/png" in figure.data
    assert "'title': 'Rising'" in str(figure.data["application/vnd.k2.figure+json"])


ECHO = """
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

class Echo(Kernel):
    implementation = implementation_version = banner = "echo"
    language_info = {"name": "echo", "mimetype": "text/plain", "file_extension": ".txt"}

    async def do_execute(self, code, silent, *args, **kwargs):
        self.send_response(self.iopub_socket, "stream", {"name": "stdout", "text": code})
        return {
            "status": "ok",
            "execution_count": self.execution_count,
            "payload": [],
            "user_expressions": {},
        }

IPKernelApp.launch_instance(kernel_class=Echo)
"""


def test_a_kernel_of_another_language_runs_without_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    argv = [sys.executable, "-c", ECHO, "-f", "{connection_file}"]
    install_kernel(tmp_path / "jupyter", monkeypatch, *argv)
    with ClientKernel("made", tmp_path, kernel_environment(os.environ)) as kernel:
        result = run(kernel, "any words")
        assert (result.status, stream_text(result)) == ("ok", "any words")
        assert kernel.describe(stop=threading.Event()) == {}


# Ways to end


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


def drained(events: Any, act: Callable[[], None]) -> CellRun:
    """Act at the first event, then run to the end."""
    next(events)
    act()
    while True:
        try:
            next(events)
        except StopIteration as end:
            result: CellRun = end.value
            return result


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
    monkeypatch.setattr(client_kernel, "_ASK_SECONDS", 0.2)
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
    monkeypatch.setattr(client_kernel, "_ASK_SECONDS", 600)
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


def test_shutdown_ends_the_children_of_the_kernel(tmp_path: Path) -> None:
    with ClientKernel("python3", tmp_path, kernel_environment(os.environ)) as kernel:
        source = "import subprocess; print(subprocess.Popen(['sleep', '600']).pid)"
        child = psutil.Process(int(stream_text(run(kernel, source))))
    child.wait(HANG)


IMPATIENT = """
import os, signal, time
from pathlib import Path
import psutil
from k2_jupyter.adapters.client_kernel import ClientKernel

kernel = ClientKernel("made", Path.cwd(), os.environ)
kernel.start()
while not psutil.Process().children():
    time.sleep(0.01)
print(psutil.Process().children()[0].pid)
signal.signal(signal.SIGALRM, signal.default_int_handler)
signal.setitimer(signal.ITIMER_REAL, 0.02)
try:
    kernel.shutdown()
except KeyboardInterrupt:
    print("interrupted")
"""


def test_an_interrupt_of_the_shutdown_leaves_no_kernel_and_no_noise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = [sys.executable, "-c", "import time; time.sleep(600)", "{connection_file}"]
    install_kernel(tmp_path / "jupyter", monkeypatch, *slow)
    left = subprocess.run(
        [sys.executable, "-c", IMPATIENT], capture_output=True, text=True, timeout=HANG, check=True
    )
    pid, ending = left.stdout.split()
    assert (ending, left.stderr) == ("interrupted", "")
    assert not psutil.pid_exists(int(pid))


# Start


def test_start_returns_at_once_and_stop_ends_the_wait(fresh: ClientKernel) -> None:
    fresh.start()
    stop = threading.Event()
    stop.set()
    assert run(fresh, "1", stop=stop).status == "interrupted"
    assert run(fresh, "1").status == "ok"


def test_an_unknown_kernel_is_told_with_the_known_ones(tmp_path: Path) -> None:
    kernel = ClientKernel("fortran", tmp_path, kernel_environment(os.environ))
    with pytest.raises(KernelError, match=r"no kernel `fortran`\. Installed: .*python3"):
        run(kernel, "1")


def install_kernel(folder: Path, monkeypatch: pytest.MonkeyPatch, *argv: str) -> None:
    spec = folder / "kernels" / "made"
    spec.mkdir(parents=True)
    content = {"argv": [*argv], "display_name": "Made", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(content))
    monkeypatch.setenv("JUPYTER_PATH", str(folder))


@pytest.mark.parametrize(
    ("argv", "cause"),
    [
        (["/nowhere/python", "{connection_file}"], r"cannot be started: .*No such file"),
        ([sys.executable, "-c", "import sys; sys.exit('no luck')"], r"exit code 1.*: no luck"),
        (
            [sys.executable, "-c", "raise ImportError('No module named ipykernel_launcher')"],
            r"Install it there: `.*pip install ipykernel`",
        ),
        ([sys.executable, "-c", "import time; time.sleep(600)"], "did not answer within 1 s"),
    ],
)
def test_a_kernel_that_cannot_start_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argv: list[str], cause: str
) -> None:
    install_kernel(tmp_path / "jupyter", monkeypatch, *argv)
    environment = kernel_environment(os.environ)
    with (
        ClientKernel("made", tmp_path, environment, start_timeout=1) as kernel,
        pytest.raises(KernelError, match=cause),
    ):
        run(kernel, "1")


def test_a_cell_leaves_no_history_in_the_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environ = {**os.environ, "HOME": str(home)}
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR"):
        environ.pop(name, None)
    with ClientKernel("python3", tmp_path, kernel_environment(environ)) as kernel:
        run(kernel, "6 * 7")
        assert stream_text(run(kernel, "print(In[1], Out[1], _)")) == "6 * 7 42 42\n"
    assert (home / ".ipython").exists()
    assert list(home.rglob("history.sqlite")) == []


def test_the_kernel_gets_no_secrets_of_the_environment(tmp_path: Path) -> None:
    environ = {**os.environ, "SOME_API_KEY": "k", "db_password": "p", "GH_TOKEN": "t", "PLAIN": "1"}
    with ClientKernel("python3", tmp_path, kernel_environment(environ)) as kernel:
        names = ["SOME_API_KEY", "db_password", "GH_TOKEN", "PLAIN"]
        result = run(kernel, f"import os; print([n for n in {names} if n in os.environ])")
    assert stream_text(result) == "['PLAIN']\n"
