"""The server extension: ``jupyter lab`` loads it, and starts as fast as before."""

from __future__ import annotations

import os
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Float, Int

from k2_jupyter.hosts.lab.api import LoginHandler, ModelHandler, StatusHandler
from k2_jupyter.hosts.lab.export_api import ExportHandler, Running
from k2_jupyter.hosts.lab.kernel_status import leave_out_ours
from k2_jupyter.hosts.lab.past_api import ProvenanceHandler, PurgeHandler, TurnsHandler
from k2_jupyter.hosts.lab.rules import Rules
from k2_jupyter.hosts.lab.server import Server
from k2_jupyter.hosts.lab.socket import NotebookSocket
from k2_jupyter.settings import take_keys


class K2(ExtensionApp):
    """What an administrator may switch off or limit, for example ``c.K2.max_dollars = 2``."""

    name = "k2_jupyter"

    enabled = Bool(True, help="Whether there is a K2 panel at all.").tag(config=True)
    allow_login = Bool(
        True, help="Whether a user may store an endpoint and a key from the panel."
    ).tag(config=True)
    allow_hosted = Bool(True, help="Whether models may be used that are not on this machine.").tag(
        config=True
    )
    allow_kinds = Bool(
        True, help="Whether a user may allow a kind of risky cells for a whole notebook."
    ).tag(config=True)
    max_steps = Int(
        None, allow_none=True, min=1, help="Model calls that a turn may make at most."
    ).tag(config=True)
    max_seconds = Float(
        None, allow_none=True, min=1, help="Seconds that a turn may take at most."
    ).tag(config=True)
    max_dollars = Float(
        None, allow_none=True, min=0, help="US dollars that a turn may cost at most."
    ).tag(config=True)

    def initialize_settings(self) -> None:
        """Called when the server has loaded the extension; no kernel runs yet."""
        assert self.serverapp is not None  # noqa: S101  it has loaded this
        names = Rules.__dataclass_fields__
        rules = Rules(**{name: getattr(self, name) for name in names})
        self._server = Server(self.serverapp, rules, take_keys(os.environ))
        leave_out_ours(self.serverapp)
        if self._server.problem:
            self.log.warning("K2: %s", self._server.problem)

    def initialize_handlers(self) -> None:
        """Each is in the table of ``tests/hosts/lab/test_access.py``."""
        shared: dict[str, Any] = {"server": self._server}
        self._exports = Running()
        self.handlers.extend(
            [
                (r"/k2/api/status", StatusHandler, shared),
                (r"/k2/api/login", LoginHandler, shared),
                (r"/k2/api/model", ModelHandler, shared),
                (r"/k2/api/notebook", NotebookSocket, shared),
                (r"/k2/api/turns", TurnsHandler, shared),
                (r"/k2/api/purge", PurgeHandler, shared),
                (r"/k2/api/provenance", ProvenanceHandler, shared),
                (r"/k2/api/export", ExportHandler, {**shared, "running": self._exports}),
            ]
        )

    async def stop_extension(self) -> None:
        """Turns end in order before the kernels go."""
        self._exports.stop()
        await self._server.close()
