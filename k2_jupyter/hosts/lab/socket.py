"""The WebSocket between a notebook's page and its conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from jupyter_server.utils import ensure_async
from tornado import web
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from k2_jupyter.hosts.lab.outbox import Outbox

if TYPE_CHECKING:
    from k2_jupyter.hosts.lab.conversation import Conversation
    from k2_jupyter.hosts.lab.server import Server
from k2_jupyter.messages import Json

NO_KERNEL = 4404
"""Close code where the notebook has no kernel (yet): worth another try."""
WRONG = 4400
"""Close code for what is no message."""
TOO_LARGE = 4413
"""Close code for more than is read at once: the same again makes no sense."""
TOO_SLOW = 1013
"""Close code for a page that does not read; what it lacks it gets when it comes back."""
_UNFIT = "K2 cannot work here; the panel says why."
_LARGEST = 100_000_000


class NotebookSocket(WebSocketMixin, WebSocketHandler, JupyterHandler):
    """One page. Whoever may run code in kernels may use it, nobody else."""

    auth_resource = "kernels"

    def initialize(self, server: Server) -> None:
        """Called by tornado for each connection."""
        super().initialize()
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._conversation: Conversation | None = None
        self._path = ""
        self._outbox = Outbox()

    def set_default_headers(self) -> None:
        """None: what the base class sets makes no sense for a WebSocket."""

    @property
    def max_message_size(self) -> int:
        """Bytes that are kept until they are refused in words; beyond, the connection ends."""
        return _LARGEST

    def get_compression_options(self) -> Any:
        """As the server's own sockets."""
        return self.settings.get("websocket_compression_options", None)

    @ws_authenticated
    async def get(self, *args: Any, **kwargs: Any) -> None:
        """Open it, for a user that may execute code."""
        allowed = await ensure_async(
            self.authorizer.is_authorized(self, self.current_user, "execute", "kernels")
        )
        if not (allowed and self._server.rules.enabled):
            raise web.HTTPError(403)
        self._path = self.get_query_argument("path")
        await super().get(*args, **kwargs)

    async def on_message(self, message: str | bytes) -> None:
        """Everything that the page says; the first message is its `hello`."""
        from k2_jupyter.hosts.lab.wire import TooLargeError, WrongMessageError, read, refusal

        try:
            said = read(message)
        except WrongMessageError as problem:
            self.log.warning("K2: %s", problem)
            self.send(refusal(problem.op, str(problem)))
            if isinstance(problem, TooLargeError):
                self.dismiss(TOO_LARGE, "too large")
            return
        if said["op"] == "hello":
            await self._hello(said)
        elif (conversation := self._conversation) is None:
            self.close(WRONG, "hello comes first")
        else:
            if said["op"] == "ask":  # in the kernel that the notebook has now
                await self._server.conversations.look()
            conversation.take(self, said)  # also where the page has gone meanwhile

    async def _hello(self, said: Mapping[str, Any]) -> None:
        from k2_jupyter.hosts.lab.conversations import NoKernelError
        from k2_jupyter.hosts.lab.wire import refusal

        self.on_close()
        if self._server.problem:
            self.send(refusal("hello", _UNFIT))
            self.dismiss()
            return
        try:
            conversation = await self._server.conversations.of(self._path)
        except NoKernelError as problem:
            self.send(refusal("hello", str(problem)))
            self.dismiss()
            return
        if self.ws_connection is not None and not self.ws_connection.is_closing():
            self._conversation = conversation
            conversation.hello(self, said)
            self._loop.call_soon(self._outbox.greeted)

    def on_close(self) -> None:
        """The page is gone."""
        if self._conversation is not None:
            self._conversation.leave(self)
            self._conversation = None

    def send(self, message: Mapping[str, Json]) -> None:
        """To the page; from any thread, in the order of the calls."""
        from k2_jupyter.hosts.lab.event_log import as_text

        with suppress(RuntimeError):  # the server has stopped
            self._loop.call_soon_threadsafe(self._write, as_text(message))

    def dismiss(self, code: int = NO_KERNEL, why: str = "no kernel") -> None:
        """Behind all that was sent, the connection ends; the notebook has no kernel now."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self.close, code, why)

    def _write(self, text: str) -> None:
        size = len(text)

        def sent(done: asyncio.Future[None]) -> None:
            done.exception()
            self._outbox.sent(size)

        with suppress(WebSocketClosedError):
            sending = self.write_message(text)
            self._outbox.add(size)
            sending.add_done_callback(sent)
        if self._outbox.is_full:
            self.log.warning("K2: a page of %s does not read, so it is disconnected", self._path)
            self.on_close()
            self.close(TOO_SLOW, "too slow")
