"""The notebook's file while no page has the notebook open.

A turn goes on without a page, but nobody's file is written behind their back: at the end of
the turn it is, if it still is the version that the last page had; else the cells go into
``NAME.k2.ipynb`` beside it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence
from typing import Any

from jupyter_server.utils import ensure_async
from tornado.web import HTTPError

from k2_jupyter.hosts.lab.event_log import Page
from k2_jupyter.hosts.lab.written import written
from k2_jupyter.notebook.base import Cell

logger = logging.getLogger(__name__)

_SAVED = "No page had the notebook open, so the server saved {name}."
_BESIDE = (
    "No page had the notebook open, and {name} was changed on disk meanwhile: it was left as it "
    "is. The notebook with the cells of K2 is {beside}, beside it."
)
_NOT_SAVED = (
    "No page had the notebook open, and it could not be saved ({why}). The server keeps its "
    "cells until a page opens it."
)


class Away:
    """Of one conversation; on the server's loop."""

    def __init__(self, contents: Any) -> None:
        """`contents` is the server's contents manager."""
        self._contents = contents
        self._versions: dict[Page, str] = {}
        self._base = ""
        """Hash of the file as the last page had it, or as it was written here since."""
        self._beside = ("", "")
        """Path and hash of the other file that was written here."""
        self._writing = asyncio.Lock()

    @property
    def version(self) -> str:
        """Hash of the file as it was last written here or seen by a page that has left."""
        return self._base

    def saw(self, page: Page, version: str) -> None:
        """The page has loaded or saved the file; its content then had this hash."""
        self._versions[page] = version

    def left(self, page: Page) -> None:
        """The page is gone."""
        self._base = self._versions.pop(page, self._base)

    async def write(self, path: str, cells: Sequence[Cell], ran: Collection[str]) -> str:
        """Write the cells down through the contents manager; what to tell the user.

        `path` is the notebook's in the server's contents; `ran` as in `written`.
        """
        async with self._writing:
            try:
                return await self._write(path, cells, ran)
            except (HTTPError, OSError, ValueError) as problem:
                logger.warning("%s could not be saved: %s", path, problem)
                why = getattr(problem, "log_message", None) or str(problem)
                return _NOT_SAVED.format(why=why)

    async def _write(self, path: str, cells: Sequence[Cell], ran: Collection[str]) -> str:
        name = path.rpartition("/")[2]
        content, version = await self._read(path)
        new = written(content, cells, ran=ran)
        if version and version == self._base:
            self._base = await self._save(path, new)
            return _SAVED.format(name=name)
        beside = await self._place(path)
        self._beside = beside, await self._save(beside, new)
        return _BESIDE.format(name=name, beside=beside.rpartition("/")[2])

    async def _place(self, path: str) -> str:
        """Where nothing of anybody else is overwritten."""
        beside, version = self._beside
        if beside and (await self._read(beside))[1] == version:
            return beside
        folder, _, name = path.rpartition("/")
        wanted = f"{name.removesuffix('.ipynb')}.k2.ipynb"
        name = await ensure_async(self._contents.increment_filename(wanted, folder, insert="-"))
        return f"{folder}/{name}".lstrip("/")

    async def _read(self, path: str) -> tuple[dict[str, Any], str]:
        """Content and hash; nothing where there is no such file."""
        if not await ensure_async(self._contents.file_exists(path)):
            return {}, ""
        model = await ensure_async(
            self._contents.get(path, content=True, type="notebook", require_hash=True)
        )
        return model["content"], model["hash"]

    async def _save(self, path: str, content: dict[str, Any]) -> str:
        """The hash that the file then has."""
        model = {"type": "notebook", "format": "json", "content": content}
        await ensure_async(self._contents.save(model, path))
        saved = await ensure_async(self._contents.get(path, content=False, require_hash=True))
        version: str = saved["hash"]
        return version
