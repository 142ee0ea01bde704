"""What the REST routes about one notebook share."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from tornado import web

from k2_jupyter.hosts.lab.api import Handler

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from k2_jupyter.journal.redaction import Redactor


class NotebookHandler(Handler):
    """A route whose requests name a notebook by its path in the server's contents."""

    def file(self, path: str) -> Path:
        """Where that is on the server, as its sessions and journals have it.

        Raises `HTTPError` 400 for a path that leads out of the contents.
        """
        parts = PurePosixPath(path.strip("/")).parts
        if not parts or ".." in parts or "\0" in path:
            raise web.HTTPError(400, "`path` must lead to a notebook of this server")
        return Path(self._app.root_dir).joinpath(*parts)

    def redactor(self, folder: Path) -> Redactor:
        """For what leaves the server: its own secrets and those that the folder holds."""
        from k2_jupyter.journal.redaction import Redactor, collect_secrets

        token = self._app.identity_provider.token
        own = [*self.server.choice.secrets, *([token] if token else [])]
        return Redactor([*own, *collect_secrets(os.environ, folder)])

    @property
    def _app(self) -> ServerApp:
        assert self.serverapp is not None  # noqa: S101  it serves this
        return self.serverapp
