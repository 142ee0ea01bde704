"""Nobody gets at a route of ours without the server's credentials; each route is in the table."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, cast

import pytest

from k2_jupyter.hosts.lab.extension import K2
from k2_jupyter.hosts.lab.server import Server
from tests.hosts.lab.panel import HANG, Lab

NOTEBOOK = {"notebook": {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}}
ROUTES: Mapping[str, tuple[str, Any]] = {
    "/k2/api/status": ("GET", None),
    "/k2/api/login": ("POST", {"base_url": "", "key": "", "model": "no-such-model"}),
    "/k2/api/model": ("POST", {"name": "offline"}),
    "/k2/api/notebook": ("WS", None),
    "/k2/api/turns?path=a.ipynb": ("GET", None),
    "/k2/api/purge": ("POST", {"path": "a.ipynb", "turn": ""}),
    "/k2/api/provenance": ("POST", {"path": "a.ipynb", "cells": []}),
    "/k2/api/export": ("POST", {**NOTEBOOK, "path": "a.ipynb", "code": "fold", "verify": False}),
}
REFUSED = {401, 403}


@dataclass
class Caller:
    """Whoever can reach the port."""

    lab: Lab
    cookie: str
    xsrf: str
    path: str

    def call(
        self,
        route: str,
        *,
        token: str = "",
        cookie: bool = False,
        xsrf: bool = True,
        origin: str = "",
        host: str = "",
        content: str = "application/json",
    ) -> int:
        """The status of an answer; for the WebSocket that of the handshake."""
        method, body = ROUTES[route]
        headers = {"Content-Type": content, "Host": host or f"127.0.0.1:{self.lab.port}"}
        if token:
            headers["Authorization"] = f"token {token}"
        if cookie:
            headers["Cookie"] = self.cookie
            if xsrf:
                headers["X-XSRFToken"] = self.xsrf
        if origin:
            headers["Origin"] = origin
        if method == "WS":
            return self._handshake(f"{route}?path={self.path}", headers)
        connection = HTTPConnection("127.0.0.1", self.lab.port, timeout=HANG)
        try:
            connection.request(method, route, json.dumps(body), headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def _handshake(self, target: str, headers: Mapping[str, str]) -> int:
        lines = [f"GET {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        lines += ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
        lines += ["Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "", ""]
        with socket.create_connection(("127.0.0.1", self.lab.port), HANG) as raw:
            raw.sendall("\r\n".join(lines).encode())
            first = raw.recv(64).decode()
        return int(first.split()[1])


@pytest.fixture(scope="module")
def caller(lab: Lab) -> Caller:
    """With the cookies of a browser in which somebody is logged in."""
    cookies: dict[str, str] = {}
    connection = HTTPConnection("127.0.0.1", lab.port, timeout=HANG)
    for page in ("/login", f"/api/status?token={lab.token}"):
        connection.request("GET", page)
        answer = connection.getresponse()
        answer.read()
        for header in answer.headers.get_all("Set-Cookie", []):
            name, _, value = header.partition(";")[0].partition("=")
            cookies[name] = value
    connection.close()
    text = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return Caller(lab, text, cookies["_xsrf"], lab.notebook())


def test_the_table_has_every_route(lab: Lab) -> None:
    extension = K2()
    extension._server = cast("Server", None)
    extension.initialize_handlers()
    assert {pattern for pattern, *_ in extension.handlers} == {
        route.partition("?")[0] for route in ROUTES
    }


every_route = pytest.mark.parametrize("route", ROUTES)


@every_route
def test_the_user_is_let_in(caller: Caller, route: str) -> None:
    good = {101} if ROUTES[route][0] == "WS" else {200}
    assert caller.call(route, token=caller.lab.token) in good
    assert caller.call(route, cookie=True) in good
    assert caller.call(route, cookie=True, origin=f"http://127.0.0.1:{caller.lab.port}") in good


@every_route
def test_no_and_wrong_credentials_are_refused(caller: Caller, route: str) -> None:
    assert caller.call(route) in REFUSED
    assert caller.call(route, token="0" * 32) in REFUSED


@every_route
def test_a_rebound_host_is_refused(caller: Caller, route: str) -> None:
    for host in ("evil.example", f"evil.example:{caller.lab.port}"):
        assert caller.call(route, host=host, token=caller.lab.token) in REFUSED
        assert caller.call(route, host=host, cookie=True) in REFUSED


@every_route
def test_a_page_of_another_origin_cannot_use_the_cookie(caller: Caller, route: str) -> None:
    hidden = REFUSED | {404}  # as the server's own API says to strangers
    for origin in ("https://evil.example", f"http://127.0.0.1:{caller.lab.port + 1}", "null"):
        assert caller.call(route, cookie=True, origin=origin) in hidden
        assert caller.call(route, cookie=True, origin=origin, xsrf=False) in hidden


@pytest.mark.parametrize("route", [route for route, (how, _) in ROUTES.items() if how == "POST"])
@pytest.mark.parametrize("content", ["application/json", "text/plain"])
def test_a_form_without_the_xsrf_token_is_refused(caller: Caller, route: str, content: str) -> None:
    assert caller.call(route, cookie=True, xsrf=False, content=content) in REFUSED
