"""A Jupyter server's kernels, and a user who runs cells in them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

from k2_jupyter.adapters.server_kernel import SharedKernel
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
        self._client: Any = BlockingKernelClient()
        self._client.load_connection_info(
            server.kernels.get_kernel(kernel_id).get_connection_info()
        )
        self.shared = SharedKernel(server.kernels, kernel_id, server.loop)

    def run(self, source: str, *, stop_on_error: bool = True) -> str:
        """Ask for a cell, as a page does; returns the message id."""
        return str(self._client.execute(source, stop_on_error=stop_on_error))

    def ran(self, source: str) -> dict[str, Any]:
        """Run a cell to its end; returns the content of the reply."""
        asked = self.run(source)
        while True:
            reply = self._client.get_shell_msg(timeout=HANG)
            if reply["parent_header"]["msg_id"] == asked:
                return dict(reply["content"])

    def busy_with(self, source: str) -> str:
        """Ask for a cell, and wait until it runs."""
        asked = self.run(source)
        while True:
            message = self._client.get_iopub_msg(timeout=HANG)
            if message["parent_header"].get("msg_id") == asked:
                return asked

    def restart(self) -> None:
        """Begin a restart, as the menu does."""
        self.server.begin(self.server.kernels.restart_kernel(self.id))

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
        return kernels(root_dir=str(folder))

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
