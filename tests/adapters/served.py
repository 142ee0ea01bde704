"""A Jupyter server's kernels, and a user who runs cells in them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets.config import Config

from k2_jupyter.adapters.server_kernel import SharedKernel
from k2_jupyter.errors import K2Error
from k2_jupyter.events import Event
from k2_jupyter.notebook.base import CellRun, Kernel
from tests.adapters.kernels import HANG


def wait_for(condition: Callable[[], object]) -> None:
    """Until it is true."""
    deadline = time.monotonic() + HANG
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.01)


class Served:
    """One kernel of a server, as the user has it before them."""

    def __init__(self, server: Server, kernel_id: str) -> None:
        self.server = server
        self.id = kernel_id
        self._client = self._connected()
        self.shared = SharedKernel(server.kernels, kernel_id, server.loop)

    def _connected(self) -> Any:
        client = BlockingKernelClient()
        client.load_connection_info(self.server.kernels.get_kernel(self.id).get_connection_info())
        return client

    def run(self, source: str, *, stop_on_error: bool = True) -> str:
        """Ask for a cell, as a page does; returns the message id."""
        return str(self._client.execute(source, stop_on_error=stop_on_error))

    def reply(self, asked: str) -> dict[str, Any]:
        """The content of the reply to a request."""
        while True:
            message = self._client.get_shell_msg(timeout=HANG)
            if message["parent_header"]["msg_id"] == asked:
                return dict(message["content"])

    def ran(self, source: str) -> dict[str, Any]:
        """Run a cell to its end; returns the content of the reply."""
        return self.reply(self.run(source))

    def value(self, expression: str) -> str:
        """What an expression gives, behind all that waits in the kernel."""
        asked = self._client.execute("", silent=True, user_expressions={"value": expression})
        text: str = self.reply(asked)["user_expressions"]["value"]["data"]["text/plain"]
        return text

    def busy_with(self, hold: Hold, then: str = "") -> str:
        """Ask for a cell that holds the kernel, and wait until it does."""
        asked = self.run(hold.source + then)
        wait_for(lambda: hold.holds and self.shared.busy)
        return asked

    @contextmanager
    def heard(self) -> Iterator[Callable[[str], set[str]]]:
        """Listen to what the kernel says: request → ids of the messages that came of it."""
        client = self._connected()
        came: dict[str, set[str]] = {}

        def of(asked: str) -> set[str]:
            while client.iopub_channel.msg_ready():
                message = client.get_iopub_msg(timeout=HANG)
                parent = message["parent_header"].get("msg_id", "")
                came.setdefault(parent, set()).add(message["header"]["msg_id"])
            return came.get(asked, set())

        client.start_channels(stdin=False, hb=False)
        wait_for(lambda: of(client.kernel_info()))
        yield of
        client.stop_channels()

    def restart(self) -> None:
        """Begin a restart, as the menu does."""
        self.server.begin(self.server.kernels.restart_kernel(self.id))

    def shut_down(self) -> None:
        self.server.do(self.server.kernels.shutdown_kernel(self.id))

    def interrupt(self) -> None:
        """The stop button."""
        self.server.do(self.server.kernels.get_kernel(self.id).interrupt_kernel())

    def pid(self) -> int:
        return int(self.server.kernels.get_kernel(self.id).provisioner.pid)

    def __enter__(self) -> Self:
        self._client.start_channels(stdin=False, hb=False)
        self._client.wait_for_ready(timeout=HANG)
        return self

    def __exit__(self, *_: object) -> None:
        self.shared.close()
        self._client.stop_channels()


class Server:
    """A manager of kernels, in an event loop on a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()
        self.kernels: Any = self.do(self._made(folder))

    async def _made(self, folder: Path) -> Any:
        kernels: Any = AsyncMappingKernelManager
        # The server looks for dead kernels more often than each three seconds.
        config = Config({"AsyncIOLoopKernelRestarter": {"time_to_dead": 1.0}})
        return kernels(root_dir=str(folder), config=config)

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.begin(work).result(HANG)

    def begin(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    @contextmanager
    def kernel(self, name: str = "python3") -> Iterator[Served]:
        kernel_id = self.do(self.kernels.start_kernel(kernel_name=name))
        with Served(self, kernel_id) as served:
            yield served

    def close(self) -> None:
        self.do(self.kernels.shutdown_all(now=True))
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """A server for the length of a test, or of many."""
    made = Server(folder)
    try:
        yield made
    finally:
        made.close()


class Hold:
    """Keeps a cell busy until it is let go."""

    def __init__(self, folder: Path) -> None:
        self._begun, self._go = folder / "begun", folder / "go"
        self.source = (
            "import pathlib, time\n"
            f"pathlib.Path({str(self._begun)!r}).touch()\n"
            f"while not pathlib.Path({str(self._go)!r}).exists(): time.sleep(0.01)\n"
        )

    @property
    def holds(self) -> bool:
        return self._begun.exists()

    def let_go(self) -> None:
        self._go.touch()


class Running:
    """A run on a thread of its own, as that of a turn is."""

    def __init__(
        self,
        kernel: Kernel,
        source: str,
        *,
        timeout: float | None = HANG,
        stop: threading.Event | None = None,
    ) -> None:
        self.stop = stop or threading.Event()
        self.events: list[Event] = []
        """What it has told so far."""
        self._ended: Future[CellRun] = Future()
        self._stream = kernel.run("cell1", source, timeout=timeout, stop=self.stop)
        threading.Thread(target=self._drive).start()

    def _drive(self) -> None:
        try:
            while True:
                self.events.append(next(self._stream))
        except StopIteration as end:
            self._ended.set_result(end.value)
        except K2Error as problem:
            self._ended.set_exception(problem)

    def printed(self, word: str) -> bool:
        changes = [getattr(event, "change", None) for event in self.events]
        return any(word in getattr(change, "text", "") for change in changes)

    def result(self) -> CellRun:
        return self._ended.result(HANG)
