"""What the handlers of one Jupyter server share."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from k2_jupyter.hosts.lab.rules import Rules

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from k2_jupyter.hosts.lab.choice import Choice
    from k2_jupyter.hosts.lab.conversations import Conversations

_DOCUMENTS = "jupyter_server_documents"
_NEEDED = (("jupyter_server", (2, 20)), ("jupyterlab", (4, 6, 2)))


class Server:
    """Heavy parts are made when the first page asks for them: a server starts often."""

    def __init__(self, app: ServerApp, rules: Rules, keys: Mapping[str, str]) -> None:
        self._app = app
        self._keys = keys
        self.rules = rules
        self.is_used = False

    @cached_property
    def choice(self) -> Choice:
        from k2_jupyter.hosts.lab.choice import Choice

        return Choice(self._keys, self.rules)

    @cached_property
    def conversations(self) -> Conversations:
        from k2_jupyter.hosts.lab.conversations import Conversations

        self.is_used = True
        return Conversations(self._app, self.choice, self.rules)

    @cached_property
    def problem(self) -> str:
        """Why the panel will not work on this server, for people; "" where it will."""
        for package, needed in _NEEDED:
            found = _version(package)
            if found is not None and found < needed:
                wanted = ".".join(map(str, needed))
                return f"K2 needs {package} {wanted} or later: pip install -U {package}"
        other = self._app.extension_manager.extensions.get(_DOCUMENTS)
        if other is not None and other.enabled:
            return (
                "K2 does not work beside jupyter-server-documents, which keeps notebooks and "
                f"their outputs in the server: jupyter server extension disable {_DOCUMENTS}, "
                "or pip uninstall jupyter-server-documents; then start the server again. "
                "jupyter-collaboration may be used instead."
            )
        return ""

    async def close(self) -> None:
        """The server stops."""
        if self.is_used:
            await self.conversations.close()


def _version(package: str) -> tuple[int, ...] | None:
    """The release of a package, ``None`` where it is not installed."""
    try:
        found = version(package)
    except PackageNotFoundError:
        return None
    parts = []
    for part in found.split(".")[:3]:
        if not part.isdigit():  # 4.7.0a1
            digits = part[: next(i for i, one in enumerate(part) if not one.isdigit())]
            parts.append(int(digits or 0))
            break
        parts.append(int(part))
    return tuple(parts)
