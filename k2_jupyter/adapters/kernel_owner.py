"""The Jupyter server's own hold on one of its kernels, used from other threads.

All that belongs to the server is touched in its event loop alone.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from k2_jupyter.adapters.gateway_line import Gateway
from k2_jupyter.errors import KernelError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sight:
    """The process of a kernel, as the server sees it now."""

    alive: bool
    leaving: bool
    """Whether the server shuts it down, for good or to restart it."""
    pid: int | None
    """None where the provisioner has none to tell, and behind a gateway."""
    code: int | None
    """Return code of a process that has ended, where it is known."""
    language: str
    """That the kernel's specification names, in lower case; "" if unknown."""
    connection: Mapping[str, Any] | Gateway
    """As a connection file has it, with the key of the messages' signatures; or a gateway."""


class KernelOwner:
    """Asks the server's manager of kernels about one of them."""

    def __init__(self, manager: Any, kernel_id: str, loop: asyncio.AbstractEventLoop) -> None:
        """`manager`: jupyter_server's `MappingKernelManager` or its async sister; the loop's."""
        self._manager = manager
        self._kernel_id = kernel_id
        self._loop = loop

    def look(self) -> Future[Sight | None]:
        """The kernel as it is now; None where the server has it no longer.

        Raises `KernelError` when the server's loop has ended; the future raises it where
        the kernel is not reached over sockets.
        """
        return self._in_loop(self._look())

    def interrupt(self, runs: Callable[[], bool]) -> None:
        """Interrupt the kernel if `runs` still says so in the loop. Raises `KernelError`."""
        self._in_loop(self._interrupt(runs))

    def restart(self) -> Future[None]:
        """Begin a restart. Raises `KernelError`, and so does the future."""
        return self._in_loop(self._restart())

    def _in_loop(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop)
        except RuntimeError as problem:
            work.close()
            raise KernelError("The Jupyter server has ended.") from problem

    async def _look(self) -> Sight | None:
        from jupyter_core.utils import ensure_async

        if self._kernel_id not in self._manager:
            return None
        kernel = self._manager.get_kernel(self._kernel_id)
        if hasattr(kernel, "kernel_url"):
            return self._behind_gateway(kernel)
        if not hasattr(kernel, "get_connection_info"):
            raise KernelError("This kernel cannot be reached over sockets of its own.")
        alive = bool(kernel.has_kernel and await ensure_async(kernel.is_alive()))
        provisioner = kernel.provisioner
        process = getattr(provisioner, "process", None)
        return Sight(
            alive,
            bool(kernel.shutting_down),
            getattr(provisioner, "pid", None),
            None if alive or process is None else process.poll(),
            str(getattr(kernel.kernel_spec, "language", "")).lower(),
            kernel.get_connection_info(),
        )

    def _behind_gateway(self, kernel: Any) -> Sight:
        """What is known here; the gateway itself says over its line when the kernel ends."""
        from jupyter_server.gateway.gateway_client import GatewayClient
        from jupyter_server.utils import url_escape, url_path_join

        client = GatewayClient.instance()
        url = url_path_join(
            client.ws_url or "", client.kernels_endpoint, url_escape(self._kernel_id), "channels"
        )
        request = partial(client.load_connection_args, url=f"{url}?session_id={uuid.uuid4().hex}")
        return Sight(kernel.has_kernel, False, None, None, "", Gateway(request))

    async def _interrupt(self, runs: Callable[[], bool]) -> None:
        from jupyter_core.utils import ensure_async

        if self._kernel_id in self._manager and runs():
            await ensure_async(self._manager.get_kernel(self._kernel_id).interrupt_kernel())

    async def _restart(self) -> None:
        from jupyter_core.utils import ensure_async
        from tornado.web import HTTPError

        try:
            await ensure_async(self._manager.restart_kernel(self._kernel_id))
        except (HTTPError, OSError, RuntimeError, ValueError) as problem:
            raise KernelError(f"The kernel cannot be restarted: {problem}") from problem
