"""One life of a kernel process: start, talk, interrupt, end."""

from __future__ import annotations

import asyncio
import signal
import tempfile
import threading
import time
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from k2_jupyter.adapters.kernel_channels import POLL_MS, KernelChannels
from k2_jupyter.adapters.kernel_setup import setup_code
from k2_jupyter.adapters.kernel_spec import extra_arguments, kernel_command
from k2_jupyter.errors import KernelError

_KILL_SECONDS = 1.0
"""How long to wait for the end of a killed process; only the system can delay it."""


_ATTEMPTS = 3
"""Starts of a kernel whose ports were taken by another between their choice and its start."""
_PORT_TAKEN = "Address already in use"


def words_for(code: int | None) -> str:
    """How a process with this return code (`subprocess.Popen.returncode`) came to its end."""
    if code is None:
        return "ended"
    if code >= 0:
        return f"ended with exit code {code}"
    name = signal.Signals(-code).name if -code in signal.valid_signals() else str(-code)
    hint = " (often: out of memory)" if name == "SIGKILL" else ""
    return f"was ended by signal {name}{hint}"


class _PortTakenError(KernelError):
    """Another program was faster; other ports will do."""


class KernelProcess:
    """A kernel that starts in a thread of its own while others do something else.

    After `wait` returned, the channels belong to the thread that called it.
    """

    ours = True

    def __init__(
        self,
        kernel_name: str,
        cwd: Path,
        environment: Mapping[str, str],
        start_timeout: float,
    ) -> None:
        self.name = kernel_name
        self.language = ""
        self._cwd = cwd
        self._environment = dict(environment)
        self._start_timeout = start_timeout
        self._manager: Any = None
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        """jupyter_client's work is done here, in whichever thread asks for it."""
        self._channels: KernelChannels | None = None
        self._problem: KernelError | None = None
        self._ready = False
        self._closing = threading.Event()
        self._finished = threading.Event()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._ending: threading.Thread | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._start, name="k2-kernel-start", daemon=True)
        self._thread.start()

    def wait(self, stop: threading.Event) -> bool:
        """Wait until the kernel can run something; False when `stop` came first.

        Raises `KernelError` with the cause when it cannot be had.
        """
        while not self._finished.wait(POLL_MS / 1000):
            if stop.is_set():
                return False
        if not self._ready:
            raise self._problem or KernelError(f"The kernel `{self.name}` could not be started.")
        return True

    @property
    def channels(self) -> KernelChannels:
        """Ready when `wait` has said so."""
        if self._channels is None:
            raise RuntimeError("the kernel has not started")
        return self._channels

    def _start(self) -> None:
        try:
            for left in reversed(range(_ATTEMPTS)):
                self._launch()
                try:
                    self._greet()
                except _PortTakenError:
                    if not left:
                        raise
                    self._discard()
                else:
                    self._ready = True
                    break
        except KernelError as problem:
            self._problem = problem
        finally:
            self._finished.set()

    def _launch(self) -> None:
        from jupyter_client.manager import AsyncKernelManager

        extra = extra_arguments(kernel_command(self.name))
        self._manager = AsyncKernelManager(kernel_name=self.name)
        start = self._manager.start_kernel(
            extra_arguments=extra,
            cwd=str(self._cwd),
            env=self._environment,
            stdout=self._log,
            stderr=self._log,
        )
        try:
            self._do(start)
        except (OSError, RuntimeError, ValueError) as problem:
            raise KernelError(f"The kernel `{self.name}` cannot be started: {problem}") from problem
        connection = self._manager.get_connection_info()
        self._channels = KernelChannels.connected(connection, self._manager.session)

    def _discard(self) -> None:
        """Let go of a kernel that did not come up."""
        self.channels.close()
        self._do(self._manager.cleanup_resources())
        self._log.truncate(0)

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work)

    def _greet(self) -> None:
        """Wait until both channels answer, then install what runs inside the kernel."""
        deadline = time.monotonic() + self._start_timeout
        language: str | None = None
        subscribed = False
        ask_at = 0.0
        while language is None or not subscribed:
            if time.monotonic() >= ask_at:  # again, for the first may come before we listen
                self.channels.send("kernel_info_request", {})
                ask_at = time.monotonic() + 1
            for channel, message in self.channels.receive(POLL_MS):
                subscribed = subscribed or channel == "iopub"
                if message["msg_type"] == "kernel_info_reply":
                    language = message["content"].get("language_info", {}).get("name", "")
            self._check_start(deadline)
        self.language = language
        if language == "python":
            asked = self.channels.execute(setup_code(), silent=True)
            while self.channels.reply(asked, POLL_MS) is None:
                self._check_start(deadline)

    def _check_start(self, deadline: float) -> None:
        if self._closing.is_set():
            raise KernelError(f"The kernel `{self.name}` was closed while it started.")
        if not self.alive():
            words = self._last_words()
            kind = _PortTakenError if _PORT_TAKEN in words else KernelError
            raise kind(f"The kernel `{self.name}` {self.ending()} while it started{words}")
        if time.monotonic() > deadline:
            raise KernelError(
                f"The kernel `{self.name}` did not answer within {self._start_timeout:g} s."
            )

    def _last_words(self) -> str:
        self._log.seek(max(0, self._log.seek(0, 2) - 4_000))
        lines = self._log.read().decode("utf-8", "replace").strip().splitlines()
        if not lines:
            return "."
        advice = ""
        if "No module named ipykernel" in lines[-1]:
            advice = " Install it there: `python -m pip install ipykernel`."
        return f": {lines[-1].strip()}.{advice}"

    def alive(self) -> bool:
        """Whether the process runs."""
        return bool(self._do(self._manager.is_alive()))

    def ending(self) -> str:
        """How the process ended, in words; call it when it is not alive."""
        process = getattr(self._manager.provisioner, "process", None)
        return words_for(process.poll() if process is not None else None)

    def behind_others(self, asked: str) -> bool:
        """Never: nobody else asks this kernel."""
        return False

    def interrupt(self, asked: str) -> None:
        """Interrupt what runs, as the kernel's specification says."""
        with suppress(OSError, RuntimeError):
            self._do(self._manager.interrupt_kernel())

    def withdraw(self, asked: str) -> None:
        """Interrupt it: it runs, for there is nothing else."""
        self.interrupt(asked)

    def close(self) -> None:
        """End the process and its process group, and free everything. Any state will do.

        A `KeyboardInterrupt` ends the wait for it, not the work.
        """
        self._closing.set()
        if self._ending is None:
            self._ending = threading.Thread(target=self._end, name="k2-kernel-end")
            self._ending.start()
        # no join: one that is interrupted counts the thread as ended until Python 3.12,
        # and the interpreter leaves without it
        self._ended.wait()

    def _end(self) -> None:
        self._thread.join()
        try:
            self._free()
        finally:
            self._ended.set()

    def _free(self) -> None:
        if self._manager is not None:
            with suppress(OSError, RuntimeError):
                if self._manager.has_kernel:
                    kill = self._manager.shutdown_kernel(now=True)
                    self._do(asyncio.wait_for(kill, _KILL_SECONDS))
            self._do(self._manager.cleanup_resources())
        if self._channels is not None:
            self._channels.close()
        self._runner.close()
        self._log.close()
