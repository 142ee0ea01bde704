"""The REST routes about what was done in a notebook: past turns, and who wrote its cells."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from k2_jupyter.hosts.lab.notebook_api import NotebookHandler
from k2_jupyter.messages import Json

_MOST_CELLS = 10_000


class _PastHandler(NotebookHandler):
    async def answer(self, work: Callable[[], Mapping[str, Json]]) -> None:
        """With what the work returns, which a thread does: journals can be long."""
        from k2_jupyter.errors import JournalError
        from k2_jupyter.hosts.lab.past import NoTurnError

        try:
            self.finish(await asyncio.to_thread(work))
        except NoTurnError as problem:
            raise web.HTTPError(404, str(problem)) from None
        except JournalError as problem:
            raise web.HTTPError(409, str(problem)) from None


class TurnsHandler(_PastHandler):
    """``GET k2/api/turns?path=…[&turn=…]``: ``{turns}``, or ``{events}`` of that turn."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        from k2_jupyter.hosts.lab.past import past, transcript
        from k2_jupyter.settings import state_folder

        if self.refuse("panel"):
            return
        file = self.file(self.get_query_argument("path"))
        turn = self.get_query_argument("turn", "")
        if turn:
            await self.answer(lambda: {"events": transcript(state_folder(), file, turn)})
        else:
            await self.answer(lambda: {"turns": past(state_folder(), file)})


class PurgeHandler(_PastHandler):
    """``POST k2/api/purge {path, turn}``: one turn, or all for ""; ``{purged, kept}``."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        from k2_jupyter.hosts.lab.past import purge
        from k2_jupyter.settings import state_folder

        if self.refuse("panel"):
            return
        file, turn = self.file(self.field("path")), self.field("turn")
        await self.answer(lambda: asdict(purge(state_folder(), file, turn)))


class ProvenanceHandler(_PastHandler):
    """``POST k2/api/provenance {path, cells}``: ``{cells}``, a row each, in their order."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        from k2_jupyter.adapters.notebook_json import cell_of
        from k2_jupyter.hosts.lab.provenance import of_cells
        from k2_jupyter.settings import state_folder

        if self.refuse("panel"):
            return
        file = self.file(self.field("path"))
        body: Any = self.get_json_body()
        try:
            cells = [cell_of({**raw, "outputs": []}) for raw in body["cells"][:_MOST_CELLS]]
        except (KeyError, TypeError, AttributeError):
            raise web.HTTPError(400, "`cells` must be those of a notebook") from None
        await self.answer(
            lambda: {"cells": [asdict(one) for one in of_cells(state_folder(), file, cells)]}
        )
