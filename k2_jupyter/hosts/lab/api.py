"""The panel's REST routes: which model answers, and the login."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

if TYPE_CHECKING:
    from k2_jupyter.hosts.lab.server import Server


class Handler(APIHandler):
    """One route: authenticated, and refused where the panel is switched off."""

    auth_resource = "k2_jupyter"

    def initialize(self, server: Server) -> None:
        """Called by tornado for each request."""
        super().initialize()
        self.server = server

    def field(self, name: str) -> str:
        """Of the request's JSON object. Raises `HTTPError` 400."""
        body = self.get_json_body()
        value = body.get(name) if isinstance(body, dict) else None
        if not isinstance(value, str) or len(value) > 2_000:
            raise web.HTTPError(400, f"`{name}` must be text")
        return value.strip()

    async def _finish_status(self) -> None:
        status = await asyncio.to_thread(self.server.choice.status, self.server.problem)
        self.finish(status)

    def refuse(self, feature: str) -> bool:
        """Whether the administrator has switched it off; the answer is sent then."""
        why = self.server.rules.off.get(feature)
        if why:
            self.set_status(403)
            self.finish({"ok": False, "text": why, "message": why})
        return bool(why)


class StatusHandler(Handler):
    """``GET k2/api/status``."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """What the panel needs to know before anything is asked."""
        await self._finish_status()


class ModelHandler(Handler):
    """``POST k2/api/model {name}``."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """The user's choice for this server process; answers with the status."""
        from k2_jupyter.errors import SettingsError

        if self.refuse("panel"):
            return
        try:
            await asyncio.to_thread(self.server.choice.choose, self.field("name"))
        except SettingsError as problem:
            self.set_status(400)
            self.finish({"message": str(problem)})
            return
        await self._finish_status()


class LoginHandler(Handler):
    """``POST k2/api/login {base_url, key, model}``."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Try the endpoint, then store it; ``{ok, text}``, in which no key is."""
        from k2_jupyter.hosts.lab.login import login

        if self.refuse("panel") or self.refuse("login"):
            return
        fields: dict[str, Any] = {name: self.field(name) for name in ("base_url", "key", "model")}
        tried = await asyncio.to_thread(login, self.server.choice, self.server.rules, **fields)
        self.finish({"ok": tried.ok, "text": tried.text})
