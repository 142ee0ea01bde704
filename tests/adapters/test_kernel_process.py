"""How a kernel process starts, what it is given, and that nothing of it is left."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from k2_jupyter.adapters.client_kernel import ClientKernel, kernel_environment
from k2_jupyter.errors import KernelError
from tests.adapters.kernels import HANG, install_kernel, stream_text
from tests.notebook.contract import run


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


TAKEN = """
import os, sys
from pathlib import Path
tries = Path(sys.argv[1])
tries.write_text(tries.read_text() + "x")
if len(tries.read_text()) <= int(sys.argv[2]):
    sys.exit("zmq.error.ZMQError: Address already in use (addr='tcp://127.0.0.1:1')")
command = [sys.executable, "-m", "ipykernel_launcher", "-f", sys.argv[3]]
os.execv(sys.executable, command)
"""


@pytest.mark.parametrize(("taken", "starts"), [(1, 2), (2, 3), (9, 3)])
def test_ports_that_another_took_are_chosen_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: int, starts: int
) -> None:
    tries = tmp_path / "tries"
    tries.write_text("")
    argv = [sys.executable, "-c", TAKEN, str(tries), str(taken), "{connection_file}"]
    install_kernel(tmp_path / "jupyter", monkeypatch, *argv)
    with ClientKernel("made", tmp_path, kernel_environment(os.environ)) as kernel:
        if taken < starts:
            assert run(kernel, "6 * 7").status == "ok"
        else:
            with pytest.raises(KernelError, match="Address already in use"):
                run(kernel, "6 * 7")
    assert len(tries.read_text()) == starts
