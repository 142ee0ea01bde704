"""All conversations of a server, by the session that ties a notebook to its kernel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec as SpecOnDisk
from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import ensure_async

from k2_jupyter.adapters.page_document import PageDocument
from k2_jupyter.adapters.server_kernel import SharedKernel
from k2_jupyter.hosts.lab.away import Away
from k2_jupyter.hosts.lab.choice import Choice
from k2_jupyter.hosts.lab.conversation import Conversation
from k2_jupyter.hosts.lab.event_log import EventLog
from k2_jupyter.hosts.lab.recalling import recall
from k2_jupyter.hosts.lab.requests import Requests
from k2_jupyter.hosts.lab.rules import Rules
from k2_jupyter.hosts.lab.scene import KernelSpec, Scene

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 2.0
_END_SECONDS = 5.0


class NoKernelError(Exception):
    """The notebook is not open with a kernel on this server."""


class Conversations:
    """Made and ended on the server's loop."""

    def __init__(self, app: ServerApp, choice: Choice, rules: Rules) -> None:
        self._app = app
        self._choice = choice
        self._rules = rules
        self._known: dict[str, Conversation] = {}
        self._kernels: dict[str, str] = {}
        """Session → the kernel that its conversation uses."""
        self._making = asyncio.Lock()
        self._seeing = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    async def of(self, path: str) -> Conversation:
        """The one of the notebook at this path of the server's contents.

        Which kernel it has, the server's sessions say. Raises `NoKernelError`.
        """
        session = await self._session(path)
        async with self._making:
            known = self._known.get(session["id"])
            if known is None:
                known = self._known[session["id"]] = await self._make(session)
                self._kernels[session["id"]] = session["kernel"]["id"]
            if self._looking is None:
                self._looking = asyncio.get_running_loop().create_task(self._look())
        await self.look()
        if self._known.get(session["id"]) is not known:
            raise NoKernelError(f"{path} was just closed.")
        return known

    async def look(self) -> None:
        """What became of the sessions: ended, renamed, given another kernel."""
        async with self._seeing:  # one that saw less must not undo what a later one did
            sessions = {one["id"]: one for one in await self._sessions()}
            for session_id, conversation in list(self._known.items()):
                session = sessions.get(session_id)
                if session is None:
                    del self._known[session_id], self._kernels[session_id]
                    self._end(conversation)
                    continue
                conversation.scene.notebook = self._file(session)
                kernel_id = session["kernel"]["id"]
                if kernel_id != self._kernels[session_id]:
                    spec, before = await self._spec(session), conversation.scene.kernel
                    conversation.moved(kernel_id, await self._kernel(kernel_id), spec)
                    self._kernels[session_id] = kernel_id
                    self._meanwhile(before.close)

    async def close(self) -> None:
        """The server stops: all turns end in order."""
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        known, self._known = [*self._known.values()], {}
        for conversation in known:
            self._end(conversation)
        await asyncio.gather(*self._ending)

    def _end(self, conversation: Conversation) -> None:
        conversation.end()
        self._meanwhile(conversation.finish, _END_SECONDS)

    def _meanwhile(self, work: Callable[..., None], *given: Any) -> None:
        """On a thread: no page of another notebook waits for it."""
        task = asyncio.get_running_loop().create_task(asyncio.to_thread(work, *given))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                await self.look()
            except Exception:
                logger.exception("the sessions of the server cannot be read")

    async def _make(self, session: Mapping[str, Any]) -> Conversation:
        kernel_id = session["kernel"]["id"]
        log = EventLog()
        scene = Scene(
            Path(self._app.root_dir),
            self._file(session),
            kernel_id,
            await self._kernel(kernel_id),
            await self._spec(session),
            PageDocument(),
            log,
            Requests(log),
            self._choice,
            self._rules,
            asyncio.get_running_loop(),
            [token] if (token := self._app.identity_provider.token) else [],
        )
        await asyncio.to_thread(recall, scene)
        away = Away(self._app.contents_manager)
        return Conversation(scene, lambda: self._status(scene.kernel_id), away)

    async def _kernel(self, kernel_id: str) -> SharedKernel:
        loop = asyncio.get_running_loop()
        return await asyncio.to_thread(SharedKernel, self._app.kernel_manager, kernel_id, loop)

    async def _spec(self, session: Mapping[str, Any]) -> KernelSpec:
        name = session["kernel"]["name"]
        specs = self._app.session_manager.kernel_manager.kernel_spec_manager
        assert specs is not None  # noqa: S101  the server has made it
        try:
            found = await ensure_async(specs.get_kernel_spec(name))
        except KeyError:  # no such kernel spec any more
            return KernelSpec(name, "")
        remote = isinstance(found, Mapping)  # of a gateway, as it is on the wire
        if remote:
            found = SpecOnDisk(**found["spec"])
        return KernelSpec(found.display_name, found.language.lower(), remote)

    def _status(self, kernel_id: str) -> str:
        try:
            kernel = self._app.kernel_manager.get_kernel(kernel_id)
        except KeyError:
            return "dead"
        return str(getattr(kernel, "execution_state", "unknown"))

    def _file(self, session: Mapping[str, Any]) -> Path:
        return Path(self._app.root_dir) / str(session["path"]).strip("/")

    async def _session(self, path: str) -> Mapping[str, Any]:
        wanted = path.strip("/")
        for session in await self._sessions():
            if session["type"] == "notebook" and session["path"].strip("/") == wanted:
                return session
        raise NoKernelError(f"{wanted} is not open with a kernel on this server.")

    async def _sessions(self) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]]
        found = await ensure_async(self._app.session_manager.list_sessions())
        return found
