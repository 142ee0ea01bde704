"""``POST k2/api/export``: a notebook as HTML, and before that how far it is."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import ensure_async
from tornado import web
from tornado.iostream import StreamClosedError

from k2_jupyter.hosts.lab.notebook_api import NotebookHandler
from k2_jupyter.messages import Json

if TYPE_CHECKING:
    from k2_jupyter.hosts.lab.exporting import Wanted
    from k2_jupyter.hosts.lab.server import Server

_Lines: TypeAlias = "asyncio.Queue[Mapping[str, Json] | None]"
"""``None``: that was the last."""

_NO_KERNEL = "{} has no kernel on this server: start one, or export without the re-run."
_BUG = "This is a bug of k2_jupyter: {!r}. The server's log has more."


class Running:
    """The exports that go on now: a server that stops must not wait for their cells."""

    def __init__(self) -> None:
        self._stops: set[threading.Event] = set()

    def new(self) -> threading.Event:
        """What ends one more."""
        stop = threading.Event()
        self._stops.add(stop)
        return stop

    def over(self, stop: threading.Event) -> None:
        self._stops.discard(stop)

    def stop(self) -> None:
        """End all of them, within a second."""
        for one in self._stops:
            one.set()


class ExportHandler(NotebookHandler):
    """``{path, notebook, code: "fold" | "hide" | "show", verify: bool}``.

    Answers with a line of JSON for each cell that is run again, ``{cell, of, purpose}``, and
    one at the end: ``{name, html, verified: {equal, sentence, differences} | null}`` or
    ``{problem}``. Closing the connection ends it.
    """

    def initialize(self, server: Server, **given: Any) -> None:
        """Called by tornado for each request; given is what is `running`."""
        super().initialize(server)
        self._running: Running = given["running"]
        self._stop: threading.Event | None = None

    @web.authenticated
    @authorized
    async def post(self) -> None:
        if self.refuse("panel"):
            return
        wanted = await self._wanted()
        self._stop = stop = self._running.new()
        lines: _Lines = asyncio.Queue()
        work = asyncio.create_task(self._work(wanted, stop, lines))
        self.set_header("Content-Type", "application/x-ndjson")
        self.set_header("X-Accel-Buffering", "no")  # of nginx: progress comes as it is made
        try:
            while (line := await lines.get()) is not None:
                self.write(json.dumps(line) + "\n")
                await self.flush()
        except StreamClosedError:
            stop.set()
        finally:
            await work
            self._running.over(stop)

    def on_connection_close(self) -> None:
        """Nobody waits for it any more."""
        if self._stop is not None:
            self._stop.set()

    async def _work(self, wanted: Wanted, stop: threading.Event, lines: _Lines) -> None:
        from k2_jupyter.hosts.lab.exporting import ExportError, export

        loop = asyncio.get_running_loop()

        def progress(cell: int, count: int, purpose: str) -> None:
            told: dict[str, Json] = {"cell": cell, "of": count, "purpose": purpose}
            loop.call_soon_threadsafe(lines.put_nowait, told)

        name = f"{wanted.file.stem}.html"
        redactor = self.redactor(wanted.file.parent)
        try:
            done = await asyncio.to_thread(export, wanted, redactor, stop, progress)
            await lines.put(done.as_json(name))
        except ExportError as problem:
            await lines.put({"problem": str(problem)})
        except Exception as problem:
            self.log.exception("K2: a notebook could not be exported")
            await lines.put({"problem": _BUG.format(problem)})
        finally:
            await lines.put(None)

    async def _wanted(self) -> Wanted:
        """Raises `HTTPError` 400 for another body, 403 for who may not run code."""
        from k2_jupyter.adapters.report import CodeView
        from k2_jupyter.hosts.lab.exporting import Wanted

        body: Any = self.get_json_body()
        path = self.field("path")
        notebook, code, verify = (body.get(name) for name in ("notebook", "code", "verify"))
        if not isinstance(notebook, dict) or code not in get_args(CodeView):
            raise web.HTTPError(400, "`notebook` and `code` are needed")
        kernel = await self._kernel(path) if verify is True else ""
        return Wanted(self.file(path), notebook, code, kernel)

    async def _kernel(self, path: str) -> str:
        """The kernel spec of the notebook's own session: the notebook file has no say."""
        allowed = await ensure_async(
            self.authorizer.is_authorized(self, self.current_user, "execute", "kernels")
        )
        if not allowed:
            raise web.HTTPError(403)
        sessions: list[Mapping[str, Any]]
        sessions = await ensure_async(self.session_manager.list_sessions())  # type: ignore[no-untyped-call]
        for session in sessions:
            if session["path"].strip("/") == path.strip("/") and session["kernel"]:
                return str(session["kernel"]["name"])
        raise web.HTTPError(400, _NO_KERNEL.format(PurePosixPath(path).name))
